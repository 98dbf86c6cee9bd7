/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/embed.h"
#include "model/platform.h"

static void test_of_codename_when_known_then_its_platform(void **state) {
  (void)state;
  static const char *const known[][3] = {
      {"debian", "woody", "debian:3"},     {"debian", "bookworm", "debian:12"},  {"debian", "forky", "debian:14"},
      {"debian", "sid", "debian:sid"},     {"debian", "unstable", "debian:sid"}, {"ubuntu", "warty", "ubuntu:4.10"},
      {"ubuntu", "dapper", "ubuntu:6.06"}, {"ubuntu", "jammy", "ubuntu:22.04"},  {"Ubuntu", "Noble", "ubuntu:24.04"},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    char name[PK_PLATFORM_MAX + 1];
    assert_true(pk_platform_of_codename(pk_str_of(known[i][0]), pk_str_of(known[i][1]), name));
    assert_string_equal(name, known[i][2]);
  }
}

static void test_of_codename_when_unknown_then_false_and_untouched(void **state) {
  (void)state;
  static const char *const unknown[][2] = {{"debian", "jammy"},       {"ubuntu", "bookworm"}, {"debian", ""},
                                           {"", "bookworm"},          {"debian", "bookwor"},  {"debian", "bookworm2"},
                                           {"debian", "experimental"}};
  char name[PK_PLATFORM_MAX + 1] = "as it was";
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
    assert_false(pk_platform_of_codename(pk_str_of(unknown[i][0]), pk_str_of(unknown[i][1]), name));
  assert_string_equal(name, "as it was");
}

static void test_codename_when_a_platform_has_one_then_it(void **state) {
  (void)state;
  assert_str(pk_platform_codename(PK_STR("debian:12")), "bookworm");
  assert_str(pk_platform_codename(PK_STR("debian:3")), "sarge");
  assert_str(pk_platform_codename(PK_STR("debian:sid")), "sid");
  assert_str(pk_platform_codename(PK_STR("ubuntu:22.04")), "jammy");
  assert_str(pk_platform_codename(PK_STR("rhel:9")), "");
  assert_str(pk_platform_codename(PK_STR("debian")), "");
  assert_str(pk_platform_codename(PK_STR("")), "");
}

/* What a host's system is called and what the data calls it must meet. */
static void test_codename_when_a_host_names_its_release_then_the_same_platform(void **state) {
  (void)state;
  static const char *const hosts[][3] = {
      {"Debian GNU/Linux 12 (bookworm)", "debian", "bookworm"},
      {"Debian 3.1", "debian", "sarge"},
      {"Debian GNU/Linux 5.0.10 (lenny)", "debian", "lenny"},
      {"Debian GNU/Linux forky/sid", "debian", "sid"},
      {"Ubuntu 4.10", "ubuntu", "warty"},
      {"Ubuntu 22.04.4 LTS", "ubuntu", "jammy"},
      {"Ubuntu 9.04", "ubuntu", "jaunty"},
  };
  pk_platform_map *map = NULL;
  assert_int_equal(pk_platform_map_new(pk_embed_platforms, "platforms", &map, NULL), PK_OK);
  for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
    char host[PK_PLATFORM_MAX + 1], release[PK_PLATFORM_MAX + 1];
    pk_package_type type;
    assert_int_equal(pk_platform_map_find(map, pk_str_of(hosts[i][0]), host, &type), PK_OK);
    assert_true(pk_platform_of_codename(pk_str_of(hosts[i][1]), pk_str_of(hosts[i][2]), release));
    assert_string_equal(host, release);
  }
  pk_platform_map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_of_codename_when_known_then_its_platform),
      cmocka_unit_test(test_of_codename_when_unknown_then_false_and_untouched),
      cmocka_unit_test(test_codename_when_a_platform_has_one_then_it),
      cmocka_unit_test(test_codename_when_a_host_names_its_release_then_the_same_platform),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
