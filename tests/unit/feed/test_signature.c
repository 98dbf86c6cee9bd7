/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures by keys that gpg makes for this run, in a folder of its own. */
#include "unit.h"

#include "feed/signature.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#define TEXT "Origin: Test\nSHA256:\n abc 1 main\n- dash \n"
/* As verified: no blanks at line ends, no end behind the last line. */
#define SIGNED "Origin: Test\nSHA256:\n abc 1 main\n- dash"
#define PAST "--faked-system-time", "20200101T000000"

typedef struct keys {
  folder box;
  char home[128];
} keys;

typedef struct test {
  folder *box;
  const char *home;
  char in[128], out[128], sig[128], work[128], keyring[512];
  pk_err err;
} test;

/* ---- gpg ---- */

static void run(const char *const *argv) {
  pk_buf output;
  int status = -1;
  pk_buf_init(&output, 65536);
  assert_int_equal(pk_child_run(argv, 20000, &output, &status, NULL), PK_OK);
  assert_int_equal(status, 0);
  pk_buf_free(&output);
}

#define GPG(home, ...)                                                                                                           \
  run((const char *const[]){"gpg", "--homedir", home, "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback",              \
                            "--passphrase", "", "--trust-model", "always", __VA_ARGS__, NULL})

static void export_key(keys *k, const char *user, const char *binary, const char *armoured) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", k->box.root, binary);
  GPG(k->home, "--output", path, "--export", user);
  snprintf(path, sizeof path, "%s/%s", k->box.root, armoured);
  GPG(k->home, "--output", path, "--armor", "--export", user);
}

static int make_keys(void **state) {
  keys *k = pk_calloc(1, sizeof *k);
  *state = k;
  folder_make(&k->box);
  snprintf(k->home, sizeof k->home, "%s/gnupg", k->box.root);
  assert_int_equal(mkdir(k->home, 0700), 0);
  GPG(k->home, "--quick-gen-key", "vendor", "ed25519", "sign", "never");
  GPG(k->home, "--quick-gen-key", "stranger", "ed25519", "sign", "never");
  GPG(k->home, PAST, "--quick-gen-key", "old", "ed25519", "sign", "never");
  GPG(k->home, PAST, "--quick-gen-key", "expired", "ed25519", "sign", "seconds=86400");
  export_key(k, "vendor", "vendor.gpg", "vendor.asc");
  export_key(k, "stranger", "stranger.gpg", "stranger.asc");
  export_key(k, "old", "old.gpg", "old.asc");
  export_key(k, "expired", "expired.gpg", "expired.asc");
  return 0;
}

static int remove_keys(void **state) {
  keys *k = *state;
  run((const char *const[]){"gpgconf", "--homedir", k->home, "--kill", "all", NULL});
  folder_remove(&k->box);
  free(k);
  return 0;
}

/* ---- around each test ---- */

static test begin(void **state) {
  keys *k = *state;
  test t = {.box = &k->box, .home = k->home};
  snprintf(t.in, sizeof t.in, "%s/InRelease", k->box.root);
  snprintf(t.out, sizeof t.out, "%s/Release.signed", k->box.root);
  snprintf(t.sig, sizeof t.sig, "%s/Release.gpg", k->box.root);
  snprintf(t.work, sizeof t.work, "%s/work", k->box.root);
  snprintf(t.keyring, sizeof t.keyring, "%s/vendor.gpg", k->box.root);
  assert_int_equal(pk_dir_make(t.work, NULL), PK_OK);
  unlink(t.in), unlink(t.out), unlink(t.sig);
  return t;
}

static void write_text(test *t, const char *name, const char *text) { folder_write(t->box, name, pk_str_of(text)); }

static char *read_text(const char *path) {
  pk_buf b;
  pk_buf_init(&b, 1 << 20);
  assert_int_equal(pk_file_read(path, &b, NULL), PK_OK);
  char *text = pk_str_dup(pk_buf_view(&b));
  pk_buf_free(&b);
  return text;
}

static void assert_work_is_empty(test *t) {
  DIR *dir = opendir(t->work);
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) assert_int_equal(e->d_name[0], '.');
  closedir(dir);
}

static pk_rc check_inline(test *t) {
  pk_rc rc = pk_signature_check_inline(t->in, t->out, t->keyring, t->work, &t->err);
  assert_int_equal(pk_file_exists(t->out), rc == PK_OK);
  assert_work_is_empty(t);
  return rc;
}

