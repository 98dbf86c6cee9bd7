/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)

typedef enum option_type { OPTION_TEXT, OPTION_LIST, OPTION_BOOL, OPTION_NUMBER, OPTION_SIZE, OPTION_SECONDS } option_type;

static const char *const TYPE_NAMES[] = {"text", "list", "yes/no", "number", "size", "seconds"};

typedef struct option {
  const char *name;
  option_type type;
  size_t offset;
  const char *default_text;
  int64_t min, max;
  const char *help;
} option;

#define AT(field) offsetof(pk_config, field)

static const option OPTIONS[] = {
    {"database", OPTION_TEXT, AT(database), "/var/lib/pakiti/pakiti.db", 0, 0, "SQLite database file"},
    {"cache_dir", OPTION_TEXT, AT(cache_dir), "", 0, 0, "folder for downloads in progress; empty: 'cache' beside the database"},
    {"listen", OPTION_TEXT, AT(listen), "127.0.0.1:8080", 0, 0, "address and port of the server; [::1]:8080 for IPv6, *:8080 for every address"},
    {"server_names", OPTION_LIST, AT(server_names), "", 0, 0,
     "names under which browsers reach the pages and the API; addresses and localhost always do. Needed behind a proxy when the server listens on loopback"},
    {"threads", OPTION_NUMBER, AT(threads), "0", 0, 256, "threads that serve requests; 0: one a processor"},
    {"connections_max", OPTION_NUMBER, AT(connections_max), "2000", 1, 100000, "connections open at the same time"},
    {"request_timeout", OPTION_SECONDS, AT(request_timeout_s), "60", 1, 3600, "a request that has not come in whole after this is cut off"},
    {"idle_timeout", OPTION_SECONDS, AT(idle_timeout_s), "15", 1, 3600, "a connection on which nothing moves is closed after this"},
    {"access_log", OPTION_BOOL, AT(access_log), "no", 0, 0, "log every accepted report too, not only refused ones"},
    {"report_bytes_max", OPTION_SIZE, AT(report_bytes_max), "16M", 1024, (int64_t)1 << 30, "largest report, before and after decompression"},
    {"report_packages_max", OPTION_NUMBER, AT(report_packages_max), "50000", 1, 10000000, "most packages in one report"},
    {"report_decryption_key", OPTION_TEXT, AT(report_decryption_key), "", 0, 0, "PEM file with the key (and certificate) for encrypted reports"},
    {"trusted_proxies", OPTION_LIST, AT(trusted_proxies), "", 0, 0, "addresses that may report for other hosts (Pakiti 2 proxies)"},
    {"platforms_file", OPTION_TEXT, AT(platforms_file), "", 0, 0, "patterns for operating system names, looked at before the ones that ship"},
    {"store_devel_packages", OPTION_BOOL, AT(store_devel_packages), "no", 0, 0, "keep packages whose name ends in -devel"},
    {"store_doc_packages", OPTION_BOOL, AT(store_doc_packages), "no", 0, 0, "keep packages whose name ends in -doc"},
    {"ignore_packages", OPTION_LIST, AT(ignore_packages),
     "kernel-headers kernel-debug kernel-source kernel-firmware kernel-debug-devel kernel-kdump kernel-syms kernel-macros", 0, 0,
     "names of packages that are neither kept nor judged"},
    {"ignore_package_patterns", OPTION_LIST, AT(ignore_package_patterns), "", 0, 0,
     "patterns (POSIX extended) of names that are neither kept nor judged"},
    {"proxy", OPTION_TEXT, AT(proxy), "", 0, 0, "proxy for downloads; empty: as the environment says (http_proxy, https_proxy, no_proxy)"},
    {"download_timeout", OPTION_SECONDS, AT(download_timeout_s), "1800", 1, 86400, "longest time for one file of a feed, all tries together"},
    {"connect_timeout", OPTION_SECONDS, AT(connect_timeout_s), "20", 1, 600, "longest time to reach a server of a feed"},
    {"feed_change_percent", OPTION_NUMBER, AT(feed_change_percent), "30", 1, 1000000, "a feed that loses, or gains, more than this share of what it has is held back"},
    {"ignore_valid_until", OPTION_BOOL, AT(ignore_valid_until), "no", 0, 0, "take indexes that are past their own date, for every feed"},
};
#define N_OPTIONS (sizeof OPTIONS / sizeof OPTIONS[0])

static void *field_of(pk_config *c, const option *o) { return (char *)c + o->offset; }

static bool parse_number(pk_str value, option_type type, int64_t *ret) {
  int64_t unit = 1;
  if (value.n && type == OPTION_SIZE) {
    char last = value.p[value.n - 1];
    unit = last == 'K' ? 1 << 10 : last == 'M' ? 1 << 20 : last == 'G' ? 1 << 30 : 1;
    if (unit > 1) value.n--;
  }
  if (value.n && type == OPTION_SECONDS) {
    char last = value.p[value.n - 1];
    unit = last == 'm' ? 60 : last == 'h' ? 3600 : 1;
    if (unit > 1 || last == 's') value.n--;
  }
  uint64_t v;
  if (!pk_str_u64(value, &v) || v > (uint64_t)(INT64_MAX / unit)) return false;
  *ret = (int64_t)v * unit;
  return true;
}

