/* SPDX-License-Identifier: Apache-2.0
 *
 * Criteria become rules. Whatever comes out must be true of the same hosts as what went in. */
#include "oval.h"

#include "match/reduce.h"
#include "match/vulnerability.h"

/* ---- what comes out, as text ---- */

static void write_rules(const pk_definition *d, pk_buf *out) {
  for (size_t i = 0; i < d->n_rules; i++) {
    const pk_rule *r = &d->rules[i];
    for (size_t k = 0; k < r->n_names; k++) pk_buf_printf(out, "%s%.*s", k ? "," : "", PK_FMT(r->names[k]));
    const struct {
      const char *before;
      pk_str text;
    } parts[] = {{" of ", r->platform},   {" on ", r->arch}, {" module ", r->module},
                 {" >= ", r->introduced}, {" < ", r->fixed}, {" <= ", r->last}};
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
      if (parts[k].text.n) pk_buf_printf(out, "%s%.*s", parts[k].before, PK_FMT(parts[k].text));
    if (r->state != PK_RULE_FIXED) pk_buf_printf(out, " %s", pk_rule_state_name(r->state));
    pk_buf_puts(out, "; ");
    assert_false(r->is_source);
    assert_int_equal(r->advisory.n + r->note.n, 0);
  }
}

typedef struct reducing {
  pk_reducer *reducer;
  pk_buf text;
} reducing;

static pk_rc reduce_one(void *arg, const pk_definition *d, pk_err *err) {
  reducing *r = arg;
  pk_definition own = *d;
  pk_rc rc = pk_reduce(r->reducer, &own, err);
  if (rc < 0) return rc;
  if (rc == PK_UNCHANGED) pk_buf_puts(&r->text, "never");
  if (rc == PK_NOTFOUND) pk_buf_puts(&r->text, "criteria");
  if (rc == PK_OK) {
    assert_null(own.criteria);
    write_rules(&own, &r->text);
  } else {
    assert_int_equal(own.n_rules, 0);
  }
  if (rc == PK_NOTFOUND) assert_non_null(own.criteria);
  return PK_OK;
}

static void assert_reduced(const char *platform, pk_package_type type, const char *text, const char *want) {
  reducing r = {.reducer = pk_reducer_new(pk_str_of(platform), type)};
  pk_err err;
  pk_buf_init(&r.text, 65536);
  assert_ok(oval_read(text, reduce_one, &r, NULL, &err), err);
  if (strcmp(pk_buf_cstr(&r.text), want) != 0)
    fail_msg("'%s', should be '%s': %.300s", pk_buf_cstr(&r.text), want, strstr(text, "<definitions>"));
  pk_buf_free(&r.text);
  pk_reducer_free(&r.reducer);
  assert_null(r.reducer);
}

/* ---- forms of criteria ---- */

#define RELEASE(id, name, version)                                                                                               \
  TEST_OF("rpminfo", id, "check='at least one'", id, STATE(id))                                                                  \
  NAMED("rpminfo", id, name) STATE_OF("rpminfo", id, "<version operation='equals'>" version "</version>")
#define RELEASE_LIKE(id, name, pattern)                                                                                          \
  TEST_OF("rpminfo", id, "check='at least one'", id, STATE(id))                                                                  \
  NAMED("rpminfo", id, name) STATE_OF("rpminfo", id, "<version operation='pattern match'>" pattern "</version>")
#define MODULE(id, name, stream)                                                                                                 \
  TEST_OF("textfilecontent54", id, "check='all'", id, STATE(id))                                                                 \
  OBJECT_OF("textfilecontent54", id,                                                                                             \
            "<filepath>/etc/dnf/modules.d/" name ".module</filepath><pattern operation='pattern match'>\\[" name                 \
            "\\][\\w\\W]*</pattern><instance datatype='int'>1</instance>")                                                       \
  STATE_OF("textfilecontent54", id, "<text operation='pattern match'>\\nstream\\s*=\\s*" stream "\\b|\\nstream=" stream "</text>")
