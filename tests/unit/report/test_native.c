/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

#define PACKAGE "{\"name\":\"a\",\"version\":\"1-1\",\"arch\":\"all\"}"

static const char WHOLE[] =
    "{\"protocol\":6,\"client\":\"pakiti-client 0.1.0\",\"packager\":\"dpkg\",\"future\":{\"packages\":[1,[2]]},"
    "\"host\":{\"name\":\"www.example.org\",\"ip\":\"192.0.2.7\",\"os\":\"Debian 12\",\"arch\":\"x86_64\",\"cpu\":\"Xeon\","
    "\"kernel\":\"6.1.0-18-amd64\",\"site\":\"Brno\",\"tag\":\"T\",\"machine_id\":\"0123456789abcdef0123456789abcdef\","
    "\"boot_time\":1700000000,\"os_release\":{\"ID\":\"debian\",\"VERSION_ID\":\"12\"},"
    "\"repositories\":[{\"id\":\"main\",\"url\":\"https://deb.debian.org/debian\",\"x\":null}],"
    "\"livepatches\":[{\"name\":\"lp1\",\"version\":\"3\"}]},\"proxy\":true,"
    "\"packages\":[{\"name\":\"bash\",\"version\":\"5.2.15-2+b2\",\"arch\":\"amd64\",\"source\":\"bash\","
    "\"source_version\":\"5.2.15-2\",\"vendor\":\"Debian \\\"x\\\"\",\"origin\":\"main\",\"installed_at\":1690000000,"
    "\"unknown\":[{}]},{\"name\":\"b\",\"version\":\"1\",\"arch\":\"all\",\"source_version\":\"1\","
    "\"module\":\"m:1:2:3\"}]}";

static void test_report_when_whole_then_all_of_the_host_is_taken(void **state) {
  outcome *o = *state;
  decode_query(o, WHOLE, "mode=store-and-report");
  assert_good(o);
  const pk_report *r = &o->report;
  assert_int_equal(r->protocol, PK_PROTOCOL_NATIVE);
  assert_int_equal(o->form, PK_REPLY_NATIVE);
  assert_int_equal(r->mode, PK_MODE_STORE_AND_REPORT);
  assert_int_equal(r->type, PK_TYPE_DEB);
  assert_true(r->by_proxy);
  assert_text(r->client, "pakiti-client 0.1.0");
  assert_text(r->host, "www.example.org");
  assert_text(r->ip, "192.0.2.7");
  assert_text(r->os, "Debian 12");
  assert_text(r->arch, "x86_64");
  assert_text(r->cpu, "Xeon");
  assert_text(r->kernel, "6.1.0-18-amd64");
  assert_text(r->site, "Brno");
  assert_text(r->tag, "T");
  assert_text(r->machine_id, "0123456789abcdef0123456789abcdef");
  assert_int_equal(r->boot_at, 1700000000);
}

static void test_lists_when_whole_then_taken(void **state) {
  outcome *o = *state;
  decode_body(o, WHOLE);
  assert_good(o);
  const pk_report *r = &o->report;
  assert_int_equal(r->n_os_release, 2);
  assert_text(r->os_release[1].name, "VERSION_ID");
  assert_text(r->os_release[1].value, "12");
  assert_int_equal(r->n_repositories, 1);
  assert_text(r->repositories[0].name, "main");
  assert_text(r->repositories[0].value, "https://deb.debian.org/debian");
  assert_int_equal(r->n_livepatches, 1);
  assert_text(r->livepatches[0].name, "lp1");
  assert_text(r->livepatches[0].value, "3");
}

static void test_packages_when_whole_then_with_all_fields(void **state) {
  outcome *o = *state;
  decode_body(o, WHOLE);
  assert_good(o);
  assert_int_equal(o->report.n_packages, 2);
  const pk_installed *bash = &o->report.packages[0], *b = &o->report.packages[1];
  assert_package(o, 0, "bash", "5.2.15-2+b2", "amd64");
  assert_int_equal(bash->package.type, PK_TYPE_DEB);
  assert_text(bash->package.source, "bash");
  assert_text(bash->package.source_evr, "5.2.15-2");
  assert_text(bash->package.vendor, "Debian \"x\"");
  assert_text(bash->origin, "main");
  assert_int_equal(bash->installed_at, 1690000000);
  assert_text(b->package.module, "m:1:2:3");
  assert_int_equal(b->package.source_evr.n, 0); /* the same as its version */
  assert_int_equal(b->package.vendor.n + b->origin.n, 0);
  assert_int_equal(b->installed_at, 0);
}

static void test_text_when_without_escapes_then_borrowed(void **state) {
  outcome *o = *state;
  decode_body(o, WHOLE);
  const char *name = o->report.packages[0].package.name.p;
  assert_true(name > WHOLE && name < WHOLE + sizeof WHOLE);
}

static void test_type_when_packager_comes_last_then_known_all_the_same(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"packages\":[" PACKAGE "],\"host\":{\"name\":\"h\"},\"packager\":\"rpm\",\"protocol\":6}");
  assert_good(o);
  assert_int_equal(o->report.packages[0].package.type, PK_TYPE_RPM);
}

static void test_null_when_a_value_then_not_told(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"protocol\":6,\"host\":{\"name\":\"h\",\"site\":null,\"os_release\":{\"ID\":null},\"livepatches\":null},"
                 "\"packages\":[" PACKAGE "]}");
  assert_good(o);
  assert_int_equal(o->report.site.n + o->report.n_os_release + o->report.n_livepatches, 0);
}

