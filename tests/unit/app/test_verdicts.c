/* SPDX-License-Identifier: Apache-2.0
 *
 * What a host is vulnerable to, and why: of stored hosts and of reports that are only looked at. */
#include "app/vulnerable.h"

#define DEBIAN(host, kernel) "#\narch: x86_64\nhost: " host "\nkernel: " kernel "\npackager: dpkg\nsystem: Debian 12\n#\n"
#define RHEL(host, system) "#\narch: x86_64\nhost: " host "\nkernel: 5.14.0-1.el9.x86_64\npackager: rpm\nsystem: " system "\n#\n"

static const site_feed FEED = {.name = "vendor", .platform = "debian:12"},
                       ELSEWHERE = {.name = "elsewhere", .platform = "debian:11"};

/* ---- explaining ---- */

/*   vulnerable: bash 1-1 of SOURCE 7-1 'bash < 1-2' fixed A@feed: because (data of PLATFORM) */
static pk_rc write_explanation(void *arg, const pk_explanation *e, pk_err *err) {
  pk_buf *out = arg;
  (void)err;
  assert_str(e->feed_url, "https://example.org/definitions");
  assert_non_null(e->because);
  pk_buf_puts(out, e->vulnerable ? "vulnerable:" : "not vulnerable:");
  if (e->package.n) pk_buf_printf(out, " %.*s %.*s", PK_FMT(e->package), PK_FMT(e->installed));
  if (e->source.n) pk_buf_printf(out, " of %.*s %.*s", PK_FMT(e->source), PK_FMT(e->source_evr));
  if (e->rule.n) pk_buf_printf(out, " '%.*s'", PK_FMT(e->rule));
  pk_buf_printf(out, " %s %.*s@%.*s: %s", pk_rule_state_name(e->state), PK_FMT(e->definition), PK_FMT(e->feed), e->because);
  if (e->approximate.n) pk_buf_printf(out, " (data of %.*s)", PK_FMT(e->approximate));
  pk_buf_putc(out, '\n');
  return PK_OK;
}

static pk_rc explain(site *s, const char *name, const char *cve, pk_buf *out) {
  pk_arena arena;
  pk_judged_host judged;
  pk_arena_init(&arena, (size_t)64 << 20);
  assert_ok(pk_verdicts_stored_host(s->store, site_row(s, name).profile_id, &arena, &judged, &s->err), s->err);
  pk_rc rc = pk_verdicts_explain(s->judge, s->store, &judged, pk_cve_number(pk_str_of(cve)), write_explanation, out, &s->err);
  pk_arena_fini(&arena);
  return rc;
}

static void assert_explained(site *s, const char *name, const char *cve, const char *want) {
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(explain(s, name, cve, &out), s->err);
  assert_string_equal(pk_buf_cstr(&out), want);
  pk_buf_free(&out);
}

static void test_explain_when_no_feed_speaks_of_the_cve_then_not_found(void **state) {
  site *s = *state;
  pk_buf out;
  pk_buf_init(&out, 1000);
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2");
  assert_int_equal(explain(s, "a", "CVE-2024-0009", &out), PK_NOTFOUND);
  assert_string_equal(pk_buf_cstr(&out), "");
  pk_buf_free(&out);
}

static void test_explain_when_versions_are_compared_then_the_rule_and_the_reason(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\nzsh\t1-5\tamd64\ndash\t1-1\tamd64\n", NULL);
  site_define(s, &FEED,
              "A CVE-2024-0001 bash 1-2\nB CVE-2024-0001 zsh 1-2\nC CVE-2024-0001 dash -\nD CVE-2024-0001 fish 1-2\nE "
              "CVE-2024-0001 dash - not-affected");
  assert_explained(
      s, "a", "CVE-2024-0001",
      "vulnerable: bash 1-1 'bash < 1-2' fixed A@vendor: the installed version is within what the rule says is vulnerable\n"
      "not vulnerable: zsh 1-5 'zsh < 1-2' fixed B@vendor: the installed version has the fix\n"
      "vulnerable: dash 1-1 'dash, every version' affected C@vendor: the vendor says that every version is affected\n"
      "not vulnerable: not-affected D@vendor: no rule for this platform speaks of a package that is installed\n"
      "not vulnerable: dash 1-1 'dash, every version' not-affected E@vendor: the vendor says that it is not affected\n");
}

