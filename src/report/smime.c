/* SPDX-License-Identifier: Apache-2.0
 *
 * smime: reports that a client encrypted for this server, as
 * `openssl smime -encrypt -binary -aes-256-cbc -outform DER` and `openssl cms -encrypt …` make them.
 *
 * CBC is not authenticated: whoever can send altered copies of a captured report and sees *why* each is refused can
 * decrypt it. So every refusal of an encrypted report, also for what its plain text says, reads the same. */
#include "report/decoder.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdlib.h>

/** Most recipients of a message: each costs an operation with the private key. */
#define RECIPIENTS_MAX 16

struct pk_report_key {
  EVP_PKEY *key;
  X509 *certificate; /* NULL: not in the file */
};

/* Keys with a passphrase are refused; without this OpenSSL would ask on the terminal. */
static int no_passphrase(char *buf, int size, int writing, void *arg) {
  (void)buf, (void)size, (void)writing, (void)arg;
  return -1;
}

void pk_report_key_free(pk_report_key **key) {
  if (!*key) return;
  EVP_PKEY_free((*key)->key);
  X509_free((*key)->certificate);
  free(*key);
  *key = NULL;
}

static pk_rc load(BIO *file, const char *path, pk_report_key *key, pk_err *err) {
  key->key = PEM_read_bio_PrivateKey(file, NULL, no_passphrase, NULL);
  if (!key->key)
    return pk_err_set(err, PK_E_CONFIG, "report_decryption_key '%s' holds no PEM private key without passphrase", path);
  if (BIO_reset(file) != 0) return pk_err_set(err, PK_E_CONFIG, "report_decryption_key '%s' cannot be read twice", path);
  key->certificate = PEM_read_bio_X509(file, NULL, no_passphrase, NULL);
  if (key->certificate && X509_check_private_key(key->certificate, key->key) != 1)
    return pk_err_set(err, PK_E_CONFIG, "report_decryption_key '%s' holds a certificate of another key", path);
  return PK_OK;
}

pk_rc pk_report_key_load(const char *path, pk_report_key **ret, pk_err *err) {
  BIO *file = BIO_new_file(path, "r");
  if (!file) {
    ERR_clear_error();
    return pk_err_set(err, PK_E_CONFIG, "report_decryption_key '%s' cannot be opened", path);
  }
  pk_report_key *key = pk_calloc(1, sizeof *key);
  pk_rc rc = load(file, path, key, err);
  BIO_free(file);
  ERR_clear_error();
  if (rc == PK_OK)
    *ret = key;
  else
    pk_report_key_free(&key);
  return rc;
}

pk_rc pk_smime_refuse(pk_err *err) {
  return pk_err_set(err, PK_E_VERIFY,
                    "the encrypted report cannot be used: it must be a protocol 5 report, encrypted with the certificate of "
                    "this server's report_decryption_key");
}

static size_t count_recipients(CMS_ContentInfo *cms) {
  STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
  size_t n = 0;
  for (int i = 0; i < sk_CMS_RecipientInfo_num(all); i++) {
    CMS_RecipientInfo *one = sk_CMS_RecipientInfo_value(all, i);
    STACK_OF(CMS_RecipientEncryptedKey) *keys = NULL;
    if (CMS_RecipientInfo_type(one) == CMS_RECIPINFO_AGREE) keys = CMS_RecipientInfo_kari_get0_reks(one);
    n += keys ? (size_t)sk_CMS_RecipientEncryptedKey_num(keys) : 1;
  }
  return n;
}

static bool decrypt(pk_decoder *d, const pk_report_key *key, CMS_ContentInfo *cms, pk_str *ret) {
  size_t n_recipients = count_recipients(cms);
  if (n_recipients == 0 || n_recipients > RECIPIENTS_MAX) return false;
  BIO *out = BIO_new(BIO_s_mem());
  if (!out) pk_panic("out of memory");
  char *text = NULL;
  bool good = CMS_decrypt(cms, key->key, key->certificate, NULL, out, CMS_BINARY) == 1;
  long n = good ? BIO_get_mem_data(out, &text) : 0;
  good = n > 0 && (size_t)n <= d->limits->body_bytes_max && pk_arena_copy(d->arena, (pk_str){text, (size_t)n}, ret);
  BIO_free(out);
  return good;
}

pk_rc pk_smime_decrypt(pk_decoder *d, const pk_report_key *key, pk_str der, pk_str *ret) {
  if (!key)
    return pk_err_set(d->err, PK_E_VERIFY,
                      "the report is encrypted, but this server has no report_decryption_key: send it in clear over HTTPS");
  BIO *in = der.n <= INT32_MAX ? BIO_new_mem_buf(der.p, (int)der.n) : NULL;
  CMS_ContentInfo *cms = in ? d2i_CMS_bio(in, NULL) : NULL;
  bool good = cms && decrypt(d, key, cms, ret);
  CMS_ContentInfo_free(cms);
  BIO_free(in);
  ERR_clear_error();
  return good ? PK_OK : pk_smime_refuse(d->err);
}
