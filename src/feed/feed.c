/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/feed.h"

#include <stdlib.h>

static const char *const NAMES[] = {
    [PK_FEED_APT] = "apt",         [PK_FEED_RPMMD] = "rpmmd",
    [PK_FEED_OVAL] = "oval",       [PK_FEED_CSAF] = "csaf",
    [PK_FEED_DEBIAN_TRACKER] = "debian-tracker", [PK_FEED_DEBIAN_LIST] = "debian-list",
    [PK_FEED_OSV] = "osv",         [PK_FEED_OPENVEX] = "openvex",
    [PK_FEED_KEV] = "kev",         [PK_FEED_EPSS] = "epss",
    [PK_FEED_CVE5] = "cve5",       [PK_FEED_EOL] = "eol",
};

const char *pk_feed_type_name(pk_feed_type t) { return NAMES[t]; }

bool pk_feed_type_of(pk_str text, pk_feed_type *ret) {
  for (size_t i = PK_FEED_APT; i < sizeof NAMES / sizeof NAMES[0]; i++) {
    if (!pk_str_is(text, NAMES[i])) continue;
    *ret = (pk_feed_type)i;
    return true;
  }
  return false;
}

bool pk_feed_type_is_repository(pk_feed_type t) { return t == PK_FEED_APT || t == PK_FEED_RPMMD; }

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
