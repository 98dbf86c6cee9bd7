/* SPDX-License-Identifier: Apache-2.0
 *
 * unit: what unit tests share: cmocka, comparing borrowed text and results, a private folder, lines of a data file. */
#ifndef PK_TESTS_UNIT_H
#define PK_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define assert_str(text, want)                                                                                                   \
  do {                                                                                                                           \
    char *copy_of_text = pk_str_dup(text);                                                                                       \
    assert_string_equal(copy_of_text, want);                                                                                     \
    free(copy_of_text);                                                                                                          \
  } while (0)

/** A call that gets &err succeeds; its message otherwise. */
#define assert_ok(call, err)                                                                                                     \
  do {                                                                                                                           \
    pk_rc rc_of_call = (call);                                                                                                   \
    if (rc_of_call != PK_OK) fail_msg("%s: %s", pk_rc_name(rc_of_call), rc_of_call < 0 ? (err).text : "");                       \
  } while (0)

/** A call that gets &err fails with this code and a message that holds the words. */
#define assert_fault(call, err, code, words)                                                                                     \
  do {                                                                                                                           \
    (err) = (pk_err){0};                                                                                                         \
    assert_int_equal((call), (code));                                                                                            \
    assert_int_equal((err).rc, (code));                                                                                          \
    if (!strstr((err).text, words)) fail_msg("'%s' is not in '%s'", words, (err).text);                                          \
  } while (0)

typedef struct folder {
  char root[64];
  char path[512];
} folder;

static inline void folder_make(folder *f) {
  const char *temp = getenv("TMPDIR");
  snprintf(f->root, sizeof f->root, "%.40s/pakiti-unit-XXXXXX", temp && strlen(temp) < 40 ? temp : "/tmp");
  assert_non_null(mkdtemp(f->root));
}

/** Full path of a name in the folder, valid until the next call. */
static inline const char *folder_path(folder *f, const char *name) {
  snprintf(f->path, sizeof f->path, "%s/%s", f->root, name);
  return f->path;
}

/** Write a file below the folder, with the folders above it. */
static inline void folder_write(folder *f, const char *name, pk_str bytes) {
  char *dir = pk_str_dup(pk_str_of(folder_path(f, name)));
  *strrchr(dir, '/') = '\0';
  assert_int_equal(pk_dir_make(dir, NULL), PK_OK);
  free(dir);
  assert_int_equal(pk_file_write(f->path, bytes, NULL), PK_OK);
}

static inline int folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

static inline void folder_remove(folder *f) { nftw(f->root, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS); }

/** Call `each` for every line of a data file beside the tests that is not empty and does not begin with '#'. */
static inline void each_line(const char *name, void (*each)(pk_str line)) {
  pk_buf text;
  pk_buf_init(&text, (size_t)1 << 20);
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", PK_TESTS_FOLDER, name);
  assert_int_equal(pk_file_read(path, &text, NULL), PK_OK);
  pk_str rest = pk_buf_view(&text), line;
  size_t n = 0;
  while (pk_str_split(&rest, '\n', &line)) {
    if (pk_str_trim(line).n == 0 || line.p[0] == '#') continue;
    each(line);
    n++;
  }
  assert_true(n > 0);
  pk_buf_free(&text);
}

#endif
