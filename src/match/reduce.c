/* SPDX-License-Identifier: Apache-2.0
 *
 * From the leaves up: a test that only tells the release becomes true, false, or the one release that it is true for; a
 * test of one package becomes a leaf; "signed with" is taken as true, as the vendors' data wants it. */
#include "match/reduce.h"

#include "model/platform.h"

#include <stdio.h>
#include <stdlib.h>

#define REDUCER_BYTES_MAX ((size_t)64 << 20)

typedef enum shape {
  SHAPE_FALSE,
  SHAPE_TRUE,
  SHAPE_RELEASES, /* true on some releases: `releases` */
  SHAPE_MODULE,   /* true where a module stream is enabled: `module` */
  SHAPE_LEAVES,   /* true where one of the packages is so */
  SHAPE_ABSENT,   /* true where none of the packages of one leaf is there */
  SHAPE_COMPLEX
} shape;

/* A package from one version to another. */
typedef struct leaf {
  const pk_str *names;
  size_t n_names;
  pk_str arch, module, platform, introduced, fixed, last;
  struct leaf *next;
} leaf;

typedef struct release {
  pk_str platform;
  struct release *next;
} release;

typedef struct form {
  shape shape;
  leaf *leaves;
  release *releases;
  pk_str module;
} form;

/* Minor releases that a family of releases is taken to have. */
#define MINORS 21

/* Longest test, encoded, whose result is kept; and how many of them are kept. */
#define KEY_BYTES_MAX ((size_t)65536)
#define RESULTS_MAX 10000

struct pk_reducer {
  pk_arena arena; /* of one definition */
  pk_str platform;
  char *platform_text;
  pk_package_type type;
  /* hosts of the platform with nothing on them: of the release itself, and where that is a family also of its minor ones */
  pk_system systems[1 + MINORS];
  char names[1 + MINORS][PK_PLATFORM_MAX + 1];
  size_t n_systems;
  pk_map results; /* of tests that only tell the release, by what they are */
  pk_regex_cache *regexes;
  bool over;
};

static void add_system(pk_reducer *r, pk_str name) {
  char *text = r->names[r->n_systems];
  snprintf(text, sizeof r->names[0], "%.*s", PK_FMT(name));
  pk_system_source from = {.platform = pk_str_of(text), .type = r->type};
  pk_system_init(&r->systems[r->n_systems], &from);
  pk_system_ready(&r->systems[r->n_systems], &from);
  r->n_systems++;
}

static bool is_family(pk_str platform) {
  pk_str number;
  pk_platform_split(platform, &number);
  return number.n && pk_str_find(number, '.') == number.n;
}

static void make_systems(pk_reducer *r) {
  char name[PK_PLATFORM_MAX + 8];
  add_system(r, r->platform);
  for (unsigned minor = 0; r->type != PK_TYPE_DEB && is_family(r->platform) && minor < MINORS; minor++) {
    snprintf(name, sizeof name, "%.*s.%u", PK_FMT(r->platform), minor);
    add_system(r, pk_str_of(name));
  }
}

pk_reducer *pk_reducer_new(pk_str platform, pk_package_type type) {
  pk_reducer *r = pk_calloc(1, sizeof *r);
  r->platform_text = pk_str_dup(platform);
  r->platform = pk_str_of(r->platform_text);
  r->type = type;
  r->regexes = pk_regex_cache_new();
  pk_arena_init(&r->arena, REDUCER_BYTES_MAX);
  pk_map_init(&r->results, true);
  make_systems(r);
  return r;
}

void pk_reducer_free(pk_reducer **reducer) {
  pk_reducer *r = *reducer;
  if (!r) return;
  for (size_t i = 0; i < r->n_systems; i++) pk_system_fini(&r->systems[i]);
  pk_map_fini(&r->results);
  pk_regex_cache_free(&r->regexes);
  pk_arena_fini(&r->arena);
  free(r->platform_text);
  free(r);
  *reducer = NULL;
}

static void *room(pk_reducer *r, size_t size) {
  void *p = pk_arena_alloc(&r->arena, size);
  if (!p) r->over = true;
  return p;
}

static const form COMPLEX = {.shape = SHAPE_COMPLEX}, TRUE_FORM = {.shape = SHAPE_TRUE}, FALSE_FORM = {.shape = SHAPE_FALSE};

