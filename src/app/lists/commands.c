/* SPDX-License-Identifier: Apache-2.0
 *
 * commands: what an administrator would run on a host to install its updates. */
#include "app/lists/lists.h"
#include "match/system.h"

/* Longest command; there is none when it would be longer. */
#define COMMAND_BYTES_MAX ((size_t)64 << 10)

/* Names that mean nothing to a shell. */
static bool is_harmless(pk_str name) {
  for (size_t i = 0; i < name.n; i++) {
    char ch = name.p[i];
    bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
    if (!letter && (i == 0 || !memchr("+-._~", ch, 5))) return false;
  }
  return name.n > 0;
}

/* NULL: nobody knows it. */
static const char *program_of(const pk_platform *platform) {
  static const char *const suse[] = {"sles", "opensuse", "suse"};
  if (platform->type == PK_TYPE_DEB) return "apt-get install --only-upgrade";
  if (platform->type != PK_TYPE_RPM) return NULL;
  for (size_t i = 0; i < sizeof suse / sizeof suse[0]; i++)
    if (pk_str_starts(platform->name, suse[i])) return "zypper update";
  pk_str release, family = pk_platform_split(platform->name, &release);
  uint64_t major;
  bool old = pk_str_u64(pk_str_sub(release, 0, pk_str_find(release, '.')), &major) && major < 8 && !pk_str_is(family, "fedora");
  return old ? "yum update" : "dnf upgrade";
}

bool pk_update_command(const pk_fleet_profile *p, bool security_only, pk_arena *arena, pk_str *ret) {
  const char *program = program_of(p->platform);
  pk_buf text;
  pk_map named; /* of several architectures: once */
  size_t n = 0;
  *ret = PK_STR("");
  if (!program) return true;
  pk_buf_init(&text, COMMAND_BYTES_MAX);
  pk_map_init(&named, true);
  pk_buf_puts(&text, program);
  for (size_t i = 0; i < p->n_update_verdicts; i++) {
    const pk_fleet_verdict *v = p->updates[i];
    pk_str name = v->package->package.name;
    bool is_new;
    if ((security_only && v->state != PK_UPDATE_SECURITY) || !is_harmless(name)) continue;
    (void)pk_map_put(&named, name, &is_new);
    if (!is_new) continue;
    pk_buf_putc(&text, ' ');
    pk_buf_str(&text, name);
    n++;
  }
  bool fits = !n || text.over || pk_arena_copy(arena, pk_buf_view(&text), ret);
  pk_map_fini(&named);
  pk_buf_free(&text);
  return fits;
}

/* ---- of many hosts ---- */

typedef struct command_row {
  pk_str key, name, domain, site, tag, platform;
  int64_t security, updates, reboot_pending;
  pk_str command_security, command_all;
  uint32_t profile; /* its place */
} command_row;

#define COMMAND_FIELD(name, kind) PK_FIELD(command_row, name, kind)
static const pk_list_field COMMAND_FIELDS[] = {
    COMMAND_FIELD(key, TEXT),      COMMAND_FIELD(name, TEXT),       COMMAND_FIELD(domain, TEXT),    COMMAND_FIELD(site, TEXT),
    COMMAND_FIELD(tag, TEXT),      COMMAND_FIELD(platform, TEXT),   COMMAND_FIELD(security, NUMBER), COMMAND_FIELD(updates, NUMBER),
    COMMAND_FIELD(reboot_pending, BOOL), COMMAND_FIELD(command_security, FILLED), COMMAND_FIELD(command_all, FILLED),
};

typedef struct profile_commands {
  bool known;
  pk_str security, all;
} profile_commands;

typedef struct command_context {
  const pk_fleet *fleet;
  profile_commands *of; /* by place of the profile */
} command_context;

static pk_rc fill_commands(const void *context, void *rows, const size_t *places, size_t n, pk_arena *arena, pk_err *err) {
  const command_context *c = context;
  command_row *list = rows;
  for (size_t i = 0; i < n; i++) {
    command_row *r = &list[places[i]];
    profile_commands *its = &c->of[r->profile];
    const pk_fleet_profile *p = c->fleet->profiles[r->profile];
    if (!its->known && (!pk_update_command(p, true, arena, &its->security) || !pk_update_command(p, false, arena, &its->all))) return pk_rows_full(err);
    its->known = true;
    r->command_security = its->security;
    r->command_all = its->all;
  }
  return PK_OK;
}

const pk_list_kind pk_list_commands = {"commands", COMMAND_FIELDS, sizeof COMMAND_FIELDS / sizeof COMMAND_FIELDS[0], "-security,-updates,name", "key", NULL,
                                       fill_commands};

pk_rc pk_rows_commands(const pk_chosen *c, pk_arena *arena, pk_rows *ret, pk_err *err) {
  const pk_fleet *f = c->fleet;
  command_context *context = pk_arena_alloc(arena, sizeof *context);
  profile_commands *of = pk_arena_alloc(arena, (f->n_profiles + 1) * sizeof *of);
  command_row *rows = pk_arena_alloc(arena, c->n * sizeof *rows + 1);
  size_t n = 0;
  if (!context || !of || !rows) return pk_rows_full(err);
  *context = (command_context){f, of};
  for (size_t i = 0; i < c->n; i++) {
    const pk_fleet_host *h = c->hosts[i];
    const pk_fleet_stand *s = &f->stands[h->stand];
    if (!s->profile->n_update_verdicts && !s->profile->reboot_pending) continue;
    rows[n++] = (command_row){.key = h->texts[PK_HOST_KEY], .name = h->texts[PK_HOST_NAME], .domain = h->texts[PK_HOST_DOMAIN], .site = h->texts[PK_HOST_SITE],
                              .tag = h->texts[PK_HOST_TAG], .platform = s->profile->platform->name, .security = s->profile->n_security,
                              .updates = s->profile->n_updates, .reboot_pending = s->profile->reboot_pending, .command_security = PK_STR(""),
                              .command_all = PK_STR(""), .profile = s->profile_place};
  }
  *ret = (pk_rows){&pk_list_commands, context, rows, sizeof *rows, n};
  return PK_OK;
}
