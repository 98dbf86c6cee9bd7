/* SPDX-License-Identifier: Apache-2.0 */
#include "access/sender.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>

static bool is_address(const char *name) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static pk_rc take_name(pk_str host, char *ret_name, pk_err *err) {
  host = pk_str_trim(host);
  if (host.n && host.p[host.n - 1] == '.') host.n--;
  if (host.n == 0 || host.n > PK_HOST_NAME_MAX) return pk_err_set(err, PK_E_SYNTAX, "the report names no host");
  for (size_t i = 0; i < host.n; i++) {
    unsigned char c = (unsigned char)host.p[i];
    if (!isalnum(c) && (c == '\0' || !strchr(".-_:", c)))
      return pk_err_set(err, PK_E_SYNTAX, "'%.*s' is no host name", PK_FMT(host));
    ret_name[i] = (char)tolower(c);
  }
  ret_name[host.n] = '\0';
  return PK_OK;
}

static const char *domain_of(const char *name) {
  pk_str s = pk_str_of(name);
  if (is_address(name) || pk_str_ends(s, ".local") || pk_str_ends(s, ".localdomain")) return "N/A";
  const char *dot = strchr(name, '.');
  return dot && dot[1] ? dot + 1 : name;
}

static bool is_shared_name(const char *name) {
  return strcmp(name, "localhost") == 0 || strncmp(name, "localhost.", 10) == 0 || strcmp(name, "unknown") == 0;
}

static bool is_listed(const char *list, pk_str address) {
  pk_str rest = pk_str_of(list), word;
  while (pk_str_word(&rest, &word))
    if (pk_str_eq(word, address)) return true;
  return false;
}

pk_rc pk_access_identify(const pk_sender *sender, pk_str host, bool by_proxy, const char *trusted_proxies, pk_identity *ret,
                         pk_err *err) {
  if (by_proxy && !is_listed(trusted_proxies, sender->address))
    return pk_err_set(err, PK_E_DENIED, "'%.*s' may not report for other hosts: add it to trusted_proxies", PK_FMT(sender->address));
  pk_rc rc = take_name(host, ret->name, err);
  if (rc != PK_OK) return rc;
  snprintf(ret->domain, sizeof ret->domain, "%s", domain_of(ret->name));
  if (is_shared_name(ret->name))
    snprintf(ret->key, sizeof ret->key, "%s@%.*s", ret->name, sender->address.n > 60 ? 60 : PK_FMT(sender->address));
  else
    snprintf(ret->key, sizeof ret->key, "%s", ret->name);
  return PK_OK;
}
