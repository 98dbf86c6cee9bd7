/* SPDX-License-Identifier: Apache-2.0
 *
 * request: what every route does with its request: read its headers, reply, sleep while the writer works. */
#include "base/digest.h"
#include "server/internal.h"

#include <stdio.h>
#include <stdlib.h>

const char *pk_request_header(const pk_request *r, const char *name) {
  const char *value = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
  return value ? value : "";
}

/* ---- replies ---- */

enum MHD_Result pk_reply_queue(pk_request *r, unsigned status, struct MHD_Response *response) {
  static const char *const fixed[][2] = {{"X-Content-Type-Options", "nosniff"},
                                         {"Referrer-Policy", "no-referrer"},
                                         {"Cross-Origin-Resource-Policy", "same-origin"},
                                         {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
                                         {"Cache-Control", "no-store"}};
  for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
    if (!MHD_get_response_header(response, fixed[i][0])) MHD_add_response_header(response, fixed[i][0], fixed[i][1]);
  if (status == 405 && *r->allow) MHD_add_response_header(response, "Allow", r->allow);
  if (status == 503) MHD_add_response_header(response, "Retry-After", "60");
  if (r->close_after) MHD_add_response_header(response, "Connection", "close");
  r->answered = true;
  r->queued = MHD_queue_response(r->connection, status, response);
  MHD_destroy_response(response);
  return r->queued;
}

enum MHD_Result pk_reply_with(pk_request *r, unsigned status, const char *content_type, pk_str body, const char *const (*headers)[2], size_t n) {
  char *copy = pk_str_dup(body);
  struct MHD_Response *response = MHD_create_response_from_buffer(body.n, copy, MHD_RESPMEM_MUST_FREE);
  if (!response) {
    free(copy);
    return MHD_NO;
  }
  MHD_add_response_header(response, "Content-Type", content_type);
  for (size_t i = 0; i < n; i++) MHD_add_response_header(response, headers[i][0], headers[i][1]);
  return pk_reply_queue(r, status, response);
}

enum MHD_Result pk_reply_send(pk_request *r, unsigned status, const char *content_type, pk_str body) {
  return pk_reply_with(r, status, content_type, body, NULL, 0);
}

void pk_etag_of(pk_str body, char *ret) {
  pk_digest d = pk_digest_of(body);
  int n = snprintf(ret, PK_ETAG_MAX, "\"");
  for (size_t i = 0; i < 16; i++) n += snprintf(ret + n, PK_ETAG_MAX - (size_t)n, "%02x", d.bytes[i]);
  snprintf(ret + n, PK_ETAG_MAX - (size_t)n, "\"");
}

bool pk_request_has(const pk_request *r, const char *etag) {
  pk_str rest = pk_str_of(pk_request_header(r, "If-None-Match")), one;
  while (pk_str_split(&rest, ',', &one)) {
    one = pk_str_trim(one);
    if (pk_str_starts(one, "W/")) one = pk_str_sub(one, 2, one.n);
    if (pk_str_is(one, etag) || pk_str_is(one, "*")) return true;
  }
  return false;
}

/* ---- asleep ---- */

static void on_written(pk_job *job) {
  pk_request *r = (pk_request *)job->owner;
  pk_server *server = r->server;
  atomic_store_explicit(&r->is_done, true, memory_order_release);
  MHD_resume_connection(r->connection);
  atomic_fetch_sub(&server->in_work, 1);
}

enum MHD_Result pk_request_give(pk_request *r, pk_job *job) {
  job->done = on_written;
  job->owner = r;
  atomic_store_explicit(&r->is_done, false, memory_order_relaxed);
  /* asleep before the writer can wake it */
  atomic_fetch_add(&r->server->in_work, 1);
  MHD_suspend_connection(r->connection);
  if (pk_writer_give(r->server->writer, job)) return MHD_YES;
  job->rc = pk_err_set(&job->err, PK_E_STORE, "the server is busy or stopping: send it again in a minute");
  on_written(job);
  return MHD_YES;
}

bool pk_request_is_done(pk_request *r) { return atomic_load_explicit(&r->is_done, memory_order_acquire); }
