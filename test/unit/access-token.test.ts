import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FORGERIES } from '../support/forged-tokens.js';
import { ATTACKERS, CLAIMS, ASYMMETRIC, FAMILIES, FORGES, GRANT, IAT, NOW, json } from '../support/token-forge.js';

const { service: tokens, token, header } = FORGES.secret;

describe('an access token', () => {
  test('verifies with the claims that were signed', () => {
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
    const [headerPart = '', payloadPart = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(headerPart, 'base64url').toString())).toEqual(header);
    expect(JSON.parse(Buffer.from(payloadPart, 'base64url').toString())).toEqual(CLAIMS);
  });

  test('is the same text for the same grant', () => {
    expect(tokens.sign(GRANT).token).toBe(token);
  });

  test('expires to the second', () => {
    expect(tokens.verify(token, new Date((IAT + 900) * 1000 - 1)).ok).toBe(true);
    expect(tokens.verify(token, new Date((IAT + 900) * 1000))).toEqual({ ok: false, reason: 'TOKEN_EXPIRED' });
  });

  test('from the future counts as expired, so that clients refresh, but is valid within a minute of clock difference', () => {
    const { withClaims } = FORGES.secret;
    const at = (iat: number): unknown => tokens.verify(withClaims({ iat, exp: iat + 900 }), NOW);
    expect(at(IAT + 60)).toMatchObject({ ok: true });
    expect(at(IAT + 61)).toEqual({ ok: false, reason: 'TOKEN_EXPIRED' });
    expect(at(IAT + 365 * 86_400)).toEqual({ ok: false, reason: 'TOKEN_EXPIRED' });
  });

  test('that is cached expires even if the clock is set back', () => {
    const { service, withClaims } = FORGES.secret;
    const later = withClaims({ iat: IAT + 3600, exp: IAT + 4500 });
    expect(service.verify(later, new Date((IAT + 3600) * 1000)).ok).toBe(true);
    expect(service.verify(later, NOW)).toEqual({ ok: false, reason: 'TOKEN_EXPIRED' });
  });

  test('is valid from its nbf on, if it has one', () => {
    const { withClaims } = FORGES.secret;
    for (const nbf of [0, IAT - 900, IAT, IAT + 60]) expect(tokens.verify(withClaims({ nbf }), NOW).ok).toBe(true);
    expect(tokens.verify(withClaims({ nbf: IAT + 61 }), NOW)).toMatchObject({ reason: 'TOKEN_INVALID' });
  });

  test('may say how and when its user was authenticated, in the types of RFC 9068', () => {
    const { withClaims } = FORGES.secret;
    const said = { auth_time: IAT - 60, amr: ['pwd', 'otp', 'mfa'], acr: '2' };
    expect(tokens.verify(withClaims(said), NOW)).toMatchObject({ ok: true, claims: { claims: said } });
    for (const wrong of [{ auth_time: -1 }, { auth_time: '1' }, { amr: 'pwd' }, { amr: [1] }, { acr: 1 }])
      expect(tokens.verify(withClaims(wrong), NOW)).toMatchObject({ ok: false, reason: 'TOKEN_INVALID' });
  });

  test('of a session with two factors has the acr 2, and any other the acr 1', () => {
    const acrOf = (amr: string[]): unknown => tokens.sign({ ...GRANT, amr }).claims['acr'];
    expect(acrOf(['pwd'])).toBe('1');
    expect(acrOf(['pwd', 'otp', 'mfa'])).toBe('2');
  });

  test('has the time of its grant, even at the epoch', () => {
    const grant = { ...GRANT, issuedAt: new Date(0) };
    expect(tokens.verify(tokens.sign(grant).token, new Date(0))).toMatchObject({ ok: true, claims: grant });
  });

  test('is invalid at an invalid time', () => {
    expect(tokens.verify(token, new Date(NaN)).ok).toBe(false);
  });

  test('that we did not sign is invalid, not expired', () => {
    const old = json({ ...CLAIMS, iat: IAT - 9000, exp: IAT - 8000 });
    expect(tokens.verify(ATTACKERS.secret.signed(json(header), old), NOW)).toMatchObject({
      ok: false,
      reason: 'TOKEN_INVALID',
    });
  });

  test.each(ASYMMETRIC)('is signed and verified with the algorithm of the key: %s', (family) => {
    const asymmetric = FORGES[family];
    const [headerPart = ''] = asymmetric.token.split('.');
    expect(asymmetric.service.verify(asymmetric.token, NOW).ok).toBe(true);
    expect(JSON.parse(Buffer.from(headerPart, 'base64url').toString())).toEqual(asymmetric.header);
    expect(asymmetric.header.alg).toBe({ rsa: 'RS256', pss: 'PS256', ec: 'ES256' }[family]);
    expect(tokens.verify(asymmetric.token, NOW).ok).toBe(false);
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

test.each(FORGERIES)('$family: $name is rejected', ({ family, forged }) => {
  expect(FORGES[family].service.verify(forged, NOW)).toMatchObject({ ok: false, reason: 'TOKEN_INVALID' });
});

test.each(FAMILIES)('%s: the forging method produces a valid token for a valid input', (family) => {
  const { service, withHeader, withClaims } = FORGES[family];
  for (const good of [withHeader({}), withClaims({})]) expect(service.verify(good, NOW).ok).toBe(true);
});
