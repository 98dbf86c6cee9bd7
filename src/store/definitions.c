/* SPDX-License-Identifier: Apache-2.0
 *
 * definitions: what vendors say of vulnerabilities and what others know of CVEs and releases; their exchange for newer
 * ones; and the verdicts on packages that follow.
 *
 * The exchange loads what is stored as name → digest, compares what is put, and writes only what differs. What was neither
 * put again nor lies in a document that stayed as it was is removed at its end. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>

/* Longest name with what is put behind it. */
#define NAME_BYTES_MAX (PK_DEFINITION_ID_MAX + 16)
/* Memory for one decoded definition. */
#define DEFINITION_BYTES_MAX ((size_t)256 << 20)

typedef struct old_definition {
  int64_t id;
  pk_digest digest;
  uint64_t document; /* place among the documents */
  bool kept;
} old_definition;

enum { TOUCHED = 1, KEPT = 2, PLACE = 4 };

struct pk_exchange {
  pk_store *store;
  int64_t feed_id;
  bool whole;
  old_definition *old;
  size_t n_old, old_cap;
  pk_map names;     /* definition → place in old + 1; 0: put in this exchange */
  pk_map numbers;   /* definition that was put several times → the last number behind its name */
  pk_map documents; /* document → its place * 4, plus TOUCHED and KEPT */
  pk_map facts;     /* text of a fact → 1 until it is put again */
  pk_map platforms; /* of which definitions speak that were put */
  pk_definition_change change;
  pk_arena arena; /* of one definition */
  pk_buf key;
};

void pk_definition_change_fini(pk_definition_change *change) {
  pk_map_fini(&change->names);
  pk_map_fini(&change->ids);
}

pk_str pk_definition_name_key(pk_str name, bool is_source, pk_buf *key) {
  key->n = 0;
  pk_buf_putc(key, is_source ? 's' : 'b');
  pk_buf_str(key, name);
  return pk_buf_view(key);
}

/* ---- loading what is there ---- */

static uint64_t document_place(pk_exchange *x, pk_str document) {
  bool is_new;
  uint64_t *place = pk_map_put(&x->documents, document.p ? document : PK_STR(""), &is_new);
  if (is_new) *place = PLACE * (uint64_t)x->documents.n;
  return *place / PLACE;
}

static void mark_document(pk_exchange *x, pk_str document, uint64_t mark) {
  document_place(x, document);
  *pk_map_get(&x->documents, document.p ? document : PK_STR("")) |= mark;
}

static pk_rc load_definition(void *arg, pk_db_statement *s, pk_err *err) {
  (void)err;
  pk_exchange *x = arg;
  PK_GROW(x->old, x->n_old, x->old_cap);
  old_definition *o = &x->old[x->n_old++];
  *o = (old_definition){.id = pk_db_int(s, 0), .document = document_place(x, pk_db_text(s, 3))};
  pk_str digest = pk_db_bytes(s, 2);
  if (digest.n == sizeof o->digest.bytes) memcpy(o->digest.bytes, digest.p, digest.n);
  *pk_map_put(&x->names, pk_db_text(s, 1), NULL) = x->n_old;
  return PK_OK;
}

/* A fact as one text: what is equal needs no writing. */
static pk_str cve_fact_key(pk_exchange *x, int64_t cve, const pk_cve_fact *f) {
  x->key.n = 0;
  pk_buf_printf(&x->key, "c%lld %lld %d %d %d %d %d ", (long long)cve, (long long)f->exploited_at, f->ransomware, (int)f->epss, (int)f->epss_rank,
                (int)f->cvss, f->rejected);
  const pk_str texts[] = {f->cvss_vector, f->title, f->ssvc};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pk_buf_str(&x->key, texts[i]);
    pk_buf_putc(&x->key, '\n');
  }
  return pk_buf_view(&x->key);
}

static pk_str release_fact_key(pk_exchange *x, const pk_release_fact *f) {
  x->key.n = 0;
  pk_buf_printf(&x->key, "r%.*s %lld %lld %lld", PK_FMT(f->platform), (long long)f->released_at, (long long)f->eol_at, (long long)f->extended_eol_at);
  return pk_buf_view(&x->key);
}

#define CVE_FACT_COLUMNS "cve, exploited_at, ransomware, epss, epss_rank, cvss, cvss_vector, title, ssvc, rejected"

