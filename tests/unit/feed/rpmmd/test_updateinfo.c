/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/rpmmd/updateinfo.h"

#include "unit.h"

#include <stdio.h>

#define PKG(name, arch)                                                                                                          \
  "<package name=\"" name "\" version=\"1\" release=\"2\" epoch=\"3\" arch=\"" arch "\"><filename>x</filename></package>"
#define LIST(packages) "<pkglist><collection short=\"c\"><name>Collection</name>" packages "</collection></pkglist>"

static pk_rc read_updates(const char *text, pk_repository_content *c, pk_err *err) {
  pk_stream *in = NULL;
  pk_offers offers;
  pk_repository_content_init(c);
  pk_offers_init(&offers, c, "");
  assert_int_equal(pk_stream_open_bytes(pk_str_of(text), (pk_stream_limits){.out_bytes_max = 1 << 20}, &in, NULL), PK_OK);
  pk_rc rc = pk_rpmmd_updateinfo_read(in, &offers, err);
  pk_stream_close(&in);
  pk_offers_fini(&offers);
  return rc;
}

static void test_read_when_security_then_advisory_and_offers(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(
      read_updates("<updates><update from=\"x\" type=\"security\" status=\"final\"><id>EXSA-2026:1</id>"
                   "<title> Important: xz </title><issued date=\"2022-06-08 00:00:00\"/><updated date=\"2023-01-01\"/>"
                   "<severity>Important</severity><description>Text &amp; more</description>" LIST(PKG("xz", "x86_64") PKG(
                       "xz", "src") PKG("xz", "nosrc") PKG("xz-libs", "x86_64") PKG("xz", "x86_64")) "</update></updates>",
                   &c, NULL),
      PK_OK);
  assert_int_equal(c.n_advisories, 1);
  assert_str(c.advisories[0].id, "EXSA-2026:1");
  assert_str(c.advisories[0].type, "security");
  assert_str(c.advisories[0].severity, "Important");
  assert_str(c.advisories[0].title, "Important: xz");
  assert_int_equal(c.advisories[0].issued_at, 1654646400);
  assert_int_equal(c.n_offers, 2);
  assert_str(c.offers[0].name, "xz");
  assert_str(c.offers[0].evr, "3:1-2");
  assert_str(c.offers[0].arch, "x86_64");
  assert_str(c.offers[0].advisory, "EXSA-2026:1");
  assert_str(c.offers[1].name, "xz-libs");
  pk_repository_content_fini(&c);
}

static void test_read_when_another_type_then_only_the_advisory(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(read_updates("<updates><update type=\"bugfix\"><id>EXBA-1</id><severity>None</severity>" LIST(
                                    PKG("a", "noarch")) "</update></updates>",
                                &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_advisories, 1);
  assert_str(c.advisories[0].severity, "None");
  assert_str(c.advisories[0].title, "");
  assert_int_equal(c.advisories[0].issued_at, 0);
  assert_int_equal(c.n_offers, 0);
  pk_repository_content_fini(&c);
}

static void test_read_when_the_id_comes_last_then_offers_still_name_it(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(
      read_updates("<updates><update type=\"security\">" LIST(PKG("a", "noarch")) "<id>EXSA-2</id></update></updates>", &c, NULL),
      PK_OK);
  assert_int_equal(c.n_offers, 1);
  assert_str(c.offers[0].advisory, "EXSA-2");
  pk_repository_content_fini(&c);
}

static void test_read_when_epoch_is_missing_then_zero(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(
      read_updates("<updates><update type=\"security\"><id>i</id>" LIST(
                       "<package name=\"a\" arch=\"i586\" version=\"7.3\" release=\"110.2\"/>") "</update></updates>",
                   &c, NULL),
      PK_OK);
  assert_str(c.offers[0].evr, "0:7.3-110.2");
  pk_repository_content_fini(&c);
}

static void test_read_when_dates_have_other_forms_then_understood_or_unknown(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t at;
  } dates[] = {{"1213630432", 1213630432},
               {"2018-01-11 21:05", 1515704700},
               {"2018-01-11", 1515628800},
               {"2018-01-11T21:05:00Z", 1515704700},
               {"", 0},
               {"yesterday", 0}};
  for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
    pk_repository_content c;
    char text[256];
    snprintf(text, sizeof text, "<updates><update type=\"security\"><id>i</id><issued date=\"%s\" /></update></updates>",
             dates[i].text);
    assert_int_equal(read_updates(text, &c, NULL), PK_OK);
    assert_int_equal(c.advisories[0].issued_at, dates[i].at);
    pk_repository_content_fini(&c);
  }
}

