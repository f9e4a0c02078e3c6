import type { Registry } from 'prom-client';
import { ConfigError, type ConfigProblem } from '../../platform/options/config-error.js';
import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import type { Random } from '../../platform/random.js';
import type { PasswordHasher } from '../credentials/password-hasher.js';
import type { Mailer } from '../email/mailer.js';
import type { ClaimsHook } from '../sessions/custom-claims.js';

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
   * `EmailVerificationRequested`, `PasswordResetRequested` and `EmailChangeRequested` to send them yourself, or set
   * `false` to send none. Otherwise `start()` logs a warning in production.
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
  metrics: ['registerMetric'],
} as const;

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
  if (problems.length > 0) throw new ConfigError(problems);
}
