/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract of the store: what every engine must do. A second engine runs the same cases. */
#include "unit.h"

#include "store/store.h"

#include <sqlite3.h>

#define NOW 1795300000

static const pk_scope ALL = {.everything = true};

typedef struct fixture {
  folder box;
  char path[512];
  pk_store *store;
  pk_err err;
} fixture;

static int set_up(void **state) {
  fixture *f = pk_calloc(1, sizeof *f);
  folder_make(&f->box);
  snprintf(f->path, sizeof f->path, "%s", folder_path(&f->box, "pakiti.db"));
  if (pk_store_open(f->path, PK_STORE_CREATE, &f->store, &f->err) != PK_OK) fail_msg("%s", f->err.text);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pk_store_close(&f->store);
  folder_remove(&f->box);
  free(f);
  return 0;
}

static void begin(fixture *f) { assert_ok(pk_store_begin(f->store, &f->err), f->err); }
static void commit(fixture *f) { assert_ok(pk_store_commit(f->store, &f->err), f->err); }

/* Change the database behind the store's back. */
static void damage(fixture *f, const char *sql) {
  sqlite3 *db;
  pk_store_close(&f->store);
  assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
  char *why = NULL;
  sqlite3_exec(db, "PRAGMA foreign_keys=OFF", NULL, NULL, NULL);
  if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s", why);
  assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void reopen(fixture *f, pk_store_mode mode) {
  pk_store_close(&f->store);
  assert_ok(pk_store_open(f->path, mode, &f->store, &f->err), f->err);
}

/* ---- opening ---- */

static void test_open_when_missing_then_fault_with_advice(void **state) {
  fixture *f = *state;
  pk_store *other = NULL;
  assert_fault(pk_store_open(folder_path(&f->box, "none.db"), PK_STORE_READ, &other, &f->err), f->err, PK_E_STORE,
               "pakiti db init");
  assert_fault(pk_store_open(folder_path(&f->box, "none.db"), PK_STORE_WRITE, &other, &f->err), f->err, PK_E_STORE,
               "pakiti db init");
  assert_null(other);
  assert_false(pk_file_exists(folder_path(&f->box, "none.db")));
}

static void test_open_when_the_folder_is_missing_then_fault(void **state) {
  fixture *f = *state;
  pk_store *other = NULL;
  assert_fault(pk_store_open(folder_path(&f->box, "none/x.db"), PK_STORE_CREATE, &other, &f->err), f->err, PK_E_STORE,
               "cannot open");
}

static void test_open_when_no_database_then_fault(void **state) {
  fixture *f = *state;
  pk_store *other = NULL;
  char text[5000];
  memset(text, 'x', sizeof text);
  assert_ok(pk_file_write(folder_path(&f->box, "text"), (pk_str){text, sizeof text}, &f->err), f->err);
  assert_fault(pk_store_open(folder_path(&f->box, "text"), PK_STORE_READ, &other, &f->err), f->err, PK_E_STORE, "not a database");
  assert_fault(pk_store_open(folder_path(&f->box, "text"), PK_STORE_CREATE, &other, &f->err), f->err, PK_E_STORE,
               "not a database");
}

static void test_open_when_somebody_elses_database_then_refused(void **state) {
  fixture *f = *state;
  damage(f, "DROP TABLE setting");
  assert_fault(pk_store_open(f->path, PK_STORE_WRITE, &f->store, &f->err), f->err, PK_E_STORE, "not a pakiti database");
}

static void test_open_when_of_a_newer_form_then_refused(void **state) {
  fixture *f = *state;
  int64_t from, to;
  damage(f, "UPDATE setting SET value = '9999' WHERE name = 'schema_version'");
  assert_fault(pk_store_open(f->path, PK_STORE_READ, &f->store, &f->err), f->err, PK_E_STORE, "newer pakiti");
  assert_fault(pk_store_open(f->path, PK_STORE_CREATE, &f->store, &f->err), f->err, PK_E_STORE, "newer pakiti");
  assert_fault(pk_store_migrate(f->path, &from, &to, &f->err), f->err, PK_E_STORE, "newer pakiti");
}

static void test_open_when_of_an_older_form_then_told_to_migrate(void **state) {
  fixture *f = *state;
  damage(f, "UPDATE setting SET value = '0' WHERE name = 'schema_version'");
  assert_fault(pk_store_open(f->path, PK_STORE_WRITE, &f->store, &f->err), f->err, PK_E_STORE, "pakiti db migrate");
}

static void test_create_when_there_already_then_opened_as_it_is(void **state) {
  fixture *f = *state;
  unsigned char before[PK_STORE_SECRET_BYTES], after[PK_STORE_SECRET_BYTES];
  assert_ok(pk_store_secret(f->store, before, &f->err), f->err);
  reopen(f, PK_STORE_CREATE);
  assert_ok(pk_store_secret(f->store, after, &f->err), f->err);
  assert_memory_equal(before, after, sizeof before);
}

static void test_migrate_when_newest_then_nothing_changes(void **state) {
  fixture *f = *state;
  int64_t from = -5, to = -5;
  assert_ok(pk_store_migrate(f->path, &from, &to, &f->err), f->err);
  assert_true(from == to && from >= 1);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
}

static void test_migrate_when_of_form_two_then_people_can_decide(void **state) {
  fixture *f = *state;
  int64_t from, to;
  const pk_cve_tag t = {.cve = 2024000000000001, .tag = PK_STR("Critical"), .reason = PK_STR(""), .url = PK_STR(""), .modified_by = PK_STR("")};
  damage(f, "DROP TABLE cve_tag; DROP TABLE cve_exception; DROP TABLE trend; DROP TABLE profile_trend; DROP TABLE feed_platform; "
            "UPDATE setting SET value = '2' WHERE name = 'schema_version'");
  assert_ok(pk_store_migrate(f->path, &from, &to, &f->err), f->err);
  assert_int_equal(from, 2);
  assert_true(to >= 3);
  reopen(f, PK_STORE_WRITE);
  assert_ok(pk_store_tag_put(f->store, &t, &f->err), f->err);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
}

static void test_migrate_when_it_fails_then_nothing_is_half_done(void **state) {
  fixture *f = *state;
  int64_t from, to, newest;
  char back[128];
  assert_ok(pk_store_migrate(f->path, &from, &newest, &f->err), f->err);
  damage(f, "UPDATE setting SET value = '0' WHERE name = 'schema_version'");
  assert_fault(pk_store_migrate(f->path, &from, &to, &f->err), f->err, PK_E_STORE, "already exists");
  snprintf(back, sizeof back, "UPDATE setting SET value = '%lld' WHERE name = 'schema_version'", (long long)newest);
  damage(f, back);
  reopen(f, PK_STORE_READ);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
}

static void test_secret_when_drawn_then_not_the_same_elsewhere(void **state) {
  fixture *f = *state;
  unsigned char here[PK_STORE_SECRET_BYTES], there[PK_STORE_SECRET_BYTES];
  pk_store *other = NULL;
  assert_ok(pk_store_open(folder_path(&f->box, "other.db"), PK_STORE_CREATE, &other, &f->err), f->err);
  assert_ok(pk_store_secret(f->store, here, &f->err), f->err);
  assert_ok(pk_store_secret(other, there, &f->err), f->err);
  assert_memory_not_equal(here, there, sizeof here);
  pk_store_close(&other);
}

static void test_secret_when_lost_or_damaged_then_fault(void **state) {
  fixture *f = *state;
  unsigned char secret[PK_STORE_SECRET_BYTES];
  damage(f, "UPDATE setting SET value = 'abcd' WHERE name = 'secret'");
  reopen(f, PK_STORE_READ);
  assert_fault(pk_store_secret(f->store, secret, &f->err), f->err, PK_E_STORE, "lost its secret");
  damage(f, "DELETE FROM setting WHERE name = 'secret'");
  reopen(f, PK_STORE_READ);
  assert_fault(pk_store_secret(f->store, secret, &f->err), f->err, PK_E_STORE, "lost its secret");
}

/* ---- handles ---- */

static pk_feed new_feed(const char *name, const char *platform) {
  pk_feed feed;
  pk_feed_init(&feed);
  pk_feed_set(&feed.name, pk_str_of(name));
  pk_feed_set(&feed.platform, pk_str_of(platform));
  pk_feed_set(&feed.url, PK_STR("https://example.org/debian"));
  return feed;
}

static pk_rc add_feed(fixture *f, const char *name, const char *platform) {
  pk_feed feed = new_feed(name, platform);
  pk_rc rc = pk_store_feed_add(f->store, &feed, &f->err);
  pk_feed_fini(&feed);
  return rc;
}

static void test_read_handle_when_it_writes_then_refused(void **state) {
  fixture *f = *state;
  reopen(f, PK_STORE_READ);
  assert_fault(add_feed(f, "a", "debian:12"), f->err, PK_E_STORE, "readonly");
  assert_fault(pk_store_begin(f->store, &f->err), f->err, PK_E_STORE, "readonly");
  assert_fault(pk_store_host_touch(f->store, PK_STR("0123456789abcdef"), NOW, &f->err), f->err, PK_E_STORE, "readonly");
  assert_ok(pk_store_ping(f->store, &f->err), f->err);
}

static void test_changed_elsewhere_when_the_other_handle_commits_then_told_once(void **state) {
  fixture *f = *state;
  fixture other = {0};
  bool changed = true;
  assert_ok(pk_store_open(f->path, PK_STORE_WRITE, &other.store, &f->err), f->err);
  assert_ok(pk_store_changed_elsewhere(f->store, &changed, &f->err), f->err);
  assert_false(changed);
  assert_ok(add_feed(&other, "a", "debian:12"), other.err);
  assert_ok(pk_store_changed_elsewhere(f->store, &changed, &f->err), f->err);
  assert_true(changed);
  assert_ok(pk_store_changed_elsewhere(f->store, &changed, &f->err), f->err);
  assert_false(changed);
  pk_store_close(&other.store);
}

static void test_changed_elsewhere_when_this_handle_commits_then_not_told(void **state) {
  fixture *f = *state;
  bool changed = true;
  begin(f);
  assert_ok(add_feed(f, "a", "debian:12"), f->err);
  commit(f);
  begin(f);
  assert_ok(pk_store_changed_elsewhere(f->store, &changed, &f->err), f->err);
  assert_false(changed);
  commit(f);
}

static void test_rollback_when_undone_then_nothing_stays(void **state) {
  fixture *f = *state;
  pk_feed_row row;
  begin(f);
  assert_ok(add_feed(f, "a", "debian:12"), f->err);
  pk_store_rollback(f->store);
  assert_int_equal(pk_store_feed_get(f->store, PK_STR("a"), &row, &f->err), PK_NOTFOUND);
  pk_store_rollback(f->store); /* without a transaction: nothing */
}

/* ---- packages, sets, profiles ---- */

static const pk_package BASH = {
    .type = PK_TYPE_DEB, .name = {"bash", 4}, .evr = {"5.2.15-2", 8}, .arch = {"amd64", 5}, .source = {"bash", 4}};

static int64_t intern(fixture *f, const char *name, const char *evr) {
  pk_package p = {.type = PK_TYPE_DEB, .name = pk_str_of(name), .evr = pk_str_of(evr), .arch = PK_STR("amd64")};
  pk_digest d = pk_package_digest(&p);
  int64_t id = 0;
  assert_ok(pk_store_package_intern(f->store, &p, &d, &id, &f->err), f->err);
  assert_true(id > 0);
  return id;
}

static void test_intern_when_seen_before_then_the_same_id(void **state) {
  fixture *f = *state;
  begin(f);
  int64_t a = intern(f, "a", "1"), b = intern(f, "b", "1"), newer = intern(f, "a", "2");
  assert_true(a != b && a != newer && b != newer);
  assert_int_equal(intern(f, "a", "1"), a);
  commit(f);
  reopen(f, PK_STORE_WRITE);
  assert_int_equal(intern(f, "a", "1"), a);
}

static void test_intern_when_undone_then_no_id_of_it_is_remembered(void **state) {
  fixture *f = *state;
  begin(f);
  intern(f, "a", "1");
  pk_store_rollback(f->store);
  begin(f);
  int64_t again = intern(f, "a", "1");
  commit(f);
  pk_package p;
  assert_ok(pk_store_package_get(f->store, again, &p, &f->err), f->err);
  assert_str(p.name, "a");
}

static void test_intern_when_another_handle_was_first_then_its_id(void **state) {
  fixture *f = *state;
  fixture other = {0};
  assert_ok(pk_store_open(f->path, PK_STORE_WRITE, &other.store, &f->err), f->err);
  intern(f, "first", "1"); /* both have loaded what there is */
  intern(&other, "first", "1");
  int64_t there = intern(&other, "a", "1");
  assert_int_equal(intern(f, "a", "1"), there);
  pk_store_close(&other.store);
}

static void test_package_when_stored_then_all_fields_come_back(void **state) {
  fixture *f = *state;
  pk_package p = BASH, back;
  p.source_evr = PK_STR("5.2.15-1");
  p.module = PK_STR("m:1:2:3");
  p.vendor = PK_STR("Debian");
  pk_digest d = pk_package_digest(&p);
  int64_t id;
  assert_ok(pk_store_package_intern(f->store, &p, &d, &id, &f->err), f->err);
  assert_ok(pk_store_package_get(f->store, id, &back, &f->err), f->err);
  pk_digest again = pk_package_digest(&back);
  assert_memory_equal(d.bytes, again.bytes, sizeof d.bytes);
  assert_int_equal(back.type, PK_TYPE_DEB);
  assert_str(back.source_evr, "5.2.15-1");
  assert_int_equal(pk_store_package_get(f->store, 999, &back, &f->err), PK_NOTFOUND);
}

/* A reader must not keep an old state of the database alive, or its next transaction fails. */
static void test_package_get_when_another_handle_writes_meanwhile_then_the_next_transaction_begins(void **state) {
  fixture *f = *state;
  fixture other = {0};
  pk_package p;
  assert_ok(pk_store_open(f->path, PK_STORE_WRITE, &other.store, &f->err), f->err);
  begin(f);
  int64_t id = intern(f, "a", "1");
  assert_ok(pk_store_package_get(f->store, id, &p, &f->err), f->err);
  assert_str(p.name, "a");
  commit(f);
  assert_ok(add_feed(&other, "x", "debian:12"), other.err);
  begin(f);
  commit(f);
  pk_store_close(&other.store);
}

static pk_rc count_package(void *arg, int64_t id, const pk_package *p, pk_err *err) {
  (void)id, (void)err;
  ++*(int *)arg;
  return pk_str_is(p->name, "a") ? PK_OK : PK_END;
}

static void test_packages_named_when_several_versions_then_each(void **state) {
  fixture *f = *state;
  int n = 0;
  intern(f, "a", "1");
  intern(f, "a", "2");
  intern(f, "ab", "1");
  assert_ok(pk_store_packages_named(f->store, PK_STR("a"), count_package, &n, &f->err), f->err);
  assert_int_equal(n, 2);
  assert_int_equal(pk_store_packages_named(f->store, PK_STR("ab"), count_package, &n, &f->err), PK_END);
}

static int64_t add_set(fixture *f, const char *content, const int64_t *ids, size_t n) {
  pk_digest d = pk_digest_of(pk_str_of(content));
  int64_t id = 0;
  assert_ok(pk_store_set_add(f->store, &d, ids, n, &id, &f->err), f->err);
  return id;
}

static void test_set_when_stored_then_found_with_its_members(void **state) {
  fixture *f = *state;
  const int64_t ids[] = {1, 2, 130, 70000, 5000000000};
  pk_digest d = pk_digest_of(PK_STR("set"));
  int64_t id, found = 0, *members = NULL;
  size_t n = 0;
  assert_int_equal(pk_store_set_find(f->store, &d, &found, &f->err), PK_NOTFOUND);
  id = add_set(f, "set", ids, 5);
  assert_ok(pk_store_set_find(f->store, &d, &found, &f->err), f->err);
  assert_int_equal(found, id);
  assert_ok(pk_store_set_members(f->store, id, &members, &n, &f->err), f->err);
  assert_int_equal(n, 5);
  assert_memory_equal(members, ids, sizeof ids);
  free(members);
  assert_int_equal(pk_store_set_members(f->store, 999, &members, &n, &f->err), PK_NOTFOUND);
}

static void test_set_when_stored_twice_then_refused(void **state) {
  fixture *f = *state;
  const int64_t ids[] = {1};
  pk_digest d = pk_digest_of(PK_STR("set"));
  int64_t id;
  add_set(f, "set", ids, 1);
  assert_fault(pk_store_set_add(f->store, &d, ids, 1, &id, &f->err), f->err, PK_E_STORE, "UNIQUE");
}

static void test_next_id_when_damaged_then_it_ends(void **state) {
  (void)state;
  static const pk_str texts[] = {{"\x80", 1}, {"\x00", 1}, {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}};
  for (size_t i = 0; i < 3; i++) {
    pk_str rest = texts[i];
    int64_t id = 5;
    assert_false(pk_store_next_id(&rest, &id));
    assert_int_equal(id, 5);
    assert_int_equal(rest.n, texts[i].n);
  }
}

static int64_t intern_platform(fixture *f, const char *name, const char *arch) {
  pk_platform p = {.type = PK_TYPE_DEB, .name = pk_str_of(name), .arch = pk_str_of(arch)};
  assert_ok(pk_store_platform_intern(f->store, &p, &f->err), f->err);
  return p.id;
}

static void test_platform_when_interned_then_one_each_name_and_architecture(void **state) {
  fixture *f = *state;
  int64_t a = intern_platform(f, "debian:12", "amd64"), b = intern_platform(f, "debian:12", "arm64");
  assert_true(a != b);
  assert_int_equal(intern_platform(f, "debian:12", "amd64"), a);
  pk_arena arena;
  pk_platform *list;
  size_t n;
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_store_platform_list(f->store, &arena, &list, &n, &f->err), f->err);
  assert_int_equal(n, 2);
  assert_str(list[1].arch, "arm64");
  assert_int_equal(list[0].type, PK_TYPE_DEB);
  pk_arena_fini(&arena);
  pk_arena_init(&arena, 10);
  assert_fault(pk_store_platform_list(f->store, &arena, &list, &n, &f->err), f->err, PK_E_LIMIT, "platforms");
  pk_arena_fini(&arena);
}

