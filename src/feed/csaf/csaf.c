/* SPDX-License-Identifier: Apache-2.0
 *
 * csaf: documents in the Common Security Advisory Framework, version 2: advisories, and what a vendor says of a CVE (VEX).
 *
 *   {"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "…", "aggregate_severity": {"text": "moderate"},
 *                 "tracking": {"id": "CVE-2026-1", "initial_release_date": "2026-01-02T00:00:00+00:00", "status": "final"}},
 *    "product_tree": {…},                                                    (tree.h)
 *    "vulnerabilities": [{
 *      "cve": "CVE-2026-1", "title": "xz: …", "release_date": "2026-01-01T00:00:00+00:00",
 *      "notes": [{"category": "description", "text": "…"}],
 *      "product_status": {"fixed": ["rhel-8:xz-0:5.2.5-8.el8.i686"], "known_affected": ["rhel-7:xz"], "known_not_affected": […]},
 *      "flags": [{"label": "vulnerable_code_not_present", "product_ids": […]}],
 *      "remediations": [{"category": "vendor_fix", "url": "https://access.redhat.com/errata/RHSA-2026:1", "product_ids": […]},
 *                       {"category": "no_fix_planned", "details": "Will not fix", "product_ids": ["rhel-7:xz"]}],
 *      "threats": [{"category": "impact", "details": "Moderate", "product_ids": […]}],
 *      "scores": [{"cvss_v3": {"baseSeverity": "MEDIUM"}, "products": […]}]}]}
 *
 * A statement about a CVE is a definition of its own, whose rules name the advisories that fix. Of an advisory, vulnerabilities
 * with the same product status are one definition.
 *  source https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html, Red Hat:
 *         https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/ and …/vex-ga-details/ */
#include "feed/csaf/tree.h"
#include "feed/vendor.h"

#include <stdlib.h>

/* Shares of PK_DOCUMENT_BYTES_MAX: JSON, products, one definition. */
#define JSON_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 2)
#define PRODUCTS_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 4)
#define RESULT_BYTES_MAX (PK_DOCUMENT_BYTES_MAX / 4)

typedef struct reader {
  const pk_vendor_document *document;
  const pk_vendor_sink *sink;
  size_t n_definitions;
} reader;

/* One document being read. */
typedef struct document {
  reader *reader;
  pk_arena arena; /* for the tree */
  pk_csaf_tree tree;
  const pk_json_value *head; /* "document" */
  pk_str id;                 /* of the tracking */
  bool is_advisory;
  pk_map ids; /* of definitions handed over */
} document;

/* What remediations and flags say of one product. */
typedef struct remark {
  pk_str advisory; /* of the first vendor's fix */
  pk_rule_state state;
  bool has_state;
  pk_str note; /* why there is no fix */
  pk_str flag; /* why it is not affected */
} remark;

/* Vulnerabilities that become one definition. */
typedef struct group {
  document *d;
  size_t number; /* from 1 */
  const pk_json_value *const *list;
  size_t n;
  bool is_only;
  pk_arena arena;
  pk_vendor_rules rules;
  remark general; /* what is said of no product in particular */
  remark *remarks;
  size_t n_remarks, remarks_cap;
  pk_map remark_places; /* product id → place from 1 */
  pk_map with_binaries; /* platform and advisory of fixed binary packages */
  pk_buf key;
} group;

/* ---- remediations and flags ---- */

/* What Red Hat writes as the details of a missing fix. The words are the state; there is nothing more to note.
 *  source https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/, "Remediations" */
static const struct {
  const char *details;
  pk_rule_state state;
} red_hat_states[] = {{"Affected", PK_RULE_AFFECTED},
                      {"Will not fix", PK_RULE_WILL_NOT_FIX},
                      {"Fix deferred", PK_RULE_DEFERRED},
                      {"Out of support scope", PK_RULE_OUT_OF_SUPPORT},
                      {"Under investigation", PK_RULE_UNDER_INVESTIGATION}};

