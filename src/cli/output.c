/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "base/json.h"
#include "base/times.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct pk_output {
  pk_format format;
  const pk_column *columns;
  size_t n_columns, n_cells, cells_cap;
  char **cells; /* row by row */
};

bool pk_format_of(pk_str text, pk_format *ret) {
  static const char *const names[] = {"table", "tsv", "json"};
  for (size_t i = 0; i < 3; i++)
    if (pk_str_is(text, names[i])) {
      *ret = (pk_format)i;
      return true;
    }
  return false;
}

pk_output *pk_output_new(pk_format format, const pk_column *columns, size_t n) {
  pk_output *o = pk_calloc(1, sizeof *o);
  *o = (pk_output){.format = format, .columns = columns, .n_columns = n};
  return o;
}

void pk_output_text(pk_output *o, pk_str text) {
  PK_GROW(o->cells, o->n_cells, o->cells_cap);
  o->cells[o->n_cells++] = pk_str_dup(text);
}

void pk_output_number(pk_output *o, int64_t v) {
  char text[32];
  snprintf(text, sizeof text, "%lld", (long long)v);
  pk_output_text(o, pk_str_of(text));
}

void pk_output_bool(pk_output *o, bool v) { pk_output_text(o, v ? PK_STR("yes") : PK_STR("no")); }
void pk_output_time(pk_output *o, int64_t at) { pk_output_text(o, pk_str_of(PK_TIME(at))); }

static size_t columns_wide(const char *text) {
  size_t n = 0;
  for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
  return n;
}

static void write_padded(pk_buf *out, const char *text, size_t width, bool right, bool last) {
  size_t wide = columns_wide(text), pad = width > wide ? width - wide : 0;
  if (right) pk_buf_printf(out, "%*s", (int)pad, "");
  for (const char *c = text; *c; c++) pk_buf_putc(out, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
  if (!right && !last) pk_buf_printf(out, "%*s", (int)pad, "");
  pk_buf_puts(out, last ? "\n" : "  ");
}

static void write_table(const pk_output *o, pk_buf *out) {
  size_t *widths = pk_calloc(o->n_columns, sizeof *widths);
  for (size_t c = 0; c < o->n_columns; c++) widths[c] = strlen(o->columns[c].name);
  for (size_t i = 0; i < o->n_cells; i++) {
    size_t wide = columns_wide(o->cells[i]);
    if (wide > widths[i % o->n_columns]) widths[i % o->n_columns] = wide;
  }
  for (size_t c = 0; c < o->n_columns; c++) {
    char head[64];
    size_t k = 0;
    for (const char *n = o->columns[c].name; *n && k < sizeof head - 1; n++) head[k++] = (char)(*n == '_' ? ' ' : toupper((unsigned char)*n));
    head[k] = '\0';
    write_padded(out, head, widths[c], o->columns[c].type == PK_COLUMN_NUMBER, c + 1 == o->n_columns);
  }
  for (size_t i = 0; i < o->n_cells; i++) {
    size_t c = i % o->n_columns;
    write_padded(out, o->cells[i], widths[c], o->columns[c].type == PK_COLUMN_NUMBER, c + 1 == o->n_columns);
  }
  free(widths);
}

static void write_tsv(const pk_output *o, pk_buf *out) {
  for (size_t i = 0; i < o->n_cells; i++) {
    for (const char *c = o->cells[i]; *c; c++) {
      static const char plain[] = "\t\n\r\\", escaped[] = "tnr\\";
      const char *hit = strchr(plain, *c);
      if (hit) pk_buf_putc(out, '\\');
      pk_buf_putc(out, hit ? escaped[hit - plain] : *c);
    }
    pk_buf_putc(out, (i + 1) % o->n_columns ? '\t' : '\n');
  }
}

static void write_json_cell(pk_json_out *json, pk_column_type type, const char *text) {
  switch (type) {
  case PK_COLUMN_NUMBER: pk_json_int(json, strtoll(text, NULL, 10)); break;
  case PK_COLUMN_BOOL: pk_json_bool(json, text[0] == 'y'); break;
  case PK_COLUMN_TIME:
    if (strcmp(text, "-") == 0) {
      pk_json_null(json);
      break;
    }
    pk_json_str(json, pk_str_of(text));
    break;
  case PK_COLUMN_TEXT: pk_json_str(json, pk_str_of(text)); break;
  }
}

static void write_json(const pk_output *o, pk_buf *out) {
  pk_json_out json = {.buf = out};
  pk_json_begin(&json, '[');
  for (size_t i = 0; i < o->n_cells; i++) {
    size_t c = i % o->n_columns;
    if (c == 0) pk_json_begin(&json, '{');
    pk_json_key(&json, o->columns[c].name);
    write_json_cell(&json, o->columns[c].type, o->cells[i]);
    if (c + 1 == o->n_columns) pk_json_end(&json, '}');
  }
  pk_json_end(&json, ']');
  pk_buf_putc(out, '\n');
}

pk_rc pk_output_end(pk_output **output, pk_err *err) {
  static void (*const writers[])(const pk_output *, pk_buf *) = {write_table, write_tsv, write_json};
  pk_output *o = *output;
  pk_buf out;
  pk_buf_init(&out, SIZE_MAX / 2);
  writers[o->format](o, &out);
  bool good = fwrite(out.p ? out.p : "", 1, out.n, stdout) == out.n && fflush(stdout) == 0;
  pk_buf_free(&out);
  for (size_t i = 0; i < o->n_cells; i++) free(o->cells[i]);
  free(o->cells);
  free(o);
  *output = NULL;
  return good ? PK_OK : pk_err_set(err, PK_E_IO, "cannot write to standard output");
}
