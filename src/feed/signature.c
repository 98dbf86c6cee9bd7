/* SPDX-License-Identifier: Apache-2.0
 *
 * A check collects the keyrings, lays what gpgv needs into a temporary folder, runs it, and judges its status lines.
 *
 * A clear-signed file is taken apart here and its text verified as a file with a detached signature, as APT does. gpgv
 * can do that itself, but then what it writes need not be what it verified: with a full disk it reports a good signature over
 * a file that it wrote in part, and it passes over armour headers, long lines and second messages that it does not understand.
 *
 *   -----BEGIN PGP SIGNED MESSAGE-----
 *   Hash: SHA512
 *
 *   Origin: Debian
 *   - -a line that began with a dash
 *   -----BEGIN PGP SIGNATURE-----
 *
 *   iHUEARYKAB0WIQ…
 *   -----END PGP SIGNATURE----- */
#include "feed/signature.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A clear-signed file, and a line of it: gpgv does not hash what is behind 20,000 bytes of a line. */
#define MESSAGE_BYTES_MAX ((size_t)32 << 20)
#define MESSAGE_LINE_MAX 16000
/* A key file or all armoured keys together; key files in all. */
#define KEYRING_BYTES_MAX ((size_t)16 << 20)
#define KEYRINGS_MAX 256
/* What gpgv may say, and how long it may take. */
#define STATUS_BYTES_MAX ((size_t)256 << 10)
#define GPGV_TIMEOUT_MS 30000

#define BEGIN_KEYS "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define END_KEYS "-----END PGP PUBLIC KEY BLOCK-----"
#define BEGIN_MESSAGE "-----BEGIN PGP SIGNED MESSAGE-----"
#define BEGIN_SIGNATURE "-----BEGIN PGP SIGNATURE-----"
#define END_SIGNATURE "-----END PGP SIGNATURE-----"

typedef struct check {
  const char *name; /* of the signed file, in messages */
  pk_buf dir;       /* temporary folder, its path fit for gpgv */
  char **keyrings;  /* binary ones, their paths fit for gpgv */
  size_t n_keyrings, keyrings_cap;
  pk_buf keys; /* what armoured keys hold */
} check;

/* gpgv looks for names without a slash in its own folder, and '~' or "gnupg-ring:" in front mean something to it. */
static char *path_for_gpgv(pk_str path) {
  pk_buf b;
  pk_buf_init(&b, path.n + 2);
  if (!pk_str_starts(path, "/")) pk_buf_puts(&b, "./");
  pk_buf_str(&b, path);
  char *copy = pk_str_dup(pk_buf_view(&b));
  pk_buf_free(&b);
  return copy;
}

/* ---- the temporary folder ---- */

typedef enum temporary { TEMP_KEYS, TEMP_TEXT, TEMP_SIGNATURE, N_TEMPORARIES } temporary;

static char *temporary_path(check *c, temporary which) {
  static const char *const names[] = {[TEMP_KEYS] = "keys", [TEMP_TEXT] = "text", [TEMP_SIGNATURE] = "signature"};
  pk_buf b;
  pk_buf_init(&b, SIZE_MAX / 2);
  pk_buf_printf(&b, "%s/%s", pk_buf_cstr(&c->dir), names[which]);
  char *path = pk_str_dup(pk_buf_view(&b));
  pk_buf_free(&b);
  return path;
}

static pk_rc write_temporary(check *c, temporary which, pk_str bytes, pk_err *err) {
  char *path = temporary_path(c, which);
  pk_rc rc = pk_file_write(path, bytes, err);
  free(path);
  return rc;
}

static pk_rc check_init(check *c, const char *path, const char *work_dir, pk_err *err) {
  const char *slash = strrchr(path, '/');
  *c = (check){.name = slash ? slash + 1 : path};
  pk_buf_init(&c->keys, KEYRING_BYTES_MAX);
  pk_buf_init(&c->dir, SIZE_MAX / 2);
  char *template = path_for_gpgv(pk_str_of(work_dir));
  pk_buf_printf(&c->dir, "%s/verify-XXXXXX", template);
  free(template);
  pk_buf_cstr(&c->dir);
  if (mkdtemp(c->dir.p)) return PK_OK;
  pk_rc rc = pk_err_set(err, PK_E_IO, "cannot make a temporary folder in '%s': %s", work_dir, strerror(errno));
  pk_buf_free(&c->dir);
  return rc;
}

