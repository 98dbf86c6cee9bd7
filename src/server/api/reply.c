/* SPDX-License-Identifier: Apache-2.0
 *
 * reply: JSON, CSV and problems. Pages are written whole; downloads are streamed while they are read. */
#include "base/times.h"
#include "server/api/api.h"

#include <stdio.h>
#include <stdlib.h>

/* Text of a download that waits to be sent. */
#define STREAM_BLOCK ((size_t)64 * 1024)
#define STREAM_MAX ((size_t)64 << 20)

static const char JSON_TYPE[] = "application/json", CSV_TYPE[] = "text/csv; charset=utf-8";

/* ---- values ---- */

void pk_api_write_time(pk_json_out *o, int64_t at) {
  if (at) pk_json_str(o, pk_str_of(PK_TIME(at)));
  else pk_json_null(o);
}

static const char *fraction(int64_t number, int digits, char *buf, size_t size) {
  int64_t unit = 1;
  for (int i = 0; i < digits; i++) unit *= 10;
  snprintf(buf, size, "%lld.%0*lld", (long long)(number / unit), digits, (long long)(number % unit));
  return buf;
}

/* A day as "2026-11-23". */
static pk_str day_text(int64_t day, char *buf24) {
  pk_time_text(day > 0 ? day * 86400 : 86400, buf24);
  return (pk_str){buf24, 10};
}

/* Text of a cell that is neither text nor texts; "" for null. */
static pk_str plain_text(pk_cell_kind kind, const pk_cell *v, char *buf, size_t size) {
  switch (kind) {
  case PK_CELL_NUMBER: snprintf(buf, size, "%lld", (long long)v->number); return pk_str_of(buf);
  case PK_CELL_ID: snprintf(buf, size, "%lld", (long long)v->number); return pk_str_of(v->number ? buf : "");
  case PK_CELL_BOOL: return v->number ? PK_STR("true") : PK_STR("false");
  case PK_CELL_TIME: return v->number ? pk_str_of(pk_time_text(v->number, buf)) : PK_STR("");
  case PK_CELL_DAY: return day_text(v->number, buf);
  case PK_CELL_SHARE: return pk_str_of(v->number < 0 ? "" : fraction(v->number, 6, buf, size));
  case PK_CELL_SCORE: return pk_str_of(v->number < 0 ? "" : fraction(v->number, 1, buf, size));
  case PK_CELL_TEXT:
  case PK_CELL_FILLED:
  case PK_CELL_RANK:
  case PK_CELL_VERSION:
  case PK_CELL_TEXTS: return v->text;
  }
  return PK_STR("");
}

/* What is never null. */
static bool is_text(pk_cell_kind kind) { return kind == PK_CELL_TEXT || kind == PK_CELL_FILLED || kind == PK_CELL_VERSION; }
static bool is_quoted(pk_cell_kind kind) { return is_text(kind) || kind == PK_CELL_RANK || kind == PK_CELL_TIME || kind == PK_CELL_DAY; }

void pk_api_write_row(pk_json_out *o, const pk_rows *rows, const void *row, const pk_list_order *order) {
  char buf[48];
  for (size_t i = 0; i < order->n_fields; i++) {
    const pk_list_field *f = &rows->kind->fields[order->fields[i]];
    pk_cell v;
    pk_list_cell(rows, row, order->fields[i], &v);
    pk_json_key(o, f->name);
    if (f->kind == PK_CELL_TEXTS) {
      pk_json_begin(o, '[');
      for (size_t k = 0; k < v.texts.n; k++) pk_json_str(o, v.texts.list[k]);
      pk_json_end(o, ']');
      continue;
    }
    pk_str text = plain_text(f->kind, &v, buf, sizeof buf);
    if (!text.n && !is_text(f->kind)) pk_json_null(o);
    else if (is_quoted(f->kind)) pk_json_str(o, text);
    else pk_json_plain(o, text);
  }
}

void pk_api_write_object(pk_json_out *o, const pk_rows *rows, size_t place, const pk_list_order *order) {
  pk_json_begin(o, '{');
  pk_api_write_row(o, rows, pk_list_row(rows, place), order);
  pk_json_end(o, '}');
}

/* RFC 4180; what a spreadsheet would take for a formula is kept from it by an apostrophe. */
static void write_csv_text(pk_buf *out, pk_str text) {
  bool formula = text.n && memchr("=+-@\t\r", text.p[0], 6);
  bool quotes = formula;
  for (size_t i = 0; i < text.n && !quotes; i++) quotes = text.p[i] == '"' || text.p[i] == ',' || text.p[i] == '\n' || text.p[i] == '\r';
  if (!quotes) {
    pk_buf_str(out, text);
    return;
  }
  pk_buf_puts(out, formula ? "\"'" : "\"");
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '"') pk_buf_putc(out, '"');
    pk_buf_putc(out, text.p[i]);
  }
  pk_buf_putc(out, '"');
}

