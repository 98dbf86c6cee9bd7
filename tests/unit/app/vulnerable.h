/* SPDX-License-Identifier: Apache-2.0
 *
 * vulnerable: a site (site.h) with feeds of definitions, and what its hosts are vulnerable to. */
#ifndef PK_TESTS_VULNERABLE_H
#define PK_TESTS_VULNERABLE_H

#include "app/site.h"

#include "app/verdicts.h"
#include "definitions.h"
#include "match/reduce.h"
#include "oval.h"

typedef struct site_feed {
  const char *name, *platform;
  bool unknown_counts, any_module;
} site_feed;

static inline void site_add_feed(site *s, const site_feed *f) {
  pk_feed feed;
  pk_feed_init(&feed);
  feed.type = PK_FEED_OVAL;
  pk_feed_set(&feed.name, pk_str_of(f->name));
  pk_feed_set(&feed.url, PK_STR("https://example.org/definitions"));
  pk_feed_set(&feed.platform, pk_str_of(f->platform));
  feed.unknown_counts = f->unknown_counts;
  feed.any_module = f->any_module;
  pk_rc added = pk_store_feed_add(s->store, &feed, &s->err);
  assert_true(added == PK_OK || added == PK_EXISTS);
  pk_feed_fini(&feed);
}

typedef struct site_exchange {
  site *site;
  pk_exchange *x;
  pk_feed_row feed;
  pk_reducer *reducer;
} site_exchange;

static inline site_exchange site_begin_definitions(site *s, const site_feed *f) {
  site_exchange e = {.site = s};
  site_add_feed(s, f);
  assert_ok(pk_store_feed_get(s->store, pk_str_of(f->name), &e.feed, &s->err), s->err);
  assert_ok(pk_judge_begin(s->judge, &s->err), s->err);
  assert_ok(pk_store_exchange_begin(s->store, e.feed.feed.id, true, &e.x, &s->err), s->err);
  return e;
}

static inline pk_rejudged site_end_definitions(site_exchange *e) {
  site *s = e->site;
  pk_definition_change change;
  pk_rejudged again = {0};
  assert_ok(pk_store_exchange_end(e->x, &change, &s->err), s->err);
  pk_store_exchange_free(&e->x);
  assert_ok(pk_judge_definitions(s->judge, pk_str_of(e->feed.feed.platform), &change, &again, &s->err), s->err);
  assert_ok(pk_judge_end(s->judge, PK_OK, &s->err), s->err);
  pk_definition_change_fini(&change);
  pk_feed_row_fini(&e->feed);
  return again;
}

/** Give a feed (made when it is new) these definitions and no others: lines as definitions.h has them, each of the document
 *  "d". Then judge again. */
static inline pk_rejudged site_define(site *s, const site_feed *f, const char *lines) {
  site_exchange e = site_begin_definitions(s, f);
  pk_buf text;
  pk_str rest = pk_str_of(lines), line;
  pk_buf_init(&text, 65536);
  while (pk_str_split(&rest, '\n', &line)) pk_buf_printf(&text, "d %.*s\n", PK_FMT(line));
  definition_put_lines(e.x, pk_buf_cstr(&text));
  pk_buf_free(&text);
  return site_end_definitions(&e);
}

static inline pk_rc site_put_reduced(void *arg, const pk_definition *d, pk_err *err) {
  site_exchange *e = arg;
  pk_definition own = *d;
  pk_rc rc = pk_reduce(e->reducer, &own, err);
  if (rc == PK_UNCHANGED) return PK_OK;
  return rc < 0 ? rc : definition_put(e->x, PK_STR("oval"), &own, err);
}

/** The same of an OVAL file. */
static inline pk_rejudged site_define_oval(site *s, const site_feed *f, pk_package_type type, const char *text) {
  site_exchange e = site_begin_definitions(s, f);
  e.reducer = pk_reducer_new(pk_str_of(f->platform), type);
  assert_ok(oval_read(text, site_put_reduced, &e, NULL, &s->err), s->err);
  pk_reducer_free(&e.reducer);
  return site_end_definitions(&e);
}

/** A definition of an OVAL file about a CVE. */
#define ABOUT(class, id, cve, criteria) DEFINITION_OF(class, id, "<reference source='CVE' ref_id='" cve "'/>", criteria)

static inline pk_rc site_take_profile(void *arg, const pk_host_row *row, pk_err *err) {
  pk_host_row *kept = arg;
  (void)err;
  kept->n_cves = row->n_cves;
  kept->profile_id = row->profile_id;
  return PK_OK;
}

/** The host as it is listed; only numbers are kept. */
static inline pk_host_row site_row(site *s, const char *name) {
  pk_host_row row = {.n_cves = -1};
  pk_scope all = {.everything = true};
  assert_ok(pk_store_hosts(s->store, &all, pk_str_of(name), site_take_profile, &row, &s->err), s->err);
  assert_true(row.n_cves >= 0);
  return row;
}

static inline int64_t site_cves(site *s, const char *name) { return site_row(s, name).n_cves; }

static inline int site_cmp_lines(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static inline pk_rc site_write_verdict(void *arg, const pk_verdict *v, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s %.*s %.*s %s", PK_FMT(v->package), PK_FMT(v->installed), PK_FMT(v->cve), pk_rule_state_name(v->state));
  if (v->fixed.n) pk_buf_printf(arg, " %.*s", PK_FMT(v->fixed));
  pk_buf_printf(arg, " (%.*s)\n", PK_FMT(v->feed));
  return PK_OK;
}

/** Lines "PACKAGE VERSION CVE STATE [FIXED] (FEED)" of a stored host, in order. */
static inline void assert_verdicts(site *s, const char *name, const char *want) {
  pk_arena arena;
  pk_judged_host host;
  pk_buf text, sorted;
  char *lines[64];
  size_t n = 0;
  pk_arena_init(&arena, (size_t)64 << 20);
  pk_buf_init(&text, 65536);
  pk_buf_init(&sorted, 65536);
  assert_ok(pk_verdicts_stored_host(s->store, site_row(s, name).profile_id, &arena, &host, &s->err), s->err);
  assert_ok(pk_verdicts_of(s->judge, &host, site_write_verdict, &text, &s->err), s->err);
  pk_str rest = pk_buf_view(&text), line;
  while (pk_str_split(&rest, '\n', &line)) {
    assert_true(n < 64);
    lines[n++] = pk_str_dup(line);
  }
  qsort(lines, n, sizeof *lines, site_cmp_lines);
  for (size_t i = 0; i < n; i++) {
    pk_buf_printf(&sorted, "%s\n", lines[i]);
    free(lines[i]);
  }
  assert_string_equal(pk_buf_cstr(&sorted), want);
  pk_buf_free(&text);
  pk_buf_free(&sorted);
  pk_arena_fini(&arena);
}

#endif