static pk_cve_fact read_cve_fact(pk_db_statement *s) {
  return (pk_cve_fact){.exploited_at = pk_db_int(s, 1), .ransomware = pk_db_int(s, 2) != 0, .epss = (int32_t)pk_db_int(s, 3),
                       .epss_rank = (int32_t)pk_db_int(s, 4), .cvss = (int32_t)pk_db_int(s, 5), .cvss_vector = pk_db_text(s, 6),
                       .title = pk_db_text(s, 7), .ssvc = pk_db_text(s, 8), .rejected = pk_db_int(s, 9) != 0};
}

static pk_rc load_cve_fact(void *arg, pk_db_statement *s, pk_err *err) {
  (void)err;
  pk_exchange *x = arg;
  pk_cve_fact f = read_cve_fact(s);
  *pk_map_put(&x->facts, cve_fact_key(x, pk_db_int(s, 0), &f), NULL) = 1;
  return PK_OK;
}

static pk_rc load_release_fact(void *arg, pk_db_statement *s, pk_err *err) {
  (void)err;
  pk_exchange *x = arg;
  pk_release_fact f = {.platform = pk_db_text(s, 0), .released_at = pk_db_int(s, 1), .eol_at = pk_db_int(s, 2), .extended_eol_at = pk_db_int(s, 3)};
  *pk_map_put(&x->facts, release_fact_key(x, &f), NULL) = 1;
  return PK_OK;
}

static pk_rc load_all(pk_exchange *x, pk_err *err) {
  static const struct {
    const char *sql;
    pk_store_row *row;
  } loads[] = {{"SELECT id, name, digest, document FROM definition WHERE feed_id = $1", load_definition},
               {"SELECT " CVE_FACT_COLUMNS " FROM cve_fact WHERE feed_id = $1", load_cve_fact},
               {"SELECT platform, released_at, eol_at, extended_eol_at FROM release_fact WHERE feed_id = $1", load_release_fact}};
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof loads / sizeof loads[0]; i++) {
    pk_db_statement *s = NULL;
    rc = pk_db_query(x->store->db, &s, err, loads[i].sql, "i", x->feed_id);
    rc = pk_store_each(rc, s, loads[i].row, x, err);
  }
  x->change.n_before = x->n_old + x->facts.n;
  return rc;
}

pk_rc pk_store_exchange_begin(pk_store *store, int64_t feed_id, bool whole, pk_exchange **ret, pk_err *err) {
  pk_exchange *x = pk_calloc(1, sizeof *x);
  x->store = store;
  x->feed_id = feed_id;
  x->whole = whole;
  pk_map *const maps[] = {&x->names, &x->numbers, &x->documents, &x->facts, &x->platforms, &x->change.names, &x->change.ids};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_init(maps[i], true);
  pk_arena_init(&x->arena, DEFINITION_BYTES_MAX);
  pk_buf_init(&x->key, (size_t)1 << 20);
  pk_rc rc = load_all(x, err);
  if (rc != PK_OK)
    pk_store_exchange_free(&x);
  else
    *ret = x;
  return rc;
}

void pk_store_exchange_free(pk_exchange **exchange) {
  pk_exchange *x = *exchange;
  if (!x) return;
  pk_map *const maps[] = {&x->names, &x->numbers, &x->documents, &x->facts, &x->platforms, &x->change.names, &x->change.ids};
  for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) pk_map_fini(maps[i]);
  free(x->old);
  pk_arena_fini(&x->arena);
  pk_buf_free(&x->key);
  free(x);
  *exchange = NULL;
}

/* ---- definitions ---- */

static void note_name(pk_exchange *x, pk_str name, bool is_source) {
  *pk_map_put(&x->change.names, pk_definition_name_key(name, is_source, &x->key), NULL) = 1;
}

typedef struct name_writer {
  pk_exchange *x;
  int64_t id;
  pk_rc rc;
  pk_err *err;
  const char *sql; /* what is done with a row of definition_package */
} name_writer;

static const char PUT_NAME[] = "INSERT INTO definition_package (name, is_source, definition_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
static const char DROP_NAME[] = "DELETE FROM definition_package WHERE name = $1 AND is_source = $2 AND definition_id = $3";

static void write_name(name_writer *w, pk_str name, bool is_source) {
  note_name(w->x, name, is_source);
  if (w->rc == PK_OK) w->rc = pk_db_run(w->x->store->db, NULL, w->err, w->sql, "tii", name, (int64_t)is_source, w->id);
}

