import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { ModelSession, Person, SessionModel } from './session-model.js';

const WRONG = 'certainly not the passphrase';

/** One step of a random sequence. The numbers choose among the people and sessions that there are. */
export interface Step {
  readonly command: keyof typeof COMMANDS;
  readonly person: number;
  readonly session: number;
  readonly other: number;
  readonly correct: boolean;
}

interface Chosen extends Step {
  readonly owner: Person;
  /** Live or ended. */
  readonly by: ModelSession | undefined;
  readonly target: ModelSession | undefined;
}

type Command = (model: SessionModel, chosen: Chosen) => Promise<void>;

/** A command of a signed-in user. With an ended session it changes nothing. */
function signedIn(command: (model: SessionModel, by: ModelSession, chosen: Chosen) => Promise<void>): Command {
  return async (model, chosen) => {
    if (chosen.by) await command(model, chosen.by, chosen);
  };
}

async function signIn(model: SessionModel, { owner, correct }: Chosen, deviceToken?: string): Promise<void> {
  const { counters } = model;
  const known = deviceToken !== undefined && owner.devices.has(deviceToken) ? deviceToken : undefined;
  const key = known ?? owner.email;
  const locked = counters.isLocked(key);
  const password = correct ? (owner.password ?? WRONG) : WRONG;
  const outcome = await model.run('login', { email: owner.email, password, deviceToken });
  if (locked) {
    expect(outcome.__typename).toBe('AccountLockedError');
    return;
  }
  if (password === WRONG) {
    expect(outcome.__typename).toBe('InvalidCredentialsError');
    counters.fail(key);
    return;
  }
  expect(outcome.__typename).toBe('LoginSuccess');
  counters.clear(key);
  model.opened(owner, outcome, known);
}

const COMMANDS = {
  register: async (model, { owner }) => {
    const password = model.newPassword();
    const outcome = await model.run('register', { email: owner.email, password });
    expect(outcome.__typename).toBe(owner.password === undefined ? 'LoginSuccess' : 'EmailAlreadyExistsError');
    if (owner.password !== undefined) return;
    owner.password = password;
    model.opened(owner, outcome);
  },
  login: (model, chosen) => signIn(model, chosen),
  loginFromDevice: (model, chosen) => signIn(model, chosen, chosen.by?.deviceToken),
  refresh: signedIn(async (model, by) => {
    const outcome = await model.run('refresh', { refreshToken: by.refreshToken });
    expect(outcome.__typename).toBe(by.live ? 'LoginSuccess' : 'InvalidTokenError');
    if (by.live) Object.assign(by, outcome.tokens, { replaced: by.refreshToken });
  }),
  replay: signedIn(async (model, by) => {
    if (by.replaced === undefined) return;
    const outcome = await model.run('refresh', { refreshToken: by.replaced });
    expect(outcome.__typename).toBe('InvalidTokenError');
    by.live = false;
  }),
  logout: signedIn(async (model, by) => {
    expect((await model.run('logout', undefined, by)).__typename).toBe(
      by.live ? 'SessionRevoked' : 'SessionNotFoundError',
    );
    by.live = false;
  }),
  revokeSession: signedIn(async (model, by, { target = by }) => {
    const outcome = await model.run('revokeSession', { sessionId: target.id }, by);
    const isOwn = target.live && target.owner === by.owner;
    expect(outcome.__typename).toBe(!by.live ? 'UNAUTHENTICATED' : isOwn ? 'SessionRevoked' : 'SessionNotFoundError');
    if (by.live && isOwn) target.live = false;
  }),
  revokeOtherSessions: signedIn(async (model, by) => {
    const outcome = await model.run('revokeOtherSessions', undefined, by);
    if (!by.live) {
      expect(outcome.__typename).toBe('UNAUTHENTICATED');
      return;
    }
    expect(outcome).toMatchObject({ __typename: 'SessionsRevoked', count: model.end(by.owner, by) });
  }),
  revokeAllSessions: signedIn(async (model, by) => {
    const outcome = await model.run('revokeAllSessions', undefined, by);
    if (!by.live) {
      expect(outcome.__typename).toBe('UNAUTHENTICATED');
      return;
    }
    expect(outcome).toMatchObject({ __typename: 'SessionsRevoked', count: model.end(by.owner) });
  }),
  changePassword: signedIn(async (model, by, { owner, correct }) => {
    const newPassword = model.newPassword();
    const locked = model.counters.isLocked(owner.email);
    const currentPassword = correct ? owner.password : WRONG;
    const { __typename } = await model.run('changePassword', { currentPassword, newPassword }, by);
    if (!by.live) {
      expect(__typename).toBe('UNAUTHENTICATED');
      return;
    }
    if (locked) {
      expect(__typename).toBe('TooManyRequestsError');
      return;
    }
    expect(__typename).toBe(correct ? 'PasswordChanged' : 'InvalidCredentialsError');
    if (!correct) {
      model.counters.fail(owner.email);
      return;
    }
    model.counters.clear(owner.email);
    model.end(owner, by);
    owner.devices.clear();
    owner.password = newPassword;
  }),
  async resetPassword(model, { owner, correct }) {
    // Otherwise an email could follow after the registration.
    if (owner.password === undefined) return;
    await model.run('forgotPassword', { email: owner.email });
    owner.resets += 1;
    const token = await model.app.mailer.token(owner.email, 'reset-password', owner.resets);
    const newPassword = correct ? model.newPassword() : 'password';
    const { __typename } = await model.run('resetPassword', { token, newPassword });
    expect(__typename).toBe(correct ? 'PasswordChanged' : 'WeakPasswordError');
    if (!correct) return;
    owner.password = newPassword;
    model.end(owner);
    for (const key of [owner.email, ...owner.devices]) model.counters.clear(key);
    owner.devices.clear();
  },
  wait: (model, { other }) => {
    model.app.clock.advance(Math.ceil((other % 3) * 0.6 * model.rules.durationSeconds));
    return Promise.resolve();
  },
} satisfies Record<string, Command>;

export const steps = fc.array(
  fc.record<Step>({
    command: fc.constantFrom(...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[])),
    person: fc.nat(20),
    session: fc.nat(20),
    other: fc.nat(20),
    correct: fc.boolean(),
  }),
  { minLength: 10, maxLength: 30, size: 'max' },
);

/** Performs a step in the service and in the model, and compares the outcome. */
export async function perform(model: SessionModel, step: Step): Promise<void> {
  const owner = choose(model.people, step.person);
  if (!owner) return;
  const everyone = model.people.flatMap(({ sessions }) => sessions);
  const target = choose([...owner.sessions, ...everyone], step.other);
  await COMMANDS[step.command](model, { ...step, owner, by: choose(owner.sessions, step.session), target });
  await model.compare(owner);
}

function choose<T>(values: readonly T[], number: number): T | undefined {
  return values[number % values.length];
}
