// SPDX-License-Identifier: Apache-2.0

// A list of the HTTP interface as a table: sorted by the server, page after page,
// with columns to choose and the whole list to download.

import { Box, Button, Checkbox, Group, Menu, Popover, ScrollArea, Skeleton, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { address, get } from './api';
import type { Page, Params } from './api';
import { SortDownIcon, SortNoneIcon, SortUpIcon } from './icons';
import { Failed, number } from './pieces';

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Field to sort by. */
  sort?: string;
  numeric?: boolean;
  /** The first click sorts it descending, as numbers: the worst comes first. */
  worst?: boolean;
  /** Not shown until it is chosen. */
  extra?: boolean;
}

interface ListTableProps<Row> {
  /** Names the table for readers. */
  name: string;
  /** Under which the choice of columns is kept; else the name. */
  kind?: string;
  path: string;
  params?: Params;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  sort: string;
  /** undefined: the list's own order. */
  onSort?: (sort: string | undefined) => void;
  empty: ReactNode;
  /** Rows of a page. */
  limit?: number;
  /** Room for what belongs above the table. */
  above?: ReactNode;
  refresh?: number;
}

/** The order that a column would give next: its first one, the other one, then that of the list itself (""). */
function nextSort(current: string, field: string, descends: boolean) {
  const [one, other] = descends ? [`-${field}`, field] : [field, `-${field}`];
  return current === one ? other : current === other ? '' : one;
}

export function ListTable<Row extends object>(props: ListTableProps<Row>) {
  const { name, path, params, columns, rowKey, empty, limit = 50 } = props;
  const [ownSort, setOwnSort] = useState('');
  const sort = props.onSort ? props.sort : ownSort || props.sort;
  const setSort = (next: string) => (props.onSort ? props.onSort(next || undefined) : setOwnSort(next));
  const [visibility, setVisibility] = useLocalStorage<Record<string, boolean>>({ key: `columns-${props.kind ?? name}`, defaultValue: {} });

  const query = useInfiniteQuery({
    queryKey: [path, params, sort, limit],
    queryFn: ({ pageParam, signal }) => get<Page<Row>>(path, { ...params, sort, limit, cursor: pageParam || undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: props.refresh,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total ?? 0;

  const isShown = (column: Column<Row>) => visibility[column.id] ?? !column.extra;
  const shown = columns.filter(isShown);
  const first = query.isPending;
  const lost = query.isError && !query.data;
  const count = lost ? '' : first || query.isPlaceholderData ? 'Loading' : `${number(total)} ${total === 1 ? 'row' : 'rows'}`;
  const [leading = ''] = sort.split(',');

  return (
    <Box aria-busy={query.isFetching} className={query.isPlaceholderData ? 'waiting' : undefined}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Text size="sm" c="dimmed" role="status">
          {count}
        </Text>
        <Group gap="xs">
          {props.above}
          <Popover position="bottom-end" trapFocus returnFocus>
            <Popover.Target>
              <Button size="xs" variant="default">
                Columns
              </Button>
            </Popover.Target>
            <Popover.Dropdown>
              <ScrollArea.Autosize mah={320}>
                <Stack gap="xs" role="group" aria-label={`Columns of ${name}`}>
                  {columns.map((column) => (
                    <Checkbox
                      key={column.id}
                      label={column.title}
                      checked={isShown(column)}
                      disabled={shown.length === 1 && isShown(column)}
                      onChange={(event) => setVisibility({ ...visibility, [column.id]: event.currentTarget.checked })}
                    />
                  ))}
                  <Button size="compact-xs" variant="subtle" onClick={() => setVisibility({})}>
                    Reset columns
                  </Button>
                </Stack>
              </ScrollArea.Autosize>
            </Popover.Dropdown>
          </Popover>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs" variant="default">
                Download
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {['csv', 'json'].map((format) => (
                <Menu.Item key={format} component="a" href={address(path, { ...params, sort, download: format })} download>
                  {format.toUpperCase()}, all {number(total)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {query.isError && <Failed error={query.error} retry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())} />}
      {!lost && (
        <Table.ScrollContainer type="native" minWidth={0} tabIndex={0} role="region" aria-label={name} className="list">
          <Table striped highlightOnHover tabularNums verticalSpacing={6} horizontalSpacing={8}>
            <Table.Caption className="hidden">{name}</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                {shown.map((column) => {
                  const field = column.sort;
                  const direction = field && leading === field ? 'ascending' : field && leading === `-${field}` ? 'descending' : 'none';
                  const Icon = direction === 'ascending' ? SortUpIcon : direction === 'descending' ? SortDownIcon : SortNoneIcon;
                  return (
                    <Table.Th key={column.id} ta={column.numeric ? 'right' : undefined} aria-sort={field ? direction : undefined} scope="col">
                      {field ? (
                        <UnstyledButton onClick={() => setSort(nextSort(leading, field, (column.numeric || column.worst) ?? false))} fw={700} fz="sm" className="nowrap">
                          {column.title} <Icon size={12} />
                        </UnstyledButton>
                      ) : (
                        <span className="nowrap">{column.title}</span>
                      )}
                    </Table.Th>
                  );
                })}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {first &&
                [0, 1, 2, 3, 4].map((i) => (
                  <Table.Tr key={i}>
                    <Table.Td colSpan={shown.length}>
                      <Skeleton height={16} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              {rows.map((row) => (
                <Table.Tr key={rowKey(row)}>
                  {shown.map((column) => (
                    <Table.Td key={column.id} ta={column.numeric ? 'right' : undefined}>
                      {column.cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {!first && !lost && rows.length === 0 && (
        <Box py="lg" ta="center">
          {typeof empty === 'string' ? <Text c="dimmed">{empty}</Text> : empty}
        </Box>
      )}
      {query.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more ({number(rows.length)} of {number(total)})
          </Button>
        </Group>
      )}
    </Box>
  );
}

