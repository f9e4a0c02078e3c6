import { createHmac, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { readKey } from '../../src/kernel/asymmetric-key.js';
import { AccessTokenService } from '../../src/tokens/access-token.service.js';
import { asymmetricSigningKeys, hmacSigningKeys } from '../../src/tokens/signing-keys.js';

export const SECRET = 'a secret of the tests that is long enough';
export const NOW = new Date('2026-11-24T08:00:00.500Z');
export const IAT = Math.floor(NOW.getTime() / 1000);
const USER = '01890a5d-ac96-774b-bcce-b302099a8057';
const SESSION = '01890a5d-ac96-774b-bcce-b302099a8058';
export const SETTINGS = { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: 900 };
export const GRANT = { userId: USER, sessionId: SESSION, tokenId: 'jti-1', issuedAt: NOW };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** What signs and verifies the tokens of the table, by family. */
export const PRIVATE_KEYS = { rsa: toPem(rsa.privateKey), ec: toPem(ec.privateKey) };
export const PUBLIC_KEYS = { rsa: toPem(rsa.publicKey), ec: toPem(ec.publicKey) };
export type Family = 'secret' | 'rsa' | 'ec';

function toPem(key: KeyObject): string {
  return key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
}

const hmacKeys = hmacSigningKeys(SECRET);
const rsaKeys = asymmetricSigningKeys([readKey(PRIVATE_KEYS.rsa)]);
const ecKeys = asymmetricSigningKeys([readKey(PRIVATE_KEYS.ec)]);
/** The auth subgraph's own verification of each family. */
export const TOKENS: Readonly<Record<Family, AccessTokenService>> = {
  secret: new AccessTokenService(SETTINGS, hmacKeys),
  rsa: new AccessTokenService(SETTINGS, rsaKeys),
  ec: new AccessTokenService(SETTINGS, ecKeys),
};

/** A good token: every forgery is one change away from it. */
export const { token } = TOKENS.secret.sign(GRANT);
export const [headerPart = '', payloadPart = '', signaturePart = ''] = token.split('.');
export const HEADER = { alg: 'HS256', typ: 'at+jwt', kid: hmacKeys.current.kid };
export const CLAIMS = {
  iss: 'auth-subgraph',
  aud: 'supergraph',
  sub: USER,
  sid: SESSION,
  jti: 'jti-1',
  iat: IAT,
  exp: IAT + 900,
};

function b64(text: string): string {
  return Buffer.from(text).toString('base64url');
}

export function json(value: unknown): string {
  return JSON.stringify(value);
}

function hmac(input: string, secret: string | Buffer = SECRET): string {
  return createHmac('sha256', secret).update(input).digest('base64url');
}

/** A token with a good signature over whatever it says. */
export function signedText(header: string, payload: string, secret: string | Buffer = SECRET): string {
  const input = `${b64(header)}.${b64(payload)}`;
  return `${input}.${hmac(input, secret)}`;
}

function signedBytes(payload: Buffer): string {
  const input = `${b64(json(HEADER))}.${payload.toString('base64url')}`;
  return `${input}.${hmac(input)}`;
}

export function withHeader(more: object): string {
  return signedText(json({ ...HEADER, ...more }), json(CLAIMS));
}

export function withClaims(more: object): string {
  return signedText(json(HEADER), json({ ...CLAIMS, ...more }));
}

function without(claim: keyof typeof CLAIMS): string {
  const claims: Partial<typeof CLAIMS> = { ...CLAIMS };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the claim is the parameter
  delete claims[claim];
  return signedText(json(HEADER), json(claims));
}

const publicDer = rsa.publicKey.export({ type: 'spki', format: 'der' });
const ecInput = `${b64(json({ ...HEADER, alg: 'ES256', kid: ecKeys.current.kid }))}.${payloadPart}`;
const confused = json({ alg: 'HS256', typ: 'at+jwt', kid: rsaKeys.current.kid });
const publicPkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' });
const confusedEc = json({ alg: 'HS256', typ: 'at+jwt', kid: ecKeys.current.kid });
const duplicateSub = json(CLAIMS).replace('"sub"', `"sub":"${SESSION}","sub"`);

/** Everything the JOSE literature and imagination offer; each is refused as invalid. */
export const FORGERIES: [name: string, forged: unknown, family?: Family][] = [
  ['nothing', ''],
  ['null', null],
  ['undefined', undefined],
  ['a number', 7],
  ['an object', { token }],
  ['an array', [token]],
  ['a String object', new String(token)],
  ['two dots', '..'],
  ['one segment', headerPart],
  ['two segments', `${headerPart}.${payloadPart}`],
  ['a stripped signature', `${headerPart}.${payloadPart}.`],
  ['a fourth segment', `${token}.`],
  ['a JWE of five segments', `${headerPart}.${payloadPart}.${signaturePart}.${signaturePart}.${signaturePart}`],
  ['a JSON serialisation', json({ protected: headerPart, payload: payloadPart, signature: signaturePart })],
  ['a megabyte', `${headerPart}.${'A'.repeat(1_000_000)}.${signaturePart}`],
  ['a megabyte of dots', '.'.repeat(1_000_000)],
  ['a token just over the limit', signedText(json(HEADER), json({ ...CLAIMS, pad: 'x'.repeat(3500) }))],
  ['white space before it', ` ${token}`],
  ['a line break after it', `${token}\n`],
  ['a NUL after it', `${token}\u0000`],
  ['padding', `${token}=`],
  ['the alphabet of base64', token.replace(/[-_]/g, '+')],
  [
    'trailing bits in the signature',
    `${token.slice(0, -1)}${String.fromCharCode(token.charCodeAt(token.length - 1) + 1)}`,
  ],
  ['a truncated signature', token.slice(0, -4)],
  ['a signature that goes on', `${token}AAAA`],
  ['the signature of another secret', signedText(json(HEADER), json(CLAIMS), 'another secret')],
  ['the signature of an empty secret', signedText(json(HEADER), json(CLAIMS), '')],
  ...['none', 'None', 'NONE', 'nOnE', 'none ', ''].flatMap((alg): [string, unknown][] => [
    [`alg ${json(alg)} without a signature`, `${b64(json({ ...HEADER, alg }))}.${payloadPart}.`],
    [`alg ${json(alg)} with a signature`, withHeader({ alg })],
  ]),
  ...['HS384', 'HS512', 'RS256', 'hs256'].map((alg): [string, unknown] => [`alg ${alg}`, withHeader({ alg })]),
  ...[null, 7, ['HS256'], { a: 1 }, true].map((alg): [string, unknown] => [`alg ${json(alg)}`, withHeader({ alg })]),
  ['no alg', withHeader({ alg: undefined })],
  ['the public key in PEM as a secret', signedText(confused, json(CLAIMS), PUBLIC_KEYS.rsa), 'rsa'],
  ['the public key in DER as a secret', signedText(confused, json(CLAIMS), publicDer), 'rsa'],
  [
    'the public key in PEM without its line end as a secret',
    signedText(confused, json(CLAIMS), PUBLIC_KEYS.rsa.trim()),
    'rsa',
  ],
  ['the public key in PKCS #1 as a secret', signedText(confused, json(CLAIMS), publicPkcs1), 'rsa'],
  ['the public EC key in PEM as a secret', signedText(confusedEc, json(CLAIMS), PUBLIC_KEYS.ec), 'ec'],
  [
    'an RSA signature for PS256',
    signedText(json({ ...HEADER, alg: 'PS256', kid: rsaKeys.current.kid }), json(CLAIMS)),
    'rsa',
  ],
  ['a psychic signature', `${ecInput}.${Buffer.alloc(64).toString('base64url')}`, 'ec'],
  ['an empty ECDSA signature', `${ecInput}.AA`, 'ec'],
  [
    'an ECDSA signature in DER',
    `${ecInput}.${signBytes('sha256', Buffer.from(ecInput), { key: ec.privateKey, dsaEncoding: 'der' }).toString('base64url')}`,
    'ec',
  ],
  ...['JWT', 'jwt', 'at+JWT', 'application/at+jwt', 'logout+jwt', '', null, ['at+jwt']].map(
    (typ): [string, unknown] => [`typ ${json(typ)}`, withHeader({ typ })],
  ),
  ['no typ', withHeader({ typ: undefined })],
  ['no kid', withHeader({ kid: undefined })],
  ...[
    '../../../dev/null',
    "' or 1=1 --",
    '__proto__',
    'constructor',
    '',
    'unknown',
    null,
    0,
    { toString: 'x' },
    [hmacKeys.current.kid],
    `${hmacKeys.current.kid}\u0000`,
  ].map((kid): [string, unknown] => [`kid ${json(kid)}`, withHeader({ kid })]),
  ['crit', withHeader({ crit: ['exp'] })],
  ['an empty crit', withHeader({ crit: [] })],
  ['b64 false', withHeader({ b64: false, crit: ['b64'] })],
  ['zip', withHeader({ zip: 'DEF' })],
  ['enc', withHeader({ enc: 'A128GCM' })],
  ['cty of a nested token', withHeader({ cty: 'JWT' })],
  ['an embedded jwk', withHeader({ jwk: { kty: 'oct', k: b64(SECRET) } })],
  ['x5c', withHeader({ x5c: ['MIIB'] })],
  ['a duplicate alg', signedText(json(HEADER).replace('"alg"', '"alg":"none","alg"'), json(CLAIMS))],
  ['another order of the header', signedText(json({ typ: 'at+jwt', alg: 'HS256', kid: HEADER.kid }), json(CLAIMS))],
  ['white space in the header', signedText(`${json(HEADER)} `, json(CLAIMS))],
  ['a byte order mark', signedText(`\ufeff${json(HEADER)}`, json(CLAIMS))],
  ['a header that is an array', signedText('[]', json(CLAIMS))],
  ['a header that is no JSON', signedText('nonsense', json(CLAIMS))],
  ['a duplicate sub', signedText(json(HEADER), duplicateSub)],
  ['white space in the claims', signedText(json(HEADER), json(CLAIMS).replace(':', ': '))],
  ['claims that are a text', signedText(json(HEADER), json('claims'))],
  ['claims that are an array', signedText(json(HEADER), json([CLAIMS]))],
  ['claims that are null', signedText(json(HEADER), 'null')],
  ['claims that are no JSON', signedText(json(HEADER), 'nonsense')],
  ['claims that are no UTF-8', signedBytes(Buffer.from(json(CLAIMS).replace('jti-1', '\u00ff'), 'latin1'))],
  ['a nested token', signedText(json(HEADER), token)],
  ...(['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp'] as const).map((claim): [string, unknown] => [
    `no ${claim}`,
    without(claim),
  ]),
  ...[null, 'someone-else', ['auth-subgraph'], ''].map((iss): [string, unknown] => [
    `iss ${json(iss)}`,
    withClaims({ iss }),
  ]),
  ...[null, 'elsewhere', [], ['elsewhere', 'supergraph'], ''].map((aud): [string, unknown] => [
    `aud ${json(aud)}`,
    withClaims({ aud }),
  ]),
  ...(['sub', 'sid'] as const).flatMap((claim) =>
    [null, 7, '', 'admin', `${USER}\u0000`, `${USER} `, [USER], { id: USER }, '\ud800'].map(
      (value): [string, unknown] => [`${claim} ${json(value)}`, withClaims({ [claim]: value })],
    ),
  ),
  ...[null, 7, '', ['x'], '\u0000', '\ud800'].map((jti): [string, unknown] => [
    `jti ${json(jti)}`,
    withClaims({ jti }),
  ]),
  ...[null, String(IAT + 900), IAT + 900.5, -1, 1e300, Number.MAX_SAFE_INTEGER + 2, [IAT], {}, true].map(
    (exp): [string, unknown] => [`exp ${json(exp)}`, withClaims({ exp })],
  ),
  ['exp Infinity', signedText(json(HEADER), json(CLAIMS).replace(String(IAT + 900), '1e999'))],
  ...[null, String(IAT), IAT + 0.5, [IAT], {}].map((iat): [string, unknown] => [
    `iat ${json(iat)}`,
    withClaims({ iat }),
  ]),
  ['times before the epoch', withClaims({ iat: -10, exp: -1 })],
  ...[null, 7, '', ' ', ' a', 'a ', 'a  b', 'a\tb', '"', ['a']].map((scope): [string, unknown] => [
    `scope ${json(scope)}`,
    withClaims({ scope }),
  ]),
  ['iat in the future', withClaims({ iat: IAT + 61, exp: IAT + 900 })],
  ['exp before iat', withClaims({ iat: IAT, exp: IAT })],
  ['a lifetime over a day', withClaims({ exp: IAT + 24 * 3600 + 1 })],
];

/** The ECDSA signature that the table's psychic one stands in for. */
export const goodEcToken = `${ecInput}.${signBytes('sha256', Buffer.from(ecInput), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
