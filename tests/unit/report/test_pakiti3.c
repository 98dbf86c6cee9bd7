/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

static const char WHOLE[] =
    "#\narch: x86_64\ncpu: Intel(R) Xeon(R) CPU E5-2650\nhost: www.example.org\nip: 192.0.2.7\n"
    "kernel: 5.14.0-427.el9.x86_64\npackager: rpm\nsite: Brno\nsystem: AlmaLinux release 9.4\ntag: T\n"
    "ts: 1700000000\nversion: 1\n#\nbash\t0:5.1.8-9.el9\tx86_64\nbind-libs\t32:9.16.23-18.el9\tx86_64\n#\n";

static void test_text_when_whole_then_all_headers_are_taken(void **state) {
  outcome *o = *state;
  decode_body(o, WHOLE);
  assert_good(o);
  assert_int_equal(o->report.protocol, PK_PROTOCOL_PAKITI3);
  assert_int_equal(o->form, PK_REPLY_PAKITI3);
  assert_int_equal(o->report.type, PK_TYPE_RPM);
  assert_text(o->report.host, "www.example.org");
  assert_text(o->report.ip, "192.0.2.7");
  assert_text(o->report.arch, "x86_64");
  assert_text(o->report.cpu, "Intel(R) Xeon(R) CPU E5-2650");
  assert_text(o->report.kernel, "5.14.0-427.el9.x86_64");
  assert_text(o->report.os, "AlmaLinux release 9.4");
  assert_text(o->report.site, "Brno");
  assert_text(o->report.tag, "T");
  assert_false(o->report.by_proxy);
}

static void test_packages_when_whole_then_in_order_and_borrowed(void **state) {
  outcome *o = *state;
  decode_body(o, WHOLE);
  assert_good(o);
  assert_int_equal(o->report.n_packages, 2);
  assert_package(o, 0, "bash", "0:5.1.8-9.el9", "x86_64");
  assert_package(o, 1, "bind-libs", "32:9.16.23-18.el9", "x86_64");
  assert_int_equal(o->report.packages[1].package.type, PK_TYPE_RPM);
  const char *name = o->report.packages[0].package.name.p;
  assert_true(name > WHOLE && name < WHOLE + sizeof WHOLE);
}

static void test_text_when_without_marks_at_the_end_and_with_blank_lines_then_read(void **state) {
  outcome *o = *state;
  decode_body(
      o, "\xef\xbb\xbf\r\n  \r\n#\r\nhost: a\r\n\r\npackager: dpkg\r\n#\r\n\r\nadduser 3.134 all\r\n\r\nlibc6\t2.36-9\tamd64");
  assert_good(o);
  assert_int_equal(o->report.type, PK_TYPE_DEB);
  assert_int_equal(o->report.n_packages, 2);
  assert_package(o, 0, "adduser", "3.134", "all");
  assert_package(o, 1, "libc6", "2.36-9", "amd64");
}

static void test_header_when_told_twice_then_the_first_counts(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: first\nhost: second\n#\na\t1\tall\n");
  assert_good(o);
  assert_text(o->report.host, "first");
}

static void test_header_when_it_holds_tabs_then_they_are_blanks(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\nsystem: Debian\t \tGNU/Linux\n#\na\t1\tall\n");
  assert_good(o);
  assert_text(o->report.os, "Debian GNU/Linux");
}

static void test_package_line_when_broken_then_refused_with_its_number(void **state) {
  static const char *const LINES[] = {"bash 5.1",         "bash\t\tx86_64", "a b c d", "a\t1\tall\textra",
                                      "bash\t1\x01\tall", "\t1\tall",       "lonely"};
  outcome *o = *state;
  for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
    char body[128];
    snprintf(body, sizeof body, "#\nhost: h\npackager: rpm\n#\ngood\t1-1\tnoarch\n%s\n#\n", LINES[i]);
    decode_body(o, body);
    assert_refused(o, PK_E_SYNTAX, "line 6: ");
  }
}

static void test_package_line_when_broken_then_its_begin_is_shown(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\n#\nbash only\n");
  assert_refused(o, PK_E_SYNTAX, "line 4: 'bash only' is not a package");
}

static void test_field_when_too_long_then_limit(void **state) {
  outcome *o = *state;
  char body[600] = "#\nhost: h\n#\n";
  memset(body + strlen(body), 'x', PK_FIELD_MAX + 1);
  strcat(body, "\t1\tall\n");
  decode_body(o, body);
  assert_refused(o, PK_E_LIMIT, "line 4: ");
}

static void test_header_when_too_long_then_limit_with_its_line(void **state) {
  outcome *o = *state;
  char body[600] = "#\nhost: ";
  memset(body + strlen(body), 'x', PK_HEADER_MAX + 1);
  strcat(body, "\n#\na\t1\tall\n");
  decode_body(o, body);
  assert_refused(o, PK_E_LIMIT, "line 2: 'host' is longer");
}

static void test_first_line_when_not_the_mark_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "# comment\nhost: h\n#\na\t1\tall\n");
  assert_refused(o, PK_E_SYNTAX, "line 1: ");
}

