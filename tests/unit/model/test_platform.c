/* SPDX-License-Identifier: Apache-2.0
 *
 * What clients send and what it stands for is data: platforms.txt. */
#include "unit.h"

#include "base/embed.h"
#include "model/platform.h"

static pk_platform_map *shipped;

static int set_up_all(void **state) {
  (void)state;
  return pk_platform_map_new(pk_embed_platforms, "platforms", &shipped, NULL) == PK_OK ? 0 : -1;
}

static int tear_down_all(void **state) {
  (void)state;
  pk_platform_map_free(&shipped);
  return 0;
}

static pk_package_type type_of_platform(pk_str platform) {
  static const char *const debs[] = {"debian:", "raspbian:", "ubuntu:"};
  for (size_t i = 0; i < 3; i++)
    if (pk_str_starts(platform, debs[i])) return PK_TYPE_DEB;
  return pk_str_starts(platform, "freebsd:") ? PK_TYPE_OTHER : PK_TYPE_RPM;
}

/* A line of the file: what is sent, the platform, and as what it is judged ("" nothing else). */
static void read_line(pk_str line, pk_str *ret_text, pk_str *ret_platform, pk_str *ret_judged_as) {
  *ret_judged_as = PK_STR("");
  assert_true(pk_str_split(&line, '\t', ret_text) && pk_str_split(&line, '\t', ret_platform));
  (void)pk_str_split(&line, '\t', ret_judged_as);
}

static void check_name(pk_str line) {
  pk_str text, platform, judged_as;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type = PK_TYPE_UNKNOWN;
  read_line(line, &text, &platform, &judged_as);
  if (pk_platform_map_find(shipped, text, name, &type) != PK_OK) fail_msg("'%.*s' is not known", PK_FMT(text));
  if (!pk_str_is(platform, name)) fail_msg("'%.*s' is '%s', should be '%.*s'", PK_FMT(text), name, PK_FMT(platform));
  if (type != type_of_platform(platform)) fail_msg("'%.*s' has %s packages", PK_FMT(text), pk_package_type_name(type));
}

static void test_find_when_clients_send_it_then_its_platform(void **state) {
  (void)state;
  each_line("model/platforms.txt", check_name);
}

static void check_canonical(pk_str line) {
  pk_str text, platform, judged_as;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  pk_err err;
  read_line(line, &text, &platform, &judged_as);
  assert_ok(pk_platform_canonical(shipped, platform, name, &type, &err), err);
  if (!pk_str_is(platform, name)) fail_msg("'%.*s' becomes '%s'", PK_FMT(platform), name);
  if (type != type_of_platform(platform)) fail_msg("'%.*s' has %s packages", PK_FMT(platform), pk_package_type_name(type));
}

static void test_canonical_when_in_the_tables_words_then_itself(void **state) {
  (void)state;
  each_line("model/platforms.txt", check_canonical);
}

static void check_judged_as(pk_str line) {
  pk_str text, platform, judged_as;
  char name[PK_PLATFORM_MAX + 1] = "unset";
  read_line(line, &text, &platform, &judged_as);
  pk_platform_map_judged_as(shipped, platform, name);
  if (!pk_str_is(judged_as, name))
    fail_msg("'%.*s' is judged as '%s', should be '%.*s'", PK_FMT(platform), name, PK_FMT(judged_as));
}

static void test_judged_as_when_a_rebuild_then_what_it_is_a_rebuild_of(void **state) {
  (void)state;
  each_line("model/platforms.txt", check_judged_as);
}

static void test_judged_as_when_unknown_or_too_long_then_nothing(void **state) {
  (void)state;
  char name[PK_PLATFORM_MAX + 1] = "unset", text[PK_PLATFORM_MAX + 2];
  pk_platform_map_judged_as(shipped, PK_STR("myos:3"), name);
  assert_string_equal(name, "");
  pk_platform_map_judged_as(shipped, PK_STR(""), name);
  assert_string_equal(name, "");
  memset(text, '1', sizeof text);
  memcpy(text, "centos:", 7);
  pk_platform_map_judged_as(shipped, (pk_str){text, PK_PLATFORM_MAX + 1}, name);
  assert_string_equal(name, "");
}

static void test_find_when_unknown_then_not_found(void **state) {
  (void)state;
  static const char *const texts[] = {"", " ", "Slackware 15.0", "Debian", "unknown", "my Debian GNU/Linux 12", "CentOS"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    char name[PK_PLATFORM_MAX + 1] = "untouched";
    pk_package_type type = PK_TYPE_UNKNOWN;
    if (pk_platform_map_find(shipped, pk_str_of(texts[i]), name, &type) != PK_NOTFOUND) fail_msg("'%s' is '%s'", texts[i], name);
    assert_string_equal(name, "untouched");
  }
}

