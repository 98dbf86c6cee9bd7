/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "model/evr.h"

#include <stdio.h>
#include <stdlib.h>

static pk_rc compare_line(pk_package_type type, pk_str line, unsigned long long number, pk_err *err) {
  size_t tab = pk_str_find(line, '\t');
  pk_str a = pk_str_sub(line, 0, tab), b = pk_str_sub(line, tab + 1, line.n);
  b = pk_str_sub(b, 0, pk_str_find(b, '\t'));
  if (tab == line.n) return pk_err_set(err, PK_E_SYNTAX, "line %llu: two versions separated by a tab are needed", number);
  printf("%d\n", pk_evr_cmp(type, a, b));
  return PK_OK;
}

static pk_rc run(pk_cli *cli, pk_err *err) {
  pk_package_type type = pk_package_type_of(pk_str_of(cli->arguments[0]));
  if (type != PK_TYPE_RPM && type != PK_TYPE_DEB) return pk_err_set(err, PK_E_USAGE, "say 'rpm' or 'deb', not '%s'", cli->arguments[0]);
  setvbuf(stdout, NULL, _IOFBF, 65536);
  char *line = NULL;
  size_t cap = 0;
  pk_rc rc = PK_OK;
  ssize_t n;
  for (unsigned long long number = 1; rc == PK_OK && (n = getline(&line, &cap, stdin)) >= 0; number++) {
    pk_str text = {line, (size_t)n};
    if (pk_str_ends(text, "\n")) text.n--;
    rc = compare_line(type, text, number, err);
  }
  free(line);
  fflush(stdout);
  return rc;
}

const pk_command pk_command_vercmp = {
    .name = "vercmp", .arguments = "rpm|deb", .min_arguments = 1, .max_arguments = 1,
    .summary = "compare versions: lines `A<TAB>B` in, -1, 0 or 1 out",
    .help = "Reads standard input. The order is the vendors' own: rpm with epoch, tilde and caret, dpkg with epoch and tilde.",
    .run = run, .needs_no_config = true};
