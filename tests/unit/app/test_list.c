/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "app/lists/list.h"

typedef struct item {
  pk_str name;
  pk_rank severity;
  pk_texts tags;
  int64_t number, id;
} item;

static const pk_list_field FIELDS[] = {
    {"name", PK_CELL_TEXT, offsetof(item, name)},   {"severity", PK_CELL_RANK, offsetof(item, severity)},
    {"tags", PK_CELL_TEXTS, offsetof(item, tags)},  {"number", PK_CELL_NUMBER, offsetof(item, number)},
    {"id", PK_CELL_ID, offsetof(item, id)},         {"n1", PK_CELL_NUMBER, offsetof(item, number)},
    {"n2", PK_CELL_NUMBER, offsetof(item, number)}, {"n3", PK_CELL_NUMBER, offsetof(item, number)},
    {"n4", PK_CELL_NUMBER, offsetof(item, number)},
};
enum { NAME, SEVERITY, TAGS, NUMBER, ID };
static const pk_list_kind KIND = {"items", FIELDS, sizeof FIELDS / sizeof FIELDS[0], "-number,name", "id", NULL, NULL};

#define ITEM(id, name, rank, word, number)                                                                                       \
  { {"" name, sizeof(name) - 1}, {{"" word, sizeof(word) - 1}, rank}, {NULL, 0}, number, id }
static const item ITEMS[] = {
    ITEM(1, "b", 3, "high", 5),    ITEM(2, "a", 1, "low", -7),         ITEM(3, "b", 1, "low", 5),
    ITEM(4, "", 4, "critical", 0), ITEM(5, "c", 3, "high", -7),        ITEM(6, "ab", 4, "critical", 5),
    ITEM(7, "b", 3, "high", 0),    ITEM(8, "b", 3, "high", INT64_MIN), ITEM(9, "z", 0, "unknown", INT64_MAX),
};
#define N_ITEMS (sizeof ITEMS / sizeof ITEMS[0])
static const pk_rows ROWS = {&KIND, NULL, ITEMS, sizeof ITEMS[0], N_ITEMS};

static pk_list_order order_of(const char *sort) {
  pk_list_order o;
  pk_err err;
  assert_ok(pk_list_order_of(&KIND, pk_str_of(sort), PK_STR(""), &o, &err), err);
  return o;
}

static int64_t id_at(const pk_rows *rows, size_t place) { return ((const item *)rows->rows)[place].id; }

/* ---- order ---- */

static void test_order_when_nothing_is_said_then_the_lists_own_and_all_fields(void **state) {
  (void)state;
  pk_list_order o = order_of("");
  assert_int_equal(o.n_sort, 3);
  assert_int_equal(o.sort[0], NUMBER);
  assert_true(o.descending[0]);
  assert_int_equal(o.sort[1], NAME);
  assert_false(o.descending[1]);
  assert_int_equal(o.sort[2], ID); /* the key tells equal rows apart */
  assert_int_equal(o.n_fields, KIND.n_fields);
  assert_int_equal(o.fields[3], 3);
}

static void test_order_when_fields_are_named_then_those_in_that_order(void **state) {
  (void)state;
  pk_list_order o;
  pk_err err;
  assert_ok(pk_list_order_of(&KIND, PK_STR("name,-id,name"), PK_STR("id,tags,name"), &o, &err), err);
  assert_int_equal(o.n_sort, 2); /* a field decides once, and the key is there already */
  assert_true(o.descending[1]);
  assert_int_equal(o.n_fields, 3);
  assert_int_equal(o.fields[0], ID);
  assert_int_equal(o.fields[1], TAGS);
  assert_int_equal(o.fields[2], NAME);
}

static void test_order_when_a_field_is_not_there_then_it_is_named(void **state) {
  (void)state;
  static const char *const wrong[] = {"colour", "-colour", "--name", "-", "name,colour", "Name", "name,,id", "+name", "name "};
  pk_list_order o;
  pk_err err;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    assert_fault(pk_list_order_of(&KIND, pk_str_of(wrong[i]), PK_STR(""), &o, &err), err, PK_E_SYNTAX, "items have no field '");
  assert_fault(pk_list_order_of(&KIND, PK_STR(""), PK_STR("name,colour"), &o, &err), err, PK_E_SYNTAX,
               "items have no field 'colour'");
}

