import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { replaceRolesCommand, rolesCommand } from './roles.command.js';
import { RolesChanged } from './role.events.js';
import { RoleRepository } from './role.repository.js';
import { RoleResolver } from './role.resolver.js';
import { RoleService } from './role.service.js';

export interface RoleServices {
  /** Reads and sets the roles of users, for operators and applications. */
  readonly roles: RoleService;
}

export const roles = {
  name: 'roles',
  events: { RolesChanged },
  managementResolvers: [{ type: RoleResolver, create: (services: RoleServices) => new RoleResolver(services.roles) }],
  services: (core: Core): RoleServices => ({
    roles: new RoleService({ ...core, roleRepository: new RoleRepository(core.em) }),
  }),
  commands: [rolesCommand, replaceRolesCommand],
} satisfies Feature;
