// SPDX-License-Identifier: Apache-2.0

import { Alert, Group, SimpleGrid, Table, Text } from '@mantine/core';
import type { Cve, Overview } from '../api';
import { Exploited, PackageLinks, percent } from '../columns';
import { AnchorLink } from '../links';
import { CveLink, HostsLink, Loaded, number, PageHead, Section, Severity, Stat, Tags, useOverview, useSettings } from '../pieces';
import type { Search } from '../search';
import { Trend } from '../trend';

function Worst({ cves, filter }: { cves: Cve[]; filter: Search }) {
  if (!cves.length) return <Text c="dimmed">No host is known to be vulnerable.</Text>;
  return (
    <Table.ScrollContainer type="native" minWidth={0} tabIndex={0} role="region" aria-label="Worst CVEs">
      <Table striped tabularNums>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">CVE</Table.Th>
            <Table.Th scope="col" ta="right">
              Hosts
            </Table.Th>
            <Table.Th scope="col">Severity</Table.Th>
            <Table.Th scope="col">Exploited</Table.Th>
            <Table.Th scope="col" ta="right">
              EPSS
            </Table.Th>
            <Table.Th scope="col">Packages</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cves.map((cve) => (
            <Table.Tr key={cve.cve}>
              <Table.Td>
                <CveLink cve={cve.cve} />
              </Table.Td>
              <Table.Td ta="right">
                <HostsLink search={{ ...filter, cve: cve.cve }} label={`${number(cve.hosts)} hosts with ${cve.cve}`}>
                  {number(cve.hosts)}
                </HostsLink>
              </Table.Td>
              <Table.Td>
                <Severity is={cve.severity} />
              </Table.Td>
              <Table.Td>
                <Exploited cve={cve} />
              </Table.Td>
              <Table.Td ta="right">{percent(cve.epss)}</Table.Td>
              <Table.Td>
                <PackageLinks names={cve.packages} most={3} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function FeedHealth({ feeds }: { feeds: Overview['feeds'] }) {
  const bad = [
    [feeds.held, 'held back'],
    [feeds.failing, 'failing'],
    [feeds.stale, 'stale'],
    [feeds.never, 'never fetched'],
  ].filter(([n]) => n) as [number, string][];
  if (!feeds.total)
    return (
      <Alert color="yellow" variant="light" title="No feed is configured">
        Without vendors' data nothing can be judged: <code>pakiti feed import-host</code> takes this machine's repositories,{' '}
        <code>pakiti feed add-defaults</code> what vendors publish.
      </Alert>
    );
  return (
    <Text>
      {bad.length === 0 ? `All ${feeds.total} feeds are good. ` : `${bad.map(([n, words]) => `${n} ${words}`).join(', ')}, of ${feeds.total} feeds. `}
      <AnchorLink to="/feeds" underline="always">
        Feeds
      </AnchorLink>
    </Text>
  );
}

/** Of those of which it is known: nobody is good because nobody looked. */
function shareOf(n: number, judged: number, all: number) {
  if (!all) return undefined;
  if (!judged) return 'none of them is judged';
  return `${Math.round((100 * n) / judged)} % of ${judged < all ? `the ${number(judged)} that are judged` : 'them'}`;
}

/** A number, or that it is not known. */
const known = (n: number, judged: number, all: number) => (n || judged || !all ? n : '–');

/** Numbers and worst CVEs of the hosts that a filter lets through; each number leads to its hosts. */
export function Summary({ overview: o, filter = {} }: { overview: Overview; filter?: Search }) {
  const settings = useSettings();
  const hosts = (search: Search) => ({ ...filter, ...search });
  const tagged = o.tagged.filter((one) => one.hosts);
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Stat label="Hosts" value={o.hosts} search={hosts({})} about={`${number(o.hosts - o.hosts_silent)} reporting`} />
        <Stat
          label="Lack security updates"
          value={known(o.hosts_security, o.hosts_updates_judged, o.hosts)}
          search={hosts({ state: 'security', sort: '-security' })}
          colour="red"
          about={shareOf(o.hosts_security, o.hosts_updates_judged, o.hosts)}
        />
        {(
          [
            ['exploited', o.hosts_exploited],
            ['tagged', o.hosts_tagged],
          ] as const
        ).map(([state, n]) => (
          <Stat
            key={state}
            label={`Have ${state} CVEs`}
            value={known(n, o.hosts_cves_judged, o.hosts)}
            search={hosts({ state, sort: `-${state}` })}
            colour="red"
            about={shareOf(n, o.hosts_cves_judged, o.hosts)}
          />
        ))}
        <Stat label="Wait for a restart" value={o.hosts_reboot} search={hosts({ state: 'reboot' })} colour="orange" />
        <Stat
          label="Silent"
          value={o.hosts_silent}
          search={hosts({ state: 'silent', sort: 'last_report' })}
          colour="orange"
          about={settings.data ? `for more than ${settings.data.silent_after_hours} h` : undefined}
        />
        <Stat label="Out of support" value={o.hosts_unsupported} search={hosts({ state: 'unsupported', sort: 'support_ends' })} colour="red" about="their release gets no fixes" />
        <Stat label="Not judged" value={o.hosts_unjudged} search={hosts({ state: 'unjudged', sort: 'platform' })} colour="orange" about={`${number(o.hosts - o.hosts_updates_judged)} for updates, ${number(o.hosts - o.hosts_cves_judged)} for CVEs`} />
      </SimpleGrid>
      {tagged.length > 0 && (
        <Section title="Tagged CVEs">
          <Group gap="lg" role="list" aria-label="Hosts by the tags of their CVEs">
            {tagged.map(({ tag, hosts: n }) => (
              <div key={tag} role="listitem">
                <Tags names={[tag]} />
                <HostsLink search={hosts({ cve_tag: tag, sort: '-tagged' })} label={`${number(n)} hosts with CVEs tagged ${tag}`}>
                  {number(n)} hosts
                </HostsLink>
              </div>
            ))}
          </Group>
        </Section>
      )}
      <Section
        title="Worst CVEs, known exploited first"
        actions={
          <AnchorLink to="/cves" search={filter}>
            All {number(o.distinct_cves)} CVEs
          </AnchorLink>
        }
      >
        <Worst cves={o.worst_cves as Cve[]} filter={filter} />
      </Section>
    </>
  );
}

export function OverviewPage() {
  const overview = useOverview();
  return (
    <>
      <PageHead title="Overview" about="What is not patched, in the whole fleet." />
      <Loaded query={overview} height={200}>
        {(o) => (
          <>
            {o.hosts === 0 && (
              <Alert color="blue" variant="light" title="No host has reported yet" mb="md">
                Run <code>pakiti-client --url …</code> on a host; this page fills itself.
              </Alert>
            )}
            <Summary overview={o} />
            <Section title="Feeds">
              <FeedHealth feeds={o.feeds} />
            </Section>
          </>
        )}
      </Loaded>
      <Section title="Trend">
        <Trend title="The fleet over time" path="trend" />
      </Section>
    </>
  );
}
