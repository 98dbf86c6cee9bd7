// SPDX-License-Identifier: Apache-2.0

import { Code } from '@mantine/core';
import type { Command, Params } from '../api';
import { HostFilterBar, hostParams, usePageSearch } from '../filters';
import { Count, Flag, HostLink, PageHead } from '../pieces';
import { ListTable } from '../table';
import type { Column } from '../table';

const Line = ({ text }: { text: string }) => text && <Code className="break command">{text}</Code>;

const columns: Column<Command>[] = [
  { id: 'name', title: 'Host', sort: 'name', cell: (c) => <HostLink host={c} /> },
  { id: 'security', title: 'Security', sort: 'security', numeric: true, cell: (c) => <Count n={c.security} bad /> },
  { id: 'updates', title: 'Updates', sort: 'updates', numeric: true, cell: (c) => <Count n={c.updates} /> },
  {
    id: 'reboot_pending',
    title: 'Restart',
    sort: 'reboot_pending',
    worst: true,
    cell: (c) =>
      c.reboot_pending && (
        <Flag colour="orange" about="a newer kernel is installed and waits for a restart">
          restart
        </Flag>
      ),
  },
  { id: 'command_security', title: 'Installs the security updates', cell: (c) => <Line text={c.command_security} /> },
  { id: 'command_all', title: 'Installs all updates', extra: true, cell: (c) => <Line text={c.command_all} /> },
  { id: 'platform', title: 'Platform', sort: 'platform', extra: true, cell: (c) => c.platform },
  { id: 'site', title: 'Site', sort: 'site', extra: true, cell: (c) => <span className="break">{c.site}</span> },
  { id: 'domain', title: 'Domain', sort: 'domain', extra: true, cell: (c) => c.domain },
  { id: 'tag', title: 'Tag', sort: 'tag', extra: true, cell: (c) => c.tag },
];

/** Hosts that a filter lets through, and their commands. */
export function Commands({ filter, sort = '-security,-updates,name', ...more }: { filter: Params; sort?: string; onSort?: (sort: string | undefined) => void; empty?: string; limit?: number }) {
  return (
    <ListTable
      name="What to do"
      path="commands"
      params={filter}
      columns={columns}
      rowKey={(c) => c.key}
      sort={sort}
      empty="Nothing that is known: no host that fits has something to install, or waits for a restart."
      {...more}
    />
  );
}

export function TodoPage() {
  const { search, change } = usePageSearch();
  return (
    <>
      <PageHead title="What to do" about="Hosts that have something to install or wait for a restart, and the commands. The download has them all." />
      <HostFilterBar page="todo" />
      <Commands filter={hostParams(search)} sort={search.sort} onSort={(sort) => change({ sort })} />
    </>
  );
}
