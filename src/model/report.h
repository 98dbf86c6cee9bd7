/* SPDX-License-Identifier: Apache-2.0
 *
 * report: what one host says of itself, decoded from whichever protocol it came in. Text lives in the
 * arena of the request. */
#ifndef PK_MODEL_REPORT_H
#define PK_MODEL_REPORT_H

#include "model/package.h"

typedef enum pk_protocol {
  PK_PROTOCOL_PAKITI2 = 4, /**< form fields; Pakiti 3 calls it protocol 4 */
  PK_PROTOCOL_PAKITI3 = 5, /**< text */
  PK_PROTOCOL_NATIVE = 6,  /**< JSON */
  PK_PROTOCOL_GLPI = 100   /**< GLPI inventory JSON */
} pk_protocol;

/** What the sender wants done. */
typedef enum pk_report_mode {
  PK_MODE_STORE_ONLY = 0,
  PK_MODE_STORE_AND_REPORT = 1,
  PK_MODE_REPORT_ONLY = 2
} pk_report_mode;

typedef struct pk_installed {
  pk_package package;
  pk_str origin;        /**< repository that it was installed from */
  int64_t installed_at; /**< 0: not told */
} pk_installed;

typedef struct pk_named_value {
  pk_str name, value;
} pk_named_value;

typedef struct pk_report {
  pk_protocol protocol;
  pk_report_mode mode;
  bool by_proxy; /**< the sender says that it reports for another host */
  pk_package_type type;
  pk_str host, ip, os, arch, cpu, kernel, site, tag;
  pk_str client;     /**< name and version of the client program */
  pk_str machine_id; /**< machine-id(5) */
  int64_t boot_at;
  pk_named_value *os_release; /**< fields of os-release(5) */
  size_t n_os_release;
  pk_named_value *repositories; /**< enabled ones: id and URL */
  size_t n_repositories;
  pk_named_value *livepatches; /**< loaded ones: name and version */
  size_t n_livepatches;
  pk_installed *packages; /**< in the order of the report */
  size_t n_packages;
  size_t n_packages_cap;
} pk_report;

#endif
