import { EmailSetupError } from '../core/email/email-setup.error.js';
import { DomainError, InvalidInputError } from '../core/errors/errors.js';
import { StateConflictError } from '../core/errors/state-conflict.error.js';
import { SearchTooSlowError } from '../core/management/search-too-slow.error.js';
import { UnknownAccountError } from '../core/users/unknown-account.error.js';
import type { Command } from '../platform/commands/command.js';
import { EXIT_CODES, type ExitCode } from '../platform/commands/exit-codes.js';
import { NothingFoundError } from '../platform/commands/nothing-found.error.js';
import { DatabaseSetupError } from '../platform/database/database-setup.error.js';
import { KeyRotationError } from './keys/key-rotation-policy.js';
import { ConfigError } from '../platform/options/config-error.js';

/** Why a command failed. */
export interface Failure {
  /** For programs, with `--json`. */
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Errors whose message tells the user what to do. The first one that fits applies. */
const EXPECTED: readonly (readonly [type: abstract new (...values: never[]) => Error, Omit<Failure, 'message'>])[] = [
  [ConfigError, { code: 'WRONG_CONFIGURATION', exitCode: EXIT_CODES.wrongConfiguration }],
  [NothingFoundError, { code: 'NOTHING_FOUND', exitCode: EXIT_CODES.nothingFound }],
  [UnknownAccountError, { code: 'NOTHING_FOUND', exitCode: EXIT_CODES.nothingFound }],
  [SearchTooSlowError, { code: 'SEARCH_TOO_SLOW', exitCode: EXIT_CODES.failed }],
  [StateConflictError, { code: 'STATE_CONFLICT', exitCode: EXIT_CODES.failed }],
  [DatabaseSetupError, { code: 'DATABASE', exitCode: EXIT_CODES.failed }],
  [EmailSetupError, { code: 'EMAIL_SETUP', exitCode: EXIT_CODES.wrongConfiguration }],
  [KeyRotationError, { code: 'KEY_ROTATION', exitCode: EXIT_CODES.failed }],
];

/**
 * Describes a failure; includes a stack trace only for unexpected errors.
 * @param command the command that failed, if one has run
 */
export function failureOf(error: unknown, command?: Command<never>): Failure {
  const [, expected] = EXPECTED.find(([type]) => error instanceof type) ?? [];
  if (expected) return { ...expected, message: expectedMessage(error as Error) };
  if (error instanceof DomainError) return domainFailure(error, command);
  return { code: 'FAILED', exitCode: EXIT_CODES.failed, message: `The command failed: ${unexpected(error)}` };
}

function expectedMessage(error: Error): string {
  return error instanceof EmailSetupError ? `${error.message} Check MAIL_TEMPLATES_FOLDER.` : error.message;
}

function domainFailure(error: DomainError, command?: Command<never>): Failure {
  const { message } = error;
  if (error.status === 404) return { code: 'NOTHING_FOUND', message, exitCode: EXIT_CODES.nothingFound };
  if (!(error instanceof InvalidInputError)) return { code: error.code, message, exitCode: EXIT_CODES.failed };
  // Options are checked before, except by rules that depend on the settings or take long to load.
  return {
    code: 'INVALID_INPUT',
    message: `The value of ${givenName(error.field, command)} is invalid: ${message}`,
    exitCode: EXIT_CODES.wrongUsage,
  };
}

/** What a value is called on the command line. */
function givenName(field: string, command?: Command<never>): string {
  const option = command?.options?.find(({ name, field: own = inCamelCase(name) }) => own === field);
  return option ? `--${option.name}` : field;
}

function inCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase());
}

function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  // System errors are self-explanatory.
  const [system] = causes.filter(
    (cause) => cause instanceof Error && 'code' in cause && typeof cause.code === 'string',
  );
  return system instanceof Error ? system.message : (error.stack ?? error.message);
}
