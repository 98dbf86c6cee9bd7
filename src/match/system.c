/* SPDX-License-Identifier: Apache-2.0 */
#include "match/system.h"

#include "model/platform.h"

#include <stdio.h>
#include <stdlib.h>

/* Most memory for what is made up: files, release packages, the manifest. */
#define SYSTEM_BYTES_MAX ((size_t)32 << 20)

/* How a distribution tells its release: packages whose names begin so, the one that stands for a whole release where none
 * was reported, and the file that they own. */
static const struct identity {
  const char *distribution, *prefix, *package, *file, *title;
} IDENTITIES[] = {
    {"rhel", "redhat-release", "redhat-release", "/etc/redhat-release", "Red Hat Enterprise Linux release"},
    {"centos", "centos-release", "centos-release", "/etc/centos-release", "CentOS Linux release"},
    {"centos-stream", "centos-stream-release", "centos-stream-release", "/etc/centos-release", "CentOS Stream release"},
    {"almalinux", "almalinux-release", "almalinux-release", "/etc/almalinux-release", "AlmaLinux release"},
    {"rocky", "rocky-release", "rocky-release", "/etc/rocky-release", "Rocky Linux release"},
    {"ol", "oraclelinux-release", "oraclelinux-release", "/etc/oracle-release", "Oracle Linux Server release"},
    {"scientific", "sl-release", "sl-release", "/etc/sl-release", "Scientific Linux release"},
    {"fedora", "fedora-release", "fedora-release", "/etc/fedora-release", "Fedora release"},
    {"amzn", "system-release", "system-release", "/etc/system-release", "Amazon Linux release"},
    {"photon", "photon-release", "photon-release", "/etc/photon-release", "VMware Photon OS"},
    {"anolis", "anolis-release", "anolis-release", "/etc/anolis-release", "Anolis OS release"},
    {"openeuler", "openEuler-release", "openEuler-release", "/etc/openEuler-release", "openEuler release"},
    {"sles", "sles-release", "sles-release", "/etc/SUSE-brand", "SUSE Linux Enterprise Server"},
    {"sled", "sled-release", "sled-release", "/etc/SUSE-brand", "SUSE Linux Enterprise Desktop"},
    {"sle-micro", "SLE-Micro-release", "SLE-Micro-release", "/etc/SUSE-brand", "SUSE Linux Enterprise Micro"},
    {"opensuse", "openSUSE-release", "openSUSE-release", "/etc/SUSE-brand", "openSUSE"},
    {"opensuse-leap", "openSUSE-release", "openSUSE-release", "/etc/SUSE-brand", "openSUSE Leap"},
    {"opensuse-leap-micro", "openSUSE-release", "openSUSE-release", "/etc/SUSE-brand", "openSUSE Leap Micro"},
    {"opensuse-tumbleweed", "openSUSE-release", "openSUSE-release", "/etc/SUSE-brand", "openSUSE Tumbleweed"},
};
#define N_IDENTITIES (sizeof IDENTITIES / sizeof IDENTITIES[0])

pk_str pk_platform_split(pk_str platform, pk_str *ret_release) {
  size_t colon = pk_str_find(platform, ':');
  *ret_release = colon < platform.n ? pk_str_sub(platform, colon + 1, platform.n) : PK_STR("");
  return pk_str_sub(platform, 0, colon);
}

static const struct identity *identity_of(pk_str platform) {
  pk_str release, distribution = pk_platform_split(platform, &release);
  for (size_t i = 0; i < N_IDENTITIES; i++)
    if (pk_str_is(distribution, IDENTITIES[i].distribution)) return &IDENTITIES[i];
  return NULL;
}

/* Whose release package is it? NULL: it is none. */
static const char *release_prefix(pk_str name) {
  for (size_t i = 0; i < N_IDENTITIES; i++)
    if (pk_str_starts(name, IDENTITIES[i].prefix)) return IDENTITIES[i].prefix;
  return NULL;
}

