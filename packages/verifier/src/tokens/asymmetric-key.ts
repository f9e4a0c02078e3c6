import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

export const ASYMMETRIC_ALGORITHMS = ['ES256', 'RS256', 'PS256'] as const;
/** An algorithm whose public keys are published. @see RFC 7518 §3.1 */
export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number];

/** A key as usually stored: PEM text, or a JWK as text or object. */
export type KeySource = string | Readonly<Record<string, unknown>>;

/** A key for exactly one algorithm. */
export interface AsymmetricKey {
  /** The thumbprint of the public key. @see RFC 7638 */
  readonly kid: string;
  readonly algorithm: AsymmetricAlgorithm;
  readonly publicKey: KeyObject;
  /** Missing if the key can only verify. */
  readonly privateKey?: KeyObject;
}

/** The public part of a key. @see RFC 7517 §4 */
export interface PublicJwk {
  readonly kty: string;
  readonly use: 'sig';
  readonly alg: AsymmetricAlgorithm;
  readonly kid: string;
  readonly [member: string]: string;
}

/** The key is unusable; the message continues a sentence about the key and does not quote it. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** The maximum number of keys in a ring: every verifier fetches and stores all of them. */
export const MAX_KEYS = 16;

const MIN_RSA_BITS = 2048;
/** Larger keys take too long to verify. */
const MAX_RSA_BITS = 8192;
/** @see NIST FIPS 186-5 §5.4 (e) */
const MIN_RSA_EXPONENT = 2n ** 16n;
const MAX_RSA_EXPONENT = 2n ** 256n;

/**
 * Reads a private or a public key.
 * @throws KeyError it is not a key, too weak, or intended for other purposes
 * @see RFC 7518 §3.1, RFC 8725 §3.5
 */
export function readKey(source: KeySource): AsymmetricKey {
  const jwk = toJwk(source);
  const key = jwk ? fromJwk(jwk) : fromPem(source as string);
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const algorithm = algorithmOf(publicKey, jwk?.['alg']);
  if (key.type === 'private') checkPair(key, publicKey);
  return {
    kid: thumbprint(publicKey),
    algorithm,
    publicKey,
    ...(key.type === 'private' && { privateKey: key }),
  };
}

/** The public half, as published. */
export function toPublicJwk({ kid, algorithm, publicKey }: AsymmetricKey): PublicJwk {
  return { ...(publicMembers(publicKey) as { kty: string }), use: 'sig', alg: algorithm, kid };
}

function toJwk(source: KeySource): Readonly<Record<string, unknown>> | undefined {
  if (typeof source === 'object' && (source as object | null) !== null) return source;
  if (typeof source !== 'string') throw new KeyError(NO_KEY);
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
  const operation = jwk['d'] === undefined ? 'verify' : 'sign';
  const operations = jwk['key_ops'] ?? [operation];
  if (!Array.isArray(operations) || !operations.includes(operation))
    throw new KeyError(`is not for signatures; its key_ops do not include "${operation}"`);
  if (jwk['oth'] !== undefined) throw new KeyError('is an RSA key of more than two primes');
  const key = jwk as JsonWebKey;
  return read(() =>
    key.d === undefined ? createPublicKey({ key, format: 'jwk' }) : createPrivateKey({ key, format: 'jwk' }),
  );
}

/** Accepts PEM text even if a form or a variable has turned its line breaks into `\n` or spaces. @see RFC 7468 §2 */
const PEM = /-----BEGIN ([A-Z ]+)-----([^-]+)-----END \1-----/g;
/** The label that OpenSSL writes before an elliptic-curve key, which contains its parameters too. */
export const CURVE_PARAMETERS = 'EC PARAMETERS';
const BEGIN_OF_KEY = new RegExp(`-----BEGIN (?!${CURVE_PARAMETERS})`, 'g');

function fromPem(text: string): KeyObject {
  if (isEncodedPem(text)) throw new KeyError('is a PEM text in base64; decode it first');
  // OpenSSL would read the first and ignore the others.
  if (Number(text.match(BEGIN_OF_KEY)?.length) > 1)
    throw new KeyError('contains several keys; write each as a separate entry');
  const rewritten = text.replace(PEM, (_match, label: string, body: string) => {
    const lines = body.replace(/\\[nr]|\s/g, '').match(/.{1,64}/g) ?? [];
    return [`\n-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----\n`].join('\n');
  });
  // Deno refuses an empty line at the end.
  const pem = rewritten.trim();
  if (pem.includes('ENCRYPTED')) throw new KeyError('is encrypted; write it without a passphrase');
  return read(() => (pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : createPublicKey(pem)));
}

function isEncodedPem(text: string): boolean {
  return /^[\w+/=\s-]+$/.test(text) && Buffer.from(text, 'base64').toString('latin1').startsWith('-----BEGIN ');
}

/** If the halves of a pair do not match, nobody can verify its signatures. */
function checkPair(privateKey: KeyObject, publicKey: KeyObject): void {
  const text = Buffer.from('auth-subgraph');
  let matches = false;
  try {
    matches = verify('sha256', text, publicKey, sign('sha256', text, privateKey));
  } catch {
    // A key that OpenSSL cannot compute with does not match either.
  }
  if (!matches) throw new KeyError('is a private key that does not match its public half');
}

const NO_KEY = 'is not a key; write PEM text or a JWK';

/** OpenSSL's messages are cryptic and may quote the input. */
function read(create: () => KeyObject): KeyObject {
  try {
    return create();
  } catch {
    throw new KeyError(NO_KEY);
  }
}

function algorithmOf(key: KeyObject, wanted: unknown): AsymmetricAlgorithm {
  const { modulusLength = 0, namedCurve, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return expect(wanted ?? 'ES256', ['ES256']);
  if (key.asymmetricKeyType !== 'rsa') throw new KeyError('is neither an RSA key nor one on the curve P-256');
  if (modulusLength < MIN_RSA_BITS) throw new KeyError(`is an RSA key of fewer than ${String(MIN_RSA_BITS)} bits`);
  if (modulusLength > MAX_RSA_BITS) throw new KeyError(`is an RSA key of more than ${String(MAX_RSA_BITS)} bits`);
  if (exponent <= MIN_RSA_EXPONENT || exponent >= MAX_RSA_EXPONENT || exponent % 2n === 0n)
    throw new KeyError('is an RSA key whose exponent is not an odd number of 65537 or more');
  return expect(wanted ?? 'RS256', ['RS256', 'PS256']);
}

function expect(wanted: unknown, possible: readonly AsymmetricAlgorithm[]): AsymmetricAlgorithm {
  const found = possible.find((algorithm) => algorithm === wanted);
  if (!found) throw new KeyError(`has an alg that does not fit the key; write ${possible.join(' or ')}`);
  return found;
}

/** The members that form a public key, in alphabetical order. @see RFC 7638 §3.2 */
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
