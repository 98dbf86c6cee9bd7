/* SPDX-License-Identifier: Apache-2.0
 *
 * deb822: the lines of Debian's control format, in which Release, Packages and *.sources files are written.
 *
 *   Package: bash
 *   Description: GNU Bourne Again SHell
 *    continued, as every line that begins with a blank
 *   (an empty line ends the stanza)
 *
 * Source: deb822(5), Debian Policy 5.1. */
#ifndef PK_FEED_APT_DEB822_H
#define PK_FEED_APT_DEB822_H

#include "base/str.h"

typedef enum pk_deb822_kind {
  PK_DEB822_FIELD, /**< name and value */
  PK_DEB822_MORE,  /**< a continuation: the value is the whole line, trimmed */
  PK_DEB822_BLANK, /**< end of a stanza */
  PK_DEB822_BROKEN /**< not of this format */
} pk_deb822_kind;

/** What a line is. Name and value are parts of it. */
pk_deb822_kind pk_deb822_line(pk_str line, pk_str *ret_name, pk_str *ret_value);

#endif
