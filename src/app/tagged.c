/* SPDX-License-Identifier: Apache-2.0 */
#include "app/tagged.h"

#include "app/decisions.h"
#include "match/kernel.h"

#include <stdlib.h>

typedef struct tagging {
  pk_store *store;
  pk_prepared *p;
  pk_answer *answer;
  int64_t now;
  pk_cve_tag *tags; /* enabled, by CVE and name */
  size_t n_tags, tags_cap;
  pk_host_exceptions exceptions;
  pk_map definitions; /* id (8 bytes) → 1 + place of its first tagged CVE in cves */
  struct tagged_cve {
    int64_t cve;
    size_t next; /* place + 1 */
  } *cves;
  size_t n_cves, cves_cap;
  pk_map told; /* package id or place, and CVE */
} tagging;

static pk_rc full(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "the answer takes too much memory"); }

static pk_rc keep_tag(void *arg, const pk_cve_tag *t, pk_err *err) {
  tagging *x = arg;
  void *array = x->tags;
  if (!t->enabled) return PK_OK;
  if (!pk_arena_grow(&x->p->arena, &array, x->n_tags, &x->tags_cap, sizeof *x->tags)) return full(err);
  x->tags = array;
  x->tags[x->n_tags] = *t;
  return pk_arena_copy(&x->p->arena, t->tag, &x->tags[x->n_tags++].tag) ? PK_OK : full(err);
}

typedef struct of_cve {
  tagging *x;
  int64_t cve;
} of_cve;

static pk_rc keep_definition(void *arg, int64_t id, pk_err *err) {
  const of_cve *c = arg;
  tagging *x = c->x;
  void *array = x->cves;
  if (!pk_arena_grow(&x->p->arena, &array, x->n_cves, &x->cves_cap, sizeof *x->cves)) return full(err);
  x->cves = array;
  uint64_t *first = pk_map_put(&x->definitions, (pk_str){(const char *)&id, sizeof id}, NULL);
  x->cves[x->n_cves] = (struct tagged_cve){c->cve, (size_t)*first};
  *first = ++x->n_cves;
  return PK_OK;
}

static pk_rc tell(tagging *x, const pk_package *p, int64_t cve, pk_err *err) {
  char name[32];
  pk_cve_format(cve, name);
  for (size_t i = 0; i < x->n_tags; i++) {
    if (x->tags[i].cve != cve) continue;
    void *array = x->answer->tagged;
    pk_reply_tagged t = {.tag = x->tags[i].tag};
    bool fits = pk_arena_grow(&x->p->arena, &array, x->answer->n_tagged, &x->answer->tagged_cap, sizeof t) &&
                pk_arena_copy(&x->p->arena, p->name, &t.name) && pk_arena_copy(&x->p->arena, p->evr, &t.version) &&
                pk_arena_copy(&x->p->arena, p->arch, &t.arch) && pk_arena_copy(&x->p->arena, pk_str_of(name), &t.cve);
    if (!fits) return full(err);
    x->answer->tagged = array;
    x->answer->tagged[x->answer->n_tagged++] = t;
  }
  return PK_OK;
}

/* A definition holds for a package: its tagged CVEs are told, each once. */
static pk_rc hold(tagging *x, int64_t definition_id, const pk_package *p, pk_err *err) {
  const uint64_t *first = pk_map_get(&x->definitions, (pk_str){(const char *)&definition_id, sizeof definition_id});
  pk_rc rc = PK_OK;
  for (size_t at = first ? (size_t)*first : 0; rc == PK_OK && at; at = x->cves[at - 1].next) {
    int64_t cve = x->cves[at - 1].cve;
    pk_buf key;
    bool is_new;
    pk_buf_init(&key, 4096);
    const pk_str parts[] = {p->name, p->evr, p->arch};
    pk_buf_add(&key, &cve, sizeof cve);
    for (size_t i = 0; i < 3; i++) {
      pk_buf_str(&key, parts[i]);
      pk_buf_putc(&key, '\0');
    }
    *pk_map_put(&x->told, pk_buf_view(&key), &is_new) = 1;
    pk_buf_free(&key);
    if (is_new && !pk_host_excepted(&x->exceptions, cve, x->p->platform.name, p)) rc = tell(x, p, cve, err);
  }
  return rc;
}

/* ---- what was stored ---- */