static void write_csv_row(pk_buf *out, const pk_rows *rows, const void *row, const pk_list_order *order) {
  char buf[48];
  for (size_t i = 0; i < order->n_fields; i++) {
    const pk_list_field *f = &rows->kind->fields[order->fields[i]];
    pk_cell v;
    pk_list_cell(rows, row, order->fields[i], &v);
    if (i) pk_buf_putc(out, ',');
    if (f->kind != PK_CELL_TEXTS) {
      pk_str text = plain_text(f->kind, &v, buf, sizeof buf);
      if (is_text(f->kind) || f->kind == PK_CELL_RANK) write_csv_text(out, text);
      else pk_buf_str(out, text);
      continue;
    }
    pk_buf joined;
    pk_buf_init(&joined, 65536);
    for (size_t k = 0; k < v.texts.n; k++) {
      if (k) pk_buf_putc(&joined, ' ');
      pk_buf_str(&joined, v.texts.list[k]);
    }
    write_csv_text(out, pk_buf_view(&joined));
    pk_buf_free(&joined);
  }
  pk_buf_puts(out, "\r\n");
}

/* ---- sending ---- */

enum MHD_Result pk_api_problem(pk_request *r, unsigned status, const char *detail) {
  static const struct {
    unsigned status;
    const char *title;
  } titles[] = {{400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {409, "Conflict"}, {413, "Content Too Large"}, {414, "URI Too Long"},
                {415, "Unsupported Media Type"}, {500, "Internal Server Error"}, {503, "Service Unavailable"}};
  pk_buf text;
  pk_json_out o = {.buf = &text};
  const char *title = "Error";
  for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
    if (titles[i].status == status) title = titles[i].title;
  pk_buf_init(&text, 65536);
  pk_json_begin(&o, '{');
  pk_json_key(&o, "type");
  pk_json_str(&o, PK_STR("about:blank"));
  pk_json_key(&o, "title");
  pk_json_str(&o, pk_str_of(title));
  pk_json_key(&o, "status");
  pk_json_int(&o, status);
  pk_json_key(&o, "detail");
  pk_json_str(&o, pk_str_of(detail));
  pk_json_end(&o, '}');
  enum MHD_Result sent = pk_reply_send(r, status, "application/problem+json", pk_buf_view(&text));
  pk_buf_free(&text);
  return sent;
}

enum MHD_Result pk_api_send(pk_api_call *c, unsigned status, const char *type, pk_str body) {
  pk_request *r = c->request;
  char etag[PK_ETAG_MAX];
  if (status != 200 || c->route->edits) return pk_reply_send(r, status, type, body);
  pk_etag_of(body, etag);
  const char *const headers[][2] = {{"ETag", etag}, {"Cache-Control", "private, no-cache"}};
  bool has = pk_request_has(r, etag);
  return pk_reply_with(r, has ? 304 : 200, type, has ? PK_STR("") : body, headers, 2);
}

/* ---- downloads ---- */

typedef struct download {
  pk_server *server;
  pk_fleet *fleet; /* rows are borrowed from it */
  pk_arena arena;
  pk_rows rows;
  pk_list_order order;
  const size_t *places;
  size_t next;
  bool csv, begun, ended;
  pk_buf block;
  size_t sent;
} download;

static void write_more(download *d) {
  pk_json_out o = {.buf = &d->block, .comma = d->next > 0};
  d->block.n = d->sent = 0;
  if (!d->begun && d->csv) {
    for (size_t i = 0; i < d->order.n_fields; i++) pk_buf_printf(&d->block, "%s%s", i ? "," : "", d->rows.kind->fields[d->order.fields[i]].name);
    pk_buf_puts(&d->block, "\r\n");
  } else if (!d->begun) {
    pk_buf_puts(&d->block, "{\"items\":[");
  }
  d->begun = true;
  while (d->next < d->rows.n && d->block.n < STREAM_BLOCK) {
    size_t place = d->places[d->next++];
    if (d->csv) write_csv_row(&d->block, &d->rows, pk_list_row(&d->rows, place), &d->order);
    else pk_api_write_object(&o, &d->rows, place, &d->order);
  }
  if (d->next < d->rows.n || d->ended) return;
  d->ended = true;
  if (!d->csv) pk_buf_printf(&d->block, "],\"total\":%zu,\"next\":null}\n", d->rows.n);
}

static ssize_t read_download(void *arg, uint64_t pos, char *buf, size_t max) {
  (void)pos;
  download *d = arg;
  if (d->sent == d->block.n) {
    if (d->ended) return MHD_CONTENT_READER_END_OF_STREAM;
    write_more(d);
    if (!d->block.n) return MHD_CONTENT_READER_END_OF_STREAM;
  }
  size_t n = d->block.n - d->sent < max ? d->block.n - d->sent : max;
  memcpy(buf, d->block.p + d->sent, n);
  d->sent += n;
  return (ssize_t)n;
}

static void end_download(void *arg) {
  download *d = arg;
  atomic_fetch_sub(&d->server->downloads, 1);
  if (d->fleet) pk_keeper_release(d->server->keeper, &d->fleet);
  pk_buf_free(&d->block);
  pk_arena_fini(&d->arena);
  free(d);
}

/* The call's rows and fleet become the download's. */
static pk_rc send_download(pk_api_call *c, const pk_rows *rows, const pk_list_order *order, pk_str format, pk_err *err) {
  bool csv = pk_str_is(format, "csv");
  const size_t *places;
  if (!csv && !pk_str_is(format, "json")) return pk_err_set(err, PK_E_SYNTAX, "download is '%.*s': say csv or json", PK_FMT(format));
  pk_server *server = c->request->server;
  pk_rc rc = PK_OK;
  if (atomic_fetch_add(&server->downloads, 1) >= PK_DOWNLOADS_MAX)
    rc = pk_err_set(err, PK_E_STOPPED, "%d downloads are being read already: try again in a minute", PK_DOWNLOADS_MAX);
  if (rc == PK_OK) rc = pk_list_sorted(rows, order, &c->arena, &places, err);
  if (rc == PK_OK && rows->kind->fill) rc = rows->kind->fill(rows->context, (void *)(uintptr_t)rows->rows, places, rows->n, &c->arena, err);
  if (rc != PK_OK) {
    atomic_fetch_sub(&server->downloads, 1);
    return rc;
  }
  download *d = pk_calloc(1, sizeof *d);
  *d = (download){.server = server, .fleet = c->ask.fleet, .arena = c->arena, .rows = *rows, .order = *order, .places = places, .csv = csv};
  pk_buf_init(&d->block, STREAM_MAX);
  c->ask.fleet = NULL;
  pk_arena_init(&c->arena, PK_API_BYTES_MAX);
  struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_download, d, end_download);
  if (!response) {
    end_download(d);
    return pk_err_set(err, PK_E_INTERNAL, "the download cannot be begun");
  }
  char name[80];
  snprintf(name, sizeof name, "attachment; filename=\"%s.%s\"", d->rows.kind->name, csv ? "csv" : "json");
  MHD_add_response_header(response, "Content-Type", csv ? CSV_TYPE : JSON_TYPE);
  MHD_add_response_header(response, "Content-Disposition", name);
  MHD_add_response_header(response, "Cache-Control", "no-store");
  pk_reply_queue(c->request, 200, response);
  return PK_OK;
}

