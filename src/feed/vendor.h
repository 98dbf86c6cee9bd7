/* SPDX-License-Identifier: Apache-2.0
 *
 * vendor: what the readers of vulnerability feeds have in common. A reader turns one document into definitions or facts
 * and hands each over as soon as it is whole; it keeps nothing between documents. What a vendor's documents come in
 * (a folder, an archive, a list of changes) is not its business: that is documents.h. */
#ifndef PK_FEED_VENDOR_H
#define PK_FEED_VENDOR_H

#include "base/stream.h"
#include "model/definition.h"
#include "model/platform.h"

/** Most memory that one document's reader may take. */
#define PK_DOCUMENT_BYTES_MAX ((size_t)160 << 20)

/** Where the reader's results go. Texts are borrowed during the call. A result other than PK_OK ends the read. */
typedef struct pk_vendor_sink {
  void *arg;
  pk_rc (*definition)(void *arg, const pk_definition *d, pk_err *err);
  pk_rc (*cve)(void *arg, const pk_cve_fact *f, pk_err *err);
  pk_rc (*release)(void *arg, const pk_release_fact *f, pk_err *err);
} pk_vendor_sink;

/** What a reader is told. */
typedef struct pk_vendor_document {
  const char *name; /**< file name without folders, or the member's path in an archive; for messages and formats told by name */
  pk_stream *in;
  pk_str platform; /**< the feed's; "": all platforms that the document speaks of are wanted */
  const pk_platform_map *platforms;
} pk_vendor_document;

/** Read one document.
 *  outcome PK_UNCHANGED  it is well-formed but says nothing that is wanted here (withdrawn, another kind of document)
 *  error   PK_E_SYNTAX, PK_E_LIMIT: the message says what and where, without the document's name */
typedef pk_rc pk_vendor_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err);

pk_vendor_read pk_oval_read;            /* feed/oval/ */
pk_vendor_read pk_osv_read;             /* feed/osv/ */
pk_vendor_read pk_openvex_read;         /* feed/openvex/ */
pk_vendor_read pk_csaf_read;            /* feed/csaf/: advisories and VEX */
pk_vendor_read pk_debian_tracker_read;  /* feed/debian/: data.json */
pk_vendor_read pk_debian_list_read;     /* feed/debian/: DSA, DLA, DTSA and CVE lists */
pk_vendor_read pk_kev_read;             /* feed/enrich/ */
pk_vendor_read pk_epss_read;
pk_vendor_read pk_cve5_read;
pk_vendor_read pk_eol_read;

/** Is a rule for `rule_platform` of interest to a feed that was added for `feed_platform`? Either covers the other, or one is empty. */
bool pk_vendor_wants(pk_str feed_platform, pk_str rule_platform);

/** The canonical platform of what a vendor calls a product or an ecosystem: "Debian:12", "AlmaLinux:8", "Rocky Linux:9",
 *  "Ubuntu:22.04:LTS", "Ubuntu:Pro:18.04:LTS", "openEuler:22.03-LTS-SP1", "SUSE:Linux Enterprise Server 15 SP5",
 *  "SUSE Linux Enterprise Server 15 SP5", "openSUSE Leap 15.5", "cpe:/o:redhat:enterprise_linux:9::baseos", "cpe:/a:redhat:rhel_eus:9.2::appstream" ….
 *  out    *ret  lives in the arena; EUS, E4S, AUS and TUS streams get the minor release ("rhel:9.2"), main ones only the major ("rhel:9")
 *  outcome PK_NOTFOUND no platform of ours: a product, a container, a module for a language */
pk_rc pk_vendor_platform(const pk_platform_map *platforms, pk_str product, pk_arena *arena, pk_str *ret, pk_err *err) PK_MUST_USE;

#endif
