/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

static pk_rc make_folder(const char *path, pk_err *err) {
  const char *slash = strrchr(path, '/');
  if (!slash || slash == path) return PK_OK;
  char *dir = pk_str_dup((pk_str){path, (size_t)(slash - path)});
  pk_rc rc = pk_dir_make(dir, err);
  free(dir);
  return rc;
}

static pk_rc run_init(pk_cli *cli, pk_err *err) {
  bool existed = pk_file_exists(cli->config.database);
  pk_store *store = NULL;
  pk_rc rc = make_folder(cli->config.database, err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_CREATE, &store, err);
  if (rc == PK_OK) printf("%s: %s\n", cli->config.database, existed ? "is there already, nothing was changed" : "made");
  pk_store_close(&store);
  return rc;
}

static pk_rc run_migrate(pk_cli *cli, pk_err *err) {
  int64_t from = 0, to = 0;
  pk_rc rc = pk_store_migrate(cli->config.database, &from, &to, err);
  if (rc == PK_OK && from == to) printf("%s: has the newest form (%lld)\n", cli->config.database, (long long)to);
  if (rc == PK_OK && from != to) printf("%s: form %lld became %lld\n", cli->config.database, (long long)from, (long long)to);
  return rc;
}

static pk_rc run_check(pk_cli *cli, pk_err *err) {
  pk_store *store = NULL;
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc == PK_OK) rc = pk_store_check(store, err);
  if (rc == PK_OK) printf("%s: sound\n", cli->config.database);
  pk_store_close(&store);
  return rc;
}

const pk_command pk_command_db_init = {.name = "db init", .arguments = "", .summary = "make an empty database",
                                       .help = "An existing one is left as it is.", .run = run_init};
const pk_command pk_command_db_migrate = {.name = "db migrate", .arguments = "", .summary = "bring a database to the form of this version",
                                          .help = "All steps in one transaction: they happen whole or not at all. Stop the server first and keep a copy.",
                                          .run = run_migrate};
const pk_command pk_command_db_check = {.name = "db check", .arguments = "", .summary = "look for damage in a database", .run = run_check};
