/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "report/report.h"

const char *pk_reply_content_type(pk_reply_form form) {
  bool text = form == PK_REPLY_PAKITI2 || form == PK_REPLY_PAKITI3;
  return text ? "text/plain; charset=utf-8" : "application/json";
}

/* NAME NEWVERSION SEC|ORD INSTALLED, as Pakiti 2's clients print them; then OK, without a line end. */
static void write_pakiti2(const pk_reply *reply, pk_buf *out) {
  for (size_t i = 0; reply->with_updates && i < reply->n_updates; i++) {
    const pk_reply_update *u = &reply->updates[i];
    pk_buf_str(out, u->name);
    pk_buf_putc(out, ' ');
    pk_buf_str(out, u->available);
    pk_buf_puts(out, u->security ? " SEC " : " ORD ");
    pk_buf_str(out, u->installed);
    pk_buf_putc(out, '\n');
  }
  pk_buf_puts(out, "OK");
}

static void write_update(pk_json_out *o, const pk_reply_update *u) {
  pk_json_begin(o, '{');
  pk_json_key(o, "name");
  pk_json_str(o, u->name);
  pk_json_key(o, "arch");
  pk_json_str(o, u->arch);
  pk_json_key(o, "installed");
  pk_json_str(o, u->installed);
  pk_json_key(o, "available");
  pk_json_str(o, u->available);
  pk_json_key(o, "security");
  pk_json_bool(o, u->security);
  pk_json_key(o, "repository");
  pk_json_str(o, u->repository);
  pk_json_end(o, '}');
}

static void write_native(const pk_reply *reply, pk_buf *out) {
  pk_json_out o = {.buf = out};
  pk_json_begin(&o, '{');
  pk_json_key(&o, "status");
  pk_json_str(&o, PK_STR("ok"));
  pk_json_key(&o, "host");
  pk_json_str(&o, reply->host);
  pk_json_key(&o, "packages");
  pk_json_int(&o, (int64_t)reply->n_packages);
  pk_json_key(&o, "unchanged");
  pk_json_bool(&o, reply->unchanged);
  if (reply->with_updates) {
    pk_json_key(&o, "updates");
    pk_json_begin(&o, '[');
    for (size_t i = 0; i < reply->n_updates; i++) write_update(&o, &reply->updates[i]);
    pk_json_end(&o, ']');
  }
  pk_json_end(&o, '}');
}

/* OK, then PACKAGE, VERSION, ARCHITECTURE, CVE, TAG with tabs between. */
static void write_pakiti3(const pk_reply *reply, pk_buf *out) {
  pk_buf_puts(out, "OK\n");
  for (size_t i = 0; i < reply->n_tagged; i++) {
    const pk_reply_tagged *t = &reply->tagged[i];
    const pk_str cells[] = {t->name, t->version, t->arch, t->cve, t->tag};
    for (size_t k = 0; k < 5; k++) {
      pk_buf_str(out, cells[k]);
      pk_buf_putc(out, k < 4 ? '\t' : '\n');
    }
  }
}

void pk_reply_write(pk_reply_form form, const pk_reply *reply, pk_buf *out) {
  switch (form) {
  case PK_REPLY_PAKITI2:
    write_pakiti2(reply, out);
    break;
  case PK_REPLY_PAKITI3:
    write_pakiti3(reply, out);
    break;
  case PK_REPLY_GLPI:
    pk_buf_puts(out, "{\"status\": \"ok\"}");
    break;
  case PK_REPLY_NATIVE:
    write_native(reply, out);
    break;
  }
}

/* A message may quote foreign bytes: in plain text, what is not UTF-8 becomes '?'. */
static void write_error_text(pk_str message, pk_buf *out) {
  bool utf8 = pk_str_utf8(message);
  pk_buf_puts(out, "ERROR: ");
  for (size_t i = 0; i < message.n; i++) {
    unsigned char c = (unsigned char)message.p[i];
    pk_buf_putc(out, c < 0x20 || (c >= 0x80 && !utf8) ? '?' : message.p[i]);
  }
  pk_buf_putc(out, '\n');
}

static void write_error_json(const pk_err *why, pk_buf *out) {
  pk_json_out o = {.buf = out};
  pk_json_begin(&o, '{');
  pk_json_key(&o, "status");
  pk_json_str(&o, PK_STR("error"));
  pk_json_key(&o, "error");
  pk_json_str(&o, pk_str_of(pk_rc_name(why->rc)));
  pk_json_key(&o, "message");
  pk_json_str(&o, pk_str_of(why->text));
  pk_json_end(&o, '}');
}

void pk_reply_write_error(pk_reply_form form, const pk_err *why, pk_buf *out) {
  switch (form) {
  case PK_REPLY_PAKITI2:
  case PK_REPLY_PAKITI3:
    write_error_text(pk_str_of(why->text), out);
    break;
  case PK_REPLY_GLPI:
  case PK_REPLY_NATIVE:
    write_error_json(why, out);
    break;
  }
}
