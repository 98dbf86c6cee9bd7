/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/embed.h"
#include "feed/vendor.h"

static pk_platform_map *platforms;

static int begin(void **state) {
  (void)state;
  return pk_platform_map_new(pk_embed_platforms, "platforms", &platforms, NULL) == PK_OK ? 0 : -1;
}

static int end(void **state) {
  (void)state;
  pk_platform_map_free(&platforms);
  return 0;
}

typedef struct naming {
  const char *product, *platform; /* NULL: none of ours */
} naming;

static void check(const naming *namings, size_t n) {
  for (size_t i = 0; i < n; i++) {
    pk_arena arena;
    pk_str platform = PK_STR("");
    pk_err err = {0};
    pk_arena_init(&arena, 1 << 20);
    pk_rc rc = pk_vendor_platform(platforms, pk_str_of(namings[i].product), &arena, &platform, &err);
    if (namings[i].platform && rc != PK_OK) fail_msg("'%s' is not known", namings[i].product);
    if (!namings[i].platform && rc != PK_NOTFOUND) fail_msg("'%s' is '%.*s'", namings[i].product, PK_FMT(platform));
    if (namings[i].platform && !pk_str_is(platform, namings[i].platform))
      fail_msg("'%s' is '%.*s', not '%s'", namings[i].product, PK_FMT(platform), namings[i].platform);
    pk_arena_fini(&arena);
  }
}
#define CHECK(table) check((table), sizeof(table) / sizeof(table)[0])

static void test_platform_when_an_osv_ecosystem_then_known(void **state) {
  (void)state;
  static const naming table[] = {
      {"Debian:3.0", "debian:3"},
      {"Debian:6.0", "debian:6"},
      {"Debian:12", "debian:12"},
      {"Debian", NULL},
      {"Ubuntu:14.04:LTS", "ubuntu:14.04"},
      {"Ubuntu:24.10", "ubuntu:24.10"},
      {"Ubuntu:Pro:18.04:LTS", "ubuntu:18.04"},
      {"Ubuntu:Pro:Realtime:22.04:LTS", "ubuntu:22.04"},
      {"Ubuntu:Pro:FIPS:20.04:LTS", NULL},
      {"Ubuntu:Pro:FIPS-updates:22.04:LTS", NULL},
      {"Ubuntu:22.04:LTS:for:NVIDIA:BlueField", NULL},
      {"Ubuntu:Pro", NULL},
      {"AlmaLinux:8", "almalinux:8"},
      {"AlmaLinux:10", "almalinux:10"},
      {"AlmaLinux", NULL},
      {"Rocky Linux:9", "rocky:9"},
      {"openEuler:20.03-LTS", "openeuler:20.03"},
      {"openEuler:22.03-LTS-SP1", "openeuler:22.03-sp1"},
      {"SUSE:Linux Enterprise Desktop 12 SP1", "sled:12.1"},
      {"SUSE:Linux Enterprise Server for SAP Applications 12", "sles:12"},
      {"SUSE:Linux Enterprise Workstation Extension 12 SP1", "sles:12.1"},
      {"SUSE:Package Hub 12", "sles:12"},
      {"SUSE:Manager Server 4.3", NULL},
      {"openSUSE:Leap 15.5", "opensuse-leap:15.5"},
      {"openSUSE:Leap Micro 5.3", "opensuse-leap-micro:5.3"},
      {"openSUSE:Tumbleweed", "opensuse-tumbleweed"},
      {"Red Hat:rhel_eus:8.8::baseos", "rhel:8.8"},
      {"Red Hat:enterprise_linux:9::appstream", "rhel:9"},
      {"Red Hat:ocp_tools:4.15::el9", NULL},
      {"Photon OS:5.0", "photon:5"},
      {"Alpine:v3.19", NULL},
      {"PyPI", NULL},
      {"Go", NULL},
      {"TuxCare:AlmaLinux:9", NULL},
      {"", NULL},
  };
  CHECK(table);
}

