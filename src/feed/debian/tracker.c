/* SPDX-License-Identifier: Apache-2.0
 *
 * tracker: the Debian security tracker's own judgement of every source package in every release that it follows, as
 * published at https://security-tracker.debian.org/tracker/data/json:
 *
 *   {"openssl": {
 *      "CVE-2024-0001": {
 *        "description": "Something overflows",
 *        "scope": "remote",
 *        "debianbug": 1000001,
 *        "releases": {
 *          "bookworm": {"status": "open", "repositories": {"bookworm": "3.0.11-1"}, "urgency": "low",
 *                       "nodsa": "Minor issue", "nodsa_reason": "postponed"},
 *          "sid": {"status": "resolved", "repositories": {"sid": "3.2.1-1"}, "fixed_version": "3.2.1-1",
 *                  "urgency": "not yet assigned"}}}}}
 *
 * The document goes from packages to CVEs, and one that is in several packages comes several times: a definition is a CVE
 * in one source package. Each release stands for itself, nothing is concluded from another one.
 *
 * A second form is a single entry of the tracker's text lists as other programs take it apart and keep it, one a document.
 * It carries the list's lines as they were, so these are read as a list is (list.h):
 *
 *   {"header": {"line": "CVE-2024-XXXX [Something overflows]", "name": "TEMP-0000000-A1B2C3"},
 *    "annotations": [{"line": "\t- example <unfixed>", "type": "package", …}]}
 *
 *  source the tracker's bin/tracker_service.py page_json: status, urgency and nodsa of a release */
#include "base/json_tree.h"
#include "feed/debian/list.h"
#include "feed/line.h"

/* Most memory of one CVE of a package, and of its definition. */
#define VALUE_BYTES_MAX ((size_t)16 << 20)
/* Most releases of one CVE. */
#define RELEASES_MAX ((size_t)1000)

typedef struct reader {
  const pk_vendor_document *document;
  const pk_vendor_sink *sink;
  pk_arena arena; /* of one definition */
  pk_str package;
  size_t n_values, n_definitions;
  pk_debian_entries *record; /* NULL unless the document is an entry of a list */
  uint64_t n_lines;
} reader;

static pk_rc full(pk_str package, pk_str cve, pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "'%.*s' of package '%.*s' takes more than %zu bytes of memory", PK_FMT(cve), PK_FMT(package),
                    VALUE_BYTES_MAX);
}

/* "low**" is an urgency that was taken over from elsewhere. */
static pk_str urgency_of(const pk_json_value *release) {
  pk_str u = pk_json_text(release, "urgency");
  return pk_str_sub(u, 0, pk_str_find(u, '*'));
}

/* The worst of the releases' urgencies that are one. */
static pk_str severity_of(const pk_json_value *releases) {
  static const char *const words[] = {"unimportant", "low", "medium", "high"};
  size_t worst = 0;
  for (const pk_json_value *r = releases->first; r; r = r->next)
    for (size_t i = worst; i < 4; i++)
      if (pk_str_is(urgency_of(r), words[i])) worst = i + 1;
  return worst ? pk_str_of(words[worst - 1]) : PK_STR("");
}

/* Where there is no fix: what the security team decided. */
static pk_rule_state open_state(const pk_json_value *release) {
  pk_str urgency = urgency_of(release), reason = pk_json_text(release, "nodsa_reason");
  if (pk_str_is(urgency, "unimportant")) return PK_RULE_UNIMPORTANT;
  if (pk_str_is(urgency, "end-of-life")) return PK_RULE_OUT_OF_SUPPORT;
  if (pk_str_is(reason, "postponed")) return PK_RULE_DEFERRED;
  if (pk_str_is(reason, "ignored")) return PK_RULE_WILL_NOT_FIX;
  return pk_json_text(release, "nodsa").n ? PK_RULE_NO_ADVISORY : PK_RULE_AFFECTED;
}

