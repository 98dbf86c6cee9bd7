/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "match/system.h"

typedef struct fixture {
  pk_system system;
  pk_package packages[16];
  size_t n;
} fixture;

/* Packages: lines "name version [module]". */
static void make(fixture *f, const pk_system_source *from, const char *packages) {
  pk_str rest = pk_str_of(packages), line;
  *f = (fixture){.n = 0};
  pk_system_init(&f->system, from);
  while (pk_str_split(&rest, '\n', &line)) {
    pk_package *p = &f->packages[f->n++];
    *p = (pk_package){.type = from->type, .arch = PK_STR("x86_64")};
    assert_true(pk_str_word(&line, &p->name) && pk_str_word(&line, &p->evr));
    (void)pk_str_word(&line, &p->module);
    pk_system_add(&f->system, p);
  }
  pk_system_ready(&f->system, from);
}

static void make_of(fixture *f, const char *platform, pk_package_type type, const char *packages) {
  make(f, &(pk_system_source){.platform = pk_str_of(platform), .type = type}, packages);
}

/* All versions of a name, as the map has them. */
static const char *versions(const fixture *f, const char *name) {
  static char text[512];
  const uint64_t *first = pk_map_get(&f->system.first, pk_str_of(name));
  size_t n = 0;
  text[0] = '\0';
  for (size_t at = first ? (size_t)*first : 0; at; at = f->system.next[at - 1]) {
    const pk_package *p = f->system.packages[at - 1];
    assert_true(pk_str_is(p->name, name));
    n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s", n ? " " : "", PK_FMT(p->evr));
  }
  return text;
}

static const char *content(const fixture *f, const char *path) {
  for (size_t i = 0; i < f->system.n_files; i++)
    if (pk_str_is(f->system.files[i].path, path)) return f->system.files[i].text.p;
  return NULL;
}

static void assert_content(const fixture *f, const char *path, const char *want) {
  const char *have = content(f, path);
  if (!have) fail_msg("there is no '%s'", path);
  assert_string_equal(have, want);
}

/* ---- packages ---- */

static void test_packages_when_added_then_found_by_name(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "debian:12", PK_TYPE_DEB, "a 1\nb 1\na 2\na 3");
  assert_int_equal(f.system.n_packages, 4);
  assert_string_equal(versions(&f, "a"), "3 2 1");
  assert_string_equal(versions(&f, "b"), "1");
  assert_string_equal(versions(&f, "c"), "");
  pk_system_fini(&f.system);
}

static void test_packages_when_many_then_all_are_found(void **state) {
  (void)state;
  pk_system s;
  pk_package *packages = pk_calloc(5000, sizeof *packages);
  char(*names)[16] = pk_calloc(5000, sizeof *names);
  pk_system_source from = {.platform = PK_STR("debian:12"), .type = PK_TYPE_DEB};
  pk_system_init(&s, &from);
  for (int i = 0; i < 5000; i++) {
    snprintf(names[i], sizeof names[i], "p%d", i % 2500);
    packages[i] = (pk_package){.type = PK_TYPE_DEB, .name = pk_str_of(names[i]), .evr = PK_STR("1")};
    pk_system_add(&s, &packages[i]);
  }
  pk_system_ready(&s, &from);
  for (size_t i = 0; i < 2500; i++) {
    const uint64_t *first = pk_map_get(&s.first, pk_str_of(names[i]));
    assert_non_null(first);
    assert_int_equal(*first, i + 2501);
    assert_int_equal(s.next[*first - 1], i + 1);
    assert_int_equal(s.next[i], 0);
  }
  pk_system_fini(&s);
  free(packages);
  free(names);
}

/* ---- what tells the release ---- */

