// SPDX-License-Identifier: Apache-2.0

import { getRouteApi } from '@tanstack/react-router';
import type { Group } from '../api';
import { HostFilterBar, hostParams, usePageSearch } from '../filters';
import { AnchorLink } from '../links';
import { Count, HostsLink, Judged, Loaded, NO_REPOSITORY, NO_VENDOR, PageHead, Section, Time, useOverview } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';
import type { Column } from '../table';
import { Trend } from '../trend';
import { Summary } from './overview';
import { lacking, outdatedColumns } from './packages';
import { Commands } from './todo';

const route = getRouteApi('/groups/$kind');

const NONE = 'none told';

const TITLES: Record<string, [string, string]> = {
  domain: ['Domains', 'Domain'],
  tld: ['Top-level domains', 'Top-level domain'],
  site: ['Sites', 'Site'],
  tag: ['Host tags', 'Host tag'],
  platform: ['Platforms', 'Platform'],
};

const columns = (kind: string, title: string, filter: Search): Column<Group>[] => {
  const hosts = (g: Group, n: number, state: string, bad = false) => (
    <HostsLink search={{ ...filter, [kind]: g.value, ...(state && { state }) }} label={`${n} hosts of ${g.value || 'none'}${state && `, ${state}`}`}>
      <Count n={n} bad={bad} />
    </HostsLink>
  );
  /* No zero where nobody looked. */
  const judged = (by: 'hosts_updates_judged' | 'hosts_cves_judged', nobody: string) => (g: Group, n: number, state: string, bad = false) =>
    g[by] || n ? hosts(g, n, state, bad) : <Judged n={n} judged={false} by={nobody} />;
  const updates = judged('hosts_updates_judged', NO_REPOSITORY);
  const cves = judged('hosts_cves_judged', NO_VENDOR);
  return [
    {
      id: 'value',
      title,
      sort: 'value',
      cell: (g) => (
        <AnchorLink to="/groups/$kind" params={{ kind }} search={{ ...filter, [kind]: g.value }} size="sm" className={kind === 'platform' ? 'nowrap' : 'break'}>
          {g.value || NONE}
        </AnchorLink>
      ),
    },
    { id: 'hosts', title: 'Hosts', sort: 'hosts', numeric: true, cell: (g) => hosts(g, g.hosts, '') },
    { id: 'hosts_updates', title: 'Lack updates', sort: 'hosts_updates', numeric: true, extra: true, cell: (g) => updates(g, g.hosts_updates, 'updates') },
    { id: 'hosts_security', title: 'Lack security', sort: 'hosts_security', numeric: true, cell: (g) => updates(g, g.hosts_security, 'security', true) },
    { id: 'hosts_cves', title: 'Have CVEs', sort: 'hosts_cves', numeric: true, cell: (g) => cves(g, g.hosts_cves, 'cves') },
    { id: 'hosts_tagged', title: 'Tagged', sort: 'hosts_tagged', numeric: true, cell: (g) => cves(g, g.hosts_tagged, 'tagged', true) },
    { id: 'hosts_exploited', title: 'Exploited', sort: 'hosts_exploited', numeric: true, cell: (g) => cves(g, g.hosts_exploited, 'exploited', true) },
    { id: 'hosts_reboot', title: 'Restart', sort: 'hosts_reboot', numeric: true, cell: (g) => hosts(g, g.hosts_reboot, 'reboot') },
    { id: 'hosts_unsupported', title: 'Out of support', sort: 'hosts_unsupported', numeric: true, cell: (g) => hosts(g, g.hosts_unsupported, 'unsupported', true) },
    { id: 'hosts_unjudged', title: 'Not judged', sort: 'hosts_unjudged', numeric: true, cell: (g) => hosts(g, g.hosts_unjudged, 'unjudged') },
    { id: 'hosts_silent', title: 'Silent', sort: 'hosts_silent', numeric: true, cell: (g) => hosts(g, g.hosts_silent, 'silent') },
    { id: 'last_report', title: 'Last report', sort: 'last_report', cell: (g) => <Time at={g.last_report} /> },
    { id: 'updates', title: 'Updates', sort: 'updates', numeric: true, extra: true, cell: (g) => <Count n={g.updates} /> },
    { id: 'security', title: 'Security updates', sort: 'security', numeric: true, extra: true, cell: (g) => <Count n={g.security} /> },
    { id: 'cves', title: 'CVEs of all hosts', sort: 'cves', numeric: true, extra: true, cell: (g) => <Count n={g.cves} /> },
  ];
};

/** One of them: what must be done there. */
function Chosen({ kind, value, filter }: { kind: string; value: string; filter: Search }) {
  const overview = useOverview(filter);
  return (
    <>
      <Loaded query={overview} height={200}>
        {(o) => <Summary overview={o} filter={filter} />}
      </Loaded>
      <Section
        title="Packages to update"
        actions={
          <AnchorLink to="/outdated" search={filter}>
            All of them
          </AnchorLink>
        }
      >
        <ListTable
          name="Packages to update"
          kind="outdated"
          path="outdated"
          params={filter}
          columns={outdatedColumns(filter)}
          rowKey={(o) => `${o.package} ${o.platform}`}
          sort="-state,-hosts"
          empty={lacking(overview.data)}
          limit={10}
        />
      </Section>
      <Section
        title="What to do"
        actions={
          <AnchorLink to="/todo" search={filter}>
            All hosts and commands
          </AnchorLink>
        }
      >
        <Commands filter={filter} empty="No host is known to have something to install, or to wait for a restart." limit={10} />
      </Section>
      <Section title="Trend of the whole group">
        <Trend title={`${value || NONE} over time`} path="trend" params={{ kind, value }} />
      </Section>
    </>
  );
}

export function GroupsPage() {
  const { kind } = route.useParams();
  const { search, change } = usePageSearch();
  const [plural, singular] = TITLES[kind] ?? [kind, kind];
  const chosen = search[kind];
  const params = hostParams(search);
  return (
    <>
      <PageHead
        title={chosen === undefined ? plural : `${singular} ${chosen || NONE}`}
        about={
          chosen === undefined ? (
            'The same numbers for each group; click a number to see its hosts.'
          ) : (
            <AnchorLink to="/groups/$kind" params={{ kind }} size="sm">
              All {plural.toLowerCase()}
            </AnchorLink>
          )
        }
      />
      <HostFilterBar page={`groups-${kind}`} folded={chosen !== undefined} without={kind} />
      {chosen === undefined ? (
        <ListTable
          name={plural}
          path={`groups/${kind}`}
          params={params}
          columns={columns(kind, singular, params as Search)}
          rowKey={(g) => g.value}
          sort={search.sort ?? '-hosts_security,-hosts_exploited,-hosts'}
          onSort={(sort) => change({ sort })}
          empty="No host fits."
        />
      ) : (
        <Chosen kind={kind} value={chosen} filter={params as Search} />
      )}
    </>
  );
}
