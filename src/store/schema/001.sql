-- SPDX-License-Identifier: Apache-2.0
-- Migration 1: facts and derived rows of reports and repositories. docs/schema.md explains every table.
-- One text for every engine: @id is the engine's own integer key that numbers itself, BYTEA and BIGINT are
-- understood by all. Times are UTC seconds, 0 for unknown.

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- sources of vendors' data ------------------------------------------------------------------------

CREATE TABLE feed (
  id                 @id,
  name               TEXT NOT NULL UNIQUE,
  type               BIGINT NOT NULL,
  class              BIGINT NOT NULL,
  url                TEXT NOT NULL,
  platform           TEXT NOT NULL,
  suite              TEXT NOT NULL,
  components         TEXT NOT NULL,
  arch               TEXT NOT NULL,
  keyring            TEXT NOT NULL,
  is_unsigned        BIGINT NOT NULL,
  ignore_valid_until BIGINT NOT NULL,
  automatic          BIGINT NOT NULL DEFAULT 0,
  mark               TEXT NOT NULL DEFAULT '',
  tried_at           BIGINT NOT NULL DEFAULT 0,
  good_at            BIGINT NOT NULL DEFAULT 0,
  changed_at         BIGINT NOT NULL DEFAULT 0,
  n_offers           BIGINT NOT NULL DEFAULT 0,
  n_advisories       BIGINT NOT NULL DEFAULT 0,
  error              TEXT NOT NULL DEFAULT ''
);

-- what a repository has, or (advisory not empty) what one of its security advisories announces
CREATE TABLE offer (
  feed_id    BIGINT NOT NULL REFERENCES feed(id),
  name       TEXT NOT NULL,
  arch       TEXT NOT NULL,
  evr        TEXT NOT NULL,
  advisory   TEXT NOT NULL,
  source     TEXT NOT NULL,
  source_evr TEXT NOT NULL,
  PRIMARY KEY (name, feed_id, arch, evr, advisory)
) @clustered;

CREATE TABLE advisory (
  feed_id   BIGINT NOT NULL REFERENCES feed(id),
  id        TEXT NOT NULL,
  type      TEXT NOT NULL,
  severity  TEXT NOT NULL,
  title     TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  PRIMARY KEY (feed_id, id)
) @clustered;

-- what hosts report -------------------------------------------------------------------------------

CREATE TABLE package (
  id         @id,
  digest     BYTEA NOT NULL UNIQUE,
  type       BIGINT NOT NULL,
  name       TEXT NOT NULL,
  evr        TEXT NOT NULL,
  arch       TEXT NOT NULL,
  source     TEXT NOT NULL,
  source_evr TEXT NOT NULL,
  module     TEXT NOT NULL,
  vendor     TEXT NOT NULL
);
CREATE INDEX package_name ON package (name);

-- members: package ids in ascending order, LEB128 of the differences
CREATE TABLE package_set (
  id         @id,
  digest     BYTEA NOT NULL UNIQUE,
  n_packages BIGINT NOT NULL,
  members    BYTEA NOT NULL
);

CREATE TABLE platform (
  id   @id,
  type BIGINT NOT NULL,
  name TEXT NOT NULL,
  arch TEXT NOT NULL,
  UNIQUE (name, arch)
);

-- what is judged as one: all hosts with the same packages, platform and running kernel.
-- updates: ids of its packages that are not current, LEB128 of the differences
CREATE TABLE profile (
  id             @id,
  platform_id    BIGINT NOT NULL REFERENCES platform(id),
  set_id         BIGINT NOT NULL REFERENCES package_set(id),
  kernel         TEXT NOT NULL,
  n_packages     BIGINT NOT NULL,
  n_updates      BIGINT NOT NULL,
  n_security     BIGINT NOT NULL,
  reboot_pending BIGINT NOT NULL,
  updates        BYTEA NOT NULL,
  UNIQUE (set_id, platform_id, kernel)
);
CREATE INDEX profile_platform ON profile (platform_id);

CREATE TABLE host (
  id              @id,
  host_key        TEXT NOT NULL UNIQUE,
  name            TEXT NOT NULL,
  domain          TEXT NOT NULL,
  site            TEXT NOT NULL,
  tag             TEXT NOT NULL,
  os              TEXT NOT NULL,
  cpu             TEXT NOT NULL,
  client          TEXT NOT NULL,
  reporter        TEXT NOT NULL,
  protocol        BIGINT NOT NULL,
  profile_id      BIGINT NOT NULL REFERENCES profile(id),
  fingerprint     BYTEA NOT NULL UNIQUE,
  first_report_at BIGINT NOT NULL,
  last_report_at  BIGINT NOT NULL
);
CREATE INDEX host_name ON host (name);
CREATE INDEX host_profile_id ON host (profile_id);

-- what the host said beyond its packages (JSON), and per member of its set: origin and time of installation
CREATE TABLE host_facts (
  host_id       BIGINT PRIMARY KEY REFERENCES host(id),
  facts         TEXT NOT NULL,
  package_facts BYTEA NOT NULL
);

-- which profile a host had from when to when; until_at 0: still
CREATE TABLE host_history (
  host_id    BIGINT NOT NULL REFERENCES host(id),
  from_at    BIGINT NOT NULL,
  profile_id BIGINT NOT NULL REFERENCES profile(id),
  until_at   BIGINT NOT NULL,
  PRIMARY KEY (host_id, from_at)
) @clustered;

-- derived -----------------------------------------------------------------------------------------

-- a package against the repositories of a platform; recomputed when an offer of its name changes
CREATE TABLE package_update (
  platform_id BIGINT NOT NULL REFERENCES platform(id),
  package_id  BIGINT NOT NULL REFERENCES package(id),
  state       BIGINT NOT NULL,
  available   TEXT NOT NULL,
  feed_id     BIGINT NOT NULL,
  PRIMARY KEY (platform_id, package_id)
) @clustered;
CREATE INDEX package_update_package ON package_update (package_id);
