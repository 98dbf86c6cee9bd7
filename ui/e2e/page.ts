// SPDX-License-Identifier: Apache-2.0

// The test of Playwright with a page that is watched: what the browser complains of (errors, warnings, breaches of the
// Content-Security-Policy, answers of 400 and above) fails the test at its end. And what many tests ask for.

import { AxeBuilder } from '@axe-core/playwright';
import { test as plain, expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** Where screenshots go. */
export const OUTPUT = process.env.OUTPUT || 'test-results';

/** What tests/functional/demo.py puts where a hostile host or vendor may write. */
export const SCRIPT = `<script>document.title='taken'</script><img src=x onerror="document.title='taken'">`;

function watch(page: Page, complaints: string[]) {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
}

export const test = plain.extend<{ complaints: string[] }>({
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on('page', (page) => watch(page, complaints));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) =>
          console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
        );
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** A failure that a test has provoked: it must have been complained of, and is no complaint. */
export function provoked(complaints: string[], status: number) {
  const told = new RegExp(`^${status} http|^error: Failed to load resource: .* status of ${status}\\b`);
  const rest = complaints.filter((one) => !told.test(one));
  expect(rest.length).toBeLessThan(complaints.length);
  complaints.splice(0, complaints.length, ...rest);
}

/** What axe finds serious or critical, one line for each element: on the page, or in a part of it. */
export async function serious(page: Page, within?: string) {
  const axe = new AxeBuilder({ page });
  const { violations } = await (within ? axe.include(within) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

/** Open a page and wait until everything on it is there. */
export async function show(page: Page, path: string) {
  await page.goto(path);
  await settled(page);
}

export async function settled(page: Page) {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy="true"], .mantine-Skeleton-root')).toHaveCount(0);
}

/** The table of that name. */
export const table = (page: Page | Locator, name: string) => page.getByRole('table', { name, exact: true });

/** Its rows, without the head. */
export const rows = (page: Page | Locator, name: string) => table(page, name).locator('tbody tr');

/** The row that has this text. */
export const row = (page: Page | Locator, name: string, text: string) => rows(page, name).filter({ hasText: text });

/** "48 rows", as the list of a page tells it. */
export async function total(page: Page | Locator) {
  const text = await page.getByText(/^[\d,]+ rows?$/).first().textContent();
  return Number((text ?? '').replace(/\D/g, ''));
}

/** Choose an option of a field that offers some. */
export async function choose(page: Page, field: string, option: string) {
  await page.getByRole('combobox', { name: field, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** An entry of the menu on the left. */
export const entry = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true });
