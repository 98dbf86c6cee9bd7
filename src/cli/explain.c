/* SPDX-License-Identifier: Apache-2.0
 *
 * explain: why a host is, or is not, vulnerable to a CVE. */
#include "base/times.h"
#include "cli/explain.h"

#include <stdio.h>

static void print_paragraph(const pk_explanation *e) {
  if (!e->package.n && !e->vulnerable && !e->rule.n) { /* nothing was compared: a line is enough */
    printf("not vulnerable: %s (%.*s of feed %.*s)\n\n", e->because, PK_FMT(e->definition), PK_FMT(e->feed));
    return;
  }
  printf("%s", e->vulnerable ? "VULNERABLE" : "not vulnerable");
  if (e->package.n) printf(": %.*s %.*s %.*s", PK_FMT(e->package), PK_FMT(e->installed), PK_FMT(e->arch));
  printf("\n  %s\n", e->because);
  if (e->source.n) printf("  source package  %.*s %.*s\n", PK_FMT(e->source), PK_FMT(e->source_evr));
  if (e->rule.n) printf("  rule            %.*s (order: %s)\n", PK_FMT(e->rule), e->order);
  if (e->package.n) printf("  state           %s%s%.*s\n", pk_rule_state_name(e->state), e->note.n ? ": " : "", PK_FMT(e->note));
  printf("  definition      %.*s%s%.*s\n", PK_FMT(e->definition), e->severity.n ? ", severity " : "", PK_FMT(e->severity));
  if (e->advisory.n && !pk_str_eq(e->advisory, e->definition)) printf("  advisory        %.*s\n", PK_FMT(e->advisory));
  if (e->title.n) printf("  title           %.*s\n", PK_FMT(e->title));
  printf("  feed            %.*s of %s\n", PK_FMT(e->feed), PK_TIME(e->feed_at));
  if (e->approximate.n) printf("  approximate     the host is judged by the data of %.*s\n", PK_FMT(e->approximate));
  puts("");
}

typedef struct listing {
  pk_output *out; /* NULL: paragraphs */
} listing;

static pk_rc list_one(void *arg, const pk_explanation *e, pk_err *err) {
  (void)err;
  pk_output *out = ((listing *)arg)->out;
  if (!out) {
    print_paragraph(e);
    return PK_OK;
  }
  const pk_str cells[] = {PK_STR("explanation"),
                          e->vulnerable ? PK_STR("vulnerable") : PK_STR("not-vulnerable"),
                          e->package,
                          e->arch,
                          e->installed,
                          e->source,
                          e->source_evr,
                          e->rule,
                          pk_str_of(e->order),
                          pk_str_of(pk_rule_state_name(e->state)),
                          e->fixed,
                          e->definition,
                          e->advisory,
                          e->severity,
                          e->feed};
  for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) pk_output_text(out, cells[i]);
  pk_output_time(out, e->feed_at);
  pk_output_text(out, e->approximate);
  pk_output_text(out, pk_str_of(e->because));
  pk_output_text(out, e->note);
  return PK_OK;
}

