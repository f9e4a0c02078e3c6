import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createEmailTemplates, type EmailTemplates } from '../../src/core/email/email-templates.js';
import { canonicalLocale, localeChain } from '../../src/core/users/locale.js';

const EMAIL = {
  kind: 'news',
  template: { subject: 'News', text: 'At <%= it.at %>.', html: '<p>At <%= it.at %>.</p>' },
  sample: { at: new Date(0) },
};
const AT = new Date('2026-03-01T08:30:00Z');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'templates-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The templates of a folder with these files. */
function templatesOf(files: Readonly<Record<string, string>>, locale?: string): EmailTemplates {
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), source);
  }
  return createEmailTemplates({
    folder,
    emails: [EMAIL],
    productName: 'Acme',
    ...(locale !== undefined && { locale }),
  });
}

const subjectFor = (templates: EmailTemplates, locale?: string | null): string =>
  templates.render('news', { at: AT, name: null }, locale).subject;

test('a template is that of the locale, then of the language, then of all', () => {
  const templates = templatesOf({
    'de-AT/news.subject.eta': 'Neuigkeiten aus Wien',
    'de/news.subject.eta': 'Neuigkeiten',
    'zh-Hant/news.subject.eta': '消息',
    'news.subject.eta': 'Our news',
  });
  const found = ['de-AT', 'de-CH', 'de', 'zh-Hant-TW', 'zh-Hans', 'fr', 'en', null].map((locale) =>
    subjectFor(templates, locale),
  );
  const german = ['Neuigkeiten aus Wien', 'Neuigkeiten', 'Neuigkeiten'];
  expect(found).toEqual([...german, '消息', ...Array<string>(4).fill('Our news')]);
});

test('each part is looked for by itself, and instants are written in the language of the template', () => {
  const templates = templatesOf({ 'de/news.text.eta': 'Am <%= it.at %>.' });
  expect(templates.render('news', { at: AT, name: null }, 'de')).toEqual({
    subject: 'News',
    text: 'Am 1. März 2026, 08:30 UTC.',
    html: '<p>At 1 March 2026, 08:30 UTC.</p>',
  });
});

test('the templates in the folder itself are in the configured language', () => {
  const templates = templatesOf({ 'news.text.eta': 'Am <%= it.at %>.' }, 'de');
  for (const locale of ['de', 'fr', null])
    expect(templates.render('news', { at: AT, name: null }, locale).text).toBe('Am 1. März 2026, 08:30 UTC.');
  expect(templates.render('news', { at: AT, name: null }).html).toBe('<p>At 1 March 2026, 08:30 UTC.</p>');
});

test('a user without a locale gets the configured one, and one with another does not', () => {
  const templates = templatesOf({ 'de/news.subject.eta': 'Neuigkeiten' }, 'de-DE');
  expect([null, undefined, 'fr'].map((locale) => subjectFor(templates, locale))).toEqual([
    ...['Neuigkeiten', 'Neuigkeiten', 'News'],
  ]);
});

test.each([
  ['a misspelt folder', { 'de_AT/news.text.eta': '' }, 'must be named a language tag'],
  ['a folder in another case', { 'de-at/news.text.eta': '' }, 'must be named `de-AT`'],
  ['an unknown name in a folder', { 'de/nwes.text.eta': '' }, 'nwes.text.eta has an unknown name'],
  ['an unknown value in a folder', { 'de/news.text.eta': '<%= it.when %>' }, join('de', 'news.text.eta')],
])('%s stops the start', (_what, files, problem) => {
  expect(() => templatesOf(files as Readonly<Record<string, string>>)).toThrow(problem);
});

test('a folder without templates is ignored', () => {
  mkdirSync(join(folder, 'pictures of us'));
  expect(subjectFor(templatesOf({}), 'de')).toBe('News');
});

test('locales are canonical, and have a chain of what they are a kind of', () => {
  expect(['en', 'de-at', 'ZH-hant-tw', 'no tag', '', 'e'].map(canonicalLocale)).toEqual([
    ...['en', 'de-AT', 'zh-Hant-TW', undefined, undefined, undefined],
  ]);
  expect(localeChain('zh-Hant-TW')).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh']);
});
