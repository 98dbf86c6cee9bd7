/* SPDX-License-Identifier: Apache-2.0
 *
 * sqlite: the embedded engine. Write-ahead log with synchronous=FULL: a commit that has returned survives the loss
 * of power. A handle belongs to one thread at a time. */
#include "store/db.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATEMENTS_MAX 96
#define PARAMETERS_MAX 24
/* Memory for pages a handle, and the size at which the log is copied back. */
#define CACHE_KIB 32768
#define LOG_PAGES 8000

struct pk_db_statement {
  const char *sql; /* the literal's address is the key */
  sqlite3_stmt *stmt;
  pk_db *db;
  int parameters[PARAMETERS_MAX + 1]; /* of $1 … the engine's index */
};

struct pk_db {
  sqlite3 *handle;
  pk_db_statement statements[STATEMENTS_MAX];
  size_t n_statements;
};

static pk_rc fault(pk_db *db, pk_err *err) {
  int code = sqlite3_errcode(db->handle);
  const char *advice = code == SQLITE_FULL       ? " (free some disk space)"
                       : code == SQLITE_BUSY     ? " (another process is writing for a long time)"
                       : code == SQLITE_READONLY ? " (check the permissions of the file and its folder)"
                       : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? " (run 'pakiti db check')"
                                                                         : "";
  return pk_err_set(err, PK_E_STORE, "database: %s%s", sqlite3_errmsg(db->handle), advice);
}

static pk_rc simple(pk_db *db, const char *sql, pk_err *err) {
  return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? PK_OK : fault(db, err);
}

static pk_rc configure(pk_db *db, pk_db_mode mode, pk_err *err) {
  char pragmas[256];
  snprintf(pragmas, sizeof pragmas,
           "PRAGMA cache_size=-%d; PRAGMA wal_autocheckpoint=%d; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY",
           CACHE_KIB, LOG_PAGES);
  sqlite3_busy_timeout(db->handle, PK_DB_BUSY_MS);
  sqlite3_extended_result_codes(db->handle, 0);
  sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  pk_rc rc = simple(db, pragmas, err);
  if (rc == PK_OK && mode != PK_DB_READ) rc = simple(db, "PRAGMA journal_mode=WAL", err);
  if (rc == PK_OK && mode == PK_DB_READ) rc = simple(db, "PRAGMA query_only=ON", err);
  return rc;
}

pk_rc pk_db_open(const char *path, pk_db_mode mode, pk_db **ret, pk_err *err) {
  if (mode != PK_DB_CREATE && access(path, F_OK) != 0)
    return pk_err_set(err, PK_E_STORE, "there is no database '%s': make it with 'pakiti db init'", path);
  pk_db *db = pk_calloc(1, sizeof *db);
  /* readers open for writing too: a reader of a write-ahead log must be able to make its shared-memory file */
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (mode == PK_DB_CREATE ? SQLITE_OPEN_CREATE : 0);
  pk_rc rc = PK_OK;
  if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK)
    rc = pk_err_set(err, PK_E_STORE, "cannot open database '%s': %s", path, sqlite3_errmsg(db->handle));
  if (rc == PK_OK && (rc = configure(db, mode, err)) != PK_OK) pk_err_prefix(err, "'%s': ", path);
  if (rc != PK_OK)
    pk_db_close(&db);
  else
    *ret = db;
  return rc;
}

void pk_db_close(pk_db **db) {
  if (!*db) return;
  for (size_t i = 0; i < (*db)->n_statements; i++) sqlite3_finalize((*db)->statements[i].stmt);
  sqlite3_close((*db)->handle);
  free(*db);
  *db = NULL;
}

pk_rc pk_db_script(pk_db *db, pk_str sql, pk_err *err) {
  static const char *const words[][2] = {{"@id", "INTEGER PRIMARY KEY"}, {"@unique_id", "INTEGER PRIMARY KEY AUTOINCREMENT"}, {"@clustered", "WITHOUT ROWID"}};
  static const size_t n_words = sizeof words / sizeof words[0];
  pk_buf text;
  pk_buf_init(&text, sql.n * 4 + 1);
  for (size_t i = 0; i < sql.n;) {
    size_t k = 0;
    while (k < n_words && !pk_str_starts(pk_str_sub(sql, i, sql.n), words[k][0])) k++;
    if (k < n_words) {
      pk_buf_puts(&text, words[k][1]);
      i += strlen(words[k][0]);
    } else {
      pk_buf_putc(&text, sql.p[i++]);
    }
  }
  pk_rc rc = simple(db, pk_buf_cstr(&text), err);
  pk_buf_free(&text);
  return rc;
}

static pk_rc prepare(pk_db *db, const char *sql, pk_db_statement **ret, pk_err *err) {
  for (size_t i = 0; i < db->n_statements; i++)
    if (db->statements[i].sql == sql) {
      *ret = &db->statements[i];
      sqlite3_reset((*ret)->stmt);
      return PK_OK;
    }
  if (db->n_statements == STATEMENTS_MAX) pk_panic("more SQL statements than STATEMENTS_MAX");
  pk_db_statement *s = &db->statements[db->n_statements];
  if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL) != SQLITE_OK) return fault(db, err);
  s->sql = sql;
  s->db = db;
  for (int i = 1; i <= PARAMETERS_MAX; i++) {
    char name[8];
    snprintf(name, sizeof name, "$%d", i);
    s->parameters[i] = sqlite3_bind_parameter_index(s->stmt, name);
  }
  db->n_statements++;
  *ret = s;
  return PK_OK;
}

