/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/regex.h"

typedef struct fixture {
  pk_regex_cache *cache;
  pk_regex_match m;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  f->cache = pk_regex_cache_new();
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_regex_cache_free(&f->cache);
  assert_null(f->cache);
  pk_regex_cache_free(&f->cache);
  free(f);
  return 0;
}

static pk_rc find(fixture *f, const char *pattern, const char *text) {
  return pk_regex_find(f->cache, pk_str_of(pattern), pk_str_of(text), 0, &f->m, &f->err);
}

static void test_find_when_it_fits_then_the_whole_and_its_groups(void **state) {
  fixture *f = *state;
  assert_ok(find(f, "(\\d+)\\.(\\d+)", "release 8.4 (Ootpa)"), f->err);
  assert_int_equal(f->m.n_groups, 3);
  assert_str(f->m.groups[0], "8.4");
  assert_str(f->m.groups[1], "8");
  assert_str(f->m.groups[2], "4");
  assert_int_equal(f->m.end, 11);
}

static void test_find_when_it_does_not_fit_then_not_found(void **state) {
  fixture *f = *state;
  assert_int_equal(find(f, "^8", "release 8"), PK_NOTFOUND);
  assert_int_equal(find(f, "a", ""), PK_NOTFOUND);
  assert_int_equal(pk_regex_find(f->cache, PK_STR("a"), (pk_str){NULL, 0}, 0, &f->m, &f->err), PK_NOTFOUND);
  assert_int_equal(pk_regex_find(f->cache, PK_STR("a"), PK_STR("a"), 2, &f->m, &f->err), PK_NOTFOUND);
}

static void test_find_when_a_group_takes_no_part_then_null(void **state) {
  fixture *f = *state;
  assert_ok(find(f, "(a)|(b)()", "b"), f->err);
  assert_int_equal(f->m.n_groups, 4);
  assert_null(f->m.groups[1].p);
  assert_str(f->m.groups[2], "b");
  assert_non_null(f->m.groups[3].p);
  assert_int_equal(f->m.groups[3].n, 0);
}

static void test_find_when_lines_are_several_then_anchors_fit_each(void **state) {
  fixture *f = *state;
  assert_ok(find(f, "^b$", "a\nb\nc"), f->err);
  assert_int_equal(find(f, "a.b", "a\nb"), PK_NOTFOUND);
  assert_ok(find(f, "a[\\s\\S]b", "a\nb"), f->err);
  assert_int_equal(find(f, "\\Ab", "a\nb"), PK_NOTFOUND);
}

