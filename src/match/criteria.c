/* SPDX-License-Identifier: Apache-2.0 */
#include "match/criteria.h"

#include "model/evr.h"
#include "model/platform.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Matches of a pattern in one text file that are looked at. */
#define INSTANCES_MAX 10000
/* Values that a variable may have. */
#define VALUES_MAX ((size_t)100000)

void pk_evaluation_init(pk_evaluation *e, const pk_system *system, pk_regex_cache *regexes) {
  *e = (pk_evaluation){.system = system, .regexes = regexes};
  pk_arena_init(&e->arena, PK_EVALUATION_BYTES_MAX);
}

void pk_evaluation_fini(pk_evaluation *e) { pk_arena_fini(&e->arena); }

static pk_result because(pk_evaluation *e, pk_result r, const char *why) {
  size_t n = strnlen(why, sizeof e->why - 1);
  memcpy(e->why, why, n);
  e->why[n] = '\0';
  return r;
}

/* ---- truth tables ---- */

pk_result pk_result_not(pk_result r) { return r == PK_RESULT_TRUE ? PK_RESULT_FALSE : r == PK_RESULT_FALSE ? PK_RESULT_TRUE : r; }

static pk_result undecided(const size_t n[5], pk_result otherwise) {
  if (n[PK_RESULT_ERROR]) return PK_RESULT_ERROR;
  if (n[PK_RESULT_UNKNOWN]) return PK_RESULT_UNKNOWN;
  return n[PK_RESULT_TRUE] || n[PK_RESULT_FALSE] ? otherwise : PK_RESULT_NOT_APPLICABLE;
}

pk_result pk_operator_result(pk_operator operator, const size_t n[5]) {
  switch (operator) {
  case PK_OPERATOR_AND:
    return n[PK_RESULT_FALSE] ? PK_RESULT_FALSE : undecided(n, PK_RESULT_TRUE);
  case PK_OPERATOR_OR:
    return n[PK_RESULT_TRUE] ? PK_RESULT_TRUE : undecided(n, PK_RESULT_FALSE);
  case PK_OPERATOR_ONE:
    return n[PK_RESULT_TRUE] > 1 ? PK_RESULT_FALSE : undecided(n, n[PK_RESULT_TRUE] == 1 ? PK_RESULT_TRUE : PK_RESULT_FALSE);
  case PK_OPERATOR_XOR:
    return undecided(n, n[PK_RESULT_TRUE] % 2 ? PK_RESULT_TRUE : PK_RESULT_FALSE);
  }
  return PK_RESULT_ERROR;
}

pk_result pk_check_result(pk_check check, const size_t n[5]) {
  switch (check) {
  case PK_CHECK_ALL:
    return pk_operator_result(PK_OPERATOR_AND, n);
  case PK_CHECK_AT_LEAST_ONE:
    return pk_operator_result(PK_OPERATOR_OR, n);
  case PK_CHECK_NONE_SATISFY:
    return n[PK_RESULT_TRUE] ? PK_RESULT_FALSE : undecided(n, PK_RESULT_TRUE);
  case PK_CHECK_ONLY_ONE:
    return pk_operator_result(PK_OPERATOR_ONE, n);
  }
  return PK_RESULT_ERROR;
}

static pk_result existence_result(pk_existence existence, size_t n_items) {
  bool met = false;
  switch (existence) {
  case PK_EXISTENCE_AT_LEAST_ONE:
  case PK_EXISTENCE_ALL: /* what was collected exists; nothing collected is not "all" */
    met = n_items > 0;
    break;
  case PK_EXISTENCE_ANY:
    met = true;
    break;
  case PK_EXISTENCE_NONE:
    met = n_items == 0;
    break;
  case PK_EXISTENCE_ONLY_ONE:
    met = n_items == 1;
    break;
  }
  return met ? PK_RESULT_TRUE : PK_RESULT_FALSE;
}

/* ---- comparing ---- */

/* Numbers separated by anything else, compared one by one; missing ones count as 0.
 *  source OVAL SimpleDatatypeEnumeration "version" */
