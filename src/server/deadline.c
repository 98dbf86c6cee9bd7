/* SPDX-License-Identifier: Apache-2.0 */
#include "server/deadline.h"

#include "base/times.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct pk_deadline {
  pk_deadline *prev, *next;
  int fd;
  int64_t at_ms; /* 0: none runs */
};

struct pk_deadlines {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  pk_deadline all; /* ring with a head that stands for none */
  int64_t request_ms;
  pk_metrics *metrics;
  bool stopping;
};

static void cut_overdue(pk_deadlines *d) {
  int64_t now = pk_monotonic_ms();
  for (pk_deadline *one = d->all.next; one != &d->all; one = one->next) {
    if (!one->at_ms || one->at_ms > now) continue;
    one->at_ms = 0;
    shutdown(one->fd, SHUT_RDWR); /* the library sees the end and closes it */
    pk_metrics_add(d->metrics, PK_METRIC_CONNECTIONS_CUT, 1);
  }
}

static void *run(void *arg) {
  pk_deadlines *d = arg;
  pthread_mutex_lock(&d->lock);
  while (!d->stopping) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 1;
    pthread_cond_timedwait(&d->wake, &d->lock, &until);
    cut_overdue(d);
  }
  pthread_mutex_unlock(&d->lock);
  return NULL;
}

pk_deadlines *pk_deadlines_start(int64_t request_ms, pk_metrics *metrics) {
  pk_deadlines *d = pk_calloc(1, sizeof *d);
  d->all.prev = d->all.next = &d->all;
  d->request_ms = request_ms;
  d->metrics = metrics;
  pthread_mutex_init(&d->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&d->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&d->thread, NULL, run, d) != 0) pk_panic("cannot start a thread");
  return d;
}

void pk_deadlines_stop(pk_deadlines **deadlines) {
  pk_deadlines *d = *deadlines;
  if (!d) return;
  pthread_mutex_lock(&d->lock);
  d->stopping = true;
  pthread_cond_signal(&d->wake);
  pthread_mutex_unlock(&d->lock);
  pthread_join(d->thread, NULL);
  pthread_mutex_destroy(&d->lock);
  pthread_cond_destroy(&d->wake);
  free(d);
  *deadlines = NULL;
}

static void set(pk_deadlines *d, pk_deadline *one, int64_t at_ms) {
  pthread_mutex_lock(&d->lock);
  one->at_ms = at_ms;
  pthread_mutex_unlock(&d->lock);
}

pk_deadline *pk_deadline_new(pk_deadlines *d, int fd) {
  pk_deadline *one = pk_calloc(1, sizeof *one);
  one->fd = fd;
  one->at_ms = pk_monotonic_ms() + d->request_ms;
  pthread_mutex_lock(&d->lock);
  one->next = &d->all;
  one->prev = d->all.prev;
  one->prev->next = one->next->prev = one;
  pthread_mutex_unlock(&d->lock);
  return one;
}

void pk_deadline_pause(pk_deadlines *d, pk_deadline *one) { set(d, one, 0); }
void pk_deadline_restart(pk_deadlines *d, pk_deadline *one) { set(d, one, pk_monotonic_ms() + d->request_ms); }

void pk_deadline_free(pk_deadlines *d, pk_deadline *one) {
  pthread_mutex_lock(&d->lock);
  one->prev->next = one->next;
  one->next->prev = one->prev;
  pthread_mutex_unlock(&d->lock);
  free(one);
}
