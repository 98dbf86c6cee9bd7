/* SPDX-License-Identifier: Apache-2.0
 *
 * The choice of the protocol, the parameters, compressed bodies and what hostile senders think of. */
#include "helper.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#define TEXT "#\nhost: h\npackager: rpm\n#\na\t1-1\tnoarch\n#\n"
#define FORM "host=h&version=4&pkgs='a' '1' '1' 'noarch'"
#define NATIVE                                                                                                                   \
  "{\"protocol\":6,\"host\":{\"name\":\"h\"},\"packages\":[{\"name\":\"a\",\"version\":\"1-1\",\"arch\":\"noarch\"}]}"
#define GLPI                                                                                                                     \
  "{\"content\":{\"hardware\":{\"name\":\"h\"},\"softwares\":[{\"name\":\"a\",\"version\":\"1-1\",\"arch\":\"noarch\"}]}}"
#define MULTIPART                                                                                                                \
  "--X\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n--X\r\nContent-Disposition: form-data; name=\"pkgs\"; "      \
  "filename=\"p\"\r\nContent-Type: text/plain\r\n\r\n'a' '1' '1' 'noarch'\n\r\n--X--\r\n"

static void test_body_when_without_headers_then_recognised_by_content(void **state) {
  static const struct {
    const char *body;
    pk_protocol protocol;
    pk_reply_form form;
  } SAMPLES[] = {{TEXT, PK_PROTOCOL_PAKITI3, PK_REPLY_PAKITI3}, {"\n \t" TEXT, PK_PROTOCOL_PAKITI3, PK_REPLY_PAKITI3},
                 {FORM, PK_PROTOCOL_PAKITI2, PK_REPLY_PAKITI2}, {MULTIPART, PK_PROTOCOL_PAKITI2, PK_REPLY_PAKITI2},
                 {NATIVE, PK_PROTOCOL_NATIVE, PK_REPLY_NATIVE}, {"\xef\xbb\xbf\n" NATIVE, PK_PROTOCOL_NATIVE, PK_REPLY_NATIVE},
                 {GLPI, PK_PROTOCOL_GLPI, PK_REPLY_GLPI}};
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    decode_body(o, SAMPLES[i].body);
    assert_good(o);
    assert_int_equal(o->report.protocol, SAMPLES[i].protocol);
    assert_int_equal(o->form, SAMPLES[i].form);
    assert_text(o->report.host, "h");
    assert_package(o, 0, "a", "1-1", "noarch");
  }
}

/* The client of Pakiti 3 says so. */
static void test_text_when_posted_as_a_form_then_still_text(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = PK_STR(TEXT),
                                        .content_type = PK_STR("application/x-www-form-urlencoded"),
                                        .query = PK_STR("mode=store-and-report&protocol=5")});
  assert_good(o);
  assert_int_equal(o->report.protocol, PK_PROTOCOL_PAKITI3);
  assert_int_equal(o->report.mode, PK_MODE_STORE_AND_REPORT);
}

static void test_multipart_when_boundary_is_quoted_then_read(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = PK_STR("preamble\r\n" MULTIPART),
                                        .content_type = PK_STR("Multipart/Form-Data; charset=utf-8; boundary=\"X\"")});
  assert_good(o);
  assert_package(o, 0, "a", "1-1", "noarch");
}

static void test_multipart_when_lines_end_with_lf_and_text_looks_like_a_boundary_then_read(void **state) {
  outcome *o = *state;
  decode_body(o, "--X\nContent-Disposition: form-data; name=tag\n\na--X\n--XY\n--X\nContent-Disposition: form-data; name=host\n\n"
                 "h\n--X\nContent-Disposition: form-data; name=pkgs\n\n'a' '1' '1' 'b'\n--X--\n");
  assert_good(o);
  assert_text(o->report.tag, "a--X --XY");
}

