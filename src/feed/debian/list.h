/* SPDX-License-Identifier: Apache-2.0
 *
 * list: entries of the Debian security tracker's text lists, from lines to definitions. An entry is a header and the
 * indented lines below it:
 *
 *   [29 Mar 2023] DSA-5380-1 xorg-server - security update
 *   	{CVE-2023-1393}
 *   	[bullseye] - xorg-server 2:1.20.11-1+deb11u6
 *   [August 26th, 2005] DTSA-1-1 kismet - various
 *   	{CVE-2005-2626 CVE-2005-2627 }
 *   	[etch] - kismet 2005.08.R1-0.1etch1 (high)
 *   CVE-2024-1000 (Something overflows in example ...)
 *   	{DLA-4000-1}
 *   	- example 1.2-3 (low; bug #1000001)
 *   	[bookworm] - example <no-dsa> (Minor issue)
 *   	[bullseye] - example <not-affected> (Vulnerable code not present)
 *   	NOTE: https://example.org/commit
 *   CVE-2024-XXXX [another flaw, not numbered yet]
 *   	- other <unfixed> (unimportant)
 *
 * The life of a reader: new, then for each entry begin and any number of add, end, free. What comes before the first begin
 * or after the end may not be added.
 *  source https://security-team.debian.org/security_tracker.html; the tracker's lib/python/bugs.py and
 *         lib/python/sectracker/parsers.py */
#ifndef PK_FEED_DEBIAN_LIST_H
#define PK_FEED_DEBIAN_LIST_H

#include "feed/vendor.h"

/** Most lines of one entry that speak of packages, and most memory of one entry. */
#define PK_DEBIAN_ENTRY_LINES_MAX ((size_t)20000)
#define PK_DEBIAN_ENTRY_BYTES_MAX ((size_t)32 << 20)

typedef struct pk_debian_entries pk_debian_entries;

pk_debian_entries *pk_debian_entries_new(const pk_vendor_document *d, const pk_vendor_sink *sink);
void pk_debian_entries_free(pk_debian_entries **e);

/** A line that is not indented: the entry before is handed over, a new one begins.
 *  outcome PK_NOTFOUND it begins no entry; the entry before stays open
 *  error   PK_E_LIMIT, what the sink says */
pk_rc pk_debian_entries_begin(pk_debian_entries *e, pk_str line, pk_err *err) PK_MUST_USE;
/** The open entry's name where the tracker itself has given one to a flaw without a number: "TEMP-0000000-556898". */
pk_rc pk_debian_entries_rename(pk_debian_entries *e, pk_str name, pk_err *err) PK_MUST_USE;
/** A line below a header. One that makes no sense is left out: the lists are written by hand.
 *  in     number  of the line, for messages
 *  error  PK_E_LIMIT */
pk_rc pk_debian_entries_add(pk_debian_entries *e, pk_str line, uint64_t number, pk_err *err) PK_MUST_USE;
/** Hand over the last entry.
 *  outcome PK_UNCHANGED no entry has a rule that is wanted
 *  error   PK_E_SYNTAX  no line of any entry makes sense */
pk_rc pk_debian_entries_end(pk_debian_entries *e, pk_err *err) PK_MUST_USE;

/** Is this a name or a version of a package as Debian allows them? source Debian Policy 5.6.1, 5.6.12 */
bool pk_debian_is_name(pk_str text);
bool pk_debian_is_version(pk_str text);

#endif
