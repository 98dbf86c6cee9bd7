/* SPDX-License-Identifier: Apache-2.0 */
#include "app/writer.h"

#include "base/times.h"

#include <pthread.h>
#include <stdlib.h>

struct pk_writer {
  pk_store *store;
  pk_judge *judge;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t work;
  pk_job *first, **last;
  size_t n_waiting;
  bool stopping;
};

static void do_job(pk_writer *w, pk_job *job, int64_t now) {
  job->err.text[0] = '\0';
  if (job->edit)
    job->rc = job->edit(job->arg, w->store, &job->err);
  else if (job->prepared)
    job->rc = pk_intake_store(w->judge, w->store, job->prepared, now, &job->profile_id, &job->new_set, &job->err);
  else
    job->rc = pk_store_host_touch(w->store, (pk_str){(const char *)job->fingerprint, sizeof job->fingerprint}, now, &job->err);
}

static void fail_all(pk_job *jobs, const pk_err *why) {
  for (pk_job *j = jobs; j; j = j->next) {
    j->rc = why->rc;
    j->err = *why;
  }
}

/* One transaction over all jobs. False: one of them failed and all were undone. */
static bool try_group(pk_writer *w, pk_job *jobs) {
  pk_err err = {0};
  pk_rc rc = pk_judge_begin(w->judge, &err);
  for (pk_job *j = jobs; rc == PK_OK && j; j = j->next) {
    do_job(w, j, pk_now());
    if (j->rc < 0) return pk_judge_end(w->judge, j->rc, NULL) == PK_OK;
  }
  if (rc == PK_OK) rc = pk_judge_end(w->judge, rc, &err);
  if (rc != PK_OK) fail_all(jobs, &err);
  return true;
}

/* A job that fails must not take the others with it: each alone. */
static void do_group(pk_writer *w, pk_job *jobs) {
  if (try_group(w, jobs)) return;
  for (pk_job *j = jobs, *next; j; j = next) {
    next = j->next;
    j->next = NULL;
    if (!try_group(w, j)) { /* keeps the job's own error */
    }
    j->next = next;
  }
}

static pk_job *take_group(pk_writer *w) {
  pthread_mutex_lock(&w->lock);
  while (!w->first && !w->stopping) pthread_cond_wait(&w->work, &w->lock);
  pk_job *jobs = w->first, **end = &w->first;
  size_t n = 0;
  while (*end && n < PK_WRITER_GROUP_MAX) {
    end = &(*end)->next;
    n++;
  }
  w->first = *end;
  *end = NULL;
  if (end == &w->first) jobs = NULL;
  if (!w->first) w->last = &w->first;
  w->n_waiting -= n;
  pthread_mutex_unlock(&w->lock);
  return jobs;
}

static void *run(void *arg) {
  pk_writer *w = arg;
  for (pk_job *jobs; (jobs = take_group(w)) != NULL;) {
    do_group(w, jobs);
    for (pk_job *next; jobs; jobs = next) {
      next = jobs->next; /* the job may be gone after `done` */
      jobs->done(jobs);
    }
  }
  return NULL;
}

pk_rc pk_writer_start(const char *database, pk_writer **ret, pk_err *err) {
  pk_writer *w = pk_calloc(1, sizeof *w);
  pk_rc rc = pk_store_open(database, PK_STORE_WRITE, &w->store, err);
  if (rc != PK_OK) {
    free(w);
    return rc;
  }
  w->judge = pk_judge_new(w->store);
  w->last = &w->first;
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->work, NULL);
  if (pthread_create(&w->thread, NULL, run, w) != 0) pk_panic("cannot start a thread");
  *ret = w;
  return PK_OK;
}

bool pk_writer_give(pk_writer *w, pk_job *job) {
  pthread_mutex_lock(&w->lock);
  bool taken = !w->stopping && w->n_waiting < PK_WRITER_QUEUE_MAX;
  if (taken) {
    job->next = NULL;
    *w->last = job;
    w->last = &job->next;
    w->n_waiting++;
    pthread_cond_signal(&w->work);
  }
  pthread_mutex_unlock(&w->lock);
  return taken;
}

void pk_writer_drain(pk_writer *w) {
  pthread_mutex_lock(&w->lock);
  bool drained = w->stopping;
  w->stopping = true;
  pthread_cond_signal(&w->work);
  pthread_mutex_unlock(&w->lock);
  if (!drained) pthread_join(w->thread, NULL);
}

void pk_writer_stop(pk_writer **writer) {
  pk_writer *w = *writer;
  if (!w) return;
  pk_writer_drain(w);
  pk_judge_free(&w->judge);
  pk_store_close(&w->store);
  pthread_mutex_destroy(&w->lock);
  pthread_cond_destroy(&w->work);
  free(w);
  *writer = NULL;
}
