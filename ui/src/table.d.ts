// SPDX-License-Identifier: Apache-2.0

import '@tanstack/react-table';

declare module '@tanstack/react-table' {
  // What the pages tell of a column besides what the table needs.
  interface ColumnMeta<TData, TValue> {
    numeric?: boolean;
  }
}
