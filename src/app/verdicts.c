/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verdicts.h"

#include "match/kernel.h"

#include <stdio.h>
#include <stdlib.h>

/* Memory for one question. */
#define ANSWER_BYTES_MAX ((size_t)256 << 20)

static pk_rc too_much(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question"); }

/* ---- hosts ---- */

static bool copy_package(pk_arena *arena, const pk_package *p, const pk_package **ret) {
  pk_package *copy = pk_arena_alloc(arena, sizeof *copy);
  if (!copy) return false;
  *copy = *p;
  pk_str *const texts[] = {&copy->name, &copy->evr, &copy->arch, &copy->source, &copy->source_evr, &copy->module, &copy->vendor};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!pk_arena_copy(arena, *texts[i], texts[i])) return false;
  *ret = copy;
  return true;
}

pk_rc pk_verdicts_stored_host(pk_store *store, int64_t profile_id, pk_arena *arena, pk_judged_host *ret, pk_err *err) {
  pk_profile_facts facts;
  pk_rc rc = pk_store_profile_get(store, profile_id, arena, &facts, err);
  if (rc != PK_OK) return rc;
  size_t n = 0, cap = 0;
  const pk_package **packages = NULL;
  pk_str rest = facts.members;
  for (int64_t id = 0; rc == PK_OK && pk_store_next_id(&rest, &id);) {
    pk_package p;
    void *array = packages;
    rc = pk_store_package_get(store, id, &p, err);
    if (rc != PK_OK) continue;
    if (!pk_arena_grow(arena, &array, n, &cap, sizeof *packages)) return too_much(err);
    packages = array;
    if (!copy_package(arena, &p, &packages[n++])) return too_much(err);
  }
  *ret = (pk_judged_host){.platform = facts.platform, .kernel = facts.kernel, .packages = packages, .n_packages = n};
  return rc;
}

pk_rc pk_verdicts_report_host(const pk_prepared *p, pk_arena *arena, pk_judged_host *ret, pk_err *err) {
  const pk_package **packages = pk_arena_alloc(arena, p->n_packages * sizeof *packages);
  if (!packages) return too_much(err);
  for (size_t i = 0; i < p->n_packages; i++) packages[i] = &p->packages[i].package;
  *ret = (pk_judged_host){.platform = p->platform, .kernel = p->report.kernel, .packages = packages, .n_packages = p->n_packages};
  return PK_OK;
}

/* ---- vulnerabilities ---- */

typedef struct telling {
  pk_verdict_visit *visit;
  void *arg;
} telling;

static pk_rc tell(void *arg, const pk_vulnerable *v, pk_err *err) {
  const telling *t = arg;
  const pk_definition *d = v->definition;
  pk_verdict row = {.package = v->package ? v->package->name : PK_STR(""),
                    .arch = v->package ? v->package->arch : PK_STR(""),
                    .installed = v->package ? v->package->evr : PK_STR(""),
                    .advisory = v->rule && v->rule->advisory.n ? v->rule->advisory : d->advisory,
                    .severity = d->severity,
                    .fixed = v->fixed,
                    .state = v->state,
                    .feed = pk_str_of(v->feed->feed.name),
                    .definition_id = v->definition_id};
  pk_rc rc = PK_OK;
  if (!d->n_cves) return t->visit(t->arg, &row, err);
  for (size_t i = 0; rc == PK_OK && i < d->n_cves; i++) {
    row.cve = d->cves[i];
    rc = t->visit(t->arg, &row, err);
  }
  return rc;
}

pk_rc pk_verdicts_of(pk_judge *judge, const pk_judged_host *host, pk_verdict_visit *visit, void *arg, pk_err *err) {
  telling t = {visit, arg};
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < host->n_packages; i++)
    if (pk_kernel_role_of(host->packages[i], host->kernel) != PK_KERNEL_IDLE)
      rc = pk_judge_package(judge, &host->platform, host->packages[i], tell, &t, err);
  if (rc == PK_OK) rc = pk_judge_criteria(judge, &host->platform, host->kernel, host->packages, host->n_packages, tell, &t, err);
  return rc;
}

/* ---- explanations ---- */

