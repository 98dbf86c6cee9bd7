/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/apt/packages.h"

#include "unit.h"

static const pk_stream_limits LIMITS = {.out_bytes_max = (size_t)16 << 20};

static pk_rc parse(pk_str text, pk_repository_content *content, pk_err *err) {
  pk_stream *in = NULL;
  pk_repository_content_init(content);
  assert_int_equal(pk_stream_open_bytes(text, LIMITS, &in, NULL), PK_OK);
  pk_rc rc = pk_apt_packages_parse(in, content, err);
  pk_stream_close(&in);
  return rc;
}

static void test_parse_when_source_has_its_own_version_then_both_are_told(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(
      parse(PK_STR("Package: libssl3\nSource: openssl (3.0.15-1)\nVersion: 3.0.15-1~deb12u1\nArchitecture: amd64\n"), &c, NULL),
      PK_OK);
  assert_int_equal(c.n_offers, 1);
  assert_str(c.offers[0].name, "libssl3");
  assert_str(c.offers[0].evr, "3.0.15-1~deb12u1");
  assert_str(c.offers[0].arch, "amd64");
  assert_str(c.offers[0].source, "openssl");
  assert_str(c.offers[0].source_evr, "3.0.15-1");
  assert_int_equal(c.offers[0].advisory.n, 0);
  pk_repository_content_fini(&c);
}

