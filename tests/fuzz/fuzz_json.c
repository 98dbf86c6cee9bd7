/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON in, and every text of it out and in again. */
#include "base/json.h"
#include "targets.h"

static pk_rc see(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err) {
  (void)arg, (void)err;
  PK_FUZZ_MUST(depth <= PK_JSON_DEPTH_MAX);
  if (event != PK_JSON_STRING) return PK_OK;
  pk_buf out;
  pk_buf_init(&out, text.n * 8 + 64);
  pk_json_out o = {.buf = &out};
  pk_json_begin(&o, '[');
  pk_json_str(&o, text);
  pk_json_end(&o, ']');
  pk_err again = {0};
  PK_FUZZ_MUST(!out.over && pk_str_utf8(pk_buf_view(&out)));
  PK_FUZZ_MUST(arg == NULL || pk_json_parse(pk_buf_view(&out), see, NULL, &again) == PK_OK);
  pk_buf_free(&out);
  return PK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pk_err err = {0};
  int deep = 1;
  pk_fuzz_check(pk_json_parse((pk_str){(const char *)data, size}, see, &deep, &err), &err);
  return 0;
}
