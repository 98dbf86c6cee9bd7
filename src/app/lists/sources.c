/* SPDX-License-Identifier: Apache-2.0
 *
 * sources: lists that come from the store: feeds, numbers over time, what vendors say of a CVE and why it holds. */
#include "app/lists/lists.h"
#include "app/verdicts.h"

#include <stdlib.h>

/* A feed whose last good fetch is older is stale. */
#define STALE_AFTER_S ((int64_t)3 * 86400)
/* More than any CVE has, even one of a kernel, whose rules name hundreds of packages each. */
#define STATEMENTS_MAX ((size_t)200000)

static bool keep(pk_arena *arena, pk_str *const *texts, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!pk_arena_copy(arena, *texts[i], texts[i])) return false;
  return true;
}

static void *grow(pk_arena *arena, void *rows, size_t n, size_t *cap, size_t size) { return pk_arena_grow(arena, &rows, n, cap, size) ? rows : NULL; }

/* ---- feeds ---- */

typedef struct feed_row {
  pk_str name, type, class, platform, url, suite, components, arch, health, error, refused;
  int64_t is_signed, held, failing, stale, packages, advisories, definitions, n_refused, last_try, last_good, last_change;
} feed_row;

#define FEED_FIELD(name, kind) PK_FIELD(feed_row, name, kind)
static const pk_list_field FEED_FIELDS[] = {
    FEED_FIELD(name, TEXT),    FEED_FIELD(type, TEXT),       FEED_FIELD(class, TEXT),        FEED_FIELD(platform, TEXT),
    FEED_FIELD(url, TEXT),     FEED_FIELD(suite, TEXT),      FEED_FIELD(components, TEXT),   FEED_FIELD(arch, TEXT),
    FEED_FIELD(health, TEXT),  FEED_FIELD(error, TEXT),      FEED_FIELD(held, BOOL),         FEED_FIELD(failing, BOOL),
    FEED_FIELD(stale, BOOL),   {"signed", PK_CELL_BOOL, offsetof(feed_row, is_signed)},     FEED_FIELD(packages, NUMBER),
    FEED_FIELD(advisories, NUMBER), FEED_FIELD(definitions, NUMBER), {"refused", PK_CELL_NUMBER, offsetof(feed_row, n_refused)},
    {"refused_documents", PK_CELL_TEXT, offsetof(feed_row, refused)}, FEED_FIELD(last_try, TIME), FEED_FIELD(last_good, TIME), FEED_FIELD(last_change, TIME),
};
const pk_list_kind pk_list_feeds = {"feeds", FEED_FIELDS, sizeof FEED_FIELDS / sizeof FEED_FIELDS[0], "-held,-failing,name", "name", NULL, NULL};

/* A password in an address is nobody's business. */
static pk_str without_password(pk_str url, pk_arena *arena) {
  size_t scheme = pk_str_find(url, ':'), at = scheme;
  pk_str rest = pk_str_sub(url, scheme + 3, url.n);
  pk_str authority = pk_str_sub(rest, 0, pk_str_find(rest, '/'));
  at = pk_str_rfind(authority, '@');
  if (scheme == url.n || at == authority.n) return url;
  pk_buf text;
  pk_str copy = PK_STR("");
  pk_buf_init(&text, url.n + 16);
  pk_buf_str(&text, pk_str_sub(url, 0, scheme + 3));
  pk_buf_puts(&text, "…@");
  pk_buf_str(&text, pk_str_sub(rest, at + 1, rest.n));
  if (!pk_arena_copy(arena, pk_buf_view(&text), &copy)) copy = PK_STR("");
  pk_buf_free(&text);
  return copy;
}

const char *pk_feed_health(const pk_feed_row *row) {
  if (row->is_held) return "held back, last good in force";
  if (*row->error) return row->good_at ? "failing, last good in force" : "failing";
  if (row->n_refused) return "good, but for refused documents";
  return row->good_at ? "good" : "never fetched";
}

