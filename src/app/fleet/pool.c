/* SPDX-License-Identifier: Apache-2.0
 *
 * pool: packages, sets, definitions, verdicts and profiles as pointers, read from the store when a fleet first needs them. */
#include "app/fleet/internal.h"
#include "app/judge.h"
#include "match/kernel.h"

#include <stdlib.h>

/* Memory for one definition while it is looked at. */
#define DEFINITION_BYTES_MAX ((size_t)256 << 20)
/* Severity by CVSS base score in tenths (first.org, qualitative rating scale) */
#define CVSS_CRITICAL 90
#define CVSS_HIGH 70
#define CVSS_MEDIUM 40

static pk_rc full(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "the fleet takes more than %zu bytes of memory", FLEET_BYTES_MAX); }

static pk_str key_of(const int64_t *number) { return (pk_str){(const char *)number, sizeof *number}; }

static void *pointer_in(const pk_map *m, int64_t id) {
  const uint64_t *value = pk_map_get(m, key_of(&id));
  return value ? (void *)(uintptr_t)*value : NULL;
}

static void put_pointer(pk_map *m, int64_t id, const void *p) { *pk_map_put(m, key_of(&id), NULL) = (uint64_t)(uintptr_t)p; }

/* ---- life ---- */

fleet_pool *fleet_pool_new(int64_t generation) {
  fleet_pool *pool = pk_calloc(1, sizeof *pool);
  pool->generation = generation;
  pool->n_advisories = 1;
  atomic_init(&pool->refs, 1);
  pk_arena_init(&pool->arena, FLEET_BYTES_MAX);
  pk_map *const maps[] = {&pool->texts, &pool->sets, &pool->profiles, &pool->definitions, &pool->cves, &pool->advisories};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_init(maps[i], true);
  return pool;
}

static void forget_feeds(fleet_pool *pool) {
  for (size_t i = 0; i < pool->n_feeds; i++) pk_feed_row_fini(&pool->feeds[i]);
  free(pool->feeds);
  pool->feeds = NULL;
  pool->n_feeds = 0;
}

void fleet_pool_release(fleet_pool **p) {
  fleet_pool *pool = *p;
  *p = NULL;
  if (!pool || atomic_fetch_sub(&pool->refs, 1) != 1) return;
  pk_map *const maps[] = {&pool->texts, &pool->sets, &pool->profiles, &pool->definitions, &pool->cves, &pool->advisories};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_fini(maps[i]);
  for (size_t i = 0; i < pool->n_verdicts; i++) free(pool->verdicts[i].by_package);
  forget_feeds(pool);
  free(pool->verdicts);
  free(pool->packages);
  free(pool->cves_by_place);
  free(pool->stamps);
  pk_arena_fini(&pool->arena);
  free(pool);
}

pk_rc fleet_pool_text(fleet_pool *pool, pk_str text, pk_str *ret, pk_err *err) {
  if (!text.n) {
    *ret = PK_STR("");
    return PK_OK;
  }
  uint64_t *place = pk_map_put(&pool->texts, text, NULL);
  if (!*place) { /* new, or there was no memory for it before */
    if (!pk_arena_copy(&pool->arena, text, ret)) return full(err);
    *place = (uint64_t)(uintptr_t)ret->p;
  }
  *ret = (pk_str){(const char *)(uintptr_t)*place, text.n};
  return PK_OK;
}

static pk_rc intern(fleet_pool *pool, pk_str *const *texts, size_t n, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < n; i++) rc = fleet_pool_text(pool, *texts[i], texts[i], err);
  return rc;
}

/* ---- packages and sets ---- */

static pk_rc keep_package(void *arg, int64_t id, const pk_package *p, pk_err *err) {
  fleet_pool *pool = arg;
  pk_fleet_package *kept = pk_arena_alloc(&pool->arena, sizeof *kept);
  if (!kept) return full(err);
  *kept = (pk_fleet_package){id, *p};
  pk_package *k = &kept->package;
  pk_str *const texts[] = {&k->name, &k->evr, &k->arch, &k->source, &k->source_evr, &k->module, &k->vendor};
  pk_rc rc = intern(pool, texts, sizeof texts / sizeof texts[0], err);
  if (rc != PK_OK) return rc;
  while (pool->packages_cap <= (size_t)id) {
    size_t want = (size_t)id + (size_t)id / 2 + 1024;
    pool->packages = pk_realloc_array(pool->packages, want, sizeof *pool->packages);
    memset(pool->packages + pool->packages_cap, 0, (want - pool->packages_cap) * sizeof *pool->packages);
    pool->packages_cap = want;
  }
  pool->packages[id] = kept;
  pool->n_packages = (size_t)id + 1;
  return PK_OK;
}

