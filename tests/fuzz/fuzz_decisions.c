/* SPDX-License-Identifier: Apache-2.0 */
#include "app/decisions.h"
#include "base/embed.h"
#include "targets.h"

/* Pakiti 3's XML of tags and of exceptions; nothing is stored. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static pk_platform_map *platforms;
  pk_err err = {0};
  pk_import *file = NULL;
  pk_str xml = {(const char *)data, size};
  if (!platforms) PK_FUZZ_MUST(pk_platform_map_new(pk_embed_platforms, "platforms", &platforms, &err) == PK_OK);
  pk_fuzz_check(pk_import_tags(xml, &file, &err), &err);
  pk_import_free(&file);
  pk_fuzz_check(pk_import_exceptions(platforms, xml, &file, &err), &err);
  pk_import_free(&file);
  return 0;
}
