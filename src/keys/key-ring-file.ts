import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import type { KeySource } from '../kernel/asymmetric-key.js';
import { KeyRotationError, type KeyRing, type RingKey } from './key-rotation-policy.js';

const POLL_MS = 2_000;

/** The keys in a text: a JWK Set, one JWK, or PEM texts one after another. */
export function parseKeys(text: string): KeySource[] {
  if (!text.trimStart().startsWith('{')) return text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [text];
  try {
    const value = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(value.keys) ? (value.keys as KeySource[]) : [{ ...value }];
  } catch {
    return [text];
  }
}

export async function readKeys(file: string): Promise<KeySource[]> {
  return parseKeys(await readFile(file, 'utf8'));
}

/**
 * Calls back when a file of keys has changed, until the returned function is called. Looks instead of listening, since a
 * mounted secret changes by a link to another folder.
 */
export function watchKeys(file: string, onChange: () => void): () => void {
  const listener = (): void => {
    onChange();
  };
  watchFile(file, { interval: POLL_MS, persistent: false }, listener);
  return () => {
    unwatchFile(file, listener);
  };
}

/** The ring of a file that `keys generate` made; empty when there is no file yet. */
export async function readRing(file: string): Promise<KeyRing> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const keys = parseKeys(text);
  if (keys.every(isRingKey)) return keys;
  throw new KeyRotationError(`${file} was not made by auth-subgraph keys generate, which keeps no PEM texts.`);
}

/**
 * Changes a ring in one step that others see as a whole. Only its owner may read the file.
 * @throws KeyRotationError another command is changing it
 */
export async function changeRing(file: string, change: (ring: KeyRing) => KeyRing): Promise<KeyRing> {
  const next = `${file}.next`;
  try {
    await writeFile(next, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new KeyRotationError(`Another command changes the keys. If none runs, remove ${next}`);
  }
  try {
    const ring = change(await readRing(file));
    await writeFile(next, `${JSON.stringify({ keys: ring }, null, 2)}\n`);
    await rename(next, file);
    return ring;
  } catch (error) {
    await unlink(next);
    throw error;
  }
}

function isRingKey(key: KeySource): key is RingKey {
  return typeof key === 'object' && typeof key['kid'] === 'string' && Number.isSafeInteger(key['published_at']);
}