static pk_rc add_feed(const pk_feed_row *from, int64_t now, pk_arena *arena, feed_row *to, pk_err *err) {
  const pk_feed *f = &from->feed;
  *to = (feed_row){.name = pk_str_of(f->name), .type = pk_str_of(pk_feed_type_name(f->type)), .class = pk_str_of(pk_repository_class_name(f->class)),
                   .platform = pk_str_of(f->platform), .url = without_password(pk_str_of(f->url), arena), .suite = pk_str_of(f->suite),
                   .components = pk_str_of(f->components), .arch = pk_str_of(f->arch), .health = pk_str_of(pk_feed_health(from)),
                   .error = pk_str_of(from->error), .refused = pk_str_of(from->refused), .is_signed = !f->is_unsigned, .held = from->is_held,
                   .failing = *from->error != '\0' && !from->is_held, .stale = from->good_at && now - from->good_at > STALE_AFTER_S,
                   .packages = from->n_offers, .advisories = from->n_advisories, .definitions = from->n_definitions, .n_refused = from->n_refused,
                   .last_try = from->tried_at, .last_good = from->good_at, .last_change = from->changed_at};
  pk_str *const texts[] = {&to->name, &to->platform, &to->url, &to->suite, &to->components, &to->arch, &to->error, &to->refused};
  return keep(arena, texts, sizeof texts / sizeof texts[0]) ? PK_OK : pk_rows_full(err);
}

pk_rc pk_rows_feeds(pk_store *store, int64_t now, pk_arena *arena, pk_rows *ret, pk_err *err) {
  pk_feed_row *list = NULL;
  size_t n = 0;
  pk_rc rc = pk_store_feed_list(store, &list, &n, err);
  if (rc != PK_OK) return rc;
  feed_row *rows = pk_arena_alloc(arena, n * sizeof *rows + 1);
  if (!rows) rc = pk_rows_full(err);
  for (size_t i = 0; i < n; i++) {
    if (rc == PK_OK) rc = add_feed(&list[i], now, arena, &rows[i], err);
    pk_feed_row_fini(&list[i]);
  }
  free(list);
  *ret = (pk_rows){&pk_list_feeds, NULL, rows, sizeof *rows, n};
  return rc;
}

/* ---- numbers over time ---- */

typedef struct trend_row {
  int64_t day;
  pk_group_counts n;
} trend_row;

static const pk_list_field TREND_FIELDS[] = {
    {"day", PK_CELL_DAY, offsetof(trend_row, day)},
    {"hosts", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts)},
    {"hosts_updates", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts_updates)},
    {"hosts_security", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts_security)},
    {"hosts_cves", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts_cves)},
    {"hosts_tagged", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts_tagged)},
    {"hosts_reboot", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts_reboot)},
    {"hosts_silent", PK_CELL_NUMBER, offsetof(trend_row, n.n_hosts_silent)},
    {"updates", PK_CELL_NUMBER, offsetof(trend_row, n.n_updates)},
    {"security", PK_CELL_NUMBER, offsetof(trend_row, n.n_security)},
    {"cves", PK_CELL_NUMBER, offsetof(trend_row, n.n_cves)},
};
const pk_list_kind pk_list_trend = {"trend", TREND_FIELDS, sizeof TREND_FIELDS / sizeof TREND_FIELDS[0], "day", "day", NULL, NULL};

/* A host's own: what else is known of it is not noted day by day. */
static const pk_list_field HOST_TREND_FIELDS[] = {
    {"day", PK_CELL_DAY, offsetof(trend_row, day)},
    {"updates", PK_CELL_NUMBER, offsetof(trend_row, n.n_updates)},
    {"security", PK_CELL_NUMBER, offsetof(trend_row, n.n_security)},
    {"cves", PK_CELL_NUMBER, offsetof(trend_row, n.n_cves)},
};
const pk_list_kind pk_list_host_trend = {"trend", HOST_TREND_FIELDS, sizeof HOST_TREND_FIELDS / sizeof HOST_TREND_FIELDS[0], "day", "day", NULL, NULL};

typedef struct trend_keeping {
  pk_arena *arena;
  trend_row *rows;
  size_t n, cap;
  int64_t from_day, to_day;
} trend_keeping;

