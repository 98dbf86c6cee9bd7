/* SPDX-License-Identifier: Apache-2.0
 *
 * sync: bring the stored feeds up to what their vendors publish now. A feed is fetched aside, verified, parsed,
 * compared with what is stored, and exchanged in one transaction together with the verdicts that depend on it; on any
 * failure yesterday's content stays in force and the failure is noted with the feed. */
#ifndef PK_APP_SYNC_H
#define PK_APP_SYNC_H

#include "app/config.h"
#include "app/judge.h"

typedef struct pk_sync pk_sync;

typedef enum pk_sync_outcome {
  PK_SYNC_CHANGED,
  PK_SYNC_UNCHANGED,
  PK_SYNC_FAILED,
  PK_SYNC_HELD /**< it changed too much at once: what was in force stays until somebody accepts it */
} pk_sync_outcome;

/** Below this many entries a feed is too small for shares of it to mean anything. */
#define PK_SYNC_GUARD_MIN ((size_t)100)
/** Refused documents of a feed that are told by name. */
#define PK_SYNC_REFUSED_TOLD_MAX 20

typedef struct pk_sync_result {
  pk_sync_outcome outcome;
  size_t n_offers, n_added, n_removed;
  pk_definition_change definitions; /**< counts only */
  size_t n_documents, n_refused;
  char refused[4096]; /**< lines "name: why" of the first of them */
  pk_rejudged rejudged;
  bool had_good; /**< there was good content before */
  pk_err why;    /**< when it failed */
} pk_sync_result;

/** `progress` may be NULL; `stop` becomes true to end early. */
pk_rc pk_sync_new(const pk_config *config, pk_store *store, const pk_platform_map *platforms, pk_http_progress *progress, void *progress_arg, const atomic_bool *stop,
                  pk_sync **ret, pk_err *err) PK_MUST_USE;
void pk_sync_free(pk_sync **sync);

/** How a feed is read. */
typedef enum pk_sync_mode {
  PK_SYNC_NORMAL,
  PK_SYNC_FORCE, /**< again, even if nothing has changed */
  PK_SYNC_ACCEPT /**< again, and taken however much it changed */
} pk_sync_mode;

/** Bring one feed up to date. Another process that works on the same feed is waited for.
 *  outcome PK_NOTFOUND there is no such feed
 *  error  only what ends the whole work (the store fails, stopped); what is wrong with the feed is in the result */
pk_rc pk_sync_feed(pk_sync *sync, const char *name, pk_sync_mode mode, pk_sync_result *ret, pk_err *err) PK_MUST_USE;

/** Remove a feed with what it offered, and judge again what depended on it. A sync of the feed is waited for. */
pk_rc pk_sync_remove(const pk_config *config, pk_store *store, const pk_feed_row *row, pk_rejudged *ret, pk_err *err) PK_MUST_USE;

/** Check a feed's description before it is added; fills in the canonical platform.
 *  error  PK_E_USAGE naming the field and what it should be */
pk_rc pk_sync_check_feed(pk_feed *feed, const pk_platform_map *platforms, pk_err *err) PK_MUST_USE;

/** Add the repositories that this machine itself uses, read from its package manager's configuration below `root`.
 *  Known ones are left alone. `told` (may be NULL) hears of each: added or not. */
typedef void pk_import_told(void *arg, const pk_feed *feed, bool added);
pk_rc pk_sync_import_host(pk_store *store, const pk_platform_map *platforms, const char *root, pk_import_told *told, void *arg,
                          size_t *ret_found, pk_err *err) PK_MUST_USE;

#endif
