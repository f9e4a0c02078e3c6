import type { Registry } from 'prom-client';
import { ConfigError, type ConfigProblem } from '../../platform/options/config-error.js';
import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import type { Random } from '../../platform/random.js';
import type { PasswordHasher } from '../credentials/password-hasher.js';
import type { Mailer } from '../email/mailer.js';
import type { ClaimsHook } from '../sessions/custom-claims.js';
import type { MetadataCheck, MetadataField } from '../users/metadata-document.js';

/** The parts that tests and applications may replace. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: PasswordHasher;
  /**
   * The logger, for example a pino instance.
   * @default JSON lines on standard error, level `info` and above
   */
  readonly logger: Logger;
  /**
   * How emails are sent, for example `createSmtpMailer({ url, from })`. If it is not set, no emails are sent: listen to
   * `EmailVerificationRequested`, `PasswordResetRequested`, `EmailChangeRequested` and `InvitationRequested` to send them
   * yourself, or set `false` to send none. Otherwise `start()` logs a warning in production.
   * @default undefined
   */
  readonly mailer: Mailer | false | undefined;
  /**
   * The registry of prom-client that the metrics of the subgraph are added to; each subgraph needs its own. Nothing is
   * measured without it.
   * @default undefined
   */
  readonly metrics: Registry | undefined;
  /** Adds claims to access tokens. Without it, the scopes of a token are the user's roles. */
  readonly claims: ClaimsHook | undefined;
  /**
   * Whether `claims` gets the public metadata of the user, as `user.publicMetadata`.
   * @default false
   */
  readonly claimsMetadata: boolean;
  /**
   * Checks what is written to the documents about users, for example with a schema of zod:
   * `{ preferences: (changes) => Preferences.parse(changes) }`. A check gets the keys that are set; those that are removed
   * or stay are missing. If it throws, the caller gets an `InvalidInputError`. It must be synchronous.
   * @default {}
   */
  readonly metadata: MetadataChecks;
}

/** A check for each document about users that needs one. */
export type MetadataChecks = Readonly<Partial<Record<MetadataField, MetadataCheck>>>;

/** The ports as an application gives them. */
export type GivenPorts = { readonly [Name in keyof Ports]?: Ports[Name] | undefined };

export const PORT_NAMES = [
  'clock',
  'random',
  'hasher',
  'logger',
  'mailer',
  'claims',
  'claimsMetadata',
  'metadata',
  'metrics',
] as const satisfies (keyof Ports)[];

/**
 * Reads the ports; what else is given are options.
 * @throws ConfigError it is not an object
 */
export function readPorts(given: GivenPorts): GivenPorts {
  if (typeof (given as unknown) !== 'object' || (given as unknown) === null)
    throw new ConfigError([{ path: 'options', problem: 'is not an object; write { environment, jwt, database, … }' }]);
  return Object.fromEntries(PORT_NAMES.map((name) => [name, given[name]]));
}

/** The ports that services use. */
export type ServicePorts = Omit<Ports, 'metrics'>;

/** What each port must have; `claims` is a function itself. */
const METHODS = {
  clock: ['now'],
  random: ['bytes'],
  hasher: ['hash', 'verify', 'needsRehash'],
  logger: ['debug', 'info', 'warn', 'error'],
  mailer: ['send'],
  metrics: ['registerMetric', 'getMetricsAsArray', 'removeSingleMetric'],
} as const;

const DOCUMENTS: Readonly<Record<MetadataField, true>> = {
  publicMetadata: true,
  privateMetadata: true,
  preferences: true,
};

function problemsOfChecks(checks: unknown): ConfigProblem[] {
  if (checks === undefined) return [];
  const names = Object.keys(DOCUMENTS).join(', ');
  if (typeof checks !== 'object' || checks === null)
    return [{ path: 'metadata', problem: `is not an object; write one with a function for any of ${names}` }];
  return Object.entries(checks).flatMap(([name, check]) => {
    if (!Object.hasOwn(DOCUMENTS, name))
      return [{ path: `metadata.${name}`, problem: `is unknown; use one of ${names}` }];
    const isCheck = check === undefined || typeof check === 'function';
    return isCheck ? [] : [{ path: `metadata.${name}`, problem: 'is not a function; write (changes) => { … }' }];
  });
}

function problemsOfMailer(mailer: unknown): ConfigProblem[] {
  const { senderAddress, close } = (mailer ?? {}) as { senderAddress?: unknown; close?: unknown };
  const problems: ConfigProblem[] = [];
  if (senderAddress !== undefined && typeof senderAddress !== 'string')
    problems.push({
      path: 'mailer.senderAddress',
      problem: "is not a string; write 'auth@example.com' or leave it out",
    });
  if (close !== undefined && typeof close !== 'function')
    problems.push({ path: 'mailer.close', problem: 'is not a function; write close() { … } or leave it out' });
  return problems;
}

/**
 * Checks the ports that are given.
 * @throws ConfigError naming every port that is not one
 */
export function checkPorts(given: Readonly<Record<string, unknown>>): void {
  const problems: ConfigProblem[] = Object.entries(METHODS).flatMap(([path, methods]) => {
    const port = given[path] as Readonly<Record<string, unknown>> | null | undefined;
    if (port === undefined || (path === 'mailer' && given[path] === false)) return [];
    const missing = methods.filter((method) => typeof port?.[method] !== 'function');
    const names = missing.map((method) => `${method}()`).join(', ');
    return missing.length === 0 ? [] : [{ path, problem: `lacks ${names}; write an object that has them` }];
  });
  if (given['claims'] !== undefined && typeof given['claims'] !== 'function')
    problems.push({ path: 'claims', problem: 'is not a function; write (user, session) => ({ … })' });
  if (given['claimsMetadata'] !== undefined && typeof given['claimsMetadata'] !== 'boolean')
    problems.push({ path: 'claimsMetadata', problem: 'must be true or false' });
  problems.push(...problemsOfMailer(given['mailer']), ...problemsOfChecks(given['metadata']));
  if (problems.length > 0) throw new ConfigError(problems);
}
