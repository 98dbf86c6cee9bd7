/* SPDX-License-Identifier: Apache-2.0
 *
 * documents: what a vulnerability feed's documents come in: one file, a folder, an archive (tar or zip, compressed as it
 * may be), or Red Hat's CSAF layout (an archive of the day, and lists of what was changed and deleted since). */
#ifndef PK_FEED_DOCUMENTS_H
#define PK_FEED_DOCUMENTS_H

#include "base/stream.h"
#include "feed/feed.h"

/** Largest file that is fetched, and largest sum of what comes out of it. */
#define PK_DOCUMENTS_FETCH_MAX ((uint64_t)2 << 30)
#define PK_DOCUMENTS_OPEN_MAX ((size_t)16 << 30)
/** Largest document inside an archive; one that is a file of its own may be of any size below the limit above. */
#define PK_DOCUMENT_MEMBER_MAX ((size_t)256 << 20)
/** Most documents of a feed. Red Hat's VEX archive has some 320,000. */
#define PK_DOCUMENTS_MAX ((size_t)2000000)
/** Most documents that are fetched one by one; when more were changed, the archive is fetched again. */
#define PK_DOCUMENTS_CHANGED_MAX ((size_t)20000)

/** What the documents are handed to. A fault ends the reading. */
typedef struct pk_documents_visitor {
  void *arg;
  /** A document. `name`: path inside the folder or archive, or the file's name. outcome PK_NOTFOUND it was refused */
  pk_rc (*read)(void *arg, const char *name, pk_stream *in, pk_err *err);
  /** A document that cannot even be opened; the others still can. Returns PK_NOTFOUND. */
  pk_rc (*broken)(void *arg, const char *name, const pk_err *why, pk_err *err);
  /** What follows is not the whole feed but documents that take the place of those with the same name. */
  void (*changes_only)(void *arg);
  /** The vendor deleted a document. */
  pk_rc (*deleted)(void *arg, const char *name, pk_err *err);
} pk_documents_visitor;

/** Fetch and hand over all documents of a feed, in a stable order.
 *  in     c         c->last_mark as pk_feed_read
 *  out    ret_mark  PK_FEED_MARK_MAX bytes
 *  outcome PK_UNCHANGED
 *  error  PK_E_NET, PK_E_VERIFY, PK_E_LIMIT, PK_E_SYNTAX (the file itself is damaged), PK_E_IO, what the visitor returns */
pk_rc pk_documents_each(const pk_feed_context *c, const pk_documents_visitor *visitor, char *ret_mark, pk_err *err) PK_MUST_USE;

#endif
