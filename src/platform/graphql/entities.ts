import { defaultFieldResolver, getNamedType, GraphQLError, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';
import { OperationCost } from './operation-cost.js';

/** In one request. More than any page of a list; a gateway that needs more sends two requests. */
const MAX_REPRESENTATIONS = 1000;
const TOO_MANY = `At most ${String(MAX_REPRESENTATIONS)} representations may be requested at once.`;
/** Enough for that many users with all their own fields, and the `sessions` of a few. */
const MAX_VALUES = 15_000;

/** Limits `_entities`, and returns a clear error for representations of unknown types. */
export function withCheckedRepresentations(schema: GraphQLSchema, typeNames: readonly string[]): GraphQLSchema {
  const field = schema.getQueryType()?.getFields()['_entities'];
  if (!field) throw new Error('the schema has no entities');
  const resolve = field.resolve ?? defaultFieldResolver;
  const ofRequest = new WeakMap<object, { readonly count: number; readonly values: number }>();
  field.resolve = (root, args: { representations: unknown[] }, context: object, info) => {
    const earlier = ofRequest.get(context) ?? { count: 0, values: 0 };
    const count = earlier.count + args.representations.length;
    check(args.representations, typeNames);
    if (count > MAX_REPRESENTATIONS) throw refusal(TOO_MANY, 'OPERATION_TOO_COMPLEX');
    const values = earlier.values + args.representations.length * valuesOfOne(info);
    if (values > MAX_VALUES)
      throw refusal(
        `The entities have more than ${MAX_VALUES} values. Request fewer at once.`,
        'OPERATION_TOO_COMPLEX',
      );
    ofRequest.set(context, { count, values });
    return resolve(root, args, context, info);
  };
  return schema;
}

/** The maximum number of values in one entity. */
function valuesOfOne(info: GraphQLResolveInfo): number {
  const selected = info.fieldNodes.flatMap(({ selectionSet: set }) =>
    set ? [{ set, type: getNamedType(info.returnType) }] : [],
  );
  return 1 + OperationCost.during(info).of(selected).values;
}

function check(representations: readonly unknown[], typeNames: readonly string[]): void {
  if (representations.length > MAX_REPRESENTATIONS) throw refusal(TOO_MANY);
  const isOurs = (representation: unknown): boolean =>
    typeof representation === 'object' &&
    representation !== null &&
    typeNames.includes((representation as { __typename?: unknown }).__typename as string);
  if (!representations.every(isOurs))
    throw refusal(`A representation must be an object with one of these as its __typename: ${typeNames.join(', ')}.`);
}

function refusal(message: string, code = 'BAD_USER_INPUT'): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
