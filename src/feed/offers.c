/* SPDX-License-Identifier: Apache-2.0 */
#include "feed/offers.h"

/* Four fields and the NULs between them. */
#define KEY_BYTES_MAX ((size_t)4 * (PK_FIELD_MAX + 1))
/* Most of an oversized name that a message quotes. */
#define QUOTED_BYTES_MAX 60

void pk_offers_init(pk_offers *o, pk_repository_content *content, const char *arch) {
  *o = (pk_offers){.content = content, .arch = arch, .last_source = PK_STR("")};
  pk_map_init(&o->seen, false);
  pk_buf_init(&o->key, KEY_BYTES_MAX);
}

void pk_offers_fini(pk_offers *o) {
  pk_map_fini(&o->seen);
  pk_buf_free(&o->key);
}

static bool arch_is_wanted(const pk_offers *o, pk_str arch) {
  if (!o->arch[0] || pk_str_is(arch, "all") || pk_str_is(arch, "noarch")) return true;
  pk_str rest = pk_str_of(o->arch), one;
  while (pk_str_split(&rest, ',', &one))
    if (pk_str_eq(pk_str_trim(one), arch)) return true;
  return false;
}

static pk_rc check_field(pk_str name, pk_str text, const char *field, bool needed, pk_err *err) {
  if (needed && text.n == 0) return pk_err_set(err, PK_E_SYNTAX, "package '%.*s' has no %s", PK_FMT(name), field);
  if (text.n > PK_FIELD_MAX)
    return pk_err_set(err, PK_E_SYNTAX, "the %s of package '%.*s' is longer than %d bytes", field,
                      PK_FMT(pk_str_sub(name, 0, QUOTED_BYTES_MAX)), PK_FIELD_MAX);
  bool clean = pk_str_utf8(text);
  for (size_t i = 0; clean && i < text.n; i++) clean = (unsigned char)text.p[i] > 0x20 && text.p[i] != 0x7f;
  if (!clean) return pk_err_set(err, PK_E_SYNTAX, "the %s '%.*s' holds a blank or a byte that is no text", field, PK_FMT(text));
  return PK_OK;
}

static pk_rc check(const pk_offer *f, pk_err *err) {
  const struct {
    pk_str text;
    const char *field;
    bool needed;
  } fields[] = {{f->name, "name", true},
                {f->evr, "version", true},
                {f->arch, "architecture", true},
                {f->source, "source name", false},
                {f->source_evr, "source version", false},
                {f->advisory, "advisory", false}};
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < sizeof fields / sizeof fields[0]; i++)
    rc = check_field(f->name, fields[i].text, fields[i].field, fields[i].needed, err);
  return rc;
}

static void make_key(pk_buf *key, const pk_offer *f) {
  const pk_str parts[] = {f->name, f->evr, f->arch, f->advisory};
  key->n = 0;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (i) pk_buf_putc(key, '\0');
    pk_buf_str(key, parts[i]);
  }
}

/* The copy of the key is the text of its four fields. */
static pk_offer split_key(pk_str key, const pk_offer *f) {
  size_t evr = f->name.n + 1, arch = evr + f->evr.n + 1, advisory = arch + f->arch.n + 1;
  return (pk_offer){.name = pk_str_sub(key, 0, f->name.n),
                    .evr = pk_str_sub(key, evr, evr + f->evr.n),
                    .arch = pk_str_sub(key, arch, arch + f->arch.n),
                    .advisory = pk_str_sub(key, advisory, key.n)};
}

static pk_rc copy_source(pk_offers *o, const pk_offer *from, pk_offer *to, pk_err *err) {
  pk_rc rc = PK_OK;
  to->source = to->source_evr = to->module = PK_STR("");
  if (from->source.n && pk_str_eq(from->source, to->name))
    to->source = to->name;
  else if (from->source.n && pk_str_eq(from->source, o->last_source))
    to->source = o->last_source;
  else if (from->source.n)
    rc = pk_repository_content_text(o->content, from->source, &to->source, err);
  if (rc == PK_OK && to->source.n) o->last_source = to->source;
  if (rc == PK_OK && from->source_evr.n && !pk_str_eq(from->source_evr, from->evr))
    rc = pk_repository_content_text(o->content, from->source_evr, &to->source_evr, err);
  if (rc == PK_OK && from->module.n) rc = pk_repository_content_text(o->content, from->module, &to->module, err);
  return rc;
}

pk_rc pk_offers_add(pk_offers *o, const pk_offer *offer, pk_err *err) {
  pk_rc rc = check(offer, err);
  if (rc != PK_OK || !arch_is_wanted(o, offer->arch)) return rc;
  make_key(&o->key, offer);
  if (pk_map_get(&o->seen, pk_buf_view(&o->key))) return PK_OK;
  if (o->seen.n == PK_OFFERS_MAX) return pk_err_set(err, PK_E_LIMIT, "more than %zu packages in one repository", PK_OFFERS_MAX);
  pk_str key;
  rc = pk_repository_content_text(o->content, pk_buf_view(&o->key), &key, err);
  if (rc != PK_OK) return rc;
  pk_offer copy = split_key(key, offer);
  rc = copy_source(o, offer, &copy, err);
  if (rc == PK_OK) rc = pk_repository_content_offer(o->content, &copy, err);
  if (rc == PK_OK) *pk_map_put(&o->seen, key, NULL) = 1;
  return rc;
}
