/* SPDX-License-Identifier: Apache-2.0
 *
 * cves: what the fleet and its hosts are vulnerable to, and which advisories would help. */
#include "app/lists/lists.h"

#include <stdlib.h>

/* Names of packages that are shown with a CVE. */
#define PACKAGES_SHOWN_MAX 12
/* What decides the order of CVEs: known exploited ones first, of them those that ransomware uses, then by severity, then by probability of
 * exploitation. What is exploited is bad, be it that nobody has told how bad. */
#define PRIORITY_EXPLOITED ((int64_t)1 << 40)
#define PRIORITY_RANSOMWARE ((int64_t)1 << 39)
#define PRIORITY_SEVERITY ((int64_t)1 << 30)

static pk_rank cve_rank(const pk_fleet_cve *cve) { return (pk_rank){cve->name, cve->number}; }

static pk_rank severity_rank(pk_severity s) { return (pk_rank){pk_str_of(pk_severity_name(s)), s}; }

static int64_t priority_of(const pk_fleet_cve *cve) {
  const pk_cve_fact *fact = &cve->fact;
  pk_severity severity = fact->exploited_at && cve->severity == PK_SEVERITY_UNKNOWN ? PK_SEVERITY_HIGH : cve->severity;
  return (fact->exploited_at ? PRIORITY_EXPLOITED : 0) + (fact->ransomware ? PRIORITY_RANSOMWARE : 0) + (int64_t)severity * PRIORITY_SEVERITY +
         (fact->epss > 0 ? fact->epss : 0);
}

pk_texts pk_tags_of(const pk_fleet *f, uint64_t tags, pk_arena *arena) {
  size_t n = 0;
  if (!tags) return (pk_texts){0};
  pk_str *list = pk_arena_alloc(arena, f->n_tag_names * sizeof *list);
  for (size_t i = 0; list && i < f->n_tag_names; i++)
    if (tags >> i & 1) list[n++] = f->tag_names[i];
  return (pk_texts){list, n};
}

/* ---- CVEs of the fleet ---- */

typedef struct cve_row {
  pk_rank cve, severity;
  int64_t cvss, epss, epss_rank, exploited, exploited_since, ransomware, hosts, excepted, priority;
  pk_str title, fix, cvss_vector, ssvc;
  pk_texts packages, tags;
  const pk_fleet_cve *about;
} cve_row;

#define CVE_FIELD(name, kind) PK_FIELD(cve_row, name, kind)
static const pk_list_field CVE_FIELDS[] = {
    CVE_FIELD(cve, RANK),        CVE_FIELD(severity, RANK),       CVE_FIELD(cvss, SCORE),       CVE_FIELD(epss, SHARE),      CVE_FIELD(epss_rank, SHARE),
    CVE_FIELD(exploited, BOOL),  CVE_FIELD(exploited_since, TIME), CVE_FIELD(ransomware, BOOL), CVE_FIELD(title, TEXT),      CVE_FIELD(hosts, NUMBER),
    CVE_FIELD(excepted, NUMBER), CVE_FIELD(fix, TEXT),            CVE_FIELD(packages, TEXTS),   CVE_FIELD(tags, TEXTS),      CVE_FIELD(cvss_vector, TEXT),
    CVE_FIELD(ssvc, TEXT),       CVE_FIELD(priority, NUMBER),
};

typedef struct package_links {
  pk_str *names;
  size_t n;
} package_links;

static void note_package(package_links *l, pk_arena *arena, pk_str name) {
  for (size_t i = 0; i < l->n; i++)
    if (l->names[i].p == name.p) return; /* interned */
  if (l->n == PACKAGES_SHOWN_MAX) return;
  if (!l->names) l->names = pk_arena_alloc(arena, PACKAGES_SHOWN_MAX * sizeof *l->names);
  if (l->names) l->names[l->n++] = name;
}

