import type { Command } from '../../platform/commands/command.js';
import { userArgument } from '../../core/users/user-argument.js';
import type { User } from '../../core/users/user.js';
import type { RoleService } from './role.service.js';

export interface RolesInput {
  readonly user: string;
  readonly roles: readonly string[];
  readonly none?: boolean;
}

/** The earlier command, which replaces all roles. */
export const replaceRolesCommand: Command<{ readonly services: { readonly roles: RoleService } }, RolesInput> = {
  name: 'roles',
  isHidden: true,
  summary: 'Print or replace the roles of a user.',
  details:
    'Without roles, prints the roles of the user. With roles, replaces them. Access ' +
    'tokens that were issued before keep the old ones until they expire.',
  arguments: [
    userArgument,
    { name: 'roles', description: 'the roles to give to the user', isOptional: true, isVariadic: true },
  ],
  options: [{ name: 'none', description: 'remove all roles' }],
  example: 'roles ada@example.com editor admin',
  problemOf: ({ roles, none }) =>
    none === true && roles.length > 0 ? '--none removes all roles and cannot be combined with roles' : undefined,
  run: async ({ services }, { user: name, roles: wanted, none }) => {
    const user = await services.roles.find(name);
    const isChange = none === true || wanted.length > 0;
    const { roles } = isChange ? await services.roles.set(user.id, wanted) : user;
    return { text: roles.length === 0 ? 'The user has no roles.' : roles.join('\n'), json: { roles } };
  },
};

const ACTIONS = ['add', 'remove', 'set'] as const;

export interface ChangeRolesInput {
  readonly user: string;
  readonly action?: (typeof ACTIONS)[number];
  readonly roles: readonly string[];
}

export const rolesCommand: Command<{ readonly services: { readonly roles: RoleService } }, ChangeRolesInput> = {
  name: 'users roles',
  summary: 'Print or change the roles of a user.',
  details:
    '`add` and `remove` change single roles, `set` replaces all of them; `set` without roles removes all. Access tokens that ' +
    'were issued before are rejected once verifiers have polled the revocation feed. If addresses must be verified, a user with an ' +
    'unverified one loses the password with a new role, and sets another with a link from `forgotPassword`.',
  arguments: [
    userArgument,
    {
      name: 'action',
      description: 'what to do; without it, the roles are printed',
      isOptional: true,
      choices: ACTIONS,
    },
    { name: 'roles', description: 'the roles to add, remove or set', isOptional: true, isVariadic: true },
  ],
  example: 'users roles ada@example.com add editor admin',
  problemOf: ({ action, roles }) =>
    action !== undefined && action !== 'set' && roles.length === 0
      ? `'${action}' requires at least one role`
      : undefined,
  run: async ({ services }, { user: name, action, roles: named }) => {
    const user = await services.roles.find(name);
    const roles = await change(services.roles, user, action, named);
    return { text: roles.length === 0 ? 'The user has no roles.' : roles.join('\n'), json: { roles } };
  },
};

async function change(
  roles: RoleService,
  user: User,
  action: ChangeRolesInput['action'],
  named: readonly string[],
): Promise<readonly string[]> {
  if (action === undefined) return user.roles;
  if (action === 'set') return (await roles.set(user.id, named)).roles;
  const [add, remove] = action === 'add' ? [named, []] : [[], named];
  return (await roles.change(user.id, { add, remove })).record.roles;
}
