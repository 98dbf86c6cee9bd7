/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "feed/feed.h"

#define FOUND_MAX 16

/* What was found: one line a feed, so that a test compares one text. */
typedef struct found {
  char line[FOUND_MAX][512];
  size_t n;
} found;

static pk_rc on_found(void *arg, const pk_feed *f, pk_err *err) {
  (void)err;
  found *all = arg;
  assert_true(all->n < FOUND_MAX);
  assert_int_equal(f->type, PK_FEED_RPMMD);
  snprintf(all->line[all->n++], sizeof all->line[0], "%s|%s|%s|%s", f->name, f->url, pk_repository_class_name(f->class),
           f->is_unsigned ? "unsigned" : strstr(f->keyring, "/etc/"));
  return PK_OK;
}

static pk_rc find_in(folder *s, const char *platform, const char *arch, found *all, pk_err *err) {
  all->n = 0;
  return pk_rpmmd_find_feeds(s->root, platform, arch, on_found, all, err);
}

static pk_rc find_repo(const char *text, const char *platform, found *all, pk_err *err) {
  folder s;
  folder_make(&s);
  folder_write(&s, "etc/yum.repos.d/x.repo", pk_str_of(text));
  pk_rc rc = find_in(&s, platform, "x86_64", all, err);
  folder_remove(&s);
  return rc;
}

static void test_find_when_usual_then_variables_are_replaced(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_repo(
          "# comment\n[main]\ngpgcheck=1\n\n"
          "[baseos]\nname=Example $releasever\nbaseurl = https://dl.example.org/$releasever/BaseOS/${basearch}/os/\ngpgcheck=1\n"
          "gpgkey=file:///etc/pki/rpm-gpg/KEY-9\n; note\n"
          "[baseos-source]\nbaseurl=https://dl.example.org/src\nenabled=0\n"
          "[updates]\nenabled = "
          "True\nbaseurl=https://dl.example.org/u/$arch\nrepo_gpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/KEY-$releasever\n"
          "[by-list]\nmirrorlist=https://x.example.org/list\n[by-link]\nmetalink=https://x.example.org/link\n",
          "rocky:9.4", &all, NULL),
      PK_OK);
  assert_int_equal(all.n, 2);
  assert_string_equal(all.line[0], "baseos|https://dl.example.org/9/BaseOS/x86_64/os/|release|unsigned");
  assert_string_equal(all.line[1], "updates|https://dl.example.org/u/x86_64|updates|/etc/pki/rpm-gpg/KEY-9");
}

static void test_find_when_variable_files_then_they_win(void **state) {
  (void)state;
  folder s;
  found all;
  folder_make(&s);
  folder_write(&s, "etc/dnf/vars/contentdir", PK_STR("pub/example\n"));
  folder_write(&s, "etc/yum/vars/releasever", PK_STR("2026.1\n"));
  folder_write(&s, "etc/yum.repos.d/x.repo",
                PK_STR("[a-$contentdir]\nbaseurl=https://x.example.org/$contentdir/$releasever/$basearch\n"));
  assert_int_equal(find_in(&s, "rocky:9.4", "i686", &all, NULL), PK_OK);
  assert_int_equal(all.n, 1);
  assert_string_equal(all.line[0], "a-pub/example|https://x.example.org/pub/example/2026.1/i386|release|unsigned");
  folder_remove(&s);
}

static void test_find_when_zypper_then_its_folder_and_whole_version(void **state) {
  (void)state;
  folder s;
  found all;
  folder_make(&s);
  folder_write(
      &s, "etc/zypp/repos.d/u.repo",
      PK_STR("[repo-update]\nenabled=1\nautorefresh=1\nbaseurl=http://download.opensuse.org/update/leap/$releasever/oss\n"));
  folder_write(&s, "etc/zypp/repos.d/z.repo",
                PK_STR("[home:someone]\nbaseurl=https://download.opensuse.org/repositories/home:/someone/$releasever/\n"));
  assert_int_equal(find_in(&s, "opensuse-leap:15.6", "x86_64", &all, NULL), PK_OK);
  assert_int_equal(all.n, 2);
  assert_string_equal(all.line[0], "repo-update|http://download.opensuse.org/update/leap/15.6/oss|updates|unsigned");
  assert_string_equal(all.line[1], "home:someone|https://download.opensuse.org/repositories/home:/someone/15.6/|release|unsigned");
  folder_remove(&s);
}

