import { setTimeout as wait } from 'node:timers/promises';
import { Client, GivenUp, type World } from './client.js';
import { changePassword, resetPassword, verifyEmail } from './operations/passwords.js';
import { logout, revokeAllSessions, revokeOtherSessions, revokeSession } from './operations/sessions.js';
import { login, me, refresh, register } from './operations/sign-in.js';
import type { Person, Session } from './person.js';
import { Route } from './route.js';

type Step = (client: Client, person: Person, session: Session) => Promise<void>;

const STEPS = {
  ...{ me, refresh, logout, revokeSession, revokeOtherSessions, revokeAllSessions },
  ...{ login, changePassword, verifyEmail, resetPassword },
} as const satisfies Record<string, Step>;

type Weights = Readonly<Record<keyof typeof STEPS | 'nextPerson', number>>;

/** How often a client takes each step. Steps that hash a password are rare, because a few of them keep a processor busy. */
export const WEIGHTS: Weights = {
  ...{ me: 40, refresh: 30, logout: 2, revokeSession: 2, revokeOtherSessions: 1, revokeAllSessions: 0.5 },
  ...{ changePassword: 0.7, verifyEmail: 3, resetPassword: 0.7, login: 2.5, nextPerson: 1 },
};

const MAX_SESSIONS = 8;

export interface Load {
  readonly urls: readonly string[];
  readonly clients: number;
  /** The longest pause between two steps of a client. */
  readonly maxPauseMs: number;
  readonly weights: Weights;
  /** Whether the clients continue. */
  readonly goesOn: () => boolean;
}

/** Lets the clients use the service until the load ends and every operation is answered. */
export async function runClients(world: World, { urls, clients, maxPauseMs, weights, goesOn }: Load): Promise<void> {
  const run = async (number: number): Promise<void> => {
    const client = new Client(world, new Route(urls, number));
    let person: Person | undefined;
    while (goesOn()) {
      person = await nextStep(client, person, weights);
      await wait(world.random.next() * maxPauseMs);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => run(number)));
}

/** Takes one step; returns the person who takes the next one, or `undefined` for a new one. */
async function nextStep(client: Client, person: Person | undefined, weights: Weights): Promise<Person | undefined> {
  if (!person) {
    const registered = await register(client);
    return registered.doubt ? undefined : registered;
  }
  const { random } = client.world;
  const session = random.pick(person.live);
  const step = random.weighted(weights);
  if (session && step === 'nextPerson') return undefined;
  if (session && step === 'login' && person.live.length >= MAX_SESSIONS) return person;
  try {
    if (session && step !== 'nextPerson') await STEPS[step](client, person, session);
    else await login(client, person);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    return undefined;
  }
  return person.doubt || person.awaitsResetEmail ? undefined : person;
}
