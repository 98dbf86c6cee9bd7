/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verdict_list.h"

#include <stdlib.h>

typedef struct collecting {
  pk_verdict_list *list;
  pk_package_type type;
  pk_str platform;
} collecting;

static pk_str excepted(const collecting *c, const pk_verdict *v) {
  const pk_package p = {.type = c->type, .name = v->package, .evr = v->installed, .arch = v->arch};
  const pk_exception *e = c->list->exceptions ? pk_host_excepted(c->list->exceptions, pk_cve_number(v->cve), c->platform, v->package.n ? &p : NULL) : NULL;
  return e ? e->reason : PK_STR("");
}

static pk_rc keep_verdict(void *arg, const pk_verdict *v, pk_err *err) {
  const collecting *c = arg;
  pk_verdict_list *l = c->list;
  void *array = l->list;
  const pk_str texts[PK_VERDICT_TEXTS] = {v->package,  v->arch,  v->installed, v->cve, v->advisory, v->severity,
                                          pk_str_of(pk_rule_state_name(v->state)), v->fixed, v->feed};
  pk_verdict_texts one = {.excepted = excepted(c, v)};
  bool fits = pk_arena_grow(l->arena, &array, l->n, &l->cap, sizeof one);
  for (size_t i = 0; fits && i < PK_VERDICT_TEXTS; i++) fits = pk_arena_copy(l->arena, texts[i], &one.texts[i]);
  if (!fits) return pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question");
  l->list = array;
  l->list[l->n++] = one;
  return PK_OK;
}

pk_rc pk_verdict_list_collect(pk_store *store, const pk_judged_host *host, pk_verdict_list *list, pk_err *err) {
  pk_judge *judge = pk_judge_new(store);
  pk_rc rc = pk_verdicts_of(judge, host, keep_verdict, &(collecting){list, host->platform.type, host->platform.name}, err);
  pk_judge_free(&judge);
  return rc;
}

static int cmp_rows(const void *a, const void *b) {
  const pk_verdict_texts *x = a, *y = b;
  int c = 0;
  for (size_t i = 0; c == 0 && i < PK_VERDICT_TEXTS; i++) c = pk_str_cmp(x->texts[i], y->texts[i]);
  return c;
}

void pk_verdict_list_sort(pk_verdict_list *l) {
  size_t n = 0;
  if (l->n) qsort(l->list, l->n, sizeof *l->list, cmp_rows);
  for (size_t i = 0; i < l->n; i++)
    if (!n || cmp_rows(&l->list[i], &l->list[n - 1]) != 0) l->list[n++] = l->list[i];
  l->n = n;
}

pk_rc pk_verdict_list_print(const pk_verdict_list *l, pk_format format, pk_err *err) {
  static const pk_column columns[] = {{"verdict", PK_COLUMN_TEXT}, {"package", PK_COLUMN_TEXT},  {"arch", PK_COLUMN_TEXT},     {"installed", PK_COLUMN_TEXT},
                                      {"cve", PK_COLUMN_TEXT},     {"advisory", PK_COLUMN_TEXT}, {"severity", PK_COLUMN_TEXT}, {"state", PK_COLUMN_TEXT},
                                      {"fixed", PK_COLUMN_TEXT},   {"feed", PK_COLUMN_TEXT},     {"excepted", PK_COLUMN_TEXT}};
  pk_output *out = pk_output_new(format, columns, sizeof columns / sizeof columns[0] - (l->exceptions ? 0 : 1));
  for (size_t i = 0; i < l->n; i++) {
    pk_output_text(out, PK_STR("vulnerability"));
    for (size_t c = 0; c < PK_VERDICT_TEXTS; c++) pk_output_text(out, l->list[i].texts[c]);
    if (l->exceptions) pk_output_text(out, l->list[i].excepted);
  }
  return pk_output_end(&out, err);
}
