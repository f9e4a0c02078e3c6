import type { GraphQLSchema, ParseOptions, ValidationRule } from 'graphql';
import { apolloPlugins, type ApolloPlugin } from '../../platform/graphql/apollo-plugins.js';
import { DocumentStore } from '../../platform/graphql/document-store.js';
import { createOperationLimits } from '../../platform/graphql/operation-limits.js';
import type { Logger } from '../../platform/logger.js';
import type { EnvironmentConfig } from '../../platform/options/environment.options.js';
import type { Metrics } from '../observability/metrics.js';
import { createErrorFormatter, type ErrorFormatter } from './error-formatter.js';
import type { GraphQLConfig } from './graphql.options.js';
import type { SubgraphSchema } from './schema.js';

/** Documents with more tokens are not parsed. */
const MAX_DOCUMENT_TOKENS = 5_000;
/** Validation stops after this number of errors. */
const MAX_VALIDATION_ERRORS = 20;
/** graphql-js quotes the whole variable in each error, before the error formatter removes it. */
const MAX_COERCION_ERRORS = 3;

/** Options to spread into `new ApolloServer({ … })`. */
export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: ErrorFormatter;
  readonly validationRules: ValidationRule[];
  readonly validationOptions: { readonly maxErrors: number; readonly hideSuggestions: true };
  readonly executionOptions: { readonly maxCoercionErrors: number };
  readonly parseOptions: ParseOptions;
  readonly documentStore: DocumentStore;
  readonly includeStacktraceInErrorResponses: false;
  /** Without it, Apollo Server reads `NODE_ENV`, which may differ from the `environment` of the subgraph. */
  readonly nodeEnv: EnvironmentConfig['environment'];
  readonly introspection: boolean;
  /**
   * Disable inline traces, a landing page with third-party scripts, and caching. Keep them when you add your own plugins:
   * `plugins: [...auth.apolloOptions.plugins, mine]`.
   */
  readonly plugins: ApolloPlugin[];
}

interface ApolloDependencies {
  readonly config: EnvironmentConfig & GraphQLConfig;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'error'>;
}

/** Creates options for one server: its document store contains the documents that this server has validated. */
export function createApolloOptions(
  { schema, authenticationMutations }: SubgraphSchema,
  { config, logger, metrics }: ApolloDependencies,
): ApolloOptions {
  return {
    schema,
    formatError: createErrorFormatter(logger, metrics),
    validationRules: [createOperationLimits({ kind: 'authentication mutation', names: authenticationMutations })],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: true },
    executionOptions: { maxCoercionErrors: MAX_COERCION_ERRORS },
    parseOptions: { maxLexicalTokens: MAX_DOCUMENT_TOKENS },
    documentStore: new DocumentStore(),
    includeStacktraceInErrorResponses: false,
    nodeEnv: config.environment,
    introspection: config.introspection,
    plugins: apolloPlugins(),
  };
}
