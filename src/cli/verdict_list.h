/* SPDX-License-Identifier: Apache-2.0
 *
 * verdict_list: the vulnerabilities of a host as `check` and `host --cves` print them. */
#ifndef PK_CLI_VERDICT_LIST_H
#define PK_CLI_VERDICT_LIST_H

#include "app/decisions.h"
#include "app/verdicts.h"
#include "cli/output.h"

/** package, arch, installed, CVE, advisory, severity, state, fixed, feed */
#define PK_VERDICT_TEXTS 9

typedef struct pk_verdict_texts {
  pk_str texts[PK_VERDICT_TEXTS];
  pk_str excepted; /**< the exception's reason */
} pk_verdict_texts;

/** Everything lives in the arena, which the caller sets. */
typedef struct pk_verdict_list {
  pk_arena *arena;
  pk_verdict_texts *list;
  size_t n, cap;
  const pk_host_exceptions *exceptions; /**< of the host; NULL: it is not stored, and nothing is shown of them */
} pk_verdict_list;

/** Judge a host and keep what it is vulnerable to. */
pk_rc pk_verdict_list_collect(pk_store *store, const pk_judged_host *host, pk_verdict_list *list, pk_err *err) PK_MUST_USE;
/** By package, architecture, version and CVE; what several rules say alike is kept once. */
void pk_verdict_list_sort(pk_verdict_list *list);
/** Each row begins with the word "vulnerability". */
pk_rc pk_verdict_list_print(const pk_verdict_list *list, pk_format format, pk_err *err) PK_MUST_USE;

#endif
