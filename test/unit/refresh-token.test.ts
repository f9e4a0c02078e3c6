import { expect, test } from '@jest/globals';
import { sealSuccessor } from '../support/sealed-successor.js';
import { systemRandom } from '../../src/platform/random.js';
import {
  formatRefreshToken,
  hashHandle,
  hashToken,
  newRefreshToken,
  newSuccessorSeed,
  parseRefreshToken,
  successorOf,
} from '../../src/core/sessions/refresh-token.js';

test('a token is parsed back to its parts', () => {
  const token = newRefreshToken(systemRandom);
  expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
});

test('contains 128 and 256 random bits', () => {
  const { handle, secret } = newRefreshToken(systemRandom);
  expect(Buffer.from(handle, 'base64url')).toHaveLength(16);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
});

test('a successor keeps the handle and changes the secret', () => {
  const token = newRefreshToken(systemRandom);
  const successor = successorOf(token, newSuccessorSeed(systemRandom));
  expect(parseRefreshToken(formatRefreshToken(successor))).toEqual(successor);
  expect(successor.handle).toBe(token.handle);
  expect(successor.secret).not.toBe(token.secret);
  expect(hashHandle(successor)).toEqual(hashHandle(token));
  expect(hashToken(successor)).not.toEqual(hashToken(token));
});

test('a successor follows only from both the replaced token and the seed', () => {
  const presented = newRefreshToken(systemRandom);
  const seed = newSuccessorSeed(systemRandom);
  const successor = successorOf(presented, seed);
  expect(seed).toHaveLength(16);
  expect(successorOf(presented, seed)).toEqual(successor);
  const others = [
    successorOf(presented, newSuccessorSeed(systemRandom)),
    successorOf({ ...presented, secret: newRefreshToken(systemRandom).secret }, seed),
    successorOf({ ...presented, handle: newRefreshToken(systemRandom).handle }, seed),
  ];
  for (const { secret } of others) expect(secret).not.toBe(successor.secret);
});

test('a successor that an earlier release encrypted is decrypted with the replaced token only', () => {
  const presented = newRefreshToken(systemRandom);
  const successor = { ...presented, secret: newRefreshToken(systemRandom).secret };
  const sealed = sealSuccessor(presented, successor);
  expect(successorOf(presented, sealed)).toEqual(successor);
  expect(() => successorOf(newRefreshToken(systemRandom), sealed)).toThrow();
  for (let byte = 0; byte < sealed.length; byte += 1) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(byte) ^ 1, byte);
    expect(() => successorOf(presented, altered)).toThrow();
  }
});

test.each([
  null,
  undefined,
  '',
  '.',
  'a.b',
  `${'A'.repeat(22)}.${'A'.repeat(42)}`,
  `${'A'.repeat(22)}.${'A'.repeat(43)}\n`,
])('other text is not parsed as a token: %j', (text) => {
  expect(parseRefreshToken(text)).toBeUndefined();
});
