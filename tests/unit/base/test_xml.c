/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/xml.h"

/* What a parse saw: "<depth name id" and ">depth name text". */
typedef struct seen {
  pk_buf text;
  const char *refuse; /* an element that the handler does not want */
} seen;

static pk_rc on_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  seen *s = arg;
  pk_str id = pk_xml_attr(x, "id");
  pk_buf_printf(&s->text, "<%u%.*s", depth, PK_FMT(name));
  if (id.n) pk_buf_printf(&s->text, " id=%.*s", PK_FMT(id));
  pk_buf_putc(&s->text, '|');
  if (s->refuse && pk_str_is(name, s->refuse)) return pk_err_set(err, PK_E_DENIED, "not wanted");
  return PK_OK;
}

static pk_rc on_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  seen *s = arg;
  (void)err;
  pk_buf_printf(&s->text, ">%u%.*s %.*s|", depth, PK_FMT(name), PK_FMT(text));
  return PK_OK;
}

static int set_up(void **state) {
  seen *s = pk_calloc(1, sizeof *s);
  pk_buf_init(&s->text, 1 << 20);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  seen *s = *state;
  pk_buf_free(&s->text);
  free(s);
  return 0;
}

static pk_rc parse(seen *s, pk_str text, pk_err *err) {
  pk_stream *in = NULL;
  pk_rc rc = pk_stream_open_bytes(text, (pk_stream_limits){.out_bytes_max = 16 << 20}, &in, err);
  if (rc == PK_OK) rc = pk_xml_parse(in, on_start, on_end, s, err);
  pk_stream_close(&in);
  return rc;
}

static void assert_seen(seen *s, const char *text, const char *want) {
  pk_err err;
  s->text.n = 0;
  assert_ok(parse(s, pk_str_of(text), &err), err);
  assert_string_equal(pk_buf_cstr(&s->text), want);
}

static void test_parse_when_nested_then_own_text_of_each(void **state) {
  assert_seen(*state, "<?xml version=\"1.0\"?><a>x<b id=\"1\">y</b>z</a>", "<1a|<2b id=1|>2b y|>1a xz|");
}

static void test_parse_when_namespaces_then_local_names(void **state) {
  assert_seen(*state, "<r xmlns=\"urn:x\" xmlns:rpm=\"urn:y\"><rpm:e rpm:id=\"7\"/></r>", "<1r|<2e id=7|>2e |>1r |");
}

static void test_parse_when_cdata_and_comments_then_text_only(void **state) {
  assert_seen(*state, "<a>1<!-- 2 --><![CDATA[<3>&amp;]]><?p 4?></a>", "<1a|>1a 1<3>&amp;|");
}

static void test_text_when_entities_then_resolved(void **state) {
  assert_seen(*state, "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#xe9;</a>", "<1a|>1a <&>\"'A\xc3\xa9|");
}

static void test_attribute_when_entities_then_resolved(void **state) {
  assert_seen(*state, "<a id=\"x?a=1&amp;b=2&lt;&#38;&#65;\"/>", "<1a id=x?a=1&b=2<&A|>1a |");
}

