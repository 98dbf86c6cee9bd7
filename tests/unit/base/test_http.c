/* SPDX-License-Identifier: Apache-2.0
 *
 * Downloads against a scripted server on the loopback. A script is a list of connections: what the request must and must
 * not hold, what is answered, and how the connection ends. The server is a child; it fails when a request is not as
 * scripted, or when a scripted connection never comes. */
#include "unit.h"

#include "base/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define OK(length, body) "HTTP/1.1 200 OK\r\nContent-Length: " #length "\r\n\r\n" body
#define PART(range, length, body)                                                                                                \
  "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " range "\r\nContent-Length: " #length "\r\n\r\n" body
#define EMPTY(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"
/* A client that hangs, or a server that waits in vain, ends by this. */
#define PATIENCE_S 20

typedef enum ending { CLOSES, STALLS, ABORTS } ending;

typedef struct step {
  const char *expect, *reject; /* parts of the request, NULL: any */
  const char *reply;
  ending ending;
} step;

typedef struct test {
  folder box;
  pid_t server;
  int port;
  char url[128], path[256], part[272];
  pk_http_options options;
  atomic_bool stop;
  uint64_t progress_done, progress_total;
  pk_err err;
} test;

/* ---- the server ---- */

static bool serve_one(int listener, const step *s) {
  char request[8192] = "";
  size_t n = 0;
  int fd = accept(listener, NULL, NULL);
  while (fd >= 0 && n < sizeof request - 1 && !strstr(request, "\r\n\r\n")) {
    ssize_t got = read(fd, request + n, sizeof request - 1 - n);
    if (got <= 0) return false;
    n += (size_t)got;
    request[n] = '\0';
  }
  if (fd < 0 || (s->expect && !strstr(request, s->expect)) || (s->reject && strstr(request, s->reject))) {
    fprintf(stderr, "request is not as scripted:\n%s", request);
    return false;
  }
  for (size_t left = strlen(s->reply); left > 0;) {
    ssize_t sent = send(fd, s->reply + strlen(s->reply) - left, left, MSG_NOSIGNAL);
    if (sent < 0) break; /* the client had enough */
    left -= (size_t)sent;
  }
  char ignored;
  if (s->ending == STALLS) (void)!read(fd, &ignored, 1); /* until the client goes */
  if (s->ending == ABORTS) setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
  if (s->ending != STALLS) shutdown(fd, s->ending == CLOSES ? SHUT_WR : SHUT_RD);
  if (s->ending == CLOSES) (void)!read(fd, &ignored, 1);
  close(fd);
  return true;
}