static pk_rc keep_point(void *arg, const pk_trend_point *t, pk_err *err) {
  trend_keeping *k = arg;
  void *rows = grow(k->arena, k->rows, k->n, &k->cap, sizeof *k->rows);
  if (!rows) return pk_rows_full(err);
  k->rows = rows;
  k->rows[k->n++] = (trend_row){t->day, t->counts};
  return PK_OK;
}

pk_rc pk_rows_trend(pk_store *store, pk_group_kind kind, pk_str value, int64_t from_day, int64_t to_day, pk_arena *arena, pk_rows *ret,
                    pk_err *err) {
  trend_keeping k = {.arena = arena};
  pk_rc rc = pk_store_trend(store, kind, value, from_day, to_day, keep_point, &k, err);
  *ret = (pk_rows){&pk_list_trend, NULL, k.rows, sizeof *k.rows, k.n};
  return rc;
}

/* A profile's counts hold from their day until the next; those from before the host had it count from when it got it. */
static pk_rc keep_host_point(void *arg, const pk_host_point *p, pk_err *err) {
  trend_keeping *k = arg;
  int64_t day = p->day < p->from_at / 86400 ? p->from_at / 86400 : p->day;
  if ((p->until_at && day > p->until_at / 86400) || day > k->to_day) return PK_OK;
  if (day < k->from_day) day = k->from_day;
  trend_row row = {.day = day, .n = {.n_updates = p->n_updates, .n_security = p->n_security, .n_cves = p->n_cves}};
  if (k->n && k->rows[k->n - 1].day >= day) {
    k->rows[k->n - 1].n = row.n;
    return PK_OK;
  }
  void *rows = grow(k->arena, k->rows, k->n, &k->cap, sizeof *k->rows);
  if (!rows) return pk_rows_full(err);
  k->rows = rows;
  k->rows[k->n++] = row;
  return PK_OK;
}

pk_rc pk_rows_host_trend(pk_store *store, const pk_fleet_host *h, int64_t from_day, int64_t to_day, pk_arena *arena, pk_rows *ret, pk_err *err) {
  trend_keeping k = {.arena = arena, .from_day = from_day, .to_day = to_day};
  pk_rc rc = pk_store_host_trend(store, h->id, keep_host_point, &k, err);
  *ret = (pk_rows){&pk_list_host_trend, NULL, k.rows, sizeof *k.rows, k.n};
  return rc;
}

/* ---- statements ---- */

typedef struct statement_row {
  pk_str feed, definition, platform, package, kind, state, fixed, advisory, severity, title, note, introduced;
  int64_t issued, number;
} statement_row;

#define STATEMENT_FIELD(name, kind) PK_FIELD(statement_row, name, kind)
static const pk_list_field STATEMENT_FIELDS[] = {
    STATEMENT_FIELD(feed, TEXT),     STATEMENT_FIELD(platform, TEXT),   STATEMENT_FIELD(package, TEXT), STATEMENT_FIELD(kind, TEXT),
    STATEMENT_FIELD(state, TEXT),    STATEMENT_FIELD(introduced, TEXT), STATEMENT_FIELD(fixed, TEXT),   STATEMENT_FIELD(advisory, TEXT),
    STATEMENT_FIELD(severity, TEXT), STATEMENT_FIELD(definition, TEXT), STATEMENT_FIELD(title, TEXT),   STATEMENT_FIELD(note, TEXT),
    STATEMENT_FIELD(issued, TIME),   STATEMENT_FIELD(number, ID),
};
const pk_list_kind pk_list_statements = {"statements", STATEMENT_FIELDS, sizeof STATEMENT_FIELDS / sizeof STATEMENT_FIELDS[0], "platform,package,number",
                                         "number", NULL, NULL};

typedef struct statements {
  pk_arena *arena;
  statement_row *rows;
  size_t n, cap;
  pk_feed_row *feeds;
  size_t n_feeds;
} statements;

