/* SPDX-License-Identifier: Apache-2.0
 *
 * str: borrowed text with a length, and a growing buffer that knows its maximum. */
#ifndef PK_BASE_STR_H
#define PK_BASE_STR_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Borrowed bytes; not NUL-terminated. `p` may be NULL when `n` is 0. */
typedef struct pk_str {
  const char *p;
  size_t n;
} pk_str;

#define PK_STR(literal) ((pk_str){"" literal, sizeof(literal) - 1})
/** For printf("%.*s", PK_FMT(s)). */
#define PK_FMT(s) (int)((s).n > 1024 ? 1024 : (s).n), (s).p ? (s).p : ""

pk_str pk_str_of(const char *text);
bool pk_str_eq(pk_str a, pk_str b);
bool pk_str_is(pk_str a, const char *text);
bool pk_str_is_nocase(pk_str a, const char *text);
/** Bytewise order, shorter first on a common prefix. */
int pk_str_cmp(pk_str a, pk_str b);
bool pk_str_starts(pk_str a, const char *prefix);
bool pk_str_ends(pk_str a, const char *suffix);
bool pk_str_has(pk_str a, const char *part);
/** Position of the first or last byte `c`, or `s.n` when there is none. */
size_t pk_str_find(pk_str s, char c);
size_t pk_str_rfind(pk_str s, char c);
pk_str pk_str_sub(pk_str s, size_t from, size_t to);
/** Without blanks, tabs, CR and LF at both ends. */
pk_str pk_str_trim(pk_str s);
/** Cut off and return the text before the next `sep`; `*rest` moves behind it.
 *  Returns false when nothing is left. */
bool pk_str_split(pk_str *rest, char sep, pk_str *ret_part);
/** The next word separated by blanks or tabs; false when there is none. */
bool pk_str_word(pk_str *rest, pk_str *ret_word);
/** Decimal number without sign; false when it is anything else or does not fit. */
bool pk_str_u64(pk_str s, uint64_t *ret_value);
/** Valid UTF-8 (RFC 3629) without NUL. */
bool pk_str_utf8(pk_str s);
/** At most `max` bytes of it, cut at a whole UTF-8 sequence. */
pk_str pk_str_cut(pk_str s, size_t max);
/** ASCII letters in lower case, in `buf`; what does not fit is cut off. */
pk_str pk_str_lower(pk_str s, char *buf, size_t size);
/** Copy into a NUL-terminated heap string that the caller frees. */
char *pk_str_dup(pk_str s);

/** Growing bytes with a named maximum. Going past it sets `over` and drops what is added after. */
typedef struct pk_buf {
  char *p;
  size_t n, cap, max;
  bool over;
} pk_buf;

void pk_buf_init(pk_buf *b, size_t max);
void pk_buf_free(pk_buf *b);
/** Make room for `n` more bytes at once; more than the maximum is left to pk_buf_add to refuse. */
void pk_buf_reserve(pk_buf *b, size_t n);
void pk_buf_add(pk_buf *b, const void *bytes, size_t n);
void pk_buf_puts(pk_buf *b, const char *text);
void pk_buf_putc(pk_buf *b, char c);
void pk_buf_str(pk_buf *b, pk_str s);
void pk_buf_printf(pk_buf *b, const char *fmt, ...) PK_PRINTF(2, 3);
/** NUL-terminated view, valid until the next change. */
const char *pk_buf_cstr(pk_buf *b);
pk_str pk_buf_view(const pk_buf *b);

/** LEB128 number: 7 bits a byte, low first. */
void pk_buf_varint(pk_buf *b, uint64_t v);
/** Read what pk_buf_varint wrote; false at the end or on a broken encoding. */
bool pk_varint_read(pk_str *rest, uint64_t *ret_value);

/** Memory or death: exhausted memory ends the process here and nowhere else. */
void *pk_alloc(size_t n);
void *pk_calloc(size_t n, size_t size);
void *pk_realloc_array(void *p, size_t n, size_t size);

/** Make room for one more item in a growing array; `*cap` doubles. */
#define PK_GROW(array, n, cap)                                                                     \
  do {                                                                                             \
    if ((n) == (cap)) {                                                                            \
      (cap) = (cap) ? (cap)*2 : 16;                                                                \
      (array) = pk_realloc_array((array), (cap), sizeof *(array));                                 \
    }                                                                                              \
  } while (0)

#endif
