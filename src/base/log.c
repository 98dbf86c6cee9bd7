/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The one process-wide setting: read by every thread, written once at start. */
static _Atomic pk_log_level max_level = PK_LOG_INFO;

void pk_log_set_level(pk_log_level level) { atomic_store(&max_level, level); }

const char *pk_num_text(int64_t v, char *ret_text) {
  snprintf(ret_text, 24, "%lld", (long long)v);
  return ret_text;
}

static bool plain(const char *v) {
  if (!pk_str_utf8(pk_str_of(v))) return false;
  for (; *v; v++)
    if ((unsigned char)*v <= ' ' || *v == '"' || *v == '\\' || *v == '=' || *v == 0x7f) return false;
  return true;
}

static void add_value(pk_buf *line, const char *v) {
  if (*v && plain(v) && strlen(v) <= PK_LOG_VALUE_MAX) {
    pk_buf_puts(line, v);
    return;
  }
  pk_buf_putc(line, '"');
  bool is_utf8 = pk_str_utf8(pk_str_of(v));
  size_t n = 0;
  for (; *v && n < PK_LOG_VALUE_MAX; v++, n++) {
    unsigned char c = (unsigned char)*v;
    if (c == '"' || c == '\\') pk_buf_putc(line, '\\');
    if (c < ' ' || c == 0x7f || (c >= 0x80 && !is_utf8))
      pk_buf_printf(line, "\\x%02x", c);
    else
      pk_buf_putc(line, *v);
  }
  pk_buf_puts(line, *v ? "…\"" : "\"");
}

void pk_log(pk_log_level level, const char *event, ...) {
  if (level > atomic_load(&max_level)) return;
  static const char *const names[] = {[PK_LOG_ERROR] = "error", [PK_LOG_WARNING] = "warning",
                                      [PK_LOG_INFO] = NULL,     [PK_LOG_DEBUG] = "debug"};
  pk_buf line;
  pk_buf_init(&line, 16384);
  if (getenv("JOURNAL_STREAM")) pk_buf_printf(&line, "<%d>", (int)level);
  pk_buf_puts(&line, event);
  if (names[level]) pk_buf_printf(&line, " level=%s", names[level]);
  va_list ap;
  va_start(ap, event);
  for (const char *key; (key = va_arg(ap, const char *)) != NULL;) {
    const char *value = va_arg(ap, const char *);
    if (!value) continue;
    pk_buf_printf(&line, " %s=", key);
    add_value(&line, value);
  }
  va_end(ap);
  pk_buf_putc(&line, '\n');
  /* one write, so that lines of several threads do not mix */
  if (write(STDERR_FILENO, line.p, line.n) < 0) {
    /* nowhere left to say so */
  }
  pk_buf_free(&line);
}
