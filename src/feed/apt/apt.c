/* SPDX-License-Identifier: Apache-2.0
 *
 * apt: reads an APT repository whole, from its signed head file down to the Packages indexes.
 *
 *   1 head     InRelease, else Release with Release.gpg; its signature
 *   2 holds?   Valid-Until, suite; the mark: unchanged since the last good sync?
 *   3 indexes  every component and architecture: one variant of Packages, by its checksum
 *
 * Layout: URL/dists/SUITE/COMPONENT/binary-ARCH/Packages.xz, or flat (the suite ends in '/'): URL/SUITE/Packages.xz.
 * Source: https://wiki.debian.org/DebianRepository/Format, apt-secure(8). */
#include "base/file.h"
#include "base/times.h"
#include "feed/apt/packages.h"
#include "feed/apt/release.h"
#include "feed/index.h"
#include "feed/signature.h"

#include <stdlib.h>
#include <unistd.h>

/* Change it when the reader makes something else of the same files: they are then read again. */
#define READER "apt1"
/* Longest path on this machine or address below the feed's. */
#define PLACE_BYTES_MAX 8192

/* Best first: smallest, then fastest. */
static const char *const VARIANTS[] = {".xz", ".zst", ".gz", ".bz2", ""};

typedef struct job {
  const pk_feed_context *c;
  bool is_flat;
  pk_buf dir;         /* of the head file below the feed's address, with '/' at the end unless empty */
  pk_buf path, place; /* of the file at hand: below the feed's address, and here */
  pk_buf head;        /* text of the head file */
  pk_apt_release release;
  pk_offers offers;
  size_t n_indexes;
} job;

static void job_init(job *j, const pk_feed_context *c, pk_repository_content *content) {
  *j = (job){.c = c};
  pk_buf_init(&j->dir, PLACE_BYTES_MAX);
  pk_buf_init(&j->path, PLACE_BYTES_MAX);
  pk_buf_init(&j->place, PLACE_BYTES_MAX);
  pk_buf_init(&j->head, PK_INDEX_HEAD_BYTES_MAX);
  pk_str suite = pk_str_of(c->feed->suite);
  j->is_flat = pk_str_ends(suite, "/");
  while (pk_str_starts(suite, "/") || pk_str_starts(suite, "./")) suite = pk_str_sub(suite, 1, suite.n);
  if (!j->is_flat) pk_buf_puts(&j->dir, "dists/");
  pk_buf_str(&j->dir, suite);
  if (!j->is_flat) pk_buf_putc(&j->dir, '/');
  pk_offers_init(&j->offers, content, j->is_flat ? c->feed->arch : "");
}

static void job_fini(job *j) {
  pk_apt_release_fini(&j->release);
  pk_offers_fini(&j->offers);
  pk_buf_free(&j->head);
  pk_buf_free(&j->place);
  pk_buf_free(&j->path);
  pk_buf_free(&j->dir);
}

/* Fetch a file that lies `path` below the head file's folder and keep it as `name`. */
static pk_rc fetch(job *j, pk_str path, pk_str name, uint64_t max_bytes, const pk_sum *want, pk_err *err) {
  j->path.n = 0;
  pk_buf_str(&j->path, pk_buf_view(&j->dir));
  pk_buf_str(&j->path, path);
  pk_index_place(j->c, name, &j->place);
  return pk_index_fetch(j->c, pk_buf_cstr(&j->path), pk_buf_cstr(&j->place), max_bytes, want, err);
}

static pk_rc read_head_file(job *j, const char *place, pk_err *err) {
  pk_rc rc = pk_file_read(place, &j->head, err);
  return rc == PK_NOTFOUND ? pk_err_set(err, PK_E_IO, "'%s' has vanished", place) : rc;
}

