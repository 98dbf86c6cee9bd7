/* SPDX-License-Identifier: Apache-2.0
 *
 * build: what an OVAL file holds while it is read, and how its references are put together. Private to oval/. */
#ifndef PK_FEED_OVAL_BUILD_H
#define PK_FEED_OVAL_BUILD_H

#include "base/map.h"
#include "feed/oval/oval.h"

typedef enum pk_oval_node_kind { PK_OVAL_CRITERIA, PK_OVAL_CRITERION, PK_OVAL_EXTEND } pk_oval_node_kind;

/** criteria, criterion or extend_definition */
typedef struct pk_oval_node {
  pk_oval_node_kind kind;
  bool negate;
  pk_operator operator;
  pk_str ref, comment;
  struct pk_oval_node *first, *last, *next;
} pk_oval_node;

typedef enum pk_oval_mark { PK_OVAL_NEW, PK_OVAL_OPEN, PK_OVAL_DONE } pk_oval_mark;

typedef struct pk_oval_definition {
  pk_str id, class, title, advisory, severity;
  int64_t issued_at;
  bool deprecated;
  pk_str *cves;
  size_t n_cves, cves_cap;
  pk_unfixed *unfixed;
  size_t n_unfixed;
  pk_oval_node *root;
  pk_oval_mark mark;
  const pk_criteria *built;
  size_t n_nodes;
  unsigned height;
} pk_oval_definition;

typedef enum pk_oval_ref { PK_OVAL_VARIABLE, PK_OVAL_OBJECT } pk_oval_ref;

/** A value that refers to a variable or an object that may come later. */
typedef struct pk_oval_open {
  pk_value *value;
  pk_oval_ref kind;
  pk_str ref;
  struct pk_oval_open *next;
} pk_oval_open;

/** A test, object, state or variable. */
typedef struct pk_oval_thing {
  pk_str id;
  pk_test_kind kind;
  pk_check check;
  pk_existence existence;
  pk_operator operator;
  pk_str object_ref;
  pk_str *state_refs;
  size_t n_state_refs;
  pk_entity *entities;
  size_t n_entities;
  bool is_set, is_filtered;
  pk_value *value;       /**< of a variable */
  pk_oval_open *open;    /**< references of its values */
  pk_oval_mark mark;
  const pk_criteria *built; /**< of a test */
} pk_oval_thing;

typedef struct pk_oval_file {
  pk_arena arena;
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