static void test_find_when_several_addresses_then_the_first_that_can_be_fetched(void **state) {
  (void)state;
  found all;
  assert_int_equal(
      find_repo("[r]\nbaseurl=ftp://a.example.org/\n  https://b.example.org/x\n  https://c.example.org/x\nenabled=1\n"
                "[media]\nbaseurl=media:///dvd\n[r]\nbaseurl=https://again.example.org/\n",
                "rocky:9", &all, NULL),
      PK_OK);
  assert_int_equal(all.n, 1);
  assert_string_equal(all.line[0], "r|https://b.example.org/x|release|unsigned");
}

static void test_find_when_own_or_foreign_then_class(void **state) {
  (void)state;
  static const struct {
    const char *id, *url, *class;
  } repos[] = {
      {"ol9_baseos_latest", "https://yum.example.org/x", "release"},
      {"rhel-9-for-x86_64-appstream-rpms", "https://cdn.example.org/x", "release"},
      {"fedora-security", "https://x.example.org/x", "security"},
      {"epel", "https://dl.fedoraproject.org/pub/epel/9", "release"},
      {"updates-testing", "https://dl.fedoraproject.org/pub/x", "updates"},
      {"docker-ce-stable", "https://download.docker.com/linux/centos/9", "release"},
      {"tools", "https://mirror.centos.org/tools", "release"},
      {"basement", "https://x.example.org/x", "release"},
  };
  for (size_t i = 0; i < sizeof repos / sizeof repos[0]; i++) {
    found all;
    char text[256], want[300];
    snprintf(text, sizeof text, "[%s]\nbaseurl=%s\n", repos[i].id, repos[i].url);
    snprintf(want, sizeof want, "%s|%s|%s|unsigned", repos[i].id, repos[i].url, repos[i].class);
    assert_int_equal(find_repo(text, "x:9", &all, NULL), PK_OK);
    assert_int_equal(all.n, 1);
    assert_string_equal(all.line[0], want);
  }
}

static void test_find_when_a_variable_is_unknown_then_config_with_help(void **state) {
  (void)state;
  found all;
  pk_err err = {0};
  assert_int_equal(find_repo("[a]\nbaseurl=https://x.example.org/$region\n", "rocky:9", &all, &err), PK_E_CONFIG);
  assert_non_null(strstr(err.text, "x.repo' line 2: repository 'a': variable '$region'"));
  assert_non_null(strstr(err.text, "/etc/dnf/vars/region"));
}

static void test_find_when_a_disabled_repository_has_it_then_nothing(void **state) {
  (void)state;
  found all;
  assert_int_equal(find_repo("[a]\nenabled=false\nbaseurl=https://x.example.org/$region\n", "rocky:9", &all, NULL), PK_OK);
  assert_int_equal(all.n, 0);
}

static void test_find_when_a_line_is_broken_then_the_error_names_it(void **state) {
  (void)state;
  static const char *const broken[] = {"[a]\nnonsense\n", "\nbaseurl=https://x.example.org/\n", "\n[a\n", "\n[]\n"};
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    found all;
    pk_err err = {0};
    assert_int_equal(find_repo(broken[i], "rocky:9", &all, &err), PK_E_SYNTAX);
    assert_non_null(strstr(err.text, "x.repo' line 2: "));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_find_when_usual_then_variables_are_replaced),
      cmocka_unit_test(test_find_when_variable_files_then_they_win),
      cmocka_unit_test(test_find_when_zypper_then_its_folder_and_whole_version),
      cmocka_unit_test(test_find_when_several_addresses_then_the_first_that_can_be_fetched),
      cmocka_unit_test(test_find_when_own_or_foreign_then_class),
      cmocka_unit_test(test_find_when_a_variable_is_unknown_then_config_with_help),
      cmocka_unit_test(test_find_when_a_disabled_repository_has_it_then_nothing),
      cmocka_unit_test(test_find_when_a_line_is_broken_then_the_error_names_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
