/* SPDX-License-Identifier: Apache-2.0 */
#include "base/times.h"
#include "cli/cli.h"
#include "cli/fleet_list.h"
#include "cli/verdict_list.h"

#include <stdio.h>
#include <stdlib.h>

static const pk_scope EVERYTHING = {.everything = true};

static pk_rc run_hosts(pk_cli *cli, pk_err *err) {
  static const pk_column columns[] = {{"host", PK_COLUMN_TEXT},       {"platform", PK_COLUMN_TEXT},   {"arch", PK_COLUMN_TEXT},
                                      {"kernel", PK_COLUMN_TEXT},     {"packages", PK_COLUMN_NUMBER}, {"security", PK_COLUMN_NUMBER},
                                      {"updates", PK_COLUMN_NUMBER},  {"cves", PK_COLUMN_NUMBER}, {"reboot_pending", PK_COLUMN_BOOL}, {"site", PK_COLUMN_TEXT},
                                      {"tag", PK_COLUMN_TEXT},        {"last_report", PK_COLUMN_TIME}};
  pk_fleet_list list = {.columns = columns, .n_columns = sizeof columns / sizeof columns[0], .sort = "name",
                        .fields = "name,platform,arch,kernel,packages,security,updates,cves,reboot_pending,site,tag,last_report"};
  pk_rc rc = pk_fleet_list_begin(cli, &list, err);
  if (rc == PK_OK) rc = pk_rows_hosts(&list.chosen, &list.arena, &list.rows, err);
  return pk_fleet_list_end(&list, rc, err);
}

/* ---- one host ---- */

typedef struct one_host {
  pk_format format;
  size_t n;
  int64_t profile_id, n_updates;
  pk_arena arena;
  pk_exception_subject subject; /* in the arena: as exceptions choose it */
} one_host;

static bool keep_subject(one_host *h, const pk_host_row *row) {
  pk_exception_subject *s = &h->subject;
  *s = (pk_exception_subject){row->key, row->domain, pk_domain_tld(row->domain), row->site, row->tag};
  pk_str *const texts[] = {&s->key, &s->domain, &s->tld, &s->site, &s->tag};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!pk_arena_copy(&h->arena, *texts[i], texts[i])) return false;
  return true;
}

static pk_rc head_of_host(void *arg, const pk_host_row *row, pk_err *err) {
  one_host *h = arg;
  if (!keep_subject(h, row)) return pk_err_set(err, PK_E_LIMIT, "too many hosts have that name");
  h->n++;
  h->profile_id = row->profile_id;
  h->n_updates = row->n_updates;
  if (h->format != PK_FORMAT_TABLE) return PK_OK;
  pk_str kernel = row->kernel.n ? row->kernel : PK_STR("not told");
  printf("%.*s: %.*s, %.*s %.*s, kernel %.*s%s\n", PK_FMT(row->name), PK_FMT(row->os), PK_FMT(row->platform), PK_FMT(row->arch),
         PK_FMT(kernel), row->reboot_pending ? ", a newer one waits for a restart" : "");
  printf("%lld packages, %lld not current, %lld of them security; %lld CVEs before exceptions; last report %s\n\n", (long long)row->n_packages, (long long)row->n_updates,
         (long long)row->n_security, (long long)row->n_cves, PK_TIME(row->last_report_at));
  return PK_OK;
}

static const char *state_text(pk_update_state state) {
  static const char *const texts[] = {[PK_UPDATE_UNSEEN] = "not judged", [PK_UPDATE_UNKNOWN] = "not in a repository", [PK_UPDATE_CURRENT] = "current",
                                      [PK_UPDATE_ORDINARY] = "ordinary", [PK_UPDATE_SECURITY] = "security"};
  return texts[state];
}

typedef struct kept_row {
  char *name, *arch, *installed, *available, *repository;
  pk_update_state state;
} kept_row;

typedef struct kept {
  kept_row *rows;
  size_t n, cap;
} kept;

static pk_rc keep_row(void *arg, const pk_update_row *row, pk_err *err) {
  (void)err;
  kept *k = arg;
  PK_GROW(k->rows, k->n, k->cap);
  k->rows[k->n++] = (kept_row){pk_str_dup(row->package.name), pk_str_dup(row->package.arch), pk_str_dup(row->package.evr),
                               pk_str_dup(row->available), pk_str_dup(row->repository), row->state};
  return PK_OK;
}

static pk_rc count_known(void *arg, const pk_update_row *row, pk_err *err) {
  (void)err;
  size_t *n = arg;
  *n += row->state > PK_UPDATE_UNKNOWN;
  return PK_OK;
}

/* Security first, then by name and architecture. */
static int cmp_rows(const void *a, const void *b) {
  const kept_row *x = a, *y = b;
  if (x->state != y->state) return x->state > y->state ? -1 : 1;
  int c = strcmp(x->name, y->name);
  return c ? c : strcmp(x->arch, y->arch);
}

static void print_rows(pk_output *out, kept *k) {
  if (k->n) qsort(k->rows, k->n, sizeof *k->rows, cmp_rows);
  for (size_t i = 0; i < k->n; i++) {
    kept_row *r = &k->rows[i];
    char *texts[] = {r->name, r->arch, r->installed, r->available};
    pk_output_text(out, pk_str_of(state_text(r->state)));
    for (size_t c = 0; c < 4; c++) {
      pk_output_text(out, pk_str_of(texts[c]));
      free(texts[c]);
    }
    pk_output_text(out, pk_str_of(r->repository));
    free(r->repository);
  }
  free(k->rows);
}

