/* SPDX-License-Identifier: Apache-2.0 */
#include "app/decisions.h"

#include "base/times.h"
#include "base/xml.h"
#include "match/system.h"

#include <stdio.h>
#include <stdlib.h>

/* Largest file of decisions, and most entries in it. */
#define IMPORT_BYTES_MAX ((size_t)64 << 20)
#define IMPORT_ENTRIES_MAX ((size_t)100000)

/* ---- checks ---- */

static pk_rc check_text(const char *field, pk_str text, size_t max, bool needed, pk_err *err) {
  if (needed && !pk_str_trim(text).n) return pk_err_set(err, PK_E_SYNTAX, "%s is missing", field);
  if (text.n > max) return pk_err_set(err, PK_E_SYNTAX, "%s is longer than %zu bytes", field, max);
  if (!pk_str_utf8(text)) return pk_err_set(err, PK_E_SYNTAX, "%s is not UTF-8", field);
  return pk_xml_can_tell(text) ? PK_OK : pk_err_set(err, PK_E_SYNTAX, "%s holds characters that no text has", field);
}

pk_rc pk_tag_check(const pk_cve_tag *t, pk_err *err) {
  if (!t->cve) return pk_err_set(err, PK_E_SYNTAX, "cve is missing: give its name, for example CVE-2024-6387");
  pk_rc rc = check_text("tag", t->tag, PK_TAG_NAME_MAX, true, err);
  if (rc == PK_OK && (pk_str_find(t->tag, ',') < t->tag.n || pk_str_find(t->tag, '\n') < t->tag.n)) rc = pk_err_set(err, PK_E_SYNTAX, "tag holds a comma or a line's end");
  if (rc == PK_OK) rc = check_text("reason", t->reason, PK_REASON_MAX, false, err);
  if (rc == PK_OK) rc = check_text("url", t->url, PK_REASON_MAX, false, err);
  if (rc == PK_OK) rc = check_text("modified_by", t->modified_by, PK_PERSON_MAX, false, err);
  if (rc == PK_OK && t->url.n && !pk_str_starts(t->url, "https://") && !pk_str_starts(t->url, "http://"))
    rc = pk_err_set(err, PK_E_SYNTAX, "url begins with neither https:// nor http://");
  return rc;
}

pk_rc pk_exception_check(const pk_exception *e, pk_err *err) {
  const struct {
    const char *field;
    pk_str text;
    size_t max;
    bool needed;
  } texts[] = {{"package", e->package, PK_FIELD_MAX, false}, {"version", e->version, PK_FIELD_MAX, false}, {"arch", e->arch, PK_FIELD_MAX, false},
               {"platform", e->platform, PK_PLATFORM_MAX, false}, {"value", e->group_value, PK_HOST_KEY_MAX, e->group_kind != PK_GROUP_NONE},
               {"reason", e->reason, PK_REASON_MAX, true}, {"approver", e->approver, PK_PERSON_MAX, true}};
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof texts / sizeof texts[0]; i++) rc = check_text(texts[i].field, texts[i].text, texts[i].max, texts[i].needed, err);
  if (rc == PK_OK && !e->cve && !e->package.n) rc = pk_err_set(err, PK_E_SYNTAX, "give a cve, a package, or both: an exception for everything is none");
  if (rc == PK_OK && (e->version.n || e->arch.n) && !e->package.n) rc = pk_err_set(err, PK_E_SYNTAX, "version and arch are of a package: give it too");
  if (rc == PK_OK && e->group_kind == PK_GROUP_PLATFORM) rc = pk_err_set(err, PK_E_SYNTAX, "a platform goes into the field platform, not into group");
  if (rc == PK_OK && e->group_kind == PK_GROUP_NONE && e->group_value.n) rc = pk_err_set(err, PK_E_SYNTAX, "value is of a group: give it too");
  if (rc == PK_OK && pk_exception_has_ended(e, e->created_at)) rc = pk_err_set(err, PK_E_SYNTAX, "expires lies in the past");
  return rc;
}

