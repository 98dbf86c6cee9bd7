/* SPDX-License-Identifier: Apache-2.0 */
#include "app/catalogue.h"
#include "app/intake.h"
#include "app/lists/lists.h"
#include "app/sync.h"
#include "base/log.h"
#include "base/times.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>

static const pk_cli_option ADD_OPTIONS[] = {
    {"type", "TYPE", "one of " PK_FEED_TYPES},
    {"url", "URL", "repository, document, archive or folder: http, https or file; a local path is taken as it is"},
    {"platform", "NAME:RELEASE", "for which hosts: debian:12, rhel:9 (also its minor releases), sles:15.5"},
    {"class", "release|updates|security|extra", "what it is for; security makes its updates security updates (default release)"},
    {"suite", "S", "apt: suite, or a path ending in / for a flat repository"},
    {"components", "\"C …\"", "apt: components (default: all that it has)"},
    {"arch", "A,…", "architectures: amd64,arm64 (apt), x86_64 (rpmmd, default all)"},
    {"keyring", "FILE", "keys that may sign it: files or folders"},
    {"unsigned", NULL, "trust it without a signature"},
    {"ignore-valid-until", NULL, "take its index even past its own date"},
    {"unknown-counts", NULL, "oval: what a report does not say counts as true"},
    {"any-module", NULL, "compare packages of different module streams all the same, by name and version only"},
    {NULL, NULL, NULL},
};

static pk_rc load_platforms(const pk_cli *cli, pk_intake **ret, pk_err *err) { return pk_intake_new(&cli->config, NULL, ret, err); }

static pk_rc describe_feed(const pk_cli *cli, pk_feed *f, pk_err *err) {
  const char *type = pk_cli_value(cli, "type"), *class = pk_cli_value(cli, "class");
  const struct {
    const char *option;
    char **field;
  } texts[] = {{"url", &f->url},   {"platform", &f->platform}, {"suite", &f->suite}, {"components", &f->components},
               {"arch", &f->arch}, {"keyring", &f->keyring}};
  pk_feed_set(&f->name, pk_str_of(cli->arguments[0]));
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pk_cli_value(cli, texts[i].option)) pk_feed_set(texts[i].field, pk_str_of(pk_cli_value(cli, texts[i].option)));
  if (!type || !pk_feed_type_of(pk_str_of(type), &f->type)) return pk_err_set(err, PK_E_USAGE, "say --type, one of " PK_FEED_TYPES);
  if (class && !pk_repository_class_of(pk_str_of(class), &f->class))
    return pk_err_set(err, PK_E_USAGE, "--class is '%s': say release, updates, security or extra", class);
  f->is_unsigned = pk_cli_value(cli, "unsigned") != NULL;
  f->ignore_valid_until = pk_cli_value(cli, "ignore-valid-until") != NULL;
  f->unknown_counts = pk_cli_value(cli, "unknown-counts") != NULL;
  f->any_module = pk_cli_value(cli, "any-module") != NULL;
  return PK_OK;
}

static pk_rc run_add(pk_cli *cli, pk_err *err) {
  pk_feed feed;
  pk_intake *intake = NULL;
  pk_store *store = NULL;
  pk_feed_init(&feed);
  pk_rc rc = load_platforms(cli, &intake, err);
  if (rc == PK_OK) rc = describe_feed(cli, &feed, err);
  if (rc == PK_OK) rc = pk_sync_check_feed(&feed, pk_intake_platforms(intake), err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_WRITE, &store, err);
  if (rc == PK_OK) rc = pk_store_feed_add(store, &feed, err);
  if (rc == PK_EXISTS) pk_err_set(err, rc, "there is a feed '%s' already: 'pakiti feed show %s'", feed.name, feed.name);
  if (rc == PK_OK) printf("feed '%s' added: 'pakiti sync %s' fetches it\n", feed.name, feed.name);
  pk_store_close(&store);
  pk_intake_free(&intake);
  pk_feed_fini(&feed);
  return rc;
}

