/* SPDX-License-Identifier: Apache-2.0
 *
 * report: bytes that a host sent → model, and the reply in the sender's own form. One file per protocol;
 * decode.c chooses. Pure: no store, no network, no clock. */
#ifndef PK_REPORT_REPORT_H
#define PK_REPORT_REPORT_H

#include "base/arena.h"
#include "model/report.h"

/** Limits on foreign reports; the configuration sets them. */
typedef struct pk_report_limits {
  size_t body_bytes_max;     /**< decompressed or decrypted body */
  size_t packages_max;       /**< package lines or entries */
  size_t arena_bytes_max;    /**< memory of one decoded report */
} pk_report_limits;

/** Longest header value (host, kernel, os …), bytes. */
#define PK_HEADER_MAX 255
/** Most entries of os_release, repositories and livepatches each. */
#define PK_NAMED_VALUES_MAX 256
/** A compressed report may expand this much above PK_STREAM_RATIO_FREE. */
#define PK_REPORT_RATIO_MAX 200

/** A request as the server or the command line has it. Borrowed texts; empty where not given. */
typedef struct pk_report_request {
  pk_str body;
  pk_str content_type;     /**< header Content-Type */
  pk_str content_encoding; /**< header Content-Encoding: "", identity, gzip, zstd, deflate */
  pk_str user_agent;
  pk_str query;            /**< query string without '?' */
} pk_report_request;

/** How the reply must look. */
typedef enum pk_reply_form { PK_REPLY_PAKITI2, PK_REPLY_PAKITI3, PK_REPLY_GLPI, PK_REPLY_NATIVE } pk_reply_form;

/** The key for S/MIME reports, loaded once; NULL when the server has none. */
typedef struct pk_report_key pk_report_key;
/** Load a PEM private key (and the certificate, when the file holds it). error PK_E_CONFIG */
pk_rc pk_report_key_load(const char *path, pk_report_key **ret, pk_err *err) PK_MUST_USE;
void pk_report_key_free(pk_report_key **key);

/** Decode a report.
 *  in     arena   of the request; its cap is limits->arena_bytes_max
 *  out    *ret    texts borrow from the arena or from the request's body
 *         *ret_form how to answer; set also on failure, as far as it is known
 *  error  PK_E_SYNTAX (with the line), PK_E_LIMIT, PK_E_VERIFY (cannot be decrypted). Nothing is logged. */
pk_rc pk_report_decode(const pk_report_request *request, const pk_report_limits *limits, const pk_report_key *key,
                       pk_arena *arena, pk_report *ret, pk_reply_form *ret_form, pk_err *err) PK_MUST_USE;

/** One line of an answer: a package that is not current. Texts are borrowed. */
typedef struct pk_reply_update {
  pk_str name, arch, installed, available, repository;
  bool security;
} pk_reply_update;

/** A package with a CVE that people have tagged. Texts are borrowed. */
typedef struct pk_reply_tagged {
  pk_str name, version, arch, cve, tag;
} pk_reply_tagged;

typedef struct pk_reply {
  pk_str host;
  size_t n_packages;
  bool unchanged;     /**< the report was the same as the last one */
  bool with_updates;  /**< the sender asked for them */
  const pk_reply_update *updates;
  size_t n_updates;
  const pk_reply_tagged *tagged; /**< for Pakiti 3's clients */
  size_t n_tagged;
} pk_reply;

/** Write the answer to an accepted report. */
void pk_reply_write(pk_reply_form form, const pk_reply *reply, pk_buf *out);
/** Write the answer to a refused one. */
void pk_reply_write_error(pk_reply_form form, const pk_err *why, pk_buf *out);
/** MIME type of answers in this form. */
const char *pk_reply_content_type(pk_reply_form form);

#endif
