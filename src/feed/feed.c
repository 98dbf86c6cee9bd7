/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/feed.h"

#include <stdlib.h>

const char *pk_feed_type_name(pk_feed_type t) {
  switch (t) {
  case PK_FEED_APT:
    return "apt";
  case PK_FEED_RPMMD:
    return "rpmmd";
  }
  pk_panic("unknown feed type");
}

bool pk_feed_type_of(pk_str text, pk_feed_type *ret) {
  static const pk_feed_type types[] = {PK_FEED_APT, PK_FEED_RPMMD};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    if (!pk_str_is(text, pk_feed_type_name(types[i]))) continue;
    *ret = types[i];
    return true;
  }
  return false;
}

static const size_t TEXTS[] = {
    offsetof(pk_feed, name),       offsetof(pk_feed, url),  offsetof(pk_feed, platform), offsetof(pk_feed, suite),
    offsetof(pk_feed, components), offsetof(pk_feed, arch), offsetof(pk_feed, keyring),
};
#define N_TEXTS (sizeof TEXTS / sizeof TEXTS[0])

static char **text_at(pk_feed *f, size_t i) { return (char **)((char *)f + TEXTS[i]); }

void pk_feed_init(pk_feed *f) {
  *f = (pk_feed){.type = PK_FEED_APT, .class = PK_CLASS_RELEASE};
  for (size_t i = 0; i < N_TEXTS; i++) *text_at(f, i) = pk_str_dup(PK_STR(""));
}

void pk_feed_fini(pk_feed *f) {
  for (size_t i = 0; i < N_TEXTS; i++) free(*text_at(f, i));
  *f = (pk_feed){0};
}

void pk_feed_set(char **field, pk_str value) {
  char *copy = pk_str_dup(value); /* first: the value may be part of what is replaced */
  free(*field);
  *field = copy;
}
