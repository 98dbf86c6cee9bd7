/* SPDX-License-Identifier: Apache-2.0
 *
 * hosts: machines, their history, and questions about the fleet. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>

pk_rc pk_store_host_touch(pk_store *store, pk_str fingerprint, int64_t now, pk_err *err) {
  int64_t changed = 0;
  pk_rc rc = pk_db_run(store->db, &changed, err, "UPDATE host SET last_report_at = $2 WHERE fingerprint = $1", "bi", fingerprint, now);
  return rc == PK_OK && !changed ? PK_NOTFOUND : rc;
}

pk_rc pk_store_host_by_fingerprint(pk_store *store, pk_str fingerprint, pk_known_host *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT h.profile_id, h.protocol, p.n_packages, h.name FROM host h JOIN profile p ON p.id = h.profile_id "
                         "WHERE h.fingerprint = $1",
                         "b", fingerprint);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  *ret = (pk_known_host){.profile_id = pk_db_int(s, 0), .protocol = pk_db_int(s, 1), .n_packages = pk_db_int(s, 2)};
  pk_str name = pk_db_text(s, 3);
  snprintf(ret->name, sizeof ret->name, "%.*s", PK_FMT(name));
  pk_db_done(s);
  return PK_OK;
}

static pk_rc insert_host(pk_store *store, const pk_host_facts *f, int64_t *ret_id, pk_err *err) {
  return pk_db_number(store->db, ret_id, err,
                      "INSERT INTO host (host_key, name, domain, site, tag, os, cpu, client, reporter, protocol, profile_id, fingerprint, "
                      "first_report_at, last_report_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) RETURNING id",
                      "ttttttttt" "iibi", pk_str_of(f->identity->key), pk_str_of(f->identity->name), pk_str_of(f->identity->domain), f->site,
                      f->tag, f->os, f->cpu, f->client, f->reporter, f->protocol, f->profile_id, f->fingerprint, f->now);
}

static pk_rc update_host(pk_store *store, int64_t id, const pk_host_facts *f, pk_err *err) {
  return pk_db_run(store->db, NULL, err,
                   "UPDATE host SET name = $2, domain = $3, site = $4, tag = $5, os = $6, cpu = $7, client = $8, reporter = $9, protocol = $10, "
                   "profile_id = $11, fingerprint = $12, last_report_at = $13 WHERE id = $1",
                   "itttttttt" "iibi", id, pk_str_of(f->identity->name), pk_str_of(f->identity->domain), f->site, f->tag, f->os, f->cpu,
                   f->client, f->reporter, f->protocol, f->profile_id, f->fingerprint, f->now);
}

static pk_rc begin_period(pk_store *store, int64_t id, const pk_host_facts *f, pk_err *err) {
  pk_rc rc = pk_db_run(store->db, NULL, err, "UPDATE host_history SET until_at = $2 WHERE host_id = $1 AND until_at = 0", "ii", id, f->now);
  if (rc != PK_OK) return rc;
  /* two changes within one second: the later one counts */
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO host_history (host_id, from_at, profile_id, until_at) VALUES ($1, $2, $3, 0) "
                   "ON CONFLICT (host_id, from_at) DO UPDATE SET profile_id = excluded.profile_id, until_at = 0",
                   "iii", id, f->now, f->profile_id);
}

static pk_rc put_facts(pk_store *store, int64_t id, const pk_host_facts *f, pk_err *err) {
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO host_facts (host_id, facts, package_facts) VALUES ($1, $2, $3) "
                   "ON CONFLICT (host_id) DO UPDATE SET facts = excluded.facts, package_facts = excluded.package_facts",
                   "itb", id, f->facts, f->package_facts);
}

/* PK_NOTFOUND: there is no such host yet */
static pk_rc find_host(pk_store *store, const char *key, int64_t *ret_id, int64_t *ret_profile, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT id, profile_id FROM host WHERE host_key = $1", "t", pk_str_of(key));
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  *ret_id = pk_db_int(s, 0);
  *ret_profile = pk_db_int(s, 1);
  pk_db_done(s);
  return PK_OK;
}

