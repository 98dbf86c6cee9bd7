/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feed/rpmmd/nevra.h"
#include "feed/rpmmd/primary.h"

#include "unit.h"

#define HEAD "<metadata xmlns=\"http://linux.duke.edu/metadata/common\" xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">"
#define PACKAGE(name, arch, version, source)                                                                                     \
  "<package type=\"rpm\"><name>" name "</name><arch>" arch "</arch><version " version "/>"                                       \
  "<format><rpm:sourcerpm>" source "</rpm:sourcerpm>"                                                                            \
  "<rpm:provides><rpm:entry name=\"name\" epoch=\"9\" ver=\"9\"/></rpm:provides></format></package>"

static pk_rc read_for(const char *text, const char *arch, pk_repository_content *c, pk_err *err) {
  pk_stream *in = NULL;
  pk_offers offers;
  pk_repository_content_init(c);
  pk_offers_init(&offers, c, arch);
  assert_int_equal(pk_stream_open_bytes(pk_str_of(text), (pk_stream_limits){.out_bytes_max = 1 << 20}, &in, NULL), PK_OK);
  pk_rc rc = pk_rpmmd_primary_read(in, &offers, err);
  pk_stream_close(&in);
  pk_offers_fini(&offers);
  return rc;
}

static void test_read_when_source_has_the_same_version_then_only_its_name_is_told(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(read_for(HEAD PACKAGE("openssl-libs", "x86_64", "epoch=\"1\" ver=\"3.0.7\" rel=\"28.el9_4\"",
                                         "openssl-3.0.7-28.el9_4.src.rpm") "</metadata>",
                            "", &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 1);
  assert_str(c.offers[0].name, "openssl-libs");
  assert_str(c.offers[0].evr, "1:3.0.7-28.el9_4");
  assert_str(c.offers[0].arch, "x86_64");
  assert_str(c.offers[0].source, "openssl");
  assert_str(c.offers[0].source_evr, "");
  assert_str(c.offers[0].advisory, "");
  pk_repository_content_fini(&c);
}

static void test_read_when_source_has_its_own_version_then_it_is_told(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(read_for(HEAD PACKAGE("perl-B", "noarch", "ver=\"1.80\" rel=\"471\"", "perl-5.32.1-471.src.rpm")
                                PACKAGE("odd", "noarch", "epoch=\"\" ver=\"1\" rel=\"\"", "odd.tar.gz") "</metadata>",
                            "", &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 2);
  assert_str(c.offers[0].evr, "0:1.80-471");
  assert_str(c.offers[0].source, "perl");
  assert_str(c.offers[0].source_evr, "5.32.1-471");
  assert_str(c.offers[1].evr, "0:1");
  assert_str(c.offers[1].source, "");
  pk_repository_content_fini(&c);
}

static void test_read_when_source_packages_or_repeated_then_left_out(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(read_for(HEAD PACKAGE("a", "src", "ver=\"1\" rel=\"1\"", "") PACKAGE("b", "nosrc", "ver=\"1\" rel=\"1\"", "")
                                PACKAGE("c", "i686", "ver=\"1\" rel=\"1\"", "")
                                    PACKAGE("c", "i686", "epoch=\"0\" ver=\"1\" rel=\"1\"", "") "</metadata>",
                            "", &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 1);
  assert_str(c.offers[0].name, "c");
  pk_repository_content_fini(&c);
}

static void test_read_when_architectures_are_wanted_then_these_and_noarch(void **state) {
  (void)state;
  pk_repository_content c;
  assert_int_equal(read_for(HEAD PACKAGE("a", "i686", "ver=\"1\" rel=\"1\"", "") PACKAGE("b", "x86_64", "ver=\"1\" rel=\"1\"", "")
                                PACKAGE("c", "noarch", "ver=\"1\" rel=\"1\"", "") "</metadata>",
                            "x86_64", &c, NULL),
                   PK_OK);
  assert_int_equal(c.n_offers, 2);
  assert_str(c.offers[0].name, "b");
  assert_str(c.offers[1].name, "c");
  pk_repository_content_fini(&c);
}

static void test_read_when_a_package_is_incomplete_then_syntax(void **state) {
  (void)state;
  static const char *const broken[] = {
      HEAD "<package><arch>x</arch><version ver=\"1\"/></package></metadata>",
      HEAD "<package><name>a</name><version ver=\"1\"/></package></metadata>",
      HEAD "<package><name>a</name><arch>x</arch></package></metadata>",
      HEAD "<package><name>a</name><arch>x</arch><version rel=\"1\"/></package></metadata>",
      HEAD "<package><name>a</name><arch>x</arch><version epoch=\"one\" ver=\"1\"/></package></metadata>",
      HEAD "<package><name>a b</name><arch>x</arch><version ver=\"1\"/></package></metadata>",
      "<updates/>",
  };
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    pk_repository_content c;
    assert_int_equal(read_for(broken[i], "", &c, NULL), PK_E_SYNTAX);
    pk_repository_content_fini(&c);
  }
}

static void test_read_when_a_name_is_too_long_then_syntax(void **state) {
  (void)state;
  pk_repository_content c;
  pk_buf text;
  pk_err err = {0};
  pk_buf_init(&text, 4096);
  pk_buf_puts(&text, HEAD "<package><name>");
  for (int i = 0; i <= PK_FIELD_MAX; i++) pk_buf_putc(&text, 'n');
  pk_buf_puts(&text, "</name><arch>x</arch><version ver=\"1\"/></package></metadata>");
  assert_int_equal(read_for(pk_buf_cstr(&text), "", &c, &err), PK_E_SYNTAX);
  assert_non_null(strstr(err.text, "longer than 255 bytes"));
  pk_repository_content_fini(&c);
  pk_buf_free(&text);
}

static void test_split_source_when_well_formed_then_name_and_version(void **state) {
  (void)state;
  pk_str name, version;
  assert_true(pk_rpmmd_split_source(PK_STR("java-11-openjdk-11.0.25-9.el9.nosrc.rpm"), &name, &version));
  assert_str(name, "java-11-openjdk");
  assert_str(version, "11.0.25-9.el9");
  assert_false(pk_rpmmd_split_source(PK_STR("a-1.src.rpm"), &name, &version));
  assert_false(pk_rpmmd_split_source(PK_STR("-1-1.src.rpm"), &name, &version));
  assert_false(pk_rpmmd_split_source(PK_STR(".src.rpm"), &name, &version));
  assert_false(pk_rpmmd_split_source(PK_STR("(none)"), &name, &version));
  assert_int_equal(name.n, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_source_has_the_same_version_then_only_its_name_is_told),
      cmocka_unit_test(test_read_when_source_has_its_own_version_then_it_is_told),
      cmocka_unit_test(test_read_when_source_packages_or_repeated_then_left_out),
      cmocka_unit_test(test_read_when_architectures_are_wanted_then_these_and_noarch),
      cmocka_unit_test(test_read_when_a_package_is_incomplete_then_syntax),
      cmocka_unit_test(test_read_when_a_name_is_too_long_then_syntax),
      cmocka_unit_test(test_split_source_when_well_formed_then_name_and_version),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