/* Version "0": no version in this release was ever vulnerable, and nothing else is meant when there is none. */
static void resolved(const pk_json_value *release, pk_rule *rule) {
  pk_str version = pk_json_text(release, "fixed_version");
  rule->state = PK_RULE_NOT_AFFECTED;
  if (!version.n || pk_str_is(version, "0")) return;
  rule->fixed = version;
  rule->state = pk_str_is(urgency_of(release), "unimportant") ? PK_RULE_UNIMPORTANT : PK_RULE_FIXED;
}

/* Returns false for a status that is not known, and a version that is none. */
static bool judge(const pk_json_value *release, pk_rule *rule) {
  pk_str status = pk_json_text(release, "status");
  if (pk_str_is(status, "resolved"))
    resolved(release, rule);
  else if (pk_str_is(status, "undetermined"))
    rule->state = PK_RULE_UNDER_INVESTIGATION;
  else if (pk_str_is(status, "open"))
    rule->state = open_state(release);
  else
    return false;
  return !rule->fixed.n || pk_debian_is_version(rule->fixed);
}

static pk_rc add_release(reader *r, const pk_json_value *release, pk_rule *rules, size_t *n, pk_err *err) {
  char platform[PK_PLATFORM_MAX + 1];
  pk_str none = PK_STR("");
  pk_rule rule = {.names = &r->package,
                  .n_names = 1,
                  .is_source = true,
                  .arch = none,
                  .module = none,
                  .introduced = none,
                  .fixed = none,
                  .last = none,
                  .advisory = none,
                  .note = none};
  if (!judge(release, &rule) || !pk_platform_of_codename(PK_STR("debian"), release->key, platform)) return PK_OK;
  if (!pk_vendor_wants(r->document->platform, pk_str_of(platform))) return PK_OK;
  if (!pk_arena_copy(&r->arena, pk_str_of(platform), &rule.platform) ||
      !pk_feed_line(&r->arena, pk_json_text(release, "nodsa"), PK_DEFINITION_TITLE_MAX, &rule.note))
    return full(r->package, release->key, err);
  rules[(*n)++] = rule;
  return PK_OK;
}

