/* SPDX-License-Identifier: Apache-2.0
 *
 * hosts: lists of hosts and of groups of them. */
#include "app/lists/lists.h"

#include <stdlib.h>

/* ---- hosts ---- */

enum host_field {
  H_KEY, H_NAME, H_DOMAIN, H_TLD, H_SITE, H_TAG, H_OS, H_PLATFORM, H_ARCH, H_KERNEL, H_KERNEL_STATE, H_PACKAGES, H_UPDATES, H_SECURITY, H_CVES, H_TAGGED,
  H_CVE_TAGS, H_EXPLOITED, H_EXCEPTED, H_REBOOT, H_UPDATES_JUDGED, H_CVES_JUDGED, H_SUPPORT_ENDS, H_UNSUPPORTED, H_SILENT, H_CPU, H_CLIENT, H_REPORTER, H_PROTOCOL, H_FIRST, H_LAST
};

static const pk_list_field HOST_FIELDS[] = {
    {"key", PK_CELL_TEXT, H_KEY},           {"name", PK_CELL_TEXT, H_NAME},           {"domain", PK_CELL_TEXT, H_DOMAIN},
    {"tld", PK_CELL_TEXT, H_TLD},           {"site", PK_CELL_TEXT, H_SITE},           {"tag", PK_CELL_TEXT, H_TAG},
    {"os", PK_CELL_TEXT, H_OS},             {"platform", PK_CELL_TEXT, H_PLATFORM},   {"arch", PK_CELL_TEXT, H_ARCH},
    {"kernel", PK_CELL_TEXT, H_KERNEL},     {"kernel_state", PK_CELL_RANK, H_KERNEL_STATE}, {"packages", PK_CELL_NUMBER, H_PACKAGES}, {"updates", PK_CELL_NUMBER, H_UPDATES},
    {"security", PK_CELL_NUMBER, H_SECURITY}, {"cves", PK_CELL_NUMBER, H_CVES},       {"tagged", PK_CELL_NUMBER, H_TAGGED},
    {"cve_tags", PK_CELL_TEXTS, H_CVE_TAGS}, {"exploited", PK_CELL_NUMBER, H_EXPLOITED}, {"excepted", PK_CELL_NUMBER, H_EXCEPTED},
    {"reboot_pending", PK_CELL_BOOL, H_REBOOT}, {"updates_judged", PK_CELL_BOOL, H_UPDATES_JUDGED}, {"cves_judged", PK_CELL_BOOL, H_CVES_JUDGED},
    {"support_ends", PK_CELL_TIME, H_SUPPORT_ENDS}, {"unsupported", PK_CELL_BOOL, H_UNSUPPORTED}, {"silent", PK_CELL_BOOL, H_SILENT},   {"cpu", PK_CELL_TEXT, H_CPU},
    {"client", PK_CELL_TEXT, H_CLIENT},     {"reporter", PK_CELL_TEXT, H_REPORTER},   {"protocol", PK_CELL_NUMBER, H_PROTOCOL},
    {"first_report", PK_CELL_TIME, H_FIRST}, {"last_report", PK_CELL_TIME, H_LAST},
};

/* Tag names of every combination of tags, made with the list. */
typedef struct host_context {
  const pk_fleet *fleet;
  const pk_texts *tags; /* by stand */
} host_context;

