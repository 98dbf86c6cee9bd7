/* SPDX-License-Identifier: Apache-2.0
 *
 * times: points in time are UTC seconds since 1970 in int64_t; 0 means "not known". */
#ifndef PK_BASE_TIMES_H
#define PK_BASE_TIMES_H

#include "base/str.h"

/** The clock. Pure code gets the time as an argument instead. */
int64_t pk_now(void);
/** Milliseconds of a clock that never jumps, for deadlines. */
int64_t pk_monotonic_ms(void);
/** "2026-11-23T09:40:00Z", or "-" for 0. ret_text holds 24 bytes. */
const char *pk_time_text(int64_t at, char *ret_text);
#define PK_TIME(at) pk_time_text((at), (char[24]){0})
/** Parse "Sat, 01 Aug 2026 10:00:00 UTC" (RFC 5322 as in APT Release files).
 *  Returns PK_OK or PK_E_SYNTAX (no message: the caller knows the field). */
pk_rc pk_time_parse_rfc5322(pk_str text, int64_t *ret_at) PK_MUST_USE;
/** Parse RFC 3339 and what is near it: "2017-12-02T01:57:03.5+01:00", "2017-12-02 01:57:03", "2017-12-02", or plain seconds; UTC when no zone
 *  is said. Fractions are dropped. */
pk_rc pk_time_parse_iso(pk_str text, int64_t *ret_at) PK_MUST_USE;

#endif
