// SPDX-License-Identifier: Apache-2.0

// Packages, one package, outdated packages; CVEs, one CVE.

import { choose, entry, expect, row, rows, settled, show, test } from './page';

test('packages below a version, by the order of the package manager', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Packages').click();
  await page.getByRole('textbox', { name: 'Package', exact: true }).fill('openssl < 3.0.15-1');
  await expect(page).toHaveURL(/p=openssl/);
  await expect(row(page, 'Packages', '3.0.11-1')).toBeVisible();
  await expect(rows(page, 'Packages').filter({ hasText: 'current' })).toHaveCount(0);
  await settled(page);
  const link = row(page, 'Packages', '3.0.14-1').getByRole('link', { name: /hosts with openssl 3\.0\.14-1$/ });
  const n = Number(await link.textContent());
  await link.click();
  await expect(page).toHaveURL(/hosts\?package=openssl/);
  await expect(rows(page, 'Hosts')).toHaveCount(n);
  await expect(page.getByText('package: openssl = 3.0.14-1')).toBeVisible();
});

test('a part of a name finds packages; no package says so', async ({ page }) => {
  await show(page, 'packages');
  await page.getByRole('textbox', { name: 'Package', exact: true }).fill('libxml');
  await expect(rows(page, 'Packages').filter({ hasNotText: 'libxml' })).toHaveCount(0);
  await expect(row(page, 'Packages', '2.9.14+dfsg-1.3~deb12u1').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Package', exact: true }).fill('no-such-package');
  await expect(page.getByText(/^No package fits/)).toBeVisible();
});

test('packages of some hosts only', async ({ page }) => {
  await show(page, 'packages');
  await page.getByRole('button', { name: 'Filter hosts' }).click();
  await page.getByRole('combobox', { name: 'Site' }).click();
  await page.getByRole('option', { name: 'Brno', exact: true }).click();
  await expect(page).toHaveURL(/site=Brno/);
  await settled(page);
  await expect(row(page, 'Packages', 'zlib1g').getByRole('link', { name: /^11 hosts/ })).toBeVisible();
  const badge = page.getByText('site: Brno', { exact: true });
  await expect(badge).toHaveCount(0); // its field says it
  await page.getByRole('button', { name: 'Hide filters' }).click();
  await expect(page.getByRole('combobox', { name: 'Site' })).toHaveCount(0);
  await expect(badge).toBeVisible();
  await page.getByRole('button', { name: 'Remove site' }).click();
  await expect(badge).toHaveCount(0);
  await expect(page).toHaveURL(/packages$/);
});

test('a package: which versions there are, and who has one', async ({ page }) => {
  await show(page, 'packages?p=openssl');
  await page.getByRole('link', { name: 'openssl', exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('openssl');
  await settled(page);
  await expect(page.getByRole('progressbar', { name: /^3\.0\.11-1: \d+ hosts$/ })).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: '3.0.15-1' }).first()).toContainText('current');
  await page.getByRole('textbox', { name: 'Version', exact: true }).fill('< 3.0.14-1');
  await expect(page).toHaveURL(/version=/);
  await settled(page);
  await expect(row(page, 'Hosts with openssl', 'node00.cern.example')).toContainText('3.0.11-1');
  await expect(rows(page, 'Hosts with openssl').filter({ hasText: '3.0.14-1 ' })).toHaveCount(0);
});

test('a package that nobody has', async ({ page }) => {
  await show(page, 'packages/no-such-package');
  await expect(page.getByText('No host has it.').first()).toBeVisible();
});

test('outdated packages: from which version to which, and on which hosts', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Outdated packages').click();
  await page.getByRole('textbox', { name: 'Package', exact: true }).fill('openssl');
  const one = row(page, 'Outdated packages', 'openssl').filter({ hasText: 'debian:12' });
  await expect(one).toContainText('3.0.11-1 … 3.0.14-1');
  await expect(one).toContainText('3.0.15-1');
  const link = one.getByRole('link', { name: /hosts with an outdated openssl$/ });
  const n = Number(await link.textContent());
  await link.click();
  await expect(rows(page, 'Hosts')).toHaveCount(n);
});

