/* SPDX-License-Identifier: Apache-2.0
 *
 * edits: what people may change through the API: tags of CVEs, exceptions, settings; and asking for a feed to be fetched.
 * Everything is committed before it is answered, and seen by the next question. */
#include "app/decisions.h"
#include "base/log.h"
#include "base/times.h"
#include "server/api/api.h"
#include "server/syncs.h"

#include <stdlib.h>

/* Last moment at which an exception may end: dates have four digits of a year. */
#define EXPIRES_MAX ((int64_t)253402300799)

/* ---- bodies ---- */

/* Absent and null: "". The others are texts, or check_members refuses them. */
static pk_str text_member(const pk_api_call *c, const char *name) {
  const pk_json_value *v = pk_json_get(c->body, name);
  return v && v->kind == PK_JSON_STRING ? v->text : PK_STR("");
}

/* A field of a body: 't' text, 'b' true or false, 'n' number; and what may be null for nothing. */
typedef struct member {
  const char *name;
  char kind;
  bool may_be_null;
} member;

static bool is_of_kind(const pk_json_value *v, const member *m) {
  if (v->kind == PK_JSON_NULL) return m->may_be_null;
  if (m->kind == 'b') return v->kind == PK_JSON_TRUE || v->kind == PK_JSON_FALSE;
  return v->kind == (m->kind == 'n' ? PK_JSON_NUMBER : PK_JSON_STRING);
}

/* Every member must be one that is known, of its kind, and there once: what is misunderstood may take away more than was meant. */
static pk_rc check_members(const pk_api_call *c, const member *known, size_t n_known, pk_err *err) {
  static const char *const kinds[] = {['t'] = "text", ['b'] = "true or false", ['n'] = "number"};
  if (!c->body) return pk_err_set(err, PK_E_SYNTAX, "the body is missing: send a JSON object");
  for (const pk_json_value *v = c->body->first; v; v = v->next) {
    size_t i = 0;
    while (i < n_known && !pk_str_is(v->key, known[i].name)) i++;
    if (i == n_known) return pk_err_set(err, PK_E_SYNTAX, "there is no field '%.*s' here", PK_FMT(v->key));
    if (!is_of_kind(v, &known[i])) return pk_err_set(err, PK_E_SYNTAX, "field '%s' is no %s", known[i].name, kinds[(size_t)known[i].kind]);
    for (const pk_json_value *other = v->next; other; other = other->next)
      if (pk_str_eq(other->key, v->key)) return pk_err_set(err, PK_E_SYNTAX, "field '%s' is given twice", known[i].name);
  }
  return PK_OK;
}
#define CHECK_MEMBERS(c, known, err) check_members(c, known, sizeof known / sizeof known[0], err)

/* Absent: as it was. */
static void bool_member(const pk_api_call *c, const char *name, bool *ret) {
  const pk_json_value *v = pk_json_get(c->body, name);
  if (v) *ret = v->kind == PK_JSON_TRUE;
}

static pk_rc cve_member(const pk_api_call *c, int64_t *ret, pk_err *err) {
  pk_str text = text_member(c, "cve");
  *ret = text.n ? pk_cve_number(text) : 0;
  return text.n && !*ret ? pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no CVE: give its name, for example CVE-2024-6387", PK_FMT(text)) : PK_OK;
}

/* ---- writing: the request sleeps while the writer does it ---- */

/** The reply to an edit that is durable. */
typedef void edit_reply(pk_api_call *c, void *what);

/** What is done inside the writer's transaction; it may be run again after it was undone. PK_NOTFOUND has written nothing. */
typedef pk_rc edit_write(pk_api_call *c, pk_store *store, void *what, pk_err *err);

typedef struct edit {
  pk_job job;
  pk_api_call *c;
  edit_write *write;
  edit_reply *reply;
  void *what;
} edit;

static pk_rc run_edit(void *arg, pk_store *store, pk_err *err) {
  edit *e = arg;
  return e->write(e->c, store, e->what, err);
}

