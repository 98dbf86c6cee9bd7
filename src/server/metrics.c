/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

static const struct {
  const char *name, *labels, *help;
} COUNTERS[PK_METRICS] = {
    [PK_METRIC_REPORTS_NEW_SET] = {"pakiti_reports_total", "{result=\"new_set\"}", "Reports by what became of them."},
    [PK_METRIC_REPORTS_KNOWN_SET] = {"pakiti_reports_total", "{result=\"known_set\"}", NULL},
    [PK_METRIC_REPORTS_UNCHANGED] = {"pakiti_reports_total", "{result=\"unchanged\"}", NULL},
    [PK_METRIC_REPORTS_CHECKED] = {"pakiti_reports_total", "{result=\"checked_only\"}", NULL},
    [PK_METRIC_REPORTS_REFUSED] = {"pakiti_reports_total", "{result=\"refused\"}", NULL},
    [PK_METRIC_REPORTS_FAILED] = {"pakiti_reports_total", "{result=\"failed\"}", NULL},
    [PK_METRIC_REPORT_BYTES] = {"pakiti_report_bytes_total", "", "Bytes of reports that came in whole."},
    [PK_METRIC_CONNECTIONS_CUT] = {"pakiti_connections_cut_total", "", "Connections closed because a request took too long."},
};

void pk_metrics_add(pk_metrics *m, pk_metric which, uint64_t n) { atomic_fetch_add_explicit(&m->values[which], n, memory_order_relaxed); }

static void gauge(pk_buf *out, const char *name, const char *help, int64_t value) {
  pk_buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, help, name, name, (long long)value);
}

void pk_metrics_write(const pk_metrics *m, const pk_store_totals *t, int64_t now, pk_buf *out) {
  for (size_t i = 0; i < PK_METRICS; i++) {
    if (COUNTERS[i].help)
      pk_buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n", COUNTERS[i].name, COUNTERS[i].help, COUNTERS[i].name);
    pk_buf_printf(out, "%s%s %llu\n", COUNTERS[i].name, COUNTERS[i].labels,
                  (unsigned long long)atomic_load_explicit(&m->values[i], memory_order_relaxed));
  }
  gauge(out, "pakiti_uptime_seconds", "Seconds since the server was started.", now - m->started_at);
  gauge(out, "pakiti_hosts", "Hosts known.", t->n_hosts);
  gauge(out, "pakiti_hosts_outdated", "Hosts with a package that is not current.", t->n_hosts_outdated);
  gauge(out, "pakiti_hosts_security", "Hosts that lack a security update.", t->n_hosts_security);
  gauge(out, "pakiti_hosts_vulnerable", "Hosts with a package that a CVE is known of.", t->n_hosts_vulnerable);
  gauge(out, "pakiti_definitions", "Vulnerability definitions and facts of all feeds.", t->n_definitions);
  gauge(out, "pakiti_profiles", "Distinct profiles (packages, platform, kernel).", t->n_profiles);
  gauge(out, "pakiti_package_sets", "Distinct sets of packages.", t->n_sets);
  gauge(out, "pakiti_packages", "Distinct packages.", t->n_packages);
  gauge(out, "pakiti_feeds", "Feeds configured.", t->n_feeds);
  gauge(out, "pakiti_feeds_held", "Feeds whose change is held back until somebody accepts it.", t->n_feeds_held);
  gauge(out, "pakiti_feeds_failing", "Feeds whose last try failed.", t->n_feeds_failing);
}
