/* SPDX-License-Identifier: Apache-2.0 */
#include "model/criteria.h"

#include "model/encoding.h"


const char *pk_result_name(pk_result r) {
  static const char *const names[] = {[PK_RESULT_FALSE] = "false", [PK_RESULT_TRUE] = "true", [PK_RESULT_UNKNOWN] = "unknown",
                                      [PK_RESULT_ERROR] = "error", [PK_RESULT_NOT_APPLICABLE] = "not applicable"};
  return names[r];
}

/* ---- writing ---- */

static void encode_test(const pk_test *t, pk_buf *out);

static void encode_value(const pk_value *v, pk_buf *out) {
  if (out->over) return;
  pk_buf_varint(out, v->kind);
  pk_encode_text(out, v->text);
  pk_buf_varint(out, (uint64_t)v->n1);
  pk_buf_varint(out, (uint64_t)v->n2);
  pk_buf_varint(out, v->field);
  pk_buf_varint(out, v->n_parts);
  for (size_t i = 0; i < v->n_parts; i++) encode_value(v->parts[i], out);
  pk_buf_varint(out, v->object != NULL);
  if (v->object) encode_test(v->object, out);
}

static void encode_entities(const pk_entity *list, size_t n, pk_buf *out) {
  pk_buf_varint(out, n);
  for (size_t i = 0; i < n; i++) {
    const pk_entity *e = &list[i];
    pk_buf_varint(out, e->field);
    pk_buf_varint(out, e->operation);
    pk_buf_varint(out, e->datatype);
    pk_buf_varint(out, e->check);
    encode_value(e->value, out);
  }
}

static void encode_test(const pk_test *t, pk_buf *out) {
  pk_buf_varint(out, t->kind);
  pk_buf_varint(out, t->check);
  pk_buf_varint(out, t->existence);
  pk_buf_varint(out, t->state_operator);
  pk_encode_text(out, t->id);
  encode_entities(t->object, t->n_object, out);
  pk_buf_varint(out, t->n_states);
  for (size_t i = 0; i < t->n_states; i++) {
    pk_buf_varint(out, t->states[i].operator);
    encode_entities(t->states[i].entities, t->states[i].n_entities, out);
  }
}

void pk_criteria_encode(const pk_criteria *c, pk_buf *out) {
  pk_buf_varint(out, (uint64_t)c->kind << 1 | c->negate);
  switch (c->kind) {
  case PK_CRITERIA_OPERATOR:
    pk_buf_varint(out, c->operator);
    pk_buf_varint(out, c->n_children);
    for (size_t i = 0; i < c->n_children; i++) pk_criteria_encode(c->children[i], out);
    break;
  case PK_CRITERIA_TEST:
    encode_test(c->test, out);
    break;
  case PK_CRITERIA_RESULT:
    pk_buf_varint(out, c->result);
    pk_encode_text(out, c->why);
    break;
  }
}

/* ---- reading ---- */

static const pk_test *decode_test(pk_decoding *in, unsigned depth);

static void *room(pk_decoding *in, size_t size) {
  void *p = in->rc == PK_OK ? pk_arena_alloc(in->arena, size) : NULL;
  if (!p) pk_decode_fail(in, PK_E_LIMIT, "it takes too much memory");
  return p;
}

static const pk_value *decode_value(pk_decoding *in, unsigned depth) {
  if (depth > PK_CRITERIA_DEPTH_MAX * PK_CRITERIA_DEPTH_MAX) pk_decode_fail(in, PK_E_LIMIT, "it is nested too deep");
  pk_value *v = room(in, sizeof *v);
  if (!v) return NULL;
  v->kind = (pk_value_kind)pk_decode_choice(in, PK_VALUE_UNKNOWN + 1);
  v->text = pk_decode_text(in);
  v->n1 = (int64_t)pk_decode_number(in);
  v->n2 = (int64_t)pk_decode_number(in);
  v->field = (pk_field)pk_decode_choice(in, PK_FIELD_OTHER + 1);
  const pk_value **parts = pk_decode_array(in, PK_CRITERIA_NODES_MAX, sizeof *parts, &v->n_parts);
  for (size_t i = 0; in->rc == PK_OK && i < v->n_parts; i++) parts[i] = decode_value(in, depth + 1);
  v->parts = parts;
  if (pk_decode_number(in)) v->object = decode_test(in, depth + 1);
  if (v->kind == PK_VALUE_OBJECT && !v->object) pk_decode_fail(in, PK_E_SYNTAX, "a value has no object");
  return v;
}

