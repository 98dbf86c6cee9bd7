/* SPDX-License-Identifier: Apache-2.0 */
#include "criteria.h"
#include "feed/oval/oval.h"

static pk_rc visit(void *arg, const pk_definition *d, pk_err *err) {
  pk_buf bytes;
  pk_arena arena;
  pk_definition back = {.id = d->id};
  (void)arg, (void)err;
  PK_FUZZ_MUST(d->criteria);
  pk_fuzz_criteria(d);
  pk_buf_init(&bytes, (size_t)64 << 20);
  pk_arena_init(&arena, (size_t)256 << 20);
  pk_definition_encode(d, &bytes);
  PK_FUZZ_MUST(pk_definition_decode(pk_buf_view(&bytes), &arena, &back, NULL) == PK_OK);
  pk_fuzz_same(d->criteria, back.criteria);
  pk_arena_fini(&arena);
  pk_buf_free(&bytes);
  return PK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static pk_platform_map *platforms; /* the same for all inputs */
  pk_err err = {0};
  pk_stream *in = NULL;
  pk_str key = {0};
  if (!platforms) PK_FUZZ_MUST(pk_platform_map_new(pk_embed_platforms, "platforms", &platforms, NULL) == PK_OK);
  pk_rc rc = pk_stream_open_bytes((pk_str){(const char *)data, size}, (pk_stream_limits){(size_t)8 << 20, 1000}, &in, &err);
  if (rc == PK_OK) rc = pk_oval_parse(in, platforms, visit, NULL, &key, &err);
  pk_fuzz_check(rc, &err);
  pk_stream_close(&in);
  pk_fuzz_document(data, size, "oval.xml", pk_oval_read);
  return 0;
}