/* CSAF 2.0, 3.2.3.12.1, and fix_planned of 2.1; other categories say nothing of a fix. */
static const struct {
  const char *category;
  pk_rule_state state;
} categories[] = {
    {"none_available", PK_RULE_AFFECTED}, {"no_fix_planned", PK_RULE_WILL_NOT_FIX}, {"fix_planned", PK_RULE_AFFECTED}};

/* "https://access.redhat.com/errata/RHSA-2024:1431", "https://…/detail/?id=openEuler-SA-2025-1245": the advisory's name. */
static pk_str advisory_of(pk_str url) {
  size_t slash = pk_str_rfind(url, '/'), equals = pk_str_rfind(url, '=');
  size_t from = equals < url.n && equals > slash ? equals : slash;
  pk_str name = from < url.n ? pk_str_sub(url, from + 1, url.n) : PK_STR("");
  if (!pk_vendor_is_word(name) || pk_str_find(name, '-') == name.n || pk_str_find(name, '.') < name.n) return PK_STR("");
  for (size_t i = 0; i < name.n; i++)
    if (name.p[i] >= '0' && name.p[i] <= '9') return name;
  return PK_STR("");
}

static remark remark_of(const pk_json_value *remediation) {
  pk_str category = pk_json_text(remediation, "category"), details = pk_str_trim(pk_json_text(remediation, "details"));
  if (pk_str_is(category, "vendor_fix")) return (remark){.advisory = advisory_of(pk_json_text(remediation, "url"))};
  remark m = {0};
  for (size_t i = 0; !m.has_state && i < sizeof categories / sizeof categories[0]; i++)
    if (pk_str_is(category, categories[i].category))
      m = (remark){.state = categories[i].state, .has_state = true, .note = pk_vendor_cut(details, PK_VENDOR_NOTE_MAX)};
  for (size_t i = 0; m.has_state && i < sizeof red_hat_states / sizeof red_hat_states[0]; i++)
    if (pk_str_is_nocase(details, red_hat_states[i].details)) {
      m.state = red_hat_states[i].state;
      m.note = PK_STR("");
    }
  return m;
}

/* What was said first stands. */
static void merge(remark *to, const remark *from) {
  if (to->advisory.n == 0) to->advisory = from->advisory;
  if (to->flag.n == 0) to->flag = from->flag;
  if (to->has_state || !from->has_state) return;
  to->has_state = true;
  to->state = from->state;
  to->note = from->note;
}

typedef struct remarking {
  group *g;
  remark what;
} remarking;

static pk_rc remark_on(void *arg, pk_str id, pk_err *err) {
  remarking *m = arg;
  group *g = m->g;
  uint64_t *place = pk_map_put(&g->remark_places, id, NULL);
  if (*place == 0) {
    void *array = g->remarks;
    if (!pk_arena_grow(&g->arena, &array, g->n_remarks, &g->remarks_cap, sizeof *g->remarks)) return pk_vendor_full(err);
    g->remarks = array;
    *place = ++g->n_remarks;
  }
  merge(&g->remarks[*place - 1], &m->what);
  return PK_OK;
}

/* `v` is the remediation or flag, which says where `what` belongs. */
static pk_rc take_remark(group *g, const pk_json_value *v, remark what, pk_err *err) {
  if (what.advisory.n == 0 && what.flag.n == 0 && !what.has_state) return PK_OK;
  remarking m = {.g = g, .what = what};
  pk_rc rc = pk_csaf_tree_ids(&g->d->tree, v, remark_on, &m, err);
  if (rc != PK_NOTFOUND) return rc;
  merge(&g->general, &what);
  return PK_OK;
}

static pk_rc read_remarks(group *g, const pk_json_value *vulnerability, pk_err *err) {
  const pk_json_value *remediations = pk_json_get(vulnerability, "remediations"), *flags = pk_json_get(vulnerability, "flags");
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = remediations ? remediations->first : NULL; rc == PK_OK && v; v = v->next)
    rc = take_remark(g, v, remark_of(v), err);
  for (const pk_json_value *v = flags ? flags->first : NULL; rc == PK_OK && v; v = v->next)
    rc = take_remark(g, v, (remark){.flag = pk_vendor_cut(pk_json_text(v, "label"), PK_VENDOR_NOTE_MAX)}, err);
  return rc;
}

