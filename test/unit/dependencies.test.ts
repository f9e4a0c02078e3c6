import { describe, expect, test } from '@jest/globals';
import { toAdvisories } from '../../scripts/dependencies/advisories.js';
import { isPermissive, licenceProblems } from '../../scripts/dependencies/licences.js';
import { dependenciesOf, type Dependency } from '../../scripts/dependencies/lockfile.js';

function dependency(license: string | undefined, { ships }: { ships: boolean }): Dependency {
  return { name: 'thing', version: '1.0.0', license, ships };
}

describe('a licence', () => {
  test.each(['MIT', 'ISC', 'BSD-3-Clause', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', '(MPL-2.0 OR Apache-2.0)'])(
    '%s is allowed',
    (expression) => {
      expect(isPermissive(expression)).toBe(true);
    },
  );

  test.each([
    'Elastic-2.0',
    'AGPL-3.0',
    'SSPL-1.0',
    'GPL-3.0',
    'MIT AND GPL-3.0',
    'UNLICENSED',
    'SEE LICENSE IN x',
    '',
  ])('%j is refused', (expression) => {
    expect(isPermissive(expression)).toBe(false);
  });

  test('of a published package must be allowed, whatever the exceptions say', () => {
    const problem = 'thing 1.0.0 has AGPL-3.0 and is published with this project';
    expect(licenceProblems([dependency('AGPL-3.0', { ships: true })], { thing: 'wanted' })).toEqual([problem]);
    expect(licenceProblems([dependency(undefined, { ships: true })], { thing: 'wanted' })).toHaveLength(1);
  });

  test('of a development dependency must be allowed or listed', () => {
    const elastic = [dependency('Elastic-2.0', { ships: false })];
    expect(licenceProblems(elastic, {})).toHaveLength(1);
    expect(licenceProblems(elastic, { thing: 'only for tests' })).toEqual([]);
  });

  test('that is listed as an exception but is permissive is reported', () => {
    const problem = 'thing is listed as an exception but needs none';
    expect(licenceProblems([dependency('MIT', { ships: false })], { thing: 'for no reason' })).toEqual([problem]);
  });
});

describe('what ships', () => {
  const packages = {
    '': { dependencies: { a: '1', '@x/workspace': '1' } },
    'packages/workspace': {
      peerDependencies: { needed: '1', wanted: '1' },
      peerDependenciesMeta: { wanted: { optional: true } },
    },
    'examples/shop': { dependencies: { shown: '1' } },
    'node_modules/@x/workspace': { resolved: 'packages/workspace', link: true },
    'node_modules/a': { version: '1.0.0', license: 'MIT', optionalDependencies: { b: '2', absent: '1' } },
    'node_modules/a/node_modules/b': { version: '2.0.0', license: 'ISC', dependencies: { a: '1' } },
    'node_modules/b': { version: '1.0.0', license: 'GPL-3.0' },
    'node_modules/needed': { version: '1.0.0', license: 'MIT' },
    'node_modules/wanted': { version: '1.0.0', license: 'MIT' },
    'node_modules/shown': { version: '1.0.0', license: 'MIT' },
  };

  test('is what the published packages need at any depth, in the version that Node.js finds', () => {
    const dependencies = dependenciesOf({ packages });
    const shipped = dependencies.filter(({ ships }) => ships).map(({ name, version }) => `${name} ${version}`);
    expect(shipped).toEqual(['a 1.0.0', 'b 2.0.0', 'needed 1.0.0']);
    expect(dependencies.map(({ name }) => name)).toEqual(['a', 'b', 'b', 'needed', 'wanted', 'shown']);
  });
});

describe('an advisory', () => {
  const via = [{ title: 'Reads too far', url: 'https://example.com/1' }];

  test.each([
    ['low', 0],
    ['moderate', 0],
    ['high', 1],
    ['critical', 1],
  ])('of %s severity is a problem %i times', (severity, count) => {
    const { problems, unavailable } = toAdvisories({ vulnerabilities: { thing: { severity, range: '<2', via } } });
    expect(problems).toHaveLength(count);
    expect(problems.every((problem) => problem.includes('Reads too far (https://example.com/1)'))).toBe(true);
    expect(unavailable).toBeUndefined();
  });

  test('list that the registry does not provide is reported as unavailable, with the reason', () => {
    const refused = { message: '405 Method Not Allowed', error: { summary: '' } };
    expect(toAdvisories(refused)).toEqual({ problems: [], unavailable: '405 Method Not Allowed' });
    expect(toAdvisories({}).unavailable).toMatch(/neither/);
  });
});
