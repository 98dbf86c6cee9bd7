/* SPDX-License-Identifier: Apache-2.0 */
#include "app/judging.h"

#include <stdlib.h>

/* Memory for the definitions of the names that were asked for lately. */
#define NAMED_BYTES_MAX ((size_t)192 << 20)
/* Memory for the texts of all packages of the fleet: their number bounds it, not a stranger. */
#define PACKAGES_BYTES_MAX ((size_t)8 << 30)

/* Definitions with rules on one name. */
struct named_rules {
  pk_arena arena;
  struct named_row {
    int64_t id, feed_id;
    pk_definition d;   /* with the rules that speak of the name */
    uint32_t *numbers; /* that these rules have in the whole definition */
  } *rows;
  size_t n, cap;
};

pk_judge *pk_judge_new(pk_store *store) {
  pk_judge *judge = pk_calloc(1, sizeof *judge);
  judge->store = store;
  pk_map *const maps[] = {&judge->rules, &judge->cve_places, &judge->cves_of};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_init(maps[i], true);
  pk_arena_init(&judge->package_texts, PACKAGES_BYTES_MAX);
  judge->regexes = pk_regex_cache_new();
  return judge;
}

static void forget_map(pk_map *m) {
  pk_map_fini(m);
  pk_map_init(m, true);
}

static void forget_named(pk_judge *judge) {
  for (size_t i = 0; i < judge->n_named; i++) pk_arena_fini(&judge->named[i].arena);
  judge->n_named = judge->named_bytes = 0;
  forget_map(&judge->rules);
}

static void forget_packages(pk_judge *judge) {
  pk_arena_fini(&judge->package_texts);
  pk_arena_init(&judge->package_texts, PACKAGES_BYTES_MAX);
  free(judge->packages);
  judge->packages = NULL;
  judge->n_packages = 0;
}

void judging_forget_definitions(pk_judge *judge) {
  forget_named(judge);
  judging_forget_criteria(judge);
  for (size_t i = 0; i < judge->n_cve_lists; i++) free(judge->cve_lists[i].places);
  judge->n_cve_lists = 0;
  forget_map(&judge->cves_of);
  for (size_t i = 0; i < judge->n_feeds; i++) pk_feed_row_fini(&judge->feeds[i]);
  free(judge->feeds);
  judge->feeds = NULL;
  judge->n_feeds = 0;
  judge->feeds_loaded = false;
}

void pk_judge_forget(pk_judge *judge) {
  for (size_t i = 0; i < judge->n_platforms; i++) {
    verdicts *v = &judge->platforms[i];
    for (size_t k = 0; k < v->n; k++) free((void *)(uintptr_t)v->rules[k].p);
    free(v->rules);
    free(v->states);
  }
  judge->n_platforms = 0;
  judging_forget_definitions(judge);
  forget_packages(judge);
}

void pk_judge_free(pk_judge **judge) {
  pk_judge *j = *judge;
  if (!j) return;
  pk_judge_forget(j);
  pk_map *const maps[] = {&j->rules, &j->cve_places, &j->cves_of};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_fini(maps[i]);
  pk_regex_cache_free(&j->regexes);
  free(j->platforms);
  free(j->criteria);
  free(j->named);
  free(j->cve_lists);
  free(j->stamps);
  free(j);
  *judge = NULL;
}

pk_rc pk_judge_begin(pk_judge *judge, pk_err *err) {
  bool elsewhere = false;
  pk_rc rc = pk_store_begin(judge->store, err);
  if (rc == PK_OK && (rc = pk_store_changed_elsewhere(judge->store, &elsewhere, err)) != PK_OK) pk_store_rollback(judge->store);
  if (rc == PK_OK && elsewhere) pk_judge_forget(judge);
  return rc;
}

pk_rc pk_judge_end(pk_judge *judge, pk_rc rc, pk_err *err) {
  if (rc == PK_OK) rc = pk_store_commit(judge->store, err);
  if (rc != PK_OK) {
    pk_store_rollback(judge->store);
    pk_judge_forget(judge);
  }
  return rc;
}

