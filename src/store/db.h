/* SPDX-License-Identifier: Apache-2.0
 *
 * db: what store/ asks of a database engine; a driver (sqlite.c, later pgsql.c) implements it. Not for users of the
 * store: they see store.h. SQL texts are string literals with $1, $2, …; a statement is prepared once and kept.
 *
 * Life of a statement: pk_db_query binds → pk_db_step until PK_END → done (no explicit end: the next query of the same
 * text resets it, and pk_db_done ends one early). */
#ifndef PK_STORE_DB_H
#define PK_STORE_DB_H

#include "base/str.h"

typedef struct pk_db pk_db;
typedef struct pk_db_statement pk_db_statement;

typedef enum pk_db_mode { PK_DB_READ, PK_DB_WRITE, PK_DB_CREATE } pk_db_mode;

/** How long a statement waits for another process that writes. */
#define PK_DB_BUSY_MS 30000

pk_rc pk_db_open(const char *path, pk_db_mode mode, pk_db **ret, pk_err *err) PK_MUST_USE;
void pk_db_close(pk_db **db);

/** Run several statements without parameters or results; '@' words of the migrations are put in the engine's own. */
pk_rc pk_db_script(pk_db *db, pk_str sql, pk_err *err) PK_MUST_USE;

/** Prepare (once) and bind. `types` has a letter a parameter: i int64_t, t pk_str text, b pk_str bytes. */
pk_rc pk_db_query(pk_db *db, pk_db_statement **ret, pk_err *err, const char *sql, const char *types, ...) PK_MUST_USE;
/** PK_OK: a row is there; PK_END: no more, the statement is reset. */
pk_rc pk_db_step(pk_db_statement *s, pk_err *err) PK_MUST_USE;
/** End a statement whose rows are not all wanted. */
void pk_db_done(pk_db_statement *s);
/** Bind and run to the end; rows are dropped. *ret_changed (may be NULL): rows changed. */
pk_rc pk_db_run(pk_db *db, int64_t *ret_changed, pk_err *err, const char *sql, const char *types, ...) PK_MUST_USE;
/** Bind and read one number. PK_NOTFOUND when there is no row. */
pk_rc pk_db_number(pk_db *db, int64_t *ret, pk_err *err, const char *sql, const char *types, ...) PK_MUST_USE;

/** Columns of the current row, from 0; texts and bytes are borrowed until the next step. */
int64_t pk_db_int(pk_db_statement *s, int column);
pk_str pk_db_text(pk_db_statement *s, int column);
pk_str pk_db_bytes(pk_db_statement *s, int column);

/** A write transaction: begins with the right to write, so that what is read inside is not changed by others. */
pk_rc pk_db_begin(pk_db *db, pk_err *err) PK_MUST_USE;
/** A transaction that only reads: everything inside sees one moment. Ended with pk_db_rollback. */
pk_rc pk_db_begin_read(pk_db *db, pk_err *err) PK_MUST_USE;
pk_rc pk_db_commit(pk_db *db, pk_err *err) PK_MUST_USE;
void pk_db_rollback(pk_db *db);

/** A number that changes whenever another connection has committed something. */
pk_rc pk_db_others_version(pk_db *db, int64_t *ret, pk_err *err) PK_MUST_USE;
/** The engine's own check of its files. error PK_E_STORE with what it found */
pk_rc pk_db_check(pk_db *db, pk_err *err) PK_MUST_USE;

#endif
