// SPDX-License-Identifier: Apache-2.0

// Filters of hosts, kept in the address, so that they can be shared; those that are
// saved under a name are kept in the browser.

import { Autocomplete, Badge, Button, CloseButton, Group, Menu, Modal, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { get } from './api';
import type { Group as Counted, Page, Params } from './api';
import type { Search } from './search';

/** Filters that every list of the fleet takes. */
export const HOST_FILTERS = ['q', 'domain', 'tld', 'site', 'tag', 'platform', 'os', 'arch', 'kernel', 'client', 'state', 'package', 'cve', 'cve_tag', 'activity'];
/** Those that mean something when they are empty: hosts that told nothing. */
const TOLD = ['domain', 'tld', 'site', 'tag', 'platform', 'os', 'arch', 'kernel', 'client'];

const STATES = [
  { value: 'security', label: 'lacks security updates' },
  { value: 'updates', label: 'lacks updates' },
  { value: 'cves', label: 'has CVEs' },
  { value: 'tagged', label: 'has tagged CVEs' },
  { value: 'exploited', label: 'has known exploited CVEs' },
  { value: 'excepted', label: 'has exceptions' },
  { value: 'reboot', label: 'waits for a restart' },
  { value: 'silent', label: 'silent' },
  { value: 'current', label: 'current' },
];
const AGES = [
  { value: '1h', label: 'within an hour' },
  { value: '1d', label: 'within a day' },
  { value: '7d', label: 'within a week' },
  { value: '-2d', label: 'not for two days' },
  { value: '-7d', label: 'not for a week' },
  { value: '-30d', label: 'not for a month' },
];

/** The search of this page, and how to change it. */
export function usePageSearch() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = (values: Search) =>
    void navigate({ to: '.', search: ((old: Search) => ({ ...old, ...values })) as never, replace: true });
  return { search, change, navigate };
}

/** What of the search is a filter of hosts. */
export function hostParams(search: Search): Params {
  return Object.fromEntries(HOST_FILTERS.filter((name) => search[name] || (search[name] === '' && TOLD.includes(name))).map((name) => [name, search[name]]));
}

export function useGroupValues(kind: string) {
  const query = useQuery({
    queryKey: ['groups', kind, 'values'],
    queryFn: ({ signal }) => get<Page<Counted>>(`groups/${kind}`, { sort: '-hosts', fields: 'value,hosts', limit: 500 }, signal),
    staleTime: 60_000,
  });
  return query.data?.items.map((group) => group.value).filter((value) => value !== '') ?? [];
}

/** A text that is asked for a moment after the last key. */
export function SearchBox({ label, name = 'q', placeholder }: { label: string; name?: string; placeholder?: string }) {
  const { search, change } = usePageSearch();
  const given = search[name] ?? '';
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  const ask = useDebouncedCallback((value: string) => change({ [name]: value || undefined }), 300);
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        ask(event.currentTarget.value);
      }}
      rightSection={
        text ? (
          <CloseButton
            size="sm"
            aria-label={`Clear: ${label}`}
            onClick={() => {
              setText('');
              change({ [name]: undefined });
            }}
          />
        ) : null
      }
    />
  );
}

function GroupFilter({ kind, label }: { kind: string; label: string }) {
  const { search, change } = usePageSearch();
  const values = useGroupValues(kind);
  const given = search[kind] ?? '';
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  return (
    <Autocomplete
      label={label}
      data={values}
      limit={50}
      value={text}
      onChange={setText}
      onOptionSubmit={(value) => change({ [kind]: value })}
      onBlur={() => text !== given && change({ [kind]: text || undefined })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') change({ [kind]: text || undefined });
      }}
      clearable
      onClear={() => change({ [kind]: undefined })}
    />
  );
}

export function StateFilter() {
  const { search, change } = usePageSearch();
  return (
    <MultiSelect
      label="State"
      data={STATES}
      value={search.state?.split(',').filter(Boolean) ?? []}
      onChange={(values) => change({ state: values.join(',') || undefined })}
      clearable
      miw={200}
      maw={320}
    />
  );
}

