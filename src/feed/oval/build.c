/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/oval/build.h"

#include <stdio.h>
#include <stdlib.h>

/* Memory for the criteria of one definition. */
#define BUILT_BYTES_MAX ((size_t)64 << 20)

void pk_oval_file_init(pk_oval_file *f, const pk_platform_map *platforms) {
  *f = (pk_oval_file){.platforms = platforms};
  pk_arena_init(&f->arena, PK_DOCUMENT_BYTES_MAX);
  pk_arena_init(&f->built, BUILT_BYTES_MAX);
  pk_map *const maps[] = {&f->texts, &f->definition_ids, &f->tests, &f->objects, &f->states, &f->variables};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_init(maps[i], false);
}

void pk_oval_file_fini(pk_oval_file *f) {
  pk_map *const maps[] = {&f->texts, &f->definition_ids, &f->tests, &f->objects, &f->states, &f->variables};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_fini(maps[i]);
  free(f->definitions);
  pk_arena_fini(&f->arena);
  pk_arena_fini(&f->built);
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

pk_oval_thing *pk_oval_thing_named(pk_oval_file *f, pk_map *map, pk_str id) {
  const uint64_t *found = pk_map_get(map, id);
  if (found) return (pk_oval_thing *)(uintptr_t)*found;
  pk_oval_thing *t = pk_arena_alloc(&f->arena, sizeof *t);
  if (!t || !pk_arena_copy(&f->arena, id, &t->id)) return NULL;
  *pk_map_put(map, t->id, NULL) = (uint64_t)(uintptr_t)t;
  return t;
}

static pk_oval_thing *defined(const pk_map *map, pk_str id) {
  const uint64_t *found = pk_map_get(map, id);
  pk_oval_thing *t = found ? (pk_oval_thing *)(uintptr_t)*found : NULL;
  return t && t->is_defined ? t : NULL;
}

/* ---- values ---- */

static bool unknown(pk_value *v) {
  *v = (pk_value){.kind = PK_VALUE_UNKNOWN};
  return true;
}

static bool resolve_thing(pk_oval_file *f, pk_oval_thing *t, unsigned depth, bool *ret_sound);

static unsigned count_values(const pk_value *v) {
  unsigned n = 1;
  for (size_t i = 0; i < v->n_parts; i++) n += count_values(v->parts[i]);
  return n;
}

static bool resolve_value(pk_oval_file *f, pk_oval_thing *owner, const pk_oval_open *o, unsigned depth) {
  bool sound = false;
  pk_oval_thing *target = defined(o->kind == PK_OVAL_OBJECT ? &f->objects : &f->variables, o->ref);
  if (!target || (o->kind == PK_OVAL_OBJECT && (target->is_set || target->is_filtered))) return unknown(o->value);
  if (!resolve_thing(f, target, depth + 1, &sound)) return false;
  if (!sound || (size_t)owner->size + target->size > PK_VALUE_NODES_MAX) return unknown(o->value);
  owner->size += target->size;
  if (o->kind == PK_OVAL_VARIABLE) {
    *o->value = *target->value;
    return true;
  }
  pk_test *object = pk_arena_alloc(&f->arena, sizeof *object);
  if (!object) return false;
  *object = (pk_test){.kind = (pk_test_kind)target->kind, .id = target->id, .object = target->entities, .n_object = target->n};
  o->value->object = object;
  return true;
}

/* A reference that comes back to itself is not sound, and what refers to it has no value. Returns false when memory is over. */
static bool resolve_thing(pk_oval_file *f, pk_oval_thing *t, unsigned depth, bool *ret_sound) {
  *ret_sound = t->mark != PK_OVAL_OPEN && depth < PK_CRITERIA_DEPTH_MAX;
  if (!*ret_sound || t->mark == PK_OVAL_DONE) return true;
  t->mark = PK_OVAL_OPEN;
  t->size = t->value ? count_values(t->value) : 1; /* what is referred to has no parts yet */
  for (const pk_oval_open *o = t->open; o; o = o->next)
    if (!resolve_value(f, t, o, depth)) return false;
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
  for (unsigned i = 0; state && state->is_defined && i < state->n; i++)
    if (state->entities[i].field == PK_FIELD_SIGNATURE && state->entities[i].value->kind == PK_VALUE_TEXT) return state->entities[i].value->text;
  return PK_STR("");
}

pk_str pk_oval_key(pk_oval_file *f) {
  pk_map counts;
  pk_map_init(&counts, false);
  size_t pos = 0;
  for (pk_map_slot *slot; (slot = pk_map_next(&f->tests, &pos)) != NULL;) {
    const pk_oval_thing *t = (const pk_oval_thing *)(uintptr_t)slot->value;
    for (unsigned i = 0; i < t->n; i++) {
      pk_str key = key_of_state(t->states[i]);
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
  bool over;
} builder;

static void *room(builder *b, size_t size) {
  void *p = pk_arena_alloc(&b->file->built, size);
  if (!p) b->over = true;
  return p;
}

/* `why` says what, with '@' where the name goes. */
static const pk_criteria *result_node(builder *b, pk_result result, const char *why, pk_str name) {
  char text[512];
  pk_criteria *c = room(b, sizeof *c);
  size_t before = strcspn(why, "@");
  snprintf(text, sizeof text, "%.*s%.*s%s", (int)before, why, PK_FMT(name), why[before] ? why + before + 1 : "");
  if (!c || !pk_arena_copy(&b->file->built, pk_str_of(text), &c->why)) {
    b->over = true;
    return NULL;
  }
  c->kind = PK_CRITERIA_RESULT;
  c->result = result;
  return c;
}

static const pk_criteria *test_node(builder *b, const pk_test *test) {
  pk_criteria *c = room(b, sizeof *c);
  if (c) *c = (pk_criteria){.kind = PK_CRITERIA_TEST, .test = test};
  return c;
}

static const pk_criteria *build_states(builder *b, const pk_oval_thing *t, pk_test *test) {
  pk_state *states = t->n ? room(b, t->n * sizeof *states) : NULL;
  for (unsigned i = 0; states && i < t->n; i++) {
    const pk_oval_thing *s = t->states[i];
    if (!s->is_defined) return result_node(b, PK_RESULT_ERROR, "a test refers to state '@', which is not in the file", s->id);
    states[i] = (pk_state){.operator= (pk_operator) s->operator, .entities = s->entities, .n_entities = s->n};
  }
  test->states = states;
  test->n_states = states ? t->n : 0;
  return b->over ? NULL : test_node(b, test);
}

static const pk_criteria *build_test(builder *b, const pk_oval_thing *t) {
  const pk_oval_thing *object = t->object;
  pk_test *test = room(b, sizeof *test);
  if (!test) return NULL;
  *test = (pk_test){.kind = (pk_test_kind)t->kind, .check = (pk_check)t->check, .existence = (pk_existence)t->existence,
                    .state_operator = (pk_operator)t->operator, .id = t->id};
  if (test->kind == PK_TEST_OTHER) return test_node(b, test);
  if (!object || !object->is_defined)
    return result_node(b, PK_RESULT_ERROR, "a test refers to object '@', which is not in the file", object ? object->id : PK_STR(""));
  if (object->is_set || object->is_filtered)
    return result_node(b, PK_RESULT_UNKNOWN, "object '@' is a set or has a filter, which is not supported", object->id);
  test->object = object->entities;
  test->n_object = object->n;
  return build_states(b, t, test);
}

/* ---- definitions that only comments explain (Pakiti 3's local ones, excerpts) ---- */

static const pk_value *text_value(builder *b, pk_str text) {
  pk_value *v = room(b, sizeof *v);
  if (v && !pk_arena_copy(&b->file->built, text, &v->text)) b->over = true;
  return b->over ? NULL : v;
}

static const pk_criteria *made_up_test(builder *b, pk_test_kind kind, pk_str name, pk_str earlier_than) {
  pk_test *test = room(b, sizeof *test);
  pk_entity *entities = room(b, 2 * sizeof *entities);
  pk_state *state = room(b, sizeof *state);
  if (b->over) return NULL;
  entities[0] = (pk_entity){.field = PK_FIELD_NAME, .value = text_value(b, name)};
  *test = (pk_test){.kind = kind, .check = PK_CHECK_AT_LEAST_ONE, .object = entities, .n_object = 1};
  if (earlier_than.n) {
    entities[1] = (pk_entity){.field = PK_FIELD_EVR, .operation = PK_OP_LESS, .datatype = kind == PK_TEST_DPKGINFO ? PK_DATA_DEBIAN_EVR : PK_DATA_EVR, .value = text_value(b, earlier_than)};
    *state = (pk_state){.entities = &entities[1], .n_entities = 1};
    test->states = state;
    test->n_states = 1;
  }
  return b->over ? NULL : test_node(b, test);
}

/* The words are the same for both kinds of packages; where the other kind is used, its test finds nothing. */
static const pk_criteria *package_of_comment(builder *b, pk_str name, pk_str earlier_than) {
  pk_criteria *either = room(b, sizeof *either);
  const pk_criteria **kinds = room(b, 2 * sizeof *kinds);
  if (b->over) return NULL;
  kinds[0] = made_up_test(b, PK_TEST_RPMINFO, name, earlier_than);
  kinds[1] = made_up_test(b, PK_TEST_DPKGINFO, name, earlier_than);
  *either = (pk_criteria){.kind = PK_CRITERIA_OPERATOR, .operator = PK_OPERATOR_OR, .children = kinds, .n_children = 2};
  return b->over ? NULL : either;
}

static bool is_about_signature(pk_str comment) {
  static const char words[] = " is signed with ";
  return comment.n >= sizeof words && memmem(comment.p, comment.n, words, sizeof words - 1) != NULL;
}

/*  source Pakiti 3, OvalLocal and RedHat parsers: "NAME is earlier than EVR", "SYSTEM is installed"; that it "is signed with" a key counts as true, what else there is is unknown */
static const pk_criteria *node_of_comment(builder *b, pk_str comment) {
  static const char earlier[] = " is earlier than ";
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  for (size_t i = 0; i + sizeof earlier - 1 < comment.n; i++) {
    if (memcmp(comment.p + i, earlier, sizeof earlier - 1) != 0) continue;
    pk_str evr = pk_str_trim(pk_str_sub(comment, i + sizeof earlier - 1, comment.n));
    return package_of_comment(b, pk_str_trim(pk_str_sub(comment, 0, i)), evr);
  }
  pk_str system = comment;
  if (pk_str_ends(comment, " is installed")) system = pk_str_sub(comment, 0, comment.n - strlen(" is installed"));
  if (is_about_signature(comment)) return result_node(b, PK_RESULT_TRUE, "'@' is not tested", comment);
  if (system.n == comment.n || !b->file->platforms) return result_node(b, PK_RESULT_UNKNOWN, "'@' is not understood", comment);
  if (pk_platform_map_find(b->file->platforms, system, name, &type) == PK_OK) return made_up_test(b, PK_TEST_PLATFORM, pk_str_of(name), PK_STR(""));
  return result_node(b, PK_RESULT_UNKNOWN, "'@': the system is not known", comment);
}

/* ---- trees ---- */

static const pk_criteria *build_node(builder *b, const pk_oval_node *n, unsigned depth);

static const pk_criteria *negated(builder *b, const pk_criteria *c, bool negate) {
  if (!c || !negate) return c;
  pk_criteria *n = room(b, sizeof *n);
  if (!n) return NULL;
  *n = *c;
  n->negate = !c->negate;
  return n;
}

static const pk_criteria *build_criterion(builder *b, const pk_oval_node *n) {
  if (n->test->is_defined) return build_test(b, n->test);
  if (!b->file->n_tests && n->comment) return node_of_comment(b, pk_str_of(n->comment));
  return result_node(b, PK_RESULT_ERROR, "refers to test '@', which is not in the file", n->test->id);
}

static const pk_criteria *build_definition(builder *b, pk_oval_definition *d, unsigned depth) {
  if (!d->root) return result_node(b, PK_RESULT_ERROR, "'@' has no criteria", d->id);
  if (d->open) return result_node(b, PK_RESULT_ERROR, "'@' extends itself", d->id);
  d->open = true;
  const pk_criteria *built = build_node(b, d->root, depth);
  d->open = false;
  return built;
}

static const pk_criteria *build_extend(builder *b, const pk_oval_node *n, unsigned depth) {
  pk_str id = pk_str_of(n->extends);
  const uint64_t *place = pk_map_get(&b->file->definition_ids, id);
  if (!place) return result_node(b, PK_RESULT_ERROR, "extends '@', which is not in the file", id);
  return build_definition(b, &b->file->definitions[*place - 1], depth);
}

static const pk_criteria *build_node(builder *b, const pk_oval_node *n, unsigned depth) {
  if (++b->n_nodes > PK_CRITERIA_NODES_MAX) return result_node(b, PK_RESULT_ERROR, "the criteria are too large", PK_STR(""));
  if (depth > PK_CRITERIA_DEPTH_MAX) return result_node(b, PK_RESULT_ERROR, "the criteria are nested too deep", PK_STR(""));
  if (n->kind == PK_OVAL_CRITERION) return negated(b, build_criterion(b, n), n->negate);
  if (n->kind == PK_OVAL_EXTEND) return negated(b, build_extend(b, n, depth + 1), n->negate);
  size_t count = 0;
  for (const pk_oval_node *c = n->first; c; c = c->next) count++;
  pk_criteria *made = room(b, sizeof *made);
  const pk_criteria **children = room(b, count * sizeof *children);
  if (b->over) return NULL;
  *made = (pk_criteria){.kind = PK_CRITERIA_OPERATOR, .operator= (pk_operator) n->operator, .negate = n->negate, .children = children, .n_children = count};
  count = 0;
  for (const pk_oval_node *c = n->first; c && !b->over; c = c->next) {
    children[count++] = build_node(b, c, depth + 1);
    if (b->n_nodes > PK_CRITERIA_NODES_MAX) return children[count - 1]; /* in error as a whole */
  }
  return made;
}

pk_rc pk_oval_each(pk_oval_file *f, pk_oval_visit *visit, void *arg, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < f->n_definitions; i++) {
    builder b = {.file = f};
    pk_oval_definition *d = &f->definitions[i];
    pk_definition out = {.id = d->id, .class = d->class, .severity = d->severity, .title = d->title, .advisory = d->advisory,
                         .issued_at = d->issued_at, .cves = d->cves, .n_cves = d->n_cves, .withdrawn = d->deprecated,
                         .unfixed = d->unfixed, .n_unfixed = d->n_unfixed};
    if (d->id.n > PK_DEFINITION_ID_MAX) return pk_err_set(err, PK_E_LIMIT, "a definition's id is longer than %zu bytes", PK_DEFINITION_ID_MAX);
    out.criteria = build_definition(&b, d, 1);
    if (b.over || !out.criteria)
      return pk_err_set(err, PK_E_LIMIT, "definition '%.*s' takes more than %zu bytes of memory", PK_FMT(d->id), BUILT_BYTES_MAX);
    rc = visit(arg, &out, err);
    pk_arena_fini(&f->built);
    pk_arena_init(&f->built, BUILT_BYTES_MAX);
  }
  return rc;
}
