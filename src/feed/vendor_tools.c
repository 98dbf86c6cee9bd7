/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/vendor_tools.h"

#include "base/times.h"

#include <ctype.h>
#include <stdlib.h>

pk_rc pk_vendor_full(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "the document takes too much memory"); }

/* ---- texts ---- */

bool pk_vendor_is_word(pk_str text) {
  if (text.n == 0 || text.n > PK_FIELD_MAX || !pk_str_utf8(text)) return false;
  for (size_t i = 0; i < text.n; i++)
    if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f) return false;
  return true;
}

pk_str pk_vendor_cut(pk_str text, size_t max) {
  text = pk_str_cut(text, max);
  return pk_str_utf8(text) ? text : PK_STR("");
}

pk_str pk_vendor_title(pk_str text) {
  pk_str line;
  while (pk_str_split(&text, '\n', &line)) {
    line = pk_str_trim(line);
    if (line.n) return pk_str_trim(pk_vendor_cut(line, PK_DEFINITION_TITLE_MAX));
  }
  return PK_STR("");
}

pk_rc pk_vendor_lower(pk_str text, pk_arena *arena, pk_str *ret, pk_err *err) {
  char *p = pk_arena_alloc(arena, text.n + 1);
  if (!p) return pk_vendor_full(err);
  for (size_t i = 0; i < text.n; i++) p[i] = (char)tolower((unsigned char)text.p[i]);
  *ret = (pk_str){p, text.n};
  return PK_OK;
}

int pk_vendor_severity_rank(pk_str word) {
  static const struct {
    const char *word;
    int rank;
  } ranks[] = {{"critical", 5}, {"important", 4}, {"high", 4},       {"moderate", 3}, {"medium", 3},
               {"low", 2},      {"minor", 2},     {"negligible", 1}, {"none", 1}};
  for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++)
    if (pk_str_is_nocase(word, ranks[i].word)) return ranks[i].rank;
  return 0;
}

int64_t pk_vendor_time(pk_str text) {
  int64_t at;
  return pk_time_parse_iso(text, &at) == PK_OK && at > 0 ? at : 0;
}

pk_str pk_vendor_cve(pk_str text) {
  text = pk_str_trim(text);
  if (text.n > PK_FIELD_MAX) return PK_STR("");
  for (size_t i = 0; i < text.n; i++) {
    pk_str tail = pk_str_sub(text, i, text.n);
    if ((i == 0 || text.p[i - 1] == '-') && pk_cve_number(tail) != 0) return tail;
    if (!isupper((unsigned char)text.p[i]) && text.p[i] != '-') break; /* no prefix: part of an address, of a file's name */
  }
  return PK_STR("");
}

pk_rc pk_vendor_evr(pk_str epoch, pk_str version, pk_arena *arena, pk_str *ret, pk_err *err) {
  if (epoch.n == 0) {
    *ret = version;
    return PK_OK;
  }
  char *p = pk_arena_alloc(arena, epoch.n + 1 + version.n + 1);
  if (!p) return pk_vendor_full(err);
  memcpy(p, epoch.p, epoch.n);
  p[epoch.n] = ':';
  if (version.n) memcpy(p + epoch.n + 1, version.p, version.n);
  *ret = (pk_str){p, epoch.n + 1 + version.n};
  return PK_OK;
}

bool pk_vendor_arch_is_source(pk_str arch) {
  return pk_str_is(arch, "src") || pk_str_is(arch, "nosrc") || pk_str_is(arch, "source");
}

/* rpm's lib/rpmrc "arch_compat" as far as distributions build for them, and what stands in their place. */
static bool is_arch(pk_str text) {
  static const char *const archs[] = {"x86_64",  "noarch", "aarch64", "i686",      "src",   "ppc64le",     "s390x",  "i586",
                                      "i386",    "i486",   "ppc64",   "ppc",       "s390",  "ia64",        "nosrc",  "riscv64",
                                      "armv7hl", "armv7l", "armv6hl", "armv6l",    "armhf", "loongarch64", "athlon", "sparc64",
                                      "sparcv9", "sparc",  "alpha",   "x86_64_v2", "amd64", "arm64",       "sw_64"};
  for (size_t i = 0; i < sizeof archs / sizeof archs[0]; i++)
    if (pk_str_is(text, archs[i])) return true;
  return false;
}