static void test_multipart_when_broken_then_refused(void **state) {
  static const struct {
    const char *body, *words;
  } SAMPLES[] = {
      {"--X\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n", "ends before the closing boundary"},
      {"--X\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n--X", "ends before the closing boundary"},
      {"--X\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n--X\r\n", "ends before the closing boundary"},
      {"--X\r\nContent-Disposition: form-data; name=\"host\r\n\r\nh\r\n--X--", "has no name"},
      {"--X\r\nContent-Disposition: form-data\r\n\r\nh\r\n--X--", "has no name"},
      {"--X\r\nContent-Disposition: form-data; name=a\r\n--X--", "header does not end"},
  };
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    decode_body(o, SAMPLES[i].body);
    assert_refused(o, PK_E_SYNTAX, SAMPLES[i].words);
  }
  decode_request(o, (pk_report_request){.body = PK_STR("nothing"), .content_type = PK_STR("multipart/form-data; boundary=X")});
  assert_refused(o, PK_E_SYNTAX, "boundary is not in the body");
}

static void test_multipart_when_cut_anywhere_then_refused(void **state) {
  outcome *o = *state;
  for (size_t n = 1; n < sizeof MULTIPART - 5; n++) {
    decode_request(o, (pk_report_request){.body = {MULTIPART, n}, .content_type = PK_STR("multipart/form-data; boundary=X")});
    assert_int_equal(o->rc, PK_E_SYNTAX);
  }
}

static void test_protocol_when_not_known_then_refused_by_name(void **state) {
  outcome *o = *state;
  decode_query(o, TEXT, "protocol=9");
  assert_refused(o, PK_E_SYNTAX, "protocol '9' is not known: 4 (form), 5 (text) and 6 (JSON) are");
  decode_query(o, TEXT, "protocol=");
  assert_refused(o, PK_E_SYNTAX, "protocol '' is not known");
  decode_query(o, TEXT, "version=55");
  assert_refused(o, PK_E_SYNTAX, "protocol '55' is not known");
  decode_body(o, "protocol=x&" FORM);
  assert_refused(o, PK_E_SYNTAX, "protocol 'x' is not known");
}

static void test_protocol_when_it_contradicts_the_body_then_refused(void **state) {
  outcome *o = *state;
  decode_query(o, TEXT, "protocol=4");
  assert_refused(o, PK_E_SYNTAX, "says protocol 4, but the body is a text");
  decode_query(o, FORM, "protocol=5");
  assert_refused(o, PK_E_SYNTAX, "says protocol 5, but the body is a form");
  decode_query(o, NATIVE, "protocol=5");
  assert_refused(o, PK_E_SYNTAX, "says protocol 5, but the body is JSON");
}

static void test_protocol_when_form_and_query_differ_then_the_form_counts(void **state) {
  outcome *o = *state;
  decode_query(o, "protocol=4&" FORM, "protocol=5");
  assert_good(o);
}

static void test_mode_when_told_then_taken(void **state) {
  static const struct {
    const char *query;
    pk_report_mode mode;
  } SAMPLES[] = {{"", PK_MODE_STORE_ONLY},
                 {"mode=", PK_MODE_STORE_ONLY},
                 {"mode=0", PK_MODE_STORE_ONLY},
                 {"mode=store-only", PK_MODE_STORE_ONLY},
                 {"mode=1", PK_MODE_STORE_AND_REPORT},
                 {"report=1", PK_MODE_STORE_AND_REPORT},
                 {"mode=&report=2", PK_MODE_REPORT_ONLY},
                 {"report=1&mode=report%2Donly", PK_MODE_REPORT_ONLY},
                 {"x&=&&mode=2&mode=1", PK_MODE_REPORT_ONLY}};
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    decode_query(o, TEXT, SAMPLES[i].query);
    assert_good(o);
    assert_int_equal(o->report.mode, SAMPLES[i].mode);
    decode_query(o, NATIVE, SAMPLES[i].query);
    assert_good(o);
    assert_int_equal(o->report.mode, SAMPLES[i].mode);
  }
}

