/* SPDX-License-Identifier: Apache-2.0
 *
 * The exchange of a feed's definitions and facts, and the questions about them. A second engine runs the same cases. */
#include "definitions.h"

#include <sqlite3.h>

#define NOW 1795300000
#define ARENA_BYTES ((size_t)16 << 20)

typedef struct fixture {
  folder box;
  char path[512];
  pk_store *store;
  int64_t feed;
  pk_definition_change change;
  pk_err err;
} fixture;

static int64_t add_feed(fixture *f, const char *name) {
  pk_feed feed;
  pk_feed_row row;
  pk_feed_init(&feed);
  feed.type = PK_FEED_OSV;
  pk_feed_set(&feed.name, pk_str_of(name));
  assert_ok(pk_store_feed_add(f->store, &feed, &f->err), f->err);
  pk_feed_fini(&feed);
  assert_ok(pk_store_feed_get(f->store, pk_str_of(name), &row, &f->err), f->err);
  int64_t id = row.feed.id;
  pk_feed_row_fini(&row);
  return id;
}

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  snprintf(f->path, sizeof f->path, "%s", folder_path(&f->box, "pakiti.db"));
  assert_ok(pk_store_open(f->path, PK_STORE_CREATE, &f->store, &f->err), f->err);
  f->feed = add_feed(f, "feed");
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_definition_change_fini(&f->change);
  pk_store_close(&f->store);
  folder_remove(&f->box);
  free(f);
  return 0;
}

/* ---- putting ---- */

static pk_exchange *begin(fixture *f, int64_t feed, bool whole) {
  pk_exchange *x = NULL;
  assert_ok(pk_store_begin(f->store, &f->err), f->err);
  assert_ok(pk_store_exchange_begin(f->store, feed, whole, &x, &f->err), f->err);
  return x;
}

static void end(fixture *f, pk_exchange *x) {
  pk_definition_change_fini(&f->change);
  assert_ok(pk_store_exchange_end(x, &f->change, &f->err), f->err);
  pk_store_exchange_free(&x);
  assert_null(x);
  assert_ok(pk_store_commit(f->store, &f->err), f->err);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
}

static void exchange(fixture *f, bool whole, const char *lines) {
  pk_exchange *x = begin(f, f->feed, whole);
  definition_put_lines(x, lines);
  end(f, x);
}

static int cmp_texts(const void *a, const void *b) { return strcmp(a, b); }

/* "2 added, 1 changed, 0 removed of 3: bash sopenssl": the keys of the names that changed, in order. */
static void assert_change(fixture *f, const char *want) {
  char names[32][64], have[1024];
  size_t n = 0, pos = 0;
  for (pk_map_slot *slot; (slot = pk_map_next(&f->change.names, &pos)) != NULL;) {
    assert_true(n < 32);
    snprintf(names[n++], sizeof names[0], "%.*s", PK_FMT(slot->key));
  }
  qsort(names, n, sizeof names[0], cmp_texts);
  int at = snprintf(have, sizeof have, "%zu added, %zu changed, %zu removed of %zu:", f->change.n_added, f->change.n_changed,
                    f->change.n_removed, f->change.n_before);
  for (size_t i = 0; i < n; i++) at += snprintf(have + at, sizeof have - (size_t)at, " %s", names[i]);
  assert_string_equal(have, want);
  assert_int_equal(f->change.n_after, f->change.n_before + f->change.n_added - f->change.n_removed);
}

/* ---- looking ---- */

/* Rows of a statement as text, behind the store's back: what a second connection sees. */
static void assert_rows(fixture *f, const char *sql, const char *want) {
  sqlite3 *db;
  sqlite3_stmt *s;
  pk_buf text;
  pk_buf_init(&text, 65536);
  assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(db));
  while (sqlite3_step(s) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(s); i++)
      pk_buf_printf(&text, "%s%s", i ? " " : "", (const char *)sqlite3_column_text(s, i));
    pk_buf_putc(&text, ';');
  }
  sqlite3_finalize(s);
  sqlite3_close(db);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static void assert_stored(fixture *f, const char *want) {
  assert_rows(f, "SELECT document, name FROM definition ORDER BY name", want);
}

/* No row points to what is not there. */
static void assert_whole(fixture *f) {
  assert_rows(f, "SELECT name FROM definition_package WHERE definition_id NOT IN (SELECT id FROM definition)", "");
  assert_rows(f, "SELECT cve FROM definition_cve WHERE definition_id NOT IN (SELECT id FROM definition)", "");
}

/* ---- definitions ---- */

