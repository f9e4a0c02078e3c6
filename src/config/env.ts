import * as z from 'zod';
import { ConfigError, type ConfigProblem } from '../platform/options/config-error.js';
import { browserContradictions } from './browser-rules.js';
import { portContradictions } from './port-rules.js';
import { contradictions, parseSections } from './config.js';
import { readEnvFile } from './env-file.js';
import { findMistyped, type MistypedVariable } from './mistyped-variables.js';
import { withPageLinks } from './page-links.js';
import { serviceSections, type ServiceSettings } from './service-settings.js';

/** A setting of the service and its environment variable. */
export interface EnvironmentVariable {
  /** Such as `JWT_ACCESS_TOKEN_EXPIRATION`. */
  readonly name: string;
  /** Such as `['jwt', 'accessTokenExpiration']`. */
  readonly path: readonly string[];
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
  readonly default: string | undefined;
}

type Contradictable = Parameters<typeof contradictions>[0];

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** The variable of each setting is its path in upper case. Only `NODE_ENV` keeps the name that Node.js users know. */
export const environmentVariables: readonly EnvironmentVariable[] = collect(
  z.toJSONSchema(z.strictObject(serviceSections), { io: 'input' }) as JsonSchema,
  [],
);

function collect(schema: JsonSchema, path: readonly string[]): EnvironmentVariable[] {
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([name, inner]) => collect(inner, [...path, name]));
  return [
    {
      name: toVariableName(path),
      path,
      type: schema.type === 'integer' || schema.type === 'boolean' ? schema.type : 'string',
      description: schema.description ?? '',
      default: schema.default === undefined ? undefined : String(schema.default),
    },
  ];
}

function toVariableName(path: readonly string[]): string {
  const name = path.join('_').replace(/[A-Z]/g, (letter) => `_${letter}`);
  return name === 'environment' ? 'NODE_ENV' : name.toUpperCase();
}

