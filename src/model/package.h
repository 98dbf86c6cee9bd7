/* SPDX-License-Identifier: Apache-2.0
 *
 * package: one installed or offered build of software, and the order of its versions. Plain data. */
#ifndef PK_MODEL_PACKAGE_H
#define PK_MODEL_PACKAGE_H

#include "base/digest.h"
#include "base/str.h"

/** The family of package manager: decides the version order and how architectures go together. */
typedef enum pk_package_type {
  PK_TYPE_UNKNOWN = 0, /**< not said: taken from the platform, else compared like rpm */
  PK_TYPE_RPM = 1,
  PK_TYPE_DEB = 2,
  PK_TYPE_OTHER = 3 /**< FreeBSD and OpenBSD pkg, Solaris: compared like rpm */
} pk_package_type;

/** "rpm", "deb", "other", "unknown". */
const char *pk_package_type_name(pk_package_type type);
/** From what clients send: "rpm", "dpkg", "deb", "pkg"; anything else is PK_TYPE_UNKNOWN. */
pk_package_type pk_package_type_of(pk_str text);

/** Longest name, version, architecture or other field of a package, bytes. */
#define PK_FIELD_MAX 255

/** What makes a package the same on two hosts. Text is borrowed. Fields that were not told are empty.
 *  evr is as the vendor writes it: rpm "[epoch:]version[-release]", deb "[epoch:]version[-revision]". */
typedef struct pk_package {
  pk_package_type type;
  pk_str name, evr, arch;
  pk_str source;     /**< source package's name */
  pk_str source_evr; /**< and its version where it differs from evr */
  pk_str module;     /**< rpm modularity label "name:stream:version:context" */
  pk_str vendor;     /**< rpm Vendor, deb Origin or Maintainer */
} pk_package;

/** Address of a package: digest of its type and seven texts. */
pk_digest pk_package_digest(const pk_package *p);

/** Order of names, then architectures, then versions as text: for stable listings only. */
int pk_package_cmp_listing(const pk_package *a, const pk_package *b);

#endif
