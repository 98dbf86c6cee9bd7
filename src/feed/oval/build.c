/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/oval/build.h"

#include <stdio.h>
#include <stdlib.h>

void pk_oval_file_init(pk_oval_file *f, const pk_platform_map *platforms) {
  *f = (pk_oval_file){.platforms = platforms};
  pk_arena_init(&f->arena, PK_DOCUMENT_BYTES_MAX);
  pk_map *const maps[] = {&f->texts, &f->definition_ids, &f->tests, &f->objects, &f->states, &f->variables};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_init(maps[i], false);
}

void pk_oval_file_fini(pk_oval_file *f) {
  pk_map *const maps[] = {&f->texts, &f->definition_ids, &f->tests, &f->objects, &f->states, &f->variables};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_fini(maps[i]);
  free(f->definitions);
  pk_arena_fini(&f->arena);
}

void *pk_oval_own(const void *p) { return (void *)(uintptr_t)p; }

bool pk_oval_intern(pk_oval_file *f, pk_str text, pk_str *ret) {
  *ret = PK_STR("");
  if (!text.n) return true;
  uint64_t *known = pk_map_get(&f->texts, text);
  if (known) {
    *ret = (pk_str){(const char *)(uintptr_t)*known, text.n};
    return true;
  }
  if (!pk_arena_copy(&f->arena, text, ret)) return false;
  *pk_map_put(&f->texts, *ret, NULL) = (uint64_t)(uintptr_t)ret->p;
  return true;
}

bool pk_oval_append(pk_oval_file *f, void **list, size_t *n, size_t size) {
  size_t have = *n;
  if (have == 0 || (have & (have - 1)) == 0) { /* full at every power of two */
    void *bigger = pk_arena_alloc(&f->arena, (have ? have * 2 : 1) * size);
    if (!bigger) return false;
    if (have) memcpy(bigger, *list, have * size);
    *list = bigger;
  }
  memset((char *)*list + have * size, 0, size);
  *n = have + 1;
  return true;
}

bool pk_oval_pending(pk_oval_file *f, pk_oval_thing *owner, pk_value *v, pk_oval_ref kind, pk_str ref) {
  pk_oval_open *o = pk_arena_alloc(&f->arena, sizeof *o);
  if (!o || !pk_oval_intern(f, ref, &o->ref)) return false;
  o->value = v;
  o->kind = kind;
  o->next = owner->open;
  owner->open = o;
  v->kind = kind == PK_OVAL_OBJECT ? PK_VALUE_OBJECT : PK_VALUE_LIST;
  return true;
}

static pk_oval_thing *thing_named(const pk_map *map, pk_str id) {
  const uint64_t *found = pk_map_get(map, id);
  return found ? (pk_oval_thing *)(uintptr_t)*found : NULL;
}

/* ---- values ---- */

static bool unknown(pk_value *v) {
  *v = (pk_value){.kind = PK_VALUE_UNKNOWN};
  return true;
}

static bool resolve_thing(pk_oval_file *f, pk_oval_thing *t, unsigned depth, bool *ret_sound);

static bool resolve_value(pk_oval_file *f, const pk_oval_open *o, unsigned depth) {
  bool sound = false;
  pk_oval_thing *target = thing_named(o->kind == PK_OVAL_OBJECT ? &f->objects : &f->variables, o->ref);
  if (!target || (o->kind == PK_OVAL_OBJECT && (target->is_set || target->is_filtered))) return unknown(o->value);
  if (!resolve_thing(f, target, depth + 1, &sound)) return false;
  if (!sound) return unknown(o->value);
  if (o->kind == PK_OVAL_VARIABLE) {
    *o->value = *target->value;
    return true;
  }
  pk_test *object = pk_arena_alloc(&f->arena, sizeof *object);
  if (!object) return false;
  *object = (pk_test){.kind = target->kind, .id = target->id, .object = target->entities, .n_object = target->n_entities};
  o->value->object = object;
  return true;
}

/* A reference that comes back to itself is not sound, and what refers to it has no value. Returns false when memory is over. */
static bool resolve_thing(pk_oval_file *f, pk_oval_thing *t, unsigned depth, bool *ret_sound) {
  *ret_sound = t->mark != PK_OVAL_OPEN && depth < PK_CRITERIA_DEPTH_MAX;
  if (!*ret_sound || t->mark == PK_OVAL_DONE) return true;
  t->mark = PK_OVAL_OPEN;
  for (const pk_oval_open *o = t->open; o; o = o->next)
    if (!resolve_value(f, o, depth)) return false;
  t->mark = PK_OVAL_DONE;
  return true;
}

