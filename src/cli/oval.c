/* SPDX-License-Identifier: Apache-2.0 */
#include "app/oval.h"

#include "cli/cli.h"
#include "cli/report_file.h"

typedef struct listing {
  pk_output *out;
  bool all;
} listing;

static void add_cves(pk_output *out, const pk_definition *d) {
  pk_buf text;
  pk_buf_init(&text, (size_t)1 << 20);
  for (size_t i = 0; i < d->n_cves; i++) {
    if (i) pk_buf_putc(&text, ',');
    pk_buf_str(&text, d->cves[i]);
  }
  pk_output_text(out, pk_buf_view(&text));
  pk_buf_free(&text);
}

static pk_rc list_definition(void *arg, const pk_definition *d, pk_result result, const char *why, pk_err *err) {
  (void)err;
  listing *l = arg;
  if (!l->all && result != PK_RESULT_TRUE) return PK_OK;
  pk_output_text(l->out, PK_STR("definition"));
  pk_output_text(l->out, d->id);
  pk_output_text(l->out, d->class);
  add_cves(l->out, d);
  if (!l->all) return PK_OK;
  pk_output_text(l->out, pk_str_of(pk_result_name(result)));
  pk_output_text(l->out, pk_str_of(why));
  return PK_OK;
}

static pk_rc evaluate(pk_cli *cli, const pk_intake *intake, const pk_prepared *p, pk_err *err) {
  static const pk_column columns[] = {{"kind", PK_COLUMN_TEXT}, {"definition", PK_COLUMN_TEXT}, {"class", PK_COLUMN_TEXT},
                                      {"cves", PK_COLUMN_TEXT}, {"result", PK_COLUMN_TEXT},     {"why", PK_COLUMN_TEXT}};
  const pk_oval_options options = {.pretend = pk_cli_value(cli, "as") != NULL, .manifest = pk_cli_value(cli, "manifest") != NULL,
                                   .signed_with = pk_cli_value(cli, "signed-with")};
  listing l = {.all = pk_cli_value(cli, "all") != NULL};
  l.out = pk_output_new(cli->format, columns, l.all ? 6 : 4);
  pk_rc rc = pk_oval_evaluate(cli->arguments[0], p, pk_intake_platforms(intake), &options, list_definition, &l, err);
  pk_err unwritten;
  pk_rc written = pk_output_end(&l.out, rc == PK_OK ? err : &unwritten);
  return rc == PK_OK ? written : rc;
}

static pk_rc run_eval(pk_cli *cli, pk_err *err) {
  pk_report_file f;
  pk_rc rc = pk_report_file_load(&cli->config, NULL, cli->arguments[1], pk_cli_value(cli, "as"), &f, err);
  if (rc == PK_OK) rc = evaluate(cli, f.intake, &f.prepared, err);
  pk_report_file_unload(&f);
  return rc;
}

static const pk_cli_option OPTIONS[] = {
    {"as", "NAME:RELEASE", "the host answers release tests as this platform would: a rebuild judged by rhel:7.9"},
    {"all", NULL, "print every definition with its result and, for unknown and error, why"},
    {"signed-with", "KEYID|any", "take every package as signed with this key (default: the one that the file asks for most)"},
    {"manifest", NULL, "the packages also answer for a container's manifest file (Ubuntu's OCI definitions)"},
    {NULL, NULL, NULL}};

const pk_command pk_command_oval_eval = {
    .name = "oval eval", .arguments = "OVALFILE REPORT|-", .min_arguments = 2, .max_arguments = 2, .options = OPTIONS,
    .summary = "evaluate an OVAL file against a report, without a database",
    .help = "OVALFILE may be compressed. REPORT is in any form that hosts send.\n"
            "One line a definition (--format tsv, which is the default here): definition, ID, class, CVE,CVE,… for each definition that is true; with --all also the result\n"
            "(true, false, unknown, error, not applicable) and the reason. What a report cannot say is unknown; reports do not\n"
            "say by whom packages are signed: see --signed-with.",
    .run = run_eval, .format = PK_FORMAT_TSV};
