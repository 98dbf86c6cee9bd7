/* SPDX-License-Identifier: Apache-2.0
 *
 * keeper: the fleet as it is now, for a server. A thread makes a new one when the database has changed; those who asked wait
 * for it if it is made quickly or if they insist, else they get the last one and the next to ask the new.
 *
 * Life of a question: pk_keeper_ask → (on the keeper's thread) `ready` with a fleet → pk_keeper_release. */
#ifndef PK_APP_FLEET_KEEPER_H
#define PK_APP_FLEET_KEEPER_H

#include "app/fleet/fleet.h"

typedef struct pk_keeper pk_keeper;

typedef struct pk_fleet_ask pk_fleet_ask;
struct pk_fleet_ask {
  pk_fleet_ask *next;               /**< the keeper's */
  void (*ready)(pk_fleet_ask *ask); /**< called once, on the keeper's thread or from pk_keeper_ask; must not block */
  void *arg;
  bool newest;                      /**< what was written before asking must be in it */
  /* the answer */
  pk_fleet *fleet; /**< NULL: `rc` and `err` say why; else to be released */
  pk_rc rc;
  pk_err err;
};

/** Open the store for reading and start the thread. */
pk_rc pk_keeper_start(const char *database, pk_keeper **ret, pk_err *err) PK_MUST_USE;
/** `ready` will be called exactly once, also when the keeper stops (rc PK_E_STOPPED). */
void pk_keeper_ask(pk_keeper *keeper, pk_fleet_ask *ask);
/** Something was written: who asks from now on shall see it. */
void pk_keeper_expect(pk_keeper *keeper);
void pk_keeper_release(pk_keeper *keeper, pk_fleet **fleet);
/** Answer those who wait, and end the thread. */
void pk_keeper_drain(pk_keeper *keeper);
/** Drain, and free: every fleet has been released. */
void pk_keeper_stop(pk_keeper **keeper);

#endif