static void write_criteria_name(void *arg, pk_str name) { write_name(arg, name, false); }

/* The shape of the definition, and its names on the way. */
static int64_t walk_names(name_writer *w, const pk_definition *d) {
  for (size_t i = 0; i < d->n_rules; i++)
    for (size_t k = 0; k < d->rules[i].n_names; k++) write_name(w, d->rules[i].names[k], d->rules[i].is_source);
  if (!d->criteria) return 0;
  w->x->change.criteria = true;
  if (pk_criteria_names(d->criteria, write_criteria_name, w)) return 1;
  w->x->change.everybody = true;
  return 2;
}

static pk_rc decode(pk_exchange *x, pk_str body, pk_definition *ret, pk_err *err) {
  pk_arena_fini(&x->arena);
  pk_arena_init(&x->arena, DEFINITION_BYTES_MAX);
  *ret = (pk_definition){.id = PK_STR("")};
  return pk_definition_decode(body, &x->arena, ret, err);
}

static int cmp_numbers(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The CVEs' numbers ascending, as LEB128 of their differences, and as rows. */
static pk_rc write_cves(pk_exchange *x, int64_t id, const pk_definition *d, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < d->n_cves; i++)
    rc = pk_db_run(x->store->db, NULL, err, "INSERT INTO definition_cve (cve, definition_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", "ii",
                   pk_cve_number(d->cves[i]), id);
  return rc;
}

static void encode_cves(const pk_definition *d, pk_buf *out) {
  int64_t *numbers = pk_realloc_array(NULL, d->n_cves, sizeof *numbers), last = 0;
  for (size_t i = 0; i < d->n_cves; i++) numbers[i] = pk_cve_number(d->cves[i]);
  if (d->n_cves) qsort(numbers, d->n_cves, sizeof *numbers, cmp_numbers);
  for (size_t i = 0; i < d->n_cves; i++) {
    if (numbers[i] == last) continue;
    pk_buf_varint(out, (uint64_t)(numbers[i] - last));
    last = numbers[i];
  }
  free(numbers);
}

