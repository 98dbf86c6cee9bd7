// SPDX-License-Identifier: Apache-2.0

import { MultiSelect, Select } from '@mantine/core';
import { cveColumns } from '../columns';
import { HostFilterBar, hostParams, SearchBox, usePageSearch } from '../filters';
import { PageHead } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';

function YesNo({ name, label, yes, no }: { name: string; label: string; yes: string; no: string }) {
  const { search, change } = usePageSearch();
  return (
    <Select
      label={label}
      data={[
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      value={search[name] ?? null}
      onChange={(value) => change({ [name]: value ?? undefined })}
      clearable
    />
  );
}

export function CvesPage() {
  const { search, change } = usePageSearch();
  const hosts = hostParams(search);
  return (
    <>
      <PageHead title="CVEs" about="What hosts are vulnerable to; known exploited first." />
      <HostFilterBar folded page="cves">
        <SearchBox label="CVE" name="search" placeholder="CVE-2024-… or words of its title" />
        <MultiSelect
          label="Severity"
          data={['critical', 'high', 'medium', 'low', 'unknown']}
          value={search.severity?.split(',').filter(Boolean) ?? []}
          onChange={(values) => change({ severity: values.join(',') || undefined })}
          clearable
          miw={160}
        />
        <YesNo name="exploited" label="Exploited" yes="known exploited" no="not known" />
        <YesNo name="fixed" label="Fix" yes="available" no="none" />
        <YesNo name="tagged" label="Tagged" yes="tagged" no="not tagged" />
      </HostFilterBar>
      <ListTable
        name="CVEs"
        path="cves"
        params={{ ...hosts, search: search.search, severity: search.severity, exploited: search.exploited, fixed: search.fixed, tagged: search.tagged }}
        columns={cveColumns(hosts as Search)}
        rowKey={(c) => c.cve}
        sort={search.sort ?? '-priority,-hosts'}
        onSort={(sort) => change({ sort })}
        empty="No CVE fits."
      />
    </>
  );
}
