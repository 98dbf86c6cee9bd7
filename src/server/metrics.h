/* SPDX-License-Identifier: Apache-2.0
 *
 * metrics: what the server counts, as Prometheus text (exposition format 0.0.4). */
#ifndef PK_SERVER_METRICS_H
#define PK_SERVER_METRICS_H

#include "store/store.h"

#include <stdatomic.h>

typedef enum pk_metric {
  PK_METRIC_REPORTS_NEW_SET,
  PK_METRIC_REPORTS_KNOWN_SET,
  PK_METRIC_REPORTS_UNCHANGED,
  PK_METRIC_REPORTS_CHECKED,
  PK_METRIC_REPORTS_REFUSED,
  PK_METRIC_REPORTS_FAILED,
  PK_METRIC_REPORT_BYTES,
  PK_METRIC_CONNECTIONS_CUT,
  PK_METRICS
} pk_metric;

typedef struct pk_metrics {
  atomic_uint_fast64_t values[PK_METRICS];
  int64_t started_at;
} pk_metrics;

void pk_metrics_add(pk_metrics *m, pk_metric which, uint64_t n);
/** All counters, and gauges from the store. */
void pk_metrics_write(const pk_metrics *m, const pk_store_totals *totals, int64_t now, pk_buf *out);

#endif
