/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "feed/feed.h"

#define FOUND_MAX 16

/* What was found: one line a feed, so that a test compares one text. */
typedef struct found {
  char line[FOUND_MAX][512];
  char keyring[FOUND_MAX][512];
  size_t n;
} found;

static pk_rc on_found(void *arg, const pk_feed *f, pk_err *err) {
  (void)err;
  found *all = arg;
  assert_true(all->n < FOUND_MAX);
  assert_int_equal(f->type, PK_FEED_APT);
  assert_string_equal(f->platform, "debian:12");
  snprintf(all->keyring[all->n], sizeof all->keyring[0], "%s", f->keyring);
  snprintf(all->line[all->n++], sizeof all->line[0], "%s|%s|%s|%s|%s|%s%s%s", f->name, f->url, f->suite, f->components, f->arch,
           pk_repository_class_name(f->class), f->is_unsigned ? "|unsigned" : "", f->ignore_valid_until ? "|any date" : "");
  return PK_OK;
}

static pk_rc find_in(const char *file, const char *text, found *all, pk_err *err) {
  folder s;
  folder_make(&s);
  folder_write(&s, file, pk_str_of(text));
  all->n = 0;
  pk_rc rc = pk_apt_find_feeds(s.root, "debian:12", "amd64", on_found, all, err);
  size_t n = strlen(s.root); /* keyrings without the folder's random name */
  for (size_t i = 0; i < all->n; i++)
    for (char *hit; (hit = strstr(all->keyring[i], s.root)) != NULL;) memmove(hit, hit + n, strlen(hit + n) + 1);
  folder_remove(&s);
  return rc;
}

static pk_rc find_list(const char *text, found *all) { return find_in("etc/apt/sources.list", text, all, NULL); }
static pk_rc find_deb822(const char *text, found *all) { return find_in("etc/apt/sources.list.d/x.sources", text, all, NULL); }

static void test_find_when_nothing_is_configured_then_nothing_is_found(void **state) {
  (void)state;
  found all = {.n = 0};
  assert_int_equal(pk_apt_find_feeds("/nonexistent", "debian:12", "amd64", on_found, &all, NULL), PK_OK);
  assert_int_equal(all.n, 0);
}

static void test_list_when_usual_then_one_feed_per_suite_with_its_class(void **state) {
  (void)state;
  found all;
  assert_int_equal(find_list("# Debian\n"
                             "deb http://deb.debian.org/debian/ toad main contrib # note\n"
                             "deb-src http://deb.debian.org/debian toad main\n"
                             "\n"
                             "  deb http://deb.debian.org/debian toad-updates main\n"
                             "deb http://deb.debian.org/debian toad-backports main\n"
                             "deb http://security.debian.org/debian-security toad-security main\n"
                             "deb http://security.debian.org/ frog/updates main\n",
                             &all),
                   PK_OK);
  assert_int_equal(all.n, 5);
  assert_string_equal(all.line[0], "deb.debian.org/debian/toad|http://deb.debian.org/debian|toad|main contrib|amd64|release");
  assert_string_equal(all.line[1],
                      "deb.debian.org/debian/toad-updates|http://deb.debian.org/debian|toad-updates|main|amd64|updates");
  assert_string_equal(all.line[2],
                      "deb.debian.org/debian/toad-backports|http://deb.debian.org/debian|toad-backports|main|amd64|extra");
  assert_string_equal(all.line[3], "security.debian.org/debian-security/toad-security|http://security.debian.org/debian-security|"
                                   "toad-security|main|amd64|security");
  assert_string_equal(all.line[4],
                      "security.debian.org/frog/updates|http://security.debian.org|frog/updates|main|amd64|security");
  assert_string_equal(all.keyring[0], "/etc/apt/trusted.gpg.d");
}

static void test_list_when_options_then_they_count(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_list("deb [ arch=arm64,i386 signed-by=/k/a.gpg,/k/b.asc lang=none ] https://a.example.org/x s main\n"
                "deb [trusted=yes check-valid-until=no arch+=armhf] file:/srv/mirror s main\n"
                "deb [arch-=amd64 signed-by=0123456789ABCDEF0123456789ABCDEF01234567!] https://c.example.org/x s main\n",
                &all),
      PK_OK);
  assert_int_equal(all.n, 3);
  assert_string_equal(all.line[0], "a.example.org/x/s|https://a.example.org/x|s|main|arm64,i386|release");
  assert_string_equal(all.keyring[0], "/k/a.gpg /k/b.asc");
  assert_string_equal(all.line[1], "srv/mirror/s|file:/srv/mirror|s|main|amd64,armhf|release|unsigned|any date");
  assert_string_equal(all.line[2], "c.example.org/x/s|https://c.example.org/x|s|main||release");
  assert_string_equal(all.keyring[2], "/etc/apt/trusted.gpg.d");
}

