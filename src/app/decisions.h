/* SPDX-License-Identifier: Apache-2.0
 *
 * decisions: what people decide about CVEs, checked before it is stored; and Pakiti 3's XML of it, which goes between
 * installations. */
#ifndef PK_APP_DECISIONS_H
#define PK_APP_DECISIONS_H

#include "app/fleet/fleet.h"

/** Is the tag fit to be stored? error PK_E_SYNTAX naming the field */
pk_rc pk_tag_check(const pk_cve_tag *t, pk_err *err) PK_MUST_USE;
pk_rc pk_exception_check(const pk_exception *e, pk_err *err) PK_MUST_USE;

typedef struct pk_imported {
  size_t n_read, n_added, n_changed, n_removed;
} pk_imported;

/** `store` NULL: only read and check. Read Pakiti 3's `cveTags` and put them, in one transaction. An existing pair of CVE and tag is replaced; `enabled` is false when empty, "0" or
 *  "false". `remove`: those that are not in the file go. error PK_E_SYNTAX, PK_E_LIMIT; nothing is changed then
 *  source docs/protocols.md, Pakiti 3's decisions */
pk_rc pk_tags_import(pk_store *store, pk_str xml, bool remove, int64_t now, pk_imported *ret, pk_err *err) PK_MUST_USE;
/** Read Pakiti 3's `cveExceptions`. Equal ones that are there are kept. `pkg/arch`, `pkg/version` and `osGroup/name` may be missing: any. */
pk_rc pk_exceptions_import(pk_store *store, const pk_platform_map *platforms, pk_str xml, bool remove, int64_t now, pk_imported *ret,
                           pk_err *err) PK_MUST_USE;

/** Write the same. `title` stands for the modifier, as Pakiti 3 does. */
void pk_tags_export(const pk_fleet *f, pk_buf *out);
void pk_exceptions_export(const pk_fleet *f, pk_buf *out);

#endif
