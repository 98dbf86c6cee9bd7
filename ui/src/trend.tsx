// SPDX-License-Identifier: Apache-2.0

import { Anchor, Button, Group, SegmentedControl, SimpleGrid, Table, Text } from '@mantine/core';
import { LineChart } from '@mantine/charts';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { address, get } from './api';
import type { Page, Params, TrendPoint } from './api';
import { Loaded, number } from './pieces';

/* Lines differ in more than colour: in their strokes too. The colours are told apart by people who confuse red and green (Okabe and Ito). */
type Series = { name: keyof TrendPoint & string; label: string; color: string; strokeDasharray?: string };

const HOST_SERIES: Series[] = [
  { name: 'hosts', label: 'Hosts', color: 'gray.6' },
  { name: 'hosts_security', label: 'lack security updates', color: '#d55e00' },
  { name: 'hosts_cves', label: 'have CVEs', color: '#0072b2', strokeDasharray: '6 3' },
  { name: 'hosts_tagged', label: 'have tagged CVEs', color: '#cc79a7', strokeDasharray: '2 3' },
  { name: 'hosts_reboot', label: 'wait for a restart', color: '#e69f00', strokeDasharray: '8 3 2 3' },
  { name: 'hosts_silent', label: 'silent', color: '#009e73', strokeDasharray: '1 4' },
];
const UPDATE_SERIES: Series[] = [
  { name: 'updates', label: 'Updates', color: '#0072b2', strokeDasharray: '6 3' },
  { name: 'security', label: 'Security updates', color: '#d55e00' },
];
/* A chart of their own: there are so many that the others would lie on the ground. */
const CVE_SERIES: Series[] = [{ name: 'cves', label: 'CVEs', color: '#cc79a7' }];

const DAY_MS = 86_400_000;
const day = new Intl.DateTimeFormat('en-GB', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' });
const told = (form: Intl.DateTimeFormat, moment: unknown) => (Number.isFinite(Number(moment)) ? form.format(Number(moment)) : '');
const momentOf = (point: TrendPoint) => Date.parse(`${point.day}T00:00:00Z`);

function Chart({ title, items, series, long }: { title: string; items: TrendPoint[]; series: Series[]; long: boolean }) {
  const form = long ? dayOfYear : day;
  return (
    <LineChart
      h={240}
      data={items.map((point) => ({ ...point, moment: momentOf(point) }))}
      dataKey="moment"
      series={series}
      withLegend
      withDots={items.length < 3}
      curveType="linear"
      valueFormatter={number}
      xAxisProps={{ type: 'number', scale: 'time', domain: ['dataMin', 'dataMax'], tickFormatter: (moment: unknown) => told(form, moment) }}
      yAxisProps={{ allowDecimals: false, width: 70 }}
      tooltipProps={{ labelFormatter: (moment) => told(dayOfYear, moment) }}
      lineChartProps={{ title }}
    />
  );
}

/** How much it is more or less than at the beginning. */
function Change({ items, series }: { items: TrendPoint[]; series: Series[] }) {
  const [first, last] = [items[0], items[items.length - 1]];
  if (!first || !last || items.length < 2) return null;
  return (
    <Text size="sm" c="dimmed" mt="xs">
      Since {dayOfYear.format(momentOf(first))}:{' '}
      {series
        .map((one) => {
          const change = Number(last[one.name]) - Number(first[one.name]);
          return `${one.label} ${change > 0 ? '+' : change < 0 ? '−' : '±'}${number(Math.abs(change))}`;
        })
        .join(', ')}
      . Recorded every hour.
    </Text>
  );
}

function Numbers({ title, items, series }: { title: string; items: TrendPoint[]; series: Series[] }) {
  return (
    <Table striped tabularNums>
      <Table.Caption className="hidden">{title}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Day</Table.Th>
          {series.map((one) => (
            <Table.Th scope="col" key={one.name} ta="right">
              {one.label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {[...items].reverse().map((point) => (
          <Table.Tr key={point.day}>
            <Table.Th scope="row" className="nowrap">
              {point.day}
            </Table.Th>
            {series.map((one) => (
              <Table.Td key={one.name} ta="right">
                {number(Number(point[one.name]))}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Numbers over time, of the fleet, a group or a host. */
export function Trend({ title, path, params, host = false }: { title: string; path: string; params?: Params; host?: boolean }) {
  const [days, setDays] = useState('90');
  const [what, setWhat] = useState(host ? 'findings' : 'hosts');
  const [table, { toggle }] = useDisclosure(false);
  const from = new Date(Date.now() - Number(days) * DAY_MS).toISOString().slice(0, 10);
  const query = useQuery({
    queryKey: [path, params, 'trend', from],
    queryFn: ({ signal }) => get<Page<TrendPoint>>(path, { ...params, from, sort: 'day', limit: 1000 }, signal),
  });
  const charts = what === 'hosts' ? [HOST_SERIES] : [UPDATE_SERIES, CVE_SERIES];
  const series = charts.flat();
  return (
    <>
      <Group gap="xs" mb="xs">
        <SegmentedControl
          size="xs"
          value={days}
          onChange={setDays}
          aria-label={`${title}: time`}
          data={[
            { value: '30', label: '30 days' },
            { value: '90', label: '90 days' },
            { value: '365', label: '1 year' },
          ]}
        />
        {!host && (
          <SegmentedControl
            size="xs"
            value={what}
            onChange={setWhat}
            aria-label={`${title}: numbers`}
            data={[
              { value: 'hosts', label: 'Hosts' },
              { value: 'findings', label: 'Findings' },
            ]}
          />
        )}
        <Button size="xs" variant="default" onClick={toggle} aria-pressed={table}>
          As a table
        </Button>
        <Anchor size="sm" href={address(path, { ...params, from, sort: 'day', download: 'csv' })} download>
          Download
        </Anchor>
      </Group>
      <Loaded query={query} height={240}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed" size="sm">
              No numbers yet: they are recorded every hour.
            </Text>
          ) : table ? (
            <Table.ScrollContainer type="native" minWidth={0} mah={320} tabIndex={0} role="region" aria-label={title}>
              <Numbers title={title} items={items} series={series} />
            </Table.ScrollContainer>
          ) : (
            <>
              <SimpleGrid cols={{ base: 1, md: charts.length }}>
                {charts.map((one) => (
                  <Chart key={one[0]?.name} title={charts.length > 1 ? `${title}: ${one[0]?.label}` : title} items={items} series={one} long={days === '365'} />
                ))}
              </SimpleGrid>
              <Change items={items} series={series} />
              <div className="hidden">
                <Numbers title={title} items={items.slice(-30)} series={series} />
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}
