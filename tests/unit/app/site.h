/* SPDX-License-Identifier: Apache-2.0
 *
 * site: a small Pakiti on a database file: configuration, store, intake, judge and repositories with content. */
#ifndef PK_TESTS_SITE_H
#define PK_TESTS_SITE_H

#include "unit.h"

#include "app/intake.h"

#define NOW 1795300000

typedef struct site {
  folder box;
  pk_config config;
  pk_store *store;
  pk_intake *intake;
  pk_judge *judge;
  pk_err err;
} site;

static inline void site_restart(site *s) {
  pk_intake_free(&s->intake);
  assert_ok(pk_intake_new(&s->config, s->store, &s->intake, &s->err), s->err);
}

static inline int site_set_up(void **state) {
  site *s = pk_calloc(1, sizeof *s);
  folder_make(&s->box);
  pk_config_init(&s->config);
  assert_ok(pk_config_set(&s->config, PK_STR("database"), pk_str_of(folder_path(&s->box, "pakiti.db")), &s->err), s->err);
  assert_ok(pk_store_open(s->config.database, PK_STORE_CREATE, &s->store, &s->err), s->err);
  s->judge = pk_judge_new(s->store);
  site_restart(s);
  *state = s;
  return 0;
}

static inline int site_tear_down(void **state) {
  site *s = *state;
  pk_judge_free(&s->judge);
  pk_intake_free(&s->intake);
  pk_store_close(&s->store);
  pk_config_fini(&s->config);
  folder_remove(&s->box);
  free(s);
  return 0;
}

/** Give a repository of this name (made when it is new) the content "name evr arch" a line; then judge again. */
static inline pk_rejudged site_publish(site *s, const char *name, const char *platform, pk_repository_class class,
                                       const char *offers) {
  pk_feed feed;
  pk_feed_init(&feed);
  pk_feed_set(&feed.name, pk_str_of(name));
  pk_feed_set(&feed.platform, pk_str_of(platform));
  feed.class = class;
  pk_rc added = pk_store_feed_add(s->store, &feed, &s->err);
  assert_true(added == PK_OK || added == PK_EXISTS);
  pk_feed_fini(&feed);
  pk_repository_content content;
  pk_repository_content_init(&content);
  pk_str rest = pk_str_of(offers), line;
  while (pk_str_split(&rest, '\n', &line)) {
    pk_offer o = {0};
    assert_true(pk_str_word(&line, &o.name) && pk_str_word(&line, &o.evr) && pk_str_word(&line, &o.arch));
    assert_int_equal(pk_repository_content_offer(&content, &o, NULL), PK_OK);
  }
  pk_feed_row row;
  pk_feed_change change;
  pk_rejudged again = {0};
  assert_ok(pk_store_feed_get(s->store, pk_str_of(name), &row, &s->err), s->err);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_store_feed_replace(s->store, &row, &content, "mark", NOW, &change, &s->err), s->err);
  assert_ok(pk_judge_names(s->judge, pk_str_of(platform), &change.names, &again, &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
  pk_map_fini(&change.names);
  pk_feed_row_fini(&row);
  pk_repository_content_fini(&content);
  return again;
}

static const pk_sender SENDER = {.address = {"192.0.2.1", 9}};

static inline void site_prepare(site *s, const char *body, pk_prepared *p) {
  pk_report_request request = {.body = pk_str_of(body)};
  assert_ok(pk_intake_prepare(s->intake, &SENDER, &request, NULL, p, &s->err), s->err);
}

/** Steps 2 and 3 and the commit; the profile's id. */
static inline int64_t site_receive(site *s, const char *body, bool *ret_new_set) {
  pk_prepared p;
  int64_t profile = 0;
  site_prepare(s, body, &p);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_intake_store(s->judge, s->store, &p, NOW, &profile, ret_new_set, &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
  pk_prepared_fini(&p);
  return profile;
}

typedef struct site_counts {
  int64_t n_packages, n_updates, n_security;
  bool reboot_pending;
  char platform[PK_PLATFORM_MAX + 1];
} site_counts;

static inline pk_rc site_take_counts(void *arg, const pk_host_row *row, pk_err *err) {
  site_counts *c = arg;
  (void)err;
  *c = (site_counts){row->n_packages, row->n_updates, row->n_security, row->reboot_pending, {0}};
  snprintf(c->platform, sizeof c->platform, "%.*s", PK_FMT(row->platform));
  return PK_OK;
}

static inline site_counts site_host(site *s, const char *name) {
  site_counts c = {-1, -1, -1, false, {0}};
  pk_scope all = {.everything = true};
  assert_ok(pk_store_hosts(s->store, &all, pk_str_of(name), site_take_counts, &c, &s->err), s->err);
  assert_true(c.n_packages >= 0);
  return c;
}

#define SITE_TEST(function) cmocka_unit_test_setup_teardown(function, site_set_up, site_tear_down)

#endif