static pk_rc check_detached(test *t) {
  pk_rc rc = pk_signature_check_detached(t->in, t->sig, t->keyring, t->work, &t->err);
  assert_work_is_empty(t);
  return rc;
}

static void assert_message(test *t, const char *part) {
  if (!strstr(t->err.text, part)) fail_msg("message '%s' should hold '%s'", t->err.text, part);
}

static void assert_signed_text(test *t) {
  char *text = read_text(t->out);
  assert_string_equal(text, SIGNED);
  free(text);
}

#define CLEAR_SIGN(t, ...)                                                                                                       \
  do {                                                                                                                           \
    write_text(t, "plain", TEXT);                                                                                                \
    GPG((t)->home, "--output", (t)->in, __VA_ARGS__, "--clear-sign", folder_path((t)->box, "plain"));                           \
  } while (0)

#define SIGN_DETACHED(t, ...)                                                                                                    \
  do {                                                                                                                           \
    write_text(t, "InRelease", TEXT);                                                                                            \
    GPG((t)->home, "--output", (t)->sig, __VA_ARGS__, "--detach-sign", (t)->in);                                                 \
  } while (0)

/* Sign as the vendor, then put another text in place of the first occurrence of one. */
static void clear_sign_altered(test *t, const char *old, const char *new) {
  CLEAR_SIGN(t, "-u", "vendor");
  char *text = read_text(t->in), *at = strstr(text, old);
  assert_non_null(at);
  pk_buf b;
  pk_buf_init(&b, 1 << 20);
  pk_buf_add(&b, text, (size_t)(at - text));
  pk_buf_puts(&b, new);
  pk_buf_puts(&b, at + strlen(old));
  assert_int_equal(pk_file_write(t->in, pk_buf_view(&b), NULL), PK_OK);
  pk_buf_free(&b);
  free(text);
}

/* ---- clear-signed ---- */

static void test_inline_when_signed_by_vendor_then_exactly_signed_text(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, "-u", "vendor");
  assert_int_equal(check_inline(&t), PK_OK);
  assert_signed_text(&t);
}

static void test_inline_when_lines_end_in_crlf_then_good(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, "-u", "vendor");
  char *text = read_text(t.in);
  pk_buf b;
  pk_buf_init(&b, 1 << 20);
  for (const char *c = text; *c; c++) {
    if (*c == '\n') pk_buf_putc(&b, '\r');
    pk_buf_putc(&b, *c);
  }
  assert_int_equal(pk_file_write(t.in, pk_buf_view(&b), NULL), PK_OK);
  pk_buf_free(&b);
  free(text);
  assert_int_equal(check_inline(&t), PK_OK);
  assert_signed_text(&t);
}

static void test_inline_when_also_signed_by_stranger_then_good(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, "-u", "stranger", "-u", "vendor");
  assert_int_equal(check_inline(&t), PK_OK);
}

static void test_inline_when_signed_by_stranger_then_names_key_and_remedy(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, "-u", "stranger");
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  assert_message(&t, "signature of 'InRelease' is by key ");
  assert_message(&t, "which is not in the keyring: add it with --keyring FILE");
}

static void test_inline_when_text_is_altered_then_bad(void **state) {
  test t = begin(state);
  clear_sign_altered(&t, "Origin: Test", "Origin: Evil");
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  assert_message(&t, "does not fit");
}

static void test_inline_when_key_has_expired_then_refused(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, PAST, "-u", "expired");
  snprintf(t.keyring, sizeof t.keyring, "%s/expired.gpg", t.box->root);
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  assert_message(&t, "which has expired");
}

static void test_inline_when_signature_has_expired_then_refused(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, PAST, "-u", "old", "--default-sig-expire", "seconds=60");
  snprintf(t.keyring, sizeof t.keyring, "%s/old.gpg", t.box->root);
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  assert_message(&t, "and has expired");
}

static void test_inline_when_digest_is_sha1_then_refused(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, "-u", "vendor", "--digest-algo", "SHA1");
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  assert_message(&t, "too weak");
}

