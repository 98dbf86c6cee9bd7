// SPDX-License-Identifier: Apache-2.0

import { Group, SimpleGrid, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { get, getAll } from '../api';
import type { Cve, CveHost, Exception, Group as Counted, Page, Statement } from '../api';
import { Exploited, PackageLinks, percent } from '../columns';
import { ExceptionButton, TagButton, useTagsOf } from '../decide';
import { Why } from '../explain';
import { HostFilterBar, hostParams, usePageSearch } from '../filters';
import { AnchorLink } from '../links';
import { Day, Facts, Failed, Finding, HostLink, HostsLink, Loaded, number, OuterLink, PackageLink, PageHead, Section, Severity, Stat, State, Tags, Time } from '../pieces';
import { ExceptionActions, scopeOf, TagActions } from './decisions';
import { ListTable } from '../table';
import type { Column } from '../table';

const route = getRouteApi('/cves/$cve');

const hostColumns = (cve: string): Column<CveHost>[] => [
  { id: 'name', title: 'Host', sort: 'name', cell: (h) => <HostLink host={h} /> },
  { id: 'state', title: 'State', sort: 'state', worst: true, cell: (h) => <Finding of={h} /> },
  {
    id: 'package',
    title: 'Package',
    sort: 'package',
    cell: (h) => (h.package ? <><PackageLink name={h.package} />{h.more ? ` and ${h.more} more` : ''}</> : 'the whole host'),
  },
  { id: 'installed', title: 'Installed', sort: 'installed', cell: (h) => <span className="break">{h.installed}</span> },
  { id: 'fixed', title: 'Fixed in', sort: 'fixed', cell: (h) => <span className="break">{h.fixed}</span> },
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
  { id: 'issued', title: 'Issued', sort: 'issued', extra: true, cell: (s) => <Day at={s.issued} /> },
  { id: 'title', title: 'Title', extra: true, cell: (s) => <span className="break">{s.title}</span> },
];

const BY = [
  ['site', 'By site'],
  ['domain', 'By domain'],
  ['platform', 'By platform'],
] as const;

const ELSEWHERE = [
  ['CVE record', 'https://www.cve.org/CVERecord?id='],
  ['NVD', 'https://nvd.nist.gov/vuln/detail/'],
  ['Debian', 'https://security-tracker.debian.org/tracker/'],
  ['Red Hat', 'https://access.redhat.com/security/cve/'],
  ['SUSE', 'https://www.suse.com/security/cve/'],
  ['Ubuntu', 'https://ubuntu.com/security/'],
] as const;

/* Names of packages that the server gives with a CVE, at most. */
const PACKAGES_TOLD = 12;

function Head({ cve }: { cve: Cve }) {
  return (
    <>
      <Group gap="xs" mb="sm">
        <Severity is={cve.severity} />
        <Exploited cve={cve} />
        <Tags names={cve.tags} />
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Stat label="Hosts" value={cve.hosts} colour="red" search={{ cve: cve.cve }} about={cve.excepted ? `${number(cve.excepted)} more excepted` : undefined} />
        <Stat label="Packages" value={cve.packages.length < PACKAGES_TOLD ? cve.packages.length : `${PACKAGES_TOLD} or more`} about={<PackageLinks names={cve.packages} />} />
      </SimpleGrid>
      <Facts
        of={[
          ['CVSS', cve.cvss !== null && `${cve.cvss.toFixed(1)} ${cve.cvss_vector}`],
          ['EPSS', cve.epss !== null && `${percent(cve.epss)}, higher than ${percent(cve.epss_rank)} of all`],
          ['Known exploited', cve.exploited && (cve.exploited_since ? <>since <Day at={cve.exploited_since} /></> : 'yes')],
          ['SSVC', cve.ssvc],
          [
            'Elsewhere',
            <Group gap="sm">
              {ELSEWHERE.map(([name, address]) => (
                <OuterLink key={name} url={address + cve.cve} name={name} />
              ))}
            </Group>,
          ],
          ['Fix', { all: 'for all affected packages', some: 'for some affected packages', none: 'none that is known' }[cve.fix]],
        ]}
      />
    </>
  );
}

function TagsOf({ cve }: { cve: string }) {
  return (
    <Loaded query={useTagsOf(cve)} height={30}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">It has no tag.</Text>
        ) : (
          <ul>
            {items.map((tag) => (
              <li key={tag.tag}>
                <b>{tag.tag}</b>
                {tag.enabled ? '' : ' (disabled)'}: {tag.reason || 'no reason given'} {tag.url && <OuterLink url={tag.url} />}{' '}
                <Text span size="sm" c="dimmed">
                  {tag.modified_by} <Time at={tag.modified} />
                </Text>{' '}
                <TagActions tag={tag} />
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function ExceptionsOf({ cve }: { cve: string }) {
  const query = useQuery({ queryKey: ['exceptions', cve], queryFn: ({ signal }) => get<Page<Exception>>('exceptions', { cve, limit: 200 }, signal) });
  return (
    <Loaded query={query} height={30}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">No exception for this CVE alone; those for all CVEs of a package are not listed here.</Text>
        ) : (
          <ul>
            {items.map((e) => (
              <li key={e.id}>
                <b>{[e.package || 'every package', e.version, e.arch].filter(Boolean).join(' ')}</b>, {scopeOf(e)}, {number(e.hosts)} {e.hosts === 1 ? 'host' : 'hosts'}
                {e.expired ? ', expired' : e.expires && <>, until <Day at={e.expires} /></>}: {e.reason}{' '}
                <Text span size="sm" c="dimmed">
                  {e.approver} <Time at={e.created} />
                </Text>{' '}
                <ExceptionActions exception={e} />
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

/** Does a statement for a platform ("rhel:9") speak of hosts of another one ("rhel:9.4")? */
const covers = (statement: string, platform: string) =>
  !statement || statement === platform || platform.startsWith(`${statement}.`) || (!statement.includes(':') && platform.startsWith(`${statement}:`));

/* Packages that are shown for a platform; a kernel has dozens. */
const SHOWN = 6;

/** What the platforms that are hit here need: the vendors' statements on them, and no others. */
function Fixes({ cve }: { cve: string }) {
  const query = useQuery({
    queryKey: ['cve', cve, 'fixes'],
    queryFn: async ({ signal }) => {
      const platforms = await getAll<Counted>('groups/platform', { cve, fields: 'value,hosts', sort: '-hosts' }, signal);
      return { platforms, statements: platforms.length ? await getAll<Statement>(`cves/${cve}/statements`, { fields: 'platform,package,state,fixed' }, signal) : [] };
    },
  });
  return <Loaded query={query}>{({ platforms, statements }) => (platforms.length ? <FixesOf cve={cve} platforms={platforms} statements={statements} /> : null)}</Loaded>;
}

function FixesOf({ cve, platforms, statements }: { cve: string; platforms: Counted[]; statements: Statement[] }) {
  return (
    <Section title="What the platforms here need">
      <Table.ScrollContainer type="native" minWidth={0} tabIndex={0} role="region" aria-label="Fixed versions by platform">
        <Table tabularNums verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Platform</Table.Th>
              <Table.Th scope="col" ta="right">
                Hosts
              </Table.Th>
              <Table.Th scope="col">Fixed in</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {platforms.map((group) => {
              const said = statements.filter((s) => s.package && s.state !== 'not-affected' && covers(s.platform, group.value));
              const lines = [...new Map(said.map((s) => [`${s.package} ${s.fixed}`, s])).values()];
              return (
                <Table.Tr key={group.value}>
                  <Table.Td className="nowrap">{group.value}</Table.Td>
                  <Table.Td ta="right">
                    <HostsLink search={{ cve, platform: group.value }} label={`${number(group.hosts)} hosts of ${group.value} with ${cve}`}>
                      {number(group.hosts)}
                    </HostsLink>
                  </Table.Td>
                  <Table.Td>
                    {lines.slice(0, SHOWN).map((s) => (
                      <div key={`${s.package} ${s.fixed}`}>
                        {s.package} {s.fixed || <State is={s.state} />}
                      </div>
                    ))}
                    {lines.length > SHOWN && `and ${lines.length - SHOWN} more packages`}
                    {lines.length === 0 && 'see “Why?” of its hosts: the statement is for another platform, or for whole systems'}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

export function CvePage() {
  const cve = route.useParams().cve.toUpperCase();
  const { search, change } = usePageSearch();
  const query = useQuery({ queryKey: ['cve', cve], queryFn: ({ signal }) => get<Cve>(`cves/${cve}`, {}, signal) });
  if (query.isError && !query.data)
    return (
      <>
        <PageHead title={cve} />
        <Failed error={query.error} retry={() => void query.refetch()} />
        <Text mt="sm">
          <AnchorLink to="/cves" search={{ search: cve }}>
            CVEs like it
          </AnchorLink>
        </Text>
      </>
    );
  return (
    <>
      <PageHead title={cve} about={query.data?.title === cve ? undefined : query.data?.title}>
        <TagButton given={{ cve }} />
        <ExceptionButton given={{ cve }} />
      </PageHead>
      <Loaded query={query}>{(value) => <Head cve={value} />}</Loaded>
      <Fixes cve={cve} />
      <Section title="Tags">
        <TagsOf cve={cve} />
      </Section>
      <Section title="Exceptions">
        <ExceptionsOf cve={cve} />
      </Section>
      <Section
        title="Hosts"
        actions={
          <Group gap="sm">
            {BY.map(([kind, words]) => (
              <AnchorLink key={kind} to="/groups/$kind" params={{ kind }} search={{ cve }} size="sm">
                {words}
              </AnchorLink>
            ))}
          </Group>
        }
      >
        <HostFilterBar folded page="cve" />
        <ListTable
          name={`Hosts with ${cve}`}
          kind="cve-hosts"
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
          kind="cve-statements"
          path={`cves/${cve}/statements`}
          columns={statementColumns}
          rowKey={(s) => String(s.number)}
          sort="platform,package"
          empty="No feed mentions it."
        />
      </Section>
    </>
  );
}
