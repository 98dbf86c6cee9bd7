/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"
#include "base/file.h"
#include "cli/cli.h"

#include <stdio.h>

static pk_rc run_show(pk_cli *cli, pk_err *err) {
  static const pk_column columns[] = {{"option", PK_COLUMN_TEXT}, {"value", PK_COLUMN_TEXT}, {"default", PK_COLUMN_TEXT}, {"type", PK_COLUMN_TEXT},
                                      {"range", PK_COLUMN_TEXT},  {"meaning", PK_COLUMN_TEXT}};
  pk_output *out = pk_output_new(cli->format, columns, sizeof columns / sizeof columns[0]);
  pk_option_view view;
  pk_buf value;
  pk_buf_init(&value, 1 << 20);
  for (size_t i = 0; value.n = 0, pk_config_option(&cli->config, i, &view, &value); i++) {
    char range[64] = "";
    if (view.min != view.max) snprintf(range, sizeof range, "%lld to %lld", (long long)view.min, (long long)view.max);
    pk_output_text(out, pk_str_of(view.name));
    pk_output_text(out, pk_buf_view(&value));
    pk_output_text(out, pk_str_of(view.default_text));
    pk_output_text(out, pk_str_of(view.type));
    pk_output_text(out, pk_str_of(range));
    pk_output_text(out, pk_str_of(view.help));
  }
  pk_buf_free(&value);
  return pk_output_end(&out, err);
}

static pk_rc run_check(pk_cli *cli, pk_err *err) {
  pk_intake *intake = NULL;
  pk_rc rc = pk_intake_new(&cli->config, NULL, &intake, err); /* patterns, platforms file and key are tried too */
  const char *path = cli->config_path ? cli->config_path : PK_CONFIG_PATH;
  if (rc == PK_OK) printf("%s: %s\n", path, pk_file_exists(path) ? "good" : "not there, the defaults hold");
  pk_intake_free(&intake);
  return rc;
}

const pk_command pk_command_config_show = {.name = "config show", .arguments = "", .summary = "all options with value, default and meaning",
                                           .run = run_show};
const pk_command pk_command_config_check = {.name = "config check", .arguments = "", .summary = "is the configuration sound?",
                                            .help = "A wrong option is named with file and line.", .run = run_check};
