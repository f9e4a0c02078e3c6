import type { Command } from '../../platform/commands/command.js';
import { emailArgument } from '../../core/users/email-argument.js';
import type { UserCreationService } from './user-creation.service.js';

export interface CreateUserInput {
  readonly email: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly locale?: string;
  readonly role?: readonly string[];
  readonly verified?: boolean;
  readonly invite: boolean;
}

export const createUserCommand: Command<
  { readonly services: { readonly userCreation: UserCreationService } },
  CreateUserInput
> = {
  name: 'users create',
  summary: 'Create an account and invite its user by email.',
  details:
    'Prints the id of the user. The account has no password until the user follows the link in the email, which the ' +
    'running service sends. Works even if registration is disabled.',
  arguments: [emailArgument],
  options: [
    { name: 'first-name', value: 'name', description: 'the first name' },
    { name: 'last-name', value: 'name', description: 'the last name' },
    { name: 'locale', value: 'tag', description: 'the language of emails, such as de-AT' },
    { name: 'role', value: 'role', isVariadic: true, field: 'roles', description: 'the roles of the user' },
    { name: 'verified', description: 'you know that the address belongs to the user' },
    { name: 'no-invite', description: 'send no email; the user can reset the password' },
  ],
  example: 'users create ada@example.com --first-name Ada --role editor',
  run: async ({ services }, { role: roles, verified: emailVerified, ...account }) => {
    const { id } = await services.userCreation.create({ ...account, roles, emailVerified });
    return { text: id, json: { id } };
  },
};