static void test_inline_when_form_is_not_clear_then_refused(void **state) {
  static const struct {
    const char *old, *new;
  } cases[] = {
      {"-----BEGIN PGP SIGNED", "Origin: Evil\n-----BEGIN PGP SIGNED"},
      {"-----END PGP SIGNATURE-----\n", "-----END PGP SIGNATURE-----\nOrigin: Evil\n"},
      {"-----END PGP SIGNATURE-----\n", ""},
      {"Hash: ", "NotDashEscaped: yes\nHash: "},
      {"Hash: ", "Origin: Evil\nHash: "},
      {"- - dash", "-dash"},
  };
  test t = begin(state);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    clear_sign_altered(&t, cases[i].old, cases[i].new);
    assert_int_equal(check_inline(&t), PK_E_VERIFY);
    assert_message(&t, "'InRelease' is not a well-formed clear-signed file");
  }
}

static void test_inline_when_line_is_too_long_then_refused(void **state) {
  test t = begin(state);
  char line[20001];
  snprintf(line, sizeof line, "Origin: Test%*s", 19988, "Evil");
  clear_sign_altered(&t, "Origin: Test", line);
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  assert_message(&t, "not a well-formed");
}

static void test_inline_when_file_is_empty_unsigned_or_missing_then_refused(void **state) {
  test t = begin(state);
  assert_int_equal(check_inline(&t), PK_E_IO);
  write_text(&t, "InRelease", "");
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
  write_text(&t, "InRelease", TEXT);
  assert_int_equal(check_inline(&t), PK_E_VERIFY);
}

static void test_inline_when_result_cannot_be_written_then_io_error(void **state) {
  test t = begin(state);
  CLEAR_SIGN(&t, "-u", "vendor");
  snprintf(t.out, sizeof t.out, "%s/nowhere/out", t.box->root);
  assert_int_equal(check_inline(&t), PK_E_IO);
}

/* ---- detached ---- */

static void test_detached_when_signed_by_vendor_then_good(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  assert_int_equal(check_detached(&t), PK_OK);
  SIGN_DETACHED(&t, "-u", "vendor", "--armor");
  assert_int_equal(check_detached(&t), PK_OK);
}

static void test_detached_when_file_is_altered_then_bad(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  write_text(&t, "InRelease", TEXT "\n");
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
  assert_message(&t, "does not fit");
}

static void test_detached_when_signature_brings_its_own_text_then_refused(void **state) {
  test t = begin(state);
  write_text(&t, "plain", TEXT);
  write_text(&t, "InRelease", "Origin: Evil\n");
  GPG(t.home, "--output", t.sig, "-u", "vendor", "--sign", folder_path(t.box, "plain"));
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
  GPG(t.home, "--output", t.sig, "-u", "vendor", "--clear-sign", folder_path(t.box, "plain"));
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
}

static void test_detached_when_signature_is_missing_or_none_then_refused(void **state) {
  test t = begin(state);
  write_text(&t, "InRelease", TEXT);
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
  assert_message(&t, "carries no signature");
  write_text(&t, "Release.gpg", "<html>not found</html>\n");
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
}

static void test_detached_when_one_signature_is_bad_then_it_spoils_the_good_one(void **state) {
  test t = begin(state);
  pk_buf both;
  pk_buf_init(&both, 1 << 20);
  SIGN_DETACHED(&t, "-u", "vendor"); /* the good one first: gpgv ends at a bad one */
  assert_int_equal(pk_file_read(t.sig, &both, NULL), PK_OK);
  write_text(&t, "plain", "another text\n");
  GPG(t.home, "--output", t.sig, "-u", "stranger", "--detach-sign", folder_path(t.box, "plain"));
  assert_int_equal(pk_file_read(t.sig, &both, NULL), PK_OK);
  folder_write(t.box, "Release.gpg", pk_buf_view(&both));
  pk_buf_free(&both);
  assert_int_equal(check_detached(&t), PK_OK); /* nobody can say that the stranger's is bad */
  snprintf(t.keyring, sizeof t.keyring, "%s/vendor.gpg %s/stranger.gpg", t.box->root, t.box->root);
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
  assert_message(&t, "does not fit");
}

