/* SPDX-License-Identifier: Apache-2.0
 *
 * main: finds the command, parses the command line by its declaration, runs it, and turns its result into an exit code. */
#include "cli/cli.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const pk_command *const COMMANDS[] = {
    &pk_command_server,      &pk_command_sync,         &pk_command_feed_add,    &pk_command_feed_add_defaults, &pk_command_feed_import_host,
    &pk_command_feed_list,   &pk_command_feed_show,    &pk_command_feed_accept, &pk_command_feed_remove,       &pk_command_check,
    &pk_command_submit,      &pk_command_hosts,        &pk_command_host,        &pk_command_packages,          &pk_command_package,
    &pk_command_cve,         &pk_command_explain,      &pk_command_recalculate, &pk_command_oval_eval,         &pk_command_vercmp,
    &pk_command_db_init,     &pk_command_db_migrate,   &pk_command_db_check,    &pk_command_config_show,       &pk_command_config_check,
};
#define N_COMMANDS (sizeof COMMANDS / sizeof COMMANDS[0])

static const pk_cli_option GLOBAL_OPTIONS[] = {
    {"config", "FILE", "configuration file instead of " PK_CONFIG_PATH},
    {"db", "PATH", "database file instead of the configured one"},
    {"format", "table|tsv|json", "how lists are printed"},
    {"help", NULL, "show help"},
    {"version", NULL, "show the version"},
    {NULL, NULL, NULL},
};
enum { GLOBAL_CONFIG, GLOBAL_DB, GLOBAL_FORMAT, GLOBAL_HELP, GLOBAL_VERSION, N_GLOBAL };

atomic_bool pk_cli_stop;

static void on_signal(int number) {
  if (atomic_exchange(&pk_cli_stop, true)) _exit(128 + number);
}

