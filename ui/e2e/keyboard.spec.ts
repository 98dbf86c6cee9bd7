// SPDX-License-Identifier: Apache-2.0

// Everything by the keyboard: where the focus goes, and that it comes back.

import type { Page } from '@playwright/test';
import { expect, row, rows, settled, show, test } from './page';

test('the first key leads past the menu, into the content', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('textbox', { name: 'Host name' })).toBeFocused();
});

test('the menu leads to a page, and the reading begins there', async ({ page }) => {
  await show(page, './');
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Hosts', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Hosts');
  await expect(page.getByRole('main')).toBeFocused();
});

test('a table is sorted by Enter and Space, and the focus stays', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  const button = page.getByRole('button', { name: 'Host', exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('columnheader', { name: 'Host' })).toHaveAttribute('aria-sort', 'descending');
  await expect(rows(page, 'Hosts').first()).toContainText('node45');
  await expect(button).toBeFocused();
  await page.keyboard.press('Space');
  await expect(rows(page, 'Hosts').first()).toContainText('node01');
  await expect(button).toBeFocused();
});

test('tabs are walked by arrows', async ({ page }) => {
  await show(page, 'hosts/node00.cern.example');
  await page.getByRole('tab', { name: 'Not patched' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'CVEs' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tabpanel', { name: 'CVEs' })).toBeVisible();
});

async function inside(page: Page) {
  return page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null);
}

for (const [path, name] of [
  ['cves/CVE-2024-10001', 'Tag this CVE'],
  ['cves/CVE-2024-10001', 'Add an exception'],
  ['cves/CVE-2024-10001?q=node00', 'Why CVE-2024-10001 on node00.cern.example'],
] as const)
  test(`a dialog keeps the focus and gives it back: ${name}`, async ({ page }) => {
    await show(page, path);
    const button = page.getByRole('button', { name });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect.poll(() => inside(page)).toBe(true);
    for (let i = 0; i < 15; i++) {
      await page.keyboard.press('Tab');
      expect(await inside(page)).toBe(true);
    }
    await page.keyboard.press('Shift+Tab');
    expect(await inside(page)).toBe(true);
    // the first Escape may be for a list that has opened under a field
    await expect(async () => {
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0, { timeout: 1000 });
    }).toPass();
    await expect(button).toBeFocused();
  });

test('menus and the choice of columns open, close by Escape and give the focus back', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  for (const name of ['Columns', 'Download', 'Saved filters']) {
    const button = page.getByRole('button', { name, exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(button).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByRole(name === 'Columns' ? 'checkbox' : 'menuitem').first()).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(button).toHaveAttribute('aria-expanded', 'false');
    await expect(button).toBeFocused();
  }
});

test('the form to save a filter begins with its field', async ({ page }) => {
  await show(page, 'hosts?site=Brno');
  await page.getByRole('button', { name: 'Saved filters' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Save this filter…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await page.keyboard.type('mine');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Saved filters' })).toBeFocused();
});

test('a filter is chosen by arrows', async ({ page }) => {
  await show(page, 'hosts?q=node');
  await page.getByRole('combobox', { name: 'Last report' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: 'within an hour' })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-combobox-selected]')).toHaveText('within an hour');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/activity=/);
  await settled(page);
});

test('what a hint says is there for the keyboard, too', async ({ page }) => {
  await show(page, 'hosts?q=node45');
  await row(page, 'Hosts', 'node45').locator('[tabindex="0"]', { hasText: 'silent' }).focus();
  await expect(page.getByRole('tooltip')).toContainText('has not reported');
  await page.keyboard.press('Escape');
});

test('a wide table is scrolled by arrows', async ({ page }) => {
  await page.setViewportSize({ width: 700, height: 700 });
  await show(page, 'hosts?site=Brno');
  const region = page.getByRole('region', { name: 'Hosts', exact: true });
  await region.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => region.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
});