/* Names of the packages of the rows that are shown. */
static pk_rc fill_packages(const void *context, void *rows, const size_t *places, size_t n, pk_arena *arena, pk_err *err) {
  const pk_chosen *c = context;
  cve_row *list = rows;
  package_links *links = pk_arena_alloc(arena, (n + 1) * sizeof *links);
  uint32_t *wanted = pk_arena_alloc(arena, (c->fleet->n_cves + 1) * sizeof *wanted);
  unsigned char *seen = pk_arena_alloc(arena, c->fleet->n_verdicts + 1);
  if (!links || !wanted || !seen) return pk_rows_full(err);
  for (size_t i = 0; i < n; i++) wanted[list[places[i]].about->place] = (uint32_t)i + 1;
  for (size_t i = 0; i < c->fleet->n_profiles; i++) {
    const pk_fleet_profile *p = c->fleet->profiles[i];
    for (size_t k = 0; c->per_profile[i] && k < p->n_vulnerable; k++) {
      const pk_fleet_verdict *v = p->vulnerable[k];
      if (seen[v->place] || !v->package) continue;
      for (size_t r = 0; r < v->n_rules; r++)
        for (size_t d = 0; v->rules[r]->counts && d < v->rules[r]->definition->n_cves; d++) {
          uint32_t at = wanted[v->rules[r]->definition->cves[d]->place];
          if (at) note_package(&links[at - 1], arena, v->package->package.name);
        }
      seen[v->place] = 1;
    }
  }
  for (size_t i = 0; i < n; i++) list[places[i]].packages = (pk_texts){links[i].names, links[i].n};
  return PK_OK;
}

const pk_list_kind pk_list_cves = {"cves", CVE_FIELDS, sizeof CVE_FIELDS / sizeof CVE_FIELDS[0], "-priority,-hosts", "cve", NULL, fill_packages};

/* For each CVE bit 0: some package has a fix, bit 1: some has none. */
static void note_fixes(const pk_chosen *c, unsigned char *seen, unsigned char *fixes) {
  for (size_t i = 0; i < c->fleet->n_profiles; i++) {
    const pk_fleet_profile *p = c->fleet->profiles[i];
    for (size_t k = 0; c->per_profile[i] && k < p->n_vulnerable; k++) {
      const pk_fleet_verdict *v = p->vulnerable[k];
      if (seen[v->place]) continue;
      seen[v->place] = 1;
      for (size_t r = 0; r < v->n_rules; r++)
        for (size_t d = 0; v->rules[r]->counts && d < v->rules[r]->definition->n_cves; d++)
          fixes[v->rules[r]->definition->cves[d]->place] |= v->rules[r]->state == PK_RULE_FIXED ? 1 : 2;
    }
  }
}

static bool cve_is_wanted(const pk_list_wanted *w, const pk_fleet *f, const pk_fleet_cve *cve, unsigned char fixes) {
  if (w->severities && !(w->severities >> cve->severity & 1)) return false;
  if (w->exploited >= 0 && (cve->fact.exploited_at != 0) != w->exploited) return false;
  if (w->fixed >= 0 && (fixes & 1) != w->fixed) return false;
  if (w->tagged >= 0 && (f->cve_states[cve->place].tags != 0) != w->tagged) return false;
  return pk_text_holds(cve->name, w->q) || (cve->fact.title.n && pk_text_holds(cve->fact.title, w->q));
}

static cve_row cve_row_of(const pk_fleet_cve *cve, pk_texts tags, const char *fix) {
  const pk_cve_fact *fact = &cve->fact;
  return (cve_row){.cve = cve_rank(cve), .severity = severity_rank(cve->severity), .cvss = fact->cvss, .epss = fact->epss, .epss_rank = fact->epss_rank,
                   .exploited = fact->exploited_at != 0, .exploited_since = fact->exploited_at > 1 ? fact->exploited_at : 0,
                   .ransomware = fact->ransomware, .title = fact->title, .cvss_vector = fact->cvss_vector, .ssvc = fact->ssvc, .fix = pk_str_of(fix),
                   .priority = priority_of(cve), .tags = tags, .about = cve};
}

