/* SPDX-License-Identifier: Apache-2.0
 *
 * feeds: sources, what they offer, and the exchange of old content for new. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define FEED_COLUMNS                                                                                                             \
  "id, name, type, class, url, platform, suite, components, arch, keyring, is_unsigned, ignore_valid_until, automatic, mark, "   \
  "tried_at, good_at, changed_at, n_offers, n_advisories, error, unknown_counts, any_module, n_definitions, n_refused, refused, is_held"

void pk_feed_row_fini(pk_feed_row *row) {
  pk_feed_fini(&row->feed);
  free(row->error);
  free(row->refused);
  *row = (pk_feed_row){0};
}

static void read_feed(pk_db_statement *s, pk_feed_row *ret) {
  *ret = (pk_feed_row){0};
  pk_feed *f = &ret->feed;
  pk_feed_init(f);
  f->id = pk_db_int(s, 0);
  f->type = (pk_feed_type)pk_db_int(s, 2);
  f->class = (pk_repository_class)pk_db_int(s, 3);
  const struct {
    char **field;
    int column;
  } texts[] = {{&f->name, 1},  {&f->url, 4},  {&f->platform, 5}, {&f->suite, 6}, {&f->components, 7}, {&f->arch, 8}, {&f->keyring, 9}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) pk_feed_set(texts[i].field, pk_db_text(s, texts[i].column));
  f->is_unsigned = pk_db_int(s, 10) != 0;
  f->ignore_valid_until = pk_db_int(s, 11) != 0;
  ret->automatic = (pk_automatic)pk_db_int(s, 12);
  pk_str mark = pk_db_text(s, 13);
  snprintf(ret->mark, sizeof ret->mark, "%.*s", PK_FMT(mark));
  ret->tried_at = pk_db_int(s, 14);
  ret->good_at = pk_db_int(s, 15);
  ret->changed_at = pk_db_int(s, 16);
  ret->n_offers = pk_db_int(s, 17);
  ret->n_advisories = pk_db_int(s, 18);
  ret->error = pk_str_dup(pk_db_text(s, 19));
  f->unknown_counts = pk_db_int(s, 20) != 0;
  f->any_module = pk_db_int(s, 21) != 0;
  ret->n_definitions = pk_db_int(s, 22);
  ret->n_refused = pk_db_int(s, 23);
  ret->refused = pk_str_dup(pk_db_text(s, 24));
  ret->is_held = pk_db_int(s, 25) != 0;
}

pk_rc pk_store_feed_add(pk_store *store, const pk_feed *f, pk_err *err) {
  int64_t added = 0;
  pk_rc rc = pk_db_run(store->db, &added, err,
                       "INSERT INTO feed (name, type, class, url, platform, suite, components, arch, keyring, is_unsigned, ignore_valid_until, "
                       "unknown_counts, any_module) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (name) DO NOTHING",
                       "tiitttttt" "iiii", pk_str_of(f->name), (int64_t)f->type, (int64_t)f->class, pk_str_of(f->url),
                       pk_str_of(f->platform), pk_str_of(f->suite), pk_str_of(f->components), pk_str_of(f->arch), pk_str_of(f->keyring),
                       (int64_t)f->is_unsigned, (int64_t)f->ignore_valid_until, (int64_t)f->unknown_counts,
                       (int64_t)f->any_module);
  return rc == PK_OK && !added ? PK_EXISTS : rc;
}

pk_rc pk_store_feed_remove(pk_store *store, int64_t feed_id, pk_err *err) {
  static const char *const statements[] = {
      "DELETE FROM offer WHERE feed_id = $1",
      "DELETE FROM advisory WHERE feed_id = $1",
      "DELETE FROM definition_package WHERE definition_id IN (SELECT id FROM definition WHERE feed_id = $1)",
      "DELETE FROM definition_cve WHERE definition_id IN (SELECT id FROM definition WHERE feed_id = $1)",
      "DELETE FROM definition WHERE feed_id = $1",
      "DELETE FROM feed_platform WHERE feed_id = $1",
      "DELETE FROM cve_fact WHERE feed_id = $1",
      "DELETE FROM release_fact WHERE feed_id = $1",
  };
  int64_t removed = 0;
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof statements / sizeof statements[0]; i++)
    rc = pk_db_run(store->db, NULL, err, statements[i], "i", feed_id);
  if (rc == PK_OK) rc = pk_db_run(store->db, &removed, err, "DELETE FROM feed WHERE id = $1", "i", feed_id);
  if (rc == PK_OK) rc = pk_store_generation_next(store, err);
  return rc == PK_OK && !removed ? PK_NOTFOUND : rc;
}

pk_rc pk_store_feed_get(pk_store *store, pk_str name, pk_feed_row *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT " FEED_COLUMNS " FROM feed WHERE name = $1", "t", name);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  read_feed(s, ret);
  pk_db_done(s);
  return PK_OK;
}

pk_rc pk_store_feed_list(pk_store *store, pk_feed_row **ret, size_t *ret_n, pk_err *err) {
  pk_db_statement *s;
  pk_feed_row *rows = NULL;
  size_t n = 0, cap = 0;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT " FEED_COLUMNS " FROM feed ORDER BY name", "");
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    PK_GROW(rows, n, cap);
    read_feed(s, &rows[n++]);
  }
  if (rc != PK_END) {
    for (size_t i = 0; i < n; i++) pk_feed_row_fini(&rows[i]);
    free(rows);
    return rc;
  }
  *ret = rows;
  *ret_n = n;
  return PK_OK;
}

static bool fill_feed_platform(void *to, pk_db_statement *s, pk_arena *arena) {
  pk_feed_platform *f = to;
  f->feed_id = pk_db_int(s, 0);
  return pk_arena_copy(arena, pk_db_text(s, 1), &f->platform);
}

pk_rc pk_store_feed_platforms(pk_store *store, pk_arena *arena, pk_feed_platform **ret, size_t *ret_n, pk_err *err) {
  pk_db_statement *s = NULL;
  void *array;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT f.id, COALESCE(p.platform, '') FROM feed f LEFT JOIN feed_platform p ON p.feed_id = f.id "
                         "WHERE EXISTS (SELECT 1 FROM definition d WHERE d.feed_id = f.id) ORDER BY f.id",
                         "");
  rc = pk_store_array(rc, s, arena, sizeof **ret, fill_feed_platform, "platforms", &array, ret_n, err);
  *ret = array;
  return rc;
}

pk_rc pk_store_feed_failed(pk_store *store, int64_t feed_id, int64_t now, const char *error, pk_err *err) {
  return pk_db_run(store->db, NULL, err, "UPDATE feed SET tried_at = $2, error = $3 WHERE id = $1", "iit", feed_id, now, pk_str_of(error));
}

pk_rc pk_store_feed_unchanged(pk_store *store, int64_t feed_id, int64_t now, pk_err *err) {
  return pk_db_run(store->db, NULL, err, "UPDATE feed SET tried_at = $2, good_at = $2, error = '', is_held = 0 WHERE id = $1", "ii", feed_id, now);
}

pk_rc pk_store_feed_synced(pk_store *store, int64_t feed_id, const pk_feed_outcome *o, pk_err *err) {
  return pk_db_run(store->db, NULL, err,
                   "UPDATE feed SET tried_at = $2, good_at = $2, changed_at = $2, error = '', is_held = 0, mark = $3, n_refused = $4, refused = $5, "
                   "n_definitions = (SELECT COUNT(*) FROM definition WHERE feed_id = $1) + (SELECT COUNT(*) FROM cve_fact WHERE feed_id = $1) + "
                   "(SELECT COUNT(*) FROM release_fact WHERE feed_id = $1) WHERE id = $1",
                   "iitit", feed_id, o->now, pk_str_of(o->mark), o->n_refused, pk_str_of(o->refused));
}

pk_rc pk_store_feed_held(pk_store *store, int64_t feed_id, int64_t now, const char *why, pk_err *err) {
  return pk_db_run(store->db, NULL, err, "UPDATE feed SET tried_at = $2, is_held = 1, error = $3 WHERE id = $1", "iit", feed_id, now, pk_str_of(why));
}

/* ---- exchange of content ---- */

