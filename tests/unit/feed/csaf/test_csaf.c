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

/* ---- pieces of documents ---- */

#define DOCUMENT(category, id, tree, vulnerabilities)                                                                            \
  "{'document':{'category':'" category "','csaf_version':'2.0','title':'Title','aggregate_severity':{'text':'Moderate'},"        \
  "'tracking':{'id':'" id "','initial_release_date':'2022-06-08T00:00:00+00:00','status':'final'}},"                             \
  "'product_tree':{" tree "},'vulnerabilities':[" vulnerabilities "]}"
#define VEX(tree, vulnerabilities) DOCUMENT("csaf_vex", "CVE-2026-1000", tree, vulnerabilities)
#define ADVISORY(tree, vulnerabilities) DOCUMENT("csaf_security_advisory", "RHSA-2026:1", tree, vulnerabilities)

#define BRANCHES(products) "'branches':[{'category':'vendor','name':'V','branches':[" products "]}]"
#define RELATIONSHIPS(components) "'relationships':[" components "]"
#define PRODUCT(id, helper)                                                                                                      \
  "{'category':'product_name','name':'n','product':{'name':'" id "','product_id':'" id "',"                                      \
  "'product_identification_helper':{" helper "}}}"
#define CPE(id, cpe) PRODUCT(id, "'cpe':'cpe:/" cpe "'")
#define RPM(id, purl) PRODUCT(id, "'purl':'pkg:rpm/redhat/" purl "'")
#define NAMED(id) PRODUCT(id, "")
#define COMPONENT(base, id)                                                                                                      \
  "{'category':'default_component_of','full_product_name':{'name':'x','product_id':'" base ":" id "'},"                          \
  "'product_reference':'" id "','relates_to_product_reference':'" base "'}"
/* of the platform that most tests have */
#define OF_RHEL_8(id) COMPONENT("rhel_8", id)
#define RHEL_8 CPE("rhel_8", "o:redhat:enterprise_linux:8")

#define VULNERABILITY(cve, members) "{'cve':'" cve "','title':'xz: it breaks'," members "}"
#define STATUS(lists) "'product_status':{" lists "}"
#define FIXED(ids) "'fixed':[" ids "]"
#define AFFECTED(ids) "'known_affected':[" ids "]"
#define NOT_AFFECTED(ids) "'known_not_affected':[" ids "]"
#define REMEDIATIONS(list) "'remediations':[" list "]"
#define REMEDIATION(category, details, ids) "{'category':'" category "','details':'" details "','product_ids':[" ids "]}"
#define FIX(url, ids) "{'category':'vendor_fix','details':'Do it','url':'" url "','product_ids':[" ids "]}"
#define THREATS(list) "'threats':[" list "]"
#define IMPACT(word, ids) "{'category':'impact','details':'" word "','product_ids':[" ids "]}"
#define IMPACT_ON_ALL(word) "{'category':'impact','details':'" word "'}"

#define SEEN_VEX(severity) "CVE-2026-1000 vulnerability of , " severity ", 1654646400 'xz: it breaks': CVE-2026-1000\n"

/* ---- VEX ---- */

