/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/csaf/tree.h"

#include "feed/vendor.h"

void pk_csaf_tree_init(pk_csaf_tree *tree, const pk_platform_map *platforms, pk_arena *arena) {
  *tree = (pk_csaf_tree){.platforms = platforms, .arena = arena};
  pk_map_init(&tree->places, false);
  pk_map_init(&tree->group_places, false);
}

void pk_csaf_tree_fini(pk_csaf_tree *tree) {
  pk_map_fini(&tree->places);
  pk_map_fini(&tree->group_places);
}

/* ---- taking in ---- */

static void add_product(pk_csaf_tree *tree, const pk_json_value *product, pk_str component, pk_str base) {
  const pk_json_value *helper = pk_json_get(product, "product_identification_helper");
  pk_csaf_product p = {.id = pk_json_text(product, "product_id"),
                       .name = pk_json_text(product, "name"),
                       .cpe = pk_json_text(helper, "cpe"),
                       .purl = pk_json_text(helper, "purl"),
                       .component = component,
                       .base = base};
  if (p.id.n == 0) return;
  uint64_t *place = pk_map_put(&tree->places, p.id, NULL);
  if (*place) return;          /* CSAF forbids it (6.1.2); the first stands */
  tree->products[tree->n] = p; /* as many were counted */
  *place = ++tree->n;
  if (pk_str_starts(p.purl, "pkg:rpm/") && pk_str_has(p.purl, "arch=src")) tree->has_sources = true;
}

static size_t count(const pk_json_value *list) {
  size_t n = 0;
  for (const pk_json_value *v = list ? list->first : NULL; v; v = v->next) n++;
  return n;
}

/* The document's depth is limited, and with it this. */
static size_t count_branches(const pk_json_value *branches) {
  size_t n = 0;
  for (const pk_json_value *b = branches ? branches->first : NULL; b; b = b->next)
    n += 1 + count_branches(pk_json_get(b, "branches"));
  return n;
}

static void read_branches(pk_csaf_tree *tree, const pk_json_value *branches) {
  for (const pk_json_value *b = branches ? branches->first : NULL; b; b = b->next) {
    add_product(tree, pk_json_get(b, "product"), PK_STR(""), PK_STR(""));
    read_branches(tree, pk_json_get(b, "branches"));
  }
}

static pk_rc add_group(pk_csaf_tree *tree, const pk_json_value *group, pk_err *err) {
  pk_str id = pk_json_text(group, "group_id");
  const pk_json_value *ids = pk_json_get(group, "product_ids");
  if (id.n == 0 || !ids) return PK_OK;
  void *array = tree->groups;
  if (!pk_arena_grow(tree->arena, &array, tree->n_groups, &tree->groups_cap, sizeof *tree->groups)) return pk_vendor_full(err);
  tree->groups = array;
  tree->groups[tree->n_groups++] = ids;
  *pk_map_put(&tree->group_places, id, NULL) = tree->n_groups;
  return PK_OK;
}

pk_rc pk_csaf_tree_read(pk_csaf_tree *tree, const pk_json_value *product_tree, pk_err *err) {
  const pk_json_value *names = pk_json_get(product_tree, "full_product_names");
  const pk_json_value *relationships = pk_json_get(product_tree, "relationships");
  const pk_json_value *branches = pk_json_get(product_tree, "branches");
  const pk_json_value *groups = pk_json_get(product_tree, "product_groups");
  size_t n = count_branches(branches) + count(names) + count(relationships);
  tree->products = pk_arena_alloc(tree->arena, n * sizeof *tree->products);
  if (!tree->products) return pk_vendor_full(err);
  read_branches(tree, branches);
  for (const pk_json_value *v = names ? names->first : NULL; v; v = v->next) add_product(tree, v, PK_STR(""), PK_STR(""));
  for (const pk_json_value *v = relationships ? relationships->first : NULL; v; v = v->next)
    add_product(tree, pk_json_get(v, "full_product_name"), pk_json_text(v, "product_reference"),
                pk_json_text(v, "relates_to_product_reference"));
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = groups ? groups->first : NULL; rc == PK_OK && v; v = v->next) rc = add_group(tree, v, err);
  return rc;
}

/* ---- what a product is ---- */

/* Red Hat's CPEs say for certain whether it is a platform; the names of its products contain those of platforms. */
static pk_rc find_platform(const pk_csaf_tree *tree, pk_csaf_product *p, pk_err *err) {
  p->platform = PK_STR("");
  pk_rc rc = PK_NOTFOUND;
  if (p->cpe.n) rc = pk_vendor_platform(tree->platforms, p->cpe, tree->arena, &p->platform, err);
  bool is_certain = pk_str_has(p->cpe, ":redhat");
  if (rc == PK_NOTFOUND && !is_certain && p->purl.n == 0)
    rc = pk_vendor_platform(tree->platforms, p->name, tree->arena, &p->platform, err);
  return rc == PK_NOTFOUND ? PK_OK : rc;
}

