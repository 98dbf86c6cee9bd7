// SPDX-License-Identifier: Apache-2.0

import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  ScrollArea,
  Text,
  TextInput,
  useComputedColorScheme,
  useMantineColorScheme,
  useMantineTheme,
} from '@mantine/core';
import { useDisclosure, useMediaQuery, useWindowEvent } from '@mantine/hooks';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { MoonIcon, SunIcon } from './icons';
import { get } from './api';
import type { Host, Page, Params } from './api';
import { NavigationLink } from './links';
import { useSettings } from './pieces';

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={`Use ${other} colours`}
      onClick={() => setColorScheme(other)}
    >
      {other === 'light' ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}

/** Paper is white, whatever the screen is. */
function useLightPaper() {
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const paper = matchMedia('print');
    const dress = () => document.documentElement.setAttribute('data-mantine-color-scheme', paper.matches ? 'light' : scheme);
    paper.addEventListener('change', dress);
    return () => paper.removeEventListener('change', dress);
  }, [scheme]);
}

const MENU = [
  { to: '/', label: 'Overview' },
  { to: '/hosts', label: 'Hosts' },
  { to: '/todo', label: 'What to do' },
  { kind: 'site', label: 'Sites' },
  { kind: 'domain', label: 'Domains' },
  { kind: 'tld', label: 'Top-level domains' },
  { kind: 'tag', label: 'Host tags' },
  { kind: 'platform', label: 'Platforms' },
  { to: '/packages', label: 'Packages' },
  { to: '/outdated', label: 'Outdated packages' },
  { to: '/cves', label: 'CVEs' },
  { to: '/advisories', label: 'Advisories' },
  { to: '/decisions', label: 'CVE tags and exceptions' },
  { to: '/feeds', label: 'Feeds' },
  { to: '/statistics', label: 'Statistics' },
  { to: '/settings', label: 'Settings and about' },
] as const;

/* Kinds of groups whose names are looked for. */
const GROUPS = ['site', 'domain', 'tag', 'platform'] as const;

const total = async (path: string, params: Params) => (await get<Page<unknown>>(path, { ...params, limit: 1 })).total;

/** Whatever one is looking for: a CVE, a package by version, an advisory, a host, a package; what is not clear by its form is asked for. */
function Find() {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const find = async (what: string) => {
    const lower = what.toLowerCase();
    if (/^cve-\d{4}-\d{4,}$/.test(lower)) return navigate({ to: '/cves/$cve', params: { cve: what.toUpperCase() } });
    if (lower.startsWith('cve-')) return navigate({ to: '/cves', search: { search: what } });
    if (/[<>=]/.test(what)) return navigate({ to: '/packages', search: { p: what } });
    try {
      const hosts = await get<Page<Host>>('hosts', { q: what, fields: 'key,name', sort: 'key', limit: 200 });
      const exact = hosts.items.find((host) => host.key === lower || host.name === lower);
      const only = exact ?? (hosts.total === 1 ? hosts.items[0] : undefined);
      if (only) return navigate({ to: '/hosts/$host', params: { host: only.key } });
      const groups = await Promise.all(GROUPS.map((kind) => total(`groups/${kind}`, { [kind]: what })));
      const group = GROUPS.find((_, i) => groups[i]);
      if (group) return navigate({ to: '/groups/$kind', params: { kind: group }, search: { [group]: what } });
      if (!hosts.total && (await total('packages', { search: what }))) return navigate({ to: '/packages', search: { p: what } });
      if (!hosts.total && (await total('advisories', { search: what }))) return navigate({ to: '/advisories', search: { search: what } });
    } catch {
      // the page of hosts tells what is wrong
    }
    return navigate({ to: '/hosts', search: { q: what } });
  };
  return (
    <form
      role="search"
      aria-label="Find"
      onSubmit={(event) => {
        event.preventDefault();
        const what = text.trim();
        if (!what) return;
        setText('');
        void find(what);
      }}
    >
      <TextInput
        aria-label="Find a host, a package, a CVE or an advisory"
        placeholder="host, site, package, CVE-…"
        size="sm"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { breakpoints } = useMantineTheme();
  const wide = useMediaQuery(`(min-width: ${breakpoints.sm})`, true, {
    getInitialValueInEffect: false,
  });
  const location = useLocation();
  const settings = useSettings();
  useLightPaper();
  const main = useRef<HTMLElement>(null);

  // A new page: the menu closes and the reading position is its beginning.
  const shown = useRef(location.pathname);
  useEffect(() => {
    if (shown.current === location.pathname) return;
    shown.current = location.pathname;
    close();
    main.current?.focus({ preventScroll: true });
  }, [location.pathname, close]);

  useWindowEvent('keydown', (event) => {
    if (event.key === 'Escape') close();
  });

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      {/* An address of its own: below <base>, "#main" alone is another page. */}
      <a
        className="skip"
        href={`${location.publicHref.split('#')[0]}#main`}
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              hiddenFrom="sm"
              size="sm"
              opened={opened}
              onClick={toggle}
              aria-label={opened ? 'Close the menu' : 'Open the menu'}
              aria-expanded={opened}
              aria-controls="menu"
            />
            <Text fw={700} size="lg" truncate maw={{ base: 90, sm: 240 }}>
              {settings.data?.title ?? 'Pakiti'}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Find />
            <SchemeToggle />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="menu" p="xs" aria-label="Pages" inert={!wide && !opened}>
        <ScrollArea type="auto">
          {MENU.map((entry) =>
            'kind' in entry ? (
              <NavigationLink key={entry.label} to="/groups/$kind" params={{ kind: entry.kind }} activeProps={{ active: true }} label={entry.label} py={6} />
            ) : (
              <NavigationLink
                key={entry.label}
                to={entry.to}
                activeOptions={{ exact: entry.to === '/', includeSearch: false }}
                activeProps={{ active: true }}
                label={entry.label}
                py={6}
              />
            ),
          )}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