static void test_read_when_fixed_then_binaries_by_version_and_architectures(void **state) {
  (void)state;
#define XZ_IDS                                                                                                                   \
  "'rhel_9:xz-0:5-1.src','rhel_9:xz-0:5-1.x86_64','rhel_9:xz-0:5-1.s390x','rhel_9:xz-libs-0:5-1.x86_64',"                        \
  "'rhel_9:xz-libs-0:5-1.s390x','rhel_9:xz-doc-0:5-1.noarch'"
#define XZ_PRODUCTS                                                                                                              \
  LIST(RPM("xz-0:5-1.src", "xz@5-1?arch=src"), RPM("xz-0:5-1.x86_64", "xz@5-1?arch=x86_64"),                                     \
       RPM("xz-0:5-1.s390x", "xz@5-1?arch=s390x"), RPM("xz-libs-0:5-1.s390x", "xz-libs@5-1?arch=s390x"),                         \
       RPM("xz-libs-0:5-1.x86_64", "xz-libs@5-1?arch=x86_64"), RPM("xz-doc-0:5-1.noarch", "xz-doc@5-1?arch=noarch"))
#define OF_RHEL_9(id) COMPONENT("rhel_9", id)
#define XZ_COMPONENTS                                                                                                            \
  LIST(OF_RHEL_9("xz-0:5-1.src"), OF_RHEL_9("xz-0:5-1.x86_64"), OF_RHEL_9("xz-0:5-1.s390x"), OF_RHEL_9("xz-libs-0:5-1.x86_64"),  \
       OF_RHEL_9("xz-libs-0:5-1.s390x"), OF_RHEL_9("xz-doc-0:5-1.noarch"))
  assert_read(
      &r, pk_csaf_read,
      VEX(LIST(BRANCHES(LIST(CPE("rhel_9", "a:redhat:enterprise_linux:9::appstream"),
                             CPE("eus", "a:redhat:rhel_eus:9.2::appstream"),
                             RPM("bind-32:9-1.x86_64", "bind@9-1?arch=x86_64&epoch=32"), XZ_PRODUCTS)),
               RELATIONSHIPS(LIST(XZ_COMPONENTS, COMPONENT("eus", "bind-32:9-1.x86_64")))),
          VULNERABILITY("CVE-2026-1000",
                        LIST(STATUS(FIXED(LIST(XZ_IDS, "'eus:bind-32:9-1.x86_64','not in the tree',7"))),
                             REMEDIATIONS(LIST(FIX("https://access.redhat.com/errata/RHSA-2026:7", XZ_IDS),
                                               FIX("https://access.redhat.com/articles/11258", "'eus:bind-32:9-1.x86_64'")))))),
      SEEN_VEX("moderate") "  rhel:9 fixed <0:5-1 s390x|x86_64 by RHSA-2026:7: xz xz-libs\n"
                           "  rhel:9 fixed <0:5-1 by RHSA-2026:7: xz-doc\n"
                           "  rhel:9.2 fixed <32:9-1 x86_64: bind\n");
}

static void test_read_when_not_fixed_then_states_by_red_hats_words(void **state) {
  (void)state;
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(RHEL_8, NAMED("a"), NAMED("b"), NAMED("c"), NAMED("d"), NAMED("e"), NAMED("f"), NAMED("g"))),
                       RELATIONSHIPS(LIST(OF_RHEL_8("a"), OF_RHEL_8("b"), OF_RHEL_8("c"), OF_RHEL_8("d"), OF_RHEL_8("e"),
                                          OF_RHEL_8("f"), OF_RHEL_8("g")))),
                  VULNERABILITY("CVE-2026-1000",
                                LIST(STATUS(LIST(AFFECTED("'rhel_8:a','rhel_8:b','rhel_8:c','rhel_8:d','rhel_8:e','rhel_8:f'"),
                                                 "'under_investigation':['rhel_8:g']")),
                                     REMEDIATIONS(LIST(REMEDIATION("workaround", "Do not run it", "'rhel_8:a','rhel_8:b'"),
                                                       REMEDIATION("none_available", "Affected", "'rhel_8:a'"),
                                                       REMEDIATION("no_fix_planned", "Will not fix", "'rhel_8:b'"),
                                                       REMEDIATION("none_available", "Fix deferred", "'rhel_8:c'"),
                                                       REMEDIATION("no_fix_planned", "Out of support scope", "'rhel_8:d'"),
                                                       REMEDIATION("no_fix_planned", "We retire it", "'rhel_8:e'")))))),
              SEEN_VEX("moderate") "  rhel:8 affected source: a f\n"
                                   "  rhel:8 will-not-fix source: b\n"
                                   "  rhel:8 deferred source: c\n"
                                   "  rhel:8 out-of-support source: d\n"
                                   "  rhel:8 will-not-fix source (We retire it): e\n"
                                   "  rhel:8 under-investigation source: g\n");
}

static void test_read_when_not_affected_then_one_rule_with_the_flag(void **state) {
  (void)state;
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(RHEL_8, RPM("a", "a@1-1?arch=x86_64"), RPM("b", "b@2-1?arch=noarch"))),
                       RELATIONSHIPS(LIST(OF_RHEL_8("a"), OF_RHEL_8("b")))),
                  VULNERABILITY("CVE-2026-1000",
                                LIST(STATUS(NOT_AFFECTED("'rhel_8:a','rhel_8:b'")),
                                     "'flags':[{'label':'component_not_present','product_ids':['rhel_8:a','rhel_8:b']}]"))),
              SEEN_VEX("moderate") "  rhel:8 not-affected (component_not_present): a b\n");
}