/* `id` 0: a new row. Else the row keeps its id, to which verdicts refer. */
static pk_rc write_row(pk_exchange *x, pk_str document, pk_str name, const pk_definition *d, pk_str body, const pk_digest *digest, int64_t *id,
                       pk_err *err) {
  pk_buf cves;
  pk_buf_init(&cves, SIZE_MAX / 2);
  encode_cves(d, &cves);
  pk_str sum = {(const char *)digest->bytes, sizeof digest->bytes}, list = pk_buf_view(&cves);
  pk_rc rc = *id ? pk_db_run(x->store->db, NULL, err,
                             "UPDATE definition SET document = $2, digest = $3, class = $4, advisory = $5, severity = $6, title = $7, issued_at = $8, "
                             "cves = $9, body = $10 WHERE id = $1",
                             "itbtttt" "ibb", *id, document, sum, d->class, d->advisory, d->severity, d->title, d->issued_at, list, body)
                 : pk_db_number(x->store->db, id, err,
                                "INSERT INTO definition (feed_id, name, document, digest, shape, class, advisory, severity, title, issued_at, cves, body) "
                                "VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                                "ittb" "ttttibb", x->feed_id, name, document, sum, d->class, d->advisory, d->severity, d->title, d->issued_at, list, body);
  pk_buf_free(&cves);
  return rc;
}

static pk_rc note_platform(pk_exchange *x, pk_str platform, pk_err *err) {
  bool is_new;
  *pk_map_put(&x->platforms, platform, &is_new) = 1;
  return is_new ? pk_db_run(x->store->db, NULL, err, "INSERT INTO feed_platform (feed_id, platform) VALUES ($1, $2) ON CONFLICT DO NOTHING", "it", x->feed_id, platform)
                : PK_OK;
}

/* Criteria are about whatever the feed is for. */
static pk_rc note_platforms(pk_exchange *x, const pk_definition *d, pk_err *err) {
  pk_rc rc = d->criteria ? note_platform(x, PK_STR(""), err) : PK_OK;
  for (size_t i = 0; rc == PK_OK && i < d->n_rules; i++)
    if (!i || !pk_str_eq(d->rules[i].platform, d->rules[i - 1].platform)) rc = note_platform(x, d->rules[i].platform.n ? d->rules[i].platform : PK_STR(""), err);
  return rc;
}

static pk_rc write_definition(pk_exchange *x, pk_str document, pk_str name, pk_str body, const pk_digest *digest, int64_t id, pk_err *err) {
  pk_definition d;
  pk_rc rc = decode(x, body, &d, err);
  if (rc == PK_OK) rc = write_row(x, document, name, &d, body, digest, &id, err);
  if (rc == PK_OK) rc = write_cves(x, id, &d, err);
  if (rc == PK_OK) rc = note_platforms(x, &d, err);
  name_writer w = {.x = x, .id = id, .rc = rc, .err = err, .sql = PUT_NAME};
  int64_t shape = rc == PK_OK ? walk_names(&w, &d) : 0;
  rc = w.rc;
  return rc == PK_OK ? pk_db_run(x->store->db, NULL, err, "UPDATE definition SET shape = $2 WHERE id = $1 AND shape <> $2", "ii", id, shape) : rc;
}

/* The names that the old body spoke of are changed too. */
static pk_rc clear_definition(pk_exchange *x, int64_t id, pk_err *err) {
  pk_db_statement *s;
  pk_definition d = {.id = PK_STR("")};
  pk_rc rc = pk_db_query(x->store->db, &s, err, "SELECT body FROM definition WHERE id = $1", "i", id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc != PK_OK) return rc == PK_END ? PK_OK : rc;
  rc = decode(x, pk_db_bytes(s, 0), &d, err);
  name_writer w = {.x = x, .id = id, .rc = rc, .err = err, .sql = DROP_NAME};
  if (rc == PK_OK) (void)walk_names(&w, &d);
  rc = w.rc;
  for (size_t i = 0; rc == PK_OK && i < d.n_cves; i++)
    rc = pk_db_run(x->store->db, NULL, err, "DELETE FROM definition_cve WHERE cve = $1 AND definition_id = $2", "ii", pk_cve_number(d.cves[i]), id);
  pk_db_done(s);
  return rc;
}

static pk_rc remove_definition(pk_exchange *x, int64_t id, pk_err *err) {
  pk_rc rc = clear_definition(x, id, err);
  return rc == PK_OK ? pk_db_run(x->store->db, NULL, err, "DELETE FROM definition WHERE id = $1", "i", id) : rc;
}

/* Where only changes are put, what other documents hold stays theirs. */
static bool is_free(const pk_exchange *x, pk_str name, uint64_t document) {
  const uint64_t *place = pk_map_get(&x->names, name);
  if (!place) return true;
  return *place && !x->old[*place - 1].kept && (x->whole || x->old[*place - 1].document == document);
}

/* A name that was put already gets a number. */
static pk_str free_name(pk_exchange *x, pk_str document, pk_str name, char *buffer, size_t size) {
  uint64_t where = document_place(x, document);
  if (is_free(x, name, where)) return name;
  uint64_t *number = pk_map_put(&x->numbers, name, NULL);
  for (;;) {
    *number += *number ? 1 : 2;
    int written = snprintf(buffer, size, "%.*s#%llu", PK_FMT(name), (unsigned long long)*number);
    pk_str wanted = {buffer, (size_t)written};
    if (is_free(x, wanted, where)) return wanted;
  }
}

pk_rc pk_store_exchange_definition(pk_exchange *x, pk_str document, pk_str name, pk_str body, pk_err *err) {
  char buffer[NAME_BYTES_MAX + 1];
  if (name.n > PK_DEFINITION_ID_MAX) return pk_err_set(err, PK_E_LIMIT, "a definition's id is longer than %zu bytes", PK_DEFINITION_ID_MAX);
  name = free_name(x, document, name, buffer, sizeof buffer);
  pk_digest digest = pk_digest_of(body);
  bool is_new;
  uint64_t *place = pk_map_put(&x->names, name, &is_new);
  mark_document(x, document, TOUCHED);
  if (is_new) {
    *place = 0;
    x->change.n_added++;
    return write_definition(x, document, name, body, &digest, 0, err);
  }
  old_definition *o = &x->old[*place - 1];
  o->kept = true;
  if (memcmp(&o->digest, &digest, sizeof digest) == 0) return PK_OK;
  x->change.n_changed++;
  *pk_map_put(&x->change.ids, (pk_str){(const char *)&o->id, sizeof o->id}, NULL) = 1;
  pk_rc rc = clear_definition(x, o->id, err);
  return rc == PK_OK ? write_definition(x, document, name, body, &digest, o->id, err) : rc;
}

void pk_store_exchange_drop(pk_exchange *x, pk_str document) { mark_document(x, document, TOUCHED); }

void pk_store_exchange_keep(pk_exchange *x, pk_str document) { mark_document(x, document, KEPT); }

/* ---- facts ---- */

pk_rc pk_store_exchange_cve(pk_exchange *x, const pk_cve_fact *f, pk_err *err) {
  int64_t cve = pk_cve_number(f->cve);
  if (!cve) return PK_OK;
  bool is_new;
  uint64_t *known = pk_map_put(&x->facts, cve_fact_key(x, cve, f), &is_new);
  if (!is_new) {
    *known = 2;
    return PK_OK;
  }
  *known = 2;
  x->change.n_added++;
  return pk_db_run(x->store->db, NULL, err,
                   "INSERT INTO cve_fact (cve, feed_id, exploited_at, ransomware, epss, epss_rank, cvss, cvss_vector, title, ssvc, rejected) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (cve, feed_id) DO UPDATE SET exploited_at = excluded.exploited_at, "
                   "ransomware = excluded.ransomware, epss = excluded.epss, epss_rank = excluded.epss_rank, cvss = excluded.cvss, "
                   "cvss_vector = excluded.cvss_vector, title = excluded.title, ssvc = excluded.ssvc, rejected = excluded.rejected",
                   "iiiiiiittti", cve, x->feed_id, f->exploited_at, (int64_t)f->ransomware, (int64_t)f->epss, (int64_t)f->epss_rank, (int64_t)f->cvss,
                   f->cvss_vector, f->title, f->ssvc, (int64_t)f->rejected);
}

pk_rc pk_store_exchange_release(pk_exchange *x, const pk_release_fact *f, pk_err *err) {
  bool is_new;
  uint64_t *known = pk_map_put(&x->facts, release_fact_key(x, f), &is_new);
  *known = 2;
  if (!is_new) return PK_OK;
  x->change.n_added++;
  return pk_db_run(x->store->db, NULL, err,
                   "INSERT INTO release_fact (platform, feed_id, released_at, eol_at, extended_eol_at) VALUES ($1, $2, $3, $4, $5) "
                   "ON CONFLICT (platform, feed_id) DO UPDATE SET released_at = excluded.released_at, eol_at = excluded.eol_at, "
                   "extended_eol_at = excluded.extended_eol_at",
                   "tiiii", f->platform, x->feed_id, f->released_at, f->eol_at, f->extended_eol_at);
}

/* Facts that were not put again: their CVE or platform is the text up to the first blank; a newer fact of the same one
 * has taken its row already and must stay. */
static pk_rc remove_facts(pk_exchange *x, pk_err *err) {
  pk_map now;
  pk_map_init(&now, false);
  size_t pos = 0;
  pk_rc rc = PK_OK;
  for (pk_map_slot *slot; (slot = pk_map_next(&x->facts, &pos)) != NULL;)
    if (slot->value == 2) *pk_map_put(&now, pk_str_sub(slot->key, 0, pk_str_find(slot->key, ' ')), NULL) = 1;
  pos = 0;
  for (pk_map_slot *slot; rc == PK_OK && (slot = pk_map_next(&x->facts, &pos)) != NULL;) {
    pk_str subject = pk_str_sub(slot->key, 0, pk_str_find(slot->key, ' '));
    uint64_t cve = 0;
    if (slot->value == 2) continue;
    if (pk_map_get(&now, subject)) { /* not gone, but changed */
      x->change.n_changed++;
      x->change.n_added--;
      continue;
    }
    x->change.n_removed++;
    pk_str rest = pk_str_sub(subject, 1, subject.n);
    if (subject.p[0] == 'c' && pk_str_u64(rest, &cve))
      rc = pk_db_run(x->store->db, NULL, err, "DELETE FROM cve_fact WHERE cve = $1 AND feed_id = $2", "ii", (int64_t)cve, x->feed_id);
    else
      rc = pk_db_run(x->store->db, NULL, err, "DELETE FROM release_fact WHERE platform = $1 AND feed_id = $2", "ti", rest, x->feed_id);
  }
  pk_map_fini(&now);
  return rc;
}

/* ---- the end of an exchange ---- */

/* What was not put again goes, if its document was read (all are, of a whole feed) and understood. */
static bool goes(const pk_exchange *x, const unsigned char *marks, const old_definition *o) {
  unsigned char mark = marks[o->document];
  return !o->kept && !(mark & KEPT) && (x->whole || (mark & TOUCHED));
}

pk_rc pk_store_exchange_end(pk_exchange *x, pk_definition_change *ret, pk_err *err) {
  pk_rc rc = x->whole ? remove_facts(x, err) : PK_OK;
  unsigned char *marks = pk_calloc(x->documents.n + 1, 1);
  size_t pos = 0;
  for (pk_map_slot *slot; (slot = pk_map_next(&x->documents, &pos)) != NULL;) marks[slot->value / PLACE] = (unsigned char)(slot->value % PLACE);
  for (size_t i = 0; rc == PK_OK && i < x->n_old; i++) {
    if (!goes(x, marks, &x->old[i])) continue;
    x->change.n_removed++;
    rc = remove_definition(x, x->old[i].id, err);
  }
  free(marks);
  x->change.n_after = x->change.n_before + x->change.n_added - x->change.n_removed;
  if (rc == PK_OK) rc = pk_store_generation_next(x->store, err);
  *ret = x->change;
  pk_map_init(&x->change.names, true); /* they are the caller's now */
  pk_map_init(&x->change.ids, true);
  return rc;
}

/* ---- questions ---- */

#define DEFINITION_COLUMNS "d.id, d.feed_id, d.shape, d.name, d.body"

typedef struct definition_visit {
  pk_arena *arena;
  pk_store_definition_visit *visit;
  void *arg;
} definition_visit;

static pk_rc read_definition(pk_db_statement *s, pk_arena *arena, pk_definition_row *ret, pk_err *err) {
  *ret = (pk_definition_row){.id = pk_db_int(s, 0), .feed_id = pk_db_int(s, 1), .shape = pk_db_int(s, 2)};
  if (!pk_arena_copy(arena, pk_db_text(s, 3), &ret->d.id) || !pk_arena_copy(arena, pk_db_bytes(s, 4), &ret->body))
    return pk_err_set(err, PK_E_LIMIT, "a definition takes too much memory");
  return pk_definition_decode(ret->body, arena, &ret->d, err);
}

static pk_rc visit_definition(void *arg, pk_db_statement *s, pk_err *err) {
  definition_visit *v = arg;
  pk_definition_row row;
  pk_rc rc = read_definition(s, v->arena, &row, err);
  if (rc == PK_OK) rc = v->visit(v->arg, &row, err);
  size_t most = v->arena->max_bytes;
  pk_arena_fini(v->arena);
  pk_arena_init(v->arena, most);
  return rc;
}

pk_rc pk_store_definitions_named(pk_store *store, pk_str name, bool is_source, pk_arena *arena, pk_store_definition_visit *visit, void *arg,
                                 pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT " DEFINITION_COLUMNS " FROM definition_package n JOIN definition d ON d.id = n.definition_id "
                         "WHERE n.name = $1 AND n.is_source = $2 AND d.shape = 0 ORDER BY d.id",
                         "ti", name, (int64_t)is_source);
  return pk_store_each(rc, s, visit_definition, &(definition_visit){arena, visit, arg}, err);
}