/* What is known of the CVE itself. */
static pk_rc print_head(pk_store *store, int64_t cve, pk_err *err) {
  pk_arena arena;
  pk_cve_fact f;
  char name[32];
  pk_arena_init(&arena, (size_t)1 << 20);
  pk_cve_format(cve, name);
  pk_rc rc = pk_store_cve_fact(store, cve, &arena, &f, err);
  printf("%s%s%.*s\n", name, f.title.n ? ": " : "", PK_FMT(f.title));
  if (rc == PK_OK) {
    if (f.rejected) puts("  the CVE was rejected by its issuer");
    if (f.exploited_at) printf("  known exploited since %.10s%s\n", PK_TIME(f.exploited_at), f.ransomware ? ", also by ransomware" : "");
    if (f.cvss >= 0) printf("  CVSS %d.%d %.*s\n", (int)f.cvss / 10, (int)f.cvss % 10, PK_FMT(f.cvss_vector));
    if (f.epss >= 0)
      printf("  EPSS %d.%02d %% (more likely than %d %% of all)\n", (int)f.epss / 10000, (int)f.epss % 10000 / 100, (int)f.epss_rank / 10000);
    if (f.ssvc.n) printf("  SSVC %.*s\n", PK_FMT(f.ssvc));
  }
  puts("");
  pk_arena_fini(&arena);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

pk_rc pk_cli_cve(const char *text, int64_t *ret, pk_err *err) {
  *ret = pk_cve_number(pk_str_of(text));
  return *ret ? PK_OK : pk_err_set(err, PK_E_USAGE, "'%s' is no CVE: give its name, for example CVE-2024-6387", text);
}

pk_rc pk_cli_explain(const pk_cli *cli, pk_store *store, const pk_judged_host *host, int64_t cve, pk_err *err) {
  static const pk_column columns[] = {{"kind", PK_COLUMN_TEXT},      {"verdict", PK_COLUMN_TEXT},    {"package", PK_COLUMN_TEXT},    {"arch", PK_COLUMN_TEXT},
                                      {"installed", PK_COLUMN_TEXT}, {"source", PK_COLUMN_TEXT},     {"source_evr", PK_COLUMN_TEXT}, {"rule", PK_COLUMN_TEXT},
                                      {"order", PK_COLUMN_TEXT},     {"state", PK_COLUMN_TEXT},      {"fixed", PK_COLUMN_TEXT},      {"definition", PK_COLUMN_TEXT},
                                      {"advisory", PK_COLUMN_TEXT},  {"severity", PK_COLUMN_TEXT},   {"feed", PK_COLUMN_TEXT},       {"feed_date", PK_COLUMN_TIME},
                                      {"approximate", PK_COLUMN_TEXT}, {"because", PK_COLUMN_TEXT}, {"note", PK_COLUMN_TEXT}};
  listing l = {.out = cli->format == PK_FORMAT_TABLE ? NULL : pk_output_new(cli->format, columns, sizeof columns / sizeof columns[0])};
  pk_judge *judge = pk_judge_new(store);
  char name[32];
  pk_cve_format(cve, name);
  pk_rc rc = l.out ? PK_OK : print_head(store, cve, err);
  if (rc == PK_OK) rc = pk_verdicts_explain(judge, store, host, cve, list_one, &l, err);
  pk_judge_free(&judge);
  if (l.out) {
    pk_err unwritten;
    pk_rc written = pk_output_end(&l.out, rc == PK_OK ? err : &unwritten);
    if (rc == PK_OK) rc = written;
  }
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "no feed speaks of %s: see 'pakiti feed list'", name);
  return rc;
}

typedef struct profile_of {
  int64_t profile_id;
  size_t n;
} profile_of;

static pk_rc keep_profile(void *arg, const pk_host_row *row, pk_err *err) {
  (void)err;
  profile_of *p = arg;
  p->profile_id = row->profile_id;
  p->n++;
  return PK_OK;
}

static pk_rc run(pk_cli *cli, pk_err *err) {
  pk_store *store = NULL;
  pk_judged_host host;
  pk_arena arena;
  const pk_scope everything = {.everything = true};
  profile_of found = {0};
  int64_t cve;
  pk_arena_init(&arena, (size_t)256 << 20);
  pk_rc rc = pk_cli_cve(cli->arguments[1], &cve, err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc == PK_OK) rc = pk_store_hosts(store, &everything, pk_str_of(cli->arguments[0]), keep_profile, &found, err);
  if (rc == PK_OK && !found.n) rc = (pk_err_set(err, PK_NOTFOUND, "no host '%s' has reported", cli->arguments[0]), PK_NOTFOUND);
  if (rc == PK_OK) rc = pk_verdicts_stored_host(store, found.profile_id, &arena, &host, err);
  if (rc == PK_OK) rc = pk_cli_explain(cli, store, &host, cve, err);
  pk_store_close(&store);
  pk_arena_fini(&arena);
  return rc;
}

const pk_command pk_command_explain = {
    .name = "explain", .arguments = "HOST CVE", .min_arguments = 2, .max_arguments = 2,
    .summary = "why a host is, or is not, vulnerable to a CVE",
    .help = "Every feed's opinion: the rule, the versions compared and the order that decided, the feed and its date. 'pakiti check --explain CVE'\n"
            "does the same for a report that is not stored.",
    .run = run};
