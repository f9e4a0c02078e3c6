import { UnauthenticatedError } from '@auth-subgraph/verifier';
import type { MetadataChecks } from '../../core/composition/ports.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import {
  accountToChange,
  requireChange,
  type ChangedAccount,
  type ChangeOutcome,
} from '../../core/management/change-outcome.js';
import type { Operator } from '../../core/management/operator.js';
import type { RateLimit } from '../../core/rate-limits/rate-limit.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { normalizeAvatarUrl } from '../../core/users/avatar-url.js';
import { normalizeLocale } from '../../core/users/locale.js';
import {
  metadataTooLarge,
  readMetadataChange,
  type MetadataDocument,
  type MetadataField,
} from '../../core/users/metadata-document.js';
import { normalizeName } from '../../core/users/person-name.js';
import type { NameKeyRepository } from '../../core/users/name-key.repository.js';
import type { User } from '../../core/users/user.js';
import type { Clock } from '../../platform/clock.js';
import { UNKNOWN_ORIGIN, type RequestOrigin } from '../../platform/http/request-origin.js';
import { commaList } from '../../platform/options/comma-list.js';
import type { ProfileChange, ProfileField } from './profile-change.js';
import type { ProfileChangeRepository, ProfileOwner } from './profile-change.repository.js';
import { ProfileUpdated } from './profile.events.js';
import type { ProfileConfig } from './profile.options.js';

/** Changes to a profile: null clears a field, and an absent one stays. */
export type ProfileCommand = Readonly<Partial<Record<ProfileField, string | null | undefined>>>;

/** Changes to documents. Each key replaces the one in the document, and null removes it. A document that is null stays. */
export type MetadataCommand = Readonly<Partial<Record<MetadataField, MetadataDocument | null | undefined>>>;

export interface ProfileChangeDependencies {
  readonly profileChangeRepository: ProfileChangeRepository;
  readonly nameKeyRepository: NameKeyRepository;
  readonly eventRecorder: EventRecorder;
  readonly config: ProfileConfig;
  readonly clock: Clock;
  readonly metadata: MetadataChecks;
  readonly limit: RateLimit;
}

/** Changes profiles and the documents about users. */
export class ProfileChangeService {
  constructor(private readonly deps: ProfileChangeDependencies) {}

  /**
   * Changes the viewer's own profile. Writes no event if everything stays the same.
   * @throws UnauthenticatedError the session has ended
   * @throws InvalidInputError a field is invalid; nothing changes
   * @throws TooManyRequestsError too many calls
   */
  async updateOwn(
    viewer: SessionOwner,
    command: ProfileCommand & Pick<MetadataCommand, 'preferences'>,
    origin: RequestOrigin = UNKNOWN_ORIGIN,
  ): Promise<User> {
    await this.deps.limit.take({ account: viewer.sessionId, origin });
    const { preferences } = command;
    const { record } = await this.change({ viewer }, { ...command, ...onlyPreferences(preferences) });
    if (!record) throw new UnauthenticatedError('SESSION_ENDED');
    return record;
  }

  /**
   * Changes the profile of any user and all documents about them, for operators and applications.
   * @throws InvalidInputError a field is invalid, or the user does not exist; nothing changes
   * @throws AccountNotFoundError, AccountProtectedError, UnauthenticatedError as for every change by an operator
   */
  async update(
    userId: string,
    command: ProfileCommand & MetadataCommand,
    operator?: Operator,
  ): Promise<ChangedAccount> {
    const account = accountToChange(userId, operator);
    return requireChange(await this.change(account, command), operator);
  }

  private async change(owner: ProfileOwner, command: ProfileCommand & MetadataCommand): Promise<ChangeOutcome> {
    const { clock, eventRecorder, nameKeyRepository, profileChangeRepository } = this.deps;
    const change = this.readChange(command);
    // The statement finds out which fields change.
    const updated = eventRecorder.record(ProfileUpdated, { userId: '', fields: [] });
    const outcome = await profileChangeRepository.change(owner, change, clock.now(), [updated]);
    if (typeof outcome === 'string') throw metadataTooLarge(outcome);
    const { firstName, lastName } = change.fields;
    const hasOneName = (firstName === undefined) !== (lastName === undefined);
    // The statement knew only one of the names that users are found by.
    if (outcome.record && outcome.changed && hasOneName) await nameKeyRepository.fill(1, outcome.record.id);
    return outcome;
  }

  private readChange(command: ProfileCommand & MetadataCommand): ProfileChange {
    const { config, metadata: checks } = this.deps;
    const hosts = commaList(config.profile.avatarHosts);
    const read: Readonly<Record<ProfileField, (text: string | null) => string | null>> = {
      firstName: (text) => normalizeName('firstName', text),
      lastName: (text) => normalizeName('lastName', text),
      displayName: (text) => normalizeName('displayName', text),
      avatarUrl: (text) => normalizeAvatarUrl('avatarUrl', text, hosts),
      locale: (text) => normalizeLocale('locale', text),
    };
    const fields = Object.entries(read).flatMap(([field, normalize]) => {
      const text = command[field as ProfileField];
      return text === undefined ? [] : [[field, normalize(text)]];
    });
    const documents = (['publicMetadata', 'privateMetadata', 'preferences'] as const).flatMap((field) => {
      const changes = command[field];
      return changes == null ? [] : [[field, readMetadataChange(field, changes, checks[field])]];
    });
    return {
      fields: Object.fromEntries(fields) as ProfileChange['fields'],
      metadata: Object.fromEntries(documents) as ProfileChange['metadata'],
    };
  }
}

/** A user changes no other document, whatever the caller of the service passes. */
function onlyPreferences(preferences: MetadataCommand['preferences']): MetadataCommand {
  return { preferences, publicMetadata: undefined, privateMetadata: undefined };
}