static void test_order_when_a_field_holds_several_texts_then_it_cannot_be_sorted_by(void **state) {
  (void)state;
  pk_list_order o;
  pk_err err;
  assert_fault(pk_list_order_of(&KIND, PK_STR("name,-tags"), PK_STR(""), &o, &err), err, PK_E_SYNTAX,
               "'tags' cannot be sorted by");
}

static void test_order_when_a_field_is_asked_for_twice_then_refused(void **state) {
  (void)state;
  pk_list_order o;
  pk_err err;
  assert_fault(pk_list_order_of(&KIND, PK_STR(""), PK_STR("id,name,id"), &o, &err), err, PK_E_SYNTAX, "'id' is asked for twice");
}

static void test_order_when_too_many_fields_then_a_limit(void **state) {
  (void)state;
  pk_list_order o = order_of("name,severity,number,n1,n2,n3"); /* PK_SORT_MAX of them, and the key */
  pk_err err;
  assert_int_equal(o.n_sort, PK_SORT_MAX + 1);
  assert_fault(pk_list_order_of(&KIND, PK_STR("name,severity,number,n1,n2,n3,n4"), PK_STR(""), &o, &err), err, PK_E_LIMIT,
               "6 fields");
}

/* ---- sorting ---- */

static void assert_sorted(const char *sort, const char *want) {
  pk_list_order o = order_of(sort);
  pk_arena arena;
  pk_err err;
  const size_t *places;
  char have[256] = "";
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_list_sorted(&ROWS, &o, &arena, &places, &err), err);
  for (size_t i = 0; i < N_ITEMS; i++)
    snprintf(have + strlen(have), sizeof have - strlen(have), "%s%lld", i ? " " : "", (long long)id_at(&ROWS, places[i]));
  if (strcmp(have, want) != 0) fail_msg("%s: '%s', should be '%s'", sort, have, want);
  pk_arena_fini(&arena);
}

static void test_sorted_by_several_fields(void **state) {
  (void)state;
  assert_sorted("", "9 6 1 3 4 7 2 5 8");
  assert_sorted("number,name", "8 2 5 4 7 6 1 3 9");
  assert_sorted("name", "4 2 6 1 3 7 8 5 9");
  assert_sorted("name,-id", "4 2 6 8 7 3 1 5 9");
  assert_sorted("-severity,name,number", "4 6 8 7 1 5 2 3 9"); /* by rank, not by word */
  assert_sorted("-id", "9 8 7 6 5 4 3 2 1");
}

/* ---- pages ---- */

/* All pages from the first to the last are what sorting gives, and none but the last is short. */
static void assert_pages(const pk_rows *rows, const char *sort, size_t limit) {
  pk_list_order o;
  pk_arena arena;
  pk_buf cursor;
  pk_err err;
  const size_t *sorted, *page;
  size_t n = 0, at = 0;
  pk_arena_init(&arena, 8 << 20);
  pk_buf_init(&cursor, 65536);
  assert_ok(pk_list_order_of(rows->kind, pk_str_of(sort), PK_STR(""), &o, &err), err);
  assert_ok(pk_list_sorted(rows, &o, &arena, &sorted, &err), err);
  do {
    pk_buf next;
    pk_buf_init(&next, 65536);
    assert_ok(pk_list_page(rows, &o, pk_buf_view(&cursor), limit, &arena, &page, &n, &next, &err), err);
    assert_true(n == limit || !next.n);
    if (at + n > rows->n) fail_msg("%s by %zu: rows come twice", sort, limit);
    for (size_t i = 0; i < n; i++)
      if (page[i] != sorted[at + i]) fail_msg("%s by %zu: row %zu is %zu, not %zu", sort, limit, at + i, page[i], sorted[at + i]);
    at += n;
    pk_buf_free(&cursor);
    cursor = next;
  } while (cursor.n);
  if (at != rows->n) fail_msg("%s by %zu: %zu of %zu rows", sort, limit, at, rows->n);
  pk_buf_free(&cursor);
  pk_arena_fini(&arena);
}

