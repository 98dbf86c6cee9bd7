/* SPDX-License-Identifier: Apache-2.0
 *
 * What a vulnerability feed's documents come in. Every document that is handed over is noted as "name=content", in order. */
#include "unit.h"

#include "feed/documents.h"
#include "model/repository.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <sys/stat.h>

typedef struct fixture {
  folder box; /* feed/ is what the vendor publishes, work/ the feed's work folder */
  pk_feed feed;
  pk_http *http;
  char mark[PK_FEED_MARK_MAX], last_mark[PK_FEED_MARK_MAX];
  pk_buf seen;
  pk_rc answer; /* of the visitor */
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  assert_int_equal(pk_dir_make(folder_path(&f->box, "work"), NULL), PK_OK);
  assert_int_equal(pk_dir_make(folder_path(&f->box, "feed"), NULL), PK_OK);
  pk_feed_init(&f->feed);
  pk_http_options options = {.proxy = "", .connect_timeout_ms = 5000, .total_timeout_ms = 20000};
  assert_int_equal(pk_http_new(&options, &f->http, NULL), PK_OK);
  pk_buf_init(&f->seen, (size_t)1 << 20);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_http_free(&f->http);
  pk_feed_fini(&f->feed);
  pk_buf_free(&f->seen);
  folder_remove(&f->box);
  free(f);
  return 0;
}

/* The feed is at feed/NAME. */
static void set_url(fixture *f, const char *name) {
  char url[600];
  snprintf(url, sizeof url, "file://%s/feed%s%s", f->box.root, *name ? "/" : "", name);
  pk_feed_set(&f->feed.url, pk_str_of(url));
}

static pk_rc see(void *arg, const char *name, pk_stream *in, pk_err *err) {
  fixture *f = arg;
  pk_buf text;
  pk_err why;
  pk_buf_init(&text, (size_t)64 << 20);
  pk_rc rc = pk_stream_read_all(in, &text, &why);
  pk_str shown = pk_str_trim(pk_buf_view(&text));
  pk_buf_printf(&f->seen, "%s=%.*s ", name, rc == PK_OK ? (int)(shown.n < 40 ? shown.n : 40) : 1,
                rc == PK_OK && shown.n ? shown.p
                : rc == PK_OK          ? ""
                                       : "!");
  pk_buf_free(&text);
  return f->answer == PK_OK ? PK_OK : pk_err_set(err, f->answer, "enough");
}

static pk_rc see_broken(void *arg, const char *name, const pk_err *why, pk_err *err) {
  (void)err;
  assert_true(why->rc < 0 && why->text[0]);
  pk_buf_printf(&((fixture *)arg)->seen, "broken:%s ", name);
  return PK_OK;
}

static void see_changes_only(void *arg) { pk_buf_puts(&((fixture *)arg)->seen, "changes: "); }

static pk_rc see_deleted(void *arg, const char *name, pk_err *err) {
  (void)err;
  pk_buf_printf(&((fixture *)arg)->seen, "deleted:%s ", name);
  return PK_OK;
}

static pk_rc run(fixture *f) {
  const pk_documents_visitor visitor = {
      .arg = f, .read = see, .broken = see_broken, .changes_only = see_changes_only, .deleted = see_deleted};
  char *work = pk_str_dup(pk_str_of(folder_path(&f->box, "work")));
  pk_feed_context c = {.feed = &f->feed, .http = f->http, .work_dir = work, .last_mark = f->last_mark};
  f->seen.n = 0;
  f->err = (pk_err){0};
  pk_rc rc = pk_documents_each(&c, &visitor, f->mark, &f->err);
  int left = 0;
  DIR *dir = opendir(work);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) left += e->d_name[0] != '.';
  closedir(dir);
  free(work);
  assert_int_equal(left, 0);
  return rc;
}

static void assert_seen(fixture *f, const char *want) {
  assert_ok(run(f), f->err);
  assert_string_equal(pk_buf_cstr(&f->seen), want);
  assert_true(strlen(f->mark) > 0 && strlen(f->mark) < PK_FEED_MARK_MAX);
}

static void again(fixture *f) { memcpy(f->last_mark, f->mark, sizeof f->mark); }

/* ---- archives ---- */

