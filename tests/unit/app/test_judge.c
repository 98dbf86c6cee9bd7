/* SPDX-License-Identifier: Apache-2.0 */
#include "vulnerable.h"

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

/* ---- definitions ---- */

static const site_feed FEED = {.name = "vendor", .platform = "debian:12"}, OTHER = {.name = "other", .platform = "debian:12"};

static void test_definitions_when_one_comes_then_only_its_packages_and_profiles(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_receive(s, REPORT_B, NULL);
  site_receive(s, REPORT_C, NULL);
  pk_rejudged again = site_define(s, &FEED, "A CVE-2024-0001,CVE-2024-0002 zsh 1-2");
  assert_int_equal(again.n_packages, 1);
  assert_int_equal(again.n_changed, 1);
  assert_int_equal(again.n_profiles, 1);
  assert_int_equal(site_cves(s, "a"), 2);
  assert_int_equal(site_cves(s, "b"), 0);
  assert_int_equal(site_cves(s, "c"), 0); /* of Debian 11 */
}

static void test_definitions_when_they_change_or_go_then_the_counts_follow(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_receive(s, REPORT_B, NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-3");
  assert_int_equal(site_cves(s, "a") + site_cves(s, "b"), 2);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  assert_int_equal(site_cves(s, "a"), 1);
  assert_int_equal(site_cves(s, "b"), 0);
  pk_rejudged again = site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  assert_int_equal(again.n_packages, 0);
  site_define(s, &FEED, "");
  assert_int_equal(site_cves(s, "a"), 0);
}

static void test_definitions_when_only_their_cves_change_then_counted_again(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  site_define(s, &FEED, "A CVE-2024-0001,CVE-2024-0002 bash 1-2");
  assert_int_equal(site_cves(s, "a"), 2);
}

static void test_definitions_when_a_host_comes_later_then_it_is_judged_by_them(void **state) {
  site *s = *state;
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  site_receive(s, REPORT_A, NULL);
  site_receive(s, REPORT_B, NULL);
  assert_int_equal(site_cves(s, "a"), 1);
  assert_int_equal(site_cves(s, "b"), 0);
}

static void test_definitions_when_several_speak_of_a_cve_then_it_counts_once(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2\nB CVE-2024-0001,CVE-2024-0002 zsh 1-2\nC - bash 1-2");
  site_define(s, &OTHER, "A CVE-2024-0001 bash -");
  assert_int_equal(site_cves(s, "a"), 2);
  assert_verdicts(s, "a",
                  "bash 1-1  fixed 1-2 (vendor)\n"
                  "bash 1-1 CVE-2024-0001 affected (other)\n"
                  "bash 1-1 CVE-2024-0001 fixed 1-2 (vendor)\n"
                  "zsh 1-1 CVE-2024-0001 fixed 1-2 (vendor)\n"
                  "zsh 1-1 CVE-2024-0002 fixed 1-2 (vendor)\n");
}

static void test_definitions_when_a_state_does_not_count_then_told_but_not_counted(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_define(
      s, &FEED,
      "A CVE-2024-0001 bash - under-investigation\nB CVE-2024-0002 bash - unimportant\nC CVE-2024-0003 bash - not-affected\n"
      "D CVE-2024-0004 bash - will-not-fix\nE CVE-2024-0005 bash - out-of-support");
  assert_int_equal(site_cves(s, "a"), 2);
  assert_verdicts(s, "a",
                  "bash 1-1 CVE-2024-0001 under-investigation (vendor)\n"
                  "bash 1-1 CVE-2024-0002 unimportant (vendor)\n"
                  "bash 1-1 CVE-2024-0004 will-not-fix (vendor)\n"
                  "bash 1-1 CVE-2024-0005 out-of-support (vendor)\n");
}

static void test_definitions_when_about_sources_then_all_their_binaries(void **state) {
  site *s = *state;
  /* bash is told by the index to be of src-of-bash; zsh's source is zsh itself */
  site_receive(s, REPORT_A, NULL);
  pk_feed feed;
  pk_feed_row row;
  pk_feed_change change;
  pk_repository_content content;
  pk_feed_init(&feed);
  pk_feed_set(&feed.name, PK_STR("repo"));
  pk_feed_set(&feed.platform, PK_STR("debian:12"));
  assert_ok(pk_store_feed_add(s->store, &feed, &s->err), s->err);
  pk_feed_fini(&feed);
  pk_repository_content_init(&content);
  const pk_offer offer = {.name = PK_STR("bash"),
                          .evr = PK_STR("1-1"),
                          .arch = PK_STR("amd64"),
                          .source = PK_STR("src-of-bash"),
                          .source_evr = PK_STR("7-1")};
  assert_int_equal(pk_repository_content_offer(&content, &offer, NULL), PK_OK);
  assert_ok(pk_store_feed_get(s->store, PK_STR("repo"), &row, &s->err), s->err);
  assert_ok(pk_judge_begin(s->judge, &s->err), s->err);
  assert_ok(pk_store_feed_replace(s->store, &row, &content, "mark", NOW, &change, &s->err), s->err);
  assert_ok(pk_judge_end(s->judge, PK_OK, &s->err), s->err);
  pk_map_fini(&change.names);
  pk_feed_row_fini(&row);
  pk_repository_content_fini(&content);
  pk_rejudged again = site_define(s, &FEED,
                                  "A CVE-2024-0001 src:src-of-bash 7-2\nB CVE-2024-0002 src:src-of-bash 7-1\nC CVE-2024-0003 "
                                  "src:zsh 1-2\nD CVE-2024-0004 src:bash 9-9");
  assert_int_equal(again.n_packages, 2);
  assert_verdicts(s, "a", "bash 1-1 CVE-2024-0001 fixed 7-2 (vendor)\nzsh 1-1 CVE-2024-0003 fixed 1-2 (vendor)\n");
  assert_int_equal(site_cves(s, "a"), 2);
}

#define RHEL(host, system) "#\narch: x86_64\nhost: " host "\nkernel: 5.14.0-1.el9.x86_64\npackager: rpm\nsystem: " system "\n#\n"

static void test_definitions_when_the_host_is_a_rebuild_then_what_it_is_judged_as_counts_too(void **state) {
  site *s = *state;
  static const site_feed rhel = {.name = "rhel", .platform = "rhel:7"}, ol = {.name = "ol", .platform = "ol:7"};
  site_receive(s, RHEL("c", "CentOS Linux release 7.9.2009 (Core)") "bash\t0:4-1\tx86_64\n", NULL);
  site_define(s, &rhel, "A CVE-2024-0001 bash 0:4-2");
  site_define(s, &ol, "A CVE-2024-0002 bash 0:4-2");
  assert_int_equal(site_cves(s, "c"), 1);
}

static void test_definitions_when_of_a_kernel_that_does_not_run_then_not_counted(void **state) {
  site *s = *state;
  site_receive(
      s, HEAD("k", "Debian 12") "linux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
      NULL);
  site_define(s, &FEED,
              "A CVE-2024-0001 linux-image-6.1.0-28-amd64 6.1.120-1\nB CVE-2024-0002 linux-image-6.1.0-29-amd64 6.1.124-1");
  assert_int_equal(site_cves(s, "k"), 1);
  assert_verdicts(s, "k", "linux-image-6.1.0-29-amd64 6.1.123-1 CVE-2024-0002 fixed 6.1.124-1 (vendor)\n");
}

static void test_definitions_when_undone_then_memory_is_as_before(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  site_exchange e = site_begin_definitions(s, &FEED);
  pk_definition_change change;
  pk_rejudged again = {0};
  assert_ok(pk_store_exchange_end(e.x, &change, &s->err), s->err); /* all would go */
  pk_store_exchange_free(&e.x);
  assert_ok(pk_judge_definitions(s->judge, PK_STR("debian:12"), &change, &again, &s->err), s->err);
  assert_int_equal(again.n_profiles, 1);
  assert_int_equal(pk_judge_end(s->judge, PK_E_IO, &s->err), PK_E_IO);
  pk_definition_change_fini(&change);
  pk_feed_row_fini(&e.feed);
  assert_int_equal(site_cves(s, "a"), 1);
  site_receive(s, HEAD("d", "Debian 12") "bash\t1-1\tamd64\n", NULL);
  assert_int_equal(site_cves(s, "d"), 1);
}

static void test_all_when_judged_again_then_as_before(void **state) {
  site *s = *state;
  site_receive(s, REPORT_A, NULL);
  site_receive(s, REPORT_B, NULL);
  site_receive(s, REPORT_C, NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  pk_rejudged again = {0};
  assert_ok(pk_judge_begin(s->judge, &s->err), s->err);
  assert_ok(pk_judge_all(s->judge, PK_STR(""), &again, &s->err), s->err);
  assert_ok(pk_judge_end(s->judge, PK_OK, &s->err), s->err);
  assert_int_equal(again.n_packages, 5);
  assert_int_equal(again.n_changed, 0);
  assert_int_equal(again.n_profiles, 3);
  assert_int_equal(site_cves(s, "a"), 1);
  again = (pk_rejudged){0};
  assert_ok(pk_judge_begin(s->judge, &s->err), s->err);
  assert_ok(pk_judge_all(s->judge, PK_STR("debian:11"), &again, &s->err), s->err);
  assert_ok(pk_judge_end(s->judge, PK_OK, &s->err), s->err);
  assert_int_equal(again.n_packages, 1);
}

/* ---- criteria ---- */

static const site_feed RHEL9 = {.name = "rhel", .platform = "rhel:9"};

#define RUNNING(id, release)                                                                                                     \
  TEST_OF("uname", id, "check='at least one'", id, STATE(id))                                                                    \
  OBJECT_OF("uname", id, "") STATE_OF("uname", id, "<os_release>" release "</os_release>")

static void test_criteria_when_true_of_a_host_then_its_packages_are_told(void **state) {
  site *s = *state;
  site_receive(s, RHEL("both", "Red Hat Enterprise Linux 9.4 (Plow)") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_receive(s, RHEL("one", "Red Hat Enterprise Linux 9.4 (Plow)") "bash\t0:5-1\tx86_64\n", NULL);
  pk_rejudged again = site_define_oval(s, &RHEL9, PK_TYPE_RPM,
                                       OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b")))
                                                RPM("a", "bash", "less than", "0:5-2") RPM("b", "zsh", "less than", "0:5-3")));
  assert_int_equal(again.n_profiles, 1); /* only one host has the package that the criteria ask for */
  assert_int_equal(site_cves(s, "both"), 1);
  assert_int_equal(site_cves(s, "one"), 0);
  assert_verdicts(s, "both", "bash 0:5-1 CVE-2024-0001 fixed 0:5-2 (rhel)\nzsh 0:5-1 CVE-2024-0001 fixed 0:5-3 (rhel)\n");
  assert_verdicts(s, "one", "");
}

static void test_criteria_when_about_the_running_kernel_then_its_package_is_to_blame(void **state) {
  site *s = *state;
  site_receive(
      s,
      RHEL("k", "Red Hat Enterprise Linux 9.4 (Plow)") "kernel-core\t5.14.0-1.el9\tx86_64\nkernel-core\t5.14.0-2.el9\tx86_64\n",
      NULL);
  site_define_oval(s, &RHEL9, PK_TYPE_RPM,
                   OVAL(ABOUT("vulnerability", "d", "CVE-2024-0001", AND(CRITERION("u"))) RUNNING("u", "5.14.0-1.el9.x86_64")));
  assert_verdicts(s, "k", "kernel-core 5.14.0-1.el9 CVE-2024-0001 affected (rhel)\n");
  assert_int_equal(site_cves(s, "k"), 1);
  site_define_oval(s, &RHEL9, PK_TYPE_RPM,
                   OVAL(ABOUT("vulnerability", "d", "CVE-2024-0001", AND(CRITERION("u"))) RUNNING("u", "5.14.0-2.el9.x86_64")));
  assert_verdicts(s, "k", "");
  assert_int_equal(site_cves(s, "k"), 0);
}

static void test_criteria_when_unknown_then_only_true_if_the_feed_says_so(void **state) {
  site *s = *state;
  static const site_feed careful = {.name = "careful", .platform = "rhel:9", .unknown_counts = true};
  static const char text[] = OVAL(ABOUT("vulnerability", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("x"))) RPM_THERE(
      "a", "bash") TEST_OF("selinuxboolean", "x", "check='all'", "x", "") OBJECT_OF("selinuxboolean", "x", ""));
  site_receive(s, RHEL("a", "Red Hat Enterprise Linux 9.4 (Plow)") "bash\t0:5-1\tx86_64\n", NULL);
  site_define_oval(s, &RHEL9, PK_TYPE_RPM, text);
  assert_int_equal(site_cves(s, "a"), 0);
  site_define_oval(s, &careful, PK_TYPE_RPM, text);
  assert_int_equal(site_cves(s, "a"), 1);
}

static void test_criteria_when_they_go_or_a_host_comes_then_the_counts_follow(void **state) {
  site *s = *state;
  static const char text[] = OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b")))
                                      RPM("a", "bash", "less than", "0:5-2") RPM("b", "zsh", "less than", "0:5-3"));
  site_define_oval(s, &RHEL9, PK_TYPE_RPM, text);
  site_receive(s, RHEL("a", "Red Hat Enterprise Linux 9.4 (Plow)") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  assert_int_equal(site_cves(s, "a"), 1);
  site_define_oval(s, &RHEL9, PK_TYPE_RPM, OVAL(""));
  assert_int_equal(site_cves(s, "a"), 0);
}

static void test_criteria_when_something_else_changes_then_they_still_count(void **state) {
  site *s = *state;
  site_receive(s, RHEL("a", "Red Hat Enterprise Linux 9.4 (Plow)") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_define_oval(s, &RHEL9, PK_TYPE_RPM,
                   OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b")))
                            RPM("a", "bash", "less than", "0:5-2") RPM("b", "zsh", "less than", "0:5-3")));
  site_publish(s, "baseos", "rhel:9", PK_CLASS_SECURITY, "bash 0:5-2 x86_64\n");
  assert_int_equal(site_host(s, "a").n_security, 1);
  assert_int_equal(site_cves(s, "a"), 1);
}

static void test_criteria_when_their_state_does_not_count_then_they_never_do(void **state) {
  site *s = *state;
  site_receive(s, HEAD("a", "Debian 12") "bash\t1-1\tamd64\nzsh\t1-1\tamd64\n", NULL);
  site_define_oval(
      s, &FEED, PK_TYPE_DEB,
      OVAL(DEFINITION_OF("vulnerability", "d",
                         "<reference source='CVE' ref_id='CVE-2024-0001'/><advisory><affected><resolution state='Under "
                         "investigation'><component>bash</component></resolution></affected></advisory>",
                         AND(CRITERION("a") CRITERION("b"))) TEST_OF("dpkginfo", "a", "check='all'", "a", "")
               NAMED("dpkginfo", "a", "bash") TEST_OF("dpkginfo", "b", "check='all'", "b", "") NAMED("dpkginfo", "b", "zsh")));
  assert_int_equal(site_cves(s, "a"), 0);
  site_publish(s, "main", "debian:12", PK_CLASS_SECURITY, "bash 1-2 amd64\n");
  assert_int_equal(site_cves(s, "a"), 0);
}

static void test_criteria_when_of_a_rebuild_then_it_is_taken_for_what_it_is_judged_as(void **state) {
  site *s = *state;
  static const site_feed rhel7 = {.name = "rhel", .platform = "rhel:7"};
  site_receive(s,
               RHEL("c", "CentOS Linux release 7.9.2009 (Core)") "bash\t0:4-1\tx86_64\nzsh\t0:4-1\tx86_64\ncentos-release\t0:7-9."
                                                                 "2009.1.el7.centos\tx86_64\n",
               NULL);
  site_define_oval(s, &rhel7, PK_TYPE_RPM,
                   OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("r") CRITERION("a") CRITERION("b")))
                            TEST_OF("rpmverifyfile", "r", "check='at least one'", "r", STATE("r"))
                                OBJECT_OF("rpmverifyfile", "r", "<filepath>/etc/redhat-release</filepath>")
                                    STATE_OF("rpmverifyfile", "r", "<version operation='pattern match'>^7[^\\d]</version>")
                                        RPM("a", "bash", "less than", "0:5-2") RPM("b", "zsh", "less than", "0:5-3")));
  assert_int_equal(site_cves(s, "c"), 1);
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
      SITE_TEST(test_definitions_when_one_comes_then_only_its_packages_and_profiles),
      SITE_TEST(test_definitions_when_they_change_or_go_then_the_counts_follow),
      SITE_TEST(test_definitions_when_only_their_cves_change_then_counted_again),
      SITE_TEST(test_definitions_when_a_host_comes_later_then_it_is_judged_by_them),
      SITE_TEST(test_definitions_when_several_speak_of_a_cve_then_it_counts_once),
      SITE_TEST(test_definitions_when_a_state_does_not_count_then_told_but_not_counted),
      SITE_TEST(test_definitions_when_about_sources_then_all_their_binaries),
      SITE_TEST(test_definitions_when_the_host_is_a_rebuild_then_what_it_is_judged_as_counts_too),
      SITE_TEST(test_definitions_when_of_a_kernel_that_does_not_run_then_not_counted),
      SITE_TEST(test_definitions_when_undone_then_memory_is_as_before),
      SITE_TEST(test_all_when_judged_again_then_as_before),
      SITE_TEST(test_criteria_when_true_of_a_host_then_its_packages_are_told),
      SITE_TEST(test_criteria_when_about_the_running_kernel_then_its_package_is_to_blame),
      SITE_TEST(test_criteria_when_unknown_then_only_true_if_the_feed_says_so),
      SITE_TEST(test_criteria_when_they_go_or_a_host_comes_then_the_counts_follow),
      SITE_TEST(test_criteria_when_something_else_changes_then_they_still_count),
      SITE_TEST(test_criteria_when_their_state_does_not_count_then_they_never_do),
      SITE_TEST(test_criteria_when_of_a_rebuild_then_it_is_taken_for_what_it_is_judged_as),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