static void test_detached_when_expired_key_signed_beside_vendor_then_good(void **state) {
  test t = begin(state);
  pk_buf both;
  pk_buf_init(&both, 1 << 20);
  SIGN_DETACHED(&t, PAST, "-u", "expired");
  assert_int_equal(pk_file_read(t.sig, &both, NULL), PK_OK);
  SIGN_DETACHED(&t, "-u", "vendor");
  assert_int_equal(pk_file_read(t.sig, &both, NULL), PK_OK);
  folder_write(t.box, "Release.gpg", pk_buf_view(&both));
  pk_buf_free(&both);
  snprintf(t.keyring, sizeof t.keyring, "%s/expired.gpg %s/vendor.gpg", t.box->root, t.box->root);
  assert_int_equal(check_detached(&t), PK_OK);
  snprintf(t.keyring, sizeof t.keyring, "%s/expired.gpg", t.box->root);
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
}

/* gpg leaves a certificate of revocation beside a new key, made harmless by a colon in front. */
static pk_rc revoke_by(void *arg, const char *path, pk_err *err) {
  const char *home = arg;
  char *text = read_text(path), *begin = strstr(text, ":-----BEGIN"), own[256];
  (void)err;
  assert_non_null(begin);
  snprintf(own, sizeof own, "%s/revocation", home);
  assert_int_equal(pk_file_write(own, pk_str_of(begin + 1), NULL), PK_OK);
  free(text);
  GPG(home, "--import", own);
  return PK_OK;
}

static void test_detached_when_key_is_revoked_then_refused(void **state) {
  test t = begin(state);
  char home[160], revocations[192];
  snprintf(home, sizeof home, "%s/other", t.box->root);
  snprintf(revocations, sizeof revocations, "%s/openpgp-revocs.d", home);
  assert_int_equal(mkdir(home, 0700), 0);
  GPG(home, "--quick-gen-key", "revoked", "ed25519", "sign", "never");
  t.home = home;
  SIGN_DETACHED(&t, "-u", "revoked");
  assert_int_equal(pk_dir_each(revocations, ".rev", revoke_by, home, NULL), PK_OK);
  snprintf(t.keyring, sizeof t.keyring, "%s/revoked.gpg", t.box->root);
  GPG(home, "--output", t.keyring, "--export", "revoked");
  run((const char *const[]){"gpgconf", "--homedir", home, "--kill", "all", NULL});
  assert_int_equal(check_detached(&t), PK_E_VERIFY);
  assert_message(&t, "which was revoked");
}

/* ---- keyrings ---- */

static void test_keyring_when_armoured_file_then_good(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  snprintf(t.keyring, sizeof t.keyring, "%s/vendor.asc", t.box->root);
  assert_int_equal(check_detached(&t), PK_OK);
}

/* Text around several blocks, as distributions ship them. */
static void test_keyring_when_several_blocks_then_each_counts(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  char *first = read_text(folder_path(t.box, "stranger.asc")), *second = read_text(folder_path(t.box, "vendor.asc"));
  pk_buf b;
  pk_buf_init(&b, 1 << 20);
  pk_buf_printf(&b, "pub ed25519: a comment\n%s\npub ed25519: another\n%s", first, second);
  folder_write(t.box, "both.asc", pk_buf_view(&b));
  pk_buf_free(&b);
  free(first), free(second);
  snprintf(t.keyring, sizeof t.keyring, "%s/both.asc", t.box->root);
  assert_int_equal(check_detached(&t), PK_OK);
}

static void test_keyring_when_folder_then_its_keys_count(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  char *key = read_text(folder_path(t.box, "vendor.asc"));
  write_text(&t, "folder/vendor.asc", key);
  write_text(&t, "folder/broken.gpg", "no key\n");
  write_text(&t, "folder/empty.gpg", "");
  write_text(&t, "folder/garbage.gpg", "\x80\xff\xff garbage");
  free(key);
  snprintf(t.keyring, sizeof t.keyring, "%s/stranger.gpg  %s/folder", t.box->root, t.box->root);
  assert_int_equal(check_detached(&t), PK_OK);
}

static void test_keyring_when_key_block_itself_then_good(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  char *block = read_text(folder_path(t.box, "vendor.asc"));
  assert_int_equal(pk_signature_check_detached(t.in, t.sig, block, t.work, &t.err), PK_OK);
  free(block);
  assert_work_is_empty(&t);
}

/* deb822 Signed-By: every line indented, '.' for an empty one. */
static void test_keyring_when_key_block_is_indented_then_good(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  char *block = read_text(folder_path(t.box, "vendor.asc"));
  pk_buf b;
  pk_buf_init(&b, 1 << 20);
  pk_str rest = pk_str_of(block);
  for (pk_str line; pk_str_split(&rest, '\n', &line);) pk_buf_printf(&b, "\n %.*s", PK_FMT(line.n ? line : PK_STR(".")));
  assert_int_equal(pk_signature_check_detached(t.in, t.sig, pk_buf_cstr(&b), t.work, &t.err), PK_OK);
  pk_buf_free(&b);
  free(block);
}

