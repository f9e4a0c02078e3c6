import type { Random } from '../../platform/random.js';
import { sha256 } from '../../platform/sha256.js';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Creates a token of 256 random bits, by which a device is recognised. */
export function newDeviceToken(random: Random): { token: string; tokenHash: Buffer } {
  const token = random.bytes(32).toString('base64url');
  return { token, tokenHash: hashOf(token) };
}

/** Returns the hash to store, or `undefined` if the text cannot be a device token. */
export function hashDeviceToken(token: string | null | undefined): Buffer | undefined {
  if (token === null || token === undefined || !TOKEN.test(token)) return undefined;
  return hashOf(token);
}

function hashOf(token: string): Buffer {
  return sha256(`device:${token}`);
}
