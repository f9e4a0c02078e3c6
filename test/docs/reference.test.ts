import { describe, expect, test } from '@jest/globals';
import { environmentVariables, readSettings } from '../../src/config/env.js';
import { optionSections } from '../../src/config/options.js';
import { emailsOf } from '../../src/core/composition/feature-parts.js';
import { PORT_NAMES } from '../../src/core/composition/ports.js';
import { FEATURES } from '../../src/features.js';
import { rowsUnder } from '../support/pages.js';

const CONFIGURATION = 'docs/reference/configuration.md';
const options = rowsUnder(CONFIGURATION, 'Option|Variable|Type|Default|Unit|Meaning');
const service = rowsUnder(CONFIGURATION, 'Variable|Type|Default|Unit|Meaning');

const bare = (cell = ''): string => cell.replaceAll('`', '');
const names = (cell = ''): string[] => [...cell.matchAll(/`([\w.-]+)`/g)].map(([, name = '']) => name);

describe('the page on configuration', () => {
  test('lists every option by its path and its variable, and no other', () => {
    const isOption = ({ path }: { path: readonly string[] }): boolean => (path[0] ?? '') in optionSections;
    expect(options.map(([path, name]) => [bare(path), bare(name)])).toEqual(
      environmentVariables.filter(isOption).map(({ path, name }) => [path.join('.'), name]),
    );
    expect(service.map(([name]) => bare(name))).toEqual(
      environmentVariables.filter((variable) => !isOption(variable)).map(({ name }) => name),
    );
  });

  test('lists every port, and no other', () => {
    const ports = rowsUnder(CONFIGURATION, 'Port|Default|Purpose').map(([name]) => bare(name));
    expect(ports.sort()).toEqual([...PORT_NAMES].sort());
  });

  const rows = [...options.map((row) => row.slice(1)), ...service].map(([name, type = '', value, , meaning = '']) => ({
    name: bare(name),
    type,
    value: bare(value),
    meaning,
  }));

  /** What the settings make of one variable. */
  const settingOf = (name: string, text: string): unknown => {
    const { path = [] } = environmentVariables.find((variable) => variable.name === name) ?? {};
    // With pages, emails lead there by default.
    const settings: unknown = readSettings({ PAGES_ENABLED: 'false', [name]: text }, 'keys');
    return path.reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], settings);
  };

  test.each(rows)('$name has the default that is listed', ({ name, value, meaning }) => {
    const setting = settingOf(name, '');
    expect(setting === undefined ? '' : JSON.stringify(setting).replaceAll('"', '')).toBe(value);
    expect(meaning).toMatch(/\.$/);
  });

  /** Values that a type says are accepted, and others that are not. */
  const samplesOf = (type: string): { good: readonly string[]; bad: readonly string[] } => {
    if (type === 'boolean') return { good: ['true'], bad: ['yes'] };
    if (type === 'duration') return { good: ['15m', '7d'], bad: ['15', 'soon'] };
    return { good: names(type), bad: ['x'] };
  };

  test.each(rows.filter(({ type }) => type !== 'text'))(
    '$name accepts values of its documented type',
    ({ name, type }) => {
      const [, least, most] = /^integer, (\d+) to (\d+)$/.exec(type) ?? [];
      if (least !== undefined && most !== undefined) {
        for (const good of [least, most]) expect(settingOf(name, good)).toBe(Number(good));
        for (const bad of [String(Number(most) + 1), '-1', '1.5', 'x'])
          expect(() => settingOf(name, bad)).toThrow(name);
        return;
      }
      const { good, bad } = samplesOf(type);
      for (const text of good) expect(String(settingOf(name, text))).toBe(text);
      for (const text of bad) expect(() => settingOf(name, text)).toThrow(name);
    },
  );
});

test('the page on email templates lists the values of every email, and no other', () => {
  const rows = rowsUnder('docs/reference/email-templates.md', 'Template|Values');
  const explained = rowsUnder('docs/reference/email-templates.md', 'Value|Contents').flatMap(([name]) => names(name));
  const emails = emailsOf(FEATURES);
  expect(rows.map(([kind]) => bare(kind))).toEqual(emails.map(({ kind }) => kind));
  for (const [index, { sample, template }] of emails.entries()) {
    const listed = names(rows[index]?.[1]);
    expect(listed).toEqual(['name', 'productName', ...Object.keys(sample)].sort());
    const used = [...JSON.stringify(template).matchAll(/\bit\.(\w+)/g)].map(([, name = '']) => name);
    expect(listed).toEqual(expect.arrayContaining(used));
    expect(explained).toEqual(expect.arrayContaining(listed));
  }
});
