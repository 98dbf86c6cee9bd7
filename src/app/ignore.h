/* SPDX-License-Identifier: Apache-2.0
 *
 * ignore: packages that the configuration says are neither kept nor judged. */
#ifndef PK_APP_IGNORE_H
#define PK_APP_IGNORE_H

#include "app/config.h"
#include "model/package.h"

typedef struct pk_ignore pk_ignore;

/** error PK_E_CONFIG a pattern that does not compile */
pk_rc pk_ignore_new(const pk_config *config, pk_ignore **ret, pk_err *err) PK_MUST_USE;
void pk_ignore_free(pk_ignore **ignore);
/** Thread-safe. */
bool pk_ignore_match(const pk_ignore *ignore, pk_str name);

#endif
