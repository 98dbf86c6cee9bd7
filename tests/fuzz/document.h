/* SPDX-License-Identifier: Apache-2.0
 *
 * document: what the fuzz targets of vendors' readers share: bytes are read as a document, and all that comes out must be
 * whole: texts of a sensible length, CVEs in order, states that exist, a definition that survives its encoding. */
#ifndef PK_TESTS_FUZZ_DOCUMENT_H
#define PK_TESTS_FUZZ_DOCUMENT_H

#include "base/embed.h"
#include "feed/vendor.h"
#include "targets.h"

static inline void pk_fuzz_text(pk_str text, size_t max) { PK_FUZZ_MUST(text.n <= max && pk_str_utf8(text)); }

static inline void pk_fuzz_cves(const pk_definition *d) {
  int64_t before = 0;
  for (size_t i = 0; i < d->n_cves; i++) {
    int64_t number = pk_cve_number(d->cves[i]);
    PK_FUZZ_MUST(number > before && pk_str_starts(d->cves[i], "CVE-"));
    before = number;
  }
}

static inline void pk_fuzz_encoding(const pk_definition *d) {
  pk_buf once, twice;
  pk_arena arena;
  pk_definition back = {.id = d->id};
  pk_buf_init(&once, (size_t)64 << 20);
  pk_buf_init(&twice, (size_t)64 << 20);
  pk_arena_init(&arena, (size_t)256 << 20);
  pk_definition_encode(d, &once);
  PK_FUZZ_MUST(pk_definition_decode(pk_buf_view(&once), &arena, &back, NULL) == PK_OK);
  pk_definition_encode(&back, &twice);
  PK_FUZZ_MUST(pk_str_eq(pk_buf_view(&once), pk_buf_view(&twice)));
  pk_arena_fini(&arena);
  pk_buf_free(&once);
  pk_buf_free(&twice);
}

static inline pk_rc pk_fuzz_definition(void *arg, const pk_definition *d, pk_err *err) {
  (void)arg, (void)err;
  pk_fuzz_text(d->id, PK_DEFINITION_ID_MAX);
  pk_fuzz_text(d->title, PK_DEFINITION_TITLE_MAX);
  PK_FUZZ_MUST(d->id.n && d->class.n && d->issued_at >= 0 && (d->n_rules || d->criteria));
  pk_fuzz_cves(d);
  for (size_t i = 0; i < d->n_rules; i++) {
    const pk_rule *r = &d->rules[i];
    PK_FUZZ_MUST(r->n_names && r->state <= PK_RULE_NOT_AFFECTED);
    for (size_t k = 0; k < r->n_names; k++) PK_FUZZ_MUST(r->names[k].n && r->names[k].n <= PK_FIELD_MAX);
    pk_fuzz_text(r->platform, PK_PLATFORM_MAX);
    pk_fuzz_text(r->fixed, PK_FIELD_MAX);
    pk_fuzz_text(r->note, PK_DEFINITION_TITLE_MAX);
  }
  pk_fuzz_encoding(d);
  return PK_OK;
}

static inline pk_rc pk_fuzz_cve(void *arg, const pk_cve_fact *f, pk_err *err) {
  (void)arg, (void)err;
  PK_FUZZ_MUST(pk_cve_number(f->cve));
  PK_FUZZ_MUST(f->epss >= -1 && f->epss <= 1000000 && f->epss_rank >= -1 && f->epss_rank <= 1000000);
  PK_FUZZ_MUST(f->exploited_at >= 0 && f->cvss >= -1 && f->cvss <= 100);
  pk_fuzz_text(f->cvss_vector, PK_FIELD_MAX);
  pk_fuzz_text(f->title, PK_DEFINITION_TITLE_MAX);
  pk_fuzz_text(f->ssvc, PK_FIELD_MAX);
  return PK_OK;
}

static inline pk_rc pk_fuzz_release(void *arg, const pk_release_fact *f, pk_err *err) {
  (void)arg, (void)err;
  PK_FUZZ_MUST(f->platform.n && f->released_at >= 0 && f->eol_at >= 0 && f->extended_eol_at >= 0);
  pk_fuzz_text(f->platform, PK_PLATFORM_MAX);
  return PK_OK;
}

static inline void pk_fuzz_document(const uint8_t *data, size_t size, const char *name, pk_vendor_read *read) {
  static pk_platform_map *platforms; /* the same for all inputs */
  if (!platforms) PK_FUZZ_MUST(pk_platform_map_new(pk_embed_platforms, "platforms", &platforms, NULL) == PK_OK);
  const pk_vendor_sink sink = {NULL, pk_fuzz_definition, pk_fuzz_cve, pk_fuzz_release};
  pk_vendor_document d = {.name = name, .platform = PK_STR(""), .platforms = platforms};
  pk_err err = {0};
  pk_rc rc = pk_stream_open_bytes((pk_str){(const char *)data, size}, (pk_stream_limits){(size_t)8 << 20, 1000}, &d.in, &err);
  if (rc == PK_OK) rc = read(&d, &sink, &err);
  pk_fuzz_check(rc, &err);
  pk_stream_close(&d.in);
}

#endif
