/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#define HEAD(host, system) "#\narch: x86_64\nhost: " host "\nkernel: 6.1.0-29-amd64\npackager: dpkg\nsystem: " system "\n#\n"
#define REPORT_A HEAD("a", "Debian 12") "bash\t1-1\tamd64\nzsh\t1-1\tamd64\n"
#define REPORT_B HEAD("b", "Debian 12") "bash\t1-2\tamd64\ndash\t1-1\tamd64\n"
#define REPORT_C HEAD("c", "Debian 11") "bash\t1-1\tamd64\n"

static void test_names_when_an_offer_comes_then_only_its_packages_and_profiles(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_receive(s, REPORT_B, NULL);
  site_receive(s, REPORT_C, NULL);
  pk_rejudged again = site_publish(s, "main", "debian:12", PK_CLASS_SECURITY, "zsh 1-2 amd64\n");
  assert_int_equal(again.n_packages, 1);
  assert_int_equal(again.n_changed, 1);
  assert_int_equal(again.n_profiles, 1);
  assert_int_equal(site_host(s, "a").n_security, 1);
  assert_int_equal(site_host(s, "b").n_updates, 0);
  assert_int_equal(site_host(s, "c").n_updates, 0);
}

static void test_names_when_a_name_has_several_versions_then_each_is_judged(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_receive(s, REPORT_B, NULL);
  pk_rejudged again = site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\n");
  assert_int_equal(again.n_packages, 2);
  assert_int_equal(again.n_changed, 2); /* one became outdated, the other current: both were unknown */
  assert_int_equal(again.n_profiles, 2);
  assert_int_equal(site_host(s, "a").n_updates, 1);
  assert_int_equal(site_host(s, "b").n_updates, 0);
}

static void test_names_when_no_verdict_changes_then_nothing_is_counted_again(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\n");
  pk_rejudged again = site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-3 amd64\n");
  assert_int_equal(again.n_packages, 1);
  assert_int_equal(again.n_changed, 0);
  assert_int_equal(again.n_profiles, 0);
  assert_int_equal(site_host(s, "a").n_updates, 1);
}

static void test_names_when_nobody_has_the_package_then_nothing_is_judged(void **state) {
  site *s = *state;
  site_receive(s, REPORT_C, NULL);
  pk_rejudged again = site_publish(s, "main", "debian:11", PK_CLASS_RELEASE, "zsh 1-2 amd64\n");
  assert_int_equal(again.n_packages, 0);
  again = site_publish(s, "other", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\n");
  assert_int_equal(again.n_packages, 0);
}

static void test_names_when_an_offer_goes_then_the_update_goes(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_publish(s, "main", "debian:12", PK_CLASS_SECURITY, "bash 1-2 amd64\nzsh 1-1 amd64\n");
  assert_int_equal(site_host(s, "a").n_security, 1);
  pk_rejudged again = site_publish(s, "main", "debian:12", PK_CLASS_SECURITY, "zsh 1-1 amd64\n");
  assert_int_equal(again.n_profiles, 1);
  assert_int_equal(site_host(s, "a").n_security, 0);
  assert_int_equal(site_host(s, "a").n_updates, 0);
}

static void test_names_when_ordinary_becomes_security_then_counted_so(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\n");
  site_publish(s, "security", "debian:12", PK_CLASS_SECURITY, "bash 1-2 amd64\n");
  site_counts c = site_host(s, "a");
  assert_int_equal(c.n_updates, 1);
  assert_int_equal(c.n_security, 1);
}

static void test_names_when_the_feed_is_for_a_whole_major_release_then_its_minors_too(void **state) {
  site *s = *state;
  site_receive(
      s, "#\narch: x86_64\nhost: r\npackager: rpm\nsystem: Red Hat Enterprise Linux 9.4 (Plow)\n#\nbash\t5.1-1.el9\tx86_64\n",
      NULL);
  pk_rejudged again = site_publish(s, "baseos", "rhel:9", PK_CLASS_RELEASE, "bash 0:5.1-2.el9 x86_64\n");
  assert_int_equal(again.n_profiles, 1);
  assert_int_equal(site_host(s, "r").n_updates, 1);
}

static void test_names_when_an_idle_kernel_changes_then_not_counted(void **state) {
  site *s = *state;
  site_receive(
      s, HEAD("k", "Debian 12") "linux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
      NULL);
  pk_rejudged again = site_publish(s, "main", "debian:12", PK_CLASS_SECURITY,
                                   "linux-image-6.1.0-28-amd64 6.1.119-2 amd64\nlinux-image-6.1.0-29-amd64 6.1.123-1 amd64\n");
  assert_int_equal(again.n_changed, 2);
  assert_int_equal(site_host(s, "k").n_updates, 0);
  site_publish(s, "main", "debian:12", PK_CLASS_SECURITY,
               "linux-image-6.1.0-28-amd64 6.1.119-2 amd64\nlinux-image-6.1.0-29-amd64 6.1.123-2 amd64\n");
  assert_int_equal(site_host(s, "k").n_updates, 1);
}

static void test_judge_when_memory_is_forgotten_then_the_store_still_knows(void **state) {
  site *s = *state;
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\n");
  site_receive(s, REPORT_A, NULL);
  pk_judge_forget(s->judge);
  site_receive(s, HEAD("d", "Debian 12") "bash\t1-1\tamd64\n", NULL);
  assert_int_equal(site_host(s, "d").n_updates, 1);
  pk_rejudged again = site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-1 amd64\n");
  assert_int_equal(again.n_profiles, 2);
  assert_int_equal(site_host(s, "a").n_updates, 0);
}

static void test_look_when_asked_then_nothing_is_stored(void **state) {
  site *s = *state;
  site_publish(s, "main", "debian:12", PK_CLASS_SECURITY, "bash 1-2 amd64\n");
  pk_platform platform = {.type = PK_TYPE_DEB, .name = PK_STR("debian:12"), .arch = PK_STR("amd64")};
  pk_package p = {.name = PK_STR("bash"), .evr = PK_STR("1-1"), .arch = PK_STR("amd64")}; /* type of the platform */
  pk_arena arena;
  pk_update_verdict v;
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_judge_look(s->store, &platform, &p, &arena, &v, &s->err), s->err);
  assert_int_equal(v.state, PK_UPDATE_SECURITY);
  assert_str(v.available, "1-2");
  p.evr = PK_STR("1-2");
  assert_ok(pk_judge_look(s->store, &platform, &p, &arena, &v, &s->err), s->err);
  assert_int_equal(v.state, PK_UPDATE_CURRENT);
  assert_str(v.available, "");
  pk_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_names_when_an_offer_comes_then_only_its_packages_and_profiles),
      SITE_TEST(test_names_when_a_name_has_several_versions_then_each_is_judged),
      SITE_TEST(test_names_when_no_verdict_changes_then_nothing_is_counted_again),
      SITE_TEST(test_names_when_nobody_has_the_package_then_nothing_is_judged),
      SITE_TEST(test_names_when_an_offer_goes_then_the_update_goes),
      SITE_TEST(test_names_when_ordinary_becomes_security_then_counted_so),
      SITE_TEST(test_names_when_the_feed_is_for_a_whole_major_release_then_its_minors_too),
      SITE_TEST(test_names_when_an_idle_kernel_changes_then_not_counted),
      SITE_TEST(test_judge_when_memory_is_forgotten_then_the_store_still_knows),
      SITE_TEST(test_look_when_asked_then_nothing_is_stored),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
