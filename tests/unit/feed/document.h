/* SPDX-License-Identifier: Apache-2.0
 *
 * document: a vendor's document in memory is read, and what comes out is written down as text, one line each, so that a
 * test says what it expects in one piece:
 *
 *   CVE-2024-0001 openssl|vulnerability|ADVISORY|low|2024-01-31|CVE-2024-0001,CVE-2024-0002|A title
 *     debian:12 openssl fixed 3.0.11-1 (a note)
 *   CVE-2024-0001 exploited=2024-01-31 ransomware epss=4510 rank=612340 cvss=98 CVSS:3.1/AV:N [exploitation=active] rejected "A
 * title" debian:12 released=2023-06-10 eol=2026-06-10 extended=2028-06-30
 *
 * Names that a rule is not expected to have (architecture, module, other versions) are faults. */
#ifndef PK_TESTS_FEED_DOCUMENT_H
#define PK_TESTS_FEED_DOCUMENT_H

#include "unit.h"

#include "base/embed.h"
#include "base/times.h"
#include "feed/vendor.h"

typedef struct document {
  pk_buf out;
  pk_err err;
  pk_rc rc;
} document;

static inline pk_rc document_definition(void *arg, const pk_definition *d, pk_err *err) {
  pk_buf *out = arg;
  (void)err;
  pk_buf_printf(out, "%.*s|%.*s|%.*s|%.*s|%.10s|", PK_FMT(d->id), PK_FMT(d->class), PK_FMT(d->advisory), PK_FMT(d->severity),
                PK_TIME(d->issued_at));
  for (size_t i = 0; i < d->n_cves; i++) pk_buf_printf(out, "%s%.*s", i ? "," : "", PK_FMT(d->cves[i]));
  pk_buf_printf(out, "|%.*s\n", PK_FMT(d->title));
  for (size_t i = 0; i < d->n_rules; i++) {
    const pk_rule *r = &d->rules[i];
    pk_buf_printf(out, "  %.*s", PK_FMT(r->platform));
    for (size_t k = 0; k < r->n_names; k++) pk_buf_printf(out, " %.*s", PK_FMT(r->names[k]));
    pk_buf_printf(out, " %s", pk_rule_state_name(r->state));
    if (r->fixed.n) pk_buf_printf(out, " %.*s", PK_FMT(r->fixed));
    if (r->note.n) pk_buf_printf(out, " (%.*s)", PK_FMT(r->note));
    pk_buf_puts(out, "\n");
    assert_true(r->is_source);
    assert_int_equal(r->arch.n + r->module.n + r->introduced.n + r->last.n + r->advisory.n, 0);
  }
  assert_null(d->criteria);
  return PK_OK;
}

static inline pk_rc document_cve(void *arg, const pk_cve_fact *f, pk_err *err) {
  pk_buf *out = arg;
  (void)err;
  pk_buf_printf(out, "%.*s", PK_FMT(f->cve));
  if (f->exploited_at) pk_buf_printf(out, " exploited=%.10s", PK_TIME(f->exploited_at));
  if (f->ransomware) pk_buf_puts(out, " ransomware");
  if (f->epss != -1) pk_buf_printf(out, " epss=%d", f->epss);
  if (f->epss_rank != -1) pk_buf_printf(out, " rank=%d", f->epss_rank);
  if (f->cvss != -1) pk_buf_printf(out, " cvss=%d", f->cvss);
  if (f->cvss_vector.n) pk_buf_printf(out, " %.*s", PK_FMT(f->cvss_vector));
  if (f->ssvc.n) pk_buf_printf(out, " [%.*s]", PK_FMT(f->ssvc));
  if (f->rejected) pk_buf_puts(out, " rejected");
  if (f->title.n) pk_buf_printf(out, " \"%.*s\"", PK_FMT(f->title));
  pk_buf_puts(out, "\n");
  return PK_OK;
}

static inline void document_end(pk_buf *out, const char *what, int64_t at) {
  if (at == 1)
    pk_buf_printf(out, " %s=ended", what);
  else if (at)
    pk_buf_printf(out, " %s=%.10s", what, PK_TIME(at));
}

static inline pk_rc document_release(void *arg, const pk_release_fact *f, pk_err *err) {
  pk_buf *out = arg;
  (void)err;
  pk_buf_printf(out, "%.*s", PK_FMT(f->platform));
  document_end(out, "released", f->released_at);
  document_end(out, "eol", f->eol_at);
  document_end(out, "extended", f->extended_eol_at);
  pk_buf_puts(out, "\n");
  return PK_OK;
}

/** Read; what came out before a fault is kept. */
static inline void document_read(document *t, pk_vendor_read *read, const char *name, const char *platform, pk_str bytes) {
  pk_platform_map *platforms = NULL;
  pk_vendor_document d = {.name = name, .platform = pk_str_of(platform)};
  *t = (document){.rc = PK_OK};
  pk_buf_init(&t->out, (size_t)1 << 20);
  const pk_vendor_sink sink = {&t->out, document_definition, document_cve, document_release};
  assert_int_equal(pk_platform_map_new(pk_embed_platforms, "platforms", &platforms, NULL), PK_OK);
  d.platforms = platforms;
  assert_int_equal(pk_stream_open_bytes(bytes, (pk_stream_limits){.out_bytes_max = (size_t)64 << 20}, &d.in, NULL), PK_OK);
  t->rc = read(&d, &sink, &t->err);
  pk_stream_close(&d.in);
  pk_platform_map_free(&platforms);
}

static inline void document_expect(pk_vendor_read *read, const char *name, const char *platform, const char *text,
                                   const char *want) {
  document t;
  document_read(&t, read, name, platform, pk_str_of(text));
  if (t.rc < 0) fail_msg("%s: %s", pk_rc_name(t.rc), t.err.text);
  assert_string_equal(pk_buf_cstr(&t.out), want);
  assert_int_equal(t.rc, want[0] ? PK_OK : PK_UNCHANGED);
  pk_buf_free(&t.out);
}

/** It is refused, and the message has these words. */
static inline void document_refused(pk_vendor_read *read, const char *name, pk_str bytes, pk_rc rc, const char *words) {
  document t;
  document_read(&t, read, name, "", bytes);
  assert_int_equal(t.rc, rc);
  assert_int_equal(t.err.rc, rc);
  if (!strstr(t.err.text, words)) fail_msg("'%s' is not in '%s'", words, t.err.text);
  pk_buf_free(&t.out);
}

#endif
