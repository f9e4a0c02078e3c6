import fc from 'fast-check';

const ODD_STRINGS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff tail',
  '\u202e\u200b\ufeff',
  'e\u0301'.repeat(40),
  '\u{1f469}\u200d\u{1f4bb}'.repeat(20),
  '\uff41\uff44\uff41',
  "'; drop table auth_user; --",
  '$1 %s ${7*7} {{7*7}}',
  '../../../../etc/passwd',
  '__proto__',
  '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dprocess.exit(1)',
  'constructor',
  'toString',
  'x'.repeat(100_000),
  '\u0000'.repeat(5_000),
  '\\'.repeat(1_000),
];

const ODD_ADDRESSES = [
  'ada@localhost',
  'ada@@example.com',
  'ada.@example.com',
  'ada@example..com',
  'ada@-example.com',
  '"ada lovelace"@example.com',
  'ada@[127.0.0.1]',
  'ada@example.com\u0000',
  'ada@\ud800.com',
  'ada@xn--.com',
  'ada@xn--a.example',
  'ada@ex\u00adample.com',
  'ada@\uff45xample.com',
  'ada@example.com, bob@example.com',
  'ada@example.com\r\nBcc: bob@example.com',
  `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(58)}.com`,
  `${'a'.repeat(65)}@example.com`,
];

/** Text that no form sends. */
export const hostileString = fc.oneof(
  fc.constantFrom(...ODD_STRINGS),
  fc.string({ unit: 'binary', maxLength: 60 }),
  // Single UTF-16 units, so also halves of surrogate pairs.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
  fc.base64String({ maxLength: 90 }),
  fc.uuid(),
);

/** Addresses, and text that is nearly one. */
export const addressLike = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom(...ODD_ADDRESSES),
  fc.tuple(hostileString, fc.domain()).map(([local, domain]) => `${local}@${domain}`),
  fc.tuple(fc.constantFrom('ada', 'Ada '), hostileString).map(([local, domain]) => `${local}@${domain}`),
);

const scalar = fc.oneof(
  hostileString,
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constantFrom(null, 2 ** 31, -0, 1e308, Number.MAX_SAFE_INTEGER + 2),
);
const keys = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'email',
    'password',
    'token',
    'id',
    '__typename',
  ),
  fc.string({ maxLength: 8 }),
);

/** Any value that JSON can represent, including keys such as `__proto__`. */
export const hostileValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
