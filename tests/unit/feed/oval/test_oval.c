/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading OVAL files: what comes of definitions, and files that mean harm. */
#include "oval.h"

#include "base/times.h"
#include "feed/vendor.h"

/* ---- what is read, as text ---- */

/*   d|patch|ADVISORY|moderate|2019-11-05|CVE-2019-0001,CVE-2019-0002|A title
 *     kernel will-not-fix */
static pk_rc write_definition(void *arg, const pk_definition *d, pk_err *err) {
  pk_buf *out = arg;
  (void)err;
  pk_buf_printf(out, "%.*s|%.*s|%.*s|%.*s|%.10s|", PK_FMT(d->id), PK_FMT(d->class), PK_FMT(d->advisory), PK_FMT(d->severity),
                PK_TIME(d->issued_at));
  for (size_t i = 0; i < d->n_cves; i++) pk_buf_printf(out, "%s%.*s", i ? "," : "", PK_FMT(d->cves[i]));
  pk_buf_printf(out, "|%.*s%s\n", PK_FMT(d->title), d->withdrawn ? "|withdrawn" : "");
  for (size_t i = 0; i < d->n_unfixed; i++)
    pk_buf_printf(out, "  %.*s %s\n", PK_FMT(d->unfixed[i].name), pk_rule_state_name(d->unfixed[i].state));
  assert_non_null(d->criteria);
  assert_int_equal(d->n_rules, 0);
  return PK_OK;
}

static void assert_definitions(const char *text, const char *want) {
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 65536);
  assert_ok(oval_read(text, write_definition, &out, NULL, &err), err);
  assert_string_equal(pk_buf_cstr(&out), want);
  pk_buf_free(&out);
}

static void assert_refused(const char *text, pk_rc code, const char *words) {
  pk_buf out;
  pk_err err = {0};
  pk_buf_init(&out, 65536);
  assert_fault(oval_read(text, write_definition, &out, NULL, &err), err, code, words);
  pk_buf_free(&out);
}

#define METADATA(class, metadata)                                                                                                \
  OVAL("<definitions><definition class='" class "' id='d'><metadata>" metadata "</metadata></definition></definitions>")

/* ---- metadata ---- */

static void test_metadata_when_read_then_what_is_wanted_of_it(void **state) {
  (void)state;
  assert_definitions(
      METADATA("patch",
               "<title> RHSA-2019:3706: lldpd &amp; more\n</title><affected family='unix'><platform>Red Hat</platform></affected>"
               "<reference ref_id='CVE-2019-0002' source='CVE'/><reference ref_id='RHSA-2019:3706' source='RHSA'/>"
               "<reference ref_id='OTHER' source='RHSA'/><description>CVE-1999-0001 is not meant</description>"
               "<advisory from='x'><severity>Moderate</severity><rights>r</rights><issued date='2019-11-05'/><updated "
               "date='2020-01-01'/>"
               "<cve href='h'>CVE-2019-0001</cve><cve href='h'>CVE-2019-0002</cve><bugzilla id='1'>CVE-1999-0002: "
               "no</bugzilla></advisory>"),
      "d|patch|RHSA-2019:3706|moderate|2019-11-05|CVE-2019-0001,CVE-2019-0002|RHSA-2019:3706: lldpd & more\n");
}

static void test_metadata_when_nearly_nothing_is_there_then_empty(void **state) {
  (void)state;
  assert_definitions(OVAL("<definitions><definition id='d'/></definitions>"), "d||||-||\n");
  assert_definitions(METADATA("vulnerability", ""), "d|vulnerability|||-||\n");
  assert_definitions(OVAL(""), "");
}

