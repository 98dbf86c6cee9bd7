// SPDX-License-Identifier: Apache-2.0

// Feeds, statistics, settings: what is about the server.

import { choose, entry, expect, provoked, row, rows, settled, show, test } from './page';

test('feeds that are held back or fail are first, and say why', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Feeds').click();
  await settled(page);
  const first = await rows(page, 'Feeds').allTextContents();
  expect(first.findIndex((text) => text.startsWith('demo-broken'))).toBe(first[0]!.startsWith('demo-shrinking') ? 1 : 0); // or it is accepted by now
  await expect(row(page, 'Feeds', 'demo-broken')).toContainText('failing');
  await expect(row(page, 'Feeds', 'demo-broken')).toContainText('does not exist');
  await expect(row(page, 'Feeds', 'demo-osv')).toContainText('good');
});

test('a feed is fetched now: its last try is new', async ({ page }) => {
  await show(page, 'feeds');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Last try' }).check();
  await page.keyboard.press('Escape');
  const when = row(page, 'Feeds', 'demo-kev').locator('time').last();
  const before = (await when.getAttribute('datetime'))!;
  const button = page.getByRole('button', { name: 'Fetch demo-kev now' });
  await button.click();
  await expect(when).not.toHaveAttribute('datetime', before, { timeout: 20_000 });
  expect((await when.getAttribute('datetime'))! > before).toBe(true);
  await expect(button).toBeEnabled();
  await expect(row(page, 'Feeds', 'demo-kev')).toContainText('good');
});

test('statistics of the fleet, of a site and of a host', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Statistics').click();
  await expect(page.getByRole('heading', { name: 'The whole fleet' })).toBeVisible();
  await expect(page.locator('.recharts-line-curve')).toHaveCount(6);
  await choose(page, 'Show', 'a site');
  await page.getByRole('combobox', { name: 'Which' }).click();
  await page.getByRole('option', { name: 'Brno', exact: true }).click();
  await expect(page).toHaveURL(/statistics\?kind=site&value=Brno$/);
  await expect(page.getByRole('application', { name: 'site Brno over time', exact: true })).toBeVisible();
  await choose(page, 'Show', 'a host');
  const name = page.getByRole('combobox', { name: 'Which' });
  await name.fill('node07.brno.example.cz');
  await name.press('Enter');
  for (const what of ['Updates', 'CVEs'])
    await expect(page.getByRole('application', { name: `node07.brno.example.cz over time: ${what}`, exact: true })).toBeVisible();
  await expect(page).toHaveURL(/kind=host&value=node07/);
});

test('statistics: what nobody is called has no numbers, and says so', async ({ page, complaints }) => {
  await show(page, 'statistics?kind=site&value=Atlantis');
  await expect(page.getByText('No numbers yet: they are recorded every hour.')).toBeVisible();
  await page.goto('statistics?kind=host&value=no-such-host');
  await expect(page.getByRole('alert')).toContainText('no-such-host');
  provoked(complaints, 404);
});

test.describe('settings', () => {
  test.describe.configure({ mode: 'serial' }); // they are everybody's

  test('the name of the installation is in the header at once; wrong values are refused', async ({ page, complaints }) => {
    await show(page, './');
    await entry(page, 'Settings and about').click();
    const name = page.getByRole('textbox', { name: 'Name of this installation' });
    const given = (await (await page.request.get('api/v1/settings')).json()) as { title: string };
    try {
      await name.fill('Patches of Brno');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
      await expect(page.getByRole('banner')).toContainText('Patches of Brno');
      await page.reload();
      await expect(page.getByRole('banner')).toContainText('Patches of Brno');
      await expect(name).toHaveValue('Patches of Brno');
      await settled(page);

      await name.fill('x'.repeat(201));
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('alert')).toContainText("'title' takes a text of 1 to 200 bytes");
      await expect(page.getByText('Saved.')).toHaveCount(0);
      provoked(complaints, 400);
      await name.fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(name).toBeFocused(); // the browser asks for it
      await name.fill('Patches of Brno');
      const hours = page.getByRole('textbox', { name: 'Hours after which a host is silent' });
      await hours.fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(hours).toBeFocused();
      await expect(hours).toHaveValue('');
    } finally {
      const reply = await page.request.patch('api/v1/settings', { data: given });
      expect(reply.ok()).toBe(true);
    }
    await page.reload();
    await expect(page.getByRole('banner')).toContainText(given.title);
  });

  test('what somebody else has changed meanwhile stays', async ({ page }) => {
    await show(page, 'settings');
    const given = (await (await page.request.get('api/v1/settings')).json()) as { keep_trend_days: number };
    try {
      const days = page.getByRole('textbox', { name: 'Days for which numbers are kept' });
      await days.fill(String(given.keep_trend_days + 1));
      expect((await page.request.patch('api/v1/settings', { data: { tag_names: 'Critical,High,Other' } })).ok()).toBe(true);
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
      const now = (await (await page.request.get('api/v1/settings')).json()) as object;
      expect(now).toEqual({ ...given, tag_names: 'Critical,High,Other', keep_trend_days: given.keep_trend_days + 1 });
    } finally {
      expect((await page.request.patch('api/v1/settings', { data: given })).ok()).toBe(true);
    }
  });

  test('a number that is out of range is refused, not changed', async ({ page, complaints }) => {
    await show(page, 'settings');
    const hours = page.getByRole('textbox', { name: 'Hours after which a host is silent' });
    await hours.fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('silent_after_hours');
    await expect(page.getByText('Saved.')).toHaveCount(0);
    provoked(complaints, 400);
  });
});

test('about: version, sizes, and what to read on', async ({ page, request }) => {
  await show(page, 'settings');
  await expect(page.getByRole('main')).toContainText('Version');
  await expect(page.getByRole('definition').first()).toHaveText(/^\d+\.\d+/);
  for (const name of ["The API's description (OpenAPI 3.1)", 'Metrics for Prometheus', 'Licences of what these pages are made with']) {
    const reply = await request.get((await page.getByRole('link', { name }).getAttribute('href'))!);
    expect(reply.ok()).toBe(true);
    expect((await reply.text()).length).toBeGreaterThan(100);
  }
});

test('a change that was held back is accepted only after a question', async ({ page }) => {
  await show(page, 'feeds');
  const feed = row(page, 'Feeds', 'demo-shrinking');
  const accept = page.getByRole('button', { name: 'Accept the change of demo-shrinking' });
  await expect(feed).toContainText('held back');
  await expect(page.getByRole('button', { name: /^Accept/ })).toHaveCount(1);
  await accept.click();
  const dialog = page.getByRole('dialog', { name: 'Accept the change of demo-shrinking?' });
  await expect(dialog).toContainText('of 120 entries 110 would go and 0 come');
  await expect(dialog).toContainText('120 definitions');
  await dialog.getByRole('button', { name: 'Keep what is in force' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(feed).toContainText('held back');
  await accept.click();
  await dialog.getByRole('button', { name: 'Accept the change' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(feed).toContainText('good');
  await expect(accept).toHaveCount(0);
  const list = (await (await page.request.get('api/v1/feeds?limit=200')).json()) as { items: { name: string; definitions: number }[] };
  expect(list.items.find(({ name }) => name === 'demo-shrinking')?.definitions).toBe(10);
});
