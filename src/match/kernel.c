/* SPDX-License-Identifier: Apache-2.0 */
#include "match/kernel.h"

#include "model/evr.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The kernel release inside a deb name: "6.1.0-29-amd64" of linux-image-6.1.0-29-amd64, "6.5.0-35" of
 * linux-hwe-6.5-headers-6.5.0-35. Empty when there is none, as in meta packages (linux-image-amd64,
 * linux-image-generic-hwe-22.04, linux-image-2.6-amd64) and linux-kbuild-6.1. */
static pk_str deb_release(pk_str name) {
  if (!pk_str_starts(name, "linux-")) return PK_STR("");
  for (size_t i = 0; i + 1 < name.n; i++) {
    if (name.p[i] != '-' || !is_digit(name.p[i + 1])) continue;
    pk_str release = pk_str_sub(name, i + 1, name.n);
    size_t dots = 0, k = 0;
    while (k < release.n && (is_digit(release.p[k]) || release.p[k] == '.')) dots += release.p[k++] == '.';
    bool abi = k + 1 < release.n && release.p[k] == '-' && is_digit(release.p[k + 1]);
    if (dots >= 2 || (dots == 1 && abi)) return release;
  }
  return PK_STR("");
}

static bool starts_at_boundary(pk_str text, pk_str prefix) {
  return text.n > prefix.n && text.p[prefix.n] == '-' && memcmp(text.p, prefix.p, prefix.n) == 0;
}

static pk_kernel_role deb_role(pk_str name, pk_str running) {
  pk_str release = deb_release(name);
  if (release.n == 0) return PK_KERNEL_NONE;
  static const char *const shared[] = {"-common", "-common-rt"};
  for (size_t i = 0; i < 2; i++)
    if (pk_str_ends(release, shared[i])) release = pk_str_sub(release, 0, release.n - strlen(shared[i]));
  bool same = pk_str_eq(release, running) || starts_at_boundary(release, running) || starts_at_boundary(running, release);
  return same ? PK_KERNEL_RUNNING : PK_KERNEL_IDLE;
}

/* rpm packages named kernel-… that are installed once and replaced, not kept side by side */
static bool is_rpm_kernel(pk_str name) {
  if (!pk_str_starts(name, "kernel")) return false;
  size_t n = strlen("kernel");
  while (n < name.n && (is_digit(name.p[n]) || name.p[n] == '.')) n++; /* Amazon's kernel6.12 */
  if (n == name.n) return true;
  if (name.p[n] != '-') return false;
  static const char *const others[] = {"tools", "headers", "cross-headers", "firmware", "macros", "srpm-macros", "rpm-macros",
                                       "doc", "source", "abi-", "syms", "install-tools", "obs-", "livepatch", "patch",
                                       "bootwrapper", "debuginfo-common", "selftests"};
  pk_str rest = pk_str_sub(name, n + 1, name.n);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (pk_str_starts(rest, others[i])) return false;
  return true;
}

bool pk_kernel_is_image(const pk_package *p) {
  static const char *const parts[] = {"modules", "devel", "debuginfo", "extra", "base", "vdso", "man", "optional", "internal", "headers", "uki"};
  if (p->type == PK_TYPE_DEB) return pk_str_starts(p->name, "linux-image-") && deb_release(p->name).n && !pk_str_ends(p->name, "-dbg") && !pk_str_ends(p->name, "-dbgsym");
  if (!is_rpm_kernel(p->name)) return false;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (pk_str_has(p->name, parts[i])) return false;
  return true;
}

static pk_str without_epoch(pk_str evr) {
  size_t colon = pk_str_find(evr, ':');
  return colon < evr.n ? pk_str_sub(evr, colon + 1, evr.n) : evr;
}

/* A variant that shares version and release with the plain kernel: only its running release says "+variant". */
static pk_str rpm_variant(pk_str name) {
  static const char *const variants[] = {"rt", "64k", "debug", "zfcpdump"};
  pk_str rest = pk_str_sub(name, strlen("kernel-"), name.n);
  for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
    size_t n = strlen(variants[i]);
    if (pk_str_starts(rest, variants[i]) && (rest.n == n || rest.p[n] == '-')) return pk_str_of(variants[i]);
  }
  return PK_STR("");
}

