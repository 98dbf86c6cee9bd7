/* SPDX-License-Identifier: Apache-2.0
 *
 * host: what is kept and shown of a machine and of the packages on it. Rows that the store hands out. */
#ifndef PK_MODEL_HOST_H
#define PK_MODEL_HOST_H

#include "model/package.h"

/** A package against its platform's repositories. */
typedef enum pk_update_state {
  PK_UPDATE_UNSEEN = 0,  /**< not judged yet */
  PK_UPDATE_UNKNOWN = 1, /**< no repository of the platform has it */
  PK_UPDATE_CURRENT = 2,
  PK_UPDATE_ORDINARY = 3,
  PK_UPDATE_SECURITY = 4
} pk_update_state;

/** A host in a list. Texts are borrowed until the next row. */
typedef struct pk_host_row {
  int64_t id, profile_id;
  pk_str key, name, domain, site, tag, os, platform, arch, kernel, client, reporter;
  int64_t protocol, first_report_at, last_report_at;
  int64_t n_packages, n_updates, n_security, n_cves;
  bool reboot_pending;
} pk_host_row;

/** A package that is not current. Texts are borrowed. */
typedef struct pk_update_row {
  pk_package package;
  pk_str available, repository;
  pk_update_state state;
} pk_update_row;

/** A distinct package in the fleet. */
typedef struct pk_package_row {
  int64_t id;
  pk_package package;
  int64_t n_hosts;
  pk_update_state state; /**< the worst over the platforms that it was seen on */
  pk_str available;
} pk_package_row;

#endif
