/* SPDX-License-Identifier: Apache-2.0
 *
 * web: the pages of ui/, which the program carries inside, compressed. Every address that is no asset and not the API's is
 * the one page, whose script shows what the address means; its <base> leads back to where it is served, below any path of a
 * proxy. Styles made at run time carry a nonce. */
#include "base/digest.h"
#include "base/embed.h"
#include "base/stream.h"
#include "server/internal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define NONCE_BYTES 16
#define PAGE_BYTES_MAX ((size_t)1 << 20)
#define ASSET_BYTES_MAX ((size_t)32 << 20)

static const struct {
  const char *path, *type;
  const pk_str *content; /* gzip */
} ASSETS[] = {{"/assets/app.js", "text/javascript; charset=utf-8", &pk_embed_app_js},
              {"/assets/app.css", "text/css; charset=utf-8", &pk_embed_app_css},
              {"/assets/favicon.svg", "image/svg+xml", &pk_embed_favicon},
              {"/favicon.ico", "image/svg+xml", &pk_embed_favicon},
              {"/assets/licenses.txt", "text/plain; charset=utf-8", &pk_embed_licenses}};

static bool unpack(pk_str packed, size_t max, pk_buf *ret) {
  pk_stream *in = NULL;
  pk_err err;
  pk_buf_init(ret, max);
  bool good = pk_stream_open_bytes(packed, (pk_stream_limits){max, 0}, &in, &err) == PK_OK && pk_stream_read_all(in, ret, &err) == PK_OK;
  pk_stream_close(&in);
  return good;
}

/* RFC 9110 12.5.3: named and not with a weight of 0. */
static bool takes_gzip(const pk_request *r) {
  pk_str rest = pk_str_of(pk_request_header(r, "Accept-Encoding")), one;
  while (pk_str_split(&rest, ',', &one)) {
    size_t semicolon = pk_str_find(one, ';');
    pk_str weight = pk_str_trim(pk_str_sub(one, semicolon + 1, one.n));
    bool none = pk_str_is(weight, "q=0") || (pk_str_starts(weight, "q=0.") && strspn(weight.p + 4, "0") >= weight.n - 4);
    if (pk_str_is_nocase(pk_str_trim(pk_str_sub(one, 0, semicolon)), "gzip")) return !none;
  }
  return false;
}

static enum MHD_Result send_asset(pk_request *r, const char *type, pk_str packed) {
  char etag[PK_ETAG_MAX];
  pk_buf text;
  bool gzip = takes_gzip(r);
  pk_buf_init(&text, 0);
  if (!gzip && !unpack(packed, ASSET_BYTES_MAX, &text)) {
    pk_buf_free(&text);
    return MHD_NO;
  }
  pk_str body = gzip ? packed : pk_buf_view(&text);
  pk_etag_of(body, etag);
  const char *const headers[][2] = {{"Cache-Control", "no-cache"}, {"ETag", etag}, {"Vary", "Accept-Encoding"}, {"Content-Encoding", "gzip"}};
  enum MHD_Result sent = pk_request_has(r, etag) ? pk_reply_with(r, 304, type, PK_STR(""), headers, 3) : pk_reply_with(r, 200, type, body, headers, gzip ? 4 : 3);
  pk_buf_free(&text);
  return sent;
}

/* "%BASE%" and "%NONCE%" of the page filled in. */
static void fill_in(pk_str page, pk_str base, pk_str nonce, pk_buf *out) {
  while (page.n) {
    pk_str value = pk_str_starts(page, "%BASE%") ? base : pk_str_starts(page, "%NONCE%") ? nonce : PK_STR("");
    size_t used = value.p == base.p ? strlen("%BASE%") : value.p == nonce.p ? strlen("%NONCE%") : 1;
    if (value.n) pk_buf_str(out, value);
    else pk_buf_putc(out, page.p[0]);
    page = pk_str_sub(page, used, page.n);
  }
}

static enum MHD_Result send_page(pk_request *r) {
  unsigned char random[NONCE_BYTES];
  char nonce[2 * NONCE_BYTES + 1], policy[512];
  pk_buf page, base, text;
  randombytes_buf(random, sizeof random);
  sodium_bin2hex(nonce, sizeof nonce, random, sizeof random);
  snprintf(policy, sizeof policy,
           "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-%s'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
           "base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
           nonce);
  pk_str path = pk_buf_view(&r->path);
  pk_buf_init(&base, PAGE_BYTES_MAX);
  size_t depth = 0;
  for (size_t i = 1; i < path.n; i++) depth += path.p[i] == '/';
  for (size_t i = 0; i < depth; i++) pk_buf_puts(&base, "../");
  if (!depth) pk_buf_puts(&base, "./");
  pk_buf_init(&text, PAGE_BYTES_MAX);
  bool good = unpack(pk_embed_index, PAGE_BYTES_MAX, &page);
  if (good) fill_in(pk_buf_view(&page), pk_buf_view(&base), pk_str_of(nonce), &text);
  const char *const headers[][2] = {{"Content-Security-Policy", policy}, {"Cache-Control", "no-store"}};
  enum MHD_Result sent = good ? pk_reply_with(r, 200, "text/html; charset=utf-8", pk_buf_view(&text), headers, 2) : MHD_NO;
  pk_buf_free(&page);
  pk_buf_free(&base);
  pk_buf_free(&text);
  return sent;
}

enum MHD_Result pk_web_run(pk_request *r) {
  const char *fault = pk_web_fault(r);
  if (fault) return pk_reply_send(r, 403, "text/plain; charset=utf-8", pk_str_of(fault));
  for (size_t i = 0; i < sizeof ASSETS / sizeof ASSETS[0]; i++)
    if (pk_str_is(pk_buf_view(&r->path), ASSETS[i].path)) return send_asset(r, ASSETS[i].type, *ASSETS[i].content);
  return send_page(r);
}

/* A person's browser asks for a page; a program that asks for what is not there gets a plain no. */
bool pk_web_wants(const pk_request *r, const char *path) {
  if (strcmp(path, "/") == 0 || strcmp(path, "/favicon.ico") == 0) return true;
  if (strncmp(path, "/assets/", 8) == 0) {
    for (size_t i = 0; i < sizeof ASSETS / sizeof ASSETS[0]; i++)
      if (strcmp(path, ASSETS[i].path) == 0) return true;
    return false;
  }
  return strstr(pk_request_header(r, "Accept"), "text/html") != NULL && strcmp(path, "/feed") != 0 && strncmp(path, "/feed/", 6) != 0;
}
