import type { Command } from '../../platform/commands/command.js';
import { emailArgument } from '../../core/users/email-argument.js';
import type { RoleService } from './role.service.js';

export interface RolesInput {
  readonly email: string;
  readonly roles: readonly string[];
  readonly none?: boolean;
}

export const rolesCommand: Command<{ readonly services: { readonly roles: RoleService } }, RolesInput> = {
  name: 'roles',
  summary: 'Print or replace the roles of a user.',
  details:
    'Without roles, prints the roles of the user. With roles, replaces them. Access ' +
    'tokens that were issued before keep the old ones until they expire.',
  arguments: [
    emailArgument,
    { name: 'roles', description: 'the roles to give to the user', isOptional: true, isVariadic: true },
  ],
  options: [{ name: 'none', description: 'remove all roles' }],
  example: 'roles ada@example.com editor admin',
  problemOf: ({ roles, none }) =>
    none === true && roles.length > 0 ? '--none removes all roles and cannot be combined with roles' : undefined,
  run: async ({ services }, { email, roles: wanted, none }) => {
    const user = await services.roles.findByEmail(email);
    const isChange = none === true || wanted.length > 0;
    const { roles } = isChange ? await services.roles.set(user.id, wanted) : user;
    return { text: roles.length === 0 ? 'The user has no roles.' : roles.join('\n'), json: { roles } };
  },
};
