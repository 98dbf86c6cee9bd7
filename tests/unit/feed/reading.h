/* SPDX-License-Identifier: Apache-2.0
 *
 * reading: a repository in a private folder, read through a file: address. */
#ifndef PK_TESTS_FEED_READING_H
#define PK_TESTS_FEED_READING_H

#include "unit.h"

#include "feed/feed.h"

#include <dirent.h>

#define NOW 1795300000 /* 2026-11-21 */

typedef struct reading {
  folder box; /* repo/ is the repository, work/ the feed's work folder */
  pk_feed feed;
  pk_http *http;
  pk_feed_read *read;
  pk_repository_content content;
  char mark[PK_FEED_MARK_MAX], last_mark[PK_FEED_MARK_MAX];
  pk_err err;
} reading;

static inline void reading_begin(reading *r, pk_feed_read *read) {
  *r = (reading){.read = read};
  folder_make(&r->box);
  assert_int_equal(pk_dir_make(folder_path(&r->box, "work"), NULL), PK_OK);
  pk_feed_init(&r->feed);
  pk_buf url;
  pk_buf_init(&url, 256);
  pk_buf_printf(&url, "file://%s/repo/", r->box.root);
  pk_feed_set(&r->feed.url, pk_buf_view(&url));
  pk_buf_free(&url);
  r->feed.is_unsigned = true;
  pk_http_options options = {.proxy = "", .connect_timeout_ms = 5000, .total_timeout_ms = 20000};
  assert_int_equal(pk_http_new(&options, &r->http, NULL), PK_OK);
  pk_repository_content_init(&r->content);
}

static inline void reading_end(reading *r) {
  pk_repository_content_fini(&r->content);
  pk_http_free(&r->http);
  pk_feed_fini(&r->feed);
  folder_remove(&r->box);
}

static inline pk_rc reading_run(reading *r) {
  pk_repository_content_fini(&r->content);
  pk_repository_content_init(&r->content);
  char *work = pk_str_dup(pk_str_of(folder_path(&r->box, "work")));
  pk_feed_context c = {.feed = &r->feed, .http = r->http, .work_dir = work, .now = NOW, .last_mark = r->last_mark};
  pk_rc rc = r->read(&c, &r->content, r->mark, &r->err);
  free(work);
  return rc;
}

/* Files that a run left behind. */
static inline int reading_leftovers(reading *r) {
  int n = 0;
  DIR *dir = opendir(folder_path(&r->box, "work"));
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) n += e->d_name[0] != '.';
  closedir(dir);
  return n;
}

#endif
