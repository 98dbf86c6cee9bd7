/* SPDX-License-Identifier: Apache-2.0
 *
 * hits: which hosts have a package, which are hit by a CVE, and by what. What is found is found once for all hosts of a stand. */
#include "app/lists/lists.h"

#include <stdlib.h>

/* What is found on the hosts of a stand. */
typedef struct hit {
  const pk_fleet_package *package; /* the first; NULL: the whole host */
  pk_str fixed, advisory, feed;
  pk_rank state;
  int64_t more; /* packages than the first */
  const pk_exception *exception;
} hit;

typedef struct hit_row {
  const pk_fleet_host *host;
  const hit *hit;
} hit_row;

enum hit_field {
  T_KEY, T_NAME, T_DOMAIN, T_TLD, T_SITE, T_TAG, T_PLATFORM, T_KERNEL, T_PACKAGE, T_ARCH, T_INSTALLED, T_MORE, T_STATE, T_LAST_REPORT,
  T_FIXED, T_ADVISORY, T_FEED, T_COUNTS, T_EXCEPTION, T_REASON
};

#define HIT_HOST                                                                                                                                  \
  {"key", PK_CELL_TEXT, T_KEY}, {"name", PK_CELL_TEXT, T_NAME}, {"domain", PK_CELL_TEXT, T_DOMAIN}, {"tld", PK_CELL_TEXT, T_TLD},                 \
      {"site", PK_CELL_TEXT, T_SITE}, {"tag", PK_CELL_TEXT, T_TAG}, {"platform", PK_CELL_TEXT, T_PLATFORM}, {"kernel", PK_CELL_TEXT, T_KERNEL},   \
      {"package", PK_CELL_TEXT, T_PACKAGE}, {"arch", PK_CELL_TEXT, T_ARCH}, {"installed", PK_CELL_VERSION, T_INSTALLED},                          \
      {"more", PK_CELL_NUMBER, T_MORE}, {"state", PK_CELL_RANK, T_STATE}, {"last_report", PK_CELL_TIME, T_LAST_REPORT}
static const pk_list_field PACKAGE_HOST_FIELDS[] = {HIT_HOST, {"available", PK_CELL_VERSION, T_FIXED}};
static const pk_list_field CVE_HOST_FIELDS[] = {HIT_HOST,
                                                {"fixed", PK_CELL_VERSION, T_FIXED},
                                                {"advisory", PK_CELL_TEXT, T_ADVISORY},
                                                {"feed", PK_CELL_TEXT, T_FEED},
                                                {"counts", PK_CELL_BOOL, T_COUNTS},
                                                {"exception", PK_CELL_ID, T_EXCEPTION},
                                                {"reason", PK_CELL_TEXT, T_REASON}};

static void get_hit(const void *context, const void *row, size_t at, pk_cell *ret) {
  const pk_fleet *f = context;
  const hit_row *r = row;
  const pk_package *p = r->hit->package ? &r->hit->package->package : NULL;
  const pk_exception *e = r->hit->exception;
  switch ((enum hit_field)at) {
  case T_KEY: ret->text = r->host->texts[PK_HOST_KEY]; return;
  case T_NAME: ret->text = r->host->texts[PK_HOST_NAME]; return;
  case T_DOMAIN: ret->text = r->host->texts[PK_HOST_DOMAIN]; return;
  case T_TLD: ret->text = r->host->tld; return;
  case T_SITE: ret->text = r->host->texts[PK_HOST_SITE]; return;
  case T_TAG: ret->text = r->host->texts[PK_HOST_TAG]; return;
  case T_PLATFORM: ret->text = f->stands[r->host->stand].profile->platform->name; return;
  case T_KERNEL: ret->text = f->stands[r->host->stand].profile->kernel; return;
  case T_PACKAGE: ret->text = p ? p->name : PK_STR(""); return;
  case T_ARCH: ret->text = p ? p->arch : PK_STR(""); return;
  case T_INSTALLED:
  case T_FIXED:
    ret->text = at == T_FIXED ? r->hit->fixed : p ? p->evr : PK_STR("");
    ret->number = p ? p->type : 0;
    return;
  case T_MORE: ret->number = r->hit->more; return;
  case T_STATE:
    ret->text = r->hit->state.text;
    ret->number = r->hit->state.number;
    return;
  case T_LAST_REPORT: ret->number = r->host->last_report_at; return;
  case T_ADVISORY: ret->text = r->hit->advisory; return;
  case T_FEED: ret->text = r->hit->feed; return;
  case T_COUNTS: ret->number = !e; return;
  case T_EXCEPTION: ret->number = e ? e->id : 0; return;
  case T_REASON: ret->text = e ? e->reason : PK_STR(""); return;
  }
}

