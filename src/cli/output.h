/* SPDX-License-Identifier: Apache-2.0
 *
 * output: lists for people (table), for programs (tsv, json). Columns are declared once. */
#ifndef PK_CLI_OUTPUT_H
#define PK_CLI_OUTPUT_H

#include "base/str.h"

typedef enum pk_format { PK_FORMAT_TABLE, PK_FORMAT_TSV, PK_FORMAT_JSON } pk_format;

bool pk_format_of(pk_str text, pk_format *ret);

typedef enum pk_column_type { PK_COLUMN_TEXT, PK_COLUMN_NUMBER, PK_COLUMN_BOOL, PK_COLUMN_TIME } pk_column_type;

typedef struct pk_column {
  const char *name; /**< JSON key; its upper case heads the table */
  pk_column_type type;
} pk_column;

typedef struct pk_output pk_output;

/** Begin a list on standard output. `columns` stays with the caller. */
pk_output *pk_output_new(pk_format format, const pk_column *columns, size_t n);
/** A row's next cell. In a table control characters are shown as '?', in tsv tab, newline and backslash are escaped. */
void pk_output_text(pk_output *o, pk_str text);
void pk_output_number(pk_output *o, int64_t v);
/** yes/no, or true/false in JSON. */
void pk_output_bool(pk_output *o, bool v);
/** UTC; "-" when 0. */
void pk_output_time(pk_output *o, int64_t at);
/** Write it all and free. error PK_E_IO standard output cannot be written */
pk_rc pk_output_end(pk_output **o, pk_err *err) PK_MUST_USE;

#endif
