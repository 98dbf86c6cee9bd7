/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluation of OVAL criteria.  source OVAL Language Specification 5.11.2, oval-definitions-schema (tables of
 * OperatorEnumeration, CheckEnumeration, ExistenceEnumeration) */
#include "oval.h"

/* ---- truth tables ---- */

/* One line of a table of the specification: which numbers of true, false, error, unknown and not applicable results lead to
 * a result. "0+" any number, "1+" at least one, "2+", "0-1" at most one, "odd", "even", "0", "1". */
typedef struct table_line {
  const char *numbers[5]; /* in the order of the specification: T F E U NA */
  pk_result result;
} table_line;

static const pk_result COLUMNS[5] = {PK_RESULT_TRUE, PK_RESULT_FALSE, PK_RESULT_ERROR, PK_RESULT_UNKNOWN,
                                     PK_RESULT_NOT_APPLICABLE};

static bool cell_holds(const char *cell, size_t n) {
  if (strcmp(cell, "odd") == 0) return n % 2 == 1;
  if (strcmp(cell, "even") == 0) return n % 2 == 0;
  size_t from = (size_t)(cell[0] - '0');
  if (cell[1] == '+') return n >= from;
  if (cell[1] == '-') return n >= from && n <= (size_t)(cell[2] - '0');
  return n == from;
}

static const table_line AND_TABLE[] = {
    {{"1+", "0", "0", "0", "0+"}, PK_RESULT_TRUE},          {{"0+", "1+", "0+", "0+", "0+"}, PK_RESULT_FALSE},
    {{"0+", "0", "1+", "0+", "0+"}, PK_RESULT_ERROR},       {{"0+", "0", "0", "1+", "0+"}, PK_RESULT_UNKNOWN},
    {{"0", "0", "0", "0", "1+"}, PK_RESULT_NOT_APPLICABLE},
};
static const table_line OR_TABLE[] = {
    {{"1+", "0+", "0+", "0+", "0+"}, PK_RESULT_TRUE},       {{"0", "1+", "0", "0", "0+"}, PK_RESULT_FALSE},
    {{"0", "0+", "1+", "0+", "0+"}, PK_RESULT_ERROR},       {{"0", "0+", "0", "1+", "0+"}, PK_RESULT_UNKNOWN},
    {{"0", "0", "0", "0", "1+"}, PK_RESULT_NOT_APPLICABLE},
};
static const table_line ONE_TABLE[] = {
    {{"1", "0+", "0", "0", "0+"}, PK_RESULT_TRUE},       {{"2+", "0+", "0+", "0+", "0+"}, PK_RESULT_FALSE},
    {{"0", "1+", "0", "0", "0+"}, PK_RESULT_FALSE},      {{"0-1", "0+", "1+", "0+", "0+"}, PK_RESULT_ERROR},
    {{"0-1", "0+", "0", "1+", "0+"}, PK_RESULT_UNKNOWN}, {{"0", "0", "0", "0", "1+"}, PK_RESULT_NOT_APPLICABLE},
};
static const table_line XOR_TABLE[] = {
    {{"odd", "0+", "0", "0", "0+"}, PK_RESULT_TRUE},    {{"0", "1+", "0", "0", "0+"}, PK_RESULT_FALSE},
    {{"2", "0+", "0", "0", "0+"}, PK_RESULT_FALSE},     {{"0+", "0+", "1+", "0+", "0+"}, PK_RESULT_ERROR},
    {{"0+", "0+", "0", "1+", "0+"}, PK_RESULT_UNKNOWN}, {{"0", "0", "0", "0", "1+"}, PK_RESULT_NOT_APPLICABLE},
};
static const table_line NONE_SATISFY_TABLE[] = {
    {{"0", "1+", "0", "0", "0+"}, PK_RESULT_TRUE},          {{"1+", "0+", "0+", "0+", "0+"}, PK_RESULT_FALSE},
    {{"0", "0+", "1+", "0+", "0+"}, PK_RESULT_ERROR},       {{"0", "0+", "0", "1+", "0+"}, PK_RESULT_UNKNOWN},
    {{"0", "0", "0", "0", "1+"}, PK_RESULT_NOT_APPLICABLE},
};

typedef pk_result combine(int how, const size_t n[5]);

static pk_result by_operator(int how, const size_t n[5]) { return pk_operator_result((pk_operator)how, n); }
static pk_result by_check(int how, const size_t n[5]) { return pk_check_result((pk_check)how, n); }

/* Every combination of up to three of each result; the line that fits must be the only one. */
static void check_table(const table_line *lines, size_t n_lines, combine *call, int how) {
  for (unsigned k = 1; k < 4 * 4 * 4 * 4 * 4; k++) {
    size_t numbers[5], n[5] = {0}, fitting = 0;
    pk_result want = PK_RESULT_ERROR;
    for (unsigned c = 0, rest = k; c < 5; c++, rest /= 4) n[COLUMNS[c]] = numbers[c] = rest % 4;
    for (size_t i = 0; i < n_lines; i++) {
      bool holds = true;
      for (unsigned c = 0; c < 5; c++) holds &= cell_holds(lines[i].numbers[c], numbers[c]);
      if (!holds) continue;
      fitting++;
      want = lines[i].result;
    }
    assert_int_equal(fitting, 1);
    pk_result have = call(how, n);
    if (have != want)
      fail_msg("T %zu F %zu E %zu U %zu NA %zu: %s, should be %s", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
               pk_result_name(have), pk_result_name(want));
  }
}

#define CHECK_TABLE(table, call, how) check_table(table, sizeof table / sizeof table[0], call, how)

static void test_operators_when_results_are_combined_then_as_the_specification_says(void **state) {
  (void)state;
  CHECK_TABLE(AND_TABLE, by_operator, PK_OPERATOR_AND);
  CHECK_TABLE(OR_TABLE, by_operator, PK_OPERATOR_OR);
  CHECK_TABLE(ONE_TABLE, by_operator, PK_OPERATOR_ONE);
  CHECK_TABLE(XOR_TABLE, by_operator, PK_OPERATOR_XOR);
}