static pk_rc read_inline(job *j, pk_err *err) {
  const pk_feed *f = j->c->feed;
  const char *place = pk_buf_cstr(&j->place);
  if (f->is_unsigned) return read_head_file(j, place, err);
  pk_buf covered;
  pk_buf_init(&covered, PLACE_BYTES_MAX);
  pk_index_place(j->c, PK_STR("InRelease.covered"), &covered);
  pk_rc rc = pk_signature_check_inline(place, pk_buf_cstr(&covered), f->keyring, j->c->work_dir, err);
  if (rc == PK_OK) rc = read_head_file(j, pk_buf_cstr(&covered), err);
  unlink(pk_buf_cstr(&covered));
  pk_buf_free(&covered);
  return rc;
}

static pk_rc check_detached(job *j, const char *release_place, pk_err *err) {
  const pk_feed *f = j->c->feed;
  pk_rc rc = fetch(j, PK_STR("Release.gpg"), PK_STR("Release.gpg"), PK_INDEX_SIGNATURE_BYTES_MAX, NULL, err);
  if (rc == PK_NOTFOUND)
    return pk_err_set(
        err, PK_E_VERIFY,
        "'Release' is not signed: there is neither an InRelease nor a Release.gpg; --unsigned trusts the source without");
  if (rc != PK_OK) return rc;
  rc = pk_signature_check_detached(release_place, pk_buf_cstr(&j->place), f->keyring, j->c->work_dir, err);
  unlink(pk_buf_cstr(&j->place));
  return rc;
}

static pk_rc fetch_release(job *j, pk_err *err) {
  pk_rc rc = fetch(j, PK_STR("Release"), PK_STR("Release"), PK_INDEX_HEAD_BYTES_MAX, NULL, err);
  if (rc == PK_NOTFOUND)
    return pk_err_set(err, PK_E_NET,
                      "neither '%sInRelease' nor 'Release' exists below the feed's address: check address and suite",
                      pk_buf_cstr(&j->dir));
  if (rc != PK_OK) return rc;
  char *place = pk_str_dup(pk_buf_view(&j->place));
  if (!j->c->feed->is_unsigned) rc = check_detached(j, place, err);
  if (rc == PK_OK) rc = read_head_file(j, place, err);
  unlink(place);
  free(place);
  return rc;
}

static pk_rc fetch_head(job *j, pk_err *err) {
  pk_rc rc = fetch(j, PK_STR("InRelease"), PK_STR("InRelease"), PK_INDEX_HEAD_BYTES_MAX, NULL, err);
  if (rc == PK_NOTFOUND) return fetch_release(j, err);
  if (rc != PK_OK) return rc;
  rc = read_inline(j, err);
  unlink(pk_buf_cstr(&j->place));
  return rc;
}

static bool has_word(pk_str words, pk_str word) {
  pk_str one;
  while (pk_str_word(&words, &one))
    if (pk_str_eq(one, word)) return true;
  return false;
}

static pk_str last_part(pk_str path) {
  size_t slash = pk_str_rfind(path, '/');
  return slash < path.n ? pk_str_sub(path, slash + 1, path.n) : path;
}

/* Do two names share a part between slashes? "stable/updates" and "bookworm/updates" of old security archives do,
 * "bookworm" and "trixie" do not. apt only warns here; a mirror that serves another suite must not pass unseen. */
static bool share_part(pk_str a, pk_str b) {
  pk_str part;
  while (pk_str_split(&a, '/', &part)) {
    pk_str rest = b, other;
    while (part.n && pk_str_split(&rest, '/', &other))
      if (pk_str_eq(part, other)) return true;
  }
  return false;
}

static pk_rc check_suite(const job *j, pk_err *err) {
  const pk_apt_release *r = &j->release;
  pk_str suite = pk_str_of(j->c->feed->suite);
  if (j->is_flat || (r->suite.n == 0 && r->codename.n == 0) || share_part(suite, r->suite) || share_part(suite, r->codename))
    return PK_OK;
  return pk_err_set(err, PK_E_VERIFY,
                    "the Release file is of suite '%.*s' with codename '%.*s', not of '%.*s': check the feed's suite",
                    PK_FMT(r->suite), PK_FMT(r->codename), PK_FMT(suite));
}

