/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/debian/list.h"

#include "base/map.h"
#include "feed/line.h"
#include "feed/vendor_tools.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

/* Longest line: a kernel's advisory names some hundred CVEs. */
#define LINE_MAX_BYTES ((size_t)1 << 20)

/* A line that speaks of a package. */
typedef struct package_line {
  pk_str release; /* "" for unstable, and for every release without a line */
  pk_str package, version, note;
  pk_rule_state state;
  bool is_unimportant, is_removed;
} package_line;

struct pk_debian_entries {
  const pk_vendor_document *document;
  const pk_vendor_sink *sink;
  pk_arena arena; /* of the open entry */
  pk_str id, title, severity;
  bool is_open, is_advisory, is_rejected;
  bool has_advisories; /* an advisory speaks of the CVE too */
  int64_t issued_at;
  uint64_t first_bug;
  package_line *lines;
  size_t n_lines, lines_cap;
  pk_vendor_cves cves;
  pk_rule *rules; /* one a line at most */
  size_t n_rules;
  size_t n_definitions, n_understood, n_odd;
  uint64_t first_odd;
};

static pk_rc full(const pk_debian_entries *e, pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "entry '%.*s' takes more than %zu bytes of memory", PK_FMT(e->id),
                    PK_DEBIAN_ENTRY_BYTES_MAX);
}

static bool is_all(pk_str text, const char *others) {
  if (!text.n || text.n > PK_FIELD_MAX) return false;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && (!c || !strchr(others, c))) return false;
  }
  return true;
}

/* The tracker's own patterns: it has names with ':' and '_'. */
bool pk_debian_is_name(pk_str text) { return is_all(text, ":.+-_"); }
bool pk_debian_is_version(pk_str text) { return is_all(text, ":.+~-"); }

pk_debian_entries *pk_debian_entries_new(const pk_vendor_document *d, const pk_vendor_sink *sink) {
  pk_debian_entries *e = pk_calloc(1, sizeof *e);
  e->document = d;
  e->sink = sink;
  return e;
}

void pk_debian_entries_free(pk_debian_entries **e) {
  if (!*e) return;
  pk_arena_fini(&(*e)->arena);
  free(*e);
  *e = NULL;
}

/* ---- headers ---- */

static bool digits(pk_str *rest, size_t least, pk_str *ret) {
  size_t n = 0;
  while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9') n++;
  if (n < least) return false;
  if (ret) *ret = pk_str_sub(*rest, 0, n);
  *rest = pk_str_sub(*rest, n, rest->n);
  return true;
}

static bool literal(pk_str *rest, const char *text) {
  if (!pk_str_starts(*rest, text)) return false;
  *rest = pk_str_sub(*rest, strlen(text), rest->n);
  return true;
}

static bool is_unnumbered(pk_str name) {
  pk_str rest = name;
  return literal(&rest, "CVE-") && digits(&rest, 4, NULL) && literal(&rest, "-XXXX") && !rest.n;
}

static bool is_temporary(pk_str name) {
  pk_str rest = name;
  return name.n <= PK_FIELD_MAX && literal(&rest, "TEMP-") && digits(&rest, 1, NULL) && literal(&rest, "-") &&
         pk_debian_is_name(rest);
}

/* DSA-153, DSA-5380-1, DLA-4000-1, DTSA-1-1, ELA-1-1 (Freexian's extended support has the same form). */
static bool is_advisory_name(pk_str name) {
  size_t dash = pk_str_find(name, '-');
  pk_str rest = pk_str_sub(name, dash, name.n);
  for (size_t i = 0; i < dash; i++)
    if (name.p[i] < 'A' || name.p[i] > 'Z') return false;
  if (dash < 2 || dash > 16 || name.n > PK_DEFINITION_ID_MAX || pk_str_starts(name, "CVE-")) return false;
  if (!literal(&rest, "-") || !digits(&rest, 1, NULL)) return false;
  return !rest.n || (literal(&rest, "-") && digits(&rest, 1, NULL) && !rest.n);
}

static unsigned month_of(pk_str word) {
  static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  for (unsigned i = 0; i < 12; i++)
    if (pk_str_is_nocase(pk_str_sub(word, 0, 3), names[i])) return i + 1;
  return 0;
}

