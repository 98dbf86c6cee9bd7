/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

static const char INVENTORY[] =
    "{\"action\":\"inventory\",\"deviceid\":\"www-1\",\"tag\":\"Brno\",\"content\":{"
    "\"accesslog\":{\"logdate\":\"2024-01-01\"},\"cpus\":[{\"name\":\"Intel(R) Xeon(R)\",\"core\":4},{\"name\":\"second\"}],"
    "\"hardware\":{\"name\":\"www\",\"memory\":2048},\"operatingsystem\":{\"arch\":\"x86_64\",\"fqdn\":\"www.example.org\","
    "\"full_name\":\"Debian GNU/Linux 12 (bookworm)\",\"kernel_version\":\"6.1.0-18-amd64\",\"timezone\":{\"name\":\"CET\"}},"
    "\"softwares\":[{\"name\":\"bash\",\"version\":\"5.2.15-2+b2\",\"arch\":\"amd64\",\"from\":\"deb\",\"filesize\":7163000},"
    "{\"name\":\"no version\",\"from\":\"deb\"},{\"name\":\"Some Program\",\"version\":\"1.0\",\"from\":\"flatpak\"},"
    "{\"name\":\"caf\\u00e9\",\"version\":2.5,\"arch\":null,\"from\":\"snap\"}]},\"itemtype\":\"Computer\"}";

static void test_inventory_when_whole_then_mapped(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = pk_str_of(INVENTORY), .user_agent = PK_STR("GLPI-Agent_v1.7")});
  assert_good(o);
  assert_int_equal(o->report.protocol, PK_PROTOCOL_GLPI);
  assert_int_equal(o->form, PK_REPLY_GLPI);
  assert_int_equal(o->report.type, PK_TYPE_DEB);
  assert_text(o->report.host, "www.example.org");
  assert_text(o->report.os, "Debian GNU/Linux 12 (bookworm)");
  assert_text(o->report.arch, "x86_64");
  assert_text(o->report.cpu, "Intel(R) Xeon(R)");
  assert_text(o->report.kernel, "6.1.0-18-amd64");
  assert_text(o->report.site, "Brno");
  assert_text(o->report.client, "GLPI-Agent_v1.7");
  assert_int_equal(o->report.tag.n + o->report.ip.n, 0);
}

static void test_softwares_when_no_packages_then_left_out(void **state) {
  outcome *o = *state;
  decode_body(o, INVENTORY);
  assert_good(o);
  assert_int_equal(o->report.n_packages, 2);
  assert_package(o, 0, "bash", "5.2.15-2+b2", "amd64");
  assert_int_equal(o->report.packages[0].package.type, PK_TYPE_DEB);
  assert_package(o, 1, "caf\xc3\xa9", "2.5", "");
  assert_int_equal(o->report.packages[1].package.type, PK_TYPE_OTHER);
}

static void test_inventory_when_without_fqdn_then_the_hardware_name(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"content\":{\"operatingsystem\":{\"fqdn\":\"\"},\"hardware\":{\"name\":\"www\"},"
                 "\"softwares\":[{\"name\":\"a\",\"version\":\"1\",\"from\":\"rpm\"}]}}");
  assert_good(o);
  assert_text(o->report.host, "www");
  assert_int_equal(o->report.type, PK_TYPE_RPM);
}

static void test_agent_when_parameters_differ_then_still_glpi_with_the_mode(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = pk_str_of(INVENTORY),
                                        .user_agent = PK_STR("GLPI-Agent"),
                                        .query = PK_STR("protocol=9&mode=report-only")});
  assert_good(o);
  assert_int_equal(o->report.mode, PK_MODE_REPORT_ONLY);
}

static void test_agent_when_it_sends_no_inventory_then_refused_in_json(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = PK_STR("{\"action\":\"contact\"}"), .user_agent = PK_STR("GLPI-Agent_v1.7")});
  assert_refused(o, PK_E_SYNTAX, "has no 'content'");
  assert_int_equal(o->form, PK_REPLY_GLPI);
}

static void test_agent_when_it_sends_no_json_then_refused(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = PK_STR("#\nhost: h\n#\na 1 all\n"), .user_agent = PK_STR("GLPI-Agent_v1.7")});
  assert_refused(o, PK_E_SYNTAX, "JSON");
}

static void test_inventory_when_without_softwares_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"content\":{\"hardware\":{\"name\":\"www\"}}}");
  assert_refused(o, PK_E_SYNTAX, "no packages");
}

static void test_member_when_of_a_wrong_type_then_refused_with_its_path(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"content\":{\"softwares\":[{\"name\":\"a\",\"version\":\"1\"},{\"name\":[],\"version\":\"1\"}]}}");
  assert_refused(o, PK_E_SYNTAX, "content.softwares[1].name: must be a string");
  decode_body(o, "{\"content\":{\"softwares\":[\"a\"]}}");
  assert_refused(o, PK_E_SYNTAX, "content.softwares[0]: must be an object");
}

static void test_software_when_it_holds_controls_then_refused_with_its_path(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"content\":{\"hardware\":{\"name\":\"h\"},\"softwares\":[{\"name\":\"a\\u0000b\",\"version\":\"1\"}]}}");
  assert_refused(o, PK_E_SYNTAX, "content.softwares[0]: a field of 'a' holds the control character 0x00");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_inventory_when_whole_then_mapped),
      TEST(test_softwares_when_no_packages_then_left_out),
      TEST(test_inventory_when_without_fqdn_then_the_hardware_name),
      TEST(test_agent_when_parameters_differ_then_still_glpi_with_the_mode),
      TEST(test_agent_when_it_sends_no_inventory_then_refused_in_json),
      TEST(test_agent_when_it_sends_no_json_then_refused),
      TEST(test_inventory_when_without_softwares_then_refused),
      TEST(test_member_when_of_a_wrong_type_then_refused_with_its_path),
      TEST(test_software_when_it_holds_controls_then_refused_with_its_path),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
