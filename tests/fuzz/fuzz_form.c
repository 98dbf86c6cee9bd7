/* SPDX-License-Identifier: Apache-2.0 */
#include "report/form.h"
#include "targets.h"

static void check_form(const pk_form *form, pk_arena *arena) {
  PK_FUZZ_MUST(form->n <= PK_FORM_FIELDS_MAX);
  for (size_t i = 0; i < form->n; i++) {
    pk_str copy; /* every byte is read */
    PK_FUZZ_MUST(form->fields[i].name.n <= PK_FORM_NAME_MAX);
    if (pk_arena_copy(arena, form->fields[i].value, &copy)) PK_FUZZ_MUST(pk_str_eq(copy, form->fields[i].value));
  }
}

/* The first line is the Content-Type, the rest the body: a multipart form where a boundary is told or seen, and urlencoded. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_err err = {0};
  pk_str body = {(const char *)data, size}, content_type = PK_STR(""), boundary;
  pk_arena arena;
  pk_form form = {0};
  pk_str_split(&body, '\n', &content_type);
  pk_arena_init(&arena, (size_t)8 << 20);
  pk_fuzz_check(pk_form_parse_urlencoded(body, &arena, &form, &err), &err);
  check_form(&form, &arena);
  if (pk_form_boundary(content_type, body, &boundary)) {
    PK_FUZZ_MUST(boundary.n > 0 && boundary.n <= PK_FORM_BOUNDARY_MAX);
    pk_fuzz_check(pk_form_parse_multipart(body, boundary, &arena, &form, &err), &err);
    check_form(&form, &arena);
  }
  pk_arena_fini(&arena);
  return 0;
}
