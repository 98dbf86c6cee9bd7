/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rows.h"

#include "app/fleet/internal.h"

/* ---- which hosts have a package, which are hit by a CVE ---- */

static void assert_with_package(site *s, const char *expression, const char *want) {
  view v;
  pk_rows rows;
  pk_package_wanted w;
  view_open(&v, s);
  assert_ok(pk_package_wanted_of(pk_str_of(expression), &w, &s->err), s->err);
  assert_ok(pk_rows_package_hosts(&v.chosen, &w, &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "name", "name,package,installed,more", want);
  view_close(&v);
}

/* Those for which it counts. "": nothing of the fleet has anything to do with it */
static void assert_with_cve(site *s, const char *name, const char *want) {
  view v;
  pk_rows rows;
  view_open(&v, s);
  const pk_fleet_cve *c = pk_fleet_cve_of(v.fleet, cve(name));
  if (c) {
    assert_ok(pk_rows_cve_hosts(&v.chosen, c, &v.arena, &rows, &s->err), s->err);
    assert_rows(&rows, "name", "name,package,installed,more,state,fixed,feed", want);
  } else {
    assert_string_equal("", want);
  }
  view_close(&v);
}

static void test_package_when_asked_with_an_operator_then_hosts_by_name(void **state) {
  site *s = *state;
  static const char *const cases[][2] = {
      {"bash", "a bash 1:5.0-1 0; b bash 1:5.1-1 0; c bash 1:5.1-2 0; "},
      {"bash < 1:5.1-1", "a bash 1:5.0-1 0; "},
      {"bash <= 1:5.1-1", "a bash 1:5.0-1 0; b bash 1:5.1-1 0; "},
      {"bash = 1:5.1-1", "b bash 1:5.1-1 0; "},
      {"bash >= 1:5.1-1", "b bash 1:5.1-1 0; c bash 1:5.1-2 0; "},
      {"bash > 1:5.1-1", "c bash 1:5.1-2 0; "},
      {"bash < 5.1-1", "a bash 1:5.0-1 0; "}, /* what the question leaves out is left out: the epoch, */
      {"bash = 5.1", "b bash 1:5.1-1 0; c bash 1:5.1-2 0; "}, /* and the revision */
      {"bash <= 1:5.1", "a bash 1:5.0-1 0; b bash 1:5.1-1 0; c bash 1:5.1-2 0; "},
      {"bash > 5.1", ""},
      {"bash > 9:0", ""},
      {"fish", ""},
  };
  site_receive(s, DEBIAN("c", "") "bash\t1:5.1-2\tamd64\n", NULL);
  site_receive(s, DEBIAN("a", "") "bash\t1:5.0-1\tamd64\nzsh\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1:5.1-1\tamd64\n", NULL);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_with_package(s, cases[i][0], cases[i][1]);
}

static void test_package_when_of_rpm_hosts_then_by_rpms_order(void **state) {
  site *s = *state;
  site_receive(s, RHEL("a", "") "bash\t0:5.1~rc1-1\tx86_64\n", NULL);
  site_receive(s, RHEL("b", "") "bash\t5.1-1\tx86_64\n", NULL); /* tells no epoch */
  assert_with_package(s, "bash < 5.1", "a bash 0:5.1~rc1-1 0; ");
  assert_with_package(s, "bash < 9:5.2", "a bash 0:5.1~rc1-1 0; b bash 5.1-1 0; ");
}

static void test_package_when_a_host_has_several_then_the_first_and_how_many_more(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_receive(s, RHEL("a", "") "kernel\t5.14-1\tx86_64\nkernel\t5.14-2\tx86_64\nkernel\t5.14-3\tx86_64\n", NULL);
  view_open(&v, s);
  assert_ok(pk_rows_package_hosts(&v.chosen, &(pk_package_wanted){.name = PK_STR("kernel"), .op = ""}, &v.arena, &rows, &s->err),
            s->err);
  assert_rows(&rows, "name", "name,package,more", "a kernel 2; ");
  view_close(&v);
  assert_with_package(s, "kernel > 5.14-2", "a kernel 5.14-3 0; "); /* those that were not asked for do not count */
}

static void test_package_when_hosts_share_a_profile_then_each_is_told(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1-1\tamd64\n", NULL);
  assert_with_package(s, "bash", "a bash 1-1 0; b bash 1-1 0; ");
}

static void test_cve_when_hosts_are_vulnerable_then_with_the_rule(void **state) {
  site *s = *state;
  view v;
  pk_rows rows;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\nzsh\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "bash\t1-2\tamd64\n", NULL);
  site_receive(s, DEBIAN("c", "") "zsh\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-2\nB CVE-2024-0002 zsh -");
  site_define(s, &OTHER, "C CVE-2024-0003 bash,zsh 1-9\nD CVE-2024-0004 zsh 1-9");
  assert_with_cve(s, "CVE-2024-0001", "a bash 1-1 0 fixed 1-2 vendor; ");
  assert_with_cve(s, "CVE-2024-0002", "a zsh 1-1 0 affected - vendor; c zsh 1-1 0 affected - vendor; ");
  assert_with_cve(s, "CVE-2024-0004", "a zsh 1-1 0 fixed 1-9 other; c zsh 1-1 0 fixed 1-9 other; ");
  view_open(&v, s);
  assert_ok(pk_rows_cve_hosts(&v.chosen, view_cve(&v, "CVE-2024-0003"), &v.arena, &rows, &s->err), s->err);
  assert_rows(&rows, "name", "name,more,fixed,feed",
              "a 1 1-9 other; b 0 1-9 other; c 0 1-9 other; "); /* a has two such packages */
  view_close(&v);
}

static void test_cve_when_nobody_is_vulnerable_then_nobody(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-1");
  assert_with_cve(s, "CVE-2024-0009", "");
  assert_with_cve(s, "CVE-2024-0001", "");
}

