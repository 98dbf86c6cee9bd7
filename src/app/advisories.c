/* SPDX-License-Identifier: Apache-2.0 */
#include "app/advisories.h"

#include <stdlib.h>

/* Memory for one advisory's rules. */
#define ADVISORY_BYTES_MAX ((size_t)64 << 20)

/* Announced builds side by side: of one advisory, then those that make one rule. */
static int cmp_builds(const void *a, const void *b) {
  const pk_offer *x = *(const pk_offer *const *)a, *y = *(const pk_offer *const *)b;
  int c = pk_str_cmp(x->advisory, y->advisory);
  if (c == 0) c = pk_str_cmp(x->evr, y->evr);
  if (c == 0) c = pk_str_cmp(x->module, y->module);
  if (c == 0) c = pk_str_cmp(x->arch, y->arch);
  return c ? c : pk_str_cmp(x->name, y->name);
}

static bool same_rule(const pk_offer *a, const pk_offer *b) {
  return pk_str_eq(a->evr, b->evr) && pk_str_eq(a->module, b->module) && pk_str_eq(a->arch, b->arch);
}

static bool make_rules(pk_arena *arena, const pk_offer *const *builds, size_t n, pk_definition *d) {
  pk_rule *rules = pk_arena_alloc(arena, n * sizeof *rules);
  pk_str *names = pk_arena_alloc(arena, n * sizeof *names);
  if (!rules || !names) return false;
  size_t n_rules = 0;
  for (size_t i = 0; i < n; i++) {
    names[i] = builds[i]->name;
    if (i && same_rule(builds[i], builds[i - 1])) {
      rules[n_rules - 1].n_names++;
      continue;
    }
    rules[n_rules++] = (pk_rule){.names = &names[i], .n_names = 1, .arch = builds[i]->arch, .module = builds[i]->module, .fixed = builds[i]->evr};
  }
  d->rules = rules;
  d->n_rules = n_rules;
  return true;
}

static bool make_cves(pk_arena *arena, pk_str list, pk_definition *d) {
  size_t cap = 0;
  pk_str word, *cves = NULL;
  while (pk_str_word(&list, &word)) {
    void *array = cves;
    if (!pk_arena_grow(arena, &array, d->n_cves, &cap, sizeof *cves)) return false;
    cves = array;
    cves[d->n_cves++] = word;
  }
  d->cves = cves;
  return true;
}

static pk_rc put_one(pk_exchange *x, const pk_advisory *a, const pk_offer *const *builds, size_t n, pk_err *err) {
  char severity[64];
  pk_arena arena;
  pk_buf body;
  pk_arena_init(&arena, ADVISORY_BYTES_MAX);
  pk_buf_init(&body, SIZE_MAX / 2);
  pk_definition d = {.id = a->id, .class = PK_STR("patch"), .advisory = a->id, .title = a->title, .issued_at = a->issued_at,
                     .severity = pk_str_lower(a->severity, severity, sizeof severity)};
  pk_rc rc = PK_OK;
  if (!make_rules(&arena, builds, n, &d) || !make_cves(&arena, a->cves, &d))
    rc = pk_err_set(err, PK_E_LIMIT, "advisory '%.*s' has too many packages", PK_FMT(a->id));
  if (rc == PK_OK) {
    pk_definition_encode(&d, &body);
    rc = pk_store_exchange_definition(x, PK_STR(""), d.id, pk_buf_view(&body), err);
  }
  pk_buf_free(&body);
  pk_arena_fini(&arena);
  return rc;
}

pk_rc pk_advisories_put(pk_exchange *x, const pk_repository_content *content, pk_err *err) {
  const pk_offer **builds = pk_realloc_array(NULL, content->n_offers, sizeof *builds);
  pk_map advisories;
  size_t n = 0;
  pk_rc rc = PK_OK;
  pk_map_init(&advisories, false);
  for (size_t i = 0; i < content->n_advisories; i++) *pk_map_put(&advisories, content->advisories[i].id, NULL) = i + 1;
  for (size_t i = 0; i < content->n_offers; i++)
    if (content->offers[i].advisory.n) builds[n++] = &content->offers[i];
  if (n) qsort(builds, n, sizeof *builds, cmp_builds);
  for (size_t from = 0, to; rc == PK_OK && from < n; from = to) {
    for (to = from + 1; to < n && pk_str_eq(builds[to]->advisory, builds[from]->advisory);) to++;
    const uint64_t *place = pk_map_get(&advisories, builds[from]->advisory);
    if (place) rc = put_one(x, &content->advisories[*place - 1], builds + from, to - from, err);
  }
  pk_map_fini(&advisories);
  free(builds);
  return rc;
}
