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

/** Exceptions are told apart by their reasons: tests that run meanwhile have other ones for the same CVE. */
async function except(request: APIRequestContext, given: Record<string, string>) {
  const reply = await request.post('api/v1/exceptions', { data: { approver: 'The old boss', ...given } });
  expect(reply.ok()).toBe(true);
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

  test('that is being written is not lost when the page asks for news', async ({ page }) => {
    await page.clock.install();
    await show(page, 'hosts/node18.cern.example?tab=cves');
    await page.getByRole('button', { name: 'Except CVE-2024-10002 on node18.cern.example' }).click();
    const reason = page.getByRole('dialog', { name: 'Add an exception' }).getByRole('textbox', { name: 'Reason' });
    await reason.fill('half a');
    await page.route('**/api/v1/hosts/node18.cern.example', async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: { ...((await reply.json()) as object), last_report: '2020-01-01T00:00:00Z' } });
    });
    const news = page.waitForResponse(/\/api\/v1\/hosts\/node18\.cern\.example$/);
    await page.clock.fastForward(31_000);
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await news;
    await expect(page.getByText('years ago').first()).toBeAttached();
    await expect(reason).toHaveValue('half a');
  });

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

test.describe('the approver of an exception', () => {
  const reason = 'approved long ago';
  owns(reason);

  test('stays who it was when somebody else corrects the reason', async ({ page, request }) => {
    await except(request, { cve: 'CVE-2023-10004', group: 'host', value: 'node02.lyon.example.fr', reason });
    await show(page, 'decisions');
    await page.getByRole('button', { name: 'Tag a CVE' }).click();
    await page.getByRole('textbox', { name: 'Your name' }).fill('Jana');
    await page.keyboard.press('Escape');
    await saved(page);
    await page.getByRole('tab', { name: 'Exceptions' }).click();
    await page.getByRole('textbox', { name: 'Search' }).fill(reason);
    await expect(rows(page, 'Exceptions')).toHaveCount(1);
    await page.getByRole('button', { name: /^Edit exception/ }).click();
    await expect(page.getByRole('textbox', { name: 'Approved by' })).toHaveValue('The old boss');
    await page.getByRole('textbox', { name: 'Reason' }).fill(`${reason}, and well`);
    await page.getByRole('button', { name: 'Save the exception' }).click();
    await saved(page);
    await expect(row(page, 'Exceptions', 'and well')).toContainText('The old boss');
  });
});

test.describe('a tag that a CVE has', () => {
  owns('CVE-2020-66666');

  test('is not replaced unawares', async ({ page, request }) => {
    const given = { cve: 'CVE-2020-66666', tag: 'High', reason: 'as the CSIRT says', url: 'https://csirt.example.org/', enabled: true, modified_by: 'Petr' };
    expect((await request.put('api/v1/cve-tags', { data: given })).ok()).toBe(true);
    await show(page, 'decisions?search=CVE-2020-66666');
    await page.getByRole('button', { name: 'Tag a CVE' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'CVE' }).fill('cve-2020-66666');
    await form.getByRole('combobox', { name: 'Tag' }).fill('Critical');
    await expect(form.getByRole('alert')).toHaveCount(0);
    await form.getByRole('combobox', { name: 'Tag' }).fill('High');
    await expect(form.getByRole('alert')).toContainText('It has this tag already');
    await expect(form.getByRole('alert')).toContainText('as the CSIRT says (Petr)');
    await form.getByRole('button', { name: 'Begin with what it says' }).click();
    await expect(form.getByRole('textbox', { name: 'Reason' })).toHaveValue('as the CSIRT says');
    await expect(form.getByRole('textbox', { name: 'Link' })).toHaveValue('https://csirt.example.org/');
    await form.getByRole('textbox', { name: 'Reason' }).press('End');
    await page.keyboard.type(', twice');
    await form.getByRole('button', { name: 'Save the tag' }).click();
    await saved(page);
    await expect(rows(page, 'CVE tags')).toHaveCount(1);
    await expect(rows(page, 'CVE tags')).toContainText(['as the CSIRT says, twice']);
  });
});

