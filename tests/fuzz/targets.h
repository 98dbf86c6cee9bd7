/* SPDX-License-Identifier: Apache-2.0
 *
 * targets: what the fuzz targets share. Each has LLVMFuzzerTestOneInput; with libFuzzer that is driven by mutation, in
 * ordinary builds replay.c drives it with the corpus. What a target does must not depend on the inputs before. */
#ifndef PK_TESTS_FUZZ_TARGETS_H
#define PK_TESTS_FUZZ_TARGETS_H

#include "base/stream.h"
#include "model/repository.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What must hold, or it is a finding. */
#define PK_FUZZ_MUST(condition)                                                                                                  \
  do {                                                                                                                           \
    if (!(condition)) {                                                                                                          \
      fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                                                            \
      pk_panic("does not hold: " #condition);                                                                                    \
    }                                                                                                                            \
  } while (0)

/** A fault comes with its code and a message, and bytes from outside never make it a bug of ours. */
static inline void pk_fuzz_check(pk_rc rc, const pk_err *err) {
  PK_FUZZ_MUST(rc != PK_E_INTERNAL);
  PK_FUZZ_MUST(rc >= 0 || (err->rc == rc && err->text[0]));
}

/** A parser of a stream into a repository's content. */
typedef pk_rc pk_fuzz_parse(pk_stream *in, pk_repository_content *content, pk_err *err);

static inline void pk_fuzz_check_offers(const pk_repository_content *c) {
  for (size_t i = 0; i < c->n_offers; i++) {
    const pk_offer *o = &c->offers[i];
    const pk_str fields[] = {o->name, o->evr, o->arch, o->source, o->source_evr, o->advisory};
    PK_FUZZ_MUST(o->name.n && o->evr.n && o->arch.n);
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++)
      PK_FUZZ_MUST(fields[k].n <= PK_FIELD_MAX && pk_str_utf8(fields[k]));
  }
}

/** Parse the bytes as a (perhaps compressed) stream, under small limits. */
static inline void pk_fuzz_stream(const uint8_t *data, size_t size, pk_fuzz_parse *parse) {
  pk_err err = {0};
  pk_stream *in = NULL;
  pk_repository_content content;
  pk_repository_content_init(&content);
  pk_rc rc = pk_stream_open_bytes((pk_str){(const char *)data, size}, (pk_stream_limits){(size_t)8 << 20, 1000}, &in, &err);
  if (rc == PK_OK) rc = parse(in, &content, &err);
  pk_fuzz_check(rc, &err);
  pk_fuzz_check_offers(&content);
  pk_stream_close(&in);
  pk_repository_content_fini(&content);
}

#endif
