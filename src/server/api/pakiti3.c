/* SPDX-License-Identifier: Apache-2.0
 *
 * pakiti3: the outputs of Pakiti 3's /api (.php), for those who read them already. docs/protocols.md describes them. */
#include "app/decisions.h"
#include "base/times.h"
#include "base/xml.h"
#include "server/api/api.h"

#include <stdlib.h>

#define CSV_TYPE "text/csv; charset=utf-8"
#define XML_TYPE "text/xml; charset=utf-8"

/* As PHP's fputcsv: quotes around what holds a blank, a comma, a quote, a tab, a backslash or a line's end. */
static void write_field(pk_buf *out, pk_str text, bool last) {
  bool quotes = false;
  for (size_t i = 0; i < text.n; i++) quotes |= memchr(" ,\"\t\\\r\n", text.p[i], 7) != NULL;
  if (quotes) pk_buf_putc(out, '"');
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] == '"') pk_buf_putc(out, '"');
    pk_buf_putc(out, text.p[i]);
  }
  if (quotes) pk_buf_putc(out, '"');
  pk_buf_putc(out, last ? '\n' : ',');
}

static pk_rc send_text(pk_api_call *c, const char *type, pk_buf *text, pk_err *err) {
  pk_rc rc = text->over ? pk_rows_full(err) : PK_OK;
  if (rc == PK_OK) pk_api_send(c, 200, type, pk_buf_view(text));
  pk_buf_free(text);
  return rc;
}

/* ---- hosts.php: a row for each host, tagged CVE and tag ---- */

/* "tag,cve," of a stand, a line each: they are the same for all its hosts. */
static pk_rc write_heads(const pk_fleet *f, const pk_fleet_stand *s, pk_str tag, int64_t cve, pk_arena *arena, pk_str *ret, pk_err *err) {
  pk_buf out;
  pk_buf_init(&out, PK_API_REPLY_MAX);
  for (size_t i = 0; i < s->profile->n_cves; i++) {
    const pk_fleet_cve *one = f->cves[s->profile->cves[i]];
    uint64_t tags = f->cve_states[one->place].tags;
    for (size_t t = 0; tags && t < f->n_tag_names; t++) {
      if (!(tags >> t & 1) || (tag.n && !pk_str_eq(tag, f->tag_names[t])) || (cve && cve != one->number) || !pk_fleet_counts(s, one->place)) continue;
      write_field(&out, f->tag_names[t], false);
      write_field(&out, one->name, false);
      pk_buf_putc(&out, '\n');
    }
  }
  bool fits = pk_arena_copy(arena, pk_buf_view(&out), ret);
  pk_buf_free(&out);
  return fits ? PK_OK : pk_rows_full(err);
}

/* What follows is the same for all lines of a host. */
static void write_host(const pk_fleet *f, const pk_fleet_host *h, pk_str heads, pk_buf *tail, pk_buf *out) {
  char moment[24];
  pk_str head;
  tail->n = 0;
  write_field(tail, h->texts[PK_HOST_SITE].n ? h->texts[PK_HOST_SITE] : PK_STR("N/A"), false);
  write_field(tail, h->texts[PK_HOST_NAME], false);
  write_field(tail, h->texts[PK_HOST_OS], false);
  write_field(tail, f->stands[h->stand].profile->platform->arch, false);
  pk_time_text(h->last_report_at ? h->last_report_at : 1, moment);
  moment[10] = ' ';
  write_field(tail, (pk_str){moment, 19}, true);
  while (pk_str_split(&heads, '\n', &head)) {
    pk_buf_str(out, head);
    pk_buf_str(out, pk_buf_view(tail));
  }
}

pk_rc pk_pakiti3_hosts(pk_api_call *c, pk_err *err) {
  pk_str cve = PK_STR(""), tag = PK_STR(""), group = PK_STR(""), activity = PK_STR("");
  pk_filter filter = {0};
  pk_chosen chosen;
  pk_buf out;
  pk_api_param(c, "cveName", &cve);
  pk_api_param(c, "tag", &tag);
  pk_api_param(c, "hostGroup", &group);
  pk_api_param(c, "activity", &activity);
  pk_rc rc = activity.n ? pk_filter_activity(&filter, activity, pk_now(), err) : PK_OK;
  int64_t number = cve.n ? pk_cve_number(cve) : 0;
  if (rc == PK_OK && cve.n && !number) rc = pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no CVE", PK_FMT(cve));
  if (group.n) filter.groups[PK_GROUP_SITE] = (pk_wanted){true, pk_str_is(group, "N/A") ? PK_STR("") : group};
  filter.states = 1u << PK_STATE_TAGGED;
  if (rc == PK_OK) rc = pk_filter_choose(&filter, c->ask.fleet, &c->scope, &c->arena, &chosen, err);
  if (rc != PK_OK) return rc;
  pk_buf_init(&out, PK_API_REPLY_MAX);
  pk_buf_puts(&out, "tag,cve,site,host,os,arch,last_report\n");
  pk_buf tail;
  pk_str *heads = pk_arena_alloc(&c->arena, (chosen.fleet->n_stands + 1) * sizeof *heads);
  if (!heads) rc = pk_rows_full(err);
  pk_buf_init(&tail, (size_t)1 << 20);
  for (size_t i = 0; rc == PK_OK && i < chosen.fleet->n_stands; i++)
    if (chosen.per_stand[i]) rc = write_heads(chosen.fleet, &chosen.fleet->stands[i], tag, number, &c->arena, &heads[i], err);
  for (size_t i = 0; rc == PK_OK && i < chosen.n; i++)
    if (heads[chosen.hosts[i]->stand].n) write_host(chosen.fleet, chosen.hosts[i], heads[chosen.hosts[i]->stand], &tail, &out);
  pk_buf_free(&tail);
  if (rc == PK_OK) return send_text(c, CSV_TYPE, &out, err);
  pk_buf_free(&out);
  return rc;
}