static void test_find_when_too_long_then_not_found(void **state) {
  (void)state;
  char name[PK_PLATFORM_MAX + 1], text[300];
  pk_package_type type;
  memset(text, '1', sizeof text);
  memcpy(text, "debian ", 7);
  assert_int_equal(pk_platform_map_find(shipped, (pk_str){text, 256}, name, &type), PK_NOTFOUND);
  assert_int_equal(pk_platform_map_find(shipped, (pk_str){text, 255}, name, &type), PK_OK);
  assert_int_equal(strlen(name), PK_PLATFORM_MAX);
}

static void test_canonical_when_a_person_writes_it_then_the_tables_words(void **state) {
  (void)state;
  static const char *const texts[][2] = {{"alma:8", "almalinux:8"},    {"Debian 12", "debian:12"},
                                         {"debian:12", "debian:12"},   {"RHEL:9.4", "rhel:9.4"},
                                         {"redhat:8", "rhel:8"},       {"oracle:9", "ol:9"},
                                         {"amazon:2023", "amzn:2023"}, {"sles 15.5", "sles:15.5"},
                                         {"debian:sid", "debian:sid"}, {" ubuntu:22.04 ", "ubuntu:22.04"}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    char name[PK_PLATFORM_MAX + 1];
    pk_package_type type;
    pk_err err;
    assert_ok(pk_platform_canonical(shipped, pk_str_of(texts[i][0]), name, &type, &err), err);
    assert_string_equal(name, texts[i][1]);
    assert_int_not_equal(type, PK_TYPE_UNKNOWN);
  }
}

static void test_canonical_when_unknown_then_kept_in_lower_case(void **state) {
  (void)state;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type = PK_TYPE_RPM;
  pk_err err;
  assert_ok(pk_platform_canonical(shipped, PK_STR("MyOS:3"), name, &type, &err), err);
  assert_string_equal(name, "myos:3");
  assert_int_equal(type, PK_TYPE_UNKNOWN);
}

static void test_canonical_when_not_a_name_then_syntax(void **state) {
  (void)state;
  static const pk_str texts[] = {
      {"", 0},           {"  ", 2},   {"a'b", 3},  {"a;b", 3},
      {"\xc3\xa9:1", 4}, {"a\nb", 3}, {"a\0b", 3}, {"1234567890123456789012345678901234567890123456789012345678901234", 64}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    char name[PK_PLATFORM_MAX + 1];
    pk_package_type type;
    pk_err err;
    assert_fault(pk_platform_canonical(shipped, texts[i], name, &type, &err), err, PK_E_SYNTAX, "give NAME:RELEASE");
  }
}

static void test_covers_when_equal_or_a_whole_prefix_then_true(void **state) {
  (void)state;
  static const struct {
    const char *feed, *host;
    bool want;
  } pairs[] = {
      {"rhel:9", "rhel:9", true},
      {"rhel:9", "rhel:9.4", true},
      {"rhel:9.4", "rhel:9", false},
      {"rhel:9", "rhel:95", false},
      {"rhel:9.4", "rhel:9.40", false},
      {"debian", "debian:12", true},
      {"debian:1", "debian:12", false},
      {"rhel:8", "rhel:9", false},
      {"debian", "debian-ports:12", false},
      {"ubuntu:22.04", "ubuntu:22.04", true},
      {"openeuler:22.03", "openeuler:22.03-sp3", false},
      {"", "debian:12", false},
      {"debian:12", "", false},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    if (pk_platform_covers(pk_str_of(pairs[i].feed), pk_str_of(pairs[i].host)) != pairs[i].want)
      fail_msg("'%s' for '%s'", pairs[i].feed, pairs[i].host);
}

static void test_arch_when_of_the_other_family_then_in_its_own_words(void **state) {
  (void)state;
  static const char *const words[][2] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"i686", "i386"}, {"ppc64le", "ppc64el"}};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    assert_str(pk_platform_arch(PK_TYPE_DEB, pk_str_of(words[i][0])), words[i][1]);
    assert_str(pk_platform_arch(PK_TYPE_RPM, pk_str_of(words[i][1])), words[i][0]);
    assert_str(pk_platform_arch(PK_TYPE_RPM, pk_str_of(words[i][0])), words[i][0]);
    assert_str(pk_platform_arch(PK_TYPE_OTHER, pk_str_of(words[i][0])), words[i][0]);
  }
  assert_str(pk_platform_arch(PK_TYPE_DEB, PK_STR("armv7l")), "armhf");
  assert_str(pk_platform_arch(PK_TYPE_DEB, PK_STR("riscv64")), "riscv64");
}

/* ---- tables ---- */

