/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "app/config.h"

typedef struct fixture {
  folder box;
  pk_config config;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  pk_config_init(&f->config);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_config_fini(&f->config);
  folder_remove(&f->box);
  free(f);
  return 0;
}

static pk_rc set(fixture *f, const char *name, const char *value) {
  return pk_config_set(&f->config, pk_str_of(name), pk_str_of(value), &f->err);
}

static pk_rc read_text(fixture *f, const char *text) {
  assert_ok(pk_file_write(folder_path(&f->box, "pakiti.conf"), pk_str_of(text), &f->err), f->err);
  return pk_config_read(&f->config, f->box.path, true, &f->err);
}

static void test_init_when_nothing_is_set_then_defaults(void **state) {
  fixture *f = *state;
  assert_string_equal(f->config.listen, "127.0.0.1:8080");
  assert_int_equal(f->config.report_bytes_max, 16 << 20);
  assert_int_equal(f->config.request_timeout_s, 60);
  assert_false(f->config.access_log);
  assert_string_equal(f->config.trusted_proxies, "");
}

static void test_options_when_listed_then_default_text_sets_the_default(void **state) {
  fixture *f = *state;
  pk_option_view o;
  pk_buf before, after;
  pk_buf_init(&before, 10000);
  pk_buf_init(&after, 10000);
  size_t n = 0;
  for (; before.n = 0, pk_config_option(&f->config, n, &o, &before); n++) {
    assert_true(o.help[0] != '\0' && o.type[0] != '\0');
    assert_ok(set(f, o.name, o.default_text), f->err);
    after.n = 0;
    assert_true(pk_config_option(&f->config, n, &o, &after));
    assert_string_equal(pk_buf_cstr(&before), pk_buf_cstr(&after));
  }
  assert_true(n > 15);
  pk_buf_free(&before);
  pk_buf_free(&after);
}

static void test_read_when_a_good_file_then_values(void **state) {
  fixture *f = *state;
  assert_ok(read_text(f, "# comment\n\n  listen = [::1]:8080  \r\naccess_log=Yes\nthreads = 8\n report_bytes_max = 32M\nproxy =\n"
                         "ignore_package_patterns = ^a=b$ c"),
            f->err);
  assert_string_equal(f->config.listen, "[::1]:8080");
  assert_true(f->config.access_log);
  assert_int_equal(f->config.threads, 8);
  assert_int_equal(f->config.report_bytes_max, 32 << 20);
  assert_string_equal(f->config.ignore_package_patterns, "^a=b$ c");
}

static void test_read_when_a_line_is_wrong_then_file_and_line_are_named(void **state) {
  static const char *const texts[][2] = {
      {"\n\nlisten", "pakiti.conf:3: a line is `name = value`"},
      {"listne = x", "pakiti.conf:1: there is no option 'listne'"},
      {"threads = 1\nthreads = 2", "pakiti.conf:2: threads is given a second time"},
      {"threads = many", "threads is 'many': give a whole number"},
      {"threads = 257", "threads is 257: the range is 0 to 256"},
      {"threads = -1", "threads is '-1'"},
      {"access_log = perhaps", "access_log is 'perhaps': say yes or no"},
      {"report_bytes_max = 16MB", "give a size such as 16M"},
      {"report_bytes_max = 2G", "the range is 1024 to 1073741824"},
      {"report_bytes_max = 99999999999999999G", "report_bytes_max is"},
      {"= x", "there is no option ''"},
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_fault(read_text(*state, texts[i][0]), ((fixture *)*state)->err, PK_E_CONFIG, texts[i][1]);
}

static void test_read_when_missing_then_only_a_fault_if_it_must_exist(void **state) {
  fixture *f = *state;
  const char *path = folder_path(&f->box, "none.conf");
  assert_ok(pk_config_read(&f->config, path, false, &f->err), f->err);
  assert_string_equal(f->config.listen, "127.0.0.1:8080");
  assert_fault(pk_config_read(&f->config, path, true, &f->err), f->err, PK_E_CONFIG, "there is no configuration file");
}

static void test_set_when_sizes_and_times_then_in_their_units(void **state) {
  fixture *f = *state;
  assert_ok(set(f, "report_bytes_max", "2048"), f->err);
  assert_int_equal(f->config.report_bytes_max, 2048);
  assert_ok(set(f, "report_bytes_max", "64K"), f->err);
  assert_int_equal(f->config.report_bytes_max, 65536);
  assert_ok(set(f, "report_bytes_max", "1G"), f->err);
  assert_int_equal(f->config.report_bytes_max, 1 << 30);
  assert_ok(set(f, "request_timeout", "90s"), f->err);
  assert_int_equal(f->config.request_timeout_s, 90);
  assert_ok(set(f, "request_timeout", "5m"), f->err);
  assert_int_equal(f->config.request_timeout_s, 300);
  assert_ok(set(f, "download_timeout", "2h"), f->err);
  assert_int_equal(f->config.download_timeout_s, 7200);
  assert_fault(set(f, "threads", "5m"), f->err, PK_E_CONFIG, "threads");
  assert_fault(set(f, "request_timeout", "m"), f->err, PK_E_CONFIG, "request_timeout");
  assert_int_equal(f->config.request_timeout_s, 300);
}

static void test_set_when_yes_or_no_then_any_spelling(void **state) {
  fixture *f = *state;
  static const char *const yes[] = {"yes", "YES", "true", "1"}, *const no[] = {"no", "No", "false", "0"};
  for (size_t i = 0; i < 4; i++) {
    assert_ok(set(f, "access_log", yes[i]), f->err);
    assert_true(f->config.access_log);
    assert_ok(set(f, "access_log", no[i]), f->err);
    assert_false(f->config.access_log);
  }
}

static void test_complete_when_no_cache_folder_then_beside_the_database(void **state) {
  fixture *f = *state;
  assert_ok(set(f, "database", "/srv/x/pakiti.db"), f->err);
  assert_ok(pk_config_complete(&f->config, &f->err), f->err);
  assert_string_equal(f->config.cache_dir, "/srv/x/cache");
  assert_ok(set(f, "cache_dir", "/tmp/c"), f->err);
  assert_ok(pk_config_complete(&f->config, &f->err), f->err);
  assert_string_equal(f->config.cache_dir, "/tmp/c");
  assert_ok(set(f, "cache_dir", ""), f->err);
  assert_ok(set(f, "database", "pakiti.db"), f->err);
  assert_ok(pk_config_complete(&f->config, &f->err), f->err);
  assert_string_equal(f->config.cache_dir, "./cache");
}

static void test_complete_when_no_database_then_fault(void **state) {
  fixture *f = *state;
  assert_ok(set(f, "database", ""), f->err);
  assert_fault(pk_config_complete(&f->config, &f->err), f->err, PK_E_CONFIG, "database is empty");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_init_when_nothing_is_set_then_defaults),
      TEST(test_options_when_listed_then_default_text_sets_the_default),
      TEST(test_read_when_a_good_file_then_values),
      TEST(test_read_when_a_line_is_wrong_then_file_and_line_are_named),
      TEST(test_read_when_missing_then_only_a_fault_if_it_must_exist),
      TEST(test_set_when_sizes_and_times_then_in_their_units),
      TEST(test_set_when_yes_or_no_then_any_spelling),
      TEST(test_complete_when_no_cache_folder_then_beside_the_database),
      TEST(test_complete_when_no_database_then_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
