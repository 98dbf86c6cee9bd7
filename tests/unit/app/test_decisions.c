/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of decisions that are read and put into a store; how many names of tags fit. Pages and exports are the matter of
 * tests/functional/test_api_pakiti3.py. */
#include "app/rows.h"

#include "app/decisions.h"

#define TAG_XML(cve, tag, enabled)                                                                                               \
  "<cveTag><cveName>" cve "</cveName><tagName>" tag "</tagName><enabled>" enabled "</enabled></cveTag>"
#define EXCEPTION_XML(cve, package) "<cveException><cveName>" cve "</cveName><pkg>" package "</pkg></cveException>"

/* ---- reading ---- */

static void assert_refused(site *s, bool tags, const char *xml, const char *words) {
  pk_import *file = NULL;
  if (tags)
    assert_fault(pk_import_tags(pk_str_of(xml), &file, &s->err), s->err, PK_E_SYNTAX, words);
  else
    assert_fault(pk_import_exceptions(pk_intake_platforms(s->intake), pk_str_of(xml), &file, &s->err), s->err, PK_E_SYNTAX,
                 words);
  assert_null(file);
}

static void test_import_when_an_entry_is_wrong_then_the_file_is_refused(void **state) {
  site *s = *state;
  static const char *const good = EXCEPTION_XML("CVE-2024-0001", "<name>bash</name>");
  static const struct {
    const char *entry, *words;
  } bad[] = {
      {"<cveException><pkg><name>bash</name></pkg></cveException>", "has no cveName"},
      {"<cveException><cveName/><pkg><name>bash</name></pkg></cveException>", "is no CVE"},
      {EXCEPTION_XML("CVE-24-1", "<name>bash</name>"), "is no CVE"},
      {EXCEPTION_XML("CVE-2024-0001", "<name>bash</name><release>1</release>"), "has no version"},
      {EXCEPTION_XML("CVE-2024-0001", "<version>1</version>"), "a cveException has no package"},
      {"<cveException><cveName>CVE-2024-0001</cveName><osGroup><name>Plan "
       "9</name></osGroup><pkg><name>a</name></pkg></cveException>",
       "no platform"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    char xml[1000];
    snprintf(xml, sizeof xml, "<cveExceptions>%s%s</cveExceptions>", good, bad[i].entry);
    assert_refused(s, false, xml, bad[i].words);
  }
  assert_refused(s, true, "<cveTags>" TAG_XML("", "Critical", "1") "</cveTags>", "is no CVE");
  assert_refused(s, true, "<cveTags>" TAG_XML("CVE-2024-0001", "", "1") "</cveTags>", "tag is missing");
  assert_refused(s, true, "<cveExceptions/>", "should be 'cveTags'");
  assert_refused(s, false, "<cveTags/>", "should be 'cveExceptions'");
}

/* ---- putting ---- */

static pk_imported put(site *s, bool tags, bool remove, const char *xml) {
  pk_import *file = NULL;
  pk_imported n = {9, 9, 9, 9};
  if (tags)
    assert_ok(pk_import_tags(pk_str_of(xml), &file, &s->err), s->err);
  else
    assert_ok(pk_import_exceptions(pk_intake_platforms(s->intake), pk_str_of(xml), &file, &s->err), s->err);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_import_put(file, s->store, remove, NOW, &n, &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
  pk_import_free(&file);
  pk_import_free(&file); /* NULL is accepted */
  return n;
}

static void assert_imported(pk_imported n, size_t read, size_t added, size_t changed, size_t removed) {
  if (n.n_read != read || n.n_added != added || n.n_changed != changed || n.n_removed != removed)
    fail_msg("%zu read, %zu added, %zu changed, %zu removed", n.n_read, n.n_added, n.n_changed, n.n_removed);
}

static pk_rc list_exception(void *arg, const pk_exception *e, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%lld %.*s %.*s %.*s; ", (long long)(e->cve % 1000), PK_FMT(e->package), PK_FMT(e->version),
                PK_FMT(e->platform));
  return PK_OK;
}

static void assert_exceptions(site *s, const char *want) {
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_store_exceptions(s->store, list_exception, &out, &s->err), s->err);
  assert_str(pk_buf_view(&out), want);
  pk_buf_free(&out);
}

