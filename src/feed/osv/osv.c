/* SPDX-License-Identifier: Apache-2.0
 *
 * osv: documents in the Open Source Vulnerability format, as distributions publish them. One document is one definition: an
 * advisory, or what a distribution says of a CVE.
 *
 *   {"schema_version": "1.7.3", "id": "EXSA-2026:1", "published": "2026-01-02T06:07:03Z",
 *    "withdrawn": "2026-02-01T00:00:00Z",                                    (it is taken back: nothing is read)
 *    "aliases": [], "related": ["CVE-2026-1"], "upstream": ["CVE-2026-2"],
 *    "summary": "Important: xz:5 security update", "details": "…",
 *    "severity": [{"type": "Ubuntu", "score": "medium"}], "database_specific": {"severity": "High"},
 *    "affected": [{
 *      "package": {"ecosystem": "AlmaLinux:9", "name": "xz", "purl": "pkg:rpm/almalinux/xz?rpmmod=xz:5"},
 *      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.2.5-8.el9_0"}]}],
 *      "versions": ["5.2.5-7.el9"],                                          (read where there is no range)
 *      "ecosystem_specific": {…}, "database_specific": {"severity": "…"}}]}
 *
 * What a package's name is, and what a distribution adds, is told by `ecosystems` below.
 *  source https://ossf.github.io/osv-schema/ */
#include "base/json_tree.h"
#include "feed/vendor.h"
#include "feed/vendor_tools.h"
#include "model/evr.h"

#include <stdlib.h>

/* Shares of PK_DOCUMENT_BYTES_MAX. */
#define TREE_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 4 * 3)
#define RESULT_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 4)

/* What `ecosystem_specific` lists beside the source package. */
typedef enum binaries {
  NO_BINARIES,
  VERSION_BY_NAME, /* SUSE: "binaries": [{"bind": "9.16-1", "bind-utils": "9.16-1"}] */
  FILES_BY_ARCH    /* openEuler: "x86_64": ["bind-9.16-1.oe1.x86_64.rpm"] */
} binaries;

typedef struct ecosystem {
  const char *begins;
  bool is_source;    /* the names are those of source packages */
  binaries lists;    /* … but here are the binary ones */
  bool zero_epoch_left_out; /* a version that states no epoch has epoch 0; else the vendor never states any */
} ecosystem;

/* source the list of ecosystems in the schema; AlmaLinux names binary packages whatever that says; Rocky Linux takes only the
 * source packages of an advisory (resf/distro-tools, apollo/server/routes/api_osv.py) */
static const ecosystem ecosystems[] = {
    {"Debian:", true, NO_BINARIES, false},      {"Ubuntu:", true, NO_BINARIES, false},     {"AlmaLinux", false, NO_BINARIES, true},
    {"Rocky Linux", true, NO_BINARIES, true},   {"Red Hat", false, NO_BINARIES, true},     {"SUSE", true, VERSION_BY_NAME, false},
    {"openSUSE", true, VERSION_BY_NAME, false}, {"openEuler", true, FILES_BY_ARCH, false}, {"", false, NO_BINARIES, false},
};

typedef struct reader {
  const pk_vendor_document *document;
  const pk_vendor_sink *sink;
  size_t n_definitions;
} reader;

/* One document being read. */
typedef struct advisory {
  const reader *reader;
  const pk_json_value *root;
  pk_arena arena;
  pk_vendor_rules rules;
  pk_str severity;            /* the worst word so far */
  pk_str ecosystem, platform; /* of the last package: the next one mostly has the same */
} advisory;

/* What Debian says of a package beside versions: also a severity, but for these words. */
typedef enum urgency { ORDINARY, UNIMPORTANT, END_OF_LIFE } urgency;

/* One member of `affected` being read. */
typedef struct affected {
  const pk_json_value *value;
  const ecosystem *ecosystem;
  urgency urgency;
  pk_str name;
  pk_rule rule; /* what is the same for all versions */
} affected;

/* ---- severity, module ---- */

