// SPDX-License-Identifier: Apache-2.0

import { Group as Row } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Group } from '../api';
import { HostFilterBar, hostParams, usePageSearch } from '../filters';
import { AnchorLink } from '../links';
import { Count, HostsLink, PageHead, Section, Time } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';
import type { Column } from '../table';
import { Trend } from '../trend';

const route = getRouteApi('/groups/$kind');

const TITLES: Record<string, [string, string]> = {
  domain: ['Domains', 'Domain'],
  tld: ['Top-level domains', 'Top-level domain'],
  site: ['Sites', 'Site'],
  tag: ['Tags', 'Tag'],
  platform: ['Platforms', 'Platform'],
};

const columns = (kind: string, title: string, filter: Search): Column<Group>[] => {
  const hosts = (g: Group, n: number, state: string, bad = false) => (
    <HostsLink search={{ ...filter, [kind]: g.value, ...(state && { state }) }} label={`${n} hosts of ${g.value || 'none'}${state && `, ${state}`}`}>
      <Count n={n} bad={bad} />
    </HostsLink>
  );
  return [
    {
      id: 'value',
      title,
      sort: 'value',
      cell: (g) =>
        g.value ? (
          <AnchorLink to="/groups/$kind" params={{ kind }} search={{ ...filter, [kind]: g.value }} size="sm" className="break">
            {g.value}
          </AnchorLink>
        ) : (
          'none told'
        ),
    },
    { id: 'hosts', title: 'Hosts', sort: 'hosts', numeric: true, cell: (g) => hosts(g, g.hosts, '') },
    { id: 'hosts_security', title: 'Lack security', sort: 'hosts_security', numeric: true, cell: (g) => hosts(g, g.hosts_security, 'security', true) },
    { id: 'hosts_cves', title: 'Have CVEs', sort: 'hosts_cves', numeric: true, cell: (g) => hosts(g, g.hosts_cves, 'cves') },
    { id: 'hosts_tagged', title: 'Tagged', sort: 'hosts_tagged', numeric: true, cell: (g) => hosts(g, g.hosts_tagged, 'tagged', true) },
    { id: 'hosts_exploited', title: 'Exploited', sort: 'hosts_exploited', numeric: true, cell: (g) => hosts(g, g.hosts_exploited, 'exploited', true) },
    { id: 'hosts_reboot', title: 'Restart', sort: 'hosts_reboot', numeric: true, cell: (g) => hosts(g, g.hosts_reboot, 'reboot') },
    { id: 'hosts_silent', title: 'Silent', sort: 'hosts_silent', numeric: true, cell: (g) => hosts(g, g.hosts_silent, 'silent') },
    { id: 'last_report', title: 'Last report', sort: 'last_report', cell: (g) => <Time at={g.last_report} /> },
    { id: 'updates', title: 'Updates', sort: 'updates', numeric: true, extra: true, cell: (g) => <Count n={g.updates} /> },
    { id: 'security', title: 'Security updates', sort: 'security', numeric: true, extra: true, cell: (g) => <Count n={g.security} /> },
    { id: 'cves', title: 'CVEs of all hosts', sort: 'cves', numeric: true, extra: true, cell: (g) => <Count n={g.cves} /> },
  ];
};

export function GroupsPage() {
  const { kind } = route.useParams();
  const { search, change } = usePageSearch();
  const [plural, singular] = TITLES[kind] ?? [kind, kind];
  const chosen = search[kind];
  const params = hostParams(search);
  return (
    <>
      <PageHead title={chosen === undefined ? plural : `${singular} ${chosen}`} about="The same numbers for each group; follow a number to its hosts.">
        {chosen !== undefined && (
          <Row gap="sm">
            <HostsLink search={{ [kind]: chosen }}>Its hosts</HostsLink>
            <AnchorLink to="/cves" search={{ [kind]: chosen }} size="sm">
              Its CVEs
            </AnchorLink>
            <AnchorLink to="/outdated" search={{ [kind]: chosen }} size="sm">
              Its outdated packages
            </AnchorLink>
          </Row>
        )}
      </PageHead>
      <HostFilterBar page={`groups-${kind}`} />
      <ListTable
        name={plural}
        path={`groups/${kind}`}
        params={params}
        columns={columns(kind, singular, params as Search)}
        rowKey={(g) => g.value}
        sort={search.sort ?? '-hosts_security,-hosts'}
        onSort={(sort) => change({ sort })}
        empty="No host fits."
      />
      {chosen !== undefined && (
        <Section title="Trend">
          <Trend title={`${singular} ${chosen} over time`} path="trend" params={{ kind, value: chosen }} />
        </Section>
      )}
    </>
  );
}
