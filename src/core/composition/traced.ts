import type { GraphQLSchema } from 'graphql';
import type { PasswordHasher } from '../credentials/password-hasher.js';
import { publicCodeOf } from '../graphql/error-formatter.js';
import type { OpenTelemetryTracing } from '../observability/opentelemetry-tracing.js';
import { allOf, rootFieldsOf } from './root-fields.js';

/** Traces the resolvers of all root fields. */
export function traceRootFields(schema: GraphQLSchema, tracing: OpenTelemetryTracing): void {
  for (const field of rootFieldsOf(schema))
    field.wrap(
      (resolve) =>
        (...call) =>
          tracing.field<unknown>(field.name, () => resolve(...call), {
            allOf,
            outcomeOf: (result) => field.typeNameOf(result),
            codeOf: publicCodeOf,
          }),
    );
}

/** Traces the comparisons of a hasher. */
export function tracedHasher(hasher: PasswordHasher, tracing: OpenTelemetryTracing): PasswordHasher {
  return {
    get level() {
      return hasher.level ?? 0;
    },
    needsRehash: (hash) => hasher.needsRehash(hash),
    hash: (password) => hasher.hash(password),
    verify: (...given) => tracing.passwordVerification(() => hasher.verify(...given)),
  };
}
