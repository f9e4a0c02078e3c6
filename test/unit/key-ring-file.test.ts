import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readKey } from '../../packages/verifier/src/tokens/asymmetric-key.js';
import { parseKeys } from '../../src/cli/keys/key-ring-file.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
const jwk = privateKey.export({ format: 'jwk' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const otherPem = other.export({ type: 'pkcs8', format: 'pem' }).toString();
const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

test.each([
  ['PEM texts one after another', pem + publicKey.export({ type: 'spki', format: 'pem' }).toString(), 2],
  ['what openssl ecparam -genkey writes', parameters + pem, 1],
  ['PEM texts with the attributes that openssl pkcs12 writes', `Bag Attributes\n    friendlyName: a-b\n${pem}`, 1],
  ['PEM texts with comments', `# new\n${pem}\n# old - until May\n${otherPem}# end\n`, 2],
  ['a JWK Set', JSON.stringify({ keys: [jwk, jwk] }), 2],
  ['one JWK', JSON.stringify(jwk), 1],
])('keys are read from %s', (_name, text, count) => {
  const keys = parseKeys(text);
  expect(keys).toHaveLength(count);
  for (const key of keys) expect(readKey(key).algorithm).toBe('ES256');
});

test.each([
  ['without its end line', otherPem.slice(0, 150)],
  ['without its first line', otherPem.slice(otherPem.indexOf('\n'))],
  ['cut off in its first line', otherPem.slice(0, 9)],
  ['of which one character is there', otherPem.slice(0, 1)],
  ['cut off in its end line', otherPem.trimEnd().slice(0, -2)],
  ['of which only the parameters are there, cut off', parameters.slice(0, 40)],
  ['of which only the parameters are there', parameters],
  ['of which only the parameters are there, before another key', parameters + otherPem],
])('a PEM text %s does not leave fewer keys', (_name, part) => {
  expect(() => parseKeys(pem + part).map(readKey)).toThrow(/is not a key/);
});

test('an encrypted key after another key is rejected', () => {
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'secret' };
  for (const type of ['sec1', 'pkcs8'] as const) {
    const encrypted = other.export({ type, format: 'pem', ...cipher }).toString();
    expect(() => parseKeys(pem + encrypted).map(readKey)).toThrow(/is encrypted/);
  }
});
