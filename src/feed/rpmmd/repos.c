/* SPDX-License-Identifier: Apache-2.0
 *
 * repos: finds the repositories that a machine's DNF, YUM or Zypper is configured with.
 *
 *   [baseos]
 *   name=Rocky Linux $releasever - BaseOS
 *   baseurl=https://dl.example.org/$contentdir/$releasever/BaseOS/$basearch/os/
 *   enabled=1
 *   repo_gpgcheck=1
 *   gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9
 *
 * Source: dnf.conf(5), zypper(8). */
#include "base/file.h"
#include "base/map.h"
#include "feed/feed.h"
#include "feed/settings.h"

#include <stdlib.h>

/* Longest value of an option, continuation lines and expanded variables included. */
#define VALUE_BYTES_MAX ((size_t)64 << 10)
/* Longest name of a variable. */
#define VARIABLE_BYTES_MAX 64

typedef enum option { BASEURL, ENABLED, REPO_GPGCHECK, GPGKEY, N_OPTIONS } option;

static const char *const OPTIONS[N_OPTIONS] = {
    [BASEURL] = "baseurl", [ENABLED] = "enabled", [REPO_GPGCHECK] = "repo_gpgcheck", [GPGKEY] = "gpgkey"};

typedef struct finder {
  const char *root, *platform, *arch;
  pk_feed_found *found;
  void *found_arg;
  pk_map names; /* of repositories found so far: the first of a name holds */
  /* the section being read */
  pk_buf id, values[N_OPTIONS];
  size_t last; /* option that a continuation belongs to; N_OPTIONS: one that we do not know */
} finder;

static const char *const CONFIG_DIRS[] = {"/etc/yum.repos.d", "/etc/zypp/repos.d"};
static const char *const VARIABLE_DIRS[] = {"/etc/dnf/vars", "/etc/yum/vars", "/etc/zypp/vars.d"};

/* $basearch where it is not $arch. Source: dnf's rpm/__init__.py. */
static const struct {
  const char *arch, *base;
} BASE_ARCHES[] = {
    {"i386", "i386"},    {"i486", "i386"},     {"i586", "i386"},      {"i686", "i386"},
    {"amd64", "x86_64"}, {"armv7l", "armhfp"}, {"armv7hl", "armhfp"},
};

/* Distributions whose $releasever is the whole VERSION_ID; the others' is what stands before the first dot. */
static const char *const WHOLE_VERSIONS[] = {"opensuse", "sles", "sled", "sle", "suse", "openeuler", "amzn"};

static bool contains(pk_str text, const char *part) {
  size_t n = strlen(part);
  for (size_t i = 0; n <= text.n && i <= text.n - n; i++)
    if (pk_str_is_nocase(pk_str_sub(text, i, i + n), part)) return true;
  return false;
}

/* Other software's repositories are as good as the distribution's, as they are for dnf and zypper. */
static pk_repository_class class_of(pk_str id) {
  if (contains(id, "security")) return PK_CLASS_SECURITY;
  return contains(id, "update") ? PK_CLASS_UPDATES : PK_CLASS_RELEASE;
}

static pk_str base_arch(pk_str arch) {
  for (size_t i = 0; i < sizeof BASE_ARCHES / sizeof BASE_ARCHES[0]; i++)
    if (pk_str_is(arch, BASE_ARCHES[i].arch)) return pk_str_of(BASE_ARCHES[i].base);
  return arch;
}

/* From the platform, "rocky:9.4" or "opensuse-leap:15.6". */
static pk_str release_version(pk_str platform) {
  size_t colon = pk_str_find(platform, ':');
  pk_str version = pk_str_sub(platform, colon + 1, platform.n);
  for (size_t i = 0; i < sizeof WHOLE_VERSIONS / sizeof WHOLE_VERSIONS[0]; i++)
    if (pk_str_starts(platform, WHOLE_VERSIONS[i])) return version;
  return pk_str_sub(version, 0, pk_str_find(version, '.'));
}

/* A variable's value: a file of its name, else what we know ourselves.
 * error PK_E_CONFIG neither */
