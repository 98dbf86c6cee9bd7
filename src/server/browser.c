/* SPDX-License-Identifier: Apache-2.0
 *
 * browser: who may ask: until people sign in, everybody who reaches the server, but no foreign web page. */
#include "server/internal.h"

static pk_str host_of(pk_str authority) {
  if (pk_str_starts(authority, "[")) {
    size_t end = pk_str_find(authority, ']');
    return pk_str_sub(authority, 1, end);
  }
  return pk_str_sub(authority, 0, pk_str_find(authority, ':'));
}

static bool is_address(pk_str host) {
  bool digits = host.n > 0;
  for (size_t i = 0; i < host.n; i++) {
    if (host.p[i] == ':') return true;
    digits &= (host.p[i] >= '0' && host.p[i] <= '9') || host.p[i] == '.';
  }
  return digits;
}

/* A page of the open web may lead its own name to this machine (DNS rebinding): a server on loopback is asked by address or as localhost,
 * or by a name that it was told. */
static bool host_is_ours(const pk_request *r) {
  pk_str host = host_of(pk_str_of(pk_request_header(r, "Host"))), rest = pk_str_of(r->server->config->server_names), name;
  if (!host.n || is_address(host) || pk_str_is_nocase(host, "localhost")) return true;
  bool named = false;
  while (pk_str_word(&rest, &name)) {
    char a[PK_URL_MAX], b[PK_URL_MAX];
    if (pk_str_eq(pk_str_lower(host, a, sizeof a), pk_str_lower(name, b, sizeof b))) return true;
    named = true;
  }
  return !named && !r->server->on_loopback;
}

const char *pk_web_fault(const pk_request *r) {
  return host_is_ours(r) ? NULL : "the server does not know itself by this name: put it into server_names";
}

bool pk_is_foreign(const pk_request *r) {
  pk_str from = pk_str_of(pk_request_header(r, "Sec-Fetch-Site")), origin = pk_str_of(pk_request_header(r, "Origin"));
  if (from.n && !pk_str_is(from, "same-origin") && !pk_str_is(from, "none")) return true;
  if (!origin.n) return false;
  size_t scheme = pk_str_find(origin, '/');
  return scheme + 2 > origin.n || !pk_str_eq(pk_str_sub(origin, scheme + 2, origin.n), pk_str_of(pk_request_header(r, "Host")));
}

const char *pk_browser_fault(const pk_request *r) {
  bool browser = *pk_request_header(r, "Sec-Fetch-Site") || *pk_request_header(r, "Origin");
  if (!browser) return NULL;
  return pk_is_foreign(r) ? "pages of other sites may not use this server" : pk_web_fault(r);
}
