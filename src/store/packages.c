/* SPDX-License-Identifier: Apache-2.0
 *
 * packages: packages, sets of them, platforms, profiles, and verdicts on packages. */
#include "store/internal.h"

#include <stdlib.h>

static pk_str digest_bytes(const pk_digest *d) { return (pk_str){(const char *)d->bytes, sizeof d->bytes}; }

static pk_rc load_packages(pk_store *store, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT digest, id FROM package", "");
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK)
    *pk_map_put(&store->package_ids, pk_db_bytes(s, 0), NULL) = (uint64_t)pk_db_int(s, 1);
  store->packages_loaded = rc == PK_END;
  return rc == PK_END ? PK_OK : rc;
}

static pk_rc insert_package(pk_store *store, const pk_package *p, pk_str digest, int64_t *ret_id, pk_err *err) {
  pk_rc rc = pk_db_number(store->db, ret_id, err, "SELECT id FROM package WHERE digest = $1", "b", digest);
  if (rc != PK_NOTFOUND) return rc; /* another process was first */
  return pk_db_number(store->db, ret_id, err,
                      "INSERT INTO package (digest, type, name, evr, arch, source, source_evr, module, vendor) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                      "bitttt" "ttt", digest, (int64_t)p->type, p->name, p->evr, p->arch, p->source, p->source_evr, p->module, p->vendor);
}

pk_rc pk_store_package_intern(pk_store *store, const pk_package *p, const pk_digest *digest, int64_t *ret_id, pk_err *err) {
  pk_rc rc = store->packages_loaded ? PK_OK : load_packages(store, err);
  if (rc != PK_OK) return rc;
  pk_str key = digest_bytes(digest);
  uint64_t *known = pk_map_get(&store->package_ids, key);
  if (known) {
    *ret_id = (int64_t)*known;
    return PK_OK;
  }
  rc = insert_package(store, p, key, ret_id, err);
  if (rc == PK_OK) *pk_map_put(&store->package_ids, key, NULL) = (uint64_t)*ret_id;
  return rc;
}

#define PACKAGE_COLUMNS "type, name, evr, arch, source, source_evr, module, vendor"

static pk_package read_package(pk_db_statement *s, int from) {
  return (pk_package){.type = (pk_package_type)pk_db_int(s, from),
                      .name = pk_db_text(s, from + 1),
                      .evr = pk_db_text(s, from + 2),
                      .arch = pk_db_text(s, from + 3),
                      .source = pk_db_text(s, from + 4),
                      .source_evr = pk_db_text(s, from + 5),
                      .module = pk_db_text(s, from + 6),
                      .vendor = pk_db_text(s, from + 7)};
}

/* The row's texts are copied and the query ended: an open one keeps its old state of the database in view, and the next
 * transaction would be refused once another process has written. */
static void keep_texts(pk_buf *kept, pk_package *p) {
  pk_str *const texts[] = {&p->name, &p->evr, &p->arch, &p->source, &p->source_evr, &p->module, &p->vendor};
  kept->n = 0;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pk_buf_str(kept, *texts[i]);
  size_t from = 0;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; from += texts[i++]->n)
    *texts[i] = (pk_str){texts[i]->n ? kept->p + from : "", texts[i]->n};
}

pk_rc pk_store_package_get(pk_store *store, int64_t id, pk_package *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT " PACKAGE_COLUMNS " FROM package WHERE id = $1", "i", id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  *ret = read_package(s, 0);
  keep_texts(&store->package_texts, ret);
  pk_db_done(s);
  return PK_OK;
}

typedef struct named_visit {
  pk_store_package_visit *visit;
  void *arg;
} named_visit;

static pk_rc visit_named(void *arg, pk_db_statement *s, pk_err *err) {
  named_visit *v = arg;
  pk_package p = read_package(s, 1);
  return v->visit(v->arg, pk_db_int(s, 0), &p, err);
}

pk_rc pk_store_packages_named(pk_store *store, pk_str name, pk_store_package_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT id, " PACKAGE_COLUMNS " FROM package WHERE name = $1", "t", name);
  return pk_store_each(rc, s, visit_named, &(named_visit){visit, arg}, err);
}

