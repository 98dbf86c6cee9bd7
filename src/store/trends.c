/* SPDX-License-Identifier: Apache-2.0
 *
 * trends: the fleet's numbers day by day. */
#include "store/internal.h"

pk_rc pk_store_trend_put(pk_store *store, const pk_trend_point *t, pk_err *err) {
  const pk_group_counts *c = &t->counts;
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO trend (kind, value, day, n_hosts, n_hosts_updates, n_hosts_security, n_hosts_cves, n_hosts_tagged, n_hosts_reboot, "
                   "n_hosts_silent, n_updates, n_security, n_cves) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
                   "ON CONFLICT (kind, value, day) DO UPDATE SET n_hosts = excluded.n_hosts, n_hosts_updates = excluded.n_hosts_updates, "
                   "n_hosts_security = excluded.n_hosts_security, n_hosts_cves = excluded.n_hosts_cves, "
                   "n_hosts_tagged = excluded.n_hosts_tagged, n_hosts_reboot = excluded.n_hosts_reboot, "
                   "n_hosts_silent = excluded.n_hosts_silent, n_updates = excluded.n_updates, n_security = excluded.n_security, "
                   "n_cves = excluded.n_cves",
                   "ttiiiiiii" "iiii", pk_str_of(pk_group_kind_name(t->kind)), t->value, t->day, c->n_hosts, c->n_hosts_updates,
                   c->n_hosts_security, c->n_hosts_cves, c->n_hosts_tagged, c->n_hosts_reboot, c->n_hosts_silent, c->n_updates, c->n_security,
                   c->n_cves);
}

typedef struct trend_visit {
  pk_store_trend_visit *visit;
  void *arg;
  pk_group_kind kind;
  pk_str value;
} trend_visit;

static pk_rc visit_point(void *arg, pk_db_statement *s, pk_err *err) {
  trend_visit *v = arg;
  pk_trend_point t = {.kind = v->kind, .value = v->value, .day = pk_db_int(s, 0),
                      .counts = {pk_db_int(s, 1), pk_db_int(s, 2), pk_db_int(s, 3), pk_db_int(s, 4), pk_db_int(s, 5), pk_db_int(s, 6),
                                 pk_db_int(s, 7), pk_db_int(s, 8), pk_db_int(s, 9), pk_db_int(s, 10)}};
  return v->visit(v->arg, &t, err);
}

pk_rc pk_store_trend(pk_store *store, pk_group_kind kind, pk_str value, int64_t from_day, int64_t to_day, pk_store_trend_visit *visit, void *arg,
                     pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT day, n_hosts, n_hosts_updates, n_hosts_security, n_hosts_cves, n_hosts_tagged, n_hosts_reboot, n_hosts_silent, "
                         "n_updates, n_security, n_cves FROM trend WHERE kind = $1 AND value = $2 AND day BETWEEN $3 AND $4 ORDER BY day",
                         "ttii", pk_str_of(pk_group_kind_name(kind)), value, from_day, to_day);
  return pk_store_each(rc, s, visit_point, &(trend_visit){visit, arg, kind, value}, err);
}

pk_rc pk_store_profile_trend_put(pk_store *store, int64_t profile_id, int64_t day, int64_t n_updates, int64_t n_security, int64_t n_cves, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT n_updates, n_security, n_cves FROM profile_trend WHERE profile_id = $1 ORDER BY day DESC LIMIT 1", "i", profile_id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  bool same = rc == PK_OK && pk_db_int(s, 0) == n_updates && pk_db_int(s, 1) == n_security && pk_db_int(s, 2) == n_cves;
  if (rc == PK_OK) pk_db_done(s);
  if (rc < 0 || same) return rc < 0 ? rc : PK_OK;
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO profile_trend (profile_id, day, n_updates, n_security, n_cves) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (profile_id, day) DO UPDATE SET n_updates = excluded.n_updates, n_security = excluded.n_security, "
                   "n_cves = excluded.n_cves",
                   "iiiii", profile_id, day, n_updates, n_security, n_cves);
}

typedef struct host_trend_visit {
  pk_store_host_trend_visit *visit;
  void *arg;
} host_trend_visit;

static pk_rc visit_host_point(void *arg, pk_db_statement *s, pk_err *err) {
  host_trend_visit *v = arg;
  pk_host_point p = {.from_at = pk_db_int(s, 0), .until_at = pk_db_int(s, 1), .day = pk_db_int(s, 2), .n_updates = pk_db_int(s, 3),
                     .n_security = pk_db_int(s, 4), .n_cves = pk_db_int(s, 5)};
  return v->visit(v->arg, &p, err);
}

pk_rc pk_store_host_trend(pk_store *store, int64_t host_id, pk_store_host_trend_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT y.from_at, y.until_at, t.day, t.n_updates, t.n_security, t.n_cves FROM host_history y "
                         "JOIN profile_trend t ON t.profile_id = y.profile_id WHERE y.host_id = $1 ORDER BY y.from_at, t.day",
                         "i", host_id);
  return pk_store_each(rc, s, visit_host_point, &(host_trend_visit){visit, arg}, err);
}

pk_rc pk_store_trend_forget(pk_store *store, int64_t before_day, pk_err *err) {
  pk_rc rc = pk_db_run(store->db, NULL, err, "DELETE FROM trend WHERE day < $1", "i", before_day);
  /* the last counts of a profile stay: they hold until today */
  return rc != PK_OK ? rc
                     : pk_db_run(store->db, NULL, err,
                                 "DELETE FROM profile_trend WHERE day < $1 AND EXISTS (SELECT 1 FROM profile_trend n WHERE "
                                 "n.profile_id = profile_trend.profile_id AND n.day > profile_trend.day AND n.day <= $1)",
                                 "i", before_day);
}
