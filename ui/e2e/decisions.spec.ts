// SPDX-License-Identifier: Apache-2.0

// What people decide: tags of CVEs and exceptions. Each test has CVEs and hosts of its own and removes what it made.

import { readFile } from 'node:fs/promises';
import type { APIRequestContext, Page } from '@playwright/test';
import { choose, expect, row, rows, settled, show, test } from './page';

const json = { 'Content-Type': 'application/json' };

/** Remove every decision on a CVE. */
async function forget(request: APIRequestContext, cve: string) {
  const list = async (path: string) =>
    ((await (await request.get(`api/v1/${path}?search=${cve}&limit=100`)).json()) as { items: { id: number; cve: string; tag: string }[] }).items;
  for (const tag of await list('cve-tags'))
    await request.delete(`api/v1/cve-tags?cve=${tag.cve}&tag=${encodeURIComponent(tag.tag)}`, { headers: json, data: {} });
  for (const one of await list('exceptions')) await request.delete(`api/v1/exceptions/${one.id}`, { headers: json, data: {} });
}

function owns(...cves: string[]) {
  test.beforeEach(async ({ request }) => Promise.all(cves.map((cve) => forget(request, cve))).then(() => undefined));
  test.afterEach(async ({ request }) => Promise.all(cves.map((cve) => forget(request, cve))).then(() => undefined));
}

const saved = (page: Page) => expect(page.getByRole('dialog')).toHaveCount(0);

