/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/apt/release.h"

#include "base/times.h"
#include "feed/apt/deb822.h"
#include "feed/settings.h"

#include <stdlib.h>

typedef enum field {
  SUITE,
  CODENAME,
  DATE,
  VALID_UNTIL,
  NOT_AUTOMATIC,
  BUT_AUTOMATIC_UPGRADES,
  ACQUIRE_BY_HASH,
  COMPONENTS,
  ARCHITECTURES,
  NO_SUPPORT_ALL,
  N_FIELDS
} field;

static const char *const FIELDS[N_FIELDS] = {
    [SUITE] = "Suite",
    [CODENAME] = "Codename",
    [DATE] = "Date",
    [VALID_UNTIL] = "Valid-Until",
    [NOT_AUTOMATIC] = "NotAutomatic",
    [BUT_AUTOMATIC_UPGRADES] = "ButAutomaticUpgrades",
    [ACQUIRE_BY_HASH] = "Acquire-By-Hash",
    [COMPONENTS] = "Components",
    [ARCHITECTURES] = "Architectures",
    [NO_SUPPORT_ALL] = "No-Support-for-Architecture-all",
};

typedef struct reader {
  pk_apt_release *release;
  pk_str values[N_FIELDS];
  const char *section; /* checksums of which algorithm follow; NULL: none that we take */
  bool has_sums, begun;
} reader;

/* " HEX SIZE PATH". An entry of SHA256 takes the place of one of SHA512. */
static pk_rc read_sum(reader *r, pk_str line, pk_err *err) {
  pk_str hex, size, path;
  pk_apt_file file = {.size_bytes = 0};
  if (!pk_str_word(&line, &hex) || !pk_str_word(&line, &size) || !pk_str_word(&line, &path) ||
      !pk_str_u64(size, &file.size_bytes))
    return pk_err_set(err, PK_E_SYNTAX, "not 'checksum size path'");
  pk_rc rc = pk_sum_parse(pk_str_of(r->section), hex, &file.sum, err);
  if (rc != PK_OK) return rc;
  while (pk_str_starts(path, "./")) path = pk_str_sub(path, 2, path.n);
  file.path = path;
  pk_apt_release *release = r->release;
  uint64_t *place = pk_map_put(&release->places, path, NULL);
  if (*place) {
    if (file.sum.type == PK_SUM_SHA256) release->files[*place - 1] = file;
    return PK_OK;
  }
  if (release->n_files == PK_APT_RELEASE_FILES_MAX)
    return pk_err_set(err, PK_E_LIMIT, "more than %zu files are listed", PK_APT_RELEASE_FILES_MAX);
  PK_GROW(release->files, release->n_files, release->files_cap);
  release->files[release->n_files++] = file;
  *place = release->n_files;
  return PK_OK;
}

static void read_field(reader *r, pk_str name, pk_str value) {
  r->begun = true;
  r->section = pk_str_is_nocase(name, "SHA256") ? "sha256" : pk_str_is_nocase(name, "SHA512") ? "sha512" : NULL;
  if (r->section) r->has_sums = true;
  for (size_t i = 0; i < N_FIELDS; i++)
    if (pk_str_is_nocase(name, FIELDS[i])) r->values[i] = value;
}

/* PK_END after the first stanza: there should be no other. */
static pk_rc read_line(reader *r, pk_str line, pk_err *err) {
  pk_str name, value;
  switch (pk_deb822_line(line, &name, &value)) {
  case PK_DEB822_FIELD:
    read_field(r, name, value);
    return PK_OK;
  case PK_DEB822_MORE:
    return r->section ? read_sum(r, value, err) : PK_OK;
  case PK_DEB822_BLANK:
    return r->begun ? PK_END : PK_OK;
  case PK_DEB822_BROKEN:
    break;
  }
  return pk_err_set(err, PK_E_SYNTAX, "not a field 'Name: value': this is no Release file, but maybe a web page");
}

static pk_rc read_lines(reader *r, pk_str text, pk_err *err) {
  pk_str line;
  pk_rc rc = PK_OK;
  unsigned number = 0;
  while (rc == PK_OK && pk_str_split(&text, '\n', &line)) {
    number++;
    rc = read_line(r, line, err);
  }
  if (rc < 0 && err) pk_err_prefix(err, "line %u: ", number);
  return rc == PK_END ? PK_OK : rc;
}

static pk_rc take_date(const reader *r, field f, int64_t *ret, pk_err *err) {
  if (r->values[f].n == 0 || pk_time_parse_rfc5322(r->values[f], ret) == PK_OK) return PK_OK;
  return pk_err_set(err, PK_E_SYNTAX, "field '%s' is no date: '%.*s'", FIELDS[f], PK_FMT(r->values[f]));
}

static pk_rc take_values(const reader *r, pk_err *err) {
  pk_apt_release *release = r->release;
  release->suite = r->values[SUITE];
  release->codename = r->values[CODENAME];
  release->components = r->values[COMPONENTS];
  release->architectures = r->values[ARCHITECTURES];
  release->no_support_all = r->values[NO_SUPPORT_ALL];
  release->by_hash = pk_setting_is_yes(r->values[ACQUIRE_BY_HASH]);
  if (pk_setting_is_yes(r->values[NOT_AUTOMATIC]))
    release->automatic = pk_setting_is_yes(r->values[BUT_AUTOMATIC_UPGRADES]) ? PK_AUTOMATIC_UPGRADES : PK_AUTOMATIC_NEVER;
  pk_rc rc = take_date(r, DATE, &release->date, err);
  return rc == PK_OK ? take_date(r, VALID_UNTIL, &release->valid_until, err) : rc;
}

pk_rc pk_apt_release_parse(pk_str text, pk_apt_release *ret, pk_err *err) {
  *ret = (pk_apt_release){.date = 0};
  pk_map_init(&ret->places, false);
  reader r = {.release = ret};
  for (size_t i = 0; i < N_FIELDS; i++) r.values[i] = PK_STR("");
  pk_rc rc = read_lines(&r, text, err);
  if (rc != PK_OK) return rc;
  if (!r.begun) return pk_err_set(err, PK_E_SYNTAX, "empty: this is no Release file");
  if (!r.has_sums)
    return pk_err_set(err, PK_E_SYNTAX, "no section SHA256 or SHA512: nothing can be verified with this Release file");
  return take_values(&r, err);
}

void pk_apt_release_fini(pk_apt_release *r) {
  pk_map_fini(&r->places);
  free(r->files);
  *r = (pk_apt_release){.date = 0};
}

const pk_apt_file *pk_apt_release_find(const pk_apt_release *r, pk_str path) {
  const uint64_t *place = pk_map_get(&r->places, path);
  return place ? &r->files[*place - 1] : NULL;
}

pk_str pk_apt_release_unwrap(pk_str text) {
  if (!pk_str_starts(text, "-----BEGIN PGP SIGNED MESSAGE-----")) return text;
  pk_str rest = text, line;
  while (pk_str_split(&rest, '\n', &line))
    if (pk_str_trim(line).n == 0) break; /* the empty line behind the armour's headers */
  pk_str body = rest;
  while (pk_str_split(&rest, '\n', &line))
    if (pk_str_starts(line, "-----BEGIN PGP SIGNATURE-----")) return (pk_str){body.p, (size_t)(line.p - body.p)};
  return body;
}
