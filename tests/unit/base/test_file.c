/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <sys/stat.h>

/* ---- files ---- */

static int set_up(void **state) {
  folder *f = pk_calloc(1, sizeof *f);
  folder_make(f);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  folder_remove(*state);
  free(*state);
  return 0;
}

static void test_read_when_written_then_the_same(void **state) {
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 100);
  assert_ok(pk_file_write(folder_path(*state, "a"), PK_STR("a\0b"), &err), err);
  assert_ok(pk_file_read(folder_path(*state, "a"), &out, &err), err);
  assert_int_equal(out.n, 3);
  assert_memory_equal(out.p, "a\0b", 3);
  assert_int_equal(pk_file_size(folder_path(*state, "a")), 3);
  pk_buf_free(&out);
}

static void test_read_when_missing_then_not_found(void **state) {
  pk_buf out;
  pk_err err = {0};
  pk_buf_init(&out, 100);
  assert_int_equal(pk_file_read(folder_path(*state, "missing"), &out, &err), PK_NOTFOUND);
  assert_int_equal(err.rc, PK_OK);
  pk_buf_free(&out);
}

static void test_read_when_larger_than_the_limit_then_limit(void **state) {
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 3);
  assert_ok(pk_file_write(folder_path(*state, "a"), PK_STR("four"), &err), err);
  assert_fault(pk_file_read(folder_path(*state, "a"), &out, &err), err, PK_E_LIMIT, "larger than 3 bytes");
  pk_buf_free(&out);
}

static void test_read_when_a_folder_then_io(void **state) {
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 3);
  assert_fault(pk_file_read(((folder *)*state)->root, &out, &err), err, PK_E_IO, "cannot read");
  pk_buf_free(&out);
}

static void test_write_when_it_cannot_then_the_old_file_stays(void **state) {
  folder *f = *state;
  pk_err err;
  assert_ok(pk_dir_make(folder_path(f, "taken"), &err), err);
  assert_fault(pk_file_write(folder_path(f, "taken"), PK_STR("x"), &err), err, PK_E_IO, "cannot write");
  assert_true(pk_dir_exists(folder_path(f, "taken")));
  assert_false(pk_file_exists(folder_path(f, "taken.new")));
  assert_fault(pk_file_write(folder_path(f, "none/x"), PK_STR("x"), &err), err, PK_E_IO, "cannot create");
}

static void test_write_when_done_then_not_for_everybody(void **state) {
  struct stat st;
  pk_err err;
  assert_ok(pk_file_write(folder_path(*state, "a"), PK_STR("x"), &err), err);
  assert_int_equal(stat(folder_path(*state, "a"), &st), 0);
  assert_int_equal(st.st_mode & 07, 0);
}

static void test_dir_make_when_deep_or_there_then_ok(void **state) {
  pk_err err;
  assert_ok(pk_dir_make(folder_path(*state, "a/b/c"), &err), err);
  assert_ok(pk_dir_make(folder_path(*state, "a/b/c"), &err), err);
  assert_true(pk_dir_exists(folder_path(*state, "a/b/c")));
  assert_false(pk_file_exists(folder_path(*state, "a/b/c")));
  assert_int_equal(pk_file_size(folder_path(*state, "a")), -1);
}

static void test_dir_make_when_a_file_is_in_the_way_then_io(void **state) {
  pk_err err;
  assert_ok(pk_file_write(folder_path(*state, "a"), PK_STR("x"), &err), err);
  assert_fault(pk_dir_make(folder_path(*state, "a/b"), &err), err, PK_E_IO, "cannot make folder");
}

static pk_rc add_name(void *arg, const char *path, pk_err *err) {
  pk_buf *names = arg;
  (void)err;
  pk_buf_puts(names, strrchr(path, '/') + 1);
  pk_buf_putc(names, ' ');
  return pk_str_ends(pk_buf_view(names), "stop.gpg ") ? PK_END : PK_OK;
}

static void test_dir_each_when_files_then_those_with_the_suffix_in_order(void **state) {
  folder *f = *state;
  pk_buf names;
  pk_err err;
  pk_buf_init(&names, 1000);
  static const char *const files[] = {"b.gpg", "a.gpg", ".c.gpg", "d.txt", "gpg"};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    assert_ok(pk_file_write(folder_path(f, files[i]), PK_STR(""), &err), err);
  assert_ok(pk_dir_make(folder_path(f, "folder.gpg"), &err), err);
  assert_ok(pk_dir_each(f->root, ".gpg", add_name, &names, &err), err);
  assert_string_equal(pk_buf_cstr(&names), "a.gpg b.gpg ");
  pk_buf_free(&names);
}