static void test_pages_cover_every_row_once_in_every_order(void **state) {
  (void)state;
  static const char *const sorts[] = {"",    "name",       "-name", "number", "-number", "severity,-name", "-severity,number,-id",
                                      "-id", "n1,-n2,name"};
  for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++)
    for (size_t limit = 1; limit <= N_ITEMS + 1; limit++) assert_pages(&ROWS, sorts[i], limit);
}

static void test_pages_when_there_are_many_equal_rows_then_every_row_once(void **state) {
  (void)state;
  static const char *const sorts[] = {"name", "-name", "-number,-name", "number"};
  static item many[1000];
  const pk_rows rows = {&KIND, NULL, many, sizeof many[0], 1000};
  for (size_t i = 0; i < 1000; i++)
    many[i] = (item){.name = i % 3 ? PK_STR("x") : PK_STR("y"), .number = (int64_t)(i % 5) - 2, .id = (int64_t)(i * 7919 % 1000)};
  for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
    assert_pages(&rows, sorts[i], 7);
    assert_pages(&rows, sorts[i], 499);
    assert_pages(&rows, sorts[i], 1000);
  }
}

/* A title may have 500 bytes, a reason 2000. */
static void test_pages_when_texts_are_long_and_begin_alike_then_every_row_once(void **state) {
  (void)state;
  static char texts[6][2000];
  static item many[6];
  const pk_rows rows = {&KIND, NULL, many, sizeof many[0], 6};
  for (size_t i = 0; i < 6; i++) {
    memset(texts[i], 'x', sizeof texts[i]);
    texts[i][400] = (char)('a' + 5 - i);
    many[i] = (item){.name = {texts[i], i % 2 ? 500 : 2000}, .id = (int64_t)i + 1};
  }
  for (size_t limit = 1; limit < 6; limit++) {
    assert_pages(&rows, "name", limit);
    assert_pages(&rows, "-name", limit);
  }
}

