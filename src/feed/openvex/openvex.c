/* SPDX-License-Identifier: Apache-2.0
 *
 * openvex: what a distribution says of CVEs in the OpenVEX format. All statements of a document about one vulnerability are
 * one definition.
 *
 *   {"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "2026-05-20T14:49:37.715155Z",
 *    "statements": [
 *      {"vulnerability": {"@id": "https://…/CVE-2026-1", "name": "CVE-2026-1", "description": "…", "aliases": ["https://…"]},
 *       "timestamp": "2026-02-19T05:15:00Z",
 *       "products": [{"@id": "pkg:deb/ubuntu/xz@5.2.5-2?arch=source&distro=jammy"},
 *                    {"@id": "pkg:deb/ubuntu/xz-utils@5.2.5-2?arch=amd64&distro=esm-apps/jammy"}],
 *       "status": "affected", "action_statement": "…"},
 *      {"vulnerability": {…}, "products": […], "status": "not_affected", "justification": "component_not_present",
 *       "impact_statement": "…"}]}
 *
 * Version 0.0.x of the format has texts in the place of the vulnerability and of products. The version in a product is the
 * fixed one where the status is "fixed", else the one that the vendor looked at, which bounds nothing.
 *  source https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md */
#include "base/json_tree.h"
#include "feed/vendor.h"
#include "feed/vendor_tools.h"

#include <stdlib.h>

/* Shares of PK_DOCUMENT_BYTES_MAX. */
#define TREE_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 4 * 3)
#define RESULT_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 4)

typedef struct reader {
  const pk_vendor_document *document;
  const pk_vendor_sink *sink;
  size_t n_definitions;
} reader;

static const struct {
  const char *word;
  pk_rule_state state;
} states[] = {{"affected", PK_RULE_AFFECTED},
              {"fixed", PK_RULE_FIXED},
              {"not_affected", PK_RULE_NOT_AFFECTED},
              {"under_investigation", PK_RULE_UNDER_INVESTIGATION}};

/* ---- what a statement is about ---- */

static pk_str vulnerability_name(const pk_json_value *statement) {
  const pk_json_value *v = pk_json_get(statement, "vulnerability");
  if (v && v->kind == PK_JSON_STRING) return v->text;
  pk_str name = pk_json_text(v, "name");
  if (name.n) return name;
  name = pk_json_text(v, "@id");
  return pk_str_sub(name, pk_str_rfind(name, '/') == name.n ? 0 : pk_str_rfind(name, '/') + 1, name.n);
}

static pk_str product_url(const pk_json_value *product) {
  if (product->kind == PK_JSON_STRING) return product->text;
  pk_str url = pk_json_text(pk_json_get(product, "identifiers"), "purl");
  return url.n ? url : pk_json_text(product, "@id");
}

/* The vendor's reason; a justification is a word with underscores. */
static pk_str note_of(const pk_json_value *statement) {
  static const char *const places[] = {"justification", "action_statement", "impact_statement", "status_notes"};
  pk_str note = PK_STR("");
  for (size_t i = 0; note.n == 0 && i < sizeof places / sizeof places[0]; i++)
    note = pk_str_trim(pk_json_text(statement, places[i]));
  return pk_str_trim(pk_vendor_cut(note, PK_VENDOR_NOTE_MAX));
}

/* Ubuntu tells what becomes of an affected package in the first sentence of what is to be done; the rest is discussion. */
static pk_rule_state affected_state(const pk_json_value *statement) {
  static const struct {
    const char *words;
    pk_rule_state state;
  } known[] = {{"decided to not fix", PK_RULE_WILL_NOT_FIX}, {"deferred", PK_RULE_DEFERRED}};
  pk_str text = pk_json_text(statement, "action_statement");
  text = pk_str_sub(text, 0, pk_str_find(text, '.'));
  for (size_t i = 0; text.n && i < sizeof known / sizeof known[0]; i++)
    if (memmem(text.p, text.n, known[i].words, strlen(known[i].words))) return known[i].state;
  return PK_RULE_AFFECTED;
}

/* ---- products ---- */

typedef struct product {
  pk_str name, version, arch, platform;
  bool is_esm, is_source;
} product;

/* "jammy", "ubuntu/jammy", "esm-infra/focal": Ubuntu Pro's archives lie before the slash. Those of FIPS builds have versions that
 * say nothing of the ordinary ones. outcome PK_NOTFOUND */
