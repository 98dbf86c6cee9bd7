// SPDX-License-Identifier: Apache-2.0

// Columns of tables that several pages show.

import type { Cve, Host } from './api';
import { Count, CveLink, Day, Flag, HostLink, HostsLink, Judged, NO_REPOSITORY, NO_VENDOR, number, PackageLink, Severity, Tags, Time } from './pieces';
import type { Search } from './search';
import type { Column } from './table';

export const percent = (share: number | null) => (share === null ? '' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`);

export function KernelState({ host }: { host: Host }) {
  if (host.kernel_state === 'restart')
    return (
      <Flag colour="orange" about={`${host.kernel} runs; a newer kernel is installed and waits for a restart`}>
        restart
      </Flag>
    );
  if (host.kernel_state === 'update')
    return (
      <Flag colour="red" about={`${host.kernel} runs; a newer kernel, or one that fixes a vulnerability, can be installed`}>
        update
      </Flag>
    );
  return <span className="nowrap">{host.kernel_state === 'current' ? 'current' : host.kernel ? 'not judged' : 'not told'}</span>;
}

export function Unsupported({ host }: { host: Host }) {
  if (!host.unsupported) return null;
  return (
    <Flag colour="red" about="the vendor's ordinary support of this release has ended: fixes may never come">
      out of support
    </Flag>
  );
}

export const hostColumns: Column<Host>[] = [
  { id: 'name', title: 'Host', sort: 'name', cell: (h) => <HostLink host={h} /> },
  { id: 'security', title: 'Security', sort: 'security', numeric: true, cell: (h) => <Judged n={h.security} judged={h.updates_judged} by={NO_REPOSITORY} bad /> },
  { id: 'updates', title: 'Updates', sort: 'updates', numeric: true, cell: (h) => <Judged n={h.updates} judged={h.updates_judged} by={NO_REPOSITORY} /> },
  { id: 'cves', title: 'CVEs', sort: 'cves', numeric: true, cell: (h) => <Judged n={h.cves} judged={h.cves_judged} by={NO_VENDOR} /> },
  { id: 'tagged', title: 'Tagged', sort: 'tagged', numeric: true, cell: (h) => <Judged n={h.tagged} judged={h.cves_judged} by={NO_VENDOR} bad /> },
  { id: 'exploited', title: 'Exploited', sort: 'exploited', numeric: true, cell: (h) => <Judged n={h.exploited} judged={h.cves_judged} by={NO_VENDOR} bad /> },
  { id: 'kernel_state', title: 'Kernel', sort: 'kernel_state', worst: true, cell: (h) => <KernelState host={h} /> },
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
  {
    id: 'platform',
    title: 'Platform',
    sort: 'platform',
    cell: (h) => (
      <span className="nowrap">
        {h.platform} <Unsupported host={h} />
      </span>
    ),
  },
  { id: 'site', title: 'Site', sort: 'site', cell: (h) => <span className="break">{h.site}</span> },
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
  { id: 'support_ends', title: 'Supported until', sort: 'support_ends', extra: true, cell: (h) => <Day at={h.support_ends} /> },
  { id: 'first_report', title: 'First report', sort: 'first_report', extra: true, cell: (h) => <Time at={h.first_report} /> },
];

export function PackageLinks({ names, most = 100 }: { names: string[]; most?: number }) {
  return (
    <span className="break">
      {names.slice(0, most).map((name, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <PackageLink name={name} />
        </span>
      ))}
      {names.length > most && ', …'}
    </span>
  );
}

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
  { id: 'severity', title: 'Severity', sort: 'severity', worst: true, cell: (c) => <Severity is={c.severity} /> },
  { id: 'exploited', title: 'Exploited', sort: 'exploited', worst: true, cell: (c) => <Exploited cve={c} /> },
  {
    id: 'hosts',
    title: 'Hosts',
    sort: 'hosts',
    numeric: true,
    cell: (c) => (
      <HostsLink search={{ ...filter, cve: c.cve }} label={`${c.hosts} hosts with ${c.cve}`}>
        {number(c.hosts)}
      </HostsLink>
    ),
  },
  { id: 'epss', title: 'EPSS', sort: 'epss', numeric: true, cell: (c) => percent(c.epss) },
  { id: 'cvss', title: 'CVSS', sort: 'cvss', numeric: true, cell: (c) => c.cvss?.toFixed(1) ?? '' },
  {
    id: 'packages',
    title: 'Packages',
    cell: (c) => <PackageLinks names={c.packages} most={4} />,
  },
  { id: 'fix', title: 'Fix', sort: 'fix', cell: (c) => ({ all: 'available', some: 'for some', none: 'none' })[c.fix] },
  { id: 'tags', title: 'Tags', cell: (c) => <Tags names={c.tags} /> },
  { id: 'title', title: 'Title', sort: 'title', extra: true, cell: (c) => <span className="break">{c.title}</span> },
  { id: 'excepted', title: 'Excepted', sort: 'excepted', numeric: true, extra: true, cell: (c) => <Count n={c.excepted} /> },
];