/* Pairs of name and content, ended by NULL; a name that ends in '/' is a folder. */
static void write_archive(fixture *f, const char *name, int format, int filter, const char *const *members) {
  char *path = pk_str_dup(pk_str_of(folder_path(&f->box, name)));
  struct archive *a = archive_write_new();
  assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
  assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
  assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
  for (; *members; members += 2) {
    size_t n = strlen(members[1]);
    struct archive_entry *e = archive_entry_new();
    bool is_folder = members[0][strlen(members[0]) - 1] == '/';
    archive_entry_set_pathname(e, members[0]);
    archive_entry_set_filetype(e, is_folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, (la_int64_t)n);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, members[1], n), n);
    archive_entry_free(e);
  }
  assert_int_equal(archive_write_close(a), ARCHIVE_OK);
  archive_write_free(a);
  free(path);
}

#define MEMBERS(...)                                                                                                             \
  (const char *const[]) { __VA_ARGS__, NULL }
#define TAR ARCHIVE_FORMAT_TAR_USTAR
#define PLAIN ARCHIVE_FILTER_NONE

/* ---- one file ---- */

static void test_file_when_plain_or_compressed_then_one_document(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/data.json", PK_STR("{\"a\":1}"));
  set_url(f, "data.json");
  assert_seen(f, "data.json={\"a\":1} ");
  static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD};
  for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
    write_archive(f, "feed/data.x", ARCHIVE_FORMAT_RAW, filters[i], MEMBERS("data.json", "compressed"));
    set_url(f, "data.x");
    assert_seen(f, "data.x=compressed ");
  }
}

static void test_file_when_missing_then_not_found_with_the_address(void **state) {
  fixture *f = *state;
  set_url(f, "none.json");
  assert_int_equal(run(f), PK_NOTFOUND);
  assert_non_null(strstr(f->err.text, "none.json"));
}

static void test_file_when_empty_then_an_empty_document(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/data.json", PK_STR(""));
  set_url(f, "data.json");
  assert_seen(f, "data.json= ");
}

static void test_file_when_unchanged_then_not_read_again(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/data.json", PK_STR("one"));
  set_url(f, "data.json");
  assert_seen(f, "data.json=one ");
  again(f);
  assert_int_equal(run(f), PK_UNCHANGED);
  assert_string_equal(pk_buf_cstr(&f->seen), "");
  assert_string_equal(f->mark, f->last_mark);
  folder_write(&f->box, "feed/data.json", PK_STR("other"));
  assert_seen(f, "data.json=other ");
  assert_string_not_equal(f->mark, f->last_mark);
}

static void test_file_when_the_feed_is_for_another_platform_then_read_again(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/data.json", PK_STR("one"));
  set_url(f, "data.json");
  assert_seen(f, "data.json=one ");
  again(f);
  pk_feed_set(&f->feed.platform, PK_STR("debian:12"));
  assert_seen(f, "data.json=one ");
  assert_string_not_equal(f->mark, f->last_mark);
}

static void test_file_when_the_visitor_ends_it_then_its_result(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/data.json", PK_STR("one"));
  set_url(f, "data.json");
  f->answer = PK_E_STOPPED;
  assert_int_equal(run(f), PK_E_STOPPED);
  assert_string_equal(f->err.text, "enough");
}

/* ---- archives ---- */

static void test_archive_when_of_any_kind_then_each_member_is_a_document(void **state) {
  fixture *f = *state;
  static const struct {
    int format, filter;
  } kinds[] = {{TAR, PLAIN},
               {TAR, ARCHIVE_FILTER_GZIP},
               {TAR, ARCHIVE_FILTER_BZIP2},
               {TAR, ARCHIVE_FILTER_XZ},
               {TAR, ARCHIVE_FILTER_ZSTD},
               {ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, PLAIN},
               {ARCHIVE_FORMAT_ZIP, PLAIN}};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    write_archive(f, "feed/all", kinds[i].format, kinds[i].filter,
                  MEMBERS("b/", "", "b/2.json", "two", "a/1.json", "one", "3.json", ""));
    set_url(f, "all");
    assert_seen(f, "b/2.json=two a/1.json=one 3.json= ");
  }
}

static void test_archive_when_it_has_what_vendors_put_beside_then_left_out(void **state) {
  fixture *f = *state;
  write_archive(f, "feed/all.tar", TAR, PLAIN,
                MEMBERS("1.json", "one", "1.json.asc", "s", "1.json.sha256", "s", "1.json.sha512", "s", "LICENSE", "l",
                        "x/README.md", "r", "index.txt", "i", "changes.csv", "c", "x/.hidden", "h", "a.sig", "s", "b.md5", "m"));
  set_url(f, "all.tar");
  assert_seen(f, "1.json=one ");
}