static void test_exchange_when_first_then_all_are_added(void **state) {
  fixture *f = *state;
  exchange(f, true,
           "a.json A CVE-2024-0001,CVE-2024-0002 openssl,libssl3 3.0-2\nb.json B CVE-2024-0002 src:bash -\nc.json C - - -");
  assert_change(f, "3 added, 0 changed, 0 removed of 0: blibssl3 bopenssl sbash");
  assert_stored(f, "a.json A;b.json B;c.json C;");
  assert_rows(f, "SELECT name, is_source FROM definition_package ORDER BY name", "bash 1;libssl3 0;openssl 0;");
  assert_rows(f, "SELECT cve, definition_id FROM definition_cve ORDER BY 1, 2",
              "2024000000000001 1;2024000000000002 1;2024000000000002 2;");
  assert_false(f->change.criteria || f->change.everybody);
}

static void test_exchange_when_nothing_differs_then_nothing_is_written(void **state) {
  fixture *f = *state;
  static const char lines[] = "a.json A CVE-2024-0001 openssl 3.0-2\nb.json B - bash -";
  exchange(f, true, lines);
  exchange(f, true, lines);
  assert_change(f, "0 added, 0 changed, 0 removed of 2:");
  assert_rows(f, "SELECT MAX(id) FROM definition", "2;"); /* the same rows */
}

static void test_exchange_when_one_differs_then_old_and_new_names_are_told(void **state) {
  fixture *f = *state;
  exchange(f, true, "a.json A CVE-2024-0001 openssl 3.0-2\nb.json B CVE-2024-0002 bash -\nc.json C CVE-2024-0003 dash -");
  exchange(f, true, "a.json A CVE-2024-0004 libssl3 3.0-2\nb.json B CVE-2024-0002 bash 5-2\nc.json C CVE-2024-0003 dash -");
  assert_change(f, "0 added, 2 changed, 0 removed of 3: bbash blibssl3 bopenssl");
  assert_rows(f, "SELECT name FROM definition_package ORDER BY name", "bash;dash;libssl3;");
  assert_rows(f, "SELECT cve FROM definition_cve ORDER BY cve", "2024000000000002;2024000000000003;2024000000000004;");
  assert_whole(f);
}

static void test_exchange_when_not_put_again_then_removed_with_all_that_belongs_to_it(void **state) {
  fixture *f = *state;
  exchange(f, true, "a.json A CVE-2024-0001 openssl 3.0-2\nb.json B CVE-2024-0002 src:bash -");
  exchange(f, true, "a.json A CVE-2024-0001 openssl 3.0-2");
  assert_change(f, "0 added, 0 changed, 1 removed of 2: sbash");
  assert_stored(f, "a.json A;");
  assert_rows(f, "SELECT name FROM definition_package", "openssl;");
  assert_rows(f, "SELECT cve FROM definition_cve", "2024000000000001;");
  exchange(f, true, "");
  assert_change(f, "0 added, 0 changed, 1 removed of 1: bopenssl");
  assert_whole(f);
}

static void test_exchange_when_only_changes_then_other_documents_stay(void **state) {
  fixture *f = *state;
  exchange(f, true, "a.json A - a 1\na.json A2 - a2 1\nb.json B - b 1\nc.json C - c 1\nd.json D - d 1");
  exchange(f, false, "a.json A - a 2\nb.json\ne.json E - e 1\nnew.json");
  assert_change(f, "1 added, 1 changed, 2 removed of 5: ba ba2 bb be");
  assert_stored(f, "a.json A;c.json C;d.json D;e.json E;");
  exchange(f, false, "");
  assert_change(f, "0 added, 0 changed, 0 removed of 4:");
}

static void test_exchange_when_a_document_is_kept_then_what_it_said_stays(void **state) {
  fixture *f = *state;
  for (int whole = 0; whole < 2; whole++) {
    exchange(f, true, "a.json A CVE-2024-0001 a 1\na.json A2 - a2 1\nb.json B - b 1\nc.json C - c 1");
    pk_exchange *x = begin(f, f->feed, whole);
    definition_put_lines(x, "b.json B - b 2\nc.json");
    pk_store_exchange_keep(x, PK_STR("a.json"));
    pk_store_exchange_keep(x, PK_STR("never seen.json"));
    end(f, x);
    assert_change(f, "0 added, 1 changed, 1 removed of 4: bb bc");
    assert_stored(f, "a.json A;a.json A2;b.json B;");
    exchange(f, true, "");
  }
}

static void test_exchange_when_a_changed_definition_keeps_its_id_then_told(void **state) {
  fixture *f = *state;
  exchange(f, true, "a A CVE-2024-0001 a 1\nb B CVE-2024-0001 b 1");
  assert_int_equal(f->change.ids.n, 0);
  exchange(f, true, "a A CVE-2024-0001 a 1\nb B CVE-2024-0002 b 1");
  assert_rows(f, "SELECT id, name FROM definition ORDER BY id", "1 A;2 B;");
  const int64_t two = 2;
  assert_int_equal(f->change.ids.n, 1);
  assert_non_null(pk_map_get(&f->change.ids, (pk_str){(const char *)&two, sizeof two}));
}

