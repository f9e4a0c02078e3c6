import '@auth-subgraph/ui/styles.css';
import './pages.css';
import { createAuthClient } from '@auth-subgraph/client';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { languageFor } from './languages.js';
import type { PageSettings } from './page-settings.js';
import { readAddress } from './use-address.js';

// First of all: whatever fails below, the token is no longer in the address.
const first = readAddress();
const root = document.querySelector<HTMLElement>('#pages');
if (root) {
  const settings = JSON.parse(root.dataset['settings'] ?? '') as PageSettings;
  const language = languageFor(navigator.languages);
  document.documentElement.lang = language.locale;
  const client = createAuthClient({ url: settings.graphqlUrl, mode: settings.mode });
  createRoot(root).render(<App client={client} first={first} language={language} settings={settings} />);
}
