import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEmailTemplates, type EmailContent, type EmailTemplates } from '../../src/core/email/email-templates.js';
import { FEATURES } from '../../src/features.js';
import type { Feature } from '../../src/core/composition/feature.js';
import type { EmailData } from '../../src/core/email/email-definition.js';
import { formatInstant, maskEmailAddress } from '../../src/core/email/template-values.js';

const emails = FEATURES.flatMap((feature: Feature) => feature.emails ?? []);
const EMAIL_KINDS = emails.map(({ kind }) => kind);

const instant = new Date('2026-11-24T08:30:12Z');
const INSTANT = '24 November 2026, 08:30 UTC';
const link = 'https://app.example/page?lang=en&token=abc';
const resetLink = 'https://app.example/reset?lang=en&token=def';
const loginLink = 'https://app.example/login?lang=en&x=1';

function dataOf(name: string | null): Readonly<Record<string, EmailData>> {
  const confirmation = { name, link, expiresAt: instant };
  return {
    'verify-email': confirmation,
    invitation: confirmation,
    'reset-password': { ...confirmation, operator: null },
    'already-registered': { name, loginLink, resetLink },
    'change-email-confirm': { ...confirmation, newEmail: 'new@example.com' },
    'change-email-notice': { name, newEmail: 'new@example.com' },
    'email-changed': { name, newEmail: 'new@example.com', at: instant, operator: null },
    'password-changed': { name, at: instant, resetLink },
    'new-device': { name, deviceName: 'Firefox on Linux', ipAddress: '192.0.2.7', at: instant },
    'account-locked': { name, unlockAt: instant, resetLink },
    'account-closed': { name, at: instant, eraseAfter: instant },
  };
}

/** What the mail must tell, as text. */
const CONTENT: Readonly<Record<string, string[]>> = {
  'verify-email': [link, INSTANT],
  invitation: [link, INSTANT],
  'reset-password': [link, INSTANT],
  'already-registered': [loginLink, resetLink],
  'change-email-confirm': [link, INSTANT],
  'change-email-notice': ['n***@e***'],
  'email-changed': ['n***@e***', INSTANT],
  'password-changed': [resetLink, INSTANT],
  'new-device': ['Firefox on Linux', '192.0.2.7', INSTANT],
  'account-locked': [resetLink, INSTANT],
  'account-closed': [INSTANT],
};

const templates = createEmailTemplates({ emails, productName: 'Acme & Sons' });

function render(kind: string, name: string | null, from: EmailTemplates = templates): EmailContent {
  return from.render(kind, dataOf(name)[kind]!);
}

