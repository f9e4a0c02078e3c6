import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { KeyError, readKey, toPublicJwk, type KeySource } from '../../packages/verifier/src/tokens/asymmetric-key.js';
import { parseKeys } from '../../src/cli/keys/key-ring-file.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
const [otherEc, otherRsa] = [
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
];
const jwk = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) });
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' | 'spki'): string =>
  key.export({ type: type, format: 'pem' }).toString();
/** What `openssl ecparam -genkey` writes before the key. */
const CURVE = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

describe('a key', () => {
  test.each<[string, KeySource, string, boolean]>([
    ['PKCS #8 PEM of a P-256 key', pem(ec.privateKey, 'pkcs8'), 'ES256', true],
    ['SEC 1 PEM of a P-256 key', pem(ec.privateKey, 'sec1'), 'ES256', true],
    ['PKCS #8 PEM of an RSA key', pem(rsa.privateKey, 'pkcs8'), 'RS256', true],
    ['PKCS #1 PEM of an RSA key', pem(rsa.privateKey, 'pkcs1'), 'RS256', true],
    ['public PEM', pem(ec.publicKey, 'spki'), 'ES256', false],
    ['a JWK', jwk(ec.privateKey), 'ES256', true],
    ['a JWK as text', JSON.stringify(jwk(ec.privateKey)), 'ES256', true],
    ['a public JWK', jwk(rsa.publicKey), 'RS256', false],
    ['a JWK whose key_ops say that it signs', { ...jwk(ec.privateKey), key_ops: ['sign'] }, 'ES256', true],
    ['a public JWK for verifying', { ...jwk(ec.publicKey), key_ops: ['verify'], use: 'sig' }, 'ES256', false],
    ['a JWK for PS256', { ...jwk(rsa.privateKey), alg: 'PS256', use: 'sig' }, 'PS256', true],
  ])('is read from %s', (_name, source, algorithm, isPrivate) => {
    const key = readKey(source);
    expect(key.algorithm).toBe(algorithm);
    expect(key.privateKey !== undefined).toBe(isPrivate);
    expect(key.publicKey.type).toBe('public');
  });

  test.each<[string, (text: string) => string]>([
    ['a backslash and an n for each line end', (text) => text.replaceAll('\n', '\\n')],
    ['the line ends of Windows as escapes', (text) => text.replaceAll('\n', '\\r\\n')],
    ['the line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['spaces for line ends', (text) => text.trim().replaceAll('\n', ' ')],
    ['no line ends', (text) => text.replaceAll('\n', '')],
    ['quotes around it', (text) => `"${text.replaceAll('\n', '\\n')}"`],
  ])('is read from PEM with %s', (_name, change) => {
    for (const text of [
      ...(['pkcs8', 'sec1'] as const).map((type) => pem(ec.privateKey, type)),
      ...(['pkcs8', 'pkcs1'] as const).map((type) => pem(rsa.privateKey, type)),
      pem(rsa.publicKey, 'spki'),
    ]) {
      const [source = ''] = parseKeys(change(text));
      expect(readKey(source).kid).toBe(readKey(text).kid);
      expect(readKey(change(text)).kid).toBe(readKey(text).kid);
    }
  });

  test('is read from PEM with the parameters of its curve before it', () => {
    const text = pem(ec.privateKey, 'sec1');
    expect(readKey(CURVE + text).kid).toBe(readKey(text).kid);
  });

  test('is read from text that starts with a byte order mark', () => {
    for (const text of [pem(ec.privateKey, 'pkcs8'), JSON.stringify({ keys: [jwk(ec.privateKey)] })]) {
      const [source = ''] = parseKeys(`\ufeff${text}`);
      expect(readKey(source).privateKey?.equals(ec.privateKey)).toBe(true);
    }
  });

  test('in base64-encoded PEM is rejected with a hint', () => {
    for (const encoding of ['base64', 'base64url'] as const)
      expect(() => readKey(Buffer.from(pem(ec.privateKey, 'pkcs8')).toString(encoding))).toThrow(/base64; decode it/);
  });

  test.each([ec, rsa])('has its RFC 7638 thumbprint as its id, whatever its name was', async (pair) => {
    const { kid } = readKey({ ...jwk(pair.privateKey), kid: 'mine' });
    expect(kid).toBe(await calculateJwkThumbprint(pair.publicKey.export({ format: 'jwk' })));
    expect(readKey(pem(pair.publicKey, 'spki')).kid).toBe(kid);
  });

  test.each([ec, rsa])('is published without its private half', (pair) => {
    const published = toPublicJwk(readKey(pem(pair.privateKey, 'pkcs8')));
    expect(Object.keys(published).sort()).toEqual(
      pair === ec ? ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'] : ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    );
    expect(createPublicKey({ key: published, format: 'jwk' }).equals(pair.publicKey)).toBe(true);
  });

  const secret = 'c29tZSBzZWNyZXQgdGhhdCBtdXN0IG5vdCBiZSBxdW90ZWQ';
  test.each<[string, KeySource, RegExp]>([
    ['an RSA key of 1024 bits', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'pkcs8'), /2048/],
    ['a key on another curve', jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), /P-256/],
    ['an Ed25519 key', pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'), /P-256/],
    ['an RSA-PSS key', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, 'pkcs8'), /RSA/],
    ['a shared secret', { kty: 'oct', k: secret }, /jwt\.secret/],
    ['a key for encryption', { ...jwk(ec.privateKey), use: 'enc' }, /sig/],
    [
      'a private key for encryption by its key_ops',
      { ...jwk(rsa.privateKey), key_ops: ['encrypt'] },
      /key_ops.*"sign"/,
    ],
    [
      'a public key for encryption by its key_ops',
      { ...jwk(rsa.publicKey), key_ops: ['encrypt'] },
      /key_ops.*"verify"/,
    ],
    ['a private key that only verifies', { ...jwk(ec.privateKey), key_ops: ['verify'] }, /key_ops.*"sign"/],
    ['a key whose key_ops are empty', { ...jwk(ec.privateKey), key_ops: [] }, /key_ops/],
    ['a key whose key_ops are a text', { ...jwk(ec.privateKey), key_ops: 'sign' }, /key_ops/],
    ['a key whose use is a number', { ...jwk(ec.privateKey), use: 7 }, /sig/],
    ['a key whose alg is a list', { ...jwk(ec.privateKey), alg: ['ES256'] }, /ES256/],
    ...['AQ', 'Ag', 'Aw', 'EQ', 'AQAA', 'AQAC', `${'_'.repeat(43)}w`].map((e): [string, KeySource, RegExp] => [
      `an RSA key with the exponent ${e}`,
      { ...jwk(rsa.publicKey), e },
      /exponent/,
    ]),
    ['a PEM of an RSA key with the exponent 3', pem(weak.privateKey, 'pkcs8'), /exponent/],
    ['an RSA key of more than two primes', { ...jwk(rsa.privateKey), oth: [{ r: 'AQ', d: 'AQ', t: 'AQ' }] }, /primes/],
    ['an RSA key of a megabit', { ...jwk(rsa.publicKey), n: Buffer.alloc(2048, 255).toString('base64url') }, /8192/],
    ['an RSA key with the modulus of another', { ...jwk(rsa.privateKey), n: jwk(otherRsa.privateKey)['n'] }, /match/],
    ['an EC key with the point of another', { ...jwk(ec.privateKey), d: jwk(otherEc.privateKey)['d'] }, /match/],
    ['an EC point off the curve', { ...jwk(ec.publicKey), y: jwk(ec.publicKey)['x'] }, /not a key/],
    ['null', null as unknown as KeySource, /not a key/],
    ['undefined', undefined as unknown as KeySource, /not a key/],
    ['a number', 7 as unknown as KeySource, /not a key/],
    ['a list', [jwk(ec.privateKey)] as unknown as KeySource, /not a key/],
    ['an RSA key for ES256', { ...jwk(rsa.privateKey), alg: 'ES256' }, /RS256 or PS256/],
    ['an EC key for RS256', { ...jwk(ec.privateKey), alg: 'RS256' }, /ES256/],
    ['a key for no algorithm', { ...jwk(ec.privateKey), alg: 'none' }, /ES256/],
    [
      'an encrypted key',
      ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: secret }).toString(),
      /passphrase/,
    ],
    ...[
      pem(otherEc.privateKey, 'sec1'),
      pem(otherEc.publicKey, 'spki'),
      pem(ec.privateKey, 'pkcs8'),
      pem(rsa.publicKey, 'spki').slice(0, 100),
      CURVE + pem(otherEc.privateKey, 'sec1'),
    ].flatMap((other, at): [string, KeySource, RegExp][] => [
      [`a private key and another PEM text (${String(at)})`, CURVE + pem(ec.privateKey, 'sec1') + other, /several/],
      [`a public key and another PEM text (${String(at)})`, pem(ec.publicKey, 'spki') + other, /several/],
      [`two keys on one line (${String(at)})`, (pem(ec.publicKey, 'spki') + other).replaceAll('\n', '\\n'), /several/],
    ]),
    ['text', secret, /not a key/],
    ['broken JSON', `{"d":"${secret}"`, /JSON/],
    ['an empty object', {}, /not a key/],
    ['a JWK with numbers', { ...jwk(ec.privateKey), x: 7 }, /not a key/],
    ['PEM of nothing', `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`, /not a key/],
  ])('is rejected without being quoted if it is %s', (_name, source, message) => {
    expect(() => readKey(source)).toThrow(KeyError);
    expect(() => readKey(source)).toThrow(message);
    expect(() => readKey(source)).not.toThrow(secret);
  });
});
