#!/usr/bin/env node
import { pino, type Logger } from 'pino';
import { inVariableNames, readEnvironment, readSettings, sourceOf, type Environment } from '../config/env.js';
import type { ServiceSettings } from '../config/service-settings.js';
import { gatewayConfiguration, gatewayNames } from './commands/gateway-command.js';
import { InvalidInputError } from '../core/errors/errors.js';
import { DatabaseSetupError } from '../platform/database/database-setup.error.js';
import { keyCommandOf, runKeyCommand } from './commands/key-commands.js';
import { KeyRotationError } from './keys/key-rotation-policy.js';
import type { AuthSubgraph } from '../subgraph.js';
import { normalizeEmailAddress } from '../core/users/email-address.js';
import { ConfigError } from '../platform/options/config-error.js';

const USAGE = `Usage: auth-subgraph <command>

  serve                 Starts the subgraph (the default).
                        Without DATABASE_URL on an embedded PostgreSQL in DATA_DIR.
  migrate               Brings the database schema up to date, and ends.
  unlock <email>        Lifts the lockout of an address.
  roles <email>         Prints the roles of a user.
  roles <email> <role...>
                        Gives the user these roles and no others; --none takes them all away.
  events parked         Lists the deliveries of events that were given up.
  events replay         Has them tried again.
  keys generate [alg]   Makes a key that signs (ES256, RS256 or PS256): the first one at once,
                        any other is published in JWT_KEYS_FILE and waits for its turn.
  keys list             Lists the keys, and what may be done with them when.
  keys rotate           Has the newest published key sign. --force does not wait for verifiers.
  keys retire           Removes the keys whose tokens have expired. --force does not wait for that.
  gateway-config <gateway> [--url <url>]
                        Prints a configuration for ${gatewayNames.join(', ')}.
                        The url is where the gateway reaches the subgraph.
  help                  Prints this.

Settings come from the environment; .env.example lists them all.
Exit codes: 0 done, 1 failed, 2 wrong usage.`;

/** What went wrong, in words for who typed the command. */
const EXPECTED = [DatabaseSetupError, InvalidInputError, KeyRotationError];

type Command = (settings: ServiceSettings, logger: Logger) => Promise<void>;

/** What commands that need neither the database nor the mail server read the settings for. */
const PURPOSES: Readonly<Record<string, 'print' | 'keys'>> = { keys: 'keys', 'gateway-config': 'print' };

/** What the words after the program's name ask for; undefined when they ask for nothing that there is. */
function commandOf([name = 'serve', argument, ...rest]: readonly string[]): Command | undefined {
  if (name === 'keys') return keysCommand([argument ?? '', ...rest]);
  if (name === 'gateway-config') return gatewayConfigCommand(argument, rest);
  if (name === 'roles') return rolesCommand(argument, rest);
  if (rest.length > 0) return undefined;
  if (name === 'serve' && argument === undefined)
    return async (settings, logger) => (await loadService()).serve(settings, logger);
  if (name === 'migrate' && argument === undefined)
    return async (settings, logger) => (await loadService()).migrateOnce(settings, logger);
  if (name === 'unlock' && isEmailAddress(argument)) return operation((auth) => unlock(auth, argument));
  if (name === 'events' && argument === 'parked') return operation(listParked);
  if (name === 'events' && argument === 'replay') return operation(replayParked);
  return undefined;
}

/** Only when it is needed: a command beside the service is done before all of this is loaded. */
const loadService = () => import('./service/service.js');

/** Says what is wrong with a word, which the usage alone does not. */
function isEmailAddress(word: string | undefined): word is string {
  if (word === undefined) return false;
  if (normalizeEmailAddress(word) !== undefined) return true;
  console.error(`${JSON.stringify(word)} is not an email address.\n`);
  return false;
}

function isUrl(word: string): boolean {
  if (URL.canParse(word) && /^https?:$/.test(new URL(word).protocol)) return true;
  console.error('--url must be a URL such as http://auth.internal:4001/graphql.\n');
  return false;
}

function operation(work: (auth: AuthSubgraph) => Promise<string>): Command {
  return async (settings, logger) => {
    console.log(await (await loadService()).operate(settings, logger, work));
  };
}

function keysCommand(words: readonly string[]): Command | undefined {
  const command = keyCommandOf(words);
  return (
    command &&
    (async (settings) => {
      console.log(await runKeyCommand(command, settings));
    })
  );
}

