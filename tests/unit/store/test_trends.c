/* SPDX-License-Identifier: Apache-2.0
 *
 * The fleet's numbers day by day. A second engine runs the same cases. */
#include "app/site.h"

#include "store/store.h"

/* ---- of groups ---- */

static void put(site *s, pk_group_kind kind, const char *value, int64_t day, int64_t n) {
  const pk_trend_point t = {.kind = kind,
                            .value = pk_str_of(value),
                            .day = day,
                            .counts = {n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9}};
  assert_ok(pk_store_trend_put(s->store, &t, &s->err), s->err);
}

static pk_rc write_point(void *arg, const pk_trend_point *t, pk_err *err) {
  const pk_group_counts *c = &t->counts;
  (void)err;
  pk_buf_printf(arg, "%s '%.*s' %lld: %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld; ", pk_group_kind_name(t->kind),
                PK_FMT(t->value), (long long)t->day, (long long)c->n_hosts, (long long)c->n_hosts_updates,
                (long long)c->n_hosts_security, (long long)c->n_hosts_cves, (long long)c->n_hosts_tagged,
                (long long)c->n_hosts_reboot, (long long)c->n_hosts_silent, (long long)c->n_updates, (long long)c->n_security,
                (long long)c->n_cves);
  return PK_OK;
}

static pk_rc write_day(void *arg, const pk_trend_point *t, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%lld=%lld ", (long long)t->day, (long long)t->counts.n_hosts);
  return PK_OK;
}

static void assert_trend(site *s, pk_store_trend_visit *write, pk_group_kind kind, const char *value, int64_t from, int64_t to,
                         const char *want) {
  pk_buf text;
  pk_buf_init(&text, 65536);
  assert_ok(pk_store_trend(s->store, kind, pk_str_of(value), from, to, write, &text, &s->err), s->err);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static void test_trend_when_put_then_every_number_is_kept(void **state) {
  site *s = *state;
  put(s, PK_GROUP_SITE, "Prague", 20000, 10);
  assert_trend(s, write_point, PK_GROUP_SITE, "Prague", 0, 99999, "site 'Prague' 20000: 10 11 12 13 14 15 16 17 18 19; ");
}

static void test_trend_when_put_again_then_the_days_numbers_are_replaced(void **state) {
  site *s = *state;
  put(s, PK_GROUP_SITE, "Prague", 20000, 10);
  put(s, PK_GROUP_SITE, "Prague", 20000, 30);
  assert_trend(s, write_point, PK_GROUP_SITE, "Prague", 0, 99999, "site 'Prague' 20000: 30 31 32 33 34 35 36 37 38 39; ");
}

static void test_trend_when_asked_for_then_of_that_group_and_range_by_day(void **state) {
  site *s = *state;
  for (int64_t day = 14; day >= 10; day--) put(s, PK_GROUP_NONE, "", day, day * 2);
  put(s, PK_GROUP_SITE, "", 12, 1); /* hosts without a site are no whole fleet */
  put(s, PK_GROUP_SITE, "A", 12, 2);
  put(s, PK_GROUP_TAG, "A", 12, 3);
  assert_trend(s, write_day, PK_GROUP_NONE, "", 0, 99, "10=20 11=22 12=24 13=26 14=28 ");
  assert_trend(s, write_day, PK_GROUP_NONE, "", 11, 13, "11=22 12=24 13=26 ");
  assert_trend(s, write_day, PK_GROUP_NONE, "", 15, 99, "");
  assert_trend(s, write_day, PK_GROUP_NONE, "", 13, 11, "");
  assert_trend(s, write_day, PK_GROUP_SITE, "", 0, 99, "12=1 ");
  assert_trend(s, write_day, PK_GROUP_SITE, "A", 0, 99, "12=2 ");
  assert_trend(s, write_day, PK_GROUP_SITE, "B", 0, 99, "");
}

/* ---- of hosts ---- */

#define BODY(host, version) "#\narch: x86_64\nhost: " host "\npackager: dpkg\nsystem: Debian 12\n#\nbash\t" version "\tamd64\n"
#define TODAY (NOW / 86400)

static void count(site *s, int64_t profile, int64_t day, int64_t n_updates, int64_t n_security, int64_t n_cves) {
  assert_ok(pk_store_profile_trend_put(s->store, profile, day, n_updates, n_security, n_cves, &s->err), s->err);
}

static pk_rc write_host_point(void *arg, const pk_host_point *p, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%+lld..%lld %+lld: %lld %lld %lld; ", (long long)(p->from_at - NOW),
                (long long)(p->until_at ? p->until_at - NOW : 0), (long long)(p->day - TODAY), (long long)p->n_updates,
                (long long)p->n_security, (long long)p->n_cves);
  return PK_OK;
}

