// SPDX-License-Identifier: Apache-2.0

import { Alert, Badge, Group, SimpleGrid, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { get, part } from '../api';
import type { Change, HostCve, HostDetail, HostPackage } from '../api';
import { Exploited, KernelState, percent } from '../columns';
import { ExceptionButton } from '../decide';
import { Why } from '../explain';
import { CveFilters, cveParams, usePageSearch } from '../filters';
import { AnchorLink } from '../links';
import { Command, Count, CveLink, Day, Facts, Finding, Flag, HostsLink, Loaded, number, PageHead, PackageLink, Section, Severity, Stat, State, Tags, Time } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';
import type { Column } from '../table';
import { Trend } from '../trend';

const route = getRouteApi('/hosts/$host');

const packageColumns: Column<HostPackage>[] = [
  { id: 'package', title: 'Package', sort: 'package', cell: (p) => <PackageLink name={p.package} /> },
  { id: 'state', title: 'State', sort: 'state', worst: true, cell: (p) => <State is={p.state} /> },
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
  { id: 'severity', title: 'Severity', sort: 'severity', worst: true, cell: (c) => <Severity is={c.severity} /> },
  { id: 'exploited', title: 'Exploited', sort: 'exploited', worst: true, cell: (c) => <Exploited cve={c} /> },
  { id: 'package', title: 'Package', sort: 'package', cell: (c) => (c.package ? <PackageLink name={c.package} /> : 'the whole host') },
  { id: 'installed', title: 'Installed', sort: 'installed', cell: (c) => <span className="break">{c.installed}</span> },
  { id: 'state', title: 'State', sort: 'state', cell: (c) => <Finding of={c} /> },
  { id: 'fixed', title: 'Fixed in', sort: 'fixed', cell: (c) => <span className="break">{c.fixed}</span> },
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
          label="Except…"
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

/** Nobody knows what is current, but some fixes may be known. */
function Unknown({ host }: { host: HostDetail }) {
  return (
    <Stack gap="xs">
      <Text c="dimmed">
        Not judged: none of its packages is in a repository that is followed here. Add those of {host.platform}: pakiti feed add, or pakiti feed import-host on a machine like it.
      </Text>
      {host.cves > 0 && (
        <AnchorLink to="/hosts/$host" params={{ host: host.key }} search={{ tab: 'cves', fixed: 'yes' }}>
          CVEs for which a fix is available
        </AnchorLink>
      )}
    </Stack>
  );
}

function Updates({ host }: { host: HostDetail }) {
  return (
    <>
      {host.command_security && <Command label="Installs the security updates" text={host.command_security} />}
      {host.command_all && host.updates > host.security && <Command label="Installs all updates" text={host.command_all} />}
      <ListTable
        name="Packages that are not current"
        kind="host-updates"
        path={`hosts/${part(host.key)}/updates`}
        columns={packageColumns}
        rowKey={(p) => String(p.id)}
        sort="-state,package"
        empty={
          host.updates_judged
            ? 'Everything that its repositories have is current.'
            : <Unknown host={host} />
        }
        limit={100}
      />
    </>
  );
}

function Cves({ host }: { host: HostDetail }) {
  const { search, change } = usePageSearch();
  const whole = /^\s*(cve-\d{4}-\d{4,})\s*$/i.exec(search.search ?? '')?.[1]?.toUpperCase();
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {number(host.cves)} distinct CVEs count{host.excepted > 0 && `, ${number(host.excepted)} more are excepted`}; a row for each package that has one.
      </Text>
      <Group align="flex-end" gap="xs" mb="sm" role="search" aria-label="Filter CVEs">
        <CveFilters placeholder="CVE-2024-… or a package" all="also those that do not count" />
      </Group>
      <ListTable
        name="CVEs"
        kind="host-cves"
        path={`hosts/${part(host.key)}/cves`}
        params={cveParams(search)}
        columns={cveColumns(host)}
        rowKey={(c) => String(c.number)}
        sort={search.sort ?? '-counts,-priority,cve'}
        onSort={(sort) => change({ sort })}
        empty={
          whole ? (
            <Group justify="center" gap="xs">
              <Text c="dimmed">{whole} is not among those that are shown.</Text>
              <Why host={host.key} name={host.name} cve={whole} label="Why not?" />
            </Group>
          ) : host.cves_judged
            ? 'No feed says that this host is vulnerable to one that fits.'
            : `Not judged: no feed says what is vulnerable on ${host.platform}. pakiti feed add-defaults ${host.platform} adds those that are known.`
        }
      />
    </>
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
        kind="host-packages"
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

/** What an administrator must know before everything else. */
function Warnings({ host }: { host: HostDetail }) {
  return (
    <Stack gap="xs" mb="md">
      {host.reboot_pending && (
        <Alert color="orange" variant="light" title="A restart is pending">
          {host.kernel} runs, and a newer kernel is installed.
        </Alert>
      )}
      {host.unsupported && (
        <Alert color="red" variant="light" title="Its release is out of support">
          The vendor's ordinary support of {host.platform} has ended{host.support_ends && <> on <Day at={host.support_ends} /></>}: what is vulnerable may never be fixed, and is not always said.
        </Alert>
      )}
      {(!host.updates_judged || !host.cves_judged) && (
        <Alert color="yellow" variant="light" title="It is not judged in full">
          {[!host.updates_judged && 'No repository with its packages is followed: updates are not known.', !host.cves_judged && 'No feed says what is vulnerable on it: CVEs are not known.']
            .filter(Boolean)
            .join(' ')}
        </Alert>
      )}
    </Stack>
  );
}

function Kernel({ host }: { host: HostDetail }) {
  return (
    <Stack gap="sm">
      <Text>
        Running kernel: {host.kernel || 'not told'} {host.kernel && <KernelState host={host} />}
      </Text>
      {host.kernels.length === 0 ? (
        <Text c="dimmed">No kernel package is installed, or the report does not say which kernel runs.</Text>
      ) : (
        <ul>
          {host.kernels.map((kernel) => (
            <li key={`${kernel.package} ${kernel.version}`}>
              {kernel.package} {kernel.version}{' '}
              <Badge className={`mark mark-${kernel.running ? 'green' : 'gray'}`} tt="none" radius="sm">
                {kernel.running ? 'running' : 'installed'}
              </Badge>
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
    ['Supported until', host.support_ends && <Day at={host.support_ends} />],
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
  const { search, navigate } = usePageSearch();
  const query = useQuery({ queryKey: ['host', key], queryFn: ({ signal }) => get<HostDetail>(`hosts/${part(key)}`, {}, signal) });
  const path = `hosts/${part(key)}`;
  const tab = (name: string, more: Search = {}) => ({ to: '/hosts/$host', params: { host: key }, search: { tab: name, ...more } });
  return (
    <>
      <PageHead
        title={query.data?.name ?? key}
        about={
          query.data && (
            <>
              {query.data.os}, {query.data.platform} {query.data.arch}; last report <Time at={query.data.last_report} />{' '}
              {query.data.silent && (
                <Flag colour="gray" about="has not reported for longer than it should">
                  silent
                </Flag>
              )}
            </>
          )
        }
      />
      <Loaded query={query} height={200}>
        {(host) => (
          <>
            <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" mb="md">
              <Stat label="Security updates" value={host.updates_judged ? host.security : '–'} colour="red" {...tab('updates')} />
              <Stat label="Updates" value={host.updates_judged ? host.updates : '–'} {...tab('updates')} />
              <Stat label="CVEs" value={host.cves_judged ? host.cves : '–'} about={host.excepted ? `${number(host.excepted)} more excepted` : undefined} {...tab('cves')} />
              <Stat label="Known exploited" value={host.cves_judged ? host.exploited : '–'} colour="red" {...tab('cves', { exploited: 'yes' })} />
            </SimpleGrid>
            <Warnings host={host} />
            <Tabs value={TABS.find((tab) => tab === search.tab) ?? 'updates'} onChange={(tab) => void navigate({ to: '.', search: { tab: tab === 'updates' ? undefined : (tab ?? undefined) } as never })} keepMounted={false}>
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
                    kind="host-history"
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
