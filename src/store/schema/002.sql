-- SPDX-License-Identifier: Apache-2.0
-- Migration 2: vulnerability definitions, what is known of CVEs and releases, and the verdicts that follow from them.

ALTER TABLE feed ADD COLUMN unknown_counts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN any_module BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN n_definitions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN n_refused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN refused TEXT NOT NULL DEFAULT '';
ALTER TABLE feed ADD COLUMN is_held BIGINT NOT NULL DEFAULT 0;

-- whose definitions count for hosts of this platform too ("rhel:7.9" for "centos:7.9"), as the table of platforms says
ALTER TABLE platform ADD COLUMN judged_as TEXT NOT NULL DEFAULT '';

-- an advisory, or a statement about a CVE; body: rules and criteria as model/definition encodes them.
-- shape: 0 rules, 1 criteria that ask for one of the packages in definition_package, 2 criteria for every host
CREATE TABLE definition (
  id        @id,
  feed_id   BIGINT NOT NULL REFERENCES feed(id),
  name      TEXT NOT NULL,
  document  TEXT NOT NULL,
  digest    BYTEA NOT NULL,
  shape     BIGINT NOT NULL,
  class     TEXT NOT NULL,
  advisory  TEXT NOT NULL,
  severity  TEXT NOT NULL,
  title     TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  cves      BYTEA NOT NULL,
  body      BYTEA NOT NULL,
  UNIQUE (feed_id, name)
);

-- which definitions speak of a package's name
CREATE TABLE definition_package (
  name          TEXT NOT NULL,
  is_source     BIGINT NOT NULL,
  definition_id BIGINT NOT NULL REFERENCES definition(id),
  PRIMARY KEY (name, is_source, definition_id)
) @clustered;

-- which definitions speak of a CVE; cve: year * 10^12 + number
CREATE TABLE definition_cve (
  cve           BIGINT NOT NULL,
  definition_id BIGINT NOT NULL REFERENCES definition(id),
  PRIMARY KEY (cve, definition_id)
) @clustered;

-- what those who do not speak of packages know of a CVE; -1 and '' where they do not say
CREATE TABLE cve_fact (
  cve          BIGINT NOT NULL,
  feed_id      BIGINT NOT NULL REFERENCES feed(id),
  exploited_at BIGINT NOT NULL,
  ransomware   BIGINT NOT NULL,
  epss         BIGINT NOT NULL,
  epss_rank    BIGINT NOT NULL,
  cvss         BIGINT NOT NULL,
  cvss_vector  TEXT NOT NULL,
  title        TEXT NOT NULL,
  ssvc         TEXT NOT NULL,
  rejected     BIGINT NOT NULL,
  PRIMARY KEY (cve, feed_id)
) @clustered;

CREATE TABLE release_fact (
  platform        TEXT NOT NULL,
  feed_id         BIGINT NOT NULL REFERENCES feed(id),
  released_at     BIGINT NOT NULL,
  eol_at          BIGINT NOT NULL,
  extended_eol_at BIGINT NOT NULL,
  PRIMARY KEY (platform, feed_id)
) @clustered;

CREATE INDEX package_source ON package (source);

-- derived -----------------------------------------------------------------------------------------

-- the rules that hold for a package on a platform: LEB128, for each the difference of definition ids, then rule number * 2,
-- plus 1 if it counts. Recomputed when a definition that speaks of the package changes; no row: none holds
CREATE TABLE package_vulnerability (
  platform_id BIGINT NOT NULL REFERENCES platform(id),
  package_id  BIGINT NOT NULL REFERENCES package(id),
  rules       BYTEA NOT NULL,
  PRIMARY KEY (platform_id, package_id)
) @clustered;

-- n_cves: distinct CVEs that count. criteria: definitions whose criteria are true of the profile, LEB128: id, number of
-- packages that made it true, their ids
ALTER TABLE profile ADD COLUMN n_cves BIGINT NOT NULL DEFAULT 0;
ALTER TABLE profile ADD COLUMN criteria BYTEA NOT NULL DEFAULT '';
