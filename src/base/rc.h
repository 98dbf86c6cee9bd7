/* SPDX-License-Identifier: Apache-2.0
 *
 * rc: what functions of this program return, and the message that goes with a fault.
 *
 * Zero is success, a positive value is an outcome that the function documents and its caller handles,
 * a negative value is a fault: the function that notices it fills the `pk_err`, everybody above passes
 * the code on and may put context in front of the message. Exit codes and HTTP statuses derive from the
 * code in one table (rc.c). */
#ifndef PK_BASE_RC_H
#define PK_BASE_RC_H

#include <stdarg.h>

#define PK_MUST_USE __attribute__((warn_unused_result))
#define PK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

typedef enum pk_rc {
  PK_OK = 0,
  /* outcomes */
  PK_NOTFOUND = 1,  /**< the thing asked for does not exist */
  PK_UNCHANGED = 2, /**< it is as it was; nothing was done */
  PK_EXISTS = 3,    /**< it is there already */
  PK_END = 4,       /**< no more items */
  /* faults */
  PK_E_SYNTAX = -1,   /**< foreign bytes are not what they should be */
  PK_E_LIMIT = -2,    /**< a named limit was reached */
  PK_E_IO = -3,       /**< a file or a pipe failed */
  PK_E_STORE = -4,    /**< the database refused or failed */
  PK_E_NET = -5,      /**< the other side could not be reached or answered with an error */
  PK_E_VERIFY = -6,   /**< a signature, a checksum or a date does not hold */
  PK_E_CONFIG = -7,   /**< a configuration value is wrong */
  PK_E_DENIED = -8,   /**< the sender or asker may not do this */
  PK_E_USAGE = -9,    /**< the command line is wrong */
  PK_E_STOPPED = -10, /**< ended on request (signal) before it was done */
  PK_E_INTERNAL = -11 /**< a bug of ours, or a library's refusal without a better name */
} pk_rc;

/** Largest message, terminating NUL included. Longer ones are cut. */
#define PK_ERR_TEXT_MAX 768

/** A fault's message: one line, lower case, names the object and says what to do. */
typedef struct pk_err {
  pk_rc rc;
  char text[PK_ERR_TEXT_MAX];
} pk_err;

/** Record a fault.
 *  in     err may be NULL
 *  out    returns rc, so that `return pk_err_set(err, PK_E_IO, ...)` reads well
 *  note   control bytes of the message, and what is not UTF-8, are shown as '?': messages quote foreign text */
pk_rc pk_err_set(pk_err *err, pk_rc rc, const char *fmt, ...) PK_PRINTF(3, 4);

/** Put context in front of a recorded message: "feed 'x': " + message. Returns err's code. */
pk_rc pk_err_prefix(pk_err *err, const char *fmt, ...) PK_PRINTF(2, 3);

/** Process exit code of a result: 0 success, 1 not found or a fault, 2 usage or configuration,
 *  3 bad input, 4 store, 5 network or verification. Documented in pakiti(1). */
int pk_rc_exit_code(pk_rc rc);

/** HTTP status of a result (RFC 9110). */
unsigned pk_rc_http_status(pk_rc rc);

/** Short name for logs: "syntax", "limit", … */
const char *pk_rc_name(pk_rc rc);

/** End the process: a programming error or exhausted memory. Never returns. */
_Noreturn void pk_panic(const char *what);

#endif
