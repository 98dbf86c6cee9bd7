/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/apt/packages.h"

#include "feed/apt/deb822.h"

typedef enum field { PACKAGE, VERSION, ARCHITECTURE, SOURCE, N_FIELDS } field;

/* Source holds a name, a version, a blank and brackets. */
static const struct {
  const char *name;
  size_t name_n, value_max;
} FIELDS[N_FIELDS] = {
    [PACKAGE] = {"Package", 7, PK_FIELD_MAX},
    [VERSION] = {"Version", 7, PK_FIELD_MAX},
    [ARCHITECTURE] = {"Architecture", 12, PK_FIELD_MAX},
    [SOURCE] = {"Source", 6, 2 * PK_FIELD_MAX + 3},
};

/* The stanza being read; lines are borrowed, so the values are copied. */
typedef struct stanza {
  pk_buf values[N_FIELDS];
  bool begun;
} stanza;

static void stanza_clear(stanza *s) {
  for (size_t i = 0; i < N_FIELDS; i++) s->values[i].n = 0;
  s->begun = false;
}

static pk_rc stanza_field(stanza *s, pk_str name, pk_str value, pk_err *err) {
  s->begun = true;
  for (size_t i = 0; i < N_FIELDS; i++) {
    if (name.n != FIELDS[i].name_n || !pk_str_is_nocase(name, FIELDS[i].name)) continue;
    if (value.n > FIELDS[i].value_max)
      return pk_err_set(err, PK_E_SYNTAX, "field '%s' is longer than %zu bytes", FIELDS[i].name, FIELDS[i].value_max);
    s->values[i].n = 0;
    pk_buf_str(&s->values[i], value);
    return PK_OK;
  }
  return PK_OK;
}

/* "name" or "name (version)" */
static void split_source(pk_str text, pk_offer *f) {
  size_t open = pk_str_find(text, '(');
  f->source = pk_str_trim(pk_str_sub(text, 0, open));
  f->source_evr = PK_STR("");
  if (open == text.n) return;
  pk_str version = pk_str_sub(text, open + 1, text.n);
  f->source_evr = pk_str_trim(pk_str_sub(version, 0, pk_str_find(version, ')')));
}

static pk_rc stanza_end(stanza *s, pk_offers *offers, pk_err *err) {
  if (!s->begun) return PK_OK;
  pk_offer f = {.name = pk_buf_view(&s->values[PACKAGE]),
                .evr = pk_buf_view(&s->values[VERSION]),
                .arch = pk_buf_view(&s->values[ARCHITECTURE])};
  split_source(pk_buf_view(&s->values[SOURCE]), &f);
  stanza_clear(s);
  return pk_offers_add(offers, &f, err);
}

static pk_rc read_line(stanza *s, pk_str line, pk_offers *offers, pk_err *err) {
  pk_str name, value;
  switch (pk_deb822_line(line, &name, &value)) {
  case PK_DEB822_FIELD:
    return stanza_field(s, name, value, err);
  case PK_DEB822_MORE:
    return s->begun ? PK_OK : pk_err_set(err, PK_E_SYNTAX, "a continuation outside of any field");
  case PK_DEB822_BLANK:
    return stanza_end(s, offers, err);
  case PK_DEB822_BROKEN:
    break;
  }
  return pk_err_set(err, PK_E_SYNTAX, "not a field 'Name: value': this is no Packages index");
}

static pk_rc located(pk_rc rc, uint64_t line, pk_err *err) {
  if (rc < 0 && err) pk_err_prefix(err, "line %llu: ", (unsigned long long)line);
  return rc;
}

pk_rc pk_apt_packages_read(pk_stream *in, pk_offers *offers, pk_err *err) {
  stanza s = {.begun = false};
  pk_lines lines;
  pk_lines_init(&lines, in, PK_APT_LINE_MAX);
  for (size_t i = 0; i < N_FIELDS; i++) pk_buf_init(&s.values[i], FIELDS[i].value_max);
  pk_str line;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && (rc = pk_lines_next(&lines, &line, err)) == PK_OK)
    rc = located(read_line(&s, line, offers, err), lines.number, err);
  if (rc == PK_END) rc = located(stanza_end(&s, offers, err), lines.number, err);
  for (size_t i = 0; i < N_FIELDS; i++) pk_buf_free(&s.values[i]);
  pk_lines_fini(&lines);
  return rc;
}

pk_rc pk_apt_packages_parse(pk_stream *in, pk_repository_content *content, pk_err *err) {
  pk_offers offers;
  pk_offers_init(&offers, content, "");
  pk_rc rc = pk_apt_packages_read(in, &offers, err);
  pk_offers_fini(&offers);
  return rc;
}