static remark remark_about(const group *g, pk_str id) {
  uint64_t *place = pk_map_get(&g->remark_places, id);
  remark m = place ? g->remarks[*place - 1] : (remark){0};
  merge(&m, &g->general);
  if (pk_str_eq(m.advisory, g->d->id)) m.advisory = PK_STR(""); /* the definition's own */
  return m;
}

/* ---- product status ---- */

/* CSAF 2.0, 3.2.3.9. A recommended version is not said to be the first that is fixed, but SUSE has no other word for it. */
typedef enum bound { NO_VERSION, FIXED_IN, FROM, UP_TO } bound;
static const struct {
  const char *key;
  pk_rule_state state;
  bound bound;
} statuses[] = {{"fixed", PK_RULE_FIXED, FIXED_IN},
                {"first_fixed", PK_RULE_FIXED, FIXED_IN},
                {"recommended", PK_RULE_FIXED, FIXED_IN},
                {"known_affected", PK_RULE_AFFECTED, NO_VERSION},
                {"first_affected", PK_RULE_AFFECTED, FROM},
                {"last_affected", PK_RULE_AFFECTED, UP_TO},
                {"under_investigation", PK_RULE_UNDER_INVESTIGATION, NO_VERSION},
                {"known_not_affected", PK_RULE_NOT_AFFECTED, NO_VERSION}};
#define STATUSES (sizeof statuses / sizeof statuses[0])

/* The product of an id where it is a package of a platform that is wanted, else NULL. */
static pk_rc wanted_product(group *g, pk_str id, pk_csaf_product **ret, pk_err *err) {
  pk_csaf_product *p = NULL;
  pk_rc rc = pk_csaf_tree_find(&g->d->tree, id, &p, err);
  *ret = NULL;
  if (rc < 0) return rc;
  if (rc == PK_OK && p->platform.n && p->package.name.n && pk_vendor_wants(g->d->reader->document->platform, p->platform))
    *ret = p;
  return PK_OK;
}

static pk_str binaries_key(group *g, const pk_csaf_product *p, pk_str advisory) {
  g->key.n = 0;
  pk_buf_str(&g->key, p->platform);
  pk_buf_putc(&g->key, '\0');
  pk_buf_str(&g->key, advisory);
  return pk_buf_view(&g->key);
}

/* A fixed source package is left out where binary packages of the same fix are listed. */
static pk_rc note_binaries(group *g, const pk_json_value *ids, pk_err *err) {
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = ids ? ids->first : NULL; rc == PK_OK && v; v = v->next) {
    pk_csaf_product *p = NULL;
    if (v->kind == PK_JSON_STRING) rc = wanted_product(g, v->text, &p, err);
    if (p && !p->package.is_source && p->package.evr.n)
      (void)pk_map_put(&g->with_binaries, binaries_key(g, p, remark_about(g, v->text).advisory), NULL);
  }
  return rc;
}

static pk_rule rule_of(const pk_csaf_product *p, pk_rule_state state, bound b, const remark *m) {
  const pk_csaf_package *k = &p->package;
  pk_rule rule = {.platform = p->platform, .is_source = k->is_source, .module = k->module, .state = state};
  if (state == PK_RULE_NOT_AFFECTED) {
    rule.note = m->flag;
    return rule;
  }
  rule.arch = k->arch;
  rule.advisory = m->advisory;
  if (b == FIXED_IN) rule.fixed = k->evr;
  if (b == FROM) rule.introduced = k->evr;
  if (b == UP_TO) rule.last = k->evr;
  if (state == PK_RULE_AFFECTED && m->has_state) {
    rule.state = m->state;
    rule.note = m->note;
  }
  return rule;
}

