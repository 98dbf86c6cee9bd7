// SPDX-License-Identifier: Apache-2.0

import { Alert, Anchor, Badge, Button, FileButton, Group, Tabs } from '@mantine/core';
import { useRef, useState } from 'react';
import { base } from '../base';
import { send } from '../api';
import type { CveTag, Exception, Imported } from '../api';
import { EditError, ExceptionButton, RemoveButton, TagButton, useEdit } from '../decide';
import { SearchBox, usePageSearch } from '../filters';
import { Count, CveLink, Day, HostsLink, OuterLink, PackageLink, PageHead, Time } from '../pieces';
import { ListTable } from '../table';
import type { Column } from '../table';

export function TagActions({ tag }: { tag: CveTag }) {
  return (
    <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
      <TagButton given={tag} label="Edit" about={`Edit ${tag.tag} of ${tag.cve}`} size="compact-xs" />
      <RemoveButton what={`${tag.tag} of ${tag.cve}`} remove={() => send('DELETE', 'cve-tags', {}, { cve: tag.cve, tag: tag.tag })} />
    </Group>
  );
}

const tagColumns: Column<CveTag>[] = [
  { id: 'cve', title: 'CVE', sort: 'cve', cell: (t) => <CveLink cve={t.cve} /> },
  {
    id: 'tag',
    title: 'Tag',
    sort: 'tag',
    cell: (t) => (
      <Badge className={`mark mark-${t.enabled ? 'blue' : 'gray'}`} tt="none" radius="sm">
        {t.tag}
        {t.enabled ? '' : ' (disabled)'}
      </Badge>
    ),
  },
  {
    id: 'hosts',
    title: 'Hosts',
    sort: 'hosts',
    numeric: true,
    cell: (t) => (
      <HostsLink search={{ cve: t.cve }} label={`${t.hosts} hosts with ${t.cve}`}>
        <Count n={t.hosts} />
      </HostsLink>
    ),
  },
  { id: 'reason', title: 'Reason', sort: 'reason', cell: (t) => <span className="break">{t.reason}</span> },
  { id: 'url', title: 'Link', cell: (t) => t.url && <OuterLink url={t.url} /> },
  { id: 'modified', title: 'Changed', sort: 'modified', cell: (t) => <>{t.modified_by} <Time at={t.modified} /></> },
  { id: 'actions', title: 'Actions', cell: (t) => <TagActions tag={t} /> },
];

/** The hosts for which it is. */
export const scopeOf = (e: Exception) =>
  [e.platform && `platform ${e.platform}`, e.group && `${e.group} ${e.value}`].filter(Boolean).join(', ') || 'all hosts';

export function ExceptionActions({ exception }: { exception: Exception }) {
  return (
    <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
      <ExceptionButton given={exception} label="Edit" about={`Edit exception ${exception.id}`} size="compact-xs" />
      <RemoveButton what={`exception ${exception.id}: ${exception.cve ?? 'every CVE'}${exception.package && ` of ${exception.package}`}, ${scopeOf(exception)}`} remove={() => send('DELETE', `exceptions/${exception.id}`, {})} />
    </Group>
  );
}

const exceptionColumns: Column<Exception>[] = [
  { id: 'cve', title: 'CVE', sort: 'cve', cell: (e) => (e.cve ? <CveLink cve={e.cve} /> : 'every CVE') },
  { id: 'package', title: 'Package', sort: 'package', cell: (e) => (e.package ? <><PackageLink name={e.package} /> {e.version} {e.arch}</> : 'every package') },
  { id: 'scope', title: 'For', cell: (e) => <span className="break">{scopeOf(e)}</span> },
  { id: 'hosts', title: 'Hosts', sort: 'hosts', numeric: true, cell: (e) => <Count n={e.hosts} /> },
  { id: 'reason', title: 'Reason', sort: 'reason', cell: (e) => <span className="break">{e.reason}</span> },
  { id: 'approver', title: 'Approved by', sort: 'approver', cell: (e) => e.approver },
  {
    id: 'expires',
    title: 'Until',
    sort: 'expires',
    worst: true,
    cell: (e) =>
      e.expired ? (
        <Badge className="mark mark-gray" tt="none" radius="sm">
          expired
        </Badge>
      ) : (
        <Day at={e.expires} none="for ever" />
      ),
  },
  { id: 'created', title: 'Since', sort: 'created', extra: true, cell: (e) => <Time at={e.created} /> },
  { id: 'actions', title: 'Actions', cell: (e) => <ExceptionActions exception={e} /> },
];

/** Pakiti 3's files, in and out. */
function Exchange({ path, file }: { path: string; file: string }) {
  const [told, setTold] = useState<Imported>();
  const again = useRef<() => void>(null);
  const load = useEdit(async (chosen: File) => send<Imported>('POST', `${path}/import`, await chosen.text(), {}, 'application/xml'), setTold);
  return (
    <>
      <Group gap="xs" mb="sm">
        <FileButton
          accept=".xml,text/xml,application/xml"
          resetRef={again}
          onChange={(chosen) => {
            setTold(undefined);
            again.current?.(); // the same file may be chosen again, corrected
            if (chosen) load.mutate(chosen);
          }}
        >
          {(props) => (
            <Button {...props} size="xs" variant="default" loading={load.isPending}>
              Import Pakiti 3's XML
            </Button>
          )}
        </FileButton>
        <Anchor size="sm" href={`${base}api/${file}`} download>
          Export as Pakiti 3's XML
        </Anchor>
      </Group>
      <EditError error={load.error} />
      {told && (
        <Alert color="green" variant="light" mb="sm" withCloseButton closeButtonLabel="Close" onClose={() => setTold(undefined)}>
          {told.read} read, {told.added} added, {told.changed} changed, {told.removed} removed.
        </Alert>
      )}
    </>
  );
}

export function DecisionsPage() {
  const { search, change } = usePageSearch();
  const tab = search.tab === 'exceptions' ? 'exceptions' : 'tags';
  return (
    <>
      <PageHead title="CVE tags and exceptions" about="What people decided. It counts at once, everywhere.">
        {tab === 'tags' ? <TagButton label="Tag a CVE" /> : <ExceptionButton />}
      </PageHead>
      <Group mb="sm">
        <SearchBox label="Search" name="search" placeholder="CVE, tag, package, reason" />
      </Group>
      <Tabs value={tab} onChange={(value) => change({ tab: value === 'tags' ? undefined : (value ?? undefined), sort: undefined })} keepMounted={false}>
        <Tabs.List mb="md" aria-label="Decisions">
          <Tabs.Tab value="tags">CVE tags</Tabs.Tab>
          <Tabs.Tab value="exceptions">Exceptions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="tags">
          <Exchange path="cve-tags" file="exportCvesTags.php" />
          <ListTable
            name="CVE tags"
            path="cve-tags"
            params={{ search: search.search }}
            columns={tagColumns}
            rowKey={(t) => `${t.cve} ${t.tag}`}
            sort={search.sort ?? '-modified'}
            onSort={(sort) => change({ sort })}
            empty="No CVE has a tag. Tags mark what matters here; hosts with tagged CVEs stand out everywhere."
          />
        </Tabs.Panel>
        <Tabs.Panel value="exceptions">
          <Exchange path="exceptions" file="exportCvesExceptions.php" />
          <ListTable
            name="Exceptions"
            path="exceptions"
            params={{ search: search.search }}
            columns={exceptionColumns}
            rowKey={(e) => String(e.id)}
            sort={search.sort ?? 'expired,-created'}
            onSort={(sort) => change({ sort })}
            empty="No exception: every finding counts."
          />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
