/* SPDX-License-Identifier: Apache-2.0
 *
 * repomd: the head file of an RPM repository, which names its indexes and their checksums.
 *
 *   <repomd xmlns="http://linux.duke.edu/metadata/repo">
 *     <revision>1757539684</revision>
 *     <data type="primary">
 *       <checksum type="sha256">cb2c38843b…</checksum>
 *       <open-checksum type="sha256">f780554533…</open-checksum>
 *       <location href="repodata/cb2c38843b…-primary.xml.zst"/>
 *       <timestamp>1769300449</timestamp>
 *       <size>4020790</size>
 *       <open-size>57261377</open-size>
 *     </data>
 *     <data type="primary_zck">…</data>
 *   </repomd>
 *
 * Only primary and updateinfo are taken; their variants (primary_db, primary_zck, …) say the same in another way. */
#ifndef PK_FEED_RPMMD_REPOMD_H
#define PK_FEED_RPMMD_REPOMD_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/stream.h"

/** Most memory for what is kept of a repomd.xml. */
#define PK_REPOMD_BYTES_MAX ((size_t)1 << 20)

typedef struct pk_repomd_file {
  pk_str href; /**< relative to the repository's address; n 0: there is no such file */
  pk_sum sum;
  uint64_t size_bytes, open_size_bytes; /**< 0: not told */
} pk_repomd_file;

typedef struct pk_repomd {
  pk_arena arena; /* owns the texts */
  pk_repomd_file primary, updateinfo;
} pk_repomd;

/** Parse a repomd.xml.
 *  error  PK_E_SYNTAX not one; no primary index, or only one compressed as zchunk; a location outside the repository; no
 *         checksum or one of an algorithm that is not accepted (MD5); PK_E_LIMIT
 *  note   on failure too, pk_repomd_fini is due */
pk_rc pk_repomd_parse(pk_stream *in, pk_repomd *ret, pk_err *err) PK_MUST_USE;
void pk_repomd_fini(pk_repomd *r);

#endif