pk_rc fleet_pool_packages(fleet_pool *pool, pk_store *store, pk_err *err) {
  return pk_store_packages_after(store, pool->n_packages ? (int64_t)pool->n_packages - 1 : 0, keep_package, pool, err);
}

static pk_rc set_of(fleet_pool *pool, pk_store *store, int64_t id, const pk_fleet_set **ret, pk_err *err) {
  *ret = pointer_in(&pool->sets, id);
  if (*ret) return PK_OK;
  int64_t *ids = NULL;
  size_t n = 0;
  pk_rc rc = pk_store_set_members(store, id, &ids, &n, err);
  if (rc == PK_NOTFOUND) return pk_err_set(err, PK_E_STORE, "package set %lld is missing: run 'pakiti db check'", (long long)id);
  if (rc != PK_OK) return rc;
  pk_fleet_set *set = pk_arena_alloc(&pool->arena, sizeof *set);
  uint32_t *copy = pk_arena_alloc(&pool->arena, n * sizeof *copy + 1);
  if (set && copy) {
    for (size_t i = 0; i < n; i++) copy[i] = (uint32_t)ids[i];
    *set = (pk_fleet_set){id, copy, n};
    put_pointer(&pool->sets, id, set);
    *ret = set;
  }
  free(ids);
  return *ret ? PK_OK : full(err);
}

bool pk_fleet_set_place(const pk_fleet_set *set, int64_t package_id, size_t *ret) {
  size_t low = 0, high = set->n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (set->ids[middle] < package_id) low = middle + 1;
    else high = middle;
  }
  *ret = low;
  return low < set->n && set->ids[low] == package_id;
}

bool pk_fleet_set_has(const pk_fleet_set *set, int64_t package_id) {
  size_t place;
  return pk_fleet_set_place(set, package_id, &place);
}

/* ---- CVEs and definitions ---- */

static const char *const SEVERITIES[] = {"unknown", "low", "medium", "high", "critical"};

const char *pk_severity_name(pk_severity s) { return SEVERITIES[s]; }

pk_severity pk_severity_of(pk_str word) {
  static const struct {
    const char *word;
    pk_severity severity;
  } words[] = {{"critical", PK_SEVERITY_CRITICAL}, {"important", PK_SEVERITY_HIGH}, {"high", PK_SEVERITY_HIGH},
               {"moderate", PK_SEVERITY_MEDIUM},   {"medium", PK_SEVERITY_MEDIUM},  {"low", PK_SEVERITY_LOW},
               {"negligible", PK_SEVERITY_LOW},    {"unimportant", PK_SEVERITY_LOW}, {"minor", PK_SEVERITY_LOW}};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (pk_str_is_nocase(word, words[i].word)) return words[i].severity;
  return PK_SEVERITY_UNKNOWN;
}

pk_severity pk_severity_of_score(int32_t cvss) {
  if (cvss < 0) return PK_SEVERITY_UNKNOWN;
  return cvss >= CVSS_CRITICAL ? PK_SEVERITY_CRITICAL : cvss >= CVSS_HIGH ? PK_SEVERITY_HIGH : cvss >= CVSS_MEDIUM ? PK_SEVERITY_MEDIUM : PK_SEVERITY_LOW;
}

typedef struct worst_word {
  bool has_score;
  pk_severity worst;
} worst_word;

static pk_rc note_severity(void *arg, pk_str word, bool of_many, pk_err *err) {
  (void)err;
  worst_word *w = arg;
  pk_severity s = pk_severity_of(word);
  if (s > w->worst && !(of_many && w->has_score)) w->worst = s;
  return PK_OK;
}

pk_rc pk_cve_severity(pk_store *store, int64_t cve, const pk_cve_fact *fact, pk_severity *ret, pk_err *err) {
  worst_word w = {.has_score = fact->cvss >= 0};
  pk_rc rc = pk_store_severities_of_cve(store, cve, note_severity, &w, err);
  *ret = w.worst == PK_SEVERITY_UNKNOWN ? pk_severity_of_score(fact->cvss) : w.worst;
  return rc;
}

