/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"
#include "targets.h"

static void check_report(const pk_report *r, size_t packages_max) {
  const pk_str texts[] = {r->host, r->ip, r->os, r->arch, r->cpu, r->kernel, r->site, r->tag, r->client, r->machine_id};
  PK_FUZZ_MUST(r->host.n > 0 && r->n_packages > 0 && r->n_packages <= packages_max);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) PK_FUZZ_MUST(texts[i].n <= PK_HEADER_MAX && pk_str_utf8(texts[i]));
  for (size_t i = 0; i < r->n_packages; i++) {
    const pk_package *p = &r->packages[i].package;
    const pk_str fields[] = {p->name, p->evr, p->arch, p->source, p->source_evr, p->module, p->vendor};
    PK_FUZZ_MUST(p->name.n > 0 && p->evr.n > 0);
    for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++)
      PK_FUZZ_MUST(fields[k].n <= PK_FIELD_MAX && pk_str_utf8(fields[k]));
  }
}

/* A refusal must be told in the sender's own form, whatever the message quotes. */
static void check_refusal(pk_reply_form form, const pk_err *err) {
  pk_buf reply;
  pk_buf_init(&reply, (size_t)1 << 20);
  pk_reply_write_error(form, err, &reply);
  PK_FUZZ_MUST(reply.n > 0 && !reply.over && pk_str_utf8(pk_buf_view(&reply)));
  pk_buf_free(&reply);
}

/* The first byte chooses the headers, the rest is the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const types[] = {"",
                                      "text/plain",
                                      "application/x-www-form-urlencoded",
                                      "multipart/form-data; boundary=x",
                                      "application/json",
                                      "Application/x-compress-zlib",
                                      "application/vnd.pakiti.report+json",
                                      "multipart/form-data"};
  static const char *const encodings[] = {"", "gzip", "zstd", "deflate"};
  static const char *const queries[] = {"", "protocol=5&mode=report-only", "version=4&report=1", "protocol=6"};
  uint8_t choice = size ? data[0] : 0;
  const pk_report_request request = {.body = {(const char *)data + (size ? 1 : 0), size ? size - 1 : 0},
                                     .content_type = pk_str_of(types[choice & 7]),
                                     .content_encoding = pk_str_of(encodings[choice >> 3 & 3]),
                                     .user_agent = choice & 128 ? PK_STR("GLPI-Agent_v1") : PK_STR(""),
                                     .query = pk_str_of(queries[choice >> 5 & 3])};
  const pk_report_limits limits = {.body_bytes_max = 1 << 20, .packages_max = 2000, .arena_bytes_max = 8 << 20};
  pk_arena arena;
  pk_arena_init(&arena, limits.arena_bytes_max);
  pk_report report = {0};
  pk_reply_form form = PK_REPLY_PAKITI3;
  pk_err err = {0};
  pk_rc rc = pk_report_decode(&request, &limits, NULL, &arena, &report, &form, &err);
  pk_fuzz_check(rc, &err);
  PK_FUZZ_MUST(rc <= 0);
  if (rc == PK_OK) check_report(&report, limits.packages_max);
  if (rc < 0) check_refusal(form, &err);
  pk_arena_fini(&arena);
  return 0;
}
