/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/rpmmd/updateinfo.h"

#include "base/xml.h"
#include "feed/rpmmd/nevra.h"
#include "feed/vendor_tools.h"
#include "model/definition.h"

#include <stdio.h>

/* Most memory for the packages of one update: its id may come behind them. */
#define UPDATE_BYTES_MAX ((size_t)64 << 20)

/* Longest list of CVEs of one update that is kept. */
#define CVES_BYTES_MAX ((size_t)256 << 10)

typedef struct update {
  pk_arena arena;
  pk_str id, type, severity, title;
  int64_t issued_at;
  pk_buf cves;   /* separated by blanks */
  pk_str module; /* of the collection that is open */
  pk_offer *packages;
  size_t n_packages, packages_cap;
} update;

typedef struct reader {
  pk_offers *offers;
  update update;
  pk_map ids; /* id → place among the content's advisories, from 1 */
  pk_buf evr;
} reader;

static bool is_security(pk_str type) { return pk_str_is_nocase(type, "security"); }

static pk_rc keep(update *u, pk_str text, pk_str *ret, pk_err *err) {
  if (pk_arena_copy(&u->arena, pk_str_trim(text), ret)) return PK_OK;
  return pk_err_set(err, PK_E_LIMIT, "update '%.*s' takes more than %zu bytes of memory", PK_FMT(u->id), UPDATE_BYTES_MAX);
}

static pk_rc begin_update(reader *r, pk_xml *x, pk_err *err) {
  update *u = &r->update;
  pk_arena_fini(&u->arena);
  pk_buf_free(&u->cves);
  *u = (update){.id = PK_STR(""), .severity = PK_STR(""), .title = PK_STR("")};
  pk_arena_init(&u->arena, UPDATE_BYTES_MAX);
  pk_buf_init(&u->cves, CVES_BYTES_MAX);
  return keep(u, pk_xml_attr(x, "type"), &u->type, err);
}

static pk_rc add_package(reader *r, pk_xml *x, pk_err *err) {
  update *u = &r->update;
  pk_str arch = pk_xml_attr(x, "arch");
  if (!is_security(u->type) || pk_rpmmd_arch_is_source(arch)) return PK_OK;
  pk_offer f = {.module = u->module};
  pk_rc rc = pk_rpmmd_evr(pk_xml_attr(x, "epoch"), pk_xml_attr(x, "version"), pk_xml_attr(x, "release"), &r->evr, err);
  if (rc == PK_OK) rc = keep(u, pk_xml_attr(x, "name"), &f.name, err);
  if (rc == PK_OK) rc = keep(u, pk_buf_view(&r->evr), &f.evr, err);
  if (rc == PK_OK) rc = keep(u, arch, &f.arch, err);
  if (rc != PK_OK) return rc;
  void *array = u->packages;
  if (u->n_packages == PK_UPDATE_PACKAGES_MAX || !pk_arena_grow(&u->arena, &array, u->n_packages, &u->packages_cap, sizeof f))
    return pk_err_set(err, PK_E_LIMIT, "update '%.*s' has too many packages", PK_FMT(u->id));
  u->packages = array;
  u->packages[u->n_packages++] = f;
  return PK_OK;
}

/* <reference type="cve" id="CVE-2022-1271" …/> */
static void add_cve(update *u, pk_xml *x) {
  pk_str id = pk_xml_attr(x, "id");
  if (!pk_str_is_nocase(pk_xml_attr(x, "type"), "cve") || !pk_cve_number(id) || u->cves.n + id.n + 1 > CVES_BYTES_MAX) return;
  if (u->cves.n) pk_buf_putc(&u->cves, ' ');
  pk_buf_str(&u->cves, id);
}

/* <module name="nodejs" stream="18" …/> inside a collection */
static pk_rc set_module(update *u, pk_xml *x, pk_err *err) {
  char text[2 * PK_FIELD_MAX + 2];
  pk_str name = pk_xml_attr(x, "name"), stream = pk_xml_attr(x, "stream");
  if (!name.n || !stream.n || name.n > PK_FIELD_MAX || stream.n > PK_FIELD_MAX) return PK_OK;
  int n = snprintf(text, sizeof text, "%.*s:%.*s", PK_FMT(name), PK_FMT(stream));
  return keep(u, (pk_str){text, (size_t)n}, &u->module, err);
}

