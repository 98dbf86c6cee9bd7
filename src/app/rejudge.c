/* SPDX-License-Identifier: Apache-2.0
 *
 * rejudge: after a feed changed, only what the change touches is judged again: packages of the changed names on the
 * platforms that the feed speaks for, then the profiles that hold one whose verdict changed, or about which criteria
 * changed. Its time follows the change and the number of distinct sets, not the hosts. */
#include "app/judging.h"

#include <stdlib.h>

typedef struct again {
  pk_judge *judge;
  const pk_platform *platform;
  verdicts *v;
  unsigned char *changed;  /* by package id: 1 another verdict, 2 criteria may have changed about it */
  size_t n_ids;
  const pk_map *ids; /* definitions that changed and kept their id; NULL: none */
  bool everybody; /* criteria that concern every host changed */
  bool criteria;  /* criteria may have changed at all */
  pk_rejudged *tally;
} again;

typedef struct seen_ids {
  int64_t *list;
  size_t n, cap;
} seen_ids;

static pk_rc collect_id(void *arg, int64_t id, const pk_package *p, pk_err *err) {
  (void)p, (void)err;
  seen_ids *ids = arg;
  PK_GROW(ids->list, ids->n, ids->cap);
  ids->list[ids->n++] = id;
  return PK_OK;
}

/* The same rules may have come to mean other CVEs. */
static bool mentions_changed(const again *a, pk_str rules) {
  uint64_t step, rule;
  int64_t id = 0;
  while (a->ids && a->ids->n && pk_varint_read(&rules, &step) && pk_varint_read(&rules, &rule)) {
    id += (int64_t)step;
    if (pk_map_get(a->ids, (pk_str){(const char *)&id, sizeof id})) return true;
  }
  return false;
}

static pk_rc rejudge_package(again *a, int64_t id, pk_err *err) {
  const pk_package *p;
  bool changed = false;
  if (judging_state(a->v, id) == PK_UPDATE_UNSEEN) return PK_OK; /* nobody on this platform has it */
  pk_rc rc = judging_load(a->judge, id, &p, err);
  if (rc == PK_OK) rc = judging_package(a->judge, a->v, a->platform, id, p, &changed, err);
  if (rc != PK_OK) return rc;
  changed |= mentions_changed(a, judging_rules(a->v, id));
  a->tally->n_packages++;
  a->tally->n_changed += changed;
  if ((size_t)id < a->n_ids) a->changed[id] = (unsigned char)((changed ? 1 : 0) | (a->criteria ? 2 : 0));
  return PK_OK;
}

