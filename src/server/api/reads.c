/* SPDX-License-Identifier: Apache-2.0
 *
 * reads: what can be asked, answered from the fleet and the store. Most are lists: a row in a table. */
#include "base/embed.h"
#include "base/times.h"
#include "match/kernel.h"
#include "server/api/api.h"

#include <stdio.h>
#include <stdlib.h>

#define JSON_TYPE "application/json"
/* Days of numbers when nobody says. */
#define TREND_DAYS 90
/* CVEs on the overview. */
#define WORST_CVES 8
#define DAY_S 86400

/* ---- lists of the fleet ---- */

static pk_rc choose(pk_api_call *c, pk_list_wanted *w, pk_chosen *ret, pk_err *err) {
  pk_rc rc = pk_api_wanted(c, w, err);
  return rc == PK_OK ? pk_filter_choose(&w->hosts, c->ask.fleet, &c->scope, &c->arena, ret, err) : rc;
}

typedef pk_rc make_rows(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err);

static pk_rc list_of(pk_api_call *c, make_rows *make, pk_err *err) {
  pk_list_wanted w;
  pk_chosen chosen;
  pk_rows rows;
  pk_rc rc = choose(c, &w, &chosen, err);
  if (rc == PK_OK) rc = make(c, &chosen, &w, &rows, err);
  return rc == PK_OK ? pk_api_send_list(c, &rows, err) : rc;
}

static pk_rc rows_hosts(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  return pk_rows_hosts(chosen, &c->arena, rows, err);
}

static pk_rc rows_commands(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  return pk_rows_commands(chosen, &c->arena, rows, err);
}

static pk_rc rows_groups(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  pk_group_kind kind;
  if (!pk_group_kind_of(c->args[0], &kind) || kind <= PK_GROUP_HOST) {
    pk_err_set(err, PK_NOTFOUND, "'%.*s' is no kind of group: say domain, tld, site, tag or platform", PK_FMT(c->args[0]));
    return PK_NOTFOUND;
  }
  return pk_rows_groups(chosen, kind, &c->arena, rows, err);
}

static pk_rc rows_packages(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  pk_list_wanted own = *w;
  pk_str expression;
  if (pk_api_param(c, "expression", &expression) && expression.n) {
    pk_rc rc = pk_package_wanted_of(expression, &own.package, err);
    if (rc != PK_OK) return rc;
  }
  return pk_rows_packages(chosen, &own, &c->arena, rows, err);
}

static pk_rc rows_package_hosts(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  pk_package_wanted wanted = {.name = c->args[0], .op = ""};
  pk_str version;
  if (pk_api_param(c, "version", &version) && version.n) {
    pk_buf text;
    pk_buf_init(&text, 4096);
    pk_buf_printf(&text, "x%s%.*s", memchr("<=>", version.p[0], 3) ? "" : "=", PK_FMT(version));
    pk_str copy;
    pk_rc rc = pk_arena_copy(&c->arena, pk_buf_view(&text), &copy) ? pk_package_wanted_of(copy, &wanted, err) : pk_rows_full(err);
    pk_buf_free(&text);
    if (rc != PK_OK) return rc;
    wanted.name = c->args[0];
  }
  return pk_rows_package_hosts(chosen, &wanted, &c->arena, rows, err);
}

static pk_rc rows_outdated(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  return pk_rows_outdated(chosen, w, &c->arena, rows, err);
}

static pk_rc rows_cves(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  return pk_rows_cves(chosen, w, &c->arena, rows, err);
}

static pk_rc rows_advisories(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  return pk_rows_advisories(chosen, w, &c->arena, rows, err);
}

static pk_rc rows_cve_hosts(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  int64_t number;
  pk_rc rc = pk_api_cve(c, 0, &number, err);
  const pk_fleet_cve *cve = rc == PK_OK ? pk_fleet_cve_of(c->ask.fleet, number) : NULL;
  *rows = (pk_rows){.kind = &pk_list_cve_hosts};
  return cve ? pk_rows_cve_hosts(chosen, cve, &c->arena, rows, err) : rc;
}

