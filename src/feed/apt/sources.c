/* SPDX-License-Identifier: Apache-2.0
 *
 * sources: finds the repositories that a machine's APT is configured with.
 *
 *   deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://deb.debian.org/debian bookworm main contrib
 *
 *   Types: deb
 *   URIs: http://deb.debian.org/debian
 *   Suites: bookworm bookworm-updates
 *   Components: main
 *   Signed-By:
 *    -----BEGIN PGP PUBLIC KEY BLOCK-----
 *    .
 *    mDMEYCQjIxYJKwYBBAHaRw8BAQdAD/P5Nvvnvk66SxBBHDbhRml9ORg1WV5CvzKY
 *
 * Source: sources.list(5). */
#include "base/file.h"
#include "feed/apt/deb822.h"
#include "feed/feed.h"
#include "feed/settings.h"

#include <stdlib.h>

/* Most feeds of one machine. */
#define FEEDS_MAX 1000
/* Longest value of a field of a deb822 stanza; key blocks are the longest. */
#define VALUE_BYTES_MAX ((size_t)1 << 20)

/* What an entry can say: the fields of deb822, and the names of one-line options where they differ. */
typedef enum field {
  ENABLED,
  TYPES,
  URIS,
  SUITES,
  COMPONENTS,
  ARCHITECTURES,
  ARCHITECTURES_ADD,
  ARCHITECTURES_REMOVE,
  SIGNED_BY,
  TRUSTED,
  CHECK_VALID_UNTIL,
  N_FIELDS
} field;

static const struct {
  const char *name, *option;
} FIELDS[N_FIELDS] = {
    [ENABLED] = {"Enabled", NULL},
    [TYPES] = {"Types", NULL},
    [URIS] = {"URIs", NULL},
    [SUITES] = {"Suites", NULL},
    [COMPONENTS] = {"Components", NULL},
    [ARCHITECTURES] = {"Architectures", "arch"},
    [ARCHITECTURES_ADD] = {"Architectures-Add", "arch+"},
    [ARCHITECTURES_REMOVE] = {"Architectures-Remove", "arch-"},
    [SIGNED_BY] = {"Signed-By", "signed-by"},
    [TRUSTED] = {"Trusted", "trusted"},
    [CHECK_VALID_UNTIL] = {"Check-Valid-Until", "check-valid-until"},
};

typedef struct finder {
  const char *root, *platform, *arch;
  pk_feed *feeds;
  size_t n_feeds, feeds_cap;
} finder;

/* Suites by their ends; the first that fits decides. */
static const struct {
  const char *end;
  pk_repository_class class;
} SUITE_CLASSES[] = {
    {"-backports", PK_CLASS_EXTRA},
    {"-backports-sloppy", PK_CLASS_EXTRA},
    {"-security", PK_CLASS_SECURITY},
    {"/updates", PK_CLASS_SECURITY},
    {"-updates", PK_CLASS_UPDATES},
};

/* Third parties' repositories are as good as the distribution's, as they are for apt: what is not (backports, experimental)
 * says so itself in its Release file, NotAutomatic. */
static pk_repository_class class_of(pk_str suite) {
  for (size_t i = 0; i < sizeof SUITE_CLASSES / sizeof SUITE_CLASSES[0]; i++)
    if (pk_str_ends(suite, SUITE_CLASSES[i].end)) return SUITE_CLASSES[i].class;
  return PK_CLASS_RELEASE;
}

/* "deb.debian.org/debian/bookworm-updates" */
static void set_name(pk_feed *f, const pk_address *a, pk_str suite) {
  pk_buf name;
  pk_buf_init(&name, VALUE_BYTES_MAX);
  pk_str path = a->path;
  if (a->host.n == 0)
    while (pk_str_starts(path, "/")) path = pk_str_sub(path, 1, path.n);
  while (pk_str_starts(suite, "/") || pk_str_starts(suite, "./")) suite = pk_str_sub(suite, 1, suite.n);
  while (pk_str_ends(suite, "/")) suite.n--;
  pk_setting_add_name(&name, a->host);
  pk_setting_add_name(&name, path);
  if (suite.n) pk_buf_putc(&name, '/');
  pk_setting_add_name(&name, suite);
  pk_feed_set(&f->name, pk_buf_view(&name));
  pk_buf_free(&name);
}

