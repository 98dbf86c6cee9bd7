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

/* ---- bodies ---- */

static pk_str text_member(const pk_api_call *c, const char *name) {
  const pk_json_value *v = pk_json_get(c->body, name);
  return v && (v->kind == PK_JSON_STRING || v->kind == PK_JSON_NUMBER) ? v->text : PK_STR("");
}

/* Every member must be one that is known. */
static pk_rc check_members(const pk_api_call *c, const char *const *names, pk_err *err) {
  if (!c->body) return pk_err_set(err, PK_E_SYNTAX, "the body is missing: send a JSON object");
  for (const pk_json_value *v = c->body->first; v; v = v->next) {
    bool known = false;
    for (size_t i = 0; names[i]; i++) known |= pk_str_is(v->key, names[i]);
    if (!known) return pk_err_set(err, PK_E_SYNTAX, "there is no field '%.*s' here", PK_FMT(v->key));
    bool plain = v->kind == PK_JSON_STRING || v->kind == PK_JSON_NUMBER || v->kind == PK_JSON_TRUE || v->kind == PK_JSON_FALSE || v->kind == PK_JSON_NULL;
    if (!plain) return pk_err_set(err, PK_E_SYNTAX, "field '%.*s' is no plain value", PK_FMT(v->key));
  }
  return PK_OK;
}

/* Absent: as it was. */
static pk_rc bool_member(const pk_api_call *c, const char *name, bool *ret, pk_err *err) {
  const pk_json_value *v = pk_json_get(c->body, name);
  if (!v) return PK_OK;
  if (v->kind != PK_JSON_TRUE && v->kind != PK_JSON_FALSE) return pk_err_set(err, PK_E_SYNTAX, "%s is neither true nor false", name);
  *ret = v->kind == PK_JSON_TRUE;
  return PK_OK;
}

static pk_rc cve_member(const pk_api_call *c, int64_t *ret, pk_err *err) {
  pk_str text = text_member(c, "cve");
  *ret = text.n ? pk_cve_number(text) : 0;
  return text.n && !*ret ? pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no CVE: give its name, for example CVE-2024-6387", PK_FMT(text)) : PK_OK;
}

/* ---- the writing handle ---- */

/** What an edit does, inside a transaction. */
typedef pk_rc write_edit(pk_api_call *c, pk_store *store, void *what, pk_err *err);

static pk_rc commit_edit(pk_api_call *c, write_edit *edit, void *what, pk_err *err) {
  pk_server *server = c->request->server;
  pk_rc rc = pk_api_all_taken(c, err);
  if (rc != PK_OK) return rc;
  pk_store *store = pk_readers_take(&server->editors);
  rc = pk_store_begin(store, err);
  if (rc == PK_OK) {
    rc = edit(c, store, what, err);
    if (rc == PK_OK) rc = pk_store_commit(store, err);
    else pk_store_rollback(store);
  }
  pk_readers_give_back(&server->editors, store);
  if (rc == PK_OK) pk_keeper_expect(server->keeper);
  return rc;
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
  return pk_store_tag_put(store, what, err);
}

static pk_rc put_tag(pk_api_call *c, pk_err *err) {
  static const char *const names[] = {"cve", "tag", "reason", "url", "enabled", "modified_by", NULL};
  pk_cve_tag t = {.enabled = true, .modified_at = pk_now()};
  pk_rc rc = check_members(c, names, err);
  if (rc == PK_OK) rc = cve_member(c, &t.cve, err);
  if (rc == PK_OK) rc = bool_member(c, "enabled", &t.enabled, err);
  if (rc != PK_OK) return rc;
  t.tag = pk_str_trim(text_member(c, "tag"));
  t.reason = text_member(c, "reason");
  t.url = text_member(c, "url");
  t.modified_by = text_member(c, "modified_by");
  rc = pk_tag_check(&t, err);
  if (rc == PK_OK) rc = commit_edit(c, write_tag, &t, err);
  if (rc != PK_OK) return rc;
  tell_edit(c, "cve tag put", text_member(c, "cve"));
  done(c, 200);
  return PK_OK;
}

typedef struct tag_name {
  int64_t cve;
  pk_str tag;
} tag_name;

static pk_rc drop_tag(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  const tag_name *t = what;
  pk_rc rc = pk_store_tag_remove(store, t->cve, t->tag, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "the CVE has no such tag");
  return rc;
}

static pk_rc delete_tag(pk_api_call *c, pk_err *err) {
  pk_str cve = PK_STR("");
  tag_name t = {.tag = PK_STR("")};
  pk_api_param(c, "cve", &cve);
  pk_api_param(c, "tag", &t.tag);
  t.cve = pk_cve_number(cve);
  if (!t.cve || !t.tag.n) return pk_err_set(err, PK_E_SYNTAX, "say which: ?cve=CVE-…&tag=…");
  pk_rc rc = pk_api_all_taken(c, err);
  if (rc == PK_OK) rc = commit_edit(c, drop_tag, &t, err);
  if (rc != PK_OK) return rc;
  tell_edit(c, "cve tag removed", cve);
  done(c, 204);
  return PK_OK;
}

/* ---- exceptions ---- */

