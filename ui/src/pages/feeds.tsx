// SPDX-License-Identifier: Apache-2.0

import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { send } from '../api';
import type { Feed } from '../api';
import { EditError, useEdit } from '../decide';
import { usePageSearch } from '../filters';
import { Count, DialogButton, number, PageHead, Time } from '../pieces';
import { ListTable } from '../table';
import type { Column } from '../table';

/* A large feed takes minutes; one that was not even begun tells nothing. */
const PATIENCE_MS = 600_000;

function Fetch({ feed }: { feed: Feed }) {
  const [asked, setAsked] = useState<string>();
  const edit = useEdit((accept: boolean) => send('POST', 'feeds/sync', { feed: feed.name, accept }), () => setAsked(feed.last_try ?? ''));
  useEffect(() => {
    if (asked === undefined) return;
    const patience = setTimeout(() => setAsked(undefined), PATIENCE_MS);
    return () => clearTimeout(patience);
  }, [asked]);
  const waits = asked !== undefined && asked === (feed.last_try ?? '');
  return (
    <>
      <Group gap={4}>
        <Button size="compact-xs" variant="default" loading={edit.isPending || waits} onClick={() => edit.mutate(false)} aria-label={`Fetch ${feed.name} now`}>
          Fetch now
        </Button>
        {feed.held && (
          <DialogButton label="Accept…" about={`Accept the change of ${feed.name}`} title={`Accept the change of ${feed.name}?`}>
            {(close) => (
              <Stack>
                <Text size="sm" className="break">
                  {feed.error}
                </Text>
                <Text size="sm">
                  In force are {number(feed.packages)} versions and {number(feed.definitions)} definitions. The feed is fetched again, and what comes is taken however much
                  it changes.
                </Text>
                <Group justify="flex-end">
                  <Button variant="default" onClick={close}>
                    Keep what is in force
                  </Button>
                  <Button
                    color="red"
                    onClick={() => {
                      close();
                      edit.mutate(true);
                    }}
                  >
                    Accept the change
                  </Button>
                </Group>
              </Stack>
            )}
          </DialogButton>
        )}
      </Group>
      <EditError error={edit.error} />
    </>
  );
}

const colour = (feed: Feed) => (feed.failing ? 'red' : feed.held || feed.stale || feed.refused ? 'orange' : feed.last_good ? 'green' : 'gray');

const columns: Column<Feed>[] = [
  { id: 'name', title: 'Feed', sort: 'name', cell: (f) => <span className="break">{f.name}</span> },
  {
    id: 'health',
    title: 'Health',
    sort: 'health',
    cell: (f) => (
      <>
        <Badge className={`mark wraps mark-${colour(f)}`} tt="none" radius="sm">
          {f.health}
        </Badge>
        {(f.error || f.refused_documents) && <div className="break small">{f.error || f.refused_documents}</div>}
      </>
    ),
  },
  { id: 'actions', title: 'Actions', cell: (f) => <Fetch feed={f} /> },
  { id: 'last_good', title: 'Last good', sort: 'last_good', cell: (f) => <Time at={f.last_good} /> },
  { id: 'type', title: 'Type', sort: 'type', cell: (f) => f.type },
  { id: 'platform', title: 'Platform', sort: 'platform', cell: (f) => f.platform || 'all' },
  { id: 'packages', title: 'Versions', sort: 'packages', numeric: true, cell: (f) => <Count n={f.packages} /> },
  { id: 'definitions', title: 'Definitions', sort: 'definitions', numeric: true, cell: (f) => <Count n={f.definitions} /> },
  { id: 'last_change', title: 'Last change', sort: 'last_change', extra: true, cell: (f) => <Time at={f.last_change} /> },
  { id: 'last_try', title: 'Last try', sort: 'last_try', extra: true, cell: (f) => <Time at={f.last_try} /> },
  { id: 'class', title: 'Class', sort: 'class', extra: true, cell: (f) => f.class },
  { id: 'signed', title: 'Signature', sort: 'signed', extra: true, cell: (f) => (f.signed ? 'checked' : 'not checked') },
  { id: 'url', title: 'Address', sort: 'url', extra: true, cell: (f) => <span className="break">{f.url}</span> },
];

export function FeedsPage() {
  const { search, change } = usePageSearch();
  return (
    <>
      <PageHead
        title="Feeds"
        about="Where versions and vulnerabilities come from. A feed that fails, or changes suspiciously, keeps what it had; feeds are added with pakiti feed add."
      />
      <ListTable
        name="Feeds"
        path="feeds"
        columns={columns}
        rowKey={(f) => f.name}
        sort={search.sort ?? '-held,-failing,name'}
        onSort={(sort) => change({ sort })}
        empty="No feed is configured: pakiti feed import-host, pakiti feed add-defaults debian:12"
        limit={200}
        refresh={3_000}
      />
    </>
  );
}
