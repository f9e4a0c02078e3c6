import { AuthUi } from '@auth-subgraph/ui';
import '@auth-subgraph/ui/styles.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { auth } from './auth.js';
import { followLinks } from './navigation.js';
import './styles.css';

const LINKS = { signIn: '/login', signUp: '/sign-up', forgotPassword: '/forgot-password', account: '/account' };

followLinks();
// Without a network, requests fail at once, and no form is sent later.
const always = { networkMode: 'always', retry: false } as const;
const queries = new QueryClient({ defaultOptions: { queries: always, mutations: always } });
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <AuthUi client={auth} links={LINKS}>
          <App />
        </AuthUi>
      </QueryClientProvider>
    </StrictMode>,
  );