static pk_rc rows_tags(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)chosen;
  return pk_rows_tags(c->ask.fleet, w, &c->arena, rows, err);
}

static pk_rc rows_exceptions(pk_api_call *c, const pk_chosen *chosen, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)chosen;
  return pk_rows_exceptions(c->ask.fleet, w, &c->arena, rows, err);
}

#define LIST(what)                                                                                                \
  static pk_rc get_##what(pk_api_call *c, pk_err *err) { return list_of(c, rows_##what, err); }
LIST(hosts)
LIST(commands)
LIST(groups)
LIST(packages)
LIST(package_hosts)
LIST(outdated)
LIST(cves)
LIST(advisories)
LIST(cve_hosts)
LIST(tags)
LIST(exceptions)

/* ---- lists of one host ---- */

typedef pk_rc make_host_rows(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err);

static pk_rc host_list(pk_api_call *c, make_host_rows *make, pk_err *err) {
  const pk_fleet_host *h;
  pk_list_wanted w;
  pk_rows rows;
  pk_rc rc = pk_api_host(c, &h, err);
  if (rc == PK_OK) rc = pk_api_wanted(c, &w, err);
  if (rc == PK_OK) rc = make(c, h, &w, &rows, err);
  return rc == PK_OK ? pk_api_send_list(c, &rows, err) : rc;
}

static pk_rc rows_host_updates(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  return pk_rows_host_updates(c->ask.fleet, h, &c->arena, rows, err);
}

static pk_rc rows_host_packages(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  return pk_rows_host_packages(c->ask.fleet, h, w, &c->arena, rows, err);
}

static pk_rc rows_host_cves(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  return pk_rows_host_cves(c->ask.fleet, h, w, &c->arena, rows, err);
}

static pk_rc rows_host_history(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  return pk_rows_host_history(c->ask.fleet, pk_api_store(c), h, &c->arena, rows, err);
}

static pk_rc read_day(pk_api_call *c, const char *name, int64_t *day, pk_err *err) {
  pk_str text;
  int64_t at;
  if (!pk_api_param(c, name, &text) || !text.n) return PK_OK;
  if (text.n != 10 || pk_time_parse_iso(text, &at) != PK_OK) return pk_err_set(err, PK_E_SYNTAX, "%s is '%.*s': say a day, for example 2026-01-31", name, PK_FMT(text));
  *day = at / DAY_S;
  return PK_OK;
}

static pk_rc read_days(pk_api_call *c, int64_t *from, int64_t *to, pk_err *err) {
  *to = pk_now() / DAY_S;
  pk_rc rc = read_day(c, "to", to, err);
  *from = *to - TREND_DAYS;
  return rc == PK_OK ? read_day(c, "from", from, err) : rc;
}

static pk_rc rows_host_trend(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  int64_t from, to;
  pk_rc rc = read_days(c, &from, &to, err);
  return rc == PK_OK ? pk_rows_host_trend(pk_api_store(c), h, from, to, &c->arena, rows, err) : rc;
}

static pk_rc rows_explanations(pk_api_call *c, const pk_fleet_host *h, const pk_list_wanted *w, pk_rows *rows, pk_err *err) {
  (void)w;
  int64_t cve;
  pk_rc rc = pk_api_cve(c, 1, &cve, err);
  if (rc == PK_OK) rc = pk_rows_explanations(pk_api_store(c), c->ask.fleet, h, cve, &c->arena, rows, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "no feed speaks of %.*s", PK_FMT(c->args[1]));
  return rc;
}

#define HOST_LIST(what)                                                                                          \
  static pk_rc get_##what(pk_api_call *c, pk_err *err) { return host_list(c, rows_##what, err); }
HOST_LIST(host_updates)
HOST_LIST(host_packages)
HOST_LIST(host_cves)
HOST_LIST(host_history)
HOST_LIST(host_trend)
HOST_LIST(explanations)

