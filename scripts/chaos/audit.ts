import { Client, type World } from '../workload/client.js';
import { login, me, refresh } from '../workload/operations/sign-in.js';
import type { Doubt, Person, Session } from '../workload/person.js';
import { Route } from '../workload/route.js';
import { resolveDoubt, signIn } from './doubts.js';

/** How much was compared with what the service had acknowledged. */
export interface Audit {
  readonly people: number;
  readonly liveSessions: number;
  readonly endedSessions: number;
  readonly replacedPasswords: number;
  readonly emails: number;
  /** Operations that their clients gave up on, and what became of them. */
  readonly doubts: Readonly<Record<Doubt['operation'], { readonly done: number; readonly undone: number }>>;
}

type Counts = Record<Exclude<keyof Audit, 'doubts'>, number>;

const AT_ONCE = 16;

/** Compares the state of every user with what the service acknowledged. Differences are violations. */
export async function auditAll(world: World, urls: readonly string[]): Promise<Audit> {
  const counts: Counts = { people: 0, liveSessions: 0, endedSessions: 0, replacedPasswords: 0, emails: 0 };
  const none = (): { done: number; undone: number } => ({ done: 0, undone: 0 });
  const doubts = { register: none(), logout: none(), changePassword: none() };
  const waiting = [...world.people];
  const work = async (number: number): Promise<void> => {
    const client = new Client(world, new Route(urls, number));
    for (let person = waiting.pop(); person; person = waiting.pop()) {
      if (person.doubt) doubts[person.doubt.operation][await resolveDoubt(client, person, person.doubt)] += 1;
      if (person.isRegistered) await auditPerson(client, person, counts);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => work(number)));
  return { ...counts, doubts };
}

async function auditPerson(client: Client, person: Person, counts: Counts): Promise<void> {
  counts.people += 1;
  for (const session of [...person.live]) {
    await me(client, person, session);
    await refresh(client, person, session);
    counts.liveSessions += 1;
  }
  for (const session of person.ended) {
    await requireEnded(client, person, session);
    counts.endedSessions += 1;
  }
  await login(client, person);
  const replaced = person.oldPasswords.at(-1);
  if (replaced !== undefined) {
    counts.replacedPasswords += 1;
    if (await signIn(client, person, replaced)) client.violated(`${person.email} can use a replaced password`);
  }
  checkEmails(client, person, counts);
}

async function requireEnded(client: Client, person: Person, { accessToken, refreshToken }: Session): Promise<void> {
  const used = await client.settle({ operation: 'me', token: accessToken });
  if (used.outcome.__typename !== 'UNAUTHENTICATED') client.unexpected('me, in an ended session,', used, person);
  const refreshed = await client.settle({ operation: 'refresh', input: { refreshToken } });
  if (refreshed.outcome.__typename !== 'InvalidTokenError')
    client.unexpected('refresh, in an ended session,', refreshed, person);
}

function checkEmails(client: Client, { email, passwordChanges, awaitsResetEmail }: Person, counts: Counts): void {
  const { mailbox } = client.world;
  const expected = { 'verify-email': 1, 'password-changed': passwordChanges };
  for (const [kind, count] of Object.entries(expected)) {
    const received = mailbox.count(email, kind);
    if (received !== count)
      client.violated(`${email} got ${String(received)} distinct ${kind} emails instead of ${String(count)}`);
    counts.emails += received;
  }
  if (awaitsResetEmail && mailbox.count(email, 'reset-password') === 0)
    client.violated(`${email} got no reset-password email`);
}
