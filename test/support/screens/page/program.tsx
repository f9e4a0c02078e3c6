import { createAuthClient } from '@auth-subgraph/client';
import * as ui from '@auth-subgraph/ui';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ComponentType, type ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { Language, ScreenName, ScreensPage } from '../screens-page.types.js';
import { audit } from './audit.js';
import { WithHook, WithSlots } from './own-screens.js';

const { en, de, fr, es } = ui;
const MESSAGES = { en, de, fr, es, ar: { ...en, locale: 'ar' } };
const LINKS = { signIn: '/sign-in', signUp: '/sign-up', forgotPassword: '/forgot-password', account: '/account' };
const COMPONENTS = { ...ui, WithHook, WithSlots };

const shown = { screen: 'SignIn' as ScreenName, props: {}, language: 'en' as Language, count: 0 };
/** That of the application, if it has one. */
const queries = location.hash === '#cache' ? new QueryClient() : undefined;
const container = document.getElementById('root')!;

const page: ScreensPage = {
  auth: createAuthClient({ url: '/graphql', mode: 'cookie', fetch: answerOrFetch }),
  answers: {},
  asked: [],
  done: [],
  show(screen, props = {}) {
    Object.assign(shown, { screen, props, count: shown.count + 1 });
    render();
  },
  speak(language) {
    shown.language = language;
    render();
  },
  fill(values) {
    for (const input of document.querySelectorAll('input')) input.value = values[input.name] ?? input.value;
  },
  known: () =>
    JSON.stringify([
      queries
        ?.getQueryCache()
        .getAll()
        .map(({ state }) => state.data),
      queries
        ?.getMutationCache()
        .getAll()
        .map(({ state }) => state),
    ]),
  leave() {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  },
  markup(screen) {
    shown.screen = screen;
    return renderToString(tree());
  },
  audit: () => audit(page),
};
Object.assign(globalThis, { screens: page });

async function answerOrFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const operation = /(?:mutation|query) (\w+)/.exec(await request.clone().text())?.[1] ?? '';
  page.asked.push(operation);
  const answer = page.answers[operation];
  if (answer === undefined) return fetch(request);
  if (answer === 'waits') return new Promise<Response>(() => undefined);
  if (answer === 'fails') throw new TypeError('Failed to fetch');
  return Response.json(answer);
}

function tree(): ReactElement {
  const Screen = COMPONENTS[shown.screen] as ComponentType<{ readonly onDone: (result: unknown) => void }>;
  const screen = (
    <ui.AuthUi client={page.auth} messages={MESSAGES[shown.language]} links={LINKS}>
      <main>
        <Screen key={shown.count} {...shown.props} onDone={(result) => void page.done.push(result ?? null)} />
      </main>
    </ui.AuthUi>
  );
  return (
    <StrictMode>{queries ? <QueryClientProvider client={queries}>{screen}</QueryClientProvider> : screen}</StrictMode>
  );
}

const root = container.hasChildNodes() ? hydrateRoot(container, tree()) : createRoot(container);

function render(): void {
  document.documentElement.dir = shown.language === 'ar' ? 'rtl' : 'ltr';
  document.documentElement.lang = shown.language;
  flushSync(() => root.render(tree()));
}