/* ---- lists of the store ---- */

static pk_rc get_feeds(pk_api_call *c, pk_err *err) {
  pk_rows rows;
  pk_rc rc = pk_rows_feeds(pk_api_store(c), pk_now(), &c->arena, &rows, err);
  return rc == PK_OK ? pk_api_send_list(c, &rows, err) : rc;
}

static pk_rc get_trend(pk_api_call *c, pk_err *err) {
  pk_rows rows;
  pk_str word = PK_STR(""), value = PK_STR("");
  pk_group_kind kind;
  int64_t from, to;
  pk_api_param(c, "kind", &word);
  pk_api_param(c, "value", &value);
  if (!pk_group_kind_of(word, &kind) || kind == PK_GROUP_HOST)
    return pk_err_set(err, PK_E_SYNTAX, "kind is '%.*s': say domain, tld, site, tag or platform, or nothing for the whole fleet", PK_FMT(word));
  pk_rc rc = read_days(c, &from, &to, err);
  if (rc == PK_OK) rc = pk_rows_trend(pk_api_store(c), kind, value, from, to, &c->arena, &rows, err);
  return rc == PK_OK ? pk_api_send_list(c, &rows, err) : rc;
}

static pk_rc get_statements(pk_api_call *c, pk_err *err) {
  pk_rows rows;
  int64_t cve;
  pk_rc rc = pk_api_cve(c, 0, &cve, err);
  if (rc == PK_OK) rc = pk_rows_statements(pk_api_store(c), cve, &c->arena, &rows, err);
  return rc == PK_OK ? pk_api_send_list(c, &rows, err) : rc;
}

/* ---- single things ---- */

static pk_rc send_text(pk_api_call *c, pk_buf *text, pk_err *err) {
  pk_rc rc = pk_api_all_taken(c, err);
  if (rc == PK_OK && text->over) rc = pk_rows_full(err);
  if (rc == PK_OK) pk_api_send(c, 200, JSON_TYPE, pk_buf_view(text));
  pk_buf_free(text);
  return rc;
}

static void write_number(pk_json_out *o, const char *name, int64_t n) {
  pk_json_key(o, name);
  pk_json_int(o, n);
}

static void write_counts(pk_json_out *o, const pk_group_numbers *all) {
  const pk_group_counts *n = &all->counts;
  const struct {
    const char *name;
    int64_t n;
  } numbers[] = {{"hosts", n->n_hosts},           {"hosts_updates", n->n_hosts_updates}, {"hosts_security", n->n_hosts_security},
                 {"hosts_cves", n->n_hosts_cves}, {"hosts_tagged", n->n_hosts_tagged},   {"hosts_reboot", n->n_hosts_reboot},
                 {"hosts_silent", n->n_hosts_silent}, {"updates", n->n_updates},         {"security", n->n_security}, {"cves", n->n_cves},
                 {"hosts_exploited", all->n_hosts_exploited}, {"hosts_unjudged", all->n_hosts_unjudged},
                 {"hosts_updates_judged", all->n_hosts_updates_judged}, {"hosts_cves_judged", all->n_hosts_cves_judged},
                 {"hosts_unsupported", all->n_hosts_unsupported}};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) write_number(o, numbers[i].name, numbers[i].n);
}

static void write_tagged(const pk_chosen *chosen, pk_json_out *o) {
  pk_tag_count counts[PK_TAG_NAMES_MAX];
  size_t n = pk_count_tagged(chosen, counts);
  pk_json_key(o, "tagged");
  pk_json_begin(o, '[');
  for (size_t i = 0; i < n; i++) {
    pk_json_begin(o, '{');
    pk_json_key(o, "tag");
    pk_json_str(o, counts[i].tag);
    write_number(o, "hosts", counts[i].n_hosts);
    pk_json_end(o, '}');
  }
  pk_json_end(o, ']');
}

