// SPDX-License-Identifier: Apache-2.0

// A number of hosts leads to exactly these hosts.

import type { Locator, Page } from '@playwright/test';
import { expect, row, settled, show, test, total } from './page';

async function leads(page: Page, link: Locator, filter: string) {
  const n = Number((await link.textContent())!.replace(/\D/g, ''));
  expect(n).toBeGreaterThan(0);
  await link.click();
  await expect(page).toHaveURL(/\/hosts\?/);
  for (const part of filter.split('&')) expect(page.url()).toContain(part);
  await settled(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hosts');
  expect(await total(page)).toBe(n);
}

/** What no other test decides about meanwhile. */
const NUMBERS: Record<string, (page: Page) => Locator> = {
  'packages?p=openssl': (page) => row(page, 'Packages', '3.0.14-1').getByRole('link', { name: /hosts with openssl 3\.0\.14-1$/ }),
  'outdated?p=openssl': (page) => row(page, 'Outdated packages', 'debian:12').getByRole('link', { name: /hosts with an outdated openssl$/ }),
  'packages/openssl': (page) => page.getByRole('link', { name: /^\d+ hosts with version 3\.0\.11-1$/ }),
  'cves?search=CVE-2024-10001': (page) => row(page, 'CVEs', 'CVE-2024-10001').getByRole('link', { name: /hosts with CVE-2024-10001$/ }),
  'advisories?search=DEMO-1': (page) => row(page, 'Advisories', 'DEMO-1').getByRole('link', { name: /hosts that DEMO-1 would help$/ }),
};

for (const [path, link] of Object.entries(NUMBERS))
  for (const filter of ['', 'site=Brno', 'state=silent&q=node4'])
    test(`${path} ${filter}`, async ({ page }) => {
      await show(page, [path, filter].filter(Boolean).join(path.includes('?') ? '&' : '?'));
      await leads(page, link(page), filter);
    });

for (const [name, of] of [
  ['a card', (page: Page) => page.getByRole('link', { name: /^Lack security updates: \d+$/ })],
  ['a CVE', (page: Page) => page.getByRole('region', { name: 'Worst CVEs' }).getByRole('link', { name: /^\d+ hosts with CVE-2024-10001$/ })],
  ['a package', (page: Page) => row(page, 'Packages to update', 'openssl').getByRole('link', { name: /hosts with an outdated openssl$/ })],
] as const)
  for (const filter of ['site=Brno', 'site=Brno&q=node0'])
    test(`${name} of groups/site?${filter}`, async ({ page }) => {
      await show(page, `groups/site?${filter}`);
      await leads(page, of(page), filter);
    });
