/* SPDX-License-Identifier: Apache-2.0
 *
 * map: bytes → 64-bit number, open addressing, keyed hash (SipHash-2-4 with a key drawn at start, so that
 * nobody outside can choose colliding keys). Keys are borrowed unless the map was made to copy them. */
#ifndef PK_BASE_MAP_H
#define PK_BASE_MAP_H

#include "base/arena.h"

typedef struct pk_map_slot {
  pk_str key; /* p NULL: free */
  uint64_t hash, value;
} pk_map_slot;

typedef struct pk_map {
  pk_map_slot *slots;
  size_t n, n_slots;
  bool copies_keys;
  pk_arena keys;
} pk_map;

void pk_map_init(pk_map *m, bool copies_keys);
void pk_map_fini(pk_map *m);
/** The value's place, made (0) when the key is new. `*ret_new` may be NULL. */
uint64_t *pk_map_put(pk_map *m, pk_str key, bool *ret_new);
/** The value's place, or NULL. */
uint64_t *pk_map_get(const pk_map *m, pk_str key);
/** Walk all: start with *pos = 0; NULL at the end. The map must not grow meanwhile. */
pk_map_slot *pk_map_next(const pk_map *m, size_t *pos);

#endif
