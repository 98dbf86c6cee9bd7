// SPDX-License-Identifier: Apache-2.0
//
// The pages under test are served by somebody else, at UI_URL, with the fleet of tests/functional/demo.py: tools/test_pages
// starts it all. The browser is the system's: CHROMIUM, or /usr/bin/chromium. JUNIT names a file for the results, OUTPUT a
// folder for screenshots and, in failed/, for what failing tests leave.

import { defineConfig, devices } from '@playwright/test';
import type { ReporterDescription } from '@playwright/test';

const { CHROMIUM, JUNIT, OUTPUT, UI_URL } = process.env;
const url = UI_URL || 'http://127.0.0.1:8123/';
const reporter: ReporterDescription[] = [['list']];
if (JUNIT) reporter.push(['junit', { outputFile: JUNIT }]);

export default defineConfig({
  testDir: 'e2e',
  outputDir: `${OUTPUT || 'test-results'}/failed`,
  timeout: 90_000,
  retries: 1, // what fails once, on a machine that does much else, is told as flaky
  workers: 2,
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  reporter,
  expect: { timeout: 10_000 },
  use: { baseURL: url.endsWith('/') ? url : `${url}/`, locale: 'en-US', timezoneId: 'UTC', contextOptions: { reducedMotion: 'reduce' }, screenshot: 'only-on-failure' },
  projects: [
    {
      name: 'chromium',
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          executablePath: CHROMIUM || '/usr/bin/chromium',
          args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
        },
      },
    },
  ],
});
