/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack: compressed bodies. gzip, zlib and raw deflate by zlib itself (libarchive reads no zlib streams, and would unpack
 * gzip in gzip in gzip without an end); zstd by base/stream.
 *
 * A header only says what must be tried: Content-Encoding in its HTTP sense, Content-Type application/x-compress-zlib as
 * GLPI's agent uses it. Without either, the magic bytes decide. */
#include "report/decoder.h"

#include "base/stream.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

/* zlib's windowBits for its three formats */
enum { GZIP_BITS = 15 + 16, ZLIB_BITS = 15, RAW_BITS = -15 };

typedef struct inflation {
  z_stream z;
  int bits;
  size_t in_bytes, ratio_max;
  pk_buf out;
} inflation;

static bool is_gzip(pk_str s) { return s.n > 2 && memcmp(s.p, "\x1f\x8b", 2) == 0; }
static bool is_zstd(pk_str s) { return s.n > 4 && memcmp(s.p, "\x28\xb5\x2f\xfd", 4) == 0; }

/* RFC 1950 section 2.2: deflate with a 32 KiB window, a check of both bytes, no dictionary. */
static bool is_zlib(pk_str s) {
  if (s.n <= 2 || s.p[0] != 0x78) return false;
  unsigned second = (unsigned char)s.p[1];
  return (0x7800u + second) % 31 == 0 && !(second & 0x20);
}

static pk_rc check_output(const inflation *f, pk_err *err) {
  if (f->out.over) return pk_err_set(err, PK_E_LIMIT, "the decompressed body is larger than %zu bytes", f->out.max);
  if (f->out.n > PK_STREAM_RATIO_FREE && f->out.n / f->in_bytes > f->ratio_max)
    return pk_err_set(err, PK_E_LIMIT, "the body expands more than %zu times: refused as a decompression bomb", f->ratio_max);
  return PK_OK;
}

/* At the end of a stream: another gzip member may follow, nothing else. */
static pk_rc after_end(inflation *f, bool *ret_more, pk_err *err) {
  *ret_more = f->z.avail_in > 0;
  if (!*ret_more) return PK_OK;
  if (f->bits == GZIP_BITS && f->z.next_in[0] == 0x1f && inflateReset(&f->z) == Z_OK) return PK_OK;
  return pk_err_set(err, PK_E_SYNTAX, "something follows the end of the compressed body");
}

static pk_rc inflate_loop(inflation *f, unsigned char *block, pk_err *err) {
  bool more = true;
  while (more) {
    f->z.next_out = block;
    f->z.avail_out = (uInt)BLOCK_BYTES;
    int status = inflate(&f->z, Z_NO_FLUSH);
    pk_buf_add(&f->out, block, BLOCK_BYTES - f->z.avail_out);
    pk_rc rc = check_output(f, err);
    if (rc == PK_OK && status == Z_STREAM_END)
      rc = after_end(f, &more, err);
    else if (rc == PK_OK && status == Z_BUF_ERROR)
      rc = pk_err_set(err, PK_E_SYNTAX, "the compressed body ends too early");
    else if (rc == PK_OK && status != Z_OK)
      rc = pk_err_set(err, PK_E_SYNTAX, "the compressed body is damaged");
    if (rc != PK_OK) return rc;
  }
  return PK_OK;
}

static pk_rc copy_out(pk_decoder *d, const pk_buf *out, pk_str *ret) {
  return pk_arena_copy(d->arena, pk_buf_view(out), ret) ? PK_OK : pk_decoder_no_memory(d);
}