typedef struct exchange {
  pk_store *store;
  int64_t feed_id;
  pk_map new_offers; /* key of the offer → index + 1; set to 0 when the old content has it too */
  pk_feed_change *change;
} exchange;

/* Offers are equal when all of this is; the parts hold no NUL. */
static pk_str offer_key(pk_buf *key, const pk_offer *o) {
  const pk_str parts[] = {o->name, o->arch, o->evr, o->advisory, o->source, o->source_evr};
  key->n = 0;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    pk_buf_str(key, parts[i]);
    pk_buf_putc(key, '\0');
  }
  return pk_buf_view(key);
}

static void note_name(pk_feed_change *change, pk_str name) { *pk_map_put(&change->names, name, NULL) = 1; }

/* Old offers that are not among the new ones are collected for removal; the others need no writing. */
static pk_rc compare_old(exchange *x, pk_map *gone, pk_err *err) {
  pk_db_statement *s;
  pk_buf key;
  pk_buf_init(&key, 8 * (PK_FIELD_MAX + 1) * 4);
  pk_rc rc = pk_db_query(x->store->db, &s, err, "SELECT name, arch, evr, advisory, source, source_evr FROM offer WHERE feed_id = $1", "i",
                         x->feed_id);
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    pk_offer o = {.name = pk_db_text(s, 0), .arch = pk_db_text(s, 1), .evr = pk_db_text(s, 2),
                  .advisory = pk_db_text(s, 3), .source = pk_db_text(s, 4), .source_evr = pk_db_text(s, 5)};
    pk_str k = offer_key(&key, &o);
    uint64_t *known = pk_map_get(&x->new_offers, k);
    x->change->n_before++;
    if (known)
      *known = 0;
    else
      *pk_map_put(gone, k, NULL) = 1;
  }
  pk_buf_free(&key);
  return rc == PK_END ? PK_OK : rc;
}

