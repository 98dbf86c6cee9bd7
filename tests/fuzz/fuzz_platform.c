/* SPDX-License-Identifier: Apache-2.0 */
#include "base/embed.h"
#include "model/platform.h"
#include "targets.h"

static void check_name(const pk_platform_map *shipped, pk_str text) {
  char name[PK_PLATFORM_MAX + 1], again[PK_PLATFORM_MAX + 1];
  pk_package_type type = PK_TYPE_UNKNOWN;
  pk_err err = {0};
  if (pk_platform_map_find(shipped, text, name, &type) == PK_OK)
    PK_FUZZ_MUST(strlen(name) <= PK_PLATFORM_MAX && type != PK_TYPE_UNKNOWN);
  pk_rc rc = pk_platform_canonical(shipped, text, name, &type, &err);
  pk_fuzz_check(rc, &err);
  if (rc == PK_OK) PK_FUZZ_MUST(pk_platform_canonical(shipped, pk_str_of(name), again, &type, &err) == PK_OK);
}

/* A system's name against the table that ships, and the bytes as a table. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static pk_platform_map *shipped;
  pk_err err = {0};
  pk_str text = {(const char *)data, size};
  if (!shipped && pk_platform_map_new(pk_embed_platforms, "platforms", &shipped, &err) != PK_OK) pk_panic(err.text);
  check_name(shipped, text);
  /* a table is the administrator's: that glibc takes much memory for {1,9999} and ((a+)+)+ harms nobody else */
  size_t n_repeats = 0;
  for (size_t i = 0; i < size; i++) n_repeats += data[i] == '+' || data[i] == '*' ? 1 : data[i] == '{' ? 9 : 0;
  if (size > 1000 || n_repeats > 6 || pk_str_find(text, '\t') == size) return 0;
  pk_platform_map *own = NULL;
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  pk_rc rc = pk_platform_map_new(text, "own", &own, &err);
  pk_fuzz_check(rc, &err);
  if (rc == PK_OK && pk_platform_map_find(own, PK_STR("Debian GNU/Linux 12 (bookworm)"), name, &type) == PK_OK)
    PK_FUZZ_MUST(strlen(name) <= PK_PLATFORM_MAX);
  pk_platform_map_free(&own);
  return 0;
}
