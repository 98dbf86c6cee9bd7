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

/* A document of statements, and what is read of their heads. */
#define DOCUMENT(statements)                                                                                                     \
  "{'@context':'https://openvex.dev/ns/v0.2.0','timestamp':'2026-05-20T14:49:37.715155Z','statements':[" statements "]}"
#define STATEMENT(cve, status, products, rest)                                                                                   \
  "{'vulnerability':{'@id':'https://nvd.example.org/" cve "','name':'" cve "','description':'What it is.\\nMore.',"              \
  "'aliases':['https://ubuntu.example.org/x-CVE-2020-9999','UBUNTU-CVE-2026-77777']},"                                           \
  "'timestamp':'2022-06-08T00:00:00Z','products':[" products "],'status':'" status "'" rest "}"
#define SEEN(cve) cve " vulnerability of , , 1654646400 'What it is.': " cve " CVE-2026-77777\n"

#define DEB(text) "{'@id':'pkg:deb/" text "'}"
#define ACTION(text) ",'action_statement':'" text "'"

static void test_read_when_fixed_then_the_product_version_is_the_fix(void **state) {
  (void)state;
  assert_read(&r, pk_openvex_read,
              DOCUMENT(STATEMENT("CVE-2026-1000", "fixed",
                                 LIST(DEB("ubuntu/zabbix@1:6.0.25%2Bdfsg-1?arch=source&distro=noble"),
                                      DEB("ubuntu/zabbix-agent@1:6.0.25%2Bdfsg-1?arch=amd64&distro=noble"),
                                      DEB("ubuntu/zabbix@1:3-1+esm1?arch=source&distro=esm-apps/xenial")),
                                 "")),
              SEEN("CVE-2026-1000") "  ubuntu:24.04 fixed source <1:6.0.25+dfsg-1: zabbix\n"
                                    "  ubuntu:16.04 fixed source <1:3-1+esm1 (Ubuntu Pro (ESM)): zabbix\n");
}

static void test_read_when_several_states_then_one_definition(void **state) {
  (void)state;
#define ABSENT ",'justification':'component_not_present','impact_statement':'It is not there.'"
  assert_read(
      &r, pk_openvex_read,
      DOCUMENT(LIST(STATEMENT("CVE-2026-1000", "affected", DEB("ubuntu/a@1?arch=source&distro=ubuntu/jammy"), ACTION("Fix it.")),
                    STATEMENT("CVE-2026-2000", "under_investigation", DEB("debian/a@1?arch=source&distro=bookworm"), ""),
                    STATEMENT("CVE-2026-1000", "not_affected", DEB("ubuntu/b@1?arch=source&distro=jammy"), ABSENT))),
      SEEN("CVE-2026-1000") "  ubuntu:22.04 affected source (Fix it.): a\n"
                            "  ubuntu:22.04 not-affected source (component_not_present): b\n" SEEN(
                                "CVE-2026-2000") "  debian:12 under-investigation source: a\n");
}

static void test_read_when_ubuntu_gave_up_or_waits_then_its_state(void **state) {
  (void)state;
#define OF_UBUNTU(name, action)                                                                                                  \
  STATEMENT("CVE-2026-1000", "affected", DEB("ubuntu/" name "@1?arch=source&distro=jammy"), ACTION(action))
  assert_read(
      &r, pk_openvex_read,
      DOCUMENT(LIST(OF_UBUNTU("a", "Vulnerable, but the team decided to not fix it. Notes."),
                    OF_UBUNTU("b", "Vulnerable, the fix has been deferred."),
                    OF_UBUNTU("c", "Vulnerable. It was deferred once."))),
      SEEN("CVE-2026-1000") "  ubuntu:22.04 will-not-fix source (Vulnerable, but the team decided to not fix it. Notes.): a\n"
                            "  ubuntu:22.04 deferred source (Vulnerable, the fix has been deferred.): b\n"
                            "  ubuntu:22.04 affected source (Vulnerable. It was deferred once.): c\n");
}

static void test_read_when_only_binaries_are_named_then_those(void **state) {
  (void)state;
  assert_read(&r, pk_openvex_read,
              DOCUMENT(STATEMENT("CVE-2026-1000", "fixed",
                                 LIST(DEB("ubuntu/a@1?arch=amd64&distro=jammy"), DEB("ubuntu/a@1?arch=arm64&distro=jammy"),
                                      DEB("ubuntu/b@1?arch=all&distro=jammy"), DEB("ubuntu/c@1?arch=source&distro=focal"),
                                      DEB("ubuntu/d@1?arch=amd64&distro=focal"), DEB("ubuntu/e?arch=amd64&distro=jammy")),
                                 "")),
              SEEN("CVE-2026-1000") "  ubuntu:22.04 fixed <1 amd64|arm64: a\n"
                                    "  ubuntu:22.04 fixed <1: b\n"
                                    "  ubuntu:20.04 fixed source <1: c\n");
}