static int listen_anywhere(int *ret_port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
  assert_int_equal(listen(fd, 8), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
  *ret_port = ntohs(at.sin_port);
  return fd;
}

static void serve(test *t, const step *script, size_t n) {
  int listener = listen_anywhere(&t->port);
  t->server = fork();
  assert_true(t->server >= 0);
  if (t->server == 0) {
    alarm(PATIENCE_S);
    for (size_t i = 0; i < n; i++)
      if (!serve_one(listener, &script[i])) _exit(1);
    _exit(0);
  }
  close(listener);
  snprintf(t->url, sizeof t->url, "http://127.0.0.1:%d/file", t->port);
}

#define SERVE(t, ...) serve(t, (const step[]){__VA_ARGS__}, sizeof((const step[]){__VA_ARGS__}) / sizeof(step))

/* ---- around each test ---- */

static int begin(void **state) {
  test *t = pk_calloc(1, sizeof *t);
  folder_make(&t->box);
  snprintf(t->path, sizeof t->path, "%s/file", t->box.root);
  snprintf(t->part, sizeof t->part, "%s.part", t->path);
  t->options = (pk_http_options){
      .proxy = "", .connect_timeout_ms = 5000, .total_timeout_ms = PATIENCE_S * 1000 / 2, .pause_ms = 1, .stop = &t->stop};
  *state = t;
  return 0;
}

static int end(void **state) {
  test *t = *state;
  int status = 0;
  if (t->server > 0) waitpid(t->server, &status, 0);
  folder_remove(&t->box);
  free(t);
  return status;
}

static pk_rc get(test *t, const char *url, uint64_t max_bytes, const char *want) {
  pk_http *http = NULL;
  assert_int_equal(pk_http_new(&t->options, &http, &t->err), PK_OK);
  pk_sum sum = pk_sum_of(pk_str_of(want));
  pk_rc rc = pk_http_get(http, url, t->path, max_bytes, want ? &sum : NULL, &t->err);
  pk_http_free(&http);
  assert_null(http);
  assert_true(rc == PK_OK || !pk_file_exists(t->path));
  return rc;
}

static void assert_content(const char *path, const char *want) {
  pk_buf b;
  pk_buf_init(&b, 1 << 20);
  assert_int_equal(pk_file_read(path, &b, NULL), PK_OK);
  assert_string_equal(pk_buf_cstr(&b), want);
  pk_buf_free(&b);
}

static void assert_fetched(test *t, const char *want) {
  assert_content(t->path, want);
  assert_false(pk_file_exists(t->part));
}

static void assert_message(test *t, const char *part) {
  if (!strstr(t->err.text, part)) fail_msg("message '%s' should hold '%s'", t->err.text, part);
}

static void note_progress(void *arg, const char *url, uint64_t done, uint64_t total) {
  test *t = arg;
  assert_string_equal(url, t->url);
  t->progress_done = done;
  t->progress_total = total;
}

static void stop_at_once(void *arg, const char *url, uint64_t done, uint64_t total) {
  (void)url, (void)done, (void)total;
  atomic_store(&((test *)arg)->stop, true);
}

/* ---- whole files ---- */

static void test_get_when_found_then_file_is_whole(void **state) {
  test *t = *state;
  t->options.progress = note_progress;
  t->options.progress_arg = t;
  SERVE(t, {"User-Agent: pakiti/" PK_VERSION "\r\n", "Accept-Encoding", OK(5, "hello"), CLOSES});
  assert_int_equal(get(t, t->url, 5, "hello"), PK_OK);
  assert_fetched(t, "hello");
  assert_int_equal(t->progress_done, 5);
  assert_int_equal(t->progress_total, 5);
}

static void test_get_when_empty_then_file_is_empty(void **state) {
  test *t = *state;
  SERVE(t, {"GET /file ", NULL, OK(0, ""), CLOSES});
  assert_int_equal(get(t, t->url, 0, ""), PK_OK);
  assert_fetched(t, "");
}

static void test_get_when_chunked_with_trailer_then_file_is_whole(void **state) {
  test *t = *state;
  SERVE(t,
        {NULL, NULL, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nContent-Length: 9\r\n\r\n",
         CLOSES});
  assert_int_equal(get(t, t->url, 5, NULL), PK_OK);
  assert_fetched(t, "abcde");
}

static void test_get_when_content_is_encoded_then_bytes_stay_as_sent(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", CLOSES});
  assert_int_equal(get(t, t->url, 10, NULL), PK_OK);
  assert_fetched(t, "abc");
}

static void test_get_when_proxy_is_set_then_it_is_asked(void **state) {
  test *t = *state;
  char proxy[128];
  SERVE(t, {"GET http://example.invalid/x HTTP", NULL, OK(2, "hi"), CLOSES});
  snprintf(proxy, sizeof proxy, "%.*s", (int)(strlen(t->url) - strlen("/file")), t->url);
  t->options.proxy = proxy;
  assert_int_equal(get(t, "http://example.invalid/x", 10, NULL), PK_OK);
  assert_fetched(t, "hi");
}

static void test_get_when_old_file_is_there_and_download_fails_then_old_is_gone(void **state) {
  test *t = *state;
  folder_write(&t->box, "file", PK_STR("old"));
  SERVE(t, {NULL, NULL, EMPTY("403 Forbidden"), CLOSES});
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_false(pk_file_exists(t->path));
}

/* ---- failures and other tries ---- */

static void test_get_when_missing_then_notfound_names_the_address(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, EMPTY("404 Not Found"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "x"), PK_NOTFOUND);
  assert_message(t, t->url);
  assert_false(pk_file_exists(t->part));
}

static void test_get_when_error_page_is_larger_than_limit_then_still_notfound(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, "HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\nno such page", CLOSES});
  assert_int_equal(get(t, t->url, 5, NULL), PK_NOTFOUND);
}

