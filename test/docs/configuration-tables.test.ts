import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { resolveConfig } from '../../src/config/config.js';
import { readSettings } from '../../src/config/env.js';
import { optionSections } from '../../src/config/options.js';
import { serviceSections } from '../../src/config/service-settings.js';
import { documentedTable } from '../support/documented-table.js';
import { ConfigError } from '../../src/platform/options/config-error.js';

/** The table says that it exists in the service only: an application reads the file itself. */
const ONLY_IN_SERVICE = 'jwt.keysFile';
const PROBE = 'a value of this test';

const options = documentedTable('options').map((row) => ({
  option: row['Option'] ?? '',
  variable: row['Variable'] ?? '',
  default: row['Default'] ?? '',
}));
const service = documentedTable('service').map((row) => ({
  variable: row['Variable'] ?? '',
  default: row['Default'] ?? '',
}));

function problemsOf(action: () => unknown): Record<string, string> {
  try {
    action();
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ path, problem }) => [path, problem]));
  }
}

/** The names that `createAuthSubgraph` suggests in place of an unknown option; `undefined` if there can be none. */
function suggestedInstead(path: string, given: object): string[] | undefined {
  return /write one of (.*)$/.exec(problemsOf(() => resolveConfig(given as never))[path] ?? '')?.[1]?.split(', ');
}

function acceptedOptions(): string[] {
  const sections = suggestedInstead('unknown', { unknown: 1 }) ?? [];
  return sections.flatMap((section) => {
    const inner = suggestedInstead(`${section}.unknown`, { [section]: { unknown: 1 } });
    return inner?.map((name) => `${section}.${name}`) ?? [section];
  });
}

function valueAt(settings: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], settings);
}

/** A default as the table shows it. */
function asShown(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

describe('the table of options', () => {
  test('lists every option that is accepted, and no other', () => {
    expect(options.map(({ option }) => option).sort()).toEqual([...acceptedOptions(), ONLY_IN_SERVICE].sort());
  });

  test.each(options)('gives the default of $option', ({ option, default: shown }) => {
    // With pages, emails lead there by default.
    const value = valueAt(readSettings({ PAGES_ENABLED: 'false' }), option);
    expect(shown).toBe(asShown(value));
  });

  test.each(options)('names the variable of $option', ({ option, variable }) => {
    const problems = problemsOf(() => expect(valueAt(readSettings({ [variable]: PROBE }), option)).toBe(PROBE));
    for (const path of Object.keys(problems)) expect(path.split(' ')[0]).toBe(variable);
  });
});

describe('the table of service-only variables', () => {
  const paths = Object.entries(serviceSections)
    .filter(([name]) => !Object.hasOwn(optionSections, name))
    .flatMap(([name, schema]) =>
      schema instanceof z.ZodPrefault ? Object.keys(schema.unwrap().shape).map((inner) => `${name}.${inner}`) : [name],
    );
  const variableOf = (path: string): string => path.replace(/\.|(?=[A-Z])/g, '_').toUpperCase();
  const pathOf = (variable: string): string => paths.find((path) => variableOf(path) === variable) ?? '';

  test('lists every variable, and no other', () => {
    expect(service.map(({ variable }) => variable).sort()).toEqual(paths.map(variableOf).sort());
  });

  test.each(service)('gives the default of $variable, and the variable is read', ({ variable, default: shown }) => {
    const value = valueAt(readSettings({}), pathOf(variable));
    expect(shown).toBe(asShown(value));
    const problems = problemsOf(() =>
      expect(valueAt(readSettings({ [variable]: PROBE }), pathOf(variable))).toBe(PROBE),
    );
    for (const path of Object.keys(problems)) expect(path).toBe(variable);
  });
});

test('.env.example lists the variables of both tables with their defaults, and no other', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const entries = [...text.matchAll(/^# (.*)\n# (\w+)=$/gm)].map(([, comment = '', variable = '']) => ({
    variable,
    default: / Default: (.*)$/.exec(comment)?.[1] ?? '',
  }));
  const byName = (a: { variable: string }, b: { variable: string }): number => a.variable.localeCompare(b.variable);
  const documented = [...options, ...service].map(({ variable, default: value }) => ({ variable, default: value }));
  expect(entries.sort(byName)).toEqual(documented.sort(byName));
});
