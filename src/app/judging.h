/* SPDX-License-Identifier: Apache-2.0
 *
 * judging: what judge.c (verdicts, counts), judge_criteria.c (criteria of whole hosts) and rejudge.c (after a change) share.
 * Private to them. */
#ifndef PK_APP_JUDGING_H
#define PK_APP_JUDGING_H

#include "app/judge.h"
#include "match/kernel.h"

/* Memory for the versions of one name on offer, and for the list of platforms. */
#define QUESTION_BYTES_MAX ((size_t)64 << 20)
/* Memory for the definitions that concern one name or one platform. */
#define CRITERIA_BYTES_MAX ((size_t)2 << 30)
/* Memory for one definition while it is looked at. */
#define DEFINITION_BYTES_MAX ((size_t)256 << 20)

/** Verdicts of a platform, by package id. */
typedef struct verdicts {
  int64_t platform_id;
  unsigned char *states; /**< pk_update_state */
  pk_str *rules;         /**< heap; as package_vulnerability has them */
  size_t n;
} verdicts;

/** Definitions with criteria that concern a platform. */
typedef struct criteria_set {
  int64_t platform_id;
  pk_arena arena;
  pk_definition_row *rows;
  size_t n, cap;
  pk_map first;    /**< package name → place of its first link + 1 */
  struct criteria_link {
    size_t row, next;
  } *links;
  size_t n_links, links_cap;
  size_t *always; /**< rows that must be looked at for every host */
  size_t n_always, always_cap;
} criteria_set;

struct pk_judge {
  pk_store *store;
  verdicts *platforms;
  size_t n_platforms, platforms_cap;
  criteria_set *criteria;
  size_t n_criteria, criteria_cap;
  pk_feed_row *feeds;
  size_t n_feeds;
  bool feeds_loaded;
  pk_map rules;        /**< 'b' or 's' and a name → place of its definitions + 1 */
  struct named_rules *named;
  size_t n_named, named_cap;
  size_t named_bytes;
  pk_map cve_places;   /**< CVE number (8 bytes) → dense place */
  pk_map cves_of;      /**< definition id (8 bytes) → place in cve_lists + 1 */
  struct cve_list {
    uint32_t *places;
    size_t n;
  } *cve_lists;
  size_t n_cve_lists, cve_lists_cap;
  uint32_t *stamps; /**< by dense place: the count that saw it last */
  size_t n_stamps;
  uint32_t stamp;
  pk_arena package_texts;
  pk_package **packages; /**< by id; NULL: not loaded */
  size_t n_packages;
  pk_regex_cache *regexes;
};

pk_rc judging_verdicts(pk_judge *judge, int64_t platform_id, verdicts **ret, pk_err *err) PK_MUST_USE;
pk_update_state judging_state(const verdicts *v, int64_t package_id);
pk_str judging_rules(const verdicts *v, int64_t package_id);
/** Judge a package and keep the verdict, in memory and store. *ret_changed: it is another one than before. */
pk_rc judging_package(pk_judge *judge, verdicts *v, const pk_platform *platform, int64_t id, const pk_package *package, bool *ret_changed,
                      pk_err *err) PK_MUST_USE;
/** A package by id, kept in memory. */
pk_rc judging_load(pk_judge *judge, int64_t id, const pk_package **ret, pk_err *err) PK_MUST_USE;
/** Count a profile from the verdicts; `criteria`: as stored, or NULL: judge them again, for which all members are loaded. */
pk_rc judging_count(pk_judge *judge, const pk_platform *platform, pk_str kernel, const int64_t *ids, size_t n, const pk_str *criteria,
                    pk_profile_counts *ret, pk_err *err) PK_MUST_USE;
/** Forget definitions' bodies and rules (they changed), but not the verdicts. */
void judging_forget_definitions(pk_judge *judge);
/** Forget the criteria of all platforms. */
void judging_forget_criteria(pk_judge *judge);

#endif
