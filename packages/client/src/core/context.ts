import type { Session } from './session.js';
import type { Store } from './store.js';
import type { Tabs } from './tabs.js';
import type { Send } from './transport.js';

/** What the parts of one client share. */
export interface ClientContext {
  readonly isCookieMode: boolean;
  readonly session: Session;
  readonly store: Store;
  /** Sends without the access token. */
  readonly send: Send;
  readonly tabs: Tabs;
}
