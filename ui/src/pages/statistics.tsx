// SPDX-License-Identifier: Apache-2.0

import { Autocomplete, Group, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useGroupValues, usePageSearch } from '../filters';
import { PageHead, Section } from '../pieces';
import { Trend } from '../trend';
import { part } from '../api';

const KINDS = [
  { value: '', label: 'the whole fleet' },
  { value: 'domain', label: 'a domain' },
  { value: 'tld', label: 'a top-level domain' },
  { value: 'site', label: 'a site' },
  { value: 'tag', label: 'a tag' },
  { value: 'platform', label: 'a platform' },
  { value: 'host', label: 'a host' },
];

function Values({ kind }: { kind: string }) {
  const { search, change } = usePageSearch();
  const values = useGroupValues(kind);
  const [text, setText] = useState(search.value ?? '');
  useEffect(() => setText(search.value ?? ''), [search.value]);
  return (
    <Autocomplete
      label="Which"
      data={values}
      limit={50}
      value={text}
      onChange={setText}
      onOptionSubmit={(value) => change({ value })}
      onBlur={() => change({ value: text || undefined })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') change({ value: text || undefined });
      }}
    />
  );
}

function HostName() {
  const { search, change } = usePageSearch();
  const [text, setText] = useState(search.value ?? '');
  const done = () => change({ value: text || undefined });
  return (
    <TextInput
      label="Which"
      placeholder="host name"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
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
      <PageHead title="Statistics" about="Numbers day by day; they are noted every hour." />
      <Group align="flex-end" gap="xs" mb="sm">
        <Select label="Of" data={KINDS} value={kind} onChange={(value) => change({ kind: value || undefined, value: undefined })} allowDeselect={false} />
        {kind && kind !== 'host' && <Values key={kind} kind={kind} />}
        {kind === 'host' && <HostName />}
      </Group>
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
