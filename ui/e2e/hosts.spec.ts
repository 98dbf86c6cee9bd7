// SPDX-License-Identifier: Apache-2.0

// The list of hosts: filters in the address, sorting, columns, saved filters, downloads.

import { readFile } from 'node:fs/promises';
import { choose, expect, row, rows, settled, show, table, test } from './page';

test('filter by site, text and age; the address holds it all', async ({ page, context }) => {
  await show(page, 'hosts');
  await page.getByRole('combobox', { name: 'Site' }).click();
  await page.getByRole('option', { name: 'Brno', exact: true }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(11);
  await choose(page, 'Last report', 'not for two days');
  await expect(rows(page, 'Hosts')).toHaveCount(2);
  await page.getByRole('textbox', { name: 'Host name' }).fill('node45');
  await expect(rows(page, 'Hosts')).toHaveCount(1);
  await expect(page).toHaveURL(/hosts\?site=Brno&activity=-2d&q=node45$/);
  await expect(row(page, 'Hosts', 'node45')).toContainText('silent');

  const other = await context.newPage();
  await show(other, page.url());
  await expect(rows(other, 'Hosts')).toHaveCount(1);
  await expect(other.getByRole('combobox', { name: 'Site' })).toHaveValue('Brno');
  await expect(other.getByRole('combobox', { name: 'Last report' })).toHaveValue('not for two days');

  await page.getByRole('button', { name: 'Clear: Host name' }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page).toHaveURL(/hosts$/);
});

test('filter by state: all of them must hold', async ({ page }) => {
  await show(page, 'hosts?site=CERN');
  await expect(rows(page, 'Hosts')).toHaveCount(12);
  await page.getByRole('combobox', { name: 'State' }).press('ArrowDown');
  await page.getByRole('option', { name: 'waits for a restart' }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(12);
  await page.getByRole('option', { name: 'silent', exact: true }).click();
  await expect(page).toHaveURL(/state=reboot,silent/);
  await expect(rows(page, 'Hosts')).toHaveCount(2);
});

test('a site can be typed, and Enter asks for it', async ({ page }) => {
  await show(page, 'hosts');
  await page.getByRole('combobox', { name: 'Site' }).fill('Lyon');
  await page.keyboard.press('Enter');
  await expect(rows(page, 'Hosts')).toHaveCount(12);
  await expect(page).toHaveURL(/site=Lyon/);
});

test('what looks like a number or like JSON stays a text', async ({ page }) => {
  await show(page, 'hosts?q=007');
  await expect(page.getByRole('textbox', { name: 'Host name' })).toHaveValue('007');
  await expect(page).toHaveURL(/\?q=007$/);
  await show(page, 'hosts?site=%22a%20b%22');
  await expect(page.getByRole('combobox', { name: 'Site' })).toHaveValue('"a b"');
  await expect(page.getByText(/^No host fits/)).toBeVisible();
});

test('sort by a column, both ways, and as at first', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  const names = rows(page, 'Hosts').locator('td:first-child');
  await expect(names.first()).toHaveText(/^node01/);
  await expect(page.getByRole('columnheader', { name: 'Host' })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('button', { name: 'Host', exact: true }).click();
  await expect(names.first()).toHaveText(/^node45/);
  await expect(page).toHaveURL(/sort=-name/);
  await page.getByRole('button', { name: 'CVEs', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'CVEs' })).toHaveAttribute('aria-sort', 'descending');
  await settled(page);
  const counts = (await rows(page, 'Hosts').locator('td:nth-child(4)').allTextContents()).map(Number);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  await page.reload();
  await settled(page);
  await expect(page.getByRole('columnheader', { name: 'CVEs' })).toHaveAttribute('aria-sort', 'descending');
  await page.getByRole('button', { name: 'CVEs', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'CVEs' })).toHaveAttribute('aria-sort', 'ascending');
  await page.getByRole('button', { name: 'CVEs', exact: true }).click();
  await expect(page.getByRole('columnheader', { name: 'CVEs' })).toHaveAttribute('aria-sort', 'none');
  await expect(page).toHaveURL(/hosts\?site=Brno$/);
  await expect(names.first()).toHaveText(/^node01/);
});

