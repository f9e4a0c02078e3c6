import type { LoginInput } from '../graphql/types.js';
import type { ClientContext } from './context.js';

const KEY = 'devices';
/** How many addresses a device remembers. */
const MAX_ADDRESSES = 5;

type DeviceInput = Pick<LoginInput, 'email' | 'deviceToken'>;

/** What this device knows of an email address that has signed in here, by a hash of the address. */
export interface KnownDevice {
  readonly deviceToken: string | undefined;
  /** Keeps another device token, also after a sign-out. */
  readonly remember: (deviceToken: string) => Promise<void>;
}

export async function knownDevice(
  { store }: ClientContext,
  { email, deviceToken: given }: DeviceInput,
): Promise<KnownDevice> {
  const hash = await hashOf(email);
  const read = async (): Promise<Map<string, string>> => new Map(await store.read<[string, string][]>(KEY));
  return {
    deviceToken: given ?? (await read()).get(hash),
    async remember(deviceToken) {
      const tokens = await read();
      // The most recent address is the last one.
      tokens.delete(hash);
      if (hash !== '') await store.write(KEY, [...tokens.set(hash, deviceToken)].slice(-MAX_ADDRESSES));
    },
  };
}

/** Empty on pages without https, where browsers do not hash. */
async function hashOf(email: string): Promise<string> {
  const { subtle } = crypto as Partial<typeof crypto>;
  const bytes = await subtle?.digest('SHA-256', new TextEncoder().encode(email.trim().toLowerCase()));
  return new Uint8Array(bytes ?? []).join();
}
