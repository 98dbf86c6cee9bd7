/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/apt/deb822.h"

pk_deb822_kind pk_deb822_line(pk_str line, pk_str *ret_name, pk_str *ret_value) {
  if (line.n == 0) return PK_DEB822_BLANK;
  if (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '\r') {
    *ret_name = PK_STR("");
    *ret_value = pk_str_trim(line);
    return ret_value->n ? PK_DEB822_MORE : PK_DEB822_BLANK;
  }
  size_t colon = 0;
  while (colon < line.n && line.p[colon] > 0x20 && line.p[colon] < 0x7f && line.p[colon] != ':') colon++;
  if (colon == 0 || colon == line.n || line.p[colon] != ':') return PK_DEB822_BROKEN;
  *ret_name = pk_str_sub(line, 0, colon);
  *ret_value = pk_str_trim(pk_str_sub(line, colon + 1, line.n));
  return PK_DEB822_FIELD;
}