static void test_explain_when_a_feed_is_for_others_then_told_so(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(s, &ELSEWHERE, "A CVE-2024-0001 bash 1-2");
  assert_explained(s, "a", "CVE-2024-0001", "not vulnerable: not-affected A@elsewhere: the feed speaks for another platform\n");
}

static void test_explain_when_about_a_source_then_its_version_is_told(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "libssl3\t3.0-1+b1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 src:libssl3 3.0-2");
  assert_explained(s, "a", "CVE-2024-0001",
                   "vulnerable: libssl3 3.0-1+b1 of libssl3 3.0-1 'libssl3 < 3.0-2' fixed A@vendor: the installed version is "
                   "within what the rule says is vulnerable\n");
}

static void test_explain_when_the_kernel_does_not_run_then_not_vulnerable(void **state) {
  site *s = *state;
  site_receive(
      s,
      DEBIAN("a",
             "6.1.0-29-amd64") "linux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
      NULL);
  site_define(s, &FEED, "A CVE-2024-0001 linux-image-6.1.0-28-amd64 6.1.120-1");
  assert_explained(s, "a", "CVE-2024-0001",
                   "not vulnerable: linux-image-6.1.0-28-amd64 6.1.119-1 'linux-image-6.1.0-28-amd64 < 6.1.120-1' fixed "
                   "A@vendor: the package belongs to a kernel that does "
                   "not run\n");
}

static void test_explain_when_the_data_is_of_what_it_is_judged_as_then_told_so(void **state) {
  site *s = *state;
  static const site_feed rhel = {.name = "rhel", .platform = "rhel:7"}, centos = {.name = "centos", .platform = "centos:7"};
  site_receive(s, RHEL("c", "CentOS Linux release 7.9.2009 (Core)") "bash\t0:4-1\tx86_64\n", NULL);
  site_define(s, &rhel, "A CVE-2024-0001 bash 0:4-2");
  site_define(s, &centos, "B CVE-2024-0001 bash 0:4-1");
  assert_explained(s, "c", "CVE-2024-0001",
                   "vulnerable: bash 0:4-1 'bash < 0:4-2' fixed A@rhel: the installed version is within what the rule says is "
                   "vulnerable (data of rhel:7)\n"
                   "not vulnerable: bash 0:4-1 'bash < 0:4-1' fixed B@centos: the installed version has the fix\n");
}

static void put_rules(site *s, const site_feed *feed, const pk_rule *rules, size_t n) {
  site_exchange e = site_begin_definitions(s, feed);
  static const pk_str cves[] = {{"CVE-2024-0001", 13}};
  const pk_definition d = {.id = PK_STR("A"), .class = PK_STR("patch"), .cves = cves, .n_cves = 1, .rules = rules, .n_rules = n};
  assert_ok(definition_put(e.x, PK_STR("d"), &d, &s->err), s->err);
  site_end_definitions(&e);
}

static const pk_str NODE[] = {{"nodejs", 6}};