static const char *const REASONS[] = {
    [PK_OUTCOME_HOLDS] = "the installed version is within what the rule says is vulnerable",
    [PK_OUTCOME_PLATFORM] = "the rule is for another platform",
    [PK_OUTCOME_NAME] = "the rule is for other packages",
    [PK_OUTCOME_ARCH] = "the rule is for other architectures",
    [PK_OUTCOME_MODULE] = "the rule is for another module stream, or for builds of a stream where this is none",
    [PK_OUTCOME_FLAVOUR] = "ksplice and FIPS builds are compared with their own kind only",
    [PK_OUTCOME_OVERRIDDEN] = "a rule for exactly this release takes its place",
    [PK_OUTCOME_OLDER] = "the installed version is from before the vulnerability came in",
    [PK_OUTCOME_FIXED] = "the installed version has the fix",
};

typedef struct explaining {
  pk_judge *judge;
  const pk_judged_host *host;
  pk_explanation_visit *visit;
  void *arg;
  pk_arena arena;
  size_t n_definitions;
} explaining;

static void write_rule(pk_buf *out, const pk_rule *r, pk_str name) {
  pk_buf_str(out, name);
  if (r->module.n) pk_buf_printf(out, " of module %.*s", PK_FMT(r->module));
  if (r->introduced.n && pk_str_eq(r->introduced, r->last)) {
    pk_buf_printf(out, " = %.*s", PK_FMT(r->last));
    return;
  }
  if (r->introduced.n) pk_buf_printf(out, " >= %.*s", PK_FMT(r->introduced));
  if (r->fixed.n) pk_buf_printf(out, "%s < %.*s", r->introduced.n ? " and" : "", PK_FMT(r->fixed));
  if (r->last.n) pk_buf_printf(out, "%s <= %.*s", r->introduced.n ? " and" : "", PK_FMT(r->last));
  if (!r->introduced.n && !r->fixed.n && !r->last.n) pk_buf_puts(out, ", every version");
  if (r->arch.n) pk_buf_printf(out, " on %.*s", PK_FMT(r->arch));
}

static pk_explanation from_definition(const pk_definition_row *row, const pk_feed_row *feed, const pk_platform *platform) {
  const pk_definition *d = &row->d;
  pk_str speaks_for = pk_str_of(feed->feed.platform);
  bool own = !speaks_for.n || pk_platform_covers(speaks_for, platform->name) || !pk_judge_speaks(pk_str_of(feed->feed.platform), platform);
  return (pk_explanation){.definition = d->id, .title = d->title, .advisory = d->advisory, .severity = d->severity,
                          .feed = pk_str_of(feed->feed.name), .feed_url = pk_str_of(feed->feed.url), .feed_at = feed->good_at,
                          .approximate = own ? PK_STR("") : speaks_for, .order = platform->type == PK_TYPE_DEB ? "deb" : "rpm",
                          .state = PK_RULE_NOT_AFFECTED};
}

static pk_rc explain_rule(explaining *x, const pk_explanation *base, const pk_subject *s, const pk_rule *r, pk_rule_outcome outcome, pk_err *err) {
  pk_buf rule;
  pk_explanation e = *base;
  pk_buf_init(&rule, 4096);
  write_rule(&rule, r, r->is_source ? s->source : s->package->name);
  e.package = s->package->name;
  e.arch = s->package->arch;
  e.installed = s->package->evr;
  if (r->is_source) {
    e.source = s->source;
    e.source_evr = s->source_evr;
  }
  bool idle = pk_kernel_role_of(s->package, x->host->kernel) == PK_KERNEL_IDLE;
  e.rule = pk_buf_view(&rule);
  e.state = r->state;
  e.fixed = r->fixed;
  e.note = r->note;
  if (r->advisory.n) e.advisory = r->advisory;
  if (r->platform.n && !pk_platform_covers(r->platform, x->host->platform.name)) e.approximate = r->platform;
  e.vulnerable = outcome == PK_OUTCOME_HOLDS && r->state != PK_RULE_NOT_AFFECTED && !idle;
  e.because = REASONS[outcome];
  if (outcome == PK_OUTCOME_HOLDS && r->state == PK_RULE_NOT_AFFECTED) e.because = "the vendor says that it is not affected";
  else if (outcome == PK_OUTCOME_HOLDS && idle) e.because = "the package belongs to a kernel that does not run";
  else if (outcome == PK_OUTCOME_HOLDS && !r->fixed.n && !r->last.n) e.because = "the vendor says that every version is affected";
  pk_rc rc = x->visit(x->arg, &e, err);
  pk_buf_free(&rule);
  return rc;
}

