/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "access/sender.h"

static pk_rc identify(const char *address, const char *host, bool by_proxy, const char *proxies, pk_identity *ret, pk_err *err) {
  pk_sender sender = {.address = pk_str_of(address)};
  return pk_access_identify(&sender, pk_str_of(host), by_proxy, proxies, ret, err);
}

static void assert_identity(const char *host, const char *name, const char *domain, const char *key) {
  pk_identity id;
  pk_err err;
  assert_ok(identify("192.0.2.1", host, false, "", &id, &err), err);
  assert_string_equal(id.name, name);
  assert_string_equal(id.domain, domain);
  assert_string_equal(id.key, key);
}

static void test_name_when_qualified_then_domain_is_the_rest(void **state) {
  (void)state;
  assert_identity("www.example.org", "www.example.org", "example.org", "www.example.org");
  assert_identity(" WWW.Example.ORG. ", "www.example.org", "example.org", "www.example.org");
  assert_identity("my_host-1.x", "my_host-1.x", "x", "my_host-1.x");
}

static void test_name_when_without_domain_then_its_own(void **state) {
  (void)state;
  assert_identity("www", "www", "www", "www");
}

static void test_name_when_an_address_or_local_then_no_domain(void **state) {
  (void)state;
  assert_identity("192.0.2.7", "192.0.2.7", "N/A", "192.0.2.7");
  assert_identity("2001:DB8::1", "2001:db8::1", "N/A", "2001:db8::1");
  assert_identity("printer.local", "printer.local", "N/A", "printer.local");
  assert_identity("pc.localdomain", "pc.localdomain", "N/A", "pc.localdomain");
}

static void test_name_when_shared_by_many_then_the_address_is_part_of_the_key(void **state) {
  (void)state;
  assert_identity("localhost", "localhost", "localhost", "localhost@192.0.2.1");
  assert_identity("LOCALHOST.localdomain", "localhost.localdomain", "N/A", "localhost.localdomain@192.0.2.1");
  assert_identity("unknown", "unknown", "unknown", "unknown@192.0.2.1");
  assert_identity("localhost6", "localhost6", "localhost6", "localhost6");
}

static void test_name_when_no_host_name_then_syntax(void **state) {
  (void)state;
  static const pk_str names[] = {{"", 0},    {" ", 1},        {".", 1},    {"a b", 3}, {"a/b", 3},
                                 {"<b>", 3}, {"\xc3\xa9", 2}, {"a\0b", 3}, {"a;b", 3}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    pk_identity id;
    pk_err err = {0};
    pk_sender sender = {.address = PK_STR("192.0.2.1")};
    if (pk_access_identify(&sender, names[i], false, "", &id, &err) != PK_E_SYNTAX) fail_msg("name %zu was accepted", i);
    assert_true(err.text[0] != '\0');
  }
}

static void test_name_when_as_long_as_allowed_then_taken_and_longer_refused(void **state) {
  (void)state;
  char name[PK_HOST_NAME_MAX + 2];
  pk_identity id;
  pk_err err;
  memset(name, 'a', sizeof name);
  name[PK_HOST_NAME_MAX + 1] = '\0';
  assert_fault(identify("192.0.2.1", name, false, "", &id, &err), err, PK_E_SYNTAX, "names no host");
  name[PK_HOST_NAME_MAX] = '\0';
  assert_ok(identify("192.0.2.1", name, false, "", &id, &err), err);
  assert_string_equal(id.key, name);
}

static void test_proxy_when_listed_then_allowed(void **state) {
  (void)state;
  pk_identity id;
  pk_err err;
  assert_ok(identify("192.0.2.1", "a.example.org", true, "198.51.100.1  192.0.2.1\t2001:db8::1", &id, &err), err);
  assert_string_equal(id.name, "a.example.org");
}

static void test_proxy_when_not_listed_then_denied(void **state) {
  (void)state;
  static const char *const lists[] = {"", "192.0.2.10", "192.0.2.", "1192.0.2.1", "192.0.2.1,198.51.100.1"};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    pk_identity id;
    pk_err err;
    assert_fault(identify("192.0.2.1", "a.example.org", true, lists[i], &id, &err), err, PK_E_DENIED, "trusted_proxies");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_name_when_qualified_then_domain_is_the_rest),
      cmocka_unit_test(test_name_when_without_domain_then_its_own),
      cmocka_unit_test(test_name_when_an_address_or_local_then_no_domain),
      cmocka_unit_test(test_name_when_shared_by_many_then_the_address_is_part_of_the_key),
      cmocka_unit_test(test_name_when_no_host_name_then_syntax),
      cmocka_unit_test(test_name_when_as_long_as_allowed_then_taken_and_longer_refused),
      cmocka_unit_test(test_proxy_when_listed_then_allowed),
      cmocka_unit_test(test_proxy_when_not_listed_then_denied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