pk_rc pk_store_definitions_of_cve(pk_store *store, int64_t cve, pk_arena *arena, pk_store_definition_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT " DEFINITION_COLUMNS " FROM definition_cve c JOIN definition d ON d.id = c.definition_id WHERE c.cve = $1 ORDER BY d.id", "i",
                         cve);
  return pk_store_each(rc, s, visit_definition, &(definition_visit){arena, visit, arg}, err);
}

typedef struct id_visit {
  pk_store_id_visit *visit;
  void *arg;
} id_visit;

static pk_rc visit_id(void *arg, pk_db_statement *s, pk_err *err) {
  const id_visit *v = arg;
  return v->visit(v->arg, pk_db_int(s, 0), err);
}

pk_rc pk_store_definition_ids_of_cve(pk_store *store, int64_t cve, pk_store_id_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT definition_id FROM definition_cve WHERE cve = $1", "i", cve);
  return pk_store_each(rc, s, visit_id, &(id_visit){visit, arg}, err);
}

pk_rc pk_store_definitions_with_criteria(pk_store *store, pk_arena *arena, pk_store_definition_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT " DEFINITION_COLUMNS " FROM definition d WHERE d.shape > 0 ORDER BY d.id", "");
  return pk_store_each(rc, s, visit_definition, &(definition_visit){arena, visit, arg}, err);
}