static pk_rc check_date(const job *j, pk_err *err) {
  int64_t until = j->release.valid_until;
  if (until == 0 || j->c->now <= until || j->c->feed->ignore_valid_until) return PK_OK;
  return pk_err_set(err, PK_E_VERIFY,
                    "the Release file was valid until %s: the mirror is out of date; --ignore-valid-until accepts it",
                    PK_TIME(until));
}

/* Fetch and read one file; PK_NOTFOUND when the server has it under neither name. */
static pk_rc read_file(job *j, const pk_apt_file *file, pk_err *err) {
  pk_rc rc = PK_NOTFOUND;
  if (j->release.by_hash) {
    pk_buf path;
    pk_buf_init(&path, PLACE_BYTES_MAX);
    pk_str folder = pk_str_sub(file->path, 0, file->path.n - last_part(file->path).n);
    pk_buf_str(&path, folder);
    pk_buf_printf(&path, "by-hash/%s/%s", file->sum.type == PK_SUM_SHA512 ? "SHA512" : "SHA256", file->sum.hex);
    rc = fetch(j, pk_buf_view(&path), file->path, file->size_bytes, &file->sum, err);
    pk_buf_free(&path);
  }
  if (rc == PK_NOTFOUND) rc = fetch(j, file->path, file->path, file->size_bytes, &file->sum, err);
  if (rc != PK_OK) return rc;
  pk_stream *in = NULL;
  rc = pk_index_open(pk_buf_cstr(&j->place), &in, err);
  if (rc == PK_OK) rc = pk_apt_packages_read(in, &j->offers, err);
  pk_stream_close(&in);
  unlink(pk_buf_cstr(&j->place));
  j->n_indexes++;
  return rc;
}

/* Read the best variant that is there of the index in a folder ("main/binary-amd64/").
 * PK_NOTFOUND when the Release file lists none. */
static pk_rc read_index(job *j, pk_str folder, pk_err *err) {
  pk_buf path;
  pk_buf_init(&path, PK_INDEX_PATH_MAX);
  pk_rc rc = PK_NOTFOUND;
  bool is_listed = false;
  for (size_t i = 0; rc == PK_NOTFOUND && i < sizeof VARIANTS / sizeof VARIANTS[0]; i++) {
    path.n = 0;
    pk_buf_str(&path, folder);
    pk_buf_printf(&path, "Packages%s", VARIANTS[i]);
    const pk_apt_file *file =
        pk_index_path_is_inside(pk_buf_view(&path)) ? pk_apt_release_find(&j->release, pk_buf_view(&path)) : NULL;
    if (!file) continue;
    is_listed = true;
    rc = pk_index_name_fault(read_file(j, file, err), pk_buf_cstr(&path), err);
  }
  pk_buf_free(&path);
  if (rc == PK_NOTFOUND && is_listed)
    rc =
        pk_err_set(err, PK_E_NET, "the server has none of the files '%.*sPackages*' that its Release file lists", PK_FMT(folder));
  return rc;
}

/* Indexes of "updates/main" (Components of Debian's security archive) lie in "main". */
static pk_rc read_component(job *j, pk_str component, pk_str arch, pk_err *err) {
  const pk_str names[] = {component, last_part(component)};
  pk_rc rc = PK_NOTFOUND;
  for (size_t i = 0; rc == PK_NOTFOUND && i < 2; i++) {
    if (i && names[1].n == names[0].n) break;
    pk_buf folder;
    pk_buf_init(&folder, PK_INDEX_PATH_MAX);
    pk_buf_printf(&folder, "%.*s/binary-%.*s/", PK_FMT(names[i]), PK_FMT(arch));
    rc = read_index(j, pk_buf_view(&folder), err);
    pk_buf_free(&folder);
  }
  return rc;
}

static bool has_component(const pk_apt_release *r, pk_str component) {
  pk_str rest = r->components, one;
  while (pk_str_word(&rest, &one))
    if (pk_str_eq(last_part(one), last_part(component))) return true;
  return false;
}

