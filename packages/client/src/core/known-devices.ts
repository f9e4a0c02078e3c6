import type { ClientContext } from './context.js';
import { page } from './page.js';

const KEY = 'devices';
/** How many addresses a device remembers. */
const MAX_ADDRESSES = 5;

/**
 * The token by which this device is known to an account that has signed in here. Addresses are kept as hashes. A new address
 * may be that of the account which signed in last: its token is not lost with its old address, and means nothing to others.
 */
export async function deviceTokenOf(context: ClientContext, email: string): Promise<string | undefined> {
  const tokens = await read(context);
  return tokens.get(await hashOf(email)) ?? [...tokens.values()].pop();
}

/** Keeps a device token after a sign-in, also after a sign-out. */
export async function rememberDevice(context: ClientContext, email: string, deviceToken: string): Promise<void> {
  const hash = await hashOf(email);
  // An entry that cannot be read is replaced, so that the device does not stay unknown.
  const tokens = await read(context).catch(() => new Map<string, string>());
  // The most recent address is the last one.
  tokens.delete(hash);
  if (hash) await context.store.write(KEY, [...tokens.set(hash, deviceToken)].slice(-MAX_ADDRESSES));
}

async function read({ store }: ClientContext): Promise<Map<string, string>> {
  return new Map(await store.read(KEY, (entries) => new Map(entries as [string, string][])));
}

/** Empty where there is nothing that hashes: on pages without https, and in some apps. */
async function hashOf(email: string): Promise<string> {
  const bytes = await page.crypto?.subtle?.digest('SHA-256', new TextEncoder().encode(email.trim().toLowerCase()));
  return new Uint8Array(bytes ?? []).join();
}