pk_rc pk_store_definition_get(pk_store *store, int64_t id, pk_arena *arena, pk_definition_row *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT " DEFINITION_COLUMNS " FROM definition d WHERE d.id = $1", "i", id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  if (rc == PK_END) return PK_NOTFOUND;
  if (rc != PK_OK) return rc;
  rc = read_definition(s, arena, ret, err);
  pk_db_done(s);
  return rc;
}

typedef struct severity_visit {
  pk_store_severity_visit *visit;
  void *arg;
} severity_visit;

static pk_rc visit_severity(void *arg, pk_db_statement *s, pk_err *err) {
  const severity_visit *v = arg;
  pk_str cves = pk_db_bytes(s, 1);
  uint64_t number;
  (void)pk_varint_read(&cves, &number);
  return v->visit(v->arg, pk_db_text(s, 0), cves.n > 0, err);
}

pk_rc pk_store_severities_of_cve(pk_store *store, int64_t cve, pk_store_severity_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT d.severity, d.cves FROM definition_cve c JOIN definition d ON d.id = c.definition_id WHERE c.cve = $1", "i", cve);
  return pk_store_each(rc, s, visit_severity, &(severity_visit){visit, arg}, err);
}

pk_rc pk_store_definition_cves(pk_store *store, int64_t id, pk_str *ret, pk_err *err) {
  pk_db_statement *s;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT cves FROM definition WHERE id = $1", "i", id);
  if (rc == PK_OK) rc = pk_db_step(s, err);
  store->cves.n = 0;
  if (rc == PK_OK) {
    pk_buf_str(&store->cves, pk_db_bytes(s, 0));
    pk_db_done(s);
  }
  *ret = pk_buf_view(&store->cves);
  return rc == PK_END ? PK_OK : rc;
}

