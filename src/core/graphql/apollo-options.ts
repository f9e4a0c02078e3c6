import type { GraphQLSchema, ParseOptions, ValidationRule } from 'graphql';
import type { Clock } from '../../platform/clock.js';
import { apolloPlugins, type ApolloPlugin } from '../../platform/graphql/apollo-plugins.js';
import { DocumentStore } from '../../platform/graphql/document-store.js';
import { operationLimits } from '../../platform/graphql/operation-limits.js';
import type { Logger } from '../../platform/logger.js';
import type { EnvironmentConfig } from '../../platform/options/environment.options.js';
import { uuidV7, type Random } from '../../platform/random.js';
import { createErrorFormatter, type ErrorFormatter } from './error-formatter.js';
import type { GraphQLConfig } from './graphql.options.js';

/** A document of more tokens than this is not parsed. */
const MAX_DOCUMENT_TOKENS = 5_000;
/** Validation of a document stops after this many errors. */
const MAX_VALIDATION_ERRORS = 20;

/** What to spread into `new ApolloServer({ … })`. */
export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: ErrorFormatter;
  readonly validationRules: ValidationRule[];
  readonly validationOptions: { readonly maxErrors: number; readonly hideSuggestions: true };
  readonly parseOptions: ParseOptions;
  readonly documentStore: DocumentStore;
  readonly includeStacktraceInErrorResponses: false;
  /** Apollo Server would go by `NODE_ENV`, which is not the subgraph's `environment` in every application. */
  readonly nodeEnv: EnvironmentConfig['environment'];
  readonly introspection: boolean;
  /**
   * No traces for strangers, no page that loads scripts from elsewhere, nothing to be cached. Keep them when you add your
   * own: `plugins: [...auth.apolloOptions.plugins, mine]`.
   */
  readonly plugins: ApolloPlugin[];
}

interface ApolloDependencies {
  readonly clock: Clock;
  readonly config: EnvironmentConfig & GraphQLConfig;
  readonly logger: Logger;
  readonly random: Random;
}

/** Options for one server: a document store holds what that server has validated. */
export function createApolloOptions(
  schema: GraphQLSchema,
  { clock, config, logger, random }: ApolloDependencies,
): ApolloOptions {
  return {
    schema,
    formatError: createErrorFormatter(logger, () => uuidV7(clock.now(), random)),
    validationRules: [operationLimits],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: true },
    parseOptions: { maxLexicalTokens: MAX_DOCUMENT_TOKENS },
    documentStore: new DocumentStore(),
    includeStacktraceInErrorResponses: false,
    nodeEnv: config.environment,
    introspection: config.introspection,
    plugins: apolloPlugins(),
  };
}
