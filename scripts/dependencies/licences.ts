import type { Dependency } from './lockfile.js';

/** Licences that allow any use, and require at most that the notice is kept. */
const PERMISSIVE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
]);

/** Packages with another licence that only development uses, and why that is acceptable. */
const DEVELOPMENT_EXCEPTIONS: Readonly<Record<string, string>> = {
  '@apollo/composition': 'Elastic-2.0. Tests compose with it, and nothing of it is published.',
  '@apollo/federation-internals': 'Elastic-2.0. A dependency of @apollo/composition.',
  '@apollo/gateway': 'Elastic-2.0. Tests and the example run it, and nothing of it is published.',
  '@apollo/query-graphs': 'Elastic-2.0. A dependency of @apollo/gateway.',
  '@apollo/query-planner': 'Elastic-2.0. A dependency of @apollo/gateway.',
  '@grafbase/cli-x86_64-unknown-linux-musl': 'MPL-2.0. The example runs the program unchanged.',
  'axe-core': 'MPL-2.0. Tests run it unchanged in a browser, and nothing of it is published.',
  'ansi-color': 'BSD, by a name that is not an SPDX identifier.',
  argparse: 'Python-2.0, which is permissive.',
  'caniuse-lite': 'CC-BY-4.0, for data about browsers.',
  bufrw: 'MIT, in a field of package.json that is no longer read.',
  busboy: 'MIT, in a field of package.json that is no longer read.',
  error: 'MIT, in a field of package.json that is no longer read.',
  hexer: 'MIT, in a field of package.json that is no longer read.',
  limiter: 'MIT, in a field of package.json that is no longer read.',
  process: 'MIT, by its LICENSE file.',
  streamsearch: 'MIT, in a field of package.json that is no longer read.',
  'string-template': 'MIT, in a field of package.json that is no longer read.',
  thriftrw: 'MIT, in a field of package.json that is no longer read.',
};

/** Whether the terms of an SPDX expression without nested parentheses can be met; false without an expression. */
export function isPermissive(expression: string | undefined): boolean {
  const words = (expression ?? '').replace(/^\((.*)\)$/, '$1');
  return words.split(' OR ').some((choice) => choice.split(' AND ').every((name) => PERMISSIVE.has(name)));
}

/** Dependencies with an unknown or forbidden licence, and exceptions that are no longer needed. */
export function licenceProblems(
  dependencies: readonly Dependency[],
  exceptions: Readonly<Record<string, string>> = DEVELOPMENT_EXCEPTIONS,
): string[] {
  const others = dependencies.filter(({ license }) => !isPermissive(license));
  const refused = others.filter(({ name, ships }) => ships || exceptions[name] === undefined);
  const unused = Object.keys(exceptions).filter((excepted) => !others.some(({ name }) => name === excepted));
  return [
    ...refused.map(({ name, version, license = 'an unknown licence', ships }) => {
      const use = ships ? 'is published with this project' : 'is used in development without a listed exception';
      return `${name} ${version} has ${license} and ${use}`;
    }),
    ...unused.map((name) => `${name} is listed as an exception but needs none`),
  ];
}