/* `what`: `size` bytes, copied into the call's arena. */
static pk_rc begin_edit(pk_api_call *c, edit_write *write, edit_reply *reply, const void *what, size_t size, pk_err *err) {
  pk_rc rc = pk_api_all_taken(c, err);
  if (rc != PK_OK) return rc;
  edit *e = pk_arena_alloc(&c->arena, sizeof *e);
  void *copy = pk_arena_alloc(&c->arena, size + 1);
  if (!e || !copy) return pk_rows_full(err);
  if (size) memcpy(copy, what, size);
  *e = (edit){.job = {.edit = run_edit, .arg = e}, .c = c, .write = write, .reply = reply, .what = copy};
  c->edit = e;
  pk_request_give(c->request, &e->job);
  return PK_OK;
}

pk_rc pk_api_edited(pk_api_call *c, pk_err *err) {
  edit *e = c->edit;
  if (e->job.rc != PK_OK) {
    *err = e->job.err;
    return e->job.rc;
  }
  pk_keeper_expect(c->request->server->keeper);
  e->reply(c, e->what);
  return PK_OK;
}

static void done(pk_api_call *c, unsigned status) { pk_api_send(c, status, "application/json", status == 204 ? PK_STR("") : PK_STR("{}")); }

static void tell_edit(const pk_api_call *c, const char *what, pk_str about) {
  char text[64];
  size_t n = about.n < sizeof text ? about.n : sizeof text - 1;
  if (n) memcpy(text, about.p, n);
  text[n] = '\0';
  pk_log(PK_LOG_INFO, "edited", "peer", c->request->peer, "what", what, "about", text, NULL);
}

/* ---- tags ---- */

static pk_rc write_tag(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  pk_rc rc = pk_store_tag_put(store, what, err);
  return rc == PK_OK ? pk_tag_names_fit(store, err) : rc;
}

static void reply_tag(pk_api_call *c, void *what) {
  (void)what;
  tell_edit(c, "cve tag put", text_member(c, "cve"));
  done(c, 200);
}

static pk_rc put_tag(pk_api_call *c, pk_err *err) {
  static const member members[] = {{"cve", 't', false}, {"tag", 't', false}, {"reason", 't', false}, {"url", 't', false}, {"enabled", 'b', false}, {"modified_by", 't', false}};
  pk_cve_tag t = {.enabled = true, .modified_at = pk_now()};
  pk_rc rc = CHECK_MEMBERS(c, members, err);
  if (rc == PK_OK) rc = cve_member(c, &t.cve, err);
  if (rc != PK_OK) return rc;
  bool_member(c, "enabled", &t.enabled);
  t.tag = pk_str_trim(text_member(c, "tag"));
  t.reason = text_member(c, "reason");
  t.url = text_member(c, "url");
  t.modified_by = text_member(c, "modified_by");
  rc = pk_tag_check(&t, err);
  return rc == PK_OK ? begin_edit(c, write_tag, reply_tag, &t, sizeof t, err) : rc;
}

static pk_rc drop_tag(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  const pk_cve_tag *t = what;
  pk_rc rc = pk_store_tag_remove(store, t->cve, t->tag, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "the CVE has no such tag");
  return rc;
}

static void reply_tag_gone(pk_api_call *c, void *what) {
  const pk_cve_tag *t = what;
  tell_edit(c, "cve tag removed", t->tag);
  done(c, 204);
}

static pk_rc delete_tag(pk_api_call *c, pk_err *err) {
  pk_str cve = PK_STR("");
  pk_cve_tag t = {.tag = PK_STR("")};
  pk_api_param(c, "cve", &cve);
  pk_api_param(c, "tag", &t.tag);
  t.cve = pk_cve_number(cve);
  if (!t.cve || !t.tag.n) return pk_err_set(err, PK_E_SYNTAX, "say which: ?cve=CVE-…&tag=…");
  return begin_edit(c, drop_tag, reply_tag_gone, &t, sizeof t, err);
}

/* ---- exceptions ---- */

/* "Debian 12" as what hosts of it are called. */
static pk_rc platform_member(pk_api_call *c, pk_str *ret, pk_err *err) {
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  *ret = pk_str_trim(text_member(c, "platform"));
  if (!ret->n) return PK_OK;
  pk_rc rc = pk_platform_canonical(pk_intake_platforms(c->request->server->intake), *ret, name, &type, err);
  if (rc == PK_OK && !pk_arena_copy(&c->arena, pk_str_of(name), ret)) rc = pk_rows_full(err);
  return rc;
}