/* A text that does not get much smaller. */
static char *noise(size_t n) {
  char *text = pk_alloc(n + 1);
  uint64_t seed = 1;
  for (size_t i = 0; i < n; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1;
    text[i] = (char)(' ' + (seed >> 33) % 95);
  }
  text[n] = '\0';
  return text;
}

static void test_archive_when_damaged_then_syntax(void **state) {
  fixture *f = *state;
  pk_buf bytes;
  char *big = noise(1000000);
  pk_buf_init(&bytes, (size_t)4 << 20);
  write_archive(f, "feed/all.tar.gz", TAR, ARCHIVE_FILTER_GZIP, MEMBERS("1.json", "one", "2.json", big));
  assert_ok(pk_file_read(folder_path(&f->box, "feed/all.tar.gz"), &bytes, &f->err), f->err);
  for (size_t i = bytes.n / 2; i < bytes.n; i++) bytes.p[i] = (char)~bytes.p[i];
  folder_write(&f->box, "feed/all.tar.gz", pk_buf_view(&bytes));
  set_url(f, "all.tar.gz");
  assert_int_equal(run(f), PK_E_SYNTAX);
  assert_non_null(strstr(f->err.text, "the archive is damaged"));
  assert_string_equal(pk_buf_cstr(&f->seen), "1.json=one ");
  free(big);
  pk_buf_free(&bytes);
}

static void test_archive_when_cut_off_inside_a_member_then_syntax(void **state) {
  fixture *f = *state;
  pk_buf bytes;
  pk_buf_init(&bytes, (size_t)1 << 20);
  char *big = noise(20000);
  write_archive(f, "feed/all.tar", TAR, PLAIN, MEMBERS("1.json", "one", "2.json", big));
  assert_ok(pk_file_read(folder_path(&f->box, "feed/all.tar"), &bytes, &f->err), f->err);
  folder_write(&f->box, "feed/all.tar", pk_str_sub(pk_buf_view(&bytes), 0, 5000));
  set_url(f, "all.tar");
  assert_int_equal(run(f), PK_E_SYNTAX);
  assert_string_equal(pk_buf_cstr(&f->seen), "1.json=one ");
  free(big);
  pk_buf_free(&bytes);
}

static void test_archive_when_a_bomb_then_limit(void **state) {
  fixture *f = *state;
  size_t n = (size_t)64 << 20;
  char *zeros = pk_alloc(n + 1);
  memset(zeros, '0', n);
  zeros[n] = '\0';
  write_archive(f, "feed/all.tar.xz", TAR, ARCHIVE_FILTER_XZ, MEMBERS("1.json", zeros));
  free(zeros);
  set_url(f, "all.tar.xz");
  assert_int_equal(run(f), PK_E_LIMIT);
  assert_non_null(strstr(f->err.text, "bomb"));
}

static void test_archive_when_the_visitor_ends_it_then_the_rest_is_not_read(void **state) {
  fixture *f = *state;
  write_archive(f, "feed/all.tar", TAR, PLAIN, MEMBERS("1.json", "one", "2.json", "two"));
  set_url(f, "all.tar");
  f->answer = PK_E_IO;
  assert_int_equal(run(f), PK_E_IO);
  assert_string_equal(pk_buf_cstr(&f->seen), "1.json=one ");
}

/* ---- folders ---- */

static void test_folder_when_read_then_all_below_in_order(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/docs/b.json", PK_STR("b"));
  folder_write(&f->box, "feed/docs/a/2.json", PK_STR("2"));
  folder_write(&f->box, "feed/docs/a/10.json", PK_STR("10"));
  folder_write(&f->box, "feed/docs/.git/config", PK_STR("hidden"));
  folder_write(&f->box, "feed/docs/README", PK_STR("r"));
  folder_write(&f->box, "feed/docs/b.json.asc", PK_STR("s"));
  assert_int_equal(symlink("/nonexistent", folder_path(&f->box, "feed/docs/dangling")), 0);
  set_url(f, "docs");
  assert_seen(f, "a/10.json=10 a/2.json=2 b.json=b ");
  set_url(f, "docs/"); /* the same, as it has no list of archives */
  assert_seen(f, "a/10.json=10 a/2.json=2 b.json=b ");
}

