import { setTimeout as wait } from 'node:timers/promises';
import { GivenUp, type Client } from '../client.js';
import type { Person, Session } from '../person.js';
import { newPassword } from './sign-in.js';

const POLL_MS = 100;
const EMAIL_POLLS = 100;

export async function changePassword(client: Client, person: Person, session: Session): Promise<void> {
  const input = { currentPassword: person.password, newPassword: newPassword() };
  try {
    const settled = await client.settle(
      { operation: 'changePassword', input, token: session.accessToken },
      { mayGiveUp: true },
    );
    const { outcome, doubtful } = settled;
    // The current password is wrong if an earlier attempt has changed it.
    if (
      outcome.__typename !== 'PasswordChanged' &&
      (doubtful === 0 || outcome.__typename !== 'InvalidCredentialsError')
    )
      client.unexpected('changePassword', settled, person);
    person.changePassword(input.newPassword, session);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    person.doubt = { operation: 'changePassword', session, newPassword: input.newPassword };
  }
}

/** Follows the link of the email, if it has arrived. */
export async function verifyEmail(client: Client, person: Person): Promise<void> {
  const token = client.world.mailbox.token(person.email, 'verify-email');
  if (person.isVerified || token === undefined) return;
  const settled = await client.settle({ operation: 'verifyEmail', input: { token } });
  const { outcome, doubtful } = settled;
  if (outcome.__typename !== 'EmailVerified' && (doubtful === 0 || outcome.__typename !== 'EmailAlreadyVerifiedError'))
    client.unexpected('verifyEmail', settled, person);
  person.isVerified = true;
}

/** Resets the password of a verified person. If the email takes long, the person waits for it until the end of the run. */
export async function resetPassword(client: Client, person: Person): Promise<void> {
  if (!person.isVerified) return;
  const { mailbox } = client.world;
  const before = mailbox.token(person.email, 'reset-password');
  const requested = await client.settle({ operation: 'forgotPassword', input: { email: person.email } });
  if (requested.outcome.__typename !== 'MailRequested') client.unexpected('forgotPassword', requested, person);
  person.awaitsResetEmail = true;
  let token = before;
  for (let polls = 0; polls < EMAIL_POLLS && token === before; polls += 1) {
    await wait(POLL_MS);
    token = mailbox.token(person.email, 'reset-password');
  }
  if (token === undefined || token === before) return;
  person.awaitsResetEmail = false;
  const input = { token, newPassword: newPassword() };
  const settled = await client.settle({ operation: 'resetPassword', input });
  const { outcome, doubtful } = settled;
  if (outcome.__typename !== 'PasswordChanged' && (doubtful === 0 || outcome.__typename !== 'InvalidTokenError'))
    client.unexpected('resetPassword', settled, person);
  person.changePassword(input.newPassword);
}