/* ---- verdicts in memory ---- */

pk_update_state judging_state(const verdicts *v, int64_t package_id) {
  return (size_t)package_id < v->n ? (pk_update_state)v->states[package_id] : PK_UPDATE_UNSEEN;
}

pk_str judging_rules(const verdicts *v, int64_t package_id) { return (size_t)package_id < v->n ? v->rules[package_id] : PK_STR(""); }

static void make_room(verdicts *v, size_t id) {
  if (id < v->n) return;
  size_t want = id + id / 2 + 4096;
  v->states = pk_realloc_array(v->states, want, 1);
  memset(v->states + v->n, PK_UPDATE_UNSEEN, want - v->n);
  v->rules = pk_realloc_array(v->rules, want, sizeof *v->rules);
  memset(v->rules + v->n, 0, (want - v->n) * sizeof *v->rules);
  v->n = want;
}

static pk_rc keep_state(void *arg, int64_t package_id, pk_update_state state, pk_err *err) {
  (void)err;
  verdicts *v = arg;
  make_room(v, (size_t)package_id);
  v->states[package_id] = (unsigned char)state;
  return PK_OK;
}

static pk_rc keep_rules(void *arg, int64_t package_id, pk_str rules, pk_err *err) {
  (void)err;
  verdicts *v = arg;
  make_room(v, (size_t)package_id);
  pk_str *place = &v->rules[package_id];
  free((void *)(uintptr_t)place->p);
  *place = (pk_str){0};
  if (!rules.n) return PK_OK;
  char *copy = pk_alloc(rules.n);
  memcpy(copy, rules.p, rules.n);
  *place = (pk_str){copy, rules.n};
  return PK_OK;
}

pk_rc judging_verdicts(pk_judge *judge, int64_t platform_id, verdicts **ret, pk_err *err) {
  for (size_t i = 0; i < judge->n_platforms; i++)
    if (judge->platforms[i].platform_id == platform_id) {
      *ret = &judge->platforms[i];
      return PK_OK;
    }
  PK_GROW(judge->platforms, judge->n_platforms, judge->platforms_cap);
  verdicts *v = &judge->platforms[judge->n_platforms++];
  *v = (verdicts){.platform_id = platform_id};
  pk_rc rc = pk_store_verdicts_of(judge->store, platform_id, keep_state, v, err);
  if (rc == PK_OK) rc = pk_store_vulnerable_of(judge->store, platform_id, keep_rules, v, err);
  if (rc != PK_OK) { /* half of them would be taken for all */
    pk_judge_forget(judge);
    return rc;
  }
  *ret = v;
  return PK_OK;
}

/* ---- updates ---- */

static pk_package typed(const pk_package *p, const pk_platform *platform) {
  pk_package t = *p;
  if (t.type == PK_TYPE_UNKNOWN) t.type = platform->type;
  return t;
}

pk_rc pk_judge_look(pk_store *store, const pk_platform *platform, const pk_package *package, pk_arena *arena, pk_update_verdict *ret,
                    pk_err *err) {
  pk_candidate *candidates;
  size_t n, best;
  pk_package p = typed(package, platform);
  pk_rc rc = pk_store_candidates(store, package->name, platform->name, arena, &candidates, &n, err);
  if (rc != PK_OK) return rc;
  *ret = (pk_update_verdict){.state = pk_update_judge(&p, platform->arch, candidates, n, &best), .available = PK_STR("")};
  if (ret->state >= PK_UPDATE_ORDINARY) {
    ret->available = candidates[best].evr;
    ret->feed_id = candidates[best].feed_id;
  }
  return PK_OK;
}

/* ---- vulnerabilities ---- */

