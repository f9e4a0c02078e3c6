import { defaultFieldResolver, GraphQLError, type GraphQLSchema } from 'graphql';

/** More than any page of a list; a gateway that needs more asks twice. */
const MAX_REPRESENTATIONS = 1000;

/** Puts a limit on `_entities`, and a clear answer in front of a representation of something that is not ours. */
export function withCheckedRepresentations(schema: GraphQLSchema, typeNames: readonly string[]): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities'];
  if (!field) throw new Error('the schema has no entities');
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (root, args: { representations: unknown[] }, context, info) => {
    check(args.representations, typeNames);
    return resolve(root, args, context, info);
  };
  return schema;
}

function check(representations: readonly unknown[], typeNames: readonly string[]): void {
  if (representations.length > MAX_REPRESENTATIONS)
    throw badUserInput(`At most ${String(MAX_REPRESENTATIONS)} representations may be asked for at once.`);
  const isOurs = (representation: unknown): boolean =>
    typeof representation === 'object' &&
    representation !== null &&
    typeNames.includes((representation as { __typename?: unknown }).__typename as string);
  if (!representations.every(isOurs))
    throw badUserInput(
      `A representation must be an object with one of these as its __typename: ${typeNames.join(', ')}.`,
    );
}

function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
