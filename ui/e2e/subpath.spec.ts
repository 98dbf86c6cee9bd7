// SPDX-License-Identifier: Apache-2.0

// Behind a proxy that serves Pakiti below a path of its own and strips it.

import { createServer, request as ask } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { entry, expect, row, rows, settled, show, test } from './page';

let proxy: Server;
let root: string;
let asked: string[];

test.beforeEach(async ({ baseURL }) => {
  asked = [];
  proxy = createServer((request, reply) => {
    const path = request.url ?? '';
    asked.push(path);
    if (!path.startsWith('/x/y/')) {
      reply.writeHead(404).end('this is somebody else');
      return;
    }
    const to = ask(new URL(path.slice('/x/y/'.length), baseURL), { method: request.method, headers: request.headers }, (given) => {
      reply.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(reply);
    });
    to.on('error', () => reply.writeHead(502).end());
    request.pipe(to);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  root = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/x/y/`;
});

test.afterEach(async () => {
  proxy.closeAllConnections();
  await new Promise((done) => proxy.close(done));
  expect(asked.filter((path) => !path.startsWith('/x/y/'))).toEqual([]);
});

test('pages, assets, the API and navigation stay below the path', async ({ page }) => {
  await show(page, root);
  await expect(page).toHaveURL(root);
  await expect(page.getByRole('link', { name: /^Hosts: / })).toBeVisible();
  await entry(page, 'Hosts').click();
  await expect(page).toHaveURL(`${root}hosts`);
  await page.getByRole('textbox', { name: 'Host name' }).fill('node00');
  await expect(rows(page, 'Hosts')).toHaveCount(1);
  await page.getByRole('link', { name: 'node00.cern.example' }).click();
  await expect(page).toHaveURL(`${root}hosts/node00.cern.example`);
  await page.getByRole('tab', { name: 'CVEs' }).click();
  await row(page, 'CVEs', 'CVE-2024-10001').getByRole('link', { name: 'CVE-2024-10001' }).click();
  await expect(page).toHaveURL(`${root}cves/CVE-2024-10001`);
  await settled(page);
  await page.goBack();
  await expect(page).toHaveURL(`${root}hosts/node00.cern.example?tab=cves`);
  expect(await page.evaluate(() => document.baseURI)).toBe(root);
});

test('deep links, also of pages that are not', async ({ page }) => {
  await show(page, `${root}hosts/node00.cern.example?tab=kernel`);
  await expect(page.getByText('A restart is pending')).toBeVisible();
  await show(page, `${root}groups/site?site=Brno`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Site Brno');
  await page.goto(`${root}no/such/page`);
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
  await expect(page).toHaveURL(root);
});

test('downloads and changes', async ({ page }) => {
  await show(page, `${root}hosts?site=Brno`);
  await page.getByRole('button', { name: 'Download' }).click();
  const waits = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^CSV/ }).click();
  expect((await waits).url()).toContain(`${root}api/v1/hosts`);
  await show(page, `${root}decisions`);
  await expect(page.getByRole('link', { name: "Export as Pakiti 3's XML" })).toHaveAttribute('href', '/x/y/api/exportCvesTags.php');
  await show(page, `${root}feeds`);
  await page.getByRole('button', { name: 'Fetch demo-epss now' }).click();
  await expect.poll(() => asked).toContain('/x/y/api/v1/feeds/sync');
  await settled(page);
});