const pk_list_kind pk_list_package_hosts = {"hosts", PACKAGE_HOST_FIELDS, sizeof PACKAGE_HOST_FIELDS / sizeof PACKAGE_HOST_FIELDS[0], "name", "key", get_hit,
                                            NULL};
const pk_list_kind pk_list_cve_hosts = {"hosts", CVE_HOST_FIELDS, sizeof CVE_HOST_FIELDS / sizeof CVE_HOST_FIELDS[0], "-counts,name", "key", get_hit, NULL};

/* Does a stand have what is asked for? */
typedef bool look_at_stand(void *asked, const pk_fleet_stand *s, hit *ret);

/* `by_profile`: what is found is the same for all stands of a profile. */
static pk_rc rows_of(const pk_chosen *c, look_at_stand *look, void *asked, bool by_profile, const pk_list_kind *kind, pk_arena *arena, pk_rows *ret,
                     pk_err *err) {
  static const hit none;
  const pk_fleet *f = c->fleet;
  size_t n = 0;
  const hit **found = pk_arena_alloc(arena, ((by_profile ? f->n_profiles : f->n_stands) + 1) * sizeof *found); /* NULL: not looked for yet */
  hit_row *rows = pk_arena_alloc(arena, c->n * sizeof *rows + 1);
  if (!found || !rows) return pk_rows_full(err);
  for (size_t i = 0; i < c->n; i++) {
    const pk_fleet_stand *s = &f->stands[c->hosts[i]->stand];
    const hit **its = &found[by_profile ? s->profile_place : c->hosts[i]->stand];
    if (!*its) {
      hit h = {.fixed = PK_STR(""), .advisory = PK_STR(""), .feed = PK_STR(""), .state = {PK_STR(""), 0}};
      *its = &none;
      if (look(asked, s, &h)) {
        hit *kept = pk_arena_alloc(arena, sizeof *kept);
        if (!kept) return pk_rows_full(err);
        *kept = h;
        *its = kept;
      }
    }
    if (*its != &none) rows[n++] = (hit_row){c->hosts[i], *its};
  }
  *ret = (pk_rows){kind, f, rows, sizeof *rows, n};
  return PK_OK;
}

/* ---- a CVE ---- */

/* A rule by which a package of a profile is hit. */
typedef struct suspect {
  const pk_fleet_verdict *verdict;
  const pk_fleet_rule *rule;
} suspect;

typedef struct asked_cve {
  const pk_fleet_cve *cve;
  const pk_fleet_rule **rules; /* by place of the verdict: the rule that speaks of it */
  unsigned char *known;        /* by place of the verdict */
  struct {
    size_t from, n;
    bool known;
  } *of; /* by place of the profile: its suspects */
  suspect *list;
  size_t n, cap;
} asked_cve;

static const pk_fleet_rule *rule_of(asked_cve *a, const pk_fleet_verdict *v) {
  if (!a->known[v->place]) a->rules[v->place] = pk_rule_for(v, a->cve);
  a->known[v->place] = 1;
  return a->rules[v->place];
}

