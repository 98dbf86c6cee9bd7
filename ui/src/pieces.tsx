// SPDX-License-Identifier: Apache-2.0

// Small pieces that every page is made of.

import { Alert, Anchor, Badge, Box, Button, Card, Code, Group, Modal, Skeleton, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useDisclosure, useTimeout } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { Fragment, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { get, Problem } from './api';
import type { Overview, Settings } from './api';
import { AnchorLink } from './links';
import type { Search } from './search';
import { useTitle } from './title';

/* The pages are in English, and so are their numbers and dates. */
const LOCALE = 'en-GB';
export const number = (n: number) => n.toLocaleString(LOCALE);

/** Numbers of the hosts that a filter lets through. */
export function useOverview(filter: Search = {}) {
  return useQuery({
    queryKey: ['overview', filter],
    queryFn: ({ signal }) => get<Overview>('overview', filter, signal),
    refetchInterval: 60_000,
  });
}

export function useSettings() {
  return useQuery({ queryKey: ['settings'], queryFn: () => get<Settings>('settings'), staleTime: 300_000 });
}

/** The head of a page: its heading, a line about it, and what can be done. */
export function PageHead({ title, about, children }: { title: string; about?: ReactNode; children?: ReactNode }) {
  useTitle(title);
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <Box>
        <Title order={1} size="h2" className="break">
          {title}
        </Title>
        {about && (
          <Text c="dimmed" size="sm" component="div">
            {about}
          </Text>
        )}
      </Box>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  );
}

export function Section({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <Box component="section" mt="lg">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Box>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert color="red" variant="light" title="This could not be loaded" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
        {retry && !(error instanceof Problem && error.status >= 400 && error.status < 500) && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What a query brings, with its waiting and its failure; what was there before stays when it cannot be asked for again. */
export function Loaded<T>({ query, children, height = 120 }: { query: UseQueryResult<T>; children: (value: T) => ReactNode; height?: number }) {
  if (query.data === undefined && !query.isError)
    return (
      <div role="status" aria-label="Loading">
        <Skeleton height={height} />
      </div>
    );
  return (
    <>
      {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
    </>
  );
}

/** Names and values, one pair a line; those without a value are left out. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A button that opens a dialog; what is in the dialog is made anew each time. */
export function DialogButton({
  label,
  about,
  title,
  size = 'compact-xs',
  wide = false,
  children,
}: {
  label: string;
  about?: string;
  title: string;
  size?: string;
  wide?: boolean;
  children: (close: () => void) => ReactNode;
}) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size={size} onClick={open} aria-label={about}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} size={wide ? 'lg' : undefined} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
        {opened && children(close)}
      </Modal>
    </>
  );
}

/* ---- time, in the reader's zone ---- */

const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'long' });
const dateOnly = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });
const near = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [30, 'day'],
  [12, 'month'],
  [Infinity, 'year'],
];

export function ago(at: Date, now = new Date()): string {
  let amount = (at.getTime() - now.getTime()) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(amount) < size) return near.format(Math.round(amount), unit);
    amount /= size;
  }
  return exact.format(at);
}

export function Time({ at, none = 'never' }: { at: string | null; none?: string }) {
  if (!at) return <>{none}</>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)} className="nowrap">
      {ago(date)}
    </time>
  );
}

/** A day that matters as such: the end of an exception, of a release's support. */
export function Day({ at, none = '' }: { at: string | null; none?: string }) {
  if (!at) return <>{none}</>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={`${exact.format(date)}, ${ago(date)}`} className="nowrap">
      {dateOnly.format(date)}
    </time>
  );
}

/* ---- words with a colour ---- */

const SEVERITIES: Record<string, string> = { critical: 'red', high: 'orange', medium: 'yellow', low: 'gray', unknown: 'gray' };

export function Severity({ is }: { is: string | undefined }) {
  const word = is ?? 'unknown';
  return (
    <Badge className={`mark mark-${SEVERITIES[word] ?? 'gray'}`} radius="sm">
      {word}
    </Badge>
  );
}

const STATES: Record<string, [string, string]> = {
  security: ['red', 'security'],
  ordinary: ['yellow', 'ordinary'],
  current: ['green', 'current'],
  unknown: ['gray', 'in no known repository'],
  idle: ['gray', 'does not run'],
  fixed: ['orange', 'fix available'],
  affected: ['red', 'no fix yet'],
  'will-not-fix': ['gray', 'will not be fixed'],
  deferred: ['gray', 'fix deferred'],
  'no-advisory': ['gray', 'minor, no advisory'],
  'out-of-support': ['red', 'out of support'],
  'under-investigation': ['gray', 'under investigation'],
  unimportant: ['gray', 'unimportant'],
  'not-affected': ['green', 'not affected'],
};

export function State({ is }: { is: string }) {
  const [colour, words] = STATES[is] ?? ['gray', is];
  return (
    <Badge className={`mark mark-${colour}`} radius="sm" tt="none">
      {words}
    </Badge>
  );
}

