/* SPDX-License-Identifier: Apache-2.0 */
#include "app/catalogue.h"

#include "base/embed.h"
#include "match/system.h"

#include <stdio.h>
#include <stdlib.h>

/* Longest value of a line. */
#define VALUE_BYTES_MAX ((size_t)1024)

typedef struct asked {
  pk_str platform, distribution, release, major, codename;
} asked;

/* "{release}" and its like replaced. */
static void fill_in(const asked *a, pk_str text, pk_buf *out) {
  const struct {
    const char *word;
    pk_str value;
  } words[] = {{"{release}", a->release}, {"{major}", a->major}, {"{codename}", a->codename}};
  out->n = 0;
  while (text.n) {
    size_t used = 0;
    for (size_t i = 0; !used && i < sizeof words / sizeof words[0]; i++) {
      if (!pk_str_starts(text, words[i].word)) continue;
      used = strlen(words[i].word);
      pk_buf_str(out, words[i].value);
    }
    if (!used) pk_buf_putc(out, text.p[0]);
    text = pk_str_sub(text, used ? used : 1, text.n);
  }
}

static void set(const asked *a, char **field, pk_str value) {
  pk_buf text;
  pk_buf_init(&text, VALUE_BYTES_MAX);
  fill_in(a, value, &text);
  pk_feed_set(field, pk_buf_view(&text));
  pk_buf_free(&text);
}

static bool lists(pk_str list, pk_str wanted) {
  pk_str one;
  while (pk_str_split(&list, ',', &one))
    if (pk_str_eq(one, wanted)) return true;
  return false;
}

/* One option of a line; false: the line is not for this release. */
static bool take_option(const asked *a, pk_feed *f, pk_str name, pk_str value) {
  const struct {
    const char *name;
    char **field;
  } texts[] = {{"suite", &f->suite}, {"components", &f->components}, {"arch", &f->arch}, {"keyring", &f->keyring}, {"platform", &f->platform}};
  if (pk_str_is(name, "releases")) return lists(value, a->major) || lists(value, a->release);
  if (pk_str_is(name, "class")) return pk_repository_class_of(value, &f->class);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_str_is(name, texts[i].name)) set(a, texts[i].field, value);
  for (char *c = f->components; *c; c++)
    if (*c == ',') *c = ' ';
  return true;
}

static bool read_line(const asked *a, pk_str line, pk_feed *f) {
  pk_str platform, name, type, url, option;
  if (!pk_str_split(&line, '\t', &platform) || !pk_str_split(&line, '\t', &name) || !pk_str_split(&line, '\t', &type) || !pk_str_split(&line, '\t', &url))
    return false;
  bool everybody = pk_str_is(platform, "*");
  if (!everybody && !pk_str_eq(platform, a->distribution) && !pk_str_eq(platform, a->platform)) return false;
  set(a, &f->name, name);
  set(a, &f->url, url);
  if (!everybody) pk_feed_set(&f->platform, a->platform);
  if (!pk_feed_type_of(type, &f->type)) return false;
  while (pk_str_word(&line, &option)) {
    size_t equals = pk_str_find(option, '=');
    if (!take_option(a, f, pk_str_sub(option, 0, equals), pk_str_sub(option, equals + 1, option.n))) return false;
  }
  f->is_unsigned = !*f->keyring; /* most say nothing but what the transport protects */
  return true;
}

static pk_rc add_line(pk_store *store, const pk_platform_map *platforms, const asked *a, pk_str line, pk_import_told *told, void *arg, size_t *n,
                      pk_err *err) {
  pk_feed f;
  pk_feed_init(&f);
  pk_rc rc = PK_OK;
  if (read_line(a, line, &f)) {
    rc = pk_sync_check_feed(&f, platforms, err);
    if (rc == PK_OK) rc = pk_store_feed_add(store, &f, err);
    if (rc == PK_OK || rc == PK_EXISTS) {
      if (told) told(arg, &f, rc == PK_OK);
      ++*n;
      rc = PK_OK;
    }
  }
  pk_feed_fini(&f);
  return rc;
}

pk_rc pk_catalogue_add(pk_store *store, const pk_platform_map *platforms, pk_str platform, pk_import_told *told, void *arg, size_t *n,
                       pk_err *err) {
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  pk_rc rc = pk_platform_canonical(platforms, platform, name, &type, err);
  if (rc != PK_OK) return rc;
  asked a = {.platform = pk_str_of(name), .codename = pk_platform_codename(pk_str_of(name))};
  a.distribution = pk_platform_split(a.platform, &a.release);
  a.major = pk_str_sub(a.release, 0, pk_str_find(a.release, '.'));
  pk_str rest = pk_embed_catalogue, line;
  bool known = false;
  while (rc == PK_OK && pk_str_split(&rest, '\n', &line)) {
    if (!line.n || line.p[0] == '#') continue;
    pk_str whose = pk_str_sub(line, 0, pk_str_find(line, '\t'));
    known |= pk_str_eq(whose, a.distribution);
    rc = add_line(store, platforms, &a, line, told, arg, n, err);
  }
  if (rc == PK_OK && !known)
    rc = pk_err_set(err, PK_E_USAGE, "the catalogue has no addresses of the vendor of '%s': see 'pakiti help feed add'", name);
  return rc;
}