/* "29 Mar 2023", "August 26th, 2005"; another date is not known, which is no reason to lose an advisory. */
static int64_t date_of(pk_str text) {
  pk_str words[3] = {{0}};
  for (size_t i = 0; i < 3; i++)
    if (!pk_str_word(&text, &words[i])) return 0;
  bool month_first = month_of(words[0]) != 0;
  pk_str day, year = words[2], day_word = words[month_first];
  uint64_t d, y;
  unsigned month = month_of(words[!month_first]);
  if (!digits(&day_word, 1, &day) || !pk_str_u64(day, &d) || !pk_str_u64(year, &y) || !month || d > 31 || y < 1990 || y > 9999)
    return 0;
  char iso[32];
  snprintf(iso, sizeof iso, "%04u-%02u-%02u", (unsigned)y, month, (unsigned)d);
  return pk_vendor_time(pk_str_of(iso));
}

typedef struct header {
  pk_str name, title;
  int64_t issued_at;
  bool is_advisory;
} header;

static bool parse_advisory_header(pk_str line, header *ret) {
  size_t end = pk_str_find(line, ']');
  if (!pk_str_starts(line, "[") || end == line.n) return false;
  pk_str rest = pk_str_sub(line, end + 1, line.n);
  if (!pk_str_word(&rest, &ret->name) || !is_advisory_name(ret->name)) return false;
  ret->issued_at = date_of(pk_str_sub(line, 1, end));
  ret->title = rest;
  ret->is_advisory = true;
  return true;
}

static bool parse_cve_header(pk_str line, header *ret) {
  pk_str rest = line;
  if (!pk_str_word(&rest, &ret->name)) return false;
  if (!pk_str_starts(ret->name, "CVE-") && !is_temporary(ret->name)) return false;
  if (pk_str_starts(ret->name, "CVE-") && !pk_cve_number(ret->name) && !is_unnumbered(ret->name)) return false;
  rest = pk_str_trim(rest);
  /* What comes from MITRE is in parentheses, what Debian wrote itself in brackets. */
  if ((pk_str_starts(rest, "(") && pk_str_ends(rest, ")")) || (pk_str_starts(rest, "[") && pk_str_ends(rest, "]")))
    rest = pk_str_sub(rest, 1, rest.n - 1);
  ret->title = rest;
  return true;
}

static bool parse_header(pk_str line, header *ret) {
  *ret = (header){.name = PK_STR("")};
  return line.n && (parse_advisory_header(line, ret) || parse_cve_header(line, ret));
}

/* ---- lines below a header ---- */

static bool urgency_rank(pk_str word, int *ret_rank) {
  static const char *const ranks[] = {"unimportant", "low", "medium", "high"};
  for (int i = 0; i < 4; i++)
    if (pk_str_is(word, ranks[i])) {
      *ret_rank = i;
      return true;
    }
  return false;
}

/* "low; bug #1000001" */
static void read_flags(pk_debian_entries *e, pk_str flags, package_line *line) {
  pk_str flag;
  while (pk_str_split(&flags, ';', &flag)) {
    int rank, worst = -1;
    uint64_t bug;
    flag = pk_str_trim(flag);
    (void)urgency_rank(e->severity, &worst);
    if (urgency_rank(flag, &rank)) {
      line->is_unimportant = rank == 0;
      if (rank > worst) e->severity = flag;
    } else if (literal(&flag, "bug #") && pk_str_u64(flag, &bug) && !e->first_bug) {
      e->first_bug = bug;
    }
  }
}

/* What stands for a version when there is none. `free_text`: what follows in parentheses is a reason, not flags. */
static const struct pseudo {
  const char *word;
  pk_rule_state state;
  bool free_text;
} pseudos[] = {
    {"unfixed", PK_RULE_AFFECTED, false},
    {"removed", PK_RULE_AFFECTED, false}, /* from unstable; releases that still have it are vulnerable */
    {"undetermined", PK_RULE_UNDER_INVESTIGATION, false},
    {"not-affected", PK_RULE_NOT_AFFECTED, true},
    {"no-dsa", PK_RULE_NO_ADVISORY, true},
    {"postponed", PK_RULE_DEFERRED, true},
    {"ignored", PK_RULE_WILL_NOT_FIX, true},
    {"end-of-life", PK_RULE_OUT_OF_SUPPORT, true},
};

