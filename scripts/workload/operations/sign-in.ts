import { randomBytes } from 'node:crypto';
import { GivenUp, sessionIn, type Client } from '../client.js';
import { Person, type Session } from '../person.js';

/** Less than the grace period, in which a repeated refresh returns the pair again. */
const GRACE_SECONDS = 25;

export function newPassword(): string {
  return `correct horse ${randomBytes(9).toString('base64url')}`;
}

/** Registers a new person. Afterwards either the person has a session, or nobody knows whether there is an account. */
export async function register(client: Client): Promise<Person> {
  const person = new Person(`person-${randomBytes(8).toString('hex')}@example.com`, newPassword());
  client.world.people.push(person);
  const { email, password } = person;
  try {
    const settled = await client.settle({ operation: 'register', input: { email, password } }, { mayGiveUp: true });
    const { outcome, doubtful } = settled;
    person.isRegistered = true;
    const session = sessionIn(outcome);
    if (session) person.open(session);
    else if (outcome.__typename === 'EmailAlreadyExistsError' && doubtful > 0) {
      person.strays += 1;
      await login(client, person);
    } else client.unexpected('register', settled, person);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    if (!person.isRegistered) person.doubt = { operation: 'register' };
  }
  return person;
}

export async function login(client: Client, person: Person): Promise<void> {
  const { email, password } = person;
  const settled = await client.settle({ operation: 'login', input: { email, password } });
  person.strays += settled.doubtful;
  const session = sessionIn(settled.outcome);
  if (session) person.open(session);
  else client.unexpected('login', settled, person);
}

export async function refresh(client: Client, person: Person, session: Session): Promise<void> {
  const { refreshToken } = session;
  const settled = await client.settle({ operation: 'refresh', input: { refreshToken } });
  const { outcome, doubtful, seconds } = settled;
  const next = sessionIn(outcome);
  if (next?.id === session.id) {
    session.accessToken = next.accessToken;
    session.refreshToken = next.refreshToken;
    return;
  }
  const isTooLate = doubtful > 0 && seconds > GRACE_SECONDS && outcome.__typename === 'InvalidTokenError';
  if (!isTooLate) client.unexpected('refresh', settled, person);
  person.end([session]);
}

export async function me(client: Client, person: Person, session: Session): Promise<void> {
  const settled = await client.settle({ operation: 'me', token: session.accessToken });
  const { __typename, emailVerified, sessions = [] } = settled.outcome;
  if (__typename !== 'User') {
    client.unexpected('me', settled, person);
    person.end([session]);
    return;
  }
  if (emailVerified !== person.isVerified) client.violated(`${person.email} is verified: ${String(emailVerified)}`);
  const { live, strays } = person;
  const ids = new Set(sessions.map(({ id }) => id));
  const missing = live.filter(({ id }) => !ids.has(id)).length;
  if (missing > 0 || sessions.length > live.length + strays)
    client.violated(
      `${person.email} has ${String(sessions.length)} sessions instead of ${String(live.length)}, and at most ` +
        `${String(strays)} more; ${String(missing)} are missing`,
    );
}
