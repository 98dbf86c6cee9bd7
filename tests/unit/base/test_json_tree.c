/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/json_tree.h"

typedef struct seen {
  pk_buf out;
  pk_rc answer;
} seen;

static void write_value(pk_buf *out, const pk_json_value *v) {
  switch (v->kind) {
  case PK_JSON_OBJECT:
  case PK_JSON_ARRAY:
    pk_buf_putc(out, v->kind == PK_JSON_OBJECT ? '{' : '[');
    for (const pk_json_value *c = v->first; c; c = c->next) {
      if (v->kind == PK_JSON_OBJECT) pk_buf_printf(out, "%.*s=", PK_FMT(c->key));
      write_value(out, c);
      if (c->next) pk_buf_putc(out, ',');
    }
    pk_buf_putc(out, v->kind == PK_JSON_OBJECT ? '}' : ']');
    return;
  case PK_JSON_STRING:
    pk_buf_printf(out, "'%.*s'", PK_FMT(v->text));
    return;
  case PK_JSON_NUMBER:
    pk_buf_str(out, v->text);
    return;
  case PK_JSON_TRUE:
  case PK_JSON_FALSE:
    pk_buf_puts(out, v->kind == PK_JSON_TRUE ? "true" : "false");
    return;
  case PK_JSON_NULL:
    pk_buf_puts(out, "null");
    return;
  case PK_JSON_OBJECT_END:
  case PK_JSON_ARRAY_END:
  case PK_JSON_KEY:
    fail_msg("a value of kind %d", (int)v->kind);
  }
}

/* Every value as a line "path/path: value". */
static pk_rc on_value(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err) {
  seen *s = arg;
  for (int i = 0; i < 4; i++) pk_buf_printf(&s->out, "%.*s%s", PK_FMT(path[i]), i < 3 ? "/" : ": ");
  write_value(&s->out, value);
  pk_buf_putc(&s->out, '\n');
  return s->answer ? pk_err_set(err, s->answer, "not this one") : PK_OK;
}

static pk_rc read_text(const char *text, unsigned depth, size_t bytes_max, bool many, seen *s, pk_err *err) {
  pk_stream *in = NULL;
  pk_buf_init(&s->out, (size_t)1 << 22);
  assert_int_equal(pk_stream_open_bytes(pk_str_of(text), (pk_stream_limits){.out_bytes_max = 1 << 22}, &in, NULL), PK_OK);
  pk_rc rc =
      many ? pk_json_each_of_many(in, depth, bytes_max, on_value, s, err) : pk_json_each(in, depth, bytes_max, on_value, s, err);
  pk_stream_close(&in);
  return rc;
}

static void check(const char *text, unsigned depth, const char *want) {
  seen s = {0};
  pk_err err = {0};
  assert_ok(read_text(text, depth, 1 << 20, false, &s, &err), err);
  assert_string_equal(pk_buf_cstr(&s.out), want);
  pk_buf_free(&s.out);
}

static void test_each_when_depth_0_then_the_whole_document(void **state) {
  (void)state;
  check("{\"a\":[1,{\"b\":null,\"c\":\"\\u00e9\"},[]],\"d\":true,\"e\":false,\"f\":{}}", 0,
        "///: {a=[1,{b=null,c='\xc3\xa9'},[]],d=true,e=false,f={}}\n");
  check("[]", 0, "///: []\n");
  check(" \"text\" ", 0, "///: 'text'\n");
  check("12.50", 0, "///: 12.50\n");
}

static void test_each_when_depth_1_then_members_of_the_outermost(void **state) {
  (void)state;
  check("{\"a\":{\"x\":1},\"b\":[2,3],\"c\":4}", 1, "a///: {x=1}\nb///: [2,3]\nc///: 4\n");
  check("[{\"x\":1},2,[3]]", 1, "///: {x=1}\n///: 2\n///: [3]\n");
  check("{}", 1, "");
  check("7", 1, "///: 7\n");
}

static void test_each_when_deeper_then_paths_and_scalars_above(void **state) {
  (void)state;
  check("{\"a\":{\"b\":{\"c\":1},\"d\":2},\"e\":3,\"f\":[[4],5]}", 2, "a/b//: {c=1}\na/d//: 2\ne///: 3\nf///: [4]\nf///: 5\n");
  check("{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":1}}}}}", 4, "a/b/c/d: {e=1}\n");
  check("{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]}}", 3, "a/b//: {c=1}\na/b//: {c=2}\n");
}