pk_rc pk_judge_feed(pk_judge *judge, int64_t feed_id, const pk_feed_row **ret, pk_err *err) {
  *ret = NULL;
  if (!judge->feeds_loaded) {
    pk_rc rc = pk_store_feed_list(judge->store, &judge->feeds, &judge->n_feeds, err);
    if (rc != PK_OK) return rc;
    judge->feeds_loaded = true;
  }
  for (size_t i = 0; i < judge->n_feeds; i++)
    if (judge->feeds[i].feed.id == feed_id) *ret = &judge->feeds[i];
  return PK_OK;
}

bool pk_judge_speaks(pk_str speaks_for, const pk_platform *platform) {
  return !speaks_for.n || pk_platform_covers(speaks_for, platform->name) ||
         (platform->judged_as.n && pk_platform_covers(speaks_for, platform->judged_as));
}

typedef struct keeping {
  struct named_rules *named;
  pk_str name;
  bool is_source;
} keeping;

static bool speaks_of(const pk_rule *r, const keeping *k) {
  for (size_t i = 0; r->is_source == k->is_source && i < r->n_names; i++)
    if (pk_str_eq(r->names[i], k->name)) return true;
  return false;
}

static bool copy_rule(pk_arena *arena, const keeping *k, const pk_rule *from, pk_rule *to) {
  pk_str *name = pk_arena_alloc(arena, sizeof *name);
  *to = *from;
  pk_str *const texts[] = {&to->platform, &to->arch, &to->module, &to->introduced, &to->fixed, &to->last, &to->advisory, &to->note};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (texts[i]->n && !pk_arena_copy(arena, *texts[i], texts[i])) return false;
  if (!name || !pk_arena_copy(arena, k->name, name)) return false;
  to->names = name;
  to->n_names = 1;
  return true;
}

static bool copy_head(pk_arena *arena, const pk_definition *from, pk_definition *to) {
  *to = (pk_definition){.issued_at = from->issued_at, .n_cves = from->n_cves};
  const struct {
    pk_str from, *to;
  } texts[] = {{from->id, &to->id}, {from->class, &to->class}, {from->advisory, &to->advisory}, {from->severity, &to->severity}, {from->title, &to->title}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!pk_arena_copy(arena, texts[i].from, texts[i].to)) return false;
  pk_str *cves = pk_arena_alloc(arena, from->n_cves * sizeof *cves);
  for (size_t i = 0; cves && i < from->n_cves; i++)
    if (!pk_arena_copy(arena, from->cves[i], &cves[i])) return false;
  to->cves = cves;
  return cves != NULL;
}

/* Of a definition that may speak of a thousand packages only what it says of this one is kept. */
static pk_rc keep_row(void *arg, const pk_definition_row *row, pk_err *err) {
  const keeping *k = arg;
  struct named_rules *named = k->named;
  size_t n = 0;
  for (size_t i = 0; i < row->d.n_rules; i++) n += speaks_of(&row->d.rules[i], k);
  void *list = named->rows;
  pk_rule *rules = pk_arena_alloc(&named->arena, n * sizeof *rules);
  uint32_t *numbers = pk_arena_alloc(&named->arena, n * sizeof *numbers);
  bool fits = rules && numbers && pk_arena_grow(&named->arena, &list, named->n, &named->cap, sizeof *named->rows);
  if (fits) {
    named->rows = list;
    struct named_row *one = &named->rows[named->n++];
    *one = (struct named_row){.id = row->id, .feed_id = row->feed_id, .numbers = numbers};
    fits = copy_head(&named->arena, &row->d, &one->d);
    one->d.rules = rules;
    for (size_t i = 0; fits && i < row->d.n_rules; i++) {
      if (!speaks_of(&row->d.rules[i], k)) continue;
      numbers[one->d.n_rules] = (uint32_t)i;
      fits = copy_rule(&named->arena, k, &row->d.rules[i], &rules[one->d.n_rules++]);
    }
  }
  return fits ? PK_OK : pk_err_set(err, PK_E_LIMIT, "the definitions on '%.*s' take too much memory", PK_FMT(k->name));
}

