import { expect, test } from '@jest/globals';
import { printType, type GraphQLSchema } from 'graphql';
import { buildSchema, Field, FieldResolver, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { createTestApp } from '../support/test-app.js';

@ObjectType()
class OwnAuthor {
  @Field()
  name!: string;
}

@ObjectType()
class OwnPost {
  @Field(() => ID)
  id!: string;
  @Field(() => OwnAuthor, { nullable: true, description: 'Who wrote it.' })
  author?: OwnAuthor;
}

@Resolver(() => OwnPost)
class OwnPostResolver {
  @Query(() => [OwnPost])
  posts(): OwnPost[] {
    return [];
  }
  @FieldResolver()
  author(): OwnAuthor {
    return new OwnAuthor();
  }
  @FieldResolver(() => String)
  added(): string {
    return '';
  }
}

const DECLARED = `type OwnPost {
  id: ID!

  """Who wrote it."""
  author: OwnAuthor
  added: String!
}`;

function ownSchema(): Promise<GraphQLSchema> {
  return buildSchema({ resolvers: [OwnPostResolver] });
}

test.each(['off', 'separate', 'included'] as const)(
  'TypeGraphQL classes of the application are unchanged by a subgraph with admin.schema: %s',
  async (schema) => {
    const before = schema === 'separate' ? undefined : await ownSchema();
    const app = await createTestApp({ admin: { schema } });
    const after = await ownSchema();
    for (const own of [before, after]) if (own) expect(printType(own.getType('OwnPost')!)).toBe(DECLARED);
    expect((await app.register()).accessToken).toBeDefined();
  },
);
