/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet/keeper.h"

#include "app/fleet/internal.h"
#include "base/log.h"
#include "base/times.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* A fleet that is made as quickly as this is made before the answer. */
#define QUICK_MS 25
/* One that takes longer is made at most this share of the time, and at least every so often while things change. */
#define SHARE 8
#define REST_MS 2000
/* How often the thread looks whether something has changed when nobody asks. */
#define LOOK_MS 2000

struct pk_keeper {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pk_fleet_ask *first, **last;
  bool stopping;
  uint64_t written; /* how often something was expected; and up to which of them is in the fleet */
  uint64_t made;
  pk_fleet *fleet; /* changed by the thread only */
  int64_t cost_ms;
  /* the thread's own */
  pk_store *store;
  int64_t made_ms;
  bool changed;
  pthread_t thread;
  bool started;
};

static void drop(pk_keeper *k, pk_fleet **fleet) {
  pk_fleet *f = *fleet;
  *fleet = NULL;
  if (!f) return;
  pthread_mutex_lock(&k->lock);
  bool last = --f->refs == 0;
  pthread_mutex_unlock(&k->lock);
  if (last) pk_fleet_free(&f);
}

void pk_keeper_release(pk_keeper *keeper, pk_fleet **fleet) { drop(keeper, fleet); }

static void hand_out(pk_keeper *k, pk_fleet_ask *ask) {
  ask->rc = PK_OK;
  ask->fleet = k->fleet;
  ask->fleet->refs++;
}

static void answer(pk_keeper *k, pk_fleet_ask *asks, pk_rc rc, const pk_err *why) {
  while (asks) {
    pk_fleet_ask *ask = asks;
    asks = ask->next; /* the asker may be gone after `ready` */
    ask->rc = rc;
    ask->fleet = NULL;
    if (why) ask->err = *why;
    if (rc == PK_OK) {
      pthread_mutex_lock(&k->lock);
      hand_out(k, ask);
      pthread_mutex_unlock(&k->lock);
    }
    ask->ready(ask);
  }
}

static uint64_t written(pk_keeper *k) {
  pthread_mutex_lock(&k->lock);
  uint64_t n = k->written;
  pthread_mutex_unlock(&k->lock);
  return n;
}

static pk_rc make_new(pk_keeper *k, pk_err *err) {
  pk_fleet *f = NULL;
  uint64_t n_written = written(k); /* before the database is looked at: all of that will be in it */
  int64_t began = pk_monotonic_ms();
  pk_rc rc = fleet_make(k->store, k->fleet, pk_now(), &f, err);
  if (rc == PK_E_LIMIT && k->fleet) rc = fleet_make(k->store, NULL, pk_now(), &f, err); /* without what is of the past */
  int64_t ended = pk_monotonic_ms();
  k->made_ms = ended;
  if (rc != PK_OK) {
    pk_log(PK_LOG_ERROR, "fleet_failed", "why", err->text, NULL);
    return rc;
  }
  f->refs = 1;
  k->changed = false;
  pthread_mutex_lock(&k->lock);
  pk_fleet *old = k->fleet;
  k->fleet = f;
  k->made = n_written;
  k->cost_ms = ended - began;
  pthread_mutex_unlock(&k->lock);
  drop(k, &old);
  return PK_OK;
}

/* Has something been written since the fleet was made? */
static pk_rc look(pk_keeper *k, pk_err *err) {
  bool changed = false;
  pk_rc rc = pk_store_changed_elsewhere(k->store, &changed, err);
  k->changed |= changed || !k->fleet || pk_now() >= k->fleet->valid_until;
  return rc;
}

static void serve(pk_keeper *k, pk_fleet_ask *asks, bool newest) {
  pk_err err = {0};
  uint64_t n_written = written(k);
  pk_rc rc = look(k, &err);
  if (rc == PK_OK && !k->changed) { /* it was made after that had been written, and before it was expected */
    pthread_mutex_lock(&k->lock);
    k->made = n_written;
    pthread_mutex_unlock(&k->lock);
  }
  if (rc == PK_OK && k->changed && (!k->fleet || newest || k->cost_ms <= QUICK_MS)) rc = make_new(k, &err);
  answer(k, asks, rc, rc == PK_OK ? NULL : &err);
}

