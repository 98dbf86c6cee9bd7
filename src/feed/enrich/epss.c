/* SPDX-License-Identifier: Apache-2.0
 *
 * epss: how probable it is that a CVE is exploited within thirty days, as FIRST publishes it every day
 * (https://epss.empiricalsecurity.com/epss_scores-current.csv.gz):
 *
 *   #model_version:v2025.03.14,score_date:2026-01-01T12:55:00Z
 *   cve,epss,percentile
 *   CVE-2020-0001,0.00451,0.61234
 *   CVE-2020-0002,1e-05,0.00012
 *
 * and as others hand it on, with semicolons and without a header:
 *
 *   CVE-2020-0001;0.004510000;0.612340000
 *
 * The first lists, of 2021, had no percentile.
 *  source https://www.first.org/epss/data_stats */
#include "feed/enrich/fact.h"

/* Longest line. */
#define LINE_MAX_BYTES ((size_t)4096)
#define COLUMNS_MAX 16
#define MILLION 1000000

typedef struct columns {
  char separator;
  bool is_known;
  size_t cve, epss, percentile; /* COLUMNS_MAX: there is none */
} columns;

static size_t split(pk_str line, char separator, pk_str *cells) {
  size_t n = 0;
  while (n < COLUMNS_MAX && pk_str_split(&line, separator, &cells[n])) {
    cells[n] = pk_str_trim(cells[n]);
    size_t last = cells[n].n;
    if (last >= 2 && cells[n].p[0] == '"' && cells[n].p[last - 1] == '"') cells[n] = pk_str_sub(cells[n], 1, last - 1);
    n++;
  }
  return n;
}

static size_t column_of(const pk_str *cells, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (pk_str_is_nocase(cells[i], name)) return i;
  return COLUMNS_MAX;
}

/* The first line tells what is where. Returns true when it is a header, and not yet a score. */
static bool learn_columns(pk_str line, columns *c) {
  pk_str cells[COLUMNS_MAX];
  c->separator = pk_str_find(line, ';') < line.n ? ';' : ',';
  size_t n = split(line, c->separator, cells);
  c->is_known = true;
  c->cve = column_of(cells, n, "cve");
  if (c->cve == COLUMNS_MAX) {
    *c = (columns){.separator = c->separator, .is_known = true, .cve = 0, .epss = 1, .percentile = n > 2 ? 2 : COLUMNS_MAX};
    return false;
  }
  c->epss = column_of(cells, n, "epss");
  c->percentile = column_of(cells, n, "percentile");
  return true;
}

static pk_rc read_score(const columns *c, pk_str line, uint64_t number, const pk_vendor_sink *sink, pk_err *err) {
  pk_str cells[COLUMNS_MAX];
  pk_cve_name name;
  pk_cve_fact f;
  size_t n = split(line, c->separator, cells);
  bool ok = c->cve < n && c->epss < n && (c->percentile == COLUMNS_MAX || c->percentile < n) &&
            pk_fact_init(&f, cells[c->cve], &name) && pk_decimal_scaled(cells[c->epss], 6, MILLION, &f.epss) &&
            (c->percentile == COLUMNS_MAX || pk_decimal_scaled(cells[c->percentile], 6, MILLION, &f.epss_rank));
  if (!ok)
    return pk_err_set(err, PK_E_SYNTAX, "line %llu: '%.*s' is no CVE with a probability and a percentile from 0 to 1",
                      (unsigned long long)number, PK_FMT(pk_str_cut(line, 80)));
  return sink->cve(sink->arg, &f, err);
}

pk_rc pk_epss_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  columns c = {0};
  size_t n = 0;
  pk_lines lines;
  pk_str line;
  pk_lines_init(&lines, d->in, LINE_MAX_BYTES);
  pk_rc rc;
  while ((rc = pk_lines_next(&lines, &line, err)) == PK_OK) {
    line = pk_str_trim(line);
    if (!line.n || line.p[0] == '#') continue;
    if (!c.is_known && learn_columns(line, &c)) continue;
    rc = read_score(&c, line, lines.number, sink, err);
    if (rc != PK_OK) break;
    n++;
  }
  pk_lines_fini(&lines);
  if (rc != PK_END) return rc;
  if (!c.is_known) return pk_err_set(err, PK_E_SYNTAX, "the list of scores is empty");
  return n ? PK_OK : PK_UNCHANGED;
}