pk_rc pk_store_set_find(pk_store *store, const pk_digest *digest, int64_t *ret_id, pk_err *err) {
  return pk_db_number(store->db, ret_id, err, "SELECT id FROM package_set WHERE digest = $1", "b", digest_bytes(digest));
}

pk_rc pk_store_set_add(pk_store *store, const pk_digest *digest, const int64_t *ids, size_t n, int64_t *ret_id, pk_err *err) {
  pk_buf members;
  pk_buf_init(&members, n * 10 + 1);
  for (size_t i = 0; i < n; i++) pk_buf_varint(&members, (uint64_t)(ids[i] - (i ? ids[i - 1] : 0)));
  pk_rc rc = pk_db_number(store->db, ret_id, err, "INSERT INTO package_set (digest, n_packages, members) VALUES ($1, $2, $3) RETURNING id",
                          "bib", digest_bytes(digest), (int64_t)n, pk_buf_view(&members));
  pk_buf_free(&members);
  return rc;
}

pk_rc pk_store_set_members(pk_store *store, int64_t set_id, int64_t **ret_ids, size_t *ret_n, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT n_packages, members FROM package_set WHERE id = $1", "i", set_id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  size_t n = 0, want = (size_t)pk_db_int(s, 0);
  int64_t *ids = pk_realloc_array(NULL, want, sizeof *ids), id = 0;
  for (pk_str rest = pk_db_bytes(s, 1); n < want && pk_store_next_id(&rest, &id);) ids[n++] = id;
  pk_db_done(s);
  *ret_ids = ids;
  *ret_n = n;
  return PK_OK;
}

pk_rc pk_store_platform_intern(pk_store *store, pk_platform *platform, pk_err *err) {
  pk_rc rc = pk_db_number(store->db, &platform->id, err, "SELECT id FROM platform WHERE name = $1 AND arch = $2 AND judged_as = $3", "ttt",
                          platform->name, platform->arch, platform->judged_as);
  if (rc != PK_NOTFOUND) return rc;
  return pk_db_number(store->db, &platform->id, err,
                      "INSERT INTO platform (type, name, arch, judged_as) VALUES ($1, $2, $3, $4) "
                      "ON CONFLICT (name, arch) DO UPDATE SET judged_as = excluded.judged_as RETURNING id",
                      "ittt", (int64_t)platform->type, platform->name, platform->arch, platform->judged_as);
}

static bool fill_platform(void *to, pk_db_statement *s, pk_arena *arena) {
  pk_platform *p = to;
  *p = (pk_platform){.id = pk_db_int(s, 0), .type = (pk_package_type)pk_db_int(s, 1)};
  return pk_arena_copy(arena, pk_db_text(s, 2), &p->name) && pk_arena_copy(arena, pk_db_text(s, 3), &p->arch) &&
         pk_arena_copy(arena, pk_db_text(s, 4), &p->judged_as);
}

pk_rc pk_store_platform_list(pk_store *store, pk_arena *arena, pk_platform **ret, size_t *ret_n, pk_err *err) {
  pk_db_statement *s = NULL;
  void *array;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT id, type, name, arch, judged_as FROM platform ORDER BY id", "");
  rc = pk_store_array(rc, s, arena, sizeof **ret, fill_platform, "platforms", &array, ret_n, err);
  *ret = array;
  return rc;
}

pk_rc pk_store_profile_find(pk_store *store, int64_t platform_id, int64_t set_id, pk_str kernel, int64_t *ret_id, pk_err *err) {
  return pk_db_number(store->db, ret_id, err, "SELECT id FROM profile WHERE set_id = $1 AND platform_id = $2 AND kernel = $3", "iit", set_id,
                      platform_id, kernel);
}

pk_rc pk_store_profile_add(pk_store *store, int64_t platform_id, int64_t set_id, pk_str kernel, const pk_profile_counts *counts,
                           int64_t *ret_id, pk_err *err) {
  return pk_db_number(store->db, ret_id, err,
                      "INSERT INTO profile (platform_id, set_id, kernel, n_packages, n_updates, n_security, reboot_pending, updates, n_cves, criteria) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                      "iitiiiib" "ib", platform_id, set_id, kernel, counts->n_packages, counts->n_updates, counts->n_security,
                      (int64_t)counts->reboot_pending, pk_buf_view(&counts->updates), counts->n_cves, pk_buf_view(&counts->criteria));
}