static pk_rc read_status(group *g, const pk_json_value *ids, size_t status, pk_err *err) {
  bound b = statuses[status].bound;
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = ids ? ids->first : NULL; rc == PK_OK && v; v = v->next) {
    pk_csaf_product *p = NULL;
    if (v->kind == PK_JSON_STRING) rc = wanted_product(g, v->text, &p, err);
    if (!p || (b != NO_VERSION && p->package.evr.n == 0)) continue;
    remark m = remark_about(g, v->text);
    if (b == FIXED_IN && p->package.is_source && pk_map_get(&g->with_binaries, binaries_key(g, p, m.advisory))) continue;
    pk_rule rule = rule_of(p, statuses[status].state, b, &m);
    rc = pk_vendor_rules_add(&g->rules, &rule, p->package.name, err);
    p->used_by = g->number;
  }
  return rc;
}

static pk_rc read_statuses(group *g, const pk_json_value *vulnerability, pk_err *err) {
  const pk_json_value *all = pk_json_get(vulnerability, "product_status");
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < STATUSES; i++)
    if (statuses[i].bound == FIXED_IN) rc = note_binaries(g, pk_json_get(all, statuses[i].key), err);
  for (size_t i = 0; rc == PK_OK && i < STATUSES; i++) rc = read_status(g, pk_json_get(all, statuses[i].key), i, err);
  return rc;
}

/* ---- severity, title, time ---- */

static void worse(pk_str *worst, pk_str word) {
  word = pk_str_trim(word);
  if (!pk_vendor_is_word(word)) return;
  if (worst->n == 0 || pk_vendor_severity_rank(word) > pk_vendor_severity_rank(*worst)) *worst = word;
}

typedef struct using {
  const group *g;
  bool is_used;
}
using;

static pk_rc look_for_use(void *arg, pk_str id, pk_err *err) {
  using *u = arg;
  pk_csaf_product *p = NULL;
  pk_rc rc = u->is_used ? PK_OK : pk_csaf_tree_find(&u->g->d->tree, id, &p, err);
  if (rc == PK_OK && p && p->used_by == u->g->number) u->is_used = true;
  return rc < 0 ? rc : PK_OK;
}

/* Impacts on products that rules are about. */
static pk_rc worst_impact(const group *g, const pk_json_value *vulnerability, pk_str *worst, pk_err *err) {
  const pk_json_value *threats = pk_json_get(vulnerability, "threats");
  pk_rc rc = PK_OK;
  for (const pk_json_value *t = threats ? threats->first : NULL; rc == PK_OK && t; t = t->next) {
    if (!pk_str_is(pk_json_text(t, "category"), "impact")) continue;
    using u = {.g = g};
    rc = pk_csaf_tree_ids(&g->d->tree, t, look_for_use, &u, err);
    if (rc == PK_NOTFOUND || u.is_used) worse(worst, pk_json_text(t, "details"));
    if (rc == PK_NOTFOUND) rc = PK_OK;
  }
  return rc;
}

static void worst_score(const pk_json_value *vulnerability, pk_str *worst) {
  static const char *const versions[] = {"cvss_v4", "cvss_v3"};
  const pk_json_value *scores = pk_json_get(vulnerability, "scores");
  for (const pk_json_value *s = scores ? scores->first : NULL; s; s = s->next)
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
      worse(worst, pk_json_text(pk_json_get(s, versions[i]), "baseSeverity"));
}

/* An advisory has a severity of its own, which is that of all its vulnerabilities together. */
static pk_rc find_severity(group *g, pk_str *ret, pk_err *err) {
  pk_str impact = PK_STR(""), aggregate = PK_STR(""), score = PK_STR("");
  pk_rc rc = PK_OK;
  worse(&aggregate, pk_json_text(pk_json_get(g->d->head, "aggregate_severity"), "text"));
  for (size_t i = 0; rc == PK_OK && i < g->n; i++) {
    rc = worst_impact(g, g->list[i], &impact, err);
    worst_score(g->list[i], &score);
  }
  if (rc != PK_OK) return rc;
  pk_str word = impact.n ? impact : aggregate;
  if (g->d->is_advisory && g->is_only && aggregate.n) word = aggregate;
  return pk_vendor_lower(word.n ? word : score, &g->arena, ret, err);
}