static void test_folder_when_its_files_are_compressed_then_opened(void **state) {
  fixture *f = *state;
  assert_int_equal(pk_dir_make(folder_path(&f->box, "feed/docs"), NULL), PK_OK);
  write_archive(f, "feed/docs/1.json.gz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, MEMBERS("x", "inside"));
  write_archive(f, "feed/docs/2.json.zst", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD, MEMBERS("x", "too"));
  set_url(f, "docs");
  assert_seen(f, "1.json.gz=inside 2.json.zst=too ");
}

static void test_folder_when_a_file_is_an_archive_then_its_members(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/docs/2.json", PK_STR("two"));
  write_archive(f, "feed/docs/1.tar.gz", TAR, ARCHIVE_FILTER_GZIP, MEMBERS("x.json", "x", "y.json", "y"));
  set_url(f, "docs");
  assert_seen(f, "x.json=x y.json=y 2.json=two ");
}

static void test_folder_when_nothing_changes_then_not_read_again(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/docs/a.json", PK_STR("a"));
  folder_write(&f->box, "feed/docs/b.json", PK_STR("b"));
  set_url(f, "docs");
  assert_seen(f, "a.json=a b.json=b ");
  again(f);
  assert_int_equal(run(f), PK_UNCHANGED);
  folder_write(&f->box, "feed/docs/c.json", PK_STR("c"));
  assert_seen(f, "a.json=a b.json=b c.json=c ");
  again(f);
  assert_int_equal(unlink(folder_path(&f->box, "feed/docs/a.json")), 0);
  assert_seen(f, "b.json=b c.json=c ");
  again(f);
  folder_write(&f->box, "feed/docs/b.json", PK_STR("longer"));
  assert_seen(f, "b.json=longer c.json=c ");
}

static void test_folder_when_empty_or_gone_then_fault(void **state) {
  fixture *f = *state;
  assert_int_equal(pk_dir_make(folder_path(&f->box, "feed/docs"), NULL), PK_OK);
  set_url(f, "docs");
  assert_int_equal(run(f), PK_E_NET);
  assert_non_null(strstr(f->err.text, "is empty"));
  set_url(f, "none");
  assert_int_equal(run(f), PK_NOTFOUND);
  set_url(f, "none/");
  assert_int_equal(run(f), PK_NOTFOUND);
}

static void test_folder_when_a_file_is_damaged_then_the_rest_is_read(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/docs/a.gz", (pk_str){"\x1f\x8b\x08\0\0\0\0\0\0\3junk", 14});
  folder_write(&f->box, "feed/docs/b.xz",
               (pk_str){"\xfd"
                        "7zXZ\0\0\4junk",
                        12});
  folder_write(&f->box, "feed/docs/c.zst", (pk_str){"\x28\xb5\x2f\xfdjunk", 8});
  folder_write(&f->box, "feed/docs/d.json", PK_STR("d"));
  set_url(f, "docs");
  assert_seen(f, "broken:a.gz broken:b.xz broken:c.zst d.json=d ");
}

static void test_folder_when_it_leads_back_to_itself_then_limit(void **state) {
  fixture *f = *state;
  char *target = pk_str_dup(pk_str_of(folder_path(&f->box, "feed/docs")));
  folder_write(&f->box, "feed/docs/a.json", PK_STR("a"));
  assert_int_equal(symlink(target, folder_path(&f->box, "feed/docs/again")), 0);
  free(target);
  set_url(f, "docs");
  assert_int_equal(run(f), PK_E_LIMIT);
  assert_non_null(strstr(f->err.text, "nested too deep"));
}

/* ---- Red Hat's layout ---- */

static void publish(fixture *f, const char *changes, const char *deletions) {
  folder_write(&f->box, "feed/vex/archive_latest.txt", PK_STR("csaf_vex_2024-08-04.tar.zst\n"));
  write_archive(f, "feed/vex/csaf_vex_2024-08-04.tar.zst", TAR, ARCHIVE_FILTER_ZSTD,
                MEMBERS("2024/cve-2024-1.json", "one", "2024/cve-2024-2.json", "two"));
  folder_write(&f->box, "feed/vex/changes.csv", pk_str_of(changes));
  folder_write(&f->box, "feed/vex/deletions.csv", pk_str_of(deletions));
  folder_write(&f->box, "feed/vex/2024/cve-2024-1.json", PK_STR("newer one"));
  folder_write(&f->box, "feed/vex/2024/cve-2024-3.json", PK_STR("three"));
  set_url(f, "vex/");
}

static void test_layout_when_read_first_then_the_archive_and_what_was_changed_since(void **state) {
  fixture *f = *state;
  publish(f,
          "\"2024/cve-2024-3.json\",\"2024-08-05T07:11:12+00:00\"\n\"2024/cve-2024-1.json\",\"2024-08-04T09:00:00+00:00\"\n"
          "\"2024/cve-2024-2.json\",\"2024-08-03T23:59:59+00:00\"\n",
          "\"2023/cve-2023-9.json\",\"2024-08-05T01:00:00+00:00\"\n\"2023/cve-2023-8.json\",\"2024-08-01T01:00:00+00:00\"\n");
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two 2024/cve-2024-3.json=three 2024/cve-2024-1.json=newer one "
                 "deleted:2023/cve-2023-9.json ");
}

