import {
  defaultFieldResolver,
  GraphQLError,
  isObjectType,
  Kind,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { pageSizeArgument } from './list-length.js';
import { OperationCost } from './operation-cost.js';
import { MAX_VALUES, TOO_MANY_VALUES } from './operation-limits.js';

/** Limits the values of pages whose length is a variable. Validation does not know it. */
export function withCountedPages(schema: GraphQLSchema): GraphQLSchema {
  const ofRequest = new WeakMap<object, number>();
  const count = (context: object, info: GraphQLResolveInfo): void => {
    const values = (ofRequest.get(context) ?? 0) + valuesOf(info);
    if (values > MAX_VALUES)
      throw new GraphQLError(`The operation ${TOO_MANY_VALUES}.`, { extensions: { code: 'OPERATION_TOO_COMPLEX' } });
    ofRequest.set(context, values);
  };
  for (const field of pagedFields(schema)) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (source, args, context, info) => {
      if (!isInList(info.path)) count(context as object, info);
      return resolve(source, args, context, info);
    };
  }
  return schema;
}

function pagedFields(schema: GraphQLSchema): GraphQLField<unknown, unknown>[] {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  return types.flatMap((type) => Object.values(type.getFields()).filter(pageSizeArgument));
}

/** A page or `_entities` has already counted what is in its list. */
function isInList({ key, prev }: GraphQLResolveInfo['path']): boolean {
  return typeof key === 'number' || (prev !== undefined && isInList(prev));
}

function valuesOf(info: GraphQLResolveInfo): number {
  const set = { kind: Kind.SELECTION_SET, selections: info.fieldNodes } as const;
  return OperationCost.during(info).of([{ set, type: info.parentType }]).values;
}
