/* SPDX-License-Identifier: Apache-2.0 */
#include "../vendor_reading.h"

static vendor_reading r;

static int begin(void **state) {
  (void)state;
  vendor_reading_begin(&r);
  return 0;
}

static int end(void **state) {
  (void)state;
  vendor_reading_end(&r);
  return 0;
}

/* A document about packages, and what is read of its head. */
#define DOCUMENT(id, affected) "{'id':'" id "','published':'2022-06-08T00:00:00Z','summary':'Title','affected':[" affected "]}"
#define SEEN(id, severity) id " patch of " id ", " severity ", 1654646400 'Title':\n"
#define SEEN_CVE(id, cve, severity) id " vulnerability of , " severity ", 1654646400 'Title': " cve "\n"

#define PACKAGE(ecosystem, name, rest) "{'package':{'ecosystem':'" ecosystem "','name':'" name "'}," rest "}"
#define RANGE(events) "'ranges':[{'type':'ECOSYSTEM','events':[" events "]}]"
#define FIXED(version) RANGE("{'introduced':'0'},{'fixed':'" version "'}")
#define UNFIXED RANGE("{'introduced':'0'}")
#define SPECIFIC(members) "'ecosystem_specific':{" members "}"

static void test_read_when_an_advisory_then_patch_with_binary_packages(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read,
              "{'schema_version':'1.7.3','id':'ALSA-2026:1','published':'2022-06-08T00:00:00.123Z','modified':'2023-01-01',"
              "'summary':'Important: xz security update','details':'Long','related':['CVE-2026-20','ALSA-2025:9'],"
              "'aliases':['cve-2026-3000'],'upstream':['CVE-2026-3000',7],'affected':["
              "{'package':{'ecosystem':'AlmaLinux:9','name':'xz'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'5.2.5-8.el9_0'}]}]},"
              "{'package':{'ecosystem':'AlmaLinux:9','name':'xz-libs'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'5.2.5-8.el9_0'}]}]},"
              "{'package':{'ecosystem':'AlmaLinux:9','name':'bind'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'32:9.16-1'}]}]},"
              "{'package':{'ecosystem':'PyPI','name':'xz'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'1'}]}]}]}",
              "ALSA-2026:1 patch of ALSA-2026:1, important, 1654646400 'Important: xz security update': CVE-2026-3000\n"
              "  almalinux:9 fixed <5.2.5-8.el9_0: xz xz-libs\n"
              "  almalinux:9 fixed <32:9.16-1: bind\n");
}

static void test_read_when_about_a_cve_then_vulnerability(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read,
              "{'id':'UBUNTU-CVE-2026-1403','details':'\\nWhat it is.\\nMore of it.','modified':'2026-04-09T00:00:00Z',"
              "'upstream':['CVE-2026-1403'],"
              "'severity':[{'type':'CVSS_V3','score':'CVSS:3.1/AV:N'},{'type':'Ubuntu','score':'Medium'}],"
              "'affected':[{'package':{'ecosystem':'Ubuntu:16.04:LTS','name':'gitlab'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'}]}],'versions':['8.4'],"
              "'ecosystem_specific':{'binaries':[{'binary_name':'gitlab-common','binary_version':'8.5'}]}}]}",
              "UBUNTU-CVE-2026-1403 vulnerability of , medium, 1775692800 'What it is.': CVE-2026-1403\n"
              "  ubuntu:16.04 affected source: gitlab\n");
  assert_read(&r, pk_osv_read, DOCUMENT("DEBIAN-CVE-2026-1404", PACKAGE("Debian:12", "xz", FIXED("5.4.1-1"))),
              SEEN_CVE("DEBIAN-CVE-2026-1404", "CVE-2026-1404", "") "  debian:12 fixed source <5.4.1-1: xz\n");
}

static void test_read_when_debian_tells_the_urgency_then_state_or_severity(void **state) {
  (void)state;
#define URGENCY(word) SPECIFIC("'urgency':'" word "'")
  assert_read(&r, pk_osv_read,
              DOCUMENT("DEBIAN-CVE-2026-1404", LIST(PACKAGE("Debian:12", "a", LIST(UNFIXED, URGENCY("unimportant"))),
                                                    PACKAGE("Debian:12", "b", LIST(FIXED("2"), URGENCY("unimportant"))),
                                                    PACKAGE("Debian:11", "c", LIST(UNFIXED, URGENCY("end-of-life"))),
                                                    PACKAGE("Debian:11", "d", LIST(FIXED("2"), URGENCY("end-of-life"))),
                                                    PACKAGE("Debian:11", "e", LIST(UNFIXED, URGENCY("not yet assigned"))),
                                                    PACKAGE("Debian:11", "f", LIST(UNFIXED, URGENCY("medium"))))),
              SEEN_CVE("DEBIAN-CVE-2026-1404", "CVE-2026-1404", "medium") "  debian:12 unimportant source: a\n"
                                                                          "  debian:12 unimportant source <2: b\n"
                                                                          "  debian:11 out-of-support source: c\n"
                                                                          "  debian:11 fixed source <2: d\n"
                                                                          "  debian:11 affected source: e f\n");
}