pk_rc pk_rows_cves(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  static const char *const words[] = {"none", "all", "none", "some"};
  const pk_fleet *f = c->fleet;
  pk_chosen *context = pk_arena_alloc(arena, sizeof *context);
  int64_t *hosts = pk_arena_alloc(arena, (f->n_cves + 1) * sizeof *hosts), *excepted = pk_arena_alloc(arena, (f->n_cves + 1) * sizeof *excepted);
  unsigned char *seen = pk_arena_alloc(arena, f->n_verdicts + 1), *fixes = pk_arena_alloc(arena, f->n_cves + 1);
  if (!context || !hosts || !excepted || !seen || !fixes) return pk_rows_full(err);
  *context = *c;
  for (size_t i = 0; i < f->n_profiles; i++)
    for (size_t k = 0; c->per_profile[i] && k < f->profiles[i]->n_cves; k++) hosts[f->profiles[i]->cves[k]] += c->per_profile[i];
  for (size_t i = 0; i < f->n_stands; i++)
    for (size_t k = 0; c->per_stand[i] && k < f->stands[i].n_excepted; k++) {
      hosts[f->stands[i].excepted[k]] -= c->per_stand[i];
      excepted[f->stands[i].excepted[k]] += c->per_stand[i];
    }
  note_fixes(c, seen, fixes);
  cve_row *rows = NULL;
  size_t n = 0, cap = 0;
  for (size_t i = 0; i < f->n_cves; i++) {
    bool hits = hosts[i] || (excepted[i] && (w->all || w->only));
    if (!hits || (w->only && w->only != f->cves[i]) || !cve_is_wanted(w, f, f->cves[i], fixes[i])) continue;
    void *array = rows;
    if (!pk_arena_grow(arena, &array, n, &cap, sizeof *rows)) return pk_rows_full(err);
    rows = array;
    rows[n] = cve_row_of(f->cves[i], pk_tags_of(f, f->cve_states[i].tags, arena), words[fixes[i] & 3]);
    rows[n].hosts = hosts[i];
    rows[n++].excepted = excepted[i];
  }
  *ret = (pk_rows){&pk_list_cves, context, rows, sizeof *rows, n};
  return PK_OK;
}

pk_rc pk_rows_unknown_cve(const pk_fleet *f, pk_store *store, int64_t number, const pk_cve_fact *fact, pk_arena *arena, pk_rows *ret, pk_err *err) {
  pk_fleet_cve *cve = pk_arena_alloc(arena, sizeof *cve);
  cve_row *row = pk_arena_alloc(arena, sizeof *row);
  pk_str *names = pk_arena_alloc(arena, (f->n_tags + 1) * sizeof *names);
  char name[32];
  pk_cve_format(number, name);
  if (!cve || !row || !names || !pk_arena_copy(arena, pk_str_of(name), &cve->name)) return pk_rows_full(err);
  cve->number = number;
  cve->fact = *fact;
  pk_rc rc = pk_cve_severity(store, number, fact, &cve->severity, err);
  if (rc != PK_OK) return rc;
  pk_texts tags = {.list = names};
  for (size_t i = 0; i < f->n_tags; i++)
    if (f->tags[i].cve == number && f->tags[i].enabled) names[tags.n++] = f->tags[i].tag;
  *row = cve_row_of(cve, tags, "none");
  *ret = (pk_rows){&pk_list_cves, NULL, row, sizeof *row, 1};
  return PK_OK;
}

/* ---- one CVE on one package ---- */

static bool speaks_of(const pk_fleet_rule *r, const pk_fleet_cve *cve) {
  for (size_t i = 0; i < r->definition->n_cves; i++)
    if (r->definition->cves[i] == cve) return true;
  return false;
}

static bool is_better(const pk_fleet_rule *r, const pk_fleet_rule *best) {
  return !best || (r->counts && !best->counts) || (r->counts == best->counts && r->fixed.n && !best->fixed.n);
}

