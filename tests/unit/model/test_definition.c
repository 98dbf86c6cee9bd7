/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "model/definition.h"

#define ARENA_BYTES ((size_t)64 << 20)

static const pk_str NAMES[] = {{"openssl", 7}, {"libssl3", 7}};
static const pk_str CVES[] = {{"CVE-2024-1597", 13}, {"CVE-2023-48795", 14}};
static const pk_rule RULES[] = {
    {.platform = {"debian:12", 9}, .names = NAMES, .n_names = 2, .is_source = true, .fixed = {"3.0.15-1~deb12u1", 16}},
    {.zero_epoch_left_out = true,
     .names = NAMES,
     .n_names = 1,
     .arch = {"aarch64|x86_64", 14},
     .module = {"nodejs:12", 9},
     .introduced = {"1", 1},
     .last = {"2", 1},
     .state = PK_RULE_NOT_AFFECTED,
     .advisory = {"RHSA-1", 6},
     .note = {"no", 2}},
};
static const pk_unfixed UNFIXED[] = {{{"kernel", 6}, PK_RULE_WILL_NOT_FIX}, {{"kernel-rt", 9}, PK_RULE_DEFERRED}};
static const pk_criteria CRITERIA = {
    .kind = PK_CRITERIA_RESULT, .result = PK_RESULT_UNKNOWN, .why = {"because", 7}, .negate = true};

static pk_definition whole(void) {
  return (pk_definition){.id = PK_STR("RHSA-2024:1431"),
                         .class = PK_STR("patch"),
                         .advisory = PK_STR("RHSA-2024:1431"),
                         .severity = PK_STR("moderate"),
                         .title = PK_STR("A title"),
                         .issued_at = 1710892800,
                         .cves = CVES,
                         .n_cves = 2,
                         .rules = RULES,
                         .n_rules = 2,
                         .unfixed = UNFIXED,
                         .n_unfixed = 2,
                         .criteria = &CRITERIA};
}

static void assert_text(pk_str have, pk_str want) {
  if (!pk_str_eq(have, want)) fail_msg("'%.*s' should be '%.*s'", PK_FMT(have), PK_FMT(want));
}

static void assert_rule(const pk_rule *have, const pk_rule *want) {
  assert_text(have->platform, want->platform);
  assert_text(have->arch, want->arch);
  assert_text(have->module, want->module);
  assert_text(have->introduced, want->introduced);
  assert_text(have->fixed, want->fixed);
  assert_text(have->last, want->last);
  assert_text(have->advisory, want->advisory);
  assert_text(have->note, want->note);
  assert_int_equal(have->is_source, want->is_source);
  assert_int_equal(have->zero_epoch_left_out, want->zero_epoch_left_out);
  assert_int_equal(have->state, want->state);
  assert_int_equal(have->n_names, want->n_names);
  for (size_t i = 0; i < want->n_names; i++) assert_text(have->names[i], want->names[i]);
}

static pk_buf encoded(const pk_definition *d) {
  pk_buf b;
  pk_buf_init(&b, (size_t)1 << 20);
  pk_definition_encode(d, &b);
  assert_false(b.over);
  return b;
}

static void test_decode_when_encoded_then_everything_comes_back(void **state) {
  (void)state;
  pk_definition want = whole(), have = {.id = want.id};
  pk_buf bytes = encoded(&want);
  pk_arena arena;
  pk_err err;
  pk_arena_init(&arena, ARENA_BYTES);
  assert_ok(pk_definition_decode(pk_buf_view(&bytes), &arena, &have, &err), err);
  assert_text(have.id, want.id);
  assert_text(have.class, want.class);
  assert_text(have.advisory, want.advisory);
  assert_text(have.severity, want.severity);
  assert_text(have.title, want.title);
  assert_int_equal(have.issued_at, want.issued_at);
  assert_int_equal(have.n_cves, 2);
  for (size_t i = 0; i < 2; i++) assert_text(have.cves[i], CVES[i]);
  assert_int_equal(have.n_rules, 2);
  for (size_t i = 0; i < 2; i++) assert_rule(&have.rules[i], &RULES[i]);
  assert_int_equal(have.n_unfixed, 2);
  assert_text(have.unfixed[1].name, UNFIXED[1].name);
  assert_int_equal(have.unfixed[1].state, PK_RULE_DEFERRED);
  assert_int_equal(have.criteria->result, PK_RESULT_UNKNOWN);
  assert_true(have.criteria->negate);
  assert_text(have.criteria->why, CRITERIA.why);
  pk_arena_fini(&arena);
  pk_buf_free(&bytes);
}

