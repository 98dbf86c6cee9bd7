/* SPDX-License-Identifier: Apache-2.0
 *
 * load: posts reports to a server over connections that are kept alive, one request after the other on each, and says how
 * many were answered. It makes every report from a template whose markers it overwrites with numbers of eight digits, so that
 * its own cost stays small beside the server's:
 *
 *   @HHHHHH@  number of the host      @UUUUUU@  number of the set of packages      @SSSSSS@  the same, modulo 97
 *
 * Compressed, what lies between the markers is compressed once; the numbers go into gzip members of their own, stored.
 *
 *   load PORT SECONDS COUNT CONNECTIONS FIRST HOSTS SETS plain|gzip TEMPLATE CONTENT-TYPE [RATE]
 *
 * Ends after SECONDS, or after COUNT reports when that is not 0, or on SIGTERM. With RATE it sends that many reports a second,
 * as far as the server keeps up; give it one connection then. The n-th report is of host FIRST + n modulo HOSTS (0: a new one
 * every time), and has set FIRST + n modulo SETS (0: never the same). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define MARKER_BYTES 8
#define MARKERS_MAX 64
#define REPLY_BYTES_MAX 65536
#define SAMPLES_MAX 4000000
#define SEEN_SETS 97
/* gzip's header (RFC 1952) and the head of a last, stored block (RFC 1951) of eight bytes */
#define STORED_HEAD "\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x08\0\xf7\xff"
#define STORED_HEAD_BYTES 15

typedef struct marker {
  size_t at; /* of the digits in the request */
  char kind; /* H, U, S */
} marker;

typedef struct request {
  char *bytes;
  size_t n, body_bytes;
  marker markers[MARKERS_MAX];
  size_t n_markers;
} request;

typedef struct connection {
  int fd;
  char *out;
  size_t sent;
  char reply[REPLY_BYTES_MAX];
  size_t n_reply;
  int64_t began_ns;
  bool busy;
} connection;

typedef struct run {
  request request;
  bool gzip;
  uint64_t first, hosts, sets, count, n_sent, n_good, n_bad;
  int64_t end_ns;
  int64_t pace_ns, next_ns; /* 0: as fast as it goes; when the next report may leave */
  uint32_t *samples; /* µs from the first byte sent to the reply's last */
  char bad[200];
} run;

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static volatile sig_atomic_t stopped;

static void on_signal(int number) {
  (void)number;
  stopped = 1;
}

/* ---- the request ---- */

static void append(request *r, const void *bytes, size_t n) {
  r->bytes = realloc(r->bytes, r->n + n + 1);
  if (!r->bytes) die("memory");
  memcpy(r->bytes + r->n, bytes, n);
  r->n += n;
}

static void append_compressed(request *r, const char *bytes, size_t n) {
  z_stream z = {0};
  size_t room = n + n / 100 + 100;
  unsigned char *out = malloc(room);
  if (!out || deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) die("deflate");
  z.next_in = (Bytef *)(uintptr_t)bytes;
  z.avail_in = (uInt)n;
  z.next_out = out;
  z.avail_out = (uInt)room;
  if (deflate(&z, Z_FINISH) != Z_STREAM_END) die("deflate");
  append(r, out, z.total_out);
  deflateEnd(&z);
  free(out);
}

static void append_marker(request *r, char kind, bool gzip) {
  static const char tail[] = "\0\0\0\0\x08\0\0"; /* checksum to come, length */
  if (r->n_markers == MARKERS_MAX) die("too many markers");
  if (gzip) append(r, STORED_HEAD, STORED_HEAD_BYTES);
  r->markers[r->n_markers++] = (marker){r->n, kind};
  append(r, "00000000", MARKER_BYTES);
  if (gzip) append(r, tail, sizeof tail);
}

static bool is_marker(const char *p, size_t left) {
  return left >= MARKER_BYTES && p[0] == '@' && p[MARKER_BYTES - 1] == '@' && strchr("HUS", p[1]) && p[2] == p[1] && p[6] == p[1];
}

