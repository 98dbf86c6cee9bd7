/* SPDX-License-Identifier: Apache-2.0
 *
 * api: /api/v1/…, described by docs/openapi.yaml. Reads wait (asleep) for the fleet and are answered from it; edits are
 * written first and the reads that follow see them. */
#include "server/api/api.h"

#include "access/sender.h"
#include "base/log.h"
#include "base/times.h"
#include "report/form.h"

#include <stdio.h>
#include <stdlib.h>

#define PREFIX "/api/v1/"
/* Memory of an edit's body as a tree. */
#define BODY_BYTES_MAX ((size_t)32 << 20)

/* ---- addresses ---- */

static const struct {
  const char *path, *route;
} PAKITI3[] = {{"/api/hosts.php", "pakiti3/hosts"},
               {"/api/cve.php", "pakiti3/cve"},
               {"/api/exportCvesTags.php", "pakiti3/cve-tags"},
               {"/api/cvesTags_export.php", "pakiti3/cve-tags"},
               {"/api/exportCvesExceptions.php", "pakiti3/exceptions"},
               {"/api/cvesExceptions_export.php", "pakiti3/exceptions"}};

static bool matches(pk_api_call *c, const char *pattern, pk_str path) {
  pk_str rest = pk_str_of(pattern), part, own;
  size_t n = 0;
  while (pk_str_split(&rest, '/', &part)) {
    if (!pk_str_split(&path, '/', &own) || !own.n) return false;
    if (pk_str_starts(part, "{")) c->args[n++] = own;
    else if (!pk_str_eq(part, own)) return false;
  }
  return path.n == 0;
}

static const pk_api_route *find_in(pk_api_call *c, const pk_api_route *list, size_t n, const char *method, pk_str path, bool *ret_known) {
  for (size_t i = 0; i < n; i++) {
    if (!matches(c, list[i].path, path)) continue;
    char *allow = c->request->allow;
    size_t used = strlen(allow);
    snprintf(allow + used, sizeof c->request->allow - used, "%s%s", *ret_known ? ", " : "", list[i].method);
    *ret_known = true;
    if (strcmp(list[i].method, method) == 0) return &list[i];
  }
  return NULL;
}

static const pk_api_route *find_route(pk_api_call *c, const char *method, bool *ret_known) {
  pk_str path = pk_buf_view(&c->request->path);
  *ret_known = false;
  for (size_t i = 0; i < sizeof PAKITI3 / sizeof PAKITI3[0]; i++)
    if (pk_str_is(path, PAKITI3[i].path)) return find_in(c, pk_api_reads, pk_n_api_reads, method, pk_str_of(PAKITI3[i].route), ret_known);
  if (!pk_str_starts(path, PREFIX) || pk_str_starts(path, PREFIX "pakiti3/") || pk_str_ends(path, "/")) return NULL;
  path = pk_str_sub(path, strlen(PREFIX), path.n);
  const pk_api_route *found = find_in(c, pk_api_reads, pk_n_api_reads, method, path, ret_known);
  return found ? found : find_in(c, pk_api_edits, pk_n_api_edits, method, path, ret_known);
}

/* ---- parameters ---- */

static pk_rc read_params(pk_api_call *c, pk_err *err) {
  pk_form form = {0};
  pk_rc rc = pk_form_parse_urlencoded(pk_buf_view(&c->request->query), &c->arena, &form, err);
  if (rc == PK_OK && form.n > PK_API_PARAMS_MAX) rc = pk_err_set(err, PK_E_SYNTAX, "more than %d parameters", PK_API_PARAMS_MAX);
  for (size_t i = 0; rc == PK_OK && i < form.n; i++) {
    c->params[c->n_params++] = (pk_param){form.fields[i].name, form.fields[i].value, false};
    if (!pk_str_utf8(form.fields[i].name) || !pk_str_utf8(form.fields[i].value)) rc = pk_err_set(err, PK_E_SYNTAX, "the query is not UTF-8");
  }
  return rc;
}

