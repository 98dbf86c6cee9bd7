// SPDX-License-Identifier: Apache-2.0

// The first page, the box that finds things, the menu, and groups of hosts.

import { readFile } from 'node:fs/promises';
import { entry, expect, provoked, row, rows, settled, show, test, total } from './page';

for (const [label, state] of [
  ['Lack security updates', 'security'],
  ['Have exploited CVEs', 'exploited'],
  ['Wait for a restart', 'reboot'],
  ['Silent', 'silent'],
  ['Out of support', 'unsupported'],
])
  test(`"${label}" leads to these hosts`, async ({ page }) => {
    await show(page, './');
    const link = page.getByRole('link', { name: new RegExp(`^${label}: `) });
    const n = Number((await link.textContent())!.replace(/\D/g, ''));
    expect(n).toBeGreaterThan(0);
    await link.click();
    await expect(page).toHaveURL(new RegExp(`hosts\\?state=${state}`));
    await settled(page);
    // decisions of other tests, meanwhile, may take or give a host
    expect(Math.abs((await total(page)) - n)).toBeLessThanOrEqual(2);
    await expect(page.getByRole('search', { name: 'Filter' }).getByText(/^(lacks|has|waits|silent|release)/).first()).toBeVisible();
  });

test('the worst CVE is a known exploited one, and leads to its page', async ({ page }) => {
  await show(page, './');
  const first = page.getByRole('region', { name: 'Worst CVEs' }).locator('tbody tr').first();
  await expect(first).toContainText('exploited');
  const name = (await first.getByRole('link').first().textContent())!;
  await first.getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('the trend of the fleet is a chart, and a table for who cannot see it', async ({ page }) => {
  await show(page, './');
  await expect(page.locator('.recharts-line-curve')).toHaveCount(6);
  await expect(rows(page, 'The fleet over time')).toHaveCount(30);
  await page.getByRole('application', { name: 'The fleet over time', exact: true }).hover();
  await expect(page.locator('.mantine-ChartTooltip-tooltip')).toBeVisible();
  await page.getByText('Findings', { exact: true }).click();
  for (const [what, lines] of [
    ['Updates', 2],
    ['CVEs', 1],
  ] as const)
    await expect(page.getByRole('application', { name: `The fleet over time: ${what}`, exact: true }).locator('.recharts-line-curve')).toHaveCount(lines);
  await page.getByText('30 days', { exact: true }).click();
  await expect(page.getByRole('radio', { name: '30 days' })).toBeChecked();
});

test('a whole card leads to its hosts', async ({ page }) => {
  await show(page, './');
  const card = page.locator('.mantine-Card-root', { hasText: 'Wait for a restart' });
  await card.click({ position: { x: 200, y: 10 } });
  await expect(page).toHaveURL(/hosts\?state=reboot$/);
});

test('a site is found by its name, and so is the only host that fits', async ({ page }) => {
  await show(page, './');
  const box = page.getByRole('textbox', { name: /^Find/ });
  await box.fill('CERN');
  await box.press('Enter');
  await expect(page).toHaveURL(/groups\/site\?site=CERN$/);
  await box.fill('debian:12');
  await box.press('Enter');
  await expect(page).toHaveURL(/groups\/platform\?platform=debian:12$|groups\/platform\?platform=debian%3A12$/);
  await box.fill('node47');
  await box.press('Enter');
  await expect(page).toHaveURL(/hosts\/node47\./);
});

test('what to do at a site, host by host, to be downloaded', async ({ page }) => {
  await show(page, 'groups/site?site=Brno');
  await page.getByRole('link', { name: 'All hosts and commands' }).click();
  await expect(page).toHaveURL(/todo\?site=Brno$/);
  await settled(page);
  const first = rows(page, 'What to do').first();
  await expect(first.locator('code')).toHaveText(/^apt-get install --only-upgrade [a-z]/);
  const key = (await first.getByRole('link').getAttribute('href'))!.split('/').pop()!;
  const own = (await (await page.request.get(`api/v1/hosts/${key}`)).json()) as { command_security: string };
  expect(await first.locator('code').textContent()).toBe(own.command_security);
  await page.getByRole('button', { name: 'Download' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /^CSV/ }).click()]);
  const text = await readFile((await download.path())!, 'utf8');
  expect(text).toContain(`${key},`);
  expect(text).toContain(own.command_security);
});