#define ARCH_STATE(id, arch)                                                                                                     \
  STATE_OF("rpminfo", id, "<arch datatype='string' operation='pattern match'>" arch "</arch>" EVR("less than", "2-1"))

#define PIECES                                                                                                                   \
  RPM("a", "a", "less than", "2-1")                                                                                              \
  RPM("a3", "a", "greater than or equal", "1-1") RPM("b", "b", "less than", "3-1") RPM("old", "a", "less than or equal", "2-1")  \
      RPM("this", "a", "equals", "2-1") RPM("above", "a", "greater than", "2-1") RPM_THERE("there", "a")                         \
          RPM_ABSENT("absent", "a") RPM_ABSENT("absent b", "b") RPM_SIGNED("signed", "a", "k") RPM_SIGNED("signed b", "b", "k")  \
              RELEASE_LIKE("9", "redhat-release", "^9[^\\d]") RELEASE_LIKE("8", "redhat-release", "^8[^\\d]")                    \
                  RELEASE("9.4", "redhat-release", "9.4") RELEASE_LIKE("9.2 on", "redhat-release", "^9\\.([2-9]|1\\d)")          \
                      TEST_OF("uname", "uname", "check='all'", "uname", STATE("uname")) OBJECT_OF("uname", "uname", "")          \
      STATE_OF("uname", "uname", "<os_release>5.14.0-1.el9.x86_64</os_release>")                             \
      TEST_OF("uname", "any uname", "check='all'", "uname", "")                                              \
                          MODULE("node12", "nodejs", "12") MODULE("node10", "nodejs", "10")                                      \
                              TEST_OF("rpminfo", "arch", "check='at least one'", "a", STATE("arch"))                             \
                                  ARCH_STATE("arch", "aarch64|x86_64")                                                           \
                                      TEST_OF("rpminfo", "odd arch", "check='at least one'", "a", STATE("odd arch"))             \
                                          ARCH_STATE("odd arch", "^x86.*")

static void test_reduce_when_criteria_are_about_packages_then_rules(void **state) {
  (void)state;
  static const struct {
    const char *text, *want;
  } cases[] = {
      {OVAL(DEFINITION("d", AND(CRITERION("a"))) PIECES), "a < 2-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("any uname") CRITERION("a"))) PIECES), "a < 2-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("signed"))) PIECES), "a < 2-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("a3"))) PIECES), "a >= 1-1 < 2-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("old"))) PIECES), "a <= 2-1 affected; "},
      {OVAL(DEFINITION("d", AND(CRITERION("this"))) PIECES), "a >= 2-1 <= 2-1 affected; "},
      {OVAL(DEFINITION("d", AND(CRITERION("there"))) PIECES), "a affected; "},
      {OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("b"))) PIECES), "a < 2-1; b < 3-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("9") OR(AND(CRITERION("a") CRITERION("signed"))
                                                      AND(CRITERION("b") CRITERION("signed b"))))) PIECES),
       "a < 2-1; b < 3-1; "},
      {OVAL(DEFINITION("d", OR(CRITERION("8") AND(CRITERION("9") OR(CRITERION("a"))))) PIECES), "a < 2-1; "},
      {OVAL(DEFINITION("d", CRITERIA("ONE", CRITERION("a"))) PIECES), "a < 2-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("arch"))) PIECES), "a on aarch64|x86_64 < 2-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("node12") OR(CRITERION("a") CRITERION("b")))) PIECES),
       "a module nodejs:12 < 2-1; b module nodejs:12 < 3-1; "},
      {OVAL(DEFINITION("d", AND(CRITERION("9.4") CRITERION("a"))) PIECES), "a of rhel:9.4 < 2-1; "},
      {OVAL(DEFINITION("d", AND(NOT(CRITERION("8")) CRITERION("a"))) PIECES), "a < 2-1; "},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_reduced("rhel:9", PK_TYPE_RPM, cases[i].text, cases[i].want);
}