bool pk_api_param(pk_api_call *c, const char *name, pk_str *ret) {
  for (size_t i = 0; i < c->n_params; i++)
    if (pk_str_is(c->params[i].name, name)) {
      c->params[i].taken = true;
      *ret = c->params[i].value;
      return true;
    }
  return false;
}

static bool is_given_twice(const pk_api_call *c, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (pk_str_eq(c->params[i].name, c->params[at].name)) return true;
  return false;
}

pk_rc pk_api_all_taken(const pk_api_call *c, pk_err *err) {
  for (size_t i = 0; i < c->n_params; i++)
    if (!c->params[i].taken)
      return pk_err_set(err, PK_E_SYNTAX, is_given_twice(c, i) ? "parameter '%.*s' is given twice" : "there is no parameter '%.*s' here", PK_FMT(c->params[i].name));
  return PK_OK;
}

pk_rc pk_api_flag(pk_api_call *c, const char *name, int *ret, pk_err *err) {
  pk_str text;
  *ret = -1;
  if (!pk_api_param(c, name, &text) || !text.n) return PK_OK;
  bool yes = pk_str_is(text, "yes") || pk_str_is(text, "true") || pk_str_is(text, "1");
  bool no = pk_str_is(text, "no") || pk_str_is(text, "false") || pk_str_is(text, "0");
  if (!yes && !no) return pk_err_set(err, PK_E_SYNTAX, "%s is '%.*s': say yes or no", name, PK_FMT(text));
  *ret = yes;
  return PK_OK;
}

static pk_rc take_severities(pk_api_call *c, unsigned *ret, pk_err *err) {
  pk_str list, one;
  *ret = 0;
  if (!pk_api_param(c, "severity", &list)) return PK_OK;
  while (pk_str_split(&list, ',', &one)) {
    int s = PK_SEVERITY_UNKNOWN;
    while (s <= PK_SEVERITY_CRITICAL && !pk_str_is(one, pk_severity_name((pk_severity)s))) s++;
    if (s > PK_SEVERITY_CRITICAL)
      return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no severity: say critical, high, medium, low or unknown", PK_FMT(one));
    *ret |= 1u << s;
  }
  return PK_OK;
}

static pk_rc take_search(pk_api_call *c, pk_list_wanted *w, pk_err *err) {
  pk_str text;
  if (!pk_api_param(c, "search", &text)) return PK_OK;
  char *lower = pk_arena_alloc(&c->arena, text.n + 1);
  if (!lower) return pk_rows_full(err);
  w->q = pk_str_lower(pk_str_trim(text), lower, text.n + 1);
  return PK_OK;
}

pk_rc pk_api_wanted(pk_api_call *c, pk_list_wanted *ret, pk_err *err) {
  unsigned takes = c->route->takes;
  int all = -1;
  pk_rc rc = PK_OK;
  *ret = (pk_list_wanted){.q = PK_STR(""), .exploited = -1, .fixed = -1, .tagged = -1};
  if (takes & PK_TAKES_SEVERITY) rc = take_severities(c, &ret->severities, err);
  if (rc == PK_OK && takes & PK_TAKES_FLAGS) rc = pk_api_flag(c, "exploited", &ret->exploited, err);
  if (rc == PK_OK && takes & PK_TAKES_FLAGS) rc = pk_api_flag(c, "fixed", &ret->fixed, err);
  if (rc == PK_OK && takes & PK_TAKES_FLAGS) rc = pk_api_flag(c, "tagged", &ret->tagged, err);
  if (rc == PK_OK && takes & PK_TAKES_ALL) rc = pk_api_flag(c, "all", &all, err);
  ret->all = all == 1;
  if (rc == PK_OK && takes & PK_TAKES_SEARCH) rc = take_search(c, ret, err);
  for (size_t i = 0; rc == PK_OK && takes & (PK_TAKES_HOSTS | PK_TAKES_CVE) && i < c->n_params; i++) {
    if (c->params[i].taken || is_given_twice(c, i)) continue;
    if (!(takes & PK_TAKES_HOSTS) && !pk_str_is(c->params[i].name, "cve")) continue;
    rc = pk_filter_take(&ret->hosts, c->params[i].name, c->params[i].value, pk_now(), err);
    if (rc == PK_OK) c->params[i].taken = true;
    if (rc == PK_NOTFOUND) rc = PK_OK;
  }
  return rc;
}

