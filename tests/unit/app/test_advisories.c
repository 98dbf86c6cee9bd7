/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "app/advisories.h"

typedef struct fixture {
  folder box;
  pk_store *store;
  int64_t feed;
  pk_repository_content content;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  pk_feed feed;
  pk_feed_row row;
  folder_make(&f->box);
  assert_ok(pk_store_open(folder_path(&f->box, "pakiti.db"), PK_STORE_CREATE, &f->store, &f->err), f->err);
  pk_feed_init(&feed);
  feed.type = PK_FEED_RPMMD;
  pk_feed_set(&feed.name, PK_STR("repo"));
  pk_feed_set(&feed.platform, PK_STR("almalinux:9"));
  assert_ok(pk_store_feed_add(f->store, &feed, &f->err), f->err);
  pk_feed_fini(&feed);
  assert_ok(pk_store_feed_get(f->store, PK_STR("repo"), &row, &f->err), f->err);
  f->feed = row.feed.id;
  pk_feed_row_fini(&row);
  pk_repository_content_init(&f->content);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_repository_content_fini(&f->content);
  pk_store_close(&f->store);
  folder_remove(&f->box);
  free(f);
  return 0;
}

static void add_advisory(fixture *f, const char *id, const char *cves) {
  const pk_advisory a = {.id = pk_str_of(id),
                         .type = PK_STR("security"),
                         .severity = PK_STR("Important"),
                         .title = PK_STR("A title"),
                         .cves = pk_str_of(cves),
                         .issued_at = 1795300000};
  assert_int_equal(pk_repository_content_advisory(&f->content, &a, NULL), PK_OK);
}

/* Lines "ADVISORY NAME VERSION ARCH [MODULE]"; '-' for no advisory. */
static void add_builds(fixture *f, const char *lines) {
  pk_str rest = pk_str_of(lines), line;
  while (pk_str_split(&rest, '\n', &line)) {
    pk_offer o = {0};
    assert_true(pk_str_word(&line, &o.advisory) && pk_str_word(&line, &o.name) && pk_str_word(&line, &o.evr) &&
                pk_str_word(&line, &o.arch));
    (void)pk_str_word(&line, &o.module);
    if (pk_str_is(o.advisory, "-")) o.advisory = PK_STR("");
    assert_int_equal(pk_repository_content_offer(&f->content, &o, NULL), PK_OK);
  }
}

/* What is stored: "ID|class|advisory|severity|title|CVE,CVE: name,name VERSION ARCH MODULE; …" */
static pk_rc write_definition(fixture *f, int64_t id, pk_buf *out) {
  pk_arena arena;
  pk_definition_row row;
  pk_arena_init(&arena, (size_t)1 << 20);
  pk_rc rc = pk_store_definition_get(f->store, id, &arena, &row, &f->err);
  const pk_definition *d = &row.d;
  if (rc == PK_OK) {
    pk_buf_printf(out, "%.*s|%.*s|%.*s|%.*s|%.*s|", PK_FMT(d->id), PK_FMT(d->class), PK_FMT(d->advisory), PK_FMT(d->severity),
                  PK_FMT(d->title));
    for (size_t i = 0; i < d->n_cves; i++) pk_buf_printf(out, "%s%.*s", i ? "," : "", PK_FMT(d->cves[i]));
    for (size_t i = 0; i < d->n_rules; i++) {
      const pk_rule *r = &d->rules[i];
      pk_buf_puts(out, i ? "; " : ": ");
      for (size_t k = 0; k < r->n_names; k++) pk_buf_printf(out, "%s%.*s", k ? "," : "", PK_FMT(r->names[k]));
      pk_buf_printf(out, " %.*s %.*s %.*s", PK_FMT(r->fixed), PK_FMT(r->arch), PK_FMT(r->module));
      assert_int_equal(r->state, PK_RULE_FIXED);
      assert_false(r->is_source);
      assert_int_equal(r->platform.n, 0); /* the feed's */
    }
    assert_int_equal(d->issued_at, 1795300000);
    pk_buf_putc(out, '\n');
  }
  pk_arena_fini(&arena);
  return rc;
}

