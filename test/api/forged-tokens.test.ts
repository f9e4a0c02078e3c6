import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTokenVerifier, type TokenVerifier } from '../../packages/verifier/src/index.js';
import { FORGERIES } from '../support/forged-tokens.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import {
  ASYMMETRIC,
  ATTACKERS,
  FAMILIES,
  FORGES,
  NOW,
  PRIVATE_JWKS,
  PUBLIC_JWKS,
  SECRET,
  type Family,
} from '../support/token-forge.js';

const clock = { now: () => NOW };
const verifiers: Readonly<Record<Family, TokenVerifier>> = {
  secret: createTokenVerifier({ secret: SECRET, clock }),
  rsa: createTokenVerifier({ publicKeys: [PUBLIC_JWKS.rsa], clock }),
  pss: createTokenVerifier({ publicKeys: [PUBLIC_JWKS.pss], clock }),
  ec: createTokenVerifier({ publicKeys: [PUBLIC_JWKS.ec], clock }),
};

let apps: Readonly<Record<Family, TestApp>>;
beforeAll(async () => {
  const withKey = (key: object): Promise<TestApp> =>
    createTestApp({ clock, jwt: { keys: [JSON.stringify(key)], secret: undefined } });
  apps = {
    secret: await createTestApp({ clock, jwt: { secret: SECRET } }),
    rsa: await withKey(PRIVATE_JWKS.rsa),
    pss: await withKey(PRIVATE_JWKS.pss),
    ec: await withKey(PRIVATE_JWKS.ec),
  };
});

/** White space at the ends and control characters are nothing that a header can bring. */
function fitsHeader(value: unknown): value is string {
  return typeof value === 'string' && value === value.trim() && /^[\x20-\x7e]*$/.test(value);
}

test.each(FORGERIES)('$family: $name is rejected by the server and by the verifier', async ({ family, forged }) => {
  await expect(verifiers[family].verify(forged as string)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  if (!fitsHeader(forged)) return;
  const { data, errors } = await apps[family].me(forged);
  expect(data).toEqual({ me: null });
  expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
});

test.each(FAMILIES)('%s: the valid token that the forged ones are based on is accepted by both', async (family) => {
  for (const good of [FORGES[family].token, FORGES[family].withHeader({})]) {
    await expect(verifiers[family].verify(good)).resolves.toMatchObject({ tokenId: 'jti-1' });
    // The token is fine; it is the session that there never was.
    expect((await apps[family].me(good)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  }
});

describe.each(['jku', 'x5u', 'kid', 'iss'])('a URL in the %s of a token', (parameter) => {
  let requests = 0;
  let attackersKeys: Server;
  let url: string;
  beforeAll(async () => {
    const keys = ASYMMETRIC.map((family) => ({ ...ATTACKERS[family].jwk, kid: ATTACKERS[family].header.kid }));
    attackersKeys = createServer((_request, response) => {
      requests += 1;
      response.end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => attackersKeys.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((attackersKeys.address() as AddressInfo).port)}/keys`;
  });
  afterAll(() => void attackersKeys.close());

  function forgeries(family: Family): string[] {
    const change = { [parameter]: url };
    const { kid } = FORGES[family].header;
    return [FORGES[family], ATTACKERS[family]].flatMap(({ withHeader, withClaims }) =>
      parameter === 'iss' ? withClaims(change) : [withHeader(change), withHeader({ kid, ...change })],
    );
  }

  test('is never fetched', async () => {
    for (const family of FAMILIES)
      for (const forged of forgeries(family)) {
        await expect(verifiers[family].verify(forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
        expect((await apps[family].me(forged)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
      }
    // The listener does answer, and counts.
    expect(requests).toBe(0);
    await fetch(url);
    expect(requests).toBe(1);
    requests = 0;
  });

  test.each(ASYMMETRIC)('is never fetched by a verifier that fetches its own keys: %s', async (family) => {
    const fetched: unknown[] = [];
    const jwksUri = 'https://auth.example.com/.well-known/jwks.json';
    const verifier = createTokenVerifier({
      ...{ jwksUri, clock },
      fetch: async (target) => {
        fetched.push(target);
        return target === jwksUri ? Response.json({ keys: apps[family].auth.publicKeys }) : fetch(target);
      },
    });
    await expect(verifier.verify(FORGES[family].token)).resolves.toMatchObject({ tokenId: 'jti-1' });
    for (const forged of forgeries(family))
      await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(new Set(fetched)).toEqual(new Set([jwksUri]));
    expect(requests).toBe(0);
  });
});
