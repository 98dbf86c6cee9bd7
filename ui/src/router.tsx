// SPDX-License-Identifier: Apache-2.0

import { Text, Title } from '@mantine/core';
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { base } from './base';
import { AnchorLink } from './links';
import { AdvisoriesPage } from './pages/advisories';
import { CvePage } from './pages/cve';
import { CvesPage } from './pages/cves';
import { DecisionsPage } from './pages/decisions';
import { FeedsPage } from './pages/feeds';
import { GroupsPage } from './pages/groups';
import { HostPage } from './pages/host';
import { HostsPage } from './pages/hosts';
import { OverviewPage } from './pages/overview';
import { PackagePage } from './pages/package';
import { OutdatedPage, PackagesPage } from './pages/packages';
import { SettingsPage } from './pages/settings';
import { StatisticsPage } from './pages/statistics';
import { TodoPage } from './pages/todo';
import { parseSearch, plainSearch, stringifySearch } from './search';
import { Shell } from './shell';
import { useTitle } from './title';

function NotFound() {
  useTitle('No such page');
  return (
    <>
      <Title order={1} size="h2" mb="md">
        No such page
      </Title>
      <AnchorLink to="/">Overview</AnchorLink>
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
const under = { getParentRoute: () => root, validateSearch: plainSearch } as const;

const routes = [
  createRoute({ ...under, path: '/', component: OverviewPage }),
  createRoute({ ...under, path: 'hosts', component: HostsPage }),
  createRoute({ ...under, path: 'todo', component: TodoPage }),
  createRoute({ ...under, path: 'hosts/$host', component: HostPage }),
  createRoute({ ...under, path: 'groups/$kind', component: GroupsPage }),
  createRoute({ ...under, path: 'packages', component: PackagesPage }),
  createRoute({ ...under, path: 'packages/$name', component: PackagePage }),
  createRoute({ ...under, path: 'outdated', component: OutdatedPage }),
  createRoute({ ...under, path: 'cves', component: CvesPage }),
  createRoute({ ...under, path: 'cves/$cve', component: CvePage }),
  createRoute({ ...under, path: 'advisories', component: AdvisoriesPage }),
  createRoute({ ...under, path: 'decisions', component: DecisionsPage }),
  createRoute({ ...under, path: 'feeds', component: FeedsPage }),
  createRoute({ ...under, path: 'statistics', component: StatisticsPage }),
  createRoute({ ...under, path: 'settings', component: SettingsPage }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
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
