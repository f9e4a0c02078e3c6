import {
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import { Extensions } from 'type-graphql';

/** The assumed length of a list of objects: the default of `session.maxPerUser`, and the largest page. */
export const LIST_LENGTH = 100;

const MAX_LENGTH = 'auth-subgraph:list-length';

/** Declares the maximum length of a list that is short, so that operations that select it do not count as large. */
export function MaxLength(length: number): PropertyDecorator & MethodDecorator {
  return Extensions({ [MAX_LENGTH]: length });
}

/** The declared maximum length of a list. */
export function maxLengthOf({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  return extensions[MAX_LENGTH] as number | undefined;
}

/** Copies the declared lengths from TypeGraphQL's schema, because the federation conversion drops them. */
export function copyMaxLengths(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const type of Object.values(from.getTypeMap()).filter(isObjectType))
    for (const { name, extensions } of Object.values(type.getFields())) {
      const copy = to.getType(type.name);
      const field = isObjectType(copy) ? copy.getFields()[name] : undefined;
      const length = extensions[MAX_LENGTH];
      if (field && length !== undefined) field.extensions = { ...field.extensions, [MAX_LENGTH]: length };
    }
}

/** The argument for the length of a page; undefined if the field has no pages. */
export function pageSizeArgument({ args }: GraphQLField<unknown, unknown>): GraphQLArgument | undefined {
  return args.find(({ name }) => name === 'first');
}

/**
 * The length of a page that is selected in one place; undefined if the field has no pages. A variable counts as 1 if the
 * variables are not known.
 */
export function pageSizeOf(
  selected: readonly { readonly node: FieldNode; readonly definition: GraphQLField<unknown, unknown> | undefined }[],
  variables: Readonly<Record<string, unknown>> | undefined,
): number | undefined {
  const definition = selected[0]?.definition;
  const size = definition && pageSizeArgument(definition);
  if (!size) return undefined;
  const sizes = selected.map(({ node }) => {
    const value = node.arguments?.find(({ name }) => name.value === size.name)?.value;
    if (value?.kind === Kind.VARIABLE && !variables) return 1;
    const first = (value && valueFromASTUntyped(value, variables)) ?? size.defaultValue;
    return typeof first === 'number' && first > 0 ? Math.min(first, LIST_LENGTH) : LIST_LENGTH;
  });
  return Math.max(...sizes);
}
