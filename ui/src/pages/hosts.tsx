// SPDX-License-Identifier: Apache-2.0

import { Stack, Text } from '@mantine/core';
import { hostColumns } from '../columns';
import { hostParams, HostFilterBar, usePageSearch } from '../filters';
import { AnchorLink } from '../links';
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
        empty={
          <Stack gap="xs" align="center">
            <Text c="dimmed">No host fits. Clear the filter, or let a host report with pakiti-client.</Text>
            {search.q && (
              <AnchorLink to="/packages" search={{ p: search.q }} size="sm">
                Packages with {search.q} in their name
              </AnchorLink>
            )}
          </Stack>
        }
        refresh={60_000}
      />
    </>
  );
}
