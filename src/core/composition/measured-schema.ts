import type { GraphQLSchema } from 'graphql';
import { publicCodeOf } from '../graphql/error-formatter.js';
import type { Metrics } from '../observability/metrics.js';
import { allOf, rootFieldsOf, type RootField } from './root-fields.js';

/** Measures the resolvers of all root fields. */
export function measureRootFields(schema: GraphQLSchema, metrics: Metrics): void {
  for (const field of rootFieldsOf(schema)) measureField(field, metrics);
}

function measureField(field: RootField, metrics: Metrics): void {
  const operation = metrics.operation(field.name);
  field.wrap((resolve) => (...call) => {
    const start = performance.now();
    const report = (outcome: string): void => {
      operation.count(outcome, (performance.now() - start) / 1000);
    };
    const fail = (error: unknown): void => {
      report(publicCodeOf(error));
    };
    const failed = (error: unknown): never => {
      fail(error);
      throw error;
    };
    const succeeded = (value: unknown): unknown => {
      const succeed = (): void => {
        report(field.typeNameOf(value));
      };
      if (Array.isArray(value)) void allOf(value).then(succeed, fail);
      else succeed();
      return value;
    };
    let result: unknown;
    try {
      result = resolve(...call);
    } catch (error) {
      return failed(error);
    }
    return result instanceof Promise ? result.then(succeeded, failed) : succeeded(result);
  });
}
