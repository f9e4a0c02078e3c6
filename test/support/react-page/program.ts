import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createAuthClient } from '@auth-subgraph/client';
import { AuthProvider, useAuth, useMe, useSessions } from '@auth-subgraph/client/react';
import { createElement, StrictMode, version, type ReactElement } from 'react';
import { createRoot, type Container } from 'react-dom/client';
import type { ReactPage } from './react-page.types.js';

const auth = createAuthClient({ url: '/graphql', mode: 'cookie' });
const queries = new QueryClient();
const shown: string[] = [];

function Account(): ReactElement {
  const { status } = useAuth();
  const { data: me } = useMe();
  const { data: sessions } = useSessions();
  const text = `${status} ${me?.email ?? 'nobody'} ${String(sessions?.length ?? 0)}`;
  shown.push(text);
  return createElement('p', null, text);
}

const page: ReactPage = { version, queries, shown };
Object.assign(globalThis, { auth, page });
const { document } = globalThis as unknown as { document: { body: Container } };
createRoot(document.body).render(
  createElement(
    StrictMode,
    null,
    createElement(
      QueryClientProvider,
      { client: queries },
      createElement(AuthProvider, { client: auth }, createElement(Account)),
    ),
  ),
);
