/* SPDX-License-Identifier: Apache-2.0
 *
 * http: fetching files from vendors (libcurl): http, https and file addresses, proxy, conditional requests,
 * limits on size and time, another try after a passing failure, going on where a download broke off. */
#ifndef PK_BASE_HTTP_H
#define PK_BASE_HTTP_H

#include "base/digest.h"

#include <stdatomic.h>

/** Tries of one file, and the pause before the second; it doubles. */
#define PK_HTTP_TRIES 3
#define PK_HTTP_PAUSE_MS 500
/** Slower than this for PK_HTTP_SLOW_S seconds ends a transfer. */
#define PK_HTTP_SLOW_BYTES_PER_S 1000
#define PK_HTTP_SLOW_S 30
#define PK_HTTP_REDIRECTS_MAX 5

/** Told while a file comes in; total 0 when the server does not say. */
typedef void pk_http_progress(void *arg, const char *url, uint64_t done_bytes, uint64_t total_bytes);

typedef struct pk_http_options {
  const char *proxy;          /**< "" : none but what the environment says (http_proxy …), as curl does */
  int64_t connect_timeout_ms;
  int64_t total_timeout_ms;   /**< of one file, all tries together */
  int64_t pause_ms;           /**< before the second try; 0: PK_HTTP_PAUSE_MS */
  const atomic_bool *stop;    /**< becomes true: every transfer ends with PK_E_STOPPED; may be NULL */
  pk_http_progress *progress; /**< may be NULL */
  void *progress_arg;
} pk_http_options;

typedef struct pk_http pk_http;

pk_rc pk_http_new(const pk_http_options *options, pk_http **ret, pk_err *err) PK_MUST_USE;
void pk_http_free(pk_http **http);

/** Fetch one address into a file.
 *  in     url, path
 *         max_bytes  PK_E_LIMIT as soon as more is announced or comes
 *         want       checksum, or NULL. With one, a partial file `path`.part of an earlier, broken transfer is
 *                    gone on with (Range), and what was fetched is checked: wrong after a resume → fetched whole once
 *                    more; wrong then → PK_E_VERIFY
 *  out    `path` holds the whole file, or does not exist (a broken transfer leaves only `path`.part)
 *  outcome PK_NOTFOUND  404 or 410, or no such local file (err says which address)
 *  error  PK_E_NET cannot be reached, answers with an error, ends early; PK_E_LIMIT; PK_E_VERIFY; PK_E_STOPPED; PK_E_IO */
pk_rc pk_http_get(pk_http *http, const char *url, const char *path, uint64_t max_bytes, const pk_sum *want, pk_err *err) PK_MUST_USE;

/** Longest tag of a file's state, NUL included. */
#define PK_HTTP_TAG_MAX 160

/** Fetch a file only if it is another one than before.
 *  in     tag  of the file as it was fetched last, "" if never
 *  out    tag  of what was fetched now (ETag or Last-Modified, RFC 9110 section 13; size and time of a local file), "" when
 *              the server says neither; as it was unless PK_OK is returned
 *  outcome PK_UNCHANGED  nothing was fetched; PK_NOTFOUND
 *  error  as pk_http_get */
pk_rc pk_http_get_newer(pk_http *http, const char *url, const char *path, uint64_t max_bytes, char *tag, pk_err *err) PK_MUST_USE;

#endif
