import { composeServices } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import { composeSchemaContract, composeServices as composeWithGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { buildSchema } from '../../src/subgraph.js';
import { composeWithWundergraph } from '../support/gateways/compose-with-wundergraph.js';

const AUTH = buildSchema({ admin: { schema: 'included' } }).sdl;

/** A subgraph whose `PageInfo` cannot be shared, and that has a root field `users`. */
const NEIGHBOUR = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { users: UserConnection }
  type UserConnection { nodes: [User!]!, pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }
  type User @key(fields: "id") { id: ID!, posts: [String!]! }`;

const SERVICES = [
  { name: 'auth', url: 'http://auth', typeDefs: parse(AUTH) },
  { name: 'neighbour', url: 'http://neighbour', typeDefs: parse(NEIGHBOUR) },
];

describe('a supergraph with user management', () => {
  test.each([
    ['Apollo', composeServices],
    ['Hive', composeWithGuild],
    ['Cosmo', composeWithWundergraph],
  ])('composes with a neighbour whose PageInfo cannot be shared, with the composer of %s', (_name, compose) => {
    const { errors, supergraphSdl } = compose(SERVICES);
    expect(errors).toBeUndefined();
    for (const name of ['adminUsers', 'type AuthPageInfo', 'type PageInfo']) expect(supergraphSdl).toContain(name);
  });

  test('has nothing of user management behind a contract that excludes its tag', () => {
    const contract = composeSchemaContract(SERVICES, { include: new Set(), exclude: new Set(['admin']) }, true);
    expect(contract.errors).toBeUndefined();
    const visible = contract.publicSdl ?? '';
    expect(visible).toContain('me: User');
    expect(visible).toContain('users: UserConnection');
    expect(visible).not.toMatch(
      /admin|AuthUserRecord|AuthUserStatus|AuthCount|AccountNotFound|AUTH_ACCOUNT_NOT_FOUND/i,
    );
  });

  test('has all of it behind a contract that excludes another tag', () => {
    const contract = composeSchemaContract(SERVICES, { include: new Set(), exclude: new Set(['other']) }, true);
    expect(contract.publicSdl).toContain('adminUsers');
  });
});
