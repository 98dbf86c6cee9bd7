/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "feed/vendor_tools.h"

static pk_arena arena;

static int begin(void **state) {
  (void)state;
  pk_arena_init(&arena, 1 << 22);
  return 0;
}

static int end(void **state) {
  (void)state;
  pk_arena_fini(&arena);
  return 0;
}

static void test_is_word_when_blank_control_or_too_long_then_no(void **state) {
  (void)state;
  char text[PK_FIELD_MAX + 1];
  memset(text, 'x', sizeof text);
  assert_true(pk_vendor_is_word(PK_STR("libstdc++6")));
  assert_true(pk_vendor_is_word(PK_STR("\xc3\xa9")));
  assert_true(pk_vendor_is_word((pk_str){text, PK_FIELD_MAX}));
  assert_false(pk_vendor_is_word((pk_str){text, PK_FIELD_MAX + 1}));
  assert_false(pk_vendor_is_word(PK_STR("")));
  assert_false(pk_vendor_is_word(PK_STR("a b")));
  assert_false(pk_vendor_is_word(PK_STR("a\x1f")));
  assert_false(pk_vendor_is_word(PK_STR("a\0b")));
  assert_false(pk_vendor_is_word(PK_STR("\xff")));
}

static void test_title_when_long_then_the_first_line_cut_between_characters(void **state) {
  (void)state;
  assert_str(pk_vendor_title(PK_STR("\n  \n One line \r\nand more")), "One line");
  assert_str(pk_vendor_title(PK_STR("")), "");
  pk_buf text;
  pk_buf_init(&text, 4096);
  pk_buf_puts(&text, "x");
  for (int i = 0; i < 400; i++) pk_buf_puts(&text, "\xc3\xa9");
  pk_str title = pk_vendor_title(pk_buf_view(&text));
  assert_int_equal(title.n, PK_DEFINITION_TITLE_MAX - 1);
  assert_true(pk_str_utf8(title));
  pk_buf_free(&text);
}

static void test_time_when_rfc_3339_then_read(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t at;
  } times[] = {{"2023-06-28T06:17:52Z", 1687933072},
               {"2023-06-28T06:17:52.429597Z", 1687933072},
               {"2023-06-28T06:17:52+00:00", 1687933072},
               {"2023-06-28T08:17:52.1+02:00", 1687933072},
               {"2023-06-28T04:47:52-01:30", 1687933072},
               {"2023-06-28", 1687910400},
               {"", 0},
               {".", 0},
               {"+00:00", 0},
               {"yesterday", 0},
               {"2023-06-28T06:17:52.429597Z and a text that is longer than any date", 0}};
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
    if (pk_vendor_time(pk_str_of(times[i].text)) != times[i].at) fail_msg("'%s'", times[i].text);
}

static void test_cve_when_behind_a_prefix_then_found(void **state) {
  (void)state;
  assert_str(pk_vendor_cve(PK_STR("CVE-2024-1234")), "CVE-2024-1234");
  assert_str(pk_vendor_cve(PK_STR(" cve-2024-1234 ")), "cve-2024-1234");
  assert_str(pk_vendor_cve(PK_STR("UBUNTU-CVE-2024-1234")), "CVE-2024-1234");
  assert_str(pk_vendor_cve(PK_STR("DEBIAN-CVE-2024-1234")), "CVE-2024-1234");
  assert_str(pk_vendor_cve(PK_STR("https://example.org/x-CVE-2024-1234")), "");
  assert_str(pk_vendor_cve(PK_STR("GO-2023-2102")), "");
  assert_str(pk_vendor_cve(PK_STR("RHSA-2024:1234")), "");
  assert_str(pk_vendor_cve(PK_STR("CVE-2024-12345678901234567890")), "");
  assert_str(pk_vendor_cve(PK_STR("")), "");
}

