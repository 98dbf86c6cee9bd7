/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/json.h"

/* Every event as a line "depth event text". */
static pk_rc write_event(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err) {
  static const char *const names[] = {"{", "}", "[", "]", "key", "string", "number", "true", "false", "null"};
  (void)err;
  pk_buf_printf(arg, "%u%s%.*s ", depth, names[event], PK_FMT(text));
  return PK_OK;
}

static pk_rc parse(const char *text, pk_buf *out, pk_err *err) {
  pk_buf_init(out, 100000);
  return pk_json_parse(pk_str_of(text), write_event, out, err);
}

static void test_parse_when_nested_then_events_with_depth(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  assert_ok(parse("{\"a\":[1,{\"b\":null}],\"c\":true,\"d\":false}", &out, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "1{ 1keya 2[ 2number1 3{ 3keyb 3null 3} 2] 1keyc 1true 1keyd 1false 1} ");
  pk_buf_free(&out);
}

static void test_parse_when_outermost_is_no_container_then_depth_0(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  assert_ok(parse(" \"text\" ", &out, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "0stringtext ");
  pk_buf_free(&out);
}

static void test_parse_when_escaped_then_resolved(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  assert_ok(parse("[\"\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00\"]", &out, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "1[ 1string\"\\/\n\xc3\xa9\xf0\x9f\x98\x80 1] ");
  pk_buf_free(&out);
}

static void test_parse_when_number_then_as_written(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  assert_ok(parse("[-0,1e3,12345678901234567890123,1.50]", &out, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "1[ 1number-0 1number1e3 1number12345678901234567890123 1number1.50 1] ");
  pk_buf_free(&out);
}

static void test_parse_when_not_json_then_syntax_with_the_byte(void **state) {
  (void)state;
  static const char *const texts[] = {"",           "{",       "[1,]",  "{\"a\"}",  "{\"a\":1,}", "[01]",
                                      "nul",        "[1] [2]", "{a:1}", "['a']",    "[\"\x01\"]", "[\"\\x\"]",
                                      "[\"\xff\"]", "[1] x",   "[NaN]", "// c\n[]", "[\"abc",     "]"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pk_buf out;
    pk_err err = {0};
    if (parse(texts[i], &out, &err) != PK_E_SYNTAX) fail_msg("'%s' was accepted", texts[i]);
    if (!strstr(err.text, "JSON byte ")) fail_msg("'%s' names no byte", err.text);
    pk_buf_free(&out);
  }
}

static void nest(pk_buf *text, unsigned depth) {
  pk_buf_init(text, 100000);
  for (unsigned i = 0; i < depth; i++) pk_buf_putc(text, '[');
  for (unsigned i = 0; i < depth; i++) pk_buf_putc(text, ']');
}

static void test_parse_when_as_deep_as_allowed_then_good(void **state) {
  (void)state;
  pk_buf text, out;
  pk_err err;
  nest(&text, PK_JSON_DEPTH_MAX);
  assert_ok(parse(pk_buf_cstr(&text), &out, &err), err);
  pk_buf_free(&out);
  pk_buf_free(&text);
}

static void test_parse_when_deeper_then_limit(void **state) {
  (void)state;
  pk_buf text, out;
  pk_err err;
  nest(&text, PK_JSON_DEPTH_MAX + 1);
  assert_fault(parse(pk_buf_cstr(&text), &out, &err), err, PK_E_LIMIT, "nested deeper than 64");
  pk_buf_free(&out);
  pk_buf_free(&text);
}

static pk_rc refuse_number(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err) {
  (void)text, (void)depth;
  ++*(int *)arg;
  return event == PK_JSON_NUMBER ? pk_err_set(err, PK_E_DENIED, "no numbers") : PK_OK;
}

static void test_parse_when_the_handler_refuses_then_its_result(void **state) {
  (void)state;
  int calls = 0;
  pk_err err;
  assert_fault(pk_json_parse(PK_STR("[true,1,2,3]"), refuse_number, &calls, &err), err, PK_E_DENIED, "no numbers");
  assert_int_equal(calls, 3);
}

static void test_parse_stream_when_across_blocks_then_whole(void **state) {
  (void)state;
  pk_buf text, out;
  pk_err err;
  pk_buf_init(&text, 1 << 20);
  pk_buf_init(&out, 4 << 20);
  pk_buf_puts(&text, "[0");
  for (int i = 1; i < 40000; i++) pk_buf_printf(&text, ",%d", i);
  pk_buf_putc(&text, ']');
  pk_stream *s = NULL;
  assert_ok(pk_stream_open_bytes(pk_buf_view(&text), (pk_stream_limits){.out_bytes_max = 1 << 20}, &s, &err), err);
  assert_ok(pk_json_parse_stream(s, write_event, &out, &err), err);
  assert_non_null(strstr(pk_buf_cstr(&out), " 1number16384 "));
  assert_true(pk_str_ends(pk_buf_view(&out), "1number39999 1] "));
  pk_stream_close(&s);
  pk_buf_free(&out);
  pk_buf_free(&text);
}

static void test_parse_stream_when_cut_off_then_syntax(void **state) {
  (void)state;
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 1000);
  pk_stream *s = NULL;
  assert_ok(pk_stream_open_bytes(PK_STR("{\"a\":"), (pk_stream_limits){.out_bytes_max = 1 << 20}, &s, &err), err);
  assert_fault(pk_json_parse_stream(s, write_event, &out, &err), err, PK_E_SYNTAX, "JSON byte");
  pk_stream_close(&s);
  pk_buf_free(&out);
}

/* ---- out ---- */

static void test_out_when_nested_then_commas_where_due(void **state) {
  (void)state;
  pk_buf buf;
  pk_buf_init(&buf, 1000);
  pk_json_out o = {.buf = &buf};
  pk_json_begin(&o, '{');
  pk_json_key(&o, "a");
  pk_json_begin(&o, '[');
  pk_json_int(&o, INT64_MIN);
  pk_json_bool(&o, true);
  pk_json_null(&o);
  pk_json_begin(&o, '[');
  pk_json_end(&o, ']');
  pk_json_end(&o, ']');
  pk_json_key(&o, "b");
  pk_json_str(&o, PK_STR("c"));
  pk_json_end(&o, '}');
  assert_string_equal(pk_buf_cstr(&buf), "{\"a\":[-9223372036854775808,true,null,[]],\"b\":\"c\"}");
  pk_buf_free(&buf);
}

static void test_out_when_special_characters_then_escaped(void **state) {
  (void)state;
  pk_buf buf;
  pk_buf_init(&buf, 1000);
  pk_json_out o = {.buf = &buf};
  pk_json_str(&o, PK_STR("\"\\\n\x01</\xc3\xa9"));
  assert_string_equal(pk_buf_cstr(&buf), "\"\\\"\\\\\\n\\u0001</\xc3\xa9\"");
  pk_buf_free(&buf);
}

static void test_out_when_not_utf8_then_replacement_characters(void **state) {
  (void)state;
  pk_buf buf, back;
  pk_err err;
  pk_buf_init(&buf, 1000);
  pk_json_out o = {.buf = &buf};
  pk_json_begin(&o, '[');
  pk_json_str(&o, PK_STR("a\xff\0b"));
  pk_json_end(&o, ']');
  assert_string_equal(pk_buf_cstr(&buf), "[\"a\xef\xbf\xbd\xef\xbf\xbd"
                                         "b\"]");
  assert_ok(parse(pk_buf_cstr(&buf), &back, &err), err);
  pk_buf_free(&back);
  pk_buf_free(&buf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse_when_nested_then_events_with_depth),
      cmocka_unit_test(test_parse_when_outermost_is_no_container_then_depth_0),
      cmocka_unit_test(test_parse_when_escaped_then_resolved),
      cmocka_unit_test(test_parse_when_number_then_as_written),
      cmocka_unit_test(test_parse_when_not_json_then_syntax_with_the_byte),
      cmocka_unit_test(test_parse_when_as_deep_as_allowed_then_good),
      cmocka_unit_test(test_parse_when_deeper_then_limit),
      cmocka_unit_test(test_parse_when_the_handler_refuses_then_its_result),
      cmocka_unit_test(test_parse_stream_when_across_blocks_then_whole),
      cmocka_unit_test(test_parse_stream_when_cut_off_then_syntax),
      cmocka_unit_test(test_out_when_nested_then_commas_where_due),
      cmocka_unit_test(test_out_when_special_characters_then_escaped),
      cmocka_unit_test(test_out_when_not_utf8_then_replacement_characters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
