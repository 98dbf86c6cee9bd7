// SPDX-License-Identifier: Apache-2.0

// Exceptions that end: on a day, where the reader is.

import { expect, row, rows, show, test } from './page';

const json = { 'Content-Type': 'application/json' };
type Kept = { id: number; expires: string };

for (const [zone, day, ends, host] of [
  ['UTC', '31 Dec 2099', '2099-12-31T23:59:59Z', 'node04.brno.example.cz'],
  ['America/Los_Angeles', '4 Mar 2099', '2099-03-05T07:59:59Z', 'node08.lyon.example.fr'],
  ['Asia/Tokyo', '4 Mar 2099', '2099-03-04T14:59:59Z', 'node16.brno.example.cz'],
] as const)
  test.describe(zone, () => {
    test.use({ timezoneId: zone });
    const reason = `ends in ${zone}`;
    test.afterEach(async ({ request }) => {
      const { items } = (await (await request.get('api/v1/exceptions', { params: { search: reason } })).json()) as { items: Kept[] };
      for (const one of items) await request.delete(`api/v1/exceptions/${one.id}`, { headers: json, data: {} });
    });

    test('an exception ends with the day that was chosen, and that day is shown', async ({ page, request, complaints }) => {
      const kept = async () => ((await (await request.get('api/v1/exceptions', { params: { search: reason } })).json()) as { items: Kept[] }).items[0]?.expires;
      const entered = new Date(`${day} 12:00 UTC`).toISOString().slice(0, 10);
      await show(page, `hosts/${host}?tab=cves`);
      await page.getByRole('button', { name: `Except CVE-2023-10004 on ${host}` }).click();
      const form = page.getByRole('dialog');
      await form.getByRole('textbox', { name: 'Reason' }).fill(reason);
      await form.getByRole('textbox', { name: 'Approved by' }).fill('Jana');
      await form.getByLabel('Until the end of').fill('2020-02-03');
      await form.getByRole('button', { name: 'Save the exception' }).click();
      await expect(form.getByRole('alert')).toContainText('past');
      complaints.splice(0, complaints.length, ...complaints.filter((one) => !/^4\d\d http|status of 4\d\d/.test(one)));
      await form.getByLabel('Until the end of').fill(entered);
      await form.getByRole('button', { name: 'Save the exception' }).click();
      await expect(form).toHaveCount(0);
      expect(await kept()).toBe(ends);

      await show(page, `decisions?tab=exceptions&search=${encodeURIComponent(reason)}`);
      await expect(rows(page, 'Exceptions').getByText(day, { exact: true })).toBeVisible();
      await page.getByRole('button', { name: /^Edit exception/ }).click();
      await expect(page.getByLabel('Until the end of')).toHaveValue(entered);
      await page.getByRole('textbox', { name: 'Reason' }).fill(`${reason}, as agreed`);
      await page.getByRole('button', { name: 'Save the exception' }).click();
      await expect(row(page, 'Exceptions', 'as agreed')).toBeVisible();
      expect(await kept()).toBe(ends);
    });
  });

test('who approves is remembered from one form to the next', async ({ page }) => {
  await show(page, 'decisions');
  await page.getByRole('button', { name: 'Tag a CVE' }).click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Jana');
  await page.keyboard.press('Escape');
  await show(page, 'decisions?tab=exceptions');
  await page.getByRole('button', { name: 'Add an exception' }).click();
  await expect(page.getByRole('textbox', { name: 'Approved by' })).toHaveValue('Jana');
});