static void test_cve_when_the_state_does_not_count_then_not_among_them(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(
      s, &FEED,
      "A CVE-2024-0001 bash - under-investigation\nB CVE-2024-0002 bash - not-affected\nC CVE-2024-0003 bash - will-not-fix");
  assert_with_cve(s, "CVE-2024-0001", "");
  assert_with_cve(s, "CVE-2024-0002", "");
  assert_with_cve(s, "CVE-2024-0003", "a bash 1-1 0 will-not-fix - vendor; ");
}

#define KERNELS "linux-image-6.1.0-28-amd64\t6.1.119-1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n"

static void test_cve_when_the_kernel_does_not_run_then_not_among_them(void **state) {
  site *s = *state;
  view v;
  site_receive(s, DEBIAN("a", "kernel: 6.1.0-29-amd64\n") KERNELS, NULL);
  site_receive(s, DEBIAN("b", "kernel: 6.1.0-28-amd64\n") KERNELS, NULL);
  site_define(s, &FEED, "A CVE-2024-0001 linux-image-6.1.0-28-amd64 6.1.120-1");
  assert_with_cve(s, "CVE-2024-0001", "b linux-image-6.1.0-28-amd64 6.1.119-1 0 fixed 6.1.120-1 vendor; ");
  view_open(&v, s);
  assert_int_equal(view_stand(&v, "a")->n_cves, 0);
  assert_int_equal(view_stand(&v, "a")->profile->n_vulnerable, 0);
  assert_int_equal(view_stand(&v, "b")->n_cves, 1);
  view_close(&v);
}

static void define_criteria(site *s) {
  site_define_oval(s, &RHEL_FEED, PK_TYPE_RPM,
                   OVAL(ABOUT("patch", "d", "CVE-2024-0001", AND(CRITERION("a") CRITERION("b")))
                            RPM("a", "bash", "less than", "0:5-2") RPM("b", "zsh", "less than", "0:5-3") ABOUT(
                                "vulnerability", "e", "CVE-2024-0002", AND(CRITERION("no fish"))) RPM_ABSENT("no fish", "fish")));
}

