/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria: what the fuzz targets of criteria share: whatever criteria say, they can be evaluated against hosts, encoded and
 * decoded without another result, listed by the packages that they need, and reduced to rules. */
#ifndef PK_TESTS_FUZZ_CRITERIA_H
#define PK_TESTS_FUZZ_CRITERIA_H

#include "document.h"
#include "match/reduce.h"

/* Hosts that all inputs are held against; nothing in them changes. */
typedef struct pk_fuzz_hosts {
  pk_regex_cache *regexes;
  pk_system bare, full, debian;
  pk_evaluation bare_eye, full_eye, debian_eye;
  pk_reducer *reducer, *family;
} pk_fuzz_hosts;

static inline void pk_fuzz_host(pk_system *s, pk_evaluation *e, pk_regex_cache *regexes, const pk_system_source *from, const pk_package *packages, size_t n) {
  pk_system_init(s, from);
  for (size_t i = 0; i < n; i++) pk_system_add(s, &packages[i]);
  pk_system_ready(s, from);
  pk_evaluation_init(e, s, regexes);
}

static inline pk_fuzz_hosts *pk_fuzz_the_hosts(void) {
  static pk_fuzz_hosts h;
  static const pk_package rpms[] = {
      {.type = PK_TYPE_RPM, .name = PK_STR("bash"), .evr = PK_STR("0:5.1-6.el9"), .arch = PK_STR("x86_64")},
      {.type = PK_TYPE_RPM, .name = PK_STR("nodejs"), .evr = PK_STR("1:16-1.module+el9"), .arch = PK_STR("x86_64"), .module = PK_STR("nodejs:16")},
      {.type = PK_TYPE_RPM, .name = PK_STR("kernel-core"), .evr = PK_STR("0:5.14.0-1.el9"), .arch = PK_STR("x86_64")},
  };
  static const pk_package debs[] = {{.type = PK_TYPE_DEB, .name = PK_STR("bash"), .evr = PK_STR("5.2-1"), .arch = PK_STR("amd64")}};
  static const pk_system_source rhel = {.platform = PK_STR("rhel:9.2"), .type = PK_TYPE_RPM, .kernel = PK_STR("5.14.0-1.el9.x86_64"), .arch = PK_STR("x86_64")};
  static const pk_system_source debian = {.platform = PK_STR("debian:12"), .type = PK_TYPE_DEB, .kernel = PK_STR("6.1.0-1-amd64"), .arch = PK_STR("amd64")};
  if (h.regexes) return &h;
  h.regexes = pk_regex_cache_new();
  pk_fuzz_host(&h.bare, &h.bare_eye, h.regexes, &rhel, NULL, 0);
  pk_fuzz_host(&h.full, &h.full_eye, h.regexes, &rhel, rpms, sizeof rpms / sizeof rpms[0]);
  pk_fuzz_host(&h.debian, &h.debian_eye, h.regexes, &debian, debs, 1);
  h.reducer = pk_reducer_new(rhel.platform, PK_TYPE_RPM);
  h.family = pk_reducer_new(PK_STR("rhel:9"), PK_TYPE_RPM);
  return &h;
}

static inline void pk_fuzz_same(const pk_criteria *a, const pk_criteria *b) {
  pk_fuzz_hosts *h = pk_fuzz_the_hosts();
  PK_FUZZ_MUST(pk_criteria_evaluate(&h->full_eye, a) == pk_criteria_evaluate(&h->full_eye, b));
  PK_FUZZ_MUST(pk_criteria_evaluate(&h->debian_eye, a) == pk_criteria_evaluate(&h->debian_eye, b));
}

/* None of the names is there: then it cannot be true, nor be something that may be asked to count as true. */
typedef struct pk_fuzz_need {
  const pk_system *system;
  bool is_there;
} pk_fuzz_need;

static inline void pk_fuzz_needs(void *arg, pk_str name) {
  pk_fuzz_need *need = arg;
  need->is_there |= pk_map_get(&need->system->first, name) != NULL;
}

static inline void pk_fuzz_criteria(const pk_definition *d) {
  pk_fuzz_hosts *h = pk_fuzz_the_hosts();
  pk_fuzz_need need = {.system = &h->bare};
  pk_definition one = *d, other = *d;
  pk_err err = {0};
  if (!d->criteria) return;
  pk_result bare = pk_criteria_evaluate(&h->bare_eye, d->criteria);
  if (pk_criteria_names(d->criteria, pk_fuzz_needs, &need) && !need.is_there)
    PK_FUZZ_MUST(bare == PK_RESULT_FALSE || bare == PK_RESULT_NOT_APPLICABLE);
  pk_fuzz_check(pk_reduce(h->reducer, &one, &err), &err);
  pk_fuzz_check(pk_reduce(h->family, &other, &err), &err);
}

#endif
