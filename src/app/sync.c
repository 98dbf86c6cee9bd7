/* SPDX-License-Identifier: Apache-2.0 */
#include "app/sync.h"

#include "base/file.h"
#include "base/times.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Longest path of a feed's folder. */
#define PATH_BYTES 4096

struct pk_sync {
  const pk_config *config;
  pk_store *store;
  pk_judge *judge;
  pk_http *http;
  const atomic_bool *stop;
};

static pk_feed_read *const READERS[] = {[PK_FEED_APT] = pk_apt_read, [PK_FEED_RPMMD] = pk_rpmmd_read};

pk_rc pk_sync_new(const pk_config *config, pk_store *store, pk_http_progress *progress, void *progress_arg, const atomic_bool *stop,
                  pk_sync **ret, pk_err *err) {
  pk_sync *sync = pk_calloc(1, sizeof *sync);
  pk_http_options options = {.proxy = config->proxy, .connect_timeout_ms = config->connect_timeout_s * 1000,
                             .total_timeout_ms = config->download_timeout_s * 1000, .stop = stop, .progress = progress,
                             .progress_arg = progress_arg};
  sync->config = config;
  sync->store = store;
  sync->stop = stop;
  sync->judge = pk_judge_new(store);
  pk_rc rc = pk_http_new(&options, &sync->http, err);
  if (rc != PK_OK)
    pk_sync_free(&sync);
  else
    *ret = sync;
  return rc;
}

void pk_sync_free(pk_sync **sync) {
  if (!*sync) return;
  pk_judge_free(&(*sync)->judge);
  pk_http_free(&(*sync)->http);
  free(*sync);
  *sync = NULL;
}

static pk_rc exchange(pk_sync *sync, const pk_feed_row *row, const pk_repository_content *content, const char *mark,
                      pk_sync_result *ret, pk_err *err) {
  pk_rc rc = pk_judge_begin(sync->judge, err);
  if (rc != PK_OK) return rc;
  pk_feed_change change;
  rc = pk_store_feed_replace(sync->store, row, content, mark, pk_now(), &change, err);
  if (rc == PK_OK && change.names.n)
    rc = pk_judge_names(sync->judge, pk_str_of(row->feed.platform), &change.names, &ret->rejudged, err);
  ret->n_added = change.n_added;
  ret->n_removed = change.n_removed;
  pk_map_fini(&change.names);
  return pk_judge_end(sync->judge, rc, err);
}

static pk_rc note(pk_sync *sync, const pk_feed_row *row, const pk_err *why, pk_err *err) {
  pk_rc rc = pk_judge_begin(sync->judge, err);
  if (rc != PK_OK) return rc;
  rc = why ? pk_store_feed_failed(sync->store, row->feed.id, pk_now(), why->text, err)
           : pk_store_feed_unchanged(sync->store, row->feed.id, pk_now(), err);
  return pk_judge_end(sync->judge, rc, err);
}

/* One process at a time works in a feed's folder; others wait here. *ret_fd is closed by the caller. */
static pk_rc lock_folder(pk_sync *sync, int64_t feed_id, char *ret_dir, size_t size, int *ret_fd, pk_err *err) {
  if ((size_t)snprintf(ret_dir, size, "%s/feed-%lld", sync->config->cache_dir, (long long)feed_id) >= size)
    return pk_err_set(err, PK_E_CONFIG, "cache_dir is too long");
  pk_rc rc = pk_dir_make(ret_dir, err);
  if (rc != PK_OK) return rc;
  *ret_fd = open(ret_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*ret_fd < 0) return pk_err_set(err, PK_E_IO, "cannot open '%s': %s", ret_dir, strerror(errno));
  while (flock(*ret_fd, LOCK_EX) != 0) {
    if (errno != EINTR) return pk_err_set(err, PK_E_IO, "cannot lock '%s': %s", ret_dir, strerror(errno));
    if (sync->stop && atomic_load(sync->stop)) return pk_err_set(err, PK_E_STOPPED, "stopped on request");
  }
  return PK_OK;
}

static pk_rc read_feed(pk_sync *sync, const pk_feed_row *row, const char *work_dir, bool force, pk_repository_content *content,
                       char *ret_mark, pk_err *err) {
  pk_feed feed = row->feed;
  feed.ignore_valid_until |= sync->config->ignore_valid_until;
  pk_feed_context context = {.feed = &feed, .http = sync->http, .work_dir = work_dir, .now = pk_now(), .last_mark = force ? "" : row->mark};
  return READERS[feed.type](&context, content, ret_mark, err);
}

/* Is it the feed's fault, so that the others are still worth a try? */
static bool is_feeds_fault(pk_rc rc) { return rc < 0 && rc != PK_E_STOPPED && rc != PK_E_STORE && rc != PK_E_INTERNAL; }