static void test_read_when_purls_tell_no_architecture_then_source_only_in_old_documents(void **state) {
  (void)state;
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(RHEL_8, RPM("kernel", "kernel"))), RELATIONSHIPS(OF_RHEL_8("kernel"))),
                  VULNERABILITY("CVE-2026-1000", STATUS(AFFECTED("'rhel_8:kernel'")))),
              SEEN_VEX("moderate") "  rhel:8 affected source: kernel\n");
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(RHEL_8, RPM("kernel", "kernel"), RPM("kernel.src", "kernel?arch=src"))),
                       RELATIONSHIPS(LIST(OF_RHEL_8("kernel"), OF_RHEL_8("kernel.src")))),
                  VULNERABILITY("CVE-2026-1000", STATUS(AFFECTED("'rhel_8:kernel','rhel_8:kernel.src'")))),
              SEEN_VEX("moderate") "  rhel:8 affected: kernel\n  rhel:8 affected source: kernel\n");
}

/* Red Hat's feed of 2026: nothing nested, one product a minor release, fixed packages without architectures. */
static void test_read_when_of_the_flat_feed_then_sources_where_there_is_nothing_else(void **state) {
  (void)state;
  assert_read(
      &r, pk_csaf_read,
      VEX(LIST(BRANCHES(LIST(CPE("rhel-8.10.z", "a:redhat:enterprise_linux:8"), CPE("rhel-8.4.0.z", "a:redhat:rhel_eus:8.4"),
                             RPM("libxml2-0:2.9-10.el8.src", "libxml2@2.9-10.el8?arch=src&epoch=0"),
                             RPM("libxml2-0:2.9-9.el8_4", "libxml2@2.9-9.el8_4?epoch=0"))),
               RELATIONSHIPS(LIST(COMPONENT("rhel-8.10.z", "libxml2-0:2.9-10.el8.src"),
                                  COMPONENT("rhel-8.4.0.z", "libxml2-0:2.9-9.el8_4")))),
          VULNERABILITY("CVE-2026-1000",
                        LIST(STATUS(FIXED("'rhel-8.10.z:libxml2-0:2.9-10.el8.src','rhel-8.4.0.z:libxml2-0:2.9-9.el8_4'")),
                             "'discovery_date':'2022-06-09T00:00:00+00:00'"))),
      "CVE-2026-1000 vulnerability of , moderate, 1654732800 'xz: it breaks': CVE-2026-1000\n"
      "  rhel:8 fixed source <0:2.9-10.el8: libxml2\n"
      "  rhel:8.4 fixed <0:2.9-9.el8_4: libxml2\n");
}

static void test_read_when_of_a_module_then_its_stream_however_it_is_told(void **state) {
  (void)state;
#define B "b-0:1-1.module+el8.noarch::ruby:3.1"
#define C "c-1-1.module+el8.noarch.rpm-ruby:3.1"
#define D "redhat-ds:11/d-0:1-1.module+el8.noarch"
#define PG "postgresql:15:80:ff"
#define E "e-0:1-1.module+el8.noarch"
#define MODULAR                                                                                                                  \
  LIST(RPM("a", "a@1-1.module%2Bel8?arch=noarch&rpmmod=ruby:3.1:80:aa"), NAMED(B), NAMED(C), NAMED(D), NAMED(PG), NAMED(E))
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(RHEL_8, MODULAR, RPM("f", "f?rpmmod=gimp:flatpak"), NAMED("g::gimp:flatpak"))),
                       RELATIONSHIPS(LIST(OF_RHEL_8("a"), OF_RHEL_8(B), OF_RHEL_8(C), OF_RHEL_8(D), OF_RHEL_8(PG),
                                          COMPONENT("rhel_8:" PG, E), OF_RHEL_8("f"), OF_RHEL_8("g::gimp:flatpak")))),
                  VULNERABILITY("CVE-2026-1000", STATUS(LIST(FIXED("'rhel_8:a','rhel_8:" B "','rhel_8:" C "','rhel_8:" D
                                                                   "','rhel_8:" PG ":" E "'"),
                                                             AFFECTED("'rhel_8:f','rhel_8:g::gimp:flatpak','rhel_8:" PG "'"))))),
              SEEN_VEX("moderate") "  rhel:8 fixed <0:1-1.module+el8 module ruby:3.1: a b\n"
                                   "  rhel:8 fixed <1-1.module+el8 module ruby:3.1: c\n"
                                   "  rhel:8 fixed <0:1-1.module+el8 module redhat-ds:11: d\n"
                                   "  rhel:8 fixed <0:1-1.module+el8 module postgresql:15: e\n");
}