/* The lines of an embedded key block lost their first blank already; " ." stands for an empty one. */
static void add_key_block(pk_buf *out, pk_str block) {
  pk_str line;
  while (pk_str_split(&block, '\n', &line)) {
    line = pk_str_trim(line);
    if (out->n == 0 && line.n == 0) continue;
    if (!pk_str_is(line, ".")) pk_buf_str(out, line);
    pk_buf_putc(out, '\n');
  }
}

/* Files of Signed-By, else those that APT trusts for every repository. A fingerprint there picks one key out of the
 * latter, which a keyring cannot say: all of them count then. */
static void set_keyring(const finder *w, pk_feed *f, pk_str signed_by) {
  pk_buf keyring;
  pk_buf_init(&keyring, VALUE_BYTES_MAX);
  pk_str item;
  if (memmem(signed_by.p, signed_by.n, "-----BEGIN", 10)) {
    add_key_block(&keyring, signed_by);
  } else {
    while (pk_setting_item(&signed_by, &item))
      if (pk_str_starts(item, "/")) pk_buf_printf(&keyring, "%s%s%.*s", keyring.n ? " " : "", w->root, PK_FMT(item));
  }
  if (keyring.n == 0) {
    pk_buf_printf(&keyring, "%s/etc/apt/trusted.gpg", w->root);
    if (pk_file_exists(pk_buf_cstr(&keyring)))
      pk_buf_putc(&keyring, ' ');
    else
      keyring.n = 0;
    pk_buf_printf(&keyring, "%s/etc/apt/trusted.gpg.d", w->root);
  }
  pk_feed_set(&f->keyring, pk_buf_view(&keyring));
  pk_buf_free(&keyring);
}

static bool has_item(pk_str items, pk_str item) {
  pk_str one;
  while (pk_setting_item(&items, &one))
    if (pk_str_eq(one, item)) return true;
  return false;
}

/* Add to a list the items that are not in it, and not in `without`. */
static void add_items(char **list, pk_str items, char separator, pk_str without) {
  pk_buf joined;
  pk_buf_init(&joined, VALUE_BYTES_MAX);
  pk_buf_puts(&joined, *list);
  pk_str item;
  while (pk_setting_item(&items, &item)) {
    if (has_item(pk_buf_view(&joined), item) || has_item(without, item)) continue;
    if (joined.n) pk_buf_putc(&joined, separator);
    pk_buf_str(&joined, item);
  }
  pk_feed_set(list, pk_buf_view(&joined));
  pk_buf_free(&joined);
}

static pk_feed *feed_of(finder *w, pk_str uri, pk_str suite) {
  for (size_t i = 0; i < w->n_feeds; i++)
    if (pk_str_is(uri, w->feeds[i].url) && pk_str_is(suite, w->feeds[i].suite)) return &w->feeds[i];
  return NULL;
}

/* Replace "$(ARCH)", which flat repositories use. */
static void expand_arch(pk_str text, const char *arch, pk_buf *ret) {
  static const char variable[] = "$(ARCH)";
  ret->n = 0;
  for (const char *hit; text.n && (hit = memmem(text.p, text.n, variable, sizeof variable - 1)) != NULL;) {
    size_t at = (size_t)(hit - text.p);
    pk_buf_str(ret, pk_str_sub(text, 0, at));
    pk_buf_puts(ret, arch);
    text = pk_str_sub(text, at + sizeof variable - 1, text.n);
  }
  pk_buf_str(ret, text);
}

