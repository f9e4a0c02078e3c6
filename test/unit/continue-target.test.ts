import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { continueTarget } from '../../packages/pages/src/continue-target.js';

const PAGE = 'https://auth.example.com/account/sign-in';
const ALLOWED = ['https://app.example.com', 'http://localhost:3000'];

const targetOf = (given: string, origins: readonly string[] = ALLOWED): string | undefined =>
  continueTarget(`?continue=${encodeURIComponent(given)}`, PAGE, origins);

test.each([
  ['https://app.example.com/orders?id=1#top', 'https://app.example.com/orders?id=1#top'],
  ['https://app.example.com', 'https://app.example.com/'],
  ['HTTPS://APP.example.com/a/../b', 'https://app.example.com/b'],
  ['http://localhost:3000/', 'http://localhost:3000/'],
  ['//app.example.com/orders', 'https://app.example.com/orders'],
])('%s leads to %s', (given, target) => {
  expect(targetOf(given)).toBe(target);
});

test.each([
  '//evil.example',
  '\\\\evil.example',
  '/\\evil.example',
  '/%2fevil.example',
  '%2f%2fevil.example',
  ' //evil.example',
  '\t//evil.example',
  'https:evil.example',
  'https:\\\\evil.example',
  'https://evil.example/https://app.example.com',
  'https://evil.example#https://app.example.com',
  'https://evil.example\\@app.example.com',
  'https://app.example.com@evil.example',
  'https://app.example.com:secret@evil.example/',
  'https://app.example.com.evil.example',
  'https://app.example.com%2eevil.example',
  'https://user@app.example.com/',
  'https://:secret@app.example.com/',
  'https://app.example.com:8443/',
  'http://app.example.com/',
  'https://example.com/',
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'JaVaScRiPt://app.example.com/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://app.example.com/1',
  'file:///etc/passwd',
  '/account/account',
  'orders',
  '',
])('%j is ignored', (given) => {
  expect(targetOf(given)).toBeUndefined();
});

test('without allowed origins, and without an address, there is no target', () => {
  expect(targetOf('https://app.example.com/', [])).toBeUndefined();
  expect(continueTarget('', PAGE, ALLOWED)).toBeUndefined();
  expect(continueTarget('?continue', PAGE, ALLOWED)).toBeUndefined();
});

test('whatever is given, the browser ends up at an allowed origin', () => {
  const part = fc.constantFrom(
    '/',
    '\\',
    ':',
    '@',
    '#',
    '?',
    '.',
    '%2f',
    '\t',
    'https',
    'app.example.com',
    'evil.example',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const target = targetOf(parts.join(''));
      expect([undefined, ...ALLOWED]).toContain(target && new URL(target, PAGE).origin);
    }),
    { numRuns: 500 },
  );
});
