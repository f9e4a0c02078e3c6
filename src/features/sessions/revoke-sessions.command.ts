import type { Command, CommandResult } from '../../platform/commands/command.js';
import { NothingFoundError } from '../../platform/commands/nothing-found.error.js';
import { emailArgument } from '../../core/users/email-argument.js';
import { uuidProblem } from '../../core/users/user-argument.js';
import type { OperatorSessionService } from './operator-session.service.js';

export interface RevokeSessionsInput {
  readonly email?: string;
  readonly user?: string;
  readonly session?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

export const revokeSessionsCommand: Command<
  { readonly services: { readonly operatorSessions: OperatorSessionService } },
  RevokeSessionsInput
> = {
  name: 'sessions revoke',
  summary: 'End the sessions of a user, one session, or all sessions.',
  details:
    'Give the address or id of a user, the id of a session, or --all. Other subgraphs learn about it from the revocation ' +
    'feed. Users can sign in again; if a password is compromised, reset it first.',
  arguments: [{ ...emailArgument, isOptional: true }],
  options: [
    { name: 'user', value: 'id', description: 'the id of a user, instead of the address', problemOf: uuidProblem },
    { name: 'session', value: 'id', description: 'end only this session', problemOf: uuidProblem },
    { name: 'all', description: 'end every session of every user; requires --yes' },
    { name: 'yes', description: 'confirm --all' },
  ],
  example: 'sessions revoke ada@example.com',
  problemOf: ({ email, user, session, all, yes }) => {
    const chosen = [email, user, session, all].filter((value) => value !== undefined);
    if (chosen.length !== 1) return 'give exactly one of an address, --user, --session and --all';
    if (all === true && yes !== true) return '--all signs out every user; add --yes to confirm it';
    return undefined;
  },
  run: async ({ services: { operatorSessions } }, { email, user, session }) => {
    if (session !== undefined) {
      if (!(await operatorSessions.revoke(session))) throw new NothingFoundError('No live session has this id.');
      return { ...report(1), text: 'The session has ended.' };
    }
    if (user !== undefined) return report(await operatorSessions.revokeOfUser(user));
    if (email !== undefined) return report(await operatorSessions.revokeOfAddress(email));
    return report(await operatorSessions.revokeAll());
  },
};

function report(count: number): CommandResult {
  const text = count === 1 ? '1 session has ended.' : `${String(count)} sessions have ended.`;
  return { text, json: { revoked: count } };
}
