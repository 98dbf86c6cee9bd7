/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <stdlib.h>

#define BLOCK_BYTES 65536

struct pk_xml {
  xmlParserCtxtPtr ctx;
  pk_xml_start *start;
  pk_xml_end *end;
  void *arg;
  pk_err *err;
  pk_rc rc;
  unsigned depth;
  pk_buf text;                       /* of all open elements, one behind the other */
  size_t text_from[PK_XML_DEPTH_MAX + 1]; /* where each open element's own text begins */
  const xmlChar **attributes;
  int n_attributes;
};

static void stop(pk_xml *x, pk_rc rc) {
  if (x->rc == PK_OK) x->rc = rc;
  xmlStopParser(x->ctx);
}

static pk_str from_xml(const xmlChar *c) { return pk_str_of((const char *)c); }

static void on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns, const xmlChar **ns,
                     int n_attributes, int n_defaulted, const xmlChar **attributes) {
  (void)prefix, (void)uri, (void)n_ns, (void)ns, (void)n_defaulted;
  pk_xml *x = arg;
  if (x->rc != PK_OK) return;
  if (x->depth == PK_XML_DEPTH_MAX) {
    stop(x, pk_err_set(x->err, PK_E_LIMIT, "XML is nested deeper than %d elements", PK_XML_DEPTH_MAX));
    return;
  }
  x->depth++;
  x->text_from[x->depth] = x->text.n;
  x->attributes = attributes;
  x->n_attributes = n_attributes;
  pk_rc rc = x->start ? x->start(x->arg, x, from_xml(name), x->depth, x->err) : PK_OK;
  x->n_attributes = 0;
  if (rc != PK_OK) stop(x, rc);
}

static void on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  (void)prefix, (void)uri;
  pk_xml *x = arg;
  if (x->rc != PK_OK) return;
  size_t from = x->text_from[x->depth];
  pk_str text = {x->text.p ? x->text.p + from : NULL, x->text.n - from};
  pk_rc rc = x->end ? x->end(x->arg, from_xml(name), text, x->depth, x->err) : PK_OK;
  x->text.n = from;
  x->text.over = false;
  x->depth--;
  if (rc != PK_OK) stop(x, rc);
}

static void on_text(void *arg, const xmlChar *text, int n) {
  pk_xml *x = arg;
  if (x->rc == PK_OK && x->depth) pk_buf_add(&x->text, text, (size_t)n);
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id) {
  (void)name, (void)public_id, (void)system_id;
  pk_xml *x = arg;
  stop(x, pk_err_set(x->err, PK_E_SYNTAX, "XML with a DOCTYPE is refused"));
}

/* libxml2 has no const in this signature before 2.12 */
static void on_error(void *arg, xmlErrorPtr e) {
  pk_xml *x = arg;
  if (x->rc != PK_OK || e->level < XML_ERR_ERROR) return;
  pk_str why = pk_str_trim(pk_str_of(e->message));
  stop(x, pk_err_set(x->err, PK_E_SYNTAX, "XML line %d: %.*s", e->line, PK_FMT(why)));
}

/* The library writes some faults to standard error beside telling them. */
static void be_silent(void *arg, const char *fmt, ...) { (void)arg, (void)fmt; }

static void init_library(void) { xmlInitParser(); }

static pk_rc feed_blocks(pk_xml *x, pk_stream *in, pk_err *err) {
  char *block = pk_alloc(BLOCK_BYTES);
  pk_rc rc = PK_OK;
  size_t n = 0;
  while (rc == PK_OK && x->rc == PK_OK && (rc = pk_stream_read(in, block, BLOCK_BYTES, &n, err)) == PK_OK && n)
    xmlParseChunk(x->ctx, block, (int)n, 0);
  if (rc == PK_OK && x->rc == PK_OK) xmlParseChunk(x->ctx, block, 0, 1);
  free(block);
  if (rc == PK_OK) rc = x->rc;
  if (rc == PK_OK && !x->ctx->wellFormed) rc = pk_err_set(err, PK_E_SYNTAX, "not well-formed XML");
  return rc;
}

pk_rc pk_xml_parse(pk_stream *in, pk_xml_start *start, pk_xml_end *end, void *arg, pk_err *err) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, init_library);
  xmlSetGenericErrorFunc(NULL, be_silent);
  pk_xml x = {.start = start, .end = end, .arg = arg, .err = err};
  pk_buf_init(&x.text, PK_XML_TEXT_MAX);
  xmlSAXHandler sax = {
      .initialized = XML_SAX2_MAGIC,
      .startElementNs = on_start,
      .endElementNs = on_end,
      .characters = on_text,
      .cdataBlock = on_text,
      .internalSubset = on_doctype,
      .serror = on_error,
  };
  x.ctx = xmlCreatePushParserCtxt(&sax, &x, NULL, 0, NULL);
  if (!x.ctx) pk_panic("out of memory");
  /* NOENT, or "&amp;" in an attribute comes as "&#38;"; no entities but XML's own five exist without a DOCTYPE */
  xmlCtxtUseOptions(x.ctx, XML_PARSE_NONET | XML_PARSE_NOENT);
  pk_rc rc = feed_blocks(&x, in, err);
  if (x.ctx->myDoc) xmlFreeDoc(x.ctx->myDoc);
  xmlFreeParserCtxt(x.ctx);
  pk_buf_free(&x.text);
  return rc;
}

pk_str pk_xml_attr(pk_xml *x, const char *name) {
  /* five pointers an attribute: local name, prefix, URI, value begin, value end */
  for (int i = 0; i < x->n_attributes; i++) {
    const xmlChar **a = x->attributes + (ptrdiff_t)5 * i;
    if (strcmp((const char *)a[0], name) == 0) return (pk_str){(const char *)a[3], (size_t)(a[4] - a[3])};
  }
  return PK_STR("");
}

/* Bytes here of a character that no XML document may hold: a control character, U+FFFE or U+FFFF. 0: none. */
static size_t untellable(pk_str text, size_t i) {
  unsigned char c = (unsigned char)text.p[i];
  if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
  return i + 2 < text.n && memcmp(text.p + i, "\xef\xbf", 2) == 0 && ((unsigned char)text.p[i + 2] & 0xfe) == 0xbe ? 3 : 0;
}

bool pk_xml_can_tell(pk_str text) {
  size_t i = 0;
  while (i < text.n && !untellable(text, i)) i++;
  return i == text.n;
}

void pk_xml_write(pk_buf *out, pk_str text) {
  for (size_t i = 0; i < text.n; i++) {
    const char *entity = text.p[i] == '&' ? "&amp;" : text.p[i] == '<' ? "&lt;" : text.p[i] == '>' ? "&gt;" : text.p[i] == '"' ? "&quot;" : NULL;
    size_t n = untellable(text, i);
    if (n) entity = "?";
    if (text.p[i] == '\r') entity = "&#13;"; /* as it is, a reader takes it for a line's end */
    if (entity) pk_buf_puts(out, entity);
    else pk_buf_putc(out, text.p[i]);
    if (n) i += n - 1;
  }
}