static void test_cve_when_by_criteria_then_the_packages_that_made_them_true(void **state) {
  site *s = *state;
  site_receive(s, RHEL("a", "") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  site_receive(s, RHEL("b", "") "bash\t0:5-1\tx86_64\n", NULL);
  define_criteria(s);
  assert_with_cve(s, "CVE-2024-0001", "a bash 0:5-1 1 fixed 0:5-2 rhel; ");                      /* and zsh */
  assert_with_cve(s, "CVE-2024-0002", "a - - 0 affected - rhel; b - - 0 affected - rhel; "); /* no package is to blame */
}

/* ---- hosts ---- */

static void test_host_when_asked_for_then_by_key_or_by_its_name(void **state) {
  site *s = *state;
  view v;
  site_receive(s, DEBIAN("www.example.org", "site: Prague\ntag: web\n") "bash\t1-1\tamd64\n", NULL);
  view_open(&v, s);
  const pk_fleet_host *h = view_host(&v, "www.example.org");
  assert_str(h->texts[PK_HOST_DOMAIN], "example.org");
  assert_str(pk_fleet_group_of(v.fleet, h, PK_GROUP_TLD), "org");
  assert_str(pk_fleet_group_of(v.fleet, h, PK_GROUP_SITE), "Prague");
  assert_str(pk_fleet_group_of(v.fleet, h, PK_GROUP_TAG), "web");
  assert_str(pk_fleet_group_of(v.fleet, h, PK_GROUP_PLATFORM), "debian:12");
  assert_str(pk_fleet_group_of(v.fleet, h, PK_GROUP_NONE), "");
  assert_null(pk_fleet_host_of(v.fleet, &ALL, PK_STR("www")));
  assert_null(pk_fleet_host_of(v.fleet, &(pk_scope){0}, PK_STR("www.example.org")));
  view_close(&v);
}

static void test_host_when_it_has_not_reported_for_longer_than_the_setting_then_silent(void **state) {
  site *s = *state;
  view v;
  site_receive_at(s, NOW - 48 * 3600, DEBIAN("a", "") "bash\t1-1\tamd64\n");
  site_receive_at(s, NOW - 48 * 3600 - 1, DEBIAN("b", "") "bash\t1-1\tamd64\n");
  view_open(&v, s);
  assert_chosen(&v, "state=silent", "b; ");
  view_close(&v);
  site_set(s, "silent_after_hours", "49");
  view_open(&v, s);
  assert_chosen(&v, "state=silent", "");
  view_close(&v);
}

static void test_fleet_when_nobody_reports_then_empty(void **state) {
  site *s = *state;
  view v;
  view_open(&v, s);
  assert_int_equal(v.fleet->n_hosts + v.fleet->n_stands + v.fleet->n_cves + v.fleet->n_exceptions, 0);
  assert_int_equal(v.fleet->made_at, NOW);
  view_close(&v);
}

/* ---- severity ---- */

static void test_severity_when_a_vendors_word_then_how_bad(void **state) {
  (void)state;
  static const struct {
    const char *word, *name;
  } words[] = {{"critical", "critical"}, {"important", "high"}, {"high", "high"},      {"moderate", "medium"},
               {"medium", "medium"},     {"low", "low"},        {"negligible", "low"}, {"minor", "low"},
               {"Important", "high"},    {"", "unknown"},       {"none", "unknown"},   {"unimportant", "low"}};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    assert_string_equal(pk_severity_name(pk_severity_of(pk_str_of(words[i].word))), words[i].name);
}

static void put_severity(site *s, const char *feed, const char *severity, const char *cve_1, const char *cve_2) {
  const site_feed f = {.name = feed, .platform = "debian:12"};
  const pk_str name = PK_STR("bash"), cves[] = {pk_str_of(cve_1), pk_str_of(cve_2)};
  const pk_rule rule = {.names = &name, .n_names = 1, .fixed = PK_STR("9-1")};
  site_put_definition(s, &f,
                      (pk_definition){.id = PK_STR("X"),
                                      .severity = pk_str_of(severity),
                                      .cves = cves,
                                      .n_cves = *cve_2 ? 2 : 1,
                                      .rules = &rule,
                                      .n_rules = 1});
}

static void assert_severities(site *s, const char *const (*cases)[2], size_t n) {
  view v;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  view_open(&v, s);
  for (size_t i = 0; i < n; i++) {
    const char *have = pk_severity_name(view_cve(&v, cases[i][0])->severity);
    if (strcmp(have, cases[i][1]) != 0) fail_msg("%s is %s, should be %s", cases[i][0], have, cases[i][1]);
  }
  view_close(&v);
}

static const site_feed SCORES = {.name = "scores", .platform = ""};

static void test_severity_when_only_a_score_is_told_then_by_its_scale(void **state) {
  site *s = *state;
  static const pk_cve_fact facts[] = {
      {FACT("CVE-2024-0001", 90)}, {FACT("CVE-2024-0002", 89)}, {FACT("CVE-2024-0003", 69)}, {FACT("CVE-2024-0004", 39)}};
  static const char *const cases[][2] = {{"CVE-2024-0001", "critical"},
                                         {"CVE-2024-0002", "high"},
                                         {"CVE-2024-0003", "medium"},
                                         {"CVE-2024-0004", "low"},
                                         {"CVE-2024-0005", "unknown"}};
  put_severity(s, "a", "", "CVE-2024-0001", "CVE-2024-0002");
  put_severity(s, "b", "", "CVE-2024-0003", "CVE-2024-0004");
  put_severity(s, "c", "none", "CVE-2024-0005", "");
  site_facts(s, &SCORES, facts, sizeof facts / sizeof facts[0]);
  assert_severities(s, cases, sizeof cases / sizeof cases[0]);
}

static void test_severity_when_vendors_speak_then_the_worst_word(void **state) {
  site *s = *state;
  static const pk_cve_fact fact = {FACT("CVE-2024-0001", 39)};
  static const char *const cases[][2] = {{"CVE-2024-0001", "high"}, {"CVE-2024-0002", "medium"}};
  put_severity(s, "a", "important", "CVE-2024-0001", "");
  put_severity(s, "b", "low", "CVE-2024-0001", "");
  put_severity(s, "c", "low", "CVE-2024-0002", "");
  put_severity(s, "d", "moderate", "CVE-2024-0002", "");
  site_facts(s, &SCORES, &fact, 1);
  assert_severities(s, cases, 2);
}

/* An advisory is as bad as the worst of its CVEs: that says nothing of one that has a score of its own. */
static void test_severity_when_an_advisory_is_about_many_cves_then_those_with_a_score_keep_theirs(void **state) {
  site *s = *state;
  static const pk_cve_fact fact = {FACT("CVE-2024-0001", 39)};
  static const char *const cases[][2] = {{"CVE-2024-0001", "low"}, {"CVE-2024-0002", "critical"}};
  put_severity(s, "a", "critical", "CVE-2024-0001", "CVE-2024-0002");
  site_facts(s, &SCORES, &fact, 1);
  assert_severities(s, cases, 2);
}

/* "the worst that a vendor gives, else by CVSS": a vendor knows how the package was built. */
static void test_severity_when_the_vendor_says_less_than_the_score_then_the_vendors_word(void **state) {
  site *s = *state;
  static const pk_cve_fact fact = {FACT("CVE-2024-0001", 98)};
  static const char *const cases[][2] = {{"CVE-2024-0001", "low"}};
  put_severity(s, "a", "low", "CVE-2024-0001", "");
  site_facts(s, &SCORES, &fact, 1);
  assert_severities(s, cases, 1);
}

/* ---- tags ---- */

static void test_tags_when_enabled_then_counted(void **state) {
  site *s = *state;
  view v;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("b", "") "zsh\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001,CVE-2024-0002,CVE-2024-0003 bash 9-1\nB CVE-2024-0003 zsh 9-1");
  site_tag(s, "CVE-2024-0001", "Critical", true);
  site_tag(s, "CVE-2024-0001", "High", true);
  site_tag(s, "CVE-2024-0002", "High", true);
  site_tag(s, "CVE-2024-0003", "High", false); /* kept, but counts nowhere */
  site_tag(s, "CVE-2024-0099", "Other", true); /* hits nobody */
  view_open(&v, s);
  assert_int_equal(v.fleet->n_tags, 5);
  assert_int_equal(view_stand(&v, "a")->n_tagged, 2);
  assert_int_equal(view_stand(&v, "b")->n_tagged, 0);
  assert_int_equal(view_stand(&v, "b")->tags, 0);
  pk_texts names = pk_tags_of(v.fleet, view_stand(&v, "a")->tags, &v.arena);
  assert_int_equal(names.n, 2);
  assert_str(names.list[0], "Critical");
  assert_str(names.list[1], "High");
  assert_int_equal(pk_tags_of(v.fleet, v.fleet->cve_states[view_cve(&v, "CVE-2024-0002")->place].tags, &v.arena).n, 1);
  assert_int_equal(pk_tags_of(v.fleet, v.fleet->cve_states[view_cve(&v, "CVE-2024-0003")->place].tags, &v.arena).n, 0);
  view_close(&v);
}

static void test_tags_when_more_than_sixty_four_names_then_the_others_are_kept(void **state) {
  site *s = *state;
  view v;
  char name[16];
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 9-1");
  for (int i = 0; i < 70; i++) {
    snprintf(name, sizeof name, "tag %02d", i);
    site_tag(s, "CVE-2024-0001", name, true);
  }
  view_open(&v, s);
  assert_int_equal(v.fleet->n_tags, 70);
  assert_int_equal(v.fleet->n_tag_names, 64);
  assert_int_equal(view_stand(&v, "a")->n_tagged, 1);
  assert_int_equal(pk_tags_of(v.fleet, view_stand(&v, "a")->tags, &v.arena).n, 64);
  view_close(&v);
}

