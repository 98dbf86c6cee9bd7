/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "app/catalogue.h"
#include "base/embed.h"

typedef struct fixture {
  folder box;
  pk_store *store;
  pk_platform_map *platforms;
  pk_buf told; /* "+name type platform url; " of each, '=' where it was known */
  size_t n;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  assert_ok(pk_store_open(folder_path(&f->box, "pakiti.db"), PK_STORE_CREATE, &f->store, &f->err), f->err);
  assert_ok(pk_platform_map_new(pk_embed_platforms, "platforms", &f->platforms, &f->err), f->err);
  pk_buf_init(&f->told, 65536);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_platform_map_free(&f->platforms);
  pk_buf_free(&f->told);
  pk_store_close(&f->store);
  folder_remove(&f->box);
  free(f);
  return 0;
}

static void tell(void *arg, const pk_feed *feed, bool added) {
  pk_buf_printf(arg, "%s%s %s %s %s; ", added ? "+" : "=", feed->name, pk_feed_type_name(feed->type), feed->platform, feed->url);
}

static pk_rc add(fixture *f, const char *platform) {
  f->told.n = 0;
  f->n = 0;
  return pk_catalogue_add(f->store, f->platforms, pk_str_of(platform), tell, &f->told, &f->n, &f->err);
}

static void assert_told(fixture *f, const char *what) {
  if (!strstr(pk_buf_cstr(&f->told), what)) fail_msg("'%s' is not in '%s'", what, pk_buf_cstr(&f->told));
}

static void assert_not_told(fixture *f, const char *what) {
  if (strstr(pk_buf_cstr(&f->told), what)) fail_msg("'%s' is in '%s'", what, pk_buf_cstr(&f->told));
}

static void test_add_when_the_vendor_is_known_then_its_feeds_for_the_release(void **state) {
  fixture *f = *state;
  assert_ok(add(f, "Debian 12"), f->err);
  assert_told(f, "+debian-12 apt debian:12 http");
  assert_told(f, "+debian-12-security apt debian:12 http");
  assert_told(f, "+debian-tracker debian-tracker debian http");
  assert_told(f, "+cisa-kev kev  http");
  assert_not_told(f, "ubuntu");
  assert_not_told(f, "rhel");
  assert_not_told(f, "{");
}

static void test_add_when_done_again_then_all_are_known(void **state) {
  fixture *f = *state;
  assert_ok(add(f, "debian:12"), f->err);
  size_t n = f->n;
  assert_ok(add(f, "debian:12"), f->err);
  assert_int_equal(f->n, n);
  assert_not_told(f, "+");
  assert_ok(add(f, "debian:11"), f->err); /* what is for every release is there already */
  assert_told(f, "+debian-11 apt debian:11 ");
  assert_told(f, "=debian-tracker ");
}

static void test_add_when_a_line_is_for_some_releases_then_only_for_them(void **state) {
  fixture *f = *state;
  assert_ok(add(f, "rhel:9.4"), f->err);
  assert_told(f, "+rhel-9-oval oval rhel:9 ");
  assert_ok(add(f, "rhel:10"), f->err);
  assert_not_told(f, "rhel-10-oval");
}

static void test_add_when_a_rebuild_then_the_feeds_that_it_is_judged_by(void **state) {
  fixture *f = *state;
  assert_ok(add(f, "centos:7.9"), f->err);
  assert_told(f, "+rhel-7-oval oval rhel:7 ");
}