static void test_override_when_both_match_then_the_first_table_wins(void **state) {
  (void)state;
  pk_platform_map *map = NULL, *own = NULL;
  pk_err err;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  assert_ok(pk_platform_map_new(PK_STR("^a([0-9]+)\tfirst:\\1\trpm\n^b\tsecond\tdeb\n"), "t", &map, &err), err);
  assert_ok(pk_platform_map_new(PK_STR("# own\n\n^a7\town:7\tdeb"), "own", &own, &err), err);
  pk_platform_map_override(map, own);
  assert_int_equal(pk_platform_map_find(map, PK_STR("A7"), name, &type), PK_OK);
  assert_string_equal(name, "own:7");
  assert_int_equal(type, PK_TYPE_DEB);
  assert_int_equal(pk_platform_map_find(map, PK_STR("a8"), name, &type), PK_OK);
  assert_string_equal(name, "first:8");
  assert_int_equal(pk_platform_map_find(map, PK_STR("b"), name, &type), PK_OK);
  assert_string_equal(name, "second");
  pk_platform_map_free(&map);
}

static void test_table_when_it_has_a_fourth_column_then_judged_as_that(void **state) {
  (void)state;
  pk_platform_map *map = NULL, *own = NULL;
  pk_err err;
  char name[PK_PLATFORM_MAX + 1];
  assert_ok(pk_platform_map_new(PK_STR("^myos ([0-9]+)\tmyos:\\1\trpm\t rhel:\\1 \n^other\tother\tdeb\t\n^(x|y)\tz\tdeb"), "t",
                                &map, &err),
            err);
  pk_platform_map_judged_as(map, PK_STR("myos:9"), name);
  assert_string_equal(name, "rhel:9");
  pk_platform_map_judged_as(map, PK_STR("other"), name);
  assert_string_equal(name, "");
  pk_platform_map_judged_as(map, PK_STR("x"), name);
  assert_string_equal(name, "");
  assert_ok(pk_platform_map_new(PK_STR("^myos ([0-9]+)\tmyos:\\1\trpm\tol:\\1"), "own", &own, &err), err);
  pk_platform_map_override(map, own);
  pk_platform_map_judged_as(map, PK_STR("myos:9"), name);
  assert_string_equal(name, "ol:9");
  pk_platform_map_free(&map);
}

static void test_table_when_groups_then_filled_in_lower_case(void **state) {
  (void)state;
  pk_platform_map *map = NULL;
  pk_err err;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  assert_ok(pk_platform_map_new(PK_STR("^([a-z]+) (x)?([0-9])\t\\1:\\3\\2\\9\\\trpm\r\n"), "t", &map, &err), err);
  assert_int_equal(pk_platform_map_find(map, PK_STR("ABC 1"), name, &type), PK_OK);
  assert_string_equal(name, "abc:1\\");
  pk_platform_map_free(&map);
}

static void test_table_when_bad_then_refused_with_the_line(void **state) {
  (void)state;
  static const char *const tables[][2] = {
      {"# c\n^a(\tx\trpm", "t:2: pattern:"},
      {"^a\tx", "t:1: a line needs"},
      {"^a", "t:1: a line needs"},
      {"^a x rpm", "t:1: a line needs"},
      {"^a\tx\trpm\n^b\ty\tzip", "t:2: type 'zip'"},
      {"^a\tx\t ", "t:1: type"},
  };
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    pk_platform_map *map = NULL;
    pk_err err;
    assert_fault(pk_platform_map_new(pk_str_of(tables[i][0]), "t", &map, &err), err, PK_E_CONFIG, tables[i][1]);
    assert_null(map);
  }
}

static void test_table_when_empty_then_nothing_is_found(void **state) {
  (void)state;
  pk_platform_map *map = NULL;
  pk_err err;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  assert_ok(pk_platform_map_new(PK_STR(""), "t", &map, &err), err);
  assert_int_equal(pk_platform_map_find(map, PK_STR("Debian 12"), name, &type), PK_NOTFOUND);
  pk_platform_map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_find_when_clients_send_it_then_its_platform),
      cmocka_unit_test(test_canonical_when_in_the_tables_words_then_itself),
      cmocka_unit_test(test_judged_as_when_a_rebuild_then_what_it_is_a_rebuild_of),
      cmocka_unit_test(test_judged_as_when_unknown_or_too_long_then_nothing),
      cmocka_unit_test(test_find_when_unknown_then_not_found),
      cmocka_unit_test(test_find_when_too_long_then_not_found),
      cmocka_unit_test(test_canonical_when_a_person_writes_it_then_the_tables_words),
      cmocka_unit_test(test_canonical_when_unknown_then_kept_in_lower_case),
      cmocka_unit_test(test_canonical_when_not_a_name_then_syntax),
      cmocka_unit_test(test_covers_when_equal_or_a_whole_prefix_then_true),
      cmocka_unit_test(test_arch_when_of_the_other_family_then_in_its_own_words),
      cmocka_unit_test(test_override_when_both_match_then_the_first_table_wins),
      cmocka_unit_test(test_table_when_it_has_a_fourth_column_then_judged_as_that),
      cmocka_unit_test(test_table_when_groups_then_filled_in_lower_case),
      cmocka_unit_test(test_table_when_bad_then_refused_with_the_line),
      cmocka_unit_test(test_table_when_empty_then_nothing_is_found),
  };
  return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
