/* SPDX-License-Identifier: Apache-2.0 */
#include "app/sync.h"

#include "app/advisories.h"
#include "app/spool.h"
#include "base/file.h"
#include "base/times.h"
#include "feed/documents.h"
#include "feed/vendor.h"
#include "match/reduce.h"

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
  const pk_platform_map *platforms;
  const atomic_bool *stop;
};

static pk_feed_read *const REPOSITORIES[] = {[PK_FEED_APT] = pk_apt_read, [PK_FEED_RPMMD] = pk_rpmmd_read};

pk_rc pk_sync_new(const pk_config *config, pk_store *store, const pk_platform_map *platforms, pk_http_progress *progress, void *progress_arg, const atomic_bool *stop,
                  pk_sync **ret, pk_err *err) {
  pk_sync *sync = pk_calloc(1, sizeof *sync);
  pk_http_options options = {.proxy = config->proxy, .connect_timeout_ms = config->connect_timeout_s * 1000,
                             .total_timeout_ms = config->download_timeout_s * 1000, .stop = stop, .progress = progress,
                             .progress_arg = progress_arg};
  sync->config = config;
  sync->store = store;
  sync->platforms = platforms;
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

/* Would a feed be another one at a stroke?  source vuls-data-db's "diff guard": a feed that lost or gained a large share at once was
 * nearly always broken, and hosts silently became "not vulnerable". */
static bool jumps(const pk_sync *sync, size_t before, size_t added, size_t removed) {
  size_t most = before * (size_t)sync->config->feed_change_percent / 100;
  size_t gained = added > removed ? added - removed : 0;
  return before >= PK_SYNC_GUARD_MIN && (removed > most || gained > most);
}

static pk_rc held(pk_err *why, size_t before, size_t added, size_t removed, const char *name) {
  return pk_err_set(why, PK_E_VERIFY, "held back: of %zu entries %zu would go and %zu come; see whether that can be, then 'pakiti feed accept %s'",
                    before, removed, added, name);
}

/* The advisories of a repository are definitions too. */
static pk_rc exchange_advisories(pk_sync *sync, const pk_feed_row *row, const pk_repository_content *content, pk_sync_result *ret, pk_err *err) {
  pk_exchange *x = NULL;
  pk_definition_change change = {0};
  if (!content->n_advisories && !row->n_advisories) return PK_OK;
  pk_rc rc = pk_store_exchange_begin(sync->store, row->feed.id, true, &x, err);
  if (rc != PK_OK) return rc;
  rc = pk_advisories_put(x, content, err);
  if (rc == PK_OK) rc = pk_store_exchange_end(x, &change, err);
  if (rc == PK_OK) rc = pk_judge_definitions(sync->judge, pk_str_of(row->feed.platform), &change, &ret->rejudged, err);
  pk_definition_change_fini(&change);
  pk_store_exchange_free(&x);
  return rc;
}

static pk_rc exchange(pk_sync *sync, const pk_feed_row *row, const pk_repository_content *content, const char *mark, bool accept,
                      pk_sync_result *ret, pk_err *err) {
  pk_rc rc = pk_judge_begin(sync->judge, err);
  if (rc != PK_OK) return rc;
  pk_feed_change change;
  rc = pk_store_feed_replace(sync->store, row, content, mark, pk_now(), &change, err);
  ret->n_added = change.n_added;
  ret->n_removed = change.n_removed;
  if (rc == PK_OK && !accept && jumps(sync, change.n_before, change.n_added, change.n_removed)) {
    ret->outcome = PK_SYNC_HELD;
    rc = held(&ret->why, change.n_before, change.n_added, change.n_removed, row->feed.name);
  }
  if (rc == PK_OK && change.names.n)
    rc = pk_judge_names(sync->judge, pk_str_of(row->feed.platform), &change.names, &ret->rejudged, err);
  if (rc == PK_OK) rc = exchange_advisories(sync, row, content, ret, err);
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
static pk_rc lock_folder(const pk_config *config, const atomic_bool *stop, int64_t feed_id, char *ret_dir, size_t size, int *ret_fd, pk_err *err) {
  if ((size_t)snprintf(ret_dir, size, "%s/feed-%lld", config->cache_dir, (long long)feed_id) >= size)
    return pk_err_set(err, PK_E_CONFIG, "cache_dir is too long");
  pk_rc rc = pk_dir_make(ret_dir, err);
  if (rc != PK_OK) return rc;
  *ret_fd = open(ret_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*ret_fd < 0) return pk_err_set(err, PK_E_IO, "cannot open '%s': %s", ret_dir, strerror(errno));
  while (flock(*ret_fd, LOCK_EX) != 0) {
    if (errno != EINTR) return pk_err_set(err, PK_E_IO, "cannot lock '%s': %s", ret_dir, strerror(errno));
    if (stop && atomic_load(stop)) return pk_err_set(err, PK_E_STOPPED, "stopped on request");
  }
  return PK_OK;
}

static pk_rc read_feed(pk_sync *sync, const pk_feed_row *row, const char *work_dir, pk_sync_mode mode, pk_repository_content *content,
                       char *ret_mark, pk_err *err) {
  pk_feed feed = row->feed;
  feed.ignore_valid_until |= sync->config->ignore_valid_until;
  pk_feed_context context = {.feed = &feed, .http = sync->http, .work_dir = work_dir, .now = pk_now(),
                             .last_mark = mode == PK_SYNC_NORMAL ? row->mark : ""};
  return REPOSITORIES[feed.type](&context, content, ret_mark, err);
}

static pk_rc note_held(pk_sync *sync, const pk_feed_row *row, const pk_err *why, pk_err *err) {
  pk_rc rc = pk_judge_begin(sync->judge, err);
  if (rc != PK_OK) return rc;
  rc = pk_store_feed_held(sync->store, row->feed.id, pk_now(), why->text, err);
  return pk_judge_end(sync->judge, rc, err);
}

/* Is it the feed's fault, so that the others are still worth a try? */
static bool is_feeds_fault(pk_rc rc) { return rc < 0 && rc != PK_E_STOPPED && rc != PK_E_STORE && rc != PK_E_INTERNAL; }

/* What a try came to is noted with the feed; only what ends the whole work is returned as a fault. */
static pk_rc conclude(pk_sync *sync, const pk_feed_row *row, pk_rc rc, pk_sync_result *ret, pk_err *err) {
  if (rc == PK_OK) return PK_OK;
  if (rc == PK_UNCHANGED) {
    ret->outcome = PK_SYNC_UNCHANGED;
    return note(sync, row, NULL, err);
  }
  if (ret->outcome == PK_SYNC_HELD) return note_held(sync, row, &ret->why, err);
  if (is_feeds_fault(rc)) {
    ret->outcome = PK_SYNC_FAILED;
    return note(sync, row, &ret->why, err);
  }
  if (err) *err = ret->why;
  return rc;
}

static pk_rc sync_repository(pk_sync *sync, const pk_feed_row *row, const char *work_dir, pk_sync_mode mode, pk_sync_result *ret, pk_err *err) {
  char mark[PK_FEED_MARK_MAX] = "";
  pk_repository_content content;
  pk_repository_content_init(&content);
  pk_rc rc = read_feed(sync, row, work_dir, mode, &content, mark, &ret->why);
  ret->n_offers = content.n_offers;
  if (rc == PK_NOTFOUND) {
    ret->why.rc = PK_E_NET; /* the reader found no head file: why says which address */
    rc = PK_E_NET;
  }
  if (rc == PK_OK && (rc = exchange(sync, row, &content, mark, mode == PK_SYNC_ACCEPT, ret, err)) < 0 && ret->outcome != PK_SYNC_HELD) ret->why = *err;
  pk_repository_content_fini(&content);
  return conclude(sync, row, rc, ret, err);
}

/* ---- documents ---- */

static pk_vendor_read *const VENDORS[] = {
    [PK_FEED_OVAL] = pk_oval_read,       [PK_FEED_CSAF] = pk_csaf_read,       [PK_FEED_DEBIAN_TRACKER] = pk_debian_tracker_read,
    [PK_FEED_DEBIAN_LIST] = pk_debian_list_read, [PK_FEED_OSV] = pk_osv_read, [PK_FEED_OPENVEX] = pk_openvex_read,
    [PK_FEED_KEV] = pk_kev_read,         [PK_FEED_EPSS] = pk_epss_read,       [PK_FEED_CVE5] = pk_cve5_read,
    [PK_FEED_EOL] = pk_eol_read,
};

typedef struct collection {
  pk_sync *sync;
  const pk_feed *feed;
  pk_spool *spool;
  pk_reducer *reducer;
  pk_map turns;    /* document → turn of its last version that was understood, or of its deletion */
  uint64_t turn;   /* documents so far */
  pk_str document; /* being read */
  bool changes_only;
  pk_sync_result *ret;
} collection;

/* What a document is known by from one sync to the next. Lists of changes and archives have different folders before it. */
static pk_str document_name(const collection *c, const char *name) {
  pk_str whole = pk_str_of(name);
  size_t slash = pk_str_rfind(whole, '/');
  return c->feed->type == PK_FEED_CSAF && slash < whole.n ? pk_str_sub(whole, slash + 1, whole.n) : whole;
}

static pk_rc collect_definition(void *arg, const pk_definition *d, pk_err *err) {
  collection *c = arg;
  pk_definition own = *d;
  pk_rc rc = d->criteria ? pk_reduce(c->reducer, &own, err) : PK_OK;
  if (rc == PK_UNCHANGED) return PK_OK; /* never true on this platform */
  return rc < 0 ? rc : pk_spool_definition(c->spool, c->document, c->turn, &own, err);
}

static pk_rc collect_cve(void *arg, const pk_cve_fact *f, pk_err *err) { return pk_spool_cve(((collection *)arg)->spool, f, err); }

static pk_rc collect_release(void *arg, const pk_release_fact *f, pk_err *err) { return pk_spool_release(((collection *)arg)->spool, f, err); }

static void note_turn(collection *c, const char *name) {
  c->document = document_name(c, name);
  c->turn++;
}

/* What it said when it was last understood stays in force. */
static pk_rc refuse(void *arg, const char *name, const pk_err *why, pk_err *err) {
  collection *c = arg;
  pk_sync_result *r = c->ret;
  size_t n = strlen(r->refused);
  pk_err line; /* a message holds no control characters: names come from archives, and go to terminals */
  pk_err_set(&line, why->rc, "%.160s: %.300s", name, why->text);
  if (r->n_refused++ < PK_SYNC_REFUSED_TOLD_MAX) snprintf(r->refused + n, sizeof r->refused - n, "%s%s", n ? "\n" : "", line.text);
  if (r->n_refused == 1) r->why = *why;
  c->document = document_name(c, name);
  pk_rc rc = pk_map_get(&c->turns, c->document) ? PK_OK : pk_spool_document(c->spool, PK_SPOOL_KEPT, c->document, c->turn, err);
  return rc == PK_OK ? PK_NOTFOUND : rc;
}

static pk_rc broken_document(void *arg, const char *name, const pk_err *why, pk_err *err) {
  collection *c = arg;
  c->ret->n_documents++;
  note_turn(c, name);
  return refuse(c, name, why, err);
}

static pk_rc read_document(void *arg, const char *name, pk_stream *in, pk_err *err) {
  collection *c = arg;
  const pk_vendor_sink sink = {.arg = c, .definition = collect_definition, .cve = collect_cve, .release = collect_release};
  pk_vendor_document document = {.name = name, .in = in, .platform = pk_str_of(c->feed->platform), .platforms = c->sync->platforms};
  pk_spool_place before = pk_spool_here(c->spool);
  pk_err why = {0};
  if (c->sync->stop && atomic_load(c->sync->stop)) return pk_err_set(err, PK_E_STOPPED, "stopped on request");
  c->ret->n_documents++;
  note_turn(c, name);
  pk_rc rc = VENDORS[c->feed->type](&document, &sink, &why);
  if (rc < 0 && (!is_feeds_fault(rc) || rc == PK_E_IO)) {
    if (err) *err = why;
    return rc;
  }
  if (rc < 0) {
    rc = pk_spool_rewind(c->spool, before, err);
    return rc == PK_OK ? refuse(c, name, &why, err) : rc;
  }
  *pk_map_put(&c->turns, c->document, NULL) = c->turn;
  return rc == PK_UNCHANGED ? pk_spool_document(c->spool, PK_SPOOL_DELETED, c->document, c->turn, err) : PK_OK;
}

static void only_changes(void *arg) { ((collection *)arg)->changes_only = true; }

static pk_rc collect_deleted(void *arg, const char *name, pk_err *err) {
  collection *c = arg;
  note_turn(c, name);
  *pk_map_put(&c->turns, c->document, NULL) = c->turn;
  return pk_spool_document(c->spool, PK_SPOOL_DELETED, c->document, c->turn, err);
}

static pk_rc collect(collection *c, const pk_feed_row *row, const char *work_dir, pk_sync_mode mode, char *ret_mark, pk_err *err) {
  const pk_documents_visitor visitor = {.arg = c, .read = read_document, .broken = broken_document, .changes_only = only_changes, .deleted = collect_deleted};
  pk_feed_context context = {.feed = &row->feed, .http = c->sync->http, .work_dir = work_dir, .now = pk_now(),
                             .last_mark = mode == PK_SYNC_NORMAL ? row->mark : ""};
  pk_rc rc = pk_documents_each(&context, &visitor, ret_mark, err);
  if (rc == PK_NOTFOUND) rc = err->rc = PK_E_NET;
  if (rc == PK_OK && c->ret->n_refused && c->ret->n_refused == c->ret->n_documents) {
    *err = c->ret->why; /* not one document was good */
    if (c->ret->n_documents > 1) pk_err_prefix(err, "every one of %zu documents was refused, the first because: ", c->ret->n_documents);
    rc = err->rc;
  }
  return rc;
}

typedef struct putting {
  pk_exchange *x;
  const pk_map *turns;
} putting;

/* A document that came again later in the same run, or was deleted, no longer says what it said first. */
static bool is_superseded(const putting *p, const pk_spool_entry *e) {
  const uint64_t *last = pk_map_get(p->turns, e->document.p ? e->document : PK_STR(""));
  return last && *last != e->turn;
}

static pk_rc put_entry(void *arg, const pk_spool_entry *e, pk_err *err) {
  const putting *p = arg;
  switch (e->kind) {
  case PK_SPOOL_DEFINITION:
    return is_superseded(p, e) ? PK_OK : pk_store_exchange_definition(p->x, e->document, e->name, e->body, err);
  case PK_SPOOL_CVE:
    return pk_store_exchange_cve(p->x, &e->cve, err);
  case PK_SPOOL_RELEASE:
    return pk_store_exchange_release(p->x, &e->release, err);
  case PK_SPOOL_DELETED:
    pk_store_exchange_drop(p->x, e->document);
    return PK_OK;
  case PK_SPOOL_KEPT:
    if (!is_superseded(p, e)) pk_store_exchange_keep(p->x, e->document);
    return PK_OK;
  }
  return PK_OK;
}

static pk_rc put_all(collection *c, const pk_feed_row *row, bool accept, pk_definition_change *change, pk_err *err) {
  pk_exchange *x = NULL;
  pk_rc rc = pk_store_exchange_begin(c->sync->store, row->feed.id, !c->changes_only, &x, err);
  if (rc != PK_OK) return rc;
  putting p = {x, &c->turns};
  rc = pk_spool_each(c->spool, put_entry, &p, err);
  if (rc == PK_OK) rc = pk_store_exchange_end(x, change, err);
  if (rc == PK_OK && !accept && jumps(c->sync, change->n_before, change->n_added, change->n_removed)) {
    c->ret->outcome = PK_SYNC_HELD;
    rc = held(err, change->n_before, change->n_added, change->n_removed, row->feed.name);
  }
  pk_store_exchange_free(&x);
  return rc;
}

static pk_rc exchange_definitions(collection *c, const pk_feed_row *row, const char *mark, bool accept, pk_err *err) {
  pk_definition_change change = {0};
  pk_sync_result *ret = c->ret;
  pk_rc rc = pk_judge_begin(c->sync->judge, err);
  if (rc != PK_OK) return rc;
  rc = put_all(c, row, accept, &change, err);
  if (rc == PK_OK) {
    pk_feed_outcome outcome = {.mark = mark, .now = pk_now(), .n_refused = (int64_t)ret->n_refused, .refused = ret->refused};
    rc = pk_store_feed_synced(c->sync->store, row->feed.id, &outcome, err);
  }
  if (rc == PK_OK) rc = pk_judge_definitions(c->sync->judge, pk_str_of(row->feed.platform), &change, &ret->rejudged, err);
  pk_definition_change_fini(&change);
  change.names = change.ids = (pk_map){0};
  ret->definitions = change;
  return pk_judge_end(c->sync->judge, rc, err);
}

static pk_rc sync_documents(pk_sync *sync, const pk_feed_row *row, const char *work_dir, pk_sync_mode mode, pk_sync_result *ret, pk_err *err) {
  char mark[PK_FEED_MARK_MAX] = "", path[PATH_BYTES], name[PK_PLATFORM_MAX + 1];
  pk_package_type type = PK_TYPE_UNKNOWN;
  collection c = {.sync = sync, .feed = &row->feed, .ret = ret};
  pk_err why = {0};
  (void)!pk_platform_canonical(sync->platforms, pk_str_of(row->feed.platform), name, &type, NULL);
  if ((size_t)snprintf(path, sizeof path, "%s/spool", work_dir) >= sizeof path) return pk_err_set(err, PK_E_CONFIG, "cache_dir is too long");
  pk_map_init(&c.turns, true);
  pk_rc rc = pk_spool_new(path, &c.spool, &why);
  c.reducer = pk_reducer_new(pk_str_of(row->feed.platform), type);
  if (rc == PK_OK) rc = collect(&c, row, work_dir, mode, mark, &why);
  if (rc == PK_OK) rc = exchange_definitions(&c, row, mark, mode == PK_SYNC_ACCEPT, &why);
  if (rc < 0) ret->why = why;
  pk_reducer_free(&c.reducer);
  pk_spool_free(&c.spool);
  pk_map_fini(&c.turns);
  return conclude(sync, row, rc, ret, err);
}

pk_rc pk_sync_feed(pk_sync *sync, const char *name, pk_sync_mode mode, pk_sync_result *ret, pk_err *err) {
  char work_dir[PATH_BYTES];
  int lock = -1;
  pk_feed_row row;
  *ret = (pk_sync_result){.outcome = PK_SYNC_CHANGED};
  pk_rc rc = pk_store_feed_get(sync->store, pk_str_of(name), &row, err);
  if (rc == PK_OK) {
    int64_t id = row.feed.id;
    pk_feed_row_fini(&row);
    rc = lock_folder(sync->config, sync->stop, id, work_dir, sizeof work_dir, &lock, err);
    /* while this one waited, another process may have brought it up to date */
    if (rc == PK_OK) rc = pk_store_feed_get(sync->store, pk_str_of(name), &row, err);
    if (rc == PK_OK) {
      ret->had_good = row.good_at != 0;
      rc = pk_feed_type_is_repository(row.feed.type) ? sync_repository(sync, &row, work_dir, mode, ret, err)
                                                     : sync_documents(sync, &row, work_dir, mode, ret, err);
      pk_feed_row_fini(&row);
    }
  }
  if (lock >= 0) close(lock);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no feed '%s': see 'pakiti feed list'", name);
  return rc;
}

static pk_rc remove_all(pk_store *store, pk_judge *judge, const pk_feed_row *row, pk_map *names, pk_rejudged *ret, pk_err *err) {
  pk_exchange *x = NULL;
  pk_definition_change change = {0};
  pk_rc rc = pk_store_feed_names(store, row->feed.id, names, err);
  if (rc == PK_OK) rc = pk_store_exchange_begin(store, row->feed.id, true, &x, err);
  if (rc == PK_OK) rc = pk_store_exchange_end(x, &change, err); /* nothing was put again: all goes */
  pk_store_exchange_free(&x);
  if (rc == PK_OK) rc = pk_store_feed_remove(store, row->feed.id, err);
  if (rc == PK_OK) rc = pk_judge_names(judge, pk_str_of(row->feed.platform), names, ret, err);
  if (rc == PK_OK) rc = pk_judge_definitions(judge, pk_str_of(row->feed.platform), &change, ret, err);
  pk_definition_change_fini(&change);
  return rc;
}

pk_rc pk_sync_remove(const pk_config *config, pk_store *store, const pk_feed_row *row, pk_rejudged *ret, pk_err *err) {
  char work_dir[PATH_BYTES];
  int lock = -1;
  pk_map names;
  pk_map_init(&names, true);
  pk_judge *judge = pk_judge_new(store);
  pk_rc rc = lock_folder(config, NULL, row->feed.id, work_dir, sizeof work_dir, &lock, err); /* a sync of it ends first */
  if (rc == PK_OK) rc = pk_judge_begin(judge, err);
  if (rc == PK_OK) rc = pk_judge_end(judge, remove_all(store, judge, row, &names, ret, err), err);
  if (lock >= 0) close(lock);
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
  if (feed->url[0] == '/') { /* a path */
    size_t size = sizeof "file://" + strlen(feed->url);
    char *whole = pk_alloc(size);
    snprintf(whole, size, "file://%s", feed->url);
    free(feed->url);
    feed->url = whole;
  }
  pk_str url = pk_str_of(feed->url);
  if (!is_name(feed->name))
    return pk_err_set(err, PK_E_USAGE, "feed name '%s': use up to 200 letters, digits and . _ - : / + @", feed->name);
  if (!pk_str_starts(url, "http://") && !pk_str_starts(url, "https://") && !pk_str_starts(url, "file:/"))
    return pk_err_set(err, PK_E_USAGE, "feed '%s': --url must begin with http://, https://, file:/// or be a path that begins with '/'", feed->name);
  bool is_repository = pk_feed_type_is_repository(feed->type);
  if (is_repository && !*feed->platform) return pk_err_set(err, PK_E_USAGE, "say for which hosts it is: --platform debian:12");
  if (feed->type == PK_FEED_OVAL && !*feed->platform)
    return pk_err_set(err, PK_E_USAGE, "feed '%s': say whose definitions these are: --platform rhel:8 (or sles:15 for a file that is for all of them)", feed->name);
  pk_str release;
  if (feed->type == PK_FEED_OVAL && (pk_platform_split(pk_str_of(feed->platform), &release), !release.n) && !strstr(feed->platform, "tumbleweed"))
    return pk_err_set(err, PK_E_USAGE, "feed '%s': OVAL definitions are for a release: --platform %s:12, for example", feed->name, feed->platform);
  if (feed->type == PK_FEED_APT && !*feed->suite)
    return pk_err_set(err, PK_E_USAGE, "feed '%s': an apt repository needs --suite, for example --suite bookworm", feed->name);
  if (feed->type == PK_FEED_APT && !*feed->arch && feed->suite[strlen(feed->suite) - 1] != '/')
    return pk_err_set(err, PK_E_USAGE, "feed '%s': an apt repository needs --arch, for example --arch amd64", feed->name);
  if (is_repository && !*feed->keyring && !feed->is_unsigned)
    return pk_err_set(err, PK_E_USAGE, "feed '%s': say --keyring FILE, or --unsigned to trust the source without a signature", feed->name);
  if (!*feed->platform) return PK_OK;
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
