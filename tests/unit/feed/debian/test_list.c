/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/document.h"

static void expect(const char *text, const char *want) { document_expect(pk_debian_list_read, "list", "", text, want); }

static void refused(const char *name, const char *text, const char *words) {
  document_refused(pk_debian_list_read, name, pk_str_of(text), PK_E_SYNTAX, words);
}

/* The one rule that a line below a CVE makes. */
static void expect_rule(const char *line, const char *rule) {
  char text[512], want[512];
  snprintf(text, sizeof text, "CVE-2024-0001 (A flaw)\n\t- other 1\n\t%s\n", line);
  snprintf(want, sizeof want, "\n  debian other fixed 1\n%s%s%s", rule[0] ? "  " : "", rule, rule[0] ? "\n" : "");
  document t;
  document_read(&t, pk_debian_list_read, "CVE.list", "", pk_str_of(text));
  assert_ok(t.rc, t.err);
  assert_string_equal(strchr(pk_buf_cstr(&t.out), '\n'), want);
  pk_buf_free(&t.out);
}

/* ---- advisories ---- */

static void test_read_when_advisories_then_one_definition_each(void **state) {
  (void)state;
  expect("[29 Mar 2023] DSA-5380-1 xorg-server - security update\n"
         "\t{CVE-2023-1393 CVE-2022-0001 CVE-2023-1393}\n"
         "\t[bullseye] - xorg-server 2:1.20.11-1+deb11u6\n"
         "\t[buster] - xorg-server <not-affected> (Not there (yet))\n"
         "\tNOTE: more\n"
         "[17 Mar 2023] DLA-3356-2 sox - regression update\n"
         "        [buster] - sox 14.4.2-3\n"
         "[02 Jul 2002] DSA-135 mod-ssl -- overflow\n"
         "\t{CVE-2002-0653 }\n"
         "\t[woody] - mod-ssl 2.8.9-2 (high; bug #1)\n"
         "\t[woody] - mod-ssl-doc <unfixed>\n"
         "\t[sarge] - mod-ssl <end-of-life>\n",
         "DSA-5380-1|patch|DSA-5380-1||2023-03-29|CVE-2022-0001,CVE-2023-1393|xorg-server - security update\n"
         "  debian:11 xorg-server fixed 2:1.20.11-1+deb11u6\n"
         "  debian:10 xorg-server not-affected (Not there (yet))\n"
         "DLA-3356-2|patch|DLA-3356-2||2023-03-17||sox - regression update\n"
         "  debian:10 sox fixed 14.4.2-3\n"
         "DSA-135|patch|DSA-135|high|2002-07-02|CVE-2002-0653|mod-ssl -- overflow\n"
         "  debian:3 mod-ssl fixed 2.8.9-2\n"
         "  debian:3 mod-ssl-doc affected\n"
         "  debian:3 mod-ssl out-of-support\n");
}

static void test_read_when_dates_have_other_forms_then_understood_or_unknown(void **state) {
  (void)state;
  static const char *const dates[][2] = {{"August 26th, 2005", "2005-08-26"},
                                         {"September 1st, 2005", "2005-09-01"},
                                         {"1 Jan 2024", "2024-01-01"},
                                         {"01 January 2024", "2024-01-01"},
                                         {"yesterday", "-"},
                                         {"32 Jan 2024", "-"},
                                         {"1 Jan 1823", "-"},
                                         {"", "-"},
                                         {"x y z", "-"}};
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    char text[128], want[128];
    snprintf(text, sizeof text, "[%s] DTSA-1-1 a - b\n\t[etch] - a 1\n", dates[i][0]);
    snprintf(want, sizeof want, "DTSA-1-1|patch|DTSA-1-1||%s||a - b\n  debian:4 a fixed 1\n", dates[i][1]);
    expect(text, want);
  }
}

static void test_read_when_an_advisory_names_no_package_then_left_out(void **state) {
  (void)state;
  expect("[18 Apr 2018] DSA-4205-1 jessie end-of-life\n\tNOTE: end of security support\n", "");
}

/* ---- CVEs ---- */

static void test_read_when_a_line_has_no_release_then_it_is_for_all_that_have_none(void **state) {
  (void)state;
  expect("CVE-2024-0001 (A flaw (of a kind) ...)\n"
         "\t- a 1.2-3 (low; bug #1000001)\n"
         "\t[bookworm] - a 1.1-2+deb12u1\n"
         "\t[bullseye] - a <not-affected> (Introduced later)\n"
         "\t[experimental] - a 1.3-1\n"
         "\t- b <removed>\n"
         "\t- c <itp> (bug #1000002)\n"
         "CVE-2024-0002\n"
         "\tRESERVED\n"
         "\t- d <unfixed> (unimportant)\n",
         "CVE-2024-0001|vulnerability||low|-|CVE-2024-0001|A flaw (of a kind) ...\n"
         "  debian a fixed 1.2-3\n"
         "  debian:12 a fixed 1.1-2+deb12u1\n"
         "  debian:11 a not-affected (Introduced later)\n"
         "  debian b affected (removed from unstable)\n"
         "CVE-2024-0002|vulnerability||unimportant|-|CVE-2024-0002|\n"
         "  debian d unimportant\n");
}

