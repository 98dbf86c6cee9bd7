/* SPDX-License-Identifier: Apache-2.0
 *
 * The stored form of criteria, and the packages that criteria ask for. */
#include "oval.h"

/* ---- stored form ---- */

#define ARENA_BYTES ((size_t)64 << 20)

/* Every kind of node, test, entity and value. */
static const char EVERYTHING[] = OVAL(
    DEFINITION("d", CRITERIA("XOR", AND(CRITERION("rpm") NOT_CRITERION("deb") CRITERION("none"))
                                        OR(CRITERION("file") CRITERION("uname")) NOT(CRITERION("variable") EXTEND("other"))
                                            CRITERIA("ONE", CRITERION("family") CRITERION("owner")) CRITERION("odd")))
        RPM("rpm", "bash", "less than", "0:5.1-2.el9") DEB("deb", "dash", "greater than or equal", "1:0.5-1") TEST_OF(
            "rpminfo", "none", "check='none satisfy' check_existence='none_exist' state_operator='OR'", "rpm",
            STATE("rpm") STATE("rpm")) TEST_OF("textfilecontent54", "file", "check='only one' check_existence='only_one_exists'",
                                               "file", "")
            OBJECT_OF("textfilecontent54", "file",
                      "<path>/etc</path><filename>os-release</filename><pattern operation='pattern match' var_ref='v' "
                      "var_check='only one'/>") TEST_OF("uname", "uname", "check_existence='any_exist'", "uname", STATE("uname"))
                OBJECT_OF(
                    "uname", "uname",
                    "") "<states><uname_state id='uname' operator='ONE'><os_release operation='bitwise and' "
                        "datatype='int'>1</os_release></uname_state></states>" TEST_OF("variable", "variable", "",
                                                                                       "variable", STATE("variable"))
                            OBJECT_OF("variable", "variable", "<var_ref>v</var_ref>") STATE_OF(
                                "variable", "variable",
                                "<value operation='case insensitive equals' datatype='float'>1</value>") TEST_OF("family",
                                                                                                                 "family", "",
                                                                                                                 "family", "")
                                OBJECT_OF("family", "family", "") TEST_OF("rpmverifyfile", "owner", "", "owner", "") OBJECT_OF(
                                    "rpmverifyfile",
                                    "owner", "<filepath>/etc/redhat-release</filepath>") TEST_OF("runlevel", "odd", "", "x", "")
                                    CONSTANT("c", VALUE("a") VALUE("b")) LOCAL("v", "<concat><variable_component "
                                                                                    "var_ref='c'/><unique><count>" LITERAL("x") "</count></unique><split delimiter=','>" LITERAL("a,b") "</split><begin character='x'>" LITERAL(
                                                                                        "y") "</begin><end "
                                                                                             "character='x'><escape_"
                                                                                             "regex>" LITERAL("y") "</"
                                                                                                                   "escape_regex>"
                                                                                                                   "</"
                                                                                                                   "end><"
                                                                                                                   "substring "
                                                                                                                   "substring_"
                                                                                                                   "start='2' "
                                                                                                                   "substring_"
                                                                                                                   "length='1'"
                                                                                                                   ">" LITERAL("a"
                                                                                                                               "b"
                                                                                                                               "c") "</substring><regex_capture pattern='(.)'><object_component object_ref='rpm' "
                                                                                                                                    "item_field='evr'/></regex_capture><arithmetic arithmetic_operation='add'>" LITERAL(
                                                                                                                                        "1")
                                                                                                                                        LITERAL(
                                                                                                                                            "2") "</arithmetic><time_difference/></concat>"));

typedef struct stored {
  pk_buf bytes; /* of the first definition */
} stored;

static pk_rc keep_bytes(void *arg, const pk_definition *d, pk_err *err) {
  stored *s = arg;
  (void)err;
  if (!s->bytes.n) pk_criteria_encode(d->criteria, &s->bytes);
  return PK_OK;
}

static stored store_criteria(const char *text) {
  stored s;
  pk_err err;
  pk_buf_init(&s.bytes, (size_t)1 << 20);
  assert_ok(oval_read(text, keep_bytes, &s, NULL, &err), err);
  assert_true(s.bytes.n > 0);
  assert_false(s.bytes.over);
  return s;
}

static void test_decode_when_encoded_then_the_same_bytes_again(void **state) {
  (void)state;
  stored s = store_criteria(EVERYTHING);
  pk_arena arena;
  pk_buf again;
  pk_err err;
  const pk_criteria *c = NULL;
  pk_arena_init(&arena, ARENA_BYTES);
  pk_buf_init(&again, (size_t)1 << 20);
  pk_buf_puts(&s.bytes, "what follows");
  pk_str rest = pk_buf_view(&s.bytes);
  assert_ok(pk_criteria_decode(&rest, &arena, &c, &err), err);
  assert_str(rest, "what follows");
  pk_criteria_encode(c, &again);
  assert_true(pk_str_eq(pk_buf_view(&again), pk_str_sub(pk_buf_view(&s.bytes), 0, s.bytes.n - rest.n)));
  pk_buf_free(&again);
  pk_arena_fini(&arena);
  pk_buf_free(&s.bytes);
}

