// SPDX-License-Identifier: Apache-2.0

// The HTTP interface, as docs/openapi.yaml describes it: the types are made from
// that file.

import type { components } from './api-types';
import { base } from './base';

type Schemas = components['schemas'];
export type Host = Required<Schemas['Host']>;
export type HostDetail = Required<Schemas['HostDetail']>;
export type HostPackage = Required<Schemas['HostPackage']>;
export type HostCve = Required<Schemas['HostCve']>;
export type Change = Required<Schemas['Change']>;
export type Group = Required<Schemas['Group']>;
export type Package = Required<Schemas['Package']>;
export type PackageHost = Required<Schemas['PackageHost']>;
export type Command = Required<Schemas['Command']>;
export type Outdated = Required<Schemas['Outdated']>;
export type Cve = Required<Schemas['Cve']>;
export type CveHost = Required<Schemas['CveHost']>;
export type Advisory = Required<Schemas['Advisory']>;
export type Statement = Required<Schemas['Statement']>;
export type Explanation = Required<Schemas['Explanation']>;
export type Feed = Required<Schemas['Feed']>;
export type CveTag = Required<Schemas['CveTag']>;
export type Exception = Required<Schemas['Exception']>;
export type CveTagEdit = Schemas['CveTagEdit'];
export type ExceptionEdit = Schemas['ExceptionEdit'];
export type TrendPoint = Required<Schemas['TrendPoint']>;
export type Overview = Schemas['Overview'];
export type Settings = Schemas['Settings'];
export type About = Schemas['About'];
export type Imported = Schemas['Imported'];

export interface Page<Row> {
  items: Row[];
  total: number;
  next: string | null;
}

export type Params = Record<string, string | number | undefined | null>;

/** An error that the server explains (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** The address of something, below wherever these pages are served. */
export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== null) query.set(name, String(value));
  const text = query.toString();
  return `${base}api/v1/${path}${text ? `?${text}` : ''}`;
}

/** A name as a part of a path. */
export const part = (name: string) => encodeURIComponent(name);

async function ask(method: string, url: string, body?: unknown, type = 'application/json', signal?: AbortSignal) {
  let reply: Response;
  try {
    reply = await fetch(url, {
      method,
      signal,
      headers: method === 'GET' ? { Accept: 'application/json' } : { 'Content-Type': type },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, 'The server cannot be reached.');
  }
  if (reply.status === 204) return {};
  const text = await reply.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = {};
  }
  if (!reply.ok) {
    const detail = (value as { detail?: string }).detail;
    throw new Problem(reply.status, detail ?? `The server answered ${reply.status}.`);
  }
  return value;
}

export const get = <T>(path: string, params?: Params, signal?: AbortSignal) =>
  ask('GET', address(path, params), undefined, undefined, signal) as Promise<T>;

/** Every row of a list. */
export async function getAll<Row>(path: string, params?: Params, signal?: AbortSignal) {
  const rows: Row[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page<Row> = await get<Page<Row>>(path, { ...params, limit: 1000, cursor }, signal);
    rows.push(...page.items);
    cursor = page.next;
  }
  return rows;
}

export const send = <T>(method: string, path: string, body?: unknown, params?: Params, type?: string) =>
  ask(method, address(path, params), body, type) as Promise<T>;