static void test_exchange_when_a_definition_moves_to_another_document_then_it_is_one(void **state) {
  fixture *f = *state;
  exchange(f, true, "a.json A - a 1\nb.json B - b 1");
  exchange(f, true, "b.json B - b 1\nb.json A - a 2");
  assert_change(f, "0 added, 1 changed, 0 removed of 2: ba");
  assert_stored(f, "b.json A;b.json B;");
}

static void test_exchange_when_a_name_comes_twice_then_it_gets_a_number(void **state) {
  fixture *f = *state;
  static const char lines[] = "a.json A - a 1\nb.json A - b 1\nc.json A - c 1\nc.json A#2 - d 1";
  exchange(f, true, lines);
  assert_change(f, "4 added, 0 changed, 0 removed of 0: ba bb bc bd");
  assert_stored(f, "a.json A;b.json A#2;c.json A#2#2;c.json A#3;");
  exchange(f, true, lines);
  assert_change(f, "0 added, 0 changed, 0 removed of 4:");
  exchange(f, true, "a.json A - a 1\nc.json A - c 1");
  assert_stored(f, "a.json A;c.json A#2;");
  assert_whole(f);
}

static void test_exchange_when_the_id_is_as_long_as_allowed_then_stored_and_beyond_refused(void **state) {
  fixture *f = *state;
  char id[PK_DEFINITION_ID_MAX + 2];
  memset(id, 'i', sizeof id);
  pk_exchange *x = begin(f, f->feed, true);
  pk_definition d = {.id = {id, PK_DEFINITION_ID_MAX}};
  assert_ok(definition_put(x, PK_STR("d"), &d, &f->err), f->err);
  assert_ok(definition_put(x, PK_STR("e"), &d, &f->err), f->err); /* room for its number */
  d.id.n++;
  assert_fault(definition_put(x, PK_STR("d"), &d, &f->err), f->err, PK_E_LIMIT, "longer than 255 bytes");
  end(f, x);
  assert_rows(f, "SELECT LENGTH(name) FROM definition ORDER BY 1", "255;257;");
}

static void test_exchange_when_the_body_is_damaged_then_syntax(void **state) {
  fixture *f = *state;
  pk_exchange *x = begin(f, f->feed, true);
  assert_fault(pk_store_exchange_definition(x, PK_STR("d"), PK_STR("A"), PK_STR("damaged"), &f->err), f->err, PK_E_SYNTAX,
               "damaged");
  pk_store_exchange_free(&x);
  pk_store_rollback(f->store);
}

static void test_exchange_when_undone_then_yesterdays_content_stays(void **state) {
  fixture *f = *state;
  exchange(f, true, "a.json A CVE-2024-0001 a 1\nb.json B - b 1");
  pk_exchange *x = begin(f, f->feed, true);
  definition_put_lines(x, "a.json A CVE-2024-0009 x 9\nc.json C - c 1");
  pk_definition_change_fini(&f->change);
  assert_ok(pk_store_exchange_end(x, &f->change, &f->err), f->err);
  pk_store_exchange_free(&x);
  pk_store_rollback(f->store);
  assert_stored(f, "a.json A;b.json B;");
  assert_rows(f, "SELECT name FROM definition_package ORDER BY name", "a;b;");
  assert_rows(f, "SELECT cve FROM definition_cve", "2024000000000001;");
  exchange(f, true, "a.json A CVE-2024-0001 a 1\nb.json B - b 1");
  assert_change(f, "0 added, 0 changed, 0 removed of 2:");
}

static void test_exchange_when_of_another_feed_then_untouched(void **state) {
  fixture *f = *state;
  exchange(f, true, "a.json A CVE-2024-0001 a 1");
  int64_t other = add_feed(f, "other");
  pk_exchange *x = begin(f, other, true);
  definition_put_lines(x, "a.json A CVE-2024-0001 a 2");
  end(f, x);
  assert_change(f, "1 added, 0 changed, 0 removed of 0: ba");
  exchange(f, true, "");
  assert_change(f, "0 added, 0 changed, 1 removed of 1: ba");
  assert_rows(f, "SELECT feed_id, name FROM definition", "2 A;");
}

static void test_exchange_when_many_then_all_are_found_again(void **state) {
  fixture *f = *state;
  for (int round = 0; round < 2; round++) {
    pk_exchange *x = begin(f, f->feed, true);
    for (int i = 0; i < 3000; i++) {
      char line[64];
      snprintf(line, sizeof line, "d%d D%d - p%d %d", i % 100, i, i % 100, round && i % 1000 == 0 ? 2 : 1);
      definition_put_lines(x, line);
    }
    end(f, x);
  }
  assert_change(f, "0 added, 3 changed, 0 removed of 3000: bp0");
}

/* ---- criteria ---- */

static const pk_value BASH = {.text = {"bash", 4}};
static const pk_entity BASH_NAME = {.field = PK_FIELD_NAME, .value = &BASH};
static const pk_test BASH_TEST = {.object = &BASH_NAME, .n_object = 1}, UNAME_TEST = {.kind = PK_TEST_UNAME};
static const pk_criteria BASH_CRITERIA = {.kind = PK_CRITERIA_TEST, .test = &BASH_TEST},
                         UNAME_CRITERIA = {.kind = PK_CRITERIA_TEST, .test = &UNAME_TEST};

