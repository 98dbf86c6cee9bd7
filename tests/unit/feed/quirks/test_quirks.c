/* SPDX-License-Identifier: Apache-2.0
 *
 * What vendors do otherwise than one would think: a document of our own in the vendor's form for each, and beside it a text
 * file of the same name that says what the quirk is and what must come out:
 *
 *   # Red Hat puts "must be installed" beside the real criteria; it is true where the system is another one.
 *   feed oval rhel:8
 *   host rhel:8.4 kernel=4.18.0-1.el8.x86_64
 *   bash 0:4-1 arch=x86_64 module=… source=… source_evr=…
 *   => bash 0:4-1 CVE-2024-0001 fixed 0:4-2 RHSA-2024:0001
 *
 * "=>" lines are all verdicts on the host before them ('-' for none of a kind); a host without any is not vulnerable. The way is
 * that of a real sync and check: reader, reduction, store, judge. A new quirk needs no code. */
#include "app/vulnerable.h"

#include <dirent.h>

#define FOLDER PK_TESTS_FOLDER "/feed/quirks"
#define LINES_MAX 64
#define PACKAGES_MAX 32

static pk_vendor_read *const READERS[] = {
    [PK_FEED_OVAL] = pk_oval_read,
    [PK_FEED_CSAF] = pk_csaf_read,
    [PK_FEED_DEBIAN_TRACKER] = pk_debian_tracker_read,
    [PK_FEED_DEBIAN_LIST] = pk_debian_list_read,
    [PK_FEED_OSV] = pk_osv_read,
    [PK_FEED_OPENVEX] = pk_openvex_read,
};

typedef struct quirk {
  site *site;
  const char *name; /* of the text file */
  pk_buf text, document;
  pk_platform_map *platforms;
  /* the host that is being read */
  pk_platform platform;
  char judged_as[PK_PLATFORM_MAX + 1];
  pk_str kernel;
  pk_package packages[PACKAGES_MAX];
  size_t n_packages;
  pk_str want[LINES_MAX];
  size_t n_want;
} quirk;

/* ---- the feed ---- */

static pk_rc put(void *arg, const pk_definition *d, pk_err *err) { return site_put_reduced(arg, d, err); }

static void read_document(quirk *q, pk_feed_type type, const char *platform, const char *name) {
  const site_feed feed = {.name = "vendor", .platform = platform};
  pk_package_type packages = PK_TYPE_UNKNOWN;
  char canonical[PK_PLATFORM_MAX + 1];
  (void)!pk_platform_canonical(q->platforms, pk_str_of(platform), canonical, &packages, NULL);
  site_exchange e = site_begin_definitions(q->site, &feed);
  const pk_vendor_sink sink = {.arg = &e, .definition = put};
  pk_vendor_document d = {.name = name, .platform = pk_str_of(platform), .platforms = q->platforms};
  e.reducer = pk_reducer_new(pk_str_of(platform), packages);
  assert_int_equal(pk_stream_open_bytes(pk_buf_view(&q->document), (pk_stream_limits){(size_t)1 << 20, 0}, &d.in, NULL), PK_OK);
  pk_rc rc = READERS[type](&d, &sink, &q->site->err);
  if (rc < 0) fail_msg("%s: %s", name, q->site->err.text);
  pk_stream_close(&d.in);
  pk_reducer_free(&e.reducer);
  site_end_definitions(&e);
}

static void read_feed(quirk *q, pk_str line) {
  pk_str type, platform = PK_STR("");
  pk_feed_type number;
  char name[512];
  struct dirent **files;
  assert_true(pk_str_word(&line, &type));
  (void)pk_str_word(&line, &platform);
  if (!pk_feed_type_of(type, &number) || number >= sizeof READERS / sizeof READERS[0] || !READERS[number])
    fail_msg("%s: '%.*s' is no feed", q->name, PK_FMT(type));
  int n = scandir(FOLDER, &files, NULL, alphasort), found = 0;
  assert_true(n > 0);
  for (int i = 0; i < n; i++) {
    size_t stem = strlen(q->name) - strlen("txt");
    if (strncmp(files[i]->d_name, q->name, stem) == 0 && strcmp(files[i]->d_name, q->name) != 0) {
      snprintf(name, sizeof name, FOLDER "/%.200s", files[i]->d_name);
      found++;
    }
    free(files[i]);
  }
  free(files);
  if (found != 1) fail_msg("%s: there are %d documents of that name", q->name, found);
  pk_buf_init(&q->document, (size_t)1 << 20);
  assert_ok(pk_file_read(name, &q->document, &q->site->err), q->site->err);
  char *text = pk_str_dup(platform);
  read_document(q, number, text, strrchr(name, '/') + 1);
  free(text);
}