const pk_fleet_rule *pk_rule_for(const pk_fleet_verdict *v, const pk_fleet_cve *cve) {
  const pk_fleet_rule *best = NULL;
  for (size_t i = 0; i < v->n_rules; i++)
    if (speaks_of(v->rules[i], cve) && is_better(v->rules[i], best)) best = v->rules[i];
  return best;
}

/* ---- CVEs of a host ---- */

typedef struct host_cve_row {
  pk_rank cve, severity;
  int64_t cvss, epss, exploited, ransomware, exception, counts, priority, number;
  pk_str title, package, arch, state, advisory, feed, vendor_severity, definition, reason;
  pk_rank installed, fixed;
  pk_texts tags;
} host_cve_row;

#define HOST_CVE_FIELD(name, kind) PK_FIELD(host_cve_row, name, kind)
static const pk_list_field HOST_CVE_FIELDS[] = {
    HOST_CVE_FIELD(cve, RANK),        HOST_CVE_FIELD(severity, RANK),   HOST_CVE_FIELD(package, TEXT),  HOST_CVE_FIELD(arch, TEXT),
    HOST_CVE_FIELD(installed, VERSION),  HOST_CVE_FIELD(state, TEXT),      HOST_CVE_FIELD(fixed, VERSION),    HOST_CVE_FIELD(advisory, TEXT),
    HOST_CVE_FIELD(cvss, SCORE),      HOST_CVE_FIELD(epss, SHARE),      HOST_CVE_FIELD(exploited, BOOL), HOST_CVE_FIELD(ransomware, BOOL),
    HOST_CVE_FIELD(tags, TEXTS),      HOST_CVE_FIELD(title, TEXT),      HOST_CVE_FIELD(counts, BOOL),   HOST_CVE_FIELD(exception, ID),
    HOST_CVE_FIELD(reason, TEXT),     HOST_CVE_FIELD(vendor_severity, TEXT), HOST_CVE_FIELD(definition, TEXT), HOST_CVE_FIELD(feed, TEXT),
    HOST_CVE_FIELD(priority, NUMBER), HOST_CVE_FIELD(number, ID),
};
const pk_list_kind pk_list_host_cves = {"cves", HOST_CVE_FIELDS, sizeof HOST_CVE_FIELDS / sizeof HOST_CVE_FIELDS[0], "-counts,-priority,cve,package",
                                        "number", NULL, NULL};

/* A CVE on a package of the host, and the rule that decides. */
typedef struct finding {
  const pk_fleet_verdict *verdict;
  const pk_fleet_cve *cve;
  const pk_fleet_rule *rule;
} finding;

static host_cve_row host_cve_row_of(const pk_fleet *f, const pk_fleet_stand *s, const finding *one, pk_arena *arena) {
  const pk_fleet_rule *r = one->rule;
  const pk_fleet_cve *cve = one->cve;
  const pk_exception *e = pk_fleet_excepted(s, one->verdict, cve);
  const pk_package none = {.name = PK_STR(""), .arch = PK_STR(""), .evr = PK_STR("")};
  const pk_package *p = one->verdict->package ? &one->verdict->package->package : &none;
  return (host_cve_row){.cve = cve_rank(cve), .severity = severity_rank(cve->severity), .cvss = cve->fact.cvss, .epss = cve->fact.epss,
                        .exploited = cve->fact.exploited_at != 0, .ransomware = cve->fact.ransomware, .title = cve->fact.title, .package = p->name,
                        .arch = p->arch, .installed = pk_version_cell(p->type, p->evr), .state = pk_str_of(pk_rule_state_name(r->state)),
                        .fixed = pk_version_cell(p->type, r->fixed),
                        .advisory = r->advisory, .feed = r->definition->feed, .vendor_severity = r->definition->severity,
                        .definition = r->definition->name, .priority = priority_of(cve), .counts = r->counts && !e, .exception = e ? e->id : 0,
                        .reason = e ? e->reason : PK_STR(""), .tags = pk_tags_of(f, f->cve_states[cve->place].tags, arena)};
}

