/* SPDX-License-Identifier: Apache-2.0
 *
 * line: free text of a vendor's document, which may hold anything, as one line that can be shown and stored. */
#ifndef PK_FEED_LINE_H
#define PK_FEED_LINE_H

#include "base/arena.h"

/** Blanks, line ends and control characters become one blank each run, bytes that are no UTF-8 become '?', and what is
 *  longer than `max` bytes is cut between characters.
 *  out *ret in the arena
 *  Returns false when the arena is full. */
bool pk_feed_line(pk_arena *arena, pk_str text, size_t max, pk_str *ret) PK_MUST_USE;

#endif
