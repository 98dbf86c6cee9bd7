/* SPDX-License-Identifier: Apache-2.0
 *
 * server: HTTP on libmicrohttpd, epoll and a pool of threads. Routes: /feed/ (reports), /healthz, /metrics. */
#ifndef PK_SERVER_SERVER_H
#define PK_SERVER_SERVER_H

#include "app/config.h"

typedef struct pk_server pk_server;

/** `config_path`: the file that the configuration was read from, for processes that the server starts; NULL none. Open the store and listen; a socket that systemd hands over (sd_listen_fds(3)) is taken instead of `listen`. error PK_E_CONFIG, PK_E_STORE, PK_E_IO */
pk_rc pk_server_start(const pk_config *config, const char *config_path, pk_server **ret, pk_err *err) PK_MUST_USE;
/** The address that it listens on, for people: "http://127.0.0.1:8080/". */
const char *pk_server_address(const pk_server *server);
/** Take no new connections, finish what has come in whole, commit, close. */
void pk_server_stop(pk_server **server);

#endif
