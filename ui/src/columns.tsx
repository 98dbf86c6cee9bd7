// SPDX-License-Identifier: Apache-2.0

// Columns of tables that several pages show.

import type { Cve, Host } from './api';
import { Count, CveLink, Flag, HostLink, HostsLink, PackageLink, Severity, Tags, Time } from './pieces';
import type { Search } from './search';
import type { Column } from './table';

export const percent = (share: number | null) => (share === null ? '' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`);

export const hostColumns: Column<Host>[] = [
  { id: 'name', title: 'Host', sort: 'name', cell: (h) => <HostLink host={h} /> },
  { id: 'security', title: 'Security', sort: 'security', numeric: true, cell: (h) => <Count n={h.security} bad /> },
  { id: 'updates', title: 'Updates', sort: 'updates', numeric: true, cell: (h) => <Count n={h.updates} /> },
  { id: 'cves', title: 'CVEs', sort: 'cves', numeric: true, cell: (h) => <Count n={h.cves} /> },
  { id: 'tagged', title: 'Tagged', sort: 'tagged', numeric: true, cell: (h) => <Count n={h.tagged} bad /> },
  { id: 'exploited', title: 'Exploited', sort: 'exploited', numeric: true, cell: (h) => <Count n={h.exploited} bad /> },
  {
    id: 'kernel_state',
    title: 'Kernel',
    sort: 'reboot_pending',
    cell: (h) =>
      h.reboot_pending ? (
        <Flag colour="orange" about={`${h.kernel} runs, a newer one waits for a restart`}>
          restart
        </Flag>
      ) : h.kernel ? (
        'current'
      ) : (
        'not told'
      ),
  },
  { id: 'platform', title: 'Platform', sort: 'platform', cell: (h) => <span className="nowrap">{h.platform}</span> },
  { id: 'site', title: 'Site', sort: 'site', cell: (h) => <span className="break">{h.site}</span> },
  {
    id: 'last_report',
    title: 'Last report',
    sort: 'last_report',
    cell: (h) => (
      <>
        <Time at={h.last_report} />{' '}
        {h.silent && (
          <Flag colour="gray" about="has not reported for longer than it should">
            silent
          </Flag>
        )}
      </>
    ),
  },
  { id: 'domain', title: 'Domain', sort: 'domain', extra: true, cell: (h) => h.domain },
  { id: 'tag', title: 'Tag', sort: 'tag', extra: true, cell: (h) => h.tag },
  { id: 'cve_tags', title: 'CVE tags', extra: true, cell: (h) => <Tags names={h.cve_tags} /> },
  { id: 'excepted', title: 'Excepted', sort: 'excepted', numeric: true, extra: true, cell: (h) => <Count n={h.excepted} /> },
  { id: 'packages', title: 'Packages', sort: 'packages', numeric: true, extra: true, cell: (h) => <Count n={h.packages} /> },
  { id: 'os', title: 'System', sort: 'os', extra: true, cell: (h) => h.os },
  { id: 'arch', title: 'Architecture', sort: 'arch', extra: true, cell: (h) => h.arch },
  { id: 'kernel', title: 'Running kernel', sort: 'kernel', extra: true, cell: (h) => h.kernel },
  { id: 'client', title: 'Client', sort: 'client', extra: true, cell: (h) => h.client },
  { id: 'reporter', title: 'Reported by', sort: 'reporter', extra: true, cell: (h) => h.reporter },
  { id: 'first_report', title: 'First report', sort: 'first_report', extra: true, cell: (h) => <Time at={h.first_report} /> },
];

/** Marks of a CVE: known exploited, ransomware. */
export function Exploited({ cve }: { cve: { exploited: boolean; ransomware: boolean } }) {
  return (
    <>
      {cve.exploited && (
        <Flag about="in a catalogue of vulnerabilities that are known to be exploited">exploited</Flag>
      )}{' '}
      {cve.ransomware && <Flag about="known to be used by ransomware">ransomware</Flag>}
    </>
  );
}

/** CVEs of hosts that a filter lets through. */
export const cveColumns = (filter: Search = {}): Column<Cve>[] => [
  { id: 'cve', title: 'CVE', sort: 'cve', cell: (c) => <CveLink cve={c.cve} /> },
  { id: 'severity', title: 'Severity', sort: 'severity', numeric: false, cell: (c) => <Severity is={c.severity} /> },
  { id: 'exploited', title: 'Exploited', sort: 'exploited', cell: (c) => <Exploited cve={c} /> },
  {
    id: 'hosts',
    title: 'Hosts',
    sort: 'hosts',
    numeric: true,
    cell: (c) => (
      <HostsLink search={{ ...filter, cve: c.cve }} label={`${c.hosts} hosts with ${c.cve}`}>
        {c.hosts.toLocaleString()}
      </HostsLink>
    ),
  },
  { id: 'epss', title: 'EPSS', sort: 'epss', numeric: true, cell: (c) => percent(c.epss) },
  { id: 'cvss', title: 'CVSS', sort: 'cvss', numeric: true, cell: (c) => c.cvss?.toFixed(1) ?? '' },
  {
    id: 'packages',
    title: 'Packages',
    cell: (c) =>
      c.packages.slice(0, 4).map((name, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <PackageLink name={name} />
        </span>
      )),
  },
  { id: 'fix', title: 'Fix', sort: 'fix', cell: (c) => ({ all: 'available', some: 'for some', none: 'none' })[c.fix] },
  { id: 'tags', title: 'Tags', cell: (c) => <Tags names={c.tags} /> },
  { id: 'title', title: 'Title', sort: 'title', extra: true, cell: (c) => <span className="break">{c.title}</span> },
  { id: 'excepted', title: 'Excepted', sort: 'excepted', numeric: true, extra: true, cell: (c) => <Count n={c.excepted} /> },
];