static pk_rc write_feed_health(pk_api_call *c, pk_json_out *o, pk_err *err) {
  int64_t n[5] = {0};
  static const char *const names[] = {"total", "failing", "held", "stale", "never"};
  pk_rows rows;
  pk_rc rc = pk_rows_feeds(pk_api_store(c), pk_now(), &c->arena, &rows, err);
  for (size_t i = 0; rc == PK_OK && i < rows.n; i++) {
    n[0]++;
    for (size_t k = 1; k < 4; k++) n[k] += pk_list_cell_named(&rows, i, names[k]).number != 0;
    n[4] += !pk_list_cell_named(&rows, i, "failing").number && !pk_list_cell_named(&rows, i, "last_good").number; /* not tried yet */
  }
  pk_json_key(o, "feeds");
  pk_json_begin(o, '{');
  for (size_t i = 0; i < 5; i++) write_number(o, names[i], n[i]);
  pk_json_end(o, '}');
  return rc;
}

static pk_rc write_worst(pk_api_call *c, const pk_chosen *chosen, pk_json_out *o, pk_err *err) {
  pk_rows rows;
  pk_list_order order;
  pk_buf next;
  const size_t *places;
  size_t n = 0;
  const pk_list_wanted w = {.q = PK_STR(""), .exploited = -1, .fixed = -1, .tagged = -1};
  pk_rc rc = pk_rows_cves(chosen, &w, &c->arena, &rows, err);
  if (rc == PK_OK) rc = pk_list_order_of(rows.kind, PK_STR(""), PK_STR(""), &order, err);
  pk_buf_init(&next, 8192);
  if (rc == PK_OK) rc = pk_list_page(&rows, &order, PK_STR(""), WORST_CVES, &c->arena, &places, &n, &next, err);
  if (rc == PK_OK) rc = rows.kind->fill(rows.context, (void *)(uintptr_t)rows.rows, places, n, &c->arena, err);
  pk_buf_free(&next);
  pk_json_key(o, "worst_cves");
  pk_json_begin(o, '[');
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    pk_api_write_object(o, &rows, places[i], &order);
  }
  pk_json_end(o, ']');
  if (rc == PK_OK) write_number(o, "distinct_cves", (int64_t)rows.n);
  return rc;
}

static pk_rc get_overview(pk_api_call *c, pk_err *err) {
  pk_list_wanted w;
  pk_chosen chosen;
  pk_group_numbers numbers;
  pk_buf text;
  pk_json_out o = {.buf = &text};
  pk_rc rc = choose(c, &w, &chosen, err);
  if (rc != PK_OK) return rc;
  pk_buf_init(&text, PK_API_REPLY_MAX);
  pk_count_chosen(&chosen, &numbers);
  pk_json_begin(&o, '{');
  write_counts(&o, &numbers);
  write_tagged(&chosen, &o);
  rc = write_worst(c, &chosen, &o, err);
  if (rc == PK_OK) rc = write_feed_health(c, &o, err);
  pk_json_end(&o, '}');
  if (rc == PK_OK) return send_text(c, &text, err);
  pk_buf_free(&text);
  return rc;
}

/* "kernel" beside a "kernel-core" of its version is the same kernel. */
static bool has_core(const pk_fleet *f, const pk_fleet_set *set, const pk_package *kernel) {
  for (size_t i = 0; i < set->n; i++) {
    const pk_fleet_package *p = pk_fleet_package_of(f, set->ids[i]);
    if (!p || p->package.name.n != kernel->name.n + strlen("-core") || !pk_str_ends(p->package.name, "-core")) continue;
    if (pk_str_eq(pk_str_sub(p->package.name, 0, kernel->name.n), kernel->name) && pk_str_eq(p->package.evr, kernel->evr)) return true;
  }
  return false;
}

