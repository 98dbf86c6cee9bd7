/* SPDX-License-Identifier: Apache-2.0 */
#include "app/settings.h"

#include "base/xml.h"

#include <stdio.h>

static const struct {
  const char *name, *key, *default_text, *help;
  bool is_number;
  size_t offset;
  int64_t min, max;
} SETTINGS[] = {
    {"title", "web.title", "Pakiti", "what this installation is called", false, offsetof(pk_settings, title), 1, PK_SETTING_TEXT_MAX},
    {"tag_names", "web.tag_names", "Critical,High", "tags that are offered for CVEs, separated by commas", false, offsetof(pk_settings, tag_names), 1,
     PK_SETTING_TEXT_MAX},
    {"silent_after_hours", "web.silent_after_hours", "48", "hours after which a host that has not reported is silent", true,
     offsetof(pk_settings, silent_after_hours), 1, 24 * 365},
    {"keep_trend_days", "web.keep_trend_days", "730", "days for which numbers are kept", true, offsetof(pk_settings, keep_trend_days), 1, 36500},
};
#define N_SETTINGS (sizeof SETTINGS / sizeof SETTINGS[0])

static void *field_of(pk_settings *s, size_t i) { return (char *)s + SETTINGS[i].offset; }

static pk_rc set(pk_settings *s, size_t i, pk_str value, pk_err *err) {
  uint64_t n;
  if (!SETTINGS[i].is_number) {
    bool plain = pk_xml_can_tell(value);
    for (size_t k = 0; k < value.n; k++) plain &= (unsigned char)value.p[k] >= 0x20 && value.p[k] != 0x7f;
    if (!plain) return pk_err_set(err, PK_E_SYNTAX, "'%s' holds control characters", SETTINGS[i].name);
    if (value.n < (size_t)SETTINGS[i].min || value.n > (size_t)SETTINGS[i].max || !pk_str_utf8(value))
      return pk_err_set(err, PK_E_SYNTAX, "'%s' takes a text of %lld to %lld bytes", SETTINGS[i].name, (long long)SETTINGS[i].min,
                        (long long)SETTINGS[i].max);
    if (!pk_str_trim(value).n || value.p[0] == ',') return pk_err_set(err, PK_E_SYNTAX, "'%s' is blank", SETTINGS[i].name);
    snprintf(field_of(s, i), PK_SETTING_TEXT_MAX + 1, "%.*s", PK_FMT(value));
    return PK_OK;
  }
  if (!pk_str_u64(value, &n) || n < (uint64_t)SETTINGS[i].min || n > (uint64_t)SETTINGS[i].max)
    return pk_err_set(err, PK_E_SYNTAX, "'%s' takes a whole number from %lld to %lld", SETTINGS[i].name, (long long)SETTINGS[i].min,
                      (long long)SETTINGS[i].max);
  *(int64_t *)field_of(s, i) = (int64_t)n;
  return PK_OK;
}

bool pk_settings_at(const pk_settings *s, size_t i, pk_setting_view *ret) {
  if (i >= N_SETTINGS) return false;
  const char *field = (const char *)s + SETTINGS[i].offset;
  *ret = (pk_setting_view){.name = SETTINGS[i].name, .help = SETTINGS[i].help, .is_number = SETTINGS[i].is_number, .min = SETTINGS[i].min,
                           .max = SETTINGS[i].max, .text = field};
  if (SETTINGS[i].is_number) memcpy(&ret->number, field, sizeof ret->number);
  return true;
}

pk_rc pk_settings_load(pk_store *store, pk_settings *ret, pk_err *err) {
  pk_rc rc = PK_OK;
  for (size_t i = 0; rc == PK_OK && i < N_SETTINGS; i++) {
    pk_buf text;
    pk_buf_init(&text, 4096);
    rc = pk_store_setting_get(store, pk_str_of(SETTINGS[i].key), &text, err);
    pk_err ignored;
    if (rc == PK_NOTFOUND || (rc == PK_OK && set(ret, i, pk_buf_view(&text), &ignored) != PK_OK))
      rc = set(ret, i, pk_str_of(SETTINGS[i].default_text), err);
    pk_buf_free(&text);
  }
  return rc;
}

pk_rc pk_settings_put(pk_store *store, pk_str name, pk_str value, pk_err *err) {
  pk_settings checked;
  for (size_t i = 0; i < N_SETTINGS; i++) {
    if (!pk_str_is(name, SETTINGS[i].name)) continue;
    pk_rc rc = set(&checked, i, value, err);
    return rc == PK_OK ? pk_store_setting_put(store, pk_str_of(SETTINGS[i].key), value, err) : rc;
  }
  return pk_err_set(err, PK_E_SYNTAX, "there is no setting '%.*s'", PK_FMT(name));
}
