/* SPDX-License-Identifier: Apache-2.0 */
#include "app/judge.h"

#include "match/kernel.h"

#include <stdlib.h>

/* Memory for the versions of one name on offer, and for the list of platforms. */
#define QUESTION_BYTES_MAX ((size_t)64 << 20)

typedef struct verdicts {
  int64_t platform_id;
  unsigned char *states; /* by package id; pk_update_state */
  size_t n;
} verdicts;

struct pk_judge {
  pk_store *store;
  verdicts *platforms;
  size_t n_platforms, platforms_cap;
};

pk_judge *pk_judge_new(pk_store *store) {
  pk_judge *judge = pk_calloc(1, sizeof *judge);
  judge->store = store;
  return judge;
}

void pk_judge_forget(pk_judge *judge) {
  for (size_t i = 0; i < judge->n_platforms; i++) free(judge->platforms[i].states);
  judge->n_platforms = 0;
}

void pk_judge_free(pk_judge **judge) {
  if (!*judge) return;
  pk_judge_forget(*judge);
  free((*judge)->platforms);
  free(*judge);
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

static pk_update_state state_of(const verdicts *v, int64_t package_id) {
  return (size_t)package_id < v->n ? (pk_update_state)v->states[package_id] : PK_UPDATE_UNSEEN;
}

static pk_rc keep_state(void *arg, int64_t package_id, pk_update_state state, pk_err *err) {
  (void)err;
  verdicts *v = arg;
  size_t id = (size_t)package_id;
  if (id >= v->n) {
    size_t want = id + id / 2 + 4096;
    v->states = pk_realloc_array(v->states, want, 1);
    memset(v->states + v->n, PK_UPDATE_UNSEEN, want - v->n);
    v->n = want;
  }
  v->states[id] = (unsigned char)state;
  return PK_OK;
}

static pk_rc verdicts_of(pk_judge *judge, int64_t platform_id, verdicts **ret, pk_err *err) {
  for (size_t i = 0; i < judge->n_platforms; i++)
    if (judge->platforms[i].platform_id == platform_id) {
      *ret = &judge->platforms[i];
      return PK_OK;
    }
  PK_GROW(judge->platforms, judge->n_platforms, judge->platforms_cap);
  verdicts *v = &judge->platforms[judge->n_platforms];
  *v = (verdicts){.platform_id = platform_id};
  pk_rc rc = pk_store_verdicts_of(judge->store, platform_id, keep_state, v, err);
  if (rc != PK_OK) {
    free(v->states);
    return rc;
  }
  judge->n_platforms++;
  *ret = v;
  return PK_OK;
}

pk_rc pk_judge_look(pk_store *store, const pk_platform *platform, const pk_package *package, pk_arena *arena, pk_update_verdict *ret,
                    pk_err *err) {
  pk_candidate *candidates;
  size_t n, best;
  pk_package typed = *package;
  if (typed.type == PK_TYPE_UNKNOWN) typed.type = platform->type;
  pk_rc rc = pk_store_candidates(store, package->name, platform->name, arena, &candidates, &n, err);
  if (rc != PK_OK) return rc;
  *ret = (pk_update_verdict){.state = pk_update_judge(&typed, platform->arch, candidates, n, &best), .available = PK_STR("")};
  if (ret->state >= PK_UPDATE_ORDINARY) {
    ret->available = candidates[best].evr;
    ret->feed_id = candidates[best].feed_id;
  }
  return PK_OK;
}

static pk_rc judge_and_keep(pk_judge *judge, verdicts *v, const pk_platform *platform, int64_t id, const pk_package *package,
                            pk_update_state *ret, pk_err *err) {
  pk_arena arena;
  pk_arena_init(&arena, QUESTION_BYTES_MAX);
  pk_update_verdict verdict;
  pk_rc rc = pk_judge_look(judge->store, platform, package, &arena, &verdict, err);
  if (rc == PK_OK) rc = pk_store_verdict_put(judge->store, platform->id, id, &verdict, err);
  if (rc == PK_OK) rc = keep_state(v, id, verdict.state, err);
  if (rc == PK_OK) *ret = verdict.state;
  pk_arena_fini(&arena);
  return rc;
}

typedef struct count {
  pk_profile_counts *counts;
  int64_t last_id;
} count;

static void count_outdated(count *c, int64_t id, pk_update_state state) {
  c->counts->n_updates++;
  if (state == PK_UPDATE_SECURITY) c->counts->n_security++;
  pk_buf_varint(&c->counts->updates, (uint64_t)(id - c->last_id));
  c->last_id = id;
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
  *ret = (pk_profile_counts){.n_packages = (int64_t)n};
  pk_buf_init(&ret->updates, n * 10 + 1);
  ret->reboot_pending = find_pending(members, n, kernel);
  verdicts *v = NULL;
  count c = {.counts = ret};
  pk_rc rc = verdicts_of(judge, platform->id, &v, err);
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    pk_update_state state = state_of(v, members[i].id);
    if (state == PK_UPDATE_UNSEEN) rc = judge_and_keep(judge, v, platform, members[i].id, members[i].package, &state, err);
    if (rc == PK_OK && state >= PK_UPDATE_ORDINARY && pk_kernel_role_of(members[i].package, kernel) != PK_KERNEL_IDLE)
      count_outdated(&c, members[i].id, state);
  }
  return rc;
}

/* ---- again, after a feed changed ---- */

typedef struct again {
  pk_judge *judge;
  const pk_platform *platform;
  verdicts *v;
  unsigned char *changed; /* by package id */
  size_t n_ids;
  pk_rejudged *tally;
} again;

typedef struct seen_package {
  int64_t id;
  pk_package package;
} seen_package;

