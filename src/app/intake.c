/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"

#include "app/ignore.h"
#include "base/embed.h"
#include "base/file.h"
#include "base/json.h"
#include "match/kernel.h"
#include "model/evr.h"

#include <endian.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define PLATFORMS_FILE_MAX ((size_t)1 << 20)
/* Memory of one report beside its body: about 1 KiB a package, and some to begin with. */
#define ARENA_BYTES(packages) ((size_t)(packages)*1024 + ((size_t)8 << 20))
/* Changes when a decoder understands the same bytes otherwise than before, so that known reports are read again. */
#define DECODER_VERSION "1"

struct pk_intake {
  const pk_config *config;
  pk_ignore *ignore;
  pk_platform_map *platforms;
  pk_report_key *key;
  pk_report_limits limits;
  unsigned char secret[PK_STORE_SECRET_BYTES];
  EVP_MAC *poly1305;       /* OpenSSL's, which uses AVX2 and AVX-512 */
  pk_digest configuration; /* of all that decides what a report becomes */
};

static pk_rc load_platforms(const pk_config *config, pk_platform_map **ret, pk_err *err) {
  pk_rc rc = pk_platform_map_new(pk_embed_platforms, "platforms", ret, err);
  if (rc != PK_OK || !*config->platforms_file) return rc;
  pk_buf text;
  pk_buf_init(&text, PLATFORMS_FILE_MAX);
  rc = pk_file_read(config->platforms_file, &text, err);
  if (rc == PK_NOTFOUND) rc = pk_err_set(err, PK_E_CONFIG, "platforms_file: there is no '%s'", config->platforms_file);
  pk_platform_map *own = NULL;
  if (rc == PK_OK) rc = pk_platform_map_new(pk_buf_view(&text), config->platforms_file, &own, err);
  if (rc == PK_OK) pk_platform_map_override(*ret, own);
  pk_buf_free(&text);
  return rc;
}

static pk_digest digest_configuration(const pk_config *config) {
  pk_buf all, value;
  pk_buf_init(&all, (size_t)4 << 20);
  pk_buf_init(&value, (size_t)1 << 20);
  pk_buf_puts(&all, DECODER_VERSION);
  pk_option_view option;
  for (size_t i = 0; value.n = 0, pk_config_option(config, i, &option, &value); i++) {
    pk_buf_puts(&all, option.name);
    pk_buf_putc(&all, '=');
    pk_buf_str(&all, pk_buf_view(&value));
    pk_buf_putc(&all, '\0');
  }
  pk_digest d = pk_digest_of(pk_buf_view(&all));
  pk_buf_free(&all);
  pk_buf_free(&value);
  return d;
}

pk_rc pk_intake_new(const pk_config *config, pk_store *store, pk_intake **ret, pk_err *err) {
  pk_intake *intake = pk_calloc(1, sizeof *intake);
  intake->config = config;
  intake->limits = (pk_report_limits){.body_bytes_max = (size_t)config->report_bytes_max,
                                      .packages_max = (size_t)config->report_packages_max,
                                      .arena_bytes_max = (size_t)config->report_bytes_max * 4 + ARENA_BYTES(config->report_packages_max)};
  intake->configuration = digest_configuration(config);
  intake->poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
  if (!intake->poly1305) pk_panic("OpenSSL has no Poly1305");
  pk_rc rc = load_platforms(config, &intake->platforms, err);
  if (rc == PK_OK) rc = pk_ignore_new(config, &intake->ignore, err);
  if (rc == PK_OK && *config->report_decryption_key) rc = pk_report_key_load(config->report_decryption_key, &intake->key, err);
  if (rc == PK_OK && store) rc = pk_store_secret(store, intake->secret, err);
  if (rc != PK_OK)
    pk_intake_free(&intake);
  else
    *ret = intake;
  return rc;
}

