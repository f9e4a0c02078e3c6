import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Feature } from '../../core/composition/feature.js';
import { createUserCommand } from './create-user.command.js';
import { invitationEmail } from './invitation.emails.js';
import { InvitationAccepted, InvitationRequested, UserCreated } from './invitation.events.js';
import { InvitationResolver } from './invitation.resolver.js';
import { InvitationService } from './invitation.service.js';
import { invitationsOptions, type InvitationsConfig } from './invitations.options.js';
import { UserCreationRepository } from './user-creation.repository.js';
import { UserCreationResolver } from './user-creation.resolver.js';
import { UserCreationService } from './user-creation.service.js';

export interface InvitationServices {
  /** Creates accounts for other people, and invites them. */
  readonly userCreation: UserCreationService;
  /** Lets invited users choose a password. */
  readonly invitations: InvitationService;
}

/** Accounts that someone else creates, and whose users choose a password later. */
export const invitations = {
  name: 'invitations',
  options: invitationsOptions,
  events: { UserCreated, InvitationRequested, InvitationAccepted },
  emails: [invitationEmail],
  resolvers: [
    {
      type: InvitationResolver,
      create: (services: InvitationServices) => new InvitationResolver(services.invitations),
    },
  ],
  managementResolvers: [
    {
      type: UserCreationResolver,
      create: ({ userCreation }: InvitationServices) => new UserCreationResolver(userCreation),
    },
  ],
  services: (core: Core<CoreConfig & InvitationsConfig>): InvitationServices => ({
    userCreation: new UserCreationService({
      ...core,
      userCreationRepository: new UserCreationRepository(core.em),
    }),
    invitations: new InvitationService({
      ...core,
      limit: core.rateLimits.of('acceptInvitation', core.config.rateLimits.acceptInvitation),
    }),
  }),
  commands: [createUserCommand],
} satisfies Feature;