test.describe('a tag', () => {
  owns('CVE-2024-10003');

  test('counts at once: on the CVE, on its hosts, on the first page', async ({ page }) => {
    await show(page, 'cves/CVE-2024-10003');
    await expect(page.getByText('It has no tag.')).toBeVisible();
    await page.getByRole('button', { name: 'Tag this CVE' }).click();
    const form = page.getByRole('dialog', { name: 'Tag a CVE' });
    await expect(form.getByRole('textbox', { name: 'CVE' })).toHaveValue('CVE-2024-10003');
    await form.getByRole('combobox', { name: 'Tag' }).click();
    await page.getByRole('option', { name: 'Critical', exact: true }).click();
    await form.getByRole('textbox', { name: 'Reason' }).fill('curl is everywhere here');
    await form.getByRole('textbox', { name: 'Link' }).fill('https://wiki.example.org/curl');
    await form.getByRole('textbox', { name: 'Your name' }).fill('Jana');
    await form.getByRole('button', { name: 'Save the tag' }).click();
    await saved(page);
    const own = page.getByRole('listitem').filter({ hasText: 'curl is everywhere here' });
    await expect(own).toContainText('Critical');
    await expect(own).toContainText('Jana');
    await expect(own.getByRole('link')).toHaveAttribute('href', 'https://wiki.example.org/curl');
    await expect(own.getByRole('link')).toHaveAttribute('rel', /noreferrer/);

    await show(page, './');
    const tagged = page.getByRole('link', { name: /^Have tagged CVEs: / });
    expect(Number(await tagged.textContent())).toBeGreaterThanOrEqual(20);
    await tagged.click();
    await expect(row(page, 'Hosts', 'node00.cern.example')).toBeVisible();
    await show(page, 'hosts/node00.cern.example?tab=cves');
    await expect(row(page, 'CVEs', 'CVE-2024-10003')).toContainText('Critical');
    await show(page, 'cves?tagged=yes');
    await expect(row(page, 'CVEs', 'CVE-2024-10003')).toBeVisible();

    await show(page, 'decisions?search=CVE-2024-10003');
    await page.getByRole('button', { name: 'Edit Critical of CVE-2024-10003' }).click();
    await expect(page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Jana');
    await page.getByRole('checkbox', { name: 'Enabled' }).uncheck();
    await page.getByRole('button', { name: 'Save the tag' }).click();
    await saved(page);
    await expect(row(page, 'CVE tags', 'CVE-2024-10003')).toContainText('Critical (disabled)');
    await page.getByRole('button', { name: 'Remove Critical of CVE-2024-10003' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await saved(page);
    await expect(rows(page, 'CVE tags')).toHaveCount(0);
  });
});

test.describe('an exception', () => {
  owns('CVE-2024-10002');

  test('for one host takes the CVE away there at once, until it is removed', async ({ page }) => {
    const host = 'hosts/node18.cern.example?tab=cves';
    const count = async (of: Page) => Number(await of.locator('.mantine-Card-root', { hasText: /^CVEs/ }).locator('p').nth(1).textContent());
    await show(page, host);
    const before = await count(page);
    await page.getByRole('button', { name: 'Except CVE-2024-10002 on node18.cern.example' }).click();
    const form = page.getByRole('dialog', { name: 'Add an exception' });
    await expect(form.getByRole('combobox', { name: 'Which' })).toHaveValue('node18.cern.example');
    await form.getByRole('textbox', { name: 'Reason' }).fill('no TLS on it');
    await form.getByRole('textbox', { name: 'Approved by' }).fill('Jana');
    await form.getByRole('button', { name: 'Save the exception' }).click();
    await saved(page);
    await settled(page);
    await expect(page.getByText('1 more excepted')).toBeVisible();
    expect((await count(page)) + 1).toBe(before);
    await expect(rows(page, 'CVEs').last()).toContainText('CVE-2024-10002');
    await expect(rows(page, 'CVEs').last()).toContainText('excepted');
    await page.getByText('excepted', { exact: true }).hover();
    await expect(page.getByRole('tooltip')).toContainText('no TLS on it');

    await show(page, 'cves/CVE-2024-10002?q=node18');
    await expect(row(page, 'Hosts with CVE-2024-10002', 'node18')).toContainText('excepted');
    await show(page, 'hosts?state=excepted&q=node18');
    await expect(rows(page, 'Hosts')).toHaveCount(1);

    await show(page, 'decisions?tab=exceptions&search=CVE-2024-10002');
    await expect(rows(page, 'Exceptions')).toContainText(['host node18.cern.example']);
    await expect(rows(page, 'Exceptions')).toContainText(['for ever']);
    await page.getByRole('button', { name: /^Edit exception/ }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('TLS comes in spring');
    await page.getByRole('button', { name: 'Save the exception' }).click();
    await saved(page);
    await expect(rows(page, 'Exceptions')).toContainText(['TLS comes in spring']);

    await page.getByRole('button', { name: /^Remove exception/ }).click();
    await page.getByRole('button', { name: 'Keep' }).click();
    await saved(page);
    await expect(rows(page, 'Exceptions')).toHaveCount(1);
    await page.getByRole('button', { name: /^Remove exception/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await saved(page);
    await expect(rows(page, 'Exceptions')).toHaveCount(0);
    await show(page, host);
    await expect(row(page, 'CVEs', 'CVE-2024-10002')).not.toContainText('excepted');
    expect(await count(page)).toBe(before);
  });
});

test.describe('a form', () => {
  owns('CVE-2020-44444');

  test('that is not complete is not sent, and says what is wrong', async ({ page, complaints }) => {
    await show(page, 'decisions?tab=exceptions');
    await page.getByRole('button', { name: 'Add an exception' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Save the exception' }).click();
    await expect(form.getByRole('textbox', { name: 'Reason' })).toBeFocused(); // the browser asks for it
    await form.getByRole('textbox', { name: 'Reason' }).fill('nothing to except');
    await form.getByRole('textbox', { name: 'Approved by' }).fill('Jana');
    await form.getByRole('button', { name: 'Save the exception' }).click();
    await expect(form.getByRole('alert')).toContainText(/CVE|package/);
    provokedBoth(complaints);
    await form.getByRole('textbox', { name: 'CVE' }).fill('not a CVE');
    await form.getByRole('button', { name: 'Save the exception' }).click();
    await expect(form.getByRole('alert')).toContainText('NOT A CVE');
    provokedBoth(complaints);
    await form.getByRole('textbox', { name: 'CVE' }).fill('cve-2020-44444');
    await choose(page, 'For', 'a site');
    await form.getByRole('combobox', { name: 'Which' }).fill('Brno');
    await form.getByRole('button', { name: 'Save the exception' }).click();
    await expect(form.getByRole('alert')).toContainText('Saved, but it takes nothing away now'); // nobody has that CVE
    await form.getByRole('button', { name: 'Close' }).last().click();
    await saved(page);
    await expect(row(page, 'Exceptions', 'CVE-2020-44444')).toContainText('site Brno');
  });
});

/** A refusal of 400 or 422 that a test has provoked. */
function provokedBoth(complaints: string[]) {
  expect(complaints.filter((one) => /^4\d\d http/.test(one)).length).toBeGreaterThan(0);
  const rest = complaints.filter((one) => !/^4\d\d http|status of 4\d\d/.test(one));
  complaints.splice(0, complaints.length, ...rest);
}

test.describe("Pakiti 3's XML", () => {
  owns('CVE-2020-55555');

  test('is taken and given', async ({ page }) => {
    await show(page, 'decisions?search=CVE-2020-55555');
    const xml = `<?xml version="1.0" encoding="UTF-8"?><cveTags><cveTag><cveName>CVE-2020-55555</cveName><tagName>High</tagName>
      <reason>from the old server</reason><infoUrl>https://example.org/</infoUrl><enabled>1</enabled><modifier>old</modifier>
      <timestamp>2020-01-01 00:00:00</timestamp></cveTag></cveTags>`;
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: "Import Pakiti 3's XML" }).click();
    await (await choosing).setFiles({ name: 'tags.xml', mimeType: 'text/xml', buffer: Buffer.from(xml) });
    await expect(page.getByText('1 read, 1 added, 0 changed, 0 removed.')).toBeVisible();
    await expect(row(page, 'CVE tags', 'CVE-2020-55555')).toContainText('from the old server');
    const waits = page.waitForEvent('download');
    await page.getByRole('link', { name: "Export as Pakiti 3's XML" }).click();
    expect(await readFile(await (await waits).path(), 'utf8')).toContain('<cveName>CVE-2020-55555</cveName>');
  });

  test('that is none is refused with a message', async ({ page, complaints }) => {
    await show(page, 'decisions?tab=exceptions');
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: "Import Pakiti 3's XML" }).click();
    await (await choosing).setFiles({ name: 'x.xml', mimeType: 'text/xml', buffer: Buffer.from('<exceptions><exception></exce') });
    await expect(page.getByRole('alert')).toBeVisible();
    provokedBoth(complaints);
  });
});
