/* SPDX-License-Identifier: Apache-2.0
 *
 * report_route: POST /feed/. What is known by its fingerprint goes straight to the writer; everything else is decoded on the
 * request's thread first. The request sleeps until the writer has committed. */
#include "app/tagged.h"
#include "base/log.h"
#include "base/times.h"
#include "server/internal.h"

#include <stdlib.h>

typedef struct work {
  pk_job job;
  pk_prepared prepared;
  pk_report_request request;
  pk_known_host known;
  bool is_prepared, is_known;
} work;

static void describe(pk_request *r, pk_report_request *ret) {
  *ret = (pk_report_request){.body = pk_buf_view(&r->body),
                             .content_type = pk_str_of(pk_request_header(r, "Content-Type")),
                             .content_encoding = pk_str_of(pk_request_header(r, "Content-Encoding")),
                             .user_agent = pk_str_of(pk_request_header(r, "User-Agent")),
                             .query = pk_buf_view(&r->query)};
}

static enum MHD_Result reply_text(pk_request *r, unsigned status, pk_reply_form form, const pk_buf *text) {
  return pk_reply_send(r, status, pk_reply_content_type(form), pk_buf_view(text));
}

static enum MHD_Result refuse(pk_request *r, pk_reply_form form, pk_rc rc, const pk_err *why) {
  bool ours = pk_rc_http_status(rc) >= 500;
  pk_metrics_add(&r->server->metrics, ours ? PK_METRIC_REPORTS_FAILED : PK_METRIC_REPORTS_REFUSED, 1);
  pk_log(ours ? PK_LOG_ERROR : PK_LOG_WARNING, ours ? "report_failed" : "report_refused", "peer", r->peer, "kind", pk_rc_name(rc), "why",
         why->text, NULL);
  pk_buf text;
  pk_buf_init(&text, 8192);
  pk_reply_write_error(form, why, &text);
  enum MHD_Result sent = reply_text(r, pk_rc_http_status(rc), form, &text);
  pk_buf_free(&text);
  return sent;
}

static enum MHD_Result accept_report(pk_request *r, pk_reply_form form, const pk_reply *reply, const char *result) {
  pk_buf text;
  pk_buf_init(&text, (size_t)64 << 20);
  pk_reply_write(form, reply, &text);
  if (r->server->config->access_log) {
    char host[PK_HOST_NAME_MAX + 1];
    size_t n = reply->host.n > PK_HOST_NAME_MAX ? PK_HOST_NAME_MAX : reply->host.n;
    if (n) memcpy(host, reply->host.p, n);
    host[n] = '\0';
    pk_log(PK_LOG_INFO, "report", "host", host, "peer", r->peer, "packages", PK_NUM(reply->n_packages), "result", result, NULL);
  }
  enum MHD_Result sent = reply_text(r, MHD_HTTP_OK, form, &text);
  pk_buf_free(&text);
  return sent;
}

/* Queries that want an answer with packages, or nothing stored, need the report decoded. */
static bool asks_for_more(pk_str query) {
  return pk_str_has(query, "report") || pk_str_has(query, "mode=1") || pk_str_has(query, "mode=2");
}

static bool form_of_protocol(int64_t protocol, pk_reply_form *ret) {
  static const struct {
    pk_protocol protocol;
    pk_reply_form form;
  } forms[] = {{PK_PROTOCOL_PAKITI3, PK_REPLY_PAKITI3}, {PK_PROTOCOL_NATIVE, PK_REPLY_NATIVE}, {PK_PROTOCOL_GLPI, PK_REPLY_GLPI}};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
    if ((int64_t)forms[i].protocol == protocol) {
      *ret = forms[i].form;
      return true;
    }
  return false; /* a form's fields decide, which are inside */
}