pk_rc pk_store_host_put(pk_store *store, const pk_host_facts *f, int64_t *ret_id, pk_err *err) {
  int64_t profile_before = 0;
  pk_rc rc = find_host(store, f->identity->key, ret_id, &profile_before, err);
  if (rc == PK_NOTFOUND)
    rc = insert_host(store, f, ret_id, err);
  else if (rc == PK_OK)
    rc = update_host(store, *ret_id, f, err);
  bool another = profile_before != f->profile_id;
  if (rc == PK_OK && another) rc = begin_period(store, *ret_id, f, err);
  if (rc == PK_OK && (f->facts.n || f->package_facts.n)) rc = put_facts(store, *ret_id, f, err);
  return rc == PK_OK && !another ? PK_UNCHANGED : rc;
}

typedef struct host_visit {
  pk_store_host_visit *visit;
  void *arg;
} host_visit;

static pk_rc visit_host(void *arg, pk_db_statement *s, pk_err *err) {
  host_visit *v = arg;
  pk_host_row row = {.id = pk_db_int(s, 0), .profile_id = pk_db_int(s, 1), .name = pk_db_text(s, 2), .domain = pk_db_text(s, 3),
                     .site = pk_db_text(s, 4), .tag = pk_db_text(s, 5), .os = pk_db_text(s, 6), .platform = pk_db_text(s, 7),
                     .arch = pk_db_text(s, 8), .kernel = pk_db_text(s, 9), .client = pk_db_text(s, 10), .reporter = pk_db_text(s, 11),
                     .protocol = pk_db_int(s, 12), .first_report_at = pk_db_int(s, 13), .last_report_at = pk_db_int(s, 14),
                     .n_packages = pk_db_int(s, 15), .n_updates = pk_db_int(s, 16), .n_security = pk_db_int(s, 17),
                     .reboot_pending = pk_db_int(s, 18) != 0, .n_cves = pk_db_int(s, 19), .key = pk_db_text(s, 20)};
  return v->visit(v->arg, &row, err);
}

#define HOST_SELECT                                                                                                                \
  "SELECT h.id, h.profile_id, h.name, h.domain, h.site, h.tag, h.os, f.name, f.arch, p.kernel, h.client, h.reporter, h.protocol, " \
  "h.first_report_at, h.last_report_at, p.n_packages, p.n_updates, p.n_security, p.reboot_pending, p.n_cves, h.host_key "          \
  "FROM host h JOIN profile p ON p.id = h.profile_id JOIN platform f ON f.id = p.platform_id "

pk_rc pk_store_hosts(pk_store *store, const pk_scope *scope, pk_str name, pk_store_host_visit *visit, void *arg, pk_err *err) {
  (void)scope; /* everything, until rights exist */
  pk_db_statement *s = NULL;
  pk_rc rc = name.n ? pk_db_query(store->db, &s, err, HOST_SELECT "WHERE h.name = $1 OR h.host_key = $1 ORDER BY h.name, h.host_key", "t", name)
                    : pk_db_query(store->db, &s, err, HOST_SELECT "ORDER BY h.name, h.host_key", "");
  return pk_store_each(rc, s, visit_host, &(host_visit){visit, arg}, err);
}

/* ---- the packages of a profile ---- */

#define VERDICT_SELECT                                                                                                             \
  "SELECT k.type, k.name, k.evr, k.arch, k.source, k.source_evr, k.module, k.vendor, COALESCE(u.state, 0), COALESCE(u.available, ''), " \
  "COALESCE(f.name, '') FROM package k LEFT JOIN package_update u ON u.package_id = k.id AND u.platform_id = $2 "                  \
  "LEFT JOIN feed f ON f.id = u.feed_id WHERE k.id = $1"

static pk_update_row read_update(pk_db_statement *s) {
  return (pk_update_row){.package = {.type = (pk_package_type)pk_db_int(s, 0), .name = pk_db_text(s, 1), .evr = pk_db_text(s, 2),
                                     .arch = pk_db_text(s, 3), .source = pk_db_text(s, 4), .source_evr = pk_db_text(s, 5),
                                     .module = pk_db_text(s, 6), .vendor = pk_db_text(s, 7)},
                         .state = (pk_update_state)pk_db_int(s, 8),
                         .available = pk_db_text(s, 9),
                         .repository = pk_db_text(s, 10)};
}

