import { GivenUp, type Client, type Settled } from '../client.js';
import type { Person, Session } from '../person.js';

/** Whether an outcome says that the session had ended before, which is what an earlier attempt may have done. */
function hadEnded({ outcome, doubtful }: Settled): boolean {
  return doubtful > 0 && ['SessionNotFoundError', 'UNAUTHENTICATED'].includes(outcome.__typename);
}

export async function logout(client: Client, person: Person, session: Session): Promise<void> {
  try {
    const settled = await client.settle({ operation: 'logout', token: session.accessToken }, { mayGiveUp: true });
    if (settled.outcome.__typename !== 'SessionRevoked' && !hadEnded(settled))
      client.unexpected('logout', settled, person);
    person.end([session]);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    person.doubt = { operation: 'logout', session };
  }
}

export async function revokeSession(client: Client, person: Person, session: Session): Promise<void> {
  const other = client.world.random.pick(person.live.filter((one) => one !== session));
  if (!other) return;
  const input = { sessionId: other.id };
  const settled = await client.settle({ operation: 'revokeSession', input, token: session.accessToken });
  if (settled.outcome.__typename !== 'SessionRevoked' && !hadEnded(settled))
    client.unexpected('revokeSession', settled, person);
  person.end([other]);
}

export async function revokeOtherSessions(client: Client, person: Person, session: Session): Promise<void> {
  const settled = await client.settle({ operation: 'revokeOtherSessions', token: session.accessToken });
  const { outcome, doubtful } = settled;
  const least = person.live.length - 1;
  const { count = -1 } = outcome;
  const isPossible = count >= least && count <= least + person.strays;
  if (outcome.__typename !== 'SessionsRevoked' || (doubtful === 0 && !isPossible))
    client.unexpected(`revokeOtherSessions (${String(count)} of ${String(least)})`, settled, person);
  person.endOthers(session);
}

export async function revokeAllSessions(client: Client, person: Person, session: Session): Promise<void> {
  const settled = await client.settle({ operation: 'revokeAllSessions', token: session.accessToken });
  if (settled.outcome.__typename !== 'SessionsRevoked' && !hadEnded(settled))
    client.unexpected('revokeAllSessions', settled, person);
  person.endOthers();
}
