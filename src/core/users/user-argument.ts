import type { CommandArgument } from '../../platform/commands/command.js';
import { normalizeEmailAddress } from './email-address.js';

// `isUuid` would load the token verification, which the help text does not need.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is wrong with an id in an option or argument. */
export function uuidProblem(text: string): string | undefined {
  return UUID.test(text) ? undefined : 'is not a UUID';
}

/** What is wrong with the name of a user in an option or argument. */
export function userProblem(text: string): string | undefined {
  const isName = UUID.test(text) || normalizeEmailAddress(text) !== undefined;
  return isName ? undefined : 'is neither an email address nor an id';
}

/** The argument of a command that names a user. */
export const userArgument: CommandArgument = {
  name: 'user',
  description: 'the email address or id of the user',
  problemOf: userProblem,
};