static void test_platform_when_a_cpe_of_red_hat_then_streams_are_told_apart(void **state) {
  (void)state;
  static const naming table[] = {
      {"cpe:/o:redhat:enterprise_linux:6", "rhel:6"},
      {"cpe:/o:redhat:enterprise_linux:7::server", "rhel:7"},
      {"cpe:/o:redhat:enterprise_linux:5::client_workstation", "rhel:5"},
      {"cpe:/a:redhat:enterprise_linux:9::appstream", "rhel:9"},
      {"cpe:/a:redhat:enterprise_linux:8", "rhel:8"},
      {"cpe:/o:redhat:enterprise_linux:10.1", "rhel:10"},
      {"cpe:/o:redhat:enterprise_linux_eus:10.0", "rhel:10.0"},
      {"cpe:/a:redhat:rhel_eus:9.2::appstream", "rhel:9.2"},
      {"cpe:/a:redhat:rhel_eus:8.4", "rhel:8.4"},
      {"cpe:/a:redhat:rhel_eus_long_life:8.4::appstream", "rhel:8.4"},
      {"cpe:/a:redhat:rhel_e4s:8.1::appstream", "rhel:8.1"},
      {"cpe:/o:redhat:rhel_aus:7.6::server", "rhel:7.6"},
      {"cpe:/o:redhat:rhel_tus:8.8::baseos", "rhel:8.8"},
      {"cpe:/o:redhat:rhel_mission_critical:6.2::server", "rhel:6.2"},
      {"cpe:/o:redhat:rhel_els:6", "rhel:6"},
      {"cpe:/a:redhat:rhel_extras_rt:7", "rhel:7"},
      {"cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*", "rhel:9"},
      {"cpe:/a:redhat:enterprise_linux_ai:3", NULL},
      {"cpe:/a:redhat:openshift:4.18::el9", NULL},
      {"cpe:/a:redhat:jboss_enterprise_web_server:1::el5", NULL},
      {"cpe:/a:redhat:rhel_satellite_client:6::el8", NULL},
      {"cpe:/o:redhat:rhev_hypervisor:4", NULL},
      {"cpe:/a:redhat:hummingbird:1", NULL},
      {"cpe:/a:redhat:optaplanner:::el6", NULL},
      {"cpe:/a:redhat", NULL},
      {"cpe:/a:", NULL},
      {"cpe:/o:redhat:enterprise_linux", NULL},
  };
  CHECK(table);
}

static void test_platform_when_a_cpe_of_another_vendor_then_known(void **state) {
  (void)state;
  static const naming table[] = {
      {"cpe:/o:suse:sles:12", "sles:12"},
      {"cpe:/o:suse:sles:15:sp5", "sles:15.5"},
      {"cpe:/o:suse:sles:11:sp1:teradata", "sles:11.1"},
      {"cpe:/o:suse:suse_sles_ltss:11:sp2", "sles:11.2"},
      {"cpe:/o:suse:sles_sap:12:sp1", "sles:12.1"},
      {"cpe:/o:suse:sled:12:sp1", "sled:12.1"},
      {"cpe:/o:suse:sle-sdk:12:sp1", "sles:12.1"},
      {"cpe:/o:suse:sle-we:12", "sles:12"},
      {"cpe:/o:suse:packagehub:12", "sles:12"},
      {"cpe:/o:suse:sle-module-basesystem:15:sp5", "sles:15.5"},
      {"cpe:/o:suse:sle-module-suse-manager-server:4.3", NULL},
      {"cpe:/o:suse:sle-micro:5.5", "sle-micro:5.5"},
      {"cpe:/o:suse:suse-manager-server:4.3", NULL},
      {"cpe:/o:opensuse:leap:15.5", "opensuse-leap:15.5"},
      {"cpe:/o:opensuse:tumbleweed", "opensuse-tumbleweed"},
      {"cpe:/a:openEuler:openEuler:22.03-LTS-SP3", "openeuler:22.03-sp3"},
      {"cpe:/a:openEuler:openEuler:24.03-LTS", "openeuler:24.03"},
      {"cpe:/o:oracle:linux:9", "ol:9"},
      {"cpe:/a:oracle:linux:8:6:baseos_patch", "ol:8"},
      {"cpe:2.3:o:amazon:amazon_linux:2023:*:*:*:*:*:*:*", "amzn:2023"},
      {"cpe:/o:amazon:linux:2", "amzn:2"},
      {"cpe:/o:vmware:photon:5.0", "photon:5"},
      {"cpe:/a:almalinux:almalinux:9::appstream", "almalinux:9"},
      {"cpe:/o:rocky:rocky:8", "rocky:8"},
      {"cpe:/o:debian:debian_linux:12", "debian:12"},
      {"cpe:/o:canonical:ubuntu_linux:22.04", "ubuntu:22.04"},
      {"cpe:2.3:a:isc:bind:9.16\\:x:*:*:*:*:*:*:*", NULL},
      {"cpe:/h:redhat:enterprise_linux:9", NULL},
  };
  CHECK(table);
}

