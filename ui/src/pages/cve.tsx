// SPDX-License-Identifier: Apache-2.0

import { Group, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { get } from '../api';
import type { Cve, CveHost, CveTag, Page, Statement } from '../api';
import { Exploited, percent } from '../columns';
import { ExceptionButton, TagButton } from '../decide';
import { Why } from '../explain';
import { HostFilterBar, hostParams, usePageSearch } from '../filters';
import { Facts, Finding, HostLink, Loaded, OuterLink, PackageLink, PageHead, Section, Severity, Stat, State, Tags, Time } from '../pieces';
import { ListTable } from '../table';
import type { Column } from '../table';

const route = getRouteApi('/cves/$cve');

const hostColumns = (cve: string): Column<CveHost>[] => [
  { id: 'name', title: 'Host', sort: 'name', cell: (h) => <HostLink host={h} /> },
  {
    id: 'package',
    title: 'Package',
    sort: 'package',
    cell: (h) => (h.package ? <><PackageLink name={h.package} />{h.more ? ` and ${h.more} more` : ''}</> : 'the whole host'),
  },
  { id: 'installed', title: 'Installed', sort: 'installed', cell: (h) => <span className="break">{h.installed}</span> },
  { id: 'fixed', title: 'Fixed in', sort: 'fixed', cell: (h) => <span className="break">{h.fixed}</span> },
  { id: 'state', title: 'State', sort: 'state', cell: (h) => <Finding of={h} /> },
  { id: 'platform', title: 'Platform', sort: 'platform', cell: (h) => h.platform },
  { id: 'site', title: 'Site', sort: 'site', cell: (h) => <span className="break">{h.site}</span> },
  { id: 'why', title: 'Why', cell: (h) => <Why host={h.key} name={h.name} cve={cve} /> },
  { id: 'last_report', title: 'Last report', sort: 'last_report', extra: true, cell: (h) => <Time at={h.last_report} /> },
  { id: 'advisory', title: 'Advisory', sort: 'advisory', extra: true, cell: (h) => h.advisory },
  { id: 'feed', title: 'Feed', sort: 'feed', extra: true, cell: (h) => h.feed },
];

const statementColumns: Column<Statement>[] = [
  { id: 'platform', title: 'Platform', sort: 'platform', cell: (s) => s.platform || 'all' },
  { id: 'package', title: 'Package', sort: 'package', cell: (s) => <span className="break">{s.package || 'the whole host'}{s.kind === 'source' ? ' (source)' : ''}</span> },
  { id: 'state', title: 'State', sort: 'state', cell: (s) => <State is={s.state} /> },
  { id: 'fixed', title: 'Fixed in', sort: 'fixed', cell: (s) => <span className="break">{s.fixed}</span> },
  { id: 'advisory', title: 'Advisory', sort: 'advisory', cell: (s) => <span className="break">{s.advisory}</span> },
  { id: 'severity', title: 'Severity', sort: 'severity', cell: (s) => s.severity },
  { id: 'note', title: 'Note', cell: (s) => <span className="break">{s.note}</span> },
  { id: 'feed', title: 'Feed', sort: 'feed', cell: (s) => s.feed },
  { id: 'issued', title: 'Issued', sort: 'issued', extra: true, cell: (s) => <Time at={s.issued} none="" /> },
  { id: 'title', title: 'Title', extra: true, cell: (s) => <span className="break">{s.title}</span> },
];

function Head({ cve }: { cve: Cve }) {
  return (
    <>
      <Group gap="xs" mb="sm">
        <Severity is={cve.severity} />
        <Exploited cve={cve} />
        <Tags names={cve.tags} />
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Stat label="Hosts" value={cve.hosts} colour="red" search={{ cve: cve.cve }} about={cve.excepted ? `${cve.excepted} more excepted` : undefined} />
        <Stat label="Packages" value={cve.packages.length} about={cve.packages.join(', ')} />
      </SimpleGrid>
      <Facts
        of={[
          ['CVSS', cve.cvss !== null && `${cve.cvss.toFixed(1)} ${cve.cvss_vector}`],
          ['EPSS', cve.epss !== null && `${percent(cve.epss)}, more likely than ${percent(cve.epss_rank)} of all`],
          ['Known exploited', cve.exploited && (cve.exploited_since ? <>since <Time at={cve.exploited_since} /></> : 'yes')],
          ['SSVC', cve.ssvc],
          ['Fix', { all: 'for all affected packages', some: 'for some affected packages', none: 'none that is known' }[cve.fix]],
        ]}
      />
    </>
  );
}

function TagsOf({ cve }: { cve: string }) {
  const query = useQuery({ queryKey: ['cve-tags', cve], queryFn: ({ signal }) => get<Page<CveTag>>('cve-tags', { search: cve.toLowerCase() }, signal) });
  return (
    <Loaded query={query} height={30}>
      {({ items }) => {
        const own = items.filter((tag) => tag.cve === cve);
        if (!own.length) return <Text c="dimmed">It has no tag.</Text>;
        return (
          <ul>
            {own.map((tag) => (
              <li key={tag.tag}>
                <b>{tag.tag}</b>
                {tag.enabled ? '' : ' (disabled)'}: {tag.reason || 'no reason given'} {tag.url && <OuterLink url={tag.url} />}{' '}
                <Text span size="sm" c="dimmed">
                  {tag.modified_by} <Time at={tag.modified} />
                </Text>
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

export function CvePage() {
  const { cve } = route.useParams();
  const { search, change } = usePageSearch();
  const query = useQuery({ queryKey: ['cve', cve], queryFn: ({ signal }) => get<Cve>(`cves/${cve}`, {}, signal) });
  return (
    <>
      <PageHead title={cve} about={query.data?.title === cve ? undefined : query.data?.title}>
        <TagButton given={{ cve }} />
        <ExceptionButton given={{ cve }} />
      </PageHead>
      <Loaded query={query}>{(value) => <Head cve={value} />}</Loaded>
      <Section title="Tags">
        <TagsOf cve={cve} />
      </Section>
      <Section title="Hosts">
        <HostFilterBar folded page="cve" />
        <ListTable
          name={`Hosts with ${cve}`}
          path={`cves/${cve}/hosts`}
          params={{ ...hostParams(search), cve: undefined }}
          columns={hostColumns(cve)}
          rowKey={(h) => h.key}
          sort={search.sort ?? '-counts,name'}
          onSort={(sort) => change({ sort })}
          empty="No host is vulnerable to it."
        />
      </Section>
      <Section title="What vendors say">
        <ListTable
          name={`Statements on ${cve}`}
          path={`cves/${cve}/statements`}
          columns={statementColumns}
          rowKey={(s) => String(s.number)}
          sort="platform,package"
          empty="No feed has a word on it."
        />
      </Section>
    </>
  );
}