static void test_read_when_products_are_no_packages_of_a_platform_then_left_out(void **state) {
  (void)state;
  assert_read(
      &r, pk_csaf_read,
      VEX(LIST(BRANCHES(LIST(RHEL_8, CPE("openshift", "a:redhat:openshift:4.18::el9"), CPE("all", "a:redhat"),
                             PRODUCT("image", "'purl':'pkg:oci/x@sha256%3A00?arch=amd64'"), NAMED("rhel8/postgresql-12"),
                             NAMED("a.b.c-1.jar@x"), RPM("xz", "xz?arch=src"), RPM("bad", "%"))),
               RELATIONSHIPS(LIST(OF_RHEL_8("image"), OF_RHEL_8("rhel8/postgresql-12"), OF_RHEL_8("a.b.c-1.jar@x"),
                                  OF_RHEL_8("bad"), OF_RHEL_8("none"), COMPONENT("openshift", "xz"), COMPONENT("none", "xz")))),
          VULNERABILITY("CVE-2026-1000",
                        STATUS(LIST(AFFECTED("'rhel_8:image','rhel_8:rhel8/postgresql-12','rhel_8:a.b.c-1.jar@x','openshift:xz',"
                                             "'rhel_8','xz','rhel_8:bad','rhel_8:none','none:xz'"),
                                    NOT_AFFECTED("'all'"))))),
      "");
}

static void test_read_when_impacts_differ_then_that_of_our_products(void **state) {
  (void)state;
#define TREE                                                                                                                     \
  LIST(BRANCHES(LIST(RHEL_8, CPE("openshift", "a:redhat:openshift:4"), NAMED("xz"), NAMED("bind"))),                             \
       RELATIONSHIPS(LIST(OF_RHEL_8("xz"), OF_RHEL_8("bind"), COMPONENT("openshift", "xz"))))
#define ALL_AFFECTED STATUS(AFFECTED("'openshift:xz','rhel_8:xz','rhel_8:bind'"))
#define SEEN_RULES "  rhel:8 affected source: xz bind\n"
  assert_read(
      &r, pk_csaf_read,
      VEX(TREE, VULNERABILITY("CVE-2026-1000",
                              LIST(ALL_AFFECTED, THREATS(LIST(IMPACT("Critical", "'openshift:xz'"), IMPACT("Low", "'rhel_8:xz'"),
                                                              IMPACT("Important", "'rhel_8:bind'"),
                                                              "{'category':'exploit_status','details':'Critical'}"))))),
      SEEN_VEX("important") SEEN_RULES);
  assert_read(&r, pk_csaf_read, VEX(TREE, VULNERABILITY("CVE-2026-1000", LIST(ALL_AFFECTED, THREATS(IMPACT_ON_ALL("LOW"))))),
              SEEN_VEX("low") SEEN_RULES);
  assert_read(&r, pk_csaf_read,
              "{'document':{'category':'csaf_vex','tracking':{'id':'CVE-2026-1000'}},'product_tree':{" TREE
              "},'vulnerabilities':["
              "{'cve':'CVE-2026-1000','scores':[{'cvss_v3':{'baseSeverity':'HIGH'}}]," ALL_AFFECTED "}]}",
              "CVE-2026-1000 vulnerability of , high, 0 '': CVE-2026-1000\n" SEEN_RULES);
}

static void test_read_when_remarks_are_by_groups_or_about_all_then_taken(void **state) {
  (void)state;
  assert_read(
      &r, pk_csaf_read,
      VEX(LIST("'full_product_names':[{'name':'Red Hat Enterprise Linux 8','product_id':'p'},{'name':'xz','product_id':'xz'},"
               "{'name':'bind','product_id':'bind'}]",
               RELATIONSHIPS(LIST(COMPONENT("p", "xz"), COMPONENT("p", "bind"))),
               "'product_groups':[{'group_id':'g','product_ids':['p:xz']},{'group_id':'h'},7]"),
          VULNERABILITY(
              "CVE-2026-1000",
              LIST(STATUS(AFFECTED("'p:xz','p:bind'")),
                   REMEDIATIONS(LIST("{'category':'no_fix_planned','details':'Will not fix','group_ids':['g','h','x',7]}",
                                     "{'category':'none_available','details':'Fix deferred'}"))))),
      SEEN_VEX("moderate") "  rhel:8 will-not-fix source: xz\n  rhel:8 deferred source: bind\n");
}