static void test_read_when_ubuntu_pro_then_a_note(void **state) {
  (void)state;
#define PRIORITY(word) SPECIFIC("'ubuntu_priority':'" word "'")
#define AVAILABLE(to) SPECIFIC("'availability':'" to "'")
  assert_read(
      &r, pk_osv_read,
      DOCUMENT("USN-1-1", LIST(PACKAGE("Ubuntu:Pro:18.04:LTS", "xz", LIST(FIXED("5.2+esm1"), PRIORITY("low"))),
                               PACKAGE("Ubuntu:22.04:LTS", "xz", LIST(FIXED("5.2.5-2"), PRIORITY("high"))),
                               PACKAGE("Ubuntu:20.04:LTS", "xz", LIST(FIXED("5.2.4-1"), AVAILABLE("No subscription required"))),
                               PACKAGE("Ubuntu:Pro:FIPS:20.04:LTS", "xz", FIXED("9")),
                               PACKAGE("Ubuntu:Pro:Realtime:24.04:LTS", "linux", FIXED("6")),
                               PACKAGE("Ubuntu:Pro:24.04:LTS", "linux", LIST(FIXED("6"), AVAILABLE("Livepatch required"))))),
      SEEN("USN-1-1", "high") "  ubuntu:18.04 fixed source <5.2+esm1 (Ubuntu Pro (ESM)): xz\n"
                              "  ubuntu:22.04 fixed source <5.2.5-2: xz\n"
                              "  ubuntu:20.04 fixed source <5.2.4-1: xz\n"
                              "  ubuntu:24.04 fixed source <6 (Ubuntu Pro (Realtime)): linux\n"
                              "  ubuntu:24.04 fixed source <6 (Livepatch required): linux\n");
}

static void test_read_when_events_make_several_intervals_then_a_rule_each(void **state) {
  (void)state;
#define EVENTS(name, events) PACKAGE("Debian:12", name, RANGE(events))
  assert_read(&r, pk_osv_read,
              DOCUMENT("DSA-1", LIST(EVENTS("a", "{'introduced':'0'},{'fixed':'1-1'},{'introduced':'2-1'},{'fixed':'2-5'}"),
                                     EVENTS("b", "{'introduced':'1:0-1'},{'last_affected':'1:3-1'}"),
                                     EVENTS("c", "{'introduced':'0'},{'limit':'3'}"), EVENTS("d", "{'fixed':'4'},{'fixed':'5'}"),
                                     EVENTS("e", "{'introduced':'1'},{'introduced':'2'}"),
                                     EVENTS("f", "{'introduced':'1','fixed':'2'}"), EVENTS("g", ""), EVENTS("h", "{},7,'x'"))),
              SEEN("DSA-1", "") "  debian:12 fixed source <1-1: a\n"
                                "  debian:12 fixed source >=2-1 <2-5: a\n"
                                "  debian:12 affected source >=1:0-1 <=1:3-1: b\n"
                                "  debian:12 fixed source <3: c\n"
                                "  debian:12 fixed source <4: d\n"
                                "  debian:12 affected source >=1: e\n"
                                "  debian:12 affected source >=2: e\n"
                                "  debian:12 fixed source >=1 <2: f\n");
}

static void test_read_when_there_is_no_range_then_the_versions(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read,
              DOCUMENT("DSA-1", LIST(PACKAGE("Debian:12", "a", "'versions':['1-1','1-2',3]"),
                                     PACKAGE("Debian:12", "b", "'ranges':[{'type':'GIT'}],'versions':['7']"))),
              SEEN("DSA-1", "") "  debian:12 affected source >=1-1 <=1-1: a\n"
                                "  debian:12 affected source >=1-2 <=1-2: a\n"
                                "  debian:12 affected source >=7 <=7: b\n");
}

