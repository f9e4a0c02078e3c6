import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createServer } from '../../src/cli/service/server.js';
import { createAttackedApp, type AttackedApp } from '../support/attacked-app.js';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];
const LOGIN = 'mutation ($i: LoginInput!) { login(input: $i) { __typename } }';
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';

let attacked: AttackedApp;
/** Interprets every document, and compiles every document. */
let servers: readonly FastifyInstance[];
const inherited = Object.getOwnPropertyNames(Object.prototype).sort();

beforeAll(async () => {
  attacked = await createAttackedApp();
  const server = (compileAfterUses: number): Promise<FastifyInstance> =>
    createServer(attacked.app.auth, { trustedHops: 0, compileAfterUses });
  servers = [await server(Infinity), await server(0)];
});
beforeEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(inherited);
});

/** Objects cannot be used for bodies: a literal `__proto__` sets the prototype. */
const bodyOf = (query: string, variables = '{}', more = ''): string =>
  `{"query":${JSON.stringify(query)},"variables":${variables}${more}}`;

describe.each(NAMES)('%s', (name) => {
  test('as a response name is an ordinary name', async () => {
    for (const server of servers)
      for (const query of [
        `{ ${name}: __typename }`,
        `{ a: __typename ...F } fragment F on Query { ${name}: __typename }`,
      ]) {
        const response = await server.inject({
          method: 'POST',
          url: '/graphql',
          headers: { 'content-type': 'application/json' },
          payload: bodyOf(query),
        });
        expect(response.statusCode).toBe(200);
        expect(response.body).toContain(`"${name}":"Query"`);
      }
  });

  test.each<[string, string]>([
    ['a field', bodyOf(`{ ${name} }`)],
    ['a field of an object', bodyOf(`{ me { ${name} } }`)],
    ['a fragment', bodyOf(`{ ...${name} }`)],
    ['a type', bodyOf(`{ ... on ${name} { id } }`)],
    ['a directive', bodyOf(`{ me @${name} { id } }`)],
    ['an argument', bodyOf(`{ me(${name}: 1) { id } }`)],
    ['an input field in the document', bodyOf(`mutation { login(input: { ${name}: 1 }) { __typename } }`)],
    ['the type of a variable', bodyOf(`query ($v: ${name}) { me @include(if: $v) { id } }`)],
    ['a variable that is not sent', bodyOf(`query ($${name}: Boolean!) { __typename @include(if: $${name}) }`)],
    ['a variable that is not declared', bodyOf(`{ __typename @include(if: $${name}) }`)],
    ['an operation name', bodyOf('query A { __typename }', '{}', `,"operationName":"${name}"`)],
    ['an input field', bodyOf(LOGIN, `{"i":{"email":"a@example.com","password":"x","${name}":{"prototype":1}}}`)],
    ['the only input field', bodyOf(LOGIN, `{"i":{"${name}":{"email":"a@example.com","password":"x"}}}`)],
    ['a variable that is no input', bodyOf(LOGIN, `{"${name}":{"i":{"email":"a@example.com","password":"x"}}}`)],
    ['the type of a representation', bodyOf(ENTITIES, `{"r":[{"__typename":"${name}","id":"x"}]}`)],
    ['a field that should hold the type', bodyOf(ENTITIES, `{"r":[{"${name}":{"__typename":"User","id":"x"}}]}`)],
    ['what holds the variables', `{"query":${JSON.stringify(LOGIN)},"${name}":{"variables":{"i":{}}}}`],
    ['what holds the query', `{"${name}":{"query":"{ __typename }"}}`],
  ])('as %s is rejected', async (_place, payload) => {
    await attacked.expectRefused({ payload });
  });

  test('as a field or the id of a representation names nobody', async () => {
    for (const representation of [
      `{"__typename":"User","id":"${name}"}`,
      `{"__typename":"User","${name}":"00000000-0000-7000-8000-000000000000"}`,
    ]) {
      const { status, text } = await attacked.send({ payload: bodyOf(ENTITIES, `{"r":[${representation}]}`) });
      expect([400, 200]).toContain(status);
      expect(text).not.toContain('"User"');
      expect(text).not.toContain('INTERNAL_SERVER_ERROR');
    }
  });
});