static void test_platform_when_a_name_then_known(void **state) {
  (void)state;
  static const naming table[] = {
      {"SUSE Linux Enterprise Server 15 SP5", "sles:15.5"},
      {"SUSE Linux Enterprise Server 16.0", "sles:16.0"},
      {"SUSE Linux Enterprise Server 11 SP2-LTSS", "sles:11.2"},
      {"SUSE Linux Enterprise Server 11 SP1-TERADATA", "sles:11.1"},
      {"SUSE Linux Enterprise Server 12 SP2-BCL", "sles:12.2"},
      {"SUSE Linux Enterprise Server 12-LTSS", "sles:12"},
      {"SUSE Linux Enterprise Server LTSS Extended Security 12 SP5", "sles:12.5"},
      {"SUSE Linux Enterprise Server for SAP Applications 15 SP5", "sles:15.5"},
      {"SUSE Linux Enterprise Desktop 12", "sled:12"},
      {"SUSE Linux Enterprise Module for Basesystem 15 SP5", "sles:15.5"},
      {"SUSE Linux Enterprise Module for Python 3 15 SP4", "sles:15.4"},
      {"SUSE Linux Enterprise Module for Web and Scripting 12", "sles:12"},
      {"SUSE Linux Enterprise Module for SUSE Manager Server 4.3", NULL},
      {"SUSE Linux Enterprise High Availability Extension 15 SP3", "sles:15.3"},
      {"SUSE Linux Enterprise Live Patching 12 SP4", "sles:12.4"},
      {"SUSE Linux Enterprise Real Time 12 SP5", "sles:12.5"},
      {"SUSE Linux Enterprise Software Development Kit 12 SP1", "sles:12.1"},
      {"SUSE Linux Enterprise High Performance Computing 12 SP5", "sle_hpc:12.5"},
      {"SUSE Linux Enterprise Micro 5.5", "sle-micro:5.5"},
      {"SUSE Linux Micro 6.0", "sl-micro:6.0"},
      {"SUSE Package Hub 15 SP5", "sles:15.5"},
      {"SUSE CORE 9 for AMD64 and Intel EM64T", "sles:9"},
      {"SUSE Enterprise Storage 7", NULL},
      {"openSUSE Leap 15.3 NonFree", "opensuse-leap:15.3"},
      {"openSUSE Leap Micro 5.3", "opensuse-leap-micro:5.3"},
      {"openSUSE 13.2", "opensuse:13.2"},
      {"openSUSE Tumbleweed", "opensuse-tumbleweed"},
      {"Red Hat Enterprise Linux 9", "rhel:9"},
      {"Red Hat Enterprise Linux AppStream (v. 8)", "rhel:8"},
      {"Red Hat Enterprise Linux AppStream EUS (v.9.2)", "rhel:9.2"},
      {"Red Hat Enterprise Linux Server AUS (v. 7.6)", "rhel:7.6"},
      {"Red Hat Enterprise Linux 8.10.z", "rhel:8"},
      {"Red Hat Enterprise Linux 5.2", "rhel:5"},
      {"Red Hat Enterprise Linux 5 Extended Lifecycle Support", "rhel:5"},
      {"Red Hat Enterprise Linux 7 Supplementary", "rhel:7"},
      {"Supplementary for Red Hat Enterprise Linux 7", "rhel:7"},
      {"Oracle Java for Red Hat Enterprise Linux 6", "rhel:6"},
      {"Red Hat Enterprise Linux AI (RHEL AI) 3", NULL},
      {"Red Hat OpenShift Container Platform 4", NULL},
      {"Red Hat JBoss Enterprise Web Server 1 for RHEL 5 Server", NULL},
      {"openEuler-22.03-LTS-SP4", "openeuler:22.03-sp4"},
      {"openEuler-24.03-LTS", "openeuler:24.03"},
      {"openEuler 20.03 (LTS-SP4)", "openeuler:20.03-sp4"},
      {"Debian GNU/Linux 11", "debian:11"},
      {"Ubuntu 22.04 LTS", "ubuntu:22.04"},
      {"Oracle Linux 8", "ol:8"},
      {"Amazon Linux 2023", "amzn:2023"},
      {"Amazon Linux 2", "amzn:2"},
      {"Photon 3", "photon:3"},
      {"VMware Photon OS 5.0", "photon:5"},
      {"AlmaLinux 9", "almalinux:9"},
      {"Rocky Linux 8", "rocky:8"},
      {"Fedora 40", "fedora:40"},
      {"Community Enterprise Operating System 8", "centos:8"},
      {"Anolis OS 7", "anolis:7"},
      {"IBM AIX 6.1", NULL},
      {"All currently supported Red Hat products", NULL},
      {"kernel", NULL},
  };
  CHECK(table);
}

