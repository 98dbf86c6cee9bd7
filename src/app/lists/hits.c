/* SPDX-License-Identifier: Apache-2.0
 *
 * hits: which hosts have a package, which are hit by a CVE, and by what. What is found is found once for all hosts of a stand. */
#include "app/lists/lists.h"

typedef struct hit_row {
  pk_str key, name, domain, tld, site, tag, platform, kernel, package, arch, advisory, feed, reason;
  pk_rank installed, fixed, state;
  int64_t more, exception, last_report, counts;
} hit_row;

#define HIT_FIELD(name, kind) PK_FIELD(hit_row, name, kind)
#define HIT_HOST                                                                                                                          \
  HIT_FIELD(key, TEXT), HIT_FIELD(name, TEXT), HIT_FIELD(domain, TEXT), HIT_FIELD(tld, TEXT), HIT_FIELD(site, TEXT), HIT_FIELD(tag, TEXT), \
      HIT_FIELD(platform, TEXT), HIT_FIELD(kernel, TEXT), HIT_FIELD(package, TEXT), HIT_FIELD(arch, TEXT), HIT_FIELD(installed, VERSION),     \
      HIT_FIELD(more, NUMBER), HIT_FIELD(state, RANK), HIT_FIELD(last_report, TIME)
static const pk_list_field PACKAGE_HOST_FIELDS[] = {HIT_HOST, {"available", PK_CELL_VERSION, offsetof(hit_row, fixed)}};
static const pk_list_field CVE_HOST_FIELDS[] = {HIT_HOST,           HIT_FIELD(fixed, VERSION),   HIT_FIELD(advisory, TEXT), HIT_FIELD(feed, TEXT),
                                                HIT_FIELD(counts, BOOL), HIT_FIELD(exception, ID), HIT_FIELD(reason, TEXT)};
const pk_list_kind pk_list_package_hosts = {"hosts", PACKAGE_HOST_FIELDS, sizeof PACKAGE_HOST_FIELDS / sizeof PACKAGE_HOST_FIELDS[0], "name", "key", NULL,
                                            NULL};
const pk_list_kind pk_list_cve_hosts = {"hosts", CVE_HOST_FIELDS, sizeof CVE_HOST_FIELDS / sizeof CVE_HOST_FIELDS[0], "-counts,name", "key", NULL, NULL};

/* NULL: the whole host */
static void show_package(hit_row *r, const pk_fleet_package *package) {
  static const pk_fleet_package none = {0, {.name = {"", 0}, .arch = {"", 0}, .evr = {"", 0}}};
  const pk_fleet_package *p = package ? package : &none;
  r->package = p->package.name;
  r->arch = p->package.arch;
  r->installed = pk_version_cell(p->package.type, p->package.evr);
  r->fixed = pk_version_cell(p->package.type, PK_STR(""));
}

static pk_rank state_rank(const char *name, int64_t rank) { return (pk_rank){pk_str_of(name), rank}; }

static hit_row nothing(void) {
  const pk_str none = PK_STR("");
  return (hit_row){.package = none, .arch = none, .installed = {none, 0}, .fixed = {none, 0}, .advisory = none, .feed = none, .reason = none};
}

/* Does a stand have what is asked for? */
typedef bool look_at_stand(const pk_fleet *f, const pk_fleet_stand *s, void *asked, hit_row *ret);

/* `by_profile`: what is found is the same for all stands of a profile. */
static pk_rc rows_of(const pk_chosen *c, look_at_stand *look, void *asked, bool by_profile, const pk_list_kind *kind, pk_arena *arena, pk_rows *ret,
                     pk_err *err) {
  const pk_fleet *f = c->fleet;
  size_t n_found = by_profile ? f->n_profiles : f->n_stands, n = 0, most = 0;
  hit_row *found = pk_arena_alloc(arena, (n_found + 1) * sizeof *found);
  unsigned char *hit = pk_arena_alloc(arena, n_found + 1); /* 1: looked at, 3: and has it */
  if (!found || !hit) return pk_rows_full(err);
  for (size_t i = 0; i < f->n_stands; i++) {
    size_t at = by_profile ? f->stands[i].profile_place : i;
    if (!c->per_stand[i]) continue;
    if (!hit[at]) {
      found[at] = nothing();
      hit[at] = look(f, &f->stands[i], asked, &found[at]) ? 3 : 1;
    }
    if (hit[at] == 3) most += (size_t)c->per_stand[i];
  }
  hit_row *rows = pk_arena_alloc(arena, most * sizeof *rows + 1);
  if (!rows) return pk_rows_full(err);
  for (size_t i = 0; i < c->n; i++) {
    const pk_fleet_host *h = c->hosts[i];
    const pk_fleet_profile *p = f->stands[h->stand].profile;
    size_t at = by_profile ? f->stands[h->stand].profile_place : h->stand;
    if (hit[at] != 3) continue;
    hit_row *r = &rows[n++];
    *r = found[at];
    r->key = h->texts[PK_HOST_KEY];
    r->name = h->texts[PK_HOST_NAME];
    r->domain = h->texts[PK_HOST_DOMAIN];
    r->tld = h->tld;
    r->site = h->texts[PK_HOST_SITE];
    r->tag = h->texts[PK_HOST_TAG];
    r->platform = p->platform->name;
    r->kernel = p->kernel;
    r->last_report = h->last_report_at;
  }
  *ret = (pk_rows){kind, NULL, rows, sizeof *rows, n};
  return PK_OK;
}