typedef struct named {
  pk_arena arena;
  seen_package *list;
  size_t n, cap;
} named;

static pk_rc collect_package(void *arg, int64_t id, const pk_package *p, pk_err *err) {
  named *list = arg;
  void *array = list->list;
  seen_package s = {.id = id, .package = {.type = p->type}};
  const struct {
    pk_str from, *to;
  } texts[] = {{p->name, &s.package.name}, {p->evr, &s.package.evr}, {p->arch, &s.package.arch}, {p->module, &s.package.module}};
  bool fits = pk_arena_grow(&list->arena, &array, list->n, &list->cap, sizeof s);
  for (size_t i = 0; fits && i < sizeof texts / sizeof texts[0]; i++) fits = pk_arena_copy(&list->arena, texts[i].from, texts[i].to);
  if (!fits) return pk_err_set(err, PK_E_LIMIT, "package '%.*s' has too many versions in the fleet", PK_FMT(p->name));
  list->list = array;
  list->list[list->n++] = s;
  return PK_OK;
}

static pk_rc rejudge_package(again *a, const seen_package *s, pk_err *err) {
  pk_update_state before = state_of(a->v, s->id), after;
  if (before == PK_UPDATE_UNSEEN) return PK_OK; /* nobody on this platform has it */
  pk_rc rc = judge_and_keep(a->judge, a->v, a->platform, s->id, &s->package, &after, err);
  if (rc != PK_OK) return rc;
  a->tally->n_packages++;
  if (after == before) return PK_OK;
  a->tally->n_changed++;
  if ((size_t)s->id < a->n_ids) a->changed[s->id] = 1;
  return PK_OK;
}

static pk_rc rejudge_name(again *a, pk_str name, pk_err *err) {
  named list = {0};
  pk_arena_init(&list.arena, QUESTION_BYTES_MAX);
  pk_rc rc = pk_store_packages_named(a->judge->store, name, collect_package, &list, err);
  for (size_t i = 0; rc == PK_OK && i < list.n; i++) rc = rejudge_package(a, &list.list[i], err);
  pk_arena_fini(&list.arena);
  return rc;
}

typedef struct recount {
  int64_t profile_id;
  pk_profile_counts counts;
} recount;

typedef struct recounts {
  again *a;
  recount *list;
  size_t n, cap;
} recounts;

static pk_rc recount_members(again *a, pk_str kernel, pk_str members, pk_profile_counts *ret, pk_err *err) {
  count c = {.counts = ret};
  pk_rc rc = PK_OK;
  for (int64_t id = 0; rc == PK_OK && pk_store_next_id(&members, &id);) {
    pk_update_state state = state_of(a->v, id);
    if (state < PK_UPDATE_ORDINARY) continue;
    pk_package p;
    rc = pk_store_package_get(a->judge->store, id, &p, err);
    if (rc == PK_OK && pk_kernel_role_of(&p, kernel) != PK_KERNEL_IDLE) count_outdated(&c, id, state);
  }
  return rc;
}

static pk_rc visit_profile(void *arg, const pk_profile_key *key, pk_str members, pk_err *err) {
  recounts *r = arg;
  bool touched = false;
  pk_str rest = members;
  for (int64_t id = 0; !touched && pk_store_next_id(&rest, &id);) touched = (size_t)id < r->a->n_ids && r->a->changed[id];
  if (!touched) return PK_OK;
  PK_GROW(r->list, r->n, r->cap);
  recount *one = &r->list[r->n++];
  *one = (recount){.profile_id = key->id};
  pk_buf_init(&one->counts.updates, members.n * 10 + 1);
  return recount_members(r->a, key->kernel, members, &one->counts, err);
}

static pk_rc recount_profiles(again *a, pk_err *err) {
  recounts r = {.a = a};
  pk_rc rc = pk_store_profiles_of(a->judge->store, a->platform->id, visit_profile, &r, err);
  for (size_t i = 0; i < r.n; i++) {
    if (rc == PK_OK) rc = pk_store_profile_recount(a->judge->store, r.list[i].profile_id, &r.list[i].counts, err);
    pk_buf_free(&r.list[i].counts.updates);
  }
  a->tally->n_profiles += r.n;
  free(r.list);
  return rc;
}

static pk_rc rejudge_platform(pk_judge *judge, const pk_platform *platform, const pk_map *names, pk_rejudged *tally, pk_err *err) {
  again a = {.judge = judge, .platform = platform, .tally = tally};
  pk_rc rc = verdicts_of(judge, platform->id, &a.v, err);
  if (rc != PK_OK) return rc;
  a.n_ids = a.v->n;
  a.changed = pk_calloc(a.n_ids, 1);
  size_t changed_before = tally->n_changed, pos = 0;
  for (pk_map_slot *slot; rc == PK_OK && (slot = pk_map_next(names, &pos)) != NULL;) rc = rejudge_name(&a, slot->key, err);
  if (rc == PK_OK && tally->n_changed > changed_before) rc = recount_profiles(&a, err);
  free(a.changed);
  return rc;
}

pk_rc pk_judge_names(pk_judge *judge, pk_str feed_platform, const pk_map *names, pk_rejudged *ret, pk_err *err) {
  *ret = (pk_rejudged){0};
  pk_arena arena;
  pk_arena_init(&arena, QUESTION_BYTES_MAX);
  pk_platform *platforms;
  size_t n = 0;
  pk_rc rc = pk_store_platform_list(judge->store, &arena, &platforms, &n, err);
  for (size_t i = 0; rc == PK_OK && i < n; i++)
    if (pk_platform_covers(feed_platform, platforms[i].name)) rc = rejudge_platform(judge, &platforms[i], names, ret, err);
  pk_arena_fini(&arena);
  return rc;
}
