/* SPDX-License-Identifier: Apache-2.0
 *
 * lists: the lists of the API, made of a fleet, or of the store where they are not about all hosts. docs/openapi.yaml says
 * what every field means. Rows live in the arena; what they show is borrowed from the fleet. */
#ifndef PK_APP_LISTS_LISTS_H
#define PK_APP_LISTS_LISTS_H

#include "app/lists/filter.h"
#include "app/lists/list.h"

extern const pk_list_kind pk_list_hosts, pk_list_groups, pk_list_packages, pk_list_outdated, pk_list_cves, pk_list_cve_hosts, pk_list_package_hosts, pk_list_advisories,
    pk_list_commands, pk_list_host_updates, pk_list_host_packages, pk_list_host_cves, pk_list_host_history, pk_list_tags, pk_list_exceptions, pk_list_feeds,
    pk_list_trend, pk_list_host_trend, pk_list_statements, pk_list_explanations;

/** What the list's own parameters say. Borrowed. */
typedef struct pk_list_wanted {
  pk_filter hosts;
  pk_group_kind kind;          /**< groups, trend */
  pk_str q;                    /**< packages, CVEs, tags …: part of the name, lower case */
  pk_package_wanted package;   /**< packages: exactly this one */
  unsigned severities;         /**< CVEs: bits of pk_severity; 0 any */
  int exploited, fixed, tagged; /**< CVEs: 1 yes, 0 no, -1 any */
  int64_t from_day, to_day;    /**< trend */
  const pk_fleet_cve *only;    /**< CVEs: no other than this one; NULL: all */
  bool all;                    /**< CVEs: those that do not count too: of a host by their state, of the fleet for exceptions */
} pk_list_wanted;

/* hosts.c: of chosen hosts */
/** Numbers of a group of hosts: those that are noted over time, and others. */
typedef struct pk_group_numbers {
  pk_group_counts counts;
  int64_t n_hosts_exploited, n_hosts_unsupported, n_hosts_unjudged; /**< unjudged: in one way or both */
  int64_t n_hosts_updates_judged, n_hosts_cves_judged;
} pk_group_numbers;
pk_rc pk_rows_hosts(const pk_chosen *c, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_groups(const pk_chosen *c, pk_group_kind kind, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
/** Name and counts of a row of that list. */
void pk_group_row_of(const pk_rows *rows, size_t place, pk_str *ret_value, pk_group_counts *ret);
/** Numbers of all chosen hosts together. */
void pk_count_chosen(const pk_chosen *c, pk_group_numbers *ret);
/** How many of them have a CVE with an enabled tag. */
typedef struct pk_tag_count {
  pk_str tag;
  int64_t n_hosts;
} pk_tag_count;
/** For each of the fleet's tag_names, those of most hosts first. Returns their number. */
size_t pk_count_tagged(const pk_chosen *c, pk_tag_count ret[PK_TAG_NAMES_MAX]);

/* commands.c */
/** The command that would install the updates of hosts of a profile; "" when there is nothing to install, or nobody knows it. false: the
 *  arena is full */
bool pk_update_command(const pk_fleet_profile *p, bool security_only, pk_arena *arena, pk_str *ret) PK_MUST_USE;
/** Hosts on which something must be done, and how. */
pk_rc pk_rows_commands(const pk_chosen *c, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;

/* packages.c */
/** "idle" (a kernel that does not run), "unknown", "current", "ordinary", "security". */
pk_rank pk_update_state_rank(pk_update_state state);
pk_rc pk_rows_packages(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_outdated(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_host_updates(const pk_fleet *f, const pk_fleet_host *h, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_host_packages(const pk_fleet *f, const pk_fleet_host *h, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
/** What was installed, upgraded, downgraded or removed, from the recorded profiles. */
pk_rc pk_rows_host_history(const pk_fleet *f, pk_store *store, const pk_fleet_host *h, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;

/* cves.c */
pk_rc pk_rows_cves(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
/** One row of that list for a CVE that hits nothing here. */
pk_rc pk_rows_unknown_cve(const pk_fleet *f, pk_store *store, int64_t number, const pk_cve_fact *fact, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_host_cves(const pk_fleet *f, const pk_fleet_host *h, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_advisories(const pk_chosen *c, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
/** Names of enabled tags of a CVE. */
pk_texts pk_tags_of(const pk_fleet *f, uint64_t tags, pk_arena *arena);
/** The state of a CVE for a host, from its rules there: the first that counts decides, one with a fix before others. */
const pk_fleet_rule *pk_rule_for(const pk_fleet_verdict *v, const pk_fleet_cve *cve);

/* hits.c */
/** Hosts for which a CVE counts, or would count but for an exception. */
pk_rc pk_rows_cve_hosts(const pk_chosen *c, const pk_fleet_cve *cve, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_package_hosts(const pk_chosen *c, const pk_package_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;

/* decisions.c */
pk_rc pk_rows_tags(const pk_fleet *f, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_exceptions(const pk_fleet *f, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;

/* sources.c: of the store */
pk_rc pk_rows_feeds(pk_store *store, int64_t now, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_rows_trend(pk_store *store, pk_group_kind kind, pk_str value, int64_t from_day, int64_t to_day, pk_arena *arena, pk_rows *ret,
                    pk_err *err) PK_MUST_USE;
pk_rc pk_rows_host_trend(pk_store *store, const pk_fleet_host *h, int64_t from_day, int64_t to_day, pk_arena *arena, pk_rows *ret, pk_err *err)
    PK_MUST_USE;
/** What vendors say of a CVE, a row for each package and platform. */
pk_rc pk_rows_statements(pk_store *store, int64_t cve, pk_arena *arena, pk_rows *ret, pk_err *err) PK_MUST_USE;
/** Why a host is, or is not, vulnerable. PK_NOTFOUND: no feed speaks of the CVE. */
pk_rc pk_rows_explanations(pk_store *store, const pk_fleet *f, const pk_fleet_host *h, int64_t cve, pk_arena *arena, pk_rows *ret, pk_err *err)
    PK_MUST_USE;

/** How a feed fares, in words. */
const char *pk_feed_health(const pk_feed_row *row);

#endif
