/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "match/update.h"

#define NONE 99

typedef struct outcome {
  pk_update_state state;
  size_t best;
} outcome;

static outcome judge(pk_package_type type, const char *evr, const char *arch, const pk_candidate *candidates, size_t n) {
  pk_package p = {.type = type, .name = PK_STR("p"), .evr = pk_str_of(evr), .arch = pk_str_of(arch)};
  outcome o = {.best = NONE};
  o.state = pk_update_judge(&p, type == PK_TYPE_DEB ? PK_STR("amd64") : PK_STR("x86_64"), candidates, n, &o.best);
  return o;
}

#define DEB(version, ...)                                                                                                        \
  { .evr = PK_STR(version), .arch = PK_STR("amd64"), __VA_ARGS__ }
#define RPM(version, ...)                                                                                                        \
  { .evr = PK_STR(version), .arch = PK_STR("x86_64"), __VA_ARGS__ }
#define JUDGE(type, evr, arch, list) judge(type, evr, arch, list, sizeof list / sizeof list[0])

#define assert_outcome(o, want_state, want_best)                                                                                 \
  do {                                                                                                                           \
    outcome got = (o);                                                                                                           \
    assert_int_equal(got.state, want_state);                                                                                     \
    assert_int_equal(got.best, want_best);                                                                                       \
  } while (0)

/* ---- what is newest ---- */

static void test_judge_when_no_repository_has_it_then_unknown(void **state) {
  (void)state;
  assert_outcome(judge(PK_TYPE_DEB, "1-1", "amd64", NULL, 0), PK_UPDATE_UNKNOWN, NONE);
}

static void test_judge_when_nothing_is_newer_then_current(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-1"), DEB("1-2"), DEB("1-0", .class = PK_CLASS_SECURITY)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-2", "amd64", list), PK_UPDATE_CURRENT, NONE);
  assert_outcome(JUDGE(PK_TYPE_DEB, "2-1", "amd64", list), PK_UPDATE_CURRENT, NONE);
}

static void test_judge_when_several_are_newer_then_the_newest(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-2"), DEB("1-10"), DEB("1-9")};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_ORDINARY, 1);
}

static void test_judge_when_the_installed_version_is_a_prerelease_then_outdated(void **state) {
  (void)state;
  const pk_candidate debs[] = {DEB("1.0-1")}, rpms[] = {RPM("0:1.0-1")};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1.0~rc1-1", "amd64", debs), PK_UPDATE_ORDINARY, 0);
  assert_outcome(JUDGE(PK_TYPE_RPM, "1.0~rc1-1", "x86_64", rpms), PK_UPDATE_ORDINARY, 0);
}

/* ---- security ---- */

static void test_judge_when_a_security_repository_has_newer_then_security(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-1"), DEB("1-2", .class = PK_CLASS_SECURITY)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_SECURITY, 1);
}

static void test_judge_when_security_is_between_installed_and_newest_then_security(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-2", .class = PK_CLASS_SECURITY), DEB("1-3", .class = PK_CLASS_UPDATES)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_SECURITY, 1);
}

static void test_judge_when_security_is_not_newer_then_ordinary(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-1", .class = PK_CLASS_SECURITY), DEB("1-3", .class = PK_CLASS_UPDATES)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_ORDINARY, 1);
}

