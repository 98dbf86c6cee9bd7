// SPDX-License-Identifier: Apache-2.0

import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
  useMantineTheme,
} from '@mantine/core';
import { useDisclosure, useMediaQuery, useWindowEvent } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { MoonIcon, SunIcon } from './icons';
import { NavigationLink } from './links';

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

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { breakpoints } = useMantineTheme();
  const wide = useMediaQuery(`(min-width: ${breakpoints.sm})`, true, {
    getInitialValueInEffect: false,
  });
  const location = useLocation();
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
            <Text fw={700} size="lg">
              Pakiti
            </Text>
          </Group>
          <SchemeToggle />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="menu" p="xs" aria-label="Pages" inert={!wide && !opened}>
        <NavigationLink to="/" activeOptions={{ exact: true }} activeProps={{ active: true }} label="Hosts" />
        <NavigationLink to="/trend" activeProps={{ active: true }} label="Trend" />
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