/* One URI and suite of an entry. Entries of the same two become one feed. */
static pk_rc add_feed(finder *w, const pk_str *values, pk_str uri, pk_str suite, pk_err *err) {
  pk_address a;
  if (!pk_address_split(uri, &a) || !pk_address_is_fetchable(&a)) return PK_OK;
  while (pk_str_ends(uri, "/")) uri.n--;
  pk_feed *f = feed_of(w, uri, suite);
  if (!f) {
    if (w->n_feeds == FEEDS_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %d repositories", FEEDS_MAX);
    PK_GROW(w->feeds, w->n_feeds, w->feeds_cap);
    f = &w->feeds[w->n_feeds++];
    pk_feed_init(f);
    f->type = PK_FEED_APT;
    f->class = class_of(suite);
    f->is_unsigned = values[TRUSTED].n && pk_setting_is_yes(values[TRUSTED]);
    f->ignore_valid_until = values[CHECK_VALID_UNTIL].n && !pk_setting_is_yes(values[CHECK_VALID_UNTIL]);
    pk_feed_set(&f->url, uri);
    pk_feed_set(&f->suite, suite);
    pk_feed_set(&f->platform, pk_str_of(w->platform));
    set_name(f, &a, suite);
    set_keyring(w, f, values[SIGNED_BY]);
  }
  add_items(&f->components, values[COMPONENTS], ' ', PK_STR(""));
  add_items(&f->arch, values[ARCHITECTURES].n ? values[ARCHITECTURES] : pk_str_of(w->arch), ',', values[ARCHITECTURES_REMOVE]);
  add_items(&f->arch, values[ARCHITECTURES_ADD], ',', PK_STR(""));
  return PK_OK;
}

/* "mirror+file:/etc/apt/mirrors/debian.list", as cloud images have it: the first address in that file. */
static pk_rc resolve_mirror(const finder *w, pk_str uri, pk_buf *ret_uri, pk_err *err) {
  pk_address a;
  ret_uri->n = 0;
  if (!pk_address_split(uri, &a) || !pk_str_is_nocase(a.scheme, "mirror+file")) {
    pk_buf_str(ret_uri, uri);
    return PK_OK;
  }
  pk_buf path, text;
  pk_buf_init(&path, VALUE_BYTES_MAX);
  pk_buf_init(&text, PK_SETTINGS_BYTES_MAX);
  pk_buf_printf(&path, "%s%.*s", w->root, PK_FMT(a.path));
  pk_rc rc = pk_file_read(pk_buf_cstr(&path), &text, err);
  pk_str rest = pk_buf_view(&text), line, word;
  while (rc == PK_OK && ret_uri->n == 0 && pk_str_split(&rest, '\n', &line))
    if (pk_str_word(&line, &word) && word.p[0] != '#') pk_buf_str(ret_uri, word);
  pk_buf_free(&text);
  pk_buf_free(&path);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

static pk_rc add_suites(finder *w, const pk_str *values, pk_str uri, pk_err *err) {
  pk_buf expanded;
  pk_buf_init(&expanded, VALUE_BYTES_MAX);
  pk_str suites = values[SUITES], suite;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_setting_item(&suites, &suite)) {
    bool is_flat = pk_str_ends(suite, "/"), has_components = pk_str_trim(values[COMPONENTS]).n > 0;
    expand_arch(suite, w->arch, &expanded);
    if (is_flat && has_components)
      rc = pk_err_set(err, PK_E_SYNTAX, "components behind suite '%.*s', which ends in '/'", PK_FMT(suite));
    else if (!is_flat && !has_components)
      rc = pk_err_set(err, PK_E_SYNTAX, "no component behind suite '%.*s'", PK_FMT(suite));
    else
      rc = add_feed(w, values, uri, pk_buf_view(&expanded), err);
  }
  pk_buf_free(&expanded);
  return rc;
}

static pk_rc add_entry(finder *w, const pk_str *values, pk_err *err) {
  if (values[ENABLED].n && !pk_setting_is_yes(values[ENABLED])) return PK_OK;
  if (!has_item(values[TYPES], PK_STR("deb")))
    return has_item(values[TYPES], PK_STR("deb-src")) ? PK_OK
                                                      : pk_err_set(err, PK_E_SYNTAX, "the type is neither deb nor deb-src");
  pk_str uris = values[URIS], uri;
  if (pk_str_starts(uris, "cdrom:")) return PK_OK; /* a label with blanks follows; nothing can be fetched from it */
  if (pk_str_trim(uris).n == 0) return pk_err_set(err, PK_E_SYNTAX, "no URI");
  if (pk_str_trim(values[SUITES]).n == 0) return pk_err_set(err, PK_E_SYNTAX, "no suite");
  pk_buf resolved;
  pk_buf_init(&resolved, VALUE_BYTES_MAX);
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_setting_item(&uris, &uri)) {
    pk_address a;
    if (!pk_address_split(uri, &a)) rc = pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no URI", PK_FMT(uri));
    if (rc == PK_OK) rc = resolve_mirror(w, uri, &resolved, err);
    if (rc == PK_OK) rc = add_suites(w, values, pk_buf_view(&resolved), err);
  }
  pk_buf_free(&resolved);
  return rc;
}