static pk_rc add_releases(reader *r, const pk_json_value *releases, const pk_rule **ret, size_t *ret_n, pk_err *err) {
  size_t n = 0;
  for (const pk_json_value *v = releases->first; v; v = v->next) n++;
  if (n > RELEASES_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %zu releases", RELEASES_MAX);
  pk_rule *rules = pk_arena_alloc(&r->arena, n * sizeof *rules);
  pk_rc rc = rules ? PK_OK : full(r->package, releases->key, err);
  *ret = rules;
  *ret_n = 0;
  for (const pk_json_value *v = releases->first; rc == PK_OK && v; v = v->next) rc = add_release(r, v, rules, ret_n, err);
  return rc;
}

/* "CVE-2024-1 openssl" */
static pk_rc name_definition(reader *r, pk_str cve, pk_str *ret, pk_err *err) {
  pk_buf id;
  pk_buf_init(&id, PK_DEFINITION_ID_MAX);
  pk_buf_str(&id, cve);
  pk_buf_putc(&id, ' ');
  pk_buf_str(&id, r->package);
  pk_rc rc = PK_OK;
  if (id.over)
    rc = pk_err_set(err, PK_E_LIMIT, "an id of more than %zu bytes", PK_DEFINITION_ID_MAX);
  else if (!pk_arena_copy(&r->arena, pk_buf_view(&id), ret))
    rc = full(r->package, cve, err);
  pk_buf_free(&id);
  return rc;
}

static pk_rc add_definition(reader *r, pk_str cve, const pk_json_value *value, pk_err *err) {
  const pk_json_value *releases = pk_json_get(value, "releases");
  if (!releases || releases->kind != PK_JSON_OBJECT)
    return pk_err_set(err, PK_E_SYNTAX, "not a document of the security tracker: it has no member 'releases'");
  char name[32];
  int64_t number = pk_cve_number(cve);
  if (number) pk_cve_format(number, name);
  pk_str cves[1] = {number ? pk_str_of(name) : cve};
  pk_definition d = {.class = PK_STR("vulnerability"), .advisory = PK_STR(""), .cves = cves, .n_cves = number != 0};
  pk_rc rc = add_releases(r, releases, &d.rules, &d.n_rules, err);
  if (rc != PK_OK || !d.n_rules) return rc;
  d.severity = severity_of(releases);
  rc = name_definition(r, cves[0], &d.id, err);
  if (rc == PK_OK && !pk_feed_line(&r->arena, pk_json_text(value, "description"), PK_DEFINITION_TITLE_MAX, &d.title))
    rc = full(r->package, cve, err);
  if (rc != PK_OK) return rc;
  r->n_definitions++;
  return r->sink->definition(r->sink->arg, &d, err);
}

/* The document is a list's entry: its header comes first, or the lines could not be told what they belong to. */
static pk_rc read_record(reader *r, const pk_str *path, const pk_json_value *value, pk_err *err) {
  bool is_header = pk_str_is(path[0], "header");
  if (is_header && pk_str_is(path[1], "name") && r->n_lines) return pk_debian_entries_rename(r->record, value->text, err);
  if (!is_header && !pk_str_is(path[0], "annotations")) return PK_OK;
  pk_str line = is_header ? value->text : pk_json_text(value, "line");
  if (is_header && !pk_str_is(path[1], "line")) return PK_OK;
  pk_rc rc = PK_NOTFOUND;
  if (is_header && !r->n_lines)
    rc = pk_debian_entries_begin(r->record, line, err);
  else if (!is_header && r->n_lines)
    rc = pk_debian_entries_add(r->record, line, r->n_lines + 1, err);
  r->n_lines++;
  if (rc != PK_NOTFOUND) return rc;
  return pk_err_set(err, PK_E_SYNTAX, "not an entry of the security tracker's lists: '%.*s' is no header",
                    PK_FMT(pk_str_cut(line, 80)));
}

static pk_rc visit_value(reader *r, const pk_str *path, const pk_json_value *value, pk_err *err) {
  if (r->record || (pk_str_is(path[0], "header") && value->kind == PK_JSON_STRING)) {
    if (!r->record) r->record = pk_debian_entries_new(r->document, r->sink);
    return read_record(r, path, value, err);
  }
  if (!path[0].n || !path[1].n || value->kind != PK_JSON_OBJECT)
    return pk_err_set(err, PK_E_SYNTAX, "not a document of the security tracker: package, CVE and releases are expected");
  if (!pk_debian_is_name(path[0]) || !pk_debian_is_name(path[1]))
    return pk_err_set(err, PK_E_SYNTAX, "not a document of the security tracker: there is no such package, or no such CVE");
  r->package = path[0];
  return add_definition(r, path[1], value, err);
}

static pk_rc visit(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  reader *r = arg;
  pk_arena_init(&r->arena, VALUE_BYTES_MAX);
  pk_rc rc = visit_value(r, path, value, err);
  pk_arena_fini(&r->arena);
  if (rc == PK_E_SYNTAX && err)
    pk_err_prefix(err, "'%.*s': '%.*s': ", PK_FMT(pk_str_cut(path[0], 80)), PK_FMT(pk_str_cut(path[1], 80)));
  r->n_values++;
  return rc;
}

pk_rc pk_debian_tracker_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.document = d, .sink = sink};
  pk_rc rc = pk_json_each(d->in, 2, VALUE_BYTES_MAX, visit, &r, err);
  if (rc == PK_OK && r.record)
    rc = pk_debian_entries_end(r.record, err);
  else if (rc == PK_OK && !r.n_values)
    rc = pk_err_set(err, PK_E_SYNTAX, "not a document of the security tracker: it has no package");
  else if (rc == PK_OK && !r.n_definitions)
    rc = PK_UNCHANGED;
  pk_debian_entries_free(&r.record);
  return rc;
}