static pk_rc add_variable(const finder *w, pk_str name, pk_buf *out, pk_err *err) {
  pk_buf path, text;
  pk_buf_init(&path, VALUE_BYTES_MAX);
  pk_buf_init(&text, VALUE_BYTES_MAX);
  pk_rc rc = PK_NOTFOUND;
  for (size_t i = 0; rc == PK_NOTFOUND && i < sizeof VARIABLE_DIRS / sizeof VARIABLE_DIRS[0]; i++) {
    path.n = 0;
    pk_buf_printf(&path, "%s%s/%.*s", w->root, VARIABLE_DIRS[i], PK_FMT(name));
    rc = pk_file_read(pk_buf_cstr(&path), &text, err);
  }
  pk_str value = pk_str_trim(pk_buf_view(&text));
  if (rc == PK_NOTFOUND) {
    if (pk_str_is_nocase(name, "releasever")) value = release_version(pk_str_of(w->platform));
    if (pk_str_is_nocase(name, "basearch")) value = base_arch(pk_str_of(w->arch));
    if (pk_str_is_nocase(name, "arch")) value = pk_str_of(w->arch);
    rc = value.n ? PK_OK
                 : pk_err_set(err, PK_E_CONFIG, "variable '$%.*s' is not known: put its value into '%s%s/%.*s'", PK_FMT(name),
                              w->root, VARIABLE_DIRS[0], PK_FMT(name));
  }
  if (rc == PK_OK) pk_buf_str(out, value);
  pk_buf_free(&text);
  pk_buf_free(&path);
  return rc;
}

static size_t word_length(pk_str text) {
  size_t n = 0;
  while (n < text.n && n < VARIABLE_BYTES_MAX &&
         ((text.p[n] >= 'a' && text.p[n] <= 'z') || (text.p[n] >= 'A' && text.p[n] <= 'Z') ||
          (text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '_'))
    n++;
  return n;
}

/* Replace $name and ${name}. */
static pk_rc expand(const finder *w, pk_str text, pk_buf *ret, pk_err *err) {
  pk_rc rc = PK_OK;
  ret->n = 0;
  while (rc == PK_OK && text.n) {
    size_t dollar = pk_str_find(text, '$');
    pk_buf_str(ret, pk_str_sub(text, 0, dollar));
    text = pk_str_sub(text, dollar, text.n);
    if (text.n == 0) break;
    size_t from = pk_str_starts(text, "${") ? 2 : 1;
    size_t n = word_length(pk_str_sub(text, from, text.n));
    bool closed = from == 1 || (from + n < text.n && text.p[from + n] == '}');
    if (n == 0 || !closed) return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no variable", PK_FMT(text));
    rc = add_variable(w, pk_str_sub(text, from, from + n), ret, err);
    text = pk_str_sub(text, from + n + from - 1, text.n);
  }
  return rc;
}

/* The first address that can be fetched from. */
static bool pick_url(pk_str urls, pk_str *ret_url, pk_address *ret) {
  while (pk_setting_item(&urls, ret_url))
    if (pk_address_split(*ret_url, ret) && pk_address_is_fetchable(ret)) return true;
  return false;
}

/* Keys that lie on this machine, or "" : others cannot be trusted unseen. */
static void set_keyring(const finder *w, pk_feed *f, pk_str keys) {
  pk_buf keyring;
  pk_buf_init(&keyring, VALUE_BYTES_MAX);
  pk_str key;
  pk_address a;
  while (pk_setting_item(&keys, &key))
    if (pk_address_split(key, &a) && pk_str_is_nocase(a.scheme, "file"))
      pk_buf_printf(&keyring, "%s%s%.*s", keyring.n ? " " : "", w->root, PK_FMT(a.path));
  pk_feed_set(&f->keyring, pk_buf_view(&keyring));
  pk_buf_free(&keyring);
}

static pk_rc report(finder *w, pk_str id, pk_str url, pk_str keys, pk_err *err) {
  pk_buf name;
  pk_buf_init(&name, VALUE_BYTES_MAX);
  pk_setting_add_name(&name, id);
  bool is_new = false;
  pk_map_put(&w->names, pk_buf_view(&name), &is_new);
  pk_rc rc = PK_OK;
  if (is_new) {
    pk_feed f;
    pk_feed_init(&f);
    f.type = PK_FEED_RPMMD;
    f.class = class_of(id);
    pk_feed_set(&f.name, pk_buf_view(&name));
    pk_feed_set(&f.url, url);
    pk_feed_set(&f.platform, pk_str_of(w->platform));
    if (pk_setting_is_yes(pk_buf_view(&w->values[REPO_GPGCHECK]))) set_keyring(w, &f, keys);
    f.is_unsigned = f.keyring[0] == '\0';
    rc = w->found(w->found_arg, &f, err);
    pk_feed_fini(&f);
  }
  pk_buf_free(&name);
  return rc;
}

static pk_rc section_end(finder *w, pk_err *err) {
  pk_str id = pk_buf_view(&w->id), enabled = pk_buf_view(&w->values[ENABLED]), url;
  if (id.n == 0 || pk_str_is(id, "main") || (enabled.n && !pk_setting_is_yes(enabled)) || w->values[BASEURL].n == 0) return PK_OK;
  pk_buf urls, keys, expanded_id;
  pk_buf_init(&urls, VALUE_BYTES_MAX);
  pk_buf_init(&keys, VALUE_BYTES_MAX);
  pk_buf_init(&expanded_id, VALUE_BYTES_MAX);
  pk_address a;
  pk_rc rc = expand(w, id, &expanded_id, err);
  if (rc == PK_OK) rc = expand(w, pk_buf_view(&w->values[BASEURL]), &urls, err);
  if (rc == PK_OK) rc = expand(w, pk_buf_view(&w->values[GPGKEY]), &keys, err);
  if (rc < 0 && err) pk_err_prefix(err, "repository '%.*s': ", PK_FMT(id));
  if (rc == PK_OK && pick_url(pk_buf_view(&urls), &url, &a))
    rc = report(w, pk_buf_view(&expanded_id), url, pk_buf_view(&keys), err);
  pk_buf_free(&expanded_id);
  pk_buf_free(&keys);
  pk_buf_free(&urls);
  return rc;
}

static void section_begin(finder *w, pk_str id) {
  w->id.n = 0;
  pk_buf_str(&w->id, id);
  for (size_t i = 0; i < N_OPTIONS; i++) w->values[i].n = 0;
  w->last = N_OPTIONS;
}

static void take_option(finder *w, pk_str name, pk_str value) {
  for (w->last = 0; w->last < N_OPTIONS && !pk_str_is_nocase(name, OPTIONS[w->last]);) w->last++;
  if (w->last == N_OPTIONS) return;
  w->values[w->last].n = 0;
  pk_buf_str(&w->values[w->last], value);
}

static pk_rc read_line(finder *w, pk_str line, pk_err *err) {
  pk_str text = pk_str_trim(line);
  if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';') return PK_OK;
  if (line.p[0] == ' ' || line.p[0] == '\t') {
    if (w->last < N_OPTIONS) {
      pk_buf_putc(&w->values[w->last], ' ');
      pk_buf_str(&w->values[w->last], text);
    }
    return PK_OK;
  }
  if (text.p[0] == '[') {
    size_t end = pk_str_find(text, ']');
    if (end == text.n || end == 1) return pk_err_set(err, PK_E_SYNTAX, "'%.*s' begins no section", PK_FMT(text));
    pk_rc rc = section_end(w, err);
    section_begin(w, pk_str_sub(text, 1, end));
    return rc;
  }
  size_t equals = pk_str_find(text, '=');
  if (equals == text.n || w->id.n == 0)
    return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no option=value of a section", PK_FMT(text));
  take_option(w, pk_str_trim(pk_str_sub(text, 0, equals)), pk_str_trim(pk_str_sub(text, equals + 1, text.n)));
  return PK_OK;
}