pk_store *pk_api_store(pk_api_call *c) {
  if (!c->store) c->store = pk_readers_take(&c->request->server->readers);
  return c->store;
}

pk_rc pk_api_host(pk_api_call *c, const pk_fleet_host **ret, pk_err *err) {
  char lower[PK_HOST_KEY_MAX + 1]; /* as names are kept */
  *ret = pk_fleet_host_of(c->ask.fleet, &c->scope, c->args[0]);
  if (!*ret) *ret = pk_fleet_host_of(c->ask.fleet, &c->scope, pk_str_lower(c->args[0], lower, sizeof lower));
  if (*ret) return PK_OK;
  pk_err_set(err, PK_NOTFOUND, "no host '%.*s' has reported, or several have that name: see /api/v1/hosts?q=…", PK_FMT(c->args[0]));
  return PK_NOTFOUND;
}

pk_rc pk_api_cve(pk_api_call *c, size_t arg, int64_t *ret, pk_err *err) {
  *ret = pk_cve_number(c->args[arg]);
  return *ret ? PK_OK : pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no CVE: give its name, for example CVE-2024-6387", PK_FMT(c->args[arg]));
}

/* Without its parameters. */
static pk_str content_type(const pk_request *r) {
  pk_str type = pk_str_of(pk_request_header(r, "Content-Type"));
  return pk_str_trim(pk_str_sub(type, 0, pk_str_find(type, ';')));
}

static const char *fault_in_edit(const pk_request *r) {
  pk_str type = content_type(r);
  /* forms of foreign pages cannot send these types without asking first (Fetch, CORS-safelisted request-header) */
  if (!pk_str_is_nocase(type, "application/json") && !pk_str_is_nocase(type, "application/xml")) return "send application/json, or application/xml for imports";
  return pk_is_foreign(r) ? "pages of other sites may not change anything here" : NULL;
}

/* ---- running ---- */

static enum MHD_Result fail(pk_request *r, pk_rc rc, const pk_err *why) {
  unsigned status = rc == PK_E_LIMIT ? 400 : pk_rc_http_status(rc);
  if (status >= 500) pk_log(PK_LOG_ERROR, "api_failed", "peer", r->peer, "why", why->text, NULL);
  return pk_api_problem(r, status, why->text);
}

static enum MHD_Result run_handler(pk_request *r, pk_api_call *c, pk_api_handler *run) {
  pk_err err = {0};
  pk_rc rc = run(c, &err);
  if (c->store) pk_readers_give_back(&r->server->readers, c->store); /* a slow asker does not keep it */
  c->store = NULL;
  if (rc == PK_OK && r->answered) return r->queued;
  if (rc == PK_OK && c->edit && run != pk_api_edited) return MHD_YES; /* the writer has it */
  if (rc == PK_OK) rc = pk_err_set(&err, PK_E_INTERNAL, "no reply was made");
  return fail(r, rc, &err);
}

static void on_ready(pk_fleet_ask *ask) {
  pk_api_call *c = ask->arg;
  pk_request *r = c->request;
  pk_server *server = r->server;
  atomic_store_explicit(&c->is_ready, true, memory_order_release);
  MHD_resume_connection(r->connection);
  atomic_fetch_sub(&server->in_work, 1);
}

static enum MHD_Result wait_for_fleet(pk_request *r, pk_api_call *c) {
  c->ask.ready = on_ready;
  c->ask.arg = c;
  c->asked = true;
  /* asleep before the keeper can wake it */
  atomic_fetch_add(&r->server->in_work, 1);
  MHD_suspend_connection(r->connection);
  pk_keeper_ask(r->server->keeper, &c->ask);
  return MHD_YES;
}

typedef struct body_copy {
  pk_arena *arena;
  pk_json_value *root;
} body_copy;

