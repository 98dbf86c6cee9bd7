/* SPDX-License-Identifier: Apache-2.0
 *
 * regex: Perl-compatible regular expressions of vendors' definitions (PCRE2), compiled once, with limits on how hard a
 * match may work. The only file that knows PCRE2. */
#ifndef PK_BASE_REGEX_H
#define PK_BASE_REGEX_H

#include "base/str.h"

/** Longest pattern, bytes. Red Hat's longest has some 3,000. */
#define PK_REGEX_PATTERN_MAX ((size_t)65536)
/** Steps that one match may take (PCRE2's match limit), and groups that are handed out. */
#define PK_REGEX_STEPS_MAX 1000000
#define PK_REGEX_GROUPS_MAX 10

/** Compiled patterns, by their text. One thread at a time. */
typedef struct pk_regex_cache pk_regex_cache;

pk_regex_cache *pk_regex_cache_new(void);
void pk_regex_cache_free(pk_regex_cache **cache);

typedef struct pk_regex_match {
  pk_str groups[PK_REGEX_GROUPS_MAX]; /**< 0: the whole; p NULL: did not take part */
  size_t n_groups;                    /**< the whole counted in */
  size_t end;                         /**< where to go on in the text */
} pk_regex_match;

/** Look for a pattern in `text` from `from` on. ^ and $ match at line ends too (as OVAL's multiline behaviour is by default).
 *  outcome PK_NOTFOUND
 *  error   PK_E_SYNTAX the pattern is wrong; PK_E_LIMIT too long, or the match took too many steps */
pk_rc pk_regex_find(pk_regex_cache *cache, pk_str pattern, pk_str text, size_t from, pk_regex_match *ret, pk_err *err) PK_MUST_USE;

#endif
