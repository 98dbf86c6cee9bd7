/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the version orders are data: versions_rpm.txt, versions_deb.txt. */
#include "unit.h"

#include "model/evr.h"

static pk_package_type type_of_file;

/* "a < b" or "a = b" */
static void check_rule(pk_str line) {
  pk_str rest = line, a, sign, b;
  assert_true(pk_str_word(&rest, &a) && pk_str_word(&rest, &sign) && pk_str_word(&rest, &b));
  int want = pk_str_is(sign, "<") ? -1 : 0;
  if (want == 0) assert_true(pk_str_is(sign, "="));
  if (pk_evr_cmp(type_of_file, a, b) != want || pk_evr_cmp(type_of_file, b, a) != -want)
    fail_msg("%.*s: is %d, and %d the other way round", PK_FMT(line), pk_evr_cmp(type_of_file, a, b),
             pk_evr_cmp(type_of_file, b, a));
  if (pk_evr_cmp(type_of_file, a, a) != 0 || pk_evr_cmp(type_of_file, b, b) != 0)
    fail_msg("%.*s: not equal to itself", PK_FMT(line));
}

static void test_order_when_rpm_then_as_the_rules_say(void **state) {
  (void)state;
  type_of_file = PK_TYPE_RPM;
  each_line("model/versions_rpm.txt", check_rule);
}

static void test_order_when_deb_then_as_the_rules_say(void **state) {
  (void)state;
  type_of_file = PK_TYPE_DEB;
  each_line("model/versions_deb.txt", check_rule);
}

static void test_order_when_of_other_types_then_like_rpm(void **state) {
  (void)state;
  type_of_file = PK_TYPE_OTHER;
  each_line("model/versions_rpm.txt", check_rule);
  type_of_file = PK_TYPE_UNKNOWN;
  each_line("model/versions_rpm.txt", check_rule);
}

static void test_cmp_when_types_differ_then_their_own_order(void **state) {
  (void)state;
  assert_int_equal(pk_evr_cmp(PK_TYPE_RPM, PK_STR("1.0+b"), PK_STR("1.0.b")), 0);
  assert_int_equal(pk_evr_cmp(PK_TYPE_DEB, PK_STR("1.0+b"), PK_STR("1.0.b")), -1);
  assert_int_equal(pk_evr_cmp(PK_TYPE_RPM, PK_STR("1.0"), PK_STR("1.0-0")), -1);
  assert_int_equal(pk_evr_cmp(PK_TYPE_DEB, PK_STR("1.0"), PK_STR("1.0-0")), 0);
}

static void test_cmp_when_empty_then_first(void **state) {
  (void)state;
  static const pk_package_type types[] = {PK_TYPE_RPM, PK_TYPE_DEB};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(pk_evr_cmp(types[i], PK_STR(""), (pk_str){NULL, 0}), 0);
    assert_int_equal(pk_evr_cmp(types[i], PK_STR(""), PK_STR("1")), -1);
    assert_int_equal(pk_evr_cmp(types[i], PK_STR("1"), PK_STR("")), 1);
  }
}

static void test_cmp_asked_when_something_is_left_out_then_not_compared(void **state) {
  (void)state;
  static const struct {
    const char *installed, *asked;
    int deb, rpm;
  } cases[] = {
      {"3.0.15-1", "3.0.15", 0, 0},
      {"3.0.15-1", "3.0.15-1", 0, 0},
      {"3.0.15-2", "3.0.15-1", 1, 1},
      {"3.0.14-9", "3.0.15", -1, -1},
      {"1:3.0.15-1", "3.0.15", 0, 0},
      {"1:3.0.15-1", "3.0.15-1", 0, 0},
      {"1:3.0.7-1", "3.0.14", -1, -1},
      {"1:3.0.7-1", "0:3.0.14", 1, 1},
      {"3.0.15-1", "1:3.0", -1, -1},
      {"3.0.15-1", "0:3.0.15", 0, 0},
      {"0:3.0.15-1", "0:3.0.15-1", 0, 0},
      {"3.0.15", "3.0.15-1", -1, -1},
      {"3.0~rc1-1", "3.0", -1, -1},
      {"3.0^git1-1", "3.0", 1, 1},
      {"1.0-1-2", "1.0", 1, 1},
      {"1.0-1-2", "1.0-1", 1, 1},
      {"1.0+b-1", "1.0.b", -1, 0},
      {"", "1", -1, -1},
      {"1:", "1:", 0, 0},
      {"-1", "", 0, 0},
      {"3.0.15", "3.0.15-", 0, -1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_str installed = pk_str_of(cases[i].installed), asked = pk_str_of(cases[i].asked);
    int deb = pk_evr_cmp_asked(PK_TYPE_DEB, installed, asked), rpm = pk_evr_cmp_asked(PK_TYPE_RPM, installed, asked);
    if (deb != cases[i].deb || rpm != cases[i].rpm)
      fail_msg("%s, %s: deb %d, rpm %d", cases[i].installed, cases[i].asked, deb, rpm);
  }
}

static void test_cmp_when_bytes_are_odd_then_still_an_order(void **state) {
  (void)state;
  static const pk_package_type types[] = {PK_TYPE_RPM, PK_TYPE_DEB};
  static const pk_str odd[] = {{"\0", 1},
                               {"1\0", 2},
                               {"\0"
                                "5",
                                2},
                               {"5", 1},
                               {"9", 1},
                               {"19", 2},
                               {"20", 2},
                               {"\xff", 1},
                               {"1\xff", 2},
                               {":", 1},
                               {"-", 1},
                               {":-", 2},
                               {"~", 1},
                               {"^", 1},
                               {"1-", 2},
                               {"a", 1},
                               {"", 0},
                               {"1^~", 3}};
  size_t n = sizeof odd / sizeof odd[0];
  for (size_t t = 0; t < 2; t++)
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < n; k++) {
          int ij = pk_evr_cmp(types[t], odd[i], odd[j]), jk = pk_evr_cmp(types[t], odd[j], odd[k]),
              ik = pk_evr_cmp(types[t], odd[i], odd[k]);
          if (ij != -pk_evr_cmp(types[t], odd[j], odd[i])) fail_msg("type %zu: %zu and %zu: not antisymmetric", t, i, j);
          if (ij <= 0 && jk <= 0 && (ik > 0 || (ik == 0) != (ij == 0 && jk == 0)))
            fail_msg("type %zu: %zu, %zu, %zu: not transitive", t, i, j, k);
        }
}