static void get_host(const void *context, const void *row, size_t at, pk_cell *ret) {
  const host_context *c = context;
  const pk_fleet_host *h = *(const pk_fleet_host *const *)row;
  const pk_fleet_stand *s = &c->fleet->stands[h->stand];
  const pk_fleet_profile *p = s->profile;
  switch ((enum host_field)at) {
  case H_KEY: ret->text = h->texts[PK_HOST_KEY]; return;
  case H_NAME: ret->text = h->texts[PK_HOST_NAME]; return;
  case H_DOMAIN: ret->text = h->texts[PK_HOST_DOMAIN]; return;
  case H_TLD: ret->text = h->tld; return;
  case H_SITE: ret->text = h->texts[PK_HOST_SITE]; return;
  case H_TAG: ret->text = h->texts[PK_HOST_TAG]; return;
  case H_OS: ret->text = h->texts[PK_HOST_OS]; return;
  case H_PLATFORM: ret->text = p->platform->name; return;
  case H_ARCH: ret->text = p->platform->arch; return;
  case H_KERNEL: ret->text = p->kernel; return;
  case H_KERNEL_STATE:
    ret->text = pk_str_of(pk_kernel_state_name(p->kernel_state));
    ret->number = p->kernel_state;
    return;
  case H_PACKAGES: ret->number = p->n_packages; return;
  case H_UPDATES: ret->number = p->n_updates; return;
  case H_SECURITY: ret->number = p->n_security; return;
  case H_CVES: ret->number = (int64_t)s->n_cves; return;
  case H_TAGGED: ret->number = (int64_t)s->n_tagged; return;
  case H_CVE_TAGS: ret->texts = c->tags[h->stand]; return;
  case H_EXPLOITED: ret->number = (int64_t)s->n_exploited; return;
  case H_EXCEPTED: ret->number = (int64_t)s->n_excepted; return;
  case H_REBOOT: ret->number = p->reboot_pending; return;
  case H_UPDATES_JUDGED: ret->number = p->updates_judged; return;
  case H_CVES_JUDGED: ret->number = p->cves_judged; return;
  case H_SUPPORT_ENDS: ret->number = p->support_ends_at > 1 ? p->support_ends_at : 0; return;
  case H_UNSUPPORTED: ret->number = pk_fleet_unsupported(c->fleet, p); return;
  case H_SILENT: ret->number = h->silent; return;
  case H_CPU: ret->text = h->texts[PK_HOST_CPU]; return;
  case H_CLIENT: ret->text = h->texts[PK_HOST_CLIENT]; return;
  case H_REPORTER: ret->text = h->texts[PK_HOST_REPORTER]; return;
  case H_PROTOCOL: ret->number = h->protocol; return;
  case H_FIRST: ret->number = h->first_report_at; return;
  case H_LAST: ret->number = h->last_report_at; return;
  }
}

const pk_list_kind pk_list_hosts = {"hosts", HOST_FIELDS, sizeof HOST_FIELDS / sizeof HOST_FIELDS[0], "name", "key", get_host, NULL};

pk_rc pk_rows_hosts(const pk_chosen *c, pk_arena *arena, pk_rows *ret, pk_err *err) {
  host_context *context = pk_arena_alloc(arena, sizeof *context);
  pk_texts *tags = pk_arena_alloc(arena, (c->fleet->n_stands + 1) * sizeof *tags);
  if (!context || !tags) return pk_rows_full(err);
  for (size_t i = 0; i < c->fleet->n_stands; i++)
    if (c->fleet->stands[i].tags) tags[i] = pk_tags_of(c->fleet, c->fleet->stands[i].tags, arena);
  *context = (host_context){c->fleet, tags};
  *ret = (pk_rows){&pk_list_hosts, context, c->hosts, sizeof *c->hosts, c->n};
  return PK_OK;
}

/* ---- groups ---- */

typedef struct group_row {
  pk_str value;
  pk_group_numbers n;
  int64_t last_report;
} group_row;

static const pk_list_field GROUP_FIELDS[] = {
    {"value", PK_CELL_TEXT, offsetof(group_row, value)},
    {"hosts", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts)},
    {"hosts_updates", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts_updates)},
    {"hosts_security", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts_security)},
    {"hosts_cves", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts_cves)},
    {"hosts_tagged", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts_tagged)},
    {"hosts_exploited", PK_CELL_NUMBER, offsetof(group_row, n.n_hosts_exploited)},
    {"hosts_unjudged", PK_CELL_NUMBER, offsetof(group_row, n.n_hosts_unjudged)},
    {"hosts_updates_judged", PK_CELL_NUMBER, offsetof(group_row, n.n_hosts_updates_judged)},
    {"hosts_cves_judged", PK_CELL_NUMBER, offsetof(group_row, n.n_hosts_cves_judged)},
    {"hosts_unsupported", PK_CELL_NUMBER, offsetof(group_row, n.n_hosts_unsupported)},
    {"hosts_reboot", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts_reboot)},
    {"hosts_silent", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_hosts_silent)},
    {"updates", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_updates)},
    {"security", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_security)},
    {"cves", PK_CELL_NUMBER, offsetof(group_row, n.counts.n_cves)},
    {"last_report", PK_CELL_TIME, offsetof(group_row, last_report)},
};
const pk_list_kind pk_list_groups = {"groups", GROUP_FIELDS, sizeof GROUP_FIELDS / sizeof GROUP_FIELDS[0], "-hosts_security,-hosts_exploited,-hosts", "value", NULL, NULL};

