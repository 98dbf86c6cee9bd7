/* SPDX-License-Identifier: Apache-2.0 */
#include "model/definition.h"

#include "model/encoding.h"

#include <stdio.h>

/* Year * this + number. */
#define CVE_YEAR ((int64_t)1000000000000)
#define CVE_DIGITS_MAX 11

const char *pk_rule_state_name(pk_rule_state s) {
  static const char *const names[] = {
      [PK_RULE_FIXED] = "fixed",
      [PK_RULE_AFFECTED] = "affected",
      [PK_RULE_WILL_NOT_FIX] = "will-not-fix",
      [PK_RULE_DEFERRED] = "deferred",
      [PK_RULE_NO_ADVISORY] = "no-advisory",
      [PK_RULE_OUT_OF_SUPPORT] = "out-of-support",
      [PK_RULE_UNDER_INVESTIGATION] = "under-investigation",
      [PK_RULE_UNIMPORTANT] = "unimportant",
      [PK_RULE_NOT_AFFECTED] = "not-affected",
  };
  return names[s];
}

bool pk_rule_state_counts(pk_rule_state s) { return s < PK_RULE_UNDER_INVESTIGATION; }

pk_rule_state pk_definition_criteria_state(const pk_definition *d, pk_str name) {
  if (pk_str_is(d->class, "patch")) return PK_RULE_FIXED;
  for (size_t i = 0; name.n && i < d->n_unfixed; i++)
    if (pk_str_eq(d->unfixed[i].name, name)) return d->unfixed[i].state;
  return d->n_unfixed ? d->unfixed[0].state : PK_RULE_AFFECTED;
}

static void encode_rule(const pk_rule *r, pk_buf *out) {
  const pk_str texts[] = {r->platform, r->arch, r->module, r->introduced, r->fixed, r->last, r->advisory, r->note};
  pk_buf_varint(out, (uint64_t)r->state << 2 | (uint64_t)r->zero_epoch_left_out << 1 | r->is_source);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pk_encode_text(out, texts[i]);
  pk_buf_varint(out, r->n_names);
  for (size_t i = 0; i < r->n_names; i++) pk_encode_text(out, r->names[i]);
}

/* Of the encoded form; changes with it, so that what an older program stored is not misread. */
#define FORMAT 1

void pk_definition_encode(const pk_definition *d, pk_buf *out) {
  pk_buf_varint(out, FORMAT);
  const pk_str texts[] = {d->class, d->advisory, d->severity, d->title};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pk_encode_text(out, texts[i]);
  pk_buf_varint(out, (uint64_t)d->issued_at);
  pk_buf_varint(out, d->n_cves);
  for (size_t i = 0; i < d->n_cves; i++) pk_encode_text(out, d->cves[i]);
  pk_buf_varint(out, d->n_rules);
  for (size_t i = 0; i < d->n_rules; i++) encode_rule(&d->rules[i], out);
  pk_buf_varint(out, d->n_unfixed);
  for (size_t i = 0; i < d->n_unfixed; i++) {
    pk_encode_text(out, d->unfixed[i].name);
    pk_buf_varint(out, d->unfixed[i].state);
  }
  pk_buf_varint(out, d->criteria != NULL);
  if (d->criteria) pk_criteria_encode(d->criteria, out);
}

static pk_rc decode_texts(pk_decoding *in, size_t max, const pk_str **ret, size_t *ret_n) {
  pk_str *list = pk_decode_array(in, max, sizeof *list, ret_n);
  for (size_t i = 0; list && i < *ret_n; i++) list[i] = pk_decode_text(in);
  *ret = list;
  return in->rc;
}

static void decode_rule(pk_decoding *in, pk_rule *r) {
  uint64_t head = pk_decode_number(in);
  r->is_source = head & 1;
  r->zero_epoch_left_out = head & 2;
  if (head >> 2 > PK_RULE_NOT_AFFECTED) pk_decode_fail(in, PK_E_SYNTAX, "an unknown state");
  r->state = (pk_rule_state)(head >> 2);
  pk_str *const texts[] = {&r->platform, &r->arch, &r->module, &r->introduced, &r->fixed, &r->last, &r->advisory, &r->note};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) *texts[i] = pk_decode_text(in);
  if (in->rc == PK_OK) (void)!decode_texts(in, PK_RULE_NAMES_MAX, &r->names, &r->n_names);
}

pk_rc pk_definition_decode(pk_str bytes, pk_arena *arena, pk_definition *ret, pk_err *err) {
  pk_decoding in = {.rest = bytes, .arena = arena, .err = err};
  pk_definition d = {.id = ret->id};
  if (pk_decode_number(&in) != FORMAT) pk_decode_fail(&in, PK_E_SYNTAX, "it has another form");
  pk_str *const texts[] = {&d.class, &d.advisory, &d.severity, &d.title};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) *texts[i] = pk_decode_text(&in);
  d.issued_at = (int64_t)pk_decode_number(&in);
  if (in.rc == PK_OK) (void)!decode_texts(&in, PK_DEFINITION_CVES_MAX, &d.cves, &d.n_cves);
  pk_rule *rules = pk_decode_array(&in, PK_DEFINITION_RULES_MAX, sizeof *rules, &d.n_rules);
  for (size_t i = 0; in.rc == PK_OK && i < d.n_rules; i++) decode_rule(&in, &rules[i]);
  d.rules = rules;
  pk_unfixed *unfixed = pk_decode_array(&in, PK_DEFINITION_RULES_MAX, sizeof *unfixed, &d.n_unfixed);
  for (size_t i = 0; in.rc == PK_OK && i < d.n_unfixed; i++) {
    unfixed[i].name = pk_decode_text(&in);
    unfixed[i].state = (pk_rule_state)pk_decode_choice(&in, PK_RULE_NOT_AFFECTED + 1);
  }
  d.unfixed = unfixed;
  if (pk_decode_number(&in) && in.rc == PK_OK) in.rc = pk_criteria_decode(&in.rest, arena, &d.criteria, err);
  if (in.rc == PK_OK && in.rest.n) pk_decode_fail(&in, PK_E_SYNTAX, "more than a definition");
  if (in.rc == PK_OK) *ret = d;
  return in.rc;
}

int64_t pk_cve_number(pk_str text) {
  uint64_t year, number;
  if (text.n < 13 || text.n > 9 + CVE_DIGITS_MAX || text.p[8] != '-') return 0;
  if (!pk_str_is_nocase(pk_str_sub(text, 0, 4), "CVE-")) return 0;
  if (!pk_str_u64(pk_str_sub(text, 4, 8), &year) || !pk_str_u64(pk_str_sub(text, 9, text.n), &number)) return 0;
  return (int64_t)year * CVE_YEAR + (int64_t)number;
}

void pk_cve_format(int64_t number, char *ret_text) {
  snprintf(ret_text, 32, "CVE-%04d-%04lld", (int)(number / CVE_YEAR % 10000), (long long)(number % CVE_YEAR));
}
