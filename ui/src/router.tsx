// SPDX-License-Identifier: Apache-2.0

import { Text, Title } from '@mantine/core';
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { base } from './base';
import { AnchorLink } from './links';
import { HostsPage } from './pages/hosts';
import { TrendPage } from './pages/trend';
import { parseSearch, stringifySearch, text } from './search';
import { Shell } from './shell';
import { useTitle } from './title';

function NotFound() {
  useTitle('No such page');
  return (
    <>
      <Title order={1} size="h2" mb="md">
        No such page
      </Title>
      <AnchorLink to="/">All hosts</AnchorLink>
    </>
  );
}

function Failure({ error }: ErrorComponentProps) {
  useTitle('Error');
  return (
    <>
      <Title order={1} size="h2" mb="md">
        This page cannot be shown
      </Title>
      <Text role="alert">{error.message}</Text>
    </>
  );
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const hosts = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: HostsPage,
  validateSearch: (search: Record<string, unknown>): { site?: string; sort?: string } => ({
    site: text(search.site),
    sort: text(search.sort),
  }),
});

const trend = createRoute({
  getParentRoute: () => root,
  path: 'trend',
  component: TrendPage,
});

export const router = createRouter({
  routeTree: root.addChildren([hosts, trend]),
  basepath: base,
  parseSearch,
  stringifySearch,
  pathParamsAllowedCharacters: [':', '@', '+', ',', ';', '='],
  defaultErrorComponent: Failure,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
