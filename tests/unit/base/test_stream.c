/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/stream.h"

#include <archive.h>
#include <archive_entry.h>

#define MIB ((size_t)1 << 20)

static const struct {
  const char *name;
  int filter;
} COMPRESSIONS[] = {
    {"gz", ARCHIVE_FILTER_GZIP}, {"bz2", ARCHIVE_FILTER_BZIP2}, {"xz", ARCHIVE_FILTER_XZ}, {"zst", ARCHIVE_FILTER_ZSTD}};
#define N_COMPRESSIONS (sizeof COMPRESSIONS / sizeof COMPRESSIONS[0])

/* The caller frees. */
static pk_str compress_with(int filter, pk_str plain) {
  size_t cap = plain.n + MIB, used = 0;
  char *out = pk_alloc(cap);
  struct archive *a = archive_write_new();
  assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
  assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
  archive_write_set_bytes_per_block(a, 0);
  assert_int_equal(archive_write_open_memory(a, out, cap, &used), ARCHIVE_OK);
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
  assert_int_equal(archive_write_data(a, plain.p, plain.n), (la_ssize_t)plain.n);
  assert_int_equal(archive_write_close(a), ARCHIVE_OK);
  archive_entry_free(entry);
  archive_write_free(a);
  return (pk_str){out, used};
}

static void release(pk_str s) {
  char *p;
  memcpy(&p, &s.p, sizeof p);
  free(p);
}

/* Not random, but not to be compressed much either. */
static pk_str noise(size_t n) {
  char *p = pk_alloc(n);
  uint64_t x = 88172645463325252u;
  for (size_t i = 0; i < n; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    p[i] = (char)(unsigned char)(x >> 32);
  }
  return (pk_str){p, n};
}

static pk_str zeros(size_t n) { return (pk_str){pk_calloc(n, 1), n}; }

static pk_rc read_all(pk_str bytes, pk_stream_limits limits, pk_buf *out, pk_err *err) {
  pk_stream *s = NULL;
  pk_rc rc = pk_stream_open_bytes(bytes, limits, &s, err);
  if (rc == PK_OK) rc = pk_stream_read_all(s, out, err);
  pk_stream_close(&s);
  return rc;
}

static const pk_stream_limits WIDE = {.out_bytes_max = 64 << 20, .ratio_max = 0};

static void test_stream_when_compressed_then_content_comes_out(void **state) {
  (void)state;
  pk_str plain = noise(300000);
  for (size_t i = 0; i < N_COMPRESSIONS; i++) {
    pk_str packed = compress_with(COMPRESSIONS[i].filter, plain);
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, MIB);
    assert_ok(read_all(packed, WIDE, &out, &err), err);
    if (!pk_str_eq(pk_buf_view(&out), plain)) fail_msg("%s: other content", COMPRESSIONS[i].name);
    pk_buf_free(&out);
    release(packed);
  }
  release(plain);
}

static void test_stream_when_plain_or_empty_then_passed_through(void **state) {
  (void)state;
  static const char *const texts[] = {
      "", "a", "Package: bash\n", "\x1f", "BZ", "PK\x03\x04 looks like a zip", "070701 like a cpio"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, MIB);
    assert_ok(read_all(pk_str_of(texts[i]), WIDE, &out, &err), err);
    assert_str(pk_buf_view(&out), texts[i]);
    pk_buf_free(&out);
  }
}

static void test_stream_when_truncated_then_syntax(void **state) {
  (void)state;
  pk_str plain = noise(300000);
  for (size_t i = 0; i < N_COMPRESSIONS; i++) {
    pk_str packed = compress_with(COMPRESSIONS[i].filter, plain);
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, MIB);
    assert_fault(read_all(pk_str_sub(packed, 0, packed.n - 20), WIDE, &out, &err), err, PK_E_SYNTAX, "cannot decompress");
    pk_buf_free(&out);
    release(packed);
  }
  release(plain);
}

