/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of a report, on a database file: recognise, prepare, store, answer. */
#include "site.h"

#define HEAD                                                                                                                     \
  "#\narch: x86_64\nhost: www.example.org\nkernel: 6.1.0-29-amd64\npackager: dpkg\nsystem: Debian GNU/Linux 12 (bookworm)\n#\n"
#define REPORT HEAD "bash\t5.2.15-2\tamd64\nzlib1g\t1:1.2.13-1\tamd64\nadduser\t3.134\tall\n"
#define REORDERED HEAD "adduser\t3.134\tall\nzlib1g\t1:1.2.13-1\tamd64\nbash\t5.2.15-2\tamd64\n"

/* "name installed>available repository S|O;" */
static void assert_answer(const pk_answer *a, const char *want) {
  pk_buf text;
  pk_buf_init(&text, 10000);
  for (size_t i = 0; i < a->n_updates; i++) {
    const pk_reply_update *u = &a->updates[i];
    pk_buf_printf(&text, "%.*s %.*s>%.*s %.*s %s;", PK_FMT(u->name), PK_FMT(u->installed), PK_FMT(u->available),
                  PK_FMT(u->repository), u->security ? "S" : "O");
  }
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static void publish_updates(site *s) {
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 5.2.15-2 amd64\nzlib1g 1:1.2.13-1 amd64\nadduser 3.135 all\n");
  site_publish(s, "security", "debian:12", PK_CLASS_SECURITY, "bash 5.2.15-3 amd64\n");
}

/* ---- 1 recognise ---- */

static void fingerprint_of(site *s, const char *address, pk_report_request request, unsigned char *ret) {
  pk_sender sender = {.address = pk_str_of(address)};
  pk_intake_fingerprint(s->intake, &sender, &request, ret);
}

static void test_fingerprint_when_the_same_bytes_then_the_same(void **state) {
  site *s = *state;
  unsigned char a[PK_FINGERPRINT_BYTES], b[PK_FINGERPRINT_BYTES];
  char *copy = pk_str_dup(PK_STR(REPORT));
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REPORT)}, a);
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = pk_str_of(copy)}, b);
  assert_memory_equal(a, b, sizeof a);
  site_restart(s);
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REPORT)}, b);
  assert_memory_equal(a, b, sizeof a);
  free(copy);
}

static void test_fingerprint_when_anything_differs_then_another(void **state) {
  site *s = *state;
  unsigned char a[PK_FINGERPRINT_BYTES], b[PK_FINGERPRINT_BYTES];
  static const struct {
    const char *address;
    pk_report_request request;
  } others[] = {
      {"192.0.2.2", {.body = {REPORT, sizeof REPORT - 1}}},
      {"192.0.2.1", {.body = {REORDERED, sizeof REORDERED - 1}}},
      {"192.0.2.1", {.body = {REPORT, sizeof REPORT - 2}}},
      {"192.0.2.1", {.body = {REPORT, sizeof REPORT - 1}, .query = {"mode=1", 6}}},
      {"192.0.2.1", {.body = {REPORT, sizeof REPORT - 1}, .content_type = {"mode=1", 6}}},
      {"192.0.2.1", {.body = {REPORT, sizeof REPORT - 1}, .content_encoding = {"gzip", 4}}},
      {"192.0.2.1", {.body = {REPORT, sizeof REPORT - 1}, .user_agent = {"x", 1}}},
  };
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REPORT)}, a);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    fingerprint_of(s, others[i].address, others[i].request, b);
    if (memcmp(a, b, sizeof a) == 0) fail_msg("case %zu has the same fingerprint", i);
  }
}

static void test_fingerprint_when_the_configuration_changes_then_another(void **state) {
  site *s = *state;
  unsigned char a[PK_FINGERPRINT_BYTES], b[PK_FINGERPRINT_BYTES];
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REPORT)}, a);
  assert_ok(pk_config_set(&s->config, PK_STR("store_doc_packages"), PK_STR("yes"), &s->err), s->err);
  site_restart(s);
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REPORT)}, b);
  assert_memory_not_equal(a, b, sizeof a);
}