static void test_mode_when_not_known_then_refused_by_name(void **state) {
  outcome *o = *state;
  decode_query(o, TEXT, "mode=delete");
  assert_refused(o, PK_E_SYNTAX, "mode 'delete' is not known: store-only, store-and-report and report-only are");
}

static void test_body_when_empty_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "");
  assert_refused(o, PK_E_SYNTAX, "the body is empty");
  decode_body(o, " \r\n\t");
  assert_refused(o, PK_E_SYNTAX, "the body is empty");
}

static void test_body_when_nothing_known_then_refused(void **state) {
  static const char *const BODIES[] = {"hello", "<xml/>", "=x", "[1]", "bash 1 x", "\x89PNG", "--x", "-"};
  outcome *o = *state;
  for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
    decode_body(o, BODIES[i]);
    assert_refused(o, PK_E_SYNTAX, "the body is no report");
  }
  decode_body(o, "{\"a\":{\"protocol\":6}}");
  assert_refused(o, PK_E_SYNTAX, "the JSON is no report");
}

static void test_body_when_too_large_then_limit(void **state) {
  outcome *o = *state;
  o->limits.body_bytes_max = sizeof TEXT - 2;
  decode_body(o, TEXT);
  assert_refused(o, PK_E_LIMIT, "the body is larger than");
}

static void test_json_when_latin1_then_refused_with_the_line(void **state) {
  outcome *o = *state;
  decode_body(o, "{\"protocol\":6,\n\"client\":\"\xe9\"}");
  assert_refused(o, PK_E_SYNTAX, "line 2: holds bytes that are not UTF-8");
}

static void test_body_when_it_holds_nul_then_refused_with_the_line(void **state) {
  static const char BODY[] = "#\nhost: h\n#\na\0b\t1\tall\n";
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = {BODY, sizeof BODY - 1}});
  assert_refused(o, PK_E_SYNTAX, "line 4: holds a NUL byte");
}

static void test_line_when_ten_megabytes_long_then_limit(void **state) {
  outcome *o = *state;
  static const char *const STARTS[] = {"#\nhost: h\n#\n", "#\nhost: ", "host=", "host=h&pkgs='",
                                       "{\"protocol\":6,\"host\":{\"name\":\""};
  for (size_t i = 0; i < sizeof STARTS / sizeof STARTS[0]; i++) {
    size_t n = strlen(STARTS[i]), all = n + (10 << 20);
    char *body = pk_alloc(all);
    memcpy(body, STARTS[i], n);
    memset(body + n, 'x', all - n);
    decode_request(o, (pk_report_request){.body = {body, all}});
    assert_true(o->rc == PK_E_LIMIT || o->rc == PK_E_SYNTAX);
    free(body);
  }
}

static void assert_repeated_is_limit(outcome *o, const char *begin, const char *item, const char *separator, size_t n,
                                     const char *words) {
  pk_buf body;
  pk_buf_init(&body, 128 << 20);
  pk_buf_puts(&body, begin);
  for (size_t i = 0; i < n; i++) {
    pk_buf_puts(&body, i ? separator : "");
    pk_buf_puts(&body, item);
  }
  decode_request(o, (pk_report_request){.body = pk_buf_view(&body)});
  assert_refused(o, PK_E_LIMIT, words);
  pk_buf_free(&body);
}

static void test_packages_when_a_million_then_limit(void **state) {
  outcome *o = *state;
  assert_repeated_is_limit(o, "#\nhost: h\n#\n", "a\t1\tall", "\n", 1000000, "more than 1000 packages");
  assert_repeated_is_limit(o, "host=h&pkgs=", "'a' '1' '1' 'x'", "\n", 1000000, "more than 1000 packages");
  assert_repeated_is_limit(o, "{\"protocol\":6,\"packages\":[", "{\"name\":\"a\",\"version\":\"1\",\"arch\":\"x\"}", ",", 700000,
                           "more than 1000 packages");
  assert_repeated_is_limit(o, "{\"content\":{\"softwares\":[", "{\"name\":\"a\",\"version\":\"1\"}", ",", 1000000,
                           "more than 1000 packages");
}

