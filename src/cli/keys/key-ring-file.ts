import { chmod, chown, mkdir, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwatchFile, watchFile } from 'node:fs';
import type { KeySource } from '@auth-subgraph/verifier';
import { readKey } from '@auth-subgraph/verifier/internal';
import { KeyRotationError, type KeyRing, type RingKey } from './key-rotation-policy.js';

const POLL_MS = 2_000;

/** The keys in a text: a JWK Set, one JWK, or PEM texts one after another. */
export function parseKeys(text: string): KeySource[] {
  // The parameters that OpenSSL writes before an elliptic key are in the key too.
  const pems = text.match(/-----BEGIN (?!EC PARAMETERS)[^-]+-----[^-]+-----END [^-]+-----/g);
  if (!text.trimStart().startsWith('{')) return pems ?? [text];
  try {
    const value = JSON.parse(text.trim()) as { keys?: unknown };
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
 * Changes a ring in one step that others see as a whole. A new file is for its owner alone; an old one keeps its owner and
 * its mode, since the service need not be who runs the command.
 * @throws KeyRotationError another command is changing it
 */
export async function changeRing(path: string, change: (ring: KeyRing) => KeyRing): Promise<KeyRing> {
  const file = await realpath(path).catch(() => path);
  const next = `${file}.next`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(next, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new KeyRotationError(`Another command changes the keys. If none runs, remove ${next}`);
  }
  try {
    const ring = change(await readRing(file));
    await writeFile(next, `${JSON.stringify({ keys: ring }, null, 2)}\n`);
    await keepOwner(file, next);
    await rename(next, file);
    return ring;
  } catch (error) {
    await unlink(next);
    throw error;
  }
}

async function keepOwner(file: string, next: string): Promise<void> {
  const [before, after] = [await stat(file).catch(() => undefined), await stat(next)];
  if (!before) return;
  try {
    if (before.uid !== after.uid || before.gid !== after.gid) await chown(next, before.uid, before.gid);
    await chmod(next, before.mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw new KeyRotationError(`${file} belongs to another user. Run this as its owner, or as root.`);
  }
}

/** A key of a ring as `keys generate` writes it, and as nothing else is. */
function isRingKey(key: unknown): key is RingKey {
  if (typeof key !== 'object' || key === null) return false;
  const { kid, alg, published_at: publishedAt, signed_until: signedUntil = 0 } = key as Partial<RingKey>;
  if (![publishedAt, signedUntil].every((seconds) => Number.isSafeInteger(seconds) && Number(seconds) < 1e11))
    return false;
  try {
    const read = readKey(key as KeySource);
    return read.kid === kid && read.algorithm === alg && read.privateKey !== undefined;
  } catch {
    return false;
  }
}