static void test_recognise_when_stored_then_known_and_another_report_is_not(void **state) {
  site *s = *state;
  unsigned char print[PK_FINGERPRINT_BYTES];
  pk_known_host known;
  int64_t profile = site_receive(s, REPORT, NULL);
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REPORT)}, print);
  assert_ok(pk_store_host_by_fingerprint(s->store, (pk_str){(char *)print, sizeof print}, &known, &s->err), s->err);
  assert_int_equal(known.profile_id, profile);
  assert_int_equal(known.protocol, PK_PROTOCOL_PAKITI3);
  assert_int_equal(known.n_packages, 3);
  assert_string_equal(known.name, "www.example.org");
  fingerprint_of(s, "192.0.2.1", (pk_report_request){.body = PK_STR(REORDERED)}, print);
  assert_int_equal(pk_store_host_by_fingerprint(s->store, (pk_str){(char *)print, sizeof print}, &known, &s->err), PK_NOTFOUND);
}

/* ---- 2 prepare ---- */

static void test_prepare_when_whole_then_who_and_what(void **state) {
  site *s = *state;
  pk_prepared p;
  site_prepare(s, REPORT, &p);
  assert_string_equal(p.identity.name, "www.example.org");
  assert_string_equal(p.identity.domain, "example.org");
  assert_str(p.platform.name, "debian:12");
  assert_str(p.platform.arch, "amd64");
  assert_int_equal(p.platform.type, PK_TYPE_DEB);
  assert_int_equal(p.n_packages, 3);
  assert_str(p.reporter, "192.0.2.1");
  pk_prepared_fini(&p);
}

static void test_prepare_when_reordered_then_the_same_set(void **state) {
  site *s = *state;
  pk_prepared a, b;
  site_prepare(s, REPORT, &a);
  site_prepare(s, REORDERED, &b);
  assert_memory_equal(a.set_digest.bytes, b.set_digest.bytes, PK_DIGEST_BYTES);
  pk_prepared_fini(&a);
  pk_prepared_fini(&b);
}

static void test_prepare_when_a_version_differs_then_another_set(void **state) {
  site *s = *state;
  pk_prepared a, b;
  site_prepare(s, HEAD "bash\t5.2.15-2\tamd64\n", &a);
  site_prepare(s, HEAD "bash\t5.2.15-3\tamd64\n", &b);
  assert_memory_not_equal(a.set_digest.bytes, b.set_digest.bytes, PK_DIGEST_BYTES);
  pk_prepared_fini(&a);
  pk_prepared_fini(&b);
}

static void test_prepare_when_packages_repeat_then_each_once(void **state) {
  site *s = *state;
  pk_prepared a, b;
  site_prepare(s, HEAD "bash\t5.2.15-2\tamd64\nbash\t5.2.15-2\tamd64\nbash\t5.2.15-2\ti386\nbash\t5.2.15-2\tamd64\n", &a);
  site_prepare(s, HEAD "bash\t5.2.15-2\ti386\nbash\t5.2.15-2\tamd64\n", &b);
  assert_int_equal(a.n_packages, 2);
  assert_memory_equal(a.set_digest.bytes, b.set_digest.bytes, PK_DIGEST_BYTES);
  pk_prepared_fini(&a);
  pk_prepared_fini(&b);
}

static void test_prepare_when_ignored_packages_then_not_in_the_set(void **state) {
  site *s = *state;
  pk_prepared a, b;
  site_prepare(s, HEAD "bash\t5.2.15-2\tamd64\nbash-doc\t5.2.15-2\tall\nkernel-headers\t1\tamd64\n", &a);
  site_prepare(s, HEAD "bash\t5.2.15-2\tamd64\n", &b);
  assert_int_equal(a.n_packages, 1);
  assert_int_equal(a.n_ignored, 2);
  assert_memory_equal(a.set_digest.bytes, b.set_digest.bytes, PK_DIGEST_BYTES);
  pk_prepared_fini(&a);
  pk_prepared_fini(&b);
}