pk_rc pk_oval_resolve(pk_oval_file *f, pk_err *err) {
  const pk_map *const maps[] = {&f->variables, &f->objects, &f->states};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
    size_t pos = 0;
    bool sound;
    for (pk_map_slot *slot; (slot = pk_map_next(maps[i], &pos)) != NULL;)
      if (!resolve_thing(f, (pk_oval_thing *)(uintptr_t)slot->value, 0, &sound))
        return pk_err_set(err, PK_E_LIMIT, "the OVAL file takes more than %zu bytes of memory", PK_DOCUMENT_BYTES_MAX);
  }
  return PK_OK;
}

static pk_str key_of_state(const pk_oval_thing *state) {
  for (size_t i = 0; state && i < state->n_entities; i++)
    if (state->entities[i].field == PK_FIELD_SIGNATURE && state->entities[i].value->kind == PK_VALUE_TEXT) return state->entities[i].value->text;
  return PK_STR("");
}

pk_str pk_oval_key(pk_oval_file *f) {
  pk_map counts;
  pk_map_init(&counts, false);
  size_t pos = 0;
  for (pk_map_slot *slot; (slot = pk_map_next(&f->tests, &pos)) != NULL;) {
    const pk_oval_thing *t = (const pk_oval_thing *)(uintptr_t)slot->value;
    for (size_t i = 0; i < t->n_state_refs; i++) {
      pk_str key = key_of_state(thing_named(&f->states, t->state_refs[i]));
      if (key.n) ++*pk_map_put(&counts, key, NULL);
    }
  }
  const pk_map_slot *most = NULL;
  pos = 0;
  for (const pk_map_slot *slot; (slot = pk_map_next(&counts, &pos)) != NULL;)
    if (!most || slot->value > most->value || (slot->value == most->value && pk_str_cmp(slot->key, most->key) < 0)) most = slot;
  pk_str key = most ? most->key : PK_STR("");
  pk_map_fini(&counts);
  return key;
}

/* ---- criteria ---- */

typedef struct builder {
  pk_oval_file *file;
  size_t n_nodes;
  unsigned deepest;
  bool over;
} builder;

/* `why` says what, with '@' where the name goes. */
static const pk_criteria *result_node(builder *b, pk_result result, const char *why, pk_str name) {
  char text[512];
  pk_criteria *c = pk_arena_alloc(&b->file->arena, sizeof *c);
  size_t before = strcspn(why, "@");
  snprintf(text, sizeof text, "%.*s%.*s%s", (int)before, why, PK_FMT(name), why[before] ? why + before + 1 : "");
  if (!c || !pk_arena_copy(&b->file->arena, pk_str_of(text), &c->why)) {
    b->over = true;
    return NULL;
  }
  c->kind = PK_CRITERIA_RESULT;
  c->result = result;
  return c;
}

static const pk_criteria *test_node(builder *b, const pk_test *test, bool negate) {
  pk_criteria *c = pk_arena_alloc(&b->file->arena, sizeof *c);
  if (!c) {
    b->over = true;
    return NULL;
  }
  *c = (pk_criteria){.kind = PK_CRITERIA_TEST, .test = test, .negate = negate};
  return c;
}

static const pk_criteria *build_states(builder *b, const pk_oval_thing *t, pk_test *test) {
  pk_state *states = t->n_state_refs ? pk_arena_alloc(&b->file->arena, t->n_state_refs * sizeof *states) : NULL;
  if (t->n_state_refs && !states) {
    b->over = true;
    return NULL;
  }
  for (size_t i = 0; i < t->n_state_refs; i++) {
    const pk_oval_thing *s = thing_named(&b->file->states, t->state_refs[i]);
    if (!s) return result_node(b, PK_RESULT_ERROR, "a test refers to state '@', which is not in the file", t->state_refs[i]);
    states[i] = (pk_state){.operator= s->operator, .entities = s->entities, .n_entities = s->n_entities};
  }
  test->states = states;
  test->n_states = t->n_state_refs;
  return test_node(b, test, false);
}

