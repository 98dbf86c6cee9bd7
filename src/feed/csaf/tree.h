/* SPDX-License-Identifier: Apache-2.0
 *
 * tree: the product tree of a CSAF document: which package of which platform an id in a product status stands for.
 *
 *   "product_tree": {
 *     "branches": [{"category": "vendor", "name": "Red Hat", "branches": [
 *       {"category": "product_name", "name": "…", "product": {"name": "Red Hat Enterprise Linux AppStream (v. 8)",
 *         "product_id": "AppStream-8.9.0.GA", "product_identification_helper": {"cpe":
 * "cpe:/a:redhat:enterprise_linux:8::appstream"}}},
 *       {"category": "architecture", "name": "i686", "branches": [
 *         {"category": "product_version", "name": "…", "product": {"name": "…", "product_id": "xz-0:5.2.5-8.el8.i686",
 *           "product_identification_helper": {"purl": "pkg:rpm/redhat/xz@5.2.5-8.el8?arch=i686"}}}]}]}],
 *     "full_product_names": [{"name": "…", "product_id": "…", "product_identification_helper": {…}}],
 *     "relationships": [{"category": "default_component_of",
 *       "full_product_name": {"name": "…", "product_id": "AppStream-8.9.0.GA:xz-0:5.2.5-8.el8.i686"},
 *       "product_reference": "xz-0:5.2.5-8.el8.i686", "relates_to_product_reference": "AppStream-8.9.0.GA"}],
 *     "product_groups": [{"group_id": "g", "product_ids": ["…"]}]}
 *
 *  source https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html 3.1.2, 3.1.3, 3.2.2 */
#ifndef PK_FEED_CSAF_TREE_H
#define PK_FEED_CSAF_TREE_H

#include "base/json_tree.h"
#include "feed/vendor_tools.h"
#include "model/platform.h"

/** Longest chain of relationships: a package of a module of a platform has two. */
#define PK_CSAF_CHAIN_MAX 8

/** Most ids that remediations, flags and threats of a document may name together, groups counted out. */
#define PK_CSAF_IDS_MAX ((size_t)20000000)

/** A package as a vendor names it; name "" is none: a container, a jar, the platform itself. */
typedef struct pk_csaf_package {
  pk_str name;
  pk_str evr; /**< "EPOCH:VERSION-RELEASE", without an epoch where the vendor never states any; "" no version */
  pk_str arch, module;
  bool is_source;
} pk_csaf_package;

typedef struct pk_csaf_product {
  pk_str id;
  pk_str platform; /**< canonical; "" none */
  pk_csaf_package package;
  size_t used_by; /**< for the reader of the document: number of the vulnerability that has a rule about it */
  /* as written, until it is asked for */
  pk_str name, cpe, purl, component, base;
  bool is_resolved;
} pk_csaf_product;

typedef struct pk_csaf_tree {
  const pk_platform_map *platforms;
  pk_arena *arena;
  pk_csaf_product *products;
  size_t n;
  pk_map places; /* product id → place from 1 */
  const pk_json_value **groups;
  size_t n_groups, groups_cap;
  pk_map group_places; /* group id → place from 1 */
  size_t n_ids;        /* named so far */
  bool has_sources;    /* some package URL says that it is a source package */
} pk_csaf_tree;

void pk_csaf_tree_init(pk_csaf_tree *tree, const pk_platform_map *platforms, pk_arena *arena);
void pk_csaf_tree_fini(pk_csaf_tree *tree);
/** Take in a document's tree; NULL is an empty one. Texts are borrowed. error PK_E_LIMIT */
pk_rc pk_csaf_tree_read(pk_csaf_tree *tree, const pk_json_value *product_tree, pk_err *err) PK_MUST_USE;
/** The product of an id.
 *  out    *ret  lives with the tree
 *  outcome PK_NOTFOUND the tree does not have it
 *  error   PK_E_LIMIT; PK_E_SYNTAX relationships that lead round in a circle */
pk_rc pk_csaf_tree_find(pk_csaf_tree *tree, pk_str id, pk_csaf_product **ret, pk_err *err) PK_MUST_USE;

/** Call `each` with every id that `v` (a remediation, a flag, a threat) names, also by groups; groups that are not in the tree
 *  are passed over. Returns PK_NOTFOUND when it names none: then it is about all. */
typedef pk_rc pk_csaf_id(void *arg, pk_str id, pk_err *err);
pk_rc pk_csaf_tree_ids(pk_csaf_tree *tree, const pk_json_value *v, pk_csaf_id *each, void *arg, pk_err *err) PK_MUST_USE;

#endif