static void test_cves_when_vendors_name_them_otherwise_then_found(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {METADATA(
           "v",
           "<reference ref_id='Mitre CVE-2015-20107' source='CVE'/><reference ref_id='SUSE CVE-2015-20107' source='SUSE CVE'/>"),
       "CVE-2015-20107"},
      {METADATA("v", "<advisory><cve href='x'>CVE-2001-1267 at SUSE</cve><cve href='y'>CVE-2001-1267 at NVD</cve></advisory>"),
       "CVE-2001-1267"},
      {METADATA("v", "<title>CVE-2016-5405 389-ds-base</title>"), "CVE-2016-5405"},
      {METADATA("v", "<title>A flaw like CVE-2016-5405</title>"), ""},
      {METADATA("v", "<advisory><cve_id>CVE-2020-1234</cve_id></advisory>"), "CVE-2020-1234"},
      {METADATA("v", "<reference ref_id='CVE-2020-1234567' source='CVE'/>"), "CVE-2020-1234567"},
      {METADATA("v", "<reference ref_id='CVE-2020-123' source='CVE'/>"), ""},
      {METADATA("v", "<reference ref_id='CVE-2020-1234 CVE-2020-5678' source='CVE'/>"), "CVE-2020-1234,CVE-2020-5678"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, 65536);
    assert_ok(oval_read(cases[i][0], write_definition, &out, NULL, &err), err);
    char want[128];
    snprintf(want, sizeof want, "|-|%s|", cases[i][1]);
    if (!strstr(pk_buf_cstr(&out), want)) fail_msg("'%s' is not in '%s'", want, pk_buf_cstr(&out));
    pk_buf_free(&out);
  }
}

static void test_advisory_when_references_are_bugs_or_products_then_not_taken(void **state) {
  (void)state;
  assert_definitions(METADATA("v", "<reference ref_id='1' source='BUG'/><reference ref_id='cpe:/o:x' source='CPE'/><reference "
                                   "ref_id='ELSA-2007-0057' source='elsa'/>"),
                     "d|v|ELSA-2007-0057||-||\n");
}

static void test_title_when_long_then_cut_between_characters(void **state) {
  (void)state;
  pk_buf text, out;
  pk_err err;
  pk_buf_init(&text, 65536);
  pk_buf_init(&out, 65536);
  pk_buf_puts(&text, "<oval_definitions><definitions><definition id='d'><metadata><title>x");
  for (int i = 0; i < 400; i++) pk_buf_puts(&text, "\xc3\xa9");
  pk_buf_puts(&text, "</title></metadata></definition></definitions></oval_definitions>");
  assert_ok(oval_read(pk_buf_cstr(&text), write_definition, &out, NULL, &err), err);
  assert_int_equal(strlen(strchr(pk_buf_cstr(&out), 'x')), PK_DEFINITION_TITLE_MAX - 1 + strlen("\n"));
  assert_true(pk_str_utf8(pk_buf_view(&out)));
  pk_buf_free(&out);
  pk_buf_free(&text);
}

static void test_resolutions_when_told_then_states_of_components(void **state) {
  (void)state;
  assert_definitions(
      METADATA(
          "vulnerability",
          "<advisory><affected><resolution state='Will not "
          "fix'><component>kernel</component><component>nodejs:12/npm</component></resolution>"
          "<resolution state='Fix deferred'><component>a</component></resolution><resolution "
          "state='Affected'><component>b</component></resolution>"
          "<resolution state='Out of support scope'><component>c</component></resolution><resolution state='Under investigation'>"
          "<component>e</component></resolution><resolution state='Not affected'><component>f</component></resolution>"
          "<resolution state='Something "
          "new'><component>g</component></resolution></affected><component>main</component></advisory>"),
      "d|vulnerability|||-||\n  kernel will-not-fix\n  npm will-not-fix\n  a deferred\n  b affected\n  c out-of-support\n  e "
      "under-investigation\n"
      "  f not-affected\n  g affected\n");
}

static void test_issued_when_no_date_then_unknown(void **state) {
  (void)state;
  assert_definitions(METADATA("v", "<advisory><issued date='soon'/></advisory>"), "d|v|||-||\n");
  assert_definitions(METADATA("v", "<advisory><issued/></advisory>"), "d|v|||-||\n");
  assert_definitions(METADATA("v", "<advisory><issued date='1012-01-02'/></advisory>"), "d|v|||-||\n");
}

static pk_rc note_definition(void *arg, const pk_definition *d, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s ", PK_FMT(d->id));
  return PK_OK;
}

static pk_rc read_as_vendor(const char *text, pk_buf *out, pk_err *err) {
  const pk_vendor_sink sink = {.arg = out, .definition = note_definition};
  pk_vendor_document d = {.name = "x.xml"};
  assert_int_equal(pk_stream_open_bytes(pk_str_of(text), (pk_stream_limits){(size_t)1 << 20, 0}, &d.in, NULL), PK_OK);
  pk_rc rc = pk_oval_read(&d, &sink, err);
  pk_stream_close(&d.in);
  return rc;
}

