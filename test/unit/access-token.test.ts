import { createHmac, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AccessTokenService } from '../../src/tokens/access-token.service.js';
import { hmacSigningKeys, type SigningKey, type SigningKeys } from '../../src/tokens/signing-keys.js';

const SECRET = 'a secret of the tests that is long enough';
const NOW = new Date('2026-11-24T08:00:00.500Z');
const IAT = Math.floor(NOW.getTime() / 1000);
const USER = '01890a5d-ac96-774b-bcce-b302099a8057';
const SESSION = '01890a5d-ac96-774b-bcce-b302099a8058';
const SETTINGS = { issuer: 'auth-subgraph', audience: 'supergraph', lifetimeSeconds: 900 };
const GRANT = { userId: USER, sessionId: SESSION, tokenId: 'jti-1', issuedAt: NOW };

const keys = hmacSigningKeys(SECRET);
const tokens = new AccessTokenService(SETTINGS, keys);
const { token } = tokens.sign(GRANT);
const [headerPart = '', payloadPart = '', signaturePart = ''] = token.split('.');
const HEADER = { alg: 'HS256', typ: 'at+jwt', kid: keys.current.kid };
const CLAIMS = {
  iss: 'auth-subgraph',
  aud: 'supergraph',
  sub: USER,
  sid: SESSION,
  jti: 'jti-1',
  iat: IAT,
  exp: IAT + 900,
};

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function ring(algorithm: SigningKey['algorithm'], pair: { privateKey: KeyObject; publicKey: KeyObject }): SigningKeys {
  const current: SigningKey = {
    kid: `${algorithm}-key`,
    algorithm,
    signWith: pair.privateKey,
    verifyWith: pair.publicKey,
  };
  return { current, verifying: [current], published: [] };
}

