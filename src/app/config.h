/* SPDX-License-Identifier: Apache-2.0
 *
 * config: the options of the program, declared once in a table from which the parser, `pakiti config show`, the
 * checks and the manual come. File format: `name = value` a line, # begins a comment; pakiti.conf(5). */
#ifndef PK_APP_CONFIG_H
#define PK_APP_CONFIG_H

#include "base/str.h"

/** Where the configuration is looked for when no --config is given; it may be missing then. */
#define PK_CONFIG_PATH "/etc/pakiti/pakiti.conf"

/** The values, in the words of the table in config.c. Texts are heap strings, never NULL. */
typedef struct pk_config {
  char *database, *cache_dir, *listen, *proxy, *platforms_file, *report_decryption_key, *trusted_proxies, *server_names;
  char *ignore_packages, *ignore_package_patterns;
  bool store_devel_packages, store_doc_packages, ignore_valid_until, access_log;
  int64_t threads, connections_max, report_bytes_max, report_packages_max, request_timeout_s, idle_timeout_s;
  int64_t download_timeout_s, connect_timeout_s;
  int64_t feed_change_percent;
} pk_config;

/** Defaults. */
void pk_config_init(pk_config *c);
void pk_config_fini(pk_config *c);
/** Read a file over the values in `c`.
 *  in     must_exist  false: a missing file changes nothing
 *  error  PK_E_CONFIG with file and line: unknown option, wrong value, out of range, given twice */
pk_rc pk_config_read(pk_config *c, const char *path, bool must_exist, pk_err *err) PK_MUST_USE;
/** Set one option from text. error PK_E_CONFIG */
pk_rc pk_config_set(pk_config *c, pk_str name, pk_str value, pk_err *err) PK_MUST_USE;
/** Checks over several options; fills what depends on others (cache_dir). */
pk_rc pk_config_complete(pk_config *c, pk_err *err) PK_MUST_USE;

/** One option as text, for `config show` and the manual. */
typedef struct pk_option_view {
  const char *name, *type, *help, *default_text;
  int64_t min, max; /**< of numbers; both 0 otherwise */
} pk_option_view;

/** Option i in the table's order; false behind the last. `value` gets its current text. */
bool pk_config_option(const pk_config *c, size_t i, pk_option_view *ret, pk_buf *value);

#endif
