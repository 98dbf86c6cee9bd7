/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

/* ---- text ---- */

static void test_split_when_parts_are_empty_then_each_is_returned(void **state) {
  (void)state;
  pk_str rest = PK_STR("a,,b"), part;
  assert_true(pk_str_split(&rest, ',', &part));
  assert_str(part, "a");
  assert_true(pk_str_split(&rest, ',', &part));
  assert_str(part, "");
  assert_true(pk_str_split(&rest, ',', &part));
  assert_str(part, "b");
  assert_false(pk_str_split(&rest, ',', &part));
}

static void test_split_when_nothing_is_left_then_false(void **state) {
  (void)state;
  pk_str rest = {NULL, 0}, part = PK_STR("untouched");
  assert_false(pk_str_split(&rest, ',', &part));
  rest = PK_STR("a,");
  assert_true(pk_str_split(&rest, ',', &part));
  assert_false(pk_str_split(&rest, ',', &part));
  assert_str(part, "a");
}

static void test_word_when_blanks_are_many_then_words_only(void **state) {
  (void)state;
  pk_str rest = PK_STR("  one\t two\r\n"), word;
  assert_true(pk_str_word(&rest, &word));
  assert_str(word, "one");
  assert_true(pk_str_word(&rest, &word));
  assert_str(word, "two");
  assert_false(pk_str_word(&rest, &word));
}

static void test_trim_when_blanks_at_the_ends_then_gone(void **state) {
  (void)state;
  assert_str(pk_str_trim(PK_STR(" \t a b \r\n")), "a b");
  assert_str(pk_str_trim(PK_STR(" \n ")), "");
  assert_str(pk_str_trim((pk_str){NULL, 0}), "");
}

static void test_sub_when_beyond_the_end_then_cut(void **state) {
  (void)state;
  assert_str(pk_str_sub(PK_STR("abc"), 1, 99), "bc");
  assert_str(pk_str_sub(PK_STR("abc"), 3, 2), "");
  assert_str(pk_str_sub(PK_STR("abc"), 99, 100), "");
  assert_str(pk_str_sub((pk_str){NULL, 0}, 0, 1), "");
}

static void test_find_when_absent_then_length(void **state) {
  (void)state;
  assert_int_equal(pk_str_find(PK_STR("a-b-c"), '-'), 1);
  assert_int_equal(pk_str_rfind(PK_STR("a-b-c"), '-'), 3);
  assert_int_equal(pk_str_find(PK_STR("abc"), '-'), 3);
  assert_int_equal(pk_str_rfind(PK_STR("abc"), '-'), 3);
  assert_int_equal(pk_str_find((pk_str){NULL, 0}, '-'), 0);
}

static void test_cmp_when_one_is_a_prefix_then_it_is_first(void **state) {
  (void)state;
  assert_true(pk_str_cmp(PK_STR("ab"), PK_STR("abc")) < 0);
  assert_true(pk_str_cmp(PK_STR("abc"), PK_STR("ab")) > 0);
  assert_true(pk_str_cmp(PK_STR("\xff"), PK_STR("a")) > 0);
  assert_int_equal(pk_str_cmp(PK_STR(""), (pk_str){NULL, 0}), 0);
}

static void test_eq_when_empty_then_null_and_literal_are_equal(void **state) {
  (void)state;
  assert_true(pk_str_eq((pk_str){NULL, 0}, PK_STR("")));
  assert_true(pk_str_is((pk_str){NULL, 0}, ""));
  assert_false(pk_str_is(PK_STR("ab"), "a"));
  assert_true(pk_str_is_nocase(PK_STR("AbC"), "aBc"));
  assert_false(pk_str_is_nocase(PK_STR("AbC"), "aB"));
}

static void test_starts_and_ends_when_longer_than_the_text_then_false(void **state) {
  (void)state;
  assert_true(pk_str_starts(PK_STR("linux-image"), "linux-"));
  assert_true(pk_str_ends(PK_STR("bash-doc"), "-doc"));
  assert_false(pk_str_starts(PK_STR("a"), "ab"));
  assert_false(pk_str_ends(PK_STR("b"), "ab"));
  assert_true(pk_str_starts(PK_STR("a"), ""));
}

/* ---- numbers ---- */

static void test_u64_when_a_number_then_read(void **state) {
  (void)state;
  uint64_t v = 0;
  assert_true(pk_str_u64(PK_STR("0"), &v));
  assert_int_equal(v, 0);
  assert_true(pk_str_u64(PK_STR("00000000000000000042"), &v));
  assert_int_equal(v, 42);
  assert_true(pk_str_u64(PK_STR("18446744073709551615"), &v));
  assert_true(v == UINT64_MAX);
}

static void test_u64_when_anything_else_then_false_and_untouched(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",        "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "99999999999999999999", "000000000000000000001",
      "\xd9\xa1"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    uint64_t v = 7;
    if (pk_str_u64(pk_str_of(texts[i]), &v)) fail_msg("'%s' was taken for a number", texts[i]);
    assert_int_equal(v, 7);
  }
}

