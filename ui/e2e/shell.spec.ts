// SPDX-License-Identifier: Apache-2.0

import { expect, serious, test } from './page';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('the table shows and is accessible', async ({ page }) => {
      await page.goto('./');
      await expect(page).toHaveTitle('Hosts - Pakiti');
      await expect(page.getByRole('row')).toHaveCount(21);
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      expect(await serious(page)).toEqual([]);
    });

    test('the chart shows and is accessible', async ({ page }) => {
      await page.goto('./trend');
      await expect(page).toHaveTitle('Trend - Pakiti');
      await expect(page.locator('.recharts-line-curve')).toBeVisible();
      await page.getByRole('application', { name: 'Hosts with updates, by day' }).hover();
      await expect(page.locator('.mantine-ChartTooltip-tooltip')).toBeVisible();
      expect(await serious(page)).toEqual([]);
    });
  });
}

test('the colours can be changed and stay', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('./');
  await page.getByRole('button', { name: 'Use dark colours' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Use light colours' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('links stay below the base', async ({ page, baseURL }) => {
  await page.goto('./trend');
  const base = await page.evaluate(() => document.baseURI);
  expect(base).toBe(baseURL);
  const navigation = page.getByRole('navigation');
  await expect(navigation.getByRole('link', { name: 'Trend' })).toHaveAttribute(
    'aria-current',
    'page',
  );
  await navigation.getByRole('link', { name: 'Hosts' }).click();
  await expect(page).toHaveURL(baseURL!);
  await expect(page.getByRole('row')).toHaveCount(21);
  expect(await page.evaluate(() => document.baseURI)).toBe(base);
  await page.goBack();
  await expect(page).toHaveURL(`${baseURL}trend`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trend');
});

test('an unknown page says so', async ({ page }) => {
  await page.goto('./no/such/page');
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
  await page.getByRole('link', { name: 'All hosts' }).click();
  await expect(page.getByRole('row')).toHaveCount(21);
});

test('the query stays plain text', async ({ page, baseURL }) => {
  await page.goto('./?site=A&sort=-security');
  await expect(page.getByRole('row')).toHaveCount(11);
  await expect(page).toHaveURL(`${baseURL}?site=A&sort=-security`);
  await expect(page.getByRole('columnheader', { name: 'Security updates' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await page.getByRole('button', { name: 'Host', exact: true }).click();
  await expect(page).toHaveURL(`${baseURL}?site=A&sort=name`);
  await page.getByRole('link', { name: 'All sites' }).click();
  await expect(page).toHaveURL(`${baseURL}?sort=name`);
  await expect(page.getByRole('row')).toHaveCount(21);
});

test('a value that looks like a number or like JSON stays a text', async ({ page }) => {
  await page.goto('./?site=007');
  await expect(page.getByText('Site 007.')).toBeVisible();
  await expect(page).toHaveURL(/\?site=007$/);
  await page.goto('./?site=%22a%20b%22');
  await expect(page.getByText('Site "a b".')).toBeVisible();
});

test('the keyboard reaches content and navigation', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByRole('row')).toHaveCount(21);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^Use / })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Hosts', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trend');
  await expect(page.getByRole('main')).toBeFocused();

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trend');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test.describe('at 390 pixels', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const path of ['./', './trend'])
    test(`${path} fits and is accessible`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      expect(await serious(page)).toEqual([]);
    });

  test('the menu opens, leads on and closes', async ({ page }) => {
    await page.goto('./');
    const link = page.getByRole('link', { name: 'Trend' });
    const menu = page.locator('#menu');
    await expect(page.getByRole('row')).toHaveCount(21);
    await expect(link).not.toBeInViewport();
    await expect(menu).toHaveAttribute('inert');
    await page.getByRole('button', { name: 'Open the menu' }).press('Enter');
    await expect(link).toBeInViewport();
    expect(await serious(page)).toEqual([]);
    await expect(menu).not.toHaveAttribute('inert');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Hosts', exact: true })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(link).not.toBeInViewport();
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await link.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Trend');
    await expect(link).not.toBeInViewport();
  });
});
