/* SPDX-License-Identifier: Apache-2.0
 *
 * catalogue: the vendors' current addresses (src/feed/catalogue.tsv), as feeds for a platform. */
#ifndef PK_APP_CATALOGUE_H
#define PK_APP_CATALOGUE_H

#include "app/sync.h"

/** Add the feeds of the catalogue that are for `platform`. `told` hears of each: added, or known already. *n is added to.
 *  error PK_E_USAGE the catalogue has nothing of the platform's vendor */
pk_rc pk_catalogue_add(pk_store *store, const pk_platform_map *platforms, pk_str platform, pk_import_told *told, void *arg, size_t *n,
                       pk_err *err) PK_MUST_USE;

#endif