/* "arch=amd64,i386", "arch+=armel" */
static pk_rc read_option(pk_str text, pk_str *values, pk_err *err) {
  size_t equals = pk_str_find(text, '=');
  if (equals == 0 || equals == text.n) return pk_err_set(err, PK_E_SYNTAX, "option '%.*s' is not name=value", PK_FMT(text));
  pk_str name = pk_str_sub(text, 0, equals);
  for (size_t i = 0; i < N_FIELDS; i++)
    if (FIELDS[i].option && pk_str_is_nocase(name, FIELDS[i].option)) values[i] = pk_str_sub(text, equals + 1, text.n);
  return PK_OK;
}

static void clear(pk_str *values) {
  for (size_t i = 0; i < N_FIELDS; i++) values[i] = PK_STR("");
}

static pk_rc read_one_line(finder *w, pk_str line, pk_err *err) {
  pk_str values[N_FIELDS], option;
  clear(values);
  line = pk_str_sub(line, 0, pk_str_find(line, '#'));
  if (!pk_str_word(&line, &values[TYPES])) return PK_OK;
  line = pk_str_trim(line);
  if (pk_str_starts(line, "[")) {
    size_t end = pk_str_find(line, ']');
    if (end == line.n) return pk_err_set(err, PK_E_SYNTAX, "options without a closing ']'");
    pk_str options = pk_str_sub(line, 1, end);
    line = pk_str_trim(pk_str_sub(line, end + 1, line.n));
    pk_rc rc = PK_OK;
    while (rc == PK_OK && pk_str_word(&options, &option)) rc = read_option(option, values, err);
    if (rc != PK_OK) return rc;
  }
  if (pk_str_word(&line, &values[URIS])) pk_str_word(&line, &values[SUITES]);
  values[COMPONENTS] = pk_str_trim(line);
  return add_entry(w, values, err);
}

static pk_rc read_list(finder *w, pk_str text, unsigned *number, pk_err *err) {
  pk_str line;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_str_split(&text, '\n', &line)) {
    ++*number;
    rc = read_one_line(w, line, err);
  }
  return rc;
}

/* A stanza of a *.sources file; values of several lines are joined with line ends. */
typedef struct stanza {
  pk_buf values[N_FIELDS];
  size_t last; /* field that a continuation belongs to; N_FIELDS: one that we do not know */
  bool begun;
} stanza;