static void test_read_when_advisories_speak_of_it_then_the_line_is_for_unstable_only(void **state) {
  (void)state;
  expect("CVE-2024-0001 (A flaw)\n"
         "\t{DSA-5000-1 DLA-4000-1}\n"
         "\t- a 1.2-3\n"
         "\t[bullseye] - a <no-dsa> (Minor issue)\n",
         "CVE-2024-0001|vulnerability|||-|CVE-2024-0001|A flaw\n"
         "  debian:sid a fixed 1.2-3\n"
         "  debian:11 a no-advisory 1.2-3 (Minor issue)\n");
}

static void test_read_when_a_line_has_a_word_then_its_state(void **state) {
  (void)state;
  expect_rule("- a 1:2~rc1+x.y-1", "debian a fixed 1:2~rc1+x.y-1");
  expect_rule("- a 1 (unimportant)", "debian a unimportant 1");
  expect_rule("- a", "debian a affected");
  expect_rule("- a <unfixed> (medium; bug #7)", "debian a affected");
  expect_rule("- a <undetermined>", "debian a under-investigation");
  expect_rule("- a <not-affected> (Windows only)", "debian a not-affected (Windows only)");
  expect_rule("[trixie] - a <no-dsa> (Minor)", "debian:13 a no-advisory (Minor)");
  expect_rule("[trixie] - a <postponed> (Later)", "debian:13 a deferred (Later)");
  expect_rule("[trixie] - a <ignored> (Never)", "debian:13 a will-not-fix (Never)");
  expect_rule("[trixie] - a <end-of-life> (see DSA 1)", "debian:13 a out-of-support (see DSA 1)");
  expect_rule("[sid] - a 2", "debian:sid a fixed 2");
}

static void test_read_when_a_line_makes_no_sense_then_only_it_is_left_out(void **state) {
  (void)state;
  static const char *const odd[] = {"- a <itp> (bug #1)",
                                    "- a <what>",
                                    "- a <no-dsa> (needs a release)",
                                    "- a 1 2",
                                    "- a 1 (open",
                                    "[trixie - a 1",
                                    "[tri xie] - a 1",
                                    "- a 1_2",
                                    "lower case",
                                    "[trixie] a 1",
                                    "-",
                                    "- a/b 1",
                                    "- a <unfixed",
                                    "NOTE: anything",
                                    "TODO: check",
                                    "NOT-FOR-US: x",
                                    "{CVE-2024-0002",
                                    "{}"};
  for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) expect_rule(odd[i], "");
}

static void test_read_when_a_release_is_triaged_then_versions_are_those_of_unstable(void **state) {
  (void)state;
  expect("CVE-2024-0001 (A flaw)\n"
         "\t[trixie] - a <ignored> (before its line)\n"
         "\t- a 2\n"
         "\t- b <not-affected> (x)\n"
         "\t[trixie] - b <no-dsa> (pointless)\n"
         "\t- c <unfixed> (unimportant)\n"
         "\t[trixie] - c <no-dsa> (pointless)\n"
         "\t- d <unfixed>\n"
         "\t[trixie] - d <no-dsa> (z)\n",
         "CVE-2024-0001|vulnerability||unimportant|-|CVE-2024-0001|A flaw\n"
         "  debian:13 a will-not-fix 2 (before its line)\n"
         "  debian a fixed 2\n"
         "  debian b not-affected (x)\n"
         "  debian c unimportant\n"
         "  debian d affected\n"
         "  debian:13 d no-advisory (z)\n");
}

static void test_read_when_a_flaw_has_no_number_then_the_trackers_own_name(void **state) {
  (void)state;
  expect("CVE-2024-XXXX [first words of it]\n\t- a <unfixed> (low)\n"
         "CVE-2024-XXXX [first words of it]\n\t- a <unfixed> (low; bug #1000001; bug #2)\n"
         "TEMP-0000000-A1B2C3 [x]\n\t- a 1\n",
         "TEMP-0000000-4A3F72|vulnerability||low|-||first words of it\n  debian a affected\n"
         "TEMP-1000001-4A3F72|vulnerability||low|-||first words of it\n  debian a affected\n"
         "TEMP-0000000-A1B2C3|vulnerability|||-||x\n  debian a fixed 1\n");
}

static void test_read_when_rejected_then_left_out(void **state) {
  (void)state;
  expect("CVE-2024-0001 (A flaw)\n\tREJECTED\n\t- a 1\nCVE-2024-0002\n\tNOTE: rejected\n\t- a 1\n", "");
}

/* ---- lists ---- */