static void test_checks_when_results_are_combined_then_as_the_specification_says(void **state) {
  (void)state;
  CHECK_TABLE(AND_TABLE, by_check, PK_CHECK_ALL);
  CHECK_TABLE(OR_TABLE, by_check, PK_CHECK_AT_LEAST_ONE);
  CHECK_TABLE(NONE_SATISFY_TABLE, by_check, PK_CHECK_NONE_SATISFY);
  CHECK_TABLE(ONE_TABLE, by_check, PK_CHECK_ONLY_ONE);
}

static void test_not_when_neither_true_nor_false_then_it_stays(void **state) {
  (void)state;
  static const pk_result pairs[][2] = {{PK_RESULT_TRUE, PK_RESULT_FALSE},
                                       {PK_RESULT_FALSE, PK_RESULT_TRUE},
                                       {PK_RESULT_ERROR, PK_RESULT_ERROR},
                                       {PK_RESULT_UNKNOWN, PK_RESULT_UNKNOWN},
                                       {PK_RESULT_NOT_APPLICABLE, PK_RESULT_NOT_APPLICABLE}};
  for (size_t i = 0; i < 5; i++) assert_int_equal(pk_result_not(pairs[i][0]), pairs[i][1]);
}

/* Trees of constant results, as the tables say for whole criteria; the order of the children must not matter. */
static pk_result tree_result(pk_operator operator, bool negate, const pk_result *results, size_t n) {
  pk_criteria leaves[4];
  const pk_criteria *children[4];
  test_host h;
  for (size_t i = 0; i < n; i++) {
    leaves[i] = (pk_criteria){.kind = PK_CRITERIA_RESULT, .result = results[i]};
    children[i] = &leaves[i];
  }
  const pk_criteria tree = {
      .kind = PK_CRITERIA_OPERATOR, .operator= operator, .negate = negate, .children = children, .n_children = n};
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "");
  pk_result r = pk_criteria_evaluate(&h.evaluation, &tree);
  host_free(&h);
  return r;
}

static void test_criteria_when_children_change_places_then_the_same_result(void **state) {
  (void)state;
  for (int operator= PK_OPERATOR_AND; operator<= PK_OPERATOR_XOR; operator++)
    for (int a = 0; a < 5; a++)
      for (int b = 0; b < 5; b++) {
        const pk_result one[] = {(pk_result)a, (pk_result)b}, other[] = {(pk_result)b, (pk_result)a};
        size_t n[5] = {0};
        n[a]++;
        n[b]++;
        pk_result want = pk_operator_result((pk_operator) operator, n);
        assert_int_equal(tree_result((pk_operator) operator, false, one, 2), want);
        assert_int_equal(tree_result((pk_operator) operator, false, other, 2), want);
        assert_int_equal(tree_result((pk_operator) operator, true, one, 2), pk_result_not(want));
      }
}

static void test_criteria_when_empty_then_error(void **state) {
  (void)state;
  assert_int_equal(tree_result(PK_OPERATOR_AND, false, NULL, 0), PK_RESULT_ERROR);
  assert_int_equal(tree_result(PK_OPERATOR_OR, true, NULL, 0), PK_RESULT_ERROR);
}

/* ---- existence and check of tests ---- */

/* Packages "a" on the host: so many below version 5, so many not. */
static void test_tests_when_existence_and_check_differ_then_as_the_specification_says(void **state) {
  (void)state;
  static const char *const hosts[] = {"b 1-1", "a 1-1", "a 9-1", "a 1-1\na 2-1", "a 1-1\na 9-1"};
  static const struct {
    const char *existence, *check;
    const char *want[5]; /* by host: none there, one below, one above, two below, one below and one above */
  } cases[] = {
      {"at_least_one_exists", "all", {"false", "true", "false", "true", "false"}},
      {"at_least_one_exists", "at least one", {"false", "true", "false", "true", "true"}},
      {"at_least_one_exists", "none satisfy", {"false", "false", "true", "false", "false"}},
      {"at_least_one_exists", "only one", {"false", "true", "false", "false", "true"}},
      {"all_exist", "all", {"false", "true", "false", "true", "false"}},
      {"all_exist", "at least one", {"false", "true", "false", "true", "true"}},
      {"any_exist", "all", {"true", "true", "false", "true", "false"}},
      {"any_exist", "at least one", {"true", "true", "false", "true", "true"}},
      {"any_exist", "none satisfy", {"true", "false", "true", "false", "false"}},
      {"none_exist", "all", {"true", "false", "false", "false", "false"}},
      {"none_exist", "none satisfy", {"true", "false", "false", "false", "false"}},
      {"only_one_exists", "all", {"false", "true", "false", "false", "false"}},
      {"only_one_exists", "at least one", {"false", "true", "false", "false", "false"}},
      {"", "at least one", {"false", "true", "false", "true", "true"}}, /* at_least_one_exists is the default */
      {"", "none exist", {"true", "false", "false", "false", "false"}}, /* deprecated in 5.3 */
      {"", "", {"false", "true", "false", "true", "false"}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char attributes[160], text[2048], want[32];
    snprintf(attributes, sizeof attributes, "%s%s%s%s%s%s", *cases[i].existence ? "check_existence='" : "", cases[i].existence,
             *cases[i].existence ? "' " : "", *cases[i].check ? "check='" : "", cases[i].check, *cases[i].check ? "'" : "");
    snprintf(text, sizeof text,
             OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "%s", "o", STATE("s")) NAMED("rpminfo", "o", "a")
                      STATE_OF("rpminfo", "s", EVR("less than", "5-1"))),
             attributes);
    for (size_t k = 0; k < 5; k++) {
      test_host h;
      host_of(&h, "rhel:9.4", PK_TYPE_RPM, hosts[k]);
      snprintf(want, sizeof want, "d=%s ", cases[i].want[k]);
      oval_results r = {.host = &h};
      pk_err err;
      pk_buf_init(&r.text, 100);
      assert_ok(oval_read(text, oval_note_result, &r, NULL, &err), err);
      if (strcmp(pk_buf_cstr(&r.text), want) != 0)
        fail_msg("%s on host %zu: %s, should be %s", attributes, k, pk_buf_cstr(&r.text), want);
      pk_buf_free(&r.text);
      host_free(&h);
    }
  }
}

