/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evr.h"
#include "targets.h"

static void check_order(pk_package_type type, const pk_str *v) {
  int ab = pk_evr_cmp(type, v[0], v[1]), bc = pk_evr_cmp(type, v[1], v[2]), ac = pk_evr_cmp(type, v[0], v[2]);
  PK_FUZZ_MUST(ab >= -1 && ab <= 1);
  PK_FUZZ_MUST(pk_evr_cmp(type, v[0], v[0]) == 0);
  PK_FUZZ_MUST(pk_evr_cmp(type, v[1], v[0]) == -ab);
  PK_FUZZ_MUST(pk_evr_cmp_told(type, v[0], v[0]) == 0);
  PK_FUZZ_MUST(pk_evr_cmp_told(type, v[0], v[1]) == -pk_evr_cmp_told(type, v[1], v[0]));
  /* rpm's own order is not transitive where '~', '^' and separators meet; dpkg's is */
  if (type == PK_TYPE_DEB && ab <= 0 && bc <= 0) PK_FUZZ_MUST(ac <= 0 && (ac == 0) == (ab == 0 && bc == 0));
}

/* Three versions, separated by line ends: the order must be one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_str rest = {(const char *)data, size}, v[3] = {PK_STR(""), PK_STR(""), PK_STR("")};
  for (int i = 0; i < 3; i++) pk_str_split(&rest, '\n', &v[i]);
  for (int t = PK_TYPE_RPM; t <= PK_TYPE_OTHER; t++) check_order((pk_package_type)t, v);
  return 0;
}
