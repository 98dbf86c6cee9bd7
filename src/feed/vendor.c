/* SPDX-License-Identifier: Apache-2.0
 *
 * What vendors call the systems that they speak of: ecosystems (OSV), names of products and CPEs (CSAF, OVAL). Tables here say
 * which of them are systems and how to find the release in the text; what the system is called is left to platforms.tsv. */
#include "feed/vendor.h"

#include "feed/vendor_tools.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

/* Longest name of a product that is looked at. */
#define PRODUCT_MAX 255

bool pk_vendor_wants(pk_str feed_platform, pk_str rule_platform) {
  if (feed_platform.n == 0 || rule_platform.n == 0) return true;
  return pk_platform_covers(feed_platform, rule_platform) || pk_platform_covers(rule_platform, feed_platform);
}

/* ---- texts ---- */

static bool starts_nocase(pk_str text, const char *prefix) {
  return pk_str_is_nocase(pk_str_sub(text, 0, strlen(prefix)), prefix);
}

/* Is the word in the text, between characters that are no letters or digits? */
static bool has_word(pk_str text, const char *word) {
  size_t n = strlen(word);
  for (size_t i = 0; i + n <= text.n; i++) {
    if (!pk_str_is_nocase(pk_str_sub(text, i, i + n), word)) continue;
    bool begins = i == 0 || !isalnum((unsigned char)text.p[i - 1]);
    if (begins && (i + n == text.n || !isalnum((unsigned char)text.p[i + n]))) return true;
  }
  return false;
}

/* The first `parts` numbers of "9.2.0.z". */
static pk_str cut_release(pk_str text, size_t parts) {
  size_t i = 0, end = 0;
  while (parts--) {
    while (i < text.n && isdigit((unsigned char)text.p[i])) i++;
    if (i == 0 || !isdigit((unsigned char)text.p[i - 1])) break;
    end = i;
    if (i == text.n || text.p[i++] != '.') break;
  }
  return pk_str_sub(text, 0, end);
}

/* Number of a service pack: "SP5", "sp5-ltss"; "" for another word, and for SP0. */
static pk_str service_pack(pk_str word) {
  if (!starts_nocase(word, "sp")) return PK_STR("");
  pk_str number = cut_release(pk_str_sub(word, 2, word.n), 1);
  return pk_str_is(number, "0") ? PK_STR("") : number;
}

/* The last release of a product's name and its service pack: "(v. 8)", "AppStream EUS (v.9.2)", "Python 3 15 SP4",
 * "12 SP2-BCL", "11-SECURITY". */
static pk_str last_release(pk_str name, pk_str *ret_sp) {
  pk_str word, release = PK_STR("");
  bool behind_release = false;
  *ret_sp = PK_STR("");
  while (pk_str_word(&name, &word)) {
    if (behind_release) *ret_sp = service_pack(word);
    behind_release = false;
    if (starts_nocase(word, "(v.")) word = pk_str_sub(word, 3, word.n);
    pk_str number = cut_release(word, 2);
    if (number.n == 0 || (number.n < word.n && isalnum((unsigned char)word.p[number.n]))) continue;
    release = number;
    *ret_sp = pk_str_starts(pk_str_sub(word, number.n, word.n), "-") ? service_pack(pk_str_sub(word, number.n + 1, word.n))
                                                                     : PK_STR("");
    behind_release = true;
  }
  return release;
}

/* ---- what a product is ---- */

/* How much of a product's version is the release of the platform. */
typedef enum reach { MAJOR, MINOR, SERVICE_PACK, AS_IS } reach;

typedef struct product {
  const char *name; /* of the product, or the beginning of it */
  const char *platform;
  reach reach;
} product;

