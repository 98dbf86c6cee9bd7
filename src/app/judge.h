/* SPDX-License-Identifier: Apache-2.0
 *
 * judge: verdicts on packages where store and match meet. A package is judged when it is first seen on a platform, and
 * again when an offer of its name changes; profiles are counted from the verdicts. */
#ifndef PK_APP_JUDGE_H
#define PK_APP_JUDGE_H

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

/** Members of a new profile: id and package, ascending by id. */
typedef struct pk_member {
  int64_t id;
  const pk_package *package;
} pk_member;

/** Judge what was not judged on this platform yet, and count. Inside a transaction.
 *  out *ret  its buffer is initialised here and freed by the caller, also on failure */
pk_rc pk_judge_profile(pk_judge *judge, const pk_platform *platform, pk_str kernel, const pk_member *members, size_t n,
                       pk_profile_counts *ret, pk_err *err) PK_MUST_USE;

typedef struct pk_rejudged {
  size_t n_packages; /**< judged again */
  size_t n_changed;  /**< of them with another verdict */
  size_t n_profiles; /**< counted again */
} pk_rejudged;

/** Judge all packages of these names again on the platforms that a feed for `feed_platform` speaks for, and count the
 *  profiles that hold one whose verdict changed. Inside a transaction. */
pk_rc pk_judge_names(pk_judge *judge, pk_str feed_platform, const pk_map *names, pk_rejudged *ret, pk_err *err) PK_MUST_USE;

#endif
