/* SPDX-License-Identifier: Apache-2.0
 *
 * store: opening, migrations, transactions, checking. */
#include "store/store.h"

#include "base/embed.h"
#include "base/log.h"
#include "store/internal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* Migrations in their order; forward only. The version of a database is how many of them it has had. */
static const pk_str *const MIGRATIONS[] = {&pk_embed_schema_001, &pk_embed_schema_002, &pk_embed_schema_003};
#define NEWEST ((int64_t)(sizeof MIGRATIONS / sizeof MIGRATIONS[0]))

pk_rc store_read_setting(pk_db *db, pk_str name, pk_buf *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(db, &s, err, "SELECT value FROM setting WHERE name = $1", "t", name);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  pk_buf_str(ret, pk_db_text(s, 0));
  pk_db_done(s);
  return PK_OK;
}

pk_rc store_write_setting(pk_db *db, pk_str name, pk_str value, pk_err *err) {
  return pk_db_run(db, NULL, err,
                   "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", "tt",
                   name, value);
}

/* -1: a database that is not ours or empty */
static pk_rc read_version(pk_db *db, int64_t *ret, pk_err *err) {
  pk_buf text;
  pk_buf_init(&text, 64);
  pk_err no_table;
  uint64_t version;
  pk_rc rc = store_read_setting(db, PK_STR("schema_version"), &text, &no_table);
  *ret = rc == PK_OK && pk_str_u64(pk_buf_view(&text), &version) ? (int64_t)version : -1;
  pk_buf_free(&text);
  /* a missing table is the sign of an empty database; any other fault is one */
  if (rc < 0 && !strstr(no_table.text, "no such table")) {
    if (err) *err = no_table;
    return rc;
  }
  return PK_OK;
}

static pk_rc draw_secret(pk_db *db, pk_err *err) {
  unsigned char secret[PK_STORE_SECRET_BYTES];
  char hex[2 * sizeof secret + 1];
  randombytes_buf(secret, sizeof secret);
  sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
  return store_write_setting(db, PK_STR("secret"), pk_str_of(hex), err);
}

static pk_rc migrate(pk_db *db, int64_t from, pk_err *err) {
  pk_rc rc = pk_db_begin(db, err);
  if (rc != PK_OK) return rc;
  for (int64_t i = from < 0 ? 0 : from; i < NEWEST && rc == PK_OK; i++) rc = pk_db_script(db, *MIGRATIONS[i], err);
  if (rc == PK_OK) rc = store_write_setting(db, PK_STR("schema_version"), pk_str_of(PK_NUM(NEWEST)), err);
  if (rc == PK_OK && from < 0) rc = draw_secret(db, err);
  if (rc != PK_OK) {
    pk_db_rollback(db);
    return rc;
  }
  return pk_db_commit(db, err);
}

static pk_rc check_version(const char *path, int64_t version, pk_err *err) {
  if (version > NEWEST)
    return pk_err_set(err, PK_E_STORE, "database '%s' was made by a newer pakiti (form %lld, this one knows %lld): use that one", path,
                      (long long)version, (long long)NEWEST);
  if (version < 0) return pk_err_set(err, PK_E_STORE, "'%s' is not a pakiti database: make one with 'pakiti db init'", path);
  if (version < NEWEST)
    return pk_err_set(err, PK_E_STORE, "database '%s' has the older form %lld: run 'pakiti db migrate'", path, (long long)version);
  return PK_OK;
}

pk_rc pk_store_open(const char *path, pk_store_mode mode, pk_store **ret, pk_err *err) {
  static const pk_db_mode modes[] = {[PK_STORE_READ] = PK_DB_READ, [PK_STORE_WRITE] = PK_DB_WRITE, [PK_STORE_CREATE] = PK_DB_CREATE};
  pk_store *store = pk_calloc(1, sizeof *store);
  pk_map_init(&store->package_ids, true);
  pk_buf_init(&store->package_texts, SIZE_MAX / 2);
  pk_buf_init(&store->cves, SIZE_MAX / 2);
  int64_t version = -1;
  pk_rc rc = pk_db_open(path, modes[mode], &store->db, err);
  if (rc == PK_OK) rc = read_version(store->db, &version, err);
  if (rc == PK_OK && mode == PK_STORE_CREATE && version < 0) {
    rc = migrate(store->db, version, err);
    version = NEWEST;
  }
  if (rc == PK_OK) rc = check_version(path, version, err);
  if (rc == PK_OK) rc = pk_db_others_version(store->db, &store->others_version, err);
  if (rc != PK_OK)
    pk_store_close(&store);
  else
    *ret = store;
  return rc;
}

