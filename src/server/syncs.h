/* SPDX-License-Identifier: Apache-2.0
 *
 * syncs: feeds that are fetched because somebody asked for it, each by a `pakiti sync` process of its own. */
#ifndef PK_SERVER_SYNCS_H
#define PK_SERVER_SYNCS_H

#include "base/str.h"

/** At the same time. */
#define PK_SYNCS_MAX 4

typedef struct pk_syncs pk_syncs;

/** `config_path` may be NULL. Borrowed. */
pk_syncs *pk_syncs_new(const char *database, const char *config_path);
/** error PK_E_STOPPED too many at once or the server stops; PK_E_IO. PK_OK also when the feed is being fetched already */
pk_rc pk_syncs_start(pk_syncs *syncs, const char *feed, bool accept, pk_err *err) PK_MUST_USE;
/** End those that run, and free. */
void pk_syncs_free(pk_syncs **syncs);

#endif