/* ---- tests ---- */

static const pk_entity *entity_of(const pk_entity *list, size_t n, pk_field field) {
  for (size_t i = 0; i < n; i++)
    if (list[i].field == field) return &list[i];
  return NULL;
}

static pk_str plain_text(const pk_entity *e) { return e && e->value->kind == PK_VALUE_TEXT ? e->value->text : PK_STR(""); }

/* "aarch64|ppc64le|x86_64", perhaps with ^( )$ around, to the same without; false for a real pattern. */
static bool plain_words(pk_str pattern, pk_str *ret) {
  if (pk_str_starts(pattern, "^")) pattern = pk_str_sub(pattern, 1, pattern.n);
  if (pk_str_ends(pattern, "$")) pattern = pk_str_sub(pattern, 0, pattern.n - 1);
  if (pk_str_starts(pattern, "(") && pk_str_ends(pattern, ")")) pattern = pk_str_sub(pattern, 1, pattern.n - 1);
  for (size_t i = 0; i < pattern.n; i++) {
    char c = pattern.p[i];
    if (!(c == '|' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
  }
  *ret = pattern;
  return pattern.n > 0;
}

static bool apply_entity(leaf *l, const pk_entity *e) {
  pk_str text = plain_text(e);
  if (e->field == PK_FIELD_SIGNATURE) return true;
  if (!text.n) return false;
  if (e->field == PK_FIELD_ARCH) {
    if (e->operation == PK_OP_PATTERN) return plain_words(text, &l->arch);
    l->arch = text;
    return e->operation == PK_OP_EQUALS;
  }
  if (e->field != PK_FIELD_EVR || (e->datatype != PK_DATA_EVR && e->datatype != PK_DATA_DEBIAN_EVR)) return false;
  switch (e->operation) {
  case PK_OP_LESS:
    l->fixed = text;
    return true;
  case PK_OP_LESS_OR_EQUAL:
    l->last = text;
    return true;
  case PK_OP_GREATER_OR_EQUAL:
    l->introduced = text;
    return true;
  case PK_OP_EQUALS:
    l->introduced = l->last = text;
    return true;
  default: /* the others make no interval that begins or ends with a version */
    return false;
  }
}

/* The names that the object lists, and nothing else. */
static bool object_names(pk_reducer *r, const pk_test *t, leaf *l) {
  if (t->n_object != 1 || t->object[0].field != PK_FIELD_NAME || t->object[0].operation != PK_OP_EQUALS) return false;
  const pk_value *v = t->object[0].value;
  bool is_list = v->kind == PK_VALUE_LIST && t->object[0].check == PK_CHECK_AT_LEAST_ONE;
  if (v->kind != PK_VALUE_TEXT && !is_list) return false;
  size_t n = is_list ? v->n_parts : 1;
  pk_str *names = room(r, n * sizeof *names);
  for (size_t i = 0; names && i < n; i++) {
    const pk_value *part = is_list ? v->parts[i] : v;
    if (part->kind != PK_VALUE_TEXT) return false;
    names[i] = part->text;
  }
  l->names = names;
  l->n_names = names ? n : 0;
  return l->n_names > 0 && n <= PK_RULE_NAMES_MAX;
}

static bool only_signature(const pk_test *t) {
  size_t n = 0;
  for (size_t i = 0; i < t->n_states; i++)
    for (size_t k = 0; k < t->states[i].n_entities; k++, n++)
      if (t->states[i].entities[k].field != PK_FIELD_SIGNATURE) return false;
  return n > 0;
}

static pk_result evaluate_on(pk_reducer *r, const pk_system *system, const pk_test *t) {
  pk_evaluation e;
  pk_evaluation_init(&e, system, r->regexes);
  pk_result result = pk_test_evaluate(&e, t);
  pk_evaluation_fini(&e);
  return result;
}

/* True or false where it is that on every release of the platform. */
static form evaluated(pk_reducer *r, const pk_test *t) {
  bool is_new;
  pk_buf key;
  const pk_criteria whole = {.kind = PK_CRITERIA_TEST, .test = t}; /* ids are a document's own: its content tells a test */
  pk_buf_init(&key, KEY_BYTES_MAX);
  pk_criteria_encode(&whole, &key);
  if (key.over) {
    pk_buf_free(&key);
    return COMPLEX;
  }
  uint64_t *known = pk_map_put(&r->results, pk_buf_view(&key), &is_new);
  pk_buf_free(&key);
  if (is_new) {
    pk_result first = evaluate_on(r, &r->systems[0], t);
    for (size_t i = 1; i < r->n_systems && first != PK_RESULT_UNKNOWN; i++)
      if (evaluate_on(r, &r->systems[i], t) != first) first = PK_RESULT_UNKNOWN;
    *known = first;
  }
  return *known == PK_RESULT_TRUE ? TRUE_FORM : *known == PK_RESULT_FALSE ? FALSE_FORM : COMPLEX;
}

static form package_form(pk_reducer *r, const pk_test *t) {
  /* of the other kind of packages there are none */
  if ((t->kind == PK_TEST_DPKGINFO && r->type == PK_TYPE_RPM) || (t->kind == PK_TEST_RPMINFO && r->type == PK_TYPE_DEB)) return evaluated(r, t);
  leaf *l = room(r, sizeof *l);
  if (!l || !object_names(r, t, l)) return COMPLEX;
  if (t->existence == PK_EXISTENCE_NONE && !t->n_states) return (form){.shape = SHAPE_ABSENT, .leaves = l};
  if (t->existence != PK_EXISTENCE_AT_LEAST_ONE && t->existence != PK_EXISTENCE_ALL) return COMPLEX;
  if (t->check == PK_CHECK_NONE_SATISFY && only_signature(t)) return FALSE_FORM; /* not there, or signed as asked */
  if (t->check == PK_CHECK_NONE_SATISFY || t->check == PK_CHECK_ONLY_ONE) return COMPLEX;
  if (t->n_states > 1 && t->state_operator != PK_OPERATOR_AND) return COMPLEX;
  for (size_t i = 0; i < t->n_states; i++) {
    if (t->states[i].operator!= PK_OPERATOR_AND) return COMPLEX;
    for (size_t k = 0; k < t->states[i].n_entities; k++)
      if (!apply_entity(l, &t->states[i].entities[k])) return COMPLEX;
  }
  return (form){.shape = SHAPE_LEAVES, .leaves = l};
}

/* "sles-release is ==15.5", looked at for all of sles:15: true on sles:15.5 only. */
static form release_form(pk_reducer *r, const pk_test *t, pk_str name, const pk_entity *version) {
  char text[PK_PLATFORM_MAX + 1];
  pk_str have, want = plain_text(version), distribution = pk_platform_split(r->platform, &have);
  if (!pk_map_get(&r->systems[0].first, name)) return COMPLEX; /* redhat-release-workstation: some hosts have it, others not */
  if (version->operation != PK_OP_EQUALS || !want.n || !is_family(r->platform)) return evaluated(r, t);
  int n = snprintf(text, sizeof text, "%.*s:%.*s", PK_FMT(distribution), PK_FMT(want));
  pk_str platform = {text, (size_t)n};
  if (n >= (int)sizeof text || !pk_platform_covers(r->platform, platform)) return FALSE_FORM;
  if (pk_str_eq(platform, r->platform)) return COMPLEX; /* the first release, of which the others are minor ones */
  release *one = room(r, sizeof *one);
  if (!one || !pk_arena_copy(&r->arena, platform, &one->platform)) {
    r->over = true;
    return COMPLEX;
  }
  return (form){.shape = SHAPE_RELEASES, .releases = one};
}

static const pk_entity *state_entity(const pk_test *t, pk_field field) {
  for (size_t i = 0; i < t->n_states; i++) {
    const pk_entity *e = entity_of(t->states[i].entities, t->states[i].n_entities, field);
    if (e) return e;
  }
  return NULL;
}

/* Is it about one of the platform's own release packages, or about a kind of them that the platform does not have? */
static bool tells_release(const pk_reducer *r, const pk_test *t) {
  pk_str name = plain_text(entity_of(t->object, t->n_object, PK_FIELD_NAME));
  return r->systems[0].owner && name.n && pk_str_starts(name, r->systems[0].owner) && state_entity(t, PK_FIELD_VERSION);
}

/* /etc/dnf/modules.d/nodejs.module with "\nstream\s*=\s*12\b…": the stream nodejs:12 is enabled. */
static form module_form(pk_reducer *r, const pk_test *t, pk_str path) {
  static const char begin[] = "stream\\s*=\\s*";
  pk_str pattern = plain_text(state_entity(t, PK_FIELD_TEXT));
  pk_str name = pk_str_sub(path, strlen("/etc/dnf/modules.d/"), path.n);
  if (!pk_str_ends(name, ".module")) return COMPLEX;
  name = pk_str_sub(name, 0, name.n - strlen(".module"));
  for (size_t i = 0; i + sizeof begin - 1 < pattern.n; i++) {
    if (memcmp(pattern.p + i, begin, sizeof begin - 1) != 0) continue;
    pk_buf text;
    pk_buf_init(&text, 2 * PK_FIELD_MAX);
    pk_buf_str(&text, name);
    pk_buf_putc(&text, ':');
    for (size_t k = i + sizeof begin - 1; k < pattern.n; k++) {
      if (pattern.p[k] == '\\' && k + 1 < pattern.n && pattern.p[k + 1] == 'b') break;
      if (pattern.p[k] != '\\') pk_buf_putc(&text, pattern.p[k]);
    }
    form f = {.shape = SHAPE_MODULE};
    if (!pk_arena_copy(&r->arena, pk_buf_view(&text), &f.module)) r->over = true;
    pk_buf_free(&text);
    return f;
  }
  return COMPLEX;
}

static form test_form(pk_reducer *r, const pk_test *t) {
  pk_str path;
  switch (t->kind) {
  case PK_TEST_RPMINFO:
    if (tells_release(r, t)) return release_form(r, t, plain_text(entity_of(t->object, t->n_object, PK_FIELD_NAME)), state_entity(t, PK_FIELD_VERSION));
    return package_form(r, t);
  case PK_TEST_DPKGINFO:
  case PK_TEST_SOLARIS_PACKAGE:
    return package_form(r, t);
  case PK_TEST_RPMVERIFYFILE:
  case PK_TEST_FAMILY:
  case PK_TEST_PLATFORM:
    return evaluated(r, t);
  case PK_TEST_TEXTFILE:
    path = plain_text(entity_of(t->object, t->n_object, PK_FIELD_FILEPATH));
    if (pk_str_starts(path, "/etc/dnf/modules.d/")) return module_form(r, t, path);
    if (!path.n) path = plain_text(entity_of(t->object, t->n_object, PK_FIELD_PATH));
    return pk_str_starts(path, "/") ? evaluated(r, t) : COMPLEX; /* "./manifest" of a container lists its packages */
  case PK_TEST_UNAME:
    return t->n_states ? COMPLEX : evaluated(r, t);
  case PK_TEST_VARIABLE:
  case PK_TEST_SOLARIS_PATCH:
  case PK_TEST_OTHER:
    break;
  }
  return COMPLEX;
}

/* ---- operators ---- */

static form form_of(pk_reducer *r, const pk_criteria *c);

static bool same_names(const leaf *a, const leaf *b) {
  if (a->n_names != b->n_names) return false;
  for (size_t i = 0; i < a->n_names; i++)
    if (!pk_str_eq(a->names[i], b->names[i])) return false;
  return true;
}

static bool merge_text(pk_str *into, pk_str other) {
  if (!into->n) *into = other;
  return !other.n || pk_str_eq(*into, other);
}

/* Two tests of the same package that must both hold: "earlier than X" and "signed", or "from X" and "before Y". */
static bool merge_leaves(leaf *into, const leaf *other) {
  return same_names(into, other) && merge_text(&into->arch, other->arch) && merge_text(&into->introduced, other->introduced) &&
         merge_text(&into->fixed, other->fixed) && merge_text(&into->last, other->last) && merge_text(&into->module, other->module) &&
         merge_text(&into->platform, other->platform);
}

/* Every leaf once for every release. */
static leaf *spread(pk_reducer *r, const leaf *leaves, const release *releases) {
  leaf *out = NULL;
  for (; leaves; leaves = leaves->next)
    for (const release *p = releases; p; p = p->next) {
      if (leaves->platform.n && !pk_str_eq(leaves->platform, p->platform)) continue; /* no host is of two releases */
      leaf *l = room(r, sizeof *l);
      if (!l) return out;
      *l = *leaves;
      l->platform = p->platform;
      l->next = out;
      out = l;
    }
  return out;
}

static form and_form(pk_reducer *r, const pk_criteria *c) {
  form all = {.shape = SHAPE_TRUE};
  release *releases = NULL;
  const leaf *absent = NULL;
  pk_str module = {0};
  bool complex = !c->n_children; /* which is an error */
  for (size_t i = 0; i < c->n_children; i++) {
    form f = form_of(r, c->children[i]);
    switch (f.shape) {
    case SHAPE_FALSE:
      return FALSE_FORM;
    case SHAPE_TRUE:
      break;
    case SHAPE_RELEASES:
      complex |= releases != NULL;
      releases = f.releases;
      break;
    case SHAPE_MODULE:
      complex |= module.n && !pk_str_eq(module, f.module);
      module = f.module;
      break;
    case SHAPE_LEAVES:
      if (all.shape == SHAPE_LEAVES && (all.leaves->next || f.leaves->next || !merge_leaves(all.leaves, f.leaves))) complex = true;
      if (all.shape != SHAPE_LEAVES) all = f;
      break;
    case SHAPE_ABSENT:
      complex |= absent != NULL;
      absent = f.leaves;
      break;
    case SHAPE_COMPLEX:
      complex = true;
      break;
    }
  }
  /* "kernel is installed" AND "kernel is not installed": Red Hat's way to say that nothing is affected */
  if (absent && all.shape == SHAPE_LEAVES && !all.leaves->next && same_names(all.leaves, absent)) return FALSE_FORM;
  if (complex || absent) return COMPLEX;
  if (all.shape != SHAPE_LEAVES) {
    if (releases && module.n) return COMPLEX;
    if (releases) return (form){.shape = SHAPE_RELEASES, .releases = releases};
    return module.n ? (form){.shape = SHAPE_MODULE, .module = module} : TRUE_FORM;
  }
  for (leaf *l = all.leaves; module.n && l; l = l->next)
    if (!merge_text(&l->module, module)) return COMPLEX;
  if (releases) all.leaves = spread(r, all.leaves, releases);
  return all.leaves ? all : FALSE_FORM;
}

static form or_form(pk_reducer *r, const pk_criteria *c) {
  form any = c->n_children ? FALSE_FORM : COMPLEX;
  for (size_t i = 0; i < c->n_children; i++) {
    form f = form_of(r, c->children[i]);
    if (f.shape == SHAPE_TRUE) return f;
    if (f.shape == SHAPE_FALSE) continue;
    if (f.shape == SHAPE_COMPLEX || f.shape == SHAPE_MODULE || f.shape == SHAPE_ABSENT || (any.shape != SHAPE_FALSE && any.shape != f.shape)) return COMPLEX;
    /* a rule for one release takes the place of one for all, which "or" does not mean */
    if (any.shape == SHAPE_LEAVES && any.leaves->platform.n != f.leaves->platform.n && (!any.leaves->platform.n || !f.leaves->platform.n)) return COMPLEX;
    if (f.shape == SHAPE_LEAVES) {
      leaf **end = &f.leaves;
      while (*end) end = &(*end)->next;
      *end = any.leaves;
    } else {
      release **end = &f.releases;
      while (*end) end = &(*end)->next;
      *end = any.releases;
    }
    any = f;
  }
  return any;
}

static form form_of(pk_reducer *r, const pk_criteria *c) {
  form f = COMPLEX;
  switch (c->kind) {
  case PK_CRITERIA_RESULT: /* unknown may be asked to count as true */
    f = c->result == PK_RESULT_TRUE ? TRUE_FORM : c->result == PK_RESULT_FALSE ? FALSE_FORM : COMPLEX;
    break;
  case PK_CRITERIA_TEST:
    f = test_form(r, c->test);
    break;
  case PK_CRITERIA_OPERATOR:
    if (c->n_children == 1 || c->operator== PK_OPERATOR_AND) f = and_form(r, c);
    else if (c->operator== PK_OPERATOR_OR) f = or_form(r, c);
    break;
  }
  if (!c->negate) return f;
  return f.shape == SHAPE_TRUE ? FALSE_FORM : f.shape == SHAPE_FALSE ? TRUE_FORM : COMPLEX;
}

/* ---- what stays criteria ---- */

static const pk_criteria *constant(pk_reducer *r, pk_result result) {
  pk_criteria *c = room(r, sizeof *c);
  if (c) *c = (pk_criteria){.kind = PK_CRITERIA_RESULT, .result = result};
  return c;
}

/* Without the parts that are always true or false on the platform, so that fewer hosts have to be looked at. */
static const pk_criteria *simplified(pk_reducer *r, const pk_criteria *c) {
  form f = form_of(r, c);
  if (f.shape == SHAPE_TRUE || f.shape == SHAPE_FALSE) return constant(r, f.shape == SHAPE_TRUE ? PK_RESULT_TRUE : PK_RESULT_FALSE);
  if (c->kind != PK_CRITERIA_OPERATOR || (c->operator!= PK_OPERATOR_AND && c->operator!= PK_OPERATOR_OR)) return c;
  pk_criteria *copy = room(r, sizeof *copy);
  const pk_criteria **children = room(r, c->n_children * sizeof *children);
  if (!copy || !children) return c;
  *copy = *c;
  copy->children = children;
  copy->n_children = 0;
  pk_result neutral = c->operator== PK_OPERATOR_AND ? PK_RESULT_TRUE : PK_RESULT_FALSE;
  for (size_t i = 0; i < c->n_children && !r->over; i++) {
    const pk_criteria *one = simplified(r, c->children[i]);
    if (!one || (one->kind == PK_CRITERIA_RESULT && !one->negate && one->result == neutral)) continue;
    children[copy->n_children++] = one;
  }
  return copy->n_children == 1 && !copy->negate ? children[0] : copy;
}

/* ---- rules ---- */

static pk_rule_state unfixed_state(const pk_definition *d, const leaf *l) {
  for (size_t i = 0; i < d->n_unfixed; i++)
    for (size_t k = 0; k < l->n_names; k++)
      if (pk_str_eq(d->unfixed[i].name, l->names[k])) return d->unfixed[i].state;
  return d->n_unfixed ? d->unfixed[0].state : PK_RULE_AFFECTED;
}

static bool set_rules(pk_reducer *r, pk_definition *d, const leaf *leaves) {
  size_t n = 0;
  for (const leaf *l = leaves; l; l = l->next) n++;
  pk_rule *rules = n <= PK_DEFINITION_RULES_MAX ? room(r, n * sizeof *rules) : NULL;
  if (!rules) return false;
  d->n_rules = n;
  d->rules = rules;
  for (const leaf *l = leaves; l; l = l->next)
    rules[--n] = (pk_rule){.platform = l->platform, .names = l->names, .n_names = l->n_names, .arch = l->arch, .module = l->module,
                           .introduced = l->introduced, .fixed = l->fixed, .last = l->last,
                           .state = l->fixed.n ? PK_RULE_FIXED : unfixed_state(d, l)};
  d->criteria = NULL;
  return true;
}

pk_rc pk_reduce(pk_reducer *r, pk_definition *d, pk_err *err) {
  pk_arena_fini(&r->arena);
  pk_arena_init(&r->arena, REDUCER_BYTES_MAX);
  r->over = false;
  if (r->results.n > RESULTS_MAX) {
    pk_map_fini(&r->results);
    pk_map_init(&r->results, true);
  }
  if (!d->criteria) return PK_OK;
  pk_str number;
  pk_platform_split(r->platform, &number);
  if (!number.n) return PK_NOTFOUND; /* what tells the release cannot be foreseen */
  form f = form_of(r, d->criteria);
  if (r->over) return pk_err_set(err, PK_E_LIMIT, "definition '%.*s' is too large", PK_FMT(d->id));
  if (f.shape == SHAPE_FALSE) return PK_UNCHANGED;
  if (f.shape != SHAPE_LEAVES) {
    d->criteria = simplified(r, d->criteria);
    return r->over ? pk_err_set(err, PK_E_LIMIT, "definition '%.*s' is too large", PK_FMT(d->id)) : PK_NOTFOUND;
  }
  return set_rules(r, d, f.leaves) ? PK_OK : pk_err_set(err, PK_E_LIMIT, "definition '%.*s' has too many rules", PK_FMT(d->id));
}