/* Definitions with rules on a name, kept for the next package of that name. */
static pk_rc rules_on(pk_judge *judge, pk_str name, bool is_source, const struct named_rules **ret, pk_err *err) {
  pk_buf key;
  pk_buf_init(&key, 4096);
  pk_definition_name_key(name, is_source, &key);
  const uint64_t *known = pk_map_get(&judge->rules, pk_buf_view(&key));
  pk_rc rc = PK_OK;
  if (!known) {
    if (judge->named_bytes > NAMED_BYTES_MAX) forget_named(judge);
    PK_GROW(judge->named, judge->n_named, judge->named_cap);
    struct named_rules *named = &judge->named[judge->n_named];
    *named = (struct named_rules){0};
    pk_arena_init(&named->arena, CRITERIA_BYTES_MAX);
    pk_arena scratch;
    keeping k = {.named = named, .name = name, .is_source = is_source};
    pk_arena_init(&scratch, DEFINITION_BYTES_MAX);
    rc = pk_store_definitions_named(judge->store, name, is_source, &scratch, keep_row, &k, err);
    pk_arena_fini(&scratch);
    if (rc == PK_OK) {
      judge->named_bytes += named->arena.used_bytes + 256;
      *pk_map_put(&judge->rules, pk_buf_view(&key), NULL) = ++judge->n_named;
      known = pk_map_get(&judge->rules, pk_buf_view(&key));
    } else {
      pk_arena_fini(&named->arena);
    }
  }
  if (rc == PK_OK) *ret = &judge->named[*known - 1];
  pk_buf_free(&key);
  return rc;
}

pk_rc pk_judge_subject(pk_judge *judge, const pk_platform *platform, const pk_package *package, pk_arena *arena, pk_subject *ret,
                       pk_err *err) {
  *ret = (pk_subject){.package = package, .source = package->source, .source_evr = package->source_evr, .platform = platform->name,
                      .judged_as = platform->judged_as};
  pk_rc rc = PK_OK;
  if (!ret->source.n) {
    ret->source_evr = PK_STR("");
    rc = pk_store_source_of(judge->store, package->name, package->evr, platform->name, arena, &ret->source, &ret->source_evr, err);
    if (rc == PK_NOTFOUND) rc = PK_OK;
  }
  if (!ret->source.n) ret->source = package->name;
  if (!ret->source_evr.n) ret->source_evr = pk_source_evr_of(package->type, package->evr);
  return rc;
}

static pk_rc visit_definition(pk_judge *judge, const struct named_row *row, const pk_subject *s, pk_vulnerable_visit *visit, void *arg, pk_err *err) {
  const pk_feed_row *feed;
  const pk_platform platform = {.name = s->platform, .judged_as = s->judged_as};
  pk_rc rc = pk_judge_feed(judge, row->feed_id, &feed, err);
  if (rc != PK_OK || !feed || !row->d.n_rules || !pk_judge_speaks(pk_str_of(feed->feed.platform), &platform)) return rc;
  pk_rule_source from = {.platform = pk_str_of(feed->feed.platform), .any_module = feed->feed.any_module};
  unsigned char few[64], *outcomes = row->d.n_rules <= sizeof few ? few : pk_alloc(row->d.n_rules);
  size_t n = pk_rules_judge(&row->d, s, &from, outcomes);
  for (size_t i = 0; rc == PK_OK && n && i < row->d.n_rules; i++) {
    const pk_rule *r = &row->d.rules[i];
    if (outcomes[i] != PK_OUTCOME_HOLDS || r->state == PK_RULE_NOT_AFFECTED) continue;
    pk_vulnerable v = {.package = s->package, .source = s->source, .source_evr = s->source_evr, .definition_id = row->id, .feed = feed,
                       .definition = &row->d, .rule = r, .rule_number = row->numbers[i], .state = r->state, .fixed = r->fixed};
    rc = visit(arg, &v, err);
  }
  if (outcomes != few) free(outcomes);
  return rc;
}

