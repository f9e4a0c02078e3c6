import { domainToASCII } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeEmailAddress } from '../../src/core/users/email-address.js';

test.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['  ada@example.com\n', 'ada@example.com'],
  ['\u3000ada@example.com\uFEFF', 'ada@example.com'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['ADA@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
  ['ada@XN--BCHER-kva.example', 'ada@xn--bcher-kva.example'],
  ['ada@straße.example', 'ada@xn--strae-oqa.example'],
  ['ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
  ['ada@उदाहरण.परीक्षा', 'ada@xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g'],
  ['first.last+tag@sub.example.co.uk', 'first.last+tag@sub.example.co.uk'],
  ["o'brien/{a}%61?#@example.com", "o'brien/{a}%61?#@example.com"],
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
  'ada@0x7f.0x1',
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
])('%j is not an address', (given) => {
  expect(normalizeEmailAddress(given)).toBeUndefined();
});

describe('a domain is never shortened, decoded or cleaned into another one', () => {
  test.each([
    'ada@example.com/foo',
    'ada@example.com?foo',
    'ada@example.com#foo',
    'ada@example.com\\foo',
    'ada@example.com:25',
    'ada@example.com;ada@example.org',
    'ada@example.com,ada@example.org',
    'ada@user:secret@example.com',
    'ada@ex%61mple.com',
    'ada@example%2Ecom',
    'ada@example.com%00',
    'ada@exam\tple.com',
    'ada@exam\nple.com',
    'ada@exam\r\nple.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@exam ple.com',
    'ada@(comment)example.com',
    'ada@example.com(comment)',
    'Ada <ada@example.com>',
    'mailto:ada@example.com?subject=x',
    'ada@[example.com]',
    'ada@exam!ple.com',
  ])('%j is not an address', (given) => {
    expect(normalizeEmailAddress(given)).toBeUndefined();
  });

  test.each([
    ['a soft hyphen', 'ada@exam\u00ADple.com'],
    ['a zero-width space', 'ada@exam\u200Bple.com'],
    ['a zero-width joiner', 'ada@exam\u200Dple.com'],
    ['a zero-width non-joiner', 'ada@exam\u200Cple.com'],
    ['a word joiner', 'ada@exam\u2060ple.com'],
    ['a byte order mark', 'ada@exam\uFEFFple.com'],
    ['a variation selector', 'ada@exam\uFE0Fple.com'],
    ['a variation selector next to a letter outside ASCII', 'ada@bü\uFE0Fcher.example'],
    ['a combining grapheme joiner', 'ada@exam\u034Fple.com'],
    ['a Hangul filler', 'ada@exam\u3164ple.com'],
    ['a Mongolian vowel separator', 'ada@exam\u180Eple.com'],
    ['a bidi override', 'ada@\u202Emoc.elpmaxe'],
    ['a bidi isolate', 'ada@\u2066example.com\u2069'],
    ['a right-to-left mark', 'ada@example.com\u200F'],
    ['an ideographic full stop', 'ada@example\u3002com'],
    ['a full-width full stop', 'ada@example\uFF0Ecom'],
    ['a half-width ideographic full stop', 'ada@example\uFF61com'],
    ['a one dot leader', 'ada@example\u2024com'],
    ['full-width letters', 'ada@ｅｘａｍｐｌｅ.com'],
    ['full-width digits', 'ada@example１.com'],
    ['a full-width at sign', 'ada＠example.com'],
    ['a full-width solidus', 'ada@example.com／foo'],
    ['a ligature', 'ada@ﬁnance.com'],
    ['a Kelvin sign', 'ada@\u212Aelvin.com'],
    ['a long s', 'ada@\u017Fecret.com'],
    ['mathematical letters', 'ada@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.com'],
    ['circled letters', 'ada@ⓔxample.com'],
    ['a lone surrogate', 'ada@exam\uD800ple.com'],
    ['an emoji', 'ada@💩.la'],
    ['a label that starts with a mark', 'ada@\u0301example.com'],
    ['a label of both directions', 'ada@1אבג.com'],
    ['a letter outside ASCII next to a hyphen at the end', 'ada@é-.com'],
    ['punycode of nothing', 'ada@xn--.com'],
    ['punycode of ASCII', 'ada@xn--example-.com'],
    ['punycode that does not decode', 'ada@xn--a.com'],
    ['punycode of what IDNA would map', 'ada@xn--a-ecp.ru'],
    ['punycode of punycode', 'ada@xn--xn---epa.com'],
  ])('%s is not an address', (_name, given) => {
    expect(normalizeEmailAddress(given)).toBeUndefined();
  });

  test.each(['a\u0308da', 'аda', 'ａda', '\u212Ada', 'a\u200Bda', 'ada\u202E'])(
    'a local part outside ASCII is rejected: %j',
    (localPart) => {
      expect(normalizeEmailAddress(`${localPart}@example.com`)).toBeUndefined();
    },
  );

  test('a domain with an emoji is accepted in punycode only', () => {
    expect(normalizeEmailAddress('ada@i❤.ws')).toBeUndefined();
    expect(normalizeEmailAddress('ada@xn--i-7iq.ws')).toBe('ada@xn--i-7iq.ws');
  });

  test('letters of other scripts are not confused with similar ASCII letters', () => {
    expect(normalizeEmailAddress('ada@ex\u0430mple.com')).toBe('ada@xn--exmple-4nf.com');
    expect(normalizeEmailAddress('ada@xn--exmple-4nf.com')).toBe('ada@xn--exmple-4nf.com');
  });
});

test('normalizing a stored address does not change it', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const stored = normalizeEmailAddress(address);
      fc.pre(stored !== undefined);
      expect(normalizeEmailAddress(stored)).toBe(stored);
      expect(normalizeEmailAddress(address.toUpperCase())).toBe(stored);
    }),
  );
});

