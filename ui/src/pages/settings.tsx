// SPDX-License-Identifier: Apache-2.0

import { Alert, Anchor, Button, NumberInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { address, get, send } from '../api';
import type { About, Settings } from '../api';
import { base } from '../base';
import { EditError, useEdit } from '../decide';
import { Facts, Loaded, number, PageHead, Section, Time, useSettings } from '../pieces';

function Form({ given }: { given: Settings }) {
  const [before, setBefore] = useState(given);
  const [body, setBody] = useState(given);
  const save = useEdit(
    (edit: Partial<Settings>) => send('PATCH', 'settings', edit),
    () => setBefore(body),
  );
  const set = (values: Partial<Settings>) => {
    setBody({ ...body, ...values });
    save.reset();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // what somebody else changed meanwhile is theirs
        save.mutate(Object.fromEntries(Object.entries(body).filter(([name, value]) => value !== before[name as keyof Settings])));
      }}
    >
      <Stack gap="sm" maw={480}>
        <TextInput label="Name of this installation" value={body.title} onChange={(e) => set({ title: e.currentTarget.value })} required />
        <TextInput
          label="Tags that are offered for CVEs"
          description="separated by commas"
          value={body.tag_names}
          onChange={(e) => set({ tag_names: e.currentTarget.value })}
          required
        />
        <NumberInput
          label="Hours after which a host is silent"
          min={1}
          clampBehavior="none"
          max={8760}
          value={body.silent_after_hours}
          onChange={(value) => set({ silent_after_hours: value as number })}
          required
        />
        <NumberInput
          label="Days for which numbers are kept"
          min={1}
          clampBehavior="none"
          max={36500}
          value={body.keep_trend_days}
          onChange={(value) => set({ keep_trend_days: value as number })}
          required
        />
        <EditError error={save.error} />
        {save.isSuccess && (
          <Alert color="green" variant="light" role="status">
            Saved.
          </Alert>
        )}
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  );
}

export function SettingsPage() {
  const settings = useSettings();
  const about = useQuery({ queryKey: ['about'], queryFn: ({ signal }) => get<About>('about', {}, signal) });
  return (
    <>
      <PageHead title="Settings and about" />
      <Section title="Settings">
        <Loaded query={settings}>{(value) => <Form given={value} />}</Loaded>
      </Section>
      <Section title="About">
        <Loaded query={about}>
          {(a) => (
            <Facts
              of={[
                ['Version', a.version],
                ['Running since', <Time at={a.started} />],
                ['Data of', <Time at={a.as_of} />],
                ['Hosts', number(a.hosts)],
                ['Distinct profiles', number(a.profiles)],
                ['Distinct packages', number(a.packages)],
                ['Feeds', number(a.feeds)],
                ['Definitions and facts', number(a.definitions)],
              ]}
            />
          )}
        </Loaded>
        <ul>
          <li>
            <Anchor href={address('openapi.yaml')}>The API's description (OpenAPI 3.1)</Anchor>
          </li>
          <li>
            <Anchor href={`${base}metrics`}>Metrics for Prometheus</Anchor>
          </li>
          <li>
            <Anchor href={`${base}assets/licenses.txt`}>Licences of what these pages are made with</Anchor>
          </li>
        </ul>
      </Section>
    </>
  );
}