static pk_profile_counts counts_of(const int64_t *updates, size_t n, int64_t n_security) {
  pk_profile_counts c = {.n_packages = 3, .n_updates = (int64_t)n, .n_security = n_security, .reboot_pending = true};
  pk_buf_init(&c.updates, 100);
  for (size_t i = 0; i < n; i++) pk_buf_varint(&c.updates, (uint64_t)(updates[i] - (i ? updates[i - 1] : 0)));
  return c;
}

static int64_t add_profile(fixture *f, int64_t platform, int64_t set, const char *kernel) {
  pk_profile_counts c = counts_of(NULL, 0, 0);
  int64_t id = 0;
  assert_ok(pk_store_profile_add(f->store, platform, set, pk_str_of(kernel), &c, &id, &f->err), f->err);
  pk_buf_free(&c.updates);
  return id;
}

typedef struct profiles_seen {
  int n;
  int64_t last_set;
  char kernel[64];
  size_t members_bytes;
} profiles_seen;

static pk_rc see_profile(void *arg, const pk_profile_key *key, pk_str members, pk_str criteria, pk_err *err) {
  (void)criteria;
  (void)err;
  profiles_seen *s = arg;
  s->n++;
  s->last_set = key->set_id;
  snprintf(s->kernel, sizeof s->kernel, "%.*s", PK_FMT(key->kernel));
  s->members_bytes = members.n;
  return PK_OK;
}