static void test_decode_when_encoded_then_evaluates_as_before(void **state) {
  (void)state;
  static const char text[] = OVAL(
      DEFINITION("d", OR(NOT(CRITERION("a")) AND(CRITERION("b") CRITERION("v")))) RPM("a", "bash", "less than", "9-1")
          RPM_THERE("b", "zsh") TEST_OF("rpminfo", "v", "check='at least one'", "v", STATE("b5"))
              OBJECT_OF("rpminfo", "v", "<name var_ref='n' var_check='at least one'/>")
                  STATE_OF("rpminfo", "b5", "<evr datatype='evr_string' operation='less than' var_ref='e'/>")
                      CONSTANT("n", VALUE("bash") VALUE("dash")) LOCAL("e", "<concat>" LITERAL("5") LITERAL("-1") "</concat>"));
  static const struct {
    const char *packages;
    pk_result want;
  } cases[] = {{"bash 4-1\nzsh 1-1", PK_RESULT_TRUE},
               {"bash 6-1\nzsh 1-1", PK_RESULT_FALSE},
               {"bash 4-1", PK_RESULT_FALSE},
               {"bash 9-1", PK_RESULT_TRUE}};
  stored s = store_criteria(text);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_arena arena;
    pk_err err;
    test_host h;
    const pk_criteria *c = NULL;
    pk_arena_init(&arena, ARENA_BYTES);
    pk_str rest = pk_buf_view(&s.bytes);
    assert_ok(pk_criteria_decode(&rest, &arena, &c, &err), err);
    host_of(&h, "rhel:9.4", PK_TYPE_RPM, cases[i].packages);
    assert_int_equal(pk_criteria_evaluate(&h.evaluation, c), cases[i].want);
    host_free(&h);
    pk_arena_fini(&arena);
  }
  pk_buf_free(&s.bytes);
}

static void test_decode_when_cut_off_anywhere_then_syntax(void **state) {
  (void)state;
  stored s = store_criteria(EVERYTHING);
  for (size_t n = 0; n < s.bytes.n; n++) {
    pk_arena arena;
    pk_err err;
    const pk_criteria *c = NULL;
    pk_arena_init(&arena, ARENA_BYTES);
    char *exact = pk_alloc(n); /* sanitizers see a read behind the end */
    if (n) memcpy(exact, s.bytes.p, n);
    pk_str rest = {exact, n};
    assert_fault(pk_criteria_decode(&rest, &arena, &c, &err), err, PK_E_SYNTAX, "is damaged");
    assert_int_equal(rest.n, n);
    assert_null(c);
    free(exact);
    pk_arena_fini(&arena);
  }
  pk_buf_free(&s.bytes);
}

static void test_decode_when_any_byte_differs_then_no_harm(void **state) {
  (void)state;
  stored s = store_criteria(EVERYTHING);
  for (size_t at = 0; at < s.bytes.n; at++)
    for (unsigned change = 1; change < 256; change <<= 1) {
      pk_arena arena;
      pk_err err = {0};
      const pk_criteria *c = NULL;
      pk_arena_init(&arena, ARENA_BYTES);
      s.bytes.p[at] = (char)(s.bytes.p[at] ^ (char)change);
      pk_str rest = pk_buf_view(&s.bytes);
      pk_rc rc = pk_criteria_decode(&rest, &arena, &c, &err);
      assert_true(rc == PK_OK || rc == PK_E_SYNTAX || rc == PK_E_LIMIT);
      assert_true((rc == PK_OK) == (c != NULL));
      s.bytes.p[at] = (char)(s.bytes.p[at] ^ (char)change);
      pk_arena_fini(&arena);
    }
  pk_buf_free(&s.bytes);
}

static void test_decode_when_memory_is_over_then_limit(void **state) {
  (void)state;
  stored s = store_criteria(EVERYTHING);
  pk_arena arena;
  pk_err err;
  const pk_criteria *c = NULL;
  pk_arena_init(&arena, 0);
  pk_str rest = pk_buf_view(&s.bytes);
  assert_fault(pk_criteria_decode(&rest, &arena, &c, &err), err, PK_E_LIMIT, "too much memory");
  pk_arena_fini(&arena);
  pk_buf_free(&s.bytes);
}

