/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/oval/oval.h"

#include "base/map.h"
#include "base/xml.h"
#include "feed/oval/build.h"
#include "feed/vendor_tools.h"

#include <stdlib.h>

typedef enum section { IN_NONE, IN_DEFINITIONS, IN_TESTS, IN_OBJECTS, IN_STATES, IN_VARIABLES } section;

typedef struct reader {
  pk_oval_file *file;
  section section;
  pk_oval_definition *definition; /* being read */
  pk_str resolution; /* state of the one that is open */
  pk_oval_node *open[PK_CRITERIA_DEPTH_MAX + 1];
  unsigned n_open;
  pk_oval_thing *thing; /* test, object, state or variable being read */
  pk_entity *entity;
  pk_value *functions[PK_CRITERIA_DEPTH_MAX + 1]; /* of a variable, from itself */
  unsigned n_functions;
} reader;

static pk_rc full(pk_err *err) {
  return pk_err_set(err, PK_E_LIMIT, "the OVAL file takes more than %zu bytes of memory", PK_DOCUMENT_BYTES_MAX);
}

/* ---- words of the language ---- */

typedef struct word {
  const char *text;
  int value;
} word;

static int word_of(const word *words, pk_str text, int otherwise) {
  for (; words->text; words++)
    if (pk_str_is(text, words->text)) return words->value;
  return otherwise;
}

static const word OPERATORS[] = {{"AND", PK_OPERATOR_AND}, {"OR", PK_OPERATOR_OR}, {"ONE", PK_OPERATOR_ONE}, {"XOR", PK_OPERATOR_XOR}, {NULL, 0}};
static const word CHECKS[] = {{"all", PK_CHECK_ALL},
                              {"at least one", PK_CHECK_AT_LEAST_ONE},
                              {"none satisfy", PK_CHECK_NONE_SATISFY},
                              {"none exist", PK_CHECK_NONE_SATISFY}, /* deprecated in 5.3 */
                              {"only one", PK_CHECK_ONLY_ONE},
                              {NULL, 0}};
static const word EXISTENCES[] = {{"all_exist", PK_EXISTENCE_ALL}, {"any_exist", PK_EXISTENCE_ANY}, {"at_least_one_exists", PK_EXISTENCE_AT_LEAST_ONE},
                                  {"none_exist", PK_EXISTENCE_NONE}, {"only_one_exists", PK_EXISTENCE_ONLY_ONE}, {NULL, 0}};
static const word OPERATIONS[] = {{"equals", PK_OP_EQUALS},
                                  {"not equal", PK_OP_NOT_EQUAL},
                                  {"case insensitive equals", PK_OP_CASELESS_EQUALS},
                                  {"case insensitive not equal", PK_OP_CASELESS_NOT_EQUAL},
                                  {"greater than", PK_OP_GREATER},
                                  {"less than", PK_OP_LESS},
                                  {"greater than or equal", PK_OP_GREATER_OR_EQUAL},
                                  {"less than or equal", PK_OP_LESS_OR_EQUAL},
                                  {"pattern match", PK_OP_PATTERN},
                                  {"bitwise and", PK_OP_BITWISE_AND},
                                  {"bitwise or", PK_OP_BITWISE_OR},
                                  {NULL, 0}};
static const word DATATYPES[] = {{"string", PK_DATA_STRING}, {"int", PK_DATA_INT}, {"boolean", PK_DATA_BOOLEAN}, {"float", PK_DATA_FLOAT},
                                 {"version", PK_DATA_VERSION}, {"evr_string", PK_DATA_EVR}, {"debian_evr_string", PK_DATA_DEBIAN_EVR}, {NULL, 0}};
static const word KINDS[] = {{"rpminfo", PK_TEST_RPMINFO}, {"dpkginfo", PK_TEST_DPKGINFO}, {"rpmverifyfile", PK_TEST_RPMVERIFYFILE},
                             {"textfilecontent54", PK_TEST_TEXTFILE}, {"textfilecontent", PK_TEST_TEXTFILE}, {"uname", PK_TEST_UNAME},
                             {"family", PK_TEST_FAMILY}, {"variable", PK_TEST_VARIABLE}, {"package", PK_TEST_SOLARIS_PACKAGE},
                             {"package511", PK_TEST_SOLARIS_PACKAGE}, {"patch", PK_TEST_SOLARIS_PATCH}, {"patch54", PK_TEST_SOLARIS_PATCH}, {NULL, 0}};