/* ---- exceptions ---- */

/* a.x.org  Prague, web: bash 1-1, zsh 1-1    CVE-1 bash, CVE-2 bash and zsh, CVE-3 zsh
 * b.x.org  Brno, web:   bash 1-2             CVE-2 and CVE-1
 * c.y.net  no site:     bash 0:1-1 on RHEL   CVE-1 */
static void populate(site *s) {
  site_receive(s, DEBIAN("a.x.org", "site: Prague\ntag: web\n") "bash\t1-1\tamd64\nzsh\t1-1\tall\n", NULL);
  site_receive(s, DEBIAN("b.x.org", "site: Brno\ntag: web\n") "bash\t1-2\tamd64\n", NULL);
  site_receive(s, RHEL("c.y.net", "") "bash\t0:1-1\tx86_64\n", NULL);
  site_define(s, &FEED, "A CVE-2024-0001 bash 9-1\nB CVE-2024-0002 bash,zsh 9-1\nC CVE-2024-0003 zsh -");
  site_define(s, &RHEL_FEED, "R CVE-2024-0001 bash 0:9-1");
}

/* "COUNTED-EXCEPTED …" of the three hosts, then how many hosts the exception touches. */
static void assert_excepted(site *s, pk_exception e, const char *want) {
  char have[64] = "";
  static const char *const hosts[] = {"a.x.org", "b.x.org", "c.y.net"};
  int64_t id = site_except(s, e);
  view v;
  view_open(&v, s);
  for (size_t i = 0; i < 3; i++)
    snprintf(have + strlen(have), sizeof have - strlen(have), "%zu-%zu ", view_stand(&v, hosts[i])->n_cves,
             view_stand(&v, hosts[i])->n_excepted);
  assert_int_equal(v.fleet->n_exceptions, 1);
  snprintf(have + strlen(have), sizeof have - strlen(have), "%lld", (long long)v.fleet->exception_hosts[0]);
  if (strcmp(have, want) != 0)
    fail_msg("CVE %lld, package '%.*s', group '%.*s': '%s', should be '%s'", (long long)e.cve, PK_FMT(e.package),
             PK_FMT(e.group_value), have, want);
  view_close(&v);
  assert_ok(pk_store_exception_remove(s->store, id, &s->err), s->err);
}

#define UNTOUCHED "3-0 2-0 1-0 0"

static void test_exception_when_by_what_it_is_about_then_only_that(void **state) {
  site *s = *state;
  const int64_t one = cve("CVE-2024-0001"), two = cve("CVE-2024-0002");
  populate(s);
  assert_excepted(s, (pk_exception){.cve = one}, "2-1 1-1 0-1 3");
  assert_excepted(s, (pk_exception){.cve = two}, "2-1 1-1 1-0 2");
  assert_excepted(s, (pk_exception){.cve = cve("CVE-2024-0099")}, UNTOUCHED);
  assert_excepted(s, (pk_exception){.package = PK_STR("zsh")}, "2-1 2-0 1-0 1");  /* CVE-2 still counts by bash */
  assert_excepted(s, (pk_exception){.package = PK_STR("bash")}, "2-1 0-2 0-1 3"); /* CVE-2 still counts by zsh */
  assert_excepted(s, (pk_exception){.cve = two, .package = PK_STR("bash")}, "3-0 1-1 1-0 2");
  assert_excepted(s, (pk_exception){.cve = two, .package = PK_STR("fish")}, UNTOUCHED);
  assert_excepted(s, (pk_exception){.package = PK_STR("bash"), .version = PK_STR("1-2")}, "3-0 0-2 1-0 1");
  assert_excepted(s, (pk_exception){.package = PK_STR("bash"), .version = PK_STR("1")}, UNTOUCHED); /* compared as text */
  assert_excepted(s, (pk_exception){.cve = one, .arch = PK_STR("x86_64")}, "3-0 2-0 0-1 1");
  assert_excepted(s, (pk_exception){.cve = two, .arch = PK_STR("all")}, "3-0 2-0 1-0 1");
  assert_excepted(s, (pk_exception){.cve = one, .platform = PK_STR("debian:12")}, "2-1 1-1 1-0 2");
  assert_excepted(s, (pk_exception){.cve = one, .platform = PK_STR("rhel:9")},
                  "3-0 2-0 0-1 1"); /* holds for its minor releases */
  assert_excepted(s, (pk_exception){.cve = one, .platform = PK_STR("rhel:8")}, UNTOUCHED);
}

static void test_exception_when_by_hosts_then_only_theirs(void **state) {
  site *s = *state;
  const int64_t one = cve("CVE-2024-0001");
  static const struct {
    pk_group_kind kind;
    const char *value, *want;
  } cases[] = {
      {PK_GROUP_HOST, "b.x.org", "3-0 1-1 1-0 1"}, {PK_GROUP_HOST, "b", UNTOUCHED},
      {PK_GROUP_DOMAIN, "x.org", "2-1 1-1 1-0 2"}, {PK_GROUP_DOMAIN, "org", UNTOUCHED},
      {PK_GROUP_TLD, "org", "2-1 1-1 1-0 2"},      {PK_GROUP_TLD, "net", "3-0 2-0 0-1 1"},
      {PK_GROUP_SITE, "Prague", "2-1 2-0 1-0 1"},  {PK_GROUP_SITE, "", "3-0 2-0 0-1 1"},
      {PK_GROUP_SITE, "prague", UNTOUCHED},        {PK_GROUP_TAG, "web", "2-1 1-1 1-0 2"},
  };
  populate(s);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    assert_excepted(s, (pk_exception){.cve = one, .group_kind = cases[i].kind, .group_value = pk_str_of(cases[i].value)},
                    cases[i].want);
}

