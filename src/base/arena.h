/* SPDX-License-Identifier: Apache-2.0
 *
 * arena: memory of one operation (a request, a report, a feed document), freed in one go and capped.
 * A cap that is reached makes every later call return NULL: the caller answers PK_E_LIMIT. */
#ifndef PK_BASE_ARENA_H
#define PK_BASE_ARENA_H

#include "base/str.h"

typedef struct pk_arena {
  struct pk_arena_chunk *head;
  size_t used_bytes, max_bytes;
} pk_arena;

void pk_arena_init(pk_arena *a, size_t max_bytes);
void pk_arena_fini(pk_arena *a);
/** Zeroed memory aligned for any object, or NULL when the cap is reached. */
void *pk_arena_alloc(pk_arena *a, size_t size) PK_MUST_USE;
/** A copy of the text, NUL-terminated; `ret->p` is NULL when the cap is reached.
 *  Returns false then. */
bool pk_arena_copy(pk_arena *a, pk_str s, pk_str *ret) PK_MUST_USE;
/** A growing array inside the arena: room for one more item of `size` bytes. The old place stays
 *  allocated until the end, at most as much again. Returns false when the cap is reached. */
bool pk_arena_grow(pk_arena *a, void **array, size_t n, size_t *cap, size_t size) PK_MUST_USE;

#endif