static void test_profile_when_platform_set_and_kernel_then_one_each(void **state) {
  fixture *f = *state;
  const int64_t ids[] = {intern(f, "a", "1"), intern(f, "b", "1")};
  int64_t platform = intern_platform(f, "debian:12", "amd64"), other = intern_platform(f, "debian:11", "amd64");
  int64_t set = add_set(f, "set", ids, 2), found;
  assert_int_equal(pk_store_profile_find(f->store, platform, set, PK_STR("6.1"), &found, &f->err), PK_NOTFOUND);
  int64_t id = add_profile(f, platform, set, "6.1");
  assert_ok(pk_store_profile_find(f->store, platform, set, PK_STR("6.1"), &found, &f->err), f->err);
  assert_int_equal(found, id);
  assert_int_equal(pk_store_profile_find(f->store, platform, set, PK_STR("6.2"), &found, &f->err), PK_NOTFOUND);
  assert_int_equal(pk_store_profile_find(f->store, other, set, PK_STR("6.1"), &found, &f->err), PK_NOTFOUND);
  profiles_seen seen = {0};
  assert_ok(pk_store_profiles_of(f->store, platform, see_profile, &seen, &f->err), f->err);
  assert_int_equal(seen.n, 1);
  assert_int_equal(seen.last_set, set);
  assert_string_equal(seen.kernel, "6.1");
  assert_int_equal(seen.members_bytes, 2);
  assert_ok(pk_store_profiles_of(f->store, other, see_profile, &seen, &f->err), f->err);
  assert_int_equal(seen.n, 1);
}