static void test_document_when_wrong_then_refused_with_the_path(void **state) {
  static const struct {
    const char *json, *words;
  } SAMPLES[] = {
      {"{\"protocol\":7,\"host\":{\"name\":\"h\"},\"packages\":[" PACKAGE "]}", "'protocol' is 7"},
      {"{\"protocol\":\"6\",\"host\":{\"name\":\"h\"},\"packages\":[" PACKAGE "]}", "protocol: must be an integer"},
      {"{\"protocol\":6,\"host\":[],\"packages\":[" PACKAGE "]}", "host: must be an object"},
      {"{\"protocol\":6,\"host\":{\"name\":1},\"packages\":[" PACKAGE "]}", "host.name: must be a string"},
      {"{\"protocol\":6,\"host\":{\"boot_time\":1.5}}", "host.boot_time: must be an integer"},
      {"{\"protocol\":6,\"host\":{\"boot_time\":-1}}", "host.boot_time: must be an integer"},
      {"{\"protocol\":6,\"host\":{\"boot_time\":9223372036854775808}}", "host.boot_time: must be an integer"},
      {"{\"protocol\":6,\"host\":{\"boot_time\":true}}", "host.boot_time: must be an integer"},
      {"{\"protocol\":6,\"proxy\":1}", "proxy: must be true or false"},
      {"{\"protocol\":6,\"packages\":{}}", "packages: must be an array"},
      {"{\"protocol\":6,\"packages\":[" PACKAGE ",5]}", "packages[1]: must be an object"},
      {"{\"protocol\":6,\"packages\":[" PACKAGE ",{\"name\":\"b\",\"arch\":\"all\"}]}", "packages[1]: 'version' is missing"},
      {"{\"protocol\":6,\"packages\":[{\"version\":\"1\"}]}", "packages[0]: 'name' is missing"},
      {"{\"protocol\":6,\"packages\":[{\"name\":\"b\",\"version\":\"1\"}]}", "packages[0]: 'arch' is missing"},
      {"{\"protocol\":6,\"packages\":[{\"name\":\"b c\"}]}", "packages[0].name: holds a blank"},
      {"{\"protocol\":6,\"packages\":[{\"name\":\"\"}]}", "packages[0].name: is empty"},
      {"{\"protocol\":6,\"packages\":[{\"vendor\":\"\\u0007\"}]}", "packages[0].vendor: holds the control character 0x07"},
      {"{\"protocol\":6,\"host\":{\"os_release\":{\"ID\":7}}}", "host.os_release.ID: must be a string"},
      {"{\"protocol\":6,\"host\":{\"os_release\":{\"I D\":\"x\"}}}", "host.os_release.I D: holds a blank"},
      {"{\"protocol\":6,\"host\":{\"repositories\":[{\"url\":\"x\"}]}}", "host.repositories[0]: the entry has no name"},
      {"{\"protocol\":6,\"packager\":\"apk\",\"host\":{\"name\":\"h\"},\"packages\":[" PACKAGE "]}", "packager: 'apk'"},
      {"{\"protocol\":6,\"packages\":[" PACKAGE "]}", "does not name its host"},
      {"{\"protocol\":6,\"host\":{\"name\":\"h\"},\"packages\":[]}", "no packages"},
      {"{\"protocol\":6,\"host\":{\"name\":\"h\"}}", "no packages"},
      {"{\"protocol\":6,", "JSON"},
      {"{\"protocol\":6}{}", "JSON"},
  };
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    decode_body(o, SAMPLES[i].json);
    assert_refused(o, PK_E_SYNTAX, SAMPLES[i].words);
    assert_int_equal(o->form, PK_REPLY_NATIVE);
  }
}

static void test_os_release_when_too_many_fields_then_limit(void **state) {
  outcome *o = *state;
  pk_buf body;
  pk_buf_init(&body, 1 << 20);
  pk_buf_puts(&body, "{\"protocol\":6,\"host\":{\"name\":\"h\",\"os_release\":{");
  for (int i = 0; i <= PK_NAMED_VALUES_MAX; i++) pk_buf_printf(&body, "%s\"K%d\":\"v\"", i ? "," : "", i);
  pk_buf_puts(&body, "}},\"packages\":[" PACKAGE "]}");
  decode_request(o, (pk_report_request){.body = pk_buf_view(&body)});
  assert_refused(o, PK_E_LIMIT, "host.os_release.K256: more than 256 entries");
  pk_buf_free(&body);
}

static void test_rpm_keys_when_listed_then_skipped(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"protocol\":6,\"host\":{\"name\":\"h\"},\"packages\":[{\"name\":\"gpg-pubkey\",\"version\":\"1-1\","
                 "\"arch\":\"(none)\"}," PACKAGE "]}");
  assert_good(o);
  assert_int_equal(o->report.n_packages, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_report_when_whole_then_all_of_the_host_is_taken),
      TEST(test_lists_when_whole_then_taken),
      TEST(test_packages_when_whole_then_with_all_fields),
      TEST(test_text_when_without_escapes_then_borrowed),
      TEST(test_type_when_packager_comes_last_then_known_all_the_same),
      TEST(test_null_when_a_value_then_not_told),
      TEST(test_document_when_wrong_then_refused_with_the_path),
      TEST(test_os_release_when_too_many_fields_then_limit),
      TEST(test_rpm_keys_when_listed_then_skipped),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