/* A chain of operators with one child each: kind OPERATOR, AND, one child. */
static pk_rc decode_nested(unsigned depth, pk_err *err) {
  pk_buf bytes;
  pk_arena arena;
  const pk_criteria *c = NULL;
  pk_buf_init(&bytes, (size_t)1 << 20);
  pk_arena_init(&arena, ARENA_BYTES);
  for (unsigned i = 1; i < depth; i++) pk_buf_add(&bytes, "\0\0\1", 3);
  pk_buf_add(&bytes, "\4\1\0", 3); /* RESULT true, without a reason */
  pk_str rest = pk_buf_view(&bytes);
  pk_rc rc = pk_criteria_decode(&rest, &arena, &c, err);
  pk_arena_fini(&arena);
  pk_buf_free(&bytes);
  return rc;
}

static void test_decode_when_nested_too_deep_then_limit(void **state) {
  (void)state;
  pk_err err;
  assert_ok(decode_nested(PK_CRITERIA_DEPTH_MAX, &err), err);
  assert_fault(decode_nested(PK_CRITERIA_DEPTH_MAX + 1, &err), err, PK_E_LIMIT, "nested too deep");
  assert_fault(decode_nested(100000, &err), err, PK_E_LIMIT, "nested too deep");
}

static void test_decode_when_a_list_is_longer_than_its_bytes_then_syntax(void **state) {
  (void)state;
  static const unsigned char lists[][10] = {
      {0, 0, 0xff, 0xff, 0x03},          /* children */
      {2, 0, 0, 0, 0, 0, 0x7f},          /* entities of an object */
      {2, 0, 0, 0, 0, 0, 0, 0xff, 0x4d}, /* states */
  };
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    pk_arena arena;
    pk_err err;
    const pk_criteria *c = NULL;
    pk_arena_init(&arena, ARENA_BYTES);
    pk_str rest = {(const char *)lists[i], sizeof lists[i]};
    assert_fault(pk_criteria_decode(&rest, &arena, &c, &err), err, PK_E_SYNTAX, "a list is too long");
    assert_true(arena.used_bytes < (size_t)1 << 20);
    pk_arena_fini(&arena);
  }
}

static void test_result_name_when_any_then_the_languages_words(void **state) {
  (void)state;
  static const char *const names[] = {"false", "true", "unknown", "error", "not applicable"};
  for (int i = 0; i < 5; i++) assert_string_equal(pk_result_name((pk_result)i), names[i]);
}

/* ---- names ---- */

typedef struct names {
  pk_buf text;
} names;

static void add_name(void *arg, pk_str name) {
  names *n = arg;
  pk_buf_printf(&n->text, "%.*s ", PK_FMT(name));
}

static pk_rc list_names(void *arg, const pk_definition *d, pk_err *err) {
  names *n = arg;
  (void)err;
  pk_buf before = n->text;
  if (!pk_criteria_names(d->criteria, add_name, n)) {
    assert_int_equal(before.n, n->text.n); /* without a call */
    pk_buf_puts(&n->text, "everybody");
  }
  return PK_OK;
}

#define PIECES                                                                                                                   \
  RPM("a", "a", "less than", "2-1")                                                                                              \
  RPM("b", "b", "less than", "2-1") RPM_THERE("c", "c") RPM_ABSENT("absent", "a")                                                \
      RPM("release", "redhat-release", "pattern match", "^9") DEB("deb", "d", "less than", "2-1")                                \
          TEST_OF("uname", "uname", "check='all'", "uname", "") OBJECT_OF("uname", "uname", "")                                  \
              TEST_OF("rpminfo", "pattern", "check='all'", "pattern", "")                                                        \
                  OBJECT_OF("rpminfo", "pattern", "<name operation='pattern match'>^a</name>")                                   \
                      TEST_OF("rpminfo", "list", "check='at least one'", "list", "")                                             \
                          OBJECT_OF("rpminfo", "list", "<name var_ref='l' var_check='at least one'/>") CONSTANT(                 \
                              "l", VALUE("x") VALUE("y")) TEST_OF("rpminfo", "computed", "check='at least one'", "computed", "") \
                              OBJECT_OF("rpminfo", "computed", "<name var_ref='k' var_check='at least one'/>")                   \
                                  LOCAL("k", "<concat>" LITERAL("x") LITERAL("y") "</concat>")                                   \
                                      TEST_OF("rpminfo", "any", "check='all' check_existence='any_exist'", "a", "")              \
                                          TEST_OF("rpminfo", "one", "check='all' check_existence='only_one_exists'", "a", "")    \
                                              TEST_OF("rpminfo", "noname", "check='all'", "noname", "")                          \
                                                  OBJECT_OF("rpminfo", "noname", "<arch>i686</arch>")

