/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/rpmmd/repomd.h"

#include "unit.h"

#include <stdio.h>

#define SHA256_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA1_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HEAD "<?xml version=\"1.0\"?>\n<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">"
#define DATA(type, href)                                                                                                         \
  "<data type=\"" type "\"><checksum type=\"sha256\">" SHA256_A "</checksum><location href=\"" href "\"/></data>"

static pk_rc parse(const char *text, pk_repomd *r, pk_err *err) {
  pk_stream *in = NULL;
  assert_int_equal(pk_stream_open_bytes(pk_str_of(text), (pk_stream_limits){.out_bytes_max = 1 << 20}, &in, NULL), PK_OK);
  pk_rc rc = pk_repomd_parse(in, r, err);
  pk_stream_close(&in);
  return rc;
}

static void test_parse_when_primary_and_updateinfo_then_both_are_told(void **state) {
  (void)state;
  pk_repomd r;
  assert_int_equal(
      parse(HEAD
            "<revision>7</revision>\n"
            "<data type=\"primary\">\n <checksum type=\"sha256\">\n" SHA256_A " </checksum>"
            "<open-checksum type=\"sha256\">" SHA1_B "</open-checksum>"
            "<location "
            "href=\"repodata/p.xml.gz\"/><timestamp>1355930152.95</timestamp><size>12</size><open-size>345</open-size></data>\n"
            "<data type=\"updateinfo\"><location xml:base=\"http://evil.example.org/\" href=\"repodata/u.xml.zst\"/><checksum "
            "type=\"sha\">" SHA1_B "</checksum></data></repomd>\n",
            &r, NULL),
      PK_OK);
  assert_str(r.primary.href, "repodata/p.xml.gz");
  assert_int_equal(r.primary.sum.type, PK_SUM_SHA256);
  assert_string_equal(r.primary.sum.hex, SHA256_A);
  assert_int_equal(r.primary.size_bytes, 12);
  assert_int_equal(r.primary.open_size_bytes, 345);
  assert_str(r.updateinfo.href, "repodata/u.xml.zst");
  assert_int_equal(r.updateinfo.sum.type, PK_SUM_SHA1);
  assert_int_equal(r.updateinfo.size_bytes, 0);
  pk_repomd_fini(&r);
}

static void test_parse_when_variants_are_listed_then_they_do_not_count(void **state) {
  (void)state;
  pk_repomd r;
  assert_int_equal(parse(HEAD DATA("primary_db", "db") DATA("primary", "p") DATA("primary_zck", "z") DATA("updateinfo_zck", "uz")
                             DATA("filelists", "../f") DATA("primary", "second") "</repomd>",
                         &r, NULL),
                   PK_OK);
  assert_str(r.primary.href, "p");
  assert_int_equal(r.updateinfo.href.n, 0);
  pk_repomd_fini(&r);
}

static void assert_refused(const char *text, const char *part_of_message) {
  pk_repomd r;
  pk_err err = {0};
  assert_int_equal(parse(text, &r, &err), PK_E_SYNTAX);
  assert_non_null(strstr(err.text, part_of_message));
  pk_repomd_fini(&r);
}

static void test_parse_when_location_leaves_the_repository_then_syntax(void **state) {
  (void)state;
  static const char *const outside[] = {
      "../p", "repodata/../../p", "/etc/p", "http://x.example.org/p", "a//b", "a/..", "p?x", "p#x", "%2e%2e/p", "a\\b", "a b",
      ""};
  for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
    char text[512];
    snprintf(text, sizeof text,
             HEAD "<data type=\"primary\"><checksum type=\"sha256\">" SHA256_A
                  "</checksum><location href=\"%s\"/></data></repomd>",
             outside[i]);
    assert_refused(text, "does not lie inside the repository");
  }
}

static void test_parse_when_there_is_no_primary_then_syntax(void **state) {
  (void)state;
  assert_refused(HEAD DATA("filelists", "f") "</repomd>", "no primary index");
}

static void test_parse_when_primary_is_only_zchunk_then_the_message_says_so(void **state) {
  (void)state;
  assert_refused(HEAD DATA("primary_zck", "p.xml.zck") "</repomd>", "zchunk");
  assert_refused(HEAD DATA("primary", "p.xml.zck") "</repomd>", "zchunk");
}

static void test_parse_when_checksum_is_missing_weak_or_cut_then_syntax(void **state) {
  (void)state;
  assert_refused(HEAD "<data type=\"primary\"><location href=\"p\"/></data></repomd>", "no checksum");
  assert_refused(HEAD "<data type=\"primary\"><checksum type=\"md5\">0ed6d4c8891eb86358b94bb35d9e4da4</checksum><location "
                      "href=\"p\"/></data></repomd>",
                 "md5");
  assert_refused(HEAD "<data type=\"primary\"><checksum type=\"sha256\">" SHA1_B
                      "</checksum><location href=\"p\"/></data></repomd>",
                 "primary");
  assert_refused(HEAD "<data type=\"primary\"><checksum type=\"sha256\">" SHA256_A "</checksum></data></repomd>", "no location");
}

static void test_parse_when_size_is_no_number_then_syntax(void **state) {
  (void)state;
  assert_refused(HEAD "<data type=\"primary\"><size>-1</size></data></repomd>", "no number");
}

static void test_parse_when_it_is_something_else_then_syntax(void **state) {
  (void)state;
  assert_refused("<html><body/></html>", "'html'");
  assert_refused("not found\n", "XML");
  assert_refused("", "");
  assert_refused("<!DOCTYPE repomd [<!ENTITY a \"b\">]>\n<repomd/>", "DOCTYPE");
  assert_refused(HEAD DATA("primary", "p"), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse_when_primary_and_updateinfo_then_both_are_told),
      cmocka_unit_test(test_parse_when_variants_are_listed_then_they_do_not_count),
      cmocka_unit_test(test_parse_when_location_leaves_the_repository_then_syntax),
      cmocka_unit_test(test_parse_when_there_is_no_primary_then_syntax),
      cmocka_unit_test(test_parse_when_primary_is_only_zchunk_then_the_message_says_so),
      cmocka_unit_test(test_parse_when_checksum_is_missing_weak_or_cut_then_syntax),
      cmocka_unit_test(test_parse_when_size_is_no_number_then_syntax),
      cmocka_unit_test(test_parse_when_it_is_something_else_then_syntax),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
