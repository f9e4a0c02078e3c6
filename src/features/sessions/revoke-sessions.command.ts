import type { Command, CommandResult } from '../../platform/commands/command.js';
import { NothingFoundError } from '../../platform/commands/nothing-found.error.js';
import { userArgument, uuidProblem } from '../../core/users/user-argument.js';
import type { OperatorSessionService } from './operator-session.service.js';

export interface RevokeSessionsInput {
  readonly account?: string;
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
    'Give the address or id of a user, the id of a session, both, or --all. Other subgraphs learn about it from the ' +
    'revocation feed. Users can sign in again; if a password is compromised, reset it first.',
  arguments: [{ ...userArgument, name: 'account', isOptional: true }],
  options: [
    { name: 'user', value: 'id', description: 'the id of a user, instead of the account', problemOf: uuidProblem },
    { name: 'session', value: 'id', description: 'end only this session', problemOf: uuidProblem },
    { name: 'all', description: 'end every session of the user, or of every user, which requires --yes' },
    { name: 'yes', description: 'required to end every session of every user: confirms it' },
  ],
  example: 'sessions revoke ada@example.com',
  problemOf: ({ account, user, session, all, yes }) => {
    if (account !== undefined && user !== undefined) return 'give an account or --user, not both';
    if (session !== undefined && all === true) return 'give --session or --all, not both';
    const ofUser = account ?? user;
    if (ofUser === undefined && session === undefined && all !== true) return 'give an account, --session or --all';
    if (ofUser === undefined && all === true && yes !== true)
      return '--all signs out every user; add --yes to confirm it';
    return undefined;
  },
  run: async ({ services: { operatorSessions } }, { account, user, session }) => {
    if (user !== undefined) return report(await operatorSessions.revokeOfUser(user, { sessionId: session }));
    if (account !== undefined) return report(await operatorSessions.revokeOf(account, { sessionId: session }));
    if (session === undefined) return report(await operatorSessions.revokeAll());
    if (!(await operatorSessions.revoke(session))) throw new NothingFoundError('No live session has this id.');
    return report(1);
  },
};

function report(count: number): CommandResult {
  const text = count === 1 ? '1 session has ended.' : `${String(count)} sessions have ended.`;
  return { text, json: { revoked: count } };
}
