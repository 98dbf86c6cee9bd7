/* SPDX-License-Identifier: Apache-2.0
 *
 * explain: shared by `explain` (a stored host) and `check --explain` (a report). */
#ifndef PK_CLI_EXPLAIN_H
#define PK_CLI_EXPLAIN_H

#include "app/verdicts.h"
#include "cli/cli.h"

/** error PK_E_USAGE not the name of a CVE */
pk_rc pk_cli_cve(const char *text, int64_t *ret, pk_err *err) PK_MUST_USE;
/** Print every feed's opinion. */
pk_rc pk_cli_explain(const pk_cli *cli, pk_store *store, const pk_judged_host *host, int64_t cve, pk_err *err) PK_MUST_USE;

#endif
