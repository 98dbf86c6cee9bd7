// SPDX-License-Identifier: Apache-2.0

// The page of a host.

import { choose, entry, expect, row, rows, settled, show, test } from './page';

const HOST = 'hosts/node00.cern.example';

test('from the list of hosts to what is not patched, security first, and the command for it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await show(page, './');
  await entry(page, 'Hosts').click();
  await page.getByRole('textbox', { name: 'Host name' }).fill('node00');
  await expect(rows(page, 'Hosts')).toHaveCount(1);
  await page.getByRole('link', { name: 'node00.cern.example' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('node00.cern.example');
  await settled(page);
  await expect(page.getByRole('tab', { name: 'Not patched' })).toHaveAttribute('aria-selected', 'true');
  await expect(rows(page, 'Packages that are not current').first()).toContainText('security');
  await expect(row(page, 'Packages that are not current', 'openssl')).toContainText('3.0.15-1');
  await page.getByRole('button', { name: 'Copy: Installs the security updates' }).click();
  await expect(page.getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('apt-get install --only-upgrade curl openssl sudo');
});

test('CVEs with their state, and why', async ({ page }) => {
  await show(page, HOST);
  await page.getByRole('tab', { name: 'CVEs' }).click();
  await settled(page);
  await expect(page).toHaveURL(/tab=cves/);
  await expect(rows(page, 'CVEs').first()).toContainText('exploited');
  await expect(row(page, 'CVEs', 'CVE-2024-10001')).toContainText('fix available');
  await expect(row(page, 'CVEs', 'CVE-2025-10005')).toContainText('no fix yet');
  await page.getByRole('button', { name: 'Why CVE-2024-10001 on node00.cern.example' }).click();
  const dialog = page.getByRole('dialog', { name: 'CVE-2024-10001 on node00.cern.example' });
  await expect(dialog.getByText('vulnerable', { exact: true })).toBeVisible();
  await expect(dialog).toContainText('openssl 3.0.11-1 amd64');
  await expect(dialog).toContainText('3.0.14-1');
  await expect(dialog).toContainText('demo-osv');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
});

test('CVEs by words, severity and what is known of them; those that do not count are shown when asked for', async ({ page }) => {
  await show(page, `${HOST}?tab=cves`);
  await expect(page.getByText('5 distinct CVEs count; a row for each package that has one.')).toBeVisible();
  const filter = page.getByRole('search', { name: 'Filter CVEs' });
  await filter.getByRole('textbox', { name: 'CVE' }).fill('openssl');
  await expect(rows(page, 'CVEs')).toHaveCount(2);
  await filter.getByRole('button', { name: 'Clear: CVE' }).click();
  await expect(rows(page, 'CVEs')).toHaveCount(5);
  await choose(page, 'Fix', 'none');
  await expect(rows(page, 'CVEs')).toHaveCount(1);
  await expect(page).toHaveURL(/tab=cves&fixed=no$/);
  await page.goBack();
  await expect(rows(page, 'CVEs')).toHaveCount(5);
  await filter.getByRole('combobox', { name: 'Severity' }).press('ArrowDown');
  await page.getByRole('option', { name: 'critical' }).click();
  await page.keyboard.press('Escape');
  await expect(rows(page, 'CVEs')).toHaveCount(1);
  await expect(row(page, 'CVEs', 'CVE-2024-10001')).toBeVisible();
  await page.getByRole('checkbox', { name: 'also those that do not count' }).check();
  await expect(page).toHaveURL(/severity=critical&all=yes$/);
  await settled(page);
  await expect(row(page, 'CVEs', 'CVE-2024-10001')).toBeVisible();
});

test('packages can be searched', async ({ page }) => {
  await show(page, `${HOST}?tab=packages`);
  await expect(rows(page, 'All packages')).toHaveCount(10);
  await page.getByRole('textbox', { name: 'Search packages' }).fill('ssl');
  await expect(rows(page, 'All packages')).toHaveCount(1);
  await expect(row(page, 'All packages', 'openssl')).toContainText('3.0.11-1');
  await page.getByRole('textbox', { name: 'Search packages' }).fill('no such');
  await expect(page.getByText('No package of that name.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Search packages' }).fill('');
  await expect(rows(page, 'All packages')).toHaveCount(10);
});

test('a restart is pending', async ({ page }) => {
  await show(page, HOST);
  await expect(page.getByRole('alert')).toHaveText('A restart is pending6.1.0-18-amd64 runs, and a newer kernel is installed.');
  await page.getByRole('tab', { name: 'Kernel' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  const panel = page.getByRole('tabpanel');
  await expect(panel).toContainText('Running kernel: 6.1.0-18-amd64');
  await expect(panel.getByRole('listitem').filter({ hasText: '6.1.0-18' })).toContainText('running');
  await expect(panel.getByRole('listitem').filter({ hasText: '6.1.0-26' })).toContainText('installed');
  await expect(panel.getByRole('listitem').filter({ hasText: '6.1.0-26' })).not.toContainText('running');
  await show(page, 'hosts/node01.brno.example.cz?tab=kernel');
  await expect(page.getByRole('tabpanel')).toContainText('Running kernel: 6.1.0-18-amd64');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the history tells what was upgraded and removed', async ({ page }) => {
  await show(page, 'hosts/node07.brno.example.cz');
  await page.getByRole('tab', { name: 'History' }).click();
  await settled(page);
  await expect(row(page, 'Changes', 'openssl')).toContainText('upgraded');
  await expect(row(page, 'Changes', 'openssl')).toContainText('3.0.14-13.0.15-1');
  await expect(row(page, 'Changes', 'telnet')).toContainText('removed');
  await expect(row(page, 'Changes', 'first report, 9 packages')).toBeVisible();
  for (const what of ['Updates', 'CVEs'])
    await expect(page.getByRole('application', { name: `node07.brno.example.cz over time: ${what}`, exact: true })).toBeVisible();
  await expect(rows(page, 'Changes')).toHaveCount(4);
});

test('the report', async ({ page }) => {
  await show(page, HOST);
  await page.getByRole('tab', { name: 'Report' }).click();
  const panel = page.getByRole('tabpanel');
  await expect(panel).toContainText('Debian GNU/Linux 12');
  await expect(panel).toContainText('Demo CPU');
  await expect(panel).toContainText('pakiti-client');
  await panel.getByRole('link', { name: 'CERN', exact: true }).click();
  await expect(page).toHaveURL(/hosts\?site=CERN$/);
});

test('a host that is patched says so', async ({ page }) => {
  await show(page, 'hosts/node07.brno.example.cz');
  await expect(page.getByText('Everything that its repositories have is current.')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Copy/ })).toHaveCount(0);
});

test('a tab can be linked to, and an unknown one shows the first', async ({ page }) => {
  await show(page, `${HOST}?tab=report`);
  await expect(page.getByRole('tab', { name: 'Report' })).toHaveAttribute('aria-selected', 'true');
  await show(page, `${HOST}?tab=nonesuch`);
  await expect(page.getByRole('tab', { name: 'Not patched' })).toHaveAttribute('aria-selected', 'true');
});

test('its numbers lead to its tabs', async ({ page }) => {
  await show(page, `${HOST}?tab=report`);
  for (const [card, tab, url] of [
    ['Updates: 3', 'Not patched', /tab=updates$/],
    ['CVEs: 5', 'CVEs', /tab=cves$/],
    ['Security updates: 3', 'Not patched', /tab=updates$/],
    ['Known exploited: 2', 'CVEs', /tab=cves&exploited=yes$/],
  ] as const) {
    await page.getByRole('link', { name: card, exact: true }).click();
    await expect(page).toHaveURL(url);
    await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
    await settled(page);
    await expect(rows(page, tab === 'CVEs' ? 'CVEs' : 'Packages that are not current')).toHaveCount(Number(card.replace(/\D/g, '')));
  }
  await expect(page.getByRole('combobox', { name: 'Exploited' })).toHaveValue('known exploited');
});

test('a command is copied where browsers lend no clipboard', async ({ page }) => {
  await page.addInitScript(() => delete (Navigator.prototype as { clipboard?: unknown }).clipboard);
  await show(page, HOST);
  expect(await page.evaluate(() => 'clipboard' in navigator)).toBe(false);
  await page.getByRole('button', { name: 'Copy: Installs the security updates' }).click();
  await expect(page.getByText('Copied')).toBeVisible();
  const box = page.getByRole('textbox', { name: /^Find / });
  await box.focus();
  await page.keyboard.press('Control+V');
  await expect(box).toHaveValue('apt-get install --only-upgrade curl openssl sudo');
  await expect(page.getByText('Copied')).toHaveCount(0);
});

test('why a host is not vulnerable can be asked, too', async ({ page }) => {
  await show(page, 'hosts/node02.lyon.example.fr?tab=cves&search=cve-2024-10001');
  await expect(page.getByText('CVE-2024-10001 is not among those that are shown.')).toBeVisible();
  await page.getByRole('button', { name: 'Why CVE-2024-10001 on node02.lyon.example.fr' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('not vulnerable');
  await expect(dialog).toContainText('Fixed in');
  await expect(dialog).toContainText('3.0.14-1');
});

test('a release that is out of support is told of', async ({ page }) => {
  await show(page, 'hosts/relic.example.org');
  await expect(page.getByRole('alert').filter({ hasText: 'Its release is out of support' })).toContainText('debian:9 has ended on 18 Jul 2020');
  await expect(page.getByRole('alert').filter({ hasText: 'It is not judged in full' })).toBeVisible();
});
