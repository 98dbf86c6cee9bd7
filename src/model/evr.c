/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evr.h"

#include <limits.h>

pk_evr pk_evr_split(pk_str text) {
  pk_evr e = {0};
  size_t colon = pk_str_find(text, ':');
  if (colon < text.n) {
    e.epoch = pk_str_sub(text, 0, colon);
    text = pk_str_sub(text, colon + 1, text.n);
  }
  size_t dash = pk_str_rfind(text, '-');
  e.version = pk_str_sub(text, 0, dash);
  if (dash < text.n) {
    e.release = pk_str_sub(text, dash + 1, text.n);
    e.has_release = true;
  }
  return e;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static int sign(int c) { return (c > 0) - (c < 0); }

/* Byte i, or NUL behind the end. */
static char at(pk_str s, size_t i) { return i < s.n ? s.p[i] : '\0'; }

/* Two runs of digits as numbers of any length. */
static int cmp_digits(pk_str a, pk_str b) {
  while (a.n && a.p[0] == '0') a.p++, a.n--;
  while (b.n && b.p[0] == '0') b.p++, b.n--;
  if (a.n != b.n) return a.n < b.n ? -1 : 1;
  return a.n ? sign(memcmp(a.p, b.p, a.n)) : 0;
}

static pk_str run_of(pk_str s, size_t from, bool (*belongs)(char)) {
  size_t to = from;
  while (to < s.n && belongs(s.p[to])) to++;
  return pk_str_sub(s, from, to);
}

static bool is_rpm_separator(char c) { return !is_digit(c) && !is_alpha(c) && c != '~' && c != '^'; }

/* rpmio/rpmvercmp.c of rpm 4.18 */
static int cmp_rpm(pk_str a, pk_str b) {
  size_t i = 0, j = 0;
  if (pk_str_eq(a, b)) return 0;
  while (i < a.n || j < b.n) {
    i += run_of(a, i, is_rpm_separator).n;
    j += run_of(b, j, is_rpm_separator).n;
    char x = at(a, i), y = at(b, j);
    if (x == '~' || y == '~') { /* before everything, even the end */
      if (x != '~') return 1;
      if (y != '~') return -1;
      i++, j++;
      continue;
    }
    if (x == '^' || y == '^') { /* behind the end, before everything else */
      if (i >= a.n) return -1;
      if (j >= b.n) return 1;
      if (x != '^') return 1;
      if (y != '^') return -1;
      i++, j++;
      continue;
    }
    if (i >= a.n || j >= b.n) break;
    bool number = is_digit(x);
    pk_str s = run_of(a, i, number ? is_digit : is_alpha), t = run_of(b, j, number ? is_digit : is_alpha);
    if (t.n == 0) return number ? 1 : -1; /* of different kinds: the number is newer */
    int c = number ? cmp_digits(s, t) : sign(pk_str_cmp(s, t));
    if (c != 0) return c;
    i += s.n, j += t.n;
  }
  if (i >= a.n && j >= b.n) return 0;
  return i >= a.n ? -1 : 1;
}

/* Weight of a character outside digits: tilde, end (or a digit), letters, the rest. dpkg lib/dpkg/version.c order() */
static int deb_weight(pk_str s, size_t i) {
  if (i >= s.n || is_digit(s.p[i])) return 0;
  char c = s.p[i];
  if (is_alpha(c)) return c;
  if (c == '~') return -1;
  return (unsigned char)c + 256;
}

static int cmp_deb(pk_str a, pk_str b) {
  size_t i = 0, j = 0;
  while (i < a.n || j < b.n) {
    while ((i < a.n && !is_digit(a.p[i])) || (j < b.n && !is_digit(b.p[j]))) {
      int c = deb_weight(a, i) - deb_weight(b, j);
      if (c != 0) return sign(c);
      i++, j++;
    }
    pk_str s = run_of(a, i, is_digit), t = run_of(b, j, is_digit);
    int c = cmp_digits(s, t);
    if (c != 0) return c;
    i += s.n, j += t.n;
  }
  return 0;
}

static int cmp_parts(pk_package_type type, pk_evr x, pk_evr y) {
  if (type == PK_TYPE_DEB) {
    int c = cmp_deb(x.version, y.version);
    return c ? c : cmp_deb(x.release, y.release);
  }
  int c = cmp_rpm(x.version, y.version);
  if (c != 0) return c;
  if (x.has_release != y.has_release) return x.has_release ? 1 : -1;
  return cmp_rpm(x.release, y.release);
}

int pk_evr_cmp(pk_package_type type, pk_str a, pk_str b) {
  pk_evr x = pk_evr_split(a), y = pk_evr_split(b);
  int c = cmp_digits(x.epoch, y.epoch);
  return c ? c : cmp_parts(type, x, y);
}

int pk_evr_cmp_told(pk_package_type type, pk_str a, pk_str b) {
  pk_evr x = pk_evr_split(a), y = pk_evr_split(b);
  if (type == PK_TYPE_DEB || (x.epoch.n && y.epoch.n)) {
    int c = cmp_digits(x.epoch, y.epoch);
    if (c != 0) return c;
  }
  return cmp_parts(type, x, y);
}

int pk_evr_cmp_asked(pk_package_type type, pk_str installed, pk_str asked) {
  pk_evr x = pk_evr_split(installed), y = pk_evr_split(asked);
  if (y.epoch.n) {
    int c = cmp_digits(x.epoch, y.epoch);
    if (c != 0) return c;
  }
  if (!y.has_release) {
    x.release = PK_STR("");
    x.has_release = false;
  }
  return cmp_parts(type, x, y);
}

static bool all_of(pk_str s, const char *punctuation) {
  for (size_t i = 0; i < s.n; i++)
    if (!is_digit(s.p[i]) && !is_alpha(s.p[i]) && (s.p[i] == '\0' || !strchr(punctuation, s.p[i]))) return false;
  return true;
}

pk_evr_validity pk_evr_deb_validity(pk_str text) {
  text = pk_str_trim(text);
  if (text.n == 0 || pk_str_find(text, ' ') < text.n || pk_str_find(text, '\t') < text.n) return PK_EVR_INVALID;
  pk_evr e = pk_evr_split(text);
  if (pk_str_find(text, ':') < text.n) {
    uint64_t epoch;
    if (!pk_str_u64(e.epoch, &epoch) || epoch > INT_MAX) return PK_EVR_INVALID;
  }
  if (e.version.n == 0 || (e.has_release && e.release.n == 0)) return PK_EVR_INVALID;
  if (!is_digit(e.version.p[0]) || !all_of(e.version, ".-+~:") || !all_of(e.release, ".+~")) return PK_EVR_DUBIOUS;
  return PK_EVR_VALID;
}