static pk_rc platform_of(const reader *r, const pk_purl *purl, pk_arena *arena, product *ret, pk_err *err) {
  char name[PK_PLATFORM_MAX + 1];
  size_t slash = pk_str_find(purl->distro, '/');
  pk_str archive = slash < purl->distro.n ? pk_str_sub(purl->distro, 0, slash) : PK_STR("");
  pk_str codename = pk_str_sub(purl->distro, archive.n ? slash + 1 : 0, purl->distro.n);
  ret->is_esm = pk_str_starts(archive, "esm-");
  if (archive.n && !ret->is_esm && !pk_str_eq(archive, purl->vendor) && !pk_str_is(archive, "realtime")) return PK_NOTFOUND;
  if (!pk_platform_of_codename(purl->vendor, codename, name))
    return pk_vendor_platform(r->document->platforms, codename, arena, &ret->platform, err);
  if (!pk_arena_copy(arena, pk_str_of(name), &ret->platform)) return pk_err_set(err, PK_E_LIMIT, "too many products");
  return PK_OK;
}

/* outcome PK_NOTFOUND no package of a platform that is wanted */
static pk_rc read_product(const reader *r, const pk_json_value *value, pk_arena *arena, product *ret, pk_err *err) {
  pk_purl purl;
  pk_rc rc = pk_purl_parse(product_url(value), arena, &purl, err);
  if (rc == PK_OK && !pk_str_is(purl.type, "deb")) rc = PK_NOTFOUND;
  if (rc == PK_OK) rc = platform_of(r, &purl, arena, ret, err);
  if (rc != PK_OK) return rc;
  ret->name = purl.name;
  ret->version = purl.version;
  ret->is_source = pk_vendor_arch_is_source(purl.arch);
  ret->arch = ret->is_source ? PK_STR("") : purl.arch;
  return pk_vendor_wants(r->document->platform, ret->platform) ? PK_OK : PK_NOTFOUND;
}

/* One statement's products, and for which of their platforms source packages are among them. */
typedef struct products {
  product *list;
  size_t n, cap;
  pk_map with_source;
} products;

static pk_rc collect(const reader *r, const pk_json_value *statement, pk_arena *arena, products *l, pk_err *err) {
  const pk_json_value *list = pk_json_get(statement, "products");
  for (const pk_json_value *v = list ? list->first : NULL; v; v = v->next) {
    product p = {0};
    pk_rc rc = read_product(r, v, arena, &p, err);
    if (rc < 0) return rc;
    if (rc == PK_NOTFOUND) continue;
    void *array = l->list;
    if (!pk_arena_grow(arena, &array, l->n, &l->cap, sizeof p)) return pk_err_set(err, PK_E_LIMIT, "too many products");
    l->list = array;
    l->list[l->n++] = p;
    if (p.is_source) *pk_map_put(&l->with_source, p.platform, NULL) = 1;
  }
  return PK_OK;
}

/* Binary packages are left out where their source package is named: hosts tell both. */
static pk_rc add_products(const products *l, const pk_json_value *statement, pk_rule_state state, pk_vendor_rules *rules,
                          pk_err *err) {
  pk_str note = note_of(statement);
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < l->n; i++) {
    const product *p = &l->list[i];
    if (!p->is_source && pk_map_get(&l->with_source, p->platform)) continue;
    pk_rule rule = {.platform = p->platform,
                    .is_source = p->is_source,
                    .arch = p->arch,
                    .fixed = state == PK_RULE_FIXED ? p->version : PK_STR(""),
                    .state = state,
                    .note = p->is_esm && (state == PK_RULE_FIXED || note.n == 0) ? PK_STR("Ubuntu Pro (ESM)") : note};
    if (state == PK_RULE_FIXED && p->version.n == 0) continue; /* nothing to compare with */
    rc = pk_vendor_rules_add(rules, &rule, p->name, err);
  }
  return rc;
}

static pk_rc read_statement(const reader *r, const pk_json_value *statement, pk_arena *arena, pk_vendor_rules *rules,
                            pk_err *err) {
  pk_str status = pk_json_text(statement, "status");
  size_t i = 0;
  while (i < sizeof states / sizeof states[0] && !pk_str_is(status, states[i].word)) i++;
  if (i == sizeof states / sizeof states[0])
    return pk_err_set(err, PK_E_SYNTAX, "status '%.*s' is none that OpenVEX knows", PK_FMT(pk_vendor_cut(status, 80)));
  pk_rule_state state = states[i].state == PK_RULE_AFFECTED ? affected_state(statement) : states[i].state;
  products l = {0};
  pk_map_init(&l.with_source, false);
  pk_rc rc = collect(r, statement, arena, &l, err);
  if (rc == PK_OK) rc = add_products(&l, statement, state, rules, err);
  pk_map_fini(&l.with_source);
  return rc;
}

/* ---- a document ---- */