/* No index is listed: fine when the Release file announces both the component and the architecture (there is nothing
 * for the two together), a mistake in the feed's settings otherwise. */
static pk_rc explain_missing(const job *j, pk_str component, pk_str arch, pk_err *err) {
  const pk_apt_release *r = &j->release;
  if (!has_component(r, component))
    return pk_err_set(err, PK_E_CONFIG, "the repository has no component '%.*s'; it has: %.*s", PK_FMT(component),
                      PK_FMT(r->components));
  if (!has_word(r->architectures, arch))
    return pk_err_set(err, PK_E_CONFIG, "the repository has no architecture '%.*s'; it has: %.*s", PK_FMT(arch),
                      PK_FMT(r->architectures));
  return PK_OK;
}

static pk_rc read_architectures(job *j, pk_str component, pk_err *err) {
  const pk_apt_release *r = &j->release;
  pk_str rest = pk_str_of(j->c->feed->arch), arch;
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_str_split(&rest, ',', &arch)) {
    arch = pk_str_trim(arch);
    if (arch.n == 0) continue;
    rc = read_component(j, component, arch, err);
    if (rc == PK_NOTFOUND) rc = explain_missing(j, component, arch, err);
  }
  /* packages for all architectures have an index of their own in some archives */
  if (rc == PK_OK && has_word(r->architectures, PK_STR("all")) && !has_word(r->no_support_all, PK_STR("Packages")))
    rc = read_component(j, component, PK_STR("all"), err);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

static pk_rc read_components(job *j, pk_err *err) {
  const pk_feed *f = j->c->feed;
  if (pk_str_trim(pk_str_of(f->arch)).n == 0)
    return pk_err_set(err, PK_E_CONFIG, "the feed names no architecture; a repository of APT needs one");
  pk_str rest = pk_str_trim(pk_str_of(f->components)), component;
  if (rest.n == 0) rest = j->release.components;
  if (rest.n == 0) return pk_err_set(err, PK_E_CONFIG, "neither the feed nor the Release file names components");
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_str_word(&rest, &component)) rc = read_architectures(j, component, err);
  if (rc == PK_OK && j->n_indexes == 0)
    rc = pk_err_set(err, PK_E_SYNTAX, "the Release file lists no Packages index for the feed's components and architectures");
  return rc;
}

static pk_rc read_flat(job *j, pk_err *err) {
  pk_rc rc = read_index(j, PK_STR(""), err);
  return rc == PK_NOTFOUND ? pk_err_set(err, PK_E_SYNTAX, "the Release file of this flat repository lists no Packages index")
                           : rc;
}

pk_rc pk_apt_read(const pk_feed_context *c, pk_repository_content *content, char *ret_mark, pk_err *err) {
  char mark[PK_FEED_MARK_MAX];
  job j;
  job_init(&j, c, content);
  pk_rc rc = fetch_head(&j, err);
  if (rc == PK_OK) {
    pk_str text = pk_buf_view(&j.head);
    if (c->feed->is_unsigned) text = pk_apt_release_unwrap(text);
    rc = pk_index_name_fault(pk_apt_release_parse(text, &j.release, err), "Release", err);
  }
  if (rc == PK_OK) rc = check_suite(&j, err);
  if (rc == PK_OK) rc = check_date(&j, err);
  if (rc == PK_OK) {
    const char *const settings[] = {c->feed->components, c->feed->arch, c->feed->suite};
    pk_index_mark(READER, pk_buf_view(&j.head), settings, sizeof settings / sizeof settings[0], mark);
    if (strcmp(mark, c->last_mark) == 0) rc = PK_UNCHANGED;
  }
  if (rc == PK_OK) {
    content->automatic = j.release.automatic;
    rc = j.is_flat ? read_flat(&j, err) : read_components(&j, err);
  }
  if (rc == PK_OK || rc == PK_UNCHANGED) memcpy(ret_mark, mark, sizeof mark);
  job_fini(&j);
  return rc;
}
