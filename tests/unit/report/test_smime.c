/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys, certificates and messages are made here: nothing secret lies in the tree. */
#include "helper.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <unistd.h>

static const char REPORT[] = "#\nhost: secret.example.org\npackager: dpkg\n#\nbash\t5.2-1\tamd64\n#\n";

typedef struct identity {
  EVP_PKEY *key;
  X509 *certificate;
} identity;

static identity SERVER, OTHER;

static identity make_identity(long serial) {
  identity id = {.key = EVP_RSA_gen(2048), .certificate = X509_new()};
  assert_non_null(id.key);
  X509_set_version(id.certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(id.certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(id.certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(id.certificate), 3600);
  X509_set_pubkey(id.certificate, id.key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(id.certificate), "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
  X509_set_issuer_name(id.certificate, X509_get_subject_name(id.certificate));
  assert_true(X509_sign(id.certificate, id.key, EVP_sha256()) > 0);
  return id;
}

static void free_identity(identity *id) {
  EVP_PKEY_free(id->key);
  X509_free(id->certificate);
}

static int make_identities(void **state) {
  (void)state;
  SERVER = make_identity(1);
  OTHER = make_identity(2);
  return 0;
}

static int free_identities(void **state) {
  (void)state;
  free_identity(&SERVER);
  free_identity(&OTHER);
  return 0;
}

/* A key file of these parts, loaded; the file is gone afterwards. */
static pk_rc load(EVP_PKEY *key, X509 *certificate, const char *passphrase, pk_report_key **ret, pk_err *err) {
  char path[] = "/tmp/pakiti-test-key-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *file = fdopen(fd, "w");
  if (certificate) PEM_write_X509(file, certificate);
  if (key)
    PEM_write_PrivateKey(file, key, passphrase ? EVP_aes_128_cbc() : NULL, (const unsigned char *)passphrase,
                         passphrase ? (int)strlen(passphrase) : 0, NULL, NULL);
  fclose(file);
  pk_rc rc = pk_report_key_load(path, ret, err);
  unlink(path);
  return rc;
}

static pk_report_key *load_good(const identity *id, bool with_certificate) {
  pk_report_key *key = NULL;
  pk_err err = {0};
  if (load(id->key, with_certificate ? id->certificate : NULL, NULL, &key, &err) != PK_OK) fail_msg("%s", err.text);
  return key;
}

static STACK_OF(X509) * recipients(const identity *id, size_t n) {
  STACK_OF(X509) *all = sk_X509_new_null();
  for (size_t i = 0; i < n; i++) sk_X509_push(all, id->certificate);
  return all;
}

/* What `openssl smime -encrypt -binary -aes-256-cbc -outform DER` makes. The caller frees `.p`. */
static pk_str encrypt_pkcs7(const identity *id, const char *text) {
  BIO *in = BIO_new_mem_buf(text, -1);
  STACK_OF(X509) *to = recipients(id, 1);
  PKCS7 *message = PKCS7_encrypt(to, in, EVP_aes_256_cbc(), PKCS7_BINARY);
  unsigned char *der = NULL;
  int n = i2d_PKCS7(message, &der);
  assert_true(n > 0);
  PKCS7_free(message);
  sk_X509_free(to);
  BIO_free(in);
  return (pk_str){(char *)der, (size_t)n};
}

static pk_str encrypt_cms(const identity *id, size_t n_recipients, const EVP_CIPHER *cipher, const char *text) {
  BIO *in = BIO_new_mem_buf(text, -1);
  STACK_OF(X509) *to = recipients(id, n_recipients);
  CMS_ContentInfo *message = CMS_encrypt(to, in, cipher, CMS_BINARY);
  unsigned char *der = NULL;
  int n = i2d_CMS_ContentInfo(message, &der);
  assert_true(n > 0);
  CMS_ContentInfo_free(message);
  sk_X509_free(to);
  BIO_free(in);
  return (pk_str){(char *)der, (size_t)n};
}

static void free_der(pk_str der) { OPENSSL_free((void *)(uintptr_t)der.p); }

static void decode_with(outcome *o, const identity *id, bool with_certificate, pk_str der) {
  pk_report_key *key = load_good(id, with_certificate);
  o->key = key;
  decode_request(o, (pk_report_request){.body = der, .query = PK_STR("protocol=5")});
  o->key = NULL;
  pk_report_key_free(&key);
}

static void assert_decrypted(outcome *o) {
  assert_good(o);
  assert_text(o->report.host, "secret.example.org");
  assert_package(o, 0, "bash", "5.2-1", "amd64");
  assert_int_equal(o->form, PK_REPLY_PAKITI3);
}

static void test_report_when_encrypted_by_smime_then_read(void **state) {
  outcome *o = *state;
  pk_str der = encrypt_pkcs7(&SERVER, REPORT);
  decode_with(o, &SERVER, true, der);
  assert_decrypted(o);
  decode_with(o, &SERVER, false, der);
  assert_decrypted(o);
  free_der(der);
}

static void test_report_when_encrypted_by_cms_then_read(void **state) {
  outcome *o = *state;
  pk_str der = encrypt_cms(&SERVER, 1, EVP_aes_256_cbc(), REPORT);
  decode_with(o, &SERVER, true, der);
  assert_decrypted(o);
  free_der(der);
}

static void test_report_when_encrypted_with_authentication_then_read(void **state) {
  outcome *o = *state;
  pk_str der = encrypt_cms(&SERVER, 1, EVP_aes_256_gcm(), REPORT);
  decode_with(o, &SERVER, true, der);
  assert_decrypted(o);
  free_der(der);
}

static void test_report_when_the_server_has_no_key_then_says_so(void **state) {
  outcome *o = *state;
  pk_str der = encrypt_pkcs7(&SERVER, REPORT);
  decode_request(o, (pk_report_request){.body = der});
  assert_refused(o, PK_E_VERIFY, "no report_decryption_key");
  assert_int_equal(o->form, PK_REPLY_PAKITI3);
  free_der(der);
}

/* Whoever sends altered copies must not learn from the answers. */
static void test_report_when_not_usable_then_always_the_same_message(void **state) {
  outcome *o = *state;
  char first[PK_ERR_TEXT_MAX];
  pk_str good = encrypt_pkcs7(&SERVER, REPORT), no_report = encrypt_pkcs7(&SERVER, "no report"),
         bad_line = encrypt_pkcs7(&SERVER, "#\nhost: h\n#\nbroken\n"),
         crowded = encrypt_cms(&SERVER, 40, EVP_aes_256_cbc(), REPORT);
  decode_with(o, &OTHER, true, good);
  assert_int_equal(o->rc, PK_E_VERIFY);
  memcpy(first, o->err.text, sizeof first);
  decode_with(o, &OTHER, false, good);
  assert_refused(o, PK_E_VERIFY, first);
  pk_str samples[] = {no_report, bad_line, crowded, pk_str_sub(good, 0, good.n - 20)};
  for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
    decode_with(o, &SERVER, true, samples[i]);
    assert_refused(o, PK_E_VERIFY, first);
  }
  for (size_t back = 1; back < 40; back++) { /* the padding, the last blocks */
    char *altered = pk_str_dup(good);
    altered[good.n - back] = (char)(altered[good.n - back] ^ 0x41);
    decode_with(o, &SERVER, true, (pk_str){altered, good.n});
    if (o->rc != PK_OK) assert_refused(o, PK_E_VERIFY, first);
    free(altered);
  }
  free_der(good), free_der(no_report), free_der(bad_line), free_der(crowded);
}

static void test_der_when_it_is_no_message_then_refused(void **state) {
  outcome *o = *state;
  char der[64] = "\x30\x82\x00\x3c";
  decode_with(o, &SERVER, true, (pk_str){der, sizeof der});
  assert_refused(o, PK_E_VERIFY, "cannot be used");
}

static void test_key_when_file_is_missing_or_wrong_then_config_error(void **state) {
  (void)state;
  pk_report_key *key = NULL;
  pk_err err = {0};
  assert_int_equal(pk_report_key_load("/nonexistent/key.pem", &key, &err), PK_E_CONFIG);
  assert_non_null(strstr(err.text, "cannot be opened"));
  assert_int_equal(load(NULL, SERVER.certificate, NULL, &key, &err), PK_E_CONFIG);
  assert_non_null(strstr(err.text, "no PEM private key"));
  assert_int_equal(load(SERVER.key, NULL, "secret", &key, &err), PK_E_CONFIG);
  assert_int_equal(load(SERVER.key, OTHER.certificate, NULL, &key, &err), PK_E_CONFIG);
  assert_non_null(strstr(err.text, "certificate of another key"));
  assert_null(key);
  pk_report_key_free(&key);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_report_when_encrypted_by_smime_then_read),
      TEST(test_report_when_encrypted_by_cms_then_read),
      TEST(test_report_when_encrypted_with_authentication_then_read),
      TEST(test_report_when_the_server_has_no_key_then_says_so),
      TEST(test_report_when_not_usable_then_always_the_same_message),
      TEST(test_der_when_it_is_no_message_then_refused),
      TEST(test_key_when_file_is_missing_or_wrong_then_config_error),
  };
  return cmocka_run_group_tests(tests, make_identities, free_identities);
}
