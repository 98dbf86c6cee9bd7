/* SPDX-License-Identifier: Apache-2.0
 *
 * pakiti2: the form that Pakiti 2's clients post (Pakiti 3 calls it protocol 4). The field `version` names the format of
 * the package list:
 *
 *   1      <N='bash' V='0:4.2' R='1.el7'/>
 *   2      <N="bash" V="0:4.2" R="1.el7"/>
 *   2.x.y  NEWPAKITIRPM=bash 4.2-1.el7
 *   3      'bash' '0:4.2' '1.el7'
 *   4      'bash' '0:4.2' '1.el7' 'x86_64'       (also when no version is told)
 *
 * Three habits of the bash clients are met here. With curl they send "%2b" for '+' in a multipart form, where nobody
 * decodes it. With openssl they announce fewer bytes than they send, so that the list ends inside its last line: that line
 * counts when its architecture is one seen before, else it is dropped, as Pakiti 2 does. And they say "unknown" or "n/a"
 * for what they do not know. */
#include "report/decoder.h"

#include <strings.h>

/* Short names come first, as in Pakiti 2. */
static const struct {
  const char *names[2];
  size_t offset;
  bool may_be_unknown; /* words like "n/a" stand for nothing */
} HEADERS[] = {
    {{"host", "h"}, offsetof(pk_report, host), false},    {{"tag", "a"}, offsetof(pk_report, tag), true},
    {{"kernel", "k"}, offsetof(pk_report, kernel), true}, {{"os", "o"}, offsetof(pk_report, os), true},
    {{"arch", "m"}, offsetof(pk_report, arch), true},     {{"site", "s"}, offsetof(pk_report, site), true},
    {{"ip", NULL}, offsetof(pk_report, ip), true},
};

static const char *const NOT_TOLD[] = {"n/a", "unknown", "uknown", "notset", "none", "(none)", "-"};

static bool is_not_told(pk_str text) {
  for (size_t i = 0; i < sizeof NOT_TOLD / sizeof NOT_TOLD[0]; i++)
    if (pk_str_is_nocase(text, NOT_TOLD[i])) return true;
  return false;
}

/* The first of the names whose field holds something. */
static pk_str field(const pk_form *form, const char *name, const char *other, const char *third) {
  const char *const names[] = {name, other, third};
  pk_str value = {0};
  for (size_t i = 0; i < 3 && value.n == 0; i++)
    if (names[i] && !pk_form_find(form, names[i], &value)) value = (pk_str){0};
  return value;
}

/* '+' for "%2b", in the arena where there is one. */
static bool plus_for_escape(pk_arena *arena, pk_str *text) {
  if (!text->n || !memchr(text->p, '%', text->n)) return true;
  char *to = pk_arena_alloc(arena, text->n);
  if (!to) return false;
  size_t n = 0;
  for (size_t i = 0; i < text->n; i++) {
    bool plus = i + 2 < text->n && strncasecmp(text->p + i, "%2b", 3) == 0;
    to[n++] = plus ? '+' : text->p[i];
    if (plus) i += 2;
  }
  *text = (pk_str){to, n};
  return true;
}

static pk_rc take_headers(pk_decoder *d, const pk_form *form) {
  for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
    pk_str value = field(form, HEADERS[i].names[1] ? HEADERS[i].names[1] : HEADERS[i].names[0], HEADERS[i].names[0], NULL);
    pk_str *ret = (pk_str *)((char *)d->report + HEADERS[i].offset);
    if (form->multipart && !plus_for_escape(d->arena, &value)) return pk_decoder_no_memory(d);
    pk_rc rc = pk_decoder_header(d, HEADERS[i].names[0], value, ret);
    if (rc != PK_OK) return rc;
  }
  pk_report *r = d->report;
  if (r->host.n && pk_str_eq(r->host, r->kernel)) /* shifted arguments of a broken client */
    return pk_err_set(d->err, PK_E_SYNTAX, "host and kernel are both '%.*s': one of them is wrong", PK_FMT(pk_quote(r->host)));
  for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
    pk_str *ret = (pk_str *)((char *)r + HEADERS[i].offset);
    if (HEADERS[i].may_be_unknown && is_not_told(*ret)) *ret = (pk_str){0};
  }
  return PK_OK;
}

static bool holds_nocase(pk_str text, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= text.n; i++)
    if (strncasecmp(text.p + i, word, n) == 0) return true;
  return false;
}

/* Pakiti 2 takes rpm for granted; its Debian clients always say dpkg, but better leave a doubtful one open. */
static pk_package_type type_of(pk_str told, pk_str os) {
  told = pk_str_trim(told);
  if (told.n && !is_not_told(told)) return pk_package_type_of(told);
  return holds_nocase(os, "debian") || holds_nocase(os, "ubuntu") ? PK_TYPE_UNKNOWN : PK_TYPE_RPM;
}

/* --- package lists --- */

typedef struct list {
  pk_decoder *d;
  pk_str text, rest;
  char *evrs; /* room for joined versions: never more than the list is long */
} list;