static pk_rc see_update(void *arg, const pk_update_row *row, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s %.*s %d %.*s %.*s;", PK_FMT(row->package.name), PK_FMT(row->package.evr), (int)row->state,
                PK_FMT(row->available), PK_FMT(row->repository));
  return PK_OK;
}

static void test_profile_when_judged_then_its_updates_and_packages(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_feed_row feed;
  assert_ok(pk_store_feed_get(f->store, PK_STR("repo"), &feed, &f->err), f->err);
  const int64_t ids[] = {intern(f, "a", "1"), intern(f, "b", "1"), intern(f, "c", "1")};
  int64_t platform = intern_platform(f, "debian:12", "amd64"), set = add_set(f, "set", ids, 3);
  int64_t profile = add_profile(f, platform, set, "");
  pk_update_verdict outdated = {.state = PK_UPDATE_SECURITY, .available = PK_STR("2"), .feed_id = feed.feed.id};
  pk_update_verdict current = {.state = PK_UPDATE_CURRENT, .available = PK_STR("")};
  assert_ok(pk_store_verdict_put(f->store, platform, ids[1], &current, &f->err), f->err);
  assert_ok(pk_store_verdict_put(f->store, platform, ids[1], &outdated, &f->err), f->err);
  assert_ok(pk_store_verdict_put(f->store, platform, ids[0], &current, &f->err), f->err);
  pk_profile_counts c = counts_of(&ids[1], 1, 1);
  assert_ok(pk_store_profile_recount(f->store, profile, &c, &f->err), f->err);
  pk_buf_free(&c.updates);
  pk_buf out;
  pk_buf_init(&out, 1000);
  assert_ok(pk_store_profile_updates(f->store, profile, see_update, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "b 1 4 2 repo;");
  out.n = 0;
  assert_ok(pk_store_profile_packages(f->store, profile, see_update, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "a 1 2  ;b 1 4 2 repo;c 1 0  ;");
  assert_int_equal(pk_store_profile_updates(f->store, 999, see_update, &out, &f->err), PK_NOTFOUND);
  pk_buf_free(&out);
  pk_feed_row_fini(&feed);
}

static pk_rc sum_states(void *arg, int64_t package_id, pk_update_state s, pk_err *err) {
  (void)package_id, (void)err;
  *(int *)arg = *(int *)arg * 10 + (int)s;
  return PK_OK;
}

static void test_verdicts_when_of_a_platform_then_only_its_own(void **state) {
  fixture *f = *state;
  int64_t a = intern(f, "a", "1"), here = intern_platform(f, "debian:12", "amd64"),
          there = intern_platform(f, "debian:11", "amd64");
  pk_update_verdict v = {.state = PK_UPDATE_ORDINARY, .available = PK_STR("2")};
  assert_ok(pk_store_verdict_put(f->store, here, a, &v, &f->err), f->err);
  v.state = PK_UPDATE_CURRENT;
  assert_ok(pk_store_verdict_put(f->store, there, a, &v, &f->err), f->err);
  int states = 0;
  assert_ok(pk_store_verdicts_of(f->store, here, sum_states, &states, &f->err), f->err);
  assert_int_equal(states, PK_UPDATE_ORDINARY);
}

/* ---- feeds ---- */

static void test_feed_when_added_then_every_field_comes_back(void **state) {
  fixture *f = *state;
  pk_feed feed = new_feed("security", "debian:12");
  feed.type = PK_FEED_RPMMD;
  feed.class = PK_CLASS_SECURITY;
  pk_feed_set(&feed.suite, PK_STR("bookworm-security"));
  pk_feed_set(&feed.components, PK_STR("main contrib"));
  pk_feed_set(&feed.arch, PK_STR("amd64,arm64"));
  pk_feed_set(&feed.keyring, PK_STR("/usr/share/keyrings/x.gpg"));
  feed.is_unsigned = feed.ignore_valid_until = true;
  assert_ok(pk_store_feed_add(f->store, &feed, &f->err), f->err);
  assert_int_equal(pk_store_feed_add(f->store, &feed, &f->err), PK_EXISTS);
  pk_feed_row row;
  assert_ok(pk_store_feed_get(f->store, PK_STR("security"), &row, &f->err), f->err);
  assert_true(row.feed.id > 0);
  assert_int_equal(row.feed.type, PK_FEED_RPMMD);
  assert_int_equal(row.feed.class, PK_CLASS_SECURITY);
  assert_string_equal(row.feed.url, feed.url);
  assert_string_equal(row.feed.platform, "debian:12");
  assert_string_equal(row.feed.suite, "bookworm-security");
  assert_string_equal(row.feed.components, "main contrib");
  assert_string_equal(row.feed.arch, "amd64,arm64");
  assert_string_equal(row.feed.keyring, "/usr/share/keyrings/x.gpg");
  assert_true(row.feed.is_unsigned && row.feed.ignore_valid_until);
  assert_string_equal(row.error, "");
  assert_string_equal(row.mark, "");
  assert_int_equal(row.tried_at, 0);
  pk_feed_row_fini(&row);
  pk_feed_fini(&feed);
}

static void test_feed_list_when_several_then_by_name(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "b", "debian:12"), f->err);
  assert_ok(add_feed(f, "a", "debian:12"), f->err);
  assert_int_equal(add_feed(f, "a", "debian:11"), PK_EXISTS);
  pk_feed_row *rows;
  size_t n;
  assert_ok(pk_store_feed_list(f->store, &rows, &n, &f->err), f->err);
  assert_int_equal(n, 2);
  assert_string_equal(rows[0].feed.name, "a");
  assert_string_equal(rows[0].feed.platform, "debian:12");
  assert_string_equal(rows[1].feed.name, "b");
  for (size_t i = 0; i < n; i++) pk_feed_row_fini(&rows[i]);
  free(rows);
}

