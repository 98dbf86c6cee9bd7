// SPDX-License-Identifier: Apache-2.0

import { Autocomplete, Group, Select, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { usePageSearch, useNames } from '../filters';
import { PageHead, Section } from '../pieces';
import { Trend } from '../trend';
import { part } from '../api';

const KINDS = [
  { value: '', label: 'the whole fleet' },
  { value: 'domain', label: 'a domain' },
  { value: 'tld', label: 'a top-level domain' },
  { value: 'site', label: 'a site' },
  { value: 'tag', label: 'a host tag' },
  { value: 'platform', label: 'a platform' },
  { value: 'host', label: 'a host' },
];

function Which({ kind }: { kind: string }) {
  const { search, change } = usePageSearch();
  const [text, setText] = useState(search.value ?? '');
  const names = useNames(kind, text);
  useEffect(() => setText(search.value ?? ''), [search.value]);
  const done = () => change({ value: text || undefined });
  return (
    <Autocomplete
      label="Which"
      placeholder={kind === 'host' ? 'host name' : undefined}
      data={names}
      limit={50}
      value={text}
      onChange={setText}
      onOptionSubmit={(value) => change({ value })}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done();
      }}
    />
  );
}

export function StatisticsPage() {
  const { search, change } = usePageSearch();
  const kind = search.kind ?? '';
  const ready = !kind || search.value;
  return (
    <>
      <PageHead title="Statistics" about="Numbers day by day, recorded every hour. What exceptions take away is left out; for a single host it is counted." />
      <Group align="flex-end" gap="xs" mb="sm">
        <Select label="Show" data={KINDS} value={kind} onChange={(value) => change({ kind: value || undefined, value: undefined })} allowDeselect={false} />
        {kind && <Which key={kind} kind={kind} />}
      </Group>
      {!ready && <Text c="dimmed">Choose one, and its numbers are shown.</Text>}
      {ready && (
        <Section title={kind ? `${kind} ${search.value}` : 'The whole fleet'}>
          {kind === 'host' ? (
            <Trend key={search.value} title={`${search.value} over time`} path={`hosts/${part(search.value ?? '')}/trend`} host />
          ) : (
            <Trend key={`${kind} ${search.value}`} title={`${kind || 'fleet'} ${search.value ?? ''} over time`} path="trend" params={{ kind: kind || undefined, value: search.value }} />
          )}
        </Section>
      )}
    </>
  );
}
