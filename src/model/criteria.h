/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria: the criteria of an OVAL definition with everything that they refer to: a tree of operators whose leaves are
 * tests, each with its object, states and variables. Plain data that can be encoded; match/criteria.h evaluates it.
 *  source OVAL Language 5.11.2, oval-definitions-schema and the linux, unix, independent and solaris component schemas */
#ifndef PK_MODEL_CRITERIA_H
#define PK_MODEL_CRITERIA_H

#include "base/arena.h"

/** Deepest nesting of criteria, extended definitions counted in, and of a variable's functions. */
#define PK_CRITERIA_DEPTH_MAX 64
/** Most nodes of one definition's tree, extended definitions counted in. */
#define PK_CRITERIA_NODES_MAX ((size_t)200000)
/** Most entities of an object or state, states of a test, and values and functions of a variable with all that it refers to. */
#define PK_ENTITIES_MAX ((size_t)1000)
#define PK_STATES_MAX ((size_t)10000)
#define PK_VALUE_NODES_MAX ((size_t)100000)

/** What a definition, criterion or test comes to. */
typedef enum pk_result {
  PK_RESULT_FALSE = 0,
  PK_RESULT_TRUE = 1,
  PK_RESULT_UNKNOWN = 2,       /**< the report does not say */
  PK_RESULT_ERROR = 3,         /**< the definition itself is broken here */
  PK_RESULT_NOT_APPLICABLE = 4 /**< a test of another kind of system */
} pk_result;

const char *pk_result_name(pk_result r); /* "false", "true", "unknown", "error", "not applicable" */

typedef enum pk_operator { PK_OPERATOR_AND, PK_OPERATOR_OR, PK_OPERATOR_ONE, PK_OPERATOR_XOR } pk_operator;

typedef enum pk_check { PK_CHECK_ALL, PK_CHECK_AT_LEAST_ONE, PK_CHECK_NONE_SATISFY, PK_CHECK_ONLY_ONE } pk_check;

typedef enum pk_existence {
  PK_EXISTENCE_AT_LEAST_ONE,
  PK_EXISTENCE_ALL,
  PK_EXISTENCE_ANY,
  PK_EXISTENCE_NONE,
  PK_EXISTENCE_ONLY_ONE
} pk_existence;

typedef enum pk_operation {
  PK_OP_EQUALS,
  PK_OP_NOT_EQUAL,
  PK_OP_CASELESS_EQUALS,
  PK_OP_CASELESS_NOT_EQUAL,
  PK_OP_GREATER,
  PK_OP_LESS,
  PK_OP_GREATER_OR_EQUAL,
  PK_OP_LESS_OR_EQUAL,
  PK_OP_PATTERN, /**< Perl-compatible regular expression, found anywhere */
  PK_OP_BITWISE_AND,
  PK_OP_BITWISE_OR
} pk_operation;

typedef enum pk_datatype {
  PK_DATA_STRING,
  PK_DATA_INT,
  PK_DATA_BOOLEAN,
  PK_DATA_FLOAT,
  PK_DATA_VERSION,      /**< numbers separated by anything */
  PK_DATA_EVR,          /**< rpm */
  PK_DATA_DEBIAN_EVR,
  PK_DATA_OTHER         /**< cannot be compared here */
} pk_datatype;

/** What tests ask about; PK_TEST_OTHER is answered by no report. */
typedef enum pk_test_kind {
  PK_TEST_RPMINFO,
  PK_TEST_DPKGINFO,
  PK_TEST_RPMVERIFYFILE, /**< which package owns a file: answered for files that release packages own */
  PK_TEST_TEXTFILE,      /**< textfilecontent54: answered for files that tell the release, and for module states */
  PK_TEST_UNAME,
  PK_TEST_FAMILY,
  PK_TEST_VARIABLE,
  PK_TEST_SOLARIS_PACKAGE,
  PK_TEST_SOLARIS_PATCH,
  PK_TEST_PLATFORM, /**< not OVAL's: is the host of the platform that the object names? (definitions that only comments explain) */
  PK_TEST_OTHER
} pk_test_kind;

