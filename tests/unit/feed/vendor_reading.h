/* SPDX-License-Identifier: Apache-2.0
 *
 * vendor_reading: run a reader of vulnerability feeds over a text and write down what it hands over, a definition as
 *
 *   EXSA-2026:1 patch of EXSA-2026:1, important, 1654646400 'Title': CVE-2026-1 CVE-2026-2
 *     rhel:8 fixed <0:1-2 x86_64|s390x module ruby:2.5 by EXSA-2026:2 (note): xz xz-libs
 *     debian:12 affected source >=1 <=2: xz
 *
 * In the documents of tests, ' stands for ". */
#ifndef PK_TESTS_FEED_VENDOR_READING_H
#define PK_TESTS_FEED_VENDOR_READING_H

#include "unit.h"

#include "base/embed.h"
#include "feed/vendor.h"

/** Members of an array or object, with commas between them; up to ten. */
#define LIST_1(a) a
#define LIST_2(a, ...) a "," LIST_1(__VA_ARGS__)
#define LIST_3(a, ...) a "," LIST_2(__VA_ARGS__)
#define LIST_4(a, ...) a "," LIST_3(__VA_ARGS__)
#define LIST_5(a, ...) a "," LIST_4(__VA_ARGS__)
#define LIST_6(a, ...) a "," LIST_5(__VA_ARGS__)
#define LIST_7(a, ...) a "," LIST_6(__VA_ARGS__)
#define LIST_8(a, ...) a "," LIST_7(__VA_ARGS__)
#define LIST_9(a, ...) a "," LIST_8(__VA_ARGS__)
#define LIST_10(a, ...) a "," LIST_9(__VA_ARGS__)
#define LIST_PICK(a, b, c, d, e, f, g, h, i, j, chosen, ...) chosen
#define LIST(...)                                                                                                                \
  LIST_PICK(__VA_ARGS__, LIST_10, LIST_9, LIST_8, LIST_7, LIST_6, LIST_5, LIST_4, LIST_3, LIST_2, LIST_1, )(__VA_ARGS__)

typedef struct vendor_reading {
  pk_platform_map *platforms;
  pk_buf out;
  pk_err err;
  const char *platform; /* the feed's, or NULL */
  pk_rc answer;         /* of the sink */
} vendor_reading;

static inline void vendor_reading_begin(vendor_reading *r) {
  *r = (vendor_reading){0};
  pk_buf_init(&r->out, (size_t)1 << 24);
  assert_int_equal(pk_platform_map_new(pk_embed_platforms, "platforms", &r->platforms, NULL), PK_OK);
}

static inline void vendor_reading_end(vendor_reading *r) {
  pk_platform_map_free(&r->platforms);
  pk_buf_free(&r->out);
}

static inline void vendor_reading_attribute(pk_buf *out, const char *before, pk_str text, const char *after) {
  if (text.n) pk_buf_printf(out, " %s%.*s%s", before, PK_FMT(text), after);
}

static inline void vendor_reading_rule(pk_buf *out, const pk_rule *r) {
  pk_buf_printf(out, "  %.*s %s", PK_FMT(r->platform), pk_rule_state_name(r->state));
  vendor_reading_attribute(out, "", r->is_source ? PK_STR("source") : PK_STR(""), "");
  vendor_reading_attribute(out, ">=", r->introduced, "");
  vendor_reading_attribute(out, "<", r->fixed, "");
  vendor_reading_attribute(out, "<=", r->last, "");
  vendor_reading_attribute(out, "", r->arch, "");
  vendor_reading_attribute(out, "module ", r->module, "");
  vendor_reading_attribute(out, "by ", r->advisory, "");
  vendor_reading_attribute(out, "(", r->note, ")");
  pk_buf_putc(out, ':');
  for (size_t i = 0; i < r->n_names; i++) pk_buf_printf(out, " %.*s", PK_FMT(r->names[i]));
  pk_buf_putc(out, '\n');
}

static inline pk_rc vendor_reading_definition(void *arg, const pk_definition *d, pk_err *err) {
  vendor_reading *r = arg;
  pk_buf *out = &r->out;
  pk_buf_printf(out, "%.*s %.*s of %.*s, %.*s, %lld '%.*s':", PK_FMT(d->id), PK_FMT(d->class), PK_FMT(d->advisory),
                PK_FMT(d->severity), (long long)d->issued_at, PK_FMT(d->title));
  for (size_t i = 0; i < d->n_cves; i++) pk_buf_printf(out, " %.*s", PK_FMT(d->cves[i]));
  pk_buf_putc(out, '\n');
  for (size_t i = 0; i < d->n_rules; i++) vendor_reading_rule(out, &d->rules[i]);
  assert_null(d->criteria);
  return r->answer ? pk_err_set(err, r->answer, "the sink is full") : PK_OK;
}

static inline pk_rc vendor_reading_bytes(vendor_reading *r, pk_vendor_read *read, pk_str bytes) {
  pk_stream *in = NULL;
  r->out.n = 0;
  r->err = (pk_err){0};
  assert_int_equal(pk_stream_open_bytes(bytes, (pk_stream_limits){.out_bytes_max = (size_t)1 << 28}, &in, NULL), PK_OK);
  pk_vendor_document d = {.name = "x.json", .in = in, .platform = pk_str_of(r->platform), .platforms = r->platforms};
  pk_vendor_sink sink = {.arg = r, .definition = vendor_reading_definition};
  pk_rc rc = read(&d, &sink, &r->err);
  pk_stream_close(&in);
  return rc;
}

static inline pk_rc vendor_reading_run(vendor_reading *r, pk_vendor_read *read, const char *text) {
  char *quoted = pk_str_dup(pk_str_of(text));
  for (char *c = quoted; *c; c++)
    if (*c == '\'') *c = '"';
  pk_rc rc = vendor_reading_bytes(r, read, pk_str_of(quoted));
  free(quoted);
  return rc;
}

/** The reader takes the document and hands over exactly this; "" stands for PK_UNCHANGED. */
#define assert_read(reading, reader, document, want)                                                                             \
  do {                                                                                                                           \
    pk_rc rc_of_read = vendor_reading_run((reading), (reader), (document));                                                      \
    if (rc_of_read < 0) fail_msg("%s: %s", pk_rc_name(rc_of_read), (reading)->err.text);                                         \
    assert_string_equal(pk_buf_cstr(&(reading)->out), (want));                                                                   \
    assert_int_equal(rc_of_read, *(want) ? PK_OK : PK_UNCHANGED);                                                                \
  } while (0)

/** The reader refuses the document with this code and a message that holds the words. */
#define assert_refused(reading, reader, document, code, words)                                                                   \
  do {                                                                                                                           \
    assert_int_equal(vendor_reading_run((reading), (reader), (document)), (code));                                               \
    assert_int_equal((reading)->err.rc, (code));                                                                                 \
    if (!strstr((reading)->err.text, (words))) fail_msg("'%s' is not in '%s'", (words), (reading)->err.text);                    \
  } while (0)

#endif
