/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/rpmmd/primary.h"

#include "base/xml.h"
#include "feed/rpmmd/nevra.h"

/* name, version, release and ".nosrc.rpm" */
#define SOURCE_BYTES_MAX ((size_t)3 * PK_FIELD_MAX + 12)

typedef struct reader {
  pk_offers *offers;
  pk_buf name, arch, evr, source;
  bool is_package; /* between <package> and </package> */
} reader;

static void take(pk_buf *b, pk_str text) {
  b->n = 0;
  b->over = false;
  pk_buf_str(b, pk_str_trim(text));
}

static pk_rc on_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (depth == 1 && !pk_str_is(name, "metadata"))
    return pk_err_set(err, PK_E_SYNTAX, "the outermost element is '%.*s': this is no primary index", PK_FMT(name));
  if (depth == 2) {
    r->is_package = pk_str_is(name, "package");
    r->name.n = r->arch.n = r->evr.n = r->source.n = 0;
  }
  if (depth != 3 || !r->is_package || !pk_str_is(name, "version")) return PK_OK;
  return pk_rpmmd_evr(pk_xml_attr(x, "epoch"), pk_xml_attr(x, "ver"), pk_xml_attr(x, "rel"), &r->evr, err);
}

static pk_rc end_package(reader *r, pk_err *err) {
  if (r->name.over || r->arch.over || r->source.over)
    return pk_err_set(err, PK_E_SYNTAX, "name, architecture or source of package '%.*s' is longer than %d bytes",
                      PK_FMT(pk_buf_view(&r->name)), PK_FIELD_MAX);
  pk_offer f = {.name = pk_buf_view(&r->name), .evr = pk_buf_view(&r->evr), .arch = pk_buf_view(&r->arch)};
  if (pk_rpmmd_arch_is_source(f.arch)) return PK_OK;
  pk_str version;
  if (pk_rpmmd_split_source(pk_buf_view(&r->source), &f.source, &version)) {
    size_t colon = pk_str_find(f.evr, ':');
    if (!pk_str_eq(version, pk_str_sub(f.evr, colon + 1, f.evr.n))) f.source_evr = version;
  }
  return pk_offers_add(r->offers, &f, err);
}

static pk_rc on_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (!r->is_package || depth < 2 || depth > 4) return PK_OK;
  if (depth == 2) {
    r->is_package = false;
    return end_package(r, err);
  }
  if (depth == 3 && pk_str_is(name, "name")) take(&r->name, text);
  if (depth == 3 && pk_str_is(name, "arch")) take(&r->arch, text);
  if (depth == 4 && pk_str_is(name, "sourcerpm")) take(&r->source, text);
  return PK_OK;
}

pk_rc pk_rpmmd_primary_read(pk_stream *in, pk_offers *offers, pk_err *err) {
  reader r = {.offers = offers};
  pk_buf_init(&r.name, PK_FIELD_MAX);
  pk_buf_init(&r.arch, PK_FIELD_MAX);
  pk_buf_init(&r.evr, PK_FIELD_MAX);
  pk_buf_init(&r.source, SOURCE_BYTES_MAX);
  pk_rc rc = pk_xml_parse(in, on_start, on_end, &r, err);
  pk_buf_free(&r.name);
  pk_buf_free(&r.arch);
  pk_buf_free(&r.evr);
  pk_buf_free(&r.source);
  return rc;
}