static void test_get_when_refused_then_no_other_try(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, EMPTY("403 Forbidden"), CLOSES});
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_message(t, "/file' answered 403");
}

static void test_get_when_not_modified_unasked_then_error(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, EMPTY("304 Not Modified"), CLOSES});
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_message(t, "answered 304");
}

static void test_get_when_unavailable_once_then_fetched(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, EMPTY("503 Service Unavailable"), CLOSES}, {NULL, NULL, EMPTY("429 Too Many Requests"), CLOSES},
        {NULL, NULL, OK(5, "hello"), CLOSES});
  assert_int_equal(get(t, t->url, 10, NULL), PK_OK);
  assert_fetched(t, "hello");
}

static void test_get_when_unavailable_always_then_error_after_all_tries(void **state) {
  test *t = *state;
  const step unavailable = {NULL, NULL, EMPTY("503 Service Unavailable"), CLOSES};
  const step script[PK_HTTP_TRIES] = {unavailable, unavailable, unavailable};
  serve(t, script, PK_HTTP_TRIES);
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_message(t, "' answered 503");
}

static void test_get_when_nobody_listens_then_cannot_reach(void **state) {
  test *t = *state;
  close(listen_anywhere(&t->port));
  snprintf(t->url, sizeof t->url, "http://127.0.0.1:%d/", t->port);
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_message(t, "cannot reach 'http://127.0.0.1:");
}