static void test_read_when_a_platform_is_wanted_then_only_its_rules(void **state) {
  (void)state;
  static const char text[] = "CVE-2024-0001 (A flaw)\n\t- a 2\n\t[trixie] - a 1\n\t[bookworm] - a <ignored> (x)\n";
  document_expect(pk_debian_list_read, "list", "debian:13", text,
                  "CVE-2024-0001|vulnerability|||-|CVE-2024-0001|A flaw\n  debian a fixed 2\n  debian:13 a fixed 1\n");
  document_expect(pk_debian_list_read, "list", "ubuntu:22.04", text, "");
}

static void test_read_when_something_stands_between_entries_then_passed_over(void **state) {
  (void)state;
  expect("begin claimed by somebody\n\nCVE-2024-0001\n\t- a 1\n\n--\nend claimed by somebody\nSTOP: old ones\n   \n",
         "CVE-2024-0001|vulnerability|||-|CVE-2024-0001|\n  debian a fixed 1\n");
}

static void test_read_when_not_utf8_then_question_marks(void **state) {
  (void)state;
  expect("CVE-2024-0001 (caf\xe9 x)\n\t- a <not-affected> (\xff\x01)\n",
         "CVE-2024-0001|vulnerability|||-|CVE-2024-0001|caf? x\n  debian a not-affected (?)\n");
}

static void test_read_when_a_header_is_broken_then_refused_with_its_line(void **state) {
  (void)state;
  refused("DSA.list", "[1 Jan 2024] DSA-1-1 a - b\n\t[sid] - a 1\nDSA-2-1 no date\n",
          "line 3: 'DSA-2-1 no date' begins no entry");
  refused("x", "CVE-2024-0001\n\t- a 1\nCVE-24-1 (short)\n", "line 3");
  refused("data/DSA/list", "<html>\n", "line 1: '<html>' begins no entry");
  refused("list", "\t- a 1\n", "line 1");
  refused("data/DLA/list", "", "the list is empty");
  refused("list", "CVE-2024-0001\n\twhat\n\tnow\n", "no line below an entry makes sense, the first of them is line 2");
}

static void test_read_when_another_member_of_the_archive_then_unchanged(void **state) {
  (void)state;
  static const char *const others[][2] = {{"data/config.json", "{\n  \"repositories\": {}\n}\n"},
                                          {"data/CPE/list", "a2ps;cpe:/a:gnu:a2ps\n"},
                                          {"data/dla-needed.txt", "An DLA is needed for the following source packages.\n"},
                                          {"data/next-point-update.txt", "CVE-2024-0001\n\t[trixie] - a 1\n"},
                                          {"next-oldstable-point-update.txt", "CVE-2024-0001\n\t[trixie] - a 1\n"},
                                          {"lib/x.py", "    indented\n"}};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    document_expect(pk_debian_list_read, others[i][0], "", others[i][1], "");
}

static void test_read_when_an_entry_has_too_many_lines_then_limit(void **state) {
  (void)state;
  pk_buf text;
  pk_buf_init(&text, (size_t)1 << 20);
  pk_buf_puts(&text, "CVE-2024-0001\n");
  for (int i = 0; i < 20001; i++) pk_buf_puts(&text, " - a 1\n");
  document_refused(pk_debian_list_read, "list", pk_buf_view(&text), PK_E_LIMIT,
                   "entry 'CVE-2024-0001' has more than 20000 lines");
  pk_buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_advisories_then_one_definition_each),
      cmocka_unit_test(test_read_when_dates_have_other_forms_then_understood_or_unknown),
      cmocka_unit_test(test_read_when_an_advisory_names_no_package_then_left_out),
      cmocka_unit_test(test_read_when_a_line_has_no_release_then_it_is_for_all_that_have_none),
      cmocka_unit_test(test_read_when_advisories_speak_of_it_then_the_line_is_for_unstable_only),
      cmocka_unit_test(test_read_when_a_line_has_a_word_then_its_state),
      cmocka_unit_test(test_read_when_a_line_makes_no_sense_then_only_it_is_left_out),
      cmocka_unit_test(test_read_when_a_release_is_triaged_then_versions_are_those_of_unstable),
      cmocka_unit_test(test_read_when_a_flaw_has_no_number_then_the_trackers_own_name),
      cmocka_unit_test(test_read_when_rejected_then_left_out),
      cmocka_unit_test(test_read_when_a_platform_is_wanted_then_only_its_rules),
      cmocka_unit_test(test_read_when_something_stands_between_entries_then_passed_over),
      cmocka_unit_test(test_read_when_not_utf8_then_question_marks),
      cmocka_unit_test(test_read_when_a_header_is_broken_then_refused_with_its_line),
      cmocka_unit_test(test_read_when_another_member_of_the_archive_then_unchanged),
      cmocka_unit_test(test_read_when_an_entry_has_too_many_lines_then_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