static void test_keyring_when_paths_are_relative_then_good(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  assert_int_equal(chdir(t.box->root), 0);
  pk_rc rc = pk_signature_check_detached("InRelease", "Release.gpg", "vendor.gpg", "work", &t.err);
  pk_rc armoured = pk_signature_check_detached("InRelease", "Release.gpg", "vendor.asc", "work", &t.err);
  assert_int_equal(fchdir(before), 0);
  close(before);
  assert_int_equal(rc, PK_OK);
  assert_int_equal(armoured, PK_OK);
}

static void test_keyring_when_unusable_then_config_error_names_it(void **state) {
  test t = begin(state);
  SIGN_DETACHED(&t, "-u", "vendor");
  char *cut = read_text(folder_path(t.box, "vendor.asc"));
  strstr(cut, "-----END")[0] = '\0';
  write_text(&t, "cut.asc", cut);
  free(cut);
  write_text(&t, "page.gpg", "<html>not found</html>\n");
  static const struct {
    const char *name, *message;
  } cases[] = {{"nothing", "no such file or folder"},
               {"cut.asc", "damaged or incomplete"},
               {"page.gpg", "holds no OpenPGP"},
               {"work", "give the vendor's with --keyring FILE"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    snprintf(t.keyring, sizeof t.keyring, "%s/%s", t.box->root, cases[i].name);
    assert_int_equal(check_detached(&t), PK_E_CONFIG);
    assert_int_equal(t.err.rc, PK_E_CONFIG);
    assert_message(&t, cases[i].message);
  }
  t.keyring[0] = '\0';
  assert_int_equal(check_detached(&t), PK_E_CONFIG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_inline_when_signed_by_vendor_then_exactly_signed_text),
      cmocka_unit_test(test_inline_when_lines_end_in_crlf_then_good),
      cmocka_unit_test(test_inline_when_also_signed_by_stranger_then_good),
      cmocka_unit_test(test_inline_when_signed_by_stranger_then_names_key_and_remedy),
      cmocka_unit_test(test_inline_when_text_is_altered_then_bad),
      cmocka_unit_test(test_inline_when_key_has_expired_then_refused),
      cmocka_unit_test(test_inline_when_signature_has_expired_then_refused),
      cmocka_unit_test(test_inline_when_digest_is_sha1_then_refused),
      cmocka_unit_test(test_inline_when_form_is_not_clear_then_refused),
      cmocka_unit_test(test_inline_when_line_is_too_long_then_refused),
      cmocka_unit_test(test_inline_when_file_is_empty_unsigned_or_missing_then_refused),
      cmocka_unit_test(test_inline_when_result_cannot_be_written_then_io_error),
      cmocka_unit_test(test_detached_when_signed_by_vendor_then_good),
      cmocka_unit_test(test_detached_when_file_is_altered_then_bad),
      cmocka_unit_test(test_detached_when_signature_brings_its_own_text_then_refused),
      cmocka_unit_test(test_detached_when_signature_is_missing_or_none_then_refused),
      cmocka_unit_test(test_detached_when_one_signature_is_bad_then_it_spoils_the_good_one),
      cmocka_unit_test(test_detached_when_expired_key_signed_beside_vendor_then_good),
      cmocka_unit_test(test_detached_when_key_is_revoked_then_refused),
      cmocka_unit_test(test_keyring_when_armoured_file_then_good),
      cmocka_unit_test(test_keyring_when_several_blocks_then_each_counts),
      cmocka_unit_test(test_keyring_when_folder_then_its_keys_count),
      cmocka_unit_test(test_keyring_when_key_block_itself_then_good),
      cmocka_unit_test(test_keyring_when_key_block_is_indented_then_good),
      cmocka_unit_test(test_keyring_when_paths_are_relative_then_good),
      cmocka_unit_test(test_keyring_when_unusable_then_config_error_names_it),
  };
  if (access("/usr/bin/gpg", X_OK) != 0 && access("/bin/gpg", X_OK) != 0) return 77; /* skipped, says Meson */
  return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