bool pk_vendor_nevra(pk_str text, pk_nevra *ret) {
  *ret = (pk_nevra){.name = text};
  if (pk_str_ends(text, ".rpm")) ret->name = pk_str_sub(text, 0, text.n - 4);
  size_t dot = pk_str_rfind(ret->name, '.');
  if (dot < ret->name.n && is_arch(pk_str_sub(ret->name, dot + 1, ret->name.n))) {
    ret->arch = pk_str_sub(ret->name, dot + 1, ret->name.n);
    ret->name = pk_str_sub(ret->name, 0, dot);
  }
  size_t release = pk_str_rfind(ret->name, '-');
  size_t version = pk_str_rfind(pk_str_sub(ret->name, 0, release), '-');
  if (release + 1 >= ret->name.n || version + 1 >= release || version == 0) return false;
  pk_str evr = pk_str_sub(ret->name, version + 1, ret->name.n);
  size_t colon = pk_str_find(evr, ':');
  uint64_t epoch;
  if (colon < evr.n && pk_str_u64(pk_str_sub(evr, 0, colon), &epoch)) {
    ret->epoch = pk_str_sub(evr, 0, colon);
    evr = pk_str_sub(evr, colon + 1, evr.n);
  }
  ret->version = evr;
  ret->name = pk_str_sub(ret->name, 0, version);
  return true;
}

/* ---- CVEs of a definition ---- */

/* One more item of a growing array in an arena. */
static bool room(pk_arena *arena, void *array_place, size_t n, size_t *cap, size_t size) {
  void *array;
  memcpy(&array, array_place, sizeof array);
  if (!pk_arena_grow(arena, &array, n, cap, size)) return false;
  memcpy(array_place, &array, sizeof array);
  return true;
}

pk_rc pk_vendor_cves_add(pk_vendor_cves *cves, pk_str text, pk_err *err) {
  pk_str name = pk_vendor_cve(text);
  if (name.n == 0) return PK_OK;
  if (!room(cves->arena, &cves->numbers, cves->n, &cves->cap, sizeof *cves->numbers)) return pk_vendor_full(err);
  cves->numbers[cves->n++] = pk_cve_number(name);
  return PK_OK;
}

