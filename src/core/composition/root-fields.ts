import { getNamedType, type GraphQLField, type GraphQLSchema } from 'graphql';

type Resolver = NonNullable<GraphQLField<unknown, unknown>['resolve']>;

/** A root field that has a resolver. */
export interface RootField {
  readonly name: string;
  /** Replaces its resolver. */
  wrap(around: (resolve: Resolver) => Resolver): void;
  /** The type of a result. */
  typeNameOf(result: unknown): string;
}

export function rootFieldsOf(schema: GraphQLSchema): RootField[] {
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}),
  );
  return fields.flatMap((field) => {
    const { resolve } = field;
    if (!resolve) return [];
    const typeName = getNamedType(field.type).name;
    return {
      name: field.name,
      wrap: (around) => void (field.resolve = around(resolve)),
      typeNameOf: (result) => memberIn(result) ?? typeName,
    };
  });
}

/**
 * Waits for the items of a list. `_entities` returns promises of entities, of which one may fail without the others.
 * @throws the first error of an item
 */
export async function allOf(result: unknown): Promise<void> {
  if (Array.isArray(result)) await Promise.all(result);
}

/** The member of a union, which resolvers name in their result. */
function memberIn(result: unknown): string | undefined {
  const { __typename: name } = (result ?? {}) as { __typename?: unknown };
  return typeof name === 'string' ? name : undefined;
}
