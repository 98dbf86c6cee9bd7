/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trends.h"

#include "app/lists/lists.h"

#define DAY_S 86400
/* Groups of one kind whose numbers are kept: names come from reports, and nobody shall fill the database with them. The largest are kept. */
#define GROUPS_MAX ((size_t)5000)

static pk_rc record_rows(pk_store *store, pk_group_kind kind, const pk_rows *rows, int64_t day, pk_arena *arena, pk_err *err) {
  const size_t *places;
  size_t n;
  pk_buf next;
  pk_list_order order;
  pk_buf_init(&next, 8192);
  pk_rc rc = pk_list_order_of(rows->kind, PK_STR("-hosts"), PK_STR("value"), &order, err);
  if (rc == PK_OK) rc = pk_list_page(rows, &order, PK_STR(""), GROUPS_MAX, arena, &places, &n, &next, err);
  pk_buf_free(&next);
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    pk_trend_point t = {.kind = kind, .day = day};
    pk_group_row_of(rows, places[i], &t.value, &t.counts);
    rc = pk_store_trend_put(store, &t, err);
  }
  return rc;
}

static pk_rc record_all(pk_store *store, const pk_fleet *f, int64_t day, pk_arena *arena, pk_err *err) {
  static const pk_scope everything = {.everything = true};
  static const pk_group_kind kinds[] = {PK_GROUP_DOMAIN, PK_GROUP_TLD, PK_GROUP_SITE, PK_GROUP_TAG, PK_GROUP_PLATFORM};
  pk_chosen chosen;
  pk_rc rc = pk_filter_choose(&(pk_filter){0}, f, &everything, arena, &chosen, err);
  if (rc != PK_OK) return rc;
  pk_group_numbers numbers;
  pk_count_chosen(&chosen, &numbers);
  const pk_trend_point whole = {.kind = PK_GROUP_NONE, .value = PK_STR(""), .day = day, .counts = numbers.counts};
  rc = pk_store_trend_put(store, &whole, err);
  for (size_t i = 0; rc == PK_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
    pk_rows rows;
    rc = pk_rows_groups(&chosen, kinds[i], arena, &rows, err);
    if (rc == PK_OK) rc = record_rows(store, kinds[i], &rows, day, arena, err);
  }
  for (size_t i = 0; rc == PK_OK && i < f->n_profiles; i++) {
    const pk_fleet_profile *p = f->profiles[i];
    rc = pk_store_profile_trend_put(store, p->id, day, p->n_updates, p->n_security, (int64_t)p->n_cves, err);
  }
  return rc == PK_OK ? pk_store_trend_forget(store, day - f->settings.keep_trend_days, err) : rc;
}

pk_rc pk_trends_record(pk_store *store, const pk_fleet *f, int64_t now, pk_err *err) {
  pk_arena arena;
  pk_arena_init(&arena, (size_t)1 << 30);
  pk_rc rc = pk_store_begin(store, err);
  if (rc == PK_OK) {
    rc = record_all(store, f, now / DAY_S, &arena, err);
    if (rc == PK_OK) rc = pk_store_commit(store, err);
    else pk_store_rollback(store);
  }
  pk_arena_fini(&arena);
  return rc;
}
