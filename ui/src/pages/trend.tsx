// SPDX-License-Identifier: Apache-2.0

import { LineChart } from '@mantine/charts';
import { Title } from '@mantine/core';
import { useTitle } from '../title';

const days = Array.from({ length: 14 }, (_, i) => ({
  day: `2026-01-${String(i + 1).padStart(2, '0')}`,
  hosts: 40 - i + ((i * 5) % 7),
}));

export function TrendPage() {
  useTitle('Trend');
  return (
    <>
      <Title order={1} size="h2" mb="md">
        Trend
      </Title>
      <LineChart
        h={300}
        data={days}
        dataKey="day"
        series={[{ name: 'hosts', label: 'Hosts with updates', color: 'blue.6' }]}
        withLegend
        lineChartProps={{ title: 'Hosts with updates, by day' }}
        curveType="linear"
      />
    </>
  );
}
