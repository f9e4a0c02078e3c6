import { AccountNotFoundError, AccountProtectedError, InvalidInputError } from '../../core/errors/errors.js';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import type { EventOrigins } from '../../core/events/event-origin.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import { requireOperator, type Operator } from '../../core/management/operator.js';
import { normalizeName } from '../../core/users/person-name.js';
import { normalizeScopes } from '../../core/users/role-list.js';
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

/**
 * Manages service accounts, which are programs that call without a user. Without an operator, your application acts and may do
 * everything. Every method throws an `UnauthenticatedError` if the operator's session has ended or the access token is
 * stale.
 */
export class ServiceAccountService {
  constructor(private readonly deps: ServiceAccountDependencies) {}

  /** Lists the service accounts with their keys, the oldest first. */
  async list(operator?: Operator): Promise<ServiceAccount[]> {
    const { clock, serviceAccountRepository } = this.deps;
    const { accounts, operatorState } = await serviceAccountRepository.list(operator, clock.now());
    requireOperator(operatorState);
    return accounts;
  }

  /**
   * Creates a service account without a key.
   * @throws InvalidInputError the name is missing or too long, or a scope is invalid
   * @throws AccountProtectedError the operator lacks one of the scopes
   */
  async create(
    account: { readonly name: string; readonly scopes: readonly string[] },
    operator?: Operator,
  ): Promise<ServiceAccount> {
    const { clock, eventOrigins, eventRecorder, random, serviceAccountRepository } = this.deps;
    const name = normalizeName('name', account.name);
    if (name === null) throw new InvalidInputError('name', 'A service account needs a name.');
    const scopes = normalizeScopes(account.scopes, { field: 'scopes', item: 'scope', owner: 'A service account' });
    if (operator) requireScopesOf(operator, scopes);
    const createdAt = clock.now();
    const id = uuidV7(createdAt, random);
    const event = eventRecorder.record(ServiceAccountCreated, { serviceAccountId: id, serviceName: name, scopes });
    const createdBy = eventOrigins.current.actor.id;
    requireOperator(await serviceAccountRepository.insert({ id, name, scopes, createdAt, createdBy }, operator, event));
    return { id, name, scopes, createdAt, keys: [] };
  }

  /**
   * Deletes a service account with its keys. Its access tokens are stale at once, and other subgraphs learn about it from
   * the revocation feed.
   * @throws AccountNotFoundError there is none
   * @throws AccountProtectedError it has a scope of user management that the operator lacks, or is the operator
   */
  async delete(serviceAccountId: string, operator?: Operator): Promise<void> {
    const { clock, eventRecorder, serviceAccountRepository } = this.deps;
    const id = accountIdIn(serviceAccountId);
    const now = clock.now();
    const event = eventRecorder.record(ServiceAccountDeleted, { serviceAccountId: id, serviceName: '' });
    // Covers tokens of nodes whose clocks are fast: nobody accepts a token from further ahead.
    const notBefore = addSeconds(startOfNextSecond(now), MAX_CLOCK_SKEW_SECONDS - 1);
    await this.changing(id, operator, (scopes) => {
      if (operator) requireScopesOf(operator, scopes.filter(isOfManagement));
      if (operator?.kind === 'service' && operator.serviceId === id) throw new AccountProtectedError();
      return serviceAccountRepository.delete(id, now, notBefore, event);
    });
  }

  /**
   * Creates a key. It is returned only this once.
   * @throws AccountNotFoundError there is no such account
   * @throws AccountProtectedError the account has a scope that the operator lacks, who could use the key
   * @throws InvalidInputError the account has two live keys
   */
  async createKey(accountId: string, operator?: Operator): Promise<IssuedServiceKey> {
    const { clock, eventRecorder, random, serviceAccountRepository } = this.deps;
    const serviceAccountId = accountIdIn(accountId);
    const secret = newServiceKey(random);
    const createdAt = clock.now();
    const id = uuidV7(createdAt, random);
    const hint = hintOf(secret);
    const hashes = { handleHash: hashServiceHandle(secret), secretHash: hashServiceSecret(secret) };
    const event = eventRecorder.record(ServiceKeyCreated, { serviceAccountId, keyId: id, hint });
    const key = await this.changing(serviceAccountId, operator, (scopes) => {
      if (operator) requireScopesOf(operator, scopes);
      return serviceAccountRepository.insertKey({ id, serviceAccountId, hint, createdAt, ...hashes }, event);
    });
    if (!key)
      throw new StateConflictError(
        'serviceAccountId',
        `The service account has ${String(MAX_LIVE_KEYS)} keys. Revoke one of them first.`,
      );
    return { key, secret: formatServiceKey(secret) };
  }

  /**
   * Revokes a key, unless it is revoked already. Access tokens already issued for it stay valid until they expire.
   * @throws AccountNotFoundError there is no such account, or it has no such key
   * @throws AccountProtectedError the account has a scope of user management that the operator lacks
   */
  async revokeKey(accountId: string, key: string, operator?: Operator): Promise<ServiceKeyRecord> {
    const { clock, eventRecorder, serviceAccountRepository } = this.deps;
    const serviceAccountId = accountIdIn(accountId);
    if (!isUuid(key)) throw unknownKey();
    const keyId = key.toLowerCase();
    const event = eventRecorder.record(ServiceKeyRevoked, { serviceAccountId, keyId, hint: '' });
    const revoked = await this.changing(serviceAccountId, operator, (scopes) => {
      if (operator) requireScopesOf(operator, scopes.filter(isOfManagement));
      return serviceAccountRepository.revokeKey(serviceAccountId, keyId, clock.now(), event);
    });
    if (!revoked) throw unknownKey();
    return revoked;
  }

  /** Changes an account while it is locked, if the operator may act. */
  private async changing<T>(
    id: string,
    operator: Operator | undefined,
    change: (scopes: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const { clock, serviceAccountRepository, unitOfWork } = this.deps;
    return unitOfWork.transaction(async () => {
      const { operatorState, scopes } = await serviceAccountRepository.lock(id, operator, clock.now());
      requireOperator(operatorState);
      if (!scopes) throw unknownAccount();
      return change(scopes);
    });
  }
}

/** Nobody gives a scope that they do not have, or acts on who has more of user management. */
function requireScopesOf(operator: Operator, scopes: readonly string[]): void {
  if (!scopes.every((scope) => operator.scopes.includes(scope))) throw new AccountProtectedError();
}

function isOfManagement(scope: string): boolean {
  return scope.startsWith('auth:');
}

/** The id in the form that the database and the events have. */
function accountIdIn(text: string): string {
  if (!isUuid(text)) throw unknownAccount();
  return text.toLowerCase();
}

function unknownAccount(): AccountNotFoundError {
  return new AccountNotFoundError('No service account has this id.');
}

function unknownKey(): AccountNotFoundError {
  return new AccountNotFoundError('The service account has no key with this id.');
}
