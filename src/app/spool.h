/* SPDX-License-Identifier: Apache-2.0
 *
 * spool: what a feed's documents said, kept in a file until all are read: a feed is parsed whole before anything stored is
 * touched, in little memory however large it is, and the database is locked only while differences are written. */
#ifndef PK_APP_SPOOL_H
#define PK_APP_SPOOL_H

#include "model/definition.h"

typedef struct pk_spool pk_spool;

typedef enum pk_spool_kind {
  PK_SPOOL_DEFINITION = 1,
  PK_SPOOL_CVE = 2,
  PK_SPOOL_RELEASE = 3,
  PK_SPOOL_DELETED = 4, /**< the vendor deleted a document */
  PK_SPOOL_KEPT = 5     /**< a document could not be understood */
} pk_spool_kind;

typedef struct pk_spool_entry {
  pk_spool_kind kind;
  pk_str document;
  uint64_t turn; /**< as given: of several documents of a name the last one counts */
  pk_str name, body;       /**< definition: its id and encoded form */
  pk_cve_fact cve;
  pk_release_fact release;
} pk_spool_entry;

/** The file is removed when the spool is freed. */
pk_rc pk_spool_new(const char *path, pk_spool **ret, pk_err *err) PK_MUST_USE;
void pk_spool_free(pk_spool **spool);
pk_rc pk_spool_definition(pk_spool *s, pk_str document, uint64_t turn, const pk_definition *d, pk_err *err) PK_MUST_USE;
pk_rc pk_spool_cve(pk_spool *s, const pk_cve_fact *f, pk_err *err) PK_MUST_USE;
pk_rc pk_spool_release(pk_spool *s, const pk_release_fact *f, pk_err *err) PK_MUST_USE;
/** PK_SPOOL_DELETED or PK_SPOOL_KEPT. */
pk_rc pk_spool_document(pk_spool *s, pk_spool_kind kind, pk_str document, uint64_t turn, pk_err *err) PK_MUST_USE;
/** A place to go back to: what was written after it is taken out again. */
typedef struct pk_spool_place {
  long offset;
  size_t n;
} pk_spool_place;
pk_spool_place pk_spool_here(const pk_spool *s);
pk_rc pk_spool_rewind(pk_spool *s, pk_spool_place place, pk_err *err) PK_MUST_USE;

typedef pk_rc pk_spool_visit(void *arg, const pk_spool_entry *e, pk_err *err);
/** Every entry in the order in which they came; texts are borrowed during the visit. */
pk_rc pk_spool_each(pk_spool *s, pk_spool_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

#endif
