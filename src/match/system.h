/* SPDX-License-Identifier: Apache-2.0
 *
 * system: a host as OVAL tests see it: installed packages by name, the running kernel, and what tells the release
 * (release packages, /etc/os-release and its like), made from what the host reported. Pure. */
#ifndef PK_MATCH_SYSTEM_H
#define PK_MATCH_SYSTEM_H

#include "base/map.h"
#include "model/package.h"
#include "model/report.h"

typedef struct pk_system_file {
  pk_str path, text;
} pk_system_file;

typedef struct pk_system {
  pk_arena arena;
  pk_package_type type;
  pk_str platform;     /**< "rhel:7.9" */
  pk_str kernel, arch; /**< `uname -r` and -m; "" not told */
  const pk_package **packages;
  size_t n_packages, packages_cap;
  pk_map first;   /**< name → place of its first package + 1 */
  size_t *next;   /**< by place: the next of the same name + 1, or 0 */
  size_t next_cap;
  pk_system_file *files;
  size_t n_files, files_cap;
  bool modules_told; /**< the report says which packages belong to module streams */
  const char *owner; /**< prefix of the names of the platform's own release packages, or NULL */
  const char *owned; /**< the file that they own */
} pk_system;

/** What a system is made from; texts and packages are borrowed as long as the system lives. */
typedef struct pk_system_source {
  pk_str platform;
  pk_package_type type;
  pk_str kernel, arch, os; /**< os: as the host calls itself */
  const pk_named_value *os_release;
  size_t n_os_release;
  bool pretend; /**< the release package of the platform is added even if others are there: a rebuild judged as another */
  bool manifest; /**< the package list also answers for a container's "manifest" file (Ubuntu's OCI definitions) */
} pk_system_source;

/** Packages are added one by one, then pk_system_ready ends the making. */
void pk_system_init(pk_system *s, const pk_system_source *from);
/** A release package of another vendor than the platform's is left out: it says what a rebuild is compatible with, not what it is. */
void pk_system_add(pk_system *s, const pk_package *p);
void pk_system_ready(pk_system *s, const pk_system_source *from);
void pk_system_fini(pk_system *s);

/** Distribution of a platform: "rhel" of "rhel:7.9", borrowed; *ret_release "7.9". */
pk_str pk_platform_split(pk_str platform, pk_str *ret_release);

#endif