/* Nobody waits for it: make what the next one will ask for. */
static void make_ahead(pk_keeper *k) {
  pk_err err = {0};
  int64_t rest = k->cost_ms * SHARE > REST_MS ? k->cost_ms * SHARE : REST_MS;
  if (k->fleet && pk_monotonic_ms() - k->made_ms < rest) return;
  if (look(k, &err) == PK_OK && k->changed) (void)!make_new(k, &err); /* who asks is told */
}

static void *run(void *arg) {
  pk_keeper *k = arg;
  pthread_mutex_lock(&k->lock);
  for (;;) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_MS / 1000;
    int woken = 0;
    while (!k->first && !k->stopping && woken == 0) woken = pthread_cond_timedwait(&k->wake, &k->lock, &until);
    pk_fleet_ask *asks = k->first;
    bool stopping = k->stopping, newest = k->made != k->written;
    k->first = NULL;
    k->last = &k->first;
    for (const pk_fleet_ask *a = asks; a; a = a->next) newest |= a->newest;
    pthread_mutex_unlock(&k->lock);
    if (stopping) {
      pk_err err;
      answer(k, asks, pk_err_set(&err, PK_E_STOPPED, "the server is stopping"), &err);
    } else {
      if (asks) serve(k, asks, newest);
      make_ahead(k);
    }
    pthread_mutex_lock(&k->lock);
    if (stopping && !k->first) break;
  }
  pthread_mutex_unlock(&k->lock);
  return NULL;
}

pk_rc pk_keeper_start(const char *database, pk_keeper **ret, pk_err *err) {
  pk_keeper *k = pk_calloc(1, sizeof *k);
  pthread_condattr_t attributes;
  pthread_mutex_init(&k->lock, NULL);
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&k->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  k->last = &k->first;
  pk_rc rc = pk_store_open(database, PK_STORE_READ, &k->store, err);
  if (rc == PK_OK) {
    k->started = pthread_create(&k->thread, NULL, run, k) == 0;
    if (!k->started) rc = pk_err_set(err, PK_E_INTERNAL, "no thread can be started");
  }
  if (rc != PK_OK) pk_keeper_stop(&k);
  else *ret = k;
  return rc;
}

void pk_keeper_ask(pk_keeper *k, pk_fleet_ask *ask) {
  ask->next = NULL;
  pthread_mutex_lock(&k->lock);
  /* one that takes long to make is handed out as it is, and does not wait for the next */
  bool at_once = k->started && !k->stopping && k->fleet && k->cost_ms > QUICK_MS && !ask->newest && k->made == k->written;
  bool taken = k->started && !at_once;
  if (at_once) {
    hand_out(k, ask);
  } else if (taken) {
    *k->last = ask;
    k->last = &ask->next;
    pthread_cond_signal(&k->wake);
  }
  pthread_mutex_unlock(&k->lock);
  if (at_once) ask->ready(ask);
  if (taken || at_once) return;
  ask->fleet = NULL;
  ask->rc = pk_err_set(&ask->err, PK_E_STOPPED, "the server is stopping");
  ask->ready(ask);
}

void pk_keeper_expect(pk_keeper *k) {
  pthread_mutex_lock(&k->lock);
  k->written++;
  pthread_mutex_unlock(&k->lock);
}

void pk_keeper_drain(pk_keeper *k) {
  if (!k || !k->started) return;
  pthread_mutex_lock(&k->lock);
  k->stopping = true;
  pthread_cond_signal(&k->wake);
  pthread_mutex_unlock(&k->lock);
  pthread_join(k->thread, NULL);
  pthread_mutex_lock(&k->lock);
  k->started = false;
  pk_fleet_ask *late = k->first;
  k->first = NULL;
  k->last = &k->first;
  pthread_mutex_unlock(&k->lock);
  pk_err err;
  if (late) answer(k, late, pk_err_set(&err, PK_E_STOPPED, "the server is stopping"), &err);
}

void pk_keeper_stop(pk_keeper **keeper) {
  pk_keeper *k = *keeper;
  *keeper = NULL;
  if (!k) return;
  pk_keeper_drain(k);
  drop(k, &k->fleet);
  pk_store_close(&k->store);
  pthread_cond_destroy(&k->wake);
  pthread_mutex_destroy(&k->lock);
  free(k);
}
