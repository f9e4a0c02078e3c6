import { expect, test } from '@jest/globals';
import { needsSame } from '../../../scripts/bench/service/dependencies.js';

const locked = {
  '': { version: '0.0.0' },
  'packages/verifier': { version: '0.0.0' },
  'node_modules/@auth-subgraph/verifier': { link: true },
  'node_modules/fastify': { version: '5.0.0', integrity: 'sha512-a' },
  'node_modules/jest': { version: '30.0.0', dev: true },
  'node_modules/typescript': { version: '6.0.0', dev: true },
};

test('a revision shares the installed packages if what it builds with and runs on is the same', () => {
  expect(needsSame(locked, { ...locked, 'node_modules/jest': { version: '31.0.0', dev: true } })).toBe(true);
  expect(needsSame(locked, { ...locked, 'node_modules/better-auth': { version: '1.0.0', dev: true } })).toBe(true);
});

test.each([
  ['node_modules/fastify', { version: '5.0.1', integrity: 'sha512-a' }],
  ['node_modules/fastify', { version: '5.0.0', integrity: 'sha512-b' }],
  ['node_modules/typescript', { version: '6.0.1', dev: true }],
])('a revision with another %s gets its own installation', (path, entry) => {
  expect(needsSame(locked, { ...locked, [path]: entry })).toBe(false);
});

test('a revision with a package that is no longer installed gets its own installation', () => {
  const others = Object.entries(locked).filter(([path]) => path !== 'node_modules/fastify');
  expect(needsSame(locked, Object.fromEntries(others))).toBe(false);
});
