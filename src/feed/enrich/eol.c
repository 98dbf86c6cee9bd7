/* SPDX-License-Identifier: Apache-2.0
 *
 * eol: when releases of systems stop being supported, from https://endoflife.date in all forms in which that comes:
 *
 * its API, version 1, one product or all of them (/api/v1/products/full), and version 0, whose documents do not say of
 * which product they are: that is told by their name (/api/debian.json)
 *
 *   {"schema_version": "1.2.0", "result": [{"name": "debian", "releases": [
 *      {"name": "12", "releaseDate": "2023-06-10", "isEol": false, "eolFrom": "2026-06-10", "isEoes": false,
 *       "eoesFrom": "2028-06-30"}]}]}
 *   [{"cycle": "12", "releaseDate": "2023-06-10", "eol": "2026-06-10", "extendedSupport": "2028-06-30"}]
 *
 * the data that it gathers (github.com/endoflife-date/release-data), named likewise
 *
 *   {"releases": {"12": {"name": "12", "releaseDate": "2023-06-10", "eol": "2026-06-10", "eoes": "2028-06-30"}}, "versions": {}}
 *
 * and the pages that it is written in, of which only the list at the top is read, line by line: it is YAML, but of a form
 * that the site's own checks keep simple
 *
 *   ---
 *   title: Debian
 *   permalink: /debian
 *   releases:
 *     - releaseCycle: "12"
 *       releaseDate: 2023-06-10
 *       eol: 2026-06-10 # a comment
 *       eoes: 2028-06-30
 *   ---
 *
 * Instead of a date there may be true ("ended") or false ("not yet"). Products that are no platform are passed over, and so
 * are "versions": when a point release came out says nothing of its support.
 *  source https://endoflife.date/docs/api/v1/, https://endoflife.date/docs/api, CONTRIBUTING.md of endoflife.date */
#include "base/json_tree.h"
#include "base/map.h"
#include "feed/vendor.h"
#include "feed/vendor_tools.h"

#include <stdio.h>

/* Largest document, most memory of its JSON, most releases of platforms, longest name of a release. */
#define DOCUMENT_BYTES_MAX ((size_t)64 << 20)
#define RELEASES_MAX ((size_t)20000)
#define CYCLE_BYTES_MAX ((size_t)40)

/* What a release's members are called in the several forms. */
static const char *const keys[][5] = {
    {"releaseCycle", "cycle", "name", NULL},       {"releaseDate", "release", NULL}, {"eol", "eolFrom", NULL}, {"isEol", NULL},
    {"eoes", "eoesFrom", "extendedSupport", NULL},
};
enum { CYCLE, RELEASED, EOL, IS_EOL, EXTENDED, KEYS };

typedef struct release {
  pk_release_fact fact;
  bool is_exact; /* the platform is this release, not one that it is a part of */
} release;

typedef struct reader {
  const pk_vendor_document *document;
  pk_arena arena;
  pk_str product;   /* as the document's name tells */
  pk_map platforms; /* → place among the releases */
  release *releases;
  size_t n, cap;
  bool is_known; /* one of the forms */
} reader;

static pk_rc full(pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "the releases take more than %zu bytes of memory", DOCUMENT_BYTES_MAX);
}

/* ---- platforms ---- */

/* Products, and what people call the platform that they are (platforms.tsv). */
static const char *const products[][2] = {
    {"almalinux", "almalinux"},
    {"alpine-linux", "alpine"},
    {"alpinelinux", "alpine"},
    {"alpine", "alpine"},
    {"amazon-linux", "amzn"},
    {"centos", "centos"},
    {"centos-stream", "centos stream"},
    {"debian", "debian"},
    {"fedora", "fedora"},
    {"freebsd", "freebsd"},
    {"opensuse", "opensuse"},
    {"oracle-linux", "ol"},
    {"oraclelinux", "ol"},
    {"rhel", "rhel"},
    {"redhat", "rhel"},
    {"rocky-linux", "rocky"},
    {"rockylinux", "rocky"},
    {"sles", "sles"},
    {"ubuntu", "ubuntu"},
};

