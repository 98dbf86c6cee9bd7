/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rows.h"

/* A vendor's word for how bad a CVE is. */
static void say_severity(site *s, const char *feed, const char *name, const char *word, const char *package, const char *fixed) {
  const site_feed f = {.name = feed, .platform = "debian:12"};
  const pk_str cves = pk_str_of(name), names = pk_str_of(package);
  const pk_rule rule = {
      .names = &names, .n_names = 1, .fixed = pk_str_of(fixed), .state = *fixed ? PK_RULE_FIXED : PK_RULE_AFFECTED};
  site_put_definition(
      s, &f,
      (pk_definition){.id = PK_STR("S"), .severity = pk_str_of(word), .cves = &cves, .n_cves = 1, .rules = &rule, .n_rules = 1});
}

/* www.a.org  Prague, web   bash 5-1 (security update to 5-3), zsh 2-1 (ordinary update to 2-2), own 1-1 (in no repository)
 * db.a.org   Prague, db    bash 5-2 (security update to 5-3), zsh 2-2
 * old.b.net  no site       bash 5-3; has not reported for three days
 * CVE-2024-0001  bash < 5-3, exploited; CVE-2024-0002 zsh < 2-2; CVE-2024-0003 zsh, no fix; CVE-2024-0004 own, under
 * investigation; CVE-2024-0005 bash < 5-2 and zsh without a fix */
static void populate(site *s) {
  static const site_feed facts = {.name = "facts", .platform = ""};
  static const pk_cve_fact known[] = {
      {.cve = PK_STR("CVE-2024-0001"),
       .cvss = 98,
       .epss = 500000,
       .epss_rank = 990000,
       .exploited_at = NOW - DAY,
       .ransomware = true,
       .cvss_vector = PK_STR("CVSS:3.1/AV:N"),
       .title = PK_STR("Bash overflows"),
       .ssvc = PK_STR("")},
      {FACT("CVE-2024-0003", 75), .exploited_at = 0},
  };
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 5-1 amd64\nzsh 2-2 amd64\n");
  site_publish(s, "security", "debian:12", PK_CLASS_SECURITY, "bash 5-3 amd64\n");
  site_facts(s, &facts, known, 2);
  site_define(
      s, &FEED,
      "A CVE-2024-0001 bash 5-3\nB CVE-2024-0002 zsh 2-2\nC CVE-2024-0003 zsh -\nD CVE-2024-0004 own - under-investigation\n"
      "E CVE-2024-0005 bash 5-2\nF CVE-2024-0005 zsh - will-not-fix");
  say_severity(s, "one", "CVE-2024-0001", "critical", "bash", "5-3");
  say_severity(s, "three", "CVE-2024-0003", "important", "zsh", "");
  site_receive(
      s, DEBIAN("www.a.org", "site: Prague\ntag: web\nkernel: 6.1\n") "bash\t5-1\tamd64\nzsh\t2-1\tamd64\nown\t1-1\tamd64\n",
      NULL);
  site_receive(s, DEBIAN("db.a.org", "site: Prague\ntag: db\n") "bash\t5-2\tamd64\nzsh\t2-2\tamd64\n", NULL);
  site_receive_at(s, NOW - 3 * DAY, DEBIAN("old.b.net", "") "bash\t5-3\tamd64\n");
  site_tag(s, "CVE-2024-0001", "Critical", true);
}

static view *open_populated(site *s) {
  static view v;
  populate(s);
  view_open(&v, s);
  return &v;
}

/* ---- hosts and groups ---- */

static void test_hosts_then_with_their_numbers(void **state) {
  site *s = *state;
  pk_rows rows;
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0003"), .group_kind = PK_GROUP_HOST, .group_value = PK_STR("www.a.org")});
  view *v = open_populated(s);
  assert_ok(pk_rows_hosts(&v->chosen, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "name", "name,domain,tld,site,tag,platform,arch,kernel",
              "db.a.org a.org org Prague db debian:12 amd64 -; old.b.net b.net net - - debian:12 amd64 -; "
              "www.a.org a.org org Prague web debian:12 amd64 6.1; ");
  assert_rows(
      &rows, "name", "name,packages,updates,security,cves,tagged,cve_tags,exploited,excepted,silent,reboot_pending,last_report",
      "db.a.org 2 1 1 3 1 Critical 1 0 0 0 +0; old.b.net 1 0 0 0 0 - 0 0 1 0 -259200; www.a.org 3 2 1 3 1 Critical 1 1 0 0 +0; ");
  assert_rows(&rows, "-updates,name", "name", "www.a.org; db.a.org; old.b.net; ");
  view_close(v);
}

static void test_groups_then_with_the_sums_of_their_hosts(void **state) {
  site *s = *state;
  static const char *const fields =
      "value,hosts,hosts_updates,hosts_security,hosts_cves,hosts_tagged,hosts_exploited,hosts_silent,updates,security,cves";
  static const struct {
    pk_group_kind kind;
    const char *want;
  } cases[] = {
      {PK_GROUP_SITE, "- 1 0 0 0 0 0 1 0 0 0; Prague 2 2 2 2 2 2 0 3 2 7; "},
      {PK_GROUP_TAG, "- 1 0 0 0 0 0 1 0 0 0; db 1 1 1 1 1 1 0 1 1 3; web 1 1 1 1 1 1 0 2 1 4; "},
      {PK_GROUP_DOMAIN, "a.org 2 2 2 2 2 2 0 3 2 7; b.net 1 0 0 0 0 0 1 0 0 0; "},
      {PK_GROUP_TLD, "net 1 0 0 0 0 0 1 0 0 0; org 2 2 2 2 2 2 0 3 2 7; "},
      {PK_GROUP_PLATFORM, "debian:12 3 2 2 2 2 2 1 3 2 7; "},
      {PK_GROUP_NONE, "- 3 2 2 2 2 2 1 3 2 7; "},
  };
  view *v = open_populated(s);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_rows rows;
    assert_ok(pk_rows_groups(&v->chosen, cases[i].kind, &v->arena, &rows, &s->err), s->err);
    assert_rows(&rows, "value", fields, cases[i].want);
  }
  view_close(v);
}

