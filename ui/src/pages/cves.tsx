// SPDX-License-Identifier: Apache-2.0

import { cveColumns } from '../columns';
import { CveFilters, cveParams, HostFilterBar, hostParams, usePageSearch } from '../filters';
import { PageHead } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';

export function CvesPage() {
  const { search, change } = usePageSearch();
  const hosts = hostParams(search);
  return (
    <>
      <PageHead title="CVEs" about="What hosts are vulnerable to; known exploited first, then by severity and EPSS (the probability that it will be exploited)." />
      <HostFilterBar folded page="cves">
        <CveFilters placeholder="CVE-2024-… or words of its title" all="those excepted everywhere" />
      </HostFilterBar>
      <ListTable
        name="CVEs"
        path="cves"
        params={{ ...hosts, ...cveParams(search) }}
        columns={cveColumns(hosts as Search)}
        rowKey={(c) => c.cve}
        sort={search.sort ?? '-priority,-hosts'}
        onSort={(sort) => change({ sort })}
        empty="No CVE fits."
      />
    </>
  );
}