static const pk_criteria *build_test(builder *b, pk_oval_thing *t) {
  const pk_oval_thing *object = thing_named(&b->file->objects, t->object_ref);
  pk_test *test = pk_arena_alloc(&b->file->arena, sizeof *test);
  if (!test) {
    b->over = true;
    return NULL;
  }
  *test = (pk_test){.kind = t->kind, .check = t->check, .existence = t->existence, .state_operator = t->operator, .id = t->id};
  if (t->kind == PK_TEST_OTHER) return test_node(b, test, false);
  if (!object) return result_node(b, PK_RESULT_ERROR, "a test refers to object '@', which is not in the file", t->object_ref);
  if (object->is_set || object->is_filtered)
    return result_node(b, PK_RESULT_UNKNOWN, "object '@' is a set or has a filter, which is not supported", t->object_ref);
  test->object = object->entities;
  test->n_object = object->n_entities;
  return build_states(b, t, test);
}

/* ---- definitions that only comments explain (Pakiti 3's local ones, excerpts) ---- */

static const pk_value *text_value(builder *b, pk_str text) {
  pk_value *v = pk_arena_alloc(&b->file->arena, sizeof *v);
  if (!v || !pk_arena_copy(&b->file->arena, text, &v->text)) b->over = true;
  return b->over ? NULL : v;
}

static const pk_criteria *made_up_test(builder *b, pk_test_kind kind, pk_str name, pk_str earlier_than) {
  pk_test *test = pk_arena_alloc(&b->file->arena, sizeof *test);
  pk_entity *entities = pk_arena_alloc(&b->file->arena, 2 * sizeof *entities);
  pk_state *state = pk_arena_alloc(&b->file->arena, sizeof *state);
  if (!test || !entities || !state) b->over = true;
  if (b->over) return NULL;
  entities[0] = (pk_entity){.field = PK_FIELD_NAME, .value = text_value(b, name)};
  *test = (pk_test){.kind = kind, .check = PK_CHECK_AT_LEAST_ONE, .object = entities, .n_object = 1};
  if (earlier_than.n) {
    entities[1] = (pk_entity){.field = PK_FIELD_EVR, .operation = PK_OP_LESS, .datatype = PK_DATA_EVR, .value = text_value(b, earlier_than)};
    *state = (pk_state){.entities = &entities[1], .n_entities = 1};
    test->states = state;
    test->n_states = 1;
  }
  return b->over ? NULL : test_node(b, test, false);
}

/*  source Pakiti 3, OvalLocal and RedHat parsers: "NAME is earlier than EVR", "SYSTEM is installed"; the rest does not count */
static const pk_criteria *node_of_comment(builder *b, pk_str comment) {
  static const char earlier[] = " is earlier than ";
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  for (size_t i = 0; i + sizeof earlier - 1 < comment.n; i++) {
    if (memcmp(comment.p + i, earlier, sizeof earlier - 1) != 0) continue;
    pk_str evr = pk_str_trim(pk_str_sub(comment, i + sizeof earlier - 1, comment.n));
    return made_up_test(b, PK_TEST_RPMINFO, pk_str_trim(pk_str_sub(comment, 0, i)), evr);
  }
  pk_str system = comment;
  if (pk_str_ends(comment, " is installed")) system = pk_str_sub(comment, 0, comment.n - strlen(" is installed"));
  if (system.n == comment.n || !b->file->platforms) return result_node(b, PK_RESULT_TRUE, "'@' is not tested", comment);
  if (pk_platform_map_find(b->file->platforms, system, name, &type) == PK_OK) return made_up_test(b, PK_TEST_PLATFORM, pk_str_of(name), PK_STR(""));
  return result_node(b, PK_RESULT_UNKNOWN, "'@': the system is not known", comment);
}

/* ---- trees ---- */

static const pk_criteria *build_definition(builder *b, pk_oval_definition *d, unsigned depth);

static const pk_criteria *negated(builder *b, const pk_criteria *c, bool negate) {
  if (!c || !negate) return c;
  pk_criteria *n = pk_arena_alloc(&b->file->arena, sizeof *n);
  if (!n) {
    b->over = true;
    return NULL;
  }
  *n = *c;
  n->negate = !c->negate;
  return n;
}

static const pk_criteria *build_criterion(builder *b, const pk_oval_node *n) {
  pk_oval_thing *t = thing_named(&b->file->tests, n->ref);
  if (!t && b->file->tests.n == 0) return node_of_comment(b, n->comment);
  if (!t) return result_node(b, PK_RESULT_ERROR, "refers to test '@', which is not in the file", n->ref);
  if (!t->built) t->built = build_test(b, t);
  return t->built;
}