static void test_release_package_when_none_is_reported_then_made(void **state) {
  (void)state;
  static const struct {
    const char *platform, *name, *version;
  } cases[] = {
      {"rhel:9.4", "redhat-release", "0:9.4-1"},
      {"rhel:8", "redhat-release", "0:8.0-1"},
      {"rhel:7.9", "redhat-release-server", "0:7.9-1"},
      {"rhel:6", "redhat-release-server", "0:6.0-1"},
      {"rhel:5", "redhat-release", "0:5.0-1"},
      {"centos:7", "centos-release", "0:7-1"},
      {"centos-stream:9", "centos-stream-release", "0:9-1"},
      {"almalinux:8.9", "almalinux-release", "0:8.9-1"},
      {"rocky:9", "rocky-release", "0:9-1"},
      {"ol:8", "oraclelinux-release", "0:8-1"},
      {"fedora:40", "fedora-release", "0:40-1"},
      {"amzn:2", "system-release", "0:2-1"},
      {"photon:3", "photon-release", "0:3-1"},
      {"openeuler:22.03", "openEuler-release", "0:22.03-1"},
      {"sles:15.5", "sles-release", "0:15.5-1"},
      {"sle-micro:5.2", "SLE-Micro-release", "0:5.2-1"},
      {"opensuse-leap:15.5", "openSUSE-release", "0:15.5-1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    fixture f;
    make_of(&f, cases[i].platform, PK_TYPE_RPM, "bash 1-1");
    if (strcmp(versions(&f, cases[i].name), cases[i].version) != 0)
      fail_msg("%s: %s '%s'", cases[i].platform, cases[i].name, versions(&f, cases[i].name));
    assert_int_equal(f.system.n_packages, 2);
    pk_system_fini(&f.system);
  }
}

static void test_release_package_when_reported_then_it_stays_alone(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "rhel:8", PK_TYPE_RPM, "redhat-release 8.4-0.6.el8");
  assert_string_equal(versions(&f, "redhat-release"), "8.4-0.6.el8");
  assert_int_equal(f.system.n_packages, 1);
  pk_system_fini(&f.system);
  make_of(&f, "rhel:7.9", PK_TYPE_RPM, "redhat-release-workstation 7.9-3.el7");
  assert_int_equal(f.system.n_packages, 1);
  pk_system_fini(&f.system);
}

static void test_release_package_when_of_another_vendor_then_left_out(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "ol:8", PK_TYPE_RPM, "oraclelinux-release 8.9-1\nredhat-release 8.9-1\nbash 1-1");
  assert_string_equal(versions(&f, "redhat-release"), "");
  assert_string_equal(versions(&f, "oraclelinux-release"), "8.9-1");
  assert_int_equal(f.system.n_packages, 2);
  pk_system_fini(&f.system);
}

static void test_release_package_when_judged_as_another_then_that_ones_is_there(void **state) {
  (void)state;
  fixture f;
  make(&f, &(pk_system_source){.platform = PK_STR("rhel:7.9"), .type = PK_TYPE_RPM, .pretend = true},
       "centos-release 7-9.2009\nbash 1-1");
  assert_string_equal(versions(&f, "redhat-release-server"), "0:7.9-1");
  assert_string_equal(versions(&f, "centos-release"), "");
  pk_system_fini(&f.system);
}

static void test_release_package_when_the_platform_has_none_then_not_made(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "debian:12", PK_TYPE_DEB, "");
  assert_int_equal(f.system.n_packages, 0);
  assert_null(f.system.owner);
  pk_system_fini(&f.system);
  make_of(&f, "myos:3", PK_TYPE_RPM, "redhat-release 9-1"); /* nobody's: nothing is left out */
  assert_int_equal(f.system.n_packages, 1);
  pk_system_fini(&f.system);
}

static void test_files_when_made_then_as_the_distribution_writes_them(void **state) {
  (void)state;
  static const char *const cases[][3] = {
      {"debian:12", "/etc/debian_version", "12.0\n"},
      {"debian:11.5", "/etc/debian_version", "11.5\n"},
      {"rhel:9.4", "/etc/redhat-release", "Red Hat Enterprise Linux release 9.4\n"},
      {"centos:7", "/etc/centos-release", "CentOS Linux release 7\n"},
      {"centos:7", "/etc/system-release", "CentOS Linux release 7\n"},
      {"ol:8", "/etc/oracle-release", "Oracle Linux Server release 8\n"},
      {"fedora:40", "/etc/fedora-release", "Fedora release 40\n"},
      {"amzn:2", "/etc/system-release", "Amazon Linux release 2\n"},
      {"ubuntu:22.04", "/etc/lsb-release",
       "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION=\"Ubuntu 22.04\"\n"},
      {"ubuntu:22.04", "/etc/os-release", "PRETTY_NAME=\"\"\nID=ubuntu\nVERSION_ID=\"22.04\"\nVERSION_CODENAME=jammy\n"},
      {"rhel:9.4", "/usr/lib/os-release", "PRETTY_NAME=\"\"\nID=rhel\nVERSION_ID=\"9.4\"\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    fixture f;
    make_of(&f, cases[i][0], PK_TYPE_RPM, "");
    assert_content(&f, cases[i][1], cases[i][2]);
    pk_system_fini(&f.system);
  }
}

static void test_files_when_of_another_distribution_then_not_there(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "centos:7", PK_TYPE_RPM, "");
  assert_null(content(&f, "/etc/redhat-release"));
  assert_null(content(&f, "/etc/debian_version"));
  assert_null(content(&f, "/etc/lsb-release"));
  pk_system_fini(&f.system);
}