static void build_body(request *r, const char *text, size_t n, bool gzip) {
  size_t from = 0;
  for (size_t i = 0; i <= n; i++) {
    bool marked = i < n && is_marker(text + i, n - i);
    if (i < n && !marked) continue;
    if (i > from && gzip) append_compressed(r, text + from, i - from);
    if (i > from && !gzip) append(r, text + from, i - from);
    if (marked) append_marker(r, text[i + 1], gzip);
    from = i + MARKER_BYTES;
    i = marked ? from - 1 : i;
  }
}

static void build_request(request *r, const char *path, bool gzip, const char *type) {
  FILE *f = fopen(path, "rb");
  if (!f) die(path);
  fseek(f, 0, SEEK_END);
  size_t n = (size_t)ftell(f);
  rewind(f);
  char *text = malloc(n + 1);
  if (!text || fread(text, 1, n, f) != n) die(path);
  fclose(f);
  request body = {0};
  build_body(&body, text, n, gzip);
  char head[512];
  int k = snprintf(head, sizeof head,
                   "POST /feed/ HTTP/1.1\r\nHost: bench.invalid\r\nUser-Agent: bench\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n", type,
                   gzip ? "Content-Encoding: gzip\r\n" : "", body.n);
  append(r, head, (size_t)k);
  append(r, body.bytes, body.n);
  r->body_bytes = body.n;
  r->n_markers = body.n_markers;
  for (size_t i = 0; i < body.n_markers; i++) r->markers[i] = (marker){body.markers[i].at + (size_t)k, body.markers[i].kind};
  free(body.bytes);
  free(text);
}

static void put_numbers(const run *u, char *out, uint64_t n) {
  uint64_t host = u->first + (u->hosts ? n % u->hosts : n), set = u->first + (u->sets ? n % u->sets : n);
  for (size_t i = 0; i < u->request.n_markers; i++) {
    const marker *m = &u->request.markers[i];
    uint64_t number = m->kind == 'H' ? host : m->kind == 'U' ? set : set % SEEN_SETS;
    char *digits = out + m->at;
    for (int k = MARKER_BYTES - 1; k >= 0; k--, number /= 10) digits[k] = (char)('0' + number % 10);
    if (!u->gzip) continue;
    uint32_t sum = (uint32_t)crc32(0, (const Bytef *)digits, MARKER_BYTES);
    memcpy(digits + MARKER_BYTES, &sum, sizeof sum); /* little endian, as the machines this runs on */
  }
}

/* ---- connections ---- */

static void open_connection(connection *c, uint16_t port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int on = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0) die("fcntl");
}

static void send_more(run *u, connection *c) {
  while (c->sent < u->request.n) {
    ssize_t n = send(c->fd, c->out + c->sent, u->request.n - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) return; /* the reply says why */
    if (n < 0) die("send");
    c->sent += (size_t)n;
  }
}

static void wait_for_turn(run *u) {
  int64_t now = now_ns(), left = u->next_ns - now;
  if (left > 0) nanosleep(&(struct timespec){left / 1000000000, left % 1000000000}, NULL);
  u->next_ns = (left > 0 ? u->next_ns : now) + u->pace_ns;
}

static void begin(run *u, connection *c) {
  if (u->pace_ns) wait_for_turn(u);
  c->busy = (u->count == 0 || u->n_sent < u->count) && now_ns() < u->end_ns && !stopped;
  if (!c->busy) return;
  put_numbers(u, c->out, u->n_sent++);
  c->sent = c->n_reply = 0;
  c->began_ns = now_ns();
  send_more(u, c);
}

/* The whole reply is there? */
static bool is_whole(connection *c) {
  c->reply[c->n_reply] = '\0';
  char *end = strstr(c->reply, "\r\n\r\n"), *length = strcasestr(c->reply, "\r\ncontent-length:");
  if (!end || !length || length > end) return false;
  return c->n_reply >= (size_t)(end + 4 - c->reply) + strtoul(length + 17, NULL, 10);
}