static void test_reduce_when_it_cannot_be_true_on_the_platform_then_never(void **state) {
  (void)state;
  static const char *const texts[] = {
      OVAL(DEFINITION("d", AND(CRITERION("8") CRITERION("a"))) PIECES),
      OVAL(DEFINITION("d", OR(CRITERION("8") AND(CRITERION("8") CRITERION("uname")))) PIECES),
      OVAL(DEFINITION("d", AND(NOT(CRITERION("9")) CRITERION("a"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("there") CRITERION("absent"))) PIECES), /* Red Hat: nothing is affected */
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_reduced("rhel:9", PK_TYPE_RPM, texts[i], "never");
}

static void test_reduce_when_it_is_about_the_whole_host_then_it_stays_criteria(void **state) {
  (void)state;
  static const char *const texts[] = {
      OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("b"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("uname"))) PIECES),
      OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("uname"))) PIECES),
      OVAL(DEFINITION("d", NOT(CRITERION("a"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("a") NOT_CRITERION("b"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("absent b"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("absent"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("above"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("odd arch"))) PIECES),
      OVAL(DEFINITION("d", CRITERIA("ONE", CRITERION("a") CRITERION("b"))) PIECES),
      OVAL(DEFINITION("d", CRITERIA("XOR", CRITERION("a") CRITERION("b"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("node12") CRITERION("node10") CRITERION("a"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("9"))) PIECES), /* of every host of the release */
      OVAL(DEFINITION("d", AND(CRITERION("9.4"))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("9.2 on") CRITERION("a"))) PIECES), /* true of some releases of the family */
      OVAL(DEFINITION("d", OR(AND(CRITERION("9.4") CRITERION("a")) CRITERION("b"))) PIECES), /* one for a release, one for all */
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_reduced("rhel:9", PK_TYPE_RPM, texts[i], "criteria");
}

/* What the family itself is not, its releases may be. */
static void test_reduce_when_a_file_tells_the_minor_release_then_it_stays_criteria(void **state) {
  (void)state;
  static const char text[] =
      OVAL(DEFINITION("d", AND(CRITERION("7.x") CRITERION("a")))
               TEST_OF("textfilecontent54", "7.x", "check='all'", "7.x", STATE("7.x"))
                   OBJECT_OF("textfilecontent54", "7.x",
                             "<filepath>/etc/anolis-release</filepath><pattern operation='pattern match'>.*</pattern><instance "
                             "datatype='int'>1</instance>")
                       STATE_OF("textfilecontent54", "7.x", "<text operation='pattern match'>release 7\\.\\d+</text>") PIECES);
  assert_reduced("anolis:7", PK_TYPE_RPM, text, "criteria");
  assert_reduced("anolis:7", PK_TYPE_UNKNOWN, text, "criteria");
  assert_reduced("anolis:7.9", PK_TYPE_RPM, text, "a < 2-1; ");
  assert_reduced("anolis:8", PK_TYPE_RPM, text, "never");
}

static void test_reduce_when_the_feed_is_for_a_family_then_rules_of_the_releases(void **state) {
  (void)state;
  static const char text[] =
      OVAL(DEFINITION("d", AND(OR(CRITERION("15.4") CRITERION("15.5")) OR(CRITERION("a") CRITERION("b"))))
               DEFINITION("e", AND(CRITERION("12.5") CRITERION("a"))) RELEASE("15.4", "sles-release", "15.4")
                   RELEASE("15.5", "sles-release", "15.5") RELEASE("12.5", "sles-release", "12.5") PIECES);
  assert_reduced("sles:15", PK_TYPE_RPM, text,
                 "b of sles:15.5 < 3-1; b of sles:15.4 < 3-1; a of sles:15.5 < 2-1; a of sles:15.4 < 2-1; never");
  assert_reduced("sles:15.5", PK_TYPE_RPM, text, "a < 2-1; b < 3-1; never");
  assert_reduced("sles:12.5", PK_TYPE_RPM, text, "nevera < 2-1; ");
}

static void test_reduce_when_no_release_is_given_then_it_stays_criteria(void **state) {
  (void)state;
  assert_reduced("", PK_TYPE_RPM, OVAL(DEFINITION("d", AND(CRITERION("a"))) PIECES), "criteria");
  assert_reduced("rhel", PK_TYPE_RPM, OVAL(DEFINITION("d", AND(CRITERION("9") CRITERION("a"))) PIECES), "criteria");
}

/* What is in error or unknown is neither true nor its opposite. */
static void test_reduce_when_a_part_is_in_error_or_unknown_then_it_stays_criteria(void **state) {
  (void)state;
  static const char *const texts[] = {
      OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("missing"))) PIECES),
      OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("missing"))) PIECES),
      OVAL(DEFINITION("d", NOT(CRITERION("missing"))) PIECES),
      OVAL(DEFINITION("d", AND(NOT(EXTEND("gone")) CRITERION("a"))) PIECES),
      OVAL(DEFINITION("d", NOT(OR(CRITERION("missing")))) PIECES),
      OVAL(DEFINITION("d", AND(CRITERION("a") CRITERION("set"))) PIECES TEST_OF("rpminfo", "set", "check='all'", "set", "")
               OBJECT_OF("rpminfo", "set", "<set/>")),
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_reduced("rhel:9", PK_TYPE_RPM, texts[i], "criteria");
}

