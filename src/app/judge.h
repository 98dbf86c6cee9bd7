/* SPDX-License-Identifier: Apache-2.0
 *
 * judge: verdicts on packages where store and match meet. A package is judged when it is first seen on a platform, and
 * again when an offer or a definition that speaks of it changes; what is about a whole host (criteria) is judged for each
 * profile; profiles are counted from the verdicts. */
#ifndef PK_APP_JUDGE_H
#define PK_APP_JUDGE_H

#include "match/criteria.h"
#include "match/vulnerability.h"
#include "store/store.h"

/** Verdicts by platform and package id, kept in memory. Belongs to the thread of its store handle. */
typedef struct pk_judge pk_judge;

pk_judge *pk_judge_new(pk_store *store);
void pk_judge_free(pk_judge **judge);
/** Forget what is in memory (another process wrote, or a transaction was undone). */
void pk_judge_forget(pk_judge *judge);

/** Begin a transaction in which the verdicts in memory hold: they are forgotten if another process wrote meanwhile. */
pk_rc pk_judge_begin(pk_judge *judge, pk_err *err) PK_MUST_USE;
/** End it: commit if `rc` is PK_OK, else (or when that fails) undo, and forget what the transaction had put in memory.
 *  Returns rc, or the commit's fault. */
pk_rc pk_judge_end(pk_judge *judge, pk_rc rc, pk_err *err) PK_MUST_USE;

/** Judge a package without storing anything. Texts of the verdict live in the arena. */
pk_rc pk_judge_look(pk_store *store, const pk_platform *platform, const pk_package *package, pk_arena *arena, pk_update_verdict *ret,
                    pk_err *err) PK_MUST_USE;

/** A rule or criteria that say a package is vulnerable. */
typedef struct pk_vulnerable {
  const pk_package *package; /**< NULL: no single package made the criteria true */
  pk_str source, source_evr;
  int64_t definition_id;
  const pk_feed_row *feed;
  const pk_definition *definition;
  const pk_rule *rule; /**< NULL: criteria */
  uint32_t rule_number; /**< in the whole definition; `definition` may hold only the rules on this package */
  const pk_test *test; /**< of criteria: the one that found the package */
  pk_rule_state state;
  pk_str fixed;        /**< "" none */
} pk_vulnerable;
typedef pk_rc pk_vulnerable_visit(void *arg, const pk_vulnerable *v, pk_err *err);

/** Every rule that holds for a package, judged now. Borrowed during the visit. */
pk_rc pk_judge_package(pk_judge *judge, const pk_platform *platform, const pk_package *package, pk_vulnerable_visit *visit, void *arg,
                       pk_err *err) PK_MUST_USE;
/** All criteria that are true of a host, with the packages that made them so, judged now. */
pk_rc pk_judge_criteria(pk_judge *judge, const pk_platform *platform, pk_str kernel, const pk_package *const *packages, size_t n,
                        pk_vulnerable_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** The feed of a definition, or NULL. Borrowed until pk_judge_forget. */
pk_rc pk_judge_feed(pk_judge *judge, int64_t feed_id, const pk_feed_row **ret, pk_err *err) PK_MUST_USE;
/** A package as rules see it: with its source. Texts live in the arena. */
pk_rc pk_judge_subject(pk_judge *judge, const pk_platform *platform, const pk_package *package, pk_arena *arena, pk_subject *ret,
                       pk_err *err) PK_MUST_USE;
/** Does a feed for `feed_platform` ("": all) speak for hosts of the platform, as itself or as what it is judged as? */
bool pk_judge_speaks(pk_str feed_platform, const pk_platform *platform);

/** Members of a new profile: id and package, ascending by id. */
typedef struct pk_member {
  int64_t id;
  const pk_package *package;
} pk_member;

/** Judge what was not judged on this platform yet, and count. Inside a transaction.
 *  out *ret  initialised here and ended by the caller (pk_profile_counts_fini), also on failure */
pk_rc pk_judge_profile(pk_judge *judge, const pk_platform *platform, pk_str kernel, const pk_member *members, size_t n,
                       pk_profile_counts *ret, pk_err *err) PK_MUST_USE;

typedef struct pk_rejudged {
  size_t n_packages; /**< judged again */
  size_t n_changed;  /**< of them with another verdict */
  size_t n_profiles; /**< counted again */
} pk_rejudged;

/** Judge all packages of these names again on the platforms that a feed for `feed_platform` speaks for, and count the
 *  profiles that hold one whose verdict changed. Inside a transaction. *ret is added to. */
pk_rc pk_judge_names(pk_judge *judge, pk_str feed_platform, const pk_map *names, pk_rejudged *ret, pk_err *err) PK_MUST_USE;
/** The same for what definitions that changed speak of. */
pk_rc pk_judge_definitions(pk_judge *judge, pk_str feed_platform, const pk_definition_change *change, pk_rejudged *ret, pk_err *err) PK_MUST_USE;
/** Judge everything again, on every platform or on one ("" : every). */
pk_rc pk_judge_all(pk_judge *judge, pk_str platform, pk_rejudged *ret, pk_err *err) PK_MUST_USE;

#endif
