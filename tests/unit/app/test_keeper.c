/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rows.h"

#include "app/fleet/keeper.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* So long an answer may take before a test gives up. */
#define PATIENCE_S 30

typedef struct asker {
  pk_fleet_ask ask;
  pthread_mutex_t lock;
  pthread_cond_t answered;
  int n_answers;
  pk_keeper *keeper;  /* to ask again from inside an answer */
  struct asker *next; /* by whom */
  pthread_t answered_by;
} asker;

static void note_answer(pk_fleet_ask *ask) {
  asker *a = ask->arg;
  if (a->next) pk_keeper_ask(a->keeper, &a->next->ask);
  pthread_mutex_lock(&a->lock);
  a->n_answers++;
  a->answered_by = pthread_self();
  pthread_cond_signal(&a->answered);
  pthread_mutex_unlock(&a->lock);
}

static void asker_init(asker *a, bool newest) {
  *a = (asker){.ask = {.ready = note_answer, .newest = newest}};
  a->ask.arg = a;
  pthread_mutex_init(&a->lock, NULL);
  pthread_cond_init(&a->answered, NULL);
}

static void asker_fini(asker *a) {
  pthread_cond_destroy(&a->answered);
  pthread_mutex_destroy(&a->lock);
}

static void wait_for(asker *a) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += PATIENCE_S;
  pthread_mutex_lock(&a->lock);
  int rc = 0;
  while (!a->n_answers && rc == 0) rc = pthread_cond_timedwait(&a->answered, &a->lock, &until);
  pthread_mutex_unlock(&a->lock);
  assert_int_equal(rc, 0);
}

static pk_keeper *start(site *s) {
  pk_keeper *k = NULL;
  assert_ok(pk_keeper_start(s->config.database, &k, &s->err), s->err);
  return k;
}

/* A fleet, to be released. */
static pk_fleet *ask(pk_keeper *k, bool newest) {
  asker a;
  asker_init(&a, newest);
  pk_keeper_ask(k, &a.ask);
  wait_for(&a);
  assert_ok(a.ask.rc, a.ask.err);
  assert_non_null(a.ask.fleet);
  asker_fini(&a);
  return a.ask.fleet;
}

static void test_ask_then_the_fleet_as_it_is(void **state) {
  site *s = *state;
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  pk_keeper *k = start(s);
  pk_fleet *f = ask(k, false);
  assert_int_equal(f->n_hosts, 1);
  assert_str(f->hosts[0].texts[PK_HOST_NAME], "a");
  pk_keeper_release(k, &f);
  assert_null(f);
  pk_keeper_stop(&k);
  assert_null(k);
}

static void test_ask_when_nothing_was_written_then_the_same_fleet(void **state) {
  site *s = *state;
  pk_keeper *k = start(s);
  pk_fleet *f = ask(k, false), *g = ask(k, true);
  assert_ptr_equal(f, g);
  pk_keeper_release(k, &f);
  assert_int_equal(g->n_hosts, 0); /* the other one still holds it */
  pk_keeper_release(k, &g);
  pk_keeper_stop(&k);
}

static void test_ask_when_something_was_written_then_the_newest_has_it_and_the_old_one_stays(void **state) {
  site *s = *state;
  pk_keeper *k = start(s);
  pk_fleet *held = ask(k, false);
  char body[256];
  for (int i = 1; i <= 20; i++) {
    snprintf(body, sizeof body, DEBIAN("h%d", "") "bash\t1-%d\tamd64\n", i, i);
    site_receive(s, body, NULL);
    pk_fleet *f = ask(k, true);
    assert_int_equal(f->n_hosts, i);
    pk_keeper_release(k, &f);
  }
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-11");
  pk_fleet *f = ask(k, true);
  assert_int_equal(f->n_cves, 1);
  assert_int_equal(f->cve_states[0].n_hosts, 10);
  site_except(s, (pk_exception){.cve = cve("CVE-2024-0001")});
  pk_fleet *g = ask(k, true);
  assert_int_equal(g->cve_states[0].n_hosts, 0);
  assert_int_equal(g->cve_states[0].n_excepted, 10);
  assert_int_equal(f->cve_states[0].n_hosts, 10);
  assert_int_equal(held->n_hosts, 0);
  pk_keeper_release(k, &f);
  pk_keeper_release(k, &g);
  pk_keeper_release(k, &held);
  pk_keeper_stop(&k);
}

static void test_ask_when_from_inside_an_answer_then_answered_too(void **state) {
  site *s = *state;
  asker first, second;
  asker_init(&first, true);
  asker_init(&second, true);
  pk_keeper *k = start(s);
  first.keeper = k;
  first.next = &second;
  pk_keeper_ask(k, &first.ask);
  wait_for(&first);
  wait_for(&second);
  assert_false(pthread_equal(second.answered_by, pthread_self())); /* on the keeper's own thread */
  pk_keeper_release(k, &first.ask.fleet);
  pk_keeper_release(k, &second.ask.fleet);
  pk_keeper_stop(&k);
  asker_fini(&first);
  asker_fini(&second);
}