static void test_read_when_definitions_are_of_other_classes_or_deprecated_then_left_out(void **state) {
  (void)state;
  static const char pieces[] =
      OVAL(DEFINITION_OF("inventory", "i", "", AND(CRITERION("t"))) DEFINITION_OF("vulnerability", "v", "", AND(CRITERION("t")))
               DEFINITION_OF("patch", "p", "", AND(CRITERION("t"))) DEFINITION_OF("compliance", "c", "", AND(CRITERION("t")))
                   DEFINITION_OF("miscellaneous", "m", "",
                                 "") "<definitions><definition class='patch' id='gone' deprecated='true'/><definition "
                                     "class='patch' id='there' deprecated='false'/></definitions>");
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 1000);
  assert_ok(read_as_vendor(pieces, &out, &err), err);
  assert_string_equal(pk_buf_cstr(&out), "v p there ");
  out.n = 0;
  assert_int_equal(read_as_vendor(OVAL(DEFINITION_OF("inventory", "i", "", AND(CRITERION("t")))), &out, &err), PK_UNCHANGED);
  assert_string_equal(pk_buf_cstr(&out), "");
  pk_buf_free(&out);
}

/* ---- structure ---- */

static void test_file_when_sections_come_in_any_order_then_the_same(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_results(&h,
                 OVAL(STATE_OF("rpminfo", "s", EVR("less than", "2-1")) NAMED("rpminfo", "o", "a")
                          TEST_OF("rpminfo", "t", "check='all'", "o", STATE("s")) DEFINITION("d", AND(CRITERION("t")))),
                 "d=true ");
  assert_results(&h,
                 "<?xml version='1.0'?><x:oval_definitions xmlns:x='u' "
                 "xmlns:l='v'><x:generator><product_name>p</product_name></x:generator><x:definitions><x:definition id='d'>"
                 "<x:criteria><!-- c --><x:criterion "
                 "test_ref='t'/></x:criteria></x:definition></x:definitions><x:tests><l:rpminfo_test id='t'>"
                 "<l:object object_ref='o'/></l:rpminfo_test></x:tests><x:objects><l:rpminfo_object "
                 "id='o'><l:name><![CDATA[a]]></l:name></l:rpminfo_object>"
                 "</x:objects></x:oval_definitions>",
                 "d=true ");
  host_free(&h);
}

static void test_file_when_a_reference_leads_nowhere_then_error_with_the_reason(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {OVAL(DEFINITION("d", AND(CRITERION("gone"))) RPM_THERE("x", "x")), "refers to test 'gone', which is not in the file"},
      {OVAL(DEFINITION("d", AND(EXTEND("gone")))), "extends 'gone', which is not in the file"},
      {OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "check='all'", "gone", "")),
       "refers to object 'gone', which is not in the file"},
      {OVAL(DEFINITION("d", AND(CRITERION("t"))) TEST_OF("rpminfo", "t", "check='all'", "o", STATE("gone"))
                NAMED("rpminfo", "o", "a")),
       "refers to state 'gone', which is not in the file"},
      {OVAL(DEFINITION("d", "")), "'d' has no criteria"},
      {OVAL(DEFINITION("d", AND(EXTEND("d")))), "'d' extends itself"},
  };
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_result_because(&h, cases[i][0], "d=error ", cases[i][1]);
  host_free(&h);
}

static void test_extend_when_used_by_several_then_each_has_its_result(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_results(&h,
                 OVAL(DEFINITION("one", AND(EXTEND("base") CRITERION("t"))) DEFINITION("base", AND(CRITERION("t")))
                          DEFINITION("not", AND("<extend_definition negate='true' definition_ref='base'/>"))
                              DEFINITION("twice", AND(EXTEND("one") EXTEND("base"))) RPM_THERE("t", "a")),
                 "one=true base=true not=false twice=true ");
  host_free(&h);
}

static void test_extend_when_cyclic_then_error_and_others_are_untouched(void **state) {
  (void)state;
  test_host h;
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_results(&h,
                 OVAL(DEFINITION("a", AND(EXTEND("b"))) DEFINITION("b", AND(EXTEND("c"))) DEFINITION("c", AND(EXTEND("a")))
                          DEFINITION("d", AND(CRITERION("t"))) DEFINITION("e", OR(CRITERION("t") EXTEND("a")))
                              RPM_THERE("t", "a")),
                 "a=error b=error c=error d=true e=true ");
  host_free(&h);
}

