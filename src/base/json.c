/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <stdlib.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#define BLOCK_BYTES 65536

typedef struct parse {
  pk_json_handler *handler;
  void *arg;
  pk_err *err;
  pk_rc rc;
  unsigned depth;
} parse;

static int tell(parse *p, pk_json_event event, pk_str text) {
  p->rc = p->handler(p->arg, event, text, p->depth, p->err);
  return p->rc == PK_OK;
}

static int open_level(parse *p, pk_json_event event) {
  if (p->depth == PK_JSON_DEPTH_MAX) {
    p->rc = pk_err_set(p->err, PK_E_LIMIT, "JSON is nested deeper than %d levels", PK_JSON_DEPTH_MAX);
    return 0;
  }
  p->depth++;
  return tell(p, event, PK_STR(""));
}

static int close_level(parse *p, pk_json_event event) {
  int go_on = tell(p, event, PK_STR(""));
  p->depth--;
  return go_on;
}

static pk_str text_of(const unsigned char *s, size_t n) { return (pk_str){(const char *)s, n}; }

static int on_null(void *p) { return tell(p, PK_JSON_NULL, PK_STR("")); }
static int on_boolean(void *p, int v) { return tell(p, v ? PK_JSON_TRUE : PK_JSON_FALSE, PK_STR("")); }
static int on_number(void *p, const char *s, size_t n) { return tell(p, PK_JSON_NUMBER, (pk_str){s, n}); }
static int on_string(void *p, const unsigned char *s, size_t n) { return tell(p, PK_JSON_STRING, text_of(s, n)); }
static int on_key(void *p, const unsigned char *s, size_t n) { return tell(p, PK_JSON_KEY, text_of(s, n)); }
static int on_object(void *p) { return open_level(p, PK_JSON_OBJECT); }
static int on_object_end(void *p) { return close_level(p, PK_JSON_OBJECT_END); }
static int on_array(void *p) { return open_level(p, PK_JSON_ARRAY); }
static int on_array_end(void *p) { return close_level(p, PK_JSON_ARRAY_END); }

static const yajl_callbacks CALLBACKS = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_object_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

static pk_rc finish(parse *p, yajl_handle y, yajl_status status, uint64_t byte, pk_err *err) {
  if (p->rc != PK_OK) return p->rc;
  if (status == yajl_status_ok) return PK_OK;
  unsigned char *why = yajl_get_error(y, 0, NULL, 0);
  pk_str text = pk_str_trim(pk_str_of((const char *)why));
  pk_err_set(err, PK_E_SYNTAX, "JSON byte %llu: %.*s", (unsigned long long)byte, PK_FMT(text));
  yajl_free_error(y, why);
  return PK_E_SYNTAX;
}

#define BOM "\xef\xbb\xbf"

/* A proxy's error page, or a vendor's older format under the same address: the parser's own words would only puzzle. */
static bool is_markup(pk_str first_block) { return pk_str_starts(pk_str_trim(first_block), "<"); }

