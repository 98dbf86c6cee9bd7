/* SPDX-License-Identifier: Apache-2.0 */
#include "model/package.h"

static const char *const TYPE_NAMES[] = {
    [PK_TYPE_UNKNOWN] = "unknown", [PK_TYPE_RPM] = "rpm", [PK_TYPE_DEB] = "deb", [PK_TYPE_OTHER] = "other"};

const char *pk_package_type_name(pk_package_type type) { return TYPE_NAMES[type]; }

pk_package_type pk_package_type_of(pk_str text) {
  if (pk_str_is_nocase(text, "rpm")) return PK_TYPE_RPM;
  if (pk_str_is_nocase(text, "dpkg") || pk_str_is_nocase(text, "deb")) return PK_TYPE_DEB;
  if (pk_str_is_nocase(text, "pkg") || pk_str_is_nocase(text, "other")) return PK_TYPE_OTHER;
  return PK_TYPE_UNKNOWN;
}

pk_digest pk_package_digest(const pk_package *p) {
  /* fields are at most PK_FIELD_MAX bytes and hold no NUL, so NUL separates them */
  char text[8 * (PK_FIELD_MAX + 1)];
  size_t n = 0;
  text[n++] = (char)p->type;
  const pk_str fields[] = {p->name, p->evr, p->arch, p->source, p->source_evr, p->module, p->vendor};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    size_t len = fields[i].n > PK_FIELD_MAX ? PK_FIELD_MAX : fields[i].n;
    if (len) memcpy(text + n, fields[i].p, len);
    n += len;
    text[n++] = '\0';
  }
  return pk_digest_of((pk_str){text, n});
}

int pk_package_cmp_listing(const pk_package *a, const pk_package *b) {
  int c = pk_str_cmp(a->name, b->name);
  if (c == 0) c = pk_str_cmp(a->arch, b->arch);
  return c ? c : pk_str_cmp(a->evr, b->evr);
}
