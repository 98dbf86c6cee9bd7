/* SPDX-License-Identifier: Apache-2.0
 *
 * store: the facts that hosts and vendors gave, and what was derived from them. The only place with SQL. Every query
 * is a named function; structs go in and come out. A handle belongs to one thread at a time.
 *
 * Writing happens between pk_store_begin and pk_store_commit. Only one handle writes at a time; others wait. */
#ifndef PK_STORE_STORE_H
#define PK_STORE_STORE_H

#include "access/sender.h"
#include "base/map.h"
#include "feed/feed.h"
#include "match/update.h"
#include "model/decision.h"
#include "model/definition.h"
#include "model/host.h"
#include "model/platform.h"

typedef struct pk_store pk_store;

typedef enum pk_store_mode {
  PK_STORE_READ,  /**< a handle that cannot change anything */
  PK_STORE_WRITE,
  PK_STORE_CREATE /**< make the database and bring it to the newest form */
} pk_store_mode;

/** Open. A database of an older form is refused with the advice to run `pakiti db migrate`. error PK_E_STORE */
pk_rc pk_store_open(const char *path, pk_store_mode mode, pk_store **ret, pk_err *err) PK_MUST_USE;
void pk_store_close(pk_store **store);
/** Bring an existing database to the newest form; *ret_from, *ret_to: version before and after. */
pk_rc pk_store_migrate(const char *path, int64_t *ret_from, int64_t *ret_to, pk_err *err) PK_MUST_USE;
/** The engine's check, then ours: sets, profiles and hosts refer to what exists. error PK_E_STORE names the damage */
pk_rc pk_store_check(pk_store *store, pk_err *err) PK_MUST_USE;

/** Does the database answer? */
pk_rc pk_store_ping(pk_store *store, pk_err *err) PK_MUST_USE;

pk_rc pk_store_begin(pk_store *store, pk_err *err) PK_MUST_USE;
pk_rc pk_store_commit(pk_store *store, pk_err *err) PK_MUST_USE;
void pk_store_rollback(pk_store *store);
/** What is read until pk_store_look_end is of one moment. */
pk_rc pk_store_look(pk_store *store, pk_err *err) PK_MUST_USE;
void pk_store_look_end(pk_store *store);
/** Did another process write since the last call? Asked inside a transaction, it decides whether caches hold. */
pk_rc pk_store_changed_elsewhere(pk_store *store, bool *ret, pk_err *err) PK_MUST_USE;

/** 32 random bytes of this installation, drawn at creation; never shown. */
#define PK_STORE_SECRET_BYTES 32
pk_rc pk_store_secret(pk_store *store, unsigned char *ret_secret, pk_err *err) PK_MUST_USE;

/* ---- feeds (feeds.c) ---- */

/** A feed as kept: its description and how it fared. */
typedef struct pk_feed_row {
  pk_feed feed;
  pk_automatic automatic;
  char mark[PK_FEED_MARK_MAX];
  int64_t tried_at, good_at, changed_at, n_offers, n_advisories, n_definitions, n_refused;
  char *refused;   /**< the first document that was refused, and why; "" */
  bool is_held;    /**< what came last changes too much at once: it waits to be accepted */
  char *error; /**< of the last try; "" when it was good */
} pk_feed_row;

