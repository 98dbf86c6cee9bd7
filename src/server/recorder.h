/* SPDX-License-Identifier: Apache-2.0
 *
 * recorder: notes the fleet's numbers when the server starts and every hour after. */
#ifndef PK_SERVER_RECORDER_H
#define PK_SERVER_RECORDER_H

#include "app/fleet/keeper.h"

typedef struct pk_recorder pk_recorder;

pk_rc pk_recorder_start(const char *database, pk_keeper *keeper, pk_recorder **ret, pk_err *err) PK_MUST_USE;
/** Before the keeper stops. */
void pk_recorder_stop(pk_recorder **recorder);

#endif