static pk_rc answer(const pk_platform_map *platforms, const char *name, pk_str release, pk_str sp, pk_arena *arena, pk_str *ret,
                    pk_err *err) {
  char text[PRODUCT_MAX + 1], canonical[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  if (release.n == 0 || release.n > PK_PLATFORM_MAX) return PK_NOTFOUND;
  snprintf(text, sizeof text, "%s:%.*s%s%.*s", name, PK_FMT(release), sp.n ? "." : "", PK_FMT(sp));
  if (pk_platform_canonical(platforms, pk_str_of(text), canonical, &type, NULL) != PK_OK) return PK_NOTFOUND;
  if (!pk_arena_copy(arena, pk_str_of(canonical), ret)) return pk_vendor_full(err);
  return PK_OK;
}

static pk_rc answer_product(const pk_platform_map *platforms, const product *p, pk_str release, pk_str sp, pk_arena *arena,
                            pk_str *ret, pk_err *err) {
  switch (p->reach) {
  case MAJOR:
    return answer(platforms, p->platform, cut_release(release, 1), PK_STR(""), arena, ret, err);
  case MINOR:
    return answer(platforms, p->platform, cut_release(release, 2), PK_STR(""), arena, ret, err);
  case SERVICE_PACK:
    return answer(platforms, p->platform, cut_release(release, 2), sp, arena, ret, err);
  case AS_IS:
    return answer(platforms, p->platform, release, PK_STR(""), arena, ret, err);
  }
  return PK_NOTFOUND;
}

/* ---- CPE ---- */

/* "vendor:product"; a '*' at the end stands for anything. Red Hat: a stream that is supported for longer than its successor
 * has packages of its own, so its minor release counts; the main stream is one from release to release, and so are channels
 * beside it. Everything else of Red Hat is a product that brings its own packages, whatever it is installed on.
 *  source https://access.redhat.com/articles/3078, https://redhatproductsecurity.github.io/security-data-guidelines/cpe/ */
static const product cpes[] = {
    {"redhat:enterprise_linux", "rhel", MAJOR},
    {"redhat:rhel_eus", "rhel", MINOR},
    {"redhat:rhel_eus_long_life", "rhel", MINOR},
    {"redhat:rhel_aus", "rhel", MINOR},
    {"redhat:rhel_tus", "rhel", MINOR},
    {"redhat:rhel_e4s", "rhel", MINOR},
    {"redhat:rhel_mission_critical", "rhel", MINOR},
    {"redhat:enterprise_linux_eus", "rhel", MINOR}, /* from release 10 on */
    {"redhat:enterprise_linux_e2s", "rhel", MINOR},
    {"redhat:enterprise_linux_e4s", "rhel", MINOR},
    {"redhat:enterprise_linux_aus", "rhel", MINOR},
    {"redhat:enterprise_linux_tus", "rhel", MINOR},
    {"redhat:rhel_els", "rhel", MAJOR},
    {"redhat:enterprise_linux_els", "rhel", MAJOR},
    {"redhat:rhel_extras*", "rhel", MAJOR},
    {"redhat:rhel_cluster*", "rhel", MAJOR},
    {"redhat:rhel_productivity", "rhel", MAJOR},
    {"redhat:rhel_virtualization", "rhel", MAJOR},
    {"suse:sle-module-suse-manager*", NULL, MAJOR},
    {"suse:sle-module-*", "sles", SERVICE_PACK},
    {"suse:sles*", "sles", SERVICE_PACK},
    {"suse:suse_sles*", "sles", SERVICE_PACK},
    {"suse:linux_enterprise_server*", "sles", SERVICE_PACK},
    {"suse:sled*", "sled", SERVICE_PACK},
    {"suse:suse_sled*", "sled", SERVICE_PACK},
    {"suse:linux_enterprise_desktop", "sled", SERVICE_PACK},
    {"suse:sle-sdk", "sles", SERVICE_PACK},
    {"suse:sle-we", "sles", SERVICE_PACK},
    {"suse:sle-ha*", "sles", SERVICE_PACK},
    {"suse:sle-live-patching", "sles", SERVICE_PACK},
    {"suse:sle-rt", "sles", SERVICE_PACK},
    {"suse:packagehub", "sles", SERVICE_PACK},
    {"suse:sle_hpc*", "sle_hpc", SERVICE_PACK},
    {"suse:sle-micro*", "sle-micro", MINOR},
    {"suse:suse-microos", "sle-micro", MINOR},
    {"suse:sl-micro*", "sl-micro", MINOR},
    {"opensuse:leap", "opensuse-leap", MINOR},
    {"opensuse:leap-micro", "opensuse-leap-micro", MINOR},
    {"opensuse:leap_micro", "opensuse-leap-micro", MINOR},
    {"opensuse:opensuse", "opensuse", MINOR},
    {"openeuler:openeuler", "openeuler", AS_IS},
    {"almalinux:almalinux", "almalinux", MAJOR},
    {"rocky:rocky*", "rocky", MAJOR},
    {"resf:rocky_linux", "rocky", MAJOR},
    {"oracle:linux", "ol", MAJOR},
    {"amazon:linux", "amzn", MAJOR},
    {"amazon:amazon_linux", "amzn", MAJOR},
    {"centos:centos", "centos", MAJOR},
    {"debian:debian_linux", "debian", MAJOR},
    {"canonical:ubuntu_linux", "ubuntu", MINOR},
    {"fedoraproject:fedora", "fedora", MAJOR},
    {"vmware:photon*", "photon", MAJOR},
};

static bool cpe_matches(const char *pattern, pk_str vendor_product) {
  size_t n = strlen(pattern);
  if (pattern[n - 1] != '*') return pk_str_is_nocase(vendor_product, pattern);
  return vendor_product.n >= n - 1 && strncasecmp(vendor_product.p, pattern, n - 1) == 0;
}

/* "redhat:enterprise_linux:9::baseos", "suse:sles:15:sp5". CPE 2.3 escapes with backslashes, and writes * and - for nothing.
 *  source NISTIR 7695, 6.1 and 6.2 */
static pk_rc from_cpe(const pk_platform_map *platforms, pk_str cpe, pk_arena *arena, pk_str *ret, pk_err *err) {
  char plain[PRODUCT_MAX + 1];
  size_t n = 0;
  for (size_t i = 0; i < cpe.n; i++)
    if (cpe.p[i] != '\\') plain[n++] = cpe.p[i];
  pk_str rest = {plain, n}, vendor, name, release = PK_STR(""), update = PK_STR("");
  if (!pk_str_split(&rest, ':', &vendor) || !pk_str_split(&rest, ':', &name)) return PK_NOTFOUND;
  if (pk_str_split(&rest, ':', &release)) (void)pk_str_split(&rest, ':', &update);
  pk_str both = {plain, vendor.n + 1 + name.n};
  if (pk_str_is_nocase(both, "opensuse:tumbleweed")) return answer(platforms, "opensuse", name, PK_STR(""), arena, ret, err);
  for (size_t i = 0; i < sizeof cpes / sizeof cpes[0]; i++) {
    if (!cpe_matches(cpes[i].name, both)) continue;
    if (!cpes[i].platform) return PK_NOTFOUND;
    return answer_product(platforms, &cpes[i], release, service_pack(update), arena, ret, err);
  }
  return PK_NOTFOUND;
}

/* ---- names ---- */

/* "SUSE Linux Enterprise …"; the first that fits. Modules and extensions are part of the server that they are added to.
 *  source https://www.suse.com/lifecycle, product names in https://ftp.suse.com/pub/projects/security/csaf/ */
static const product suse_products[] = {
    {"Linux Enterprise Module for SUSE Manager", NULL, MAJOR},
    {"Linux Enterprise Server", "sles", SERVICE_PACK},
    {"Linux Enterprise Desktop", "sled", SERVICE_PACK},
    {"Linux Enterprise Micro", "sle-micro", MINOR},
    {"Linux Micro", "sl-micro", MINOR},
    {"Linux Enterprise High Performance Computing", "sle_hpc", SERVICE_PACK},
    {"Linux Enterprise Module for", "sles", SERVICE_PACK},
    {"Linux Enterprise Workstation Extension", "sles", SERVICE_PACK},
    {"Linux Enterprise Software Development Kit", "sles", SERVICE_PACK},
    {"Linux Enterprise Software Bootstrap Kit", "sles", SERVICE_PACK},
    {"Linux Enterprise High Availability", "sles", SERVICE_PACK},
    {"Linux Enterprise Live Patching", "sles", SERVICE_PACK},
    {"Linux Enterprise Real Time", "sles", SERVICE_PACK},
    {"Package Hub", "sles", SERVICE_PACK},
    {"CORE", "sles", MAJOR},
};

static pk_rc from_suse(const pk_platform_map *platforms, pk_str name, pk_arena *arena, pk_str *ret, pk_err *err) {
  for (size_t i = 0; i < sizeof suse_products / sizeof suse_products[0]; i++) {
    const product *p = &suse_products[i];
    if (!starts_nocase(name, p->name)) continue;
    if (!p->platform) return PK_NOTFOUND;
    pk_str sp, release = last_release(pk_str_sub(name, strlen(p->name), name.n), &sp);
    return answer_product(platforms, p, release, sp, arena, ret, err);
  }
  return PK_NOTFOUND;
}

/* "Red Hat Enterprise Linux AppStream EUS (v.9.2)": `name` begins behind "Red Hat Enterprise Linux". */
static pk_rc from_rhel(const pk_platform_map *platforms, pk_str name, pk_arena *arena, pk_str *ret, pk_err *err) {
  static const char *const long_lived[] = {"EUS", "AUS", "TUS", "E4S", "E2S"};
  static const char *const products[] = {"AI", "OpenStack", "Atomic"};
  product p = {"", "rhel", MAJOR};
  pk_str sp, release = last_release(name, &sp);
  for (size_t i = 0; i < sizeof long_lived / sizeof long_lived[0]; i++)
    if (has_word(name, long_lived[i])) p.reach = MINOR;
  for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
    if (starts_nocase(pk_str_trim(name), products[i]) && has_word(name, products[i])) return PK_NOTFOUND;
  return answer_product(platforms, &p, release, sp, arena, ret, err);
}

/* "22.04:LTS", "Pro:18.04:LTS", "Pro:Realtime:22.04:LTS". FIPS builds and those for one board have versions that say nothing
 * of the ordinary ones. source https://github.com/canonical/ubuntu-security-notices, osv/ */
static pk_rc from_ubuntu(const pk_platform_map *platforms, pk_str ecosystem, pk_arena *arena, pk_str *ret, pk_err *err) {
  pk_str part, release = PK_STR("");
  while (pk_str_split(&ecosystem, ':', &part)) {
    if (release.n == 0 && part.n && isdigit((unsigned char)part.p[0])) {
      release = part;
      continue;
    }
    if (!pk_str_is(part, "Pro") && !pk_str_is(part, "LTS") && !pk_str_is(part, "Realtime")) return PK_NOTFOUND;
  }
  return answer(platforms, "ubuntu", cut_release(release, 2), PK_STR(""), arena, ret, err);
}

/* Names that platforms.tsv does not know, or knows otherwise. */
static const product other_products[] = {
    {"openEuler-", "openeuler", AS_IS}, {"Community Enterprise Operating System ", "centos", MAJOR},
    {"Anolis OS ", "anolis", MAJOR},    {"VMware Photon OS", "photon", MAJOR},
    {"Photon OS", "photon", MAJOR},     {"Photon ", "photon", MAJOR},
};

/* As platforms.tsv knows it, the release behind a blank. */
static pk_rc from_table(const pk_platform_map *platforms, pk_str name, pk_arena *arena, pk_str *ret, pk_err *err) {
  char spaced[PRODUCT_MAX + 1], canonical[PK_PLATFORM_MAX + 1];
  pk_package_type type;
  for (size_t i = 0; i < name.n; i++) spaced[i] = name.p[i] == ':' ? ' ' : name.p[i];
  for (size_t i = 0; i < sizeof other_products / sizeof other_products[0]; i++) {
    const product *p = &other_products[i];
    pk_str text = {spaced, name.n};
    if (!starts_nocase(text, p->name)) continue;
    text = pk_str_trim(pk_str_sub(text, strlen(p->name), text.n));
    return answer_product(platforms, p, text, PK_STR(""), arena, ret, err);
  }
  if (pk_platform_map_find(platforms, (pk_str){spaced, name.n}, canonical, &type) != PK_OK) return PK_NOTFOUND;
  if (!pk_arena_copy(arena, pk_str_of(canonical), ret)) return pk_vendor_full(err);
  return PK_OK;
}

/* Beginnings of names, and who reads what is behind them. */
typedef pk_rc reader(const pk_platform_map *platforms, pk_str rest, pk_arena *arena, pk_str *ret, pk_err *err);
static const struct {
  const char *begins;
  reader *read;
} readers[] = {
    {"cpe:2.3:a:", from_cpe},
    {"cpe:2.3:o:", from_cpe},
    {"cpe:/a:", from_cpe},
    {"cpe:/o:", from_cpe},
    {"Red Hat Enterprise Linux", from_rhel},
    {"Supplementary for Red Hat Enterprise Linux", from_rhel},
    {"Oracle Java for Red Hat Enterprise Linux", from_rhel},
    {"SUSE:", from_suse},
    {"SUSE ", from_suse},
    {"Ubuntu:", from_ubuntu},
};

pk_rc pk_vendor_platform(const pk_platform_map *platforms, pk_str product_name, pk_arena *arena, pk_str *ret, pk_err *err) {
  static const char red_hat[] = "Red Hat:"; /* an OSV ecosystem: the CPE behind its vendor */
  pk_str name = pk_str_trim(product_name);
  if (name.n == 0 || name.n > PRODUCT_MAX || pk_str_find(name, '\0') < name.n) return PK_NOTFOUND;
  if (starts_nocase(name, red_hat)) {
    char cpe[PRODUCT_MAX + 1];
    int n = snprintf(cpe, sizeof cpe, "redhat:%.*s", PK_FMT(pk_str_sub(name, strlen(red_hat), name.n)));
    return from_cpe(platforms, (pk_str){cpe, (size_t)n}, arena, ret, err);
  }
  for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
    size_t n = strlen(readers[i].begins);
    if (starts_nocase(name, readers[i].begins)) return readers[i].read(platforms, pk_str_sub(name, n, name.n), arena, ret, err);
  }
  return from_table(platforms, name, arena, ret, err);
}