static void test_packages_when_exactly_as_many_as_allowed_then_taken(void **state) {
  outcome *o = *state;
  o->limits.packages_max = 2;
  decode_body(o, "#\nhost: h\n#\na\t1\tall\nb\t1\tall\n");
  assert_good(o);
  decode_body(o, "#\nhost: h\n#\na\t1\tall\nb\t1\tall\nc\t1\tall\n");
  assert_refused(o, PK_E_LIMIT, "more than 2 packages");
}

static void test_memory_when_used_up_then_limit(void **state) {
  outcome *o = *state;
  o->limits.arena_bytes_max = 16;
  decode_body(o, TEXT);
  assert_refused(o, PK_E_LIMIT, "more than 16 bytes of memory");
  decode_body(o, FORM);
  assert_refused(o, PK_E_LIMIT, "memory");
  decode_body(o, NATIVE);
  assert_refused(o, PK_E_LIMIT, "more than 16 bytes of memory");
}

static void test_form_when_too_many_fields_then_limit(void **state) {
  outcome *o = *state;
  assert_repeated_is_limit(o, "", "a=b", "&", PK_NAMED_VALUES_MAX, "more than 64 fields");
}

static void test_json_when_nested_deep_then_limit(void **state) {
  outcome *o = *state;
  assert_repeated_is_limit(o, "{\"protocol\":6,\"x\":", "[", "", 100000, "nested deeper");
  assert_repeated_is_limit(o, "{\"a\":", "{\"a\":", "", 100000, "nested deeper");
}

/* --- compressed bodies --- */

static pk_buf deflate_as(int bits, const char *text, size_t n) {
  z_stream z = {0};
  assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  size_t cap = deflateBound(&z, n) + 64;
  char *to = pk_alloc(cap);
  z.next_in = (Bytef *)(uintptr_t)text;
  z.avail_in = (uInt)n;
  z.next_out = (Bytef *)to;
  z.avail_out = (uInt)cap;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  pk_buf out = {.p = to, .n = z.total_out, .cap = cap, .max = cap};
  deflateEnd(&z);
  return out;
}

static pk_buf zstd_of(const char *text, size_t n) {
  pk_buf out;
  pk_buf_init(&out, n + 65536);
  char *room = pk_alloc(n + 65536);
  size_t used = 0;
  struct archive *a = archive_write_new();
  archive_write_add_filter_zstd(a);
  archive_write_set_format_raw(a);
  archive_write_set_bytes_in_last_block(a, 1);
  assert_int_equal(archive_write_open_memory(a, room, n + 65536, &used), ARCHIVE_OK);
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_header(a, entry);
  archive_write_data(a, text, n);
  archive_entry_free(entry);
  archive_write_close(a);
  archive_write_free(a);
  pk_buf_add(&out, room, used);
  free(room);
  return out;
}

enum { GZIP = 15 + 16, ZLIB = 15, RAW = -15 };

static void decode_packed(outcome *o, pk_buf packed, const char *content_type, const char *encoding) {
  decode_request(o, (pk_report_request){.body = pk_buf_view(&packed),
                                        .content_type = pk_str_of(content_type),
                                        .content_encoding = pk_str_of(encoding)});
  pk_buf_free(&packed);
}

static void test_body_when_compressed_then_read_with_and_without_the_header(void **state) {
  outcome *o = *state;
  static const char *const GZIP_NAMES[] = {"gzip", "GZip", "x-gzip", "identity", ""};
  for (size_t i = 0; i < sizeof GZIP_NAMES / sizeof GZIP_NAMES[0]; i++) {
    decode_packed(o, deflate_as(GZIP, TEXT, sizeof TEXT - 1), "", GZIP_NAMES[i]);
    assert_good(o);
    assert_package(o, 0, "a", "1-1", "noarch");
  }
  static const char *const ZSTD_NAMES[] = {"zstd", ""};
  for (size_t i = 0; i < sizeof ZSTD_NAMES / sizeof ZSTD_NAMES[0]; i++) {
    decode_packed(o, zstd_of(NATIVE, sizeof NATIVE - 1), "application/json", ZSTD_NAMES[i]);
    assert_good(o);
  }
  decode_packed(o, deflate_as(ZLIB, FORM, sizeof FORM - 1), "", "deflate");
  assert_good(o);
  decode_packed(o, deflate_as(RAW, FORM, sizeof FORM - 1), "", "deflate");
  assert_good(o);
  decode_packed(o, deflate_as(ZLIB, TEXT, sizeof TEXT - 1), "", "");
  assert_good(o);
}

