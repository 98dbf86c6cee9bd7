/* SPDX-License-Identifier: Apache-2.0
 *
 * oval: OVAL files put together from pieces, hosts made of a few lines, and what the ones say of the others.
 *
 * A piece brings its own section (<tests>, <objects> …), so that pieces can stand in any order:
 *   OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("b"))) RPM("a", "bash", "less than", "5-2") RPM_THERE("b", "zsh")) */
#ifndef PK_TESTS_OVAL_H
#define PK_TESTS_OVAL_H

#include "unit.h"

#include "base/embed.h"
#include "feed/oval/oval.h"
#include "match/criteria.h"

/* ---- files ---- */

#define OVAL(pieces) "<oval_definitions xmlns='http://oval.mitre.org/XMLSchema/oval-definitions-5'>" pieces "</oval_definitions>"
#define DEFINITION(id, criteria) DEFINITION_OF("vulnerability", id, "", criteria)
#define DEFINITION_OF(class, id, metadata, criteria)                                                                             \
  "<definitions><definition class='" class "' id='" id "'><metadata><title>" id "</title>" metadata "</metadata>" criteria       \
                                           "</definition></definitions>"
#define CRITERIA(operator, children) "<criteria operator='" operator"'>" children "</criteria>"
#define AND(children) CRITERIA("AND", children)
#define OR(children) CRITERIA("OR", children)
#define NOT(children) "<criteria operator='AND' negate='true'>" children "</criteria>"
#define CRITERION(test) "<criterion test_ref='" test "'/>"
#define NOT_CRITERION(test) "<criterion negate='true' test_ref='" test "'/>"
#define EXTEND(definition) "<extend_definition definition_ref='" definition "'/>"

/** A test, its object and its states, named alike where they belong together. */
#define TEST_OF(kind, id, attributes, object, states)                                                                            \
  "<tests><" kind "_test id='" id "' " attributes "><object object_ref='" object "'/>" states "</" kind "_test></tests>"
#define OBJECT_OF(kind, id, entities) "<objects><" kind "_object id='" id "'>" entities "</" kind "_object></objects>"
#define STATE_OF(kind, id, entities) "<states><" kind "_state id='" id "'>" entities "</" kind "_state></states>"
#define STATE(ref) "<state state_ref='" ref "'/>"
#define VARIABLES(list) "<variables>" list "</variables>"
#define CONSTANT(id, values) VARIABLES("<constant_variable id='" id "'>" values "</constant_variable>")
#define LOCAL(id, function) VARIABLES("<local_variable id='" id "'>" function "</local_variable>")
#define VALUE(text) "<value>" text "</value>"
#define LITERAL(text) "<literal_component>" text "</literal_component>"

#define NAMED(kind, id, name) OBJECT_OF(kind, id, "<name>" name "</name>")
#define EVR(operation, version) "<evr datatype='evr_string' operation='" operation "'>" version "</evr>"
#define DEBIAN_EVR(operation, version) "<evr datatype='debian_evr_string' operation='" operation "'>" version "</evr>"
/** "NAME is earlier than …", "NAME is installed", "NAME is not installed", "NAME is signed with KEY". */
#define RPM(id, name, operation, version)                                                                                        \
  TEST_OF("rpminfo", id, "check='at least one'", id, STATE(id))                                                                  \
  NAMED("rpminfo", id, name) STATE_OF("rpminfo", id, EVR(operation, version))
#define RPM_THERE(id, name) TEST_OF("rpminfo", id, "check='at least one'", id, "") NAMED("rpminfo", id, name)
#define RPM_ABSENT(id, name)                                                                                                     \
  TEST_OF("rpminfo", id, "check='at least one' check_existence='none_exist'", id, "") NAMED("rpminfo", id, name)
#define RPM_SIGNED(id, name, key)                                                                                                \
  TEST_OF("rpminfo", id, "check='at least one'", id, STATE(id))                                                                  \
  NAMED("rpminfo", id, name) STATE_OF("rpminfo", id, "<signature_keyid operation='equals'>" key "</signature_keyid>")
#define DEB(id, name, operation, version)                                                                                        \
  TEST_OF("dpkginfo", id, "check='all'", id, STATE(id))                                                                          \
  NAMED("dpkginfo", id, name) STATE_OF("dpkginfo", id, DEBIAN_EVR(operation, version))