static void count_host(const pk_fleet *f, const pk_fleet_host *h, pk_group_numbers *numbers) {
  const pk_fleet_stand *s = &f->stands[h->stand];
  const pk_fleet_profile *p = s->profile;
  pk_group_counts *n = &numbers->counts;
  n->n_hosts++;
  n->n_hosts_updates += p->n_updates > 0;
  n->n_hosts_security += p->n_security > 0;
  n->n_hosts_cves += s->n_cves > 0;
  n->n_hosts_tagged += s->n_tagged > 0;
  n->n_hosts_reboot += p->reboot_pending;
  n->n_hosts_silent += h->silent;
  n->n_updates += p->n_updates;
  n->n_security += p->n_security;
  n->n_cves += (int64_t)s->n_cves;
  numbers->n_hosts_exploited += s->n_exploited > 0;
  numbers->n_hosts_unjudged += !p->updates_judged || !p->cves_judged;
  numbers->n_hosts_updates_judged += p->updates_judged;
  numbers->n_hosts_cves_judged += p->cves_judged;
  numbers->n_hosts_unsupported += pk_fleet_unsupported(f, p);
}

void pk_count_chosen(const pk_chosen *c, pk_group_numbers *ret) {
  *ret = (pk_group_numbers){0};
  for (size_t i = 0; i < c->n; i++) count_host(c->fleet, c->hosts[i], ret);
}

static int cmp_tag_counts(const void *a, const void *b) {
  const pk_tag_count *x = a, *y = b;
  if (x->n_hosts != y->n_hosts) return x->n_hosts > y->n_hosts ? -1 : 1;
  return pk_str_cmp(x->tag, y->tag);
}

size_t pk_count_tagged(const pk_chosen *c, pk_tag_count ret[PK_TAG_NAMES_MAX]) {
  const pk_fleet *f = c->fleet;
  for (size_t t = 0; t < f->n_tag_names; t++) ret[t] = (pk_tag_count){.tag = f->tag_names[t]};
  for (size_t i = 0; i < f->n_stands; i++)
    for (size_t t = 0; c->per_stand[i] && t < f->n_tag_names; t++)
      if (f->stands[i].tags >> t & 1) ret[t].n_hosts += c->per_stand[i];
  qsort(ret, f->n_tag_names, sizeof *ret, cmp_tag_counts);
  return f->n_tag_names;
}

pk_rc pk_rows_groups(const pk_chosen *c, pk_group_kind kind, pk_arena *arena, pk_rows *ret, pk_err *err) {
  pk_map places; /* texts are interned: their address tells them apart */
  group_row *rows = NULL;
  size_t n = 0, cap = 0;
  pk_rc rc = PK_OK;
  pk_map_init(&places, true);
  for (size_t i = 0; i < c->n; i++) {
    pk_str value = pk_fleet_group_of(c->fleet, c->hosts[i], kind);
    bool is_new;
    uint64_t *place = pk_map_put(&places, (pk_str){(const char *)&value.p, sizeof value.p}, &is_new);
    if (is_new) {
      void *array = rows;
      if (!pk_arena_grow(arena, &array, n, &cap, sizeof *rows)) {
        rc = pk_rows_full(err);
        break;
      }
      rows = array;
      rows[n] = (group_row){.value = value};
      *place = n++;
    }
    group_row *g = &rows[*place];
    count_host(c->fleet, c->hosts[i], &g->n);
    if (c->hosts[i]->last_report_at > g->last_report) g->last_report = c->hosts[i]->last_report_at;
  }
  pk_map_fini(&places);
  *ret = (pk_rows){&pk_list_groups, NULL, rows, sizeof *rows, n};
  return rc;
}

void pk_group_row_of(const pk_rows *rows, size_t place, pk_str *ret_value, pk_group_counts *ret) {
  const group_row *g = (const group_row *)rows->rows + place;
  *ret_value = g->value;
  *ret = g->n.counts;
}
