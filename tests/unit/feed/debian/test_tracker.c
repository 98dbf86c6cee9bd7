/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/document.h"

#define RELEASE(name, members) "\"" name "\":{" members "}"
#define CVE(name, releases) "\"" name "\":{\"description\":\"A flaw\",\"scope\":\"remote\",\"releases\":{" releases "}}"
#define FIXED(version) "\"status\":\"resolved\",\"fixed_version\":\"" version "\",\"urgency\":\"not yet assigned\""

static void expect(const char *text, const char *want) { document_expect(pk_debian_tracker_read, "data.json", "", text, want); }

static void refused(const char *text, const char *words) {
  document_refused(pk_debian_tracker_read, "data.json", pk_str_of(text), PK_E_SYNTAX, words);
}

static void test_read_when_one_flaw_in_two_packages_then_two_definitions(void **state) {
  (void)state;
  expect("{\"openssl\":{" CVE("CVE-2024-0001",
                              RELEASE("bookworm", FIXED("3.0.1-1")) "," RELEASE(
                                  "sid", FIXED("3.2.1-1"))) "},\"gnutls28\":{" CVE("CVE-2024-0001",
                                                                                   RELEASE("bookworm", FIXED("3.7-1"))) "}}",
         "CVE-2024-0001 openssl|vulnerability|||-|CVE-2024-0001|A flaw\n"
         "  debian:12 openssl fixed 3.0.1-1\n"
         "  debian:sid openssl fixed 3.2.1-1\n"
         "CVE-2024-0001 gnutls28|vulnerability|||-|CVE-2024-0001|A flaw\n"
         "  debian:12 gnutls28 fixed 3.7-1\n");
}

