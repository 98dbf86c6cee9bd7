/* SPDX-License-Identifier: Apache-2.0
 *
 * A fetch is up to PK_HTTP_TRIES tries, a checksum, and a rename. The life of one try:
 *
 *   1 open     the partial file; with a checksum to hold against, what it has already is asked for no more
 *   2 headers  judged once complete: status, part that is sent, announced size, downgrade by a redirect
 *   3 body     counted, written, shown as progress
 *   4 end      libcurl's result or the status becomes a pk_rc, passing (worth another try) or not
 *
 * What our callbacks refuse they record in `refused` with its message, and end the transfer. */
#include "base/http.h"

#include "base/file.h"
#include "base/times.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The stop flag is looked at this often while nothing happens. */
#define SLICE_MS 100
#define BLOCK_BYTES (256L * 1024)

struct pk_http {
  pk_http_options options; /* proxy: our copy */
  CURLM *multi;            /* not curl_easy_perform: that looks up only once a second */
  CURL *easy;
};

typedef struct fetch {
  pk_http *http;
  const char *url;
  char *shown; /* the address without credentials, for messages */
  const char *part;
  bool local; /* a file: address */
  uint64_t max_bytes;
  const pk_sum *want;
  int64_t deadline_ms;
  bool resumed; /* some try went on with a partial file */
  const char *old_tag;           /* of the state that is not wanted again; NULL: any is wanted */
  char new_tag[PK_HTTP_TAG_MAX]; /* headers: of what comes; 'e' and an ETag, 'm' and a date */
  pk_err *err;

  /* of the present try */
  int fd;
  uint64_t from;       /* first byte asked for */
  uint64_t done;       /* bytes the partial file has */
  uint64_t total;      /* announced size of the whole file, 0: not known */
  uint64_t length;     /* headers: Content-Length, 0: none */
  uint64_t range_from; /* headers: first byte of Content-Range, UINT64_MAX: none */
  bool secure;         /* the last answer came by https */
  bool has_body;       /* what comes now is the file */
  bool passing;        /* the refusal is worth another try */
  pk_rc refused;
  char why[CURL_ERROR_SIZE];
} fetch;

static pthread_once_t global_once = PTHREAD_ONCE_INIT;

static void init_global(void) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) pk_panic("libcurl cannot be initialised");
}

pk_rc pk_http_new(const pk_http_options *options, pk_http **ret, pk_err *err) {
  if (options->connect_timeout_ms <= 0 || options->total_timeout_ms <= 0)
    return pk_err_set(err, PK_E_CONFIG, "time limits of downloads must be above 0");
  pthread_once(&global_once, init_global);
  pk_http *http = pk_calloc(1, sizeof *http);
  http->options = *options;
  http->options.proxy = pk_str_dup(pk_str_of(options->proxy));
  http->multi = curl_multi_init();
  http->easy = curl_easy_init();
  if (!http->multi || !http->easy) pk_panic("out of memory");
  *ret = http;
  return PK_OK;
}

void pk_http_free(pk_http **http) {
  if (!*http) return;
  curl_easy_cleanup((*http)->easy);
  curl_multi_cleanup((*http)->multi);
  char *proxy;
  memcpy(&proxy, &(*http)->options.proxy, sizeof proxy); /* const for its users, ours to free */
  free(proxy);
  free(*http);
  *http = NULL;
}

static bool stop_asked(const pk_http *http) { return http->options.stop && atomic_load(http->options.stop); }

static pk_rc stopped(const fetch *f) { return pk_err_set(f->err, PK_E_STOPPED, "stopped while fetching '%s'", f->shown); }

static pk_rc too_large(const fetch *f) {
  return pk_err_set(f->err, PK_E_LIMIT, "'%s' is larger than %llu bytes", f->shown, (unsigned long long)f->max_bytes);
}

/* ---- 1 open ---- */

static pk_rc part_fault(const fetch *f) { return pk_err_set(f->err, PK_E_IO, "cannot write '%s': %s", f->part, strerror(errno)); }

static pk_rc part_empty(fetch *f) {
  f->done = 0;
  return ftruncate(f->fd, 0) == 0 && lseek(f->fd, 0, SEEK_SET) == 0 ? PK_OK : part_fault(f);
}

