import { sessionIn, type Client } from '../workload/client.js';
import type { Doubt, Person, Session } from '../workload/person.js';

/**
 * Finds out whether an abandoned operation took effect, and updates the person. The rest of the audit then checks that it
 * took effect completely or not at all.
 */
export async function resolveDoubt(client: Client, person: Person, doubt: Doubt): Promise<'done' | 'undone'> {
  switch (doubt.operation) {
    case 'register':
      return resolveRegistration(client, person);
    case 'logout': {
      const { outcome } = await client.settle({ operation: 'me', token: doubt.session.accessToken });
      if (outcome.__typename === 'User') return 'undone';
      person.end([doubt.session]);
      return 'done';
    }
    case 'changePassword': {
      const session = await signIn(client, person, doubt.newPassword);
      if (!session) return 'undone';
      person.changePassword(doubt.newPassword, doubt.session);
      person.open(session);
      return 'done';
    }
  }
}

async function resolveRegistration(client: Client, person: Person): Promise<'done' | 'undone'> {
  const { email, password } = person;
  const session = await signIn(client, person, password);
  if (session) {
    person.isRegistered = true;
    person.strays += 1;
    person.open(session);
    return 'done';
  }
  if (client.world.mailbox.count(email, 'verify-email') > 0)
    client.violated(`${email} got an email, but has no account`);
  const again = await client.settle({ operation: 'register', input: { email, password } });
  if (!sessionIn(again.outcome))
    client.unexpected('register, after an attempt that did not take effect,', again, person);
  return 'undone';
}

/** Opens a session; returns `undefined` if the password is wrong. */
export async function signIn(client: Client, person: Person, password: string): Promise<Session | undefined> {
  const settled = await client.settle({ operation: 'login', input: { email: person.email, password } });
  const session = sessionIn(settled.outcome);
  if (!session && settled.outcome.__typename !== 'InvalidCredentialsError') client.unexpected('login', settled, person);
  return session;
}