static void test_tests_when_there_is_no_state_then_existence_decides(void **state) {
  (void)state;
  static const struct {
    const char *existence, *none, *one, *two;
  } cases[] = {{"at_least_one_exists", "false", "true", "true"},
               {"all_exist", "false", "true", "true"},
               {"any_exist", "true", "true", "true"},
               {"none_exist", "true", "false", "false"},
               {"only_one_exists", "false", "true", "false"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[4096], want[64];
    test_host h;
    snprintf(
        text, sizeof text,
        OVAL(DEFINITION("none", AND(CRITERION("n"))) DEFINITION("one", AND(CRITERION("o"))) DEFINITION("two", AND(CRITERION("t")))
                 TEST_OF("rpminfo", "n", "check='all' check_existence='%1$s'", "n", "") NAMED("rpminfo", "n", "c")
                     TEST_OF("rpminfo", "o", "check='all' check_existence='%1$s'", "o", "") NAMED("rpminfo", "o", "b")
                         TEST_OF("rpminfo", "t", "check='all' check_existence='%1$s'", "t", "") NAMED("rpminfo", "t", "a")),
        cases[i].existence);
    snprintf(want, sizeof want, "none=%s one=%s two=%s ", cases[i].none, cases[i].one, cases[i].two);
    host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1\na 2-1\nb 1-1");
    assert_results(&h, text, want);
    host_free(&h);
  }
}

static void test_states_when_several_then_their_operator_counts(void **state) {
  (void)state;
  /* of 1-1: "less than 5" is true, "less than 0" is false */
  static const char *const cases[][2] = {{"AND", "tt=true tf=false ff=false "},
                                         {"OR", "tt=true tf=true ff=false "},
                                         {"ONE", "tt=false tf=true ff=false "},
                                         {"XOR", "tt=false tf=true ff=false "}};
  for (size_t i = 0; i < 4; i++) {
    char text[4096];
    test_host h;
    snprintf(
        text, sizeof text,
        OVAL(DEFINITION("tt", AND(CRITERION("tt"))) DEFINITION("tf", AND(CRITERION("tf"))) DEFINITION(
            "ff", AND(CRITERION("ff"))) TEST_OF("rpminfo", "tt", "check='all' state_operator='%1$s'", "o", STATE("t") STATE("t2"))
                 TEST_OF("rpminfo", "tf", "check='all' state_operator='%1$s'", "o", STATE("t") STATE("f")) TEST_OF(
                     "rpminfo", "ff", "check='all' state_operator='%1$s'", "o", STATE("f") STATE("f2")) NAMED("rpminfo", "o", "a")
                     STATE_OF("rpminfo", "t", EVR("less than", "5-1")) STATE_OF("rpminfo", "t2", EVR("less than", "6-1"))
                         STATE_OF("rpminfo", "f", EVR("less than", "0-1")) STATE_OF("rpminfo", "f2", EVR("greater than", "5-1"))),
        cases[i][0]);
    host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
    assert_results(&h, text, cases[i][1]);
    host_free(&h);
  }
}

static void test_state_when_it_has_several_entities_then_its_operator_counts(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1 x86_64");
  assert_results(
      &h,
      OVAL(DEFINITION("and", AND(CRITERION("and"))) DEFINITION("or", AND(CRITERION("or"))) TEST_OF(
          "rpminfo", "and", "check='all'", "o", STATE("and")) TEST_OF("rpminfo", "or", "check='all'", "o",
                                                                      STATE("or")) NAMED("rpminfo", "o", "a")
               STATE_OF("rpminfo", "and", "<arch>i686</arch>" EVR("less than", "5-1")) "<states><rpminfo_state id='or' "
                                                                                       "operator='OR'><arch>i686</arch>" EVR(
                                                                                           "less than",
                                                                                           "5-1") "</rpminfo_state></states>"),
      "and=false or=true ");
  host_free(&h);
}

/* ---- operations ---- */

static void test_operations_when_values_are_compared_then_by_their_datatype(void **state) {
  (void)state;
  static const struct {
    pk_operation op;
    pk_datatype datatype;
    const char *have, *want;
    pk_result result;
  } cases[] = {
      {PK_OP_EQUALS, PK_DATA_STRING, "a", "a", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_STRING, "a", "A", PK_RESULT_FALSE},
      {PK_OP_NOT_EQUAL, PK_DATA_STRING, "a", "b", PK_RESULT_TRUE},
      {PK_OP_CASELESS_EQUALS, PK_DATA_STRING, "Ab[", "aB[", PK_RESULT_TRUE},
      {PK_OP_CASELESS_EQUALS, PK_DATA_STRING, "a[", "a{", PK_RESULT_FALSE}, /* differ by 32, but are no letters */
      {PK_OP_CASELESS_NOT_EQUAL, PK_DATA_STRING, "Ab", "aB", PK_RESULT_FALSE},
      {PK_OP_CASELESS_NOT_EQUAL, PK_DATA_STRING, "ab", "abc", PK_RESULT_TRUE},
      {PK_OP_PATTERN, PK_DATA_STRING, "release 8.4", "8\\.[0-9]$", PK_RESULT_TRUE},
      {PK_OP_PATTERN, PK_DATA_STRING, "release 8.4", "^8", PK_RESULT_FALSE},
      {PK_OP_PATTERN, PK_DATA_STRING, "x", "", PK_RESULT_TRUE},
      {PK_OP_PATTERN, PK_DATA_STRING, "x", "(", PK_RESULT_ERROR},
      {PK_OP_LESS, PK_DATA_INT, "9", "10", PK_RESULT_TRUE},
      {PK_OP_GREATER, PK_DATA_INT, "-1", "-2", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_INT, "007", " 7 ", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_INT, "seven", "7", PK_RESULT_ERROR},
      {PK_OP_EQUALS, PK_DATA_INT, "", "7", PK_RESULT_ERROR},
      {PK_OP_LESS_OR_EQUAL, PK_DATA_FLOAT, "1.5", "1.50", PK_RESULT_TRUE},
      {PK_OP_LESS, PK_DATA_FLOAT, "1e3", "1001", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_BOOLEAN, "1", "true", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_BOOLEAN, "false", "0", PK_RESULT_TRUE},
      {PK_OP_NOT_EQUAL, PK_DATA_BOOLEAN, "true", "0", PK_RESULT_TRUE},
      {PK_OP_LESS, PK_DATA_VERSION, "1.2.10", "1.3", PK_RESULT_TRUE},
      {PK_OP_GREATER, PK_DATA_VERSION, "1.2.10", "1.2.9", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_VERSION, "1.0", "1-0#0", PK_RESULT_TRUE},
      {PK_OP_GREATER_OR_EQUAL, PK_DATA_VERSION, "5.10", "5.9.9", PK_RESULT_TRUE},
      {PK_OP_LESS, PK_DATA_EVR, "0:1.0-1", "0:1.0-2", PK_RESULT_TRUE},
      {PK_OP_LESS, PK_DATA_EVR, "1:1.0-1", "0:2.0-1", PK_RESULT_FALSE},
      {PK_OP_LESS, PK_DATA_EVR, "1.0~rc1-1", "1.0-1", PK_RESULT_TRUE},
      {PK_OP_EQUALS, PK_DATA_EVR, "0:1.0-1", "1.0-1", PK_RESULT_TRUE},
      {PK_OP_LESS, PK_DATA_DEBIAN_EVR, "1.0-1+deb12u1", "1.0-1+deb12u2", PK_RESULT_TRUE},
      {PK_OP_LESS, PK_DATA_DEBIAN_EVR, "1:1.0-1", "2.0-1", PK_RESULT_FALSE},
      {PK_OP_LESS, PK_DATA_DEBIAN_EVR, "1", "0", PK_RESULT_FALSE},
      {PK_OP_LESS, PK_DATA_OTHER, "1", "2", PK_RESULT_ERROR},
      {PK_OP_BITWISE_AND, PK_DATA_INT, "6", "4", PK_RESULT_TRUE},
      {PK_OP_BITWISE_AND, PK_DATA_INT, "6", "1", PK_RESULT_FALSE},
      {PK_OP_BITWISE_OR, PK_DATA_INT, "4", "6", PK_RESULT_TRUE},
      {PK_OP_BITWISE_OR, PK_DATA_INT, "9", "6", PK_RESULT_FALSE},
      {PK_OP_BITWISE_AND, PK_DATA_INT, "a", "6", PK_RESULT_ERROR},
  };
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_result r =
        pk_operation_result(&h.evaluation, cases[i].op, cases[i].datatype, pk_str_of(cases[i].have), pk_str_of(cases[i].want));
    if (r != cases[i].result) fail_msg("'%s' against '%s' (case %zu): %s", cases[i].have, cases[i].want, i, pk_result_name(r));
  }
  host_free(&h);
}