static pk_rc visit_named(pk_judge *judge, pk_str name, bool is_source, const pk_subject *s, pk_vulnerable_visit *visit, void *arg, pk_err *err) {
  const struct named_rules *named = NULL;
  pk_rc rc = rules_on(judge, name, is_source, &named, err);
  for (size_t i = 0; rc == PK_OK && i < named->n; i++) rc = visit_definition(judge, &named->rows[i], s, visit, arg, err);
  return rc;
}

pk_rc pk_judge_package(pk_judge *judge, const pk_platform *platform, const pk_package *package, pk_vulnerable_visit *visit, void *arg,
                       pk_err *err) {
  pk_arena arena;
  pk_subject s;
  pk_package p = typed(package, platform);
  pk_arena_init(&arena, QUESTION_BYTES_MAX);
  pk_rc rc = pk_judge_subject(judge, platform, &p, &arena, &s, err);
  if (rc == PK_OK) rc = visit_named(judge, p.name, false, &s, visit, arg, err);
  if (rc == PK_OK) rc = visit_named(judge, s.source, true, &s, visit, arg, err);
  pk_arena_fini(&arena);
  return rc;
}

/* What is kept of the rules that hold: pairs, sorted by definition. */
typedef struct held_rule {
  int64_t definition_id;
  uint64_t rule; /* number * 2 + whether it counts */
} held_rule;

typedef struct held_rules {
  held_rule *list;
  size_t n, cap;
} held_rules;

static pk_rc hold_rule(void *arg, const pk_vulnerable *v, pk_err *err) {
  (void)err;
  held_rules *h = arg;
  PK_GROW(h->list, h->n, h->cap);
  h->list[h->n++] = (held_rule){v->definition_id, (uint64_t)v->rule_number * 2 + pk_rule_state_counts(v->state)};
  return PK_OK;
}

static int cmp_held(const void *a, const void *b) {
  const held_rule *x = a, *y = b;
  if (x->definition_id != y->definition_id) return x->definition_id < y->definition_id ? -1 : 1;
  return (x->rule > y->rule) - (x->rule < y->rule);
}

static pk_rc encode_rules(pk_judge *judge, const pk_platform *platform, const pk_package *package, pk_buf *out, pk_err *err) {
  held_rules held = {0};
  pk_rc rc = pk_judge_package(judge, platform, package, hold_rule, &held, err);
  if (held.n) qsort(held.list, held.n, sizeof *held.list, cmp_held);
  int64_t last = 0;
  for (size_t i = 0; rc == PK_OK && i < held.n; i++) {
    pk_buf_varint(out, (uint64_t)(held.list[i].definition_id - last));
    pk_buf_varint(out, held.list[i].rule);
    last = held.list[i].definition_id;
  }
  free(held.list);
  return rc;
}

pk_rc judging_package(pk_judge *judge, verdicts *v, const pk_platform *platform, int64_t id, const pk_package *package, bool *ret_changed,
                      pk_err *err) {
  pk_arena arena;
  pk_buf rules;
  pk_update_verdict verdict;
  pk_arena_init(&arena, QUESTION_BYTES_MAX);
  pk_buf_init(&rules, SIZE_MAX / 2);
  pk_rc rc = pk_judge_look(judge->store, platform, package, &arena, &verdict, err);
  if (rc == PK_OK) rc = pk_store_verdict_put(judge->store, platform->id, id, &verdict, err);
  if (rc == PK_OK) rc = encode_rules(judge, platform, package, &rules, err);
  pk_str before = judging_rules(v, id), after = pk_buf_view(&rules);
  bool same_rules = pk_str_eq(before, after), unseen = judging_state(v, id) == PK_UPDATE_UNSEEN;
  if (rc == PK_OK && !same_rules) rc = pk_store_vulnerable_put(judge->store, platform->id, id, after, err);
  if (rc == PK_OK) {
    *ret_changed = !same_rules || judging_state(v, id) != verdict.state || unseen;
    rc = keep_state(v, id, verdict.state, err);
  }
  if (rc == PK_OK && !same_rules) rc = keep_rules(v, id, after, err);
  pk_buf_free(&rules);
  pk_arena_fini(&arena);
  return rc;
}