static pk_rc set_option(pk_config *c, const option *o, pk_str value, pk_err *err) {
  if (o->type == OPTION_TEXT || o->type == OPTION_LIST) {
    char **field = field_of(c, o);
    free(*field);
    *field = pk_str_dup(value);
    return PK_OK;
  }
  if (o->type == OPTION_BOOL) {
    bool yes = pk_str_is_nocase(value, "yes") || pk_str_is(value, "1") || pk_str_is_nocase(value, "true");
    bool no = pk_str_is_nocase(value, "no") || pk_str_is(value, "0") || pk_str_is_nocase(value, "false");
    if (!yes && !no) return pk_err_set(err, PK_E_CONFIG, "%s is '%.*s': say yes or no", o->name, PK_FMT(value));
    *(bool *)field_of(c, o) = yes;
    return PK_OK;
  }
  int64_t v;
  if (!parse_number(value, o->type, &v))
    return pk_err_set(err, PK_E_CONFIG, "%s is '%.*s': give a %s", o->name, PK_FMT(value),
                      o->type == OPTION_SIZE ? "size such as 16M" : "whole number");
  if (v < o->min || v > o->max)
    return pk_err_set(err, PK_E_CONFIG, "%s is %lld: the range is %lld to %lld", o->name, (long long)v, (long long)o->min, (long long)o->max);
  *(int64_t *)field_of(c, o) = v;
  return PK_OK;
}

static const option *find_option(pk_str name) {
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (pk_str_is(name, OPTIONS[i].name)) return &OPTIONS[i];
  return NULL;
}

void pk_config_init(pk_config *c) {
  *c = (pk_config){0};
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (set_option(c, &OPTIONS[i], pk_str_of(OPTIONS[i].default_text), NULL) != PK_OK) pk_panic("a default is out of its range");
}

void pk_config_fini(pk_config *c) {
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (OPTIONS[i].type == OPTION_TEXT || OPTIONS[i].type == OPTION_LIST) free(*(char **)field_of(c, &OPTIONS[i]));
  *c = (pk_config){0};
}

pk_rc pk_config_set(pk_config *c, pk_str name, pk_str value, pk_err *err) {
  const option *o = find_option(name);
  if (!o) return pk_err_set(err, PK_E_CONFIG, "there is no option '%.*s': 'pakiti config show' lists all", PK_FMT(name));
  return set_option(c, o, value, err);
}

static pk_rc read_lines(pk_config *c, pk_str text, const char *path, pk_err *err) {
  bool seen[N_OPTIONS] = {false};
  pk_str line;
  for (unsigned number = 1; pk_str_split(&text, '\n', &line); number++) {
    line = pk_str_trim(line);
    if (line.n == 0 || line.p[0] == '#') continue;
    size_t equals = pk_str_find(line, '=');
    pk_str name = pk_str_trim(pk_str_sub(line, 0, equals)), value = pk_str_trim(pk_str_sub(line, equals + 1, line.n));
    pk_rc rc = equals == line.n ? pk_err_set(err, PK_E_CONFIG, "a line is `name = value`") : pk_config_set(c, name, value, err);
    const option *o = find_option(name);
    if (rc == PK_OK && seen[o - OPTIONS]) rc = pk_err_set(err, PK_E_CONFIG, "%s is given a second time", o->name);
    if (rc != PK_OK) return pk_err_prefix(err, "%s:%u: ", path, number);
    seen[o - OPTIONS] = true;
  }
  return PK_OK;
}

pk_rc pk_config_read(pk_config *c, const char *path, bool must_exist, pk_err *err) {
  pk_buf text;
  pk_buf_init(&text, FILE_BYTES_MAX);
  pk_rc rc = pk_file_read(path, &text, err);
  if (rc == PK_NOTFOUND)
    rc = must_exist ? pk_err_set(err, PK_E_CONFIG, "there is no configuration file '%s'", path) : PK_OK;
  else if (rc == PK_OK)
    rc = read_lines(c, pk_buf_view(&text), path, err);
  pk_buf_free(&text);
  return rc;
}

pk_rc pk_config_complete(pk_config *c, pk_err *err) {
  if (!*c->database) return pk_err_set(err, PK_E_CONFIG, "database is empty: name a file");
  if (*c->cache_dir) return PK_OK;
  const char *slash = strrchr(c->database, '/');
  pk_buf dir;
  pk_buf_init(&dir, 8192);
  pk_buf_str(&dir, slash ? (pk_str){c->database, (size_t)(slash - c->database)} : PK_STR("."));
  pk_buf_puts(&dir, "/cache");
  free(c->cache_dir);
  c->cache_dir = pk_str_dup(pk_buf_view(&dir));
  pk_buf_free(&dir);
  return PK_OK;
}

bool pk_config_option(const pk_config *c, size_t i, pk_option_view *ret, pk_buf *value) {
  if (i >= N_OPTIONS) return false;
  const option *o = &OPTIONS[i];
  *ret = (pk_option_view){o->name, TYPE_NAMES[o->type], o->help, o->default_text, o->min, o->max};
  const char *field = (const char *)c + o->offset;
  if (o->type == OPTION_TEXT || o->type == OPTION_LIST) {
    const char *text;
    memcpy(&text, field, sizeof text);
    pk_buf_puts(value, text);
  } else if (o->type == OPTION_BOOL) {
    pk_buf_puts(value, *field ? "yes" : "no");
  } else {
    int64_t v;
    memcpy(&v, field, sizeof v);
    pk_buf_printf(value, "%lld", (long long)v);
  }
  return true;
}
