import { composeServices } from '@apollo/composition';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { Kind, parse, visit } from 'graphql';
import { composeWithWundergraph } from '../support/gateways/compose-with-wundergraph.js';
import { subgraphSchemas } from '../support/gateways/subgraph-schemas.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** What a gateway has to ask for, by coordinate: these and no others. */
const DIRECTIVES = {
  'Query.me': ['@authenticated'],
  'Mutation.changeEmail': ['@authenticated', '@requiresScopes [["account:write","profile"]]'],
  'Mutation.confirmEmailChange': ['@authenticated'],
  'Mutation.changePassword': ['@authenticated'],
  'Mutation.revokeSession': ['@authenticated'],
  'Mutation.updateProfile': ['@authenticated'],
  'Mutation.revokeOtherSessions': ['@authenticated'],
  'Mutation.revokeAllSessions': ['@authenticated'],
};

/** Every use of an auth directive in a schema, whatever it stands on. */
function directivesIn(sdl: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  visit(parse(sdl), {
    Directive(node, _key, _parent, _path, ancestors) {
      const name = node.name.value;
      if (!/authenticated|requiresScopes|policy/.test(name)) return;
      const names = ancestors.flatMap((ancestor) => ('name' in ancestor ? [ancestor.name.value] : []));
      const scopes = node.arguments?.map(({ value }) =>
        value.kind === Kind.LIST ? JSON.stringify(value.values.map(textsOf)) : '',
      );
      const use = [`@${name}`, ...(scopes ?? [])].join(' ');
      (found[names.join('.')] ??= []).push(use);
    },
  });
  return found;
}

function textsOf(value: object): string[] {
  const { values = [] } = value as { values?: { value: string }[] };
  return values.map((text) => text.value);
}

const SCOPES = { requiredScopes: { 'Mutation.changeEmail': ['account:write', 'profile'] } };

async function servedSdl(app: TestApp): Promise<string> {
  return (await app.request<{ _service: { sdl: string } }>('{ _service { sdl } }')).data._service.sdl;
}

test('without authDirectives the schema contains neither directive, even if scopes are required', async () => {
  const plain = await createTestApp();
  const required = await createTestApp(SCOPES);
  expect(required.auth.sdl).toBe(plain.auth.sdl);
  expect(plain.auth.sdl).toContain('federation/v2.3');
  expect(plain.auth.sdl).not.toMatch(/@authenticated|@requiresScopes/);
});

describe('with authDirectives', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ ...SCOPES, authDirectives: true });
  });

  test('the schema links federation 2.5 and imports both directives', () => {
    expect(app.auth.sdl).toContain(
      '@link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable", "@tag", "@authenticated", "@requiresScopes"])',
    );
  });

  test('the directives are on the protected root fields only', async () => {
    expect(directivesIn(app.auth.sdl)).toEqual(DIRECTIVES);
    expect(directivesIn(await servedSdl(app))).toEqual(DIRECTIVES);
  });

  test('the schema is otherwise the same', async () => {
    const plain = await createTestApp();
    const bare = (sdl: string): string =>
      sdl.replace(/extend schema[\s\S]*?\]\)/, '').replace(/ @authenticated| @requiresScopes\(.*?\]\]\)/g, '');
    const normal = (sdl: string): string => bare(sdl).replace(/\s+/g, '');
    expect(normal(app.auth.sdl)).toBe(normal(plain.auth.sdl));
  });

  test.each(['printed', 'served'])(
    'a supergraph of the %s schema keeps the directives with every composer',
    async (which) => {
      const sdl = which === 'printed' ? app.auth.sdl : await servedSdl(app);
      for (const compose of [composeServices, composeWithGuild, composeWithWundergraph]) {
        const { errors, supergraphSdl } = compose(subgraphSchemas('http://posts', sdl));
        expect(errors).toBeUndefined();
        expect(directivesIn(supergraphSdl ?? '')).toEqual(DIRECTIVES);
      }
    },
  );

  test('operations return the same results', async () => {
    const ada = await app.register();
    expect((await app.me(ada.accessToken)).data).toEqual({ me: { id: ada.userId, email: ada.email } });
    expect((await app.me()).errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
  });
});