/* "ruby:3.1:8090020230627084142:b46abd14" → "ruby:3.1"; "" when it is nothing of that form. */
static pk_str stream_of(pk_str text) {
  size_t colon = pk_str_find(text, ':');
  size_t end = colon + 1 + pk_str_find(pk_str_sub(text, colon + 1, text.n), ':');
  if (colon == 0 || colon + 1 >= text.n || !pk_vendor_is_word(text)) return PK_STR("");
  return pk_str_sub(text, 0, end);
}

/* Flatpaks are built as modules with this stream; they bring packages of their own, which the host does not list. */
static bool is_flatpak(pk_str module) { return pk_str_ends(module, ":flatpak"); }

static bool is_package_name(pk_str text) {
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain && (c == '\0' || !strchr("._+-", c))) return false;
  }
  return pk_vendor_is_word(text);
}

/* What the text says of a module, cut off from it: "python2::gimp:flatpak", "ruby-2.5.9-111.el8.i686.rpm-ruby:2.5",
 * "redhat-ds:11/389-ds-base.src". */
static pk_str split_module(pk_str *text) {
  static const char *const marks[] = {"::", ".rpm-"};
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    size_t n = strlen(marks[i]);
    const char *at = memmem(text->p ? text->p : "", text->n, marks[i], n);
    if (!at) continue;
    size_t from = (size_t)(at - text->p);
    pk_str module = stream_of(pk_str_sub(*text, from + n, text->n));
    *text = pk_str_sub(*text, 0, from);
    return module;
  }
  size_t slash = pk_str_find(*text, '/'), colon = pk_str_find(*text, ':');
  if (slash == text->n || colon > slash) return PK_STR("");
  pk_str module = stream_of(pk_str_sub(*text, 0, slash));
  *text = pk_str_sub(*text, slash + 1, text->n);
  return module;
}

static bool is_digit_at(pk_str text, size_t i) { return i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; }

/* Does the text state a version for certain? "java-1.8.0-openjdk" and "libwebkit2gtk-4_0-37" are names. */
static bool is_versioned(const pk_nevra *n) {
  if (n->epoch.n || (n->arch.n && !pk_vendor_arch_is_source(n->arch))) return true;
  size_t dash = pk_str_find(n->version, '-'), dot = pk_str_find(n->version, '.');
  return is_digit_at(n->version, 0) && is_digit_at(n->version, dash + 1) && (dot < dash || n->arch.n);
}

/* Without a package URL: "kernel-0:4.18.0-513.el8.x86_64", "bind-9.9.4P2-0.6.1.i586", "kernel"; a module is
 * "ruby:3.1:8090020230627084142:b46abd14". */
static pk_rc package_of_text(const pk_csaf_tree *tree, pk_str text, pk_csaf_package *ret, pk_err *err) {
  pk_nevra n;
  ret->module = split_module(&text);
  bool has_version = pk_vendor_nevra(text, &n) && is_versioned(&n);
  if (!has_version) /* what looked like a version belongs to the name */
    n = (pk_nevra){.name = pk_str_ends(text, ".src") ? pk_str_sub(text, 0, text.n - 4) : text};
  if (!has_version && ret->module.n == 0) ret->module = stream_of(text);
  if (!is_package_name(n.name) || is_flatpak(ret->module)) return PK_OK;
  ret->name = n.name;
  ret->is_source = !has_version || pk_vendor_arch_is_source(n.arch);
  ret->arch = ret->is_source ? PK_STR("") : n.arch;
  return has_version ? pk_vendor_evr(n.epoch, n.version, tree->arena, &ret->evr, err) : PK_OK;
}

/* An rpm without architecture is a binary package of any, says Red Hat's guide; but documents of before it was written mean
 * the source package.
 *  source https://redhatproductsecurity.github.io/security-data-guidelines/purl/ */
static pk_rc package_of_purl(const pk_csaf_tree *tree, const pk_purl *purl, pk_str id, pk_csaf_package *ret, pk_err *err) {
  pk_nevra n;
  bool is_told = pk_vendor_nevra(id, &n) && is_versioned(&n);
  pk_str arch = purl->arch.n || !is_told ? purl->arch : n.arch, epoch = purl->epoch;
  if (epoch.n == 0 && is_told) epoch = n.epoch;
  if (epoch.n == 0 && pk_str_is(purl->vendor, "redhat")) epoch = PK_STR("0"); /* left out when it is 0, same guide */
  bool is_source = pk_vendor_arch_is_source(arch);
  if (arch.n == 0 && purl->version.n == 0 && !tree->has_sources) is_source = true;
  if (!is_package_name(purl->name) || is_flatpak(purl->module)) return PK_OK;
  *ret = (pk_csaf_package){
      .name = purl->name, .arch = is_source ? PK_STR("") : arch, .module = stream_of(purl->module), .is_source = is_source};
  return purl->version.n ? pk_vendor_evr(epoch, purl->version, tree->arena, &ret->evr, err) : PK_OK;
}