static void write_kernels(pk_json_out *o, const pk_fleet *f, const pk_fleet_profile *p) {
  pk_json_key(o, "kernels");
  pk_json_begin(o, '[');
  for (size_t i = 0; i < p->set->n; i++) {
    const pk_fleet_package *package = pk_fleet_package_of(f, p->set->ids[i]);
    const pk_package *k = package ? &package->package : NULL;
    if (!k || !pk_kernel_is_image(k) || has_core(f, p->set, k)) continue;
    pk_json_begin(o, '{');
    pk_json_key(o, "package");
    pk_json_str(o, k->name);
    pk_json_key(o, "version");
    pk_json_str(o, k->evr);
    pk_json_key(o, "running");
    pk_json_bool(o, pk_kernel_role_of(k, p->kernel) == PK_KERNEL_RUNNING && p->kernel.n);
    pk_json_end(o, '}');
  }
  pk_json_end(o, ']');
}

static pk_rc get_host(pk_api_call *c, pk_err *err) {
  const pk_fleet_host *h;
  pk_list_order order;
  pk_rows rows;
  pk_buf text, told;
  pk_str security, all;
  pk_json_out o = {.buf = &text};
  pk_rc rc = pk_api_host(c, &h, err);
  if (rc != PK_OK) return rc;
  const pk_fleet *f = c->ask.fleet;
  const pk_fleet_profile *p = f->stands[h->stand].profile;
  const pk_chosen one = {.fleet = f, .hosts = &h, .n = 1};
  rc = pk_rows_hosts(&one, &c->arena, &rows, err);
  if (rc == PK_OK) rc = pk_list_order_of(&pk_list_hosts, PK_STR(""), PK_STR(""), &order, err);
  if (rc == PK_OK && (!pk_update_command(p, true, &c->arena, &security) || !pk_update_command(p, false, &c->arena, &all))) rc = pk_rows_full(err);
  if (rc != PK_OK) return rc;
  pk_buf_init(&text, PK_API_REPLY_MAX);
  pk_buf_init(&told, PK_API_REPLY_MAX);
  pk_json_begin(&o, '{');
  pk_api_write_row(&o, &rows, &h, &order);
  write_kernels(&o, f, p);
  pk_json_key(&o, "command_security");
  pk_json_str(&o, security);
  pk_json_key(&o, "command_all");
  pk_json_str(&o, all);
  rc = pk_store_host_told(pk_api_store(c), h->id, &told, err);
  pk_json_key(&o, "told");
  if (rc == PK_OK && told.n) pk_json_plain(&o, pk_buf_view(&told));
  else pk_json_null(&o);
  pk_json_end(&o, '}');
  pk_buf_free(&told);
  if (rc == PK_OK || rc == PK_NOTFOUND) return send_text(c, &text, err);
  pk_buf_free(&text);
  return rc;
}

/* A CVE, also one that hits nothing here. */
static pk_rc get_cve(pk_api_call *c, pk_err *err) {
  int64_t number;
  pk_chosen chosen;
  pk_list_order order;
  pk_rows rows;
  pk_cve_fact fact;
  char name[32];
  pk_rc rc = pk_api_cve(c, 0, &number, err);
  if (rc == PK_OK) rc = pk_filter_choose(&(pk_filter){0}, c->ask.fleet, &c->scope, &c->arena, &chosen, err);
  if (rc != PK_OK) return rc;
  pk_cve_format(number, name);
  const pk_fleet_cve *known_here = pk_fleet_cve_of(c->ask.fleet, number);
  const pk_list_wanted w = {.q = PK_STR(""), .exploited = -1, .fixed = -1, .tagged = -1, .only = known_here};
  rows = (pk_rows){.kind = &pk_list_cves};
  if (known_here) rc = pk_rows_cves(&chosen, &w, &c->arena, &rows, err);
  if (rc == PK_OK) rc = pk_list_order_of(&pk_list_cves, PK_STR(""), PK_STR(""), &order, err);
  if (rc != PK_OK) return rc;
  pk_buf text;
  pk_json_out o = {.buf = &text};
  size_t at = 0; /* the only row, if there is one */
  pk_buf_init(&text, PK_API_REPLY_MAX);
  if (at < rows.n) {
    rc = rows.kind->fill(rows.context, (void *)(uintptr_t)rows.rows, &at, 1, &c->arena, err);
    pk_api_write_object(&o, &rows, at, &order);
  } else {
    pk_rows statements;
    rc = pk_store_cve_fact(pk_api_store(c), number, &c->arena, &fact, err);
    bool known = rc == PK_OK;
    if (!known) fact = (pk_cve_fact){.epss = -1, .epss_rank = -1, .cvss = -1};
    if (rc >= 0) rc = pk_rows_statements(pk_api_store(c), number, &c->arena, &statements, err);
    if (rc == PK_OK && !known && !statements.n) {
      pk_err_set(err, PK_NOTFOUND, "no feed speaks of %s", name);
      rc = PK_NOTFOUND;
    }
    if (rc == PK_OK) {
      rc = pk_rows_unknown_cve(c->ask.fleet, pk_api_store(c), number, &fact, &c->arena, &rows, err);
      if (rc == PK_OK) pk_api_write_object(&o, &rows, 0, &order);
    }
  }
  if (rc == PK_OK) return send_text(c, &text, err);
  pk_buf_free(&text);
  return rc;
}