void pk_intake_free(pk_intake **intake) {
  if (!*intake) return;
  pk_ignore_free(&(*intake)->ignore);
  pk_platform_map_free(&(*intake)->platforms);
  pk_report_key_free(&(*intake)->key);
  EVP_MAC_free((*intake)->poly1305);
  sodium_memzero((*intake)->secret, sizeof(*intake)->secret);
  free(*intake);
  *intake = NULL;
}

const pk_platform_map *pk_intake_platforms(const pk_intake *intake) { return intake->platforms; }

void pk_intake_fingerprint(const pk_intake *intake, const pk_sender *sender, const pk_report_request *request,
                           unsigned char *ret_fingerprint) {
  EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(intake->poly1305);
  size_t n_out = 0;
  bool good = ctx && EVP_MAC_init(ctx, intake->secret, sizeof intake->secret, NULL) == 1;
  const pk_str context[] = {{(const char *)intake->configuration.bytes, PK_DIGEST_BYTES},
                            sender->address,
                            request->query,
                            request->content_type,
                            request->content_encoding,
                            request->user_agent,
                            request->body};
  for (size_t i = 0; good && i < sizeof context / sizeof context[0]; i++) {
    uint64_t n = context[i].n; /* the length before each part keeps parts from running into one another */
    good = EVP_MAC_update(ctx, (const unsigned char *)&n, sizeof n) == 1 &&
           (n == 0 || EVP_MAC_update(ctx, (const unsigned char *)context[i].p, n) == 1);
  }
  good = good && EVP_MAC_final(ctx, ret_fingerprint, &n_out, PK_FINGERPRINT_BYTES) == 1;
  EVP_MAC_CTX_free(ctx);
  if (!good) pk_panic("Poly1305 failed");
}

/* ---- which platform ---- */

/* Packages that say which release a host has, for clients that do not (Pakiti 2), and rebuilds whose redhat-release
 * file speaks of Red Hat. The platform's name and the package's version go through the table of patterns. */
static const struct {
  const char *package, *system;
} RELEASE_PACKAGES[] = {
    {"oraclelinux-release", "ol"},  {"almalinux-release", "almalinux"}, {"rocky-release", "rocky"},
    {"centos-stream-release", "centos stream"}, {"centos-release", "centos"}, {"centos-linux-release", "centos"},
    {"sl-release", "scientific"},   {"system-release", "amzn"},         {"sles-release", "sles"},
    {"redhat-release", "rhel"},     {"redhat-release-server", "rhel"},  {"fedora-release-common", "fedora"},
    {"openEuler-release", "openeuler"},
};

static bool find_by_packages(const pk_intake *intake, const pk_report *r, char *ret_name, pk_package_type *ret_type) {
  for (size_t k = 0; k < sizeof RELEASE_PACKAGES / sizeof RELEASE_PACKAGES[0]; k++)
    for (size_t i = 0; i < r->n_packages; i++) {
      if (!pk_str_is(r->packages[i].package.name, RELEASE_PACKAGES[k].package)) continue;
      char text[PK_FIELD_MAX + 64];
      pk_evr evr = pk_evr_split(r->packages[i].package.evr);
      snprintf(text, sizeof text, "%s %.*s", RELEASE_PACKAGES[k].system, PK_FMT(evr.version));
      if (pk_platform_map_find(intake->platforms, pk_str_of(text), ret_name, ret_type) == PK_OK) return true;
    }
  return false;
}

static pk_str os_release_field(const pk_report *r, const char *name) {
  for (size_t i = 0; i < r->n_os_release; i++)
    if (pk_str_is(r->os_release[i].name, name)) return r->os_release[i].value;
  return PK_STR("");
}

static bool find_by_os_release(const pk_intake *intake, const pk_report *r, char *ret_name, pk_package_type *ret_type) {
  char text[2 * PK_HEADER_MAX + 2];
  pk_str id = os_release_field(r, "ID"), version = os_release_field(r, "VERSION_ID");
  if (pk_platform_map_find(intake->platforms, os_release_field(r, "PRETTY_NAME"), ret_name, ret_type) == PK_OK) return true;
  snprintf(text, sizeof text, "%.*s %.*s", PK_FMT(id), PK_FMT(version));
  return id.n && pk_platform_map_find(intake->platforms, pk_str_of(text), ret_name, ret_type) == PK_OK;
}

