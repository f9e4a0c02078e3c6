import { getNamedType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { publicCodeOf } from '../graphql/error-formatter.js';
import type { Metrics } from '../observability/metrics.js';

/** Measures the resolvers of all root fields. */
export function measureRootFields(schema: GraphQLSchema, metrics: Metrics): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(root?.getFields() ?? {})) measureField(field, metrics);
}

function measureField(field: GraphQLField<unknown, unknown>, metrics: Metrics): void {
  const { name, resolve } = field;
  if (!resolve) return;
  const typeName = getNamedType(field.type).name;
  field.resolve = (...call) => {
    const start = performance.now();
    const report = (outcome: string): void => {
      metrics.operation(name, outcome, (performance.now() - start) / 1000);
    };
    const succeeded = (value: unknown): unknown => {
      report(typeNameIn(value) ?? typeName);
      return value;
    };
    const failed = (error: unknown): never => {
      report(publicCodeOf(error));
      throw error;
    };
    let result: unknown;
    try {
      result = resolve(...call);
    } catch (error) {
      return failed(error);
    }
    return result instanceof Promise ? result.then(succeeded, failed) : succeeded(result);
  };
}

/** The member of a union, which resolvers name in their result. */
function typeNameIn(value: unknown): string | undefined {
  const { __typename: name } = (value ?? {}) as { __typename?: unknown };
  return typeof name === 'string' ? name : undefined;
}
