// SPDX-License-Identifier: Apache-2.0

// What is not the usual: hostile text, waiting, nothing, failure; and dates.

import type { Page } from '@playwright/test';
import { expect, provoked, row, rows, SCRIPT, settled, show, table, test } from './page';

test.describe('hostile text is text', () => {
  const asked: string[] = [];
  test.beforeEach(({ page }) => {
    asked.length = 0;
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  });
  test.afterEach(async ({ page }) => {
    await expect(page).not.toHaveTitle('taken');
    expect(asked.filter((path) => path.endsWith('/x'))).toEqual([]);
    expect(await page.evaluate(() => [...document.querySelectorAll('script, img')].filter((e) => e.outerHTML.includes('taken')).length)).toBe(0);
  });

  test('as the site of a host', async ({ page }) => {
    await show(page, 'hosts?q=node13');
    await expect(row(page, 'Hosts', 'node13')).toContainText(SCRIPT);
    await page.getByRole('link', { name: /^node13/ }).click();
    await page.getByRole('tab', { name: 'Report' }).click();
    await page.getByRole('link', { name: SCRIPT }).click();
    await expect(rows(page, 'Hosts')).toHaveCount(1);
    await expect(page.getByRole('combobox', { name: 'Site' })).toHaveValue(SCRIPT);
  });

  test('as a group, its heading and its trend', async ({ page }) => {
    await show(page, 'groups/site');
    await page.getByRole('link', { name: SCRIPT, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Site ${SCRIPT}`);
    await settled(page);
    await expect(page).toHaveTitle(`Site ${SCRIPT} - Pakiti`);
    await page.getByRole('link', { name: 'Hosts: 1', exact: true }).click();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.getByRole('combobox', { name: 'Site' }).click();
    await expect(page.getByRole('option', { name: SCRIPT })).toBeVisible();
  });

  test('as the title of an advisory', async ({ page }) => {
    await show(page, 'cves/CVE-2025-10005?q=node13');
    const statements = page.getByRole('region', { name: 'Statements on CVE-2025-10005' }).locator('..');
    await statements.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Title' }).check();
    await expect(table(page, 'Statements on CVE-2025-10005')).toContainText(SCRIPT);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Why CVE-2025-10005 on node13/ }).click();
    await expect(page.getByRole('dialog')).toContainText(SCRIPT);
  });

  test('as an address', async ({ page }) => {
    await show(page, `hosts?q=${encodeURIComponent(SCRIPT)}`);
    await expect(page.getByRole('textbox', { name: 'Host name' })).toHaveValue(SCRIPT);
    await show(page, `groups/site?site=${encodeURIComponent(`${SCRIPT} `)}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Site ${SCRIPT}`);
  });
});

/** Hold back what is asked for until it is let go. */
async function hold(page: Page, what: string) {
  let go = () => {};
  const waits = new Promise<void>((done) => (go = done));
  await page.route(what, async (route) => {
    await waits;
    await route.continue();
  });
  return go;
}

test('while a list loads, it says so', async ({ page }) => {
  const go = await hold(page, '**/api/v1/hosts?*');
  await page.goto('hosts?site=Brno');
  await expect(page.getByRole('status')).toHaveText('Loading');
  await expect(page.locator('[aria-busy="true"]')).toBeVisible();
  await expect(page.locator('.mantine-Skeleton-root').first()).toBeVisible();
  go();
  await expect(page.getByRole('status')).toHaveText('11 rows');
  await expect(rows(page, 'Hosts')).toHaveCount(11);
});

test('while a list that is there is asked for anew, it says so, and what is old is dim', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  const shown = table(page, 'Hosts');
  await expect(shown).toHaveCSS('opacity', '1');
  const go = await hold(page, '**/api/v1/hosts?*');
  await page.getByRole('button', { name: 'Host', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Loading');
  await expect(shown).toHaveCSS('opacity', '0.5');
  await expect(rows(page, 'Hosts').first()).toContainText('node01');
  go();
  await expect(page.getByRole('status')).toHaveText('11 rows');
  await expect(rows(page, 'Hosts').first()).toContainText('node45');
  await expect(shown).toHaveCSS('opacity', '1');
});

for (const [path, status, sentence] of [
  ['hosts/no-such-host', 404, "no host 'no-such-host' has reported"],
  ['hosts?state=nonsense', 400, "'nonsense' is no state"],
] as const)
  test(`what is refused is not tried again, and nothing is counted: ${path}`, async ({ page, complaints }) => {
    await page.goto(path);
    await expect(page.getByRole('alert')).toContainText(sentence);
    await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    await expect(page.getByText(/\d rows?$/)).toHaveCount(0);
    await expect(page.getByText(/^No host fits/)).toHaveCount(0);
    provoked(complaints, status);
  });

for (const [path, name, words] of [
  ['hosts?site=Brno', 'Hosts', 'node45.cern.example'],
  ['hosts/node00.cern.example', 'Packages that are not current', '3.0.15-1'],
] as const)
  test(`on paper there is what one reads, and nothing to press: ${path}`, async ({ page }) => {
    await show(page, path);
    await expect(page.getByRole('navigation')).toBeVisible();
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByRole('navigation')).toBeHidden();
    await expect(page.getByRole('banner')).toBeHidden();
    await expect(page.getByRole('search')).toHaveCount(0);
    await expect(page.locator('button:not(th button)').filter({ visible: true })).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(table(page, name).getByText(words).first()).toBeVisible();
  });

test('paper is white, whatever the screen is', async ({ page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  await show(page, './');
  const dark = await ground();
  expect(dark).not.toBe('rgb(255, 255, 255)');
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await expect.poll(ground).toBe('rgb(255, 255, 255)');
  await page.emulateMedia({ colorScheme: 'dark', media: 'screen' });
  await expect.poll(ground).toBe(dark);
});

test.describe('a German browser', () => {
  test.use({ locale: 'de-DE' });
  test('words, numbers and dates are English', async ({ page }) => {
    expect(await page.evaluate(() => (1234.5).toLocaleString())).toBe('1.234,5');
    await page.route('**/api/v1/overview', async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: { ...((await reply.json()) as object), hosts: 12_345 } });
    });
    await show(page, './');
    await expect(page.getByRole('link', { name: 'Hosts: 12,345', exact: true })).toHaveText('12,345');
    await show(page, 'hosts/node45.cern.example');
    await expect(page.locator('time').first()).toHaveText('5 days ago');
    await expect(page.locator('time').first()).toHaveAttribute('title', /^[A-Z][a-z]+day,? \d+ [A-Z][a-z]+ \d{4} at /);
    await show(page, 'advisories');
    await expect(row(page, 'Advisories', 'DEMO-1').locator('time')).toHaveText('1 Dec 2025');
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

test('while a page loads, it says so', async ({ page }) => {
  const go = await hold(page, '**/api/v1/overview');
  await page.goto('./');
  await expect(page.getByRole('status', { name: 'Loading' }).first()).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  go();
  await expect(page.getByRole('link', { name: /^Hosts: / })).toBeVisible();
});

for (const [path, sentence] of [
  ['hosts?q=no-such-host', 'No host fits. Clear the filter, or let a host report with pakiti-client.'],
  ['groups/site?q=no-such-host', 'No host fits.'],
  ['cves?search=no-such-cve', 'No CVE fits.'],
  ['outdated?p=no-such-package', 'No outdated package has such a name.'],
  ['todo?q=no-such-host', /^Nothing that is known/],
  ['decisions?search=no-such-cve', /^No CVE has a tag/],
  ['decisions?search=no-such-cve&tab=exceptions', 'No exception: every finding counts.'],
] as const)
  test(`nothing to show: ${path}`, async ({ page }) => {
    await show(page, path);
    await expect(page.getByText(sentence)).toBeVisible();
    await expect(page.getByRole('status')).toHaveText('0 rows');
  });

for (const [path, what] of [
  ['hosts?site=Brno', '**/api/v1/hosts?*'],
  ['./', '**/api/v1/overview'],
] as const)
  test(`a failure is told, and can be tried again: ${path}`, async ({ page, complaints }) => {
    await page.route(what, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"detail":"the database is being moved"}' }),
    );
    await page.goto(path);
    await expect(page.getByRole('alert')).toContainText('This could not be loaded');
    await expect(page.getByRole('alert')).toContainText('the database is being moved');
    provoked(complaints, 503);
    await page.unroute(what);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await settled(page);
    await expect(page.getByRole('link', { name: path === './' ? /^Hosts: / : /^node01/ })).toBeVisible();
  });

test('a server that is away', async ({ page, complaints }) => {
  await page.route('**/api/v1/feeds?*', (route) => route.abort());
  await page.goto('feeds');
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached.');
  complaints.splice(0, complaints.length, ...complaints.filter((one) => !one.includes('ERR_FAILED')));
});

for (const [zone, name] of [
  ['UTC', 'UTC'],
  ['Asia/Tokyo', 'GMT+9'],
] as const)
  test.describe(zone, () => {
    test.use({ timezoneId: zone });
    test('dates are near in words, exact in their title, in the zone of the reader', async ({ page }) => {
      await show(page, 'hosts/node45.cern.example');
      const time = page.locator('time').first();
      await expect(time).toHaveText('5 days ago');
      const at = (await time.getAttribute('datetime'))!;
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long', timeZone: zone }).format(new Date(at));
      await expect(time).toHaveAttribute('title', exact);
      expect(exact).toContain(name);
    });
  });
