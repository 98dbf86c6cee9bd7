/* SPDX-License-Identifier: Apache-2.0
 *
 * decisions: tags of CVEs and exceptions, with what they do. */
#include "app/lists/lists.h"

static bool name_of(int64_t cve, pk_arena *arena, pk_rank *ret) {
  char text[32];
  *ret = (pk_rank){PK_STR(""), cve};
  if (!cve) return true;
  pk_cve_format(cve, text);
  return pk_arena_copy(arena, pk_str_of(text), &ret->text);
}

/* ---- tags ---- */

typedef struct tag_row {
  pk_rank cve;
  pk_str tag, reason, url, modified_by;
  int64_t enabled, modified, hosts;
} tag_row;

#define TAG_FIELD(name, kind) PK_FIELD(tag_row, name, kind)
static const pk_list_field TAG_FIELDS[] = {
    TAG_FIELD(cve, RANK),         TAG_FIELD(tag, TEXT),      TAG_FIELD(reason, TEXT), TAG_FIELD(url, TEXT), TAG_FIELD(enabled, BOOL),
    TAG_FIELD(modified_by, TEXT), TAG_FIELD(modified, TIME), TAG_FIELD(hosts, NUMBER),
};
const pk_list_kind pk_list_tags = {"cve-tags", TAG_FIELDS, sizeof TAG_FIELDS / sizeof TAG_FIELDS[0], "-modified", "cve,tag", NULL, NULL};

/* Hosts of each tag's CVE. One look at the CVEs: tags are by CVE, the fleet's CVEs are not. */
static void count_hosts(const pk_fleet *f, int64_t *ret) {
  for (size_t i = 0; f->n_tags && i < f->n_cves; i++) {
    size_t low = 0, high = f->n_tags;
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (f->tags[middle].cve < f->cves[i]->number) low = middle + 1;
      else high = middle;
    }
    for (; low < f->n_tags && f->tags[low].cve == f->cves[i]->number; low++) ret[low] = f->cve_states[i].n_hosts;
  }
}

pk_rc pk_rows_tags(const pk_fleet *f, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  size_t n = 0;
  tag_row *rows = pk_arena_alloc(arena, f->n_tags * sizeof *rows + 1);
  int64_t *hosts = pk_arena_alloc(arena, f->n_tags * sizeof *hosts + 1);
  if (!rows || !hosts) return pk_rows_full(err);
  count_hosts(f, hosts);
  for (size_t i = 0; i < f->n_tags; i++) {
    const pk_cve_tag *t = &f->tags[i];
    if (w->hosts.cve && w->hosts.cve != t->cve) continue;
    tag_row *r = &rows[n];
    *r = (tag_row){.tag = t->tag, .reason = t->reason, .url = t->url, .modified_by = t->modified_by, .enabled = t->enabled, .modified = t->modified_at,
                   .hosts = hosts[i]};
    if (!name_of(t->cve, arena, &r->cve)) return pk_rows_full(err);
    if (pk_text_holds(r->cve.text, w->q) || pk_text_holds(t->tag, w->q) || pk_text_holds(t->reason, w->q)) n++;
  }
  *ret = (pk_rows){&pk_list_tags, NULL, rows, sizeof *rows, n};
  return PK_OK;
}

/* ---- exceptions ---- */

typedef struct exception_row {
  int64_t id, created, expires, expired, hosts;
  pk_rank cve;
  pk_str package, version, arch, platform, group, value, reason, approver;
} exception_row;

#define EXCEPTION_FIELD(name, kind) PK_FIELD(exception_row, name, kind)
static const pk_list_field EXCEPTION_FIELDS[] = {
    EXCEPTION_FIELD(id, ID),         EXCEPTION_FIELD(cve, RANK),   EXCEPTION_FIELD(package, TEXT), EXCEPTION_FIELD(version, TEXT),
    EXCEPTION_FIELD(arch, TEXT),     EXCEPTION_FIELD(platform, TEXT), EXCEPTION_FIELD(group, TEXT), EXCEPTION_FIELD(value, TEXT),
    EXCEPTION_FIELD(reason, TEXT),   EXCEPTION_FIELD(approver, TEXT), EXCEPTION_FIELD(created, TIME), EXCEPTION_FIELD(expires, TIME),
    EXCEPTION_FIELD(expired, BOOL),  EXCEPTION_FIELD(hosts, NUMBER),
};
const pk_list_kind pk_list_exceptions = {"exceptions", EXCEPTION_FIELDS, sizeof EXCEPTION_FIELDS / sizeof EXCEPTION_FIELDS[0], "expired,-created", "id", NULL,
                                         NULL};

pk_rc pk_rows_exceptions(const pk_fleet *f, const pk_list_wanted *w, pk_arena *arena, pk_rows *ret, pk_err *err) {
  size_t n = 0;
  exception_row *rows = pk_arena_alloc(arena, f->n_exceptions * sizeof *rows + 1);
  if (!rows) return pk_rows_full(err);
  for (size_t i = 0; i < f->n_exceptions; i++) {
    const pk_exception *e = &f->exceptions[i];
    exception_row *r = &rows[n];
    *r = (exception_row){.id = e->id, .package = e->package, .version = e->version, .arch = e->arch, .platform = e->platform,
                         .group = pk_str_of(pk_group_kind_name(e->group_kind)), .value = e->group_value, .reason = e->reason, .approver = e->approver,
                         .created = e->created_at, .expires = e->expires_at, .expired = pk_exception_has_ended(e, f->made_at), .hosts = f->exception_hosts[i]};
    if (!name_of(e->cve, arena, &r->cve)) return pk_rows_full(err);
    if (w->hosts.cve && w->hosts.cve != e->cve) continue;
    if (!pk_text_holds(r->cve.text, w->q) && !pk_text_holds(e->package, w->q) && !pk_text_holds(e->reason, w->q)) continue;
    n++;
  }
  *ret = (pk_rows){&pk_list_exceptions, NULL, rows, sizeof *rows, n};
  return PK_OK;
}
