import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Feature } from '../../core/composition/feature.js';
import { NameKeyRepository } from '../../core/users/name-key.repository.js';
import { MetadataRepository } from './metadata.repository.js';
import { MetadataService } from './metadata.service.js';
import { ProfileChangeRepository } from './profile-change.repository.js';
import { ProfileChangeResolver } from './profile-change.resolver.js';
import { ProfileChangeService } from './profile-change.service.js';
import { ProfileUpdated } from './profile.events.js';
import { profileOptions, type ProfileConfig } from './profile.options.js';
import { ProfileManagementResolver } from './profile-management.resolver.js';
import { ProfileRepository } from './profile.repository.js';
import { ProfileResolver } from './profile.resolver.js';
import { ProfileService } from './profile.service.js';

export interface ProfileServices {
  /** Reads the signed-in user. */
  readonly users: ProfileService;
  /** Changes profiles and the documents about users. */
  readonly profiles: ProfileChangeService;
  /** Reads the documents about users. */
  readonly metadata: MetadataService;
}

/** `me`, the users that other subgraphs reference, and changes to profiles. */
export const profile = {
  name: 'profile',
  options: profileOptions,
  events: { ProfileUpdated },
  resolvers: [
    { type: ProfileResolver, create: ({ users }: ProfileServices) => new ProfileResolver(users) },
    {
      type: ProfileChangeResolver,
      create: ({ metadata, profiles }: ProfileServices) => new ProfileChangeResolver(profiles, metadata),
    },
  ],
  references: { User: ProfileResolver },
  managementResolvers: [
    {
      type: ProfileManagementResolver,
      create: ({ profiles }: ProfileServices) => new ProfileManagementResolver(profiles),
    },
  ],
  services: (core: Core<CoreConfig & ProfileConfig>): ProfileServices => ({
    users: new ProfileService(new ProfileRepository(core.statements), core.clock),
    profiles: new ProfileChangeService({
      ...core,
      limit: core.rateLimits.of('updateProfile', core.config.rateLimits.updateProfile),
      nameKeyRepository: new NameKeyRepository(core.em),
      profileChangeRepository: new ProfileChangeRepository(core.em),
    }),
    metadata: new MetadataService(new MetadataRepository(core.em)),
  }),
} satisfies Feature;