static pk_rc cve_of(fleet_pool *pool, pk_store *store, pk_str name, pk_fleet_cve **ret, pk_err *err) {
  int64_t number = pk_cve_number(name);
  *ret = number ? pointer_in(&pool->cves, number) : NULL;
  if (*ret || !number) return PK_OK;
  char text[32];
  pk_cve_format(number, text);
  pk_fleet_cve *cve = pk_arena_alloc(&pool->arena, sizeof *cve);
  if (!cve) return full(err);
  *cve = (pk_fleet_cve){.place = (uint32_t)pool->n_cves, .number = number};
  pk_rc rc = fleet_pool_text(pool, pk_str_of(text), &cve->name, err);
  if (rc == PK_OK) rc = pk_store_cve_fact(store, number, &pool->arena, &cve->fact, err);
  if (rc == PK_OK) cve->fact.cve = cve->name;
  if (rc == PK_NOTFOUND) {
    cve->fact = (pk_cve_fact){.epss = -1, .epss_rank = -1, .cvss = -1};
    rc = PK_OK;
  }
  if (rc == PK_OK) rc = pk_cve_severity(store, number, &cve->fact, &cve->severity, err);
  if (rc != PK_OK) return rc;
  PK_GROW(pool->cves_by_place, pool->n_cves, pool->cves_cap);
  pool->cves_by_place[pool->n_cves++] = cve;
  put_pointer(&pool->cves, number, cve);
  *ret = cve;
  return PK_OK;
}

const pk_fleet_cve *fleet_pool_cve(const fleet_pool *pool, int64_t number) { return pointer_in(&pool->cves, number); }

/* NULL: none */
static const pk_feed *feed_of(const fleet_pool *pool, int64_t id) {
  for (size_t i = 0; i < pool->n_feeds; i++)
    if (pool->feeds[i].feed.id == id) return &pool->feeds[i].feed;
  return NULL;
}

static pk_str feed_name(const fleet_pool *pool, int64_t id) {
  const pk_feed *feed = feed_of(pool, id);
  return feed ? pk_str_of(feed->name) : PK_STR("");
}

static uint32_t advisory_place(fleet_pool *pool, pk_str advisory) {
  bool is_new;
  if (!advisory.n) return 0;
  uint64_t *place = pk_map_put(&pool->advisories, (pk_str){(const char *)&advisory.p, sizeof advisory.p}, &is_new);
  if (is_new) *place = pool->n_advisories++;
  return (uint32_t)*place;
}

/* What criteria about whole hosts say of single packages. */

typedef struct said {
  pk_str name, fixed;
  pk_rule_state state;
} said;

typedef struct sayings {
  pk_map places; /* name → place + 1 */
  said *list;
  size_t n, cap;
} sayings;

static void note_saying(sayings *s, pk_str name, pk_str fixed, pk_rule_state state) {
  bool is_new;
  uint64_t *place = pk_map_put(&s->places, name, &is_new);
  if (!is_new) { /* of several versions none is told */
    said *known = &s->list[*place - 1];
    if (state == PK_RULE_FIXED && !pk_str_eq(known->fixed, fixed)) known->fixed = PK_STR("");
    return;
  }
  PK_GROW(s->list, s->n, s->cap);
  s->list[s->n++] = (said){name, fixed, state};
  *place = s->n;
}

static void note_fix(void *arg, pk_str name, pk_str version) { note_saying(arg, name, version, PK_RULE_FIXED); }

/* By address: names are interned. */
static int cmp_named(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)((const pk_fleet_named *)a)->name.p, y = (uintptr_t)((const pk_fleet_named *)b)->name.p;
  return (x > y) - (x < y);
}

/* `rest`: the rule for packages of which nothing is said. */
static pk_rc fill_named(fleet_pool *pool, const pk_definition *from, const pk_fleet_rule *rest, pk_fleet_definition *d, pk_err *err) {
  sayings s = {0};
  if (!from->criteria) return PK_OK;
  pk_map_init(&s.places, true);
  pk_criteria_fixes(from->criteria, note_fix, &s);
  for (size_t i = 0; i < from->n_unfixed && !pk_str_is(from->class, "patch"); i++) note_saying(&s, from->unfixed[i].name, PK_STR(""), from->unfixed[i].state);
  pk_fleet_named *named = pk_arena_alloc(&pool->arena, s.n * sizeof *named + 1);
  pk_fleet_rule *rules = pk_arena_alloc(&pool->arena, s.n * sizeof *rules + 1);
  pk_rc rc = named && rules ? PK_OK : full(err);
  for (size_t i = 0; rc == PK_OK && i < s.n; i++) {
    rules[i] = *rest;
    rules[i].state = s.list[i].state;
    rc = fleet_pool_text(pool, s.list[i].fixed, &rules[i].fixed, err);
    if (rc == PK_OK) rc = fleet_pool_text(pool, s.list[i].name, &named[i].name, err);
    named[i].rule = &rules[i];
  }
  if (rc == PK_OK && s.n) qsort(named, s.n, sizeof *named, cmp_named);
  d->named = named;
  d->n_named = rc == PK_OK ? s.n : 0;
  pk_map_fini(&s.places);
  free(s.list);
  return rc;
}

