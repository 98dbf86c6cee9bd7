/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_criteria: judge.c's part that is about whole hosts: definitions whose criteria did not become rules. */
#include "app/judging.h"

#include <stdlib.h>

void judging_forget_criteria(pk_judge *judge) {
  for (size_t i = 0; i < judge->n_criteria; i++) {
    criteria_set *c = &judge->criteria[i];
    pk_arena_fini(&c->arena);
    pk_map_fini(&c->first);
    free(c->rows);
    free(c->links);
    free(c->always);
  }
  judge->n_criteria = 0;
}

typedef struct criteria_loading {
  pk_judge *judge;
  const pk_platform *platform;
  criteria_set *set;
} criteria_loading;

static void link_name(void *arg, pk_str name) {
  criteria_set *c = arg;
  uint64_t *first = pk_map_put(&c->first, name, NULL);
  PK_GROW(c->links, c->n_links, c->links_cap);
  c->links[c->n_links++] = (struct criteria_link){.row = c->n, .next = (size_t)*first};
  *first = c->n_links;
}

static pk_rc keep_criteria(void *arg, const pk_definition_row *row, pk_err *err) {
  criteria_loading *l = arg;
  criteria_set *c = l->set;
  const pk_feed_row *feed;
  pk_rc rc = pk_judge_feed(l->judge, row->feed_id, &feed, err);
  if (rc != PK_OK || !feed || !pk_judge_speaks(pk_str_of(feed->feed.platform), l->platform)) return rc;
  pk_definition_row kept = *row;
  kept.d = (pk_definition){0};
  if (!pk_arena_copy(&c->arena, row->d.id, &kept.d.id) || !pk_arena_copy(&c->arena, row->body, &kept.body))
    return pk_err_set(err, PK_E_LIMIT, "the criteria for '%.*s' take too much memory", PK_FMT(l->platform->name));
  rc = pk_definition_decode(kept.body, &c->arena, &kept.d, err);
  if (rc != PK_OK) return rc;
  row = &kept;
  if (!pk_criteria_names(row->d.criteria, link_name, c)) {
    PK_GROW(c->always, c->n_always, c->always_cap);
    c->always[c->n_always++] = c->n;
  }
  PK_GROW(c->rows, c->n, c->cap);
  c->rows[c->n++] = *row;
  return PK_OK;
}

static pk_rc criteria_of(pk_judge *judge, const pk_platform *platform, criteria_set **ret, pk_err *err) {
  for (size_t i = 0; i < judge->n_criteria; i++)
    if (judge->criteria[i].platform_id == platform->id && platform->id) {
      *ret = &judge->criteria[i];
      return PK_OK;
    }
  PK_GROW(judge->criteria, judge->n_criteria, judge->criteria_cap);
  criteria_set *c = &judge->criteria[judge->n_criteria++];
  *c = (criteria_set){.platform_id = platform->id};
  pk_arena_init(&c->arena, CRITERIA_BYTES_MAX);
  pk_map_init(&c->first, true);
  criteria_loading l = {judge, platform, c};
  pk_arena scratch;
  pk_arena_init(&scratch, DEFINITION_BYTES_MAX);
  pk_rc rc = pk_store_definitions_with_criteria(judge->store, &scratch, keep_criteria, &l, err);
  pk_arena_fini(&scratch);
  if (rc != PK_OK) judging_forget_criteria(judge);
  *ret = c;
  return rc;
}

/* Packages that made the criteria under evaluation true. */
typedef struct culprits {
  struct culprit {
    const pk_package *package;
    const pk_test *test;
  } list[256];
  size_t n;
} culprits;

static bool asks_for_version(const pk_test *t) {
  for (size_t i = 0; i < t->n_states; i++)
    for (size_t k = 0; k < t->states[i].n_entities; k++)
      if (t->states[i].entities[k].field == PK_FIELD_EVR) return true;
  return false;
}

static void note_culprit(void *arg, const pk_package *p, const pk_test *test) {
  culprits *c = arg;
  if (pk_str_ends(p->name, "-release")) return;
  for (size_t i = 0; i < c->n; i++)
    if (c->list[i].package == p) {
      if (asks_for_version(test)) c->list[i].test = test;
      return;
    }
  if (c->n < sizeof c->list / sizeof c->list[0]) c->list[c->n++] = (struct culprit){p, test};
}

typedef struct criteria_judging {
  pk_judge *judge;
  const pk_platform *platform;
  /* the host as its own platform's definitions see it, and a rebuild also as those of what it is judged as */
  pk_system own, rebuilt;
  pk_evaluation as_own, as_rebuilt;
  culprits culprits;
  pk_str kernel;
  const pk_package *const *packages;
  size_t n_packages;
  pk_vulnerable_visit *visit;
  void *arg;
} criteria_judging;

/* Definitions about the running kernel that name no package: the running kernel's own packages are to blame. */
static void blame_kernel(criteria_judging *j) {
  for (size_t i = 0; i < j->n_packages; i++)
    if (pk_kernel_role_of(j->packages[i], j->kernel) == PK_KERNEL_RUNNING) note_culprit(&j->culprits, j->packages[i], NULL);
}