static const word FIELDS[] = {{"name", PK_FIELD_NAME}, {"pkginst", PK_FIELD_NAME}, {"base", PK_FIELD_NAME}, {"epoch", PK_FIELD_EPOCH},
                              {"version", PK_FIELD_VERSION}, {"release", PK_FIELD_RELEASE}, {"evr", PK_FIELD_EVR}, {"arch", PK_FIELD_ARCH},
                              {"signature_keyid", PK_FIELD_SIGNATURE}, {"extended_name", PK_FIELD_EXTENDED_NAME}, {"filepath", PK_FIELD_FILEPATH},
                              {"path", PK_FIELD_PATH}, {"filename", PK_FIELD_FILENAME}, {"pattern", PK_FIELD_PATTERN}, {"line", PK_FIELD_PATTERN},
                              {"instance", PK_FIELD_INSTANCE}, {"text", PK_FIELD_TEXT}, {"subexpression", PK_FIELD_SUBEXPRESSION},
                              {"os_name", PK_FIELD_OS_NAME}, {"os_release", PK_FIELD_OS_RELEASE}, {"os_version", PK_FIELD_OS_VERSION},
                              {"node_name", PK_FIELD_NODE_NAME}, {"machine_class", PK_FIELD_MACHINE_CLASS}, {"processor_type", PK_FIELD_PROCESSOR},
                              {"family", PK_FIELD_FAMILY}, {"value", PK_FIELD_VALUE}, {"var_ref", PK_FIELD_VALUE}, {NULL, 0}};
static const word FUNCTIONS[] = {{"literal_component", PK_VALUE_TEXT}, {"object_component", PK_VALUE_OBJECT}, {"variable_component", PK_VALUE_LIST},
                                 {"concat", PK_VALUE_CONCAT}, {"regex_capture", PK_VALUE_REGEX}, {"substring", PK_VALUE_SUBSTRING}, {"begin", PK_VALUE_BEGIN},
                                 {"end", PK_VALUE_END}, {"escape_regex", PK_VALUE_ESCAPE}, {"split", PK_VALUE_SPLIT}, {"unique", PK_VALUE_UNIQUE},
                                 {"count", PK_VALUE_COUNT}, {NULL, 0}};

/* "rpminfo" of "rpminfo_test". */
static pk_test_kind kind_of(pk_str element, const char *suffix) {
  size_t n = strlen(suffix);
  if (!pk_str_ends(element, suffix)) return PK_TEST_OTHER;
  return (pk_test_kind)word_of(KINDS, pk_str_sub(element, 0, element.n - n), PK_TEST_OTHER);
}

/* ---- definitions ---- */

static bool is_yes(pk_str text) { return pk_str_is(text, "true") || pk_str_is(text, "1"); }

static pk_rc begin_definition(reader *r, pk_xml *x, pk_err *err) {
  pk_oval_file *f = r->file;
  if (!pk_xml_attr(x, "id").n) return pk_err_set(err, PK_E_SYNTAX, "a definition has no id");
  PK_GROW(f->definitions, f->n_definitions, f->definitions_cap);
  pk_oval_definition *d = &f->definitions[f->n_definitions++];
  *d = (pk_oval_definition){.deprecated = is_yes(pk_xml_attr(x, "deprecated"))};
  r->definition = d;
  r->n_open = 0;
  if (!pk_arena_copy(&f->arena, pk_xml_attr(x, "id"), &d->id) || !pk_arena_copy(&f->arena, pk_xml_attr(x, "class"), &d->class)) return full(err);
  *pk_map_put(&f->definition_ids, d->id, NULL) = f->n_definitions;
  return PK_OK;
}

/* A comment that may be needed, while there is room for such. */
static bool keep_comment(pk_oval_file *f, pk_str comment, const char **ret) {
  pk_str kept;
  if (f->comments_bytes + comment.n > PK_OVAL_COMMENTS_BYTES_MAX) return true;
  f->comments_bytes += comment.n;
  if (!pk_oval_intern(f, comment, &kept)) return false;
  *ret = kept.n ? kept.p : "";
  return true;
}

