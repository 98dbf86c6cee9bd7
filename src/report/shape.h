/* SPDX-License-Identifier: Apache-2.0
 *
 * shape: a JSON document read by a table. A shape lists the members of an object that are known; their values go to places
 * inside one draft struct of the caller, whose `done` function runs at the end of each object. Members that are not listed
 * are skipped with all they hold; a listed member of a wrong type is an error that names its path, as "packages[12].name".
 * null stands for "not told". */
#ifndef PK_REPORT_SHAPE_H
#define PK_REPORT_SHAPE_H

#include "report/decoder.h"

typedef enum pk_member_kind {
  PK_MEMBER_HEADER, /**< text by the rules of headers → pk_str */
  PK_MEMBER_TOKEN,  /**< text → pk_str; the kinds of pk_text_kind */
  PK_MEMBER_FIELD,
  PK_MEMBER_VALUE,
  PK_MEMBER_RAW,     /**< text, checked by the caller → pk_str */
  PK_MEMBER_INTEGER, /**< not negative → int64_t */
  PK_MEMBER_BOOLEAN, /**< → bool */
  PK_MEMBER_OBJECT,  /**< another shape */
  PK_MEMBER_LIST     /**< an array of objects of a shape */
} pk_member_kind;

typedef struct pk_member {
  const char *key; /**< NULL: any; the key itself goes to the shape's key_offset */
  pk_member_kind kind;
  size_t offset; /**< place in the draft */
  const struct pk_shape *inside;
} pk_member;

typedef struct pk_shape {
  const pk_member *members;
  size_t n_members;
  /** At the end of the object, and after each member with key NULL; may be NULL. An error gets the path in front. */
  pk_rc (*done)(void *draft, pk_err *err);
  size_t key_offset;
} pk_shape;

/** Read a document.
 *  in     loose  numbers are taken where text is expected, as written
 *  out    texts borrow from `json` where it has no escapes, else from the arena
 *  error  PK_E_SYNTAX, PK_E_LIMIT, what `done` returns */
pk_rc pk_shape_read(pk_decoder *d, pk_str json, const pk_shape *root, void *draft, bool loose) PK_MUST_USE;

#endif