static pk_rc sync_locked(pk_sync *sync, const pk_feed_row *row, const char *work_dir, bool force, pk_sync_result *ret, pk_err *err) {
  char mark[PK_FEED_MARK_MAX] = "";
  pk_repository_content content;
  pk_repository_content_init(&content);
  pk_rc rc = read_feed(sync, row, work_dir, force, &content, mark, &ret->why);
  ret->n_offers = content.n_offers;
  if (rc == PK_NOTFOUND) {
    ret->why.rc = PK_E_NET; /* the reader found no head file: why says which address */
    rc = PK_E_NET;
  }
  if (rc == PK_OK) {
    rc = exchange(sync, row, &content, mark, ret, err);
  } else if (rc == PK_UNCHANGED) {
    ret->outcome = PK_SYNC_UNCHANGED;
    rc = note(sync, row, NULL, err);
  } else if (is_feeds_fault(rc)) {
    ret->outcome = PK_SYNC_FAILED;
    rc = note(sync, row, &ret->why, err);
  } else if (err) {
    *err = ret->why;
  }
  pk_repository_content_fini(&content);
  return rc;
}

pk_rc pk_sync_feed(pk_sync *sync, const char *name, bool force, pk_sync_result *ret, pk_err *err) {
  char work_dir[PATH_BYTES];
  int lock = -1;
  pk_feed_row row;
  *ret = (pk_sync_result){.outcome = PK_SYNC_CHANGED};
  pk_rc rc = pk_store_feed_get(sync->store, pk_str_of(name), &row, err);
  if (rc == PK_OK) {
    int64_t id = row.feed.id;
    pk_feed_row_fini(&row);
    rc = lock_folder(sync, id, work_dir, sizeof work_dir, &lock, err);
    /* while this one waited, another process may have brought it up to date */
    if (rc == PK_OK) rc = pk_store_feed_get(sync->store, pk_str_of(name), &row, err);
    if (rc == PK_OK) {
      ret->had_good = row.good_at != 0;
      rc = sync_locked(sync, &row, work_dir, force, ret, err);
      pk_feed_row_fini(&row);
    }
  }
  if (lock >= 0) close(lock);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no feed '%s': see 'pakiti feed list'", name);
  return rc;
}

pk_rc pk_sync_remove(pk_store *store, const pk_feed_row *row, pk_rejudged *ret, pk_err *err) {
  pk_map names;
  pk_map_init(&names, true);
  pk_judge *judge = pk_judge_new(store);
  pk_rc rc = pk_store_begin(store, err);
  if (rc == PK_OK) {
    rc = pk_store_feed_names(store, row->feed.id, &names, err);
    if (rc == PK_OK) rc = pk_store_feed_remove(store, row->feed.id, err);
    if (rc == PK_OK) rc = pk_judge_names(judge, pk_str_of(row->feed.platform), &names, ret, err);
    if (rc == PK_OK)
      rc = pk_store_commit(store, err);
    else
      pk_store_rollback(store);
  }
  pk_judge_free(&judge);
  pk_map_fini(&names);
  return rc;
}

/* ---- adding ---- */

static bool is_name(const char *name) {
  if (!*name || strlen(name) > 200) return false;
  for (const char *c = name; *c; c++)
    if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("._-:/+@", *c))) return false;
  return name[0] != '-';
}

pk_rc pk_sync_check_feed(pk_feed *feed, const pk_platform_map *platforms, pk_err *err) {
  char platform[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  pk_str url = pk_str_of(feed->url);
  if (!is_name(feed->name))
    return pk_err_set(err, PK_E_USAGE, "feed name '%s': use up to 200 letters, digits and . _ - : / + @", feed->name);
  if (!pk_str_starts(url, "http://") && !pk_str_starts(url, "https://") && !pk_str_starts(url, "file:/"))
    return pk_err_set(err, PK_E_USAGE, "feed '%s': --url must begin with http://, https:// or file:///", feed->name);
  if (feed->type == PK_FEED_APT && !*feed->suite)
    return pk_err_set(err, PK_E_USAGE, "feed '%s': an apt repository needs --suite, for example --suite bookworm", feed->name);
  if (feed->type == PK_FEED_APT && !*feed->arch && feed->suite[strlen(feed->suite) - 1] != '/')
    return pk_err_set(err, PK_E_USAGE, "feed '%s': an apt repository needs --arch, for example --arch amd64", feed->name);
  if (!*feed->keyring && !feed->is_unsigned)
    return pk_err_set(err, PK_E_USAGE, "feed '%s': say --keyring FILE, or --unsigned to trust the source without a signature", feed->name);
  if (pk_platform_canonical(platforms, pk_str_of(feed->platform), platform, &type, err) != PK_OK) {
    pk_err_prefix(err, "feed '%s': ", feed->name);
    return err ? (err->rc = PK_E_USAGE) : PK_E_USAGE;
  }
  pk_feed_set(&feed->platform, pk_str_of(platform));
  return PK_OK;
}

typedef struct import {
  pk_store *store;
  const pk_platform_map *platforms;
  pk_import_told *told;
  void *arg;
  size_t n_found;
} import;

static pk_rc import_one(void *arg, const pk_feed *found, pk_err *err) {
  import *i = arg;
  i->n_found++;
  pk_rc rc = pk_store_feed_add(i->store, found, err);
  if (rc != PK_OK && rc != PK_EXISTS) return rc;
  if (i->told) i->told(i->arg, found, rc == PK_OK);
  return PK_OK;
}

/* Value of a field of os-release(5), without its quotes. */
static void os_release_field(pk_str text, const char *name, pk_buf *ret) {
  pk_str line;
  while (pk_str_split(&text, '\n', &line)) {
    size_t equals = pk_str_find(line, '=');
    if (!pk_str_is(pk_str_sub(line, 0, equals), name)) continue;
    pk_str value = pk_str_trim(pk_str_sub(line, equals + 1, line.n));
    if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'')) value = pk_str_sub(value, 1, value.n - 1);
    pk_buf_str(ret, value);
  }
}