static pk_rc visit_ids(pk_store *store, int64_t platform_id, pk_str ids, pk_store_update_visit *visit, void *arg, pk_err *err) {
  pk_rc rc = PK_OK;
  for (int64_t id = 0; rc == PK_OK && pk_store_next_id(&ids, &id);) {
    pk_db_statement *s;
    rc = pk_db_query(store->db, &s, err, VERDICT_SELECT, "ii", id, platform_id);
    if (rc == PK_OK) rc = pk_db_step(s, err);
    if (rc != PK_OK) return rc == PK_END ? PK_OK : rc;
    pk_update_row row = read_update(s);
    rc = visit(arg, &row, err);
    pk_db_done(s);
  }
  return rc;
}

static pk_rc visit_profile_ids(pk_store *store, int64_t profile_id, bool all, pk_store_update_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT p.platform_id, p.updates, s.members FROM profile p JOIN package_set s ON s.id = p.set_id WHERE p.id = $1", "i",
                         profile_id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  rc = visit_ids(store, pk_db_int(s, 0), pk_db_bytes(s, all ? 2 : 1), visit, arg, err);
  pk_db_done(s);
  return rc;
}

pk_rc pk_store_profile_updates(pk_store *store, int64_t profile_id, pk_store_update_visit *visit, void *arg, pk_err *err) {
  return visit_profile_ids(store, profile_id, false, visit, arg, err);
}

pk_rc pk_store_profile_packages(pk_store *store, int64_t profile_id, pk_store_update_visit *visit, void *arg, pk_err *err) {
  return visit_profile_ids(store, profile_id, true, visit, arg, err);
}

/* ---- packages of the fleet ---- */

static pk_rc count_hosts(pk_store *store, int64_t **ret_hosts, size_t *ret_n, pk_err *err) {
  int64_t highest = 0;
  pk_rc rc = pk_db_number(store->db, &highest, err, "SELECT COALESCE(MAX(id), 0) FROM package", "");
  if (rc != PK_OK) return rc;
  *ret_n = (size_t)highest + 1;
  *ret_hosts = pk_calloc(*ret_n, sizeof **ret_hosts);
  pk_db_statement *s;
  rc = pk_db_query(store->db, &s, err,
                   "SELECT s.members, COUNT(*) FROM host h JOIN profile p ON p.id = h.profile_id JOIN package_set s ON s.id = p.set_id GROUP BY s.id",
                   "");
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    pk_str rest = pk_db_bytes(s, 0);
    for (int64_t id = 0, n = pk_db_int(s, 1); pk_store_next_id(&rest, &id);)
      if ((size_t)id < *ret_n) (*ret_hosts)[id] += n;
  }
  return rc == PK_END ? PK_OK : rc;
}

#define FLEET_SELECT                                                                                                       \
  "SELECT k.type, k.name, k.evr, k.arch, k.source, k.source_evr, k.module, k.vendor, COALESCE(MAX(u.state), 0), "          \
  "COALESCE(MAX(u.available), ''), k.id FROM package k LEFT JOIN package_update u ON u.package_id = k.id "

pk_rc pk_store_fleet_packages(pk_store *store, const pk_scope *scope, pk_str name, pk_store_fleet_visit *visit, void *arg, pk_err *err) {
  (void)scope; /* everything, until rights exist */
  int64_t *hosts = NULL;
  size_t n = 0;
  pk_db_statement *s;
  pk_rc rc = count_hosts(store, &hosts, &n, err);
  if (rc == PK_OK)
    rc = name.n ? pk_db_query(store->db, &s, err, FLEET_SELECT "WHERE k.name = $1 GROUP BY k.id ORDER BY k.name, k.arch, k.id", "t", name)
                : pk_db_query(store->db, &s, err, FLEET_SELECT "GROUP BY k.id ORDER BY k.name, k.arch, k.id", "");
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    pk_package_row row = {.id = pk_db_int(s, 10), .available = pk_db_text(s, 9), .state = (pk_update_state)pk_db_int(s, 8)};
    row.package = read_update(s).package;
    row.n_hosts = (size_t)row.id < n ? hosts[row.id] : 0;
    if (row.n_hosts == 0) continue;
    rc = visit(arg, &row, err);
    if (rc != PK_OK) pk_db_done(s);
  }
  free(hosts);
  return rc == PK_END ? PK_OK : rc;
}
