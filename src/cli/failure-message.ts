import { EmailSetupError } from '../core/email/email-setup.error.js';
import { InvalidInputError } from '../core/errors/errors.js';
import { DatabaseSetupError } from '../platform/database/database-setup.error.js';
import { KeyRotationError } from './keys/key-rotation-policy.js';
import { ConfigError } from '../platform/options/config-error.js';

/** Errors whose message tells the user what to do. */
const EXPECTED = [ConfigError, DatabaseSetupError, EmailSetupError, InvalidInputError, KeyRotationError];

/** The message for the user; includes a stack trace only for unexpected errors. */
export function failureMessage(error: unknown): string {
  if (!(error instanceof Error)) return `The command failed: ${String(error)}`;
  if (EXPECTED.some((type) => error instanceof type)) return error.message;
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  // System errors are self-explanatory.
  const [system] = causes.filter(
    (cause) => cause instanceof Error && 'code' in cause && typeof cause.code === 'string',
  );
  return `The command failed: ${system instanceof Error ? system.message : (error.stack ?? error.message)}`;
}