/** Entities of objects, states and items. */
typedef enum pk_field {
  PK_FIELD_NAME, /**< also Solaris pkginst and patch base */
  PK_FIELD_EPOCH,
  PK_FIELD_VERSION, /**< also a Solaris patch's version */
  PK_FIELD_RELEASE,
  PK_FIELD_EVR,
  PK_FIELD_ARCH,
  PK_FIELD_SIGNATURE,
  PK_FIELD_EXTENDED_NAME,
  PK_FIELD_FILEPATH,
  PK_FIELD_PATH,
  PK_FIELD_FILENAME,
  PK_FIELD_PATTERN,
  PK_FIELD_INSTANCE,
  PK_FIELD_TEXT,
  PK_FIELD_SUBEXPRESSION,
  PK_FIELD_OS_NAME,
  PK_FIELD_OS_RELEASE,
  PK_FIELD_OS_VERSION,
  PK_FIELD_NODE_NAME,
  PK_FIELD_MACHINE_CLASS,
  PK_FIELD_PROCESSOR,
  PK_FIELD_FAMILY,
  PK_FIELD_VALUE,
  PK_FIELD_OTHER
} pk_field;

/** A value of an entity: text, or computed from the host (a local variable). */
typedef enum pk_value_kind {
  PK_VALUE_TEXT,
  PK_VALUE_LIST,      /**< all values of all parts: a constant variable */
  PK_VALUE_OBJECT,    /**< a field of what an object finds */
  PK_VALUE_CONCAT,
  PK_VALUE_REGEX,     /**< first group of `text` in each value of the part, "" where it is not found */
  PK_VALUE_ADD,
  PK_VALUE_MULTIPLY,
  PK_VALUE_SUBSTRING, /**< from n1 (from 1), n2 characters */
  PK_VALUE_BEGIN,     /**< with `text` put before unless it is there */
  PK_VALUE_END,
  PK_VALUE_ESCAPE,    /**< as a regular expression for itself */
  PK_VALUE_SPLIT,     /**< at `text` */
  PK_VALUE_UNIQUE,
  PK_VALUE_COUNT,
  PK_VALUE_UNKNOWN    /**< an external variable, a function that is not known; `text` says which */
} pk_value_kind;

typedef struct pk_value {
  pk_value_kind kind;
  pk_str text;
  int64_t n1, n2;
  const struct pk_value *const *parts;
  size_t n_parts;
  const struct pk_test *object; /**< of PK_VALUE_OBJECT: kind and object fields count */
  pk_field field;
} pk_value;

typedef struct pk_entity {
  pk_field field;
  pk_operation operation;
  pk_datatype datatype;
  pk_check check; /**< among several values (var_check) */
  const pk_value *value;
} pk_entity;

typedef struct pk_state {
  pk_operator operator; /**< among its entities */
  const pk_entity *entities;
  size_t n_entities;
} pk_state;

typedef struct pk_test {
  pk_test_kind kind;
  pk_check check;
  pk_existence existence;
  pk_operator state_operator;
  pk_str id; /**< as the vendor numbers it, for explanations */
  const pk_entity *object;
  size_t n_object;
  const pk_state *states;
  size_t n_states;
} pk_test;

typedef enum pk_criteria_kind { PK_CRITERIA_OPERATOR, PK_CRITERIA_TEST, PK_CRITERIA_RESULT } pk_criteria_kind;

typedef struct pk_criteria {
  pk_criteria_kind kind;
  bool negate;
  pk_operator operator;
  const struct pk_criteria *const *children;
  size_t n_children;
  const pk_test *test;
  pk_result result; /**< of PK_CRITERIA_RESULT */
  pk_str why;       /**< of PK_CRITERIA_RESULT unknown or error: "extends 'oval:…', which is not in the file" */
} pk_criteria;

/** Append the encoded form. */
void pk_criteria_encode(const pk_criteria *c, pk_buf *out);
/** Read it back from the front of *bytes; arrays live in the arena, texts are borrowed.
 *  error PK_E_SYNTAX, PK_E_LIMIT */
pk_rc pk_criteria_decode(pk_str *bytes, pk_arena *arena, const pk_criteria **ret, pk_err *err) PK_MUST_USE;

/** Package names of which a host must have one for the criteria to become true: `each` is called with them. Returns false,
 *  without a call, when there is no such list (patterns, the running kernel, negations): then the criteria must be looked at for
 *  every host. Of packages that must all be there only the most telling one is named. */
typedef void pk_criteria_name(void *arg, pk_str name);
bool pk_criteria_names(const pk_criteria *c, pk_criteria_name *each, void *arg);

/** The version from which on a test is no longer true; "" when it does not ask for a lower one. */
pk_str pk_test_fixed(const pk_test *t);
/** Names and such versions of all packages that the criteria ask for, once for each test. */
typedef void pk_criteria_fix(void *arg, pk_str name, pk_str version);
void pk_criteria_fixes(const pk_criteria *c, pk_criteria_fix *each, void *arg);

#endif
