/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>

pk_digest pk_digest_of(pk_str content) {
  pk_digest d;
  crypto_generichash(d.bytes, sizeof d.bytes, (const unsigned char *)content.p, content.n, NULL, 0);
  return d;
}

static const struct {
  pk_sum_type type;
  const char *name;    /* OpenSSL's and the vendors' usual one */
  const char *written; /* another way vendors write it */
  size_t hex_len;
} SUMS[] = {
    {PK_SUM_SHA1, "sha1", "sha", 40},      {PK_SUM_SHA224, "sha224", "sha224", 56},
    {PK_SUM_SHA256, "sha256", "sha256", 64}, {PK_SUM_SHA384, "sha384", "sha384", 96},
    {PK_SUM_SHA512, "sha512", "sha512", 128},
};

pk_rc pk_sum_parse(pk_str type, pk_str hex, pk_sum *ret, pk_err *err) {
  for (size_t i = 0; i < sizeof SUMS / sizeof SUMS[0]; i++) {
    if (!pk_str_is_nocase(type, SUMS[i].name) && !pk_str_is_nocase(type, SUMS[i].written)) continue;
    if (hex.n != SUMS[i].hex_len) return pk_err_set(err, PK_E_SYNTAX, "a %s checksum of %zu digits", SUMS[i].name, hex.n);
    pk_sum sum = {.type = SUMS[i].type};
    for (size_t k = 0; k < hex.n; k++) {
      char c = hex.p[k];
      if (c >= 'A' && c <= 'F') c = (char)(c - 'A' + 'a');
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
        return pk_err_set(err, PK_E_SYNTAX, "a checksum with a character that is not hexadecimal");
      sum.hex[k] = c;
    }
    *ret = sum;
    return PK_OK;
  }
  return pk_err_set(err, PK_E_SYNTAX, "checksum algorithm '%.*s' is not accepted", PK_FMT(type));
}

static const char *sum_name(pk_sum_type type) {
  for (size_t i = 0; i < sizeof SUMS / sizeof SUMS[0]; i++)
    if (SUMS[i].type == type) return SUMS[i].name;
  return "none";
}

static pk_rc sum_file(const char *path, const char *name, char *ret_hex, pk_err *err) {
  FILE *f = fopen(path, "rbe");
  if (!f) return pk_err_set(err, PK_E_IO, "cannot open '%s': %s", path, strerror(errno));
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  unsigned char value[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  char block[65536];
  bool good = ctx && EVP_DigestInit_ex(ctx, EVP_get_digestbyname(name), NULL) == 1;
  for (size_t got; good && (got = fread(block, 1, sizeof block, f)) > 0;) good = EVP_DigestUpdate(ctx, block, got) == 1;
  good = good && !ferror(f) && EVP_DigestFinal_ex(ctx, value, &n) == 1;
  EVP_MD_CTX_free(ctx);
  fclose(f);
  if (!good) return pk_err_set(err, PK_E_IO, "cannot compute the %s of '%s'", name, path);
  sodium_bin2hex(ret_hex, PK_SUM_HEX_MAX + 1, value, n);
  return PK_OK;
}

pk_rc pk_sum_check_file(const pk_sum *want, const char *path, pk_err *err) {
  char hex[PK_SUM_HEX_MAX + 1];
  const char *name = sum_name(want->type);
  pk_rc rc = sum_file(path, name, hex, err);
  if (rc != PK_OK) return rc;
  if (strcmp(hex, want->hex) != 0)
    return pk_err_set(err, PK_E_VERIFY, "wrong checksum: %s is %.16s…, should be %.16s…", name, hex, want->hex);
  return PK_OK;
}

pk_sum pk_sum_of(pk_str bytes) {
  unsigned char value[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(value, (const unsigned char *)bytes.p, bytes.n);
  pk_sum sum = {.type = PK_SUM_SHA256};
  sodium_bin2hex(sum.hex, sizeof sum.hex, value, sizeof value);
  return sum;
}