static void test_prepare_when_a_platform_is_wanted_then_that_one(void **state) {
  site *s = *state;
  pk_prepared p;
  pk_report_request request = {.body = PK_STR(REPORT)};
  assert_ok(pk_intake_prepare(s->intake, &SENDER, &request, "Debian 11", &p, &s->err), s->err);
  assert_str(p.platform.name, "debian:11");
  pk_prepared_fini(&p);
  assert_fault(pk_intake_prepare(s->intake, &SENDER, &request, "de'bian", &p, &s->err), s->err, PK_E_SYNTAX, "give NAME:RELEASE");
  pk_prepared_fini(&p);
}

static void test_prepare_when_refused_then_can_be_ended(void **state) {
  site *s = *state;
  pk_prepared p;
  pk_report_request request = {.body = PK_STR("#\nhost: a b\n#\nx\t1\tall\n")};
  assert_true(pk_intake_prepare(s->intake, &SENDER, &request, NULL, &p, &s->err) < 0);
  pk_prepared_fini(&p);
  request.body = PK_STR("nonsense");
  assert_true(pk_intake_prepare(s->intake, &SENDER, &request, NULL, &p, &s->err) < 0);
  pk_prepared_fini(&p);
}

static void test_prepare_when_more_packages_than_allowed_then_limit(void **state) {
  site *s = *state;
  pk_prepared p;
  assert_ok(pk_config_set(&s->config, PK_STR("report_packages_max"), PK_STR("2"), &s->err), s->err);
  site_restart(s);
  pk_report_request request = {.body = PK_STR(REPORT)};
  assert_fault(pk_intake_prepare(s->intake, &SENDER, &request, NULL, &p, &s->err), s->err, PK_E_LIMIT, "2");
  pk_prepared_fini(&p);
}

static void assert_platform(site *s, const char *head, const char *packages, const char *want) {
  pk_prepared p;
  pk_buf body;
  pk_buf_init(&body, 10000);
  pk_buf_printf(&body, "#\narch: x86_64\nhost: h\n%s#\n%s", head, packages);
  site_prepare(s, pk_buf_cstr(&body), &p);
  assert_str(p.platform.name, want);
  pk_prepared_fini(&p);
  pk_buf_free(&body);
}

static void test_platform_when_the_name_says_it_then_that(void **state) {
  assert_platform(*state, "packager: rpm\nsystem: AlmaLinux release 9.4 (Seafoam Ocelot)\n", "bash\t5.1-1\tx86_64\n",
                  "almalinux:9.4");
}

static void test_platform_when_not_told_then_by_the_release_package(void **state) {
  assert_platform(*state, "packager: rpm\n", "rocky-release\t9.3-1.el9\tnoarch\nbash\t5.1-1\tx86_64\n", "rocky:9.3");
  assert_platform(*state, "packager: rpm\nsystem: n/a\n", "redhat-release-server\t7.9-6.el7\tx86_64\n", "rhel:7.9");
}

static void test_platform_when_a_rebuild_calls_itself_red_hat_then_its_own(void **state) {
  assert_platform(*state, "packager: rpm\nsystem: Red Hat Enterprise Linux Server release 7.9\n",
                  "oraclelinux-release\t7:7.9-1.0.9.el7\tx86_64\n", "ol:7.9");
}

static void test_platform_when_unknown_then_it_says_so(void **state) {
  assert_platform(*state, "packager: rpm\nsystem: Slackware 15\n", "bash\t5.1-1\tx86_64\n", "unknown");
}

