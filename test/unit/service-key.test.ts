import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatServiceKey,
  hashServiceHandle,
  hashServiceSecret,
  hasSecretHash,
  hintOf,
  newServiceKey,
  parseServiceKey,
} from '../../src/features/service-accounts/service-key.js';
import { systemRandom } from '../../src/platform/random.js';

const key = { handle: 'AAAAAAAAAAAAAAAAAAAAAA', secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
const text = formatServiceKey(key);

test('a key has a prefix, a handle, a secret, and a CRC-32 of all three in base 62', () => {
  // The checksum was computed with Python: zlib.crc32, then divmod by 62.
  expect(text).toBe(`ask_${key.handle}.${key.secret}0XDApZ`);
  expect(hintOf(key)).toBe(text.slice(-4));
});

test('a key is read as it was written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), (bytes) => {
      const random = { bytes: (length: number) => Buffer.from(bytes.slice(0, length)) };
      const generated = newServiceKey(random);
      expect(parseServiceKey(formatServiceKey(generated))).toEqual(generated);
    }),
  );
});

test('two keys differ in handle and secret', () => {
  const [one, other] = [newServiceKey(systemRandom), newServiceKey(systemRandom)];
  expect(one.handle).not.toBe(other.handle);
  expect(one.secret).not.toBe(other.secret);
});

test('a key with any one character changed, added or missing is none', () => {
  for (let at = 0; at < text.length; at += 1) {
    expect(parseServiceKey(`${text.slice(0, at)}B${text.slice(at + 1)}`)).toBeUndefined();
    expect(parseServiceKey(text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
    expect(parseServiceKey(`${text.slice(0, at)}A${text.slice(at)}`)).toBeUndefined();
  }
});

test.each(['', ' ', 'ask_', ` ${text}`, `${text}\n`, text.toUpperCase(), text.replace('ask_', 'sk_'), 'x'.repeat(1e6)])(
  'rejects text that is not a key: %#',
  (other) => {
    expect(parseServiceKey(other)).toBeUndefined();
  },
);

test('the hashes of handle and secret differ, and only the right secret fits', () => {
  const secretHash = hashServiceSecret(key);
  expect(secretHash).toHaveLength(32);
  expect(hashServiceHandle(key)).not.toEqual(secretHash);
  expect(hasSecretHash(key, secretHash)).toBe(true);
  expect(hasSecretHash({ ...key, secret: key.secret.replace('A', 'B') }, secretHash)).toBe(false);
  expect(hasSecretHash({ ...key, handle: key.handle.replace('A', 'B') }, secretHash)).toBe(false);
  for (const other of [Buffer.alloc(0), secretHash.subarray(1)]) expect(hasSecretHash(key, other)).toBe(false);
});