typedef struct best_fact {
  pk_arena *arena;
  pk_cve_fact *best;
  size_t n;
} best_fact;

static pk_rc take_better(void *arg, pk_db_statement *s, pk_err *err) {
  best_fact *b = arg;
  pk_cve_fact f = read_cve_fact(s), *best = b->best;
  const struct {
    pk_str from, *to;
  } texts[] = {{f.cvss_vector, &best->cvss_vector}, {f.title, &best->title}, {f.ssvc, &best->ssvc}};
  b->n++;
  if (f.exploited_at && (!best->exploited_at || f.exploited_at < best->exploited_at)) best->exploited_at = f.exploited_at;
  best->ransomware |= f.ransomware;
  best->rejected |= f.rejected;
  if (f.epss > best->epss) {
    best->epss = f.epss;
    best->epss_rank = f.epss_rank;
  }
  if (f.cvss > best->cvss) best->cvss = f.cvss;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!texts[i].to->n && !pk_arena_copy(b->arena, texts[i].from, texts[i].to)) return pk_err_set(err, PK_E_LIMIT, "too much is known of the CVE");
  return PK_OK;
}

pk_rc pk_store_cve_fact(pk_store *store, int64_t cve, pk_arena *arena, pk_cve_fact *ret, pk_err *err) {
  pk_db_statement *s = NULL;
  best_fact b = {.arena = arena, .best = ret};
  *ret = (pk_cve_fact){.epss = -1, .epss_rank = -1, .cvss = -1, .cvss_vector = PK_STR(""), .title = PK_STR(""), .ssvc = PK_STR("")};
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT " CVE_FACT_COLUMNS " FROM cve_fact WHERE cve = $1 ORDER BY feed_id", "i", cve);
  rc = pk_store_each(rc, s, take_better, &b, err);
  return rc == PK_OK && !b.n ? PK_NOTFOUND : rc;
}

static bool fill_release(void *to, pk_db_statement *s, pk_arena *arena) {
  pk_release_fact *f = to;
  *f = (pk_release_fact){.released_at = pk_db_int(s, 1), .eol_at = pk_db_int(s, 2), .extended_eol_at = pk_db_int(s, 3)};
  return pk_arena_copy(arena, pk_db_text(s, 0), &f->platform);
}

pk_rc pk_store_release_facts(pk_store *store, pk_arena *arena, pk_release_fact **ret, size_t *ret_n, pk_err *err) {
  pk_db_statement *s = NULL;
  void *array;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT platform, released_at, eol_at, extended_eol_at FROM release_fact ORDER BY platform, feed_id", "");
  rc = pk_store_array(rc, s, arena, sizeof **ret, fill_release, "releases", &array, ret_n, err);
  *ret = array;
  return rc;
}

