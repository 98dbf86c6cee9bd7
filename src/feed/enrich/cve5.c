/* SPDX-License-Identifier: Apache-2.0
 *
 * cve5: the record of one CVE as the CVE program publishes it (github.com/CVEProject/cvelistV5, one file a CVE), with what
 * the numbering authority (CNA) says and what others (ADP, foremost CISA) have added:
 *
 *   {"dataType": "CVE_RECORD", "dataVersion": "5.1",
 *    "cveMetadata": {"cveId": "CVE-2024-0001", "state": "PUBLISHED"},
 *    "containers": {
 *      "cna": {"title": "Example overflows",
 *              "descriptions": [{"lang": "en", "value": "Example 1.0 overflows. An attacker …"}],
 *              "metrics": [{"format": "CVSS", "cvssV3_1": {"version": "3.1", "baseScore": 9.8,
 *                           "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
 *      "adp": [{"title": "CISA ADP Vulnrichment", "metrics": [
 *        {"other": {"type": "ssvc", "content": {"options": [
 *           {"Exploitation": "active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]}}},
 *        {"other": {"type": "kev", "content": {"dateAdded": "2024-02-01"}}}]}]}}
 *
 * Of several CVSS scores that of the CNA is taken before those of others, and of one container the newest version.
 *  source CVE JSON record format 5.x, https://github.com/CVEProject/cve-schema */
#include "base/json_tree.h"
#include "feed/enrich/fact.h"
#include "feed/line.h"
#include "feed/vendor_tools.h"

/* Most memory of a record, and longest vector that is kept. Records of the Linux kernel have 1 MB. */
#define RECORD_BYTES_MAX ((size_t)64 << 20)
#define VECTOR_BYTES_MAX ((size_t)255)
/* Shortest beginning of a description that is taken for a sentence: not "e.g." */
#define SENTENCE_BYTES_MIN 24

typedef struct reader {
  pk_arena arena;
  pk_cve_fact fact;
  pk_cve_name name;
  bool is_record, is_other; /* is_other: of the lists of changes that lie beside the records */
} reader;

static pk_rc full(pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "the record takes more than %zu bytes of memory", RECORD_BYTES_MAX);
}

/* ---- CVSS ---- */

static bool is_vector(pk_str v) {
  for (size_t i = 0; i < v.n; i++) {
    char c = v.p[i];
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '/' || c == '.'))
      return false;
  }
  return v.n && v.n <= VECTOR_BYTES_MAX;
}

static bool take_score(reader *r, const pk_json_value *cvss) {
  const pk_json_value *score = pk_json_get(cvss, "baseScore");
  if (!score || (score->kind != PK_JSON_NUMBER && score->kind != PK_JSON_STRING)) return false;
  if (!pk_decimal_scaled(score->text, 1, 100, &r->fact.cvss)) return false;
  pk_str vector = pk_json_text(cvss, "vectorString"), kept;
  if (is_vector(vector) && pk_arena_copy(&r->arena, vector, &kept)) r->fact.cvss_vector = kept;
  return true;
}

static void take_cvss(reader *r, const pk_json_value *container) {
  static const char *const versions[] = {"cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"};
  const pk_json_value *metrics = pk_json_get(container, "metrics");
  if (r->fact.cvss >= 0 || !metrics) return;
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
    for (const pk_json_value *m = metrics->first; m; m = m->next)
      if (take_score(r, pk_json_get(m, versions[i]))) return;
}

/* ---- SSVC and known exploitation ---- */

static pk_str option_of(const pk_json_value *options, const char *name) {
  for (const pk_json_value *o = options ? options->first : NULL; o; o = o->next) {
    pk_str text = pk_json_text(o, name);
    if (text.n && text.n <= 32 && is_vector(text)) return text;
  }
  return PK_STR("");
}

static void lower(pk_buf *b) {
  for (size_t i = 0; i < b->n; i++)
    if (b->p[i] >= 'A' && b->p[i] <= 'Z') b->p[i] = (char)(b->p[i] - 'A' + 'a');
}

static bool take_ssvc(reader *r, const pk_json_value *content) {
  static const char *const words[][2] = {
      {"Exploitation", "exploitation"}, {"Automatable", "automatable"}, {"Technical Impact", "impact"}};
  const pk_json_value *options = pk_json_get(content, "options");
  pk_buf text;
  pk_buf_init(&text, 256);
  for (size_t i = 0; i < 3; i++) {
    pk_str value = option_of(options, words[i][0]);
    if (value.n) pk_buf_printf(&text, "%s%s=%.*s", text.n ? " " : "", words[i][1], PK_FMT(value));
  }
  lower(&text);
  bool ok = pk_arena_copy(&r->arena, pk_buf_view(&text), &r->fact.ssvc);
  pk_buf_free(&text);
  return ok;
}

