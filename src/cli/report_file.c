/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_file.h"

#include "base/file.h"

pk_rc pk_report_file_load(const pk_config *config, pk_store *store, const char *path, const char *platform, pk_report_file *ret, pk_err *err) {
  const pk_sender sender = {.address = PK_STR("local")};
  *ret = (pk_report_file){0};
  pk_buf_init(&ret->body, (size_t)config->report_bytes_max);
  pk_rc rc = pk_intake_new(config, store, &ret->intake, err);
  if (rc == PK_OK && (rc = pk_file_read(path, &ret->body, err)) == PK_NOTFOUND) pk_err_set(err, rc, "there is no file '%s'", path);
  if (rc != PK_OK) return rc;
  pk_report_request request = {.body = pk_buf_view(&ret->body)};
  ret->is_prepared = true;
  rc = pk_intake_prepare(ret->intake, &sender, &request, platform, &ret->prepared, err);
  return rc == PK_OK ? rc : pk_err_prefix(err, "%s: ", path);
}

void pk_report_file_unload(pk_report_file *f) {
  if (f->is_prepared) pk_prepared_fini(&f->prepared);
  pk_buf_free(&f->body);
  pk_intake_free(&f->intake);
}