static void test_encode_when_only_the_id_differs_then_the_same_bytes(void **state) {
  (void)state;
  pk_definition a = whole(), b = whole();
  b.id = PK_STR("another");
  pk_buf one = encoded(&a), other = encoded(&b);
  assert_true(pk_str_eq(pk_buf_view(&one), pk_buf_view(&other)));
  pk_buf_free(&one);
  pk_buf_free(&other);
}

static void test_encode_when_anything_else_differs_then_other_bytes(void **state) {
  (void)state;
  pk_definition d[12];
  for (size_t i = 0; i < 12; i++) d[i] = whole();
  d[1].class = PK_STR("vulnerability");
  d[2].advisory = PK_STR("");
  d[3].severity = PK_STR("low");
  d[4].title = PK_STR("A titl");
  d[5].issued_at = -1;
  d[6].n_cves = 1;
  d[7].n_rules = 1;
  d[8].n_unfixed = 1;
  d[9].criteria = NULL;
  d[10].rules = &RULES[1];
  d[10].n_rules = 1;
  d[11].unfixed = &UNFIXED[1];
  d[11].n_unfixed = 1;
  for (size_t i = 0; i < 12; i++)
    for (size_t k = 0; k < i; k++) {
      pk_buf one = encoded(&d[i]), other = encoded(&d[k]);
      if (pk_str_eq(pk_buf_view(&one), pk_buf_view(&other))) fail_msg("%zu and %zu are the same", i, k);
      pk_buf_free(&one);
      pk_buf_free(&other);
    }
}

static void test_decode_when_nothing_is_set_then_empty(void **state) {
  (void)state;
  pk_definition want = {.id = PK_STR("x")}, have = {.id = PK_STR("x"), .n_rules = 7};
  pk_buf bytes = encoded(&want);
  pk_arena arena;
  pk_err err;
  pk_arena_init(&arena, ARENA_BYTES);
  assert_ok(pk_definition_decode(pk_buf_view(&bytes), &arena, &have, &err), err);
  assert_int_equal(have.n_cves + have.n_rules + have.n_unfixed + have.title.n, 0);
  assert_null(have.criteria);
  pk_arena_fini(&arena);
  pk_buf_free(&bytes);
}

static void test_decode_when_cut_off_or_too_long_then_syntax_and_untouched(void **state) {
  (void)state;
  pk_definition d = whole();
  pk_buf bytes = encoded(&d);
  pk_buf_putc(&bytes, '\0');
  for (size_t n = 0; n <= bytes.n; n++) {
    pk_definition have = {.id = PK_STR("x"), .n_rules = 77};
    pk_arena arena;
    pk_err err;
    if (n == bytes.n - 1) continue; /* this is whole */
    char *exact = pk_alloc(n);
    if (n) memcpy(exact, bytes.p, n);
    pk_arena_init(&arena, ARENA_BYTES);
    assert_fault(pk_definition_decode((pk_str){exact, n}, &arena, &have, &err), err, PK_E_SYNTAX,
                 "a stored definition is damaged");
    assert_int_equal(have.n_rules, 77);
    pk_arena_fini(&arena);
    free(exact);
  }
  pk_buf_free(&bytes);
}

