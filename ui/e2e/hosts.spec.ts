// SPDX-License-Identifier: Apache-2.0

// The list of hosts: filters in the address, sorting, columns, saved filters, downloads.

import { readFile } from 'node:fs/promises';
import { choose, entry, expect, provoked, row, rows, serious, settled, show, table, test, total } from './page';

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

test('rows that are there stay when more cannot be had', async ({ page, complaints }) => {
  let broken = true;
  await page.route('**/api/v1/hosts?*', (route) => {
    const url = route.request().url().replace('limit=50', 'limit=20');
    return broken && url.includes('cursor=') ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"out of order"}' }) : route.continue({ url });
  });
  await show(page, 'hosts?q=node');
  await page.getByRole('button', { name: /^Show more \(20 of/ }).click();
  await expect(page.getByRole('alert')).toContainText('out of order');
  await expect(rows(page, 'Hosts')).toHaveCount(20);
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(40);
  await expect(page.getByRole('alert')).toHaveCount(0);
  provoked(complaints, 503);
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

test('a site that is left half-typed is completed when only one fits, and is as before otherwise', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  const site = page.getByRole('combobox', { name: 'Site' });
  for (const typed of ['r', 'no such site']) {
    await site.fill(typed);
    await page.keyboard.press('Tab');
    await expect(site).toHaveValue('Brno');
    await expect(page).toHaveURL(/hosts\?site=Brno$/);
  }
  await site.fill('ly');
  await page.keyboard.press('Tab');
  await expect(site).toHaveValue('Lyon');
  await expect(page).toHaveURL(/hosts\?site=Lyon$/);
  await expect(rows(page, 'Hosts')).toHaveCount(12);
});

test('filter by top-level domain', async ({ page }) => {
  await show(page, 'hosts');
  await page.getByRole('combobox', { name: 'Top-level domain' }).click();
  await page.getByRole('option', { name: 'fr', exact: true }).click();
  await expect(page).toHaveURL(/hosts\?tld=fr$/);
  await expect(rows(page, 'Hosts')).toHaveCount(16);
  await expect(rows(page, 'Hosts').filter({ hasNotText: '.lyon.example.fr' })).toHaveCount(0);
});

test.describe('hosts by the tag of a CVE', () => {
  const tag = 'api/v1/cve-tags?cve=CVE-2024-10001&tag=Weekend';
  test.afterEach(async ({ request }) => {
    await request.delete(tag, { headers: { 'Content-Type': 'application/json' }, data: {} });
  });

  test('are counted on the first page, and found by its field', async ({ page, request }) => {
    expect((await request.put('api/v1/cve-tags', { data: { cve: 'CVE-2024-10001', tag: 'Weekend', reason: '', enabled: true } })).ok()).toBe(true);
    await show(page, './');
    const counted = page.getByRole('list', { name: 'Hosts by the tags of their CVEs' }).getByRole('listitem').filter({ hasText: 'Weekend' });
    await expect(counted).toContainText('15 hosts');
    await counted.getByRole('link', { name: '15 hosts with CVEs tagged Weekend' }).click();
    await expect(page).toHaveURL(/hosts\?cve_tag=Weekend/);
    await settled(page);
    expect(await total(page)).toBe(15);

    await show(page, 'hosts');
    await choose(page, 'CVE tag', 'Weekend');
    await expect(page).toHaveURL(/hosts\?cve_tag=Weekend$/);
    await expect(rows(page, 'Hosts')).toHaveCount(15);
    await expect(row(page, 'Hosts', 'node00.cern.example')).toBeVisible();
    await page.getByRole('combobox', { name: 'CVE tag' }).hover();
    await page.getByRole('search', { name: 'Filter' }).getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(page).toHaveURL(/hosts$/);
  });
});

test('Back undoes a filter and a sort, but not letter by letter what was typed', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Hosts').click();
  await page.getByRole('textbox', { name: 'Host name' }).pressSequentially('node');
  await expect(page).toHaveURL(/hosts\?q=node$/);
  await page.getByRole('textbox', { name: 'Host name' }).pressSequentially('1');
  await expect(page).toHaveURL(/hosts\?q=node1$/);
  await expect(rows(page, 'Hosts')).toHaveCount(10);
  await page.getByRole('combobox', { name: 'Site' }).click();
  await page.getByRole('option', { name: 'Brno', exact: true }).click();
  await expect(rows(page, 'Hosts')).toHaveCount(1);
  await page.getByRole('button', { name: 'Host', exact: true }).click();
  await expect(page).toHaveURL(/q=node1&site=Brno&sort=-name$/);
  await page.goBack();
  await expect(page).toHaveURL(/q=node1&site=Brno$/);
  await expect(page.getByRole('columnheader', { name: 'Host' })).toHaveAttribute('aria-sort', 'ascending');
  await page.goBack();
  await expect(page).toHaveURL(/hosts\?q=node1$/);
  await expect(page.getByRole('combobox', { name: 'Site' })).toHaveValue('');
  await expect(rows(page, 'Hosts')).toHaveCount(10);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('columns chosen for one CVE are there for the next; the last one cannot be taken away; as at first', async ({ page }) => {
  await show(page, 'cves/CVE-2024-10001?site=Brno');
  const columns = async (cve: string) => {
    await page.getByRole('region', { name: `Hosts with ${cve}` }).locator('..').getByRole('button', { name: 'Columns' }).click();
    return page.getByRole('group', { name: `Columns of Hosts with ${cve}` });
  };
  const heads = (cve: string) => page.getByRole('region', { name: `Hosts with ${cve}` }).getByRole('columnheader');
  const before = await heads('CVE-2024-10001').allTextContents();
  expect(before).not.toContain('Advisory');
  await (await columns('CVE-2024-10001')).getByRole('checkbox', { name: 'Advisory' }).check();
  await show(page, 'cves/CVE-2025-10005?site=Brno');
  await expect(heads('CVE-2025-10005').filter({ hasText: 'Advisory' })).toBeVisible();
  const choice = await columns('CVE-2025-10005');
  for (const name of await choice.getByRole('checkbox', { checked: true }).evaluateAll((boxes) => boxes.slice(1).map((box) => (box as HTMLInputElement).labels![0]!.textContent!)))
    await choice.getByRole('checkbox', { name, exact: true }).uncheck();
  await expect(heads('CVE-2025-10005')).toHaveText(['Host']);
  await expect(choice.getByRole('checkbox', { name: 'Host', exact: true })).toBeDisabled();
  await choice.getByRole('button', { name: 'Reset columns' }).click();
  await expect(heads('CVE-2025-10005')).toHaveText(before);
  await expect(choice.getByRole('checkbox', { name: 'Host', exact: true })).toBeEnabled();
});

test.describe('hosts that nobody judges', () => {
  const name = 'stranger.example.net';
  test.beforeEach(async ({ request }) => {
    const packages = [{ name: 'oddity', version: '1.0-1', arch: 'amd64' }];
    const host = { name, os: 'Slackware 15.0', arch: 'x86_64', kernel: '5.15.19', site: 'Nowhere' };
    expect((await request.post('feed/', { data: { protocol: 6, packager: 'dpkg', packages, host } })).ok()).toBe(true);
  });

  test('are on the first page, found by their state, and have no zeros', async ({ page }) => {
    await show(page, './');
    const card = page.getByRole('link', { name: /^Not judged: / });
    const n = Number(await card.textContent());
    expect(n).toBeGreaterThan(0);
    await card.click();
    await expect(page).toHaveURL(/hosts\?state=unjudged/);
    await settled(page);
    expect(await total(page)).toBe(n);
    await expect(page.getByRole('search', { name: 'Filter' }).getByText('not judged', { exact: true })).toBeVisible();
    const unknown = row(page, 'Hosts', name).getByText('–', { exact: true }).first();
    await expect(unknown).toHaveAttribute('aria-label', 'not judged: no repository is known for it');
    await unknown.hover();
    await expect(page.getByRole('tooltip')).toHaveText('not judged: no repository is known for it');
    await expect(row(page, 'Hosts', name).getByRole('cell').nth(1)).toHaveText('–');
    await expect(row(page, 'Hosts', name).getByRole('cell').nth(2)).toHaveText('–');
    expect(await serious(page)).toEqual([]);
  });

  test('are chosen by the field of states', async ({ page }) => {
    await show(page, 'hosts?site=Nowhere');
    await page.getByRole('combobox', { name: 'State' }).press('ArrowDown');
    await page.getByRole('option', { name: 'not judged' }).click();
    await expect(page).toHaveURL(/site=Nowhere&state=unjudged$/);
    await expect(rows(page, 'Hosts')).toHaveCount(1);
    await page.getByRole('option', { name: 'silent', exact: true }).click();
    await expect(page.getByText(/^No host fits/)).toBeVisible();
  });

  test('say so on the page one lands on, and what to do', async ({ page }) => {
    await show(page, `hosts/${name}`);
    await expect(page.getByRole('alert')).toContainText('It is not judged in full');
    await expect(page.getByRole('alert')).toContainText('updates are not known');
    await expect(page.getByRole('link', { name: 'Updates: –', exact: true })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Security updates: –', exact: true })).toBeVisible();
    await expect(page.getByText(/^Not judged: none of its packages is in a repository/)).toBeVisible();
    await expect(page.getByText(/is current\.$/)).toHaveCount(0);
    await page.getByRole('tab', { name: 'Kernel' }).click();
    await expect(page.getByText('Running kernel: 5.15.19 not judged')).toBeVisible();
  });
});
