/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/arena.h"

#include <stdalign.h>

static void test_alloc_when_any_size_then_zeroed_and_aligned(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, (size_t)1 << 20);
  for (size_t size = 0; size < 5000; size = size * 2 + 1) {
    unsigned char *p = pk_arena_alloc(&a, size);
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
    for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
    memset(p, 0xff, size);
  }
  pk_arena_fini(&a);
}

static void test_alloc_when_big_and_small_mixed_then_nothing_overlaps(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, (size_t)4 << 20);
  char *items[40];
  for (int i = 0; i < 40; i++) {
    size_t size = i % 3 ? 100 : 50000;
    items[i] = pk_arena_alloc(&a, size);
    assert_non_null(items[i]);
    memset(items[i], i, size);
  }
  for (int i = 0; i < 40; i++) {
    assert_int_equal(items[i][0], i);
    assert_int_equal(items[i][i % 3 ? 99 : 49999], i);
  }
  pk_arena_fini(&a);
}

static void test_alloc_when_more_than_the_cap_then_null(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, 1000);
  assert_null(pk_arena_alloc(&a, 1001));
  assert_null(pk_arena_alloc(&a, SIZE_MAX));
  assert_null(pk_arena_alloc(&a, SIZE_MAX - 64));
  pk_arena_fini(&a);
}

static void test_alloc_when_many_small_then_the_cap_holds(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, (size_t)1 << 20);
  size_t taken = 0;
  while (taken < (size_t)4 << 20 && pk_arena_alloc(&a, 1000)) taken += 1000;
  assert_true(taken > (size_t)1 << 19);
  assert_true(taken <= ((size_t)1 << 20) + ((size_t)64 << 10));
  pk_arena_fini(&a);
}

static void test_copy_when_text_then_terminated_copy(void **state) {
  (void)state;
  pk_arena a;
  pk_str copy;
  pk_arena_init(&a, 1000);
  char text[] = "abc";
  assert_true(pk_arena_copy(&a, (pk_str){text, 3}, &copy));
  text[0] = 'x';
  assert_string_equal(copy.p, "abc");
  assert_int_equal(copy.n, 3);
  assert_true(pk_arena_copy(&a, (pk_str){NULL, 0}, &copy));
  assert_string_equal(copy.p, "");
  pk_arena_fini(&a);
}

static void test_copy_when_the_cap_is_reached_then_false(void **state) {
  (void)state;
  pk_arena a;
  pk_str copy = PK_STR("before");
  pk_arena_init(&a, 2);
  assert_false(pk_arena_copy(&a, PK_STR("abc"), &copy));
  assert_null(copy.p);
  assert_int_equal(copy.n, 0);
  pk_arena_fini(&a);
}

static void test_grow_when_full_then_items_move_along(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, (size_t)1 << 20);
  int *list = NULL;
  size_t n = 0, cap = 0;
  for (int i = 0; i < 1000; i++) {
    void *array = list;
    assert_true(pk_arena_grow(&a, &array, n, &cap, sizeof *list));
    list = array;
    list[n++] = i;
  }
  for (int i = 0; i < 1000; i++) assert_int_equal(list[i], i);
  pk_arena_fini(&a);
}

static void test_grow_when_the_cap_is_reached_then_false_and_list_stays(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, (size_t)100 << 10);
  char *list = NULL;
  size_t n = 0, cap = 0;
  for (;;) {
    void *array = list;
    if (!pk_arena_grow(&a, &array, n, &cap, 1)) break;
    list = array;
    list[n++] = 'x';
    assert_true(n <= (size_t)300 << 10);
  }
  assert_int_equal(n, cap);
  assert_int_equal(list[0], 'x');
  assert_int_equal(list[n - 1], 'x');
  pk_arena_fini(&a);
}

static void test_fini_when_done_then_usable_again(void **state) {
  (void)state;
  pk_arena a;
  pk_arena_init(&a, 100000);
  assert_non_null(pk_arena_alloc(&a, 60000));
  assert_null(pk_arena_alloc(&a, 60000));
  pk_arena_fini(&a);
  assert_non_null(pk_arena_alloc(&a, 60000));
  pk_arena_fini(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_alloc_when_any_size_then_zeroed_and_aligned),
      cmocka_unit_test(test_alloc_when_big_and_small_mixed_then_nothing_overlaps),
      cmocka_unit_test(test_alloc_when_more_than_the_cap_then_null),
      cmocka_unit_test(test_alloc_when_many_small_then_the_cap_holds),
      cmocka_unit_test(test_copy_when_text_then_terminated_copy),
      cmocka_unit_test(test_copy_when_the_cap_is_reached_then_false),
      cmocka_unit_test(test_grow_when_full_then_items_move_along),
      cmocka_unit_test(test_grow_when_the_cap_is_reached_then_false_and_list_stays),
      cmocka_unit_test(test_fini_when_done_then_usable_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