/* ---- cve.php: fixed versions of a CVE on a system ---- */

typedef struct cve_output {
  pk_buf *out;
  pk_str os;
  const char *cve;
  bool xml;
} cve_output;

static void write_fix(const cve_output *o, pk_str package, pk_str version) {
  if (!o->xml) {
    write_field(o->out, pk_str_of(o->cve), false);
    write_field(o->out, o->os, false);
    write_field(o->out, package, false);
    write_field(o->out, PK_STR("<"), false);
    write_field(o->out, version, true);
    return;
  }
  pk_buf_printf(o->out, "<cve name=\"%s\" advisory_url=\"\"><os name=\"", o->cve);
  pk_xml_write(o->out, o->os);
  pk_buf_puts(o->out, "\"><pkg name=\"");
  pk_xml_write(o->out, package);
  pk_buf_puts(o->out, "\" operator=\"&lt;\" version=\"");
  pk_xml_write(o->out, version);
  pk_buf_puts(o->out, "\"/></os></cve>");
}

pk_rc pk_pakiti3_cve(pk_api_call *c, pk_err *err) {
  pk_str cve = PK_STR(""), os = PK_STR(""), type = PK_STR("csv");
  char name[32], platform[PK_PLATFORM_MAX + 1] = "";
  pk_package_type package_type;
  pk_rows rows;
  pk_list_order order;
  const size_t *places;
  pk_buf out;
  pk_api_param(c, "cve", &cve);
  pk_api_param(c, "os", &os);
  pk_api_param(c, "type", &type);
  int64_t number = pk_cve_number(cve);
  if (!number) return pk_err_set(err, PK_E_SYNTAX, "say which CVE and system: ?cve=CVE-…&os=…");
  if (pk_platform_map_find(pk_intake_platforms(c->request->server->intake), os, platform, &package_type) != PK_OK) {
    pk_err_set(err, PK_NOTFOUND, "no platform is known by the name '%.*s'", PK_FMT(os));
    return PK_NOTFOUND;
  }
  pk_cve_format(number, name);
  pk_rc rc = pk_rows_statements(pk_api_store(c), number, &c->arena, &rows, err);
  if (rc == PK_OK) rc = pk_list_order_of(rows.kind, PK_STR("package"), PK_STR(""), &order, err);
  if (rc == PK_OK) rc = pk_list_sorted(&rows, &order, &c->arena, &places, err);
  if (rc != PK_OK) return rc;
  cve_output o = {.out = &out, .os = os, .cve = name, .xml = pk_str_is(type, "xml")};
  pk_buf_init(&out, PK_API_REPLY_MAX);
  pk_buf_puts(&out, o.xml ? "<xml>" : "CVE,Os,\"Package name\",Operator,\"Package version\"\n");
  for (size_t i = 0; i < rows.n; i++) {
    pk_str fixed = pk_list_cell_named(&rows, places[i], "fixed").text;
    if (fixed.n && pk_platform_covers(pk_list_cell_named(&rows, places[i], "platform").text, pk_str_of(platform)))
      write_fix(&o, pk_list_cell_named(&rows, places[i], "package").text, fixed);
  }
  if (o.xml) pk_buf_puts(&out, "</xml>");
  return send_text(c, o.xml ? XML_TYPE : "text/plain; charset=utf-8", &out, err);
}

pk_rc pk_pakiti3_tags(pk_api_call *c, pk_err *err) {
  pk_buf out;
  pk_buf_init(&out, PK_API_REPLY_MAX);
  pk_tags_export(c->ask.fleet, &out);
  return send_text(c, XML_TYPE, &out, err);
}

pk_rc pk_pakiti3_exceptions(pk_api_call *c, pk_err *err) {
  pk_buf out;
  pk_buf_init(&out, PK_API_REPLY_MAX);
  pk_exceptions_export(c->ask.fleet, &out);
  return send_text(c, XML_TYPE, &out, err);
}
