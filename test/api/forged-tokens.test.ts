import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTokenVerifier, type TokenVerifier } from '../../src/verifier.js';
import {
  FORGERIES,
  goodEcToken,
  NOW,
  PRIVATE_KEYS,
  PUBLIC_KEYS,
  SECRET,
  token,
  withHeader,
  type Family,
} from '../support/forged-tokens.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const clock = { now: () => NOW };
const verifiers: Readonly<Record<Family, TokenVerifier>> = {
  secret: createTokenVerifier({ secret: SECRET, clock }),
  rsa: createTokenVerifier({ publicKeys: [PUBLIC_KEYS.rsa], clock }),
  ec: createTokenVerifier({ publicKeys: [PUBLIC_KEYS.ec], clock }),
};

let apps: Readonly<Record<Family, TestApp>>;
beforeAll(async () => {
  apps = {
    secret: await createTestApp({ clock, jwt: { secret: SECRET } }),
    rsa: await createTestApp({ clock, jwt: { keys: [PRIVATE_KEYS.rsa] } }),
    ec: await createTestApp({ clock, jwt: { keys: [PRIVATE_KEYS.ec] } }),
  };
});

/** White space at the ends and control characters are nothing that a header can bring. */
function fitsHeader(value: unknown): value is string {
  return typeof value === 'string' && value === value.trim() && /^[\x20-\x7e]*$/.test(value);
}

test.each(FORGERIES)('%s is refused by the server and by the verifier', async (_name, forged, family = 'secret') => {
  await expect(verifiers[family].verify(forged as string)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  if (!fitsHeader(forged)) return;
  const { data, errors } = await apps[family].me(forged);
  expect(data).toEqual({ me: null });
  expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
});

test('the good tokens that the forged ones are made of are accepted by both', async () => {
  for (const [family, good] of [
    ['secret', token],
    ['ec', goodEcToken],
  ] as const) {
    await expect(verifiers[family].verify(good)).resolves.toMatchObject({ tokenId: 'jti-1' });
    // The token is fine; it is the session that there never was.
    expect((await apps[family].me(good)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  }
});

let requests = 0;
let listener: Server;
beforeAll(async () => {
  listener = createServer((_request, response) => {
    requests += 1;
    response.end('{"keys":[]}');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void listener.close());

test.each(['jku', 'x5u', 'kid', 'iss'])('an address in the %s of a token is never fetched', async (parameter) => {
  const url = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/keys`;
  const forged = withHeader({ [parameter]: url });
  await expect(verifiers.secret.verify(forged)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  expect((await apps.secret.me(forged)).errors[0]?.extensions.reason).toBe('TOKEN_INVALID');
  // The listener does answer, and counts.
  expect(requests).toBe(0);
  await fetch(url);
  expect(requests).toBe(1);
  requests = 0;
});
