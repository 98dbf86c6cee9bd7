// SPDX-License-Identifier: Apache-2.0

// Filters of hosts, kept in the address, so that they can be shared; those that are
// saved under a name are kept in the browser.

import { Autocomplete, Badge, Button, Checkbox, CloseButton, Group, Menu, Modal, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDebouncedValue, useDisclosure, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { get } from './api';
import type { Group as Counted, Host, Page, Params } from './api';
import { useOverview, useSettings } from './pieces';
import type { Search } from './search';

/** Filters that every list of the fleet takes. */
export const HOST_FILTERS = ['q', 'domain', 'tld', 'site', 'tag', 'platform', 'os', 'arch', 'kernel', 'client', 'state', 'package', 'outdated', 'cve', 'cve_tag', 'advisory', 'activity'];
/** Those that mean something when they are empty: hosts that told nothing. */
const TOLD = ['domain', 'tld', 'site', 'tag', 'platform', 'os', 'arch', 'kernel', 'client'];

const STATES = [
  { value: 'security', label: 'lacks security updates' },
  { value: 'updates', label: 'lacks updates' },
  { value: 'cves', label: 'has CVEs' },
  { value: 'tagged', label: 'has tagged CVEs' },
  { value: 'exploited', label: 'has known exploited CVEs' },
  { value: 'excepted', label: 'has exceptions' },
  { value: 'kernel', label: 'kernel can be updated' },
  { value: 'reboot', label: 'waits for a restart' },
  { value: 'unsupported', label: 'release out of support' },
  { value: 'unjudged', label: 'not judged' },
  { value: 'silent', label: 'silent' },
  { value: 'current', label: 'nothing to install' },
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
  /* What is chosen can be taken back with the browser's button; every letter that is typed cannot. */
  const change = (values: Search, { typed = false } = {}) =>
    void navigate({ to: '.', search: ((old: Search) => ({ ...old, ...values })) as never, replace: typed });
  return { search, change, navigate };
}

/** What of the search is a filter of hosts. */
export function hostParams(search: Search): Params {
  return Object.fromEntries(HOST_FILTERS.filter((name) => search[name] || (search[name] === '' && TOLD.includes(name))).map((name) => [name, search[name]]));
}

/* Groups that are offered to choose from: those of most hosts. */
const OFFERED = 500;

export function useGroupValues(kind: string) {
  const query = useQuery({
    queryKey: ['groups', kind, 'values'],
    queryFn: ({ signal }) => get<Page<Counted>>(`groups/${kind}`, { sort: '-hosts', fields: 'value,hosts', limit: OFFERED }, signal),
    staleTime: 60_000,
  });
  return query.data?.items.map((group) => group.value).filter((value) => value !== '') ?? [];
}

/** The hosts, or the groups of a kind, to choose from while somebody types. */
export function useNames(kind: string, typed: string) {
  const [text] = useDebouncedValue(typed, 300);
  const groups = useGroupValues(kind && kind !== 'host' ? kind : 'site');
  const hosts = useQuery({
    queryKey: ['hosts', 'names', text],
    queryFn: ({ signal }) => get<Page<Host>>('hosts', { q: text || undefined, fields: 'key', sort: 'key', limit: 20 }, signal),
    enabled: kind === 'host',
  });
  return kind === 'host' ? (hosts.data?.items.map((host) => host.key) ?? []) : groups;
}

/** A text that is asked for a moment after the last key. */
export function SearchBox({ label, name = 'q', placeholder }: { label: string; name?: string; placeholder?: string }) {
  const { search, change } = usePageSearch();
  const given = search[name] ?? '';
  const [text, setText] = useState(given);
  const asked = useRef(given);
  const ask = useDebouncedCallback((value: string) => {
    asked.current = value;
    change({ [name]: value || undefined }, { typed: true });
  }, 300);
  // Somebody else changed it: a link, the browser's button. What is being typed is not touched by its own question.
  useEffect(() => {
    if (given === asked.current) return;
    ask.cancel();
    asked.current = given;
    setText(given);
  }, [given, ask]);
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
              ask.cancel();
              asked.current = '';
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
  // A part of a name is no name: what is left half-typed is the only one that fits, or nothing. Unless there are more than are known here.
  const leave = () => {
    const fitting = values.filter((value) => value.toLowerCase().includes(text.toLowerCase()));
    const known = values.includes(text) || !text || values.length >= OFFERED - 1; /* "" is not among the values */
    const meant = known ? text : fitting.length === 1 ? fitting[0] : given;
    setText(meant ?? '');
    if (meant !== given) change({ [kind]: meant || undefined });
  };
  return (
    <Autocomplete
      label={label}
      data={values}
      limit={50}
      value={text}
      onChange={setText}
      onOptionSubmit={(value) => change({ [kind]: value })}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Enter') leave();
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
      maw={420}
    />
  );
}

function YesNo({ name, label, yes, no }: { name: string; label: string; yes: string; no: string }) {
  const { search, change } = usePageSearch();
  return (
    <Select
      label={label}
      data={[
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      value={search[name] ?? null}
      onChange={(value) => change({ [name]: value ?? undefined })}
      clearable
    />
  );
}

export function SeverityFilter() {
  const { search, change } = usePageSearch();
  return (
    <MultiSelect
      label="Severity"
      data={['critical', 'high', 'medium', 'low', 'unknown']}
      value={search.severity?.split(',').filter(Boolean) ?? []}
      onChange={(values) => change({ severity: values.join(',') || undefined })}
      clearable
      miw={160}
    />
  );
}

const CVE_FILTERS = ['search', 'severity', 'exploited', 'fixed', 'tagged', 'all'];

/** What of the search is a filter of CVEs. */
export function cveParams(search: Search): Params {
  return Object.fromEntries(CVE_FILTERS.filter((name) => search[name]).map((name) => [name, search[name]]));
}

export function CveFilters({ placeholder, all }: { placeholder: string; all: string }) {
  const { search, change } = usePageSearch();
  return (
    <>
      <SearchBox label="CVE" name="search" placeholder={placeholder} />
      <SeverityFilter />
      <YesNo name="exploited" label="Exploited" yes="known exploited" no="not known" />
      <YesNo name="fixed" label="Fix" yes="available" no="none" />
      <YesNo name="tagged" label="Tagged" yes="tagged" no="not tagged" />
      <Checkbox label={all} checked={search.all === 'yes'} onChange={(event) => change({ all: event.currentTarget.checked ? 'yes' : undefined })} mb={8} />
    </>
  );
}

function CveTagFilter() {
  const { search, change } = usePageSearch();
  const settings = useSettings();
  const overview = useOverview();
  const names = new Set(settings.data?.tag_names.split(',').map((name) => name.trim()).filter(Boolean));
  for (const { tag } of overview.data?.tagged ?? []) names.add(tag);
  if (search.cve_tag) names.add(search.cve_tag);
  return <Select label="CVE tag" data={[...names]} value={search.cve_tag ?? null} onChange={(value) => change({ cve_tag: value ?? undefined })} clearable />;
}

/** Filters that are set, each to be removed. */
function Given({ names }: { names: string[] }) {
  const { search, change } = usePageSearch();
  if (!names.length) return null;
  return (
    <Group gap="xs" mb="sm">
      {names.map((name) => (
        <Badge
          key={name}
          className="mark mark-blue"
          tt="none"
          radius="sm"
          rightSection={<CloseButton size="xs" aria-label={`Remove ${name}`} onClick={() => change({ [name]: undefined })} />}
        >
          {name.replace('_', ' ')}: {search[name] || 'none told'}
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

const FIELDS = ['q', 'domain', 'tld', 'site', 'tag', 'platform', 'state', 'cve_tag', 'activity'];

/** `children` come first and are always there; on pages that are not about hosts, and on phones, the rest is folded until it is wanted. */
export function HostFilterBar({ page, folded = false, without, children }: { page: string; folded?: boolean; without?: string; children?: ReactNode }) {
  const { search, change, navigate } = usePageSearch();
  const given = HOST_FILTERS.filter((name) => name !== without && (search[name] || (search[name] === '' && TOLD.includes(name))));
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [wanted, { toggle }] = useDisclosure(!folded && !narrow);
  const groups = (
    [
      ['site', 'Site'],
      ['domain', 'Domain'],
      ['tld', 'Top-level domain'],
      ['tag', 'Tag'],
      ['platform', 'Platform'],
    ] as const
  ).filter(([kind]) => kind !== without);
  return (
    <>
      <Group align="flex-end" gap="xs" mb="sm" role="search" aria-label="Filter">
        {children}
        {wanted && (
          <>
            <SearchBox label="Host name" placeholder="part of a name" />
            {groups.map(([kind, label]) => (
              <GroupFilter key={kind} kind={kind} label={label} />
            ))}
            <StateFilter />
            <CveTagFilter />
            <Select
              label="Last report"
              data={AGES}
              value={AGES.some((age) => age.value === search.activity) ? search.activity : null}
              onChange={(value) => change({ activity: value ?? undefined })}
              clearable
            />
            <SavedFilters page={page} />
          </>
        )}
        {given.length > 0 && (
          <Button
            variant="subtle"
            onClick={() =>
              void navigate({
                to: '.',
                search: ((old: Search) => Object.fromEntries(Object.entries(old).filter(([name]) => !given.includes(name)))) as never,
              })
            }
          >
            Clear
          </Button>
        )}
        <Button variant="default" onClick={toggle} aria-expanded={wanted}>
          {wanted ? 'Hide filters' : 'Filter hosts'}
        </Button>
      </Group>
      <Given names={given.filter((name) => !wanted || !FIELDS.includes(name) || search[name] === '')} />
    </>
  );
}