/* The longest order that is allowed, with a key as long as a host's may be (PK_HOST_KEY_MAX). */
static void test_pages_when_sorted_by_many_long_texts_then_every_row_once(void **state) {
  (void)state;
  typedef struct texts {
    pk_str t[PK_SORT_MAX], key;
  } texts;
#define T(i)                                                                                                                     \
  { "t" #i, PK_CELL_TEXT, offsetof(texts, t) + i * sizeof(pk_str) }
  static const pk_list_field fields[] = {T(0), T(1), T(2), T(3), T(4), T(5), {"key", PK_CELL_TEXT, offsetof(texts, key)}};
  static const pk_list_kind kind = {"texts", fields, 7, "t0,-t1,t2,t3,t4,t5", "key", NULL, NULL};
  static char text[500], keys[5][320];
  texts list[5];
  const pk_rows rows = {&kind, NULL, list, sizeof list[0], 5};
  memset(text, 'x', sizeof text);
  for (size_t i = 0; i < 5; i++) {
    memset(keys[i], 'k', sizeof keys[i]);
    keys[i][319] = (char)('a' + i);
    list[i].key = (pk_str){keys[i], sizeof keys[i]};
    for (size_t k = 0; k < PK_SORT_MAX; k++) list[i].t[k] = (pk_str){text, sizeof text};
  }
  for (size_t limit = 1; limit < 6; limit++) assert_pages(&rows, "", limit);
}

static void test_page_when_there_are_no_rows_then_empty_without_a_cursor(void **state) {
  (void)state;
  const pk_rows none = {&KIND, NULL, NULL, sizeof(item), 0};
  assert_pages(&none, "", 10);
}

/* ---- versions ---- */

typedef struct build {
  pk_rank version;
  int64_t id;
} build;

static const pk_list_field BUILD_FIELDS[] = {{"version", PK_CELL_VERSION, offsetof(build, version)},
                                             {"id", PK_CELL_ID, offsetof(build, id)}};
static const pk_list_kind BUILD_KIND = {"builds", BUILD_FIELDS, 2, "version", "id", NULL, NULL};

/* In their order: those of one type behind those of another, nothing first, those that only look different (2 and 9) by their
 * key. */
static const struct {
  pk_package_type type;
  const char *version;
} VERSIONS[] = {
    {PK_TYPE_UNKNOWN, ""},  {PK_TYPE_RPM, ""},          {PK_TYPE_RPM, "0.9~rc1-1"},  {PK_TYPE_RPM, "0:0.9-1"},
    {PK_TYPE_RPM, "0.9-1"}, {PK_TYPE_RPM, "0.9^git-1"}, {PK_TYPE_RPM, "0.10-1"},     {PK_TYPE_RPM, "1:0.1-1"},
    {PK_TYPE_DEB, ""},      {PK_TYPE_DEB, "0.9~~-1"},   {PK_TYPE_DEB, "0.9-1~bpo1"}, {PK_TYPE_DEB, "0.9-1"},
    {PK_TYPE_DEB, "0.9-1"}, {PK_TYPE_DEB, "0.9-1+b2"},  {PK_TYPE_DEB, "0.10-1"},     {PK_TYPE_DEB, "1:0-1"},
};
#define N_VERSIONS (sizeof VERSIONS / sizeof VERSIONS[0])

static void test_versions_when_sorted_and_in_pages_then_in_the_order_of_their_package_manager(void **state) {
  (void)state;
  build builds[N_VERSIONS];
  const pk_rows rows = {&BUILD_KIND, NULL, builds, sizeof builds[0], N_VERSIONS};
  pk_list_order o;
  pk_arena arena;
  pk_err err;
  const size_t *sorted;
  for (size_t i = 0; i < N_VERSIONS; i++) {
    size_t from = i * 7 % N_VERSIONS; /* out of order */
    builds[i] = (build){pk_version_cell(VERSIONS[from].type, pk_str_of(VERSIONS[from].version)), (int64_t)from + 1};
  }
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_list_order_of(&BUILD_KIND, PK_STR("version"), PK_STR(""), &o, &err), err);
  assert_ok(pk_list_sorted(&rows, &o, &arena, &sorted, &err), err);
  for (size_t i = 0; i < N_VERSIONS; i++)
    if (builds[sorted[i]].id != (int64_t)i + 1) fail_msg("%zu is '%.*s'", i, PK_FMT(builds[sorted[i]].version.text));
  for (size_t limit = 1; limit <= N_VERSIONS + 1; limit++) {
    assert_pages(&rows, "version", limit);
    assert_pages(&rows, "-version", limit);
    assert_pages(&rows, "-version,-id", limit);
  }
  pk_arena_fini(&arena);
}

/* ---- cursors ---- */

static void assert_no_cursor(const pk_list_order *o, pk_str cursor) {
  pk_arena arena;
  pk_buf next;
  pk_err err;
  const size_t *page;
  size_t n;
  pk_arena_init(&arena, 1 << 20);
  pk_buf_init(&next, 65536);
  assert_fault(pk_list_page(&ROWS, o, cursor, 2, &arena, &page, &n, &next, &err), err, PK_E_SYNTAX, "cursor");
  assert_int_equal(next.n, 0);
  pk_buf_free(&next);
  pk_arena_fini(&arena);
}

static void first_cursor(const char *sort, pk_buf *ret) {
  pk_list_order o = order_of(sort);
  pk_arena arena;
  pk_err err;
  const size_t *page;
  size_t n;
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_list_page(&ROWS, &o, PK_STR(""), 2, &arena, &page, &n, ret, &err), err);
  assert_true(ret->n > 0);
  pk_arena_fini(&arena);
}

static void test_cursor_when_of_another_order_then_refused(void **state) {
  (void)state;
  static const char *const sorts[] = {"name", "-name", "number", "-id", "name,number", "severity"};
  for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
    pk_buf cursor;
    pk_buf_init(&cursor, 65536);
    first_cursor(sorts[i], &cursor);
    for (size_t k = 0; k < sizeof sorts / sizeof sorts[0]; k++) {
      pk_list_order o = order_of(sorts[k]);
      if (k != i) assert_no_cursor(&o, pk_buf_view(&cursor));
    }
    pk_buf_free(&cursor);
  }
}

