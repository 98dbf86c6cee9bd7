/* SPDX-License-Identifier: Apache-2.0
 *
 * helper: decodes a body under small limits and keeps what came of it. */
#ifndef PK_TESTS_REPORT_HELPER_H
#define PK_TESTS_REPORT_HELPER_H

#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct outcome {
  pk_report_limits limits;
  const pk_report_key *key;
  pk_arena arena;
  pk_report report;
  pk_reply_form form;
  pk_err err;
  pk_rc rc;
} outcome;

static inline int set_up(void **state) {
  outcome *o = pk_calloc(1, sizeof *o);
  o->limits = (pk_report_limits){.body_bytes_max = 32 << 20, .packages_max = 1000, .arena_bytes_max = 96 << 20};
  *state = o;
  return 0;
}

static inline int tear_down(void **state) {
  outcome *o = *state;
  pk_arena_fini(&o->arena);
  free(o);
  return 0;
}

/** Decode a request into the outcome. */
static inline pk_rc decode_request(outcome *o, pk_report_request request) {
  pk_arena_fini(&o->arena);
  pk_arena_init(&o->arena, o->limits.arena_bytes_max);
  o->report = (pk_report){0};
  o->err = (pk_err){0};
  o->rc = pk_report_decode(&request, &o->limits, o->key, &o->arena, &o->report, &o->form, &o->err);
  return o->rc;
}

/** Decode a body that comes without any header, as `pakiti check FILE` has it. */
static inline pk_rc decode_body(outcome *o, const char *body) {
  return decode_request(o, (pk_report_request){.body = pk_str_of(body)});
}

static inline pk_rc decode_query(outcome *o, const char *body, const char *query) {
  return decode_request(o, (pk_report_request){.body = pk_str_of(body), .query = pk_str_of(query)});
}

#define assert_text(text, wanted)                                                                                                \
  do {                                                                                                                           \
    char *copy_of_text = pk_str_dup(text);                                                                                       \
    assert_string_equal(copy_of_text, wanted);                                                                                   \
    free(copy_of_text);                                                                                                          \
  } while (0)

/** The decoding succeeded; its message otherwise. */
#define assert_good(o)                                                                                                           \
  do {                                                                                                                           \
    if ((o)->rc != PK_OK) fail_msg("refused: %s", (o)->err.text);                                                                \
  } while (0)

/** The decoding failed with this code and a message that holds the words. */
#define assert_refused(o, code, words)                                                                                           \
  do {                                                                                                                           \
    assert_int_equal((o)->rc, code);                                                                                             \
    assert_int_equal((o)->err.rc, code);                                                                                         \
    if (!strstr((o)->err.text, words)) fail_msg("'%s' is not in '%s'", words, (o)->err.text);                                    \
  } while (0)

static inline void assert_package(const outcome *o, size_t i, const char *name, const char *evr, const char *arch) {
  assert_true(i < o->report.n_packages);
  assert_text(o->report.packages[i].package.name, name);
  assert_text(o->report.packages[i].package.evr, evr);
  assert_text(o->report.packages[i].package.arch, arch);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