static const pk_fleet_rule *rule_for_culprit(const pk_fleet_definition *d, const pk_fleet_package *package) {
  const pk_fleet_named wanted = {.name = package ? package->package.name : PK_STR("")};
  const pk_fleet_named *found = package && d->n_named ? bsearch(&wanted, d->named, d->n_named, sizeof wanted, cmp_named) : NULL;
  return found ? found->rule : &d->rules[d->n_rules];
}

static pk_rc fill_definition(fleet_pool *pool, pk_store *store, const pk_definition_row *row, pk_fleet_definition *d, pk_err *err) {
  const pk_definition *from = &row->d;
  *d = (pk_fleet_definition){.id = row->id, .name = from->id, .advisory = from->advisory, .severity = from->severity, .title = from->title,
                             .class = from->class, .feed = feed_name(pool, row->feed_id), .issued_at = from->issued_at};
  pk_str *const texts[] = {&d->name, &d->advisory, &d->severity, &d->title, &d->class};
  pk_rc rc = intern(pool, texts, sizeof texts / sizeof texts[0], err);
  const pk_fleet_cve **cves = pk_arena_alloc(&pool->arena, from->n_cves * sizeof *cves + 1);
  pk_fleet_rule *rules = pk_arena_alloc(&pool->arena, (from->n_rules + 1) * sizeof *rules);
  if (rc == PK_OK && (!cves || !rules)) rc = full(err);
  for (size_t i = 0; rc == PK_OK && i < from->n_rules; i++) {
    const pk_rule *r = &from->rules[i];
    rules[i] = (pk_fleet_rule){.definition = d, .fixed = r->fixed, .advisory = r->advisory.n ? r->advisory : d->advisory, .state = r->state,
                               .counts = pk_rule_state_counts(r->state)};
    rc = fleet_pool_text(pool, rules[i].fixed, &rules[i].fixed, err);
    if (rc == PK_OK) rc = fleet_pool_text(pool, rules[i].advisory, &rules[i].advisory, err);
    if (rc == PK_OK) rules[i].advisory_place = advisory_place(pool, rules[i].advisory);
  }
  if (rc != PK_OK) return rc;
  pk_rule_state state = pk_definition_criteria_state(from, PK_STR(""));
  rules[from->n_rules] = (pk_fleet_rule){.definition = d, .fixed = PK_STR(""), .advisory = d->advisory,
                                         .advisory_place = advisory_place(pool, d->advisory), .state = state, .counts = true};
  d->rules = rules;
  d->n_rules = from->n_rules;
  rc = fill_named(pool, from, &rules[from->n_rules], d, err);
  d->cves = cves;
  for (size_t i = 0; rc == PK_OK && i < from->n_cves; i++) {
    pk_fleet_cve *cve;
    rc = cve_of(pool, store, from->cves[i], &cve, err);
    if (rc == PK_OK && cve) cves[d->n_cves++] = cve;
  }
  return rc;
}