static bool fill_node(reader *r, pk_xml *x, pk_oval_node *n) {
  pk_str extends;
  switch ((pk_oval_node_kind)n->kind) {
  case PK_OVAL_CRITERIA:
    return true;
  case PK_OVAL_CRITERION:
    n->test = pk_oval_thing_named(r->file, &r->file->tests, pk_xml_attr(x, "test_ref"));
    return n->test && keep_comment(r->file, pk_xml_attr(x, "comment"), &n->comment);
  case PK_OVAL_EXTEND:
    if (!pk_oval_intern(r->file, pk_xml_attr(x, "definition_ref"), &extends)) return false;
    n->extends = extends.n ? extends.p : "";
    return true;
  }
  return false;
}

static pk_rc begin_node(reader *r, pk_xml *x, pk_oval_node_kind kind, pk_err *err) {
  pk_oval_node *n = pk_arena_alloc(&r->file->arena, sizeof *n);
  if (!n) return full(err);
  n->kind = (unsigned char)kind;
  n->negate = is_yes(pk_xml_attr(x, "negate"));
  n->operator = (unsigned char)word_of(OPERATORS, pk_xml_attr(x, "operator"), PK_OPERATOR_AND);
  if (!fill_node(r, x, n)) return full(err);
  pk_oval_node *parent = r->n_open ? r->open[r->n_open - 1] : NULL;
  if (!parent) {
    if (!r->definition->root) r->definition->root = n;
  } else if (parent->last) {
    parent->last->next = n;
    parent->last = n;
  } else {
    parent->first = parent->last = n;
  }
  if (kind != PK_OVAL_CRITERIA) return PK_OK;
  if (r->n_open == PK_CRITERIA_DEPTH_MAX)
    return pk_err_set(err, PK_E_LIMIT, "definition '%.*s' nests its criteria deeper than %d levels", PK_FMT(r->definition->id), PK_CRITERIA_DEPTH_MAX);
  r->open[r->n_open++] = n;
  return PK_OK;
}

/* In order, once each. Vendors mostly list them in order, so the place is near the end. */
static bool put_cve(reader *r, int64_t number) {
  pk_oval_definition *d = r->definition;
  char name[32];
  pk_str kept;
  size_t at = d->n_cves;
  while (at && pk_cve_number(d->cves[at - 1]) > number) at--;
  if ((at && pk_cve_number(d->cves[at - 1]) == number) || d->n_cves == PK_DEFINITION_CVES_MAX) return true;
  pk_cve_format(number, name);
  void *list = d->cves;
  if (!pk_oval_intern(r->file, pk_str_of(name), &kept) || !pk_oval_append(r->file, &list, &d->n_cves, sizeof *d->cves)) return false;
  d->cves = list;
  memmove(&d->cves[at + 1], &d->cves[at], (d->n_cves - 1 - at) * sizeof *d->cves);
  d->cves[at] = kept;
  return true;
}

static bool add_cves(reader *r, pk_str text) {
  for (size_t i = 0; i + 13 <= text.n; i++) {
    if (text.p[i] != 'C' && text.p[i] != 'c') continue;
    size_t to = i + 9;
    while (to < text.n && text.p[to] >= '0' && text.p[to] <= '9') to++;
    int64_t number = pk_cve_number(pk_str_sub(text, i, to));
    if (!number) continue;
    i = to - 1;
    if (!put_cve(r, number)) return false;
  }
  return true;
}

/* The vendor's advisory is what the first reference that is no CVE calls so. */
static pk_rc on_reference(reader *r, pk_xml *x, pk_err *err) {
  pk_str id = pk_xml_attr(x, "ref_id"), source = pk_xml_attr(x, "source");
  bool is_cve = pk_str_is(source, "CVE") || pk_str_ends(source, " CVE") || pk_str_starts(id, "CVE-");
  if (is_cve) return add_cves(r, id) ? PK_OK : full(err);
  bool is_none = pk_str_is_nocase(source, "Bug") || pk_str_is_nocase(source, "CPE") || pk_str_is_nocase(source, "Package");
  if (r->definition->advisory.n || is_none) return PK_OK;
  return pk_arena_copy(&r->file->arena, id, &r->definition->advisory) ? PK_OK : full(err);
}

