/* SPDX-License-Identifier: Apache-2.0
 *
 * native: protocol 6, the JSON of pakiti-client. docs/report-6.schema.json describes it.
 *
 *   {"protocol": 6, "client": "pakiti-client 0.1.0", "packager": "dpkg",
 *    "host": {"name": "www.example.org", "arch": "x86_64", "kernel": "6.1.0-18-amd64",
 *             "os_release": {"ID": "debian", "VERSION_ID": "12"},
 *             "repositories": [{"id": "main", "url": "https://deb.debian.org/debian"}]},
 *    "packages": [{"name": "bash", "version": "5.2.15-2+b2", "arch": "amd64", "source": "bash",
 *                  "source_version": "5.2.15-2"}]} */
#include "report/shape.h"

typedef struct named_values {
  pk_named_value *items;
  size_t n, cap;
} named_values;

typedef struct draft {
  pk_decoder *d;
  int64_t protocol;
  pk_str packager;
  pk_report head;       /* texts and times of the report */
  pk_installed package; /* being read */
  pk_named_value named; /* being read */
  named_values os_release, repositories, livepatches;
} draft;

static pk_rc package_done(void *arg, pk_err *err) {
  draft *n = arg;
  pk_package *p = &n->package.package;
  if (!p->name.n) return pk_err_set(err, PK_E_SYNTAX, "'name' is missing");
  if (!p->evr.n) return pk_err_set(err, PK_E_SYNTAX, "'version' is missing");
  if (!p->arch.n) return pk_err_set(err, PK_E_SYNTAX, "'arch' is missing");
  if (pk_str_eq(p->source_evr, p->evr)) p->source_evr = (pk_str){0};
  if (!pk_is_rpm_key(p->name)) {
    pk_installed *item;
    pk_rc rc = pk_decoder_add(n->d, &item);
    if (rc != PK_OK) return rc;
    *item = n->package;
  }
  n->package = (pk_installed){0};
  return PK_OK;
}