/** Filters that are set without a field of their own, and those that want nothing told. */
function Others({ names }: { names: string[] }) {
  const { search, change } = usePageSearch();
  const set = HOST_FILTERS.filter((name) => (search[name] ? names.includes(name) : search[name] === '' && TOLD.includes(name)));
  if (!set.length) return null;
  return (
    <Group gap="xs" mb="sm">
      {set.map((name) => (
        <Badge
          key={name}
          className="mark mark-blue"
          tt="none"
          radius="sm"
          rightSection={<CloseButton size="xs" aria-label={`Remove ${name}`} onClick={() => change({ [name]: undefined })} />}
        >
          {name.replace('_', ' ')}: {search[name] || 'none'}
        </Badge>
      ))}
    </Group>
  );
}

interface Saved {
  name: string;
  search: Search;
}

function SavedFilters({ page }: { page: string }) {
  const { search, navigate } = usePageSearch();
  const [saved, setSaved] = useLocalStorage<Saved[]>({ key: `filters-${page}`, defaultValue: [] });
  const [opened, { open, close }] = useDisclosure(false);
  const [name, setName] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const save = () => {
    setSaved([...saved.filter((one) => one.name !== name), { name, search }]);
    setName('');
    close();
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button ref={button} variant="default">
            Saved filters
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {saved.map((one) => (
            <Menu.Item key={one.name} onClick={() => void navigate({ to: '.', search: one.search as never })}>
              {one.name}
            </Menu.Item>
          ))}
          {saved.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={open}>Save this filter…</Menu.Item>
          {saved.length > 0 && <Menu.Item onClick={() => setSaved([])}>Forget all</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {/* The entry of the menu that opened it is gone when it closes: the focus goes back to the menu's button. */}
      <Modal
        opened={opened}
        onClose={close}
        title="Save this filter"
        closeButtonProps={{ 'aria-label': 'Close' }}
        returnFocus={false}
        onExitTransitionEnd={() => button.current?.focus()}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name) save();
          }}
        >
          <Stack>
            <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus />
            <Button type="submit">Save</Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

/** `children` come first and are always there; on pages that are not about hosts, and on phones, the rest is folded until it is wanted. */
export function HostFilterBar({ page, folded = false, children }: { page: string; folded?: boolean; children?: ReactNode }) {
  const { search, change, navigate } = usePageSearch();
  const any = HOST_FILTERS.some((name) => search[name] !== undefined);
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [wanted, { open }] = useDisclosure(!folded && !narrow);
  if (!wanted && !any)
    return (
      <Group align="flex-end" gap="xs" mb="sm" role="search" aria-label="Filter">
        {children}
        <Button variant="default" onClick={open}>
          Filter hosts
        </Button>
      </Group>
    );
  return (
    <>
      <Group align="flex-end" gap="xs" mb="sm" role="search" aria-label="Filter">
        {children}
        <SearchBox label="Host name" placeholder="part of a name" />
        <GroupFilter kind="site" label="Site" />
        <GroupFilter kind="domain" label="Domain" />
        <GroupFilter kind="tag" label="Tag" />
        <GroupFilter kind="platform" label="Platform" />
        <StateFilter />
        <Select
          label="Last report"
          data={AGES}
          value={AGES.some((age) => age.value === search.activity) ? search.activity : null}
          onChange={(value) => change({ activity: value ?? undefined })}
          clearable
        />
        <SavedFilters page={page} />
        {any && (
          <Button
            variant="subtle"
            onClick={() =>
              void navigate({
                to: '.',
                search: ((old: Search) => Object.fromEntries(Object.entries(old).filter(([name]) => !HOST_FILTERS.includes(name)))) as never,
              })
            }
          >
            Clear
          </Button>
        )}
      </Group>
      <Others names={['tld', 'os', 'arch', 'kernel', 'client', 'package', 'cve', 'cve_tag']} />
    </>
  );
}
