/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include "base/log.h"
#include "cli/cli.h"

#include <signal.h>
#include <systemd/sd-daemon.h>

static pk_rc run(pk_cli *cli, pk_err *err) {
  const char *listen_text = pk_cli_value(cli, "listen");
  if (listen_text) {
    pk_rc rc = pk_config_set(&cli->config, PK_STR("listen"), pk_str_of(listen_text), err);
    if (rc != PK_OK) return rc;
  }
  /* signals are waited for here; threads that start now inherit the mask */
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &wanted, NULL);
  pk_server *server = NULL;
  pk_rc rc = pk_server_start(&cli->config, cli->config_path, &server, err);
  if (rc != PK_OK) return rc;
  pk_log(PK_LOG_INFO, "started", "address", pk_server_address(server), "database", cli->config.database, "version", PK_VERSION, NULL);
  sd_notify(0, "READY=1");
  int number = 0;
  sigwait(&wanted, &number);
  sd_notify(0, "STOPPING=1");
  pk_log(PK_LOG_INFO, "stopping", "signal", strsignal(number), NULL);
  pk_server_stop(&server);
  pk_log(PK_LOG_INFO, "stopped", NULL);
  return PK_OK;
}

static const pk_cli_option OPTIONS[] = {{"listen", "ADDRESS:PORT", "instead of the configured one"}, {NULL, NULL, NULL}};

const pk_command pk_command_server = {
    .name = "server", .arguments = "", .options = OPTIONS, .summary = "take reports over HTTP, show the pages, answer the API",
    .help = "Listens on loopback unless told otherwise. SIGTERM or SIGINT ends it when what has come in is stored and answered.\n"
            "Under systemd it tells when it is ready and takes a socket that is handed over.",
    .run = run};