static pk_rc part_open(fetch *f) {
  bool resume = f->want && !f->local;
  f->fd = open(f->part, O_WRONLY | O_CREAT | O_CLOEXEC | (resume ? O_APPEND : O_TRUNC), 0640);
  if (f->fd < 0) return pk_err_set(f->err, PK_E_IO, "cannot create '%s': %s", f->part, strerror(errno));
  off_t size = lseek(f->fd, 0, SEEK_END);
  f->from = f->done = size > 0 ? (uint64_t)size : 0;
  pk_rc rc = PK_OK;
  if (f->done > f->max_bytes) {
    rc = part_empty(f);
    f->from = 0;
  }
  if (f->from > 0) f->resumed = true;
  if (rc != PK_OK) close(f->fd);
  return rc;
}

/* ---- 2 headers ---- */

static long status_of(const fetch *f) {
  long status = 0;
  curl_easy_getinfo(f->http->easy, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

static pk_rc refuse_downgrade(fetch *f) {
  char *url = NULL;
  curl_easy_getinfo(f->http->easy, CURLINFO_EFFECTIVE_URL, &url);
  bool secure = url && strncasecmp(url, "https:", 6) == 0;
  if (f->secure && !secure) return pk_err_set(f->err, PK_E_NET, "'%s' redirects from https to http: refused", f->shown);
  f->secure = secure;
  return PK_OK;
}

/* RFC 9110 section 14: a server may ignore Range (200, whole file), and what part a 206 holds is said by Content-Range only. */
static pk_rc judge_headers(fetch *f) {
  pk_rc rc = refuse_downgrade(f);
  if (rc != PK_OK) return rc;
  long status = status_of(f);
  if (status != 200 && status != 206) return PK_OK;
  if (status == 200 && f->from > 0) rc = part_empty(f);
  if (status == 206 && (f->from == 0 || f->range_from != f->from)) {
    f->passing = true;
    rc = part_empty(f);
    if (rc == PK_OK) rc = pk_err_set(f->err, PK_E_NET, "'%s' sent another part of the file than was asked for", f->shown);
  }
  if (rc != PK_OK) return rc;
  if (f->length > f->max_bytes || f->done > f->max_bytes - f->length) return too_large(f);
  f->total = f->length ? f->done + f->length : 0;
  f->has_body = true;
  return PK_OK;
}

static void read_header(fetch *f, pk_str line) {
  size_t colon = pk_str_find(line, ':');
  pk_str name = pk_str_sub(line, 0, colon), value = pk_str_trim(pk_str_sub(line, colon + 1, line.n));
  if (pk_str_is_nocase(name, "content-length")) {
    if (!pk_str_u64(value, &f->length)) f->length = 0;
  } else if (pk_str_is_nocase(name, "etag") && value.n < PK_HTTP_TAG_MAX - 1) {
    snprintf(f->new_tag, sizeof f->new_tag, "e%.*s", PK_FMT(value));
  } else if (pk_str_is_nocase(name, "last-modified") && f->new_tag[0] != 'e' && value.n < PK_HTTP_TAG_MAX - 1) {
    snprintf(f->new_tag, sizeof f->new_tag, "m%.*s", PK_FMT(value));
  } else if (pk_str_is_nocase(name, "content-range")) {
    pk_str unit, range;
    if (pk_str_word(&value, &unit) && pk_str_is_nocase(unit, "bytes") && pk_str_word(&value, &range) &&
        !pk_str_u64(pk_str_sub(range, 0, pk_str_find(range, '-')), &f->range_from))
      f->range_from = UINT64_MAX;
  }
}

static size_t on_header(char *p, size_t size, size_t n, void *arg) {
  fetch *f = arg;
  pk_str line = pk_str_trim((pk_str){p, size * n});
  if (f->local) return size * n;
  if (pk_str_starts(line, "HTTP/")) {
    f->length = 0;
    f->range_from = UINT64_MAX;
    f->new_tag[0] = '\0';
  } else if (line.n == 0) {
    f->refused = judge_headers(f);
  } else {
    read_header(f, line);
  }
  return f->refused == PK_OK ? size * n : 0;
}

/* ---- 3 body ---- */

static pk_rc take_body(fetch *f, const char *p, size_t n) {
  const pk_http_options *o = &f->http->options;
  if (stop_asked(f->http)) return stopped(f);
  if (n > f->max_bytes - f->done) return too_large(f);
  for (size_t written = 0; written < n;) {
    ssize_t w = write(f->fd, p + written, n - written);
    if (w < 0 && errno != EINTR) return part_fault(f);
    if (w > 0) written += (size_t)w;
  }
  f->done += n;
  if (o->progress) o->progress(o->progress_arg, f->shown, f->done, f->total);
  return PK_OK;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg) {
  fetch *f = arg;
  if (f->has_body) f->refused = take_body(f, p, size * n);
  return f->refused == PK_OK ? size * n : 0;
}

/* ---- 4 end ---- */

/* What libcurl's results mean to us; every other one is "cannot fetch" and final. */
static const struct {
  CURLcode code;
  bool passing;
  const char *before, *after;
} RESULTS[] = {
    {CURLE_COULDNT_RESOLVE_HOST, true, "cannot reach ", ""},
    {CURLE_COULDNT_RESOLVE_PROXY, true, "cannot reach ", ""},
    {CURLE_COULDNT_CONNECT, true, "cannot reach ", ""},
    {CURLE_SSL_CONNECT_ERROR, true, "cannot reach ", ""},
    {CURLE_OPERATION_TIMEDOUT, true, "", " took too long"},
    {CURLE_PARTIAL_FILE, true, "", " ended early"},
    {CURLE_GOT_NOTHING, true, "", " ended early"},
    {CURLE_RECV_ERROR, true, "", " ended early"},
    {CURLE_SEND_ERROR, true, "", " ended early"},
    {CURLE_HTTP2, true, "", " ended early"},
    {CURLE_HTTP2_STREAM, true, "", " ended early"},
    {CURLE_PEER_FAILED_VERIFICATION, false, "certificate of ", " is not trusted"},
    {CURLE_TOO_MANY_REDIRECTS, false, "", " redirects too often"},
    {CURLE_UNSUPPORTED_PROTOCOL, false, "", " redirects to an address that is not allowed"},
};

static pk_rc judge_result(fetch *f, CURLcode code) {
  const char *before = "cannot fetch ", *after = "";
  f->passing = false;
  for (size_t i = 0; i < sizeof RESULTS / sizeof RESULTS[0]; i++) {
    if (RESULTS[i].code != code) continue;
    f->passing = RESULTS[i].passing;
    before = RESULTS[i].before;
    after = RESULTS[i].after;
  }
  return pk_err_set(f->err, PK_E_NET, "%s'%s'%s: %s", before, f->shown, after, f->why[0] ? f->why : curl_easy_strerror(code));
}

static pk_rc judge_status(fetch *f) {
  long status = status_of(f);
  f->passing = status >= 500 || status == 429 || status == 408;
  if (f->has_body) return PK_OK;
  if (status == 304 && f->old_tag && *f->old_tag) return PK_UNCHANGED;
  if (status == 416 && f->from > 0) return PK_OK; /* nothing is left to send: the checksum tells whether that is so */
  if (status == 404 || status == 410) return pk_err_set(f->err, PK_NOTFOUND, "'%s' does not exist (%ld)", f->shown, status);
  return pk_err_set(f->err, PK_E_NET, "'%s' answered %ld", f->shown, status);
}

static void set_protocols(CURL *easy, bool secure) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FILE));
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, (long)(secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void prepare(fetch *f, int64_t left_ms) {
  CURL *easy = f->http->easy;
  const pk_http_options *o = &f->http->options;
  curl_easy_reset(easy);
  set_protocols(easy, strncasecmp(f->url, "https:", 6) == 0);
  curl_easy_setopt(easy, CURLOPT_URL, f->url);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "pakiti/" PK_VERSION);
  if (o->proxy[0]) curl_easy_setopt(easy, CURLOPT_PROXY, o->proxy);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)PK_HTTP_REDIRECTS_MAX);
  curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)PK_HTTP_SLOW_BYTES_PER_S);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)PK_HTTP_SLOW_S);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BLOCK_BYTES);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->why);
  if (f->from > 0) {
    /* not CURLOPT_RESUME_FROM: libcurl then refuses the whole file from a server that ignores Range */
    char range[32];
    snprintf(range, sizeof range, "%llu-", (unsigned long long)f->from);
    curl_easy_setopt(easy, CURLOPT_RANGE, range);
  }
}