static void test_decode_when_of_another_form_then_syntax(void **state) {
  (void)state;
  pk_definition d = whole(), have = {.id = PK_STR("x")};
  pk_buf bytes = encoded(&d);
  pk_arena arena;
  pk_err err;
  pk_arena_init(&arena, ARENA_BYTES);
  bytes.p[0]++;
  assert_fault(pk_definition_decode(pk_buf_view(&bytes), &arena, &have, &err), err, PK_E_SYNTAX, "it has another form");
  pk_arena_fini(&arena);
  pk_buf_free(&bytes);
}

static void test_decode_when_a_state_is_unknown_then_syntax(void **state) {
  (void)state;
  pk_rule rule = RULES[0];
  pk_unfixed unfixed = UNFIXED[0];
  pk_definition d = {.rules = &rule, .n_rules = 1}, e = {.unfixed = &unfixed, .n_unfixed = 1};
  rule.state = (pk_rule_state)(PK_RULE_NOT_AFFECTED + 1);
  unfixed.state = (pk_rule_state)(PK_RULE_NOT_AFFECTED + 1);
  pk_buf one = encoded(&d), other = encoded(&e);
  pk_arena arena;
  pk_err err;
  pk_definition have = {.id = PK_STR("x")};
  pk_arena_init(&arena, ARENA_BYTES);
  assert_fault(pk_definition_decode(pk_buf_view(&one), &arena, &have, &err), err, PK_E_SYNTAX, "unknown");
  assert_fault(pk_definition_decode(pk_buf_view(&other), &arena, &have, &err), err, PK_E_SYNTAX, "unknown");
  pk_arena_fini(&arena);
  pk_buf_free(&one);
  pk_buf_free(&other);
}

static void test_decode_when_a_list_takes_too_much_memory_then_limit(void **state) {
  (void)state;
  pk_buf bytes;
  pk_arena arena;
  pk_err err;
  pk_definition have = {.id = PK_STR("x")};
  pk_buf_init(&bytes, (size_t)1 << 20);
  pk_arena_init(&arena, (size_t)1 << 20);
  pk_buf_add(&bytes, "\1\0\0\0\0\0\0", 7); /* the form, four texts, the time, no CVEs */
  pk_buf_varint(&bytes, PK_DEFINITION_RULES_MAX);
  for (size_t i = 0; i < PK_DEFINITION_RULES_MAX; i++) pk_buf_putc(&bytes, '\0');
  assert_fault(pk_definition_decode(pk_buf_view(&bytes), &arena, &have, &err), err, PK_E_LIMIT, "too much memory");
  pk_arena_fini(&arena);
  pk_buf_free(&bytes);
}

static void test_decode_when_a_list_is_longer_than_allowed_then_syntax(void **state) {
  (void)state;
  const size_t lists[] = {PK_DEFINITION_CVES_MAX + 1, PK_DEFINITION_RULES_MAX + 1};
  for (size_t i = 0; i < 2; i++) {
    pk_buf bytes;
    pk_arena arena;
    pk_err err;
    pk_definition have = {.id = PK_STR("x")};
    pk_buf_init(&bytes, (size_t)1 << 20);
    pk_arena_init(&arena, (size_t)1 << 20);
    pk_buf_add(&bytes, "\1\0\0\0\0\0\0", 6 + i);
    pk_buf_varint(&bytes, lists[i]);
    for (size_t k = 0; k < lists[i] + 10; k++) pk_buf_putc(&bytes, '\0');
    assert_fault(pk_definition_decode(pk_buf_view(&bytes), &arena, &have, &err), err, PK_E_SYNTAX, "a list is too long");
    pk_arena_fini(&arena);
    pk_buf_free(&bytes);
  }
}

/* ---- states ---- */

