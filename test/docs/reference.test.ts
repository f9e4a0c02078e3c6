import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, isInterfaceType, isObjectType } from 'graphql';
import ts from 'typescript';
import { environmentVariables, readSettings } from '../../src/config/env.js';
import { optionSections } from '../../src/config/options.js';
import { MAIL_KINDS, SAMPLE_MAIL_DATA } from '../../src/core/email/mail-kind.js';
import { DEFAULT_TEMPLATES } from '../../src/core/email/templates/default-templates.js';
import * as errors from '../../src/core/errors/errors.js';
import * as events from '../../src/core/events/events.js';
import { ROOT, rowsUnder } from '../support/pages.js';

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

  const rows = [...options.map((row) => row.slice(1)), ...service].map(([name, type = '', value, , meaning = '']) => ({
    name: bare(name),
    type,
    value: bare(value),
    meaning,
  }));

  /** What the settings make of one variable. */
  const settingOf = (name: string, text: string): unknown => {
    const { path = [] } = environmentVariables.find((variable) => variable.name === name) ?? {};
    const settings: unknown = readSettings({ [name]: text }, 'keys');
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

  test.each(rows.filter(({ type }) => type !== 'text'))('$name accepts what its type says', ({ name, type }) => {
    const [, least, most] = /^integer, (\d+) to (\d+)$/.exec(type) ?? [];
    if (least !== undefined && most !== undefined) {
      for (const good of [least, most]) expect(settingOf(name, good)).toBe(Number(good));
      for (const bad of [String(Number(most) + 1), '-1', '1.5', 'x']) expect(() => settingOf(name, bad)).toThrow(name);
      return;
    }
    const { good, bad } = samplesOf(type);
    for (const text of good) expect(String(settingOf(name, text))).toBe(text);
    for (const text of bad) expect(() => settingOf(name, text)).toThrow(name);
  });
});

test('the page on errors lists every failure that is data, with its code and status, and no other', () => {
  const schema = buildSchema(readFileSync(`${ROOT}schema.graphql`, 'utf8'), { assumeValidSDL: true });
  const authError = schema.getType('AuthError');
  if (!isInterfaceType(authError)) throw new Error('the schema has no AuthError');
  const members = schema.getPossibleTypes(authError).map(({ name }) => name);
  const rows = rowsUnder('docs/reference/errors.md', 'Member|Code|Status').map((row) => row.map(bare));
  expect(rows.map(([name]) => name).sort()).toEqual([...members].sort());
  expect(rows.map(([, code]) => code).sort()).toEqual([...errors.AUTH_ERROR_CODES].sort());
  for (const [name = '', code, status] of rows) {
    const ErrorClass = errors[name as keyof typeof errors] as new (...args: unknown[]) => errors.DomainError;
    expect(new ErrorClass()).toMatchObject({ name, code, status: Number(status) });
    expect(isObjectType(schema.getType(name))).toBe(true);
  }
});

/** The fields that a class of events declares. */
function declaredFields(): Map<string, string[]> {
  const text = readFileSync(`${ROOT}src/core/events/events.ts`, 'utf8');
  const { statements } = ts.createSourceFile('events.ts', text, ts.ScriptTarget.ESNext, true);
  const classes = statements.filter(ts.isClassDeclaration).filter(({ heritageClauses }) => heritageClauses);
  return new Map(
    classes.map(({ name, members }) => [
      name?.text ?? '',
      members
        .filter(ts.isPropertyDeclaration)
        .flatMap((member) => (ts.isIdentifier(member.name) ? [member.name.text] : [])),
    ]),
  );
}

test('the page on events lists every event with its fields, and no other', () => {
  const fields = declaredFields();
  const rows = rowsUnder('docs/reference/events.md', 'Event|Fields|When');
  const exported = Object.entries(events)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof events.DomainEvent)
    .map(([name]) => name);
  expect(rows.map(([name]) => bare(name)).sort()).toEqual(exported.sort());
  for (const [name, listed, when] of rows) {
    expect(names(listed)).toEqual(fields.get(bare(name))?.filter((field) => field !== 'name'));
    expect(when).toMatch(/\.$/);
  }
});

test('the page on email templates lists the values of every email, and no other', () => {
  const rows = rowsUnder('docs/reference/email-templates.md', 'Template|Values');
  const explained = rowsUnder('docs/reference/email-templates.md', 'Value|Contents').flatMap(([name]) => names(name));
  expect(rows.map(([kind]) => bare(kind))).toEqual(MAIL_KINDS);
  for (const [index, kind] of MAIL_KINDS.entries()) {
    const listed = names(rows[index]?.[1]);
    expect(listed).toEqual(['productName', ...Object.keys(SAMPLE_MAIL_DATA[kind])].sort());
    const used = [...JSON.stringify(DEFAULT_TEMPLATES[kind]).matchAll(/\bit\.(\w+)/g)].map(([, name = '']) => name);
    expect(listed).toEqual(expect.arrayContaining(used));
    expect(explained).toEqual(expect.arrayContaining(listed));
  }
});