void pk_cli_catch_signals(void) {
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

const char *pk_cli_value(const pk_cli *cli, const char *name) {
  for (size_t i = 0; cli->command->options && cli->command->options[i].name; i++)
    if (strcmp(cli->command->options[i].name, name) == 0) return cli->values[i];
  pk_panic("a command asks for an option that it has not declared");
}

pk_rc pk_cli_open(const pk_cli *cli, pk_store_mode mode, pk_store **ret, pk_err *err) {
  return pk_store_open(cli->config.database, mode, ret, err);
}

/* ---- help ---- */

static void print_options(const pk_cli_option *options) {
  for (; options && options->name; options++) {
    char left[80];
    snprintf(left, sizeof left, "--%s%s%s", options->name, options->argument ? " " : "", options->argument ? options->argument : "");
    printf("  %-34s %s\n", left, options->help);
  }
}

static void print_overview(void) {
  puts("Pakiti " PK_VERSION ": which hosts are not patched.\n\nUsage: pakiti [OPTION…] COMMAND [ARGUMENT…]\n\nCommands:");
  for (size_t i = 0; i < N_COMMANDS; i++) {
    char left[80];
    snprintf(left, sizeof left, "%s %s", COMMANDS[i]->name, COMMANDS[i]->arguments);
    printf("  %-34s %s\n", left, COMMANDS[i]->summary);
  }
  printf("  %-34s %s\n\nOptions of every command:\n", "help [COMMAND]", "explain a command");
  print_options(GLOBAL_OPTIONS);
  puts("\nExit codes: 0 success, 1 not found or a fault, 2 usage or configuration, 3 bad input, 4 database,\n"
       "5 network or verification, 130 stopped by a signal.\n"
       "To try everything without a configuration: pakiti --db ./pakiti.db db init");
}

static void print_command(const pk_command *c) {
  printf("Usage: pakiti %s %s%s\n\n%s\n", c->name, c->options ? "[OPTION…] " : "", c->arguments, c->summary);
  if (c->help) printf("\n%s\n", c->help);
  if (c->options) puts("\nOptions:");
  print_options(c->options);
  puts("\nOptions of every command:");
  print_options(GLOBAL_OPTIONS);
}

/* Commands whose name begins with the word: "feed" alone is explained by its subcommands. */
static size_t print_family(const char *word) {
  size_t n = 0;
  for (size_t i = 0; i < N_COMMANDS; i++)
    if (strncmp(COMMANDS[i]->name, word, strlen(word)) == 0 && COMMANDS[i]->name[strlen(word)] == ' ') {
      printf("%-34s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
      n++;
    }
  return n;
}

/* ---- command line ---- */

typedef struct words {
  const char **list;
  size_t n;
} words;

static const pk_command *find_command(words *w) {
  for (size_t i = 0; i < N_COMMANDS; i++) {
    pk_str rest = pk_str_of(COMMANDS[i]->name), part;
    size_t k = 0;
    while (k < w->n && pk_str_word(&rest, &part) && pk_str_is(part, w->list[k])) k++;
    if (rest.n == 0 && k && strlen(COMMANDS[i]->name) == (k == 2 ? strlen(w->list[0]) + 1 + strlen(w->list[1]) : strlen(w->list[0]))) {
      w->list += k;
      w->n -= k;
      return COMMANDS[i];
    }
  }
  return NULL;
}

static int find_option(const pk_cli_option *options, pk_str name) {
  for (int i = 0; options && options[i].name; i++)
    if (pk_str_is(name, options[i].name)) return i;
  return -1;
}

/* The words of the command come before its options; options of every command may stand anywhere. Two passes: the first only knows the global
 * options and leaves what begins with "--" otherwise to the second, which knows the command. */
static pk_rc take_option(const pk_cli_option *options, const char **values, char **argv, int argc, int *i, bool *ret_taken, pk_err *err) {
  pk_str text = pk_str_of(argv[*i] + 2);
  size_t equals = pk_str_find(text, '=');
  int at = find_option(options, pk_str_sub(text, 0, equals));
  *ret_taken = at >= 0;
  if (at < 0) return PK_OK;
  if (!options[at].argument) {
    if (equals < text.n) return pk_err_set(err, PK_E_USAGE, "--%s takes no value", options[at].name);
    values[at] = "";
  } else if (equals < text.n) {
    values[at] = argv[*i] + 2 + equals + 1;
  } else if (*i + 1 < argc) {
    values[at] = argv[++*i];
  } else {
    return pk_err_set(err, PK_E_USAGE, "--%s needs a value: %s", options[at].name, options[at].argument);
  }
  return PK_OK;
}

static pk_rc parse(pk_cli *cli, int argc, char **argv, const char **globals, words *w, pk_err *err) {
  bool only_words = false;
  for (int i = 1; i < argc; i++) {
    bool taken = false;
    pk_rc rc = PK_OK;
    if (!only_words && strcmp(argv[i], "--") == 0) {
      only_words = true;
      continue;
    }
    if (!only_words && strcmp(argv[i], "-h") == 0) {
      globals[GLOBAL_HELP] = "";
      continue;
    }
    if (only_words || strncmp(argv[i], "--", 2) != 0) {
      if (!only_words && argv[i][0] == '-' && argv[i][1]) return pk_err_set(err, PK_E_USAGE, "unknown option '%s': see 'pakiti --help'", argv[i]);
      if (w->n == PK_CLI_ARGUMENTS_MAX) return pk_err_set(err, PK_E_USAGE, "more than %d words", PK_CLI_ARGUMENTS_MAX);
      w->list[w->n++] = argv[i];
      if (!cli->command && w->n <= 2) cli->command = find_command(&(words){w->list, w->n});
      continue;
    }
    rc = take_option(GLOBAL_OPTIONS, globals, argv, argc, &i, &taken, err);
    if (rc == PK_OK && !taken && cli->command) rc = take_option(cli->command->options, cli->values, argv, argc, &i, &taken, err);
    if (rc != PK_OK) return rc;
    if (!taken)
      return pk_err_set(err, PK_E_USAGE, "unknown option '%s': see 'pakiti help%s%s'", argv[i], cli->command ? " " : "",
                        cli->command ? cli->command->name : "");
  }
  return PK_OK;
}

static pk_rc configure(pk_cli *cli, const char *const *globals, pk_err *err) {
  pk_rc rc = PK_OK;
  cli->config_path = globals[GLOBAL_CONFIG];
  cli->format = cli->command->format;
  if (globals[GLOBAL_FORMAT] && !pk_format_of(pk_str_of(globals[GLOBAL_FORMAT]), &cli->format))
    return pk_err_set(err, PK_E_USAGE, "--format is '%s': say table, tsv or json", globals[GLOBAL_FORMAT]);
  if (!cli->command->needs_no_config)
    rc = pk_config_read(&cli->config, cli->config_path ? cli->config_path : PK_CONFIG_PATH, cli->config_path != NULL, err);
  if (rc == PK_OK && globals[GLOBAL_DB]) rc = pk_config_set(&cli->config, PK_STR("database"), pk_str_of(globals[GLOBAL_DB]), err);
  return rc == PK_OK ? pk_config_complete(&cli->config, err) : rc;
}

static pk_rc run_help(words *w, pk_err *err) {
  if (w->n == 0) {
    print_overview();
    return PK_OK;
  }
  const char *first = w->list[0];
  const pk_command *c = find_command(w);
  if (c)
    print_command(c);
  else if (!print_family(first))
    return pk_err_set(err, PK_E_USAGE, "there is no command '%s': see 'pakiti --help'", first);
  return PK_OK;
}

static pk_rc run_command(pk_cli *cli, words *w, const char *const *globals, pk_err *err) {
  const pk_command *c = cli->command;
  (void)find_command(w); /* its own words go */
  cli->arguments = w->list;
  cli->n_arguments = w->n;
  if (w->n < c->min_arguments || w->n > c->max_arguments)
    return pk_err_set(err, PK_E_USAGE, "usage: pakiti %s %s (see 'pakiti help %s')", c->name, c->arguments, c->name);
  pk_rc rc = configure(cli, globals, err);
  return rc == PK_OK ? c->run(cli, err) : rc;
}

static pk_rc choose(pk_cli *cli, words *w, const char *const *globals, pk_err *err) {
  if (globals[GLOBAL_VERSION]) return puts("pakiti " PK_VERSION) < 0 ? PK_E_IO : PK_OK;
  if (w->n && strcmp(w->list[0], "help") == 0) {
    w->list++, w->n--;
    return run_help(w, err);
  }
  if (globals[GLOBAL_HELP]) return run_help(w, err);
  if (cli->command) return run_command(cli, w, globals, err);
  if (w->n && print_family(w->list[0])) return pk_err_set(err, PK_E_USAGE, "'%s' needs one of these words", w->list[0]);
  return pk_err_set(err, PK_E_USAGE, w->n ? "there is no command '%s': see 'pakiti --help'" : "which command? See 'pakiti --help'%.0s",
                    w->n ? w->list[0] : "");
}

int main(int argc, char **argv) {
  if (sodium_init() < 0) pk_panic("libsodium cannot start");
  signal(SIGPIPE, SIG_IGN);
  umask(0027); /* databases and caches are nobody else's business */
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *globals[N_GLOBAL] = {NULL};
  const char **list = pk_calloc(PK_CLI_ARGUMENTS_MAX, sizeof *list);
  words w = {.list = list};
  pk_err err = {0};
  pk_cli cli = {0};
  pk_config_init(&cli.config);
  pk_rc rc = parse(&cli, argc, argv, globals, &w, &err);
  if (rc == PK_OK) rc = choose(&cli, &w, globals, &err);
  if (rc != PK_OK && err.text[0]) fprintf(stderr, "pakiti: %s\n", err.text);
  pk_config_fini(&cli.config);
  free(list);
  return pk_rc_exit_code(rc);
}