static void test_each_when_an_array_follows_an_object_then_no_key_is_left(void **state) {
  (void)state;
  check("{\"a\":{\"b\":{\"x\":1}},\"c\":[{\"y\":2}]}", 2, "a/b//: {x=1}\nc///: {y=2}\n");
  check("[{\"a\":[1]},[[2]]]", 2, "/a//: [1]\n///: [2]\n");
}

static void test_each_when_a_value_takes_too_much_then_limit(void **state) {
  (void)state;
  seen s = {0};
  pk_err err;
  pk_buf text;
  pk_buf_init(&text, 1 << 20);
  pk_buf_puts(&text, "{\"small\":[1],\"big\":[");
  for (int i = 0; i < 5000; i++) pk_buf_puts(&text, "1,");
  pk_buf_puts(&text, "1]}");
  assert_fault(read_text(pk_buf_cstr(&text), 1, 100000, false, &s, &err), err, PK_E_LIMIT, "takes more than 100000 bytes");
  assert_string_equal(pk_buf_cstr(&s.out), "small///: [1]\n");
  pk_buf_free(&s.out);
  pk_buf_free(&text);
}

static void test_each_when_many_values_then_the_memory_of_one(void **state) {
  (void)state;
  seen s = {0};
  pk_err err = {0};
  pk_buf text;
  pk_buf_init(&text, 1 << 22);
  pk_buf_puts(&text, "[");
  for (int i = 0; i < 20000; i++) pk_buf_puts(&text, "{\"name\":\"twenty bytes of text\"},");
  pk_buf_puts(&text, "0]");
  assert_ok(read_text(pk_buf_cstr(&text), 1, 70000, false, &s, &err), err);
  pk_buf_free(&s.out);
  pk_buf_free(&text);
}

static void test_each_when_the_handler_refuses_then_its_fault(void **state) {
  (void)state;
  seen s = {.answer = PK_E_STORE};
  pk_err err;
  assert_fault(read_text("{\"a\":1,\"b\":2}", 1, 1 << 20, false, &s, &err), err, PK_E_STORE, "not this one");
  assert_string_equal(pk_buf_cstr(&s.out), "a///: 1\n");
  pk_buf_free(&s.out);
}

static void test_each_when_nested_too_deep_then_limit(void **state) {
  (void)state;
  seen s = {0};
  pk_err err;
  char text[2 * PK_JSON_DEPTH_MAX + 4];
  memset(text, '[', PK_JSON_DEPTH_MAX + 1);
  text[PK_JSON_DEPTH_MAX + 1] = '\0';
  assert_fault(read_text(text, 0, 1 << 20, false, &s, &err), err, PK_E_LIMIT, "deeper than 64");
  pk_buf_free(&s.out);
  memset(text, '[', PK_JSON_DEPTH_MAX);
  memset(text + PK_JSON_DEPTH_MAX, ']', PK_JSON_DEPTH_MAX);
  text[2 * PK_JSON_DEPTH_MAX] = '\0';
  for (unsigned depth = 0; depth <= 4; depth++) {
    assert_ok(read_text(text, depth, 1 << 20, false, &s, &err), err);
    pk_buf_free(&s.out);
  }
}

static void test_each_when_broken_then_syntax_and_nothing_half_made(void **state) {
  (void)state;
  static const char *const texts[] = {"", "{\"a\":[1,", "{\"a\":[1,]}", "{} {}", "[1] x"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    seen s = {0};
    pk_err err;
    assert_fault(read_text(texts[i], 0, 1 << 20, false, &s, &err), err, PK_E_SYNTAX, "JSON byte ");
    pk_buf_free(&s.out);
  }
}

static void test_each_when_broken_behind_the_first_block_then_the_byte_of_the_whole(void **state) {
  (void)state;
  seen s = {0};
  pk_err err;
  pk_buf text;
  pk_buf_init(&text, 1 << 20);
  pk_buf_puts(&text, "[");
  while (text.n < 150001) pk_buf_puts(&text, "1,");
  pk_buf_puts(&text, "x]");
  assert_fault(read_text(pk_buf_cstr(&text), 1, 1 << 20, false, &s, &err), err, PK_E_SYNTAX, "JSON byte 150002:");
  pk_buf_free(&s.out);
  pk_buf_free(&text);
}

static void test_each_when_xml_then_said_so(void **state) {
  (void)state;
  static const char *const texts[] = {"<?xml version=\"1.0\"?><cvrfdoc/>", "\n <!DOCTYPE html>", "\xef\xbb\xbf<a/>"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    seen s = {0};
    pk_err err;
    assert_fault(read_text(texts[i], 0, 1 << 20, i == 1, &s, &err), err, PK_E_SYNTAX, "XML or HTML");
    pk_buf_free(&s.out);
  }
}

