/* SPDX-License-Identifier: Apache-2.0
 *
 * cli: the commands of `pakiti`, one file each. A command is declared once (name, arguments, options, help); parsing and
 * help text come from that. */
#ifndef PK_CLI_CLI_H
#define PK_CLI_CLI_H

#include "app/config.h"
#include "cli/output.h"
#include "store/store.h"

#include <stdatomic.h>

#define PK_CLI_OPTIONS_MAX 16
#define PK_CLI_ARGUMENTS_MAX 4096

typedef struct pk_cli_option {
  const char *name;     /**< without dashes; NULL ends the list */
  const char *argument; /**< what the value is called in the help; NULL: a switch */
  const char *help;
} pk_cli_option;

/** A command line, parsed. */
typedef struct pk_cli {
  const struct pk_command *command;
  pk_config config;
  pk_format format;
  const char *config_path;                  /**< as given, or NULL */
  const char *values[PK_CLI_OPTIONS_MAX];   /**< of the command's options, by their index; "" for a switch, NULL: not given */
  const char *const *arguments;
  size_t n_arguments;
} pk_cli;

typedef struct pk_command {
  const char *name;      /**< "feed add" */
  const char *arguments; /**< "NAME", for the help */
  size_t min_arguments, max_arguments;
  const char *summary;   /**< one line */
  const char *help;      /**< the rest, may be NULL */
  const pk_cli_option *options;
  pk_rc (*run)(pk_cli *cli, pk_err *err);
  bool needs_no_config;
  pk_format format; /**< unless --format says another */
} pk_command;

/** Value of an option of the command, or NULL. */
const char *pk_cli_value(const pk_cli *cli, const char *name);
/** Set when SIGINT or SIGTERM came. */
extern atomic_bool pk_cli_stop;
/** Stop on the first signal; a second one ends the process at once. */
void pk_cli_catch_signals(void);
/** Open the configured database. */
pk_rc pk_cli_open(const pk_cli *cli, pk_store_mode mode, pk_store **ret, pk_err *err) PK_MUST_USE;

extern const pk_command pk_command_server, pk_command_sync, pk_command_check, pk_command_submit, pk_command_hosts, pk_command_host,
    pk_command_packages, pk_command_vercmp, pk_command_feed_add, pk_command_feed_list, pk_command_feed_show, pk_command_feed_remove,
    pk_command_feed_import_host, pk_command_db_init, pk_command_db_migrate, pk_command_db_check, pk_command_config_show,
    pk_command_config_check, pk_command_oval_eval, pk_command_explain, pk_command_package, pk_command_cve, pk_command_recalculate,
    pk_command_feed_accept, pk_command_feed_add_defaults;

#endif
