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

/** Are there no more different names of enabled tags than count (PK_TAG_NAMES_MAX)? error PK_E_LIMIT */
pk_rc pk_tag_names_fit(pk_store *store, pk_err *err) PK_MUST_USE;

/** The exceptions that are for one host and have not expired. */
typedef struct pk_host_exceptions {
  pk_exception *list; /**< by id */
  size_t n, cap;
} pk_host_exceptions;

/** In the arena. error PK_E_LIMIT */
pk_rc pk_exceptions_of_host(pk_store *store, const pk_exception_subject *host, int64_t now, pk_arena *arena, pk_host_exceptions *ret, pk_err *err) PK_MUST_USE;
/** The one with the lowest number that takes this finding away; NULL: it counts. */
const pk_exception *pk_host_excepted(const pk_host_exceptions *x, int64_t cve, pk_str platform, const pk_package *p);

/** A file of Pakiti 3's that was read, to be put into the store. */
typedef struct pk_import pk_import;

typedef struct pk_imported {
  size_t n_read, n_added, n_changed, n_removed;
} pk_imported;

/** Read `cveTags` (`enabled` is false when empty, "0" or "false") or `cveExceptions` (`pkg/arch`, `pkg/version` with
 *  `pkg/release`, and `osGroup/name` may be missing: any), and check every entry. Texts are copied.
 *  error  PK_E_SYNTAX, PK_E_LIMIT
 *  source docs/protocols.md, Pakiti 3's decisions */
pk_rc pk_import_tags(pk_str xml, pk_import **ret, pk_err *err) PK_MUST_USE;
pk_rc pk_import_exceptions(const pk_platform_map *platforms, pk_str xml, pk_import **ret, pk_err *err) PK_MUST_USE;
/** Put them, inside a transaction. An existing pair of CVE and tag is replaced; an equal exception is kept. `remove`: those that the
 *  file could tell and does not have go. */
pk_rc pk_import_put(pk_import *file, pk_store *store, bool remove, int64_t now, pk_imported *ret, pk_err *err) PK_MUST_USE;
void pk_import_free(pk_import **file);

/** Write the same. `title` stands for the modifier, as Pakiti 3 does. */
void pk_tags_export(const pk_fleet *f, pk_buf *out);
void pk_exceptions_export(const pk_fleet *f, pk_buf *out);

#endif
