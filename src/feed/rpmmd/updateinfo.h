/* SPDX-License-Identifier: Apache-2.0
 *
 * updateinfo: the advisories of an RPM repository.
 *
 *   <updates>
 *     <update from="packager@almalinux.org" status="final" type="security" version="1">
 *       <id>ALSA-2022:4940</id>
 *       <title>Important: xz security update</title>
 *       <issued date="2022-06-08 00:00:00"/>
 *       <severity>Important</severity>
 *       <pkglist>
 *         <collection short="almalinux-9-for-x86_64-baseos-rpms">
 *           <name>…</name>
 *           <package name="xz" version="5.2.5" release="8.el9_0" epoch="0" arch="x86_64" src="xz-5.2.5-8.el9_0.src.rpm">
 *             <filename>xz-5.2.5-8.el9_0.x86_64.rpm</filename>
 *           </package>
 *         </collection>
 *       </pkglist>
 *     </update>
 *   </updates>
 *
 * Vendors differ: no epoch (SUSE), no severity, "medium" for "moderate" (Amazon), "None" (Fedora), a date in seconds (SUSE)
 * or without seconds (Amazon), one id for several updates (SUSE). Severities are handed over as they are written. */
#ifndef PK_FEED_RPMMD_UPDATEINFO_H
#define PK_FEED_RPMMD_UPDATEINFO_H

#include "base/stream.h"
#include "feed/offers.h"

/** Most advisories of one repository. */
#define PK_ADVISORIES_MAX ((size_t)200000)
/** Most packages of one update; kernels with all their modules have some hundred. */
#define PK_UPDATE_PACKAGES_MAX ((size_t)100000)
/** Longest title that is kept; longer ones are cut. */
#define PK_ADVISORY_TITLE_MAX ((size_t)500)

/** Read all updates: each becomes an advisory once, and the packages of those of type "security" become offers that
 *  name it. Source packages are left out.
 *  error  PK_E_SYNTAX, PK_E_LIMIT, and what the stream says */
pk_rc pk_rpmmd_updateinfo_read(pk_stream *in, pk_offers *offers, pk_err *err) PK_MUST_USE;

#endif