static void put_criteria(fixture *f, const pk_criteria *a, const pk_criteria *b) {
  pk_exchange *x = begin(f, f->feed, true);
  const pk_definition first = {.id = PK_STR("A"), .criteria = a}, second = {.id = PK_STR("B"), .criteria = b};
  if (a) assert_ok(definition_put(x, PK_STR("d"), &first, &f->err), f->err);
  if (b) assert_ok(definition_put(x, PK_STR("d"), &second, &f->err), f->err);
  end(f, x);
}

static void test_exchange_when_criteria_name_packages_then_told_else_everybody(void **state) {
  fixture *f = *state;
  put_criteria(f, &BASH_CRITERIA, NULL);
  assert_change(f, "1 added, 0 changed, 0 removed of 0: bbash");
  assert_true(f->change.criteria);
  assert_false(f->change.everybody);
  put_criteria(f, &BASH_CRITERIA, &UNAME_CRITERIA);
  assert_change(f, "1 added, 0 changed, 0 removed of 1:");
  assert_true(f->change.criteria && f->change.everybody);
  assert_rows(f, "SELECT name, shape FROM definition ORDER BY name", "A 1;B 2;");
  put_criteria(f, &BASH_CRITERIA, NULL);
  assert_change(f, "0 added, 0 changed, 1 removed of 2:");
  assert_true(f->change.everybody);
  put_criteria(f, NULL, NULL);
  assert_change(f, "0 added, 0 changed, 1 removed of 1: bbash");
  assert_true(f->change.criteria);
  assert_false(f->change.everybody);
  assert_rows(f, "SELECT name FROM definition_package", "");
}

/* ---- questions ---- */

static pk_rc see_definition(void *arg, const pk_definition_row *row, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s/%.*s ", PK_FMT(row->d.id), PK_FMT(row->d.n_rules ? row->d.rules[0].fixed : PK_STR("-")));
  return PK_OK;
}

typedef pk_rc ask(fixture *f, pk_arena *arena, pk_buf *out);

static void assert_answer(fixture *f, ask *question, const char *want) {
  pk_arena arena;
  pk_buf out;
  pk_arena_init(&arena, ARENA_BYTES);
  pk_buf_init(&out, 65536);
  assert_ok(question(f, &arena, &out), f->err);
  assert_string_equal(pk_buf_cstr(&out), want);
  pk_buf_free(&out);
  pk_arena_fini(&arena);
}

static pk_rc ask_binary(fixture *f, pk_arena *arena, pk_buf *out) {
  return pk_store_definitions_named(f->store, PK_STR("openssl"), false, arena, see_definition, out, &f->err);
}
static pk_rc ask_source(fixture *f, pk_arena *arena, pk_buf *out) {
  return pk_store_definitions_named(f->store, PK_STR("openssl"), true, arena, see_definition, out, &f->err);
}
static pk_rc ask_cve(fixture *f, pk_arena *arena, pk_buf *out) {
  return pk_store_definitions_of_cve(f->store, pk_cve_number(PK_STR("CVE-2024-0001")), arena, see_definition, out, &f->err);
}
static pk_rc ask_criteria(fixture *f, pk_arena *arena, pk_buf *out) {
  return pk_store_definitions_with_criteria(f->store, arena, see_definition, out, &f->err);
}

static void test_definitions_when_asked_for_then_by_name_cve_and_kind(void **state) {
  fixture *f = *state;
  exchange(f, true,
           "a A CVE-2024-0001 openssl 1\nb B CVE-2024-0001,CVE-2024-0002 src:openssl 2\nc C CVE-2024-0002 libssl3,openssl 3\nd D "
           "CVE-2024-0001 bash 4");
  assert_answer(f, ask_binary, "A/1 C/3 ");
  assert_answer(f, ask_source, "B/2 ");
  assert_answer(f, ask_cve, "A/1 B/2 D/4 ");
  assert_answer(f, ask_criteria, "");
  put_criteria(f, &BASH_CRITERIA, &UNAME_CRITERIA);
  assert_answer(f, ask_criteria, "A/- B/- ");
  assert_answer(f, ask_binary, "");
}

static void test_definitions_when_memory_is_over_then_limit(void **state) {
  fixture *f = *state;
  pk_arena arena;
  pk_buf out;
  exchange(f, true, "a A CVE-2024-0001 openssl 1");
  pk_arena_init(&arena, 0);
  pk_buf_init(&out, 100);
  assert_fault(ask_binary(f, &arena, &out), f->err, PK_E_LIMIT, "too much memory");
  pk_arena_fini(&arena);
  pk_buf_free(&out);
}

