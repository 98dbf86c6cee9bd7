/* SPDX-License-Identifier: Apache-2.0 */
#include "../reading.h"

#include "unit.h"

#define MAIN_AMD64 "Package: a\nVersion: 1\nArchitecture: amd64\n\nPackage: common\nVersion: 1\nArchitecture: all\n"
#define MAIN_ARM64 "Package: a\nVersion: 1\nArchitecture: arm64\n\nPackage: common\nVersion: 1\nArchitecture: all\n"
#define CONTRIB_AMD64 "Package: c\nVersion: 1\nArchitecture: amd64\n"
#define HEADER "Suite: stable\nCodename: toad\nArchitectures: amd64 arm64\nComponents: main contrib\n"

/* Append a checksum line for a text to a Release. */
static void list(pk_buf *release, const char *path, const char *text) {
  pk_sum sum = pk_sum_of(pk_str_of(text));
  pk_buf_printf(release, " %s %zu %s\n", sum.hex, strlen(text), path);
}

static void begin(reading *r, pk_buf *release, const char *header) {
  reading_begin(r, pk_apt_read);
  pk_feed_set(&r->feed.suite, PK_STR("toad"));
  pk_feed_set(&r->feed.arch, PK_STR("amd64,arm64"));
  pk_buf_init(release, 65536);
  pk_buf_puts(release, header);
  pk_buf_puts(release, "SHA256:\n");
}

static void finish(reading *r, pk_buf *release) {
  pk_buf_free(release);
  reading_end(r);
}

/* A repository with two components and architectures; contrib has nothing for arm64. */
static void make_usual(reading *r, pk_buf *release, const char *header) {
  begin(r, release, header);
  list(release, "main/binary-amd64/Packages", MAIN_AMD64);
  list(release, "main/binary-arm64/Packages", MAIN_ARM64);
  list(release, "contrib/binary-amd64/Packages", CONTRIB_AMD64);
  folder_write(&r->box, "repo/dists/toad/Release", pk_buf_view(release));
  folder_write(&r->box, "repo/dists/toad/main/binary-amd64/Packages", PK_STR(MAIN_AMD64));
  folder_write(&r->box, "repo/dists/toad/main/binary-arm64/Packages", PK_STR(MAIN_ARM64));
  folder_write(&r->box, "repo/dists/toad/contrib/binary-amd64/Packages", PK_STR(CONTRIB_AMD64));
}

static void test_read_when_components_are_not_given_then_all_and_each_offer_once(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER "NotAutomatic: yes\n");
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 4); /* a twice, common once, c */
  assert_int_equal(r.content.automatic, PK_AUTOMATIC_NEVER);
  assert_int_equal(reading_leftovers(&r), 0);
  finish(&r, &release);
}

static void test_read_when_components_are_given_then_only_these(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER);
  pk_feed_set(&r.feed.components, PK_STR("contrib"));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 1);
  assert_str(r.content.offers[0].name, "c");
  finish(&r, &release);
}

static void test_read_when_nothing_changed_then_unchanged_until_settings_do(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER);
  assert_int_equal(reading_run(&r), PK_OK);
  memcpy(r.last_mark, r.mark, sizeof r.mark);
  assert_int_equal(reading_run(&r), PK_UNCHANGED);
  assert_int_equal(r.content.n_offers, 0);
  pk_feed_set(&r.feed.components, PK_STR("main"));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_string_not_equal(r.mark, r.last_mark);
  finish(&r, &release);
}

static void assert_fails(reading *r, pk_rc rc, const char *part_of_message) {
  assert_int_equal(reading_run(r), rc);
  if (!strstr(r->err.text, part_of_message)) fail_msg("message is: %s", r->err.text);
  assert_int_equal(reading_leftovers(r), 0);
}

static void test_read_when_out_of_date_then_verify_unless_ignored(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER "Valid-Until: Fri, 20 Nov 2026 00:00:00 UTC\n");
  assert_fails(&r, PK_E_VERIFY, "valid until 2026-11-20T00:00:00Z");
  assert_non_null(strstr(r.err.text, "--ignore-valid-until"));
  r.feed.ignore_valid_until = true;
  assert_int_equal(reading_run(&r), PK_OK);
  memcpy(r.last_mark, r.mark, sizeof r.mark);
  r.feed.ignore_valid_until = false;
  assert_fails(&r, PK_E_VERIFY, "valid until"); /* also when nothing changed */
  finish(&r, &release);
}

