/* SPDX-License-Identifier: Apache-2.0
 *
 * fleet_list: a list of the whole fleet on the command line, as the API gives it.
 * Life: begin (opens the store, makes the fleet, chooses all hosts) → fill `rows` → end (prints, closes). */
#ifndef PK_CLI_FLEET_LIST_H
#define PK_CLI_FLEET_LIST_H

#include "app/lists/lists.h"
#include "cli/cli.h"

typedef struct pk_fleet_list {
  const pk_column *columns; /**< given */
  size_t n_columns;
  const char *fields, *sort; /**< of the rows, one a column; given */
  bool only_counting;        /**< leave out rows whose field `counts` is false */
  pk_store *store;
  pk_fleet *fleet;
  pk_arena arena;
  pk_chosen chosen;
  pk_rows rows;
  pk_format format;
} pk_fleet_list;

pk_rc pk_fleet_list_begin(const pk_cli *cli, pk_fleet_list *list, pk_err *err) PK_MUST_USE;
/** Print if `rc` is PK_OK; else nothing but an empty list, as programs expect. Returns rc or the fault of printing. */
pk_rc pk_fleet_list_end(pk_fleet_list *list, pk_rc rc, pk_err *err) PK_MUST_USE;

#endif
