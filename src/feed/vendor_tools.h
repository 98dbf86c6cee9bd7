/* SPDX-License-Identifier: Apache-2.0
 *
 * vendor_tools: what several readers of vulnerability feeds need to make definitions of what vendors write: lists of CVEs,
 * rules from single packages, package URLs, times and texts. Nothing here knows a feed's format. */
#ifndef PK_FEED_VENDOR_TOOLS_H
#define PK_FEED_VENDOR_TOOLS_H

#include "base/map.h"
#include "model/definition.h"

/** Longest note of a rule; longer ones are cut. */
#define PK_VENDOR_NOTE_MAX ((size_t)300)
/** Most different architectures of one definition's packages. */
#define PK_VENDOR_ARCHS_MAX 64

/* ---- texts ---- */

/** A name, version, architecture or id: 1 to PK_FIELD_MAX bytes of UTF-8 without blanks and control characters. */
bool pk_vendor_is_word(pk_str text);
/** What a document asks for is more than its share of memory. error PK_E_LIMIT, always */
pk_rc pk_vendor_full(pk_err *err) PK_MUST_USE;
/** The beginning of a text, at most `max` bytes, cut between characters; "" for what is no UTF-8, or holds a NUL. */
pk_str pk_vendor_cut(pk_str text, size_t max);
/** The first line that is not blank, without blanks around it, cut to a title's length. */
pk_str pk_vendor_title(pk_str text);
/** In lower case (ASCII). error PK_E_LIMIT */
pk_rc pk_vendor_lower(pk_str text, pk_arena *arena, pk_str *ret, pk_err *err) PK_MUST_USE;
/** How bad a vendor's word for a severity is, in any case: 5 critical, 4 important or high, 3 moderate or medium, 2 low,
 *  1 negligible or none, 0 for other words. */
int pk_vendor_severity_rank(pk_str word);
/** Date and time as vendors' documents write them (RFC 3339: fractions of seconds, "+00:00"; only a date); 0 when it cannot
 *  be read, or is before 1970. */
int64_t pk_vendor_time(pk_str text);
/** The name of a CVE that a text is or, behind a vendor's prefix, ends in: "CVE-2024-1", "UBUNTU-CVE-2024-1". As it is
 *  written there; "" when there is none. */
pk_str pk_vendor_cve(pk_str text);
/** "EPOCH:VERSION-RELEASE".
 *  in     epoch  "" leaves it out: a vendor that never states epochs does not say that they are 0
 *  error PK_E_LIMIT */
pk_rc pk_vendor_evr(pk_str epoch, pk_str version, pk_arena *arena, pk_str *ret, pk_err *err) PK_MUST_USE;

/** The parts of an rpm's name, borrowed from it; those that are not there are "". */
typedef struct pk_nevra {
  pk_str name, epoch, version, arch; /**< version: "VERSION-RELEASE" */
} pk_nevra;
/** Split "NAME-[EPOCH:]VERSION-RELEASE[.ARCH][.rpm]"; an architecture is one that is known.
 *  Returns false when there is no version and release: then `name` is the text without architecture. */
bool pk_vendor_nevra(pk_str text, pk_nevra *ret);
/** "src", "nosrc", "source". */
bool pk_vendor_arch_is_source(pk_str arch);

/* ---- CVEs of a definition ---- */

typedef struct pk_vendor_cves {
  pk_arena *arena;
  int64_t *numbers;
  size_t n, cap;
} pk_vendor_cves;

/** Add the CVE that pk_vendor_cve finds; other texts are passed over. error PK_E_LIMIT */
pk_rc pk_vendor_cves_add(pk_vendor_cves *cves, pk_str text, pk_err *err) PK_MUST_USE;
/** In order, once each, in upper case, in the arena. error PK_E_LIMIT */
pk_rc pk_vendor_cves_list(pk_vendor_cves *cves, const pk_str **ret, size_t *ret_n, pk_err *err) PK_MUST_USE;

/* ---- rules of a definition ---- */

typedef struct pk_vendor_rule_entry {
  size_t kind; /* place among the kinds */
  pk_str name;
  uint64_t archs; /* bits of places among the architectures */
  bool any_arch;
} pk_vendor_rule_entry;

/** Single packages, to be grouped: those that differ in nothing but their names become one rule, and the architectures of
 *  one name become a list, in which nothing (or noarch) stands for all. */
typedef struct pk_vendor_rules {
  pk_arena *arena;
  pk_map kind_places, entry_places; /* → place from 1 */
  pk_buf key;
  pk_rule *kinds; /* without names and architectures */
  size_t n_kinds, kinds_cap;
  pk_vendor_rule_entry *entries;
  size_t n_entries, entries_cap;
  pk_str archs[PK_VENDOR_ARCHS_MAX];
  size_t n_archs;
} pk_vendor_rules;

void pk_vendor_rules_init(pk_vendor_rules *rules, pk_arena *arena);
void pk_vendor_rules_fini(pk_vendor_rules *rules);
/** Add one package.
 *  in     rule  all but names and n_names; `arch` is one architecture or "". Texts are borrowed as long as the result is used
 *  error  PK_E_SYNTAX a name, version, architecture or module that is no word; PK_E_LIMIT */
pk_rc pk_vendor_rules_add(pk_vendor_rules *rules, const pk_rule *rule, pk_str name, pk_err *err) PK_MUST_USE;
/** The rules, in order of their first packages, in the arena. error PK_E_LIMIT */
pk_rc pk_vendor_rules_list(pk_vendor_rules *rules, const pk_rule **ret, size_t *ret_n, pk_err *err) PK_MUST_USE;

/* ---- package URLs ---- */

/** "pkg:rpm/redhat/ruby@2.5.9-111.module%2Bel8?arch=i686&epoch=1&rpmmod=ruby:2.5:8090020230627084142:b46abd14".
 *  Parts are decoded; those that are not there are "". */
typedef struct pk_purl {
  pk_str type;    /**< "rpm" */
  pk_str vendor;  /**< namespace: "redhat" */
  pk_str name;    /**< "ruby" */
  pk_str version; /**< "2.5.9-111.module+el8" */
  pk_str arch;    /**< "i686" */
  pk_str epoch;   /**< "1" */
  pk_str distro;  /**< "jammy" */
  pk_str module;  /**< name and stream of `rpmmod`: "ruby:2.5" */
} pk_purl;

/** outcome PK_NOTFOUND no package URL, or none that can be decoded
 *  error   PK_E_LIMIT
 *  source  https://github.com/package-url/purl-spec, PURL-SPECIFICATION.rst; Red Hat's use of it:
 *          https://redhatproductsecurity.github.io/security-data-guidelines/purl/ */
pk_rc pk_purl_parse(pk_str text, pk_arena *arena, pk_purl *ret, pk_err *err) PK_MUST_USE;

#endif
