/* SPDX-License-Identifier: Apache-2.0 */
#include "app/lists/list.h"

#include "model/evr.h"

#include <sodium.h>
#include <stdlib.h>

/* Longest cursor, decoded. */
#define CURSOR_BYTES_MAX ((size_t)8192)
/* Rows are sorted by so much of a text, that a cursor may hold all that decides. Keys are shorter. */
#define CURSOR_TEXT_MAX ((size_t)320)

pk_rc pk_rows_full(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question: ask with a filter"); }

void pk_list_cell(const pk_rows *rows, const void *row, size_t field, pk_cell *ret) {
  const pk_list_field *f = &rows->kind->fields[field];
  *ret = (pk_cell){.text = PK_STR("")};
  if (rows->kind->get) {
    rows->kind->get(rows->context, row, f->at, ret);
    return;
  }
  const char *place = (const char *)row + f->at;
  switch (f->kind) {
  case PK_CELL_FILLED:
  case PK_CELL_TEXT: memcpy(&ret->text, place, sizeof ret->text); return;
  case PK_CELL_TEXTS: memcpy(&ret->texts, place, sizeof ret->texts); return;
  case PK_CELL_RANK:
  case PK_CELL_VERSION: {
    pk_rank rank;
    memcpy(&rank, place, sizeof rank);
    ret->text = rank.text;
    ret->number = rank.number;
    return;
  }
  case PK_CELL_NUMBER:
  case PK_CELL_BOOL:
  case PK_CELL_TIME:
  case PK_CELL_DAY:
  case PK_CELL_SHARE:
  case PK_CELL_SCORE:
  case PK_CELL_ID: memcpy(&ret->number, place, sizeof ret->number); return;
  }
}

const void *pk_list_row(const pk_rows *rows, size_t place) { return (const char *)rows->rows + place * rows->size; }

pk_cell pk_list_cell_named(const pk_rows *rows, size_t place, const char *field) {
  pk_cell v;
  for (size_t i = 0; i < rows->kind->n_fields; i++)
    if (strcmp(rows->kind->fields[i].name, field) == 0) {
      pk_list_cell(rows, pk_list_row(rows, place), i, &v);
      return v;
    }
  pk_panic("a list has no such field");
}

/* ---- order ---- */

static pk_rc field_named(const pk_list_kind *kind, pk_str name, size_t *ret, pk_err *err) {
  for (size_t i = 0; i < kind->n_fields; i++)
    if (pk_str_is(name, kind->fields[i].name)) {
      *ret = i;
      return PK_OK;
    }
  return pk_err_set(err, PK_E_SYNTAX, "%s have no field '%.*s'", kind->name, PK_FMT(name));
}

static pk_rc add_sort(const pk_list_kind *kind, pk_str list, size_t max, pk_list_order *o, pk_err *err) {
  pk_str one;
  while (pk_str_split(&list, ',', &one)) {
    bool down = pk_str_starts(one, "-");
    size_t field = 0;
    pk_rc rc = field_named(kind, pk_str_sub(one, down ? 1 : 0, one.n), &field, err);
    if (rc != PK_OK) return rc;
    if (kind->fields[field].kind == PK_CELL_TEXTS || kind->fields[field].kind == PK_CELL_FILLED) return pk_err_set(err, PK_E_SYNTAX, "'%s' cannot be sorted by", kind->fields[field].name);
    bool known = false;
    for (size_t i = 0; i < o->n_sort; i++) known |= o->sort[i] == field;
    if (known) continue;
    if (o->n_sort == max) return pk_err_set(err, PK_E_LIMIT, "sort by %d fields at most", PK_SORT_MAX);
    o->sort[o->n_sort] = field;
    o->descending[o->n_sort++] = down;
  }
  return PK_OK;
}

pk_rc pk_list_order_of(const pk_list_kind *kind, pk_str sort, pk_str fields, pk_list_order *ret, pk_err *err) {
  *ret = (pk_list_order){0};
  pk_rc rc = add_sort(kind, sort.n ? sort : pk_str_of(kind->sort), PK_SORT_MAX, ret, err);
  if (rc == PK_OK) rc = add_sort(kind, pk_str_of(kind->key), PK_SORT_MAX * 2, ret, err);
  pk_str one;
  while (rc == PK_OK && pk_str_split(&fields, ',', &one)) {
    rc = field_named(kind, one, &ret->fields[ret->n_fields], err);
    for (size_t i = 0; rc == PK_OK && i < ret->n_fields; i++)
      if (ret->fields[i] == ret->fields[ret->n_fields]) rc = pk_err_set(err, PK_E_SYNTAX, "field '%.*s' is asked for twice", PK_FMT(one));
    if (rc == PK_OK) ret->n_fields++; /* at most as many as the list has */
  }
  if (!ret->n_fields) {
    for (size_t i = 0; i < kind->n_fields; i++) ret->fields[i] = i;
    ret->n_fields = kind->n_fields;
  }
  return rc;
}

/* What of a cell decides the order, and so is in a cursor. */
static bool has_text(pk_cell_kind kind) { return kind == PK_CELL_TEXT || kind == PK_CELL_TEXTS || kind == PK_CELL_VERSION; }
static bool has_number(pk_cell_kind kind) { return kind != PK_CELL_TEXT && kind != PK_CELL_TEXTS; }

static int cmp_values(pk_cell_kind kind, const pk_cell *a, const pk_cell *b) {
  if (has_number(kind) && a->number != b->number) return a->number < b->number ? -1 : 1;
  if (!has_text(kind)) return 0;
  pk_str x = pk_str_sub(a->text, 0, CURSOR_TEXT_MAX), y = pk_str_sub(b->text, 0, CURSOR_TEXT_MAX);
  return kind == PK_CELL_VERSION ? pk_evr_cmp((pk_package_type)a->number, x, y) : pk_str_cmp(x, y);
}

typedef struct sorting {
  const pk_rows *rows;
  const pk_list_order *order;
} sorting;

static int cmp_rows(const sorting *s, size_t x, size_t y) {
  for (size_t i = 0; i < s->order->n_sort; i++) {
    pk_cell a, b;
    size_t field = s->order->sort[i];
    pk_list_cell(s->rows, pk_list_row(s->rows, x), field, &a);
    pk_list_cell(s->rows, pk_list_row(s->rows, y), field, &b);
    int c = cmp_values(s->rows->kind->fields[field].kind, &a, &b);
    if (c) return s->order->descending[i] ? -c : c;
  }
  return (x > y) - (x < y);
}

static int cmp_places(const void *a, const void *b, void *arg) { return cmp_rows(arg, *(const size_t *)a, *(const size_t *)b); }

pk_rc pk_list_sorted(const pk_rows *rows, const pk_list_order *order, pk_arena *arena, const size_t **ret, pk_err *err) {
  size_t *places = pk_arena_alloc(arena, rows->n * sizeof *places + 1);
  if (!places) return pk_rows_full(err);
  for (size_t i = 0; i < rows->n; i++) places[i] = i;
  sorting s = {rows, order};
  if (rows->n) qsort_r(places, rows->n, sizeof *places, cmp_places, &s);
  *ret = places;
  return PK_OK;
}

/* ---- cursors: the sort values of the last row, for text its length and bytes, for numbers zigzag ---- */

static void write_cursor(const pk_rows *rows, const pk_list_order *o, size_t last, pk_buf *next) {
  pk_buf bytes;
  pk_buf_init(&bytes, CURSOR_BYTES_MAX);
  for (size_t i = 0; i < o->n_sort; i++) {
    pk_cell v;
    pk_list_cell(rows, pk_list_row(rows, last), o->sort[i], &v);
    pk_buf_varint(&bytes, o->sort[i] << 1 | o->descending[i]);
    if (has_text(rows->kind->fields[o->sort[i]].kind)) {
      pk_str text = pk_str_sub(v.text, 0, CURSOR_TEXT_MAX);
      pk_buf_varint(&bytes, text.n);
      pk_buf_str(&bytes, text);
    }
    if (has_number(rows->kind->fields[o->sort[i]].kind)) pk_buf_varint(&bytes, (uint64_t)v.number << 1 ^ (uint64_t)(v.number >> 63));
  }
  char text[CURSOR_BYTES_MAX * 4 / 3 + 8];
  if (!bytes.over && sodium_bin2base64(text, sizeof text, (const unsigned char *)bytes.p, bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING))
    pk_buf_puts(next, text);
  pk_buf_free(&bytes);
}

static bool read_values(const pk_list_kind *kind, const pk_list_order *o, pk_str rest, pk_cell *ret) {
  for (size_t i = 0; i < o->n_sort; i++) {
    uint64_t field, n;
    ret[i] = (pk_cell){.text = PK_STR("")};
    if (!pk_varint_read(&rest, &field) || field != (o->sort[i] << 1 | o->descending[i])) return false;
    if (has_text(kind->fields[o->sort[i]].kind)) {
      if (!pk_varint_read(&rest, &n) || n > rest.n) return false;
      ret[i].text = pk_str_sub(rest, 0, (size_t)n);
      rest = pk_str_sub(rest, (size_t)n, rest.n);
    }
    if (has_number(kind->fields[o->sort[i]].kind)) {
      if (!pk_varint_read(&rest, &n)) return false;
      ret[i].number = (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
    }
  }
  return rest.n == 0;
}

/* Is the row behind the cursor? */
static bool is_behind(const pk_rows *rows, const pk_list_order *o, const pk_cell *cursor, size_t row) {
  for (size_t i = 0; i < o->n_sort; i++) {
    pk_cell v;
    pk_list_cell(rows, pk_list_row(rows, row), o->sort[i], &v);
    int c = cmp_values(rows->kind->fields[o->sort[i]].kind, &v, &cursor[i]);
    if (c) return (o->descending[i] ? -c : c) > 0;
  }
  return false;
}

/* ---- a page: the smallest rows behind the cursor, kept in a heap whose top is the largest of them ---- */

static void sift_down(const sorting *s, size_t *heap, size_t n, size_t at) {
  for (;;) {
    size_t largest = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < n; child++)
      if (cmp_rows(s, heap[child], heap[largest]) > 0) largest = child;
    if (largest == at) return;
    size_t swap = heap[at];
    heap[at] = heap[largest];
    heap[largest] = swap;
    at = largest;
  }
}

static void sift_up(const sorting *s, size_t *heap, size_t at) {
  while (at && cmp_rows(s, heap[at], heap[(at - 1) / 2]) > 0) {
    size_t swap = heap[at];
    heap[at] = heap[(at - 1) / 2];
    heap[(at - 1) / 2] = swap;
    at = (at - 1) / 2;
  }
}

pk_rc pk_list_page(const pk_rows *rows, const pk_list_order *order, pk_str cursor, size_t limit, pk_arena *arena, const size_t **ret,
                   size_t *ret_n, pk_buf *next, pk_err *err) {
  unsigned char bytes[CURSOR_BYTES_MAX];
  pk_cell from[PK_SORT_MAX * 2];
  size_t n_bytes = 0, n = 0, want = limit + 1; /* one more tells that there is a next page */
  if (cursor.n && (sodium_base642bin(bytes, sizeof bytes, cursor.p, cursor.n, NULL, &n_bytes, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
                   !read_values(rows->kind, order, (pk_str){(const char *)bytes, n_bytes}, from)))
    return pk_err_set(err, PK_E_SYNTAX, "the cursor does not belong to this list in this order: begin again without one");
  size_t *heap = pk_arena_alloc(arena, want * sizeof *heap);
  if (!heap) return pk_rows_full(err);
  sorting s = {rows, order};
  for (size_t i = 0; i < rows->n; i++) {
    if (cursor.n && !is_behind(rows, order, from, i)) continue;
    if (n < want) {
      heap[n] = i;
      sift_up(&s, heap, n++);
    } else if (cmp_rows(&s, i, heap[0]) < 0) {
      heap[0] = i;
      sift_down(&s, heap, n, 0);
    }
  }
  if (n) qsort_r(heap, n, sizeof *heap, cmp_places, &s);
  *ret_n = n > limit ? limit : n;
  *ret = heap;
  if (n > limit) write_cursor(rows, order, heap[limit - 1], next);
  return PK_OK;
}