static const struct pseudo *pseudo_of(pk_str word) {
  for (size_t i = 0; i < sizeof pseudos / sizeof pseudos[0]; i++)
    if (pk_str_is(word, pseudos[i].word)) return &pseudos[i];
  return NULL;
}

/* A decision about a release that says nothing of versions. */
static bool is_triage(const package_line *l) {
  return l->state == PK_RULE_NO_ADVISORY || l->state == PK_RULE_DEFERRED || l->state == PK_RULE_WILL_NOT_FIX;
}

/* "[release] - package version (flags)". Returns PK_NOTFOUND for one that makes no sense, PK_UNCHANGED for one that says
 * nothing of Debian's packages. */
static pk_rc parse_package_line(pk_debian_entries *e, pk_str text, package_line *ret) {
  *ret = (package_line){.release = PK_STR(""), .version = PK_STR(""), .note = PK_STR("")};
  pk_str rest = text, inner = PK_STR(""), word;
  if (literal(&rest, "[")) {
    size_t end = pk_str_find(rest, ']');
    if (end == rest.n || !pk_debian_is_name(pk_str_sub(rest, 0, end))) return PK_NOTFOUND;
    ret->release = pk_str_sub(rest, 0, end);
    rest = pk_str_trim(pk_str_sub(rest, end + 1, rest.n));
  }
  if (!pk_str_word(&rest, &word) || !pk_str_is(word, "-") || !pk_str_word(&rest, &ret->package)) return PK_NOTFOUND;
  if (!pk_debian_is_name(ret->package)) return PK_NOTFOUND;
  rest = pk_str_trim(rest);
  size_t open = pk_str_find(rest, '(');
  if (open < rest.n) {
    if (!pk_str_ends(rest, ")")) return PK_NOTFOUND;
    inner = pk_str_trim(pk_str_sub(rest, open + 1, rest.n - 1));
    rest = pk_str_trim(pk_str_sub(rest, 0, open));
  }
  if (pk_str_is(rest, "<itp>")) return PK_UNCHANGED; /* somebody intends to package it */
  bool free_text = false;
  if (!rest.n || pk_str_starts(rest, "<")) {
    const struct pseudo *p = pseudo_of(rest.n ? pk_str_sub(rest, 1, rest.n - 1) : PK_STR("unfixed"));
    if (!p || (rest.n && !pk_str_ends(rest, ">"))) return PK_NOTFOUND;
    ret->state = p->state;
    ret->is_removed = pk_str_is(rest, "<removed>");
    free_text = p->free_text;
  } else if (pk_debian_is_version(rest)) {
    ret->version = rest;
  } else {
    return PK_NOTFOUND;
  }
  if (free_text)
    ret->note = inner;
  else
    read_flags(e, inner, ret);
  return PK_OK;
}

static pk_rc add_package_line(pk_debian_entries *e, pk_str text, pk_err *err) {
  package_line l;
  pk_rc rc = parse_package_line(e, text, &l);
  if (rc != PK_OK) return rc;
  bool needs_release = e->is_advisory || is_triage(&l);
  if (needs_release && !l.release.n) return PK_NOTFOUND;
  if (e->n_lines == PK_DEBIAN_ENTRY_LINES_MAX)
    return pk_err_set(err, PK_E_LIMIT, "entry '%.*s' has more than %zu lines", PK_FMT(e->id), PK_DEBIAN_ENTRY_LINES_MAX);
  void *array = e->lines;
  if (!pk_arena_grow(&e->arena, &array, e->n_lines, &e->lines_cap, sizeof l)) return full(e, err);
  e->lines = array;
  if (!pk_feed_line(&e->arena, l.note, PK_DEFINITION_TITLE_MAX, &l.note)) return full(e, err);
  e->lines[e->n_lines++] = l;
  return PK_OK;
}

