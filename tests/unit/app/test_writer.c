/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs are forced into one group by holding the writer in the `done` of a first job until all others are given. */
#include "site.h"

#include "app/writer.h"

#include <pthread.h>

#define REPORT(host) "#\narch: x86_64\nhost: " host "\npackager: dpkg\nsystem: Debian 12\n#\nbash\t1-1\tamd64\n"

typedef struct gate {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool open;
  int n_waiting, n_done;
} gate;

static void gate_init(gate *g, bool open) {
  *g = (gate){.open = open};
  pthread_mutex_init(&g->lock, NULL);
  pthread_cond_init(&g->changed, NULL);
}

static void gate_fini(gate *g) {
  pthread_mutex_destroy(&g->lock);
  pthread_cond_destroy(&g->changed);
}

static void pass(pk_job *job) {
  gate *g = job->arg;
  pthread_mutex_lock(&g->lock);
  g->n_waiting++;
  pthread_cond_broadcast(&g->changed);
  while (!g->open) pthread_cond_wait(&g->changed, &g->lock);
  g->n_done++;
  pthread_cond_broadcast(&g->changed);
  pthread_mutex_unlock(&g->lock);
}

/* Of an edit, whose `arg` is its own. */
static void pass_owner(pk_job *job) {
  pk_job as_pass = {.arg = job->owner};
  pass(&as_pass);
}

static void gate_open(gate *g) {
  pthread_mutex_lock(&g->lock);
  g->open = true;
  pthread_cond_broadcast(&g->changed);
  pthread_mutex_unlock(&g->lock);
}

static void wait_until_held(gate *g) {
  pthread_mutex_lock(&g->lock);
  while (g->n_waiting == 0) pthread_cond_wait(&g->changed, &g->lock);
  pthread_mutex_unlock(&g->lock);
}

static pk_writer *start(site *s) {
  pk_writer *w = NULL;
  assert_ok(pk_writer_start(s->config.database, &w, &s->err), s->err);
  return w;
}

/* Hold the writer: from now on jobs gather. */
static void hold(pk_writer *w, pk_job *first, gate *g) {
  gate_init(g, false);
  *first = (pk_job){.done = pass, .arg = g};
  assert_true(pk_writer_give(w, first));
  wait_until_held(g);
}

static int64_t n_hosts(site *s) {
  pk_store_totals totals;
  pk_scope all = {.everything = true};
  assert_ok(pk_store_count(s->store, &all, &totals, &s->err), s->err);
  return totals.n_hosts;
}

static void test_give_when_one_job_then_stored_before_done(void **state) {
  site *s = *state;
  pk_prepared p;
  gate g;
  site_prepare(s, REPORT("a"), &p);
  gate_init(&g, false);
  pk_job job = {.prepared = &p, .done = pass, .arg = &g};
  pk_writer *w = start(s);
  assert_true(pk_writer_give(w, &job));
  wait_until_held(&g); /* in `done`: the commit must have been */
  assert_int_equal(n_hosts(s), 1);
  gate_open(&g);
  pk_writer_stop(&w);
  assert_null(w);
  assert_int_equal(job.rc, PK_OK);
  assert_true(job.new_set);
  assert_true(job.profile_id > 0);
  assert_int_equal(g.n_done, 1);
  gate_fini(&g);
  pk_prepared_fini(&p);
}

static void test_give_when_a_group_then_all_are_stored(void **state) {
  site *s = *state;
  enum { N = 2 * PK_WRITER_GROUP_MAX + 7 };
  pk_job first, *jobs = pk_calloc(N, sizeof *jobs);
  pk_prepared *prepared = pk_calloc(N, sizeof *prepared);
  char(*bodies)[200] = pk_calloc(N, sizeof *bodies);
  gate g, done;
  pk_writer *w = start(s);
  hold(w, &first, &g);
  gate_init(&done, true);
  for (int i = 0; i < N; i++) {
    snprintf(bodies[i], sizeof bodies[i], REPORT("h%d"), i);
    site_prepare(s, bodies[i], &prepared[i]);
    jobs[i] = (pk_job){.prepared = &prepared[i], .done = pass, .arg = &done};
    assert_true(pk_writer_give(w, &jobs[i]));
  }
  gate_open(&g);
  pk_writer_stop(&w);
  assert_int_equal(done.n_done, N);
  int n_new_sets = 0;
  for (int i = 0; i < N; i++) {
    assert_int_equal(jobs[i].rc, PK_OK);
    assert_int_equal(jobs[i].profile_id, jobs[0].profile_id);
    n_new_sets += jobs[i].new_set;
    pk_prepared_fini(&prepared[i]);
  }
  assert_int_equal(n_new_sets, 1);
  assert_int_equal(n_hosts(s), N);
  assert_ok(pk_store_check(s->store, &s->err), s->err);
  gate_fini(&g);
  gate_fini(&done);
  free(jobs);
  free(prepared);
  free(bodies);
}

