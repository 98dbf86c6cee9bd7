/* SPDX-License-Identifier: Apache-2.0
 *
 * signature: OpenPGP signatures, checked by gpgv as a confined child. */
#ifndef PK_FEED_SIGNATURE_H
#define PK_FEED_SIGNATURE_H

#include "base/str.h"

/** Verify a clear-signed file (InRelease) and write only what the signature covers to `signed_out`.
 *  in     keyring   files or folders (their *.gpg and *.asc) separated by blanks, or an armoured public key block;
 *                   armoured keys are turned into binary ones aside, because gpgv reads no others
 *         work_dir  for temporary files
 *  error  PK_E_VERIFY no good signature of a key in the keyring, a bad one among them, an expired or revoked key,
 *         or a weak digest (MD5, SHA-1); PK_E_CONFIG the keyring cannot be read. The message says which and what to do.
 *  source apt-secure(8): at least one good signature, no bad one; signatures of unknown keys beside it do not count */
pk_rc pk_signature_check_inline(const char *path, const char *signed_out, const char *keyring, const char *work_dir, pk_err *err) PK_MUST_USE;

/** Verify a detached signature (Release.gpg, repomd.xml.asc) over a file. As above. */
pk_rc pk_signature_check_detached(const char *path, const char *signature, const char *keyring, const char *work_dir, pk_err *err) PK_MUST_USE;

#endif
