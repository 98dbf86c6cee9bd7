/* SPDX-License-Identifier: Apache-2.0
 *
 * packages: what is installed, what is outdated, what changed on a host. */
#include "app/lists/lists.h"
#include "match/kernel.h"
#include "model/evr.h"

#include <stdlib.h>

pk_rank pk_update_state_rank(pk_update_state state) {
  static const char *const names[] = {[PK_UPDATE_UNSEEN] = "idle", [PK_UPDATE_UNKNOWN] = "unknown", [PK_UPDATE_CURRENT] = "current",
                                      [PK_UPDATE_ORDINARY] = "ordinary", [PK_UPDATE_SECURITY] = "security"};
  return (pk_rank){pk_str_of(names[state]), state};
}

/* ---- packages of the fleet ---- */

typedef struct package_row {
  pk_str package, arch, source, type;
  pk_rank version, state, available; /* state: the worst of the platforms where it is not current */
  int64_t hosts, id, outdated;
} package_row;

static const pk_list_field PACKAGE_FIELDS[] = {
    {"package", PK_CELL_TEXT, offsetof(package_row, package)}, {"version", PK_CELL_VERSION, offsetof(package_row, version)},
    {"arch", PK_CELL_TEXT, offsetof(package_row, arch)},       {"type", PK_CELL_TEXT, offsetof(package_row, type)},
    {"source", PK_CELL_TEXT, offsetof(package_row, source)},   {"hosts", PK_CELL_NUMBER, offsetof(package_row, hosts)},
    {"hosts_outdated", PK_CELL_NUMBER, offsetof(package_row, outdated)}, {"state", PK_CELL_RANK, offsetof(package_row, state)},
    {"available", PK_CELL_VERSION, offsetof(package_row, available)}, {"id", PK_CELL_ID, offsetof(package_row, id)},
};
const pk_list_kind pk_list_packages = {"packages", PACKAGE_FIELDS, sizeof PACKAGE_FIELDS / sizeof PACKAGE_FIELDS[0], "package,arch,-hosts", "id", NULL, NULL};

static bool is_everybody(const pk_chosen *c) { return c->n == c->fleet->n_hosts; }

/* For each package how many of the chosen hosts have it, and how bad it is there. */
static pk_rc hosts_by_package(const pk_chosen *c, pk_arena *arena, const int64_t **ret, const unsigned char **ret_states, pk_err *err) {
  *ret = c->fleet->package_hosts;
  *ret_states = c->fleet->package_states;
  if (is_everybody(c)) return PK_OK;
  int64_t *n = pk_arena_alloc(arena, (c->fleet->n_packages + 1) * sizeof *n);
  unsigned char *states = pk_arena_alloc(arena, c->fleet->n_packages + 1);
  if (!n || !states) return pk_rows_full(err);
  for (size_t i = 0; i < c->fleet->n_profiles; i++) {
    const pk_fleet_profile *p = c->fleet->profiles[i];
    for (size_t k = 0; c->per_profile[i] && k < p->set->n; k++) {
      uint32_t id = p->set->ids[k];
      if (id >= c->fleet->n_packages) continue;
      n[id] += c->per_profile[i];
      if (p->states[k] > states[id]) states[id] = p->states[k];
    }
  }
  *ret = n;
  *ret_states = states;
  return PK_OK;
}

/* How bad it is where it is not current. */
static void note_updates(const pk_chosen *c, package_row *rows, const uint32_t *places) {
  for (size_t i = 0; i < c->fleet->n_profiles; i++) {
    const pk_fleet_profile *p = c->fleet->profiles[i];
    for (size_t k = 0; c->per_profile[i] && k < p->n_update_verdicts; k++) {
      const pk_fleet_verdict *v = p->updates[k];
      uint32_t place = v->package && (size_t)v->package->id < c->fleet->n_packages ? places[v->package->id] : 0;
      if (!place) continue;
      package_row *r = &rows[place - 1];
      r->outdated += c->per_profile[i];
      if ((int64_t)v->state >= r->state.number) r->available.text = v->available;
    }
  }
}

