/* SPDX-License-Identifier: Apache-2.0
 *
 * platform: whose data a host is judged by: distribution and release ("debian:12", "rhel:9.4"), and the
 * architecture. What clients call their system is mapped by a table of patterns (platforms.tsv). */
#ifndef PK_MODEL_PLATFORM_H
#define PK_MODEL_PLATFORM_H

#include "base/arena.h"
#include "model/package.h"

/** Longest platform name, bytes. */
#define PK_PLATFORM_MAX 63

typedef struct pk_platform {
  int64_t id; /**< in the store; 0: not stored */
  pk_package_type type;
  pk_str name; /**< "debian:12" */
  pk_str arch; /**< native architecture in the words of its package manager: amd64 or x86_64 */
  pk_str judged_as; /**< platform whose vulnerability definitions count for it too ("rhel:7.9" for a rebuild); "" none */
} pk_platform;

typedef struct pk_platform_map pk_platform_map;

/** Compile a table. `where` names it in messages.
 *  error PK_E_CONFIG naming table and line: a bad pattern, missing columns */
pk_rc pk_platform_map_new(pk_str table, const char *where, pk_platform_map **ret, pk_err *err) PK_MUST_USE;
/** Lines of `first` are looked at before those of `map`; takes ownership of `first`. */
void pk_platform_map_override(pk_platform_map *map, pk_platform_map *first);
void pk_platform_map_free(pk_platform_map **map);

/** The platform of an operating system's name as a client sends it.
 *  out ret_name at least PK_PLATFORM_MAX + 1 bytes
 *  outcome PK_NOTFOUND no pattern matches */
pk_rc pk_platform_map_find(const pk_platform_map *map, pk_str os, char *ret_name, pk_package_type *ret_type) PK_MUST_USE;

/** The platform whose definitions count for this one too, as the table says in its fourth column; "" none.
 *  out ret_name at least PK_PLATFORM_MAX + 1 bytes */
void pk_platform_map_judged_as(const pk_platform_map *map, pk_str platform, char *ret_name);

/** A platform as a person writes it ("alma:8", "Debian 12", "rhel:9.4") in the table's own words; an unknown one is kept,
 *  in lower case. error PK_E_SYNTAX not of the form NAME[:RELEASE] */
pk_rc pk_platform_canonical(const pk_platform_map *map, pk_str text, char *ret_name, pk_package_type *ret_type, pk_err *err) PK_MUST_USE;

/** Does a source for `feed` speak for hosts of `host`? Equal, or a whole-number prefix: "rhel:9" covers "rhel:9.4". */
bool pk_platform_covers(pk_str feed, pk_str host);

/** An architecture in the package manager's words: x86_64 ↔ amd64, aarch64 ↔ arm64 and so on. */
pk_str pk_platform_arch(pk_package_type type, pk_str arch);

/** The platform of a release that a distribution calls by name: "debian", "bookworm" → "debian:12"; "ubuntu", "jammy" →
 *  "ubuntu:22.04"; "debian", "sid" or "unstable" → "debian:sid". In any case.
 *  out ret_name at least PK_PLATFORM_MAX + 1 bytes; untouched when it returns false: no release that is known */
bool pk_platform_of_codename(pk_str distribution, pk_str codename, char *ret_name);
/** The other way round; "" when there is none. Debian 3.0 and 3.1 are one platform, called "sarge". */
pk_str pk_platform_codename(pk_str platform);

#endif
