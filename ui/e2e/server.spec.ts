// SPDX-License-Identifier: Apache-2.0

// Feeds, statistics, settings: what is about the server.

import { choose, entry, expect, provoked, row, rows, settled, show, test } from './page';

test('a feed that fails is first and says why', async ({ page }) => {
  await show(page, './');
  await entry(page, 'Feeds').click();
  await expect(rows(page, 'Feeds').first()).toContainText('demo-broken');
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

test('settings: the name of the installation is in the header at once; wrong values are refused', async ({ page, complaints }) => {
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

test('a held change is accepted only after a question', async ({ page }) => {
  const sent: unknown[] = [];
  await page.route('**/api/v1/feeds?*', async (route) => {
    const reply = await route.fetch();
    const list = (await reply.json()) as { items: { name: string }[] };
    const held = { held: true, health: 'held back', error: 'it has 90 % fewer definitions than before', definitions: 12345 };
    await route.fulfill({ response: reply, json: { ...list, items: list.items.map((feed) => (feed.name === 'demo-osv' ? { ...feed, ...held } : feed)) } });
  });
  await page.route('**/api/v1/feeds/sync', (route) => {
    sent.push(route.request().postDataJSON());
    return route.fulfill({ status: 202, contentType: 'application/json', body: '{}' });
  });
  await show(page, 'feeds');
  const accept = page.getByRole('button', { name: /^Accept/ });
  await expect(accept).toHaveCount(1);
  await accept.click();
  const dialog = page.getByRole('dialog', { name: 'Accept the change of demo-osv?' });
  await expect(dialog).toContainText('it has 90 % fewer definitions than before');
  await expect(dialog).toContainText('12,345 definitions');
  await dialog.getByRole('button', { name: 'Keep what is in force' }).click();
  await expect(dialog).toHaveCount(0);
  expect(sent).toEqual([]);
  await accept.click();
  await dialog.getByRole('button', { name: 'Accept the change' }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => sent).toEqual([{ feed: 'demo-osv', accept: true }]);
});
