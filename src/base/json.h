/* SPDX-License-Identifier: Apache-2.0
 *
 * json: streaming JSON in (yajl) under limits, and JSON text out. The only file that knows yajl. */
#ifndef PK_BASE_JSON_H
#define PK_BASE_JSON_H

#include "base/stream.h"

#define PK_JSON_DEPTH_MAX 64

typedef enum pk_json_event {
  PK_JSON_OBJECT, /**< { */
  PK_JSON_OBJECT_END,
  PK_JSON_ARRAY, /**< [ */
  PK_JSON_ARRAY_END,
  PK_JSON_KEY,
  PK_JSON_STRING,
  PK_JSON_NUMBER, /**< as written */
  PK_JSON_TRUE,
  PK_JSON_FALSE,
  PK_JSON_NULL
} pk_json_event;

/** Called for every event. Depth counts open objects and arrays: the members of the outermost have 1, and
 *  so have its own begin and end. Text is borrowed until the handler returns. */
typedef pk_rc pk_json_handler(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err);

/** Parse one document from memory or a stream.
 *  error  PK_E_SYNTAX (with the byte offset, or saying that it is XML or HTML), PK_E_LIMIT nested too deep, what the handler
 *         returns */
pk_rc pk_json_parse(pk_str bytes, pk_json_handler *handler, void *arg, pk_err *err) PK_MUST_USE;
pk_rc pk_json_parse_stream(pk_stream *in, pk_json_handler *handler, void *arg, pk_err *err) PK_MUST_USE;
/** As pk_json_parse_stream, for one or more documents one behind the other, as in JSON Lines: each begins and ends at
 *  depth 1, or is a scalar at depth 0. */
pk_rc pk_json_parse_documents(pk_stream *in, pk_json_handler *handler, void *arg, pk_err *err) PK_MUST_USE;

/** JSON out: commas and escapes are this writer's work. */
typedef struct pk_json_out {
  pk_buf *buf;
  bool comma;
} pk_json_out;

void pk_json_begin(pk_json_out *o, char bracket);
void pk_json_end(pk_json_out *o, char bracket);
void pk_json_key(pk_json_out *o, const char *key);
/** Bytes that are not UTF-8 are shown as U+FFFD. */
void pk_json_str(pk_json_out *o, pk_str s);
void pk_json_int(pk_json_out *o, int64_t v);
void pk_json_bool(pk_json_out *o, bool v);
void pk_json_null(pk_json_out *o);
/** A value that is JSON already. */
void pk_json_plain(pk_json_out *o, pk_str text);

#endif