static void test_parse_when_source_version_is_the_same_then_it_is_left_out(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(parse(PK_STR("Package: a\nSource: s (1:2)\nVersion: 1:2\nArchitecture: all\n\n"
                                "Package: b\nSource: s\nVersion: 3\nArchitecture: all\n\n"
                                "Package: c\nVersion: 4\nArchitecture: all\n"),
                         &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 3);
  assert_str(c.offers[0].source, "s");
  assert_str(c.offers[0].source_evr, "");
  assert_str(c.offers[1].source, "s");
  assert_str(c.offers[1].source_evr, "");
  assert_str(c.offers[2].source, "");
  pk_repository_content_fini(&c);
}

static void test_parse_when_other_fields_and_continuations_then_they_are_skipped(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(parse(PK_STR("\n\npackage: a\r\nDescription: text\n Version: 9\n .\n\tmore\nVersion:1\r\nVersionx: "
                                "7\nArchitecture:  all \n\n\n"),
                         &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 1);
  assert_str(c.offers[0].name, "a");
  assert_str(c.offers[0].evr, "1");
  assert_str(c.offers[0].arch, "all");
  pk_repository_content_fini(&c);
}

static void test_parse_when_listed_twice_then_offered_once(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(parse(PK_STR("Package: a\nVersion: 1\nArchitecture: all\n\nPackage: a\nVersion: 1\nArchitecture: all\n\n"
                                "Package: a\nVersion: 2\nArchitecture: all\n"),
                         &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 2);
  pk_repository_content_fini(&c);
}

static void test_parse_when_empty_then_no_offers(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(parse(PK_STR(""), &c, NULL), PK_OK);
  assert_int_equal(c.n_offers, 0);
  pk_repository_content_fini(&c);
}

static void assert_refused(const char *text, const char *part_of_message) {
  pk_repository_content c;
  pk_err err = {0};
  assert_int_equal(parse(pk_str_of(text), &c, &err), PK_E_SYNTAX);
  assert_non_null(strstr(err.text, part_of_message));
  pk_repository_content_fini(&c);
}

static void test_parse_when_a_field_is_missing_then_syntax_with_line(void **state) {
  (void)state;
  assert_refused("Package: a\nArchitecture: all\n\nPackage: b\n", "line 3: package 'a' has no version");
  assert_refused("Version: 1\nArchitecture: all\n", "has no name");
}

static void test_parse_when_it_is_a_web_page_then_syntax(void **state) {
  (void)state;
  assert_refused("<html>\n", "line 1: ");
}

static void test_parse_when_a_continuation_comes_first_then_syntax(void **state) {
  (void)state;
  assert_refused(" Package: a\n", "line 1: ");
}

static void test_parse_when_a_name_holds_a_blank_or_control_byte_then_syntax(void **state) {
  (void)state;
  assert_refused("Package: a b\nVersion: 1\nArchitecture: all\n", "line 3: ");
  assert_refused("Package: a\x01\nVersion: 1\nArchitecture: all\n", "line 3: ");
  assert_refused("Package: a\xff\nVersion: 1\nArchitecture: all\n", "line 3: ");
}

static void make_package(pk_buf *b, size_t name_n, size_t line_n) {
  pk_buf_init(b, (size_t)4 << 20);
  pk_buf_puts(b, "Package: ");
  for (size_t i = 0; i < name_n; i++) pk_buf_putc(b, 'a');
  pk_buf_puts(b, "\nVersion: 1\nArchitecture: all\nDepends: ");
  for (size_t i = strlen("Depends: "); i < line_n; i++) pk_buf_putc(b, 'x');
  pk_buf_putc(b, '\n');
}

static void test_parse_when_name_is_at_its_limit_then_taken(void **state) {
  (void)state;
  pk_buf text;
  pk_repository_content c;
  make_package(&text, PK_FIELD_MAX, 20);
  assert_int_equal(parse(pk_buf_view(&text), &c, NULL), PK_OK);
  assert_int_equal(c.offers[0].name.n, PK_FIELD_MAX);
  pk_repository_content_fini(&c);
  pk_buf_free(&text);
}

static void test_parse_when_name_is_too_long_then_syntax_with_line(void **state) {
  (void)state;
  pk_buf text;
  make_package(&text, PK_FIELD_MAX + 1, 20);
  assert_refused(pk_buf_cstr(&text), "line 1: field 'Package' is longer than 255 bytes");
  pk_buf_free(&text);
}

static void test_parse_when_a_line_is_at_its_limit_then_taken_else_limit(void **state) {
  (void)state;
  pk_buf text;
  pk_repository_content c;
  make_package(&text, 3, PK_APT_LINE_MAX);
  assert_int_equal(parse(pk_buf_view(&text), &c, NULL), PK_OK);
  assert_int_equal(c.n_offers, 1);
  pk_repository_content_fini(&c);
  pk_buf_free(&text);
  make_package(&text, 3, PK_APT_LINE_MAX + 1);
  assert_int_equal(parse(pk_buf_view(&text), &c, NULL), PK_E_LIMIT);
  pk_repository_content_fini(&c);
  pk_buf_free(&text);
}

static void test_read_when_architectures_are_wanted_then_others_are_left_out(void **state) {
  (void)state;
  pk_repository_content c;
  pk_offers offers;
  pk_stream *in = NULL;
  pk_repository_content_init(&c);
  pk_offers_init(&offers, &c, "amd64, arm64");
  pk_str text = PK_STR("Package: a\nVersion: 1\nArchitecture: i386\n\nPackage: b\nVersion: 1\nArchitecture: arm64\n\n"
                       "Package: c\nVersion: 1\nArchitecture: all\n");
  assert_int_equal(pk_stream_open_bytes(text, LIMITS, &in, NULL), PK_OK);
  assert_int_equal(pk_apt_packages_read(in, &offers, NULL), PK_OK);
  assert_int_equal(c.n_offers, 2);
  assert_str(c.offers[0].name, "b");
  assert_str(c.offers[1].name, "c");
  pk_stream_close(&in);
  pk_offers_fini(&offers);
  pk_repository_content_fini(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse_when_source_has_its_own_version_then_both_are_told),
      cmocka_unit_test(test_parse_when_source_version_is_the_same_then_it_is_left_out),
      cmocka_unit_test(test_parse_when_other_fields_and_continuations_then_they_are_skipped),
      cmocka_unit_test(test_parse_when_listed_twice_then_offered_once),
      cmocka_unit_test(test_parse_when_empty_then_no_offers),
      cmocka_unit_test(test_parse_when_a_field_is_missing_then_syntax_with_line),
      cmocka_unit_test(test_parse_when_it_is_a_web_page_then_syntax),
      cmocka_unit_test(test_parse_when_a_continuation_comes_first_then_syntax),
      cmocka_unit_test(test_parse_when_a_name_holds_a_blank_or_control_byte_then_syntax),
      cmocka_unit_test(test_parse_when_name_is_at_its_limit_then_taken),
      cmocka_unit_test(test_parse_when_name_is_too_long_then_syntax_with_line),
      cmocka_unit_test(test_parse_when_a_line_is_at_its_limit_then_taken_else_limit),
      cmocka_unit_test(test_read_when_architectures_are_wanted_then_others_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
