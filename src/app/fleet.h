/* SPDX-License-Identifier: Apache-2.0
 *
 * fleet: who has a package, who is hit by a CVE. Names and verdicts lead to package ids, these to profiles, and these to
 * hosts: the time goes with distinct packages and sets, not with hosts times rules. */
#ifndef PK_APP_FLEET_H
#define PK_APP_FLEET_H

#include "app/judge.h"

/** A host and why it is among the answers. Borrowed. */
typedef struct pk_fleet_hit {
  const pk_host_row *host;
  pk_package package;  /**< the first of its packages that was asked for; name "" when the criteria of a definition hit the whole host */
  size_t n_more;       /**< further such packages on the host */
  pk_rule_state state; /**< of a CVE: what the first rule that holds says */
  pk_str advisory, fixed, feed;
} pk_fleet_hit;
typedef pk_rc pk_fleet_visit(void *arg, const pk_fleet_hit *hit, pk_err *err);

/** How versions are asked for: "<", "<=", "=", ">=", ">"; NULL or "": any. Returns false for another text. */
bool pk_fleet_is_operator(const char *op);

/** Hosts that have a package, by name of the host. */
pk_rc pk_fleet_with_package(pk_store *store, const pk_scope *scope, pk_str name, const char *op, pk_str version, pk_fleet_visit *visit, void *arg,
                            pk_err *err) PK_MUST_USE;
/** Hosts that are vulnerable to a CVE, by name of the host. PK_NOTFOUND: no feed speaks of it. */
pk_rc pk_fleet_with_cve(pk_store *store, const pk_scope *scope, int64_t cve, pk_fleet_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

#endif
