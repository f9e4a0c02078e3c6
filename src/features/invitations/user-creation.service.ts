import { ForbiddenError } from '@auth-subgraph/verifier';
import type { MetadataChecks } from '../../core/composition/ports.js';
import type { EmailLimitService } from '../../core/email/email-limit.service.js';
import { EmailAlreadyExistsError, InvalidInputError } from '../../core/errors/errors.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import {
  accountToChange,
  requireChange,
  requireOwnScopes,
  type ChangedAccount,
} from '../../core/management/change-outcome.js';
import { changeLocked, type AccountLocks } from '../../core/management/locked-change.js';
import { requireOperator, type Operator } from '../../core/management/operator.js';
import type { UserRecord } from '../../core/management/user-record.js';
import type { NewOneTimeToken } from '../../core/one-time-tokens/one-time-token.row.js';
import type { OneTimeTokenRepository } from '../../core/one-time-tokens/one-time-token.repository.js';
import type { OneTimeTokens } from '../../core/one-time-tokens/one-time-token.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { requireEmailAddress } from '../../core/users/email-address.js';
import { normalizeLocale } from '../../core/users/locale.js';
import { metadataTooLarge, readMetadataChange, type MetadataDocument } from '../../core/users/metadata-document.js';
import { normalizeName } from '../../core/users/person-name.js';
import { normalizeRoles } from '../../core/users/role-list.js';
import type { User } from '../../core/users/user.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import { UNKNOWN_ORIGIN } from '../../platform/http/request-origin.js';
import { uuidV7, type Random } from '../../platform/random.js';
import { InvitationRequested, UserCreated } from './invitation.events.js';
import type { InvitationsConfig } from './invitations.options.js';
import type { NewInvitation, UserCreationRepository } from './user-creation.repository.js';

const KIND = 'invitation';
const ROLES_SCOPE = 'auth:roles:write';
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

export interface UserCreationDependencies extends AccountLocks {
  readonly userCreationRepository: UserCreationRepository;
  readonly emailLimits: EmailLimitService;
  readonly oneTimeTokens: OneTimeTokens;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
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
   * Creates an account without a password, and invites its user unless `invite` is false or the address has reached its limit
   * of emails.
   * @throws InvalidInputError a field is invalid
   * @throws EmailAlreadyExistsError the address is taken
   * @throws AccountProtectedError the operator gives an `auth:` role without having it
   * @throws ForbiddenError the operator gives roles without the scope for it
   * @throws UnauthenticatedError the operator's session has ended, or the access token is older than a change of roles
   */
  async create(account: NewAccount, operator?: Operator): Promise<UserRecord> {
    const { clock, eventRecorder, metadata: checks, userCreationRepository } = this.deps;
    const user = this.toUser(account);
    const { id: userId, email, roles } = user;
    requireRoleScopes(roles, operator);
    const { publicMetadata = {}, privateMetadata = {}, invite = true } = account;
    const creation = {
      user,
      created: eventRecorder.record(UserCreated, { userId, email, invited: invite, roles }),
      invitation: invite ? this.invitationOf(user) : undefined,
      publicMetadata: readMetadataChange('publicMetadata', publicMetadata, checks.publicMetadata).set,
      privateMetadata: readMetadataChange('privateMetadata', privateMetadata, checks.privateMetadata).set,
    };
    const outcome = await userCreationRepository.create(creation, operator, clock.now());
    if (typeof outcome === 'string') throw metadataTooLarge(outcome);
    if (operator) requireOperator(outcome.operatorState);
    if (!outcome.record) throw new EmailAlreadyExistsError();
    return outcome.record;
  }

  private invitationOf(user: User): NewInvitation {
    const { emailLimits, eventRecorder, oneTimeTokens } = this.deps;
    const { id: userId, email } = user;
    const [token, tokenReference] = this.newToken(user, oneTimeTokens);
    const requested = eventRecorder.record(InvitationRequested, { userId, email, tokenReference });
    const quota = emailLimits.quotasOf(KIND, email, UNKNOWN_ORIGIN).recipient;
    return { token, quota, requested };
  }

  /**
   * Invites a user again. Earlier links stop working.
   * @throws InvalidInputError the user does not exist, is inactive or has a password
   * @throws TooManyRequestsError too many invitations were sent to the user
   */
  async invite(userId: string): Promise<User> {
    const { changed, record } = await this.inviteFor(userId, undefined);
    if (!changed) throw new InvalidInputError('userId', 'No active account without a password has this id.');
    return record;
  }

  /**
   * Invites a user again on behalf of an operator. Earlier links stop working. `changed` is false if the user is inactive or
   * has a password; then no email is sent.
   * @throws AccountNotFoundError, AccountProtectedError, UnauthenticatedError as for every change by an operator
   * @throws TooManyRequestsError too many invitations were sent to the user
   */
  async inviteFor(userId: string, operator: Operator | undefined): Promise<ChangedAccount> {
    const { clock, emailLimits, eventRecorder, userCreationRepository } = this.deps;
    const account = accountToChange(userId, operator);
    const sessionEnded = eventRecorder.record(SessionRevoked, {
      userId: account.userId,
      sessionId: '',
      reason: 'REVOKED_BY_OPERATOR',
    });
    return changeLocked(this.deps, account, async () => {
      const email = { kind: KIND, limits: emailLimits.recipientLimits };
      const { isInvited, ...outcome } = await userCreationRepository.lockInvited(
        account,
        email,
        clock.now(),
        sessionEnded,
      );
      const invited = requireChange(outcome, operator);
      if (!isInvited) return invited;
      if (!invited.changed) throw await emailLimits.recipientRefusal(KIND, invited.record.email);
      await this.storeInvitation(invited.record);
      return invited;
    });
  }

  /** The account must be locked. */
  private async storeInvitation(user: User): Promise<void> {
    const { eventRecorder, oneTimeTokenRepository, oneTimeTokens } = this.deps;
    const [token, tokenReference] = this.newToken(user, oneTimeTokens);
    const fields = { userId: user.id, email: user.email, tokenReference };
    await oneTimeTokenRepository.insert(token, eventRecorder.record(InvitationRequested, fields));
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

/** Giving roles requires a separate scope, and the operator must have each role of user management that they give. */
function requireRoleScopes(roles: readonly string[], operator: Operator | undefined): void {
  if (!operator || roles.length === 0) return;
  if (!operator.scopes.includes(ROLES_SCOPE)) throw new ForbiddenError({ scopes: [ROLES_SCOPE] });
  requireOwnScopes(roles, operator);
}
