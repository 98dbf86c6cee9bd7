/* SPDX-License-Identifier: Apache-2.0
 *
 * fleet: everything about hosts and verdicts, read in bulk for those who keep it in memory; and a number that tells them
 * when what vendors say has changed. */
#include "base/log.h"
#include "store/internal.h"

#include <stdlib.h>

pk_rc pk_store_generation(pk_store *store, int64_t *ret, pk_err *err) {
  pk_buf text;
  uint64_t n = 0;
  pk_buf_init(&text, 64);
  pk_rc rc = pk_store_setting_get(store, PK_STR("generation"), &text, err);
  if (rc == PK_OK && !pk_str_u64(pk_buf_view(&text), &n)) rc = pk_err_set(err, PK_E_STORE, "the database is damaged: run 'pakiti db check'");
  *ret = (int64_t)n;
  pk_buf_free(&text);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

pk_rc pk_store_generation_next(pk_store *store, pk_err *err) {
  int64_t n;
  pk_rc rc = pk_store_generation(store, &n, err);
  return rc == PK_OK ? pk_store_setting_put(store, PK_STR("generation"), pk_str_of(PK_NUM(n + 1)), err) : rc;
}


typedef struct any_visit {
  pk_store_kept_host_visit *host;
  pk_store_package_visit *package;
  pk_store_kept_verdict_visit *verdict;
  void *arg;
} any_visit;

static pk_rc visit_host(void *arg, pk_db_statement *s, pk_err *err) {
  any_visit *v = arg;
  pk_kept_host h = {.id = pk_db_int(s, 0), .profile_id = pk_db_int(s, 1), .protocol = pk_db_int(s, 2), .first_report_at = pk_db_int(s, 3),
                    .last_report_at = pk_db_int(s, 4)};
  for (int i = 0; i < PK_HOST_TEXTS; i++) h.texts[i] = pk_db_text(s, 5 + i);
  return v->host(v->arg, &h, err);
}

pk_rc pk_store_kept_hosts(pk_store *store, pk_store_kept_host_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT id, profile_id, protocol, first_report_at, last_report_at, host_key, name, domain, site, tag, os, cpu, client, "
                         "reporter FROM host ORDER BY id",
                         "");
  return pk_store_each(rc, s, visit_host, &(any_visit){.host = visit, .arg = arg}, err);
}

static pk_rc visit_package(void *arg, pk_db_statement *s, pk_err *err) {
  any_visit *v = arg;
  pk_package p = {.type = (pk_package_type)pk_db_int(s, 1), .name = pk_db_text(s, 2), .evr = pk_db_text(s, 3), .arch = pk_db_text(s, 4),
                  .source = pk_db_text(s, 5), .source_evr = pk_db_text(s, 6), .module = pk_db_text(s, 7), .vendor = pk_db_text(s, 8)};
  return v->package(v->arg, pk_db_int(s, 0), &p, err);
}

pk_rc pk_store_packages_after(pk_store *store, int64_t id, pk_store_package_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT id, type, name, evr, arch, source, source_evr, module, vendor FROM package WHERE id > $1 ORDER BY id", "i", id);
  return pk_store_each(rc, s, visit_package, &(any_visit){.package = visit, .arg = arg}, err);
}

pk_rc pk_store_kept_profile(pk_store *store, int64_t id, pk_arena *arena, pk_kept_profile *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT platform_id, set_id, kernel, n_packages, n_updates, n_security, reboot_pending, updates, criteria "
                         "FROM profile WHERE id = $1",
                         "i", id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  *ret = (pk_kept_profile){.id = id, .platform_id = pk_db_int(s, 0), .set_id = pk_db_int(s, 1), .n_packages = pk_db_int(s, 3),
                           .n_updates = pk_db_int(s, 4), .n_security = pk_db_int(s, 5), .reboot_pending = pk_db_int(s, 6) != 0};
  bool fits = pk_arena_copy(arena, pk_db_text(s, 2), &ret->kernel) && pk_arena_copy(arena, pk_db_bytes(s, 7), &ret->updates) &&
              pk_arena_copy(arena, pk_db_bytes(s, 8), &ret->criteria);
  pk_db_done(s);
  return fits ? PK_OK : pk_err_set(err, PK_E_LIMIT, "too much to keep in memory");
}

static pk_rc visit_verdict(void *arg, pk_db_statement *s, pk_err *err) {
  any_visit *v = arg;
  pk_kept_verdict k = {.package_id = pk_db_int(s, 0), .state = (pk_update_state)pk_db_int(s, 1), .available = pk_db_text(s, 2),
                       .feed_id = pk_db_int(s, 3), .rules = pk_db_bytes(s, 4)};
  return v->verdict(v->arg, &k, err);
}

#define KEPT_VERDICTS                                                                                                      \
  "SELECT u.package_id, u.state, u.available, u.feed_id, COALESCE(v.rules, '') FROM package_update u "                     \
  "LEFT JOIN package_vulnerability v ON v.platform_id = u.platform_id AND v.package_id = u.package_id WHERE u.platform_id = $1 "

pk_rc pk_store_kept_verdicts(pk_store *store, int64_t platform_id, int64_t package_id, pk_store_kept_verdict_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  any_visit v = {.verdict = visit, .arg = arg};
  pk_rc rc = package_id ? pk_db_query(store->db, &s, err, KEPT_VERDICTS "AND u.package_id = $2", "ii", platform_id, package_id)
                        : pk_db_query(store->db, &s, err, KEPT_VERDICTS "ORDER BY u.package_id", "i", platform_id);
  return pk_store_each(rc, s, visit_verdict, &v, err);
}

typedef struct period_visit {
  pk_store_period_visit *visit;
  void *arg;
} period_visit;

static pk_rc visit_period(void *arg, pk_db_statement *s, pk_err *err) {
  period_visit *v = arg;
  pk_period p = {.from_at = pk_db_int(s, 0), .until_at = pk_db_int(s, 1), .profile_id = pk_db_int(s, 2), .set_id = pk_db_int(s, 3),
                 .kernel = pk_db_text(s, 4), .platform = pk_db_text(s, 5)};
  return v->visit(v->arg, &p, err);
}

pk_rc pk_store_history(pk_store *store, int64_t host_id, pk_store_period_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT y.from_at, y.until_at, p.id, p.set_id, p.kernel, f.name FROM host_history y JOIN profile p ON p.id = y.profile_id "
                         "JOIN platform f ON f.id = p.platform_id WHERE y.host_id = $1 ORDER BY y.from_at",
                         "i", host_id);
  return pk_store_each(rc, s, visit_period, &(period_visit){visit, arg}, err);
}

pk_rc pk_store_host_told(pk_store *store, int64_t host_id, pk_buf *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT facts FROM host_facts WHERE host_id = $1", "i", host_id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  pk_buf_str(ret, pk_db_text(s, 0));
  pk_db_done(s);
  return PK_OK;
}

