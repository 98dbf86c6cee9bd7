/* SPDX-License-Identifier: Apache-2.0
 *
 * find: which hosts have a package, which are hit by a CVE. */
#include "cli/explain.h"
#include "cli/fleet_list.h"

static const pk_column COLUMNS[] = {{"host", PK_COLUMN_TEXT},     {"platform", PK_COLUMN_TEXT}, {"package", PK_COLUMN_TEXT}, {"installed", PK_COLUMN_TEXT},
                                    {"arch", PK_COLUMN_TEXT},     {"more", PK_COLUMN_NUMBER},   {"state", PK_COLUMN_TEXT},   {"fixed", PK_COLUMN_TEXT},
                                    {"advisory", PK_COLUMN_TEXT}, {"feed", PK_COLUMN_TEXT}};
static const char *const FIELDS = "name,platform,package,installed,arch,more,state,fixed,advisory,feed";

static pk_rc run_package(pk_cli *cli, pk_err *err) {
  pk_package_wanted wanted = {.op = "", .name = pk_str_of(cli->arguments[0])};
  pk_rc rc = PK_OK;
  if (cli->n_arguments > 1) {
    pk_buf text;
    pk_buf_init(&text, 4096);
    pk_buf_printf(&text, "%s%s%s", cli->arguments[0], cli->arguments[1], cli->n_arguments > 2 ? cli->arguments[2] : "");
    pk_err unclear;
    rc = pk_package_wanted_of(pk_buf_view(&text), &wanted, &unclear);
    if (rc != PK_OK || !*wanted.op || strcmp(wanted.op, cli->arguments[1]) != 0)
      rc = pk_err_set(err, PK_E_USAGE, "say NAME, or NAME OP VERSION with one of < <= = >= >, for example: pakiti package openssl '<' 3.0.15");
    wanted.name = pk_str_of(cli->arguments[0]);
    wanted.version = pk_str_of(cli->n_arguments > 2 ? cli->arguments[2] : "");
    pk_buf_free(&text);
  }
  pk_fleet_list list = {.columns = COLUMNS, .n_columns = 6, .fields = "name,platform,package,installed,arch,more", .sort = "name"};
  if (rc == PK_OK) rc = pk_fleet_list_begin(cli, &list, err);
  if (rc == PK_OK) rc = pk_rows_package_hosts(&list.chosen, &wanted, &list.arena, &list.rows, err);
  return pk_fleet_list_end(&list, rc, err);
}

static pk_rc is_spoken_of(pk_fleet_list *list, int64_t cve, pk_err *err) {
  pk_rows rows;
  pk_rc rc = pk_rows_statements(list->store, cve, &list->arena, &rows, err);
  return rc == PK_OK && !rows.n ? PK_NOTFOUND : rc;
}

static pk_rc run_cve(pk_cli *cli, pk_err *err) {
  int64_t number;
  pk_fleet_list list = {.columns = COLUMNS, .n_columns = sizeof COLUMNS / sizeof COLUMNS[0], .fields = FIELDS, .sort = "name"};
  pk_rc rc = pk_cli_cve(cli->arguments[0], &number, err);
  if (rc == PK_OK) rc = pk_fleet_list_begin(cli, &list, err);
  const pk_fleet_cve *cve = rc == PK_OK ? pk_fleet_cve_of(list.fleet, number) : NULL;
  list.only_counting = true;
  if (rc == PK_OK) rc = cve ? pk_rows_cve_hosts(&list.chosen, cve, &list.arena, &list.rows, err) : is_spoken_of(&list, number, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "no feed speaks of %s: see 'pakiti feed list'", cli->arguments[0]);
  return pk_fleet_list_end(&list, rc, err);
}

const pk_command pk_command_package = {.name = "package", .arguments = "NAME [OP VERSION]", .min_arguments = 1, .max_arguments = 3,
                                       .summary = "which hosts have a package: pakiti package openssl '<' 3.0.15", .run = run_package};
const pk_command pk_command_cve = {.name = "cve", .arguments = "CVE", .min_arguments = 1, .max_arguments = 1,
                                   .summary = "which hosts are vulnerable to a CVE", .run = run_cve};
