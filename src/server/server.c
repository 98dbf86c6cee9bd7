/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include "base/log.h"
#include "base/times.h"
#include "server/api/api.h"
#include "server/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

/* Memory of one connection for request line and headers: what does not fit is refused by the library. */
#define CONNECTION_MEMORY ((size_t)64 * 1024)
/* A body that announces no more than this gets its memory at once. */
#define BODY_RESERVE_MAX ((size_t)256 * 1024)
/* Freed memory that stays with the process: bodies come and go all the time. */
#define KEEP_BYTES (64 << 20)
/* How long a stop waits for requests that are with the writer. */
#define STOP_WAIT_MS 30000
#define BACKLOG 1024
/* Time for the last replies to leave. */
#define STOP_LINGER_US 100000

/* ---- lent handles ---- */

pk_store *pk_readers_take(pk_readers *r) {
  pthread_mutex_lock(&r->lock);
  while (r->n_free == 0) pthread_cond_wait(&r->back, &r->lock);
  pk_store *handle = r->free_handles[--r->n_free];
  pthread_mutex_unlock(&r->lock);
  return handle;
}

void pk_readers_give_back(pk_readers *r, pk_store *handle) {
  pthread_mutex_lock(&r->lock);
  r->free_handles[r->n_free++] = handle;
  pthread_cond_signal(&r->back);
  pthread_mutex_unlock(&r->lock);
}

static pk_rc open_handles(pk_readers *r, const char *database, pk_store_mode mode, size_t n, pk_err *err) {
  pthread_mutex_init(&r->lock, NULL);
  pthread_cond_init(&r->back, NULL);
  r->free_handles = pk_calloc(n, sizeof *r->free_handles);
  pk_rc rc = PK_OK;
  while (rc == PK_OK && r->n_handles < n) {
    rc = pk_store_open(database, mode, &r->free_handles[r->n_free], err);
    if (rc == PK_OK) r->n_free++, r->n_handles++;
  }
  return rc;
}

static void close_handles(pk_readers *r) {
  for (size_t i = 0; i < r->n_free; i++) pk_store_close(&r->free_handles[i]);
  free(r->free_handles);
}

/* ---- replies of its own ---- */

static enum MHD_Result reply_error(pk_request *r, unsigned status, const char *text) {
  if (pk_str_starts(pk_buf_view(&r->path), "/api/")) return pk_api_problem(r, status, text);
  char body[512];
  int n = snprintf(body, sizeof body, "ERROR: %s\n", text);
  if (status != 404) {
    pk_metrics_add(&r->server->metrics, PK_METRIC_REPORTS_REFUSED, 1);
    pk_log(PK_LOG_WARNING, "request_refused", "peer", r->peer, "status", PK_NUM(status), "why", text, NULL);
  }
  return pk_reply_send(r, status, "text/plain; charset=utf-8", (pk_str){body, n > 0 ? (size_t)n : 0});
}

/* ---- small routes ---- */

static enum MHD_Result run_healthz(pk_request *r) {
  pk_err err = {0};
  pk_store *store = pk_readers_take(&r->server->readers);
  pk_rc rc = pk_store_ping(store, &err);
  pk_readers_give_back(&r->server->readers, store);
  if (rc != PK_OK) return reply_error(r, 503, err.text);
  return pk_reply_send(r, 200, "text/plain; charset=utf-8", PK_STR("ok\n"));
}

static enum MHD_Result run_metrics(pk_request *r) {
  pk_err err = {0};
  pk_store_totals totals = {0};
  pk_store *store = pk_readers_take(&r->server->readers);
  pk_rc rc = pk_store_count(store, &(pk_scope){.everything = true}, &totals, &err);
  pk_readers_give_back(&r->server->readers, store);
  if (rc != PK_OK) return reply_error(r, 503, err.text);
  pk_buf text;
  pk_buf_init(&text, 65536);
  pk_metrics_write(&r->server->metrics, &totals, pk_now(), &text);
  enum MHD_Result sent = pk_reply_send(r, 200, "text/plain; version=0.0.4; charset=utf-8", pk_buf_view(&text));
  pk_buf_free(&text);
  return sent;
}