static void test_new_when_the_platforms_file_is_bad_then_fault(void **state) {
  site *s = *state;
  pk_intake *intake = NULL;
  assert_ok(pk_config_set(&s->config, PK_STR("platforms_file"), pk_str_of(folder_path(&s->box, "own.tsv")), &s->err), s->err);
  assert_fault(pk_intake_new(&s->config, s->store, &intake, &s->err), s->err, PK_E_CONFIG, "platforms_file: there is no");
  assert_ok(pk_file_write(s->config.platforms_file, PK_STR("^x("), &s->err), s->err);
  assert_fault(pk_intake_new(&s->config, s->store, &intake, &s->err), s->err, PK_E_CONFIG, "own.tsv:1");
  assert_null(intake);
}

static void test_platform_when_the_own_file_says_otherwise_then_that(void **state) {
  site *s = *state;
  assert_ok(pk_config_set(&s->config, PK_STR("platforms_file"), pk_str_of(folder_path(&s->box, "own.tsv")), &s->err), s->err);
  assert_ok(pk_file_write(s->config.platforms_file, PK_STR("^slackware ([0-9]+)\tslackware:\\1\tother\n"), &s->err), s->err);
  site_restart(s);
  assert_platform(s, "system: Slackware 15\n", "bash\t5.1-1\tx86_64\n", "slackware:15");
}

/* ---- 3 store ---- */

static void test_store_when_the_first_report_then_set_profile_and_host(void **state) {
  site *s = *state;
  bool new_set = false;
  publish_updates(s);
  site_receive(s, REPORT, &new_set);
  assert_true(new_set);
  site_counts c = site_host(s, "www.example.org");
  assert_int_equal(c.n_packages, 3);
  assert_int_equal(c.n_updates, 2);
  assert_int_equal(c.n_security, 1);
  assert_false(c.reboot_pending);
  assert_string_equal(c.platform, "debian:12");
  assert_ok(pk_store_check(s->store, &s->err), s->err);
}

static void test_store_when_reordered_then_set_and_profile_are_known(void **state) {
  site *s = *state;
  bool new_set = true;
  int64_t first = site_receive(s, REPORT, NULL);
  assert_int_equal(site_receive(s, REORDERED, &new_set), first);
  assert_false(new_set);
}

static void test_store_when_another_kernel_runs_then_same_set_other_profile(void **state) {
  site *s = *state;
  bool new_set = true;
  int64_t first = site_receive(s, REPORT, NULL);
  int64_t second = site_receive(
      s,
      "#\narch: x86_64\nhost: www.example.org\nkernel: 6.1.0-30-amd64\npackager: dpkg\n"
      "system: Debian GNU/Linux 12 (bookworm)\n#\nbash\t5.2.15-2\tamd64\nzlib1g\t1:1.2.13-1\tamd64\nadduser\t3.134\tall\n",
      &new_set);
  assert_false(new_set);
  assert_int_not_equal(first, second);
}

static void test_store_when_undone_then_the_next_try_is_whole(void **state) {
  site *s = *state;
  pk_prepared p;
  int64_t profile;
  publish_updates(s);
  site_prepare(s, REPORT, &p);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_intake_store(s->judge, s->store, &p, NOW, &profile, NULL, &s->err), s->err);
  pk_store_rollback(s->store);
  pk_judge_forget(s->judge);
  pk_prepared_fini(&p);
  site_receive(s, REPORT, NULL);
  assert_int_equal(site_host(s, "www.example.org").n_updates, 2);
  assert_ok(pk_store_check(s->store, &s->err), s->err);
}

#define KERNELS                                                                                                                  \
  "linux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\nlinux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\n"                                 \
  "linux-headers-6.1.0-28-common\t6.1.119-1\tall\nbash\t5.2.15-2\tamd64\n"