static void assert_host_trend(site *s, int64_t host, const char *want) {
  pk_buf text;
  pk_buf_init(&text, 65536);
  assert_ok(pk_store_host_trend(s->store, host, write_host_point, &text, &s->err), s->err);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static void test_profile_trend_when_nothing_changed_then_nothing_is_written(void **state) {
  site *s = *state;
  int64_t profile = site_receive(s, BODY("a", "1-1"), NULL);
  count(s, profile, TODAY, 3, 2, 1);
  count(s, profile, TODAY + 1, 3, 2, 1);
  count(s, profile, TODAY + 2, 3, 2, 5);
  count(s, profile, TODAY + 3, 3, 2, 5);
  count(s, profile, TODAY + 4, 3, 2, 1); /* as before, but not as the last one */
  assert_host_trend(s, 1, "+0..0 +0: 3 2 1; +0..0 +2: 3 2 5; +0..0 +4: 3 2 1; ");
}

static void test_profile_trend_when_the_same_day_again_then_replaced(void **state) {
  site *s = *state;
  int64_t profile = site_receive(s, BODY("a", "1-1"), NULL);
  count(s, profile, TODAY, 3, 2, 1);
  count(s, profile, TODAY, 4, 2, 1);
  assert_host_trend(s, 1, "+0..0 +0: 4 2 1; ");
}

static void test_host_trend_when_it_had_several_profiles_then_of_each_with_its_time(void **state) {
  site *s = *state;
  int64_t one = site_receive(s, BODY("a", "1-1"), NULL);
  pk_prepared p;
  int64_t two = 0;
  site_prepare(s, BODY("a", "1-2"), &p);
  assert_ok(pk_store_begin(s->store, &s->err), s->err);
  assert_ok(pk_intake_store(s->judge, s->store, &p, NOW + 100, &two, NULL, &s->err), s->err);
  assert_ok(pk_store_commit(s->store, &s->err), s->err);
  pk_prepared_fini(&p);
  count(s, one, TODAY, 1, 1, 1);
  count(s, two, TODAY + 1, 0, 0, 0);
  assert_host_trend(s, 1, "+0..100 +0: 1 1 1; +100..0 +1: 0 0 0; ");
  assert_host_trend(s, 2, "");
}

static void test_forget_when_days_are_old_then_gone_but_for_what_still_holds(void **state) {
  site *s = *state;
  int64_t one = site_receive(s, BODY("a", "1-1"), NULL), two = site_receive(s, BODY("b", "1-2"), NULL);
  for (int64_t day = TODAY - 3; day <= TODAY; day++) put(s, PK_GROUP_NONE, "", day, 1);
  count(s, one, TODAY - 9, 9, 0, 0);
  count(s, one, TODAY - 5, 5, 0, 0); /* holds until the day after tomorrow */
  count(s, one, TODAY + 2, 2, 0, 0);
  count(s, two, TODAY - 9, 9, 0, 0);
  count(s, two, TODAY - 8, 8, 0, 0); /* holds still */
  assert_ok(pk_store_trend_forget(s->store, TODAY - 1, &s->err), s->err);
  char want[64];
  snprintf(want, sizeof want, "%d=1 %d=1 ", TODAY - 1, TODAY);
  assert_trend(s, write_day, PK_GROUP_NONE, "", 0, 99999, want);
  assert_host_trend(s, 1, "+0..0 -5: 5 0 0; +0..0 +2: 2 0 0; ");
  assert_host_trend(s, 2, "+0..0 -8: 8 0 0; ");
}

static void test_forget_when_a_count_is_of_the_very_day_then_it_takes_the_place_of_older_ones(void **state) {
  site *s = *state;
  int64_t one = site_receive(s, BODY("a", "1-1"), NULL);
  count(s, one, TODAY - 9, 9, 0, 0);
  count(s, one, TODAY - 1, 1, 0, 0);
  assert_ok(pk_store_trend_forget(s->store, TODAY - 1, &s->err), s->err);
  assert_host_trend(s, 1, "+0..0 -1: 1 0 0; ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_trend_when_put_then_every_number_is_kept),
      SITE_TEST(test_trend_when_put_again_then_the_days_numbers_are_replaced),
      SITE_TEST(test_trend_when_asked_for_then_of_that_group_and_range_by_day),
      SITE_TEST(test_profile_trend_when_nothing_changed_then_nothing_is_written),
      SITE_TEST(test_profile_trend_when_the_same_day_again_then_replaced),
      SITE_TEST(test_host_trend_when_it_had_several_profiles_then_of_each_with_its_time),
      SITE_TEST(test_forget_when_days_are_old_then_gone_but_for_what_still_holds),
      SITE_TEST(test_forget_when_a_count_is_of_the_very_day_then_it_takes_the_place_of_older_ones),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
