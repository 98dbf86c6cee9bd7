// SPDX-License-Identifier: Apache-2.0

// The path below which the server's pages are, with a slash at the end. The
// server tells it by <base>; it is read once, before the first navigation.
export const base = new URL('.', document.baseURI).pathname;

// The nonce of the page's Content-Security-Policy, for styles made at run time.
export const nonce =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