static bool finding_is_wanted(const pk_list_wanted *w, const pk_fleet *f, const finding *one) {
  const pk_fleet_cve *cve = one->cve;
  if (w->severities && !(w->severities >> cve->severity & 1)) return false;
  if (w->exploited >= 0 && (cve->fact.exploited_at != 0) != w->exploited) return false;
  if (w->tagged >= 0 && (f->cve_states[cve->place].tags != 0) != w->tagged) return false;
  if (!one->rule->counts && !w->all) return false;
  if (w->fixed >= 0 && (one->rule->state == PK_RULE_FIXED) != w->fixed) return false;
  return pk_text_holds(cve->name, w->q) || (one->verdict->package && pk_text_holds(one->verdict->package->package.name, w->q));
}

typedef struct findings {
  finding *list;
  size_t n, cap;
  pk_map places; /* by package and CVE: place + 1 */
} findings;

static void find_on(findings *l, const pk_fleet_verdict *v, const pk_fleet_rule *r) {
  for (size_t d = 0; d < r->definition->n_cves; d++) {
    const pk_fleet_cve *cve = r->definition->cves[d];
    const int64_t key[] = {v->package ? v->package->id : 0, cve->number};
    bool is_new;
    uint64_t *place = pk_map_put(&l->places, (pk_str){(const char *)key, sizeof key}, &is_new);
    if (is_new) {
      PK_GROW(l->list, l->n, l->cap);
      l->list[l->n++] = (finding){v, cve, r};
      *place = l->n;
    } else if (is_better(r, l->list[*place - 1].rule)) {
      l->list[*place - 1].rule = r;
    }
  }
}

pk_rc pk_rows_host_cves(const pk_fleet *f, const pk_fleet_host *h, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  const pk_fleet_stand *s = &f->stands[h->stand];
  findings l = {0};
  pk_map_init(&l.places, true);
  for (size_t i = 0; i < s->profile->n_vulnerable; i++)
    for (size_t r = 0; r < s->profile->vulnerable[i]->n_rules; r++) find_on(&l, s->profile->vulnerable[i], s->profile->vulnerable[i]->rules[r]);
  host_cve_row *rows = pk_arena_alloc(arena, l.n * sizeof *rows + 1);
  size_t n = 0;
  for (size_t i = 0; rows && i < l.n; i++) {
    if (!finding_is_wanted(w, f, &l.list[i])) continue;
    rows[n] = host_cve_row_of(f, s, &l.list[i], arena);
    rows[n].number = (int64_t)n + 1;
    n++;
  }
  pk_map_fini(&l.places);
  free(l.list);
  *ret = (pk_rows){&pk_list_host_cves, NULL, rows, sizeof *rows, n};
  return rows ? PK_OK : pk_rows_full(err);
}

/* ---- advisories that would help ---- */

typedef struct advisory_row {
  pk_str advisory, feed, title, vendor_severity;
  pk_rank severity;
  int64_t issued, hosts, cves, packages;
  size_t last_profile; /* whose hosts were counted last, + 1 */
} advisory_row;

#define ADVISORY_FIELD(name, kind) PK_FIELD(advisory_row, name, kind)
static const pk_list_field ADVISORY_FIELDS[] = {
    ADVISORY_FIELD(advisory, TEXT), ADVISORY_FIELD(feed, TEXT),   ADVISORY_FIELD(severity, RANK), ADVISORY_FIELD(vendor_severity, TEXT),
    ADVISORY_FIELD(title, TEXT),    ADVISORY_FIELD(issued, TIME), ADVISORY_FIELD(hosts, NUMBER),  ADVISORY_FIELD(cves, NUMBER),
    ADVISORY_FIELD(packages, NUMBER),
};
const pk_list_kind pk_list_advisories = {"advisories", ADVISORY_FIELDS, sizeof ADVISORY_FIELDS / sizeof ADVISORY_FIELDS[0], "-severity,-hosts",
                                         "advisory", NULL, NULL};