/* ---- a CVE ---- */

typedef struct asked_cve {
  const pk_fleet_cve *cve;
  const pk_fleet_rule **rules; /* by place of the verdict: the rule that speaks of it */
  unsigned char *known;        /* by place of the verdict */
} asked_cve;

static const pk_fleet_rule *rule_of(asked_cve *a, const pk_fleet_verdict *v) {
  if (!a->known[v->place]) a->rules[v->place] = pk_rule_for(v, a->cve);
  a->known[v->place] = 1;
  return a->rules[v->place];
}

static bool look_for_cve(const pk_fleet *f, const pk_fleet_stand *s, void *asked, hit_row *ret) {
  (void)f;
  asked_cve *a = asked;
  bool found = false;
  if (!pk_fleet_has_place(s->profile->cves, s->profile->n_cves, a->cve->place)) return false;
  for (size_t i = 0; i < s->profile->n_vulnerable; i++) {
    const pk_fleet_verdict *v = s->profile->vulnerable[i];
    const pk_fleet_rule *r = rule_of(a, v);
    if (!r || !r->counts) continue;
    const pk_exception *e = pk_fleet_excepted(s, v, a->cve);
    if (found) ret->more++;
    if (found && (e || ret->counts)) continue; /* what counts is shown rather than what is excepted */
    found = true;
    show_package(ret, v->package);
    ret->state = state_rank(pk_rule_state_name(r->state), r->state);
    ret->fixed.text = r->fixed;
    ret->advisory = r->advisory;
    ret->feed = r->definition->feed;
    ret->counts = !e;
    ret->exception = e ? e->id : 0;
    ret->reason = e ? e->reason : PK_STR("");
  }
  return found;
}

pk_rc pk_rows_cve_hosts(const pk_chosen *c, const pk_fleet_cve *cve, pk_arena *arena, pk_rows *ret, pk_err *err) {
  asked_cve a = {.cve = cve, .rules = pk_arena_alloc(arena, (c->fleet->n_verdicts + 1) * sizeof *a.rules),
                 .known = pk_arena_alloc(arena, c->fleet->n_verdicts + 1)};
  if (!a.rules || !a.known) return pk_rows_full(err);
  return rows_of(c, look_for_cve, &a, false, &pk_list_cve_hosts, arena, ret, err);
}

/* ---- a package ---- */

typedef struct package_ids {
  const pk_fleet_package **list;
  size_t n;
} package_ids;

static bool look_for_package(const pk_fleet *f, const pk_fleet_stand *s, void *asked, hit_row *ret) {
  (void)f;
  const package_ids *ids = asked;
  size_t n = 0;
  for (size_t i = 0; i < ids->n; i++) {
    size_t place;
    if (!pk_fleet_set_place(s->profile->set, ids->list[i]->id, &place)) continue;
    if (n++) continue;
    show_package(ret, ids->list[i]);
    ret->state = s->profile->states[place] == PK_UPDATE_CURRENT ? state_rank("current", PK_UPDATE_CURRENT) : state_rank("unknown", PK_UPDATE_UNKNOWN);
    for (size_t k = 0; k < s->profile->n_update_verdicts; k++) {
      const pk_fleet_verdict *v = s->profile->updates[k];
      if (v->package != ids->list[i]) continue;
      ret->state = v->state == PK_UPDATE_SECURITY ? state_rank("security", v->state) : state_rank("ordinary", v->state);
      ret->fixed.text = v->available;
    }
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
