// SPDX-License-Identifier: Apache-2.0

import { Text } from '@mantine/core';
import type { Outdated, Overview, Package } from '../api';
import { HostFilterBar, hostParams, SearchBox, usePageSearch } from '../filters';
import { Count, HostsLink, number, PackageLink, PageHead, State, useOverview } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';
import type { Column } from '../table';

/** Packages of the hosts that a filter lets through. */
const packageColumns = (filter: Search): Column<Package>[] => [
  { id: 'package', title: 'Package', sort: 'package', cell: (p) => <PackageLink name={p.package} /> },
  { id: 'version', title: 'Version', sort: 'version', cell: (p) => <span className="break">{p.version}</span> },
  { id: 'arch', title: 'Architecture', sort: 'arch', cell: (p) => p.arch },
  {
    id: 'hosts',
    title: 'Hosts',
    sort: 'hosts',
    numeric: true,
    cell: (p) => (
      <HostsLink search={{ ...filter, package: `${p.package} = ${p.version}` }} label={`${p.hosts} hosts with ${p.package} ${p.version}`}>
        {number(p.hosts)}
      </HostsLink>
    ),
  },
  { id: 'state', title: 'State', sort: 'state', worst: true, cell: (p) => <State is={p.state} /> },
  { id: 'available', title: 'Available', sort: 'available', cell: (p) => <span className="break">{p.available}</span> },
  { id: 'source', title: 'Source', sort: 'source', extra: true, cell: (p) => p.source },
  { id: 'hosts_outdated', title: 'Outdated on', sort: 'hosts_outdated', numeric: true, extra: true, cell: (p) => <Count n={p.hosts_outdated} /> },
];

/** "openssl < 3.0.15" is asked for exactly, "openssl" as a part of a name. */
function packageParams(text: string | undefined) {
  if (!text) return {};
  return /[<>=]/.test(text) ? { expression: text } : { search: text };
}

export function PackagesPage() {
  const { search, change } = usePageSearch();
  return (
    <>
      <PageHead title="Packages" about="What is installed in the fleet, build by build." />
      <HostFilterBar folded page="packages">
        <SearchBox label="Package" name="p" placeholder="openssl, or openssl < 3.0.15" />
      </HostFilterBar>
      <ListTable
        name="Packages"
        path="packages"
        params={{ ...hostParams(search), ...packageParams(search.p) }}
        columns={packageColumns(hostParams(search) as Search)}
        rowKey={(p) => String(p.id)}
        sort={search.sort ?? 'package,-hosts'}
        onSort={(sort) => change({ sort })}
        empty={<Text c="dimmed">No package fits. A version is compared by the package manager's own order: openssl &lt; 3.0.15</Text>}
      />
    </>
  );
}

/** Packages that are outdated on the hosts that a filter lets through. */
export const outdatedColumns = (filter: Search): Column<Outdated>[] => [
  { id: 'package', title: 'Package', sort: 'package', cell: (o) => <PackageLink name={o.package} /> },
  { id: 'state', title: 'State', sort: 'state', worst: true, cell: (o) => <State is={o.state} /> },
  { id: 'platform', title: 'Platform', sort: 'platform', cell: (o) => o.platform },
  {
    id: 'hosts',
    title: 'Hosts',
    sort: 'hosts',
    numeric: true,
    cell: (o) => (
      <HostsLink
        search={{ ...filter, outdated: o.package, platform: o.platform }}
        label={`${o.hosts} hosts with an outdated ${o.package}`}
      >
        {number(o.hosts)}
      </HostsLink>
    ),
  },
  {
    id: 'lowest',
    title: 'From',
    sort: 'lowest',
    cell: (o) => <span className="break">{o.lowest === o.highest ? o.lowest : `${o.lowest} … ${o.highest}`}</span>,
  },
  { id: 'available', title: 'To', sort: 'available', cell: (o) => <span className="break">{o.available}</span> },
  { id: 'repository', title: 'Repository', sort: 'repository', extra: true, cell: (o) => o.repository },
  { id: 'versions', title: 'Builds', sort: 'versions', numeric: true, extra: true, cell: (o) => <Count n={o.versions} /> },
];

/** Nothing to update: because all is current, or because nobody knows. */
export function lacking(o: Overview | undefined) {
  const unknown = o ? o.hosts - o.hosts_updates_judged : 0;
  if (!o || !unknown) return 'Everything that the repositories have is current on these hosts.';
  return `Nothing is known to be outdated, but ${number(unknown)} of these ${number(o.hosts)} hosts are not judged: no repository is followed for them.`;
}

export function OutdatedPage() {
  const { search, change } = usePageSearch();
  const overview = useOverview(hostParams(search) as Search);
  return (
    <>
      <PageHead title="Outdated packages" about="What is not current anywhere in the fleet: on how many hosts, from which version to which." />
      <HostFilterBar folded page="outdated">
        <SearchBox label="Package" name="p" placeholder="part of a name" />
      </HostFilterBar>
      <ListTable
        name="Outdated packages"
        path="outdated"
        params={{ ...hostParams(search), search: search.p }}
        columns={outdatedColumns(hostParams(search) as Search)}
        rowKey={(o) => `${o.package} ${o.platform}`}
        sort={search.sort ?? '-state,-hosts'}
        onSort={(sort) => change({ sort })}
        empty={search.p ? 'No outdated package has such a name.' : lacking(overview.data)}
      />
    </>
  );
}