void pk_profile_counts_fini(pk_profile_counts *c) {
  pk_buf_free(&c->updates);
  pk_buf_free(&c->criteria);
}

pk_rc pk_store_profile_get(pk_store *store, int64_t profile_id, pk_arena *arena, pk_profile_facts *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT f.id, f.type, f.name, f.arch, f.judged_as, p.kernel, s.members, p.criteria FROM profile p "
                         "JOIN package_set s ON s.id = p.set_id JOIN platform f ON f.id = p.platform_id WHERE p.id = $1",
                         "i", profile_id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  *ret = (pk_profile_facts){.platform = {.id = pk_db_int(s, 0), .type = (pk_package_type)pk_db_int(s, 1)}};
  bool fits = pk_arena_copy(arena, pk_db_text(s, 2), &ret->platform.name) && pk_arena_copy(arena, pk_db_text(s, 3), &ret->platform.arch) &&
              pk_arena_copy(arena, pk_db_text(s, 4), &ret->platform.judged_as) && pk_arena_copy(arena, pk_db_text(s, 5), &ret->kernel) &&
              pk_arena_copy(arena, pk_db_bytes(s, 6), &ret->members) && pk_arena_copy(arena, pk_db_bytes(s, 7), &ret->criteria);
  pk_db_done(s);
  return fits ? PK_OK : pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question");
}

pk_rc pk_store_profile_recount(pk_store *store, int64_t profile_id, const pk_profile_counts *counts, pk_err *err) {
  return pk_db_run(store->db, NULL, err, "UPDATE profile SET n_updates = $2, n_security = $3, updates = $4, n_cves = $5, criteria = $6 WHERE id = $1", "iiib" "ib", profile_id,
                   counts->n_updates, counts->n_security, pk_buf_view(&counts->updates), counts->n_cves, pk_buf_view(&counts->criteria));
}

typedef struct profile_visit {
  pk_store_profile_visit *visit;
  void *arg;
} profile_visit;

static pk_rc visit_profile(void *arg, pk_db_statement *s, pk_err *err) {
  profile_visit *v = arg;
  pk_profile_key key = {.id = pk_db_int(s, 0), .set_id = pk_db_int(s, 1), .kernel = pk_db_text(s, 2)};
  return v->visit(v->arg, &key, pk_db_bytes(s, 3), pk_db_bytes(s, 4), err);
}

pk_rc pk_store_profiles_of(pk_store *store, int64_t platform_id, pk_store_profile_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT p.id, p.set_id, p.kernel, s.members, p.criteria FROM profile p JOIN package_set s ON s.id = p.set_id WHERE p.platform_id = $1",
                         "i", platform_id);
  return pk_store_each(rc, s, visit_profile, &(profile_visit){visit, arg}, err);
}

pk_rc pk_store_verdict_put(pk_store *store, int64_t platform_id, int64_t package_id, const pk_update_verdict *v, pk_err *err) {
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO package_update (platform_id, package_id, state, available, feed_id) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (platform_id, package_id) DO UPDATE SET state = excluded.state, available = excluded.available, "
                   "feed_id = excluded.feed_id",
                   "iiiti", platform_id, package_id, (int64_t)v->state, v->available, v->feed_id);
}

typedef struct verdict_visit {
  pk_store_verdict_visit *visit;
  void *arg;
} verdict_visit;

static pk_rc visit_verdict(void *arg, pk_db_statement *s, pk_err *err) {
  verdict_visit *v = arg;
  return v->visit(v->arg, pk_db_int(s, 0), (pk_update_state)pk_db_int(s, 1), err);
}

pk_rc pk_store_verdicts_of(pk_store *store, int64_t platform_id, pk_store_verdict_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT package_id, state FROM package_update WHERE platform_id = $1", "i", platform_id);
  return pk_store_each(rc, s, visit_verdict, &(verdict_visit){visit, arg}, err);
}