static void content_add(pk_repository_content *c, const char *name, const char *evr, const char *source_evr,
                        const char *advisory) {
  pk_offer o = {.name = pk_str_of(name),
                .evr = pk_str_of(evr),
                .arch = PK_STR("amd64"),
                .source_evr = pk_str_of(source_evr),
                .advisory = pk_str_of(advisory)};
  assert_int_equal(pk_repository_content_offer(c, &o, NULL), PK_OK);
}

static pk_feed_row the_feed(fixture *f) {
  pk_feed_row row;
  assert_ok(pk_store_feed_get(f->store, PK_STR("repo"), &row, &f->err), f->err);
  return row;
}

/* Replace the feed's content in a transaction; what changed comes back as "+added -removed: names". */
static void replace(fixture *f, const pk_repository_content *c, const char *mark, const char *want) {
  pk_feed_row row = the_feed(f);
  pk_feed_change change;
  begin(f);
  assert_ok(pk_store_feed_replace(f->store, &row, c, mark, NOW, &change, &f->err), f->err);
  commit(f);
  pk_buf text;
  pk_buf_init(&text, 1000);
  pk_buf_printf(&text, "+%zu -%zu:", change.n_added, change.n_removed);
  for (char name[] = "a"; name[0] <= 'z'; name[0]++)
    if (pk_map_get(&change.names, pk_str_of(name))) pk_buf_printf(&text, " %s", name);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
  pk_map_fini(&change.names);
  pk_feed_row_fini(&row);
}

static void test_replace_when_content_differs_then_counts_and_names(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_repository_content first, second;
  pk_repository_content_init(&first);
  pk_repository_content_init(&second);
  content_add(&first, "a", "1", "", "");
  content_add(&first, "b", "1", "", "");
  content_add(&first, "c", "1", "", "");
  replace(f, &first, "m1", "+3 -0: a b c");
  replace(f, &first, "m1", "+0 -0:");
  content_add(&second, "a", "1", "", "");
  content_add(&second, "b", "2", "", "");
  content_add(&second, "d", "1", "", "");
  replace(f, &second, "m2", "+2 -2: b c d");
  replace(f, &first, "m1", "+2 -2: b c d");
  pk_repository_content_fini(&first);
  pk_repository_content_fini(&second);
}

static void test_replace_when_only_the_source_differs_then_exchanged(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_repository_content first, second;
  pk_repository_content_init(&first);
  pk_repository_content_init(&second);
  content_add(&first, "a", "1", "", "");
  content_add(&second, "a", "1", "9", "");
  replace(f, &first, "m1", "+1 -0: a");
  replace(f, &second, "m2", "+1 -1: a");
  replace(f, &second, "m2", "+0 -0:");
  pk_repository_content_fini(&first);
  pk_repository_content_fini(&second);
}

static void test_replace_when_done_then_the_feeds_state_tells(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_feed_row row = the_feed(f);
  assert_ok(pk_store_feed_failed(f->store, row.feed.id, NOW - 10, "no answer", &f->err), f->err);
  pk_feed_row_fini(&row);
  pk_repository_content c;
  pk_repository_content_init(&c);
  content_add(&c, "a", "1", "", "");
  content_add(&c, "a", "1", "", "ALSA-1");
  pk_advisory advisory = {
      .id = PK_STR("ALSA-1"), .type = PK_STR("security"), .severity = PK_STR("Important"), .title = PK_STR("t"), .issued_at = 5};
  assert_ok(pk_repository_content_advisory(&c, &advisory, &f->err), f->err);
  c.automatic = PK_AUTOMATIC_UPGRADES;
  replace(f, &c, "mark", "+2 -0: a");
  row = the_feed(f);
  assert_int_equal(row.n_offers, 1);
  assert_int_equal(row.n_advisories, 1);
  assert_int_equal(row.automatic, PK_AUTOMATIC_UPGRADES);
  assert_string_equal(row.mark, "mark");
  assert_string_equal(row.error, "");
  assert_int_equal(row.tried_at, NOW);
  assert_int_equal(row.good_at, NOW);
  assert_int_equal(row.changed_at, NOW);
  pk_feed_row_fini(&row);
  pk_repository_content_fini(&c);
}

static void test_replace_when_the_way_of_use_changes_then_every_name_is_told(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_repository_content c;
  pk_repository_content_init(&c);
  content_add(&c, "a", "1", "", "");
  content_add(&c, "b", "1", "", "");
  replace(f, &c, "m1", "+2 -0: a b");
  c.automatic = PK_AUTOMATIC_NEVER;
  replace(f, &c, "m2", "+0 -0: a b");
  replace(f, &c, "m2", "+0 -0:");
  pk_repository_content_fini(&c);
}

static void test_replace_when_undone_then_yesterdays_content_stays(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_repository_content c, empty;
  pk_repository_content_init(&c);
  pk_repository_content_init(&empty);
  content_add(&c, "a", "1", "", "");
  replace(f, &c, "m1", "+1 -0: a");
  pk_feed_row row = the_feed(f);
  pk_feed_change change;
  begin(f);
  assert_ok(pk_store_feed_replace(f->store, &row, &empty, "m2", NOW + 9, &change, &f->err), f->err);
  pk_store_rollback(f->store);
  pk_map_fini(&change.names);
  pk_feed_row_fini(&row);
  row = the_feed(f);
  assert_string_equal(row.mark, "m1");
  assert_int_equal(row.n_offers, 1);
  pk_feed_row_fini(&row);
  pk_repository_content_fini(&c);
  pk_repository_content_fini(&empty);
}

static void test_feed_when_it_fails_or_is_unchanged_then_noted(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_feed_row row = the_feed(f);
  int64_t id = row.feed.id;
  pk_feed_row_fini(&row);
  assert_ok(pk_store_feed_failed(f->store, id, NOW, "no answer", &f->err), f->err);
  row = the_feed(f);
  assert_string_equal(row.error, "no answer");
  assert_int_equal(row.tried_at, NOW);
  assert_int_equal(row.good_at, 0);
  pk_feed_row_fini(&row);
  assert_ok(pk_store_feed_unchanged(f->store, id, NOW + 1, &f->err), f->err);
  row = the_feed(f);
  assert_string_equal(row.error, "");
  assert_int_equal(row.good_at, NOW + 1);
  assert_int_equal(row.changed_at, 0);
  pk_feed_row_fini(&row);
}