static enum MHD_Result answer_with_updates(pk_request *r, work *w, bool stored) {
  pk_err err = {0};
  pk_answer answer = {0};
  pk_reply reply = {.host = pk_str_of(w->prepared.identity.name), .n_packages = w->prepared.n_packages,
                    .unchanged = stored && !w->job.prepared, .with_updates = w->prepared.report.mode != PK_MODE_STORE_ONLY};
  pk_rc rc = PK_OK;
  if (reply.with_updates) {
    pk_store *store = pk_readers_take(&r->server->readers);
    rc = stored ? pk_intake_answer(store, w->job.profile_id, &w->prepared, &answer, &err) : pk_intake_check(store, &w->prepared, &answer, &err);
    if (rc == PK_OK && w->prepared.form == PK_REPLY_PAKITI3)
      rc = pk_tagged_of(store, stored ? w->job.profile_id : 0, &w->prepared, pk_now(), &answer, &err);
    pk_readers_give_back(&r->server->readers, store);
  }
  if (rc != PK_OK) return refuse(r, w->prepared.form, rc, &err);
  reply.tagged = answer.tagged;
  reply.n_tagged = answer.n_tagged;
  reply.updates = answer.updates;
  reply.n_updates = answer.n_updates;
  return accept_report(r, w->prepared.form, &reply, stored ? (reply.unchanged ? "unchanged" : "stored") : "checked");
}

static enum MHD_Result prepare_and_go_on(pk_request *r, work *w) {
  pk_err err = {0};
  pk_sender sender = {.address = pk_str_of(r->peer)};
  w->is_prepared = true;
  pk_rc rc = pk_intake_prepare(r->server->intake, &sender, &w->request, NULL, &w->prepared, &err);
  if (rc != PK_OK) return refuse(r, w->prepared.form, rc, &err);
  if (w->prepared.report.mode == PK_MODE_REPORT_ONLY) {
    pk_metrics_add(&r->server->metrics, PK_METRIC_REPORTS_CHECKED, 1);
    return answer_with_updates(r, w, false);
  }
  w->job.prepared = w->is_known ? NULL : &w->prepared;
  return pk_request_give(r, &w->job);
}

enum MHD_Result pk_report_route_run(pk_request *r) {
  work *w = pk_calloc(1, sizeof *w);
  r->work = w;
  pk_metrics_add(&r->server->metrics, PK_METRIC_REPORT_BYTES, r->body.n);
  describe(r, &w->request);
  pk_sender sender = {.address = pk_str_of(r->peer)};
  pk_intake_fingerprint(r->server->intake, &sender, &w->request, w->job.fingerprint);
  pk_err err = {0};
  pk_store *store = pk_readers_take(&r->server->readers);
  pk_rc rc = pk_store_host_by_fingerprint(store, (pk_str){(const char *)w->job.fingerprint, PK_FINGERPRINT_BYTES}, &w->known, &err);
  pk_readers_give_back(&r->server->readers, store);
  if (rc < 0) return refuse(r, PK_REPLY_PAKITI3, rc, &err);
  w->is_known = rc == PK_OK;
  w->job.profile_id = w->known.profile_id;
  pk_reply_form form;
  if (w->is_known && form_of_protocol(w->known.protocol, &form) && !asks_for_more(w->request.query)) return pk_request_give(r, &w->job);
  return prepare_and_go_on(r, w);
}

enum MHD_Result pk_report_route_resumed(pk_request *r) {
  work *w = r->work;
  pk_server *server = r->server;
  if (!pk_request_is_done(r)) return MHD_YES;
  if (w->job.rc == PK_NOTFOUND && !w->job.prepared) { /* overtaken by another report of the host: store this one */
    w->is_known = false;
    return w->is_prepared ? (w->job.prepared = &w->prepared, pk_request_give(r, &w->job)) : prepare_and_go_on(r, w);
  }
  pk_reply_form form = PK_REPLY_PAKITI3;
  if (w->is_prepared)
    form = w->prepared.form;
  else
    form_of_protocol(w->known.protocol, &form);
  if (w->job.rc != PK_OK) return refuse(r, form, w->job.rc, &w->job.err);
  pk_metrics_add(&server->metrics,
                 !w->job.prepared ? PK_METRIC_REPORTS_UNCHANGED
                 : w->job.new_set ? PK_METRIC_REPORTS_NEW_SET
                                  : PK_METRIC_REPORTS_KNOWN_SET,
                 1);
  if (w->is_prepared) return answer_with_updates(r, w, true);
  pk_reply reply = {.host = pk_str_of(w->known.name), .n_packages = (size_t)w->known.n_packages, .unchanged = true};
  return accept_report(r, form, &reply, "unchanged");
}

void pk_report_route_end(pk_request *r) {
  work *w = r->work;
  if (!w) return;
  if (w->is_prepared) pk_prepared_fini(&w->prepared);
  free(w);
}