/* Several definitions may name an advisory: its own, or one for each CVE. It is as bad as the worst of them. */
static void describe_advisory(advisory_row *a, const pk_fleet_rule *r) {
  const pk_fleet_definition *d = r->definition;
  pk_severity worst = pk_severity_of(d->severity);
  for (size_t i = 0; worst == PK_SEVERITY_UNKNOWN && i < d->n_cves; i++)
    if (d->cves[i]->severity > worst) worst = d->cves[i]->severity;
  if ((int64_t)worst > a->severity.number || !a->vendor_severity.n) {
    a->severity = severity_rank(worst);
    a->vendor_severity = d->severity;
  }
  if (!pk_str_eq(d->advisory, r->advisory) || a->title.n) return; /* else the definition is about a CVE, and its title too */
  a->feed = d->feed;
  a->title = d->title;
  a->issued = d->issued_at;
}

/* Builds, and the CVEs of all definitions that name the advisory; the keys differ in length. */
static void count_advisory(advisory_row *a, const pk_fleet_verdict *v, const pk_fleet_rule *r, pk_map *seen) {
  const uint64_t build[] = {r->advisory_place, v->package ? (uint64_t)v->package->id : 0, 0};
  const uint64_t definition[] = {r->advisory_place, (uint64_t)(uintptr_t)r->definition};
  bool is_new;
  (void)pk_map_put(seen, (pk_str){(const char *)build, sizeof build}, &is_new);
  a->packages += is_new && v->package;
  (void)pk_map_put(seen, (pk_str){(const char *)definition, sizeof definition}, &is_new);
  if (is_new) describe_advisory(a, r);
  for (size_t i = 0; is_new && i < r->definition->n_cves; i++) {
    const uint32_t cve[] = {r->advisory_place, r->definition->cves[i]->place};
    bool first;
    (void)pk_map_put(seen, (pk_str){(const char *)cve, sizeof cve}, &first);
    a->cves += first;
  }
}

pk_rc pk_rows_advisories(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  const pk_fleet *f = c->fleet;
  advisory_row *all = pk_arena_alloc(arena, (f->n_advisories + 1) * sizeof *all);
  unsigned char *seen = pk_arena_alloc(arena, f->n_verdicts + 1);
  if (!all || !seen) return pk_rows_full(err);
  pk_map counted;
  pk_map_init(&counted, true);
  for (size_t i = 0; i < f->n_profiles; i++) {
    const pk_fleet_profile *p = f->profiles[i];
    for (size_t k = 0; c->per_profile[i] && k < p->n_vulnerable; k++) {
      const pk_fleet_verdict *v = p->vulnerable[k];
      for (size_t r = 0; r < v->n_rules; r++) {
        const pk_fleet_rule *rule = v->rules[r];
        advisory_row *a = &all[rule->advisory_place];
        if (!rule->advisory_place || rule->state != PK_RULE_FIXED) continue;
        if (!a->advisory.n)
          *a = (advisory_row){.advisory = rule->advisory, .feed = rule->definition->feed, .title = PK_STR(""), .vendor_severity = PK_STR(""),
                              .severity = severity_rank(PK_SEVERITY_UNKNOWN)};
        if (a->last_profile != i + 1) a->hosts += c->per_profile[i];
        a->last_profile = i + 1;
        if (seen[v->place]) continue;
        count_advisory(a, v, rule, &counted);
      }
      seen[v->place] = 1;
    }
  }
  pk_map_fini(&counted);
  size_t n = 0;
  for (size_t i = 1; i < f->n_advisories; i++) {
    const advisory_row *a = &all[i];
    if (!a->advisory.n || (w->severities && !(w->severities >> a->severity.number & 1))) continue;
    if (pk_text_holds(a->advisory, w->q) || pk_text_holds(a->title, w->q)) all[n++] = *a;
  }
  *ret = (pk_rows){&pk_list_advisories, NULL, all, sizeof *all, n};
  return PK_OK;
}