static void take_severity(advisory *a, pk_str word) {
  word = pk_str_trim(word);
  if (!pk_vendor_is_word(word)) return;
  if (a->severity.n == 0 || pk_vendor_severity_rank(word) > pk_vendor_severity_rank(a->severity)) a->severity = word;
}

/* "Important: xz security update" */
static pk_str title_severity(pk_str summary) {
  static const char *const words[] = {"Critical", "Important", "Moderate", "Low"};
  pk_str word = pk_str_sub(summary, 0, pk_str_find(summary, ':'));
  for (size_t i = 0; word.n < summary.n && i < sizeof words / sizeof words[0]; i++)
    if (pk_str_is(word, words[i])) return word;
  return PK_STR("");
}

static void document_severity(advisory *a) {
  take_severity(a, pk_json_text(pk_json_get(a->root, "database_specific"), "severity"));
  const pk_json_value *list = pk_json_get(a->root, "severity");
  for (const pk_json_value *s = list ? list->first : NULL; s; s = s->next)
    if (pk_str_is(pk_json_text(s, "type"), "Ubuntu")) take_severity(a, pk_json_text(s, "score"));
  if (a->severity.n == 0) a->severity = title_severity(pk_json_text(a->root, "summary"));
}

/*  source https://security-tracker.debian.org/tracker/data/json, field "urgency", which OSV's converter hands on */
static urgency affected_urgency(advisory *a, const pk_json_value *value) {
  pk_str word = pk_json_text(pk_json_get(value, "ecosystem_specific"), "urgency");
  if (pk_str_is(word, "unimportant")) return UNIMPORTANT;
  if (pk_str_is(word, "end-of-life")) return END_OF_LIFE;
  if (pk_vendor_severity_rank(word)) take_severity(a, word);
  return ORDINARY;
}

static void affected_severity(advisory *a, const pk_json_value *value) {
  take_severity(a, pk_json_text(pk_json_get(value, "ecosystem_specific"), "severity"));
  take_severity(a, pk_json_text(pk_json_get(value, "database_specific"), "severity"));
  take_severity(a, pk_json_text(pk_json_get(value, "ecosystem_specific"), "ubuntu_priority"));
}

static bool is_stream(pk_str word) {
  size_t colon = pk_str_find(word, ':');
  return pk_vendor_is_word(word) && colon > 0 && colon + 1 < word.n &&
         pk_str_find(pk_str_sub(word, colon + 1, word.n), ':') == word.n - colon - 1;
}

static pk_rc affected_module(advisory *a, affected *f, pk_err *err) {
  static const char *const places[] = {"ecosystem_specific", "database_specific"};
  pk_purl purl;
  f->rule.module = PK_STR("");
  pk_rc rc = pk_purl_parse(pk_json_text(pk_json_get(f->value, "package"), "purl"), &a->arena, &purl, err);
  if (rc < 0) return rc;
  if (rc == PK_OK && is_stream(purl.module)) f->rule.module = purl.module;
  for (size_t i = 0; f->rule.module.n == 0 && i < sizeof places / sizeof places[0]; i++) {
    pk_str word = pk_json_text(pk_json_get(f->value, places[i]), "module");
    if (is_stream(word)) f->rule.module = word;
  }
  return PK_OK;
}

/* ---- versions ---- */

/* A rule for an interval, or for one version. "0" is before all versions. */
static pk_rc add(advisory *a, const affected *f, pk_str name, pk_str introduced, pk_str fixed, pk_str last, pk_err *err) {
  pk_rule rule = f->rule;
  rule.introduced = introduced;
  rule.fixed = fixed;
  rule.last = last;
  rule.zero_epoch_left_out = f->ecosystem->zero_epoch_left_out;
  rule.state = fixed.n ? PK_RULE_FIXED : f->urgency == END_OF_LIFE ? PK_RULE_OUT_OF_SUPPORT : PK_RULE_AFFECTED;
  if (f->urgency == UNIMPORTANT) rule.state = PK_RULE_UNIMPORTANT;
  return pk_vendor_rules_add(&a->rules, &rule, name, err);
}

