/* SPDX-License-Identifier: Apache-2.0
 *
 * decision: what people decide about vulnerabilities: tags that they put on CVEs, and exceptions. Plain data; text is borrowed. */
#ifndef PK_MODEL_DECISION_H
#define PK_MODEL_DECISION_H

#include "model/package.h"

/** Longest name of a tag; longest reason, link, name of a person. Bytes. */
#define PK_TAG_NAME_MAX ((size_t)63)
/** Most different names of enabled tags. */
#define PK_TAG_NAMES_MAX 64
#define PK_REASON_MAX ((size_t)2000)
#define PK_PERSON_MAX ((size_t)200)

/** A mark on a CVE: "Critical". A CVE may have several. */
typedef struct pk_cve_tag {
  int64_t cve; /**< as pk_cve_number */
  pk_str tag, reason, url;
  bool enabled; /**< one that is not is kept and shown, and counts nowhere */
  pk_str modified_by;
  int64_t modified_at;
} pk_cve_tag;

/** By what hosts are grouped. The names are stored. */
typedef enum pk_group_kind {
  PK_GROUP_NONE = 0, /**< every host */
  PK_GROUP_HOST,     /**< one host, by its key */
  PK_GROUP_DOMAIN,
  PK_GROUP_TLD, /**< last label of the domain */
  PK_GROUP_SITE,
  PK_GROUP_TAG,
  PK_GROUP_PLATFORM
} pk_group_kind;
#define PK_GROUP_KINDS (PK_GROUP_PLATFORM + 1)

/** "", "host", "domain", "tld", "site", "tag", "platform". */
const char *pk_group_kind_name(pk_group_kind kind);
bool pk_group_kind_of(pk_str text, pk_group_kind *ret);

/** Findings that do not count: those for which everything holds that is given. At least CVE or package is. */
typedef struct pk_exception {
  int64_t id;
  int64_t cve;                    /**< 0: every CVE of the package */
  pk_str package, version, arch;  /**< "": any; the version is compared as text */
  pk_str platform;                /**< "debian:12"; "": any */
  pk_group_kind group_kind;       /**< of hosts: none, host, domain, tld, site, tag */
  pk_str group_value;
  pk_str reason, approver;
  int64_t created_at, expires_at; /**< expires_at 0: never */
} pk_exception;

/** A host as exceptions choose it. */
typedef struct pk_exception_subject {
  pk_str key, domain, tld, site, tag;
} pk_exception_subject;

/** Does it not count any more? */
bool pk_exception_has_ended(const pk_exception *e, int64_t now);
/** Is the exception for this host? */
bool pk_exception_is_for(const pk_exception *e, const pk_exception_subject *host);
/** Does it take away this CVE on this package (NULL: on the whole host) of a platform? */
bool pk_exception_fits(const pk_exception *e, int64_t cve, pk_str platform, const pk_package *p);
/** Last label of a domain. */
pk_str pk_domain_tld(pk_str domain);

#endif