static void test_each_when_a_byte_order_mark_then_passed_over(void **state) {
  (void)state;
  check("\xef\xbb\xbf[1]", 0, "///: [1]\n");
}

static void test_each_of_many_when_lines_then_every_document(void **state) {
  (void)state;
  seen s = {0};
  pk_err err = {0};
  assert_ok(read_text("{\"a\":{\"b\":1}}\n{\"c\":2}\n\n[3]4\n", 0, 1 << 20, true, &s, &err), err);
  assert_string_equal(pk_buf_cstr(&s.out), "///: {a={b=1}}\n///: {c=2}\n///: [3]\n///: 4\n");
  pk_buf_free(&s.out);
  assert_ok(read_text("{\"a\":{\"b\":1}}\n[{\"c\":2}]", 2, 1 << 20, true, &s, &err), err);
  assert_string_equal(pk_buf_cstr(&s.out), "a/b//: 1\n/c//: 2\n");
  pk_buf_free(&s.out);
}

static void test_each_of_many_when_one_is_broken_then_those_before_it(void **state) {
  (void)state;
  static const char *const texts[] = {"[1]\n[2", "[1]\n]", "[1]\nx"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    seen s = {0};
    pk_err err;
    assert_fault(read_text(texts[i], 0, 1 << 20, true, &s, &err), err, PK_E_SYNTAX, "JSON byte ");
    assert_string_equal(pk_buf_cstr(&s.out), "///: [1]\n");
    pk_buf_free(&s.out);
  }
  seen s = {0};
  pk_err err;
  assert_fault(read_text(" \n", 0, 1 << 20, true, &s, &err), err, PK_E_SYNTAX, "JSON byte ");
  pk_buf_free(&s.out);
}

static pk_rc look(void *arg, const pk_str *path, const pk_json_value *v, pk_err *err) {
  (void)arg, (void)path, (void)err;
  assert_str(pk_json_text(v, "a"), "last");
  assert_str(pk_json_text(v, "number"), "");
  assert_str(pk_json_text(v, "none"), "");
  assert_str(pk_json_get(v, "number")->text, "1.0");
  assert_null(pk_json_get(v, "none"));
  assert_null(pk_json_get(NULL, "a"));
  assert_null(pk_json_get(pk_json_get(v, "list"), "a"));
  assert_true(pk_json_true(v, "yes"));
  assert_false(pk_json_true(v, "no"));
  assert_false(pk_json_true(v, "a"));
  assert_int_equal(pk_json_get(v, "nul")->text.n, 3);
  return PK_OK;
}

static void test_get_when_asked_then_the_last_member_of_the_name(void **state) {
  (void)state;
  pk_stream *in = NULL;
  pk_err err = {0};
  pk_str text =
      PK_STR("{\"a\":\"first\",\"number\":1.0,\"yes\":true,\"no\":false,\"list\":[\"a\"],\"nul\":\"x\\u0000y\",\"a\":\"last\"}");
  assert_int_equal(pk_stream_open_bytes(text, (pk_stream_limits){.out_bytes_max = 1000}, &in, NULL), PK_OK);
  assert_ok(pk_json_each(in, 0, 1 << 20, look, NULL, &err), err);
  pk_stream_close(&in);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_when_depth_0_then_the_whole_document),
      cmocka_unit_test(test_each_when_depth_1_then_members_of_the_outermost),
      cmocka_unit_test(test_each_when_deeper_then_paths_and_scalars_above),
      cmocka_unit_test(test_each_when_an_array_follows_an_object_then_no_key_is_left),
      cmocka_unit_test(test_each_when_a_value_takes_too_much_then_limit),
      cmocka_unit_test(test_each_when_many_values_then_the_memory_of_one),
      cmocka_unit_test(test_each_when_the_handler_refuses_then_its_fault),
      cmocka_unit_test(test_each_when_nested_too_deep_then_limit),
      cmocka_unit_test(test_each_when_broken_then_syntax_and_nothing_half_made),
      cmocka_unit_test(test_each_when_broken_behind_the_first_block_then_the_byte_of_the_whole),
      cmocka_unit_test(test_each_when_xml_then_said_so),
      cmocka_unit_test(test_each_when_a_byte_order_mark_then_passed_over),
      cmocka_unit_test(test_each_of_many_when_lines_then_every_document),
      cmocka_unit_test(test_each_of_many_when_one_is_broken_then_those_before_it),
      cmocka_unit_test(test_get_when_asked_then_the_last_member_of_the_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