pk_rc pk_rows_packages(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  const pk_fleet *f = c->fleet;
  const int64_t *hosts;
  const unsigned char *states;
  package_row *rows = NULL;
  size_t n = 0, cap = 0;
  pk_rc rc = hosts_by_package(c, arena, &hosts, &states, err);
  uint32_t *places = rc == PK_OK ? pk_arena_alloc(arena, (f->n_packages + 1) * sizeof *places) : NULL;
  if (rc != PK_OK || !places) return rc != PK_OK ? rc : pk_rows_full(err);
  for (size_t id = 0; id < f->n_packages; id++) {
    const pk_fleet_package *p = f->packages[id];
    if (!p || !hosts[id] || !pk_text_holds(p->package.name, w->q)) continue;
    if (w->package.name.n && !pk_package_is_wanted(&w->package, &p->package)) continue;
    void *array = rows;
    if (!pk_arena_grow(arena, &array, n, &cap, sizeof *rows)) return pk_rows_full(err);
    rows = array;
    rows[n++] = (package_row){.package = p->package.name, .version = pk_version_cell(p->package.type, p->package.evr), .arch = p->package.arch, .source = p->package.source,
                              .type = pk_str_of(pk_package_type_name(p->package.type)), .state = pk_update_state_rank((pk_update_state)states[id]),
                              .available = pk_version_cell(p->package.type, PK_STR("")), .hosts = hosts[id], .id = p->id};
    places[id] = (uint32_t)n;
  }
  note_updates(c, rows, places);
  *ret = (pk_rows){&pk_list_packages, NULL, rows, sizeof *rows, n};
  return PK_OK;
}

/* ---- outdated packages ---- */

typedef struct outdated_row {
  pk_str package, platform;
  pk_rank state, lowest, highest, available;
  int64_t hosts, versions;
  pk_str repository;
  size_t last_profile; /* whose hosts were counted last, + 1 */
  pk_package_type type;
} outdated_row;

static const pk_list_field OUTDATED_FIELDS[] = {
    {"package", PK_CELL_TEXT, offsetof(outdated_row, package)},     {"platform", PK_CELL_TEXT, offsetof(outdated_row, platform)},
    {"state", PK_CELL_RANK, offsetof(outdated_row, state)},         {"hosts", PK_CELL_NUMBER, offsetof(outdated_row, hosts)},
    {"lowest", PK_CELL_VERSION, offsetof(outdated_row, lowest)},       {"highest", PK_CELL_VERSION, offsetof(outdated_row, highest)},
    {"available", PK_CELL_VERSION, offsetof(outdated_row, available)}, {"repository", PK_CELL_TEXT, offsetof(outdated_row, repository)},
    {"versions", PK_CELL_NUMBER, offsetof(outdated_row, versions)},
};
const pk_list_kind pk_list_outdated = {"outdated", OUTDATED_FIELDS, sizeof OUTDATED_FIELDS / sizeof OUTDATED_FIELDS[0], "-state,-hosts,package",
                                       "package,platform", NULL, NULL};

static void note_outdated(outdated_row *r, const pk_fleet_verdict *v) {
  const pk_package *p = &v->package->package;
  if (!r->lowest.text.n || pk_evr_cmp(r->type, p->evr, r->lowest.text) < 0) r->lowest = pk_version_cell(r->type, p->evr);
  if (!r->highest.text.n || pk_evr_cmp(r->type, p->evr, r->highest.text) > 0) r->highest = pk_version_cell(r->type, p->evr);
  if ((int64_t)v->state > r->state.number) r->state = pk_update_state_rank(v->state);
  if (!r->available.text.n || pk_evr_cmp(r->type, v->available, r->available.text) > 0) {
    r->available = pk_version_cell(r->type, v->available);
    r->repository = v->repository;
  }
}

typedef struct outdated_making {
  const pk_list_wanted *w;
  pk_arena *arena;
  pk_map places, versions;
  outdated_row *rows;
  size_t n, cap;
  uint32_t *row_of; /* by place of the verdict: place of its row + 2; 1: not wanted; 0: not met yet */
} outdated_making;