static pk_rc get_exception(pk_api_call *c, pk_err *err) {
  pk_rows rows;
  pk_list_order order;
  int64_t id;
  const pk_list_wanted w = {.q = PK_STR("")};
  pk_rc rc = pk_api_id(c, &id, err);
  if (rc == PK_OK) rc = pk_rows_exceptions(c->ask.fleet, &w, &c->arena, &rows, err);
  if (rc == PK_OK) rc = pk_list_order_of(rows.kind, PK_STR(""), PK_STR(""), &order, err);
  if (rc != PK_OK) return rc;
  for (size_t i = 0; i < rows.n; i++) {
    if (pk_list_cell_named(&rows, i, "id").number != id) continue;
    pk_buf text;
    pk_json_out o = {.buf = &text};
    pk_buf_init(&text, PK_API_REPLY_MAX);
    pk_api_write_object(&o, &rows, i, &order);
    return send_text(c, &text, err);
  }
  pk_err_set(err, PK_NOTFOUND, "there is no exception %.*s", PK_FMT(c->args[0]));
  return PK_NOTFOUND;
}

static pk_rc get_settings(pk_api_call *c, pk_err *err) {
  pk_buf text;
  pk_json_out o = {.buf = &text};
  pk_setting_view v;
  pk_buf_init(&text, PK_API_REPLY_MAX);
  pk_json_begin(&o, '{');
  for (size_t i = 0; pk_settings_at(&c->ask.fleet->settings, i, &v); i++) {
    pk_json_key(&o, v.name);
    if (v.is_number) pk_json_int(&o, v.number);
    else pk_json_str(&o, pk_str_of(v.text));
  }
  pk_json_end(&o, '}');
  return send_text(c, &text, err);
}

/* Distinct packages that some host has. */
static int64_t count_packages(const pk_fleet *f) {
  int64_t n = 0;
  for (size_t i = 0; i < f->n_packages; i++) n += f->package_hosts[i] > 0;
  return n;
}

static int64_t sum_of(const pk_rows *rows, const char *field) {
  int64_t n = 0;
  for (size_t i = 0; i < rows->n; i++) n += pk_list_cell_named(rows, i, field).number;
  return n;
}

static pk_rc get_about(pk_api_call *c, pk_err *err) {
  pk_buf text;
  pk_json_out o = {.buf = &text};
  const pk_fleet *f = c->ask.fleet;
  pk_rows feeds;
  pk_rc rc = pk_rows_feeds(pk_api_store(c), pk_now(), &c->arena, &feeds, err);
  if (rc != PK_OK) return rc;
  pk_buf_init(&text, PK_API_REPLY_MAX);
  pk_json_begin(&o, '{');
  pk_json_key(&o, "title");
  pk_json_str(&o, pk_str_of(c->ask.fleet->settings.title));
  pk_json_key(&o, "version");
  pk_json_str(&o, PK_STR(PK_VERSION));
  pk_json_key(&o, "started");
  pk_api_write_time(&o, c->request->server->metrics.started_at);
  pk_json_key(&o, "as_of");
  pk_api_write_time(&o, c->ask.fleet->made_at);
  write_number(&o, "hosts", (int64_t)f->n_hosts);
  write_number(&o, "profiles", (int64_t)f->n_profiles);
  write_number(&o, "packages", count_packages(f));
  write_number(&o, "feeds", (int64_t)feeds.n);
  write_number(&o, "definitions", sum_of(&feeds, "definitions"));
  pk_json_end(&o, '}');
  return send_text(c, &text, err);
}

