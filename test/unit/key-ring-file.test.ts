import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readKey } from '../../packages/verifier/src/tokens/asymmetric-key.js';
import { parseKeys } from '../../src/cli/keys/key-ring-file.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
const jwk = privateKey.export({ format: 'jwk' });
const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

test.each([
  ['PEM texts one after another', pem + publicKey.export({ type: 'spki', format: 'pem' }).toString(), 2],
  ['what openssl ecparam -genkey writes', parameters + pem, 1],
  ['a JWK Set', JSON.stringify({ keys: [jwk, jwk] }), 2],
  ['one JWK', JSON.stringify(jwk), 1],
])('keys are read from %s', (_name, text, count) => {
  const keys = parseKeys(text);
  expect(keys).toHaveLength(count);
  for (const key of keys) expect(readKey(key).algorithm).toBe('ES256');
});
