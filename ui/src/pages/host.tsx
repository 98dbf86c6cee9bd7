// SPDX-License-Identifier: Apache-2.0

import { Alert, Badge, Group, SegmentedControl, SimpleGrid, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { get, part } from '../api';
import type { Change, HostCve, HostDetail, HostPackage } from '../api';
import { Exploited, percent } from '../columns';
import { ExceptionButton } from '../decide';
import { Why } from '../explain';
import { usePageSearch } from '../filters';
import { Command, Count, CveLink, Facts, Finding, HostsLink, Loaded, PageHead, PackageLink, Section, Severity, Stat, State, Tags, Time } from '../pieces';
import { ListTable } from '../table';
import type { Column } from '../table';
import { Trend } from '../trend';

const route = getRouteApi('/hosts/$host');

const packageColumns: Column<HostPackage>[] = [
  { id: 'package', title: 'Package', sort: 'package', cell: (p) => <PackageLink name={p.package} /> },
  { id: 'state', title: 'State', sort: 'state', cell: (p) => <State is={p.state} /> },
  { id: 'installed', title: 'Installed', sort: 'installed', cell: (p) => <span className="break">{p.installed}</span> },
  { id: 'available', title: 'Available', sort: 'available', cell: (p) => <span className="break">{p.available}</span> },
  { id: 'cves', title: 'CVEs', sort: 'cves', numeric: true, cell: (p) => <Count n={p.cves} /> },
  { id: 'repository', title: 'Repository', sort: 'repository', cell: (p) => <span className="break">{p.repository}</span> },
  { id: 'arch', title: 'Architecture', sort: 'arch', extra: true, cell: (p) => p.arch },
  { id: 'source', title: 'Source', sort: 'source', extra: true, cell: (p) => p.source },
  { id: 'kernel', title: 'Kernel', sort: 'kernel', extra: true, cell: (p) => p.kernel },
];

const cveColumns = (host: HostDetail): Column<HostCve>[] => [
  { id: 'cve', title: 'CVE', sort: 'cve', cell: (c) => <CveLink cve={c.cve} /> },
  { id: 'severity', title: 'Severity', sort: 'severity', cell: (c) => <Severity is={c.severity} /> },
  { id: 'exploited', title: 'Exploited', sort: 'exploited', cell: (c) => <Exploited cve={c} /> },
  { id: 'package', title: 'Package', sort: 'package', cell: (c) => (c.package ? <PackageLink name={c.package} /> : 'the whole host') },
  { id: 'installed', title: 'Installed', cell: (c) => <span className="break">{c.installed}</span> },
  { id: 'state', title: 'State', sort: 'state', cell: (c) => <Finding of={c} /> },
  { id: 'fixed', title: 'Fixed in', cell: (c) => <span className="break">{c.fixed}</span> },
  { id: 'epss', title: 'EPSS', sort: 'epss', numeric: true, cell: (c) => percent(c.epss) },
  { id: 'tags', title: 'Tags', cell: (c) => <Tags names={c.tags} /> },
  {
    id: 'actions',
    title: 'Actions',
    cell: (c) => (
      <Group gap={4} wrap="nowrap">
        <Why host={host.key} name={host.name} cve={c.cve} />
        <ExceptionButton
          size="compact-xs"
          label="Except"
          about={`Except ${c.cve} on ${host.name}`}
          given={{ cve: c.cve, package: c.package, group: 'host', value: host.key }}
        />
      </Group>
    ),
  },
  { id: 'advisory', title: 'Advisory', sort: 'advisory', extra: true, cell: (c) => c.advisory },
  { id: 'feed', title: 'Feed', sort: 'feed', extra: true, cell: (c) => c.feed },
  { id: 'title', title: 'Title', extra: true, cell: (c) => <span className="break">{c.title}</span> },
];

const changeColumns: Column<Change>[] = [
  { id: 'at', title: 'When', sort: 'at', cell: (c) => <Time at={c.at} /> },
  { id: 'change', title: 'Change', sort: 'change', cell: (c) => (c.change === 'first' ? `first report, ${c.after} packages` : c.change) },
  { id: 'package', title: 'Package', sort: 'package', cell: (c) => c.package && <PackageLink name={c.package} /> },
  { id: 'before', title: 'Before', cell: (c) => <span className="break">{c.before}</span> },
  { id: 'after', title: 'After', cell: (c) => (c.change === 'first' ? '' : <span className="break">{c.after}</span>) },
  { id: 'arch', title: 'Architecture', extra: true, cell: (c) => c.arch },
];

function Updates({ host }: { host: HostDetail }) {
  return (
    <>
      {host.command_security && <Command label="Installs the security updates" text={host.command_security} />}
      {host.command_all && host.updates > host.security && <Command label="Installs all updates" text={host.command_all} />}
      <ListTable
        name="Packages that are not current"
        path={`hosts/${part(host.key)}/updates`}
        columns={packageColumns}
        rowKey={(p) => String(p.id)}
        sort="-state,package"
        empty="Everything that its repositories have is current."
        limit={100}
      />
    </>
  );
}

function Cves({ host }: { host: HostDetail }) {
  const [all, setAll] = useState('no');
  return (
    <ListTable
      name="CVEs"
      path={`hosts/${part(host.key)}/cves`}
      params={{ all: all === 'yes' ? 'yes' : undefined }}
      columns={cveColumns(host)}
      rowKey={(c) => String(c.number)}
      sort="-counts,-priority,cve"
      empty="No feed says that this host is vulnerable."
      above={
        <SegmentedControl
          size="xs"
          value={all}
          onChange={setAll}
          aria-label="Which CVEs"
          data={[
            { value: 'no', label: 'that count or are excepted' },
            { value: 'yes', label: 'all that are known' },
          ]}
        />
      }
    />
  );
}

function Packages({ host }: { host: HostDetail }) {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, 300);
  return (
    <>
      <TextInput label="Search packages" mb="sm" maw={320} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <ListTable
        name="All packages"
        path={`hosts/${part(host.key)}/packages`}
        params={{ search: search || undefined }}
        columns={packageColumns}
        rowKey={(p) => String(p.id)}
        sort="package"
        empty="No package of that name."
        limit={100}
      />
    </>
  );
}

