import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { ProfileRepository } from './profile.repository.js';
import { ProfileResolver } from './profile.resolver.js';
import { ProfileService } from './profile.service.js';

export interface ProfileServices {
  /** Reads the signed-in user. */
  readonly users: ProfileService;
}

/** `me`, and the users that other subgraphs reference. */
export const profile = {
  name: 'profile',
  resolvers: [{ type: ProfileResolver, create: ({ users }: ProfileServices) => new ProfileResolver(users) }],
  references: { User: ProfileResolver },
  services: ({ clock, statements }: Core): ProfileServices => ({
    users: new ProfileService(new ProfileRepository(statements), clock),
  }),
} satisfies Feature;
