/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/line.h"

bool pk_feed_line(pk_arena *arena, pk_str text, size_t max, pk_str *ret) {
  size_t most = text.n < max + 4 ? text.n : max + 4, n = 0; /* 4: what is cut must be seen whole */
  char *p = pk_arena_alloc(arena, most + 1);
  if (!p) return false;
  for (size_t i = 0; i < text.n && n < most; i++) {
    unsigned char c = (unsigned char)text.p[i];
    bool is_blank = c <= ' ' || c == 0x7f;
    if (!is_blank || (n && p[n - 1] != ' ')) p[n++] = is_blank ? ' ' : (char)c;
  }
  pk_str line = pk_str_cut((pk_str){p, n}, max);
  if (!pk_str_utf8(line))
    for (size_t i = 0; i < line.n; i++)
      if ((unsigned char)p[i] >= 0x80) p[i] = '?';
  *ret = pk_str_trim(line);
  return true;
}