/* "{CVE-2023-1393 DLA-4000-1}" */
static pk_rc add_references(pk_debian_entries *e, pk_str text, pk_err *err) {
  pk_str rest = pk_str_sub(text, 1, pk_str_find(text, '}')), word;
  while (pk_str_word(&rest, &word)) {
    pk_rc rc = pk_cve_number(word) && e->is_advisory ? pk_vendor_cves_add(&e->cves, word, err) : PK_OK;
    if (rc != PK_OK) return rc;
    e->has_advisories |= is_advisory_name(word);
  }
  return PK_OK;
}

/* "NOTE: …", "TODO: check", "NOT-FOR-US: …", "RESERVED", "HELP: …" */
static bool is_remark(pk_str text) {
  size_t n = 0;
  while (n < text.n && ((text.p[n] >= 'A' && text.p[n] <= 'Z') || text.p[n] == '-')) n++;
  return n >= 4 && (n == text.n || text.p[n] == ':' || text.p[n] == ' ');
}

pk_rc pk_debian_entries_add(pk_debian_entries *e, pk_str line, uint64_t number, pk_err *err) {
  pk_str text = pk_str_trim(line);
  if (!text.n) return PK_OK;
  pk_rc rc = PK_OK;
  if (text.p[0] == '{') {
    rc = add_references(e, text, err);
  } else if (pk_str_is(text, "REJECTED") || pk_str_is(text, "NOTE: rejected")) {
    e->is_rejected = true;
  } else if (text.p[0] == '-' || text.p[0] == '[') {
    pk_str kept;
    if (!pk_arena_copy(&e->arena, text, &kept)) return full(e, err);
    rc = add_package_line(e, kept, err);
  } else if (!is_remark(text)) {
    rc = PK_NOTFOUND;
  }
  if (rc < 0) return rc;
  e->n_understood += rc != PK_NOTFOUND;
  if (rc == PK_NOTFOUND && !e->n_odd++) e->first_odd = number;
  return PK_OK;
}

/* ---- from an entry to a definition ---- */

/* The name that the tracker gives to a flaw without number: the first bug, and a digest of the description, so that it is
 * the same here and in the tracker's other documents. source lib/python/bugs.py temp_bug_name */
static pk_rc temporary_name(pk_debian_entries *e, pk_err *err) {
  unsigned char sum[EVP_MAX_MD_SIZE] = {0};
  char name[64];
  if (EVP_Digest(e->title.p ? e->title.p : "", e->title.n, sum, NULL, EVP_md5(), NULL) != 1) {
    /* MD5 is not to be had where only FIPS 140 algorithms are: another name does as well there */
    pk_digest other = pk_digest_of(e->title);
    memcpy(sum, other.bytes, 3);
  }
  snprintf(name, sizeof name, "TEMP-%07llu-%02X%02X%02X", (unsigned long long)e->first_bug, sum[0], sum[1], sum[2]);
  return pk_arena_copy(&e->arena, pk_str_of(name), &e->id) ? PK_OK : full(e, err);
}

/* A line of a release is about that release. One without is about unstable, and about every release that has no line of
 * its own — but where advisories speak of the CVE, their lines count as such, and they are in another list: then the line
 * is left to mean unstable only. source bugs.py PackageNote, security_db.py (notes of DSAs are copied to their CVEs) */
static bool platform_of(const pk_debian_entries *e, const package_line *l, char *ret) {
  if (l->release.n) return pk_platform_of_codename(PK_STR("debian"), l->release, ret);
  snprintf(ret, PK_PLATFORM_MAX + 1, "%s", e->has_advisories ? "debian:sid" : "debian");
  return true;
}

/* A decision not to fix says nothing of versions: those of the line for unstable hold. Returns false when that line makes
 * the decision pointless, because the package is not affected at all. */
static bool apply_unstable(const package_line *unstable, pk_rule *rule) {
  if (!unstable) return true;
  if (unstable->is_unimportant || unstable->state == PK_RULE_NOT_AFFECTED) return false;
  rule->fixed = unstable->version;
  return true;
}

static void fill_rule(const package_line *l, pk_rule *rule) {
  pk_str none = PK_STR("");
  *rule = (pk_rule){.platform = none,
                    .names = &l->package,
                    .n_names = 1,
                    .is_source = true,
                    .arch = none,
                    .module = none,
                    .introduced = none,
                    .fixed = l->version,
                    .last = none,
                    .state = l->state,
                    .advisory = none,
                    .note = l->note};
  if (l->is_removed) rule->note = PK_STR("removed from unstable");
  if (l->is_unimportant && (l->state == PK_RULE_FIXED || l->state == PK_RULE_AFFECTED)) rule->state = PK_RULE_UNIMPORTANT;
}

