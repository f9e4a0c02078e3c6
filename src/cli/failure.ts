import { EmailSetupError } from '../core/email/email-setup.error.js';
import { AccountNotFoundError, InvalidInputError } from '../core/errors/errors.js';
import { UnknownAccountError } from '../core/users/unknown-account.error.js';
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
  [AccountNotFoundError, { code: 'NOTHING_FOUND', exitCode: EXIT_CODES.nothingFound }],
  [UnknownAccountError, { code: 'NOTHING_FOUND', exitCode: EXIT_CODES.nothingFound }],
  [InvalidInputError, { code: 'INVALID_INPUT', exitCode: EXIT_CODES.failed }],
  [DatabaseSetupError, { code: 'DATABASE', exitCode: EXIT_CODES.failed }],
  [EmailSetupError, { code: 'EMAIL_SETUP', exitCode: EXIT_CODES.failed }],
  [KeyRotationError, { code: 'KEY_ROTATION', exitCode: EXIT_CODES.failed }],
];

/** Describes a failure; includes a stack trace only for unexpected errors. */
export function failureOf(error: unknown): Failure {
  const [, expected] = EXPECTED.find(([type]) => error instanceof type) ?? [];
  if (expected) return { ...expected, message: (error as Error).message };
  return { code: 'FAILED', exitCode: EXIT_CODES.failed, message: `The command failed: ${unexpected(error)}` };
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
