/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/document.h"
#include "feed/enrich/fact.h"

static void expect(const char *text, const char *want) { document_expect(pk_epss_read, "epss.csv", "", text, want); }

static void refused(const char *text, const char *words) {
  document_refused(pk_epss_read, "epss.csv", pk_str_of(text), PK_E_SYNTAX, words);
}

static void test_read_when_the_first_list_then_scores(void **state) {
  (void)state;
  expect("#model_version:v2025.03.14,score_date:2026-01-01T12:55:00Z\ncve,epss,percentile\n"
         "CVE-2020-0001,0.00451,0.61234\r\nCVE-2020-0002,1e-05,1.0\n\n",
         "CVE-2020-0001 epss=4510 rank=612340\nCVE-2020-0002 epss=10 rank=1000000\n");
}

static void test_read_when_semicolons_and_no_header_then_scores(void **state) {
  (void)state;
  expect("CVE-2020-0001;0.004510000;0.612340000\nCVE-2020-0002;0;1",
         "CVE-2020-0001 epss=4510 rank=612340\nCVE-2020-0002 epss=0 rank=1000000\n");
}

static void test_read_when_columns_are_elsewhere_then_found(void **state) {
  (void)state;
  expect("\"percentile\",\"cve\",\"date\",\"epss\"\n\"0.5\",\"CVE-2020-0001\",\"2026-01-01\",\"0.25\"\n",
         "CVE-2020-0001 epss=250000 rank=500000\n");
  expect("cve,epss\nCVE-2020-0001,0.5\n", "CVE-2020-0001 epss=500000\n");
  expect("CVE-2020-0001,0.5\n", "CVE-2020-0001 epss=500000\n");
}

static void test_read_when_no_scores_then_unchanged(void **state) {
  (void)state;
  expect("cve,epss,percentile\n", "");
}

static void test_read_when_broken_then_refused_with_its_line(void **state) {
  (void)state;
  refused("", "the list of scores is empty");
  refused("<html>\n", "line 1: '<html>' is no CVE with a probability");
  refused("cve,epss,percentile\nCVE-2020-0001,0.5,0.5\nCVE-2020-0002,0.5\n", "line 3");
  refused("cve,percentile\nCVE-2020-0001,0.5\n", "line 2");
  refused("CVE-2020-0001,1.1,0.5\n", "line 1");
  refused("CVE-2020-0001,0.5,-0.5\n", "line 1");
  refused("CVE-2020-0001,0.5,half\n", "line 1");
}

static void test_decimal_when_scaled_then_rounded_half_up(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int32_t want; /* -1: refused */
  } cases[] = {{"0.5", 500000},
               {"1", 1000000},
               {"0", 0},
               {".5", 500000},
               {"1.", 1000000},
               {"1e-05", 10},
               {"1E-6", 1},
               {"5e-7", 1},
               {"4.9e-7", 0},
               {"0.0000005", 1},
               {"0.00000049", 0},
               {"0.1234565", 123457},
               {"1e0", 1000000},
               {"0.01e+2", 1000000},
               {"0e999", 0},
               {"1e-999", 0},
               {"0.9999999", 1000000},
               {"1.0000004", 1000000},
               {"1.0000005", -1},
               {"1e1", -1},
               {"2", -1},
               {"", -1},
               {".", -1},
               {"e5", -1},
               {"1e", -1},
               {"1e5000", -1},
               {"1.2.3", -1},
               {"-1", -1},
               {"+1", -1},
               {"0x1", -1},
               {"1 ", -1},
               {"99999999999999999999999999", -1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int32_t got = -1;
    bool ok = pk_decimal_scaled(pk_str_of(cases[i].text), 6, 1000000, &got);
    if (got != cases[i].want || ok != (got >= 0)) fail_msg("'%s' is %d, should be %d", cases[i].text, got, cases[i].want);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_the_first_list_then_scores),
      cmocka_unit_test(test_read_when_semicolons_and_no_header_then_scores),
      cmocka_unit_test(test_read_when_columns_are_elsewhere_then_found),
      cmocka_unit_test(test_read_when_no_scores_then_unchanged),
      cmocka_unit_test(test_read_when_broken_then_refused_with_its_line),
      cmocka_unit_test(test_decimal_when_scaled_then_rounded_half_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