static void test_exception_when_several_things_are_given_then_all_must_hold(void **state) {
  site *s = *state;
  const int64_t two = cve("CVE-2024-0002");
  pk_exception e = {.cve = two,
                    .package = PK_STR("bash"),
                    .version = PK_STR("1-2"),
                    .arch = PK_STR("amd64"),
                    .platform = PK_STR("debian:12"),
                    .group_kind = PK_GROUP_SITE,
                    .group_value = PK_STR("Brno")};
  populate(s);
  assert_excepted(s, e, "3-0 1-1 1-0 1");
  e.group_value = PK_STR("Prague");
  assert_excepted(s, e, UNTOUCHED);
  e = (pk_exception){.cve = cve("CVE-2024-0003"), .package = PK_STR("bash")}; /* is about zsh */
  assert_excepted(s, e, UNTOUCHED);
}

static void test_exception_when_expired_then_kept_without_effect(void **state) {
  site *s = *state;
  const int64_t one = cve("CVE-2024-0001");
  populate(s);
  assert_excepted(s, (pk_exception){.cve = one, .expires_at = NOW}, UNTOUCHED);
  assert_excepted(s, (pk_exception){.cve = one, .expires_at = NOW - 1}, UNTOUCHED);
  assert_excepted(s, (pk_exception){.cve = one, .expires_at = NOW + 1}, "2-1 1-1 0-1 3");
}

static void test_exception_when_it_expires_then_the_fleet_is_no_longer_valid(void **state) {
  site *s = *state;
  view v;
  populate(s);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .expires_at = NOW + 7});
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .expires_at = NOW - 7});
  view_open(&v, s);
  assert_int_equal(v.fleet->valid_until, NOW + 7);
  view_close(&v);
}

static void test_exceptions_when_several_then_each_takes_its_own_away(void **state) {
  site *s = *state;
  view v;
  populate(s);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0003")});
  site_except(s, (pk_exception){.package = PK_STR("bash")});
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002"), .group_kind = PK_GROUP_HOST, .group_value = PK_STR("a.x.org")});
  view_open(&v, s);
  assert_int_equal(view_stand(&v, "a.x.org")->n_cves, 0);
  assert_int_equal(view_stand(&v, "a.x.org")->n_excepted, 3);
  assert_int_equal(view_stand(&v, "b.x.org")->n_cves, 0);
  assert_int_equal(v.fleet->exception_hosts[0], 1);
  assert_int_equal(v.fleet->exception_hosts[1], 3);
  assert_int_equal(v.fleet->exception_hosts[2], 1);
  const pk_fleet_cve_state *two = &v.fleet->cve_states[view_cve(&v, "CVE-2024-0002")->place];
  assert_int_equal(two->n_hosts, 0);
  assert_int_equal(two->n_excepted, 2);
  assert_chosen(&v, "state=cves", "");
  view_close(&v);
}

static void test_exception_when_a_tagged_cve_is_excepted_then_not_counted_as_tagged(void **state) {
  site *s = *state;
  view v;
  populate(s);
  site_tag(s, "CVE-2024-0001", "Critical", true);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .group_kind = PK_GROUP_HOST, .group_value = PK_STR("a.x.org")});
  view_open(&v, s);
  assert_int_equal(view_stand(&v, "a.x.org")->n_tagged, 0);
  assert_int_equal(view_stand(&v, "b.x.org")->n_tagged, 1);
  view_close(&v);
}

static void test_stands_when_hosts_are_alike_then_one(void **state) {
  site *s = *state;
  view v;
  populate(s);
  site_receive(s, DEBIAN("d.x.org", "site: Brno\n") "bash\t1-2\tamd64\n", NULL);
  view_open(&v, s);
  assert_int_equal(v.fleet->n_stands, 3);
  assert_int_equal(view_stand(&v, "d.x.org")->n_hosts, 2);
  view_close(&v);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .group_kind = PK_GROUP_HOST, .group_value = PK_STR("d.x.org")});
  view_open(&v, s);
  assert_int_equal(v.fleet->n_stands, 4);
  assert_ptr_equal(view_stand(&v, "d.x.org")->profile, view_stand(&v, "b.x.org")->profile);
  view_close(&v);
}

static void test_exception_when_criteria_blame_no_package_then_only_one_about_the_cve(void **state) {
  site *s = *state;
  view v;
  site_receive(s, RHEL("a", "") "bash\t0:5-1\tx86_64\n", NULL);
  define_criteria(s);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002"), .package = PK_STR("bash")});
  view_open(&v, s);
  assert_int_equal(view_stand(&v, "a")->n_cves, 1);
  view_close(&v);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002")});
  view_open(&v, s);
  assert_int_equal(view_stand(&v, "a")->n_cves, 0);
  assert_int_equal(view_stand(&v, "a")->n_excepted, 1);
  view_close(&v);
}

/* ---- one fleet after another: what the one before lends changes nothing ---- */