static pk_rc choose_platform(const pk_intake *intake, const char *wanted, pk_prepared *p, pk_err *err) {
  char name[PK_PLATFORM_MAX + 1] = "unknown";
  pk_package_type type = PK_TYPE_UNKNOWN;
  pk_report *r = &p->report;
  if (wanted) {
    pk_rc rc = pk_platform_canonical(intake->platforms, pk_str_of(wanted), name, &type, err);
    if (rc != PK_OK) return rc;
  } else if (!find_by_os_release(intake, r, name, &type)) {
    bool by_name = pk_platform_map_find(intake->platforms, r->os, name, &type) == PK_OK;
    if (!by_name || strncmp(name, "rhel:", 5) == 0) find_by_packages(intake, r, name, &type);
  }
  if (type == PK_TYPE_UNKNOWN) type = r->type;
  char judged_as[PK_PLATFORM_MAX + 1];
  pk_platform_map_judged_as(intake->platforms, pk_str_of(name), judged_as);
  if (r->type != PK_TYPE_UNKNOWN && type != r->type && type != PK_TYPE_OTHER) type = r->type;
  p->platform.type = type;
  bool fits = pk_arena_copy(&p->arena, pk_str_of(name), &p->platform.name) && pk_arena_copy(&p->arena, pk_str_of(judged_as), &p->platform.judged_as) &&
              pk_arena_copy(&p->arena, pk_platform_arch(type, r->arch), &p->platform.arch);
  return fits ? PK_OK : pk_err_set(err, PK_E_LIMIT, "the report takes too much memory");
}

/* ---- the set of packages ---- */

/* Sorting moves these instead of whole packages: the digest's first bytes nearly always decide. */
typedef struct sort_key {
  uint64_t head;
  const pk_prepared_package *package;
} sort_key;

static sort_key key_of(const pk_prepared_package *p) {
  uint64_t head;
  memcpy(&head, p->digest.bytes, sizeof head);
  return (sort_key){be64toh(head), p};
}

static int cmp_keys(const void *a, const void *b) {
  const sort_key *x = a, *y = b;
  if (x->head != y->head) return x->head < y->head ? -1 : 1;
  return memcmp(x->package->digest.bytes, y->package->digest.bytes, PK_DIGEST_BYTES);
}

/* Into p->packages by digest, without repeats. */
static bool sort_packages(pk_prepared *p, const pk_prepared_package *unsorted, size_t n) {
  sort_key *keys = pk_realloc_array(NULL, n, sizeof *keys);
  for (size_t i = 0; i < n; i++) keys[i] = key_of(&unsorted[i]);
  if (n) qsort(keys, n, sizeof *keys, cmp_keys);
  p->packages = pk_arena_alloc(&p->arena, n * sizeof *p->packages);
  for (size_t i = 0; p->packages && i < n; i++)
    if (i == 0 || cmp_keys(&keys[i], &keys[i - 1]) != 0) p->packages[p->n_packages++] = *keys[i].package;
  free(keys);
  return p->packages != NULL;
}

static pk_digest digest_set(const pk_prepared *p) {
  crypto_generichash_state state;
  pk_digest d;
  crypto_generichash_init(&state, NULL, 0, sizeof d.bytes);
  for (size_t i = 0; i < p->n_packages; i++) crypto_generichash_update(&state, p->packages[i].digest.bytes, PK_DIGEST_BYTES);
  crypto_generichash_final(&state, d.bytes, sizeof d.bytes);
  return d;
}

