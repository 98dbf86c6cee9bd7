/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "app/spool.h"

#include <fcntl.h>

typedef struct fixture {
  folder box;
  char path[256];
  pk_spool *spool;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  snprintf(f->path, sizeof f->path, "%s/spool", f->box.root);
  assert_ok(pk_spool_new(f->path, &f->spool, &f->err), f->err);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_spool_free(&f->spool);
  assert_null(f->spool);
  assert_false(pk_file_exists(f->path));
  folder_remove(&f->box);
  free(f);
  return 0;
}

static void put_definition(fixture *f, const char *document, const char *id) {
  const pk_definition d = {.id = pk_str_of(id), .title = PK_STR("A title")};
  assert_ok(pk_spool_definition(f->spool, pk_str_of(document), 7, &d, &f->err), f->err);
}

/* "definition DOCUMENT NAME TITLE; cve …; release …; deleted DOCUMENT TURN; kept DOCUMENT TURN; " */
static pk_rc see(void *arg, const pk_spool_entry *e, pk_err *err) {
  pk_buf *out = arg;
  pk_arena arena;
  pk_definition d = {.id = e->name};
  pk_rc rc = PK_OK;
  switch (e->kind) {
  case PK_SPOOL_DEFINITION:
    assert_int_equal(e->turn, 7);
    pk_arena_init(&arena, (size_t)1 << 20);
    rc = pk_definition_decode(e->body, &arena, &d, err);
    pk_buf_printf(out, "definition %.*s %.*s %.*s; ", PK_FMT(e->document), PK_FMT(e->name), PK_FMT(d.title));
    pk_arena_fini(&arena);
    break;
  case PK_SPOOL_CVE:
    pk_buf_printf(out, "cve %.*s %lld %d %d %d %d '%.*s' '%.*s' '%.*s' %d; ", PK_FMT(e->cve.cve), (long long)e->cve.exploited_at,
                  e->cve.ransomware, (int)e->cve.epss, (int)e->cve.epss_rank, (int)e->cve.cvss, PK_FMT(e->cve.cvss_vector),
                  PK_FMT(e->cve.title), PK_FMT(e->cve.ssvc), e->cve.rejected);
    break;
  case PK_SPOOL_RELEASE:
    pk_buf_printf(out, "release %.*s %lld %lld %lld; ", PK_FMT(e->release.platform), (long long)e->release.released_at,
                  (long long)e->release.eol_at, (long long)e->release.extended_eol_at);
    break;
  case PK_SPOOL_DELETED:
  case PK_SPOOL_KEPT:
    pk_buf_printf(out, "%s %.*s %llu; ", e->kind == PK_SPOOL_KEPT ? "kept" : "deleted", PK_FMT(e->document),
                  (unsigned long long)e->turn);
    break;
  }
  return rc;
}

static void assert_entries(fixture *f, const char *want) {
  pk_buf out;
  pk_buf_init(&out, 65536);
  assert_ok(pk_spool_each(f->spool, see, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), want);
  pk_buf_free(&out);
}

static void test_spool_when_entries_are_of_all_kinds_then_they_come_back_in_order(void **state) {
  fixture *f = *state;
  const pk_cve_fact whole = {.cve = PK_STR("CVE-2024-0001"),
                             .exploited_at = 1795300000,
                             .ransomware = true,
                             .epss = 1000000,
                             .epss_rank = 0,
                             .cvss = 98,
                             .cvss_vector = PK_STR("CVSS:3.1/AV:N"),
                             .title = PK_STR("A title"),
                             .ssvc = PK_STR("exploitation=active"),
                             .rejected = true};
  const pk_cve_fact unset = {.cve = PK_STR("CVE-2024-0002"), .epss = -1, .epss_rank = -1, .cvss = -1};
  const pk_release_fact release = {.platform = PK_STR("debian:12"), .released_at = 1686355200, .eol_at = 1, .extended_eol_at = 0};
  put_definition(f, "a.json", "A");
  assert_ok(pk_spool_cve(f->spool, &whole, &f->err), f->err);
  assert_ok(pk_spool_cve(f->spool, &unset, &f->err), f->err);
  assert_ok(pk_spool_release(f->spool, &release, &f->err), f->err);
  assert_ok(pk_spool_document(f->spool, PK_SPOOL_DELETED, PK_STR("b.json"), UINT64_MAX, &f->err), f->err);
  assert_ok(pk_spool_document(f->spool, PK_SPOOL_KEPT, PK_STR("c.json"), 0, &f->err), f->err);
  put_definition(f, "", "B");
  assert_entries(f, "definition a.json A A title; cve CVE-2024-0001 1795300000 1 1000000 0 98 'CVSS:3.1/AV:N' 'A title' "
                    "'exploitation=active' 1; "
                    "cve CVE-2024-0002 0 0 -1 -1 -1 '' '' '' 0; release debian:12 1686355200 1 0; deleted b.json "
                    "18446744073709551615; kept c.json 0; definition  B A title; ");
}

static void test_spool_when_empty_then_no_entry(void **state) { assert_entries(*state, ""); }

static void test_spool_when_read_then_it_can_be_read_and_written_again(void **state) {
  fixture *f = *state;
  put_definition(f, "a", "A");
  assert_entries(f, "definition a A A title; ");
  assert_entries(f, "definition a A A title; ");
  put_definition(f, "b", "B");
  assert_entries(f, "definition a A A title; definition b B A title; ");
}

