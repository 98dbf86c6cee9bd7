/* SPDX-License-Identifier: Apache-2.0
 *
 * glpi: the inventory that GLPI's agent posts.
 *
 *   {"action": "inventory", "tag": "SITE",
 *    "content": {"operatingsystem": {"fqdn": "www.example.org", "full_name": "Debian GNU/Linux 12", "arch": "x86_64",
 *                                    "kernel_version": "6.1.0-18-amd64"},
 *                "hardware": {"name": "www"}, "cpus": [{"name": "Intel(R) Xeon(R)"}],
 *                "softwares": [{"name": "bash", "version": "5.2.15-2+b2", "arch": "amd64", "from": "deb"}]}}
 *
 * `softwares` also lists what no package manager installed: an entry without a version, or with blanks in its name or
 * version, is no package and is left out. */
#include "report/shape.h"

typedef struct draft {
  pk_decoder *d;
  pk_str fqdn, hardware_name, site, os, arch_of_host, kernel;
  pk_str cpu;                       /* of the processor being read */
  pk_str name, version, arch, from; /* of the software being read */
  bool has_content;
} draft;

static pk_rc cpu_done(void *arg, pk_err *err) {
  draft *g = arg;
  pk_report *r = g->d->report;
  (void)err;
  if (!r->cpu.n) r->cpu = g->cpu;
  g->cpu = (pk_str){0};
  return PK_OK;
}

static pk_package_type type_of(pk_str from) {
  pk_package_type type = pk_package_type_of(from);
  return type == PK_TYPE_UNKNOWN && from.n ? PK_TYPE_OTHER : type; /* flatpak, snap, registry … */
}

static bool is_package(const draft *g) {
  return g->name.n && g->version.n && pk_str_find(g->name, ' ') == g->name.n && pk_str_find(g->version, ' ') == g->version.n &&
         pk_str_find(g->arch, ' ') == g->arch.n;
}

static pk_rc check_package(const draft *g, pk_err *err) {
  pk_rc rc = pk_decoder_check(g->name, PK_TEXT_TOKEN, err);
  if (rc == PK_OK) rc = pk_decoder_check(g->version, PK_TEXT_TOKEN, err);
  if (rc == PK_OK) rc = pk_decoder_check(g->arch, PK_TEXT_FIELD, err);
  if (rc != PK_OK) pk_err_prefix(err, "a field of '%.*s' ", PK_FMT(pk_quote(g->name)));
  return rc;
}

static pk_rc software_done(void *arg, pk_err *err) {
  draft *g = arg;
  pk_report *r = g->d->report;
  pk_rc rc = PK_OK;
  if (is_package(g) && !pk_is_rpm_key(g->name)) {
    pk_installed *item = NULL;
    rc = check_package(g, err);
    if (rc == PK_OK) rc = pk_decoder_add(g->d, &item);
    if (rc != PK_OK) return rc;
    item->package = (pk_package){.type = type_of(g->from), .name = g->name, .evr = g->version, .arch = g->arch};
    if (r->type == PK_TYPE_UNKNOWN && item->package.type != PK_TYPE_OTHER) r->type = item->package.type;
  }
  g->name = g->version = g->arch = g->from = (pk_str){0};
  return rc;
}

static pk_rc content_done(void *arg, pk_err *err) {
  (void)err;
  ((draft *)arg)->has_content = true;
  return PK_OK;
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define AT(field) offsetof(draft, field)

static const pk_member SYSTEM_MEMBERS[] = {
    {"fqdn", PK_MEMBER_HEADER, AT(fqdn), NULL},
    {"full_name", PK_MEMBER_HEADER, AT(os), NULL},
    {"arch", PK_MEMBER_HEADER, AT(arch_of_host), NULL},
    {"kernel_version", PK_MEMBER_HEADER, AT(kernel), NULL},
};
static const pk_shape SYSTEM = {SYSTEM_MEMBERS, COUNT(SYSTEM_MEMBERS), NULL, 0};

static const pk_member HARDWARE_MEMBERS[] = {{"name", PK_MEMBER_HEADER, AT(hardware_name), NULL}};
static const pk_shape HARDWARE = {HARDWARE_MEMBERS, COUNT(HARDWARE_MEMBERS), NULL, 0};

static const pk_member CPU_MEMBERS[] = {{"name", PK_MEMBER_HEADER, AT(cpu), NULL}};
static const pk_shape CPU = {CPU_MEMBERS, COUNT(CPU_MEMBERS), cpu_done, 0};

static const pk_member SOFTWARE_MEMBERS[] = {
    {"name", PK_MEMBER_RAW, AT(name), NULL},
    {"version", PK_MEMBER_RAW, AT(version), NULL},
    {"arch", PK_MEMBER_RAW, AT(arch), NULL},
    {"from", PK_MEMBER_RAW, AT(from), NULL},
};
static const pk_shape SOFTWARE = {SOFTWARE_MEMBERS, COUNT(SOFTWARE_MEMBERS), software_done, 0};

static const pk_member CONTENT_MEMBERS[] = {
    {"operatingsystem", PK_MEMBER_OBJECT, 0, &SYSTEM},
    {"hardware", PK_MEMBER_OBJECT, 0, &HARDWARE},
    {"cpus", PK_MEMBER_LIST, 0, &CPU},
    {"softwares", PK_MEMBER_LIST, 0, &SOFTWARE},
};
static const pk_shape CONTENT = {CONTENT_MEMBERS, COUNT(CONTENT_MEMBERS), content_done, 0};

static const pk_member ROOT_MEMBERS[] = {
    {"tag", PK_MEMBER_HEADER, AT(site), NULL},
    {"content", PK_MEMBER_OBJECT, 0, &CONTENT},
};
static const pk_shape ROOT = {ROOT_MEMBERS, COUNT(ROOT_MEMBERS), NULL, 0};

pk_rc pk_glpi_decode(pk_decoder *d, pk_str json) {
  pk_report *r = d->report;
  r->protocol = PK_PROTOCOL_GLPI;
  draft g = {.d = d};
  pk_rc rc = pk_shape_read(d, json, &ROOT, &g, true);
  if (rc != PK_OK) return rc;
  if (!g.has_content) return pk_err_set(d->err, PK_E_SYNTAX, "not an inventory of GLPI's agent: it has no 'content'");
  r->host = g.fqdn.n ? g.fqdn : g.hardware_name;
  r->site = g.site;
  r->os = g.os;
  r->arch = g.arch_of_host;
  r->kernel = g.kernel;
  return pk_decoder_finish(d);
}
