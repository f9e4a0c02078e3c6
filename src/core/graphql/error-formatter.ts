import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ForbiddenError, UnauthenticatedError } from '@auth-subgraph/verifier';
import { framesOf, type Logger } from '../../platform/logger.js';
import {
  isDatabaseUnavailable,
  RETRY_AFTER_SECONDS,
  UNAVAILABLE_MESSAGE,
} from '../../platform/database/unavailable-error.js';
import { withoutValues } from '../../platform/graphql/coercion-message.js';
import { DomainError } from '../errors/errors.js';

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
export function createErrorFormatter(logger: Logger, newErrorId: () => string): ErrorFormatter {
  return (formatted, error) => {
    const cause = unwrapResolverError(error);
    const rest = omitExtensions(formatted);
    if (cause instanceof UnauthenticatedError || cause instanceof ForbiddenError)
      return { ...rest, extensions: { ...cause.extensions } };
    if (cause instanceof DomainError) return { ...rest, extensions: { code: cause.code } };
    const code = codeOf(cause);
    if (code !== undefined && REQUEST_CODES.has(code))
      return { ...rest, message: withoutValues(formatted.message), extensions: { code } };
    // The database connections log each outage once.
    if (isDatabaseUnavailable(cause)) return { ...rest, ...UNAVAILABLE };
    const errorId = newErrorId();
    logger.error({ errorId, path: formatted.path, ...describe(cause) }, 'unexpected error');
    return { ...rest, message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } };
  };
}

/** How graphql-js ends a list of errors about variables. The message has no code of its own. */
const MORE_COERCION_ERRORS = 'Too many errors processing variables, ';

/** The code that one of our validation rules set; Apollo Server replaces it with its own. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  if (error.path === undefined && error.message.startsWith(MORE_COERCION_ERRORS)) return 'BAD_USER_INPUT';
  const code = codeOf(error.originalError) ?? error.extensions['code'];
  return typeof code === 'string' ? code : undefined;
}

function omitExtensions({ message, path, locations }: GraphQLFormattedError): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }) };
}

/**
 * The parts of an error that may be logged. Database messages quote values, so only the code, the constraint and the
 * location in our code are logged of those errors.
 */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, constraint, severity } = error as { code?: unknown; constraint?: unknown; severity?: unknown };
  const fromDatabase = severity !== undefined || error.name.endsWith('Exception');
  return {
    error: error.name,
    code,
    constraint,
    ...(fromDatabase ? {} : { message: error.message }),
    frames: framesOf(error),
  };
}
