// SPDX-License-Identifier: Apache-2.0

import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { get, part } from '../api';
import type { Package, PackageHost, Page } from '../api';
import { HostFilterBar, hostParams, SearchBox, usePageSearch } from '../filters';
import { HostLink, HostsLink, Loaded, number, PageHead, Section, State, Time } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';
import type { Column } from '../table';

const route = getRouteApi('/packages/$name');

const columns: Column<PackageHost>[] = [
  { id: 'name', title: 'Host', sort: 'name', cell: (h) => <HostLink host={h} /> },
  { id: 'installed', title: 'Installed', sort: 'installed', cell: (h) => <span className="break">{h.installed}{h.more ? ` and ${h.more} more` : ''}</span> },
  { id: 'state', title: 'State', sort: 'state', worst: true, cell: (h) => <State is={h.state} /> },
  { id: 'available', title: 'Available', sort: 'available', cell: (h) => <span className="break">{h.available}</span> },
  { id: 'platform', title: 'Platform', sort: 'platform', cell: (h) => h.platform },
  { id: 'site', title: 'Site', sort: 'site', cell: (h) => <span className="break">{h.site}</span> },
  { id: 'last_report', title: 'Last report', sort: 'last_report', cell: (h) => <Time at={h.last_report} /> },
  { id: 'arch', title: 'Architecture', sort: 'arch', extra: true, cell: (h) => h.arch },
  { id: 'domain', title: 'Domain', sort: 'domain', extra: true, cell: (h) => h.domain },
];

/** Versions of the fleet, each with its share. */
function Distribution({ items, total, filter }: { items: Package[]; total: number; filter: Search }) {
  const most = Math.max(...items.map((p) => p.hosts), 1);
  if (!items.length) return <Text c="dimmed">No host has it.</Text>;
  return (
    <>
      <ul className="bars">
        {items.map((p) => (
          <li key={p.id}>
            <span className="break">
              {p.version} {p.arch}
            </span>{' '}
            <State is={p.state} />{' '}
            <HostsLink search={{ ...filter, package: `${p.package} = ${p.version}` }} label={`${p.hosts} hosts with version ${p.version}`}>
              {number(p.hosts)} {p.hosts === 1 ? 'host' : 'hosts'}
            </HostsLink>
            <Progress value={(100 * p.hosts) / most} aria-label={`${p.version}: ${p.hosts} hosts`} size="sm" mt={2} />
          </li>
        ))}
      </ul>
      {total > items.length && (
        <Text size="sm" c="dimmed" mt="xs">
          and {number(total - items.length)} more builds that fewer hosts have
        </Text>
      )}
    </>
  );
}

export function PackagePage() {
  const { name } = route.useParams();
  const { search, change } = usePageSearch();
  const filter = hostParams(search) as Search;
  const expression = search.version ? `${name} ${search.version}` : name;
  const versions = useQuery({
    queryKey: ['package', expression, filter],
    queryFn: ({ signal }) => get<Page<Package>>('packages', { expression, ...filter, sort: '-hosts', limit: 50 }, signal),
  });
  return (
    <>
      <PageHead title={name} about="Versions in the fleet, and who has them." />
      <HostFilterBar folded page="package">
        <SearchBox label="Version" name="version" placeholder="< 3.0.15" />
      </HostFilterBar>
      <Section title="Versions">
        <Loaded query={versions}>{({ items, total }) => <Distribution items={items} total={total} filter={filter} />}</Loaded>
      </Section>
      <Section title="Hosts">
        <ListTable
          name={`Hosts with ${name}`}
          kind="package-hosts"
          path={`packages/${part(name)}/hosts`}
          params={{ ...filter, version: search.version }}
          columns={columns}
          rowKey={(h) => h.key}
          sort={search.sort ?? 'name'}
          onSort={(sort) => change({ sort })}
          empty="No host has it."
        />
      </Section>
    </>
  );
}
