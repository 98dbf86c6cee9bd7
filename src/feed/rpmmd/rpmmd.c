/* SPDX-License-Identifier: Apache-2.0
 *
 * rpmmd: reads an RPM repository whole.
 *
 *   1 head     repodata/repomd.xml, and repomd.xml.asc when signatures are wanted
 *   2 mark     unchanged since the last good sync?
 *   3 indexes  primary (packages) and, where there is one, updateinfo (advisories), each by its checksum */
#include "base/file.h"
#include "feed/index.h"
#include "feed/rpmmd/primary.h"
#include "feed/rpmmd/repomd.h"
#include "feed/rpmmd/updateinfo.h"
#include "feed/signature.h"

#include <unistd.h>

/* Change it when the reader makes something else of the same files: they are then read again. */
#define READER "rpmmd1"
#define HEAD_PATH "repodata/repomd.xml"
/* Longest path on this machine. */
#define PLACE_BYTES_MAX 8192

typedef pk_rc index_read(pk_stream *in, pk_offers *offers, pk_err *err);

static pk_rc check_signature(const pk_feed_context *c, const char *head_place, pk_err *err) {
  pk_buf place;
  pk_buf_init(&place, PLACE_BYTES_MAX);
  pk_index_place(c, PK_STR(HEAD_PATH ".asc"), &place);
  pk_rc rc = pk_index_fetch(c, HEAD_PATH ".asc", pk_buf_cstr(&place), PK_INDEX_SIGNATURE_BYTES_MAX, NULL, err);
  if (rc == PK_NOTFOUND)
    rc = pk_err_set(err, PK_E_VERIFY,
                    "'" HEAD_PATH "' is not signed: there is no repomd.xml.asc; --unsigned trusts the source without");
  else if (rc == PK_OK)
    rc = pk_signature_check_detached(head_place, pk_buf_cstr(&place), c->feed->keyring, c->work_dir, err);
  unlink(pk_buf_cstr(&place));
  pk_buf_free(&place);
  return rc;
}

static pk_rc fetch_head(const pk_feed_context *c, pk_buf *ret_head, pk_err *err) {
  pk_buf place;
  pk_buf_init(&place, PLACE_BYTES_MAX);
  pk_index_place(c, PK_STR(HEAD_PATH), &place);
  pk_rc rc = pk_index_fetch(c, HEAD_PATH, pk_buf_cstr(&place), PK_INDEX_HEAD_BYTES_MAX, NULL, err);
  if (rc == PK_NOTFOUND) rc = pk_err_set(err, PK_E_NET, "there is no '" HEAD_PATH "' below the feed's address: check it");
  if (rc == PK_OK && !c->feed->is_unsigned) rc = check_signature(c, pk_buf_cstr(&place), err);
  if (rc == PK_OK) rc = pk_file_read(pk_buf_cstr(&place), ret_head, err);
  if (rc == PK_NOTFOUND) rc = pk_err_set(err, PK_E_IO, "'%s' has vanished", pk_buf_cstr(&place));
  unlink(pk_buf_cstr(&place));
  pk_buf_free(&place);
  return rc;
}

static pk_rc parse_head(pk_str head, pk_repomd *ret, pk_err *err) {
  pk_stream *in = NULL;
  pk_stream_limits limits = {.out_bytes_max = PK_INDEX_HEAD_BYTES_MAX, .ratio_max = PK_INDEX_RATIO_MAX};
  pk_rc rc = pk_stream_open_bytes(head, limits, &in, err);
  if (rc == PK_OK) rc = pk_repomd_parse(in, ret, err);
  pk_stream_close(&in);
  return pk_index_name_fault(rc, HEAD_PATH, err);
}

static pk_rc fetch_index(const pk_feed_context *c, const pk_repomd_file *file, const char *path, const char *place, pk_err *err) {
  if (file->open_size_bytes > PK_INDEX_OPEN_BYTES_MAX)
    return pk_err_set(err, PK_E_LIMIT, "announced with %llu bytes decompressed, more than %zu",
                      (unsigned long long)file->open_size_bytes, PK_INDEX_OPEN_BYTES_MAX);
  uint64_t max_bytes = file->size_bytes ? file->size_bytes : PK_INDEX_BYTES_MAX;
  pk_rc rc = pk_index_fetch(c, path, place, max_bytes, &file->sum, err);
  return rc == PK_NOTFOUND ? pk_err_set(err, PK_E_NET, "the server does not have it, although repomd.xml lists it") : rc;
}

static pk_rc read_index(const pk_feed_context *c, const pk_repomd_file *file, index_read *read, pk_offers *offers, pk_err *err) {
  pk_buf path, place;
  pk_buf_init(&path, PK_INDEX_PATH_MAX);
  pk_buf_init(&place, PLACE_BYTES_MAX);
  pk_buf_str(&path, file->href);
  pk_index_place(c, file->href, &place);
  pk_stream *in = NULL;
  pk_rc rc = fetch_index(c, file, pk_buf_cstr(&path), pk_buf_cstr(&place), err);
  if (rc == PK_OK) rc = pk_index_open(pk_buf_cstr(&place), &in, err);
  if (rc == PK_OK) rc = read(in, offers, err);
  pk_stream_close(&in);
  unlink(pk_buf_cstr(&place));
  pk_index_name_fault(rc, pk_buf_cstr(&path), err);
  pk_buf_free(&place);
  pk_buf_free(&path);
  return rc;
}

static pk_rc read_indexes(const pk_feed_context *c, pk_str head, pk_repository_content *content, pk_err *err) {
  pk_repomd repomd = {.primary = {.size_bytes = 0}};
  pk_offers offers;
  pk_offers_init(&offers, content, c->feed->arch);
  pk_rc rc = parse_head(head, &repomd, err);
  if (rc == PK_OK) rc = read_index(c, &repomd.primary, pk_rpmmd_primary_read, &offers, err);
  if (rc == PK_OK && repomd.updateinfo.href.n) rc = read_index(c, &repomd.updateinfo, pk_rpmmd_updateinfo_read, &offers, err);
  pk_repomd_fini(&repomd);
  pk_offers_fini(&offers);
  return rc;
}

pk_rc pk_rpmmd_read(const pk_feed_context *c, pk_repository_content *content, char *ret_mark, pk_err *err) {
  char mark[PK_FEED_MARK_MAX];
  pk_buf head;
  pk_buf_init(&head, PK_INDEX_HEAD_BYTES_MAX);
  pk_rc rc = fetch_head(c, &head, err);
  if (rc == PK_OK) {
    const char *const settings[] = {c->feed->arch};
    pk_index_mark(READER, pk_buf_view(&head), settings, 1, mark);
    if (strcmp(mark, c->last_mark) == 0) rc = PK_UNCHANGED;
  }
  if (rc == PK_OK) rc = read_indexes(c, pk_buf_view(&head), content, err);
  if (rc == PK_OK || rc == PK_UNCHANGED) memcpy(ret_mark, mark, sizeof mark);
  pk_buf_free(&head);
  return rc;
}