static void test_explain_when_rules_are_of_other_kinds_then_each_has_its_reason(void **state) {
  site *s = *state;
  static const site_feed rhel = {.name = "rhel", .platform = "rhel"};
  const pk_rule rules[] = {
      {.platform = PK_STR("rhel:9"), .names = NODE, .n_names = 1, .arch = PK_STR("ppc64le"), .fixed = PK_STR("0:20-2.el9")},
      {.platform = PK_STR("rhel:9"), .names = NODE, .n_names = 1, .module = PK_STR("nodejs:18"), .fixed = PK_STR("0:20-2.el9")},
      {.platform = PK_STR("rhel:9"), .names = NODE, .n_names = 1, .fixed = PK_STR("0:20-2.ksplice1.el9")},
      {.platform = PK_STR("rhel:9"), .names = NODE, .n_names = 1, .fixed = PK_STR("0:20-9.el9")},
      {.platform = PK_STR("rhel:9.4"),
       .names = NODE,
       .n_names = 1,
       .introduced = PK_STR("0:20-5.el9"),
       .fixed = PK_STR("0:20-9.el9")},
      {.platform = PK_STR("rhel:9.4"),
       .names = NODE,
       .n_names = 1,
       .introduced = PK_STR("0:20-1.el9"),
       .last = PK_STR("0:20-1.el9"),
       .state = PK_RULE_AFFECTED},
      {.platform = PK_STR("rhel:9.4"),
       .names = NODE,
       .n_names = 1,
       .last = PK_STR("0:20-3.el9"),
       .state = PK_RULE_AFFECTED,
       .arch = PK_STR("x86_64|aarch64")},
      {.platform = PK_STR("rhel:8"), .names = NODE, .n_names = 1, .fixed = PK_STR("0:20-9.el9")},
  };
  site_receive(s, RHEL("a", "Red Hat Enterprise Linux 9.4 (Plow)") "nodejs\t0:20-1.el9\tx86_64\n", NULL);
  put_rules(s, &rhel, rules, sizeof rules / sizeof rules[0]);
  assert_explained(
      s, "a", "CVE-2024-0001",
      "not vulnerable: nodejs 0:20-1.el9 'nodejs < 0:20-2.el9 on ppc64le' fixed A@rhel: the rule is for other architectures\n"
      "not vulnerable: nodejs 0:20-1.el9 'nodejs of module nodejs:18 < 0:20-2.el9' fixed A@rhel: the rule is for another module "
      "stream, or for builds of a stream "
      "where this is none\n"
      "not vulnerable: nodejs 0:20-1.el9 'nodejs < 0:20-2.ksplice1.el9' fixed A@rhel: ksplice and FIPS builds are compared with "
      "their own kind only\n"
      "not vulnerable: nodejs 0:20-1.el9 'nodejs < 0:20-9.el9' fixed A@rhel: a rule for exactly this release takes its place\n"
      "not vulnerable: nodejs 0:20-1.el9 'nodejs >= 0:20-5.el9 and < 0:20-9.el9' fixed A@rhel: the installed version is from "
      "before the vulnerability came in\n"
      "vulnerable: nodejs 0:20-1.el9 'nodejs = 0:20-1.el9' affected A@rhel: the installed version is within what the rule says "
      "is vulnerable\n"
      "vulnerable: nodejs 0:20-1.el9 'nodejs <= 0:20-3.el9 on x86_64|aarch64' affected A@rhel: the installed version is within "
      "what the rule says is vulnerable\n");
}