static void test_judge_when_versions_are_equal_then_the_security_repository_is_named(void **state) {
  (void)state;
  const pk_candidate first[] = {DEB("1-2", .class = PK_CLASS_SECURITY), DEB("1-2")};
  const pk_candidate last[] = {DEB("1-2"), DEB("1-2", .class = PK_CLASS_SECURITY), DEB("1-2", .class = PK_CLASS_UPDATES)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", first), PK_UPDATE_SECURITY, 0);
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", last), PK_UPDATE_SECURITY, 1);
}

static void test_judge_when_an_advisory_announces_newer_then_security(void **state) {
  (void)state;
  const pk_candidate list[] = {RPM("0:1-2", .announced = true), RPM("0:1-3")};
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1", "x86_64", list), PK_UPDATE_SECURITY, 1);
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-2", "x86_64", list), PK_UPDATE_ORDINARY, 1);
}

static void test_judge_when_only_announced_then_it_is_no_update(void **state) {
  (void)state;
  const pk_candidate alone[] = {RPM("0:1-2", .announced = true)};
  const pk_candidate behind[] = {RPM("0:1-2", .announced = true), RPM("0:1-1")};
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1", "x86_64", alone), PK_UPDATE_UNKNOWN, NONE);
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1", "x86_64", behind), PK_UPDATE_CURRENT, NONE);
}

static void test_judge_when_announced_for_another_architecture_then_ordinary(void **state) {
  (void)state;
  const pk_candidate list[] = {{.evr = PK_STR("0:1-2"), .arch = PK_STR("aarch64"), .announced = true}, RPM("0:1-2")};
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1", "x86_64", list), PK_UPDATE_ORDINARY, 1);
}

/* ---- what must not replace it ---- */

static void test_judge_when_not_automatic_then_never_an_update(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-1"), DEB("2-1", .automatic = PK_AUTOMATIC_NEVER)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_CURRENT, NONE);
}

static void test_judge_when_only_what_is_not_automatic_has_it_then_unknown(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("2-1", .automatic = PK_AUTOMATIC_NEVER)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_UNKNOWN, NONE);
}

static void test_judge_when_backports_are_newer_then_only_for_what_came_from_there(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-1"), DEB("1-2"), DEB("3-1~bpo12+1", .automatic = PK_AUTOMATIC_UPGRADES)};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_ORDINARY, 1);
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-2", "amd64", list), PK_UPDATE_CURRENT, NONE);
  assert_outcome(JUDGE(PK_TYPE_DEB, "2-1~bpo12+1", "amd64", list), PK_UPDATE_ORDINARY, 2);
  assert_outcome(JUDGE(PK_TYPE_DEB, "3-1~bpo12+1", "amd64", list), PK_UPDATE_CURRENT, NONE);
}

static void test_judge_when_an_extra_repository_is_newer_then_the_same(void **state) {
  (void)state;
  const pk_candidate list[] = {RPM("0:1-2"), RPM("0:3-1", .class = PK_CLASS_EXTRA)};
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1", "x86_64", list), PK_UPDATE_ORDINARY, 0);
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:2-1", "x86_64", list), PK_UPDATE_ORDINARY, 1);
}

static void test_judge_when_only_an_extra_repository_has_it_then_it_counts(void **state) {
  (void)state;
  const pk_candidate list[] = {RPM("0:3-1", .class = PK_CLASS_EXTRA)};
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1", "x86_64", list), PK_UPDATE_ORDINARY, 0);
}

static void test_judge_when_modular_then_only_modular_replaces_it(void **state) {
  (void)state;
  const pk_candidate list[] = {RPM("0:9-1.el8"), RPM("0:2-1.module+el8.9.0+1+a")};
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1.module+el8.5.0+1+b", "x86_64", list), PK_UPDATE_ORDINARY, 1);
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1.el8", "x86_64", list), PK_UPDATE_ORDINARY, 0);
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:1-1.module_el8.5.0+1+b", "x86_64", list), PK_UPDATE_ORDINARY, 1);
}

/* ---- epochs ---- */

static void test_judge_when_the_host_tells_no_epoch_then_versions_decide(void **state) {
  (void)state;
  const pk_candidate list[] = {RPM("32:9.16.23-11")};
  assert_outcome(JUDGE(PK_TYPE_RPM, "9.16.23-11", "x86_64", list), PK_UPDATE_CURRENT, NONE);
  assert_outcome(JUDGE(PK_TYPE_RPM, "9.16.23-10", "x86_64", list), PK_UPDATE_ORDINARY, 0);
  assert_outcome(JUDGE(PK_TYPE_RPM, "0:9.16.23-11", "x86_64", list), PK_UPDATE_ORDINARY, 0);
}

/* ---- architectures ---- */

