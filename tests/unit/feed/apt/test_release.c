/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/apt/release.h"

#include "unit.h"

#define SHA256_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA512_B                                                                                                                 \
  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" \
  "bbbb"

static const char SECURITY[] = "Origin: Example\n"
                               "Suite: stable-security\n"
                               "Codename: toad-security\n"
                               "Date: Sat, 21 Nov 2026 00:53:02 UTC\n"
                               "Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC\n"
                               "NotAutomatic: yes\n"
                               "ButAutomaticUpgrades: yes\n"
                               "Acquire-By-Hash: yes\n"
                               "No-Support-for-Architecture-all: Packages\n"
                               "Architectures: all amd64\n"
                               "Components: updates/main updates/contrib\n"
                               "MD5Sum:\n"
                               " 0ed6d4c8891eb86358b94bb35d9e4da4  1 main/binary-amd64/Packages\n"
                               "SHA512:\n"
                               " " SHA512_B " 12 main/binary-amd64/Packages.xz\n"
                               " " SHA512_B " 13 main/binary-amd64/Packages.gz\n"
                               "SHA256:\n"
                               " " SHA256_A "       12 ./main/binary-amd64/Packages.xz\n";

static void test_parse_when_complete_then_every_field_is_there(void **state) {
  (void)state;
  pk_apt_release r;
  assert_int_equal(pk_apt_release_parse(pk_str_of(SECURITY), &r, NULL), PK_OK);
  assert_str(r.suite, "stable-security");
  assert_str(r.codename, "toad-security");
  assert_str(r.components, "updates/main updates/contrib");
  assert_str(r.architectures, "all amd64");
  assert_str(r.no_support_all, "Packages");
  assert_int_equal(r.date, 1795222382);
  assert_int_equal(r.valid_until, 1795222382 + 7 * 86400);
  assert_int_equal(r.automatic, PK_AUTOMATIC_UPGRADES);
  assert_true(r.by_hash);
  pk_apt_release_fini(&r);
}

static void test_parse_when_optional_fields_are_missing_then_they_are_empty(void **state) {
  (void)state;
  pk_apt_release r;
  assert_int_equal(pk_apt_release_parse(PK_STR("Suite: x\nSHA256:\n"), &r, NULL), PK_OK);
  assert_int_equal(r.valid_until, 0);
  assert_int_equal(r.automatic, PK_AUTOMATIC);
  assert_false(r.by_hash);
  assert_int_equal(r.codename.n, 0);
  pk_apt_release_fini(&r);
}

static void test_parse_when_not_automatic_alone_then_never(void **state) {
  (void)state;
  pk_apt_release r;
  assert_int_equal(pk_apt_release_parse(PK_STR("NotAutomatic: yes\nSHA256:\n"), &r, NULL), PK_OK);
  assert_int_equal(r.automatic, PK_AUTOMATIC_NEVER);
  pk_apt_release_fini(&r);
}

static void test_find_when_listed_under_both_sums_then_sha256_wins(void **state) {
  (void)state;
  pk_apt_release r;
  assert_int_equal(pk_apt_release_parse(pk_str_of(SECURITY), &r, NULL), PK_OK);
  const pk_apt_file *xz = pk_apt_release_find(&r, PK_STR("main/binary-amd64/Packages.xz"));
  const pk_apt_file *gz = pk_apt_release_find(&r, PK_STR("main/binary-amd64/Packages.gz"));
  assert_non_null(xz);
  assert_int_equal(xz->sum.type, PK_SUM_SHA256);
  assert_string_equal(xz->sum.hex, SHA256_A);
  assert_int_equal(xz->size_bytes, 12);
  assert_non_null(gz);
  assert_int_equal(gz->sum.type, PK_SUM_SHA512);
  assert_null(pk_apt_release_find(&r, PK_STR("main/binary-amd64/Packages"))); /* MD5 only */
  pk_apt_release_fini(&r);
}

static void test_parse_when_a_second_stanza_follows_then_it_is_not_read(void **state) {
  (void)state;
  pk_apt_release r;
  assert_int_equal(pk_apt_release_parse(PK_STR("\nSuite: first\nSHA256:\n\nSuite: second\n"), &r, NULL), PK_OK);
  assert_str(r.suite, "first");
  pk_apt_release_fini(&r);
}

static void assert_refused(const char *text, const char *part_of_message) {
  pk_apt_release r;
  pk_err err = {0};
  assert_int_equal(pk_apt_release_parse(pk_str_of(text), &r, &err), PK_E_SYNTAX);
  assert_non_null(strstr(err.text, part_of_message));
  pk_apt_release_fini(&r);
}

static void test_parse_when_it_is_a_web_page_then_syntax(void **state) {
  (void)state;
  assert_refused("<!DOCTYPE html>\n<html><body>Please log in</body></html>\n", "line 1: ");
}

static void test_parse_when_empty_then_syntax(void **state) {
  (void)state;
  assert_refused("", "empty");
}

static void test_parse_when_only_weak_sums_then_syntax(void **state) {
  (void)state;
  assert_refused("Suite: x\nMD5Sum:\n 0ed6d4c8891eb86358b94bb35d9e4da4 1 Packages\n", "SHA256");
}

static void test_parse_when_a_sum_is_cut_then_syntax_with_line(void **state) {
  (void)state;
  assert_refused("Suite: x\nSHA256:\n abcd 1 Packages\n", "line 3: ");
  assert_refused("Suite: x\nSHA256:\n " SHA256_A " -1 Packages\n", "line 3: ");
}

static void test_parse_when_date_is_broken_then_syntax(void **state) {
  (void)state;
  assert_refused("Valid-Until: tomorrow\nSHA256:\n", "Valid-Until");
}

static void test_unwrap_when_clear_signed_then_only_the_message(void **state) {
  (void)state;
  pk_str text = PK_STR("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: x\nSHA256:\n"
                       "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n");
  assert_str(pk_apt_release_unwrap(text), "Suite: x\nSHA256:\n");
}

static void test_unwrap_when_cut_then_what_is_left(void **state) {
  (void)state;
  assert_str(pk_apt_release_unwrap(PK_STR("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: x")), "Suite: x");
  assert_str(pk_apt_release_unwrap(PK_STR("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256")), "");
}

static void test_unwrap_when_plain_then_unchanged(void **state) {
  (void)state;
  assert_str(pk_apt_release_unwrap(PK_STR("Suite: x\n")), "Suite: x\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse_when_complete_then_every_field_is_there),
      cmocka_unit_test(test_parse_when_optional_fields_are_missing_then_they_are_empty),
      cmocka_unit_test(test_parse_when_not_automatic_alone_then_never),
      cmocka_unit_test(test_find_when_listed_under_both_sums_then_sha256_wins),
      cmocka_unit_test(test_parse_when_a_second_stanza_follows_then_it_is_not_read),
      cmocka_unit_test(test_parse_when_it_is_a_web_page_then_syntax),
      cmocka_unit_test(test_parse_when_empty_then_syntax),
      cmocka_unit_test(test_parse_when_only_weak_sums_then_syntax),
      cmocka_unit_test(test_parse_when_a_sum_is_cut_then_syntax_with_line),
      cmocka_unit_test(test_parse_when_date_is_broken_then_syntax),
      cmocka_unit_test(test_unwrap_when_clear_signed_then_only_the_message),
      cmocka_unit_test(test_unwrap_when_cut_then_what_is_left),
      cmocka_unit_test(test_unwrap_when_plain_then_unchanged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
