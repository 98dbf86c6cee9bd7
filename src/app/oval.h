/* SPDX-License-Identifier: Apache-2.0
 *
 * oval: evaluate an OVAL file directly against a report, without a store, as `oscap oval eval` would on the host itself. */
#ifndef PK_APP_OVAL_H
#define PK_APP_OVAL_H

#include "app/intake.h"
#include "model/definition.h"

/** Most bytes of a decompressed feed document, and how many times larger than compressed it may be. */
#define PK_FEED_OUT_BYTES_MAX ((size_t)4 << 30)
#define PK_FEED_RATIO_MAX ((size_t)400)

typedef struct pk_oval_options {
  bool pretend;  /**< p->platform was chosen by the asker: the host answers its release tests */
  bool manifest; /**< the package list answers for the manifest of a container image (Ubuntu's OCI definitions) */
  const char *signed_with; /**< id of the key that every package is taken to be signed with; NULL: the one that the file asks for most; "any" */
} pk_oval_options;

/** Called for every definition in the order of the file. `why`: the reason for unknown or error, else "". */
typedef pk_rc pk_oval_told(void *arg, const pk_definition *d, pk_result result, const char *why, pk_err *err);

/** error PK_NOTFOUND no such file (err says which), PK_E_SYNTAX, PK_E_LIMIT */
pk_rc pk_oval_evaluate(const char *path, const pk_prepared *p, const pk_platform_map *platforms, const pk_oval_options *options,
                       pk_oval_told *told, void *arg, pk_err *err) PK_MUST_USE;

#endif