static pk_rc note_tag_name(void *arg, const pk_cve_tag *t, pk_err *err) {
  (void)err;
  if (t->enabled) *pk_map_put(arg, t->tag, NULL) = 1;
  return PK_OK;
}

pk_rc pk_tag_names_fit(pk_store *store, pk_err *err) {
  pk_map names;
  pk_map_init(&names, true);
  pk_rc rc = pk_store_tags(store, note_tag_name, &names, err);
  if (rc == PK_OK && names.n > PK_TAG_NAMES_MAX)
    rc = pk_err_set(err, PK_E_LIMIT, "there are %d different enabled tags already: take one of them, or disable those that are not used", PK_TAG_NAMES_MAX);
  pk_map_fini(&names);
  return rc;
}

/* ---- of one host ---- */

typedef struct host_choosing {
  const pk_exception_subject *host;
  int64_t now;
  pk_arena *arena;
  pk_host_exceptions *to;
} host_choosing;

static pk_rc keep_if_for_host(void *arg, const pk_exception *e, pk_err *err) {
  const host_choosing *c = arg;
  void *array = c->to->list;
  if (pk_exception_has_ended(e, c->now) || !pk_exception_is_for(e, c->host)) return PK_OK;
  bool fits = pk_arena_grow(c->arena, &array, c->to->n, &c->to->cap, sizeof *c->to->list);
  if (fits) {
    c->to->list = array;
    pk_exception *kept = &c->to->list[c->to->n++];
    *kept = *e;
    pk_str *const texts[] = {&kept->package, &kept->version, &kept->arch, &kept->platform, &kept->group_value, &kept->reason, &kept->approver};
    for (size_t i = 0; fits && i < sizeof texts / sizeof texts[0]; i++) fits = pk_arena_copy(c->arena, *texts[i], texts[i]);
  }
  return fits ? PK_OK : pk_err_set(err, PK_E_LIMIT, "the answer takes too much memory");
}

pk_rc pk_exceptions_of_host(pk_store *store, const pk_exception_subject *host, int64_t now, pk_arena *arena, pk_host_exceptions *ret, pk_err *err) {
  *ret = (pk_host_exceptions){0};
  return pk_store_exceptions(store, keep_if_for_host, &(host_choosing){host, now, arena, ret}, err);
}

const pk_exception *pk_host_excepted(const pk_host_exceptions *x, int64_t cve, pk_str platform, const pk_package *p) {
  for (size_t i = 0; i < x->n; i++)
    if (pk_exception_fits(&x->list[i], cve, platform, p)) return &x->list[i];
  return NULL;
}

/* ---- reading ---- */

typedef struct entry {
  pk_cve_tag tag;
  pk_exception exception;
  pk_str release;
} entry;

struct pk_import {
  const char *element; /* "cveTag" */
  pk_arena arena;
  bool in_group; /* inside <osGroup> of the entry being read */
  entry open;
  entry *list;
  size_t n, cap;
  const pk_platform_map *platforms; /* of exceptions; NULL for tags */
};

static pk_rc full(pk_err *err) { return pk_err_set(err, PK_E_LIMIT, "the file has more than %zu entries, or is too large", IMPORT_ENTRIES_MAX); }

static pk_rc on_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  (void)x;
  pk_import *in = arg;
  if (depth == 3) in->in_group = pk_str_is(name, "osGroup");
  char root[64];
  snprintf(root, sizeof root, "%ss", in->element);
  if (depth == 1 && !pk_str_is(name, root)) return pk_err_set(err, PK_E_SYNTAX, "the outermost element is '%.*s' and should be '%s'", PK_FMT(name), root);
  if (depth == 2) in->open = (entry){.tag = {.enabled = true}};
  return PK_OK;
}

static bool is_false(pk_str text) { return !text.n || pk_str_is(text, "0") || pk_str_is_nocase(text, "false"); }