/* ---- hosts ---- */

static pk_rc write_line(void *arg, const pk_verdict *v, pk_err *err) {
  (void)err;
  pk_buf_printf(arg, "%.*s %.*s %.*s %s %.*s %.*s\n", PK_FMT(v->package.n ? v->package : PK_STR("-")),
                PK_FMT(v->installed.n ? v->installed : PK_STR("-")), PK_FMT(v->cve.n ? v->cve : PK_STR("-")),
                pk_rule_state_name(v->state), PK_FMT(v->fixed.n ? v->fixed : PK_STR("-")),
                PK_FMT(v->advisory.n ? v->advisory : PK_STR("-")));
  return PK_OK;
}

static int cmp_lines(const void *a, const void *b) { return pk_str_cmp(*(const pk_str *)a, *(const pk_str *)b); }

static void write_sorted(pk_str *lines, size_t n, pk_buf *out) {
  qsort(lines, n, sizeof *lines, cmp_lines);
  for (size_t i = 0; i < n; i++)
    if (!i || !pk_str_eq(lines[i], lines[i - 1])) pk_buf_printf(out, "%.*s\n", PK_FMT(lines[i]));
}

/* Judge the host that was read, and forget it. */
static void end_host(quirk *q) {
  if (!q->platform.name.n) return;
  const pk_package *packages[PACKAGES_MAX];
  pk_str have[LINES_MAX], rest;
  size_t n_have = 0;
  pk_buf text, want, sorted;
  pk_buf_init(&text, 65536);
  pk_buf_init(&want, 65536);
  pk_buf_init(&sorted, 65536);
  for (size_t i = 0; i < q->n_packages; i++) {
    packages[i] = &q->packages[i];
    q->packages[i].type = q->platform.type;
  }
  const pk_judged_host judged = {.platform = q->platform, .kernel = q->kernel, .packages = packages, .n_packages = q->n_packages};
  assert_ok(pk_verdicts_of(q->site->judge, &judged, write_line, &text, &q->site->err), q->site->err);
  rest = pk_buf_view(&text);
  while (n_have < LINES_MAX && pk_str_split(&rest, '\n', &have[n_have])) n_have++;
  write_sorted(have, n_have, &sorted);
  write_sorted(q->want, q->n_want, &want);
  if (strcmp(pk_buf_cstr(&sorted), pk_buf_cstr(&want)) != 0)
    fail_msg("%s, host %.*s:\n%sshould be\n%s", q->name, PK_FMT(q->platform.name), pk_buf_cstr(&sorted), pk_buf_cstr(&want));
  pk_buf_free(&text);
  pk_buf_free(&want);
  pk_buf_free(&sorted);
  q->n_packages = q->n_want = 0;
  q->kernel = PK_STR("");
}

static void read_host(quirk *q, pk_str line) {
  pk_str name, option;
  char canonical[PK_PLATFORM_MAX + 1];
  assert_true(pk_str_word(&line, &name));
  q->platform = (pk_platform){.name = name, .arch = PK_STR("x86_64")};
  assert_ok(pk_platform_canonical(q->platforms, name, canonical, &q->platform.type, &q->site->err), q->site->err);
  assert_int_not_equal(q->platform.type, PK_TYPE_UNKNOWN);
  pk_platform_map_judged_as(q->platforms, name, q->judged_as);
  q->platform.judged_as = pk_str_of(q->judged_as);
  while (pk_str_word(&line, &option))
    if (pk_str_starts(option, "kernel=")) q->kernel = pk_str_sub(option, strlen("kernel="), option.n);
}

