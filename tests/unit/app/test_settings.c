/* SPDX-License-Identifier: Apache-2.0 */
#include "app/site.h"

#include "app/settings.h"

static pk_settings load(site *s) {
  pk_settings settings;
  assert_ok(pk_settings_load(s->store, &settings, &s->err), s->err);
  return settings;
}

static pk_rc put(site *s, const char *name, pk_str value) {
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  s->err = (pk_err){0};
  pk_rc rc = pk_settings_put(s->store, pk_str_of(name), value, &s->err);
  if (rc != PK_OK) {
    pk_store_rollback(s->store);
    return rc;
  }
  return pk_store_commit(s->store, &s->err);
}

static void test_settings_when_nothing_is_stored_then_defaults(void **state) {
  pk_settings s = load(*state);
  assert_string_equal(s.title, "Pakiti");
  assert_string_equal(s.tag_names, "Critical,High");
  assert_int_equal(s.silent_after_hours, 48);
  assert_int_equal(s.keep_trend_days, 730);
}

static void test_settings_when_put_then_kept(void **state) {
  site *s = *state;
  assert_ok(put(s, "title", PK_STR("Zařízení „A“")), s->err);
  assert_ok(put(s, "tag_names", PK_STR("One")), s->err);
  assert_ok(put(s, "silent_after_hours", PK_STR("1")), s->err);
  assert_ok(put(s, "silent_after_hours", PK_STR("72")), s->err);
  pk_settings now = load(s);
  assert_string_equal(now.title, "Zařízení „A“");
  assert_string_equal(now.tag_names, "One");
  assert_int_equal(now.silent_after_hours, 72);
  assert_int_equal(now.keep_trend_days, 730);
}

static void test_settings_when_a_number_is_out_of_range_then_refused_with_the_range(void **state) {
  site *s = *state;
  static const char *const bad[] = {"", "0", "8761", "-1", "1.5", "ten", " 48", "99999999999999999999"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_fault(put(s, "silent_after_hours", pk_str_of(bad[i])), s->err, PK_E_SYNTAX,
                 "'silent_after_hours' takes a whole number from 1 to 8760");
  assert_ok(put(s, "silent_after_hours", PK_STR("8760")), s->err);
  assert_ok(put(s, "keep_trend_days", PK_STR("36500")), s->err);
  assert_fault(put(s, "keep_trend_days", PK_STR("36501")), s->err, PK_E_SYNTAX, "from 1 to 36500");
  assert_int_equal(load(s).silent_after_hours, 8760);
  assert_int_equal(load(s).keep_trend_days, 36500);
}

static void test_settings_when_a_text_is_too_long_or_no_text_then_refused(void **state) {
  site *s = *state;
  char text[PK_SETTING_TEXT_MAX + 1];
  memset(text, 'x', sizeof text);
  assert_ok(put(s, "title", (pk_str){text, PK_SETTING_TEXT_MAX}), s->err);
  assert_int_equal(strlen(load(s).title), PK_SETTING_TEXT_MAX);
  assert_fault(put(s, "title", (pk_str){text, PK_SETTING_TEXT_MAX + 1}), s->err, PK_E_SYNTAX,
               "'title' takes a text of 1 to 200 bytes");
  assert_fault(put(s, "title", PK_STR("")), s->err, PK_E_SYNTAX, "'title' takes a text");
  assert_fault(put(s, "title", PK_STR("a\xff")), s->err, PK_E_SYNTAX, "'title' takes a text");
  assert_fault(put(s, "title", PK_STR("a\0b")), s->err, PK_E_SYNTAX, "'title' holds control characters");
}

static void test_settings_when_unknown_then_refused(void **state) {
  site *s = *state;
  assert_fault(put(s, "colour", PK_STR("red")), s->err, PK_E_SYNTAX, "there is no setting 'colour'");
  assert_fault(put(s, "web.title", PK_STR("x")), s->err, PK_E_SYNTAX, "there is no setting 'web.title'");
  assert_fault(put(s, "secret", PK_STR("x")), s->err, PK_E_SYNTAX, "there is no setting 'secret'");
}

static void test_settings_when_what_is_stored_makes_no_sense_then_the_default(void **state) {
  site *s = *state;
  assert_ok(pk_store_setting_put(s->store, PK_STR("web.silent_after_hours"), PK_STR("soon"), &s->err), s->err);
  assert_ok(pk_store_setting_put(s->store, PK_STR("web.title"), PK_STR(""), &s->err), s->err);
  assert_int_equal(load(s).silent_after_hours, 48);
  assert_string_equal(load(s).title, "Pakiti");
}

static void test_settings_when_walked_then_each_with_its_value_and_range(void **state) {
  site *s = *state;
  assert_ok(put(s, "title", PK_STR("T")), s->err);
  assert_ok(put(s, "keep_trend_days", PK_STR("5")), s->err);
  pk_settings now = load(s);
  pk_setting_view v;
  char have[512] = "";
  size_t n = 0;
  for (; pk_settings_at(&now, n, &v); n++) {
    size_t at = strlen(have);
    assert_non_null(v.help);
    if (v.is_number)
      snprintf(have + at, sizeof have - at, "%s %lld %lld..%lld; ", v.name, (long long)v.number, (long long)v.min,
               (long long)v.max);
    else
      snprintf(have + at, sizeof have - at, "%s '%s' %lld..%lld; ", v.name, v.text, (long long)v.min, (long long)v.max);
  }
  assert_string_equal(
      have, "title 'T' 1..200; tag_names 'Critical,High' 1..200; silent_after_hours 48 1..8760; keep_trend_days 5 1..36500; ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_settings_when_nothing_is_stored_then_defaults),
      SITE_TEST(test_settings_when_put_then_kept),
      SITE_TEST(test_settings_when_a_number_is_out_of_range_then_refused_with_the_range),
      SITE_TEST(test_settings_when_a_text_is_too_long_or_no_text_then_refused),
      SITE_TEST(test_settings_when_unknown_then_refused),
      SITE_TEST(test_settings_when_what_is_stored_makes_no_sense_then_the_default),
      SITE_TEST(test_settings_when_walked_then_each_with_its_value_and_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