static void test_read_when_suse_lists_binaries_then_those_with_their_versions(void **state) {
  (void)state;
#define BINARIES(map) SPECIFIC("'binaries':[{" map "}]")
  assert_read(
      &r, pk_osv_read,
      DOCUMENT("SUSE-SU-2026:1-1",
               LIST(PACKAGE("SUSE:Linux Enterprise Server 15 SP5", "bind",
                            LIST(FIXED("9.16-1.1"), BINARIES("'bind':'9.16-1.1','bind-utils':'9.16-1.1','libdns':'9.16-2.1'"))),
                    PACKAGE("SUSE:Linux Enterprise Module for Basesystem 15 SP5", "bind",
                            LIST(FIXED("9.16-1.1"), BINARIES("'bind-utils':'9.16-1.1'"))),
                    PACKAGE("openSUSE:Leap 15.5", "bind", FIXED("9.16-1.1")))),
      SEEN("SUSE-SU-2026:1-1", "") "  sles:15.5 fixed <9.16-1.1: bind bind-utils\n"
                                   "  sles:15.5 fixed <9.16-2.1: libdns\n"
                                   "  opensuse-leap:15.5 fixed source <9.16-1.1: bind\n");
}

static void test_read_when_openeuler_lists_files_then_the_newest_of_each(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read,
              "{'id':'OESA-2026-1001','database_specific':{'severity':'High'},'affected':["
              "{'package':{'ecosystem':'openEuler:22.03-LTS-SP1','name':'dnsmasq'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'2.82-10.oe1'}]}],"
              "'ecosystem_specific':{'aarch64':['dnsmasq-2.82-9.oe1.aarch64.rpm','dnsmasq-2.82-10.oe1.aarch64.rpm'],"
              "'noarch':['dnsmasq-help-2.82-10.oe1.noarch.rpm','no file',7],'src':['dnsmasq-2.82-10.oe1.src.rpm'],"
              "'x86_64':['dnsmasq-2.82-10.oe1.x86_64.rpm','dnsmasq-2.82-9.oe1.x86_64.rpm']}}]}",
              "OESA-2026-1001 patch of OESA-2026-1001, high, 0 '':\n"
              "  openeuler:22.03-sp1 fixed <2.82-10.oe1 aarch64|x86_64: dnsmasq\n"
              "  openeuler:22.03-sp1 fixed <2.82-10.oe1: dnsmasq-help\n");
}

static void test_read_when_rocky_then_source_packages(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read, DOCUMENT("RLSA-2026:1", PACKAGE("Rocky Linux:8", "kernel", FIXED("0:4.18.0-553.el8_10"))),
              SEEN("RLSA-2026:1", "") "  rocky:8 fixed source <0:4.18.0-553.el8_10: kernel\n");
}

static void test_read_when_red_hat_then_platform_by_cpe_and_module_by_purl(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read,
              "{'id':'RHSA-2026:1','published':'2022-06-08T00:00:00Z','summary':'Title','affected':["
              "{'package':{'ecosystem':'Red Hat:rhel_eus:8.8::appstream','name':'ruby',"
              "'purl':'pkg:rpm/redhat/ruby?rpmmod=ruby:2.5:80:aa'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'0:2.5-1.module+el8'}]}]},"
              "{'package':{'ecosystem':'Red Hat:enterprise_linux:8::appstream','name':'perl'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'0:5-1'}]}],"
              "'database_specific':{'module':'perl:5.30','severity':'Low'}},"
              "{'package':{'ecosystem':'Red Hat:openshift:4.15::el9','name':'podman'},"
              "'ranges':[{'type':'ECOSYSTEM','events':[{'introduced':'0'},{'fixed':'9'}]}]}]}",
              SEEN("RHSA-2026:1", "low") "  rhel:8.8 fixed <0:2.5-1.module+el8 module ruby:2.5: ruby\n"
                                         "  rhel:8 fixed <0:5-1 module perl:5.30: perl\n");
}

static void test_read_when_a_feed_is_for_one_platform_then_only_its_rules(void **state) {
  (void)state;
  static const char *const text =
      DOCUMENT("DSA-1", LIST(PACKAGE("Debian:11", "a", FIXED("1")), PACKAGE("Debian:12", "a", FIXED("2"))));
  r.platform = "debian:12";
  assert_read(&r, pk_osv_read, text, SEEN("DSA-1", "") "  debian:12 fixed source <2: a\n");
  r.platform = "debian:13";
  assert_read(&r, pk_osv_read, text, "");
  r.platform = NULL;
}