/* ---- packages ---- */

#define PACKAGE_STATE(entity)                                                                                                    \
  OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "check='all'", "o", STATE("s")) NAMED("rpminfo", "o", "a")   \
           STATE_OF("rpminfo", "s", entity))

static void test_packages_when_a_field_is_asked_for_then_of_the_package(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {PACKAGE_STATE("<name>a</name>"), "d=true "},
      {PACKAGE_STATE("<epoch>2</epoch>"), "d=true "},
      {PACKAGE_STATE("<version operation='pattern match'>^3\\.1$</version>"), "d=true "},
      {PACKAGE_STATE("<release>4.el9</release>"), "d=true "},
      {PACKAGE_STATE("<arch datatype='string' operation='pattern match'>aarch64|x86_64</arch>"), "d=true "},
      {PACKAGE_STATE("<arch>i686</arch>"), "d=false "},
      {PACKAGE_STATE("<evr datatype='evr_string'>2:3.1-4.el9</evr>"), "d=true "},
      {PACKAGE_STATE("<signature_keyid>199e2f91fd431d51</signature_keyid>"), "d=true "},
      {PACKAGE_STATE("<extended_name>a-2:3.1</extended_name>"), "d=unknown "},
      {PACKAGE_STATE("<magic>1</magic>"), "d=unknown "},
  };
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 2:3.1-4.el9");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_results(&h, cases[i][0], cases[i][1]);
  host_free(&h);
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 3.1-4.el9");
  assert_results(&h, PACKAGE_STATE("<epoch datatype='int'>0</epoch>"), "d=true ");
  host_free(&h);
}

static void test_packages_when_a_signature_is_told_then_it_decides(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  static const char text[] =
      OVAL(DEFINITION("one", AND(CRITERION("one"))) DEFINITION("other", AND(CRITERION("other")))
               DEFINITION("none", AND(CRITERION("none"))) RPM_SIGNED("one", "a", "k1") RPM_SIGNED("other", "a", "k2")
                   TEST_OF("rpminfo", "none", "check='none satisfy'", "one", STATE("one")));
  assert_results(&h, text, "one=true other=true none=false ");
  h.evaluation.signature = PK_STR("k1");
  assert_results(&h, text, "one=true other=false none=false ");
  h.evaluation.signature = PK_STR("k2");
  assert_results(&h, text, "one=false other=true none=true ");
  host_free(&h);
}

static void test_packages_when_names_are_patterns_then_all_that_fit(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "java-8 1-1\njava-11 9-1\npython 1-1");
  assert_results(&h,
                 OVAL(DEFINITION("any", AND(CRITERION("any"))) DEFINITION("all", AND(CRITERION("all"))) DEFINITION(
                     "none", AND(CRITERION("none"))) TEST_OF("rpminfo", "any", "check='at least one'", "o", STATE("s"))
                          TEST_OF("rpminfo", "all", "check='all'", "o", STATE("s"))
                              TEST_OF("rpminfo", "none", "check='all' check_existence='none_exist'", "n", "")
                                  OBJECT_OF("rpminfo", "o", "<name operation='pattern match'>^java-</name>")
                                      OBJECT_OF("rpminfo", "n", "<name operation='pattern match'>^ruby</name>")
                                          STATE_OF("rpminfo", "s", EVR("less than", "5-1"))),
                 "any=true all=false none=true ");
  host_free(&h);
}

static void test_packages_when_the_object_asks_for_more_than_a_name_then_all_must_fit(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1 x86_64\na 2-1 i686");
  assert_results(&h,
                 OVAL(DEFINITION("both", AND(CRITERION("b"))) DEFINITION("neither", AND(CRITERION("n")))
                          TEST_OF("rpminfo", "b", "check='all'", "b", STATE("s")) TEST_OF("rpminfo", "n", "check='all'", "n", "")
                              OBJECT_OF("rpminfo", "b", "<name>a</name><arch>i686</arch>")
                                  OBJECT_OF("rpminfo", "n", "<name>a</name><arch>ppc64</arch>")
                                      STATE_OF("rpminfo", "s", EVR("equals", "2-1"))),
                 "both=true neither=false ");
  host_free(&h);
}

