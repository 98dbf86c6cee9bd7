/* SPDX-License-Identifier: Apache-2.0 */
#include "base/regex.h"

#include "base/map.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

/* Patterns that are kept compiled; a definition file has some thousand different ones. */
#define KEPT_MAX 20000

struct pk_regex_cache {
  pk_map places; /* pattern → place + 1 */
  pcre2_code **codes; /* NULL: the pattern is wrong */
  size_t n, cap;
  pcre2_match_data *match;
  pcre2_match_context *context;
};

pk_regex_cache *pk_regex_cache_new(void) {
  pk_regex_cache *c = pk_calloc(1, sizeof *c);
  pk_map_init(&c->places, true);
  c->match = pcre2_match_data_create(PK_REGEX_GROUPS_MAX, NULL);
  c->context = pcre2_match_context_create(NULL);
  if (!c->match || !c->context) pk_panic("out of memory");
  pcre2_set_match_limit(c->context, PK_REGEX_STEPS_MAX);
  pcre2_set_heap_limit(c->context, 20000); /* KiB */
  return c;
}

static void forget(pk_regex_cache *c) {
  for (size_t i = 0; i < c->n; i++) pcre2_code_free(c->codes[i]);
  c->n = 0;
  pk_map_fini(&c->places);
  pk_map_init(&c->places, true);
}

void pk_regex_cache_free(pk_regex_cache **cache) {
  pk_regex_cache *c = *cache;
  if (!c) return;
  forget(c);
  pk_map_fini(&c->places);
  free(c->codes);
  pcre2_match_data_free(c->match);
  pcre2_match_context_free(c->context);
  free(c);
  *cache = NULL;
}

static pk_rc wrong(pk_str pattern, pk_err *err) {
  return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no regular expression", (int)(pattern.n < 100 ? pattern.n : 100), pattern.p);
}

static pk_rc compiled(pk_regex_cache *c, pk_str pattern, pcre2_code **ret, pk_err *err) {
  if (pattern.n > PK_REGEX_PATTERN_MAX)
    return pk_err_set(err, PK_E_LIMIT, "a regular expression is longer than %zu bytes", PK_REGEX_PATTERN_MAX);
  uint64_t *known = pk_map_get(&c->places, pattern);
  if (!known) {
    if (c->n == KEPT_MAX) forget(c);
    int code;
    PCRE2_SIZE at;
    PK_GROW(c->codes, c->n, c->cap);
    c->codes[c->n] = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n, PCRE2_MULTILINE, &code, &at, NULL);
    known = pk_map_put(&c->places, pattern, NULL);
    *known = ++c->n;
  }
  *ret = c->codes[*known - 1];
  return *ret ? PK_OK : wrong(pattern, err);
}

pk_rc pk_regex_find(pk_regex_cache *c, pk_str pattern, pk_str text, size_t from, pk_regex_match *ret, pk_err *err) {
  pcre2_code *code;
  pk_rc rc = compiled(c, pattern, &code, err);
  if (rc != PK_OK) return rc;
  if (from > text.n) return PK_NOTFOUND;
  int n = pcre2_match(code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from, 0, c->match, c->context);
  if (n == PCRE2_ERROR_NOMATCH) return PK_NOTFOUND;
  if (n < 0) return pk_err_set(err, PK_E_LIMIT, "the regular expression '%.*s' takes too long", (int)(pattern.n < 100 ? pattern.n : 100), pattern.p);
  const PCRE2_SIZE *v = pcre2_get_ovector_pointer(c->match);
  *ret = (pk_regex_match){.n_groups = n ? (size_t)n : PK_REGEX_GROUPS_MAX};
  for (size_t i = 0; i < ret->n_groups; i++)
    if (v[2 * i] != PCRE2_UNSET && v[2 * i] <= v[2 * i + 1]) ret->groups[i] = pk_str_sub(text, v[2 * i], v[2 * i + 1]);
  ret->end = v[1] > v[0] ? v[1] : v[1] + 1; /* behind an empty match */
  if (ret->end <= from) ret->end = from + 1;
  return PK_OK;
}
