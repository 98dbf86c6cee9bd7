/* SPDX-License-Identifier: Apache-2.0 */
#include "model/platform.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>

#define GROUPS 10
/* Longest operating system name that is looked at. */
#define OS_MAX 255

typedef struct rule {
  regex_t pattern;
  char *platform, *judged_as;
  pk_package_type type;
} rule;

struct pk_platform_map {
  rule *rules;
  size_t n, cap;
};

static pk_rc add_rule(pk_platform_map *map, pk_str line, const char *where, uint64_t number, pk_err *err) {
  pk_str pattern, platform, type, judged_as = PK_STR("");
  if (!pk_str_split(&line, '\t', &pattern) || !pk_str_split(&line, '\t', &platform) || !pk_str_split(&line, '\t', &type))
    return pk_err_set(err, PK_E_CONFIG, "%s:%llu: a line needs pattern, platform and type, separated by tabs", where,
                      (unsigned long long)number);
  pk_str_split(&line, '\t', &judged_as);
  PK_GROW(map->rules, map->n, map->cap);
  rule *r = &map->rules[map->n];
  char *text = pk_str_dup(pattern);
  int bad = regcomp(&r->pattern, text, REG_EXTENDED | REG_ICASE);
  free(text);
  if (bad) {
    char why[128];
    regerror(bad, &r->pattern, why, sizeof why);
    return pk_err_set(err, PK_E_CONFIG, "%s:%llu: pattern: %s", where, (unsigned long long)number, why);
  }
  r->platform = pk_str_dup(pk_str_trim(platform));
  r->judged_as = pk_str_dup(pk_str_trim(judged_as));
  r->type = pk_package_type_of(pk_str_trim(type));
  map->n++;
  if (r->type == PK_TYPE_UNKNOWN)
    return pk_err_set(err, PK_E_CONFIG, "%s:%llu: type '%.*s' is none of rpm, deb, other", where, (unsigned long long)number,
                      PK_FMT(type));
  return PK_OK;
}

pk_rc pk_platform_map_new(pk_str table, const char *where, pk_platform_map **ret, pk_err *err) {
  pk_platform_map *map = pk_calloc(1, sizeof *map);
  pk_rc rc = PK_OK;
  pk_str line;
  for (uint64_t number = 1; rc == PK_OK && pk_str_split(&table, '\n', &line); number++) {
    pk_str content = pk_str_trim(line);
    if (content.n && content.p[0] != '#') rc = add_rule(map, line, where, number, err);
  }
  if (rc != PK_OK)
    pk_platform_map_free(&map);
  else
    *ret = map;
  return rc;
}

void pk_platform_map_override(pk_platform_map *map, pk_platform_map *first) {
  for (size_t i = 0; i < map->n; i++) {
    PK_GROW(first->rules, first->n, first->cap);
    first->rules[first->n++] = map->rules[i];
  }
  free(map->rules);
  *map = *first;
  free(first);
}

void pk_platform_map_free(pk_platform_map **map) {
  if (!*map) return;
  for (size_t i = 0; i < (*map)->n; i++) {
    regfree(&(*map)->rules[i].pattern);
    free((*map)->rules[i].platform);
    free((*map)->rules[i].judged_as);
  }
  free((*map)->rules);
  free(*map);
  *map = NULL;
}

static void expand(const char *template, const char *os, const regmatch_t *groups, char *ret_name) {
  size_t n = 0;
  for (const char *t = template; *t && n < PK_PLATFORM_MAX; t++) {
    if (t[0] == '\\' && isdigit((unsigned char)t[1])) {
      const regmatch_t *g = &groups[*++t - '0'];
      for (regoff_t k = g->rm_so; k >= 0 && k < g->rm_eo && n < PK_PLATFORM_MAX; k++)
        ret_name[n++] = (char)tolower((unsigned char)os[k]);
    } else {
      ret_name[n++] = *t;
    }
  }
  ret_name[n] = '\0';
}

static const rule *find_rule(const pk_platform_map *map, pk_str os, char *text, regmatch_t *groups) {
  os = pk_str_trim(os);
  if (os.n == 0 || os.n > OS_MAX) return NULL;
  memcpy(text, os.p, os.n);
  text[os.n] = '\0';
  for (size_t i = 0; i < map->n; i++)
    if (regexec(&map->rules[i].pattern, text, GROUPS, groups, 0) == 0) return &map->rules[i];
  return NULL;
}

pk_rc pk_platform_map_find(const pk_platform_map *map, pk_str os, char *ret_name, pk_package_type *ret_type) {
  char text[OS_MAX + 1];
  regmatch_t groups[GROUPS];
  const rule *r = find_rule(map, os, text, groups);
  if (!r) return PK_NOTFOUND;
  expand(r->platform, text, groups, ret_name);
  *ret_type = r->type;
  return PK_OK;
}

void pk_platform_map_judged_as(const pk_platform_map *map, pk_str platform, char *ret_name) {
  char text[OS_MAX + 1], spaced[PK_PLATFORM_MAX + 1];
  regmatch_t groups[GROUPS];
  ret_name[0] = '\0';
  if (platform.n > PK_PLATFORM_MAX) return;
  for (size_t i = 0; i < platform.n; i++) spaced[i] = platform.p[i] == ':' ? ' ' : platform.p[i];
  const rule *r = find_rule(map, (pk_str){spaced, platform.n}, text, groups);
  if (r) expand(r->judged_as, text, groups, ret_name);
}

pk_rc pk_platform_canonical(const pk_platform_map *map, pk_str text, char *ret_name, pk_package_type *ret_type, pk_err *err) {
  char spaced[PK_PLATFORM_MAX + 1];
  text = pk_str_trim(text);
  if (text.n == 0 || text.n > PK_PLATFORM_MAX)
    return pk_err_set(err, PK_E_SYNTAX, "platform '%.*s': give NAME:RELEASE, for example debian:12 or rhel:9.4", PK_FMT(text));
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (!isalnum((unsigned char)c) && (c == '\0' || !strchr(":.-_ /", c)))
      return pk_err_set(err, PK_E_SYNTAX, "platform '%.*s': give NAME:RELEASE, for example debian:12 or rhel:9.4", PK_FMT(text));
    spaced[i] = c == ':' ? ' ' : c;
  }
  spaced[text.n] = '\0';
  *ret_type = PK_TYPE_UNKNOWN;
  if (pk_platform_map_find(map, (pk_str){spaced, text.n}, ret_name, ret_type) == PK_OK) return PK_OK;
  for (size_t i = 0; i <= text.n; i++) ret_name[i] = i < text.n ? (char)tolower((unsigned char)text.p[i]) : '\0';
  return PK_OK;
}

bool pk_platform_covers(pk_str feed, pk_str host) {
  if (feed.n > host.n || memcmp(feed.p, host.p, feed.n) != 0) return false;
  return feed.n == host.n || host.p[feed.n] == '.' || (host.p[feed.n] == ':' && pk_str_find(feed, ':') == feed.n);
}

pk_str pk_platform_arch(pk_package_type type, pk_str arch) {
  static const char *const words[][2] = {/* rpm, deb */
                                         {"x86_64", "amd64"}, {"aarch64", "arm64"},  {"i686", "i386"},   {"i586", "i386"},
                                         {"armv7l", "armhf"}, {"armv7hl", "armhf"}, {"ppc64le", "ppc64el"}};
  if (type != PK_TYPE_RPM && type != PK_TYPE_DEB) return arch;
  int from = type == PK_TYPE_RPM ? 1 : 0, to = 1 - from;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (pk_str_is(arch, words[i][from])) return pk_str_of(words[i][to]);
  return arch;
}