static void test_candidates_when_asked_then_of_the_name_and_the_platforms_feeds(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "rhel:9"), f->err);
  pk_repository_content c;
  pk_repository_content_init(&c);
  content_add(&c, "a", "1", "", "");
  content_add(&c, "a", "2", "", "RHSA-1");
  content_add(&c, "b", "1", "", "");
  replace(f, &c, "m", "+3 -0: a b");
  pk_arena arena;
  pk_candidate *list;
  size_t n = 9;
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_store_candidates(f->store, PK_STR("a"), PK_STR("rhel:9.4"), &arena, &list, &n, &f->err), f->err);
  assert_int_equal(n, 2);
  const pk_candidate *announced = list[0].announced ? &list[0] : &list[1], *offered = list[0].announced ? &list[1] : &list[0];
  assert_true(announced->announced && !offered->announced);
  assert_str(announced->evr, "2");
  assert_str(offered->evr, "1");
  assert_str(offered->arch, "amd64");
  pk_str name;
  assert_ok(pk_store_feed_name(f->store, offered->feed_id, &arena, &name, &f->err), f->err);
  assert_str(name, "repo");
  assert_ok(pk_store_feed_name(f->store, 999, &arena, &name, &f->err), f->err);
  assert_str(name, "");
  assert_ok(pk_store_candidates(f->store, PK_STR("a"), PK_STR("rhel:8.4"), &arena, &list, &n, &f->err), f->err);
  assert_int_equal(n, 0);
  pk_arena_fini(&arena);
  pk_arena_init(&arena, 10);
  assert_fault(pk_store_candidates(f->store, PK_STR("a"), PK_STR("rhel:9.4"), &arena, &list, &n, &f->err), f->err, PK_E_LIMIT,
               "'a'");
  pk_arena_fini(&arena);
  pk_repository_content_fini(&c);
}

static void test_feed_remove_when_there_then_all_of_it_goes(void **state) {
  fixture *f = *state;
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_repository_content c;
  pk_repository_content_init(&c);
  content_add(&c, "a", "1", "", "");
  replace(f, &c, "m", "+1 -0: a");
  pk_feed_row row = the_feed(f);
  pk_map names;
  pk_map_init(&names, true);
  assert_ok(pk_store_feed_names(f->store, row.feed.id, &names, &f->err), f->err);
  assert_int_equal(names.n, 1);
  assert_ok(pk_store_feed_remove(f->store, row.feed.id, &f->err), f->err);
  assert_int_equal(pk_store_feed_remove(f->store, row.feed.id, &f->err), PK_NOTFOUND);
  pk_arena arena;
  pk_candidate *list;
  size_t n = 9;
  pk_arena_init(&arena, 1 << 20);
  assert_ok(pk_store_candidates(f->store, PK_STR("a"), PK_STR("debian:12"), &arena, &list, &n, &f->err), f->err);
  assert_int_equal(n, 0);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
  pk_arena_fini(&arena);
  pk_map_fini(&names);
  pk_feed_row_fini(&row);
  pk_repository_content_fini(&c);
}

/* ---- hosts ---- */

static int64_t some_profile(fixture *f, const char *kernel) {
  const int64_t ids[] = {intern(f, "a", "1"), intern(f, "b", "1")};
  pk_digest d = pk_digest_of(PK_STR("set"));
  int64_t set;
  if (pk_store_set_find(f->store, &d, &set, &f->err) != PK_OK) set = add_set(f, "set", ids, 2);
  return add_profile(f, intern_platform(f, "debian:12", "amd64"), set, kernel);
}

static pk_rc put_host(fixture *f, const char *name, const char *fingerprint, int64_t profile, int64_t now, int64_t *ret_id) {
  pk_identity id = {{0}};
  snprintf(id.key, sizeof id.key, "%s", name);
  snprintf(id.name, sizeof id.name, "%s", name);
  snprintf(id.domain, sizeof id.domain, "example.org");
  pk_host_facts facts = {.identity = &id,
                         .site = PK_STR("Brno"),
                         .tag = PK_STR("T"),
                         .os = PK_STR("Debian 12"),
                         .client = PK_STR("c 1"),
                         .reporter = PK_STR("192.0.2.1"),
                         .fingerprint = pk_str_of(fingerprint),
                         .protocol = 5,
                         .profile_id = profile,
                         .now = now};
  return pk_store_host_put(f->store, &facts, ret_id, &f->err);
}

static void assert_history(fixture *f, const char *want) {
  sqlite3 *db;
  sqlite3_stmt *s;
  pk_buf text;
  pk_buf_init(&text, 1000);
  assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
  assert_int_equal(
      sqlite3_prepare_v2(db, "SELECT profile_id, from_at, until_at FROM host_history ORDER BY from_at", -1, &s, NULL), SQLITE_OK);
  while (sqlite3_step(s) == SQLITE_ROW)
    pk_buf_printf(&text, "%d:%d-%d ", sqlite3_column_int(s, 0), sqlite3_column_int(s, 1), sqlite3_column_int(s, 2));
  sqlite3_finalize(s);
  sqlite3_close(db);
  assert_string_equal(pk_buf_cstr(&text), want);
  pk_buf_free(&text);
}

static void test_host_when_its_profile_changes_then_history_is_kept(void **state) {
  fixture *f = *state;
  int64_t one = some_profile(f, "1"), two = some_profile(f, "2"), id, again;
  char want[200];
  assert_ok(put_host(f, "h", "fingerprint 0001", one, 100, &id), f->err);
  assert_int_equal(put_host(f, "h", "fingerprint 0002", one, 200, &again), PK_UNCHANGED);
  assert_int_equal(again, id);
  assert_ok(put_host(f, "h", "fingerprint 0003", two, 300, &again), f->err);
  assert_ok(put_host(f, "h", "fingerprint 0001", one, 400, &again), f->err);
  snprintf(want, sizeof want, "%d:100-300 %d:300-400 %d:400-0 ", (int)one, (int)two, (int)one);
  assert_history(f, want);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
}

