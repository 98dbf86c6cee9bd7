/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

static unsigned char hash_key[crypto_shorthash_KEYBYTES];
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

static void draw_hash_key(void) {
  if (sodium_init() < 0) pk_panic("libsodium cannot start");
  randombytes_buf(hash_key, sizeof hash_key);
}

static uint64_t hash_of(pk_str key) {
  uint64_t h;
  crypto_shorthash((unsigned char *)&h, (const unsigned char *)key.p, key.n, hash_key);
  return h;
}

void pk_map_init(pk_map *m, bool copies_keys) {
  pthread_once(&hash_key_once, draw_hash_key);
  *m = (pk_map){.copies_keys = copies_keys};
  pk_arena_init(&m->keys, SIZE_MAX);
}

void pk_map_fini(pk_map *m) {
  free(m->slots);
  pk_arena_fini(&m->keys);
  *m = (pk_map){.copies_keys = m->copies_keys};
}

static size_t probe(const pk_map *m, pk_str key, uint64_t hash) {
  size_t mask = m->n_slots - 1, i = (size_t)hash & mask;
  while (m->slots[i].key.p && (m->slots[i].hash != hash || !pk_str_eq(m->slots[i].key, key)))
    i = (i + 1) & mask;
  return i;
}

static void grow(pk_map *m) {
  pk_map_slot *old = m->slots;
  size_t n_old = m->n_slots;
  m->n_slots = n_old ? n_old * 2 : 64;
  m->slots = pk_calloc(m->n_slots, sizeof *m->slots);
  for (size_t i = 0; i < n_old; i++)
    if (old[i].key.p) m->slots[probe(m, old[i].key, old[i].hash)] = old[i];
  free(old);
}

uint64_t *pk_map_put(pk_map *m, pk_str key, bool *ret_new) {
  if (!key.p) key.p = "";
  if (m->n * 4 >= m->n_slots * 3) grow(m);
  uint64_t hash = hash_of(key);
  pk_map_slot *s = &m->slots[probe(m, key, hash)];
  if (ret_new) *ret_new = !s->key.p;
  if (!s->key.p) {
    if (m->copies_keys && !pk_arena_copy(&m->keys, key, &key)) pk_panic("out of memory");
    *s = (pk_map_slot){.key = key, .hash = hash};
    m->n++;
  }
  return &s->value;
}

uint64_t *pk_map_get(const pk_map *m, pk_str key) {
  if (!key.p) key.p = "";
  if (!m->n) return NULL;
  pk_map_slot *s = &m->slots[probe(m, key, hash_of(key))];
  return s->key.p ? &s->value : NULL;
}

pk_map_slot *pk_map_next(const pk_map *m, size_t *pos) {
  while (*pos < m->n_slots) {
    pk_map_slot *s = &m->slots[(*pos)++];
    if (s->key.p) return s;
  }
  return NULL;
}
