import type { ClientContext } from './context.js';
import { readJson, writeJson } from './stored-json.js';

const KEY = 'devices';
/** How many addresses a device remembers. */
const MAX_ADDRESSES = 5;

type Entry = readonly [hash: string | undefined, deviceToken: string];

/** The device token of an address that has signed in here before. */
export async function deviceTokenFor(context: ClientContext, email: string): Promise<string | undefined> {
  const hash = await hashOf(email);
  return (await readEntries(context)).find(([known]) => known === hash)?.[1];
}

/** Keeps a device token by a hash of the address, also after a sign-out. */
export async function rememberDevice(context: ClientContext, email: string, deviceToken: string): Promise<void> {
  const hash = await hashOf(email);
  const others = (await readEntries(context)).filter(([known]) => known !== hash);
  if (hash !== undefined) await writeJson(context, KEY, [[hash, deviceToken], ...others].slice(0, MAX_ADDRESSES));
}

async function readEntries(context: ClientContext): Promise<Entry[]> {
  return (await readJson<Entry[]>(context, KEY)) ?? [];
}

/** Undefined on pages without https, where browsers do not hash. */
async function hashOf(email: string): Promise<string | undefined> {
  const { subtle } = crypto as Partial<typeof crypto>;
  const bytes = await subtle?.digest('SHA-256', new TextEncoder().encode(email.trim().toLowerCase()));
  return bytes && btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
