/* SPDX-License-Identifier: Apache-2.0
 *
 * rows: the fleet of a site (vulnerable.h) at a moment, questions about it, and rows of lists as text:
 *
 *   CELL CELL …; CELL CELL …;     '-' for nothing, commas between several texts of a cell, times relative to NOW */
#ifndef PK_TESTS_ROWS_H
#define PK_TESTS_ROWS_H

#include "app/vulnerable.h"

#include "app/lists/lists.h"

#define DEBIAN(host, headers) "#\narch: x86_64\nhost: " host "\npackager: dpkg\nsystem: Debian 12\n" headers "#\n"
#define RHEL(host, headers)                                                                                                      \
  "#\narch: x86_64\nhost: " host "\npackager: rpm\nsystem: Red Hat Enterprise Linux 9.4 (Plow)\n" headers "#\n"
#define DAY 86400

static const pk_scope ALL = {.everything = true};
static const site_feed FEED = {.name = "vendor", .platform = "debian:12"}, OTHER = {.name = "other", .platform = "debian:12"},
                       RHEL_FEED = {.name = "rhel", .platform = "rhel:9"};

static inline int64_t cve(const char *name) { return pk_cve_number(pk_str_of(name)); }

/** A report that comes at another time than NOW. */
static inline void site_receive_at(site *s, int64_t at, const char *body) {
  pk_prepared p;
  int64_t profile = 0;
  site_prepare(s, body, &p);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_intake_store(s->judge, s->store, &p, at, &profile, NULL, &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
  pk_prepared_fini(&p);
}

/* ---- what people decide ---- */

static inline void site_tag(site *s, const char *name, const char *tag, bool enabled) {
  const pk_cve_tag t = {.cve = cve(name),
                        .tag = pk_str_of(tag),
                        .reason = PK_STR("a reason"),
                        .url = PK_STR(""),
                        .enabled = enabled,
                        .modified_by = PK_STR("me"),
                        .modified_at = NOW};
  assert_ok(pk_store_tag_put(s->store, &t, &s->err), s->err);
}

/** Texts that are not given are "". */
static inline int64_t site_except(site *s, pk_exception e) {
  int64_t id = 0;
  pk_str *const texts[] = {&e.package, &e.version, &e.arch, &e.platform, &e.group_value, &e.reason, &e.approver};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!texts[i]->p) *texts[i] = PK_STR("");
  assert_ok(pk_store_exception_add(s->store, &e, &id, &s->err), s->err);
  return id;
}

static inline void site_set(site *s, const char *name, const char *value) {
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_settings_put(s->store, pk_str_of(name), pk_str_of(value), &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
}

/** Give a feed these facts and nothing else. */
static inline void site_facts(site *s, const site_feed *feed, const pk_cve_fact *facts, size_t n) {
  site_exchange e = site_begin_definitions(s, feed);
  for (size_t i = 0; i < n; i++) assert_ok(pk_store_exchange_cve(e.x, &facts[i], &s->err), s->err);
  site_end_definitions(&e);
}
/** All that must be said of a fact; `score`: CVSS in tenths, -1 none. */
#define FACT(name, score)                                                                                                        \
  .cve = PK_STR(name), .cvss = score, .epss = -1, .epss_rank = -1, .cvss_vector = PK_STR(""), .title = PK_STR(""),               \
  .ssvc = PK_STR("")

/** Give a feed this definition and no other; texts that are not given are "". */
static inline void site_put_definition(site *s, const site_feed *feed, pk_definition d) {
  site_exchange e = site_begin_definitions(s, feed);
  pk_str *const texts[] = {&d.class, &d.advisory, &d.severity, &d.title};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!texts[i]->p) *texts[i] = PK_STR("");
  assert_ok(definition_put(e.x, PK_STR("document"), &d, &s->err), s->err);
  site_end_definitions(&e);
}

/* ---- a fleet and a question about it ---- */

typedef struct view {
  site *site;
  pk_fleet *fleet;
  pk_arena arena;
  pk_chosen chosen;
  pk_list_wanted wanted;
} view;

/** "name=value&name=value" of a filter. */
static inline void view_choose(view *v, const char *parameters) {
  pk_filter filter = {0};
  pk_str rest = pk_str_of(parameters), one;
  while (pk_str_split(&rest, '&', &one)) {
    size_t at = pk_str_find(one, '=');
    assert_ok(pk_filter_take(&filter, pk_str_sub(one, 0, at), pk_str_sub(one, at + 1, one.n), NOW, &v->site->err), v->site->err);
  }
  assert_ok(pk_filter_choose(&filter, v->fleet, &ALL, &v->arena, &v->chosen, &v->site->err), v->site->err);
}