static void test_get_when_server_stalls_then_total_limit_ends_it(void **state) {
  test *t = *state;
  t->options.total_timeout_ms = 200;
  SERVE(t, {NULL, NULL, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", STALLS});
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_message(t, "took too long");
}

/* ---- going on with a partial file ---- */

static void test_get_when_aborted_with_checksum_then_resumed(void **state) {
  test *t = *state;
  t->options.progress = note_progress;
  t->options.progress_arg = t;
  SERVE(t, {NULL, "Range:", OK(10, "01234"), CLOSES}, {"Range: bytes=5-\r\n", NULL, PART("5-9/10", 5, "56789"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_OK);
  assert_fetched(t, "0123456789");
  assert_int_equal(t->progress_done, 10);
  assert_int_equal(t->progress_total, 10);
}

static void test_get_when_aborted_without_checksum_then_fetched_whole(void **state) {
  test *t = *state;
  SERVE(t, {NULL, "Range:", OK(10, "01234"), ABORTS}, {NULL, "Range:", OK(10, "0123456789"), CLOSES});
  assert_int_equal(get(t, t->url, 10, NULL), PK_OK);
  assert_fetched(t, "0123456789");
}

static void test_get_when_always_broken_off_then_part_is_kept_for_next_time(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, OK(10, "012"), CLOSES}, {"Range: bytes=3-", NULL, PART("3-9/10", 7, "3"), CLOSES},
        {"Range: bytes=4-", NULL, PART("4-9/10", 6, "4"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_E_NET);
  assert_message(t, "ended early");
  assert_content(t->part, "01234");
}

static void test_get_when_broken_off_without_checksum_then_nothing_is_left(void **state) {
  test *t = *state;
  const step broken = {NULL, NULL, OK(10, "012"), CLOSES};
  const step script[PK_HTTP_TRIES] = {broken, broken, broken};
  serve(t, script, PK_HTTP_TRIES);
  assert_int_equal(get(t, t->url, 10, NULL), PK_E_NET);
  assert_false(pk_file_exists(t->part));
}

static void test_get_when_server_ignores_range_then_whole_file_counts(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("012"));
  SERVE(t, {"Range: bytes=3-", NULL, OK(10, "0123456789"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_OK);
  assert_fetched(t, "0123456789");
}

static void test_get_when_part_is_of_another_file_then_fetched_whole(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("abc"));
  SERVE(t, {"Range: bytes=3-", NULL, PART("3-9/10", 7, "3456789"), CLOSES}, {NULL, "Range:", OK(10, "0123456789"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_OK);
  assert_fetched(t, "0123456789");
}

static void test_get_when_wrong_after_resume_and_wrong_whole_then_verify_fails(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("abc"));
  SERVE(t, {"Range: bytes=3-", NULL, PART("3-4/5", 2, "de"), CLOSES}, {NULL, "Range:", OK(5, "abcde"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "01234"), PK_E_VERIFY);
  assert_message(t, t->url);
  assert_false(pk_file_exists(t->part));
}

static void test_get_when_wrong_without_resume_then_verify_fails_at_once(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, OK(5, "abcde"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "01234"), PK_E_VERIFY);
  assert_false(pk_file_exists(t->part));
}

static void test_get_when_part_is_complete_then_416_is_success(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("01234"));
  SERVE(t, {"Range: bytes=5-", NULL, EMPTY("416 Range Not Satisfiable"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "01234"), PK_OK);
  assert_fetched(t, "01234");
}

static void test_get_when_part_is_longer_than_file_then_fetched_whole(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("0123456"));
  SERVE(t, {"Range: bytes=7-", NULL, EMPTY("416 Range Not Satisfiable"), CLOSES}, {NULL, "Range:", OK(5, "01234"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "01234"), PK_OK);
  assert_fetched(t, "01234");
}

static void test_get_when_another_part_is_sent_then_fetched_whole(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("012"));
  SERVE(t, {"Range: bytes=3-", NULL, PART("4-9/10", 6, ""), STALLS}, {NULL, "Range:", OK(10, "0123456789"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_OK);
  assert_fetched(t, "0123456789");
}

static void test_get_when_part_is_larger_than_limit_then_fetched_whole(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("0123456789"));
  SERVE(t, {NULL, "Range:", OK(5, "01234"), CLOSES});
  assert_int_equal(get(t, t->url, 5, "01234"), PK_OK);
  assert_fetched(t, "01234");
}

/* ---- limits ---- */

static void test_get_when_too_much_is_announced_then_limit_before_it_comes(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, OK(6, ""), STALLS});
  assert_int_equal(get(t, t->url, 5, "x"), PK_E_LIMIT);
  assert_message(t, "larger than 5 bytes");
  assert_false(pk_file_exists(t->part));
}

static void test_get_when_rest_announced_is_too_much_then_limit(void **state) {
  test *t = *state;
  folder_write(&t->box, "file.part", PK_STR("012"));
  SERVE(t, {"Range: bytes=3-", NULL, PART("3-5/6", 3, ""), STALLS});
  assert_int_equal(get(t, t->url, 5, "01234"), PK_E_LIMIT);
  assert_false(pk_file_exists(t->part));
}

static void test_get_when_too_much_comes_unannounced_then_limit(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, "HTTP/1.1 200 OK\r\n\r\n012345", STALLS});
  assert_int_equal(get(t, t->url, 5, NULL), PK_E_LIMIT);
}

static void test_get_when_disk_is_full_then_io_error(void **state) {
  test *t = *state;
  if (symlink("/dev/full", t->part) != 0 || access("/dev/full", W_OK) != 0) skip();
  SERVE(t, {NULL, NULL, OK(5, "hello"), CLOSES});
  assert_int_equal(get(t, t->url, 5, NULL), PK_E_IO);
  assert_message(t, "No space left");
}

/* ---- redirects ---- */

static void test_get_when_redirected_then_followed(void **state) {
  test *t = *state;
  SERVE(t, {"GET /file ", NULL, "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 4\r\n\r\ngone", CLOSES},
        {"GET /there ", NULL, OK(5, "hello"), CLOSES});
  assert_int_equal(get(t, t->url, 5, NULL), PK_OK);
  assert_fetched(t, "hello");
}

static void test_get_when_redirected_to_local_file_then_refused(void **state) {
  test *t = *state;
  SERVE(t, {NULL, NULL, "HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n", CLOSES});
  assert_int_equal(get(t, t->url, 5000, NULL), PK_E_NET);
  assert_message(t, "redirects to an address that is not allowed");
}

static void test_get_when_redirected_too_often_then_error(void **state) {
  test *t = *state;
  const step around = {NULL, NULL, "HTTP/1.1 302 Found\r\nLocation: /file\r\nContent-Length: 0\r\n\r\n", CLOSES};
  step script[PK_HTTP_REDIRECTS_MAX + 1];
  for (size_t i = 0; i < PK_HTTP_REDIRECTS_MAX + 1; i++) script[i] = around;
  serve(t, script, PK_HTTP_REDIRECTS_MAX + 1);
  assert_int_equal(get(t, t->url, 5, NULL), PK_E_NET);
  assert_message(t, "redirects too often");
}

/* ---- stopping ---- */

static void test_get_when_stop_is_set_then_nothing_is_asked(void **state) {
  test *t = *state;
  atomic_store(&t->stop, true);
  assert_int_equal(get(t, "http://127.0.0.1:1/", 5, NULL), PK_E_STOPPED);
}

static void test_get_when_stopped_while_server_stalls_then_part_is_kept(void **state) {
  test *t = *state;
  t->options.progress = stop_at_once;
  t->options.progress_arg = t;
  SERVE(t, {NULL, NULL, OK(10, "01234"), STALLS});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_E_STOPPED);
  assert_content(t->part, "01234");
}