static void test_list_when_the_same_suite_comes_twice_then_components_are_joined(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_list("deb http://deb.debian.org/debian toad main\ndeb [arch=i386] http://deb.debian.org/debian/ toad main contrib\n",
                &all),
      PK_OK);
  assert_int_equal(all.n, 1);
  assert_string_equal(all.line[0],
                      "deb.debian.org/debian/toad|http://deb.debian.org/debian|toad|main contrib|amd64,i386|release");
}

static void test_list_when_flat_then_no_components(void **state) {
  (void)state;
  found all;
  assert_int_equal(find_list("deb https://u:secret@pkg.example.org:8443/deb ./\ndeb https://pkg.example.org/y $(ARCH)/\n", &all),
                   PK_OK);
  assert_int_equal(all.n, 2);
  assert_string_equal(all.line[0], "pkg.example.org/deb|https://u:secret@pkg.example.org:8443/deb|./||amd64|release");
  assert_string_equal(all.line[1], "pkg.example.org/y/amd64|https://pkg.example.org/y|amd64/||amd64|release");
}

static void test_list_when_it_cannot_be_fetched_from_then_it_is_skipped(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_list(
          "deb cdrom:[Example GNU/Linux 12 _Toad_ - Official amd64 DVD]/ toad main\n"
          "deb copy:/srv/x toad main\ndeb mirror+http://m.example.org/list toad main\ndeb ftp://f.example.org/debian toad main\n",
          &all),
      PK_OK);
  assert_int_equal(all.n, 0);
}

static void test_list_when_mirror_file_then_its_first_address(void **state) {
  (void)state;
  folder s;
  found all = {.n = 0};
  folder_make(&s);
  folder_write(&s, "etc/apt/mirrors/debian.list",
                PK_STR("# mirrors\nhttps://deb.debian.org/debian\tpriority:1\nhttps://other.example.org/debian\n"));
  folder_write(&s, "etc/apt/sources.list.d/a.list", PK_STR("deb mirror+file:///etc/apt/mirrors/debian.list toad main\n"));
  assert_int_equal(pk_apt_find_feeds(s.root, "debian:12", "amd64", on_found, &all, NULL), PK_OK);
  assert_int_equal(all.n, 1);
  assert_string_equal(all.line[0], "deb.debian.org/debian/toad|https://deb.debian.org/debian|toad|main|amd64|release");
  folder_remove(&s);
}

static void test_list_when_a_line_is_broken_then_the_error_names_it(void **state) {
  (void)state;
  static const char *const broken[] = {"deb [arch=amd64 http://a.example.org/ s main",
                                       "dep http://a.example.org/ s main",
                                       "deb",
                                       "deb http://a.example.org/",
                                       "deb http://a.example.org/ s",
                                       "deb http://a.example.org/ s/ main",
                                       "deb nowhere s main",
                                       "deb [arch] http://a.example.org/ s main"};
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    found all;
    pk_err err = {0};
    char text[256];
    snprintf(text, sizeof text, "# one\n%s\ndeb http://b.example.org/ s main\n", broken[i]);
    assert_int_equal(find_in("etc/apt/sources.list.d/bad.list", text, &all, &err), PK_E_SYNTAX);
    assert_non_null(strstr(err.text, "bad.list' line 2: "));
    assert_int_equal(all.n, 0);
  }
}

static void test_list_when_a_third_party_then_it_counts_as_release(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_list("deb http://mirror.example.org/pub/debian toad main\n"
                "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://m2.example.org/debian toad main\n"
                "deb [signed-by=/usr/share/keyrings/acme.gpg] http://m3.example.org/debian toad main\n"
                "deb http://download.docker.com/linux/debian toad stable\n"
                "deb http://notdebian.org/x toad main\n",
                &all),
      PK_OK);
  assert_int_equal(all.n, 5);
  for (size_t i = 0; i < 5; i++) assert_string_equal(strrchr(all.line[i], '|'), "|release");
}

