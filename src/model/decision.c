/* SPDX-License-Identifier: Apache-2.0 */
#include "model/decision.h"

#include "model/platform.h"

static const char *const KINDS[PK_GROUP_KINDS] = {"", "host", "domain", "tld", "site", "tag", "platform"};

const char *pk_group_kind_name(pk_group_kind kind) { return KINDS[kind]; }

bool pk_group_kind_of(pk_str text, pk_group_kind *ret) {
  for (size_t i = 0; i < PK_GROUP_KINDS; i++)
    if (pk_str_is(text, KINDS[i])) {
      *ret = (pk_group_kind)i;
      return true;
    }
  return false;
}

pk_str pk_domain_tld(pk_str domain) {
  size_t dot = pk_str_rfind(domain, '.');
  return dot < domain.n ? pk_str_sub(domain, dot + 1, domain.n) : domain;
}

bool pk_exception_has_ended(const pk_exception *e, int64_t now) { return e->expires_at && e->expires_at <= now; }

bool pk_exception_is_for(const pk_exception *e, const pk_exception_subject *host) {
  switch (e->group_kind) {
  case PK_GROUP_NONE: return true;
  case PK_GROUP_HOST: return pk_str_eq(e->group_value, host->key);
  case PK_GROUP_DOMAIN: return pk_str_eq(e->group_value, host->domain);
  case PK_GROUP_TLD: return pk_str_eq(e->group_value, host->tld);
  case PK_GROUP_SITE: return pk_str_eq(e->group_value, host->site);
  case PK_GROUP_TAG: return pk_str_eq(e->group_value, host->tag);
  case PK_GROUP_PLATFORM: return false; /* has a field of its own */
  }
  return false;
}

bool pk_exception_fits(const pk_exception *e, int64_t cve, pk_str platform, const pk_package *p) {
  if (e->cve && e->cve != cve) return false;
  if (e->platform.n && !pk_platform_covers(e->platform, platform)) return false;
  if (!e->package.n && !e->version.n && !e->arch.n) return true;
  if (!p) return false;
  return (!e->package.n || pk_str_eq(e->package, p->name)) && (!e->version.n || pk_str_eq(e->version, p->evr)) &&
         (!e->arch.n || pk_str_eq(e->arch, p->arch));
}
