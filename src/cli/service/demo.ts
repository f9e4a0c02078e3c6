import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { readSettings } from '../../config/env.js';
import type { OperatorScope } from '../../core/graphql/operator-scopes.js';
import type { Report } from '../../platform/commands/command.js';
import { UNKNOWN_ORIGIN } from '../../platform/http/request-origin.js';
import { systemRandom } from '../../platform/random.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { serve } from './serve.js';
import type { StartNote } from './startup-message.js';
import { STOP_SIGNALS } from './stop-signals.js';

/** The settings that a demo takes over from the environment. */
const TAKEN_OVER = ['HOST', 'PORT', 'LOG_LEVEL', 'PASSWORD_SALT_ROUNDS'];

const USER = 'user@example.com';
const OPERATOR = 'operator@example.com';
const ROLES = [
  ...(['auth:users:read', 'auth:users:write', 'auth:users:credentials', 'auth:users:delete'] as const),
  ...(['auth:roles:write', 'auth:audit:read', 'auth:services:write'] as const),
] satisfies OperatorScope[];

/** Runs a service in a temporary folder, which is deleted when the service stops. */
export async function runDemo(variables: NodeJS.ProcessEnv, logger: Logger, report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-demo-'));
  const remove = async (databaseFolder = folder): Promise<void> => {
    for (const path of [databaseFolder, folder]) await rm(path, { recursive: true, force: true });
  };
  const signalSoFar = noteSignals();
  try {
    await serve(settingsIn(folder, variables), logger, report, {
      closed: remove,
      prepare: async (auth) => {
        if (signalSoFar() !== undefined) throw new Error('stopped before the service was up');
        return createDemoUsers(auth);
      },
    });
  } catch (error) {
    await remove();
    const signal = signalSoFar();
    // eslint-disable-next-line no-restricted-properties -- the exit code of a process that a signal has ended
    if (signal !== undefined) process.exit(128 + constants.signals[signal]);
    throw error;
  }
}

function settingsIn(folder: string, variables: NodeJS.ProcessEnv): ReturnType<typeof readSettings> {
  const takenOver = Object.fromEntries(TAKEN_OVER.map((name) => [name, variables[name]]));
  return readSettings({ ...takenOver, NODE_ENV: 'development', DATA_DIR: folder, ADMIN_SCHEMA: 'included' });
}

/** Notes a signal that arrives during the start: ending the process at once would leave the folder behind. */
function noteSignals(): () => NodeJS.Signals | undefined {
  let first: NodeJS.Signals | undefined;
  for (const signal of STOP_SIGNALS) process.on(signal, () => void (first ??= signal));
  return () => first;
}

/** Creates the user and the operator, and returns what to tell about them. */
async function createDemoUsers(auth: AuthSubgraph): Promise<StartNote> {
  const passwords = { user: await register(auth, USER), operator: await register(auth, OPERATOR) };
  const { id } = await auth.services.accounts.find(OPERATOR);
  await auth.services.roles.set(id, ROLES);
  const text = [
    'Sign in as',
    `  ${USER.padEnd(OPERATOR.length)}  ${passwords.user}`,
    `  ${OPERATOR}  ${passwords.operator}  (with the roles of user management)`,
    '',
    'Everything is deleted when you stop the demo with Ctrl-C.',
    '',
  ].join('\n');
  const users = [
    { email: USER, password: passwords.user, roles: [] },
    { email: OPERATOR, password: passwords.operator, roles: ROLES },
  ];
  return { text, json: { users } };
}

/** Registers a verified user, and returns the password. */
async function register({ services }: AuthSubgraph, email: string): Promise<string> {
  const password = systemRandom.bytes(12).toString('base64url');
  await services.registration.register({ email, password }, UNKNOWN_ORIGIN);
  await services.accounts.verifyEmail(email);
  return password;
}