static void test_glpi_when_compressed_then_read_in_any_spelling(void **state) {
  static const char *const TYPES[] = {"Application/x-compress-zlib", "application/x-compress-zlib; charset=x",
                                      "APPLICATION/X-COMPRESS-ZLIB"};
  static const int BITS[] = {GZIP, ZLIB, RAW};
  outcome *o = *state;
  for (size_t i = 0; i < 9; i++) {
    decode_packed(o, deflate_as(BITS[i % 3], GLPI, sizeof GLPI - 1), TYPES[i / 3], "");
    assert_good(o);
    assert_int_equal(o->report.protocol, PK_PROTOCOL_GLPI);
  }
  decode_request(o, (pk_report_request){.body = PK_STR(GLPI), .content_type = PK_STR("Application/x-compress-zlib")});
  assert_good(o);
}

static void test_body_when_several_gzip_members_then_joined(void **state) {
  outcome *o = *state;
  pk_buf first = deflate_as(GZIP, TEXT, 10), second = deflate_as(GZIP, TEXT + 10, sizeof TEXT - 11), both;
  pk_buf_init(&both, 4096);
  pk_buf_str(&both, pk_buf_view(&first));
  pk_buf_str(&both, pk_buf_view(&second));
  decode_packed(o, both, "", "gzip");
  assert_good(o);
  pk_buf_free(&first);
  pk_buf_free(&second);
}

static void test_body_when_compressed_and_cut_then_refused(void **state) {
  outcome *o = *state;
  pk_buf whole = deflate_as(GZIP, TEXT, sizeof TEXT - 1);
  for (size_t n = 3; n < whole.n; n++) {
    decode_request(o, (pk_report_request){.body = {whole.p, n}});
    assert_refused(o, PK_E_SYNTAX, "ends too early");
  }
  pk_buf_free(&whole);
}

static void test_body_when_compressed_and_damaged_then_refused(void **state) {
  outcome *o = *state;
  pk_buf whole = deflate_as(GZIP, TEXT, sizeof TEXT - 1);
  whole.p[whole.n - 6] ^= 0x55; /* its checksum */
  decode_packed(o, whole, "", "gzip");
  assert_refused(o, PK_E_SYNTAX, "damaged");
  pk_buf longer = deflate_as(ZLIB, TEXT, sizeof TEXT - 1);
  longer.p[longer.n++] = 'x';
  decode_packed(o, longer, "", "");
  assert_refused(o, PK_E_SYNTAX, "follows the end");
}

static void test_encoding_when_it_does_not_fit_or_is_not_known_then_refused(void **state) {
  outcome *o = *state;
  decode_request(o, (pk_report_request){.body = PK_STR(TEXT), .content_encoding = PK_STR("gzip")});
  assert_refused(o, PK_E_SYNTAX, "Content-Encoding is gzip, but the body is not");
  decode_request(o, (pk_report_request){.body = PK_STR(TEXT), .content_encoding = PK_STR("zstd")});
  assert_refused(o, PK_E_SYNTAX, "Content-Encoding is zstd, but the body is not");
  decode_request(o, (pk_report_request){.body = PK_STR(TEXT), .content_encoding = PK_STR("br")});
  assert_refused(o, PK_E_SYNTAX, "Content-Encoding 'br' is not known");
}