/** Needs no database: it prints what follows from the settings. */
function gatewayConfigCommand(
  gateway: string | undefined,
  [flag, url, ...rest]: readonly string[],
): Command | undefined {
  if (gateway === undefined || !gatewayNames.includes(gateway) || rest.length > 0) return undefined;
  if (flag !== undefined && (flag !== '--url' || url === undefined || !isUrl(url))) return undefined;
  return (settings) => {
    console.log(gatewayConfiguration(gateway, settings, url).trimEnd());
    return Promise.resolve();
  };
}

async function unlock({ services }: AuthSubgraph, email: string): Promise<string> {
  if (await services.unlock.unlock(email)) return 'The address is unlocked.';
  const user = await services.roles.findByEmail(email).catch((error: unknown) => {
    if (!(error instanceof InvalidInputError)) throw error;
  });
  // An address without an account can be locked too, which is why this comes second.
  if (!user) throw new InvalidInputError('email', 'No active account has this address, and it was not locked.');
  return 'The address was not locked.';
}

function rolesCommand(email: string | undefined, words: readonly string[]): Command | undefined {
  const takesAll = words.length === 1 && words[0] === '--none';
  const isOption = (word: string): boolean => word.startsWith('-');
  if ((words.some(isOption) && !takesAll) || !isEmailAddress(email)) return undefined;
  return operation(async ({ services }) => {
    const user = await services.roles.findByEmail(email);
    const { roles } = words.length === 0 ? user : await services.roles.set(user.id, takesAll ? [] : words);
    return roles.length === 0 ? 'The user has no roles.' : roles.join('\n');
  });
}

async function listParked({ deliveries }: AuthSubgraph): Promise<string> {
  const parked = await deliveries.listParked();
  const lines = parked.map(({ since, listener, eventId }) => `${since.toISOString()}  ${listener}  ${eventId}`);
  return lines.length === 0 ? 'Nothing is parked.' : lines.join('\n');
}

async function replayParked({ deliveries }: AuthSubgraph): Promise<string> {
  return `${String(await deliveries.replayParked())} deliveries are tried again.`;
}

/** The oldest Node.js that has everything the service uses; `engines` in package.json says the same. */
const [NODE_MAJOR, NODE_MINOR] = [22, 17];

function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MAJOR || (major === NODE_MAJOR && minor >= NODE_MINOR)) return;
  const wanted = `${String(NODE_MAJOR)}.${String(NODE_MINOR)}`;
  console.error(
    `Node.js ${version} is too old. Use Node.js ${wanted} or newer, or run the command with npm or npx in the folder of the project.`,
  );
  process.exit(1);
}

async function main(words: readonly string[]): Promise<void> {
  requireNode(process.versions.node);
  const command = commandOf(words);
  if (command) {
    await runWithSettings(command, PURPOSES[words[0] ?? 'serve']);
    return;
  }
  const asked = ['help', '--help', '-h'].includes(words[0] ?? '');
  (asked ? console.log : console.error)(USAGE);
  if (!asked) process.exit(2);
}

async function runWithSettings(command: Command, purpose: 'print' | 'keys' | undefined): Promise<void> {
  const environment = readEnvironment();
  for (const { name, nearest } of environment.suspects)
    console.error(`Warning: ${name} is not a setting and is ignored; the nearest is ${nearest}.`);
  try {
    const settings = readSettings(environment.variables, purpose);
    await command(settings, pino({ level: settings.logLevel }));
  } catch (error) {
    throw error instanceof ConfigError ? withSources(inVariableNames(error), environment) : error;
  }
}

function withSources({ problems }: ConfigError, environment: Environment): ConfigError {
  return new ConfigError(
    problems.map((problem) => {
      const source = sourceOf(problem, environment);
      return source === undefined ? problem : { ...problem, problem: `${problem.problem} (${source})` };
    }),
  );
}

/** What the system says of a mistake in the set-up; of anything else where it happened. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const [first] = causes.filter((cause) => cause instanceof Error && 'code' in cause && typeof cause.code === 'string');
  return first instanceof Error ? first.message : (error.stack ?? error.message);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(inVariableNames(error).message);
  else if (EXPECTED.some((type) => error instanceof type)) console.error((error as Error).message);
  else console.error(`The command failed: ${describe(error)}`);
  process.exit(1);
});