function b64(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function hmac(input: string, secret: string | Buffer = SECRET): string {
  return createHmac('sha256', secret).update(input).digest('base64url');
}

/** A token with a good signature over whatever it says. */
function signedText(header: string, payload: string, secret: string | Buffer = SECRET): string {
  const input = `${b64(header)}.${b64(payload)}`;
  return `${input}.${hmac(input, secret)}`;
}

function signedBytes(payload: Buffer): string {
  const input = `${b64(json(HEADER))}.${payload.toString('base64url')}`;
  return `${input}.${hmac(input)}`;
}

function withHeader(more: object): string {
  return signedText(json({ ...HEADER, ...more }), json(CLAIMS));
}

function withClaims(more: object): string {
  return signedText(json(HEADER), json({ ...CLAIMS, ...more }));
}

function without(claim: keyof typeof CLAIMS): string {
  const claims: Partial<typeof CLAIMS> = { ...CLAIMS };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the claim is the parameter
  delete claims[claim];
  return signedText(json(HEADER), json(claims));
}

describe('an access token', () => {
  test('verifies as what was signed', () => {
    expect(tokens.verify(token, NOW)).toEqual({
      ok: true,
      claims: {
        ...GRANT,
        issuedAt: new Date(IAT * 1000),
        expiresAt: new Date((IAT + 900) * 1000),
        scopes: [],
        claims: CLAIMS,
      },
    });
  });

  test('is an RFC 9068 token', () => {
    expect(JSON.parse(Buffer.from(headerPart, 'base64url').toString())).toEqual(HEADER);
    expect(JSON.parse(Buffer.from(payloadPart, 'base64url').toString())).toEqual(CLAIMS);
  });

  test('of one grant is one text', () => {
    expect(tokens.sign(GRANT).token).toBe(token);
  });

  test('expires to the second', () => {
    expect(tokens.verify(token, new Date((IAT + 900) * 1000 - 1)).ok).toBe(true);
    expect(tokens.verify(token, new Date((IAT + 900) * 1000))).toEqual({ ok: false, reason: 'TOKEN_EXPIRED' });
  });

  test('has the time of its grant, even at the epoch', () => {
    const grant = { ...GRANT, issuedAt: new Date(0) };
    expect(tokens.verify(tokens.sign(grant).token, new Date(0))).toMatchObject({ ok: true, claims: grant });
  });

  test('is not good at an unknown time', () => {
    expect(tokens.verify(token, new Date(NaN)).ok).toBe(false);
  });

  test('that nobody of ours signed is invalid, not expired', () => {
    const old = json({ ...CLAIMS, iat: IAT - 9000, exp: IAT - 8000 });
    expect(tokens.verify(signedText(json(HEADER), old, 'another secret'), NOW)).toMatchObject({
      ok: false,
      reason: 'TOKEN_INVALID',
    });
  });

  test.each([
    ['ES256', ec],
    ['RS256', rsa],
    ['PS256', rsa],
  ] as const)('is signed and verified with %s', (algorithm, pair) => {
    const asymmetric = new AccessTokenService(SETTINGS, ring(algorithm, pair));
    const signed = asymmetric.sign(GRANT);
    expect(asymmetric.verify(signed.token, NOW).ok).toBe(true);
    expect(tokens.verify(signed.token, NOW).ok).toBe(false);
  });

  test('with any one character changed is invalid', () => {
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        (at, character) => {
          fc.pre(token[at] !== character);
          expect(tokens.verify(token.slice(0, at) + character + token.slice(at + 1), NOW).ok).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
const publicDer = rsa.publicKey.export({ type: 'spki', format: 'der' });
const rsaTokens = new AccessTokenService(SETTINGS, ring('RS256', rsa));
const ecTokens = new AccessTokenService(SETTINGS, ring('ES256', ec));
const ecInput = `${b64(json({ ...HEADER, alg: 'ES256', kid: 'ES256-key' }))}.${payloadPart}`;
const confused = json({ alg: 'HS256', typ: 'at+jwt', kid: 'RS256-key' });
const duplicateSub = json(CLAIMS).replace('"sub"', `"sub":"${SESSION}","sub"`);

/** Everything the JOSE literature and imagination offer; each is refused as invalid. */
const FORGERIES: [string, unknown, typeof tokens?][] = [
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
  ['the public key in PEM as a secret', signedText(confused, json(CLAIMS), publicPem), rsaTokens],
  ['the public key in DER as a secret', signedText(confused, json(CLAIMS), publicDer), rsaTokens],
  ['a psychic signature', `${ecInput}.${Buffer.alloc(64).toString('base64url')}`, ecTokens],
  ['an empty ECDSA signature', `${ecInput}.AA`, ecTokens],
  [
    'an ECDSA signature in DER',
    `${ecInput}.${signBytes('sha256', Buffer.from(ecInput), { key: ec.privateKey, dsaEncoding: 'der' }).toString('base64url')}`,
    ecTokens,
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
    [keys.current.kid],
    `${keys.current.kid}\u0000`,
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
  ['iat in the future', withClaims({ iat: IAT + 61, exp: IAT + 900 })],
  ['exp before iat', withClaims({ iat: IAT, exp: IAT })],
  ['a lifetime over a day', withClaims({ exp: IAT + 24 * 3600 + 1 })],
];

test.each(FORGERIES)('%s is refused', (_name, forged, verifier = tokens) => {
  expect(verifier.verify(forged, NOW)).toMatchObject({ ok: false, reason: 'TOKEN_INVALID' });
});

test('the forgeries are refused for what they are: the same way of making one makes a good one', () => {
  expect(signedText(json(HEADER), json(CLAIMS))).toBe(token);
  expect(tokens.verify(withClaims({}), NOW).ok).toBe(true);
  const good = signBytes('sha256', Buffer.from(ecInput), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
  expect(ecTokens.verify(`${ecInput}.${good.toString('base64url')}`, NOW).ok).toBe(true);
});

test('no address in a token is ever fetched', async () => {
  let requests = 0;
  const listener = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/keys`;
  for (const header of [{ jku: url }, { x5u: url }, { kid: url }])
    expect(tokens.verify(withHeader(header), NOW).ok).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(requests).toBe(0);
  listener.close();
});
