import { freeze, MAX_ACCESS_TOKEN_SECONDS } from '@auth-subgraph/verifier/internal';
import type { KeySource } from '@auth-subgraph/verifier';
import * as z from 'zod';
import { keyRing } from '../core/access-tokens/jwt.options.js';
import type { CoreConfig } from '../core/composition/core.options.js';
import type { Feature } from '../core/composition/feature.js';
import type { FeatureConfig } from '../features.js';
import { commaList } from '../platform/options/comma-list.js';
import { ConfigError, type ConfigProblem } from '../platform/options/config-error.js';
import { parseDurationSeconds } from '../platform/options/duration.js';
import type { AuthOptions } from './auth-options.js';
import { optionSections, optionSectionsOf, type ParsedOptions } from './options.js';

/** The resolved options: all defaults applied, all durations in seconds, frozen. */
export type AuthConfig = CoreConfig & FeatureConfig;

type Sections = { [Name in keyof ParsedOptions]?: ParsedOptions[Name] | undefined };

/**
 * Validates the options and applies the defaults.
 * @param features the features whose options are accepted; all of them by default
 * @param others the names of what else is given with the options
 * @throws ConfigError listing every problem
 */
export function resolveConfig(
  options: AuthOptions,
  features?: readonly Feature[],
  others: readonly string[] = [],
): AuthConfig {
  const sections = features ? (optionSectionsOf(features) as typeof optionSections) : optionSections;
  const { value, problems } = parseSections(sections, options, others);
  const found = [...problems, ...missingKey(value), ...contradictions(value)];
  if (found.length > 0) throw new ConfigError(found);
  return freeze(toConfig(value as ParsedOptions));
}

function missingKey({ jwt }: Sections): ConfigProblem[] {
  if (!jwt || jwt.secret !== undefined || jwt.keys !== undefined) return [];
  const fix = 'set a random text of at least 32 bytes, for example from `openssl rand -base64 48`, or jwt.keys';
  return [{ path: 'jwt.secret', problem: `is missing; ${fix}` }];
}

/**
 * Parses each section separately, so that one invalid section does not hide contradictions among the others.
 * @param others the names of what else the input contains
 */
export function parseSections<Shape extends Readonly<Record<string, z.ZodType>>>(
  shape: Shape,
  input: unknown,
  others: readonly string[] = [],
): { value: { [Name in keyof Shape]?: z.output<Shape[Name]> }; problems: ConfigProblem[] } {
  // Not a copy, which would lose inherited options.
  const given = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  const problems: ConfigProblem[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(shape, name) && !others.includes(name))
    .map((name) => unknownOption(name, Object.keys(shape)));
  const value: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const parsed = schema.safeParse(given[name] ?? (schema instanceof z.ZodObject ? {} : undefined));
    if (parsed.success) value[name] = parsed.data;
    else problems.push(...firstPerPath(parsed.error.issues.flatMap((issue) => toProblems(name, issue, schema))));
  }
  return { value: value as { [Name in keyof Shape]?: z.output<Shape[Name]> }, problems };
}

/**
 * Validates a key ring that replaces the configured one.
 * @param path the name of the option that holds the keys, for error messages
 * @throws ConfigError listing every problem
 */
export function checkKeys(keys: readonly KeySource[], path = 'jwt.keys'): readonly KeySource[] {
  const { value, problems } = parseSections({ [path]: keyRing }, { [path]: keys });
  if (problems.length > 0) throw new ConfigError(problems);
  return value[path] ?? [];
}

/** Zod also checks the length of a text where a list is expected. */
function firstPerPath(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.filter(({ path }, index) => problems.findIndex((other) => other.path === path) === index);
}

function toProblems(section: string, issue: z.core.$ZodIssue, schema: z.ZodType): ConfigProblem[] {
  const path = [section, ...issue.path.map(String)].join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, problem: issue.message }];
  return issue.keys.map((key) => unknownOption(`${path}.${key}`, namesOf(schema)));
}