static void test_host_when_it_changes_twice_in_a_second_then_the_later_counts(void **state) {
  fixture *f = *state;
  int64_t one = some_profile(f, "1"), two = some_profile(f, "2"), id;
  char want[200];
  assert_ok(put_host(f, "h", "fingerprint 0001", one, 100, &id), f->err);
  assert_ok(put_host(f, "h", "fingerprint 0002", two, 100, &id), f->err);
  snprintf(want, sizeof want, "%d:100-0 ", (int)two);
  assert_history(f, want);
  assert_ok(pk_store_check(f->store, &f->err), f->err);
}

static pk_rc see_host(void *arg, const pk_host_row *r, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s %.*s %.*s %.*s %.*s %.*s %lld %lld-%lld %lld/%lld;", PK_FMT(r->name), PK_FMT(r->domain),
                PK_FMT(r->site), PK_FMT(r->platform), PK_FMT(r->arch), PK_FMT(r->kernel), (long long)r->protocol,
                (long long)r->first_report_at, (long long)r->last_report_at, (long long)r->n_updates, (long long)r->n_packages);
  return PK_OK;
}

static void test_hosts_when_listed_then_by_name_with_their_profile(void **state) {
  fixture *f = *state;
  int64_t profile = some_profile(f, "6.1"), id;
  assert_ok(put_host(f, "b", "fingerprint 0001", profile, 100, &id), f->err);
  assert_ok(put_host(f, "a", "fingerprint 0002", profile, 100, &id), f->err);
  assert_int_equal(put_host(f, "a", "fingerprint 0003", profile, 200, &id), PK_UNCHANGED);
  pk_buf out;
  pk_buf_init(&out, 1000);
  assert_ok(pk_store_hosts(f->store, &ALL, PK_STR(""), see_host, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "a example.org Brno debian:12 amd64 6.1 5 100-200 0/3;"
                                         "b example.org Brno debian:12 amd64 6.1 5 100-100 0/3;");
  out.n = 0;
  assert_ok(pk_store_hosts(f->store, &ALL, PK_STR("b"), see_host, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "b example.org Brno debian:12 amd64 6.1 5 100-100 0/3;");
  out.n = 0;
  assert_ok(pk_store_hosts(f->store, &ALL, PK_STR("none"), see_host, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "");
  pk_buf_free(&out);
}

static void test_fingerprint_when_known_then_host_is_touched(void **state) {
  fixture *f = *state;
  int64_t profile = some_profile(f, "6.1"), id;
  pk_known_host known;
  pk_buf out;
  pk_buf_init(&out, 1000);
  assert_ok(put_host(f, "a", "fingerprint\0 001", profile, 100, &id), f->err);
  assert_ok(pk_store_host_touch(f->store, pk_str_of("fingerprint"), 500, &f->err), f->err);
  assert_ok(pk_store_host_by_fingerprint(f->store, pk_str_of("fingerprint"), &known, &f->err), f->err);
  assert_int_equal(known.profile_id, profile);
  assert_int_equal(known.protocol, 5);
  assert_int_equal(known.n_packages, 3);
  assert_string_equal(known.name, "a");
  assert_ok(pk_store_hosts(f->store, &ALL, PK_STR("a"), see_host, &out, &f->err), f->err);
  assert_non_null(strstr(pk_buf_cstr(&out), " 100-500 "));
  pk_buf_free(&out);
}

static void test_fingerprint_when_of_an_older_report_then_not_found(void **state) {
  fixture *f = *state;
  int64_t profile = some_profile(f, "6.1"), id;
  pk_known_host known;
  assert_ok(put_host(f, "a", "fingerprint 0001", profile, 100, &id), f->err);
  assert_int_equal(put_host(f, "a", "fingerprint 0002", profile, 200, &id), PK_UNCHANGED);
  assert_int_equal(pk_store_host_touch(f->store, PK_STR("fingerprint 0001"), 300, &f->err), PK_NOTFOUND);
  assert_int_equal(pk_store_host_by_fingerprint(f->store, PK_STR("fingerprint 0001"), &known, &f->err), PK_NOTFOUND);
  assert_ok(pk_store_host_touch(f->store, PK_STR("fingerprint 0002"), 300, &f->err), f->err);
}

static void test_fingerprint_when_of_another_host_then_refused(void **state) {
  fixture *f = *state;
  int64_t profile = some_profile(f, "6.1"), id;
  assert_ok(put_host(f, "a", "fingerprint 0001", profile, 100, &id), f->err);
  assert_fault(put_host(f, "b", "fingerprint 0001", profile, 100, &id), f->err, PK_E_STORE, "UNIQUE");
}

static pk_rc see_fleet(void *arg, const pk_package_row *r, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s %.*s %lld %d %.*s;", PK_FMT(r->package.name), PK_FMT(r->package.evr), (long long)r->n_hosts,
                (int)r->state, PK_FMT(r->available));
  return PK_OK;
}

static void test_fleet_when_hosts_share_a_set_then_each_counts(void **state) {
  fixture *f = *state;
  int64_t profile = some_profile(f, "6.1"), id;
  intern(f, "nobody-has-it", "1");
  assert_ok(put_host(f, "a", "fingerprint 0001", profile, 100, &id), f->err);
  assert_ok(put_host(f, "b", "fingerprint 0002", profile, 100, &id), f->err);
  pk_update_verdict v = {.state = PK_UPDATE_ORDINARY, .available = PK_STR("2")};
  assert_ok(pk_store_verdict_put(f->store, intern_platform(f, "debian:12", "amd64"), intern(f, "a", "1"), &v, &f->err), f->err);
  pk_buf out;
  pk_buf_init(&out, 1000);
  assert_ok(pk_store_fleet_packages(f->store, &ALL, PK_STR(""), see_fleet, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "a 1 2 3 2;b 1 2 0 ;");
  out.n = 0;
  assert_ok(pk_store_fleet_packages(f->store, &ALL, PK_STR("b"), see_fleet, &out, &f->err), f->err);
  assert_string_equal(pk_buf_cstr(&out), "b 1 2 0 ;");
  pk_buf_free(&out);
}

static void test_count_when_asked_then_totals(void **state) {
  fixture *f = *state;
  pk_store_totals t;
  int64_t profile = some_profile(f, "6.1"), other = some_profile(f, "6.2"), id;
  const int64_t updates[] = {1};
  assert_ok(add_feed(f, "repo", "debian:12"), f->err);
  pk_feed_row row = the_feed(f);
  assert_ok(pk_store_feed_failed(f->store, row.feed.id, NOW, "no answer", &f->err), f->err);
  pk_feed_row_fini(&row);
  pk_profile_counts c = counts_of(updates, 1, 1);
  assert_ok(pk_store_profile_recount(f->store, profile, &c, &f->err), f->err);
  c.n_security = 0;
  assert_ok(pk_store_profile_recount(f->store, other, &c, &f->err), f->err);
  pk_buf_free(&c.updates);
  assert_ok(put_host(f, "a", "fingerprint 0001", profile, 100, &id), f->err);
  assert_ok(put_host(f, "b", "fingerprint 0002", other, 100, &id), f->err);
  assert_ok(pk_store_count(f->store, &ALL, &t, &f->err), f->err);
  assert_int_equal(t.n_hosts, 2);
  assert_int_equal(t.n_profiles, 2);
  assert_int_equal(t.n_sets, 1);
  assert_int_equal(t.n_packages, 2);
  assert_int_equal(t.n_feeds, 1);
  assert_int_equal(t.n_feeds_failing, 1);
  assert_int_equal(t.n_feeds_held, 0);
  assert_int_equal(t.n_hosts_outdated, 2);
  assert_int_equal(t.n_hosts_security, 1);
}

/* ---- checking ---- */

static void test_check_when_damaged_then_named(void **state) {
  static const char *const damages[][2] = {
      {"UPDATE host SET profile_id = 77", "hosts without a profile"},
      {"UPDATE profile SET set_id = 77", "profiles without a package set"},
      {"UPDATE profile SET platform_id = 77", "profiles without a platform"},
      {"UPDATE host_history SET until_at = 5", "without a present"},
      {"INSERT INTO offer VALUES (77, 'a', 'amd64', '1', '', '', '')", "offers of no feed"},
      {"UPDATE package_set SET members = x'0180'", "package set 1 is damaged"},
      {"UPDATE package_set SET members = x'0163'", "package set 1 is damaged"},
      {"UPDATE package_set SET members = x'0100'", "package set 1 is damaged"},
      {"UPDATE package_set SET members = x'01'", "package set 1 is damaged"},
      {"UPDATE package_set SET n_packages = 3", "package set 1 is damaged"},
      {"DELETE FROM package", "package set 1 is damaged"},
  };
  for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
    void *own = NULL;
    set_up(&own);
    fixture *f = own;
    int64_t id;
    assert_ok(put_host(f, "a", "fingerprint 0001", some_profile(f, "6.1"), 100, &id), f->err);
    assert_ok(pk_store_check(f->store, &f->err), f->err);
    damage(f, damages[i][0]);
    reopen(f, PK_STORE_READ);
    assert_fault(pk_store_check(f->store, &f->err), f->err, PK_E_STORE, damages[i][1]);
    tear_down(&own);
  }
  (void)state;
}

static void test_check_when_the_file_is_damaged_then_found(void **state) {
  fixture *f = *state;
  for (int i = 0; i < 500; i++) {
    char name[32];
    snprintf(name, sizeof name, "package-%d", i);
    intern(f, name, "1");
  }
  damage(f, "PRAGMA wal_checkpoint(TRUNCATE)");
  int64_t size = pk_file_size(f->path);
  FILE *file = fopen(f->path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, (long)(size / 2 / 4096 * 4096), SEEK_SET), 0);
  for (int i = 0; i < 4096; i++) assert_int_not_equal(fputc(0x5a, file), EOF);
  assert_int_equal(fclose(file), 0);
  reopen(f, PK_STORE_READ);
  f->err = (pk_err){0};
  assert_int_equal(pk_store_check(f->store, &f->err), PK_E_STORE);
  assert_true(f->err.text[0] != '\0');
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_open_when_missing_then_fault_with_advice),
      TEST(test_open_when_the_folder_is_missing_then_fault),
      TEST(test_open_when_no_database_then_fault),
      TEST(test_open_when_somebody_elses_database_then_refused),
      TEST(test_open_when_of_a_newer_form_then_refused),
      TEST(test_open_when_of_an_older_form_then_told_to_migrate),
      TEST(test_create_when_there_already_then_opened_as_it_is),
      TEST(test_migrate_when_newest_then_nothing_changes),
      TEST(test_migrate_when_of_form_two_then_people_can_decide),
      TEST(test_migrate_when_it_fails_then_nothing_is_half_done),
      TEST(test_secret_when_drawn_then_not_the_same_elsewhere),
      TEST(test_secret_when_lost_or_damaged_then_fault),
      TEST(test_read_handle_when_it_writes_then_refused),
      TEST(test_changed_elsewhere_when_the_other_handle_commits_then_told_once),
      TEST(test_changed_elsewhere_when_this_handle_commits_then_not_told),
      TEST(test_rollback_when_undone_then_nothing_stays),
      TEST(test_intern_when_seen_before_then_the_same_id),
      TEST(test_intern_when_undone_then_no_id_of_it_is_remembered),
      TEST(test_intern_when_another_handle_was_first_then_its_id),
      TEST(test_package_when_stored_then_all_fields_come_back),
      TEST(test_package_get_when_another_handle_writes_meanwhile_then_the_next_transaction_begins),
      TEST(test_packages_named_when_several_versions_then_each),
      TEST(test_set_when_stored_then_found_with_its_members),
      TEST(test_set_when_stored_twice_then_refused),
      TEST(test_next_id_when_damaged_then_it_ends),
      TEST(test_platform_when_interned_then_one_each_name_and_architecture),
      TEST(test_profile_when_platform_set_and_kernel_then_one_each),
      TEST(test_profile_when_judged_then_its_updates_and_packages),
      TEST(test_verdicts_when_of_a_platform_then_only_its_own),
      TEST(test_feed_when_added_then_every_field_comes_back),
      TEST(test_feed_list_when_several_then_by_name),
      TEST(test_replace_when_content_differs_then_counts_and_names),
      TEST(test_replace_when_only_the_source_differs_then_exchanged),
      TEST(test_replace_when_done_then_the_feeds_state_tells),
      TEST(test_replace_when_the_way_of_use_changes_then_every_name_is_told),
      TEST(test_replace_when_undone_then_yesterdays_content_stays),
      TEST(test_feed_when_it_fails_or_is_unchanged_then_noted),
      TEST(test_candidates_when_asked_then_of_the_name_and_the_platforms_feeds),
      TEST(test_feed_remove_when_there_then_all_of_it_goes),
      TEST(test_host_when_its_profile_changes_then_history_is_kept),
      TEST(test_host_when_it_changes_twice_in_a_second_then_the_later_counts),
      TEST(test_hosts_when_listed_then_by_name_with_their_profile),
      TEST(test_fingerprint_when_known_then_host_is_touched),
      TEST(test_fingerprint_when_of_an_older_report_then_not_found),
      TEST(test_fingerprint_when_of_another_host_then_refused),
      TEST(test_fleet_when_hosts_share_a_set_then_each_counts),
      TEST(test_count_when_asked_then_totals),
      cmocka_unit_test(test_check_when_damaged_then_named),
      TEST(test_check_when_the_file_is_damaged_then_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
