import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { expectSound } from '../support/properties/expect-sound.js';
import { hostileString, hostileValue } from '../support/properties/hostile-values.js';
import { numRuns } from '../support/properties/runs.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const RUNS = 300;
const ORIGIN = 'http://localhost:3000';

const { logger, lines } = recordingLogger();
let app: TestApp;
let accessToken: string | undefined;
beforeAll(async () => {
  const refreshCookie = { enabled: true, allowedOrigins: ORIGIN };
  app = await createTestApp({ logger, trustedHops: 1, refreshCookie, sendsAnything: true });
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  const { tokens } = await app.mutate('register', input, { headers: { origin: ORIGIN } });
  accessToken = tokens?.accessToken;
});

/** What HTTP allows in the value of a header. */
const headerValue = fc.oneof(
  hostileString.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 4_000)),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
);
const tokenLike = fc.oneof(
  headerValue,
  fc.constantFrom('null', 'undefined', 'e30.e30.', 'eyJhbGciOiJub25lIn0.e30.', `${'a.'.repeat(2_000)}a`),
  fc.base64String().map((part) => `eyJhbGciOiJIUzI1NiJ9.${part}.x`),
);
const authorization = fc
  .tuple(fc.constantFrom('Bearer ', 'bearer  ', 'Basic ', 'Bearer, Bearer ', ''), tokenLike)
  .map(([scheme, token]) => scheme + token);

const headers = fc.record(
  {
    authorization,
    cookie: fc
      .array(fc.tuple(fc.constantFrom('refresh_token', 'device_token', '__Host-refresh_token', ''), tokenLike))
      .map((pairs) => pairs.map((pair) => pair.join('=')).join('; ')),
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-16',
      'application/graphql',
      'application/graphql+json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      ';',
    ),
    accept: fc.oneof(
      headerValue,
      fc.constantFrom('*/*', 'text/html', 'application/graphql-response+json', 'image/*;q=0'),
    ),
    'user-agent': headerValue,
    'x-forwarded-for': fc.oneof(
      headerValue,
      fc.ipV6(),
      fc.tuple(fc.ipV4(), headerValue).map((parts) => parts.join(', ')),
    ),
    origin: fc.oneof(headerValue, fc.constantFrom('null', 'https://evil.example', ORIGIN)),
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'deflate, gzip', 'x'),
    'x-router-secret': headerValue,
    'apollo-require-preflight': headerValue,
  },
  { requiredKeys: [] },
);

const documents = fc.oneof(
  fc.constantFrom(
    '{ me { id email sessions { id userAgent ipAddress } } }',
    'mutation { refresh { __typename } }',
    'mutation { logout { __typename } }',
    'mutation { login(input: { email: "ada@example.com", password: "wrong" }) { __typename ... on AuthError { code } } }',
    '{ _service { sdl } }',
    '{ __schema { types { name } } }',
  ),
  hostileString,
  hostileString.map((text) => `{ me { id } } # ${text}`),
  hostileString.map((text) => `mutation { forgotPassword(input: { email: ${JSON.stringify(text)} }) { __typename } }`),
);
const bodies = fc.oneof(
  { weight: 3, arbitrary: fc.record({ query: documents, variables: fc.oneof(fc.constant({}), hostileValue) }) },
  { weight: 2, arbitrary: fc.record({ query: documents, operationName: hostileValue, extensions: hostileValue }) },
  { weight: 1, arbitrary: hostileValue },
);

test('a request with random headers and body never fails internally, and reveals nothing', async () => {
  const property = fc.asyncProperty(bodies, headers, fc.boolean(), async (body, sent, signedIn) => {
    const token = signedIn ? { authorization: `Bearer ${String(accessToken)}` } : {};
    const payload = JSON.stringify(body);
    const all = { 'content-type': 'application/json', ...sent, ...token };
    const response = await app.server.inject({ method: 'POST', url: '/graphql', headers: all, payload });
    expectSound({ status: response.statusCode, text: response.body });
  });
  await fc.assert(property, numRuns(RUNS));
  expect(lines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
}, 600_000);
