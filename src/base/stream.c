/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES ((size_t)256 * 1024)

struct pk_stream {
  struct archive *archive;
  pk_stream_limits limits;
  uint64_t out_bytes;
  bool empty;
};

static pk_rc stream_fault(pk_stream *s, pk_err *err) {
  const char *why = archive_error_string(s->archive);
  return pk_err_set(err, PK_E_SYNTAX, "cannot decompress: %s", why ? why : "damaged data");
}

static pk_rc stream_begin(pk_stream *s, int opened, pk_stream **ret, pk_err *err) {
  struct archive_entry *entry;
  pk_rc rc = PK_OK;
  if (opened != ARCHIVE_OK) {
    rc = stream_fault(s, err);
  } else {
    int r = archive_read_next_header(s->archive, &entry);
    s->empty = r == ARCHIVE_EOF;
    if (r != ARCHIVE_OK && r != ARCHIVE_WARN && !s->empty) rc = stream_fault(s, err);
    /* the library would unpack one compression inside another, and the ratio be seen of the outermost only */
    if (rc == PK_OK && archive_filter_count(s->archive) > 2)
      rc = pk_err_set(err, PK_E_SYNTAX, "content is compressed more than once");
  }
  if (rc == PK_OK)
    *ret = s;
  else
    pk_stream_close(&s);
  return rc;
}

static pk_stream *stream_new(pk_stream_limits limits) {
  pk_stream *s = pk_calloc(1, sizeof *s);
  s->limits = limits;
  s->archive = archive_read_new();
  if (!s->archive) pk_panic("out of memory");
  archive_read_support_filter_gzip(s->archive);
  archive_read_support_filter_bzip2(s->archive);
  archive_read_support_filter_xz(s->archive);
  archive_read_support_filter_zstd(s->archive);
  archive_read_support_format_raw(s->archive);
  archive_read_support_format_empty(s->archive);
  return s;
}

pk_rc pk_stream_open_file(const char *path, pk_stream_limits limits, pk_stream **ret, pk_err *err) {
  pk_stream *s = stream_new(limits);
  return stream_begin(s, archive_read_open_filename(s->archive, path, BLOCK_BYTES), ret, err);
}

pk_rc pk_stream_open_bytes(pk_str bytes, pk_stream_limits limits, pk_stream **ret, pk_err *err) {
  pk_stream *s = stream_new(limits);
  return stream_begin(s, archive_read_open_memory(s->archive, bytes.p ? bytes.p : "", bytes.n), ret, err);
}

static pk_rc check_limits(pk_stream *s, pk_err *err) {
  if (s->out_bytes > s->limits.out_bytes_max)
    return pk_err_set(err, PK_E_LIMIT, "decompressed content is larger than %zu bytes", s->limits.out_bytes_max);
  if (s->limits.ratio_max && s->out_bytes > PK_STREAM_RATIO_FREE) {
    int64_t in_bytes = archive_filter_bytes(s->archive, -1);
    if (in_bytes > 0 && s->out_bytes / (uint64_t)in_bytes > s->limits.ratio_max)
      return pk_err_set(err, PK_E_LIMIT, "content expands more than %zu times: refused as a decompression bomb",
                        s->limits.ratio_max);
  }
  return PK_OK;
}

pk_rc pk_stream_read(pk_stream *s, void *buf, size_t cap, size_t *ret_n, pk_err *err) {
  *ret_n = 0;
  if (s->empty) return PK_OK;
  ssize_t n = archive_read_data(s->archive, buf, cap);
  if (n < 0) return stream_fault(s, err);
  s->out_bytes += (uint64_t)n;
  *ret_n = (size_t)n;
  return check_limits(s, err);
}

pk_rc pk_stream_read_all(pk_stream *s, pk_buf *out, pk_err *err) {
  char *block = pk_alloc(BLOCK_BYTES);
  pk_rc rc;
  size_t n = 0;
  while ((rc = pk_stream_read(s, block, BLOCK_BYTES, &n, err)) == PK_OK && n) {
    pk_buf_add(out, block, n);
    if (out->over) {
      rc = pk_err_set(err, PK_E_LIMIT, "content is larger than %zu bytes", out->max);
      break;
    }
  }
  free(block);
  return rc;
}

uint64_t pk_stream_bytes(const pk_stream *s) { return s->out_bytes; }

void pk_stream_close(pk_stream **s) {
  if (!*s) return;
  archive_read_free((*s)->archive);
  free(*s);
  *s = NULL;
}

void pk_lines_init(pk_lines *l, pk_stream *stream, size_t line_max) {
  *l = (pk_lines){.stream = stream, .line_max = line_max, .cap = line_max + BLOCK_BYTES};
  l->block = pk_alloc(l->cap);
}

void pk_lines_fini(pk_lines *l) {
  free(l->block);
  *l = (pk_lines){0};
}

pk_rc pk_lines_next(pk_lines *l, pk_str *ret_line, pk_err *err) {
  for (;;) {
    char *hit = memchr(l->block + l->from, '\n', l->to - l->from);
    size_t n = hit ? (size_t)(hit - (l->block + l->from)) : l->to - l->from;
    if (n > l->line_max)
      return pk_err_set(err, PK_E_LIMIT, "line %llu is longer than %zu bytes", (unsigned long long)l->number + 1, l->line_max);
    if (hit || (l->ended && n)) {
      *ret_line = (pk_str){l->block + l->from, n};
      l->from += n + (hit ? 1 : 0);
      l->number++;
      return PK_OK;
    }
    if (l->ended) return PK_END;
    memmove(l->block, l->block + l->from, l->to - l->from);
    l->to -= l->from;
    l->from = 0;
    size_t got;
    pk_rc rc = pk_stream_read(l->stream, l->block + l->to, l->cap - l->to, &got, err);
    if (rc != PK_OK) return rc;
    l->to += got;
    l->ended = got == 0;
  }
}
