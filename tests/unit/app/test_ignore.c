/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "app/ignore.h"

/* Under the default configuration, with `name = value` set unless name is NULL. */
static bool is_ignored(const char *package, const char *name, const char *value) {
  pk_config config;
  pk_ignore *ignore = NULL;
  pk_err err;
  pk_config_init(&config);
  if (name) assert_ok(pk_config_set(&config, pk_str_of(name), pk_str_of(value), &err), err);
  assert_ok(pk_ignore_new(&config, &ignore, &err), err);
  bool ignored = pk_ignore_match(ignore, pk_str_of(package));
  pk_ignore_free(&ignore);
  pk_config_fini(&config);
  return ignored;
}

static void test_match_when_default_then_devel_doc_and_listed_names(void **state) {
  (void)state;
  static const char *const ignored[] = {"zlib-devel", "bash-doc", "kernel-headers", "kernel-debug"};
  static const char *const kept[] = {"bash", "zlib", "devel", "kernel-headers-x", "kernel", "doc-base", "libdevel-perl", ""};
  for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
    if (!is_ignored(ignored[i], NULL, NULL)) fail_msg("'%s' is kept", ignored[i]);
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
    if (is_ignored(kept[i], NULL, NULL)) fail_msg("'%s' is ignored", kept[i]);
}

static void test_match_when_wanted_then_kept(void **state) {
  (void)state;
  assert_false(is_ignored("zlib-devel", "store_devel_packages", "yes"));
  assert_true(is_ignored("bash-doc", "store_devel_packages", "yes"));
  assert_false(is_ignored("bash-doc", "store_doc_packages", "yes"));
  assert_false(is_ignored("kernel-headers", "ignore_packages", "bash"));
  assert_true(is_ignored("bash", "ignore_packages", " zsh  bash\tsh "));
}

static void test_match_when_patterns_then_extended_and_anywhere_in_the_name(void **state) {
  (void)state;
  assert_true(is_ignored("python3-foo", "ignore_package_patterns", "^x$ ^python3?-"));
  assert_true(is_ignored("python-foo", "ignore_package_patterns", "^python3?-"));
  assert_true(is_ignored("a-fonts-b", "ignore_package_patterns", "fonts"));
  assert_false(is_ignored("Fonts", "ignore_package_patterns", "fonts"));
  assert_false(is_ignored("pythonx-foo", "ignore_package_patterns", "^python3?-"));
}

static void test_match_when_the_name_is_too_long_then_no_pattern_is_tried(void **state) {
  (void)state;
  char name[PK_FIELD_MAX + 2];
  memset(name, 'a', sizeof name);
  name[PK_FIELD_MAX + 1] = '\0';
  assert_false(is_ignored(name, "ignore_package_patterns", "a"));
  name[PK_FIELD_MAX] = '\0';
  assert_true(is_ignored(name, "ignore_package_patterns", "a"));
}

static void test_new_when_a_pattern_is_bad_then_fault(void **state) {
  (void)state;
  pk_config config;
  pk_ignore *ignore = NULL;
  pk_err err;
  pk_config_init(&config);
  assert_ok(pk_config_set(&config, PK_STR("ignore_package_patterns"), PK_STR("^good [bad"), &err), err);
  assert_fault(pk_ignore_new(&config, &ignore, &err), err, PK_E_CONFIG, "ignore_package_patterns: '[bad'");
  assert_null(ignore);
  pk_config_fini(&config);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_match_when_default_then_devel_doc_and_listed_names),
      cmocka_unit_test(test_match_when_wanted_then_kept),
      cmocka_unit_test(test_match_when_patterns_then_extended_and_anywhere_in_the_name),
      cmocka_unit_test(test_match_when_the_name_is_too_long_then_no_pattern_is_tried),
      cmocka_unit_test(test_new_when_a_pattern_is_bad_then_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