/* The row of a verdict is made when the first one of its package and platform is met. */
static pk_rc meet_outdated(outdated_making *m, const pk_fleet_verdict *v, pk_err *err) {
  m->row_of[v->place] = 1;
  if (!v->package || !pk_text_holds(v->package->package.name, m->w->q)) return PK_OK;
  const char *const key[] = {v->package->package.name.p, v->platform->name.p}; /* interned */
  bool is_new;
  uint64_t *place = pk_map_put(&m->places, (pk_str){(const char *)key, sizeof key}, &is_new);
  if (is_new) {
    void *array = m->rows;
    if (!pk_arena_grow(m->arena, &array, m->n, &m->cap, sizeof *m->rows)) return pk_rows_full(err);
    m->rows = array;
    m->rows[m->n] = (outdated_row){.package = v->package->package.name, .platform = v->platform->name, .type = v->platform->type, .repository = PK_STR("")};
    *place = m->n++;
  }
  m->row_of[v->place] = (uint32_t)*place + 2;
  outdated_row *r = &m->rows[*place];
  const char *const version[] = {key[0], key[1], v->package->package.evr.p};
  *pk_map_put(&m->versions, (pk_str){(const char *)version, sizeof version}, &is_new) = 1;
  r->versions += is_new;
  note_outdated(r, v);
  return PK_OK;
}

pk_rc pk_rows_outdated(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  outdated_making m = {.w = w, .arena = arena, .row_of = pk_arena_alloc(arena, (c->fleet->n_verdicts + 1) * sizeof *m.row_of)};
  pk_rc rc = m.row_of ? PK_OK : pk_rows_full(err);
  pk_map_init(&m.places, true);
  pk_map_init(&m.versions, true);
  for (size_t i = 0; rc == PK_OK && i < c->fleet->n_profiles; i++) {
    const pk_fleet_profile *p = c->fleet->profiles[i];
    for (size_t k = 0; rc == PK_OK && c->per_profile[i] && k < p->n_update_verdicts; k++) {
      const pk_fleet_verdict *v = p->updates[k];
      if (!m.row_of[v->place]) rc = meet_outdated(&m, v, err);
      if (rc != PK_OK || m.row_of[v->place] < 2) continue;
      outdated_row *r = &m.rows[m.row_of[v->place] - 2];
      if (r->last_profile != i + 1) r->hosts += c->per_profile[i];
      r->last_profile = i + 1;
    }
  }
  pk_map_fini(&m.places);
  pk_map_fini(&m.versions);
  *ret = (pk_rows){&pk_list_outdated, NULL, m.rows, sizeof *m.rows, m.n};
  return rc;
}

/* ---- packages of a host ---- */

typedef struct host_package_row {
  pk_str package, arch, repository, source;
  pk_rank installed, available, state;
  pk_str kernel; /* "running", "idle", "" */
  int64_t cves, id;
} host_package_row;

#define HOST_PACKAGE_FIELD(name, kind) PK_FIELD(host_package_row, name, kind)
static const pk_list_field HOST_PACKAGE_FIELDS[] = {
    HOST_PACKAGE_FIELD(package, TEXT),   HOST_PACKAGE_FIELD(arch, TEXT),       HOST_PACKAGE_FIELD(installed, VERSION), HOST_PACKAGE_FIELD(state, RANK),
    HOST_PACKAGE_FIELD(available, VERSION), HOST_PACKAGE_FIELD(repository, TEXT), HOST_PACKAGE_FIELD(source, TEXT),    HOST_PACKAGE_FIELD(kernel, TEXT),
    HOST_PACKAGE_FIELD(cves, NUMBER),    HOST_PACKAGE_FIELD(id, ID),
};
#define N_HOST_PACKAGE_FIELDS (sizeof HOST_PACKAGE_FIELDS / sizeof HOST_PACKAGE_FIELDS[0])
const pk_list_kind pk_list_host_updates = {"updates", HOST_PACKAGE_FIELDS, N_HOST_PACKAGE_FIELDS, "-state,package,arch", "id", NULL, NULL};
const pk_list_kind pk_list_host_packages = {"packages", HOST_PACKAGE_FIELDS, N_HOST_PACKAGE_FIELDS, "package,arch", "id", NULL, NULL};

