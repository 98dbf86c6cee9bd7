// SPDX-License-Identifier: Apache-2.0

// Forms for what people decide: tags of CVEs, exceptions.

import { Alert, Autocomplete, Button, Checkbox, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, send } from './api';
import type { CveTag, CveTagEdit, Exception, ExceptionEdit, Page } from './api';
import { useGroupValues, useNames } from './filters';
import { DialogButton, useSettings } from './pieces';

/** Change something; everything that is shown is asked for again. */
export function useEdit<Body, Result = unknown>(edit: (body: Body) => Promise<Result>, done?: (result: Result) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: edit,
    onSuccess: async (result) => {
      await queries.invalidateQueries();
      done?.(result);
    },
  });
}

export function EditError({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <Alert color="red" variant="light" role="alert">
      {error.message}
    </Alert>
  );
}

/** The person who decides, remembered by the browser. */
const usePerson = () => useLocalStorage({ key: 'person', defaultValue: '', getInitialValueInEffect: false });

/** Tags of a CVE, disabled ones too. */
export function useTagsOf(cve: string) {
  return useQuery({
    queryKey: ['cve-tags', cve],
    queryFn: ({ signal }) => get<Page<CveTag>>('cve-tags', { cve, limit: 200 }, signal),
    enabled: /^CVE-\d{4}-\d{4,}$/.test(cve),
  });
}

function TagForm({ given, close }: { given: Partial<CveTag>; close: () => void }) {
  const settings = useSettings();
  const [person, setPerson] = usePerson();
  const [body, setBody] = useState({
    cve: given.cve ?? '',
    tag: given.tag ?? '',
    reason: given.reason ?? '',
    url: given.url ?? '',
    enabled: given.enabled ?? true,
  });
  const set = (values: Partial<typeof body>) => setBody({ ...body, ...values });
  const cve = body.cve.trim().toUpperCase();
  const save = useEdit((edit: CveTagEdit) => send('PUT', 'cve-tags', edit), close);
  const names = [...new Set(settings.data?.tag_names.split(',').map((name) => name.trim()).filter(Boolean))];
  const known = useTagsOf(cve).data?.items ?? [];
  const same = given.tag ? undefined : known.find((tag) => tag.tag === body.tag.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ ...body, cve, tag: body.tag.trim(), modified_by: person });
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="CVE"
          placeholder="CVE-2024-6387"
          value={body.cve}
          onChange={(e) => set({ cve: e.currentTarget.value })}
          required
          readOnly={!!given.cve}
          data-autofocus={given.cve ? undefined : true}
        />
        <Autocomplete label="Tag" data={names} value={body.tag} onChange={(tag) => set({ tag })} required readOnly={!!given.tag} data-autofocus={given.cve && !given.tag ? true : undefined} />
        {same && (
          <Alert color="yellow" variant="light" title="It has this tag already">
            <Stack gap="xs" align="flex-start">
              <Text size="sm">
                {same.reason || 'No reason given'} ({same.modified_by || 'nobody named'}). Saving replaces it.
              </Text>
              <Button size="compact-xs" variant="default" onClick={() => set({ reason: same.reason, url: same.url, enabled: same.enabled })}>
                Begin with what it says
              </Button>
            </Stack>
          </Alert>
        )}
        <Textarea label="Reason" autosize minRows={2} value={body.reason} onChange={(e) => set({ reason: e.currentTarget.value })} data-autofocus={given.tag ? true : undefined} />
        <TextInput label="Link" type="url" placeholder="https://…" value={body.url} onChange={(e) => set({ url: e.currentTarget.value })} />
        <TextInput label="Your name" value={person} onChange={(e) => setPerson(e.currentTarget.value)} />
        <Checkbox label="Enabled" checked={body.enabled} onChange={(e) => set({ enabled: e.currentTarget.checked })} />
        <EditError error={save.error} />
        <Button type="submit" loading={save.isPending}>
          Save the tag
        </Button>
      </Stack>
    </form>
  );
}

export const TagButton = ({ given = {}, label = 'Tag this CVE', size = 'sm', about }: { given?: Partial<CveTag>; label?: string; size?: string; about?: string }) => (
  <DialogButton label={label} about={about} size={size} title="Tag a CVE">
    {(close) => <TagForm given={given} close={close} />}
  </DialogButton>
);

const GROUPS = [
  { value: '', label: 'all hosts' },
  { value: 'host', label: 'one host' },
  { value: 'site', label: 'a site' },
  { value: 'domain', label: 'a domain' },
  { value: 'tld', label: 'a top-level domain' },
  { value: 'tag', label: 'a tag' },
];

