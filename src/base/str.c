/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

pk_str pk_str_of(const char *text) { return (pk_str){text, text ? strlen(text) : 0}; }

bool pk_str_eq(pk_str a, pk_str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

bool pk_str_is(pk_str a, const char *text) { return pk_str_eq(a, pk_str_of(text)); }

bool pk_str_is_nocase(pk_str a, const char *text) {
  return a.n == strlen(text) && (a.n == 0 || strncasecmp(a.p, text, a.n) == 0);
}

int pk_str_cmp(pk_str a, pk_str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int c = n ? memcmp(a.p, b.p, n) : 0;
  if (c != 0) return c;
  return (a.n > b.n) - (a.n < b.n);
}

bool pk_str_starts(pk_str a, const char *prefix) {
  size_t n = strlen(prefix);
  return a.n >= n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

bool pk_str_ends(pk_str a, const char *suffix) {
  size_t n = strlen(suffix);
  return a.n >= n && (n == 0 || memcmp(a.p + a.n - n, suffix, n) == 0);
}

bool pk_str_has(pk_str a, const char *part) { return a.p && memmem(a.p, a.n, part, strlen(part)); }

size_t pk_str_find(pk_str s, char c) {
  const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
  return hit ? (size_t)(hit - s.p) : s.n;
}

size_t pk_str_rfind(pk_str s, char c) {
  const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
  return hit ? (size_t)(hit - s.p) : s.n;
}

pk_str pk_str_sub(pk_str s, size_t from, size_t to) {
  if (to > s.n) to = s.n;
  if (from > to) from = to;
  return (pk_str){s.p ? s.p + from : NULL, to - from};
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

pk_str pk_str_trim(pk_str s) {
  while (s.n && is_blank(s.p[0])) s.p++, s.n--;
  while (s.n && is_blank(s.p[s.n - 1])) s.n--;
  return s;
}

bool pk_str_split(pk_str *rest, char sep, pk_str *ret_part) {
  if (!rest->p || rest->n == 0) return false;
  size_t at = pk_str_find(*rest, sep);
  *ret_part = pk_str_sub(*rest, 0, at);
  *rest = at < rest->n ? pk_str_sub(*rest, at + 1, rest->n) : (pk_str){NULL, 0};
  return true;
}

bool pk_str_word(pk_str *rest, pk_str *ret_word) {
  size_t i = 0;
  while (i < rest->n && is_blank(rest->p[i])) i++;
  size_t from = i;
  while (i < rest->n && !is_blank(rest->p[i])) i++;
  if (i == from) return false;
  *ret_word = pk_str_sub(*rest, from, i);
  *rest = pk_str_sub(*rest, i, rest->n);
  return true;
}

bool pk_str_u64(pk_str s, uint64_t *ret_value) {
  uint64_t v = 0;
  if (s.n == 0 || s.n > 20) return false;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    uint64_t digit = (uint64_t)(s.p[i] - '0');
    if (v > (UINT64_MAX - digit) / 10) return false;
    v = v * 10 + digit;
  }
  *ret_value = v;
  return true;
}

/* Length of the UTF-8 sequence at p (n bytes left), 0 when it is not one. RFC 3629 section 4. */
static size_t utf8_sequence(const unsigned char *p, size_t n) {
  if (p[0] < 0x80) return p[0] ? 1 : 0;
  size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
  if (p[0] < 0xc2 || p[0] > 0xf4 || len > n) return 0;
  for (size_t i = 1; i < len; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if (p[0] == 0xe0 && p[1] < 0xa0) return 0; /* overlong */
  if (p[0] == 0xed && p[1] > 0x9f) return 0; /* surrogates */
  if (p[0] == 0xf0 && p[1] < 0x90) return 0; /* overlong */
  if (p[0] == 0xf4 && p[1] > 0x8f) return 0; /* beyond U+10FFFF */
  return len;
}

bool pk_str_utf8(pk_str s) {
  const unsigned char *p = (const unsigned char *)s.p;
  size_t i = 0;
  while (i < s.n) {
    /* eight ASCII bytes at a time: nearly all text that comes in is ASCII */
    uint64_t word;
    if (i + sizeof word <= s.n) {
      memcpy(&word, p + i, sizeof word);
      const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
      if (((word | (word - ones)) & tops) == 0) {
        i += sizeof word;
        continue;
      }
    }
    size_t len = utf8_sequence(p + i, s.n - i);
    if (len == 0) return false;
    i += len;
  }
  return true;
}

void *pk_alloc(size_t n) {
  void *p = malloc(n ? n : 1);
  if (!p) pk_panic("out of memory");
  return p;
}

void *pk_calloc(size_t n, size_t size) {
  void *p = calloc(n ? n : 1, size ? size : 1);
  if (!p) pk_panic("out of memory");
  return p;
}

void *pk_realloc_array(void *p, size_t n, size_t size) {
  void *q = reallocarray(p, n ? n : 1, size ? size : 1);
  if (!q) pk_panic("out of memory");
  return q;
}

pk_str pk_str_cut(pk_str s, size_t max) {
  if (s.n <= max) return s;
  while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80) max--;
  return pk_str_sub(s, 0, max);
}

pk_str pk_str_lower(pk_str s, char *buf, size_t size) {
  if (s.n > size) s.n = size;
  for (size_t i = 0; i < s.n; i++) buf[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
  return (pk_str){buf, s.n};
}

char *pk_str_dup(pk_str s) {
  char *copy = pk_alloc(s.n + 1);
  if (s.n) memcpy(copy, s.p, s.n);
  copy[s.n] = '\0';
  return copy;
}

void pk_buf_init(pk_buf *b, size_t max) { *b = (pk_buf){.max = max}; }

void pk_buf_free(pk_buf *b) {
  free(b->p);
  *b = (pk_buf){.max = b->max};
}

void pk_buf_reserve(pk_buf *b, size_t n) {
  if (n > b->max - b->n) return;
  size_t need = b->n + n + 1; /* one more for the NUL of pk_buf_cstr */
  if (need <= b->cap) return;
  b->p = pk_realloc_array(b->p, need, 1);
  b->cap = need;
}

static bool buf_room(pk_buf *b, size_t n) {
  if (b->over || n > b->max - b->n) {
    b->over = true;
    return false;
  }
  size_t need = b->n + n + 1;
  if (need > b->cap) {
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need) cap *= 2;
    b->p = pk_realloc_array(b->p, cap, 1);
    b->cap = cap;
  }
  return true;
}

void pk_buf_add(pk_buf *b, const void *bytes, size_t n) {
  if (!n || !buf_room(b, n)) return;
  memcpy(b->p + b->n, bytes, n);
  b->n += n;
}

void pk_buf_puts(pk_buf *b, const char *text) { pk_buf_add(b, text, strlen(text)); }
void pk_buf_putc(pk_buf *b, char c) { pk_buf_add(b, &c, 1); }
void pk_buf_str(pk_buf *b, pk_str s) { pk_buf_add(b, s.p, s.n); }

void pk_buf_printf(pk_buf *b, const char *fmt, ...) {
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  int n = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  if (n > 0 && buf_room(b, (size_t)n)) {
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    b->n += (size_t)n;
  }
  va_end(again);
}

const char *pk_buf_cstr(pk_buf *b) {
  if (!b->p) return "";
  b->p[b->n] = '\0';
  return b->p;
}

pk_str pk_buf_view(const pk_buf *b) { return (pk_str){b->p, b->n}; }

void pk_buf_varint(pk_buf *b, uint64_t v) {
  while (v >= 0x80) {
    pk_buf_putc(b, (char)(unsigned char)(v | 0x80));
    v >>= 7;
  }
  pk_buf_putc(b, (char)(unsigned char)v);
}

bool pk_varint_read(pk_str *rest, uint64_t *ret_value) {
  uint64_t v = 0;
  for (size_t i = 0; i < rest->n && i < 10; i++) {
    unsigned char c = (unsigned char)rest->p[i];
    if (i == 9 && c > 1) return false; /* more than 64 bits */
    v |= (uint64_t)(c & 0x7f) << (7 * i);
    if (c < 0x80) {
      *ret_value = v;
      *rest = pk_str_sub(*rest, i + 1, rest->n);
      return true;
    }
  }
  return false;
}
