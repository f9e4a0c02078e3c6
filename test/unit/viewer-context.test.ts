import { expect, test } from '@jest/globals';
import { signTestToken, testAuth } from '../../packages/verifier/src/testing.js';
import {
  createTokenVerifier,
  createViewerContext,
  requireScopes,
  requireViewer,
  type RequestWithHeaders,
} from '../../packages/verifier/src/index.js';

const contextOf = createViewerContext(createTokenVerifier(testAuth.verifierOptions));
const authorization = `Bearer ${signTestToken()}`;

test('headers of other implementations are read too', async () => {
  // As GraphQL Yoga hands them to a context on Node.js.
  class Ponyfill {
    get(name: string): string | null {
      return name === 'authorization' ? authorization : null;
    }
  }
  expect((await contextOf({ headers: new Ponyfill() })).viewer.kind).toBe('authenticated');
});

test.each<[string, RequestWithHeaders]>([
  ['a capital letter', { headers: { Authorization: authorization } }],
  ['capital letters', { headers: { AUTHORIZATION: authorization } }],
  ['a list of one', { headers: { Authorization: [authorization] } }],
  ['pairs', { headers: [['Authorization', authorization]] }],
  ['a Map', { headers: new Map([['Authorization', authorization]]) }],
  [
    'an object without a prototype',
    { headers: Object.assign(Object.create(null), { Authorization: authorization }) as Record<string, string> },
  ],
])('a header is read in any spelling: %s', async (_name, request) => {
  expect((await contextOf(request)).viewer.kind).toBe('authenticated');
});

test.each<[string, RequestWithHeaders]>([
  ['a list', { headers: { authorization: [authorization, authorization] } }],
  ['two spellings', { headers: { authorization, Authorization: authorization } }],
  [
    'a Map',
    {
      headers: new Map([
        ['authorization', authorization],
        ['AUTHORIZATION', authorization],
      ]),
    },
  ],
  [
    'pairs',
    {
      headers: new Headers([
        ['authorization', authorization],
        ['Authorization', authorization],
      ]),
    },
  ],
])('none of several tokens is preferred: %s', async (_name, request) => {
  expect((await contextOf(request)).viewer).toEqual({ kind: 'rejected', reason: 'TOKEN_INVALID' });
});

test('a header of any length and content is read in little time', async () => {
  const header = `Bearer${' '.repeat(200_000)}\nx`;
  expect(await contextOf({ headers: { authorization: header } })).toMatchObject({ viewer: { kind: 'rejected' } });
});

test.each([undefined, {}, { headers: undefined }, { headers: null }, { headers: {} }, { headers: { get: 'x' } }])(
  'a caller without headers is anonymous: %j',
  async (request) => {
    expect(await contextOf(request)).toEqual({ viewer: { kind: 'anonymous' } });
  },
);

test.each<[string, RequestWithHeaders]>([
  [
    'a Headers object that is closed',
    {
      headers: {
        get: (): string => {
          throw new Error('closed');
        },
      },
    },
  ],
  [
    'a request that is closed',
    {
      get headers(): never {
        throw new Error('closed');
      },
    },
  ],
])('a caller whose headers cannot be read is anonymous: %s', async (_name, request) => {
  expect(await contextOf(request)).toEqual({ viewer: { kind: 'anonymous' } });
});

test.each([undefined, null, {}, 7])('a context without a viewer is reported, and lets nobody in: %j', (context) => {
  for (const ask of [requireViewer, requireScopes]) expect(() => ask(context as never)).toThrow(/createViewerContext/);
});
