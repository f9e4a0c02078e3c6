import { createPrivateKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readKey } from '../../src/kernel/asymmetric-key.js';
import { AccessTokenService } from '../../src/tokens/access-token.service.js';
import { asymmetricSigningKeys } from '../../src/tokens/signing-keys.js';
import {
  CLAIMS,
  FORGERIES,
  GRANT,
  HEADER,
  IAT,
  NOW,
  PRIVATE_KEYS,
  SETTINGS,
  TOKENS,
  goodEcToken,
  headerPart,
  json,
  payloadPart,
  signedText,
  token,
  withClaims,
  withHeader,
} from '../support/forged-tokens.js';

const tokens = TOKENS.secret;

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

  test.each(['ES256', 'RS256', 'PS256'] as const)('is signed and verified with %s', (alg) => {
    const family = alg === 'ES256' ? 'ec' : 'rsa';
    const jwk = { ...createPrivateKey(PRIVATE_KEYS[family]).export({ format: 'jwk' }), alg };
    const asymmetric = new AccessTokenService(SETTINGS, asymmetricSigningKeys([readKey(jwk)]));
    const signed = asymmetric.sign(GRANT);
    expect(asymmetric.verify(signed.token, NOW).ok).toBe(true);
    expect(JSON.parse(Buffer.from(signed.token.split('.', 1)[0] ?? '', 'base64url').toString())).toMatchObject({ alg });
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

test.each(FORGERIES)('%s is refused', (_name, forged, family = 'secret') => {
  expect(TOKENS[family].verify(forged, NOW)).toMatchObject({ ok: false, reason: 'TOKEN_INVALID' });
});

test('the forgeries are refused for what they are: the same way of making one makes a good one', () => {
  expect(signedText(json(HEADER), json(CLAIMS))).toBe(token);
  expect(tokens.verify(withClaims({}), NOW).ok).toBe(true);
  expect(TOKENS.ec.verify(goodEcToken, NOW).ok).toBe(true);
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