static void test_layout_when_read_again_then_only_changes(void **state) {
  fixture *f = *state;
  publish(f, "\"2024/cve-2024-1.json\",\"2024-08-04T09:00:00+00:00\"\n", "");
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two 2024/cve-2024-1.json=newer one ");
  again(f);
  assert_int_equal(run(f), PK_UNCHANGED);
  assert_string_equal(pk_buf_cstr(&f->seen), "");
  publish(f, "\"2024/cve-2024-3.json\",\"2024-08-05T07:11:12+00:00\"\n\"2024/cve-2024-1.json\",\"2024-08-04T09:00:00+00:00\"\n",
          "\"2024/cve-2024-2.json\",\"2024-08-06T00:00:00+00:00\"\n");
  assert_seen(f, "changes: 2024/cve-2024-3.json=three deleted:2024/cve-2024-2.json ");
  again(f);
  assert_int_equal(run(f), PK_UNCHANGED);
}

static void test_layout_when_more_was_changed_than_is_fetched_one_by_one_then_the_archive_again(void **state) {
  fixture *f = *state;
  pk_buf list;
  pk_buf_init(&list, (size_t)4 << 20);
  publish(f, "", "");
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two ");
  again(f);
  pk_buf_puts(&list, "2024/cve-2024-1.json,2024-09-02T01:00:00+00:00\n");
  for (size_t i = 0; i < PK_DOCUMENTS_CHANGED_MAX; i++) pk_buf_puts(&list, "2024/cve-2024-3.json,2024-08-20T00:00:00+00:00\n");
  publish(f, pk_buf_cstr(&list), "");
  folder_write(&f->box, "feed/vex/archive_latest.txt", PK_STR("csaf_vex_2024-09-01.tar.zst"));
  write_archive(f, "feed/vex/csaf_vex_2024-09-01.tar.zst", TAR, ARCHIVE_FILTER_ZSTD,
                MEMBERS("2024/cve-2024-3.json", "three of the archive"));
  assert_seen(
      f, "2024/cve-2024-3.json=three of the archive 2024/cve-2024-1.json=newer one "); /* and what is newer than the archive */
  pk_buf_free(&list);
}

static void test_layout_when_there_is_a_keyring_then_changed_documents_are_verified_too(void **state) {
  fixture *f = *state;
  publish(f, "", "");
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two ");
  again(f);
  publish(f, "2024/cve-2024-3.json,2024-08-20T00:00:00+00:00\n", "");
  pk_feed_set(&f->feed.keyring, PK_STR("/usr/share/keyrings/any.gpg"));
  assert_int_equal(run(f), PK_E_VERIFY);
  assert_non_null(strstr(f->err.text, "cve-2024-3.json.asc"));
  assert_null(strstr(pk_buf_cstr(&f->seen), "three"));
}

static void test_layout_when_a_changed_document_is_gone_then_the_others_are_read(void **state) {
  fixture *f = *state;
  publish(f, "2024/cve-2024-99.json,2024-08-06T00:00:00+00:00\n2024/cve-2024-3.json,2024-08-05T00:00:00+00:00\n", "");
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two 2024/cve-2024-3.json=three ");
}