static pk_rc tell_criteria(criteria_judging *j, const pk_definition_row *row, const pk_feed_row *feed, pk_err *err) {
  size_t told = 0;
  pk_rc rc = PK_OK;
  bool versions = false;
  for (size_t i = 0; i < j->culprits.n; i++) versions |= j->culprits.list[i].test && asks_for_version(j->culprits.list[i].test);
  for (size_t i = 0; rc == PK_OK && i < j->culprits.n; i++) {
    const struct culprit *c = &j->culprits.list[i];
    if (pk_kernel_role_of(c->package, j->kernel) == PK_KERNEL_IDLE) continue;
    if (versions && c->test && !asks_for_version(c->test)) continue; /* only there, or signed */
    pk_str fixed = c->test ? pk_test_fixed(c->test) : PK_STR("");
    pk_vulnerable v = {.package = c->package, .source = c->package->source, .source_evr = c->package->source_evr, .definition_id = row->id,
                       .feed = feed, .definition = &row->d, .test = c->test, .state = fixed.n ? PK_RULE_FIXED : pk_definition_criteria_state(&row->d, c->package->name), .fixed = fixed};
    told++;
    rc = j->visit(j->arg, &v, err);
  }
  if (rc != PK_OK || told || j->culprits.n) return rc; /* packages of kernels that do not run are nobody's fault */
  pk_vulnerable v = {.definition_id = row->id, .feed = feed, .definition = &row->d, .state = pk_definition_criteria_state(&row->d, PK_STR("")),
                     .fixed = PK_STR("")};
  return j->visit(j->arg, &v, err);
}

static pk_rc judge_row(criteria_judging *j, const pk_definition_row *row, pk_err *err) {
  const pk_feed_row *feed;
  pk_rc rc = pk_judge_feed(j->judge, row->feed_id, &feed, err);
  if (rc != PK_OK || !feed) return rc;
  j->culprits.n = 0;
  pk_str speaks_for = pk_str_of(feed->feed.platform);
  bool own = !j->platform->judged_as.n || !speaks_for.n || pk_platform_covers(speaks_for, j->platform->name);
  pk_result r = pk_criteria_evaluate(own ? &j->as_own : &j->as_rebuilt, row->d.criteria);
  if (r != PK_RESULT_TRUE && !(r == PK_RESULT_UNKNOWN && feed->feed.unknown_counts)) return PK_OK;
  if (!j->culprits.n) blame_kernel(j);
  return tell_criteria(j, row, feed, err);
}

/* Rows that can be true of the host: those that ask for one of its packages, and those that ask for none. */
static pk_rc judge_rows(criteria_judging *j, const criteria_set *c, pk_err *err) {
  unsigned char *wanted = pk_calloc(c->n + 1, 1);
  for (size_t i = 0; i < c->n_always; i++) wanted[c->always[i]] = 1;
  for (size_t i = 0; i < j->n_packages; i++) {
    const uint64_t *first = pk_map_get(&c->first, j->packages[i]->name);
    for (size_t at = first ? (size_t)*first : 0; at; at = c->links[at - 1].next) wanted[c->links[at - 1].row] = 1;
  }
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < c->n; i++)
    if (wanted[i]) rc = judge_row(j, &c->rows[i], err);
  free(wanted);
  return rc;
}

static void make_system(criteria_judging *j, bool rebuilt, pk_system *system, pk_evaluation *e) {
  const pk_platform *p = j->platform;
  pk_system_source from = {.platform = rebuilt ? p->judged_as : p->name, .type = p->type, .kernel = j->kernel,
                           .arch = pk_platform_arch(PK_TYPE_RPM, p->arch), .pretend = rebuilt, .manifest = p->type == PK_TYPE_DEB};
  pk_system_init(system, &from);
  for (size_t i = 0; i < j->n_packages; i++) pk_system_add(system, j->packages[i]);
  pk_system_ready(system, &from);
  pk_evaluation_init(e, system, j->judge->regexes);
  e->found = note_culprit;
  e->found_arg = &j->culprits;
}

static void end_system(pk_system *system, pk_evaluation *e) {
  pk_evaluation_fini(e);
  pk_system_fini(system);
}

pk_rc pk_judge_criteria(pk_judge *judge, const pk_platform *platform, pk_str kernel, const pk_package *const *packages, size_t n,
                        pk_vulnerable_visit *visit, void *arg, pk_err *err) {
  criteria_set *c = NULL;
  pk_rc rc = criteria_of(judge, platform, &c, err);
  if (rc != PK_OK || !c->n) return rc;
  bool rebuilt = platform->judged_as.n > 0;
  criteria_judging *j = pk_calloc(1, sizeof *j);
  j->judge = judge;
  j->platform = platform;
  j->kernel = kernel;
  j->packages = packages;
  j->n_packages = n;
  j->visit = visit;
  j->arg = arg;
  make_system(j, false, &j->own, &j->as_own);
  if (rebuilt) make_system(j, true, &j->rebuilt, &j->as_rebuilt);
  rc = judge_rows(j, c, err);
  end_system(&j->own, &j->as_own);
  if (rebuilt) end_system(&j->rebuilt, &j->as_rebuilt);
  free(j);
  if (!platform->id) judging_forget_criteria(judge); /* of a platform that is not stored */
  return rc;
}
