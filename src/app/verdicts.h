/* SPDX-License-Identifier: Apache-2.0
 *
 * verdicts: what a host is vulnerable to, and why: for a report that is only looked at, and for what is stored. */
#ifndef PK_APP_VERDICTS_H
#define PK_APP_VERDICTS_H

#include "app/intake.h"

/** A vulnerability of a package, one row for each CVE (or one without, for advisories that name none). Borrowed. */
typedef struct pk_verdict {
  pk_str package, arch, installed;
  pk_str cve, advisory, severity, fixed, feed;
  pk_rule_state state;
  int64_t definition_id;
} pk_verdict;
typedef pk_rc pk_verdict_visit(void *arg, const pk_verdict *v, pk_err *err);

/** A host as it is judged: from a report or from the store. */
typedef struct pk_judged_host {
  pk_platform platform;
  pk_str kernel;
  const pk_package *const *packages;
  size_t n_packages;
} pk_judged_host;

/** The vulnerabilities of a host, judged now. Packages of kernels that do not run are left out. */
pk_rc pk_verdicts_of(pk_judge *judge, const pk_judged_host *host, pk_verdict_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

/** What one feed says of a CVE and a host, and why. Borrowed. */
typedef struct pk_explanation {
  bool vulnerable;
  pk_str package, arch, installed; /**< "" where no package of the host is meant */
  pk_str source, source_evr;       /**< where the rule speaks of source packages */
  pk_str rule;                     /**< "openssl < 3.0.15-1~deb12u1" */
  const char *order;               /**< "rpm", "deb" */
  const char *because;             /**< the reason in words */
  pk_rule_state state;
  pk_str definition, title, advisory, severity, fixed, note;
  pk_str feed, feed_url;
  int64_t feed_at;    /**< when the feed was last found good */
  pk_str approximate; /**< platform whose data this is, where it is not the host's own */
} pk_explanation;
typedef pk_rc pk_explanation_visit(void *arg, const pk_explanation *x, pk_err *err);

/** Every feed's opinion on a CVE and a host. PK_NOTFOUND: no feed speaks of the CVE. */
pk_rc pk_verdicts_explain(pk_judge *judge, pk_store *store, const pk_judged_host *host, int64_t cve, pk_explanation_visit *visit, void *arg,
                          pk_err *err) PK_MUST_USE;

/** The host of a stored profile; everything lives in the arena. */
pk_rc pk_verdicts_stored_host(pk_store *store, int64_t profile_id, pk_arena *arena, pk_judged_host *ret, pk_err *err) PK_MUST_USE;
/** The host of a prepared report. */
pk_rc pk_verdicts_report_host(const pk_prepared *p, pk_arena *arena, pk_judged_host *ret, pk_err *err) PK_MUST_USE;

#endif