static void test_packages_when_of_another_family_then_the_object_finds_nothing(void **state) {
  (void)state;
  static const char text[] = OVAL(DEFINITION("rpm", AND(CRITERION("r"))) DEFINITION("deb", AND(CRITERION("d")))
                                      RPM("r", "a", "less than", "9-9") DEB("d", "a", "less than", "9-9"));
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_results(&h, text, "rpm=true deb=false ");
  host_free(&h);
  host_of(&h, "debian:12", PK_TYPE_DEB, "a 1-1");
  assert_results(&h, text, "rpm=false deb=true ");
  host_free(&h);
}

typedef struct culprits {
  char text[512];
} culprits;

static void note_culprit(void *arg, const pk_package *p, const pk_test *test) {
  culprits *c = arg;
  size_t n = strlen(c->text);
  snprintf(c->text + n, sizeof c->text - n, "%.*s-%.*s(%.*s) ", PK_FMT(p->name), PK_FMT(p->evr), PK_FMT(test->id));
}

static void test_found_when_several_packages_make_it_true_then_each_is_told(void **state) {
  (void)state;
  test_host h;
  culprits c = {""};
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1\na 9-1\nb 1-1\nc 9-1");
  h.evaluation.found = note_culprit;
  h.evaluation.found_arg = &c;
  assert_results(&h,
                 OVAL(DEFINITION("d", OR(CRITERION("ta") CRITERION("tb") CRITERION("tc") CRITERION("td")))
                          RPM("ta", "a", "less than", "5-1") RPM("tb", "b", "less than", "5-1") RPM("tc", "c", "less than", "5-1")
                              RPM_THERE("td", "c")),
                 "d=true ");
  assert_string_equal(c.text, "a-1-1(ta) b-1-1(tb) c-9-1(td) ");
  host_free(&h);
}

/* ---- what else reports answer ---- */

#define UNAME(id, entities)                                                                                                      \
  TEST_OF("uname", id, "check='at least one'", id, STATE(id)) OBJECT_OF("uname", id, "") STATE_OF("uname", id, entities)

static void test_uname_when_the_kernel_is_told_then_compared_else_unknown(void **state) {
  (void)state;
  static const char text[] =
      OVAL(DEFINITION("release", AND(CRITERION("r"))) DEFINITION("machine", AND(CRITERION("m")))
               DEFINITION("node", AND(CRITERION("n")))
                   UNAME("r", "<os_release operation='pattern match'>^5\\.15\\.0-\\d+(-generic)$</os_release>")
                       UNAME("m", "<machine_class>x86_64</machine_class>") UNAME("n", "<node_name>h</node_name>"));
  test_host h;
  host_make(&h,
            &(pk_system_source){.platform = PK_STR("ubuntu:22.04"),
                                .type = PK_TYPE_DEB,
                                .kernel = PK_STR("5.15.0-25-generic"),
                                .arch = PK_STR("x86_64")},
            "");
  assert_results(&h, text, "release=true machine=true node=unknown ");
  host_free(&h);
  host_of(&h, "ubuntu:22.04", PK_TYPE_DEB, "");
  assert_results(&h, text, "release=unknown machine=unknown node=unknown ");
  assert_result_because(&h, OVAL(DEFINITION("d", AND(CRITERION("r"))) UNAME("r", "<os_release>1</os_release>")), "d=unknown ",
                        "which kernel runs");
  host_free(&h);
}

static void test_family_when_asked_then_unix(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "debian:12", PK_TYPE_DEB, "");
  assert_results(&h,
                 OVAL(DEFINITION("unix", AND(CRITERION("u"))) DEFINITION("windows", AND(CRITERION("w"))) TEST_OF(
                     "family", "u", "check='all'", "o", STATE("u")) TEST_OF("family", "w", "check='all'", "o", STATE("w"))
                          OBJECT_OF("family", "o", "") STATE_OF("family", "u", "<family>unix</family>")
                              STATE_OF("family", "w", "<family>windows</family>")),
                 "unix=true windows=false ");
  host_free(&h);
}

#define OWNER(id, path, entities)                                                                                                \
  TEST_OF("rpmverifyfile", id, "check='at least one'", id, STATE(id))                                                            \
  OBJECT_OF("rpmverifyfile", id,                                                                                                 \
            "<behaviors nomd5='true'/><name operation='pattern match'/><epoch operation='pattern match'/><version "              \
            "operation='pattern match'/><release operation='pattern match'/><arch operation='pattern match'/><filepath>" path    \
            "</filepath>")                                                                                                       \
  STATE_OF("rpmverifyfile", id, entities)

static void test_owner_when_of_a_release_file_then_told_else_unknown(void **state) {
  (void)state;
  static const char text[] =
      OVAL(DEFINITION("own", AND(CRITERION("own"))) DEFINITION("name", AND(CRITERION("name")))
               DEFINITION("other", AND(CRITERION("other"))) DEFINITION("file", AND(CRITERION("file")))
                   OWNER("own", "/etc/redhat-release", "<version operation='pattern match'>^8[^\\d]</version>")
                       OWNER("name", "/etc/redhat-release", "<name operation='pattern match'>^redhat-release</name>")
                           OWNER("other", "/etc/fedora-release", "<name operation='pattern match'>^fedora</name>")
                               OWNER("file", "/usr/bin/sudo", "<name>sudo</name>"));
  test_host h;
  host_of(&h, "rhel:8.4", PK_TYPE_RPM, "redhat-release 8.4-0.6.el8");
  assert_results(&h, text, "own=true name=true other=false file=unknown ");
  host_free(&h);
  host_of(&h, "fedora:39", PK_TYPE_RPM, "");
  assert_results(&h, text, "own=false name=false other=true file=unknown ");
  host_free(&h);
}

#define TEXTFILE(id, path, pattern, instance, states)                                                                            \
  TEST_OF("textfilecontent54", id, "check='all'", id, states)                                                                    \
  OBJECT_OF("textfilecontent54", id,                                                                                             \
            "<filepath>" path "</filepath><pattern operation='pattern match'>" pattern                                           \
            "</pattern><instance datatype='int'>" instance "</instance>")

