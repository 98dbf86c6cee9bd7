/* SPDX-License-Identifier: Apache-2.0
 *
 * log: one line an event, `event key=value …`, to standard error. Only app/, server/ and cli/ log.
 * When standard error goes to the journal, lines carry its priority prefix (sd-daemon(3)). */
#ifndef PK_BASE_LOG_H
#define PK_BASE_LOG_H

#include "base/str.h"

typedef enum pk_log_level { PK_LOG_ERROR = 3, PK_LOG_WARNING = 4, PK_LOG_INFO = 6, PK_LOG_DEBUG = 7 } pk_log_level;

/** Longest value shown; the rest is cut and marked with an ellipsis. */
#define PK_LOG_VALUE_MAX 400

/** What is above this level is not written. Set once, before threads start. */
void pk_log_set_level(pk_log_level level);

/** Write one event. Then follow pairs of key and value (const char *), ended by NULL.
 *  Values are quoted where they hold blanks, quotes or control bytes. A NULL value is left out. */
void pk_log(pk_log_level level, const char *event, ...) __attribute__((sentinel));

/** A number as text for pk_log, alive until the end of the block. */
#define PK_NUM(x) pk_num_text((int64_t)(x), (char[24]){0})
const char *pk_num_text(int64_t v, char *ret_text);

#endif
