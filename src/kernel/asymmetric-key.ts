import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

export const ASYMMETRIC_ALGORITHMS = ['ES256', 'RS256', 'PS256'] as const;
/** An algorithm whose public keys are published. @see RFC 7518 §3.1 */
export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number];

/** A key as people keep it: PEM text, or a JWK as text or object. */
export type KeySource = string | Readonly<Record<string, unknown>>;

/** A key that is good for one algorithm and no other. */
export interface AsymmetricKey {
  /** The thumbprint of the public key. @see RFC 7638 */
  readonly kid: string;
  readonly algorithm: AsymmetricAlgorithm;
  readonly publicKey: KeyObject;
  /** Missing from a key that verifies only. */
  readonly privateKey?: KeyObject;
}

/** What others may know of a key. @see RFC 7517 §4 */
export interface PublicJwk {
  readonly kty: string;
  readonly use: 'sig';
  readonly alg: AsymmetricAlgorithm;
  readonly kid: string;
  readonly [member: string]: string;
}

/** The key cannot be used; the message completes a sentence about it and holds nothing of it. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** The longest ring: every verifier fetches and keeps all of it. */
export const MAX_KEYS = 16;

const MIN_RSA_BITS = 2048;

/**
 * Reads a private or a public key.
 * @throws KeyError it is no key, a weak one, or one for other purposes
 * @see RFC 7518 §3.1, RFC 8725 §3.5
 */
export function readKey(source: KeySource): AsymmetricKey {
  const jwk = toJwk(source);
  const key = jwk ? fromJwk(jwk) : fromPem(source as string);
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return {
    kid: thumbprint(publicKey),
    algorithm: algorithmOf(publicKey, jwk?.['alg']),
    publicKey,
    ...(key.type === 'private' && { privateKey: key }),
  };
}

/** The public half, as it is published. */
export function toPublicJwk({ kid, algorithm, publicKey }: AsymmetricKey): PublicJwk {
  return { ...(publicMembers(publicKey) as { kty: string }), use: 'sig', alg: algorithm, kid };
}

function toJwk(source: KeySource): Readonly<Record<string, unknown>> | undefined {
  if (typeof source !== 'string') return source;
  if (!source.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(source.trim()) as Record<string, unknown>;
  } catch {
    throw new KeyError('is not valid JSON');
  }
}

function fromJwk(jwk: Readonly<Record<string, unknown>>): KeyObject {
  if (jwk['kty'] === 'oct') throw new KeyError('is a shared secret; set jwt.secret for that');
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig')
    throw new KeyError('is not for signatures; its use is not "sig"');
  const key = jwk as JsonWebKey;
  return read(() =>
    key.d === undefined ? createPublicKey({ key, format: 'jwk' }) : createPrivateKey({ key, format: 'jwk' }),
  );
}

/** The lines of a PEM text, also where a form or a variable has turned their ends into `\n` or spaces. @see RFC 7468 §2 */
const PEM = /-----BEGIN ([A-Z ]+)-----([^-]+)-----END \1-----/g;

function fromPem(text: string): KeyObject {
  if (isEncodedPem(text)) throw new KeyError('is a PEM text in base64; decode it first');
  const pem = text.replace(PEM, (_match, label: string, body: string) => {
    const lines = body.replace(/\\[nr]|\s/g, '').match(/.{1,64}/g) ?? [];
    return [`\n-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----\n`].join('\n');
  });
  if (pem.includes('ENCRYPTED')) throw new KeyError('is encrypted; write it without a passphrase');
  return read(() => (pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : createPublicKey(pem)));
}

function isEncodedPem(text: string): boolean {
  return /^[\w+/=\s-]+$/.test(text) && Buffer.from(text, 'base64').toString('latin1').startsWith('-----BEGIN ');
}

/** The messages of OpenSSL mean nothing to most, and may quote what they read. */
function read(create: () => KeyObject): KeyObject {
  try {
    return create();
  } catch {
    throw new KeyError('is not a key; write PEM text or a JWK');
  }
}

function algorithmOf(key: KeyObject, wanted: unknown): AsymmetricAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return expect(wanted ?? 'ES256', ['ES256']);
  if (key.asymmetricKeyType !== 'rsa') throw new KeyError('is neither an RSA key nor one on the curve P-256');
  if (modulusLength < MIN_RSA_BITS) throw new KeyError(`is an RSA key of fewer than ${String(MIN_RSA_BITS)} bits`);
  return expect(wanted ?? 'RS256', ['RS256', 'PS256']);
}

function expect(wanted: unknown, possible: readonly AsymmetricAlgorithm[]): AsymmetricAlgorithm {
  const found = possible.find((algorithm) => algorithm === wanted);
  if (!found) throw new KeyError(`has an alg that it is not good for; write ${possible.join(' or ')}`);
  return found;
}

/** The members that make a public key, in the order of their names. @see RFC 7638 §3.2 */
function publicMembers(publicKey: KeyObject): Record<string, string> {
  const { crv, e, kty, n, x, y } = publicKey.export({ format: 'jwk' });
  const members = Object.entries({ crv, e, kty, n, x, y }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as Record<string, string>;
}

function thumbprint(publicKey: KeyObject): string {
  if (publicKey.asymmetricKeyType !== 'rsa' && publicKey.asymmetricKeyType !== 'ec')
    throw new KeyError('is neither an RSA key nor one on the curve P-256');
  return createHash('sha256')
    .update(JSON.stringify(publicMembers(publicKey)))
    .digest('base64url');
}