void pk_system_init(pk_system *s, const pk_system_source *from) {
  *s = (pk_system){.type = from->type, .platform = from->platform, .kernel = from->kernel, .arch = from->arch};
  pk_arena_init(&s->arena, SYSTEM_BYTES_MAX);
  pk_map_init(&s->first, false);
  const struct identity *identity = identity_of(from->platform);
  s->owner = identity ? identity->prefix : NULL;
  s->owned = identity ? identity->file : NULL;
}

void pk_system_fini(pk_system *s) {
  pk_arena_fini(&s->arena);
  pk_map_fini(&s->first);
  free(s->packages);
  free(s->next);
  free(s->files);
  *s = (pk_system){0};
}

static void keep(pk_system *s, const pk_package *p) {
  PK_GROW(s->packages, s->n_packages, s->packages_cap);
  if (s->next_cap < s->packages_cap) s->next = pk_realloc_array(s->next, s->next_cap = s->packages_cap, sizeof *s->next);
  uint64_t *first = pk_map_put(&s->first, p->name, NULL);
  s->next[s->n_packages] = (size_t)*first;
  s->packages[s->n_packages++] = p;
  *first = s->n_packages;
  s->modules_told |= p->module.n > 0;
}

void pk_system_add(pk_system *s, const pk_package *p) {
  const char *prefix = release_prefix(p->name);
  if (!prefix || !s->owner || strcmp(prefix, s->owner) == 0) keep(s, p);
}

static void add_file(pk_system *s, const char *path, pk_str text) {
  PK_GROW(s->files, s->n_files, s->files_cap);
  pk_system_file *f = &s->files[s->n_files];
  f->path = pk_str_of(path);
  if (pk_arena_copy(&s->arena, text, &f->text)) s->n_files++;
}

static bool has_release_package(const pk_system *s) {
  for (size_t i = 0; i < s->n_packages; i++)
    if (pk_str_starts(s->packages[i]->name, s->owner)) return true;
  return false;
}

/* "redhat-release-server" until RHEL 7 and not in 5; a release without a minor number is taken as its first. */
static void add_release_package(pk_system *s, const struct identity *identity, pk_str release) {
  char name[64], evr[PK_PLATFORM_MAX + 16];
  bool is_rhel = strcmp(identity->distribution, "rhel") == 0;
  bool server = is_rhel && (pk_str_starts(release, "6") || pk_str_starts(release, "7"));
  snprintf(name, sizeof name, "%s%s", identity->package, server ? "-server" : "");
  snprintf(evr, sizeof evr, "0:%.*s%s-1", PK_FMT(release), is_rhel && pk_str_find(release, '.') == release.n ? ".0" : "");
  pk_package *p = pk_arena_alloc(&s->arena, sizeof *p);
  if (!p) return;
  *p = (pk_package){.type = PK_TYPE_RPM, .arch = PK_STR("noarch")};
  if (pk_arena_copy(&s->arena, pk_str_of(name), &p->name) && pk_arena_copy(&s->arena, pk_str_of(evr), &p->evr)) keep(s, p);
}

static void add_os_release(pk_system *s, const pk_system_source *from, pk_str id, pk_str release) {
  pk_buf text;
  pk_buf_init(&text, 65536);
  if (from->n_os_release) {
    for (size_t i = 0; i < from->n_os_release; i++)
      pk_buf_printf(&text, "%.*s=\"%.*s\"\n", PK_FMT(from->os_release[i].name), PK_FMT(from->os_release[i].value));
  } else {
    pk_str codename = pk_platform_codename(from->platform);
    pk_buf_printf(&text, "PRETTY_NAME=\"%.*s\"\nID=%.*s\nVERSION_ID=\"%.*s\"\n", PK_FMT(from->os), PK_FMT(id), PK_FMT(release));
    if (codename.n) pk_buf_printf(&text, "VERSION_CODENAME=%.*s\n", PK_FMT(codename));
  }
  add_file(s, "/etc/os-release", pk_buf_view(&text));
  add_file(s, "/usr/lib/os-release", pk_buf_view(&text));
  pk_buf_free(&text);
}

