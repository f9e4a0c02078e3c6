import { ApolloServerValidationErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { framesOf, type Logger } from '../../platform/logger.js';
import {
  isDatabaseUnavailable,
  RETRY_AFTER_SECONDS,
  UNAVAILABLE_MESSAGE,
} from '../../platform/database/unavailable-error.js';
import { missingPrivilege, nameOf } from '../../platform/error-codes.js';
import { newErrorId } from '../../platform/random.js';
import { withoutValues } from '../../platform/graphql/coercion-message.js';
import { DomainError } from '../errors/errors.js';
import type { Metrics } from '../observability/metrics.js';

export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Codes of errors that graphql-js and Apollo Server raise for an invalid request. Their messages may repeat its values. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

const UNAVAILABLE = {
  message: UNAVAILABLE_MESSAGE,
  extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: RETRY_AFTER_SECONDS },
};

/**
 * Formats top-level errors for clients. An unexpected error is logged with an id, and the client gets only the id.
 */
export function createErrorFormatter(logger: Logger, metrics: Pick<Metrics, 'error'>): ErrorFormatter {
  return (formatted, error) => {
    const cause = unwrapResolverError(error);
    const rest = omitExtensions(formatted);
    if (cause instanceof UnauthenticatedError || cause instanceof ForbiddenError)
      return { ...rest, extensions: { ...cause.extensions } };
    if (cause instanceof DomainError) return { ...rest, extensions: { code: cause.code } };
    const code = codeOf(cause);
    if (code !== undefined && REQUEST_CODES.has(code))
      return { ...rest, message: requestMessage(formatted), extensions: { code } };
    // The database connections log each outage once.
    if (isDatabaseUnavailable(cause)) {
      metrics.error('SERVICE_UNAVAILABLE');
      return { ...rest, ...UNAVAILABLE };
    }
    metrics.error('INTERNAL_SERVER_ERROR');
    const errorId = newErrorId();
    logger.error({ errorId, path: formatted.path, ...describe(cause) }, 'unexpected error');
    return { ...rest, message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } };
  };
}

/** Apollo Server tells the client which of its options enables introspection. */
function requestMessage({ message, extensions }: GraphQLFormattedError): string {
  const isIntrospection =
    extensions?.['validationErrorCode'] === ApolloServerValidationErrorCode.INTROSPECTION_DISABLED;
  return isIntrospection ? 'Introspection is disabled.' : withoutValues(message);
}

/** The code that clients get for a thrown error. */
export function publicCodeOf(error: unknown): string {
  if (error instanceof UnauthenticatedError || error instanceof ForbiddenError) return error.extensions.code;
  if (error instanceof DomainError) return error.code;
  const code = codeOf(error);
  if (code !== undefined && REQUEST_CODES.has(code)) return code;
  return isDatabaseUnavailable(error) ? 'SERVICE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
}

/** How graphql-js ends a list of errors about variables. Only the message tells this error apart. */
const MORE_COERCION_ERRORS = 'Too many errors processing variables, ';
/** How graphql-js begins to say that a variable made an argument invalid. Validation cannot find that. */
const INVALID_ARGUMENT = 'Argument "';

/** The code that one of our validation rules set; Apollo Server replaces it with its own. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  if (error.path === undefined && error.message.startsWith(MORE_COERCION_ERRORS)) return 'BAD_USER_INPUT';
  if (isOfGraphqlJs(error) && error.message.startsWith(INVALID_ARGUMENT)) return 'BAD_USER_INPUT';
  const code = codeOf(error.originalError) ?? error.extensions['code'];
  return typeof code === 'string' ? code : undefined;
}

/** Whether graphql-js raised an error about a part of the document. Applications do not know the parts. */
function isOfGraphqlJs({ nodes, originalError }: GraphQLError): boolean {
  return nodes !== undefined && originalError === undefined;
}

function omitExtensions({ message, path, locations }: GraphQLFormattedError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }) };
}

/**
 * The parts of an error that may be logged. Messages of the database and of graphql-js quote values, so only the code, the
 * constraint and the location in our code are logged of those errors, unless a privilege is missing.
 */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, constraint, severity } = error as { code?: unknown; constraint?: unknown; severity?: unknown };
  const fromDatabase = severity !== undefined || nameOf(error).endsWith('Exception');
  const quotesValues = fromDatabase || (error instanceof GraphQLError && isOfGraphqlJs(error));
  return {
    error: nameOf(error),
    code,
    constraint,
    ...(quotesValues ? missingPrivilege(error) : { message: error.message }),
    frames: framesOf(error),
  };
}