/* Whatever the moment at which it stops: everybody is answered once, with a fleet or the reason. */
static void test_stop_when_some_wait_then_each_is_answered_once(void **state) {
  site *s = *state;
  enum { N = 20, ROUNDS = 50 };
  static asker askers[N + 1];
  site_receive(s, DEBIAN("a", "") "bash\t1-1\tamd64\n", NULL);
  for (int round = 0; round < ROUNDS; round++) {
    pk_keeper *k = start(s);
    for (size_t i = 0; i <= N; i++) asker_init(&askers[i], i % 2);
    askers[N - 1].keeper = k; /* one more comes while the others are answered */
    askers[N - 1].next = &askers[N];
    for (size_t i = 0; i < N; i++) pk_keeper_ask(k, &askers[i].ask);
    pk_keeper_drain(k);
    for (size_t i = 0; i <= N; i++) {
      pk_fleet_ask *a = &askers[i].ask;
      assert_int_equal(askers[i].n_answers, 1);
      assert_true(a->rc == PK_OK ? a->fleet != NULL : a->fleet == NULL && a->rc == PK_E_STOPPED && a->err.rc == PK_E_STOPPED);
      pk_keeper_release(k, &a->fleet);
      asker_fini(&askers[i]);
    }
    pk_keeper_stop(&k);
  }
}

static void test_ask_when_the_keeper_has_stopped_then_told_at_once(void **state) {
  site *s = *state;
  asker a;
  asker_init(&a, false);
  pk_keeper *k = start(s);
  pk_keeper_drain(k);
  pk_keeper_ask(k, &a.ask);
  assert_int_equal(a.n_answers, 1);
  assert_int_equal(a.ask.rc, PK_E_STOPPED);
  assert_null(a.ask.fleet);
  pk_keeper_stop(&k);
  asker_fini(&a);
}

static void test_start_when_there_is_no_database_then_a_fault(void **state) {
  site *s = *state;
  pk_keeper *k = NULL;
  assert_int_equal(pk_keeper_start(folder_path(&s->box, "none.db"), &k, &s->err), PK_E_STORE);
  assert_null(k);
  pk_keeper_stop(&k); /* of nothing */
  pk_keeper_drain(k);
}

/* ---- many at once ---- */

typedef struct reader {
  pk_keeper *keeper;
  pthread_t thread;
  size_t most; /* hosts that it saw */
  bool went_back, failed;
} reader;

enum { READS = 200, REPORTS = 60 };

static void *read_on(void *arg) {
  reader *r = arg;
  for (int i = 0; i < READS; i++) {
    asker a;
    asker_init(&a, i % 2);
    pk_keeper_ask(r->keeper, &a.ask);
    pthread_mutex_lock(&a.lock);
    while (!a.n_answers) pthread_cond_wait(&a.answered, &a.lock);
    pthread_mutex_unlock(&a.lock);
    r->failed |= a.ask.rc != PK_OK;
    if (a.ask.fleet) {
      size_t n = 0;
      for (size_t k = 0; k < a.ask.fleet->n_stands; k++)
        n += (size_t)a.ask.fleet->stands[k].n_hosts; /* touch what the pool lends */
      for (size_t k = 0; k < a.ask.fleet->n_cves; k++) r->failed |= a.ask.fleet->cves[k]->severity > PK_SEVERITY_CRITICAL;
      r->failed |= n != a.ask.fleet->n_hosts;
      r->went_back |= n < r->most;
      r->most = n > r->most ? n : r->most;
      pk_keeper_release(r->keeper, &a.ask.fleet);
    }
    asker_fini(&a);
  }
  return NULL;
}

static void test_many_ask_while_reports_come_then_nobody_sees_the_past_after_the_present(void **state) {
  site *s = *state;
  reader readers[3] = {0};
  char body[256];
  site_define(s, &FEED, "A CVE-2024-0001 bash 1-11\nB CVE-2024-0002 bash 1-31");
  pk_keeper *k = start(s);
  for (size_t i = 0; i < 3; i++) {
    readers[i].keeper = k;
    assert_int_equal(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
  }
  for (int i = 1; i <= REPORTS; i++) {
    snprintf(body, sizeof body, DEBIAN("h%d", "") "bash\t1-%d\tamd64\n", i, i);
    site_receive(s, body, NULL);
    if (i % 20 == 0) site_define(s, &FEED, i % 40 ? "A CVE-2024-0003 bash 1-9" : "A CVE-2024-0001 bash 1-11");
  }
  for (size_t i = 0; i < 3; i++) pthread_join(readers[i].thread, NULL);
  pk_fleet *f = ask(k, true);
  assert_int_equal(f->n_hosts, REPORTS);
  for (size_t i = 0; i < 3; i++) assert_false(readers[i].went_back || readers[i].failed);
  pk_keeper_release(k, &f);
  pk_keeper_stop(&k);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_ask_then_the_fleet_as_it_is),
      SITE_TEST(test_ask_when_nothing_was_written_then_the_same_fleet),
      SITE_TEST(test_ask_when_something_was_written_then_the_newest_has_it_and_the_old_one_stays),
      SITE_TEST(test_ask_when_from_inside_an_answer_then_answered_too),
      SITE_TEST(test_stop_when_some_wait_then_each_is_answered_once),
      SITE_TEST(test_ask_when_the_keeper_has_stopped_then_told_at_once),
      SITE_TEST(test_start_when_there_is_no_database_then_a_fault),
      SITE_TEST(test_many_ask_while_reports_come_then_nobody_sees_the_past_after_the_present),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