static pk_rc add_rule(pk_debian_entries *e, const package_line *l, const pk_map *unstable, pk_err *err) {
  char platform[PK_PLATFORM_MAX + 1];
  pk_rule rule;
  fill_rule(l, &rule);
  uint64_t *place = is_triage(l) ? pk_map_get(unstable, l->package) : NULL;
  if (!apply_unstable(place ? &e->lines[*place] : NULL, &rule)) return PK_OK;
  if (!platform_of(e, l, platform)) return PK_OK;
  if (!pk_vendor_wants(e->document->platform, pk_str_of(platform))) return PK_OK;
  if (!pk_arena_copy(&e->arena, pk_str_of(platform), &rule.platform)) return full(e, err);
  e->rules[e->n_rules++] = rule;
  return PK_OK;
}

static pk_rc add_rules(pk_debian_entries *e, pk_err *err) {
  if (!e->n_lines || e->is_rejected) return PK_OK;
  e->rules = pk_arena_alloc(&e->arena, e->n_lines * sizeof *e->rules);
  if (!e->rules) return full(e, err);
  pk_map unstable;
  pk_map_init(&unstable, false);
  for (size_t i = 0; i < e->n_lines; i++)
    if (!e->lines[i].release.n) *pk_map_put(&unstable, e->lines[i].package, NULL) = i;
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < e->n_lines; i++) rc = add_rule(e, &e->lines[i], &unstable, err);
  pk_map_fini(&unstable);
  return rc;
}

static pk_rc hand_over(pk_debian_entries *e, pk_err *err) {
  if (!e->is_open) return PK_OK;
  e->is_open = false;
  pk_rc rc = is_unnumbered(e->id) ? temporary_name(e, err) : PK_OK;
  if (rc == PK_OK) rc = add_rules(e, err);
  if (rc == PK_OK && !e->n_rules) return PK_OK;
  pk_definition d = {.id = e->id,
                     .class = e->is_advisory ? PK_STR("patch") : PK_STR("vulnerability"),
                     .advisory = e->is_advisory ? e->id : PK_STR(""),
                     .severity = e->severity,
                     .issued_at = e->issued_at,
                     .rules = e->rules,
                     .n_rules = e->n_rules};
  if (rc == PK_OK) rc = pk_feed_line(&e->arena, e->title, PK_DEFINITION_TITLE_MAX, &d.title) ? PK_OK : full(e, err);
  if (rc == PK_OK) rc = pk_vendor_cves_list(&e->cves, &d.cves, &d.n_cves, err);
  if (rc != PK_OK) return rc;
  e->n_definitions++;
  return e->sink->definition(e->sink->arg, &d, err);
}

static void clear(pk_debian_entries *e) {
  pk_arena_fini(&e->arena);
  *e = (pk_debian_entries){.document = e->document,
                           .sink = e->sink,
                           .id = PK_STR(""),
                           .title = PK_STR(""),
                           .severity = PK_STR(""),
                           .n_definitions = e->n_definitions,
                           .n_understood = e->n_understood,
                           .n_odd = e->n_odd,
                           .first_odd = e->first_odd};
  pk_arena_init(&e->arena, PK_DEBIAN_ENTRY_BYTES_MAX);
  e->cves.arena = &e->arena;
}

pk_rc pk_debian_entries_begin(pk_debian_entries *e, pk_str line, pk_err *err) {
  header h;
  if (!parse_header(line, &h)) return PK_NOTFOUND;
  pk_rc rc = hand_over(e, err);
  if (rc != PK_OK) return rc;
  clear(e);
  e->is_open = true;
  e->is_advisory = h.is_advisory;
  e->issued_at = h.issued_at;
  if (!pk_arena_copy(&e->arena, h.name, &e->id) || !pk_arena_copy(&e->arena, pk_str_trim(h.title), &e->title))
    return full(e, err);
  return !e->is_advisory && pk_cve_number(e->id) ? pk_vendor_cves_add(&e->cves, e->id, err) : PK_OK;
}