static void test_parse_when_latin1_is_declared_then_utf8(void **state) {
  assert_seen(*state, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>", "<1a|>1a \xc3\xa9|");
}

static void test_parse_when_doctype_then_refused(void **state) {
  static const char *const texts[] = {
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>",
      "<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>",
      "<!DOCTYPE a SYSTEM \"http://192.0.2.1/a.dtd\"><a/>",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pk_err err;
    assert_fault(parse(*state, pk_str_of(texts[i]), &err), err, PK_E_SYNTAX, "DOCTYPE");
  }
  assert_null(strstr(pk_buf_cstr(&((seen *)*state)->text), "root:"));
}

static void test_parse_when_not_well_formed_then_syntax(void **state) {
  static const char *const texts[] = {
      "",           "text",        "<a>",         "<a></b>", "<a/><b/>",    "<a id=1/>", "<a id=\"1\" id=\"2\"/>",
      "<a>&e;</a>", "<a>\x01</a>", "<a>&#0;</a>", "<a><",    "<a>\xff</a>", "</a>",      "<a id=\"<\"/>"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pk_err err = {0};
    if (parse(*state, pk_str_of(texts[i]), &err) != PK_E_SYNTAX) fail_msg("'%s' was accepted", texts[i]);
    assert_true(err.text[0] != '\0');
  }
}

static void test_parse_when_broken_then_the_line_is_named(void **state) {
  pk_err err;
  assert_fault(parse(*state, PK_STR("<a>\n\n<b></c></a>"), &err), err, PK_E_SYNTAX, "XML line 3");
}

static void nest(pk_buf *text, unsigned depth) {
  pk_buf_init(text, 1 << 20);
  for (unsigned i = 0; i < depth; i++) pk_buf_puts(text, "<a>");
  for (unsigned i = 0; i < depth; i++) pk_buf_puts(text, "</a>");
}

static void test_parse_when_as_deep_as_allowed_then_good(void **state) {
  pk_buf text;
  pk_err err;
  nest(&text, PK_XML_DEPTH_MAX);
  assert_ok(parse(*state, pk_buf_view(&text), &err), err);
  pk_buf_free(&text);
}

static void test_parse_when_deeper_then_limit(void **state) {
  pk_buf text;
  pk_err err;
  nest(&text, PK_XML_DEPTH_MAX + 1);
  assert_fault(parse(*state, pk_buf_view(&text), &err), err, PK_E_LIMIT, "deeper than 256");
  pk_buf_free(&text);
}

static void test_attribute_when_absent_then_empty(void **state) {
  assert_seen(*state, "<a ide=\"1\" i=\"2\"><b id=\"\"/></a>", "<1a|<2b|>2b |>1a |");
}

static void test_parse_when_the_handler_refuses_then_its_result_and_no_more(void **state) {
  seen *s = *state;
  pk_err err;
  s->refuse = "b";
  assert_fault(parse(s, PK_STR("<a><b/><c/></a>"), &err), err, PK_E_DENIED, "not wanted");
  assert_null(strstr(pk_buf_cstr(&s->text), "c"));
}

static void test_text_when_longer_than_the_limit_then_the_next_is_whole(void **state) {
  seen *s = *state;
  pk_buf text;
  pk_err err;
  pk_buf_init(&text, 8 << 20);
  pk_buf_puts(&text, "<a><b>");
  for (size_t i = 0; i < 2 * PK_XML_TEXT_MAX / 10; i++) pk_buf_puts(&text, "0123456789");
  pk_buf_puts(&text, "</b><c>whole</c></a>");
  assert_ok(parse(s, pk_buf_view(&text), &err), err);
  assert_non_null(strstr(pk_buf_cstr(&s->text), ">2c whole|"));
  pk_buf_free(&text);
}

static void test_parse_when_content_comes_in_blocks_then_whole(void **state) {
  seen *s = *state;
  pk_buf text;
  pk_err err;
  pk_buf_init(&text, 8 << 20);
  pk_buf_puts(&text, "<a>");
  for (unsigned i = 0; i < 20000; i++) pk_buf_printf(&text, "<b id=\"%u\">t%u</b>", i, i);
  pk_buf_puts(&text, "</a>");
  assert_ok(parse(s, pk_buf_view(&text), &err), err);
  assert_non_null(strstr(pk_buf_cstr(&s->text), "<2b id=19999|>2b t19999|>1a |"));
  pk_buf_free(&text);
}

/* ---- writing ---- */

static const struct {
  const char *text, *written;
  bool can_tell;
} TEXTS[] = {
    {"", "", true},
    {"plain", "plain", true},
    {"<a b=\"c\">&amp;", "&lt;a b=&quot;c&quot;&gt;&amp;amp;", true},
    {"tab\tline\nend", "tab\tline\nend", true},
    {"\xc5\xbe \xef\xbf\xbd \xef\xbb\xbf \xf0\x9f\x90\xa7", "\xc5\xbe \xef\xbf\xbd \xef\xbb\xbf \xf0\x9f\x90\xa7", true},
    {"\xee\xbf\xbe \xef\xbe\xbf", "\xee\xbf\xbe \xef\xbe\xbf", true}, /* neighbours of those that are none */
    {"\x7f \xc2\x80", "\x7f \xc2\x80", true},
    {"\x01", "?", false},
    {"a\x08"
     "b\x0b\x0c\x0e\x1f",
     "a?b????", false},
    {"a\xef\xbf\xbe"
     "b",
     "a?b", false},
    {"\xef\xbf\xbf\xef\xbf\xbf", "??", false},
    {"cut \xef\xbf", "cut \xef\xbf", true}, /* no UTF-8: not this function's matter */
};

static void test_text_when_xml_cannot_tell_it_then_said_and_written_as_a_question_mark(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
    pk_buf out;
    pk_buf_init(&out, 1000);
    pk_xml_write(&out, pk_str_of(TEXTS[i].text));
    assert_str(pk_buf_view(&out), TEXTS[i].written);
    if (pk_xml_can_tell(pk_str_of(TEXTS[i].text)) != TEXTS[i].can_tell) fail_msg("'%s'", TEXTS[i].text);
    pk_buf_free(&out);
  }
  assert_false(pk_xml_can_tell((pk_str){"a\0b", 3}));
}

/* Whatever bytes: what is written can be read, and what it can tell comes back. */
static void test_text_when_written_then_read_as_the_same(void **state) {
  seen *s = *state;
  pk_err err;
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0] - 1; i++) {
    pk_buf out, want;
    pk_buf_init(&out, 1000);
    pk_buf_init(&want, 1000);
    pk_buf_puts(&out, "<a>");
    pk_xml_write(&out, pk_str_of(TEXTS[i].text));
    pk_buf_puts(&out, "</a>");
    s->text.n = 0;
    assert_ok(parse(s, pk_buf_view(&out), &err), err);
    pk_buf_printf(&want, "<1a|>1a %s|", TEXTS[i].text);
    if (TEXTS[i].can_tell) assert_str(pk_buf_view(&s->text), pk_buf_cstr(&want));
    pk_buf_free(&out);
    pk_buf_free(&want);
  }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_parse_when_nested_then_own_text_of_each),
      TEST(test_parse_when_namespaces_then_local_names),
      TEST(test_parse_when_cdata_and_comments_then_text_only),
      TEST(test_text_when_entities_then_resolved),
      TEST(test_attribute_when_entities_then_resolved),
      TEST(test_parse_when_latin1_is_declared_then_utf8),
      TEST(test_parse_when_doctype_then_refused),
      TEST(test_parse_when_not_well_formed_then_syntax),
      TEST(test_parse_when_broken_then_the_line_is_named),
      TEST(test_parse_when_as_deep_as_allowed_then_good),
      TEST(test_parse_when_deeper_then_limit),
      TEST(test_attribute_when_absent_then_empty),
      TEST(test_parse_when_the_handler_refuses_then_its_result_and_no_more),
      TEST(test_text_when_longer_than_the_limit_then_the_next_is_whole),
      TEST(test_parse_when_content_comes_in_blocks_then_whole),
      TEST(test_text_when_xml_cannot_tell_it_then_said_and_written_as_a_question_mark),
      TEST(test_text_when_written_then_read_as_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
