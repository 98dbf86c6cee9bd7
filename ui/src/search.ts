// SPDX-License-Identifier: Apache-2.0

// The query part of an address, as plain text: ?site=A&sort=-security. Every
// value read is a string, or an array of strings where a name is repeated; a
// route's validateSearch makes numbers and the like of them.

export function parseSearch(text: string): Record<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found.get(name);
    if (before === undefined) found.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else found.set(name, [before, value]);
  }
  return Object.fromEntries(found);
}

// Characters which a query may hold as they are.
const plain: Record<string, string> = {
  '%2C': ',',
  '%3A': ':',
  '%2F': '/',
  '%40': '@',
};

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) params.append(name, String(one));
  }
  const text = params.toString().replace(/%(?:2C|3A|2F|40)/g, (code) => plain[code] ?? code);
  return text && `?${text}`;
}

// For validateSearch: the value if it is a text (an empty one too: ?site= are the
// hosts that told no site), the first one if there are several, undefined otherwise.
export function text(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' ? one : undefined;
}

// For validateSearch: a whole number of at least `least`.
export function whole(value: unknown, least = 0): number | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const number = typeof one === 'string' && /^\d{1,15}$/.test(one) ? Number(one) : one;
  return typeof number === 'number' && Number.isInteger(number) && number >= least
    ? number
    : undefined;
}

// Search of any page: names and texts.
export type Search = Record<string, string | undefined>;

export function plainSearch(search: Record<string, unknown>): Search {
  return Object.fromEntries(
    Object.entries(search)
      .map(([name, value]) => [name, text(value)] as const)
      .filter(([, value]) => value !== undefined),
  );
}