static void test_read_when_the_suite_is_another_then_verify(void **state) {
  (void)state;
  static const struct {
    const char *header;
    pk_rc rc;
  } releases[] = {
      {"Suite: toad\n", PK_OK},
      {"Suite: stable\nCodename: toad/updates\n", PK_OK},
      {"Origin: x\n", PK_OK},
      {"Suite: stable\nCodename: frog\n", PK_E_VERIFY},
      {"Suite: toad-updates\n", PK_E_VERIFY},
  };
  for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
    reading r;
    pk_buf release, header;
    pk_buf_init(&header, 512);
    pk_buf_printf(&header, "%sArchitectures: amd64 arm64\nComponents: main contrib\n", releases[i].header);
    make_usual(&r, &release, pk_buf_cstr(&header));
    assert_int_equal(reading_run(&r), releases[i].rc);
    pk_buf_free(&header);
    finish(&r, &release);
  }
}

static void test_read_when_component_or_architecture_is_unknown_then_config_says_what_there_is(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER);
  pk_feed_set(&r.feed.components, PK_STR("main universe"));
  assert_fails(&r, PK_E_CONFIG, "no component 'universe'; it has: main contrib");
  pk_feed_set(&r.feed.components, PK_STR("main"));
  pk_feed_set(&r.feed.arch, PK_STR("s390x"));
  assert_fails(&r, PK_E_CONFIG, "no architecture 's390x'; it has: amd64 arm64");
  pk_feed_set(&r.feed.arch, PK_STR(""));
  assert_fails(&r, PK_E_CONFIG, "no architecture");
  finish(&r, &release);
}

static void test_read_when_an_index_is_not_the_listed_one_then_verify(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER);
  folder_write(&r.box, "repo/dists/toad/contrib/binary-amd64/Packages", PK_STR("Package: x\nVersion: 1\nArchitecture: amd64\n"));
  pk_feed_set(&r.feed.components, PK_STR("contrib"));
  assert_fails(&r, PK_E_VERIFY, "contrib/binary-amd64/Packages");
  assert_string_equal(r.mark, ""); /* or the next sync would find nothing changed */
  finish(&r, &release);
}

static void test_read_when_some_variants_are_missing_then_the_next_listed_one(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  begin(&r, &release, HEADER);
  list(&release, "main/binary-amd64/Packages.xz", "not there");
  list(&release, "main/binary-amd64/Packages.gz", "not there either");
  list(&release, "main/binary-amd64/Packages", MAIN_AMD64);
  folder_write(&r.box, "repo/dists/toad/Release", pk_buf_view(&release));
  folder_write(&r.box, "repo/dists/toad/main/binary-amd64/Packages", PK_STR(MAIN_AMD64));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 2);
  assert_int_equal(unlink(folder_path(&r.box, "repo/dists/toad/main/binary-amd64/Packages")), 0);
  assert_fails(&r, PK_E_NET, "none of the files 'main/binary-amd64/Packages*'");
  finish(&r, &release);
}

static void test_read_when_by_hash_then_fetched_by_it_and_else_by_name(void **state) {
  (void)state;
  reading r;
  pk_buf release, path;
  begin(&r, &release, HEADER "Acquire-By-Hash: yes\n");
  list(&release, "main/binary-amd64/Packages", MAIN_AMD64);
  list(&release, "contrib/binary-amd64/Packages", CONTRIB_AMD64);
  folder_write(&r.box, "repo/dists/toad/Release", pk_buf_view(&release));
  pk_buf_init(&path, 512);
  pk_buf_printf(&path, "repo/dists/toad/main/binary-amd64/by-hash/SHA256/%s", pk_sum_of(PK_STR(MAIN_AMD64)).hex);
  folder_write(&r.box, pk_buf_cstr(&path), PK_STR(MAIN_AMD64));
  folder_write(&r.box, "repo/dists/toad/main/binary-amd64/Packages", PK_STR("of another day"));
  folder_write(&r.box, "repo/dists/toad/contrib/binary-amd64/Packages", PK_STR(CONTRIB_AMD64));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 3);
  pk_buf_free(&path);
  finish(&r, &release);
}

