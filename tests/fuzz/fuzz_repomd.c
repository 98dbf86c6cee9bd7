/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/index.h"
#include "feed/rpmmd/repomd.h"
#include "targets.h"

static pk_rc parse(pk_stream *in, pk_repository_content *content, pk_err *err) {
  (void)content;
  pk_repomd repomd = {0};
  pk_rc rc = pk_repomd_parse(in, &repomd, err);
  if (rc == PK_OK) {
    PK_FUZZ_MUST(pk_index_path_is_inside(repomd.primary.href) && repomd.primary.sum.type != PK_SUM_NONE);
    PK_FUZZ_MUST(repomd.updateinfo.href.n == 0 || pk_index_path_is_inside(repomd.updateinfo.href));
  }
  pk_repomd_fini(&repomd);
  return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_stream(data, size, parse);
  return 0;
}
