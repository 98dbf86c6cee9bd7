/* SPDX-License-Identifier: Apache-2.0
 *
 * xml: streaming XML (libxml2 SAX2) without DTD, entities or network, under limits. */
#ifndef PK_BASE_XML_H
#define PK_BASE_XML_H

#include "base/stream.h"

/** Deepest nesting of elements. Vendors' files need less than 30. */
#define PK_XML_DEPTH_MAX 256
/** Longest text of one element that is handed over; libxml2 refuses single nodes of 10 MB itself. */
#define PK_XML_TEXT_MAX ((size_t)1 << 20)

typedef struct pk_xml pk_xml;

/** Called for every start tag; attributes are had by pk_xml_attr meanwhile. A result other than PK_OK
 *  ends the parse and is returned from it. The handler sets err. */
typedef pk_rc pk_xml_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err);
/** Called for every end tag with the text that was directly inside, borrowed. */
typedef pk_rc pk_xml_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err);

/** Parse a stream. `name` is the element's local name; the outermost has depth 1.
 *  error  PK_E_SYNTAX not well-formed, or a DOCTYPE; PK_E_LIMIT too deep; what the handlers return */
pk_rc pk_xml_parse(pk_stream *in, pk_xml_start *start, pk_xml_end *end, void *arg, pk_err *err) PK_MUST_USE;

/** An attribute of the element being started, or an empty text. Entities are resolved. */
pk_str pk_xml_attr(pk_xml *x, const char *name);

/** Can XML tell the text, which is UTF-8? Not control characters, U+FFFE and U+FFFF. source XML 1.0, production 2 */
bool pk_xml_can_tell(pk_str text);
/** Text as content or attribute of an element: what has a meaning in XML is escaped, what it cannot tell becomes '?'. */
void pk_xml_write(pk_buf *out, pk_str text);

#endif