static void test_names_when_asked_then_of_packages_without_which_it_is_not_true(void **state) {
  (void)state;
  static const struct {
    const char *text, *want;
  } cases[] = {
      {OVAL(DEFINITION("d", AND(CRITERION("a"))) PIECES), "a "},
      {OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("b"))) PIECES), "a b "},
      {OVAL(DEFINITION("d", CRITERIA("XOR", CRITERION("a") CRITERION("b"))) PIECES), "a b "},
      {OVAL(DEFINITION("d", CRITERIA("ONE", CRITERION("a") CRITERION("b"))) PIECES), "a b "},
      {OVAL(DEFINITION("d", AND(CRITERION("release") OR(CRITERION("a") CRITERION("b")))) PIECES), "a b "},
      {OVAL(DEFINITION("d", AND(OR(CRITERION("a") CRITERION("b")) CRITERION("release"))) PIECES), "a b "},
      {OVAL(DEFINITION("d", AND(CRITERION("uname") CRITERION("c"))) PIECES), "c "},
      {OVAL(DEFINITION("d", AND(CRITERION("release"))) PIECES), "redhat-release "},
      {OVAL(DEFINITION("d", AND(CRITERION("deb") CRITERION("uname"))) PIECES), "d "},
      {OVAL(DEFINITION("d", AND(CRITERION("list"))) PIECES), "x y "},
      {OVAL(DEFINITION("d", AND(CRITERION("one"))) PIECES), "a "},
      {OVAL(DEFINITION("d", AND(CRITERION("missing") CRITERION("a"))) PIECES), "a "},
      {OVAL(DEFINITION("d", AND(CRITERION("a") NOT(CRITERION("b")))) PIECES), "a "},
      {OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("uname"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", OR(CRITERION("a") NOT_CRITERION("b"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", NOT(CRITERION("a"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", AND(CRITERION("absent"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", AND(CRITERION("any"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", AND(CRITERION("pattern"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", AND(CRITERION("computed"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", AND(CRITERION("noname"))) PIECES), "everybody"},
      {OVAL(DEFINITION("d", AND(CRITERION("uname"))) PIECES), "everybody"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    names n;
    pk_err err;
    pk_buf_init(&n.text, 1000);
    assert_ok(oval_read(cases[i].text, list_names, &n, NULL, &err), err);
    if (strcmp(pk_buf_cstr(&n.text), cases[i].want) != 0)
      fail_msg("case %zu: '%s', should be '%s'", i, pk_buf_cstr(&n.text), cases[i].want);
    pk_buf_free(&n.text);
  }
}

static void list_fix(void *arg, pk_str name, pk_str version) { pk_buf_printf(arg, "%.*s<%.*s ", PK_FMT(name), PK_FMT(version)); }

static pk_rc list_fixes(void *arg, const pk_definition *d, pk_err *err) {
  (void)err;
  pk_criteria_fixes(d->criteria, list_fix, arg);
  return PK_OK;
}

static void test_fixes_when_asked_then_of_packages_that_must_be_older(void **state) {
  (void)state;
  static const struct {
    const char *text, *want;
  } cases[] = {
      {OVAL(DEFINITION("d", AND(CRITERION("release") OR(CRITERION("a") CRITERION("b")))) PIECES), "a<2-1 b<2-1 "},
      {OVAL(DEFINITION("d", AND(CRITERION("deb") CRITERION("uname") CRITERION("c"))) PIECES), "d<2-1 "},
      {OVAL(DEFINITION("d", AND(CRITERION("a") NOT(CRITERION("b")))) PIECES), "a<2-1 "},
      {OVAL(DEFINITION("d", OR(CRITERION("c") NOT_CRITERION("a"))) PIECES), ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_buf text;
    pk_err err;
    pk_buf_init(&text, 1000);
    assert_ok(oval_read(cases[i].text, list_fixes, &text, NULL, &err), err);
    if (strcmp(pk_buf_cstr(&text), cases[i].want) != 0) fail_msg("case %zu: '%s', should be '%s'", i, pk_buf_cstr(&text), cases[i].want);
    pk_buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_decode_when_encoded_then_the_same_bytes_again),
      cmocka_unit_test(test_decode_when_encoded_then_evaluates_as_before),
      cmocka_unit_test(test_decode_when_cut_off_anywhere_then_syntax),
      cmocka_unit_test(test_decode_when_any_byte_differs_then_no_harm),
      cmocka_unit_test(test_decode_when_memory_is_over_then_limit),
      cmocka_unit_test(test_decode_when_nested_too_deep_then_limit),
      cmocka_unit_test(test_decode_when_a_list_is_longer_than_its_bytes_then_syntax),
      cmocka_unit_test(test_result_name_when_any_then_the_languages_words),
      cmocka_unit_test(test_names_when_asked_then_of_packages_without_which_it_is_not_true),
      cmocka_unit_test(test_fixes_when_asked_then_of_packages_that_must_be_older),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