static void test_textfile_when_it_tells_the_release_then_matched(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "ubuntu:22.04", PK_TYPE_DEB, "");
  assert_results(
      &h,
      OVAL(DEFINITION("codename", AND(CRITERION("c"))) DEFINITION("wrong", AND(CRITERION("w")))
               DEFINITION("second", AND(CRITERION("s"))) DEFINITION("line", AND(CRITERION("l")))
                   TEXTFILE("c", "/etc/lsb-release", "^[\\s\\S]*DISTRIB_CODENAME=([a-z]+)$", "1", STATE("jammy"))
                       TEXTFILE("w", "/etc/lsb-release", "^[\\s\\S]*DISTRIB_CODENAME=([a-z]+)$", "1", STATE("focal"))
                           TEXTFILE("s", "/etc/lsb-release", "^DISTRIB_(\\w+)=", "2", STATE("release"))
                               TEXTFILE("l", "/etc/os-release", "^ID=ubuntu$", "1", "")
                                   STATE_OF("textfilecontent54", "jammy", "<subexpression>jammy</subexpression>")
                                       STATE_OF("textfilecontent54", "focal", "<subexpression>focal</subexpression>")
                                           STATE_OF("textfilecontent54", "release", "<subexpression>RELEASE</subexpression>")),
      "codename=true wrong=false second=true line=true ");
  host_free(&h);
}

static void test_textfile_when_matched_then_its_text_is_the_whole_match(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "debian:11", PK_TYPE_DEB, "");
  assert_results(&h,
                 OVAL(DEFINITION("d", AND(CRITERION("t"))) TEXTFILE("t", "/etc/debian_version", "(\\d+)\\.\\d", "1", STATE("s"))
                          STATE_OF("textfilecontent54", "s",
                                   "<text>11.0</text><subexpression>11</subexpression><instance datatype='int'>1</instance>")),
                 "d=true ");
  host_free(&h);
}

static void test_textfile_when_the_path_is_in_two_parts_then_put_together(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "debian:11", PK_TYPE_DEB, "");
  assert_results(&h,
                 OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("textfilecontent54", "t", "check='all'", "t", "") OBJECT_OF(
                     "textfilecontent54", "t",
                     "<path>/etc</path><filename>debian_version</filename><pattern operation='pattern match'>^11</pattern>")),
                 "d=true ");
  host_free(&h);
}

static void test_textfile_when_of_modules_then_what_the_packages_say(void **state) {
  (void)state;
  static const char text[] = OVAL(
      DEFINITION("on", AND(CRITERION("on"))) DEFINITION("off", AND(CRITERION("off"))) DEFINITION("none", AND(CRITERION("none")))
          TEXTFILE("on", "/etc/dnf/modules.d/nodejs.module", "\\nstream\\s*=\\s*12\\b", "1", "")
              TEXTFILE("off", "/etc/dnf/modules.d/nodejs.module", "\\nstream\\s*=\\s*10\\b", "1", "")
                  TEXTFILE("none", "/etc/dnf/modules.d/ruby.module", "\\nstream\\s*=\\s*2.5\\b", "1", ""));
  test_host h;
  host_of(&h, "rhel:8.4", PK_TYPE_RPM, "nodejs 12-1.module+el8 x86_64 nodejs:12:8030:abc\nbash 1-1");
  assert_results(&h, text, "on=true off=false none=false ");
  host_free(&h);
}

static void test_textfile_when_the_report_does_not_have_it_then_unknown(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:8.4", PK_TYPE_RPM, "bash 1-1");
  assert_results(&h,
                 OVAL(DEFINITION("passwd", AND(CRITERION("p"))) DEFINITION("grub", AND(CRITERION("g")))
                          DEFINITION("module", AND(CRITERION("m"))) DEFINITION("not", AND(NOT_CRITERION("p"))) TEXTFILE(
                              "p", "/etc/passwd", "^root", "1", "") TEXTFILE("g", "/boot/grub2/grubenv", "kernel", "1", "")
                              TEXTFILE("m", "/etc/dnf/modules.d/nodejs.module", "stream", "1", "")),
                 "passwd=unknown grub=unknown module=unknown not=unknown ");
  host_free(&h);
}

static void test_object_when_an_entity_is_unknown_or_in_error_then_so_is_the_test(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1\nb 1-1");
  assert_results(&h,
                 OVAL(DEFINITION("unknown", AND(CRITERION("u"))) DEFINITION("error", AND(CRITERION("e")))
                          DEFINITION("not", AND(NOT_CRITERION("e"))) DEFINITION("cyclic", AND(CRITERION("c")))
                              TEST_OF("rpminfo", "u", "check='all'", "u", "") OBJECT_OF("rpminfo", "u", "<name var_ref='none'/>")
                                  TEST_OF("rpminfo", "e", "check='all'", "e", "")
                                      OBJECT_OF("rpminfo", "e", "<name operation='pattern match'>(</name>")
                                          TEST_OF("rpminfo", "c", "check='all' check_existence='none_exist'", "c", "")
                                              OBJECT_OF("rpminfo", "c", "<name var_ref='v'/>")
                                                  LOCAL("v", "<object_component object_ref='c' item_field='name'/>")),
                 "unknown=unknown error=error not=error cyclic=unknown ");
  host_free(&h);
}

static void test_other_tests_when_no_report_answers_them_then_unknown(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "");
  assert_result_because(&h,
                        OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("selinuxboolean", "t", "check='all'", "o", "")
                                 OBJECT_OF("selinuxboolean", "o", "")),
                        "d=unknown ", "no report answers");
  assert_result_because(&h,
                        OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "check='all'", "o", "")
                                 OBJECT_OF("rpminfo", "o", "<set/>")),
                        "d=unknown ", "is a set or has a filter");
  host_free(&h);
}

/* ---- variables ---- */

/* Is a value among those of the variable "v"? The state must be true of all values. */
#define VARIABLE(check, value, definition_of_v)                                                                                  \
  OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("variable", "t", "check='" check "'", "o", STATE("s")) OBJECT_OF(            \
      "variable", "o", "<var_ref>v</var_ref>") STATE_OF("variable", "s", "<value>" value "</value>") definition_of_v)

#define INSTALLED_EVR "<object_component object_ref='a' item_field='evr'/>"