static void test_explain_when_criteria_then_whether_they_are_true(void **state) {
  site *s = *state;
  static const site_feed rhel = {.name = "rhel", .platform = "rhel:9"};
  site_receive(s, RHEL("a", "Red Hat Enterprise Linux 9.4 (Plow)") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_define_oval(s, &rhel, PK_TYPE_RPM,
                   OVAL(ABOUT("patch", "yes", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b"))) ABOUT(
                       "patch", "no", "CVE-2024-0001", AND(CRITERION("a") CRITERION("c"))) RPM("a", "bash", "less than", "0:5-2")
                            RPM("b", "zsh", "less than", "0:5-3") RPM("c", "fish", "less than", "0:5-3")));
  assert_explained(s, "a", "CVE-2024-0001",
                   "vulnerable: bash 0:5-1 'criteria about the whole host, test a' fixed yes@rhel: the criteria of the "
                   "definition are true of this host\n"
                   "vulnerable: zsh 0:5-1 'criteria about the whole host, test b' fixed yes@rhel: the criteria of the definition "
                   "are true of this host\n"
                   "not vulnerable: 'criteria about the whole host' not-affected no@rhel: the criteria of the definition are not "
                   "true of this host\n");
}

/* ---- reports that are only looked at ---- */

static void test_verdicts_when_of_a_report_then_as_if_it_were_stored(void **state) {
  site *s = *state;
  pk_prepared p;
  pk_arena arena;
  pk_judged_host judged;
  pk_buf out;
  pk_buf_init(&out, 65536);
  pk_arena_init(&arena, (size_t)1 << 20);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2\nB - zsh -");
  site_prepare(s, DEBIAN("a", "") "bash\t1-1\tamd64\nzsh\t1-5\tamd64\n", &p);
  assert_ok(pk_verdicts_report_host(&p, &arena, &judged, &s->err), s->err);
  assert_int_equal(judged.n_packages, 2);
  assert_ok(pk_verdicts_of(s->judge, &judged, site_write_verdict, &out, &s->err), s->err);
  assert_non_null(strstr(pk_buf_cstr(&out), "bash 1-1 CVE-2024-0001 fixed 1-2 (vendor)\n"));
  assert_non_null(strstr(pk_buf_cstr(&out), "zsh 1-5  affected (vendor)\n"));
  pk_prepared_fini(&p);
  pk_arena_fini(&arena);
  pk_buf_free(&out);
}

static void test_stored_host_when_there_then_as_it_was_reported_else_not_found(void **state) {
  site *s = *state;
  pk_arena arena;
  pk_judged_host judged;
  int64_t profile =
      site_receive(s, RHEL("a", "CentOS Linux release 7.9.2009 (Core)") "bash\t0:4-1\tx86_64\nzsh\t0:5-1\tnoarch\n", NULL);
  pk_arena_init(&arena, (size_t)1 << 20);
  assert_ok(pk_verdicts_stored_host(s->store, profile, &arena, &judged, &s->err), s->err);
  assert_str(judged.platform.name, "centos:7.9");
  assert_str(judged.platform.judged_as, "rhel:7.9");
  assert_str(judged.kernel, "5.14.0-1.el9.x86_64");
  assert_int_equal(judged.n_packages, 2);
  assert_int_equal(judged.packages[0]->type, PK_TYPE_RPM);
  assert_int_equal(pk_verdicts_stored_host(s->store, 99, &arena, &judged, &s->err), PK_NOTFOUND);
  pk_arena_fini(&arena);
}

static pk_rc stop_here(void *arg, const pk_verdict *v, pk_err *err) {
  (void)v;
  ++*(int *)arg;
  return pk_err_set(err, PK_E_STOPPED, "enough");
}

static void test_verdicts_when_the_visitor_ends_it_then_its_result(void **state) {
  site *s = *state;
  pk_arena arena;
  pk_judged_host judged;
  int n = 0;
  int64_t profile = site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\nzsh\t1-5\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001,CVE-2024-0002 bash,zsh -");
  pk_arena_init(&arena, (size_t)1 << 20);
  assert_ok(pk_verdicts_stored_host(s->store, profile, &arena, &judged, &s->err), s->err);
  assert_fault(pk_verdicts_of(s->judge, &judged, stop_here, &n, &s->err), s->err, PK_E_STOPPED, "enough");
  assert_int_equal(n, 1);
  pk_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_explain_when_no_feed_speaks_of_the_cve_then_not_found),
      SITE_TEST(test_explain_when_versions_are_compared_then_the_rule_and_the_reason),
      SITE_TEST(test_explain_when_a_feed_is_for_others_then_told_so),
      SITE_TEST(test_explain_when_about_a_source_then_its_version_is_told),
      SITE_TEST(test_explain_when_the_kernel_does_not_run_then_not_vulnerable),
      SITE_TEST(test_explain_when_the_data_is_of_what_it_is_judged_as_then_told_so),
      SITE_TEST(test_explain_when_rules_are_of_other_kinds_then_each_has_its_reason),
      SITE_TEST(test_explain_when_criteria_then_whether_they_are_true),
      SITE_TEST(test_verdicts_when_of_a_report_then_as_if_it_were_stored),
      SITE_TEST(test_stored_host_when_there_then_as_it_was_reported_else_not_found),
      SITE_TEST(test_verdicts_when_the_visitor_ends_it_then_its_result),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