/* RFC 9110 section 13.1: an entity tag goes before a date. */
static struct curl_slist *conditions(const fetch *f) {
  char line[PK_HTTP_TAG_MAX + 32];
  if (!f->old_tag || !strchr("em", f->old_tag[0]) || !f->old_tag[0] || f->local) return NULL;
  snprintf(line, sizeof line, "%s: %s", f->old_tag[0] == 'e' ? "If-None-Match" : "If-Modified-Since", f->old_tag + 1);
  struct curl_slist *list = curl_slist_append(NULL, line);
  if (!list) pk_panic("out of memory");
  curl_easy_setopt(f->http->easy, CURLOPT_HTTPHEADER, list);
  return list;
}

static CURLcode perform(fetch *f) {
  CURLM *multi = f->http->multi;
  CURL *easy = f->http->easy;
  CURLcode result = CURLE_FAILED_INIT;
  int running = curl_multi_add_handle(multi, easy) == CURLM_OK;
  while (running && f->refused == PK_OK) {
    if (curl_multi_perform(multi, &running) != CURLM_OK) break;
    if (running && curl_multi_poll(multi, NULL, 0, SLICE_MS, NULL) != CURLM_OK) break;
    if (running && stop_asked(f->http)) f->refused = stopped(f);
  }
  int left;
  for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL;)
    if (m->msg == CURLMSG_DONE) result = m->data.result;