static void test_variables_when_computed_then_as_the_functions_say(void **state) {
  (void)state;
  static const struct {
    const char *text, *want;
  } cases[] = {
      {VARIABLE("all", "x", CONSTANT("v", VALUE("x"))), "d=true "},
      {VARIABLE("all", "x", CONSTANT("v", VALUE("x") VALUE("y"))), "d=false "},
      {VARIABLE("at least one", "y", CONSTANT("v", VALUE("x") VALUE("y"))), "d=true "},
      {VARIABLE("all", "ab", LOCAL("v", "<concat>" LITERAL("a") LITERAL("b") "</concat>")), "d=true "},
      {VARIABLE("only one", "by",
                LOCAL("v", "<concat><variable_component var_ref='w'/><variable_component var_ref='x'/></concat>")
                    CONSTANT("w", VALUE("a") VALUE("b")) CONSTANT("x", VALUE("x") VALUE("y"))),
       "d=true "},
      {VARIABLE("all", "5.1", LOCAL("v", "<regex_capture pattern='^(?:\\d+:)?([\\d.]+)'>" INSTALLED_EVR "</regex_capture>")),
       "d=true "},
      {VARIABLE("all", "", LOCAL("v", "<regex_capture pattern='(z)'>" INSTALLED_EVR "</regex_capture>")), "d=true "},
      {VARIABLE("all", "bc", LOCAL("v", "<substring substring_start='2' substring_length='2'>" LITERAL("abcd") "</substring>")),
       "d=true "},
      {VARIABLE("all", "cd", LOCAL("v", "<substring substring_start='3' substring_length='99'>" LITERAL("abcd") "</substring>")),
       "d=true "},
      {VARIABLE("all", "abcd",
                LOCAL("v", "<substring substring_start='0' substring_length='-1'>" LITERAL("abcd") "</substring>")),
       "d=true "},
      {VARIABLE("all", "", LOCAL("v", "<substring substring_start='9' substring_length='1'>" LITERAL("abcd") "</substring>")),
       "d=true "},
      {VARIABLE("all", "0:1", LOCAL("v", "<begin character='0:'>" LITERAL("1") "</begin>")), "d=true "},
      {VARIABLE("all", "0:1", LOCAL("v", "<begin character='0:'>" LITERAL("0:1") "</begin>")), "d=true "},
      {VARIABLE("all", "a/", LOCAL("v", "<end character='/'>" LITERAL("a") "</end>")), "d=true "},
      {VARIABLE("all", "a/", LOCAL("v", "<end character='/'>" LITERAL("a/") "</end>")), "d=true "},
      {VARIABLE("all", "a\\.b\\+\\(c\\)", LOCAL("v", "<escape_regex>" LITERAL("a.b+(c)") "</escape_regex>")), "d=true "},
      {VARIABLE("only one", "b", LOCAL("v", "<split delimiter=','>" LITERAL("a,b,c") "</split>")), "d=true "},
      {VARIABLE("only one", "a", LOCAL("v", "<unique>" LITERAL("a") LITERAL("a") LITERAL("b") "</unique>")), "d=true "},
      {VARIABLE("all", "3", LOCAL("v", "<count>" LITERAL("a") LITERAL("a") LITERAL("b") "</count>")), "d=true "},
      {VARIABLE("all", "5", LOCAL("v", "<arithmetic arithmetic_operation='add'>" LITERAL("2") LITERAL("3") "</arithmetic>")),
       "d=true "},
      {VARIABLE("all", "6", LOCAL("v", "<arithmetic arithmetic_operation='multiply'>" LITERAL("2") LITERAL("3") "</arithmetic>")),
       "d=true "},
      {VARIABLE("all", "6", LOCAL("v", "<arithmetic arithmetic_operation='add'>" LITERAL("2") LITERAL("x") "</arithmetic>")),
       "d=error "},
      {VARIABLE("all", "0:5.1-2", LOCAL("v", INSTALLED_EVR)), "d=true "},
      {VARIABLE("all", "x", VARIABLES("<external_variable id='v'/>")), "d=unknown "},
      {VARIABLE("all", "x", LOCAL("v", "<time_difference>" LITERAL("1") "</time_difference>")), "d=unknown "},
      {VARIABLE("all", "x", CONSTANT("w", VALUE("x"))), "d=unknown "}, /* v is not there */
      {VARIABLE("all", "x", LOCAL("v", "<object_component object_ref='none' item_field='evr'/>")), "d=unknown "},
  };
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 0:5.1-2");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[4096];
    /* the object that INSTALLED_EVR speaks of */
    size_t end = strlen(cases[i].text) - strlen("</oval_definitions>");
    snprintf(text, sizeof text, "%.*s%s</oval_definitions>", (int)end, cases[i].text, NAMED("rpminfo", "a", "a"));
    oval_results r = {.host = &h};
    pk_err err;
    pk_buf_init(&r.text, 100);
    assert_ok(oval_read(text, oval_note_result, &r, NULL, &err), err);
    if (strcmp(pk_buf_cstr(&r.text), cases[i].want) != 0) fail_msg("%s: %s", cases[i].text, pk_buf_cstr(&r.text));
    pk_buf_free(&r.text);
  }
  host_free(&h);
}

static void test_entity_when_a_variable_has_several_values_then_var_check_counts(void **state) {
  (void)state;
  static const struct {
    const char *check, *want;
  } cases[] = {{"all", "d=false "}, {"at least one", "d=true "}, {"none satisfy", "d=false "}, {"only one", "d=true "}};
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[1024];
    snprintf(text, sizeof text,
             OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "check='all'", "o", STATE("s")) NAMED(
                 "rpminfo", "o", "a") STATE_OF("rpminfo", "s", "<evr datatype='evr_string' var_ref='v' var_check='%s'/>")
                      CONSTANT("v", VALUE("1-1") VALUE("2-1"))),
             cases[i].check);
    assert_results(&h, text, cases[i].want);
  }
  host_free(&h);
}

static void test_object_when_its_name_is_a_variable_then_packages_of_all_values(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "ubuntu:22.04", PK_TYPE_DEB, "libssl3 3.0-1 amd64\nopenssl 3.0-9 amd64");
  assert_results(&h,
                 OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("dpkginfo", "t", "check='at least one'", "o", STATE("s"))
                          OBJECT_OF("dpkginfo", "o", "<name var_ref='v' var_check='at least one'/>")
                              STATE_OF("dpkginfo", "s", DEBIAN_EVR("less than", "3.0-2"))
                                  CONSTANT("v", VALUE("openssl") VALUE("libssl3") VALUE("libssl-dev"))),
                 "d=true ");
  host_free(&h);
}

