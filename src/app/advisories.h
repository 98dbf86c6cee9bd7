/* SPDX-License-Identifier: Apache-2.0
 *
 * advisories: the security advisories of an RPM repository (updateinfo) as vulnerability definitions. */
#ifndef PK_APP_ADVISORIES_H
#define PK_APP_ADVISORIES_H

#include "store/store.h"

/** Put a definition for every advisory of type security that announces packages. */
pk_rc pk_advisories_put(pk_exchange *x, const pk_repository_content *content, pk_err *err) PK_MUST_USE;

#endif
