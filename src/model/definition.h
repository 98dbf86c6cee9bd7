/* SPDX-License-Identifier: Apache-2.0
 *
 * definition: what a vendor says of vulnerabilities: an advisory, or a statement about a CVE, with rules that tell
 * which packages it is about; and what others say of a CVE or of a release (scores, known exploitation, end of life).
 * All vendors' formats become these. Plain data; text is borrowed.
 *
 * Encoded, a definition is a compact text of bytes: what the store keeps and what is compared to see whether the vendor
 * changed something. */
#ifndef PK_MODEL_DEFINITION_H
#define PK_MODEL_DEFINITION_H

#include "base/arena.h"
#include "model/criteria.h"
#include "model/package.h"

/** Most CVEs, rules of one definition, and names of one rule. */
#define PK_DEFINITION_CVES_MAX ((size_t)20000)
#define PK_DEFINITION_RULES_MAX ((size_t)200000)
#define PK_RULE_NAMES_MAX ((size_t)50000)
/** Longest id and title that are kept; longer titles are cut, a longer id is an error. */
#define PK_DEFINITION_ID_MAX ((size_t)255)
#define PK_DEFINITION_TITLE_MAX ((size_t)500)

/** What the vendor says of a package and a vulnerability. The order is that of a listing. */
typedef enum pk_rule_state {
  PK_RULE_FIXED = 0,               /**< a fixed version exists */
  PK_RULE_AFFECTED = 1,            /**< vulnerable, no fix (yet), no reason given */
  PK_RULE_WILL_NOT_FIX = 2,        /**< Red Hat "Will not fix", Debian "ignored" */
  PK_RULE_DEFERRED = 3,            /**< Red Hat "Fix deferred", Debian "postponed" */
  PK_RULE_NO_ADVISORY = 4,         /**< Debian "no-dsa": minor, fixed with a point release if at all */
  PK_RULE_OUT_OF_SUPPORT = 5,      /**< Red Hat "Out of support scope", Debian "end-of-life" */
  PK_RULE_UNDER_INVESTIGATION = 6, /**< not known yet; Debian "undetermined" */
  PK_RULE_UNIMPORTANT = 7,         /**< in the source, but no security problem as built or used there (Debian) */
  PK_RULE_NOT_AFFECTED = 8         /**< says so; kept to explain, never a verdict */
} pk_rule_state;

/** "fixed", "affected", "will-not-fix", "deferred", "no-advisory", "out-of-support", "under-investigation", "unimportant",
 *  "not-affected". */
const char *pk_rule_state_name(pk_rule_state s);
/** Does it count among a host's vulnerabilities? All do but under-investigation, unimportant and not-affected. */
bool pk_rule_state_counts(pk_rule_state s);

/** Packages that the definition is about, and from which version to which they are vulnerable. */
typedef struct pk_rule {
  pk_str platform; /**< canonical ("debian:12", "rhel:9.2"); "": whatever the feed speaks for */
  const pk_str *names;
  size_t n_names;
  bool is_source;    /**< the names are those of source packages */
  pk_str arch;       /**< architectures separated by '|'; "": any */
  pk_str module;     /**< "name:stream" for packages of a module stream, else "" */
  pk_str introduced; /**< vulnerable from this version on; "": from the first */
  pk_str fixed;      /**< no longer from this version on; "": no fixed version */
  pk_str last;       /**< the last vulnerable version, where that is what the vendor says instead of `fixed` */
  bool zero_epoch_left_out; /**< rpm: a version that states no epoch has epoch 0; else epochs that one side does not state are not compared */
  pk_rule_state state;
  pk_str advisory; /**< that fixes, where it is not the definition's own */
  pk_str note;     /**< the vendor's reason in its own words, short */
} pk_rule;

/** What the vendor says of a package that has no fix, where the criteria only say that it is installed. */
typedef struct pk_unfixed {
  pk_str name; /**< package or component */
  pk_rule_state state;
} pk_unfixed;

typedef struct pk_definition {
  pk_str id;       /**< unique in its feed: "RHSA-2024:1431", "CVE-2024-1", "oval:org.debian:def:20102482" */
  pk_str class;    /**< "patch": an advisory; "vulnerability": a statement; OVAL's other classes as written */
  pk_str advisory; /**< the vendor's advisory, "" where the definition is no advisory */
  pk_str severity; /**< the vendor's word, lower case; "" unknown */
  pk_str title;
  int64_t issued_at; /**< 0: unknown */
  const pk_str *cves;
  size_t n_cves;
  const pk_rule *rules;
  size_t n_rules;
  const pk_unfixed *unfixed;
  size_t n_unfixed;
  bool withdrawn; /**< the vendor took it back: not to be stored, and not encoded */
  const pk_criteria *criteria; /**< NULL, or what must be judged on a whole host; then `rules` are empty */
} pk_definition;

/** What a definition with criteria says of a package for which they ask no lower version; name "": of the host as a whole. */
pk_rule_state pk_definition_criteria_state(const pk_definition *d, pk_str name);

/** Append the encoded form, without the id. */
void pk_definition_encode(const pk_definition *d, pk_buf *out);
/** Read it back; arrays live in the arena, texts are borrowed from `bytes`.
 *  error PK_E_LIMIT the arena is full; PK_E_SYNTAX bytes that were not made by pk_definition_encode */
pk_rc pk_definition_decode(pk_str bytes, pk_arena *arena, pk_definition *ret, pk_err *err) PK_MUST_USE;

/** What is known of a CVE from those who do not speak of packages. Unset: negative numbers, "" and 0. */
typedef struct pk_cve_fact {
  pk_str cve;              /**< "CVE-2024-1597" */
  int64_t exploited_at;    /**< since when it is in a catalogue of known exploited ones; 0: not said */
  bool ransomware;         /**< known to be used by ransomware */
  int32_t epss, epss_rank; /**< probability and percentile, in millionths; -1 unset */
  int32_t cvss;            /**< base score in tenths; -1 unset */
  pk_str cvss_vector;      /**< "CVSS:3.1/AV:N/…" */
  pk_str title;
  pk_str ssvc;       /**< "exploitation=active automatable=yes impact=total" */
  bool rejected;     /**< CVE record in state REJECTED */
} pk_cve_fact;

/** When a release of a system, or a package's branch, stops being supported. */
typedef struct pk_release_fact {
  pk_str platform;              /**< canonical: "debian:12" */
  int64_t released_at, eol_at;  /**< end of ordinary support; 0: not said; eol_at 1: ended, no date given */
  int64_t extended_eol_at;      /**< end of paid or long-term support; 0: none or not said */
} pk_release_fact;

/** A CVE's name as a number that sorts by year and number: CVE-2024-1597 → 2024 * 10^12 + 1597.
 *  Returns 0 for what is none (four digits, four or more digits up to 11). Lower case is taken. */
int64_t pk_cve_number(pk_str text);
/** The name of a number, at most 31 bytes and a NUL. */
void pk_cve_format(int64_t number, char *ret_text);

#endif