static const char *system_of(pk_str product, pk_str cycle) {
  for (size_t i = 0; i < sizeof products / sizeof products[0]; i++) {
    if (!pk_str_is(product, products[i][0])) continue;
    uint64_t major = 0;
    (void)pk_str_u64(pk_str_sub(cycle, 0, pk_str_find(cycle, '.')), &major);
    /* openSUSE was called Leap from 42.1 on, which came before 15.0 */
    return pk_str_is(product, "opensuse") && major >= 15 ? "opensuse leap" : products[i][1];
  }
  return NULL;
}

/* Returns false when it is none of ours, or not wanted. */
static bool platform_of(reader *r, pk_str product, pk_str cycle, char *ret, bool *ret_exact) {
  char text[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  size_t slash = pk_str_rfind(cycle, '/'); /* FreeBSD's "stable/14" */
  if (slash < cycle.n) cycle = pk_str_sub(cycle, slash + 1, cycle.n);
  const char *system = system_of(product, cycle);
  if (!system || !cycle.n || cycle.n > CYCLE_BYTES_MAX || cycle.p[0] < '0' || cycle.p[0] > '9') return false;
  snprintf(text, sizeof text, "%s:%.*s", system, PK_FMT(cycle));
  if (pk_platform_canonical(r->document->platforms, pk_str_of(text), ret, &type, NULL) != PK_OK) return false;
  *ret_exact = pk_str_ends(pk_str_of(ret), strchr(text, ':'));
  return pk_vendor_wants(r->document->platform, pk_str_of(ret));
}

/* ---- releases ---- */

/* A date, or true, which is 1 ("ended, no date given"); everything else is 0. */
static int64_t end_of(pk_str text) {
  return pk_str_is(text, "true") ? 1 : pk_vendor_time(text);
}

/* Several releases may be one platform (FreeBSD 14 and 14.1): the one that bears its name, else the latest. */
static bool is_better(const release *a, const release *b) {
  if (a->is_exact != b->is_exact) return a->is_exact;
  return a->fact.released_at > b->fact.released_at;
}

static pk_rc add(reader *r, pk_str product, const pk_str *values, pk_err *err) {
  char platform[PK_PLATFORM_MAX + 1];
  release new = {.fact = {.released_at = end_of(values[RELEASED]),
                          .eol_at = end_of(values[EOL]),
                          .extended_eol_at = end_of(values[EXTENDED])}};
  if (!platform_of(r, product, values[CYCLE], platform, &new.is_exact)) return PK_OK;
  if (!new.fact.eol_at && pk_str_is(values[IS_EOL], "true")) new.fact.eol_at = 1;
  if (new.fact.extended_eol_at == 1) new.fact.extended_eol_at = 0; /* ended at a time that is not known: as if there were none */
  if (!pk_arena_copy(&r->arena, pk_str_of(platform), &new.fact.platform)) return full(err);
  bool is_new;
  uint64_t *place = pk_map_put(&r->platforms, new.fact.platform, &is_new);
  if (!is_new) {
    release *old = &r->releases[*place];
    if (is_better(&new, old)) *old = new;
    return PK_OK;
  }
  void *array = r->releases;
  if (r->n == RELEASES_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %zu releases", RELEASES_MAX);
  if (!pk_arena_grow(&r->arena, &array, r->n, &r->cap, sizeof new)) return full(err);
  r->releases = array;
  *place = r->n;
  r->releases[r->n++] = new;
  return PK_OK;
}

/* ---- JSON ---- */

static pk_str scalar_of(const pk_json_value *v, const char *key) {
  const pk_json_value *found = pk_json_get(v, key);
  if (!found) return PK_STR("");
  if (found->kind == PK_JSON_TRUE) return PK_STR("true");
  return found->kind == PK_JSON_STRING || found->kind == PK_JSON_NUMBER ? found->text : PK_STR("");
}

static pk_rc add_json(reader *r, pk_str product, const pk_json_value *v, pk_err *err) {
  pk_str values[KEYS];
  for (size_t k = 0; k < KEYS; k++) {
    values[k] = PK_STR("");
    for (size_t i = 0; keys[k][i] && !values[k].n; i++) values[k] = scalar_of(v, keys[k][i]);
  }
  return add(r, product, values, err);
}

static pk_rc add_product(reader *r, const pk_json_value *product, pk_err *err) {
  const pk_json_value *releases = pk_json_get(product, "releases");
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = releases ? releases->first : NULL; rc == PK_OK && v; v = v->next)
    rc = add_json(r, pk_json_text(product, "name"), v, err);
  return rc;
}

static pk_rc visit(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  reader *r = arg;
  pk_rc rc = PK_OK;
  if (pk_str_is(path[0], "result")) { /* version 1 */
    r->is_known = true;
    if (value->kind == PK_JSON_OBJECT) return add_product(r, value, err);
    for (const pk_json_value *v = value->first; rc == PK_OK && v; v = v->next) rc = add_product(r, v, err);
  } else if (pk_str_is(path[0], "releases") && value->kind == PK_JSON_OBJECT) { /* release-data */
    r->is_known = true;
    for (const pk_json_value *v = value->first; rc == PK_OK && v; v = v->next) rc = add_json(r, r->product, v, err);
  } else if (!path[0].n && pk_json_get(value, "cycle")) { /* version 0 */
    r->is_known = true;
    rc = add_json(r, r->product, value, err);
  }
  return rc;
}

static pk_rc read_json(reader *r, pk_str bytes, pk_err *err) {
  pk_stream *in = NULL;
  pk_rc rc = pk_stream_open_bytes(bytes, (pk_stream_limits){.out_bytes_max = DOCUMENT_BYTES_MAX}, &in, err);
  if (rc == PK_OK) rc = pk_json_each(in, 1, PK_DOCUMENT_BYTES_MAX, visit, r, err);
  pk_stream_close(&in);
  return rc;
}

/* ---- pages ---- */

/* "key: value # comment", the value perhaps quoted. Returns false for a line that is no member. */
static bool parse_member(pk_str line, pk_str *ret_key, pk_str *ret_value) {
  pk_str text = pk_str_trim(line);
  if (pk_str_starts(text, "- ")) text = pk_str_trim(pk_str_sub(text, 2, text.n));
  size_t colon = pk_str_find(text, ':');
  if (!colon || colon == text.n || text.p[0] == '#') return false;
  *ret_key = pk_str_trim(pk_str_sub(text, 0, colon));
  pk_str value = pk_str_trim(pk_str_sub(text, colon + 1, text.n));
  char quote = value.n ? value.p[0] : '\0';
  if (quote == '"' || quote == '\'') {
    value = pk_str_sub(value, 1, value.n);
    *ret_value = pk_str_sub(value, 0, pk_str_find(value, quote));
    return true;
  }
  for (size_t i = 0; i < value.n; i++)
    if (value.p[i] == '#' && (i == 0 || value.p[i - 1] == ' ')) value = pk_str_sub(value, 0, i);
  *ret_value = pk_str_trim(value);
  return true;
}

static void take_member(pk_str key, pk_str value, pk_str *values) {
  for (size_t k = 0; k < KEYS; k++)
    for (size_t i = 0; keys[k][i]; i++)
      if (pk_str_is(key, keys[k][i])) values[k] = value;
}

/* The lines between the two "---"; "" when there is no second one. */
static pk_str front_matter(pk_str text) {
  pk_str rest = text, line;
  (void)pk_str_split(&rest, '\n', &line);
  pk_str front = rest;
  while (pk_str_split(&rest, '\n', &line))
    if (pk_str_is(pk_str_trim(line), "---")) return pk_str_sub(front, 0, (size_t)(line.p - front.p));
  return PK_STR("");
}

/* The product is what the page's address says. */
static pk_str page_product(const reader *r, pk_str front) {
  pk_str line, key, value;
  while (pk_str_split(&front, '\n', &line))
    if (pk_str_starts(line, "permalink:") && parse_member(line, &key, &value) && pk_str_starts(value, "/"))
      return pk_str_sub(value, 1, value.n);
  return r->product;
}

static pk_rc read_releases(reader *r, pk_str product, pk_str list, pk_err *err) {
  pk_str line, key, value, values[KEYS];
  bool is_open = false;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_str_split(&list, '\n', &line)) {
    pk_str text = pk_str_trim(line);
    bool is_item = pk_str_starts(text, "- "), is_member = is_item || pk_str_starts(line, " ");
    if (text.n && !is_member && text.p[0] != '#') break; /* the next member of the page */
    if (is_item) {
      if (is_open) rc = add(r, product, values, err);
      for (size_t k = 0; k < KEYS; k++) values[k] = PK_STR("");
      is_open = true;
    }
    if (is_open && parse_member(line, &key, &value)) take_member(key, value, values);
  }
  return rc == PK_OK && is_open ? add(r, product, values, err) : rc;
}

