/* SPDX-License-Identifier: Apache-2.0
 *
 * nevra: the names of RPM packages as repository metadata writes them. */
#ifndef PK_FEED_RPMMD_NEVRA_H
#define PK_FEED_RPMMD_NEVRA_H

#include "base/str.h"

/** Compose "epoch:version-release" into `ret_evr`, which is emptied first. A missing epoch is 0, a missing release is left out.
 *  error  PK_E_SYNTAX no version, or an epoch that is no number; PK_E_LIMIT more than the buffer's maximum */
pk_rc pk_rpmmd_evr(pk_str epoch, pk_str version, pk_str release, pk_buf *ret_evr, pk_err *err) PK_MUST_USE;

/** Is it the architecture of source packages, which nobody installs? */
bool pk_rpmmd_arch_is_source(pk_str arch);

/** Split "name-version-release.src.rpm" (or .nosrc.rpm) into its name and "version-release": such a file name does not tell
 *  the epoch. Returns false for any other text, and then both are empty. */
bool pk_rpmmd_split_source(pk_str file, pk_str *ret_name, pk_str *ret_version);

#endif
