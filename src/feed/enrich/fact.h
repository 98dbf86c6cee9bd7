/* SPDX-License-Identifier: Apache-2.0
 *
 * fact: what the readers of facts about CVEs have in common: a fact of which nothing is known yet, decimal numbers without
 * floating point. */
#ifndef PK_FEED_ENRICH_FACT_H
#define PK_FEED_ENRICH_FACT_H

#include "feed/vendor.h"

/** Most digits of a decimal number, exponent left out. */
#define PK_DECIMAL_DIGITS_MAX 64

/** Room for a CVE's name as pk_cve_format writes it. */
typedef struct pk_cve_name {
  char text[32];
} pk_cve_name;

/** Nothing is known of this CVE; false when the name is none. The fact borrows `room`. */
static inline bool pk_fact_init(pk_cve_fact *f, pk_str cve, pk_cve_name *room) {
  int64_t number = pk_cve_number(cve);
  if (!number) return false;
  pk_cve_format(number, room->text);
  *f = (pk_cve_fact){.cve = pk_str_of(room->text),
                     .epss = -1,
                     .epss_rank = -1,
                     .cvss = -1,
                     .cvss_vector = PK_STR(""),
                     .title = PK_STR(""),
                     .ssvc = PK_STR("")};
  return true;
}

/** The exponent of "1e-05", cut off the text; 0 when there is none. False: it is no number, or no sensible one. */
static inline bool pk_decimal_exponent(pk_str *text, int *ret) {
  size_t at = 0;
  uint64_t n = 0;
  while (at < text->n && text->p[at] != 'e' && text->p[at] != 'E') at++;
  *ret = 0;
  if (at == text->n) return true;
  pk_str e = pk_str_sub(*text, at + 1, text->n);
  bool is_negative = e.n && e.p[0] == '-';
  if (e.n && (e.p[0] == '-' || e.p[0] == '+')) e = pk_str_sub(e, 1, e.n);
  *text = pk_str_sub(*text, 0, at);
  if (!pk_str_u64(e, &n) || n > 1000) return false;
  *ret = is_negative ? -(int)n : (int)n;
  return true;
}

/** A decimal number times 10^places, rounded half up: "0.00451" with 6 places is 4510, "1e-05" is 10.
 *  Returns false for what is no such number, is negative, or comes to more than `max`. */
static inline bool pk_decimal_scaled(pk_str text, int places, int32_t max, int32_t *ret) {
  char digits[PK_DECIMAL_DIGITS_MAX];
  int n = 0, point = -1, exponent;
  if (!pk_decimal_exponent(&text, &exponent)) return false;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (c == '.' && point < 0)
      point = n;
    else if (c >= '0' && c <= '9' && n < PK_DECIMAL_DIGITS_MAX)
      digits[n++] = c;
    else
      return false;
  }
  if (n == 0) return false;
  int whole = (point < 0 ? n : point) + exponent + places; /* so many digits make the result, the next one rounds it */
  int64_t value = 0;
  for (int i = 0; i < whole && (i < n || value); i++) {
    value = value * 10 + (i < n ? digits[i] - '0' : 0);
    if (value > max) return false;
  }
  if (whole >= 0 && whole < n && digits[whole] >= '5') value++;
  if (value > max) return false;
  *ret = (int32_t)value;
  return true;
}

#endif