/* Each asked-for platform gets feeds that are whole: every place filled in, an address, nothing that is asked for missing. */
static void test_add_when_any_vendor_then_every_feed_is_whole(void **state) {
  fixture *f = *state;
  static const char *const platforms[] = {"debian:11",
                                          "debian:12",
                                          "debian:13",
                                          "ubuntu:20.04",
                                          "ubuntu:22.04",
                                          "ubuntu:24.04",
                                          "rhel:7.9",
                                          "rhel:8",
                                          "rhel:9.4",
                                          "rhel:10",
                                          "centos:7",
                                          "centos-stream:9",
                                          "scientific:7.9",
                                          "almalinux:8.9",
                                          "almalinux:9",
                                          "rocky:8",
                                          "rocky:9.3",
                                          "ol:7.9",
                                          "ol:9",
                                          "sles:12.5",
                                          "sles:15.5",
                                          "opensuse-leap:15.5",
                                          "opensuse-leap-micro:5.4",
                                          "opensuse-tumbleweed",
                                          "fedora:41",
                                          "openeuler:22.03-sp3"};
  for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++) {
    assert_ok(add(f, platforms[i]), f->err);
    assert_true(f->n > 0);
  }
  pk_feed_row *rows;
  size_t n;
  assert_ok(pk_store_feed_list(f->store, &rows, &n, &f->err), f->err);
  for (size_t i = 0; i < n; i++) {
    const pk_feed *feed = &rows[i].feed;
    const char *const texts[] = {feed->name, feed->url, feed->platform, feed->suite, feed->components, feed->arch, feed->keyring};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
      if (strpbrk(texts[k], "{}")) fail_msg("feed '%s': '%s'", feed->name, texts[k]);
    if (!pk_str_starts(pk_str_of(feed->url), "http")) fail_msg("feed '%s': address '%s'", feed->name, feed->url);
    if (feed->type == PK_FEED_APT && (!*feed->suite || !*feed->components || !*feed->arch || !*feed->keyring))
      fail_msg("feed '%s' lacks something", feed->name);
    if (feed->type == PK_FEED_APT && (feed->suite[0] == '-' || strchr(feed->components, ',')))
      fail_msg("feed '%s': suite '%s'", feed->name, feed->suite);
    pk_feed_row_fini(&rows[i]);
  }
  free(rows);
}

static void test_add_when_the_vendor_is_unknown_then_usage(void **state) {
  fixture *f = *state;
  static const char *const platforms[] = {"myos:3", "debianish:12"};
  for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++)
    assert_fault(add(f, platforms[i]), f->err, PK_E_USAGE, "the catalogue has no addresses of the vendor");
  assert_fault(add(f, "a'b"), f->err, PK_E_SYNTAX, "give NAME:RELEASE");
}

static void test_add_when_nobody_listens_then_added_all_the_same(void **state) {
  fixture *f = *state;
  assert_ok(pk_catalogue_add(f->store, f->platforms, PK_STR("debian:12"), NULL, NULL, &f->n, &f->err), f->err);
  assert_true(f->n >= 5);
}

/* The table itself: five columns at most, types and options that exist. */
static void check_line(pk_str line) {
  static const char *const options[] = {"suite", "components", "arch", "keyring", "class", "platform", "releases"};
  pk_str column[4], option;
  pk_feed_type type;
  for (size_t i = 0; i < 4; i++)
    if (!pk_str_split(&line, '\t', &column[i]) || !column[i].n) fail_msg("column %zu is missing", i + 1);
  if (!pk_feed_type_of(column[2], &type)) fail_msg("'%.*s' is no type", PK_FMT(column[2]));
  assert_true(pk_str_starts(column[3], "http"));
  while (pk_str_word(&line, &option)) {
    bool known = false;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
      known |= pk_str_is(pk_str_sub(option, 0, pk_str_find(option, '=')), options[i]);
    if (!known) fail_msg("'%.*s' is no option", PK_FMT(option));
  }
}

static void test_table_when_read_then_every_line_is_understood(void **state) {
  (void)state;
  pk_str rest = pk_embed_catalogue, line;
  while (pk_str_split(&rest, '\n', &line))
    if (line.n && line.p[0] != '#') check_line(line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_add_when_the_vendor_is_known_then_its_feeds_for_the_release),
      TEST(test_add_when_done_again_then_all_are_known),
      TEST(test_add_when_a_line_is_for_some_releases_then_only_for_them),
      TEST(test_add_when_a_rebuild_then_the_feeds_that_it_is_judged_by),
      TEST(test_add_when_any_vendor_then_every_feed_is_whole),
      TEST(test_add_when_the_vendor_is_unknown_then_usage),
      TEST(test_add_when_nobody_listens_then_added_all_the_same),
      cmocka_unit_test(test_table_when_read_then_every_line_is_understood),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
