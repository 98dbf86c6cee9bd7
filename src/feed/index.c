/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/index.h"

#include <stdio.h>

/* Longest file name in the work folder; with ".part" and the like below NAME_MAX. */
#define NAME_BYTES_MAX 200

bool pk_index_path_is_inside(pk_str path) {
  if (path.n == 0 || path.n > PK_INDEX_PATH_MAX || path.p[path.n - 1] == '/') return false;
  for (size_t i = 0; i < path.n; i++)
    if ((unsigned char)path.p[i] <= 0x20 || path.p[i] == 0x7f || strchr(":?#%\\", path.p[i])) return false;
  pk_str rest = path, part;
  while (pk_str_split(&rest, '/', &part))
    if (part.n == 0 || pk_str_is(part, "..")) return false;
  return true;
}

void pk_index_place(const pk_feed_context *c, pk_str path, pk_buf *ret_place) {
  ret_place->n = 0;
  pk_buf_printf(ret_place, "%s/", c->work_dir);
  for (size_t i = path.n > NAME_BYTES_MAX ? path.n - NAME_BYTES_MAX : 0; i < path.n; i++)
    pk_buf_putc(ret_place, path.p[i] == '/' ? '_' : path.p[i]);
}

pk_rc pk_index_fetch(const pk_feed_context *c, const char *path, const char *place, uint64_t max_bytes, const pk_sum *want,
                     pk_err *err) {
  if (max_bytes > PK_INDEX_BYTES_MAX)
    return pk_err_set(err, PK_E_LIMIT, "announced with %llu bytes, more than %llu", (unsigned long long)max_bytes,
                      (unsigned long long)PK_INDEX_BYTES_MAX);
  pk_str base = pk_str_of(c->feed->url);
  while (base.n && base.p[base.n - 1] == '/') base.n--;
  pk_buf url;
  pk_buf_init(&url, base.n + strlen(path) + 1);
  pk_buf_str(&url, base);
  pk_buf_putc(&url, '/');
  pk_buf_puts(&url, path);
  pk_rc rc = pk_http_get(c->http, pk_buf_cstr(&url), place, max_bytes, want, err);
  pk_buf_free(&url);
  return rc;
}

pk_rc pk_index_open(const char *place, pk_stream **ret, pk_err *err) {
  pk_stream_limits limits = {.out_bytes_max = PK_INDEX_OPEN_BYTES_MAX, .ratio_max = PK_INDEX_RATIO_MAX};
  return pk_stream_open_file(place, limits, ret, err);
}

pk_rc pk_index_name_fault(pk_rc rc, const char *path, pk_err *err) {
  if (rc < 0 && err) pk_err_prefix(err, "'%s': ", path);
  return rc;
}

void pk_index_mark(const char *reader, pk_str head, const char *const *settings, size_t n_settings, char *ret_mark) {
  pk_buf joined;
  pk_buf_init(&joined, SIZE_MAX / 2);
  for (size_t i = 0; i < n_settings; i++) pk_buf_add(&joined, settings[i], strlen(settings[i]) + 1);
  pk_sum head_sum = pk_sum_of(head), settings_sum = pk_sum_of(pk_buf_view(&joined));
  pk_buf_free(&joined);
  memset(ret_mark, 0, PK_FEED_MARK_MAX);
  snprintf(ret_mark, PK_FEED_MARK_MAX, "%.16s-%s-%.32s", reader, head_sum.hex, settings_sum.hex);
}