pk_rc pk_debian_entries_rename(pk_debian_entries *e, pk_str name, pk_err *err) {
  if (!is_temporary(name)) return PK_OK;
  return pk_arena_copy(&e->arena, name, &e->id) ? PK_OK : full(e, err);
}

pk_rc pk_debian_entries_end(pk_debian_entries *e, pk_err *err) {
  pk_rc rc = hand_over(e, err);
  if (rc != PK_OK) return rc;
  if (e->n_odd && !e->n_understood)
    return pk_err_set(err, PK_E_SYNTAX, "no line below an entry makes sense, the first of them is line %llu",
                      (unsigned long long)e->first_odd);
  return e->n_definitions ? PK_OK : PK_UNCHANGED;
}

/* ---- a list ---- */

/* Is the name that of a list, so that another content is a fault? "list", "DSA.list", "…/data/DLA/list"; not "…/CPE/list". */
static bool is_list_name(pk_str name) {
  static const char *const folders[] = {"/CVE/list", "/DSA/list", "/DLA/list", "/DTSA/list", "/ELA/list"};
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
    if (pk_str_ends(name, folders[i]) || pk_str_is(name, folders[i] + 1)) return true;
  return pk_str_find(name, '/') == name.n && (pk_str_is(name, "list") || pk_str_ends(name, ".list"));
}

/* Members of the tracker's archive that look like lists and are none: what the next point releases will fix is planned,
 * not done, and the entries would stand for the true ones of the same CVEs. */
static bool is_plan(pk_str name) {
  size_t slash = pk_str_rfind(name, '/');
  pk_str file = slash < name.n ? pk_str_sub(name, slash + 1, name.n) : name;
  return (pk_str_starts(file, "next-") && pk_str_ends(file, "point-update.txt")) || (slash < name.n && pk_str_ends(file, ".txt"));
}

/* Blank lines, "--", and marks of who works on what. source bugs.py re_empty, re_begin_claim, re_stop */
static bool is_between(pk_str line) {
  return !pk_str_trim(line).n || pk_str_starts(line, "--") || pk_str_starts(line, "begin claimed by") ||
         pk_str_starts(line, "end claimed by") || pk_str_starts(line, "STOP:");
}

static pk_rc refuse(const pk_lines *lines, bool is_list, pk_str line, pk_err *err) {
  if (!is_list) return PK_UNCHANGED;
  return pk_err_set(err, PK_E_SYNTAX, "line %llu: '%.*s' begins no entry of a list of the security tracker",
                    (unsigned long long)lines->number, PK_FMT(pk_str_cut(line, 80)));
}

static pk_rc read_line(pk_debian_entries *e, const pk_lines *lines, pk_str line, bool *is_list, pk_err *err) {
  if (is_between(line)) return PK_OK;
  bool is_indented = line.p[0] == ' ' || line.p[0] == '\t';
  if (is_indented && e->is_open) return pk_debian_entries_add(e, line, lines->number, err);
  if (is_indented) return refuse(lines, *is_list, line, err);
  pk_rc rc = pk_debian_entries_begin(e, line, err);
  if (rc == PK_NOTFOUND) return refuse(lines, *is_list, line, err);
  *is_list = true; /* what has one header is a list, whatever its name */
  return rc;
}

pk_rc pk_debian_list_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  pk_lines lines;
  pk_str line;
  bool is_list = is_list_name(pk_str_of(d->name));
  if (is_plan(pk_str_of(d->name))) return PK_UNCHANGED;
  pk_lines_init(&lines, d->in, LINE_MAX_BYTES);
  pk_debian_entries *e = pk_debian_entries_new(d, sink);
  pk_rc rc;
  bool is_empty = true;
  while ((rc = pk_lines_next(&lines, &line, err)) == PK_OK) {
    is_empty = false;
    if ((rc = read_line(e, &lines, line, &is_list, err)) != PK_OK) break;
  }
  if (rc == PK_END && is_empty && is_list) rc = pk_err_set(err, PK_E_SYNTAX, "the list is empty");
  if (rc == PK_END) rc = pk_debian_entries_end(e, err);
  pk_debian_entries_free(&e);
  pk_lines_fini(&lines);
  return rc;
}
