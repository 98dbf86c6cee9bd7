/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet.h"

#include "match/kernel.h"
#include "model/evr.h"

#include <stdlib.h>

/* Memory for one question. */
#define ANSWER_BYTES_MAX ((size_t)256 << 20)

/* A package, or a whole profile, that is among the answers. */
typedef struct found {
  pk_package package;
  pk_rule_state state;
  pk_str advisory, fixed, feed;
} found;

typedef struct search {
  pk_store *store;
  pk_arena arena;
  found *list;
  size_t n, cap;
  pk_definition *definitions; /* of the CVE; each stands in list at the same place */
  size_t n_definitions, definitions_cap;
  pk_map by_id;      /* platform id and package id → place in list + 1 */
  pk_map wanted;     /* definition id → 1 */
  pk_map by_profile; /* profile id → place in list + 1, and how many more << 32 */
  int64_t platform_id;
  const pk_package *asked;
  const char *op;
  pk_str version;
  const pk_platform *platform;
  pk_fleet_visit *visit;
  void *arg;
} search;

static pk_rc too_much(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question"); }

static pk_str key_of(const int64_t *numbers, size_t n) { return (pk_str){(const char *)numbers, n * sizeof *numbers}; }

static void begin(search *s, pk_store *store, pk_fleet_visit *visit, void *arg) {
  *s = (search){.store = store, .visit = visit, .arg = arg};
  pk_arena_init(&s->arena, ANSWER_BYTES_MAX);
  pk_map *const maps[] = {&s->by_id, &s->wanted, &s->by_profile};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_init(maps[i], true);
}

static void end(search *s) {
  pk_map *const maps[] = {&s->by_id, &s->wanted, &s->by_profile};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_fini(maps[i]);
  pk_arena_fini(&s->arena);
}

static pk_rc add(search *s, const found *f, size_t *ret_place, pk_err *err) {
  void *array = s->list;
  found copy = *f;
  pk_str *const texts[] = {&copy.package.name, &copy.package.evr, &copy.package.arch, &copy.advisory, &copy.fixed, &copy.feed};
  bool fits = pk_arena_grow(&s->arena, &array, s->n, &s->cap, sizeof *s->list);
  for (size_t i = 0; fits && i < sizeof texts / sizeof texts[0]; i++) fits = pk_arena_copy(&s->arena, *texts[i], texts[i]);
  if (!fits) return too_much(err);
  s->list = array;
  s->list[s->n] = copy;
  *ret_place = ++s->n;
  return PK_OK;
}

static pk_rc add_package(search *s, int64_t platform_id, int64_t package_id, const found *f, pk_err *err) {
  const int64_t key[] = {platform_id, package_id};
  size_t place;
  pk_rc rc = add(s, f, &place, err);
  if (rc == PK_OK) *pk_map_put(&s->by_id, key_of(key, 2), NULL) = place;
  return rc;
}

/* ---- profiles, then hosts ---- */

static void hit_profile(search *s, int64_t profile_id, uint64_t place) {
  uint64_t *value = pk_map_put(&s->by_profile, key_of(&profile_id, 1), NULL);
  *value = *value ? *value + ((uint64_t)1 << 32) : place;
}

static pk_rc look_at_profile(void *arg, const pk_profile_key *key, pk_str members, pk_str criteria, pk_err *err) {
  search *s = arg;
  uint64_t id, n, member;
  pk_rc rc = PK_OK;
  for (int64_t package = 0; pk_store_next_id(&members, &package);) {
    const int64_t exact[] = {s->platform_id, package}, any[] = {0, package};
    const uint64_t *place = pk_map_get(&s->by_id, key_of(exact, 2));
    if (!place) place = pk_map_get(&s->by_id, key_of(any, 2));
    if (!place) continue;
    bool idle = s->wanted.n && pk_kernel_role_of(&s->list[*place - 1].package, key->kernel) == PK_KERNEL_IDLE;
    if (!idle) hit_profile(s, key->id, *place);
  }
  while (rc == PK_OK && s->wanted.n && pk_varint_read(&criteria, &id) && pk_varint_read(&criteria, &n)) {
    bool counts = id & 1;
    int64_t package = 0;
    for (uint64_t i = 0; i < n && pk_varint_read(&criteria, &member); i++)
      if (!package) package = (int64_t)member;
    int64_t definition = (int64_t)(id >> 1);
    const uint64_t *place = pk_map_get(&s->wanted, key_of(&definition, 1));
    if (!place || !counts) continue;
    found f = s->list[*place - 1];
    size_t at;
    pk_package p = {0};
    if (package) rc = pk_store_package_get(s->store, package, &p, err);
    if (rc == PK_OK) {
      f.package = p;
      rc = add(s, &f, &at, err);
    }
    if (rc == PK_OK) hit_profile(s, key->id, at);
  }
  return rc;
}

static pk_rc look_at_host(void *arg, const pk_host_row *row, pk_err *err) {
  search *s = arg;
  const uint64_t *value = pk_map_get(&s->by_profile, key_of(&row->profile_id, 1));
  if (!value) return PK_OK;
  const found *f = &s->list[(*value & UINT32_MAX) - 1];
  pk_fleet_hit hit = {.host = row, .package = f->package, .n_more = (size_t)(*value >> 32), .state = f->state, .advisory = f->advisory,
                      .fixed = f->fixed, .feed = f->feed};
  return s->visit(s->arg, &hit, err);
}

typedef pk_rc look_at_platform(search *s, const pk_platform *platform, pk_err *err);

static pk_rc run(search *s, const pk_scope *scope, look_at_platform *look, pk_err *err) {
  pk_platform *platforms;
  size_t n = 0;
  pk_rc rc = pk_store_platform_list(s->store, &s->arena, &platforms, &n, err);
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    s->platform_id = platforms[i].id;
    if (look) rc = look(s, &platforms[i], err);
    if (rc == PK_OK) rc = pk_store_profiles_of(s->store, platforms[i].id, look_at_profile, s, err);
  }
  return rc == PK_OK ? pk_store_hosts(s->store, scope, PK_STR(""), look_at_host, s, err) : rc;
}

