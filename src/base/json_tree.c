/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_tree.h"

#include "base/arena.h"

#include <stdlib.h>

#define PATH_MAX_DEPTH 4

typedef struct builder {
  unsigned want; /* depth of the values that are handed over */
  size_t bytes_max;
  pk_json_visit *visit;
  void *arg;
  pk_buf keys[PATH_MAX_DEPTH]; /* of the containers above, and of the value */
  pk_arena arena;
  pk_json_value *open[PK_JSON_DEPTH_MAX + 1]; /* containers being built, from the value itself */
  pk_json_value *last[PK_JSON_DEPTH_MAX + 1]; /* their youngest child */
  unsigned n_open;
  pk_str key; /* of the next child, in the arena */
} builder;

static pk_rc full(builder *b, pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "one value of the JSON document takes more than %zu bytes of memory", b->bytes_max);
}

static pk_rc hand_over(builder *b, const pk_json_value *v, unsigned depth, pk_err *err) {
  pk_str path[PATH_MAX_DEPTH + 1] = {{0}};
  for (unsigned i = 0; i < depth && i < PATH_MAX_DEPTH; i++) path[i] = pk_buf_view(&b->keys[i]);
  pk_rc rc = b->visit(b->arg, path, v, err);
  pk_arena_fini(&b->arena);
  pk_arena_init(&b->arena, b->bytes_max);
  b->key = PK_STR("");
  return rc;
}

/* A value begins; `depth` is that of the container around it (0: the document itself). */
static pk_rc add(builder *b, pk_json_event kind, pk_str text, unsigned depth, pk_err *err) {
  bool is_container = kind == PK_JSON_OBJECT || kind == PK_JSON_ARRAY;
  if (!b->n_open && depth < b->want && is_container) { /* on the way down */
    b->keys[depth].n = 0;                              /* inside arrays there are no keys */
    return PK_OK;
  }
  pk_json_value *v = pk_arena_alloc(&b->arena, sizeof *v);
  if (!v) return full(b, err);
  v->kind = kind;
  v->key = b->key;
  if (!pk_arena_copy(&b->arena, text, &v->text)) return full(b, err);
  b->key = PK_STR("");
  if (b->n_open) {
    pk_json_value **link = b->last[b->n_open - 1] ? &b->last[b->n_open - 1]->next : &b->open[b->n_open - 1]->first;
    *link = v;
    b->last[b->n_open - 1] = v;
  }
  if (is_container) {
    b->open[b->n_open] = v;
    b->last[b->n_open++] = NULL;
    return PK_OK;
  }
  return b->n_open ? PK_OK : hand_over(b, v, depth, err);
}

static pk_rc on_event(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err) {
  builder *b = arg;
  switch (event) {
  case PK_JSON_KEY:
    if (b->n_open) return pk_arena_copy(&b->arena, text, &b->key) ? PK_OK : full(b, err);
    if (depth >= 1 && depth <= PATH_MAX_DEPTH) {
      b->keys[depth - 1].n = 0;
      pk_buf_str(&b->keys[depth - 1], pk_str_sub(text, 0, text.n < 4096 ? text.n : 4096));
    }
    return PK_OK;
  case PK_JSON_OBJECT:
  case PK_JSON_ARRAY:
    return add(b, event, PK_STR(""), depth - 1, err); /* their own begin counts them already */
  case PK_JSON_OBJECT_END:
  case PK_JSON_ARRAY_END:
    if (!b->n_open) return PK_OK;
    b->n_open--;
    return b->n_open ? PK_OK : hand_over(b, b->open[0], depth - 1, err);
  case PK_JSON_STRING:
  case PK_JSON_NUMBER:
  case PK_JSON_TRUE:
  case PK_JSON_FALSE:
  case PK_JSON_NULL:
    return add(b, event, text, depth, err);
  }
  return PK_OK;
}

typedef pk_rc parse_function(pk_stream *in, pk_json_handler *handler, void *arg, pk_err *err);

static pk_rc each(parse_function *parse, pk_stream *in, unsigned depth, size_t bytes_max, pk_json_visit *visit, void *arg,
                  pk_err *err) {
  if (depth > PATH_MAX_DEPTH) pk_panic("JSON values are wanted too deep");
  builder *b = pk_calloc(1, sizeof *b);
  b->want = depth;
  b->bytes_max = bytes_max;
  b->visit = visit;
  b->arg = arg;
  pk_arena_init(&b->arena, bytes_max);
  for (unsigned i = 0; i < PATH_MAX_DEPTH; i++) pk_buf_init(&b->keys[i], 4096);
  pk_rc rc = parse(in, on_event, b, err);
  for (unsigned i = 0; i < PATH_MAX_DEPTH; i++) pk_buf_free(&b->keys[i]);
  pk_arena_fini(&b->arena);
  free(b);
  return rc;
}

pk_rc pk_json_each(pk_stream *in, unsigned depth, size_t bytes_max, pk_json_visit *visit, void *arg, pk_err *err) {
  return each(pk_json_parse_stream, in, depth, bytes_max, visit, arg, err);
}

pk_rc pk_json_each_of_many(pk_stream *in, unsigned depth, size_t bytes_max, pk_json_visit *visit, void *arg, pk_err *err) {
  return each(pk_json_parse_documents, in, depth, bytes_max, visit, arg, err);
}

const pk_json_value *pk_json_get(const pk_json_value *v, const char *key) {
  const pk_json_value *found = NULL;
  if (v && v->kind == PK_JSON_OBJECT)
    for (const pk_json_value *c = v->first; c; c = c->next)
      if (pk_str_is(c->key, key)) found = c;
  return found;
}

pk_str pk_json_text(const pk_json_value *v, const char *key) {
  const pk_json_value *found = pk_json_get(v, key);
  return found && found->kind == PK_JSON_STRING ? found->text : PK_STR("");
}

bool pk_json_true(const pk_json_value *v, const char *key) {
  const pk_json_value *found = pk_json_get(v, key);
  return found && found->kind == PK_JSON_TRUE;
}
