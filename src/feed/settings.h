/* SPDX-License-Identifier: Apache-2.0
 *
 * settings: what the readers of a machine's own repository configuration (sources.list, *.repo) share:
 * yes and no, the parts of an address, and names for the feeds that are found. */
#ifndef PK_FEED_SETTINGS_H
#define PK_FEED_SETTINGS_H

#include "base/str.h"

/** Largest configuration file that is read. */
#define PK_SETTINGS_BYTES_MAX ((size_t)4 << 20)

/** "yes", "true", "on", "with", "enable" or a number other than 0, in any case. */
bool pk_setting_is_yes(pk_str text);

/** The next word separated by blanks, line ends or commas; false when there is none. */
bool pk_setting_item(pk_str *rest, pk_str *ret_item);

/** Parts of an address, borrowed: "https://user@deb.debian.org:443/debian/" is scheme "https",
 *  host "deb.debian.org", path "/debian" (without a last '/'). "file:/srv/x" has no host. */
typedef struct pk_address {
  pk_str scheme, host, path;
} pk_address;

/** Returns false when there is no scheme. */
bool pk_address_split(pk_str url, pk_address *ret);

/** Can pk_http fetch from it? http, https and file. */
bool pk_address_is_fetchable(const pk_address *a);

/** Add a text to a feed's name: what may not stand in a name becomes '_'. */
void pk_setting_add_name(pk_buf *name, pk_str text);

#endif