static pk_rc digest_packages(const pk_intake *intake, pk_prepared *p, pk_err *err) {
  const pk_report *r = &p->report;
  size_t n = 0;
  pk_prepared_package *unsorted = pk_realloc_array(NULL, r->n_packages, sizeof *unsorted);
  for (size_t i = 0; i < r->n_packages; i++) {
    pk_package *one = &r->packages[i].package;
    if (one->type == PK_TYPE_UNKNOWN) one->type = p->platform.type;
    if (pk_ignore_match(intake->ignore, one->name)) {
      p->n_ignored++;
      continue;
    }
    unsorted[n++] = (pk_prepared_package){.digest = pk_package_digest(one), .package = *one, .report_index = (uint32_t)i};
  }
  bool fits = sort_packages(p, unsorted, n);
  free(unsorted);
  if (!fits) return pk_err_set(err, PK_E_LIMIT, "the report takes too much memory");
  p->set_digest = digest_set(p);
  return PK_OK;
}

pk_rc pk_intake_prepare(const pk_intake *intake, const pk_sender *sender, const pk_report_request *request, const char *platform,
                        pk_prepared *ret, pk_err *err) {
  *ret = (pk_prepared){.form = PK_REPLY_PAKITI3, .reporter = sender->address};
  pk_arena_init(&ret->arena, intake->limits.arena_bytes_max);
  pk_rc rc = pk_report_decode(request, &intake->limits, intake->key, &ret->arena, &ret->report, &ret->form, err);
  if (rc == PK_OK)
    rc = pk_access_identify(sender, ret->report.host, ret->report.by_proxy, intake->config->trusted_proxies, &ret->identity, err);
  if (rc == PK_OK) rc = choose_platform(intake, platform, ret, err);
  if (rc == PK_OK) rc = digest_packages(intake, ret, err);
  if (rc == PK_OK) pk_intake_fingerprint(intake, sender, request, ret->fingerprint);
  return rc;
}

void pk_prepared_fini(pk_prepared *p) { pk_arena_fini(&p->arena); }

/* ---- storing ---- */

static void write_named_values(pk_json_out *o, const char *key, const pk_named_value *values, size_t n) {
  if (!n) return;
  pk_json_key(o, key);
  pk_json_begin(o, '[');
  for (size_t i = 0; i < n; i++) {
    pk_json_begin(o, '[');
    pk_json_str(o, values[i].name);
    pk_json_str(o, values[i].value);
    pk_json_end(o, ']');
  }
  pk_json_end(o, ']');
}

typedef struct stored_member {
  int64_t id;
  const pk_installed *installed;
} stored_member;

static int cmp_stored(const void *a, const void *b) {
  const stored_member *x = a, *y = b;
  return (x->id > y->id) - (x->id < y->id);
}

/* Origin and time of installation of packages. */
typedef struct told_pair {
  uint64_t origin, at;
} told_pair;