static pk_rc add_statement(statements *s, statement_row row, pk_err *err) {
  if (s->n == STATEMENTS_MAX) return pk_err_set(err, PK_E_LIMIT, "vendors say more than %zu things of the CVE", STATEMENTS_MAX);
  void *rows = grow(s->arena, s->rows, s->n, &s->cap, sizeof *s->rows);
  pk_str *const texts[] = {&row.definition, &row.platform, &row.package, &row.fixed, &row.advisory, &row.severity, &row.title, &row.note,
                           &row.introduced, &row.feed};
  if (!rows || !keep(s->arena, texts, sizeof texts / sizeof texts[0])) return pk_rows_full(err);
  s->rows = rows;
  row.number = (int64_t)s->n + 1;
  s->rows[s->n++] = row;
  return PK_OK;
}

static pk_rc keep_definition(void *arg, const pk_definition_row *row, pk_err *err) {
  statements *s = arg;
  const pk_definition *d = &row->d;
  const pk_feed *feed = NULL;
  for (size_t i = 0; i < s->n_feeds; i++)
    if (s->feeds[i].feed.id == row->feed_id) feed = &s->feeds[i].feed;
  if (!feed) return PK_OK;
  statement_row base = {.feed = pk_str_of(feed->name), .definition = d->id, .platform = pk_str_of(feed->platform), .package = PK_STR(""),
                        .kind = PK_STR("host"), .state = pk_str_of(pk_rule_state_name(pk_str_is(d->class, "patch") ? PK_RULE_FIXED : PK_RULE_AFFECTED)),
                        .fixed = PK_STR(""), .advisory = d->advisory, .severity = d->severity, .title = d->title, .note = PK_STR(""),
                        .introduced = PK_STR(""), .issued = d->issued_at};
  if (d->criteria) return add_statement(s, base, err);
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < d->n_rules; i++) {
    const pk_rule *r = &d->rules[i];
    for (size_t k = 0; rc == PK_OK && k < r->n_names; k++) {
      statement_row one = base;
      one.package = r->names[k];
      one.kind = r->is_source ? PK_STR("source") : PK_STR("binary");
      one.state = pk_str_of(pk_rule_state_name(r->state));
      one.introduced = r->introduced;
      one.fixed = r->fixed;
      one.note = r->note;
      if (r->platform.n) one.platform = r->platform;
      if (r->advisory.n) one.advisory = r->advisory;
      rc = add_statement(s, one, err);
    }
  }
  return rc;
}

pk_rc pk_rows_statements(pk_store *store, int64_t cve, pk_arena *arena, pk_rows *ret, pk_err *err) {
  statements s = {.arena = arena};
  pk_arena scratch;
  pk_arena_init(&scratch, (size_t)256 << 20);
  pk_rc rc = pk_store_feed_list(store, &s.feeds, &s.n_feeds, err);
  if (rc == PK_OK) rc = pk_store_definitions_of_cve(store, cve, &scratch, keep_definition, &s, err);
  pk_arena_fini(&scratch);
  for (size_t i = 0; i < s.n_feeds; i++) pk_feed_row_fini(&s.feeds[i]);
  free(s.feeds);
  *ret = (pk_rows){&pk_list_statements, NULL, s.rows, sizeof *s.rows, s.n};
  return rc;
}

/* ---- explanations ---- */

typedef struct explanation_row {
  int64_t vulnerable, exception, feed_date, number;
  pk_str reason, package, arch, installed, source, source_version, rule, order, because, state, definition, title, advisory, severity, fixed, note, feed, approximate;
} explanation_row;

