/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"
#include "base/times.h"
#include "cli/explain.h"
#include "cli/report_file.h"
#include "cli/verdict_list.h"

#include <stdio.h>
#include <stdlib.h>

/* A report and the database that it is judged or stored by. */
typedef struct from_file {
  pk_store *store;
  pk_report_file file;
} from_file;

static pk_rc load(pk_cli *cli, pk_store_mode mode, from_file *f, pk_err *err) {
  pk_rc rc = pk_cli_open(cli, mode, &f->store, err);
  return rc == PK_OK ? pk_report_file_load(&cli->config, f->store, cli->arguments[0], pk_cli_value(cli, "platform"), &f->file, err) : rc;
}

static void unload(from_file *f) {
  pk_report_file_unload(&f->file);
  pk_store_close(&f->store);
}

static int cmp_updates(const void *a, const void *b) {
  const pk_reply_update *x = a, *y = b;
  int c = pk_str_cmp(x->name, y->name);
  if (c == 0) c = pk_str_cmp(x->arch, y->arch);
  return c ? c : pk_str_cmp(x->installed, y->installed);
}

static void print_update(pk_output *out, const pk_reply_update *u) {
  const pk_str cells[] = {PK_STR("update"), u->name, u->arch, u->installed, u->available, u->security ? PK_STR("security") : PK_STR("ordinary"), u->repository};
  for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) pk_output_text(out, cells[c]);
}

static void print_blanks(pk_output *out, size_t n) {
  for (size_t i = 0; i < n; i++) pk_output_text(out, PK_STR(""));
}

/* In JSON both kinds are one list; in a table and in tsv each has its own columns. */
static const pk_column COLUMNS[] = {{"verdict", PK_COLUMN_TEXT},   {"package", PK_COLUMN_TEXT}, {"arch", PK_COLUMN_TEXT},       {"installed", PK_COLUMN_TEXT},
                                    {"available", PK_COLUMN_TEXT}, {"kind", PK_COLUMN_TEXT},    {"repository", PK_COLUMN_TEXT}, {"cve", PK_COLUMN_TEXT},
                                    {"advisory", PK_COLUMN_TEXT},  {"severity", PK_COLUMN_TEXT}, {"state", PK_COLUMN_TEXT},     {"fixed", PK_COLUMN_TEXT},
                                    {"feed", PK_COLUMN_TEXT}};
enum { N_UPDATE_COLUMNS = 7, N_COLUMNS = sizeof COLUMNS / sizeof COLUMNS[0] };

static pk_rc print_json(const pk_answer *answer, const pk_verdict_list *r, pk_err *err) {
  pk_output *out = pk_output_new(PK_FORMAT_JSON, COLUMNS, N_COLUMNS);
  for (size_t i = 0; i < answer->n_updates; i++) {
    print_update(out, &answer->updates[i]);
    print_blanks(out, N_COLUMNS - N_UPDATE_COLUMNS);
  }
  for (size_t i = 0; i < r->n; i++) {
    pk_output_text(out, PK_STR("vulnerability"));
    for (size_t c = 0; c < 3; c++) pk_output_text(out, r->list[i].texts[c]);
    print_blanks(out, 3);
    for (size_t c = 3; c < PK_VERDICT_TEXTS; c++) pk_output_text(out, r->list[i].texts[c]);
  }
  return pk_output_end(&out, err);
}

static pk_rc print_verdicts(pk_cli *cli, pk_answer *answer, pk_verdict_list *list, pk_err *err) {
  if (answer->n_updates) qsort(answer->updates, answer->n_updates, sizeof *answer->updates, cmp_updates);
  pk_verdict_list_sort(list);
  if (cli->format == PK_FORMAT_JSON) return print_json(answer, list, err);
  pk_output *out = pk_output_new(cli->format, COLUMNS, N_UPDATE_COLUMNS);
  for (size_t i = 0; i < answer->n_updates; i++) print_update(out, &answer->updates[i]);
  pk_rc rc = pk_output_end(&out, err);
  if (rc != PK_OK || !list->n) return rc;
  if (cli->format == PK_FORMAT_TABLE) puts("");
  return pk_verdict_list_print(list, cli->format, err);
}

static void print_notes(const pk_prepared *p) {
  if (pk_str_is(p->platform.name, "unknown"))
    fprintf(stderr, "pakiti: note: '%.*s' is no known system: nothing can be judged; say --platform, or add a line to platforms_file\n",
            PK_FMT(p->report.os));
  if (p->n_ignored)
    fprintf(stderr, "pakiti: note: %zu packages are ignored by configuration (store_devel_packages, store_doc_packages, ignore_packages, ignore_package_patterns)\n",
            p->n_ignored);
}