static int64_t count_cves(const pk_fleet_stand *s, const pk_fleet_verdict *v) {
  pk_map seen;
  bool is_new;
  int64_t n = 0;
  pk_map_init(&seen, true);
  for (size_t r = 0; r < v->n_rules; r++)
    for (size_t i = 0; v->rules[r]->counts && i < v->rules[r]->definition->n_cves; i++) {
      const pk_fleet_cve *cve = v->rules[r]->definition->cves[i];
      if (pk_fleet_excepted(s, v, cve)) continue;
      *pk_map_put(&seen, (pk_str){(const char *)&cve->place, sizeof cve->place}, &is_new) = 1;
      n += is_new;
    }
  pk_map_fini(&seen);
  return n;
}

static host_package_row row_of(const pk_fleet_package *p, pk_str kernel) {
  static const char *const roles[] = {[PK_KERNEL_NONE] = "", [PK_KERNEL_RUNNING] = "running", [PK_KERNEL_IDLE] = "idle"};
  return (host_package_row){.package = p->package.name, .arch = p->package.arch, .installed = pk_version_cell(p->package.type, p->package.evr), .available = pk_version_cell(p->package.type, PK_STR("")),
                            .repository = PK_STR(""), .source = p->package.source, .state = pk_update_state_rank(PK_UPDATE_CURRENT),
                            .kernel = pk_str_of(roles[pk_kernel_role_of(&p->package, kernel)]), .id = p->id};
}

static void add_update(host_package_row *r, const pk_fleet_verdict *v) {
  r->state = pk_update_state_rank(v->state);
  r->available.text = v->available;
  r->repository = v->repository;
}

/* What makes a package of a profile vulnerable, rules and criteria; NULL: nothing. */
static const pk_fleet_verdict *vulnerable_of(const pk_fleet_profile *p, const pk_fleet_package *package) {
  for (size_t i = 0; i < p->n_vulnerable; i++)
    if (p->vulnerable[i]->package == package) return p->vulnerable[i];
  return NULL;
}

pk_rc pk_rows_host_updates(const pk_fleet *f, const pk_fleet_host *h, pk_arena *arena, pk_rows *ret, pk_err *err) {
  const pk_fleet_stand *s = &f->stands[h->stand];
  const pk_fleet_profile *p = s->profile;
  host_package_row *rows = pk_arena_alloc(arena, p->n_update_verdicts * sizeof *rows + 1);
  if (!rows) return pk_rows_full(err);
  for (size_t i = 0; i < p->n_update_verdicts; i++) {
    rows[i] = row_of(p->updates[i]->package, p->kernel);
    add_update(&rows[i], p->updates[i]);
    const pk_fleet_verdict *v = vulnerable_of(p, p->updates[i]->package);
    rows[i].cves = v ? count_cves(s, v) : 0;
  }
  *ret = (pk_rows){&pk_list_host_updates, NULL, rows, sizeof *rows, p->n_update_verdicts};
  return PK_OK;
}

pk_rc pk_rows_host_packages(const pk_fleet *f, const pk_fleet_host *h, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  const pk_fleet_stand *s = &f->stands[h->stand];
  const pk_fleet_profile *p = s->profile;
  size_t n = 0;
  host_package_row *rows = pk_arena_alloc(arena, p->set->n * sizeof *rows + 1);
  uint32_t *places = pk_arena_alloc(arena, (f->n_packages + 1) * sizeof *places);
  if (!rows || !places) return pk_rows_full(err);
  for (size_t i = 0; i < p->set->n; i++) {
    const pk_fleet_package *package = pk_fleet_package_of(f, p->set->ids[i]);
    if (!package || !pk_text_holds(package->package.name, w->q)) continue;
    rows[n++] = row_of(package, p->kernel);
    rows[n - 1].state = pk_update_state_rank((pk_update_state)p->states[i]);
    places[package->id] = (uint32_t)n;
  }
  for (size_t i = 0; i < p->n_update_verdicts; i++)
    if (places[p->updates[i]->package->id]) add_update(&rows[places[p->updates[i]->package->id] - 1], p->updates[i]);
  for (size_t i = 0; i < p->n_vulnerable; i++)
    if (p->vulnerable[i]->package && places[p->vulnerable[i]->package->id])
      rows[places[p->vulnerable[i]->package->id] - 1].cves += count_cves(s, p->vulnerable[i]);
  *ret = (pk_rows){&pk_list_host_packages, NULL, rows, sizeof *rows, n};
  return PK_OK;
}