static void find_suspects(asked_cve *a, const pk_fleet_profile *p, size_t place) {
  a->of[place].known = true;
  a->of[place].from = a->n;
  if (!pk_fleet_has_place(p->cves, p->n_cves, a->cve->place)) return;
  for (size_t i = 0; i < p->n_vulnerable; i++) {
    const pk_fleet_rule *r = rule_of(a, p->vulnerable[i]);
    if (!r || !r->counts) continue;
    PK_GROW(a->list, a->n, a->cap);
    a->list[a->n++] = (suspect){p->vulnerable[i], r};
  }
  a->of[place].n = a->n - a->of[place].from;
}

static bool look_for_cve(void *asked, const pk_fleet_stand *s, hit *ret) {
  asked_cve *a = asked;
  if (!a->of[s->profile_place].known) find_suspects(a, s->profile, s->profile_place);
  size_t n = a->of[s->profile_place].n;
  for (size_t i = 0; i < n; i++) {
    const suspect *one = &a->list[a->of[s->profile_place].from + i];
    const pk_exception *e = pk_fleet_excepted(s, one->verdict, a->cve);
    if (i && (e || !ret->exception)) continue; /* what counts is shown rather than what is excepted */
    *ret = (hit){.package = one->verdict->package, .fixed = one->rule->fixed, .advisory = one->rule->advisory, .feed = one->rule->definition->feed,
                 .state = {pk_str_of(pk_rule_state_name(one->rule->state)), one->rule->state}, .more = (int64_t)n - 1, .exception = e};
  }
  return n > 0;
}

pk_rc pk_rows_cve_hosts(const pk_chosen *c, const pk_fleet_cve *cve, pk_arena *arena, pk_rows *ret, pk_err *err) {
  asked_cve a = {.cve = cve, .rules = pk_arena_alloc(arena, (c->fleet->n_verdicts + 1) * sizeof *a.rules),
                 .known = pk_arena_alloc(arena, c->fleet->n_verdicts + 1), .of = pk_arena_alloc(arena, (c->fleet->n_profiles + 1) * sizeof *a.of)};
  pk_rc rc = a.rules && a.known && a.of ? rows_of(c, look_for_cve, &a, false, &pk_list_cve_hosts, arena, ret, err) : pk_rows_full(err);
  free(a.list);
  return rc;
}

/* ---- a package ---- */

typedef struct package_ids {
  const pk_fleet_package **list;
  size_t n;
} package_ids;

static bool look_for_package(void *asked, const pk_fleet_stand *s, hit *ret) {
  const package_ids *ids = asked;
  size_t n = 0;
  for (size_t i = 0; i < ids->n; i++) {
    size_t place;
    if (!pk_fleet_set_place(s->profile->set, ids->list[i]->id, &place)) continue;
    if (n++) continue;
    ret->package = ids->list[i];
    ret->state = pk_update_state_rank(s->profile->states[place]);
    for (size_t k = 0; s->profile->states[place] > PK_UPDATE_CURRENT && k < s->profile->n_update_verdicts; k++)
      if (s->profile->updates[k]->package == ids->list[i]) ret->fixed = s->profile->updates[k]->available;
  }
  ret->more = n ? (int64_t)n - 1 : 0;
  return n > 0;
}

pk_rc pk_rows_package_hosts(const pk_chosen *c, const pk_package_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  package_ids ids = {0};
  size_t cap = 0;
  for (size_t id = 0; id < c->fleet->n_packages; id++) {
    const pk_fleet_package *p = c->fleet->packages[id];
    if (!p || !pk_package_is_wanted(w, &p->package)) continue;
    void *array = ids.list;
    if (!pk_arena_grow(arena, &array, ids.n, &cap, sizeof *ids.list)) return pk_rows_full(err);
    ids.list = array;
    ids.list[ids.n++] = p;
  }
  return rows_of(c, look_for_package, &ids, true, &pk_list_package_hosts, arena, ret, err);
}
