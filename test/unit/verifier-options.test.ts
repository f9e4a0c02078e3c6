import { expect, jest, test } from '@jest/globals';
import { createTokenVerifier, type TokenVerifierOptions } from '../../packages/verifier/src/index.js';

const secret = 'a secret of the tests that is long enough';
const jwksUri = 'https://auth.example.com/.well-known/jwks.json';
const feedAt = (uri: string): TokenVerifierOptions => ({ secret, revocations: { everySeconds: 5, uri } });

test.each<[string, TokenVerifierOptions, RegExp]>([
  ['no keys', {}, /exactly one/],
  ['two sources of keys', { jwksUri, secret }, /exactly one/],
  ['an empty secret', { secret: '' }, /32 bytes/],
  ['a short secret', { secret: 'short' }, /32 bytes/],
  ['an empty list of keys', { publicKeys: [] }, /publicKeys is empty/],
  ['what is no key', { publicKeys: ['nonsense'] }, /not a key/],
  ['an empty address', { jwksUri: '' }, /jwksUri/],
  ['a relative address', { jwksUri: '/jwks.json' }, /jwksUri/],
  ['an address of a file', { jwksUri: 'file:///etc/passwd' }, /jwksUri/],
  ['an address with a user name', { jwksUri: jwksUri.replace('//', '//user@') }, /jwksUri.* without credentials/],
  ['an address with a password', { jwksUri: jwksUri.replace('//', '//:word@') }, /jwksUri.* without credentials/],
  ['an empty issuer', { secret, issuer: '' }, /issuer/],
  ['an issuer that is no text', { secret, issuer: 7 as unknown as string }, /issuer/],
  ['an issuer that is null', { secret, issuer: null as unknown as string }, /issuer/],
  ['an issuer with a space after it', { secret, issuer: 'auth ' }, /issuer .*white space/],
  ['an audience with a line break after it', { secret, audience: 'supergraph\n' }, /audience .*white space/],
  ['a secret with a line break after it', { secret: `${secret}\n` }, /secret .*white space/],
  ['an audience that is null', { secret, audience: null as unknown as string }, /audience/],
  ['a secret that is no text', { secret: 7 as unknown as string }, /secret/],
  ['one key in place of a list', { publicKeys: 'PEM' as unknown as string[] }, /list of keys/],
  ['a key that is null', { publicKeys: [null as unknown as string] }, /not a key/],
  ['nothing', undefined as unknown as TokenVerifierOptions, /exactly one/],
  ['an empty audience', { secret, audience: '' }, /audience/],
  ['half a token to remember', { secret, cacheSize: 0.5 }, /cacheSize/],
  ['a cooldown that is no number', { jwksUri, cooldownSeconds: Number.NaN }, /cooldownSeconds/],
  ['a feed that it cannot find', { secret, revocations: { everySeconds: 5 } }, /revocations\.uri/],
  ['a feed without an address', { secret, revocations: { everySeconds: 5, uri: 'feed' } }, /revocations\.uri/],
  ['a feed with credentials', feedAt('https://user:word@auth.example.com/revocations'), /uri.* without credentials/],
  ['a feed that is asked without a pause', { jwksUri, revocations: { everySeconds: 0 } }, /everySeconds/],
  ['a feed that is asked at no time', { jwksUri, revocations: { everySeconds: Number.NaN } }, /everySeconds/],
  ['a feed that is asked whenever', { jwksUri, revocations: {} as { everySeconds: number } }, /everySeconds/],
  ['a feed that is asked monthly', { jwksUri, revocations: { everySeconds: 30 * 86_400 } }, /everySeconds/],
  [
    'a feed that is asked by a text',
    { jwksUri, revocations: { everySeconds: '5' as unknown as number } },
    /everySeconds/,
  ],
  ['a cooldown that is a text', { jwksUri, cooldownSeconds: '5' as unknown as number }, /cooldownSeconds/],
  ['a name that is written wrong', { secret, audiance: 'mine' } as TokenVerifierOptions, /audiance is not an option/],
  ['a name of a prototype', { secret, toString: 'x' } as unknown as TokenVerifierOptions, /toString is not an option/],
  [
    'a name in a feed that is written wrong',
    { jwksUri, revocations: { everySeconds: 5, url: jwksUri } as { everySeconds: number } },
    /revocations\.url is not an option; write one of everySeconds, uri/,
  ],
  ['a clock that is none', { secret, clock: {} as { now: () => Date } }, /clock/],
  ['a fetch that is none', { jwksUri, fetch: 1 as unknown as typeof fetch }, /fetch/],
  ['a logger that is none', { jwksUri, logger: {} as NonNullable<TokenVerifierOptions['logger']> }, /logger/],
  ['a logger without a method', { jwksUri, logger: { warn: jest.fn(), error: jest.fn() } as never }, /debug, info/],
])('a verifier rejects options with %s', (_name, options, message) => {
  expect(() => createTokenVerifier(options)).toThrow(message);
});

test('the scheme of an address is case-insensitive', () => {
  expect(() => createTokenVerifier({ jwksUri: jwksUri.replace('https', 'HTTPS') })).not.toThrow();
});
