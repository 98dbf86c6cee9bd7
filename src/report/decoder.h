/* SPDX-License-Identifier: Apache-2.0
 *
 * decoder: what the decoders of all protocols share: the report they fill, the limits they keep, the checks that every
 * text passes. Private to this folder.
 *
 * The rules of text, whatever the protocol: UTF-8 without NUL and control characters. A header (host, kernel, os …) loses
 * blanks at its ends, and runs of tabs and line ends in it become one blank (clients paste command output into it). A
 * package's name, version and architecture are printable without blanks. */
#ifndef PK_REPORT_DECODER_H
#define PK_REPORT_DECODER_H

#include "report/form.h"
#include "report/report.h"

/** Longest value of an os-release field and longest URL of a repository, bytes. */
#define PK_VALUE_MAX 1023
/** Longest quotation of foreign text in a message, bytes. */
#define PK_QUOTE_MAX 60

/** One decoding; all borrowed. */
typedef struct pk_decoder {
  const pk_report_limits *limits;
  pk_arena *arena;
  pk_report *report;
  pk_err *err;
} pk_decoder;

/** What a text may hold. */
typedef enum pk_text_kind {
  PK_TEXT_TOKEN, /**< printable, no blanks, not empty, at most PK_FIELD_MAX */
  PK_TEXT_FIELD, /**< printable and blanks, at most PK_FIELD_MAX */
  PK_TEXT_VALUE  /**< the same, at most PK_VALUE_MAX */
} pk_text_kind;

/** Check a text.
 *  error  PK_E_SYNTAX, PK_E_LIMIT: the message says what is wrong, the caller puts the place in front */
pk_rc pk_decoder_check(pk_str text, pk_text_kind kind, pk_err *err) PK_MUST_USE;

/** Take a header value: trimmed, blanks made even, checked.
 *  in     what  its name, for the message
 *  out    *ret  borrowed from `text` or the arena; untouched when it has a value: the first one wins */
pk_rc pk_decoder_header(pk_decoder *d, const char *what, pk_str text, pk_str *ret) PK_MUST_USE;

/** Check a text of many lines: UTF-8 without NUL. error PK_E_SYNTAX naming the line */
pk_rc pk_decoder_check_utf8(pk_str text, pk_err *err) PK_MUST_USE;
/** The same, and no DEL and C1 controls: all that is left to check in a line is what is below a blank. */
pk_rc pk_decoder_check_lines(pk_str text, pk_err *err) PK_MUST_USE;

/** The text without its backslashes, in the arena where it has any: Pakiti removes them from package lists.
 *  Returns false when the arena is full. */
bool pk_decoder_drop_backslashes(pk_arena *arena, pk_str *text) PK_MUST_USE;

/** Number of the line that the byte at `at` is in, from 1. */
size_t pk_line_number(pk_str text, size_t at);

/** The begin of a text for a message, cut between characters. */
pk_str pk_quote(pk_str text);

/** Make the package array big enough for so many in one go, within the limit. A hint only. */
void pk_decoder_expect(pk_decoder *d, size_t n_packages);

/** Room for one more package. error PK_E_LIMIT */
pk_rc pk_decoder_grow(pk_decoder *d) PK_MUST_USE;

/** Add an empty package (all zero) for the caller to fill. error PK_E_LIMIT */
static inline pk_rc pk_decoder_add(pk_decoder *d, pk_installed **ret) {
  pk_report *r = d->report;
  if (r->n_packages == r->n_packages_cap) {
    pk_rc rc = pk_decoder_grow(d);
    if (rc != PK_OK) return rc;
  }
  *ret = &r->packages[r->n_packages++];
  return PK_OK;
}

/** The arena is full. Returns PK_E_LIMIT. */
pk_rc pk_decoder_no_memory(pk_decoder *d);

/** rpm lists its keys as packages of this name: no software, never reported. */
bool pk_is_rpm_key(pk_str name);

/** What every report must have: a host name and a package. Every decoder ends with it. */
pk_rc pk_decoder_finish(pk_decoder *d) PK_MUST_USE;

/* The protocols. All: error PK_E_SYNTAX, PK_E_LIMIT. */

/** Pakiti 2 form fields; Pakiti 3 calls them protocol 4. */
pk_rc pk_pakiti2_decode(pk_decoder *d, const pk_form *form) PK_MUST_USE;
/** Pakiti 3 text, protocol 5. The report borrows from `text`. */
pk_rc pk_pakiti3_decode(pk_decoder *d, pk_str text) PK_MUST_USE;
/** GLPI inventory JSON in UTF-8. The report borrows from `json`. */
pk_rc pk_glpi_decode(pk_decoder *d, pk_str json) PK_MUST_USE;
/** Native JSON in UTF-8, protocol 6. The report borrows from `json`. */
pk_rc pk_native_decode(pk_decoder *d, pk_str json) PK_MUST_USE;

/** Decrypt a CMS or PKCS#7 enveloped message (DER).
 *  in     key   NULL: this server has none
 *  out    *ret  the plain text, in the arena
 *  error  PK_E_VERIFY, always with the same message: an attacker learns nothing from it */
pk_rc pk_smime_decrypt(pk_decoder *d, const pk_report_key *key, pk_str der, pk_str *ret) PK_MUST_USE;
/** The one answer to every encrypted report that cannot be used, whatever the reason. Returns PK_E_VERIFY. */
pk_rc pk_smime_refuse(pk_err *err);

/** Decompress a body where its Content-Encoding, its Content-Type or its first bytes ask for it.
 *  out    *ret  the body itself or decompressed in the arena
 *  error  PK_E_SYNTAX damaged or of an unknown encoding; PK_E_LIMIT */
pk_rc pk_unpack(pk_decoder *d, const pk_report_request *request, pk_str *ret) PK_MUST_USE;

#endif
