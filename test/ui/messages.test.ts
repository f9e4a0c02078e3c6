import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { de } from '../../packages/ui/src/messages/de.js';
import { en } from '../../packages/ui/src/messages/en.js';
import { es } from '../../packages/ui/src/messages/es.js';
import { format, formatCountdown, formatWait } from '../../packages/ui/src/messages/format.js';
import { fr } from '../../packages/ui/src/messages/fr.js';
import { documentedTable } from '../support/documented-table.js';
import { ROOT, rowsUnder } from '../support/pages.js';
import { SCREENS } from '../support/screens/screens-page.types.js';

/** Every text by its path, such as `signIn.title`. */
function textsOf(value: object, path = ''): Record<string, string> {
  const entries = Object.entries(value) as [string, string | object][];
  return Object.assign(
    {},
    ...entries.map(([name, inner]) =>
      typeof inner === 'string' ? { [`${path}${name}`]: inner } : textsOf(inner, `${path}${name}.`),
    ),
  ) as Record<string, string>;
}

const placeholdersOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each([
  ['de', de],
  ['fr', fr],
  ['es', es],
])('the messages in %s', (locale, messages) => {
  test('name their language, and have every text with its values', () => {
    const english = textsOf(en);
    const texts = textsOf(messages);
    expect(messages.locale).toBe(locale);
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    for (const [path, text] of Object.entries(texts))
      expect({ path, values: placeholdersOf(text) }).toEqual({ path, values: placeholdersOf(english[path] ?? '') });
  });
});

/** The texts of the screens, and those of the hosted pages in every language. */
async function shownIn(messages: object): Promise<string[]> {
  const pages = await readFile(`${ROOT}packages/pages/src/languages.ts`, 'utf8');
  return [...Object.values(textsOf(messages)), ...[...pages.matchAll(/'(.*)'/g)].map(([, text = '']) => text)];
}

test('no French line can begin with a sign', async () => {
  expect((await shownIn(fr)).filter((text) => / [?!:;»]|« /.test(text))).toEqual([]);
});

test('Spanish texts address the user informally', async () => {
  const formal = /\b(usted|sus|vuelva|introduzca|elija|abra|compruebe|inténtelo)\b/i;
  expect((await shownIn(es)).filter((text) => formal.test(text))).toEqual([]);
});

test.each([
  [1, 'en', '1 second'],
  [119, 'en', '119 seconds'],
  [120, 'en', '2 minutes'],
  [299, 'de', '5 Minuten'],
  [7199, 'fr', '120 minutes'],
  [7201, 'es', '3 horas'],
])('a wait of %d seconds is rounded up, in %s: %s', (seconds, locale, text) => {
  expect(formatWait(seconds, locale)).toBe(text);
});

test('what is left of a wait is shown in minutes and seconds', () => {
  expect([299, 60, 5].map((seconds) => formatCountdown(seconds, 'en'))).toEqual(['4:59', '1:00', '0:05']);
});

test('an address in a text does not change the order of the words around it', () => {
  expect(format('{email}: {count}', { email: 'ada@example.com', count: '3' })).toBe('\u2068ada@example.com\u2069: 3');
});

test('the guide lists every screen, with hooks that exist', async () => {
  const exported = await readFile(`${ROOT}packages/ui/src/index.ts`, 'utf8');
  const rows = rowsUnder('docs/guides/ui.md', 'Screen|Properties|`onDone` is called|Hook');
  expect(rows.map(([screen]) => screen)).toEqual(SCREENS.map((name) => `\`<${name}>\``));
  const client = await readFile(`${ROOT}packages/client/src/react.ts`, 'utf8');
  const hooks = rows.flatMap((row) => row[3]?.match(/use\w+/g) ?? []);
  expect(hooks.length).toBe(13);
  for (const hook of hooks)
    expect(['useMe', 'useSecurityEvents'].includes(hook) ? client : exported).toMatch(new RegExp(`\\b${hook}\\b`));
});

test('every event that users find in their audit trail has a text', () => {
  const events = documentedTable('events').filter(
    (row) => row['Audit trail'] !== 'no' && /\buserId\b/.test(row['Fields'] ?? ''),
  );
  const names = events.map((row) => row['Event'] ?? '').filter((name) => name !== 'UserErased');
  expect(names.length).toBeGreaterThan(20);
  expect(Object.keys(en.securityEvents.events).sort()).toEqual(names.sort());
});

test('the guide lists every slot and every code of an error that is not one of the service', async () => {
  const guide = await readFile(`${ROOT}docs/guides/ui.md`, 'utf8');
  for (const slot of ['header', 'footer', 'submit']) expect(guide).toContain(`slots.${slot}`);
  const own = Object.keys(en.errors).filter((code) => !code.startsWith('AUTH_'));
  for (const code of own) expect(guide).toContain(`\`${code}\``);
});
