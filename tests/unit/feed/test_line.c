/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "feed/line.h"

static void expect(pk_str text, size_t max, const char *want) {
  pk_arena arena;
  pk_str line;
  pk_arena_init(&arena, (size_t)1 << 20);
  assert_true(pk_feed_line(&arena, text, max, &line));
  assert_str(line, want);
  pk_arena_fini(&arena);
}

static void test_line_when_blanks_and_controls_then_one_blank_each_run(void **state) {
  (void)state;
  expect(PK_STR(" a\r\n\tb \x7f\0 c\n"), 100, "a b c");
  expect(PK_STR(" \n\t"), 100, "");
  expect((pk_str){NULL, 0}, 100, "");
}

static void test_line_when_too_long_then_cut_between_characters(void **state) {
  (void)state;
  expect(PK_STR("abcdef"), 3, "abc");
  expect(PK_STR("ab\xc3\xa9z"), 4, "ab\xc3\xa9");
  expect(PK_STR("ab\xc3\xa9z"), 3, "ab");
  expect(PK_STR("ab cd"), 3, "ab");
  expect(PK_STR("a\n\n\n\n\n\n\n\n\n\nb"), 3, "a b");
}

static void test_line_when_not_utf8_then_question_marks(void **state) {
  (void)state;
  expect(PK_STR("caf\xe9 \xff!"), 100, "caf? ?!");
}

static void test_line_when_the_arena_is_full_then_false(void **state) {
  (void)state;
  pk_arena arena;
  pk_str line;
  pk_arena_init(&arena, 2);
  assert_false(pk_feed_line(&arena, PK_STR("abc"), 100, &line));
  pk_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_line_when_blanks_and_controls_then_one_blank_each_run),
      cmocka_unit_test(test_line_when_too_long_then_cut_between_characters),
      cmocka_unit_test(test_line_when_not_utf8_then_question_marks),
      cmocka_unit_test(test_line_when_the_arena_is_full_then_false),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
