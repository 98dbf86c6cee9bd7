/* SPDX-License-Identifier: Apache-2.0
 *
 * internal: what the files of store/ share; not for others. */
#ifndef PK_STORE_INTERNAL_H
#define PK_STORE_INTERNAL_H

#include "store/db.h"
#include "store/store.h"

struct pk_store {
  pk_db *db;
  int64_t others_version;
  bool packages_loaded;
  pk_map package_ids; /* digest → id; packages are immutable, so that it never goes stale */
  pk_buf cves; /* of the definition asked for last */
  pk_buf package_texts; /* of the package handed out last */
};

/** Walk the rows of a query: `each` sees one row a call. */
typedef pk_rc pk_store_row(void *arg, pk_db_statement *row, pk_err *err);
pk_rc pk_store_each(pk_rc opened, pk_db_statement *s, pk_store_row *each, void *arg, pk_err *err) PK_MUST_USE;
/** The rows of a query as an array in an arena, each filled from its row; `fill` says false when its texts do not fit.
 *  error PK_E_LIMIT: there are too many `what` */
typedef bool pk_store_fill(void *to, pk_db_statement *row, pk_arena *arena);
pk_rc pk_store_array(pk_rc opened, pk_db_statement *s, pk_arena *arena, size_t size, pk_store_fill *fill, const char *what, void **ret, size_t *ret_n,
                     pk_err *err) PK_MUST_USE;

/** A row of the table `setting`, appended to *ret. PK_NOTFOUND. */
pk_rc store_read_setting(pk_db *db, pk_str name, pk_buf *ret, pk_err *err) PK_MUST_USE;
pk_rc store_write_setting(pk_db *db, pk_str name, pk_str value, pk_err *err) PK_MUST_USE;

#endif