/* ---- pages ---- */

static pk_rc read_limit(pk_api_call *c, size_t *ret, pk_err *err) {
  pk_str text;
  uint64_t n;
  *ret = PK_PAGE_DEFAULT;
  if (!pk_api_param(c, "limit", &text)) return PK_OK;
  if (!pk_str_u64(text, &n) || n < 1 || n > PK_PAGE_MAX) return pk_err_set(err, PK_E_SYNTAX, "limit is '%.*s': say 1 to %d", PK_FMT(text), PK_PAGE_MAX);
  *ret = (size_t)n;
  return PK_OK;
}

static pk_rc send_page(pk_api_call *c, const pk_rows *rows, const pk_list_order *order, pk_str cursor, size_t limit, pk_err *err) {
  pk_buf text, next;
  const size_t *places;
  size_t n;
  pk_buf_init(&next, 8192);
  pk_rc rc = pk_list_page(rows, order, cursor, limit, &c->arena, &places, &n, &next, err);
  if (rc == PK_OK && rows->kind->fill) rc = rows->kind->fill(rows->context, (void *)(uintptr_t)rows->rows, places, n, &c->arena, err);
  if (rc == PK_OK) {
    pk_json_out o = {.buf = &text};
    pk_buf_init(&text, PK_API_REPLY_MAX);
    pk_json_begin(&o, '{');
    pk_json_key(&o, "items");
    pk_json_begin(&o, '[');
    for (size_t i = 0; i < n; i++) pk_api_write_object(&o, rows, places[i], order);
    pk_json_end(&o, ']');
    pk_json_key(&o, "total");
    pk_json_int(&o, (int64_t)rows->n);
    pk_json_key(&o, "next");
    if (next.n) pk_json_str(&o, pk_buf_view(&next));
    else pk_json_null(&o);
    pk_json_end(&o, '}');
    pk_api_send(c, 200, JSON_TYPE, pk_buf_view(&text));
    pk_buf_free(&text);
  }
  pk_buf_free(&next);
  return rc;
}

pk_rc pk_api_send_list(pk_api_call *c, const pk_rows *rows, pk_err *err) {
  pk_str sort = PK_STR(""), fields = PK_STR(""), cursor = PK_STR(""), format;
  size_t limit;
  pk_list_order order;
  pk_api_param(c, "sort", &sort);
  pk_api_param(c, "fields", &fields);
  pk_api_param(c, "cursor", &cursor);
  bool whole = pk_api_param(c, "download", &format);
  pk_rc rc = read_limit(c, &limit, err);
  if (rc == PK_OK) rc = pk_api_all_taken(c, err);
  if (rc == PK_OK) rc = pk_list_order_of(rows->kind, sort, fields, &order, err);
  if (rc != PK_OK) return rc;
  return whole ? send_download(c, rows, &order, format, err) : send_page(c, rows, &order, cursor, limit, err);
}
