import { expect } from '@jest/globals';
import { newEmail, type Outcome } from '../graphql-client.js';
import type { TestApp } from '../test-app.js';
import { AttemptCounters, type LockoutRules } from './attempt-counters.js';

export interface ModelSession {
  readonly owner: Person;
  readonly id: string;
  readonly deviceToken: string;
  accessToken: string;
  refreshToken: string;
  /** A refresh token that has been exchanged. */
  replaced: string | undefined;
  live: boolean;
}

export interface Person {
  readonly email: string;
  readonly sessions: ModelSession[];
  /** The tokens of known devices. */
  readonly devices: Set<string>;
  /** `undefined` before the registration. */
  password: string | undefined;
  resets: number;
}

/** Predicts the sessions and failed attempts of some users, and compares them with the service. */
export class SessionModel {
  readonly people: readonly Person[];
  readonly counters: AttemptCounters;
  private passwords = 0;

  constructor(
    readonly app: TestApp,
    count: number,
    readonly rules: LockoutRules,
  ) {
    this.counters = new AttemptCounters(rules, () => app.clock.now().getTime());
    this.people = Array.from({ length: count }, () => ({
      email: newEmail(),
      sessions: [],
      devices: new Set(),
      password: undefined,
      resets: 0,
    }));
  }

  newPassword(): string {
    this.passwords += 1;
    return `the passphrase number ${String(this.passwords)} of this run`;
  }

  /** Runs a mutation; returns its outcome, or the code of its error as the type. */
  async run(field: string, input: object | undefined, by?: ModelSession): Promise<Outcome> {
    const answer = await this.app.mutation(field, input, by ? { token: by.accessToken } : {});
    const [error] = answer.errors;
    if (error) return { __typename: error.extensions.code };
    return (answer.data as Record<string, Outcome>)[field] ?? { __typename: 'null' };
  }

  /** A successful sign-in opened this session. */
  opened(owner: Person, { session, tokens, deviceToken }: Outcome, knownDevice?: string): void {
    if (!session || !tokens) throw new Error('expected a session');
    expect(deviceToken === null).toBe(knownDevice !== undefined);
    const device = knownDevice ?? deviceToken ?? '';
    owner.devices.add(device);
    owner.sessions.push({
      ...tokens,
      owner,
      id: session.id,
      deviceToken: device,
      replaced: undefined,
      live: true,
    });
  }

  liveOf(person: Person): ModelSession[] {
    return person.sessions.filter(({ live }) => live);
  }

  /** Ends the live sessions of a person but one; returns how many that were. */
  end(person: Person, except?: ModelSession): number {
    const ending = this.liveOf(person).filter((session) => session !== except);
    for (const session of ending) session.live = false;
    return ending.length;
  }

  /** The service shows exactly the live sessions of a person, and counts exactly the failures of the address. */
  async compare(person: Person): Promise<void> {
    const live = this.liveOf(person);
    const [first] = live;
    if (first) {
      const { data } = await this.app.request<{ me: { sessions: { id: string }[] } | null }>(
        '{ me { sessions { id } } }',
        {},
        { token: first.accessToken },
      );
      expect(data.me?.sessions.map(({ id }) => id).sort()).toEqual(live.map(({ id }) => id).sort());
    }
    expect(await this.countedFailures(person.email)).toBe(this.counters.failuresOf(person.email));
  }

  /** Every token works if and only if its session is live. */
  async compareTokens(): Promise<void> {
    for (const session of this.people.flatMap(({ sessions }) => sessions)) {
      const { errors } = await this.app.me(session.accessToken);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(session.live ? [] : ['UNAUTHENTICATED']);
      const { __typename, session: same } = await this.app.refresh(session.refreshToken);
      expect(__typename).toBe(session.live ? 'LoginSuccess' : 'InvalidTokenError');
      if (session.live) expect(same?.id).toBe(session.id);
    }
  }

  /** The failures that the service counts for an address now. */
  private async countedFailures(email: string): Promise<number> {
    const [row] = await this.app.database.sql<{ attempts: number }>(
      `select attempts from auth_login_attempt where key_hash = sha256(convert_to('address:' || $1::text, 'UTF8'))
       and coalesce(locked_until > $2, true) and last_attempt_at > $2::timestamptz - make_interval(secs => $3)`,
      [email, this.app.clock.now(), this.rules.durationSeconds],
    );
    return row?.attempts ?? 0;
  }
}