static pk_str description_of(const pk_json_value *vulnerability) {
  const pk_json_value *notes = pk_json_get(vulnerability, "notes");
  for (const pk_json_value *n = notes ? notes->first : NULL; n; n = n->next)
    if (pk_str_is(pk_json_text(n, "category"), "description")) return pk_json_text(n, "text");
  return PK_STR("");
}

/* Where the title of a statement is but the CVE's name, its description tells more. */
static pk_str find_title(const group *g) {
  pk_str of_document = pk_json_text(g->d->head, "title");
  if (g->d->is_advisory) return pk_vendor_title(of_document);
  pk_str title = pk_vendor_title(pk_json_text(g->list[0], "title"));
  if (title.n && pk_cve_number(title) == 0) return title;
  title = pk_vendor_title(description_of(g->list[0]));
  return title.n ? title : pk_vendor_title(of_document);
}

static int64_t find_time(const group *g) {
  const pk_json_value *tracking = pk_json_get(g->d->head, "tracking");
  const pk_str dates[] = {g->d->is_advisory ? PK_STR("") : pk_json_text(g->list[0], "release_date"),
                          g->d->is_advisory ? PK_STR("") : pk_json_text(g->list[0], "discovery_date"),
                          pk_json_text(tracking, "initial_release_date"), pk_json_text(tracking, "current_release_date")};
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    int64_t at = pk_vendor_time(dates[i]);
    if (at) return at;
  }
  return 0;
}

/* ---- a definition ---- */

static pk_str vulnerability_name(const pk_json_value *vulnerability) {
  pk_str cve = pk_json_text(vulnerability, "cve");
  const pk_json_value *ids = pk_json_get(vulnerability, "ids");
  if (cve.n == 0 && ids && ids->first) cve = pk_json_text(ids->first, "text");
  return pk_vendor_is_word(cve) ? cve : PK_STR("");
}

/* "CVE-2026-1", "RHSA-2026:1", "RHSA-2026:1 CVE-2026-1"; with a number behind it where the document has it twice. */
static pk_rc find_id(group *g, pk_str *ret, pk_err *err) {
  pk_str name = vulnerability_name(g->list[0]);
  bool is_own = g->d->is_advisory || name.n == 0, is_new = false;
  pk_buf text;
  pk_buf_init(&text, PK_DEFINITION_ID_MAX);
  pk_buf_str(&text, is_own ? g->d->id : name);
  if (g->d->is_advisory && !g->is_only && name.n) pk_buf_printf(&text, " %.*s", PK_FMT(name));
  size_t n = text.n;
  uint64_t times = *pk_map_put(&g->d->ids, pk_buf_view(&text), &is_new);
  while (!is_new && !text.over) {
    text.n = n;
    pk_buf_printf(&text, " %llu", (unsigned long long)(++times + 1));
    (void)pk_map_put(&g->d->ids, pk_buf_view(&text), &is_new);
  }
  pk_rc rc = PK_OK;
  if (text.over)
    rc = pk_err_set(err, PK_E_LIMIT, "ids together are longer than %zu bytes", PK_DEFINITION_ID_MAX);
  else if (!pk_arena_copy(&g->arena, pk_buf_view(&text), ret))
    rc = pk_vendor_full(err);
  if (rc == PK_OK) *pk_map_put(&g->d->ids, pk_str_sub(*ret, 0, n), NULL) = times;
  pk_buf_free(&text);
  return rc;
}

static pk_rc list_cves(group *g, pk_definition *d, pk_err *err) {
  pk_vendor_cves cves = {.arena = &g->arena};
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < g->n; i++) rc = pk_vendor_cves_add(&cves, vulnerability_name(g->list[i]), err);
  if (rc == PK_OK && !g->d->is_advisory) rc = pk_vendor_cves_add(&cves, g->d->id, err);
  return rc == PK_OK ? pk_vendor_cves_list(&cves, &d->cves, &d->n_cves, err) : rc;
}