/* The intervals of one range, in the order of its events. */
static pk_rc read_events(advisory *a, const affected *f, const pk_json_value *events, pk_err *err) {
  pk_str introduced = PK_STR(""), none = PK_STR("");
  bool open = true; /* what is fixed at once was there from the first version on */
  bool introduces = false;
  pk_rc rc = PK_OK;
  for (const pk_json_value *e = events ? events->first : NULL; rc == PK_OK && e; e = e->next) {
    pk_str begins = pk_json_text(e, "introduced"), fixed = pk_json_text(e, "fixed"), last = pk_json_text(e, "last_affected");
    if (fixed.n == 0 && last.n == 0) fixed = pk_json_text(e, "limit");
    if (begins.n) {
      if (open && introduces) rc = add(a, f, f->name, introduced, none, none, err);
      introduced = pk_str_is(begins, "0") ? none : begins;
      open = introduces = true;
    }
    if (rc != PK_OK || !open || (fixed.n == 0 && last.n == 0)) continue;
    rc = add(a, f, f->name, introduced, fixed, last, err);
    open = introduces = false;
  }
  if (rc == PK_OK && open && introduces) rc = add(a, f, f->name, introduced, none, none, err);
  return rc;
}

static pk_rc read_ranges(advisory *a, const affected *f, pk_err *err) {
  const pk_json_value *ranges = pk_json_get(f->value, "ranges"), *versions = pk_json_get(f->value, "versions");
  bool has_range = false;
  pk_rc rc = PK_OK;
  for (const pk_json_value *r = ranges ? ranges->first : NULL; rc == PK_OK && r; r = r->next) {
    if (!pk_str_is(pk_json_text(r, "type"), "ECOSYSTEM")) continue;
    has_range = true;
    rc = read_events(a, f, pk_json_get(r, "events"), err);
  }
  if (has_range) return rc;
  for (const pk_json_value *v = versions ? versions->first : NULL; rc == PK_OK && v; v = v->next)
    if (v->kind == PK_JSON_STRING && v->text.n) rc = add(a, f, f->name, v->text, PK_STR(""), v->text, err);
  return rc;
}

/* ---- binary packages beside a source package ---- */

static bool has_fix(const pk_json_value *value) {
  const pk_json_value *ranges = pk_json_get(value, "ranges");
  for (const pk_json_value *r = ranges ? ranges->first : NULL; r; r = r->next) {
    const pk_json_value *events = pk_json_get(r, "events");
    for (const pk_json_value *e = events ? events->first : NULL; e; e = e->next)
      if (pk_json_text(e, "fixed").n) return true;
  }
  return false;
}

static pk_rc read_versions_by_name(advisory *a, const affected *f, bool *ret_any, pk_err *err) {
  const pk_json_value *list = pk_json_get(pk_json_get(f->value, "ecosystem_specific"), "binaries");
  pk_rc rc = PK_OK;
  for (const pk_json_value *o = list ? list->first : NULL; rc == PK_OK && o; o = o->next)
    for (const pk_json_value *m = o->kind == PK_JSON_OBJECT ? o->first : NULL; rc == PK_OK && m; m = m->next) {
      if (m->kind != PK_JSON_STRING || m->text.n == 0) continue;
      rc = add(a, f, m->key, PK_STR(""), m->text, PK_STR(""), err);
      *ret_any = true;
    }
  return rc;
}

typedef struct files {
  pk_nevra *list;
  size_t n, cap;
} files;

static pk_rc collect_files(const pk_json_value *names, pk_arena *arena, files *l, pk_err *err) {
  for (const pk_json_value *v = names->first; v; v = v->next) {
    pk_nevra file;
    if (v->kind != PK_JSON_STRING || !pk_str_ends(v->text, ".rpm") || !pk_vendor_nevra(v->text, &file)) continue;
    if (file.arch.n == 0 || pk_vendor_arch_is_source(file.arch)) continue;
    void *array = l->list;
    if (!pk_arena_grow(arena, &array, l->n, &l->cap, sizeof file)) return pk_err_set(err, PK_E_LIMIT, "too many packages");
    l->list = array;
    l->list[l->n++] = file;
  }
  return PK_OK;
}