static void test_header_when_without_colon_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost h\n#\na\t1\tall\n");
  assert_refused(o, PK_E_SYNTAX, "line 2: 'host h' is not a header");
}

static void test_report_when_it_names_no_host_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: \n#\na\t1\tall\n");
  assert_refused(o, PK_E_SYNTAX, "does not name its host");
}

static void test_report_when_it_lists_nothing_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\nkernel: 1\n");
  assert_refused(o, PK_E_SYNTAX, "no packages");
}

static void test_rpm_keys_when_listed_then_skipped(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\npackager: rpm\n#\ngpg-pubkey\t0:fd431d51-4ae0493b\t(none)\nbash\t0:1-1\tx86_64\n#\n");
  assert_good(o);
  assert_int_equal(o->report.n_packages, 1);
  assert_package(o, 0, "bash", "0:1-1", "x86_64");
}

static void test_package_when_listed_twice_then_kept_twice(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\n#\na\t1\tall\na\t1\tall\n");
  assert_good(o);
  assert_int_equal(o->report.n_packages, 2);
}

static void test_pkg_line_when_its_version_has_no_digit_first_then_split_at_the_last_dash(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\npackager: pkg\nsystem: FreeBSD 14.1-RELEASE\n#\ncurl\t8.9.1\tamd64\nx264-foo-r3095\tamd64\n#\n");
  assert_good(o);
  assert_int_equal(o->report.type, PK_TYPE_OTHER);
  assert_package(o, 0, "curl", "8.9.1", "amd64");
  assert_package(o, 1, "x264-foo", "r3095", "amd64");
}

static void test_packager_when_svmon_then_refused_by_name(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\npackager: svmon\n#\n{\n[a\tb]\n}\n#\n");
  assert_refused(o, PK_E_SYNTAX, "line 3: packager 'svmon'");
}

static void test_packager_when_not_known_then_type_is_open(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\npackager: pacman\n#\na\t1\tall\n");
  assert_good(o);
  assert_int_equal(o->report.type, PK_TYPE_UNKNOWN);
}

static void test_backslashes_when_in_packages_then_removed(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\n#\n\nli\\bc\t1\\:2\tall\nbad\n");
  assert_refused(o, PK_E_SYNTAX, "line 6: 'bad'");
  decode_body(o, "#\nhost: h\n#\nli\\bc\t1\\:2\tall\n");
  assert_good(o);
  assert_package(o, 0, "libc", "1:2", "all");
}

static void test_text_when_latin1_then_refused_with_the_line(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\nsite: K\xf6ln\n#\na\t1\tall\n");
  assert_refused(o, PK_E_SYNTAX, "line 3: holds bytes that are not UTF-8");
}

static void test_text_when_utf8_then_taken(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\nsite: K\xc3\xb6ln\n#\na\t1\tall\n");
  assert_good(o);
  assert_text(o->report.site, "K\xc3\xb6ln");
}

static void test_text_when_it_holds_delete_or_c1_controls_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\n#\na\t1\x7f\tall\n");
  assert_refused(o, PK_E_SYNTAX, "line 4: holds the control character 0x7f");
  decode_body(o, "#\nhost: h\n#\na\t1\tall\nb\xc2\x9b\t1\tall\n");
  assert_refused(o, PK_E_SYNTAX, "line 5: holds the control character 0x9b");
}

static void test_header_when_it_holds_a_control_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "#\nhost: h\x1b[2J\n#\na\t1\tall\n");
  assert_refused(o, PK_E_SYNTAX, "line 2: 'host' holds the control character 0x1b");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_text_when_whole_then_all_headers_are_taken),
      TEST(test_packages_when_whole_then_in_order_and_borrowed),
      TEST(test_text_when_without_marks_at_the_end_and_with_blank_lines_then_read),
      TEST(test_header_when_told_twice_then_the_first_counts),
      TEST(test_header_when_it_holds_tabs_then_they_are_blanks),
      TEST(test_package_line_when_broken_then_refused_with_its_number),
      TEST(test_package_line_when_broken_then_its_begin_is_shown),
      TEST(test_field_when_too_long_then_limit),
      TEST(test_header_when_too_long_then_limit_with_its_line),
      TEST(test_first_line_when_not_the_mark_then_refused),
      TEST(test_header_when_without_colon_then_refused),
      TEST(test_report_when_it_names_no_host_then_refused),
      TEST(test_report_when_it_lists_nothing_then_refused),
      TEST(test_rpm_keys_when_listed_then_skipped),
      TEST(test_package_when_listed_twice_then_kept_twice),
      TEST(test_pkg_line_when_its_version_has_no_digit_first_then_split_at_the_last_dash),
      TEST(test_packager_when_svmon_then_refused_by_name),
      TEST(test_packager_when_not_known_then_type_is_open),
      TEST(test_backslashes_when_in_packages_then_removed),
      TEST(test_text_when_latin1_then_refused_with_the_line),
      TEST(test_text_when_utf8_then_taken),
      TEST(test_text_when_it_holds_delete_or_c1_controls_then_refused),
      TEST(test_header_when_it_holds_a_control_then_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
