/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evr.h"
#include "targets.h"

/* What is not invalid falls into its parts without rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_str text = {(const char *)data, size};
  pk_evr_validity v = pk_evr_deb_validity(text);
  PK_FUZZ_MUST(v == PK_EVR_VALID || v == PK_EVR_DUBIOUS || v == PK_EVR_INVALID);
  if (v == PK_EVR_INVALID) return 0;
  text = pk_str_trim(text);
  pk_evr e = pk_evr_split(text);
  PK_FUZZ_MUST(e.version.n > 0 && e.has_release == (e.release.n > 0));
  PK_FUZZ_MUST(e.epoch.n + e.version.n + e.release.n + (e.epoch.n > 0) + e.has_release == text.n);
  return 0;
}