static void test_groups_when_hosts_are_chosen_then_only_of_those(void **state) {
  site *s = *state;
  pk_rows rows;
  pk_group_numbers n;
  view *v = open_populated(s);
  view_choose(v, "tag=web");
  assert_ok(pk_rows_groups(&v->chosen, PK_GROUP_SITE, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "value,hosts,updates,last_report", "Prague 1 2 +0; ");
  pk_count_chosen(&v->chosen, &n);
  assert_int_equal(n.counts.n_hosts, 1);
  assert_int_equal(n.counts.n_updates, 2);
  assert_int_equal(n.counts.n_cves, 4);
  assert_int_equal(n.counts.n_hosts_silent, 0);
  assert_int_equal(n.n_hosts_exploited, 1);
  assert_int_equal(n.n_hosts_unjudged, 0);
  view_close(v);
}

/* Platforms of one name and several architectures are one group. */
static void test_groups_when_architectures_differ_then_one_platform(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_receive(s, "#\narch: aarch64\nhost: b\npackager: dpkg\nsystem: Debian 12\n#\nbash\t1-1\tarm64\n", NULL);
  view_open(&v, s);
  assert_ok(pk_rows_groups(&v.chosen, PK_GROUP_PLATFORM, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "value,hosts", "debian:12 2; ");
  view_close(&v);
}

/* ---- packages ---- */

static void assert_packages(view *v, const char *choose, const char *want) {
  pk_rows rows;
  view_choose(v, choose);
  assert_ok(pk_rows_packages(&v->chosen, &v->wanted, &v->arena, &rows, &v->site->err), v->site->err);
  assert_rows(&rows, "package,version", "package,version,arch,hosts,hosts_outdated,state,available", want);
}

static void test_packages_then_with_their_hosts_and_updates(void **state) {
  site *s = *state;
  view *v = open_populated(s);
  v->wanted.q = PK_STR("sh");
  assert_packages(v, "",
                  "bash 5-1 amd64 1 1 security 5-3; bash 5-2 amd64 1 1 security 5-3; bash 5-3 amd64 1 0 current -; "
                  "zsh 2-1 amd64 1 1 ordinary 2-2; zsh 2-2 amd64 1 0 current -; ");
  assert_packages(v, "tag=db", "bash 5-2 amd64 1 1 security 5-3; zsh 2-2 amd64 1 0 current -; ");
  assert_packages(v, "site=nowhere", "");
  v->wanted = (pk_list_wanted){.package = {.name = PK_STR("bash"), .op = "<", .version = PK_STR("5-3")}};
  assert_packages(v, "", "bash 5-1 amd64 1 1 security 5-3; bash 5-2 amd64 1 1 security 5-3; ");
  view_close(v);
}

/* UpdateState of the API: unknown, when no repository of the platform has it. */
static void test_packages_when_no_repository_has_one_then_its_state_is_unknown(void **state) {
  site *s = *state;
  pk_rows rows;
  view *v = open_populated(s);
  v->wanted.q = PK_STR("own");
  assert_ok(pk_rows_host_packages(v->fleet, view_host(v, "www.a.org"), &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "package", "package,state", "own unknown; ");
  assert_packages(v, "", "own 1-1 amd64 1 0 unknown -; ");
  view_close(v);
}

static void test_outdated_then_one_row_for_a_package_of_a_platform(void **state) {
  site *s = *state;
  static const char *const fields = "package,platform,state,hosts,lowest,highest,available,repository,versions";
  pk_rows rows;
  view *v = open_populated(s);
  assert_ok(pk_rows_outdated(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", fields,
              "bash debian:12 security 2 5-1 5-2 5-3 security 2; zsh debian:12 ordinary 1 2-1 2-1 2-2 main 1; ");
  view_choose(v, "tag=db");
  assert_ok(pk_rows_outdated(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", fields, "bash debian:12 security 1 5-2 5-2 5-3 security 1; ");
  view_choose(v, "");
  v->wanted.q = PK_STR("zs");
  assert_ok(pk_rows_outdated(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,hosts", "zsh 1; ");
  view_close(v);
}

/* Two builds of a name, of two architectures, are one host's. */
static void test_outdated_when_a_host_has_a_package_twice_then_counted_once(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "libc6 2-2 amd64\nlibc6 2-2 i386\n");
  site_receive(s, DEBIAN("a", "") "libc6\t2-1\tamd64\nlibc6\t2-1\ti386\n", NULL);
  view_open(&v, s);
  assert_ok(pk_rows_outdated(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,hosts,versions", "libc6 1 1; ");
  view_close(&v);
}

static void test_host_packages_then_all_and_updates_those_that_are_not_current(void **state) {
  site *s = *state;
  pk_rows rows;
  view *v = open_populated(s);
  const pk_fleet_host *h = view_host(v, "www.a.org");
  assert_ok(pk_rows_host_updates(v->fleet, h, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,installed,state,available,repository,cves",
              "bash 5-1 security 5-3 security 2; zsh 2-1 ordinary 2-2 main 3; ");
  v->wanted.q = PK_STR("sh");
  assert_ok(pk_rows_host_packages(v->fleet, h, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,arch,installed,state,available,cves",
              "bash amd64 5-1 security 5-3 2; zsh amd64 2-1 ordinary 2-2 3; ");
  assert_ok(pk_rows_host_packages(v->fleet, view_host(v, "old.b.net"), &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,state,cves", "bash current 0; ");
  view_close(v);
}

static void test_host_packages_when_kernels_then_which_one_runs(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_receive(s,
               DEBIAN("a", "kernel: 6.1.0-28-amd64\n") "bash\t1-1\tamd64\nlinux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-"
                                                       "image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
               NULL);
  view_open(&v, s);
  assert_ok(pk_rows_host_packages(v.fleet, view_host(&v, "a"), &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,kernel", "bash -; linux-image-6.1.0-28-amd64 running; linux-image-6.1.0-29-amd64 idle; ");
  view_close(&v);
}

static void test_host_packages_when_findings_are_excepted_then_not_counted(void **state) {
  site *s = *state;
  pk_rows rows;
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .package = PK_STR("bash")});
  view *v = open_populated(s);
  v->wanted.q = PK_STR("bash");
  assert_ok(pk_rows_host_packages(v->fleet, view_host(v, "www.a.org"), &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,cves", "bash 1; ");
  view_close(v);
}

/* ---- CVEs ---- */

static void assert_cves(view *v, const char *want) {
  pk_rows rows;
  assert_ok(pk_rows_cves(&v->chosen, &v->wanted, &v->arena, &rows, &v->site->err), v->site->err);
  assert_rows(&rows, "cve", "cve,hosts,excepted,fix,packages", want);
}

static void test_cves_then_with_what_they_hit(void **state) {
  site *s = *state;
  pk_rows rows;
  view *v = open_populated(s);
  assert_cves(
      v, "CVE-2024-0001 2 0 all bash; CVE-2024-0002 1 0 all zsh; CVE-2024-0003 2 0 none zsh; CVE-2024-0005 2 0 some bash,zsh; ");
  assert_ok(pk_rows_cves(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "cve", "cve,severity,cvss,epss,epss_rank,exploited,exploited_since,ransomware,tags,cvss_vector",
              "CVE-2024-0001 critical 98 500000 990000 1 -86400 1 Critical CVSS:3.1/AV:N; CVE-2024-0002 low -1 -1 -1 0 0 0 - -; "
              "CVE-2024-0003 high 75 -1 -1 0 0 0 - -; CVE-2024-0005 low -1 -1 -1 0 0 0 - -; ");
  assert_rows(&rows, "", "cve",
              "CVE-2024-0001; CVE-2024-0003; CVE-2024-0005; CVE-2024-0002; "); /* exploited, then worst, then most hosts */
  assert_rows(&rows, "title", "cve", "CVE-2024-0002; CVE-2024-0003; CVE-2024-0005; CVE-2024-0001; ");
  view_close(v);
}

static void test_cves_when_filtered_then_those(void **state) {
  site *s = *state;
  const pk_list_wanted any = {.exploited = -1, .fixed = -1, .tagged = -1};
  static const char *const one = "CVE-2024-0001 2 0 all bash; ", *const two = "CVE-2024-0002 1 0 all zsh; ",
                           *const five = "CVE-2024-0005 2 0 some bash,zsh; ", *const three = "CVE-2024-0003 2 0 none zsh; ";
  char text[256];
  view *v = open_populated(s);
  v->wanted.exploited = 1;
  assert_cves(v, one);
  v->wanted = any;
  v->wanted.tagged = 1;
  assert_cves(v, one);
  v->wanted.tagged = 0;
  snprintf(text, sizeof text, "%s%s%s", two, three, five);
  assert_cves(v, text);
  v->wanted = any;
  v->wanted.exploited = 0;
  assert_cves(v, text);
  v->wanted = any;
  v->wanted.fixed = 0;
  assert_cves(v, three);
  v->wanted.fixed = 1;
  snprintf(text, sizeof text, "%s%s%s", one, two, five);
  assert_cves(v, text);
  v->wanted = any;
  v->wanted.severities = 1u << PK_SEVERITY_HIGH | 1u << PK_SEVERITY_CRITICAL;
  snprintf(text, sizeof text, "%s%s", one, three);
  assert_cves(v, text);
  v->wanted = any;
  v->wanted.q = PK_STR("overflow"); /* of the title */
  assert_cves(v, one);
  v->wanted.q = PK_STR("cve-2024-0005");
  assert_cves(v, five);
  v->wanted = any;
  view_choose(v, "tag=db");
  assert_cves(v, "CVE-2024-0001 1 0 all bash; CVE-2024-0003 1 0 none zsh; CVE-2024-0005 1 0 none zsh; ");
  view_close(v);
}

static void test_cves_when_excepted_then_shown_with_how_often(void **state) {
  site *s = *state;
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .group_kind = PK_GROUP_TAG, .group_value = PK_STR("web")});
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002")});
  view *v = open_populated(s);
  assert_cves(v, "CVE-2024-0001 1 1 all bash; CVE-2024-0003 2 0 none zsh; CVE-2024-0005 2 0 some bash,zsh; ");
  v->wanted.all = true; /* those that hit nobody any more, too */
  assert_cves(
      v, "CVE-2024-0001 1 1 all bash; CVE-2024-0002 0 1 all zsh; CVE-2024-0003 2 0 none zsh; CVE-2024-0005 2 0 some bash,zsh; ");
  view_choose(v, "tag=db");
  assert_cves(v, "CVE-2024-0001 1 0 all bash; CVE-2024-0003 1 0 none zsh; CVE-2024-0005 1 0 none zsh; ");
  view_close(v);
}

/* ---- CVEs of a host ---- */

static void assert_host_cves(view *v, const char *host, const char *fields, const char *want) {
  pk_rows rows;
  assert_ok(pk_rows_host_cves(v->fleet, view_host(v, host), &v->wanted, &v->arena, &rows, &v->site->err), v->site->err);
  assert_rows(&rows, "cve,package", fields, want);
}

static void test_host_cves_then_by_package_with_the_rule(void **state) {
  site *s = *state;
  view *v = open_populated(s);
  assert_host_cves(
      v, "www.a.org", "cve,package,arch,installed,state,fixed,feed,counts,exception,tags",
      "CVE-2024-0001 bash amd64 5-1 fixed 5-3 vendor 1 0 Critical; CVE-2024-0002 zsh amd64 2-1 fixed 2-2 vendor 1 0 -; "
      "CVE-2024-0003 zsh amd64 2-1 affected - vendor 1 0 -; CVE-2024-0005 bash amd64 5-1 fixed 5-2 vendor 1 0 -; "
      "CVE-2024-0005 zsh amd64 2-1 will-not-fix - vendor 1 0 -; ");
  v->wanted.all = true;
  v->wanted.q = PK_STR("own");
  assert_host_cves(v, "www.a.org", "cve,package,state,counts", "CVE-2024-0004 own under-investigation 0; ");
  v->wanted.q = PK_STR("");
  v->wanted.fixed = 0;
  assert_host_cves(v, "db.a.org", "cve,package", "CVE-2024-0003 zsh; CVE-2024-0005 zsh; ");
  v->wanted.fixed = -1;
  v->wanted.exploited = 1;
  assert_host_cves(v, "db.a.org", "cve,vendor_severity,definition", "CVE-2024-0001 low A; ");
  assert_host_cves(v, "old.b.net", "cve", "");
  view_close(v);
}

static void test_host_cves_when_excepted_then_shown_with_the_reason(void **state) {
  site *s = *state;
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0005"), .package = PK_STR("zsh"), .reason = PK_STR("nobody runs it")});
  view *v = open_populated(s);
  v->wanted.q = PK_STR("0005");
  assert_host_cves(v, "www.a.org", "package,counts,exception,reason", "bash 1 0 -; zsh 0 1 nobody runs it; ");
  view_close(v);
}

/* One feed does not know yet, another one's criteria are sure: it counts, and the list must say so. */
static void define_twice(site *s, const char *state) {
  static const site_feed oval = {.name = "oval", .platform = "rhel:9"};
  char line[128];
  snprintf(line, sizeof line, "A CVE-2024-0001 bash %s", state);
  site_receive(s, RHEL("a", "") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_define(s, &RHEL_FEED, line);
  site_define_oval(s, &oval, PK_TYPE_RPM,
                   OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b")))
                            RPM("a", "bash", "less than", "0:5-2") RPM_ABSENT("b", "fish")));
}

static void test_host_cves_when_one_feed_is_unsure_and_criteria_are_not_then_it_counts(void **state) {
  site *s = *state;
  view v;
  define_twice(s, "- under-investigation");
  view_open(&v, s);
  assert_int_equal(view_stand(&v, "a")->n_cves, 1);
  assert_host_cves(&v, "a", "cve,package,state,counts", "CVE-2024-0001 bash fixed 1; ");
  v.wanted.all = true;
  assert_host_cves(&v, "a", "cve,package,state,counts", "CVE-2024-0001 bash fixed 1; ");
  view_close(&v);
}

static void test_host_packages_when_rules_and_criteria_name_the_same_cve_then_one(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  define_twice(s, "0:5-2");
  view_open(&v, s);
  assert_ok(pk_rows_host_packages(v.fleet, view_host(&v, "a"), &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,cves", "bash 1; zsh 0; ");
  view_close(&v);
}

static void test_host_updates_when_criteria_name_a_cve_then_counted_as_among_the_packages(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_publish(s, "main", "rhel:9", PK_CLASS_SECURITY, "bash 0:5-2 x86_64\n");
  define_twice(s, "- under-investigation");
  view_open(&v, s);
  assert_ok(pk_rows_host_updates(v.fleet, view_host(&v, "a"), &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package,cves", "bash 1; ");
  view_close(&v);
}

/* ---- hosts of a CVE or a package ---- */

static void test_cve_hosts_when_excepted_then_behind_those_for_which_it_counts(void **state) {
  site *s = *state;
  pk_rows rows;
  site_except(s,
              (pk_exception){
                  .cve = cve("CVE-2024-0001"), .group_kind = PK_GROUP_TAG, .group_value = PK_STR("db"), .reason = PK_STR("no")});
  view *v = open_populated(s);
  assert_ok(pk_rows_cve_hosts(&v->chosen, view_cve(v, "CVE-2024-0001"), &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "key,package,installed,more,state,fixed,counts,exception,reason,site,last_report",
              "www.a.org bash 5-1 0 fixed 5-3 1 0 - Prague +0; db.a.org bash 5-2 0 fixed 5-3 0 1 no Prague +0; ");
  view_close(v);
}

static void test_cve_hosts_when_one_of_two_packages_is_excepted_then_the_other_is_shown(void **state) {
  site *s = *state;
  static const char *const packages[] = {"bash", "zsh"}, *const want[] = {"www.a.org zsh 1 1; ", "www.a.org bash 1 1; "};
  populate(s);
  for (size_t i = 0; i < 2; i++) {
    view v;
    pk_rows rows;
    int64_t id = site_except(s, (pk_exception){.cve = cve("CVE-2024-0005"), .package = pk_str_of(packages[i])});
    view_open(&v, s);
    view_choose(&v, "tag=web");
    assert_ok(pk_rows_cve_hosts(&v.chosen, view_cve(&v, "CVE-2024-0005"), &v.arena, &rows, &s->err), s->err);
    assert_rows(&rows, "", "key,package,more,counts", want[i]);
    view_close(&v);
    assert_ok(pk_store_exception_remove(s->store, id, &s->err), s->err);
  }
}

/* more: "further such packages on the host" */
static void test_cve_hosts_when_rules_and_criteria_find_the_same_package_then_no_more(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  define_twice(s, "0:5-2");
  view_open(&v, s);
  assert_ok(pk_rows_cve_hosts(&v.chosen, view_cve(&v, "CVE-2024-0001"), &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "key,package,more", "a bash 0; ");
  view_close(&v);
}

static void test_package_hosts_then_with_the_update(void **state) {
  site *s = *state;
  pk_rows rows;
  view *v = open_populated(s);
  const pk_package_wanted w = {.name = PK_STR("bash"), .op = ""};
  assert_ok(pk_rows_package_hosts(&v->chosen, &w, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "key,installed,more,state,available",
              "db.a.org 5-2 0 security 5-3; old.b.net 5-3 0 current -; www.a.org 5-1 0 security 5-3; ");
  view_choose(v, "state=silent");
  assert_ok(pk_rows_package_hosts(&v->chosen, &w, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "key", "old.b.net; ");
  view_close(v);
}

/* ---- advisories ---- */

static void test_advisories_then_with_whom_they_would_help(void **state) {
  site *s = *state;
  pk_rows rows;
  const pk_str bash = PK_STR("bash"), both[] = {PK_STR("bash"), PK_STR("zsh")},
               cves[] = {PK_STR("CVE-2024-0001"), PK_STR("CVE-2024-0006")};
  const pk_rule rules[] = {{.names = both, .n_names = 2, .fixed = PK_STR("5-3")},
                           {.names = &bash, .n_names = 1, .state = PK_RULE_WILL_NOT_FIX, .advisory = PK_STR("NOT-THIS")}};
  view *v;
  site_put_definition(s, &OTHER,
                      (pk_definition){.id = PK_STR("DSA-1"),
                                      .advisory = PK_STR("DSA-1"),
                                      .severity = PK_STR("important"),
                                      .class = PK_STR("patch"),
                                      .title = PK_STR("shells"),
                                      .issued_at = NOW - 5,
                                      .cves = cves,
                                      .n_cves = 2,
                                      .rules = rules,
                                      .n_rules = 2});
  v = open_populated(s);
  assert_ok(pk_rows_advisories(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory,feed,severity,vendor_severity,title,issued,hosts,cves,packages",
              "DSA-1 other high important shells -5 2 2 4; ");
  view_choose(v, "tag=db");
  assert_ok(pk_rows_advisories(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory,hosts,packages", "DSA-1 1 2; ");
  view_choose(v, "state=silent");
  assert_ok(pk_rows_advisories(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory", "");
  view_choose(v, "");
  v->wanted.severities = 1u << PK_SEVERITY_LOW;
  assert_ok(pk_rows_advisories(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory", "");
  v->wanted.severities = 0;
  v->wanted.q = PK_STR("shel");
  assert_ok(pk_rows_advisories(&v->chosen, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory", "DSA-1; ");
  view_close(v);
}

/* Red Hat's statements are one for each CVE; all of them name the advisory that fixes it. A build is replaced once. */
static void test_advisories_when_several_definitions_name_one_then_a_build_counts_once(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  const pk_str bash = PK_STR("bash"), cves[] = {PK_STR("CVE-2024-0001"), PK_STR("CVE-2024-0002")};
  const pk_rule rule = {.names = &bash, .n_names = 1, .fixed = PK_STR("9-1"), .advisory = PK_STR("RHSA-1")};
  site_put_definition(s, &FEED,
                      (pk_definition){.id = PK_STR("CVE-2024-0001"), .cves = cves, .n_cves = 1, .rules = &rule, .n_rules = 1});
  site_put_definition(
      s, &OTHER, (pk_definition){.id = PK_STR("CVE-2024-0002"), .cves = cves + 1, .n_cves = 1, .rules = &rule, .n_rules = 1});
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  view_open(&v, s);
  assert_ok(pk_rows_advisories(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory,hosts,packages", "RHSA-1 1 1; ");
  view_close(&v);
}

/* The same: the CVEs that it fixes are those of all of them. */
static void test_advisories_when_several_definitions_name_one_then_their_cves_are_counted(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  const pk_str bash = PK_STR("bash"), cves[] = {PK_STR("CVE-2024-0001"), PK_STR("CVE-2024-0002")};
  const pk_rule rule = {.names = &bash, .n_names = 1, .fixed = PK_STR("9-1"), .advisory = PK_STR("RHSA-1")};
  site_put_definition(s, &FEED,
                      (pk_definition){.id = PK_STR("CVE-2024-0001"), .cves = cves, .n_cves = 1, .rules = &rule, .n_rules = 1});
  site_put_definition(
      s, &OTHER, (pk_definition){.id = PK_STR("CVE-2024-0002"), .cves = cves + 1, .n_cves = 1, .rules = &rule, .n_rules = 1});
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  view_open(&v, s);
  assert_ok(pk_rows_advisories(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory,cves", "RHSA-1 2; ");
  view_close(&v);
}

/* Criteria are judged for each host's packages; the build that the advisory replaces is the same one. */
static void test_advisories_when_by_criteria_then_a_build_of_several_hosts_counts_once(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_receive(s, RHEL("a", "") "bash\t0:5-1\tx86_64\n", NULL);
  site_receive(s, RHEL("b", "") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_define_oval(
      s, &RHEL_FEED, PK_TYPE_RPM,
      OVAL(DEFINITION_OF("patch", "d",
                         "<reference source='RHSA' ref_id='RHSA-2024:1'/><reference source='CVE' ref_id='CVE-2024-0001'/>",
                         AND(CRITERION("a") CRITERION("b"))) RPM("a", "bash", "less than", "0:5-2") RPM_ABSENT("b", "fish")));
  view_open(&v, s);
  assert_ok(pk_rows_advisories(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory,hosts,cves,packages", "RHSA-2024:1 2 1 1; ");
  view_close(&v);
}

/* ---- history ---- */

static void assert_history(site *s, const char *host, const char *want) {
  view v;
  pk_rows rows;
  view_open(&v, s);
  assert_ok(pk_rows_host_history(v.fleet, s->store, view_host(&v, host), &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "at,package,change", "at,change,package,arch,before,after", want);
  view_close(&v);
}

static void test_history_when_packages_changed_then_what_became_of_each(void **state) {
  site *s = *state;
  site_receive_at(s, NOW - 30, DEBIAN("a", "") "bash\t5-1\tamd64\ncurl\t8-2\tamd64\nvim\t9-1\tamd64\n");
  site_receive_at(s, NOW - 20, DEBIAN("a", "") "bash\t5-2\tamd64\ncurl\t8-1\tamd64\nzsh\t2-1\tamd64\n");
  site_receive_at(s, NOW - 15, DEBIAN("a", "") "bash\t5-2\tamd64\ncurl\t8-1\tamd64\nzsh\t2-1\tamd64\n"); /* nothing new */
  site_receive_at(s, NOW - 10, DEBIAN("a", "") "bash\t5-2\tamd64\nbash\t5-2\ti386\n");
  site_receive_at(s, NOW, DEBIAN("a", "") "bash\t5-2~rc1\tamd64\nbash\t5-2\ti386\n");
  assert_history(
      s, "a",
      "-30 first - - - 3; -20 upgraded bash amd64 5-1 5-2; -20 downgraded curl amd64 8-2 8-1; -20 removed vim amd64 9-1 -; "
      "-20 installed zsh amd64 - 2-1; -10 installed bash i386 - 5-2; -10 removed curl amd64 8-1 -; -10 removed zsh amd64 2-1 -; "
      "+0 downgraded bash amd64 5-2 5-2~rc1; ");
}

static void test_history_when_another_kernel_runs_then_told(void **state) {
  site *s = *state;
  site_receive_at(s, NOW - 30, DEBIAN("a", "kernel: 6.1.0-28-amd64\n") "bash\t5-1\tamd64\n");
  site_receive_at(s, NOW - 20, DEBIAN("a", "kernel: 6.1.0-29-amd64\n") "bash\t5-1\tamd64\n");
  site_receive_at(s, NOW - 10,
                  "#\narch: x86_64\nhost: a\npackager: dpkg\nsystem: Debian 13\nkernel: 6.1.0-29-amd64\n#\nbash\t5-1\tamd64\n");
  assert_history(s, "a",
                 "-30 first - - - 1; -20 kernel - - 6.1.0-28-amd64 6.1.0-29-amd64; -10 platform - - debian:12 debian:13; ");
}

static void test_history_when_one_of_several_kernels_is_added_then_installed(void **state) {
  site *s = *state;
  site_receive_at(s, NOW - 30, RHEL("a", "") "kernel\t5.14-1\tx86_64\nkernel\t5.14-2\tx86_64\n");
  site_receive_at(s, NOW - 20, RHEL("a", "") "kernel\t5.14-1\tx86_64\nkernel\t5.14-2\tx86_64\nkernel\t5.14-3\tx86_64\n");
  site_receive_at(s, NOW - 10, RHEL("a", "") "kernel\t5.14-2\tx86_64\nkernel\t5.14-3\tx86_64\n");
  assert_history(s, "a", "-30 first - - - 2; -20 installed kernel x86_64 - 5.14-3; -10 removed kernel x86_64 5.14-1 -; ");
}

/* Another client tells vendor or source too: for the store these are other packages, for people nothing happened. */
static void test_history_when_the_same_versions_are_told_in_other_words_then_nothing(void **state) {
  site *s = *state;
  site_receive_at(s, NOW - 30, DEBIAN("a", "") "bash\t5-1\tamd64\n");
  site_receive_at(s, NOW - 20,
                  "{\"protocol\":6,\"packager\":\"dpkg\",\"host\":{\"name\":\"a\",\"os\":\"Debian 12\",\"arch\":\"x86_64\"},"
                  "\"packages\":[{\"name\":\"bash\",\"version\":\"5-1\",\"arch\":\"amd64\",\"vendor\":\"Debian\"}]}");
  assert_history(s, "a", "-30 first - - - 1; ");
}

/* ---- people's decisions ---- */

static void test_tags_list_then_with_how_many_hosts_the_cve_hits(void **state) {
  site *s = *state;
  pk_rows rows;
  site_tag(s, "CVE-2024-0099", "Later", false);
  view *v = open_populated(s);
  assert_ok(pk_rows_tags(v->fleet, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "cve", "cve,tag,reason,enabled,modified_by,modified,hosts",
              "CVE-2024-0001 Critical a reason 1 me +0 2; CVE-2024-0099 Later a reason 0 me +0 0; ");
  v->wanted.q = PK_STR("late");
  assert_ok(pk_rows_tags(v->fleet, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "cve", "CVE-2024-0099; ");
  v->wanted = (pk_list_wanted){.hosts.cve = cve("CVE-2024-0001")};
  assert_ok(pk_rows_tags(v->fleet, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "cve", "CVE-2024-0001; ");
  view_close(v);
}

static void test_exceptions_list_then_with_what_they_take_away(void **state) {
  site *s = *state;
  pk_rows rows;
  site_except(s,
              (pk_exception){
                  .cve = cve("CVE-2024-0001"), .group_kind = PK_GROUP_TAG, .group_value = PK_STR("web"), .expires_at = NOW + 9});
  site_except(s, (pk_exception){.package = PK_STR("zsh"), .expires_at = NOW, .created_at = NOW - 9, .reason = PK_STR("old")});
  view *v = open_populated(s);
  assert_ok(pk_rows_exceptions(v->fleet, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "id,cve,package,group,value,created,expires,expired,hosts",
              "1 CVE-2024-0001 - tag web 0 +9 0 1; 2 - zsh - - -9 +0 1 0; ");
  v->wanted.q = PK_STR("ol");
  assert_ok(pk_rows_exceptions(v->fleet, &v->wanted, &v->arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "id", "2; ");
  view_close(v);
}

/* ---- all of them ---- */

static void test_lists_when_memory_is_short_then_a_limit(void **state) {
  site *s = *state;
  pk_rows rows;
  view *v = open_populated(s);
  const pk_fleet_host *h = view_host(v, "www.a.org");
  pk_arena small;
#define SHORT(call)                                                                                                              \
  pk_arena_init(&small, 0);                                                                                                      \
  assert_fault(call, s->err, PK_E_LIMIT, "ask with a filter");                                                                   \
  pk_arena_fini(&small)
  SHORT(pk_rows_hosts(&v->chosen, &small, &rows, &s->err));
  SHORT(pk_rows_groups(&v->chosen, PK_GROUP_SITE, &small, &rows, &s->err));
  SHORT(pk_rows_packages(&v->chosen, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_outdated(&v->chosen, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_cves(&v->chosen, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_advisories(&v->chosen, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_host_updates(v->fleet, h, &small, &rows, &s->err));
  SHORT(pk_rows_host_packages(v->fleet, h, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_host_cves(v->fleet, h, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_host_history(v->fleet, s->store, h, &small, &rows, &s->err));
  SHORT(pk_rows_tags(v->fleet, &v->wanted, &small, &rows, &s->err));
  SHORT(pk_rows_cve_hosts(&v->chosen, view_cve(v, "CVE-2024-0001"), &small, &rows, &s->err));
  view_close(v);
}

static void test_lists_when_nobody_reports_then_empty(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  view_open(&v, s);
  assert_ok(pk_rows_hosts(&v.chosen, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "name", "");
  assert_ok(pk_rows_groups(&v.chosen, PK_GROUP_SITE, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "value", "");
  assert_ok(pk_rows_packages(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package", "");
  assert_ok(pk_rows_outdated(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "package", "");
  assert_ok(pk_rows_cves(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "cve", "");
  assert_ok(pk_rows_advisories(&v.chosen, &v.wanted, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "", "advisory", "");
  view_close(&v);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_hosts_then_with_their_numbers),
      SITE_TEST(test_groups_then_with_the_sums_of_their_hosts),
      SITE_TEST(test_groups_when_hosts_are_chosen_then_only_of_those),
      SITE_TEST(test_groups_when_architectures_differ_then_one_platform),
      SITE_TEST(test_packages_then_with_their_hosts_and_updates),
      SITE_TEST(test_packages_when_no_repository_has_one_then_its_state_is_unknown),
      SITE_TEST(test_outdated_then_one_row_for_a_package_of_a_platform),
      SITE_TEST(test_outdated_when_a_host_has_a_package_twice_then_counted_once),
      SITE_TEST(test_host_packages_then_all_and_updates_those_that_are_not_current),
      SITE_TEST(test_host_packages_when_kernels_then_which_one_runs),
      SITE_TEST(test_host_packages_when_findings_are_excepted_then_not_counted),
      SITE_TEST(test_cves_then_with_what_they_hit),
      SITE_TEST(test_cves_when_filtered_then_those),
      SITE_TEST(test_cves_when_excepted_then_shown_with_how_often),
      SITE_TEST(test_host_cves_then_by_package_with_the_rule),
      SITE_TEST(test_host_cves_when_excepted_then_shown_with_the_reason),
      SITE_TEST(test_host_cves_when_one_feed_is_unsure_and_criteria_are_not_then_it_counts),
      SITE_TEST(test_host_packages_when_rules_and_criteria_name_the_same_cve_then_one),
      SITE_TEST(test_host_updates_when_criteria_name_a_cve_then_counted_as_among_the_packages),
      SITE_TEST(test_cve_hosts_when_excepted_then_behind_those_for_which_it_counts),
      SITE_TEST(test_cve_hosts_when_one_of_two_packages_is_excepted_then_the_other_is_shown),
      SITE_TEST(test_cve_hosts_when_rules_and_criteria_find_the_same_package_then_no_more),
      SITE_TEST(test_package_hosts_then_with_the_update),
      SITE_TEST(test_advisories_then_with_whom_they_would_help),
      SITE_TEST(test_advisories_when_several_definitions_name_one_then_a_build_counts_once),
      SITE_TEST(test_advisories_when_several_definitions_name_one_then_their_cves_are_counted),
      SITE_TEST(test_advisories_when_by_criteria_then_a_build_of_several_hosts_counts_once),
      SITE_TEST(test_history_when_packages_changed_then_what_became_of_each),
      SITE_TEST(test_history_when_another_kernel_runs_then_told),
      SITE_TEST(test_history_when_one_of_several_kernels_is_added_then_installed),
      SITE_TEST(test_history_when_the_same_versions_are_told_in_other_words_then_nothing),
      SITE_TEST(test_tags_list_then_with_how_many_hosts_the_cve_hits),
      SITE_TEST(test_exceptions_list_then_with_what_they_take_away),
      SITE_TEST(test_lists_when_memory_is_short_then_a_limit),
      SITE_TEST(test_lists_when_nobody_reports_then_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
