/* SPDX-License-Identifier: Apache-2.0
 *
 * internal: what the files of server/ share. */
#ifndef PK_SERVER_INTERNAL_H
#define PK_SERVER_INTERNAL_H

#include "app/fleet/keeper.h"
#include "app/writer.h"
#include "server/deadline.h"
#include "server/metrics.h"
#include "server/recorder.h"
#include "server/server.h"
#include "server/syncs.h"

#include <microhttpd.h>
#include <pthread.h>

/** Most downloads at a time: each holds on to the fleet of its moment until it is read. */
#define PK_DOWNLOADS_MAX 32
/** Longest header, path or query that is looked at. */
#define PK_URL_MAX 4096

/** Store handles, lent to one request at a time. */
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
  pk_keeper *keeper;
  pk_recorder *recorder;
  pk_syncs *syncs;
  bool on_loopback; /* and on no other address */
  struct MHD_Daemon *daemon;
  atomic_int downloads; /* that are being read */
  atomic_int in_work; /* requests handed to the writer or the keeper */
  char address[160];
};

/** One request from its first line to its reply. */
typedef struct pk_request {
  pk_server *server;
  struct MHD_Connection *connection;
  const struct pk_route *route;
  char peer[64];
  pk_buf body;
  pk_buf query, path;
  char method[8];
  char allow[64]; /* methods that the address takes */
  bool cut_path;  /* the address holds a NUL, where the library ends it */
  enum MHD_Result queued; /* of the reply */
  bool begun, head_only, answered, close_after;
  atomic_bool is_done; /* passes what the writer left in the job to the thread that goes on */
  void *work; /* the route's own */
} pk_request;

/** What a path does. `run` is called when the body is in; it replies, or suspends the request and replies in `resumed`. */
typedef struct pk_route {
  const char *path, *methods;
  enum MHD_Result (*run)(pk_request *r);
  enum MHD_Result (*resumed)(pk_request *r);
  void (*end)(pk_request *r); /* free `work`; may be NULL */
} pk_route;

/* request.c */
/** "" when there is none. */
const char *pk_request_header(const pk_request *r, const char *name);
/** Queue a response of the caller's with the headers that all have, and let go of it. */
enum MHD_Result pk_reply_queue(pk_request *r, unsigned status, struct MHD_Response *response);
/** A body, copied, with n headers (name, value) beside those that all replies have. */
enum MHD_Result pk_reply_with(pk_request *r, unsigned status, const char *content_type, pk_str body, const char *const (*headers)[2], size_t n);
enum MHD_Result pk_reply_send(pk_request *r, unsigned status, const char *content_type, pk_str body);
/** Entity tag of a body, and does the asker have one with it? source RFC 9110 8.8.3, 13.1.2 */
#define PK_ETAG_MAX 40
void pk_etag_of(pk_str body, char *ret);
bool pk_request_has(const pk_request *r, const char *etag);
/** Let the request sleep while the writer does the job; `resumed` goes on when pk_request_is_done. job->arg is the caller's. */
enum MHD_Result pk_request_give(pk_request *r, pk_job *job);
/** Has the writer done what the request was given for? */
bool pk_request_is_done(pk_request *r);

/* browser.c */
/** Does a page of another site ask? Its browser says so. source Fetch Metadata, RFC 6454 */
bool pk_is_foreign(const pk_request *r);
/** Why a browser may not be answered under the name it asked for; NULL: it may. */
const char *pk_web_fault(const pk_request *r);
/** The same for what is no page's, but a browser may be led to all the same: reports and counters. Other programs may. */
const char *pk_browser_fault(const pk_request *r);

/* web.c */
enum MHD_Result pk_web_run(pk_request *r);
/** Is the address one of the pages', for this asker? */
bool pk_web_wants(const pk_request *r, const char *path);

/* report_route.c */
enum MHD_Result pk_report_route_run(pk_request *r);
enum MHD_Result pk_report_route_resumed(pk_request *r);
void pk_report_route_end(pk_request *r);

#endif
