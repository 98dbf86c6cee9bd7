/* SPDX-License-Identifier: Apache-2.0
 *
 * deadline: cuts connections whose request does not come in whole in time, however slowly it keeps trickling. The
 * library only knows how long nothing has come. */
#ifndef PK_SERVER_DEADLINE_H
#define PK_SERVER_DEADLINE_H

#include "server/metrics.h"

typedef struct pk_deadlines pk_deadlines;
typedef struct pk_deadline pk_deadline;

pk_deadlines *pk_deadlines_start(int64_t request_ms, pk_metrics *metrics);
void pk_deadlines_stop(pk_deadlines **d);

/** A connection began; its first request must be in after request_ms. */
pk_deadline *pk_deadline_new(pk_deadlines *d, int fd);
/** The request is in: the server's own time does not count. */
void pk_deadline_pause(pk_deadlines *d, pk_deadline *one);
/** The reply is out: the next request may take as long again. */
void pk_deadline_restart(pk_deadlines *d, pk_deadline *one);
/** The connection ends; before its descriptor is closed. */
void pk_deadline_free(pk_deadlines *d, pk_deadline *one);

#endif