static void test_get_when_stopped_before_another_try_then_no_other_try(void **state) {
  test *t = *state;
  t->options.progress = stop_at_once;
  t->options.progress_arg = t;
  t->options.pause_ms = PATIENCE_S * 1000 / 4;
  SERVE(t, {NULL, NULL, OK(10, "01234"), CLOSES});
  assert_int_equal(get(t, t->url, 10, "0123456789"), PK_E_STOPPED);
}

/* ---- addresses ---- */

static void test_get_when_url_has_credentials_then_sent_but_never_shown(void **state) {
  test *t = *state;
  char url[160];
  SERVE(t, {"Authorization: Basic YW5uOnNlY3JldA==\r\n", NULL, EMPTY("401 Unauthorized"), CLOSES});
  snprintf(url, sizeof url, "http://ann:secret@127.0.0.1:%d/a@b", t->port);
  assert_int_equal(get(t, url, 10, NULL), PK_E_NET);
  assert_message(t, "'http://127.0.0.1:");
  assert_message(t, "/a@b' answered 401");
  assert_null(strstr(t->err.text, "secret"));
}

static void test_get_when_url_cannot_be_fetched_then_error_without_credentials(void **state) {
  test *t = *state;
  const char *const urls[] = {"ftp://ann:secret@example.org/x",
                              "http://ann:se/secret@example.org:x/",
                              "ann:secret@host/x",
                              "http:// ann:secret@host/",
                              "dict://ann:secret@host/d",
                              "secret@"};
  for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
    assert_int_equal(get(t, urls[i], 10, NULL), PK_E_NET);
    assert_message(t, "is not a valid http, https or file address");
    assert_null(strstr(t->err.text, "secret"));
  }
}

static void test_get_when_local_then_copied(void **state) {
  test *t = *state;
  char url[256];
  folder_write(&t->box, "a b", PK_STR("hello"));
  snprintf(url, sizeof url, "file://%s/a%%20b", t->box.root);
  assert_int_equal(get(t, url, 5, "hello"), PK_OK);
  assert_fetched(t, "hello");
}

static void test_get_when_local_is_missing_folder_or_large_then_says_so(void **state) {
  test *t = *state;
  char url[256];
  folder_write(&t->box, "source", PK_STR("hello"));
  snprintf(url, sizeof url, "file://%s/nothing", t->box.root);
  assert_int_equal(get(t, url, 5, NULL), PK_NOTFOUND);
  assert_message(t, url);
  snprintf(url, sizeof url, "file://%s", t->box.root);
  assert_int_equal(get(t, url, 5, NULL), PK_E_IO);
  assert_message(t, "it is not a file");
  snprintf(url, sizeof url, "file://%s/source", t->box.root);
  assert_int_equal(get(t, url, 4, NULL), PK_E_LIMIT);
}

/* ---- only what is newer ---- */

static pk_rc get_newer(test *t, const char *url, char *tag) {
  pk_http *http = NULL;
  assert_int_equal(pk_http_new(&t->options, &http, &t->err), PK_OK);
  pk_rc rc = pk_http_get_newer(http, url, t->path, 100, tag, &t->err);
  pk_http_free(&http);
  return rc;
}

#define TAGGED(headers, length, body) "HTTP/1.1 200 OK\r\n" headers "Content-Length: " #length "\r\n\r\n" body