static const pk_entity *decode_entities(pk_decoding *in, size_t *ret_n, unsigned depth) {
  pk_entity *list = pk_decode_array(in, PK_ENTITIES_MAX, sizeof *list, ret_n);
  for (size_t i = 0; in->rc == PK_OK && i < *ret_n; i++) {
    list[i].field = (pk_field)pk_decode_choice(in, PK_FIELD_OTHER + 1);
    list[i].operation = (pk_operation)pk_decode_choice(in, PK_OP_BITWISE_OR + 1);
    list[i].datatype = (pk_datatype)pk_decode_choice(in, PK_DATA_OTHER + 1);
    list[i].check = (pk_check)pk_decode_choice(in, PK_CHECK_ONLY_ONE + 1);
    list[i].value = decode_value(in, depth + 1);
  }
  return list;
}

static const pk_test *decode_test(pk_decoding *in, unsigned depth) {
  pk_test *t = room(in, sizeof *t);
  if (!t) return NULL;
  t->kind = (pk_test_kind)pk_decode_choice(in, PK_TEST_OTHER + 1);
  t->check = (pk_check)pk_decode_choice(in, PK_CHECK_ONLY_ONE + 1);
  t->existence = (pk_existence)pk_decode_choice(in, PK_EXISTENCE_ONLY_ONE + 1);
  t->state_operator = (pk_operator)pk_decode_choice(in, PK_OPERATOR_XOR + 1);
  t->id = pk_decode_text(in);
  t->object = decode_entities(in, &t->n_object, depth);
  pk_state *states = pk_decode_array(in, PK_STATES_MAX, sizeof *states, &t->n_states);
  for (size_t i = 0; in->rc == PK_OK && i < t->n_states; i++) {
    states[i].operator = (pk_operator) pk_decode_choice(in, PK_OPERATOR_XOR + 1);
    states[i].entities = decode_entities(in, &states[i].n_entities, depth);
  }
  t->states = states;
  return t;
}

static const pk_criteria *decode_criteria(pk_decoding *in, unsigned depth) {
  if (depth > PK_CRITERIA_DEPTH_MAX) pk_decode_fail(in, PK_E_LIMIT, "it is nested too deep");
  pk_criteria *c = room(in, sizeof *c);
  if (!c) return NULL;
  unsigned head = pk_decode_choice(in, (PK_CRITERIA_RESULT + 1) << 1);
  c->kind = (pk_criteria_kind)(head >> 1);
  c->negate = head & 1;
  switch (c->kind) {
  case PK_CRITERIA_OPERATOR: {
    c->operator = (pk_operator) pk_decode_choice(in, PK_OPERATOR_XOR + 1);
    const pk_criteria **children = pk_decode_array(in, PK_CRITERIA_NODES_MAX, sizeof *children, &c->n_children);
    for (size_t i = 0; in->rc == PK_OK && i < c->n_children; i++) children[i] = decode_criteria(in, depth + 1);
    c->children = children;
    break;
  }
  case PK_CRITERIA_TEST:
    c->test = decode_test(in, 0);
    break;
  case PK_CRITERIA_RESULT:
    c->result = (pk_result)pk_decode_choice(in, PK_RESULT_NOT_APPLICABLE + 1);
    c->why = pk_decode_text(in);
    break;
  }
  return c;
}

pk_rc pk_criteria_decode(pk_str *bytes, pk_arena *arena, const pk_criteria **ret, pk_err *err) {
  pk_decoding in = {.rest = *bytes, .arena = arena, .err = err};
  const pk_criteria *c = decode_criteria(&in, 1);
  if (in.rc != PK_OK) return in.rc;
  *bytes = in.rest;
  *ret = c;
  return PK_OK;
}

/* ---- names ---- */

/* A test of a package that tells the release: nearly every host of the platform has it, so it tells nothing. */
static bool is_release(const pk_test *t) {
  for (size_t i = 0; i < t->n_object; i++)
    if (t->object[i].field == PK_FIELD_NAME && t->object[i].value->kind == PK_VALUE_TEXT && pk_str_ends(t->object[i].value->text, "-release")) return true;
  return false;
}

/* Is the test false when none of the packages that it names outright is there? */
static bool test_is_bound(const pk_test *t) {
  if (t->kind != PK_TEST_RPMINFO && t->kind != PK_TEST_DPKGINFO && t->kind != PK_TEST_SOLARIS_PACKAGE && t->kind != PK_TEST_SOLARIS_PATCH)
    return false;
  if (t->existence != PK_EXISTENCE_AT_LEAST_ONE && t->existence != PK_EXISTENCE_ONLY_ONE && t->existence != PK_EXISTENCE_ALL) return false;
  for (size_t i = 0; i < t->n_object; i++) {
    const pk_entity *e = &t->object[i];
    if (e->field != PK_FIELD_NAME || e->operation != PK_OP_EQUALS) continue;
    if (e->value->kind == PK_VALUE_TEXT) return true;
    if (e->value->kind != PK_VALUE_LIST) continue;
    bool all = e->value->n_parts > 0;
    for (size_t k = 0; k < e->value->n_parts; k++) all &= e->value->parts[k]->kind == PK_VALUE_TEXT;
    return all;
  }
  return false;
}

