// SPDX-License-Identifier: Apache-2.0

import { hostColumns } from '../columns';
import { hostParams, HostFilterBar, usePageSearch } from '../filters';
import { PageHead } from '../pieces';
import { ListTable } from '../table';

export function HostsPage() {
  const { search, change } = usePageSearch();
  return (
    <>
      <PageHead title="Hosts" about="The address of this page holds the filter: send it to somebody else, or save it under a name." />
      <HostFilterBar page="hosts" />
      <ListTable
        name="Hosts"
        path="hosts"
        params={hostParams(search)}
        columns={hostColumns}
        rowKey={(h) => h.key}
        sort={search.sort ?? 'name'}
        onSort={(sort) => change({ sort })}
        empty="No host fits. Clear the filter, or let a host report with pakiti-client."
        refresh={60_000}
      />
    </>
  );
}