static void test_import_when_exceptions_are_put_then_equal_ones_are_kept(void **state) {
  site *s = *state;
  static const char *const xml = "<cveExceptions>" EXCEPTION_XML("CVE-2024-0001", "<name>bash</name>")
      EXCEPTION_XML("CVE-2024-0002",
                    "<name>bash</name><version>1:5.1</version><release>6.el9</release>") "<cveException><cveName>CVE-2024-0003</"
                                                                                         "cveName><osGroup><name>bookworm</"
                                                                                         "name></osGroup><pkg><name>zsh</name></"
                                                                                         "pkg></cveException></cveExceptions>";
  assert_imported(put(s, false, false, xml), 3, 3, 0, 0);
  assert_exceptions(s, "1 bash  ; 2 bash 1:5.1-6.el9 ; 3 zsh  debian:12; ");
  assert_imported(put(s, false, true, xml), 3, 0, 0, 0);
  assert_exceptions(s, "1 bash  ; 2 bash 1:5.1-6.el9 ; 3 zsh  debian:12; ");
}

static void test_import_when_others_are_removed_then_those_that_a_file_cannot_tell_stay(void **state) {
  site *s = *state;
  const pk_exception told = {.cve = cve("CVE-2024-0001"), .package = PK_STR("bash")};
  site_except(s, told);
  site_except(s, told);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002")});
  site_except(s, (pk_exception){.package = PK_STR("ksh")});
  site_except(
      s, (pk_exception){
             .cve = cve("CVE-2024-0003"), .package = PK_STR("bash"), .group_kind = PK_GROUP_SITE, .group_value = PK_STR("Brno")});
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0004"), .package = PK_STR("bash"), .expires_at = NOW + DAY});
  assert_imported(put(s, false, false, "<cveExceptions/>"), 0, 0, 0, 0);
  assert_imported(put(s, false, true, "<cveExceptions>" EXCEPTION_XML("CVE-2024-0001", "<name>bash</name>") "</cveExceptions>"),
                  1, 0, 0, 0);
  assert_imported(put(s, false, true, "<cveExceptions/>"), 0, 0, 0, 2);
  assert_exceptions(s, "2   ; 0 ksh  ; 3 bash  ; 4 bash  ; ");
}

static void test_import_when_tags_are_put_then_replaced_and_others_removed(void **state) {
  site *s = *state;
  site_tag(s, "CVE-2024-0001", "High", true);
  site_tag(s, "CVE-2024-0001", "Low", true);
  assert_imported(
      put(s, true, true, "<cveTags>" TAG_XML("CVE-2024-0001", "High", "0") TAG_XML("CVE-2024-0002", "High", "1") "</cveTags>"), 2,
      1, 1, 1);
  assert_imported(put(s, true, true, "<cveTags/>"), 0, 0, 0, 2);
}

/* ---- names of tags ---- */

static void test_tag_names_when_more_than_fit_then_a_limit(void **state) {
  site *s = *state;
  char name[16];
  for (int i = 0; i < PK_TAG_NAMES_MAX; i++) {
    snprintf(name, sizeof name, "tag%d", i);
    site_tag(s, "CVE-2024-0001", name, true);
    site_tag(s, "CVE-2024-0002", name, i % 2); /* a name counts once, enabled anywhere */
  }
  site_tag(s, "CVE-2024-0003", "disabled", false);
  assert_ok(pk_tag_names_fit(s->store, &s->err), s->err);
  site_tag(s, "CVE-2024-0003", "disabled", true);
  assert_fault(pk_tag_names_fit(s->store, &s->err), s->err, PK_E_LIMIT, "64 different enabled tags");
  site_tag(s, "CVE-2024-0001", "tag0", false);
  assert_ok(pk_tag_names_fit(s->store, &s->err), s->err);
}

