/* SPDX-License-Identifier: Apache-2.0 */
#include "server/recorder.h"

#include "app/trends.h"
#include "base/log.h"
#include "base/times.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define EVERY_S 3600

struct pk_recorder {
  pk_keeper *keeper;
  pk_store *store;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool stopping, answered;
  pk_fleet_ask ask;
  pthread_t thread;
  bool started;
};

static void on_ready(pk_fleet_ask *ask) {
  pk_recorder *r = ask->arg;
  pthread_mutex_lock(&r->lock);
  r->answered = true;
  pthread_cond_signal(&r->wake);
  pthread_mutex_unlock(&r->lock);
}

static void record(pk_recorder *r) {
  pk_err err = {0};
  r->answered = false;
  r->ask = (pk_fleet_ask){.ready = on_ready, .arg = r, .newest = true};
  pk_keeper_ask(r->keeper, &r->ask);
  pthread_mutex_lock(&r->lock);
  while (!r->answered) pthread_cond_wait(&r->wake, &r->lock);
  pthread_mutex_unlock(&r->lock);
  if (r->ask.rc != PK_OK) return; /* told by the keeper, or the server stops */
  if (pk_trends_record(r->store, r->ask.fleet, pk_now(), &err) != PK_OK) pk_log(PK_LOG_ERROR, "trends_failed", "why", err.text, NULL);
  pk_keeper_release(r->keeper, &r->ask.fleet);
}

static void *run(void *arg) {
  pk_recorder *r = arg;
  for (;;) {
    record(r);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += EVERY_S - until.tv_sec % EVERY_S;
    int woken = 0;
    pthread_mutex_lock(&r->lock);
    while (!r->stopping && woken == 0) woken = pthread_cond_timedwait(&r->wake, &r->lock, &until);
    bool stopping = r->stopping;
    pthread_mutex_unlock(&r->lock);
    if (stopping) return NULL;
  }
}

pk_rc pk_recorder_start(const char *database, pk_keeper *keeper, pk_recorder **ret, pk_err *err) {
  pk_recorder *r = pk_calloc(1, sizeof *r);
  r->keeper = keeper;
  pthread_mutex_init(&r->lock, NULL);
  pthread_cond_init(&r->wake, NULL);
  pk_rc rc = pk_store_open(database, PK_STORE_WRITE, &r->store, err);
  if (rc == PK_OK) {
    r->started = pthread_create(&r->thread, NULL, run, r) == 0;
    if (!r->started) rc = pk_err_set(err, PK_E_INTERNAL, "no thread can be started");
  }
  if (rc != PK_OK) pk_recorder_stop(&r);
  else *ret = r;
  return rc;
}

void pk_recorder_stop(pk_recorder **recorder) {
  pk_recorder *r = *recorder;
  *recorder = NULL;
  if (!r) return;
  if (r->started) {
    pthread_mutex_lock(&r->lock);
    r->stopping = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
  }
  pk_store_close(&r->store);
  pthread_cond_destroy(&r->wake);
  pthread_mutex_destroy(&r->lock);
  free(r);
}