static const pk_criteria *build_extend(builder *b, const pk_oval_node *n, unsigned depth) {
  const uint64_t *place = pk_map_get(&b->file->definition_ids, n->ref);
  if (!place) return result_node(b, PK_RESULT_ERROR, "extends '@', which is not in the file", n->ref);
  pk_oval_definition *d = &b->file->definitions[*place - 1];
  if (d->mark == PK_OVAL_OPEN) return result_node(b, PK_RESULT_ERROR, "'@' extends itself", n->ref);
  return build_definition(b, d, depth);
}

static const pk_criteria *build_node(builder *b, const pk_oval_node *n, unsigned depth) {
  if (++b->n_nodes > PK_CRITERIA_NODES_MAX) return result_node(b, PK_RESULT_ERROR, "the criteria are too large", PK_STR(""));
  if (depth > PK_CRITERIA_DEPTH_MAX) return result_node(b, PK_RESULT_ERROR, "the criteria are nested too deep", PK_STR(""));
  if (depth > b->deepest) b->deepest = depth;
  if (n->kind == PK_OVAL_CRITERION) return negated(b, build_criterion(b, n), n->negate);
  if (n->kind == PK_OVAL_EXTEND) return negated(b, build_extend(b, n, depth + 1), n->negate);
  size_t count = 0;
  for (const pk_oval_node *c = n->first; c; c = c->next) count++;
  pk_criteria *made = pk_arena_alloc(&b->file->arena, sizeof *made);
  const pk_criteria **children = pk_arena_alloc(&b->file->arena, count * sizeof *children);
  if (!made || !children) {
    b->over = true;
    return NULL;
  }
  *made = (pk_criteria){.kind = PK_CRITERIA_OPERATOR, .operator= n->operator, .negate = n->negate, .children = children, .n_children = count};
  count = 0;
  for (const pk_oval_node *c = n->first; c && !b->over; c = c->next) children[count++] = build_node(b, c, depth + 1);
  return made;
}

static const pk_criteria *build_definition(builder *b, pk_oval_definition *d, unsigned depth) {
  if (!d->root) return result_node(b, PK_RESULT_ERROR, "'@' has no criteria", d->id);
  unsigned deepest = b->deepest;
  if (d->mark == PK_OVAL_DONE) {
    b->n_nodes += d->n_nodes;
    b->deepest = deepest > depth + d->height ? deepest : depth + d->height;
    if (b->n_nodes > PK_CRITERIA_NODES_MAX) return result_node(b, PK_RESULT_ERROR, "the criteria are too large", PK_STR(""));
    if (depth + d->height > PK_CRITERIA_DEPTH_MAX) return result_node(b, PK_RESULT_ERROR, "the criteria are nested too deep", PK_STR(""));
    return d->built;
  }
  size_t before = b->n_nodes;
  b->deepest = depth;
  d->mark = PK_OVAL_OPEN;
  d->built = build_node(b, d->root, depth);
  d->mark = PK_OVAL_DONE;
  d->n_nodes = b->n_nodes - before;
  d->height = b->deepest - depth;
  if (deepest > b->deepest) b->deepest = deepest;
  return d->built;
}

pk_rc pk_oval_each(pk_oval_file *f, pk_oval_visit *visit, void *arg, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < f->n_definitions; i++) {
    builder b = {.file = f};
    pk_oval_definition *d = &f->definitions[i];
    pk_definition out = {.id = d->id, .class = d->class, .severity = d->severity, .title = d->title, .advisory = d->advisory,
                         .issued_at = d->issued_at, .cves = d->cves, .n_cves = d->n_cves, .withdrawn = d->deprecated,
                         .unfixed = d->unfixed, .n_unfixed = d->n_unfixed};
    out.criteria = build_definition(&b, d, 1);
    if (b.over || !out.criteria)
      return pk_err_set(err, PK_E_LIMIT, "the OVAL file takes more than %zu bytes of memory", PK_DOCUMENT_BYTES_MAX);
    if (d->id.n > PK_DEFINITION_ID_MAX) return pk_err_set(err, PK_E_LIMIT, "a definition's id is longer than %zu bytes", PK_DEFINITION_ID_MAX);
    rc = visit(arg, &out, err);
  }
  return rc;
}
