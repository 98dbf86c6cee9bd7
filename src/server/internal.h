/* SPDX-License-Identifier: Apache-2.0
 *
 * internal: what the files of server/ share. */
#ifndef PK_SERVER_INTERNAL_H
#define PK_SERVER_INTERNAL_H

#include "app/writer.h"
#include "server/deadline.h"
#include "server/metrics.h"
#include "server/server.h"

#include <microhttpd.h>
#include <pthread.h>

/** Longest header, path or query that is looked at. */
#define PK_URL_MAX 4096

/** Read-only store handles, lent to one request at a time. */
typedef struct pk_readers {
  pthread_mutex_t lock;
  pthread_cond_t back;
  pk_store **free_handles;
  size_t n_free, n_handles;
} pk_readers;

pk_store *pk_readers_take(pk_readers *r);
void pk_readers_give_back(pk_readers *r, pk_store *handle);

struct pk_server {
  const pk_config *config;
  pk_intake *intake;
  pk_writer *writer;
  pk_deadlines *deadlines;
  pk_metrics metrics;
  pk_readers readers;
  struct MHD_Daemon *daemon;
  atomic_int in_work; /* requests handed to the writer */
  char address[160];
};

/** One request from its first line to its reply. */
typedef struct pk_request {
  pk_server *server;
  struct MHD_Connection *connection;
  const struct pk_route *route;
  char peer[64];
  pk_buf body;
  pk_buf query;
  bool begun, head_only, answered, close_after;
  void *work; /* the route's own */
} pk_request;

/** What a path does. `run` is called when the body is in; it replies, or suspends the request and replies in `resumed`. */
typedef struct pk_route {
  const char *path, *methods;
  enum MHD_Result (*run)(pk_request *r);
  enum MHD_Result (*resumed)(pk_request *r);
  void (*end)(pk_request *r); /* free `work`; may be NULL */
} pk_route;

enum MHD_Result pk_reply_send(pk_request *r, unsigned status, const char *content_type, pk_str body);
const char *pk_request_header(const pk_request *r, const char *name);

/* report_route.c */
enum MHD_Result pk_report_route_run(pk_request *r);
enum MHD_Result pk_report_route_resumed(pk_request *r);
void pk_report_route_end(pk_request *r);

#endif
