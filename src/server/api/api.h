/* SPDX-License-Identifier: Apache-2.0
 *
 * api: what the files of server/api share. A call is one request to /api/…, from its query to its reply. */
#ifndef PK_SERVER_API_API_H
#define PK_SERVER_API_API_H

#include "app/decisions.h"
#include "app/fleet/keeper.h"
#include "app/lists/lists.h"
#include "base/json.h"
#include "base/json_tree.h"
#include "server/internal.h"

/** Most parameters of a query, and parts of a path. */
#define PK_API_PARAMS_MAX 64
#define PK_API_PARTS_MAX 6
/** Memory of one call. */
#define PK_API_BYTES_MAX ((size_t)1 << 30)
/** Largest reply that is not streamed. */
#define PK_API_REPLY_MAX ((size_t)256 << 20)

typedef struct pk_param {
  pk_str name, value;
  bool taken;
} pk_param;

typedef struct pk_api_call {
  pk_request *request;
  const struct pk_api_route *route;
  pk_arena arena;
  pk_param params[PK_API_PARAMS_MAX];
  size_t n_params;
  pk_str args[PK_API_PARTS_MAX]; /**< parts of the path that stand for something */
  pk_fleet_ask ask;
  bool asked;                    /**< the keeper has the call, or had it */
  atomic_bool is_ready;
  pk_scope scope;                /**< of the asker */
  pk_store *store;               /**< lent; given back at the end */
  pk_json_value *body;           /**< of edits */
  pk_import *file;               /**< of imports */
  struct edit *edit;             /**< that the writer has, or had (edits.c) */
} pk_api_call;

typedef pk_rc pk_api_handler(pk_api_call *c, pk_err *err);

/** "GET", "hosts/{host}/updates". `run` sends the reply, or returns a fault that becomes a problem. */
typedef struct pk_api_route {
  const char *method, *path;
  pk_api_handler *run;
  bool edits;     /**< changes something: no fleet is needed, but a body */
  unsigned takes; /**< pk_api_takes, of lists */
} pk_api_route;

/** Parameters of lists besides those that all have. */
typedef enum pk_api_takes {
  PK_TAKES_HOSTS = 1, /**< filters of hosts */
  PK_TAKES_SEARCH = 2,
  PK_TAKES_SEVERITY = 4,
  PK_TAKES_FLAGS = 8, /**< exploited, fixed, tagged */
  PK_TAKES_ALL = 16,
  PK_TAKES_CVE = 32 /**< of the filters of hosts only the CVE, which is then what the list is about */
} pk_api_takes;

extern const pk_api_route pk_api_reads[], pk_api_edits[];
extern const size_t pk_n_api_reads, pk_n_api_edits;

/* ---- what a call asks (api.c) ---- */

/** Value of a parameter; false: not given. It counts as taken. */
bool pk_api_param(pk_api_call *c, const char *name, pk_str *ret);
/** PK_E_SYNTAX naming a parameter that nobody took. */
pk_rc pk_api_all_taken(const pk_api_call *c, pk_err *err) PK_MUST_USE;
/** "yes" or "no": *ret 1 or 0; -1 when it is not given. error PK_E_SYNTAX */
pk_rc pk_api_flag(pk_api_call *c, const char *name, int *ret, pk_err *err) PK_MUST_USE;
/** A read-only handle, lent until the call ends. */
pk_store *pk_api_store(pk_api_call *c);
/** The host that the path names. PK_NOTFOUND with its message. */
pk_rc pk_api_host(pk_api_call *c, const pk_fleet_host **ret, pk_err *err) PK_MUST_USE;
/** The CVE that a part of the path names. */
pk_rc pk_api_cve(pk_api_call *c, size_t arg, int64_t *ret, pk_err *err) PK_MUST_USE;
/** What the writer made of an edit: reply, or its fault. */
pk_rc pk_api_edited(pk_api_call *c, pk_err *err) PK_MUST_USE;
/** Number of the exception that the path names. PK_NOTFOUND with its message. */
pk_rc pk_api_id(pk_api_call *c, int64_t *ret, pk_err *err) PK_MUST_USE;
/** Take the parameters of a list from the query. */
pk_rc pk_api_wanted(pk_api_call *c, pk_list_wanted *ret, pk_err *err) PK_MUST_USE;

/* ---- replies (reply.c) ---- */

/** A body with an ETag; 304 if the asker has it. */
enum MHD_Result pk_api_send(pk_api_call *c, unsigned status, const char *type, pk_str body);
/** The page of a list that the query asks for, or the whole of it as a download. */
pk_rc pk_api_send_list(pk_api_call *c, const pk_rows *rows, pk_err *err) PK_MUST_USE;
/** Members of one row of a list, inside an object. */
void pk_api_write_row(pk_json_out *o, const pk_rows *rows, const void *row, const pk_list_order *order);
/** A row as an object. */
void pk_api_write_object(pk_json_out *o, const pk_rows *rows, size_t place, const pk_list_order *order);
void pk_api_write_time(pk_json_out *o, int64_t at);
/** RFC 9457. */
enum MHD_Result pk_api_problem(pk_request *r, unsigned status, const char *detail);

/* ---- routes ---- */

enum MHD_Result pk_api_run(pk_request *r);
enum MHD_Result pk_api_resumed(pk_request *r);
void pk_api_end(pk_request *r);

/* pakiti3.c */
pk_api_handler pk_pakiti3_hosts, pk_pakiti3_cve, pk_pakiti3_tags, pk_pakiti3_exceptions;

#endif
