/* SPDX-License-Identifier: Apache-2.0 */
#include "app/vulnerable.h"

#include "app/fleet.h"

#define DEBIAN(host, kernel) "#\narch: x86_64\nhost: " host "\nkernel: " kernel "\npackager: dpkg\nsystem: Debian 12\n#\n"
#define RHEL(host)                                                                                                               \
  "#\narch: x86_64\nhost: " host "\nkernel: 5.14.0-1.el9.x86_64\npackager: rpm\nsystem: Red Hat Enterprise Linux 9.4 "           \
                                 "(Plow)\n#\n"

static const pk_scope ALL = {.everything = true};
static const site_feed FEED = {.name = "vendor", .platform = "debian:12"}, OTHER = {.name = "other", .platform = "debian:12"};

/*   HOST PACKAGE VERSION [+MORE] [STATE FIXED FEED]; */
static pk_rc write_hit(void *arg, const pk_fleet_hit *h, pk_err *err) {
  pk_buf *out = arg;
  (void)err;
  pk_buf_printf(out, "%.*s", PK_FMT(h->host->name));
  if (h->package.name.n) pk_buf_printf(out, " %.*s %.*s", PK_FMT(h->package.name), PK_FMT(h->package.evr));
  if (h->n_more) pk_buf_printf(out, " +%zu", h->n_more);
  if (h->feed.n) pk_buf_printf(out, " %s %.*s %.*s", pk_rule_state_name(h->state), PK_FMT(h->fixed), PK_FMT(h->feed));
  pk_buf_puts(out, "; ");
  return PK_OK;
}

static void assert_with_package(site *s, const char *name, const char *op, const char *version, const char *want) {
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_fleet_with_package(s->store, &ALL, pk_str_of(name), op, pk_str_of(version), write_hit, &out, &s->err), s->err);
  if (strcmp(pk_buf_cstr(&out), want) != 0)
    fail_msg("%s %s %s: '%s', should be '%s'", name, op ? op : "", version, pk_buf_cstr(&out), want);
  pk_buf_free(&out);
}

static void assert_with_cve(site *s, const char *cve, const char *want) {
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_fleet_with_cve(s->store, &ALL, pk_cve_number(pk_str_of(cve)), write_hit, &out, &s->err), s->err);
  assert_string_equal(pk_buf_cstr(&out), want);
  pk_buf_free(&out);
}

/* ---- packages ---- */

static void test_package_when_asked_with_an_operator_then_hosts_by_name(void **state) {
  site *s = *state;
  static const struct {
    const char *op, *version, *want;
  } cases[] = {
      {NULL, "", "a bash 1:5.0-1; b bash 1:5.1-1; c bash 1:5.1-2; "},
      {"", "", "a bash 1:5.0-1; b bash 1:5.1-1; c bash 1:5.1-2; "},
      {"<", "1:5.1-1", "a bash 1:5.0-1; "},
      {"<=", "1:5.1-1", "a bash 1:5.0-1; b bash 1:5.1-1; "},
      {"=", "1:5.1-1", "b bash 1:5.1-1; "},
      {">=", "1:5.1-1", "b bash 1:5.1-1; c bash 1:5.1-2; "},
      {">", "1:5.1-1", "c bash 1:5.1-2; "},
      {"<", "5.1-1", ""}, /* epoch 0 in dpkg's order */
      {">", "9:0", ""},
      {"~", "1", ""}, /* no operator: none */
  };
  site_receive(s, DEBIAN("c", "") "bash\t1:5.1-2\tamd64\n", NULL);
  site_receive(s, DEBIAN("a", "") "bash\t1:5.0-1\tamd64\nzsh\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1:5.1-1\tamd64\n", NULL);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_with_package(s, "bash", cases[i].op, cases[i].version, cases[i].want);
  assert_with_package(s, "fish", NULL, "", "");
}

static void test_package_when_of_rpm_hosts_then_by_rpms_order(void **state) {
  site *s = *state;
  site_receive(s, RHEL("a") "bash\t0:5.1~rc1-1\tx86_64\n", NULL);
  site_receive(s, RHEL("b") "bash\t5.1-1\tx86_64\n", NULL); /* tells no epoch */
  assert_with_package(s, "bash", "<", "5.1", "a bash 0:5.1~rc1-1; ");
  assert_with_package(s, "bash", "<", "9:5.2", "a bash 0:5.1~rc1-1; b bash 5.1-1; ");
}

static void test_package_when_a_host_has_several_then_the_first_and_how_many_more(void **state) {
  site *s = *state;
  site_receive(s, RHEL("a") "kernel\t5.14-1\tx86_64\nkernel\t5.14-2\tx86_64\nkernel\t5.14-3\tx86_64\n", NULL);
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_fleet_with_package(s->store, &ALL, PK_STR("kernel"), NULL, PK_STR(""), write_hit, &out, &s->err), s->err);
  assert_non_null(strstr(pk_buf_cstr(&out), "a kernel 5.14-"));
  assert_non_null(strstr(pk_buf_cstr(&out), " +2; "));
  pk_buf_free(&out);
  assert_with_package(s, "kernel", ">", "5.14-2", "a kernel 5.14-3; "); /* those that were not asked for do not count */
}

static void test_package_when_hosts_share_a_profile_then_each_is_told(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1-1\tamd64\n", NULL);
  assert_with_package(s, "bash", NULL, "", "a bash 1-1; b bash 1-1; ");
}

static void test_operator_when_one_of_five_then_true(void **state) {
  (void)state;
  static const char *const good[] = {"<", "<=", "=", ">=", ">"}, *const bad[] = {"", "==", "!=", "<<", "lt", "> ", "=<"};
  for (size_t i = 0; i < 5; i++) assert_true(pk_fleet_is_operator(good[i]));
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(pk_fleet_is_operator(bad[i]));
}

