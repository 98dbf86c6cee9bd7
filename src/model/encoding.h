/* SPDX-License-Identifier: Apache-2.0
 *
 * encoding: numbers and texts of the store's own compact form, written and read back. What is read was written by this
 * program, but a damaged database must not harm it: every length is checked, and the first fault ends the reading. */
#ifndef PK_MODEL_ENCODING_H
#define PK_MODEL_ENCODING_H

#include "base/arena.h"

static inline void pk_encode_text(pk_buf *out, pk_str s) {
  pk_buf_varint(out, s.n);
  pk_buf_str(out, s);
}

/** What is left, and the first fault; after one, everything reads as 0 and "". */
typedef struct pk_decoding {
  pk_str rest;
  pk_arena *arena;
  pk_err *err;
  pk_rc rc;
} pk_decoding;

static inline void pk_decode_fail(pk_decoding *in, pk_rc rc, const char *what) {
  if (in->rc == PK_OK)
    in->rc = rc == PK_E_LIMIT ? pk_err_set(in->err, rc, "a definition is too large: %s", what)
                              : pk_err_set(in->err, rc, "a stored definition is damaged (%s): run 'pakiti sync --force'", what);
  in->rest = (pk_str){in->rest.p, 0};
}

static inline uint64_t pk_decode_number(pk_decoding *in) {
  uint64_t v = 0;
  if (in->rc != PK_OK || pk_varint_read(&in->rest, &v)) return v;
  pk_decode_fail(in, PK_E_SYNTAX, "a number is cut off");
  return 0;
}

/** Borrowed. */
static inline pk_str pk_decode_text(pk_decoding *in) {
  uint64_t n = pk_decode_number(in);
  if (n > in->rest.n) pk_decode_fail(in, PK_E_SYNTAX, "a text is cut off");
  if (in->rc != PK_OK) return PK_STR("");
  pk_str text = pk_str_sub(in->rest, 0, (size_t)n);
  in->rest = pk_str_sub(in->rest, (size_t)n, in->rest.n);
  return text;
}

/** A number that must be less than `below`. */
static inline unsigned pk_decode_choice(pk_decoding *in, unsigned below) {
  uint64_t v = pk_decode_number(in);
  if (v < below) return (unsigned)v;
  pk_decode_fail(in, PK_E_SYNTAX, "an unknown kind");
  return 0;
}

/** Room for a list whose length comes next; every item takes at least a byte. */
static inline void *pk_decode_array(pk_decoding *in, size_t max, size_t size, size_t *ret_n) {
  uint64_t n = pk_decode_number(in);
  *ret_n = 0;
  if (n > max || n > in->rest.n) pk_decode_fail(in, PK_E_SYNTAX, "a list is too long");
  if (in->rc != PK_OK || !n) return NULL;
  void *list = pk_arena_alloc(in->arena, (size_t)n * size);
  if (!list) pk_decode_fail(in, PK_E_LIMIT, "it takes too much memory");
  *ret_n = list ? (size_t)n : 0;
  return list;
}

#endif