static void test_read_when_bounds_are_told_then_intervals(void **state) {
  (void)state;
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(RHEL_8, NAMED("xz-0:5-1.noarch"))), RELATIONSHIPS(OF_RHEL_8("xz-0:5-1.noarch"))),
                  VULNERABILITY("CVE-2026-1000", STATUS(LIST("'first_affected':['rhel_8:xz-0:5-1.noarch']",
                                                             "'last_affected':['rhel_8:xz-0:5-1.noarch']",
                                                             "'first_fixed':['rhel_8:xz-0:5-1.noarch']")))),
              SEEN_VEX("moderate") "  rhel:8 fixed <0:5-1: xz\n  rhel:8 affected >=0:5-1: xz\n  rhel:8 affected <=0:5-1: xz\n");
}

#define SIMPLE_TREE LIST(BRANCHES(LIST(RHEL_8, NAMED("xz"))), RELATIONSHIPS(OF_RHEL_8("xz")))
#define SIMPLE_STATUS STATUS(AFFECTED("'rhel_8:xz'"))
#define SIMPLE VEX(SIMPLE_TREE, VULNERABILITY("CVE-2026-1000", SIMPLE_STATUS))
#define SEEN_SIMPLE_RULE "  rhel:8 affected source: xz\n"
#define SEEN_SIMPLE SEEN_VEX("moderate") SEEN_SIMPLE_RULE

static void test_read_when_several_vulnerabilities_then_a_definition_each(void **state) {
  (void)state;
#define NOTES "'notes':[{'category':'general','text':'no'},{'category':'description','text':'\\nWhat it is.\\n'}]"
  assert_read(
      &r, pk_csaf_read,
      VEX(SIMPLE_TREE, LIST(VULNERABILITY("CVE-2026-1000", SIMPLE_STATUS),
                            "{'cve':'CVE-2026-2000','title':'CVE-2026-2000','release_date':'2022-06-09T00:00:00Z'," NOTES
                            "," SIMPLE_STATUS "}",
                            "{" SIMPLE_STATUS "}", "{" SIMPLE_STATUS "}")),
      SEEN_SIMPLE
      "CVE-2026-2000 vulnerability of , moderate, 1654732800 'What it is.': CVE-2026-1000 CVE-2026-2000\n" SEEN_SIMPLE_RULE
      "CVE-2026-1000 2 vulnerability of , moderate, 1654646400 'Title': CVE-2026-1000\n" SEEN_SIMPLE_RULE
      "CVE-2026-1000 3 vulnerability of , moderate, 1654646400 'Title': CVE-2026-1000\n" SEEN_SIMPLE_RULE);
}

/* ---- advisories ---- */

#define TWO_PACKAGES                                                                                                             \
  LIST(BRANCHES(LIST(RHEL_8, NAMED("xz-0:5-1.x86_64"), NAMED("bind-0:9-1.x86_64"))),                                             \
       RELATIONSHIPS(LIST(OF_RHEL_8("xz-0:5-1.x86_64"), OF_RHEL_8("bind-0:9-1.x86_64"))))
#define XZ_FIXED STATUS(FIXED("'rhel_8:xz-0:5-1.x86_64'"))
#define BOTH_FIXED STATUS(FIXED("'rhel_8:xz-0:5-1.x86_64','rhel_8:bind-0:9-1.x86_64'"))
#define BOTH_FIXED_TURNED STATUS(FIXED("'rhel_8:bind-0:9-1.x86_64','rhel_8:xz-0:5-1.x86_64'"))
#define SEEN_XZ "  rhel:8 fixed <0:5-1 x86_64: xz\n"
#define SEEN_BOTH SEEN_XZ "  rhel:8 fixed <0:9-1 x86_64: bind\n"
#define SEEN_ADVISORY(id, severity, cves) id " patch of RHSA-2026:1, " severity ", 1654646400 'Title': " cves "\n"

static void test_read_when_an_advisory_then_patch_by_its_own_name(void **state) {
  (void)state;
#define OWN_FIX REMEDIATIONS(FIX("https://access.redhat.com/errata/RHSA-2026:1", "'rhel_8:xz-0:5-1.x86_64'"))
  assert_read(
      &r, pk_csaf_read,
      ADVISORY(TWO_PACKAGES, LIST(VULNERABILITY("CVE-2026-2000", LIST(BOTH_FIXED, OWN_FIX, THREATS(IMPACT_ON_ALL("Low")))),
                                  VULNERABILITY("CVE-2026-1000", BOTH_FIXED_TURNED))),
      SEEN_ADVISORY("RHSA-2026:1", "moderate", "CVE-2026-1000 CVE-2026-2000") SEEN_BOTH);
}