test.describe('an exception for a misspelled site', () => {
  const reason = 'a site that nobody knows';
  owns(reason);

  test('says that it takes nothing away now', async ({ page }) => {
    await show(page, 'cves/CVE-2023-10004');
    await page.getByRole('button', { name: 'Add an exception' }).click();
    const form = page.getByRole('dialog');
    await choose(page, 'For', 'a site');
    await form.getByRole('combobox', { name: 'Which' }).fill('Brnno');
    await form.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await form.getByRole('textbox', { name: 'Approved by' }).fill('Jana');
    await form.getByRole('button', { name: 'Save the exception' }).click();
    await expect(form.getByRole('alert')).toContainText('Saved, but it takes nothing away now');
    await form.getByRole('button', { name: 'Close' }).last().click();
    await saved(page);
    await expect(page.getByRole('listitem').filter({ hasText: reason })).toContainText('site Brnno, 0 hosts');
  });
});

test.describe('the page of a CVE', () => {
  const reason = 'replaced next week';
  owns(reason);
  const tag = { cve: 'CVE-2023-10004', tag: 'Watch', reason: 'seen in our logs', enabled: true, modified_by: 'Petr' };
  const untag = async (request: APIRequestContext) => {
    await request.delete('api/v1/cve-tags?cve=CVE-2023-10004&tag=Watch', { headers: json, data: {} });
  };
  test.beforeEach(({ request }) => untag(request));
  test.afterEach(({ request }) => untag(request));

  test('lists its tags and exceptions, to be edited and removed there', async ({ page, request }) => {
    expect((await request.put('api/v1/cve-tags', { data: tag })).ok()).toBe(true);
    await except(request, { cve: 'CVE-2023-10004', package: 'sudo', group: 'host', value: 'node10.brno.example.cz', reason });
    await show(page, 'cves/CVE-2023-10004');
    const tagged = page.getByRole('listitem').filter({ hasText: 'seen in our logs' });
    await expect(tagged).toContainText('Watch');
    await tagged.getByRole('button', { name: 'Edit Watch of CVE-2023-10004' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('seen in our logs again');
    await page.getByRole('button', { name: 'Save the tag' }).click();
    await saved(page);
    await expect(tagged).toContainText('seen in our logs again');

    const excepted = page.getByRole('listitem').filter({ hasText: reason });
    await expect(excepted).toContainText('sudo, host node10.brno.example.cz, 1 host');
    await expect(excepted).toContainText('The old boss');
    await excepted.getByRole('button', { name: /^Edit exception/ }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill(`${reason} or so`);
    await page.getByRole('button', { name: 'Save the exception' }).click();
    await saved(page);
    await expect(excepted).toContainText(`${reason} or so`);

    await excepted.getByRole('button', { name: /^Remove exception/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await saved(page);
    await expect(excepted).toHaveCount(0);
    await tagged.getByRole('button', { name: 'Remove Watch of CVE-2023-10004' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await saved(page);
    await expect(tagged).toHaveCount(0);
  });
});

test.describe('why?', () => {
  const reason = 'nobody logs in there';
  owns(reason);

  test('an excepted finding says that it is, by what and for which reason', async ({ page, request }) => {
    await show(page, 'hosts/node14.lyon.example.fr?tab=cves');
    const why = page.getByRole('button', { name: 'Why CVE-2023-10004 on node14.lyon.example.fr' });
    await why.click();
    await expect(page.getByRole('dialog').getByText('vulnerable', { exact: true })).toBeVisible();
    await except(request, { cve: 'CVE-2023-10004', group: 'host', value: 'node14.lyon.example.fr', reason });
    await page.reload();
    await settled(page);
    await why.click();
    await expect(page.getByRole('dialog').getByText('vulnerable, but excepted', { exact: true })).toBeVisible();
    await expect(page.getByRole('dialog')).toContainText(/nobody logs in there \(exception \d+\)/);
  });
});