static void test_cves_when_listed_then_in_order_once_and_in_upper_case(void **state) {
  (void)state;
  pk_vendor_cves cves = {.arena = &arena};
  const pk_str *list;
  size_t n;
  pk_err err;
  static const char *const texts[] = {"CVE-2024-10000", "cve-2024-9999", "GO-1", "CVE-1999-0001", "UBUNTU-CVE-2024-9999", ""};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_ok(pk_vendor_cves_add(&cves, pk_str_of(texts[i]), &err), err);
  assert_ok(pk_vendor_cves_list(&cves, &list, &n, &err), err);
  assert_int_equal(n, 3);
  assert_str(list[0], "CVE-1999-0001");
  assert_str(list[1], "CVE-2024-9999");
  assert_str(list[2], "CVE-2024-10000");
  cves = (pk_vendor_cves){.arena = &arena};
  assert_ok(pk_vendor_cves_list(&cves, &list, &n, &err), err);
  assert_int_equal(n, 0);
}

static void test_cves_when_too_many_then_limit(void **state) {
  (void)state;
  pk_vendor_cves cves = {.arena = &arena};
  const pk_str *list;
  size_t n;
  pk_err err;
  for (size_t i = 0; i <= PK_DEFINITION_CVES_MAX; i++) {
    char name[32];
    snprintf(name, sizeof name, "CVE-2024-%06zu", i);
    assert_ok(pk_vendor_cves_add(&cves, pk_str_of(name), &err), err);
  }
  assert_fault(pk_vendor_cves_list(&cves, &list, &n, &err), err, PK_E_LIMIT, "20000 CVEs");
}

static void test_severity_when_ranked_then_vendors_words_compare(void **state) {
  (void)state;
  assert_int_equal(pk_vendor_severity_rank(PK_STR("CRITICAL")), 5);
  assert_int_equal(pk_vendor_severity_rank(PK_STR("Important")), pk_vendor_severity_rank(PK_STR("high")));
  assert_int_equal(pk_vendor_severity_rank(PK_STR("moderate")), pk_vendor_severity_rank(PK_STR("Medium")));
  assert_true(pk_vendor_severity_rank(PK_STR("low")) > pk_vendor_severity_rank(PK_STR("negligible")));
  assert_int_equal(pk_vendor_severity_rank(PK_STR("terrible")), 0);
}