static void test_read_when_products_are_not_ours_then_left_out(void **state) {
  (void)state;
  static const char *const products[] = {DEB("ubuntu/a@1?arch=source&distro=fips-updates/jammy"),
                                         DEB("ubuntu/a@1?arch=source&distro=nowhere"),
                                         DEB("ubuntu/a@1?arch=source"),
                                         "{'@id':'pkg:oci/a@sha256%3A0'}",
                                         "{'@id':'https://example.org'}",
                                         "{}",
                                         "7",
                                         "'pkg:deb/ubuntu/%'"};
  for (size_t i = 0; i < sizeof products / sizeof products[0]; i++) {
    pk_buf text;
    pk_buf_init(&text, 4096);
    pk_buf_printf(&text, DOCUMENT("{'vulnerability':'CVE-2026-1000','status':'affected','products':[%s]}"), products[i]);
    assert_read(&r, pk_openvex_read, pk_buf_cstr(&text), "");
    pk_buf_free(&text);
  }
  assert_read(&r, pk_openvex_read, DOCUMENT(""), "");
}

static void test_read_when_of_an_older_version_then_texts_in_the_place_of_objects(void **state) {
  (void)state;
  assert_read(&r, pk_openvex_read,
              DOCUMENT("{'vulnerability':'CVE-2026-1000','status':'fixed',"
                       "'products':['pkg:deb/debian/a@2?arch=source&distro=bookworm']},"
                       "{'vulnerability':{'@id':'https://x.example.org/CVE-2026-2000'},'status':'fixed',"
                       "'products':[{'@id':'x','identifiers':{'purl':'pkg:deb/debian/b@2?arch=source&distro=debian-11'}},"
                       "{'@id':'pkg:deb/debian/c@2?arch=source&distro=debian:11'}]}"),
              "CVE-2026-1000 vulnerability of , , 1779288577 '': CVE-2026-1000\n"
              "  debian:12 fixed source <2: a\n"
              "CVE-2026-2000 vulnerability of , , 1779288577 '': CVE-2026-2000\n"
              "  debian:11 fixed source <2: c\n");
}

#define TWO_RELEASES LIST(DEB("ubuntu/a@1?arch=source&distro=jammy"), DEB("ubuntu/a@1?arch=source&distro=focal"))

static void test_read_when_a_feed_is_for_one_platform_then_only_its_rules(void **state) {
  (void)state;
  r.platform = "ubuntu:22.04";
  assert_read(&r, pk_openvex_read, DOCUMENT(STATEMENT("CVE-2026-1000", "affected", TWO_RELEASES, "")),
              SEEN("CVE-2026-1000") "  ubuntu:22.04 affected source: a\n");
  r.platform = NULL;
}

static void test_read_when_it_is_no_document_then_refused(void **state) {
  (void)state;
  assert_refused(&r, pk_openvex_read, "{}", PK_E_SYNTAX, "no 'statements'");
  assert_refused(&r, pk_openvex_read, "[]", PK_E_SYNTAX, "no 'statements'");
  assert_refused(&r, pk_openvex_read, DOCUMENT("{}"), PK_E_SYNTAX, "names no vulnerability");
  assert_refused(&r, pk_openvex_read, DOCUMENT("{'vulnerability':'a b','status':'fixed'}"), PK_E_SYNTAX,
                 "names no vulnerability");
  assert_refused(&r, pk_openvex_read, DOCUMENT("{'vulnerability':'CVE-1','status':'fine'}"), PK_E_SYNTAX,
                 "'CVE-1': status 'fine'");
  assert_refused(&r, pk_openvex_read, "<a/>", PK_E_SYNTAX, "XML or HTML");
  assert_refused(&r, pk_openvex_read, "{'statements':", PK_E_SYNTAX, "JSON byte 14:");
}

static void test_read_when_the_sink_fails_then_its_fault(void **state) {
  (void)state;
  r.answer = PK_E_STORE;
  assert_refused(&r, pk_openvex_read, DOCUMENT(STATEMENT("CVE-2026-1000", "affected", TWO_RELEASES, "")), PK_E_STORE,
                 "the sink is full");
  r.answer = PK_OK;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_fixed_then_the_product_version_is_the_fix),
      cmocka_unit_test(test_read_when_several_states_then_one_definition),
      cmocka_unit_test(test_read_when_ubuntu_gave_up_or_waits_then_its_state),
      cmocka_unit_test(test_read_when_only_binaries_are_named_then_those),
      cmocka_unit_test(test_read_when_products_are_not_ours_then_left_out),
      cmocka_unit_test(test_read_when_of_an_older_version_then_texts_in_the_place_of_objects),
      cmocka_unit_test(test_read_when_a_feed_is_for_one_platform_then_only_its_rules),
      cmocka_unit_test(test_read_when_it_is_no_document_then_refused),
      cmocka_unit_test(test_read_when_the_sink_fails_then_its_fault),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