/* d20 is d19 four times, that is d18 four times …: 2^40 nodes. */
static void test_extend_when_each_multiplies_the_last_then_error_soon(void **state) {
  (void)state;
  for (int from_the_top = 0; from_the_top < 2; from_the_top++) {
    pk_buf text;
    test_host h;
    oval_results r = {.host = &h};
    pk_err err;
    pk_buf_init(&text, 65536);
    pk_buf_init(&r.text, 65536);
    pk_buf_puts(&text, "<oval_definitions>" RPM_THERE("t", "a"));
    for (int i = 1; i <= 20; i++) {
      int k = from_the_top ? 21 - i : i;
      pk_buf_printf(&text, "<definitions><definition id='d%d'><criteria>", k);
      for (int n = 0; n < 4; n++) pk_buf_printf(&text, EXTEND("d%d"), k - 1);
      pk_buf_puts(&text, "</criteria></definition></definitions>");
    }
    pk_buf_puts(&text, DEFINITION("d0", AND(CRITERION("t"))) "</oval_definitions>");
    host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
    assert_ok(oval_read(pk_buf_cstr(&text), oval_note_result, &r, NULL, &err), err);
    assert_non_null(strstr(pk_buf_cstr(&r.text), "d20=error "));
    assert_non_null(strstr(pk_buf_cstr(&r.text), "d0=true "));
    host_free(&h);
    pk_buf_free(&r.text);
    pk_buf_free(&text);
  }
}

static void test_extend_when_the_chain_is_too_long_then_error_at_its_top(void **state) {
  (void)state;
  pk_buf text;
  test_host h;
  oval_results r = {.host = &h};
  pk_err err;
  pk_buf_init(&text, 65536);
  pk_buf_init(&r.text, 65536);
  pk_buf_puts(&text, "<oval_definitions>" DEFINITION("d0", AND(CRITERION("t"))) RPM_THERE("t", "a"));
  for (int i = 1; i < 100; i++) pk_buf_printf(&text, DEFINITION("d%d", AND(EXTEND("d%d"))), i, i, i - 1);
  pk_buf_puts(&text, "</oval_definitions>");
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_ok(oval_read(pk_buf_cstr(&text), oval_note_result, &r, NULL, &err), err);
  assert_non_null(strstr(pk_buf_cstr(&r.text), "d20=true "));
  assert_non_null(strstr(pk_buf_cstr(&r.text), "d99=error "));
  assert_non_null(strstr(r.why, "nested too deep"));
  host_free(&h);
  pk_buf_free(&r.text);
  pk_buf_free(&text);
}

static void nested(pk_buf *text, int levels) {
  pk_buf_puts(text, "<oval_definitions><definitions><definition id='d'>");
  for (int i = 0; i < levels; i++) pk_buf_puts(text, "<criteria>");
  pk_buf_puts(text, "<criterion test_ref='t'/>");
  for (int i = 0; i < levels; i++) pk_buf_puts(text, "</criteria>");
  pk_buf_puts(text, "</definition></definitions>" RPM_THERE("t", "a") "</oval_definitions>");
}

static void test_criteria_when_nested_to_the_limit_then_read_and_beyond_refused(void **state) {
  (void)state;
  pk_buf text;
  test_host h;
  pk_buf_init(&text, 65536);
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  nested(&text, PK_CRITERIA_DEPTH_MAX - 1);
  assert_results(&h, pk_buf_cstr(&text), "d=true ");
  text.n = 0;
  nested(&text, PK_CRITERIA_DEPTH_MAX + 1);
  assert_refused(pk_buf_cstr(&text), PK_E_LIMIT, "definition 'd' nests its criteria deeper than 64 levels");
  host_free(&h);
  pk_buf_free(&text);
}

static void test_variable_when_its_functions_are_nested_too_deep_then_refused(void **state) {
  (void)state;
  pk_buf text;
  pk_buf_init(&text, 65536);
  pk_buf_puts(&text, "<oval_definitions><variables><local_variable id='v'>");
  for (int i = 0; i < PK_CRITERIA_DEPTH_MAX + 1; i++) pk_buf_puts(&text, "<unique>");
  for (int i = 0; i < PK_CRITERIA_DEPTH_MAX + 1; i++) pk_buf_puts(&text, "</unique>");
  pk_buf_puts(&text, "</local_variable></variables></oval_definitions>");
  assert_refused(pk_buf_cstr(&text), PK_E_LIMIT, "variable 'v' nests its functions deeper than 64 levels");
  pk_buf_free(&text);
}