static void test_body_when_a_bomb_then_limit(void **state) {
  outcome *o = *state;
  size_t n = 16 << 20;
  char *zeros = pk_calloc(n, 1);
  decode_packed(o, deflate_as(GZIP, zeros, n), "", "");
  assert_refused(o, PK_E_LIMIT, "decompression bomb");
  decode_packed(o, zstd_of(zeros, n), "", "");
  assert_refused(o, PK_E_LIMIT, "decompression bomb");
  o->limits.body_bytes_max = 1 << 20;
  decode_packed(o, deflate_as(GZIP, zeros, n), "", "");
  assert_refused(o, PK_E_LIMIT, "larger than 1048576 bytes");
  decode_packed(o, zstd_of(zeros, n), "", "");
  assert_refused(o, PK_E_LIMIT, "larger than 1048576 bytes");
  free(zeros);
}

static void test_body_when_compressed_twice_then_refused(void **state) {
  outcome *o = *state;
  pk_buf once = deflate_as(GZIP, TEXT, sizeof TEXT - 1);
  decode_packed(o, deflate_as(GZIP, once.p, once.n), "", "");
  assert_refused(o, PK_E_SYNTAX, "the body is no report");
  pk_buf_free(&once);
}

/* Whatever a byte becomes: no crash, and a fault always has a message. */
static void test_body_when_any_byte_is_altered_then_taken_or_refused(void **state) {
  static const char *const BODIES[] = {TEXT, FORM, NATIVE, GLPI, MULTIPART};
  static const char BYTES[] = "\0\n\"'{}[]#=&%-\xff\xc2<";
  outcome *o = *state;
  for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
    size_t n = strlen(BODIES[i]);
    for (size_t at = 0; at < n * (sizeof BYTES - 1); at++) {
      char *body = pk_str_dup(pk_str_of(BODIES[i]));
      body[at % n] = BYTES[at / n];
      decode_request(o, (pk_report_request){.body = {body, n}});
      assert_true(o->rc == PK_OK || (o->rc == o->err.rc && o->err.text[0]));
      free(body);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_body_when_without_headers_then_recognised_by_content),
      TEST(test_text_when_posted_as_a_form_then_still_text),
      TEST(test_multipart_when_boundary_is_quoted_then_read),
      TEST(test_multipart_when_lines_end_with_lf_and_text_looks_like_a_boundary_then_read),
      TEST(test_multipart_when_broken_then_refused),
      TEST(test_multipart_when_cut_anywhere_then_refused),
      TEST(test_protocol_when_not_known_then_refused_by_name),
      TEST(test_protocol_when_it_contradicts_the_body_then_refused),
      TEST(test_protocol_when_form_and_query_differ_then_the_form_counts),
      TEST(test_mode_when_told_then_taken),
      TEST(test_mode_when_not_known_then_refused_by_name),
      TEST(test_body_when_empty_then_refused),
      TEST(test_body_when_nothing_known_then_refused),
      TEST(test_body_when_too_large_then_limit),
      TEST(test_json_when_latin1_then_refused_with_the_line),
      TEST(test_body_when_it_holds_nul_then_refused_with_the_line),
      TEST(test_line_when_ten_megabytes_long_then_limit),
      TEST(test_packages_when_a_million_then_limit),
      TEST(test_packages_when_exactly_as_many_as_allowed_then_taken),
      TEST(test_memory_when_used_up_then_limit),
      TEST(test_form_when_too_many_fields_then_limit),
      TEST(test_json_when_nested_deep_then_limit),
      TEST(test_body_when_compressed_then_read_with_and_without_the_header),
      TEST(test_glpi_when_compressed_then_read_in_any_spelling),
      TEST(test_body_when_several_gzip_members_then_joined),
      TEST(test_body_when_compressed_and_cut_then_refused),
      TEST(test_body_when_compressed_and_damaged_then_refused),
      TEST(test_encoding_when_it_does_not_fit_or_is_not_known_then_refused),
      TEST(test_body_when_a_bomb_then_limit),
      TEST(test_body_when_compressed_twice_then_refused),
      TEST(test_body_when_any_byte_is_altered_then_taken_or_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
