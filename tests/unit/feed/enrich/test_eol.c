/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/document.h"

static void expect(const char *name, const char *text, const char *want) { document_expect(pk_eol_read, name, "", text, want); }

static void refused(const char *text, const char *words) {
  document_refused(pk_eol_read, "debian.json", pk_str_of(text), PK_E_SYNTAX, words);
}

static void test_read_when_api_version_1_then_releases_of_platforms(void **state) {
  (void)state;
  expect(
      "full",
      "{\"schema_version\":\"1.2.0\",\"total\":2,\"result\":[{\"name\":\"debian\",\"releases\":["
      "{\"name\":\"12\",\"releaseDate\":\"2023-06-10\",\"isEol\":false,\"eolFrom\":\"2026-06-10\",\"eoesFrom\":\"2028-06-30\"},"
      "{\"name\":\"11\",\"isEol\":true,\"eolFrom\":null,\"isEoes\":null},{\"name\":\"14\",\"isEol\":false}]},"
      "{\"name\":\"postgresql\",\"releases\":[{\"name\":\"18\",\"eolFrom\":\"2030-01-01\"}]},"
      "{\"name\":\"sles\",\"releases\":[{\"name\":\"15.5\",\"eolFrom\":\"2024-12-31\",\"eoesFrom\":\"2027-12-31\"}]}]}",
      "debian:12 released=2023-06-10 eol=2026-06-10 extended=2028-06-30\n"
      "debian:11 eol=ended\n"
      "debian:14\n"
      "sles:15.5 eol=2024-12-31 extended=2027-12-31\n");
  expect("debian", "{\"result\":{\"releases\":[{\"name\":\"12\",\"eolFrom\":\"2026-06-10\"}],\"name\":\"debian\"}}",
         "debian:12 eol=2026-06-10\n");
}

static void test_read_when_api_version_0_then_the_name_tells_the_product(void **state) {
  (void)state;
  static const char text[] =
      "[{\"cycle\":\"12\",\"codename\":\"x\",\"releaseDate\":\"2023-06-10\",\"eol\":\"2026-06-10\",\"extendedSupport\":"
      "\"2028-06-30\",\"lts\":false},{\"cycle\":\"11\",\"eol\":true,\"extendedSupport\":true},{\"cycle\":10,\"eol\":false}]";
  expect("api/debian.json", text,
         "debian:12 released=2023-06-10 eol=2026-06-10 extended=2028-06-30\ndebian:11 eol=ended\ndebian:10\n");
  expect("postgresql.json", text, "");
}

static void test_read_when_release_data_then_releases_and_not_versions(void **state) {
  (void)state;
  expect("releases/rhel.json",
         "{\"releases\":{\"9\":{\"name\":\"9\",\"releaseDate\":\"2022-05-18\",\"eoas\":\"2027-05-31\",\"eol\":\"2032-05-31\","
         "\"eoes\":\"2036-05-31\"}},\"versions\":{\"9.1\":{\"name\":\"9.1\",\"date\":\"2022-11-15\"}}}",
         "rhel:9 released=2022-05-18 eol=2032-05-31 extended=2036-05-31\n");
  expect("fedora.json", "{\"releases\":{},\"versions\":{\"44\":{\"name\":\"44\",\"date\":\"2026-04-28\"}}}", "");
}

static void test_read_when_a_page_then_the_list_at_its_top(void **state) {
  (void)state;
  static const char page[] =
      "---\r\ntitle: Example\npermalink: /oracle-linux\nauto:\n  methods:\n    - releases: x\n"
      "      fields:\n        eol: \"Ends\"\n\n# all releases:\nreleases:\n"
      "  # the newest\n  - releaseCycle: \"10\"\n    releaseDate: 2025-06-26 # a comment\n    eol: false\n    eoes: false\n\n"
      "- releaseCycle: '9'\n  eol: 2032-06-30\n  link: https://example.org/#eol: 1\n\n  eoes: \"2035-06-30\"\n"
      "  - releaseCycle: \"8\" # was: 2029\n    eol: true\n"
      "later:\n  - releaseCycle: \"7\"\n---\n\nreleases:\n  - releaseCycle: \"6\"\n";
  expect("page.md", page, "ol:10 released=2025-06-26\nol:9 eol=2032-06-30 extended=2035-06-30\nol:8 eol=ended\n");
  expect("debian.md", "---\nreleases:\n  - releaseCycle: \"12\"\n    eol: 2026-06-10\n---\n", "debian:12 eol=2026-06-10\n");
  expect("debian.md", "---\nreleases:\n---\n", "");
}