static void test_cursor_when_broken_then_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"x", "====", "!", "AAAA", "_____w", "a b", "w4Q\n"};
  pk_list_order o = order_of("name");
  pk_buf cursor, huge;
  pk_buf_init(&cursor, 65536);
  pk_buf_init(&huge, 65536);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) assert_no_cursor(&o, pk_str_of(wrong[i]));
  first_cursor("name", &cursor);
  for (size_t n = 1; n < cursor.n; n++) assert_no_cursor(&o, pk_str_sub(pk_buf_view(&cursor), 0, n)); /* cut off */
  pk_buf_puts(&cursor, "AAAA");                                                                       /* something behind */
  assert_no_cursor(&o, pk_buf_view(&cursor));
  for (int i = 0; i < 5000; i++) pk_buf_putc(&huge, 'A');
  assert_no_cursor(&o, pk_buf_view(&huge));
  pk_buf_free(&cursor);
  pk_buf_free(&huge);
}

/* What was there when the page was made may be gone when the next one is asked for. */
static void test_cursor_when_its_row_is_gone_then_the_next_ones_follow(void **state) {
  (void)state;
  pk_list_order o = order_of("-id");
  pk_buf cursor, next;
  pk_arena arena;
  pk_err err;
  const size_t *page;
  size_t n;
  item fewer[N_ITEMS];
  memcpy(fewer, ITEMS, sizeof ITEMS);
  const pk_rows rows = {&KIND, NULL, fewer, sizeof fewer[0], N_ITEMS - 2}; /* 9 and 8 went */
  pk_buf_init(&cursor, 65536);
  pk_buf_init(&next, 65536);
  pk_arena_init(&arena, 1 << 20);
  first_cursor("-id", &cursor); /* behind 8 */
  assert_ok(pk_list_page(&rows, &o, pk_buf_view(&cursor), 2, &arena, &page, &n, &next, &err), err);
  assert_int_equal(n, 2);
  assert_int_equal(id_at(&rows, page[0]), 7);
  assert_int_equal(id_at(&rows, page[1]), 6);
  pk_arena_fini(&arena);
  pk_buf_free(&cursor);
  pk_buf_free(&next);
}

static void test_page_when_memory_is_short_then_a_limit(void **state) {
  (void)state;
  pk_list_order o = order_of("");
  pk_arena arena;
  pk_buf next;
  pk_err err;
  const size_t *page;
  size_t n;
  pk_arena_init(&arena, 16);
  pk_buf_init(&next, 65536);
  assert_fault(pk_list_page(&ROWS, &o, PK_STR(""), 1000, &arena, &page, &n, &next, &err), err, PK_E_LIMIT, "ask with a filter");
  assert_fault(pk_list_sorted(&ROWS, &o, &arena, &page, &err), err, PK_E_LIMIT, "ask with a filter");
  pk_buf_free(&next);
  pk_arena_fini(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_when_nothing_is_said_then_the_lists_own_and_all_fields),
      cmocka_unit_test(test_order_when_fields_are_named_then_those_in_that_order),
      cmocka_unit_test(test_order_when_a_field_is_not_there_then_it_is_named),
      cmocka_unit_test(test_order_when_a_field_holds_several_texts_then_it_cannot_be_sorted_by),
      cmocka_unit_test(test_order_when_a_field_is_asked_for_twice_then_refused),
      cmocka_unit_test(test_order_when_too_many_fields_then_a_limit),
      cmocka_unit_test(test_sorted_by_several_fields),
      cmocka_unit_test(test_pages_cover_every_row_once_in_every_order),
      cmocka_unit_test(test_pages_when_there_are_many_equal_rows_then_every_row_once),
      cmocka_unit_test(test_pages_when_texts_are_long_and_begin_alike_then_every_row_once),
      cmocka_unit_test(test_pages_when_sorted_by_many_long_texts_then_every_row_once),
      cmocka_unit_test(test_page_when_there_are_no_rows_then_empty_without_a_cursor),
      cmocka_unit_test(test_versions_when_sorted_and_in_pages_then_in_the_order_of_their_package_manager),
      cmocka_unit_test(test_cursor_when_of_another_order_then_refused),
      cmocka_unit_test(test_cursor_when_broken_then_refused),
      cmocka_unit_test(test_cursor_when_its_row_is_gone_then_the_next_ones_follow),
      cmocka_unit_test(test_page_when_memory_is_short_then_a_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