static pk_rc unpack_deflate(pk_decoder *d, int bits, pk_str body, pk_str *ret) {
  inflation f = {.bits = bits, .in_bytes = body.n, .ratio_max = PK_REPORT_RATIO_MAX};
  if (body.n > UINT32_MAX) return pk_err_set(d->err, PK_E_LIMIT, "the compressed body is too large");
  if (inflateInit2(&f.z, bits) != Z_OK) pk_panic("out of memory");
  f.z.next_in = (const Bytef *)body.p;
  f.z.avail_in = (uInt)body.n;
  pk_buf_init(&f.out, d->limits->body_bytes_max);
  unsigned char *block = pk_alloc(BLOCK_BYTES);
  pk_rc rc = inflate_loop(&f, block, d->err);
  if (rc == PK_OK) rc = copy_out(d, &f.out, ret);
  free(block);
  pk_buf_free(&f.out);
  inflateEnd(&f.z);
  return rc;
}

static pk_rc unpack_zstd(pk_decoder *d, pk_str body, pk_str *ret) {
  pk_stream_limits limits = {.out_bytes_max = d->limits->body_bytes_max, .ratio_max = PK_REPORT_RATIO_MAX};
  pk_stream *stream = NULL;
  pk_rc rc = pk_stream_open_bytes(body, limits, &stream, d->err);
  if (rc != PK_OK) return rc;
  pk_buf out;
  pk_buf_init(&out, d->limits->body_bytes_max);
  rc = pk_stream_read_all(stream, &out, d->err);
  if (rc == PK_OK) rc = copy_out(d, &out, ret);
  pk_buf_free(&out);
  pk_stream_close(&stream);
  return rc;
}

static pk_rc unpack_by_magic(pk_decoder *d, pk_str body, pk_str *ret) {
  if (is_gzip(body)) return unpack_deflate(d, GZIP_BITS, body, ret);
  if (is_zlib(body)) return unpack_deflate(d, ZLIB_BITS, body, ret);
  if (is_zstd(body)) return unpack_zstd(d, body, ret);
  *ret = body;
  return PK_OK;
}

static pk_rc unpack_encoding(pk_decoder *d, pk_str encoding, pk_str body, pk_str *ret) {
  bool gzip = pk_str_is_nocase(encoding, "gzip") || pk_str_is_nocase(encoding, "x-gzip");
  bool zstd = pk_str_is_nocase(encoding, "zstd");
  if (pk_str_is_nocase(encoding, "deflate")) /* RFC 9110 8.4.1.2: some senders leave out zlib's frame */
    return unpack_deflate(d, is_zlib(body) ? ZLIB_BITS : RAW_BITS, body, ret);
  if (!gzip && !zstd)
    return pk_err_set(d->err, PK_E_SYNTAX, "Content-Encoding '%.*s' is not known: gzip, zstd and deflate are",
                      PK_FMT(pk_quote(encoding)));
  if (gzip ? !is_gzip(body) : !is_zstd(body))
    return pk_err_set(d->err, PK_E_SYNTAX, "Content-Encoding is %s, but the body is not", gzip ? "gzip" : "zstd");
  return gzip ? unpack_deflate(d, GZIP_BITS, body, ret) : unpack_zstd(d, body, ret);
}

/* GLPI's agent compresses as zlib, gzip or raw deflate under this one name; not at all when it found no compressor. */
static pk_rc unpack_glpi(pk_decoder *d, pk_str body, pk_str *ret) {
  pk_str text = pk_str_trim(body);
  bool plain = text.n && text.p[0] == '{';
  if (plain || is_gzip(body) || is_zlib(body) || is_zstd(body)) return unpack_by_magic(d, body, ret);
  return unpack_deflate(d, RAW_BITS, body, ret);
}

pk_rc pk_unpack(pk_decoder *d, const pk_report_request *request, pk_str *ret) {
  pk_str body = request->body, encoding = pk_str_trim(request->content_encoding), type = request->content_type;
  if (encoding.n && !pk_str_is_nocase(encoding, "identity")) {
    pk_rc rc = unpack_encoding(d, encoding, body, &body);
    if (rc != PK_OK) return rc;
  }
  type = pk_str_trim(pk_str_sub(type, 0, pk_str_find(type, ';')));
  if (pk_str_is_nocase(type, "application/x-compress-zlib")) return unpack_glpi(d, body, ret);
  return unpack_by_magic(d, body, ret);
}