static void test_platform_when_hostile_then_none(void **state) {
  (void)state;
  char text[400];
  memset(text, '9', sizeof text);
  memcpy(text, "cpe:/o:redhat:enterprise_linux:", 31);
  pk_arena arena;
  pk_str platform;
  pk_arena_init(&arena, 1 << 20);
  for (size_t n = 0; n <= sizeof text; n++) {
    pk_rc rc = pk_vendor_platform(platforms, (pk_str){text, n}, &arena, &platform, NULL);
    assert_true(rc == PK_NOTFOUND || platform.n <= PK_PLATFORM_MAX);
  }
  assert_int_equal(pk_vendor_platform(platforms, PK_STR("Debian:12\0x"), &arena, &platform, NULL), PK_NOTFOUND);
  pk_arena_fini(&arena);
  pk_err err;
  pk_arena_init(&arena, 0);
  assert_fault(pk_vendor_platform(platforms, PK_STR("Debian:12"), &arena, &platform, &err), err, PK_E_LIMIT, "memory");
  assert_fault(pk_vendor_platform(platforms, PK_STR("cpe:/o:redhat:enterprise_linux:9"), &arena, &platform, &err), err,
               PK_E_LIMIT, "memory");
  pk_arena_fini(&arena);
}

static void test_wants_when_one_covers_the_other_then_true(void **state) {
  (void)state;
  static const struct {
    const char *feed, *rule;
    bool wants;
  } table[] = {{"", "rhel:9", true},         {"rhel:9", "", true},         {"rhel:9", "rhel:9", true},
               {"rhel:9", "rhel:9.2", true}, {"rhel:9.2", "rhel:9", true}, {"rhel:9.2", "rhel:9.4", false},
               {"rhel", "rhel:8", true},     {"rhel:9", "rhel:8", false},  {"debian:1", "debian:12", false},
               {"rocky:9", "rhel:9", false}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    if (pk_vendor_wants(pk_str_of(table[i].feed), pk_str_of(table[i].rule)) != table[i].wants)
      fail_msg("feed '%s', rule '%s'", table[i].feed, table[i].rule);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_platform_when_an_osv_ecosystem_then_known),
      cmocka_unit_test(test_platform_when_a_cpe_of_red_hat_then_streams_are_told_apart),
      cmocka_unit_test(test_platform_when_a_cpe_of_another_vendor_then_known),
      cmocka_unit_test(test_platform_when_a_name_then_known),
      cmocka_unit_test(test_platform_when_hostile_then_none),
      cmocka_unit_test(test_wants_when_one_covers_the_other_then_true),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
