import { composeServices as composeWithApollo } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import {
  composeServices as composeWithHive,
  transformSupergraphToPublicSchema,
} from '@theguild/federation-composition';
import { federateSubgraphs } from '@wundergraph/composition';
import { Kind, parse, print, printSchema, type DocumentNode } from 'graphql';
import { AUTH_SDL, POSTS_SDL, subgraphSchemas } from '../support/gateways/subgraph-schemas.js';

interface Composed {
  readonly problems: readonly string[];
  /** What clients see of the supergraph. */
  readonly client: DocumentNode;
}

/** The supergraph without its routing, which is the schema of clients. */
function fromSupergraph(
  errors: readonly { readonly message: string }[] | undefined,
  supergraphSdl: string | undefined,
): Composed {
  const problems = (errors ?? []).map(({ message }) => message);
  return { problems, client: transformSupergraphToPublicSchema(parse(supergraphSdl ?? 'type Query { nothing: ID }')) };
}

const COMPOSERS: readonly { readonly name: string; readonly compose: () => Composed }[] = [
  {
    name: '@apollo/composition',
    compose: () => {
      const { errors, supergraphSdl } = composeWithApollo(subgraphSchemas());
      return fromSupergraph(errors, supergraphSdl);
    },
  },
  {
    name: '@theguild/federation-composition',
    compose: () => {
      const { errors, supergraphSdl } = composeWithHive(subgraphSchemas());
      return fromSupergraph(errors, supergraphSdl);
    },
  },
  {
    name: '@wundergraph/composition',
    compose: () => {
      const subgraphs = subgraphSchemas().map(({ typeDefs, ...rest }) => ({ ...rest, definitions: typeDefs }));
      const result = federateSubgraphs({ subgraphs });
      if (!result.success) return fromSupergraph(result.errors, undefined);
      const problems = result.warnings.map(({ message }) => message);
      return { problems, client: parse(printSchema(result.federatedGraphClientSchema)) };
    },
  },
];

/** Everything that a client can ask for, one line each: fields, arguments, members of unions, values of enums. */
function coordinates({ definitions }: DocumentNode): string[] {
  const lines = definitions.flatMap((definition) => {
    if (definition.kind === Kind.UNION_TYPE_DEFINITION)
      return (definition.types ?? []).map((type) => `${definition.name.value} = ${type.name.value}`);
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION)
      return (definition.values ?? []).map((value) => `${definition.name.value}.${value.name.value}`);
    if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      return (definition.fields ?? []).map(
        (field) => `${definition.name.value}.${field.name.value}: ${print(field.type)}`,
      );
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      return [];
    const implemented = (definition.interfaces ?? []).map((type) => `${definition.name.value} is ${type.name.value}`);
    const fields = (definition.fields ?? []).map(({ name, arguments: given = [], type }) => {
      const input = given.map((argument) => `${argument.name.value}: ${print(argument.type)}`).join();
      return `${definition.name.value}.${name.value}(${input}): ${print(type)}`;
    });
    return [...implemented, ...fields];
  });
  return [...new Set(lines)].sort();
}

describe.each(COMPOSERS)('$name', ({ compose }) => {
  test('composes the schema with another subgraph and keeps everything that clients use', () => {
    const { problems, client } = compose();
    expect(problems).toEqual([]);
    const published = [AUTH_SDL, POSTS_SDL].map((sdl) => parse(sdl).definitions);
    const expected = coordinates({ kind: Kind.DOCUMENT, definitions: published.flat() });
    expect(expected).toEqual(
      expect.arrayContaining([
        'LoginResult = InvalidCredentialsError',
        'Mutation.login(input: LoginInput!): LoginResult',
        'User.email(): EmailAddress',
        'User.posts(): [Post!]',
      ]),
    );
    expect(coordinates(client)).toEqual(expected);
  });
});