static void test_deb822_when_several_uris_and_suites_then_every_pair(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_deb822("# comment\nTypes: deb deb-src\nURIs: http://deb.debian.org/debian\n  https://mirror.example.org/debian\n"
                  "Suites: toad toad-updates\n# inside\nComponents: main\n contrib\nArchitectures: arm64\n"
                  "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n\n"
                  "Types: deb\nURIs: http://security.debian.org/debian-security\nSuites: toad-security\nComponents: main\n",
                  &all),
      PK_OK);
  assert_int_equal(all.n, 5);
  assert_string_equal(all.line[0], "deb.debian.org/debian/toad|http://deb.debian.org/debian|toad|main contrib|arm64|release");
  assert_string_equal(
      all.line[3],
      "mirror.example.org/debian/toad-updates|https://mirror.example.org/debian|toad-updates|main contrib|arm64|updates");
  assert_string_equal(all.line[4], "security.debian.org/debian-security/toad-security|http://security.debian.org/debian-security|"
                                   "toad-security|main|amd64|security");
  assert_string_equal(all.keyring[0], "/usr/share/keyrings/debian-archive-keyring.gpg");
  assert_string_equal(all.keyring[4], "/etc/apt/trusted.gpg.d");
}

static void test_deb822_when_key_is_embedded_then_keyring_is_the_block(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_deb822("types: deb\nuris: https://pkg.example.org\nsuites: ./\nsigned-by:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n"
                  " mDMEYCQjIxYJ\n =abcd\n -----END PGP PUBLIC KEY BLOCK-----\nTrusted: no\n",
                  &all),
      PK_OK);
  assert_int_equal(all.n, 1);
  assert_string_equal(all.keyring[0],
                      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEYCQjIxYJ\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n");
  assert_string_equal(all.line[0], "pkg.example.org|https://pkg.example.org|./||amd64|release");
}

static void test_deb822_when_disabled_or_source_only_then_skipped(void **state) {
  (void)state;
  found all;
  assert_int_equal(find_deb822("Enabled: no\nTypes: deb\nURIs: http://a.example.org\nSuites: s\nComponents: main\n\n"
                               "Types: deb-src\nURIs: http://a.example.org\nSuites: s\nComponents: main\n",
                               &all),
                   PK_OK);
  assert_int_equal(all.n, 0);
}

static void test_deb822_when_a_field_is_missing_then_the_error_names_the_line(void **state) {
  (void)state;
  found all;
  pk_err err = {0};
  assert_int_equal(find_in("etc/apt/sources.list.d/x.sources", "Types: deb\nSuites: s\nComponents: main\n\n", &all, &err),
                   PK_E_SYNTAX);
  assert_non_null(strstr(err.text, "x.sources' line 4: no URI"));
  assert_int_equal(find_in("etc/apt/sources.list.d/x.sources", "Types: deb\nnonsense\n", &all, &err), PK_E_SYNTAX);
  assert_non_null(strstr(err.text, "line 2: "));
}

static pk_rc refuse(void *arg, const pk_feed *f, pk_err *err) {
  (void)f;
  ++*(int *)arg;
  return pk_err_set(err, PK_E_STORE, "no");
}

static void test_find_when_the_caller_fails_then_it_ends(void **state) {
  (void)state;
  folder s;
  int calls = 0;
  folder_make(&s);
  folder_write(&s, "etc/apt/sources.list", PK_STR("deb http://a.example.org s main\ndeb http://b.example.org s main\n"));
  assert_int_equal(pk_apt_find_feeds(s.root, "debian:12", "amd64", refuse, &calls, NULL), PK_E_STORE);
  assert_int_equal(calls, 1);
  folder_remove(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_find_when_nothing_is_configured_then_nothing_is_found),
      cmocka_unit_test(test_list_when_usual_then_one_feed_per_suite_with_its_class),
      cmocka_unit_test(test_list_when_options_then_they_count),
      cmocka_unit_test(test_list_when_the_same_suite_comes_twice_then_components_are_joined),
      cmocka_unit_test(test_list_when_flat_then_no_components),
      cmocka_unit_test(test_list_when_it_cannot_be_fetched_from_then_it_is_skipped),
      cmocka_unit_test(test_list_when_mirror_file_then_its_first_address),
      cmocka_unit_test(test_list_when_a_line_is_broken_then_the_error_names_it),
      cmocka_unit_test(test_list_when_a_third_party_then_it_counts_as_release),
      cmocka_unit_test(test_deb822_when_several_uris_and_suites_then_every_pair),
      cmocka_unit_test(test_deb822_when_key_is_embedded_then_keyring_is_the_block),
      cmocka_unit_test(test_deb822_when_disabled_or_source_only_then_skipped),
      cmocka_unit_test(test_deb822_when_a_field_is_missing_then_the_error_names_the_line),
      cmocka_unit_test(test_find_when_the_caller_fails_then_it_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
