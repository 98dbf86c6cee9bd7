/* SPDX-License-Identifier: Apache-2.0
 *
 * definitions: definitions written as lines
 *
 *   DOCUMENT NAME CVE[,CVE…] PACKAGE[,PACKAGE…] FIXED [STATE]
 *
 * '-' for none, "src:" before the name of a source package; "DOCUMENT" alone: it is gone. */
#ifndef PK_TESTS_DEFINITIONS_H
#define PK_TESTS_DEFINITIONS_H

#include "unit.h"

#include "store/store.h"

#define LINE_LIST_MAX 8

typedef struct definition_line {
  pk_str document, cves[LINE_LIST_MAX], names[LINE_LIST_MAX];
  pk_rule rule;
  pk_definition d; /* points into this; no id: the document is gone */
} definition_line;

static inline size_t definition_list(pk_str text, pk_str *list) {
  size_t n = 0;
  pk_str one;
  if (pk_str_is(text, "-")) return 0;
  while (pk_str_split(&text, ',', &one)) {
    assert_true(n < LINE_LIST_MAX);
    list[n++] = one;
  }
  return n;
}

static inline pk_rule_state definition_state(pk_str text) {
  for (int i = PK_RULE_FIXED; i <= PK_RULE_NOT_AFFECTED; i++)
    if (pk_str_is(text, pk_rule_state_name((pk_rule_state)i))) return (pk_rule_state)i;
  fail_msg("'%.*s' is no state", PK_FMT(text));
  return PK_RULE_FIXED;
}

static inline void definition_read(pk_str line, definition_line *ret) {
  pk_str cves, packages, fixed, state;
  *ret = (definition_line){.d = {.class = PK_STR("vulnerability"), .title = PK_STR("A title"), .severity = PK_STR("low")}};
  assert_true(pk_str_word(&line, &ret->document));
  if (!pk_str_word(&line, &ret->d.id)) return;
  assert_true(pk_str_word(&line, &cves) && pk_str_word(&line, &packages) && pk_str_word(&line, &fixed));
  ret->d.cves = ret->cves;
  ret->d.n_cves = definition_list(cves, ret->cves);
  ret->rule = (pk_rule){.names = ret->names, .is_source = pk_str_starts(packages, "src:")};
  ret->rule.n_names = definition_list(ret->rule.is_source ? pk_str_sub(packages, 4, packages.n) : packages, ret->names);
  if (!pk_str_is(fixed, "-")) ret->rule.fixed = fixed;
  ret->rule.state = ret->rule.fixed.n ? PK_RULE_FIXED : PK_RULE_AFFECTED;
  if (pk_str_word(&line, &state)) ret->rule.state = definition_state(state);
  ret->d.rules = &ret->rule;
  ret->d.n_rules = ret->rule.n_names > 0;
}

static inline pk_rc definition_put(pk_exchange *x, pk_str document, const pk_definition *d, pk_err *err) {
  pk_buf body;
  pk_buf_init(&body, (size_t)1 << 20);
  pk_definition_encode(d, &body);
  pk_rc rc = pk_store_exchange_definition(x, document, d->id, pk_buf_view(&body), err);
  pk_buf_free(&body);
  return rc;
}

static inline void definition_put_lines(pk_exchange *x, const char *lines) {
  pk_str rest = pk_str_of(lines), line;
  pk_err err;
  while (pk_str_split(&rest, '\n', &line)) {
    definition_line one;
    definition_read(line, &one);
    if (one.d.id.n)
      assert_ok(definition_put(x, one.document, &one.d, &err), err);
    else
      pk_store_exchange_drop(x, one.document);
  }
}

#endif