test('CVEs by their number, by severity, known exploited only', async ({ page }) => {
  await show(page, './');
  await entry(page, 'CVEs').click();
  await expect(rows(page, 'CVEs').first()).toContainText('exploited');
  await page.getByRole('textbox', { name: 'CVE', exact: true }).fill('CVE-2023-10004');
  await expect(rows(page, 'CVEs')).toHaveCount(1);
  await expect(row(page, 'CVEs', 'CVE-2023-10004')).toContainText('45.0 %');
  await page.getByRole('button', { name: 'Clear: CVE' }).click();
  await page.getByRole('combobox', { name: 'Severity' }).press('ArrowDown');
  await page.getByRole('option', { name: 'critical' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/severity=critical/);
  await settled(page);
  await expect(rows(page, 'CVEs').filter({ hasNotText: 'critical' })).toHaveCount(0);
  await expect(row(page, 'CVEs', 'CVE-2024-10001')).toBeVisible();
  await choose(page, 'Exploited', 'known exploited');
  await expect(page).toHaveURL(/severity=critical&exploited=yes/);
  await settled(page);
  await expect(rows(page, 'CVEs').filter({ hasNotText: 'exploited' })).toHaveCount(0);
});

test('words of the title find a CVE; none says so', async ({ page }) => {
  await show(page, 'cves');
  const box = page.getByRole('textbox', { name: 'CVE', exact: true });
  await box.fill('flaw in libxml2');
  await expect(rows(page, 'CVEs')).toHaveCount(1);
  await expect(row(page, 'CVEs', 'CVE-2025-10005')).toContainText('none');
  await box.fill('no such words');
  await expect(page.getByText('No CVE fits.')).toBeVisible();
});

test('a CVE: what is known, what vendors say, which hosts, and why', async ({ page }) => {
  await show(page, 'cves?search=CVE-2024-10001');
  await page.getByRole('link', { name: 'CVE-2024-10001', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('CVE-2024-10001');
  await settled(page);
  const facts = page.getByRole('main');
  await expect(facts).toContainText('9.8 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H');
  await expect(facts).toContainText('91.0 %, higher than 96.0 % of all');
  await expect(facts).toContainText('Known exploited');
  await expect(row(page, 'Statements on CVE-2024-10001', 'DEMO-1')).toContainText('openssl (source)');
  const hosts = row(page, 'Hosts with CVE-2024-10001', 'node00.cern.example');
  await expect(hosts).toContainText('3.0.11-1');
  await hosts.getByRole('button', { name: /^Why/ }).click();
  await expect(page.getByRole('dialog')).toContainText('DEMO-1');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /^Hosts: 15$/ }).click();
  await expect(page).toHaveURL(/hosts\?cve=CVE-2024-10001$/);
  await expect(rows(page, 'Hosts')).toHaveCount(15);
});

test('hosts with a CVE can be filtered', async ({ page }) => {
  await show(page, 'cves/CVE-2025-10005?site=Brno');
  await expect(rows(page, 'Hosts with CVE-2025-10005')).toHaveCount(11);
});

test('sorting one table of a page leaves the other alone', async ({ page }) => {
  await show(page, 'cves/CVE-2025-10005?site=Brno');
  await page.getByRole('region', { name: 'Hosts with CVE-2025-10005' }).getByRole('button', { name: 'Host' }).click();
  await expect(rows(page, 'Hosts with CVE-2025-10005').first()).toContainText('node01');
  await page.getByRole('region', { name: /^Statements/ }).getByRole('button', { name: 'Feed' }).click();
  await expect(rows(page, 'Hosts with CVE-2025-10005').first()).toContainText('node01');
});

test('advisories: the worst first, by words, by severity, and the hosts that one would help', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Advisories').click();
  await settled(page);
  await expect(rows(page, 'Advisories').first()).toContainText('critical');
  await page.getByRole('textbox', { name: 'Advisory', exact: true }).fill('demo-');
  await expect(rows(page, 'Advisories')).toHaveCount(4); // nothing is fixed by DEMO-5
  await page.getByRole('textbox', { name: 'Advisory', exact: true }).fill('openssl: something');
  await expect(rows(page, 'Advisories')).toHaveCount(2);
  await page.getByRole('combobox', { name: 'Severity' }).press('ArrowDown');
  await page.getByRole('option', { name: 'critical' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/severity=critical/);
  await expect(rows(page, 'Advisories')).toHaveCount(1);
  await expect(row(page, 'Advisories', 'DEMO-1')).toContainText('1 Dec 2025');
  await page.getByRole('link', { name: '15 hosts that DEMO-1 would help' }).click();
  await expect(page).toHaveURL(/hosts\?advisory=DEMO-1$/);
  await expect(rows(page, 'Hosts')).toHaveCount(15);
  await expect(page.getByText('advisory: DEMO-1')).toBeVisible();
  await show(page, 'advisories?search=no-such-advisory');
  await expect(page.getByText('No advisory would fix anything on these hosts.')).toBeVisible();
});

test('what the platforms of the fleet need against a CVE', async ({ page }) => {
  await show(page, 'cves/CVE-2024-10001');
  const need = page.getByRole('region', { name: 'Fixed versions by platform' }).locator('tbody tr').filter({ hasText: 'debian:12' });
  await expect(need).toContainText('openssl 3.0.14-1');
  await need.getByRole('link', { name: '15 hosts of debian:12 with CVE-2024-10001' }).click();
  await expect(page).toHaveURL(/cve=CVE-2024-10001&platform=debian:12$/);
  await expect(rows(page, 'Hosts')).toHaveCount(15);
});