static void test_reduce_when_names_are_a_constant_list_then_one_rule(void **state) {
  (void)state;
  assert_reduced("ubuntu:22.04", PK_TYPE_DEB,
                 OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("dpkginfo", "t", "check='at least one'", "o", STATE("s"))
                          OBJECT_OF("dpkginfo", "o", "<name var_ref='v' var_check='at least one'/>")
                              STATE_OF("dpkginfo", "s", DEBIAN_EVR("less than", "3.0-2"))
                                  CONSTANT("v", VALUE("openssl") VALUE("libssl3"))),
                 "openssl,libssl3 < 3.0-2; ");
}

static void test_reduce_when_the_vendor_gives_reasons_then_states(void **state) {
  (void)state;
  assert_reduced(
      "rhel:9", PK_TYPE_RPM,
      OVAL(DEFINITION_OF(
          "vulnerability", "d",
          "<advisory><affected><resolution state='Will not fix'><component>a</component></resolution><resolution state='Fix "
          "deferred'><component>nodejs:12/b</component></resolution></affected></advisory>",
          OR(CRITERION("there") CRITERION("b there") CRITERION("c there"))) PIECES RPM_THERE("b there", "b")
               RPM_THERE("c there", "c")),
      "a will-not-fix; b deferred; c will-not-fix; ");
}

static void test_reduce_when_there_are_no_criteria_then_untouched(void **state) {
  (void)state;
  pk_reducer *r = pk_reducer_new(PK_STR("rhel:9"), PK_TYPE_RPM);
  pk_definition d = {.id = PK_STR("d"), .n_rules = 3};
  assert_int_equal(pk_reduce(r, &d, NULL), PK_OK);
  assert_int_equal(d.n_rules, 3);
  pk_reducer_free(&r);
  pk_reducer_free(&r);
}

