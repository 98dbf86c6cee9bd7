/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/document.h"

static void expect(const char *text, const char *want) { document_expect(pk_kev_read, "kev", "", text, want); }

static void refused(const char *text, const char *words) {
  document_refused(pk_kev_read, "kev", pk_str_of(text), PK_E_SYNTAX, words);
}

static const char want_two[] = "CVE-2020-0001 exploited=2026-01-01 ransomware \"Example, \"Overflow\" in lines\"\n"
                               "CVE-2020-0002 exploited=2026-01-02\n";

static void test_read_when_json_then_facts(void **state) {
  (void)state;
  expect(
      "{\"title\":\"CISA Catalog\",\"count\":2,\"vulnerabilities\":["
      "{\"cveID\":\"CVE-2020-0001\",\"vulnerabilityName\":\"Example, \\\"Overflow\\\"\\nin lines\",\"dateAdded\":\"2026-01-01\","
      "\"knownRansomwareCampaignUse\":\"Known\",\"cwes\":[\"CWE-1\"]},"
      "{\"cveID\":\"cve-2020-0002\",\"dateAdded\":\"2026-01-02\",\"knownRansomwareCampaignUse\":\"Unknown\"}]}",
      want_two);
}

static void test_read_when_csv_then_the_same_facts(void **state) {
  (void)state;
  expect("cveID,vendorProject,vulnerabilityName,dateAdded,knownRansomwareCampaignUse\n"
         "CVE-2020-0001,x,\"Example, \"\"Overflow\"\"\nin lines\",2026-01-01,Known\n"
         "CVE-2020-0002,\"a, b\",,2026-01-02,Unknown\n",
         want_two);
  expect("\xef\xbb\xbf\"knownRansomwareCampaignUse\",\"dateAdded\",\"cveID\",\"vulnerabilityName\"\r\n"
         "\"Known\",2026-01-01,CVE-2020-0001,\"Example, \"\"Overflow\"\"\r\nin lines\"\r\n\r\n"
         ",2026-01-02,\"CVE-2020-0002\"\r\n",
         want_two);
}

static void test_read_when_only_columns_then_unchanged(void **state) {
  (void)state;
  expect("cveID,dateAdded\n", "");
}

static void test_read_when_broken_then_refused(void **state) {
  (void)state;
  refused("", "the catalogue is empty");
  refused("<html></html>", "the first line has no columns 'cveID' and 'dateAdded'");
  refused("{\"vulnerabilities\":[]}", "not a catalogue of known exploited vulnerabilities");
  refused("{\"vulnerabilities\":[{\"cveID\":\"x\"}]}", "entry 1: cveID 'x' is no CVE");
  refused("cveID,dateAdded\nCVE-2020-0001,2026-01-01\nCVE-2020-0002,soon\n", "entry 2: dateAdded 'soon' is no date");
  refused("cveID,dateAdded\nCVE-2020-0001,1823-01-01\n", "entry 1: dateAdded");
  refused("cveID,dateAdded\nCVE-2020-0001,\"2026-01-01\n", "row 2 has a quote that is never closed");
  refused("{\"vulnerabilities\":[{", "JSON");
}

static void test_read_when_a_row_has_too_many_cells_then_limit(void **state) {
  (void)state;
  char text[256];
  memset(text, ',', sizeof text);
  document_refused(pk_kev_read, "kev", (pk_str){text, sizeof text}, PK_E_LIMIT, "row 1 has more than 64 cells");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_json_then_facts),
      cmocka_unit_test(test_read_when_csv_then_the_same_facts),
      cmocka_unit_test(test_read_when_only_columns_then_unchanged),
      cmocka_unit_test(test_read_when_broken_then_refused),
      cmocka_unit_test(test_read_when_a_row_has_too_many_cells_then_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