/* A statement, and the place (from 1) of the next one about the same vulnerability. */
typedef struct item {
  const pk_json_value *statement;
  size_t next;
  bool is_first;
} item;

typedef struct items {
  item *list;
  size_t n, cap;
} items;

static pk_rc collect_statements(const pk_json_value *statements, items *l, pk_map *last, pk_err *err) {
  for (const pk_json_value *s = statements->first; s; s = s->next) {
    pk_str name = vulnerability_name(s);
    if (!pk_vendor_is_word(name)) return pk_err_set(err, PK_E_SYNTAX, "a statement names no vulnerability");
    uint64_t *place = pk_map_put(last, name, NULL);
    PK_GROW(l->list, l->n, l->cap);
    l->list[l->n] = (item){.statement = s, .is_first = *place == 0};
    if (*place) l->list[*place - 1].next = l->n + 1;
    *place = ++l->n;
  }
  return PK_OK;
}

static pk_rc collect_cves(const pk_json_value *statement, pk_vendor_cves *cves, pk_err *err) {
  const pk_json_value *aliases = pk_json_get(pk_json_get(statement, "vulnerability"), "aliases");
  pk_rc rc = pk_vendor_cves_add(cves, vulnerability_name(statement), err);
  for (const pk_json_value *a = aliases ? aliases->first : NULL; rc == PK_OK && a; a = a->next)
    if (a->kind == PK_JSON_STRING) rc = pk_vendor_cves_add(cves, a->text, err);
  return rc;
}

/* All statements about one vulnerability, from the first on. */
static pk_rc read_vulnerability(reader *r, const items *l, size_t first, const pk_json_value *root, pk_arena *arena,
                                pk_vendor_rules *rules, pk_err *err) {
  const pk_json_value *statement = l->list[first].statement;
  pk_str timestamp = pk_json_text(statement, "timestamp");
  pk_vendor_cves cves = {.arena = arena};
  pk_definition d = {.id = vulnerability_name(statement),
                     .class = PK_STR("vulnerability"),
                     .advisory = PK_STR(""),
                     .severity = PK_STR(""),
                     .title = pk_vendor_title(pk_json_text(pk_json_get(statement, "vulnerability"), "description")),
                     .issued_at = pk_vendor_time(timestamp.n ? timestamp : pk_json_text(root, "timestamp"))};
  pk_rc rc = PK_OK;
  for (size_t i = first + 1; rc == PK_OK && i; i = l->list[i - 1].next)
    rc = read_statement(r, l->list[i - 1].statement, arena, rules, err);
  if (rc == PK_OK) rc = pk_vendor_rules_list(rules, &d.rules, &d.n_rules, err);
  if (rc != PK_OK || d.n_rules == 0) return rc;
  rc = collect_cves(statement, &cves, err);
  if (rc == PK_OK) rc = pk_vendor_cves_list(&cves, &d.cves, &d.n_cves, err);
  if (rc == PK_OK) rc = r->sink->definition(r->sink->arg, &d, err);
  if (rc == PK_OK) r->n_definitions++;
  return rc;
}

static pk_rc read_statements(reader *r, const pk_json_value *root, const pk_json_value *statements, pk_err *err) {
  items l = {0};
  pk_map last; /* name of a vulnerability → place of its last statement */
  pk_map_init(&last, false);
  pk_rc rc = collect_statements(statements, &l, &last, err);
  for (size_t i = 0; rc == PK_OK && i < l.n; i++) {
    if (!l.list[i].is_first) continue;
    pk_arena arena;
    pk_vendor_rules rules;
    pk_arena_init(&arena, RESULT_BYTES_MAX);
    pk_vendor_rules_init(&rules, &arena);
    rc = read_vulnerability(r, &l, i, root, &arena, &rules, err);
    if (rc < 0 && err) pk_err_prefix(err, "'%.*s': ", PK_FMT(vulnerability_name(l.list[i].statement)));
    pk_vendor_rules_fini(&rules);
    pk_arena_fini(&arena);
  }
  pk_map_fini(&last);
  free(l.list);
  return rc;
}

static pk_rc on_document(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  (void)path;
  const pk_json_value *statements = pk_json_get(value, "statements");
  if (!statements || statements->kind != PK_JSON_ARRAY)
    return pk_err_set(err, PK_E_SYNTAX, "no 'statements': this is no OpenVEX document");
  return read_statements(arg, value, statements, err);
}

pk_rc pk_openvex_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.document = d, .sink = sink};
  pk_rc rc = pk_json_each_of_many(d->in, 0, TREE_BYTES_MAX, on_document, &r, err);
  return rc == PK_OK && r.n_definitions == 0 ? PK_UNCHANGED : rc;
}
