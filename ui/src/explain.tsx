// SPDX-License-Identifier: Apache-2.0

import { Badge, Card, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { get, part } from './api';
import type { Explanation, Page } from './api';
import { DialogButton, Facts, Loaded, State, Time } from './pieces';

function One({ x }: { x: Explanation }) {
  const lines: [string, React.ReactNode][] = [
    ['Because', x.because],
    ['Excepted', x.exception !== null && `${x.reason} (exception ${x.exception})`],
    ['Installed', x.package && `${x.package} ${x.installed} ${x.arch}`],
    ['Source package', x.source && `${x.source} ${x.source_version}`],
    ['Rule', x.rule && `${x.rule} (${x.order} order)`],
    ['Fixed in', x.fixed],
    ['State', x.package && <State is={x.state} />],
    ['Note', x.note],
    ['Advisory', x.advisory],
    ['Definition', x.definition],
    ['Title', x.title],
    ['Feed', <>{x.feed}, <Time at={x.feed_date} /></>],
    ['Approximate', x.approximate && `judged by the data of ${x.approximate}`],
  ];
  return (
    <Card withBorder>
      <Badge className={`mark mark-${x.vulnerable ? 'red' : 'green'}`} tt="none" radius="sm" mb="xs">
        {!x.vulnerable ? 'not vulnerable' : x.exception === null ? 'vulnerable' : 'vulnerable, but excepted'}
      </Badge>
      <Facts of={lines} />
    </Card>
  );
}

function Explanations({ host, cve }: { host: string; cve: string }) {
  const query = useQuery({
    queryKey: ['explain', host, cve],
    queryFn: ({ signal }) => get<Page<Explanation>>(`hosts/${part(host)}/cves/${cve}`, { limit: 200 }, signal),
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack>
          {items.map((x) => (
            <One key={x.number} x={x} />
          ))}
          {items.length === 0 && <Text c="dimmed">No feed mentions it.</Text>}
        </Stack>
      )}
    </Loaded>
  );
}

/** Why a host is vulnerable, or is not: the rule, the feed and the versions that decided. */
export const Why = ({ host, name, cve, label = 'Why?' }: { host: string; name: string; cve: string; label?: string }) => (
  <DialogButton label={label} about={`Why ${cve} on ${name}`} title={`${cve} on ${name}`} wide>
    {() => <Explanations host={host} cve={cve} />}
  </DialogButton>
);