static int by_name_and_version(const void *a, const void *b) {
  const pk_nevra *x = a, *y = b;
  int c = pk_str_cmp(x->name, y->name);
  if (c == 0) c = pk_str_cmp(x->arch, y->arch);
  return c ? c : pk_evr_cmp(PK_TYPE_RPM, x->version, y->version);
}

/* Files of an older build may be listed before those of the one that fixes: the newest of a name counts. */
static pk_rc read_files_by_arch(advisory *a, const affected *f, bool *ret_any, pk_err *err) {
  const pk_json_value *archs = pk_json_get(f->value, "ecosystem_specific");
  files l = {0};
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = archs ? archs->first : NULL; rc == PK_OK && v; v = v->next)
    if (v->kind == PK_JSON_ARRAY) rc = collect_files(v, &a->arena, &l, err);
  if (l.n) qsort(l.list, l.n, sizeof *l.list, by_name_and_version);
  for (size_t i = 0; rc == PK_OK && i < l.n; i++) {
    const pk_nevra *file = &l.list[i], *next = file + 1;
    if (i + 1 < l.n && pk_str_eq(file->name, next->name) && pk_str_eq(file->arch, next->arch)) continue;
    affected one = *f;
    one.rule.arch = file->arch;
    rc = add(a, &one, file->name, PK_STR(""), file->version, PK_STR(""), err);
    *ret_any = true;
  }
  return rc;
}

/* *ret_any: there are some, and they stand for the source package. */
static pk_rc read_binaries(advisory *a, const affected *f, bool *ret_any, pk_err *err) {
  affected binary = *f;
  binary.rule.is_source = false;
  switch (f->ecosystem->lists) {
  case NO_BINARIES:
    return PK_OK;
  case VERSION_BY_NAME:
    return read_versions_by_name(a, &binary, ret_any, err);
  case FILES_BY_ARCH:
    return read_files_by_arch(a, &binary, ret_any, err);
  }
  return PK_OK;
}

/* ---- one affected package ---- */

/* What Ubuntu says of who gets the fix. */
static pk_str note_of(const pk_json_value *value, pk_str ecosystem_name) {
  pk_str availability = pk_json_text(pk_json_get(value, "ecosystem_specific"), "availability");
  if (pk_str_starts(ecosystem_name, "Ubuntu:Pro:Realtime")) return PK_STR("Ubuntu Pro (Realtime)");
  if (!pk_str_starts(ecosystem_name, "Ubuntu:Pro")) return PK_STR("");
  return pk_str_starts(availability, "Livepatch") ? pk_vendor_cut(availability, PK_VENDOR_NOTE_MAX) : PK_STR("Ubuntu Pro (ESM)");
}

/* out a->platform, "" for none of ours */
static pk_rc find_platform(advisory *a, pk_str ecosystem_name, pk_err *err) {
  if (pk_str_eq(a->ecosystem, ecosystem_name)) return PK_OK;
  a->ecosystem = ecosystem_name;
  a->platform = PK_STR("");
  pk_rc rc = pk_vendor_platform(a->reader->document->platforms, ecosystem_name, &a->arena, &a->platform, err);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

static pk_rc read_affected(advisory *a, const pk_json_value *value, pk_err *err) {
  const pk_json_value *package = pk_json_get(value, "package");
  pk_str name = pk_json_text(package, "ecosystem");
  pk_rc rc = find_platform(a, name, err);
  if (rc != PK_OK || a->platform.n == 0 || !pk_vendor_wants(a->reader->document->platform, a->platform)) return rc;
  affected f = {.value = value, .ecosystem = ecosystems, .name = pk_json_text(package, "name"), .rule.platform = a->platform};
  while (!pk_str_starts(name, f.ecosystem->begins)) f.ecosystem++;
  f.rule.is_source = f.ecosystem->is_source;
  f.rule.note = note_of(value, name);
  affected_severity(a, value);
  f.urgency = affected_urgency(a, value);
  bool has_binaries = false;
  rc = affected_module(a, &f, err);
  if (rc == PK_OK && has_fix(value)) rc = read_binaries(a, &f, &has_binaries, err);
  if (rc == PK_OK && !has_binaries) rc = read_ranges(a, &f, err);
  return rc;
}

/* ---- a document ---- */

static pk_rc collect_cves(advisory *a, pk_vendor_cves *cves, pk_err *err) {
  static const char *const places[] = {"aliases", "related", "upstream"};
  pk_rc rc = pk_vendor_cves_add(cves, pk_json_text(a->root, "id"), err);
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    const pk_json_value *list = pk_json_get(a->root, places[i]);
    for (const pk_json_value *v = list ? list->first : NULL; rc == PK_OK && v; v = v->next)
      if (v->kind == PK_JSON_STRING) rc = pk_vendor_cves_add(cves, v->text, err);
  }
  return rc;
}

