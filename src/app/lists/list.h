/* SPDX-License-Identifier: Apache-2.0
 *
 * list: rows with declared fields, and what every list of the API does with them: sorting, pages by cursor, choice of
 * fields. A list is declared once, in a table; JSON, CSV and the checks of a question walk it. */
#ifndef PK_APP_LISTS_LIST_H
#define PK_APP_LISTS_LIST_H

#include "base/arena.h"
#include "model/package.h"

/** Most rows of a page, and how many there are when nobody says. */
#define PK_PAGE_MAX 1000
#define PK_PAGE_DEFAULT 100
/** Most fields to sort by. */
#define PK_SORT_MAX 6
/** More than any list has. */
#define PK_FIELDS_MAX 40

typedef enum pk_cell_kind {
  PK_CELL_TEXT,
  PK_CELL_NUMBER,
  PK_CELL_BOOL,
  PK_CELL_TIME,  /**< UTC seconds; 0 is null */
  PK_CELL_DAY,   /**< days since 1970 */
  PK_CELL_SHARE, /**< millionths, shown as a number from 0 to 1; -1 is null */
  PK_CELL_SCORE, /**< tenths; -1 is null */
  PK_CELL_ID,    /**< 0 is null */
  PK_CELL_TEXTS, /**< several texts; not sorted by */
  PK_CELL_FILLED, /**< a text that `fill` makes; not sorted by */
  PK_CELL_RANK,   /**< shown as text, sorted by number */
  PK_CELL_VERSION /**< of a package of type `number`, sorted in its order */
} pk_cell_kind;

typedef struct pk_texts {
  const pk_str *list;
  size_t n;
} pk_texts;

typedef struct pk_cell {
  pk_str text;
  int64_t number;
  pk_texts texts;
} pk_cell;

typedef struct pk_list_field {
  const char *name;
  pk_cell_kind kind;
  size_t at; /**< what `get` understands; without one the place in the row of a pk_str, int64_t, pk_texts, or (rank, version) pk_rank */
} pk_list_field;

/** A word with its place in an order, or a version with the type of its package. */
typedef struct pk_rank {
  pk_str text;
  int64_t number;
} pk_rank;

static inline pk_rank pk_version_cell(pk_package_type type, pk_str version) { return (pk_rank){version, type}; }

typedef struct pk_list_kind {
  const char *name; /**< also of the downloaded file */
  const pk_list_field *fields;
  size_t n_fields;
  const char *sort; /**< when nobody says: "-security,name" */
  const char *key;  /**< fields that tell rows apart */
  void (*get)(const void *context, const void *row, size_t at, pk_cell *ret); /**< NULL: rows are read by place */
  /** Fill in what is costly and not sorted by, of rows that will be shown; may be NULL. */
  pk_rc (*fill)(const void *context, void *rows, const size_t *places, size_t n, pk_arena *arena, pk_err *err);
} pk_list_kind;

/** A field of a row by its place in it: PK_FIELD(hit_row, name, TEXT). */
#define PK_FIELD(row, name, kind) {#name, PK_CELL_##kind, offsetof(row, name)}

/** Rows of a list, one behind the other, in an arena. */
typedef struct pk_rows {
  const pk_list_kind *kind;
  const void *context; /**< for `get` */
  const void *rows;
  size_t size, n;
} pk_rows;

/** The row at a place, before it is sorted. */
const void *pk_list_row(const pk_rows *rows, size_t place);
void pk_list_cell(const pk_rows *rows, const void *row, size_t field, pk_cell *ret);
/** The same by the field's name, which must be one of the list's. */
pk_cell pk_list_cell_named(const pk_rows *rows, size_t place, const char *field);

/** PK_E_LIMIT with the message that all lists give. */
pk_rc pk_rows_full(pk_err *err);

/** How a list is wanted. */
typedef struct pk_list_order {
  size_t sort[PK_SORT_MAX * 2]; /**< fields, then those of the key */
  bool descending[PK_SORT_MAX * 2];
  size_t n_sort;
  size_t fields[PK_FIELDS_MAX]; /**< that are shown, in this order */
  size_t n_fields;
} pk_list_order;

/** From "-security,name" and "name,site"; "" is the list's own order, and all fields. error PK_E_SYNTAX names the field */
pk_rc pk_list_order_of(const pk_list_kind *kind, pk_str sort, pk_str fields, pk_list_order *ret, pk_err *err) PK_MUST_USE;

/** The rows behind the cursor ("": from the beginning) in their order, at most `limit`.
 *  out  *ret   places of rows, in the arena
 *       next   the cursor of the next page; left empty at the end
 *  error PK_E_SYNTAX a cursor that is none of this list; PK_E_LIMIT */
pk_rc pk_list_page(const pk_rows *rows, const pk_list_order *order, pk_str cursor, size_t limit, pk_arena *arena, const size_t **ret,
                   size_t *ret_n, pk_buf *next, pk_err *err) PK_MUST_USE;
/** All rows in their order. */
pk_rc pk_list_sorted(const pk_rows *rows, const pk_list_order *order, pk_arena *arena, const size_t **ret, pk_err *err) PK_MUST_USE;

#endif
