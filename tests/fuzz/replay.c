/* SPDX-License-Identifier: Apache-2.0
 *
 * replay: run a fuzz target over the files of folders, in order; for ordinary builds. */
#include "base/file.h"
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>

static pk_rc replay(void *arg, const char *path, pk_err *err) {
  pk_buf bytes;
  pk_buf_init(&bytes, (size_t)16 << 20);
  pk_rc rc = pk_file_read(path, &bytes, err);
  if (rc == PK_OK) {
    /* a copy of exactly its length: sanitizers see a read behind the end */
    char *exact = pk_alloc(bytes.n);
    if (bytes.n) memcpy(exact, bytes.p, bytes.n);
    LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes.n);
    free(exact);
    ++*(size_t *)arg;
  }
  pk_buf_free(&bytes);
  return rc;
}

int main(int argc, char **argv) {
  pk_err err = {0};
  size_t n = 0;
  for (int i = 1; i < argc; i++)
    if (pk_dir_each(argv[i], "", replay, &n, &err) != PK_OK) {
      fprintf(stderr, "%s: %s\n", argv[i], err.text);
      return 1;
    }
  printf("%zu inputs\n", n);
  return n ? 0 : 1;
}