for (const [path, column, list] of [
  ['cves', 'Severity', 'CVEs'],
  ['cves', 'Exploited', 'CVEs'],
  ['packages/openssl', 'State', 'Hosts with openssl'],
] as const)
  test(`the first click on ${column} of ${path} brings the worst to the top`, async ({ page }) => {
    await show(page, path);
    await page.getByRole('region', { name: list, exact: true }).getByRole('button', { name: column, exact: true }).click();
    await expect(page.getByRole('columnheader', { name: column })).toHaveAttribute('aria-sort', 'descending');
    await settled(page);
    await expect(rows(page, list).first()).toContainText({ Severity: 'critical', Exploited: 'exploited', State: 'security' }[column]);
  });

test('columns can be chosen, and stay', async ({ page }) => {
  await show(page, 'hosts?q=node00');
  await expect(page.getByRole('columnheader', { name: 'Architecture' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Architecture' }).check();
  await page.getByRole('checkbox', { name: 'Platform' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(row(page, 'Hosts', 'node00')).toContainText('amd64');
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'Architecture' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Platform' })).toHaveCount(0);
});

test('more rows come when asked for', async ({ page }) => {
  await page.route('**/api/v1/hosts?*', (route) => route.continue({ url: route.request().url().replace('limit=50', 'limit=20') }));
  await show(page, 'hosts?q=node');
  await expect(rows(page, 'Hosts')).toHaveCount(20);
  await page.getByRole('button', { name: /^Show more \(20 of/ }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(40);
  await expect(row(page, 'Hosts', 'node00.')).toHaveCount(1);
  await expect(row(page, 'Hosts', 'node39.')).toHaveCount(1);
});

test('a filter is saved under a name and used again', async ({ page }) => {
  await show(page, 'hosts?site=Lyon&state=exploited');
  const found = await rows(page, 'Hosts').count();
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('menuitem', { name: 'Save this filter…' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Lyon, exploited');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await show(page, 'hosts');
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('menuitem', { name: 'Lyon, exploited' }).click();
  await expect(page).toHaveURL(/hosts\?site=Lyon&state=exploited$/);
  await expect(rows(page, 'Hosts')).toHaveCount(found);
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('menuitem', { name: 'Forget all' }).click();
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await expect(page.getByRole('menuitem')).toHaveCount(1);
});

for (const format of ['csv', 'json'])
  test(`download of ${format} has the hosts of the filter, as they are sorted`, async ({ page }) => {
    await show(page, 'hosts?site=Brno&sort=-name');
    await page.getByRole('button', { name: 'Download' }).click();
    const waits = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: `${format.toUpperCase()}, all 11` }).click();
    const download = await waits;
    expect(download.suggestedFilename()).toBe(`hosts.${format}`);
    const text = await readFile(await download.path(), 'utf8');
    if (format === 'json') {
      const hosts = JSON.parse(text) as { name: string; site: string }[] | { items: { name: string; site: string }[] };
      const items = Array.isArray(hosts) ? hosts : hosts.items;
      expect(items).toHaveLength(11);
      expect(items[0]!.name).toMatch(/^node45/);
    } else {
      const lines = text.trim().split(/\r?\n/);
      expect(lines).toHaveLength(12);
      expect(lines[0]).toMatch(/^key,name,domain/);
      expect(lines[1]).toMatch(/^node45\./);
      expect(lines.slice(1).every((line) => line.includes(',Brno,'))).toBe(true);
    }
  });

test('filters without a field of their own are shown and can be removed', async ({ page }) => {
  await show(page, 'hosts?package=openssl%20%3D%203.0.14-1&q=node');
  await expect(page.getByText('package: openssl = 3.0.14-1')).toBeVisible();
  const some = await rows(page, 'Hosts').count();
  await page.getByRole('button', { name: 'Remove package' }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(48);
  expect(some).toBeLessThan(48);
  await expect(table(page, 'Hosts')).toBeVisible();
});