describe.each(EMAIL_KINDS)('%s', (kind) => {
  test('contains all information in text and in HTML', () => {
    const { subject, text, html } = render(kind, 'Ada');
    expect(subject).toContain('Acme & Sons');
    expect(text).toMatch(/^Hello Ada,\n\n[A-Z]/);
    expect(text).toMatch(/\n\nAcme & Sons\n$/);
    for (const content of CONTENT[kind]!) {
      expect(text).toContain(content);
      expect(html).toContain(content.replaceAll('&', '&amp;'));
    }
    for (const part of [subject, text, html]) expect(part).not.toMatch(/undefined|null|<%|\[object|GMT/);
  });

  test('has every link on its own line, and in HTML both clickable and readable', () => {
    const { text, html } = render(kind, 'Ada');
    for (const url of CONTENT[kind]!.filter((content) => content.startsWith('https:'))) {
      expect(text.split('\n')).toContain(url);
      const escaped = url.replaceAll('&', '&amp;');
      expect(html).toContain(`href="${escaped}"`);
      expect(html).toContain(`>${escaped}</span>`);
    }
  });

  test('is an accessible page that loads nothing', () => {
    const { html } = render(kind, 'Ada');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<title>');
    expect(html).not.toMatch(/<img|<script|<link|url\(|src=/);
  });

  test('greets a user without a name', () => {
    const { text, html } = render(kind, null);
    expect(text).toMatch(/^Hello,\n/);
    expect(html).toContain('<p>Hello,</p>');
  });

  test('a name with markup is omitted, and an apostrophe is harmless in HTML', () => {
    const { text, html } = render(kind, `<b id='x'>Ada & "Co"`);
    expect(text).toMatch(/^Hello,\n/);
    expect(html).not.toContain('Ada');
    expect(render(kind, '<script>alert(1)</script>').html).not.toContain('script');
    expect(render(kind, "O'Brien").html).toContain('Hello O&#39;Brien,');
  });
});

test.each([
  'win at https://evil.example',
  'evil.example/prize',
  'www.evil.example',
  'mail me@evil.example',
  'evil\\x',
  'http:evil',
  'evil:8080',
  'evil.co',
  'e.co',
  'e.v.il',
  'ภาษาไทยดี.com',
  'evil.ไทย',
  'e\u0301vil.com',
  'evil。com',
  'evil．com',
  'evil｡com',
  'evil\u2024com',
  'evil.\u200bcom',
  'evil\u200b.com',
  'evil\u2060com',
  'evil\u00adcom',
  '\u202emoc.live',
  '\u2066evil\u2069',
  'ev\u3164il',
  '1.2.3.4',
  '0x7f000001',
  'Call +1 900 555 0100',
  'Call 9005550100',
  '(evil)',
  '#evil',
  '$evil',
  'evil%2ecom',
  '[evil](x)',
  '-',
  '.',
  "'",
  '😀',
])('the name %j could be bait from a stranger and is omitted', (name) => {
  for (const kind of EMAIL_KINDS) {
    const { text, html } = render(kind, name);
    expect(text).toMatch(/^Hello,\n/);
    expect(html).toContain('<p>Hello,</p>');
  }
});

test.each([
  'J. R. R. Tolkien',
  'J.R.R. Tolkien',
  "Conan O'Brien",
  'Conan O’Brien',
  'Sammy Davis Jr.',
  'Prof. Ada',
  'Jean-Luc',
  "Gerard 't Hooft",
  'Łukasz Żółć',
  'Zoe\u0308',
  '李小龍',
  'ภาษาไทยดี',
  'नरेंद्र',
  'محمد',
])('greets %s', (name) => {
  expect(render('password-changed', name).text).toContain(`Hello ${name},`);
});

test('an email shows only the first characters of a new address', () => {
  const newEmail = 'www.your-account-is-locked.example/call-1900@call-1900.evil.example';
  const { 'change-email-confirm': confirmation, 'change-email-notice': notice } = dataOf(null);
  for (const { text, html } of [
    templates.render('change-email-confirm', { ...confirmation, newEmail }),
    templates.render('change-email-notice', { ...notice, newEmail }),
  ])
    expect(text + html).not.toMatch(/locked|1900|evil|www/);
});

test('an email omits an invalid IP address', () => {
  const data = { ...dataOf(null)['new-device'], ipAddress: 'evil.example' };
  expect(templates.render('new-device', data).text).toContain('IP address: unknown\n');
});

test('a multi-line name stays on one line', () => {
  expect(render('verify-email', 'Ada\r\n\r\nBuy now\u2028here\u0000').text).toMatch(/^Hello Ada Buy now here,\n\n/);
});

test('an unknown device and address are described as unknown', () => {
  const { text } = templates.render('new-device', { name: null, deviceName: null, ipAddress: null, at: instant });
  expect(text).toContain('Device: unknown\nIP address: unknown\n');
});

test('instants are in UTC, and addresses are masked except for the first characters', () => {
  expect(formatInstant(new Date('2026-01-02T23:05:59Z'))).toBe('2 January 2026, 23:05 UTC');
  expect(formatInstant(new Date('2026-01-02T00:00:00Z'))).toBe('2 January 2026, 00:00 UTC');
  expect(maskEmailAddress('new@example.com')).toBe('n***@e***');
  expect(maskEmailAddress('n***@e***')).toBe('n***@e***');
  expect(maskEmailAddress('/evil@example.com')).toBe('***@e***');
  expect(maskEmailAddress('not an address')).toBe('***');
});

test('the page about emails lists every kind, and no other', () => {
  const page = readFileSync(new URL('../../docs/guides/emails.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([\w-]+)`/gm)].map(([, kind]) => kind);
  expect(listed.sort()).toEqual([...EMAIL_KINDS].sort());
});

describe('a folder of templates', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mail-templates-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const fromFolder = () => createEmailTemplates({ emails, folder, productName: 'Acme' });
  const withFile = (file: string, source: string | Buffer) => {
    writeFileSync(join(folder, file), source);
    return fromFolder();
  };

  test('replaces the parts that it contains and no others', () => {
    const custom = withFile('verify-email.text.eta', 'Moin <%= it.name %>: <%= it.link %>\nbis <%= it.expiresAt %>');
    expect(render('verify-email', "O'Brien", custom)).toEqual({
      ...render('verify-email', "O'Brien", createEmailTemplates({ emails, productName: 'Acme' })),
      text: `Moin O'Brien: ${link}\nbis ${INSTANT}`,
    });
  });

  test('is escaped in HTML', () => {
    const custom = withFile('verify-email.html.eta', '<p><%= it.name %></p>');
    expect(render('verify-email', "O'Brien", custom).html).toBe('<p>O&#39;Brien</p>');
  });

  test('prints nothing for an unknown value', () => {
    const custom = withFile('verify-email.text.eta', 'Moin <%= it.name %>!');
    expect(render('verify-email', null, custom).text).toBe('Moin !');
  });

  test('cannot break the subject, whatever the name contains', () => {
    const custom = withFile('verify-email.subject.eta', 'Welcome <%= it.name %>,\nto <%= it.productName %>\n');
    const { subject } = render('verify-email', 'Ada\r\nBcc all\u0085x\u2028y', custom);
    expect(subject).toBe('Welcome Ada Bcc all x y, to Acme');
  });

  test('is read once, at startup', () => {
    const custom = withFile('verify-email.text.eta', 'first');
    writeFileSync(join(folder, 'verify-email.text.eta'), 'second');
    expect(render('verify-email', 'Ada', custom).text).toBe('first');
  });

  test.each([
    ['<%= it.name', ''],
    ['<% if (it.name) { %>', ''],
    ['<%= it.nmae %>', 'there is no value "nmae"'],
    ['<%= it.name.first.second %>', ''],
  ])('with the template %j is rejected at startup, by name', (source, why) => {
    expect(() => withFile('new-device.text.eta', source)).toThrow(
      `The email template ${join(folder, 'new-device.text.eta')} is invalid: ${why}`,
    );
  });

  test.each([
    ['verify-email', '<% if (it.name === null) { %><%= it.nmae %><% } %>', 'there is no value "nmae"'],
    ['verify-email', '<%= it.name.toUpperCase() %>', ''],
    ['new-device', '<% if (it.deviceName === null) { %><%= it.device %><% } %>', 'there is no value "device"'],
    ['new-device', '<%= it.ipAddress.length %>', ''],
    ['reset-password', '<% if (it.operator !== null) { %><%= it.by %><% } %>', 'there is no value "by"'],
    ['email-changed', '<%= it.operator.length %>', ''],
  ])(
    'with a mistake in what only some emails of the kind %s contain is rejected at startup: %s',
    (kind, source, why) => {
      const path = join(folder, `${kind}.text.eta`);
      expect(() => withFile(`${kind}.text.eta`, source)).toThrow(`The email template ${path} is invalid: ${why}`);
    },
  );

  test('whose template fails later names it, so that the log can', () => {
    const failing = withFile('verify-email.text.eta', '<% if (it.name === "Eve") throw new Error(it.link) %>');
    const failure = { name: 'EmailSetupError', template: join(folder, 'verify-email.text.eta') };
    expect(() => render('verify-email', 'Eve', failing)).toThrow(expect.objectContaining(failure));
  });

  test('is read through the links of a ConfigMap', () => {
    const mounted = join(folder, '..2026_11_29');
    mkdirSync(join(mounted, 'de'), { recursive: true });
    writeFileSync(join(mounted, 'verify-email.text.eta'), 'Welcome');
    writeFileSync(join(mounted, 'de', 'verify-email.text.eta'), 'Willkommen');
    symlinkSync('..2026_11_29', join(folder, '..data'));
    for (const name of ['verify-email.text.eta', 'de']) symlinkSync(join('..data', name), join(folder, name));
    const linked = fromFolder();
    const { sample } = emails.find(({ kind }) => kind === 'verify-email')!;
    const textFor = (locale: string) => linked.render('verify-email', { name: null, ...sample }, locale).text;
    expect(['de', 'en'].map(textFor)).toEqual(['Willkommen', 'Welcome']);
  });

  test('with a link that leads nowhere is rejected at startup', () => {
    symlinkSync('nowhere', join(folder, 'verify-email.text.eta'));
    expect(fromFolder).toThrow(`The email template ${join(folder, 'verify-email.text.eta')} cannot be read (ENOENT).`);
  });

  test('is in UTF-8, with or without a byte order mark', () => {
    const custom = withFile('verify-email.text.eta', '\uFEFFGrüße');
    expect(render('verify-email', 'Ada', custom).text).toBe('Grüße');
    expect(() => withFile('verify-email.text.eta', Buffer.from('Grüße', 'latin1'))).toThrow(
      `The email template ${join(folder, 'verify-email.text.eta')} is not UTF-8.`,
    );
  });

  test('with an unknown file is rejected at startup', () => {
    expect(() => withFile('verify-mail.text.eta', '')).toThrow(
      `The email template ${join(folder, 'verify-mail.text.eta')} has an unknown name. Valid names: ${emails[0]!.kind}.subject.eta,`,
    );
  });

  test('that does not exist is rejected at startup', () => {
    const missing = join(folder, 'missing');
    expect(() => createEmailTemplates({ emails, folder: missing, productName: 'Acme' })).toThrow(
      `The email template folder ${missing} cannot be read (ENOENT).`,
    );
  });
});
