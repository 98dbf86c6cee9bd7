/* SPDX-License-Identifier: Apache-2.0
 *
 * find: which hosts have a package, which are hit by a CVE. */
#include "app/fleet.h"
#include "cli/explain.h"

#include <stdio.h>

static pk_rc list_hit(void *arg, const pk_fleet_hit *h, pk_err *err) {
  (void)err;
  pk_output *out = arg;
  const pk_str cells[] = {h->host->name, h->host->platform, h->package.name, h->package.evr, h->package.arch};
  for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) pk_output_text(out, cells[i]);
  pk_output_number(out, (int64_t)h->n_more);
  return PK_OK;
}

static pk_rc list_vulnerable(void *arg, const pk_fleet_hit *h, pk_err *err) {
  pk_output *out = arg;
  pk_rc rc = list_hit(arg, h, err);
  const pk_str cells[] = {pk_str_of(pk_rule_state_name(h->state)), h->fixed, h->advisory, h->feed};
  for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) pk_output_text(out, cells[i]);
  return rc;
}

static const pk_column COLUMNS[] = {{"host", PK_CELL_TEXT}, {"platform", PK_CELL_TEXT}, {"package", PK_CELL_TEXT},  {"installed", PK_CELL_TEXT},
                                    {"arch", PK_CELL_TEXT}, {"more", PK_CELL_NUMBER},   {"state", PK_CELL_TEXT},    {"fixed", PK_CELL_TEXT},
                                    {"advisory", PK_CELL_TEXT}, {"feed", PK_CELL_TEXT}};

static pk_rc run_package(pk_cli *cli, pk_err *err) {
  pk_store *store = NULL;
  const pk_scope everything = {.everything = true};
  const char *op = cli->n_arguments > 1 ? cli->arguments[1] : "";
  if (cli->n_arguments == 2 || (*op && !pk_fleet_is_operator(op)))
    return pk_err_set(err, PK_E_USAGE, "say NAME, or NAME OP VERSION with one of < <= = >= >, for example: pakiti package openssl '<' 3.0.15");
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc != PK_OK) return rc;
  pk_output *out = pk_output_new(cli->format, COLUMNS, 6);
  rc = pk_fleet_with_package(store, &everything, pk_str_of(cli->arguments[0]), op, pk_str_of(cli->n_arguments > 2 ? cli->arguments[2] : ""), list_hit, out,
                             err);
  pk_store_close(&store);
  pk_rc written = pk_output_end(&out, err);
  return rc == PK_OK ? written : rc;
}

static pk_rc run_cve(pk_cli *cli, pk_err *err) {
  pk_store *store = NULL;
  const pk_scope everything = {.everything = true};
  int64_t cve;
  pk_rc rc = pk_cli_cve(cli->arguments[0], &cve, err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc != PK_OK) return rc;
  pk_output *out = pk_output_new(cli->format, COLUMNS, sizeof COLUMNS / sizeof COLUMNS[0]);
  rc = pk_fleet_with_cve(store, &everything, cve, list_vulnerable, out, err);
  pk_store_close(&store);
  pk_err unwritten;
  pk_rc written = pk_output_end(&out, rc == PK_OK ? err : &unwritten);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "no feed speaks of %s: see 'pakiti feed list'", cli->arguments[0]);
  return rc == PK_OK ? written : rc;
}

const pk_command pk_command_package = {.name = "package", .arguments = "NAME [OP VERSION]", .min_arguments = 1, .max_arguments = 3,
                                       .summary = "which hosts have a package: pakiti package openssl '<' 3.0.15", .run = run_package};
const pk_command pk_command_cve = {.name = "cve", .arguments = "CVE", .min_arguments = 1, .max_arguments = 1,
                                   .summary = "which hosts are vulnerable to a CVE", .run = run_cve};
