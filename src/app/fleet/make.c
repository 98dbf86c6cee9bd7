/* SPDX-License-Identifier: Apache-2.0
 *
 * make: a fleet from the store. Hosts are read anew every time (a report that changed nothing still changes when its host was
 * seen); all else comes from the pool. */
#include "app/fleet/internal.h"

#include <stdlib.h>

/* A fleet is made anew after this even if nothing was written: hosts fall silent. */
#define FLEET_AGE_MAX_S 60

typedef struct making {
  pk_fleet *f;
  fleet_pool *pool;
  pk_store *store;
  const pk_fleet *before;
  size_t at; /* in before->hosts */
  size_t hosts_cap, tags_cap, exceptions_cap, stands_cap;
  const pk_exception **active; /* exceptions that have not expired: those for all hosts, then those for each group */
  size_t n_active;
  pk_map groups; /* kind (a byte) and value → place of its first one among the active, + 1 */
  size_t *took; /* by exception: the stand (of those for all hosts the profile), + 1, from which it took something last */
  pk_map stands; /* profile and exceptions → place + 1 */
  pk_map profile_places; /* pointer → place */
  size_t fleet_profiles_cap;
  struct lost { /* by place of the profile: what exceptions for all hosts take away, the same for all its stands */
    const uint32_t *places;
    size_t n;
  } *lost;
  size_t n_lost, lost_cap;
  struct taking *takings;
  size_t n_takings, takings_cap;
  int64_t *profiles; /* of each host */
  size_t profiles_cap;
} making;

static pk_rc full(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "the fleet takes more than %zu bytes of memory", FLEET_BYTES_MAX); }

/* ---- decisions ---- */

static pk_rc keep_tag(void *arg, const pk_cve_tag *t, pk_err *err) {
  making *m = arg;
  pk_fleet *f = m->f;
  PK_GROW(f->tags, f->n_tags, m->tags_cap);
  pk_cve_tag *kept = &f->tags[f->n_tags++];
  *kept = *t;
  pk_str *const texts[] = {&kept->tag, &kept->reason, &kept->url, &kept->modified_by};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!pk_arena_copy(&f->arena, *texts[i], texts[i])) return full(err);
  return PK_OK;
}

static pk_rc keep_exception(void *arg, const pk_exception *e, pk_err *err) {
  making *m = arg;
  pk_fleet *f = m->f;
  PK_GROW(f->exceptions, f->n_exceptions, m->exceptions_cap);
  pk_exception *kept = &f->exceptions[f->n_exceptions++];
  *kept = *e;
  pk_str *const texts[] = {&kept->package, &kept->version, &kept->arch, &kept->platform, &kept->group_value, &kept->reason, &kept->approver};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!pk_arena_copy(&f->arena, *texts[i], texts[i])) return full(err);
  return PK_OK;
}

static int cmp_exceptions(const void *a, const void *b) {
  const pk_exception *x = *(const pk_exception *const *)a, *y = *(const pk_exception *const *)b;
  if (x->cve != y->cve) return x->cve < y->cve ? -1 : 1;
  int c = pk_str_cmp(x->package, y->package);
  return c ? c : (x->id > y->id) - (x->id < y->id);
}

static int cmp_groups(const pk_exception *x, const pk_exception *y) {
  return x->group_kind != y->group_kind ? (x->group_kind < y->group_kind ? -1 : 1) : pk_str_cmp(x->group_value, y->group_value);
}

static int cmp_grouped(const void *a, const void *b) {
  int c = cmp_groups(*(const pk_exception *const *)a, *(const pk_exception *const *)b);
  return c ? c : cmp_exceptions(a, b);
}

static pk_str group_key(pk_group_kind kind, pk_str value, pk_buf *key) {
  key->n = 0;
  pk_buf_putc(key, (char)('0' + kind));
  pk_buf_str(key, value);
  return pk_buf_view(key);
}

