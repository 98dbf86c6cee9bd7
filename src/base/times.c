/* SPDX-License-Identifier: Apache-2.0 */
#include "base/times.h"

#include <stdio.h>
#include <time.h>

int64_t pk_now(void) {
  struct timespec ts; /* time(2) may be one tick behind what other programs see */
  clock_gettime(CLOCK_REALTIME, &ts);
  return (int64_t)ts.tv_sec;
}

int64_t pk_monotonic_ms(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const char *pk_time_text(int64_t at, char *ret_text) {
  time_t t = (time_t)at;
  struct tm tm;
  if (at == 0 || !gmtime_r(&t, &tm) || strftime(ret_text, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
    memcpy(ret_text, "-", 2);
  return ret_text;
}

/* "", "Z", "UTC", "GMT", "+0200", "+02:00": seconds to take away */
static bool read_zone(pk_str text, long *ret_s) {
  uint64_t hours, minutes;
  *ret_s = 0;
  if (text.n == 0 || pk_str_is(text, "Z") || pk_str_is(text, "UTC") || pk_str_is(text, "GMT")) return true;
  bool colon = text.n == 6 && text.p[3] == ':';
  if ((text.n != 5 && !colon) || (text.p[0] != '+' && text.p[0] != '-')) return false;
  if (!pk_str_u64(pk_str_sub(text, 1, 3), &hours) || !pk_str_u64(pk_str_sub(text, text.n - 2, text.n), &minutes)) return false;
  *ret_s = (long)(hours * 3600 + minutes * 60) * (text.p[0] == '-' ? -1 : 1);
  return true;
}

static pk_rc parse_with(pk_str text, const char *const *formats, size_t n, int64_t *ret_at) {
  char copy[64];
  if (text.n == 0 || text.n >= sizeof copy) return PK_E_SYNTAX;
  memcpy(copy, text.p, text.n);
  copy[text.n] = '\0';
  for (size_t i = 0; i < n; i++) {
    struct tm tm = {0};
    long zone_s;
    const char *end = strptime(copy, formats[i], &tm);
    if (!end) continue;
    if (end[0] == '.') end += 1 + strspn(end + 1, "0123456789");
    if (!read_zone(pk_str_trim(pk_str_of(end)), &zone_s)) continue;
    int day = tm.tm_mday;
    if (tm.tm_sec > 59) tm.tm_sec = 59; /* a leap second */
    int64_t at = (int64_t)timegm(&tm) - zone_s;
    if (tm.tm_mday != day) continue; /* 31 February */
    *ret_at = at;
    return PK_OK;
  }
  return PK_E_SYNTAX;
}

pk_rc pk_time_parse_rfc5322(pk_str text, int64_t *ret_at) {
  static const char *const formats[] = {"%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S"};
  return parse_with(pk_str_trim(text), formats, 2, ret_at);
}

pk_rc pk_time_parse_iso(pk_str text, int64_t *ret_at) {
  static const char *const formats[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
  text = pk_str_trim(text);
  uint64_t seconds;
  if (text.n >= 9 && pk_str_u64(text, &seconds) && seconds < (1ull << 40)) {
    *ret_at = (int64_t)seconds;
    return PK_OK;
  }
  return parse_with(text, formats, 4, ret_at);
}