static void test_read_when_nothing_is_wanted_then_unchanged(void **state) {
  (void)state;
  static const char *const texts[] = {
      "{'id':'DSA-1','withdrawn':'2025-07-18T16:42:51Z','affected':[{'package':{'ecosystem':'Debian:12','name':'a'},'versions':['"
      "1']}]}",
      "{'id':'SUSE-SU-2015:0011-2'}",
      DOCUMENT("PYSEC-1", PACKAGE("PyPI", "a", FIXED("1"))),
      DOCUMENT("DSA-1", "{}, 7, {'package':'x'}"),
      "[{'id':'RHSA-2026:1','modified':'2026-01-01T00:00:00Z'}]",
      "[]",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_read(&r, pk_osv_read, texts[i], "");
}

#define ONE(id) DOCUMENT(id, PACKAGE("Debian:12", "a", FIXED("1")))
#define SEEN_ONE(id) SEEN(id, "") "  debian:12 fixed source <1: a\n"

static void test_read_when_lines_or_a_list_then_every_document(void **state) {
  (void)state;
  assert_read(&r, pk_osv_read, ONE("DSA-1") "\n" ONE("DSA-2") "\n", SEEN_ONE("DSA-1") SEEN_ONE("DSA-2"));
  assert_read(&r, pk_osv_read, "[" LIST(ONE("DSA-1"), ONE("DSA-2")) "]", SEEN_ONE("DSA-1") SEEN_ONE("DSA-2"));
}

static void test_read_when_it_is_no_document_then_refused(void **state) {
  (void)state;
  assert_refused(&r, pk_osv_read, "{}", PK_E_SYNTAX, "no 'id'");
  assert_refused(&r, pk_osv_read, "7", PK_E_SYNTAX, "no OSV document");
  assert_refused(&r, pk_osv_read, "[7]", PK_E_SYNTAX, "no 'id'");
  assert_refused(&r, pk_osv_read, "{'id':'SUSE-SU-403 Forbidden-1'}", PK_E_SYNTAX, "'SUSE-SU-403 Forbidden-1'");
  assert_refused(&r, pk_osv_read, "{'id':'a'", PK_E_SYNTAX, "JSON byte 9:");
  assert_refused(&r, pk_osv_read, "<html></html>", PK_E_SYNTAX, "XML or HTML");
  assert_refused(&r, pk_osv_read, DOCUMENT("DSA-1", PACKAGE("Debian:12", "", FIXED("1"))), PK_E_SYNTAX,
                 "'DSA-1': package name ''");
  assert_refused(&r, pk_osv_read, DOCUMENT("DSA-1", PACKAGE("Debian:12", "a", FIXED("1 2"))), PK_E_SYNTAX, "'1 2'");
}

static void test_read_when_the_sink_fails_then_its_fault(void **state) {
  (void)state;
  r.answer = PK_E_STORE;
  assert_refused(&r, pk_osv_read, ONE("DSA-1") ONE("DSA-2"), PK_E_STORE, "the sink is full");
  assert_string_equal(pk_buf_cstr(&r.out), SEEN_ONE("DSA-1"));
  r.answer = PK_OK;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_an_advisory_then_patch_with_binary_packages),
      cmocka_unit_test(test_read_when_about_a_cve_then_vulnerability),
      cmocka_unit_test(test_read_when_debian_tells_the_urgency_then_state_or_severity),
      cmocka_unit_test(test_read_when_ubuntu_pro_then_a_note),
      cmocka_unit_test(test_read_when_events_make_several_intervals_then_a_rule_each),
      cmocka_unit_test(test_read_when_there_is_no_range_then_the_versions),
      cmocka_unit_test(test_read_when_suse_lists_binaries_then_those_with_their_versions),
      cmocka_unit_test(test_read_when_openeuler_lists_files_then_the_newest_of_each),
      cmocka_unit_test(test_read_when_rocky_then_source_packages),
      cmocka_unit_test(test_read_when_red_hat_then_platform_by_cpe_and_module_by_purl),
      cmocka_unit_test(test_read_when_a_feed_is_for_one_platform_then_only_its_rules),
      cmocka_unit_test(test_read_when_nothing_is_wanted_then_unchanged),
      cmocka_unit_test(test_read_when_lines_or_a_list_then_every_document),
      cmocka_unit_test(test_read_when_it_is_no_document_then_refused),
      cmocka_unit_test(test_read_when_the_sink_fails_then_its_fault),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
