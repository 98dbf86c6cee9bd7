/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

struct pk_arena_chunk {
  struct pk_arena_chunk *next;
  size_t used, size;
  alignas(max_align_t) char bytes[];
};

void pk_arena_init(pk_arena *a, size_t max_bytes) { *a = (pk_arena){.max_bytes = max_bytes}; }

void pk_arena_fini(pk_arena *a) {
  struct pk_arena_chunk *c = a->head;
  while (c) {
    struct pk_arena_chunk *next = c->next;
    free(c);
    c = next;
  }
  *a = (pk_arena){.max_bytes = a->max_bytes};
}

static void *raw_alloc(pk_arena *a, size_t size, size_t align) {
  struct pk_arena_chunk *c = a->head;
  size_t from = c ? (c->used + align - 1) & ~(align - 1) : 0;
  if (!c || size > c->size || from > c->size - size) {
    if (size > a->max_bytes || a->used_bytes > a->max_bytes - size) return NULL;
    size_t want = size > CHUNK_BYTES / 4 ? size : CHUNK_BYTES;
    c = pk_alloc(sizeof *c + want);
    *c = (struct pk_arena_chunk){.size = want};
    a->used_bytes += want;
    if (a->head && size > CHUNK_BYTES / 4) { /* a big item does not end the chunk in use */
      c->next = a->head->next;
      a->head->next = c;
    } else {
      c->next = a->head;
      a->head = c;
    }
    from = 0;
  }
  c->used = from + size;
  return c->bytes + from;
}

void *pk_arena_alloc(pk_arena *a, size_t size) {
  void *p = raw_alloc(a, size ? size : 1, alignof(max_align_t));
  if (p) memset(p, 0, size);
  return p;
}

bool pk_arena_copy(pk_arena *a, pk_str s, pk_str *ret) {
  char *p = raw_alloc(a, s.n + 1, 1);
  *ret = (pk_str){p, p ? s.n : 0};
  if (!p) return false;
  if (s.n) memcpy(p, s.p, s.n);
  p[s.n] = '\0';
  return true;
}

bool pk_arena_grow(pk_arena *a, void **array, size_t n, size_t *cap, size_t size) {
  if (n < *cap) return true;
  size_t want = *cap ? *cap * 2 : 64, bytes;
  if (__builtin_mul_overflow(want, size, &bytes)) return false;
  void *p = pk_arena_alloc(a, bytes);
  if (!p) return false;
  if (n) memcpy(p, *array, n * size);
  *array = p;
  *cap = want;
  return true;
}