static void test_read_when_vulnerabilities_of_an_advisory_differ_then_grouped(void **state) {
  (void)state;
  assert_read(&r, pk_csaf_read,
              ADVISORY(TWO_PACKAGES, LIST(VULNERABILITY("CVE-2026-3000", LIST(XZ_FIXED, THREATS(IMPACT_ON_ALL("Important")))),
                                          VULNERABILITY("CVE-2026-2000", BOTH_FIXED), VULNERABILITY("CVE-2026-1000", XZ_FIXED))),
              SEEN_ADVISORY("RHSA-2026:1 CVE-2026-3000", "important", "CVE-2026-1000 CVE-2026-3000")
                  SEEN_XZ SEEN_ADVISORY("RHSA-2026:1 CVE-2026-2000", "moderate", "CVE-2026-2000") SEEN_BOTH);
  assert_read(&r, pk_csaf_read,
              ADVISORY(TWO_PACKAGES, LIST(VULNERABILITY("CVE-2026-3000", XZ_FIXED), VULNERABILITY("CVE-2026-3000", BOTH_FIXED))),
              SEEN_ADVISORY("RHSA-2026:1 CVE-2026-3000", "moderate", "CVE-2026-3000")
                  SEEN_XZ SEEN_ADVISORY("RHSA-2026:1 CVE-2026-3000 2", "moderate", "CVE-2026-3000") SEEN_BOTH);
}

static void test_read_when_of_suse_then_recommended_is_fixed_and_no_epoch(void **state) {
  (void)state;
#define LTSS "SUSE Linux Enterprise Server 11 SP2-LTSS"
#define MODULE "SUSE Linux Enterprise Module for Basesystem 15 SP5"
#define BIND "bind-9.9.4P2-0.6.1."
  assert_read(&r, pk_csaf_read,
              DOCUMENT("csaf_security_advisory", "SUSE-SU-2026:0011-2",
                       LIST(BRANCHES(LIST(CPE(LTSS, "o:suse:suse_sles_ltss:11:sp2"), NAMED(MODULE), NAMED(BIND "i586"),
                                          NAMED(BIND "x86_64"))),
                            RELATIONSHIPS(LIST(COMPONENT(LTSS, BIND "i586"), COMPONENT(LTSS, BIND "x86_64"),
                                               COMPONENT(MODULE, BIND "x86_64")))),
                       VULNERABILITY("CVE-2026-1000", LIST(STATUS("'recommended':['" LTSS ":" BIND "i586','" LTSS ":" BIND
                                                                  "x86_64','" MODULE ":" BIND "x86_64']"),
                                                           REMEDIATIONS(FIX("", "'" LTSS ":" BIND "i586'"))))),
              "SUSE-SU-2026:0011-2 patch of SUSE-SU-2026:0011-2, moderate, 1654646400 'Title': CVE-2026-1000\n"
              "  sles:11.2 fixed <9.9.4P2-0.6.1 i586|x86_64: bind\n"
              "  sles:15.5 fixed <9.9.4P2-0.6.1 x86_64: bind\n");
}

static void test_read_when_suse_names_packages_alone_then_versions_are_not_invented(void **state) {
  (void)state;
#define OF_SLES(id) COMPONENT("SLES", id)
  assert_read(&r, pk_csaf_read,
              VEX(LIST(BRANCHES(LIST(CPE("SLES", "o:suse:sles:15:sp5"), NAMED("libwebkit2gtk-4_0-37"),
                                     NAMED("java-1.8.0-openjdk"), NAMED("bind-9.16.6-150000.12.60.1"))),
                       RELATIONSHIPS(LIST(OF_SLES("libwebkit2gtk-4_0-37"), OF_SLES("java-1.8.0-openjdk"),
                                          OF_SLES("bind-9.16.6-150000.12.60.1")))),
                  VULNERABILITY("CVE-2026-1000", STATUS(LIST(AFFECTED("'SLES:libwebkit2gtk-4_0-37','SLES:java-1.8.0-openjdk'"),
                                                             "'recommended':['SLES:bind-9.16.6-150000.12.60.1']")))),
              SEEN_VEX("moderate") "  sles:15.5 fixed <9.16.6-150000.12.60.1: bind\n"
                                   "  sles:15.5 affected source: libwebkit2gtk-4_0-37 java-1.8.0-openjdk\n");
}

