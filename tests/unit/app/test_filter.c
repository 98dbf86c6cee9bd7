/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rows.h"

/* ---- packages ---- */

static void test_package_when_an_expression_then_its_parts(void **state) {
  (void)state;
  static const struct {
    const char *text, *name, *op, *version;
  } good[] = {
      {"openssl", "openssl", "", ""},
      {" openssl\t", "openssl", "", ""},
      {"openssl < 3.0.15", "openssl", "<", "3.0.15"},
      {"openssl<3.0.15", "openssl", "<", "3.0.15"},
      {"openssl<=3.0.15", "openssl", "<=", "3.0.15"},
      {"openssl = 3.0.15", "openssl", "=", "3.0.15"},
      {"openssl >=1:3.0~rc1-1", "openssl", ">=", "1:3.0~rc1-1"},
      {"openssl> 3 ", "openssl", ">", "3"},
      {"libstdc++6 > 1", "libstdc++6", ">", "1"},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    pk_package_wanted w;
    pk_err err;
    assert_ok(pk_package_wanted_of(pk_str_of(good[i].text), &w, &err), err);
    assert_str(w.name, good[i].name);
    assert_string_equal(w.op, good[i].op);
    assert_str(w.version, good[i].version);
  }
}

static void test_package_when_no_expression_then_told_what_is_one(void **state) {
  (void)state;
  static const char *const bad[] = {"",       " ",      "<",      "< 3",    "openssl <", "openssl < ", "openssl < 3 4",
                                    "a == 1", "a => 1", "a << 1", "a <> 1", "a==1",      "a=>1",       "a<<1",
                                    "a<>1",   "a=<1",   "a>>1",   "a===1",  "a < 1 < 2", "a<1<2",      "a=1>"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    pk_package_wanted w;
    pk_err err = {0};
    if (pk_package_wanted_of(pk_str_of(bad[i]), &w, &err) != PK_E_SYNTAX) fail_msg("'%s' is taken", bad[i]);
    assert_non_null(strstr(err.text, "one of < <= = >= >"));
  }
}

static void test_package_when_the_version_is_too_long_then_refused(void **state) {
  (void)state;
  char text[PK_FIELD_MAX + 10] = "a<";
  pk_package_wanted w;
  pk_err err;
  memset(text + 2, '1', PK_FIELD_MAX);
  assert_ok(pk_package_wanted_of(pk_str_of(text), &w, &err), err);
  text[2 + PK_FIELD_MAX] = '1';
  assert_fault(pk_package_wanted_of(pk_str_of(text), &w, &err), err, PK_E_SYNTAX, "is no package");
}

/* ---- activity ---- */

static void test_activity_when_pakitis_words_then_a_moment(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t from, to;
  } good[] = {
      {"2d", NOW - 2 * DAY, 0},     {"+2d", NOW - 2 * DAY, 0}, {" 2d", NOW - 2 * DAY, 0},  {"-2d", 0, NOW - 2 * DAY},
      {"2", NOW - 2 * DAY, 0},      {"-2", 0, NOW - 2 * DAY},  {"30s", NOW - 30, 0},       {"5m", NOW - 300, 0},
      {"12h", NOW - 12 * 3600, 0},  {"-1w", 0, NOW - 7 * DAY}, {"1y", NOW - 365 * DAY, 0}, {"0d", NOW, 0},
      {"100000s", NOW - 100000, 0},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    pk_filter f = {0};
    pk_err err;
    assert_ok(pk_filter_activity(&f, pk_str_of(good[i].text), NOW, &err), err);
    assert_true(f.has_activity);
    if (f.seen_from != good[i].from || f.seen_to != good[i].to)
      fail_msg("%s: %lld to %lld", good[i].text, (long long)f.seen_from, (long long)f.seen_to);
  }
}

static void test_activity_when_something_else_then_told_how_to_say_it(void **state) {
  (void)state;
  static const char *const bad[] = {
      "", "d", "-", "-d", "2x", "2dd", "d2", "--2d", "2.5d", "2 d", "100001s", "99999999999999999999d", "2D"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    pk_filter f = {0};
    pk_err err;
    assert_fault(pk_filter_activity(&f, pk_str_of(bad[i]), NOW, &err), err, PK_E_SYNTAX, "say 2d for the last two days");
    assert_false(f.has_activity);
  }
}

/* ---- parameters ---- */

static void test_parameter_when_none_of_a_filters_then_not_found(void **state) {
  (void)state;
  static const char *const others[] = {"", "sort", "cursor", "Site", "sites", "host_key", "tags", "limit"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    pk_filter f = {0};
    pk_err err;
    assert_int_equal(pk_filter_take(&f, pk_str_of(others[i]), PK_STR("x"), NOW, &err), PK_NOTFOUND);
  }
}