static void test_definition_get_when_there_then_whole_else_not_found(void **state) {
  fixture *f = *state;
  pk_arena arena;
  pk_definition_row row;
  exchange(f, true, "a A CVE-2024-0001 src:openssl 1");
  pk_arena_init(&arena, ARENA_BYTES);
  assert_ok(pk_store_definition_get(f->store, 1, &arena, &row, &f->err), f->err);
  assert_str(row.d.id, "A");
  assert_str(row.d.title, "A title");
  assert_int_equal(row.feed_id, f->feed);
  assert_true(row.d.rules[0].is_source);
  assert_int_equal(pk_store_definition_get(f->store, 99, &arena, &row, &f->err), PK_NOTFOUND);
  pk_arena_fini(&arena);
}

static void test_definition_cves_when_asked_for_then_ascending_and_each_once(void **state) {
  fixture *f = *state;
  pk_str rest;
  exchange(f, true, "a A CVE-2024-0009,CVE-2023-0001,CVE-2024-0009,CVE-2024-0002 a 1\nb B - b 1");
  assert_ok(pk_store_definition_cves(f->store, 1, &rest, &f->err), f->err);
  static const int64_t want[] = {INT64_C(2023000000000001), INT64_C(2024000000000002), INT64_C(2024000000000009)};
  int64_t cve = 0;
  for (size_t i = 0; i < 3; i++) {
    assert_true(pk_store_next_id(&rest, &cve));
    assert_int_equal(cve, want[i]);
  }
  assert_false(pk_store_next_id(&rest, &cve));
  assert_ok(pk_store_definition_cves(f->store, 2, &rest, &f->err), f->err);
  assert_int_equal(rest.n, 0);
  assert_ok(pk_store_definition_cves(f->store, 99, &rest, &f->err), f->err);
  assert_int_equal(rest.n, 0);
}

/* ---- facts ---- */

static pk_cve_fact fact(const char *cve) {
  return (pk_cve_fact){.cve = pk_str_of(cve),
                       .epss = -1,
                       .epss_rank = -1,
                       .cvss = -1,
                       .cvss_vector = PK_STR(""),
                       .title = PK_STR(""),
                       .ssvc = PK_STR("")};
}

static void put_fact(fixture *f, pk_exchange *x, const pk_cve_fact *one) {
  assert_ok(pk_store_exchange_cve(x, one, &f->err), f->err);
}

static void test_facts_when_exchanged_then_added_changed_and_removed(void **state) {
  fixture *f = *state;
  pk_cve_fact a = fact("CVE-2024-0001"), b = fact("CVE-2024-0002"), c = fact("CVE-2024-0003");
  a.epss = 1000;
  b.exploited_at = NOW;
  pk_exchange *x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  put_fact(f, x, &b);
  end(f, x);
  assert_change(f, "2 added, 0 changed, 0 removed of 0:");
  a.epss = 2000;
  x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  put_fact(f, x, &c);
  end(f, x);
  assert_change(f, "1 added, 1 changed, 1 removed of 2:");
  assert_rows(f, "SELECT cve, epss FROM cve_fact ORDER BY cve", "2024000000000001 2000;2024000000000003 -1;");
  x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  put_fact(f, x, &c);
  end(f, x);
  assert_change(f, "0 added, 0 changed, 0 removed of 2:");
}

static void test_facts_when_the_name_is_no_cve_then_left_out(void **state) {
  fixture *f = *state;
  pk_cve_fact a = fact("TEMP-0000000-A1B2C3");
  pk_exchange *x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  end(f, x);
  assert_change(f, "0 added, 0 changed, 0 removed of 0:");
}

static void test_facts_when_only_changes_come_then_the_others_stay(void **state) {
  fixture *f = *state;
  pk_cve_fact a = fact("CVE-2024-0001"), b = fact("CVE-2024-0002");
  pk_exchange *x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  put_fact(f, x, &b);
  end(f, x);
  b.cvss = 98;
  x = begin(f, f->feed, false);
  put_fact(f, x, &b);
  end(f, x);
  assert_rows(f, "SELECT cve, cvss FROM cve_fact ORDER BY cve", "2024000000000001 -1;2024000000000002 98;");
}

static void test_fact_when_several_feeds_know_something_then_the_best_of_all(void **state) {
  fixture *f = *state;
  pk_cve_fact a = fact("CVE-2024-0001"), b = a, back;
  pk_arena arena;
  a.epss = 500;
  a.epss_rank = 7000;
  a.cvss = 55;
  a.cvss_vector = PK_STR("CVSS:3.1/AV:N");
  b.exploited_at = NOW;
  b.ransomware = true;
  b.epss = 400;
  b.epss_rank = 9000;
  b.cvss = 98;
  b.title = PK_STR("A title");
  b.ssvc = PK_STR("exploitation=active");
  b.rejected = true;
  pk_exchange *x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  end(f, x);
  x = begin(f, add_feed(f, "other"), true);
  put_fact(f, x, &b);
  end(f, x);
  pk_arena_init(&arena, ARENA_BYTES);
  assert_ok(pk_store_cve_fact(f->store, pk_cve_number(a.cve), &arena, &back, &f->err), f->err);
  assert_int_equal(back.exploited_at, NOW);
  assert_true(back.ransomware && back.rejected);
  assert_int_equal(back.epss, 500);
  assert_int_equal(back.epss_rank, 7000); /* of the same feed as the probability */
  assert_int_equal(back.cvss, 98);
  assert_str(back.cvss_vector, "CVSS:3.1/AV:N");
  assert_str(back.title, "A title");
  assert_str(back.ssvc, "exploitation=active");
  assert_int_equal(pk_store_cve_fact(f->store, 1, &arena, &back, &f->err), PK_NOTFOUND);
  assert_int_equal(back.epss, -1);
  pk_arena_fini(&arena);
}