static void test_read_when_packages_for_all_have_their_own_index_then_it_is_read(void **state) {
  (void)state;
  static const char all[] = "Package: docs\nVersion: 1\nArchitecture: all\n";
  reading r;
  pk_buf release;
  begin(&r, &release, "Codename: toad\nArchitectures: all amd64 arm64\nComponents: main\n");
  list(&release, "main/binary-amd64/Packages", MAIN_AMD64);
  list(&release, "main/binary-all/Packages", all);
  folder_write(&r.box, "repo/dists/toad/Release", pk_buf_view(&release));
  folder_write(&r.box, "repo/dists/toad/main/binary-amd64/Packages", PK_STR(MAIN_AMD64));
  folder_write(&r.box, "repo/dists/toad/main/binary-all/Packages", pk_str_of(all));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 3);
  finish(&r, &release);
}

static void test_read_when_components_have_a_prefix_then_indexes_without_it(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, "Codename: toad\nArchitectures: amd64 arm64\nComponents: updates/main updates/contrib\n");
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 4);
  pk_feed_set(&r.feed.components, PK_STR("main"));
  assert_int_equal(reading_run(&r), PK_OK);
  finish(&r, &release);
}

static void test_read_when_flat_then_packages_beside_the_release(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  begin(&r, &release, "Origin: x\n");
  pk_feed_set(&r.feed.suite, PK_STR("./"));
  pk_feed_set(&r.feed.arch, PK_STR("amd64"));
  list(&release, "./Packages", MAIN_AMD64);
  pk_buf wrapped;
  pk_buf_init(&wrapped, 65536);
  pk_buf_printf(
      &wrapped,
      "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n%s-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n",
      pk_buf_cstr(&release));
  folder_write(&r.box, "repo/InRelease", pk_buf_view(&wrapped));
  folder_write(&r.box, "repo/Packages", PK_STR(MAIN_AMD64));
  assert_int_equal(reading_run(&r), PK_OK);
  assert_int_equal(r.content.n_offers, 2);
  pk_buf_free(&wrapped);
  finish(&r, &release);
}

static void test_read_when_there_is_no_head_file_then_net_says_where(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  begin(&r, &release, HEADER);
  assert_fails(&r, PK_E_NET, "'dists/toad/InRelease'");
  finish(&r, &release);
}

static void test_read_when_signature_is_wanted_but_missing_then_verify(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  make_usual(&r, &release, HEADER);
  r.feed.is_unsigned = false;
  assert_fails(&r, PK_E_VERIFY, "not signed");
  finish(&r, &release);
}

static void test_read_when_a_listed_size_is_beyond_the_limit_then_limit(void **state) {
  (void)state;
  reading r;
  pk_buf release;
  begin(&r, &release, HEADER);
  pk_buf_printf(&release, " %s 536870913 main/binary-amd64/Packages\n", pk_sum_of(PK_STR("x")).hex);
  folder_write(&r.box, "repo/dists/toad/Release", pk_buf_view(&release));
  assert_fails(&r, PK_E_LIMIT, "'main/binary-amd64/Packages': announced with 536870913 bytes");
  finish(&r, &release);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_read_when_components_are_not_given_then_all_and_each_offer_once),
      cmocka_unit_test(test_read_when_components_are_given_then_only_these),
      cmocka_unit_test(test_read_when_nothing_changed_then_unchanged_until_settings_do),
      cmocka_unit_test(test_read_when_out_of_date_then_verify_unless_ignored),
      cmocka_unit_test(test_read_when_the_suite_is_another_then_verify),
      cmocka_unit_test(test_read_when_component_or_architecture_is_unknown_then_config_says_what_there_is),
      cmocka_unit_test(test_read_when_an_index_is_not_the_listed_one_then_verify),
      cmocka_unit_test(test_read_when_some_variants_are_missing_then_the_next_listed_one),
      cmocka_unit_test(test_read_when_by_hash_then_fetched_by_it_and_else_by_name),
      cmocka_unit_test(test_read_when_packages_for_all_have_their_own_index_then_it_is_read),
      cmocka_unit_test(test_read_when_components_have_a_prefix_then_indexes_without_it),
      cmocka_unit_test(test_read_when_flat_then_packages_beside_the_release),
      cmocka_unit_test(test_read_when_there_is_no_head_file_then_net_says_where),
      cmocka_unit_test(test_read_when_signature_is_wanted_but_missing_then_verify),
      cmocka_unit_test(test_read_when_a_listed_size_is_beyond_the_limit_then_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
