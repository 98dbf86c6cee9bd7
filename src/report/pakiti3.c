/* SPDX-License-Identifier: Apache-2.0
 *
 * pakiti3: the text that Pakiti 3's client sends (protocol 5).
 *
 *   #
 *   host: www.example.org
 *   kernel: 6.1.0-18-amd64
 *   packager: dpkg
 *   #
 *   adduser<TAB>3.134<TAB>all
 *   #
 *
 * One pass over the text; packages borrow from it. */
#include "report/decoder.h"

/* Other names (version, ts …) are left alone. */
static const struct {
  const char *name;
  size_t offset;
} HEADERS[] = {
    {"host", offsetof(pk_report, host)}, {"ip", offsetof(pk_report, ip)},   {"system", offsetof(pk_report, os)},
    {"arch", offsetof(pk_report, arch)}, {"cpu", offsetof(pk_report, cpu)}, {"kernel", offsetof(pk_report, kernel)},
    {"site", offsetof(pk_report, site)}, {"tag", offsetof(pk_report, tag)},
};

/* Where the reading is. */
typedef struct lines {
  pk_str rest;
  size_t number; /* of the line last returned */
} lines;

static bool next_line(lines *l, pk_str *ret) {
  do {
    if (!pk_str_split(&l->rest, '\n', ret)) return false;
    l->number++;
    *ret = pk_str_trim(*ret);
  } while (ret->n == 0);
  return true;
}

static bool is_mark(pk_str line) { return line.n == 1 && line.p[0] == '#'; }

static pk_rc line_fault(pk_decoder *d, const lines *l, pk_rc rc) {
  pk_err_prefix(d->err, "line %zu: ", l->number);
  return rc;
}

static pk_rc take_packager(pk_decoder *d, pk_str value) {
  if (pk_str_is(value, "svmon"))
    return pk_err_set(d->err, PK_E_SYNTAX, "packager 'svmon' is not supported: use rpm, dpkg or pkg");
  d->report->type = pk_package_type_of(value);
  return PK_OK;
}

static pk_rc take_header(pk_decoder *d, pk_str line) {
  size_t colon = pk_str_find(line, ':');
  if (colon == line.n) return pk_err_set(d->err, PK_E_SYNTAX, "'%.*s' is not a header 'name: value'", PK_FMT(pk_quote(line)));
  pk_str name = pk_str_trim(pk_str_sub(line, 0, colon)), value = pk_str_trim(pk_str_sub(line, colon + 1, line.n));
  if (pk_str_is(name, "packager")) return take_packager(d, value);
  for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++)
    if (pk_str_is(name, HEADERS[i].name))
      return pk_decoder_header(d, HEADERS[i].name, value, (pk_str *)((char *)d->report + HEADERS[i].offset));
  return PK_OK;
}

static pk_rc read_headers(pk_decoder *d, lines *l) {
  pk_str line;
  if (!next_line(l, &line)) return pk_err_set(d->err, PK_E_SYNTAX, "the report is empty");
  if (!is_mark(line))
    return line_fault(d, l, pk_err_set(d->err, PK_E_SYNTAX, "'%.*s' is not '#', as a report begins", PK_FMT(pk_quote(line))));
  while (next_line(l, &line)) {
    if (is_mark(line)) return PK_OK;
    pk_rc rc = take_header(d, line);
    if (rc != PK_OK) return line_fault(d, l, rc);
  }
  return PK_OK; /* the client leaves out the second '#' when it found no packages */
}

/* Cut at every tab or blank; false when there are more than three fields or a control character. */
static bool cut_fields(pk_str line, pk_str fields[3], size_t *ret_n) {
  const char *from = line.p, *end = line.p + line.n;
  size_t n = 0;
  for (const char *p = from; p < end; p++) {
    if ((unsigned char)*p > ' ') continue;
    if ((*p != '\t' && *p != ' ') || n == 2) return false;
    fields[n++] = (pk_str){from, (size_t)(p - from)};
    from = p + 1;
  }
  fields[n++] = (pk_str){from, (size_t)(end - from)};
  *ret_n = n;
  return true;
}