static void add_release_files(pk_system *s, const pk_system_source *from) {
  char text[512];
  pk_str release, id = pk_platform_split(from->platform, &release), codename = pk_platform_codename(from->platform);
  const struct identity *identity = identity_of(from->platform);
  add_os_release(s, from, id, release);
  if (pk_str_is(id, "ubuntu")) {
    snprintf(text, sizeof text, "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=%.*s\nDISTRIB_CODENAME=%.*s\nDISTRIB_DESCRIPTION=\"Ubuntu %.*s\"\n", PK_FMT(release),
             PK_FMT(codename), PK_FMT(release));
    add_file(s, "/etc/lsb-release", pk_str_of(text));
  } else if (pk_str_is(id, "debian")) {
    snprintf(text, sizeof text, "%.*s%s\n", PK_FMT(release), pk_str_find(release, '.') < release.n ? "" : ".0");
    add_file(s, "/etc/debian_version", pk_str_of(text));
  } else if (identity) {
    snprintf(text, sizeof text, "%s %.*s\n", identity->title, PK_FMT(release));
    add_file(s, identity->file, pk_str_of(text));
    if (strcmp(identity->file, "/etc/redhat-release") != 0 && strcmp(identity->file, "/etc/SUSE-brand") != 0)
      add_file(s, "/etc/system-release", pk_str_of(text));
  }
}

/* Lines "name:arch version" of all packages, as Ubuntu's image manifests have them.
 *  source the patterns of oci.com.ubuntu.*.oval.xml: ^NAME(?::\w+|)\s+(.*)$ */
static void add_manifest(pk_system *s) {
  pk_buf text;
  pk_buf_init(&text, SYSTEM_BYTES_MAX / 2);
  for (size_t i = 0; i < s->n_packages; i++) {
    const pk_package *p = s->packages[i];
    pk_buf_printf(&text, "%.*s:%.*s\t%.*s\n", PK_FMT(p->name), PK_FMT(p->arch), PK_FMT(p->evr));
  }
  add_file(s, "./manifest", pk_buf_view(&text));
  pk_buf_free(&text);
}

/* The files in which dnf keeps which streams are enabled, for the modules that installed packages belong to.
 *  source dnf.modularity(7); /etc/dnf/modules.d/NAME.module */
static void add_modules(pk_system *s) {
  char path[PK_FIELD_MAX + 64], text[4 * PK_FIELD_MAX];
  for (size_t i = 0; i < s->n_packages; i++) {
    pk_str rest = s->packages[i]->module, name, stream;
    if (!pk_str_split(&rest, ':', &name) || !pk_str_split(&rest, ':', &stream)) continue;
    snprintf(path, sizeof path, "/etc/dnf/modules.d/%.*s.module", PK_FMT(name));
    bool known = false;
    for (size_t k = 0; k < s->n_files && !known; k++) known = pk_str_is(s->files[k].path, path);
    if (known) continue;
    snprintf(text, sizeof text, "[%.*s]\nname=%.*s\nstream=%.*s\nprofiles=\nstate=enabled\n", PK_FMT(name), PK_FMT(name), PK_FMT(stream));
    pk_str kept;
    if (pk_arena_copy(&s->arena, pk_str_of(path), &kept)) add_file(s, kept.p, pk_str_of(text));
  }
}

void pk_system_ready(pk_system *s, const pk_system_source *from) {
  pk_str release;
  pk_platform_split(from->platform, &release);
  const struct identity *identity = identity_of(from->platform);
  if (identity && release.n && (from->pretend || !has_release_package(s))) add_release_package(s, identity, release);
  add_release_files(s, from);
  if (s->modules_told) add_modules(s);
  if (from->manifest) add_manifest(s);
}