static void test_read_when_one_package_is_in_two_advisories_then_both_offer_it(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(
      read_updates("<updates><update type=\"security\"><id>i</id>" LIST(
                       PKG("a", "noarch")) "</update>"
                                           "<update type=\"security\"><id>k</id>" LIST(PKG("a", "noarch")) "</update></updates>",
                   &c, NULL),
      PK_OK);
  assert_int_equal(c.n_offers, 2);
  assert_str(c.offers[0].advisory, "i");
  assert_str(c.offers[1].advisory, "k");
  pk_repository_content_fini(&c);
}

static void test_read_when_an_id_is_used_twice_then_one_advisory_and_security_wins(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(read_updates("<updates><update type=\"recommended\"><id>i</id><title>one</title></update>"
                                "<update type=\"security\"><id>i</id><title>two</title>" LIST(PKG(
                                    "a", "noarch")) "</update>"
                                                    "<update type=\"optional\"><id>i</id><title>three</title></update></updates>",
                                &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_advisories, 1);
  assert_str(c.advisories[0].type, "security");
  assert_str(c.advisories[0].title, "two");
  assert_int_equal(c.n_offers, 1);
  pk_repository_content_fini(&c);
}

static void test_read_when_a_title_is_too_long_then_cut_between_characters(void **state) {
  (void)state;
  pk_repository_content c;
  pk_buf text;
  pk_buf_init(&text, 8192);
  pk_buf_puts(&text, "<updates><update type=\"security\"><id>i</id><title>x");
  for (int i = 0; i < 400; i++) pk_buf_puts(&text, "\xc3\xa9");
  pk_buf_puts(&text, "</title></update></updates>");
  assert_int_equal(read_updates(pk_buf_cstr(&text), &c, NULL), PK_OK);
  assert_int_equal(c.advisories[0].title.n, PK_ADVISORY_TITLE_MAX - 1);
  assert_true(pk_str_utf8(c.advisories[0].title));
  pk_repository_content_fini(&c);
  pk_buf_free(&text);
}

static void test_read_when_broken_then_syntax(void **state) {
  (void)state;
  static const char *const broken[] = {
      "<updates><update type=\"security\"><title>no id</title></update></updates>",
      "<updates><update type=\"security\"><id>i</id>" LIST(
          "<package name=\"a\" arch=\"x\" release=\"1\"/>") "</update></updates>",
      "<updates><update type=\"security\"><id>i</id>" LIST("<package name=\"\" arch=\"x\" version=\"1\"/>") "</update></updates>",
      "<updates><update type=\"security\"><id>two words</id>" LIST(PKG("a", "noarch")) "</update></updates>",
      "<updates><update type=\"security\"><id>i</id>",
      "<metadata/>",
  };
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    pk_repository_content c;
    assert_int_equal(read_updates(broken[i], &c, NULL), PK_E_SYNTAX);
    pk_repository_content_fini(&c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_security_then_advisory_and_offers),
      cmocka_unit_test(test_read_when_another_type_then_only_the_advisory),
      cmocka_unit_test(test_read_when_the_id_comes_last_then_offers_still_name_it),
      cmocka_unit_test(test_read_when_epoch_is_missing_then_zero),
      cmocka_unit_test(test_read_when_dates_have_other_forms_then_understood_or_unknown),
      cmocka_unit_test(test_read_when_one_package_is_in_two_advisories_then_both_offer_it),
      cmocka_unit_test(test_read_when_an_id_is_used_twice_then_one_advisory_and_security_wins),
      cmocka_unit_test(test_read_when_a_title_is_too_long_then_cut_between_characters),
      cmocka_unit_test(test_read_when_broken_then_syntax),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