/* ---- counting ---- */

static pk_str number_key(const int64_t *n) { return (pk_str){(const char *)n, sizeof *n}; }

static pk_rc list_cves(pk_judge *judge, int64_t definition_id, const struct cve_list **ret, pk_err *err) {
  bool is_new;
  const uint64_t *place = pk_map_get(&judge->cves_of, number_key(&definition_id));
  if (place) {
    *ret = &judge->cve_lists[*place - 1];
    return PK_OK;
  }
  pk_str rest;
  pk_rc rc = pk_store_definition_cves(judge->store, definition_id, &rest, err);
  if (rc != PK_OK) return rc;
  PK_GROW(judge->cve_lists, judge->n_cve_lists, judge->cve_lists_cap);
  struct cve_list *list = &judge->cve_lists[judge->n_cve_lists];
  size_t cap = 0;
  *list = (struct cve_list){0};
  for (int64_t cve = 0; pk_store_next_id(&rest, &cve);) {
    uint64_t *dense = pk_map_put(&judge->cve_places, number_key(&cve), &is_new);
    if (is_new) *dense = judge->cve_places.n - 1;
    PK_GROW(list->places, list->n, cap);
    list->places[list->n++] = (uint32_t)*dense;
  }
  *pk_map_put(&judge->cves_of, number_key(&definition_id), NULL) = ++judge->n_cve_lists;
  *ret = list;
  return PK_OK;
}

static pk_rc count_cves(pk_judge *judge, int64_t definition_id, pk_profile_counts *counts, pk_err *err) {
  const struct cve_list *list;
  pk_rc rc = list_cves(judge, definition_id, &list, err);
  if (rc != PK_OK) return rc;
  if (judge->n_stamps < judge->cve_places.n) {
    size_t want = judge->cve_places.n * 2;
    judge->stamps = pk_realloc_array(judge->stamps, want, sizeof *judge->stamps);
    memset(judge->stamps + judge->n_stamps, 0, (want - judge->n_stamps) * sizeof *judge->stamps);
    judge->n_stamps = want;
  }
  for (size_t i = 0; i < list->n; i++) {
    if (judge->stamps[list->places[i]] == judge->stamp) continue;
    judge->stamps[list->places[i]] = judge->stamp;
    counts->n_cves++;
  }
  return PK_OK;
}

static pk_rc count_rules(pk_judge *judge, pk_str rules, pk_profile_counts *counts, pk_err *err) {
  uint64_t step, rule;
  int64_t id = 0, counted = 0;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_varint_read(&rules, &step) && pk_varint_read(&rules, &rule)) {
    id += (int64_t)step;
    if (!(rule & 1) || id == counted) continue;
    counted = id;
    rc = count_cves(judge, id, counts, err);
  }
  return rc;
}

typedef struct criteria_count {
  pk_judge *judge;
  const int64_t *ids;
  const pk_package *const *packages;
  size_t n;
  pk_profile_counts *counts;
  int64_t open;     /* definition whose packages are being listed */
  bool open_counts; /* one of its states counts */
  pk_buf members;   /* their ids */
  uint64_t n_members;
} criteria_count;

static void close_definition(criteria_count *c) {
  if (!c->open) return;
  pk_buf_varint(&c->counts->criteria, (uint64_t)c->open << 1 | c->open_counts);
  pk_buf_varint(&c->counts->criteria, c->n_members);
  pk_buf_str(&c->counts->criteria, pk_buf_view(&c->members));
  c->open = 0;
}