static void test_reduce_when_releases_and_packages_multiply_then_limit(void **state) {
  (void)state;
  pk_buf text;
  pk_err err;
  reducing r = {.reducer = pk_reducer_new(PK_STR("sles:15"), PK_TYPE_RPM)};
  pk_buf_init(&r.text, 100);
  pk_buf_init(&text, (size_t)4 << 20);
  pk_buf_puts(
      &text, "<oval_definitions><definitions><definition class='patch' id='d'><criteria operator='AND'><criteria operator='OR'>");
  for (int i = 1; i <= 3000; i++) pk_buf_printf(&text, "<criterion test_ref='r%d'/>", i);
  pk_buf_puts(&text, "</criteria><criteria operator='OR'>");
  for (int i = 1; i <= 3000; i++) pk_buf_puts(&text, "<criterion test_ref='a'/>");
  pk_buf_puts(&text, "</criteria></criteria></definition></definitions>" RPM("a", "a", "less than", "2-1"));
  for (int i = 1; i <= 3000; i++) pk_buf_printf(&text, RELEASE("r%1$d", "sles-release", "15.%1$d"), i);
  pk_buf_puts(&text, "</oval_definitions>");
  assert_fault(oval_read(pk_buf_cstr(&text), reduce_one, &r, NULL, &err), err, PK_E_LIMIT, "definition 'd'");
  pk_buf_free(&r.text);
  pk_buf_free(&text);
  pk_reducer_free(&r.reducer);
}

/* ---- the same before and after ---- */

static const char *const VERSIONS[] = {NULL, "1-1", "2-1", "5-1"};
#define N_PACKAGE_SETS 64 /* a, b, c each not there or of one of three versions */
#define N_RELEASES_MAX 3
#define N_HOSTS_MAX (N_PACKAGE_SETS * N_RELEASES_MAX)

#define LIBRARY                                                                                                                  \
  RPM("a2", "a", "less than", "2-1")                                                                                             \
  RPM("a5", "a", "less than", "5-1") RPM("b2", "b", "less than", "2-1") RPM("b5", "b", "less than", "5-1")                       \
      RPM("c2", "c", "less than", "2-1") RPM("from a2", "a", "greater than or equal", "2-1")                                     \
          RPM("from b2", "b", "greater than or equal", "2-1") RPM("is a2", "a", "equals", "2-1") RPM_THERE("a", "a")             \
              RPM_THERE("b", "b") RPM_SIGNED("signed a", "a", "k") RPM_ABSENT("no a", "a") RPM_ABSENT("no b", "b")               \
                  RELEASE_LIKE("yes", "redhat-release", "^9\\.") RELEASE("never", "redhat-release", "8.0")                       \
                      RELEASE("9.2", "redhat-release", "9.2") RELEASE("9.4", "redhat-release", "9.4")                            \
                          TEST_OF("uname", "uname", "check='all'", "uname", STATE("uname")) OBJECT_OF("uname", "uname", "")      \
                              STATE_OF("uname", "uname", "<os_release>5.14.0-1.el9.x86_64</os_release>")                         \
                                  TEST_OF("selinuxboolean", "odd", "check='all'", "odd", "")                                     \
                                      OBJECT_OF("selinuxboolean", "odd", "")

/* Whose hosts the criteria are looked at on, and what these may ask. */
typedef struct world {
  const char *feed, *releases[N_RELEASES_MAX];
  const char *tests[20];
  unsigned n_releases, n_tests;
} world;

static const world ONE_RELEASE = {.feed = "rhel:9.0",
                                  .releases = {"9.0"},
                                  .n_releases = 1,
                                  .tests = {"a2", "a5", "b2", "b5", "c2", "from a2", "from b2", "is a2", "a", "b", "signed a",
                                            "no a", "no b", "yes", "never", "9.2", "uname", "missing", "odd"},
                                  .n_tests = 19};
static const world FAMILY = {.feed = "rhel:9",
                             .releases = {"9.1", "9.2", "9.4"},
                             .n_releases = 3,
                             .tests = {"a2", "a5", "b2", "from a2", "a", "b", "no a", "yes", "never", "9.2", "9.4", "9.2", "9.4"},
                             .n_tests = 13};