static pk_rc print_cves(const pk_cli *cli, pk_store *store, const one_host *one, pk_err *err) {
  pk_arena arena;
  pk_judged_host host;
  pk_host_exceptions exceptions;
  pk_verdict_list list = {.arena = &arena, .exceptions = &exceptions};
  pk_arena_init(&arena, (size_t)512 << 20);
  pk_rc rc = pk_verdicts_stored_host(store, one->profile_id, &arena, &host, err);
  if (rc == PK_OK) rc = pk_exceptions_of_host(store, &one->subject, pk_now(), &arena, &exceptions, err);
  if (rc == PK_OK) rc = pk_verdict_list_collect(store, &host, &list, err);
  pk_verdict_list_sort(&list);
  if (rc == PK_OK) rc = pk_verdict_list_print(&list, cli->format, err);
  pk_arena_fini(&arena);
  return rc;
}

static pk_rc run_host(pk_cli *cli, pk_err *err) {
  static const pk_column columns[] = {{"state", PK_COLUMN_TEXT},     {"package", PK_COLUMN_TEXT},   {"arch", PK_COLUMN_TEXT},
                                      {"installed", PK_COLUMN_TEXT}, {"available", PK_COLUMN_TEXT}, {"repository", PK_COLUMN_TEXT}};
  one_host host = {.format = cli->format};
  kept rows = {0};
  pk_store *store = NULL;
  bool all = pk_cli_value(cli, "packages") != NULL;
  bool cves = pk_cli_value(cli, "cves") != NULL;
  pk_arena_init(&host.arena, (size_t)64 << 20);
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc == PK_OK) rc = pk_store_hosts(store, &EVERYTHING, pk_str_of(cli->arguments[0]), head_of_host, &host, err);
  if (rc == PK_OK && host.n == 0) rc = (pk_err_set(err, PK_NOTFOUND, "no host '%s' has reported", cli->arguments[0]), PK_NOTFOUND);
  if (rc == PK_OK && cves) {
    rc = print_cves(cli, store, &host, err);
    pk_store_close(&store);
    pk_arena_fini(&host.arena);
    return rc;
  }
  if (rc == PK_OK)
    rc = all ? pk_store_profile_packages(store, host.profile_id, keep_row, &rows, err)
             : pk_store_profile_updates(store, host.profile_id, keep_row, &rows, err);
  size_t n_known = 0;
  bool says_current = cli->format == PK_FORMAT_TABLE && rows.n == 0;
  if (rc == PK_OK && says_current) rc = pk_store_profile_packages(store, host.profile_id, count_known, &n_known, err);
  pk_store_close(&store);
  pk_arena_fini(&host.arena);
  if (rc != PK_OK) return rc;
  if (says_current)
    return puts(n_known ? "Everything that its repositories have is current." : "None of its packages is in a repository that was fetched: nothing can be judged.") < 0
               ? PK_E_IO
               : PK_OK;
  pk_output *out = pk_output_new(cli->format, columns, sizeof columns / sizeof columns[0]);
  print_rows(out, &rows);
  return pk_output_end(&out, err);
}

/* ---- packages of the fleet ---- */

static pk_rc fleet_row(void *arg, const pk_package_row *row, pk_err *err) {
  (void)err;
  pk_output *out = arg;
  pk_output_text(out, row->package.name);
  pk_output_text(out, row->package.arch);
  pk_output_text(out, row->package.evr);
  pk_output_number(out, row->n_hosts);
  pk_output_text(out, pk_str_of(state_text(row->state)));
  pk_output_text(out, row->available);
  return PK_OK;
}

static pk_rc run_packages(pk_cli *cli, pk_err *err) {
  static const pk_column columns[] = {{"package", PK_COLUMN_TEXT}, {"arch", PK_COLUMN_TEXT},  {"installed", PK_COLUMN_TEXT},
                                      {"hosts", PK_COLUMN_NUMBER}, {"state", PK_COLUMN_TEXT}, {"available", PK_COLUMN_TEXT}};
  pk_store *store = NULL;
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc != PK_OK) return rc;
  pk_output *out = pk_output_new(cli->format, columns, sizeof columns / sizeof columns[0]);
  pk_str name = cli->n_arguments ? pk_str_of(cli->arguments[0]) : PK_STR("");
  rc = pk_store_fleet_packages(store, &EVERYTHING, name, fleet_row, out, err);
  pk_store_close(&store);
  pk_rc written = pk_output_end(&out, err);
  return rc == PK_OK ? written : rc;
}

static const pk_cli_option HOST_OPTIONS[] = {{"packages", NULL, "all packages, not only those that are not current"},
                                              {"cves", NULL, "what it is vulnerable to"},
                                              {NULL, NULL, NULL}};

const pk_command pk_command_hosts = {.name = "hosts", .arguments = "", .summary = "all hosts with what they lack", .run = run_hosts};
const pk_command pk_command_host = {.name = "host", .arguments = "NAME", .min_arguments = 1, .max_arguments = 1, .options = HOST_OPTIONS,
                                    .summary = "what is not patched on a host, security first", .run = run_host};
const pk_command pk_command_packages = {.name = "packages", .arguments = "[NAME]", .max_arguments = 1,
                                        .summary = "packages of all hosts: how many have which version", .run = run_packages};