void pk_store_close(pk_store **store) {
  if (!*store) return;
  pk_db_close(&(*store)->db);
  pk_map_fini(&(*store)->package_ids);
  pk_buf_free(&(*store)->package_texts);
  pk_buf_free(&(*store)->cves);
  free(*store);
  *store = NULL;
}

pk_rc pk_store_migrate(const char *path, int64_t *ret_from, int64_t *ret_to, pk_err *err) {
  pk_db *db = NULL;
  pk_rc rc = pk_db_open(path, PK_DB_WRITE, &db, err);
  if (rc == PK_OK) rc = read_version(db, ret_from, err);
  if (rc == PK_OK && (*ret_from < 0 || *ret_from > NEWEST)) rc = check_version(path, *ret_from, err);
  if (rc == PK_OK) rc = migrate(db, *ret_from, err);
  *ret_to = NEWEST;
  pk_db_close(&db);
  return rc;
}

pk_rc pk_store_ping(pk_store *store, pk_err *err) {
  int64_t n;
  return pk_db_number(store->db, &n, err, "SELECT COUNT(*) FROM setting", "");
}

pk_rc pk_store_begin(pk_store *store, pk_err *err) { return pk_db_begin(store->db, err); }

pk_rc pk_store_commit(pk_store *store, pk_err *err) { return pk_db_commit(store->db, err); }

pk_rc pk_store_look(pk_store *store, pk_err *err) { return pk_db_begin_read(store->db, err); }

void pk_store_look_end(pk_store *store) { pk_db_rollback(store->db); }

void pk_store_rollback(pk_store *store) {
  pk_db_rollback(store->db);
  /* ids given in the transaction are gone */
  pk_map_fini(&store->package_ids);
  pk_map_init(&store->package_ids, true);
  store->packages_loaded = false;
}

pk_rc pk_store_changed_elsewhere(pk_store *store, bool *ret, pk_err *err) {
  int64_t version;
  pk_rc rc = pk_db_others_version(store->db, &version, err);
  if (rc != PK_OK) return rc;
  *ret = version != store->others_version;
  store->others_version = version;
  return PK_OK;
}

pk_rc pk_store_secret(pk_store *store, unsigned char *ret_secret, pk_err *err) {
  pk_buf hex;
  pk_buf_init(&hex, 256);
  size_t n = 0;
  pk_rc rc = store_read_setting(store->db, PK_STR("secret"), &hex, err);
  if (rc == PK_NOTFOUND ||
      (rc == PK_OK && (sodium_hex2bin(ret_secret, PK_STORE_SECRET_BYTES, hex.p, hex.n, NULL, &n, NULL) != 0 || n != PK_STORE_SECRET_BYTES)))
    rc = pk_err_set(err, PK_E_STORE, "the database has lost its secret: run 'pakiti db check'");
  pk_buf_free(&hex);
  return rc;
}

static pk_rc check_sets(pk_store *store, pk_err *err) {
  int64_t highest = 0;
  pk_rc rc = pk_db_number(store->db, &highest, err, "SELECT COALESCE(MAX(id), 0) FROM package", "");
  pk_db_statement *s;
  if (rc == PK_OK) rc = pk_db_query(store->db, &s, err, "SELECT id, n_packages, members FROM package_set", "");
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    pk_str rest = pk_db_bytes(s, 2);
    int64_t id = 0, n = 0;
    while (pk_store_next_id(&rest, &id)) n++;
    if (n == pk_db_int(s, 1) && !rest.n && id <= highest) continue;
    rc = pk_err_set(err, PK_E_STORE, "package set %lld is damaged: restore the last copy", (long long)pk_db_int(s, 0));
    pk_db_done(s);
  }
  return rc == PK_END ? PK_OK : rc;
}