void pk_feed_row_fini(pk_feed_row *row);
/** PK_EXISTS: a feed of that name is there. */
pk_rc pk_store_feed_add(pk_store *store, const pk_feed *feed, pk_err *err) PK_MUST_USE;
/** Removes it with all it offered. PK_NOTFOUND. */
pk_rc pk_store_feed_remove(pk_store *store, int64_t feed_id, pk_err *err) PK_MUST_USE;
/** Owned by the caller (pk_feed_row_fini). PK_NOTFOUND. */
pk_rc pk_store_feed_get(pk_store *store, pk_str name, pk_feed_row *ret, pk_err *err) PK_MUST_USE;
/** All, by name; the caller ends each with pk_feed_row_fini and frees the array. */
pk_rc pk_store_feed_list(pk_store *store, pk_feed_row **ret, size_t *ret_n, pk_err *err) PK_MUST_USE;
/** A platform of which a feed says what is vulnerable; "": all for which the feed is. */
typedef struct pk_feed_platform {
  int64_t feed_id;
  pk_str platform;
} pk_feed_platform;
/** Of all feeds with definitions; feeds of facts about CVEs and releases have none. In the arena. error PK_E_LIMIT */
pk_rc pk_store_feed_platforms(pk_store *store, pk_arena *arena, pk_feed_platform **ret, size_t *ret_n, pk_err *err) PK_MUST_USE;
/** Note a try that failed: what it offered stays. */
pk_rc pk_store_feed_failed(pk_store *store, int64_t feed_id, int64_t now, const char *error, pk_err *err) PK_MUST_USE;
/** Note a try that found nothing new. */
pk_rc pk_store_feed_unchanged(pk_store *store, int64_t feed_id, int64_t now, pk_err *err) PK_MUST_USE;

typedef struct pk_feed_change {
  size_t n_before; /**< packages, and builds that advisories announce, before */
  size_t n_added, n_removed;
  pk_map names; /**< package names of which an offer came, went or changed its weight */
} pk_feed_change;

/** Put new content in the place of the old; only differences are written.
 *  out *ret  initialised here; the caller ends it with pk_map_fini(&ret->names), also on failure */
pk_rc pk_store_feed_replace(pk_store *store, const pk_feed_row *row, const pk_repository_content *content, const char *mark,
                            int64_t now, pk_feed_change *ret, pk_err *err) PK_MUST_USE;

/** Names offered by a feed, added to `names`. */
pk_rc pk_store_feed_names(pk_store *store, int64_t feed_id, pk_map *names, pk_err *err) PK_MUST_USE;

/** All versions of a name in the platform's repositories. Texts live in the arena. error PK_E_LIMIT its cap */
pk_rc pk_store_candidates(pk_store *store, pk_str name, pk_str platform, pk_arena *arena, pk_candidate **ret, size_t *ret_n,
                          pk_err *err) PK_MUST_USE;
/** Name of a feed by id, copied into the arena; empty when it is gone. */
pk_rc pk_store_feed_name(pk_store *store, int64_t feed_id, pk_arena *arena, pk_str *ret, pk_err *err) PK_MUST_USE;

/** Walk a list of ids written as LEB128 differences: begin with *id = 0; false at the end. */
bool pk_store_next_id(pk_str *rest, int64_t *id);

/* ---- packages, sets, platforms, profiles (packages.c) ---- */

