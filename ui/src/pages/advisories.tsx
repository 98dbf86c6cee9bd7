// SPDX-License-Identifier: Apache-2.0

import type { Advisory } from '../api';
import { HostFilterBar, hostParams, SearchBox, SeverityFilter, usePageSearch } from '../filters';
import { Count, Day, HostsLink, number, PageHead, Severity } from '../pieces';
import type { Search } from '../search';
import { ListTable } from '../table';
import type { Column } from '../table';

const columns = (filter: Search): Column<Advisory>[] => [
  { id: 'advisory', title: 'Advisory', sort: 'advisory', cell: (a) => <span className="break">{a.advisory}</span> },
  { id: 'severity', title: 'Severity', sort: 'severity', worst: true, cell: (a) => <Severity is={a.severity} /> },
  { id: 'title', title: 'Title', sort: 'title', cell: (a) => <span className="break">{a.title}</span> },
  {
    id: 'hosts',
    title: 'Hosts',
    sort: 'hosts',
    numeric: true,
    cell: (a) => (
      <HostsLink search={{ ...filter, advisory: a.advisory }} label={`${a.hosts} hosts that ${a.advisory} would help`}>
        {number(a.hosts)}
      </HostsLink>
    ),
  },
  { id: 'cves', title: 'CVEs', sort: 'cves', numeric: true, cell: (a) => <Count n={a.cves} /> },
  { id: 'packages', title: 'Builds', sort: 'packages', numeric: true, cell: (a) => <Count n={a.packages} /> },
  { id: 'issued', title: 'Issued', sort: 'issued', worst: true, cell: (a) => <Day at={a.issued} /> },
  { id: 'feed', title: 'Feed', sort: 'feed', cell: (a) => a.feed },
  { id: 'vendor_severity', title: "Vendor's word", sort: 'vendor_severity', extra: true, cell: (a) => a.vendor_severity },
];

export function AdvisoriesPage() {
  const { search, change } = usePageSearch();
  const hosts = hostParams(search);
  return (
    <>
      <PageHead title="Advisories" about="What vendors have published that would fix something here, the worst first. Exceptions do not change it." />
      <HostFilterBar folded page="advisories">
        <SearchBox label="Advisory" name="search" placeholder="RHSA-2024:… or words of its title" />
        <SeverityFilter />
      </HostFilterBar>
      <ListTable
        name="Advisories"
        path="advisories"
        params={{ ...hosts, search: search.search, severity: search.severity }}
        columns={columns(hosts as Search)}
        rowKey={(a) => a.advisory}
        sort={search.sort ?? '-severity,-hosts,-issued'}
        onSort={(sort) => change({ sort })}
        empty="No advisory would fix anything on these hosts."
      />
    </>
  );
}