static void test_read_when_products_have_other_names_then_the_platforms_names(void **state) {
  (void)state;
  static const char *const names[][3] = {
      {"almalinux", "9", "almalinux:9"},
      {"alpine-linux", "3.20", "alpine:3.20"},
      {"amazon-linux", "2023", "amzn:2023"},
      {"amazon-linux", "2018.03", "amzn:2018"},
      {"centos", "7", "centos:7"},
      {"centos-stream", "9", "centos-stream:9"},
      {"fedora", "40", "fedora:40"},
      {"freebsd", "stable/14", "freebsd:14"},
      {"opensuse", "15.6", "opensuse-leap:15.6"},
      {"opensuse", "42.3", "opensuse-leap:42.3"},
      {"opensuse", "13.2", "opensuse:13.2"},
      {"oracle-linux", "8", "ol:8"},
      {"rhel", "9", "rhel:9"},
      {"rocky-linux", "9", "rocky:9"},
      {"sles", "12.5", "sles:12.5"},
      {"ubuntu", "22.04", "ubuntu:22.04"},
      {"debian", "3.1", "debian:3"},
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char text[256], want[64];
    snprintf(text, sizeof text, "{\"result\":{\"name\":\"%s\",\"releases\":[{\"name\":\"%s\"}]}}", names[i][0], names[i][1]);
    snprintf(want, sizeof want, "%s\n", names[i][2]);
    expect("x", text, want);
  }
}

static void test_read_when_releases_share_a_platform_then_the_one_of_its_name_or_the_latest(void **state) {
  (void)state;
  expect("freebsd.json",
         "[{\"cycle\":\"14.1\",\"releaseDate\":\"2024-06-04\",\"eol\":\"2025-03-31\"},{\"cycle\":\"14\",\"releaseDate\":"
         "\"2023-11-20\",\"eol\":\"2028-11-30\"},{\"cycle\":\"14.2\",\"releaseDate\":\"2024-12-03\",\"eol\":\"2025-09-30\"}]",
         "freebsd:14 released=2023-11-20 eol=2028-11-30\n");
  expect("debian.json",
         "[{\"cycle\":\"3.0\",\"releaseDate\":\"2002-07-19\",\"eol\":\"2006-06-30\"},"
         "{\"cycle\":\"3.1\",\"releaseDate\":\"2005-06-06\",\"eol\":\"2008-03-31\"}]",
         "debian:3 released=2005-06-06 eol=2008-03-31\n");
}

static void test_read_when_a_platform_is_wanted_then_only_it(void **state) {
  (void)state;
  static const char text[] = "[{\"cycle\":\"12\"},{\"cycle\":\"11\"},{\"cycle\":\"x\"},{\"cycle\":\"\"}]";
  document_expect(pk_eol_read, "debian.json", "debian:12", text, "debian:12\n");
  document_expect(pk_eol_read, "debian.json", "rhel:9", text, "");
}

static void test_read_when_something_else_then_refused(void **state) {
  (void)state;
  refused("", "not a document of endoflife.date");
  refused("<html>", "not a document of endoflife.date");
  refused("{\"a\":1}", "not a document of endoflife.date");
  refused("---\ntitle: x\n---\n", "it has no list of releases");
  refused("---\nreleases:\n  - releaseCycle: \"12\"\n", "it has no list of releases");
  refused("[{\"cycle\":", "JSON");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_api_version_1_then_releases_of_platforms),
      cmocka_unit_test(test_read_when_api_version_0_then_the_name_tells_the_product),
      cmocka_unit_test(test_read_when_release_data_then_releases_and_not_versions),
      cmocka_unit_test(test_read_when_a_page_then_the_list_at_its_top),
      cmocka_unit_test(test_read_when_products_have_other_names_then_the_platforms_names),
      cmocka_unit_test(test_read_when_releases_share_a_platform_then_the_one_of_its_name_or_the_latest),
      cmocka_unit_test(test_read_when_a_platform_is_wanted_then_only_it),
      cmocka_unit_test(test_read_when_something_else_then_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