static pk_rc explain_package(explaining *x, const pk_definition_row *row, const pk_feed_row *feed, const pk_explanation *base, const pk_package *p,
                             bool *told, pk_err *err) {
  pk_subject s;
  pk_rc rc = pk_judge_subject(x->judge, &x->host->platform, p, &x->arena, &s, err);
  if (rc != PK_OK) return rc;
  pk_rule_source from = {.platform = pk_str_of(feed->feed.platform), .any_module = feed->feed.any_module};
  unsigned char *outcomes = pk_alloc(row->d.n_rules + 1);
  pk_rules_judge(&row->d, &s, &from, outcomes);
  for (size_t i = 0; rc == PK_OK && i < row->d.n_rules; i++) {
    if (outcomes[i] == PK_OUTCOME_PLATFORM || outcomes[i] == PK_OUTCOME_NAME) continue;
    *told = true;
    rc = explain_rule(x, base, &s, &row->d.rules[i], (pk_rule_outcome)outcomes[i], err);
  }
  free(outcomes);
  return rc;
}

typedef struct criteria_telling {
  explaining *x;
  const pk_definition_row *row;
  const pk_explanation *base;
  bool told;
} criteria_telling;

static pk_rc explain_true_criteria(void *arg, const pk_vulnerable *v, pk_err *err) {
  criteria_telling *t = arg;
  if (v->definition_id != t->row->id) return PK_OK;
  char rule[512];
  pk_explanation e = *t->base;
  t->told = true;
  if (v->package) {
    e.package = v->package->name;
    e.arch = v->package->arch;
    e.installed = v->package->evr;
  }
  snprintf(rule, sizeof rule, "criteria about the whole host%s%.*s", v->test ? ", test " : "", PK_FMT(v->test ? v->test->id : PK_STR("")));
  e.rule = pk_str_of(rule);
  e.vulnerable = true;
  e.state = v->state;
  e.fixed = v->fixed;
  e.because = "the criteria of the definition are true of this host";
  return t->x->visit(t->x->arg, &e, err);
}

static pk_rc explain_definition(void *arg, const pk_definition_row *row, pk_err *err) {
  explaining *x = arg;
  const pk_feed_row *feed;
  bool told = false;
  pk_rc rc = pk_judge_feed(x->judge, row->feed_id, &feed, err);
  if (rc != PK_OK || !feed) return rc;
  x->n_definitions++;
  pk_explanation base = from_definition(row, feed, &x->host->platform);
  if (!pk_judge_speaks(pk_str_of(feed->feed.platform), &x->host->platform)) {
    base.because = "the feed speaks for another platform";
    return x->visit(x->arg, &base, err);
  }
  if (row->d.criteria) {
    criteria_telling t = {.x = x, .row = row, .base = &base};
    rc = pk_judge_criteria(x->judge, &x->host->platform, x->host->kernel, x->host->packages, x->host->n_packages, explain_true_criteria, &t, err);
    if (rc != PK_OK || t.told) return rc;
    base.rule = PK_STR("criteria about the whole host");
    base.because = "the criteria of the definition are not true of this host";
    return x->visit(x->arg, &base, err);
  }
  for (size_t i = 0; rc == PK_OK && i < x->host->n_packages; i++)
    rc = explain_package(x, row, feed, &base, x->host->packages[i], &told, err);
  if (rc != PK_OK || told) return rc;
  base.because = "no rule for this platform speaks of a package that is installed";
  return x->visit(x->arg, &base, err);
}

pk_rc pk_verdicts_explain(pk_judge *judge, pk_store *store, const pk_judged_host *host, int64_t cve, pk_explanation_visit *visit, void *arg,
                          pk_err *err) {
  explaining x = {.judge = judge, .host = host, .visit = visit, .arg = arg};
  pk_arena rows;
  pk_arena_init(&x.arena, ANSWER_BYTES_MAX);
  pk_arena_init(&rows, ANSWER_BYTES_MAX);
  pk_rc rc = pk_store_definitions_of_cve(store, cve, &rows, explain_definition, &x, err);
  pk_arena_fini(&rows);
  pk_arena_fini(&x.arena);
  return rc == PK_OK && !x.n_definitions ? PK_NOTFOUND : rc;
}
