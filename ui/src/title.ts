// SPDX-License-Identifier: Apache-2.0

import { useEffect } from 'react';

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} - Pakiti`;
  }, [title]);
}