/** The id of a package, given one when it is new. */
pk_rc pk_store_package_intern(pk_store *store, const pk_package *p, const pk_digest *digest, int64_t *ret_id, pk_err *err) PK_MUST_USE;
/** A package by id; texts are borrowed until the next call. PK_NOTFOUND. */
pk_rc pk_store_package_get(pk_store *store, int64_t id, pk_package *ret, pk_err *err) PK_MUST_USE;
typedef pk_rc pk_store_package_visit(void *arg, int64_t id, const pk_package *p, pk_err *err);
/** Every package of a name. */
pk_rc pk_store_packages_named(pk_store *store, pk_str name, pk_store_package_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

/** PK_NOTFOUND: no such set. */
pk_rc pk_store_set_find(pk_store *store, const pk_digest *digest, int64_t *ret_id, pk_err *err) PK_MUST_USE;
/** Store a set; ids ascending, without repeats. */
pk_rc pk_store_set_add(pk_store *store, const pk_digest *digest, const int64_t *ids, size_t n, int64_t *ret_id, pk_err *err) PK_MUST_USE;
/** Members of a set, ascending; the caller frees. PK_NOTFOUND. */
pk_rc pk_store_set_members(pk_store *store, int64_t set_id, int64_t **ret_ids, size_t *ret_n, pk_err *err) PK_MUST_USE;

pk_rc pk_store_platform_intern(pk_store *store, pk_platform *platform, pk_err *err) PK_MUST_USE;
/** All platforms; texts in the arena. */
pk_rc pk_store_platform_list(pk_store *store, pk_arena *arena, pk_platform **ret, size_t *ret_n, pk_err *err) PK_MUST_USE;

/** Counts of a profile, and the packages behind them. */
typedef struct pk_profile_counts {
  int64_t n_packages, n_updates, n_security;
  bool reboot_pending;
  int64_t n_cves;  /**< distinct ones that count */
  pk_buf updates;  /**< ids of packages that are not current: ascending, LEB128 of differences */
  pk_buf criteria; /**< definitions whose criteria are true: as the table profile has them */
} pk_profile_counts;

void pk_profile_counts_fini(pk_profile_counts *c);

pk_rc pk_store_profile_find(pk_store *store, int64_t platform_id, int64_t set_id, pk_str kernel, int64_t *ret_id, pk_err *err) PK_MUST_USE;
pk_rc pk_store_profile_add(pk_store *store, int64_t platform_id, int64_t set_id, pk_str kernel, const pk_profile_counts *counts,
                           int64_t *ret_id, pk_err *err) PK_MUST_USE;
pk_rc pk_store_profile_recount(pk_store *store, int64_t profile_id, const pk_profile_counts *counts, pk_err *err) PK_MUST_USE;

typedef struct pk_profile_key {
  int64_t id, set_id;
  pk_str kernel;
} pk_profile_key;
/** What a profile is made of; texts and members live in the arena. PK_NOTFOUND. */
typedef struct pk_profile_facts {
  pk_platform platform;
  pk_str kernel, members, criteria;
} pk_profile_facts;
pk_rc pk_store_profile_get(pk_store *store, int64_t profile_id, pk_arena *arena, pk_profile_facts *ret, pk_err *err) PK_MUST_USE;
/** Profiles of a platform with their sets; ids of members in one array a profile. */
typedef pk_rc pk_store_profile_visit(void *arg, const pk_profile_key *key, pk_str members, pk_str criteria, pk_err *err);
pk_rc pk_store_profiles_of(pk_store *store, int64_t platform_id, pk_store_profile_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

/* ---- verdicts (packages.c) ---- */

typedef struct pk_update_verdict {
  pk_update_state state;
  pk_str available; /**< "" unless outdated */
  int64_t feed_id;
} pk_update_verdict;

pk_rc pk_store_verdict_put(pk_store *store, int64_t platform_id, int64_t package_id, const pk_update_verdict *v, pk_err *err) PK_MUST_USE;
typedef pk_rc pk_store_verdict_visit(void *arg, int64_t package_id, pk_update_state state, pk_err *err);
pk_rc pk_store_verdicts_of(pk_store *store, int64_t platform_id, pk_store_verdict_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

/* ---- vulnerability definitions and facts (definitions.c) ---- */

/** What an exchange of a feed's definitions came to. */
typedef struct pk_definition_change {
  size_t n_before, n_after, n_added, n_changed, n_removed; /**< definitions, or facts */
  pk_map names;   /**< packages that a rule or criteria that came, went or changed speaks of; keys as pk_definition_name_key */
  pk_map ids;     /**< definitions that changed and kept their id (8 bytes) */
  bool criteria;  /**< criteria came, went or changed */
  bool everybody; /**< among them such as must be looked at for every host */
} pk_definition_change;

void pk_definition_change_fini(pk_definition_change *change);
/** Key of a changed name: 'b' or 's' (source) and the name. */
pk_str pk_definition_name_key(pk_str name, bool is_source, pk_buf *key);

/** Exchange a feed's definitions and facts for new ones; only differences are written. Inside a transaction:
 *  begin → put and drop in any order → end. */
typedef struct pk_exchange pk_exchange;
/** `whole`: what is not put again is removed; else only what was in the documents that are put or dropped. */
pk_rc pk_store_exchange_begin(pk_store *store, int64_t feed_id, bool whole, pk_exchange **ret, pk_err *err) PK_MUST_USE;
/** `body`: encoded. A name that was put already in this exchange gets "#2", "#3" … behind it. */
pk_rc pk_store_exchange_definition(pk_exchange *x, pk_str document, pk_str name, pk_str body, pk_err *err) PK_MUST_USE;
pk_rc pk_store_exchange_cve(pk_exchange *x, const pk_cve_fact *f, pk_err *err) PK_MUST_USE;
pk_rc pk_store_exchange_release(pk_exchange *x, const pk_release_fact *f, pk_err *err) PK_MUST_USE;
/** The document is gone. */
void pk_store_exchange_drop(pk_exchange *x, pk_str document);
/** The document is there but could not be understood: what it said before stays. */
void pk_store_exchange_keep(pk_exchange *x, pk_str document);
/** Remove what is gone. *ret is initialised here; the caller ends it with pk_definition_change_fini, also on failure. */
pk_rc pk_store_exchange_end(pk_exchange *x, pk_definition_change *ret, pk_err *err) PK_MUST_USE;
void pk_store_exchange_free(pk_exchange **x);

/** How a sync of documents fared. */
typedef struct pk_feed_outcome {
  const char *mark;
  int64_t now;
  int64_t n_refused;   /**< documents that were refused */
  const char *refused; /**< the first of them and why */
} pk_feed_outcome;
pk_rc pk_store_feed_synced(pk_store *store, int64_t feed_id, const pk_feed_outcome *o, pk_err *err) PK_MUST_USE;
/** Note that content was held back: what was in force stays. */
pk_rc pk_store_feed_held(pk_store *store, int64_t feed_id, int64_t now, const char *why, pk_err *err) PK_MUST_USE;

/** A stored definition. `d` is decoded from `body` into the arena that was given, which is emptied after every visit: what shall stay is
 *  copied (pk_definition_decode of a copy of the body). */
typedef struct pk_definition_row {
  int64_t id, feed_id, shape;
  pk_str body;
  pk_definition d;
} pk_definition_row;
typedef pk_rc pk_store_definition_visit(void *arg, const pk_definition_row *row, pk_err *err);
/** Definitions with rules on a package's name. */
pk_rc pk_store_definitions_named(pk_store *store, pk_str name, bool is_source, pk_arena *arena, pk_store_definition_visit *visit, void *arg,
                                 pk_err *err) PK_MUST_USE;
/** Definitions of a CVE. */
pk_rc pk_store_definitions_of_cve(pk_store *store, int64_t cve, pk_arena *arena, pk_store_definition_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** Ids of the definitions of a CVE. */
typedef pk_rc pk_store_id_visit(void *arg, int64_t id, pk_err *err);
pk_rc pk_store_definition_ids_of_cve(pk_store *store, int64_t cve, pk_store_id_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** What vendors call a CVE: the severity (lower case, "" none) of each definition of it, and whether that is of other CVEs too. */
typedef pk_rc pk_store_severity_visit(void *arg, pk_str severity, bool of_many, pk_err *err);
pk_rc pk_store_severities_of_cve(pk_store *store, int64_t cve, pk_store_severity_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** Definitions with criteria. */
pk_rc pk_store_definitions_with_criteria(pk_store *store, pk_arena *arena, pk_store_definition_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** One definition; lives in the arena. PK_NOTFOUND. */
pk_rc pk_store_definition_get(pk_store *store, int64_t id, pk_arena *arena, pk_definition_row *ret, pk_err *err) PK_MUST_USE;
/** CVEs of a definition as numbers: LEB128 of the differences, borrowed until the next call; "" when it is gone. */
pk_rc pk_store_definition_cves(pk_store *store, int64_t id, pk_str *ret, pk_err *err) PK_MUST_USE;

/** Everything known of a CVE, the best of all feeds; unset as pk_cve_fact says. Texts live in the arena. PK_NOTFOUND nothing is. */
pk_rc pk_store_cve_fact(pk_store *store, int64_t cve, pk_arena *arena, pk_cve_fact *ret, pk_err *err) PK_MUST_USE;

/** When releases stop being supported, as every feed says it. In the arena. error PK_E_LIMIT */
pk_rc pk_store_release_facts(pk_store *store, pk_arena *arena, pk_release_fact **ret, size_t *ret_n, pk_err *err) PK_MUST_USE;

/** Source package of a binary package, by the indexes of the platform's repositories: of this version, else of any.
 *  *ret_evr is "" where it is only known by name. PK_NOTFOUND no index has it. Texts live in the arena. */
pk_rc pk_store_source_of(pk_store *store, pk_str name, pk_str evr, pk_str platform, pk_arena *arena, pk_str *ret_source, pk_str *ret_evr,
                         pk_err *err) PK_MUST_USE;
/** Names of binary packages whose source package, by report or index, is among the keys ('s' and the name) of `changed`: added to `names`. */
pk_rc pk_store_binaries_of(pk_store *store, const pk_map *changed, pk_map *names, pk_err *err) PK_MUST_USE;

/** The rules that hold for a package; "" none. */
pk_rc pk_store_vulnerable_put(pk_store *store, int64_t platform_id, int64_t package_id, pk_str rules, pk_err *err) PK_MUST_USE;
typedef pk_rc pk_store_vulnerable_visit(void *arg, int64_t package_id, pk_str rules, pk_err *err);
pk_rc pk_store_vulnerable_of(pk_store *store, int64_t platform_id, pk_store_vulnerable_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

/* ---- hosts (hosts.c) ---- */

#define PK_FINGERPRINT_BYTES 16

/** Note that a host sent the same report again. PK_NOTFOUND: no host has this fingerprint. */
pk_rc pk_store_host_touch(pk_store *store, pk_str fingerprint, int64_t now, pk_err *err) PK_MUST_USE;
/** What is known of a host by its last report's fingerprint. */
typedef struct pk_known_host {
  int64_t profile_id, protocol, n_packages;
  char name[PK_HOST_NAME_MAX + 1];
} pk_known_host;
/** Is there a host whose last report has this fingerprint? PK_NOTFOUND. */
pk_rc pk_store_host_by_fingerprint(pk_store *store, pk_str fingerprint, pk_known_host *ret, pk_err *err) PK_MUST_USE;

/** What a report makes of a host. */
typedef struct pk_host_facts {
  const pk_identity *identity;
  pk_str site, tag, os, cpu, client, reporter, fingerprint;
  int64_t protocol, profile_id, now;
  pk_str facts;         /**< JSON; "" when the protocol has none */
  pk_str package_facts; /**< per member of the set, ascending by id: LEB128 origin index, LEB128 installed_at */
} pk_host_facts;

/** Insert or update, and write the history when the profile is another one. PK_UNCHANGED: same profile as before. */
pk_rc pk_store_host_put(pk_store *store, const pk_host_facts *facts, int64_t *ret_id, pk_err *err) PK_MUST_USE;

typedef pk_rc pk_store_host_visit(void *arg, const pk_host_row *row, pk_err *err);
/** Hosts by name. `name` empty: all; else the one host of that name (or several, told apart by key). */
pk_rc pk_store_hosts(pk_store *store, const pk_scope *scope, pk_str name, pk_store_host_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

typedef pk_rc pk_store_update_visit(void *arg, const pk_update_row *row, pk_err *err);
/** What is not current in a profile, by package id. */
pk_rc pk_store_profile_updates(pk_store *store, int64_t profile_id, pk_store_update_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** All packages of a profile, by package id; state as judged for its platform. */
pk_rc pk_store_profile_packages(pk_store *store, int64_t profile_id, pk_store_update_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

typedef pk_rc pk_store_fleet_visit(void *arg, const pk_package_row *row, pk_err *err);
/** Distinct packages that some host has, by name and version; `name` empty: all. */
pk_rc pk_store_fleet_packages(pk_store *store, const pk_scope *scope, pk_str name, pk_store_fleet_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

typedef struct pk_store_totals {
  int64_t n_hosts, n_profiles, n_sets, n_packages, n_feeds, n_feeds_failing, n_feeds_held, n_hosts_outdated, n_hosts_security, n_hosts_vulnerable, n_definitions;
} pk_store_totals;
pk_rc pk_store_count(pk_store *store, const pk_scope *scope, pk_store_totals *ret, pk_err *err) PK_MUST_USE;

/* ---- everything at once, for those who keep it in memory (fleet.c) ---- */

/** Grows whenever verdicts, definitions or facts change in another way than by a report. */
pk_rc pk_store_generation(pk_store *store, int64_t *ret, pk_err *err) PK_MUST_USE;
/** Inside a transaction. */
pk_rc pk_store_generation_next(pk_store *store, pk_err *err) PK_MUST_USE;

/** Texts of a host, by their places in pk_kept_host. */
typedef enum pk_host_text {
  PK_HOST_KEY,
  PK_HOST_NAME,
  PK_HOST_DOMAIN,
  PK_HOST_SITE,
  PK_HOST_TAG,
  PK_HOST_OS,
  PK_HOST_CPU,
  PK_HOST_CLIENT,
  PK_HOST_REPORTER,
  PK_HOST_TEXTS
} pk_host_text;
/** A host as it is stored. Borrowed during the visit, like everything in this part. */
typedef struct pk_kept_host {
  int64_t id, profile_id, protocol, first_report_at, last_report_at;
  pk_str texts[PK_HOST_TEXTS];
} pk_kept_host;
typedef pk_rc pk_store_kept_host_visit(void *arg, const pk_kept_host *h, pk_err *err);
/** All hosts, by id. */
pk_rc pk_store_kept_hosts(pk_store *store, pk_store_kept_host_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** Packages with a higher id, ascending. */
pk_rc pk_store_packages_after(pk_store *store, int64_t id, pk_store_package_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

typedef struct pk_kept_profile {
  int64_t id, platform_id, set_id, n_packages, n_updates, n_security;
  bool reboot_pending;
  pk_str kernel, updates, criteria; /**< as the table has them */
} pk_kept_profile;
/** Texts live in the arena. PK_NOTFOUND. */
pk_rc pk_store_kept_profile(pk_store *store, int64_t id, pk_arena *arena, pk_kept_profile *ret, pk_err *err) PK_MUST_USE;

typedef struct pk_kept_verdict {
  int64_t package_id, feed_id;
  pk_update_state state;
  pk_str available, rules; /**< rules as in the table package_vulnerability */
} pk_kept_verdict;
typedef pk_rc pk_store_kept_verdict_visit(void *arg, const pk_kept_verdict *v, pk_err *err);
/** Verdicts of a platform: of one package, or (0) of all, ascending by package. */
pk_rc pk_store_kept_verdicts(pk_store *store, int64_t platform_id, int64_t package_id, pk_store_kept_verdict_visit *visit, void *arg,
                             pk_err *err) PK_MUST_USE;

/** From when to when a host had which packages; until_at 0: still. */
typedef struct pk_period {
  int64_t from_at, until_at, profile_id, set_id;
  pk_str kernel, platform;
} pk_period;
typedef pk_rc pk_store_period_visit(void *arg, const pk_period *p, pk_err *err);
/** Oldest first. */
pk_rc pk_store_history(pk_store *store, int64_t host_id, pk_store_period_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** What the host told beyond its packages (JSON), appended. PK_NOTFOUND nothing. */
pk_rc pk_store_host_told(pk_store *store, int64_t host_id, pk_buf *ret, pk_err *err) PK_MUST_USE;

/* ---- people's decisions and settings (decisions.c) ---- */

/** Value of a setting, appended. PK_NOTFOUND. */
pk_rc pk_store_setting_get(pk_store *store, pk_str name, pk_buf *ret, pk_err *err) PK_MUST_USE;
pk_rc pk_store_setting_put(pk_store *store, pk_str name, pk_str value, pk_err *err) PK_MUST_USE;

typedef pk_rc pk_store_tag_visit(void *arg, const pk_cve_tag *t, pk_err *err);
/** By CVE, then tag. */
pk_rc pk_store_tags(pk_store *store, pk_store_tag_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** Add, or replace the one of the same CVE and tag. */
pk_rc pk_store_tag_put(pk_store *store, const pk_cve_tag *t, pk_err *err) PK_MUST_USE;
/** PK_NOTFOUND. */
pk_rc pk_store_tag_remove(pk_store *store, int64_t cve, pk_str tag, pk_err *err) PK_MUST_USE;

typedef pk_rc pk_store_exception_visit(void *arg, const pk_exception *e, pk_err *err);
/** By id, expired ones too. */
pk_rc pk_store_exceptions(pk_store *store, pk_store_exception_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
pk_rc pk_store_exception_add(pk_store *store, const pk_exception *e, int64_t *ret_id, pk_err *err) PK_MUST_USE;
/** All but created_at, by id. PK_NOTFOUND. */
pk_rc pk_store_exception_replace(pk_store *store, const pk_exception *e, pk_err *err) PK_MUST_USE;
/** PK_NOTFOUND. */
pk_rc pk_store_exception_remove(pk_store *store, int64_t id, pk_err *err) PK_MUST_USE;

/* ---- numbers over time (trends.c) ---- */

/** Numbers of a group of hosts; the last three are sums over its hosts. */
typedef struct pk_group_counts {
  int64_t n_hosts, n_hosts_updates, n_hosts_security, n_hosts_cves, n_hosts_tagged, n_hosts_reboot, n_hosts_silent;
  int64_t n_updates, n_security, n_cves;
} pk_group_counts;

typedef struct pk_trend_point {
  pk_group_kind kind; /**< PK_GROUP_NONE: the whole fleet */
  pk_str value;
  int64_t day; /**< since 1970 */
  pk_group_counts counts;
} pk_trend_point;
/** Add, or replace the day's. */
pk_rc pk_store_trend_put(pk_store *store, const pk_trend_point *t, pk_err *err) PK_MUST_USE;
typedef pk_rc pk_store_trend_visit(void *arg, const pk_trend_point *t, pk_err *err);
/** Of one group, by day. */
pk_rc pk_store_trend(pk_store *store, pk_group_kind kind, pk_str value, int64_t from_day, int64_t to_day, pk_store_trend_visit *visit, void *arg,
                     pk_err *err) PK_MUST_USE;
/** Note the counts of a profile; nothing is written when they are the last ones. */
pk_rc pk_store_profile_trend_put(pk_store *store, int64_t profile_id, int64_t day, int64_t n_updates, int64_t n_security, int64_t n_cves,
                                 pk_err *err) PK_MUST_USE;
/** Counts that a host had from a day on, while it had the profile (from_at, until_at). */
typedef struct pk_host_point {
  int64_t from_at, until_at, day, n_updates, n_security, n_cves;
} pk_host_point;
typedef pk_rc pk_store_host_trend_visit(void *arg, const pk_host_point *p, pk_err *err);
pk_rc pk_store_host_trend(pk_store *store, int64_t host_id, pk_store_host_trend_visit *visit, void *arg, pk_err *err) PK_MUST_USE;
/** Forget days before this one. */
pk_rc pk_store_trend_forget(pk_store *store, int64_t before_day, pk_err *err) PK_MUST_USE;

#endif
