import { timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Random } from '../../platform/random.js';
import { sha256 } from '../../platform/sha256.js';

/**
 * A key of a service account: `ask_`, a handle, a dot, a secret and a checksum. Scanners find leaked keys by the prefix, and
 * tell them from other text by the checksum. Only hashes of handle and secret are stored.
 */
export interface ServiceKey {
  /** 128 random bits, base64url. */
  readonly handle: string;
  /** 256 random bits, base64url. */
  readonly secret: string;
}

const PREFIX = 'ask_';
const KEY = /^ask_([\w-]{22})\.([\w-]{43})([0-9A-Za-z]{6})$/;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;
const HINT_LENGTH = 4;

export function newServiceKey(random: Random): ServiceKey {
  return { handle: random.bytes(16).toString('base64url'), secret: random.bytes(32).toString('base64url') };
}

export function formatServiceKey({ handle, secret }: ServiceKey): string {
  const text = `${PREFIX}${handle}.${secret}`;
  return text + checksumOf(text);
}

/** Returns `undefined` if the text does not have the form of a key, or its checksum is wrong. */
export function parseServiceKey(text: string): ServiceKey | undefined {
  const [, handle, secret] = KEY.exec(text) ?? [];
  if (handle === undefined || secret === undefined) return undefined;
  return text === formatServiceKey({ handle, secret }) ? { handle, secret } : undefined;
}

/** The last characters of a key, by which people recognize it. They belong to the checksum, not to the secret. */
export function hintOf(key: ServiceKey): string {
  return formatServiceKey(key).slice(-HINT_LENGTH);
}

export function hashServiceHandle({ handle }: ServiceKey): Buffer {
  return sha256(`service handle:${handle}`);
}

export function hashServiceSecret({ handle, secret }: ServiceKey): Buffer {
  return sha256(`service secret:${handle}.${secret}`);
}

/** Takes the same time wherever the hashes differ. */
export function hasSecretHash(key: ServiceKey, secretHash: Uint8Array): boolean {
  const own = hashServiceSecret(key);
  return own.length === secretHash.length && timingSafeEqual(own, secretHash);
}

/** The CRC-32 in base 62, padded to six characters. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    digits = (BASE62[rest % BASE62.length] ?? '') + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}