/** What a domain is cut, decoded or cleaned of by one parser or another, between what an address is made of. */
const ODD_CHARACTERS = [
  ...Array.from('/?#\\:;,@%<>()[]"\'`|{}^&=+*!$~_ \t\n\r\u0000\u007F'),
  ...Array.from(
    '\u00AD\u034F\u115F\u180E\u200B\u200C\u200D\u200E\u202E\u2060\u2066\u3000\u3002\u3164\uFE0F\uFEFF\uFF0E\uFF0F\uFF20\uFF61',
  ),
  ...Array.from('ａＡ１ﬁªⅷ①ſß\u1E9E\u0130\u0131ς\u212A\u212Bçе漢अ\u093C\u0308\u0301א١💩'),
  '%61',
  '%2e',
  'xn--',
];
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Array.from('abcXYZ019.-')) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_CHARACTERS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);
const domain = fc
  .array(character, { minLength: 1, maxLength: 12 })
  .chain((characters) => fc.constantFrom('', '.com', '.рф').map((end) => characters.join('') + end));

test('normalization only changes case, surrounding white space and IDNA', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom('ada', 'Ada.L', ' ada', 'a%61'), domain, (localPart, typed) => {
      const stored = normalizeEmailAddress(`${localPart}@${typed}`);
      if (stored === undefined) return;
      accepted += 1;
      const storedDomain = stored.slice(stored.lastIndexOf('@') + 1);
      expect(stored).toBe(`${localPart.trim().toLowerCase()}@${storedDomain}`);
      expect(normalizeEmailAddress(stored)).toBe(stored);
      const given = typed.trim();
      expect(given).toMatch(/^[\p{L}\p{M}\p{Nd}.-]+$/u);
      expect(given).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
      given.split('.').forEach((label, n) => {
        const storedLabel = storedDomain.split('.')[n];
        // Outside ASCII the mapping is that of IDNA, label by label; within it there is none but case.
        if (/^[\w-]+$/.test(label)) expect(storedLabel).toBe(label.toLowerCase());
        else expect(storedLabel).toBe(/^xn--/.exec(domainToASCII(label)) ? domainToASCII(label) : 'unfaithful');
      });
    }),
    { numRuns: 5_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('no input makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const stored = normalizeEmailAddress(`${left}@${right}`);
      expect(stored === undefined || stored.length <= 254).toBe(true);
    }),
  );
});