static void test_dir_each_when_the_visit_ends_it_then_its_result(void **state) {
  folder *f = *state;
  pk_buf names;
  pk_err err;
  pk_buf_init(&names, 1000);
  assert_ok(pk_file_write(folder_path(f, "stop.gpg"), PK_STR(""), &err), err);
  assert_ok(pk_file_write(folder_path(f, "z.gpg"), PK_STR(""), &err), err);
  assert_int_equal(pk_dir_each(f->root, ".gpg", add_name, &names, &err), PK_END);
  assert_string_equal(pk_buf_cstr(&names), "stop.gpg ");
  assert_ok(pk_dir_each(folder_path(f, "missing"), "", add_name, &names, &err), err);
  pk_buf_free(&names);
}

/* ---- children ---- */

static pk_rc run(const char *script, int64_t timeout_ms, size_t output_max, pk_buf *output, int *ret_status, pk_err *err) {
  const char *const argv[] = {"sh", "-c", script, NULL};
  pk_buf_init(output, output_max);
  return pk_child_run(argv, timeout_ms, output, ret_status, err);
}

static void test_child_when_it_ends_then_output_and_status(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_ok(run("echo text; echo noise >&2; exit 3", 20000, 100, &out, &status, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "text\n");
  assert_int_equal(status, 3);
  pk_buf_free(&out);
}

static void test_child_when_killed_then_128_and_the_signal(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_ok(run("kill -9 $$", 20000, 100, &out, &status, &err), err);
  assert_int_equal(status, 137);
  pk_buf_free(&out);
}

static void test_child_when_it_hangs_then_stopped(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_fault(run("exec sleep 1000", 50, 100, &out, &status, &err), err, PK_E_LIMIT, "did not end in time");
  assert_int_equal(status, 137);
  pk_buf_free(&out);
}

static void test_child_when_it_closes_its_output_and_hangs_then_stopped(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_fault(run("exec >&-; exec sleep 1000", 50, 100, &out, &status, &err), err, PK_E_LIMIT, "did not end in time");
  pk_buf_free(&out);
}

static void test_child_when_it_says_too_much_then_stopped(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_fault(run("while :; do echo again and again; done", 20000, 100, &out, &status, &err), err, PK_E_LIMIT,
               "more than 100 bytes");
  pk_buf_free(&out);
}

static void test_child_when_run_then_nothing_of_ours_is_inherited(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_int_equal(setenv("PAKITI_UNIT_SECRET", "x", 1), 0);
  int fds[2];
  assert_int_equal(pipe(fds), 0); /* without O_CLOEXEC */
  assert_ok(run("env | grep -vE '^(PWD|SHLVL|_|OLDPWD)=' | sort; ls /proc/self/fd | tr '\\n' ' '; cat", 20000, 4096, &out,
                &status, &err),
            err);
  close(fds[0]);
  close(fds[1]);
  assert_string_equal(pk_buf_cstr(&out), "HOME=/nonexistent\nLC_ALL=C\nPATH=/usr/bin:/bin:/usr/local/bin\n0 1 2 3 ");
  pk_buf_free(&out);
}

static void test_child_when_run_then_limits_and_no_new_privileges(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  assert_ok(run("grep NoNewPrivs /proc/self/status; ulimit -c; ulimit -t", 20000, 4096, &out, &status, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "NoNewPrivs:\t1\n0\n20\n");
  pk_buf_free(&out);
}

static void test_child_when_there_is_no_such_program_then_io(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  int status = -1;
  const char *const argv[] = {"pakiti-no-such-program", NULL};
  pk_buf_init(&out, 100);
  assert_fault(pk_child_run(argv, 20000, &out, &status, &err), err, PK_E_IO, "is not installed");
  pk_buf_free(&out);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_read_when_written_then_the_same),
      TEST(test_read_when_missing_then_not_found),
      TEST(test_read_when_larger_than_the_limit_then_limit),
      TEST(test_read_when_a_folder_then_io),
      TEST(test_write_when_it_cannot_then_the_old_file_stays),
      TEST(test_write_when_done_then_not_for_everybody),
      TEST(test_dir_make_when_deep_or_there_then_ok),
      TEST(test_dir_make_when_a_file_is_in_the_way_then_io),
      TEST(test_dir_each_when_files_then_those_with_the_suffix_in_order),
      TEST(test_dir_each_when_the_visit_ends_it_then_its_result),
      cmocka_unit_test(test_child_when_it_ends_then_output_and_status),
      cmocka_unit_test(test_child_when_killed_then_128_and_the_signal),
      cmocka_unit_test(test_child_when_it_hangs_then_stopped),
      cmocka_unit_test(test_child_when_it_closes_its_output_and_hangs_then_stopped),
      cmocka_unit_test(test_child_when_it_says_too_much_then_stopped),
      cmocka_unit_test(test_child_when_run_then_nothing_of_ours_is_inherited),
      cmocka_unit_test(test_child_when_run_then_limits_and_no_new_privileges),
      cmocka_unit_test(test_child_when_there_is_no_such_program_then_io),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
