/* SPDX-License-Identifier: Apache-2.0
 *
 * json_tree: JSON values as trees in an arena, built by the streaming reader only where they are wanted: a document of
 * any size whose interesting values lie at one depth is read in the memory of the largest of them. */
#ifndef PK_BASE_JSON_TREE_H
#define PK_BASE_JSON_TREE_H

#include "base/json.h"

typedef struct pk_json_value {
  pk_json_event
      kind;    /**< PK_JSON_OBJECT, PK_JSON_ARRAY, PK_JSON_STRING, PK_JSON_NUMBER, PK_JSON_TRUE, PK_JSON_FALSE, PK_JSON_NULL */
  pk_str key;  /**< in an object */
  pk_str text; /**< of a string (unescaped) or number (as written) */
  struct pk_json_value *first, *next; /**< children in their order; sibling */
} pk_json_value;

/** Called for every value at the wanted depth; the value lives until the handler returns.
 *  in  path  keys of the objects above and of the value itself ("" inside arrays): path[0] is the member of the outermost */
typedef pk_rc pk_json_visit(void *arg, const pk_str *path, const pk_json_value *value, pk_err *err);

/** Read a document from a stream; depth 0: the whole document is one value; 1: members of the outermost object or array; …
 *  Scalars above the depth are handed over as well, with their own, shorter path (the rest of it is empty).
 *  in     depth      at most 4
 *         bytes_max  most memory of one value
 *  error  PK_E_SYNTAX, PK_E_LIMIT, what the handler returns */
pk_rc pk_json_each(pk_stream *in, unsigned depth, size_t bytes_max, pk_json_visit *visit, void *arg, pk_err *err) PK_MUST_USE;

/** The same for one or more documents one behind the other (JSON Lines): each is read as if it were alone. */
pk_rc pk_json_each_of_many(pk_stream *in, unsigned depth, size_t bytes_max, pk_json_visit *visit, void *arg,
                           pk_err *err) PK_MUST_USE;

/** A member of an object, the last one of that name; NULL when there is none or `v` is NULL or no object. */
const pk_json_value *pk_json_get(const pk_json_value *v, const char *key);
/** Text of a string member; "" when there is none. */
pk_str pk_json_text(const pk_json_value *v, const char *key);
/** Is the member true? */
bool pk_json_true(const pk_json_value *v, const char *key);

#endif