static int cmp_version(pk_str a, pk_str b) {
  size_t i = 0, k = 0;
  while (i < a.n || k < b.n) {
    uint64_t x = 0, y = 0;
    while (i < a.n && (a.p[i] < '0' || a.p[i] > '9')) i++;
    while (k < b.n && (b.p[k] < '0' || b.p[k] > '9')) k++;
    for (; i < a.n && a.p[i] >= '0' && a.p[i] <= '9'; i++) x = x * 10 + (uint64_t)(a.p[i] - '0');
    for (; k < b.n && b.p[k] >= '0' && b.p[k] <= '9'; k++) y = y * 10 + (uint64_t)(b.p[k] - '0');
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

static bool number_of(pk_str s, double *ret) {
  char text[64], *end;
  s = pk_str_trim(s);
  if (!s.n || s.n >= sizeof text) return false;
  memcpy(text, s.p, s.n);
  text[s.n] = '\0';
  if (strspn(text, "+-.0123456789eE") != s.n) return false; /* strtod takes "inf" and "0x1" too */
  *ret = strtod(text, &end);
  return *end == '\0' && isfinite(*ret);
}

/* Returns false where the datatype has no order. */
static bool compare(pk_datatype datatype, pk_str a, pk_str b, int *ret) {
  double x, y;
  switch (datatype) {
  case PK_DATA_EVR:
    *ret = pk_evr_cmp_told(PK_TYPE_RPM, a, b);
    return true;
  case PK_DATA_DEBIAN_EVR:
    *ret = pk_evr_cmp(PK_TYPE_DEB, a, b);
    return true;
  case PK_DATA_VERSION:
    *ret = cmp_version(a, b);
    return true;
  case PK_DATA_INT:
  case PK_DATA_FLOAT:
    if (!number_of(a, &x) || !number_of(b, &y)) return false;
    *ret = x < y ? -1 : x > y;
    return true;
  case PK_DATA_STRING:
  case PK_DATA_BOOLEAN:
    *ret = pk_str_cmp(a, b);
    return true;
  case PK_DATA_OTHER:
    break;
  }
  return false;
}

static bool equal_nocase(pk_str a, pk_str b) {
  if (a.n != b.n) return false;
  for (size_t i = 0; i < a.n; i++) {
    char x = a.p[i], y = b.p[i];
    if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
    if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
    if (x != y) return false;
  }
  return true;
}

static pk_result result_of(bool met) { return met ? PK_RESULT_TRUE : PK_RESULT_FALSE; }

static pk_result matches(pk_evaluation *e, pk_str pattern, pk_str text) {
  pk_regex_match m;
  pk_err err;
  pk_rc rc = pk_regex_find(e->regexes, pattern, text, 0, &m, &err);
  return rc < 0 ? because(e, PK_RESULT_ERROR, err.text) : result_of(rc == PK_OK);
}

static bool is_true_word(pk_str s) { return pk_str_is(s, "1") || pk_str_is_nocase(s, "true"); }

pk_result pk_operation_result(pk_evaluation *e, pk_operation op, pk_datatype datatype, pk_str have, pk_str want) {
  double x, y;
  int c = 0;
  switch (op) {
  case PK_OP_PATTERN:
    return matches(e, want, have);
  case PK_OP_CASELESS_EQUALS:
    return result_of(equal_nocase(have, want));
  case PK_OP_CASELESS_NOT_EQUAL:
    return result_of(!equal_nocase(have, want));
  case PK_OP_BITWISE_AND:
  case PK_OP_BITWISE_OR:
    if (!number_of(have, &x) || !number_of(want, &y)) return because(e, PK_RESULT_ERROR, "a bitwise operation on what is no number");
    return result_of(op == PK_OP_BITWISE_AND ? ((int64_t)x & (int64_t)y) == (int64_t)y : ((int64_t)x | (int64_t)y) == (int64_t)y);
  case PK_OP_EQUALS:
  case PK_OP_NOT_EQUAL:
  case PK_OP_GREATER:
  case PK_OP_LESS:
  case PK_OP_GREATER_OR_EQUAL:
  case PK_OP_LESS_OR_EQUAL:
    break;
  }
  if (datatype == PK_DATA_BOOLEAN) c = is_true_word(have) != is_true_word(want);
  else if (!compare(datatype, have, want, &c)) return because(e, PK_RESULT_ERROR, "values that cannot be compared");
  switch (op) {
  case PK_OP_EQUALS:
    return result_of(c == 0);
  case PK_OP_NOT_EQUAL:
    return result_of(c != 0);
  case PK_OP_GREATER:
    return result_of(c > 0);
  case PK_OP_LESS:
    return result_of(c < 0);
  case PK_OP_GREATER_OR_EQUAL:
    return result_of(c >= 0);
  case PK_OP_LESS_OR_EQUAL:
    return result_of(c <= 0);
  case PK_OP_CASELESS_EQUALS:
  case PK_OP_CASELESS_NOT_EQUAL:
  case PK_OP_PATTERN:
  case PK_OP_BITWISE_AND:
  case PK_OP_BITWISE_OR:
    break;
  }
  return PK_RESULT_ERROR;
}

/* ---- items ---- */

/* Something that an object found: a package, a match in a text file, or the system itself. */
typedef struct item {
  const pk_package *package;
  pk_evr evr;
  pk_str values[PK_FIELD_OTHER]; /* of other kinds; p NULL: has none */
  const pk_str *groups;          /* subexpressions */
  size_t n_groups;
} item;

typedef struct items {
  item *list;
  size_t n, cap;
  pk_result flag; /* TRUE: complete; UNKNOWN, ERROR, NOT_APPLICABLE: nothing could be collected */
} items;

typedef struct values {
  pk_str *list;
  size_t n, cap;
  pk_result flag;
} values;

static values values_of(pk_evaluation *e, const pk_value *v);

static bool add_value(pk_evaluation *e, values *to, pk_str s) {
  void *array = to->list;
  if (to->n == VALUES_MAX || !pk_arena_grow(&e->arena, &array, to->n, &to->cap, sizeof *to->list)) {
    to->flag = because(e, PK_RESULT_ERROR, "a variable has too many values");
    return false;
  }
  to->list = array;
  to->list[to->n++] = s;
  return true;
}

static item *add_item(pk_evaluation *e, items *to) {
  void *array = to->list;
  if (!pk_arena_grow(&e->arena, &array, to->n, &to->cap, sizeof *to->list)) {
    to->flag = because(e, PK_RESULT_ERROR, "an object finds too much");
    return NULL;
  }
  to->list = array;
  item *i = &to->list[to->n++];
  *i = (item){0};
  return i;
}

/* What a package says of a field. FALSE: nothing. */
static pk_result package_field(pk_evaluation *e, const item *i, pk_field field, pk_str *ret) {
  const pk_package *p = i->package;
  switch (field) {
  case PK_FIELD_NAME:
    *ret = p->name;
    return PK_RESULT_TRUE;
  case PK_FIELD_EPOCH:
    *ret = i->evr.epoch.n ? i->evr.epoch : PK_STR("0");
    return PK_RESULT_TRUE;
  case PK_FIELD_VERSION:
    *ret = i->evr.version;
    return PK_RESULT_TRUE;
  case PK_FIELD_RELEASE:
    *ret = i->evr.release;
    return PK_RESULT_TRUE;
  case PK_FIELD_EVR:
    *ret = p->evr;
    return PK_RESULT_TRUE;
  case PK_FIELD_ARCH:
    *ret = p->arch;
    return PK_RESULT_TRUE;
  case PK_FIELD_FILEPATH:
    *ret = pk_str_of(e->system->owned ? e->system->owned : "");
    return PK_RESULT_TRUE;
  default: /* every other field is not one of packages */
    return PK_RESULT_FALSE;
  }
}

static pk_result entity_result(pk_evaluation *e, const pk_entity *want, pk_str have) {
  if (want->value->kind == PK_VALUE_TEXT) return pk_operation_result(e, want->operation, want->datatype, have, want->value->text);
  values v = values_of(e, want->value);
  if (v.flag != PK_RESULT_TRUE) return v.flag;
  if (!v.n) return because(e, PK_RESULT_ERROR, "a variable has no value");
  size_t n[5] = {0};
  for (size_t i = 0; i < v.n; i++) n[pk_operation_result(e, want->operation, want->datatype, have, v.list[i])]++;
  return pk_check_result(want->check, n);
}

static pk_result item_entity(pk_evaluation *e, const item *i, const pk_entity *want) {
  pk_str have = {0};
  if (want->field == PK_FIELD_SUBEXPRESSION && !i->package) {
    size_t n[5] = {0};
    for (size_t k = 0; k < i->n_groups; k++) n[entity_result(e, want, i->groups[k])]++;
    return i->n_groups ? pk_check_result(PK_CHECK_ALL, n) : PK_RESULT_FALSE;
  }
  if (i->package) {
    if (want->field == PK_FIELD_SIGNATURE) return e->signature.n ? entity_result(e, want, e->signature) : PK_RESULT_TRUE;
    pk_result known = package_field(e, i, want->field, &have);
    if (known == PK_RESULT_FALSE) return because(e, PK_RESULT_UNKNOWN, "a test asks for a property that reports do not have");
  } else if (want->field < PK_FIELD_OTHER && i->values[want->field].p) {
    have = i->values[want->field];
  } else {
    return because(e, PK_RESULT_UNKNOWN, "a test asks for a property that reports do not have");
  }
  return entity_result(e, want, have);
}

static pk_result state_result(pk_evaluation *e, const item *i, const pk_state *s) {
  size_t n[5] = {0};
  for (size_t k = 0; k < s->n_entities; k++) {
    pk_result r = item_entity(e, i, &s->entities[k]);
    n[r]++;
    if (s->operator== PK_OPERATOR_AND && r == PK_RESULT_FALSE) return r;
  }
  return s->n_entities ? pk_operator_result(s->operator, n) : PK_RESULT_TRUE;
}

/* ---- collecting ---- */

static const pk_entity *object_entity(const pk_test *t, pk_field field) {
  for (size_t i = 0; i < t->n_object; i++)
    if (t->object[i].field == field) return &t->object[i];
  return NULL;
}

static pk_result fits_object(pk_evaluation *e, const pk_test *t, const item *i, pk_field except) {
  size_t n[5] = {0};
  for (size_t k = 0; k < t->n_object; k++) {
    if (t->object[k].field == except || t->object[k].field == PK_FIELD_OTHER) continue;
    pk_result r = item_entity(e, i, &t->object[k]);
    if (r == PK_RESULT_FALSE) return r;
    n[r]++;
  }
  return n[PK_RESULT_ERROR] ? PK_RESULT_ERROR : n[PK_RESULT_UNKNOWN] ? PK_RESULT_UNKNOWN : PK_RESULT_TRUE;
}

static void add_package(pk_evaluation *e, const pk_test *t, const pk_package *p, pk_field except, items *ret) {
  item i = {.package = p, .evr = pk_evr_split(p->evr)};
  pk_result fits = fits_object(e, t, &i, except);
  if (fits == PK_RESULT_ERROR || fits == PK_RESULT_UNKNOWN) ret->flag = fits; /* whether it is one cannot be told */
  if (fits != PK_RESULT_TRUE) return;
  item *kept = add_item(e, ret);
  if (kept) *kept = i;
}

static void add_named(pk_evaluation *e, const pk_test *t, pk_str name, items *ret) {
  const uint64_t *first = pk_map_get(&e->system->first, name);
  for (size_t at = first ? (size_t)*first : 0; at; at = e->system->next[at - 1])
    add_package(e, t, e->system->packages[at - 1], PK_FIELD_NAME, ret);
}

static void collect_packages(pk_evaluation *e, const pk_test *t, items *ret) {
  const pk_entity *name = object_entity(t, PK_FIELD_NAME);
  if (name && name->operation == PK_OP_EQUALS && name->value->kind == PK_VALUE_TEXT) {
    add_named(e, t, name->value->text, ret);
    return;
  }
  if (name && name->operation == PK_OP_EQUALS && name->check == PK_CHECK_AT_LEAST_ONE) {
    values v = values_of(e, name->value);
    if (v.flag != PK_RESULT_TRUE) ret->flag = v.flag;
    for (size_t i = 0; i < v.n; i++) add_named(e, t, v.list[i], ret);
    return;
  }
  for (size_t i = 0; i < e->system->n_packages; i++) add_package(e, t, e->system->packages[i], PK_FIELD_OTHER, ret);
}

/* The packages that own a file, known only of the files that tell a release. Other vendors' are not there. */
static void collect_owners(pk_evaluation *e, const pk_test *t, items *ret) {
  const pk_entity *path = object_entity(t, PK_FIELD_FILEPATH);
  const pk_system *s = e->system;
  if (!path || path->operation != PK_OP_EQUALS || path->value->kind != PK_VALUE_TEXT || !pk_str_starts(path->value->text, "/etc/") ||
      !pk_str_ends(path->value->text, "-release")) {
    ret->flag = because(e, PK_RESULT_UNKNOWN, "reports do not say to which package a file belongs");
    return;
  }
  bool own = s->owner && (pk_str_is(path->value->text, s->owned) || pk_str_is(path->value->text, "/etc/system-release"));
  for (size_t i = 0; own && i < s->n_packages; i++) {
    const pk_package *p = s->packages[i];
    if (!pk_str_starts(p->name, s->owner)) continue;
    item *one = add_item(e, ret);
    if (one) *one = (item){.package = p, .evr = pk_evr_split(p->evr)};
  }
}

/* NULL: the file is not there (*ret_absent), or it is not known whether it is. */
static const pk_system_file *file_of(pk_evaluation *e, const pk_test *t, bool *ret_absent) {
  char path[1024];
  const pk_entity *whole = object_entity(t, PK_FIELD_FILEPATH), *folder = object_entity(t, PK_FIELD_PATH),
                  *name = object_entity(t, PK_FIELD_FILENAME);
  *ret_absent = false;
  if (whole && whole->operation == PK_OP_EQUALS && whole->value->kind == PK_VALUE_TEXT)
    snprintf(path, sizeof path, "%.*s", PK_FMT(whole->value->text));
  else if (folder && name && folder->value->kind == PK_VALUE_TEXT && name->value->kind == PK_VALUE_TEXT && name->operation == PK_OP_EQUALS)
    snprintf(path, sizeof path, "%.*s/%.*s", PK_FMT(folder->value->text), PK_FMT(name->value->text));
  else
    return NULL;
  for (size_t i = 0; i < e->system->n_files; i++)
    if (pk_str_is(e->system->files[i].path, path)) return &e->system->files[i];
  pk_str p = pk_str_of(path);
  bool tells_release = pk_str_starts(p, "/etc/") && (pk_str_ends(p, "release") || pk_str_ends(p, "_version"));
  bool tells_module = pk_str_starts(p, "/etc/dnf/modules.d/") && e->system->modules_told;
  bool is_manifest = pk_str_is(p, "./manifest");
  *ret_absent = tells_release || tells_module || is_manifest;
  return NULL;
}

static bool add_match(pk_evaluation *e, const pk_test *t, const pk_regex_match *m, unsigned number, items *ret) {
  char digits[16];
  item i = {0};
  pk_str *groups = pk_arena_alloc(&e->arena, sizeof *groups * PK_REGEX_GROUPS_MAX);
  snprintf(digits, sizeof digits, "%u", number);
  if (!groups || !pk_arena_copy(&e->arena, pk_str_of(digits), &i.values[PK_FIELD_INSTANCE])) return false;
  for (size_t k = 1; k < m->n_groups; k++)
    if (m->groups[k].p) groups[i.n_groups++] = m->groups[k];
  i.groups = groups;
  i.values[PK_FIELD_TEXT] = m->groups[0].p ? m->groups[0] : PK_STR("");
  const pk_entity *instance = object_entity(t, PK_FIELD_INSTANCE);
  if (instance && item_entity(e, &i, instance) != PK_RESULT_TRUE) return true;
  item *kept = add_item(e, ret);
  if (kept) *kept = i;
  return kept != NULL;
}

static void collect_text(pk_evaluation *e, const pk_test *t, items *ret) {
  bool absent;
  const pk_entity *pattern = object_entity(t, PK_FIELD_PATTERN);
  const pk_system_file *file = file_of(e, t, &absent);
  if (!file) {
    if (!absent) ret->flag = because(e, PK_RESULT_UNKNOWN, "reports do not have the content of such files");
    return;
  }
  values patterns = {.flag = PK_RESULT_ERROR};
  if (pattern) patterns = values_of(e, pattern->value);
  if (patterns.flag != PK_RESULT_TRUE) ret->flag = patterns.flag;
  for (size_t k = 0; k < patterns.n; k++) {
    pk_regex_match m = {0};
    pk_err err;
    pk_rc rc = PK_OK;
    for (unsigned number = 1; number < INSTANCES_MAX && rc == PK_OK; number++) {
      rc = pk_regex_find(e->regexes, patterns.list[k], file->text, m.end, &m, &err);
      if (rc < 0) ret->flag = because(e, PK_RESULT_ERROR, err.text);
      if (rc == PK_OK && !add_match(e, t, &m, number, ret)) return;
    }
  }
}

static void collect_uname(pk_evaluation *e, items *ret) {
  if (!e->system->kernel.n) {
    ret->flag = because(e, PK_RESULT_UNKNOWN, "the report does not say which kernel runs");
    return;
  }
  item *i = add_item(e, ret);
  if (!i) return;
  i->values[PK_FIELD_OS_NAME] = PK_STR("Linux");
  i->values[PK_FIELD_OS_RELEASE] = e->system->kernel;
  if (e->system->arch.n) i->values[PK_FIELD_MACHINE_CLASS] = i->values[PK_FIELD_PROCESSOR] = e->system->arch;
}

static void collect_variable(pk_evaluation *e, const pk_test *t, items *ret) {
  for (size_t k = 0; k < t->n_object; k++) {
    if (t->object[k].field != PK_FIELD_VALUE) continue;
    values v = values_of(e, t->object[k].value);
    if (v.flag != PK_RESULT_TRUE) ret->flag = v.flag;
    for (size_t i = 0; i < v.n; i++) {
      item *one = add_item(e, ret);
      if (!one) return;
      one->values[PK_FIELD_VALUE] = v.list[i].p ? v.list[i] : PK_STR("");
    }
  }
}

static items collect(pk_evaluation *e, const pk_test *t) {
  items ret = {.flag = PK_RESULT_TRUE};
  item *one;
  switch (t->kind) {
  case PK_TEST_RPMINFO:
    if (e->system->type == PK_TYPE_DEB) break; /* no such packages there: the object finds nothing */
    collect_packages(e, t, &ret);
    break;
  case PK_TEST_DPKGINFO:
    if (e->system->type != PK_TYPE_DEB) break;
    collect_packages(e, t, &ret);
    break;
  case PK_TEST_SOLARIS_PACKAGE:
  case PK_TEST_SOLARIS_PATCH:
    if (e->system->type == PK_TYPE_OTHER) collect_packages(e, t, &ret);
    break;
  case PK_TEST_RPMVERIFYFILE:
    collect_owners(e, t, &ret);
    break;
  case PK_TEST_TEXTFILE:
    collect_text(e, t, &ret);
    break;
  case PK_TEST_UNAME:
    collect_uname(e, &ret);
    break;
  case PK_TEST_FAMILY:
    if ((one = add_item(e, &ret))) one->values[PK_FIELD_FAMILY] = PK_STR("unix");
    break;
  case PK_TEST_VARIABLE:
    collect_variable(e, t, &ret);
    break;
  case PK_TEST_PLATFORM:
    if (t->n_object && pk_platform_covers(t->object[0].value->text, e->system->platform) && (one = add_item(e, &ret)))
      one->values[PK_FIELD_NAME] = e->system->platform;
    break;
  case PK_TEST_OTHER:
    ret.flag = because(e, PK_RESULT_UNKNOWN, "no report answers a test of this kind");
    break;
  }
  return ret;
}

/* ---- variables ---- */

static void join(pk_evaluation *e, values *ret, const values *parts, size_t n_parts) {
  /* every combination, the first part's values changing slowest */
  size_t total = 1;
  for (size_t i = 0; i < n_parts; i++) total = parts[i].n && total <= VALUES_MAX / parts[i].n ? total * parts[i].n : 0;
  for (size_t k = 0; k < total; k++) {
    pk_buf text;
    pk_buf_init(&text, 65536);
    size_t rest = k, below = total;
    for (size_t i = 0; i < n_parts; i++) {
      below /= parts[i].n;
      pk_buf_str(&text, parts[i].list[rest / below]);
      rest %= below;
    }
    pk_str kept;
    bool fits = pk_arena_copy(&e->arena, pk_buf_view(&text), &kept) && add_value(e, ret, kept);
    pk_buf_free(&text);
    if (!fits) return;
  }
}

static void calculate(pk_evaluation *e, pk_value_kind kind, values *ret, const values *parts, size_t n_parts) {
  double result = kind == PK_VALUE_MULTIPLY, x;
  char text[64];
  pk_str kept;
  for (size_t i = 0; i < n_parts; i++) {
    if (parts[i].n != 1 || !number_of(parts[i].list[0], &x)) {
      ret->flag = because(e, PK_RESULT_ERROR, "a variable calculates with what is no number");
      return;
    }
    result = kind == PK_VALUE_ADD ? result + x : result * x;
  }
  snprintf(text, sizeof text, "%.15g", result);
  if (pk_arena_copy(&e->arena, pk_str_of(text), &kept)) add_value(e, ret, kept);
}

static void object_values(pk_evaluation *e, const pk_value *v, values *ret) {
  items found = collect(e, v->object);
  if (found.flag != PK_RESULT_TRUE) ret->flag = found.flag;
  for (size_t i = 0; i < found.n; i++) {
    const item *one = &found.list[i];
    pk_str have = {0};
    if (v->field == PK_FIELD_SUBEXPRESSION) {
      for (size_t k = 0; k < one->n_groups; k++) add_value(e, ret, one->groups[k]);
      continue;
    }
    if (one->package) (void)package_field(e, one, v->field, &have);
    else if (v->field < PK_FIELD_OTHER) have = one->values[v->field];
    if (have.p) add_value(e, ret, have);
  }
}

static void change_text(pk_evaluation *e, const pk_value *v, pk_str s, values *ret) {
  pk_buf text;
  pk_regex_match m;
  pk_err err;
  pk_str part, kept = PK_STR("");
  pk_buf_init(&text, 65536);
  switch (v->kind) {
  case PK_VALUE_REGEX:
    if (pk_regex_find(e->regexes, v->text, s, 0, &m, &err) == PK_OK && m.n_groups > 1) pk_buf_str(&text, m.groups[1]);
    break;
  case PK_VALUE_SUBSTRING: {
    size_t from = v->n1 < 1 ? 0 : (size_t)v->n1 - 1;
    from = from < s.n ? from : s.n;
    size_t n = v->n2 < 0 || (size_t)v->n2 > s.n - from ? s.n - from : (size_t)v->n2;
    pk_buf_str(&text, pk_str_sub(s, from, from + n));
    break;
  }
  case PK_VALUE_BEGIN:
    if (s.n < v->text.n || memcmp(s.p, v->text.p, v->text.n) != 0) pk_buf_str(&text, v->text);
    pk_buf_str(&text, s);
    break;
  case PK_VALUE_END:
    pk_buf_str(&text, s);
    if (s.n < v->text.n || memcmp(s.p + s.n - v->text.n, v->text.p, v->text.n) != 0) pk_buf_str(&text, v->text);
    break;
  case PK_VALUE_ESCAPE:
    for (size_t i = 0; i < s.n; i++) {
      if (strchr("^$\\.[](){}*+?|", s.p[i]) && s.p[i]) pk_buf_putc(&text, '\\');
      pk_buf_putc(&text, s.p[i]);
    }
    break;
  case PK_VALUE_SPLIT:
    while (v->text.n == 1 && pk_str_split(&s, v->text.p[0], &part))
      if (!add_value(e, ret, part)) break;
    pk_buf_free(&text);
    return;
  default: /* the others are not made of one text */
    break;
  }
  if (pk_arena_copy(&e->arena, pk_buf_view(&text), &kept)) add_value(e, ret, kept);
  pk_buf_free(&text);
}

static void unique_values(pk_evaluation *e, const values *from, values *ret) {
  pk_map seen;
  pk_map_init(&seen, false);
  for (size_t i = 0; i < from->n; i++) {
    bool is_new;
    pk_map_put(&seen, from->list[i].p ? from->list[i] : PK_STR(""), &is_new);
    if (is_new) add_value(e, ret, from->list[i]);
  }
  pk_map_fini(&seen);
}

static void combine(pk_evaluation *e, const pk_value *v, const values *parts, values *ret) {
  char digits[32];
  pk_str kept;
  values all = {.flag = PK_RESULT_TRUE};
  if (v->kind == PK_VALUE_CONCAT) {
    join(e, ret, parts, v->n_parts);
    return;
  }
  if (v->kind == PK_VALUE_ADD || v->kind == PK_VALUE_MULTIPLY) {
    calculate(e, v->kind, ret, parts, v->n_parts);
    return;
  }
  for (size_t i = 0; i < v->n_parts; i++)
    for (size_t k = 0; k < parts[i].n; k++)
      if (!add_value(e, &all, parts[i].list[k])) return;
  if (v->kind == PK_VALUE_LIST) {
    *ret = all;
  } else if (v->kind == PK_VALUE_UNIQUE) {
    unique_values(e, &all, ret);
  } else if (v->kind == PK_VALUE_COUNT) {
    snprintf(digits, sizeof digits, "%zu", all.n);
    if (pk_arena_copy(&e->arena, pk_str_of(digits), &kept)) add_value(e, ret, kept);
  } else {
    for (size_t k = 0; k < all.n; k++) change_text(e, v, all.list[k], ret);
  }
}

static values values_of(pk_evaluation *e, const pk_value *v) {
  values ret = {.flag = PK_RESULT_TRUE};
  if (v->kind == PK_VALUE_TEXT) {
    add_value(e, &ret, v->text);
  } else if (v->kind == PK_VALUE_OBJECT) {
    object_values(e, v, &ret);
  } else if (v->kind == PK_VALUE_UNKNOWN) {
    ret.flag = because(e, PK_RESULT_UNKNOWN, "a variable is not defined in the file");
  } else {
    values *parts = v->n_parts ? pk_arena_alloc(&e->arena, v->n_parts * sizeof *parts) : NULL;
    for (size_t i = 0; parts && i < v->n_parts; i++) {
      parts[i] = values_of(e, v->parts[i]);
      if (parts[i].flag != PK_RESULT_TRUE && ret.flag == PK_RESULT_TRUE) ret.flag = parts[i].flag;
    }
    if (parts && ret.flag == PK_RESULT_TRUE) combine(e, v, parts, &ret);
  }
  return ret;
}

/* ---- tests and trees ---- */

static pk_result item_result(pk_evaluation *e, const pk_test *t, const item *i) {
  size_t n[5] = {0};
  for (size_t k = 0; k < t->n_states; k++) n[state_result(e, i, &t->states[k])]++;
  return pk_operator_result(t->state_operator, n);
}

static pk_result test_result(pk_evaluation *e, const pk_test *t) {
  /* every host has a kernel, told or not: Debian's "all architecture" */
  if (t->kind == PK_TEST_UNAME && !t->n_states) return existence_result(t->existence, 1);
  items found = collect(e, t);
  if (found.flag == PK_RESULT_ERROR || found.flag == PK_RESULT_UNKNOWN) {
    bool whatever = t->existence == PK_EXISTENCE_ANY && !t->n_states;
    return whatever ? PK_RESULT_TRUE : found.flag;
  }
  pk_result exists = existence_result(t->existence, found.n);
  if (exists != PK_RESULT_TRUE) return exists;
  if (!t->n_states || !found.n) {
    for (size_t i = 0; e->found && i < found.n; i++)
      if (found.list[i].package) e->found(e->found_arg, found.list[i].package, t);
    return exists;
  }
  size_t n[5] = {0};
  for (size_t i = 0; i < found.n; i++) {
    pk_result r = item_result(e, t, &found.list[i]);
    n[r]++;
    if (r == PK_RESULT_TRUE && e->found && found.list[i].package) e->found(e->found_arg, found.list[i].package, t);
  }
  return pk_check_result(t->check, n);
}

pk_result pk_test_evaluate(pk_evaluation *e, const pk_test *t) {
  pk_result r = test_result(e, t);
  if (e->arena.used_bytes) {
    pk_arena_fini(&e->arena);
    pk_arena_init(&e->arena, PK_EVALUATION_BYTES_MAX);
  }
  return r;
}

static pk_result operator_result(pk_evaluation *e, const pk_criteria *c) {
  size_t n[5] = {0};
  if (!c->n_children) return because(e, PK_RESULT_ERROR, "empty criteria");
  for (size_t i = 0; i < c->n_children; i++) {
    pk_result r = pk_criteria_evaluate(e, c->children[i]);
    n[r]++;
    if (c->operator== PK_OPERATOR_AND && r == PK_RESULT_FALSE) return r;
    if (c->operator== PK_OPERATOR_OR && r == PK_RESULT_TRUE && !e->found) return r; /* else all culprits are wanted */
  }
  return pk_operator_result(c->operator, n);
}

pk_result pk_criteria_evaluate(pk_evaluation *e, const pk_criteria *c) {
  pk_result r = PK_RESULT_ERROR;
  switch (c->kind) {
  case PK_CRITERIA_OPERATOR:
    r = operator_result(e, c);
    break;
  case PK_CRITERIA_TEST:
    r = pk_test_evaluate(e, c->test);
    break;
  case PK_CRITERIA_RESULT:
    r = c->result;
    if (c->why.n) snprintf(e->why, sizeof e->why, "%.*s", PK_FMT(c->why));
    break;
  }
  return c->negate ? pk_result_not(r) : r;
}
