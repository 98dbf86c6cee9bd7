-- SPDX-License-Identifier: Apache-2.0
-- Migration 3: what people decide (tags of CVEs, exceptions), and how the fleet's numbers went.

-- without references to definition: each definition that goes would be looked for in all of both tables
CREATE TABLE definition_package_3 (
  name          TEXT NOT NULL,
  is_source     BIGINT NOT NULL,
  definition_id BIGINT NOT NULL,
  PRIMARY KEY (name, is_source, definition_id)
) @clustered;
INSERT INTO definition_package_3 SELECT name, is_source, definition_id FROM definition_package;
DROP TABLE definition_package;
ALTER TABLE definition_package_3 RENAME TO definition_package;
CREATE TABLE definition_cve_3 (
  cve           BIGINT NOT NULL,
  definition_id BIGINT NOT NULL,
  PRIMARY KEY (cve, definition_id)
) @clustered;
INSERT INTO definition_cve_3 SELECT cve, definition_id FROM definition_cve;
DROP TABLE definition_cve;
ALTER TABLE definition_cve_3 RENAME TO definition_cve;

-- platforms of which a feed's definitions speak, also where the feed itself is for all; '' all. None: not known yet
CREATE TABLE feed_platform (
  feed_id  BIGINT NOT NULL REFERENCES feed(id),
  platform TEXT NOT NULL,
  PRIMARY KEY (feed_id, platform)
) @clustered;

-- a mark that people put on a CVE ("Critical"); cve: as in definition_cve
CREATE TABLE cve_tag (
  cve         BIGINT NOT NULL,
  tag         TEXT NOT NULL,
  reason      TEXT NOT NULL,
  url         TEXT NOT NULL,
  enabled     BIGINT NOT NULL,
  modified_by TEXT NOT NULL,
  modified_at BIGINT NOT NULL,
  PRIMARY KEY (cve, tag)
) @clustered;

-- findings that do not count, by what is given (0 and '': any). group_kind: '', host, domain, tld, site, tag. A number is never
-- given twice: people and pages remember it
CREATE TABLE cve_exception (
  id          @unique_id,
  cve         BIGINT NOT NULL,
  package     TEXT NOT NULL,
  version     TEXT NOT NULL,
  arch        TEXT NOT NULL,
  platform    TEXT NOT NULL,
  group_kind  TEXT NOT NULL,
  group_value TEXT NOT NULL,
  reason      TEXT NOT NULL,
  approver    TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL
);

-- numbers of a group of hosts on a day (days since 1970); kind '': the whole fleet
CREATE TABLE trend (
  kind             TEXT NOT NULL,
  value            TEXT NOT NULL,
  day              BIGINT NOT NULL,
  n_hosts          BIGINT NOT NULL,
  n_hosts_updates  BIGINT NOT NULL,
  n_hosts_security BIGINT NOT NULL,
  n_hosts_cves     BIGINT NOT NULL,
  n_hosts_tagged   BIGINT NOT NULL,
  n_hosts_reboot   BIGINT NOT NULL,
  n_hosts_silent   BIGINT NOT NULL,
  n_updates        BIGINT NOT NULL,
  n_security       BIGINT NOT NULL,
  n_cves           BIGINT NOT NULL,
  PRIMARY KEY (kind, value, day)
) @clustered;

-- counts of a profile from a day on, written when they change: with host_history the numbers of a host over time
CREATE TABLE profile_trend (
  profile_id BIGINT NOT NULL REFERENCES profile(id),
  day        BIGINT NOT NULL,
  n_updates  BIGINT NOT NULL,
  n_security BIGINT NOT NULL,
  n_cves     BIGINT NOT NULL,
  PRIMARY KEY (profile_id, day)
) @clustered;

-- the form of this column changed; nothing has read it yet, and hosts tell it again with their next new report
UPDATE host_facts SET package_facts = '';