static void test_criteria_when_they_have_too_many_nodes_then_error_not_memory(void **state) {
  (void)state;
  pk_buf text;
  test_host h;
  oval_results r = {.host = &h};
  pk_err err;
  pk_buf_init(&text, (size_t)32 << 20);
  pk_buf_init(&r.text, 1000);
  pk_buf_puts(&text, "<oval_definitions><definitions><definition id='d'><criteria>");
  for (size_t i = 0; i < PK_CRITERIA_NODES_MAX + 10; i++) pk_buf_puts(&text, "<criterion test_ref='t'/>");
  pk_buf_puts(&text, "</criteria></definition></definitions>" RPM_THERE("t", "a") "</oval_definitions>");
  host_of(&h, "rhel:9.4", PK_TYPE_RPM, "a 1-1");
  assert_ok(oval_read(pk_buf_cstr(&text), oval_note_result, &r, NULL, &err), err);
  assert_string_equal(pk_buf_cstr(&r.text), "d=error ");
  assert_string_equal(r.why, "the criteria are too large");
  host_free(&h);
  pk_buf_free(&r.text);
  pk_buf_free(&text);
}

/* ---- what only comments explain ---- */

static void test_comments_when_there_are_no_tests_then_they_are_understood(void **state) {
  (void)state;
  static const char text[] =
      OVAL(DEFINITION("old", AND("<criterion comment='Red Hat Enterprise Linux 8 is installed'/><criterion comment='lldpd is "
                                 "earlier than 0:1.0.1-3.el8'/>"
                                 "<criterion comment='lldpd is signed with Red Hat redhatrelease2 key'/>"))
               DEFINITION("other", AND("<criterion comment='Red Hat Enterprise Linux 7 is installed'/><criterion comment='lldpd "
                                       "is earlier than 0:1.0.1-3.el8'/>"))
                   DEFINITION("strange", AND("<criterion comment='Plan 9 is installed'/>")));
  test_host h;
  host_of(&h, "rhel:8.4", PK_TYPE_RPM, "lldpd 0:1.0.1-1.el8");
  assert_results(&h, text, "old=true other=false strange=unknown ");
  host_free(&h);
  host_of(&h, "rhel:8.4", PK_TYPE_RPM, "lldpd 0:1.0.1-3.el8");
  assert_results(&h, text, "old=false other=false strange=unknown ");
  host_free(&h);
}

/* ---- the key ---- */

typedef struct key_seen {
  pk_str key;
  char text[64];
} key_seen;

static pk_rc note_key(void *arg, const pk_definition *d, pk_err *err) {
  key_seen *k = arg;
  (void)d, (void)err;
  snprintf(k->text, sizeof k->text, "%.*s", PK_FMT(k->key));
  return PK_OK;
}

static void test_key_when_none_is_asked_for_then_empty(void **state) {
  (void)state;
  key_seen k = {.key = PK_STR("unset"), .text = "unset"};
  pk_err err;
  assert_ok(oval_read(OVAL(DEFINITION("d", AND(CRITERION("t"))) RPM_THERE("t", "a")), note_key, &k, &k.key, &err), err);
  assert_string_equal(k.text, "");
}

static void test_key_when_several_are_asked_for_then_the_one_of_most_tests(void **state) {
  (void)state;
  key_seen k = {.key = PK_STR("unset")};
  pk_err err;
  assert_ok(oval_read(OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("b"))) RPM_SIGNED("a", "a", "k1")
                               RPM_SIGNED("b", "b", "k2") TEST_OF("rpminfo", "c", "check='all'", "b", STATE("b"))),
                      note_key, &k, &k.key, &err),
            err);
  assert_string_equal(k.text, "k2");
  assert_ok(
      oval_read(OVAL(DEFINITION("d", OR(CRITERION("a") CRITERION("b"))) RPM_SIGNED("b", "b", "k2") RPM_SIGNED("a", "a", "k1")),
                note_key, &k, &k.key, &err),
      err);
  assert_string_equal(k.text, "k1"); /* as many of both: the same one every time */
}

/* ---- files that are none, or mean harm ---- */

