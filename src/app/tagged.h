/* SPDX-License-Identifier: Apache-2.0
 *
 * tagged: the CVEs of a reporting host that people have tagged: what Pakiti 3 tells its clients. */
#ifndef PK_APP_TAGGED_H
#define PK_APP_TAGGED_H

#include "app/intake.h"

/** Tagged CVEs of a prepared report, by package, CVE descending, tag; into ret->tagged, in the report's arena. `profile_id` 0: it was not
 *  stored, and is judged now by its packages alone. Exceptions are left out. */
pk_rc pk_tagged_of(pk_store *store, int64_t profile_id, pk_prepared *p, int64_t now, pk_answer *ret, pk_err *err) PK_MUST_USE;

#endif