/* A date that cannot be read is one that is not known. */
static void take_kev(reader *r, const pk_json_value *content) {
  int64_t at = pk_vendor_time(pk_json_text(content, "dateAdded"));
  if (at) r->fact.exploited_at = at;
}

static pk_rc take_others(reader *r, const pk_json_value *container, pk_err *err) {
  const pk_json_value *metrics = pk_json_get(container, "metrics");
  for (const pk_json_value *m = metrics ? metrics->first : NULL; m; m = m->next) {
    const pk_json_value *other = pk_json_get(m, "other"), *content = pk_json_get(other, "content");
    pk_str type = pk_json_text(other, "type");
    if (pk_str_is_nocase(type, "ssvc") && !r->fact.ssvc.n && !take_ssvc(r, content)) return full(err);
    if (pk_str_is_nocase(type, "kev")) take_kev(r, content);
  }
  return PK_OK;
}

/* ---- title ---- */

/* Up to the first full stop before a capital letter, or the end of the paragraph. */
static pk_str first_sentence(pk_str text) {
  text = pk_str_trim(text);
  for (size_t i = 0; i + 1 < text.n; i++) {
    bool is_paragraph = text.p[i] == '\n' && text.p[i + 1] == '\n';
    bool is_stop = i >= SENTENCE_BYTES_MIN && text.p[i] == '.' && (text.p[i + 1] == ' ' || text.p[i + 1] == '\n');
    if (is_paragraph) return pk_str_sub(text, 0, i);
    if (!is_stop) continue;
    pk_str next = pk_str_trim(pk_str_sub(text, i + 1, text.n));
    if (next.n && next.p[0] >= 'A' && next.p[0] <= 'Z') return pk_str_sub(text, 0, i + 1);
  }
  return text;
}

static pk_str english(const pk_json_value *descriptions) {
  for (const pk_json_value *d = descriptions ? descriptions->first : NULL; d; d = d->next) {
    pk_str lang = pk_json_text(d, "lang");
    if (pk_str_is_nocase(pk_str_sub(lang, 0, 2), "en")) return pk_json_text(d, "value");
  }
  return PK_STR("");
}

static pk_rc take_title(reader *r, const pk_json_value *cna, pk_err *err) {
  pk_str title = pk_str_trim(pk_json_text(cna, "title"));
  if (!title.n) title = first_sentence(english(pk_json_get(cna, "descriptions")));
  return pk_feed_line(&r->arena, title, PK_DEFINITION_TITLE_MAX, &r->fact.title) ? PK_OK : full(err);
}

/* ---- record ---- */

static pk_rc read_containers(reader *r, const pk_json_value *containers, pk_err *err) {
  const pk_json_value *cna = pk_json_get(containers, "cna"), *adp = pk_json_get(containers, "adp");
  pk_rc rc = take_title(r, cna, err);
  take_cvss(r, cna);
  if (rc == PK_OK) rc = take_others(r, cna, err);
  for (const pk_json_value *a = adp && adp->kind == PK_JSON_ARRAY ? adp->first : NULL; rc == PK_OK && a; a = a->next) {
    take_cvss(r, a);
    rc = take_others(r, a, err);
  }
  return rc;
}

static pk_rc read_metadata(reader *r, const pk_json_value *metadata, pk_err *err) {
  pk_cve_fact before = r->fact;
  pk_str cve = pk_json_text(metadata, "cveId");
  if (!pk_fact_init(&r->fact, cve, &r->name))
    return pk_err_set(err, PK_E_SYNTAX, "cveId '%.*s' is no CVE", PK_FMT(pk_str_cut(cve, 80)));
  before.cve = r->fact.cve;
  r->fact = before;
  r->fact.rejected = pk_str_is_nocase(pk_json_text(metadata, "state"), "REJECTED");
  r->is_record = true;
  return PK_OK;
}

static pk_rc visit(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  reader *r = arg;
  if (pk_str_is(path[0], "cveMetadata")) return read_metadata(r, value, err);
  if (pk_str_is(path[0], "containers")) return read_containers(r, value, err);
  if (!path[0].n || pk_str_is(path[0], "fetchTime")) r->is_other = true; /* deltaLog.json, delta.json */
  return PK_OK;
}

pk_rc pk_cve5_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.is_record = false};
  (void)pk_fact_init(&r.fact, PK_STR("CVE-1999-0001"), &r.name); /* members may come in any order */
  pk_arena_init(&r.arena, RECORD_BYTES_MAX);
  pk_rc rc = pk_json_each(d->in, 1, RECORD_BYTES_MAX, visit, &r, err);
  if (rc == PK_OK && !r.is_record)
    rc = r.is_other ? PK_UNCHANGED
                    : pk_err_set(err, PK_E_SYNTAX, "not a CVE record of version 5: member 'cveMetadata' is missing");
  if (rc == PK_OK) rc = sink->cve(sink->arg, &r.fact, err);
  pk_arena_fini(&r.arena);
  return rc;
}
