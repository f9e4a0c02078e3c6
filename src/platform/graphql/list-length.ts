import { isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { Extensions } from 'type-graphql';

const LIST_LENGTH = 'auth-subgraph:list-length';

/** Declares the maximum length of a list that is short, so that operations that select it do not count as large. */
export function MaxLength(length: number): PropertyDecorator & MethodDecorator {
  return Extensions({ [LIST_LENGTH]: length });
}

/** The declared maximum length of a list. */
export function maxLengthOf({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  return extensions[LIST_LENGTH] as number | undefined;
}

/** Copies the declared lengths from TypeGraphQL's schema, because the federation conversion drops them. */
export function copyMaxLengths(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const type of Object.values(from.getTypeMap()).filter(isObjectType))
    for (const { name, extensions } of Object.values(type.getFields())) {
      const copy = to.getType(type.name);
      const field = isObjectType(copy) ? copy.getFields()[name] : undefined;
      const length = extensions[LIST_LENGTH];
      if (field && length !== undefined) field.extensions = { ...field.extensions, [LIST_LENGTH]: length };
    }
}