static int cmp_numbers(const void *a, const void *b) {
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void write_cves(pk_buf *out, const pk_fleet *f, const uint32_t *places, size_t n) {
  int64_t *numbers = pk_calloc(n + 1, sizeof *numbers);
  for (size_t i = 0; i < n; i++) numbers[i] = f->cves[places[i]]->number;
  qsort(numbers, n, sizeof *numbers, cmp_numbers);
  for (size_t i = 0; i < n; i++) pk_buf_printf(out, " %lld", (long long)numbers[i]);
  free(numbers);
}

static void write_tags(pk_buf *out, const pk_fleet *f, uint64_t tags) {
  for (size_t i = 0; i < f->n_tag_names; i++)
    if (tags >> i & 1) pk_buf_printf(out, " #%.*s", PK_FMT(f->tag_names[i]));
}

static void write_verdicts(pk_buf *out, const pk_fleet_stand *s, const pk_fleet_verdict *const *list, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const pk_fleet_verdict *v = list[i];
    pk_buf_printf(out, "\n    %lld on %.*s state %d '%.*s' '%.*s'", v->package ? (long long)v->package->id : 0,
                  PK_FMT(v->platform->name), v->state, PK_FMT(v->available), PK_FMT(v->repository));
    for (size_t r = 0; r < v->n_rules; r++) {
      const pk_fleet_rule *rule = v->rules[r];
      const pk_fleet_definition *d = rule->definition;
      pk_buf_printf(out, "\n      %lld %.*s %.*s %.*s %.*s %.*s at %lld: '%.*s' '%.*s' %d %d:", (long long)d->id, PK_FMT(d->name),
                    PK_FMT(d->feed), PK_FMT(d->severity), PK_FMT(d->title), PK_FMT(d->class), (long long)d->issued_at,
                    PK_FMT(rule->fixed), PK_FMT(rule->advisory), rule->state, rule->counts);
      for (size_t c = 0; c < d->n_cves; c++) {
        const pk_exception *e = pk_fleet_excepted(s, v, d->cves[c]);
        pk_buf_printf(out, " %.*s/%lld", PK_FMT(d->cves[c]->name), e ? (long long)e->id : 0);
      }
    }
  }
}

static void write_stand(pk_buf *out, const pk_fleet *f, const pk_fleet_stand *s) {
  const pk_fleet_profile *p = s->profile;
  pk_buf_printf(out,
                "  profile %lld %.*s %.*s kernel '%.*s' set %lld of %zu: %lld %lld %lld %d; hosts %lld; cves %zu excepted %zu "
                "tagged %zu exploited %zu:",
                (long long)p->id, PK_FMT(p->platform->name), PK_FMT(p->platform->arch), PK_FMT(p->kernel), (long long)p->set->id,
                p->set->n, (long long)p->n_packages, (long long)p->n_updates, (long long)p->n_security, p->reboot_pending,
                (long long)s->n_hosts, s->n_cves, s->n_excepted, s->n_tagged, s->n_exploited);
  write_cves(out, f, s->profile->cves, s->profile->n_cves);
  write_cves(out, f, s->excepted, s->n_excepted);
  pk_buf_puts(out, " of");
  write_cves(out, f, p->cves, p->n_cves);
  write_tags(out, f, s->tags);
  pk_buf_puts(out, "\n  members");
  for (size_t i = 0; i < p->set->n; i++) pk_buf_printf(out, " %u", p->set->ids[i]);
  pk_buf_puts(out, "\n  updates");
  write_verdicts(out, s, p->updates, p->n_update_verdicts);
  pk_buf_puts(out, "\n  vulnerable");
  write_verdicts(out, s, p->vulnerable, p->n_vulnerable);
  pk_buf_puts(out, "\n  exceptions");
  for (size_t i = 0; i < s->general->n; i++) pk_buf_printf(out, " %lld", (long long)s->general->list[i]->id);
  for (size_t i = 0; i < s->own.n; i++) pk_buf_printf(out, " own %lld", (long long)s->own.list[i]->id);
  pk_buf_putc(out, '\n');
}

/* Those that hit somebody, by number: others may be left over from before. */
static void write_cve_states(pk_buf *out, const pk_fleet *f) {
  int64_t *numbers = pk_calloc(f->n_cves + 1, sizeof *numbers);
  for (size_t i = 0; i < f->n_cves; i++) numbers[i] = f->cves[i]->number;
  qsort(numbers, f->n_cves, sizeof *numbers, cmp_numbers);
  for (size_t i = 0; i < f->n_cves; i++) {
    const pk_fleet_cve *c = pk_fleet_cve_of(f, numbers[i]);
    const pk_fleet_cve_state *state = &f->cve_states[c->place];
    const pk_cve_fact *fact = &c->fact;
    assert_ptr_equal(f->cves[c->place], c);
    if (!state->n_hosts && !state->n_excepted) continue;
    pk_buf_printf(out, "%.*s %s hosts %lld excepted %lld; '%.*s' %lld %d %d %d %d '%.*s' '%.*s' '%.*s' %d", PK_FMT(c->name),
                  pk_severity_name(c->severity), (long long)state->n_hosts, (long long)state->n_excepted, PK_FMT(fact->cve),
                  (long long)fact->exploited_at, fact->ransomware, fact->epss, fact->epss_rank, fact->cvss,
                  PK_FMT(fact->cvss_vector), PK_FMT(fact->title), PK_FMT(fact->ssvc), fact->rejected);
    write_tags(out, f, state->tags);
    pk_buf_putc(out, '\n');
  }
  free(numbers);
}

static void write_fleet(pk_buf *out, const pk_fleet *f) {
  for (size_t i = 0; i < f->n_hosts; i++) {
    const pk_fleet_host *h = &f->hosts[i];
    pk_buf_printf(out, "host %lld protocol %lld from %lld to %lld silent %d tld %.*s:", (long long)h->id, (long long)h->protocol,
                  (long long)h->first_report_at, (long long)h->last_report_at, h->silent, PK_FMT(h->tld));
    for (size_t k = 0; k < PK_HOST_TEXTS; k++) pk_buf_printf(out, " '%.*s'", PK_FMT(h->texts[k]));
    pk_buf_putc(out, '\n');
    write_stand(out, f, &f->stands[h->stand]);
  }
  write_cve_states(out, f);
  for (size_t i = 0; i < f->n_packages; i++) {
    if (!f->packages[i]) continue;
    const pk_package *p = &f->packages[i]->package;
    pk_buf_printf(out, "package %zu: %d %.*s %.*s %.*s %.*s %.*s %.*s %.*s: %lld\n", i, p->type, PK_FMT(p->name), PK_FMT(p->evr),
                  PK_FMT(p->arch), PK_FMT(p->source), PK_FMT(p->source_evr), PK_FMT(p->module), PK_FMT(p->vendor),
                  (long long)f->package_hosts[i]);
  }
  for (size_t i = 0; i < f->n_exceptions; i++)
    pk_buf_printf(out, "exception %lld %lld: %lld\n", (long long)f->exceptions[i].id, (long long)f->exceptions[i].cve,
                  (long long)f->exception_hosts[i]);
  for (size_t i = 0; i < f->n_tags; i++) pk_buf_printf(out, "tag %lld %.*s\n", (long long)f->tags[i].cve, PK_FMT(f->tags[i].tag));
  pk_buf_printf(out, "%s %lld at %lld until %lld\n", f->settings.title, (long long)f->settings.silent_after_hours,
                (long long)f->made_at, (long long)f->valid_until);
}

