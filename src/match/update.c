/* SPDX-License-Identifier: Apache-2.0 */
#include "match/update.h"

#include "model/evr.h"

static bool is_ix86(pk_str arch) {
  return pk_str_is(arch, "athlon") || (arch.n == 4 && arch.p[0] == 'i' && pk_str_ends(arch, "86"));
}

static bool same_arch(pk_str a, pk_str b) { return pk_str_eq(a, b) || (is_ix86(a) && is_ix86(b)); }

bool pk_update_arch_fits(pk_package_type type, pk_str native_arch, pk_str installed, pk_str offered) {
  const char *any = type == PK_TYPE_DEB ? "all" : "noarch";
  if (installed.n == 0 || pk_str_is(installed, any)) installed = native_arch;
  if (installed.n == 0) return true;
  if (pk_str_is(offered, any)) return type != PK_TYPE_DEB || pk_str_eq(installed, native_arch);
  return same_arch(installed, offered);
}

/* Built for a module stream: "1.2-3.module+el8.5.0+…" or "….module_el8…" */
static bool is_modular(pk_str evr) { return pk_str_has(evr, ".module"); }

static bool may_replace(const pk_package *installed, pk_str native_arch, const pk_candidate *c) {
  if (c->automatic == PK_AUTOMATIC_NEVER) return false;
  if (!pk_update_arch_fits(installed->type, native_arch, installed->arch, c->arch)) return false;
  return installed->type != PK_TYPE_RPM || is_modular(installed->evr) == is_modular(c->evr);
}

/* Only for packages that came from such a source. */
static bool is_reserved(const pk_candidate *c) { return c->class == PK_CLASS_EXTRA || c->automatic == PK_AUTOMATIC_UPGRADES; }

/* Of equally new versions the one in a security repository is named. */
static bool is_better(pk_package_type type, const pk_candidate *a, const pk_candidate *b) {
  int c = pk_evr_cmp(type, a->evr, b->evr);
  return c > 0 || (c == 0 && a->class == PK_CLASS_SECURITY && b->class != PK_CLASS_SECURITY);
}

pk_update_state pk_update_judge(const pk_package *installed, pk_str native_arch, const pk_candidate *candidates, size_t n,
                                size_t *ret_best) {
  bool known = false, from_reserved = true;
  for (size_t i = 0; i < n; i++) {
    const pk_candidate *c = &candidates[i];
    if (c->announced || !may_replace(installed, native_arch, c)) continue;
    known = true;
    if (!is_reserved(c) && pk_evr_cmp_told(installed->type, installed->evr, c->evr) <= 0) from_reserved = false;
  }
  if (!known) return PK_UPDATE_UNKNOWN;
  const pk_candidate *best = NULL;
  bool security = false;
  for (size_t i = 0; i < n; i++) {
    const pk_candidate *c = &candidates[i];
    if (!may_replace(installed, native_arch, c) || (is_reserved(c) && !from_reserved)) continue;
    if (pk_evr_cmp_told(installed->type, c->evr, installed->evr) <= 0) continue;
    if (c->announced || c->class == PK_CLASS_SECURITY) security = true;
    if (!c->announced && (!best || is_better(installed->type, c, best))) best = c;
  }
  if (!best) return PK_UPDATE_CURRENT;
  *ret_best = (size_t)(best - candidates);
  return security ? PK_UPDATE_SECURITY : PK_UPDATE_ORDINARY;
}
