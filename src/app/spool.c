/* SPDX-License-Identifier: Apache-2.0
 *
 * An entry: four bytes of length, then kind and texts as model/encoding writes them. */
#include "app/spool.h"

#include "model/encoding.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Largest entry. A definition of SUSE's with all its kernels has some 200 KB. */
#define ENTRY_BYTES_MAX ((size_t)128 << 20)

struct pk_spool {
  FILE *file;
  char *path;
  pk_buf entry, body;
  size_t n;
};

pk_rc pk_spool_new(const char *path, pk_spool **ret, pk_err *err) {
  FILE *file = fopen(path, "w+e");
  if (!file) return pk_err_set(err, PK_E_IO, "cannot create '%s': %s", path, strerror(errno));
  pk_spool *s = pk_calloc(1, sizeof *s);
  s->file = file;
  s->path = pk_str_dup(pk_str_of(path));
  pk_buf_init(&s->entry, ENTRY_BYTES_MAX);
  pk_buf_init(&s->body, ENTRY_BYTES_MAX);
  *ret = s;
  return PK_OK;
}

void pk_spool_free(pk_spool **spool) {
  pk_spool *s = *spool;
  if (!s) return;
  fclose(s->file);
  unlink(s->path);
  free(s->path);
  pk_buf_free(&s->entry);
  pk_buf_free(&s->body);
  free(s);
  *spool = NULL;
}

pk_spool_place pk_spool_here(const pk_spool *s) { return (pk_spool_place){ftell(s->file), s->n}; }

pk_rc pk_spool_rewind(pk_spool *s, pk_spool_place place, pk_err *err) {
  if (fflush(s->file) != 0 || fseek(s->file, place.offset, SEEK_SET) != 0 || ftruncate(fileno(s->file), place.offset) != 0)
    return pk_err_set(err, PK_E_IO, "cannot write '%s': %s", s->path, strerror(errno));
  s->n = place.n;
  return PK_OK;
}

static void begin(pk_spool *s, pk_spool_kind kind) {
  s->entry.n = 0;
  s->entry.over = false;
  pk_buf_varint(&s->entry, kind);
}

static pk_rc end(pk_spool *s, pk_err *err) {
  uint32_t n = (uint32_t)s->entry.n;
  if (s->entry.over) return pk_err_set(err, PK_E_LIMIT, "a definition takes more than %zu bytes", ENTRY_BYTES_MAX);
  if (fwrite(&n, sizeof n, 1, s->file) != 1 || fwrite(s->entry.p, 1, n, s->file) != n)
    return pk_err_set(err, PK_E_IO, "cannot write '%s': %s", s->path, strerror(errno));
  s->n++;
  return PK_OK;
}

pk_rc pk_spool_definition(pk_spool *s, pk_str document, uint64_t turn, const pk_definition *d, pk_err *err) {
  s->body.n = 0;
  s->body.over = false;
  pk_definition_encode(d, &s->body);
  begin(s, PK_SPOOL_DEFINITION);
  pk_buf_varint(&s->entry, turn);
  pk_encode_text(&s->entry, document);
  pk_encode_text(&s->entry, d->id);
  pk_encode_text(&s->entry, pk_buf_view(&s->body));
  s->entry.over |= s->body.over;
  return end(s, err);
}

pk_rc pk_spool_document(pk_spool *s, pk_spool_kind kind, pk_str document, uint64_t turn, pk_err *err) {
  begin(s, kind);
  pk_buf_varint(&s->entry, turn);
  pk_encode_text(&s->entry, document);
  return end(s, err);
}

pk_rc pk_spool_cve(pk_spool *s, const pk_cve_fact *f, pk_err *err) {
  const int64_t numbers[] = {f->exploited_at, f->ransomware, f->epss + 1, f->epss_rank + 1, f->cvss + 1, f->rejected};
  const pk_str texts[] = {f->cve, f->cvss_vector, f->title, f->ssvc};
  begin(s, PK_SPOOL_CVE);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) pk_buf_varint(&s->entry, (uint64_t)numbers[i]);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pk_encode_text(&s->entry, texts[i]);
  return end(s, err);
}

pk_rc pk_spool_release(pk_spool *s, const pk_release_fact *f, pk_err *err) {
  const int64_t numbers[] = {f->released_at, f->eol_at, f->extended_eol_at};
  begin(s, PK_SPOOL_RELEASE);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) pk_buf_varint(&s->entry, (uint64_t)numbers[i]);
  pk_encode_text(&s->entry, f->platform);
  return end(s, err);
}

static void read_cve(pk_decoding *in, pk_cve_fact *f) {
  f->exploited_at = (int64_t)pk_decode_number(in);
  f->ransomware = pk_decode_number(in) != 0;
  f->epss = (int32_t)pk_decode_number(in) - 1;
  f->epss_rank = (int32_t)pk_decode_number(in) - 1;
  f->cvss = (int32_t)pk_decode_number(in) - 1;
  f->rejected = pk_decode_number(in) != 0;
  pk_str *const texts[] = {&f->cve, &f->cvss_vector, &f->title, &f->ssvc};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) *texts[i] = pk_decode_text(in);
}

static pk_rc read_entry(pk_str bytes, pk_spool_entry *e, pk_err *err) {
  pk_decoding in = {.rest = bytes, .err = err};
  *e = (pk_spool_entry){.kind = (pk_spool_kind)pk_decode_choice(&in, PK_SPOOL_KEPT + 1)};
  switch (e->kind) {
  case PK_SPOOL_DEFINITION:
    e->turn = pk_decode_number(&in);
    e->document = pk_decode_text(&in);
    e->name = pk_decode_text(&in);
    e->body = pk_decode_text(&in);
    break;
  case PK_SPOOL_CVE:
    read_cve(&in, &e->cve);
    break;
  case PK_SPOOL_RELEASE:
    e->release.released_at = (int64_t)pk_decode_number(&in);
    e->release.eol_at = (int64_t)pk_decode_number(&in);
    e->release.extended_eol_at = (int64_t)pk_decode_number(&in);
    e->release.platform = pk_decode_text(&in);
    break;
  case PK_SPOOL_DELETED:
  case PK_SPOOL_KEPT:
    e->turn = pk_decode_number(&in);
    e->document = pk_decode_text(&in);
    break;
  }
  return in.rc;
}

pk_rc pk_spool_each(pk_spool *s, pk_spool_visit *visit, void *arg, pk_err *err) {
  uint32_t n;
  char *bytes = NULL;
  size_t cap = 0;
  pk_rc rc = PK_OK;
  if (fflush(s->file) != 0 || fseek(s->file, 0, SEEK_SET) != 0) return pk_err_set(err, PK_E_IO, "cannot write '%s': %s", s->path, strerror(errno));
  while (rc == PK_OK && fread(&n, sizeof n, 1, s->file) == 1) {
    pk_spool_entry e;
    if (n > cap) bytes = pk_realloc_array(bytes, cap = n, 1);
    if (fread(bytes, 1, n, s->file) != n) {
      rc = pk_err_set(err, PK_E_IO, "cannot read '%s'", s->path);
      break;
    }
    rc = read_entry((pk_str){bytes, n}, &e, err);
    if (rc == PK_OK) rc = visit(arg, &e, err);
  }
  if (rc == PK_OK && ferror(s->file)) rc = pk_err_set(err, PK_E_IO, "cannot read '%s': %s", s->path, strerror(errno));
  free(bytes);
  return rc;
}
