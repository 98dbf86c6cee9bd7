/* SPDX-License-Identifier: Apache-2.0
 *
 * evr: epoch, version and release (rpm) or revision (deb) of a package, and the vendors' order of them. */
#ifndef PK_MODEL_EVR_H
#define PK_MODEL_EVR_H

#include "model/package.h"

/** The parts of a version text, borrowed from it. */
typedef struct pk_evr {
  pk_str epoch;   /**< empty: not stated */
  pk_str version;
  pk_str release; /**< empty with has_release false: not stated */
  bool has_release;
} pk_evr;

/** Split "[epoch:]version[-release]": the epoch ends at the first ':', the release begins behind the last '-'. */
pk_evr pk_evr_split(pk_str text);

/** Compare two versions in the order of their package type.
 *  in     a, b  any bytes; a missing epoch counts as 0
 *  out    -1, 0 or 1
 *  thread any
 *  source rpm 4.18 rpmio/rpmvercmp.c and rpmver.c (tilde, caret, a missing release sorts first);
 *         Debian Policy 5.6.12 and dpkg lib/dpkg/version.c (a missing revision equals "0") */
int pk_evr_cmp(pk_package_type type, pk_str a, pk_str b);

/** As pk_evr_cmp, but where one of two rpm versions states no epoch, epochs are left out of the comparison: a host that
 *  lists versions without epochs does not say that they are 0. */
int pk_evr_cmp_told(pk_package_type type, pk_str a, pk_str b);

/** As pk_evr_cmp, for a version that a person asks about ("openssl <= 3.0.15"): what the question leaves out, epoch or release, is
 *  left out of the comparison, as in the dependencies of packages. source rpm 4.18 lib/rpmds.c rpmdsCompareEVR */
int pk_evr_cmp_asked(pk_package_type type, pk_str installed, pk_str asked);

typedef enum pk_evr_validity {
  PK_EVR_VALID = 0,
  PK_EVR_DUBIOUS = 1, /**< comparable, but against policy: a version that does not begin with a digit, odd characters */
  PK_EVR_INVALID = 2
} pk_evr_validity;

/** What dpkg --validate-version would exit with. source dpkg lib/dpkg/parsehelp.c parseversion */
pk_evr_validity pk_evr_deb_validity(pk_str text);

#endif