static pk_rc definition_start(reader *r, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  if (depth == 3 && pk_str_is(name, "definition")) return begin_definition(r, x, err);
  if (!r->definition || depth < 4) return PK_OK;
  if (pk_str_is(name, "criteria")) return begin_node(r, x, PK_OVAL_CRITERIA, err);
  if (pk_str_is(name, "criterion")) return begin_node(r, x, PK_OVAL_CRITERION, err);
  if (pk_str_is(name, "extend_definition")) return begin_node(r, x, PK_OVAL_EXTEND, err);
  if (pk_str_is(name, "reference") && depth == 5) return on_reference(r, x, err);
  if (pk_str_is(name, "resolution")) return pk_oval_intern(r->file, pk_xml_attr(x, "state"), &r->resolution) ? PK_OK : full(err);
  if (pk_str_is(name, "issued") || pk_str_is(name, "public_date")) {
    if (pk_xml_attr(x, "date").n) r->definition->issued_at = pk_vendor_time(pk_xml_attr(x, "date"));
  }
  return PK_OK;
}

static const word RESOLUTIONS[] = {{"Affected", PK_RULE_AFFECTED},
                                   {"Will not fix", PK_RULE_WILL_NOT_FIX},
                                   {"Fix deferred", PK_RULE_DEFERRED},
                                   {"Out of support scope", PK_RULE_OUT_OF_SUPPORT},
                                   {"Under investigation", PK_RULE_UNDER_INVESTIGATION},
                                   {"Not affected", PK_RULE_NOT_AFFECTED},
                                   {NULL, 0}};

/* Red Hat: <resolution state="Will not fix"><component>kernel</component>… */
static bool add_unfixed(reader *r, pk_str component) {
  pk_oval_definition *d = r->definition;
  void *list = d->unfixed;
  if (!pk_oval_append(r->file, &list, &d->n_unfixed, sizeof *d->unfixed)) return false;
  d->unfixed = list;
  pk_unfixed *last = &d->unfixed[d->n_unfixed - 1];
  last->state = (pk_rule_state)word_of(RESOLUTIONS, r->resolution, PK_RULE_AFFECTED);
  size_t slash = pk_str_find(component, '/'); /* "nodejs:12/nodejs" */
  return pk_oval_intern(r->file, slash < component.n ? pk_str_sub(component, slash + 1, component.n) : component, &last->name);
}

static pk_rc definition_end(reader *r, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  pk_oval_definition *d = r->definition;
  if (!d) return PK_OK;
  if (depth == 3) {
    r->definition = NULL;
    return PK_OK;
  }
  if (pk_str_is(name, "criteria") && r->n_open) r->n_open--;
  text = pk_str_trim(text);
  if (pk_str_is(name, "title") && !d->title.n && depth == 5) /* Debian names the CVE only there */
    return add_cves(r, pk_str_sub(text, 0, pk_str_find(text, ' '))) && pk_arena_copy(&r->file->arena, pk_str_cut(text, PK_DEFINITION_TITLE_MAX), &d->title) ? PK_OK : full(err);
  if (pk_str_is(name, "severity") && !d->severity.n && text.n < 64) {
    char lower[64];
    return pk_oval_intern(r->file, pk_str_lower(text, lower, sizeof lower), &d->severity) ? PK_OK : full(err);
  }
  if (pk_str_is(name, "resolution")) r->resolution = PK_STR("");
  if (pk_str_is(name, "component") && r->resolution.n) return add_unfixed(r, text) ? PK_OK : full(err);
  if (pk_str_is(name, "cve") || pk_str_is(name, "cve_id")) return add_cves(r, text) ? PK_OK : full(err);
  return PK_OK;
}

/* ---- tests, objects, states ---- */

/* A second one of the same name takes the first one's place. */
static pk_rc begin_thing(reader *r, pk_xml *x, pk_map *ids, pk_test_kind kind, pk_err *err) {
  pk_oval_thing *t = pk_oval_thing_named(r->file, ids, pk_xml_attr(x, "id"));
  if (!t) return full(err);
  *t = (pk_oval_thing){.id = t->id, .kind = (unsigned char)kind, .is_defined = true};
  r->thing = t;
  r->entity = NULL;
  return PK_OK;
}

