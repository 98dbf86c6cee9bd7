/* SPDX-License-Identifier: Apache-2.0
 *
 * embed: data files that the program carries inside (made by tools/embed.py). */
#ifndef PK_BASE_EMBED_H
#define PK_BASE_EMBED_H

#include "base/str.h"

extern const pk_str pk_embed_platforms;  /**< src/model/platforms.tsv */
extern const pk_str pk_embed_schema_001; /**< src/store/schema/001.sql */
extern const pk_str pk_embed_schema_002;
extern const pk_str pk_embed_schema_003;
extern const pk_str pk_embed_openapi;    /**< docs/openapi.yaml */
/* ui/dist, each compressed with gzip */
extern const pk_str pk_embed_index, pk_embed_app_js, pk_embed_app_css, pk_embed_favicon, pk_embed_licenses;
extern const pk_str pk_embed_catalogue; /**< src/feed/catalogue.tsv */

#endif