pk_rc pk_store_check(pk_store *store, pk_err *err) {
  static const struct {
    const char *what, *sql;
  } rules[] = {
      {"hosts without a profile", "SELECT COUNT(*) FROM host WHERE profile_id NOT IN (SELECT id FROM profile)"},
      {"profiles without a package set", "SELECT COUNT(*) FROM profile WHERE set_id NOT IN (SELECT id FROM package_set)"},
      {"profiles without a platform", "SELECT COUNT(*) FROM profile WHERE platform_id NOT IN (SELECT id FROM platform)"},
      {"hosts without a present in their history",
       "SELECT COUNT(*) FROM host h WHERE NOT EXISTS (SELECT 1 FROM host_history y WHERE y.host_id = h.id AND y.until_at = 0 AND y.profile_id = h.profile_id)"},
      {"definitions of no feed", "SELECT COUNT(*) FROM definition WHERE feed_id NOT IN (SELECT id FROM feed)"},
      {"names of packages in no definition", "SELECT COUNT(*) FROM definition_package WHERE definition_id NOT IN (SELECT id FROM definition)"},
      {"CVEs of no definition", "SELECT COUNT(*) FROM definition_cve WHERE definition_id NOT IN (SELECT id FROM definition)"},
      {"offers of no feed", "SELECT COUNT(*) FROM offer WHERE feed_id NOT IN (SELECT id FROM feed)"},
  };
  pk_rc rc = pk_db_check(store->db, err);
  if (rc == PK_OK) rc = check_sets(store, err);
  for (size_t i = 0; rc == PK_OK && i < sizeof rules / sizeof rules[0]; i++) {
    int64_t n = 0;
    rc = pk_db_number(store->db, &n, err, rules[i].sql, "");
    if (rc == PK_OK && n)
      rc = pk_err_set(err, PK_E_STORE, "the database has %lld %s: restore the last copy", (long long)n, rules[i].what);
  }
  return rc;
}

pk_rc pk_store_each(pk_rc opened, pk_db_statement *s, pk_store_row *each, void *arg, pk_err *err) {
  pk_rc rc = opened;
  if (rc != PK_OK) return rc;
  while ((rc = pk_db_step(s, err)) == PK_OK) {
    rc = each(arg, s, err);
    if (rc != PK_OK) {
      pk_db_done(s);
      return rc;
    }
  }
  return rc == PK_END ? PK_OK : rc;
}

typedef struct array_filling {
  pk_arena *arena;
  size_t size, n, cap;
  pk_store_fill *fill;
  const char *what;
  void *array;
} array_filling;

static pk_rc fill_row(void *arg, pk_db_statement *s, pk_err *err) {
  array_filling *a = arg;
  if (!pk_arena_grow(a->arena, &a->array, a->n, &a->cap, a->size) || !a->fill((char *)a->array + a->n * a->size, s, a->arena))
    return pk_err_set(err, PK_E_LIMIT, "too many %s", a->what);
  a->n++;
  return PK_OK;
}

pk_rc pk_store_array(pk_rc opened, pk_db_statement *s, pk_arena *arena, size_t size, pk_store_fill *fill, const char *what, void **ret, size_t *ret_n,
                     pk_err *err) {
  array_filling a = {.arena = arena, .size = size, .fill = fill, .what = what};
  pk_rc rc = pk_store_each(opened, s, fill_row, &a, err);
  *ret = a.array;
  *ret_n = a.n;
  return rc;
}

bool pk_store_next_id(pk_str *rest, int64_t *id) {
  uint64_t step;
  pk_str before = *rest;
  if (!pk_varint_read(rest, &step)) return false;
  if (step == 0 || step > (uint64_t)(INT64_MAX - *id)) { /* ids ascend: only damage reads otherwise */
    *rest = before;
    return false;
  }
  *id += (int64_t)step;
  return true;
}

pk_rc pk_store_count(pk_store *store, const pk_scope *scope, pk_store_totals *ret, pk_err *err) {
  (void)scope; /* everything, until rights exist */
  const struct {
    int64_t *to;
    const char *sql;
  } counts[] = {
      {&ret->n_hosts, "SELECT COUNT(*) FROM host"},
      {&ret->n_profiles, "SELECT COUNT(*) FROM profile"},
      {&ret->n_sets, "SELECT COUNT(*) FROM package_set"},
      {&ret->n_packages, "SELECT COUNT(*) FROM package"},
      {&ret->n_feeds, "SELECT COUNT(*) FROM feed"},
      {&ret->n_feeds_failing, "SELECT COUNT(*) FROM feed WHERE error <> '' AND is_held = 0"},
      {&ret->n_feeds_held, "SELECT COUNT(*) FROM feed WHERE is_held <> 0"},
      {&ret->n_hosts_outdated, "SELECT COUNT(*) FROM host h JOIN profile p ON p.id = h.profile_id WHERE p.n_updates > 0"},
      {&ret->n_hosts_security, "SELECT COUNT(*) FROM host h JOIN profile p ON p.id = h.profile_id WHERE p.n_security > 0"},
      {&ret->n_hosts_vulnerable, "SELECT COUNT(*) FROM host h JOIN profile p ON p.id = h.profile_id WHERE p.n_cves > 0"},
      {&ret->n_definitions, "SELECT COALESCE(SUM(n_definitions), 0) FROM feed"},
  };
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof counts / sizeof counts[0]; i++)
    rc = pk_db_number(store->db, counts[i].to, err, counts[i].sql, "");
  return rc;
}
