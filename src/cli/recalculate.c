/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"
#include "base/times.h"
#include "cli/cli.h"

#include <stdio.h>

static pk_rc choose(const pk_cli *cli, char *ret_platform, pk_err *err) {
  pk_intake *intake = NULL;
  pk_package_type type;
  ret_platform[0] = '\0';
  if (!cli->n_arguments) return PK_OK;
  pk_rc rc = pk_intake_new(&cli->config, NULL, &intake, err);
  if (rc == PK_OK) rc = pk_platform_canonical(pk_intake_platforms(intake), pk_str_of(cli->arguments[0]), ret_platform, &type, err);
  pk_intake_free(&intake);
  return rc;
}

static pk_rc run(pk_cli *cli, pk_err *err) {
  char platform[PK_PLATFORM_MAX + 1];
  pk_store *store = NULL;
  pk_rejudged again = {0};
  int64_t started = pk_monotonic_ms();
  pk_rc rc = choose(cli, platform, err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_WRITE, &store, err);
  if (rc != PK_OK) return rc;
  pk_judge *judge = pk_judge_new(store);
  rc = pk_judge_begin(judge, err);
  if (rc == PK_OK) rc = pk_judge_end(judge, pk_judge_all(judge, pk_str_of(platform), &again, err), err);
  pk_judge_free(&judge);
  pk_store_close(&store);
  if (rc == PK_OK)
    printf("%zu packages judged, %zu verdicts changed, %zu profiles counted (%.1f s)\n", again.n_packages, again.n_changed, again.n_profiles,
           (double)(pk_monotonic_ms() - started) / 1000);
  return rc;
}

const pk_command pk_command_recalculate = {
    .name = "recalculate", .arguments = "[PLATFORM]", .max_arguments = 1, .summary = "judge everything that is stored again",
    .help = "Needed only after the program itself or the table of platforms changed: 'pakiti sync' judges again what a feed's change touches.",
    .run = run};