static pk_rc hand_over(group *g, pk_err *err) {
  reader *r = g->d->reader;
  pk_definition d = {.class = g->d->is_advisory ? PK_STR("patch") : PK_STR("vulnerability"),
                     .advisory = g->d->is_advisory ? g->d->id : PK_STR(""),
                     .title = find_title(g),
                     .issued_at = find_time(g)};
  pk_rc rc = pk_vendor_rules_list(&g->rules, &d.rules, &d.n_rules, err);
  if (rc != PK_OK || d.n_rules == 0) return rc;
  rc = find_id(g, &d.id, err);
  if (rc == PK_OK) rc = find_severity(g, &d.severity, err);
  if (rc == PK_OK) rc = list_cves(g, &d, err);
  if (rc == PK_OK) rc = r->sink->definition(r->sink->arg, &d, err);
  if (rc == PK_OK) r->n_definitions++;
  return rc;
}

static pk_rc read_group(document *d, size_t number, bool is_only, const pk_json_value *const *list, size_t n, pk_err *err) {
  group g = {.d = d, .number = number, .is_only = is_only, .list = list, .n = n};
  pk_arena_init(&g.arena, RESULT_BYTES_MAX);
  pk_vendor_rules_init(&g.rules, &g.arena);
  pk_map_init(&g.remark_places, false);
  pk_map_init(&g.with_binaries, true);
  pk_buf_init(&g.key, 2 * PK_FIELD_MAX);
  pk_rc rc = read_remarks(&g, list[0], err);
  if (rc == PK_OK) rc = read_statuses(&g, list[0], err);
  if (rc == PK_OK) rc = hand_over(&g, err);
  pk_buf_free(&g.key);
  pk_map_fini(&g.with_binaries);
  pk_map_fini(&g.remark_places);
  pk_vendor_rules_fini(&g.rules);
  pk_arena_fini(&g.arena);
  return rc;
}

/* ---- which vulnerabilities go together ---- */

typedef struct member {
  const pk_json_value *vulnerability;
  size_t group, place;
} member;

typedef struct members {
  member *list;
  size_t n, cap, n_groups;
} members;

static int by_text(const void *a, const void *b) { return pk_str_cmp(*(const pk_str *)a, *(const pk_str *)b); }

static void append_sorted(const pk_json_value *ids, pk_buf *out) {
  pk_str *list = NULL;
  size_t n = 0, cap = 0;
  for (const pk_json_value *v = ids ? ids->first : NULL; v; v = v->next) {
    PK_GROW(list, n, cap);
    list[n++] = v->text;
  }
  if (n) qsort(list, n, sizeof *list, by_text);
  pk_buf_varint(out, n);
  for (size_t i = 0; i < n; i++) {
    pk_buf_varint(out, list[i].n);
    pk_buf_str(out, list[i]);
  }
  free(list);
}

/* A digest of the product status, the same for the same ids in any order. */
static pk_digest status_digest(const pk_json_value *vulnerability) {
  const pk_json_value *all = pk_json_get(vulnerability, "product_status");
  pk_buf text;
  pk_buf_init(&text, PK_DOCUMENT_BYTES_MAX);
  for (size_t i = 0; i < STATUSES; i++) append_sorted(pk_json_get(all, statuses[i].key), &text);
  pk_digest digest = pk_digest_of(pk_buf_view(&text));
  pk_buf_free(&text);
  return digest;
}

static void collect_members(const document *d, const pk_json_value *vulnerabilities, members *m) {
  pk_map groups;
  pk_map_init(&groups, true);
  for (const pk_json_value *v = vulnerabilities->first; v; v = v->next) {
    size_t number = m->n + 1;
    if (d->is_advisory) {
      pk_digest digest = status_digest(v);
      uint64_t *place = pk_map_put(&groups, (pk_str){(const char *)&digest, sizeof digest}, NULL);
      if (*place == 0) *place = groups.n;
      number = (size_t)*place;
    }
    if (number > m->n_groups) m->n_groups = number;
    PK_GROW(m->list, m->n, m->cap);
    m->list[m->n] = (member){.vulnerability = v, .group = number, .place = m->n};
    m->n++;
  }
  pk_map_fini(&groups);
}

