/* SPDX-License-Identifier: Apache-2.0
 *
 * offers: filling a repository's content with offers: each checked, wanted by its architecture, and only once,
 * although one build is listed under every architecture ("all") or by several index files. */
#ifndef PK_FEED_OFFERS_H
#define PK_FEED_OFFERS_H

#include "base/map.h"
#include "model/repository.h"

/** Most offers of one repository. Debian's sid has 70,000 for one architecture. */
#define PK_OFFERS_MAX ((size_t)1000000)

typedef struct pk_offers {
  pk_repository_content *content;
  const char *arch; /* wanted ones separated by commas, "" for all; borrowed */
  pk_map seen;      /* name, evr, arch, advisory: keys are the offers' own text */
  pk_buf key;
  pk_str last_source; /* neighbours often come from one source package and share its text */
} pk_offers;

/** `arch` is borrowed. Offers for no particular architecture ("all", "noarch") are always wanted. */
void pk_offers_init(pk_offers *o, pk_repository_content *content, const char *arch);
void pk_offers_fini(pk_offers *o);

/** Append a copy, unless it is there already or its architecture is not wanted. A source_evr equal to evr is dropped.
 *  error  PK_E_SYNTAX name, evr or arch is missing, or one is longer than PK_FIELD_MAX, holds blanks or control bytes,
 *         or is not UTF-8; PK_E_LIMIT PK_OFFERS_MAX or the content's memory */
pk_rc pk_offers_add(pk_offers *o, const pk_offer *offer, pk_err *err) PK_MUST_USE;

#endif