static void test_releases_when_exchanged_then_added_changed_and_removed(void **state) {
  fixture *f = *state;
  pk_release_fact a = {.platform = PK_STR("debian:12"), .released_at = 1, .eol_at = 2, .extended_eol_at = 3},
                  b = {.platform = PK_STR("rhel:9"), .eol_at = 1};
  pk_exchange *x = begin(f, f->feed, true);
  assert_ok(pk_store_exchange_release(x, &a, &f->err), f->err);
  assert_ok(pk_store_exchange_release(x, &b, &f->err), f->err);
  end(f, x);
  assert_change(f, "2 added, 0 changed, 0 removed of 0:");
  a.extended_eol_at = 4;
  x = begin(f, f->feed, true);
  assert_ok(pk_store_exchange_release(x, &a, &f->err), f->err);
  end(f, x);
  assert_change(f, "0 added, 1 changed, 1 removed of 2:");
  assert_rows(f, "SELECT platform, released_at, eol_at, extended_eol_at FROM release_fact", "debian:12 1 2 4;");
}

static void test_facts_when_of_cves_and_releases_then_not_taken_for_each_other(void **state) {
  fixture *f = *state;
  pk_cve_fact a = fact("CVE-2024-0001");
  pk_release_fact r = {.platform = PK_STR("2024000000000001"), .eol_at = 1};
  pk_exchange *x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  assert_ok(pk_store_exchange_release(x, &r, &f->err), f->err);
  end(f, x);
  x = begin(f, f->feed, true);
  put_fact(f, x, &a);
  end(f, x);
  assert_change(f, "0 added, 0 changed, 1 removed of 2:");
  assert_rows(f, "SELECT cve FROM cve_fact", "2024000000000001;");
  assert_rows(f, "SELECT platform FROM release_fact", "");
}

/* ---- source packages ---- */

static void publish(fixture *f, const char *name, const char *platform, const pk_offer *offers, size_t n) {
  pk_feed feed;
  pk_feed_row row;
  pk_feed_change change;
  pk_repository_content content;
  pk_feed_init(&feed);
  feed.type = PK_FEED_APT;
  pk_feed_set(&feed.name, pk_str_of(name));
  pk_feed_set(&feed.platform, pk_str_of(platform));
  assert_ok(pk_store_feed_add(f->store, &feed, &f->err), f->err);
  pk_feed_fini(&feed);
  pk_repository_content_init(&content);
  for (size_t i = 0; i < n; i++) assert_int_equal(pk_repository_content_offer(&content, &offers[i], NULL), PK_OK);
  assert_ok(pk_store_feed_get(f->store, pk_str_of(name), &row, &f->err), f->err);
  assert_ok(pk_store_begin(f->store, &f->err), f->err);
  assert_ok(pk_store_feed_replace(f->store, &row, &content, "mark", NOW, &change, &f->err), f->err);
  assert_ok(pk_store_commit(f->store, &f->err), f->err);
  pk_map_fini(&change.names);
  pk_feed_row_fini(&row);
  pk_repository_content_fini(&content);
}

#define OFFER(n, v, s, sv)                                                                                                       \
  { .name = PK_STR(n), .evr = PK_STR(v), .arch = PK_STR("amd64"), .source = PK_STR(s), .source_evr = PK_STR(sv) }

static void assert_source(fixture *f, const char *name, const char *evr, const char *platform, const char *want) {
  pk_arena arena;
  pk_str source = PK_STR("unset"), source_evr = PK_STR("unset");
  char have[256] = "none";
  pk_arena_init(&arena, ARENA_BYTES);
  pk_rc rc =
      pk_store_source_of(f->store, pk_str_of(name), pk_str_of(evr), pk_str_of(platform), &arena, &source, &source_evr, &f->err);
  assert_true(rc == PK_OK || rc == PK_NOTFOUND);
  if (rc == PK_OK) snprintf(have, sizeof have, "%.*s %.*s", PK_FMT(source), PK_FMT(source_evr));
  assert_string_equal(have, want);
  pk_arena_fini(&arena);
}