static pk_json_value *copy_value(pk_arena *arena, const pk_json_value *v) {
  pk_json_value *copy = pk_arena_alloc(arena, sizeof *copy), **link;
  if (!copy) return NULL;
  *copy = (pk_json_value){.kind = v->kind};
  if (!pk_arena_copy(arena, v->key, &copy->key) || !pk_arena_copy(arena, v->text, &copy->text)) return NULL;
  link = &copy->first;
  for (const pk_json_value *child = v->first; child; child = child->next, link = &(*link)->next)
    if (!(*link = copy_value(arena, child))) return NULL;
  return copy;
}

static pk_rc keep_body(void *arg, const pk_str *path, const pk_json_value *v, pk_err *err) {
  (void)path;
  body_copy *b = arg;
  b->root = copy_value(b->arena, v);
  return b->root ? PK_OK : pk_err_set(err, PK_E_LIMIT, "the body takes too much memory");
}

static pk_rc read_body(pk_api_call *c, pk_err *err) {
  pk_str bytes = pk_buf_view(&c->request->body);
  if (!bytes.n || !pk_str_is_nocase(content_type(c->request), "application/json")) return PK_OK;
  pk_stream *in = NULL;
  body_copy b = {.arena = &c->arena};
  pk_rc rc = pk_stream_open_bytes(bytes, (pk_stream_limits){BODY_BYTES_MAX, 0}, &in, err);
  if (rc == PK_OK) rc = pk_json_each(in, 0, BODY_BYTES_MAX, keep_body, &b, err);
  pk_stream_close(&in);
  c->body = b.root;
  if (rc == PK_OK && (!b.root || b.root->kind != PK_JSON_OBJECT)) rc = pk_err_set(err, PK_E_SYNTAX, "the body is no JSON object");
  return rc;
}

static enum MHD_Result begin(pk_request *r, pk_api_call *c) {
  pk_err err = {0};
  bool known;
  const char *fault = pk_web_fault(r);
  if (fault) return pk_api_problem(r, 403, fault);
  c->route = find_route(c, r->head_only ? "GET" : r->method, &known);
  if (!c->route) return pk_api_problem(r, known ? 405 : 404, known ? "this address does not take this method" : "there is nothing at this address: see /api/v1/openapi.yaml");
  if (c->route->edits && (fault = fault_in_edit(r))) return pk_api_problem(r, pk_str_starts(pk_str_of(fault), "send") ? 415 : 403, fault);
  pk_rc rc = read_params(c, &err);
  if (rc == PK_OK && c->route->edits) rc = read_body(c, &err);
  if (rc != PK_OK) return fail(r, rc, &err);
  return c->route->edits ? run_handler(r, c, c->route->run) : wait_for_fleet(r, c);
}

enum MHD_Result pk_api_run(pk_request *r) {
  pk_api_call *c = pk_calloc(1, sizeof *c);
  r->work = c;
  c->request = r;
  c->scope.everything = true; /* until people sign in */
  pk_arena_init(&c->arena, PK_API_BYTES_MAX);
  return begin(r, c);
}

enum MHD_Result pk_api_resumed(pk_request *r) {
  pk_api_call *c = r->work;
  if (c->edit) return pk_request_is_done(r) ? run_handler(r, c, pk_api_edited) : MHD_YES;
  if (!c->asked || !atomic_load_explicit(&c->is_ready, memory_order_acquire)) return MHD_YES;
  if (c->ask.rc != PK_OK) return fail(r, c->ask.rc == PK_E_LIMIT ? PK_E_STORE : c->ask.rc, &c->ask.err); /* no fault of who asks */
  return run_handler(r, c, c->route->run);
}

void pk_api_end(pk_request *r) {
  pk_api_call *c = r->work;
  if (!c) return;
  if (c->store) pk_readers_give_back(&r->server->readers, c->store);
  if (c->ask.fleet) pk_keeper_release(r->server->keeper, &c->ask.fleet);
  pk_import_free(&c->file);
  pk_arena_fini(&c->arena);
  free(c);
}
