/* SPDX-License-Identifier: Apache-2.0
 *
 * stream: reads a file or bytes, decompressing gz, bz2, xz and zstd as their own magic says, under limits
 * on what comes out. Plain content passes through. Nothing here trusts a name or a header. */
#ifndef PK_BASE_STREAM_H
#define PK_BASE_STREAM_H

#include "base/str.h"

typedef struct pk_stream pk_stream;

typedef struct pk_stream_limits {
  size_t out_bytes_max; /**< most bytes that may come out */
  size_t ratio_max;     /**< most output per input byte, applied above PK_STREAM_RATIO_FREE; 0: no such limit */
} pk_stream_limits;

/** A bomb is looked for only above this output: small files may well compress 1:5000. */
#define PK_STREAM_RATIO_FREE ((size_t)4 << 20)

pk_rc pk_stream_open_file(const char *path, pk_stream_limits limits, pk_stream **ret, pk_err *err) PK_MUST_USE;
/** The bytes are borrowed until the stream is closed. */
pk_rc pk_stream_open_bytes(pk_str bytes, pk_stream_limits limits, pk_stream **ret, pk_err *err) PK_MUST_USE;
/** Up to `cap` bytes; *ret_n 0 at the end.
 *  error  PK_E_LIMIT too much came out, PK_E_SYNTAX the compressed data is damaged */
pk_rc pk_stream_read(pk_stream *s, void *buf, size_t cap, size_t *ret_n, pk_err *err) PK_MUST_USE;
/** All that is left into `out`. */
pk_rc pk_stream_read_all(pk_stream *s, pk_buf *out, pk_err *err) PK_MUST_USE;
/** Decompressed bytes handed out so far. */
uint64_t pk_stream_bytes(const pk_stream *s);
void pk_stream_close(pk_stream **s);

/** Lines of a stream, without their end. A line longer than the limit is an error. */
typedef struct pk_lines {
  pk_stream *stream;
  char *block;
  size_t from, to, cap, line_max;
  uint64_t number; /**< of the line last returned, from 1 */
  bool ended;
} pk_lines;

void pk_lines_init(pk_lines *l, pk_stream *stream, size_t line_max);
void pk_lines_fini(pk_lines *l);
/** The next line, borrowed until the next call; PK_END at the end. */
pk_rc pk_lines_next(pk_lines *l, pk_str *ret_line, pk_err *err) PK_MUST_USE;

#endif