static void test_state_when_named_then_its_word_and_whether_it_counts(void **state) {
  (void)state;
  static const struct {
    pk_rule_state state;
    const char *name;
    bool counts;
  } states[] = {
      {PK_RULE_FIXED, "fixed", true},
      {PK_RULE_AFFECTED, "affected", true},
      {PK_RULE_WILL_NOT_FIX, "will-not-fix", true},
      {PK_RULE_DEFERRED, "deferred", true},
      {PK_RULE_NO_ADVISORY, "no-advisory", true},
      {PK_RULE_OUT_OF_SUPPORT, "out-of-support", true},
      {PK_RULE_UNDER_INVESTIGATION, "under-investigation", false},
      {PK_RULE_UNIMPORTANT, "unimportant", false},
      {PK_RULE_NOT_AFFECTED, "not-affected", false},
  };
  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
    assert_string_equal(pk_rule_state_name(states[i].state), states[i].name);
    assert_int_equal(pk_rule_state_counts(states[i].state), states[i].counts);
  }
}

/* ---- numbers of CVEs ---- */

static void test_cve_when_it_is_one_then_its_number_and_back(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t number;
    const char *back;
  } cases[] = {
      {"CVE-2024-1597", INT64_C(2024000000001597), "CVE-2024-1597"},
      {"CVE-1999-0003", INT64_C(1999000000000003), "CVE-1999-0003"},
      {"cve-2023-48795", INT64_C(2023000000048795), "CVE-2023-48795"},
      {"CVE-2024-00001", INT64_C(2024000000000001), "CVE-2024-0001"},
      {"CVE-2024-12345678901", INT64_C(2024012345678901), "CVE-2024-12345678901"},
      {"CVE-2024-0000", INT64_C(2024000000000000), "CVE-2024-0000"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char back[32];
    assert_int_equal(pk_cve_number(pk_str_of(cases[i].text)), cases[i].number);
    pk_cve_format(cases[i].number, back);
    assert_string_equal(back, cases[i].back);
  }
}

static void test_cve_when_numbers_are_compared_then_by_year_and_number(void **state) {
  (void)state;
  static const char *const order[] = {"CVE-1999-9999", "CVE-2023-99999999999", "CVE-2024-0001", "CVE-2024-9999",
                                      "CVE-2024-10000"};
  for (size_t i = 1; i < sizeof order / sizeof order[0]; i++)
    assert_true(pk_cve_number(pk_str_of(order[i - 1])) < pk_cve_number(pk_str_of(order[i])));
}

static void test_cve_when_it_is_none_then_zero(void **state) {
  (void)state;
  static const char *const texts[] = {"",
                                      "CVE-2024-159",
                                      "CVE-2024-123456789012",
                                      "CVE-24-1597",
                                      "CVE-2024-159x",
                                      "CVE-202x-1597",
                                      "CVE_2024-1597",
                                      "CAN-2004-1597",
                                      " CVE-2024-1597",
                                      "CVE-2024-1597 ",
                                      "CVE-2024--1597",
                                      "CVE-2024-+1597",
                                      "TEMP-0000000-A1B2C3",
                                      "CVE-20240-1597"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_cve_number(pk_str_of(texts[i]))) fail_msg("'%s' is %lld", texts[i], (long long)pk_cve_number(pk_str_of(texts[i])));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_decode_when_encoded_then_everything_comes_back),
      cmocka_unit_test(test_encode_when_only_the_id_differs_then_the_same_bytes),
      cmocka_unit_test(test_encode_when_anything_else_differs_then_other_bytes),
      cmocka_unit_test(test_decode_when_nothing_is_set_then_empty),
      cmocka_unit_test(test_decode_when_cut_off_or_too_long_then_syntax_and_untouched),
      cmocka_unit_test(test_decode_when_of_another_form_then_syntax),
      cmocka_unit_test(test_decode_when_a_state_is_unknown_then_syntax),
      cmocka_unit_test(test_decode_when_a_list_takes_too_much_memory_then_limit),
      cmocka_unit_test(test_decode_when_a_list_is_longer_than_allowed_then_syntax),
      cmocka_unit_test(test_state_when_named_then_its_word_and_whether_it_counts),
      cmocka_unit_test(test_cve_when_it_is_one_then_its_number_and_back),
      cmocka_unit_test(test_cve_when_numbers_are_compared_then_by_year_and_number),
      cmocka_unit_test(test_cve_when_it_is_none_then_zero),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