static pk_rc stanza_end(finder *w, stanza *s, pk_err *err) {
  pk_str values[N_FIELDS];
  clear(values);
  for (size_t i = 0; i < N_FIELDS; i++) {
    if (s->values[i].over) return pk_err_set(err, PK_E_LIMIT, "field '%s' is too long", FIELDS[i].name);
    if (s->values[i].n) values[i] = pk_buf_view(&s->values[i]);
  }
  pk_rc rc = s->begun ? add_entry(w, values, err) : PK_OK;
  for (size_t i = 0; i < N_FIELDS; i++) s->values[i].n = 0;
  s->begun = false;
  return rc;
}

static pk_rc stanza_line(finder *w, stanza *s, pk_str line, pk_err *err) {
  pk_str name, value;
  if (pk_str_starts(line, "#")) return PK_OK;
  switch (pk_deb822_line(line, &name, &value)) {
  case PK_DEB822_FIELD:
    s->begun = true;
    for (s->last = 0; s->last < N_FIELDS && !pk_str_is_nocase(name, FIELDS[s->last].name);) s->last++;
    if (s->last < N_FIELDS) s->values[s->last].n = 0;
    break;
  case PK_DEB822_MORE:
    if (!s->begun) return pk_err_set(err, PK_E_SYNTAX, "a continuation outside of any field");
    if (s->last < N_FIELDS) pk_buf_putc(&s->values[s->last], '\n');
    break;
  case PK_DEB822_BLANK:
    return stanza_end(w, s, err);
  case PK_DEB822_BROKEN:
    return pk_err_set(err, PK_E_SYNTAX, "not a field 'Name: value'");
  }
  if (s->last < N_FIELDS) pk_buf_str(&s->values[s->last], value);
  return PK_OK;
}

static pk_rc read_deb822(finder *w, pk_str text, unsigned *number, pk_err *err) {
  stanza s = {.last = N_FIELDS};
  for (size_t i = 0; i < N_FIELDS; i++) pk_buf_init(&s.values[i], VALUE_BYTES_MAX);
  pk_str line;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_str_split(&text, '\n', &line)) {
    ++*number;
    rc = stanza_line(w, &s, line, err);
  }
  if (rc == PK_OK) rc = stanza_end(w, &s, err);
  for (size_t i = 0; i < N_FIELDS; i++) pk_buf_free(&s.values[i]);
  return rc;
}

static pk_rc read_file(void *arg, const char *path, pk_err *err) {
  finder *w = arg;
  pk_buf text;
  pk_buf_init(&text, PK_SETTINGS_BYTES_MAX);
  pk_rc rc = pk_file_read(path, &text, err);
  if (rc == PK_OK) {
    unsigned number = 0;
    bool is_deb822 = pk_str_ends(pk_str_of(path), ".sources");
    rc = (is_deb822 ? read_deb822 : read_list)(w, pk_buf_view(&text), &number, err);
    if (rc < 0 && err) pk_err_prefix(err, "'%s' line %u: ", path, number);
  }
  pk_buf_free(&text);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

pk_rc pk_apt_find_feeds(const char *root, const char *platform, const char *arch, pk_feed_found *found, void *arg, pk_err *err) {
  finder w = {.root = root, .platform = platform, .arch = arch};
  pk_buf path;
  pk_buf_init(&path, VALUE_BYTES_MAX);
  pk_buf_printf(&path, "%s/etc/apt/sources.list", root);
  pk_rc rc = read_file(&w, pk_buf_cstr(&path), err);
  pk_buf_puts(&path, ".d");
  if (rc == PK_OK) rc = pk_dir_each(pk_buf_cstr(&path), ".list", read_file, &w, err);
  if (rc == PK_OK) rc = pk_dir_each(pk_buf_cstr(&path), ".sources", read_file, &w, err);
  pk_buf_free(&path);
  for (size_t i = 0; i < w.n_feeds; i++) {
    if (rc == PK_OK) rc = found(arg, &w.feeds[i], err);
    pk_feed_fini(&w.feeds[i]);
  }
  free(w.feeds);
  return rc;
}