static pk_rc count_criteria(void *arg, const pk_vulnerable *v, pk_err *err) {
  criteria_count *c = arg;
  if (v->definition_id != c->open) {
    close_definition(c);
    c->open = v->definition_id;
    c->members.n = 0;
    c->n_members = 0;
    c->open_counts = false;
  }
  c->open_counts |= pk_rule_state_counts(v->state);
  for (size_t i = 0; v->package && i < c->n; i++)
    if (c->packages[i] == v->package) {
      pk_buf_varint(&c->members, (uint64_t)c->ids[i]);
      c->n_members++;
    }
  return pk_rule_state_counts(v->state) ? count_cves(c->judge, v->definition_id, c->counts, err) : PK_OK;
}

/* Criteria as they are stored: only their CVEs are counted. */
static pk_rc count_stored_criteria(pk_judge *judge, pk_str criteria, pk_profile_counts *counts, pk_err *err) {
  uint64_t id, n, member;
  pk_rc rc = PK_OK;
  pk_buf_str(&counts->criteria, criteria);
  while (rc == PK_OK && pk_varint_read(&criteria, &id) && pk_varint_read(&criteria, &n)) {
    while (n-- && pk_varint_read(&criteria, &member)) {}
    if (id & 1) rc = count_cves(judge, (int64_t)(id >> 1), counts, err);
  }
  return rc;
}

static pk_rc judge_criteria(pk_judge *judge, const pk_platform *platform, pk_str kernel, const int64_t *ids, const pk_package *const *packages,
                            size_t n, pk_profile_counts *counts, pk_err *err) {
  criteria_count c = {.judge = judge, .ids = ids, .packages = packages, .n = n, .counts = counts};
  pk_buf_init(&c.members, SIZE_MAX / 2);
  pk_rc rc = pk_judge_criteria(judge, platform, kernel, packages, n, count_criteria, &c, err);
  close_definition(&c);
  pk_buf_free(&c.members);
  return rc;
}

static void begin_count(pk_judge *judge, size_t n, pk_profile_counts *ret) {
  *ret = (pk_profile_counts){.n_packages = (int64_t)n};
  pk_buf_init(&ret->updates, n * 10 + 1);
  pk_buf_init(&ret->criteria, SIZE_MAX / 2);
  if (++judge->stamp == 0) {
    memset(judge->stamps, 0, judge->n_stamps * sizeof *judge->stamps);
    judge->stamp = 1;
  }
}

/* One member: `last_id` is of the last one that is not current. */
static pk_rc count_member(pk_judge *judge, const verdicts *v, int64_t id, int64_t *last_id, pk_profile_counts *counts, pk_err *err) {
  pk_update_state state = judging_state(v, id);
  if (state >= PK_UPDATE_ORDINARY) {
    counts->n_updates++;
    if (state == PK_UPDATE_SECURITY) counts->n_security++;
    pk_buf_varint(&counts->updates, (uint64_t)(id - *last_id));
    *last_id = id;
  }
  return count_rules(judge, judging_rules(v, id), counts, err);
}

pk_rc judging_load(pk_judge *judge, int64_t id, const pk_package **ret, pk_err *err) {
  pk_package p, *kept;
  if ((size_t)id < judge->n_packages && judge->packages[id]) {
    *ret = judge->packages[id];
    return PK_OK;
  }
  pk_rc rc = pk_store_package_get(judge->store, id, &p, err);
  if (rc == PK_NOTFOUND) rc = pk_err_set(err, PK_E_STORE, "package %lld is missing: run 'pakiti db check'", (long long)id);
  if (rc != PK_OK) return rc;
  if ((size_t)id >= judge->n_packages) {
    size_t want = (size_t)id * 2 + 1024;
    judge->packages = pk_realloc_array(judge->packages, want, sizeof(pk_package *));
    memset(judge->packages + judge->n_packages, 0, (want - judge->n_packages) * sizeof(pk_package *));
    judge->n_packages = want;
  }
  pk_str *const texts[] = {&p.name, &p.evr, &p.arch, &p.source, &p.source_evr, &p.module, &p.vendor};
  kept = pk_arena_alloc(&judge->package_texts, sizeof *kept);
  bool fits = kept != NULL;
  for (size_t i = 0; fits && i < sizeof texts / sizeof texts[0]; i++) {
    if (!texts[i]->n) *texts[i] = PK_STR("");
    else fits = pk_arena_copy(&judge->package_texts, *texts[i], texts[i]);
  }
  if (!fits) return pk_err_set(err, PK_E_LIMIT, "the fleet's packages take more than %zu bytes of memory", PACKAGES_BYTES_MAX);
  *kept = p;
  judge->packages[id] = kept;
  *ret = kept;
  return PK_OK;
}

