/* SPDX-License-Identifier: Apache-2.0
 *
 * settings: what may be changed while the server runs, kept in the database. Declared once in a table from which reading,
 * checking and the API come. */
#ifndef PK_APP_SETTINGS_H
#define PK_APP_SETTINGS_H

#include "store/store.h"

#define PK_SETTING_TEXT_MAX ((size_t)200)
/** More than there are settings. */
#define PK_SETTINGS_MAX 16

typedef struct pk_settings {
  char title[PK_SETTING_TEXT_MAX + 1];     /**< what this installation is called */
  char tag_names[PK_SETTING_TEXT_MAX + 1]; /**< tags that are offered for CVEs, separated by commas */
  int64_t silent_after_hours;              /**< a host that has not reported for longer is silent */
  int64_t keep_trend_days;
} pk_settings;

typedef struct pk_setting_view {
  const char *name, *help;
  bool is_number;
  int64_t min, max;
  const char *text; /**< of texts */
  int64_t number;
} pk_setting_view;

/** Setting i; false behind the last. */
bool pk_settings_at(const pk_settings *s, size_t i, pk_setting_view *ret);
/** As stored, defaults where nothing is. */
pk_rc pk_settings_load(pk_store *store, pk_settings *ret, pk_err *err) PK_MUST_USE;
/** Check one and store it, inside a transaction. error PK_E_SYNTAX naming it and its range */
pk_rc pk_settings_put(pk_store *store, pk_str name, pk_str value, pk_err *err) PK_MUST_USE;

#endif
