/* SPDX-License-Identifier: Apache-2.0
 *
 * form: fields of a submitted form: application/x-www-form-urlencoded (also a query string) and multipart/form-data
 * (RFC 7578). Decoded bytes are in the arena, or borrowed where nothing had to be decoded. Not checked for UTF-8. */
#ifndef PK_REPORT_FORM_H
#define PK_REPORT_FORM_H

#include "base/arena.h"

/** Most fields of a form. */
#define PK_FORM_FIELDS_MAX 64
/** Longest field name, bytes. */
#define PK_FORM_NAME_MAX 64
/** Longest header of one part, bytes. */
#define PK_FORM_PART_HEADER_MAX 4096
/** Longest boundary (RFC 2046 section 5.1.1). */
#define PK_FORM_BOUNDARY_MAX 70

typedef struct pk_form_field {
  pk_str name, value;
} pk_form_field;

typedef struct pk_form {
  pk_form_field *fields; /**< in the order of the form */
  size_t n, cap;
  bool multipart;
} pk_form;

/** Parse urlencoded fields. A '%' that is not followed by two hex digits stays, as in PHP.
 *  error  PK_E_LIMIT too many fields, a long name, the arena is full */
pk_rc pk_form_parse_urlencoded(pk_str text, pk_arena *arena, pk_form *ret, pk_err *err) PK_MUST_USE;

/** Parse multipart fields. Lines may end with LF alone.
 *  error  PK_E_SYNTAX no such boundary, a part without a name, the closing boundary is missing; PK_E_LIMIT */
pk_rc pk_form_parse_multipart(pk_str body, pk_str boundary, pk_arena *arena, pk_form *ret, pk_err *err) PK_MUST_USE;

/** The boundary that a Content-Type names, or the one that a body begins with; false when there is none. */
bool pk_form_boundary(pk_str content_type, pk_str body, pk_str *ret);

/** The first field of that name; false when there is none. */
bool pk_form_find(const pk_form *form, const char *name, pk_str *ret);

#endif
