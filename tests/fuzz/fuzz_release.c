/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/apt/release.h"
#include "targets.h"

static void parse(pk_str text) {
  pk_err err = {0};
  pk_apt_release release = {0};
  pk_rc rc = pk_apt_release_parse(text, &release, &err);
  pk_fuzz_check(rc, &err);
  for (size_t i = 0; rc == PK_OK && i < release.n_files; i++) {
    const pk_apt_file *file = &release.files[i];
    PK_FUZZ_MUST(file->sum.type == PK_SUM_SHA256 || file->sum.type == PK_SUM_SHA512);
    PK_FUZZ_MUST(pk_apt_release_find(&release, file->path));
  }
  pk_apt_release_fini(&release);
}

/* The text as it is, and what a signature around it would cover. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_str text = {(const char *)data, size}, inner = pk_apt_release_unwrap(text);
  PK_FUZZ_MUST(inner.n <= size);
  parse(text);
  parse(inner);
  return 0;
}
