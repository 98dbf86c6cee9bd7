/* SPDX-License-Identifier: Apache-2.0 */
#include "../reading.h"

#include "unit.h"

#define PRIMARY                                                                                                                  \
  "<metadata><package type=\"rpm\"><name>a</name><arch>x86_64</arch><version epoch=\"0\" ver=\"1\" rel=\"1\"/></package>"        \
  "<package type=\"rpm\"><name>b</name><arch>i686</arch><version epoch=\"0\" ver=\"1\" rel=\"1\"/></package></metadata>"
#define UPDATEINFO                                                                                                               \
  "<updates><update type=\"security\"><id>EXSA-1</id><pkglist><collection>"                                                      \
  "<package name=\"a\" version=\"1\" release=\"1\" arch=\"x86_64\"/></collection></pkglist></update></updates>"

static void add_data(pk_buf *head, const char *type, const char *text, const char *href) {
  pk_buf_printf(head, "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum><location href=\"%s\"/><size>%zu</size></data>",
                type, pk_sum_of(pk_str_of(text)).hex, href, strlen(text));
}

static void make_repository(reading *r, bool has_updateinfo) {
  reading_begin(r, pk_rpmmd_read);
  pk_buf head;
  pk_buf_init(&head, 4096);
  pk_buf_puts(&head, "<repomd>");
  add_data(&head, "primary", PRIMARY, "repodata/p.xml");
  if (has_updateinfo) add_data(&head, "updateinfo", UPDATEINFO, "repodata/u.xml");
  pk_buf_puts(&head, "</repomd>");
  folder_write(&r->box, "repo/repodata/repomd.xml", pk_buf_view(&head));
  folder_write(&r->box, "repo/repodata/p.xml", PK_STR(PRIMARY));
  folder_write(&r->box, "repo/repodata/u.xml", PK_STR(UPDATEINFO));
  pk_buf_free(&head);
}

static void assert_fails(reading *r, pk_rc rc, const char *part_of_message) {
  assert_int_equal(reading_run(r), rc);
  if (!strstr(r->err.text, part_of_message)) fail_msg("message is: %s", r->err.text);
  assert_int_equal(reading_leftovers(r), 0);
}

static void test_read_when_complete_then_packages_and_advisories(void **state) {
  (void)state;
  reading r;
  make_repository(&r, true);
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 3);
  assert_int_equal(r.content.n_advisories, 1);
  assert_str(r.content.offers[2].advisory, "EXSA-1"); /* although the index has the same package */
  assert_int_equal(reading_leftovers(&r), 0);
  reading_end(&r);
}

static void test_read_when_there_is_no_updateinfo_then_packages_alone(void **state) {
  (void)state;
  reading r;
  make_repository(&r, false);
  pk_feed_set(&r.feed.arch, PK_STR("x86_64"));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 1);
  assert_int_equal(r.content.n_advisories, 0);
  reading_end(&r);
}

static void test_read_when_nothing_changed_then_unchanged_until_settings_do(void **state) {
  (void)state;
  reading r;
  make_repository(&r, true);
  assert_int_equal(reading_run(&r), PK_OK);
  memcpy(r.last_mark, r.mark, sizeof r.mark);
  assert_int_equal(reading_run(&r), PK_UNCHANGED);
  assert_int_equal(r.content.n_offers, 0);
  pk_feed_set(&r.feed.arch, PK_STR("x86_64"));
  assert_int_equal(reading_run(&r), PK_OK);
  reading_end(&r);
}

static void test_read_when_an_index_is_not_the_listed_one_then_verify(void **state) {
  (void)state;
  reading r;
  make_repository(&r, true);
  folder_write(&r.box, "repo/repodata/u.xml", PK_STR("<updates/>"));
  assert_fails(&r, PK_E_VERIFY, "'repodata/u.xml'");
  assert_string_equal(r.mark, ""); /* or the next sync would find nothing changed */
  reading_end(&r);
}

static void test_read_when_an_index_is_missing_then_net(void **state) {
  (void)state;
  reading r;
  make_repository(&r, true);
  assert_int_equal(unlink(folder_path(&r.box, "repo/repodata/p.xml")), 0);
  assert_fails(&r, PK_E_NET, "'repodata/p.xml'");
  reading_end(&r);
}

static void test_read_when_there_is_no_head_file_then_net(void **state) {
  (void)state;
  reading r;
  reading_begin(&r, pk_rpmmd_read);
  assert_fails(&r, PK_E_NET, "repodata/repomd.xml");
  reading_end(&r);
}

static void test_read_when_signature_is_wanted_but_missing_then_verify(void **state) {
  (void)state;
  reading r;
  make_repository(&r, true);
  r.feed.is_unsigned = false;
  assert_fails(&r, PK_E_VERIFY, "not signed");
  reading_end(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_complete_then_packages_and_advisories),
      cmocka_unit_test(test_read_when_there_is_no_updateinfo_then_packages_alone),
      cmocka_unit_test(test_read_when_nothing_changed_then_unchanged_until_settings_do),
      cmocka_unit_test(test_read_when_an_index_is_not_the_listed_one_then_verify),
      cmocka_unit_test(test_read_when_an_index_is_missing_then_net),
      cmocka_unit_test(test_read_when_there_is_no_head_file_then_net),
      cmocka_unit_test(test_read_when_signature_is_wanted_but_missing_then_verify),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