static void assert_put(fixture *f, const char *want) {
  pk_exchange *x = NULL;
  pk_definition_change change;
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_store_begin(f->store, &f->err), f->err);
  assert_ok(pk_store_exchange_begin(f->store, f->feed, true, &x, &f->err), f->err);
  assert_ok(pk_advisories_put(x, &f->content, &f->err), f->err);
  assert_ok(pk_store_exchange_end(x, &change, &f->err), f->err);
  pk_definition_change_fini(&change);
  pk_store_exchange_free(&x);
  assert_ok(pk_store_commit(f->store, &f->err), f->err);
  for (int64_t id = 1; write_definition(f, id, &out) == PK_OK;) id++;
  assert_string_equal(pk_buf_cstr(&out), want);
  pk_buf_free(&out);
}

static void test_put_when_builds_are_announced_then_one_definition_an_advisory(void **state) {
  fixture *f = *state;
  add_advisory(f, "ALSA-2", "CVE-2024-0003");
  add_advisory(f, "ALSA-1", "CVE-2024-0001 CVE-2024-0002");
  add_builds(f, "- bash 0:5.1-1 x86_64\nALSA-1 bash 0:5.1-2 x86_64\nALSA-2 zsh 0:5.8-9 x86_64\nALSA-1 bash-doc 0:5.1-2 noarch");
  assert_put(f,
             "ALSA-1|patch|ALSA-1|important|A title|CVE-2024-0001,CVE-2024-0002: bash-doc 0:5.1-2 noarch ; bash 0:5.1-2 x86_64 \n"
             "ALSA-2|patch|ALSA-2|important|A title|CVE-2024-0003: zsh 0:5.8-9 x86_64 \n");
}

static void test_put_when_builds_are_alike_then_one_rule(void **state) {
  fixture *f = *state;
  add_advisory(f, "A", "");
  add_builds(f, "A nodejs-docs 1:20-1 noarch nodejs:20\nA nodejs 1:20-1 x86_64 nodejs:20\nA npm 1:10-1 x86_64 nodejs:20\nA "
                "nodejs-devel 1:20-1 x86_64 nodejs:20\nA nodejs 1:18-1 x86_64 nodejs:18");
  assert_put(f, "A|patch|A|important|A title|: npm 1:10-1 x86_64 nodejs:20; nodejs 1:18-1 x86_64 nodejs:18; nodejs-docs 1:20-1 "
                "noarch nodejs:20; "
                "nodejs,nodejs-devel 1:20-1 x86_64 nodejs:20\n");
}

static void test_put_when_an_advisory_announces_nothing_or_is_not_there_then_no_definition(void **state) {
  fixture *f = *state;
  add_advisory(f, "EMPTY", "CVE-2024-0001");
  add_builds(f, "GONE bash 0:5.1-2 x86_64\n- bash 0:5.1-1 x86_64");
  assert_put(f, "");
}

static void test_put_when_the_repository_is_empty_then_no_definition(void **state) { assert_put(*state, ""); }

static void test_put_when_the_order_of_builds_changes_then_the_same_definition(void **state) {
  fixture *f = *state;
  add_advisory(f, "A", "");
  add_builds(f, "A b 0:1-1 x86_64\nA a 0:1-1 x86_64\nA c 0:1-1 aarch64");
  assert_put(f, "A|patch|A|important|A title|: c 0:1-1 aarch64 ; a,b 0:1-1 x86_64 \n");
  pk_repository_content_fini(&f->content);
  pk_repository_content_init(&f->content);
  add_advisory(f, "A", "");
  add_builds(f, "A c 0:1-1 aarch64\nA a 0:1-1 x86_64\nA b 0:1-1 x86_64");
  assert_put(f,
             "A|patch|A|important|A title|: c 0:1-1 aarch64 ; a,b 0:1-1 x86_64 \n"); /* of the same id: nothing was exchanged */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_put_when_builds_are_announced_then_one_definition_an_advisory),
      TEST(test_put_when_builds_are_alike_then_one_rule),
      TEST(test_put_when_an_advisory_announces_nothing_or_is_not_there_then_no_definition),
      TEST(test_put_when_the_repository_is_empty_then_no_definition),
      TEST(test_put_when_the_order_of_builds_changes_then_the_same_definition),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