/* *ret NULL: it is gone */
static pk_rc definition_of(fleet_pool *pool, pk_store *store, int64_t id, const pk_fleet_definition **ret, pk_err *err) {
  *ret = pointer_in(&pool->definitions, id);
  if (*ret) return PK_OK;
  pk_arena scratch;
  pk_definition_row row;
  pk_arena_init(&scratch, DEFINITION_BYTES_MAX);
  pk_rc rc = pk_store_definition_get(store, id, &scratch, &row, err);
  if (rc == PK_OK) {
    pk_fleet_definition *d = pk_arena_alloc(&pool->arena, sizeof *d);
    rc = d ? fill_definition(pool, store, &row, d, err) : full(err);
    if (rc == PK_OK) put_pointer(&pool->definitions, id, d);
    *ret = rc == PK_OK ? d : NULL;
  }
  pk_arena_fini(&scratch);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

/* ---- verdicts ---- */

static pk_rc load_heads(fleet_pool *pool, pk_store *store, pk_err *err) {
  if (!pool->heads_read) {
    forget_feeds(pool); /* of a try that failed */
    pk_rc rc = pk_store_feed_list(store, &pool->feeds, &pool->n_feeds, err);
    if (rc == PK_OK) rc = pk_store_feed_platforms(store, &pool->arena, &pool->spoken_of, &pool->n_spoken_of, err);
    if (rc == PK_OK) rc = pk_store_release_facts(store, &pool->arena, &pool->releases, &pool->n_releases, err);
    if (rc != PK_OK) return rc;
    pool->heads_read = true;
  }
  pk_platform *platforms;
  pk_rc rc = pk_store_platform_list(store, &pool->arena, &platforms, &pool->n_platforms, err);
  for (size_t i = 0; rc == PK_OK && i < pool->n_platforms; i++) rc = fleet_pool_text(pool, platforms[i].name, &platforms[i].name, err);
  pool->platforms = platforms;
  return rc;
}

static pk_rc platform_of(fleet_pool *pool, pk_store *store, int64_t id, const pk_platform **ret, pk_err *err) {
  for (int again = 0; again < 2; again++) {
    for (size_t i = 0; i < pool->n_platforms; i++)
      if (pool->platforms[i].id == id) {
        *ret = &pool->platforms[i];
        return PK_OK;
      }
    pk_rc rc = load_heads(pool, store, err);
    if (rc != PK_OK) return rc;
  }
  return pk_err_set(err, PK_E_STORE, "platform %lld is missing: run 'pakiti db check'", (long long)id);
}

typedef struct verdict_keeping {
  fleet_pool *pool;
  pk_store *store;
  const pk_platform *platform;
  struct platform_verdicts *table;
} verdict_keeping;

static pk_rc keep_rules(const verdict_keeping *k, pk_str rules, pk_fleet_verdict *v, pk_err *err) {
  uint64_t step, rule;
  size_t n = 0;
  int64_t id = 0;
  for (pk_str rest = rules; pk_varint_read(&rest, &step) && pk_varint_read(&rest, &rule);) n++;
  if (!n) return PK_OK;
  const pk_fleet_rule **kept = pk_arena_alloc(&k->pool->arena, n * sizeof *kept);
  if (!kept) return full(err);
  while (pk_varint_read(&rules, &step) && pk_varint_read(&rules, &rule)) {
    const pk_fleet_definition *d;
    id += (int64_t)step;
    pk_rc rc = definition_of(k->pool, k->store, id, &d, err);
    if (rc != PK_OK) return rc;
    if (d && rule / 2 < d->n_rules) kept[v->n_rules++] = &d->rules[rule / 2];
  }
  v->rules = kept;
  return PK_OK;
}

static pk_rc keep_verdict(void *arg, const pk_kept_verdict *row, pk_err *err) {
  const verdict_keeping *k = arg;
  struct platform_verdicts *t = k->table;
  if ((size_t)row->package_id >= k->pool->n_packages) return PK_OK;
  pk_fleet_verdict *v = pk_arena_alloc(&k->pool->arena, sizeof *v);
  if (!v) return full(err);
  *v = (pk_fleet_verdict){.place = (uint32_t)k->pool->n_verdict_places++, .package = k->pool->packages[row->package_id], .platform = k->platform, .state = row->state, .available = row->available,
                          .repository = feed_name(k->pool, row->feed_id)};
  pk_rc rc = fleet_pool_text(k->pool, v->available, &v->available, err);
  if (rc == PK_OK) rc = keep_rules(k, row->rules, v, err);
  if (rc != PK_OK) return rc;
  if ((size_t)row->package_id >= t->n) {
    size_t want = k->pool->n_packages > (size_t)row->package_id ? k->pool->n_packages : (size_t)row->package_id + 1;
    t->by_package = pk_realloc_array(t->by_package, want, sizeof *t->by_package);
    memset(t->by_package + t->n, 0, (want - t->n) * sizeof *t->by_package);
    t->n = want;
  }
  t->by_package[row->package_id] = v;
  return PK_OK;
}

static bool is_spoken_of(const fleet_pool *pool, const pk_platform *platform) {
  for (size_t i = 0; i < pool->n_spoken_of; i++) {
    const pk_feed_platform *s = &pool->spoken_of[i];
    const pk_feed *feed = feed_of(pool, s->feed_id);
    if (pk_judge_speaks(s->platform, platform) && pk_judge_speaks(feed ? pk_str_of(feed->platform) : PK_STR(""), platform)) return true;
  }
  return false;
}

/* By the release that names the platform most closely; 0: not said. */
static int64_t end_of_support(const fleet_pool *pool, const pk_platform *platform) {
  int64_t ends_at = 0;
  size_t longest = 0;
  for (size_t i = 0; i < pool->n_releases; i++) {
    const pk_release_fact *r = &pool->releases[i];
    if (!r->eol_at || r->platform.n <= longest || !pk_platform_covers(r->platform, platform->name)) continue;
    longest = r->platform.n;
    ends_at = r->eol_at;
  }
  return ends_at;
}

static pk_rc verdicts_of(fleet_pool *pool, pk_store *store, const pk_platform *platform, verdict_keeping *ret, pk_err *err) {
  *ret = (verdict_keeping){pool, store, platform, NULL};
  for (size_t i = 0; i < pool->n_verdicts; i++)
    if (pool->verdicts[i].platform_id == platform->id) ret->table = &pool->verdicts[i];
  if (ret->table) return PK_OK;
  PK_GROW(pool->verdicts, pool->n_verdicts, pool->verdicts_cap);
  ret->table = &pool->verdicts[pool->n_verdicts++];
  *ret->table = (struct platform_verdicts){.platform_id = platform->id, .spoken_of = is_spoken_of(pool, platform), .support_ends_at = end_of_support(pool, platform)};
  return pk_store_kept_verdicts(store, platform->id, 0, keep_verdict, ret, err);
}

static pk_rc verdict_on(const verdict_keeping *k, int64_t package_id, const pk_fleet_verdict **ret, pk_err *err) {
  *ret = (size_t)package_id < k->table->n ? k->table->by_package[package_id] : NULL;
  if (*ret) return PK_OK;
  pk_rc rc = pk_store_kept_verdicts(k->store, k->platform->id, package_id, keep_verdict, (void *)(uintptr_t)k, err);
  if (rc == PK_OK && (size_t)package_id < k->table->n) *ret = k->table->by_package[package_id];
  return rc;
}

/* ---- profiles ---- */

void fleet_pool_count(fleet_pool *pool) {
  if (++pool->stamp) return;
  memset(pool->stamps, 0, pool->n_stamps * sizeof *pool->stamps);
  pool->stamp = 1;
}

bool fleet_pool_first(fleet_pool *pool, const pk_fleet_cve *cve) {
  if (cve->place >= pool->n_stamps) {
    size_t want = (size_t)cve->place * 2 + 1024;
    pool->stamps = pk_realloc_array(pool->stamps, want, sizeof *pool->stamps);
    memset(pool->stamps + pool->n_stamps, 0, (want - pool->n_stamps) * sizeof *pool->stamps);
    pool->n_stamps = want;
  }
  bool first = pool->stamps[cve->place] != pool->stamp;
  pool->stamps[cve->place] = pool->stamp;
  return first;
}

static int cmp_places(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

pk_rc fleet_keep_places(pk_arena *arena, uint32_t *places, size_t n, const uint32_t **ret, pk_err *err) {
  uint32_t *copy = pk_arena_alloc(arena, n * sizeof *copy + 1);
  if (!copy) return full(err);
  if (n) {
    qsort(places, n, sizeof *places, cmp_places);
    memcpy(copy, places, n * sizeof *copy);
  }
  *ret = copy;
  return PK_OK;
}

typedef struct verdict_list {
  const pk_fleet_verdict **list;
  size_t n, cap;
} verdict_list;

static void add_verdict(verdict_list *l, const pk_fleet_verdict *v) {
  PK_GROW(l->list, l->n, l->cap);
  l->list[l->n++] = v;
}

static pk_rc keep_list(fleet_pool *pool, const verdict_list *l, const pk_fleet_verdict *const **ret, size_t *ret_n, pk_err *err) {
  const pk_fleet_verdict **copy = pk_arena_alloc(&pool->arena, l->n * sizeof *copy + 1);
  if (!copy) return full(err);
  if (l->n) memcpy(copy, l->list, l->n * sizeof *copy);
  *ret = copy;
  *ret_n = l->n;
  return PK_OK;
}

/* A package that made criteria true, and the rule that stands for them. */
typedef struct culprit {
  int64_t package_id; /* 0: no package is to blame */
  size_t order;
  const pk_fleet_rule *rule;
} culprit;

typedef struct culprits {
  culprit *list;
  size_t n, cap;
} culprits;

static int cmp_culprits(const void *a, const void *b) {
  const culprit *x = a, *y = b;
  if (x->package_id != y->package_id) return x->package_id < y->package_id ? -1 : 1;
  return (x->order > y->order) - (x->order < y->order);
}

static pk_rc read_criteria(fleet_pool *pool, pk_store *store, pk_str criteria, culprits *ret, pk_err *err) {
  uint64_t id, n, member = 0;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_varint_read(&criteria, &id) && pk_varint_read(&criteria, &n)) {
    const pk_fleet_definition *d;
    rc = definition_of(pool, store, (int64_t)(id >> 1), &d, err);
    for (uint64_t i = 0; rc == PK_OK && i < (n ? n : 1); i++) {
      if (n && !pk_varint_read(&criteria, &member)) break;
      if (!d || !(id & 1)) continue;
      PK_GROW(ret->list, ret->n, ret->cap);
      int64_t package = n && member < pool->n_packages ? (int64_t)member : 0;
      ret->list[ret->n] = (culprit){package, ret->n, rule_for_culprit(d, package ? pool->packages[package] : NULL)};
      ret->n++;
    }
  }
  return rc;
}

/* The verdict of a package among the first n, which ascend by package; n: it has none. */
static size_t place_of(const verdict_list *l, size_t n, int64_t package_id) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (l->list[middle]->package->id < package_id) low = middle + 1;
    else high = middle;
  }
  return low < n && l->list[low]->package->id == package_id ? low : n;
}