static void test_told_when_an_rpm_epoch_is_missing_then_epochs_do_not_count(void **state) {
  (void)state;
  assert_int_equal(pk_evr_cmp_told(PK_TYPE_RPM, PK_STR("9.16.23-11"), PK_STR("32:9.16.23-11")), 0);
  assert_int_equal(pk_evr_cmp_told(PK_TYPE_RPM, PK_STR("32:9.16.23-11"), PK_STR("9.16.23-14")), -1);
  assert_int_equal(pk_evr_cmp_told(PK_TYPE_RPM, PK_STR("0:9.16.23-14"), PK_STR("32:9.16.23-11")), -1);
  assert_int_equal(pk_evr_cmp(PK_TYPE_RPM, PK_STR("9.16.23-11"), PK_STR("32:9.16.23-11")), -1);
}

static void test_told_when_a_deb_epoch_is_missing_then_it_is_0(void **state) {
  (void)state;
  assert_int_equal(pk_evr_cmp_told(PK_TYPE_DEB, PK_STR("9.0-1"), PK_STR("1:1.0-1")), -1);
  assert_int_equal(pk_evr_cmp_told(PK_TYPE_DEB, PK_STR("0:9.0-1"), PK_STR("9.0-1")), 0);
}

static void test_split_when_whole_then_all_parts(void **state) {
  (void)state;
  pk_evr e = pk_evr_split(PK_STR("1:2.3-rc1-4.el9"));
  assert_str(e.epoch, "1");
  assert_str(e.version, "2.3-rc1");
  assert_str(e.release, "4.el9");
  assert_true(e.has_release);
}

static void test_split_when_parts_are_missing_then_empty(void **state) {
  (void)state;
  pk_evr e = pk_evr_split(PK_STR("2.3"));
  assert_str(e.epoch, "");
  assert_str(e.version, "2.3");
  assert_false(e.has_release);
  e = pk_evr_split(PK_STR("2.3-"));
  assert_str(e.release, "");
  assert_true(e.has_release);
}

/* As `dpkg --validate-version` exits with. */
static void test_validity_when_valid_then_0(void **state) {
  (void)state;
  static const char *const texts[] = {"1",       "1.0-1", "0:1.0-1", "2147483647:1", "1.0+dfsg~rc1-2.1",
                                      "1:2:3-4", "1-2-3", "0",       " 1.0 ",        "1.0a"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_evr_deb_validity(pk_str_of(texts[i])) != PK_EVR_VALID) fail_msg("'%s' is not valid", texts[i]);
}

static void test_validity_when_against_policy_then_dubious(void **state) {
  (void)state;
  static const char *const texts[] = {"a1", "v1.0", "1.0_1", "1.0-1_2", "~1", "1.0/2", "1:1.0-1:2", "\xc3\xa9", "1.0\x01"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_evr_deb_validity(pk_str_of(texts[i])) != PK_EVR_DUBIOUS) fail_msg("'%s' is not dubious", texts[i]);
}

static void test_validity_when_no_version_then_invalid(void **state) {
  (void)state;
  static const char *const texts[] = {
      "", " ", "1:", "1.0-1:2", ":1", "a:1", "-1:1", "1.0-", "-1", "1 0", "1\t0", "2147483648:1", "99999999999999999999:1"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_evr_deb_validity(pk_str_of(texts[i])) != PK_EVR_INVALID) fail_msg("'%s' is not invalid", texts[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_when_rpm_then_as_the_rules_say),
      cmocka_unit_test(test_order_when_deb_then_as_the_rules_say),
      cmocka_unit_test(test_order_when_of_other_types_then_like_rpm),
      cmocka_unit_test(test_cmp_when_types_differ_then_their_own_order),
      cmocka_unit_test(test_cmp_when_empty_then_first),
      cmocka_unit_test(test_cmp_asked_when_something_is_left_out_then_not_compared),
      cmocka_unit_test(test_cmp_when_bytes_are_odd_then_still_an_order),
      cmocka_unit_test(test_told_when_an_rpm_epoch_is_missing_then_epochs_do_not_count),
      cmocka_unit_test(test_told_when_a_deb_epoch_is_missing_then_it_is_0),
      cmocka_unit_test(test_split_when_whole_then_all_parts),
      cmocka_unit_test(test_split_when_parts_are_missing_then_empty),
      cmocka_unit_test(test_validity_when_valid_then_0),
      cmocka_unit_test(test_validity_when_against_policy_then_dubious),
      cmocka_unit_test(test_validity_when_no_version_then_invalid),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