static pk_rc run_list(pk_cli *cli, pk_err *err) {
  static const pk_column columns[] = {{"feed", PK_COLUMN_TEXT},     {"type", PK_COLUMN_TEXT},      {"platform", PK_COLUMN_TEXT},
                                      {"class", PK_COLUMN_TEXT},    {"health", PK_COLUMN_TEXT},    {"packages", PK_COLUMN_NUMBER},
                                      {"advisories", PK_COLUMN_NUMBER}, {"definitions", PK_COLUMN_NUMBER}, {"last_good", PK_COLUMN_TIME}, {"last_change", PK_COLUMN_TIME},
                                      {"last_try", PK_COLUMN_TIME}, {"error", PK_COLUMN_TEXT}};
  pk_store *store = NULL;
  pk_feed_row *rows = NULL;
  size_t n = 0;
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc == PK_OK) rc = pk_store_feed_list(store, &rows, &n, err);
  pk_store_close(&store);
  if (rc != PK_OK) return rc;
  pk_output *out = pk_output_new(cli->format, columns, sizeof columns / sizeof columns[0]);
  for (size_t i = 0; i < n; i++) {
    pk_output_text(out, pk_str_of(rows[i].feed.name));
    pk_output_text(out, pk_str_of(pk_feed_type_name(rows[i].feed.type)));
    pk_output_text(out, pk_str_of(rows[i].feed.platform));
    pk_output_text(out, pk_str_of(pk_repository_class_name(rows[i].feed.class)));
    pk_output_text(out, pk_str_of(pk_feed_health(&rows[i])));
    pk_output_number(out, rows[i].n_offers);
    pk_output_number(out, rows[i].n_advisories);
    pk_output_number(out, rows[i].n_definitions);
    pk_output_time(out, rows[i].good_at);
    pk_output_time(out, rows[i].changed_at);
    pk_output_time(out, rows[i].tried_at);
    pk_output_text(out, pk_str_of(rows[i].error));
    pk_feed_row_fini(&rows[i]);
  }
  free(rows);
  return pk_output_end(&out, err);
}

static pk_rc get_feed(pk_store *store, const char *name, pk_feed_row *ret, pk_err *err) {
  pk_rc rc = pk_store_feed_get(store, pk_str_of(name), ret, err);
  if (rc == PK_NOTFOUND) pk_err_set(err, rc, "there is no feed '%s': see 'pakiti feed list'", name);
  return rc;
}

static pk_rc run_show(pk_cli *cli, pk_err *err) {
  static const pk_column columns[] = {{"field", PK_COLUMN_TEXT}, {"value", PK_COLUMN_TEXT}};
  pk_store *store = NULL;
  pk_feed_row row;
  pk_rc rc = pk_cli_open(cli, PK_STORE_READ, &store, err);
  if (rc == PK_OK) rc = get_feed(store, cli->arguments[0], &row, err);
  pk_store_close(&store);
  if (rc != PK_OK) return rc;
  const char *pairs[][2] = {{"name", row.feed.name}, {"type", pk_feed_type_name(row.feed.type)},
                            {"class", pk_repository_class_name(row.feed.class)}, {"platform", row.feed.platform}, {"url", row.feed.url},
                            {"suite", row.feed.suite}, {"components", row.feed.components}, {"arch", row.feed.arch},
                            {"keyring", row.feed.keyring}, {"signature", row.feed.is_unsigned ? "not checked" : "checked"},
                            {"valid_until", row.feed.ignore_valid_until ? "ignored" : "checked"}, {"health", pk_feed_health(&row)},
                            {"packages", PK_NUM(row.n_offers)}, {"advisories", PK_NUM(row.n_advisories)},
                            {"definitions", PK_NUM(row.n_definitions)}, {"unknown", row.feed.unknown_counts ? "counts as true" : "does not count"},
                            {"modules", row.feed.any_module ? "any stream" : "own stream only"}, {"refused_documents", PK_NUM(row.n_refused)},
                            {"refused", row.refused},
                            {"last_good", PK_TIME(row.good_at)}, {"last_change", PK_TIME(row.changed_at)},
                            {"last_try", PK_TIME(row.tried_at)}, {"error", row.error}};
  pk_output *out = pk_output_new(cli->format, columns, 2);
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    pk_output_text(out, pk_str_of(pairs[i][0]));
    pk_output_text(out, pk_str_of(pairs[i][1]));
  }
  pk_feed_row_fini(&row);
  return pk_output_end(&out, err);
}

static pk_rc run_remove(pk_cli *cli, pk_err *err) {
  pk_store *store = NULL;
  pk_feed_row row = {0};
  pk_rejudged again = {0};
  pk_rc rc = pk_cli_open(cli, PK_STORE_WRITE, &store, err);
  if (rc == PK_OK) rc = get_feed(store, cli->arguments[0], &row, err);
  if (rc == PK_OK) {
    rc = pk_sync_remove(&cli->config, store, &row, &again, err);
    if (rc == PK_OK) printf("feed '%s' removed; %zu verdicts changed\n", row.feed.name, again.n_changed);
    pk_feed_row_fini(&row);
  }
  pk_store_close(&store);
  return rc;
}