/* Criteria that are true of the whole host join the rules of the packages that made them so: a package has one verdict. */
static pk_rc add_criteria(fleet_pool *pool, pk_store *store, const pk_platform *platform, pk_str criteria, verdict_list *l, pk_err *err) {
  culprits c = {0};
  size_t n_packages = l->n;
  pk_rc rc = read_criteria(pool, store, criteria, &c, err);
  if (c.n) qsort(c.list, c.n, sizeof *c.list, cmp_culprits);
  for (size_t i = 0, end; rc == PK_OK && i < c.n; i = end) {
    for (end = i + 1; end < c.n && c.list[end].package_id == c.list[i].package_id;) end++;
    size_t at = c.list[i].package_id ? place_of(l, n_packages, c.list[i].package_id) : n_packages, n_own = at < n_packages ? l->list[at]->n_rules : 0;
    pk_fleet_verdict *v = pk_arena_alloc(&pool->arena, sizeof *v);
    const pk_fleet_rule **rules = pk_arena_alloc(&pool->arena, (n_own + end - i) * sizeof *rules);
    if (!v || !rules) {
      rc = full(err);
      break;
    }
    *v = at < n_packages ? *l->list[at]
                         : (pk_fleet_verdict){.package = c.list[i].package_id ? pool->packages[c.list[i].package_id] : NULL, .platform = platform,
                                              .available = PK_STR(""), .repository = PK_STR("")};
    if (n_own) memcpy(rules, v->rules, n_own * sizeof *rules);
    for (size_t k = i; k < end; k++) rules[n_own + k - i] = c.list[k].rule;
    v->place = (uint32_t)pool->n_verdict_places++;
    v->rules = rules;
    v->n_rules = n_own + end - i;
    if (at < n_packages) l->list[at] = v;
    else add_verdict(l, v);
  }
  free(c.list);
  return rc;
}