static const pk_route ROUTES[] = {
    {"/feed/", "POST", pk_report_route_run, pk_report_route_resumed, pk_report_route_end},
    {"/feed", "POST", pk_report_route_run, pk_report_route_resumed, pk_report_route_end},
    {"/feed/index.php", "POST", pk_report_route_run, pk_report_route_resumed, pk_report_route_end},
    {"/healthz", "GET", run_healthz, NULL, NULL},
    {"/metrics", "GET", run_metrics, NULL, NULL},
};
static const pk_route API = {"/api/", "", pk_api_run, pk_api_resumed, pk_api_end}, PAGES = {"/", "GET", pk_web_run, NULL, NULL};

/* ---- requests ---- */

static const pk_route *find_route(const pk_request *r, const char *path) {
  for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++)
    if (strcmp(ROUTES[i].path, path) == 0) return &ROUTES[i];
  if (strncmp(path, "/api/", 5) == 0) return &API;
  return pk_web_wants(r, path) ? &PAGES : NULL;
}

typedef struct framing {
  int n_lengths, n_codings;
  bool is_disguised;
} framing;

static enum MHD_Result look_at_framing(void *arg, enum MHD_ValueKind kind, const char *key, const char *value) {
  (void)kind, (void)value;
  framing *f = arg;
  if (strcasecmp(key, "Content-Length") == 0) f->n_lengths++;
  if (strcasecmp(key, "Transfer-Encoding") == 0) f->n_codings++;
  if (strpbrk(key, " \t")) f->is_disguised = true;
  return MHD_YES;
}

/* The library accepts several lengths, a length beside a transfer coding, and blanks before a header's colon: RFC 9112 sections
 * 5.1 and 6.3 call them attacks. So would a body be that is taken for the next request, when its length was told in disguise. */
static const char *fault_in_framing(struct MHD_Connection *connection, const char *method) {
  framing f = {0};
  MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at_framing, &f);
  if (f.is_disguised) return "a header's name holds a blank";
  if (f.n_lengths > 1 || f.n_codings > 1 || (f.n_lengths && f.n_codings)) return "conflicting Content-Length or Transfer-Encoding";
  if (strcmp(method, "POST") == 0 && !f.n_lengths && !f.n_codings) return "a report needs a Content-Length or Transfer-Encoding";
  return NULL;
}

/* Room for what is announced, as long as it is no more than what reports usually are: the sender has yet to send it. */
static bool announces_too_much(pk_request *r) {
  uint64_t length;
  const char *text = pk_request_header(r, "Content-Length");
  if (!*text) return false;
  if (!pk_str_u64(pk_str_of(text), &length) || length > (uint64_t)r->server->config->report_bytes_max) return true;
  if (length <= BODY_RESERVE_MAX) pk_buf_reserve(&r->body, (size_t)length);
  return false;
}

static pk_request *request_new(pk_server *server, struct MHD_Connection *connection) {
  pk_request *r = pk_calloc(1, sizeof *r);
  r->server = server;
  r->connection = connection;
  pk_buf_init(&r->body, (size_t)server->config->report_bytes_max);
  pk_buf_init(&r->query, PK_URL_MAX);
  pk_buf_init(&r->path, PK_URL_MAX);
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  socklen_t size = info && info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  if (!info || getnameinfo(info->client_addr, size, r->peer, sizeof r->peer, NULL, 0, NI_NUMERICHOST) != 0)
    snprintf(r->peer, sizeof r->peer, "unknown");
  if (strncmp(r->peer, "::ffff:", 7) == 0) memmove(r->peer, r->peer + 7, strlen(r->peer + 7) + 1);
  return r;
}

/* The library takes the query apart and decodes it; the report's decoder wants it as it came. */
static void *on_address(void *arg, const char *uri, struct MHD_Connection *connection) {
  pk_request *r = request_new(arg, connection);
  const char *mark = strchr(uri, '?'), *nul = strstr(uri, "%00");
  r->cut_path = nul && (!mark || nul < mark);
  if (mark) pk_buf_puts(&r->query, mark + 1);
  return r;
}

static enum MHD_Result begin_request(pk_request *r, const char *url, const char *method) {
  r->begun = true;
  r->head_only = strcmp(method, "HEAD") == 0;
  pk_buf_puts(&r->path, url);
  snprintf(r->method, sizeof r->method, "%s", method);
  const char *fault = fault_in_framing(r->connection, method);
  if (fault) {
    r->close_after = true; /* where the next request would begin is anybody's guess */
    return reply_error(r, 400, fault);
  }
  if (r->cut_path) return reply_error(r, 400, "the address holds a NUL");
  r->route = find_route(r, url);
  if (!r->route) return reply_error(r, 404, "there is nothing at this address: reports go to /feed/");
  if (*r->route->methods && strcmp(method, r->route->methods) != 0 && !(r->head_only && strcmp(r->route->methods, "GET") == 0))
    return reply_error(r, 405, "this address takes another method: POST for reports, GET for the others");
  fault = r->route == &API || r->route == &PAGES ? NULL : pk_browser_fault(r);
  if (fault) return reply_error(r, 403, fault);
  if (announces_too_much(r)) return reply_error(r, 413, "the report is larger than report_bytes_max");
  if (r->query.over || r->path.over) return reply_error(r, 414, "the query is too long");
  return MHD_YES;
}

