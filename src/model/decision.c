/* SPDX-License-Identifier: Apache-2.0 */
#include "model/decision.h"

static const char *const KINDS[PK_GROUP_KINDS] = {"", "host", "domain", "tld", "site", "tag", "platform"};

const char *pk_group_kind_name(pk_group_kind kind) { return KINDS[kind]; }

bool pk_group_kind_of(pk_str text, pk_group_kind *ret) {
  for (size_t i = 0; i < PK_GROUP_KINDS; i++)
    if (pk_str_is(text, KINDS[i])) {
      *ret = (pk_group_kind)i;
      return true;
    }
  return false;
}
