/* SPDX-License-Identifier: Apache-2.0
 *
 * build: what an OVAL file holds while it is read, and how its references are put together. Private to oval/. */
#ifndef PK_FEED_OVAL_BUILD_H
#define PK_FEED_OVAL_BUILD_H

#include "base/map.h"
#include "feed/oval/oval.h"

typedef enum pk_oval_node_kind { PK_OVAL_CRITERIA, PK_OVAL_CRITERION, PK_OVAL_EXTEND } pk_oval_node_kind;

struct pk_oval_thing;

/** criteria, criterion or extend_definition. A large file has millions of them: every byte counts. */
typedef struct pk_oval_node {
  unsigned char kind, operator; /**< pk_oval_node_kind, pk_operator */
  bool negate;
  union {
    struct {
      struct pk_oval_node *first, *last;
    };
    struct {
      struct pk_oval_thing *test;
      const char *comment; /**< NULL: not kept */
    };
    const char *extends; /**< id of a definition */
  };
  struct pk_oval_node *next;
} pk_oval_node;

typedef enum pk_oval_mark { PK_OVAL_NEW, PK_OVAL_OPEN, PK_OVAL_DONE } pk_oval_mark;

/** Comments are only needed where a file has no tests; such files are small. */
#define PK_OVAL_COMMENTS_BYTES_MAX ((size_t)8 << 20)

typedef struct pk_oval_definition {
  pk_str id, class, title, advisory, severity;
  int64_t issued_at;
  bool deprecated;
  pk_str *cves;
  size_t n_cves;
  pk_unfixed *unfixed;
  size_t n_unfixed;
  pk_oval_node *root;
  bool open; /**< being built: met again, it extends itself */
} pk_oval_definition;

typedef enum pk_oval_ref { PK_OVAL_VARIABLE, PK_OVAL_OBJECT } pk_oval_ref;

/** A value that refers to a variable or an object that may come later. */
typedef struct pk_oval_open {
  pk_value *value;
  pk_oval_ref kind;
  pk_str ref;
  struct pk_oval_open *next;
} pk_oval_open;

/** A test, object, state or variable: what is known of it, and until it is met in the file, only its name. */
typedef struct pk_oval_thing {
  pk_str id;
  unsigned char kind, check, existence, operator, mark; /**< pk_test_kind, pk_check, pk_existence, pk_operator, pk_oval_mark */
  bool is_defined, is_set, is_filtered;
  unsigned n;    /**< of states or entities */
  unsigned size; /**< values and functions, those that it refers to counted in */
  union {
    struct {
      struct pk_oval_thing *object, **states; /**< of a test */
    };
    struct {
      pk_entity *entities; /**< of an object or state */
      pk_oval_open *open;  /**< references of its values, or of a variable's */
      pk_value *value;     /**< of a variable */
    };
  };
} pk_oval_thing;

typedef struct pk_oval_file {
  pk_arena arena;
  pk_arena built; /**< criteria of the definition that is being handed over */
  size_t comments_bytes, n_tests;
  const pk_platform_map *platforms;
  pk_map texts; /**< each kept once */
  pk_oval_definition *definitions;
  size_t n_definitions, definitions_cap;
  pk_map definition_ids, tests, objects, states, variables;
} pk_oval_file;

void pk_oval_file_init(pk_oval_file *f, const pk_platform_map *platforms);
void pk_oval_file_fini(pk_oval_file *f);

/** A text that is kept once however often it comes. Returns false when memory is over. */
bool pk_oval_intern(pk_oval_file *f, pk_str text, pk_str *ret);
/** The thing of that name, made when it is new. NULL when memory is over. */
pk_oval_thing *pk_oval_thing_named(pk_oval_file *f, pk_map *map, pk_str id);
/** Room for one more item in an array of the arena; *n counts it. */
bool pk_oval_append(pk_oval_file *f, void **list, size_t *n, size_t size);
/** Note that a value is to be had from what `ref` names. */
bool pk_oval_pending(pk_oval_file *f, pk_oval_thing *owner, pk_value *v, pk_oval_ref kind, pk_str ref);
/** What was handed out as constant is still this file's own while it is read. */
void *pk_oval_own(const void *p);

/** After the whole file is read: put values together. */
pk_rc pk_oval_resolve(pk_oval_file *f, pk_err *err) PK_MUST_USE;
/** The signature key that most tests ask for. */
pk_str pk_oval_key(pk_oval_file *f);
/** Hand over every definition with its criteria. */
pk_rc pk_oval_each(pk_oval_file *f, pk_oval_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

#endif