static inline void view_of_fleet(view *v, site *s, pk_fleet *fleet) {
  *v = (view){.site = s, .fleet = fleet, .wanted = {.exploited = -1, .fixed = -1, .tagged = -1}};
  pk_arena_init(&v->arena, (size_t)1 << 30);
  view_choose(v, "");
}

static inline void view_open(view *v, site *s) {
  pk_fleet *fleet = NULL;
  assert_ok(pk_fleet_load(s->store, NOW, &fleet, &s->err), s->err);
  view_of_fleet(v, s, fleet);
}

static inline void view_close(view *v) {
  pk_arena_fini(&v->arena);
  pk_fleet_free(&v->fleet);
}

static inline const pk_fleet_host *view_host(const view *v, const char *key) {
  const pk_fleet_host *h = pk_fleet_host_of(v->fleet, &ALL, pk_str_of(key));
  assert_non_null(h);
  return h;
}

static inline const pk_fleet_stand *view_stand(const view *v, const char *key) {
  return &v->fleet->stands[view_host(v, key)->stand];
}

static inline const pk_fleet_cve *view_cve(const view *v, const char *name) {
  const pk_fleet_cve *c = pk_fleet_cve_of(v->fleet, cve(name));
  assert_non_null(c);
  return c;
}

/* ---- rows as text ---- */

static inline int cmp_texts(const void *a, const void *b) { return pk_str_cmp(*(const pk_str *)a, *(const pk_str *)b); }

/* Several texts are a set: in order here. */
static inline void write_texts(pk_buf *out, pk_texts texts) {
  pk_str *list = pk_calloc(texts.n + 1, sizeof *list);
  if (texts.n) memcpy(list, texts.list, texts.n * sizeof *list);
  qsort(list, texts.n, sizeof *list, cmp_texts);
  for (size_t i = 0; i < texts.n; i++) pk_buf_printf(out, "%s%.*s", i ? "," : "", PK_FMT(list[i]));
  if (!texts.n) pk_buf_putc(out, '-');
  free(list);
}

static inline void write_cell(pk_buf *out, pk_cell_kind kind, const pk_cell *v) {
  bool is_text = kind == PK_CELL_TEXT || kind == PK_CELL_RANK || kind == PK_CELL_VERSION;
  if (is_text)
    pk_buf_str(out, v->text.n ? v->text : PK_STR("-"));
  else if (kind == PK_CELL_TIME && v->number)
    pk_buf_printf(out, "%+lld", (long long)(v->number - NOW));
  else if (kind == PK_CELL_TEXTS)
    write_texts(out, v->texts);
  else
    pk_buf_printf(out, "%lld", (long long)v->number);
}

static inline void write_row(pk_buf *out, const pk_rows *rows, const pk_list_order *order, size_t place) {
  for (size_t k = 0; k < order->n_fields; k++) {
    pk_cell v;
    pk_list_cell(rows, (const char *)rows->rows + place * rows->size, order->fields[k], &v);
    if (k) pk_buf_putc(out, ' ');
    write_cell(out, rows->kind->fields[order->fields[k]].kind, &v);
  }
  pk_buf_puts(out, "; ");
}

static inline void assert_rows(const pk_rows *rows, const char *sort, const char *fields, const char *want) {
  pk_arena arena;
  pk_list_order order;
  pk_buf out;
  pk_err err;
  const size_t *places = NULL;
  pk_arena_init(&arena, (size_t)64 << 20);
  pk_buf_init(&out, (size_t)1 << 20);
  assert_ok(pk_list_order_of(rows->kind, pk_str_of(sort), pk_str_of(fields), &order, &err), err);
  assert_ok(pk_list_sorted(rows, &order, &arena, &places, &err), err);
  size_t *all = pk_calloc(rows->n + 1, sizeof *all);
  if (rows->n) memcpy(all, places, rows->n * sizeof *all);
  if (rows->kind->fill)
    assert_ok(rows->kind->fill(rows->context, (void *)(uintptr_t)rows->rows, all, rows->n, &arena, &err), err);
  for (size_t i = 0; i < rows->n; i++) write_row(&out, rows, &order, all[i]);
  free(all);
  if (strcmp(pk_buf_cstr(&out), want) != 0)
    fail_msg("%s (%s): '%s', should be '%s'", rows->kind->name, fields, pk_buf_cstr(&out), want);
  pk_buf_free(&out);
  pk_arena_fini(&arena);
}

/** The hosts that are chosen by these parameters, by name. */
static inline void assert_chosen(view *v, const char *parameters, const char *want) {
  pk_rows rows;
  view_choose(v, parameters);
  assert_ok(pk_rows_hosts(&v->chosen, &v->arena, &rows, &v->site->err), v->site->err);
  assert_rows(&rows, "name", "name", want);
}

#endif
