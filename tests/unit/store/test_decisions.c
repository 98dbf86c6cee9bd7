/* SPDX-License-Identifier: Apache-2.0
 *
 * Tags of CVEs, exceptions and settings. A second engine runs the same cases. */
#include "unit.h"

#include "store/store.h"

typedef struct fixture {
  folder box;
  pk_store *store;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  assert_ok(pk_store_open(folder_path(&f->box, "pakiti.db"), PK_STORE_CREATE, &f->store, &f->err), f->err);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_store_close(&f->store);
  folder_remove(&f->box);
  free(f);
  return 0;
}

#define ONE 2024000000000001
#define TWO 2024000000000002

/* ---- tags ---- */

static pk_rc write_tag(void *arg, const pk_cve_tag *t, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%lld %.*s '%.*s' '%.*s' %d %.*s %lld; ", (long long)t->cve, PK_FMT(t->tag), PK_FMT(t->reason),
                PK_FMT(t->url), t->enabled, PK_FMT(t->modified_by), (long long)t->modified_at);
  return PK_OK;
}

static void assert_tags(fixture *f, const char *want) {
  pk_buf text;
  pk_buf_init(&text, 65536);
  assert_ok(pk_store_tags(f->store, write_tag, &text, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static void put_tag(fixture *f, int64_t cve, const char *tag, const char *reason, bool enabled, int64_t at) {
  const pk_cve_tag t = {.cve = cve,
                        .tag = pk_str_of(tag),
                        .reason = pk_str_of(reason),
                        .url = PK_STR("https://x"),
                        .enabled = enabled,
                        .modified_by = PK_STR("me"),
                        .modified_at = at};
  assert_ok(pk_store_tag_put(f->store, &t, &f->err), f->err);
}

static void test_tags_when_put_then_by_cve_and_name(void **state) {
  fixture *f = *state;
  assert_tags(f, "");
  put_tag(f, TWO, "Critical", "why", true, 5);
  put_tag(f, ONE, "High", "", false, 6);
  put_tag(f, ONE, "Critical", "ě'; DROP TABLE cve_tag", true, 7);
  assert_tags(
      f, "2024000000000001 Critical 'ě'; DROP TABLE cve_tag' 'https://x' 1 me 7; 2024000000000001 High '' 'https://x' 0 me 6; "
         "2024000000000002 Critical 'why' 'https://x' 1 me 5; ");
}

static void test_tag_when_put_again_then_replaced(void **state) {
  fixture *f = *state;
  put_tag(f, ONE, "High", "old", true, 5);
  put_tag(f, ONE, "High", "new", false, 6);
  assert_tags(f, "2024000000000001 High 'new' 'https://x' 0 me 6; ");
}

static void test_tag_when_removed_then_only_that_one(void **state) {
  fixture *f = *state;
  put_tag(f, ONE, "High", "", true, 5);
  put_tag(f, ONE, "Low", "", true, 5);
  put_tag(f, TWO, "High", "", true, 5);
  assert_ok(pk_store_tag_remove(f->store, ONE, PK_STR("High"), &f->err), f->err);
  assert_tags(f, "2024000000000001 Low '' 'https://x' 1 me 5; 2024000000000002 High '' 'https://x' 1 me 5; ");
  assert_int_equal(pk_store_tag_remove(f->store, ONE, PK_STR("High"), &f->err), PK_NOTFOUND);
  assert_int_equal(pk_store_tag_remove(f->store, TWO, PK_STR("high"), &f->err), PK_NOTFOUND);
}

static pk_rc stop_at_once(void *arg, const pk_cve_tag *t, pk_err *err) {
  (void)t;
  ++*(int *)arg;
  return pk_err_set(err, PK_E_STOPPED, "enough");
}

static void test_tags_when_the_visitor_ends_it_then_its_result(void **state) {
  fixture *f = *state;
  int n = 0;
  put_tag(f, ONE, "High", "", true, 5);
  put_tag(f, TWO, "High", "", true, 5);
  assert_fault(pk_store_tags(f->store, stop_at_once, &n, &f->err), f->err, PK_E_STOPPED, "enough");
  assert_int_equal(n, 1);
  put_tag(f, TWO, "High", "", true, 6); /* nothing is left open */
}

/* ---- exceptions ---- */

static pk_rc write_exception(void *arg, const pk_exception *e, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%lld: %lld '%.*s' '%.*s' '%.*s' '%.*s' %s '%.*s' '%.*s' '%.*s' %lld %lld; ", (long long)e->id,
                (long long)e->cve, PK_FMT(e->package), PK_FMT(e->version), PK_FMT(e->arch), PK_FMT(e->platform),
                pk_group_kind_name(e->group_kind), PK_FMT(e->group_value), PK_FMT(e->reason), PK_FMT(e->approver),
                (long long)e->created_at, (long long)e->expires_at);
  return PK_OK;
}

static void assert_exceptions(fixture *f, const char *want) {
  pk_buf text;
  pk_buf_init(&text, 65536);
  assert_ok(pk_store_exceptions(f->store, write_exception, &text, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static pk_exception exception(const char *package, pk_group_kind kind, const char *value) {
  return (pk_exception){.cve = ONE,
                        .package = pk_str_of(package),
                        .version = PK_STR("1-1"),
                        .arch = PK_STR("amd64"),
                        .platform = PK_STR("debian:12"),
                        .group_kind = kind,
                        .group_value = pk_str_of(value),
                        .reason = PK_STR("why"),
                        .approver = PK_STR("me"),
                        .created_at = 5,
                        .expires_at = 9};
}

static int64_t add(fixture *f, pk_exception e) {
  int64_t id = 0;
  assert_ok(pk_store_exception_add(f->store, &e, &id, &f->err), f->err);
  return id;
}

static void test_exceptions_when_added_then_by_id(void **state) {
  fixture *f = *state;
  assert_exceptions(f, "");
  assert_int_equal(add(f, exception("bash", PK_GROUP_SITE, "Prague")), 1);
  assert_int_equal(add(f, exception("", PK_GROUP_NONE, "")), 2);
  assert_exceptions(f, "1: 2024000000000001 'bash' '1-1' 'amd64' 'debian:12' site 'Prague' 'why' 'me' 5 9; "
                       "2: 2024000000000001 '' '1-1' 'amd64' 'debian:12'  '' 'why' 'me' 5 9; ");
}

static void test_exceptions_when_for_groups_then_their_kinds_are_kept(void **state) {
  fixture *f = *state;
  pk_buf text;
  for (int kind = PK_GROUP_NONE; kind < PK_GROUP_KINDS; kind++) add(f, exception("bash", (pk_group_kind)kind, "x"));
  pk_buf_init(&text, 65536);
  assert_ok(pk_store_exceptions(f->store, write_exception, &text, &f->err), f->err);
  for (int kind = PK_GROUP_NONE; kind < PK_GROUP_KINDS; kind++) {
    char want[64];
    snprintf(want, sizeof want, "'debian:12' %s 'x'", pk_group_kind_name((pk_group_kind)kind));
    assert_non_null(strstr(pk_buf_cstr(&text), want));
  }
  pk_buf_free(&text);
}

static void test_exception_when_replaced_then_all_but_when_it_came(void **state) {
  fixture *f = *state;
  add(f, exception("bash", PK_GROUP_SITE, "Prague"));
  const pk_exception e = {.id = 1,
                          .cve = TWO,
                          .package = PK_STR("zsh"),
                          .version = PK_STR("2"),
                          .arch = PK_STR("all"),
                          .platform = PK_STR("rhel:9"),
                          .group_kind = PK_GROUP_TLD,
                          .group_value = PK_STR("org"),
                          .reason = PK_STR("because"),
                          .approver = PK_STR("you"),
                          .created_at = 77,
                          .expires_at = 0};
  assert_ok(pk_store_exception_replace(f->store, &e, &f->err), f->err);
  assert_exceptions(f, "1: 2024000000000002 'zsh' '2' 'all' 'rhel:9' tld 'org' 'because' 'you' 5 0; ");
}

static void test_exception_when_removed_then_only_that_one(void **state) {
  fixture *f = *state;
  add(f, exception("bash", PK_GROUP_NONE, ""));
  add(f, exception("zsh", PK_GROUP_NONE, ""));
  assert_ok(pk_store_exception_remove(f->store, 1, &f->err), f->err);
  assert_exceptions(f, "2: 2024000000000001 'zsh' '1-1' 'amd64' 'debian:12'  '' 'why' 'me' 5 9; ");
}

static void test_exception_when_there_is_none_then_not_found(void **state) {
  fixture *f = *state;
  pk_exception e = exception("bash", PK_GROUP_NONE, "");
  e.id = 7;
  assert_int_equal(pk_store_exception_replace(f->store, &e, &f->err), PK_NOTFOUND);
  assert_int_equal(pk_store_exception_remove(f->store, 7, &f->err), PK_NOTFOUND);
  assert_exceptions(f, "");
}

/* ---- kinds of groups ---- */

static void test_group_kinds_when_named_then_found_again(void **state) {
  (void)state;
  pk_group_kind kind;
  for (int i = PK_GROUP_NONE; i < PK_GROUP_KINDS; i++) {
    assert_true(pk_group_kind_of(pk_str_of(pk_group_kind_name((pk_group_kind)i)), &kind));
    assert_int_equal(kind, i);
  }
  assert_false(pk_group_kind_of(PK_STR("Site"), &kind));
  assert_false(pk_group_kind_of(PK_STR("sites"), &kind));
}

/* ---- settings ---- */

static void test_setting_when_put_then_got_appended(void **state) {
  fixture *f = *state;
  pk_buf text;
  pk_buf_init(&text, 4096);
  assert_int_equal(pk_store_setting_get(f->store, PK_STR("web.title"), &text, &f->err), PK_NOTFOUND);
  assert_ok(pk_store_setting_put(f->store, PK_STR("web.title"), PK_STR("one"), &f->err), f->err);
  assert_ok(pk_store_setting_put(f->store, PK_STR("web.title"), PK_STR("two"), &f->err), f->err);
  pk_buf_puts(&text, "is ");
  assert_ok(pk_store_setting_get(f->store, PK_STR("web.title"), &text, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&text), "is two");
  pk_buf_free(&text);
}

static void test_generation_when_the_next_then_one_more(void **state) {
  fixture *f = *state;
  int64_t n = -1, m = -1;
  assert_ok(pk_store_generation(f->store, &n, &f->err), f->err);
  assert_ok(pk_store_generation_next(f->store, &f->err), f->err);
  assert_ok(pk_store_generation(f->store, &m, &f->err), f->err);
  assert_int_equal(m, n + 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_tags_when_put_then_by_cve_and_name),
      TEST(test_tag_when_put_again_then_replaced),
      TEST(test_tag_when_removed_then_only_that_one),
      TEST(test_tags_when_the_visitor_ends_it_then_its_result),
      TEST(test_exceptions_when_added_then_by_id),
      TEST(test_exceptions_when_for_groups_then_their_kinds_are_kept),
      TEST(test_exception_when_replaced_then_all_but_when_it_came),
      TEST(test_exception_when_removed_then_only_that_one),
      TEST(test_exception_when_there_is_none_then_not_found),
      cmocka_unit_test(test_group_kinds_when_named_then_found_again),
      TEST(test_setting_when_put_then_got_appended),
      TEST(test_generation_when_the_next_then_one_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