static int by_number(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

pk_rc pk_vendor_cves_list(pk_vendor_cves *cves, const pk_str **ret, size_t *ret_n, pk_err *err) {
  pk_str *list = pk_arena_alloc(cves->arena, cves->n * sizeof *list);
  if (!list) return pk_vendor_full(err);
  size_t n = 0;
  if (cves->n) qsort(cves->numbers, cves->n, sizeof *cves->numbers, by_number);
  for (size_t i = 0; i < cves->n; i++) {
    if (i && cves->numbers[i] == cves->numbers[i - 1]) continue;
    char name[32];
    pk_cve_format(cves->numbers[i], name);
    if (n == PK_DEFINITION_CVES_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %zu CVEs", PK_DEFINITION_CVES_MAX);
    if (!pk_arena_copy(cves->arena, pk_str_of(name), &list[n++])) return pk_vendor_full(err);
  }
  *ret = list;
  *ret_n = n;
  return PK_OK;
}

/* ---- rules of a definition ---- */

/* Longest texts of one rule together, and of one package name with its place. */
#define KEY_BYTES_MAX ((size_t)64 << 10)

void pk_vendor_rules_init(pk_vendor_rules *rules, pk_arena *arena) {
  *rules = (pk_vendor_rules){.arena = arena};
  pk_map_init(&rules->kind_places, true);
  pk_map_init(&rules->entry_places, true);
  pk_buf_init(&rules->key, KEY_BYTES_MAX);
}

void pk_vendor_rules_fini(pk_vendor_rules *rules) {
  pk_map_fini(&rules->kind_places);
  pk_map_fini(&rules->entry_places);
  pk_buf_free(&rules->key);
}

static void begin_key(pk_vendor_rules *rules) {
  rules->key.n = 0;
  rules->key.over = false;
}

static void key_text(pk_vendor_rules *rules, pk_str text) {
  pk_buf_varint(&rules->key, text.n);
  pk_buf_str(&rules->key, text);
}

static pk_rc kind_of(pk_vendor_rules *rules, const pk_rule *rule, size_t *ret, pk_err *err) {
  const pk_str texts[] = {rule->platform, rule->module, rule->introduced, rule->fixed, rule->last, rule->advisory, rule->note};
  begin_key(rules);
  pk_buf_varint(&rules->key, (uint64_t)rule->state * 2 + rule->is_source);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) key_text(rules, texts[i]);
  if (rules->key.over) return pk_err_set(err, PK_E_LIMIT, "texts of more than %zu bytes about one package", KEY_BYTES_MAX);
  uint64_t *place = pk_map_put(&rules->kind_places, pk_buf_view(&rules->key), NULL);
  if (*place == 0) {
    if (!room(rules->arena, &rules->kinds, rules->n_kinds, &rules->kinds_cap, sizeof *rules->kinds)) return pk_vendor_full(err);
    rules->kinds[rules->n_kinds] = *rule;
    *place = ++rules->n_kinds;
  }
  *ret = (size_t)*place - 1;
  return PK_OK;
}

static pk_rc entry_of(pk_vendor_rules *rules, size_t kind, pk_str name, pk_vendor_rule_entry **ret, pk_err *err) {
  begin_key(rules);
  pk_buf_varint(&rules->key, kind);
  pk_buf_str(&rules->key, name);
  uint64_t *place = pk_map_put(&rules->entry_places, pk_buf_view(&rules->key), NULL);
  if (*place == 0) {
    if (!room(rules->arena, &rules->entries, rules->n_entries, &rules->entries_cap, sizeof *rules->entries)) return pk_vendor_full(err);
    rules->entries[rules->n_entries] = (pk_vendor_rule_entry){.kind = kind, .name = name};
    *place = ++rules->n_entries;
  }
  *ret = &rules->entries[*place - 1];
  return PK_OK;
}

static pk_rc add_arch(pk_vendor_rules *rules, pk_vendor_rule_entry *entry, pk_str arch, pk_err *err) {
  if (arch.n == 0 || pk_str_is(arch, "noarch") || pk_str_is(arch, "all")) {
    entry->any_arch = true;
    return PK_OK;
  }
  size_t i = 0;
  while (i < rules->n_archs && !pk_str_eq(rules->archs[i], arch)) i++;
  if (i == PK_VENDOR_ARCHS_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %d architectures", PK_VENDOR_ARCHS_MAX);
  if (i == rules->n_archs) rules->archs[rules->n_archs++] = arch;
  entry->archs |= (uint64_t)1 << i;
  return PK_OK;
}

pk_rc pk_vendor_rules_add(pk_vendor_rules *rules, const pk_rule *rule, pk_str name, pk_err *err) {
  const pk_str words[] = {rule->arch, rule->module, rule->introduced, rule->fixed, rule->last};
  if (!pk_vendor_is_word(name))
    return pk_err_set(err, PK_E_SYNTAX, "package name '%.*s' is empty, too long or has blanks", PK_FMT(pk_vendor_cut(name, 80)));
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (words[i].n && !pk_vendor_is_word(words[i]))
      return pk_err_set(err, PK_E_SYNTAX, "package '%.*s': version, architecture or module '%.*s' is too long or has blanks",
                        PK_FMT(name), PK_FMT(pk_vendor_cut(words[i], 80)));
  size_t kind = 0;
  pk_vendor_rule_entry *entry = NULL;
  pk_rc rc = kind_of(rules, rule, &kind, err);
  if (rc == PK_OK) rc = entry_of(rules, kind, name, &entry, err);
  if (rc == PK_OK) rc = add_arch(rules, entry, rule->arch, err);
  return rc;
}

static int by_text(const void *a, const void *b) { return pk_str_cmp(*(const pk_str *)a, *(const pk_str *)b); }

/* "aarch64|s390x|x86_64" */
static pk_rc arch_text(const pk_vendor_rules *rules, uint64_t archs, pk_str *ret, pk_err *err) {
  pk_str names[PK_VENDOR_ARCHS_MAX];
  size_t n = 0, bytes = 0;
  for (size_t i = 0; i < rules->n_archs; i++) {
    if (!(archs >> i & 1)) continue;
    names[n++] = rules->archs[i];
    bytes += rules->archs[i].n + 1;
  }
  *ret = PK_STR("");
  if (n == 0) return PK_OK;
  qsort(names, n, sizeof names[0], by_text);
  char *p = pk_arena_alloc(rules->arena, bytes);
  if (!p) return pk_vendor_full(err);
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    if (i) p[at++] = '|';
    memcpy(p + at, names[i].p, names[i].n);
    at += names[i].n;
  }
  *ret = (pk_str){p, at};
  return PK_OK;
}

typedef struct listing {
  pk_rule *rules;
  size_t n, cap;
  pk_map places; /* kind and architectures → place from 1 */
} listing;

/* The rule of an entry; its number of names grows by one. */
static pk_rc rule_of(pk_vendor_rules *rules, const pk_vendor_rule_entry *e, listing *l, size_t *ret, pk_err *err) {
  uint64_t archs = e->any_arch ? 0 : e->archs;
  begin_key(rules);
  pk_buf_varint(&rules->key, e->kind);
  pk_buf_varint(&rules->key, archs);
  uint64_t *place = pk_map_put(&l->places, pk_buf_view(&rules->key), NULL);
  if (*place == 0) {
    if (l->n == PK_DEFINITION_RULES_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %zu rules", PK_DEFINITION_RULES_MAX);
    if (!room(rules->arena, &l->rules, l->n, &l->cap, sizeof *l->rules)) return pk_vendor_full(err);
    pk_rule *rule = &l->rules[l->n];
    *rule = rules->kinds[e->kind];
    rule->names = NULL;
    rule->n_names = 0;
    pk_rc rc = arch_text(rules, archs, &rule->arch, err);
    if (rc != PK_OK) return rc;
    *place = ++l->n;
  }
  *ret = (size_t)*place - 1;
  if (++l->rules[*ret].n_names > PK_RULE_NAMES_MAX)
    return pk_err_set(err, PK_E_LIMIT, "more than %zu packages in one rule", PK_RULE_NAMES_MAX);
  return PK_OK;
}

/* Every rule's array of names, filled in the order of the entries. */
static pk_rc fill_names(const pk_vendor_rules *rules, listing *l, const size_t *rule_of_entry, pk_err *err) {
  pk_str *names = pk_arena_alloc(rules->arena, rules->n_entries * sizeof *names);
  pk_str **next = pk_arena_alloc(rules->arena, l->n * sizeof *next);
  if (!names || !next) return pk_vendor_full(err);
  for (size_t i = 0; i < l->n; i++) {
    l->rules[i].names = next[i] = names;
    names += l->rules[i].n_names;
  }
  for (size_t i = 0; i < rules->n_entries; i++) *next[rule_of_entry[i]]++ = rules->entries[i].name;
  return PK_OK;
}

pk_rc pk_vendor_rules_list(pk_vendor_rules *rules, const pk_rule **ret, size_t *ret_n, pk_err *err) {
  listing l = {0};
  size_t *rule_of_entry = pk_arena_alloc(rules->arena, rules->n_entries * sizeof *rule_of_entry);
  if (!rule_of_entry) return pk_vendor_full(err);
  pk_map_init(&l.places, true);
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < rules->n_entries; i++)
    rc = rule_of(rules, &rules->entries[i], &l, &rule_of_entry[i], err);
  if (rc == PK_OK) rc = fill_names(rules, &l, rule_of_entry, err);
  pk_map_fini(&l.places);
  if (rc != PK_OK) return rc;
  *ret = l.rules;
  *ret_n = l.n;
  return PK_OK;
}

/* ---- package URLs ---- */

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)tolower((unsigned char)c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decode; '+' stands for itself. outcome PK_NOTFOUND for what cannot be decoded */
static pk_rc decode(pk_str text, pk_arena *arena, pk_str *ret, pk_err *err) {
  *ret = text;
  if (pk_str_find(text, '%') == text.n) return PK_OK;
  char *p = pk_arena_alloc(arena, text.n);
  if (!p) return pk_vendor_full(err);
  size_t n = 0;
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] != '%') {
      p[n++] = text.p[i];
      continue;
    }
    int high = i + 2 < text.n ? hex(text.p[i + 1]) : -1, low = i + 2 < text.n ? hex(text.p[i + 2]) : -1;
    if (high < 0 || low < 0) return PK_NOTFOUND;
    p[n++] = (char)(high * 16 + low);
    i += 2;
  }
  *ret = (pk_str){p, n};
  return PK_OK;
}

