/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/rpmmd/repomd.h"

#include "base/xml.h"
#include "feed/index.h"

/* Longest algorithm name or number that is looked at. */
#define WORD_BYTES_MAX 64

typedef struct reader {
  pk_repomd *repomd;
  pk_repomd_file *file; /* being filled; NULL: of no interest */
  pk_repomd_file found;
  pk_buf sum_type, sum_hex;
  bool has_zck;
} reader;

static pk_rc begin_data(reader *r, pk_str type) {
  if (pk_str_is(type, "primary_zck")) r->has_zck = true;
  r->file = pk_str_is(type, "primary") ? &r->repomd->primary : pk_str_is(type, "updateinfo") ? &r->repomd->updateinfo : NULL;
  if (r->file && r->file->href.n) r->file = NULL; /* given twice: the first holds */
  r->found = (pk_repomd_file){.size_bytes = 0};
  r->sum_type.n = r->sum_hex.n = 0;
  return PK_OK;
}

static pk_rc on_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (depth == 1 && !pk_str_is(name, "repomd"))
    return pk_err_set(err, PK_E_SYNTAX, "the outermost element is '%.*s': this is no repomd.xml", PK_FMT(name));
  if (depth == 2) return begin_data(r, pk_str_is(name, "data") ? pk_xml_attr(x, "type") : PK_STR(""));
  if (depth != 3 || !r->file) return PK_OK;
  if (pk_str_is(name, "checksum")) {
    r->sum_type.n = 0;
    pk_buf_str(&r->sum_type, pk_xml_attr(x, "type"));
  }
  if (!pk_str_is(name, "location")) return PK_OK;
  pk_str href = pk_xml_attr(x, "href");
  if (!pk_index_path_is_inside(href))
    return pk_err_set(err, PK_E_SYNTAX, "location '%.*s' does not lie inside the repository", PK_FMT(href));
  if (!pk_arena_copy(&r->repomd->arena, href, &r->found.href))
    return pk_err_set(err, PK_E_LIMIT, "more than %zu bytes of locations", PK_REPOMD_BYTES_MAX);
  return PK_OK;
}

static pk_rc end_data(reader *r, pk_err *err) {
  if (!r->file) return PK_OK;
  const char *type = r->file == &r->repomd->primary ? "primary" : "updateinfo";
  if (r->found.href.n == 0) return pk_err_set(err, PK_E_SYNTAX, "data '%s' has no location", type);
  if (r->sum_hex.n == 0) return pk_err_set(err, PK_E_SYNTAX, "data '%s' has no checksum", type);
  if (pk_str_ends(r->found.href, ".zck"))
    return pk_err_set(err, PK_E_SYNTAX, "data '%s' is compressed as zchunk, which is not read", type);
  pk_rc rc = pk_sum_parse(pk_buf_view(&r->sum_type), pk_buf_view(&r->sum_hex), &r->found.sum, err);
  if (rc != PK_OK) {
    if (err) pk_err_prefix(err, "data '%s': ", type);
    return rc;
  }
  *r->file = r->found;
  r->file = NULL;
  return PK_OK;
}

static pk_rc on_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (depth == 2) return end_data(r, err);
  if (depth != 3 || !r->file) return PK_OK;
  text = pk_str_trim(text);
  if (pk_str_is(name, "checksum")) {
    r->sum_hex.n = 0;
    pk_buf_str(&r->sum_hex, text);
  }
  uint64_t *number = pk_str_is(name, "size")        ? &r->found.size_bytes
                     : pk_str_is(name, "open-size") ? &r->found.open_size_bytes
                                                    : NULL;
  if (number && text.n && !pk_str_u64(text, number))
    return pk_err_set(err, PK_E_SYNTAX, "%.*s '%.*s' is no number", PK_FMT(name), PK_FMT(text));
  return PK_OK;
}

pk_rc pk_repomd_parse(pk_stream *in, pk_repomd *ret, pk_err *err) {
  *ret = (pk_repomd){.primary = {.size_bytes = 0}};
  pk_arena_init(&ret->arena, PK_REPOMD_BYTES_MAX);
  reader r = {.repomd = ret};
  pk_buf_init(&r.sum_type, WORD_BYTES_MAX);
  pk_buf_init(&r.sum_hex, (size_t)2 * PK_SUM_HEX_MAX);
  pk_rc rc = pk_xml_parse(in, on_start, on_end, &r, err);
  pk_buf_free(&r.sum_type);
  pk_buf_free(&r.sum_hex);
  if (rc != PK_OK || ret->primary.href.n) return rc;
  return pk_err_set(err, PK_E_SYNTAX,
                    r.has_zck ? "the primary index is there only as zchunk, which is not read; have the repository made with one "
                                "more compression (createrepo_c without --zck-only)"
                              : "no primary index is listed");
}

void pk_repomd_fini(pk_repomd *r) { pk_arena_fini(&r->arena); }