static pk_rc check(pk_cli *cli, from_file *f, pk_arena *arena, pk_err *err) {
  pk_answer answer;
  pk_judged_host host;
  pk_verdict_list r = {.arena = arena};
  const char *explain = pk_cli_value(cli, "explain");
  int64_t cve = 0;
  pk_rc rc = explain ? pk_cli_cve(explain, &cve, err) : PK_OK;
  if (rc == PK_OK) rc = load(cli, PK_STORE_READ, f, err);
  if (rc == PK_OK) rc = pk_verdicts_report_host(&f->file.prepared, arena, &host, err);
  if (rc == PK_OK && explain) return pk_cli_explain(cli, f->store, &host, cve, err);
  if (rc == PK_OK) rc = pk_intake_check(f->store, &f->file.prepared, &answer, err);
  if (rc == PK_OK) rc = pk_verdict_list_collect(f->store, &host, &r, err);
  if (rc != PK_OK) return rc;
  print_notes(&f->file.prepared);
  if (answer.n_known == 0 && r.n == 0)
    fprintf(stderr, "pakiti: note: no package of the report is in a repository that was fetched for %.*s: nothing can be judged\n",
            PK_FMT(f->file.prepared.platform.name));
  return print_verdicts(cli, &answer, &r, err);
}

static pk_rc run_check(pk_cli *cli, pk_err *err) {
  from_file f = {0};
  pk_arena arena;
  pk_arena_init(&arena, (size_t)512 << 20);
  pk_rc rc = check(cli, &f, &arena, err);
  unload(&f);
  pk_arena_fini(&arena);
  return rc;
}

static pk_rc store_one(from_file *f, pk_err *err) {
  int64_t profile_id;
  pk_judge *judge = pk_judge_new(f->store);
  pk_rc rc = pk_store_begin(f->store, err);
  if (rc == PK_OK) {
    rc = pk_intake_store(judge, f->store, &f->file.prepared, pk_now(), &profile_id, NULL, err);
    if (rc == PK_OK)
      rc = pk_store_commit(f->store, err);
    else
      pk_store_rollback(f->store);
  }
  pk_judge_free(&judge);
  return rc;
}

static pk_rc run_submit(pk_cli *cli, pk_err *err) {
  from_file f = {0};
  pk_rc rc = load(cli, PK_STORE_WRITE, &f, err);
  if (rc == PK_OK) rc = store_one(&f, err);
  if (rc == PK_OK) print_notes(&f.file.prepared);
  if (rc == PK_OK)
    printf("report of '%s' stored: %zu packages, platform %.*s; 'pakiti host %s' shows what is not patched\n", f.file.prepared.identity.name,
           f.file.prepared.n_packages, PK_FMT(f.file.prepared.platform.name), f.file.prepared.identity.name);
  unload(&f);
  return rc;
}

static const pk_cli_option CHECK_OPTIONS[] = {{"platform", "NAME:RELEASE", "judge it as this platform, whatever the report says"},
                                             {"explain", "CVE", "say why it is, or is not, vulnerable to this one"},
                                             {NULL, NULL, NULL}};
static const pk_cli_option OPTIONS[] = {{"platform", "NAME:RELEASE", "judge it as this platform, whatever the report says"}, {NULL, NULL, NULL}};

const pk_command pk_command_check = {
    .name = "check", .arguments = "REPORT|-", .min_arguments = 1, .max_arguments = 1, .options = CHECK_OPTIONS,
    .summary = "judge a report against the stored feeds; stores nothing",
    .help = "REPORT is a file in any form that hosts send (Pakiti 2, Pakiti 3, GLPI, protocol 6), or - for standard input.\n"
            "With --format tsv: update, name, arch, installed, available, security|ordinary, repository; then\n"
            "vulnerability, name, arch, installed, CVE, advisory, severity, state, fixed, feed; each sorted by name and arch. A state is one of\n"
            "fixed, affected, will-not-fix, deferred, no-advisory, out-of-support, under-investigation, unimportant.",
    .run = run_check};
const pk_command pk_command_submit = {.name = "submit", .arguments = "REPORT|-", .min_arguments = 1, .max_arguments = 1, .options = OPTIONS,
                                      .summary = "store a report from a file", .run = run_submit};