/* ---- source packages ---- */

pk_rc pk_store_source_of(pk_store *store, pk_str name, pk_str evr, pk_str platform, pk_arena *arena, pk_str *ret_source, pk_str *ret_evr,
                         pk_err *err) {
  pk_db_statement *s;
  bool found = false, exact = false, fits = true;
  pk_rc rc = pk_db_query(store->db, &s, err,
                         "SELECT o.evr, o.source, o.source_evr, f.platform FROM offer o JOIN feed f ON f.id = o.feed_id "
                         "WHERE o.name = $1 AND o.source <> '' AND o.advisory = ''",
                         "t", name);
  while (rc == PK_OK && (rc = pk_db_step(s, err)) == PK_OK) {
    if (exact || !pk_platform_covers(pk_db_text(s, 3), platform)) continue;
    exact = pk_str_eq(pk_db_text(s, 0), evr);
    if (found && !exact) continue;
    found = true;
    pk_str source_evr = !exact ? PK_STR("") : pk_db_text(s, 2).n ? pk_db_text(s, 2) : evr;
    fits = fits && pk_arena_copy(arena, pk_db_text(s, 1), ret_source) && pk_arena_copy(arena, source_evr, ret_evr);
  }
  if (rc != PK_END) return rc;
  if (!fits) return pk_err_set(err, PK_E_LIMIT, "too much to keep in memory for one question");
  return found ? PK_OK : PK_NOTFOUND;
}

typedef struct binaries {
  const pk_map *changed;
  pk_map *names;
  pk_buf key;
} binaries;

static pk_rc add_binary(void *arg, pk_db_statement *s, pk_err *err) {
  (void)err;
  binaries *b = arg;
  if (pk_map_get(b->changed, pk_definition_name_key(pk_db_text(s, 1), true, &b->key))) *pk_map_put(b->names, pk_db_text(s, 0), NULL) = 1;
  return PK_OK;
}

pk_rc pk_store_binaries_of(pk_store *store, const pk_map *changed, pk_map *names, pk_err *err) {
  static const char *const statements[] = {"SELECT DISTINCT name, source FROM package WHERE source <> ''",
                                           "SELECT DISTINCT o.name, o.source FROM offer o WHERE o.source <> '' AND o.name IN (SELECT name FROM package)"};
  binaries b = {.changed = changed, .names = names};
  pk_buf_init(&b.key, 4096);
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof statements / sizeof statements[0]; i++) {
    pk_db_statement *s = NULL;
    rc = pk_db_query(store->db, &s, err, statements[i], "");
    rc = pk_store_each(rc, s, add_binary, &b, err);
  }
  pk_buf_free(&b.key);
  return rc;
}

/* ---- verdicts ---- */

pk_rc pk_store_vulnerable_put(pk_store *store, int64_t platform_id, int64_t package_id, pk_str rules, pk_err *err) {
  if (!rules.n)
    return pk_db_run(store->db, NULL, err, "DELETE FROM package_vulnerability WHERE platform_id = $1 AND package_id = $2", "ii", platform_id, package_id);
  return pk_db_run(store->db, NULL, err,
                   "INSERT INTO package_vulnerability (platform_id, package_id, rules) VALUES ($1, $2, $3) "
                   "ON CONFLICT (platform_id, package_id) DO UPDATE SET rules = excluded.rules",
                   "iib", platform_id, package_id, rules);
}

typedef struct vulnerable_visit {
  pk_store_vulnerable_visit *visit;
  void *arg;
} vulnerable_visit;

static pk_rc visit_vulnerable(void *arg, pk_db_statement *s, pk_err *err) {
  vulnerable_visit *v = arg;
  return v->visit(v->arg, pk_db_int(s, 0), pk_db_bytes(s, 1), err);
}

pk_rc pk_store_vulnerable_of(pk_store *store, int64_t platform_id, pk_store_vulnerable_visit *visit, void *arg, pk_err *err) {
  pk_db_statement *s = NULL;
  pk_rc rc = pk_db_query(store->db, &s, err, "SELECT package_id, rules FROM package_vulnerability WHERE platform_id = $1", "i", platform_id);
  return pk_store_each(rc, s, visit_vulnerable, &(vulnerable_visit){visit, arg}, err);
}