static void test_give_when_one_of_a_group_fails_then_the_others_are_stored(void **state) {
  site *s = *state;
  enum { N = 5, BAD = 2 };
  static const char *const bodies[N] = {REPORT("a"), REPORT("b"), REPORT("c"), REPORT("d"), REPORT("e")};
  pk_prepared prepared[N];
  pk_job first, jobs[N];
  gate g, done;
  pk_writer *w = start(s);
  hold(w, &first, &g);
  gate_init(&done, true);
  for (int i = 0; i < N; i++) {
    site_prepare(s, bodies[i], &prepared[i]);
    /* no two hosts may have one fingerprint: the store refuses the second */
    if (i == BAD) memcpy(prepared[i].fingerprint, prepared[0].fingerprint, PK_FINGERPRINT_BYTES);
    jobs[i] = (pk_job){.prepared = &prepared[i], .done = pass, .arg = &done};
    assert_true(pk_writer_give(w, &jobs[i]));
  }
  gate_open(&g);
  pk_writer_stop(&w);
  for (int i = 0; i < N; i++) {
    assert_int_equal(jobs[i].rc, i == BAD ? PK_E_STORE : PK_OK);
    if (i == BAD) assert_non_null(strstr(jobs[i].err.text, "UNIQUE"));
    pk_prepared_fini(&prepared[i]);
  }
  assert_int_equal(done.n_done, N);
  assert_int_equal(n_hosts(s), N - 1);
  assert_ok(pk_store_check(s->store, &s->err), s->err);
  gate_fini(&g);
  gate_fini(&done);
}

static void test_give_when_seen_again_then_touched_or_not_found(void **state) {
  site *s = *state;
  pk_prepared p;
  gate done;
  gate_init(&done, true);
  site_receive(s, REPORT("a"), NULL);
  site_prepare(s, REPORT("a"), &p);
  pk_job known = {.done = pass, .arg = &done}, unknown = {.done = pass, .arg = &done};
  memcpy(known.fingerprint, p.fingerprint, PK_FINGERPRINT_BYTES);
  pk_writer *w = start(s);
  assert_true(pk_writer_give(w, &known));
  assert_true(pk_writer_give(w, &unknown));
  pk_writer_stop(&w);
  assert_int_equal(known.rc, PK_OK);
  assert_int_equal(unknown.rc, PK_NOTFOUND);
  assert_int_equal(done.n_done, 2);
  gate_fini(&done);
  pk_prepared_fini(&p);
}

static void test_writer_when_a_feed_changes_meanwhile_then_judged_by_the_new(void **state) {
  site *s = *state;
  pk_prepared a, b;
  gate g, done;
  gate_init(&done, true);
  site_prepare(s, REPORT("a"), &a);
  site_prepare(s, "#\narch: x86_64\nhost: b\npackager: dpkg\nsystem: Debian 12\n#\nbash\t1-1\tamd64\nzsh\t1-1\tamd64\n", &b);
  pk_job first, one = {.prepared = &a, .done = pass, .arg = &done}, two = {.prepared = &b, .done = pass, .arg = &done};
  pk_writer *w = start(s);
  assert_true(pk_writer_give(w, &one));
  hold(w, &first, &g); /* the writer's judge has a verdict on bash by now */
  site_publish(s, "main", "debian:12", PK_CLASS_RELEASE, "bash 1-2 amd64\n");
  assert_true(pk_writer_give(w, &two));
  gate_open(&g);
  pk_writer_stop(&w);
  assert_int_equal(two.rc, PK_OK);
  assert_int_equal(site_host(s, "a").n_updates, 1);
  assert_int_equal(site_host(s, "b").n_updates, 1);
  gate_fini(&g);
  gate_fini(&done);
  pk_prepared_fini(&a);
  pk_prepared_fini(&b);
}

/* ---- edits ---- */

typedef struct edit {
  pk_exception e;
  pk_rc rc; /* what it returns when all is done */
  int n_runs;
} edit;

static pk_rc add(void *arg, pk_store *store, pk_err *err) {
  edit *x = arg;
  x->n_runs++;
  if (x->rc == PK_NOTFOUND) return pk_err_set(err, x->rc, "there is none");
  pk_rc rc = pk_store_exception_add(store, &x->e, &x->e.id, err);
  return rc == PK_OK && x->rc != PK_OK ? pk_err_set(err, x->rc, "not wanted") : rc;
}

static edit edit_of(const char *reason, pk_rc rc) {
  const pk_str none = PK_STR("");
  return (edit){.e = {.cve = 2024000000000001,
                      .package = none,
                      .version = none,
                      .arch = none,
                      .platform = none,
                      .group_value = none,
                      .reason = pk_str_of(reason),
                      .approver = PK_STR("me"),
                      .created_at = NOW},
                .rc = rc};
}

static pk_rc list_reason(void *arg, const pk_exception *e, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%lld %.*s; ", (long long)e->id, PK_FMT(e->reason));
  return PK_OK;
}

