/* SPDX-License-Identifier: Apache-2.0 */
#include "report/form.h"

bool pk_form_find(const pk_form *form, const char *name, pk_str *ret) {
  for (size_t i = 0; i < form->n; i++)
    if (pk_str_is(form->fields[i].name, name)) {
      *ret = form->fields[i].value;
      return true;
    }
  return false;
}

static pk_rc no_memory(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "the form needs too much memory"); }

static pk_rc add_field(pk_form *form, pk_arena *arena, pk_str name, pk_str value, pk_err *err) {
  if (name.n > PK_FORM_NAME_MAX)
    return pk_err_set(err, PK_E_LIMIT, "a form field's name is longer than %d bytes", PK_FORM_NAME_MAX);
  if (form->n == PK_FORM_FIELDS_MAX) return pk_err_set(err, PK_E_LIMIT, "the form has more than %d fields", PK_FORM_FIELDS_MAX);
  void *fields = form->fields;
  if (!pk_arena_grow(arena, &fields, form->n, &form->cap, sizeof *form->fields)) return no_memory(err);
  form->fields = fields;
  form->fields[form->n++] = (pk_form_field){name, value};
  return PK_OK;
}

/* --- urlencoded --- */

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static bool url_decode(pk_arena *arena, pk_str *text) {
  if (!text->n || (!memchr(text->p, '%', text->n) && !memchr(text->p, '+', text->n))) return true;
  char *to = pk_arena_alloc(arena, text->n);
  if (!to) return false;
  size_t n = 0;
  for (size_t i = 0; i < text->n; i++) {
    char c = text->p[i];
    int high = c == '%' && i + 2 < text->n ? hex_digit(text->p[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text->p[i + 2]) : -1;
    if (low >= 0) {
      c = (char)(unsigned char)(high * 16 + low);
      i += 2;
    } else if (c == '+') {
      c = ' ';
    }
    to[n++] = c;
  }
  *text = (pk_str){to, n};
  return true;
}

pk_rc pk_form_parse_urlencoded(pk_str text, pk_arena *arena, pk_form *ret, pk_err *err) {
  *ret = (pk_form){0};
  pk_str pair;
  while (pk_str_split(&text, '&', &pair)) {
    if (pair.n == 0) continue;
    size_t equal = pk_str_find(pair, '=');
    pk_str name = pk_str_sub(pair, 0, equal), value = pk_str_sub(pair, equal + 1, pair.n);
    if (!url_decode(arena, &name) || !url_decode(arena, &value)) return no_memory(err);
    pk_rc rc = add_field(ret, arena, name, value, err);
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}

/* --- multipart --- */

static bool next_line(pk_str *rest, pk_str *ret) {
  if (!pk_str_split(rest, '\n', ret)) return false;
  if (ret->n && ret->p[ret->n - 1] == '\r') ret->n--;
  return true;
}

/* The value of `; name=value` or `; name="value"` in a header's value. */
static bool parameter(pk_str header, const char *name, pk_str *ret) {
  size_t at = pk_str_find(header, ';');
  while (at < header.n) {
    pk_str rest = pk_str_trim(pk_str_sub(header, at + 1, header.n));
    size_t equal = pk_str_find(rest, '=');
    pk_str key = pk_str_trim(pk_str_sub(rest, 0, equal)), value = pk_str_trim(pk_str_sub(rest, equal + 1, rest.n));
    bool quoted = value.n && value.p[0] == '"';
    if (quoted) value = pk_str_sub(value, 1, value.n);
    size_t end = pk_str_find(value, quoted ? '"' : ';');
    if (quoted && end == value.n) return false;
    if (pk_str_is_nocase(key, name)) {
      *ret = pk_str_trim(pk_str_sub(value, 0, end));
      return true;
    }
    header = pk_str_sub(value, end, value.n);
    at = pk_str_find(header, ';');
  }
  return false;
}

static bool header_of(pk_str line, const char *name, pk_str *ret) {
  size_t colon = pk_str_find(line, ':');
  if (colon == line.n || !pk_str_is_nocase(pk_str_trim(pk_str_sub(line, 0, colon)), name)) return false;
  *ret = pk_str_trim(pk_str_sub(line, colon + 1, line.n));
  return true;
}

bool pk_form_boundary(pk_str content_type, pk_str body, pk_str *ret) {
  static const char TYPE[] = "multipart/form-data";
  bool told = pk_str_is_nocase(pk_str_sub(content_type, 0, sizeof TYPE - 1), TYPE);
  if (told && parameter(content_type, "boundary", ret)) return ret->n > 0 && ret->n <= PK_FORM_BOUNDARY_MAX;
  pk_str first, second, disposition;
  if (!pk_str_starts(body, "--") || !next_line(&body, &first) || !next_line(&body, &second)) return false;
  if (first.n < 3 || first.n > PK_FORM_BOUNDARY_MAX + 2 || !header_of(second, "Content-Disposition", &disposition)) return false;
  *ret = pk_str_sub(first, 2, first.n);
  return true;
}

/* Cut off what is before the next delimiter line; `*rest` moves behind its boundary. False when there is none. */
static bool before_delimiter(pk_str *rest, pk_str boundary, pk_str *ret) {
  size_t from = 0;
  for (;;) {
    pk_str left = pk_str_sub(*rest, from, rest->n);
    const char *hit = left.n ? memmem(left.p, left.n, boundary.p, boundary.n) : NULL;
    if (!hit) return false;
    size_t at = (size_t)(hit - rest->p), after = at + boundary.n;
    from = at + 1;
    if (at < 2 || hit[-1] != '-' || hit[-2] != '-' || (at > 2 && hit[-3] != '\n')) continue;
    if (after < rest->n && !memchr("-\r\n \t", rest->p[after], 5)) continue; /* a longer word */
    size_t end = at - 2;
    if (end && rest->p[end - 1] == '\n') end--;
    if (end && rest->p[end - 1] == '\r') end--;
    *ret = pk_str_sub(*rest, 0, end);
    *rest = pk_str_sub(*rest, after, rest->n);
    return true;
  }
}

/* The header of a part up to its empty line; `*part` moves to the value. */
static pk_rc part_name(pk_str *part, pk_str *ret, pk_err *err) {
  pk_str line, disposition;
  const char *from = part->p;
  bool named = false;
  while (next_line(part, &line)) {
    if ((size_t)(line.p + line.n - from) > PK_FORM_PART_HEADER_MAX)
      return pk_err_set(err, PK_E_LIMIT, "the header of a form field is longer than %d bytes", PK_FORM_PART_HEADER_MAX);
    if (line.n == 0) return named ? PK_OK : pk_err_set(err, PK_E_SYNTAX, "multipart form: a part has no name");
    if (header_of(line, "Content-Disposition", &disposition)) named = parameter(disposition, "name", ret);
  }
  return pk_err_set(err, PK_E_SYNTAX, "multipart form: a part's header does not end");
}

pk_rc pk_form_parse_multipart(pk_str body, pk_str boundary, pk_arena *arena, pk_form *ret, pk_err *err) {
  *ret = (pk_form){.multipart = true};
  pk_str part, ignored;
  if (boundary.n == 0 || !before_delimiter(&body, boundary, &part)) /* the preamble is nothing */
    return pk_err_set(err, PK_E_SYNTAX, "multipart form: its boundary is not in the body");
  while (!pk_str_starts(body, "--")) {
    if (!next_line(&body, &ignored) || !before_delimiter(&body, boundary, &part))
      return pk_err_set(err, PK_E_SYNTAX, "multipart form: the body ends before the closing boundary");
    pk_str name = {0};
    pk_rc rc = part_name(&part, &name, err);
    if (rc == PK_OK) rc = add_field(ret, arena, name, part, err);
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}
