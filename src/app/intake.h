/* SPDX-License-Identifier: Apache-2.0
 *
 * intake: a report on its way in. The life of one:
 *
 *   1 recognise  fingerprint of the bytes and the sender; known → only "seen again" is written        any thread
 *   2 prepare    decode, decide who it is, drop what is ignored, digest packages and their set        any thread
 *   3 store      intern, find or make set and profile, judge what is new, put the host                the writer
 *   4 answer     what is not current, in the order of the report                                      any thread
 *
 * Between 3 and 4 lies the commit: nothing is answered before it is durable. */
#ifndef PK_APP_INTAKE_H
#define PK_APP_INTAKE_H

#include "app/config.h"
#include "app/judge.h"
#include "report/report.h"

/** What steps 1 and 2 need to know; immutable after it was made, shared by all threads. */
typedef struct pk_intake pk_intake;

/** error PK_E_CONFIG an option (pattern, platforms file, key) cannot be used */
pk_rc pk_intake_new(const pk_config *config, pk_store *store, pk_intake **ret, pk_err *err) PK_MUST_USE;
void pk_intake_free(pk_intake **intake);
const pk_platform_map *pk_intake_platforms(const pk_intake *intake);

/** Step 1: equal for equal bytes from the same sender under the same configuration. The tag is a secret-keyed Poly1305: it
 *  cannot be forged by somebody who never sees one, and none is ever shown. */
void pk_intake_fingerprint(const pk_intake *intake, const pk_sender *sender, const pk_report_request *request,
                           unsigned char *ret_fingerprint);

typedef struct pk_prepared_package {
  pk_digest digest;
  pk_package package;
  uint32_t report_index; /**< where it stood in the report */
} pk_prepared_package;

/** A report ready to be stored. Everything lives in its arena or in the request's body. */
typedef struct pk_prepared {
  pk_arena arena;
  pk_report report;
  pk_reply_form form;
  pk_identity identity;
  pk_platform platform;
  pk_str reporter;
  unsigned char fingerprint[PK_FINGERPRINT_BYTES];
  pk_digest set_digest;
  pk_prepared_package *packages; /**< by digest, without repeats and ignored ones */
  size_t n_packages, n_ignored;
} pk_prepared;

/** Step 2. `platform` NULL: from the report; else judged as that one ("debian:12").
 *  out    *ret  ended with pk_prepared_fini, also on failure
 *  error  PK_E_SYNTAX, PK_E_LIMIT, PK_E_DENIED, PK_E_VERIFY */
pk_rc pk_intake_prepare(const pk_intake *intake, const pk_sender *sender, const pk_report_request *request, const char *platform,
                        pk_prepared *ret, pk_err *err) PK_MUST_USE;
void pk_prepared_fini(pk_prepared *p);

/** Step 3, inside a transaction. *ret_new_set (may be NULL): this set of packages was never seen before. */
pk_rc pk_intake_store(pk_judge *judge, pk_store *store, const pk_prepared *p, int64_t now, int64_t *ret_profile_id, bool *ret_new_set,
                      pk_err *err) PK_MUST_USE;

/** What is not current. */
typedef struct pk_answer {
  pk_reply_update *updates;
  size_t n_updates, cap;
  pk_reply_tagged *tagged; /**< by pk_tagged_of */
  size_t n_tagged, tagged_cap;
  size_t n_known; /**< of pk_intake_check: packages that a repository of the platform has */
} pk_answer;

/** Step 4: of a stored profile, in the order of the report. Texts live in the report's arena. */
pk_rc pk_intake_answer(pk_store *store, int64_t profile_id, pk_prepared *p, pk_answer *ret, pk_err *err) PK_MUST_USE;

/** Judge a prepared report without storing anything, in the order of the report. */
pk_rc pk_intake_check(pk_store *store, pk_prepared *p, pk_answer *ret, pk_err *err) PK_MUST_USE;

#endif
