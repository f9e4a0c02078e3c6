import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readKey } from '../../packages/verifier/src/tokens/asymmetric-key.js';
import { AccessTokenService } from '../../src/core/access-tokens/access-token.service.js';
import { asymmetricSigningKeys, hmacSigningKeys } from '../../packages/verifier/src/tokens/signing-keys.js';

export const SECRET = 'a secret of the tests that is long enough';
export const NOW = new Date('2026-11-24T08:00:00.500Z');
export const IAT = Math.floor(NOW.getTime() / 1000);
export const USER = '01890a5d-ac96-774b-bcce-b302099a8057';
export const SESSION = '01890a5d-ac96-774b-bcce-b302099a8058';
const SETTINGS = { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: 900 };
export const GRANT = { userId: USER, sessionId: SESSION, tokenId: 'jti-1', issuedAt: NOW };
export const CLAIMS = {
  iss: 'auth-subgraph',
  aud: 'supergraph',
  sub: USER,
  sid: SESSION,
  jti: 'jti-1',
  iat: IAT,
  exp: IAT + 900,
};

/** The kinds of keys. The two RSA kinds share one key and differ only in its algorithm. */
export const FAMILIES = ['secret', 'rsa', 'pss', 'ec'] as const;
export const ASYMMETRIC = ['rsa', 'pss', 'ec'] as const;
export type Family = (typeof FAMILIES)[number];
const ALGORITHMS = { secret: 'HS256', rsa: 'RS256', pss: 'PS256', ec: 'ES256' };

export function json(value: unknown): string {
  return JSON.stringify(value);
}

export function b64(value: string | Buffer): string {
  return Buffer.from(value as string).toString('base64url');
}

export function hmac(input: string, secret: string | Buffer): Buffer {
  return createHmac('sha256', secret).update(input).digest();
}

/** Creates tokens with the keys of one family: valid ones and arbitrary others. */
export interface Forge {
  readonly family: Family;
  /** Our own verification with these keys. */
  readonly service: AccessTokenService;
  readonly header: { readonly alg: string; readonly typ: string; readonly kid: string };
  /** A valid token: every forgery is one change away from it. */
  readonly token: string;
  /** The key as a token would embed it. */
  readonly jwk: Jwk;
  /** A token with a valid signature over arbitrary contents. */
  readonly signed: (header: string, payload: string | Buffer) => string;
  readonly withHeader: (more: object) => string;
  readonly withClaims: (more: object) => string;
}

type Jwk = Readonly<Record<string, unknown>>;

interface Keys {
  readonly secret: string;
  readonly rsa: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly ec: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

function newKeys(secret: string): Keys {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { secret, rsa, ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

function jwkOf(keys: Keys, family: Family, half: 'privateKey' | 'publicKey'): Jwk {
  if (family === 'secret') return { kty: 'oct', k: b64(keys.secret) };
  return { ...keys[family === 'ec' ? 'ec' : 'rsa'][half].export({ format: 'jwk' }), alg: ALGORITHMS[family] };
}

function jwksOf(keys: Keys, half: 'privateKey' | 'publicKey'): Readonly<Record<Exclude<Family, 'secret'>, Jwk>> {
  return { rsa: jwkOf(keys, 'rsa', half), pss: jwkOf(keys, 'pss', half), ec: jwkOf(keys, 'ec', half) };
}

function createForge(keys: Keys, family: Family): Forge {
  const alg = ALGORITHMS[family];
  const ring =
    family === 'secret'
      ? hmacSigningKeys(keys.secret)
      : asymmetricSigningKeys([readKey(jwkOf(keys, family, 'privateKey'))]);
  const service = new AccessTokenService(SETTINGS, ring);
  const header = { alg, typ: 'at+jwt', kid: ring.current.kid };
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signers: Record<Family, (input: Buffer) => Buffer> = {
    secret: (input) => hmac(String(input), keys.secret),
    rsa: (input) => sign('sha256', input, keys.rsa.privateKey),
    pss: (input) => sign('sha256', input, { key: keys.rsa.privateKey, ...pss }),
    ec: (input) => sign('sha256', input, { key: keys.ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  };
  const signed = (head: string, payload: string | Buffer): string => {
    const input = `${b64(head)}.${b64(payload)}`;
    return `${input}.${b64(signers[family](Buffer.from(input)))}`;
  };
  return {
    ...{ family, service, header, signed, jwk: jwkOf(keys, family, 'publicKey') },
    token: service.sign(GRANT).token,
    withHeader: (more) => signed(json({ ...header, ...more }), json(CLAIMS)),
    withClaims: (more) => signed(json(header), json({ ...CLAIMS, ...more })),
  };
}

function createForges(keys: Keys): Readonly<Record<Family, Forge>> {
  const of = (family: Family): Forge => createForge(keys, family);
  return { secret: of('secret'), rsa: of('rsa'), pss: of('pss'), ec: of('ec') };
}

const ours = newKeys(SECRET);
export const FORGES = createForges(ours);
/** A stranger with keys like ours, but none of ours. */
export const ATTACKERS = createForges(newKeys('another secret of the tests, long enough'));

/** The signing keys for an auth subgraph, and the verifying keys for a verifier. */
export const PRIVATE_JWKS = jwksOf(ours, 'privateKey');
export const PUBLIC_JWKS = jwksOf(ours, 'publicKey');
export const PUBLIC_KEYS = { rsa: ours.rsa.publicKey, pss: ours.rsa.publicKey, ec: ours.ec.publicKey };

/** An ECDSA signature converted to the other of its two encodings. */
export function derSignature(input: string): Buffer {
  return sign('sha256', Buffer.from(input), { key: ours.ec.privateKey, dsaEncoding: 'der' });
}