static void take_reply(run *u, connection *c) {
  for (;;) {
    ssize_t n = recv(c->fd, c->reply + c->n_reply, sizeof c->reply - 1 - c->n_reply, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      snprintf(u->bad, sizeof u->bad, "the server closed a connection");
      u->n_bad++;
      c->busy = false;
      return;
    }
    c->n_reply += (size_t)n;
    if (!is_whole(c)) continue;
    if (strncmp(c->reply, "HTTP/1.1 200", 12) == 0) {
      if (u->n_good < SAMPLES_MAX) u->samples[u->n_good] = (uint32_t)((now_ns() - c->began_ns) / 1000);
      u->n_good++;
    } else {
      snprintf(u->bad, sizeof u->bad, "%.150s", c->reply);
      u->n_bad++;
    }
    begin(u, c);
    return;
  }
}

static int cmp_samples(const void *a, const void *b) {
  const uint32_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void tell(run *u, double seconds) {
  size_t n = u->n_good < SAMPLES_MAX ? u->n_good : SAMPLES_MAX;
  qsort(u->samples, n, sizeof *u->samples, cmp_samples);
  for (char *c = u->bad; *c; c++)
    if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ') *c = ' ';
  printf("{\"good\": %llu, \"bad\": %llu, \"seconds\": %.3f, \"body_bytes\": %zu, \"p50_us\": %u, \"p99_us\": %u, \"why_bad\": \"%s\"}\n",
         (unsigned long long)u->n_good, (unsigned long long)u->n_bad, seconds, u->request.body_bytes, n ? u->samples[n / 2] : 0,
         n ? u->samples[n * 99 / 100] : 0, u->bad);
}

int main(int argc, char **argv) {
  if (argc != 11 && argc != 12) {
    fprintf(stderr, "usage: load PORT SECONDS COUNT CONNECTIONS FIRST HOSTS SETS plain|gzip TEMPLATE CONTENT-TYPE [RATE]\n");
    return 2;
  }
  run u = {.gzip = strcmp(argv[8], "gzip") == 0, .count = strtoull(argv[3], NULL, 10), .first = strtoull(argv[5], NULL, 10),
           .hosts = strtoull(argv[6], NULL, 10), .sets = strtoull(argv[7], NULL, 10)};
  if (argc == 12) u.pace_ns = (int64_t)(1e9 / strtod(argv[11], NULL));
  signal(SIGTERM, on_signal);
  size_t n = strtoul(argv[4], NULL, 10);
  build_request(&u.request, argv[9], u.gzip, argv[10]);
  u.samples = calloc(SAMPLES_MAX, sizeof *u.samples);
  connection *all = calloc(n, sizeof *all);
  int poll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (!u.samples || !all || poll_fd < 0) die("memory");
  for (size_t i = 0; i < n; i++) {
    open_connection(&all[i], (uint16_t)strtoul(argv[1], NULL, 10));
    all[i].out = malloc(u.request.n);
    if (!all[i].out) die("memory");
    memcpy(all[i].out, u.request.bytes, u.request.n);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &all[i]}};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, all[i].fd, &e) != 0) die("epoll_ctl");
  }
  int64_t began_ns = now_ns();
  u.end_ns = began_ns + (int64_t)(strtod(argv[2], NULL) * 1e9);
  for (size_t i = 0; i < n; i++) begin(&u, &all[i]);
  for (;;) {
    struct epoll_event events[64];
    size_t busy = 0;
    for (size_t i = 0; i < n; i++) busy += all[i].busy;
    if (!busy) break;
    int k = epoll_wait(poll_fd, events, 64, 1000);
    for (int i = 0; i < k; i++) {
      connection *c = events[i].data.ptr;
      if (c->busy && (events[i].events & EPOLLOUT)) send_more(&u, c);
      if (c->busy && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) take_reply(&u, c);
    }
    if (now_ns() > u.end_ns + 30000000000) break; /* the server does not answer any more */
  }
  tell(&u, (double)(now_ns() - began_ns) / 1e9);
  return u.n_bad ? 1 : 0;
}
