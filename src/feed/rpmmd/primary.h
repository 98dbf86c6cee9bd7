/* SPDX-License-Identifier: Apache-2.0
 *
 * primary: the index of packages of an RPM repository.
 *
 *   <metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
 *     <package type="rpm">
 *       <name>openssl-libs</name>
 *       <arch>x86_64</arch>
 *       <version epoch="1" ver="3.0.7" rel="28.el9_4"/>
 *       <summary>A general purpose cryptography library</summary>
 *       <format>
 *         <rpm:sourcerpm>openssl-3.0.7-28.el9_4.src.rpm</rpm:sourcerpm>
 *         <rpm:provides><rpm:entry name="libssl.so.3()(64bit)"/></rpm:provides>
 *       </format>
 *     </package>
 *   </metadata>
 *
 * An offer's source_evr is empty when the source package has the version and release of the package; else it is
 * "version-release" without an epoch, which the metadata does not tell. */
#ifndef PK_FEED_RPMMD_PRIMARY_H
#define PK_FEED_RPMMD_PRIMARY_H

#include "base/stream.h"
#include "feed/offers.h"

/** Read an index to its end. Source packages are left out.
 *  error  PK_E_SYNTAX, PK_E_LIMIT, and what the stream says */
pk_rc pk_rpmmd_primary_read(pk_stream *in, pk_offers *offers, pk_err *err) PK_MUST_USE;

#endif