pk_rc judging_count(pk_judge *judge, const pk_platform *platform, pk_str kernel, const int64_t *ids, size_t n, const pk_str *criteria,
                    pk_profile_counts *ret, pk_err *err) {
  verdicts *v = NULL;
  int64_t last_id = 0;
  begin_count(judge, n, ret);
  pk_rc rc = judging_verdicts(judge, platform->id, &v, err);
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    const pk_package *p;
    if (judging_state(v, ids[i]) < PK_UPDATE_ORDINARY && !judging_rules(v, ids[i]).n) continue;
    rc = judging_load(judge, ids[i], &p, err);
    if (rc == PK_OK && pk_kernel_role_of(p, kernel) != PK_KERNEL_IDLE) rc = count_member(judge, v, ids[i], &last_id, ret, err);
  }
  if (rc == PK_OK && criteria) return count_stored_criteria(judge, *criteria, ret, err);
  const pk_package **packages = pk_realloc_array(NULL, n, sizeof *packages);
  for (size_t i = 0; rc == PK_OK && i < n; i++) rc = judging_load(judge, ids[i], &packages[i], err);
  if (rc == PK_OK) rc = judge_criteria(judge, platform, kernel, ids, packages, n, ret, err);
  free(packages);
  return rc;
}

/* An idle kernel package that is newer than one of the running kernel waits for a restart. */
static bool find_pending(const pk_member *members, size_t n, pk_str kernel) {
  const pk_package *running[64], *idle[64];
  size_t n_running = 0, n_idle = 0;
  for (size_t i = 0; i < n; i++) {
    pk_kernel_role role = pk_kernel_role_of(members[i].package, kernel);
    if (role == PK_KERNEL_RUNNING && n_running < 64) running[n_running++] = members[i].package;
    if (role == PK_KERNEL_IDLE && n_idle < 64) idle[n_idle++] = members[i].package;
  }
  for (size_t i = 0; i < n_idle; i++)
    for (size_t k = 0; k < n_running; k++)
      if (pk_kernel_is_newer(idle[i], running[k])) return true;
  return false;
}

pk_rc pk_judge_profile(pk_judge *judge, const pk_platform *platform, pk_str kernel, const pk_member *members, size_t n,
                       pk_profile_counts *ret, pk_err *err) {
  verdicts *v = NULL;
  int64_t last_id = 0;
  bool changed;
  begin_count(judge, n, ret);
  ret->reboot_pending = find_pending(members, n, kernel);
  pk_rc rc = judging_verdicts(judge, platform->id, &v, err);
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    int64_t id = members[i].id;
    if (judging_state(v, id) == PK_UPDATE_UNSEEN) rc = judging_package(judge, v, platform, id, members[i].package, &changed, err);
    if (judging_state(v, id) < PK_UPDATE_ORDINARY && !judging_rules(v, id).n) continue;
    if (rc == PK_OK && pk_kernel_role_of(members[i].package, kernel) != PK_KERNEL_IDLE) rc = count_member(judge, v, id, &last_id, ret, err);
  }
  int64_t *ids = pk_realloc_array(NULL, n, sizeof *ids);
  const pk_package **packages = pk_realloc_array(NULL, n, sizeof *packages);
  for (size_t i = 0; i < n; i++) {
    ids[i] = members[i].id;
    packages[i] = members[i].package;
  }
  if (rc == PK_OK) rc = judge_criteria(judge, platform, kernel, ids, packages, n, ret, err);
  free(packages);
  free(ids);
  return rc;
}