static void test_source_when_an_index_has_the_package_then_its_source(void **state) {
  fixture *f = *state;
  const pk_offer offers[] = {OFFER("libssl3", "3.0-1", "openssl", ""), OFFER("libssl3", "3.0-2+b1", "openssl", "3.0-2"),
                             OFFER("bash", "5-1", "", "")};
  publish(f, "repo", "debian:12", offers, 3);
  assert_source(f, "libssl3", "3.0-1", "debian:12", "openssl 3.0-1");
  assert_source(f, "libssl3", "3.0-2+b1", "debian:12", "openssl 3.0-2");
  assert_source(f, "libssl3", "2.0-1", "debian:12", "openssl "); /* another version: known by name only */
  assert_source(f, "libssl3", "3.0-1", "debian:11", "none");
  assert_source(f, "bash", "5-1", "debian:12", "none"); /* the index does not say */
  assert_source(f, "dash", "1", "debian:12", "none");
}

static void test_binaries_when_a_source_changes_then_those_that_hosts_have(void **state) {
  fixture *f = *state;
  const pk_offer offers[] = {OFFER("libssl3", "3.0-1", "openssl", ""), OFFER("libssl-dev", "3.0-1", "openssl", ""),
                             OFFER("libbash", "1", "bash", "")};
  const pk_package packages[] = {{.type = PK_TYPE_DEB, .name = PK_STR("libssl3"), .evr = PK_STR("3.0-1")},
                                 {.type = PK_TYPE_DEB, .name = PK_STR("told"), .evr = PK_STR("1"), .source = PK_STR("openssl")},
                                 {.type = PK_TYPE_DEB, .name = PK_STR("libbash"), .evr = PK_STR("1")}};
  pk_map changed, names;
  publish(f, "repo", "debian:12", offers, 3);
  for (size_t i = 0; i < 3; i++) {
    pk_digest d = pk_package_digest(&packages[i]);
    int64_t id;
    assert_ok(pk_store_package_intern(f->store, &packages[i], &d, &id, &f->err), f->err);
  }
  pk_map_init(&changed, true);
  pk_map_init(&names, true);
  *pk_map_put(&changed, PK_STR("sopenssl"), NULL) = 1;
  *pk_map_put(&changed, PK_STR("bbash"), NULL) = 1; /* a binary of that name */
  assert_ok(pk_store_binaries_of(f->store, &changed, &names, &f->err), f->err);
  assert_int_equal(names.n, 2);
  assert_non_null(pk_map_get(&names, PK_STR("libssl3")));
  assert_non_null(pk_map_get(&names, PK_STR("told")));
  pk_map_fini(&changed);
  pk_map_fini(&names);
}

static void test_name_key_when_source_or_binary_then_told_apart(void **state) {
  (void)state;
  pk_buf key;
  pk_buf_init(&key, 100);
  assert_str(pk_definition_name_key(PK_STR("bash"), false, &key), "bbash");
  assert_str(pk_definition_name_key(PK_STR("bash"), true, &key), "sbash");
  pk_buf_free(&key);
}

/* ---- verdicts ---- */

static pk_rc see_rules(void *arg, int64_t package_id, pk_str rules, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%lld:%.*s ", (long long)package_id, PK_FMT(rules));
  return PK_OK;
}

static void test_vulnerable_when_put_then_of_its_platform_until_emptied(void **state) {
  fixture *f = *state;
  pk_platform one = {.type = PK_TYPE_DEB, .name = PK_STR("debian:12"), .arch = PK_STR("amd64")},
              two = {.type = PK_TYPE_DEB, .name = PK_STR("debian:11"), .arch = PK_STR("amd64")};
  pk_package p = {.type = PK_TYPE_DEB, .name = PK_STR("bash"), .evr = PK_STR("1")};
  pk_digest d = pk_package_digest(&p);
  int64_t id;
  pk_buf out;
  pk_buf_init(&out, 1000);
  assert_ok(pk_store_package_intern(f->store, &p, &d, &id, &f->err), f->err);
  assert_ok(pk_store_platform_intern(f->store, &one, &f->err), f->err);
  assert_ok(pk_store_platform_intern(f->store, &two, &f->err), f->err);
  assert_ok(pk_store_vulnerable_put(f->store, one.id, id, PK_STR("old"), &f->err), f->err);
  assert_ok(pk_store_vulnerable_put(f->store, one.id, id, PK_STR("new"), &f->err), f->err);
  assert_ok(pk_store_vulnerable_put(f->store, two.id, id, PK_STR("other"), &f->err), f->err);
  assert_ok(pk_store_vulnerable_of(f->store, one.id, see_rules, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "1:new ");
  out.n = 0;
  assert_ok(pk_store_vulnerable_put(f->store, one.id, id, PK_STR(""), &f->err), f->err);
  assert_ok(pk_store_vulnerable_of(f->store, one.id, see_rules, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "");
  pk_buf_free(&out);
}

/* ---- checking ---- */

static void test_check_when_definitions_are_damaged_then_named(void **state) {
  static const char *const damages[][2] = {
      {"UPDATE definition SET feed_id = 77", "definitions of no feed"},
      {"INSERT INTO definition_package VALUES ('a', 0, 77)", "names of packages in no definition"},
      {"INSERT INTO definition_cve VALUES (1, 77)", "CVEs of no definition"}};
  (void)state;
  for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
    void *own = NULL;
    sqlite3 *db;
    set_up(&own);
    fixture *f = own;
    exchange(f, true, "a A CVE-2024-0001 a 1");
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, damages[i][0], NULL, NULL, NULL), SQLITE_OK); /* this handle does not enforce keys */
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_fault(pk_store_check(f->store, &f->err), f->err, PK_E_STORE, damages[i][1]);
    tear_down(&own);
  }
}