static pk_rc read_exception(pk_api_call *c, pk_exception *e, pk_err *err) {
  static const char *const names[] = {"cve", "package", "version", "arch", "platform", "group", "value", "reason", "approver", "expires", NULL};
  *e = (pk_exception){.created_at = pk_now()};
  pk_rc rc = check_members(c, names, err);
  if (rc == PK_OK) rc = cve_member(c, &e->cve, err);
  if (rc != PK_OK) return rc;
  e->package = pk_str_trim(text_member(c, "package"));
  e->version = pk_str_trim(text_member(c, "version"));
  e->arch = pk_str_trim(text_member(c, "arch"));
  e->platform = pk_str_trim(text_member(c, "platform"));
  e->group_value = text_member(c, "value");
  e->reason = text_member(c, "reason");
  e->approver = text_member(c, "approver");
  pk_str group = text_member(c, "group"), expires = text_member(c, "expires");
  if (!pk_group_kind_of(group, &e->group_kind))
    return pk_err_set(err, PK_E_SYNTAX, "group is '%.*s': say host, domain, tld, site or tag, or nothing for all hosts", PK_FMT(group));
  if (expires.n && pk_time_parse_iso(expires, &e->expires_at) != PK_OK)
    return pk_err_set(err, PK_E_SYNTAX, "expires is '%.*s': say a moment, for example 2027-01-31T00:00:00Z", PK_FMT(expires));
  return pk_exception_check(e, err);
}

static pk_rc write_exception(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  pk_exception *e = what;
  if (!e->id) return pk_store_exception_add(store, e, &e->id, err);
  pk_rc rc = pk_store_exception_replace(store, e, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no exception %lld", (long long)e->id);
  return rc;
}

static void send_id(pk_api_call *c, unsigned status, int64_t id) {
  pk_buf text;
  pk_buf_init(&text, 256);
  pk_buf_printf(&text, "{\"id\":%lld}", (long long)id);
  pk_api_send(c, status, "application/json", pk_buf_view(&text));
  pk_buf_free(&text);
}

static pk_rc post_exception(pk_api_call *c, pk_err *err) {
  pk_exception e;
  pk_rc rc = read_exception(c, &e, err);
  if (rc == PK_OK) rc = commit_edit(c, write_exception, &e, err);
  if (rc != PK_OK) return rc;
  tell_edit(c, "exception added", e.reason);
  send_id(c, 201, e.id);
  return PK_OK;
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
  rc = commit_edit(c, write_exception, &e, err);
  if (rc != PK_OK) return rc;
  tell_edit(c, "exception changed", e.reason);
  send_id(c, 200, e.id);
  return PK_OK;
}

static pk_rc drop_exception(pk_api_call *c, pk_store *store, void *what, pk_err *err) {
  (void)c;
  const int64_t *id = what;
  pk_rc rc = pk_store_exception_remove(store, *id, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no exception %lld", (long long)*id);
  return rc;
}

static pk_rc delete_exception(pk_api_call *c, pk_err *err) {
  int64_t id;
  pk_rc rc = pk_api_id(c, &id, err);
  if (rc == PK_OK) rc = commit_edit(c, drop_exception, &id, err);
  if (rc != PK_OK) return rc;
  tell_edit(c, "exception removed", c->args[0]);
  done(c, 204);
  return PK_OK;
}

/* ---- imports ---- */

static pk_rc import(pk_api_call *c, bool tags, pk_err *err) {
  pk_imported n;
  pk_server *server = c->request->server;
  pk_str body = pk_buf_view(&c->request->body);
  int flag;
  pk_rc rc = pk_api_flag(c, "remove", &flag, err);
  if (rc == PK_OK) rc = pk_api_all_taken(c, err);
  if (rc != PK_OK) return rc;
  bool remove = flag == 1;
  pk_store *store = pk_readers_take(&server->editors);
  rc = tags ? pk_tags_import(store, body, remove, pk_now(), &n, err)
            : pk_exceptions_import(store, pk_intake_platforms(server->intake), body, remove, pk_now(), &n, err);
  pk_readers_give_back(&server->editors, store);
  if (rc != PK_OK) return rc;
  pk_keeper_expect(server->keeper);
  tell_edit(c, tags ? "cve tags imported" : "exceptions imported", PK_STR(""));
  pk_buf out;
  pk_buf_init(&out, 4096);
  pk_buf_printf(&out, "{\"read\":%zu,\"added\":%zu,\"changed\":%zu,\"removed\":%zu}", n.n_read, n.n_added, n.n_changed, n.n_removed);
  pk_api_send(c, 200, "application/json", pk_buf_view(&out));
  pk_buf_free(&out);
  return PK_OK;
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

static pk_rc patch_settings(pk_api_call *c, pk_err *err) {
  if (!c->body) return pk_err_set(err, PK_E_SYNTAX, "the body is missing: send a JSON object");
  pk_rc rc = commit_edit(c, write_settings, NULL, err);
  if (rc != PK_OK) return rc;
  tell_edit(c, "settings", PK_STR(""));
  done(c, 200);
  return PK_OK;
}

/* ---- feeds ---- */

static pk_rc post_sync(pk_api_call *c, pk_err *err) {
  static const char *const names[] = {"feed", "accept", NULL};
  pk_feed_row row;
  bool accept = false;
  pk_rc rc = check_members(c, names, err);
  if (rc == PK_OK) rc = bool_member(c, "accept", &accept, err);
  if (rc == PK_OK) rc = pk_api_all_taken(c, err);
  if (rc != PK_OK) return rc;
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
