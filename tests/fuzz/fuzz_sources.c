/* SPDX-License-Identifier: Apache-2.0
 *
 * A machine's own repository configuration: the first byte says which file it is, the rest is its text. The files are below
 * a folder of the process's own, because the readers look for them there. */
#include "base/file.h"
#include "feed/feed.h"
#include "targets.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

static const char *const PLACES[] = {"etc/apt/sources.list", "etc/apt/sources.list.d/a.sources", "etc/yum.repos.d/a.repo",
                                     "etc/zypp/repos.d/a.repo", "etc/dnf/vars/releasever"};
#define N_PLACES (sizeof PLACES / sizeof PLACES[0])

static char root[64];

static const char *path_of(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", root, name);
  return path;
}

static void remove_root(void) {
  static const char *const folders[] = {"etc/apt/sources.list.d",
                                        "etc/apt",
                                        "etc/yum.repos.d",
                                        "etc/zypp/repos.d",
                                        "etc/zypp",
                                        "etc/dnf/vars",
                                        "etc/dnf",
                                        "etc",
                                        ""};
  for (size_t i = 0; i < N_PLACES; i++) unlink(path_of(PLACES[i]));
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) rmdir(path_of(folders[i]));
}

static void make_root(void) {
  if (root[0]) return;
  snprintf(root, sizeof root, "%s/pakiti-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  PK_FUZZ_MUST(mkdtemp(root));
  static const char *const folders[] = {"etc/apt/sources.list.d", "etc/yum.repos.d", "etc/zypp/repos.d", "etc/dnf/vars"};
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) PK_FUZZ_MUST(pk_dir_make(path_of(folders[i]), NULL) == PK_OK);
  atexit(remove_root);
}

static pk_rc see(void *arg, const pk_feed *feed, pk_err *err) {
  (void)arg, (void)err;
  PK_FUZZ_MUST(feed->name[0] && feed->url[0]);
  PK_FUZZ_MUST(strncasecmp(feed->url, "http://", 7) == 0 || strncasecmp(feed->url, "https://", 8) == 0 ||
               strncasecmp(feed->url, "file:/", 6) == 0);
  PK_FUZZ_MUST(pk_str_find(pk_str_of(feed->name), ' ') == strlen(feed->name));
  return PK_OK;
}

static void write_place(const char *place, pk_str text) {
  FILE *f = fopen(path_of(place), "wbe"); /* not pk_file_write: its fsync is slow */
  PK_FUZZ_MUST(f);
  PK_FUZZ_MUST(fwrite(text.p ? text.p : "", 1, text.n, f) == text.n);
  PK_FUZZ_MUST(fclose(f) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  make_root();
  const char *place = PLACES[data[0] % N_PLACES];
  write_place(place, (pk_str){(const char *)data + 1, size - 1});
  bool is_variable = data[0] % N_PLACES == 4;
  if (is_variable)
    write_place("etc/yum.repos.d/a.repo", PK_STR("[a]\nbaseurl=http://example.org/$releasever/$basearch\nenabled=1\n"));
  pk_err err = {0};
  pk_rc rc = pk_apt_find_feeds(root, "debian:12", "amd64", see, NULL, &err);
  pk_fuzz_check(rc, &err);
  rc = pk_rpmmd_find_feeds(root, "rhel:9", "x86_64", see, NULL, &err);
  pk_fuzz_check(rc, &err);
  unlink(path_of(place));
  if (is_variable) unlink(path_of("etc/yum.repos.d/a.repo"));
  return 0;
}