/* Every place is within what the fleet says. */
static void assert_places(const pk_fleet *f) {
  for (size_t i = 0; i < f->n_stands; i++) {
    const pk_fleet_profile *p = f->stands[i].profile;
    for (size_t k = 0; k < p->n_cves; k++) assert_true(p->cves[k] < f->n_cves && (!k || p->cves[k - 1] < p->cves[k]));
    for (size_t k = 0; k < f->stands[i].n_excepted; k++)
      assert_true(pk_fleet_has_place(p->cves, p->n_cves, f->stands[i].excepted[k]) &&
                  (!k || f->stands[i].excepted[k - 1] < f->stands[i].excepted[k]));
    assert_int_equal(f->stands[i].n_cves + f->stands[i].n_excepted, p->n_cves);
    for (size_t k = 0; k < p->n_vulnerable; k++) {
      assert_true(p->vulnerable[k]->place < f->n_verdicts);
      for (size_t r = 0; r < p->vulnerable[k]->n_rules; r++)
        assert_true(p->vulnerable[k]->rules[r]->advisory_place < f->n_advisories);
    }
    for (size_t k = 0; k < p->n_update_verdicts; k++) assert_true(p->updates[k]->place < f->n_verdicts);
    for (size_t k = 0; k < p->set->n; k++) assert_true(p->set->ids[k] < f->n_packages);
  }
}

/* *last in, the next one out: it must be as one made from nothing. */
static void assert_follows(site *s, pk_fleet **last, int64_t now, bool same_pool) {
  pk_fleet *next = NULL, *anew = NULL;
  pk_buf a, b, before, after;
  pk_buf *const texts[] = {&a, &b, &before, &after};
  for (size_t i = 0; i < 4; i++) pk_buf_init(texts[i], (size_t)1 << 20);
  write_fleet(&before, *last);
  assert_ok(fleet_make(s->store, *last, now, &next, &s->err), s->err);
  assert_ok(pk_fleet_load(s->store, now, &anew, &s->err), s->err);
  assert_places(next);
  write_fleet(&a, next);
  write_fleet(&b, anew);
  assert_string_equal(pk_buf_cstr(&a), pk_buf_cstr(&b));
  assert_int_equal(next->pool == (*last)->pool, same_pool);
  write_fleet(&after, *last); /* who still holds the old one sees the old one */
  assert_string_equal(pk_buf_cstr(&before), pk_buf_cstr(&after));
  for (size_t i = 0; i < 4; i++) pk_buf_free(texts[i]);
  pk_fleet_free(&anew);
  pk_fleet_free(last);
  *last = next;
}

static pk_fleet *first_fleet(site *s) {
  pk_fleet *f = NULL;
  populate(s);
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\nzsh 1-2 all\n");
  site_tag(s, "CVE-2024-0001", "Critical", true);
  site_except(s, (pk_exception){.package = PK_STR("zsh"), .group_kind = PK_GROUP_SITE, .group_value = PK_STR("Prague")});
  assert_ok(fleet_make(s->store, NULL, NOW, &f, &s->err), s->err);
  return f;
}

static void test_next_fleet_when_nothing_changed_then_the_same(void **state) {
  site *s = *state;
  pk_fleet *f = first_fleet(s);
  assert_follows(s, &f, NOW, true);
  assert_follows(s, &f, NOW + 3 * DAY, true); /* but hosts fell silent */
  pk_fleet_free(&f);
}

static void test_next_fleet_when_reports_came_then_as_one_made_anew(void **state) {
  site *s = *state;
  pk_fleet *f = first_fleet(s);
  site_receive(s, DEBIAN("a.x.org", "site: Prague\ntag: db\n") "bash\t1-2\tamd64\nzsh\t1-1\tall\n",
               NULL); /* known packages, another set and tag */
  assert_follows(s, &f, NOW + 1, true);
  site_receive(s, DEBIAN("b.x.org", "site: Olomouc\nkernel: 6.1\n") "bash\t0.9-1\tamd64\nfish\t3-1\tamd64\n",
               NULL); /* packages never seen */
  assert_follows(s, &f, NOW + 2, true);
  site_receive(s, DEBIAN("0.z.cz", "") "bash\t1-1\tamd64\n", NULL);
  site_receive(s, DEBIAN("d.z.cz", "site: Prague\n") "zsh\t0.1-1\tall\n", NULL);
  assert_follows(s, &f, NOW + 3, true);
  site_receive(s, "#\narch: x86_64\nhost: e.z.cz\npackager: dpkg\nsystem: Ubuntu 22.04\n#\nbash\t1-1\tamd64\n",
               NULL); /* a platform never seen */
  assert_follows(s, &f, NOW + 4, true);
  site_receive(s, RHEL("f.y.net", "") "bash\t0:1-1\tx86_64\nkernel\t5.14-1\tx86_64\n", NULL);
  assert_follows(s, &f, NOW + 5, true);
  pk_fleet_free(&f);
}

