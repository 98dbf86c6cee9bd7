/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/times.h"

static void test_text_when_known_then_iso(void **state) {
  (void)state;
  assert_string_equal(PK_TIME(1795426800), "2026-11-23T09:40:00Z");
  assert_string_equal(PK_TIME(1), "1970-01-01T00:00:01Z");
}

static void test_text_when_unknown_then_dash(void **state) {
  (void)state;
  assert_string_equal(PK_TIME(0), "-");
  assert_string_equal(PK_TIME(INT64_MAX), "-");
}

static void test_rfc5322_when_a_date_then_seconds(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t at;
  } dates[] = {
      {"Sat, 01 Aug 2026 10:00:00 UTC", 1785578400},   {"Sat, 01 Aug 2026 10:00:00 GMT", 1785578400},
      {"Sat, 01 Aug 2026 10:00:00 +0000", 1785578400}, {"Sat, 01 Aug 2026 12:00:00 +0200", 1785578400},
      {"Sat, 01 Aug 2026 04:30:00 -0530", 1785578400}, {"Sat,  1 Aug 2026 10:00:00 UTC", 1785578400},
      {"01 Aug 2026 10:00:00 UTC", 1785578400},        {" Sat, 01 Aug 2026 10:00:00 UTC\r\n", 1785578400},
      {"Tue, 29 Feb 2028 00:00:00 UTC", 1835395200},
  };
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    int64_t at = 0;
    if (pk_time_parse_rfc5322(pk_str_of(dates[i].text), &at) != PK_OK) fail_msg("'%s' was refused", dates[i].text);
    if (at != dates[i].at) fail_msg("'%s' is %lld", dates[i].text, (long long)at);
  }
}

static void test_rfc5322_when_not_a_date_then_syntax_and_untouched(void **state) {
  (void)state;
  static const char *const texts[] = {"",
                                      "yesterday",
                                      "Sat, 01 Aug 2026",
                                      "Sat, 01 Aug 2026 10:00:00 CEST",
                                      "2026-08-01 10:00:00",
                                      "Sat, 32 Aug 2026 10:00:00 UTC",
                                      "Sat, 01 Aug 2026 25:00:00 UTC",
                                      "Sat, 01 Aug 2026 10:00:00 +02xx",
                                      "Sat, 01 Aug 2026 10:00:00 UTC and so on for much longer than any date is written"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    int64_t at = 7;
    if (pk_time_parse_rfc5322(pk_str_of(texts[i]), &at) != PK_E_SYNTAX) fail_msg("'%s' was accepted", texts[i]);
    assert_int_equal(at, 7);
  }
}

static void test_iso_when_any_accepted_form_then_seconds(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t at;
  } dates[] = {
      {"2017-12-02 01:57:03", 1512179823},
      {"2017-12-02T01:57:03Z", 1512179823},
      {"2017-12-02 01:57", 1512179820},
      {"2017-12-02", 1512172800},
      {"1512179823", 1512179823},
      {" 2017-12-02 01:57:03 UTC ", 1512179823},
      {"2017-12-02T02:57:03 +0100", 1512179823},
      {"2017-12-02T02:57:03+01:00", 1512179823},
      {"2017-12-02T01:57:03.999Z", 1512179823},
      {"2028-02-29", 1835395200},
      {"2016-12-31T23:59:60Z", 1483228799},
  };
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    int64_t at = 0;
    if (pk_time_parse_iso(pk_str_of(dates[i].text), &at) != PK_OK) fail_msg("'%s' was refused", dates[i].text);
    if (at != dates[i].at) fail_msg("'%s' is %lld", dates[i].text, (long long)at);
  }
}

static void test_iso_when_not_a_date_then_syntax_and_untouched(void **state) {
  (void)state;
  static const char *const texts[] = {"",           "2017",       "2017-13-02", "2017-12", "20171202T", "99999999999999999999",
                                      "02.12.2017", "-1512179823", "2027-02-31", "2027-02-29T10:00:00Z", "2017-12-02T01:57:03+1:00", "2017-12-02T01:57:03+01:xx"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    int64_t at = 7;
    if (pk_time_parse_iso(pk_str_of(texts[i]), &at) != PK_E_SYNTAX) fail_msg("'%s' was accepted", texts[i]);
    assert_int_equal(at, 7);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_text_when_known_then_iso),
      cmocka_unit_test(test_text_when_unknown_then_dash),
      cmocka_unit_test(test_rfc5322_when_a_date_then_seconds),
      cmocka_unit_test(test_rfc5322_when_not_a_date_then_syntax_and_untouched),
      cmocka_unit_test(test_iso_when_any_accepted_form_then_seconds),
      cmocka_unit_test(test_iso_when_not_a_date_then_syntax_and_untouched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
