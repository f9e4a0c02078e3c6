import { chmod, chown, mkdir, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwatchFile, watchFile } from 'node:fs';
import type { KeySource } from '@auth-subgraph/verifier';
import { CURVE_PARAMETERS, readKey } from '@auth-subgraph/verifier/internal';
import { NothingFoundError } from '../../platform/commands/nothing-found.error.js';
import { ConfigError, fileError, readError } from '../../platform/options/config-error.js';
import { KeyRotationError, type KeyRing, type RingKey } from './key-rotation-policy.js';

const POLL_MS = 2_000;
const OTHER_FILE = 'set the path of another file';

const PEM = /-----BEGIN ([^-]+)-----[^-]+-----END [^-]+-----/g;
/** What a PEM text leaves if its start or end is missing. */
const PART_OF_PEM = /-----|-$/;

/** Parses a JWK Set, a single JWK, or concatenated PEM texts. What cannot be parsed is returned as an unusable key. */
export function parseKeys(text: string): KeySource[] {
  if (!text.trimStart().startsWith('{')) return parsePems(text);
  try {
    const value = JSON.parse(text.trim()) as { keys?: unknown };
    return Array.isArray(value.keys) ? (value.keys as KeySource[]) : [{ ...value }];
  } catch {
    return [text];
  }
}

function parsePems(text: string): KeySource[] {
  const found = [...text.matchAll(PEM)];
  // Parameters belong to the key that follows. Without one, they remain, and cannot be used.
  const hasKey = (index: number): boolean => found[index + 1]?.[1] === 'EC PRIVATE KEY';
  const pems = found.filter(([, label], index) => label !== CURVE_PARAMETERS || !hasKey(index)).map(([pem]) => pem);
  const rest = text.replace(PEM, '');
  return pems.length === 0 || PART_OF_PEM.test(rest) ? [...pems, rest] : pems;
}

/** @throws ConfigError the file is empty, or contains a part of JSON */
export async function readKeys(file: string): Promise<KeySource[]> {
  const text = await readFile(file, 'utf8');
  if (!isDamaged(text)) return parseKeys(text);
  throw new ConfigError([{ path: 'jwt.keysFile', problem: 'is empty or damaged; restore it from a backup' }]);
}

function isDamaged(text: string): boolean {
  return text.trim() === '' || (text.trimStart().startsWith('{') && parseKeys(text)[0] === text);
}

/**
 * Calls back when a key file has changed, until the returned function is called. It polls, because a mounted secret
 * changes through a symbolic link to another folder.
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

/**
 * Reads the ring from a file that `keys generate` created.
 * @param ifMissing the ring if the file does not exist
 * @throws NothingFoundError it does not exist
 * @throws ConfigError it cannot be read
 * @throws KeyRotationError it contains something else
 */
export async function readRing(file: string, ifMissing?: KeyRing): Promise<KeyRing> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      if (ifMissing) return ifMissing;
      throw new NothingFoundError(`${file} does not exist. Create it with \`auth-subgraph keys generate\`.`);
    }
    throw readError('jwt.keysFile', error, OTHER_FILE);
  }
  const keys = parseKeys(text);
  if (keys.every(isRingKey)) return keys;
  if (isDamaged(text)) throw new KeyRotationError(`${file} is empty or damaged. Restore it from a backup.`);
  throw new KeyRotationError(`${file} was not created by auth-subgraph keys generate, which does not store PEM texts.`);
}

/**
 * Changes a ring atomically. A new file is readable by its owner only; an existing file keeps its owner and mode, since
 * the service may run as another user than the command.
 * @param ifMissing the ring if the file does not exist
 * @throws NothingFoundError it does not exist
 * @throws ConfigError it cannot be read, or its folder cannot be created
 * @throws KeyRotationError another command is changing it
 */
export async function changeRing(
  path: string,
  change: (ring: KeyRing) => KeyRing,
  ifMissing?: KeyRing,
): Promise<KeyRing> {
  const file = await realpath(path).catch(() => path);
  const next = `${file}.next`;
  // Nothing is written next to a file that does not exist.
  await readRing(file, ifMissing);
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
    throw fileError('jwt.keysFile', 'is in a folder that cannot be created', error, OTHER_FILE);
  });
  try {
    await writeFile(next, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw fileError('jwt.keysFile', 'is in a folder that cannot be written to', error, OTHER_FILE);
    throw new KeyRotationError(`Another command is changing the keys. If none is running, remove ${next}`);
  }
  try {
    const ring = change(await readRing(file, ifMissing));
    await writeFile(next, `${JSON.stringify({ keys: ring }, null, 2)}\n`, { flush: true }).catch((error: unknown) => {
      throw fileError('jwt.keysFile', 'cannot be written', error, OTHER_FILE);
    });
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
    throw new KeyRotationError(`${file} belongs to another user. Run this command as its owner or as root.`);
  }
}

/** The format in which `keys generate` writes a key of a ring. */
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