static pk_rc own_platform(const char *root, const pk_platform_map *platforms, char *ret_platform, pk_package_type *ret_type, pk_err *err) {
  char path[4096];
  pk_buf text, name;
  pk_buf_init(&text, 65536);
  pk_buf_init(&name, 512);
  snprintf(path, sizeof path, "%s/etc/os-release", root);
  pk_rc rc = pk_file_read(path, &text, err);
  if (rc == PK_OK) {
    os_release_field(pk_buf_view(&text), "PRETTY_NAME", &name);
    if (pk_platform_map_find(platforms, pk_buf_view(&name), ret_platform, ret_type) != PK_OK) {
      name.n = 0;
      os_release_field(pk_buf_view(&text), "ID", &name);
      pk_buf_putc(&name, ' ');
      os_release_field(pk_buf_view(&text), "VERSION_ID", &name);
      rc = pk_platform_map_find(platforms, pk_buf_view(&name), ret_platform, ret_type);
    }
    if (rc == PK_NOTFOUND)
      rc = pk_err_set(err, PK_E_CONFIG, "'%s' names no system that is known: add a line to platforms_file", pk_buf_cstr(&name));
  } else if (rc == PK_NOTFOUND) {
    rc = pk_err_set(err, PK_E_CONFIG, "there is no '%s': which system this is cannot be told", path);
  }
  pk_buf_free(&text);
  pk_buf_free(&name);
  return rc;
}

/* Architectures of the machine: dpkg's own list (the native one and the foreign ones), else the processor's. */
static void own_architectures(const char *root, pk_package_type type, const char *machine, pk_buf *ret) {
  char path[4096];
  pk_buf text;
  pk_buf_init(&text, 4096);
  snprintf(path, sizeof path, "%s/var/lib/dpkg/arch", root);
  pk_str native = pk_platform_arch(type, pk_str_of(machine)), line;
  if (type == PK_TYPE_DEB && pk_file_read(path, &text, NULL) == PK_OK) {
    for (pk_str rest = pk_buf_view(&text); pk_str_split(&rest, '\n', &line);) {
      if (!line.n || pk_str_is(line, "all")) continue;
      if (ret->n) pk_buf_putc(ret, ',');
      pk_buf_str(ret, line);
    }
  }
  if (!ret->n) pk_buf_str(ret, native);
  pk_buf_free(&text);
}

pk_rc pk_sync_import_host(pk_store *store, const pk_platform_map *platforms, const char *root, pk_import_told *told, void *arg,
                          size_t *ret_found, pk_err *err) {
  char platform[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  import i = {.store = store, .platforms = platforms, .told = told, .arg = arg};
  struct utsname machine;
  if (uname(&machine) != 0) return pk_err_set(err, PK_E_IO, "cannot ask for the machine's architecture");
  pk_rc rc = own_platform(root, platforms, platform, &type, err);
  if (rc != PK_OK) return rc;
  pk_buf arch;
  pk_buf_init(&arch, 512);
  own_architectures(root, type, machine.machine, &arch);
  rc = pk_store_begin(store, err);
  if (rc == PK_OK) {
    rc = type == PK_TYPE_DEB ? pk_apt_find_feeds(root, platform, pk_buf_cstr(&arch), import_one, &i, err)
                             : pk_rpmmd_find_feeds(root, platform, pk_buf_cstr(&arch), import_one, &i, err);
    if (rc == PK_OK)
      rc = pk_store_commit(store, err);
    else
      pk_store_rollback(store);
  }
  pk_buf_free(&arch);
  *ret_found = i.n_found;
  return rc;
}