static void test_layout_when_lines_lead_outside_or_are_odd_then_left_out(void **state) {
  fixture *f = *state;
  folder_write(&f->box, "feed/outside.json", PK_STR("outside"));
  publish(f,
          "\"../outside.json\",\"2024-08-06T00:00:00+00:00\"\n\"2024/../../outside.json\",\"2024-08-06T00:00:00+00:00\"\n\"/etc/"
          "passwd.json\",\"2024-08-06T00:00:00+00:00\"\n"
          "\"2024/%2e%2e/outside.json\",\"2024-08-06T00:00:00+00:00\"\n\"index.txt\",\"2024-08-06T00:00:00+00:00\"\n\"2024/"
          "cve-2024-3.json\"\n\n,\n"
          "\"2024/cve-2024-3.json\",\"\"\n\"2024/cve-2024-3.json\",\"2024-08-06T00:00:00+00:00 and much, much more than a time "
          "is\"\n",
          "");
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two ");
}

static void test_layout_when_the_lists_are_missing_then_the_archive_alone(void **state) {
  fixture *f = *state;
  publish(f, "", "");
  assert_int_equal(unlink(folder_path(&f->box, "feed/vex/changes.csv")), 0);
  assert_int_equal(unlink(folder_path(&f->box, "feed/vex/deletions.csv")), 0);
  assert_seen(f, "2024/cve-2024-1.json=one 2024/cve-2024-2.json=two ");
}

static void test_layout_when_the_archives_name_is_odd_then_refused(void **state) {
  fixture *f = *state;
  static const char *const names[] = {"",        "../x.tar", "/etc/passwd", "a/b.tar", "http://example.org/x.tar?",
                                      "a b.tar", ".hidden"};
  publish(f, "", "");
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    folder_write(&f->box, "feed/vex/archive_latest.txt", pk_str_of(names[i]));
    assert_int_equal(run(f), PK_E_SYNTAX);
    assert_non_null(strstr(f->err.text, "does not name an archive"));
  }
}

static void test_layout_when_the_archive_is_missing_then_not_found(void **state) {
  fixture *f = *state;
  publish(f, "", "");
  assert_int_equal(unlink(folder_path(&f->box, "feed/vex/csaf_vex_2024-08-04.tar.zst")), 0);
  assert_int_equal(run(f), PK_NOTFOUND);
  assert_non_null(strstr(f->err.text, "csaf_vex_2024-08-04.tar.zst"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_file_when_plain_or_compressed_then_one_document),
      TEST(test_file_when_missing_then_not_found_with_the_address),
      TEST(test_file_when_empty_then_an_empty_document),
      TEST(test_file_when_unchanged_then_not_read_again),
      TEST(test_file_when_the_feed_is_for_another_platform_then_read_again),
      TEST(test_file_when_the_visitor_ends_it_then_its_result),
      TEST(test_archive_when_of_any_kind_then_each_member_is_a_document),
      TEST(test_archive_when_it_has_what_vendors_put_beside_then_left_out),
      TEST(test_archive_when_damaged_then_syntax),
      TEST(test_archive_when_cut_off_inside_a_member_then_syntax),
      TEST(test_archive_when_a_bomb_then_limit),
      TEST(test_archive_when_the_visitor_ends_it_then_the_rest_is_not_read),
      TEST(test_folder_when_read_then_all_below_in_order),
      TEST(test_folder_when_its_files_are_compressed_then_opened),
      TEST(test_folder_when_a_file_is_an_archive_then_its_members),
      TEST(test_folder_when_nothing_changes_then_not_read_again),
      TEST(test_folder_when_empty_or_gone_then_fault),
      TEST(test_folder_when_a_file_is_damaged_then_the_rest_is_read),
      TEST(test_folder_when_it_leads_back_to_itself_then_limit),
      TEST(test_layout_when_read_first_then_the_archive_and_what_was_changed_since),
      TEST(test_layout_when_read_again_then_only_changes),
      TEST(test_layout_when_more_was_changed_than_is_fetched_one_by_one_then_the_archive_again),
      TEST(test_layout_when_there_is_a_keyring_then_changed_documents_are_verified_too),
      TEST(test_layout_when_a_changed_document_is_gone_then_the_others_are_read),
      TEST(test_layout_when_lines_lead_outside_or_are_odd_then_left_out),
      TEST(test_layout_when_the_lists_are_missing_then_the_archive_alone),
      TEST(test_layout_when_the_archives_name_is_odd_then_refused),
      TEST(test_layout_when_the_archive_is_missing_then_not_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
