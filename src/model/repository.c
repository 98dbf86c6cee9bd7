/* SPDX-License-Identifier: Apache-2.0 */
#include "model/repository.h"

static const char *const CLASS_NAMES[] = {
    [PK_CLASS_RELEASE] = "release", [PK_CLASS_UPDATES] = "updates", [PK_CLASS_SECURITY] = "security", [PK_CLASS_EXTRA] = "extra"};

const char *pk_repository_class_name(pk_repository_class c) { return CLASS_NAMES[c]; }

bool pk_repository_class_of(pk_str text, pk_repository_class *ret) {
  for (size_t i = 0; i < sizeof CLASS_NAMES / sizeof CLASS_NAMES[0]; i++)
    if (pk_str_is(text, CLASS_NAMES[i])) {
      *ret = (pk_repository_class)i;
      return true;
    }
  return false;
}

void pk_repository_content_init(pk_repository_content *c) {
  *c = (pk_repository_content){0};
  pk_arena_init(&c->arena, PK_CONTENT_BYTES_MAX);
}

void pk_repository_content_fini(pk_repository_content *c) { pk_arena_fini(&c->arena); }

static pk_rc too_much(pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "the repository's content takes more than %zu bytes of memory", PK_CONTENT_BYTES_MAX);
}

pk_rc pk_repository_content_offer(pk_repository_content *c, const pk_offer *offer, pk_err *err) {
  void *array = c->offers;
  if (!pk_arena_grow(&c->arena, &array, c->n_offers, &c->offers_cap, sizeof *offer)) return too_much(err);
  c->offers = array;
  c->offers[c->n_offers++] = *offer;
  return PK_OK;
}

pk_rc pk_repository_content_advisory(pk_repository_content *c, const pk_advisory *advisory, pk_err *err) {
  void *array = c->advisories;
  if (!pk_arena_grow(&c->arena, &array, c->n_advisories, &c->advisories_cap, sizeof *advisory)) return too_much(err);
  c->advisories = array;
  c->advisories[c->n_advisories++] = *advisory;
  return PK_OK;
}

pk_rc pk_repository_content_text(pk_repository_content *c, pk_str text, pk_str *ret, pk_err *err) {
  return pk_arena_copy(&c->arena, text, ret) ? PK_OK : too_much(err);
}