static void test_varint_when_written_then_read_back(void **state) {
  (void)state;
  static const uint64_t values[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
  pk_buf b;
  pk_buf_init(&b, 1000);
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) pk_buf_varint(&b, values[i]);
  pk_str rest = pk_buf_view(&b);
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    uint64_t v = 0;
    assert_true(pk_varint_read(&rest, &v));
    assert_true(v == values[i]);
  }
  assert_int_equal(rest.n, 0);
  pk_buf_free(&b);
}

static void test_varint_when_small_then_one_byte(void **state) {
  (void)state;
  pk_buf b;
  pk_buf_init(&b, 100);
  pk_buf_varint(&b, 127);
  assert_int_equal(b.n, 1);
  pk_buf_varint(&b, 128);
  assert_int_equal(b.n, 3);
  pk_buf_free(&b);
}

static void test_varint_when_broken_then_false_and_untouched(void **state) {
  (void)state;
  static const pk_str broken[] = {{"", 0},
                                  {"\x80", 1},
                                  {"\xff\xff", 2},
                                  {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
                                  {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}}; /* does not fit 64 bits */
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    pk_str rest = broken[i];
    uint64_t v = 7;
    if (pk_varint_read(&rest, &v)) fail_msg("broken number %zu was read", i);
    assert_int_equal(v, 7);
    assert_int_equal(rest.n, broken[i].n);
  }
}

/* ---- UTF-8, RFC 3629 ---- */

static void test_utf8_when_valid_then_true(void **state) {
  (void)state;
  static const char *const texts[] = {
      "",
      "plain ASCII, longer than eight bytes",
      "\x7f",
      "\xc2\x80",         /* U+0080, first of two bytes */
      "\xdf\xbf",         /* U+07FF, last of two */
      "\xe0\xa0\x80",     /* U+0800, first of three */
      "\xed\x9f\xbf",     /* U+D7FF, last before the surrogates */
      "\xee\x80\x80",     /* U+E000, first behind them */
      "\xef\xbf\xbd",     /* U+FFFD */
      "\xef\xbf\xbf",     /* U+FFFF, a noncharacter is valid UTF-8 */
      "\xf0\x90\x80\x80", /* U+10000, first of four */
      "\xf4\x8f\xbf\xbf", /* U+10FFFF, the last one */
      "1234567\xc3\xa9",  /* across a word of eight */
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!pk_str_utf8(pk_str_of(texts[i]))) fail_msg("valid text %zu was refused", i);
}

static void test_utf8_when_invalid_then_false(void **state) {
  (void)state;
  static const pk_str texts[] = {
      {"\0", 1},        /* NUL */
      {"1234567\0", 8}, /* NUL at the end of a word of eight */
      {"\x80", 1},      /* a continuation alone */
      {"\xbf", 1},
      {"\xc0\xaf", 2}, /* overlong '/' */
      {"\xc1\xbf", 2},
      {"\xe0\x80\xaf", 3}, /* overlong in three */
      {"\xe0\x9f\xbf", 3},
      {"\xf0\x80\x80\xaf", 4}, /* overlong in four */
      {"\xf0\x8f\xbf\xbf", 4},
      {"\xed\xa0\x80", 3},     /* U+D800 */
      {"\xed\xbf\xbf", 3},     /* U+DFFF */
      {"\xf4\x90\x80\x80", 4}, /* U+110000 */
      {"\xf5\x80\x80\x80", 4},
      {"\xf8\x88\x80\x80\x80", 5},
      {"\xff", 1},
      {"\xfe", 1},
      {"\xc3", 1}, /* cut off */
      {"\xe2\x82", 2},
      {"\xf0\x9f\x98", 3},
      {"\xc3(", 2}, /* a wrong continuation */
      {"\xe2(\xa1", 3},
      {"\xe2\x82(", 3},
      {"abcdefgh\xa9", 9}, /* behind a word of eight */
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_str_utf8(texts[i])) fail_msg("invalid text %zu was accepted", i);
}

static void test_cut_when_too_long_then_between_characters(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t max;
    const char *want;
  } cases[] = {
      {"abc", 3, "abc"},
      {"abc", 2, "ab"},
      {"abc", 0, ""},
      {"", 0, ""},
      {"a\xc3\xa9", 2, "a"}, /* é */
      {"a\xc3\xa9", 3, "a\xc3\xa9"},
      {"a\xe2\x82\xac"
       "b",
       3, "a"}, /* € */
      {"a\xe2\x82\xac"
       "b",
       4, "a\xe2\x82\xac"},
      {"\xf0\x9f\x98\x80", 3, ""},
      {"\xf0\x9f\x98\x80"
       "a",
       4, "\xf0\x9f\x98\x80"},
      {"\x80\x80\x80\x80", 2, ""}, /* no character begins here */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_str(pk_str_cut(pk_str_of(cases[i].text), cases[i].max), cases[i].want);
}

