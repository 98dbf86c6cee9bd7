/* SPDX-License-Identifier: Apache-2.0
 *
 * release: the head file of an APT repository: what it is, how long it holds, and the checksums of its indexes.
 * The text must have been verified before; nothing here looks at signatures.
 *
 *   Suite: oldstable-security
 *   Codename: bookworm-security
 *   Date: Sat, 21 Nov 2026 00:53:02 UTC
 *   Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC
 *   Acquire-By-Hash: yes
 *   Architectures: amd64 arm64
 *   Components: updates/main updates/contrib
 *   SHA256:
 *    7f5a…  1467304 main/binary-amd64/Packages.xz
 *
 * Source: https://wiki.debian.org/DebianRepository/Format */
#ifndef PK_FEED_APT_RELEASE_H
#define PK_FEED_APT_RELEASE_H

#include "base/digest.h"
#include "base/map.h"
#include "model/repository.h"

/** Most files that one Release lists. Debian's sid lists 3,000. */
#define PK_APT_RELEASE_FILES_MAX ((size_t)200000)

typedef struct pk_apt_file {
  pk_str path; /**< relative to the Release file, without "./" */
  uint64_t size_bytes;
  pk_sum sum;
} pk_apt_file;

/** Texts are borrowed from what was parsed, "" where not given. */
typedef struct pk_apt_release {
  pk_str suite, codename, components, architectures;
  pk_str no_support_all;     /**< kinds of indexes that hold "Architecture: all" packages already */
  int64_t date, valid_until; /**< 0: not given */
  pk_automatic automatic;
  bool by_hash;
  pk_apt_file *files;
  size_t n_files, files_cap;
  pk_map places; /* path → place in files, from 1 */
} pk_apt_release;

/** Parse the text, which must outlive the release.
 *  error  PK_E_SYNTAX not a Release file, or one without SHA256 and SHA512, with the line's number; PK_E_LIMIT too many files
 *  note   on failure too, pk_apt_release_fini is due */
pk_rc pk_apt_release_parse(pk_str text, pk_apt_release *ret, pk_err *err) PK_MUST_USE;
void pk_apt_release_fini(pk_apt_release *r);

/** A listed file, or NULL. With SHA256 where the vendor gives it, else SHA512. */
const pk_apt_file *pk_apt_release_find(const pk_apt_release *r, pk_str path);

/** The message inside a clear-signed text (RFC 9580 section 7), without looking at the signature: for feeds of which no
 *  signature is wanted. Any other text is returned as it is. Dash escapes stay: no line of a Release begins with a dash. */
pk_str pk_apt_release_unwrap(pk_str text);

#endif
