import type { MetadataChecks } from '../../core/composition/ports.js';
import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import { EmailAlreadyExistsError, InvalidInputError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { NewOneTimeToken } from '../../core/one-time-tokens/one-time-token.row.js';
import type { OneTimeTokenService } from '../../core/one-time-tokens/one-time-token.service.js';
import type { OneTimeTokens } from '../../core/one-time-tokens/one-time-token.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import { normalizeLocale } from '../../core/users/locale.js';
import { metadataTooLarge, readMetadataChange, type MetadataDocument } from '../../core/users/metadata-document.js';
import { normalizeName } from '../../core/users/person-name.js';
import { normalizeRoles } from '../../core/users/role-list.js';
import type { User } from '../../core/users/user.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { UNKNOWN_ORIGIN } from '../../platform/http/request-origin.js';
import { isUuid, uuidV7, type Random } from '../../platform/random.js';
import { InvitationRequested, UserCreated } from './invitation.events.js';
import type { InvitationsConfig } from './invitations.options.js';
import type { UserCreation, UserCreationRepository } from './user-creation.repository.js';

const KIND = 'invitation';
const PURPOSE = InvitationRequested.tokenPurpose;

/** An account to create. */
export interface NewAccount {
  readonly email: string;
  /**
   * Whether you know that the address belongs to the user.
   * @default false
   */
  readonly emailVerified?: boolean | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly publicMetadata?: MetadataDocument | undefined;
  readonly privateMetadata?: MetadataDocument | undefined;
  /**
   * Whether the user gets an email with a link that chooses a password.
   * @default true
   */
  readonly invite?: boolean | undefined;
}

export interface UserCreationDependencies {
  readonly userCreationRepository: UserCreationRepository;
  readonly emailLimits: EmailLimitService;
  readonly oneTimeTokens: OneTimeTokens;
  readonly oneTimeTokenService: OneTimeTokenService;
  readonly unitOfWork: UnitOfWork;
  readonly eventRecorder: EventRecorder;
  readonly config: InvitationsConfig;
  readonly metadata: MetadataChecks;
  readonly clock: Clock;
  readonly random: Random;
}

/** Creates accounts for other people, and invites them. Works even if registration is disabled. */
export class UserCreationService {
  constructor(private readonly deps: UserCreationDependencies) {}

  /**
   * Creates an account without a password, and invites its user unless `invite` is false.
   * @throws InvalidInputError a field is invalid
   * @throws EmailAlreadyExistsError the address is taken
   */
  async create(account: NewAccount): Promise<User> {
    const { eventRecorder, emailLimits, metadata: checks, oneTimeTokens, userCreationRepository } = this.deps;
    const user = this.toUser(account);
    const { id: userId, email } = user;
    const { publicMetadata = {}, privateMetadata = {}, invite = true } = account;
    const events = [eventRecorder.record(UserCreated, { userId, email, invited: invite })];
    let invitation: UserCreation['invitation'];
    if (invite) {
      const [token, tokenReference] = this.newToken(user, oneTimeTokens);
      invitation = { token, quota: emailLimits.quotasOf(KIND, email, UNKNOWN_ORIGIN).recipient };
      events.push(eventRecorder.record(InvitationRequested, { userId, email, tokenReference }));
    }
    const created = await userCreationRepository.create({
      ...{ user, invitation, events },
      publicMetadata: readMetadataChange('publicMetadata', publicMetadata, checks.publicMetadata).set,
      privateMetadata: readMetadataChange('privateMetadata', privateMetadata, checks.privateMetadata).set,
    });
    if (typeof created === 'string') throw metadataTooLarge(created);
    if (!created) throw new EmailAlreadyExistsError();
    return created;
  }

  /**
   * Invites a user again. Earlier links stop working.
   * @throws InvalidInputError the user does not exist, is inactive or has a password
   * @throws TooManyRequestsError too many invitations were sent to the user
   */
  async invite(userId: string): Promise<User> {
    const { clock, config, emailLimits, oneTimeTokenService, random, unitOfWork, userCreationRepository } = this.deps;
    return unitOfWork.transaction(async () => {
      const user = isUuid(userId) ? await userCreationRepository.lockInvited(userId) : undefined;
      if (!user) throw new InvalidInputError('userId', 'No active account without a password has this id.');
      await emailLimits.take(KIND, user.email);
      await oneTimeTokenService.create(user, {
        ...{ id: uuidV7(clock.now(), random), purpose: PURPOSE, claimId: null },
        ttlSeconds: config.registration.invitationTokenTtlSeconds,
        created: InvitationRequested,
      });
      return user;
    });
  }

  private newToken({ id: userId, email }: User, tokens: OneTimeTokens): [NewOneTimeToken, string] {
    const { clock, config, random } = this.deps;
    const createdAt = clock.now();
    const id = uuidV7(createdAt, random);
    const reference = tokens.referenceOf(id);
    const expiresAt = addSeconds(createdAt, config.registration.invitationTokenTtlSeconds);
    const tokenHash = tokens.hashOf(PURPOSE, reference);
    return [{ id, userId, purpose: PURPOSE, email, tokenHash, createdAt, expiresAt }, reference];
  }

  private toUser(account: NewAccount): User {
    const now = this.deps.clock.now();
    return {
      id: uuidV7(now, this.deps.random),
      email: requireEmailAddress('email', account.email),
      firstName: normalizeName('firstName', account.firstName),
      lastName: normalizeName('lastName', account.lastName),
      displayName: normalizeName('displayName', account.displayName),
      avatarUrl: null,
      locale: normalizeLocale('locale', account.locale),
      emailVerifiedAt: account.emailVerified === true ? now : null,
      active: true,
      createdAt: now,
      lastLoginAt: null,
      roles: normalizeRoles(account.roles ?? []),
      tokensNotBefore: null,
    };
  }
}