static void test_nevra_when_split_then_its_parts(void **state) {
  (void)state;
  static const struct {
    const char *text, *name, *epoch, *version, *arch;
  } rows[] = {{"kernel-0:4.18.0-513.el8.x86_64", "kernel", "0", "4.18.0-513.el8", "x86_64"},
              {"bind-9.9.4P2-0.6.1.i586", "bind", "", "9.9.4P2-0.6.1", "i586"},
              {"dnsmasq-2.82-5.oe1.aarch64.rpm", "dnsmasq", "", "2.82-5.oe1", "aarch64"},
              {"vim-9.0-33.oe2203sp3.src.rpm", "vim", "", "9.0-33.oe2203sp3", "src"},
              {"gcc-c++-4.8.5-28.el7_5.1.ppc64le", "gcc-c++", "", "4.8.5-28.el7_5.1", "ppc64le"},
              {"a-1-2", "a", "", "1-2", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pk_nevra n;
    assert_true(pk_vendor_nevra(pk_str_of(rows[i].text), &n));
    assert_str(n.name, rows[i].name);
    assert_str(n.epoch, rows[i].epoch);
    assert_str(n.version, rows[i].version);
    assert_str(n.arch, rows[i].arch);
  }
  static const char *const none[] = {"", "kernel", "kernel-rt", "-1-2", "a--2", "a-1-"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    pk_nevra n;
    assert_false(pk_vendor_nevra(pk_str_of(none[i]), &n));
    assert_str(n.name, none[i]);
  }
  pk_nevra n;
  assert_false(pk_vendor_nevra(PK_STR("firefox.src"), &n));
  assert_str(n.name, "firefox");
  assert_str(n.arch, "src");
}

static void test_evr_when_no_epoch_is_given_then_left_out(void **state) {
  (void)state;
  pk_str evr;
  pk_err err;
  assert_ok(pk_vendor_evr(PK_STR("2"), PK_STR("1-1"), &arena, &evr, &err), err);
  assert_str(evr, "2:1-1");
  assert_ok(pk_vendor_evr(PK_STR(""), PK_STR("1-1"), &arena, &evr, &err), err);
  assert_str(evr, "1-1");
}

/* ---- rules ---- */

static void add(pk_vendor_rules *rules, const pk_rule *rule, const char *name, const char *arch) {
  pk_rule r = *rule;
  pk_err err;
  r.arch = pk_str_of(arch);
  assert_ok(pk_vendor_rules_add(rules, &r, pk_str_of(name), &err), err);
}

static void test_rules_when_equal_but_for_names_then_one_rule(void **state) {
  (void)state;
  pk_vendor_rules rules;
  pk_rule one = {.platform = PK_STR("rhel:9"), .fixed = PK_STR("0:2-1")};
  pk_rule other = {.platform = PK_STR("rhel:8"), .fixed = PK_STR("0:2-1")};
  pk_rule note = {.platform = PK_STR("rhel:9"), .fixed = PK_STR("0:2-1"), .note = PK_STR("n")};
  pk_rule state_differs = {.platform = PK_STR("rhel:9"), .fixed = PK_STR("0:2-1"), .state = PK_RULE_NOT_AFFECTED};
  pk_rule source = {.platform = PK_STR("rhel:9"), .fixed = PK_STR("0:2-1"), .is_source = true};
  const pk_rule *list;
  size_t n;
  pk_err err;
  pk_vendor_rules_init(&rules, &arena);
  add(&rules, &one, "a", "");
  add(&rules, &other, "a", "");
  add(&rules, &one, "b", "");
  add(&rules, &one, "a", "");
  add(&rules, &note, "a", "");
  add(&rules, &state_differs, "a", "");
  add(&rules, &source, "a", "");
  assert_ok(pk_vendor_rules_list(&rules, &list, &n, &err), err);
  assert_int_equal(n, 5);
  assert_str(list[0].platform, "rhel:9");
  assert_int_equal(list[0].n_names, 2);
  assert_str(list[0].names[0], "a");
  assert_str(list[0].names[1], "b");
  assert_str(list[1].platform, "rhel:8");
  assert_str(list[2].note, "n");
  assert_int_equal(list[3].state, PK_RULE_NOT_AFFECTED);
  assert_true(list[4].is_source);
  pk_vendor_rules_fini(&rules);
}

static void test_rules_when_architectures_differ_then_names_go_with_equal_sets(void **state) {
  (void)state;
  pk_vendor_rules rules;
  pk_rule r = {.platform = PK_STR("rhel:9"), .fixed = PK_STR("0:2-1")};
  const pk_rule *list;
  size_t n;
  pk_err err;
  pk_vendor_rules_init(&rules, &arena);
  add(&rules, &r, "a", "x86_64");
  add(&rules, &r, "a", "aarch64");
  add(&rules, &r, "b", "aarch64");
  add(&rules, &r, "b", "x86_64");
  add(&rules, &r, "c", "x86_64");
  add(&rules, &r, "d", "x86_64");
  add(&rules, &r, "d", "noarch");
  assert_ok(pk_vendor_rules_list(&rules, &list, &n, &err), err);
  assert_int_equal(n, 3);
  assert_str(list[0].arch, "aarch64|x86_64");
  assert_int_equal(list[0].n_names, 2);
  assert_str(list[1].arch, "x86_64");
  assert_str(list[2].arch, "");
  assert_str(list[2].names[0], "d");
  pk_vendor_rules_fini(&rules);
}

static void test_rules_when_none_then_none(void **state) {
  (void)state;
  pk_vendor_rules rules;
  const pk_rule *list;
  size_t n = 7;
  pk_err err;
  pk_vendor_rules_init(&rules, &arena);
  assert_ok(pk_vendor_rules_list(&rules, &list, &n, &err), err);
  assert_int_equal(n, 0);
  pk_vendor_rules_fini(&rules);
}

static void test_rules_when_texts_are_no_words_then_refused(void **state) {
  (void)state;
  pk_vendor_rules rules;
  pk_err err;
  pk_vendor_rules_init(&rules, &arena);
  assert_fault(pk_vendor_rules_add(&rules, &(pk_rule){0}, PK_STR(""), &err), err, PK_E_SYNTAX, "package name ''");
  assert_fault(pk_vendor_rules_add(&rules, &(pk_rule){0}, PK_STR("a b"), &err), err, PK_E_SYNTAX, "package name 'a b'");
  assert_fault(pk_vendor_rules_add(&rules, &(pk_rule){.fixed = PK_STR("1 2")}, PK_STR("a"), &err), err, PK_E_SYNTAX, "'1 2'");
  assert_fault(pk_vendor_rules_add(&rules, &(pk_rule){.arch = PK_STR("x\n")}, PK_STR("a"), &err), err, PK_E_SYNTAX,
               "package 'a'");
  pk_vendor_rules_fini(&rules);
}

static void test_rules_when_too_many_architectures_names_or_bytes_then_limit(void **state) {
  (void)state;
  pk_vendor_rules rules;
  pk_err err = {0};
  char text[32];
  pk_vendor_rules_init(&rules, &arena);
  for (int i = 0; i < PK_VENDOR_ARCHS_MAX; i++) {
    snprintf(text, sizeof text, "arch%d", i);
    pk_str copy;
    assert_true(pk_arena_copy(&arena, pk_str_of(text), &copy));
    assert_ok(pk_vendor_rules_add(&rules, &(pk_rule){.arch = copy}, PK_STR("a"), &err), err);
  }
  assert_fault(pk_vendor_rules_add(&rules, &(pk_rule){.arch = PK_STR("more")}, PK_STR("a"), &err), err, PK_E_LIMIT,
               "64 architectures");
  pk_vendor_rules_fini(&rules);

  pk_arena small;
  pk_arena_init(&small, 200000);
  pk_vendor_rules_init(&rules, &small);
  pk_rc rc = PK_OK;
  for (int i = 0; rc == PK_OK && i < 100000; i++) {
    snprintf(text, sizeof text, "name%d", i);
    rc = pk_vendor_rules_add(&rules, &(pk_rule){0}, pk_str_of(text), &err);
  }
  assert_int_equal(rc, PK_E_LIMIT);
  pk_vendor_rules_fini(&rules);
  pk_arena_fini(&small);
}

static void test_rules_when_one_has_too_many_names_then_limit(void **state) {
  (void)state;
  pk_vendor_rules rules;
  pk_arena big;
  pk_err err = {0};
  const pk_rule *list;
  size_t n;
  pk_arena_init(&big, (size_t)1 << 26);
  pk_vendor_rules_init(&rules, &big);
  for (size_t i = 0; i <= PK_RULE_NAMES_MAX; i++) {
    char text[32];
    pk_str copy;
    snprintf(text, sizeof text, "name%zu", i);
    assert_true(pk_arena_copy(&big, pk_str_of(text), &copy));
    assert_ok(pk_vendor_rules_add(&rules, &(pk_rule){0}, copy, &err), err);
  }
  assert_fault(pk_vendor_rules_list(&rules, &list, &n, &err), err, PK_E_LIMIT, "50000 packages in one rule");
  pk_vendor_rules_fini(&rules);
  pk_arena_fini(&big);
}

/* ---- package URLs ---- */

static void test_purl_when_parsed_then_its_parts_decoded(void **state) {
  (void)state;
  static const struct {
    const char *text, *type, *vendor, *name, *version, *arch, *epoch, *distro, *module;
  } rows[] = {
      {"pkg:rpm/redhat/ruby@2.5.9-111.module%2Bel8?arch=i686&epoch=1&rpmmod=ruby:2.5:8090020230627084142:b46abd14", "rpm",
       "redhat", "ruby", "2.5.9-111.module+el8", "i686", "1", "", "ruby:2.5"},
      {"pkg:rpm/redhat/python39?rpmmod=python39%3A3.9", "rpm", "redhat", "python39", "", "", "", "", "python39:3.9"},
      {"pkg:rpm/redhat/kernel?arch=src", "rpm", "redhat", "kernel", "", "src", "", "", ""},
      {"pkg:deb/ubuntu/zabbix@1:6.0.25+dfsg-1?arch=source&distro=esm-apps/noble", "deb", "ubuntu", "zabbix", "1:6.0.25+dfsg-1",
       "source", "", "esm-apps/noble", ""},
      {"pkg:deb/debian/x%2b%2B@1%7e2#sub/path?arch=no", "deb", "debian", "x++", "1~2", "", "", "", ""},
      {"pkg://oci/alloy@sha256%3A9ca?repository_url=registry.example.org/a&tag=1", "oci", "", "alloy", "sha256:9ca", "", "", "",
       ""},
      {"pkg:maven/biz.aQute.bnd/transform@6.3.1?type=jar", "maven", "biz.aQute.bnd", "transform", "6.3.1", "", "", "", ""},
      {"pkg:github/a/b/c@1", "github", "a/b", "c", "1", "", "", "", ""},
      {"pkg:rpm/x?rpmmod=noname&ARCH=noarch&arch&=", "rpm", "", "x", "", "", "", "", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pk_purl u;
    pk_err err = {0};
    assert_ok(pk_purl_parse(pk_str_of(rows[i].text), &arena, &u, &err), err);
    assert_str(u.type, rows[i].type);
    assert_str(u.vendor, rows[i].vendor);
    assert_str(u.name, rows[i].name);
    assert_str(u.version, rows[i].version);
    assert_str(u.arch, rows[i].arch);
    assert_str(u.epoch, rows[i].epoch);
    assert_str(u.distro, rows[i].distro);
    assert_str(u.module, rows[i].module);
  }
}

static void test_purl_when_it_is_none_then_not_found(void **state) {
  (void)state;
  static const char *const none[] = {
      "",           "pkg:",        "pkg:rpm",      "pkg:rpm/",         "purl:rpm/suse/bind", "https://x/",
      "pkg:rpm/a/", "pkg:rpm/a%2", "pkg:rpm/a%zz", "pkg:rpm/a?arch=%", "pkg:rpm/a@%1",       "pkg:/"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    pk_purl u;
    if (pk_purl_parse(pk_str_of(none[i]), &arena, &u, NULL) != PK_NOTFOUND) fail_msg("'%s'", none[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_is_word_when_blank_control_or_too_long_then_no),
      cmocka_unit_test(test_title_when_long_then_the_first_line_cut_between_characters),
      cmocka_unit_test(test_time_when_rfc_3339_then_read),
      cmocka_unit_test(test_cve_when_behind_a_prefix_then_found),
      cmocka_unit_test(test_cves_when_listed_then_in_order_once_and_in_upper_case),
      cmocka_unit_test(test_cves_when_too_many_then_limit),
      cmocka_unit_test(test_severity_when_ranked_then_vendors_words_compare),
      cmocka_unit_test(test_nevra_when_split_then_its_parts),
      cmocka_unit_test(test_evr_when_no_epoch_is_given_then_left_out),
      cmocka_unit_test(test_rules_when_equal_but_for_names_then_one_rule),
      cmocka_unit_test(test_rules_when_architectures_differ_then_names_go_with_equal_sets),
      cmocka_unit_test(test_rules_when_none_then_none),
      cmocka_unit_test(test_rules_when_texts_are_no_words_then_refused),
      cmocka_unit_test(test_rules_when_too_many_architectures_names_or_bytes_then_limit),
      cmocka_unit_test(test_rules_when_one_has_too_many_names_then_limit),
      cmocka_unit_test(test_purl_when_parsed_then_its_parts_decoded),
      cmocka_unit_test(test_purl_when_it_is_none_then_not_found),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