static pk_rc look_at_rules(void *arg, const pk_kept_verdict *v, pk_err *err) {
  tagging *x = arg;
  uint64_t step, rule;
  int64_t id = 0;
  pk_rc rc = PK_OK;
  pk_str rules = v->rules;
  while (rc == PK_OK && pk_varint_read(&rules, &step) && pk_varint_read(&rules, &rule)) {
    id += (int64_t)step;
    pk_package p;
    if (!(rule & 1) || !pk_map_get(&x->definitions, (pk_str){(const char *)&id, sizeof id})) continue;
    rc = pk_store_package_get(x->store, v->package_id, &p, err);
    if (rc == PK_OK && pk_kernel_role_of(&p, x->p->report.kernel) != PK_KERNEL_IDLE) rc = hold(x, id, &p, err);
  }
  return rc;
}

static pk_rc look_at_criteria(tagging *x, pk_str criteria, pk_err *err) {
  uint64_t id, n, member;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_varint_read(&criteria, &id) && pk_varint_read(&criteria, &n))
    while (rc == PK_OK && n-- && pk_varint_read(&criteria, &member)) {
      pk_package p;
      int64_t definition = (int64_t)(id >> 1);
      if (!(id & 1) || !pk_map_get(&x->definitions, (pk_str){(const char *)&definition, sizeof definition})) continue;
      rc = pk_store_package_get(x->store, (int64_t)member, &p, err);
      if (rc == PK_OK) rc = hold(x, definition, &p, err);
    }
  return rc;
}

static pk_rc look_at_profile(tagging *x, int64_t profile_id, pk_err *err) {
  pk_profile_facts facts;
  pk_rc rc = pk_store_profile_get(x->store, profile_id, &x->p->arena, &facts, err);
  if (rc != PK_OK) return rc;
  for (int64_t id = 0; rc == PK_OK && pk_store_next_id(&facts.members, &id);)
    rc = pk_store_kept_verdicts(x->store, facts.platform.id, id, look_at_rules, x, err);
  return rc == PK_OK ? look_at_criteria(x, facts.criteria, err) : rc;
}

/* ---- what is judged now ---- */

static pk_rc look_at_verdict(void *arg, const pk_vulnerable *v, pk_err *err) {
  tagging *x = arg;
  return v->package && pk_rule_state_counts(v->state) ? hold(x, v->definition_id, v->package, err) : PK_OK;
}

static pk_rc judge_now(tagging *x, pk_err *err) {
  pk_judge *judge = pk_judge_new(x->store);
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < x->p->n_packages; i++) {
    const pk_package *p = &x->p->packages[i].package;
    if (pk_kernel_role_of(p, x->p->report.kernel) != PK_KERNEL_IDLE) rc = pk_judge_package(judge, &x->p->platform, p, look_at_verdict, x, err);
  }
  pk_judge_free(&judge);
  return rc;
}

/* By package; CVEs descend, as in Pakiti 3. */
static int cmp_tagged(const void *a, const void *b) {
  const pk_reply_tagged *x = a, *y = b;
  int c = pk_str_cmp(x->name, y->name);
  if (c == 0) c = pk_str_cmp(x->version, y->version);
  if (c == 0) c = pk_str_cmp(x->arch, y->arch);
  if (c) return c;
  int64_t p = pk_cve_number(x->cve), q = pk_cve_number(y->cve);
  return p != q ? (p < q ? 1 : -1) : pk_str_cmp(x->tag, y->tag);
}

pk_rc pk_tagged_of(pk_store *store, int64_t profile_id, pk_prepared *p, int64_t now, pk_answer *ret, pk_err *err) {
  tagging x = {.store = store, .p = p, .answer = ret, .now = now};
  pk_map_init(&x.definitions, true);
  pk_map_init(&x.told, true);
  pk_rc rc = pk_store_tags(store, keep_tag, &x, err);
  pk_str domain = pk_str_of(p->identity.domain);
  const pk_exception_subject host = {.key = pk_str_of(p->identity.key), .domain = domain, .tld = pk_domain_tld(domain), .site = p->report.site, .tag = p->report.tag};
  if (rc == PK_OK && x.n_tags) rc = pk_exceptions_of_host(store, &host, now, &p->arena, &x.exceptions, err);
  for (size_t i = 0; rc == PK_OK && i < x.n_tags; i++)
    if (!i || x.tags[i].cve != x.tags[i - 1].cve) rc = pk_store_definition_ids_of_cve(store, x.tags[i].cve, keep_definition, &(of_cve){&x, x.tags[i].cve}, err);
  if (rc == PK_OK && x.definitions.n) rc = profile_id ? look_at_profile(&x, profile_id, err) : judge_now(&x, err);
  if (ret->n_tagged) qsort(ret->tagged, ret->n_tagged, sizeof *ret->tagged, cmp_tagged);
  pk_map_fini(&x.definitions);
  pk_map_fini(&x.told);
  return rc;
}