static void test_newer_when_never_fetched_then_fetched_with_the_servers_tag(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "";
  SERVE(t, {"GET /file ", "If-", TAGGED("ETag: \"abc\"\r\nLast-Modified: Sat, 21 Nov 2026 10:00:00 GMT\r\n", 5, "hello"), CLOSES},
        {"If-None-Match: \"abc\"\r\n", "If-Modified-Since", TAGGED("ETag: W/\"d e\"\r\n", 3, "new"), CLOSES},
        {"If-None-Match: W/\"d e\"\r\n", NULL, TAGGED("", 3, "any"), CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_OK);
  assert_fetched(t, "hello");
  assert_int_equal(get_newer(t, t->url, tag), PK_OK);
  assert_fetched(t, "new");
  assert_int_equal(get_newer(t, t->url, tag), PK_OK);
  assert_string_equal(tag, ""); /* the server says neither */
}

static void test_newer_when_only_a_date_is_told_then_asked_by_it(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "";
  SERVE(t, {NULL, "If-", TAGGED("Last-Modified: Sat, 21 Nov 2026 10:00:00 GMT\r\n", 5, "hello"), CLOSES},
        {"If-Modified-Since: Sat, 21 Nov 2026 10:00:00 GMT\r\n", "If-None-Match", EMPTY("304 Not Modified"), CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_OK);
  assert_int_equal(get_newer(t, t->url, tag), PK_UNCHANGED);
}

static void test_newer_when_not_modified_then_nothing_is_fetched_and_the_tag_stays(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "e\"abc\"";
  SERVE(t, {"If-None-Match: \"abc\"\r\n", NULL, "HTTP/1.1 304 Not Modified\r\nETag: \"other\"\r\n\r\n", CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_UNCHANGED);
  assert_string_equal(tag, "e\"abc\"");
  assert_false(pk_file_exists(t->path));
  assert_false(pk_file_exists(t->part));
}

static void test_newer_when_it_fails_then_the_tag_stays(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "e\"abc\"";
  SERVE(t, {NULL, NULL, TAGGED("ETag: \"new\"\r\n", 200, "much"), CLOSES}, {NULL, NULL, EMPTY("404 Not Found"), CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_E_LIMIT);
  assert_string_equal(tag, "e\"abc\"");
  assert_int_equal(get_newer(t, t->url, tag), PK_NOTFOUND);
  assert_string_equal(tag, "e\"abc\"");
}

static void test_newer_when_not_modified_unasked_then_error(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "";
  SERVE(t, {NULL, "If-", EMPTY("304 Not Modified"), CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_E_NET);
}

static void test_newer_when_redirected_then_the_last_answers_tag(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "";
  SERVE(t, {NULL, NULL, "HTTP/1.1 302 Found\r\nLocation: /there\r\nETag: \"redirect\"\r\nContent-Length: 0\r\n\r\n", CLOSES},
        {"GET /there ", NULL, TAGGED("", 5, "hello"), CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_OK);
  assert_string_equal(tag, "");
}

static void test_newer_when_the_tag_is_too_long_then_none(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "", reply[1024], name[PK_HTTP_TAG_MAX];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  snprintf(reply, sizeof reply, TAGGED("ETag: %s\r\n", 5, "hello"), name);
  SERVE(t, {NULL, NULL, reply, CLOSES});
  assert_int_equal(get_newer(t, t->url, tag), PK_OK);
  assert_string_equal(tag, "");
}

static void test_newer_when_local_then_its_size_and_time_tell(void **state) {
  test *t = *state;
  char tag[PK_HTTP_TAG_MAX] = "", before[PK_HTTP_TAG_MAX], url[256];
  folder_write(&t->box, "source", PK_STR("hello"));
  snprintf(url, sizeof url, "file://%s/source", t->box.root);
  assert_int_equal(get_newer(t, url, tag), PK_OK);
  assert_fetched(t, "hello");
  assert_true(tag[0] != '\0');
  memcpy(before, tag, sizeof before);
  assert_int_equal(get_newer(t, url, tag), PK_UNCHANGED);
  assert_string_equal(tag, before);
  folder_write(&t->box, "source", PK_STR("longer than before"));
  assert_int_equal(get_newer(t, url, tag), PK_OK);
  assert_fetched(t, "longer than before");
  assert_string_not_equal(tag, before);
  assert_int_equal(unlink(folder_path(&t->box, "source")), 0);
  assert_int_equal(get_newer(t, url, tag), PK_NOTFOUND);
}

static void test_new_when_time_limit_is_missing_then_config_error(void **state) {
  test *t = *state;
  pk_http *http = NULL;
  t->options.total_timeout_ms = 0;
  assert_int_equal(pk_http_new(&t->options, &http, &t->err), PK_E_CONFIG);
  assert_null(http);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  static const char *const proxies[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
  for (size_t i = 0; i < sizeof proxies / sizeof proxies[0]; i++) unsetenv(proxies[i]);
  const struct CMUnitTest tests[] = {
      TEST(test_get_when_found_then_file_is_whole),
      TEST(test_get_when_empty_then_file_is_empty),
      TEST(test_get_when_chunked_with_trailer_then_file_is_whole),
      TEST(test_get_when_content_is_encoded_then_bytes_stay_as_sent),
      TEST(test_get_when_proxy_is_set_then_it_is_asked),
      TEST(test_get_when_old_file_is_there_and_download_fails_then_old_is_gone),
      TEST(test_get_when_missing_then_notfound_names_the_address),
      TEST(test_get_when_error_page_is_larger_than_limit_then_still_notfound),
      TEST(test_get_when_refused_then_no_other_try),
      TEST(test_get_when_not_modified_unasked_then_error),
      TEST(test_get_when_unavailable_once_then_fetched),
      TEST(test_get_when_unavailable_always_then_error_after_all_tries),
      TEST(test_get_when_nobody_listens_then_cannot_reach),
      TEST(test_get_when_server_stalls_then_total_limit_ends_it),
      TEST(test_get_when_aborted_with_checksum_then_resumed),
      TEST(test_get_when_aborted_without_checksum_then_fetched_whole),
      TEST(test_get_when_always_broken_off_then_part_is_kept_for_next_time),
      TEST(test_get_when_broken_off_without_checksum_then_nothing_is_left),
      TEST(test_get_when_server_ignores_range_then_whole_file_counts),
      TEST(test_get_when_part_is_of_another_file_then_fetched_whole),
      TEST(test_get_when_wrong_after_resume_and_wrong_whole_then_verify_fails),
      TEST(test_get_when_wrong_without_resume_then_verify_fails_at_once),
      TEST(test_get_when_part_is_complete_then_416_is_success),
      TEST(test_get_when_part_is_longer_than_file_then_fetched_whole),
      TEST(test_get_when_another_part_is_sent_then_fetched_whole),
      TEST(test_get_when_part_is_larger_than_limit_then_fetched_whole),
      TEST(test_get_when_too_much_is_announced_then_limit_before_it_comes),
      TEST(test_get_when_rest_announced_is_too_much_then_limit),
      TEST(test_get_when_too_much_comes_unannounced_then_limit),
      TEST(test_get_when_disk_is_full_then_io_error),
      TEST(test_get_when_redirected_then_followed),
      TEST(test_get_when_redirected_to_local_file_then_refused),
      TEST(test_get_when_redirected_too_often_then_error),
      TEST(test_get_when_stop_is_set_then_nothing_is_asked),
      TEST(test_get_when_stopped_while_server_stalls_then_part_is_kept),
      TEST(test_get_when_stopped_before_another_try_then_no_other_try),
      TEST(test_get_when_url_has_credentials_then_sent_but_never_shown),
      TEST(test_get_when_url_cannot_be_fetched_then_error_without_credentials),
      TEST(test_get_when_local_then_copied),
      TEST(test_get_when_local_is_missing_folder_or_large_then_says_so),
      TEST(test_newer_when_never_fetched_then_fetched_with_the_servers_tag),
      TEST(test_newer_when_only_a_date_is_told_then_asked_by_it),
      TEST(test_newer_when_not_modified_then_nothing_is_fetched_and_the_tag_stays),
      TEST(test_newer_when_it_fails_then_the_tag_stays),
      TEST(test_newer_when_not_modified_unasked_then_error),
      TEST(test_newer_when_redirected_then_the_last_answers_tag),
      TEST(test_newer_when_the_tag_is_too_long_then_none),
      TEST(test_newer_when_local_then_its_size_and_time_tell),
      TEST(test_new_when_time_limit_is_missing_then_config_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