static pk_rc count_cves(fleet_pool *pool, pk_fleet_profile *p, pk_err *err) {
  uint32_t *places = NULL;
  size_t n = 0, cap = 0;
  fleet_pool_count(pool);
  for (size_t i = 0; i < p->n_vulnerable; i++)
    for (size_t r = 0; r < p->vulnerable[i]->n_rules; r++) {
      const pk_fleet_rule *rule = p->vulnerable[i]->rules[r];
      for (size_t c = 0; rule->counts && c < rule->definition->n_cves; c++)
        if (fleet_pool_first(pool, rule->definition->cves[c])) {
          PK_GROW(places, n, cap);
          places[n++] = rule->definition->cves[c]->place;
        }
    }
  pk_rc rc = fleet_keep_places(&pool->arena, places, n, &p->cves, err);
  p->n_cves = n;
  free(places);
  return rc;
}

const char *pk_kernel_state_name(pk_kernel_state s) {
  static const char *const names[] = {"unknown", "current", "restart", "update"};
  return names[s];
}

static bool runs(const pk_fleet_verdict *v, pk_str kernel) { return v->package && pk_kernel_role_of(&v->package->package, kernel) == PK_KERNEL_RUNNING; }

static bool has_fix(const pk_fleet_verdict *v) {
  for (size_t i = 0; i < v->n_rules; i++)
    if (v->rules[i]->counts && v->rules[i]->state == PK_RULE_FIXED) return true;
  return false;
}