static void test_os_release_when_reported_then_as_reported(void **state) {
  (void)state;
  static const pk_named_value told[] = {{{"ID", 2}, {"ubuntu", 6}}, {{"VERSION_ID", 10}, {"22.04", 5}}};
  fixture f;
  make(&f,
       &(pk_system_source){
           .platform = PK_STR("ubuntu:22.04"), .type = PK_TYPE_DEB, .os = PK_STR("x"), .os_release = told, .n_os_release = 2},
       "");
  assert_content(&f, "/etc/os-release", "ID=\"ubuntu\"\nVERSION_ID=\"22.04\"\n");
  pk_system_fini(&f.system);
}

static void test_manifest_when_asked_for_then_all_packages(void **state) {
  (void)state;
  fixture f;
  pk_system_source from = {.platform = PK_STR("ubuntu:22.04"), .type = PK_TYPE_DEB, .manifest = true};
  make(&f, &from, "libssl3 3.0.2-0ubuntu1\nbash 5.1-6ubuntu1");
  assert_content(&f, "./manifest", "libssl3:x86_64\t3.0.2-0ubuntu1\nbash:x86_64\t5.1-6ubuntu1\n");
  pk_system_fini(&f.system);
  from.manifest = false;
  make(&f, &from, "bash 5.1-6ubuntu1");
  assert_null(content(&f, "./manifest"));
  pk_system_fini(&f.system);
}

static void test_modules_when_packages_tell_them_then_their_files(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "rhel:8.4", PK_TYPE_RPM,
          "nodejs 12-1 nodejs:12:8030:abc\nnpm 6-1 nodejs:12:8030:abc\nruby 2-1 ruby:2.5:1:x\nbash 1-1");
  assert_true(f.system.modules_told);
  assert_content(&f, "/etc/dnf/modules.d/nodejs.module", "[nodejs]\nname=nodejs\nstream=12\nprofiles=\nstate=enabled\n");
  assert_content(&f, "/etc/dnf/modules.d/ruby.module", "[ruby]\nname=ruby\nstream=2.5\nprofiles=\nstate=enabled\n");
  size_t n = 0;
  for (size_t i = 0; i < f.system.n_files; i++) n += pk_str_starts(f.system.files[i].path, "/etc/dnf/");
  assert_int_equal(n, 2);
  pk_system_fini(&f.system);
  make_of(&f, "rhel:8.4", PK_TYPE_RPM, "bash 1-1");
  assert_false(f.system.modules_told);
  pk_system_fini(&f.system);
}

static void test_modules_when_labels_are_odd_then_no_file(void **state) {
  (void)state;
  fixture f;
  make_of(&f, "rhel:8.4", PK_TYPE_RPM, "a 1-1 nodejs\nb 1-1 :");
  assert_null(content(&f, "/etc/dnf/modules.d/nodejs.module"));
  pk_system_fini(&f.system);
}

static void test_split_when_a_platform_then_distribution_and_release(void **state) {
  (void)state;
  static const char *const cases[][3] = {{"rhel:7.9", "rhel", "7.9"},
                                         {"opensuse-tumbleweed", "opensuse-tumbleweed", ""},
                                         {"", "", ""},
                                         {"a:", "a", ""},
                                         {"a:b:c", "a", "b:c"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_str release;
    assert_str(pk_platform_split(pk_str_of(cases[i][0]), &release), cases[i][1]);
    assert_str(release, cases[i][2]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_packages_when_added_then_found_by_name),
      cmocka_unit_test(test_packages_when_many_then_all_are_found),
      cmocka_unit_test(test_release_package_when_none_is_reported_then_made),
      cmocka_unit_test(test_release_package_when_reported_then_it_stays_alone),
      cmocka_unit_test(test_release_package_when_of_another_vendor_then_left_out),
      cmocka_unit_test(test_release_package_when_judged_as_another_then_that_ones_is_there),
      cmocka_unit_test(test_release_package_when_the_platform_has_none_then_not_made),
      cmocka_unit_test(test_files_when_made_then_as_the_distribution_writes_them),
      cmocka_unit_test(test_files_when_of_another_distribution_then_not_there),
      cmocka_unit_test(test_os_release_when_reported_then_as_reported),
      cmocka_unit_test(test_manifest_when_asked_for_then_all_packages),
      cmocka_unit_test(test_modules_when_packages_tell_them_then_their_files),
      cmocka_unit_test(test_modules_when_labels_are_odd_then_no_file),
      cmocka_unit_test(test_split_when_a_platform_then_distribution_and_release),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