/* ---- history ---- */

typedef struct history_row {
  int64_t at, number;
  pk_str change, package, arch, before, after;
} history_row;

#define HISTORY_FIELD(name, kind) PK_FIELD(history_row, name, kind)
static const pk_list_field HISTORY_FIELDS[] = {
    HISTORY_FIELD(at, TIME),   HISTORY_FIELD(change, TEXT), HISTORY_FIELD(package, TEXT), HISTORY_FIELD(arch, TEXT),
    HISTORY_FIELD(before, TEXT), HISTORY_FIELD(after, TEXT), HISTORY_FIELD(number, ID),
};
const pk_list_kind pk_list_host_history = {"history", HISTORY_FIELDS, sizeof HISTORY_FIELDS / sizeof HISTORY_FIELDS[0], "-at,number", "number", NULL, NULL};

typedef struct history {
  const pk_fleet *f;
  pk_store *store;
  pk_arena *arena;
  history_row *rows;
  size_t n, cap;
  int64_t *ids; /* of the period before */
  size_t n_ids;
  pk_str kernel, platform;
  bool begun;
} history;

static pk_rc add_change(history *h, history_row row, pk_err *err) {
  void *array = h->rows;
  row.number = (int64_t)h->n + 1;
  if (!pk_arena_grow(h->arena, &array, h->n, &h->cap, sizeof *h->rows)) return pk_rows_full(err);
  h->rows = array;
  h->rows[h->n++] = row;
  return PK_OK;
}

static const pk_package *package_at(const history *h, int64_t id) {
  const pk_fleet_package *p = pk_fleet_package_of(h->f, id);
  return p ? &p->package : NULL;
}

typedef struct ids {
  int64_t *list;
  size_t n;
} ids;

/* What is only in one of two ascending lists. */
static ids only_in(const int64_t *a, size_t n_a, const int64_t *b, size_t n_b) {
  ids r = {pk_realloc_array(NULL, n_a + 1, sizeof *r.list), 0};
  for (size_t i = 0, k = 0; i < n_a; i++) {
    while (k < n_b && b[k] < a[i]) k++;
    if (k == n_b || b[k] != a[i]) r.list[r.n++] = a[i];
  }
  return r;
}

/* By name, architecture and version; versions that are equal in their order but not the same (1.05, 1.5) by their text. */
static int cmp_packages(const void *a, const void *b) {
  const pk_package *x = *(const pk_package *const *)a, *y = *(const pk_package *const *)b;
  int c = pk_str_cmp(x->name, y->name);
  if (!c) c = pk_str_cmp(x->arch, y->arch);
  if (!c) c = pk_evr_cmp(x->type, x->evr, y->evr);
  return c ? c : pk_str_cmp(x->evr, y->evr);
}

static bool is_same_name(const pk_package *a, const pk_package *b) { return pk_str_eq(a->name, b->name) && pk_str_eq(a->arch, b->arch); }

static size_t packages_of(const history *h, const ids *from, const pk_package **ret) {
  size_t n = 0;
  for (size_t i = 0; i < from->n; i++)
    if ((ret[n] = package_at(h, from->list[i])) != NULL) n++;
  if (n) qsort(ret, n, sizeof *ret, cmp_packages);
  return n;
}

/* What is the same but for other words (source, vendor) neither went nor came. */
static void strike_out_equal(const pk_package **gone, size_t *n_gone, const pk_package **come, size_t *n_come) {
  size_t i = 0, k = 0, g = 0, c = 0;
  while (i < *n_gone || k < *n_come) {
    int order = i == *n_gone ? 1 : k == *n_come ? -1 : cmp_packages(&gone[i], &come[k]);
    if (order < 0) gone[g++] = gone[i++];
    if (order > 0) come[c++] = come[k++];
    if (order == 0) i++, k++;
  }
  *n_gone = g;
  *n_come = c;
}

