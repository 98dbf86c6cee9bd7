// SPDX-License-Identifier: Apache-2.0

import { Table, Text, Title, UnstyledButton } from '@mantine/core';
import {
  createColumnHelper,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
} from '@tanstack/react-table';
import type { SortingState } from '@tanstack/react-table';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { SortDownIcon, SortNoneIcon, SortUpIcon } from '../icons';
import { AnchorLink } from '../links';
import { useTitle } from '../title';

interface Host {
  name: string;
  site: string;
  security: number;
}

const hosts: Host[] = Array.from({ length: 20 }, (_, i) => ({
  name: `host${String(i + 1).padStart(2, '0')}.example.org`,
  site: i % 2 ? 'B' : 'A',
  security: (i * 7) % 20,
}));

const column = createColumnHelper<Host>();
const columns = [
  column.accessor('name', { header: 'Host' }),
  column.accessor('site', {
    header: 'Site',
    cell: (cell) => (
      <AnchorLink to="/" search={(search) => ({ ...search, site: cell.getValue() })}>
        {cell.getValue()}
      </AnchorLink>
    ),
  }),
  column.accessor('security', { header: 'Security updates', meta: { numeric: true } }),
];

const route = getRouteApi('/');

export function HostsPage() {
  useTitle('Hosts');
  const { site, sort } = route.useSearch();
  const navigate = route.useNavigate();
  // The same arrays from render to render: a new one makes the table compute
  // all again and, where it also resets its page, do so without end.
  const sorting: SortingState = useMemo(
    () => (sort ? [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }] : []),
    [sort],
  );
  const data = useMemo(
    () => (site ? hosts.filter((host) => host.site === site) : hosts),
    [site],
  );
  const table = useReactTable({
    data,
    columns,
    state: { sorting },
    autoResetPageIndex: false,
    onSortingChange: (update) => {
      const [first] = typeof update === 'function' ? update(sorting) : update;
      void navigate({
        search: (search) => ({
          ...search,
          sort: first && (first.desc ? `-${first.id}` : first.id),
        }),
        replace: true,
      });
    },
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });

  return (
    <>
      <Title order={1} size="h2" mb="md">
        Hosts
      </Title>
      {site && (
        <Text mb="sm">
          Site {site}.{' '}
          <AnchorLink to="/" search={(search) => ({ ...search, site: undefined })}>
            All sites
          </AnchorLink>
        </Text>
      )}
      <Table.ScrollContainer minWidth={480}>
        <Table striped highlightOnHover stickyHeader>
          <Table.Caption>{table.getRowModel().rows.length} hosts</Table.Caption>
          <Table.Thead>
            {table.getHeaderGroups().map((group) => (
              <Table.Tr key={group.id}>
                {group.headers.map((header) => {
                  const sorted = header.column.getIsSorted();
                  const Arrow = { asc: SortUpIcon, desc: SortDownIcon, none: SortNoneIcon }[
                    sorted || 'none'
                  ];
                  return (
                    <Table.Th
                      key={header.id}
                      scope="col"
                      aria-sort={
                        sorted ? (sorted === 'desc' ? 'descending' : 'ascending') : undefined
                      }
                    >
                      <UnstyledButton
                        fw={600}
                        fz="sm"
                        onClick={header.column.getToggleSortingHandler()}
                      >
                        {flexRender(header.column.columnDef.header, header.getContext())}{' '}
                        <Arrow size={14} />
                      </UnstyledButton>
                    </Table.Th>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Thead>
          <Table.Tbody>
            {table.getRowModel().rows.map((row) => (
              <Table.Tr key={row.id}>
                {row.getVisibleCells().map((cell) => (
                  <Table.Td
                    key={cell.id}
                    ta={cell.column.columnDef.meta?.numeric ? 'right' : undefined}
                  >
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