static int by_group(const void *a, const void *b) {
  const member *x = a, *y = b;
  if (x->group != y->group) return x->group < y->group ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

static pk_rc read_vulnerabilities(document *d, const pk_json_value *vulnerabilities, pk_err *err) {
  members m = {0};
  collect_members(d, vulnerabilities, &m);
  if (m.n) qsort(m.list, m.n, sizeof *m.list, by_group);
  const pk_json_value **list = pk_calloc(m.n + 1, sizeof *list);
  for (size_t i = 0; i < m.n; i++) list[i] = m.list[i].vulnerability;
  pk_rc rc = PK_OK;
  for (size_t from = 0, to; rc == PK_OK && from < m.n; from = to) {
    for (to = from + 1; to < m.n && m.list[to].group == m.list[from].group;) to++;
    rc = read_group(d, m.list[from].group, m.n_groups == 1, list + from, to - from, err);
  }
  free(list);
  free(m.list);
  return rc;
}

/* ---- a document ---- */

/* Everything but statements about CVEs. openEuler calls its advisories statements: they bear an advisory's name. */
static bool is_advisory(const pk_json_value *head, pk_str id) {
  if (!pk_str_is_nocase(pk_json_text(head, "category"), "csaf_vex")) return true;
  return pk_cve_number(id) == 0 && pk_str_has(id, "-SA-");
}

static pk_rc check_head(const pk_json_value *head, pk_str id, pk_err *err) {
  pk_str version = pk_json_text(head, "csaf_version");
  if (id.n == 0) return pk_err_set(err, PK_E_SYNTAX, "no id in 'document.tracking': this is no CSAF document");
  if (!pk_vendor_is_word(id))
    return pk_err_set(err, PK_E_SYNTAX, "tracking id '%.*s' is too long or has blanks", PK_FMT(pk_vendor_cut(id, 80)));
  if (version.n && !pk_str_starts(version, "2."))
    return pk_err_set(err, PK_E_SYNTAX, "'%.*s': version '%.*s' of CSAF is not 2.x", PK_FMT(id),
                      PK_FMT(pk_vendor_cut(version, 20)));
  return PK_OK;
}

static pk_rc read_document(reader *r, const pk_json_value *root, pk_err *err) {
  const pk_json_value *head = pk_json_get(root, "document"), *tracking = pk_json_get(head, "tracking");
  const pk_json_value *vulnerabilities = pk_json_get(root, "vulnerabilities");
  document d = {.reader = r, .head = head, .id = pk_json_text(tracking, "id")};
  pk_rc rc = check_head(head, d.id, err);
  if (rc != PK_OK || !vulnerabilities) return rc; /* also statements that are taken back: VMaaS calls them deleted */
  d.is_advisory = is_advisory(head, d.id);
  pk_arena_init(&d.arena, PRODUCTS_BYTES_MAX);
  pk_csaf_tree_init(&d.tree, r->document->platforms, &d.arena);
  pk_map_init(&d.ids, true);
  rc = pk_csaf_tree_read(&d.tree, pk_json_get(root, "product_tree"), err);
  if (rc == PK_OK) rc = read_vulnerabilities(&d, vulnerabilities, err);
  if (rc < 0 && err) pk_err_prefix(err, "'%.*s': ", PK_FMT(d.id));
  pk_map_fini(&d.ids);
  pk_csaf_tree_fini(&d.tree);
  pk_arena_fini(&d.arena);
  return rc;
}

static pk_rc on_document(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  (void)path;
  return read_document(arg, value, err);
}

pk_rc pk_csaf_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  reader r = {.document = d, .sink = sink};
  pk_rc rc = pk_json_each_of_many(d->in, 0, JSON_BYTES_MAX, on_document, &r, err);
  return rc == PK_OK && r.n_definitions == 0 ? PK_UNCHANGED : rc;
}
