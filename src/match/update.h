/* SPDX-License-Identifier: Apache-2.0
 *
 * update: is a package the newest that its platform's repositories have? Pure. */
#ifndef PK_MATCH_UPDATE_H
#define PK_MATCH_UPDATE_H

#include "model/host.h"
#include "model/repository.h"

/** A version of the package's name that a repository of the platform has, or that an advisory announces. */
typedef struct pk_candidate {
  pk_str evr, arch;
  bool announced; /**< by a security advisory: makes an update a security update, is not itself one */
  pk_repository_class class;
  pk_automatic automatic;
  int64_t feed_id;
} pk_candidate;

/** Judge one package.
 *  in     native_arch  of the host, in the package manager's words
 *         candidates   all of the package's name, in any order
 *  out    *ret_best    index of the version to go to, set for ORDINARY and SECURITY
 *  source DESIGN 3: the newest version counts; it is a security update when a repository marked security or an advisory of
 *         type security has a version newer than the installed one. apt_preferences(5): what is not automatic counts only
 *         for packages that came from there, which is seen by their being newer than all else on offer */
pk_update_state pk_update_judge(const pk_package *installed, pk_str native_arch, const pk_candidate *candidates, size_t n,
                                size_t *ret_best);

/** May an upgrade go from one architecture to the other?
 *  source deb: "all" goes with the native one (Policy 5.6.8); rpm: noarch with any, the ix86 ones among each other */
bool pk_update_arch_fits(pk_package_type type, pk_str native_arch, pk_str installed, pk_str offered);

#endif