static pk_rc read_exception(pk_api_call *c, pk_exception *e, pk_err *err) {
  static const member members[] = {{"cve", 't', true},    {"package", 't', false}, {"version", 't', false}, {"arch", 't', false},     {"platform", 't', false},
                                   {"group", 't', false}, {"value", 't', false},   {"reason", 't', false},  {"approver", 't', false}, {"expires", 't', true}};
  *e = (pk_exception){.created_at = pk_now()};
  pk_rc rc = CHECK_MEMBERS(c, members, err);
  if (rc == PK_OK) rc = cve_member(c, &e->cve, err);
  if (rc == PK_OK) rc = platform_member(c, &e->platform, err);
  if (rc != PK_OK) return rc;
  e->package = pk_str_trim(text_member(c, "package"));
  e->version = pk_str_trim(text_member(c, "version"));
  e->arch = pk_str_trim(text_member(c, "arch"));
  e->group_value = text_member(c, "value");
  e->reason = text_member(c, "reason");
  e->approver = text_member(c, "approver");
  pk_str group = text_member(c, "group"), expires = text_member(c, "expires");
  if (!pk_group_kind_of(group, &e->group_kind))
    return pk_err_set(err, PK_E_SYNTAX, "group is '%.*s': say host, domain, tld, site or tag, or nothing for all hosts", PK_FMT(group));
  if (expires.n && (pk_time_parse_iso(expires, &e->expires_at) != PK_OK || e->expires_at <= 0 || e->expires_at > EXPIRES_MAX))
    return pk_err_set(err, PK_E_SYNTAX, "expires is '%.*s': say a moment, for example 2027-01-31T00:00:00Z", PK_FMT(expires));
  return pk_exception_check(e, err);
}

static pk_rc add_exception(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  pk_exception *e = what;
  return pk_store_exception_add(store, e, &e->id, err);
}

static pk_rc replace_exception(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  const pk_exception *e = what;
  pk_rc rc = pk_store_exception_replace(store, e, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no exception %lld", (long long)e->id);
  return rc;
}

static pk_rc drop_exception(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  const pk_exception *e = what;
  pk_rc rc = pk_store_exception_remove(store, e->id, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no exception %lld", (long long)e->id);
  return rc;
}

static void send_id(pk_api_call *c, unsigned status, const pk_exception *e) {
  pk_buf text;
  tell_edit(c, status == 201 ? "exception added" : "exception changed", pk_str_of(PK_NUM(e->id)));
  pk_buf_init(&text, 256);
  pk_buf_printf(&text, "{\"id\":%lld}", (long long)e->id);
  pk_api_send(c, status, "application/json", pk_buf_view(&text));
  pk_buf_free(&text);
}

static void reply_added(pk_api_call *c, void *what) { send_id(c, 201, what); }
static void reply_replaced(pk_api_call *c, void *what) { send_id(c, 200, what); }

static void reply_dropped(pk_api_call *c, void *what) {
  (void)what;
  tell_edit(c, "exception removed", c->args[0]);
  done(c, 204);
}

static pk_rc post_exception(pk_api_call *c, pk_err *err) {
  pk_exception e;
  pk_rc rc = read_exception(c, &e, err);
  return rc == PK_OK ? begin_edit(c, add_exception, reply_added, &e, sizeof e, err) : rc;
}

pk_rc pk_api_id(pk_api_call *c, int64_t *ret, pk_err *err) {
  uint64_t id;
  if (!pk_str_u64(c->args[0], &id) || !id || id > INT64_MAX) {
    pk_err_set(err, PK_NOTFOUND, "there is no exception '%.*s'", PK_FMT(c->args[0]));
    return PK_NOTFOUND;
  }
  *ret = (int64_t)id;
  return PK_OK;
}

static pk_rc put_exception(pk_api_call *c, pk_err *err) {
  pk_exception e;
  int64_t id;
  pk_rc rc = pk_api_id(c, &id, err);
  if (rc == PK_OK) rc = read_exception(c, &e, err);
  if (rc != PK_OK) return rc;
  e.id = id;
  return begin_edit(c, replace_exception, reply_replaced, &e, sizeof e, err);
}

static pk_rc delete_exception(pk_api_call *c, pk_err *err) {
  pk_exception e = {0};
  pk_rc rc = pk_api_id(c, &e.id, err);
  return rc == PK_OK ? begin_edit(c, drop_exception, reply_dropped, &e, sizeof e, err) : rc;
}

/* ---- imports ---- */

typedef struct importing {
  bool remove;
  pk_imported n;
} importing;

static pk_rc write_import(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  importing *i = what;
  return pk_import_put(c->file, store, i->remove, pk_now(), &i->n, err);
}

static void reply_imported(pk_api_call *c, void *what) {
  const pk_imported *n = &((const importing *)what)->n;
  tell_edit(c, c->route->path, PK_STR(""));
  pk_buf out;
  pk_buf_init(&out, 4096);
  pk_buf_printf(&out, "{\"read\":%zu,\"added\":%zu,\"changed\":%zu,\"removed\":%zu}", n->n_read, n->n_added, n->n_changed, n->n_removed);
  pk_api_send(c, 200, "application/json", pk_buf_view(&out));
  pk_buf_free(&out);
}

static pk_rc import(pk_api_call *c, bool tags, pk_err *err) {
  pk_str body = pk_buf_view(&c->request->body);
  int flag;
  pk_rc rc = pk_api_flag(c, "remove", &flag, err);
  if (rc == PK_OK) rc = tags ? pk_import_tags(body, &c->file, err) : pk_import_exceptions(pk_intake_platforms(c->request->server->intake), body, &c->file, err);
  const importing i = {.remove = flag == 1};
  return rc == PK_OK ? begin_edit(c, write_import, reply_imported, &i, sizeof i, err) : rc;
}

static pk_rc import_tags(pk_api_call *c, pk_err *err) { return import(c, true, err); }
static pk_rc import_exceptions(pk_api_call *c, pk_err *err) { return import(c, false, err); }

/* ---- settings ---- */

static pk_rc write_settings(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)what;
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = c->body->first; rc == PK_OK && v; v = v->next) rc = pk_settings_put(store, v->key, v->text, err);
  return rc;
}