static void test_import_when_it_brings_too_many_tag_names_then_a_limit(void **state) {
  site *s = *state;
  pk_buf xml;
  pk_import *file = NULL;
  pk_imported n;
  pk_buf_init(&xml, 65536);
  pk_buf_puts(&xml, "<cveTags>");
  for (int i = 0; i <= PK_TAG_NAMES_MAX; i++) pk_buf_printf(&xml, TAG_XML("CVE-2024-0001", "tag%d", "1"), i);
  pk_buf_puts(&xml, "</cveTags>");
  assert_ok(pk_import_tags(pk_buf_view(&xml), &file, &s->err), s->err);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_fault(pk_import_put(file, s->store, false, NOW, &n, &s->err), s->err, PK_E_LIMIT, "64 different enabled tags");
  pk_store_rollback(s->store);
  pk_import_free(&file);
  pk_buf_free(&xml);
}

/* ---- severity ---- */

static void say(site *s, const char *feed, const char *word, size_t n_cves) {
  const site_feed f = {.name = feed, .platform = "debian:12"};
  const pk_str cves[] = {PK_STR("CVE-2024-0001"), PK_STR("CVE-2024-0002")}, names = PK_STR("bash");
  const pk_rule rule = {.names = &names, .n_names = 1, .fixed = PK_STR("9-1"), .state = PK_RULE_FIXED};
  site_put_definition(
      s, &f,
      (pk_definition){
          .id = PK_STR("S"), .severity = pk_str_of(word), .cves = cves, .n_cves = n_cves, .rules = &rule, .n_rules = 1});
}

static pk_severity severity(site *s, int32_t cvss) {
  pk_severity worst = PK_SEVERITY_UNKNOWN;
  const pk_cve_fact fact = {FACT("CVE-2024-0001", cvss)};
  assert_ok(pk_cve_severity(s->store, cve("CVE-2024-0001"), &fact, &worst, &s->err), s->err);
  return worst;
}

static void test_severity_when_vendors_differ_then_the_worst_word_else_the_score(void **state) {
  site *s = *state;
  assert_int_equal(severity(s, -1), PK_SEVERITY_UNKNOWN);
  assert_int_equal(severity(s, 98), PK_SEVERITY_CRITICAL);
  say(s, "one", "strange", 1);
  assert_int_equal(severity(s, 75), PK_SEVERITY_HIGH);
  say(s, "two", "low", 1);
  assert_int_equal(severity(s, 98), PK_SEVERITY_LOW); /* a vendor knows better how bad it is there */
  say(s, "three", "moderate", 1);
  say(s, "four", "", 1);
  assert_int_equal(severity(s, 98), PK_SEVERITY_MEDIUM);
}

static void test_severity_when_a_definition_is_of_several_cves_then_only_without_a_score(void **state) {
  site *s = *state;
  say(s, "one", "critical", 2);
  assert_int_equal(severity(s, -1), PK_SEVERITY_CRITICAL);
  assert_int_equal(severity(s, 45), PK_SEVERITY_MEDIUM);
  say(s, "two", "low", 1);
  assert_int_equal(severity(s, 45), PK_SEVERITY_LOW);
  assert_int_equal(severity(s, -1), PK_SEVERITY_CRITICAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_import_when_an_entry_is_wrong_then_the_file_is_refused),
      SITE_TEST(test_import_when_exceptions_are_put_then_equal_ones_are_kept),
      SITE_TEST(test_import_when_others_are_removed_then_those_that_a_file_cannot_tell_stay),
      SITE_TEST(test_import_when_tags_are_put_then_replaced_and_others_removed),
      SITE_TEST(test_tag_names_when_more_than_fit_then_a_limit),
      SITE_TEST(test_import_when_it_brings_too_many_tag_names_then_a_limit),
      SITE_TEST(test_severity_when_vendors_differ_then_the_worst_word_else_the_score),
      SITE_TEST(test_severity_when_a_definition_is_of_several_cves_then_only_without_a_score),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