function Kernel({ host }: { host: HostDetail }) {
  return (
    <Stack gap="sm">
      {host.reboot_pending && (
        <Alert color="orange" variant="light" title="A restart is pending">
          {host.kernel} runs, and a newer kernel is installed.
        </Alert>
      )}
      <Text>Running kernel: {host.kernel || 'not told'}</Text>
      {host.kernels.length === 0 ? (
        <Text c="dimmed">No kernel package is installed, or the report does not say which kernel runs.</Text>
      ) : (
        <ul>
          {host.kernels.map((kernel) => (
            <li key={`${kernel.package} ${kernel.version}`}>
              {kernel.package} {kernel.version}{' '}
              {kernel.running && (
                <Badge className="mark mark-green" tt="none" radius="sm">
                  runs
                </Badge>
              )}
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

const PROTOCOLS: Record<number, string> = { 4: 'Pakiti 2', 5: 'Pakiti 3', 6: 'pakiti-client', 100: 'GLPI agent' };

function Report({ host }: { host: HostDetail }) {
  const facts: [string, React.ReactNode][] = [
    ['Name', host.name],
    ['System', host.os],
    ['Platform', <HostsLink search={{ platform: host.platform }}>{host.platform}</HostsLink>],
    ['Architecture', host.arch],
    ['Processor', host.cpu],
    ['Domain', <HostsLink search={{ domain: host.domain }}>{host.domain}</HostsLink>],
    ['Site', host.site && <HostsLink search={{ site: host.site }}>{host.site}</HostsLink>],
    ['Tag', host.tag && <HostsLink search={{ tag: host.tag }}>{host.tag}</HostsLink>],
    ['First report', <Time at={host.first_report} />],
    ['Last report', <Time at={host.last_report} />],
    ['Reported by', `${host.reporter}${host.client ? `, ${host.client}` : ''}`],
    ['Protocol', PROTOCOLS[host.protocol] ?? host.protocol],
  ];
  const told = host.told as { ip?: string; boot_at?: number; machine_id?: string } | null;
  if (told?.ip) facts.push(['Address', told.ip]);
  if (told?.machine_id) facts.push(['Machine id', told.machine_id]);
  return <Facts of={facts} />;
}

const TABS = ['updates', 'cves', 'packages', 'kernel', 'history', 'report'];

export function HostPage() {
  const { host: key } = route.useParams();
  const { search, change } = usePageSearch();
  const query = useQuery({ queryKey: ['host', key], queryFn: ({ signal }) => get<HostDetail>(`hosts/${part(key)}`, {}, signal) });
  const path = `hosts/${part(key)}`;
  return (
    <>
      <PageHead
        title={query.data?.name ?? key}
        about={
          query.data && (
            <>
              {query.data.os}, {query.data.platform} {query.data.arch}; last report <Time at={query.data.last_report} />
            </>
          )
        }
      />
      <Loaded query={query} height={200}>
        {(host) => (
          <>
            <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" mb="md">
              <Stat label="Security updates" value={host.security} colour="red" />
              <Stat label="Updates" value={host.updates} />
              <Stat label="CVEs" value={host.cves} about={host.excepted ? `${host.excepted} more excepted` : undefined} />
              <Stat label="Known exploited" value={host.exploited} colour="red" />
            </SimpleGrid>
            <Tabs value={TABS.find((tab) => tab === search.tab) ?? 'updates'} onChange={(tab) => change({ tab: tab === 'updates' ? undefined : (tab ?? undefined) })} keepMounted={false}>
              <Tabs.List mb="md" aria-label="About this host">
                <Tabs.Tab value="updates">Not patched</Tabs.Tab>
                <Tabs.Tab value="cves">CVEs</Tabs.Tab>
                <Tabs.Tab value="packages">Packages</Tabs.Tab>
                <Tabs.Tab value="kernel">Kernel</Tabs.Tab>
                <Tabs.Tab value="history">History</Tabs.Tab>
                <Tabs.Tab value="report">Report</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="updates">
                <Updates host={host} />
              </Tabs.Panel>
              <Tabs.Panel value="cves">
                <Cves host={host} />
              </Tabs.Panel>
              <Tabs.Panel value="packages">
                <Packages host={host} />
              </Tabs.Panel>
              <Tabs.Panel value="kernel">
                <Kernel host={host} />
              </Tabs.Panel>
              <Tabs.Panel value="history">
                <Section title="Numbers over time">
                  <Trend title={`${host.name} over time`} path={`${path}/trend`} host />
                </Section>
                <Section title="Changes between reports">
                  <ListTable
                    name="Changes"
                    path={`${path}/history`}
                    columns={changeColumns}
                    rowKey={(c) => String(c.number)}
                    sort="-at"
                    empty="Nothing has changed since the first report."
                    limit={100}
                  />
                </Section>
              </Tabs.Panel>
              <Tabs.Panel value="report">
                <Report host={host} />
              </Tabs.Panel>
            </Tabs>
          </>
        )}
      </Loaded>
    </>
  );
}
