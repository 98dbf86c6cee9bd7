/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/map.h"

static void test_put_when_new_then_zero_and_told(void **state) {
  (void)state;
  pk_map m;
  pk_map_init(&m, false);
  bool is_new = false;
  uint64_t *value = pk_map_put(&m, PK_STR("a"), &is_new);
  assert_true(is_new);
  assert_int_equal(*value, 0);
  *value = 42;
  assert_int_equal(*pk_map_put(&m, PK_STR("a"), &is_new), 42);
  assert_false(is_new);
  assert_int_equal(m.n, 1);
  pk_map_fini(&m);
}

static void test_get_when_absent_then_null(void **state) {
  (void)state;
  pk_map m;
  pk_map_init(&m, false);
  assert_null(pk_map_get(&m, PK_STR("a")));
  *pk_map_put(&m, PK_STR("a"), NULL) = 1;
  assert_null(pk_map_get(&m, PK_STR("b")));
  assert_null(pk_map_get(&m, PK_STR("a\0")));
  assert_non_null(pk_map_get(&m, PK_STR("a")));
  pk_map_fini(&m);
}

static void test_key_when_empty_then_a_key_like_others(void **state) {
  (void)state;
  pk_map m;
  pk_map_init(&m, true);
  *pk_map_put(&m, (pk_str){NULL, 0}, NULL) = 7;
  assert_int_equal(*pk_map_get(&m, PK_STR("")), 7);
  pk_map_fini(&m);
}

static void test_map_when_many_then_all_are_found_and_walked_once(void **state) {
  (void)state;
  pk_map m;
  pk_map_init(&m, true);
  char key[32];
  for (unsigned i = 0; i < 20000; i++) {
    snprintf(key, sizeof key, "key %u", i);
    *pk_map_put(&m, pk_str_of(key), NULL) = i + 1;
  }
  for (unsigned i = 0; i < 20000; i++) {
    snprintf(key, sizeof key, "key %u", i);
    assert_int_equal(*pk_map_get(&m, pk_str_of(key)), i + 1);
  }
  size_t pos = 0, n = 0;
  uint64_t sum = 0;
  for (pk_map_slot *s; (s = pk_map_next(&m, &pos)) != NULL; n++) sum += s->value;
  assert_int_equal(n, 20000);
  assert_int_equal(sum, 20000ull * 20001 / 2);
  pk_map_fini(&m);
}

static void test_keys_when_copied_then_the_text_may_go(void **state) {
  (void)state;
  pk_map m;
  pk_map_init(&m, true);
  char key[] = "abc";
  *pk_map_put(&m, pk_str_of(key), NULL) = 5;
  memset(key, 'x', 3);
  assert_int_equal(*pk_map_get(&m, PK_STR("abc")), 5);
  assert_null(pk_map_get(&m, PK_STR("xxx")));
  pk_map_fini(&m);
}

static void test_next_when_empty_then_null(void **state) {
  (void)state;
  pk_map m;
  pk_map_init(&m, false);
  size_t pos = 0;
  assert_null(pk_map_next(&m, &pos));
  pk_map_fini(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_put_when_new_then_zero_and_told),
      cmocka_unit_test(test_get_when_absent_then_null),
      cmocka_unit_test(test_key_when_empty_then_a_key_like_others),
      cmocka_unit_test(test_map_when_many_then_all_are_found_and_walked_once),
      cmocka_unit_test(test_keys_when_copied_then_the_text_may_go),
      cmocka_unit_test(test_next_when_empty_then_null),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