static void test_stream_when_damaged_then_syntax(void **state) {
  (void)state;
  pk_str plain = noise(300000);
  for (size_t i = 0; i < N_COMPRESSIONS; i++) {
    if (COMPRESSIONS[i].filter == ARCHIVE_FILTER_ZSTD || COMPRESSIONS[i].filter == ARCHIVE_FILTER_GZIP)
      continue; /* no checksum written, or none checked: what was altered inside may come out altered */
    pk_str packed = compress_with(COMPRESSIONS[i].filter, plain);
    char *bytes = pk_str_dup(packed);
    memset(bytes + packed.n / 2, 0x55, 64);
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, MIB);
    assert_fault(read_all((pk_str){bytes, packed.n}, WIDE, &out, &err), err, PK_E_SYNTAX, "cannot decompress");
    pk_buf_free(&out);
    free(bytes);
    release(packed);
  }
  release(plain);
}

static void test_stream_when_compressed_twice_then_refused(void **state) {
  (void)state;
  pk_str once = compress_with(ARCHIVE_FILTER_XZ, PK_STR("text")), twice = compress_with(ARCHIVE_FILTER_GZIP, once);
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, MIB);
  assert_fault(read_all(twice, WIDE, &out, &err), err, PK_E_SYNTAX, "more than once");
  pk_buf_free(&out);
  release(once);
  release(twice);
}

static void test_stream_when_more_comes_out_than_allowed_then_limit(void **state) {
  (void)state;
  pk_str plain = zeros(2 * MIB);
  for (size_t i = 0; i < N_COMPRESSIONS; i++) {
    pk_str packed = compress_with(COMPRESSIONS[i].filter, plain);
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, 64 * MIB);
    assert_fault(read_all(packed, (pk_stream_limits){.out_bytes_max = MIB}, &out, &err), err, PK_E_LIMIT,
                 "larger than 1048576 bytes");
    pk_buf_free(&out);
    release(packed);
  }
  release(plain);
}

static void test_stream_when_a_bomb_then_limit(void **state) {
  (void)state;
  pk_str plain = zeros(24 * MIB);
  for (size_t i = 0; i < N_COMPRESSIONS; i++) {
    pk_str packed = compress_with(COMPRESSIONS[i].filter, plain);
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, 64 * MIB);
    pk_stream_limits limits = {.out_bytes_max = 64 * MIB, .ratio_max = 200};
    assert_fault(read_all(packed, limits, &out, &err), err, PK_E_LIMIT, "decompression bomb");
    assert_true(out.n <= 2 * PK_STREAM_RATIO_FREE);
    pk_buf_free(&out);
    release(packed);
  }
  release(plain);
}

static void test_stream_when_small_and_dense_then_no_bomb(void **state) {
  (void)state;
  pk_str plain = zeros(PK_STREAM_RATIO_FREE), packed = compress_with(ARCHIVE_FILTER_XZ, plain);
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 64 * MIB);
  assert_ok(read_all(packed, (pk_stream_limits){.out_bytes_max = 64 * MIB, .ratio_max = 200}, &out, &err), err);
  assert_int_equal(out.n, plain.n);
  pk_buf_free(&out);
  release(packed);
  release(plain);
}

static void test_read_all_when_the_buffer_is_full_then_limit(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 3);
  assert_fault(read_all(PK_STR("four"), WIDE, &out, &err), err, PK_E_LIMIT, "larger than 3 bytes");
  pk_buf_free(&out);
}

static void test_open_file_when_missing_then_fault(void **state) {
  (void)state;
  pk_stream *s = NULL;
  pk_err err = {0};
  assert_true(pk_stream_open_file("/nonexistent/file", WIDE, &s, &err) < 0);
  assert_null(s);
  assert_true(err.text[0] != '\0');
}

/* ---- lines ---- */

typedef struct reader {
  pk_stream *stream;
  pk_lines lines;
} reader;