static void test_file_when_no_oval_then_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    pk_rc rc;
    const char *words;
  } cases[] = {
      {"", PK_E_SYNTAX, ""},
      {"<html><body/></html>", PK_E_SYNTAX, "the outermost element is 'html': these are no OVAL definitions"},
      {"{\"a\":1}", PK_E_SYNTAX, "XML line 1"},
      {"<oval_definitions><definitions>", PK_E_SYNTAX, ""},
      {"<oval_definitions><definitions></oval_definitions>", PK_E_SYNTAX, "XML line 1"},
      {"<oval_definitions><definitions><definition class='patch'/></definitions></oval_definitions>", PK_E_SYNTAX,
       "a definition has no id"},
      {"<oval_definitions/><oval_definitions/>", PK_E_SYNTAX, "XML line 1"},
      {"<!DOCTYPE x [<!ENTITY a 'b'>]><oval_definitions>&a;</oval_definitions>", PK_E_SYNTAX, "DOCTYPE is refused"},
      {"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c "
       "'&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
       "<oval_definitions>&c;</oval_definitions>",
       PK_E_SYNTAX, "DOCTYPE is refused"},
      {"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><oval_definitions/>", PK_E_SYNTAX, "DOCTYPE is refused"},
      {"<oval_definitions>&undefined;</oval_definitions>", PK_E_SYNTAX, "XML line 1"},
      {"<oval_definitions a='1' a='2'/>", PK_E_SYNTAX, "XML line 1"},
      {"<oval_definitions>\xff\xfe</oval_definitions>", PK_E_SYNTAX, "XML line 1"},
      {"<oval_definitions><definitions><definition id='\xc3('/></definitions></oval_definitions>", PK_E_SYNTAX, "XML line 1"},
      {"<oval_definitions>\x01</oval_definitions>", PK_E_SYNTAX, "XML line 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_refused(cases[i].text, cases[i].rc, cases[i].words);
}

/* "<d>" ASCII text as UTF-16 with a byte order mark. */
static size_t to_utf16(const char *text, bool big, char *out) {
  size_t n = 0;
  out[n++] = (char)(big ? 0xfe : 0xff);
  out[n++] = (char)(big ? 0xff : 0xfe);
  for (const char *c = text; *c; c++) {
    out[n++] = big ? '\0' : *c;
    out[n++] = big ? *c : '\0';
  }
  return n;
}

static void test_file_when_in_utf_16_then_read_alike(void **state) {
  (void)state;
  static const char text[] = METADATA("patch", "<title>A title</title>");
  for (int big = 0; big < 2; big++) {
    char bytes[2 * sizeof text + 2];
    size_t n = to_utf16(text, big, bytes);
    pk_stream *in = NULL;
    pk_buf out;
    pk_err err;
    pk_buf_init(&out, 1000);
    assert_int_equal(pk_stream_open_bytes((pk_str){bytes, n}, (pk_stream_limits){(size_t)1 << 20, 0}, &in, NULL), PK_OK);
    assert_ok(pk_oval_parse(in, NULL, write_definition, &out, NULL, &err), err);
    assert_string_equal(pk_buf_cstr(&out), "d|patch|||-||A title\n");
    pk_stream_close(&in);
    pk_buf_free(&out);
  }
}

static void test_file_when_a_hundred_thousand_elements_deep_then_refused(void **state) {
  (void)state;
  pk_buf text;
  pk_buf_init(&text, (size_t)4 << 20);
  pk_buf_puts(&text, "<oval_definitions>");
  for (int i = 0; i < 100000; i++) pk_buf_puts(&text, "<a>");
  assert_refused(pk_buf_cstr(&text), PK_E_LIMIT, "nested deeper than");
  pk_buf_free(&text);
}

static void test_file_when_an_attribute_or_text_is_huge_then_refused(void **state) {
  (void)state;
  static const char *const frames[][2] = {
      {"<oval_definitions><definitions><definition id='", "'/></definitions></oval_definitions>"},
      {"<oval_definitions><definitions><", "/></definitions></oval_definitions>"},
      {"<oval_definitions><!--", "--></oval_definitions>"}};
  char *a = pk_alloc((size_t)20 << 20);
  memset(a, 'a', (size_t)20 << 20);
  for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
    pk_buf text;
    pk_buf_init(&text, (size_t)32 << 20);
    pk_buf_puts(&text, frames[i][0]);
    pk_buf_add(&text, a, (size_t)20 << 20);
    pk_buf_puts(&text, frames[i][1]);
    assert_refused(pk_buf_cstr(&text), PK_E_SYNTAX, "XML line 1");
    pk_buf_free(&text);
  }
  free(a);
}

