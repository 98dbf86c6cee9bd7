/* SPDX-License-Identifier: Apache-2.0
 *
 * kev: CISA's catalogue of vulnerabilities that are known to be exploited, as JSON
 * (https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json)
 *
 *   {"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.01.01", "count": 1,
 *    "vulnerabilities": [
 *      {"cveID": "CVE-2020-0001", "vendorProject": "Example", "product": "Example",
 *       "vulnerabilityName": "Example Buffer Overflow", "dateAdded": "2026-01-01", "dueDate": "2026-01-22",
 *       "knownRansomwareCampaignUse": "Known"}]}
 *
 * or CSV (RFC 4180) with the same names as columns:
 *
 *   cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,…
 *   CVE-2020-0001,Example,Example,"Example Buffer Overflow",2026-01-01,"A ""quoted"" text",…
 */
#include "base/json_tree.h"
#include "feed/enrich/fact.h"
#include "feed/line.h"
#include "feed/vendor_tools.h"

/* Largest catalogue, most memory of one entry, and most columns; it has 1.5 MB and 11. */
#define CATALOGUE_BYTES_MAX ((size_t)64 << 20)
#define ENTRY_BYTES_MAX ((size_t)1 << 20)
#define COLUMNS_MAX 64

typedef struct reader {
  const pk_vendor_sink *sink;
  pk_arena arena; /* of one entry */
  bool is_catalogue;
  size_t n;
} reader;

/* What is wanted of an entry, in either form. */
static const char *const names[] = {"cveID", "dateAdded", "vulnerabilityName", "knownRansomwareCampaignUse"};
enum { CVE, ADDED, NAME, RANSOMWARE, NAMES };

static pk_rc add(reader *r, const pk_str *values, pk_err *err) {
  pk_cve_name room;
  pk_cve_fact f;
  if (!pk_fact_init(&f, pk_str_trim(values[CVE]), &room))
    return pk_err_set(err, PK_E_SYNTAX, "entry %zu: cveID '%.*s' is no CVE", r->n + 1, PK_FMT(pk_str_cut(values[CVE], 80)));
  f.exploited_at = pk_vendor_time(values[ADDED]);
  if (!f.exploited_at)
    return pk_err_set(err, PK_E_SYNTAX, "entry %zu: dateAdded '%.*s' is no date", r->n + 1,
                      PK_FMT(pk_str_cut(values[ADDED], 80)));
  f.ransomware = pk_str_is_nocase(pk_str_trim(values[RANSOMWARE]), "Known");
  if (!pk_feed_line(&r->arena, values[NAME], PK_DEFINITION_TITLE_MAX, &f.title))
    return pk_err_set(err, PK_E_LIMIT, "entry %zu takes more than %zu bytes of memory", r->n + 1, ENTRY_BYTES_MAX);
  r->n++;
  return r->sink->cve(r->sink->arg, &f, err);
}

/* ---- JSON ---- */

static pk_rc visit(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  reader *r = arg;
  if (!pk_str_is(path[0], "vulnerabilities")) return PK_OK;
  r->is_catalogue = true;
  pk_str values[NAMES];
  for (size_t i = 0; i < NAMES; i++) values[i] = pk_json_text(value, names[i]);
  pk_arena_init(&r->arena, ENTRY_BYTES_MAX);
  pk_rc rc = add(r, values, err);
  pk_arena_fini(&r->arena);
  return rc;
}

static pk_rc read_json(reader *r, pk_str bytes, pk_err *err) {
  pk_stream *in = NULL;
  pk_rc rc = pk_stream_open_bytes(bytes, (pk_stream_limits){.out_bytes_max = CATALOGUE_BYTES_MAX}, &in, err);
  if (rc == PK_OK) rc = pk_json_each(in, 2, ENTRY_BYTES_MAX, visit, r, err);
  pk_stream_close(&in);
  if (rc == PK_OK && !r->is_catalogue)
    return pk_err_set(err, PK_E_SYNTAX,
                      "not a catalogue of known exploited vulnerabilities: it has no entries in 'vulnerabilities'");
  return rc;
}

/* ---- CSV ---- */

/* A cell, unquoted in place: what comes out is never longer than what goes in. *rest moves behind the separator;
 * *ret_last says that the line ends here. Returns false on a quote that is never closed. */