static pk_rc begin_test(reader *r, pk_xml *x, pk_str name, pk_err *err) {
  pk_rc rc = begin_thing(r, x, &r->file->tests, kind_of(name, "_test"), err);
  if (rc != PK_OK) return rc;
  pk_oval_thing *t = r->thing;
  r->file->n_tests++;
  t->check = (unsigned char)word_of(CHECKS, pk_xml_attr(x, "check"), PK_CHECK_ALL);
  t->existence = (unsigned char)word_of(EXISTENCES, pk_xml_attr(x, "check_existence"), PK_EXISTENCE_AT_LEAST_ONE);
  if (pk_str_is(pk_xml_attr(x, "check"), "none exist")) t->existence = PK_EXISTENCE_NONE;
  t->operator = (unsigned char)word_of(OPERATORS, pk_xml_attr(x, "state_operator"), PK_OPERATOR_AND);
  return PK_OK;
}

static pk_rc add_state(reader *r, pk_str ref, pk_err *err) {
  pk_oval_thing *t = r->thing, *state = pk_oval_thing_named(r->file, &r->file->states, ref);
  void *list = t->states;
  size_t n = t->n;
  if (n == PK_STATES_MAX) return pk_err_set(err, PK_E_LIMIT, "test '%.*s' has more than %zu states", PK_FMT(t->id), PK_STATES_MAX);
  if (!state || !pk_oval_append(r->file, &list, &n, sizeof state)) return full(err);
  t->states = list;
  t->n = (unsigned)n;
  t->states[n - 1] = state;
  return PK_OK;
}

static pk_rc test_start(reader *r, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  if (depth == 3) return begin_test(r, x, name, err);
  if (depth != 4 || !r->thing) return PK_OK;
  if (pk_str_is(name, "state")) return add_state(r, pk_xml_attr(x, "state_ref"), err);
  if (!pk_str_is(name, "object")) return PK_OK;
  r->thing->object = pk_oval_thing_named(r->file, &r->file->objects, pk_xml_attr(x, "object_ref"));
  return r->thing->object ? PK_OK : full(err);
}

static pk_rc begin_entity(reader *r, pk_xml *x, pk_str name, pk_err *err) {
  pk_oval_thing *t = r->thing;
  void *list = t->entities;
  size_t n = t->n;
  if (n == PK_ENTITIES_MAX) return pk_err_set(err, PK_E_LIMIT, "'%.*s' has more than %zu entities", PK_FMT(t->id), PK_ENTITIES_MAX);
  pk_value *v = pk_arena_alloc(&r->file->arena, sizeof *v);
  if (!v || !pk_oval_append(r->file, &list, &n, sizeof *t->entities)) return full(err);
  t->entities = list;
  t->n = (unsigned)n;
  r->entity = &t->entities[n - 1];
  pk_str var_ref = pk_xml_attr(x, "var_ref"), datatype = pk_xml_attr(x, "datatype");
  *r->entity = (pk_entity){.field = (pk_field)word_of(FIELDS, name, PK_FIELD_OTHER),
                           .operation = (pk_operation)word_of(OPERATIONS, pk_xml_attr(x, "operation"), PK_OP_EQUALS),
                           .datatype = datatype.n ? (pk_datatype)word_of(DATATYPES, datatype, PK_DATA_OTHER) : PK_DATA_STRING,
                           .check = (pk_check)word_of(CHECKS, pk_xml_attr(x, "var_check"), PK_CHECK_ALL),
                           .value = v};
  if (!var_ref.n) return PK_OK;
  return pk_oval_pending(r->file, t, v, PK_OVAL_VARIABLE, var_ref) ? PK_OK : full(err);
}

/* Another way to match text than the ordinary one. */
static bool is_odd_behaviour(pk_xml *x) {
  pk_str multiline = pk_xml_attr(x, "multiline");
  return is_yes(pk_xml_attr(x, "ignore_case")) || is_yes(pk_xml_attr(x, "singleline")) || (multiline.n && !is_yes(multiline));
}