static int cmp_pairs(const void *a, const void *b) {
  const told_pair *x = a, *y = b;
  if (x->origin != y->origin) return x->origin < y->origin ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

static pk_str pair_key(const told_pair *pair) { return (pk_str){(const char *)pair, sizeof *pair}; }

/* Packages come in batches: the distinct pairs of origin and time ascending, as differences (of the time only within an origin), behind them
 * each member's pair in the order of the set. Origins are numbered as they are first met. */
static void write_package_facts(const stored_member *members, size_t n, pk_map *origins, pk_buf *out) {
  pk_map places;
  told_pair *pairs = pk_realloc_array(NULL, n + 1, sizeof *pairs), *sorted = pk_realloc_array(NULL, n + 1, sizeof *sorted);
  size_t n_sorted = 0;
  pk_map_init(&places, true);
  for (size_t i = 0; i < n; i++) {
    uint64_t *number = pk_map_put(origins, members[i].installed->origin, NULL);
    bool is_new;
    if (!*number) *number = origins->n;
    pairs[i] = (told_pair){*number, (uint64_t)members[i].installed->installed_at};
    (void)pk_map_put(&places, pair_key(&pairs[i]), &is_new);
    if (is_new) sorted[n_sorted++] = pairs[i];
  }
  if (n_sorted) qsort(sorted, n_sorted, sizeof *sorted, cmp_pairs);
  pk_buf_varint(out, n_sorted);
  for (size_t i = 0; i < n_sorted; i++) {
    bool same = i && sorted[i].origin == sorted[i - 1].origin;
    pk_buf_varint(out, sorted[i].origin - (i ? sorted[i - 1].origin : 0));
    pk_buf_varint(out, sorted[i].at - (same ? sorted[i - 1].at : 0));
    *pk_map_put(&places, pair_key(&sorted[i]), NULL) = i;
  }
  for (size_t i = 0; i < n; i++) pk_buf_varint(out, *pk_map_get(&places, pair_key(&pairs[i])));
  pk_map_fini(&places);
  free(sorted);
  free(pairs);
}

static void write_facts(const pk_report *r, const pk_map *origins, pk_buf *out) {
  pk_json_out o = {.buf = out};
  pk_json_begin(&o, '{');
  if (r->machine_id.n) {
    pk_json_key(&o, "machine_id");
    pk_json_str(&o, r->machine_id);
  }
  if (r->boot_at) {
    pk_json_key(&o, "boot_at");
    pk_json_int(&o, r->boot_at);
  }
  if (r->ip.n) {
    pk_json_key(&o, "ip");
    pk_json_str(&o, r->ip);
  }
  write_named_values(&o, "os_release", r->os_release, r->n_os_release);
  write_named_values(&o, "repositories", r->repositories, r->n_repositories);
  write_named_values(&o, "livepatches", r->livepatches, r->n_livepatches);
  pk_json_key(&o, "origins");
  pk_json_begin(&o, '[');
  for (uint64_t number = 1; number <= origins->n; number++) {
    size_t pos = 0;
    for (pk_map_slot *s; (s = pk_map_next(origins, &pos)) != NULL;)
      if (s->value == number) pk_json_str(&o, s->key);
  }
  pk_json_end(&o, ']');
  pk_json_end(&o, '}');
}

static pk_rc put_host(pk_store *store, const pk_prepared *p, const stored_member *members, int64_t profile_id, int64_t now, pk_err *err) {
  const pk_report *r = &p->report;
  pk_buf facts, package_facts;
  pk_map origins;
  pk_map_init(&origins, false);
  pk_buf_init(&facts, (size_t)4 << 20);
  pk_buf_init(&package_facts, p->n_packages * 30 + 16);
  if (r->protocol == PK_PROTOCOL_NATIVE) {
    write_package_facts(members, p->n_packages, &origins, &package_facts);
    write_facts(r, &origins, &facts);
  }
  pk_host_facts f = {.identity = &p->identity, .site = r->site, .tag = r->tag, .os = r->os, .cpu = r->cpu, .client = r->client,
                     .reporter = p->reporter, .fingerprint = {(const char *)p->fingerprint, sizeof p->fingerprint},
                     .protocol = r->protocol, .profile_id = profile_id, .now = now,
                     .facts = pk_buf_view(&facts), .package_facts = pk_buf_view(&package_facts)};
  int64_t host_id;
  pk_rc rc = pk_store_host_put(store, &f, &host_id, err);
  pk_buf_free(&facts);
  pk_buf_free(&package_facts);
  pk_map_fini(&origins);
  return rc == PK_UNCHANGED ? PK_OK : rc;
}

static pk_rc intern_members(pk_store *store, const pk_prepared *p, pk_member *members, stored_member *sorted, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < p->n_packages; i++) {
    const pk_prepared_package *one = &p->packages[i];
    sorted[i].installed = &p->report.packages[one->report_index];
    rc = pk_store_package_intern(store, &one->package, &one->digest, &sorted[i].id, err);
  }
  if (rc == PK_OK && p->n_packages) qsort(sorted, p->n_packages, sizeof *sorted, cmp_stored);
  for (size_t i = 0; rc == PK_OK && i < p->n_packages; i++) members[i] = (pk_member){sorted[i].id, &sorted[i].installed->package};
  return rc;
}

