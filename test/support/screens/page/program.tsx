import { createAuthClient } from '@auth-subgraph/client';
import * as ui from '@auth-subgraph/ui';
import type { ComponentType, ReactElement } from 'react';
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { Language, ScreenName, ScreensPage } from '../screens-page.types.js';

const { en, de, fr, es } = ui;
const MESSAGES = { en, de, fr, es, ar: { ...en, locale: 'ar' } };
const LINKS = { signIn: '/sign-in', signUp: '/sign-up', forgotPassword: '/forgot-password', account: '/account' };

const answers: ScreensPage['answers'] = {};

const auth = createAuthClient({
  url: '/graphql',
  mode: 'cookie',
  fetch: async (input, init) => {
    const request = new Request(input, init);
    const operation = /(?:mutation|query) (\w+)/.exec(await request.clone().text())?.[1] ?? '';
    const answer = answers[operation];
    if (answer === undefined) return fetch(request);
    if (answer === 'waits') return new Promise<Response>(() => undefined);
    if (answer === 'fails') throw new TypeError('Failed to fetch');
    return Response.json(answer);
  },
});

const shown = { screen: 'SignIn' as ScreenName, props: {}, language: 'en' as Language, count: 0 };
const done = { count: 0 };

function tree(): ReactElement {
  const Screen = ui[shown.screen] as ComponentType<{ readonly onDone: () => void }>;
  return (
    <StrictMode>
      <ui.AuthUi client={auth} messages={MESSAGES[shown.language]} links={LINKS}>
        <main>
          <Screen key={shown.count} {...shown.props} onDone={() => void (done.count += 1)} />
        </main>
      </ui.AuthUi>
    </StrictMode>
  );
}

const container = document.getElementById('root')!;
const root = container.hasChildNodes() ? hydrateRoot(container, tree()) : createRoot(container);

function render(): void {
  document.documentElement.dir = shown.language === 'ar' ? 'rtl' : 'ltr';
  document.documentElement.lang = shown.language;
  flushSync(() => root.render(tree()));
}

const page: ScreensPage = {
  auth,
  answers,
  done,
  show(screen, props = {}) {
    Object.assign(shown, { screen, props, count: shown.count + 1 });
    render();
  },
  speak(language) {
    shown.language = language;
    render();
  },
  markup(screen) {
    shown.screen = screen;
    return renderToString(tree());
  },
};
Object.assign(globalThis, { screens: page });
