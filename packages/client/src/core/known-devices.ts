import type { ClientContext } from './context.js';
import { page } from './page.js';

const KEY = 'devices';
/** How many addresses a device remembers, each with the id of its user. */
const MAX_ADDRESSES = 5;

/**
 * The token by which this device is known to an account that has signed in here.
 * @param name the email address, or the id of the user; both are kept as hashes
 */
export async function deviceTokenOf(context: ClientContext, name: string): Promise<string | undefined> {
  return (await read(context)).get(await hashOf(name));
}

/** Keeps a device token, also after a sign-out. */
export async function rememberDevice(context: ClientContext, email: string, id: string, token: string): Promise<void> {
  // An entry that cannot be read is replaced, so that the device does not stay unknown.
  const tokens = await read(context).catch(() => new Map<string, string>());
  for (const name of [email, id]) {
    const hash = await hashOf(name);
    // The most recent address is the last one.
    tokens.delete(hash);
    if (hash) tokens.set(hash, token);
  }
  if (tokens.size) await context.store.write(KEY, [...tokens].slice(-2 * MAX_ADDRESSES));
}

/** Keeps the device known to a user whose address has changed. */
export async function moveDevice(
  context: ClientContext,
  { id, email }: { readonly id: string; readonly email: string | null },
): Promise<void> {
  const token = await deviceTokenOf(context, id).catch(() => undefined);
  if (token) await rememberDevice(context, email ?? '', id, token);
}

async function read({ store }: ClientContext): Promise<Map<string, string>> {
  return new Map(await store.read(KEY, (entries) => new Map(entries as [string, string][])));
}

/** Empty where there is nothing that hashes: on pages without https, and in some apps. */
async function hashOf(name: string): Promise<string> {
  const bytes = await page.crypto?.subtle?.digest('SHA-256', new TextEncoder().encode(name.trim().toLowerCase()));
  return new Uint8Array(bytes ?? []).join();
}