#if LIBCURL_VERSION_NUM >= 0x075700
  if (f->refused == PK_E_STOPPED) curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a name lookup */
#endif
  curl_multi_remove_handle(multi, easy);
  return result;
}

static pk_rc try_once(fetch *f) {
  f->passing = f->secure = false;
  f->has_body = f->local;
  f->refused = PK_OK;
  f->why[0] = '\0';
  int64_t left_ms = f->deadline_ms - pk_monotonic_ms();
  if (left_ms <= 0) return pk_err_set(f->err, PK_E_NET, "'%s' took too long", f->shown);
  if (stop_asked(f->http)) return stopped(f);
  pk_rc rc = part_open(f);
  if (rc != PK_OK) return rc;
  prepare(f, left_ms);
  struct curl_slist *headers = conditions(f);
  CURLcode code = perform(f);
  curl_slist_free_all(headers);
  if (close(f->fd) != 0) return part_fault(f);
  if (f->refused != PK_OK) return f->refused;
  if (code != CURLE_OK && code != CURLE_HTTP_RETURNED_ERROR) return judge_result(f, code);
  if (f->local && f->done != f->total) return pk_err_set(f->err, PK_E_IO, "cannot read '%s' to its end", f->shown);
  return judge_status(f);
}

/* Returns PK_OK when the pause is over and there is time for another try; else the fault that it was for, or PK_E_STOPPED. */
static pk_rc pause_after(const fetch *f, pk_rc fault, int64_t pause_ms) {
  int64_t until_ms = pk_monotonic_ms() + pause_ms;
  if (until_ms >= f->deadline_ms) return fault;
  for (int64_t left; (left = until_ms - pk_monotonic_ms()) > 0;) {
    if (stop_asked(f->http)) return stopped(f);
    nanosleep(&(struct timespec){.tv_nsec = (left < SLICE_MS ? left : SLICE_MS) * 1000000L}, NULL);
  }
  return PK_OK;
}

static pk_rc try_often(fetch *f) {
  int64_t pause_ms = f->http->options.pause_ms > 0 ? f->http->options.pause_ms : PK_HTTP_PAUSE_MS;
  for (int tries = 1;; tries++) {
    pk_rc rc = try_once(f);
    if (rc == PK_OK || !f->passing || tries == PK_HTTP_TRIES) return rc;
    rc = pause_after(f, rc, pause_ms);
    if (rc != PK_OK) return rc;
    pause_ms *= 2;
  }
}

static pk_rc check_sum(const fetch *f) {
  pk_rc rc = f->want ? pk_sum_check_file(f->want, f->part, f->err) : PK_OK;
  if (rc == PK_E_VERIFY) {
    pk_err_prefix(f->err, "'%s': ", f->shown);
    unlink(f->part);
  }
  return rc;
}

