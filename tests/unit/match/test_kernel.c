/* SPDX-License-Identifier: Apache-2.0
 *
 * Which packages belong to which running kernel is data: kernels.txt. */
#include "unit.h"

#include "match/kernel.h"

static const char *const ROLES[] = {[PK_KERNEL_NONE] = "none", [PK_KERNEL_RUNNING] = "running", [PK_KERNEL_IDLE] = "idle"};

static void check_role(pk_str line) {
  pk_str rest = line, running, package, type;
  pk_package p = {0};
  assert_true(pk_str_split(&rest, '\t', &running) && pk_str_split(&rest, '\t', &package));
  assert_true(pk_str_word(&package, &type) && pk_str_word(&package, &p.name) && pk_str_word(&package, &p.evr));
  p.type = pk_package_type_of(type);
  const char *role = ROLES[pk_kernel_role_of(&p, running)];
  if (!pk_str_is(rest, role)) fail_msg("%.*s: is %s", PK_FMT(line), role);
}

static void test_role_when_the_kernel_is_told_then_as_listed(void **state) {
  (void)state;
  each_line("match/kernels.txt", check_role);
}

static void check_untold(pk_str line) {
  pk_str rest = line, running, package, type;
  pk_package p = {0};
  assert_true(pk_str_split(&rest, '\t', &running) && pk_str_split(&rest, '\t', &package));
  assert_true(pk_str_word(&package, &type) && pk_str_word(&package, &p.name) && pk_str_word(&package, &p.evr));
  p.type = pk_package_type_of(type);
  assert_int_equal(pk_kernel_role_of(&p, PK_STR("")), PK_KERNEL_NONE);
}

static void test_role_when_the_kernel_is_not_told_then_nothing_is_idle(void **state) {
  (void)state;
  each_line("match/kernels.txt", check_untold);
}

static bool is_newer(pk_package_type type, const char *name, const char *evr, const char *running_name, const char *running_evr) {
  pk_package other = {.type = type, .name = pk_str_of(name), .evr = pk_str_of(evr), .arch = PK_STR("x")};
  pk_package running = {.type = type, .name = pk_str_of(running_name), .evr = pk_str_of(running_evr), .arch = PK_STR("x")};
  return pk_kernel_is_newer(&other, &running);
}

static void test_image_when_it_is_the_kernel_itself_then_it_is_one(void **state) {
  (void)state;
  static const struct {
    pk_package_type type;
    const char *name;
    bool is_image;
  } names[] = {{PK_TYPE_DEB, "linux-image-6.1.0-29-amd64", true},
               {PK_TYPE_DEB, "linux-image-unsigned-6.5.0-35-generic", true},
               {PK_TYPE_DEB, "linux-image-amd64", false},
               {PK_TYPE_DEB, "linux-image-6.1.0-29-amd64-dbg", false},
               {PK_TYPE_DEB, "linux-headers-6.1.0-29-amd64", false},
               {PK_TYPE_RPM, "kernel", true},
               {PK_TYPE_RPM, "kernel-core", true},
               {PK_TYPE_RPM, "kernel-rt-core", true},
               {PK_TYPE_RPM, "kernel-64k-core", true},
               {PK_TYPE_RPM, "kernel-uek", true},
               {PK_TYPE_RPM, "kernel-PAE", true},
               {PK_TYPE_RPM, "kernel6.12", true},
               {PK_TYPE_RPM, "kernel-default", true},
               {PK_TYPE_RPM, "kernel-azure", true},
               {PK_TYPE_RPM, "kernel-modules-core", false},
               {PK_TYPE_RPM, "kernel-rt-modules-extra", false},
               {PK_TYPE_RPM, "kernel-uek-devel", false},
               {PK_TYPE_RPM, "kernel6.12-modules-extra", false},
               {PK_TYPE_RPM, "kernel-tools", false},
               {PK_TYPE_RPM, "kernel-headers", false},
               {PK_TYPE_RPM, "bash", false}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const pk_package p = {.type = names[i].type, .name = pk_str_of(names[i].name)};
    if (pk_kernel_is_image(&p) != names[i].is_image) fail_msg("%s", names[i].name);
  }
}

static void test_newer_when_rpm_then_same_name_and_later_version(void **state) {
  (void)state;
  assert_true(is_newer(PK_TYPE_RPM, "kernel-core", "5.14.0-362.el9", "kernel-core", "5.14.0-284.el9"));
  assert_false(is_newer(PK_TYPE_RPM, "kernel-core", "5.14.0-284.el9", "kernel-core", "5.14.0-362.el9"));
  assert_false(is_newer(PK_TYPE_RPM, "kernel-core", "5.14.0-362.el9", "kernel-core", "5.14.0-362.el9"));
  assert_false(is_newer(PK_TYPE_RPM, "kernel-uek", "5.15.0-200.el8uek", "kernel", "4.18.0-513.el8"));
  assert_false(is_newer(PK_TYPE_RPM, "kernel-rt-core", "5.14.0-362.el9", "kernel-core", "5.14.0-284.el9"));
}

static void test_newer_when_deb_then_an_image_of_the_same_flavour(void **state) {
  (void)state;
  assert_true(is_newer(PK_TYPE_DEB, "linux-image-6.1.0-29-amd64", "6.1.123-1", "linux-image-6.1.0-28-amd64", "6.1.119-1"));
  assert_true(is_newer(PK_TYPE_DEB, "linux-image-6.1.0-10-amd64", "6.1.1-1", "linux-image-6.1.0-9-amd64", "6.1.0-1"));
  assert_false(is_newer(PK_TYPE_DEB, "linux-image-6.1.0-27-amd64", "6.1.115-1", "linux-image-6.1.0-28-amd64", "6.1.119-1"));
  assert_false(is_newer(PK_TYPE_DEB, "linux-image-6.5.0-35-lowlatency", "1", "linux-image-6.5.0-28-generic", "1"));
  assert_false(is_newer(PK_TYPE_DEB, "linux-headers-6.1.0-29-amd64", "1", "linux-image-6.1.0-28-amd64", "1"));
  assert_false(is_newer(PK_TYPE_DEB, "linux-image-6.1.0-29-amd64", "1", "linux-headers-6.1.0-28-amd64", "1"));
  assert_false(is_newer(PK_TYPE_DEB, "linux-image-amd64", "9", "linux-image-6.1.0-28-amd64", "1"));
}

static void test_newer_when_types_or_architectures_differ_then_false(void **state) {
  (void)state;
  pk_package running = {.type = PK_TYPE_RPM, .name = PK_STR("kernel"), .evr = PK_STR("1-1"), .arch = PK_STR("x86_64")};
  pk_package other = running;
  other.evr = PK_STR("2-1");
  assert_true(pk_kernel_is_newer(&other, &running));
  other.arch = PK_STR("i686");
  assert_false(pk_kernel_is_newer(&other, &running));
  other.arch = running.arch;
  other.type = PK_TYPE_OTHER;
  assert_false(pk_kernel_is_newer(&other, &running));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_role_when_the_kernel_is_told_then_as_listed),
      cmocka_unit_test(test_role_when_the_kernel_is_not_told_then_nothing_is_idle),
      cmocka_unit_test(test_image_when_it_is_the_kernel_itself_then_it_is_one),
      cmocka_unit_test(test_newer_when_rpm_then_same_name_and_later_version),
      cmocka_unit_test(test_newer_when_deb_then_an_image_of_the_same_flavour),
      cmocka_unit_test(test_newer_when_types_or_architectures_differ_then_false),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