static pk_rc list_fault(list *l, const char *at, const char *shape) {
  pk_str line = pk_str_sub(l->text, (size_t)(at - l->text.p), l->text.n);
  line = pk_str_trim(pk_str_sub(line, 0, pk_str_find(line, '\n')));
  return pk_err_set(l->d->err, PK_E_SYNTAX, "package list line %zu: '%.*s' is not a package: %s",
                    pk_line_number(l->text, (size_t)(at - l->text.p)), PK_FMT(pk_quote(line)), shape);
}

/* "version-release", or the version alone. Both are pieces of the list, so that `evrs` cannot overflow. */
static pk_str join_evr(list *l, pk_str version, pk_str release) {
  if (release.n == 0) return version;
  char *to = l->evrs;
  memcpy(to, version.p, version.n);
  to[version.n] = '-';
  memcpy(to + version.n + 1, release.p, release.n);
  pk_str evr = {to, version.n + 1 + release.n};
  l->evrs += evr.n;
  return evr;
}

static pk_rc add_package(list *l, pk_str name, pk_str version, pk_str release, pk_str arch, bool has_arch) {
  pk_rc rc = pk_decoder_check(name, PK_TEXT_TOKEN, l->d->err);
  if (rc == PK_OK) rc = pk_decoder_check(version, PK_TEXT_TOKEN, l->d->err);
  if (rc == PK_OK && release.n) rc = pk_decoder_check(release, PK_TEXT_TOKEN, l->d->err);
  if (rc == PK_OK && has_arch) rc = pk_decoder_check(arch, PK_TEXT_TOKEN, l->d->err);
  pk_str evr = {0};
  if (rc == PK_OK) {
    evr = join_evr(l, version, release);
    rc = pk_decoder_check(evr, PK_TEXT_TOKEN, l->d->err);
  }
  if (rc != PK_OK) {
    size_t number = pk_line_number(l->text, (size_t)(name.p - l->text.p));
    pk_err_prefix(l->d->err, "package list line %zu: a field of '%.*s' ", number, PK_FMT(pk_quote(name)));
    return rc;
  }
  pk_package_type type = l->d->report->type;
  if (type != PK_TYPE_DEB && pk_is_rpm_key(name)) return PK_OK;
  pk_installed *item;
  rc = pk_decoder_add(l->d, &item);
  if (rc != PK_OK) return rc;
  item->package = (pk_package){.type = type, .name = name, .evr = evr, .arch = arch};
  return PK_OK;
}

static void skip_blanks(pk_str *rest) {
  while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t' || rest->p[0] == '\r' || rest->p[0] == '\n'))
    *rest = pk_str_sub(*rest, 1, rest->n);
}

/* `before`, then a text up to the next `end`. */
static bool take_between(pk_str *rest, const char *before, char end, pk_str *ret) {
  size_t n = strlen(before);
  if (rest->n < n || strncasecmp(rest->p, before, n) != 0) return false;
  pk_str behind = pk_str_sub(*rest, n, rest->n);
  size_t at = pk_str_find(behind, end);
  if (at == behind.n) return false;
  *ret = pk_str_sub(behind, 0, at);
  *rest = pk_str_sub(behind, at + 1, behind.n);
  return true;
}