static void test_lower_when_letters_are_ascii_then_in_lower_case(void **state) {
  (void)state;
  char buf[8];
  assert_str(pk_str_lower(PK_STR("AZ[az@`{"), buf, sizeof buf), "az[az@`{");
  assert_str(pk_str_lower(PK_STR("\xc3\x89"), buf, sizeof buf), "\xc3\x89");
  assert_str(pk_str_lower(PK_STR("ABCDEFGHIJ"), buf, sizeof buf), "abcdefgh"); /* no more has room */
  assert_str(pk_str_lower(PK_STR(""), buf, sizeof buf), "");
  assert_str(pk_str_lower(PK_STR("A"), buf, 0), "");
  assert_int_equal(pk_str_lower((pk_str){"A\0B", 3}, buf, sizeof buf).n, 3);
  assert_memory_equal(buf, "a\0b", 3);
}

/* ---- buffers ---- */

static void test_buf_when_within_its_maximum_then_all_is_kept(void **state) {
  (void)state;
  pk_buf b;
  pk_buf_init(&b, 11);
  pk_buf_puts(&b, "hello");
  pk_buf_putc(&b, ' ');
  pk_buf_printf(&b, "%s", "world");
  assert_false(b.over);
  assert_string_equal(pk_buf_cstr(&b), "hello world");
  assert_int_equal(b.n, 11);
  pk_buf_free(&b);
}

static void test_buf_when_past_its_maximum_then_over_and_no_more_is_taken(void **state) {
  (void)state;
  pk_buf b;
  pk_buf_init(&b, 4);
  pk_buf_puts(&b, "abc");
  pk_buf_puts(&b, "de");
  assert_true(b.over);
  pk_buf_putc(&b, 'x');
  assert_string_equal(pk_buf_cstr(&b), "abc");
  pk_buf_free(&b);
}

static void test_buf_when_a_print_is_too_long_then_over(void **state) {
  (void)state;
  pk_buf b;
  pk_buf_init(&b, 4);
  pk_buf_printf(&b, "%d", 12345);
  assert_true(b.over);
  assert_int_equal(b.n, 0);
  pk_buf_free(&b);
}

static void test_buf_when_it_grows_then_content_stays(void **state) {
  (void)state;
  pk_buf b;
  pk_buf_init(&b, 100000);
  for (int i = 0; i < 10000; i++) pk_buf_printf(&b, "%d ", i % 10);
  assert_int_equal(b.n, 20000);
  assert_memory_equal(b.p + 19998, "9 ", 2);
  pk_buf_free(&b);
}

static void test_buf_when_empty_then_text_is_empty(void **state) {
  (void)state;
  pk_buf b;
  pk_buf_init(&b, 4);
  assert_string_equal(pk_buf_cstr(&b), "");
  assert_int_equal(pk_buf_view(&b).n, 0);
  pk_buf_add(&b, NULL, 0);
  assert_false(b.over);
  pk_buf_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_split_when_parts_are_empty_then_each_is_returned),
      cmocka_unit_test(test_split_when_nothing_is_left_then_false),
      cmocka_unit_test(test_word_when_blanks_are_many_then_words_only),
      cmocka_unit_test(test_trim_when_blanks_at_the_ends_then_gone),
      cmocka_unit_test(test_sub_when_beyond_the_end_then_cut),
      cmocka_unit_test(test_find_when_absent_then_length),
      cmocka_unit_test(test_cmp_when_one_is_a_prefix_then_it_is_first),
      cmocka_unit_test(test_eq_when_empty_then_null_and_literal_are_equal),
      cmocka_unit_test(test_starts_and_ends_when_longer_than_the_text_then_false),
      cmocka_unit_test(test_u64_when_a_number_then_read),
      cmocka_unit_test(test_u64_when_anything_else_then_false_and_untouched),
      cmocka_unit_test(test_varint_when_written_then_read_back),
      cmocka_unit_test(test_varint_when_small_then_one_byte),
      cmocka_unit_test(test_varint_when_broken_then_false_and_untouched),
      cmocka_unit_test(test_utf8_when_valid_then_true),
      cmocka_unit_test(test_utf8_when_invalid_then_false),
      cmocka_unit_test(test_cut_when_too_long_then_between_characters),
      cmocka_unit_test(test_lower_when_letters_are_ascii_then_in_lower_case),
      cmocka_unit_test(test_buf_when_within_its_maximum_then_all_is_kept),
      cmocka_unit_test(test_buf_when_past_its_maximum_then_over_and_no_more_is_taken),
      cmocka_unit_test(test_buf_when_a_print_is_too_long_then_over),
      cmocka_unit_test(test_buf_when_it_grows_then_content_stays),
      cmocka_unit_test(test_buf_when_empty_then_text_is_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
