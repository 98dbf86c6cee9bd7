/* SPDX-License-Identifier: Apache-2.0 */
#include "app/lists/filter.h"

#include "model/evr.h"

static const char *const STATES[PK_STATES] = {"updates", "security", "cves", "tagged", "exploited", "excepted", "kernel", "reboot", "unjudged", "unsupported", "silent", "current"};

/* ---- parameters ---- */

static const struct {
  const char *op;
  bool less, equal, greater;
} OPERATORS[] = {{"<=", true, true, false}, {">=", false, true, true}, {"<", true, false, false}, {">", false, false, true}, {"=", false, true, false}};
#define N_OPERATORS (sizeof OPERATORS / sizeof OPERATORS[0])

pk_rc pk_package_wanted_of(pk_str text, pk_package_wanted *ret, pk_err *err) {
  text = pk_str_trim(text);
  size_t at = 0;
  while (at < text.n && text.p[at] != '<' && text.p[at] != '>' && text.p[at] != '=') at++;
  *ret = (pk_package_wanted){.name = pk_str_trim(pk_str_sub(text, 0, at)), .op = "", .version = PK_STR("")};
  pk_str rest = pk_str_sub(text, at, text.n);
  for (size_t i = 0; rest.n && !*ret->op && i < N_OPERATORS; i++)
    if (pk_str_starts(rest, OPERATORS[i].op)) {
      ret->op = OPERATORS[i].op;
      ret->version = pk_str_trim(pk_str_sub(rest, strlen(OPERATORS[i].op), rest.n));
    }
  static const char never[] = " \t<>="; /* in a version */
  bool clear = ret->name.n && (!*ret->op || ret->version.n) && ret->version.n <= PK_FIELD_MAX;
  for (size_t i = 0; i < sizeof never - 1; i++) clear &= pk_str_find(ret->version, never[i]) == ret->version.n;
  if (!clear)
    return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no package: say NAME or NAME < VERSION, with one of < <= = >= >", PK_FMT(text));
  return PK_OK;
}

bool pk_package_is_wanted(const pk_package_wanted *w, const pk_package *p) {
  if (!pk_str_eq(p->name, w->name)) return false;
  if (!*w->op) return true;
  int c = pk_evr_cmp_asked(p->type, p->evr, w->version);
  for (size_t i = 0; i < N_OPERATORS; i++)
    if (strcmp(OPERATORS[i].op, w->op) == 0) return c < 0 ? OPERATORS[i].less : c == 0 ? OPERATORS[i].equal : OPERATORS[i].greater;
  return false;
}

pk_rc pk_filter_activity(pk_filter *f, pk_str text, int64_t now, pk_err *err) {
  static const struct {
    char letter;
    int64_t seconds;
  } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}, {'y', 365 * 86400}};
  pk_str rest = text;
  bool older = pk_str_starts(rest, "-");
  if (older || pk_str_starts(rest, "+") || pk_str_starts(rest, " ")) rest = pk_str_sub(rest, 1, rest.n); /* a plus in a query is a blank */
  int64_t unit = 86400;
  for (size_t i = 0; rest.n && i < sizeof units / sizeof units[0]; i++)
    if (rest.p[rest.n - 1] == units[i].letter) {
      unit = units[i].seconds;
      rest.n--;
      break;
    }
  uint64_t n;
  if (!pk_str_u64(rest, &n) || n > 100000)
    return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no activity: say 2d for the last two days, -2d for longer ago, with s, m, h, d, w or y",
                      PK_FMT(text));
  f->has_activity = true;
  int64_t moment = now - (int64_t)n * unit;
  if (older) f->seen_to = moment;
  else f->seen_from = moment;
  return PK_OK;
}

static pk_rc take_states(pk_filter *f, pk_str list, pk_err *err) {
  pk_str one;
  while (pk_str_split(&list, ',', &one)) {
    size_t i = 0;
    while (i < PK_STATES && !pk_str_is(one, STATES[i])) i++;
    if (i == PK_STATES)
      return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no state: say updates, security, cves, tagged, exploited, excepted, kernel, reboot, unjudged, unsupported, silent or current",
                        PK_FMT(one));
    f->states |= 1u << i;
  }
  return PK_OK;
}