pk_rc pk_json_parse(pk_str bytes, pk_json_handler *handler, void *arg, pk_err *err) {
  parse p = {.handler = handler, .arg = arg, .err = err};
  yajl_handle y = yajl_alloc(&CALLBACKS, NULL, &p);
  if (!y) pk_panic("out of memory");
  yajl_status status = yajl_parse(y, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
  size_t byte = status == yajl_status_ok ? bytes.n : yajl_get_bytes_consumed(y);
  if (status == yajl_status_ok) status = yajl_complete_parse(y);
  pk_rc rc = finish(&p, y, status, byte, err);
  yajl_free(y);
  return rc;
}

/* Feed the stream to the parser, block by block, as long as both go well. A byte order mark is passed over (RFC 8259, 8.1). */
static pk_rc feed(parse *p, yajl_handle y, pk_stream *in, pk_err *err) {
  char *block = pk_alloc(BLOCK_BYTES);
  yajl_status status = yajl_status_ok;
  uint64_t byte = 0;
  size_t n = 0;
  pk_rc rc = PK_OK;
  while (status == yajl_status_ok && (rc = pk_stream_read(in, block, BLOCK_BYTES, &n, err)) == PK_OK && n) {
    pk_str text = {block, n};
    if (byte == 0 && pk_str_starts(text, BOM)) text = pk_str_sub(text, strlen(BOM), n);
    if (byte == 0 && is_markup(text)) {
      rc = pk_err_set(err, PK_E_SYNTAX, "this is XML or HTML, not JSON: it begins with '<'");
      break;
    }
    byte += n - text.n;
    status = yajl_parse(y, (const unsigned char *)text.p, text.n);
    byte += status == yajl_status_ok ? text.n : yajl_get_bytes_consumed(y); /* of this block */
  }
  if (rc == PK_OK && status == yajl_status_ok) status = yajl_complete_parse(y);
  if (rc == PK_OK) rc = finish(p, y, status, byte, err);
  free(block);
  return rc;
}

static pk_rc parse_stream(pk_stream *in, bool many, pk_json_handler *handler, void *arg, pk_err *err) {
  parse p = {.handler = handler, .arg = arg, .err = err};
  yajl_handle y = yajl_alloc(&CALLBACKS, NULL, &p);
  if (!y) pk_panic("out of memory");
  yajl_config(y, yajl_allow_multiple_values, many ? 1 : 0);
  pk_rc rc = feed(&p, y, in, err);
  yajl_free(y);
  return rc;
}

pk_rc pk_json_parse_stream(pk_stream *in, pk_json_handler *handler, void *arg, pk_err *err) {
  return parse_stream(in, false, handler, arg, err);
}

pk_rc pk_json_parse_documents(pk_stream *in, pk_json_handler *handler, void *arg, pk_err *err) {
  return parse_stream(in, true, handler, arg, err);
}

static void separate(pk_json_out *o) {
  if (o->comma) pk_buf_putc(o->buf, ',');
  o->comma = true;
}

void pk_json_begin(pk_json_out *o, char bracket) {
  separate(o);
  pk_buf_putc(o->buf, bracket);
  o->comma = false;
}

void pk_json_end(pk_json_out *o, char bracket) {
  pk_buf_putc(o->buf, bracket);
  o->comma = true;
}

void pk_json_key(pk_json_out *o, const char *key) {
  pk_json_str(o, pk_str_of(key));
  pk_buf_putc(o->buf, ':');
  o->comma = false;
}

static void add_text(void *buf, const char *text, size_t n) { pk_buf_add(buf, text, n); }

static void add_escaped(pk_buf *buf, pk_str s) {
  yajl_gen g = yajl_gen_alloc(NULL);
  if (!g) pk_panic("out of memory");
  yajl_gen_config(g, yajl_gen_print_callback, add_text, buf);
  yajl_gen_string(g, (const unsigned char *)(s.p ? s.p : ""), s.n);
  yajl_gen_free(g);
}

/* Most texts need no escapes. */
static bool is_plain(pk_str s) {
  for (size_t i = 0; i < s.n; i++)
    if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] >= 0x7f || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '/') return false;
  return true;
}

void pk_json_plain(pk_json_out *o, pk_str text) {
  separate(o);
  pk_buf_str(o->buf, text);
}

void pk_json_str(pk_json_out *o, pk_str s) {
  separate(o);
  if (is_plain(s)) {
    pk_buf_putc(o->buf, '"');
    pk_buf_str(o->buf, s);
    pk_buf_putc(o->buf, '"');
    return;
  }
  if (pk_str_utf8(s)) {
    add_escaped(o->buf, s);
    return;
  }
  pk_buf clean;
  pk_buf_init(&clean, s.n * 3 + 1);
  for (size_t i = 0; i < s.n; i++) {
    if ((unsigned char)s.p[i] >= 0x80 || s.p[i] == 0)
      pk_buf_puts(&clean, "\xef\xbf\xbd");
    else
      pk_buf_putc(&clean, s.p[i]);
  }
  add_escaped(o->buf, pk_buf_view(&clean));
  pk_buf_free(&clean);
}

void pk_json_int(pk_json_out *o, int64_t v) {
  separate(o);
  pk_buf_printf(o->buf, "%lld", (long long)v);
}

void pk_json_bool(pk_json_out *o, bool v) {
  separate(o);
  pk_buf_puts(o->buf, v ? "true" : "false");
}

void pk_json_null(pk_json_out *o) {
  separate(o);
  pk_buf_puts(o->buf, "null");
}