static void test_rewind_when_a_document_is_refused_then_what_it_said_is_gone(void **state) {
  fixture *f = *state;
  put_definition(f, "a", "A");
  pk_spool_place place = pk_spool_here(f->spool);
  put_definition(f, "b", "B1");
  put_definition(f, "b", "B2 with a much longer name");
  assert_ok(pk_spool_rewind(f->spool, place, &f->err), f->err);
  assert_entries(f, "definition a A A title; ");
  put_definition(f, "c", "C");
  assert_entries(f, "definition a A A title; definition c C A title; ");
}

static void test_rewind_when_to_the_beginning_then_empty(void **state) {
  fixture *f = *state;
  pk_spool_place place = pk_spool_here(f->spool);
  put_definition(f, "a", "A");
  assert_ok(pk_spool_rewind(f->spool, place, &f->err), f->err);
  assert_entries(f, "");
}

static void test_spool_when_many_then_all_come_back(void **state) {
  fixture *f = *state;
  pk_buf want, have;
  pk_buf_init(&want, (size_t)1 << 20);
  pk_buf_init(&have, (size_t)1 << 20);
  for (int i = 0; i < 5000; i++) {
    char name[32];
    snprintf(name, sizeof name, "%d", i);
    put_definition(f, name, name);
    pk_buf_printf(&want, "definition %d %d A title; ", i, i);
  }
  assert_ok(pk_spool_each(f->spool, see, &have, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&have), pk_buf_cstr(&want));
  pk_buf_free(&want);
  pk_buf_free(&have);
}

static pk_rc stop_here(void *arg, const pk_spool_entry *e, pk_err *err) {
  (void)e;
  return ++*(int *)arg == 2 ? pk_err_set(err, PK_E_STOPPED, "enough") : PK_OK;
}

static void test_each_when_the_visitor_ends_it_then_its_result(void **state) {
  fixture *f = *state;
  int n = 0;
  for (int i = 0; i < 5; i++) put_definition(f, "a", "A");
  assert_fault(pk_spool_each(f->spool, stop_here, &n, &f->err), f->err, PK_E_STOPPED, "enough");
  assert_int_equal(n, 2);
}

static void test_definition_when_it_is_too_large_then_limit_and_the_spool_is_whole(void **state) {
  fixture *f = *state;
  size_t n = (size_t)129 << 20;
  char *big = pk_alloc(n);
  memset(big, 'x', n);
  const pk_definition d = {.id = PK_STR("big"), .title = {big, n}};
  put_definition(f, "a", "A");
  assert_fault(pk_spool_definition(f->spool, PK_STR("b"), 1, &d, &f->err), f->err, PK_E_LIMIT, "takes more than");
  free(big);
  put_definition(f, "c", "C");
  assert_entries(f, "definition a A A title; definition c C A title; ");
}

static void test_each_when_the_file_is_cut_off_then_fault(void **state) {
  fixture *f = *state;
  pk_buf out;
  pk_buf_init(&out, 1000);
  put_definition(f, "a", "A");
  assert_entries(f, "definition a A A title; ");
  assert_int_equal(truncate(f->path, pk_file_size(f->path) - 1), 0);
  assert_fault(pk_spool_each(f->spool, see, &out, &f->err), f->err, PK_E_IO, "cannot read");
  pk_buf_free(&out);
}

static void test_spool_when_the_disk_is_full_then_fault(void **state) {
  fixture *f = *state;
  pk_spool *full = NULL;
  char path[300];
  snprintf(path, sizeof path, "%s/full", f->box.root);
  if (access("/dev/full", W_OK) != 0 || symlink("/dev/full", path) != 0) skip();
  assert_ok(pk_spool_new(path, &full, &f->err), f->err);
  const pk_definition d = {.id = PK_STR("A")};
  pk_rc rc = PK_OK;
  for (int i = 0; rc == PK_OK && i < 100000; i++) rc = pk_spool_definition(full, PK_STR("a"), 1, &d, &f->err);
  assert_int_equal(rc, PK_E_IO);
  assert_non_null(strstr(f->err.text, "No space left"));
  pk_spool_free(&full);
}

static void test_new_when_the_folder_is_missing_then_fault(void **state) {
  fixture *f = *state;
  pk_spool *none = NULL;
  assert_fault(pk_spool_new("/nonexistent/spool", &none, &f->err), f->err, PK_E_IO, "cannot create '/nonexistent/spool'");
  assert_null(none);
  pk_spool_free(&none);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_spool_when_entries_are_of_all_kinds_then_they_come_back_in_order),
      TEST(test_spool_when_empty_then_no_entry),
      TEST(test_spool_when_read_then_it_can_be_read_and_written_again),
      TEST(test_rewind_when_a_document_is_refused_then_what_it_said_is_gone),
      TEST(test_rewind_when_to_the_beginning_then_empty),
      TEST(test_spool_when_many_then_all_come_back),
      TEST(test_each_when_the_visitor_ends_it_then_its_result),
      TEST(test_definition_when_it_is_too_large_then_limit_and_the_spool_is_whole),
      TEST(test_each_when_the_file_is_cut_off_then_fault),
      TEST(test_spool_when_the_disk_is_full_then_fault),
      TEST(test_new_when_the_folder_is_missing_then_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