/* ---- by package ---- */

static const struct {
  const char *op;
  bool less, equal, greater;
} OPERATORS[] = {{"<", true, false, false}, {"<=", true, true, false}, {"=", false, true, false}, {">=", false, true, true}, {">", false, false, true}};

bool pk_fleet_is_operator(const char *op) {
  for (size_t i = 0; i < sizeof OPERATORS / sizeof OPERATORS[0]; i++)
    if (strcmp(OPERATORS[i].op, op) == 0) return true;
  return false;
}

static bool is_asked_for(const search *s, const pk_package *p) {
  if (!s->op || !*s->op) return true;
  int c = pk_evr_cmp_told(p->type, p->evr, s->version);
  for (size_t i = 0; i < sizeof OPERATORS / sizeof OPERATORS[0]; i++)
    if (strcmp(OPERATORS[i].op, s->op) == 0) return c < 0 ? OPERATORS[i].less : c == 0 ? OPERATORS[i].equal : OPERATORS[i].greater;
  return false;
}

static pk_rc keep_package(void *arg, int64_t id, const pk_package *p, pk_err *err) {
  search *s = arg;
  found f = {.package = *p};
  return is_asked_for(s, p) ? add_package(s, 0, id, &f, err) : PK_OK;
}

pk_rc pk_fleet_with_package(pk_store *store, const pk_scope *scope, pk_str name, const char *op, pk_str version, pk_fleet_visit *visit, void *arg,
                            pk_err *err) {
  search s;
  begin(&s, store, visit, arg);
  s.op = op;
  s.version = version;
  pk_rc rc = pk_store_packages_named(store, name, keep_package, &s, err);
  if (rc == PK_OK && s.n) rc = run(&s, scope, NULL, err);
  end(&s);
  return rc;
}