static void reader_open(reader *r, pk_str text, size_t line_max) {
  pk_err err;
  assert_ok(pk_stream_open_bytes(text, WIDE, &r->stream, &err), err);
  pk_lines_init(&r->lines, r->stream, line_max);
}

static void reader_close(reader *r) {
  pk_lines_fini(&r->lines);
  pk_stream_close(&r->stream);
}

static void test_lines_when_the_last_has_no_end_then_returned_too(void **state) {
  (void)state;
  reader r;
  pk_str line;
  pk_err err;
  reader_open(&r, PK_STR("one\n\nthree"), 100);
  assert_ok(pk_lines_next(&r.lines, &line, &err), err);
  assert_str(line, "one");
  assert_ok(pk_lines_next(&r.lines, &line, &err), err);
  assert_str(line, "");
  assert_ok(pk_lines_next(&r.lines, &line, &err), err);
  assert_str(line, "three");
  assert_int_equal(r.lines.number, 3);
  assert_int_equal(pk_lines_next(&r.lines, &line, &err), PK_END);
  assert_int_equal(pk_lines_next(&r.lines, &line, &err), PK_END);
  reader_close(&r);
}

static void test_lines_when_empty_then_end(void **state) {
  (void)state;
  reader r;
  pk_str line;
  pk_err err;
  reader_open(&r, PK_STR(""), 100);
  assert_int_equal(pk_lines_next(&r.lines, &line, &err), PK_END);
  reader_close(&r);
}

static void test_lines_when_one_is_too_long_then_limit_names_it(void **state) {
  (void)state;
  reader r;
  pk_str line;
  pk_err err;
  reader_open(&r, PK_STR("12345\n123456\n"), 5);
  assert_ok(pk_lines_next(&r.lines, &line, &err), err);
  assert_str(line, "12345");
  assert_fault(pk_lines_next(&r.lines, &line, &err), err, PK_E_LIMIT, "line 2 is longer than 5 bytes");
  reader_close(&r);
}

static void test_lines_when_across_blocks_then_whole(void **state) {
  (void)state;
  pk_buf text;
  pk_buf_init(&text, 16 * MIB);
  for (unsigned i = 0; i < 200000; i++) pk_buf_printf(&text, "line %u\n", i);
  reader r;
  pk_str line;
  pk_err err;
  reader_open(&r, pk_buf_view(&text), 20);
  for (unsigned i = 0; i < 200000; i++) {
    char want[32];
    snprintf(want, sizeof want, "line %u", i);
    assert_ok(pk_lines_next(&r.lines, &line, &err), err);
    if (!pk_str_is(line, want)) fail_msg("'%.*s' is not '%s'", PK_FMT(line), want);
  }
  assert_int_equal(pk_lines_next(&r.lines, &line, &err), PK_END);
  reader_close(&r);
  pk_buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_stream_when_compressed_then_content_comes_out),
      cmocka_unit_test(test_stream_when_plain_or_empty_then_passed_through),
      cmocka_unit_test(test_stream_when_truncated_then_syntax),
      cmocka_unit_test(test_stream_when_damaged_then_syntax),
      cmocka_unit_test(test_stream_when_compressed_twice_then_refused),
      cmocka_unit_test(test_stream_when_more_comes_out_than_allowed_then_limit),
      cmocka_unit_test(test_stream_when_a_bomb_then_limit),
      cmocka_unit_test(test_stream_when_small_and_dense_then_no_bomb),
      cmocka_unit_test(test_read_all_when_the_buffer_is_full_then_limit),
      cmocka_unit_test(test_open_file_when_missing_then_fault),
      cmocka_unit_test(test_lines_when_the_last_has_no_end_then_returned_too),
      cmocka_unit_test(test_lines_when_empty_then_end),
      cmocka_unit_test(test_lines_when_one_is_too_long_then_limit_names_it),
      cmocka_unit_test(test_lines_when_across_blocks_then_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