static pk_rc hand_over(advisory *a, reader *r, pk_str id, pk_err *err) {
  bool is_statement = pk_vendor_cve(id).n > 0;
  pk_str published = pk_json_text(a->root, "published"), summary = pk_json_text(a->root, "summary");
  pk_vendor_cves cves = {.arena = &a->arena};
  pk_definition d = {.id = id,
                     .class = is_statement ? PK_STR("vulnerability") : PK_STR("patch"),
                     .advisory = is_statement ? PK_STR("") : id,
                     .title = pk_vendor_title(summary.n ? summary : pk_json_text(a->root, "details")),
                     .issued_at = pk_vendor_time(published.n ? published : pk_json_text(a->root, "modified"))};
  pk_rc rc = pk_vendor_rules_list(&a->rules, &d.rules, &d.n_rules, err);
  if (rc != PK_OK || d.n_rules == 0) return rc;
  rc = collect_cves(a, &cves, err);
  if (rc == PK_OK) rc = pk_vendor_cves_list(&cves, &d.cves, &d.n_cves, err);
  if (rc == PK_OK) rc = pk_vendor_lower(a->severity, &a->arena, &d.severity, err);
  if (rc == PK_OK) rc = r->sink->definition(r->sink->arg, &d, err);
  if (rc == PK_OK) r->n_definitions++;
  return rc;
}

static pk_rc read_document(reader *r, const pk_json_value *root, pk_err *err) {
  pk_str id = pk_json_text(root, "id");
  if (id.n == 0) return pk_err_set(err, PK_E_SYNTAX, "no 'id': this is no OSV document");
  if (!pk_vendor_is_word(id))
    return pk_err_set(err, PK_E_SYNTAX, "id '%.*s' is no name of an advisory: it is too long or has blanks",
                      PK_FMT(pk_vendor_cut(id, 80)));
  if (pk_json_text(root, "withdrawn").n) return PK_OK;
  advisory a = {.reader = r, .root = root, .severity = PK_STR("")};
  pk_arena_init(&a.arena, RESULT_BYTES_MAX);
  pk_vendor_rules_init(&a.rules, &a.arena);
  document_severity(&a);
  const pk_json_value *list = pk_json_get(root, "affected");
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = list ? list->first : NULL; rc == PK_OK && v; v = v->next) rc = read_affected(&a, v, err);
  if (rc == PK_OK) rc = hand_over(&a, r, id, err);
  pk_vendor_rules_fini(&a.rules);
  pk_arena_fini(&a.arena);
  if (rc < 0 && err) pk_err_prefix(err, "'%.*s': ", PK_FMT(id));
  return rc;
}

/* Also lists of documents, and indexes of a vendor's documents ([{"id": …, "modified": …}, …]), which affect nothing. */
static pk_rc on_document(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  (void)path;
  if (value->kind == PK_JSON_OBJECT) return read_document(arg, value, err);
  if (value->kind != PK_JSON_ARRAY) return pk_err_set(err, PK_E_SYNTAX, "this is no OSV document, but one value");
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = value->first; rc == PK_OK && v; v = v->next) rc = read_document(arg, v, err);
  return rc;
}

pk_rc pk_osv_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.document = d, .sink = sink};
  pk_rc rc = pk_json_each_of_many(d->in, 0, TREE_BYTES_MAX, on_document, &r, err);
  return rc == PK_OK && r.n_definitions == 0 ? PK_UNCHANGED : rc;
}