export function Flag({ colour = 'red', children, about }: { colour?: string; children: ReactNode; about: string }) {
  return (
    <Tooltip label={about} events={{ hover: true, focus: true, touch: true }}>
      <Badge className={`mark mark-${colour}`} radius="sm" tt="none" tabIndex={0}>
        {children}
      </Badge>
    </Tooltip>
  );
}

/** What a vendor says of a finding, and whether people took it away. */
export function Finding({ of }: { of: { state: string; exception: number | null; reason: string } }) {
  return (
    <>
      <State is={of.state} />{' '}
      {of.exception !== null && (
        <Flag colour="blue" about={of.reason}>
          excepted
        </Flag>
      )}
    </>
  );
}

export function Tags({ names }: { names: string[] }) {
  return (
    <>
      {names.map((name) => (
        <Badge key={name} className="mark mark-blue" radius="sm" tt="none" mr={4}>
          {name}
        </Badge>
      ))}
    </>
  );
}

/** A count that stands out when it is not zero. */
export function Count({ n, bad = false }: { n: number; bad?: boolean }) {
  return (
    <Text span size="sm" fw={n && bad ? 700 : undefined} c={n ? undefined : 'dimmed'}>
      {number(n)}
    </Text>
  );
}

/** A count that is known only if somebody judges: no zero where nobody looked. */
export function Judged({ n, judged, by, bad }: { n: number; judged: boolean; by: string; bad?: boolean }) {
  if (judged || n) return <Count n={n} bad={bad} />;
  return (
    <Tooltip label={`not judged: ${by} is known for it`} events={{ hover: true, focus: false, touch: true }}>
      <Text span size="sm" c="dimmed" role="img" aria-label={`not judged: ${by} is known for it`}>
        –
      </Text>
    </Tooltip>
  );
}
export const NO_REPOSITORY = 'no repository';
export const NO_VENDOR = 'nobody who says what is vulnerable';

/* ---- links ---- */

export const HostLink = ({ host }: { host: { key: string; name: string } }) => (
  <AnchorLink to="/hosts/$host" params={{ host: host.key }} size="sm" className="host">
    {host.name.split('.').map((label, i) => (
      <Fragment key={i}>
        {i > 0 && (
          <>
            .<wbr />
          </>
        )}
        {label}
      </Fragment>
    ))}
  </AnchorLink>
);

export const CveLink = ({ cve }: { cve: string }) => (
  <AnchorLink to="/cves/$cve" params={{ cve }} size="sm" className="nowrap">
    {cve}
  </AnchorLink>
);

export const PackageLink = ({ name }: { name: string }) => (
  <AnchorLink to="/packages/$name" params={{ name }} size="sm" className="break">
    {name}
  </AnchorLink>
);

/** Hosts that a filter lets through. */
export const HostsLink = ({ search, children, label }: { search: Search; children: ReactNode; label?: string }) => (
  <AnchorLink to="/hosts" search={search} size="sm" aria-label={label}>
    {children}
  </AnchorLink>
);

/** A link that somebody typed in: only to the web, and without telling where from. */
export function OuterLink({ url, name }: { url: string; name?: string }) {
  if (!/^https?:\/\//.test(url)) return <>{url}</>;
  return (
    <Anchor href={url} rel="noreferrer noopener" target="_blank" size="sm" className="break">
      {name ?? url}
    </Anchor>
  );
}

/* ---- numbers of the overview ---- */

export function Stat({
  label,
  value,
  search,
  to = '/hosts',
  params,
  about,
  colour,
}: {
  label: string;
  value: number | string;
  search?: Search;
  to?: string;
  params?: Record<string, string>;
  about?: ReactNode;
  colour?: string;
}) {
  const shown = typeof value === 'number' ? number(value) : value;
  return (
    <Card withBorder padding="md" className={search ? 'leads' : undefined}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="xl" fw={700} className={typeof value === 'number' && value && colour ? `text-${colour}` : undefined}>
        {search ? (
          <AnchorLink to={to} params={params as never} search={search as never} inherit c="inherit" aria-label={`${label}: ${shown}`}>
            {shown}
          </AnchorLink>
        ) : (
          shown
        )}
      </Text>
      {about && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
    </Card>
  );
}

/** Browsers lend the clipboard to pages of https and localhost only; elsewhere the text is chosen, as by hand, and copied. */
async function copy(text: string, shown: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    window.getSelection()?.selectAllChildren(shown);
    return document.execCommand('copy');
  }
}

export function Command({ text, label }: { text: string; label: string }) {
  const code = useRef<HTMLElement>(null);
  const [told, setTold] = useState('Copy');
  const { start } = useTimeout(() => setTold('Copy'), 2000);
  return (
    <Card withBorder padding="sm" mb="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Box miw={0}>
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Code ref={code} className="break command">
            {text}
          </Code>
        </Box>
        <Button
          size="xs"
          variant="default"
          flex="none"
          aria-label={`${told}: ${label}`}
          onClick={async () => {
            setTold(code.current && (await copy(text, code.current)) ? 'Copied' : 'Press Ctrl+C');
            start();
          }}
        >
          {told}
        </Button>
      </Group>
    </Card>
  );
}