static pk_rc rejudge_name(again *a, pk_str name, pk_err *err) {
  seen_ids ids = {0};
  pk_rc rc = pk_store_packages_named(a->judge->store, name, collect_id, &ids, err);
  for (size_t i = 0; rc == PK_OK && i < ids.n; i++) rc = rejudge_package(a, ids.list[i], err);
  free(ids.list);
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

static pk_rc visit_profile(void *arg, const pk_profile_key *key, pk_str members, pk_str criteria, pk_err *err) {
  recounts *r = arg;
  again *a = r->a;
  unsigned touched = a->everybody ? 3 : 0;
  pk_str rest = members;
  for (int64_t id = 0; touched != 3 && pk_store_next_id(&rest, &id);)
    if ((size_t)id < a->n_ids) touched |= a->changed[id];
  if (!touched) return PK_OK;
  seen_ids ids = {0};
  rest = members;
  for (int64_t id = 0; pk_store_next_id(&rest, &id);) {
    PK_GROW(ids.list, ids.n, ids.cap);
    ids.list[ids.n++] = id;
  }
  PK_GROW(r->list, r->n, r->cap);
  recount *one = &r->list[r->n++];
  one->profile_id = key->id;
  pk_rc rc = judging_count(a->judge, a->platform, key->kernel, ids.list, ids.n, touched & 2 ? NULL : &criteria, &one->counts, err);
  free(ids.list);
  return rc;
}

static pk_rc recount_profiles(again *a, pk_err *err) {
  recounts r = {.a = a};
  pk_rc rc = pk_store_profiles_of(a->judge->store, a->platform->id, visit_profile, &r, err);
  for (size_t i = 0; i < r.n; i++) {
    if (rc == PK_OK) rc = pk_store_profile_recount(a->judge->store, r.list[i].profile_id, &r.list[i].counts, err);
    pk_profile_counts_fini(&r.list[i].counts);
  }
  a->tally->n_profiles += r.n;
  free(r.list);
  return rc;
}

/* `names` NULL: every package that was seen. */
static pk_rc rejudge_platform(again *a, const pk_map *names, pk_err *err) {
  pk_rc rc = judging_verdicts(a->judge, a->platform->id, &a->v, err);
  if (rc != PK_OK) return rc;
  a->n_ids = a->v->n;
  a->changed = pk_calloc(a->n_ids + 1, 1);
  size_t changed_before = a->tally->n_changed, pos = 0;
  if (names) {
    for (pk_map_slot *slot; rc == PK_OK && (slot = pk_map_next(names, &pos)) != NULL;) rc = rejudge_name(a, slot->key, err);
  } else {
    for (size_t id = 0; rc == PK_OK && id < a->n_ids; id++) rc = rejudge_package(a, (int64_t)id, err);
  }
  if (rc == PK_OK && (a->tally->n_changed > changed_before || a->criteria || a->everybody)) rc = recount_profiles(a, err);
  free(a->changed);
  return rc;
}

static pk_rc rejudge(pk_judge *judge, pk_str feed_platform, const pk_map *names, const again *how, pk_rejudged *ret, pk_err *err) {
  pk_arena arena;
  pk_arena_init(&arena, QUESTION_BYTES_MAX);
  pk_platform *platforms;
  size_t n = 0;
  pk_rc rc = pk_store_platform_list(judge->store, &arena, &platforms, &n, err);
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    again a = *how;
    a.judge = judge;
    a.platform = &platforms[i];
    a.tally = ret;
    if (pk_judge_speaks(feed_platform, &platforms[i])) rc = rejudge_platform(&a, names, err);
  }
  if (rc == PK_OK) rc = pk_store_generation_next(judge->store, err);
  pk_arena_fini(&arena);
  return rc;
}

pk_rc pk_judge_names(pk_judge *judge, pk_str feed_platform, const pk_map *names, pk_rejudged *ret, pk_err *err) {
  return rejudge(judge, feed_platform, names, &(again){0}, ret, err);
}

/* Binary packages that definitions speak of, by their own name or by that of their source. */
static pk_rc names_of(pk_store *store, const pk_map *changed, pk_map *names, pk_err *err) {
  size_t pos = 0;
  bool sources = false;
  for (pk_map_slot *slot; (slot = pk_map_next(changed, &pos)) != NULL;) {
    *pk_map_put(names, pk_str_sub(slot->key, 1, slot->key.n), NULL) = 1;
    sources |= slot->key.p[0] == 's';
  }
  return sources ? pk_store_binaries_of(store, changed, names, err) : PK_OK;
}

pk_rc pk_judge_definitions(pk_judge *judge, pk_str feed_platform, const pk_definition_change *change, pk_rejudged *ret, pk_err *err) {
  pk_map names;
  judging_forget_definitions(judge);
  if (!change->names.n && !change->everybody) return PK_OK;
  pk_map_init(&names, true);
  pk_rc rc = names_of(judge->store, &change->names, &names, err);
  const again how = {.ids = &change->ids, .criteria = change->criteria, .everybody = change->everybody};
  if (rc == PK_OK) rc = rejudge(judge, feed_platform, &names, &how, ret, err);
  pk_map_fini(&names);
  return rc;
}

pk_rc pk_judge_all(pk_judge *judge, pk_str platform, pk_rejudged *ret, pk_err *err) {
  return rejudge(judge, platform, NULL, &(again){.criteria = true, .everybody = true}, ret, err);
}
