/* SPDX-License-Identifier: Apache-2.0
 *
 * report_file: a report read from a file, as `check`, `submit` and `oval eval` take it. */
#ifndef PK_CLI_REPORT_FILE_H
#define PK_CLI_REPORT_FILE_H

#include "app/intake.h"

typedef struct pk_report_file {
  pk_intake *intake;
  pk_buf body;
  pk_prepared prepared;
  bool is_prepared;
} pk_report_file;

/** Read and prepare.
 *  in     store     for the installation's secret; NULL where nothing is stored
 *         path      "-": standard input
 *         platform  to judge it as; NULL: what the report says
 *  out    *ret      ended with pk_report_file_unload, also on failure
 *  outcome PK_NOTFOUND  no such file (err says so)
 *  error  of pk_intake_new and pk_intake_prepare */
pk_rc pk_report_file_load(const pk_config *config, pk_store *store, const char *path, const char *platform, pk_report_file *ret, pk_err *err) PK_MUST_USE;
void pk_report_file_unload(pk_report_file *f);

#endif