static pk_rc put_set(pk_store *store, const pk_prepared *p, const stored_member *sorted, int64_t *ret_set, bool *ret_new, pk_err *err) {
  pk_rc rc = pk_store_set_find(store, &p->set_digest, ret_set, err);
  *ret_new = rc == PK_NOTFOUND;
  if (rc != PK_NOTFOUND) return rc;
  int64_t *ids = pk_realloc_array(NULL, p->n_packages, sizeof *ids);
  for (size_t i = 0; i < p->n_packages; i++) ids[i] = sorted[i].id;
  rc = pk_store_set_add(store, &p->set_digest, ids, p->n_packages, ret_set, err);
  free(ids);
  return rc;
}

static pk_rc add_profile(pk_judge *judge, pk_store *store, const pk_prepared *p, const pk_platform *platform, const pk_member *members,
                         int64_t set_id, int64_t *ret_id, pk_err *err) {
  pk_profile_counts counts;
  pk_rc rc = pk_judge_profile(judge, platform, p->report.kernel, members, p->n_packages, &counts, err);
  if (rc == PK_OK) rc = pk_store_profile_add(store, platform->id, set_id, p->report.kernel, &counts, ret_id, err);
  pk_profile_counts_fini(&counts);
  return rc;
}

/* A set and profile that are known already need no member of the set, unless the host has facts about them to tell. */
static pk_rc find_known(pk_store *store, const pk_prepared *p, const pk_platform *platform, int64_t *ret_profile, pk_err *err) {
  int64_t set_id;
  if (p->report.protocol == PK_PROTOCOL_NATIVE) return PK_NOTFOUND;
  pk_rc rc = pk_store_set_find(store, &p->set_digest, &set_id, err);
  return rc == PK_OK ? pk_store_profile_find(store, platform->id, set_id, p->report.kernel, ret_profile, err) : rc;
}

pk_rc pk_intake_store(pk_judge *judge, pk_store *store, const pk_prepared *p, int64_t now, int64_t *ret_profile_id, bool *ret_new_set,
                      pk_err *err) {
  pk_platform platform = p->platform;
  bool new_set = false;
  pk_rc rc = pk_store_platform_intern(store, &platform, err);
  if (rc == PK_OK) rc = find_known(store, p, &platform, ret_profile_id, err);
  stored_member *sorted = NULL;
  if (rc == PK_NOTFOUND) {
    pk_member *members = pk_realloc_array(NULL, p->n_packages, sizeof *members);
    sorted = pk_realloc_array(NULL, p->n_packages, sizeof *sorted);
    int64_t set_id;
    rc = intern_members(store, p, members, sorted, err);
    if (rc == PK_OK) rc = put_set(store, p, sorted, &set_id, &new_set, err);
    if (rc == PK_OK) rc = pk_store_profile_find(store, platform.id, set_id, p->report.kernel, ret_profile_id, err);
    if (rc == PK_NOTFOUND) rc = add_profile(judge, store, p, &platform, members, set_id, ret_profile_id, err);
    free(members);
  }
  if (rc == PK_OK) rc = put_host(store, p, sorted, *ret_profile_id, now, err);
  free(sorted);
  if (ret_new_set) *ret_new_set = new_set;
  return rc;
}

/* ---- answering ---- */

static pk_rc add_update(pk_prepared *p, pk_answer *answer, const pk_update_row *row, pk_err *err) {
  void *array = answer->updates;
  pk_reply_update u = {.security = row->state == PK_UPDATE_SECURITY};
  bool fits = pk_arena_grow(&p->arena, &array, answer->n_updates, &answer->cap, sizeof u) &&
              pk_arena_copy(&p->arena, row->package.name, &u.name) && pk_arena_copy(&p->arena, row->package.arch, &u.arch) &&
              pk_arena_copy(&p->arena, row->package.evr, &u.installed) && pk_arena_copy(&p->arena, row->available, &u.available) &&
              pk_arena_copy(&p->arena, row->repository, &u.repository);
  if (!fits) return pk_err_set(err, PK_E_LIMIT, "the answer takes too much memory");
  answer->updates = array;
  answer->updates[answer->n_updates++] = u;
  return PK_OK;
}

