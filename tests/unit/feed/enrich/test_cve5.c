/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/document.h"

#define RECORD(containers)                                                                                                       \
  "{\"dataType\":\"CVE_RECORD\",\"dataVersion\":\"5.1\",\"cveMetadata\":{\"cveId\":\"CVE-2024-0001\",\"state\":\"PUBLISHED\"},"  \
  "\"containers\":{" containers "}}"
#define CVSS(member, score, vector) "{\"" member "\":{\"baseScore\":" score ",\"vectorString\":\"" vector "\"}}"
#define OTHER(type, content) "{\"other\":{\"type\":\"" type "\",\"content\":{" content "}}}"

static void expect(const char *text, const char *want) { document_expect(pk_cve5_read, "CVE-2024-0001.json", "", text, want); }

static void refused(const char *text, const char *words) {
  document_refused(pk_cve5_read, "CVE-2024-0001.json", pk_str_of(text), PK_E_SYNTAX, words);
}

static void test_read_when_all_is_said_then_one_fact(void **state) {
  (void)state;
  expect(
      RECORD("\"cna\":{\"title\":\" A\\ntitle \",\"metrics\":[" CVSS(
          "cvssV3_1", "9.8",
          "CVSS:3.1/AV:N/AC:L") "]},"
                                "\"adp\":[{\"title\":\"CVE Program Container\"},{\"metrics\":[" OTHER(
                                    "ssvc", "\"options\":[{\"Exploitation\":\"active\"},{\"Automatable\":\"Yes\"},{\"Technical "
                                            "Impact\":\"total\"}]") "," OTHER("kev", "\"dateAdded\":\"2024-02-01\",\"reference\":"
                                                                                     "\"https://example.org\"") "]}]"),
      "CVE-2024-0001 exploited=2024-02-01 cvss=98 CVSS:3.1/AV:N/AC:L [exploitation=active automatable=yes impact=total] "
      "\"A title\"\n");
}

static void test_read_when_several_scores_then_the_authoritys_newest(void **state) {
  (void)state;
  expect(RECORD("\"cna\":{\"metrics\":[" CVSS("cvssV2_0", "10", "AV:N") "," CVSS("cvssV3_0", "7", "CVSS:3.0/AV:N") "," CVSS(
             "cvssV3_1", "7.25", "CVSS:3.1/AV:N") "]},\"adp\":[{\"metrics\":[" CVSS("cvssV4_0", "5.4", "CVSS:4.0/AV:N") "]}]"),
         "CVE-2024-0001 cvss=73 CVSS:3.1/AV:N\n");
  expect(RECORD("\"adp\":[{\"metrics\":[" CVSS("cvssV3_1", "1.0", "CVSS:3.1/AV:P") "," CVSS("cvssV4_0", "\"5.4\"",
                                                                                            "CVSS:4.0/AV:N") "]}]"),
         "CVE-2024-0001 cvss=54 CVSS:4.0/AV:N\n");
  expect(RECORD("\"cna\":{\"metrics\":[" CVSS("cvssV4_0", "10.1", "CVSS:4.0/AV:N") "," CVSS("cvssV2_0", "5", "odd vector") "]}"),
         "CVE-2024-0001 cvss=50\n");
}

static void test_read_when_there_is_no_title_then_the_first_sentence(void **state) {
  (void)state;
  static const char *const texts[][2] = {
      {"Example 1.0.2 overflows in the parser. An attacker wins.", "Example 1.0.2 overflows in the parser."},
      {"In example, e.g. Linux, it is so bad. Really.", "In example, e.g. Linux, it is so bad."},
      {"Example overflows\\n\\nThis affects all.", "Example overflows"},
      {"  Example overflows in version 1. 2 is not.", "Example overflows in version 1. 2 is not."},
      {"", NULL},
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    char text[512], want[256];
    snprintf(text, sizeof text,
             RECORD("\"cna\":{\"descriptions\":[{\"lang\":\"es\",\"value\":\"No\"},{\"lang\":\"en-US\",\"value\":\"%s\"}]}"),
             texts[i][0]);
    if (texts[i][1])
      snprintf(want, sizeof want, "CVE-2024-0001 \"%s\"\n", texts[i][1]);
    else
      snprintf(want, sizeof want, "CVE-2024-0001\n");
    expect(text, want);
  }
}

static void test_read_when_rejected_then_only_that(void **state) {
  (void)state;
  expect("{\"containers\":{\"cna\":{\"rejectedReasons\":[{\"lang\":\"en\",\"value\":\"Not used.\"}]}},"
         "\"cveMetadata\":{\"state\":\"REJECTED\",\"cveId\":\"CVE-2024-0002\"}}",
         "CVE-2024-0002 rejected\n");
}

static void test_read_when_members_have_odd_kinds_then_passed_over(void **state) {
  (void)state;
  expect(
      RECORD("\"cna\":{\"title\":7,\"descriptions\":\"x\",\"metrics\":[null,1,{\"cvssV3_1\":[]},{\"other\":null}]},"
             "\"adp\":[null,{\"metrics\":[" OTHER("kev", "\"dateAdded\":\"soon\"") "," OTHER("ssvc", "\"options\":[null]") "]}]"),
      "CVE-2024-0001\n");
}

static void test_read_when_a_list_of_changes_then_unchanged(void **state) {
  (void)state;
  expect("{\"fetchTime\":\"2026-01-01T00:00:00Z\",\"numberOfChanges\":1,\"new\":[{\"cveId\":\"CVE-2024-0001\"}]}", "");
  expect("[{\"fetchTime\":\"2026-01-01T00:00:00Z\",\"new\":[]}]", "");
}

static void test_read_when_something_else_then_refused(void **state) {
  (void)state;
  refused("{\"CVE_data_meta\":{\"ID\":\"CVE-2019-0001\"}}", "not a CVE record of version 5");
  refused("{\"cveMetadata\":{\"cveId\":\"x\"}}", "cveId 'x' is no CVE");
  refused("{\"cveMetadata\":", "JSON");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_all_is_said_then_one_fact),
      cmocka_unit_test(test_read_when_several_scores_then_the_authoritys_newest),
      cmocka_unit_test(test_read_when_there_is_no_title_then_the_first_sentence),
      cmocka_unit_test(test_read_when_rejected_then_only_that),
      cmocka_unit_test(test_read_when_members_have_odd_kinds_then_passed_over),
      cmocka_unit_test(test_read_when_a_list_of_changes_then_unchanged),
      cmocka_unit_test(test_read_when_something_else_then_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