static pk_rc run(fetch *f, const char *path) {
  pk_rc rc = try_often(f);
  if (rc == PK_OK) rc = check_sum(f);
  if (rc == PK_E_VERIFY && f->resumed) { /* the file changed since its first part was fetched */
    rc = try_often(f);
    if (rc == PK_OK) rc = check_sum(f);
  }
  if (rc == PK_OK && rename(f->part, path) != 0)
    rc = pk_err_set(f->err, PK_E_IO, "cannot rename '%s': %s", f->part, strerror(errno));
  /* kept only for what can go on with it */
  if (rc == PK_E_LIMIT || !f->want || pk_file_size(f->part) == 0) unlink(f->part);
  return rc;
}

/* ---- addresses ---- */

static char *without_credentials(const char *url, bool parsed) {
  const char *scheme_end = strstr(url, "://");
  const char *host = scheme_end ? scheme_end + 3 : url;
  pk_str rest = pk_str_of(host);
  pk_str where = parsed ? pk_str_sub(rest, 0, strcspn(host, "/?#")) : rest; /* not understood: rather cut too much */
  size_t at = pk_str_rfind(where, '@');
  if (at == where.n) return pk_str_dup(pk_str_of(url));
  char *shown = pk_str_dup(pk_str_of(url));
  memmove(shown + (host - url), host + at + 1, rest.n - at); /* its NUL too */
  return shown;
}

/* libcurl takes every failure to open for a missing file and a folder for an empty one; so look first. */
static pk_rc find_local(fetch *f, const char *path) {
  struct stat st;
  if (stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
    return pk_err_set(f->err, PK_NOTFOUND, "'%s' does not exist", f->shown);
  if (access(path, R_OK) != 0 || stat(path, &st) != 0)
    return pk_err_set(f->err, PK_E_IO, "cannot read '%s': %s", f->shown, strerror(errno));
  if (!S_ISREG(st.st_mode)) return pk_err_set(f->err, PK_E_IO, "cannot read '%s': it is not a file", f->shown);
  f->local = true;
  f->total = (uint64_t)st.st_size;
  snprintf(f->new_tag, sizeof f->new_tag, "f%lld-%lld.%09ld", (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  if (f->old_tag && strcmp(f->old_tag, f->new_tag) == 0) return PK_UNCHANGED;
  return f->total > f->max_bytes ? too_large(f) : PK_OK;
}

static pk_rc read_address(fetch *f) {
  CURLU *u = curl_url();
  char *scheme = NULL, *path = NULL;
  if (!u) pk_panic("out of memory");
  bool parsed = curl_url_set(u, CURLUPART_URL, f->url, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_PATH, &path, CURLU_URLDECODE) == CURLUE_OK;
  f->shown = without_credentials(f->url, parsed);
  pk_rc rc = PK_OK;
  if (parsed && strcmp(scheme, "file") == 0)
    rc = find_local(f, path);
  else if (!parsed || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
    rc = pk_err_set(f->err, PK_E_NET, "'%s' is not a valid http, https or file address", f->shown);
  curl_free(scheme);
  curl_free(path);
  curl_url_cleanup(u);
  return rc;
}

static pk_rc get(fetch *f, const char *path) {
  f->deadline_ms = pk_monotonic_ms() + f->http->options.total_timeout_ms;
  pk_buf part;
  pk_buf_init(&part, 4096);
  pk_buf_printf(&part, "%s.part", path);
  pk_rc rc = part.over ? pk_err_set(f->err, PK_E_IO, "path too long: '%.64s…'", path) : read_address(f);
  f->part = pk_buf_cstr(&part);
  if (rc == PK_OK && unlink(path) != 0 && errno != ENOENT)
    rc = pk_err_set(f->err, PK_E_IO, "cannot replace '%s': %s", path, strerror(errno));
  if (rc == PK_OK) rc = run(f, path);
  free(f->shown);
  pk_buf_free(&part);
  return rc;
}

pk_rc pk_http_get(pk_http *http, const char *url, const char *path, uint64_t max_bytes, const pk_sum *want, pk_err *err) {
  fetch f = {.http = http, .url = url, .max_bytes = max_bytes, .want = want && want->type != PK_SUM_NONE ? want : NULL, .err = err};
  return get(&f, path);
}

pk_rc pk_http_get_newer(pk_http *http, const char *url, const char *path, uint64_t max_bytes, char *tag, pk_err *err) {
  fetch f = {.http = http, .url = url, .max_bytes = max_bytes, .old_tag = tag, .err = err};
  pk_rc rc = get(&f, path);
  if (rc == PK_OK) memcpy(tag, f.new_tag, PK_HTTP_TAG_MAX);
  return rc;
}