static pk_rc read_file(void *arg, const char *path, pk_err *err) {
  finder *w = arg;
  pk_buf text;
  pk_buf_init(&text, PK_SETTINGS_BYTES_MAX);
  pk_rc rc = pk_file_read(path, &text, err);
  pk_str rest = pk_buf_view(&text), line;
  unsigned number = 0;
  section_begin(w, PK_STR(""));
  while (rc == PK_OK && pk_str_split(&rest, '\n', &line)) {
    number++;
    rc = read_line(w, line, err);
  }
  if (rc == PK_OK) rc = section_end(w, err);
  if (rc < 0 && err) pk_err_prefix(err, "'%s' line %u: ", path, number);
  pk_buf_free(&text);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

pk_rc pk_rpmmd_find_feeds(const char *root, const char *platform, const char *arch, pk_feed_found *found, void *arg,
                          pk_err *err) {
  finder w = {.root = root, .platform = platform, .arch = arch, .found = found, .found_arg = arg};
  pk_buf path;
  pk_buf_init(&path, VALUE_BYTES_MAX);
  pk_buf_init(&w.id, VALUE_BYTES_MAX);
  for (size_t i = 0; i < N_OPTIONS; i++) pk_buf_init(&w.values[i], VALUE_BYTES_MAX);
  pk_map_init(&w.names, true);
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof CONFIG_DIRS / sizeof CONFIG_DIRS[0]; i++) {
    path.n = 0;
    pk_buf_printf(&path, "%s%s", root, CONFIG_DIRS[i]);
    rc = pk_dir_each(pk_buf_cstr(&path), ".repo", read_file, &w, err);
  }
  pk_map_fini(&w.names);
  for (size_t i = 0; i < N_OPTIONS; i++) pk_buf_free(&w.values[i]);
  pk_buf_free(&w.id);
  pk_buf_free(&path);
  return rc;
}