/* Formats 1 and 2 differ in their quotes. */
static pk_rc read_tags(list *l, const char *const before[3], char quote) {
  for (skip_blanks(&l->rest); l->rest.n; skip_blanks(&l->rest)) {
    const char *at = l->rest.p;
    pk_str part[3];
    for (size_t i = 0; i < 3; i++)
      if (!take_between(&l->rest, before[i], quote, &part[i]))
        return list_fault(l, at,
                          quote == '"' ? "<N=\"name\" V=\"version\" R=\"release\"/>" : "<N='name' V='version' R='release'/>");
    if (!pk_str_starts(l->rest, "/>")) return list_fault(l, at, "it does not end with '/>'");
    l->rest = pk_str_sub(l->rest, 2, l->rest.n);
    pk_rc rc = add_package(l, part[0], part[1], part[2], (pk_str){0}, false);
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}

static pk_rc read_format1(list *l) {
  static const char *const BEFORE[] = {"<N='", " V='", " R='"};
  return read_tags(l, BEFORE, '\'');
}

static pk_rc read_format2(list *l) {
  static const char *const BEFORE[] = {"<N=\"", " V=\"", " R=\""};
  return read_tags(l, BEFORE, '"');
}

/* Pakiti 2 also takes a quote for the end of a word. */
static bool next_word(pk_str *rest, pk_str *ret) {
  skip_blanks(rest);
  while (rest->n && rest->p[0] == '\'') {
    *rest = pk_str_sub(*rest, 1, rest->n);
    skip_blanks(rest);
  }
  size_t n = 0;
  while (n < rest->n && !memchr(" \t\r\n'", rest->p[n], 5)) n++;
  *ret = pk_str_sub(*rest, 0, n);
  *rest = pk_str_sub(*rest, n, rest->n);
  return n > 0;
}

static pk_rc read_format2xy(list *l) {
  static const char MARK[] = "NEWPAKITIRPM=";
  const size_t n = sizeof MARK - 1;
  pk_str name, evr;
  while (next_word(&l->rest, &name)) {
    bool marked = name.n > n && strncasecmp(name.p, MARK, n) == 0;
    if (!marked || !next_word(&l->rest, &evr) || pk_str_find(evr, '-') == evr.n)
      return list_fault(l, name.p, "NEWPAKITIRPM=name version-release");
    pk_rc rc = add_package(l, pk_str_sub(name, n, name.n), evr, (pk_str){0}, (pk_str){0}, false);
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}

/* Cut "'a' 'b' 'c'" into its fields; false when they are not as many. */
static bool cut_quoted(pk_str line, pk_str *fields, size_t want) {
  if (line.n < 2 || line.p[0] != '\'' || line.p[line.n - 1] != '\'') return false;
  pk_str rest = pk_str_sub(line, 1, line.n);
  for (size_t i = 0; i < want; i++) {
    size_t at = pk_str_find(rest, '\'');
    if (at == rest.n) return false;
    fields[i] = pk_str_sub(rest, 0, at);
    rest = pk_str_sub(rest, at + 1, rest.n);
    if (i + 1 == want) break;
    if (!pk_str_starts(rest, " '")) return false;
    rest = pk_str_sub(rest, 2, rest.n);
  }
  return rest.n == 0;
}

static bool is_seen_arch(const pk_report *r, pk_str arch) {
  for (size_t i = 0; i < r->n_packages; i++)
    if (pk_str_eq(r->packages[i].package.arch, arch)) return true;
  return false;
}

/* The last line where the sender cut off its end: see the head of this file. */
static pk_rc read_cut_line(list *l, pk_str line, size_t want) {
  size_t arch_at = pk_str_rfind(line, '\'');
  pk_str f[4] = {{0}}, arch = pk_str_sub(line, arch_at + 1, line.n), before = pk_str_trim(pk_str_sub(line, 0, arch_at));
  if (want != 4 || !cut_quoted(before, f, 3) || !is_seen_arch(l->d->report, arch)) return PK_OK;
  return add_package(l, f[0], f[1], f[2], arch, true);
}

static pk_rc read_quoted(list *l, size_t want) {
  pk_str line, f[4] = {{0}};
  while (pk_str_split(&l->rest, '\n', &line)) {
    bool is_last = line.p + line.n == l->text.p + l->text.n;
    line = pk_str_trim(line);
    if (line.n == 0) continue;
    bool good = cut_quoted(line, f, want);
    if (!good && is_last && line.p[0] == '\'') return read_cut_line(l, line, want);
    if (!good)
      return list_fault(l, line.p, want == 4 ? "'name' 'version' 'release' 'architecture'" : "'name' 'version' 'release'");
    pk_rc rc = add_package(l, f[0], f[1], f[2], f[3], want == 4);
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}

static pk_rc read_format3(list *l) { return read_quoted(l, 3); }
static pk_rc read_format4(list *l) { return read_quoted(l, 4); }

static pk_rc read_list(list *l, pk_str format) {
  static const struct {
    const char *name;
    pk_rc (*read)(list *l);
  } FORMATS[] = {{"", read_format4}, {"4", read_format4}, {"3", read_format3}, {"2", read_format2}, {"1", read_format1}};
  for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
    if (pk_str_is(format, FORMATS[i].name)) return FORMATS[i].read(l);
  if (format.n > 2 && pk_str_starts(format, "2.") && format.p[2] >= '0' && format.p[2] <= '9') return read_format2xy(l);
  return pk_err_set(l->d->err, PK_E_SYNTAX, "package list version '%.*s' is not known: 1, 2, 2.x.y, 3 and 4 are",
                    PK_FMT(pk_quote(format)));
}

pk_rc pk_pakiti2_decode(pk_decoder *d, const pk_form *form) {
  d->report->protocol = PK_PROTOCOL_PAKITI2;
  pk_rc rc = take_headers(d, form);
  if (rc != PK_OK) return rc;
  d->report->by_proxy = pk_str_is(pk_str_trim(field(form, "proxy", NULL, NULL)), "1");
  pk_str type = {0}, format = {0}, packages = field(form, "p", "pkgs", "rpms");
  rc = pk_decoder_header(d, "type", field(form, "t", "type", NULL), &type);
  if (rc == PK_OK) rc = pk_decoder_header(d, "version", field(form, "v", "version", NULL), &format);
  if (rc != PK_OK) return rc;
  d->report->type = type_of(type, d->report->os);
  rc = pk_decoder_check_lines(packages, d->err);
  if (rc != PK_OK) {
    pk_err_prefix(d->err, "package list ");
    return rc;
  }
  if (form->multipart && !plus_for_escape(d->arena, &packages)) return pk_decoder_no_memory(d);
  if (!pk_decoder_drop_backslashes(d->arena, &packages)) return pk_decoder_no_memory(d);
  list l = {.d = d, .text = packages, .rest = packages, .evrs = pk_arena_alloc(d->arena, packages.n)};
  if (!l.evrs) return pk_decoder_no_memory(d);
  rc = read_list(&l, format);
  return rc == PK_OK ? pk_decoder_finish(d) : rc;
}