/* The last second of a day, where the reader is; and that day again. */
const endOf = (day: string) => new Date(`${day}T23:59:59`).toISOString().replace(/\.\d+Z$/, 'Z');
function dayOf(at: string) {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function ExceptionForm({ given, close }: { given: Partial<Exception>; close: () => void }) {
  const [person, setPerson] = usePerson();
  const platforms = useGroupValues('platform');
  const [body, setBody] = useState({
    cve: given.cve ?? '',
    package: given.package ?? '',
    version: given.version ?? '',
    arch: given.arch ?? '',
    platform: given.platform ?? '',
    group: (given.group ?? '') as NonNullable<ExceptionEdit['group']>,
    value: given.value ?? '',
    reason: given.reason ?? '',
    approver: given.approver ?? person,
    expires: given.expires ? dayOf(given.expires) : '',
  });
  const set = (values: Partial<typeof body>) => setBody({ ...body, ...values });
  const names = useNames(body.group, body.value);
  const [idle, setIdle] = useState(false);
  const save = useEdit(
    async (edit: ExceptionEdit) => {
      const { id } = await (given.id ? send<{ id: number }>('PUT', `exceptions/${given.id}`, edit) : send<{ id: number }>('POST', 'exceptions', edit));
      return get<Exception>(`exceptions/${id}`);
    },
    (saved) => (saved.hosts ? close() : setIdle(true)),
  );
  if (idle)
    return (
      <Stack>
        <Alert color="yellow" variant="light" title="Saved, but it takes nothing away now" role="alert">
          No host has a finding that fits everything it says. If that is a surprise, look at its spelling: site, host and package are compared letter by letter.
        </Alert>
        <Button onClick={close}>Close</Button>
      </Stack>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!given.id) setPerson(body.approver);
        const unchanged = given.expires && dayOf(given.expires) === body.expires;
        save.mutate({
          ...body,
          cve: body.cve.trim().toUpperCase(),
          value: body.group ? body.value : '',
          expires: unchanged ? given.expires : body.expires ? endOf(body.expires) : null,
        });
      }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Findings that match everything below are no longer counted. Give a CVE, a package, or both.
        </Text>
        <TextInput
          label="CVE"
          placeholder="empty: every CVE of the package"
          value={body.cve}
          onChange={(e) => set({ cve: e.currentTarget.value })}
          data-autofocus={given.cve ? undefined : true}
        />
        <Group grow>
          <TextInput label="Package" value={body.package} onChange={(e) => set({ package: e.currentTarget.value })} />
          <TextInput label="Version" placeholder="any" value={body.version} onChange={(e) => set({ version: e.currentTarget.value })} />
          <TextInput label="Architecture" placeholder="any" value={body.arch} onChange={(e) => set({ arch: e.currentTarget.value })} />
        </Group>
        <Autocomplete label="Platform" placeholder="any" data={platforms} value={body.platform} onChange={(platform) => set({ platform })} />
        <Group grow align="flex-end">
          <Select
            label="For"
            data={GROUPS}
            value={body.group}
            onChange={(group) => set({ group: (group ?? '') as typeof body.group, value: '' })}
            allowDeselect={false}
          />
          {body.group && <Autocomplete label="Which" data={names} limit={20} value={body.value} onChange={(value) => set({ value })} required />}
        </Group>
        <Textarea
          label="Reason"
          autosize
          minRows={2}
          value={body.reason}
          onChange={(e) => set({ reason: e.currentTarget.value })}
          required
          data-autofocus={given.cve ? true : undefined}
        />
        <Group grow>
          <TextInput label="Approved by" value={body.approver} onChange={(e) => set({ approver: e.currentTarget.value })} required />
          <TextInput label="Until the end of" description="empty: for ever" type="date" value={body.expires} onChange={(e) => set({ expires: e.currentTarget.value })} />
        </Group>
        <EditError error={save.error} />
        <Button type="submit" loading={save.isPending}>
          Save the exception
        </Button>
      </Stack>
    </form>
  );
}

export const ExceptionButton = ({
  given = {},
  label = 'Add an exception',
  size = 'sm',
  about,
}: {
  given?: Partial<Exception>;
  label?: string;
  size?: string;
  about?: string;
}) => (
  <DialogButton label={label} about={about} size={size} title={given.id ? 'Change an exception' : 'Add an exception'}>
    {(close) => <ExceptionForm given={given} close={close} />}
  </DialogButton>
);

function Removal({ remove, close }: { remove: () => Promise<unknown>; close: () => void }) {
  const edit = useEdit(remove, close);
  return (
    <Stack>
      <EditError error={edit.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Keep
        </Button>
        <Button color="red" loading={edit.isPending} onClick={() => edit.mutate(undefined)}>
          Remove
        </Button>
      </Group>
    </Stack>
  );
}

/** A button that asks before it removes something. */
export const RemoveButton = ({ what, remove }: { what: string; remove: () => Promise<unknown> }) => (
  <DialogButton label="Remove" about={`Remove ${what}`} title={`Remove ${what}?`}>
    {(close) => <Removal remove={remove} close={close} />}
  </DialogButton>
);