static void test_names(const pk_test *t, pk_criteria_name *each, void *arg) {
  for (size_t i = 0; i < t->n_object; i++) {
    const pk_entity *e = &t->object[i];
    if (e->field != PK_FIELD_NAME || e->operation != PK_OP_EQUALS) continue;
    if (e->value->kind == PK_VALUE_TEXT) each(arg, e->value->text);
    for (size_t k = 0; e->value->kind == PK_VALUE_LIST && k < e->value->n_parts; k++) each(arg, e->value->parts[k]->text);
  }
}

typedef enum bound { BOUND_NOT, BOUND_RELEASE, BOUND_PACKAGE } bound;

static bound how_bound(const pk_criteria *c);

/* Of criteria that must all hold, the last one that asks for ordinary packages binds best. */
static const pk_criteria *best_of(const pk_criteria *c, bound *ret) {
  const pk_criteria *best = NULL;
  *ret = BOUND_NOT;
  for (size_t i = 0; i < c->n_children; i++) {
    bound one = how_bound(c->children[i]);
    if (one == BOUND_NOT || one < *ret) continue;
    *ret = one;
    best = c->children[i];
  }
  return best;
}

static bound how_bound(const pk_criteria *c) {
  bound all = BOUND_PACKAGE;
  if (c->negate) return BOUND_NOT;
  switch (c->kind) {
  case PK_CRITERIA_OPERATOR:
    if (c->operator== PK_OPERATOR_AND) {
      best_of(c, &all);
      return all;
    }
    for (size_t i = 0; i < c->n_children; i++) {
      bound one = how_bound(c->children[i]);
      if (one < all) all = one;
    }
    return c->n_children ? all : BOUND_NOT;
  case PK_CRITERIA_TEST:
    return !test_is_bound(c->test) ? BOUND_NOT : is_release(c->test) ? BOUND_RELEASE : BOUND_PACKAGE;
  case PK_CRITERIA_RESULT:
    return c->result == PK_RESULT_FALSE ? BOUND_PACKAGE : BOUND_NOT; /* unknown may count as true */
  }
  return BOUND_NOT;
}

static void tell_names(const pk_criteria *c, pk_criteria_name *each, void *arg) {
  bound which;
  switch (c->kind) {
  case PK_CRITERIA_OPERATOR:
    if (c->operator== PK_OPERATOR_AND) {
      const pk_criteria *best = best_of(c, &which);
      if (best) tell_names(best, each, arg);
      return;
    }
    for (size_t i = 0; i < c->n_children; i++) tell_names(c->children[i], each, arg);
    return;
  case PK_CRITERIA_TEST:
    test_names(c->test, each, arg);
    return;
  case PK_CRITERIA_RESULT:
    return;
  }
}

bool pk_criteria_names(const pk_criteria *c, pk_criteria_name *each, void *arg) {
  if (how_bound(c) == BOUND_NOT) return false;
  tell_names(c, each, arg);
  return true;
}

pk_str pk_test_fixed(const pk_test *t) {
  for (size_t i = 0; i < t->n_states; i++)
    for (size_t k = 0; k < t->states[i].n_entities; k++) {
      const pk_entity *e = &t->states[i].entities[k];
      if (e->field == PK_FIELD_EVR && e->operation == PK_OP_LESS && e->value->kind == PK_VALUE_TEXT) return e->value->text;
    }
  return PK_STR("");
}

typedef struct fix_telling {
  pk_criteria_fix *each;
  void *arg;
  pk_str version;
} fix_telling;

static void tell_fix(void *arg, pk_str name) {
  const fix_telling *t = arg;
  t->each(t->arg, name, t->version);
}

void pk_criteria_fixes(const pk_criteria *c, pk_criteria_fix *each, void *arg) {
  if (c->negate) return;
  for (size_t i = 0; c->kind == PK_CRITERIA_OPERATOR && i < c->n_children; i++) pk_criteria_fixes(c->children[i], each, arg);
  if (c->kind != PK_CRITERIA_TEST) return;
  fix_telling t = {each, arg, pk_test_fixed(c->test)};
  if (t.version.n) test_names(c->test, tell_fix, &t);
}
