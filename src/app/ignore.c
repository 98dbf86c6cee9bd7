/* SPDX-License-Identifier: Apache-2.0 */
#include "app/ignore.h"

#include "base/map.h"

#include <regex.h>
#include <stdlib.h>

struct pk_ignore {
  bool devel, doc;
  pk_map names;
  regex_t *patterns;
  size_t n_patterns, patterns_cap;
};

static pk_rc add_pattern(pk_ignore *ignore, pk_str pattern, pk_err *err) {
  PK_GROW(ignore->patterns, ignore->n_patterns, ignore->patterns_cap);
  char *text = pk_str_dup(pattern);
  regex_t *re = &ignore->patterns[ignore->n_patterns];
  int bad = regcomp(re, text, REG_EXTENDED | REG_NOSUB);
  free(text);
  if (bad) {
    char why[128];
    regerror(bad, re, why, sizeof why);
    return pk_err_set(err, PK_E_CONFIG, "ignore_package_patterns: '%.*s': %s", PK_FMT(pattern), why);
  }
  ignore->n_patterns++;
  return PK_OK;
}

pk_rc pk_ignore_new(const pk_config *config, pk_ignore **ret, pk_err *err) {
  pk_ignore *ignore = pk_calloc(1, sizeof *ignore);
  ignore->devel = !config->store_devel_packages;
  ignore->doc = !config->store_doc_packages;
  pk_map_init(&ignore->names, true);
  pk_str rest = pk_str_of(config->ignore_packages), word;
  while (pk_str_word(&rest, &word)) *pk_map_put(&ignore->names, word, NULL) = 1;
  rest = pk_str_of(config->ignore_package_patterns);
  pk_rc rc = PK_OK;
  while (rc == PK_OK && pk_str_word(&rest, &word)) rc = add_pattern(ignore, word, err);
  if (rc != PK_OK)
    pk_ignore_free(&ignore);
  else
    *ret = ignore;
  return rc;
}

void pk_ignore_free(pk_ignore **ignore) {
  if (!*ignore) return;
  for (size_t i = 0; i < (*ignore)->n_patterns; i++) regfree(&(*ignore)->patterns[i]);
  free((*ignore)->patterns);
  pk_map_fini(&(*ignore)->names);
  free(*ignore);
  *ignore = NULL;
}

bool pk_ignore_match(const pk_ignore *ignore, pk_str name) {
  if (ignore->devel && pk_str_ends(name, "-devel")) return true;
  if (ignore->doc && pk_str_ends(name, "-doc")) return true;
  if (pk_map_get(&ignore->names, name)) return true;
  char text[PK_FIELD_MAX + 1];
  if (ignore->n_patterns == 0 || name.n > PK_FIELD_MAX) return false;
  memcpy(text, name.p, name.n);
  text[name.n] = '\0';
  for (size_t i = 0; i < ignore->n_patterns; i++)
    if (regexec(&ignore->patterns[i], text, 0, NULL, 0) == 0) return true;
  return false;
}