static pk_deadline *deadline_of(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **con_cls) {
  (void)arg, (void)version;
  pk_request *r = *con_cls; /* made by on_address */
  if (!r->begun) return begin_request(r, url, method);
  if (r->answered) {
    *upload_size = 0;
    return MHD_YES;
  }
  if (*upload_size) {
    pk_buf_add(&r->body, upload, *upload_size);
    *upload_size = 0;
    return MHD_YES;
  }
  if (r->work) return r->route->resumed(r);
  pk_deadline *deadline = deadline_of(connection);
  if (deadline) pk_deadline_pause(r->server->deadlines, deadline);
  if (r->body.over) return reply_error(r, 413, "the report is larger than report_bytes_max");
  return r->route->run(r);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode why) {
  (void)arg;
  pk_request *r = *con_cls;
  if (!r) return;
  pk_deadline *deadline = deadline_of(connection);
  if (deadline) pk_deadline_restart(r->server->deadlines, deadline);
  if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK && !r->answered) {
    pk_metrics_add(&r->server->metrics, PK_METRIC_REPORTS_REFUSED, 1);
    pk_log(PK_LOG_WARNING, "request_cut", "peer", r->peer, "bytes", PK_NUM(r->body.n), "why",
           why == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED ? "nothing came any more" : "the connection ended before the request was whole", NULL);
  }
  if (r->route && r->route->end) r->route->end(r);
  pk_buf_free(&r->body);
  pk_buf_free(&r->query);
  pk_buf_free(&r->path);
  free(r);
  *con_cls = NULL;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode code) {
  pk_server *server = arg;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *socket_context = info ? pk_deadline_new(server->deadlines, info->connect_fd) : NULL;
  } else if (*socket_context) {
    pk_deadline_free(server->deadlines, *socket_context);
    *socket_context = NULL;
  }
}

__attribute__((format(printf, 2, 0))) static void on_library_message(void *arg, const char *fmt, va_list ap) {
  (void)arg;
  char text[512];
  vsnprintf(text, sizeof text, fmt, ap);
  pk_log(PK_LOG_DEBUG, "http_library", "says", text, NULL);
}

/* ---- listening ---- */

static pk_rc split_address(const char *listen_text, char *host, size_t host_size, char *port, size_t port_size, pk_err *err) {
  pk_str text = pk_str_trim(pk_str_of(listen_text));
  size_t colon = pk_str_rfind(text, ':');
  pk_str h = pk_str_sub(text, 0, colon), p = pk_str_sub(text, colon + 1, text.n);
  uint64_t number;
  if (h.n > 2 && h.p[0] == '[' && h.p[h.n - 1] == ']') h = pk_str_sub(h, 1, h.n - 1);
  if (colon == text.n || h.n == 0 || h.n >= host_size || p.n >= port_size || !pk_str_u64(p, &number) || number > 65535)
    return pk_err_set(err, PK_E_CONFIG, "listen is '%s': give ADDRESS:PORT, for example 127.0.0.1:8080", listen_text);
  snprintf(host, host_size, "%.*s", PK_FMT(h));
  snprintf(port, port_size, "%.*s", PK_FMT(p));
  return PK_OK;
}

static int open_socket(const struct addrinfo *a) {
  int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

static pk_rc listen_on(const char *listen_text, int *ret_fd, pk_err *err) {
  char host[128], port[8];
  pk_rc rc = split_address(listen_text, host, sizeof host, port, sizeof port, err);
  if (rc != PK_OK) return rc;
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
  int bad = getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, port, &hints, &found);
  if (bad) return pk_err_set(err, PK_E_CONFIG, "listen is '%s': %s", listen_text, gai_strerror(bad));
  *ret_fd = -1;
  for (const struct addrinfo *a = found; a && *ret_fd < 0; a = a->ai_next) *ret_fd = open_socket(a);
  freeaddrinfo(found);
  if (*ret_fd < 0) return pk_err_set(err, PK_E_IO, "cannot listen on '%s': %s", listen_text, strerror(errno));
  return PK_OK;
}

