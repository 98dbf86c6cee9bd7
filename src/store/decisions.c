/* SPDX-License-Identifier: Apache-2.0
 *
 * decisions: what people decided (tags of CVEs, exceptions) and settings that may change while the server runs. */
#include "store/internal.h"

/* ---- settings ---- */

pk_rc pk_store_setting_get(pk_store *store, pk_str name, pk_buf *ret, pk_err *err) { return store_read_setting(store->db, name, ret, err); }

pk_rc pk_store_setting_put(pk_store *store, pk_str name, pk_str value, pk_err *err) { return store_write_setting(store->db, name, value, err); }

/* ---- tags ---- */

typedef struct tag_visit {
  pk_store_tag_visit *visit;
  void *arg;
} tag_visit;

static pk_rc visit_tag(void *arg, pk_db_statement *s, pk_err *err) {
  tag_visit *v = arg;
  pk_cve_tag t = {.cve = pk_db_int(s, 0), .tag = pk_db_text(s, 1), .reason = pk_db_text(s, 2), .url = pk_db_text(s, 3),
                  .enabled = pk_db_int(s, 4) != 0, .modified_by = pk_db_text(s, 5), .modified_at = pk_db_int(s, 6)};
  return v->visit(v->arg, &t, err);
}

pk_rc pk_store_tags(pk_store *store, pk_store_tag_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT cve, tag, reason, url, enabled, modified_by, modified_at FROM cve_tag ORDER BY cve, tag", "");
  return pk_store_each(rc, s, visit_tag, &(tag_visit){visit, arg}, err);
}

pk_rc pk_store_tag_put(pk_store *store, const pk_cve_tag *t, pk_err *err) {
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO cve_tag (cve, tag, reason, url, enabled, modified_by, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                   "ON CONFLICT (cve, tag) DO UPDATE SET reason = excluded.reason, url = excluded.url, enabled = excluded.enabled, "
                   "modified_by = excluded.modified_by, modified_at = excluded.modified_at",
                   "itttiti", t->cve, t->tag, t->reason, t->url, (int64_t)t->enabled, t->modified_by, t->modified_at);
}

pk_rc pk_store_tag_remove(pk_store *store, int64_t cve, pk_str tag, pk_err *err) {
  int64_t n = 0;
  pk_rc rc = pk_db_run(store->db, &n, err, "DELETE FROM cve_tag WHERE cve = $1 AND tag = $2", "it", cve, tag);
  return rc == PK_OK && !n ? PK_NOTFOUND : rc;
}

/* ---- exceptions ---- */

typedef struct exception_visit {
  pk_store_exception_visit *visit;
  void *arg;
} exception_visit;

static pk_rc visit_exception(void *arg, pk_db_statement *s, pk_err *err) {
  exception_visit *v = arg;
  pk_exception e = {.id = pk_db_int(s, 0), .cve = pk_db_int(s, 1), .package = pk_db_text(s, 2), .version = pk_db_text(s, 3),
                    .arch = pk_db_text(s, 4), .platform = pk_db_text(s, 5), .group_value = pk_db_text(s, 7), .reason = pk_db_text(s, 8),
                    .approver = pk_db_text(s, 9), .created_at = pk_db_int(s, 10), .expires_at = pk_db_int(s, 11)};
  if (!pk_group_kind_of(pk_db_text(s, 6), &e.group_kind))
    return pk_err_set(err, PK_E_STORE, "exception %lld is damaged: restore the last copy", (long long)e.id);
  return v->visit(v->arg, &e, err);
}

pk_rc pk_store_exceptions(pk_store *store, pk_store_exception_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT id, cve, package, version, arch, platform, group_kind, group_value, reason, approver, created_at, expires_at "
                         "FROM cve_exception ORDER BY id",
                         "");
  return pk_store_each(rc, s, visit_exception, &(exception_visit){visit, arg}, err);
}

pk_rc pk_store_exception_add(pk_store *store, const pk_exception *e, int64_t *ret_id, pk_err *err) {
  return pk_db_number(store->db, ret_id, err,
                      "INSERT INTO cve_exception (cve, package, version, arch, platform, group_kind, group_value, reason, approver, created_at, "
                      "expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                      "itttttttt" "ii", e->cve, e->package, e->version, e->arch, e->platform, pk_str_of(pk_group_kind_name(e->group_kind)),
                      e->group_value, e->reason, e->approver, e->created_at, e->expires_at);
}

pk_rc pk_store_exception_replace(pk_store *store, const pk_exception *e, pk_err *err) {
  int64_t n = 0;
  pk_rc rc = pk_db_run(store->db, &n, err,
                       "UPDATE cve_exception SET cve = $2, package = $3, version = $4, arch = $5, platform = $6, group_kind = $7, "
                       "group_value = $8, reason = $9, approver = $10, expires_at = $11 WHERE id = $1",
                       "iittttttt" "ti", e->id, e->cve, e->package, e->version, e->arch, e->platform,
                       pk_str_of(pk_group_kind_name(e->group_kind)), e->group_value, e->reason, e->approver, e->expires_at);
  return rc == PK_OK && !n ? PK_NOTFOUND : rc;
}

pk_rc pk_store_exception_remove(pk_store *store, int64_t id, pk_err *err) {
  int64_t n = 0;
  pk_rc rc = pk_db_run(store->db, &n, err, "DELETE FROM cve_exception WHERE id = $1", "i", id);
  return rc == PK_OK && !n ? PK_NOTFOUND : rc;
}
