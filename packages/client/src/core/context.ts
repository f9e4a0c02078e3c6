import type { Session } from './session.js';
import type { Tabs } from './tabs.js';
import type { TokenStorage } from './token-storage.js';
import type { Transport } from './transport.js';

/** What the parts of one client share. */
export interface ClientContext {
  readonly isCookieMode: boolean;
  readonly name: string;
  readonly session: Session;
  readonly storage: TokenStorage;
  readonly transport: Transport;
  readonly tabs: Tabs;
}