static pk_rc take_socket(const pk_config *config, int *ret_fd, pk_err *err) {
  int handed = sd_listen_fds(1);
  if (handed > 1) return pk_err_set(err, PK_E_CONFIG, "systemd hands over %d sockets: give one", handed);
  if (handed == 1) {
    *ret_fd = SD_LISTEN_FDS_START;
    return PK_OK;
  }
  return listen_on(config->listen, ret_fd, err);
}

static bool is_loopback(const struct sockaddr_storage *a) {
  if (a->ss_family == AF_INET) return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24 == 127;
  return a->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

static void note_address(pk_server *server, int fd) {
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  char host[80] = "?", port[16] = "?";
  if (getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
    server->on_loopback = is_loopback(&address);
    getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  }
  snprintf(server->address, sizeof server->address, strchr(host, ':') ? "http://[%s]:%s/" : "http://%s:%s/", host, port);
}

static unsigned n_threads(const pk_config *config) {
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  int64_t n = config->threads ? config->threads : processors > 0 ? processors : 1;
  return (unsigned)n;
}

static pk_rc start_daemon(pk_server *server, int fd, pk_err *err) {
  unsigned threads = n_threads(server->config);
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  server->daemon = MHD_start_daemon(
      flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_library_message, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
      MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0, MHD_OPTION_CONNECTION_LIMIT, (unsigned)server->config->connections_max,
      MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->config->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
      MHD_OPTION_URI_LOG_CALLBACK, on_address, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
  if (!server->daemon) {
    close(fd);
    return pk_err_set(err, PK_E_INTERNAL, "the HTTP library cannot start (is connections_max smaller than threads, or the limit of open files too low?)");
  }
  return PK_OK;
}

pk_rc pk_server_start(const pk_config *config, const char *config_path, pk_server **ret, pk_err *err) {
  pk_server *server = pk_calloc(1, sizeof *server);
  mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
  mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
  server->config = config;
  server->metrics.started_at = pk_now();
  int fd = -1;
  pk_rc rc = open_handles(&server->readers, config->database, PK_STORE_READ, n_threads(config), err);
  if (rc == PK_OK) rc = pk_intake_new(config, server->readers.free_handles[0], &server->intake, err);
  if (rc == PK_OK) rc = take_socket(config, &fd, err);
  if (rc == PK_OK) rc = pk_writer_start(config->database, &server->writer, err);
  if (rc == PK_OK) rc = pk_keeper_start(config->database, &server->keeper, err);
  if (rc == PK_OK) rc = pk_recorder_start(config->database, server->keeper, &server->recorder, err);
  if (rc == PK_OK) {
    server->syncs = pk_syncs_new(config->database, config_path);
    server->deadlines = pk_deadlines_start(config->request_timeout_s * 1000, &server->metrics);
    note_address(server, fd);
    rc = start_daemon(server, fd, err);
  }
  if (rc != PK_OK)
    pk_server_stop(&server);
  else
    *ret = server;
  return rc;
}

const char *pk_server_address(const pk_server *server) { return server->address; }

/* Requests that are with the writer sleep in the library, which must not be stopped before they are all woken. */
static void wait_for_work(pk_server *server) {
  int64_t until = pk_monotonic_ms() + STOP_WAIT_MS;
  while (atomic_load(&server->in_work) > 0 && pk_monotonic_ms() < until) usleep(1000);
}

void pk_server_stop(pk_server **s) {
  pk_server *server = *s;
  if (!server) return;
  if (server->daemon) {
    /* Not MHD_quiesce_daemon: with epoll and a thread pool it races with the pool for the listening socket, and the library aborts
     * when it loses ("Failed to remove listen FD from epoll set"). What is sent from now on is answered with 503. */
    pk_recorder_stop(&server->recorder);
    pk_writer_drain(server->writer);
    pk_keeper_drain(server->keeper);
    wait_for_work(server);
    usleep(STOP_LINGER_US);
    MHD_stop_daemon(server->daemon);
  }
  pk_recorder_stop(&server->recorder);
  pk_syncs_free(&server->syncs);
  pk_writer_stop(&server->writer);
  pk_keeper_stop(&server->keeper);
  pk_deadlines_stop(&server->deadlines);
  pk_intake_free(&server->intake);
  close_handles(&server->readers);
  free(server);
  *s = NULL;
}
