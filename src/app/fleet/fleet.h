/* SPDX-License-Identifier: Apache-2.0
 *
 * fleet: every host with what is known of it, in memory, as it was at one moment. It never changes: who holds one sees one
 * moment, and lets it go (pk_fleet_release). Questions about the fleet are scans of it; docs/design/0006-web.md says why.
 *
 *   host → stand → profile → { updates, vulnerable → verdict → rule → definition → CVEs }
 *
 * A stand is what hosts have in common that have the same profile and to which the same exceptions apply. Everything is
 * borrowed from the fleet. */
#ifndef PK_APP_FLEET_FLEET_H
#define PK_APP_FLEET_FLEET_H

#include "app/settings.h"
#include "store/store.h"

typedef struct pk_fleet pk_fleet;

/** How bad, over all vendors' words. The order is that of a listing, the worst last. */
typedef enum pk_severity { PK_SEVERITY_UNKNOWN, PK_SEVERITY_LOW, PK_SEVERITY_MEDIUM, PK_SEVERITY_HIGH, PK_SEVERITY_CRITICAL } pk_severity;
/** "unknown", "low", "medium", "high", "critical". */
const char *pk_severity_name(pk_severity s);
/** From a vendor's word in lower case: "important" is high, "moderate" is medium; "unknown" for words nobody knows. */
pk_severity pk_severity_of(pk_str word);
/** From a CVSS base score in tenths; -1 is unknown. */
pk_severity pk_severity_of_score(int32_t cvss);

/** How bad a CVE is: the worst that any vendor calls it, else by its CVSS. A definition of several CVEs speaks of the worst of them: it
 *  counts where there is no CVSS. */
pk_rc pk_cve_severity(pk_store *store, int64_t cve, const pk_cve_fact *fact, pk_severity *ret, pk_err *err) PK_MUST_USE;

/** A CVE that some rule speaks of which holds for a package of the fleet. */
typedef struct pk_fleet_cve {
  uint32_t place; /**< among the fleet's */
  int64_t number;
  pk_str name;
  pk_severity severity;
  pk_cve_fact fact; /**< fact.cve "": nothing is known */
} pk_fleet_cve;

/** What people and the fleet make of a CVE at this moment. */
typedef struct pk_fleet_cve_state {
  int64_t n_hosts;     /**< for which it counts */
  int64_t n_excepted;  /**< for which it does not, because of exceptions */
  uint64_t tags;       /**< bit i: has the enabled tag i of the fleet's tag_names */
} pk_fleet_cve_state;

/** A rule of a definition. */
typedef struct pk_fleet_rule {
  const struct pk_fleet_definition *definition;
  pk_str fixed, advisory; /**< "" none */
  uint32_t advisory_place; /**< the same for the same advisory, below n_advisories; 0 none */
  pk_rule_state state;
  bool counts;
} pk_fleet_rule;

/** What criteria about whole hosts say of a package: a version that fixes, or that there is none. */
typedef struct pk_fleet_named {
  pk_str name;
  const pk_fleet_rule *rule;
} pk_fleet_named;

typedef struct pk_fleet_definition {
  int64_t id;
  pk_str name, advisory, severity, title, class, feed;
  int64_t issued_at;
  const pk_fleet_cve *const *cves;
  size_t n_cves;
  const pk_fleet_rule *rules; /**< and behind the last one, at n_rules, that of criteria about whole hosts */
  size_t n_rules;
  const pk_fleet_named *named; /**< of criteria; by the address of the name */
  size_t n_named;
} pk_fleet_definition;

typedef struct pk_fleet_package {
  int64_t id;
  pk_package package;
} pk_fleet_package;

/** A package on a platform. */
typedef struct pk_fleet_verdict {
  uint32_t place; /**< below n_verdicts */
  const pk_fleet_package *package; /**< NULL: criteria that no single package made true */
  const pk_platform *platform;
  pk_update_state state;
  pk_str available, repository; /**< of an update */
  const pk_fleet_rule *const *rules;
  size_t n_rules;
} pk_fleet_verdict;

/** A set of packages; ids ascending. */
typedef struct pk_fleet_set {
  int64_t id;
  const uint32_t *ids;
  size_t n;
} pk_fleet_set;

/** How the kernel that runs stands. The order is that of a listing, the worst last. */
typedef enum pk_kernel_state {
  PK_KERNEL_UNKNOWN,  /**< nobody told which one runs, or nobody judges it */
  PK_KERNEL_CURRENT,  /**< nothing better is known */
  PK_KERNEL_RESTART,  /**< a newer one is installed and waits for a restart */
  PK_KERNEL_UPDATE    /**< a newer one, or one that fixes a vulnerability, is there to be installed */
} pk_kernel_state;
/** "unknown", "current", "restart", "update". */
const char *pk_kernel_state_name(pk_kernel_state s);

