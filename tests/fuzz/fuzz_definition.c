/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions as stored: what can be decoded at all is encoded again to the same, and can be judged. */
#include "criteria.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_arena arena;
  pk_err err = {0};
  pk_definition d = {.id = PK_STR("x")};
  pk_arena_init(&arena, (size_t)64 << 20);
  pk_rc rc = pk_definition_decode((pk_str){(const char *)data, size}, &arena, &d, &err);
  pk_fuzz_check(rc, &err);
  if (rc == PK_OK) {
    pk_fuzz_encoding(&d);
    pk_fuzz_criteria(&d);
  }
  pk_arena_fini(&arena);
  return 0;
}
