/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rc.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
  pk_rc rc;
  int exit_code;
  unsigned http_status;
  const char *name;
} RESULTS[] = {
    {PK_OK, 0, 200, "ok"},
    {PK_NOTFOUND, 1, 404, "not-found"},
    {PK_UNCHANGED, 0, 200, "unchanged"},
    {PK_EXISTS, 1, 409, "exists"},
    {PK_END, 0, 200, "end"},
    {PK_E_SYNTAX, 3, 400, "syntax"},
    {PK_E_LIMIT, 3, 413, "limit"},
    {PK_E_IO, 1, 500, "io"},
    {PK_E_STORE, 4, 503, "store"},
    {PK_E_NET, 5, 502, "net"},
    {PK_E_VERIFY, 5, 400, "verify"},
    {PK_E_CONFIG, 2, 500, "config"},
    {PK_E_DENIED, 1, 403, "denied"},
    {PK_E_USAGE, 2, 400, "usage"},
    {PK_E_STOPPED, 130, 503, "stopped"},
    {PK_E_INTERNAL, 1, 500, "internal"},
};

static size_t find_result(pk_rc rc) {
  for (size_t i = 0; i < sizeof RESULTS / sizeof RESULTS[0]; i++)
    if (RESULTS[i].rc == rc) return i;
  pk_panic("unknown result code");
}

int pk_rc_exit_code(pk_rc rc) { return RESULTS[find_result(rc)].exit_code; }
unsigned pk_rc_http_status(pk_rc rc) { return RESULTS[find_result(rc)].http_status; }
const char *pk_rc_name(pk_rc rc) { return RESULTS[find_result(rc)].name; }

void pk_panic(const char *what) {
  fprintf(stderr, "pakiti: fatal: %s\n", what);
  abort();
}
