import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { rolesCommand } from './roles.command.js';
import { RolesChanged } from './role.events.js';
import { RoleRepository } from './role.repository.js';
import { RoleService } from './role.service.js';

export interface RoleServices {
  /** For operators and applications: sets the roles of a user. */
  readonly roles: RoleService;
}

export const roles = {
  name: 'roles',
  events: { RolesChanged },
  services: (core: Core): RoleServices => ({
    roles: new RoleService({ ...core, roleRepository: new RoleRepository(core.em) }),
  }),
  commands: [rolesCommand],
} satisfies Feature;