static void test_definition_when_its_id_is_too_long_then_limit(void **state) {
  (void)state;
  char text[1024], id[PK_DEFINITION_ID_MAX + 2];
  memset(id, 'i', sizeof id);
  id[PK_DEFINITION_ID_MAX] = '\0';
  snprintf(text, sizeof text, DEFINITION("%1$s", ""), id);
  char file[2048];
  snprintf(file, sizeof file, "<oval_definitions>%s</oval_definitions>", text);
  pk_buf out;
  pk_err err;
  pk_buf_init(&out, 65536);
  assert_ok(oval_read(file, write_definition, &out, NULL, &err), err);
  pk_buf_free(&out);
  id[PK_DEFINITION_ID_MAX] = 'i';
  id[PK_DEFINITION_ID_MAX + 1] = '\0';
  snprintf(text, sizeof text, DEFINITION("%1$s", ""), id);
  snprintf(file, sizeof file, "<oval_definitions>%s</oval_definitions>", text);
  assert_refused(file, PK_E_LIMIT, "a definition's id is longer than 255 bytes");
}

static pk_rc stop_here(void *arg, const pk_definition *d, pk_err *err) {
  (void)d;
  return ++*(size_t *)arg == 2 ? pk_err_set(err, PK_E_IO, "enough") : PK_OK;
}

static void test_read_when_the_visitor_ends_it_then_its_result(void **state) {
  (void)state;
  size_t n = 0;
  pk_err err;
  assert_fault(oval_read(OVAL(DEFINITION("a", "") DEFINITION("b", "") DEFINITION("c", "")), stop_here, &n, NULL, &err), err,
               PK_E_IO, "enough");
  assert_int_equal(n, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_metadata_when_read_then_what_is_wanted_of_it),
      cmocka_unit_test(test_metadata_when_nearly_nothing_is_there_then_empty),
      cmocka_unit_test(test_cves_when_vendors_name_them_otherwise_then_found),
      cmocka_unit_test(test_advisory_when_references_are_bugs_or_products_then_not_taken),
      cmocka_unit_test(test_title_when_long_then_cut_between_characters),
      cmocka_unit_test(test_resolutions_when_told_then_states_of_components),
      cmocka_unit_test(test_issued_when_no_date_then_unknown),
      cmocka_unit_test(test_read_when_definitions_are_of_other_classes_or_deprecated_then_left_out),
      cmocka_unit_test(test_file_when_sections_come_in_any_order_then_the_same),
      cmocka_unit_test(test_file_when_a_reference_leads_nowhere_then_error_with_the_reason),
      cmocka_unit_test(test_extend_when_used_by_several_then_each_has_its_result),
      cmocka_unit_test(test_extend_when_cyclic_then_error_and_others_are_untouched),
      cmocka_unit_test(test_extend_when_each_multiplies_the_last_then_error_soon),
      cmocka_unit_test(test_extend_when_the_chain_is_too_long_then_error_at_its_top),
      cmocka_unit_test(test_criteria_when_nested_to_the_limit_then_read_and_beyond_refused),
      cmocka_unit_test(test_variable_when_its_functions_are_nested_too_deep_then_refused),
      cmocka_unit_test(test_criteria_when_they_have_too_many_nodes_then_error_not_memory),
      cmocka_unit_test(test_comments_when_there_are_no_tests_then_they_are_understood),
      cmocka_unit_test(test_key_when_none_is_asked_for_then_empty),
      cmocka_unit_test(test_key_when_several_are_asked_for_then_the_one_of_most_tests),
      cmocka_unit_test(test_file_when_no_oval_then_refused),
      cmocka_unit_test(test_file_when_in_utf_16_then_read_alike),
      cmocka_unit_test(test_file_when_a_hundred_thousand_elements_deep_then_refused),
      cmocka_unit_test(test_file_when_an_attribute_or_text_is_huge_then_refused),
      cmocka_unit_test(test_definition_when_its_id_is_too_long_then_limit),
      cmocka_unit_test(test_read_when_the_visitor_ends_it_then_its_result),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