static void test_find_when_gone_on_with_then_every_match_and_the_end(void **state) {
  fixture *f = *state;
  static const struct {
    const char *pattern, *text, *want;
  } cases[] = {
      {"\\d+", "1 22 333", "1;22;333;"}, {"^.", "ab\ncd", "a;c;"}, {"x*", "ax", ";x;;"}, {"", "ab", ";;;"},
      {"(?<=a)b", "abab", "b;b;"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_buf out;
    pk_buf_init(&out, 100);
    f->m = (pk_regex_match){.end = 0};
    for (int n = 0; n < 20 && pk_regex_find(f->cache, pk_str_of(cases[i].pattern), pk_str_of(cases[i].text), f->m.end, &f->m,
                                            &f->err) == PK_OK;
         n++)
      pk_buf_printf(&out, "%.*s;", PK_FMT(f->m.groups[0]));
    if (strcmp(pk_buf_cstr(&out), cases[i].want) != 0)
      fail_msg("'%s': '%s', should be '%s'", cases[i].pattern, pk_buf_cstr(&out), cases[i].want);
    pk_buf_free(&out);
  }
}

static void test_find_when_more_groups_than_are_handed_out_then_the_first_ones(void **state) {
  fixture *f = *state;
  assert_ok(find(f, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)", "abcdefghijkl"), f->err);
  assert_int_equal(f->m.n_groups, PK_REGEX_GROUPS_MAX);
  assert_str(f->m.groups[0], "abcdefghijkl");
  assert_str(f->m.groups[PK_REGEX_GROUPS_MAX - 1], "i");
  assert_int_equal(f->m.end, 12);
}

static void test_find_when_the_text_is_any_bytes_then_looked_at_as_bytes(void **state) {
  fixture *f = *state;
  const pk_str text = {"\xff\0\x80z", 4};
  assert_ok(pk_regex_find(f->cache, PK_STR("^...z$"), text, 0, &f->m, &f->err), f->err);
  assert_ok(pk_regex_find(f->cache, (pk_str){"\\x00\x80", 5}, text, 0, &f->m, &f->err), f->err);
  assert_int_equal(f->m.groups[0].n, 2);
}

static void test_find_when_the_pattern_is_wrong_then_syntax_each_time(void **state) {
  fixture *f = *state;
  static const char *const patterns[] = {"(", "[a", "*", "a{2,1}", "(?<n>a)(?<n>b)", "\\", "(?P<"};
  for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
    for (int n = 0; n < 2; n++) assert_fault(find(f, patterns[i], "text"), f->err, PK_E_SYNTAX, "is no regular expression");
}

static void test_find_when_the_pattern_is_too_long_then_limit(void **state) {
  fixture *f = *state;
  char *pattern = pk_alloc(PK_REGEX_PATTERN_MAX + 1);
  memset(pattern, 'a', PK_REGEX_PATTERN_MAX + 1);
  assert_fault(pk_regex_find(f->cache, (pk_str){pattern, PK_REGEX_PATTERN_MAX + 1}, PK_STR("a"), 0, &f->m, &f->err), f->err,
               PK_E_LIMIT, "longer than");
  free(pattern);
}

/* Patterns that would take years on such texts. */
static void test_find_when_it_takes_too_many_steps_then_limit(void **state) {
  fixture *f = *state;
  static const char *const patterns[] = {"^(a+)+$", "^(a|aa)+$", "^(.*a){20}$", "(a*)*b", "^((a|b)*)*c$", "(?:a?){40}a{40}$"};
  for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
    pk_rc rc = find(f, patterns[i], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
    if (rc == PK_NOTFOUND) continue; /* PCRE2 saw through it */
    if (rc != PK_E_LIMIT || !strstr(f->err.text, "takes too long")) fail_msg("%s: %s", patterns[i], pk_rc_name(rc));
  }
  assert_fault(find(f, "^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), f->err, PK_E_LIMIT, "takes too long");
}

/* Patterns that are small and would compile to something huge. */
static void test_find_when_the_pattern_would_be_huge_then_refused(void **state) {
  fixture *f = *state;
  assert_fault(find(f, "((((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000}){1,1000})", "a"), f->err, PK_E_SYNTAX,
               "is no regular expression");
  pk_buf deep;
  pk_buf_init(&deep, 65536);
  for (int i = 0; i < 20000; i++) pk_buf_putc(&deep, '(');
  for (int i = 0; i < 20000; i++) pk_buf_putc(&deep, ')');
  assert_fault(find(f, pk_buf_cstr(&deep), "a"), f->err, PK_E_SYNTAX, "is no regular expression");
  pk_buf_free(&deep);
}

static void test_find_when_it_recurses_without_end_then_a_fault(void **state) {
  fixture *f = *state;
  char *text = pk_alloc(100001);
  memset(text, '(', 100000);
  text[100000] = '\0';
  pk_rc rc = find(f, "(\\((?1)*\\))|x", text);
  assert_true(rc == PK_E_LIMIT || rc == PK_NOTFOUND);
  free(text);
}

static void test_cache_when_more_patterns_than_are_kept_then_all_still_work(void **state) {
  fixture *f = *state;
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 21000; i++) {
      char pattern[32];
      snprintf(pattern, sizeof pattern, "^a%d$", i);
      if (i % 7 == 0) snprintf(pattern, sizeof pattern, "(%d", i);
      if (find(f, pattern, "a13") != (i % 7 == 0 ? PK_E_SYNTAX : i == 13 ? PK_OK : PK_NOTFOUND)) fail_msg("'%s'", pattern);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_find_when_it_fits_then_the_whole_and_its_groups),
      TEST(test_find_when_it_does_not_fit_then_not_found),
      TEST(test_find_when_a_group_takes_no_part_then_null),
      TEST(test_find_when_lines_are_several_then_anchors_fit_each),
      TEST(test_find_when_gone_on_with_then_every_match_and_the_end),
      TEST(test_find_when_more_groups_than_are_handed_out_then_the_first_ones),
      TEST(test_find_when_the_text_is_any_bytes_then_looked_at_as_bytes),
      TEST(test_find_when_the_pattern_is_wrong_then_syntax_each_time),
      TEST(test_find_when_the_pattern_is_too_long_then_limit),
      TEST(test_find_when_it_takes_too_many_steps_then_limit),
      TEST(test_find_when_the_pattern_would_be_huge_then_refused),
      TEST(test_find_when_it_recurses_without_end_then_a_fault),
      TEST(test_cache_when_more_patterns_than_are_kept_then_all_still_work),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