static pk_rc thing_start(reader *r, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  bool objects = r->section == IN_OBJECTS;
  if (depth == 3) {
    pk_rc rc = begin_thing(r, x, objects ? &r->file->objects : &r->file->states, kind_of(name, objects ? "_object" : "_state"), err);
    if (rc == PK_OK) r->thing->operator = (unsigned char)word_of(OPERATORS, pk_xml_attr(x, "operator"), PK_OPERATOR_AND);
    return rc;
  }
  if (depth != 4 || !r->thing) return PK_OK;
  if (pk_str_is(name, "set")) r->thing->is_set = true;
  if (pk_str_is(name, "set") || pk_str_is(name, "behaviors") || pk_str_is(name, "filter")) {
    r->thing->is_filtered |= pk_str_is(name, "filter") || is_odd_behaviour(x);
    return PK_OK;
  }
  return begin_entity(r, x, name, err);
}

static pk_rc thing_end(reader *r, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  (void)name;
  if (depth == 3) r->thing = NULL;
  if (depth != 4 || !r->entity) return PK_OK;
  pk_entity *e = r->entity;
  r->entity = NULL;
  pk_value *v = pk_oval_own(e->value);
  if (v->kind != PK_VALUE_TEXT) return PK_OK;
  text = pk_str_trim(text);
  if (e->field == PK_FIELD_VALUE && r->section == IN_OBJECTS) /* variable_object: <var_ref>id</var_ref> */
    return pk_oval_pending(r->file, r->thing, v, PK_OVAL_VARIABLE, text) ? PK_OK : full(err);
  if (!text.n && e->operation == PK_OP_PATTERN && r->section == IN_OBJECTS) e->field = PK_FIELD_OTHER; /* <epoch operation="pattern match"/> */
  return pk_oval_intern(r->file, text, &v->text) ? PK_OK : full(err);
}

/* ---- variables ---- */

static pk_rc begin_function(reader *r, pk_xml *x, pk_str name, pk_err *err) {
  uint64_t n;
  pk_value *v = pk_arena_alloc(&r->file->arena, sizeof *v);
  if (!v) return full(err);
  v->kind = (pk_value_kind)word_of(FUNCTIONS, name, PK_VALUE_UNKNOWN);
  if (pk_str_is(name, "arithmetic")) v->kind = pk_str_is(pk_xml_attr(x, "arithmetic_operation"), "multiply") ? PK_VALUE_MULTIPLY : PK_VALUE_ADD;
  v->n1 = pk_str_u64(pk_xml_attr(x, "substring_start"), &n) ? (int64_t)n : 0;
  v->n2 = pk_str_u64(pk_xml_attr(x, "substring_length"), &n) ? (int64_t)n : -1;
  v->field = (pk_field)word_of(FIELDS, pk_xml_attr(x, "item_field"), PK_FIELD_OTHER);
  static const char *const parameters[] = {"pattern", "character", "delimiter"};
  for (size_t i = 0; i < 3; i++)
    if (pk_xml_attr(x, parameters[i]).n && !pk_oval_intern(r->file, pk_xml_attr(x, parameters[i]), &v->text)) return full(err);
  if (v->kind == PK_VALUE_OBJECT && !pk_oval_pending(r->file, r->thing, v, PK_OVAL_OBJECT, pk_xml_attr(x, "object_ref"))) return full(err);
  if (pk_str_is(name, "variable_component") && !pk_oval_pending(r->file, r->thing, v, PK_OVAL_VARIABLE, pk_xml_attr(x, "var_ref"))) return full(err);
  pk_value *parent = r->functions[r->n_functions - 1];
  void *list = pk_oval_own(parent->parts);
  if (!pk_oval_append(r->file, &list, &parent->n_parts, sizeof v)) return full(err);
  parent->parts = list;
  ((const pk_value **)list)[parent->n_parts - 1] = v;
  if (r->n_functions == PK_CRITERIA_DEPTH_MAX)
    return pk_err_set(err, PK_E_LIMIT, "variable '%.*s' nests its functions deeper than %d levels", PK_FMT(r->thing->id), PK_CRITERIA_DEPTH_MAX);
  r->functions[r->n_functions++] = v;
  return PK_OK;
}