static void test_next_fleet_when_feeds_changed_then_as_one_made_anew(void **state) {
  site *s = *state;
  static const site_feed kev = {.name = "kev", .platform = ""};
  static const pk_cve_fact fact = {FACT("CVE-2024-0001", 98), .exploited_at = NOW};
  pk_fleet *f = first_fleet(s);
  site_define(s, &FEED, "A CVE-2024-0001,CVE-2024-0007 bash 9-1\nC CVE-2024-0003 zsh 1-2");
  assert_follows(s, &f, NOW + 1, false);
  site_publish(s, "security", "debian:12", PK_CLASS_SECURITY, "bash 1-3 amd64\n");
  assert_follows(s, &f, NOW + 2, false);
  site_facts(s, &kev, &fact, 1);
  assert_follows(s, &f, NOW + 3, false);
  site_define(s, &OTHER, "X CVE-2024-0001 bash 3-1");
  assert_follows(s, &f, NOW + 4, false);
  pk_feed_row row;
  assert_ok(pk_store_feed_get(s->store, PK_STR("kev"), &row, &s->err), s->err);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_store_feed_remove(s->store, row.feed.id, &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
  pk_feed_row_fini(&row);
  assert_follows(s, &f, NOW + 5, false);
  site_receive(s, DEBIAN("a.x.org", "") "bash\t1-3\tamd64\n", NULL);
  assert_follows(s, &f, NOW + 6, true);
  pk_fleet_free(&f);
}

static void test_next_fleet_when_people_decided_then_as_one_made_anew(void **state) {
  site *s = *state;
  pk_fleet *f = first_fleet(s);
  int64_t id =
      site_except(s, (pk_exception){.cve = cve("CVE-2024-0001"), .group_kind = PK_GROUP_TLD, .group_value = PK_STR("org")});
  site_tag(s, "CVE-2024-0003", "High", true);
  assert_follows(s, &f, NOW + 1, true);
  assert_ok(pk_store_exception_remove(s->store, id, &s->err), s->err);
  site_tag(s, "CVE-2024-0001", "Critical", false);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002"), .expires_at = NOW + 9});
  assert_follows(s, &f, NOW + 2, true);
  assert_follows(s, &f, NOW + 9, true); /* it expired */
  site_set(s, "silent_after_hours", "1");
  assert_follows(s, &f, NOW + 7200, true);
  pk_fleet_free(&f);
}

static void test_next_fleet_when_criteria_hold_then_as_one_made_anew(void **state) {
  site *s = *state;
  pk_fleet *f = first_fleet(s);
  define_criteria(s);
  assert_follows(s, &f, NOW + 1, false);
  site_receive(s, RHEL("g.y.net", "") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\n", NULL);
  assert_follows(s, &f, NOW + 2, true);
  site_receive(s, RHEL("g.y.net", "") "bash\t0:5-1\tx86_64\nzsh\t0:5-1\tx86_64\nfish\t0:1-1\tx86_64\n", NULL);
  assert_follows(s, &f, NOW + 3, true);
  pk_fleet_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_package_when_asked_with_an_operator_then_hosts_by_name),
      SITE_TEST(test_package_when_of_rpm_hosts_then_by_rpms_order),
      SITE_TEST(test_package_when_a_host_has_several_then_the_first_and_how_many_more),
      SITE_TEST(test_package_when_hosts_share_a_profile_then_each_is_told),
      SITE_TEST(test_cve_when_hosts_are_vulnerable_then_with_the_rule),
      SITE_TEST(test_cve_when_nobody_is_vulnerable_then_nobody),
      SITE_TEST(test_cve_when_the_state_does_not_count_then_not_among_them),
      SITE_TEST(test_cve_when_the_kernel_does_not_run_then_not_among_them),
      SITE_TEST(test_cve_when_by_criteria_then_the_packages_that_made_them_true),
      SITE_TEST(test_host_when_asked_for_then_by_key_or_by_its_name),
      SITE_TEST(test_host_when_it_has_not_reported_for_longer_than_the_setting_then_silent),
      SITE_TEST(test_fleet_when_nobody_reports_then_empty),
      cmocka_unit_test(test_severity_when_a_vendors_word_then_how_bad),
      SITE_TEST(test_severity_when_only_a_score_is_told_then_by_its_scale),
      SITE_TEST(test_severity_when_vendors_speak_then_the_worst_word),
      SITE_TEST(test_severity_when_an_advisory_is_about_many_cves_then_those_with_a_score_keep_theirs),
      SITE_TEST(test_severity_when_the_vendor_says_less_than_the_score_then_the_vendors_word),
      SITE_TEST(test_tags_when_enabled_then_counted),
      SITE_TEST(test_tags_when_more_than_sixty_four_names_then_the_others_are_kept),
      SITE_TEST(test_exception_when_by_what_it_is_about_then_only_that),
      SITE_TEST(test_exception_when_by_hosts_then_only_theirs),
      SITE_TEST(test_exception_when_several_things_are_given_then_all_must_hold),
      SITE_TEST(test_exception_when_expired_then_kept_without_effect),
      SITE_TEST(test_exception_when_it_expires_then_the_fleet_is_no_longer_valid),
      SITE_TEST(test_exceptions_when_several_then_each_takes_its_own_away),
      SITE_TEST(test_exception_when_a_tagged_cve_is_excepted_then_not_counted_as_tagged),
      SITE_TEST(test_stands_when_hosts_are_alike_then_one),
      SITE_TEST(test_exception_when_criteria_blame_no_package_then_only_one_about_the_cve),
      SITE_TEST(test_next_fleet_when_nothing_changed_then_the_same),
      SITE_TEST(test_next_fleet_when_reports_came_then_as_one_made_anew),
      SITE_TEST(test_next_fleet_when_feeds_changed_then_as_one_made_anew),
      SITE_TEST(test_next_fleet_when_people_decided_then_as_one_made_anew),
      SITE_TEST(test_next_fleet_when_criteria_hold_then_as_one_made_anew),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