typedef struct pk_fleet_profile {
  int64_t id;
  const pk_platform *platform;
  pk_str kernel;
  const pk_fleet_set *set;
  const unsigned char *states; /**< pk_update_state of each member of the set; of kernels that do not run PK_UPDATE_UNSEEN */
  int64_t n_packages, n_updates, n_security;
  bool reboot_pending;
  pk_kernel_state kernel_state;
  bool updates_judged; /**< some package is in a repository of the platform: else nobody knows what is current */
  bool cves_judged;    /**< some feed says what is vulnerable on the platform */
  int64_t support_ends_at; /**< of the platform's release; 0: not said, 1: ended, date not said */
  const pk_fleet_verdict *const *updates; /**< packages that are not current; of kernels that do not run none */
  size_t n_update_verdicts;
  const pk_fleet_verdict *const *vulnerable; /**< packages for which a rule holds */
  size_t n_vulnerable;
  const uint32_t *cves; /**< places of those that count, ascending */
  size_t n_cves;
} pk_fleet_profile;

/** Exceptions by CVE, package and number: those that may take something away from a finding are found without looking at the others. */
typedef struct pk_fleet_exceptions {
  const pk_exception *const *list;
  size_t n;
} pk_fleet_exceptions;

typedef struct pk_fleet_stand {
  const pk_fleet_profile *profile;
  uint32_t profile_place;                /**< of the profile among the fleet's */
  const pk_fleet_exceptions *general;    /**< for all hosts of the fleet */
  pk_fleet_exceptions own;               /**< for groups of hosts to which its hosts belong */
  const uint32_t *excepted; /**< places of CVEs of the profile that do not count, ascending; the others do */
  size_t n_excepted, n_cves, n_tagged, n_exploited;
  uint64_t tags; /**< of all that count */
  int64_t n_hosts;
} pk_fleet_stand;

typedef struct pk_fleet_host {
  int64_t id, protocol, first_report_at, last_report_at;
  pk_str texts[PK_HOST_TEXTS]; /**< by pk_host_text */
  pk_str tld;
  uint32_t stand;              /**< its place */
  bool silent;                 /**< has not reported for longer than the setting says */
} pk_fleet_host;

/** Everything in one place, for the files of fleet/ to fill and others to read. */
struct pk_fleet {
  pk_fleet_host *hosts;
  size_t n_hosts;
  pk_fleet_stand *stands;
  size_t n_stands;
  const pk_fleet_profile **profiles; /**< of the stands, each once */
  int64_t *profile_hosts;            /**< by place: hosts that have it */
  size_t n_profiles;
  const pk_fleet_cve **cves; /**< by place */
  pk_fleet_cve_state *cve_states;
  size_t n_cves;
  const pk_fleet_package **packages; /**< by id; NULL: none */
  size_t n_packages;
  int64_t *package_hosts;         /**< by id: hosts that have it */
  unsigned char *package_states;  /**< by id: the worst pk_update_state of all platforms */
  size_t n_verdicts, n_advisories; /**< what places are below */
  pk_str *tag_names;      /**< of enabled tags, at most 64 */
  size_t n_tag_names;
  pk_cve_tag *tags;       /**< by CVE and name */
  size_t n_tags;
  pk_exception *exceptions; /**< by id, expired ones too */
  size_t n_exceptions;
  const pk_exception **active; /**< those that have not expired: for all hosts, then for each group */
  pk_fleet_exceptions general; /**< of them those for all hosts that have not expired */
  int64_t *exception_hosts;    /**< by place in exceptions: hosts from which it takes a finding away, be it alone or with others */
  pk_settings settings;
  int64_t made_at;     /**< UTC */
  int64_t valid_until; /**< an exception expires then; INT64_MAX */
  struct fleet_pool *pool;
  pk_arena arena;
  int refs; /**< the keeper's */
};

/** The exception with the lowest number that takes this finding away from the hosts of a stand. NULL: it counts. */
const pk_exception *pk_fleet_excepted(const pk_fleet_stand *stand, const pk_fleet_verdict *v, const pk_fleet_cve *cve);
/** Does a CVE count for the hosts of a stand? */
bool pk_fleet_counts(const pk_fleet_stand *stand, uint32_t place);
/** Is the place among them? They ascend. */
bool pk_fleet_has_place(const uint32_t *places, size_t n, uint32_t place);
/** Text by which a host belongs to a group of a kind. */
pk_str pk_fleet_group_of(const pk_fleet *f, const pk_fleet_host *h, pk_group_kind kind);
/** Is the release that the host runs out of its vendor's ordinary support? */
bool pk_fleet_unsupported(const pk_fleet *f, const pk_fleet_profile *p);
/** May the asker see the host? The one place where a scope is applied. */
bool pk_fleet_sees(const pk_scope *scope, const pk_fleet_host *h);
/** A host by its key, or else the only one of that name; NULL: none, or several of that name. */
const pk_fleet_host *pk_fleet_host_of(const pk_fleet *f, const pk_scope *scope, pk_str key);
/** A CVE by its number; NULL: it hits nothing here. */
const pk_fleet_cve *pk_fleet_cve_of(const pk_fleet *f, int64_t number);
/** NULL: the fleet does not know it. */
const pk_fleet_package *pk_fleet_package_of(const pk_fleet *f, int64_t id);
/** Does the set hold the package? */
bool pk_fleet_set_has(const pk_fleet_set *set, int64_t package_id);
/** The same, and where. */
bool pk_fleet_set_place(const pk_fleet_set *set, int64_t package_id, size_t *ret);

/** A fleet made once, for the command line. Ended with pk_fleet_free. */
pk_rc pk_fleet_load(pk_store *store, int64_t now, pk_fleet **ret, pk_err *err) PK_MUST_USE;
void pk_fleet_free(pk_fleet **fleet);

#endif
