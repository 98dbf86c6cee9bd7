/* SPDX-License-Identifier: Apache-2.0 */
#include "app/lists/lists.h"
#include "report/form.h"
#include "targets.h"

typedef struct row {
  pk_str name;
  int64_t number;
} row;

static const pk_list_field FIELDS[] = {{"name", PK_CELL_TEXT, offsetof(row, name)}, {"number", PK_CELL_NUMBER, offsetof(row, number)}};
static const pk_list_kind KIND = {"rows", FIELDS, 2, "name", "name,number", NULL, NULL};
static const row ROWS[] = {{{"a", 1}, 3}, {{"b", 1}, -1}, {{"b", 1}, 7}, {{"", 0}, 0}, {{"zz", 2}, INT64_MAX}};

/* A page is never longer than asked for, and every row is there once. */
static void ask_for_page(const pk_list_order *order, pk_str cursor, pk_arena *arena) {
  pk_err err = {0};
  pk_buf next;
  const size_t *places;
  size_t n = 0;
  const pk_rows rows = {&KIND, NULL, ROWS, sizeof ROWS[0], sizeof ROWS / sizeof ROWS[0]};
  pk_buf_init(&next, 8192);
  pk_rc rc = pk_list_page(&rows, order, cursor, 2, arena, &places, &n, &next, &err);
  pk_fuzz_check(rc, &err);
  if (rc == PK_OK) {
    PK_FUZZ_MUST(n <= 2);
    for (size_t i = 0; i < n; i++) PK_FUZZ_MUST(places[i] < rows.n && (i == 0 || places[i] != places[i - 1]));
  }
  pk_buf_free(&next);
}

/* The query of a list: filters of hosts, order, fields, cursor, and a package by version. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_err err = {0};
  pk_arena arena;
  pk_form form = {0};
  pk_filter filter = {0};
  pk_list_order order;
  pk_str sort = PK_STR(""), fields = PK_STR(""), cursor = PK_STR("");
  pk_arena_init(&arena, (size_t)8 << 20);
  pk_rc rc = pk_form_parse_urlencoded((pk_str){(const char *)data, size}, &arena, &form, &err);
  pk_fuzz_check(rc, &err);
  for (size_t i = 0; rc == PK_OK && i < form.n; i++) {
    const pk_str name = form.fields[i].name, value = form.fields[i].value;
    if (pk_str_is(name, "sort")) sort = value;
    else if (pk_str_is(name, "fields")) fields = value;
    else if (pk_str_is(name, "cursor")) cursor = value;
    else {
      pk_rc taken = pk_filter_take(&filter, name, value, 1700000000, &err);
      if (taken != PK_NOTFOUND) pk_fuzz_check(taken, &err);
    }
  }
  if (rc == PK_OK) {
    rc = pk_list_order_of(&KIND, sort, fields, &order, &err);
    pk_fuzz_check(rc, &err);
    if (rc == PK_OK) ask_for_page(&order, cursor, &arena);
  }
  pk_arena_fini(&arena);
  return 0;
}