static pk_rc read_page(reader *r, pk_str text, pk_err *err) {
  pk_str front = front_matter(text), rest = front, line, key, value;
  while (pk_str_split(&rest, '\n', &line)) {
    if (!pk_str_starts(line, "releases:") || !parse_member(line, &key, &value) || value.n) continue;
    r->is_known = true;
    return read_releases(r, page_product(r, front), rest, err);
  }
  return PK_OK;
}

/* ---- document ---- */

/* "api/debian.json" is of "debian". */
static pk_str product_of_name(pk_str name) {
  size_t slash = pk_str_rfind(name, '/');
  if (slash < name.n) name = pk_str_sub(name, slash + 1, name.n);
  return pk_str_sub(name, 0, pk_str_find(name, '.'));
}

static pk_rc read_text(reader *r, pk_str text, pk_err *err) {
  pk_rc rc = PK_OK;
  if (pk_str_starts(text, "{") || pk_str_starts(text, "["))
    rc = read_json(r, text, err);
  else if (pk_str_starts(text, "---"))
    rc = read_page(r, text, err);
  if (rc != PK_OK || r->is_known) return rc;
  return pk_err_set(err, PK_E_SYNTAX, "not a document of endoflife.date: it has no list of releases");
}

static pk_rc hand_over(const reader *r, const pk_vendor_sink *sink, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < r->n; i++) rc = sink->release(sink->arg, &r->releases[i].fact, err);
  return rc == PK_OK && !r->n ? PK_UNCHANGED : rc;
}

pk_rc pk_eol_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.document = d, .product = product_of_name(pk_str_of(d->name))};
  pk_buf bytes;
  pk_buf_init(&bytes, DOCUMENT_BYTES_MAX);
  pk_arena_init(&r.arena, DOCUMENT_BYTES_MAX);
  pk_map_init(&r.platforms, false);
  pk_rc rc = pk_stream_read_all(d->in, &bytes, err);
  size_t bom = pk_str_starts(pk_buf_view(&bytes), "\xef\xbb\xbf") ? 3 : 0;
  pk_str text = pk_str_trim(pk_str_sub(pk_buf_view(&bytes), bom, bytes.n));
  if (rc == PK_OK) rc = read_text(&r, text, err);
  if (rc == PK_OK) rc = hand_over(&r, sink, err);
  pk_map_fini(&r.platforms);
  pk_arena_fini(&r.arena);
  pk_buf_free(&bytes);
  return rc;
}
