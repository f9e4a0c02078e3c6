import { normalizeEmailAddress } from './email-address.js';
import type { CommandArgument } from '../../platform/commands/command.js';

/** The email address argument of a command. */
export const emailArgument: CommandArgument = {
  name: 'email',
  description: 'the email address of the user',
  problemOf: (text) => (normalizeEmailAddress(text) === undefined ? 'is not an email address' : undefined),
};
