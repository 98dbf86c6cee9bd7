/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/documents.h"

#include "base/digest.h"
#include "base/file.h"
#include "feed/signature.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define FOLDER_DEPTH_MAX 16
#define BLOCK_BYTES ((size_t)256 << 10)
#define RATIO_MAX ((size_t)400)
#define LIST_BYTES_MAX ((size_t)256 << 20)
/* Changes when the same documents would be read otherwise than before. */
#define READER "documents-1"

typedef struct reading {
  const pk_feed_context *c;
  const pk_documents_visitor *visitor;
  size_t n_documents, n_refused;
  pk_err *err;
} reading;

/* A refused document is passed over. */
static pk_rc after(reading *r, pk_rc rc) {
  if (rc == PK_NOTFOUND) r->n_refused++;
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

static pk_rc count_document(reading *r) {
  if (r->n_documents++ < PK_DOCUMENTS_MAX) return PK_OK;
  return pk_err_set(r->err, PK_E_LIMIT, "more than %zu documents", PK_DOCUMENTS_MAX);
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* Files that vendors put beside documents. */
static bool is_companion(const char *path) {
  static const char *const ends[] = {".asc", ".sig", ".sha1", ".sha256", ".sha512", ".md5"};
  static const char *const names[] = {"LICENSE", "README", "README.md", "index.txt", "changes.csv", "deletions.csv", "releases.csv", "archive_latest.txt"};
  const char *name = base_name(path);
  if (*name == '.') return true;
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    if (pk_str_ends(pk_str_of(name), ends[i])) return true;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

/* ---- one file: a document or an archive of them ---- */

/* Hand over bytes that may be compressed. What is wrong with them is the document's own fault. */
static pk_rc read_bytes(reading *r, const char *name, pk_str bytes) {
  pk_stream *in = NULL;
  pk_err why;
  pk_rc rc = pk_stream_open_bytes(bytes, (pk_stream_limits){PK_DOCUMENT_MEMBER_MAX, RATIO_MAX}, &in, &why);
  if (rc != PK_OK) return after(r, r->visitor->broken(r->visitor->arg, name, &why, r->err));
  rc = after(r, r->visitor->read(r->visitor->arg, name, in, r->err));
  pk_stream_close(&in);
  return rc;
}

static pk_rc archive_fault(reading *r, struct archive *a) {
  const char *why = archive_error_string(a);
  return pk_err_set(r->err, PK_E_SYNTAX, "the archive is damaged: %s", why ? why : "no reason given");
}

static pk_rc read_member(reading *r, struct archive *a, const char *name, pk_buf *bytes, uint64_t *total) {
  char *block = pk_alloc(BLOCK_BYTES);
  pk_rc rc = PK_OK;
  bytes->n = 0;
  bytes->over = false;
  for (;;) {
    la_ssize_t n = archive_read_data(a, block, BLOCK_BYTES);
    if (n == 0) break;
    if (n < 0) rc = archive_fault(r, a);
    if (rc == PK_OK && (*total += (uint64_t)n) > PK_DOCUMENTS_OPEN_MAX)
      rc = pk_err_set(r->err, PK_E_LIMIT, "the archive holds more than %zu bytes", PK_DOCUMENTS_OPEN_MAX);
    if (rc == PK_OK && *total > PK_STREAM_RATIO_FREE && archive_filter_bytes(a, -1) > 0 && *total / (uint64_t)archive_filter_bytes(a, -1) > RATIO_MAX)
      rc = pk_err_set(r->err, PK_E_LIMIT, "the archive expands more than %zu times: refused as a decompression bomb", RATIO_MAX);
    if (rc != PK_OK) break;
    pk_buf_add(bytes, block, (size_t)n);
  }
  free(block);
  if (rc != PK_OK) return rc;
  if (!bytes->over) return read_bytes(r, name, pk_buf_view(bytes));
  pk_err why;
  pk_err_set(&why, PK_E_LIMIT, "larger than %zu bytes", PK_DOCUMENT_MEMBER_MAX);
  return after(r, r->visitor->broken(r->visitor->arg, name, &why, r->err));
}

static pk_rc read_archive(reading *r, struct archive *a, struct archive_entry *entry) {
  pk_buf bytes;
  uint64_t total = 0;
  pk_buf_init(&bytes, PK_DOCUMENT_MEMBER_MAX);
  pk_rc rc = PK_OK;
  int status = ARCHIVE_OK;
  while (rc == PK_OK && (status == ARCHIVE_OK || status == ARCHIVE_WARN)) {
    const char *name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) == AE_IFREG && name && !is_companion(name)) {
      rc = count_document(r);
      if (rc == PK_OK) rc = read_member(r, a, name, &bytes, &total);
    }
    if (rc == PK_OK) status = archive_read_next_header(a, &entry);
  }
  if (rc == PK_OK && status != ARCHIVE_EOF) rc = archive_fault(r, a);
  pk_buf_free(&bytes);
  return rc;
}

static pk_rc read_plain(reading *r, const char *path, const char *name) {
  pk_stream *in = NULL;
  pk_err why;
  pk_rc rc = count_document(r);
  if (rc != PK_OK) return rc;
  rc = pk_stream_open_file(path, (pk_stream_limits){PK_DOCUMENTS_OPEN_MAX, RATIO_MAX}, &in, &why);
  if (rc != PK_OK) return after(r, r->visitor->broken(r->visitor->arg, name, &why, r->err));
  rc = after(r, r->visitor->read(r->visitor->arg, name, in, r->err));
  pk_stream_close(&in);
  return rc;
}

/* What is neither tar nor zip is a document. */
static pk_rc read_file(reading *r, const char *path, const char *name) {
  struct archive *a = archive_read_new();
  struct archive_entry *entry;
  if (!a) pk_panic("out of memory");
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_bzip2(a);
  archive_read_support_filter_xz(a);
  archive_read_support_filter_zstd(a);
  archive_read_support_format_tar(a);
  archive_read_support_format_zip_seekable(a);
  pk_rc rc;
  int opened = archive_read_open_filename(a, path, BLOCK_BYTES);
  if (opened == ARCHIVE_OK) opened = archive_read_next_header(a, &entry);
  if (opened == ARCHIVE_OK || opened == ARCHIVE_WARN)
    rc = read_archive(r, a, entry);
  else
    rc = read_plain(r, path, name);
  archive_read_free(a);
  return rc;
}

/* ---- folders ---- */

typedef struct names {
  char **list;
  size_t n, cap;
} names;

static void free_names(names *n) {
  for (size_t i = 0; i < n->n; i++) free(n->list[i]);
  free(n->list);
}

static int cmp_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Paths below the folder, without hidden ones and companions. */
static pk_rc list_folder(reading *r, const char *root, const char *below, unsigned depth, names *ret) {
  char path[PATH_BYTES];
  if ((size_t)snprintf(path, sizeof path, "%s%s%s", root, *below ? "/" : "", below) >= sizeof path || depth > FOLDER_DEPTH_MAX)
    return pk_err_set(r->err, PK_E_LIMIT, "'%.200s': folders are nested too deep", root);
  DIR *dir = opendir(path);
  if (!dir) return pk_err_set(r->err, PK_E_IO, "cannot read the folder '%s': %s", path, strerror(errno));
  pk_rc rc = PK_OK;
  for (struct dirent *e; rc == PK_OK && (e = readdir(dir)) != NULL;) {
    char one[PATH_BYTES], whole[2 * PATH_BYTES];
    struct stat st;
    if (is_companion(e->d_name)) continue;
    if ((size_t)snprintf(one, sizeof one, "%s%s%s", below, *below ? "/" : "", e->d_name) >= sizeof one) continue;
    snprintf(whole, sizeof whole, "%s/%s", root, one);
    if (stat(whole, &st) != 0) continue;
    if (S_ISDIR(st.st_mode)) rc = list_folder(r, root, one, depth + 1, ret);
    if (!S_ISREG(st.st_mode)) continue;
    if (ret->n == PK_DOCUMENTS_MAX) rc = pk_err_set(r->err, PK_E_LIMIT, "'%s' has more than %zu files", root, PK_DOCUMENTS_MAX);
    PK_GROW(ret->list, ret->n, ret->cap);
    ret->list[ret->n++] = pk_str_dup(pk_str_of(one));
  }
  closedir(dir);
  return rc;
}

/* Names, sizes and times stand for the content of a folder. */
static void mark_folder(const char *root, const names *files, const pk_feed *feed, char *ret_mark) {
  pk_buf all;
  pk_buf_init(&all, SIZE_MAX / 2);
  pk_buf_printf(&all, "%s\n%s\n", READER, feed->platform);
  for (size_t i = 0; i < files->n; i++) {
    char path[2 * PATH_BYTES];
    struct stat st = {0};
    snprintf(path, sizeof path, "%s/%s", root, files->list[i]);
    if (stat(path, &st) != 0) st.st_size = -1;
    pk_buf_printf(&all, "%s %lld %lld.%09ld\n", files->list[i], (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  }
  pk_sum sum = pk_sum_of(pk_buf_view(&all));
  snprintf(ret_mark, PK_FEED_MARK_MAX, "%s %s", READER, sum.hex);
  pk_buf_free(&all);
}

static pk_rc read_folder(reading *r, const char *root, char *ret_mark) {
  names files = {0};
  if (*r->c->feed->keyring) return pk_err_set(r->err, PK_E_VERIFY, "the documents of a folder cannot be verified: add the feed without --keyring");
  pk_rc rc = list_folder(r, root, "", 0, &files);
  if (rc == PK_OK && !files.n) rc = pk_err_set(r->err, PK_E_NET, "the folder '%s' is empty", root);
  if (rc == PK_OK) {
    qsort(files.list, files.n, sizeof *files.list, cmp_names);
    mark_folder(root, &files, r->c->feed, ret_mark);
    if (strcmp(ret_mark, r->c->last_mark) == 0) rc = PK_UNCHANGED;
  }
  for (size_t i = 0; rc == PK_OK && i < files.n; i++) {
    char path[2 * PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", root, files.list[i]);
    rc = read_file(r, path, files.list[i]);
  }
  free_names(&files);
  return rc;
}

/* ---- fetching ---- */

static void place_of(const reading *r, const char *name, char *ret, size_t size) { snprintf(ret, size, "%s/%s", r->c->work_dir, name); }

/* With a keyring, the signature is the file beside it with .asc behind its name. */
static pk_rc verify(reading *r, const char *url, const char *place) {
  char signature_url[PATH_BYTES], signature[PATH_BYTES];
  if (!*r->c->feed->keyring) return PK_OK;
  if ((size_t)snprintf(signature_url, sizeof signature_url, "%s.asc", url) >= sizeof signature_url)
    return pk_err_set(r->err, PK_E_LIMIT, "the address is too long");
  place_of(r, "signature.asc", signature, sizeof signature);
  pk_rc rc = pk_http_get(r->c->http, signature_url, signature, (uint64_t)1 << 20, NULL, r->err);
  if (rc == PK_NOTFOUND) {
    pk_err_prefix(r->err, "the feed has a keyring, but there is no signature: ");
    rc = r->err->rc = PK_E_VERIFY;
  }
  if (rc == PK_OK) rc = pk_signature_check_detached(place, signature, r->c->feed->keyring, r->c->work_dir, r->err);
  unlink(signature);
  return rc;
}

/* The mark of a single file: what the server calls this state, and what else decides about the content. */
static void mark_file(const pk_feed *feed, const char *tag, char *ret_mark) {
  char key[PATH_BYTES + 128];
  snprintf(key, sizeof key, "%s\n%s\n%s", READER, feed->platform, feed->url);
  pk_sum sum = pk_sum_of(pk_str_of(key));
  snprintf(ret_mark, PK_FEED_MARK_MAX, "%.16s %.160s", sum.hex, tag);
}

static pk_rc read_url(reading *r, char *ret_mark) {
  char tag[PK_HTTP_TAG_MAX] = "", place[PATH_BYTES], mark[PK_FEED_MARK_MAX];
  const char *url = r->c->feed->url, *last = r->c->last_mark;
  mark_file(r->c->feed, "", mark);
  if (strncmp(mark, last, strlen(mark)) == 0) snprintf(tag, sizeof tag, "%s", last + strlen(mark));
  place_of(r, "document", place, sizeof place);
  pk_rc rc = pk_http_get_newer(r->c->http, url, place, PK_DOCUMENTS_FETCH_MAX, tag, r->err);
  if (rc == PK_OK) rc = verify(r, url, place);
  if (rc == PK_OK) rc = read_file(r, place, base_name(url));
  if (rc == PK_OK && !*tag) snprintf(tag, sizeof tag, "n%lld", (long long)r->c->now); /* the server cannot tell: another one every time */
  mark_file(r->c->feed, tag, ret_mark);
  unlink(place);
  return rc;
}

/* ---- Red Hat's CSAF layout ----
 *
 * archive_latest.txt names csaf_vex_2024-08-04.tar.zst; changes.csv and deletions.csv have lines "2024/cve-2024-1.json",
 * "2024-08-05T07:11:12+00:00", newest first.  source https://security.access.redhat.com/data/csaf/v2/vex/README */

static pk_rc fetch_below(reading *r, const char *name, const char *place, uint64_t max) {
  char url[PATH_BYTES];
  if ((size_t)snprintf(url, sizeof url, "%s%s", r->c->feed->url, name) >= sizeof url) return pk_err_set(r->err, PK_E_LIMIT, "the address is too long");
  pk_rc rc = pk_http_get(r->c->http, url, place, max, NULL, r->err);
  return rc;
}

static pk_rc fetch_text(reading *r, const char *name, pk_buf *ret) {
  char place[PATH_BYTES];
  place_of(r, "list", place, sizeof place);
  pk_rc rc = fetch_below(r, name, place, LIST_BYTES_MAX);
  if (rc == PK_OK) rc = pk_file_read(place, ret, r->err);
  unlink(place);
  return rc;
}

/* A path that stays inside and needs no escape in an address. */
static bool is_inside(pk_str path) {
  if (!path.n || path.n > 1024 || path.p[0] == '/' || path.p[0] == '.') return false;
  for (size_t i = 0; i < path.n; i++) {
    char c = path.p[i];
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("._-/:+", c);
    if (!c || !plain || (c == '.' && i + 1 < path.n && path.p[i + 1] == '.')) return false;
  }
  return true;
}

typedef struct change {
  char *path;
  char at[40];
} change;

typedef struct changes {
  change *list;
  size_t n, cap;
  char newest[40];
} changes;

static void free_changes(changes *c) {
  for (size_t i = 0; i < c->n; i++) free(c->list[i].path);
  free(c->list);
}

static pk_str unquoted(pk_str s) {
  s = pk_str_trim(s);
  return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? pk_str_sub(s, 1, s.n - 1) : s;
}

/* Lines with a later time than `since`. Times have one form, so that they compare as text. */
static pk_rc read_changes(reading *r, const char *name, const char *since, changes *ret) {
  pk_buf text;
  pk_buf_init(&text, LIST_BYTES_MAX);
  pk_rc rc = fetch_text(r, name, &text);
  if (rc == PK_NOTFOUND) rc = PK_OK;
  pk_str rest = pk_buf_view(&text), line;
  while (rc == PK_OK && pk_str_split(&rest, '\n', &line)) {
    size_t comma = pk_str_find(line, ',');
    pk_str path = unquoted(pk_str_sub(line, 0, comma)), at = unquoted(pk_str_sub(line, comma + 1, line.n));
    if (comma == line.n || !is_inside(path) || !pk_str_ends(path, ".json") || !at.n || at.n >= sizeof ret->newest) continue;
    if (pk_str_cmp(at, pk_str_of(since)) <= 0) continue;
    PK_GROW(ret->list, ret->n, ret->cap);
    change *c = &ret->list[ret->n++];
    c->path = pk_str_dup(path);
    snprintf(c->at, sizeof c->at, "%.*s", PK_FMT(at));
    if (strcmp(c->at, ret->newest) > 0) memcpy(ret->newest, c->at, sizeof c->at);
  }
  pk_buf_free(&text);
  return rc;
}

static pk_rc read_changed(reading *r, const changes *changed) {
  char place[PATH_BYTES];
  pk_rc rc = PK_OK;
  place_of(r, "document", place, sizeof place);
  for (size_t i = 0; rc == PK_OK && i < changed->n; i++) {
    char url[PATH_BYTES];
    rc = fetch_below(r, changed->list[i].path, place, PK_DOCUMENT_MEMBER_MAX);
    snprintf(url, sizeof url, "%s%s", r->c->feed->url, changed->list[i].path);
    if (rc == PK_OK) rc = verify(r, url, place);
    if (rc == PK_OK) rc = read_plain(r, place, changed->list[i].path);
    if (rc == PK_NOTFOUND) rc = PK_OK; /* deleted since the list was made: that list comes next */
  }
  unlink(place);
  return rc;
}

static pk_rc read_deleted(reading *r, const changes *deleted) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < deleted->n; i++) rc = r->visitor->deleted(r->visitor->arg, deleted->list[i].path, r->err);
  return rc;
}

static pk_rc read_whole_archive(reading *r, const char *name) {
  char place[PATH_BYTES], url[PATH_BYTES];
  place_of(r, "archive", place, sizeof place);
  snprintf(url, sizeof url, "%s%s", r->c->feed->url, name);
  pk_rc rc = fetch_below(r, name, place, PK_DOCUMENTS_FETCH_MAX);
  if (rc == PK_OK) rc = verify(r, url, place);
  if (rc == PK_OK) rc = read_file(r, place, name);
  unlink(place);
  return rc;
}

/* The day of "csaf_vex_2024-08-04.tar.zst": what was changed from then on is not surely in it. */
static void day_of(pk_str archive, char *ret, size_t size) {
  ret[0] = '\0';
  for (size_t i = 0; i + 10 <= archive.n; i++) {
    pk_str d = pk_str_sub(archive, i, i + 10);
    uint64_t n;
    if (d.p[4] == '-' && d.p[7] == '-' && pk_str_u64(pk_str_sub(d, 0, 4), &n) && pk_str_u64(pk_str_sub(d, 5, 7), &n) && pk_str_u64(pk_str_sub(d, 8, 10), &n))
      snprintf(ret, size, "%.*s", PK_FMT(d));
  }
}

typedef struct news {
  changes changed, deleted;
} news;

static pk_rc read_news(reading *r, const char *since, news *ret) {
  free_changes(&ret->changed);
  free_changes(&ret->deleted);
  *ret = (news){0};
  pk_rc rc = read_changes(r, "changes.csv", since, &ret->changed);
  return rc == PK_OK ? read_changes(r, "deletions.csv", since, &ret->deleted) : rc;
}

/* `again`: what was there before the news is stored. */
static pk_rc read_since(reading *r, pk_str archive, bool again, const news *n) {
  char name[256];
  pk_rc rc = PK_OK;
  if (again) {
    r->visitor->changes_only(r->visitor->arg);
  } else {
    snprintf(name, sizeof name, "%.*s", PK_FMT(archive));
    rc = read_whole_archive(r, name);
  }
  r->n_refused = 0; /* what the archive has wrong comes right with the next one */
  if (rc == PK_OK) rc = read_changed(r, &n->changed);
  return rc == PK_OK ? read_deleted(r, &n->deleted) : rc;
}

static pk_rc read_layout(reading *r, pk_str archive, char *ret_mark) {
  char since[40], day[40], prefix[PK_FEED_MARK_MAX];
  news n = {0};
  mark_file(r->c->feed, "csaf ", prefix);
  day_of(archive, day, sizeof day);
  bool again = strncmp(prefix, r->c->last_mark, strlen(prefix)) == 0 && r->c->last_mark[strlen(prefix)];
  snprintf(since, sizeof since, "%s", again ? r->c->last_mark + strlen(prefix) : day);
  pk_rc rc = read_news(r, since, &n);
  if (rc == PK_OK && again && !n.changed.n && !n.deleted.n) rc = PK_UNCHANGED;
  if (rc == PK_OK && again && n.changed.n > PK_DOCUMENTS_CHANGED_MAX) { /* the archive is quicker */
    again = false;
    snprintf(since, sizeof since, "%s", day);
    rc = read_news(r, since, &n);
  }
  if (rc == PK_OK) rc = read_since(r, archive, again, &n);
  const char *newest = strcmp(n.deleted.newest, n.changed.newest) > 0 ? n.deleted.newest : n.changed.newest;
  bool all = *newest && !r->n_refused; /* what was refused is asked for again */
  snprintf(ret_mark, PK_FEED_MARK_MAX, "%.120s%.40s", prefix, all ? newest : since);
  free_changes(&n.changed);
  free_changes(&n.deleted);
  return rc;
}

/* An address that ends in '/': the layout above, or a local folder. */
static pk_rc read_base(reading *r, const char *folder, char *ret_mark) {
  pk_buf text;
  pk_buf_init(&text, 4096);
  pk_rc rc = fetch_text(r, "archive_latest.txt", &text);
  pk_str name = pk_str_trim(pk_buf_view(&text));
  if (rc == PK_OK && (!is_inside(name) || pk_str_find(name, '/') < name.n || name.n > 200))
    rc = pk_err_set(r->err, PK_E_SYNTAX, "archive_latest.txt does not name an archive");
  if (rc == PK_OK)
    rc = read_layout(r, name, ret_mark);
  else if (rc == PK_NOTFOUND && folder)
    rc = read_folder(r, folder, ret_mark);
  else if (rc == PK_NOTFOUND)
    pk_err_prefix(r->err, "the address of a folder is only understood where there is an archive_latest.txt; name the file: ");
  pk_buf_free(&text);
  return rc;
}

pk_rc pk_documents_each(const pk_feed_context *c, const pk_documents_visitor *visitor, char *ret_mark, pk_err *err) {
  reading r = {.c = c, .visitor = visitor, .err = err};
  const char *url = c->feed->url, *local = strncmp(url, "file://", 7) == 0 ? url + 7 : NULL;
  bool folder = local && pk_dir_exists(local);
  if (url[strlen(url) - 1] == '/') return read_base(&r, folder ? local : NULL, ret_mark);
  return folder ? read_folder(&r, local, ret_mark) : read_url(&r, ret_mark);
}