/* Debian's groups are called by codename, the others by the system's name. */
static pk_rc platform_of(pk_import *in, pk_str group, pk_str *ret, pk_err *err) {
  char name[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  if (!group.n) return PK_OK;
  bool is_ours = pk_str_find(group, ' ') == group.n; /* "fedora:40": as we write what has no name in Pakiti 3 */
  pk_err ignored;
  if (!pk_platform_of_codename(PK_STR("debian"), group, name) &&
      !(is_ours && pk_platform_canonical(in->platforms, group, name, &type, &ignored) == PK_OK) &&
      pk_platform_map_find(in->platforms, group, name, &type) != PK_OK)
    return pk_err_set(err, PK_E_SYNTAX, "no platform is known by the name '%.*s'", PK_FMT(group));
  return pk_arena_copy(&in->arena, pk_str_of(name), ret) ? PK_OK : full(err);
}

static pk_rc end_entry(pk_import *in, pk_err *err) {
  entry *e = &in->open;
  void *array = in->list;
  if (in->n == IMPORT_ENTRIES_MAX || !pk_arena_grow(&in->arena, &array, in->n, &in->cap, sizeof *in->list)) return full(err);
  in->list = array;
  if (in->platforms && !e->tag.cve) return pk_err_set(err, PK_E_SYNTAX, "a cveException has no cveName");
  if (in->platforms && !e->exception.package.n) return pk_err_set(err, PK_E_SYNTAX, "a cveException has no package");
  if (e->release.n && !e->exception.version.n) return pk_err_set(err, PK_E_SYNTAX, "release '%.*s' has no version before it", PK_FMT(e->release));
  e->exception.cve = e->tag.cve;
  e->exception.reason = e->tag.reason.n ? e->tag.reason : PK_STR("imported without a reason");
  e->exception.approver = e->tag.modified_by.n ? e->tag.modified_by : PK_STR("import");
  if (e->exception.version.n && e->release.n) {
    pk_buf evr;
    pk_buf_init(&evr, 4096);
    pk_buf_printf(&evr, "%.*s-%.*s", PK_FMT(e->exception.version), PK_FMT(e->release));
    bool fits = pk_arena_copy(&in->arena, pk_buf_view(&evr), &e->exception.version);
    pk_buf_free(&evr);
    if (!fits) return full(err);
  }
  in->list[in->n++] = *e;
  return PK_OK;
}

static pk_rc on_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  pk_import *in = arg;
  entry *e = &in->open;
  pk_str value;
  if (depth == 2 && pk_str_is(name, in->element)) return end_entry(in, err);
  if (depth < 3 || (depth > 3 && !in->platforms)) return PK_OK; /* a tag has neither package nor system */
  if (!pk_arena_copy(&in->arena, pk_str_trim(text), &value)) return full(err);
  const struct {
    unsigned depth;
    const char *name;
    pk_str *to;
  } texts[] = {{3, "tagName", &e->tag.tag},  {3, "reason", &e->tag.reason}, {3, "infoUrl", &e->tag.url}, {3, "modifier", &e->tag.modified_by},
               {4, "version", &e->exception.version}, {4, "release", &e->release}, {4, "arch", &e->exception.arch}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (texts[i].depth == depth && pk_str_is(name, texts[i].name)) *texts[i].to = value;
  if (depth == 3 && pk_str_is(name, "cveName")) {
    e->tag.cve = pk_cve_number(value);
    if (!e->tag.cve) return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no CVE", PK_FMT(value));
  }
  if (depth == 3 && pk_str_is(name, "enabled")) e->tag.enabled = !is_false(value);
  if (depth != 4 || !pk_str_is(name, "name")) return PK_OK;
  if (in->in_group) return platform_of(in, value, &e->exception.platform, err);
  e->exception.package = value;
  return PK_OK;
}

static pk_rc read_file(const char *element, const pk_platform_map *platforms, pk_str xml, pk_import **ret, pk_err *err) {
  pk_import *in = pk_calloc(1, sizeof *in);
  pk_stream *stream = NULL;
  in->element = element;
  in->platforms = platforms;
  pk_arena_init(&in->arena, IMPORT_BYTES_MAX * 4);
  pk_rc rc = pk_stream_open_bytes(xml, (pk_stream_limits){IMPORT_BYTES_MAX, 0}, &stream, err);
  if (rc == PK_OK) rc = pk_xml_parse(stream, on_start, on_end, in, err);
  pk_stream_close(&stream);
  for (size_t i = 0; rc == PK_OK && i < in->n; i++) rc = platforms ? pk_exception_check(&in->list[i].exception, err) : pk_tag_check(&in->list[i].tag, err);
  if (rc == PK_OK) *ret = in;
  else pk_import_free(&in);
  return rc;
}

pk_rc pk_import_tags(pk_str xml, pk_import **ret, pk_err *err) { return read_file("cveTag", NULL, xml, ret, err); }

pk_rc pk_import_exceptions(const pk_platform_map *platforms, pk_str xml, pk_import **ret, pk_err *err) {
  return read_file("cveException", platforms, xml, ret, err);
}

void pk_import_free(pk_import **file) {
  if (!*file) return;
  pk_arena_fini(&(*file)->arena);
  free(*file);
  *file = NULL;
}

/* ---- putting ---- */

/* Rows of the store, and whether the file has them too. */
typedef struct known {
  pk_map marks; /* key → IN_STORE, IN_FILE */
  struct known_row {
    pk_str key;
    int64_t id; /* of an exception */
  } *rows;
  size_t n, cap;
  pk_arena *arena;
} known;
enum { IN_STORE = 1, IN_FILE = 2 };

static pk_rc keep_known(known *k, pk_str key, int64_t id, pk_err *err) {
  void *array = k->rows;
  if (!pk_arena_grow(k->arena, &array, k->n, &k->cap, sizeof *k->rows)) return full(err);
  k->rows = array;
  if (!pk_arena_copy(k->arena, key, &k->rows[k->n].key)) return full(err);
  k->rows[k->n++].id = id;
  *pk_map_put(&k->marks, key, NULL) = IN_STORE;
  return PK_OK;
}

static bool is_in_file(const known *k, pk_str key) { return *pk_map_get(&k->marks, key) == IN_FILE; }

static pk_str tag_key(const pk_cve_tag *t, pk_buf *key) {
  key->n = 0;
  pk_buf_add(key, &t->cve, sizeof t->cve);
  pk_buf_str(key, t->tag);
  return pk_buf_view(key);
}

static pk_cve_tag tag_of(pk_str key) {
  pk_cve_tag t = {.tag = pk_str_sub(key, sizeof t.cve, key.n)};
  memcpy(&t.cve, key.p, sizeof t.cve);
  return t;
}

static pk_rc keep_known_tag(void *arg, const pk_cve_tag *t, pk_err *err) {
  pk_buf key;
  pk_buf_init(&key, 4096);
  pk_rc rc = keep_known(arg, tag_key(t, &key), 0, err);
  pk_buf_free(&key);
  return rc;
}

static pk_rc put_tags(pk_import *in, pk_store *store, known *k, bool remove, int64_t now, pk_imported *ret, pk_err *err) {
  pk_buf key;
  pk_buf_init(&key, 4096);
  pk_rc rc = pk_store_tags(store, keep_known_tag, k, err);
  for (size_t i = 0; rc == PK_OK && i < in->n; i++) {
    pk_cve_tag *t = &in->list[i].tag;
    t->modified_at = now;
    uint64_t *mark = pk_map_put(&k->marks, tag_key(t, &key), NULL);
    *(*mark ? &ret->n_changed : &ret->n_added) += 1;
    *mark = IN_FILE;
    rc = pk_store_tag_put(store, t, err);
  }
  for (size_t i = 0; rc == PK_OK && remove && i < k->n; i++) {
    if (is_in_file(k, k->rows[i].key)) continue;
    const pk_cve_tag gone = tag_of(k->rows[i].key);
    rc = pk_store_tag_remove(store, gone.cve, gone.tag, err);
    ret->n_removed++;
  }
  pk_buf_free(&key);
  return rc == PK_OK ? pk_tag_names_fit(store, err) : rc;
}

/* What Pakiti 3's file can say: for a CVE and a package, for every host and for ever, a version by its two parts. What is not in a file
 * goes only if it could be. */
static bool can_be_told(const pk_exception *e) {
  size_t dash = pk_str_rfind(e->version, '-');
  pk_str version = pk_str_sub(e->version, 0, dash), release = pk_str_sub(e->version, dash + 1, e->version.n);
  bool has_parts = dash == e->version.n || (version.n && release.n && pk_str_trim(version).n == version.n && pk_str_trim(release).n == release.n);
  return e->cve && e->package.n && e->group_kind == PK_GROUP_NONE && !e->expires_at && has_parts;
}

/* What makes two such exceptions the same. */
static pk_str exception_key(const pk_exception *e, pk_buf *key) {
  const pk_str texts[] = {e->package, e->version, e->arch, e->platform};
  key->n = 0;
  pk_buf_add(key, &e->cve, sizeof e->cve);
  for (size_t i = 0; i < 4; i++) {
    pk_buf_str(key, texts[i]);
    pk_buf_putc(key, '\n');
  }
  return pk_buf_view(key);
}

static pk_rc keep_known_exception(void *arg, const pk_exception *e, pk_err *err) {
  pk_buf key;
  if (!can_be_told(e)) return PK_OK;
  pk_buf_init(&key, 8192);
  pk_rc rc = keep_known(arg, exception_key(e, &key), e->id, err);
  pk_buf_free(&key);
  return rc;
}

static pk_rc put_exceptions(pk_import *in, pk_store *store, known *k, bool remove, int64_t now, pk_imported *ret, pk_err *err) {
  pk_buf key;
  pk_buf_init(&key, 8192);
  pk_rc rc = pk_store_exceptions(store, keep_known_exception, k, err);
  for (size_t i = 0; rc == PK_OK && i < in->n; i++) {
    pk_exception *e = &in->list[i].exception;
    int64_t id = 0;
    e->created_at = now;
    uint64_t *mark = pk_map_put(&k->marks, exception_key(e, &key), NULL);
    if (!*mark) {
      rc = pk_store_exception_add(store, e, &id, err);
      ret->n_added++;
    }
    *mark = IN_FILE;
  }
  for (size_t i = 0; rc == PK_OK && remove && i < k->n; i++) {
    if (is_in_file(k, k->rows[i].key)) continue;
    rc = pk_store_exception_remove(store, k->rows[i].id, err);
    ret->n_removed++;
  }
  pk_buf_free(&key);
  return rc;
}

pk_rc pk_import_put(pk_import *file, pk_store *store, bool remove, int64_t now, pk_imported *ret, pk_err *err) {
  known k = {.arena = &file->arena};
  *ret = (pk_imported){.n_read = file->n};
  pk_map_init(&k.marks, true);
  pk_rc rc = file->platforms ? put_exceptions(file, store, &k, remove, now, ret, err) : put_tags(file, store, &k, remove, now, ret, err);
  pk_map_fini(&k.marks);
  return rc;
}

/* ---- writing ---- */

static void write_element(pk_buf *out, const char *indent, const char *name, pk_str text) {
  pk_buf_printf(out, "%s<%s>", indent, name);
  pk_xml_write(out, text);
  pk_buf_printf(out, "</%s>\n", name);
}

static void write_cve(pk_buf *out, const char *name, int64_t cve) {
  char text[32];
  pk_cve_format(cve, text);
  write_element(out, "    ", name, pk_str_of(text));
}

/* "2026-11-23 09:40:00", as MySQL prints it. */
static void write_moment(pk_buf *out, int64_t at) {
  char text[24];
  pk_time_text(at ? at : 1, text);
  text[10] = ' ';
  text[19] = '\0';
  write_element(out, "    ", "timestamp", pk_str_of(text));
}

void pk_tags_export(const pk_fleet *f, pk_buf *out) {
  pk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cveTags>\n");
  for (size_t i = 0; i < f->n_tags; i++) {
    const pk_cve_tag *t = &f->tags[i];
    pk_buf_puts(out, "  <cveTag>\n");
    write_cve(out, "cveName", t->cve);
    write_element(out, "    ", "tagName", t->tag);
    write_element(out, "    ", "reason", t->reason);
    write_element(out, "    ", "infoUrl", t->url);
    write_element(out, "    ", "enabled", t->enabled ? PK_STR("1") : PK_STR("0"));
    write_element(out, "    ", "modifier", pk_str_of(f->settings.title));
    write_moment(out, t->modified_at);
    pk_buf_puts(out, "  </cveTag>\n");
  }
  pk_buf_puts(out, "</cveTags>\n");
}

/* The name that Pakiti 3 has for a group of systems. */
static void write_os_group(pk_buf *out, pk_str platform) {
  static const struct {
    const char *family, *name;
  } names[] = {{"rhel", "Red Hat Enterprise Linux "}, {"centos", "CentOS "}, {"alma", "AlmaLinux "}, {"almalinux", "AlmaLinux "}, {"ubuntu", "Ubuntu "},
               {"sles", "SUSE Linux Enterprise Server "}, {"rocky", "Rocky Linux "}, {"opensuse", "openSUSE "}};
  pk_str release, family = pk_platform_split(platform, &release), codename = pk_platform_codename(platform);
  char text[2 * PK_PLATFORM_MAX];
  snprintf(text, sizeof text, "%.*s", PK_FMT(platform));
  if (pk_str_is(family, "debian") && codename.n) snprintf(text, sizeof text, "%.*s", PK_FMT(codename));
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (release.n && pk_str_is(family, names[i].family)) {
      bool lts = pk_str_is(family, "ubuntu") && pk_str_ends(release, ".04") && release.n == 5 && (release.p[1] - '0') % 2 == 0;
      size_t dot = pk_str_find(release, '.');
      bool sp = pk_str_is(family, "sles") && dot < release.n;
      snprintf(text, sizeof text, "%s%.*s%s%.*s%s", names[i].name, PK_FMT(pk_str_sub(release, 0, sp ? dot : release.n)), sp ? " SP" : "",
               PK_FMT(sp ? pk_str_sub(release, dot + 1, release.n) : PK_STR("")), lts ? " LTS" : "");
    }
  write_element(out, "      ", "name", pk_str_of(text));
}

void pk_exceptions_export(const pk_fleet *f, pk_buf *out) {
  pk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cveExceptions>\n");
  for (size_t i = 0; i < f->n_exceptions; i++) {
    const pk_exception *e = &f->exceptions[i];
    if (!can_be_told(e)) continue; /* one that expires would never expire where it is taken in */
    size_t dash = pk_str_rfind(e->version, '-');
    pk_buf_puts(out, "  <cveException>\n");
    write_cve(out, "cveName", e->cve);
    write_element(out, "    ", "reason", e->reason);
    write_element(out, "    ", "modifier", pk_str_of(f->settings.title));
    pk_buf_puts(out, "    <pkg>\n");
    write_element(out, "      ", "name", e->package);
    if (e->version.n) {
      write_element(out, "      ", "version", pk_str_sub(e->version, 0, dash));
      write_element(out, "      ", "release", pk_str_sub(e->version, dash + 1, e->version.n));
    }
    if (e->arch.n) write_element(out, "      ", "arch", e->arch);
    pk_buf_puts(out, "    </pkg>\n");
    if (e->platform.n) {
      pk_buf_puts(out, "    <osGroup>\n");
      write_os_group(out, e->platform);
      pk_buf_puts(out, "    </osGroup>\n");
    }
    pk_buf_puts(out, "  </cveException>\n");
  }
  pk_buf_puts(out, "</cveExceptions>\n");
}
