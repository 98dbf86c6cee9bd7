/* SPDX-License-Identifier: Apache-2.0
 *
 * file: whole files under a limit, folders, and running one confined child. */
#ifndef PK_BASE_FILE_H
#define PK_BASE_FILE_H

#include "base/str.h"

/** Read a whole file ("-" is standard input) into `out`, whose maximum is the limit.
 *  error  PK_NOTFOUND no such file (not a fault, err unset), PK_E_IO, PK_E_LIMIT */
pk_rc pk_file_read(const char *path, pk_buf *out, pk_err *err) PK_MUST_USE;
/** Write a file whole or not at all (temporary name, rename). error PK_E_IO */
pk_rc pk_file_write(const char *path, pk_str bytes, pk_err *err) PK_MUST_USE;
/** Make a folder and those above it, mode 0750. */
pk_rc pk_dir_make(const char *path, pk_err *err) PK_MUST_USE;
/** Size in bytes, or -1 when it cannot be had. */
int64_t pk_file_size(const char *path);
bool pk_file_exists(const char *path);
bool pk_dir_exists(const char *path);

/** Call `each` with the full path of every file in a folder whose name ends in `suffix`, in name order.
 *  Stops at the first result other than PK_OK and returns it. A missing folder counts as empty. */
typedef pk_rc pk_dir_visit(void *arg, const char *path, pk_err *err);
pk_rc pk_dir_each(const char *dir, const char *suffix, pk_dir_visit *each, void *arg, pk_err *err) PK_MUST_USE;

/** Run a program confined: no inherited descriptors or environment, no new privileges, limits on CPU time,
 *  memory and file size, killed after `timeout_ms`. `argv[0]` is looked up in PATH's standard folders.
 *  out    *ret_status  exit status, or 128 + signal
 *         output       what it wrote to descriptor 1, under the buffer's maximum
 *  error  PK_E_IO it could not be started, PK_E_LIMIT it ran too long or said too much */
pk_rc pk_child_run(const char *const *argv, int64_t timeout_ms, pk_buf *output, int *ret_status, pk_err *err) PK_MUST_USE;

#endif