static unsigned next_random(uint64_t *seed, unsigned below) {
  *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
  return (unsigned)(*seed >> 33) % below;
}

static void write_criteria(const world *w, pk_buf *out, uint64_t *seed, unsigned depth) {
  static const char *const operators[] = {"AND", "AND", "AND", "OR", "OR", "OR", "ONE", "XOR"};
  pk_buf_printf(out, "<criteria operator='%s'%s>", operators[next_random(seed, 8)],
                next_random(seed, 6) == 0 ? " negate='true'" : "");
  for (unsigned n = 1 + next_random(seed, 3); n; n--) {
    if (depth < 3 && next_random(seed, 2))
      write_criteria(w, out, seed, depth + 1);
    else
      pk_buf_printf(out, "<criterion test_ref='%s'%s/>", w->tests[next_random(seed, w->n_tests)],
                    next_random(seed, 8) == 0 ? " negate='true'" : "");
  }
  pk_buf_puts(out, "</criteria>");
}

typedef struct comparing {
  const world *world;
  pk_str text;
  test_host *hosts;
  size_t n_hosts;
  pk_reducer *reducer;
  size_t n_rules, n_criteria, n_never, n_true; /* how often which came out, lest all are of one kind */
} comparing;

static bool is_vulnerable(const comparing *c, const test_host *h, const pk_definition *d) {
  const pk_rule_source from = {.platform = pk_str_of(c->world->feed)};
  unsigned char outcomes[2048];
  bool any = false;
  assert_true(d->n_rules <= sizeof outcomes);
  for (size_t i = 0; i < h->n_packages; i++) {
    const pk_package *p = &h->packages[i];
    const pk_subject s = {.package = p, .source = p->name, .source_evr = p->evr, .platform = h->system.platform};
    any |= pk_rules_judge(d, &s, &from, outcomes) > 0;
  }
  return any;
}

/* The criteria of a definition, for the message. */
static const char *criteria_of(const comparing *c, const pk_definition *d) {
  static char text[2000];
  char id[64];
  snprintf(id, sizeof id, "id='%.*s'>", PK_FMT(d->id));
  snprintf(text, sizeof text, "%.*s", (int)(strstr(strstr(c->text.p, id), "</definition>") - strstr(c->text.p, id)),
           strstr(c->text.p, id));
  return text;
}

static pk_rc compare(void *arg, const pk_definition *d, pk_err *err) {
  comparing *c = arg;
  pk_definition own = *d;
  pk_rc rc = pk_reduce(c->reducer, &own, err);
  if (rc < 0) return rc;
  c->n_never += rc == PK_UNCHANGED;
  c->n_criteria += rc == PK_NOTFOUND;
  c->n_rules += rc == PK_OK;
  for (size_t i = 0; i < c->n_hosts; i++) {
    test_host *h = &c->hosts[i];
    bool want = pk_criteria_evaluate(&h->evaluation, d->criteria) == PK_RESULT_TRUE, have = false;
    if (rc == PK_OK) have = is_vulnerable(c, h, &own);
    if (rc == PK_NOTFOUND) have = pk_criteria_evaluate(&h->evaluation, own.criteria) == PK_RESULT_TRUE;
    if (have != want)
      fail_msg("host %zu of %.*s: %s before, %s after: %s", i, PK_FMT(h->system.platform), want ? "true" : "not true",
               have ? "true" : "not true", criteria_of(c, d));
    c->n_true += want;
  }
  return PK_OK;
}