static void test_store_when_an_idle_kernel_is_old_then_not_counted(void **state) {
  site *s = *state;
  site_publish(s, "main", "debian:12", PK_CLASS_SECURITY,
               "linux-image-6.1.0-29-amd64 6.1.123-1 amd64\nlinux-image-6.1.0-28-amd64 6.1.119-2 "
               "amd64\nlinux-headers-6.1.0-28-common 6.1.119-2 all\n"
               "bash 5.2.15-2 amd64\n");
  int64_t profile = site_receive(s, HEAD KERNELS, NULL);
  site_counts c = site_host(s, "www.example.org");
  assert_int_equal(c.n_updates, 0);
  assert_int_equal(c.n_packages, 4);
  assert_false(c.reboot_pending);
  pk_prepared p;
  pk_answer answer;
  site_prepare(s, HEAD KERNELS, &p);
  assert_ok(pk_intake_answer(s->store, profile, &p, &answer, &s->err), s->err);
  assert_int_equal(answer.n_updates, 0);
  assert_ok(pk_intake_check(s->store, &p, &answer, &s->err), s->err);
  assert_int_equal(answer.n_updates, 0);
  pk_prepared_fini(&p);
}

static void test_store_when_the_running_kernel_is_old_then_counted(void **state) {
  site *s = *state;
  site_publish(s, "main", "debian:12", PK_CLASS_SECURITY, "linux-image-6.1.0-29-amd64 6.1.123-2 amd64\n");
  site_receive(s, HEAD KERNELS, NULL);
  assert_int_equal(site_host(s, "www.example.org").n_security, 1);
}

static void test_store_when_a_newer_kernel_waits_then_reboot_pending(void **state) {
  site *s = *state;
  site_receive(s, HEAD "linux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\nlinux-image-6.1.0-30-amd64\t6.1.124-1\tamd64\n", NULL);
  assert_true(site_host(s, "www.example.org").reboot_pending);
}

/* ---- 4 answer ---- */

static void test_answer_when_stored_then_in_the_order_of_the_report(void **state) {
  site *s = *state;
  publish_updates(s);
  static const struct {
    const char *body, *want;
  } cases[] = {
      {REPORT, "bash 5.2.15-2>5.2.15-3 security S;adduser 3.134>3.135 main O;"},
      {REORDERED, "adduser 3.134>3.135 main O;bash 5.2.15-2>5.2.15-3 security S;"},
  };
  for (size_t i = 0; i < 2; i++) {
    pk_prepared p;
    pk_answer answer;
    int64_t profile = site_receive(s, cases[i].body, NULL);
    site_prepare(s, cases[i].body, &p);
    assert_ok(pk_intake_answer(s->store, profile, &p, &answer, &s->err), s->err);
    assert_answer(&answer, cases[i].want);
    pk_prepared_fini(&p);
  }
}

static void test_answer_when_a_package_repeats_then_at_its_first_place_once(void **state) {
  site *s = *state;
  publish_updates(s);
  const char *body = HEAD "adduser\t3.134\tall\nbash\t5.2.15-2\tamd64\nadduser\t3.134\tall\n";
  pk_prepared p;
  pk_answer answer;
  int64_t profile = site_receive(s, body, NULL);
  site_prepare(s, body, &p);
  assert_ok(pk_intake_answer(s->store, profile, &p, &answer, &s->err), s->err);
  assert_answer(&answer, "adduser 3.134>3.135 main O;bash 5.2.15-2>5.2.15-3 security S;");
  pk_prepared_fini(&p);
}

static void test_check_when_nothing_is_stored_then_the_same_answer(void **state) {
  site *s = *state;
  pk_prepared p;
  pk_answer answer;
  publish_updates(s);
  site_prepare(s, REPORT, &p);
  assert_ok(pk_intake_check(s->store, &p, &answer, &s->err), s->err);
  assert_answer(&answer, "bash 5.2.15-2>5.2.15-3 security S;adduser 3.134>3.135 main O;");
  pk_prepared_fini(&p);
  pk_store_totals totals;
  pk_scope all = {.everything = true};
  assert_ok(pk_store_count(s->store, &all, &totals, &s->err), s->err);
  assert_int_equal(totals.n_hosts + totals.n_packages + totals.n_sets + totals.n_profiles, 0);
}

/* ---- facts that only the native protocol tells ---- */