static pk_rc bind(pk_db_statement *s, const char *types, va_list ap, pk_err *err) {
  int r = SQLITE_OK;
  for (int i = 1; types[i - 1] && r == SQLITE_OK; i++) {
    int index = s->parameters[i];
    if (types[i - 1] == 'i') {
      r = sqlite3_bind_int64(s->stmt, index, va_arg(ap, int64_t));
    } else {
      /* the caller's bytes stay until the statement has run or is reset */
      pk_str v = va_arg(ap, pk_str);
      const char *p = v.p ? v.p : "";
      r = types[i - 1] == 't' ? sqlite3_bind_text64(s->stmt, index, p, v.n, SQLITE_STATIC, SQLITE_UTF8)
                              : sqlite3_bind_blob64(s->stmt, index, p, v.n, SQLITE_STATIC);
    }
  }
  return r == SQLITE_OK ? PK_OK : fault(s->db, err);
}

static pk_rc vquery(pk_db *db, pk_db_statement **ret, pk_err *err, const char *sql, const char *types, va_list ap) {
  pk_rc rc = prepare(db, sql, ret, err);
  return rc == PK_OK ? bind(*ret, types, ap, err) : rc;
}

pk_rc pk_db_query(pk_db *db, pk_db_statement **ret, pk_err *err, const char *sql, const char *types, ...) {
  va_list ap;
  va_start(ap, types);
  pk_rc rc = vquery(db, ret, err, sql, types, ap);
  va_end(ap);
  return rc;
}

pk_rc pk_db_step(pk_db_statement *s, pk_err *err) {
  int r = sqlite3_step(s->stmt);
  if (r == SQLITE_ROW) return PK_OK;
  pk_rc rc = r == SQLITE_DONE ? PK_END : fault(s->db, err);
  sqlite3_reset(s->stmt);
  return rc;
}

void pk_db_done(pk_db_statement *s) { sqlite3_reset(s->stmt); }

pk_rc pk_db_run(pk_db *db, int64_t *ret_changed, pk_err *err, const char *sql, const char *types, ...) {
  pk_db_statement *s;
  va_list ap;
  va_start(ap, types);
  pk_rc rc = vquery(db, &s, err, sql, types, ap);
  va_end(ap);
  while (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc != PK_END) return rc;
  if (ret_changed) *ret_changed = sqlite3_changes64(db->handle);
  return PK_OK;
}

pk_rc pk_db_number(pk_db *db, int64_t *ret, pk_err *err, const char *sql, const char *types, ...) {
  pk_db_statement *s;
  va_list ap;
  va_start(ap, types);
  pk_rc rc = vquery(db, &s, err, sql, types, ap);
  va_end(ap);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  *ret = pk_db_int(s, 0);
  pk_db_done(s);
  return PK_OK;
}

int64_t pk_db_int(pk_db_statement *s, int column) { return sqlite3_column_int64(s->stmt, column); }

pk_str pk_db_text(pk_db_statement *s, int column) {
  const char *p = (const char *)sqlite3_column_text(s->stmt, column);
  return (pk_str){p, p ? (size_t)sqlite3_column_bytes(s->stmt, column) : 0};
}

pk_str pk_db_bytes(pk_db_statement *s, int column) {
  const char *p = sqlite3_column_blob(s->stmt, column);
  return (pk_str){p, p ? (size_t)sqlite3_column_bytes(s->stmt, column) : 0};
}

pk_rc pk_db_begin(pk_db *db, pk_err *err) { return pk_db_run(db, NULL, err, "BEGIN IMMEDIATE", ""); }

pk_rc pk_db_begin_read(pk_db *db, pk_err *err) { return pk_db_run(db, NULL, err, "BEGIN", ""); }

pk_rc pk_db_commit(pk_db *db, pk_err *err) {
  pk_rc rc = pk_db_run(db, NULL, err, "COMMIT", "");
  if (rc != PK_OK) pk_db_rollback(db);
  return rc;
}

void pk_db_rollback(pk_db *db) {
  if (sqlite3_get_autocommit(db->handle)) return;
  pk_err ignored; /* nothing can be done about it: the connection's end rolls back too */
  if (pk_db_run(db, NULL, &ignored, "ROLLBACK", "") != PK_OK) return;
}

pk_rc pk_db_others_version(pk_db *db, int64_t *ret, pk_err *err) {
  return pk_db_number(db, ret, err, "PRAGMA data_version", "");
}

pk_rc pk_db_check(pk_db *db, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(db, &s, err, "PRAGMA integrity_check(1)", "");
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc != PK_OK) return rc;
  pk_str found = pk_db_text(s, 0);
  rc = pk_str_is(found, "ok") ? PK_OK
                              : pk_err_set(err, PK_E_STORE, "the database is damaged: %.*s: restore the last copy", PK_FMT(found));
  pk_db_done(s);
  return rc;
}
