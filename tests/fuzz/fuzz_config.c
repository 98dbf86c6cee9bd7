/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"
#include "targets.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whatever a file brought can be shown and set again. */
static void show_and_set(pk_config *c) {
  pk_option_view o;
  pk_buf value;
  pk_err err = {0};
  pk_buf_init(&value, (size_t)2 << 20);
  for (size_t i = 0; value.n = 0, pk_config_option(c, i, &o, &value); i++) {
    char *copy = pk_str_dup(pk_buf_view(&value));
    PK_FUZZ_MUST(pk_config_set(c, pk_str_of(o.name), (pk_str){copy, value.n}, &err) == PK_OK);
    free(copy);
  }
  pk_buf_free(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[64];
  int fd = memfd_create("config", MFD_CLOEXEC);
  PK_FUZZ_MUST(fd >= 0);
  PK_FUZZ_MUST(size == 0 || write(fd, data, size) == (ssize_t)size);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  pk_config config;
  pk_err err = {0};
  pk_config_init(&config);
  pk_fuzz_check(pk_config_read(&config, path, true, &err), &err);
  show_and_set(&config);
  pk_fuzz_check(pk_config_complete(&config, &err), &err);
  pk_config_fini(&config);
  close(fd);
  return 0;
}