static void test_read_when_states_differ_then_each_release_has_its_own(void **state) {
  (void)state;
  static const struct {
    const char *members, *rule;
  } cases[] = {
      {"\"status\":\"resolved\",\"fixed_version\":\"1:2~rc1-1\",\"urgency\":\"low\"", "fixed 1:2~rc1-1"},
      {"\"status\":\"resolved\",\"fixed_version\":\"0\",\"urgency\":\"unimportant\"", "not-affected"},
      {"\"status\":\"resolved\",\"urgency\":\"low\"", "not-affected"},
      {"\"status\":\"resolved\",\"fixed_version\":\"1-1\",\"urgency\":\"unimportant\"", "unimportant 1-1"},
      {"\"status\":\"resolved\",\"fixed_version\":\"1-1\",\"urgency\":\"end-of-life\"", "fixed 1-1"},
      {"\"status\":\"open\",\"urgency\":\"not yet assigned\"", "affected"},
      {"\"status\":\"open\",\"urgency\":\"unimportant\"", "unimportant"},
      {"\"status\":\"open\",\"urgency\":\"end-of-life\"", "out-of-support"},
      {"\"status\":\"open\",\"nodsa\":\"Minor issue\",\"nodsa_reason\":\"\"", "no-advisory (Minor issue)"},
      {"\"status\":\"open\",\"nodsa\":\"Minor issue\"", "no-advisory (Minor issue)"},
      {"\"status\":\"open\",\"nodsa\":\"Later\",\"nodsa_reason\":\"postponed\"", "deferred (Later)"},
      {"\"status\":\"open\",\"nodsa\":\"Too\\nhard\",\"nodsa_reason\":\"ignored\"", "will-not-fix (Too hard)"},
      {"\"status\":\"undetermined\",\"urgency\":\"not yet assigned\"", "under-investigation"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[512], want[64];
    document t;
    snprintf(text, sizeof text, "{\"a\":{\"CVE-2024-0001\":{\"releases\":{\"trixie\":{%s}}}}}", cases[i].members);
    snprintf(want, sizeof want, "\n  debian:13 a %s\n", cases[i].rule);
    document_read(&t, pk_debian_tracker_read, "data.json", "", pk_str_of(text));
    assert_ok(t.rc, t.err);
    assert_string_equal(strchr(pk_buf_cstr(&t.out), '\n'), want);
    pk_buf_free(&t.out);
  }
}

static void test_read_when_urgencies_differ_then_the_worst_is_the_severity(void **state) {
  (void)state;
  expect(
      "{\"a\":{" CVE(
          "CVE-2024-0001",
          RELEASE("buster", "\"status\":\"open\",\"urgency\":\"low**\"") "," RELEASE(
              "sid",
              "\"status\":\"open\",\"urgency\":\"medium*\"") "," RELEASE("bookworm",
                                                                         "\"status\":\"open\",\"urgency\":\"end-of-life\"")) "}}",
      "CVE-2024-0001 a|vulnerability||medium|-|CVE-2024-0001|A flaw\n"
      "  debian:10 a affected\n"
      "  debian:sid a affected\n"
      "  debian:12 a out-of-support\n");
}

static void test_read_when_the_flaw_has_no_number_then_no_cve(void **state) {
  (void)state;
  expect("{\"a\":{" CVE("TEMP-0000000-A1B2C3", RELEASE("sid", FIXED("1"))) "}}",
         "TEMP-0000000-A1B2C3 a|vulnerability|||-||A flaw\n  debian:sid a fixed 1\n");
}

static void test_read_when_a_release_status_or_version_is_unknown_then_left_out(void **state) {
  (void)state;
  expect("{\"a\":{" CVE("CVE-2024-0001", RELEASE("moon", FIXED("1")) "," RELEASE("sid", "\"status\":\"wondering\"") "," RELEASE(
                                             "bookworm", FIXED("1 2")) ",\"bullseye\":7") "}}",
         "");
}

static void test_read_when_a_platform_is_wanted_then_only_its_rules(void **state) {
  (void)state;
  static const char text[] = "{\"a\":{" CVE("CVE-2024-0001", RELEASE("bookworm", FIXED("1")) "," RELEASE("sid", FIXED("2"))) "}}";
  document_expect(pk_debian_tracker_read, "data.json", "debian:12", text,
                  "CVE-2024-0001 a|vulnerability|||-|CVE-2024-0001|A flaw\n  debian:12 a fixed 1\n");
  document_expect(pk_debian_tracker_read, "data.json", "debian:11", text, "");
  document_expect(pk_debian_tracker_read, "data.json", "ubuntu:22.04", text, "");
}

static void test_read_when_a_title_is_long_and_odd_then_one_line_cut_between_characters(void **state) {
  (void)state;
  pk_buf text;
  document t;
  pk_buf_init(&text, 8192);
  pk_buf_puts(&text, "{\"a\":{\"CVE-2024-0001\":{\"description\":\" x\\u0000\\n\\t y");
  for (int i = 0; i < 400; i++) pk_buf_puts(&text, "\xc3\xa9");
  pk_buf_puts(&text, "\",\"releases\":{\"sid\":{\"status\":\"open\"}}}}}");
  document_read(&t, pk_debian_tracker_read, "data.json", "", pk_buf_view(&text));
  assert_ok(t.rc, t.err);
  const char *title = strstr(pk_buf_cstr(&t.out), "|x y\xc3\xa9");
  assert_non_null(title);
  assert_int_equal(strcspn(title + 1, "\n"), PK_DEFINITION_TITLE_MAX - 1);
  assert_true(pk_str_utf8(pk_buf_view(&t.out)));
  pk_buf_free(&t.out);
  pk_buf_free(&text);
}

static void test_read_when_an_entry_of_a_list_then_read_as_one(void **state) {
  (void)state;
  expect("{\"header\":{\"line\":\"CVE-2024-XXXX [A flaw]\",\"name\":\"TEMP-0000000-A1B2C3\",\"description\":\"[A flaw]\"},"
         "\"annotations\":[{\"line\":\"\\t- a <unfixed>\",\"type\":\"package\",\"package\":\"a\",\"kind\":\"unfixed\"},"
         "{\"line\":\"\\tNOTE: https://example.org\",\"type\":\"NOTE\"}]}",
         "TEMP-0000000-A1B2C3|vulnerability|||-||A flaw\n  debian a affected\n");
  expect("{\"header\":{\"line\":\"[29 Aug 2025] DSA-5990-1 a - security update\",\"name\":\"DSA-5990-1\"},"
         "\"annotations\":[{\"line\":\"\\t[trixie] - a 1-1+deb13u1\"},{\"line\":\"\\t{CVE-2025-0002 CVE-2025-0001}\"}]}",
         "DSA-5990-1|patch|DSA-5990-1||2025-08-29|CVE-2025-0001,CVE-2025-0002|a - security update\n"
         "  debian:13 a fixed 1-1+deb13u1\n");
  expect("{\"header\":{\"line\":\"CVE-2024-0001\",\"name\":\"CVE-2024-0001\"},\"annotations\":[{\"line\":\"\\tREJECTED\"}]}", "");
}

static void test_read_when_something_else_then_refused(void **state) {
  (void)state;
  refused("{}", "it has no package");
  refused("", "JSON");
  refused("{\"a\":{\"CVE-2024-0001\":{\"rel", "JSON");
  refused("{\"repositories\":{\"etch\":\"http://example.org/\"}}",
          "'repositories': 'etch': not a document of the security tracker");
  refused("{\"a\":1}", "not a document of the security tracker");
  refused("{\"a\":{\"CVE-2024-0001\":{\"releases\":[]}}}", "'a': 'CVE-2024-0001': not a document");
  refused("{\"a b\":{\"CVE-2024-0001\":{\"releases\":{}}}}", "no such package");
  refused("{\"header\":{\"line\":\"nonsense\"}}", "'nonsense' is no header");
  refused("{\"annotations\":[{\"line\":\"\\t- a 1\"}]}", "not a document");
}

static void test_read_when_a_name_is_too_long_then_limit(void **state) {
  (void)state;
  char text[1024], name[251] = {0};
  memset(name, 'a', sizeof name - 1);
  snprintf(text, sizeof text, "{\"%s\":{" CVE("CVE-2024-0001", RELEASE("sid", FIXED("1"))) "}}", name);
  document_refused(pk_debian_tracker_read, "data.json", pk_str_of(text), PK_E_LIMIT, "an id of more than 255 bytes");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_one_flaw_in_two_packages_then_two_definitions),
      cmocka_unit_test(test_read_when_states_differ_then_each_release_has_its_own),
      cmocka_unit_test(test_read_when_urgencies_differ_then_the_worst_is_the_severity),
      cmocka_unit_test(test_read_when_the_flaw_has_no_number_then_no_cve),
      cmocka_unit_test(test_read_when_a_release_status_or_version_is_unknown_then_left_out),
      cmocka_unit_test(test_read_when_a_platform_is_wanted_then_only_its_rules),
      cmocka_unit_test(test_read_when_a_title_is_long_and_odd_then_one_line_cut_between_characters),
      cmocka_unit_test(test_read_when_an_entry_of_a_list_then_read_as_one),
      cmocka_unit_test(test_read_when_something_else_then_refused),
      cmocka_unit_test(test_read_when_a_name_is_too_long_then_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