#define NATIVE(origin)                                                                                                           \
  "{\"protocol\":6,\"packager\":\"dpkg\",\"host\":{\"name\":\"n.example.org\",\"os\":\"Debian GNU/Linux "                        \
  "12\",\"arch\":\"x86_64\","                                                                                                    \
  "\"kernel\":\"6.1.0-29-amd64\",\"boot_time\":1700000000},\"packages\":[{\"name\":\"bash\",\"version\":\"5.2.15-2\","           \
  "\"arch\":\"amd64\",\"origin\":\"" origin "\",\"installed_at\":1690000000}]}"

static void test_store_when_only_origins_differ_then_the_profile_is_known(void **state) {
  site *s = *state;
  bool new_set = true;
  int64_t first = site_receive(s, NATIVE("Debian"), NULL);
  assert_int_equal(site_receive(s, NATIVE("other"), &new_set), first);
  assert_false(new_set);
  assert_ok(pk_store_check(s->store, &s->err), s->err);
}

static void test_platform_when_os_release_says_it_then_before_the_name(void **state) {
  site *s = *state;
  pk_prepared p;
  site_prepare(
      s,
      "{\"protocol\":6,\"packager\":\"dpkg\",\"host\":{\"name\":\"h\",\"os\":\"Debian 10\",\"arch\":\"x86_64\",\"os_release\":"
      "{\"ID\":\"debian\",\"VERSION_ID\":\"12\"}},\"packages\":[{\"name\":\"a\",\"version\":\"1\",\"arch\":\"all\"}]}",
      &p);
  assert_str(p.platform.name, "debian:12");
  pk_prepared_fini(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_fingerprint_when_the_same_bytes_then_the_same),
      SITE_TEST(test_fingerprint_when_anything_differs_then_another),
      SITE_TEST(test_fingerprint_when_the_configuration_changes_then_another),
      SITE_TEST(test_recognise_when_stored_then_known_and_another_report_is_not),
      SITE_TEST(test_prepare_when_whole_then_who_and_what),
      SITE_TEST(test_prepare_when_reordered_then_the_same_set),
      SITE_TEST(test_prepare_when_a_version_differs_then_another_set),
      SITE_TEST(test_prepare_when_packages_repeat_then_each_once),
      SITE_TEST(test_prepare_when_ignored_packages_then_not_in_the_set),
      SITE_TEST(test_prepare_when_a_platform_is_wanted_then_that_one),
      SITE_TEST(test_prepare_when_refused_then_can_be_ended),
      SITE_TEST(test_prepare_when_more_packages_than_allowed_then_limit),
      SITE_TEST(test_platform_when_the_name_says_it_then_that),
      SITE_TEST(test_platform_when_not_told_then_by_the_release_package),
      SITE_TEST(test_platform_when_a_rebuild_calls_itself_red_hat_then_its_own),
      SITE_TEST(test_platform_when_unknown_then_it_says_so),
      SITE_TEST(test_new_when_the_platforms_file_is_bad_then_fault),
      SITE_TEST(test_platform_when_the_own_file_says_otherwise_then_that),
      SITE_TEST(test_store_when_the_first_report_then_set_profile_and_host),
      SITE_TEST(test_store_when_reordered_then_set_and_profile_are_known),
      SITE_TEST(test_store_when_another_kernel_runs_then_same_set_other_profile),
      SITE_TEST(test_store_when_undone_then_the_next_try_is_whole),
      SITE_TEST(test_store_when_an_idle_kernel_is_old_then_not_counted),
      SITE_TEST(test_store_when_the_running_kernel_is_old_then_counted),
      SITE_TEST(test_store_when_a_newer_kernel_waits_then_reboot_pending),
      SITE_TEST(test_answer_when_stored_then_in_the_order_of_the_report),
      SITE_TEST(test_answer_when_a_package_repeats_then_at_its_first_place_once),
      SITE_TEST(test_check_when_nothing_is_stored_then_the_same_answer),
      SITE_TEST(test_store_when_only_origins_differ_then_the_profile_is_known),
      SITE_TEST(test_platform_when_os_release_says_it_then_before_the_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
