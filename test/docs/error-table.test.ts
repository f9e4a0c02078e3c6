import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSchema, isObjectType } from 'graphql';
import * as publicApi from '../../src/index.js';
import { documentedTable } from '../support/documented-table.js';

const rows = documentedTable('errors');

test('the table of errors lists every error of the package with its code and status, and no other', () => {
  const exported = Object.values(publicApi).filter(
    (value) => typeof value === 'function' && value.prototype instanceof publicApi.DomainError,
  ) as (new (...values: unknown[]) => publicApi.DomainError)[];
  const expected = exported
    .map((type) => new type())
    .map(({ name, code, status }) => ({ Member: name, Code: code, Status: String(status) }));
  const byName = (a: Record<string, string>, b: Record<string, string>): number =>
    String(a['Member']).localeCompare(String(b['Member']));
  expect([...rows].sort(byName)).toEqual(expected.sort(byName));
});

test('the table of errors lists every error member of a result union, and no other', () => {
  const schema = buildSchema(readFileSync(new URL('../../docs/schema.admin.graphql', import.meta.url), 'utf8'), {
    assumeValidSDL: true,
  });
  const members = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type.getInterfaces().some(({ name }) => name === 'AuthError'));
  const inSchema = members.map(({ name }) => name);
  const ofChanges = ['AccountProtectedError'].filter((name) => !inSchema.includes(name));
  expect(rows.map((row) => row['Member']).sort()).toEqual([...inSchema, ...ofChanges].sort());
});