static void tell_default(void *arg, const pk_feed *feed, bool added) {
  (void)arg;
  printf("%-8s %s (%s%s%s)\n", added ? "added" : "known", feed->name, pk_feed_type_name(feed->type), *feed->platform ? ", " : "", feed->platform);
}

static pk_rc run_add_defaults(pk_cli *cli, pk_err *err) {
  pk_intake *intake = NULL;
  pk_store *store = NULL;
  size_t n = 0;
  pk_rc rc = load_platforms(cli, &intake, err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_WRITE, &store, err);
  for (size_t i = 0; rc == PK_OK && i < cli->n_arguments; i++)
    rc = pk_catalogue_add(store, pk_intake_platforms(intake), pk_str_of(cli->arguments[i]), tell_default, NULL, &n, err);
  pk_store_close(&store);
  pk_intake_free(&intake);
  return rc;
}

static void tell_import(void *arg, const pk_feed *feed, bool added) {
  (void)arg;
  printf("%-8s %s (%s, %s)\n", added ? "added" : "known", feed->name, feed->platform, pk_repository_class_name(feed->class));
}

static pk_rc run_import(pk_cli *cli, pk_err *err) {
  pk_intake *intake = NULL;
  pk_store *store = NULL;
  size_t n = 0;
  const char *root = pk_cli_value(cli, "root");
  pk_rc rc = load_platforms(cli, &intake, err);
  if (rc == PK_OK) rc = pk_cli_open(cli, PK_STORE_WRITE, &store, err);
  if (rc == PK_OK) rc = pk_sync_import_host(store, pk_intake_platforms(intake), root ? root : "", tell_import, NULL, &n, err);
  if (rc == PK_OK && n == 0) rc = (pk_err_set(err, PK_NOTFOUND, "this machine's package manager has no enabled repository"), PK_NOTFOUND);
  pk_store_close(&store);
  pk_intake_free(&intake);
  return rc;
}

static const pk_cli_option IMPORT_OPTIONS[] = {{"root", "DIR", "read the configuration below this folder"}, {NULL, NULL, NULL}};

const pk_command pk_command_feed_add = {
    .name = "feed add", .arguments = "NAME", .min_arguments = 1, .max_arguments = 1, .options = ADD_OPTIONS, .summary = "add a source of packages or of vulnerability data",
    .help = "For example:\n"
            "  pakiti feed add bookworm-security --type apt --url http://deb.debian.org/debian-security --suite bookworm-security \\\n"
            "    --components main --arch amd64 --platform debian:12 --class security --keyring /usr/share/keyrings/debian-archive-keyring.gpg\n"
            "  pakiti feed add rhel8 --type oval --url https://security.access.redhat.com/data/oval/v2/RHEL8/rhel-8-including-unpatched.oval.xml.bz2 --platform rhel:8\n"
            "  pakiti feed add kev --type kev --url /srv/feeds/known_exploited_vulnerabilities.json\n"
            "'pakiti feed add-defaults debian:12' adds what its vendor publishes.",
    .run = run_add};
const pk_command pk_command_feed_list = {.name = "feed list", .arguments = "", .summary = "all sources, their age and health", .run = run_list};
const pk_command pk_command_feed_show = {.name = "feed show", .arguments = "NAME", .min_arguments = 1, .max_arguments = 1,
                                         .summary = "everything about one source", .run = run_show};
const pk_command pk_command_feed_remove = {.name = "feed remove", .arguments = "NAME", .min_arguments = 1, .max_arguments = 1,
                                           .summary = "remove a source with all it offered", .run = run_remove};
const pk_command pk_command_feed_import_host = {
    .name = "feed import-host", .arguments = "", .options = IMPORT_OPTIONS, .summary = "add the repositories that this machine itself uses",
    .help = "Reads APT's sources.list and sources.list.d, or yum.repos.d and zypp. Known ones are left alone.", .run = run_import};
const pk_command pk_command_feed_add_defaults = {
    .name = "feed add-defaults", .arguments = "PLATFORM…", .min_arguments = 1, .max_arguments = PK_CLI_ARGUMENTS_MAX,
    .summary = "add what the vendor of a platform publishes: debian:12, rhel:9",
    .help = "The addresses are those of the catalogue that ships with the program. Known feeds are left alone.", .run = run_add_defaults};