static void test_read_when_openeuler_calls_an_advisory_vex_then_an_advisory(void **state) {
  (void)state;
#define OPENEULER "openEuler-22.03-LTS-SP3"
#define OPENEULER_PRODUCT(id) CPE(id, "a:openEuler:openEuler:22.03-LTS-SP3")
#define OPENEULER_COMPONENT(id)                                                                                                  \
  "{'category':'default_component_of','full_product_name':{'product_id':'" OPENEULER ":" id "'},"                                \
  "'product_reference':'" id ".rpm','relates_to_product_reference':'" OPENEULER "'}"
#define VIM_IDS "'" OPENEULER ":vim-9.0-33.oe2203sp3.src','" OPENEULER ":vim-common-9.0-33.oe2203sp3.x86_64'"
  assert_read(
      &r, pk_csaf_read,
      DOCUMENT("csaf_vex", "openEuler-SA-2026-1351",
               LIST(BRANCHES(LIST(OPENEULER_PRODUCT(OPENEULER), OPENEULER_PRODUCT("vim-9.0-33.oe2203sp3.src.rpm"),
                                  OPENEULER_PRODUCT("vim-common-9.0-33.oe2203sp3.x86_64.rpm"))),
                    RELATIONSHIPS(LIST(OPENEULER_COMPONENT("vim-9.0-33.oe2203sp3.src"),
                                       OPENEULER_COMPONENT("vim-common-9.0-33.oe2203sp3.x86_64")))),
               VULNERABILITY("CVE-2026-1000",
                             LIST(STATUS(FIXED(VIM_IDS)),
                                  REMEDIATIONS(FIX("https://www.openeuler.org/detail/?id=openEuler-SA-2026-1351", VIM_IDS))))),
      "openEuler-SA-2026-1351 patch of openEuler-SA-2026-1351, moderate, 1654646400 'Title': CVE-2026-1000\n"
      "  openeuler:22.03-sp3 fixed <9.0-33.oe2203sp3 x86_64: vim-common\n");
}

/* ---- documents ---- */

static void test_read_when_a_feed_is_for_one_platform_then_only_its_rules(void **state) {
  (void)state;
  static const char *const text = VEX(LIST(BRANCHES(LIST(RHEL_8, CPE("rhel_9", "o:redhat:enterprise_linux:9"), NAMED("xz"))),
                                           RELATIONSHIPS(LIST(OF_RHEL_8("xz"), COMPONENT("rhel_9", "xz")))),
                                      VULNERABILITY("CVE-2026-1000", STATUS(AFFECTED("'rhel_8:xz','rhel_9:xz'"))));
  r.platform = "rhel:9.2";
  assert_read(&r, pk_csaf_read, text, SEEN_VEX("moderate") "  rhel:9 affected source: xz\n");
  r.platform = "debian:12";
  assert_read(&r, pk_csaf_read, text, "");
  r.platform = NULL;
}

#define DELETED "{'document':{'tracking':{'id':'CVE-2023-0030','status':'deleted'}}}"

static void test_read_when_lines_then_every_document_and_deleted_ones_are_passed_over(void **state) {
  (void)state;
  assert_read(&r, pk_csaf_read, SIMPLE "\n" DELETED "\n" SIMPLE "\n", SEEN_SIMPLE SEEN_SIMPLE);
  assert_read(&r, pk_csaf_read, DELETED, "");
  assert_read(&r, pk_csaf_read, DOCUMENT("csaf_vex", "CVE-1999-0003", "", ""), "");
}

static void test_read_when_it_is_no_document_then_refused(void **state) {
  (void)state;
  assert_refused(&r, pk_csaf_read, "{}", PK_E_SYNTAX, "no id in 'document.tracking'");
  assert_refused(&r, pk_csaf_read, "[]", PK_E_SYNTAX, "no CSAF document");
  assert_refused(&r, pk_csaf_read, "{'document':{'csaf_version':'3.0','tracking':{'id':'x'}}}", PK_E_SYNTAX, "version '3.0'");
  assert_refused(&r, pk_csaf_read, "{'document':{'tracking':{'id':'x y'}}}", PK_E_SYNTAX, "'x y'");
  assert_refused(&r, pk_csaf_read, "{'document':{'a':1,},}", PK_E_SYNTAX, "JSON byte 20:");
  assert_refused(&r, pk_csaf_read, "<?xml version='1.0'?><cvrfdoc xmlns='http://www.icasi.org/CVRF/schema/cvrf/1.1'/>",
                 PK_E_SYNTAX, "XML or HTML");
}

