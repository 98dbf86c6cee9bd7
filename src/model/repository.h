/* SPDX-License-Identifier: Apache-2.0
 *
 * repository: what a package repository publishes, as the readers of APT and RPM metadata hand it over. */
#ifndef PK_MODEL_REPOSITORY_H
#define PK_MODEL_REPOSITORY_H

#include "base/arena.h"
#include "model/package.h"

/** What a repository is for its platform. */
typedef enum pk_repository_class {
  PK_CLASS_RELEASE = 0,
  PK_CLASS_UPDATES = 1,
  PK_CLASS_SECURITY = 2,
  PK_CLASS_EXTRA = 3 /**< third party or backports: counts only for packages that came from such a one */
} pk_repository_class;

const char *pk_repository_class_name(pk_repository_class c);
/** Returns false for an unknown name. */
bool pk_repository_class_of(pk_str text, pk_repository_class *ret);

/** A version that can be had, or that an advisory announces. Text is borrowed from the content's arena.
 *  rpm versions always state their epoch ("0:1.2-3"). */
typedef struct pk_offer {
  pk_str name, evr, arch;
  pk_str source, source_evr; /**< empty where the vendor does not say; source_evr also when equal to evr */
  pk_str module;             /**< "name:stream" of an announced build of a module stream, else empty */
  pk_str advisory;           /**< not empty: announced by this advisory of type security; not itself an entry of the index */
} pk_offer;

/** Most memory that the content of one repository may take. */
#define PK_CONTENT_BYTES_MAX ((size_t)160 << 20)

/** An advisory's head, from updateinfo. */
typedef struct pk_advisory {
  pk_str id, type, severity, title;
  pk_str cves; /**< names separated by blanks */
  int64_t issued_at;
} pk_advisory;

/** How an APT index wants to be used (Release fields NotAutomatic, ButAutomaticUpgrades). */
typedef enum pk_automatic {
  PK_AUTOMATIC = 0,
  PK_AUTOMATIC_UPGRADES = 1, /**< only for packages that came from it */
  PK_AUTOMATIC_NEVER = 2
} pk_automatic;

typedef struct pk_repository_content {
  pk_arena arena; /**< owns every text and array here */
  pk_offer *offers;
  size_t n_offers, offers_cap;
  pk_advisory *advisories;
  size_t n_advisories, advisories_cap;
  pk_automatic automatic;
} pk_repository_content;

void pk_repository_content_init(pk_repository_content *c);
void pk_repository_content_fini(pk_repository_content *c);
/** Append; the texts of the item must live in the content's arena already.
 *  error PK_E_LIMIT more memory than one repository may take (PK_CONTENT_BYTES_MAX) */
pk_rc pk_repository_content_offer(pk_repository_content *c, const pk_offer *offer, pk_err *err) PK_MUST_USE;
pk_rc pk_repository_content_advisory(pk_repository_content *c, const pk_advisory *advisory, pk_err *err) PK_MUST_USE;
/** Copy a text into the content's arena. error PK_E_LIMIT */
pk_rc pk_repository_content_text(pk_repository_content *c, pk_str text, pk_str *ret, pk_err *err) PK_MUST_USE;

#endif
