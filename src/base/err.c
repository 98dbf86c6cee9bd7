/* SPDX-License-Identifier: Apache-2.0
 *
 * err: filling in the message of a fault; declared with the codes in rc.h. */
#include "base/rc.h"
#include "base/str.h"

#include <stdio.h>

static void clean(char *text) {
  bool is_utf8 = pk_str_utf8(pk_str_of(text));
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f || (!is_utf8 && (unsigned char)*c >= 0x80)) *c = '?';
}

pk_rc pk_err_set(pk_err *err, pk_rc rc, const char *fmt, ...) {
  if (!err) return rc;
  err->rc = rc;
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(err->text, sizeof err->text, fmt, ap);
  va_end(ap);
  clean(err->text);
  return rc;
}

pk_rc pk_err_prefix(pk_err *err, const char *fmt, ...) {
  if (!err) return PK_E_INTERNAL;
  char joined[PK_ERR_TEXT_MAX];
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(joined, sizeof joined, fmt, ap);
  va_end(ap);
  size_t used = n < 0 ? 0 : (size_t)n;
  if (used >= sizeof joined) used = sizeof joined - 1;
  snprintf(joined + used, sizeof joined - used, "%s", err->text);
  memcpy(err->text, joined, sizeof joined);
  clean(err->text);
  return err->rc;
}