static pk_rc on_start(void *arg, pk_xml *x, pk_str name, unsigned depth, pk_err *err) {
  reader *r = arg;
  if (depth == 1 && !pk_str_is(name, "updates"))
    return pk_err_set(err, PK_E_SYNTAX, "the outermost element is '%.*s': this is no updateinfo", PK_FMT(name));
  if (depth == 2) return begin_update(r, x, err);
  if (depth == 3 && pk_str_is(name, "issued")) r->update.issued_at = pk_vendor_time(pk_xml_attr(x, "date"));
  if (depth == 4 && pk_str_is(name, "reference")) add_cve(&r->update, x);
  if (depth == 4 && pk_str_is(name, "collection")) r->update.module = PK_STR("");
  if (depth == 5 && pk_str_is(name, "module")) return set_module(&r->update, x, err);
  return depth == 5 && pk_str_is(name, "package") ? add_package(r, x, err) : PK_OK;
}

static pk_rc add_advisory(reader *r, pk_err *err) {
  const update *u = &r->update;
  pk_repository_content *content = r->offers->content;
  uint64_t *place = pk_map_put(&r->ids, u->id, NULL);
  pk_advisory *old = *place ? &content->advisories[*place - 1] : NULL;
  if (old && (is_security(old->type) || !is_security(u->type))) return PK_OK;
  if (!old && r->ids.n > PK_ADVISORIES_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %zu advisories", PK_ADVISORIES_MAX);
  pk_advisory a = {.issued_at = u->issued_at};
  pk_rc rc = pk_repository_content_text(content, u->id, &a.id, err);
  if (rc == PK_OK) rc = pk_repository_content_text(content, pk_str_cut(u->type, PK_FIELD_MAX), &a.type, err);
  if (rc == PK_OK) rc = pk_repository_content_text(content, pk_str_cut(u->severity, PK_FIELD_MAX), &a.severity, err);
  if (rc == PK_OK) rc = pk_repository_content_text(content, pk_str_cut(u->title, PK_ADVISORY_TITLE_MAX), &a.title, err);
  if (rc == PK_OK) rc = pk_repository_content_text(content, pk_buf_view(&u->cves), &a.cves, err);
  if (rc != PK_OK) return rc;
  if (old) {
    *old = a;
    return PK_OK;
  }
  rc = pk_repository_content_advisory(content, &a, err);
  *place = content->n_advisories;
  return rc;
}

static pk_rc end_update(reader *r, pk_err *err) {
  update *u = &r->update;
  if (u->id.n == 0 || u->id.n > PK_FIELD_MAX)
    return pk_err_set(err, PK_E_SYNTAX, "an update without id, or with one longer than %d bytes", PK_FIELD_MAX);
  pk_rc rc = add_advisory(r, err);
  for (size_t i = 0; rc == PK_OK && i < u->n_packages; i++) {
    u->packages[i].advisory = u->id;
    rc = pk_offers_add(r->offers, &u->packages[i], err);
  }
  return rc;
}

static pk_rc on_end(void *arg, pk_str name, pk_str text, unsigned depth, pk_err *err) {
  reader *r = arg;
  update *u = &r->update;
  if (depth == 2 && pk_str_is(name, "update")) {
    pk_rc rc = end_update(r, err);
    if (rc < 0 && err) pk_err_prefix(err, "update '%.*s': ", PK_FMT(pk_str_cut(u->id, PK_FIELD_MAX)));
    return rc;
  }
  if (depth != 3) return PK_OK;
  if (pk_str_is(name, "id")) return keep(u, text, &u->id, err);
  if (pk_str_is(name, "title")) return keep(u, text, &u->title, err);
  if (pk_str_is(name, "severity")) return keep(u, text, &u->severity, err);
  return PK_OK;
}

pk_rc pk_rpmmd_updateinfo_read(pk_stream *in, pk_offers *offers, pk_err *err) {
  reader r = {.offers = offers};
  pk_map_init(&r.ids, true);
  pk_buf_init(&r.evr, PK_FIELD_MAX);
  pk_rc rc = pk_xml_parse(in, on_start, on_end, &r, err);
  pk_arena_fini(&r.update.arena);
  pk_buf_free(&r.update.cves);
  pk_buf_free(&r.evr);
  pk_map_fini(&r.ids);
  return rc;
}