static void reply_settings(pk_api_call *c, void *what) {
  (void)what;
  tell_edit(c, "settings", PK_STR(""));
  done(c, 200);
}

static pk_rc patch_settings(pk_api_call *c, pk_err *err) {
  const pk_settings none = {0};
  pk_setting_view v;
  member members[PK_SETTINGS_MAX];
  size_t n = 0;
  for (; n < PK_SETTINGS_MAX && pk_settings_at(&none, n, &v); n++) members[n] = (member){v.name, v.is_number ? 'n' : 't', false};
  pk_rc rc = check_members(c, members, n, err);
  return rc == PK_OK ? begin_edit(c, write_settings, reply_settings, NULL, 0, err) : rc;
}

/* ---- feeds ---- */

static pk_rc post_sync(pk_api_call *c, pk_err *err) {
  static const member members[] = {{"feed", 't', false}, {"accept", 'b', false}};
  pk_feed_row row;
  bool accept = false;
  pk_rc rc = CHECK_MEMBERS(c, members, err);
  if (rc == PK_OK) rc = pk_api_all_taken(c, err);
  if (rc != PK_OK) return rc;
  bool_member(c, "accept", &accept);
  pk_str name = text_member(c, "feed");
  rc = pk_store_feed_get(pk_api_store(c), name, &row, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no feed '%.*s'", PK_FMT(name));
  if (rc != PK_OK) return rc;
  rc = pk_syncs_start(c->request->server->syncs, row.feed.name, accept, err);
  pk_feed_row_fini(&row);
  if (rc != PK_OK) return rc;
  tell_edit(c, accept ? "feed accepted" : "feed sync asked for", name);
  done(c, 202);
  return PK_OK;
}

const pk_api_route pk_api_edits[] = {
    {"PUT", "cve-tags", put_tag, true, 0},
    {"DELETE", "cve-tags", delete_tag, true, 0},
    {"POST", "cve-tags/import", import_tags, true, 0},
    {"POST", "exceptions", post_exception, true, 0},
    {"PUT", "exceptions/{id}", put_exception, true, 0},
    {"DELETE", "exceptions/{id}", delete_exception, true, 0},
    {"POST", "exceptions/import", import_exceptions, true, 0},
    {"PATCH", "settings", patch_settings, true, 0},
    {"POST", "feeds/sync", post_sync, true, 0},
};
const size_t pk_n_api_edits = sizeof pk_api_edits / sizeof pk_api_edits[0];
