/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"
#include "base/file.h"
#include "base/times.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

/* A report read from a file, prepared. */
typedef struct from_file {
  pk_intake *intake;
  pk_store *store;
  pk_buf body;
  pk_prepared prepared;
  bool is_prepared;
} from_file;

static pk_rc load(pk_cli *cli, pk_store_mode mode, from_file *f, pk_err *err) {
  const pk_sender sender = {.address = PK_STR("local")};
  pk_buf_init(&f->body, (size_t)cli->config.report_bytes_max);
  pk_rc rc = pk_cli_open(cli, mode, &f->store, err);
  if (rc == PK_OK) rc = pk_intake_new(&cli->config, f->store, &f->intake, err);
  if (rc == PK_OK && (rc = pk_file_read(cli->arguments[0], &f->body, err)) == PK_NOTFOUND)
    pk_err_set(err, rc, "there is no file '%s'", cli->arguments[0]);
  if (rc != PK_OK) return rc;
  pk_report_request request = {.body = pk_buf_view(&f->body)};
  f->is_prepared = true;
  rc = pk_intake_prepare(f->intake, &sender, &request, pk_cli_value(cli, "platform"), &f->prepared, err);
  return rc == PK_OK ? rc : pk_err_prefix(err, "%s: ", cli->arguments[0]);
}

static void unload(from_file *f) {
  if (f->is_prepared) pk_prepared_fini(&f->prepared);
  pk_buf_free(&f->body);
  pk_intake_free(&f->intake);
  pk_store_close(&f->store);
}

static int cmp_updates(const void *a, const void *b) {
  const pk_reply_update *x = a, *y = b;
  int c = pk_str_cmp(x->name, y->name);
  if (c == 0) c = pk_str_cmp(x->arch, y->arch);
  return c ? c : pk_str_cmp(x->installed, y->installed);
}

static pk_rc print_verdicts(pk_cli *cli, pk_answer *answer, pk_err *err) {
  static const pk_column columns[] = {{"verdict", PK_CELL_TEXT},   {"package", PK_CELL_TEXT}, {"arch", PK_CELL_TEXT},      {"installed", PK_CELL_TEXT},
                                      {"available", PK_CELL_TEXT}, {"kind", PK_CELL_TEXT},    {"repository", PK_CELL_TEXT}};
  if (answer->n_updates) qsort(answer->updates, answer->n_updates, sizeof *answer->updates, cmp_updates);
  pk_output *out = pk_output_new(cli->format, columns, sizeof columns / sizeof columns[0]);
  for (size_t i = 0; i < answer->n_updates; i++) {
    const pk_reply_update *u = &answer->updates[i];
    const pk_str cells[] = {PK_STR("update"), u->name, u->arch, u->installed, u->available, u->security ? PK_STR("security") : PK_STR("ordinary"), u->repository};
    for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) pk_output_text(out, cells[c]);
  }
  return pk_output_end(&out, err);
}

static void print_notes(const pk_prepared *p) {
  if (pk_str_is(p->platform.name, "unknown"))
    fprintf(stderr, "pakiti: note: '%.*s' is no known system: nothing can be judged; say --platform, or add a line to platforms_file\n",
            PK_FMT(p->report.os));
  if (p->n_ignored)
    fprintf(stderr, "pakiti: note: %zu packages are ignored by configuration (store_devel_packages, store_doc_packages, ignore_packages, ignore_package_patterns)\n",
            p->n_ignored);
}

static pk_rc run_check(pk_cli *cli, pk_err *err) {
  from_file f = {0};
  pk_answer answer;
  pk_rc rc = load(cli, PK_STORE_READ, &f, err);
  if (rc == PK_OK) rc = pk_intake_check(f.store, &f.prepared, &answer, err);
  if (rc == PK_OK) print_notes(&f.prepared);
  if (rc == PK_OK && answer.n_known == 0)
    fprintf(stderr, "pakiti: note: no package of the report is in a repository that was fetched for %.*s: nothing can be judged\n",
            PK_FMT(f.prepared.platform.name));
  if (rc == PK_OK) rc = print_verdicts(cli, &answer, err);
  unload(&f);
  return rc;
}

static pk_rc store_one(from_file *f, pk_err *err) {
  int64_t profile_id;
  pk_judge *judge = pk_judge_new(f->store);
  pk_rc rc = pk_store_begin(f->store, err);
  if (rc == PK_OK) {
    rc = pk_intake_store(judge, f->store, &f->prepared, pk_now(), &profile_id, NULL, err);
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
  if (rc == PK_OK) print_notes(&f.prepared);
  if (rc == PK_OK)
    printf("report of '%s' stored: %zu packages, platform %.*s; 'pakiti host %s' shows what is not patched\n", f.prepared.identity.name,
           f.prepared.n_packages, PK_FMT(f.prepared.platform.name), f.prepared.identity.name);
  unload(&f);
  return rc;
}

static const pk_cli_option OPTIONS[] = {{"platform", "NAME:RELEASE", "judge it as this platform, whatever the report says"}, {NULL, NULL, NULL}};

const pk_command pk_command_check = {
    .name = "check", .arguments = "REPORT|-", .min_arguments = 1, .max_arguments = 1, .options = OPTIONS,
    .summary = "judge a report against the stored feeds; stores nothing",
    .help = "REPORT is a file in any form that hosts send (Pakiti 2, Pakiti 3, GLPI, protocol 6), or - for standard input.\n"
            "With --format tsv: update, name, arch, installed, available, security|ordinary, repository; sorted by name and arch.",
    .run = run_check};
const pk_command pk_command_submit = {.name = "submit", .arguments = "REPORT|-", .min_arguments = 1, .max_arguments = 1, .options = OPTIONS,
                                      .summary = "store a report from a file", .run = run_submit};
