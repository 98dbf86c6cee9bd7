/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria: evaluates OVAL criteria against a system, in the language's three-valued (in fact five-valued) logic. Pure.
 *  source OVAL Language 5.11.2: truth tables of OperatorEnumeration, CheckEnumeration, ExistenceEnumeration */
#ifndef PK_MATCH_CRITERIA_H
#define PK_MATCH_CRITERIA_H

#include "base/regex.h"
#include "match/system.h"
#include "model/criteria.h"

/** A package that a test found and whose state was true. */
typedef void pk_criteria_found(void *arg, const pk_package *p, const pk_test *test);

typedef struct pk_evaluation {
  const pk_system *system;
  pk_regex_cache *regexes;
  pk_str signature;        /**< the key that every package is taken to be signed with, as reports do not say; "": with whichever is asked for */
  pk_criteria_found *found; /**< may be NULL */
  void *found_arg;
  char why[256];           /**< the last reason for unknown or error, "" when there was none */
  pk_arena arena;          /**< of one test; private */
} pk_evaluation;

/** Memory that one test may take while it is evaluated. */
#define PK_EVALUATION_BYTES_MAX ((size_t)64 << 20)

void pk_evaluation_init(pk_evaluation *e, const pk_system *system, pk_regex_cache *regexes);
void pk_evaluation_fini(pk_evaluation *e);

pk_result pk_criteria_evaluate(pk_evaluation *e, const pk_criteria *c);
pk_result pk_test_evaluate(pk_evaluation *e, const pk_test *t);

/** The result of several under an operator. `n` has the number of each result. */
pk_result pk_operator_result(pk_operator operator, const size_t n[5]);
pk_result pk_check_result(pk_check check, const size_t n[5]);

/** The opposite of true and false; others stay. */
pk_result pk_result_not(pk_result r);

/** Compare a value of the system with a wanted one. */
pk_result pk_operation_result(pk_evaluation *e, pk_operation op, pk_datatype datatype, pk_str have, pk_str want);

#endif