/* ---- hosts ---- */

#define HOST_PACKAGES_MAX 512

typedef struct test_host {
  pk_system system;
  pk_evaluation evaluation;
  pk_regex_cache *regexes;
  pk_package packages[HOST_PACKAGES_MAX];
  size_t n_packages;
} test_host;

/** `packages`: lines "name version [architecture [module]]", which must live as long as the host. */
static inline void host_make(test_host *h, const pk_system_source *from, const char *packages) {
  pk_str rest = pk_str_of(packages), line;
  *h = (test_host){.regexes = pk_regex_cache_new()};
  pk_system_init(&h->system, from);
  while (pk_str_split(&rest, '\n', &line)) {
    pk_package *p = &h->packages[h->n_packages++];
    assert_true(h->n_packages <= HOST_PACKAGES_MAX);
    *p = (pk_package){.type = from->type, .arch = PK_STR("x86_64")};
    assert_true(pk_str_word(&line, &p->name) && pk_str_word(&line, &p->evr));
    if (pk_str_word(&line, &p->arch)) (void)pk_str_word(&line, &p->module);
    if (!p->arch.n) p->arch = PK_STR("x86_64");
    pk_system_add(&h->system, p);
  }
  pk_system_ready(&h->system, from);
  pk_evaluation_init(&h->evaluation, &h->system, h->regexes);
}

static inline void host_of(test_host *h, const char *platform, pk_package_type type, const char *packages) {
  host_make(h, &(pk_system_source){.platform = pk_str_of(platform), .type = type}, packages);
}

static inline void host_free(test_host *h) {
  pk_evaluation_fini(&h->evaluation);
  pk_system_fini(&h->system);
  pk_regex_cache_free(&h->regexes);
}

/* ---- together ---- */

static inline pk_rc oval_read(const char *text, pk_oval_visit *visit, void *arg, pk_str *ret_key, pk_err *err) {
  pk_platform_map *platforms = NULL;
  pk_stream *in = NULL;
  assert_int_equal(pk_platform_map_new(pk_embed_platforms, "platforms", &platforms, NULL), PK_OK);
  assert_int_equal(pk_stream_open_bytes(pk_str_of(text), (pk_stream_limits){(size_t)256 << 20, 0}, &in, NULL), PK_OK);
  pk_rc rc = pk_oval_parse(in, platforms, visit, arg, ret_key, err);
  pk_stream_close(&in);
  pk_platform_map_free(&platforms);
  return rc;
}

typedef struct oval_results {
  test_host *host;
  pk_buf text;   /* "d=true e=unknown " */
  char why[256]; /* of the last one */
} oval_results;

static inline pk_rc oval_note_result(void *arg, const pk_definition *d, pk_err *err) {
  oval_results *r = arg;
  (void)err;
  r->host->evaluation.why[0] = '\0';
  pk_result result = pk_criteria_evaluate(&r->host->evaluation, d->criteria);
  pk_buf_printf(&r->text, "%.*s=%s ", PK_FMT(d->id), pk_result_name(result));
  snprintf(r->why, sizeof r->why, "%s", r->host->evaluation.why);
  return PK_OK;
}

/** All results in the order of the file: "d=true e=not applicable ". */
static inline void assert_results(test_host *h, const char *text, const char *want) {
  oval_results r = {.host = h};
  pk_err err;
  pk_buf_init(&r.text, 65536);
  assert_ok(oval_read(text, oval_note_result, &r, NULL, &err), err);
  assert_string_equal(pk_buf_cstr(&r.text), want);
  pk_buf_free(&r.text);
}

/** The only definition's result, and words of the reason. */
static inline void assert_result_because(test_host *h, const char *text, const char *want, const char *words) {
  oval_results r = {.host = h};
  pk_err err;
  pk_buf_init(&r.text, 65536);
  assert_ok(oval_read(text, oval_note_result, &r, NULL, &err), err);
  assert_string_equal(pk_buf_cstr(&r.text), want);
  if (!strstr(r.why, words)) fail_msg("'%s' is not in '%s'", words, r.why);
  pk_buf_free(&r.text);
}

#endif