static void test_read_when_relationships_go_round_then_refused(void **state) {
  (void)state;
#define ROUND(id, other)                                                                                                         \
  "{'full_product_name':{'product_id':'" id "'},'product_reference':'" other "','relates_to_product_reference':'" other "'}"
  assert_refused(&r, pk_csaf_read,
                 VEX(RELATIONSHIPS(LIST(ROUND("a", "b"), ROUND("b", "a"))), VULNERABILITY("CVE-2026-1000", STATUS(FIXED("'a'")))),
                 PK_E_SYNTAX, "'CVE-2026-1000': product 'a': its relationships go round in a circle");
}

static void test_read_when_types_are_wrong_then_no_harm(void **state) {
  (void)state;
#define WRONG(rest) "{'document':{'category':'csaf_vex','tracking':{'id':'x'}}," rest "}"
  static const char *const texts[] = {
      WRONG("'product_tree':7,'vulnerabilities':7"),
      WRONG("'product_tree':[],'vulnerabilities':[7,'x',[],{}]"),
      WRONG("'product_tree':{'branches':7,'relationships':'x','product_groups':{'a':7}},"
            "'vulnerabilities':[{'cve':7,'product_status':[],'remediations':7,'threats':'x','flags':{'a':7}}]"),
      WRONG("'product_tree':{'branches':[7,[],{'product':7}]},"
            "'vulnerabilities':{'a':{'ids':[7],'product_status':{'fixed':{'a':'b'}}}}"),
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_read(&r, pk_csaf_read, texts[i], "");
}

static void test_read_when_the_sink_fails_then_its_fault(void **state) {
  (void)state;
  r.answer = PK_E_STORE;
  assert_refused(&r, pk_csaf_read, SIMPLE SIMPLE, PK_E_STORE, "the sink is full");
  assert_string_equal(pk_buf_cstr(&r.out), SEEN_SIMPLE);
  r.answer = PK_OK;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_fixed_then_binaries_by_version_and_architectures),
      cmocka_unit_test(test_read_when_not_fixed_then_states_by_red_hats_words),
      cmocka_unit_test(test_read_when_not_affected_then_one_rule_with_the_flag),
      cmocka_unit_test(test_read_when_purls_tell_no_architecture_then_source_only_in_old_documents),
      cmocka_unit_test(test_read_when_of_the_flat_feed_then_sources_where_there_is_nothing_else),
      cmocka_unit_test(test_read_when_of_a_module_then_its_stream_however_it_is_told),
      cmocka_unit_test(test_read_when_products_are_no_packages_of_a_platform_then_left_out),
      cmocka_unit_test(test_read_when_impacts_differ_then_that_of_our_products),
      cmocka_unit_test(test_read_when_remarks_are_by_groups_or_about_all_then_taken),
      cmocka_unit_test(test_read_when_bounds_are_told_then_intervals),
      cmocka_unit_test(test_read_when_several_vulnerabilities_then_a_definition_each),
      cmocka_unit_test(test_read_when_an_advisory_then_patch_by_its_own_name),
      cmocka_unit_test(test_read_when_vulnerabilities_of_an_advisory_differ_then_grouped),
      cmocka_unit_test(test_read_when_of_suse_then_recommended_is_fixed_and_no_epoch),
      cmocka_unit_test(test_read_when_suse_names_packages_alone_then_versions_are_not_invented),
      cmocka_unit_test(test_read_when_openeuler_calls_an_advisory_vex_then_an_advisory),
      cmocka_unit_test(test_read_when_a_feed_is_for_one_platform_then_only_its_rules),
      cmocka_unit_test(test_read_when_lines_then_every_document_and_deleted_ones_are_passed_over),
      cmocka_unit_test(test_read_when_it_is_no_document_then_refused),
      cmocka_unit_test(test_read_when_relationships_go_round_then_refused),
      cmocka_unit_test(test_read_when_types_are_wrong_then_no_harm),
      cmocka_unit_test(test_read_when_the_sink_fails_then_its_fault),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