/* ---- the feed ---- */

static void test_feed_when_synced_or_held_then_its_state_tells(void **state) {
  fixture *f = *state;
  pk_feed_row row;
  const pk_feed_outcome outcome = {.mark = "mark", .now = NOW, .n_refused = 2, .refused = "a.json: no JSON"};
  exchange(f, true, "a A - a 1\nb B - b 1");
  assert_ok(pk_store_begin(f->store, &f->err), f->err);
  assert_ok(pk_store_feed_synced(f->store, f->feed, &outcome, &f->err), f->err);
  assert_ok(pk_store_commit(f->store, &f->err), f->err);
  assert_ok(pk_store_feed_get(f->store, PK_STR("feed"), &row, &f->err), f->err);
  assert_string_equal(row.mark, "mark");
  assert_int_equal(row.good_at, NOW);
  assert_int_equal(row.n_definitions, 2);
  assert_int_equal(row.n_refused, 2);
  assert_string_equal(row.refused, "a.json: no JSON");
  pk_feed_row_fini(&row);
  assert_ok(pk_store_begin(f->store, &f->err), f->err);
  assert_ok(pk_store_feed_held(f->store, f->feed, NOW + 1, "too much", &f->err), f->err);
  assert_ok(pk_store_commit(f->store, &f->err), f->err);
  assert_ok(pk_store_feed_get(f->store, PK_STR("feed"), &row, &f->err), f->err);
  assert_string_equal(row.mark, "mark"); /* what is in force */
  assert_true(row.is_held);
  assert_string_equal(row.error, "too much");
  assert_int_equal(row.good_at, NOW);
  assert_int_equal(row.n_definitions, 2);
  pk_feed_row_fini(&row);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_exchange_when_first_then_all_are_added),
      TEST(test_exchange_when_nothing_differs_then_nothing_is_written),
      TEST(test_exchange_when_one_differs_then_old_and_new_names_are_told),
      TEST(test_exchange_when_not_put_again_then_removed_with_all_that_belongs_to_it),
      TEST(test_exchange_when_only_changes_then_other_documents_stay),
      TEST(test_exchange_when_a_document_is_kept_then_what_it_said_stays),
      TEST(test_exchange_when_a_changed_definition_keeps_its_id_then_told),
      TEST(test_exchange_when_a_definition_moves_to_another_document_then_it_is_one),
      TEST(test_exchange_when_a_name_comes_twice_then_it_gets_a_number),
      TEST(test_exchange_when_the_id_is_as_long_as_allowed_then_stored_and_beyond_refused),
      TEST(test_exchange_when_the_body_is_damaged_then_syntax),
      TEST(test_exchange_when_undone_then_yesterdays_content_stays),
      TEST(test_exchange_when_of_another_feed_then_untouched),
      TEST(test_exchange_when_many_then_all_are_found_again),
      TEST(test_exchange_when_criteria_name_packages_then_told_else_everybody),
      TEST(test_definitions_when_asked_for_then_by_name_cve_and_kind),
      TEST(test_definitions_when_memory_is_over_then_limit),
      TEST(test_definition_get_when_there_then_whole_else_not_found),
      TEST(test_definition_cves_when_asked_for_then_ascending_and_each_once),
      TEST(test_facts_when_exchanged_then_added_changed_and_removed),
      TEST(test_facts_when_the_name_is_no_cve_then_left_out),
      TEST(test_facts_when_only_changes_come_then_the_others_stay),
      TEST(test_fact_when_several_feeds_know_something_then_the_best_of_all),
      TEST(test_releases_when_exchanged_then_added_changed_and_removed),
      TEST(test_facts_when_of_cves_and_releases_then_not_taken_for_each_other),
      TEST(test_source_when_an_index_has_the_package_then_its_source),
      TEST(test_binaries_when_a_source_changes_then_those_that_hosts_have),
      cmocka_unit_test(test_name_key_when_source_or_binary_then_told_apart),
      TEST(test_vulnerable_when_put_then_of_its_platform_until_emptied),
      cmocka_unit_test(test_check_when_definitions_are_damaged_then_named),
      TEST(test_feed_when_synced_or_held_then_its_state_tells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
