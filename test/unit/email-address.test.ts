import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeEmailAddress } from '../../src/users/email-address.js';

test.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['  ada@example.com\n', 'ada@example.com'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ADA@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ['first.last+tag@sub.example.co.uk', 'first.last+tag@sub.example.co.uk'],
])('%j is stored as %s', (given, stored) => {
  expect(normalizeEmailAddress(given)).toBe(stored);
});

test.each([
  '',
  '@',
  'ada',
  'ada@',
  '@example.com',
  'ada@localhost',
  'ada@1.2.3.4',
  'ada@[1.2.3.4]',
  'a b@example.com',
  'a..b@example.com',
  '.a@example.com',
  'a@b@example.com',
  'ada@-example.com',
  'ada@exa_mple.com',
  'ada@example..com',
  'ada@example.com.',
  'ada\u0000@example.com',
  'ada@example.com\u0000',
  '"quoted"@example.com',
  `${'a'.repeat(65)}@example.com`,
  `a@${'a'.repeat(64)}.com`,
  `a@${'a.'.repeat(130)}com`,
  'x'.repeat(200_000),
])('%j is no address', (given) => {
  expect(normalizeEmailAddress(given)).toBeUndefined();
});

test('the stored form is its own stored form', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const stored = normalizeEmailAddress(address);
      fc.pre(stored !== undefined);
      expect(normalizeEmailAddress(stored)).toBe(stored);
      expect(normalizeEmailAddress(address.toUpperCase())).toBe(stored);
    }),
  );
});

test('nothing that anyone can type makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const stored = normalizeEmailAddress(`${left}@${right}`);
      expect(stored === undefined || stored.length <= 254).toBe(true);
    }),
  );
});
