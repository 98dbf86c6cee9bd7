/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/settings.h"

bool pk_setting_is_yes(pk_str text) {
  static const char *const words[] = {"yes", "true", "on", "with", "enable"};
  text = pk_str_trim(text);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (pk_str_is_nocase(text, words[i])) return true;
  uint64_t number;
  return pk_str_u64(text, &number) && number != 0;
}

bool pk_setting_item(pk_str *rest, pk_str *ret_item) {
  static const char separators[] = " \t\r\n,";
  size_t from = 0;
  while (from < rest->n && memchr(separators, rest->p[from], sizeof separators - 1)) from++;
  size_t to = from;
  while (to < rest->n && !memchr(separators, rest->p[to], sizeof separators - 1)) to++;
  if (to == from) return false;
  *ret_item = pk_str_sub(*rest, from, to);
  *rest = pk_str_sub(*rest, to, rest->n);
  return true;
}

bool pk_address_split(pk_str url, pk_address *ret) {
  size_t colon = pk_str_find(url, ':');
  if (colon == 0 || colon == url.n) return false;
  *ret = (pk_address){.scheme = pk_str_sub(url, 0, colon), .host = PK_STR("")};
  pk_str rest = pk_str_sub(url, colon + 1, url.n);
  if (pk_str_starts(rest, "//")) {
    rest = pk_str_sub(rest, 2, rest.n);
    size_t slash = pk_str_find(rest, '/');
    ret->host = pk_str_sub(rest, 0, slash);
    rest = pk_str_sub(rest, slash, rest.n);
    size_t at = pk_str_rfind(ret->host, '@');
    if (at < ret->host.n) ret->host = pk_str_sub(ret->host, at + 1, ret->host.n);
    if (!pk_str_starts(ret->host, "[")) ret->host = pk_str_sub(ret->host, 0, pk_str_find(ret->host, ':'));
  }
  while (rest.n && rest.p[rest.n - 1] == '/') rest.n--;
  ret->path = rest;
  return true;
}

bool pk_address_is_fetchable(const pk_address *a) {
  if (pk_str_is_nocase(a->scheme, "http") || pk_str_is_nocase(a->scheme, "https")) return a->host.n > 0;
  return pk_str_is_nocase(a->scheme, "file") && pk_str_starts(a->path, "/");
}

static bool may_be_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr("._-:/+@", c));
}

void pk_setting_add_name(pk_buf *name, pk_str text) {
  for (size_t i = 0; i < text.n; i++) pk_buf_putc(name, may_be_in_name(text.p[i]) ? text.p[i] : '_');
}