static pk_rc remove_gone(exchange *x, const pk_map *gone, pk_err *err) {
  pk_rc rc = PK_OK;
  size_t pos = 0;
  for (pk_map_slot *slot; rc == PK_OK && (slot = pk_map_next(gone, &pos)) != NULL;) {
    pk_str rest = slot->key, part[4] = {{0}};
    for (size_t i = 0; i < 4; i++) pk_str_split(&rest, '\0', &part[i]);
    note_name(x->change, part[0]);
    x->change->n_removed++;
    rc = pk_db_run(x->store->db, NULL, err,
                   "DELETE FROM offer WHERE name = $1 AND feed_id = $2 AND arch = $3 AND evr = $4 AND advisory = $5", "titt" "t", part[0],
                   x->feed_id, part[1], part[2], part[3]);
  }
  return rc;
}

static pk_rc add_new(exchange *x, const pk_repository_content *content, pk_err *err) {
  pk_rc rc = PK_OK;
  size_t pos = 0;
  for (pk_map_slot *slot; rc == PK_OK && (slot = pk_map_next(&x->new_offers, &pos)) != NULL;) {
    if (!slot->value) continue;
    const pk_offer *o = &content->offers[slot->value - 1];
    note_name(x->change, o->name);
    x->change->n_added++;
    rc = pk_db_run(x->store->db, NULL, err,
                   "INSERT INTO offer (name, feed_id, arch, evr, advisory, source, source_evr) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                   "ON CONFLICT DO NOTHING",
                   "titt" "ttt", o->name, x->feed_id, o->arch, o->evr, o->advisory, o->source, o->source_evr);
  }
  return rc;
}

static pk_rc replace_advisories(exchange *x, const pk_repository_content *content, pk_err *err) {
  pk_rc rc = pk_db_run(x->store->db, NULL, err, "DELETE FROM advisory WHERE feed_id = $1", "i", x->feed_id);
  for (size_t i = 0; rc == PK_OK && i < content->n_advisories; i++) {
    const pk_advisory *a = &content->advisories[i];
    rc = pk_db_run(x->store->db, NULL, err,
                   "INSERT INTO advisory (feed_id, id, type, severity, title, issued_at) VALUES ($1, $2, $3, $4, $5, $6) "
                   "ON CONFLICT DO NOTHING",
                   "itttt" "i", x->feed_id, a->id, a->type, a->severity, a->title, a->issued_at);
  }
  return rc;
}