/** A shell or `.env` file removes quotes, and `docker run --env-file` does not. Those around a PEM do no harm. */
const QUOTED = /^(?!.*-----BEGIN)(["']).*\1$/s;

/** The variables of the process, completed with those of a `.env` file. */
export interface Environment {
  readonly variables: NodeJS.ProcessEnv;
  /** The names of the variables that come from the file. */
  readonly fromFile: ReadonlySet<string>;
  /** Variables of the process that look like misspelled settings; they may belong to another program. */
  readonly suspects: readonly MistypedVariable[];
}

/**
 * Reads the environment and the `.env` file. Every variable in the file is expected to be a setting.
 * @throws ConfigError the file is not text, or contains variables that look like misspelled settings
 */
export function readEnvironment(file = '.env', process_: NodeJS.ProcessEnv = process.env): Environment {
  const names = environmentVariables.map(({ name }) => name);
  const held = readEnvFile(file);
  const mistyped = findMistyped(Object.keys(held), names).map(({ name, nearest }) => ({
    path: `${name} in ${file}`,
    problem: `is not a setting; did you mean ${nearest}? Rename it, or move variables of other programs elsewhere`,
  }));
  if (mistyped.length > 0) throw new ConfigError(mistyped);
  const given = Object.fromEntries(Object.entries(process_).filter(([, value]) => value?.trim()));
  return {
    variables: { ...held, ...given },
    fromFile: new Set(Object.keys(held).filter((name) => given[name] === undefined)),
    suspects: findMistyped(Object.keys(process_), names),
  };
}

/**
 * Reads the settings of the service from the environment. An empty variable counts as unset.
 * @param purpose `serve` requires everything that production needs; `print` requires settings that are consistent with
 * each other; `keys` only requires each setting to be valid by itself
 * @throws ConfigError listing every problem by its variable
 */
export function readSettings(
  variables: NodeJS.ProcessEnv = process.env,
  purpose: 'serve' | 'print' | 'keys' = 'serve',
): ServiceSettings {
  const input: Record<string, unknown> = {};
  const inQuotes: ConfigProblem[] = [];
  const given = new Set<string>();
  for (const { name, path, type } of environmentVariables) {
    const raw = variables[name]?.trim() ?? '';
    if (raw === '') continue;
    given.add(path.join('.'));
    if (QUOTED.test(raw)) inQuotes.push({ path: path.join('.'), problem: 'is in quotes; write it without them' });
    else place(input, path, toValue(raw, type));
  }
  const { value: parsed, problems: invalid } = parseSections(serviceSections, input);
  const problems = [...inQuotes, ...invalid];
  const value = withPageLinks(parsed, input['mail'] as object | undefined);
  if (value.jwt?.keys !== undefined && value.jwt.keysFile !== undefined)
    problems.push({ path: 'jwt.keys', problem: 'is set in addition to JWT_KEYS_FILE; remove one of the two' });
  const missing = purpose === 'serve' && value.environment === 'production' ? missingInProduction(given) : [];
  const found = [...problems, ...missing, ...(purpose === 'keys' ? [] : contradictionsIn(value))];
  if (found.length > 0) throw inVariableNames(new ConfigError(found));
  return value as ServiceSettings;
}

function contradictionsIn(settings: Partial<ServiceSettings>): ConfigProblem[] {
  return [
    ...contradictions(settings as Contradictable),
    ...browserContradictions(settings),
    ...portContradictions(settings),
  ];
}

/** What development generates by default and production must configure: of each row, one of the settings. */
const NEEDED_IN_PRODUCTION: [paths: [string, ...string[]], fix: string][] = [
  [
    ['jwt.keysFile', 'jwt.keys', 'jwt.secret'],
    'Create the signing keys with `auth-subgraph keys generate` and set the path of their file, or set JWT_SECRET',
  ],
  [['database.url'], 'Set the address of a PostgreSQL server'],
  [['smtpUrl'], 'Set the address of a mail server'],
];

/** A setting that is given, but not valid, is not missing. */
function missingInProduction(given: ReadonlySet<string>): ConfigProblem[] {
  return NEEDED_IN_PRODUCTION.filter(([paths]) => !paths.some((path) => given.has(path))).map(([[path], fix]) => ({
    path,
    problem: `is missing; production has no default. ${fix}`,
  }));
}

function place(target: Record<string, unknown>, [head, ...rest]: readonly string[], value: unknown): void {
  if (head === undefined) return;
  if (rest.length === 0) target[head] = value;
  else place((target[head] ??= {}) as Record<string, unknown>, rest, value);
}

function toValue(raw: string, type: EnvironmentVariable['type']): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(raw)) return Number(raw);
  if (type === 'boolean' && /^(true|false)$/i.test(raw)) return raw.toLowerCase() === 'true';
  return raw;
}

/** Where the variable of a problem was set, for the error message. */
export function sourceOf({ path }: ConfigProblem, { variables, fromFile }: Environment): string | undefined {
  const [name = ''] = path.split(' ');
  if (!environmentVariables.some((variable) => variable.name === name) || !variables[name]) return undefined;
  return fromFile.has(name) ? 'set in .env' : 'set in the environment of the process';
}

/** Replaces option paths in a ConfigError with the environment variables to change. */
export function inVariableNames(error: ConfigError): ConfigError {
  return new ConfigError(
    error.problems.map(({ path, problem: text }): ConfigProblem => {
      const problem = text.replace(OPTION_PATHS, variableOf);
      const variable = environmentVariables.find((candidate) => `${path}.`.startsWith(`${candidate.path.join('.')}.`));
      if (!variable) return { path, problem };
      const within = path.slice(variable.path.join('.').length + 1);
      // The place in a list of keys.
      const part = /^\d+$/.test(within) ? `key ${String(Number(within) + 1)}` : within;
      return { path: part === '' ? variable.name : `${variable.name} ${part}`, problem };
    }),
  );
}

/** Variable names by option path. Excludes paths that could be ordinary words in a message. */
const variableNames: ReadonlyMap<string, string> = new Map(
  environmentVariables
    .map(({ name, path }): [string, string] => [path.join('.'), name])
    .filter(([path]) => /[.A-Z]/.test(path)),
);
const OPTION_PATHS = /\b[a-z]\w*(\.[a-z]\w*)?\b/g;

/** Returns the variable of an option, such as `MAIL_FROM` for `mail.from`. */
export function variableOf(option: string): string {
  return variableNames.get(option) ?? option;
}