static bool next_cell(char **at, char *end, pk_str *ret, bool *ret_last) {
  char *p = *at, *out = *at;
  *ret = (pk_str){p, 0};
  bool is_quoted = p < end && *p == '"';
  if (is_quoted) p++;
  for (; p < end; p++) {
    if (!is_quoted && (*p == ',' || *p == '\n')) break;
    if (is_quoted && *p == '"') {
      is_quoted = p + 1 < end && p[1] == '"';
      if (!is_quoted) continue; /* what follows up to the separator is not quoted */
      p++;
    }
    *out++ = *p;
  }
  if (is_quoted) return false;
  ret->n = (size_t)(out - ret->p);
  if (ret->n && ret->p[ret->n - 1] == '\r') ret->n--;
  *ret_last = p == end || *p == '\n';
  *at = p < end ? p + 1 : p;
  return true;
}

static pk_rc next_row(char **at, char *end, uint64_t number, pk_str *cells, size_t *ret_n, pk_err *err) {
  bool is_last = false;
  *ret_n = 0;
  while (!is_last) {
    if (*ret_n == COLUMNS_MAX)
      return pk_err_set(err, PK_E_LIMIT, "row %llu has more than %d cells", (unsigned long long)number, COLUMNS_MAX);
    if (!next_cell(at, end, &cells[*ret_n], &is_last))
      return pk_err_set(err, PK_E_SYNTAX, "row %llu has a quote that is never closed", (unsigned long long)number);
    ++*ret_n;
  }
  return PK_OK;
}

static pk_rc learn_columns(const pk_str *cells, size_t n, size_t *columns, pk_err *err) {
  for (size_t k = 0; k < NAMES; k++) {
    columns[k] = COLUMNS_MAX;
    for (size_t i = 0; i < n; i++)
      if (pk_str_is_nocase(pk_str_trim(cells[i]), names[k])) columns[k] = i;
  }
  if (columns[CVE] < COLUMNS_MAX && columns[ADDED] < COLUMNS_MAX) return PK_OK;
  return pk_err_set(err, PK_E_SYNTAX,
                    "not a catalogue of known exploited vulnerabilities: the first line has no columns '%s' and '%s'", names[CVE],
                    names[ADDED]);
}

static pk_rc read_csv(reader *r, char *at, char *end, pk_err *err) {
  pk_str cells[COLUMNS_MAX];
  size_t n, columns[NAMES] = {0};
  pk_rc rc = PK_OK;
  for (uint64_t number = 1; rc == PK_OK && at < end; number++) {
    rc = next_row(&at, end, number, cells, &n, err);
    if (rc != PK_OK) break;
    if (number == 1) {
      rc = learn_columns(cells, n, columns, err);
      continue;
    }
    if (n == 1 && !pk_str_trim(cells[0]).n) continue; /* a blank line */
    pk_str values[NAMES];
    for (size_t k = 0; k < NAMES; k++) values[k] = columns[k] < n ? cells[columns[k]] : PK_STR("");
    pk_arena_init(&r->arena, ENTRY_BYTES_MAX);
    rc = add(r, values, err);
    pk_arena_fini(&r->arena);
  }
  return rc;
}

pk_rc pk_kev_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.sink = sink};
  pk_buf bytes;
  pk_buf_init(&bytes, CATALOGUE_BYTES_MAX);
  pk_rc rc = pk_stream_read_all(d->in, &bytes, err);
  size_t bom = pk_str_starts(pk_buf_view(&bytes), "\xef\xbb\xbf") ? 3 : 0;
  pk_str text = pk_str_trim(pk_str_sub(pk_buf_view(&bytes), bom, bytes.n));
  if (rc == PK_OK && pk_str_starts(text, "{"))
    rc = read_json(&r, text, err);
  else if (rc == PK_OK && !text.n)
    rc = pk_err_set(err, PK_E_SYNTAX, "the catalogue is empty");
  else if (rc == PK_OK)
    rc = read_csv(&r, bytes.p + (text.p - bytes.p), bytes.p + (text.p - bytes.p) + text.n, err);
  pk_buf_free(&bytes);
  return rc == PK_OK && !r.n ? PK_UNCHANGED : rc;
}