static pk_rc stop_here(void *arg, const pk_fleet_hit *h, pk_err *err) {
  (void)h;
  ++*(int *)arg;
  return pk_err_set(err, PK_E_STOPPED, "enough");
}

static void test_package_when_the_visitor_ends_it_then_its_result(void **state) {
  site *s = *state;
  int n = 0;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1-1\tamd64\n", NULL);
  assert_fault(pk_fleet_with_package(s->store, &ALL, PK_STR("bash"), NULL, PK_STR(""), stop_here, &n, &s->err), s->err,
               PK_E_STOPPED, "enough");
  assert_int_equal(n, 1);
}

/* ---- CVEs ---- */

static void test_cve_when_hosts_are_vulnerable_then_with_the_rule(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\nzsh\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1-2\tamd64\n", NULL);
  site_receive(s, DEBIAN("c", "") "zsh\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2\nB CVE-2024-0002 zsh -");
  site_define(s, &OTHER, "C CVE-2024-0003 bash,zsh 1-9\nD CVE-2024-0004 zsh 1-9");
  assert_with_cve(s, "CVE-2024-0001", "a bash 1-1 fixed 1-2 vendor; ");
  assert_with_cve(s, "CVE-2024-0002", "a zsh 1-1 affected  vendor; c zsh 1-1 affected  vendor; ");
  assert_with_cve(s, "CVE-2024-0004", "a zsh 1-1 fixed 1-9 other; c zsh 1-1 fixed 1-9 other; ");
  pk_buf out;
  pk_buf_init(&out, 1000);
  assert_ok(pk_fleet_with_cve(s->store, &ALL, pk_cve_number(PK_STR("CVE-2024-0003")), write_hit, &out, &s->err), s->err);
  assert_non_null(
      strstr(pk_buf_cstr(&out),
             " +1 fixed 1-9 other; b bash 1-2 fixed 1-9 other; c zsh 1-1 fixed 1-9 other; ")); /* a has two such packages */
  pk_buf_free(&out);
}

static void test_cve_when_no_feed_speaks_of_it_then_not_found(void **state) {
  site *s = *state;
  pk_buf out;
  pk_buf_init(&out, 1000);
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-1");
  assert_int_equal(pk_fleet_with_cve(s->store, &ALL, pk_cve_number(PK_STR("CVE-2024-0009")), write_hit, &out, &s->err),
                   PK_NOTFOUND);
  assert_with_cve(s, "CVE-2024-0001", ""); /* known, but nobody is vulnerable */
  pk_buf_free(&out);
}

static void test_cve_when_the_state_does_not_count_then_not_among_them(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(
      s, &FEED,
      "A CVE-2024-0001 bash - under-investigation\nB CVE-2024-0002 bash - not-affected\nC CVE-2024-0003 bash - will-not-fix");
  assert_with_cve(s, "CVE-2024-0001", "");
  assert_with_cve(s, "CVE-2024-0002", "");
  assert_with_cve(s, "CVE-2024-0003", "a bash 1-1 will-not-fix  vendor; ");
}

static void test_cve_when_the_kernel_does_not_run_then_not_among_them(void **state) {
  site *s = *state;
  site_receive(
      s,
      DEBIAN("a",
             "6.1.0-29-amd64") "linux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
      NULL);
  site_receive(
      s,
      DEBIAN("b",
             "6.1.0-28-amd64") "linux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
      NULL);
  site_define(s, &FEED, "A CVE-2024-0001 linux-image-6.1.0-28-amd64 6.1.120-1");
  assert_with_cve(s, "CVE-2024-0001", "b linux-image-6.1.0-28-amd64 6.1.119-1 fixed 6.1.120-1 vendor; ");
}

static void test_cve_when_by_criteria_then_the_packages_that_made_them_true(void **state) {
  site *s = *state;
  static const site_feed rhel = {.name = "rhel", .platform = "rhel:9"};
  site_receive(s, RHEL("a") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_receive(s, RHEL("b") "bash\t0:5-1\tx86_64\n", NULL);
  site_define_oval(s, &rhel, PK_TYPE_RPM,
                   OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b")))
                            RPM("a", "bash", "less than", "0:5-2") RPM("b", "zsh", "less than", "0:5-3") ABOUT(
                                "vulnerability", "e", "CVE-2024-0002", AND(CRITERION("no fish"))) RPM_ABSENT("no fish", "fish")));
  assert_with_cve(s, "CVE-2024-0001", "a bash 0:5-1 fixed  rhel; ");
  assert_with_cve(s, "CVE-2024-0002", "a affected  rhel; b affected  rhel; "); /* no package is to blame */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_package_when_asked_with_an_operator_then_hosts_by_name),
      SITE_TEST(test_package_when_of_rpm_hosts_then_by_rpms_order),
      SITE_TEST(test_package_when_a_host_has_several_then_the_first_and_how_many_more),
      SITE_TEST(test_package_when_hosts_share_a_profile_then_each_is_told),
      cmocka_unit_test(test_operator_when_one_of_five_then_true),
      SITE_TEST(test_package_when_the_visitor_ends_it_then_its_result),
      SITE_TEST(test_cve_when_hosts_are_vulnerable_then_with_the_rule),
      SITE_TEST(test_cve_when_no_feed_speaks_of_it_then_not_found),
      SITE_TEST(test_cve_when_the_state_does_not_count_then_not_among_them),
      SITE_TEST(test_cve_when_the_kernel_does_not_run_then_not_among_them),
      SITE_TEST(test_cve_when_by_criteria_then_the_packages_that_made_them_true),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
