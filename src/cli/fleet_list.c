/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fleet_list.h"

#include "base/times.h"

pk_rc pk_fleet_list_begin(const pk_cli *cli, pk_fleet_list *list, pk_err *err) {
  static const pk_scope everything = {.everything = true};
  pk_arena_init(&list->arena, (size_t)4 << 30);
  list->format = cli->format;
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &list->store, err);
  if (rc == PK_OK) rc = pk_fleet_load(list->store, pk_now(), &list->fleet, err);
  return rc == PK_OK ? pk_filter_choose(&(pk_filter){0}, list->fleet, &everything, &list->arena, &list->chosen, err) : rc;
}

static void print_cell(pk_output *out, pk_column_type type, const pk_cell *v) {
  switch (type) {
  case PK_COLUMN_TEXT: pk_output_text(out, v->text); return;
  case PK_COLUMN_NUMBER: pk_output_number(out, v->number); return;
  case PK_COLUMN_BOOL: pk_output_bool(out, v->number != 0); return;
  case PK_COLUMN_TIME: pk_output_time(out, v->number); return;
  }
}

static pk_rc print_rows(pk_fleet_list *list, pk_output *out, pk_err *err) {
  pk_list_order order;
  const size_t *places;
  size_t counts = list->rows.kind->n_fields;
  pk_rc rc = pk_list_order_of(list->rows.kind, pk_str_of(list->sort), pk_str_of(list->fields), &order, err);
  if (rc == PK_OK) rc = pk_list_sorted(&list->rows, &order, &list->arena, &places, err);
  for (size_t i = 0; list->only_counting && i < list->rows.kind->n_fields; i++)
    if (strcmp(list->rows.kind->fields[i].name, "counts") == 0) counts = i;
  for (size_t i = 0; rc == PK_OK && i < list->rows.n; i++) {
    const void *row = pk_list_row(&list->rows, places[i]);
    pk_cell v;
    if (counts < list->rows.kind->n_fields) {
      pk_list_cell(&list->rows, row, counts, &v);
      if (!v.number) continue;
    }
    for (size_t k = 0; k < order.n_fields && k < list->n_columns; k++) {
      pk_list_cell(&list->rows, row, order.fields[k], &v);
      print_cell(out, list->columns[k].type, &v);
    }
  }
  return rc;
}

pk_rc pk_fleet_list_end(pk_fleet_list *list, pk_rc rc, pk_err *err) {
  if (list->fleet) {
    pk_err unwritten;
    pk_output *out = pk_output_new(list->format, list->columns, list->n_columns);
    if (rc == PK_OK && list->rows.kind) rc = print_rows(list, out, err);
    pk_rc written = pk_output_end(&out, rc == PK_OK ? err : &unwritten);
    if (rc == PK_OK) rc = written;
  }
  pk_fleet_free(&list->fleet);
  pk_store_close(&list->store);
  pk_arena_fini(&list->arena);
  return rc;
}
