/* SPDX-License-Identifier: Apache-2.0
 *
 * codenames: the releases of Debian and Ubuntu by the names that their security data uses. Names and numbers never change
 * once they are given, so they are a table here; a line is added when a release gets its name.
 *  source distro-info-data (debian.csv, ubuntu.csv)
 *
 * Platforms are those of platforms.tsv: Debian is told apart by its major number only, so woody (3.0) and sarge (3.1) are
 * one platform, which is called by the later name. */
#include "model/platform.h"

typedef struct codename {
  const char *distribution, *name, *platform;
} codename;

/* The last of several names of a platform is what the platform is called. */
static const codename codenames[] = {
    {"debian", "woody", "debian:3"},        {"debian", "sarge", "debian:3"},        {"debian", "etch", "debian:4"},
    {"debian", "lenny", "debian:5"},        {"debian", "squeeze", "debian:6"},      {"debian", "wheezy", "debian:7"},
    {"debian", "jessie", "debian:8"},       {"debian", "stretch", "debian:9"},      {"debian", "buster", "debian:10"},
    {"debian", "bullseye", "debian:11"},    {"debian", "bookworm", "debian:12"},    {"debian", "trixie", "debian:13"},
    {"debian", "forky", "debian:14"},       {"debian", "duke", "debian:15"},        {"debian", "unstable", "debian:sid"},
    {"debian", "sid", "debian:sid"},        {"ubuntu", "warty", "ubuntu:4.10"},     {"ubuntu", "hoary", "ubuntu:5.04"},
    {"ubuntu", "breezy", "ubuntu:5.10"},    {"ubuntu", "dapper", "ubuntu:6.06"},    {"ubuntu", "edgy", "ubuntu:6.10"},
    {"ubuntu", "feisty", "ubuntu:7.04"},    {"ubuntu", "gutsy", "ubuntu:7.10"},     {"ubuntu", "hardy", "ubuntu:8.04"},
    {"ubuntu", "intrepid", "ubuntu:8.10"},  {"ubuntu", "jaunty", "ubuntu:9.04"},    {"ubuntu", "karmic", "ubuntu:9.10"},
    {"ubuntu", "lucid", "ubuntu:10.04"},    {"ubuntu", "maverick", "ubuntu:10.10"}, {"ubuntu", "natty", "ubuntu:11.04"},
    {"ubuntu", "oneiric", "ubuntu:11.10"},  {"ubuntu", "precise", "ubuntu:12.04"},  {"ubuntu", "quantal", "ubuntu:12.10"},
    {"ubuntu", "raring", "ubuntu:13.04"},   {"ubuntu", "saucy", "ubuntu:13.10"},    {"ubuntu", "trusty", "ubuntu:14.04"},
    {"ubuntu", "utopic", "ubuntu:14.10"},   {"ubuntu", "vivid", "ubuntu:15.04"},    {"ubuntu", "wily", "ubuntu:15.10"},
    {"ubuntu", "xenial", "ubuntu:16.04"},   {"ubuntu", "yakkety", "ubuntu:16.10"},  {"ubuntu", "zesty", "ubuntu:17.04"},
    {"ubuntu", "artful", "ubuntu:17.10"},   {"ubuntu", "bionic", "ubuntu:18.04"},   {"ubuntu", "cosmic", "ubuntu:18.10"},
    {"ubuntu", "disco", "ubuntu:19.04"},    {"ubuntu", "eoan", "ubuntu:19.10"},     {"ubuntu", "focal", "ubuntu:20.04"},
    {"ubuntu", "groovy", "ubuntu:20.10"},   {"ubuntu", "hirsute", "ubuntu:21.04"},  {"ubuntu", "impish", "ubuntu:21.10"},
    {"ubuntu", "jammy", "ubuntu:22.04"},    {"ubuntu", "kinetic", "ubuntu:22.10"},  {"ubuntu", "lunar", "ubuntu:23.04"},
    {"ubuntu", "mantic", "ubuntu:23.10"},   {"ubuntu", "noble", "ubuntu:24.04"},    {"ubuntu", "oracular", "ubuntu:24.10"},
    {"ubuntu", "plucky", "ubuntu:25.04"},   {"ubuntu", "questing", "ubuntu:25.10"}, {"ubuntu", "resolute", "ubuntu:26.04"},
    {"ubuntu", "stonking", "ubuntu:26.10"},
};

#define CODENAMES (sizeof codenames / sizeof codenames[0])

bool pk_platform_of_codename(pk_str distribution, pk_str name, char *ret_name) {
  for (size_t i = 0; i < CODENAMES; i++) {
    const codename *c = &codenames[i];
    if (!pk_str_is_nocase(name, c->name) || !pk_str_is_nocase(distribution, c->distribution)) continue;
    memcpy(ret_name, c->platform, strlen(c->platform) + 1);
    return true;
  }
  return false;
}

pk_str pk_platform_codename(pk_str platform) {
  for (size_t i = CODENAMES; i-- > 0;)
    if (pk_str_is(platform, codenames[i].platform)) return pk_str_of(codenames[i].name);
  return PK_STR("");
}