static pk_rc variable_start(reader *r, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  if (depth == 3) {
    pk_rc rc = begin_thing(r, x, &r->file->variables, PK_TEST_VARIABLE, err);
    pk_value *v = rc == PK_OK ? pk_arena_alloc(&r->file->arena, sizeof *v) : NULL;
    if (rc == PK_OK && !v) rc = full(err);
    if (rc != PK_OK) return rc;
    v->kind = pk_str_is(name, "external_variable") ? PK_VALUE_UNKNOWN : PK_VALUE_LIST;
    r->thing->value = v;
    r->functions[0] = v;
    r->n_functions = 1;
    return PK_OK;
  }
  if (!r->thing || !r->n_functions) return PK_OK;
  if (r->thing->value->kind == PK_VALUE_UNKNOWN) return PK_OK; /* possible values of an external variable do not count */
  return begin_function(r, x, pk_str_is(name, "value") ? PK_STR("literal_component") : name, err);
}

static pk_rc variable_end(reader *r, pk_str text, unsigned depth, pk_err *err) {
  if (depth == 3) {
    r->thing = NULL;
    r->n_functions = 0;
    return PK_OK;
  }
  if (r->n_functions < 2) return PK_OK;
  pk_value *v = r->functions[--r->n_functions];
  return v->kind != PK_VALUE_TEXT || pk_oval_intern(r->file, text, &v->text) ? PK_OK : full(err);
}

/* ---- the file ---- */

static const word SECTIONS[] = {{"definitions", IN_DEFINITIONS}, {"tests", IN_TESTS}, {"objects", IN_OBJECTS}, {"states", IN_STATES},
                                {"variables", IN_VARIABLES}, {NULL, 0}};

static pk_rc on_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (depth == 1) {
    if (!pk_str_is(name, "oval_definitions"))
      return pk_err_set(err, PK_E_SYNTAX, "the outermost element is '%.*s': these are no OVAL definitions", PK_FMT(name));
    return PK_OK;
  }
  if (depth == 2) {
    r->section = (section)word_of(SECTIONS, name, IN_NONE);
    return PK_OK;
  }
  switch (r->section) {
  case IN_NONE:
    return PK_OK;
  case IN_DEFINITIONS:
    return definition_start(r, x, name, depth, err);
  case IN_TESTS:
    return test_start(r, x, name, depth, err);
  case IN_OBJECTS:
  case IN_STATES:
    return thing_start(r, x, name, depth, err);
  case IN_VARIABLES:
    return variable_start(r, x, name, depth, err);
  }
  return PK_OK;
}

static pk_rc on_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (depth < 3) return PK_OK;
  switch (r->section) {
  case IN_NONE:
    return PK_OK;
  case IN_DEFINITIONS:
    return definition_end(r, name, text, depth, err);
  case IN_TESTS:
    if (depth == 3) r->thing = NULL;
    return PK_OK;
  case IN_OBJECTS:
  case IN_STATES:
    return thing_end(r, name, text, depth, err);
  case IN_VARIABLES:
    return variable_end(r, text, depth, err);
  }
  return PK_OK;
}

pk_rc pk_oval_parse(pk_stream *in, const pk_platform_map *platforms, pk_oval_visit *visit, void *arg, pk_str *ret_key, pk_err *err) {
  pk_oval_file file;
  pk_oval_file_init(&file, platforms);
  reader *r = pk_calloc(1, sizeof *r);
  r->file = &file;
  pk_rc rc = pk_xml_parse(in, on_start, on_end, r, err);
  free(r);
  if (rc == PK_OK) rc = pk_oval_resolve(&file, err);
  if (rc == PK_OK && ret_key) *ret_key = pk_oval_key(&file);
  if (rc == PK_OK) rc = pk_oval_each(&file, visit, arg, err);
  pk_oval_file_fini(&file);
  return rc;
}

typedef struct to_sink {
  const pk_vendor_sink *sink;
  size_t n;
} to_sink;

/* Inventory, compliance and misc definitions say nothing of vulnerabilities; they are there to be extended. */
static pk_rc hand_over(void *arg, const pk_definition *d, pk_err *err) {
  to_sink *to = arg;
  if (d->withdrawn || !(pk_str_is(d->class, "patch") || pk_str_is(d->class, "vulnerability"))) return PK_OK;
  to->n++;
  return to->sink->definition(to->sink->arg, d, err);
}

pk_rc pk_oval_read(const pk_vendor_document *d, const pk_vendor_sink *sink, pk_err *err) {
  to_sink to = {.sink = sink};
  pk_rc rc = pk_oval_parse(d->in, d->platforms, hand_over, &to, NULL, err);
  return rc == PK_OK && !to.n ? PK_UNCHANGED : rc;
}
