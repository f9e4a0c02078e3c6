import { createHash } from 'node:crypto';
import type { Random } from '../../platform/random.js';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits that a device keeps, to be known again. */
export function newDeviceToken(random: Random): { token: string; tokenHash: Buffer } {
  const token = random.bytes(32).toString('base64url');
  return { token, tokenHash: hashOf(token) };
}

/** What is stored of it; undefined for whatever cannot be one. */
export function hashDeviceToken(token: string | null | undefined): Buffer | undefined {
  if (token === null || token === undefined || !TOKEN.test(token)) return undefined;
  return hashOf(token);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(`device:${token}`).digest();
}