static pk_rc find_package(const pk_csaf_tree *tree, pk_csaf_product *p, pk_err *err) {
  pk_purl purl;
  if (p->purl.n == 0) return package_of_text(tree, p->id, &p->package, err);
  pk_rc rc = pk_purl_parse(p->purl, tree->arena, &purl, err);
  if (rc != PK_OK) return rc == PK_NOTFOUND ? PK_OK : rc;
  if (pk_str_is(purl.type, "rpm")) return package_of_purl(tree, &purl, p->id, &p->package, err);
  if (pk_str_is(purl.type, "rpmmod")) p->package.module = stream_of(p->id);
  return PK_OK;
}

/* ---- finding ---- */

static pk_rc resolve(pk_csaf_tree *tree, pk_str id, unsigned chain, pk_csaf_product **ret, pk_err *err);

/* A package of a platform, or of a module that is itself a component of a platform. */
static pk_rc resolve_relationship(pk_csaf_tree *tree, pk_csaf_product *p, unsigned chain, pk_err *err) {
  pk_csaf_product *component, *base;
  pk_rc rc = resolve(tree, p->component, chain + 1, &component, err);
  if (rc == PK_OK) rc = resolve(tree, p->base, chain + 1, &base, err);
  if (rc != PK_OK) return rc == PK_NOTFOUND ? PK_OK : rc;
  p->platform = base->platform;
  p->package = component->package;
  if (p->package.module.n == 0 && base->component.n) p->package.module = base->package.module;
  return PK_OK;
}

static pk_rc resolve(pk_csaf_tree *tree, pk_str id, unsigned chain, pk_csaf_product **ret, pk_err *err) {
  uint64_t *place = pk_map_get(&tree->places, id);
  if (!place) return PK_NOTFOUND;
  pk_csaf_product *p = *ret = &tree->products[*place - 1];
  if (p->is_resolved) return PK_OK;
  if (chain == PK_CSAF_CHAIN_MAX)
    return pk_err_set(err, PK_E_SYNTAX, "product '%.*s': its relationships go round in a circle", PK_FMT(pk_vendor_cut(id, 120)));
  pk_rc rc = PK_OK;
  if (p->component.n || p->base.n) {
    rc = resolve_relationship(tree, p, chain, err);
  } else {
    rc = find_platform(tree, p, err);
    if (rc == PK_OK) rc = find_package(tree, p, err);
    if (p->platform.n && p->purl.n == 0 && p->package.evr.n == 0) p->package = (pk_csaf_package){0}; /* the platform itself */
  }
  p->is_resolved = rc == PK_OK;
  return rc;
}

pk_rc pk_csaf_tree_find(pk_csaf_tree *tree, pk_str id, pk_csaf_product **ret, pk_err *err) {
  return resolve(tree, id, 0, ret, err);
}

/* ---- ids that others name ---- */

static pk_rc each_text(pk_csaf_tree *tree, const pk_json_value *list, pk_csaf_id *each, void *arg, pk_err *err) {
  pk_rc rc = PK_OK;
  for (const pk_json_value *v = list ? list->first : NULL; rc == PK_OK && v; v = v->next) {
    if (++tree->n_ids > PK_CSAF_IDS_MAX)
      return pk_err_set(err, PK_E_LIMIT, "more than %zu products named by remediations and the like", PK_CSAF_IDS_MAX);
    if (v->kind == PK_JSON_STRING) rc = each(arg, v->text, err);
  }
  return rc;
}

pk_rc pk_csaf_tree_ids(pk_csaf_tree *tree, const pk_json_value *v, pk_csaf_id *each, void *arg, pk_err *err) {
  const pk_json_value *ids = pk_json_get(v, "product_ids"), *groups = pk_json_get(v, "group_ids");
  if (!ids && !groups) return PK_NOTFOUND;
  pk_rc rc = each_text(tree, ids, each, arg, err);
  for (const pk_json_value *g = groups ? groups->first : NULL; rc == PK_OK && g; g = g->next) {
    uint64_t *place = g->kind == PK_JSON_STRING ? pk_map_get(&tree->group_places, g->text) : NULL;
    if (place) rc = each_text(tree, tree->groups[*place - 1], each, arg, err);
  }
  return rc;
}
