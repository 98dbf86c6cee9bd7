/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"
#include "app/sync.h"

#include "base/times.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Shows how far a download is: on a terminal one line that is written over, elsewhere nothing. */
typedef struct progress {
  bool on_terminal;
  const char *feed;
  int64_t shown_ms;
} progress;

#define PROGRESS_EVERY_MS 100

static void show_progress(void *arg, const char *url, uint64_t done, uint64_t total) {
  progress *p = arg;
  int64_t now = pk_monotonic_ms();
  if (!p->on_terminal || now - p->shown_ms < PROGRESS_EVERY_MS) return;
  p->shown_ms = now;
  const char *slash = strrchr(url, '/');
  if (total)
    fprintf(stderr, "\r\033[K%s: %.40s %llu%% of %.1f MB", p->feed, slash ? slash + 1 : url, (unsigned long long)(done * 100 / total),
            (double)total / 1e6);
  else
    fprintf(stderr, "\r\033[K%s: %.40s %.1f MB", p->feed, slash ? slash + 1 : url, (double)done / 1e6);
}

static void begin_line(progress *p, const char *feed) {
  p->feed = feed;
  p->shown_ms = 0;
  if (p->on_terminal) fprintf(stderr, "%s: …", feed);
}

static void end_line(const progress *p) {
  if (p->on_terminal) fprintf(stderr, "\r\033[K");
}

static void tell_refused(const pk_feed_row *row, const pk_sync_result *r) {
  pk_str rest = pk_str_of(r->refused), line;
  size_t told = 0;
  for (; pk_str_split(&rest, '\n', &line); told++) fprintf(stderr, "pakiti: feed '%s': refused %.*s\n", row->feed.name, PK_FMT(line));
  if (r->n_refused > told) fprintf(stderr, "pakiti: feed '%s': and %zu more documents\n", row->feed.name, r->n_refused - told);
}

static void tell_change(const pk_feed_row *row, const pk_sync_result *r, int64_t took_ms) {
  const pk_definition_change *d = &r->definitions;
  if (pk_feed_type_is_repository(row->feed.type))
    printf("%s: %zu versions, %zu added, %zu removed; ", row->feed.name, r->n_offers, r->n_added, r->n_removed);
  else
    printf("%s: %zu entries, %zu added, %zu changed, %zu removed; ", row->feed.name, d->n_after, d->n_added, d->n_changed, d->n_removed);
  printf("%zu verdicts changed (%.1f s)\n", r->rejudged.n_changed, (double)took_ms / 1000);
  tell_refused(row, r);
}

static void tell(const pk_feed_row *row, const pk_sync_result *r, int64_t took_ms) {
  switch (r->outcome) {
  case PK_SYNC_UNCHANGED:
    printf("%s: current\n", row->feed.name);
    break;
  case PK_SYNC_CHANGED:
    tell_change(row, r, took_ms);
    break;
  case PK_SYNC_HELD:
    fprintf(stderr, "pakiti: feed '%s': %s\n", row->feed.name, r->why.text);
    break;
  case PK_SYNC_FAILED:
    fprintf(stderr, "pakiti: feed '%s': %s%s\n", row->feed.name, r->why.text,
            r->had_good ? "; what was fetched before stays in force" : "");
    break;
  }
}

static pk_rc sync_all(pk_sync *sync, pk_sync_mode mode, pk_feed_row *rows, size_t n, progress *p, pk_err *err) {
  pk_rc rc = PK_OK, worst = PK_OK;
  size_t failed = 0;
  for (size_t i = 0; rc == PK_OK && i < n; i++) {
    pk_sync_result result;
    int64_t started = pk_monotonic_ms();
    begin_line(p, rows[i].feed.name);
    rc = pk_sync_feed(sync, rows[i].feed.name, mode, &result, err);
    end_line(p);
    if (rc != PK_OK) break;
    tell(&rows[i], &result, pk_monotonic_ms() - started);
    if (result.outcome == PK_SYNC_FAILED || result.outcome == PK_SYNC_HELD) {
      failed++;
      worst = result.why.rc;
    }
  }
  if (rc == PK_OK && failed) rc = pk_err_set(err, worst, "%zu of %zu feeds could not be brought up to date", failed, n);
  return rc;
}

/* Rows of the feeds that were named, or all. */
static pk_rc choose(const pk_cli *cli, pk_store *store, pk_feed_row **ret, size_t *ret_n, pk_err *err) {
  if (cli->n_arguments == 0) return pk_store_feed_list(store, ret, ret_n, err);
  *ret = pk_calloc(cli->n_arguments, sizeof **ret);
  for (size_t i = 0; i < cli->n_arguments; i++) {
    pk_rc rc = pk_store_feed_get(store, pk_str_of(cli->arguments[i]), &(*ret)[i], err);
    if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no feed '%s': see 'pakiti feed list'", cli->arguments[i]);
    if (rc != PK_OK) return rc;
    ++*ret_n;
  }
  return PK_OK;
}

static pk_rc run_mode(pk_cli *cli, pk_sync_mode mode, pk_err *err) {
  pk_store *store = NULL;
  pk_sync *sync = NULL;
  pk_intake *intake = NULL;
  pk_feed_row *rows = NULL;
  size_t n = 0;
  progress p = {.on_terminal = isatty(STDERR_FILENO) == 1};
  pk_cli_catch_signals();
  pk_rc rc = pk_cli_open(cli, PK_STORE_WRITE, &store, err);
  if (rc == PK_OK) rc = choose(cli, store, &rows, &n, err);
  if (rc == PK_OK && n == 0) puts("no feed is configured: see 'pakiti help feed add' and 'pakiti help feed import-host'");
  if (rc == PK_OK) rc = pk_intake_new(&cli->config, NULL, &intake, err);
  if (rc == PK_OK) rc = pk_sync_new(&cli->config, store, pk_intake_platforms(intake), show_progress, &p, &pk_cli_stop, &sync, err);
  if (rc == PK_OK) rc = sync_all(sync, mode, rows, n, &p, err);
  pk_sync_free(&sync);
  pk_intake_free(&intake);
  for (size_t i = 0; i < n; i++) pk_feed_row_fini(&rows[i]);
  free(rows);
  pk_store_close(&store);
  return rc;
}

static pk_rc run(pk_cli *cli, pk_err *err) { return run_mode(cli, pk_cli_value(cli, "force") ? PK_SYNC_FORCE : PK_SYNC_NORMAL, err); }

static pk_rc run_accept(pk_cli *cli, pk_err *err) { return run_mode(cli, PK_SYNC_ACCEPT, err); }

static const pk_cli_option OPTIONS[] = {{"force", NULL, "read feeds again even if they have not changed"}, {NULL, NULL, NULL}};

const pk_command pk_command_sync = {
    .name = "sync", .arguments = "[FEED…]", .max_arguments = PK_CLI_ARGUMENTS_MAX, .options = OPTIONS,
    .summary = "fetch what vendors publish now",
    .help = "Without names: every feed. One that cannot be had, does not verify or changes suspiciously keeps what it had; the exit code tells and 'feed list' shows why.",
    .run = run};
const pk_command pk_command_feed_accept = {
    .name = "feed accept", .arguments = "NAME…", .min_arguments = 1, .max_arguments = PK_CLI_ARGUMENTS_MAX,
    .summary = "let through a feed that was held back",
    .help = "A feed that loses or gains more than feed_change_percent of what it has at once is held back: what was in force stays. This fetches it\n"
            "again and takes it as it is.",
    .run = run_accept};