static void test_arch_when_deb_then_native_all_and_the_same(void **state) {
  (void)state;
  static const struct {
    const char *installed, *offered;
    bool fits;
  } pairs[] = {
      {"amd64", "amd64", true}, {"amd64", "all", true},   {"all", "amd64", true},   {"all", "all", true},
      {"i386", "i386", true},   {"i386", "amd64", false}, {"amd64", "i386", false}, {"i386", "all", false},
      {"all", "i386", false},   {"", "amd64", true},      {"", "i386", false},      {"", "all", true},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    if (pk_update_arch_fits(PK_TYPE_DEB, PK_STR("amd64"), pk_str_of(pairs[i].installed), pk_str_of(pairs[i].offered)) !=
        pairs[i].fits)
      fail_msg("'%s' to '%s'", pairs[i].installed, pairs[i].offered);
}

static void test_arch_when_rpm_then_noarch_goes_with_any(void **state) {
  (void)state;
  static const struct {
    const char *installed, *offered;
    bool fits;
  } pairs[] = {
      {"x86_64", "x86_64", true}, {"x86_64", "noarch", true}, {"noarch", "x86_64", true}, {"noarch", "noarch", true},
      {"i686", "noarch", true},   {"i686", "i686", true},     {"i386", "i686", true},     {"i686", "athlon", true},
      {"i686", "x86_64", false},  {"x86_64", "i686", false},  {"noarch", "i686", false},  {"", "x86_64", true},
      {"", "i686", false},        {"ix86", "x86_64", false},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    if (pk_update_arch_fits(PK_TYPE_RPM, PK_STR("x86_64"), pk_str_of(pairs[i].installed), pk_str_of(pairs[i].offered)) !=
        pairs[i].fits)
      fail_msg("'%s' to '%s'", pairs[i].installed, pairs[i].offered);
}

static void test_arch_when_nothing_is_told_then_anything_fits(void **state) {
  (void)state;
  assert_true(pk_update_arch_fits(PK_TYPE_RPM, PK_STR(""), PK_STR(""), PK_STR("x86_64")));
  assert_true(pk_update_arch_fits(PK_TYPE_DEB, PK_STR(""), PK_STR("all"), PK_STR("arm64")));
  assert_false(pk_update_arch_fits(PK_TYPE_RPM, PK_STR(""), PK_STR("i686"), PK_STR("x86_64")));
}

static void test_judge_when_newer_for_another_architecture_then_current(void **state) {
  (void)state;
  const pk_candidate list[] = {DEB("1-1"), {.evr = PK_STR("1-2"), .arch = PK_STR("i386"), .class = PK_CLASS_SECURITY}};
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "amd64", list), PK_UPDATE_CURRENT, NONE);
  assert_outcome(JUDGE(PK_TYPE_DEB, "1-1", "i386", list), PK_UPDATE_SECURITY, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_judge_when_no_repository_has_it_then_unknown),
      cmocka_unit_test(test_judge_when_nothing_is_newer_then_current),
      cmocka_unit_test(test_judge_when_several_are_newer_then_the_newest),
      cmocka_unit_test(test_judge_when_the_installed_version_is_a_prerelease_then_outdated),
      cmocka_unit_test(test_judge_when_a_security_repository_has_newer_then_security),
      cmocka_unit_test(test_judge_when_security_is_between_installed_and_newest_then_security),
      cmocka_unit_test(test_judge_when_security_is_not_newer_then_ordinary),
      cmocka_unit_test(test_judge_when_versions_are_equal_then_the_security_repository_is_named),
      cmocka_unit_test(test_judge_when_an_advisory_announces_newer_then_security),
      cmocka_unit_test(test_judge_when_only_announced_then_it_is_no_update),
      cmocka_unit_test(test_judge_when_announced_for_another_architecture_then_ordinary),
      cmocka_unit_test(test_judge_when_not_automatic_then_never_an_update),
      cmocka_unit_test(test_judge_when_only_what_is_not_automatic_has_it_then_unknown),
      cmocka_unit_test(test_judge_when_backports_are_newer_then_only_for_what_came_from_there),
      cmocka_unit_test(test_judge_when_an_extra_repository_is_newer_then_the_same),
      cmocka_unit_test(test_judge_when_only_an_extra_repository_has_it_then_it_counts),
      cmocka_unit_test(test_judge_when_modular_then_only_modular_replaces_it),
      cmocka_unit_test(test_judge_when_the_host_tells_no_epoch_then_versions_decide),
      cmocka_unit_test(test_arch_when_deb_then_native_all_and_the_same),
      cmocka_unit_test(test_arch_when_rpm_then_noarch_goes_with_any),
      cmocka_unit_test(test_arch_when_nothing_is_told_then_anything_fits),
      cmocka_unit_test(test_judge_when_newer_for_another_architecture_then_current),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
