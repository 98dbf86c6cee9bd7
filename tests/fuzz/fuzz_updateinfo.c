/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/rpmmd/updateinfo.h"
#include "targets.h"

static pk_rc parse(pk_stream *in, pk_repository_content *content, pk_err *err) {
  pk_offers offers;
  pk_offers_init(&offers, content, "");
  pk_rc rc = pk_rpmmd_updateinfo_read(in, &offers, err);
  pk_offers_fini(&offers);
  return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_fuzz_stream(data, size, parse);
  return 0;
}