static pk_rc add_named(draft *n, named_values *to, pk_err *err) {
  if (to->n == PK_NAMED_VALUES_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %d entries", PK_NAMED_VALUES_MAX);
  if (!n->named.name.n) return pk_err_set(err, PK_E_SYNTAX, "the entry has no name");
  void *items = to->items;
  if (!pk_arena_grow(n->d->arena, &items, to->n, &to->cap, sizeof *to->items)) return pk_decoder_no_memory(n->d);
  to->items = items;
  to->items[to->n++] = n->named;
  n->named = (pk_named_value){0};
  return PK_OK;
}

static pk_rc os_release_done(void *arg, pk_err *err) { return add_named(arg, &((draft *)arg)->os_release, err); }
static pk_rc repository_done(void *arg, pk_err *err) { return add_named(arg, &((draft *)arg)->repositories, err); }
static pk_rc livepatch_done(void *arg, pk_err *err) { return add_named(arg, &((draft *)arg)->livepatches, err); }

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define AT(field) offsetof(draft, field)

static const pk_member OS_RELEASE_MEMBERS[] = {{NULL, PK_MEMBER_VALUE, AT(named.value), NULL}};
static const pk_shape OS_RELEASE = {OS_RELEASE_MEMBERS, COUNT(OS_RELEASE_MEMBERS), os_release_done, AT(named.name)};

static const pk_member REPOSITORY_MEMBERS[] = {
    {"id", PK_MEMBER_FIELD, AT(named.name), NULL},
    {"url", PK_MEMBER_VALUE, AT(named.value), NULL},
};
static const pk_shape REPOSITORY = {REPOSITORY_MEMBERS, COUNT(REPOSITORY_MEMBERS), repository_done, 0};

static const pk_member LIVEPATCH_MEMBERS[] = {
    {"name", PK_MEMBER_FIELD, AT(named.name), NULL},
    {"version", PK_MEMBER_FIELD, AT(named.value), NULL},
};
static const pk_shape LIVEPATCH = {LIVEPATCH_MEMBERS, COUNT(LIVEPATCH_MEMBERS), livepatch_done, 0};

static const pk_member HOST_MEMBERS[] = {
    {"name", PK_MEMBER_HEADER, AT(head.host), NULL},
    {"ip", PK_MEMBER_HEADER, AT(head.ip), NULL},
    {"os", PK_MEMBER_HEADER, AT(head.os), NULL},
    {"arch", PK_MEMBER_HEADER, AT(head.arch), NULL},
    {"cpu", PK_MEMBER_HEADER, AT(head.cpu), NULL},
    {"kernel", PK_MEMBER_HEADER, AT(head.kernel), NULL},
    {"site", PK_MEMBER_HEADER, AT(head.site), NULL},
    {"tag", PK_MEMBER_HEADER, AT(head.tag), NULL},
    {"machine_id", PK_MEMBER_HEADER, AT(head.machine_id), NULL},
    {"boot_time", PK_MEMBER_INTEGER, AT(head.boot_at), NULL},
    {"os_release", PK_MEMBER_OBJECT, 0, &OS_RELEASE},
    {"repositories", PK_MEMBER_LIST, 0, &REPOSITORY},
    {"livepatches", PK_MEMBER_LIST, 0, &LIVEPATCH},
};
static const pk_shape HOST = {HOST_MEMBERS, COUNT(HOST_MEMBERS), NULL, 0};

static const pk_member PACKAGE_MEMBERS[] = {
    {"name", PK_MEMBER_TOKEN, AT(package.package.name), NULL},
    {"version", PK_MEMBER_TOKEN, AT(package.package.evr), NULL},
    {"arch", PK_MEMBER_TOKEN, AT(package.package.arch), NULL},
    {"source", PK_MEMBER_FIELD, AT(package.package.source), NULL},
    {"source_version", PK_MEMBER_FIELD, AT(package.package.source_evr), NULL},
    {"module", PK_MEMBER_FIELD, AT(package.package.module), NULL},
    {"vendor", PK_MEMBER_FIELD, AT(package.package.vendor), NULL},
    {"origin", PK_MEMBER_FIELD, AT(package.origin), NULL},
    {"installed_at", PK_MEMBER_INTEGER, AT(package.installed_at), NULL},
};
static const pk_shape PACKAGE = {PACKAGE_MEMBERS, COUNT(PACKAGE_MEMBERS), package_done, 0};

static const pk_member ROOT_MEMBERS[] = {
    {"protocol", PK_MEMBER_INTEGER, AT(protocol), NULL},   {"client", PK_MEMBER_HEADER, AT(head.client), NULL},
    {"packager", PK_MEMBER_HEADER, AT(packager), NULL},    {"host", PK_MEMBER_OBJECT, 0, &HOST},
    {"proxy", PK_MEMBER_BOOLEAN, AT(head.by_proxy), NULL}, {"packages", PK_MEMBER_LIST, 0, &PACKAGE},
};
static const pk_shape ROOT = {ROOT_MEMBERS, COUNT(ROOT_MEMBERS), NULL, 0};

/* The draft's texts and lists into the report, which holds the packages and the mode already. */
static void take_over(const draft *n, pk_report *r) {
  pk_report head = n->head;
  head.protocol = PK_PROTOCOL_NATIVE;
  head.mode = r->mode;
  head.type = pk_package_type_of(n->packager);
  head.packages = r->packages;
  head.n_packages = r->n_packages;
  head.n_packages_cap = r->n_packages_cap;
  head.os_release = n->os_release.items, head.n_os_release = n->os_release.n;
  head.repositories = n->repositories.items, head.n_repositories = n->repositories.n;
  head.livepatches = n->livepatches.items, head.n_livepatches = n->livepatches.n;
  for (size_t i = 0; i < head.n_packages; i++) head.packages[i].package.type = head.type;
  *r = head;
}

pk_rc pk_native_decode(pk_decoder *d, pk_str json) {
  draft n = {.d = d};
  pk_rc rc = pk_shape_read(d, json, &ROOT, &n, false);
  if (rc != PK_OK) return rc;
  if (n.protocol != PK_PROTOCOL_NATIVE)
    return pk_err_set(d->err, PK_E_SYNTAX, "'protocol' is %lld: a JSON report must have 6", (long long)n.protocol);
  if (n.packager.n && pk_package_type_of(n.packager) == PK_TYPE_UNKNOWN)
    return pk_err_set(d->err, PK_E_SYNTAX, "packager: '%.*s' is not known: rpm, dpkg and pkg are", PK_FMT(pk_quote(n.packager)));
  take_over(&n, d->report);
  return pk_decoder_finish(d);
}
