/* SPDX-License-Identifier: Apache-2.0
 *
 * filter: which hosts a question is about. Every list of the fleet takes the same filters. */
#ifndef PK_APP_LISTS_FILTER_H
#define PK_APP_LISTS_FILTER_H

#include "app/fleet/fleet.h"

/** A text that must be equal; `given` false: any. */
typedef struct pk_wanted {
  bool given;
  pk_str text;
} pk_wanted;

/** A package by name, and perhaps by version: "openssl < 3.0.15". */
typedef struct pk_package_wanted {
  pk_str name;
  const char *op; /**< "<", "<=", "=", ">=", ">"; "" any version */
  pk_str version;
} pk_package_wanted;

typedef struct pk_filter {
  pk_wanted host, groups[PK_GROUP_KINDS]; /**< by pk_group_kind */
  pk_wanted kernel, arch, os, client;
  pk_wanted advisory; /**< it would help them */
  pk_wanted outdated; /**< name of a package that is not current there */
  pk_str q;           /**< part of a host's name, in lower case */
  pk_package_wanted package;
  int64_t cve;        /**< 0: any */
  pk_wanted cve_tag;
  unsigned states;    /**< bits of pk_host_state; all must hold */
  bool has_activity;
  int64_t seen_from, seen_to; /**< last report from, until */
} pk_filter;

/** What may be asked of a host; "updates", "security", "cves", "tagged", "exploited", "excepted", "kernel", "reboot", "unjudged",
 *  "unsupported", "silent", "current". */
typedef enum pk_host_state {
  PK_STATE_UPDATES,
  PK_STATE_SECURITY,
  PK_STATE_CVES,
  PK_STATE_TAGGED,
  PK_STATE_EXPLOITED,
  PK_STATE_EXCEPTED,
  PK_STATE_KERNEL, /**< a better kernel than the one that runs is there to be installed */
  PK_STATE_REBOOT,
  PK_STATE_UNJUDGED,    /**< no repository, or nobody who says what is vulnerable, is known for it */
  PK_STATE_UNSUPPORTED, /**< its release is out of support */
  PK_STATE_SILENT,
  PK_STATE_CURRENT, /**< reports, and nothing is there to be installed or waits for a restart */
  PK_STATES
} pk_host_state;

/** Read "openssl", "openssl < 3.0.15", "openssl<3.0.15". Borrowed. error PK_E_SYNTAX */
pk_rc pk_package_wanted_of(pk_str text, pk_package_wanted *ret, pk_err *err) PK_MUST_USE;
bool pk_package_is_wanted(const pk_package_wanted *w, const pk_package *p);
/** Read Pakiti's "2d", "-2d": reported within the last two days, or not. error PK_E_SYNTAX */
pk_rc pk_filter_activity(pk_filter *f, pk_str text, int64_t now, pk_err *err) PK_MUST_USE;
/** Take a parameter of a question. Borrowed. PK_NOTFOUND: it is none of a filter's; error PK_E_SYNTAX what is wrong with it */
pk_rc pk_filter_take(pk_filter *f, pk_str name, pk_str value, int64_t now, pk_err *err) PK_MUST_USE;

/** Hosts that a filter lets through, and how many of them have each stand, and each profile. */
typedef struct pk_chosen {
  const pk_fleet *fleet;
  const pk_fleet_host **hosts;
  size_t n;
  int64_t *per_stand, *per_profile;
} pk_chosen;

/** Everything in the arena. error PK_E_LIMIT */
pk_rc pk_filter_choose(const pk_filter *f, const pk_fleet *fleet, const pk_scope *scope, pk_arena *arena, pk_chosen *ret, pk_err *err) PK_MUST_USE;

/** Does the text hold the words, letters of either case being equal? `words` is in lower case. */
bool pk_text_holds(pk_str text, pk_str words);

#endif
