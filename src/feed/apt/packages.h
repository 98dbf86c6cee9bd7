/* SPDX-License-Identifier: Apache-2.0
 *
 * packages: the Packages index of an APT repository, read as a stream.
 *
 *   Package: libssl3
 *   Source: openssl (3.0.15-1)
 *   Version: 3.0.15-1~deb12u1
 *   Architecture: amd64
 *   Depends: libc6 (>= 2.34)
 *   Description: Secure Sockets Layer toolkit
 *
 * Only these four fields matter. An absent Source means that it is called like the package, and leaves the offer's
 * source empty. Source: Debian Policy 5.3, 5.6.1. */
#ifndef PK_FEED_APT_PACKAGES_H
#define PK_FEED_APT_PACKAGES_H

#include "base/stream.h"
#include "feed/offers.h"

/** Longest line. Depends of some meta packages are 100 KB. */
#define PK_APT_LINE_MAX ((size_t)1 << 20)

/** Read an index to its end.
 *  error  PK_E_SYNTAX with the line's number, PK_E_LIMIT, and what the stream says */
pk_rc pk_apt_packages_read(pk_stream *in, pk_offers *offers, pk_err *err) PK_MUST_USE;

/** The same for one index alone, of all architectures. */
pk_rc pk_apt_packages_parse(pk_stream *in, pk_repository_content *content, pk_err *err) PK_MUST_USE;

#endif
