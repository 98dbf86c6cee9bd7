/* SPDX-License-Identifier: Apache-2.0
 *
 * reduce: OVAL criteria that say "this system AND one of these packages earlier than that" become rules, which are judged
 * once a package instead of once a host. What is really about several packages together or about the running kernel stays
 * criteria. Pure. */
#ifndef PK_MATCH_REDUCE_H
#define PK_MATCH_REDUCE_H

#include "match/criteria.h"
#include "model/definition.h"

/** Reduces definitions as hosts of one platform see them. */
typedef struct pk_reducer pk_reducer;

/** `platform` is the feed's: one release ("debian:12"), or a family of them ("sles:15", "rhel:9"); "": nothing is reduced. */
pk_reducer *pk_reducer_new(pk_str platform, pk_package_type type);
void pk_reducer_free(pk_reducer **reducer);

/** Put rules in the place of the criteria of `d` where that can be done; what lives in the definition afterwards is
 *  valid until the next call.
 *  outcome PK_UNCHANGED  it can never be true on the platform
 *          PK_NOTFOUND   it stays criteria
 *  error   PK_E_LIMIT */
pk_rc pk_reduce(pk_reducer *reducer, pk_definition *d, pk_err *err) PK_MUST_USE;

#endif