static pk_rc qualifiers(pk_str text, pk_arena *arena, pk_purl *u, pk_err *err) {
  const struct {
    const char *key;
    pk_str *value;
  } known[] = {{"arch", &u->arch}, {"epoch", &u->epoch}, {"distro", &u->distro}, {"rpmmod", &u->module}};
  pk_str part;
  while (pk_str_split(&text, '&', &part)) {
    size_t eq = pk_str_find(part, '=');
    pk_rc rc = PK_OK;
    for (size_t i = 0; rc == PK_OK && i < sizeof known / sizeof known[0]; i++)
      if (pk_str_is_nocase(pk_str_sub(part, 0, eq), known[i].key))
        rc = decode(pk_str_sub(part, eq + 1, part.n), arena, known[i].value, err);
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}

pk_rc pk_purl_parse(pk_str text, pk_arena *arena, pk_purl *ret, pk_err *err) {
  pk_purl u = {0};
  if (!pk_str_starts(text, "pkg:")) return PK_NOTFOUND;
  text = pk_str_sub(text, 4, pk_str_find(text, '#'));
  while (text.n && text.p[0] == '/') text = pk_str_sub(text, 1, text.n);
  size_t query = pk_str_find(text, '?');
  pk_rc rc = qualifiers(pk_str_sub(text, query + 1, text.n), arena, &u, err);
  text = pk_str_sub(text, 0, query);
  size_t type = pk_str_find(text, '/');
  u.type = pk_str_sub(text, 0, type);
  text = pk_str_sub(text, type + 1, text.n);
  size_t version = pk_str_rfind(text, '@');
  if (rc == PK_OK) rc = decode(pk_str_sub(text, version + 1, text.n), arena, &u.version, err);
  text = pk_str_sub(text, 0, version);
  size_t name = pk_str_rfind(text, '/');
  bool has_vendor = name < text.n;
  if (rc == PK_OK && has_vendor) rc = decode(pk_str_sub(text, 0, name), arena, &u.vendor, err);
  if (rc == PK_OK) rc = decode(has_vendor ? pk_str_sub(text, name + 1, text.n) : text, arena, &u.name, err);
  if (rc != PK_OK) return rc;
  if (u.type.n == 0 || u.name.n == 0) return PK_NOTFOUND;
  /* of "name:stream:version:context" the host's side knows the first two for certain */
  size_t stream = pk_str_find(u.module, ':');
  size_t rest = pk_str_find(pk_str_sub(u.module, stream + 1, u.module.n), ':');
  u.module = stream < u.module.n ? pk_str_sub(u.module, 0, stream + 1 + rest) : PK_STR("");
  *ret = u;
  return PK_OK;
}