/* Two tabs settle where the fields are even if the name holds blanks: hosts have had packages called "a and/or b". */
static bool cut_at_tabs(pk_str line, pk_str fields[3], size_t *ret_n) {
  size_t first = pk_str_find(line, '\t'), last = pk_str_rfind(line, '\t');
  if (first >= last) return false;
  fields[0] = pk_str_sub(line, 0, first);
  fields[1] = pk_str_sub(line, first + 1, last);
  fields[2] = pk_str_sub(line, last + 1, line.n);
  *ret_n = 3;
  for (size_t i = 0; i < line.n; i++)
    if ((unsigned char)line.p[i] < ' ' && i != first && i != last) return false;
  return pk_str_find(fields[1], ' ') == fields[1].n && pk_str_find(fields[2], ' ') == fields[2].n;
}

/* The client splits "name-version" of pkg(8) before the first digit; a version without one stays on the name. */
static bool split_pkg_name(pk_str fields[3], size_t *n) {
  size_t dash = pk_str_rfind(fields[0], '-');
  if (*n != 2 || dash == fields[0].n) return false;
  fields[2] = fields[1];
  fields[1] = pk_str_sub(fields[0], dash + 1, fields[0].n);
  fields[0] = pk_str_sub(fields[0], 0, dash);
  *n = 3;
  return true;
}

static pk_rc package_fault(pk_decoder *d, const lines *l, pk_str line, const pk_str fields[3], size_t n) {
  for (size_t i = 0; i < n; i++)
    if (fields[i].n > PK_FIELD_MAX)
      return line_fault(
          d, l, pk_err_set(d->err, PK_E_LIMIT, "'%.*s' has a field longer than %d bytes", PK_FMT(pk_quote(line)), PK_FIELD_MAX));
  return line_fault(d, l,
                    pk_err_set(d->err, PK_E_SYNTAX, "'%.*s' is not a package: NAME VERSION ARCHITECTURE, separated by a tab",
                               PK_FMT(pk_quote(line))));
}

static bool fits(pk_str field) { return field.n - 1 < PK_FIELD_MAX; } /* 1 to PK_FIELD_MAX */

static pk_rc take_package(pk_decoder *d, const lines *l, pk_str line) {
  pk_str f[3];
  size_t n = 0;
  pk_package_type type = d->report->type;
  if (!cut_fields(line, f, &n) && !cut_at_tabs(line, f, &n)) return package_fault(d, l, line, f, 0);
  if (n != 3 && !(type == PK_TYPE_OTHER && split_pkg_name(f, &n))) return package_fault(d, l, line, f, n);
  if (!fits(f[0]) || !fits(f[1]) || !fits(f[2])) return package_fault(d, l, line, f, n);
  if (pk_is_rpm_key(f[0])) return PK_OK;
  pk_installed *item;
  pk_rc rc = pk_decoder_add(d, &item);
  if (rc != PK_OK) return rc;
  item->package.type = type;
  item->package.name = f[0];
  item->package.evr = f[1];
  item->package.arch = f[2];
  return PK_OK;
}

static size_t count_lines(pk_str text) {
  size_t n = 0;
  const char *p = text.p, *end = text.p + text.n;
  while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) p++, n++;
  return n + 1;
}

pk_rc pk_pakiti3_decode(pk_decoder *d, pk_str text) {
  d->report->protocol = PK_PROTOCOL_PAKITI3;
  pk_rc rc = pk_decoder_check_lines(text, d->err);
  if (rc != PK_OK) return rc;
  lines l = {.rest = text};
  rc = read_headers(d, &l);
  if (rc != PK_OK) return rc;
  if (!pk_decoder_drop_backslashes(d->arena, &l.rest)) return pk_decoder_no_memory(d);
  if (l.rest.n) pk_decoder_expect(d, count_lines(l.rest));
  pk_str line;
  while (next_line(&l, &line)) {
    if (is_mark(line)) continue;
    rc = take_package(d, &l, line);
    if (rc != PK_OK) return rc;
  }
  return pk_decoder_finish(d);
}
