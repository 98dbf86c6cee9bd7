// SPDX-License-Identifier: Apache-2.0

import '@mantine/core/styles.css';
import '@mantine/charts/styles.css';
import './app.css';

import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api';
import { nonce } from './base';
import { router } from './router';
import { theme, variables } from './theme';

// Modal and Drawer lock the page's scrolling by a <style> that asks here.
setNonce(nonce);

// What the server refuses it will refuse again.
const refused = (error: Error) => error instanceof Problem && error.status >= 400 && error.status < 500;
const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: (failures, error) => failures < 1 && !refused(error) } },
});

const root = document.getElementById('root');
if (!root) throw new Error('no element for the pages');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