static void check_fini(check *c) {
  for (temporary t = 0; t < N_TEMPORARIES && c->dir.p; t++) {
    char *path = temporary_path(c, t);
    unlink(path);
    free(path);
  }
  if (c->dir.p) rmdir(c->dir.p);
  for (size_t i = 0; i < c->n_keyrings; i++) free(c->keyrings[i]);
  free(c->keyrings);
  pk_buf_free(&c->keys);
  pk_buf_free(&c->dir);
}

/* ---- armoured keys (RFC 4880 section 6.2) ---- */

static bool add_decoded(pk_buf *keys, pk_str base64) {
  unsigned char *bytes = pk_alloc(base64.n);
  size_t n = 0;
  bool good =
      base64.n && sodium_base642bin(bytes, base64.n, base64.p, base64.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
  if (good) pk_buf_add(keys, bytes, n);
  free(bytes);
  return good;
}

/* Every block of a text. In APT's configuration lines are indented and a '.' stands for an empty one. */
static pk_rc add_armoured(check *c, pk_str text, pk_err *err) {
  enum { OUTSIDE, HEADERS, BODY } at = OUTSIDE;
  bool good = true;
  pk_buf base64;
  pk_buf_init(&base64, KEYRING_BYTES_MAX);
  for (pk_str line; good && pk_str_split(&text, '\n', &line);) {
    line = pk_str_trim(line);
    bool checksum = line.n == 5 && line.p[0] == '='; /* optional, and says nothing about who made the key */
    if (pk_str_is(line, BEGIN_KEYS)) {
      good = at == OUTSIDE;
      base64.n = 0;
      at = HEADERS;
    } else if (pk_str_is(line, END_KEYS)) {
      good = at == BODY && add_decoded(&c->keys, pk_buf_view(&base64));
      at = OUTSIDE;
    } else if (at == HEADERS && (line.n == 0 || pk_str_is(line, "."))) {
      at = BODY;
    } else if (at == BODY && !checksum) {
      pk_buf_str(&base64, line);
    }
  }
  pk_buf_free(&base64);
  if (!good || at != OUTSIDE) return pk_err_set(err, PK_E_CONFIG, "an armoured key is damaged or incomplete");
  if (c->keys.over) return pk_err_set(err, PK_E_CONFIG, "the keys take more than %zu bytes", c->keys.max);
  return PK_OK;
}

/* ---- keyrings ---- */

static bool has_armour(pk_str content) {
  return content.n && memmem(content.p, content.n, BEGIN_KEYS, sizeof BEGIN_KEYS - 1) != NULL;
}

/* RFC 4880 section 4.2: a public key's packet has tag 6, in the old or the new form. A keybox has its magic behind length,
 * type and flags. */
static bool is_binary_keyring(pk_str content) {
  unsigned char first = content.n ? (unsigned char)content.p[0] : 0;
  return (first & 0xfc) == 0x98 || first == 0xc6 || (content.n >= 12 && memcmp(content.p + 8, "KBXf", 4) == 0);
}

static pk_rc add_keyring(check *c, pk_str path, pk_err *err) {
  if (c->n_keyrings == KEYRINGS_MAX) return pk_err_set(err, PK_E_CONFIG, "more than %d files", KEYRINGS_MAX);
  PK_GROW(c->keyrings, c->n_keyrings, c->keyrings_cap);
  c->keyrings[c->n_keyrings++] = path_for_gpgv(path);
  return PK_OK;
}

/* PK_END: the file holds no key. */
static pk_rc add_file(check *c, const char *path, pk_err *err) {
  pk_buf content;
  pk_buf_init(&content, KEYRING_BYTES_MAX);
  pk_rc rc = pk_file_read(path, &content, err);
  pk_str text = pk_buf_view(&content);
  if (rc == PK_NOTFOUND)
    rc = pk_err_set(err, PK_E_CONFIG, "no such file or folder");
  else if (rc == PK_OK && is_binary_keyring(text))
    rc = add_keyring(c, pk_str_of(path), err);
  else if (rc == PK_OK && has_armour(text))
    rc = add_armoured(c, text, err);
  else if (rc == PK_OK)
    rc = PK_END;
  pk_buf_free(&content);
  return rc;
}

/* As in apt-key(8), a file in a folder that is no keyring is passed over. */
static pk_rc visit_file(void *arg, const char *path, pk_err *err) {
  pk_rc rc = add_file(arg, path, err);
  return rc == PK_END ? PK_OK : rc;
}

static pk_rc add_named(check *c, const char *path, pk_err *err) {
  pk_rc rc;
  if (pk_dir_exists(path)) {
    rc = pk_dir_each(path, ".gpg", visit_file, c, err);
    if (rc == PK_OK) rc = pk_dir_each(path, ".asc", visit_file, c, err);
  } else {
    rc = add_file(c, path, err);
    if (rc == PK_END) rc = pk_err_set(err, PK_E_CONFIG, "holds no OpenPGP public key");
  }
  if (rc == PK_OK) return PK_OK;
  pk_err_prefix(err, "keyring '%s': ", path);
  if (err) err->rc = PK_E_CONFIG; /* whatever kept us from reading it */
  return PK_E_CONFIG;
}

static pk_rc collect_keyrings(check *c, const char *keyring, pk_err *err) {
  pk_rc rc = PK_OK;
  pk_str list = pk_str_trim(pk_str_of(keyring));
  if (pk_str_starts(list, BEGIN_KEYS)) {
    rc = add_armoured(c, list, err);
    if (rc != PK_OK) pk_err_prefix(err, "keyring: ");
    list = (pk_str){0};
  }
  for (pk_str word; rc == PK_OK && pk_str_word(&list, &word);) {
    char *path = pk_str_dup(word);
    rc = add_named(c, path, err);
    free(path);
  }
  if (rc == PK_OK && c->keys.n) {
    char *path = temporary_path(c, TEMP_KEYS);
    rc = pk_file_write(path, pk_buf_view(&c->keys), err);
    if (rc == PK_OK) rc = add_keyring(c, pk_str_of(path), err);
    free(path);
  }
  if (rc == PK_OK && c->n_keyrings == 0)
    rc = pk_err_set(err, PK_E_CONFIG, "no key to check the signature of '%s' with: give the vendor's with --keyring FILE",
                    c->name);
  return rc;
}

/* ---- what gpgv says (doc/DETAILS of GnuPG) ---- */

typedef enum finding {
  FOUND_GOOD,
  FOUND_BAD,
  FOUND_WEAK,
  FOUND_KEY_REVOKED,
  FOUND_KEY_EXPIRED,
  FOUND_EXPIRED,
  FOUND_KEY_UNKNOWN,
  FOUND_UNCHECKABLE,
  N_FINDINGS
} finding;

typedef struct findings {
  pk_str key[N_FINDINGS]; /* id of the first key with this finding; empty: none */
  pk_str good_key;        /* GOODSIG came, its VALIDSIG not yet */
} findings;

static const struct {
  const char *keyword;
  finding what;
} STATUSES[] = {
    {"BADSIG", FOUND_BAD},     {"REVKEYSIG", FOUND_KEY_REVOKED}, {"EXPKEYSIG", FOUND_KEY_EXPIRED},
    {"EXPSIG", FOUND_EXPIRED}, {"NO_PUBKEY", FOUND_KEY_UNKNOWN},
};

static const char *const FAULTS[N_FINDINGS] = {
    [FOUND_BAD] = " and does not fit: the file was changed on the way, or is being renewed just now; sync again later",
    [FOUND_WEAK] = ", but over a digest too weak to trust (MD5, SHA-1): ask its vendor for SHA-256, or --unsigned to trust the "
                   "source without",
    [FOUND_KEY_REVOKED] = ", which was revoked: give the vendor's new key with --keyring FILE",
    [FOUND_KEY_EXPIRED] = ", which has expired: give the vendor's renewed key with --keyring FILE",
    [FOUND_EXPIRED] = " and has expired: the source is out of date, use another mirror or ask its vendor",
    [FOUND_KEY_UNKNOWN] = ", which is not in the keyring: add it with --keyring FILE, or --unsigned to trust the source without",
    [FOUND_UNCHECKABLE] = " and of a kind that gpgv cannot check: a newer gpgv may, or --unsigned to trust the source without",
};

static void note(findings *f, finding what, pk_str key) {
  if (f->key[what].n == 0) f->key[what] = key.n ? key : PK_STR("?");
}

static pk_str nth_word(pk_str text, int n) {
  pk_str word = {0};
  for (int i = 0; i <= n; i++)
    if (!pk_str_word(&text, &word)) return (pk_str){0};
  return word;
}

/* Numbers of RFC 4880 section 9.4. */
static bool is_weak(pk_str digest) { return pk_str_is(digest, "1") || pk_str_is(digest, "2") || pk_str_is(digest, "3"); }

static void read_status(findings *f, pk_str line) {
  pk_str word;
  if (!pk_str_word(&line, &word) || !pk_str_is(word, "[GNUPG:]") || !pk_str_word(&line, &word)) return;
  pk_str key = nth_word(line, 0);
  if (pk_str_is(word, "NEWSIG")) {
    f->good_key = (pk_str){0};
  } else if (pk_str_is(word, "GOODSIG")) {
    f->good_key = key;
  } else if (pk_str_is(word, "VALIDSIG")) { /* also follows what is not good; digest algorithm is the 8th value, class the 9th */
    pk_str digest = nth_word(line, 7), class = nth_word(line, 8);
    bool of_document = pk_str_is(class, "00") || pk_str_is(class, "01");
    if (f->good_key.n) note(f, is_weak(digest) ? FOUND_WEAK : of_document ? FOUND_GOOD : FOUND_UNCHECKABLE, f->good_key);
    f->good_key = (pk_str){0};
  } else if (pk_str_is(word, "ERRSIG")) { /* key, its algorithm, digest algorithm, class, time, reason (9: NO_PUBKEY follows) */
    if (is_weak(nth_word(line, 2)))
      note(f, FOUND_WEAK, key);
    else if (!pk_str_is(nth_word(line, 5), "9"))
      note(f, FOUND_UNCHECKABLE, key);
  }
  for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
    if (pk_str_is(word, STATUSES[i].keyword)) note(f, STATUSES[i].what, key);
}

/* apt-secure(8): one good signature will do, one bad one spoils it. The other findings only explain why there is no good one. */
static pk_rc judge(const check *c, const findings *f, int status, pk_err *err) {
  for (finding what = FOUND_BAD; what < N_FINDINGS; what++) {
    if (f->key[what].n == 0 || (what != FOUND_BAD && f->key[FOUND_GOOD].n)) continue;
    return pk_err_set(err, PK_E_VERIFY, "signature of '%s' is by key %.*s%s", c->name, PK_FMT(f->key[what]), FAULTS[what]);
  }
  if (f->key[FOUND_GOOD].n == 0) return pk_err_set(err, PK_E_VERIFY, "'%s' carries no signature that can be checked", c->name);
  if (status > 2) /* 1 and 2 are part of its answer: a bad signature, a key or keyring among others that is of no use */
    return pk_err_set(err, PK_E_VERIFY, "signature of '%s' cannot be checked: gpgv failed with status %d", c->name, status);
  return PK_OK;
}

static pk_rc run_gpgv(const check *c, const char *signature, const char *text, pk_err *err) {
  const char **argv = pk_calloc(2 * c->n_keyrings + 7, sizeof *argv);
  size_t n = 0;
  argv[n++] = "gpgv";
  argv[n++] = "--status-fd";
  argv[n++] = "1";
  for (size_t i = 0; i < c->n_keyrings; i++) {
    argv[n++] = "--keyring";
    argv[n++] = c->keyrings[i];
  }
  argv[n++] = "--";
  argv[n++] = signature;
  argv[n++] = text;
  pk_buf output;
  pk_buf_init(&output, STATUS_BYTES_MAX);
  int status = 0;
  pk_rc rc = pk_child_run(argv, GPGV_TIMEOUT_MS, &output, &status, err);
  if (rc == PK_OK) {
    findings f = {0};
    pk_str lines = pk_buf_view(&output);
    for (pk_str line; pk_str_split(&lines, '\n', &line);) read_status(&f, line);
    rc = judge(c, &f, status, err);
  }
  pk_buf_free(&output);
  free(argv);
  return rc;
}

/* ---- clear-signed files (RFC 4880 section 7) ---- */

typedef struct message {
  pk_buf text;      /* what is signed: lines without blanks at their ends, no line end behind the last */
  pk_str signature; /* borrowed from the file's bytes */
} message;

static void add_text_line(message *m, pk_str line, bool first) {
  if (pk_str_starts(line, "- ")) line = pk_str_sub(line, 2, line.n);
  while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t' || line.p[line.n - 1] == '\r')) line.n--;
  if (!first) pk_buf_putc(&m->text, '\n');
  pk_buf_str(&m->text, line);
}

/* Every line must be in its place: text in front, behind, or between would be taken for signed by somebody. */
static bool take_apart(pk_str file, message *m) {
  enum { START, HEADERS, TEXT_BEGIN, TEXT, SIGNATURE, END } at = START;
  if (pk_str_find(file, '\0') < file.n) return false;
  for (pk_str raw; pk_str_split(&file, '\n', &raw);) {
    pk_str line = pk_str_trim(raw);
    if (raw.n > MESSAGE_LINE_MAX) return false;
    if (at == START) {
      if (!pk_str_is(line, BEGIN_MESSAGE)) return false;
      at = HEADERS;
    } else if (at == HEADERS) {
      if (line.n && !pk_str_starts(line, "Hash:")) return false;
      if (line.n == 0) at = TEXT_BEGIN;
    } else if (at == SIGNATURE) {
      m->signature.n = (size_t)(raw.p + raw.n - m->signature.p);
      if (pk_str_is(line, END_SIGNATURE)) at = END;
    } else if (at == END) {
      if (line.n) return false;
    } else if (pk_str_starts(raw, "-") && pk_str_is(line, BEGIN_SIGNATURE)) {
      m->signature = raw;
      at = SIGNATURE;
    } else {
      if (pk_str_starts(raw, "-") && !pk_str_starts(raw, "- ")) return false;
      add_text_line(m, raw, at == TEXT_BEGIN);
      at = TEXT;
    }
  }
  return at == END && !m->text.over;
}

static pk_rc check_message(check *c, const message *m, const char *keyring, pk_err *err) {
  pk_rc rc = collect_keyrings(c, keyring, err);
  if (rc == PK_OK) rc = write_temporary(c, TEMP_TEXT, pk_buf_view(&m->text), err);
  if (rc == PK_OK) rc = write_temporary(c, TEMP_SIGNATURE, m->signature, err);
  if (rc != PK_OK) return rc;
  char *signature = temporary_path(c, TEMP_SIGNATURE), *text = temporary_path(c, TEMP_TEXT);
  rc = run_gpgv(c, signature, text, err);
  free(signature);
  free(text);
  return rc;
}

pk_rc pk_signature_check_inline(const char *path, const char *signed_out, const char *keyring, const char *work_dir,
                                pk_err *err) {
  check c;
  message m = {0};
  pk_buf file;
  pk_rc rc = check_init(&c, path, work_dir, err);
  pk_buf_init(&file, MESSAGE_BYTES_MAX);
  pk_buf_init(&m.text, MESSAGE_BYTES_MAX);
  if (rc == PK_OK) rc = pk_file_read(path, &file, err);
  if (rc == PK_NOTFOUND) rc = pk_err_set(err, PK_E_IO, "cannot open '%s': no such file", path);
  if (rc == PK_OK && !take_apart(pk_buf_view(&file), &m))
    rc = pk_err_set(err, PK_E_VERIFY, "'%s' is not a well-formed clear-signed file", c.name);
  if (rc == PK_OK) rc = check_message(&c, &m, keyring, err);
  if (rc == PK_OK) rc = pk_file_write(signed_out, pk_buf_view(&m.text), err);
  pk_buf_free(&m.text);
  pk_buf_free(&file);
  check_fini(&c);
  return rc;
}

pk_rc pk_signature_check_detached(const char *path, const char *signature, const char *keyring, const char *work_dir,
                                  pk_err *err) {
  check c;
  pk_rc rc = check_init(&c, path, work_dir, err);
  if (rc == PK_OK) rc = collect_keyrings(&c, keyring, err);
  if (rc == PK_OK) {
    char *sig = path_for_gpgv(pk_str_of(signature)), *text = path_for_gpgv(pk_str_of(path));
    rc = run_gpgv(&c, sig, text, err);
    free(sig);
    free(text);
  }
  check_fini(&c);
  return rc;
}
