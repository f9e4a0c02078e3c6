import { InvalidInputError } from '../../core/errors/errors.js';
import type { EventOrigins } from '../../core/events/event-origin.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { normalizeName } from '../../core/users/person-name.js';
import { normalizeScopes } from '../../core/users/role-list.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS, startOfNextSecond, type Clock } from '../../platform/clock.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { isUuid, uuidV7, type Random } from '../../platform/random.js';
import {
  ServiceAccountCreated,
  ServiceAccountDeleted,
  ServiceKeyCreated,
  ServiceKeyRevoked,
} from './service-account.events.js';
import { MAX_LIVE_KEYS, type IssuedServiceKey, type ServiceAccount, type ServiceKeyRecord } from './service-account.js';
import type { ServiceAccountRepository } from './service-account.repository.js';
import { formatServiceKey, hashServiceHandle, hashServiceSecret, hintOf, newServiceKey } from './service-key.js';

export interface ServiceAccountDependencies {
  readonly serviceAccountRepository: ServiceAccountRepository;
  readonly eventOrigins: EventOrigins;
  readonly eventRecorder: EventRecorder;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly random: Random;
}

/** Manages service accounts, which are programs that call without a user. */
export class ServiceAccountService {
  constructor(private readonly deps: ServiceAccountDependencies) {}

  /** Lists the service accounts with their keys, the oldest first. */
  async list(): Promise<ServiceAccount[]> {
    return this.deps.serviceAccountRepository.list();
  }

  /**
   * Creates a service account without a key.
   * @throws InvalidInputError the name is missing or too long, or a scope is invalid
   */
  async create(account: { readonly name: string; readonly scopes: readonly string[] }): Promise<ServiceAccount> {
    const { clock, eventOrigins, eventRecorder, random, serviceAccountRepository } = this.deps;
    const name = normalizeName('name', account.name);
    if (name === null) throw new InvalidInputError('name', 'A service account needs a name.');
    const scopes = normalizeScopes(account.scopes, { field: 'scopes', item: 'scope', owner: 'A service account' });
    const createdAt = clock.now();
    const id = uuidV7(createdAt, random);
    const event = eventRecorder.record(ServiceAccountCreated, { serviceAccountId: id, name, scopes });
    const createdBy = eventOrigins.current.actor.id;
    await serviceAccountRepository.insert({ id, name, scopes, createdAt, createdBy }, event);
    return { id, name, scopes, createdAt, keys: [] };
  }

  /**
   * Deletes a service account with its keys. Its access tokens are stale at once, and other subgraphs learn about it from
   * the revocation feed.
   * @throws InvalidInputError there is none
   */
  async delete(id: string): Promise<void> {
    const { clock, eventRecorder, serviceAccountRepository } = this.deps;
    const now = clock.now();
    const event = eventRecorder.record(ServiceAccountDeleted, { serviceAccountId: id, name: '' });
    // Covers tokens of nodes whose clocks are fast: nobody accepts a token from further ahead.
    const notBefore = addSeconds(startOfNextSecond(now), MAX_CLOCK_SKEW_SECONDS - 1);
    if (!isUuid(id) || !(await serviceAccountRepository.delete(id, now, notBefore, event))) throw unknownAccount();
  }

  /**
   * Creates a key. It is returned only this once.
   * @throws InvalidInputError there is no such account, or it has two live keys
   */
  async createKey(serviceAccountId: string): Promise<IssuedServiceKey> {
    const { clock, eventRecorder, random, serviceAccountRepository, unitOfWork } = this.deps;
    if (!isUuid(serviceAccountId)) throw unknownAccount();
    const secret = newServiceKey(random);
    const createdAt = clock.now();
    const id = uuidV7(createdAt, random);
    const hint = hintOf(secret);
    const hashes = { handleHash: hashServiceHandle(secret), secretHash: hashServiceSecret(secret) };
    const event = eventRecorder.record(ServiceKeyCreated, { serviceAccountId, keyId: id, hint });
    const key = await unitOfWork.transaction(async () => {
      if (!(await serviceAccountRepository.lock(serviceAccountId))) throw unknownAccount();
      return serviceAccountRepository.insertKey({ id, serviceAccountId, hint, createdAt, ...hashes }, event);
    });
    if (!key)
      throw new InvalidInputError(
        'serviceAccountId',
        `The service account has ${String(MAX_LIVE_KEYS)} keys. Revoke one of them first.`,
      );
    return { key, secret: formatServiceKey(secret) };
  }

  /**
   * Revokes a key, unless it is revoked already. Access tokens that it got stay valid until they expire.
   * @throws InvalidInputError the account has no such key
   */
  async revokeKey(serviceAccountId: string, keyId: string): Promise<ServiceKeyRecord> {
    const { clock, eventRecorder, serviceAccountRepository } = this.deps;
    if (!isUuid(serviceAccountId) || !isUuid(keyId)) throw unknownKey();
    const event = eventRecorder.record(ServiceKeyRevoked, { serviceAccountId, keyId, hint: '' });
    const key = await serviceAccountRepository.revokeKey(serviceAccountId, keyId, clock.now(), event);
    if (!key) throw unknownKey();
    return key;
  }
}

function unknownAccount(): UnknownAccountError {
  return new UnknownAccountError('serviceAccountId', 'No service account has this id.');
}

function unknownKey(): UnknownAccountError {
  return new UnknownAccountError('keyId', 'The service account has no key with this id.');
}
