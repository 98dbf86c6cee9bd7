/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/digest.h"

#define SHA256_OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* Known values: FIPS 180-4 examples; BLAKE2b-256 of "abc" as in RFC 7693's reference. */
static void test_sum_of_when_abc_then_the_standards_value(void **state) {
  (void)state;
  pk_sum sum = pk_sum_of(PK_STR("abc"));
  assert_int_equal(sum.type, PK_SUM_SHA256);
  assert_string_equal(sum.hex, SHA256_OF_ABC);
}

static void test_digest_when_abc_then_the_references_value(void **state) {
  (void)state;
  static const unsigned char want[] = {0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef,
                                       0x3f, 0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb,
                                       0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19};
  pk_digest d = pk_digest_of(PK_STR("abc"));
  assert_memory_equal(d.bytes, want, sizeof want);
}

static void test_parse_when_vendors_spellings_then_known(void **state) {
  (void)state;
  static const struct {
    const char *type;
    pk_sum_type want;
    int n;
  } types[] = {{"sha", PK_SUM_SHA1, 40},      {"sha1", PK_SUM_SHA1, 40},     {"SHA1", PK_SUM_SHA1, 40},
               {"sha224", PK_SUM_SHA224, 56}, {"sha256", PK_SUM_SHA256, 64}, {"SHA256", PK_SUM_SHA256, 64},
               {"sha384", PK_SUM_SHA384, 96}, {"SHA512", PK_SUM_SHA512, 128}};
  char hex[PK_SUM_HEX_MAX + 1];
  memset(hex, 'A', PK_SUM_HEX_MAX);
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    pk_sum sum;
    pk_err err;
    assert_ok(pk_sum_parse(pk_str_of(types[i].type), (pk_str){hex, (size_t)types[i].n}, &sum, &err), err);
    assert_int_equal(sum.type, types[i].want);
    assert_int_equal(strlen(sum.hex), types[i].n);
    assert_int_equal(sum.hex[0], 'a');
  }
}

static void test_parse_when_weak_or_unknown_then_refused(void **state) {
  (void)state;
  static const char *const types[] = {"md5", "MD5", "crc32", "", "sha2567", "sha25"};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    pk_sum sum;
    pk_err err;
    assert_fault(pk_sum_parse(pk_str_of(types[i]), PK_STR(SHA256_OF_ABC), &sum, &err), err, PK_E_SYNTAX, "is not accepted");
  }
}

static void test_parse_when_the_value_is_wrong_then_refused(void **state) {
  (void)state;
  pk_sum sum = {.type = PK_SUM_NONE};
  pk_err err;
  assert_fault(pk_sum_parse(PK_STR("sha256"), PK_STR("ba78"), &sum, &err), err, PK_E_SYNTAX, "4 digits");
  assert_fault(pk_sum_parse(PK_STR("sha256"), PK_STR(SHA256_OF_ABC "0"), &sum, &err), err, PK_E_SYNTAX, "65 digits");
  assert_fault(pk_sum_parse(PK_STR("sha1"), PK_STR("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), &sum, &err), err, PK_E_SYNTAX,
               "not hexadecimal");
  assert_int_equal(sum.type, PK_SUM_NONE);
}

static void test_check_file_when_right_then_ok(void **state) {
  (void)state;
  static const struct {
    const char *type, *hex;
  } sums[] = {
      {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
      {"sha256", SHA256_OF_ABC},
      {"sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {"sha512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                 "454d4423643ce80e2a9ac94fa54ca49f"},
  };
  folder f;
  folder_make(&f);
  assert_int_equal(pk_file_write(folder_path(&f, "abc"), PK_STR("abc"), NULL), PK_OK);
  for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
    pk_sum sum;
    pk_err err;
    assert_ok(pk_sum_parse(pk_str_of(sums[i].type), pk_str_of(sums[i].hex), &sum, &err), err);
    assert_ok(pk_sum_check_file(&sum, folder_path(&f, "abc"), &err), err);
  }
  folder_remove(&f);
}

static void test_check_file_when_wrong_or_missing_then_fault(void **state) {
  (void)state;
  folder f;
  pk_err err;
  pk_sum sum = pk_sum_of(PK_STR("abc"));
  folder_make(&f);
  assert_int_equal(pk_file_write(folder_path(&f, "abd"), PK_STR("abd"), NULL), PK_OK);
  assert_fault(pk_sum_check_file(&sum, folder_path(&f, "abd"), &err), err, PK_E_VERIFY, "should be ba7816bf8f01cfea");
  assert_fault(pk_sum_check_file(&sum, folder_path(&f, "missing"), &err), err, PK_E_IO, "missing");
  sum.type = PK_SUM_NONE;
  assert_fault(pk_sum_check_file(&sum, folder_path(&f, "abd"), &err), err, PK_E_IO, "cannot compute");
  folder_remove(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sum_of_when_abc_then_the_standards_value),
      cmocka_unit_test(test_digest_when_abc_then_the_references_value),
      cmocka_unit_test(test_parse_when_vendors_spellings_then_known),
      cmocka_unit_test(test_parse_when_weak_or_unknown_then_refused),
      cmocka_unit_test(test_parse_when_the_value_is_wrong_then_refused),
      cmocka_unit_test(test_check_file_when_right_then_ok),
      cmocka_unit_test(test_check_file_when_wrong_or_missing_then_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
