/* SPDX-License-Identifier: Apache-2.0
 *
 * index: what the readers of APT and RPM repositories share: limits on the files of a repository, their
 * addresses and places in the feed's work folder, and the mark of a state of the repository. */
#ifndef PK_FEED_INDEX_H
#define PK_FEED_INDEX_H

#include "base/stream.h"
#include "feed/feed.h"

/** Largest head file: InRelease, Release, repomd.xml. Debian's are below 1 MiB. */
#define PK_INDEX_HEAD_BYTES_MAX ((size_t)16 << 20)
/** Largest detached signature. */
#define PK_INDEX_SIGNATURE_BYTES_MAX ((size_t)1 << 20)
/** Largest index file as it is fetched. */
#define PK_INDEX_BYTES_MAX ((uint64_t)512 << 20)
/** Largest index file decompressed, and how many times it may expand. */
#define PK_INDEX_OPEN_BYTES_MAX ((size_t)2 << 30)
#define PK_INDEX_RATIO_MAX 1000
/** Longest path of a file inside its repository. */
#define PK_INDEX_PATH_MAX 1024

/** Is this a plain path that stays inside the repository and can be put behind an address as it is:
 *  relative, without "..", empty parts, scheme, query, escapes or control bytes? Vendors need no more. */
bool pk_index_path_is_inside(pk_str path);

/** Where a file of the repository is kept: work folder, '/', the end of the path with '_' for '/'. */
void pk_index_place(const pk_feed_context *c, pk_str path, pk_buf *ret_place);

/** Fetch the file `path` below the feed's address to `place`. As pk_http_get, and
 *  error  PK_E_LIMIT `max_bytes` is more than PK_INDEX_BYTES_MAX */
pk_rc pk_index_fetch(const pk_feed_context *c, const char *path, const char *place, uint64_t max_bytes, const pk_sum *want,
                     pk_err *err) PK_MUST_USE;

/** Open a fetched index under the limits above. */
pk_rc pk_index_open(const char *place, pk_stream **ret, pk_err *err) PK_MUST_USE;

/** Put the file's name in front of a fault's message. Returns rc. */
pk_rc pk_index_name_fault(pk_rc rc, const char *path, pk_err *err);

/** The mark of a head file under a configuration.
 *  in     reader    name and version of the reader
 *         head      text of the head file, or what of it the signature covers
 *         settings  what else decides about the content, any texts
 *  out    ret_mark  PK_FEED_MARK_MAX bytes */
void pk_index_mark(const char *reader, pk_str head, const char *const *settings, size_t n_settings, char *ret_mark);

#endif