/* ---- by CVE ---- */

typedef struct cve_definitions {
  search *s;
  pk_judge *judge;
} cve_definitions;

static pk_rc keep_definition(void *arg, const pk_definition_row *row, pk_err *err) {
  cve_definitions *c = arg;
  const pk_feed_row *feed;
  size_t place;
  pk_rc rc = pk_judge_feed(c->judge, row->feed_id, &feed, err);
  if (rc != PK_OK || !feed) return rc;
  found f = {.advisory = row->d.advisory, .feed = pk_str_of(feed->feed.name), .state = row->d.criteria ? PK_RULE_FIXED : PK_RULE_AFFECTED};
  if (row->d.criteria && !pk_str_is(row->d.class, "patch")) f.state = row->d.n_unfixed ? row->d.unfixed[0].state : PK_RULE_AFFECTED;
  rc = add(c->s, &f, &place, err);
  void *array = c->s->definitions;
  pk_str body;
  if (rc == PK_OK && (!pk_arena_grow(&c->s->arena, &array, c->s->n_definitions, &c->s->definitions_cap, sizeof *c->s->definitions) ||
                      !pk_arena_copy(&c->s->arena, row->body, &body)))
    rc = too_much(err);
  if (rc != PK_OK) return rc;
  c->s->definitions = array;
  pk_definition *d = &c->s->definitions[c->s->n_definitions++];
  *d = (pk_definition){.id = PK_STR("")};
  rc = pk_definition_decode(body, &c->s->arena, d, err);
  if (rc == PK_OK) *pk_map_put(&c->s->wanted, key_of(&row->id, 1), NULL) = place;
  return rc;
}

/* The rule behind a verdict: its state, fix and advisory. */
static void read_rule(const search *s, uint64_t place, uint64_t number, found *f) {
  const pk_definition *d = &s->definitions[place - 1];
  f->feed = s->list[place - 1].feed;
  if (number >= d->n_rules) return;
  const pk_rule *r = &d->rules[number];
  f->state = r->state;
  f->fixed = r->fixed;
  f->advisory = r->advisory.n ? r->advisory : d->advisory;
}

static pk_rc look_at_rules(void *arg, int64_t package_id, pk_str rules, pk_err *err) {
  search *s = arg;
  uint64_t step, rule;
  int64_t id = 0;
  while (pk_varint_read(&rules, &step) && pk_varint_read(&rules, &rule)) {
    id += (int64_t)step;
    const uint64_t *place = pk_map_get(&s->wanted, key_of(&id, 1));
    if (!(rule & 1) || !place) continue;
    found f = {0};
    read_rule(s, *place, rule / 2, &f);
    pk_rc rc = pk_store_package_get(s->store, package_id, &f.package, err);
    return rc == PK_OK ? add_package(s, s->platform_id, package_id, &f, err) : rc;
  }
  return PK_OK;
}

static pk_rc look_at_verdicts(search *s, const pk_platform *platform, pk_err *err) {
  return pk_store_vulnerable_of(s->store, platform->id, look_at_rules, s, err);
}

pk_rc pk_fleet_with_cve(pk_store *store, const pk_scope *scope, int64_t cve, pk_fleet_visit *visit, void *arg, pk_err *err) {
  search s;
  begin(&s, store, visit, arg);
  cve_definitions c = {.s = &s, .judge = pk_judge_new(store)};
  pk_arena rows;
  pk_arena_init(&rows, ANSWER_BYTES_MAX);
  pk_rc rc = pk_store_definitions_of_cve(store, cve, &rows, keep_definition, &c, err);
  pk_arena_fini(&rows);
  pk_judge_free(&c.judge);
  if (rc == PK_OK && !s.wanted.n) rc = PK_NOTFOUND;
  if (rc == PK_OK) rc = run(&s, scope, look_at_verdicts, err);
  end(&s);
  return rc;
}