pk_rc pk_filter_take(pk_filter *f, pk_str name, pk_str value, int64_t now, pk_err *err) {
  const struct {
    const char *name;
    pk_wanted *to;
  } texts[] = {{"host", &f->host}, {"kernel", &f->kernel}, {"arch", &f->arch}, {"os", &f->os}, {"client", &f->client}, {"cve_tag", &f->cve_tag}, {"advisory", &f->advisory}, {"outdated", &f->outdated}};
  pk_group_kind kind;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_str_is(name, texts[i].name)) {
      *texts[i].to = (pk_wanted){true, value};
      return PK_OK;
    }
  if (name.n && pk_group_kind_of(name, &kind)) {
    f->groups[kind] = (pk_wanted){true, value};
    return PK_OK;
  }
  if (pk_str_is(name, "q")) {
    f->q = pk_str_trim(value);
    return PK_OK;
  }
  if (pk_str_is(name, "package")) return value.n ? pk_package_wanted_of(value, &f->package, err) : PK_OK;
  if (pk_str_is(name, "state")) return take_states(f, value, err);
  if (pk_str_is(name, "activity")) return value.n ? pk_filter_activity(f, value, now, err) : PK_OK;
  if (!pk_str_is(name, "cve")) return PK_NOTFOUND;
  f->cve = pk_cve_number(value);
  return f->cve ? PK_OK : pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no CVE: give its name, for example CVE-2024-6387", PK_FMT(value));
}

bool pk_text_holds(pk_str text, pk_str words) {
  if (!words.n) return true;
  for (size_t i = 0; i + words.n <= text.n; i++) {
    size_t k = 0;
    while (k < words.n && (text.p[i + k] >= 'A' && text.p[i + k] <= 'Z' ? text.p[i + k] + 32 : text.p[i + k]) == words.p[k]) k++;
    if (k == words.n) return true;
  }
  return false;
}

/* ---- choosing ---- */

static bool is_equal(const pk_wanted *w, pk_str text) { return !w->given || pk_str_eq(w->text, text); }

typedef struct choosing {
  const pk_filter *f;
  const pk_fleet *fleet;
  int64_t *package_ids;
  size_t n_package_ids;
  const pk_fleet_cve *cve;
  uint64_t tag;
  unsigned char *profile_passes; /* by place */
} choosing;

static bool has_state(const pk_fleet *f, const pk_fleet_stand *s, unsigned states) {
  const pk_fleet_profile *p = s->profile;
  const bool holds[PK_STATES] = {[PK_STATE_UPDATES] = p->n_updates > 0, [PK_STATE_SECURITY] = p->n_security > 0, [PK_STATE_CVES] = s->n_cves > 0,
                                 [PK_STATE_TAGGED] = s->n_tagged > 0, [PK_STATE_EXPLOITED] = s->n_exploited > 0,
                                 [PK_STATE_EXCEPTED] = s->n_excepted > 0, [PK_STATE_KERNEL] = p->kernel_state == PK_KERNEL_UPDATE,
                                 [PK_STATE_REBOOT] = p->reboot_pending, [PK_STATE_UNJUDGED] = !p->updates_judged || !p->cves_judged,
                                 [PK_STATE_UNSUPPORTED] = pk_fleet_unsupported(f, p), [PK_STATE_SILENT] = true,
                                 [PK_STATE_CURRENT] = p->updates_judged && p->n_updates == 0 && p->kernel_state <= PK_KERNEL_CURRENT};
  for (unsigned i = 0; i < PK_STATES; i++)
    if (states >> i & 1 && !holds[i]) return false;
  return true;
}

static bool stand_passes(const choosing *c, const pk_fleet_stand *s) {
  if (!c->profile_passes[s->profile_place] || !has_state(c->fleet, s, c->f->states)) return false;
  if (c->f->cve && (!c->cve || !pk_fleet_counts(s, c->cve->place))) return false;
  return !c->f->cve_tag.given || (s->tags & c->tag);
}

static bool would_help(pk_str advisory, const pk_fleet_profile *p) {
  for (size_t i = 0; advisory.n && i < p->n_vulnerable; i++)
    for (size_t r = 0; r < p->vulnerable[i]->n_rules; r++) {
      const pk_fleet_rule *rule = p->vulnerable[i]->rules[r];
      if (rule->state == PK_RULE_FIXED && pk_str_eq(rule->advisory, advisory)) return true;
    }
  return false;
}

static bool lacks_update(pk_str package, const pk_fleet_profile *p) {
  for (size_t i = 0; i < p->n_update_verdicts; i++)
    if (pk_str_eq(p->updates[i]->package->package.name, package)) return true;
  return false;
}

/* What is the same for all stands of a profile. */
static bool profile_passes(const choosing *c, const pk_fleet_profile *p) {
  if (!is_equal(&c->f->groups[PK_GROUP_PLATFORM], p->platform->name) || !is_equal(&c->f->kernel, p->kernel) || !is_equal(&c->f->arch, p->platform->arch))
    return false;
  if (c->f->advisory.given && !would_help(c->f->advisory.text, p)) return false;
  if (c->f->outdated.given && !lacks_update(c->f->outdated.text, p)) return false;
  bool has = !c->f->package.name.n;
  for (size_t i = 0; !has && i < c->n_package_ids; i++) has = pk_fleet_set_has(p->set, c->package_ids[i]);
  return has;
}