static void list_active(making *m) {
  pk_fleet *f = m->f;
  m->active = pk_realloc_array(NULL, f->n_exceptions + 1, sizeof *m->active);
  for (size_t i = 0; i < f->n_exceptions; i++) {
    const pk_exception *e = &f->exceptions[i];
    if (pk_exception_has_ended(e, f->made_at)) continue;
    m->active[m->n_active++] = e;
    if (e->expires_at && e->expires_at < f->valid_until) f->valid_until = e->expires_at;
  }
  qsort(m->active, m->n_active, sizeof *m->active, cmp_grouped);
  size_t n_general = 0;
  while (n_general < m->n_active && m->active[n_general]->group_kind == PK_GROUP_NONE) n_general++;
  f->general = (pk_fleet_exceptions){m->active, n_general};
  pk_buf key;
  pk_buf_init(&key, 65536);
  for (size_t i = m->n_active; i-- > n_general;) *pk_map_put(&m->groups, group_key(m->active[i]->group_kind, m->active[i]->group_value, &key), NULL) = i + 1;
  pk_buf_free(&key);
  f->exception_hosts = pk_calloc(f->n_exceptions + 1, sizeof *f->exception_hosts);
  m->took = pk_calloc(f->n_exceptions + 1, sizeof *m->took);
}

/* Bit of an enabled tag; -1: there are too many, which whoever puts tags prevents. */
static int tag_bit(pk_fleet *f, pk_str name) {
  for (size_t i = 0; i < f->n_tag_names; i++)
    if (pk_str_eq(f->tag_names[i], name)) return (int)i;
  if (f->n_tag_names == PK_TAG_NAMES_MAX) return -1;
  f->tag_names[f->n_tag_names] = name;
  return (int)f->n_tag_names++;
}

static void mark_tags(making *m) {
  pk_fleet *f = m->f;
  f->tag_names = pk_calloc(PK_TAG_NAMES_MAX, sizeof *f->tag_names);
  for (size_t i = 0; i < f->n_tags; i++) {
    const pk_fleet_cve *cve = f->tags[i].enabled ? fleet_pool_cve(m->pool, f->tags[i].cve) : NULL;
    int bit = cve ? tag_bit(f, f->tags[i].tag) : -1;
    if (bit >= 0) f->cve_states[cve->place].tags |= (uint64_t)1 << bit;
  }
}