function namesOf(schema: z.ZodType): string[] {
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unknownOption(path: string, known: readonly string[]): ConfigProblem {
  return { path, problem: `is not an option; remove it, or write one of ${known.join(', ')}` };
}

/** Finds values that are valid by themselves but contradict each other. Missing sections are skipped. */
export function contradictions(sections: Sections): ConfigProblem[] {
  return [...contradictoryLifetimes(sections), ...contradictoryCookies(sections), ...unfitForProduction(sections)];
}

/** Ten years. Far longer times could not be stored. */
const MAX_SESSION_SECONDS = 3_650 * 24 * 60 * 60;

function contradictoryLifetimes(sections: Sections): ConfigProblem[] {
  const { accountClosing, jwt, session, refreshReuseGraceSeconds } = sections;
  const problems: ConfigProblem[] = [];
  const refuse = (path: string, problem: string): void => void problems.push({ path, problem });
  if (session && toSeconds(session.maxLifetime) > MAX_SESSION_SECONDS)
    refuse('session.maxLifetime', 'is over 3650 days; write "3650d" or less');
  if (jwt) {
    const access = toSeconds(jwt.accessTokenExpiration);
    const idle = toSeconds(jwt.refreshTokenExpiration);
    if (access > MAX_ACCESS_TOKEN_SECONDS) refuse('jwt.accessTokenExpiration', 'is over 24 hours; write "24h" or less');
    if (idle <= access)
      refuse(
        'jwt.refreshTokenExpiration',
        'is not longer than jwt.accessTokenExpiration; write a longer one, such as "7d"',
      );
    if (refreshReuseGraceSeconds !== undefined && refreshReuseGraceSeconds >= access)
      refuse('refreshReuseGraceSeconds', 'is not shorter than jwt.accessTokenExpiration; write a smaller number');
    if (session && toSeconds(session.maxLifetime) < idle)
      refuse('session.maxLifetime', 'is shorter than jwt.refreshTokenExpiration; write a longer one');
    if (accountClosing && toSeconds(accountClosing.grace) <= access)
      refuse('accountClosing.grace', 'is not longer than jwt.accessTokenExpiration; write a longer one, such as "7d"');
  }
  if (accountClosing && !isGrace(toSeconds(accountClosing.grace)))
    refuse('accountClosing.grace', 'must be from 1 hour to 30 days; write for example "7d"');
  return problems;
}

function isGrace(seconds: number): boolean {
  return seconds >= 60 * 60 && seconds <= 30 * 24 * 60 * 60;
}

function contradictoryCookies({ lockout, refreshCookie }: Sections): ConfigProblem[] {
  if (!refreshCookie?.enabled) return [];
  const problems: ConfigProblem[] = [];
  if (refreshCookie.allowedOrigins === undefined)
    problems.push({
      path: 'refreshCookie.allowedOrigins',
      problem: 'is missing; write the origins of your pages, such as "https://app.example.com"',
    });
  if (lockout?.deviceCookies)
    problems.push({
      path: 'lockout.deviceCookies',
      problem:
        'cannot be combined with refreshCookie.enabled, since gateways merge two cookies of one response; set it to false, and let your pages send deviceToken',
    });
  return problems;
}

function unfitForProduction({ admin, environment, password, router }: Sections): ConfigProblem[] {
  if (environment !== 'production') return [];
  const problems: ConfigProblem[] = [];
  if (password && password.saltRounds < 10)
    problems.push({ path: 'password.saltRounds', problem: 'is below 10, which production refuses; write 10 or more' });
  if (router && router.secret === undefined && admin?.schema === 'included')
    problems.push({
      path: 'router.secret',
      problem:
        'is missing, and admin.schema is "included", so that user management would be open to whoever reaches the service past the gateway; set a random text, for example from `openssl rand -base64 48`, and have the gateway send it as x-router-secret, or set admin.schema to "separate"',
    });
  else if (router?.secret === undefined && router?.allowDirectAccess === false)
    problems.push({
      path: 'router.secret',
      problem:
        'is missing; set a random text, for example from `openssl rand -base64 48`, and have the gateway send it as x-router-secret, or set router.allowDirectAccess to true if only the gateway can connect',
    });
  return problems;
}

function toSeconds(duration: string): number {
  const seconds = parseDurationSeconds(duration);
  if (seconds === undefined) throw new TypeError('an unchecked duration');
  return seconds;
}

function toConfig({ introspection, jwt, router, refreshCookie, session, ...rest }: ParsedOptions): AuthConfig {
  const { accessTokenExpiration, refreshTokenExpiration, secret, keys = [], ...names } = jwt;
  return {
    ...rest,
    introspection: introspection ?? rest.environment !== 'production',
    jwt: {
      ...names,
      secret,
      keys,
      accessTokenExpirationSeconds: toSeconds(accessTokenExpiration),
      refreshTokenExpirationSeconds: toSeconds(refreshTokenExpiration),
    },
    router: {
      secrets: commaList(router.secret),
      allowDirectAccess: router.allowDirectAccess,
    },
    refreshCookie: { ...refreshCookie, allowedOrigins: commaList(refreshCookie.allowedOrigins) },
    session: { maxLifetimeSeconds: toSeconds(session.maxLifetime), maxPerUser: session.maxPerUser },
  };
}
