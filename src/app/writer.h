/* SPDX-License-Identifier: Apache-2.0
 *
 * writer: the one thread of a server that changes the store. Jobs that wait are done in one transaction and told of
 * after its commit (group commit), so that nothing is acknowledged before it is durable.
 *
 * A job is a report, or an edit by a person.
 * Life of a job: given (pk_writer_give) → done in a transaction → commit → `done` is called on the writer's thread. */
#ifndef PK_APP_WRITER_H
#define PK_APP_WRITER_H

#include "app/intake.h"

/** Most jobs in one transaction, and most that may wait. */
#define PK_WRITER_GROUP_MAX 256
#define PK_WRITER_QUEUE_MAX 20000

typedef struct pk_job pk_job;
typedef void pk_job_done(pk_job *job);
/** An edit, inside the transaction. It may be run again when another job of the transaction failed and all were undone. */
typedef pk_rc pk_job_edit(void *arg, pk_store *store, pk_err *err);

struct pk_job {
  pk_job *next;               /**< the writer's */
  pk_job_edit *edit;           /**< NULL: a report */
  const pk_prepared *prepared; /**< to be stored; NULL: only seen again */
  unsigned char fingerprint[PK_FINGERPRINT_BYTES];
  pk_job_done *done;
  void *owner; /**< for `done` */
  void *arg;   /**< for `edit` */
  /* results */
  pk_rc rc; /**< the edit's; of a report PK_NOTFOUND: seen again, but by then the host had another one */
  bool new_set;
  int64_t profile_id;
  pk_err err;
};

typedef struct pk_writer pk_writer;

/** Open the store for writing and start the thread. */
pk_rc pk_writer_start(const char *database, pk_writer **ret, pk_err *err) PK_MUST_USE;
/** Hand a job over; `done` will be called exactly once. Returns false when too many wait or the writer is stopping: it is not
 *  called then. */
bool pk_writer_give(pk_writer *writer, pk_job *job) PK_MUST_USE;
/** Finish what waits and end the thread. Jobs that are given afterwards are not taken. */
void pk_writer_drain(pk_writer *writer);
/** Drain, and free. Nobody may give jobs any more. */
void pk_writer_stop(pk_writer **writer);

#endif