static pk_rc write_feed_state(exchange *x, const pk_repository_content *content, const char *mark, int64_t now, pk_err *err) {
  return pk_db_run(x->store->db, NULL, err,
                   "UPDATE feed SET tried_at = $2, good_at = $2, changed_at = $2, error = '', is_held = 0, mark = $3, automatic = $4, n_advisories = $5, "
                   "n_offers = (SELECT COUNT(*) FROM offer WHERE feed_id = $1 AND advisory = '') WHERE id = $1",
                   "iitii", x->feed_id, now, pk_str_of(mark), (int64_t)content->automatic, (int64_t)content->n_advisories);
}

pk_rc pk_store_feed_replace(pk_store *store, const pk_feed_row *row, const pk_repository_content *content, const char *mark,
                            int64_t now, pk_feed_change *ret, pk_err *err) {
  *ret = (pk_feed_change){0};
  pk_map_init(&ret->names, true);
  exchange x = {.store = store, .feed_id = row->feed.id, .change = ret};
  pk_map gone;
  pk_map_init(&x.new_offers, true);
  pk_map_init(&gone, true);
  pk_buf key;
  pk_buf_init(&key, 8 * (PK_FIELD_MAX + 1) * 4);
  for (size_t i = 0; i < content->n_offers; i++) *pk_map_put(&x.new_offers, offer_key(&key, &content->offers[i]), NULL) = i + 1;
  pk_buf_free(&key);
  pk_rc rc = compare_old(&x, &gone, err);
  if (rc == PK_OK) rc = remove_gone(&x, &gone, err);
  if (rc == PK_OK) rc = add_new(&x, content, err);
  if (rc == PK_OK) rc = replace_advisories(&x, content, err);
  if (rc == PK_OK) rc = write_feed_state(&x, content, mark, now, err);
  /* another way of using the same offers changes the verdict on every one of them */
  if (rc == PK_OK && row->automatic != content->automatic) rc = pk_store_feed_names(store, row->feed.id, &ret->names, err);
  pk_map_fini(&gone);
  pk_map_fini(&x.new_offers);
  return rc;
}

pk_rc pk_store_feed_names(pk_store *store, int64_t feed_id, pk_map *names, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT DISTINCT name FROM offer WHERE feed_id = $1", "i", feed_id);
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) *pk_map_put(names, pk_db_text(s, 0), NULL) = 1;
  return rc == PK_END ? PK_OK : rc;
}

pk_rc pk_store_candidates(pk_store *store, pk_str name, pk_str platform, pk_arena *arena, pk_candidate **ret, size_t *ret_n,
                          pk_err *err) {
  pk_db_statement *s;
  pk_candidate *list = NULL;
  size_t n = 0, cap = 0;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT o.evr, o.arch, o.advisory, f.class, f.automatic, f.id, f.platform FROM offer o JOIN feed f ON f.id = o.feed_id "
                         "WHERE o.name = $1",
                         "t", name);
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    if (!pk_platform_covers(pk_db_text(s, 6), platform)) continue;
    void *array = list;
    pk_candidate c = {.announced = pk_db_text(s, 2).n > 0, .class = (pk_repository_class)pk_db_int(s, 3),
                      .automatic = (pk_automatic)pk_db_int(s, 4), .feed_id = pk_db_int(s, 5)};
    bool fits = pk_arena_grow(arena, &array, n, &cap, sizeof *list) && pk_arena_copy(arena, pk_db_text(s, 0), &c.evr) &&
                pk_arena_copy(arena, pk_db_text(s, 1), &c.arch);
    if (!fits) {
      pk_db_done(s);
      return pk_err_set(err, PK_E_LIMIT, "package '%.*s' has too many versions in the repositories", PK_FMT(name));
    }
    list = array;
    list[n++] = c;
  }
  *ret = list;
  *ret_n = n;
  return rc == PK_END ? PK_OK : rc;
}

pk_rc pk_store_feed_name(pk_store *store, int64_t feed_id, pk_arena *arena, pk_str *ret, pk_err *err) {
  pk_db_statement *s;
  *ret = PK_STR("");
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT name FROM feed WHERE id = $1", "i", feed_id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_OK;
  if (rc != PK_OK) return rc;
  bool fits = pk_arena_copy(arena, pk_db_text(s, 0), ret);
  pk_db_done(s);
  return fits ? PK_OK : pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question");
}
