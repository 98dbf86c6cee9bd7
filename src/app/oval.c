/* SPDX-License-Identifier: Apache-2.0 */
#include "app/oval.h"

#include "base/file.h"
#include "feed/oval/oval.h"
#include "match/criteria.h"

typedef struct evaluate {
  pk_evaluation evaluation;
  pk_oval_told *told;
  void *arg;
} evaluate;

static pk_rc one_definition(void *arg, const pk_definition *d, pk_err *err) {
  evaluate *e = arg;
  e->evaluation.why[0] = '\0';
  pk_result r = pk_criteria_evaluate(&e->evaluation, d->criteria);
  return e->told(e->arg, d, r, r == PK_RESULT_UNKNOWN || r == PK_RESULT_ERROR ? e->evaluation.why : "", err);
}

static void make_system(pk_system *s, const pk_prepared *p, const pk_oval_options *options) {
  const pk_report *r = &p->report;
  pk_system_source from = {.platform = p->platform.name, .type = p->platform.type, .kernel = r->kernel, .arch = r->arch, .os = r->os,
                           .os_release = r->os_release, .n_os_release = r->n_os_release, .pretend = options->pretend,
                           .manifest = options->manifest};
  pk_system_init(s, &from);
  for (size_t i = 0; i < r->n_packages; i++) pk_system_add(s, &r->packages[i].package);
  pk_system_ready(s, &from);
}

pk_rc pk_oval_evaluate(const char *path, const pk_prepared *p, const pk_platform_map *platforms, const pk_oval_options *options,
                       pk_oval_told *told, void *arg, pk_err *err) {
  pk_stream *in = NULL;
  if (!pk_file_exists(path)) return pk_err_set(err, PK_NOTFOUND, "there is no file '%s'", path);
  pk_rc rc = pk_stream_open_file(path, (pk_stream_limits){PK_FEED_OUT_BYTES_MAX, PK_FEED_RATIO_MAX}, &in, err);
  if (rc == PK_OK) {
    pk_system system;
    pk_regex_cache *regexes = pk_regex_cache_new();
    evaluate e = {.told = told, .arg = arg};
    make_system(&system, p, options);
    pk_evaluation_init(&e.evaluation, &system, regexes);
    if (options->signed_with && strcmp(options->signed_with, "any") != 0) e.evaluation.signature = pk_str_of(options->signed_with);
    rc = pk_oval_parse(in, platforms, one_definition, &e, options->signed_with ? NULL : &e.evaluation.signature, err);
    pk_evaluation_fini(&e.evaluation);
    pk_system_fini(&system);
    pk_regex_cache_free(&regexes);
    pk_stream_close(&in);
  }
  return rc < 0 ? pk_err_prefix(err, "%s: ", path) : rc;
}
