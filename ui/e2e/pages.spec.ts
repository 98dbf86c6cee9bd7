// SPDX-License-Identifier: Apache-2.0

// Every page in light and dark colours and on a telephone: accessible, as wide as the screen, without complaints; a
// screenshot of each is kept.

import type { Page } from '@playwright/test';
import { expect, OUTPUT, row, rows, serious, settled, show, test } from './page';

const PAGES: Record<string, string> = {
  overview: './',
  hosts: 'hosts?sort=name',
  'hosts-none': 'hosts?q=no-such-host',
  todo: 'todo?site=Brno',
  host: 'hosts/node00.cern.example',
  'host-cves': 'hosts/node00.cern.example?tab=cves',
  'host-packages': 'hosts/node00.cern.example?tab=packages',
  'host-kernel': 'hosts/node00.cern.example?tab=kernel',
  'host-history': 'hosts/node07.brno.example.cz?tab=history',
  'host-report': 'hosts/node00.cern.example?tab=report',
  sites: 'groups/site',
  domains: 'groups/domain',
  site: 'groups/site?site=Brno',
  'site-none': 'groups/site?site=',
  packages: 'packages',
  package: 'packages/openssl',
  outdated: 'outdated',
  cves: 'cves',
  cve: 'cves/CVE-2024-10001',
  advisories: 'advisories',
  tags: 'decisions',
  exceptions: 'decisions?tab=exceptions',
  feeds: 'feeds',
  statistics: 'statistics?kind=site&value=Brno',
  settings: 'settings',
  unknown: 'no/such/page',
};

/** Twelve rows of a list are as good as fifty, and looked at sooner. */
async function short(page: Page) {
  await page.route(/\/api\/v1\/.*[?&]limit=(50|100)(&|$)/, (route) => route.continue({ url: route.request().url().replace(/limit=\d+/, 'limit=12') }));
}

for (const theme of ['light', 'dark'] as const)
  test.describe(`${theme} colours`, () => {
    test.use({ colorScheme: theme });
    test.beforeEach(({ page }) => short(page));
    for (const [name, path] of Object.entries(PAGES))
      test(name, async ({ page }) => {
        await show(page, path);
        await expect(page).toHaveTitle(/ - Pakiti$/);
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
        await page.screenshot({ path: `${OUTPUT}/${name}-${theme}.png` });
        expect(await serious(page)).toEqual([]);
      });

    test('dialogs', async ({ page }) => {
      test.slow(); // axe looks at each
      await show(page, 'cves/CVE-2024-10001?q=node00');
      for (const name of ['Tag this CVE', 'Add an exception', 'Why CVE-2024-10001 on node00.cern.example']) {
        await page.getByRole('button', { name }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await expect(page.getByRole('dialog').locator('.mantine-Skeleton-root')).toHaveCount(0);
        expect(await serious(page, '[data-portal]')).toEqual([]);
        await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click(); // Escape would close the list of tags first
        await expect(page.getByRole('dialog')).toHaveCount(0);
      }
    });

    test('menus and hints', async ({ page }) => {
      test.slow(); // axe looks at each
      await show(page, 'cves/CVE-2024-10001?q=node00');
      await page.getByRole('button', { name: 'Filter hosts' }).click();
      for (const name of ['Columns', 'Download', 'Saved filters']) {
        const button = page.getByRole('button', { name }).first();
        await button.click();
        await expect(button).toHaveAttribute('aria-expanded', 'true');
        expect(await serious(page, '[data-portal]')).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await page.getByText('exploited', { exact: true }).first().hover();
      await expect(page.getByRole('tooltip')).toBeVisible();
      expect(await serious(page, '[data-portal]')).toEqual([]);
    });
  });

test.describe('on a telephone', () => {
  test.use({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  test.beforeEach(({ page }) => short(page));
  for (const [name, path] of Object.entries(PAGES))
    test(name, async ({ page }) => {
      await show(page, path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.screenshot({ path: `${OUTPUT}/${name}-phone.png` });
      expect(await serious(page)).toEqual([]);
    });

  test('the first column stays while the others are moved', async ({ page }) => {
    await show(page, 'hosts?site=Brno');
    const region = page.getByRole('region', { name: 'Hosts', exact: true });
    const cells = rows(page, 'Hosts').first().getByRole('cell');
    const left = async (n: number) => (await cells.nth(n).boundingBox())!.x;
    const [first, second] = [await left(0), await left(1)];
    await region.evaluate((element) => element.scrollTo({ left: 200 }));
    await expect.poll(() => left(1)).toBeCloseTo(second - 200, 0);
    expect(await left(0)).toBeCloseTo(first, 0);
    await expect(cells.first()).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)'); // what is below does not shine through
  });

  test('the forms fit', async ({ page }) => {
    await show(page, 'cves/CVE-2024-10001');
    for (const name of ['Tag this CVE', 'Add an exception']) {
      await page.getByRole('button', { name }).click();
      const box = await page.getByRole('dialog').boundingBox();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width).toBeLessThanOrEqual(390);
      await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  });

  test('the menu opens, leads on and closes', async ({ page }) => {
    await show(page, 'hosts');
    const menu = page.locator('#menu');
    const link = menu.getByRole('link', { name: 'CVEs', exact: true });
    await expect(menu).toHaveAttribute('inert');
    await expect(link).not.toBeInViewport();
    await page.getByRole('button', { name: 'Open the menu' }).press('Enter');
    await expect(link).toBeInViewport();
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(link).not.toBeInViewport();
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await link.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('CVEs');
    await expect(link).not.toBeInViewport();
  });
});

test('the colours can be changed and stay', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await show(page, './');
  await page.getByRole('button', { name: 'Use dark colours' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Use light colours' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('what shows a wide table scrolls it, not the page', async ({ page }) => {
  await page.setViewportSize({ width: 700, height: 700 });
  await show(page, 'hosts?site=Brno');
  await settled(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(700);
  await row(page, 'Hosts', 'node45').getByRole('link', { name: /^node45/ }).scrollIntoViewIfNeeded();
  const scrolled = page.getByRole('region', { name: 'Hosts', exact: true });
  await scrolled.focus();
  expect(await scrolled.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
});
