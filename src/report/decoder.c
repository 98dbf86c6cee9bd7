/* SPDX-License-Identifier: Apache-2.0 */
#include "report/decoder.h"

pk_str pk_quote(pk_str text) {
  if (text.n <= PK_QUOTE_MAX) return text;
  size_t n = PK_QUOTE_MAX;
  while (n && ((unsigned char)text.p[n] & 0xc0) == 0x80) n--;
  return pk_str_sub(text, 0, n);
}

size_t pk_line_number(pk_str text, size_t at) {
  size_t line = 1;
  for (size_t i = 0; i < at && i < text.n; i++) line += text.p[i] == '\n';
  return line;
}

/* U+0080 to U+009F are c2 80 to c2 9f in UTF-8. */
static bool is_c1(const char *p, const char *end) {
  return (unsigned char)p[0] == 0xc2 && p + 1 < end && (unsigned char)p[1] < 0xa0;
}

static bool is_control(const char *p, const char *end) { return (unsigned char)*p < 0x20 || *p == 0x7f || is_c1(p, end); }

static pk_rc not_utf8(pk_err *err) { return pk_err_set(err, PK_E_SYNTAX, "holds bytes that are not UTF-8"); }

static pk_rc control_fault(const char *at, pk_err *err) {
  return pk_err_set(err, PK_E_SYNTAX, "holds the control character 0x%02x",
                    (unsigned char)((unsigned char)*at == 0xc2 ? at[1] : *at));
}

pk_rc pk_decoder_check(pk_str text, pk_text_kind kind, pk_err *err) {
  size_t max = kind == PK_TEXT_VALUE ? PK_VALUE_MAX : PK_FIELD_MAX;
  if (text.n == 0) return kind == PK_TEXT_TOKEN ? pk_err_set(err, PK_E_SYNTAX, "is empty") : PK_OK;
  if (text.n > max) return pk_err_set(err, PK_E_LIMIT, "is longer than %zu bytes", max);
  const char *end = text.p + text.n;
  bool ascii = true;
  for (const char *p = text.p; p < end; p++) {
    ascii &= (unsigned char)*p < 0x80;
    if (is_control(p, end)) return control_fault(p, err);
    if (*p == ' ' && kind == PK_TEXT_TOKEN) return pk_err_set(err, PK_E_SYNTAX, "holds a blank");
  }
  return ascii || pk_str_utf8(text) ? PK_OK : not_utf8(err);
}

static bool is_line_blank(char c) { return c == '\t' || c == '\r' || c == '\n'; }

/* The text with every run of blanks, tabs and line ends as one blank. */
static bool make_even(pk_arena *arena, pk_str text, pk_str *ret) {
  char *to = pk_arena_alloc(arena, text.n);
  if (!to) return false;
  size_t n = 0;
  for (size_t i = 0; i < text.n; i++) {
    bool blank = text.p[i] == ' ' || is_line_blank(text.p[i]);
    if (blank && n && to[n - 1] == ' ') continue;
    to[n++] = blank ? ' ' : text.p[i];
  }
  *ret = (pk_str){to, n};
  return true;
}

pk_rc pk_decoder_header(pk_decoder *d, const char *what, pk_str text, pk_str *ret) {
  if (ret->n) return PK_OK;
  text = pk_str_trim(text);
  if (text.n > PK_HEADER_MAX) return pk_err_set(d->err, PK_E_LIMIT, "'%s' is longer than %d bytes", what, PK_HEADER_MAX);
  bool uneven = false;
  for (size_t i = 0; i < text.n; i++) uneven |= is_line_blank(text.p[i]);
  if (uneven && !make_even(d->arena, text, &text)) return pk_decoder_no_memory(d);
  pk_rc rc = pk_decoder_check(text, PK_TEXT_FIELD, d->err);
  if (rc != PK_OK) {
    pk_err_prefix(d->err, "'%s' ", what);
    return rc;
  }
  *ret = text;
  return PK_OK;
}

static pk_rc at_line(pk_str text, const char *at, pk_rc rc, pk_err *err) {
  pk_err_prefix(err, "line %zu: ", pk_line_number(text, (size_t)(at - text.p)));
  return rc;
}

/* Only for the message: the first line that is not UTF-8, or the whole text's last one. */
static pk_rc find_not_utf8(pk_str text, pk_err *err) {
  pk_str rest = text, line = text;
  while (pk_str_split(&rest, '\n', &line))
    if (!pk_str_utf8(line)) break;
  if (line.n && memchr(line.p, 0, line.n)) return at_line(text, line.p, pk_err_set(err, PK_E_SYNTAX, "holds a NUL byte"), err);
  return at_line(text, line.p, not_utf8(err), err);
}

pk_rc pk_decoder_check_utf8(pk_str text, pk_err *err) { return pk_str_utf8(text) ? PK_OK : find_not_utf8(text, err); }

pk_rc pk_decoder_check_lines(pk_str text, pk_err *err) {
  if (text.n == 0) return PK_OK;
  pk_rc rc = pk_decoder_check_utf8(text, err);
  if (rc != PK_OK) return rc;
  const char *end = text.p + text.n, *hit = memchr(text.p, 0x7f, text.n);
  for (const char *p = text.p; !hit && (p = memchr(p, 0xc2, (size_t)(end - p))); p++)
    if (is_c1(p, end)) hit = p;
  return hit ? at_line(text, hit, control_fault(hit, err), err) : PK_OK;
}

bool pk_decoder_drop_backslashes(pk_arena *arena, pk_str *text) {
  if (!text->n || !memchr(text->p, '\\', text->n)) return true;
  char *to = pk_arena_alloc(arena, text->n);
  if (!to) return false;
  size_t n = 0;
  for (size_t i = 0; i < text->n; i++)
    if (text->p[i] != '\\') to[n++] = text->p[i];
  *text = (pk_str){to, n};
  return true;
}

pk_rc pk_decoder_no_memory(pk_decoder *d) {
  return pk_err_set(d->err, PK_E_LIMIT, "the report needs more than %zu bytes of memory", d->limits->arena_bytes_max);
}

void pk_decoder_expect(pk_decoder *d, size_t n_packages) {
  pk_report *r = d->report;
  if (n_packages > d->limits->packages_max) n_packages = d->limits->packages_max;
  size_t bytes;
  if (r->packages || n_packages == 0 || __builtin_mul_overflow(n_packages, sizeof *r->packages, &bytes)) return;
  r->packages = pk_arena_alloc(d->arena, bytes);
  if (r->packages) r->n_packages_cap = n_packages;
}

pk_rc pk_decoder_grow(pk_decoder *d) {
  pk_report *r = d->report;
  size_t max = d->limits->packages_max;
  if (r->n_packages >= max) return pk_err_set(d->err, PK_E_LIMIT, "more than %zu packages", max);
  void *packages = r->packages;
  if (!pk_arena_grow(d->arena, &packages, r->n_packages, &r->n_packages_cap, sizeof *r->packages)) return pk_decoder_no_memory(d);
  r->packages = packages;
  if (r->n_packages_cap > max) r->n_packages_cap = max;
  return PK_OK;
}

bool pk_is_rpm_key(pk_str name) { return name.n == 10 && memcmp(name.p, "gpg-pubkey", 10) == 0; }

pk_rc pk_decoder_finish(pk_decoder *d) {
  if (d->report->host.n == 0) return pk_err_set(d->err, PK_E_SYNTAX, "the report does not name its host");
  if (d->report->n_packages == 0) return pk_err_set(d->err, PK_E_SYNTAX, "the report lists no packages");
  return PK_OK;
}