/* What follows version and release in the running release: nothing, ".x86_64", "xen", ".x86_64+rt" … */
static bool rpm_tail_fits(pk_str tail, pk_str name, pk_str vr) {
  size_t plus = pk_str_find(tail, '+');
  pk_str told = plus < tail.n ? pk_str_sub(tail, plus + 1, tail.n) : PK_STR("");
  pk_str variant = rpm_variant(name);
  if (told.n) return variant.n && pk_str_starts(told, "rt") == pk_str_is(variant, "rt") && memcmp(told.p, variant.p, variant.n < told.n ? variant.n : told.n) == 0;
  if (variant.n && !pk_str_has(vr, ".rt")) return false;
  if (tail.n == 0 || tail.p[0] == '.') return true;
  /* EL 5 and older glue the flavour on: 2.6.18-398.el5xen is kernel-xen */
  pk_str flavour = pk_str_sub(name, strlen("kernel-"), name.n);
  return flavour.n >= tail.n && memcmp(flavour.p, tail.p, tail.n) == 0;
}

/* SUSE: 4.12.14-122.103-default is kernel-default… 4.12.14-122.103.N */
static bool suse_fits(pk_str name, pk_str vr, pk_str running) {
  size_t dash = pk_str_rfind(running, '-');
  if (dash == running.n || dash == pk_str_find(running, '-')) return false;
  pk_str release = pk_str_sub(running, 0, dash), flavour = pk_str_sub(running, dash + 1, running.n);
  pk_str own = pk_str_sub(name, strlen("kernel-"), name.n);
  bool same_flavour = own.n >= flavour.n && memcmp(own.p, flavour.p, flavour.n) == 0 &&
                      (own.n == flavour.n || own.p[flavour.n] == '-');
  if (!same_flavour && !pk_str_is(own, "devel")) return false;
  if (vr.n < release.n || memcmp(vr.p, release.p, release.n) != 0) return false;
  return vr.n == release.n || vr.p[release.n] == '.';
}

static pk_kernel_role rpm_role(const pk_package *p, pk_str running) {
  if (!is_rpm_kernel(p->name)) return PK_KERNEL_NONE;
  pk_str vr = without_epoch(p->evr);
  bool prefix = running.n >= vr.n && memcmp(running.p, vr.p, vr.n) == 0;
  if (prefix && rpm_tail_fits(pk_str_sub(running, vr.n, running.n), p->name, vr)) return PK_KERNEL_RUNNING;
  return suse_fits(p->name, vr, running) ? PK_KERNEL_RUNNING : PK_KERNEL_IDLE;
}

pk_kernel_role pk_kernel_role_of(const pk_package *p, pk_str running) {
  if (running.n == 0) return PK_KERNEL_NONE;
  if (p->type == PK_TYPE_DEB) return deb_role(p->name, running);
  return rpm_role(p, running);
}

static pk_str last_word(pk_str release) {
  size_t dash = pk_str_rfind(release, '-');
  return dash < release.n ? pk_str_sub(release, dash + 1, release.n) : PK_STR("");
}

bool pk_kernel_is_newer(const pk_package *other, const pk_package *running_package) {
  if (other->type != running_package->type || !pk_str_eq(other->arch, running_package->arch)) return false;
  if (other->type != PK_TYPE_DEB)
    return pk_str_eq(other->name, running_package->name) && pk_evr_cmp(other->type, other->evr, running_package->evr) > 0;
  if (!pk_str_starts(other->name, "linux-image-") || !pk_str_starts(running_package->name, "linux-image-")) return false;
  pk_str a = deb_release(other->name), b = deb_release(running_package->name);
  return a.n && b.n && pk_str_eq(last_word(a), last_word(b)) && pk_evr_cmp(PK_TYPE_DEB, a, b) > 0;
}