static void assert_exceptions(site *s, const char *want) {
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_store_exceptions(s->store, list_reason, &out, &s->err), s->err);
  assert_str(pk_buf_view(&out), want);
  pk_buf_free(&out);
}

static void test_edit_when_given_then_durable_before_done(void **state) {
  site *s = *state;
  gate g;
  edit one = edit_of("one", PK_OK);
  gate_init(&g, false);
  pk_job job = {.edit = add, .arg = &one, .owner = &g, .done = pass_owner};
  pk_writer *w = start(s);
  assert_true(pk_writer_give(w, &job));
  wait_until_held(&g);
  assert_exceptions(s, "1 one; ");
  gate_open(&g);
  pk_writer_stop(&w);
  assert_int_equal(job.rc, PK_OK);
  assert_int_equal(one.n_runs, 1);
  gate_fini(&g);
}

/* A fault undoes the group, and each of it is done again alone; that nothing was found is none. */
static void test_edit_when_one_of_a_group_fails_then_the_others_are_done_once(void **state) {
  site *s = *state;
  enum { N = 5 };
  static const pk_rc results[N] = {PK_OK, PK_NOTFOUND, PK_E_LIMIT, PK_OK, PK_E_SYNTAX};
  static const char *const reasons[N] = {"a", "b", "c", "d", "e"};
  edit edits[N];
  pk_job first, jobs[N], report;
  pk_prepared p;
  gate g, done;
  pk_writer *w = start(s);
  hold(w, &first, &g);
  gate_init(&done, true);
  for (int i = 0; i < N; i++) {
    edits[i] = edit_of(reasons[i], results[i]);
    jobs[i] = (pk_job){.edit = add, .arg = &edits[i], .owner = &done, .done = pass_owner};
    assert_true(pk_writer_give(w, &jobs[i]));
  }
  site_prepare(s, REPORT("a"), &p);
  report = (pk_job){.prepared = &p, .done = pass, .arg = &done};
  assert_true(pk_writer_give(w, &report));
  gate_open(&g);
  pk_writer_stop(&w);
  assert_int_equal(done.n_done, N + 1);
  for (int i = 0; i < N; i++) {
    assert_int_equal(jobs[i].rc, results[i]);
    if (results[i] != PK_OK) assert_string_equal(jobs[i].err.text, results[i] == PK_NOTFOUND ? "there is none" : "not wanted");
  }
  assert_int_equal(edits[0].n_runs, 2); /* with the others, and alone */
  assert_int_equal(edits[4].n_runs, 1);
  assert_int_equal(report.rc, PK_OK);
  assert_int_equal(n_hosts(s), 1);
  char want[64];
  snprintf(want, sizeof want, "%lld a; %lld d; ", (long long)edits[0].e.id, (long long)edits[3].e.id);
  assert_exceptions(s, want);
  assert_true(edits[0].e.id > 0 && edits[3].e.id > edits[0].e.id);
  assert_ok(pk_store_check(s->store, &s->err), s->err);
  gate_fini(&g);
  gate_fini(&done);
  pk_prepared_fini(&p);
}

static void test_stop_when_jobs_wait_then_they_are_done_first(void **state) {
  site *s = *state;
  enum { N = 50 };
  pk_job first, jobs[N];
  gate g, done;
  pk_writer *w = start(s);
  hold(w, &first, &g);
  gate_init(&done, true);
  for (int i = 0; i < N; i++) {
    jobs[i] = (pk_job){.done = pass, .arg = &done, .rc = PK_E_INTERNAL};
    assert_true(pk_writer_give(w, &jobs[i]));
  }
  gate_open(&g);
  pk_writer_stop(&w);
  assert_int_equal(done.n_done, N);
  for (int i = 0; i < N; i++) assert_int_equal(jobs[i].rc, PK_NOTFOUND);
  pk_writer_stop(&w); /* NULL is accepted */
  gate_fini(&g);
  gate_fini(&done);
}

static void test_start_when_there_is_no_database_then_fault(void **state) {
  site *s = *state;
  pk_writer *w = NULL;
  assert_fault(pk_writer_start(folder_path(&s->box, "none.db"), &w, &s->err), s->err, PK_E_STORE, "there is no database");
  assert_null(w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SITE_TEST(test_give_when_one_job_then_stored_before_done),
      SITE_TEST(test_give_when_a_group_then_all_are_stored),
      SITE_TEST(test_give_when_one_of_a_group_fails_then_the_others_are_stored),
      SITE_TEST(test_give_when_seen_again_then_touched_or_not_found),
      SITE_TEST(test_writer_when_a_feed_changes_meanwhile_then_judged_by_the_new),
      SITE_TEST(test_edit_when_given_then_durable_before_done),
      SITE_TEST(test_edit_when_one_of_a_group_fails_then_the_others_are_done_once),
      SITE_TEST(test_stop_when_jobs_wait_then_they_are_done_first),
      SITE_TEST(test_start_when_there_is_no_database_then_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