static pk_rc get_openapi(pk_api_call *c, pk_err *err) {
  pk_rc rc = pk_api_all_taken(c, err);
  if (rc == PK_OK) pk_api_send(c, 200, "application/yaml", pk_embed_openapi);
  return rc;
}

const pk_api_route pk_api_reads[] = {
    {"GET", "overview", get_overview, false, PK_TAKES_HOSTS},
    {"GET", "hosts", get_hosts, false, PK_TAKES_HOSTS},
    {"GET", "commands", get_commands, false, PK_TAKES_HOSTS},
    {"GET", "hosts/{host}", get_host, false, 0},
    {"GET", "hosts/{host}/updates", get_host_updates, false, 0},
    {"GET", "hosts/{host}/packages", get_host_packages, false, PK_TAKES_SEARCH},
    {"GET", "hosts/{host}/cves", get_host_cves, false, PK_TAKES_SEARCH | PK_TAKES_SEVERITY | PK_TAKES_FLAGS | PK_TAKES_ALL},
    {"GET", "hosts/{host}/cves/{cve}", get_explanations, false, 0},
    {"GET", "hosts/{host}/history", get_host_history, false, 0},
    {"GET", "hosts/{host}/trend", get_host_trend, false, 0},
    {"GET", "groups/{kind}", get_groups, false, PK_TAKES_HOSTS},
    {"GET", "packages", get_packages, false, PK_TAKES_HOSTS | PK_TAKES_SEARCH},
    {"GET", "packages/{name}/hosts", get_package_hosts, false, PK_TAKES_HOSTS},
    {"GET", "outdated", get_outdated, false, PK_TAKES_HOSTS | PK_TAKES_SEARCH},
    {"GET", "cves", get_cves, false, PK_TAKES_HOSTS | PK_TAKES_SEARCH | PK_TAKES_SEVERITY | PK_TAKES_FLAGS | PK_TAKES_ALL},
    {"GET", "cves/{cve}", get_cve, false, 0},
    {"GET", "cves/{cve}/hosts", get_cve_hosts, false, PK_TAKES_HOSTS},
    {"GET", "cves/{cve}/statements", get_statements, false, 0},
    {"GET", "advisories", get_advisories, false, PK_TAKES_HOSTS | PK_TAKES_SEARCH | PK_TAKES_SEVERITY},
    {"GET", "feeds", get_feeds, false, 0},
    {"GET", "trend", get_trend, false, 0},
    {"GET", "cve-tags", get_tags, false, PK_TAKES_SEARCH | PK_TAKES_CVE},
    {"GET", "exceptions", get_exceptions, false, PK_TAKES_SEARCH | PK_TAKES_CVE},
    {"GET", "exceptions/{id}", get_exception, false, 0},
    {"GET", "settings", get_settings, false, 0},
    {"GET", "about", get_about, false, 0},
    {"GET", "openapi.yaml", get_openapi, false, 0},
    {"GET", "pakiti3/hosts", pk_pakiti3_hosts, false, 0},
    {"GET", "pakiti3/cve", pk_pakiti3_cve, false, 0},
    {"GET", "pakiti3/cve-tags", pk_pakiti3_tags, false, 0},
    {"GET", "pakiti3/exceptions", pk_pakiti3_exceptions, false, 0},
};
const size_t pk_n_api_reads = sizeof pk_api_reads / sizeof pk_api_reads[0];