static pk_kernel_state kernel_state_of(const pk_fleet_profile *p) {
  if (!p->kernel.n) return PK_KERNEL_UNKNOWN;
  if (p->reboot_pending) return PK_KERNEL_RESTART;
  if (!p->updates_judged && !p->cves_judged) return PK_KERNEL_UNKNOWN;
  for (size_t i = 0; i < p->n_update_verdicts; i++)
    if (runs(p->updates[i], p->kernel)) return PK_KERNEL_UPDATE;
  for (size_t i = 0; i < p->n_vulnerable; i++)
    if (runs(p->vulnerable[i], p->kernel) && has_fix(p->vulnerable[i])) return PK_KERNEL_UPDATE;
  return PK_KERNEL_CURRENT;
}

static pk_rc fill_profile(fleet_pool *pool, pk_store *store, const pk_kept_profile *row, pk_fleet_profile *p, pk_err *err) {
  verdict_keeping k;
  verdict_list updates = {0}, vulnerable = {0};
  *p = (pk_fleet_profile){.id = row->id, .n_packages = row->n_packages, .n_updates = row->n_updates, .n_security = row->n_security,
                          .reboot_pending = row->reboot_pending};
  pk_rc rc = fleet_pool_text(pool, row->kernel, &p->kernel, err);
  if (rc == PK_OK) rc = platform_of(pool, store, row->platform_id, &p->platform, err);
  if (rc == PK_OK) rc = set_of(pool, store, row->set_id, &p->set, err);
  if (rc == PK_OK) rc = verdicts_of(pool, store, p->platform, &k, err);
  unsigned char *states = rc == PK_OK ? pk_arena_alloc(&pool->arena, p->set->n + 1) : NULL;
  if (rc == PK_OK && !states) rc = full(err);
  p->states = states;
  for (size_t i = 0; rc == PK_OK && i < p->set->n; i++) {
    const pk_fleet_verdict *v;
    rc = verdict_on(&k, p->set->ids[i], &v, err);
    if (rc != PK_OK || !v || pk_kernel_role_of(&v->package->package, p->kernel) == PK_KERNEL_IDLE) continue;
    states[i] = (unsigned char)v->state;
    p->updates_judged |= v->state > PK_UPDATE_UNKNOWN;
    if (v->n_rules) add_verdict(&vulnerable, v);
  }
  pk_str rest = row->updates;
  for (int64_t id = 0; rc == PK_OK && pk_store_next_id(&rest, &id);) {
    const pk_fleet_verdict *v;
    rc = verdict_on(&k, id, &v, err);
    if (rc == PK_OK && v) add_verdict(&updates, v);
  }
  if (rc == PK_OK) rc = add_criteria(pool, store, p->platform, row->criteria, &vulnerable, err);
  if (rc == PK_OK) rc = keep_list(pool, &updates, &p->updates, &p->n_update_verdicts, err);
  if (rc == PK_OK) rc = keep_list(pool, &vulnerable, &p->vulnerable, &p->n_vulnerable, err);
  free(updates.list);
  free(vulnerable.list);
  if (rc != PK_OK) return rc;
  p->cves_judged = k.table->spoken_of || p->n_vulnerable > 0;
  p->support_ends_at = k.table->support_ends_at;
  p->kernel_state = kernel_state_of(p);
  return count_cves(pool, p, err);
}

pk_rc fleet_pool_profile(fleet_pool *pool, pk_store *store, int64_t id, const pk_fleet_profile **ret, pk_err *err) {
  *ret = pointer_in(&pool->profiles, id);
  if (*ret) return PK_OK;
  pk_arena scratch;
  pk_kept_profile row;
  pk_arena_init(&scratch, DEFINITION_BYTES_MAX);
  pk_rc rc = pool->heads_read ? PK_OK : load_heads(pool, store, err);
  if (rc == PK_OK) rc = pk_store_kept_profile(store, id, &scratch, &row, err);
  if (rc == PK_NOTFOUND) rc = pk_err_set(err, PK_E_STORE, "profile %lld is missing: run 'pakiti db check'", (long long)id);
  if (rc == PK_OK) {
    pk_fleet_profile *p = pk_arena_alloc(&pool->arena, sizeof *p);
    rc = p ? fill_profile(pool, store, &row, p, err) : full(err);
    if (rc == PK_OK) {
      put_pointer(&pool->profiles, id, p);
      *ret = p;
    }
  }
  pk_arena_fini(&scratch);
  return rc;
}
