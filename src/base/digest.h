/* SPDX-License-Identifier: Apache-2.0
 *
 * digest: checksums that vendors publish (OpenSSL), and the digests by which the store addresses
 * what it holds (BLAKE2b-256, libsodium). */
#ifndef PK_BASE_DIGEST_H
#define PK_BASE_DIGEST_H

#include "base/str.h"

#define PK_DIGEST_BYTES 32

/** BLAKE2b-256 of a content: the address of an immutable thing. */
typedef struct pk_digest {
  unsigned char bytes[PK_DIGEST_BYTES];
} pk_digest;

pk_digest pk_digest_of(pk_str content);

/** A checksum as vendors write it: an algorithm and lower-case hexadecimal. */
typedef enum pk_sum_type { PK_SUM_NONE, PK_SUM_SHA1, PK_SUM_SHA224, PK_SUM_SHA256, PK_SUM_SHA384, PK_SUM_SHA512 } pk_sum_type;

#define PK_SUM_HEX_MAX 128

typedef struct pk_sum {
  pk_sum_type type;
  char hex[PK_SUM_HEX_MAX + 1];
} pk_sum;

/** Read an algorithm's name ("sha256", "SHA256", "sha" for SHA-1 as createrepo writes) and its value.
 *  error  PK_E_SYNTAX unknown algorithm (MD5 among them) or a value of the wrong length */
pk_rc pk_sum_parse(pk_str type, pk_str hex, pk_sum *ret, pk_err *err) PK_MUST_USE;
/** error PK_E_VERIFY the file's content has another checksum; PK_E_IO */
pk_rc pk_sum_check_file(const pk_sum *want, const char *path, pk_err *err) PK_MUST_USE;
/** SHA-256 of bytes. */
pk_sum pk_sum_of(pk_str bytes);

#endif