#define EXPLANATION_FIELD(name, kind) PK_FIELD(explanation_row, name, kind)
static const pk_list_field EXPLANATION_FIELDS[] = {
    EXPLANATION_FIELD(vulnerable, BOOL), EXPLANATION_FIELD(package, TEXT),        EXPLANATION_FIELD(arch, TEXT),       EXPLANATION_FIELD(installed, TEXT),
    EXPLANATION_FIELD(because, TEXT),    EXPLANATION_FIELD(rule, TEXT),           EXPLANATION_FIELD(order, TEXT),      EXPLANATION_FIELD(state, TEXT),
    EXPLANATION_FIELD(fixed, TEXT),      EXPLANATION_FIELD(source, TEXT),         EXPLANATION_FIELD(source_version, TEXT), EXPLANATION_FIELD(definition, TEXT),
    EXPLANATION_FIELD(title, TEXT),      EXPLANATION_FIELD(advisory, TEXT),       EXPLANATION_FIELD(severity, TEXT),   EXPLANATION_FIELD(note, TEXT),
    EXPLANATION_FIELD(feed, TEXT),       EXPLANATION_FIELD(feed_date, TIME),      EXPLANATION_FIELD(approximate, TEXT), EXPLANATION_FIELD(exception, ID),
    EXPLANATION_FIELD(reason, TEXT),     EXPLANATION_FIELD(number, ID),
};
const pk_list_kind pk_list_explanations = {"explanations", EXPLANATION_FIELDS, sizeof EXPLANATION_FIELDS / sizeof EXPLANATION_FIELDS[0],
                                           "-vulnerable,number", "number", NULL, NULL};

typedef struct explaining {
  pk_arena *arena;
  const pk_fleet_stand *stand; /* of the host */
  const pk_fleet_cve *cve;     /* NULL: it hits nothing in the fleet */
  explanation_row *rows;
  size_t n, cap;
} explaining;

/* The exception that takes a finding away from the host; NULL: it counts. */
static const pk_exception *excepted(const explaining *x, const pk_explanation *e) {
  for (size_t i = 0; e->vulnerable && x->cve && i < x->stand->profile->n_vulnerable; i++) {
    const pk_fleet_verdict *v = x->stand->profile->vulnerable[i];
    const pk_package *p = v->package ? &v->package->package : NULL;
    bool same = p ? pk_str_eq(p->name, e->package) && pk_str_eq(p->evr, e->installed) && pk_str_eq(p->arch, e->arch) : !e->package.n;
    if (same) return pk_fleet_excepted(x->stand, v, x->cve);
  }
  return NULL;
}

static pk_rc keep_explanation(void *arg, const pk_explanation *e, pk_err *err) {
  explaining *x = arg;
  const pk_exception *exception = excepted(x, e);
  explanation_row row = {.exception = exception ? exception->id : 0, .reason = exception ? exception->reason : PK_STR(""), .vulnerable = e->vulnerable, .feed_date = e->feed_at, .number = (int64_t)x->n + 1, .package = e->package, .arch = e->arch,
                         .installed = e->installed, .source = e->source, .source_version = e->source_evr, .rule = e->rule,
                         .order = pk_str_of(e->order), .because = pk_str_of(e->because), .state = pk_str_of(pk_rule_state_name(e->state)),
                         .definition = e->definition, .title = e->title, .advisory = e->advisory, .severity = e->severity, .fixed = e->fixed,
                         .note = e->note, .feed = e->feed, .approximate = e->approximate};
  pk_str *const texts[] = {&row.package, &row.arch,  &row.installed, &row.source,   &row.source_version, &row.rule, &row.definition,
                           &row.title,   &row.advisory, &row.severity, &row.fixed, &row.note,           &row.feed, &row.approximate};
  void *rows = grow(x->arena, x->rows, x->n, &x->cap, sizeof *x->rows);
  if (!rows || !keep(x->arena, texts, sizeof texts / sizeof texts[0])) return pk_rows_full(err);
  x->rows = rows;
  x->rows[x->n++] = row;
  return PK_OK;
}

pk_rc pk_rows_explanations(pk_store *store, const pk_fleet *f, const pk_fleet_host *h, int64_t cve, pk_arena *arena, pk_rows *ret, pk_err *err) {
  explaining x = {.arena = arena, .stand = &f->stands[h->stand], .cve = pk_fleet_cve_of(f, cve)};
  pk_judged_host host;
  pk_judge *judge = pk_judge_new(store);
  pk_rc rc = pk_verdicts_stored_host(store, f->stands[h->stand].profile->id, arena, &host, err);
  if (rc == PK_OK) rc = pk_verdicts_explain(judge, store, &host, cve, keep_explanation, &x, err);
  pk_judge_free(&judge);
  *ret = (pk_rows){&pk_list_explanations, NULL, x.rows, sizeof *x.rows, x.n};
  return rc;
}
