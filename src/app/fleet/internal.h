/* SPDX-License-Identifier: Apache-2.0
 *
 * internal: what the files of fleet/ share: the pool, where what fleets of several moments have in common is kept. The
 * maker of fleets only adds to it; when what vendors say changes, a new one is begun. A fleet holds on to its pool. */
#ifndef PK_APP_FLEET_INTERNAL_H
#define PK_APP_FLEET_INTERNAL_H

#include "app/fleet/fleet.h"

#include <stdatomic.h>

/* Memory of the pool and of a fleet: their number bounds them, not a stranger. */
#define FLEET_BYTES_MAX ((size_t)16 << 30)

typedef struct fleet_pool {
  atomic_int refs;
  int64_t generation;
  pk_arena arena;
  pk_map texts; /* interned: text → place in arena */
  const pk_fleet_package **packages;
  size_t n_packages, packages_cap; /* n: highest id + 1 */
  const pk_platform *platforms;
  size_t n_platforms;
  struct platform_verdicts {
    int64_t platform_id, support_ends_at; /* as of a profile */
    bool spoken_of;                       /* by a feed that says what is vulnerable */
    const pk_fleet_verdict **by_package;
    size_t n;
  } *verdicts;
  size_t n_verdicts, verdicts_cap;
  pk_map sets, profiles, definitions, cves; /* id (8 bytes) → pointer */
  const pk_fleet_cve **cves_by_place;
  size_t n_cves, cves_cap;
  size_t n_verdict_places, n_advisories;
  pk_map advisories; /* place of the text (8 bytes) → place of the advisory */
  bool heads_read; /* feeds, and what they speak of */
  pk_feed_row *feeds;
  size_t n_feeds;
  pk_feed_platform *spoken_of; /* by feeds */
  size_t n_spoken_of;
  pk_release_fact *releases;
  size_t n_releases;
  uint32_t *stamps; /* by place: the last count that saw it; the maker's scratch paper */
  size_t n_stamps;
  uint32_t stamp;
} fleet_pool;

fleet_pool *fleet_pool_new(int64_t generation);
void fleet_pool_release(fleet_pool **pool);
/** The same text always at the same place. error PK_E_LIMIT */
pk_rc fleet_pool_text(fleet_pool *pool, pk_str text, pk_str *ret, pk_err *err) PK_MUST_USE;
/** Packages that the store has by now. */
pk_rc fleet_pool_packages(fleet_pool *pool, pk_store *store, pk_err *err) PK_MUST_USE;
pk_rc fleet_pool_profile(fleet_pool *pool, pk_store *store, int64_t id, const pk_fleet_profile **ret, pk_err *err) PK_MUST_USE;

/** A CVE by its number, for the maker of fleets only; NULL: none. */
const pk_fleet_cve *fleet_pool_cve(const fleet_pool *pool, int64_t number);
/** A new count of distinct CVEs begins. */
void fleet_pool_count(fleet_pool *pool);
/** Was the CVE not seen yet in this count? */
bool fleet_pool_first(fleet_pool *pool, const pk_fleet_cve *cve);
/** Places of a count, ascending, copied into the arena. */
pk_rc fleet_keep_places(pk_arena *arena, uint32_t *places, size_t n, const uint32_t **ret, pk_err *err) PK_MUST_USE;

/** Make a fleet. `before` (may be NULL) lends what has not changed. */
pk_rc fleet_make(pk_store *store, const pk_fleet *before, int64_t now, pk_fleet **ret, pk_err *err) PK_MUST_USE;

#endif
