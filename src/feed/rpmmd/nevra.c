/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/rpmmd/nevra.h"

pk_rc pk_rpmmd_evr(pk_str epoch, pk_str version, pk_str release, pk_buf *ret_evr, pk_err *err) {
  uint64_t number = 0;
  if (epoch.n && !pk_str_u64(epoch, &number)) return pk_err_set(err, PK_E_SYNTAX, "epoch '%.*s' is no number", PK_FMT(epoch));
  if (version.n == 0) return pk_err_set(err, PK_E_SYNTAX, "no version");
  ret_evr->n = 0;
  ret_evr->over = false;
  pk_buf_printf(ret_evr, "%llu:", (unsigned long long)number);
  pk_buf_str(ret_evr, version);
  if (release.n) {
    pk_buf_putc(ret_evr, '-');
    pk_buf_str(ret_evr, release);
  }
  return ret_evr->over ? pk_err_set(err, PK_E_LIMIT, "version '%.*s' is too long", PK_FMT(version)) : PK_OK;
}

bool pk_rpmmd_arch_is_source(pk_str arch) { return pk_str_is(arch, "src") || pk_str_is(arch, "nosrc"); }

bool pk_rpmmd_split_source(pk_str file, pk_str *ret_name, pk_str *ret_version) {
  static const char *const ends[] = {".src.rpm", ".nosrc.rpm"};
  *ret_name = *ret_version = PK_STR("");
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    if (!pk_str_ends(file, ends[i])) continue;
    pk_str nvr = pk_str_sub(file, 0, file.n - strlen(ends[i]));
    size_t release = pk_str_rfind(nvr, '-');
    size_t version = pk_str_rfind(pk_str_sub(nvr, 0, release), '-');
    if (release == nvr.n || version == release || version == 0) return false;
    *ret_name = pk_str_sub(nvr, 0, version);
    *ret_version = pk_str_sub(nvr, version + 1, nvr.n);
    return true;
  }
  return false;
}