/* A package that went and one of the same name and architecture that came are one change; of several versions the oldest that went and
 * the oldest that came. */
static pk_rc tell_difference(history *h, int64_t at, const ids *gone_ids, const ids *come_ids, pk_err *err) {
  const pk_package **gone = pk_realloc_array(NULL, gone_ids->n + 1, sizeof *gone), **come = pk_realloc_array(NULL, come_ids->n + 1, sizeof *come);
  size_t n_gone = packages_of(h, gone_ids, gone), n_come = packages_of(h, come_ids, come), i = 0, k = 0;
  pk_rc rc = PK_OK;
  strike_out_equal(gone, &n_gone, come, &n_come);
  while (rc == PK_OK && (i < n_gone || k < n_come)) {
    const pk_package *old = i < n_gone ? gone[i] : NULL, *new = k < n_come ? come[k] : NULL;
    if (old && new && !is_same_name(old, new)) *(cmp_packages(&old, &new) < 0 ? &new : &old) = NULL;
    const pk_package *p = old ? old : new;
    const char *change = !new ? "removed" : !old ? "installed" : pk_evr_cmp(new->type, new->evr, old->evr) < 0 ? "downgraded" : "upgraded";
    rc = add_change(h, (history_row){.at = at, .change = pk_str_of(change), .package = p->name, .arch = p->arch, .before = old ? old->evr : PK_STR(""),
                                     .after = new ? new->evr : PK_STR("")}, err);
    i += old != NULL;
    k += new != NULL;
  }
  free(gone);
  free(come);
  return rc;
}

static pk_rc tell_text(history *h, int64_t at, pk_str change, pk_str *kept, pk_str now, pk_err *err) {
  pk_str before = *kept;
  if (h->begun && pk_str_eq(before, now)) return PK_OK;
  if (!pk_arena_copy(h->arena, now, kept)) return pk_rows_full(err);
  if (!h->begun) return PK_OK;
  return add_change(h, (history_row){.at = at, .change = change, .package = PK_STR(""), .arch = PK_STR(""), .before = before, .after = *kept}, err);
}

static pk_rc keep_period(void *arg, const pk_period *p, pk_err *err) {
  history *h = arg;
  int64_t *members = NULL;
  size_t n = 0;
  pk_rc rc = tell_text(h, p->from_at, PK_STR("kernel"), &h->kernel, p->kernel, err);
  if (rc == PK_OK) rc = tell_text(h, p->from_at, PK_STR("platform"), &h->platform, p->platform, err);
  if (rc == PK_OK) rc = pk_store_set_members(h->store, p->set_id, &members, &n, err);
  if (rc == PK_OK && h->begun) {
    ids gone = only_in(h->ids, h->n_ids, members, n), come = only_in(members, n, h->ids, h->n_ids);
    rc = tell_difference(h, p->from_at, &gone, &come, err);
    free(gone.list);
    free(come.list);
  } else if (rc == PK_OK) {
    pk_buf text;
    pk_str copy;
    pk_buf_init(&text, 64);
    pk_buf_printf(&text, "%zu", n);
    rc = pk_arena_copy(h->arena, pk_buf_view(&text), &copy)
             ? add_change(h, (history_row){.at = p->from_at, .change = PK_STR("first"), .package = PK_STR(""), .arch = PK_STR(""), .before = PK_STR(""), .after = copy}, err)
             : pk_rows_full(err);
    pk_buf_free(&text);
  }
  free(h->ids);
  h->ids = members;
  h->n_ids = n;
  h->begun = true;
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

pk_rc pk_rows_host_history(const pk_fleet *f, pk_store *store, const pk_fleet_host *host, pk_arena *arena, pk_rows *ret, pk_err *err) {
  history h = {.f = f, .store = store, .arena = arena};
  pk_rc rc = pk_store_history(store, host->id, keep_period, &h, err);
  free(h.ids);
  *ret = (pk_rows){&pk_list_host_history, NULL, h.rows, sizeof *h.rows, h.n};
  return rc;
}
