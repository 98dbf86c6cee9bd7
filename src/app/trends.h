/* SPDX-License-Identifier: Apache-2.0
 *
 * trends: note the numbers of the day, of the fleet and of every group, and the counts of profiles. The last note of a day counts. */
#ifndef PK_APP_TRENDS_H
#define PK_APP_TRENDS_H

#include "app/fleet/fleet.h"

/** In a transaction of its own. */
pk_rc pk_trends_record(pk_store *store, const pk_fleet *f, int64_t now, pk_err *err) PK_MUST_USE;

#endif