static void make_hosts(comparing *c) {
  static char packages[N_HOSTS_MAX][128], platforms[N_RELEASES_MAX][32];
  c->hosts = pk_calloc(N_HOSTS_MAX, sizeof *c->hosts);
  for (unsigned r = 0; r < c->world->n_releases; r++) {
    snprintf(platforms[r], sizeof platforms[r], "rhel:%s", c->world->releases[r]);
    for (size_t i = 0; i < N_PACKAGE_SETS; i++) {
      char *list = packages[c->n_hosts];
      size_t n = (size_t)snprintf(list, sizeof packages[0], "redhat-release %s-1\n", c->world->releases[r]);
      for (size_t k = 0, rest = i; k < 3; k++, rest /= 4)
        if (VERSIONS[rest % 4])
          n += (size_t)snprintf(list + n, sizeof packages[0] - n, "%c %s\n", (int)('a' + k), VERSIONS[rest % 4]);
      const pk_system_source from = {
          .platform = pk_str_of(platforms[r]), .type = PK_TYPE_RPM, .kernel = i % 3 ? PK_STR("5.14.0-1.el9.x86_64") : PK_STR("")};
      host_make(&c->hosts[c->n_hosts++], &from, list);
    }
  }
}

static void compare_world(const world *w, int n_definitions) {
  uint64_t seed = 20240804;
  pk_buf text;
  pk_err err;
  comparing c = {.world = w, .reducer = pk_reducer_new(pk_str_of(w->feed), PK_TYPE_RPM)};
  make_hosts(&c);
  pk_buf_init(&text, (size_t)16 << 20);
  pk_buf_puts(&text, "<oval_definitions>" LIBRARY);
  for (int i = 0; i < n_definitions; i++) {
    pk_buf_printf(&text, "<definitions><definition class='patch' id='%d'>", i);
    write_criteria(w, &text, &seed, 0);
    pk_buf_puts(&text, "</definition></definitions>");
  }
  pk_buf_puts(&text, "</oval_definitions>");
  c.text = pk_str_of(pk_buf_cstr(&text));
  assert_ok(oval_read(c.text.p, compare, &c, NULL, &err), err);
  if (c.n_rules < 100 || c.n_criteria < 100 || c.n_never < 50 || c.n_true < 10000)
    fail_msg("the criteria are too much alike: %zu rules, %zu criteria, %zu never, %zu times true", c.n_rules, c.n_criteria,
             c.n_never, c.n_true);
  for (size_t i = 0; i < c.n_hosts; i++) host_free(&c.hosts[i]);
  free(c.hosts);
  pk_reducer_free(&c.reducer);
  pk_buf_free(&text);
}

static void test_reduce_when_criteria_are_anything_then_true_of_the_same_hosts(void **state) {
  (void)state;
  compare_world(&ONE_RELEASE, 3000);
}

static void test_reduce_when_for_a_family_then_true_of_the_same_hosts_of_each_release(void **state) {
  (void)state;
  compare_world(&FAMILY, 2000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reduce_when_criteria_are_about_packages_then_rules),
      cmocka_unit_test(test_reduce_when_it_cannot_be_true_on_the_platform_then_never),
      cmocka_unit_test(test_reduce_when_it_is_about_the_whole_host_then_it_stays_criteria),
      cmocka_unit_test(test_reduce_when_a_file_tells_the_minor_release_then_it_stays_criteria),
      cmocka_unit_test(test_reduce_when_the_feed_is_for_a_family_then_rules_of_the_releases),
      cmocka_unit_test(test_reduce_when_no_release_is_given_then_it_stays_criteria),
      cmocka_unit_test(test_reduce_when_a_part_is_in_error_or_unknown_then_it_stays_criteria),
      cmocka_unit_test(test_reduce_when_names_are_a_constant_list_then_one_rule),
      cmocka_unit_test(test_reduce_when_the_vendor_gives_reasons_then_states),
      cmocka_unit_test(test_reduce_when_there_are_no_criteria_then_untouched),
      cmocka_unit_test(test_reduce_when_releases_and_packages_multiply_then_limit),
      cmocka_unit_test(test_reduce_when_criteria_are_anything_then_true_of_the_same_hosts),
      cmocka_unit_test(test_reduce_when_for_a_family_then_true_of_the_same_hosts_of_each_release),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