/* ---- hostile ---- */

#define A8 "aaaaaaaa"
#define A64 A8 A8 A8 A8 A8 A8 A8 A8

static void test_regex_when_it_backtracks_without_end_then_error(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1" A64 "b-1");
  assert_result_because(&h, PACKAGE_STATE("<version operation='pattern match'>^1(a+)+$</version>"), "d=error ", "takes too long");
  assert_result_because(&h, PACKAGE_STATE("<version operation='pattern match'>(</version>"), "d=error ",
                        "is no regular expression");
  host_free(&h);
}

static void test_variables_when_cyclic_then_unknown(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_result_because(&h, VARIABLE("all", "x", LOCAL("v", "<variable_component var_ref='v'/>")), "d=unknown ", "not defined");
  assert_results(&h,
                 VARIABLE("all", "x",
                          LOCAL("v", "<concat>" LITERAL("a") "<variable_component var_ref='w'/></concat>")
                              LOCAL("w", "<unique><variable_component var_ref='v'/></unique>")),
                 "d=unknown ");
  /* through an object: v is made of the packages whose name is v */
  host_free(&h);
}

/* v40 is v39 twice, that is v38 twice … */
static void test_variables_when_each_doubles_the_last_then_unknown_soon(void **state) {
  (void)state;
  pk_buf text;
  test_host h;
  pk_buf_init(&text, 65536);
  pk_buf_puts(&text,
              "<oval_definitions>" DEFINITION("d", AND(CRITERION("t"))) TEST_OF("variable", "t", "check='all'", "o", STATE("s"))
                  OBJECT_OF("variable", "o", "<var_ref>v40</var_ref>") STATE_OF("variable", "s", VALUE("x"))
                      CONSTANT("v0", VALUE("a")));
  for (int i = 1; i <= 40; i++)
    pk_buf_printf(&text, LOCAL("v%d", "<concat><variable_component var_ref='v%d'/><variable_component var_ref='v%d'/></concat>"),
                  i, i - 1, i - 1);
  pk_buf_puts(&text, "</oval_definitions>");
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "");
  assert_results(&h, pk_buf_cstr(&text), "d=unknown ");
  host_free(&h);
  pk_buf_free(&text);
}

/* Packages whose names are among the names of packages whose names are among … */
static void test_objects_when_they_depend_on_each_other_then_error_soon(void **state) {
  (void)state;
  pk_buf text, packages;
  test_host h;
  pk_buf_init(&text, 65536);
  pk_buf_init(&packages, 65536);
  for (int i = 0; i < 300; i++) pk_buf_printf(&packages, "p%d 1-1\n", i);
  pk_buf_puts(&text, "<oval_definitions>" DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "check='all'", "o9", "")
                         OBJECT_OF("rpminfo", "o0", "<name operation='pattern match'>.</name>"));
  for (int i = 1; i <= 9; i++)
    pk_buf_printf(&text,
                  OBJECT_OF("rpminfo", "o%d", "<name operation='pattern match' var_check='at least one' var_ref='v%d'/>")
                      LOCAL("v%d", "<object_component object_ref='o%d' item_field='name'/>"),
                  i, i, i, i - 1);
  pk_buf_puts(&text, "</oval_definitions>");
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, pk_buf_cstr(&packages));
  assert_results(&h, pk_buf_cstr(&text), "d=error ");
  host_free(&h);
  pk_buf_free(&text);
  pk_buf_free(&packages);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_operators_when_results_are_combined_then_as_the_specification_says),
      cmocka_unit_test(test_checks_when_results_are_combined_then_as_the_specification_says),
      cmocka_unit_test(test_not_when_neither_true_nor_false_then_it_stays),
      cmocka_unit_test(test_criteria_when_children_change_places_then_the_same_result),
      cmocka_unit_test(test_criteria_when_empty_then_error),
      cmocka_unit_test(test_tests_when_existence_and_check_differ_then_as_the_specification_says),
      cmocka_unit_test(test_tests_when_there_is_no_state_then_existence_decides),
      cmocka_unit_test(test_states_when_several_then_their_operator_counts),
      cmocka_unit_test(test_state_when_it_has_several_entities_then_its_operator_counts),
      cmocka_unit_test(test_operations_when_values_are_compared_then_by_their_datatype),
      cmocka_unit_test(test_packages_when_a_field_is_asked_for_then_of_the_package),
      cmocka_unit_test(test_packages_when_a_signature_is_told_then_it_decides),
      cmocka_unit_test(test_packages_when_names_are_patterns_then_all_that_fit),
      cmocka_unit_test(test_packages_when_the_object_asks_for_more_than_a_name_then_all_must_fit),
      cmocka_unit_test(test_packages_when_of_another_family_then_the_object_finds_nothing),
      cmocka_unit_test(test_found_when_several_packages_make_it_true_then_each_is_told),
      cmocka_unit_test(test_uname_when_the_kernel_is_told_then_compared_else_unknown),
      cmocka_unit_test(test_family_when_asked_then_unix),
      cmocka_unit_test(test_owner_when_of_a_release_file_then_told_else_unknown),
      cmocka_unit_test(test_textfile_when_it_tells_the_release_then_matched),
      cmocka_unit_test(test_textfile_when_matched_then_its_text_is_the_whole_match),
      cmocka_unit_test(test_textfile_when_the_path_is_in_two_parts_then_put_together),
      cmocka_unit_test(test_textfile_when_of_modules_then_what_the_packages_say),
      cmocka_unit_test(test_textfile_when_the_report_does_not_have_it_then_unknown),
      cmocka_unit_test(test_object_when_an_entity_is_unknown_or_in_error_then_so_is_the_test),
      cmocka_unit_test(test_other_tests_when_no_report_answers_them_then_unknown),
      cmocka_unit_test(test_variables_when_computed_then_as_the_functions_say),
      cmocka_unit_test(test_entity_when_a_variable_has_several_values_then_var_check_counts),
      cmocka_unit_test(test_object_when_its_name_is_a_variable_then_packages_of_all_values),
      cmocka_unit_test(test_regex_when_it_backtracks_without_end_then_error),
      cmocka_unit_test(test_variables_when_cyclic_then_unknown),
      cmocka_unit_test(test_objects_when_they_depend_on_each_other_then_error_soon),
      cmocka_unit_test(test_variables_when_each_doubles_the_last_then_unknown_soon),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