/* Exceptions for a CVE (0: for every one) and a package ("": for every one): the first of them. */
static size_t first_of(const pk_fleet_exceptions *l, int64_t cve, pk_str package) {
  const pk_exception wanted = {.cve = cve, .package = package, .id = INT64_MIN}, *const it = &wanted;
  size_t low = 0, high = l->n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (cmp_exceptions(&l->list[middle], &it) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

typedef void exception_visit(void *arg, const pk_exception *e);

/* Every exception of a list that takes a finding on the profile away; how many. */
static size_t each_excepting(const pk_fleet_exceptions *x, const pk_fleet_profile *profile, const pk_fleet_verdict *v, const pk_fleet_cve *cve,
                             exception_visit *visit, void *arg) {
  const pk_package *p = v->package ? &v->package->package : NULL;
  const struct {
    int64_t cve;
    pk_str package;
  } keys[] = {{cve->number, PK_STR("")}, {cve->number, p ? p->name : PK_STR("")}, {0, p ? p->name : PK_STR("")}};
  size_t n = 0;
  for (size_t k = 0; x->n && k < (p ? 3 : 1); k++)
    for (size_t at = first_of(x, keys[k].cve, keys[k].package); at < x->n; at++) {
      const pk_exception *e = x->list[at];
      if (e->cve != keys[k].cve || !pk_str_eq(e->package, keys[k].package)) break;
      if (!pk_exception_fits(e, cve->number, profile->platform->name, p)) continue;
      visit(arg, e);
      n++;
    }
  return n;
}

static void keep_lowest(void *arg, const pk_exception *e) {
  const pk_exception **lowest = arg;
  if (!*lowest || e->id < (*lowest)->id) *lowest = e;
}

const pk_exception *pk_fleet_excepted(const pk_fleet_stand *stand, const pk_fleet_verdict *v, const pk_fleet_cve *cve) {
  const pk_exception *lowest = NULL;
  (void)each_excepting(stand->general, stand->profile, v, cve, keep_lowest, &lowest);
  (void)each_excepting(&stand->own, stand->profile, v, cve, keep_lowest, &lowest);
  return lowest;
}

/* ---- hosts ---- */

static pk_rc keep_host(void *arg, const pk_kept_host *row, pk_err *err) {
  making *m = arg;
  pk_fleet *f = m->f;
  const pk_fleet_host *old = NULL;
  while (m->before && m->at < m->before->n_hosts && m->before->hosts[m->at].id < row->id) m->at++;
  if (m->before && m->before->pool == m->pool && m->at < m->before->n_hosts && m->before->hosts[m->at].id == row->id) old = &m->before->hosts[m->at];
  if (f->n_hosts == m->hosts_cap) {
    m->hosts_cap = m->hosts_cap ? m->hosts_cap * 2 : m->before ? m->before->n_hosts + 1024 : 1024;
    f->hosts = pk_realloc_array(f->hosts, m->hosts_cap, sizeof *f->hosts);
    m->profiles = pk_realloc_array(m->profiles, m->hosts_cap, sizeof *m->profiles);
  }
  m->profiles[f->n_hosts] = row->profile_id;
  pk_fleet_host *h = &f->hosts[f->n_hosts++];
  *h = (pk_fleet_host){.id = row->id, .protocol = row->protocol, .first_report_at = row->first_report_at, .last_report_at = row->last_report_at};
  h->silent = f->made_at - row->last_report_at > f->settings.silent_after_hours * 3600;
  for (int i = 0; i < PK_HOST_TEXTS; i++) {
    if (old && pk_str_eq(old->texts[i], row->texts[i])) {
      h->texts[i] = old->texts[i];
      continue;
    }
    pk_rc rc = fleet_pool_text(m->pool, row->texts[i], &h->texts[i], err);
    if (rc != PK_OK) return rc;
  }
  if (old && old->texts[PK_HOST_DOMAIN].p == h->texts[PK_HOST_DOMAIN].p) {
    h->tld = old->tld;
    return PK_OK;
  }
  return fleet_pool_text(m->pool, pk_domain_tld(h->texts[PK_HOST_DOMAIN]), &h->tld, err);
}

/* ---- stands ---- */

/* The exceptions that take something away are counted when it is known how many hosts the stand, or the profile, has. */
typedef struct taking {
  size_t place, exception;
} taking;

typedef struct taker {
  making *m;
  size_t place; /* of the stand; of the profile for exceptions for all hosts */
} taker;

static void note_taking(void *arg, const pk_exception *e) {
  const taker *t = arg;
  making *m = t->m;
  size_t at = (size_t)(e - m->f->exceptions);
  if (m->took[at] == t->place + 1) return;
  m->took[at] = t->place + 1;
  PK_GROW(m->takings, m->n_takings, m->takings_cap);
  m->takings[m->n_takings++] = (taking){t->place, at};
}

/* The CVEs that exceptions speak of; of which those are cleared that count for another reason. */
typedef struct suspects {
  uint32_t *places;
  size_t n, cap;
} suspects;

static void suspect(making *m, suspects *l, const pk_fleet_cve *cve) {
  if (!fleet_pool_first(m->pool, cve)) return;
  PK_GROW(l->places, l->n, l->cap);
  l->places[l->n++] = cve->place;
}

/* CVEs of the profile for which there are exceptions, found from the shorter of the two lists. */
static void suspect_by_cve(making *m, const pk_fleet_profile *p, const pk_fleet_exceptions *x, suspects *l) {
  if (x->n < p->n_cves) {
    for (size_t i = 0; i < x->n; i++) {
      const pk_fleet_cve *cve = x->list[i]->cve ? fleet_pool_cve(m->pool, x->list[i]->cve) : NULL;
      if (cve && pk_fleet_has_place(p->cves, p->n_cves, cve->place)) suspect(m, l, cve);
    }
    return;
  }
  for (size_t i = 0; i < p->n_cves; i++) {
    const pk_fleet_cve *cve = m->pool->cves_by_place[p->cves[i]];
    size_t at = first_of(x, cve->number, PK_STR(""));
    if (at < x->n && x->list[at]->cve == cve->number) suspect(m, l, cve);
  }
}

/* All CVEs of packages for which there are exceptions whatever the CVE: those come first. */
static void suspect_by_package(making *m, const pk_fleet_profile *p, const pk_fleet_exceptions *x, suspects *l) {
  for (size_t k = 0; x->n && !x->list[0]->cve && k < p->n_vulnerable; k++) {
    const pk_fleet_verdict *v = p->vulnerable[k];
    size_t at = v->package ? first_of(x, 0, v->package->package.name) : x->n;
    if (at == x->n || x->list[at]->cve || !pk_str_eq(x->list[at]->package, v->package->package.name)) continue;
    for (size_t r = 0; r < v->n_rules; r++)
      for (size_t c = 0; v->rules[r]->counts && c < v->rules[r]->definition->n_cves; c++) suspect(m, l, v->rules[r]->definition->cves[c]);
  }
}

static void find_suspects(making *m, const pk_fleet_profile *p, const pk_fleet_exceptions *x, suspects *l) {
  do fleet_pool_count(m->pool);
  while (m->pool->stamp == UINT32_MAX); /* the next one is needed too, for those that are cleared */
  suspect_by_cve(m, p, x, l);
  suspect_by_package(m, p, x, l);
}

static void ignore_taking(void *arg, const pk_exception *e) { (void)arg, (void)e; }

/* A suspect is cleared when one finding of it is taken away by nobody: neither by the list nor by `others` (NULL: none). */
static void clear_suspects(making *m, const pk_fleet_profile *p, const pk_fleet_exceptions *x, const pk_fleet_exceptions *others, size_t place, suspects *l) {
  taker t = {m, place};
  size_t n = 0;
  uint32_t suspected = m->pool->stamp, cleared = suspected + 1;
  for (size_t k = 0; k < p->n_vulnerable; k++)
    for (size_t r = 0; r < p->vulnerable[k]->n_rules; r++) {
      const pk_fleet_rule *rule = p->vulnerable[k]->rules[r];
      for (size_t c = 0; rule->counts && c < rule->definition->n_cves; c++) {
        const pk_fleet_cve *cve = rule->definition->cves[c];
        if (cve->place >= m->pool->n_stamps || m->pool->stamps[cve->place] < suspected) continue;
        bool taken = each_excepting(x, p, p->vulnerable[k], cve, note_taking, &t) ||
                     (others && each_excepting(others, p, p->vulnerable[k], cve, ignore_taking, NULL));
        if (!taken) m->pool->stamps[cve->place] = cleared;
      }
    }
  m->pool->stamp = cleared;
  for (size_t i = 0; i < l->n; i++)
    if (m->pool->stamps[l->places[i]] == suspected) l->places[n++] = l->places[i];
  l->n = n;
}

/* What exceptions for all hosts take away from a profile; made with its first stand. */
static pk_rc lose(making *m, const pk_fleet_profile *p, size_t place, pk_err *err) {
  suspects l = {0};
  if (place < m->n_lost) return PK_OK;
  PK_GROW(m->lost, m->n_lost, m->lost_cap);
  find_suspects(m, p, &m->f->general, &l);
  if (l.n) clear_suspects(m, p, &m->f->general, NULL, place, &l);
  pk_rc rc = fleet_keep_places(&m->f->arena, l.places, l.n, &m->lost[m->n_lost].places, err);
  m->lost[m->n_lost++].n = l.n;
  free(l.places);
  return rc;
}

/* What is lost by the profile, and what exceptions for groups take away besides. */
static pk_rc count_stand(making *m, pk_fleet_stand *s, pk_err *err) {
  suspects l = {0};
  pk_rc rc = lose(m, s->profile, s->profile_place, err);
  if (rc != PK_OK) return rc;
  const struct lost lost = m->lost[s->profile_place];
  s->excepted = lost.places;
  s->n_excepted = lost.n;
  if (!s->own.n) return PK_OK;
  find_suspects(m, s->profile, &s->own, &l);
  if (l.n) clear_suspects(m, s->profile, &s->own, &m->f->general, m->f->n_stands - 1, &l);
  size_t n = 0;
  for (size_t i = 0; i < l.n; i++)
    if (!pk_fleet_has_place(lost.places, lost.n, l.places[i])) l.places[n++] = l.places[i];
  for (size_t i = 0; n && i < lost.n; i++) {
    PK_GROW(l.places, n, l.cap);
    l.places[n++] = lost.places[i];
  }
  if (n) rc = fleet_keep_places(&m->f->arena, l.places, n, &s->excepted, err);
  if (n) s->n_excepted = n;
  free(l.places);
  return rc;
}

static uint32_t profile_place(making *m, const pk_fleet_profile *profile) {
  bool is_new;
  uint64_t *place = pk_map_put(&m->profile_places, (pk_str){(const char *)&profile, sizeof profile}, &is_new);
  if (is_new) {
    PK_GROW(m->f->profiles, m->f->n_profiles, m->fleet_profiles_cap);
    *place = m->f->n_profiles;
    m->f->profiles[m->f->n_profiles++] = profile;
  }
  return (uint32_t)*place;
}

/* `own`: n of them, in any order. */
static pk_rc new_stand(making *m, const pk_fleet_profile *profile, const pk_exception *const *own, size_t n, pk_err *err) {
  pk_fleet *f = m->f;
  PK_GROW(f->stands, f->n_stands, m->stands_cap);
  pk_fleet_stand *s = &f->stands[f->n_stands++];
  const pk_exception **copy = pk_arena_alloc(&f->arena, n * sizeof *copy + 1);
  if (!copy) return full(err);
  if (n) memcpy(copy, own, n * sizeof *copy);
  if (n) qsort(copy, n, sizeof *copy, cmp_exceptions);
  *s = (pk_fleet_stand){.profile = profile, .profile_place = profile_place(m, profile), .general = &f->general, .own = {copy, n}};
  pk_rc rc = m->n_active ? count_stand(m, s, err) : PK_OK;
  s->n_cves = profile->n_cves - s->n_excepted;
  return rc;
}

/* Exceptions for groups to which the host belongs; they tell its stand from others of its profile. */
static size_t own_exceptions(const making *m, const pk_fleet_host *h, pk_buf *key, const pk_exception **list) {
  const struct {
    pk_group_kind kind;
    pk_str value;
  } groups[] = {{PK_GROUP_HOST, h->texts[PK_HOST_KEY]}, {PK_GROUP_DOMAIN, h->texts[PK_HOST_DOMAIN]}, {PK_GROUP_TLD, h->tld},
                {PK_GROUP_SITE, h->texts[PK_HOST_SITE]}, {PK_GROUP_TAG, h->texts[PK_HOST_TAG]}};
  size_t n = 0;
  for (size_t i = 0; m->groups.n && i < sizeof groups / sizeof groups[0]; i++) {
    const uint64_t *place = pk_map_get(&m->groups, group_key(groups[i].kind, groups[i].value, key));
    for (size_t at = place ? (size_t)*place - 1 : m->n_active; at < m->n_active && (at + 1 == *place || !cmp_groups(m->active[at - 1], m->active[at])); at++)
      list[n++] = m->active[at];
  }
  return n;
}

static pk_rc find_stand(making *m, pk_fleet_host *h, int64_t profile_id, pk_buf *key, const pk_exception **list, pk_err *err) {
  size_t n = own_exceptions(m, h, key, list);
  key->n = 0;
  pk_buf_add(key, &profile_id, sizeof profile_id);
  pk_buf_add(key, list, n * sizeof *list);
  bool is_new;
  uint64_t *place = pk_map_put(&m->stands, pk_buf_view(key), &is_new);
  pk_rc rc = PK_OK;
  if (is_new) {
    const pk_fleet_profile *profile;
    rc = fleet_pool_profile(m->pool, m->store, profile_id, &profile, err);
    if (rc == PK_OK) rc = new_stand(m, profile, list, n, err);
    *place = m->f->n_stands;
  }
  if (rc != PK_OK) return rc;
  h->stand = (uint32_t)(*place - 1);
  m->f->stands[h->stand].n_hosts++;
  return PK_OK;
}

static pk_rc make_stands(making *m, pk_err *err) {
  pk_buf key;
  pk_rc rc = PK_OK;
  const pk_exception **list = pk_realloc_array(NULL, m->n_active + 1, sizeof *list);
  pk_buf_init(&key, SIZE_MAX / 2);
  pk_map_init(&m->stands, true);
  pk_map_init(&m->profile_places, true);
  int64_t last_profile = 0;
  for (size_t i = 0; rc == PK_OK && i < m->f->n_hosts; i++) {
    pk_fleet_host *h = &m->f->hosts[i];
    if (!m->groups.n && i && m->profiles[i] == last_profile) { /* as the one before */
      h->stand = m->f->hosts[i - 1].stand;
      m->f->stands[h->stand].n_hosts++;
      continue;
    }
    last_profile = m->profiles[i];
    rc = find_stand(m, h, m->profiles[i], &key, list, err);
  }
  pk_map_fini(&m->stands);
  pk_map_fini(&m->profile_places);
  pk_buf_free(&key);
  free(list);
  return rc;
}

/* ---- what follows from all that ---- */

static void take_pool(making *m) {
  pk_fleet *f = m->f;
  f->n_cves = m->pool->n_cves;
  f->cves = pk_realloc_array(NULL, f->n_cves + 1, sizeof *f->cves);
  if (f->n_cves) memcpy(f->cves, m->pool->cves_by_place, f->n_cves * sizeof *f->cves);
  f->cve_states = pk_calloc(f->n_cves + 1, sizeof *f->cve_states);
  f->n_packages = m->pool->n_packages;
  f->packages = pk_realloc_array(NULL, f->n_packages + 1, sizeof *f->packages);
  if (f->n_packages) memcpy(f->packages, m->pool->packages, f->n_packages * sizeof *f->packages);
  f->n_verdicts = m->pool->n_verdict_places;
  f->n_advisories = m->pool->n_advisories;
  f->package_hosts = pk_calloc(f->n_packages + 1, sizeof *f->package_hosts);
  f->package_states = pk_calloc(f->n_packages + 1, 1);
}

/* What hosts of a profile have in common, then what exceptions take away from some of them. */
static void count_profiles(pk_fleet *f, pk_fleet_stand *by_profile) {
  for (size_t i = 0; i < f->n_profiles; i++) {
    const pk_fleet_profile *p = f->profiles[i];
    pk_fleet_stand *sum = &by_profile[i];
    for (size_t c = 0; c < p->n_cves; c++) {
      pk_fleet_cve_state *state = &f->cve_states[p->cves[c]];
      state->n_hosts += f->profile_hosts[i];
      sum->tags |= state->tags;
      sum->n_tagged += state->tags != 0;
      sum->n_exploited += f->cves[p->cves[c]]->fact.exploited_at != 0;
    }
    for (size_t k = 0; k < p->set->n; k++) {
      uint32_t id = p->set->ids[k];
      if (id >= f->n_packages) continue;
      f->package_hosts[id] += f->profile_hosts[i];
      if (p->states[k] > f->package_states[id]) f->package_states[id] = p->states[k];
    }
  }
}

static void take_away(pk_fleet *f, pk_fleet_stand *s) {
  bool tags = false;
  for (size_t c = 0; c < s->n_excepted; c++) {
    pk_fleet_cve_state *state = &f->cve_states[s->excepted[c]];
    state->n_hosts -= s->n_hosts;
    state->n_excepted += s->n_hosts;
    s->n_tagged -= state->tags != 0;
    s->n_exploited -= f->cves[s->excepted[c]]->fact.exploited_at != 0;
    tags |= state->tags != 0;
  }
  if (!tags) return;
  s->tags = 0;
  for (size_t c = 0; c < s->profile->n_cves; c++)
    if (pk_fleet_counts(s, s->profile->cves[c])) s->tags |= f->cve_states[s->profile->cves[c]].tags;
}

static void count_all(pk_fleet *f) {
  pk_fleet_stand *by_profile = pk_calloc(f->n_profiles + 1, sizeof *by_profile);
  f->profile_hosts = pk_calloc(f->n_profiles + 1, sizeof *f->profile_hosts);
  for (size_t i = 0; i < f->n_stands; i++) f->profile_hosts[f->stands[i].profile_place] += f->stands[i].n_hosts;
  count_profiles(f, by_profile);
  for (size_t i = 0; i < f->n_stands; i++) {
    pk_fleet_stand *s = &f->stands[i];
    const pk_fleet_stand *sum = &by_profile[s->profile_place];
    s->tags = sum->tags;
    s->n_tagged = sum->n_tagged;
    s->n_exploited = sum->n_exploited;
    if (s->n_excepted) take_away(f, s);
  }
  free(by_profile);
}

static pk_rc read_all(making *m, pk_err *err) {
  pk_fleet *f = m->f;
  pk_rc rc = pk_settings_load(m->store, &f->settings, err);
  if (rc == PK_OK) rc = fleet_pool_packages(m->pool, m->store, err);
  if (rc == PK_OK) rc = pk_store_tags(m->store, keep_tag, m, err);
  if (rc == PK_OK) rc = pk_store_exceptions(m->store, keep_exception, m, err);
  if (rc == PK_OK) rc = pk_store_kept_hosts(m->store, keep_host, m, err);
  if (rc != PK_OK) return rc;
  list_active(m);
  rc = make_stands(m, err);
  if (rc != PK_OK) return rc;
  take_pool(m);
  mark_tags(m);
  count_all(f);
  for (size_t i = 0; i < m->n_takings; i++) {
    const taking *t = &m->takings[i];
    f->exception_hosts[t->exception] += f->exceptions[t->exception].group_kind == PK_GROUP_NONE ? f->profile_hosts[t->place] : f->stands[t->place].n_hosts;
  }
  return PK_OK;
}

pk_rc fleet_make(pk_store *store, const pk_fleet *before, int64_t now, pk_fleet **ret, pk_err *err) {
  int64_t generation = 0;
  pk_rc rc = pk_store_look(store, err);
  if (rc != PK_OK) return rc;
  pk_fleet *f = pk_calloc(1, sizeof *f);
  pk_arena_init(&f->arena, FLEET_BYTES_MAX);
  f->made_at = now;
  f->valid_until = now + FLEET_AGE_MAX_S;
  rc = pk_store_generation(store, &generation, err);
  if (rc == PK_OK) {
    if (before && before->pool->generation == generation) {
      f->pool = before->pool;
      atomic_fetch_add(&f->pool->refs, 1);
    } else {
      f->pool = fleet_pool_new(generation);
    }
    making m = {.f = f, .pool = f->pool, .store = store, .before = before};
    pk_map_init(&m.groups, true);
    rc = read_all(&m, err);
    pk_map_fini(&m.groups);
    f->active = m.active;
    free(m.took);
    free(m.takings);
    free(m.lost);
    free(m.profiles);
  }
  pk_store_look_end(store);
  if (rc == PK_OK) *ret = f;
  else pk_fleet_free(&f);
  return rc;
}

pk_rc pk_fleet_load(pk_store *store, int64_t now, pk_fleet **ret, pk_err *err) { return fleet_make(store, NULL, now, ret, err); }

void pk_fleet_free(pk_fleet **fleet) {
  pk_fleet *f = *fleet;
  *fleet = NULL;
  if (!f) return;
  free(f->hosts);
  free(f->stands);
  free(f->profiles);
  free(f->profile_hosts);
  free(f->cves);
  free(f->cve_states);
  free(f->packages);
  free(f->package_hosts);
  free(f->package_states);
  free(f->tag_names);
  free(f->tags);
  free(f->exceptions);
  free(f->active);
  free(f->exception_hosts);
  fleet_pool_release(&f->pool);
  pk_arena_fini(&f->arena);
  free(f);
}

/* ---- small questions ---- */

bool pk_fleet_has_place(const uint32_t *places, size_t n, uint32_t place) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (places[middle] < place) low = middle + 1;
    else high = middle;
  }
  return low < n && places[low] == place;
}

