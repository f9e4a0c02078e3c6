import { expect, test } from '@jest/globals';
import { systemRandom } from '../../src/platform/random.js';
import {
  formatRefreshToken,
  hashHandle,
  hashToken,
  newRefreshToken,
  parseRefreshToken,
  sealSuccessor,
  successorOf,
  unsealSuccessor,
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
  const successor = successorOf(token, systemRandom);
  expect(successor.handle).toBe(token.handle);
  expect(successor.secret).not.toBe(token.secret);
  expect(hashHandle(successor)).toEqual(hashHandle(token));
  expect(hashToken(successor)).not.toEqual(hashToken(token));
});

test('only the replaced token can decrypt its sealed successor', () => {
  const presented = newRefreshToken(systemRandom);
  const successor = successorOf(presented, systemRandom);
  const sealed = sealSuccessor(presented, successor, systemRandom);
  expect(unsealSuccessor(presented, sealed)).toEqual(successor);
  expect(() => unsealSuccessor(newRefreshToken(systemRandom), sealed)).toThrow();
  expect(() => unsealSuccessor(successor, sealed)).toThrow();
});

test('a modified or truncated seal cannot be decrypted', () => {
  const presented = newRefreshToken(systemRandom);
  const sealed = sealSuccessor(presented, successorOf(presented, systemRandom), systemRandom);
  for (let byte = 0; byte < sealed.length; byte += 1) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(byte) ^ 1, byte);
    expect(() => unsealSuccessor(presented, altered)).toThrow();
    expect(() => unsealSuccessor(presented, sealed.subarray(0, byte))).toThrow();
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
