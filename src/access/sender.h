/* SPDX-License-Identifier: Apache-2.0
 *
 * sender: who sends a report and which host it may speak for; and what an asker may see. Pure decisions, the one place
 * where they are made. For now a report is believed from whoever reaches the server (which listens on loopback unless told
 * otherwise), except that reporting for others needs a trusted proxy. */
#ifndef PK_ACCESS_SENDER_H
#define PK_ACCESS_SENDER_H

#include "base/str.h"

/** Longest host key and name, bytes. */
#define PK_HOST_NAME_MAX 255
#define PK_HOST_KEY_MAX 320

/** The other end of a request, as far as it is known. */
typedef struct pk_sender {
  pk_str address; /**< numeric peer address; "local" for the command line */
} pk_sender;

typedef struct pk_identity {
  char key[PK_HOST_KEY_MAX + 1];   /**< what makes it the same host next time */
  char name[PK_HOST_NAME_MAX + 1]; /**< lower case, without a final dot */
  char domain[PK_HOST_NAME_MAX + 1]; /**< behind the first dot; "N/A" for addresses and .local names */
} pk_identity;

/** Decide which host a report is about, and whether this sender may speak for it.
 *  in     host             as reported
 *         by_proxy         the sender says that it reports for another
 *         trusted_proxies  addresses, separated by blanks
 *  error  PK_E_DENIED not a trusted proxy; PK_E_SYNTAX the name is no host name
 *  note   names that many machines share (localhost) are told apart by the sender's address */
pk_rc pk_access_identify(const pk_sender *sender, pk_str host, bool by_proxy, const char *trusted_proxies, pk_identity *ret,
                         pk_err *err) PK_MUST_USE;

/** What an asker may see. Every query takes one; for now there is only the scope that holds everything. */
typedef struct pk_scope {
  bool everything;
} pk_scope;

#endif