bool pk_fleet_counts(const pk_fleet_stand *s, uint32_t place) {
  return pk_fleet_has_place(s->profile->cves, s->profile->n_cves, place) && !pk_fleet_has_place(s->excepted, s->n_excepted, place);
}

pk_str pk_fleet_group_of(const pk_fleet *f, const pk_fleet_host *h, pk_group_kind kind) {
  switch (kind) {
  case PK_GROUP_NONE: return PK_STR("");
  case PK_GROUP_HOST: return h->texts[PK_HOST_KEY];
  case PK_GROUP_DOMAIN: return h->texts[PK_HOST_DOMAIN];
  case PK_GROUP_TLD: return h->tld;
  case PK_GROUP_SITE: return h->texts[PK_HOST_SITE];
  case PK_GROUP_TAG: return h->texts[PK_HOST_TAG];
  case PK_GROUP_PLATFORM: return f->stands[h->stand].profile->platform->name;
  }
  return PK_STR("");
}

bool pk_fleet_unsupported(const pk_fleet *f, const pk_fleet_profile *p) { return p->support_ends_at && p->support_ends_at <= f->made_at; }

bool pk_fleet_sees(const pk_scope *scope, const pk_fleet_host *h) {
  (void)h;
  return scope->everything; /* until rights exist */
}

const pk_fleet_host *pk_fleet_host_of(const pk_fleet *f, const pk_scope *scope, pk_str key) {
  const pk_fleet_host *named = NULL;
  size_t n_named = 0;
  for (size_t i = 0; i < f->n_hosts; i++) {
    const pk_fleet_host *h = &f->hosts[i];
    if (!pk_fleet_sees(scope, h)) continue;
    if (pk_str_eq(h->texts[PK_HOST_KEY], key)) return h;
    if (!pk_str_eq(h->texts[PK_HOST_NAME], key)) continue;
    named = h;
    n_named++;
  }
  return n_named == 1 ? named : NULL;
}

const pk_fleet_package *pk_fleet_package_of(const pk_fleet *f, int64_t id) { return (size_t)id < f->n_packages ? f->packages[id] : NULL; }

const pk_fleet_cve *pk_fleet_cve_of(const pk_fleet *f, int64_t number) {
  for (size_t i = 0; i < f->n_cves; i++)
    if (f->cves[i]->number == number) return f->cves[i];
  return NULL;
}