static void test_parameter_when_its_value_is_wrong_then_named(void **state) {
  (void)state;
  static const struct {
    const char *name, *value, *words;
  } bad[] = {
      {"cve", "", "'' is no CVE"},
      {"cve", "CVE-24-1", "'CVE-24-1' is no CVE"},
      {"cve", "bash", "'bash' is no CVE"},
      {"state", "vulnerable", "'vulnerable' is no state"},
      {"state", "cves,,reboot", "'' is no state"},
      {"package", "bash <", "'bash <' is no package"},
      {"activity", "soon", "'soon' is no activity"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    pk_filter f = {0};
    pk_err err;
    assert_fault(pk_filter_take(&f, pk_str_of(bad[i].name), pk_str_of(bad[i].value), NOW, &err), err, PK_E_SYNTAX, bad[i].words);
  }
}

static void test_text_holds_words_when_in_any_case(void **state) {
  (void)state;
  assert_true(pk_text_holds(PK_STR("WWW.Example.org"), PK_STR("www.ex")));
  assert_true(pk_text_holds(PK_STR("a"), PK_STR("")));
  assert_true(pk_text_holds(PK_STR(""), PK_STR("")));
  assert_true(pk_text_holds(PK_STR("aab"), PK_STR("ab")));
  assert_false(pk_text_holds(PK_STR("ab"), PK_STR("abc")));
  assert_false(pk_text_holds(PK_STR(""), PK_STR("a")));
}

/* ---- choosing ---- */

/* alpha.a.org   Prague, web, kernel 6.1; outdated (security) and vulnerable to an exploited CVE
 * beta.a.org    Prague, db;   outdated, restart pending
 * gamma.b.net   no site;      current
 * delta.b.net   Brno;         silent, current but for that
 * eps.b.net     no site;      RHEL, of which there is no repository; CVE excepted */
static void populate(site *s) {
  static const pk_cve_fact exploited = {FACT("CVE-2024-0001", -1), .exploited_at = NOW};
  static const site_feed kev = {.name = "kev", .platform = ""};
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 5-1 amd64\nzsh 2-2 amd64\n");
  site_publish(s, "security", "debian:12", PK_CLASS_SECURITY, "bash 5-2 amd64\n");
  site_define(s, &FEED, "A CVE-2024-0001 bash 5-2");
  site_define(s, &RHEL_FEED, "R CVE-2024-0002 bash -");
  site_facts(s, &kev, &exploited, 1);
  site_receive(s, DEBIAN("alpha.a.org", "kernel: 6.1\nsite: Prague\ntag: web\n") "bash\t5-1\tamd64\n", NULL);
  site_receive(
      s,
      DEBIAN("beta.a.org",
             "kernel: 6.1.0-28-amd64\nsite: Prague\ntag: db\n") "zsh\t2-1\tamd64\nlinux-image-6.1.0-28-amd64\t6.1.119-"
                                                                "1\tamd64\nlinux-image-6.1.0-29-amd64\t6.1.123-1\tamd64\n",
      NULL);
  site_receive(s, DEBIAN("gamma.b.net", "") "bash\t5-2\tamd64\n", NULL);
  site_receive_at(s, NOW - 3 * DAY, DEBIAN("delta.b.net", "site: Brno\n") "bash\t5-2\tamd64\n");
  site_receive_at(s, NOW - DAY, RHEL("eps.b.net", "") "bash\t0:4-1\tx86_64\n");
  site_tag(s, "CVE-2024-0001", "Critical", true);
  site_tag(s, "CVE-2024-0001", "Known", true);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0002")});
}

static void assert_choices(site *s, const char *const (*cases)[2], size_t n) {
  view v;
  populate(s);
  view_open(&v, s);
  for (size_t i = 0; i < n; i++) {
    s->err = (pk_err){0};
    assert_chosen(&v, cases[i][0], cases[i][1]);
  }
  view_close(&v);
}
#define EVERYBODY "alpha.a.org; beta.a.org; delta.b.net; eps.b.net; gamma.b.net; "

static void test_hosts_when_by_state_then_those_for_which_all_hold(void **state) {
  static const char *const cases[][2] = {
      {"", EVERYBODY},
      {"state=", EVERYBODY},
      {"state=updates", "alpha.a.org; beta.a.org; "},
      {"state=security", "alpha.a.org; "},
      {"state=cves", "alpha.a.org; "},
      {"state=tagged", "alpha.a.org; "},
      {"state=exploited", "alpha.a.org; "},
      {"state=excepted", "eps.b.net; "},
      {"state=reboot", "beta.a.org; "},
      {"state=silent", "delta.b.net; "},
      {"state=kernel", ""},
      {"state=unjudged", "eps.b.net; "}, /* nobody has its packages */
      {"state=unsupported", ""},
      {"state=current", "gamma.b.net; "},
      {"state=updates,cves", "alpha.a.org; "},
      {"state=updates,reboot", "beta.a.org; "},
      {"state=updates&state=security", "alpha.a.org; "},
      {"state=current,silent", ""},
  };
  assert_choices(*state, cases, sizeof cases / sizeof cases[0]);
}

static void test_hosts_when_by_group_then_those_of_it(void **state) {
  static const char *const cases[][2] = {
      {"site=Prague", "alpha.a.org; beta.a.org; "},
      {"site=", "eps.b.net; gamma.b.net; "}, /* without a site */
      {"site=prague", ""},
      {"tag=db", "beta.a.org; "},
      {"tag=", "delta.b.net; eps.b.net; gamma.b.net; "},
      {"domain=a.org", "alpha.a.org; beta.a.org; "},
      {"tld=net", "delta.b.net; eps.b.net; gamma.b.net; "},
      {"tld=net&site=Brno", "delta.b.net; "},
      {"platform=rhel:9.4", "eps.b.net; "},
      {"platform=rhel:9", ""},
      {"platform=", ""},
      {"host=beta.a.org", "beta.a.org; "},
      {"host=beta", ""},
      {"host=", ""},
  };
  assert_choices(*state, cases, sizeof cases / sizeof cases[0]);
}

static void test_hosts_when_by_facts_then_those_that_have_them(void **state) {
  static const char *const cases[][2] = {
      {"q=ALPHA", "alpha.a.org; "},
      {"q= B.net ", "delta.b.net; eps.b.net; gamma.b.net; "},
      {"q=", EVERYBODY},
      {"q=nobody", ""},
      {"kernel=6.1", "alpha.a.org; "},
      {"arch=x86_64", "eps.b.net; "}, /* in the words of the package manager */
      {"arch=amd64", "alpha.a.org; beta.a.org; delta.b.net; gamma.b.net; "},
      {"os=Debian 12", "alpha.a.org; beta.a.org; delta.b.net; gamma.b.net; "},
      {"package=bash", "alpha.a.org; delta.b.net; eps.b.net; gamma.b.net; "},
      {"package=bash < 5-2", "alpha.a.org; eps.b.net; "},
      {"package=fish", ""},
      {"package=", EVERYBODY},
      {"cve=CVE-2024-0001", "alpha.a.org; "},
      {"cve=cve-2024-0001", "alpha.a.org; "},
      {"cve=CVE-2024-0002", ""}, /* excepted */
      {"cve=CVE-2024-0099", ""},
      {"cve_tag=Critical", "alpha.a.org; "},
      {"cve_tag=", "alpha.a.org; "},
      {"cve_tag=Low", ""},
      {"activity=2d", "alpha.a.org; beta.a.org; eps.b.net; gamma.b.net; "},
      {"activity=-2d", "delta.b.net; "},
      {"activity=-12h&activity=2d", "eps.b.net; "},
      {"activity=", EVERYBODY},
  };
  assert_choices(*state, cases, sizeof cases / sizeof cases[0]);
}

static void test_hosts_when_chosen_then_counted_by_stand(void **state) {
  site *s = *state;
  view v;
  int64_t n = 0;
  populate(s);
  view_open(&v, s);
  view_choose(&v, "tld=net");
  assert_int_equal(v.chosen.n, 3);
  for (size_t i = 0; i < v.fleet->n_stands; i++) n += v.chosen.per_stand[i];
  assert_int_equal(n, 3);
  assert_int_equal(v.chosen.per_stand[view_host(&v, "gamma.b.net")->stand], 2); /* delta has the same packages */
  assert_int_equal(v.chosen.per_stand[view_host(&v, "alpha.a.org")->stand], 0);
  view_close(&v);
}

static void test_hosts_when_the_asker_may_see_none_then_none(void **state) {
  site *s = *state;
  view v;
  const pk_scope nothing = {0};
  populate(s);
  view_open(&v, s);
  assert_ok(pk_filter_choose(&(pk_filter){0}, v.fleet, &nothing, &v.arena, &v.chosen, &s->err), s->err);
  assert_int_equal(v.chosen.n, 0);
  view_close(&v);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_package_when_an_expression_then_its_parts),
      cmocka_unit_test(test_package_when_no_expression_then_told_what_is_one),
      cmocka_unit_test(test_package_when_the_version_is_too_long_then_refused),
      cmocka_unit_test(test_activity_when_pakitis_words_then_a_moment),
      cmocka_unit_test(test_activity_when_something_else_then_told_how_to_say_it),
      cmocka_unit_test(test_parameter_when_none_of_a_filters_then_not_found),
      cmocka_unit_test(test_parameter_when_its_value_is_wrong_then_named),
      cmocka_unit_test(test_text_holds_words_when_in_any_case),
      SITE_TEST(test_hosts_when_by_state_then_those_for_which_all_hold),
      SITE_TEST(test_hosts_when_by_group_then_those_of_it),
      SITE_TEST(test_hosts_when_by_facts_then_those_that_have_them),
      SITE_TEST(test_hosts_when_chosen_then_counted_by_stand),
      SITE_TEST(test_hosts_when_the_asker_may_see_none_then_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