static bool host_passes(const choosing *c, const pk_fleet_host *h) {
  const pk_filter *f = c->f;
  static const struct {
    pk_group_kind kind;
    pk_host_text text;
  } groups[] = {{PK_GROUP_DOMAIN, PK_HOST_DOMAIN}, {PK_GROUP_SITE, PK_HOST_SITE}, {PK_GROUP_TAG, PK_HOST_TAG}};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    if (!is_equal(&f->groups[groups[i].kind], h->texts[groups[i].text])) return false;
  if (!is_equal(&f->groups[PK_GROUP_TLD], h->tld) || !is_equal(&f->os, h->texts[PK_HOST_OS]) || !is_equal(&f->client, h->texts[PK_HOST_CLIENT]))
    return false;
  if (f->host.given && !pk_str_eq(f->host.text, h->texts[PK_HOST_KEY]) && !pk_str_eq(f->host.text, h->texts[PK_HOST_NAME])) return false;
  if (f->states >> PK_STATE_SILENT & 1 && !h->silent) return false;
  if (f->states >> PK_STATE_CURRENT & 1 && h->silent) return false;
  if (f->has_activity && (h->last_report_at < f->seen_from || (f->seen_to && h->last_report_at > f->seen_to))) return false;
  return pk_text_holds(h->texts[PK_HOST_KEY], f->q);
}

static pk_rc find_packages(choosing *c, pk_arena *arena, pk_err *err) {
  size_t cap = 0;
  for (size_t id = 0; c->f->package.name.n && id < c->fleet->n_packages; id++) {
    const pk_fleet_package *p = c->fleet->packages[id];
    if (!p || !pk_package_is_wanted(&c->f->package, &p->package)) continue;
    void *array = c->package_ids;
    if (!pk_arena_grow(arena, &array, c->n_package_ids, &cap, sizeof *c->package_ids)) return pk_err_set(err, PK_E_LIMIT, "too many packages");
    c->package_ids = array;
    c->package_ids[c->n_package_ids++] = (int64_t)id;
  }
  return PK_OK;
}

pk_rc pk_filter_choose(const pk_filter *f, const pk_fleet *fleet, const pk_scope *scope, pk_arena *arena, pk_chosen *ret, pk_err *err) {
  char words[PK_HOST_KEY_MAX + 1];
  pk_filter lowered = *f;
  lowered.q = pk_str_lower(f->q, words, sizeof words);
  choosing c = {.f = &lowered, .fleet = fleet, .cve = f->cve ? pk_fleet_cve_of(fleet, f->cve) : NULL};
  for (size_t i = 0; f->cve_tag.given && i < fleet->n_tag_names; i++)
    if (!f->cve_tag.text.n || pk_str_eq(fleet->tag_names[i], f->cve_tag.text)) c.tag |= (uint64_t)1 << i;
  *ret = (pk_chosen){.fleet = fleet};
  ret->per_stand = pk_arena_alloc(arena, (fleet->n_stands + 1) * sizeof *ret->per_stand);
  ret->hosts = pk_arena_alloc(arena, (fleet->n_hosts + 1) * sizeof *ret->hosts);
  ret->per_profile = pk_arena_alloc(arena, (fleet->n_profiles + 1) * sizeof *ret->per_profile);
  unsigned char *passes = pk_arena_alloc(arena, fleet->n_stands + 1);
  c.profile_passes = pk_arena_alloc(arena, fleet->n_profiles + 1);
  if (!ret->per_stand || !ret->per_profile || !ret->hosts || !passes || !c.profile_passes) return pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question");
  pk_rc rc = find_packages(&c, arena, err);
  if (rc != PK_OK) return rc;
  for (size_t i = 0; i < fleet->n_profiles; i++) c.profile_passes[i] = profile_passes(&c, fleet->profiles[i]);
  for (size_t i = 0; i < fleet->n_stands; i++) passes[i] = stand_passes(&c, &fleet->stands[i]);
  for (size_t i = 0; i < fleet->n_hosts; i++) {
    const pk_fleet_host *h = &fleet->hosts[i];
    if (!passes[h->stand] || !pk_fleet_sees(scope, h) || !host_passes(&c, h)) continue;
    ret->hosts[ret->n++] = h;
    ret->per_stand[h->stand]++;
    ret->per_profile[fleet->stands[h->stand].profile_place]++;
  }
  return PK_OK;
}