static void read_package(quirk *q, pk_str line) {
  pk_str option;
  assert_true(q->n_packages < PACKAGES_MAX);
  pk_package *p = &q->packages[q->n_packages++];
  *p = (pk_package){.arch = PK_STR("x86_64")};
  assert_true(pk_str_word(&line, &p->name) && pk_str_word(&line, &p->evr));
  while (pk_str_word(&line, &option)) {
    const struct {
      const char *name;
      pk_str *text;
    } options[] = {{"arch=", &p->arch}, {"module=", &p->module}, {"source=", &p->source}, {"source_evr=", &p->source_evr}};
    bool known = false;
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
      if (!pk_str_starts(option, options[i].name)) continue;
      *options[i].text = pk_str_sub(option, strlen(options[i].name), option.n);
      known = true;
    }
    if (!known) fail_msg("%s: '%.*s' is no property of a package", q->name, PK_FMT(option));
  }
}

static void check_quirk(site *s, const char *name) {
  quirk *q = pk_calloc(1, sizeof *q);
  char path[512];
  size_t n_hosts = 0;
  q->site = s;
  q->name = name;
  snprintf(path, sizeof path, FOLDER "/%.200s", name);
  pk_buf_init(&q->text, (size_t)1 << 20);
  assert_ok(pk_platform_map_new(pk_embed_platforms, "platforms", &q->platforms, &s->err), s->err);
  assert_ok(pk_file_read(path, &q->text, &s->err), s->err);
  pk_str rest = pk_buf_view(&q->text), line;
  if (!pk_str_starts(rest, "# ")) fail_msg("%s does not say what the quirk is", name);
  while (pk_str_split(&rest, '\n', &line)) {
    line = pk_str_trim(line);
    if (!line.n || line.p[0] == '#') continue;
    if (pk_str_starts(line, "feed ")) {
      read_feed(q, pk_str_sub(line, 5, line.n));
    } else if (pk_str_starts(line, "host ")) {
      end_host(q);
      read_host(q, pk_str_sub(line, 5, line.n));
      n_hosts++;
    } else if (pk_str_starts(line, "=> ")) {
      assert_true(q->n_want < LINES_MAX);
      q->want[q->n_want++] = pk_str_sub(line, 3, line.n);
    } else {
      read_package(q, line);
    }
  }
  end_host(q);
  if (!n_hosts) fail_msg("%s judges no host", name);
  pk_platform_map_free(&q->platforms);
  pk_buf_free(&q->text);
  pk_buf_free(&q->document);
  free(q);
}

/* ---- all of them ---- */

static int is_text(const struct dirent *e) { return pk_str_ends(pk_str_of(e->d_name), ".txt"); }
static int is_document(const struct dirent *e) {
  pk_str name = pk_str_of(e->d_name);
  return name.p[0] != '.' && !pk_str_ends(name, ".txt") && !pk_str_ends(name, ".c");
}

static void test_quirks_when_judged_then_as_the_vendor_means_it(void **state) {
  (void)state;
  struct dirent **files;
  int n = scandir(FOLDER, &files, is_text, alphasort);
  assert_true(n > 0);
  for (int i = 0; i < n; i++) {
    void *own = NULL;
    site_set_up(&own);
    check_quirk(own, files[i]->d_name);
    site_tear_down(&own);
    free(files[i]);
  }
  free(files);
}

static void test_quirks_when_there_is_a_document_then_somebody_says_what_for(void **state) {
  (void)state;
  struct dirent **files;
  int n = scandir(FOLDER, &files, is_document, alphasort);
  assert_true(n > 0);
  for (int i = 0; i < n; i++) {
    char path[512];
    snprintf(path, sizeof path, FOLDER "/%.*s.txt", (int)(strrchr(files[i]->d_name, '.') - files[i]->d_name), files[i]->d_name);
    if (!pk_file_exists(path)) fail_msg("there is no '%s'", path);
    free(files[i]);
  }
  free(files);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_quirks_when_judged_then_as_the_vendor_means_it),
      cmocka_unit_test(test_quirks_when_there_is_a_document_then_somebody_says_what_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
