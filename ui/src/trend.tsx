// SPDX-License-Identifier: Apache-2.0

import { Group, SegmentedControl, Text } from '@mantine/core';
import { LineChart } from '@mantine/charts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from './api';
import type { Page, Params, TrendPoint } from './api';
import { Loaded, number } from './pieces';

export type Series = { name: keyof TrendPoint & string; label: string; color: string };

const HOST_SERIES: Series[] = [
  { name: 'hosts', label: 'Hosts', color: 'gray.6' },
  { name: 'hosts_security', label: 'lack security updates', color: 'red.6' },
  { name: 'hosts_cves', label: 'have CVEs', color: 'orange.6' },
  { name: 'hosts_tagged', label: 'have tagged CVEs', color: 'grape.6' },
  { name: 'hosts_silent', label: 'silent', color: 'blue.6' },
];
const FINDING_SERIES: Series[] = [
  { name: 'updates', label: 'Updates', color: 'yellow.7' },
  { name: 'security', label: 'Security updates', color: 'red.6' },
  { name: 'cves', label: 'CVEs', color: 'orange.6' },
];

const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Numbers over time, of the fleet, a group or a host. */
export function Trend({ title, path, params, host = false }: { title: string; path: string; params?: Params; host?: boolean }) {
  const [days, setDays] = useState('90');
  const [what, setWhat] = useState(host ? 'findings' : 'hosts');
  const from = new Date(Date.now() - Number(days) * 86_400_000).toISOString().slice(0, 10);
  const query = useQuery({
    queryKey: [path, params, 'trend', from],
    queryFn: ({ signal }) => get<Page<TrendPoint>>(path, { ...params, from, sort: 'day', limit: 1000 }, signal),
  });
  const series = what === 'hosts' ? HOST_SERIES : FINDING_SERIES;
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
      </Group>
      <Loaded query={query} height={240}>
        {({ items }) =>
          items.length === 0 ? (
            <Text c="dimmed" size="sm">
              No numbers yet: they are noted every hour.
            </Text>
          ) : (
            <>
              <LineChart
                h={240}
                data={items.map((point) => ({ ...point, when: day.format(new Date(`${point.day}T00:00:00Z`)) }))}
                dataKey="when"
                series={series}
                withLegend
                withDots={items.length < 3}
                curveType="linear"
                valueFormatter={number}
                lineChartProps={{ title }}
              />
              <div className="hidden">
                <table>
                  <caption>{title}</caption>
                  <thead>
                    <tr>
                      <th scope="col">Day</th>
                      {series.map((one) => (
                        <th scope="col" key={one.name}>
                          {one.label}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {items.slice(-7).map((point) => (
                      <tr key={point.day}>
                        <th scope="row">{point.day}</th>
                        {series.map((one) => (
                          <td key={one.name}>{point[one.name]}</td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}