test('where nobody judges there is no zero', async ({ page }) => {
  await show(page, 'groups/platform');
  const old = row(page, 'Platforms', 'debian:9');
  await expect(old.getByRole('img', { name: 'not judged: no repository is known for it' }).first()).toBeVisible();
  await show(page, 'groups/site?site=Attic');
  await expect(page.getByRole('link', { name: 'Lack security updates: –' })).toBeVisible();
  await expect(page.getByText(/^Nothing is known to be outdated, but 1 of these 1 hosts are not judged/)).toBeVisible();
});

test('feeds that fail are counted', async ({ page }) => {
  await show(page, './');
  await expect(page.getByText(/1 failing.*of \d+ feeds/)).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Feeds' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Feeds');
});

test('the box in the header finds CVEs, hosts and packages', async ({ page }) => {
  await show(page, './');
  const box = page.getByRole('textbox', { name: /^Find / });
  await box.fill(' cve-2023-10004 ');
  await box.press('Enter');
  await expect(page).toHaveURL(/cves\/CVE-2023-10004$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('CVE-2023-10004');
  await box.fill('node0');
  await box.press('Enter');
  await expect(rows(page, 'Hosts')).toHaveCount(10);
  await expect(row(page, 'Hosts', 'node05.lyon.example.fr')).toBeVisible();
  await box.fill('Node05.lyon.example.fr');
  await box.press('Enter');
  await expect(page).toHaveURL(/hosts\/node05\.lyon\.example\.fr$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('node05.lyon.example.fr');
  await box.fill('openssl < 3.0.15-1');
  await box.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Packages');
  await expect(row(page, 'Packages', '3.0.14-1')).toBeVisible();
  await expect(row(page, 'Packages', '3.0.15-1').filter({ hasText: 'current' })).toHaveCount(0);
});

test('the box in the header: what no host is called is a package or an advisory, or leads on', async ({ page }) => {
  await show(page, './');
  const box = page.getByRole('textbox', { name: /^Find / });
  await box.fill('openssl');
  await box.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Packages');
  await expect(row(page, 'Packages', '3.0.14-1')).toBeVisible();
  await box.fill('DEMO-3');
  await box.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Advisories');
  await expect(rows(page, 'Advisories')).toHaveCount(1);
  await expect(row(page, 'Advisories', 'DEMO-3')).toContainText('curl');
  await box.fill('no-such-thing');
  await box.press('Enter');
  await expect(page.getByText(/^No host fits/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Packages with no-such-thing in their name' })).toBeVisible();
});

test('the menu names what is behind it', async ({ page }) => {
  await show(page, './');
  for (const [name, heading] of [
    ['Host tags', 'Host tags'],
    ['CVE tags and exceptions', 'CVE tags and exceptions'],
    ['Advisories', 'Advisories'],
  ] as const) {
    await entry(page, name).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  }
});

test('every entry of the menu leads to its page and is marked there', async ({ page }) => {
  await show(page, './');
  const names = await page.getByRole('navigation').getByRole('link').allTextContents();
  expect(names).toContain('Outdated packages');
  for (const name of names) {
    await entry(page, name).click();
    await expect(entry(page, name)).toHaveAttribute('aria-current', 'page');
    await settled(page);
    await expect(page).toHaveTitle(`${await page.getByRole('heading', { level: 1 }).textContent()} - Pakiti`);
  }
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Statistics');
});

test('an unknown page says so and leads back', async ({ page }) => {
  await show(page, 'no/such/page');
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('an unknown host: what the server says of it', async ({ page, complaints }) => {
  await page.goto('hosts/no-such-host');
  await expect(page.getByRole('alert')).toContainText("no host 'no-such-host' has reported");
  provoked(complaints, 404);
});

test('a CVE that is none: what the server says of it', async ({ page, complaints }) => {
  await page.goto('cves/CVE-1');
  await expect(page.getByRole('alert').first()).toContainText("'CVE-1' is no CVE");
  provoked(complaints, 400);
});

test('a CVE that nobody knows: what the server says of it', async ({ page, complaints }) => {
  await page.goto('cves/CVE-1999-99999');
  await expect(page.getByRole('alert').first()).toContainText('CVE-1999-99999');
  provoked(complaints, 404);
});

test('from sites to hosts, with the trend of one', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Sites').click();
  await expect(row(page, 'Sites', 'Brno')).toContainText('Brno11');
  await page.getByRole('link', { name: 'Brno', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Site Brno');
  await expect(page.getByRole('application', { name: 'Brno over time', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Hosts: 11', exact: true }).click();
  await expect(page).toHaveURL(/hosts\?site=Brno$/);
  await expect(rows(page, 'Hosts')).toHaveCount(11);
});

test('a number of a group leads to exactly these hosts', async ({ page }) => {
  await show(page, 'groups/domain');
  await page.getByRole('link', { name: /^\d+ hosts of cern.example, silent$/ }).click();
  await settled(page);
  await expect(page).toHaveURL(/domain=cern.example&state=silent/);
  await expect(rows(page, 'Hosts')).toHaveCount(2);
});

test('hosts that told no site are a group, too', async ({ page }) => {
  await show(page, 'groups/site');
  await page.getByRole('link', { name: '12 hosts of none', exact: true }).click();
  await expect(page).toHaveURL(/hosts\?site=$/);
  await expect(rows(page, 'Hosts')).toHaveCount(12);
  await expect(page.getByText('site: none told', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Remove site' }).click();
  await expect(rows(page, 'Hosts')).not.toHaveCount(12);
});

test('a group leads to its CVEs and its outdated packages', async ({ page }) => {
  await show(page, 'groups/site?site=Brno');
  await expect(row(page, 'Packages to update', 'bash')).toBeVisible();
  await page.getByRole('link', { name: 'All of them' }).click();
  await expect(page).toHaveURL(/outdated\?site=Brno$/);
  await expect(page.getByText('site: Brno', { exact: true })).toBeVisible();
  await expect(row(page, 'Outdated packages', 'bash')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('region', { name: 'Worst CVEs' }).getByRole('link', { name: '11 hosts with CVE-2025-10005' })).toBeVisible();
  await page.getByRole('link', { name: /^All \d+ CVEs$/ }).click();
  await expect(page).toHaveURL(/cves\?site=Brno$/);
  await expect(row(page, 'CVEs', 'CVE-2025-10005')).toContainText('11');
  await show(page, 'groups/site?site=Brno');
  await page.getByRole('link', { name: 'All sites' }).click();
  await expect(row(page, 'Sites', 'Lyon')).toBeVisible();
});

test('the trend is a table, too, and can be taken along', async ({ page }) => {
  await show(page, './');
  await page.getByRole('button', { name: 'As a table' }).click();
  await expect(page.locator('.recharts-line-curve')).toHaveCount(0);
  const table = page.getByRole('region', { name: 'The fleet over time' });
  await expect(table).toBeInViewport();
  await expect(table.getByRole('columnheader')).toHaveText(['Day', 'Hosts', 'lack security updates', 'have CVEs', 'have tagged CVEs', 'wait for a restart', 'silent']);
  await expect(rows(page, 'The fleet over time')).not.toHaveCount(30);
  const days = await rows(page, 'The fleet over time').getByRole('rowheader').allTextContents();
  expect(days.length).toBeGreaterThanOrEqual(60);
  expect(days).toEqual([...days].sort().reverse());
  const waits = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const lines = (await readFile(await (await waits).path(), 'utf8')).trim().split(/\r?\n/);
  expect(lines[0]).toContain('day');
  expect(lines[0]).toContain('hosts_security');
  expect(lines).toHaveLength(days.length + 1);
  await page.getByRole('button', { name: 'As a table' }).click();
  await expect(page.locator('.recharts-line-curve')).toHaveCount(6);
});