typedef struct collect {
  pk_prepared *p;
  pk_answer *answer;
} collect;

static pk_rc collect_update(void *arg, const pk_update_row *row, pk_err *err) {
  collect *c = arg;
  return add_update(c->p, c->answer, row, err);
}

/* Key of a package in a report: name, architecture, version; none of them holds a NUL. */
static pk_str place_key(pk_buf *key, pk_str name, pk_str arch, pk_str evr) {
  key->n = 0;
  pk_buf_str(key, name);
  pk_buf_putc(key, '\0');
  pk_buf_str(key, arch);
  pk_buf_putc(key, '\0');
  pk_buf_str(key, evr);
  return pk_buf_view(key);
}

typedef struct placed {
  uint64_t place;
  pk_reply_update update;
} placed;

static int cmp_places(const void *a, const void *b) {
  const placed *x = a, *y = b;
  return (x->place > y->place) - (x->place < y->place);
}

static pk_rc order_as_reported(pk_prepared *p, pk_answer *answer, pk_err *err) {
  placed *list = pk_arena_alloc(&p->arena, answer->n_updates * sizeof *list);
  if (!list) return pk_err_set(err, PK_E_LIMIT, "the answer takes too much memory");
  pk_map places;
  pk_buf key;
  pk_map_init(&places, true);
  pk_buf_init(&key, (size_t)4 * (PK_FIELD_MAX + 1));
  for (size_t i = 0; i < answer->n_updates; i++) {
    const pk_reply_update *u = &answer->updates[i];
    *pk_map_put(&places, place_key(&key, u->name, u->arch, u->installed), NULL) = UINT64_MAX;
  }
  for (size_t i = p->report.n_packages; i > 0; i--) {
    const pk_package *one = &p->report.packages[i - 1].package;
    uint64_t *place = pk_map_get(&places, place_key(&key, one->name, one->arch, one->evr));
    if (place) *place = i - 1;
  }
  for (size_t i = 0; i < answer->n_updates; i++) {
    const pk_reply_update *u = &answer->updates[i];
    list[i] = (placed){*pk_map_get(&places, place_key(&key, u->name, u->arch, u->installed)), *u};
  }
  qsort(list, answer->n_updates, sizeof *list, cmp_places);
  for (size_t i = 0; i < answer->n_updates; i++) answer->updates[i] = list[i].update;
  pk_buf_free(&key);
  pk_map_fini(&places);
  return PK_OK;
}

pk_rc pk_intake_answer(pk_store *store, int64_t profile_id, pk_prepared *p, pk_answer *ret, pk_err *err) {
  *ret = (pk_answer){0};
  pk_rc rc = pk_store_profile_updates(store, profile_id, collect_update, &(collect){p, ret}, err);
  return rc == PK_OK ? order_as_reported(p, ret, err) : rc;
}

pk_rc pk_intake_check(pk_store *store, pk_prepared *p, pk_answer *ret, pk_err *err) {
  *ret = (pk_answer){0};
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < p->n_packages; i++) {
    const pk_package *one = &p->packages[i].package;
    pk_update_verdict verdict;
    pk_update_row row = {.package = *one};
    rc = pk_judge_look(store, &p->platform, one, &p->arena, &verdict, err);
    if (rc == PK_OK && verdict.state > PK_UPDATE_UNKNOWN) ret->n_known++;
    if (rc != PK_OK || verdict.state < PK_UPDATE_ORDINARY) continue;
    if (pk_kernel_role_of(one, p->report.kernel) == PK_KERNEL_IDLE) continue;
    row.state = verdict.state;
    row.available = verdict.available;
    rc = pk_store_feed_name(store, verdict.feed_id, &p->arena, &row.repository, err);
    if (rc == PK_OK) rc = add_update(p, ret, &row, err);
  }
  return rc == PK_OK ? order_as_reported(p, ret, err) : rc;
}
